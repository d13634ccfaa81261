//! Plays and timelines: the same state wherever one comes from.

use super::toy::*;
use crate::base::{CallId, NodeId, SimTime, Span, StepIndex};
use crate::engine::{
    Act, Advanced, Director, Fault, Latency, Meta, Monitors, Run, Timeline, Violation, World,
};
use crate::trace::{Record, What};

/// Counts lines about messages; holds that nobody gets "bad".
#[derive(Clone, Debug, Default)]
struct Watching {
    got: u64,
    lives: i64,
}

const NO_BAD: Meta = Meta {
    name: "toy.no-bad",
    says: "nobody gets bad",
    source: "this test",
    promised_when: "always",
};

impl Monitors<Toy> for Watching {
    fn observe(&mut self, record: &Record<String>, _: &World<Toy>, broken: &mut Vec<Violation>) {
        let What::Fact(line) = &record.what else {
            return;
        };
        self.got += u64::from(line.contains("got"));
        if line.ends_with("bad") {
            broken.push(Violation {
                property: NO_BAD.name,
                promised: true,
                step: record.step,
                at: record.at,
                node: record.node,
                says: line.as_str().into(),
                because: record.because.clone(),
            });
        }
    }
    fn lifecycle(&mut self, _: NodeId, up: bool, _: &World<Toy>, _: &mut Vec<Violation>) {
        self.lives += if up { 1 } else { -1 };
    }
    fn reset(&mut self) {
        *self = Self::default();
    }
}

/// Starts two toys, lets them talk every 10 ms, crashes the second one when it has got 40 messages.
#[derive(Clone, Debug, Default)]
struct Story {
    said: u64,
    heard: u64,
    crashed: bool,
    calls: u32,
}

impl Director<Toy, Watching> for Story {
    fn wakes_at(&self) -> Option<SimTime> {
        Some(SimTime(self.said * 10_000_000))
    }
    fn act(&mut self, run: &Run<Toy, Watching>) -> Option<Act<Toy>> {
        if self.heard >= 40 && !self.crashed {
            self.crashed = true;
            return Some(Act::Fault(Fault::Crash(NodeId(1)), Some("enough".into())));
        }
        if run.world().now() < SimTime(self.said * 10_000_000) {
            return None;
        }
        self.said += 1;
        Some(match self.said {
            1 => Act::Fault(Fault::Start(NodeId(0)), None),
            2 => Act::Fault(Fault::Start(NodeId(1)), None),
            3 => Act::Call(NodeId(0), Do::Dial(1)),
            _ => Act::Call(NodeId(0), Do::Send(0, "good")),
        })
    }
    fn called(&mut self, call: CallId) {
        assert!(call >= CallId(self.calls), "numbers go up");
        self.calls += 1;
    }
    fn wants_facts(&self) -> bool {
        true
    }
    fn saw(&mut self, record: &Record<String>) {
        if let What::Fact(line) = &record.what {
            self.heard += u64::from(line.contains("got"));
        }
    }
}

fn story() -> Timeline<Toy, Watching, Story> {
    let mut spec = spec(2);
    spec.timing.latency = Latency::Uniform {
        min: Span::ZERO,
        max: millis(30),
    };
    let run = Run::new(World::new(spec, 5), Watching::default());
    Timeline::new(run, Story::default())
}

const LONG: SimTime = SimTime(1_000_000_000_000);

/// Everything that a state is told apart by.
fn state(timeline: &Timeline<Toy, Watching, Story>) -> (u64, u64, u64, i64, SimTime) {
    let run = timeline.run();
    let monitors = run.monitors();
    let said = timeline.now().director().said;
    let now = run.world().now();
    (run.fingerprint(), said, monitors.got, monitors.lives, now)
}

#[test]
fn the_director_acts_and_the_monitors_see() {
    let mut timeline = story();
    assert_eq!(
        timeline.advance(SimTime(2_000_000_000), u64::MAX, |_| {}),
        Advanced::ToLimit
    );
    let run = timeline.run();
    assert_eq!(run.monitors().got, 40);
    assert_eq!(run.monitors().lives, 1);
    assert_eq!(run.world().now(), SimTime(2_000_000_000));
    let records: Vec<_> = timeline.records().iter().collect();
    let fault = What::Faulted("enough".into());
    assert_eq!(
        records.iter().filter(|record| record.what == fault).count(),
        1
    );
}

