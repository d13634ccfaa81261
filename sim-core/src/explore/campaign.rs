//! Plays numbered plans, counts what a plan was worth, and books what broke.
//!
//! *Booking*: a plan that breaks properties on a released version is played again with one quirk switched off at a
//! time, on the same draws; the quirk whose absence removes a break is its cause. What no single quirk explains is
//! tried with all of them off; what is left then is news.
//!
//! Behind the end of a plan its clients stop, and what servers show then is compared once more, *at rest*.

use crate::base::{NodeId, SimTime, Span};
use crate::cluster::{Fact, Node, World};
use crate::engine::{Fault, Monitors, NodeStatus, Observer, Run, Violation};
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
    let serves = serves(run.world());
    quieten(&mut run, plan.end_at + QUIET, &mut tally);
    run.rest();
    Played {
        seed: plan.seed,
        simulated: Span(run.world().now().0),
        steps: run.world().steps().0,
        operations: tally.operations,
        faults: plan.faults,
        leaders: tally.leaders,
        serves,
        broken: first_of_each(run.broken()),
        exits: tally.exits,
    }
}

fn go<Mon: Monitors<Node>>(run: &mut Run<Node, Mon>, to: Span, tally: &mut impl Observer<Node>) {
    while run.step(SimTime(to.0), tally).is_some() {}
}

/// How long a plan goes on without its clients.
const QUIET: Span = Span::from_secs(2);

/// The clients die, and what is under way comes to its end.
fn quieten<Mon: Monitors<Node>>(
    run: &mut Run<Node, Mon>,
    to: Span,
    tally: &mut impl Observer<Node>,
) {
    for node in (0..run.world().spec().nodes.len() as u16).map(NodeId) {
        let world = run.world();
        let client = world.spec().nodes[node.index()]
            .config
            .zk_server()
            .is_none();
        if client && world.status(node) != NodeStatus::Down {
            run.inject(&Fault::Crash(node), None, tally);
        }
    }
    go(run, to, tally);
}

/// Whether an act still means something: acts of one plan overlap.
fn applies<Mon: Monitors<Node>>(run: &Run<Node, Mon>, fault: &Fault) -> bool {
    use NodeStatus::{Down, Paused, Up};
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

/// Finds the quirks behind what the plan number `seed` breaks: one answer for each of the properties.
pub fn book<Mon: Monitors<Node>>(
    seed: u64,
    settings: Settings,
    properties: &[&str],
    monitors: impl Fn() -> Mon,
) -> Vec<Booking> {
    let broken = |quirks: Quirks| {
        let played = play(seed, Settings { quirks, ..settings }, monitors());
        let names = played.broken.into_iter().map(|it| it.property);
        names.collect::<Vec<&str>>()
    };
    let mut booked: Vec<Option<Booking>> = vec![None; properties.len()];
    let gone = |booked: &mut [Option<Booking>], still: &[&str], cause: Booking| {
        for (slot, property) in booked.iter_mut().zip(properties) {
            if !still.contains(property) {
                slot.get_or_insert(cause);
            }
        }
    };
    for quirk in settings.quirks.iter() {
        if booked.iter().any(Option::is_none) {
            let still = broken(settings.quirks.without(quirk));
            gone(&mut booked, &still, Booking::Quirk(quirk));
        }
    }
    if booked.iter().any(Option::is_none) {
        gone(&mut booked, &broken(Quirks::NONE), Booking::Several);
    }
    let news = booked.into_iter().map(|it| it.unwrap_or(Booking::News));
    news.collect()
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

    /// Looks at a world at rest, as `ZkMonitors` does, and at nothing else.
    #[derive(Clone, Default)]
    struct AtRest;

    impl Monitors<Node> for AtRest {
        fn observe(&mut self, _: &Record<Fact>, _: &World, _: &mut Vec<Violation>) {}
        fn lifecycle(&mut self, _: NodeId, _: bool, _: &World, _: &mut Vec<Violation>) {}
        fn reset(&mut self) {}
        fn rested(&mut self, world: &World, broken: &mut Vec<Violation>) {
            let nodes = (0..world.spec().nodes.len() as u16).map(NodeId);
            let servers = nodes.filter_map(|node| world.node(node)?.zk_server());
            let serving = servers.filter(|server| server.is_serving());
            let counters: Vec<u32> = serving.map(|it| it.last_zxid().counter()).collect();
            assert!(world.now().0 > 35_000_000_000, "a plan lasts 35 s");
            broken.push(Violation {
                property: "at rest",
                promised: counters.windows(2).all(|pair| pair[0] == pair[1]),
                step: world.steps(),
                at: world.now(),
                node: NodeId::OUTSIDE,
                says: format!("{counters:?}").into(),
                because: crate::base::Steps::default(),
            });
        }
    }

    /// Two seconds after the last request whoever serves is at the same place: what monitors are
    /// shown is at rest. A session may expire at that very moment.
    #[test]
    fn monitors_see_a_plan_once_it_is_at_rest() {
        let played = |seed| play(seed, FIXED, AtRest);
        let seen: Vec<Vec<Violation>> = (0..20).map(|seed| played(seed).broken).collect();
        assert!(seen.iter().all(|broken| broken.len() == 1));
        let differ: Vec<&str> = seen
            .iter()
            .filter(|broken| !broken[0].promised)
            .map(|broken| &*broken[0].says)
            .collect();
        assert!(differ.is_empty(), "{differ:?}");
    }

    /// A read that timed out was told to the main loop by a slow thread, when the observer already
    /// followed again and had not connected: it set a timer of no length, again and again.
    #[test]
    fn a_late_word_of_an_earlier_time_as_learner_stops_no_clock() {
        let release = Release::V3_8_0;
        assert!(play(288, Settings { release, ..FIXED }, ()).serves);
    }

    #[test]
    fn the_same_number_is_the_same_run() {
        assert_eq!(play(5, FIXED, ()), play(5, FIXED, ()));
    }
}
