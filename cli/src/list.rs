//! `quorumscope list`: what ships with the program.

use std::collections::BTreeMap;
use std::io::{self, Write};

use scenarios::{Claim, TaughtBy};
use serde_json::Value;
use sim_core::invariant::PROPERTIES;
use sim_core::scenario::Scenario;
use sim_core::zookeeper::{Quirk, Quirks, Release, Rows};

use crate::exit::{Done, Exit};
use crate::style::{self, Styled};
use crate::{Lang, files, play};

/// Lists what ships with the program: scenarios, claims, versions, properties, quirks.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope list                   the scenarios, by topic
  quorumscope list --claims          which claims about ZooKeeper have a scenario
  quorumscope list versions          the releases that a scenario may name
  quorumscope list properties        what is watched in every run, and its source
  quorumscope list quirks            the historical bugs, and which release has them")]
pub struct Args {
    /// What to list.
    #[arg(value_enum, default_value = "scenarios", value_name = "WHAT")]
    what: What,
    /// The same as `list claims`.
    #[arg(long, conflicts_with = "what")]
    claims: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// The scenarios, by topic.
    Scenarios,
    /// Claims of introductory courses, their verdicts, and the scenarios that show them.
    Claims,
    /// The releases that a scenario may name.
    Versions,
    /// What is watched in every run.
    Properties,
    /// Historical bugs that can be switched.
    Quirks,
}

/// Lists.
pub fn list(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    match args.what {
        _ if args.claims => list_claims(out)?,
        What::Claims => list_claims(out)?,
        What::Scenarios => list_scenarios(lang, out)?,
        What::Versions => list_versions(out)?,
        What::Properties => list_properties(out)?,
        What::Quirks => list_quirks(out)?,
    }
    Ok(Exit::Passed)
}

/// Each embedded file with its scenario; a file that cannot be read is a defect that the tests find.
fn embedded() -> impl Iterator<Item = (&'static scenarios::File, Scenario)> {
    scenarios::list().iter().filter_map(|file| {
        let scenario = play::parse(&files::embedded(file)).ok()?;
        Some((file, scenario))
    })
}

fn list_scenarios(lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let wide = scenarios::list()
        .iter()
        .map(|file| short(file).len())
        .max()
        .unwrap_or(0);
    let mut topic = "";
    for (file, scenario) in embedded() {
        let this = file.name().rsplit_once('/').map_or("", |(topic, _)| topic);
        if this != topic {
            let gap = if topic.is_empty() { "" } else { "\n" };
            writeln!(out, "{gap}{}", Styled(style::TITLE, this))?;
            topic = this;
        }
        let title = scenario.title.get(lang.key());
        writeln!(out, "  {}  {title}", style::pad(short(file), wide))?;
    }
    let run = Styled(style::CODE, "quorumscope run NAME");
    let show = Styled(style::CODE, "quorumscope show NAME");
    writeln!(out, "\n{run} plays one; {show} says what it teaches.")
}

/// The shortest name by which a file is found.
fn short(file: &'static scenarios::File) -> &'static str {
    let last = file.name().rsplit('/').next().unwrap_or(file.name());
    if scenarios::find(last) == Some(file) {
        last
    } else {
        file.name()
    }
}

/// The scenarios of each claim.
fn shown() -> BTreeMap<String, Vec<&'static str>> {
    let mut shown: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (file, scenario) in embedded() {
        for stands in scenario
            .stands_for
            .iter()
            .filter(|stands| &*stands.kind == "claim")
        {
            shown
                .entry(stands.id.to_string())
                .or_default()
                .push(short(file));
        }
    }
    shown
}

