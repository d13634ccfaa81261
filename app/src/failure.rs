//! What can go wrong with a file, a link or a hand, in no language yet.
//!
//! The reader of scenario files tells its mistakes in English; another language gets its own sentence for each kind of
//! mistake, with the places, the names and what the format wants as they are written in files.

use crate::command::{Language, Unreadable};
use crate::said;
use crate::show::{Trouble, TroublePlace};
use sim_core::scenario::{Code, Diagnostic};
use views::words::{text, with};

/// Something that went wrong. What was shown before stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A file that is longer than a window opens: its name, its size and the limit in KiB.
    TooLong(Box<str>, usize, usize),
    /// A file that could not be read: its name or place, and why.
    Unreadable(Box<str>, Unreadable),
    /// A file with mistakes: its name, its text, where they are.
    NoScenario(Box<str>, Box<str>, Vec<Diagnostic>),
    /// The scenario has no such variant.
    NoVariant(Box<str>),
    /// No scenario of this name is shipped.
    NotShipped(Box<str>),
    /// A link that cannot be read.
    Link(LinkFailure),
    /// What a hand did cannot be written as a step of the scenario.
    Hand(Vec<Diagnostic>),
    /// There are as many branches, or hands in one of them, as a window keeps.
    TooMany(usize),
}

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFailure {
    /// It is no link of this program.
    NotOurs,
    /// It is of a version that this program does not know.
    Version,
    /// It is longer than any link of this program.
    TooLong,
    /// It was cut off or changed on its way.
    Damaged,
    /// What it holds is longer than a window opens.
    TooLarge,
    /// The scenario is too long for a link.
    DoesNotFit,
}

impl Failure {
    /// In a language.
    pub fn told(&self, lang: Language) -> Trouble {
        let plain = |title: String, remedy: &str| Trouble {
            title,
            file: None,
            places: Vec::new(),
            remedy: (!remedy.is_empty()).then(|| text(lang, remedy).into_owned()),
        };
        match self {
            Failure::TooLong(name, size, most) => Trouble {
                file: Some(name.clone()),
                ..plain(
                    with(
                        lang,
                        "fail.too_long",
                        &[("name", name), ("size", size), ("most", most)],
                    ),
                    "fail.too_long_remedy",
                )
            },
            Failure::Unreadable(name, why) => unreadable(lang, name, why),
            Failure::NoScenario(name, source, wrong) => Trouble {
                title: with(lang, "fail.no_scenario", &[("name", name)]),
                file: Some(name.clone()),
                places: wrong.iter().map(|it| place(lang, source, it)).collect(),
                remedy: None,
            },
            Failure::NoVariant(name) => plain(with(lang, "fail.no_variant", &[("name", name)]), ""),
            Failure::NotShipped(name) => plain(
                with(lang, "fail.not_shipped", &[("name", name)]),
                "fail.not_shipped_remedy",
            ),
            Failure::Link(why) => {
                let (title, remedy) = why.keys();
                plain(text(lang, title).into_owned(), remedy)
            }
            Failure::Hand(wrong) => Trouble {
                title: text(lang, "fail.hand").into_owned(),
                file: None,
                places: wrong.iter().map(|it| place(lang, "", it)).collect(),
                remedy: None,
            },
            Failure::TooMany(most) => plain(
                with(lang, "fail.too_many", &[("most", most)]),
                "fail.too_many_remedy",
            ),
        }
    }
}

fn unreadable(lang: Language, name: &str, why: &Unreadable) -> Trouble {
    let most = crate::session::MAX_TEXT >> 10;
    let remedy = match why {
        Unreadable::Absent => text(lang, "fail.absent").into_owned(),
        Unreadable::Forbidden => text(lang, "fail.forbidden").into_owned(),
        Unreadable::NotText => text(lang, "fail.not_utf8").into_owned(),
        Unreadable::TooLong => with(lang, "fail.file_too_long", &[("most", &most)]),
        Unreadable::Told(said) => with(lang, "fail.system", &[("said", said)]),
    };
    Trouble {
        title: text(lang, "fail.unreadable").into_owned(),
        file: Some(name.into()),
        places: Vec::new(),
        remedy: Some(remedy),
    }
}

