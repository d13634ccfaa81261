//! A session in the window plays what `quorumscope run` plays: the same steps, the same end, the same judgements.

use quorumscope_app::properties::key;
use quorumscope_app::session::{Progress, Session};
use sim_core::explain::Lang;
use sim_core::invariant::PROPERTIES;
use sim_core::scenario::{PlayOptions, Scenario, play};

#[test]
fn every_shipped_scenario_plays_the_same_in_a_window() {
    // An unoptimised build plays the elections only.
    let some = |path: &str| cfg!(not(debug_assertions)) || path.contains("/elections/");
    let files = scenarios::list().iter().filter(|file| some(file.path));
    let mut plays = 0;
    for file in files {
        let scenario = Scenario::parse(file.text).expect("a good file");
        for variant in scenario.plays() {
            let options = PlayOptions {
                variant: variant.map(Into::into),
                no_hash: true,
                ..PlayOptions::default()
            };
            let outcome = play(&scenario, &options, &mut ());
            let session = Session::open(file.name(), file.text, variant, None);
            let mut session = session.expect("a good file");
            while session.play_on(1_000) {}
            let what = format!("{} {variant:?}", file.path);
            if session.progress() == Progress::Capped {
                continue;
            }
            assert_eq!(session.progress(), Progress::Ended, "{what}");
            let played = (session.last().0, session.end());
            assert_eq!(played, (outcome.steps, outcome.end), "{what}");
            let judged = session.director().checked();
            assert_eq!(judged, &outcome.checked[..judged.len()], "{what}");
            plays += 1;
        }
    }
    assert!(plays > 40, "{plays}");
}

#[test]
fn every_property_is_told_in_both_languages() {
    for property in PROPERTIES {
        let name = format!("prop.{}", key(property.meta.name));
        let english = views::words::text(Lang::En, &name);
        assert_eq!(english, property.meta.says);
        let chinese = views::words::text(Lang::Zh, &name);
        assert!(!chinese.is_ascii(), "{name}");
    }
}

#[test]
fn every_topic_of_the_library_has_a_name() {
    for file in scenarios::list() {
        let topic = file.name().rsplit_once('/').map_or("", |(topic, _)| topic);
        let key = format!("topic.{}", topic.replace('/', "_"));
        for lang in [Lang::En, Lang::Zh] {
            assert!(!views::words::text(lang, &key).is_empty(), "{}", file.path);
        }
    }
}
