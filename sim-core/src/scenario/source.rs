//! From bytes to a tree of values that know where they stand.
//!
//! Refuses early what no scenario is: files of many megabytes, bytes that are no text, nesting without end. Syntax is
//! JSON with `//` and `/* */` comments and trailing commas; everything else that JSON5 allows is refused, so that every
//! other reader of JSON with comments reads the same.

use crate::scenario::{Code, Diagnostic};
use jsonc_parser::ast;

/// The longest file, in bytes.
pub(super) const MAX_BYTES: usize = 8 << 20;
/// The deepest nesting of lists and objects.
pub(super) const MAX_DEPTH: u32 = 64;

/// Where something stands, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub start: usize,
    pub end: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub range: Range,
    pub value: Value,
}

/// A value as written.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As written: no number passes through a float.
    Number(Box<str>),
    Text(Box<str>),
    List(Vec<Node>),
    Object(Vec<Member>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub key: Box<str>,
    pub key_range: Range,
    pub node: Node,
}

impl Value {
    /// What kind of value it is, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

/// The text of a file, for line and column numbers.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    pub text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = core::iter::once(0)
            .chain(ends.map(|(at, _)| at + 1))
            .collect();
        Self { text, line_starts }
    }

    /// Line and column (in characters), from 1.
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let before = self.text.get(self.line_starts[line]..offset).unwrap_or("");
        (line as u32 + 1, before.chars().count() as u32 + 1)
    }

    /// The text of a range, cut to one line of at most 60 characters.
    pub fn excerpt(&self, range: Range) -> Option<Box<str>> {
        let text = self.text.get(range.start..range.end)?;
        let line = text.lines().next()?;
        if line.is_empty() {
            return None;
        }
        let short: String = line.chars().take(60).collect();
        Some(match short.len() < text.len() {
            true => format!("{short}…").into(),
            false => short.into(),
        })
    }
}

/// A mistake at a range of a text.
pub(super) fn diagnostic(
    source: &Source<'_>,
    code: Code,
    range: Range,
    message: &str,
) -> Diagnostic {
    let (line, column) = source.line_column(range.start);
    Diagnostic {
        code,
        line,
        column,
        offset: range.start as u32,
        len: range.end.saturating_sub(range.start) as u32,
        message: message.into(),
        expected: None,
        found: source.excerpt(range),
        remedy: None,
        path: "".into(),
    }
}

