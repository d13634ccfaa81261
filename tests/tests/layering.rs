//! Who may import whom: the rules of ARCHITECTURE.md that a test can see.
//!
//! Reads source texts and manifests; comments do not count, so that documentation may point upwards.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of `sim-core` from the ground up; a room may import those on lower floors, never its own neighbours.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["trace"],
    &["engine"],
    &["zookeeper"],
    &["cluster"],
    &["invariant", "explain"],
    &["operator"],
    &["scenario"],
    &["conform", "explore", "lint"],
];

/// What each crate may depend on inside the workspace.
const CRATES: &[(&str, &[&str])] = &[
    ("sim-core", &[]),
    ("scenarios", &[]),
    ("views", &["sim-core"]),
    // Of `app` only how links are written.
    ("cli", &["sim-core", "scenarios", "views", "app"]),
    ("app", &["sim-core", "scenarios", "views"]),
    ("gui", &["sim-core", "scenarios", "views", "app"]),
    // The words of the page come from where all words are.
    ("xtask", &["sim-core", "views"]),
];

/// What the core never names, whatever the reason: it has no disk, no wall clock, no threads, no environment.
const NOT_IN_THE_CORE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time",
    "std::io",
    "std::sync::Mutex",
    "HashMap",
    "HashSet",
    "println!",
    "eprintln!",
    "unsafe ",
];

/// What a protocol never names: the world that runs it and the faults that hit it.
const NOT_IN_A_PROTOCOL: &[&str] = &[
    "World",
    "WorldSpec",
    "Fault",
    "FaultAct",
    "Timing",
    "Chooser",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A source text without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a readable source file");
    let without = |line: &str| {
        let end = line.find("//").unwrap_or(line.len());
        format!("{}\n", &line[..end])
    };
    text.lines().map(without).collect()
}

fn is_part_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words of a text, as code names things.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c| !is_part_of_a_name(c))
        .filter(|word| !word.is_empty())
        .collect()
}

/// The rooms that a text reaches by `crate::…`, also within braces.
fn imported(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| is_part_of_a_name(c) || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => {
                let name = |text: &str| {
                    text.split(|c| !is_part_of_a_name(c))
                        .next()
                        .map(str::to_owned)
                };
                rooms.extend(name(rest));
            }
            Some(group) => rooms.extend(first_names(group)),
        }
    }
    rooms
}

/// The names that begin the parts of a brace group.
fn first_names(group: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let (mut depth, mut reading) = (0, true);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                reading = true;
            }
            c if reading && depth == 0 && is_part_of_a_name(c) => {
                names.last_mut().expect("one at least").push(c);
            }
            c if c.is_whitespace() && names.last().is_some_and(String::is_empty) => {}
            _ => reading = false,
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn imports_are_found_in_all_their_forms() {
    let text = "use crate::base::{Span, Conn};\nuse crate::{engine::{Fx, Now}, trace, zookeeper as zk};\n\
                fn f(x: crate::scenario::Name) { $crate::ignored!() }";
    let expected = ["base", "engine", "scenario", "trace", "zookeeper"];
    assert_eq!(imported(text), expected.map(String::from).into());
}

#[test]
fn each_room_of_the_core_imports_only_from_below() {
    let src = root().join("sim-core/src");
    for (floor, rooms) in FLOORS.iter().enumerate() {
        for room in *rooms {
            let folder = src.join(room);
            let mut files = if folder.is_dir() {
                sources(&folder)
            } else {
                Vec::new()
            };
            files.extend(Some(src.join(format!("{room}.rs"))).filter(|file| file.exists()));
            let below: BTreeSet<&str> =
                FLOORS[..floor].iter().copied().flatten().copied().collect();
            for file in files {
                for reached in imported(&code(&file)) {
                    let allowed = reached == *room || below.contains(reached.as_str());
                    assert!(
                        allowed,
                        "{} imports crate::{reached}: {room} lies below it",
                        file.display()
                    );
                }
            }
        }
    }
}

#[test]
fn every_room_of_the_core_has_a_floor() {
    let rooms: BTreeSet<&str> = FLOORS.iter().copied().flatten().copied().collect();
    let lib = code(&root().join("sim-core/src/lib.rs"));
    for line in lib.lines() {
        let module = line.trim().trim_start_matches("pub ").strip_prefix("mod ");
        if let Some(module) = module.and_then(|rest| rest.strip_suffix(';')) {
            assert!(rooms.contains(module), "{module} has no floor in this test");
        }
    }
}

#[test]
fn the_core_has_no_outside() {
    for file in sources(&root().join("sim-core/src")) {
        let code = code(&file);
        for word in NOT_IN_THE_CORE {
            assert!(!code.contains(word), "{} names {word}", file.display());
        }
    }
}

#[test]
fn a_protocol_knows_nothing_of_the_world() {
    for file in sources(&root().join("sim-core/src/zookeeper")) {
        let code = code(&file);
        // Tests of a protocol may run it in a world.
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let words = words(code);
        for word in NOT_IN_A_PROTOCOL {
            assert!(!words.contains(word), "{} names {word}", file.display());
        }
    }
}

#[test]
fn the_engine_knows_no_protocol() {
    for room in ["base", "trace", "engine"] {
        for file in sources(&root().join("sim-core/src").join(room)) {
            let code = code(&file).to_lowercase();
            for word in ["zookeeper", "zxid", "kafka"] {
                assert!(!code.contains(word), "{} names {word}", file.display());
            }
        }
    }
}

/// The names under the headings of dependencies in a manifest; those for tests alone do not count.
fn dependencies(manifest: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix('[') {
            let heading = heading.trim_end_matches(']');
            counts = heading.ends_with("dependencies") && !heading.ends_with("dev-dependencies");
        } else if counts && !line.starts_with('#') {
            names.extend(
                line.split(['.', '=', ' '])
                    .next()
                    .filter(|name| !name.is_empty()),
            );
        }
    }
    names
}

#[test]
fn crates_depend_as_the_architecture_says() {
    let ours: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in CRATES {
        let path = root().join(name).join("Cargo.toml");
        let manifest = fs::read_to_string(&path).expect("a manifest");
        for dependency in dependencies(&manifest) {
            let fine = !ours.contains(dependency) || allowed.contains(&dependency);
            assert!(fine, "{name} depends on {dependency}");
            let paints = dependency.starts_with("egui") || dependency == "eframe";
            assert!(
                !paints || *name == "gui",
                "{name} depends on {dependency}: only gui paints"
            );
        }
    }
}
