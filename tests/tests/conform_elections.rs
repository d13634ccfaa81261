//! The randomised elections (D of 3.8.0, I of 3.5.7) and the recorded cold starts, each run played
//! again from its own starting times. `quorumscope conform` does the same over 1,000 seeds.

use sim_core::conform::{Case, CaseReport, Limits, RepeatReport, Report, read};

const D: &str = include_str!("../data/zookeeper-3.8.0/elections.jsonl");
const I: &str = include_str!("../data/zookeeper-3.5.7/elections.jsonl");
const RUNS_3_8_0: &str = include_str!("../data/zookeeper-3.8.0/runs.jsonl");
const RUNS_3_5_7: &str = include_str!("../data/zookeeper-3.5.7/runs.jsonl");

/// Every run is played with this many seeds; what they do not show is looked for further on.
const SEEDS: u64 = 48;
const MOST_SEEDS: u64 = 1_000;

fn cases(file: &str, text: &str) -> Vec<Case> {
    let recording = read(file, text, None, Limits::DEFAULT);
    recording
        .unwrap_or_else(|mistake| panic!("{mistake}"))
        .cases
}

/// The first seeds, and more of them until decisions (and votes, if wanted) have occurred, up to
/// the number that the command uses.
fn replay(case: &Case, index: usize, votes: bool) -> RepeatReport {
    let mut report = case.replay_run(index, 1..SEEDS + 1);
    let mut next = SEEDS + 1;
    let misses =
        |report: &RepeatReport| !report.decisions_agree() || votes && !report.votes_agree();
    while misses(&report) && next <= MOST_SEEDS {
        let end = (next + SEEDS).min(MOST_SEEDS + 1);
        report.merge(&case.replay_run(index, next..end));
        next = end;
    }
    report
}

fn play(cases: &[Case], votes: bool) -> Report {
    let reports = cases.iter().map(|case| {
        let runs = (0..case.repeats.len()).map(|index| replay(case, index, votes));
        let report = CaseReport::new(case, runs.collect());
        println!("{}", report.lines());
        report
    });
    let report = Report::new(reports.collect());
    println!("{report}");
    report
}

/// All winners that the recording calls stable, all decisions and all votes of their runs.
#[test]
fn randomised_elections_of_3_8_0() {
    let report = play(&cases("zookeeper-3.8.0/elections.jsonl", D), true);
    assert_eq!(
        report.last_line(),
        "winner 31/31 decisions 31/31 votes 31/31"
    );
    assert!(!report.disagrees());
}

#[test]
fn randomised_elections_of_3_5_7() {
    let report = play(&cases("zookeeper-3.5.7/elections.jsonl", I), true);
    assert_eq!(
        report.last_line(),
        "winner 19/19 decisions 19/19 votes 19/19"
    );
    assert!(!report.disagrees());
}

/// C, G and the cold start of B, read from the single runs. With seven servers at once the very
/// sequence of all votes is too rare to be waited for.
#[test]
fn recorded_cold_starts() {
    let mut all = cases("zookeeper-3.8.0/runs.jsonl", RUNS_3_8_0);
    all.extend(cases("zookeeper-3.5.7/runs.jsonl", RUNS_3_5_7));
    let report = play(&all, false);
    assert_eq!(report.stable_cases.all, 16);
    assert!(!report.disagrees());
}
