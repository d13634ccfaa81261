//! What `check` found out about a file, and how it is told.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use sim_core::scenario::{Checked, Outcome, Scenario};

use crate::exit::{Exit, Trouble};
use crate::style::{self, Styled};
use crate::{picture, play};

/// So many failing plays of a file are told in full.
const PLAYS_TOLD: usize = 3;

/// So many failures of one play are told.
const FAILURES_TOLD: usize = 5;

/// One play of a file.
#[derive(Debug)]
pub struct Played {
    /// Which variant; `None` for a file without any.
    pub variant: Option<Box<str>>,
    /// With which seed.
    pub seed: u64,
    /// What came of it; `None` if this program panicked.
    pub outcome: Option<Outcome>,
    /// How long it took.
    pub took: Duration,
    /// How the second process differed, if it did.
    pub differs: Option<String>,
}

impl Played {
    /// The variant's name, empty without one.
    pub fn variant_name(&self) -> &str {
        self.variant.as_deref().unwrap_or("")
    }

    /// What this play alone would exit with.
    pub fn exit(&self) -> Exit {
        match &self.outcome {
            None => Exit::Defect,
            Some(_) if self.differs.is_some() => Exit::NotDeterministic,
            Some(outcome) => play::exit(outcome),
        }
    }

    /// What did not hold, a line each.
    pub fn complaints(&self) -> Vec<String> {
        let Some(outcome) = &self.outcome else {
            return vec!["quorumscope panicked; the report is on standard error".to_owned()];
        };
        let mut lines: Vec<String> = self.differs.iter().cloned().collect();
        for broken in outcome.broken() {
            let (property, at) = (broken.property, play::time(broken.at));
            lines.push(format!(
                "{property} is promised and broke at {at}: {}",
                broken.says
            ));
        }
        lines.extend(outcome.failures().map(failure));
        lines
    }
}

fn failure(checked: &Checked) -> String {
    let place = checked.place;
    format!(
        "line {}, {} at {}: expected {}; found {}",
        place.line,
        checked.path,
        play::time(checked.at),
        checked.expected,
        checked.found,
    )
}

/// All that is known about a file.
#[derive(Debug)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    parsed: Result<Scenario, Trouble>,
    /// Its plays, in the order of variants and seeds.
    pub played: Vec<Played>,
}

impl FileReport {
    /// A file before its plays.
    pub fn new(path: PathBuf, parsed: Result<Scenario, Trouble>) -> Self {
        Self {
            path,
            parsed,
            played: Vec::new(),
        }
    }

