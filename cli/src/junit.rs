//! A report of `check` in JUnit's XML format: a suite per file, a case per variant.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::exit::Exit;
use crate::report::{FileReport, Played};

/// So many failing seeds of a case are told in full.
const SEEDS_TOLD: usize = 5;

/// The whole document.
pub fn document(reports: &[FileReport]) -> String {
    let mut document = Report::new("quorumscope");
    document.add_test_suites(reports.iter().map(suite));
    document.to_string().expect("a report of valid texts")
}

fn suite(report: &FileReport) -> TestSuite {
    let mut suite = TestSuite::new(report.path.display().to_string());
    if let Some(trouble) = report.trouble() {
        let mut text = Vec::new();
        crate::picture::show(&mut text, trouble).expect("memory takes what is written");
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("the file cannot be used");
        status.set_description(anstream::adapter::strip_str(&text).to_string());
        suite.add_test_case(TestCase::new("read", status));
    }
    let mut played = report.played.iter().peekable();
    while let Some(first) = played.next() {
        let mut case = vec![first];
        while let Some(next) = played.next_if(|next| next.variant == first.variant) {
            case.push(next);
        }
        suite.add_test_case(test_case(&case));
    }
    suite
}

fn test_case(plays: &[&Played]) -> TestCase {
    let name = plays[0].variant.as_deref().unwrap_or("play");
    let failed: Vec<&&Played> = plays
        .iter()
        .filter(|played| played.exit() != Exit::Passed)
        .collect();
    let status = match failed.iter().map(|played| played.exit()).max() {
        None => TestCaseStatus::success(),
        Some(exit) => {
            let kind = match exit {
                Exit::Defect => NonSuccessKind::Error,
                _ => NonSuccessKind::Failure,
            };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(format!("{exit:?}"));
            status.set_message(format!("{} of {} seeds failed", failed.len(), plays.len()));
            let told: Vec<String> = failed
                .iter()
                .take(SEEDS_TOLD)
                .map(|p| description(p))
                .collect();
            status.set_description(told.join("\n"));
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_time(plays.iter().map(|played| played.took).sum());
    case
}

fn description(played: &Played) -> String {
    format!(
        "seed {}\n  {}",
        played.seed,
        played.complaints().join("\n  ")
    )
}
