//! Random orders and faults: what holds whatever happens.

use super::toy::*;
use crate::base::{HostId, Keys, NodeId, Point, Purpose, SimTime, Span};
use crate::engine::{
    Act, DiskFault, Fault, Latency, LinkSet, MessageAct, MessageRef, Run, Timeline, World,
    WorldSpec,
};
use crate::trace::{Header, Record, TraceWriter, What};
use std::collections::BTreeMap;

const NODES: u64 = 4;
const SEEDS: u64 = 40;
const ACTS: u32 = 300;

/// Numbers for one test, as many as wanted.
struct Dice {
    keys: Keys,
    nth: u32,
}

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        self.nth += 1;
        let draw = self.keys.at(Point {
            purpose: Purpose::Campaign,
            subject: 0,
            nth: self.nth,
        });
        draw % count
    }

    fn node(&mut self) -> NodeId {
        NodeId(self.below(NODES) as u16)
    }

    fn host(&mut self) -> HostId {
        HostId(self.below(NODES - 1) as u16)
    }

    fn span(&mut self) -> Span {
        Span(self.below(40_000_000))
    }

    fn latency(&mut self) -> Latency {
        match self.below(3) {
            0 => Latency::Fixed(self.span()),
            1 => Latency::Uniform {
                min: Span::ZERO,
                max: self.span(),
            },
            _ => Latency::Exponential {
                min: MS,
                mean: self.span(),
            },
        }
    }

    fn links(&mut self) -> LinkSet {
        let mut maybe = || (self.below(3) > 0).then(|| self.node());
        LinkSet {
            from: maybe(),
            to: maybe(),
            port: None,
        }
    }

    fn act(&mut self, breaks_tcp: bool) -> Act<Toy> {
        if self.below(5) < 3 {
            let what = match self.below(12) {
                0 | 1 => Do::Dial(self.node().0),
                2..=6 => Do::SendNext(self.below(6) as usize),
                7 => Do::Close(self.below(6) as usize),
                8 => Do::Arm(self.below(4) as u8, self.span()),
                9 => Do::Hand(crate::base::Lane(self.below(3) as u16), "work", self.span()),
                10 => Do::Write("line"),
                _ => Do::Sync,
            };
            return Act::Call(self.node(), what);
        }
        Act::Fault(self.fault(breaks_tcp), None)
    }

    fn fault(&mut self, breaks_tcp: bool) -> Fault {
        match self.below(if breaks_tcp { 21 } else { 18 }) {
            0..=3 => Fault::Start(self.node()),
            4 => Fault::Crash(self.node()),
            5 => Fault::PowerLoss(self.host()),
            6 => Fault::Pause(self.node()),
            7 | 8 => Fault::Resume(self.node()),
            9 => Fault::Partition(vec![vec![self.node()], vec![self.node(), self.node()]]),
            10 => Fault::Cut(self.links()),
            11 => Fault::Reject(self.links()),
            12 => Fault::Heal(LinkSet::ALL),
            13 => Fault::Latency(self.links(), Some(self.latency())),
            14 => Fault::Reset(self.links()),
            15 => Fault::Drift(self.host(), self.below(400_000) as i32 - 200_000),
            16 => Fault::Disk(self.node(), self.disk()),
            17 => Fault::SlowLane(self.node(), None, Some(self.latency())),
            18 => Fault::Swallow(self.links()),
            19 => Fault::Wipe(self.node()),
            _ => Fault::Message(
                MessageRef {
                    from: self.node(),
                    to: self.node(),
                    port: PORT,
                    kind: 1,
                    nth: self.below(20) as u32,
                },
                [
                    MessageAct::Hold,
                    MessageAct::Deliver,
                    MessageAct::Drop,
                    MessageAct::Duplicate,
                    MessageAct::Reorder,
                ][self.below(5) as usize],
            ),
        }
    }

    fn disk(&mut self) -> DiskFault {
        match self.below(6) {
            0 | 1 => DiskFault::None,
            2 => DiskFault::Slow(self.latency()),
            3 => DiskFault::Stall,
            4 => DiskFault::Full(self.below(20)),
            _ => DiskFault::TearNext,
        }
    }
}

/// Four toys, two of them on one host.
fn spec_of_three_hosts() -> WorldSpec<Toy> {
    let mut spec = spec(NODES as u16);
    spec.nodes[3].host = HostId(2);
    spec.timing.latency = Latency::Uniform {
        min: Span::ZERO,
        max: millis(20),
    };
    spec.timing.dial = spec.timing.latency;
    spec.timing.sync = spec.timing.latency;
    spec
}

