//! The watched properties and how they stand at the position.

use crate::command::Language;
use crate::session::Session;
use crate::show::{PropertyRow, Standing};
use sim_core::engine::Violation;
use sim_core::invariant::{PROPERTIES, Property};
use views::mark::Mark;
use views::words::{text, with};

/// All of them, broken ones first, otherwise in the order of the table.
pub fn rows(session: &Session, lang: Language) -> Vec<PropertyRow> {
    let all = PROPERTIES.iter().enumerate();
    let mut rows: Vec<_> = all
        .map(|(index, it)| row(session, index, it, lang))
        .collect();
    rows.sort_by_key(|row| row.standing);
    rows
}

fn row(session: &Session, index: usize, property: &Property, lang: Language) -> PropertyRow {
    let name = property.meta.name;
    let run = session.run();
    let unwatched = session.scenario().unwatched.iter().any(|it| **it == *name);
    let broken = run.broken().iter().find(|it| it.property == name);
    let covered = run.monitors().promise().covers(property);
    let standing = match broken {
        _ if unwatched => Standing::NotWatched,
        Some(it) if it.promised => Standing::Broken,
        Some(_) => Standing::BrokenNotPromised,
        None if covered => Standing::Green,
        None => Standing::GreenNotPromised,
    };
    let broken = broken.filter(|_| !unwatched);
    PropertyRow {
        mark: Mark::Property(index),
        name,
        says: says(property, lang),
        standing,
        reason: reason(session, property, standing, broken, lang),
        step: broken.map(|it| it.step),
        at: broken.map(|it| it.at),
    }
}

/// What it says, in one sentence.
fn says(property: &Property, lang: Language) -> String {
    text(lang, &format!("prop.{}", key(property.meta.name))).into_owned()
}

/// The name of a property as a key of the texts.
pub fn key(name: &str) -> String {
    name.replace(['.', '-'], "_")
}

fn reason(
    session: &Session,
    property: &Property,
    standing: Standing,
    broken: Option<&Violation>,
    lang: Language,
) -> String {
    if let Some(it) = broken {
        let place = with(
            lang,
            "fail.broken_at",
            &[
                ("step", &it.step.0),
                ("where", &crate::lesson::at(session, it.node, it.at)),
            ],
        );
        return match lang {
            Language::En => format!("{place}: {}", it.says),
            Language::Zh => place,
        };
    }
    match (standing, lang) {
        (Standing::NotWatched, _) => text(lang, "fail.not_watched").into_owned(),
        (Standing::GreenNotPromised, _) => text(lang, "fail.not_promised").into_owned(),
        (_, Language::En) => with(
            lang,
            "fail.promised_when",
            &[("when", &property.meta.promised_when)],
        ),
        (_, Language::Zh) => text(lang, "fail.promised").into_owned(),
    }
}
