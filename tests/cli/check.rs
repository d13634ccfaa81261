//! `check`: verdicts, exit codes, reports, the second process.

use crate::{folder, run, shipped, write};
use std::fs;
use std::path::Path;

/// A scenario of three servers that start at once; `steps` and the rest are up to the test.
fn scenario(rest: &str) -> String {
    format!(
        r#"{{
  "title": {{ "en": "a test" }},
  "seed": 7,
  "cluster": {{ "zookeeper": {{ "version": "3.5.7", "servers": 3 }} }},
  {rest}
}}"#
    )
}

const STEPS: &str = r#"[
    { "at": "0s", "do": { "start": ["zk1", "zk2", "zk3"] } },
    { "at": "5s", "expect": [ { "server": "zk3", "state": "LEADER" } ] }
  ]"#;

fn steps(state: &str) -> String {
    scenario(&format!("\"steps\": {}", STEPS.replace("LEADER", state)))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn what_holds_passes() {
    let folder = folder("passes");
    let file = folder.join("a.json");
    let said = run([
        "check",
        path(write(&file, steps("LEADING"))),
        "--seeds",
        "3",
    ]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("3 seeds"), "{}", said.out);
    assert!(said.out.ends_with("1 passed, 0 failed\n"), "{}", said.out);
    assert!(
        said.err.is_empty(),
        "no progress outside a terminal: {}",
        said.err
    );
}

#[test]
fn what_does_not_hold_fails_with_the_values_and_a_command_to_see_it() {
    let folder = folder("fails");
    let file = folder.join("a.json");
    let said = run(["check", path(write(&file, steps("FOLLOWING")))]);
    assert_eq!(said.code, 1, "{said:?}");
    for needle in [
        "✗",
        "line 7",
        "5.000 s",
        "FOLLOWING",
        "LEADING",
        "--seed 7",
        "0 passed, 1 failed",
    ] {
        assert!(
            said.out.contains(needle),
            "`{needle}` is missing in: {}",
            said.out
        );
    }
}

#[test]
fn junit_reports_are_read_by_others() {
    let folder = folder("junit");
    write(&folder.join("good.json"), steps("LEADING"));
    write(&folder.join("wrong.json"), steps("FOLLOWING"));
    write(&folder.join("bad.json"), "{ \"title\": }");
    let report = folder.join("report.xml");
    let said = run([
        "check",
        path(&folder),
        "--seeds",
        "2",
        "--junit",
        path(&report),
    ]);
    assert_eq!(said.code, 2, "the highest code counts: {said:?}");
    let text = fs::read_to_string(&report).expect("a report");
    let report = quick_junit::Report::deserialize_from_str(&text).expect("JUnit's format");
    assert_eq!((report.tests, report.failures, report.errors), (3, 1, 1));
    let names: Vec<&str> = report
        .test_suites
        .iter()
        .map(|suite| suite.name.as_str())
        .collect();
    let file = |name: &str| names.iter().any(|suite| suite.ends_with(name));
    assert!(
        file("good.json") && file("wrong.json") && file("bad.json"),
        "{names:?}"
    );
}

#[test]
fn a_second_process_finds_the_same() {
    let file = shipped().join(scenarios::find("one-after-another").expect("it ships").path);
    let said = run(["check", path(&file), "--seeds", "5", "--twice"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("each twice"), "{}", said.out);
}

#[test]
fn a_file_named_twice_is_played_once() {
    let folder = folder("named-twice");
    let file = folder.join("a.json");
    write(&file, steps("LEADING"));
    let said = run(["check", path(&file), path(&folder)]);
    assert!(said.out.contains("\n1 file, 1 play,"), "{}", said.out);
}
