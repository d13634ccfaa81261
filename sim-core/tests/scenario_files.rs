//! Scenario files that ship with the project are read without a mistake.

use sim_core::scenario::{Checked, PlayOptions, Scenario, play};
use std::path::{Path, PathBuf};

fn shipped(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            shipped(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
}

/// Every file below `scenarios/`, with its text.
fn files() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut paths = Vec::new();
    shipped(&folder, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_shipped_file_is_read() {
    assert!(!files().is_empty());
    for (path, text) in files() {
        if let Err(errors) = Scenario::parse(&text) {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}:\n{}", path.display(), lines.join("\n"));
        }
    }
}

#[test]
fn what_is_printed_reads_as_the_same_scenario() {
    for (path, text) in files() {
        let scenario = Scenario::parse(&text).expect("read above");
        let printed = scenario.print();
        let again = Scenario::parse(&printed);
        let again =
            again.unwrap_or_else(|errors| panic!("{}: {}\n{printed}", path.display(), errors[0]));
        assert_eq!(scenario, again, "{}", path.display());
        assert_eq!(printed, again.print(), "{}", path.display());
    }
}

/// Plays a file in one variant with a seed; the failures as lines.
fn failures(scenario: &Scenario, variant: Option<&str>, seed: u64) -> Vec<String> {
    let options = PlayOptions {
        seed: Some(seed),
        variant: variant.map(Into::into),
        ..PlayOptions::default()
    };
    let outcome = play(scenario, &options, &mut ());
    let line = |checked: &Checked| {
        let Checked {
            place,
            path,
            at,
            expected,
            found,
            ..
        } = checked;
        format!(
            "line {}, {path}, at {at}: expected {expected}, found {found}",
            place.line
        )
    };
    outcome.failures().map(line).collect()
}

#[test]
fn every_shipped_file_passes_for_a_few_seeds() {
    for (path, text) in files() {
        let scenario = Scenario::parse(&text).expect("read above");
        // A pinned file holds for its own seed; `quorumscope check` plays many more.
        let seeds = match scenario.pinned {
            Some(_) => scenario.seed..=scenario.seed,
            None => 1..=3,
        };
        for (variant, seed) in scenario.plays().into_iter().flat_map(|it| {
            let with = move |seed| (it, seed);
            seeds.clone().map(with)
        }) {
            let failures = failures(&scenario, variant, seed);
            let name = path.display();
            let text = failures.join("\n");
            assert!(
                failures.is_empty(),
                "{name}, {variant:?}, seed {seed}:\n{text}"
            );
        }
    }
}
