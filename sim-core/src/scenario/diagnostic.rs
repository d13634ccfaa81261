//! What is wrong with a scenario file, and where.

use core::fmt;

/// The kind of a mistake, for programs; people read the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The file is larger, deeper or longer in its parts than any scenario.
    TooLarge,
    /// The bytes are not UTF-8, or hold a NUL.
    NotText,
    /// Not JSON (with comments and trailing commas).
    Syntax,
    /// A key twice in one object.
    DuplicateKey,
    /// A key that nothing reads.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// Two keys that exclude each other.
    Conflict,
    /// Another type of value than expected: a number for a text, …
    WrongType,
    /// A word that is none of those expected here.
    UnknownWord,
    /// A node, step, client, operation, variant, host or zone that the file does not define.
    UnknownName,
    /// A name that is taken or may not be used.
    BadName,
    /// A number out of its range.
    OutOfRange,
    /// A duration that cannot be read.
    BadDuration,
    /// A zxid, history, path or another small language that cannot be read.
    BadValue,
    /// A step before the one it follows.
    TimeGoesBack,
    /// Something that is empty and would do nothing.
    Empty,
    /// Something that cannot be done, such as undoing a reset.
    Impossible,
}

impl Code {
    /// The code as text, as reports print it.
    pub const fn name(self) -> &'static str {
        match self {
            Code::TooLarge => "too-large",
            Code::NotText => "not-text",
            Code::Syntax => "syntax",
            Code::DuplicateKey => "duplicate-key",
            Code::UnknownKey => "unknown-key",
            Code::MissingKey => "missing-key",
            Code::Conflict => "conflict",
            Code::WrongType => "wrong-type",
            Code::UnknownWord => "unknown-word",
            Code::UnknownName => "unknown-name",
            Code::BadName => "bad-name",
            Code::OutOfRange => "out-of-range",
            Code::BadDuration => "bad-duration",
            Code::BadValue => "bad-value",
            Code::TimeGoesBack => "time-goes-back",
            Code::Empty => "empty",
            Code::Impossible => "impossible",
        }
    }
}

/// One mistake in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of mistake.
    pub code: Code,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Where it begins, in bytes from the start of the text.
    pub offset: u32,
    /// How many bytes it covers.
    pub len: u32,
    /// What is wrong, as one sentence without a full stop.
    pub message: Box<str>,
    /// What would have been right.
    pub expected: Option<Box<str>>,
    /// The offending text, cut to a line.
    pub found: Option<Box<str>>,
    /// What to do about it; "did you mean `initLimit`?" where a name is near.
    pub remedy: Option<Box<str>>,
    /// Where the value stands, as keys and positions: `steps[3].do.start`.
    pub path: Box<str>,
}

impl fmt::Display for Diagnostic {
    /// One line without the file's name: `12:5: unknown key "tikcTime"; expected …; did you mean "tickTime"?`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}
