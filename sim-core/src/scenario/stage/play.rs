//! Plays a scenario to its end before an audience.

use super::director::Director;
use super::script::Script;
use crate::base::SimTime;
use crate::cluster::{Fact, Node, VOCABULARY};
use crate::engine::{Act, Director as _, Monitors, Observer, Run, Violation, World};
use crate::invariant::ZkMonitors;
use crate::scenario::format::{Ask, Place, Scenario, Step};
use crate::scenario::outcome::{Checked, Outcome, PlayOptions, Verdict};
use crate::scenario::{Audience, Cast};
use crate::trace::{Header, Record, TraceWriter};
use std::sync::Arc;

/// Something of the script that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A step was reached.
    Step(SimTime, Box<Step>),
    /// A question was reached.
    Asked(SimTime, Box<Ask>),
    /// Something was judged.
    Checked(Box<Checked>),
}

/// Plays a scenario to its end with all monitors.
pub fn play(scenario: &Scenario, options: &PlayOptions, audience: &mut impl Audience) -> Outcome {
    play_with(scenario, options, ZkMonitors::new(), audience)
}

/// Plays a scenario to its end with these monitors.
pub fn play_with<Mon: Monitors<Node>>(
    scenario: &Scenario,
    options: &PlayOptions,
    monitors: Mon,
    audience: &mut impl Audience,
) -> Outcome {
    let seed = options.seed.unwrap_or(scenario.seed);
    let Some(script) = Script::new(scenario, options.variant.as_deref()) else {
        return no_such_variant(options, seed);
    };
    let script = Arc::new(script);
    let compiled = &script.compiled;
    let world = World::pinned(compiled.world.clone(), seed, compiled.pins.clone());
    let mut director = Director::new(Arc::clone(&script), options.until);
    director.take_notes();
    let writer = (!options.no_hash).then(|| TraceWriter::only_hash(&header(&compiled.cast, seed)));
    let mut show = Show {
        all: writer.is_some() || audience.wants_all() || script.counts_messages,
        run: Run::new(world, monitors),
        director,
        writer,
        audience,
        records: Vec::new(),
        told: 0,
    };
    show.audience.begin(show.run.world());
    show.go_on(options.max_steps.unwrap_or(u64::MAX));
    show.audience.end(show.run.world());
    show.outcome(&script, seed)
}

/// What the hash of a trace begins with: nothing that another version of the program would change.
fn header(cast: &Cast, seed: u64) -> Header {
    Header {
        vocabulary: VOCABULARY,
        seed,
        nodes: cast
            .names()
            .iter()
            .map(std::string::ToString::to_string)
            .collect(),
        ..Header::default()
    }
}

fn no_such_variant(options: &PlayOptions, seed: u64) -> Outcome {
    let name = options.variant.as_deref().unwrap_or_default();
    Outcome {
        variant: options.variant.clone(),
        seed,
        checked: vec![Checked {
            place: Place::default(),
            path: "variants".into(),
            at: SimTime(0),
            step: crate::base::StepIndex(0),
            verdict: Verdict::Failed,
            expected: format!("a variant named \"{name}\"").into(),
            found: "there is none".into(),
        }],
        ..Outcome::default()
    }
}

/// A play before an audience.
struct Show<'a, Mon, A> {
    run: Run<Node, Mon>,
    director: Director,
    writer: Option<TraceWriter>,
    audience: &'a mut A,
    records: Vec<Record<Fact>>,
    /// Whether all records are wanted.
    all: bool,
    /// How many violations were told.
    told: usize,
}

impl<Mon: Monitors<Node>, A: Audience> Show<'_, Mon, A> {
    /// Takes steps until the director ends the play. The order of things is that of
    /// [`engine::Play`](crate::engine::Play).
    fn go_on(&mut self, max_steps: u64) {
        let mut settled = false;
        loop {
            while let Some(act) = self.director.act(&self.run) {
                self.tell_notices();
                self.perform(&act);
                settled = false;
            }
            self.tell_notices();
            if self.director.ended() {
                return;
            }
            if self.run.world().steps().0 >= max_steps {
                return self.director.stop(&self.run);
            }
            let now = self.run.world().now();
            let wakes = engine_wakes::<Mon>(&self.director).map(|at| at.max(now));
            let wakes = wakes.filter(|at| *at > now || !settled);
            let mut observer = Keep {
                records: &mut self.records,
                all: self.all,
            };
            let limit = wakes.unwrap_or(SimTime(u64::MAX));
            let stepped = self.run.step(limit, &mut observer);
            settled = stepped.is_none() && limit == now;
            self.tell_records();
            if stepped.is_none() && wakes.is_none() {
                return self.director.stop(&self.run);
            }
        }
    }

    fn perform(&mut self, act: &Act<Node>) {
        match act {
            Act::Fault(fault, text) => {
                let mut observer = Keep {
                    records: &mut self.records,
                    all: self.all,
                };
                let step = self.run.inject(fault, text.as_deref(), &mut observer);
                self.tell_records();
                let world = self.run.world();
                self.audience.faulted(world.now(), step, fault, world);
            }
            Act::Call(node, op) => {
                let call = self.run.call(*node, op.clone());
                engine_called::<Mon>(&mut self.director, call);
            }
        }
    }

    fn tell_records(&mut self) {
        let world = self.run.world();
        for record in self.records.drain(..) {
            engine_saw::<Mon>(&mut self.director, &record);
            if let Some(writer) = &mut self.writer {
                writer.push(&record);
            }
            self.audience.record(&record, world);
        }
        let unwatched = &self.director.script().scenario.unwatched;
        for violation in &self.run.broken()[self.told..] {
            if !unwatched.iter().any(|name| **name == *violation.property) {
                self.audience.violated(violation, world);
            }
        }
        self.told = self.run.broken().len();
    }

    fn tell_notices(&mut self) {
        let world = self.run.world();
        for notice in self.director.notices() {
            match notice {
                Notice::Step(at, step) => self.audience.step(at, &step, world),
                Notice::Asked(at, ask) => self.audience.asked(at, &ask, world),
                Notice::Checked(checked) => self.audience.checked(&checked, world),
            }
        }
    }

    fn outcome(mut self, script: &Script, seed: u64) -> Outcome {
        let world = self.run.world();
        let mut outcome = Outcome {
            variant: script.variant.clone(),
            seed,
            checked: self.director.checked().to_vec(),
            trace_hash: self.writer.as_mut().map_or(0, TraceWriter::finish),
            steps: world.steps().0,
            end: world.now(),
            ..Outcome::default()
        };
        sort_violations(script, self.run.broken(), &mut outcome);
        outcome
    }
}

