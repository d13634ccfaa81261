//! `quorumscope conform`: recordings of real servers, replayed with many seeds and compared.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rayon::prelude::*;
use sim_core::conform::{self, Case, CaseReport, Limits, Recording, RepeatReport, Report};
use sim_core::zookeeper::Release;

use crate::exit::{Done, Exit, Trouble};
use crate::picture::Place;
use crate::style::{self, Styled};
use crate::{check, files};

/// So many seeds of one recorded run are played by one thread before it takes up something else.
const SEEDS_A_TURN: u64 = 100;

/// Replays recordings of real servers and compares what happened.
///
/// Each recorded run is played with N seeds of one model of delays, the same for all cases. Compared are the winner, its
/// round, the new epoch, every server's decisions in order and every server's own votes in order. A case that the
/// recording calls stable agrees if its winner is that of most seeds in every run, and if the whole of each run's
/// decisions occurs among the seeds.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope conform elections.jsonl
  quorumscope conform zookeeper-3.5.7/*.jsonl zookeeper-3.8.0/*.jsonl --seeds 1000
  quorumscope conform elections.jsonl --format json | jq '.cases[] | select(.winner_agrees == false)'

Exit codes:
   0  every stable case agrees
   1  a stable case disagrees
   2  a file or an argument is wrong")]
pub struct Args {
    /// Files with a JSON object a line: elections or runs.
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// How many seeds each recorded run is played with.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    seeds: u64,
    /// The release that was recorded, where neither folder nor case ids tell.
    #[arg(long, value_name = "VERSION", value_parser = release)]
    release: Option<Release>,
    /// How the result is told.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// How many threads play; as many as there are processors unless said.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
}

/// How a result is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn release(text: &str) -> Result<Release, String> {
    let known = || Release::ranges(|_| true);
    Release::named(text).ok_or_else(|| format!("expected one of {}", known()))
}

/// Replays and compares.
pub fn conform(args: &Args, out: &mut dyn Write) -> Done {
    check::use_threads(args.jobs)?;
    let recordings = args.recordings.iter().map(|path| read(path, args.release));
    let recordings = recordings.collect::<Result<Vec<_>, _>>()?;
    let cases: Vec<&Case> = recordings
        .iter()
        .flat_map(|recording| &recording.cases)
        .collect();
    if cases.is_empty() {
        let what = "nothing here is a cold start that can be replayed";
        let remedy = "give a recording of elections (elections.jsonl) or of runs (runs.jsonl)";
        return Err(Trouble::file(&args.recordings[0], what, remedy).into());
    }
    let report = Report::new(replay(&cases, args.seeds));
    match args.format {
        Format::Text => print(&recordings, &report, out)?,
        Format::Json => {
            let text = serde_json::to_string_pretty(&report).map_err(io::Error::from)?;
            writeln!(out, "{text}")?;
        }
    }
    Ok(if report.disagrees() {
        Exit::Failed
    } else {
        Exit::Passed
    })
}

fn read(path: &Path, release: Option<Release>) -> Result<Recording, Trouble> {
    let limits = Limits::DEFAULT;
    let source = files::read_text(path, limits.file as u64)?;
    conform::read(&path.display().to_string(), &source.text, release, limits).map_err(|mistake| {
        let place = Place::of_column(&source.text, mistake.line, mistake.column)
            .says(mistake.says)
            .remedy(mistake.remedy);
        Trouble::Text {
            path: path.to_owned(),
            text: source.text.clone(),
            places: vec![place],
        }
    })
}

/// Plays every run of every case, some seeds at a time, on all threads.
fn replay(cases: &[&Case], seeds: u64) -> Vec<CaseReport> {
    let turns: Vec<(usize, usize, u64)> = cases
        .iter()
        .enumerate()
        .flat_map(|(case, it)| (0..it.repeats.len()).map(move |run| (case, run)))
        .flat_map(|(case, run)| {
            (1..=seeds)
                .step_by(SEEDS_A_TURN as usize)
                .map(move |from| (case, run, from))
        })
        .collect();
    let bar = check::progress(turns.len() as u64 * SEEDS_A_TURN);
    let parts: Vec<(usize, usize, RepeatReport)> = turns
        .into_par_iter()
        .map(|(case, run, from)| {
            let upto = (from + SEEDS_A_TURN).min(seeds + 1);
            let part = cases[case].replay_run(run, from..upto);
            bar.inc(SEEDS_A_TURN);
            (case, run, part)
        })
        .collect();
    bar.finish_and_clear();
    let mut runs: Vec<Vec<RepeatReport>> = cases.iter().map(|_| Vec::new()).collect();
    for (case, run, part) in parts {
        match runs[case].get_mut(run) {
            Some(whole) => whole.merge(&part),
            None => runs[case].push(part),
        }
    }
    cases
        .iter()
        .zip(runs)
        .map(|(case, runs)| CaseReport::new(case, runs))
        .collect()
}

fn print(recordings: &[Recording], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for case in &report.cases {
        let style = if case.disagrees() {
            style::BAD
        } else {
            anstyle::Style::new()
        };
        writeln!(out, "{}", Styled(style, case.lines()))?;
    }
    for recording in recordings
        .iter()
        .filter(|recording| !recording.not_replayed.is_empty())
    {
        let kinds = recording
            .not_replayed
            .iter()
            .map(|(kind, count)| format!("{kind} ({count})"));
        let kinds: Vec<String> = kinds.collect();
        writeln!(
            out,
            "{}",
            Styled(
                style::DIM,
                format!(
                    "{}: not cold starts, not replayed: {}",
                    recording.file,
                    kinds.join(", ")
                )
            ),
        )?;
    }
    writeln!(out, "\n{report}")
}
