//! Quotas as zkCli keeps them: nodes below `/zookeeper/quota`.
//!
//! Follows `SetQuotaCommand`, `ListQuotaCommand`, `DelQuotaCommand`, `StatsTrack` and `Quotas` of releases 3.5.7 and 3.8.0. What a
//! server makes of them (counting, warning, refusing) is not here.

use super::read::visit;
use super::{Asked, Call};
use crate::operator::keeper::{Keeper, Stop};
use crate::operator::options::{Known, Parsed, flag, one_of, valued};
use crate::operator::printed::Printed;
use crate::zookeeper::{CreateMode, ErrorCode};
use std::fmt;
use std::sync::Arc;

const ROOT: &str = "/zookeeper/quota";
const LIMITS: &str = "zookeeper_limits";
const STATS: &str = "zookeeper_stats";
const OPTIONS: [&str; 4] = ["n", "b", "N", "B"];

/// `StatsTrack`: numbers by name; -1 is no limit.
#[derive(Clone, Debug)]
struct Track {
    count: i64,
    bytes: i64,
    /// `byteHardLimit` and `countHardLimit` (3.7).
    hard: Option<[i64; 2]>,
}

impl Track {
    const NONE: Track = Track {
        count: -1,
        bytes: -1,
        hard: None,
    };

    fn read(data: &[u8]) -> Track {
        let text = String::from_utf8_lossy(data).into_owned();
        let value = |name: &str| {
            let rest = text
                .split([',', ';'])
                .find_map(|part| part.strip_prefix(name))?;
            let digits = rest.strip_prefix('=')?.trim_end_matches('=');
            digits.parse().ok()
        };
        let hard = [value("byteHardLimit"), value("countHardLimit")];
        Track {
            count: value("count").unwrap_or(-1),
            bytes: value("bytes").unwrap_or(-1),
            hard: (hard != [None, None]).then(|| hard.map(|limit| limit.unwrap_or(-1))),
        }
    }

    /// Sets what an option of `setquota` or `delquota` stands for.
    fn set(&mut self, option: &str, value: i64) {
        match option {
            "n" => self.count = value,
            "b" => self.bytes = value,
            "N" => self.hard.get_or_insert([-1; 2])[1] = value,
            _ => self.hard.get_or_insert([-1; 2])[0] = value,
        }
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "count={},bytes={}", self.count, self.bytes)?;
        match self.hard {
            None => Ok(()),
            // The equals sign makes older readers stop here.
            Some([bytes, count]) => {
                write!(f, "=;byteHardLimit={bytes};countHardLimit={count}")
            }
        }
    }
}

/// `listquota`.
pub(super) fn listquota(
    call: &Call<'_>,
    keeper: &mut Keeper<'_>,
    print: &mut Printed,
) -> Asked<()> {
    let parsed = call.options(&[], 2)?;
    let path = &parsed.args[1];
    let limits = format!("{ROOT}{path}/{LIMITS}");
    print.complain(format!("absolute path is {limits}"));
    let mut list = || {
        let quota = Track::read(&keeper.data(&limits, false)?.0);
        print.line(format!("Output quota for {path} {quota}"));
        let stats = keeper.data(&format!("{ROOT}{path}/{STATS}"), false)?;
        print.line(format!("Output stat for {path} {}", Track::read(&stats.0)));
        Ok(())
    };
    match list() {
        Err(Stop::Keeper(ErrorCode::NoNode, _)) => {
            print.complain(format!("quota for {path} does not exist."));
            Ok(())
        }
        other => other,
    }
}

/// The options of a group that a release knows.
fn group(hard: bool, value: bool) -> Vec<Known> {
    let make = if value { valued } else { flag };
    match hard {
        true => vec![
            make("B", "bytes hard quota"),
            make("b", "bytes soft quota"),
            make("N", "num hard quota"),
            make("n", "num soft quota"),
        ],
        false => vec![make("b", "bytes quota"), make("n", "num quota")],
    }
}

/// `setquota`.
pub(super) fn setquota(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let known = group(call.row.hard_quotas, true);
    let parsed = crate::operator::options::parse(&known, call.words).map_err(Stop::Complaint)?;
    one_of(&known, true, &parsed).map_err(Stop::Complaint)?;
    let path = parsed
        .args
        .get(1)
        .ok_or_else(|| Stop::Complaint(call.usage.clone()))?;
    if call.row.hard_quotas {
        set_hard(path, &parsed, keeper, print)
    } else {
        set_soft(path, &parsed, keeper)
    }
}

