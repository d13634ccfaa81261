//! Single values: texts, numbers, durations, latencies, zxids, words.

use super::{Reader, quoted_list};
use crate::base::{Purpose, SimTime, Span, SpanError};
use crate::engine::Latency;
use crate::scenario::Code;
use crate::scenario::format::{Json, Text};
use crate::scenario::predicate::Compare;
use crate::scenario::source::{Node, Value};
use crate::scenario::words::{Word, nearest};
use crate::zookeeper::{Epoch, Zxid};

impl Reader<'_> {
    /// A plain text that is not empty.
    pub(super) fn plain(&mut self, node: &Node) -> Option<Box<str>> {
        match &node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Text(_) => {
                self.error(Code::Empty, node.range, "an empty text")
                    .remedy("write something, or leave it out");
                None
            }
            _ => {
                self.wrong_type(node, "a text in \"quotes\"");
                None
            }
        }
    }

    /// A text that may be empty.
    pub(super) fn any_text(&mut self, node: &Node) -> Option<Box<str>> {
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                self.wrong_type(node, "a text in \"quotes\"");
                None
            }
        }
    }

    /// A text in one or two languages.
    pub(super) fn text(&mut self, node: &Node) -> Option<Text> {
        const LANGUAGES: [&str; 2] = ["en", "zh"];
        let Value::Object(members) = &node.value else {
            let text = match &node.value {
                Value::Text(_) => self.plain(node)?,
                _ => {
                    self.wrong_type(node, "a text, or { \"en\": …, \"zh\": … }");
                    return None;
                }
            };
            return Some(Text {
                en: Some(text),
                zh: None,
            });
        };
        let mut text = Text::default();
        for member in members {
            let slot = match &*member.key {
                "en" => &mut text.en,
                "zh" => &mut text.zh,
                other => {
                    let message = format!("\"{other}\" is no language of the project");
                    self.error(Code::UnknownKey, member.key_range, &message)
                        .expected("\"en\" or \"zh\"")
                        .near(other, &LANGUAGES);
                    continue;
                }
            };
            *slot = self.inside(&member.key, |reader| reader.plain(&member.node));
        }
        if members.is_empty() {
            self.error(Code::Empty, node.range, "a text in no language")
                .expected("\"en\", \"zh\" or both");
            return None;
        }
        Some(text)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Bool(value) => Some(*value),
            _ => {
                self.wrong_type(node, "true or false");
                None
            }
        }
    }

    /// A whole number in bounds.
    pub(super) fn integer(&mut self, node: &Node, min: i64, max: i64) -> Option<i64> {
        let expected = match (min, max) {
            (i64::MIN, i64::MAX) => "a whole number".to_owned(),
            (_, i64::MAX) => format!("a whole number, at least {min}"),
            _ => format!("a whole number from {min} to {max}"),
        };
        match &node.value {
            Value::Number(text) => match text.parse::<i64>() {
                Ok(number) if (min..=max).contains(&number) => Some(number),
                Ok(number) => {
                    let message = format!("{number} is out of range");
                    self.error(Code::OutOfRange, node.range, &message)
                        .expected(&expected);
                    None
                }
                Err(_) if text.contains(['.', 'e', 'E']) => {
                    self.error(Code::WrongType, node.range, "this is no whole number")
                        .expected(&expected);
                    None
                }
                Err(_) => {
                    self.error(Code::OutOfRange, node.range, "this number is too large")
                        .expected(&expected);
                    None
                }
            },
            Value::Text(text) if text.parse::<i64>().is_ok() => {
                let remedy = format!("write {text} without quotes");
                self.wrong_type(node, &expected).remedy(&remedy);
                None
            }
            _ => {
                self.wrong_type(node, &expected);
                None
            }
        }
    }

    /// A decimal number in thousandths, read from its digits.
    pub(super) fn thousandths(&mut self, node: &Node) -> Option<u32> {
        let digits = match &node.value {
            Value::Number(text) => thousandths(text),
            _ => None,
        };
        if digits.is_none() {
            self.error(Code::WrongType, node.range, "this is no decimal number")
                .expected("a number like 0.25, with at most three places");
        }
        digits
    }

    /// A number of 64 bits, decimal or as hexadecimal text.
    pub(super) fn hex(&mut self, node: &Node) -> Option<u64> {
        let number = match &node.value {
            Value::Number(text) => text.parse().ok(),
            Value::Text(text) => text
                .strip_prefix("0x")
                .filter(|digits| !digits.starts_with('+'))
                .and_then(|digits| u64::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        if number.is_none() {
            self.error(Code::BadValue, node.range, "this is no 64-bit number")
                .expected("a hexadecimal text like \"0x1f\", or a number that is not negative");
        }
        number
    }

    /// A span of time.
    pub(super) fn duration(&mut self, node: &Node) -> Option<Span> {
        match &node.value {
            Value::Text(text) => match parse_span(text) {
                Ok(span) => Some(span),
                Err(error) => {
                    self.bad_duration(node, text, error);
                    None
                }
            },
            Value::Number(number) => {
                let remedy = format!("write \"{number}s\" or \"{number}ms\"");
                self.error(Code::BadDuration, node.range, "a duration without a unit")
                    .expected("a text like \"200ms\" or \"1.5s\"")
                    .remedy(&remedy);
                None
            }
            _ => {
                self.wrong_type(node, "a duration like \"200ms\" or \"1.5s\"");
                None
            }
        }
    }

    fn bad_duration(&mut self, node: &Node, text: &str, error: SpanError) {
        let message = match text.starts_with('-') {
            true => "a duration that is negative".to_owned(),
            false => format!("\"{text}\" is no duration: {error}"),
        };
        let trimmed: String = text.split_whitespace().collect();
        let remedy = (parse_span(&trimmed).is_ok() && trimmed != text)
            .then(|| format!("write \"{trimmed}\""));
        let error = self.error(Code::BadDuration, node.range, &message);
        error.expected("a text like \"200ms\" or \"1.5s\"; units are ns, us, ms, s, m, h");
        if let Some(remedy) = remedy {
            error.remedy(&remedy);
        }
    }

    /// An instant: a span of time since the start.
    pub(super) fn instant(&mut self, node: &Node) -> Option<SimTime> {
        self.duration(node).map(|span| SimTime(span.0))
    }

    /// A duration that may be negative, in nanoseconds.
    pub(super) fn signed_duration(&mut self, node: &Node) -> Option<i64> {
        let Value::Text(text) = &node.value else {
            self.wrong_type(node, "a duration like \"-1h\" or \"500ms\"");
            return None;
        };
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        match parse_span(rest).map(|span| i64::try_from(span.0)) {
            Ok(Ok(nanos)) => Some(sign * nanos),
            Ok(Err(_)) => {
                self.error(
                    Code::OutOfRange,
                    node.range,
                    "this is longer than 292 years",
                );
                None
            }
            Err(error) => {
                self.bad_duration(node, rest, error);
                None
            }
        }
    }

    /// A duration or a distribution of durations.
    pub(super) fn latency(&mut self, node: &Node) -> Option<Latency> {
        const EXPECTED: &str = "a duration, or { \"uniform\": [\"1ms\", \"5ms\"] }, \
            { \"exponential\": { \"min\": …, \"mean\": … } }, \
            { \"log_normal\": { \"min\": …, \"median\": …, \"sigma\": 0.5 } }";
        let members = match &node.value {
            Value::Text(_) | Value::Number(_) => return self.duration(node).map(Latency::Fixed),
            Value::Object(members) => members,
            _ => {
                self.wrong_type(node, EXPECTED);
                return None;
            }
        };
        let [member] = &members[..] else {
            self.error(Code::BadValue, node.range, "a latency has one distribution")
                .expected(EXPECTED);
            return None;
        };
        self.inside(&member.key, |reader| match &*member.key {
            "uniform" => reader.uniform(&member.node),
            "exponential" => {
                let [min, mean] = reader.parameters(&member.node, ["min", "mean"])?;
                let latency = Latency::Exponential {
                    min: min.unwrap_or_default(),
                    mean: reader.needed(&member.node, "mean", mean)?,
                };
                Some(latency)
            }
            "log_normal" => reader.log_normal(&member.node),
            other => {
                let message = format!("\"{other}\" is no distribution");
                reader
                    .error(Code::UnknownKey, member.key_range, &message)
                    .expected(EXPECTED)
                    .near(other, &["uniform", "exponential", "log_normal"]);
                None
            }
        })
    }

    fn uniform(&mut self, node: &Node) -> Option<Latency> {
        let Value::List(items) = &node.value else {
            self.wrong_type(node, "least and greatest, [\"1ms\", \"5ms\"]");
            return None;
        };
        let spans = self.items(items, Self::duration);
        let [min, max] = spans[..] else {
            if items.len() != 2 {
                self.error(Code::BadValue, node.range, "a uniform latency has two ends")
                    .expected("least and greatest, [\"1ms\", \"5ms\"]");
            }
            return None;
        };
        if min > max {
            self.error(
                Code::OutOfRange,
                node.range,
                "the least is above the greatest",
            )
            .remedy("swap the two");
            return None;
        }
        Some(Latency::Uniform { min, max })
    }

    fn log_normal(&mut self, node: &Node) -> Option<Latency> {
        let Value::Object(members) = &node.value else {
            self.wrong_type(node, "{ \"min\": …, \"median\": …, \"sigma\": 0.5 }");
            return None;
        };
        let spans = members
            .iter()
            .filter(|member| &*member.key != "sigma")
            .cloned();
        let spans = Node {
            range: node.range,
            value: Value::Object(spans.collect()),
        };
        let [min, median] = self.parameters(&spans, ["min", "median"])?;
        let median = self.needed(node, "median", median)?;
        let sigma = members.iter().find(|member| &*member.key == "sigma");
        let sigma = match sigma {
            Some(member) => self.inside("sigma", |reader| reader.thousandths(&member.node))?,
            None => self.needed(node, "sigma", None)?,
        };
        Some(Latency::LogNormal {
            min: min.unwrap_or_default(),
            median,
            sigma_milli: sigma,
        })
    }

    /// Durations by name; others are mistakes.
    fn parameters(&mut self, node: &Node, names: [&str; 2]) -> Option<[Option<Span>; 2]> {
        let Value::Object(members) = &node.value else {
            self.wrong_type(node, &format!("an object with {}", quoted_list(&names)));
            return None;
        };
        let mut found = [None; 2];
        for member in members {
            match names.iter().position(|name| *name == &*member.key) {
                Some(i) => found[i] = self.inside(&member.key, |r| r.duration(&member.node)),
                None => self.unknown_key(member, "latency", &names),
            }
        }
        Some(found)
    }

    fn needed<T>(&mut self, node: &Node, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            let message = format!("the key \"{name}\" is missing");
            self.error(Code::MissingKey, node.range, &message);
        }
        value
    }

    /// A zxid: `"1:8"`, `"0x100000008"` or a number.
    pub(super) fn zxid(&mut self, node: &Node) -> Option<Zxid> {
        let zxid = match &node.value {
            Value::Text(text) => parse_zxid(text),
            Value::Number(text) => text.parse().ok().map(Zxid),
            _ => None,
        };
        if zxid.is_none() {
            self.error(Code::BadValue, node.range, "this is no zxid")
                .expected("epoch and counter like \"1:8\", or \"0x100000008\"");
        }
        zxid
    }

    /// One of the words of a kind.
    pub(super) fn word<W: Word>(&mut self, node: &Node) -> Option<W> {
        let words = W::words();
        let text = self.word_text(node, W::WHAT, &words)?;
        let word = W::from_word(&text);
        if word.is_none() {
            self.unknown_word(node, &text, W::WHAT, &words);
        }
        word
    }

    /// One of some words; answers its position.
    pub(super) fn one_of(&mut self, node: &Node, what: &str, words: &[&str]) -> Option<usize> {
        let text = self.word_text(node, what, words)?;
        let position = words.iter().position(|word| *word == &*text);
        if position.is_none() {
            self.unknown_word(node, &text, what, words);
        }
        position
    }

    fn word_text(&mut self, node: &Node, what: &str, words: &[&str]) -> Option<Box<str>> {
        if let Value::Text(text) = &node.value {
            return Some(text.clone());
        }
        let expected = format!("{what}: {}", quoted_list(words));
        self.wrong_type(node, &expected);
        None
    }

    fn unknown_word(&mut self, node: &Node, text: &str, what: &str, words: &[&str]) {
        let message = format!("\"{text}\" is not {what}");
        let error = self.error(Code::UnknownWord, node.range, &message);
        error.expected(&quoted_list(words));
        if let Some(near) = nearest(text, words.iter().copied()) {
            error.remedy(&format!("did you mean \"{near}\"?"));
        }
    }

    /// A value, or an object that compares.
    pub(super) fn compare<T>(
        &mut self,
        node: &Node,
        mut read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Compare<T>> {
        const NAMES: [&str; 9] = [
            "not",
            "one_of",
            "at_least",
            "at_most",
            "above",
            "below",
            "between",
            "same_as",
            "differs_from",
        ];
        let Value::Object(members) = &node.value else {
            return read(self, node).map(Compare::Is);
        };
        let [member] = &members[..] else {
            self.error(Code::BadValue, node.range, "a comparison has one key")
                .expected(&quoted_list(&NAMES))
                .remedy("use \"between\", or write the condition twice inside \"all\"");
            return None;
        };
        let value = &member.node;
        self.inside(&member.key, |reader| match &*member.key {
            "not" => read(reader, value).map(Compare::Not),
            "at_least" => read(reader, value).map(Compare::AtLeast),
            "at_most" => read(reader, value).map(Compare::AtMost),
            "above" => read(reader, value).map(Compare::Above),
            "below" => read(reader, value).map(Compare::Below),
            "one_of" => reader.list(value, "values", read).map(Compare::OneOf),
            "between" => {
                let ends = reader.list(value, "two values", read)?;
                match <[T; 2]>::try_from(ends) {
                    Ok([low, high]) => Some(Compare::Between(low, high)),
                    Err(_) => {
                        reader
                            .error(Code::BadValue, value.range, "\"between\" has two ends")
                            .expected("the least and the greatest, [1, 5]");
                        None
                    }
                }
            }
            "same_as" => reader.server_ref(value).map(Compare::SameAs),
            "differs_from" => reader.server_ref(value).map(Compare::DiffersFrom),
            other => {
                let message = format!("\"{other}\" is no comparison");
                reader
                    .error(Code::UnknownKey, member.key_range, &message)
                    .expected(&quoted_list(&NAMES))
                    .near(other, &NAMES);
                None
            }
        })
    }
}

/// [`Span::parse`], with texts that are no numbers at all refused as such.
pub(super) fn parse_span(text: &str) -> Result<Span, SpanError> {
    match text.starts_with(|c: char| c.is_ascii_digit()) {
        true => Span::parse(text),
        false => Err(SpanError::Number),
    }
}

fn parse_zxid(text: &str) -> Option<Zxid> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(hex) = text.strip_prefix("0x") {
        let number = digits(hex).then(|| u64::from_str_radix(hex, 16).ok())??;
        return Some(Zxid(number as i64));
    }
    let (epoch, counter) = text.split_once(':')?;
    if !digits(epoch) || !digits(counter) {
        return None;
    }
    let epoch: u32 = epoch
        .parse()
        .ok()
        .filter(|epoch| i32::try_from(*epoch).is_ok())?;
    Some(Zxid::new(Epoch(i64::from(epoch)), counter.parse().ok()?))
}

fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let places: u32 = format!("{fraction:0<3}").parse().ok()?;
    whole.checked_mul(1000)?.checked_add(places)
}

/// The purpose with this number.
pub(super) fn purpose(number: usize) -> Purpose {
    const ALL: [Purpose; Purpose::COUNT] = [
        Purpose::Latency,
        Purpose::Dial,
        Purpose::Lane,
        Purpose::Sync,
        Purpose::Fault,
        Purpose::Machine,
        Purpose::Load,
        Purpose::Order,
        Purpose::Clock,
        Purpose::Campaign,
    ];
    ALL[number]
}

/// A value kept as written.
pub(super) fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(text) => Json::Number(text.clone()),
        Value::Text(text) => Json::Text(text.clone()),
        Value::List(items) => Json::List(items.iter().map(json).collect()),
        Value::Object(members) => Json::Object(
            members
                .iter()
                .map(|member| (member.key.clone(), json(&member.node)))
                .collect(),
        ),
    }
}
