//! A file as `java.util.Properties` reads it, with the place of every key and value.
//!
//! Follows `Properties.load(InputStream)` of OpenJDK 17: bytes are ISO 8859-1, `#` and `!` begin a
//! comment only at the start of a line, a backslash at the end of a line continues it, keys end at
//! the first `=`, `:` or blank, a key that comes again replaces the value. It never trims the end of
//! a value; who reads it may.

use super::java;
use std::collections::BTreeMap;

/// Bytes of a file from `start` to before `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key, as it is.
    pub key: String,
    /// The value, with blanks at its end.
    pub value: String,
    /// Where the key stands.
    pub key_at: Span,
    /// Where the value stands; empty behind the key if there is none.
    pub value_at: Span,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// Every line that sets something, in the order of the file.
    pub lines: Vec<Entry>,
    /// The lines that count, in the order in which Java walks them.
    walk: Vec<Entry>,
}

/// `\uxxxx` without four hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where.
    pub at: Span,
}

impl Malformed {
    /// What the exception says.
    pub const MESSAGE: &'static str = "Malformed \\uxxxx encoding.";
}

impl Properties {
    /// Reads a file.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut properties = Self::default();
        let mut reader = LineReader { bytes, at: 0 };
        while let Some(line) = reader.line() {
            properties.lines.push(entry(&line)?);
        }
        properties.order();
        Ok(properties)
    }

    /// Sets a key that no line sets.
    pub fn set(&mut self, key: &str, value: &str) {
        self.lines.push(Entry {
            key: key.into(),
            value: value.into(),
            key_at: Span::default(),
            value_at: Span::default(),
        });
        self.order();
    }

    fn order(&mut self) {
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        let mut keys: Vec<&str> = Vec::new();
        for (i, line) in self.lines.iter().enumerate() {
            if last.insert(&line.key, i).is_none() {
                keys.push(&line.key);
            }
        }
        let order = java::properties_order(&keys);
        let entry = |i: usize| self.lines[last[keys[i]]].clone();
        self.walk = order.into_iter().map(entry).collect();
    }

    /// The entries in the order in which Java walks them (`entrySet`).
    pub fn walk(&self) -> &[Entry] {
        &self.walk
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.walk.iter().find(|entry| entry.key == key)
    }
}

/// A logical line: its bytes, each with its place.
type Line = Vec<(u8, usize)>;

struct LineReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0c)
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

impl LineReader<'_> {
    /// `LineReader.readLine`.
    fn line(&mut self) -> Option<Line> {
        let mut line: Line = Vec::new();
        let (mut skips_blanks, mut continues, mut backslash) = (true, false, false);
        loop {
            let Some(&byte) = self.bytes.get(self.at) else {
                if backslash {
                    line.pop();
                }
                return (!line.is_empty()).then_some(line);
            };
            let place = self.at;
            self.at += 1;
            if skips_blanks {
                if is_blank(byte) || (!continues && is_line_end(byte)) {
                    continue;
                }
                (skips_blanks, continues) = (false, false);
            }
            if line.is_empty() && matches!(byte, b'#' | b'!') {
                self.skip_comment();
                skips_blanks = true;
                continue;
            }
            if !is_line_end(byte) {
                line.push((byte, place));
                backslash = byte == b'\\' && !backslash;
                continue;
            }
            if line.is_empty() {
                skips_blanks = true;
                continue;
            }
            if !backslash {
                return Some(line);
            }
            line.pop();
            (skips_blanks, continues, backslash) = (true, true, false);
            if byte == b'\r' && self.bytes.get(self.at) == Some(&b'\n') {
                self.at += 1;
            }
        }
    }

    fn skip_comment(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            if is_line_end(*byte) {
                return;
            }
        }
    }
}