    /// The scenario, if the file holds one.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.parsed.as_ref().ok()
    }

    /// What is wrong with the file itself.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.parsed.as_ref().err()
    }

    /// What this file alone would exit with.
    pub fn exit(&self) -> Exit {
        let own = if self.parsed.is_ok() {
            Exit::Passed
        } else {
            Exit::BadInput
        };
        self.played.iter().map(Played::exit).fold(own, Ord::max)
    }

    /// Compares each play with what another process found: its trace's hash and number of steps.
    pub fn compare(&mut self, second: impl Fn(&Played) -> Option<(u64, u64)>) {
        for index in 0..self.played.len() {
            let played = &self.played[index];
            let Some(outcome) = &played.outcome else {
                continue;
            };
            let first = (outcome.trace_hash, outcome.steps);
            let differs = match second(played) {
                Some(other) if other == first => None,
                Some((hash, steps)) => Some(format!(
                    "not deterministic: trace {:016x} of {} steps here, {hash:016x} of {steps} in a fresh process",
                    first.0, first.1,
                )),
                None => Some("not deterministic: a fresh process did not play it".to_owned()),
            };
            self.played[index].differs = differs;
        }
    }

    /// Tells the file's result in a line, and what did not hold below it.
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let name = self.path.display();
        if let Some(trouble) = self.trouble() {
            writeln!(out, "{} {name}", Styled(style::BAD, "✗"))?;
            return picture::show(out, trouble);
        }
        let failed: Vec<&Played> = self
            .played
            .iter()
            .filter(|played| played.exit() != Exit::Passed)
            .collect();
        let mark = match failed.len() {
            0 => Styled(style::GOOD, "✓"),
            _ => Styled(style::BAD, "✗"),
        };
        writeln!(
            out,
            "{mark} {name} {}",
            Styled(style::DIM, self.remark(failed.len()))
        )?;
        for note in self.changes() {
            writeln!(out, "    {}", Styled(style::WARN, note))?;
        }
        for played in failed.iter().take(PLAYS_TOLD) {
            self.print_failed(played, out)?;
        }
        if failed.len() > PLAYS_TOLD {
            writeln!(
                out,
                "    … and {}",
                style::count(failed.len() - PLAYS_TOLD, "more play")
            )?;
        }
        Ok(())
    }

    /// How many seeds and variants, and whether it is pinned.
    fn remark(&self, failed: usize) -> String {
        let seeds: BTreeSet<u64> = self.played.iter().map(|played| played.seed).collect();
        let variants: BTreeSet<&str> = self.played.iter().map(Played::variant_name).collect();
        let mut remark = match seeds.iter().next() {
            Some(seed) if seeds.len() == 1 => format!("seed {seed}"),
            _ => style::count(seeds.len(), "seed"),
        };
        if variants.len() > 1 {
            remark += &format!(" × {}", style::count(variants.len(), "variant"));
        }
        if failed > 0 {
            remark += &format!(
                ", {failed} of {} failed",
                style::count(self.played.len(), "play")
            );
        }
        if let Some(why) = self.pinned() {
            remark += &format!(", pinned: {why}");
        }
        remark
    }

    /// Why the file holds for its own seed only.
    pub fn pinned(&self) -> Option<&str> {
        Some(self.scenario()?.pinned.as_ref()?.get("en"))
    }

    /// How the plays of the file's own seed differ from those that the file remembers. That is no failure: traces are
    /// the same within one version only.
    fn changes(&self) -> Vec<String> {
        let made = self
            .scenario()
            .and_then(|it| Some((it.seed, it.made_with.as_ref()?)));
        let Some((seed, made)) = made else {
            return Vec::new();
        };
        let own = self.played.iter().filter(|played| played.seed == seed);
        let changed = own.filter_map(|played| {
            let name = played.variant_name();
            let (_, then) = made.traces.iter().find(|(variant, _)| **variant == *name)?;
            let now = played.outcome.as_ref()?.trace_hash;
            let variant = if name.is_empty() {
                String::new()
            } else {
                format!(" of {name}")
            };
            (now != *then).then(|| {
                let version = &made.version;
                format!(
                    "the trace{variant} changed since {version}: {then:016x} then, {now:016x} now"
                )
            })
        });
        changed.collect()
    }

    fn print_failed(&self, played: &Played, out: &mut dyn Write) -> io::Result<()> {
        let variant = match &played.variant {
            Some(variant) => format!(", variant {variant}"),
            None => String::new(),
        };
        writeln!(
            out,
            "    {}",
            Styled(style::TITLE, format!("seed {}{variant}", played.seed))
        )?;
        let complaints = played.complaints();
        for complaint in complaints.iter().take(FAILURES_TOLD) {
            writeln!(out, "      {complaint}")?;
        }
        if complaints.len() > FAILURES_TOLD {
            let more = style::count(complaints.len() - FAILURES_TOLD, "more failure");
            writeln!(out, "      … and {more}")?;
        }
        let command = play::command(&self.path, played.variant.as_deref(), played.seed);
        writeln!(
            out,
            "      {}",
            Styled(style::DIM, format!("see it: {command}"))
        )
    }
}

