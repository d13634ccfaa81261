//! The client library's own check of a path, with its words.
//!
//! Follows `PathUtils.validatePath` of release 3.5.7; the server has another (`zookeeper/path.rs`). Places are counted in
//! UTF-16 units, as Java does.

/// What is wrong with a path.
pub(crate) fn check(path: &str) -> Result<(), String> {
    let units: Vec<u16> = path.encode_utf16().collect();
    match units.as_slice() {
        [] => return Err("Path length must be > 0".into()),
        [first, ..] if *first != SLASH => return Err("Path must start with / character".into()),
        [_] => return Ok(()),
        [.., last] if *last == SLASH => return Err("Path must not end with / character".into()),
        _ => {}
    }
    let wrong = (1..units.len()).find_map(|at| Some((reason(&units, at)?, at)));
    match wrong {
        None => Ok(()),
        Some((reason, at)) => Err(format!(
            "Invalid path string \"{path}\" caused by {reason} @{at}"
        )),
    }
}

const SLASH: u16 = b'/' as u16;
const DOT: u16 = b'.' as u16;

fn reason(units: &[u16], at: usize) -> Option<&'static str> {
    let before = units[at - 1];
    let ends_part = units.get(at + 1).is_none_or(|next| *next == SLASH);
    match units[at] {
        0 => Some("null character not allowed"),
        SLASH if before == SLASH => Some("empty node name specified"),
        // After another dot only `/..` matters, never `/.`.
        DOT if before == DOT => {
            let alone = at >= 2 && units[at - 2] == SLASH;
            (alone && ends_part).then_some("relative paths not allowed")
        }
        DOT => (before == SLASH && ends_part).then_some("relative paths not allowed"),
        0x01..=0x1f | 0x7f..=0x9f | 0xd800..=0xf8ff | 0xfff0..=0xffff => Some("invalid character"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn paths_are_refused_as_recorded() {
        // create-double-slash, create-dot-dot, create-trailing-slash, create-relative-path.
        let cases = [
            (
                "/app//x",
                "Invalid path string \"/app//x\" caused by empty node name specified @5",
            ),
            (
                "/app/../x",
                "Invalid path string \"/app/../x\" caused by relative paths not allowed @6",
            ),
            ("/app/", "Path must not end with / character"),
            ("app", "Path must start with / character"),
        ];
        for (path, words) in cases {
            assert_eq!(check(path), Err(words.to_owned()));
        }
        assert_eq!(check("/a/.b/c..d/你好"), Ok(()));
        assert_eq!(check("/"), Ok(()));
    }
}