/// `Properties.load0` of one line.
fn entry(line: &[(u8, usize)]) -> Result<Entry, Malformed> {
    let (mut separated, mut backslash) = (false, false);
    let mut key_len = 0;
    let mut value_start = line.len();
    while key_len < line.len() {
        let byte = line[key_len].0;
        if !backslash && matches!(byte, b'=' | b':') {
            (value_start, separated) = (key_len + 1, true);
            break;
        }
        if !backslash && is_blank(byte) {
            value_start = key_len + 1;
            break;
        }
        backslash = byte == b'\\' && !backslash;
        key_len += 1;
    }
    while value_start < line.len() {
        let byte = line[value_start].0;
        if !is_blank(byte) {
            if separated || !matches!(byte, b'=' | b':') {
                break;
            }
            separated = true;
        }
        value_start += 1;
    }
    let (key, value) = (&line[..key_len], &line[value_start..]);
    let key_end = key.last().map_or(line[0].1, |last| last.1 + 1);
    let empty = Span {
        start: key_end,
        end: key_end,
    };
    Ok(Entry {
        key: convert(key)?,
        value: convert(value)?,
        key_at: span(key).unwrap_or(empty),
        value_at: span(value).unwrap_or(empty),
    })
}

fn span(part: &[(u8, usize)]) -> Option<Span> {
    Some(Span {
        start: part.first()?.1,
        end: part.last()?.1 + 1,
    })
}

/// `loadConvert`: escapes.
fn convert(part: &[(u8, usize)]) -> Result<String, Malformed> {
    let mut units: Vec<u16> = Vec::with_capacity(part.len());
    let mut bytes = part.iter();
    while let Some(&(byte, place)) = bytes.next() {
        if byte != b'\\' {
            units.push(u16::from(byte));
            continue;
        }
        let Some(&(escaped, _)) = bytes.next() else {
            break;
        };
        units.push(match escaped {
            b't' => 0x09,
            b'r' => 0x0d,
            b'n' => 0x0a,
            b'f' => 0x0c,
            b'u' => unicode(&mut bytes, place)?,
            other => u16::from(other),
        });
    }
    Ok(String::from_utf16_lossy(&units))
}

fn unicode<'a>(
    bytes: &mut impl Iterator<Item = &'a (u8, usize)>,
    place: usize,
) -> Result<u16, Malformed> {
    let mut value = 0;
    for read in 0..4 {
        let digit = bytes
            .next()
            .and_then(|(byte, _)| char::from(*byte).to_digit(16));
        let Some(digit) = digit else {
            let at = Span {
                start: place,
                end: place + 2 + read,
            };
            return Err(Malformed { at });
        };
        value = value << 4 | digit as u16;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let properties = Properties::read(text.as_bytes()).expect("it can be read");
        let pair = |entry: &Entry| (entry.key.clone(), entry.value.clone());
        properties.lines.iter().map(pair).collect()
    }

    /// The examples of the documentation of `java.util.Properties.load`.
    #[test]
    fn the_documented_examples() {
        let beauty = ("Truth".to_owned(), "Beauty".to_owned());
        let text = "Truth = Beauty\n    Truth:Beauty\nTruth            :Beauty\n";
        assert_eq!(read(text), [beauty.clone(), beauty.clone(), beauty]);
        let text = "fruits                           apple, banana, pear, \\\n\
                    \x20                                 cantaloupe, watermelon, \\\n\
                    \x20                                 kiwi, mango\n";
        let fruits = "apple, banana, pear, cantaloupe, watermelon, kiwi, mango";
        assert_eq!(read(text), [("fruits".into(), fruits.into())]);
        assert_eq!(read("cheeses\n"), [("cheeses".into(), String::new())]);
        assert_eq!(read("\\:\\= a"), [(":=".into(), "a".into())]);
    }

    #[test]
    fn comments_begin_lines_only() {
        let text = "# one\n  ! two\na=1 # three\n#b=2\\\nc=3";
        let expected = [("a", "1 # three"), ("c", "3")];
        assert_eq!(
            read(text),
            expected.map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }

    #[test]
    fn places_are_bytes_of_the_file() {
        let text = "\u{feff}tickTime=2000\r\n dataDir = /a b \n";
        let properties = Properties::read(text.as_bytes()).expect("it can be read");
        let [first, second] = &properties.lines[..] else {
            panic!("two lines");
        };
        // The byte order mark is read as three letters of ISO 8859-1.
        assert_eq!(first.key, "\u{ef}\u{bb}\u{bf}tickTime");
        assert_eq!((first.value_at.start, first.value_at.end), (12, 16));
        assert_eq!(second.value, "/a b ");
        assert_eq!(second.key_at, Span { start: 19, end: 26 });
    }

    #[test]
    fn an_escape_that_is_none_is_an_error() {
        let error = Properties::read(b"a=\\u12x4").expect_err("no four digits");
        assert_eq!(error.at, Span { start: 2, end: 6 });
    }
}
