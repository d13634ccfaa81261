//! The core's scenarios as the verbs use them: read, played, judged.

use std::path::Path;

use sim_core::base::{SimTime, stable_hash};
use sim_core::cluster::VOCABULARY;
use sim_core::scenario::{self, Audience, Outcome, PlayOptions, Scenario};
use sim_core::trace::Header;

use crate::exit::{Exit, Trouble};
use crate::files::Source;
use crate::picture::Place;

/// Reads a scenario out of its text.
pub fn parse(source: &Source) -> Result<Scenario, Trouble> {
    Scenario::parse(&source.text).map_err(|places| Trouble::Text {
        path: source.path.clone(),
        text: source.text.clone(),
        places: places.into_iter().map(Place::from).collect(),
    })
}

/// What is played of a scenario: its variants, or itself if it has none.
pub fn variants(scenario: &Scenario) -> Vec<Option<Box<str>>> {
    match scenario.variants.as_slice() {
        [] => vec![None],
        variants => variants
            .iter()
            .map(|variant| Some(variant.name.clone()))
            .collect(),
    }
}

/// Plays a scenario to its end before an audience.
pub fn play(scenario: &Scenario, options: &PlayOptions, audience: &mut impl Audience) -> Outcome {
    scenario::play(scenario, options, audience)
}

/// What an outcome means for the exit code.
pub fn exit(outcome: &Outcome) -> Exit {
    if outcome.broken().next().is_some() {
        Exit::Broken
    } else if outcome.passed() {
        Exit::Passed
    } else {
        Exit::Failed
    }
}

/// A moment in seconds to the millisecond: `8.250`.
pub fn seconds(at: SimTime) -> String {
    let ms = at.0 / 1_000_000;
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// The same with its unit: `8.250 s`.
pub fn time(at: SimTime) -> String {
    format!("{} s", seconds(at))
}

/// The command that plays something again.
pub fn command(path: &Path, variant: Option<&str>, seed: u64) -> String {
    let variant = variant.map_or_else(String::new, |variant| format!(" --variant {variant}"));
    format!("quorumscope run {}{variant} --seed {seed}", path.display())
}

/// The names of what a trace's header tells beside its seed.
pub mod note {
    /// The text of the scenario.
    pub const SCENARIO: &str = "scenario";
    /// The variant that was played.
    pub const VARIANT: &str = "variant";
    /// When the play was ended early.
    pub const UNTIL_NS: &str = "until_ns";
}

/// This program with its version, as traces name what made them.
pub fn made_with() -> String {
    format!("quorumscope {}", env!("CARGO_PKG_VERSION"))
}

/// What a trace of a play tells about itself: enough to play it again.
pub fn header(source: &Source, scenario: &Scenario, options: &PlayOptions) -> Header {
    let compiled = scenario.compile(options.variant.as_deref());
    let nodes = compiled.iter().flat_map(|compiled| &compiled.world.nodes);
    let until = options.until.map(|until| until.0.to_string());
    let notes = [
        (note::SCENARIO, Some(source.text.clone())),
        (note::VARIANT, options.variant.as_deref().map(String::from)),
        (note::UNTIL_NS, until),
    ];
    let notes = notes
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Header {
        made_with: made_with(),
        vocabulary: VOCABULARY,
        file_hash: stable_hash(&source.text),
        seed: options.seed.unwrap_or(scenario.seed),
        nodes: nodes.map(|node| node.name.to_string()).collect(),
        notes: notes.collect(),
    }
}
