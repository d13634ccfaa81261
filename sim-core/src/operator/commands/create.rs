//! `create`, with all its flags.
//!
//! Follows `CreateCommand.java` of releases 3.5.7 and 3.8.0.

use super::{Asked, Call};
use crate::operator::commands::acl::parse_acls;
use crate::operator::complaint;
use crate::operator::keeper::{Keeper, Stop};
use crate::operator::options::{Parsed, flag, valued};
use crate::operator::printed::Printed;
use crate::zookeeper::{CreateMode, ErrorCode};

/// The greatest time to live, in milliseconds (`EphemeralType.TTL.maxValue`).
const MAX_TTL_MS: i64 = 0x00ff_ffff_ffff;

/// `create`.
pub(super) fn create(call: &Call<'_>, keeper: &mut Keeper<'_>, print: &mut Printed) -> Asked<()> {
    let known = [
        flag("e", "ephemeral"),
        flag("s", "sequential"),
        flag("c", "container"),
        valued("t", "ttl"),
    ];
    let parsed = call.options(&known, 2)?;
    let (mode, ttl_ms) = mode(&parsed).map_err(|words| Stop::Complaint(words.into()))?;
    let path = &parsed.args[1];
    let data = parsed.args.get(2).map(String::as_bytes);
    let acl = parsed.args.get(3).map(|text| parse_acls(text, print));
    match keeper.create(path, data, acl, mode, ttl_ms) {
        Ok(path) => {
            print.complain(format!("Created {path}"));
            Ok(())
        }
        Err(Stop::Keeper(code @ ErrorCode::InvalidAcl, path)) => {
            print.complain(complaint::message(code, path.as_deref()));
            Err(Stop::Keeper(code, path))
        }
        Err(other) => Err(other),
    }
}

/// What kind of node the flags ask for, and how long it lives without children.
fn mode(parsed: &Parsed) -> Result<(CreateMode, Option<i64>), &'static str> {
    let [e, s, c, t] = ["e", "s", "c", "t"].map(|option| parsed.has(option));
    if c && (e || s) {
        return Err(
            "-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.",
        );
    }
    let ttl_ms = match parsed.value("t").map(str::parse) {
        None => None,
        Some(Ok(ttl_ms)) => Some(ttl_ms),
        Some(Err(_)) => return Err("-t argument must be a long value"),
    };
    if t && e {
        return Err("TTLs cannot be used with Ephemeral znodes");
    }
    if t && c {
        return Err("TTLs cannot be used with Container znodes");
    }
    if ttl_ms.is_some_and(|ttl_ms| !(1..=MAX_TTL_MS).contains(&ttl_ms)) {
        return Err("ttl must be positive and cannot be larger than: 1099511627775");
    }
    let mode = match (e, s, c, t) {
        (true, true, _, _) => CreateMode::EphemeralSequential,
        (true, false, _, _) => CreateMode::Ephemeral,
        (false, true, _, true) => CreateMode::PersistentSequentialWithTtl,
        (false, true, _, false) => CreateMode::PersistentSequential,
        (false, false, true, _) => CreateMode::Container,
        (false, false, false, true) => CreateMode::PersistentWithTtl,
        (false, false, false, false) => CreateMode::Persistent,
    };
    Ok((mode, ttl_ms))
}
