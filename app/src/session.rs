//! One play of one scenario text: played ahead by budget, looked at anywhere.
//!
//! A session never changes its text; a hand makes another session of another text. What is played is bounded: a file
//! or a link from anywhere may ask for more than a window should hold, and then the play ends early and says so.
//! Read `sim_core::engine::Timeline` for how going back works.

use crate::failure::Failure;
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::{Fact, Node, World};
use sim_core::engine::{Advanced, Run, Timeline};
use sim_core::explain::Names;
use sim_core::invariant::ZkMonitors;
use sim_core::scenario::{Director, Scenario, Script};
use sim_core::trace::{Record, RecordLog, What};
use std::sync::Arc;
use views::history::History;
use views::narration::{Level, level};
use views::scene::Plan;

/// A play of a session: world, monitors, director, with its past.
pub type Play = Timeline<Node, ZkMonitors, Director>;

/// The longest text that a window opens.
pub const MAX_TEXT: usize = 1 << 20;
/// The most steps that a session plays.
pub const MAX_STEPS: u64 = 2_000_000;
/// The most bytes of records that a session keeps.
pub const MAX_RECORD_BYTES: usize = 96 << 20;

/// What is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name of the file or of the shipped scenario.
    pub name: Box<str>,
    /// The text of the file.
    pub text: Arc<str>,
    /// Which variant.
    pub variant: Option<Box<str>>,
    /// From which seed.
    pub seed: u64,
}

/// How far a session has played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It plays on.
    Playing,
    /// The scenario ended.
    Ended,
    /// It was too much for a window: the play was cut here.
    Capped,
    /// Somebody stopped it here; it can go on.
    Stopped,
}

/// What a step is to someone who plays it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepKind(u8);

impl StepKind {
    const TELLING: u8 = 1;
    const TURN: u8 = 2;
    const OUTSIDE: u8 = 4;
    const DELIVERS: u8 = 8;

    /// Whether it left a fact that a story tells.
    pub fn is_telling(self) -> bool {
        self.0 & (Self::TELLING | Self::TURN | Self::OUTSIDE) != 0
    }

    /// Whether it came from outside.
    pub fn is_outside(self) -> bool {
        self.0 & Self::OUTSIDE != 0
    }

    /// Whether a message arrived.
    pub fn delivers(self) -> bool {
        self.0 & Self::DELIVERS != 0
    }

    fn of(records: &[Record<Fact>]) -> Self {
        let mut kind = 0;
        for record in records {
            kind |= match &record.what {
                What::Fact(fact) => match level(fact) {
                    Level::Turn => Self::TURN | Self::TELLING,
                    Level::Traffic => Self::TELLING,
                    Level::Detail => 0,
                },
                What::Faulted(_) => Self::OUTSIDE,
                What::Delivered { .. } => Self::DELIVERS,
                _ => 0,
            };
        }
        Self(kind)
    }
}

/// A play of a scenario.
#[derive(Clone, Debug)]
pub struct Session {
    source: Source,
    script: Arc<Script>,
    names: Names,
    plan: Plan,
    history: History,
    play: Play,
    /// The time of each step, from the first on.
    times: Vec<SimTime>,
    kinds: Vec<StepKind>,
    /// The steps of [`StepKind::is_telling`] with their nodes, in order.
    telling: Vec<(StepIndex, NodeId)>,
    progress: Progress,
    /// When the scenario ended, or was cut.
    end: SimTime,
}

impl Session {
    /// Reads a text and stands at its start; nothing is played yet.
    pub fn open(
        name: &str,
        text: &str,
        variant: Option<&str>,
        seed: Option<u64>,
    ) -> Result<Self, Failure> {
        let source = Source {
            name: name.into(),
            text: text.into(),
            variant: variant.map(Into::into),
            seed: seed.unwrap_or_default(),
        };
        let mut session = Self::play(source)?;
        if seed.is_none() {
            let own = session.scenario().seed;
            session = session.from_seed(own);
        }
        Ok(session)
    }

    /// As [`Session::open`], of what is to be played.
    pub fn play(source: Source) -> Result<Self, Failure> {
        let (name, text) = (&source.name, &source.text);
        if text.len() > MAX_TEXT {
            let (size, most) = (text.len() >> 10, MAX_TEXT >> 10);
            return Err(Failure::TooLong(name.clone(), size, most));
        }
        let wrong = |wrong| Failure::NoScenario(name.clone(), (&**text).into(), wrong);
        let scenario = Scenario::parse(text).map_err(wrong)?;
        let variant = source.variant.as_deref().or(scenario.plays()[0]);
        let Some(script) = Script::new(&scenario, variant) else {
            return Err(Failure::NoVariant(variant.unwrap_or_default().into()));
        };
        let variant = variant.map(Into::into);
        let source = Source { variant, ..source };
        Ok(Self::of(source, Arc::new(script)))
    }

    /// The same from another seed, at its start.
    fn from_seed(self, seed: u64) -> Self {
        let source = Source {
            seed,
            ..self.source
        };
        Self::of(source, self.script)
    }

    fn of(source: Source, script: Arc<Script>) -> Self {
        let compiled = script.compiled();
        let names = Names::of(&compiled.world);
        let nodes = compiled.world.nodes.len();
        let world = World::pinned(compiled.world.clone(), source.seed, compiled.pins.clone());
        let run = Run::new(world, ZkMonitors::new());
        let director = Director::new(Arc::clone(&script), None);
        Self {
            plan: Plan::of(&script),
            source,
            history: History::new(nodes),
            names,
            play: Timeline::new(run, director),
            script,
            times: Vec::new(),
            kinds: Vec::new(),
            telling: Vec::new(),
            progress: Progress::Playing,
            end: SimTime(0),
        }
    }