fn timeline(seed: u64, breaks_tcp: bool) -> Timeline<Toy, (), ()> {
    let mut dice = Dice {
        keys: Keys::new(seed),
        nth: 0,
    };
    let world = World::new(spec_of_three_hosts(), seed);
    let mut timeline = Timeline::new(Run::new(world, ()), ());
    for node in 0..NODES {
        timeline.by_hand(Act::Fault(Fault::Start(NodeId(node as u16)), None));
    }
    for _ in 0..ACTS {
        let until = timeline.run().world().now() + Span(dice.span().0 / 8);
        timeline.advance(until, 1 + dice.below(30), |_| {});
        timeline.by_hand(dice.act(breaks_tcp));
    }
    timeline.advance(SimTime(1 << 50), 100_000, |_| {});
    timeline
}

fn hash(records: impl Iterator<Item = Record<String>>) -> u64 {
    let mut writer = TraceWriter::only_hash(&Header::default());
    records.for_each(|record| writer.push(&record));
    writer.finish()
}

#[test]
fn the_same_acts_leave_the_same_bytes() {
    for seed in 0..SEEDS {
        let (one, other) = (timeline(seed, true), timeline(seed, true));
        assert_eq!(
            hash(one.records().iter()),
            hash(other.records().iter()),
            "seed {seed}"
        );
        assert_eq!(
            one.run().fingerprint(),
            other.run().fingerprint(),
            "seed {seed}"
        );
    }
}

#[test]
fn every_state_can_be_played_again() {
    for seed in 0..SEEDS {
        let mut timeline = timeline(seed, true);
        let end = timeline.run().fingerprint();
        let middle = crate::base::StepIndex(timeline.end().0 / 2);
        timeline.seek(middle);
        let branch = timeline.branch();
        timeline.seek(crate::base::StepIndex(timeline.end().0 - 1));
        timeline.seek(middle);
        assert_eq!(
            branch.run().fingerprint(),
            timeline.run().fingerprint(),
            "seed {seed}"
        );
        timeline.seek(timeline.end());
        assert_eq!(timeline.run().fingerprint(), end, "seed {seed}");
    }
}

#[test]
fn a_record_never_comes_before_its_cause() {
    for seed in 0..SEEDS {
        let mut last = (0, SimTime(0));
        for record in timeline(seed, true).records().iter() {
            assert!(record.cause <= record.step, "seed {seed}: {record:?}");
            assert!(
                (record.step.0, record.at) >= last,
                "seed {seed}: {record:?}"
            );
            last = (record.step.0, record.at);
        }
    }
}

/// What one end of a connection went through, from its records.
#[derive(Default)]
struct Ended {
    by_peer: bool,
    by_owner: bool,
}

#[test]
fn connections_keep_what_tcp_promises() {
    for seed in 0..SEEDS {
        let mut ends: BTreeMap<u64, Ended> = BTreeMap::new();
        let mut expected: BTreeMap<u64, u64> = BTreeMap::new();
        let mut sent: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for record in timeline(seed, false).records().iter() {
            match record.what {
                What::Sent { conn, nth, .. } => sent.entry(conn.0).or_default().push(nth),
                What::Delivered { conn, nth, .. } => {
                    let end = ends.entry(conn.0).or_default();
                    assert!(!end.by_peer && !end.by_owner, "seed {seed}: {record:?}");
                    // In order and without gaps: the next that the other end sent.
                    let next = expected.entry(conn.0).or_default();
                    assert_eq!(sent[&(conn.0 ^ 1)][*next as usize], nth, "seed {seed}");
                    *next += 1;
                }
                What::Closed { conn, .. } => {
                    let end = ends.entry(conn.0).or_default();
                    assert!(!end.by_peer && !end.by_owner, "seed {seed}: {record:?}");
                    end.by_peer = true;
                }
                What::Hung { conn } => ends.entry(conn.0).or_default().by_owner = true,
                What::Opened { conn } => {
                    assert!(!ends.contains_key(&conn.0), "seed {seed}: {record:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn all_that_was_sent_arrives_if_nobody_interferes() {
    for seed in 0..SEEDS {
        let mut bench = Bench::of(spec_of_three_hosts(), seed);
        let mut dice = Dice {
            keys: Keys::new(seed),
            nth: 0,
        };
        for _ in 0..20 {
            bench.tell(dice.node().0, Do::Dial(dice.node().0));
            bench.run(dice.span());
        }
        for _ in 0..200 {
            bench.tell(dice.node().0, Do::SendNext(dice.below(5) as usize));
            bench.run(Span(dice.span().0 / 20));
        }
        bench.run(millis(100));
        let count = |wanted: fn(&What<String>) -> bool| {
            bench
                .seen
                .iter()
                .filter(|record| wanted(&record.what))
                .count()
        };
        let sent = count(|what| matches!(what, What::Sent { .. }));
        let got = count(|what| matches!(what, What::Delivered { .. }));
        assert_eq!(sent, got, "seed {seed}");
        assert!(sent > 100, "seed {seed}");
    }
}