/// The last lines: how much was played, and what came of it.
pub fn summary(
    reports: &[FileReport],
    twice: bool,
    took: Duration,
    out: &mut dyn Write,
) -> io::Result<()> {
    let plays: usize = reports.iter().map(|report| report.played.len()).sum();
    let steps = reports
        .iter()
        .flat_map(|report| &report.played)
        .filter_map(|played| played.outcome.as_ref())
        .map(|outcome| outcome.steps)
        .sum();
    let again = if twice { ", each twice" } else { "" };
    writeln!(
        out,
        "\n{}, {}{again}, {} steps in {:.1} s",
        style::count(reports.len(), "file"),
        style::count(plays, "play"),
        style::thousands(steps),
        took.as_secs_f64(),
    )?;
    let pinned = reports
        .iter()
        .filter(|report| report.pinned().is_some())
        .count();
    if pinned > 0 {
        writeln!(out, "{} pinned to a seed", style::count(pinned, "file"))?;
    }
    let passed = reports
        .iter()
        .filter(|report| report.exit() == Exit::Passed)
        .count();
    let failed = reports.len() - passed;
    let style = if failed == 0 { style::GOOD } else { style::BAD };
    writeln!(
        out,
        "{}",
        Styled(style, format!("{passed} passed, {failed} failed"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(seed: u64) -> Played {
        let outcome = Outcome {
            trace_hash: 7,
            steps: 100 + seed,
            ..Outcome::default()
        };
        Played {
            variant: None,
            seed,
            outcome: Some(outcome),
            took: Duration::ZERO,
            differs: None,
        }
    }

    fn report(played: Vec<Played>) -> FileReport {
        let scenario = Scenario {
            seed: 1,
            ..Scenario::default()
        };
        FileReport {
            path: "a.json".into(),
            parsed: Ok(scenario),
            played,
        }
    }

    fn text(report: &FileReport) -> String {
        let mut out = Vec::new();
        report
            .print(&mut out)
            .expect("memory takes what is written");
        anstream::adapter::strip_bytes(&out)
            .into_vec()
            .try_into()
            .expect("UTF-8")
    }

    #[test]
    fn a_second_process_that_differs_is_not_deterministic() {
        let mut report = report(vec![played(1), played(2), played(3)]);
        report.compare(|played| match played.seed {
            1 => Some((7, 101)),
            2 => Some((8, 102)),
            _ => None,
        });
        assert_eq!(report.exit(), Exit::NotDeterministic);
        let text = text(&report);
        assert!(
            text.starts_with("✗ a.json 3 seeds, 2 of 3 plays failed"),
            "{text}"
        );
        assert!(
            text.contains("seed 2\n      not deterministic: trace 0000000000000007"),
            "{text}"
        );
        assert!(
            text.contains("seed 3\n      not deterministic: a fresh process did not"),
            "{text}"
        );
        assert!(!text.contains("seed 1\n"), "{text}");
    }

    #[test]
    fn the_most_serious_play_counts() {
        let mut panicked = played(2);
        panicked.outcome = None;
        assert_eq!(report(vec![played(1)]).exit(), Exit::Passed);
        assert_eq!(report(vec![played(1), panicked]).exit(), Exit::Defect);
    }

    #[test]
    fn a_file_remembers_its_trace() {
        let mut report = report(vec![played(1)]);
        let made = |hash| sim_core::scenario::format::MadeWith {
            version: "0.0.9".into(),
            traces: vec![("".into(), hash)],
        };
        let remember = |report: &mut FileReport, hash| {
            report.parsed.as_mut().expect("read").made_with = Some(made(hash));
        };
        remember(&mut report, 7);
        assert!(!text(&report).contains("changed"));
        remember(&mut report, 9);
        assert!(text(&report).contains("the trace changed since 0.0.9"));
        assert_eq!(
            report.exit(),
            Exit::Passed,
            "a change of behaviour is told, not failed"
        );
    }
}
