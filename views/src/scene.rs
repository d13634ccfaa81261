//! What a picture is drawn from: the world at a position, what was kept of the play, what is selected and hidden.
//!
//! A scene borrows; nothing in it is changed by drawing. Two scenes that are equal in what they borrow give equal
//! pictures, whichever way the position was reached.

use crate::history::History;
use crate::mark::Mark;
use sim_core::base::{NodeId, SimTime, Span, StepIndex};
use sim_core::cluster::World;
use sim_core::explain::Lang;
use sim_core::scenario::Script;
use sim_core::scenario::act::{Act, Nodes};
use sim_core::scenario::format::{Moment, Step};

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The world at the position: after the last step at or before the time shown.
    pub world: &'a World,
    /// What was kept of everything that was played, also of what is later than the position.
    pub history: &'a History,
    /// What the scenario says beforehand.
    pub plan: &'a Plan,
    /// The time shown. It may lie between two steps: messages are where they are then.
    pub time: SimTime,
    /// Simulated seconds per second of the wall: how long what is new looks new.
    pub pace: f64,
    /// When the play parts from another one that is shown beside it, if there is one.
    pub parts_at: Option<SimTime>,
    /// What is selected.
    pub selection: Option<Mark>,
    /// Nothing later than this may be seen: a question asks for it.
    pub until: Option<SimTime>,
}

impl Scene<'_> {
    /// Up to when anything may be shown.
    pub fn known(&self) -> SimTime {
        let played = self.history.ends().max(self.time);
        self.until.map_or(played, |until| until.min(played))
    }

    /// The step after which the world stands.
    pub fn step(&self) -> StepIndex {
        self.world.steps()
    }

    /// The name of a node.
    pub fn name(&self, node: NodeId) -> &str {
        let spec = self.world.spec().nodes.get(node.index());
        spec.map_or("?", |spec| &spec.name)
    }
}

/// How it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Width in points at 100 % zoom.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// The language of texts and accessible names.
    pub lang: Lang,
    /// Whether nothing moves: a message is an arrow that says how far it is, and only what the last step changed is new.
    pub reduced_motion: bool,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: SimTime,
    /// Its end, later than its beginning.
    pub to: SimTime,
}

impl Window {
    /// The part of it that lies before a moment, from 0 to 1; less or more for moments outside.
    pub fn fraction(self, at: SimTime) -> f32 {
        let length = (self.to.0.saturating_sub(self.from.0)).max(1) as f64;
        ((at.0 as f64 - self.from.0 as f64) / length) as f32
    }

    /// The moment at a part of it.
    pub fn at(self, fraction: f32) -> SimTime {
        let length = self.to.0.saturating_sub(self.from.0) as f64;
        let into = (length * f64::from(fraction.clamp(0.0, 1.0))) as u64;
        SimTime(self.from.0 + into)
    }
}

/// What a scenario says beforehand: when each node is first started, and when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// By node: when its first start stands in the scenario, if the time is known.
    pub starts: Vec<Option<SimTime>>,
    /// The last time that the scenario names.
    pub ends: SimTime,
}

impl Plan {
    /// The plan of a script.
    pub fn of(script: &Script) -> Self {
        let cast = &script.compiled().cast;
        let mut plan = Self {
            starts: vec![None; cast.names().len()],
            ends: SimTime(0),
        };
        plan.read(script, &script.scenario().steps, Some(SimTime(0)));
        plan
    }

    /// Walks a list of steps from a moment that is known, or is not.
    fn read(&mut self, script: &Script, steps: &[Step], mut now: Option<SimTime>) {
        for step in steps.iter().filter(|step| script.includes(&step.only_in)) {
            now = match &step.moment {
                Moment::Next => now,
                Moment::At(time) => Some(*time),
                Moment::Later(span) => now.map(|now| now + *span),
                Moment::When { .. } | Moment::After { .. } => None,
            };
            if let Some(now) = now {
                self.ends = self.ends.max(now + step.lasts.unwrap_or(Span::ZERO));
            }
            for act in &step.acts {
                self.note(script, act, now);
            }
            self.read(script, &step.meanwhile, now);
        }
    }

    fn note(&mut self, script: &Script, act: &Act, now: Option<SimTime>) {
        let Act::Start(nodes) = act else {
            return;
        };
        let cast = &script.compiled().cast;
        let named = nodes.named().filter_map(|it| cast.node(it.text()));
        let all = matches!(nodes, Nodes::All).then(|| cast.servers());
        for node in named.chain(all.into_iter().flatten()) {
            let start = &mut self.starts[node.index()];
            *start = start.or(now);
        }
    }
}
