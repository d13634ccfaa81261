//! Plays numbered plans, counts what a plan was worth, and books what broke.
//!
//! *Booking*: a plan that breaks a property on a released version is played again with one quirk switched off at a
//! time, on the same draws; the quirk whose absence removes the break is its cause. What no single quirk explains is
//! tried with all of them off; what is left then is news.

use crate::base::{SimTime, Span};
use crate::cluster::{Fact, Node, World};
use crate::engine::{Fault, Monitors, Observer, Run, Violation};
use crate::explore::{Plan, Settings, plan};
use crate::trace::Record;
use crate::zookeeper::{self, Phase, Quirk, Quirks, ServerState};

/// What playing one plan showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The plan's number.
    pub seed: u64,
    /// Simulated time.
    pub simulated: Span,
    /// Steps taken.
    pub steps: u64,
    /// Client operations that were answered, errors included.
    pub operations: u64,
    /// Faults injected.
    pub faults: u32,
    /// Leaders that were established.
    pub leaders: u32,
    /// Whether a leader with a quorum served at the end, after everything was healed.
    pub serves: bool,
    /// Properties that broke, in the order found; of each property the first break only.
    pub broken: Vec<Violation>,
    /// Steps at which a server ended itself, and its exit code.
    pub exits: Vec<(SimTime, i32)>,
}

impl Played {
    /// Whether it is worth counting: at least 30 simulated seconds, 200 operations and 3 faults.
    pub fn counts(&self) -> bool {
        self.simulated >= Span::from_secs(30) && self.operations >= 200 && self.faults >= 3
    }
}

/// What explains a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booking {
    /// It is gone without this quirk.
    Quirk(Quirk),
    /// It is gone without any quirk, but no single one removes it.
    Several,
    /// It breaks with every quirk off too.
    News,
}

/// Counts what a run leaves.
struct Tally<T> {
    operations: u64,
    leaders: u32,
    exits: Vec<(SimTime, i32)>,
    tell: T,
}

impl<T: FnMut(&Record<Fact>)> Observer<Node> for Tally<T> {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        false
    }
    fn record(&mut self, record: Record<Fact>) {
        (self.tell)(&record);
        let crate::trace::What::Fact(Fact::Zk(fact)) = &record.what else {
            return;
        };
        match fact {
            zookeeper::Fact::Answered { .. } => self.operations += 1,
            zookeeper::Fact::Established { .. } => self.leaders += 1,
            zookeeper::Fact::Fatal { code, .. } => self.exits.push((record.at, *code)),
            _ => {}
        }
    }
}

/// Plays the plan number `seed` and watches it with fresh monitors.
pub fn play<Mon: Monitors<Node>>(seed: u64, settings: Settings, monitors: Mon) -> Played {
    play_plan(plan(seed, settings), monitors)
}

/// Plays a plan and watches it with fresh monitors.
pub fn play_plan<Mon: Monitors<Node>>(plan: Plan, monitors: Mon) -> Played {
    play_told(plan, monitors, |_| {})
}

/// As [`play_plan`]; `tell` gets every fact, and every fault as a record.
pub fn play_told<Mon: Monitors<Node>>(
    plan: Plan,
    monitors: Mon,
    tell: impl FnMut(&Record<Fact>),
) -> Played {
    let mut run = Run::new(World::new(plan.world, plan.seed), monitors);
    let mut tally = Tally {
        operations: 0,
        leaders: 0,
        exits: Vec::new(),
        tell,
    };
    for (at, fault) in &plan.acts {
        go(&mut run, *at, &mut tally);
        if applies(&run, fault) {
            run.inject(fault, None, &mut tally);
        }
    }
    go(&mut run, plan.end_at, &mut tally);
    Played {
        seed: plan.seed,
        simulated: Span(run.world().now().0),
        steps: run.world().steps().0,
        operations: tally.operations,
        faults: plan.faults,
        leaders: tally.leaders,
        serves: serves(run.world()),
        broken: first_of_each(run.broken()),
        exits: tally.exits,
    }
}

fn go<Mon: Monitors<Node>>(run: &mut Run<Node, Mon>, to: Span, tally: &mut impl Observer<Node>) {
    while run.step(SimTime(to.0), tally).is_some() {}
}

/// Whether an act still means something: acts of one plan overlap.
fn applies<Mon: Monitors<Node>>(run: &Run<Node, Mon>, fault: &Fault) -> bool {
    use crate::engine::NodeStatus::{Down, Paused, Up};
    let status = |node| run.world().status(node);
    match fault {
        Fault::Start(node) => status(*node) == Down,
        Fault::Crash(node) => status(*node) != Down,
        Fault::Pause(node) => status(*node) == Up,
        Fault::Resume(node) => status(*node) == Paused,
        _ => true,
    }
}

/// Whether some leader serves with a quorum of servers that follow it and serve too.
fn serves(world: &World) -> bool {
    let servers: Vec<_> = (0..world.spec().nodes.len())
        .filter_map(|index| world.node(crate::base::NodeId(index as u16))?.zk_server())
        .collect();
    let serving = servers
        .iter()
        .filter(|server| server.phase() == Phase::Broadcast);
    let leads = servers
        .iter()
        .any(|server| server.state() == ServerState::Leading && server.phase() == Phase::Broadcast);
    leads && serving.count() * 2 > servers.len()
}

fn first_of_each(broken: &[Violation]) -> Vec<Violation> {
    let mut first: Vec<Violation> = Vec::new();
    for violation in broken {
        if first.iter().all(|it| it.property != violation.property) {
            first.push(violation.clone());
        }
    }
    first
}

/// Finds the quirk behind the break of `property` in the plan number `seed`.
pub fn book<Mon: Monitors<Node>>(
    seed: u64,
    settings: Settings,
    property: &str,
    monitors: impl Fn() -> Mon,
) -> Booking {
    let breaks = |quirks: Quirks| {
        let played = play(seed, Settings { quirks, ..settings }, monitors());
        played
            .broken
            .iter()
            .any(|violation| violation.property == property)
    };
    for quirk in settings.quirks.iter() {
        if !breaks(settings.quirks.without(quirk)) {
            return Booking::Quirk(quirk);
        }
    }
    if breaks(Quirks::NONE) {
        Booking::News
    } else {
        Booking::Several
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zookeeper::Release;

    const FIXED: Settings = Settings {
        release: Release::V3_5_7,
        quirks: Quirks::NONE,
    };

    #[test]
    fn most_plans_count_and_every_healed_ensemble_serves() {
        let played: Vec<Played> = (0..40).map(|seed| play(seed, FIXED, ())).collect();
        let counted = played.iter().filter(|played| played.counts()).count();
        assert!(counted >= 36, "only {counted} of 40 plans count");
        let silent: Vec<u64> = played
            .iter()
            .filter(|it| !it.serves)
            .map(|it| it.seed)
            .collect();
        assert!(
            silent.is_empty(),
            "nobody serves after healing in {silent:?}"
        );
    }

    #[test]
    fn the_same_number_is_the_same_run() {
        assert_eq!(play(5, FIXED, ()), play(5, FIXED, ()));
    }
}