fn list_claims(out: &mut dyn Write) -> io::Result<()> {
    let shown = shown();
    let claims = scenarios::claims();
    for claim in &claims {
        let names = shown.get(claim.id).map_or(&[][..], Vec::as_slice);
        let mark = match claim.taught_by {
            _ if !names.is_empty() => Styled(style::GOOD, "✓"),
            TaughtBy::Scenario => Styled(style::WARN, "·"),
            TaughtBy::Card | TaughtBy::Configuration => Styled(style::DIM, "–"),
        };
        let (id, verdict) = (
            style::pad(claim.id, 3),
            style::pad(claim.verdict.word(), 10),
        );
        writeln!(out, "{mark} {id} {verdict} {}", claim.says)?;
        for line in style::wrap(&names.join(" "), 80) {
            if !line.is_empty() {
                writeln!(out, "                 {}", Styled(style::DIM, line))?;
            }
        }
    }
    let of = |taught_by| move |claim: &&Claim| claim.taught_by == taught_by;
    let showable = claims.iter().filter(of(TaughtBy::Scenario)).count();
    let done = claims
        .iter()
        .filter(|claim| shown.contains_key(claim.id))
        .count();
    writeln!(
        out,
        "\n✓ shown by a scenario: {done} of {showable} that one can show   · none yet   – nothing to play"
    )?;
    writeln!(
        out,
        "Verdicts, by recordings of real servers: true; limit: within a limit that the claim does not name;\n\
         simplified: right in outline only; version: in some releases only; wrong."
    )
}

fn list_versions(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        Styled(style::TITLE, "ZooKeeper, by number; the default is 3.5.7")
    )?;
    let minors = Release::ALL.chunk_by(|one, next| one.minor == next.minor);
    for minor in minors {
        let names: Vec<String> = minor.iter().map(ToString::to_string).collect();
        writeln!(out, "  {}", names.join(" "))?;
    }
    let recorded: Vec<String> = Release::RECORDED.iter().map(ToString::to_string).collect();
    writeln!(
        out,
        "Compared with recordings of real servers: {}.",
        recorded.join(", ")
    )?;
    let rows = Release::ALL.map(|release| serde_json::to_value(Rows::of(release)));
    let rows: Vec<Value> = rows.into_iter().collect::<Result<_, _>>()?;
    let names = rows
        .first()
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|row| row.keys());
    let (same, different): (Vec<_>, Vec<_>) =
        names.partition(|name| rows.iter().all(|row| row[*name] == rows[0][*name]));
    writeln!(out, "\n{}", Styled(style::TITLE, "What tells them apart"))?;
    for name in different {
        let mut values: Vec<&Value> = rows.iter().map(|row| &row[name]).collect();
        let mut seen = Vec::new();
        values.retain(|value| {
            !seen.contains(value) && {
                seen.push(*value);
                true
            }
        });
        writeln!(out, "  {}", name.replace('_', " "))?;
        for value in values {
            let at = |release| Release::ALL.iter().position(|it| *it == release);
            let has = |release| at(release).is_some_and(|at| rows[at][name] == *value);
            let value = value.to_string();
            let value = style::pad(value.trim_matches('"'), 16);
            writeln!(out, "    {value}  {}", Release::ranges(has))?;
        }
    }
    writeln!(
        out,
        "\n{}",
        Styled(style::TITLE, "What is the same in all of them")
    )?;
    for name in same {
        writeln!(
            out,
            "  {}  {}",
            style::pad(&name.replace('_', " "), 30),
            rows[0][name]
        )?;
    }
    Ok(())
}

fn list_properties(out: &mut dyn Write) -> io::Result<()> {
    for property in PROPERTIES {
        let meta = &property.meta;
        writeln!(out, "{}", Styled(style::TITLE, meta.name))?;
        let promised = format!("promised when: {}", meta.promised_when);
        let source = format!("source: {}", meta.source);
        let remarks = [
            (anstyle::Style::new(), meta.says),
            (style::DIM, &promised),
            (style::DIM, &source),
        ];
        for (style, text) in remarks {
            for line in style::wrap(text, 96) {
                writeln!(out, "  {}", Styled(style, line))?;
            }
        }
    }
    Ok(())
}

fn list_quirks(out: &mut dyn Write) -> io::Result<()> {
    for quirk in Quirk::ALL {
        let releases = Release::ranges(|release| Quirks::of(release).has(quirk));
        let releases = match releases.as_str() {
            "" => "releases before 3.4.0",
            some => some,
        };
        writeln!(
            out,
            "{}  in {releases}",
            Styled(style::TITLE, style::pad(quirk.id(), 14))
        )?;
        for line in style::wrap(quirk.says(), 96) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
