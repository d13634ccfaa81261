//! Values as text: short ones on one line, long ones with a line per key.

use crate::scenario::format::Json;
use core::fmt::Write;

/// How wide a line may be for a value to stay on it.
const WIDTH: usize = 96;

impl Json {
    /// The value as text, with a line break at its end.
    pub fn print(&self) -> String {
        let mut text = String::new();
        self.write(0, 0, &mut text);
        text.push('\n');
        text
    }

    /// The value on one line.
    pub fn compact(&self) -> String {
        let mut text = String::new();
        self.write_flat(&mut text);
        text
    }

    fn write(&self, indent: usize, used: usize, text: &mut String) {
        let (items, open, close) = match self {
            Json::List(items) => (items.iter().map(|item| (None, item)).collect(), '[', ']'),
            Json::Object(members) => {
                let members = members.iter().map(|(key, value)| (Some(key), value));
                (members.collect::<Vec<_>>(), '{', '}')
            }
            _ => return self.write_flat(text),
        };
        let flat = self.compact();
        let fits = indent + used + flat.chars().count() <= WIDTH && !flat.contains('\n');
        if items.is_empty() || fits && indent > 0 {
            text.push_str(&flat);
            return;
        }
        let inner = indent + 2;
        text.push(open);
        for (i, (key, value)) in items.iter().enumerate() {
            text.push_str(if i == 0 { "\n" } else { ",\n" });
            text.extend(core::iter::repeat_n(' ', inner));
            let before = text.len();
            if let Some(key) = key {
                write_text(key, text);
                text.push_str(": ");
            }
            let used = text.len() - before;
            value.write(inner, used, text);
        }
        text.push('\n');
        text.extend(core::iter::repeat_n(' ', indent));
        text.push(close);
    }

    fn write_flat(&self, text: &mut String) {
        match self {
            Json::Null => text.push_str("null"),
            Json::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Json::Number(number) => text.push_str(number),
            Json::Text(value) => write_text(value, text),
            Json::List(items) => {
                text.push('[');
                for (i, item) in items.iter().enumerate() {
                    text.push_str(if i == 0 { "" } else { ", " });
                    item.write_flat(text);
                }
                text.push(']');
            }
            Json::Object(members) if members.is_empty() => text.push_str("{}"),
            Json::Object(members) => {
                text.push_str("{ ");
                for (i, (key, value)) in members.iter().enumerate() {
                    text.push_str(if i == 0 { "" } else { ", " });
                    write_text(key, text);
                    text.push_str(": ");
                    value.write_flat(text);
                }
                text.push_str(" }");
            }
        }
    }
}

/// A text in quotes.
fn write_text(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_stay_on_one_line() {
        let short = Json::List(vec![Json::Text("a".into()), Json::Number("1".into())]);
        let value = Json::Object(vec![("list".into(), short), ("none".into(), Json::Null)]);
        assert_eq!(
            value.print(),
            "{\n  \"list\": [\"a\", 1],\n  \"none\": null\n}\n"
        );
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            Json::Text("a\"\\\n\u{1}".into()).compact(),
            "\"a\\\"\\\\\\n\\u0001\""
        );
    }
}
