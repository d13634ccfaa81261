//! Text of a recording in, cases out; or where and why it cannot be one.

use super::case::{Case, CaseServer, Repeat};
use super::record::{ElectionRecord, Probe, RunRecord, outcome};
use crate::base::Span;
use crate::zookeeper::{Epoch, Release, Sid, Vote, Zxid};
use core::fmt;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// How much is read before a file is refused. Recordings are small; whatever is larger is something
/// else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub file: usize,
    /// Bytes of one line.
    pub line: usize,
    /// Lines of one file.
    pub lines: usize,
    /// Recorded runs of one case.
    pub repeats: usize,
}

impl Limits {
    /// 64 MiB, 4 MiB a line, 10,000 lines, 1,000 runs a case: a hundred times what any recording
    /// has.
    pub const DEFAULT: Limits = Limits {
        file: 64 << 20,
        line: 4 << 20,
        lines: 10_000,
        repeats: 1_000,
    };
}

/// Why a text is no recording that can be replayed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The name given for the text.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub says: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            says,
            remedy,
        } = self;
        write!(f, "{file}:{line}:{column}: {says}\n  {remedy}")
    }
}

impl std::error::Error for Mistake {}

/// A recording that can be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The name given for the text.
    pub file: String,
    /// Its cases in order.
    pub cases: Vec<Case>,
    /// What it also holds and what no replay of a cold start can show (`"E leader-kill-idle"`),
    /// each once, with the number of its records.
    pub not_replayed: BTreeMap<String, u32>,
}

/// Reads a recording. `release` says which release was recorded; without it, it is taken from the
/// file's folder (`zookeeper-3.8.0/`) or the ids of the cases (`D-…` were recorded on 3.8.0, `I-…`
/// on 3.5.7).
pub fn read(
    file: &str,
    text: &str,
    release: Option<Release>,
    limits: Limits,
) -> Result<Recording, Mistake> {
    let mut reader = Reader {
        file,
        release: release.or_else(|| release_of_path(file)),
        limits,
        cases: Vec::new(),
        runs: BTreeMap::new(),
        not_replayed: BTreeMap::new(),
    };
    if text.len() > limits.file {
        let says = format!(
            "{} bytes, expected a recording of at most {}",
            text.len(),
            limits.file
        );
        return Err(reader.mistake(1, 1, says, SPLIT));
    }
    for (index, line) in text.lines().enumerate() {
        if index >= limits.lines {
            let says = format!("more than {} lines in one file", limits.lines);
            return Err(reader.mistake(index + 1, 1, says, SPLIT));
        }
        if !line.trim().is_empty() {
            reader.line(index + 1, line)?;
        }
    }
    let recording = reader.finish();
    if recording.cases.is_empty() && recording.not_replayed.is_empty() {
        return Err(Mistake {
            file: file.to_string(),
            line: 1,
            column: 1,
            says: "no record at all, expected one JSON object per line".to_string(),
            remedy: FORMAT,
        });
    }
    Ok(recording)
}

const FORMAT: &str = "Give a recording of elections (elections.jsonl) or of runs (runs.jsonl).";
const SPLIT: &str = "Split the recording into smaller files.";
const REPAIR: &str = "Repair the line, or record it again.";

/// The scenarios of `runs.jsonl` that are not a cold start.
const OTHER_RUNS: [&str; 9] = ["A", "B", "E", "F", "H", "J", "K", "L", "M"];

type RunKey = (String, Option<String>, Option<i64>, Option<String>);

struct Reader<'a> {
    file: &'a str,
    release: Option<Release>,
    limits: Limits,
    cases: Vec<Case>,
    /// Runs of one situation stand on lines of their own; their position among the cases.
    runs: BTreeMap<RunKey, usize>,
    not_replayed: BTreeMap<String, u32>,
}