/// The text in these bytes, without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Box<Diagnostic>> {
    let at = |offset: usize, code, message: &str, remedy: &str| {
        let text = core::str::from_utf8(&bytes[..offset]).unwrap_or("");
        let source = Source::new(text);
        let range = Range {
            start: offset,
            end: offset + 1,
        };
        let mut diagnostic = diagnostic(&source, code, range, message);
        diagnostic.remedy = Some(remedy.into());
        Box::new(diagnostic)
    };
    if bytes.len() > MAX_BYTES {
        let size = format!(
            "the file has {} MiB; a scenario has at most {} MiB",
            bytes.len() >> 20,
            MAX_BYTES >> 20
        );
        return Err(at(
            0,
            Code::TooLarge,
            &size,
            "is this a scenario, or a trace?",
        ));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = "the file is UTF-16; a scenario is UTF-8";
        return Err(at(0, Code::NotText, message, "save it as UTF-8"));
    }
    if let Some(nul) = bytes.iter().position(|byte| *byte == 0) {
        let message = "a NUL byte: this is no text";
        return Err(at(
            nul,
            Code::NotText,
            message,
            "is this a scenario, or a binary trace?",
        ));
    }
    let text = core::str::from_utf8(bytes).map_err(|error| {
        let message = "bytes that are not UTF-8";
        at(
            error.valid_up_to(),
            Code::NotText,
            message,
            "save the file as UTF-8",
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads the syntax.
pub(super) fn parse(source: &Source<'_>) -> Result<Node, Box<Diagnostic>> {
    check_depth(source)?;
    let collect = jsonc_parser::CollectOptions::default();
    let parsed = jsonc_parser::parse_to_ast(source.text, &collect, &options())
        .map_err(|error| Box::new(syntax(source, &error)))?;
    parsed.value.map(convert).ok_or_else(|| {
        let range = Range::default();
        let mut diagnostic = diagnostic(source, Code::Empty, range, "the file is empty");
        diagnostic.expected = Some("an object `{ … }`".into());
        diagnostic.remedy = Some("see `quorumscope schema` or docs/scenario-format.md".into());
        Box::new(diagnostic)
    })
}

/// Comments and trailing commas, nothing else beyond JSON.
pub(super) fn options() -> jsonc_parser::ParseOptions {
    jsonc_parser::ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// Refuses deep nesting before anything recurses.
fn check_depth(source: &Source<'_>) -> Result<(), Box<Diagnostic>> {
    let bytes = source.text.as_bytes();
    let (mut depth, mut at) = (0_u32, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at),
            b'/' => at = end_of_comment(bytes, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let range = Range {
                start: at,
                end: at + 1,
            };
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            let mut error = diagnostic(source, Code::TooLarge, range, &message);
            error.remedy = Some("no scenario needs that; is a bracket missing?".into());
            return Err(Box::new(error));
        }
        at += 1;
    }
    Ok(())
}

/// The closing quote of the string that opens at `at`, or the end.
fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let mut i = at + 1;
    while i < bytes.len() && bytes[i] != b'"' && bytes[i] != b'\n' {
        i += if bytes[i] == b'\\' { 2 } else { 1 };
    }
    i
}

/// The last byte of the comment that may open at `at`.
fn end_of_comment(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let len = match rest.get(1) {
        Some(b'/') => rest.iter().position(|byte| *byte == b'\n'),
        Some(b'*') => rest[2..]
            .windows(2)
            .position(|pair| pair == b"*/")
            .map(|found| found + 3),
        _ => Some(0),
    };
    at + len.unwrap_or(rest.len())
}

fn convert(value: ast::Value<'_>) -> Node {
    use jsonc_parser::common::Ranged;
    let range = value.range();
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(it) => Value::Bool(it.value),
        ast::Value::NumberLit(it) => Value::Number(it.value.into()),
        ast::Value::StringLit(it) => Value::Text(it.value.into()),
        ast::Value::Array(it) => Value::List(it.elements.into_iter().map(convert).collect()),
        ast::Value::Object(it) => {
            Value::Object(it.properties.into_iter().map(convert_member).collect())
        }
    };
    Node {
        range: range.into(),
        value,
    }
}

fn convert_member(prop: ast::ObjectProp<'_>) -> Member {
    use jsonc_parser::common::Ranged;
    Member {
        key_range: prop.name.range().into(),
        key: prop.name.into_string().into(),
        node: convert(prop.value),
    }
}

impl From<jsonc_parser::common::Range> for Range {
    fn from(range: jsonc_parser::common::Range) -> Self {
        Range {
            start: range.start,
            end: range.end,
        }
    }
}

/// A syntax error in our own words where a remedy is known.
fn syntax(source: &Source<'_>, error: &jsonc_parser::errors::ParseError) -> Diagnostic {
    use jsonc_parser::errors::ParseErrorKind as Kind;
    let (message, remedy) = match error.kind() {
        Kind::ExpectedComma => (
            "a comma is missing",
            "put a comma behind the value before this",
        ),
        Kind::ExpectedColonAfterObjectKey => ("a colon is missing behind the key", ""),
        Kind::ExpectedObjectValue => ("a value is missing behind the colon", ""),
        Kind::ExpectedStringObjectProperty => ("a key without quotes", "write it in \"quotes\""),
        Kind::UnterminatedObject => ("this object has no closing brace", ""),
        Kind::UnterminatedArray => ("this list has no closing bracket", ""),
        Kind::UnterminatedCommentBlock => ("this comment has no end", "close it with */"),
        Kind::MultipleRootJsonValues => (
            "more text behind the end of the scenario",
            "one file is one object",
        ),
        Kind::SingleQuotedStringsNotAllowed => ("single quotes", "use double quotes"),
        Kind::HexadecimalNumbersNotAllowed => {
            ("a hexadecimal number", "write it as text: \"0x1f\"")
        }
        Kind::UnaryPlusNumbersNotAllowed => ("a plus sign before a number", "leave it out"),
        Kind::BareDecimalPointNumbersNotAllowed => {
            ("a number with a bare decimal point", "write 0.5, not .5")
        }
        Kind::NonFiniteNumbersNotAllowed => ("a number that is none", ""),
        Kind::UnexpectedWord => ("a word without quotes", "write it in \"quotes\""),
        Kind::UnexpectedComma => ("a comma too many", ""),
        Kind::UnexpectedColon => ("a colon where a value should be", ""),
        Kind::UnexpectedCloseBrace => ("a closing brace that opens nowhere", ""),
        Kind::UnexpectedCloseBracket => ("a closing bracket that opens nowhere", ""),
        _ => ("", ""),
    };
    let own_words = error.kind().to_string().to_lowercase();
    let message = if message.is_empty() {
        &own_words
    } else {
        message
    };
    let mut diagnostic = diagnostic(source, Code::Syntax, error.range().into(), message);
    diagnostic.remedy = (!remedy.is_empty()).then(|| remedy.into());
    diagnostic
}
