//! What the objects of a file look like: keys, kinds of values, one sentence each.
//!
//! One table serves the reader (unknown keys and the nearest right one), the JSON Schema and the test that the manual
//! mentions every key. What a table cannot say (names that must exist, times that must not go back) the reader checks.

/// An object with fixed keys.
pub(super) struct Shape {
    /// Its name in the schema.
    pub name: &'static str,
    /// One sentence.
    pub says: &'static str,
    /// Its keys, in the order in which they are written.
    pub keys: &'static [Key],
}

/// A key of an object.
pub(super) struct Key {
    pub name: &'static str,
    pub kind: &'static Kind,
    pub must: bool,
    pub says: &'static str,
}

/// A kind of value.
pub(super) enum Kind {
    /// Text in one or two languages.
    Text,
    /// Plain text.
    Plain,
    /// A name that is given here.
    Name,
    /// A name that stands elsewhere in the file, or in the program.
    Ref(&'static str),
    /// Nodes: a name, a list of names, `all`, `leader`, `followers`.
    Nodes,
    /// `"200ms"`.
    Duration,
    /// `"-1h"`.
    SignedDuration,
    /// `"3s"` since the start or `"+3s"` since the step before.
    Time,
    /// A duration or a distribution.
    Latency,
    /// A zxid: `"1:8"`, `"0x100000008"` or a number.
    Zxid,
    /// A hexadecimal text or a number.
    Hex,
    /// `true` or `false`.
    Bool,
    /// A whole number in these bounds.
    Int(i64, i64),
    /// A decimal number that is not negative.
    Decimal,
    /// One of a few words.
    Words(fn() -> Vec<&'static str>),
    /// `null`.
    Null,
    /// A list that is not empty.
    List(&'static Kind),
    /// One, or a list that is not empty.
    OneOrMany(&'static Kind),
    /// A list that may be empty.
    AnyList(&'static Kind),
    /// An object with fixed keys.
    Object(&'static Shape),
    /// An object with names as keys.
    Map(&'static Kind),
    /// An object with some words as keys.
    WordMap(fn() -> Vec<&'static str>, &'static Kind),
    /// One of several.
    Either(&'static [&'static Kind]),
    /// One of several objects, told apart by their first key, or by any key of the last column.
    OneOf(&'static str, &'static [&'static Shape]),
    /// A value, or an object that compares: `{ "at_least": 3 }`.
    Compare(&'static Kind),
    /// Whatever stands there.
    Any,
}

impl Shape {
    /// Whether it has such a key.
    pub fn has(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    /// The names of its keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}

/// A key that must be there.
pub(super) const fn must(name: &'static str, kind: &'static Kind, says: &'static str) -> Key {
    Key {
        name,
        kind,
        must: true,
        says,
    }
}

/// A key that may be there.
pub(super) const fn may(name: &'static str, kind: &'static Kind, says: &'static str) -> Key {
    Key {
        name,
        kind,
        must: false,
        says,
    }
}
