//! `quorumscope check`: plays every file under some paths, with as many seeds as wished, and tells what did not hold.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use sim_core::scenario::{PlayOptions, Scenario};

use crate::exit::{CODES, Done, Exit, Trouble};
use crate::report::{FileReport, Played};
use crate::{files, junit, panics, play, report};

const EXAMPLES: &str = "\
Examples:
  quorumscope check my-case.json
  quorumscope check scenarios --seeds 100
  quorumscope check scenarios --seeds 100 --twice --junit report.xml
";

/// Plays all scenario files under the paths and tells what did not hold.
///
/// A file passes if every expectation of every variant holds for every seed, and if exactly those promised properties
/// break that it announces. A file that holds for its own seed only says so (`pinned`) and is played with that one.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n{CODES}"))]
pub struct Args {
    /// Files, or folders that are searched for files ending in .json.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Plays each file with the seeds 1 to N instead of its own.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seeds: Option<u64>,
    /// Plays everything again in a fresh process and compares the traces.
    #[arg(long)]
    twice: bool,
    /// Writes a report in JUnit's XML format.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// How many plays run at a time; as many as there are processors unless said.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Prints the trace hash of every play and nothing else: what the second process of --twice does.
    #[arg(long, hide = true, conflicts_with_all = ["twice", "junit"])]
    hashes: bool,
}

/// Checks.
pub fn check(args: &Args, out: &mut dyn Write) -> Done {
    let began = Instant::now();
    let paths = files::collect(&args.paths)?;
    use_threads(args.jobs)?;
    let mut reports: Vec<FileReport> = paths.into_iter().map(read).collect();
    play_all(&mut reports, args.seeds);
    if args.hashes {
        print_hashes(&reports, out)?;
        return Ok(Exit::Passed);
    }
    if args.twice {
        let second = second_process(args)?;
        for (index, report) in reports.iter_mut().enumerate() {
            report.compare(|played| second.get(&key(index, played)).copied());
        }
    }
    for report in &reports {
        report.print(out)?;
    }
    report::summary(&reports, args.twice, began.elapsed(), out)?;
    if let Some(path) = &args.junit {
        files::write(path, junit::document(&reports).as_bytes())?;
    }
    Ok(reports
        .iter()
        .map(FileReport::exit)
        .max()
        .unwrap_or(Exit::Passed))
}

/// Sets the size of the pool of threads, before its first use.
pub fn use_threads(jobs: Option<u16>) -> Result<(), Trouble> {
    let Some(jobs) = jobs else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.into());
    pool.build_global().map_err(|error| {
        Trouble::argument(
            format_args!("{jobs} threads cannot be had: {error}"),
            "try fewer --jobs",
        )
    })
}

fn read(path: PathBuf) -> FileReport {
    let parsed = files::read_text(&path, files::SCENARIO_LIMIT_BYTES)
        .and_then(|source| play::parse(&source));
    FileReport::new(path, parsed)
}

/// One play that is due.
struct Job {
    file: usize,
    options: PlayOptions,
}

/// The plays that a file asks for: each variant with each seed.
fn jobs(file: usize, scenario: &Scenario, seeds: Option<u64>) -> Vec<Job> {
    let seeds: Vec<u64> = match seeds {
        Some(count) if scenario.pinned.is_none() => (1..=count).collect(),
        _ => vec![scenario.seed],
    };
    let job = |variant, seed| {
        let options = PlayOptions {
            seed: Some(seed),
            variant,
            ..PlayOptions::default()
        };
        Job { file, options }
    };
    play::variants(scenario)
        .into_iter()
        .flat_map(|variant| seeds.iter().map(move |seed| job(variant.clone(), *seed)))
        .collect()
}

fn play_all(reports: &mut [FileReport], seeds: Option<u64>) {
    let due: Vec<Job> = reports
        .iter()
        .enumerate()
        .filter_map(|(file, report)| Some((file, report.scenario()?)))
        .flat_map(|(file, scenario)| jobs(file, scenario, seeds))
        .collect();
    let bar = progress(due.len() as u64);
    let played: Vec<(usize, Played)> = due
        .into_par_iter()
        .map(|job| {
            let played = play_one(reports[job.file].scenario(), &job.options);
            bar.inc(1);
            (job.file, played)
        })
        .collect();
    bar.finish_and_clear();
    for (file, played) in played {
        reports[file].played.push(played);
    }
}

fn play_one(scenario: Option<&Scenario>, options: &PlayOptions) -> Played {
    let scenario = scenario.expect("only files that could be read are played");
    let began = Instant::now();
    let outcome = panics::caught(|| play::play(scenario, options, &mut ())).ok();
    Played {
        variant: options.variant.clone(),
        seed: options.seed.unwrap_or(scenario.seed),
        outcome,
        took: began.elapsed(),
        differs: None,
    }
}

/// A bar on standard error; none where that is no terminal.
pub fn progress(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} plays, {eta} left")
        .expect("a template that indicatif reads");
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    bar.with_style(style).with_elapsed(Duration::ZERO)
}

/// What identifies a play between two processes: the same paths are found in the same order.
type Key = (usize, String, u64);

fn key(file: usize, played: &Played) -> Key {
    (file, played.variant_name().to_owned(), played.seed)
}

fn print_hashes(reports: &[FileReport], out: &mut dyn Write) -> std::io::Result<()> {
    for (file, report) in reports.iter().enumerate() {
        for played in &report.played {
            let (_, variant, seed) = key(file, played);
            if let Some(outcome) = &played.outcome {
                let hash = outcome.trace_hash;
                writeln!(
                    out,
                    "{file}\t{seed}\t{hash:016x}\t{}\t{variant}",
                    outcome.steps
                )?;
            }
        }
    }
    Ok(())
}

/// The trace hashes and numbers of steps that a fresh process finds.
fn second_process(args: &Args) -> Result<std::collections::BTreeMap<Key, (u64, u64)>, Trouble> {
    let failed = |what: String| Trouble::argument(what, "check without --twice to see the rest");
    let program = std::env::current_exe().map_err(|error| {
        failed(format!(
            "the second process needs this program's path: {error}"
        ))
    })?;
    let mut command = Command::new(program);
    command
        .arg("check")
        .arg("--hashes")
        .args(seeds_and_jobs(args))
        .arg("--")
        .args(&args.paths);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("the second process did not start: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!(
            "the second process ended with {}",
            output.status
        )));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(parse_hash).collect())
}

fn seeds_and_jobs(args: &Args) -> Vec<String> {
    let seeds = args.seeds.map(|seeds| format!("--seeds={seeds}"));
    let jobs = args.jobs.map(|jobs| format!("--jobs={jobs}"));
    seeds.into_iter().chain(jobs).collect()
}

fn parse_hash(line: &str) -> Option<(Key, (u64, u64))> {
    let mut parts = line.splitn(5, '\t');
    let file = parts.next()?.parse().ok()?;
    let seed = parts.next()?.parse().ok()?;
    let hash = u64::from_str_radix(parts.next()?, 16).ok()?;
    let steps = parts.next()?.parse().ok()?;
    Some(((file, parts.next()?.to_owned(), seed), (hash, steps)))
}
