//! Five nodes, a heartbeat to all others every 10 ms, latency uniform 1-5 ms.

use crate::{Figure, timed};
use serde::{Deserialize, Serialize};
use sim_core::base::{Conn, HostId, LocalTime, NodeId, Port, SimTime, Span, StepIndex, ZoneId};
use sim_core::engine::{
    DiskImage, Fault, Fx, HostSpec, Input, Latency, Machine, Message, Monitors, NodeSpec, Now,
    Observer, Run, Timing, Violation, World, WorldSpec,
};
use sim_core::trace::{Header, Record, TraceWriter, What};
use std::collections::VecDeque;

const NODES: u16 = 5;
const PORT: Port = Port(1);
const EVERY: Span = Span::from_millis(10);
const PATIENCE: Span = Span::from_millis(40);
const CHECKPOINT_EVERY: u64 = 8_192;
/// Checkpoints that are held at a time; older ones are let go.
const CHECKPOINTS: usize = 64;
const DELIVERIES: u64 = 8_000_000;

/// A heartbeat: the how-manieth of its sender.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Beat(u64);

impl Message for Beat {
    fn kind(&self) -> u8 {
        0
    }
    fn kind_name(_: u8) -> &'static str {
        "BEAT"
    }
    fn size(&self) -> u32 {
        8
    }
}

/// Nothing on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoDisk;

impl DiskImage for NoDisk {
    type Change = ();
    fn apply(&mut self, (): &()) {}
    fn apply_torn(&mut self, (): &()) {}
    fn weight((): &()) -> u64 {
        0
    }
}

/// What a node decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A heartbeat came in order.
    Heard {
        /// From whom.
        from: u16,
        /// The how-manieth of its sender.
        beat: u64,
        /// How long after the one before, in nanoseconds.
        gap_ns: u64,
    },
    /// Nothing came for too long.
    Suspects {
        /// Whom.
        whom: u16,
    },
}

/// One other node, as seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Peer {
    node: NodeId,
    conn: Conn,
    beat: u64,
    heard: LocalTime,
    heard_by: StepIndex,
    suspected: bool,
}

/// A node that beats.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Beater {
    peers: Vec<Peer>,
    beat: u64,
}

impl Machine for Beater {
    type Config = NodeId;
    type Msg = Beat;
    type Timer = ();
    type Work = ();
    type Disk = NoDisk;
    type Op = ();
    type Outcome = ();
    type Fact = Fact;

    fn boot(me: &NodeId, now: Now, _: &NoDisk, fx: &mut dyn Fx<Self>) -> Self {
        fx.listen(PORT);
        fx.arm((), EVERY);
        let mut node = Self {
            peers: Vec::new(),
            beat: 0,
        };
        // Those with a smaller number run already.
        for other in 0..me.0 {
            let conn = fx.dial(NodeId(other), PORT);
            node.meet(NodeId(other), conn, now, fx.step());
        }
        node
    }

    fn step(&mut self, now: Now, _: &NoDisk, input: Input<Self>, fx: &mut dyn Fx<Self>) {
        match input {
            Input::Accepted(conn, from, _) => self.meet(from, conn, now, fx.step()),
            Input::Deliver(conn, Beat(beat)) => self.hear(conn, beat, now, fx),
            Input::Timer(()) => self.tick(now, fx),
            _ => {}
        }
    }
}

impl Beater {
    fn meet(&mut self, node: NodeId, conn: Conn, now: Now, step: StepIndex) {
        self.peers.push(Peer {
            node,
            conn,
            beat: 0,
            heard: now.mono,
            heard_by: step,
            suspected: false,
        });
    }

    fn hear(&mut self, conn: Conn, beat: u64, now: Now, fx: &mut dyn Fx<Self>) {
        let peer = self.peers.iter_mut().find(|peer| peer.conn == conn);
        let Some(peer) = peer else { return };
        let (before, gap) = (peer.heard_by, now.mono - peer.heard);
        peer.beat = beat;
        peer.heard = now.mono;
        peer.heard_by = fx.step();
        peer.suspected = false;
        if fx.wants_facts() {
            let fact = Fact::Heard {
                from: peer.node.0,
                beat,
                gap_ns: gap.0,
            };
            fx.fact(fact, &[before]);
        }
    }

    fn tick(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        fx.arm((), EVERY);
        self.beat += 1;
        for peer in &mut self.peers {
            fx.send(peer.conn, Beat(self.beat));
            if now.mono - peer.heard > PATIENCE && !peer.suspected {
                peer.suspected = true;
                let fact = Fact::Suspects { whom: peer.node.0 };
                fx.fact(fact, &[peer.heard_by]);
            }
        }
    }
}

/// Properties of heartbeats, each with its own state, as the real ones have.
#[derive(Clone, Debug, Default)]
pub struct Watching {
    /// Beats of one sender to one receiver come in order: the last one.
    last: [[u64; NODES as usize]; NODES as usize],
    /// Who runs.
    up: [bool; NODES as usize],
    /// The longest gap, in nanoseconds.
    longest_gap_ns: u64,
    suspicions: u64,
}

