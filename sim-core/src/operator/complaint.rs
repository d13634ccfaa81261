//! The words of zkCli for what went wrong.
//!
//! Follows `KeeperException.java` and `CliWrapperException.java` of releases 3.5.7 and 3.8.0.

use crate::operator::release::ToolRow;
use crate::zookeeper::ErrorCode;

/// `KeeperException.getMessage`.
pub(crate) fn message(code: ErrorCode, path: Option<&str>) -> String {
    let what = code_message(code);
    match path {
        None | Some("") => format!("KeeperErrorCode = {what}"),
        Some(path) => format!("KeeperErrorCode = {what} for {path}"),
    }
}

/// `KeeperException.toString`: its class first. `get` of 3.5 prints it so.
pub(crate) fn exception(code: ErrorCode, path: Option<&str>) -> String {
    let name = code.name();
    format!(
        "org.apache.zookeeper.KeeperException${name}Exception: {}",
        message(code, path)
    )
}

/// `CliWrapperException.getMessage`.
pub(crate) fn wrapped(code: ErrorCode, path: Option<&str>, row: &ToolRow) -> String {
    let what = match code {
        ErrorCode::NoNode => "Node does not exist",
        ErrorCode::NoChildrenForEphemerals => "Ephemerals cannot have children",
        ErrorCode::NodeExists => "Node already exists",
        ErrorCode::NotEmpty => "Node not empty",
        ErrorCode::NotReadOnly => "Not a read-only call",
        ErrorCode::InvalidAcl => "Acl is not valid ",
        ErrorCode::NoAuth => row.no_permission,
        ErrorCode::BadArguments => "Arguments are not valid ",
        ErrorCode::BadVersion => "version No is not valid ",
        ErrorCode::QuotaExceeded => "Quota has exceeded ",
        _ => return message(code, path),
    };
    format!("{what}: {}", path.unwrap_or("null"))
}

/// `KeeperException.getCodeMessage`: the name, or a few words.
fn code_message(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::NotEmpty => "Directory not empty",
        ErrorCode::SessionExpired => "Session expired",
        ErrorCode::InvalidCallback => "Invalid callback",
        ErrorCode::SessionMoved => "Session moved",
        ErrorCode::NotReadOnly => "Not a read-only call",
        ErrorCode::EphemeralOnLocalSession => "Ephemeral node on local session",
        ErrorCode::NoWatcher => "No such watcher",
        ErrorCode::ReconfigDisabled => "Reconfig is disabled",
        ErrorCode::QuotaExceeded => "Quota has exceeded",
        ErrorCode::ThrottledOp => "Op throttled due to high load",
        other => other.name(),
    }
}
