//! What the tools of real releases printed, against what simulated ones print: byte for byte.
//!
//! The files are recordings (`tests/data/zookeeper-3.5.7/outputs`, `tests/data/kafka-tools`). Nothing is typed in. What depends on
//! the recording machine is masked on both sides by `mask.rs`, which counts what it masked. The tests print how many files
//! equal and name those that do not; the numbers are pinned, so that a file that stops being equal is seen.

mod four_letters;
mod mask;
mod one_shot;
mod script;
mod shell;
mod stage;
mod tally;

use std::fs;
use std::path::PathBuf;

/// A recorded file.
fn recorded(path: &str) -> String {
    let file = data().join(path);
    let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    String::from_utf8(bytes).expect("recordings are text")
}

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data")
}

/// The index of a set of recordings.
fn index(path: &str) -> Vec<serde_json::Value> {
    let text = recorded(path);
    match path.strip_suffix(".jsonl") {
        Some(_) => text
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .collect(),
        None => serde_json::from_str(&text).expect("JSON"),
    }
}