fn children(keeper: &mut Keeper<'_>, path: &str) -> Asked<Option<Vec<Arc<str>>>> {
    match keeper.children(path, false) {
        Err(Stop::Keeper(ErrorCode::NoNode, _)) => Ok(None),
        other => other.map(|(children, _)| Some(children)),
    }
}

/// Creates a node that may be there.
fn create_if_missing(keeper: &mut Keeper<'_>, path: &str) -> Asked<()> {
    match keeper.create(path, None, None, CreateMode::Persistent, None) {
        Err(Stop::Keeper(ErrorCode::NodeExists, _)) => Ok(()),
        other => other.map(drop),
    }
}

/// Java's complaint about an argument, which nobody catches in 3.5: the client ends.
fn crash(words: String) -> Stop {
    Stop::Crash(format!(
        "Exception in thread \"main\" java.lang.IllegalArgumentException: {words}"
    ))
}

/// `createQuota` of 3.5.7.
fn set_soft(path: &str, parsed: &Parsed, keeper: &mut Keeper<'_>) -> Asked<()> {
    let mut quota = Track::NONE;
    match parsed.value("b") {
        Some(bytes) => quota.bytes = i64::from(super::number(bytes)?),
        None => quota.count = i64::from(Call::number(parsed, "n")?),
    }
    if keeper.exists(path, false)?.is_none() {
        return Err(crash(format!("{path} does not exist.")));
    }
    for child in children(keeper, &format!("{ROOT}{path}"))?.unwrap_or_default() {
        if !child.starts_with("zookeeper_") {
            return Err(crash(format!("{path} has child {child} which has a quota")));
        }
    }
    let mut above = ROOT.to_owned();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        above = format!("{above}/{part}");
        match children(keeper, &above)? {
            None => break,
            Some(list) if list.is_empty() => break,
            Some(list) if list.iter().any(|child| &**child == LIMITS) => {
                return Err(crash(format!(
                    "{path} has a parent {above} which has a quota"
                )));
            }
            Some(_) => {}
        }
    }
    keeper.exists(ROOT, false)?;
    let place = places(path).try_fold(ROOT.to_owned(), |_, place| {
        create_if_missing(keeper, &place).map(|()| place)
    })?;
    let text = quota.to_string();
    let limits = format!("{place}/{LIMITS}");
    keeper.create(
        &limits,
        Some(text.as_bytes()),
        None,
        CreateMode::Persistent,
        None,
    )?;
    let stats = b"count=0,bytes=0";
    keeper.create(
        &format!("{place}/{STATS}"),
        Some(stats),
        None,
        CreateMode::Persistent,
        None,
    )?;
    Ok(())
}

/// The nodes of the quota tree down to a path's own.
fn places(path: &str) -> impl Iterator<Item = String> + '_ {
    let parts = path.split('/').skip(1).filter(|part| !part.is_empty());
    parts.scan(ROOT.to_owned(), |place, part| {
        *place = format!("{place}/{part}");
        Some(place.clone())
    })
}

/// The value behind each option, as 3.8.0 checks it.
fn limits(parsed: &Parsed) -> Result<Track, &'static str> {
    let mut quota = Track {
        hard: Some([-1; 2]),
        ..Track::NONE
    };
    for option in OPTIONS {
        let Some(text) = parsed.value(option) else {
            continue;
        };
        let counts = matches!(option, "n" | "N");
        let value: Option<i64> = text.parse().ok();
        let fits = |value: &i64| !counts || i32::try_from(*value).is_ok();
        match value.filter(fits) {
            None => return Err("NumberFormatException happens when parsing the option value"),
            Some(..=0) if counts => return Err("the num quota must be greater than zero"),
            Some(..0) => return Err("the bytes quota must be greater than or equal to zero"),
            Some(value) => quota.set(option, value),
        }
    }
    Ok(quota)
}