impl LinkFailure {
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            LinkFailure::NotOurs => ("fail.link_not_ours", "fail.link_whole"),
            LinkFailure::Version => ("fail.link_version", "fail.link_newer"),
            LinkFailure::TooLong => ("fail.link_too_long", "fail.link_file"),
            LinkFailure::Damaged => ("fail.link_damaged", "fail.link_whole"),
            LinkFailure::TooLarge => ("fail.link_too_large", "fail.link_file"),
            LinkFailure::DoesNotFit => ("fail.link_does_not_fit", "fail.link_file"),
        }
    }
}

fn place(lang: Language, source: &str, it: &Diagnostic) -> TroublePlace {
    let line = source.lines().nth(it.line.saturating_sub(1) as usize);
    let (from, to) = (
        it.offset as usize,
        it.offset.saturating_add(it.len) as usize,
    );
    let bytes = source.get(from..to);
    let named = it.remedy.as_deref().and_then(quoted);
    let (message, remedy) = match lang {
        Language::En => (it.message.clone(), it.remedy.clone()),
        Language::Zh => {
            let path: &str = if it.path.is_empty() { "{}" } else { &it.path };
            let message = with(lang, code_key(it.code), &[("path", &path)]);
            let said = it.remedy.as_deref().and_then(said::chinese);
            let near = || Some(with(lang, "fail.did_you_mean", &[("name", &named?)]));
            (message.into(), said.or_else(near).map(Into::into))
        }
    };
    TroublePlace {
        line: it.line,
        column: it.column,
        source: cut(line.unwrap_or_default()),
        len: bytes.map_or(1, |bytes| bytes.chars().count().max(1) as u32),
        message,
        expected: expected(lang, it),
        remedy,
    }
}

/// What would have been right; a sentence that has no Chinese only as far as it is what a file would hold.
fn expected(lang: Language, it: &Diagnostic) -> Option<Box<str>> {
    let expected = it.expected.as_deref()?;
    match lang {
        Language::En => Some(expected.into()),
        // What a key means is told in English only; its name says what is missing.
        Language::Zh if it.code == Code::MissingKey => {
            let name = quoted(&it.message)?;
            Some(format!("\"{name}\"").into())
        }
        Language::Zh => {
            if let Some(said) = said::chinese(expected) {
                return Some(said.into());
            }
            let words: Vec<&str> = expected.split('"').skip(1).step_by(2).collect();
            (!words.is_empty()).then(|| words.join("、").into())
        }
    }
}

/// The name in quotes of a remedy.
fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1).filter(|name| !name.is_empty())
}

fn code_key(code: Code) -> &'static str {
    match code {
        Code::TooLarge => "fail.code_too_large",
        Code::NotText => "fail.code_not_text",
        Code::Syntax => "fail.code_syntax",
        Code::DuplicateKey => "fail.code_duplicate_key",
        Code::UnknownKey => "fail.code_unknown_key",
        Code::MissingKey => "fail.code_missing_key",
        Code::Conflict => "fail.code_conflict",
        Code::WrongType => "fail.code_wrong_type",
        Code::UnknownWord => "fail.code_unknown_word",
        Code::UnknownName => "fail.code_unknown_name",
        Code::BadName => "fail.code_bad_name",
        Code::OutOfRange => "fail.code_out_of_range",
        Code::BadDuration => "fail.code_bad_duration",
        Code::TimeGoesBack => "fail.code_time_goes_back",
        Code::Empty => "fail.code_empty",
        Code::Impossible => "fail.code_impossible",
        _ => "fail.code_bad_value",
    }
}

/// A line short enough to show.
fn cut(line: &str) -> Box<str> {
    const LONGEST: usize = 400;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => line[..end].into(),
        None => line.into(),
    }
}
