//! The program from outside: exit codes, streams, error texts, reports.
//!
//! Built as a test of the package `quorumscope`, because cargo builds a program for the tests of its own package only.

mod check;
mod errors;
mod lint;
mod play;
mod serve;
mod shell;
mod streams;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program with arguments, with nothing inherited that would change its output.
fn quorumscope<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorumscope"));
    command.args(args).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command
}

/// What the program said and how it ended.
#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Said {
    said(quorumscope(args).output().expect("the program starts"))
}

fn said(output: Output) -> Said {
    Said {
        code: output.status.code().expect("the program ends by itself"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A new, empty folder for one test.
fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cli")
        .join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder for the test");
    path
}

fn write(path: &Path, text: impl AsRef<[u8]>) -> &Path {
    fs::write(path, text).expect("a file for the test");
    path
}

/// The scenario files of the project.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

const PLAIN: [&str; 12] = [
    "",
    "run",
    "check",
    "replay",
    "diff",
    "list",
    "show",
    "open",
    "serve",
    "conform",
    "schema",
    "completions",
];

#[test]
fn every_help_text_has_examples() {
    for verb in PLAIN {
        let said = run([verb, "--help"].into_iter().filter(|arg| !arg.is_empty()));
        assert_eq!(said.code, 0, "{verb}");
        assert!(
            said.out.contains("Examples:\n  quorumscope"),
            "{verb}: {}",
            said.out
        );
        assert!(said.err.is_empty(), "{verb}: {}", said.err);
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = run(["completions", shell]);
        assert_eq!(said.code, 0);
        for verb in &PLAIN[1..] {
            assert!(said.out.contains(verb), "{shell} does not complete {verb}");
        }
    }
}

#[test]
fn the_schema_is_the_one_that_ships() {
    let said = run(["schema"]);
    let printed: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let path = shipped().join("../docs/scenario.schema.json");
    let kept = std::fs::read_to_string(path).expect("the schema");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    assert!(
        printed == kept,
        "docs/scenario.schema.json is what `quorumscope schema` prints"
    );
    assert!(
        printed["properties"]["steps"].is_object(),
        "it speaks of steps"
    );
}

#[test]
fn lists_say_what_there_is() {
    let scenarios = run(["list"]);
    for file in scenarios_on_disk() {
        assert!(scenarios.out.contains(&file), "{file} is not listed");
    }
    let claims = run(["list", "--claims"]);
    assert_eq!(claims.out, run(["list", "claims"]).out);
    assert!(claims.out.contains("Z43"));
    assert!(run(["list", "versions"]).out.contains("3.5.7"));
    assert!(run(["list", "quirks"]).out.contains("ZOOKEEPER-4685"));
    assert!(run(["list", "properties"]).out.contains("source: "));
}

fn scenarios_on_disk() -> Vec<String> {
    let last = |file: &scenarios::File| file.name().rsplit('/').next().map(str::to_owned);
    scenarios::list().iter().filter_map(last).collect()
}