impl Monitors<Beater> for Watching {
    fn observe(
        &mut self,
        record: &Record<Fact>,
        world: &World<Beater>,
        broken: &mut Vec<Violation>,
    ) {
        let What::Fact(fact) = &record.what else {
            return;
        };
        match *fact {
            Fact::Heard { from, beat, gap_ns } => {
                self.in_order(record, from, beat, broken);
                self.longest_gap_ns = self.longest_gap_ns.max(gap_ns);
                self.sender_was_up(record, from, broken);
                sender_is_ahead(record, from, beat, world, broken);
            }
            Fact::Suspects { .. } => self.suspicions += 1,
        }
    }
    fn lifecycle(&mut self, node: NodeId, up: bool, _: &World<Beater>, _: &mut Vec<Violation>) {
        self.up[node.index()] = up;
    }
    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl Watching {
    fn in_order(&mut self, at: &Record<Fact>, from: u16, beat: u64, broken: &mut Vec<Violation>) {
        let last = &mut self.last[at.node.index()][usize::from(from)];
        if beat != *last + 1 {
            broken.push(violation("heartbeat.in-order", at));
        }
        *last = beat;
    }

    fn sender_was_up(&self, at: &Record<Fact>, from: u16, broken: &mut Vec<Violation>) {
        if !self.up[usize::from(from)] {
            broken.push(violation("heartbeat.from-the-living", at));
        }
    }
}

fn sender_is_ahead(
    at: &Record<Fact>,
    from: u16,
    beat: u64,
    world: &World<Beater>,
    broken: &mut Vec<Violation>,
) {
    if world
        .node(NodeId(from))
        .is_none_or(|sender| sender.beat < beat)
    {
        broken.push(violation("heartbeat.sent-before-heard", at));
    }
}

fn violation(property: &'static str, at: &Record<Fact>) -> Violation {
    Violation {
        property,
        promised: true,
        step: at.step,
        at: at.at,
        node: at.node,
        says: "see its name".into(),
        because: at.because.clone(),
    }
}

/// The five nodes, started.
pub fn world() -> World<Beater> {
    let fixed = Latency::Fixed;
    let spec = WorldSpec {
        nodes: (0..NODES).map(node).collect(),
        hosts: (0..NODES).map(|_| host()).collect(),
        zones: vec!["zone".into()],
        timing: Timing {
            latency: Latency::Uniform {
                min: Span::from_millis(1),
                max: Span::from_millis(5),
            },
            local_latency: fixed(Span::ZERO),
            dial: fixed(Span::from_millis(2)),
            sync: fixed(Span::ZERO),
            lane: fixed(Span::ZERO),
            break_after: Span::from_secs(60),
        },
    };
    World::new(spec, 1)
}

fn node(id: u16) -> NodeSpec<Beater> {
    NodeSpec {
        name: format!("n{id}").into(),
        host: HostId(id),
        config: NodeId(id),
        disk: NoDisk,
    }
}

fn host() -> HostSpec {
    HostSpec {
        name: "host".into(),
        zone: ZoneId(0),
        mono_start: Span::ZERO,
        wall_start: 0,
        drift_ppm: 0,
    }
}

/// Starts all nodes.
pub fn start<Mon: Monitors<Beater>>(
    run: &mut Run<Beater, Mon>,
    observer: &mut impl Observer<Beater>,
) {
    for node in 0..NODES {
        run.inject(&Fault::Start(NodeId(node)), None, observer);
    }
}

/// Deliveries that so many steps make, once running: 4 of 5 steps of this world.
const STEPS: u64 = DELIVERIES * 5 / 4;

fn advance<Mon: Monitors<Beater>>(mut run: Run<Beater, Mon>, observer: &mut impl Observer<Beater>) {
    start(&mut run, observer);
    let mut checkpoints = VecDeque::new();
    while run.world().steps().0 < STEPS {
        run.advance(SimTime(u64::MAX), CHECKPOINT_EVERY, observer);
        if Mon::WATCHES {
            checkpoints.push_back(run.clone());
            if checkpoints.len() > CHECKPOINTS {
                checkpoints.pop_front();
            }
        }
    }
    assert!(run.broken().is_empty(), "{:?}", run.broken().first());
}

/// Facts, monitors and checkpoints on.
pub fn watched() -> Figure {
    let ((), took) = timed(|| advance(Run::new(world(), Watching::default()), &mut ()));
    Figure::rate(DELIVERIES, took, "deliveries/s")
}

/// Nobody looks.
pub fn bare() -> Figure {
    let ((), took) = timed(|| advance(Run::new(world(), ()), &mut ()));
    Figure::rate(DELIVERIES, took, "deliveries/s")
}

/// As watched, and every record goes into a trace.
pub fn traced() -> Figure {
    let (records, took) = timed(|| {
        let mut trace = Tracing {
            writer: TraceWriter::new(&Header::default()),
            records: 0,
        };
        advance(Run::new(world(), Watching::default()), &mut trace);
        trace.writer.finish();
        trace.records
    });
    Figure {
        note: format!(
            "{:.1} M records/s",
            records as f64 / took.as_secs_f64() / 1e6
        ),
        ..Figure::rate(DELIVERIES, took, "deliveries/s")
    }
}

/// Writes every record, to nowhere.
struct Tracing {
    writer: TraceWriter,
    records: u64,
}

impl Observer<Beater> for Tracing {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        true
    }
    fn record(&mut self, record: Record<Fact>) {
        self.writer.push(&record);
        self.records += 1;
        if self.writer.ready().len() > 1 << 20 {
            self.writer.written();
        }
    }
}

/// The first records of the run.
pub fn records(count: usize) -> Vec<Record<Fact>> {
    let mut run = Run::new(world(), ());
    let mut records = Vec::with_capacity(count);
    start(&mut run, &mut records);
    while records.len() < count {
        run.advance(SimTime(u64::MAX), 1_000, &mut records);
    }
    records.truncate(count);
    records
}
