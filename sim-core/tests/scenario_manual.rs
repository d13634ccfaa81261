//! The manual of scenario files mentions every key, and its example is a scenario that passes.

use sim_core::scenario::{PlayOptions, Scenario, play, schema};
use std::collections::BTreeSet;

const MANUAL: &str = include_str!("../../docs/scenario-format.md");

/// The keys of all objects in the schema.
fn keys(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(members) => {
            if let Some(properties) = members.get("properties").and_then(|it| it.as_object()) {
                found.extend(properties.keys().cloned());
            }
            members.values().for_each(|value| keys(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

#[test]
fn the_manual_mentions_every_key() {
    let schema: serde_json::Value = serde_json::from_str(&schema().print()).expect("JSON");
    let mut found = BTreeSet::new();
    keys(&schema, &mut found);
    assert!(found.len() > 100, "{found:?}");
    let words: BTreeSet<&str> = MANUAL
        .split(|c: char| !(c.is_alphanumeric() || "_$-".contains(c)))
        .collect();
    // Tracker ids of quirks are listed by the program.
    let missing: Vec<&String> = found
        .iter()
        .filter(|key| !words.contains(key.as_str()) && !key.starts_with("ZOOKEEPER-"))
        .filter(|key| !MANUAL.contains(&format!("`{key}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/scenario-format.md lacks {missing:?}"
    );
}

#[test]
fn the_example_of_the_manual_passes() {
    let (_, rest) = MANUAL.split_once("```json\n").expect("an example");
    let (text, _) = rest.split_once("```").expect("its end");
    let scenario = Scenario::parse(text).unwrap_or_else(|errors| panic!("{}", errors[0]));
    for seed in 1..=20 {
        let options = PlayOptions {
            seed: Some(seed),
            ..PlayOptions::default()
        };
        let outcome = play(&scenario, &options, &mut ());
        let failures: Vec<_> = outcome.failures().collect();
        assert!(outcome.passed(), "seed {seed}: {failures:?}");
    }
}