impl Reader<'_> {
    fn mistake(&self, line: usize, column: usize, says: String, remedy: &'static str) -> Mistake {
        Mistake {
            file: self.file.to_string(),
            line,
            column,
            says,
            remedy,
        }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), Mistake> {
        if line.len() > self.limits.line {
            let says = format!(
                "{} bytes in one line, expected at most {}",
                line.len(),
                self.limits.line
            );
            return Err(self.mistake(number, 1, says, FORMAT));
        }
        if !line.trim_start().starts_with('{') {
            let says = format!(
                "`{}`, expected a JSON object on each line",
                line.chars().take(40).collect::<String>()
            );
            return Err(self.mistake(number, 1, says, FORMAT));
        }
        let probe: Probe = self.parse(number, line)?;
        let election = probe.pattern.is_some() && probe.votes_sequence.is_some();
        match probe.scenario.as_deref() {
            None if election => self.election(number, line),
            Some("C" | "G") => self.run(number, line),
            Some("B") if probe.servers.is_some() => self.run(number, line),
            Some(scenario) if OTHER_RUNS.contains(&scenario) => {
                let kind = probe.kind.unwrap_or_default();
                let name = format!("{scenario} {kind}").trim_end().to_string();
                *self.not_replayed.entry(name).or_default() += 1;
                Ok(())
            }
            Some(scenario) => {
                let says = format!(
                    "scenario `{scenario}`, expected a record of ZooKeeper's scenarios A to M"
                );
                Err(self.mistake(number, 1, says, FORMAT))
            }
            None => {
                let says = "neither `scenario` nor `pattern` with `votes_sequence`, expected a \
                            recorded run or a recorded election"
                    .to_string();
                Err(self.mistake(number, 1, says, FORMAT))
            }
        }
    }

    fn parse<T: DeserializeOwned>(&self, number: usize, line: &str) -> Result<T, Mistake> {
        serde_json::from_str(line).map_err(|error| {
            let text = error.to_string();
            // Line and column stand in the error's own fields; the text repeats them.
            let says = match text.rfind(" at line ") {
                Some(end) => text[..end].to_string(),
                None => text,
            };
            self.mistake(number, error.column().max(1), says, REPAIR)
        })
    }

    fn election(&mut self, number: usize, line: &str) -> Result<(), Mistake> {
        let record: ElectionRecord = self.parse(number, line)?;
        let id = record.id;
        let release = self.release.or(match id.as_bytes().first() {
            Some(b'D') => Some(Release::V3_8_0),
            Some(b'I') => Some(Release::V3_5_7),
            _ => None,
        });
        let Some(release) = release else {
            let says = format!("case `{id}` does not say which release was recorded");
            return Err(self.mistake(number, 1, says, "Name it: --release 3.5.7"));
        };
        let started = (record.servers.iter())
            .filter_map(|server| Some((server.sid, server.started_at_ms?, server.looking_at_ms?)));
        let (looking_at, starting) = starts(started);
        let first = Repeat {
            run: 1,
            looking_at,
            starting,
            outcome: outcome(
                (record.winner, record.election_epoch, record.new_epoch),
                record.votes_sequence.0,
                record.decisions.0,
            ),
        };
        let others = record.repeats.into_iter().map(|repeat| {
            let started = &repeat.started_at_ms.0;
            let looking = repeat.looking_at_ms.0.into_iter().map(|(sid, looking)| {
                let started = started.get(&sid).unwrap_or(&looking);
                (sid, started.0 as u64, looking.0 as u64)
            });
            let (looking_at, starting) = starts(looking);
            Repeat {
                run: repeat.run,
                looking_at,
                starting,
                outcome: outcome(
                    (repeat.winner, repeat.election_epoch, repeat.new_epoch),
                    repeat.votes_sequence.0,
                    repeat.decisions.0,
                ),
            }
        });
        let case = Case {
            id,
            release,
            servers: (record.servers.iter())
                .map(|server| CaseServer {
                    sid: server.sid,
                    last_zxid: server.last_zxid,
                    current_epoch: server.current_epoch,
                })
                .collect(),
            stable: record.winner_stable,
            repeats: std::iter::once(first).chain(others).collect(),
        };
        if case.servers.len() as i64 != record.n.0 {
            let says = format!(
                "{} servers, expected {} by `n`",
                case.servers.len(),
                record.n.0
            );
            return Err(self.mistake(number, column_of(line, "servers"), says, REPAIR));
        }
        self.check(number, line, &case)?;
        self.cases.push(case);
        Ok(())
    }

    /// What a case must keep whatever form it was recorded in.
    fn check(&self, number: usize, line: &str, case: &Case) -> Result<(), Mistake> {
        let fail = |key: &str, says: String| {
            Err(self.mistake(
                number,
                column_of(line, key),
                format!("{}: {says}", case.id),
                REPAIR,
            ))
        };
        let sids: BTreeSet<Sid> = case.servers.iter().map(|server| server.sid).collect();
        if sids.len() != case.servers.len() {
            return fail(
                "servers",
                "a server stands twice, expected once".to_string(),
            );
        }
        for server in &case.servers {
            let (zxid, epoch) = (server.last_zxid, server.current_epoch);
            let empty = zxid == Zxid::ZERO && epoch == Epoch(0);
            let written = zxid.epoch().0 >= 1 && zxid.counter() >= 1 && epoch >= zxid.epoch();
            let small = epoch.0 <= 1_000 && zxid.counter() <= 100_000;
            if !(empty || written && small) {
                let says = format!(
                    "server {} has zxid {zxid} and epoch {epoch}, expected an empty server or one \
                     with a transaction of an epoch that is not above its own",
                    server.sid
                );
                return fail("servers", says);
            }
        }
        if case.repeats.len() > self.limits.repeats {
            let says = format!("more than {} repeats", self.limits.repeats);
            return fail("repeats", says);
        }
        for repeat in &case.repeats {
            let run = repeat.run;
            if repeat.looking_at.is_empty() {
                return fail("looking_at_ms", format!("run {run}: no server was started"));
            }
            let started = |sid: &Sid| repeat.looking_at.contains_key(sid);
            let named = [
                (
                    "looking_at_ms",
                    repeat.looking_at.keys().find(|s| !sids.contains(s)),
                ),
                (
                    "votes_sequence",
                    repeat.outcome.votes.keys().find(|s| !started(s)),
                ),
                (
                    "decisions",
                    repeat.outcome.decisions.keys().find(|s| !started(s)),
                ),
            ];
            for (key, stranger) in named {
                if let Some(sid) = stranger {
                    let says =
                        format!("run {run}: {key} of server {sid}, expected one that was started");
                    return fail(key, says);
                }
            }
            let leaders = (repeat.outcome.decisions.values().flatten()).map(|d| d.leader);
            if let Some(sid) = leaders.into_iter().find(|sid| !sids.contains(sid)) {
                let says = format!("run {run}: leader {sid}, expected one of the servers");
                return fail("decisions", says);
            }
        }
        Ok(())
    }

    fn run(&mut self, number: usize, line: &str) -> Result<(), Mistake> {
        let record: RunRecord = self.parse(number, line)?;
        let key = (
            record.scenario.clone(),
            record.kind.clone(),
            record.n.map(|n| n.0),
            record.data.clone(),
        );
        let id = [
            Some(record.scenario.clone()),
            record.kind,
            record.n.map(|n| n.0.to_string()),
            record.data,
        ];
        let id: Vec<String> = id.into_iter().flatten().collect();
        let case = self.run_as_case(number, line, id.join(" "), record.n.map(|n| n.0), {
            let ending = (record.winner, record.election_epoch, record.new_epoch);
            let (mut votes, mut decisions) = (BTreeMap::new(), BTreeMap::new());
            let (mut started, servers) = (Vec::new(), record.servers.0);
            for (sid, server) in servers {
                let at = (server.started_at_ms, server.looking_at_ms);
                started.push((sid, at.0.0 as u64, at.1.0 as u64));
                votes.insert(sid, server.votes_proposed);
                decisions.insert(sid, server.decisions);
            }
            let (looking_at, starting) = starts(started.into_iter());
            Repeat {
                run: record.run,
                looking_at,
                starting,
                outcome: outcome(ending, votes, decisions),
            }
        })?;
        let Some(index) = self.runs.get(&key) else {
            self.runs.insert(key, self.cases.len());
            self.cases.push(case);
            return Ok(());
        };
        let known = &mut self.cases[*index];
        let first = &known.repeats[0];
        if known.servers != case.servers {
            let says = format!(
                "{}: the servers begin with other votes than in run {}",
                known.id, first.run
            );
            return Err(self.mistake(number, column_of(line, "servers"), says, REPAIR));
        }
        known.stable &= first.outcome.winner == case.repeats[0].outcome.winner;
        known.repeats.extend(case.repeats);
        Ok(())
    }

    /// A run names no disks, but each server's first vote is for itself and says what it found on
    /// its disk. Where no number of servers stands, five were configured.
    fn run_as_case(
        &self,
        number: usize,
        line: &str,
        id: String,
        n: Option<i64>,
        repeat: Repeat,
    ) -> Result<Case, Mistake> {
        let Some(release) = self.release else {
            let says = format!("`{id}` does not say which release was recorded");
            return Err(self.mistake(number, 1, says, "Name it: --release 3.5.7"));
        };
        let first_vote = |sid: Sid| -> Option<Vote> {
            let vote = repeat.outcome.votes.get(&sid)?.first()?;
            (vote.leader == sid).then_some(*vote)
        };
        let mut servers = Vec::new();
        for sid in (1..=n.unwrap_or(5)).map(Sid) {
            let vote = first_vote(sid);
            if vote.is_none() && repeat.looking_at.contains_key(&sid) {
                let says = format!("{id}: server {sid} has no first vote, expected one for itself");
                return Err(self.mistake(number, column_of(line, "votes_proposed"), says, REPAIR));
            }
            servers.push(CaseServer {
                sid,
                last_zxid: vote.map_or(Zxid::ZERO, |vote| vote.zxid),
                current_epoch: vote.map_or(Epoch(0), |vote| vote.peer_epoch),
            });
        }
        let case = Case {
            id,
            release,
            servers,
            stable: true,
            repeats: vec![repeat],
        };
        self.check(number, line, &case)?;
        Ok(case)
    }

    fn finish(self) -> Recording {
        Recording {
            file: self.file.to_string(),
            cases: self.cases,
            not_replayed: self.not_replayed,
        }
    }
}

/// When each server set its first vote, and how long a server took on average until then.
fn starts(servers: impl Iterator<Item = (Sid, u64, u64)>) -> (BTreeMap<Sid, Span>, Span) {
    let (mut looking_at, mut total_ms) = (BTreeMap::new(), 0);
    for (sid, started_ms, looking_ms) in servers {
        total_ms += looking_ms.saturating_sub(started_ms);
        looking_at.insert(sid, Span::from_millis(looking_ms));
    }
    let mean_us = total_ms * 1_000 / (looking_at.len() as u64).max(1);
    (looking_at, Span::from_micros(mean_us))
}

/// The column of a key, for mistakes that concern more than one value.
fn column_of(line: &str, key: &str) -> usize {
    line.find(&format!("\"{key}\"")).map_or(1, |at| at + 1)
}

/// The release in a path such as `recordings/zookeeper-3.8.0/runs.jsonl`.
fn release_of_path(path: &str) -> Option<Release> {
    // "3.4.1" is in "3.4.10" too.
    let releases = Release::ALL.into_iter().rev();
    let mut found = releases.filter(|release| path.contains(&format!("zookeeper-{release}")));
    found.next()
}
