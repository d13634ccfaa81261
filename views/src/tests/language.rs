//! Both languages have the same texts, and every text that the sources ask for is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The keys of a file of texts: groups with one key and one quoted text a line.
fn read(name: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(name);
    let mut group = String::new();
    let mut texts = BTreeMap::new();
    for line in fs::read_to_string(&path).expect("a file of texts").lines() {
        if line.is_empty() || line.starts_with('#') || line == "_version: 1" {
            continue;
        }
        match line.strip_prefix("  ") {
            None => group = line.strip_suffix(':').expect("a group").to_owned(),
            Some(entry) => {
                let (key, text) = entry.split_once(": ").expect("a key and its text");
                let text = text.trim().trim_matches('"').to_owned();
                let before = texts.insert(format!("{group}.{key}"), text);
                assert!(before.is_none(), "{name}: {group}.{key} stands twice");
            }
        }
    }
    texts
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let parts = text.split("%{").skip(1);
    parts
        .filter_map(|it| it.split_once('}'))
        .map(|it| it.0)
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let (en, zh) = (read("en.yml"), read("zh.yml"));
    let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&en), keys(&zh));
    for (key, text) in &en {
        assert_eq!(placeholders(text), placeholders(&zh[key]), "{key}");
        assert!(!text.is_empty() && !zh[key].is_empty(), "{key}");
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() && !path.ends_with("tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The keys that a source asks for: quoted texts that begin with the name of a group.
#[test]
fn every_key_of_the_sources_is_there() {
    let en = read("en.yml");
    let groups: BTreeSet<&str> = en
        .keys()
        .filter_map(|key| key.split_once('.'))
        .map(|it| it.0)
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for name in ["views/src", "app/src", "gui/src"] {
        sources(&root.join(name), &mut files);
    }
    let mut asked = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        for quoted in text.split('"') {
            let Some((group, rest)) = quoted.split_once('.') else {
                continue;
            };
            let plain = |it: &str| {
                !it.is_empty()
                    && it
                        .chars()
                        .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
            };
            if groups.contains(group) && plain(rest) {
                asked += 1;
                assert!(en.contains_key(quoted), "{}: {quoted}", file.display());
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

#[test]
fn texts_are_found_and_filled() {
    use crate::words::{text, with};
    use sim_core::explain::Lang;
    assert_eq!(text(Lang::En, "state.down"), "down");
    assert_eq!(text(Lang::Zh, "state.down"), "停机");
    let says = with(Lang::En, "view.starts_at", &[("time", &"10 s")]);
    assert_eq!(says, "starts at 10 s");
    for (lang, file) in [(Lang::En, "en.yml"), (Lang::Zh, "zh.yml")] {
        for (key, written) in read(file) {
            assert_eq!(text(lang, &key), written, "{key}");
        }
    }
}

/// The library names every topic that ships: each folder of scenarios.
#[test]
fn every_topic_has_a_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut folders = vec![root.clone()];
    let mut topics = 0;
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("a folder");
        let paths: Vec<_> = entries.map(|it| it.expect("an entry").path()).collect();
        folders.extend(
            paths
                .iter()
                .filter(|it| it.is_dir() && !it.ends_with("src"))
                .cloned(),
        );
        if folder == root
            || !paths
                .iter()
                .any(|it| it.extension().is_some_and(|it| it == "json"))
        {
            continue;
        }
        let topic = folder
            .strip_prefix(&root)
            .expect("below it")
            .to_string_lossy();
        let key = format!("topic.{}", topic.replace(['/', '\\'], "_"));
        assert!(read("en.yml").contains_key(&key), "{key}");
        topics += 1;
    }
    assert!(topics >= 3, "the folders were found");
}