#[test]
fn every_position_is_reached_the_same_from_both_sides() {
    let mut timeline = story();
    let mut states = vec![state(&timeline)];
    while timeline.end() < StepIndex(30_000) {
        timeline.advance(LONG, 1, |_| {});
        states.push(state(&timeline));
    }
    assert_eq!(timeline.checkpoints(), 4);
    for step in [
        30_000, 0, 1, 8_191, 8_192, 8_193, 29_999, 5, 16_384, 16_000, 100, 101,
    ] {
        timeline.seek(StepIndex(step));
        assert_eq!(timeline.position(), StepIndex(step));
        assert_eq!(state(&timeline), states[step as usize], "step {step}");
    }
    timeline.seek(StepIndex(u64::MAX));
    assert_eq!(timeline.position(), StepIndex(30_000));
}

#[test]
fn a_time_leads_to_its_last_step() {
    let mut timeline = story();
    timeline.advance(LONG, 20_000, |_| {});
    let records: Vec<_> = timeline.records().iter().collect();
    for time in [
        0,
        19_999_999,
        20_000_000,
        20_500_000,
        30_000_000_000,
        u64::MAX,
    ] {
        let mut at_most = records.iter().filter(|record| record.at.0 <= time);
        let expected = at_most
            .next_back()
            .map_or(StepIndex(0), |record| record.step);
        assert_eq!(timeline.step_at(SimTime(time)), expected, "at {time}");
    }
}

#[test]
fn what_a_hand_did_is_played_again() {
    let mut timeline = story();
    timeline.advance(SimTime(100_500_000), u64::MAX, |_| {});
    timeline.by_hand(Act::Call(NodeId(0), Do::Send(0, "bad")));
    timeline.by_hand(Act::Fault(Fault::Pause(NodeId(1)), None));
    timeline.advance(SimTime(150_500_000), u64::MAX, |_| {});
    timeline.by_hand(Act::Fault(Fault::Resume(NodeId(1)), None));
    timeline.advance(LONG, 200, |_| {});
    let broken = timeline.run().broken().to_vec();
    assert_eq!(broken.len(), 1);
    let end = state(&timeline);
    let before = StepIndex(timeline.end().0 - 1);
    timeline.seek(StepIndex(3));
    assert!(timeline.run().broken().is_empty());
    timeline.seek(before);
    timeline.forget_later();
    timeline.advance(LONG, 1, |_| {});
    assert_eq!(state(&timeline), end);
    assert_eq!(timeline.run().broken(), broken);
}

#[test]
fn a_branch_shares_the_past_and_not_the_future() {
    let mut timeline = story();
    timeline.advance(LONG, 20_000, |_| {});
    let end = state(&timeline);
    timeline.seek(StepIndex(150));
    let mut branch = timeline.branch();
    assert_eq!(branch.end(), StepIndex(150));
    branch.by_hand(Act::Fault(Fault::Crash(NodeId(0)), None));
    branch.advance(LONG, 500, |_| {});
    let shared = |timeline: &Timeline<Toy, Watching, Story>| -> Vec<_> {
        let records = timeline.records().iter();
        records.take_while(|record| record.step.0 <= 150).collect()
    };
    assert_eq!(shared(&branch), shared(&timeline));
    assert_ne!(
        branch.records().step(StepIndex(151)).next(),
        timeline.records().step(StepIndex(151)).next()
    );
    timeline.seek(StepIndex(u64::MAX));
    assert_eq!(state(&timeline), end);
    // Without a hand, a branch goes the way of the whole.
    timeline.seek(StepIndex(9_000));
    let mut same = timeline.branch();
    same.advance(LONG, 11_000, |_| {});
    assert_eq!(state(&same), end);
    assert!(same.records().iter().eq(timeline.records().iter()));
}
