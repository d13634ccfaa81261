//! Each property against fact streams made by hand: one that breaks it and one that does not.

mod broken;
mod kept;
mod stream;

use crate::invariant::{PROPERTIES, property};
use std::collections::BTreeSet;

#[test]
fn names_are_unique_and_every_property_says_where_it_comes_from() {
    let mut names = BTreeSet::new();
    for property in PROPERTIES {
        let meta = &property.meta;
        assert!(names.insert(meta.name), "{} twice", meta.name);
        for text in [meta.says, meta.source, meta.promised_when] {
            assert!(
                text.len() > 5 && !text.contains("  "),
                "{}: {text}",
                meta.name
            );
        }
        let same = super::property(meta.name).expect("it is in the table");
        assert_eq!(same.meta, *meta);
        assert_eq!(property.promised, !meta.promised_when.starts_with("never"));
    }
    assert!(property("zab.nothing").is_none());
}

#[test]
fn every_property_has_a_stream_that_breaks_it() {
    let tried: BTreeSet<&str> = broken::STREAMS.iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<&str> = PROPERTIES.iter().map(|p| p.meta.name).collect();
    assert_eq!(tried, all);
    for (name, stream) in broken::STREAMS {
        let found = stream();
        assert!(found.contains(&name), "{name}: only {found:?} broke");
    }
}

#[test]
fn a_healthy_life_breaks_nothing() {
    for (name, stream) in kept::STREAMS {
        let found = stream();
        assert!(found.is_empty(), "{name}: {found:?} broke");
    }
}
