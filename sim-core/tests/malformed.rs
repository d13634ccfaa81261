//! Mistakes in scenario files: one file per kind below `malformed/`, and a table of what must be said of each.
//!
//! The places in the table were written down with the files, not copied from what the reader said.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sim_core::scenario::{Diagnostic, Scenario, schema};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed")
}

/// A row of the table: file, line, column, code, and what the report must contain.
struct Case {
    file: String,
    line: u32,
    column: u32,
    code: String,
    message: String,
    hint: String,
    schema_refuses: bool,
}

fn cases() -> Vec<Case> {
    let table = std::fs::read_to_string(folder().join("expected.tsv")).expect("the table");
    let row = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut next = || fields.next().expect("seven columns");
        Case {
            file: next() + ".json",
            line: next().parse().expect("a line"),
            column: next().parse().expect("a column"),
            code: next(),
            message: next(),
            hint: next(),
            schema_refuses: next() == "yes",
        }
    };
    table.lines().skip(1).map(row).collect()
}

fn report(diagnostic: &Diagnostic) -> String {
    let expected = diagnostic.expected.as_deref().unwrap_or_default();
    let remedy = diagnostic.remedy.as_deref().unwrap_or_default();
    format!("{expected}\n{remedy}")
}

#[test]
fn every_kind_of_mistake_is_told_where_it_is() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} kinds", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let bytes = std::fs::read(folder().join(&case.file)).expect("a file of the table");
        let Err(errors) = Scenario::parse_bytes(&bytes) else {
            wrong.push(format!("{}: read without a word", case.file));
            continue;
        };
        let fits = |it: &Diagnostic| {
            (it.line, it.column) == (case.line, case.column)
                && it.code.name() == case.code
                && it.message.contains(&case.message)
                && report(it).contains(&case.hint)
                && it.expected.is_some()
                && it.remedy.is_some()
        };
        if !errors.iter().any(fits) {
            let said: Vec<_> = errors
                .iter()
                .map(|it| format!("  {} {it}", it.code.name()))
                .collect();
            let Case {
                file,
                line,
                column,
                code,
                message,
                hint,
                ..
            } = case;
            let wanted = format!("{line}:{column} {code} \"{message}\" \"{hint}\"");
            wrong.push(format!("{file}: wanted {wanted}\n{}", said.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_names_every_file() {
    let mut listed: Vec<String> = cases().into_iter().map(|case| case.file).collect();
    let entries = std::fs::read_dir(folder()).expect("a readable folder");
    let names = entries.map(|entry| {
        entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("text")
    });
    let mut found: Vec<String> = names.filter(|name| name != "expected.tsv").collect();
    listed.sort();
    found.sort();
    assert_eq!(listed, found);
}

#[test]
fn several_mistakes_are_told_at_once() {
    let text = r#"{
        "titel": "x",
        "cluster": { "zookeeper": { "servers": 3, "config": { "tikcTime": 5 } } },
        "steps": [{ "at": "3", "do": { "start": "zk9" } }]
    }"#;
    let errors = Scenario::parse(text).expect_err("it is full of mistakes");
    let lines: Vec<u32> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [1, 2, 3, 4], "{errors:#?}");
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_at_once() {
    let bytes = vec![b'['; 100 << 20];
    let errors = Scenario::parse_bytes(&bytes).expect_err("far too large");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].message.contains("100 MiB"), "{}", errors[0]);
}

#[test]
fn endless_nesting_is_refused_without_recursion() {
    for open in ["[", "{\"a\":"] {
        let text = open.repeat(1 << 20);
        let errors = Scenario::parse(&text).expect_err("far too deep");
        assert!(errors[0].message.contains("nested deeper"), "{}", errors[0]);
    }
}

#[test]
fn hundreds_of_mistakes_do_not_flood() {
    let keys: Vec<String> = (0..5000).map(|i| format!("\"key{i}\": {i}")).collect();
    let errors = Scenario::parse(&format!("{{ {} }}", keys.join(", "))).expect_err("unknown keys");
    assert!(errors.len() <= 60, "{}", errors.len());
}

fn shipped() -> Vec<String> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios"),
        &mut paths,
    );
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("text"))
        .collect()
}

/// The text as a plain value, if it is JSON with comments at all.
fn plain(text: &str) -> Option<serde_json::Value> {
    let options = jsonc_parser::ParseOptions::default();
    let parsed =
        jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &options);
    parsed.ok()?.value.map(Into::into)
}

#[test]
fn the_schema_accepts_what_ships_and_refuses_what_it_can_see() {
    let schema: serde_json::Value = serde_json::from_str(&schema().print()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for text in shipped() {
        let value = plain(&text).expect("read by the reader too");
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|it| it.to_string())
            .collect();
        assert!(errors.is_empty(), "{}\n{text}", errors.join("\n"));
    }
    for case in cases() {
        let Ok(text) = std::fs::read_to_string(folder().join(&case.file)) else {
            continue;
        };
        // What the other reader of JSON with comments refuses, or takes for JSON5, no schema sees.
        if case.code == "syntax" || case.code == "too-large" || case.code == "duplicate-key" {
            continue;
        }
        let Some(value) = plain(&text) else {
            continue;
        };
        let valid = validator.is_valid(&value);
        assert_eq!(!valid, case.schema_refuses, "{}", case.file);
    }
}

#[test]
fn the_schema_that_ships_is_the_one_of_the_reader() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenario.schema.json");
    let made = schema().print();
    if std::env::var_os("WRITE_SCHEMA").is_some() {
        std::fs::write(&path, &made).expect("a writable folder");
    }
    let shipped = std::fs::read_to_string(path).expect("docs/scenario.schema.json");
    assert!(
        shipped == made,
        "docs/scenario.schema.json is out of date: run this test with WRITE_SCHEMA=1"
    );
}

/// Cuts, doubles and swaps pieces of a good file.
fn mutated(text: &str, changes: &[(u8, usize, usize, char)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (kind, at, len, c) in changes {
        if chars.is_empty() {
            break;
        }
        let at = at % chars.len();
        let end = (at + 1 + len % 20).min(chars.len());
        match kind % 5 {
            0 => drop(chars.drain(at..end)),
            1 => {
                let piece: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, piece);
            }
            2 => chars[at] = *c,
            3 => chars.insert(at, *c),
            _ => chars.swap(at, end - 1),
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_good_file_panics(
        file in 0usize..100,
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>(), any::<char>()), 1..6),
    ) {
        let files = shipped();
        let text = mutated(&files[file % files.len()], &changes);
        match Scenario::parse(&text) {
            Ok(scenario) => {
                let printed = scenario.print();
                let again = Scenario::parse(&printed);
                prop_assert_eq!(again.as_ref().ok(), Some(&scenario), "{}", printed);
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(error.line >= 1 && error.column >= 1);
                    prop_assert!(error.expected.is_some() && error.remedy.is_some(), "{}", error);
                }
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Scenario::parse_bytes(&bytes);
    }
}