/// `createQuota` of 3.8.0.
fn set_hard(
    path: &str,
    parsed: &Parsed,
    keeper: &mut Keeper<'_>,
    print: &mut Printed,
) -> Asked<()> {
    if path.starts_with(ROOT) {
        print.complain(format!("cannot set a quota under the path: {ROOT}"));
        return Ok(());
    }
    let quota = match limits(parsed) {
        Ok(quota) => quota,
        Err(words) => {
            print.complain(words);
            return Ok(());
        }
    };
    if keeper.exists(path, false)?.is_none() {
        return Err(Stop::Complaint(format!("{path} does not exist.")));
    }
    no_relative_has_one(path, keeper)?;
    keeper.exists(ROOT, false)?;
    let place = places(path).try_fold(ROOT.to_owned(), |_, place| {
        if keeper.exists(&place, false)?.is_none() {
            create_if_missing(keeper, &place)?;
        }
        Ok(place)
    })?;
    let (limits, stats) = (format!("{place}/{LIMITS}"), format!("{place}/{STATS}"));
    if keeper.exists(&limits, false)?.is_none() {
        let text = quota.to_string();
        keeper.create(
            &limits,
            Some(text.as_bytes()),
            None,
            CreateMode::Persistent,
            None,
        )?;
        keeper.create(
            &stats,
            Some(b"count=0,bytes=0"),
            None,
            CreateMode::Persistent,
            None,
        )?;
        let set = Track::read(&keeper.data(&limits, false)?.0);
        let used = Track::read(&keeper.data(&stats, false)?.0);
        warn(&set, &used, print);
        return Ok(());
    }
    let mut set = Track::read(&keeper.data(&limits, false)?.0);
    for option in OPTIONS.into_iter().filter(|option| parsed.has(option)) {
        let [bytes, count] = quota.hard.unwrap_or([-1; 2]);
        let value = match option {
            "n" => quota.count,
            "b" => quota.bytes,
            "N" => count,
            _ => bytes,
        };
        set.set(option, value);
    }
    let used = Track::read(&keeper.data(&stats, false)?.0);
    warn(&set, &used, print);
    keeper
        .set(&limits, set.to_string().as_bytes(), -1)
        .map(drop)
}

/// `checkIfChildQuota` and `checkIfParentQuota`.
fn no_relative_has_one(path: &str, keeper: &mut Keeper<'_>) -> Asked<()> {
    let own = format!("{ROOT}{path}");
    let seen = visit(keeper, &own, false, &mut |keeper, below| {
        let list = children(keeper, below)?.unwrap_or_default();
        match below != own && list.iter().any(|child| &**child == LIMITS) {
            true => Err(Stop::Complaint(format!(
                "{path} has a child {} which has a quota",
                below.trim_start_matches(ROOT)
            ))),
            false => Ok(()),
        }
    });
    match seen {
        Err(Stop::Keeper(ErrorCode::NoNode, _)) => {}
        other => other?,
    }
    for above in places(path).filter(|place| *place != own) {
        match children(keeper, &above)? {
            None => break,
            Some(list) if list.is_empty() => break,
            Some(list) if list.iter().any(|child| &**child == LIMITS) => {
                return Err(Stop::Complaint(format!(
                    "{path} has a parent {} which has a quota",
                    above.trim_start_matches(ROOT)
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// `checkQuota`: a limit below what is there already.
fn warn(set: &Track, used: &Track, print: &mut Printed) {
    let [bytes, count] = set.hard.unwrap_or([-1; 2]);
    let below = |limit: i64, used: i64| limit > -1 && limit < used;
    if below(set.count, used.count) || below(count, used.count) {
        let used = used.count;
        print.line(format!(
            "[Warning]: the count quota you create is less than the existing count:{used}"
        ));
    }
    if below(set.bytes, used.bytes) || below(bytes, used.bytes) {
        let used = used.bytes;
        print.line(format!(
            "[Warning]: the bytes quota you create is less than the existing bytes:{used}"
        ));
    }
}

/// `delquota`: one limit, or the whole quota with the nodes above that hold nothing else.
pub(super) fn delquota(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let known = group(call.row.hard_quotas, false);
    let parsed = call.options(&known, 2)?;
    one_of(&known, false, &parsed).map_err(Stop::Complaint)?;
    let path = &parsed.args[1];
    let place = format!("{ROOT}{path}");
    let limits = format!("{place}/{LIMITS}");
    if keeper.exists(&limits, false)?.is_none() {
        print.line(format!("Quota does not exist for {path}"));
        return Ok(());
    }
    let mut set = Track::read(&keeper.data(&limits, false)?.0);
    if let Some(option) = OPTIONS.into_iter().find(|option| parsed.has(option)) {
        set.set(option, -1);
        return keeper
            .set(&limits, set.to_string().as_bytes(), -1)
            .map(drop);
    }
    if !call.row.hard_quotas && parsed.args.len() != 2 {
        return Ok(());
    }
    for child in keeper.children(&place, false)?.0 {
        keeper.delete(&format!("{place}/{child}"), -1)?;
    }
    let mut place = place;
    while place != ROOT && keeper.children(&place, false)?.0.is_empty() {
        keeper.delete(&place, -1)?;
        place.truncate(place.rfind('/').unwrap_or_default());
    }
    Ok(())
}
