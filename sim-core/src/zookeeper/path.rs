//! Which paths a server accepts, and which the client library lets through.
//!
//! Follows `PathUtils.validatePath`, `DataTree.isSpecialPath` and the path checks of
//! `PrepRequestProcessor.java` of release 3.5.7.

use crate::zookeeper::ErrorCode;

/// The parent's path as the server cuts it: empty for a top-level node.
pub(crate) fn parent(path: &str) -> Option<&str> {
    match path.rfind('/') {
        Some(slash) if !path.contains('\0') => Some(&path[..slash]),
        _ => None,
    }
}

/// The parent of a node to be deleted; the server's own nodes cannot be.
pub(crate) fn parent_to_delete(path: &str) -> Result<&str, ErrorCode> {
    const SPECIAL: [&str; 4] = ["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"];
    match parent(path) {
        Some(parent) if !SPECIAL.contains(&path) => Ok(parent),
        _ => Err(ErrorCode::BadArguments),
    }
}

/// What the client library looks at before it sends a request (`PathUtils.validatePath`): the same,
/// and of a sequential node the path with a digit behind it. Most of what a server would answer with
/// NoNode never leaves the client: it throws `IllegalArgumentException`.
pub fn validate_for_client(path: &str, sequential: bool) -> Result<(), ErrorCode> {
    if sequential {
        validate(&format!("{path}1"))
    } else {
        validate(path)
    }
}

/// `PathUtils.validatePath`: absolute, no slash at the end, no empty, `.` or `..` part, no control
/// characters.
pub(crate) fn validate(path: &str) -> Result<(), ErrorCode> {
    if path == "/" {
        return Ok(());
    }
    let parts = path.strip_prefix('/').ok_or(ErrorCode::BadArguments)?;
    let bad_part = |part: &str| matches!(part, "" | "." | "..");
    let bad_char = |c: char| {
        matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..)
    };
    if parts.split('/').any(bad_part) || parts.chars().any(bad_char) {
        Err(ErrorCode::BadArguments)
    } else {
        Ok(())
    }
}
