//! A shipped scenario, played to its end and looked at anywhere.

use crate::history::History;
use crate::scene::{Plan, Scene, Style};
use sim_core::base::{SimTime, Span, StepIndex};
use sim_core::cluster::{Fact, Node, World};
use sim_core::engine::{Advanced, Run, Timeline};
use sim_core::explain::Lang;
use sim_core::invariant::ZkMonitors;
use sim_core::scenario::{Director, Scenario, Script};
use sim_core::trace::Record;
use std::sync::Arc;

pub const ONE_AFTER_ANOTHER: &str = "zookeeper/elections/one-after-another";
pub const LOST_PROPOSAL: &str = "zookeeper/elections/lost-proposal-8-8-8-7-7";

/// A played scenario.
pub struct Stage {
    pub timeline: Timeline<Node, ZkMonitors, Director>,
    pub history: History,
    pub plan: Plan,
    pub records: Vec<Record<Fact>>,
}

impl Stage {
    /// Plays a shipped scenario to its end.
    pub fn new(name: &str) -> Self {
        let mut stage = Self::before(name);
        stage.play_on();
        stage
    }

    /// A shipped scenario before its first step.
    pub fn before(name: &str) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios");
        let text = std::fs::read_to_string(format!("{folder}/{name}.json"));
        let scenario = Scenario::parse(&text.expect("a shipped file")).expect("a scenario");
        let variant = scenario.plays()[0].map(str::to_owned);
        let script = Script::new(&scenario, variant.as_deref()).expect("its first variant");
        let script = Arc::new(script);
        let compiled = script.compiled();
        let (spec, pins) = (compiled.world.clone(), compiled.pins.clone());
        let history = History::new(spec.nodes.len());
        let run = Run::new(
            World::pinned(spec, scenario.seed, pins),
            ZkMonitors::default(),
        );
        Self {
            timeline: Timeline::new(run, Director::new(Arc::clone(&script), None)),
            history,
            plan: Plan::of(&script),
            records: Vec::new(),
        }
    }

    /// Plays on to the end.
    pub fn play_on(&mut self) {
        let limit = self.plan.ends + Span::from_millis(100);
        let (history, all) = (&mut self.history, &mut self.records);
        let advanced =
            self.timeline
                .advance_watched(limit, 10_000_000, |stepped, records, play| {
                    let run = play.run();
                    history.step(stepped, records.iter(), run.world(), run.broken());
                    all.extend_from_slice(records);
                });
        assert_eq!(advanced, Advanced::ToLimit);
    }

    /// Goes to a step and looks at its own time.
    pub fn at_step(&mut self, step: u64) -> Scene<'_> {
        self.timeline.seek(StepIndex(step));
        let time = self.timeline.run().world().now();
        self.scene(time)
    }

    /// Goes to a time.
    pub fn at(&mut self, time: &str) -> Scene<'_> {
        let time = SimTime(Span::parse(time).expect("a time").0);
        self.timeline.seek(self.history.step_at(time));
        self.scene(time)
    }

    fn scene(&self, time: SimTime) -> Scene<'_> {
        Scene {
            world: self.timeline.run().world(),
            history: &self.history,
            plan: &self.plan,
            time,
            pace: 1.0,
            parts_at: None,
            selection: None,
            until: None,
        }
    }

    pub fn end(&self) -> u64 {
        self.timeline.end().0
    }
}

/// The size that the window gives its centre at 1440 x 900.
pub fn centre(lang: Lang) -> Style {
    Style {
        width: 850.0,
        height: 590.0,
        lang,
        reduced_motion: false,
    }
}

/// The size of the bands there.
pub fn strip(lang: Lang) -> Style {
    Style {
        width: 1200.0,
        height: 150.0,
        ..centre(lang)
    }
}
