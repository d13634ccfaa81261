//! `run`, `replay`, `diff`, and the program without a verb.

use crate::{folder, run, shipped};
use std::fs;

#[test]
fn without_a_verb_two_elections_are_told() {
    let said = run([""; 0]);
    assert_eq!(said.code, 0, "{said:?}");
    for name in scenarios::FRONT {
        assert!(said.out.contains(name), "{name} is not told");
    }
    assert!(
        said.out.contains("quorumscope list"),
        "it says what to try next"
    );
}

#[test]
fn the_same_file_and_seed_give_the_same_bytes() {
    let folder = folder("same");
    let trace = |name: &str, seed: &str| {
        let path = folder.join(name).to_str().expect("UTF-8").to_owned();
        let said = run(["run", "one-after-another", "--seed", seed, "--trace", &path]);
        assert_eq!(said.code, 0, "{said:?}");
        path
    };
    let (a, b, c) = (trace("a", "1"), trace("b", "1"), trace("c", "2"));
    assert_eq!(
        fs::read(&a).expect("a trace"),
        fs::read(&b).expect("a trace")
    );
    assert_eq!(run(["diff", &a, &b]).code, 0);
    let other = run(["diff", &a, &c]);
    assert_eq!(other.code, 1, "{other:?}");
    let replayed = run(["replay", &a]);
    assert_eq!(replayed.code, 0, "{replayed:?}");
}

#[test]
fn json_is_a_record_a_line() {
    let said = run(["run", "one-after-another", "--format", "json"]);
    assert_eq!(said.code, 0);
    assert!(said.out.lines().count() > 50);
    for line in said.out.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(value.is_object(), "{line}");
    }
}

#[test]
fn every_shipped_file_can_be_shown() {
    for file in scenarios::list() {
        let path = shipped().join(file.path);
        let said = run(["show", path.to_str().expect("UTF-8")]);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(said.out, run(["show", file.name()]).out);
    }
}