    /// Plays on, not more than `max_steps`; what one looks at stays. Answers whether more is left.
    pub fn play_on(&mut self, max_steps: u64) -> bool {
        if self.progress != Progress::Playing {
            return false;
        }
        let (times, kinds) = (&mut self.times, &mut self.kinds);
        let telling = &mut self.telling;
        let limit = SimTime(u64::MAX);
        let history = &mut self.history;
        let advanced = self
            .play
            .play_on(limit, max_steps, |stepped, records, play| {
                let run = play.run();
                history.step(stepped, records.iter(), run.world(), run.broken());
                let kind = StepKind::of(records);
                times.push(stepped.at);
                kinds.push(kind);
                if kind.is_telling() {
                    telling.push((stepped.step, stepped.node));
                }
            });
        self.end = self.times.last().copied().unwrap_or_default();
        if advanced == Advanced::ToLimit {
            self.progress = Progress::Ended;
            let ended_at = self.play.last().run().world().now();
            if self.play.last().director().ended() {
                self.end = ended_at;
            }
        } else if self.times.len() as u64 >= MAX_STEPS
            || self.play.records().size() >= MAX_RECORD_BYTES
        {
            self.progress = Progress::Capped;
        }
        self.progress == Progress::Playing
    }

    /// Ends the play here for now.
    pub fn stop(&mut self) {
        if self.progress == Progress::Playing {
            self.progress = Progress::Stopped;
        }
    }

    /// Lets a play that was stopped go on.
    pub fn resume(&mut self) {
        if self.progress == Progress::Stopped {
            self.progress = Progress::Playing;
        }
    }

    /// Looks at the state after a step, or at the last one played.
    pub fn seek(&mut self, step: StepIndex) {
        self.play.seek(step.max(self.start()).min(self.last()));
    }

    /// The step after which one looks.
    pub fn position(&self) -> StepIndex {
        self.play.position()
    }

    /// The last step played.
    pub fn last(&self) -> StepIndex {
        StepIndex(self.times.len() as u64)
    }

    /// The time of the end, as far as it is known.
    pub fn end(&self) -> SimTime {
        self.end
    }

    /// How far it has played.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The time of a step; the start for step 0.
    pub fn time_of(&self, step: StepIndex) -> SimTime {
        let index = step.0.min(self.times.len() as u64).checked_sub(1);
        index.map_or(SimTime(0), |index| self.times[index as usize])
    }

    /// The last step at or before a time, as far as it was played.
    pub fn step_at(&self, time: SimTime) -> StepIndex {
        let step = self.times.partition_point(|at| *at <= time);
        StepIndex(step as u64).max(self.start()).min(self.last())
    }

    /// What a step is.
    pub fn kind_of(&self, step: StepIndex) -> StepKind {
        let index = step.0.checked_sub(1);
        let kind = index.and_then(|index| self.kinds.get(index as usize));
        kind.copied().unwrap_or_default()
    }

    /// The next step after one that a story tells.
    pub fn telling_after(&self, step: StepIndex) -> Option<StepIndex> {
        let next = self.telling.partition_point(|(it, _)| *it <= step);
        self.telling.get(next).map(|(it, _)| *it)
    }

    /// The last step at or before one that a story tells; of this node, if one is given.
    pub fn telling_at(&self, step: StepIndex, node: Option<NodeId>) -> Option<StepIndex> {
        let later = self.telling.partition_point(|(it, _)| *it <= step);
        let mut before = self.telling[..later].iter().rev();
        let found = before.find(|(_, whose)| node.is_none_or(|node| node == *whose));
        found.map(|(it, _)| *it)
    }

    /// The next moment worth going to after a step.
    pub fn moment_after(&self, step: StepIndex) -> Option<StepIndex> {
        self.history.moment_after(step).map(|it| it.step)
    }

    /// The last moment worth going to before a step.
    pub fn moment_before(&self, step: StepIndex) -> Option<StepIndex> {
        self.history.moment_before(step).map(|it| it.step)
    }

    /// The first position one looks at: after the settings of the scenario, before anything happens.
    pub fn start(&self) -> StepIndex {
        StepIndex(self.script.compiled().settings.len() as u64)
    }

    /// What the scenario says beforehand.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What is played.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The script.
    pub fn script(&self) -> &Arc<Script> {
        &self.script
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        self.script.scenario()
    }

    /// Who is who.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// What was kept of everything played so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The world at the position.
    pub fn world(&self) -> &World {
        self.play.run().world()
    }

    /// The run at the position: world, monitors, what broke so far.
    pub fn run(&self) -> &Run<Node, ZkMonitors> {
        self.play.run()
    }

    /// The director after the last step played: what of the script was reached, asked, judged.
    pub fn director(&self) -> &Director {
        self.play.last().director()
    }

    /// The director at the position.
    pub fn director_now(&self) -> &Director {
        self.play.now().director()
    }

    /// All records played so far.
    pub fn records(&self) -> &RecordLog<Fact> {
        self.play.records()
    }

    /// The number of checkpoints, for measurements.
    pub fn checkpoints(&self) -> usize {
        self.play.checkpoints()
    }

    /// A node's name in the scenario.
    pub fn node_name(&self, node: NodeId) -> &str {
        self.script.compiled().cast.name(node)
    }
}