/// Tells violations that the file announces from the others, and notes announced ones that did not come.
fn sort_violations(script: &Script, broken: &[Violation], outcome: &mut Outcome) {
    let scenario = &script.scenario;
    let cast = &script.compiled.cast;
    let announced = scenario.violates.iter().enumerate();
    let announced: Vec<_> = announced
        .filter(|(_, it)| script.includes(&it.only_in))
        .collect();
    let fits = |it: &crate::scenario::format::Violates, violation: &Violation| {
        let by = it
            .by
            .as_ref()
            .is_none_or(|by| cast.node(by) == Some(violation.node));
        by && *it.property == *violation.property
    };
    for violation in broken {
        if scenario
            .unwatched
            .iter()
            .any(|name| **name == *violation.property)
        {
            continue;
        }
        match announced.iter().any(|(_, it)| fits(it, violation)) {
            true => outcome.announced.push(violation.clone()),
            false => outcome.violations.push(violation.clone()),
        }
    }
    for (index, it) in announced {
        let came = outcome
            .announced
            .iter()
            .any(|violation| fits(it, violation));
        outcome.checked.push(Checked {
            place: it.place,
            path: format!("violates[{index}]").into(),
            at: outcome.end,
            step: crate::base::StepIndex(outcome.steps),
            verdict: if came { Verdict::Held } else { Verdict::Failed },
            expected: format!("{} breaks", it.property).into(),
            found: if came { "it broke" } else { "it did not break" }.into(),
        });
    }
}

/// Keeps the records of a step until it is over.
struct Keep<'a> {
    records: &'a mut Vec<Record<Fact>>,
    all: bool,
}

impl Observer<Node> for Keep<'_> {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        self.all
    }
    fn record(&mut self, record: Record<Fact>) {
        self.records.push(record);
    }
}

// The director directs runs with any monitors; these name the ones meant.

fn engine_wakes<Mon: Monitors<Node>>(director: &Director) -> Option<SimTime> {
    <Director as crate::engine::Director<Node, Mon>>::wakes_at(director)
}

fn engine_called<Mon: Monitors<Node>>(director: &mut Director, call: crate::base::CallId) {
    <Director as crate::engine::Director<Node, Mon>>::called(director, call);
}

fn engine_saw<Mon: Monitors<Node>>(director: &mut Director, record: &Record<Fact>) {
    <Director as crate::engine::Director<Node, Mon>>::saw(director, record);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Play;

    /// The loop before an audience and the engine's own, which a timeline uses, take the same steps.
    #[test]
    fn an_audience_changes_nothing() {
        let text = include_str!("../../../../scenarios/zookeeper/leader-crash-and-return.json");
        let scenario = Scenario::parse(text).expect("a shipped file");
        for seed in [1, 7, 42] {
            let options = PlayOptions {
                seed: Some(seed),
                ..PlayOptions::default()
            };
            let outcome = play(&scenario, &options, &mut ());
            let script = Arc::new(Script::new(&scenario, None).expect("the file itself"));
            let compiled = &script.compiled;
            let world = World::pinned(compiled.world.clone(), seed, compiled.pins.clone());
            let director = Director::new(Arc::clone(&script), None);
            let mut play = Play::new(Run::new(world, ZkMonitors::new()), director);
            let mut records: Vec<Record<Fact>> = Vec::new();
            while !play.director().ended() {
                play.step(outcome.end, &mut records);
            }
            let mut writer = TraceWriter::only_hash(&header(&compiled.cast, seed));
            for record in &records {
                writer.push(record);
            }
            assert_eq!(writer.finish(), outcome.trace_hash, "seed {seed}");
            assert_eq!(play.director().checked(), outcome.checked, "seed {seed}");
        }
    }
}
