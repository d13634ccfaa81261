//! A sentence: a text, its arguments with the steps that told them, and its rendering.

use crate::base::{SimTime, StepIndex, Steps};
use crate::explain::text::{Piece, pieces};
use crate::explain::{Lang, Text};
use crate::zookeeper::{Epoch, Round, ServerState, SessionId, Sid, Zxid};

/// A value in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A server.
    Server(Sid),
    /// Several servers, in the fact's order.
    Servers(Box<[Sid]>),
    /// A transaction id.
    Zxid(Zxid),
    /// An epoch.
    Epoch(Epoch),
    /// An election round.
    Round(Round),
    /// A server's state.
    State(ServerState),
    /// A session.
    Session(SessionId),
    /// A number as digits.
    Number(i64),
    /// How many, as a word where the language has one.
    Count(u32),
    /// A moment of the simulation.
    Time(SimTime),
    /// A name or path as it is: never translated.
    Name(Box<str>),
    /// A word or phrase of the language.
    Word(&'static Text),
    /// A sentence within the sentence.
    Clause(Box<Sentence>),
    /// Sentences one after another.
    Clauses(Box<[Sentence]>),
}

/// A named argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its name in the template.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
    /// The steps that told it; empty if it is the fact's own.
    pub by: Steps,
}

/// A text with its arguments, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The template.
    pub text: &'static Text,
    /// What stands in its gaps.
    pub args: Vec<Arg>,
}

/// A piece of a rendered sentence, for views that mark values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The letters.
    pub text: String,
    /// The steps that told this value; empty for plain words.
    pub by: Steps,
    /// Whether it is a value (not words of the template).
    pub is_value: bool,
}

impl Sentence {
    /// A sentence without arguments yet.
    pub fn new(text: &'static Text) -> Self {
        Self {
            text,
            args: Vec::new(),
        }
    }

    /// With an argument of the fact's own.
    pub fn with(self, name: &'static str, value: Value) -> Self {
        self.told(name, value, &[])
    }

    /// With an argument that these steps told.
    pub fn told(mut self, name: &'static str, value: Value, by: &[StepIndex]) -> Self {
        self.args.push(Arg {
            name,
            value,
            by: Steps::from_slice(by),
        });
        self
    }

    /// The argument of a name.
    pub fn arg(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|arg| arg.name == name)
    }

    /// The whole sentence.
    pub fn render(&self, lang: Lang) -> String {
        self.join(lang, false)
    }

    /// The short form for lists.
    pub fn render_short(&self, lang: Lang) -> String {
        self.join(lang, true)
    }

    fn join(&self, lang: Lang, short: bool) -> String {
        let parts = self.parts(lang, short);
        parts.into_iter().map(|part| part.text).collect()
    }

    /// The sentence in pieces, so that a view can mark values and lead to the steps that told them.
    pub fn parts(&self, lang: Lang, short: bool) -> Vec<Part> {
        let mut parts = Vec::new();
        self.write(lang, short, &mut parts);
        if lang == Lang::Zh {
            close_up(&mut parts);
        }
        parts
    }

    fn write(&self, lang: Lang, short: bool, out: &mut Vec<Part>) {
        for piece in pieces(self.text.template(lang, short)) {
            match piece {
                Piece::Plain(text) => out.push(plain(text)),
                Piece::Plural(name, one, many) => {
                    let single = self.arg(name).is_some_and(|arg| arg.value.is_one());
                    out.push(plain(if single { one } else { many }));
                }
                Piece::Arg(name) => {
                    let arg = self
                        .arg(name)
                        .expect("a sentence has its template's arguments");
                    arg.value.write(lang, short, &arg.by, out);
                }
            }
        }
    }
}

/// Chinese puts a space between its characters and letters or digits, none among its own: templates
/// have one around every gap, and it goes where the value begins or ends with a Chinese character.
fn close_up(parts: &mut [Part]) {
    let chinese = |c: char| ('\u{2e80}'..='\u{9fff}').contains(&c) || ('！'..='～').contains(&c);
    for i in 1..parts.len() {
        let (left, right) = parts.split_at_mut(i);
        let (before, after) = (&mut left[i - 1].text, &mut right[0].text);
        let meets =
            |a: Option<char>, b: Option<char>| a.is_some_and(chinese) && b.is_some_and(chinese);
        if let Some(rest) = before.strip_suffix(' ')
            && meets(rest.chars().last(), after.chars().next())
        {
            *before = rest.to_owned();
        } else if let Some(rest) = after.strip_prefix(' ')
            && meets(before.chars().last(), rest.chars().next())
        {
            *after = rest.to_owned();
        }
    }
}

fn plain(text: &str) -> Part {
    Part {
        text: text.to_owned(),
        by: Steps::new(),
        is_value: false,
    }
}

impl Value {
    fn is_one(&self) -> bool {
        match self {
            Value::Number(n) => *n == 1,
            Value::Count(n) => *n == 1,
            Value::Servers(servers) => servers.len() == 1,
            _ => false,
        }
    }

    fn write(&self, lang: Lang, short: bool, by: &Steps, out: &mut Vec<Part>) {
        let text = match self {
            Value::Clause(clause) => return clause.write(lang, short, out),
            Value::Clauses(clauses) => {
                for (i, clause) in clauses.iter().enumerate() {
                    if i > 0 {
                        out.push(plain(between(lang)));
                    }
                    clause.write(lang, short, out);
                }
                return;
            }
            Value::Word(word) => return out.push(plain(word.template(lang, short))),
            Value::Servers(servers) => return write_servers(servers, lang, by, out),
            Value::Server(sid) => sid.to_string(),
            Value::Zxid(zxid) => zxid.to_string(),
            Value::Epoch(epoch) => epoch.to_string(),
            Value::Round(round) => round.to_string(),
            Value::State(state) => state.name().to_owned(),
            Value::Session(session) => format!("0x{:x}", session.0),
            Value::Number(n) => n.to_string(),
            Value::Count(n) => count(*n, lang),
            Value::Time(at) => at.to_string(),
            Value::Name(name) => name.to_string(),
        };
        out.push(Part {
            text,
            by: by.clone(),
            is_value: true,
        });
    }
}

/// Servers one by one, each with the step of the same place if there is one for each.
fn write_servers(servers: &[Sid], lang: Lang, by: &Steps, out: &mut Vec<Part>) {
    if servers.is_empty() {
        let nobody = &crate::explain::text_words::NOBODY;
        out.push(plain(nobody.template(lang, false)));
    }
    for (i, sid) in servers.iter().enumerate() {
        if i > 0 {
            out.push(plain(between(lang)));
        }
        let own = by.get(i).filter(|_| by.len() == servers.len());
        out.push(Part {
            text: sid.to_string(),
            by: own.map_or_else(|| by.clone(), |step| Steps::from_slice(&[*step])),
            is_value: true,
        });
    }
}

const fn between(lang: Lang) -> &'static str {
    match lang {
        Lang::En => ", ",
        Lang::Zh => "、",
    }
}

/// A number as a word up to ten, as both languages write it.
fn count(n: u32, lang: Lang) -> String {
    const EN: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    const ZH: [&str; 11] = [
        "零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十",
    ];
    let words = match lang {
        Lang::En => EN,
        Lang::Zh => ZH,
    };
    words
        .get(n as usize)
        .map_or_else(|| n.to_string(), |word| (*word).to_owned())
}
