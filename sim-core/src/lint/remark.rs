//! What we say beside the server's own lines: what is wrong, where, and what to do.

use super::properties::Span;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gravity {
    /// The server does not start because of it.
    Refused,
    /// The server starts, and most likely does something else than was meant.
    Warning,
    /// Worth knowing.
    Note,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Both {
    /// English.
    pub en: String,
    /// 中文.
    pub zh: String,
}

impl Both {
    /// A text in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }
}

/// A remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How grave it is.
    pub gravity: Gravity,
    /// The file that is to blame, by its path; none if it is about all of them, or about one that
    /// is not there.
    pub file: Option<String>,
    /// Where in that file; none if it is about what is not in it.
    pub span: Option<Span>,
    /// What is wrong.
    pub says: Both,
    /// What to do about it.
    pub remedy: Option<Both>,
}

impl Remark {
    /// A remark about a file.
    pub fn about(gravity: Gravity, file: &str, says: Both) -> Self {
        Self {
            gravity,
            file: Some(file.into()),
            span: None,
            says,
            remedy: None,
        }
    }

    /// At a place of that file.
    pub fn at(mut self, span: Span) -> Self {
        self.span = (span != Span::default()).then_some(span);
        self
    }

    /// With what to do.
    pub fn remedy(mut self, en: impl Into<String>, zh: impl Into<String>) -> Self {
        self.remedy = Some(Both::new(en, zh));
        self
    }
}

/// Line and column of a byte, from 1; columns count characters, as far as the bytes before are text.
pub fn place(bytes: &[u8], at: usize) -> (u32, u32) {
    let before = &bytes[..at.min(bytes.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count();
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |i| i + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count();
    (line as u32 + 1, column as u32 + 1)
}
