//! The world: nodes on hosts, connected by a network, driven by one queue of events.
//!
//! One input to one node is a step. Steps happen in the order of (time, sequence); what a step asks
//! for is done in the order asked. An act from outside ([`World::inject`]) takes a step number too,
//! so that what follows from it can name it as its cause. Read `transport` for connections,
//! `inject` for faults, `effects` for what a machine may do.

use crate::base::{
    CallId, Counters, HostId, Lane, NodeId, SimTime, Span, StepIndex, Steps, ZoneId,
};
use crate::engine::choice::{Choice, Chooser, Pins};
use crate::engine::clock::Clock;
use crate::engine::disk::Sync;
use crate::engine::effects::Effects;
use crate::engine::network::Network;
use crate::engine::node::{Event, Node};
use crate::engine::queue::{Queue, Sequence};
use crate::engine::timers::{Due, Slot};
use crate::engine::{Input, Latency, Machine, Now};
use crate::trace::{Record, What};
use std::sync::Arc;

/// A node of a world to be built.
#[derive(Clone, Debug)]
pub struct NodeSpec<M: Machine> {
    /// Its name in scenario files (`zk1`).
    pub name: Box<str>,
    /// The host that runs it.
    pub host: HostId,
    /// What it is started with.
    pub config: M::Config,
    /// What is on its disk before the first start.
    pub disk: M::Disk,
}

/// A host of a world to be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSpec {
    /// Its name.
    pub name: Box<str>,
    /// The zone it stands in.
    pub zone: ZoneId,
    /// What its monotonic clock shows at the start of the simulation.
    pub mono_start: Span,
    /// What its wall clock shows then, in nanoseconds since 1970.
    pub wall_start: i64,
    /// Parts per million by which its clocks run fast; kept within ±990,000.
    pub drift_ppm: i32,
}

/// How long things take unless a fault says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// One message over one link between hosts.
    pub latency: Latency,
    /// One message between two nodes of one host.
    pub local_latency: Latency,
    /// From dialling to the answer, there and back.
    pub dial: Latency,
    /// One sync of a disk.
    pub sync: Latency,
    /// One hand-over between threads.
    pub lane: Latency,
    /// How long a cut connection with bytes in flight, or an unanswered dial, lives before its
    /// sender gives up (TCP's own time-out).
    pub break_after: Span,
}

/// A world to be built. The same spec, seed, pins and acts from outside always give the same
/// run.
#[derive(Clone, Debug)]
pub struct WorldSpec<M: Machine> {
    /// The nodes; their ids are their positions. All are down at first.
    pub nodes: Vec<NodeSpec<M>>,
    /// The hosts; their ids are their positions. All have power at first.
    pub hosts: Vec<HostSpec>,
    /// The names of the zones.
    pub zones: Vec<Box<str>>,
    /// How long things take.
    pub timing: Timing,
}

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeStatus {
    /// Not started, crashed or ended.
    Down,
    /// Running.
    Up,
    /// Stopped by [`Fault::Pause`](crate::engine::Fault::Pause).
    Paused,
}

/// Who looks at a run while it happens.
pub trait Observer<M: Machine> {
    /// Whether facts are wanted.
    fn wants_facts(&self) -> bool;
    /// Whether details are wanted too: facts that explain, and that no property looks at. They may
    /// come all the same if somebody else wants them.
    fn wants_details(&self) -> bool {
        self.wants_facts()
    }
    /// Whether records other than facts are wanted.
    fn wants_all(&self) -> bool;
    /// One record, in order.
    fn record(&mut self, record: Record<M::Fact>);
    /// A process has started (after its first step) or ended.
    fn lifecycle(&mut self, node: NodeId, up: bool) {
        let _ = (node, up);
    }
}

/// Nobody looks.
impl<M: Machine> Observer<M> for () {
    fn wants_facts(&self) -> bool {
        false
    }
    fn wants_all(&self) -> bool {
        false
    }
    fn record(&mut self, _: Record<M::Fact>) {}
}

/// Everything is kept.
impl<M: Machine> Observer<M> for Vec<Record<M::Fact>> {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        true
    }
    fn record(&mut self, record: Record<M::Fact>) {
        self.push(record);
    }
}

/// What a step did, for loops that wait for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stepped {
    /// The step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// Whose.
    pub node: NodeId,
}

/// A host: its clocks, and whether it has power.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub clock: Clock,
    pub powered: bool,
}

/// Nodes, connections, disks, clocks and what is under way between them. A clone shares what does
/// not change.
#[derive(Clone, Debug)]
pub struct World<M: Machine> {
    pub(super) spec: Arc<WorldSpec<M>>,
    /// The disks before the first start, shared by all resets.
    first_disks: Arc<[Arc<M::Disk>]>,
    pub(super) now: SimTime,
    pub(super) steps: StepIndex,
    pub(super) queue: Queue<Event<M>>,
    pub(super) nodes: Vec<Node<M>>,
    pub(super) hosts: Vec<Host>,
    pub(super) network: Network<M::Msg>,
    /// What to do with single messages, by subject and nth.
    pub(super) acts: std::collections::BTreeMap<(u64, u32), crate::engine::MessageAct>,
    pins: Arc<Pins>,
    pub(super) chooser: Chooser,
    pub(super) counters: Counters,
    pub(super) answers: Vec<Option<M::Outcome>>,
}

impl<M: Machine> World<M> {
    /// A world at time zero with every node down.
    pub fn new(spec: WorldSpec<M>, seed: u64) -> Self {
        Self::pinned(spec, seed, Pins::new())
    }

    /// As [`World::new`], with values that take the place of draws.
    pub fn pinned(spec: WorldSpec<M>, seed: u64, pins: Pins) -> Self {
        let pins = Arc::new(pins);
        let disks = spec.nodes.iter().map(|node| Arc::new(node.disk.clone()));
        let first_disks: Arc<[Arc<M::Disk>]> = disks.collect();
        let host = |spec| Host {
            clock: Clock::new(spec),
            powered: true,
        };
        Self {
            now: SimTime(0),
            steps: StepIndex(0),
            queue: Queue::default(),
            nodes: first_disks
                .iter()
                .zip(&spec.nodes)
                .map(|(disk, spec)| Node::new(spec.host, disk))
                .collect(),
            hosts: spec.hosts.iter().map(host).collect(),
            network: Network::new(),
            acts: std::collections::BTreeMap::new(),
            chooser: Chooser::new(seed, &pins),
            pins,
            counters: Counters::default(),
            answers: Vec::new(),
            first_disks,
            spec: Arc::new(spec),
        }
    }

    /// Back to time zero with another seed, keeping allocations and pins.
    pub fn reset(&mut self, seed: u64) {
        self.now = SimTime(0);
        self.steps = StepIndex(0);
        self.queue.clear();
        for (node, image) in self.nodes.iter_mut().zip(self.first_disks.iter()) {
            node.reset(image);
        }
        let links_are_plain =
            self.network.rules.is_empty() && self.hosts.iter().all(|host| host.powered);
        for (host, spec) in self.hosts.iter_mut().zip(&self.spec.hosts) {
            host.clock = Clock::new(spec);
            host.powered = true;
        }
        self.network.reset();
        self.acts.clear();
        self.chooser = Chooser::new(seed, &self.pins);
        self.counters.reset();
        self.answers.clear();
        if !links_are_plain {
            self.work_out_links();
        }
    }

    /// From now on, choices of more than one option follow `prefix` and then take the first option;
    /// every one is noted for [`World::choices`]. Draws of latencies still come from the seed.
    pub fn enumerate(&mut self, seed: u64, prefix: Arc<[u32]>) {
        self.chooser = Chooser::enumerate(seed, prefix);
    }

    /// The choices made since [`World::enumerate`].
    pub fn choices(&self) -> &[Choice] {
        self.chooser.made()
    }

    /// What it was built from.
    pub fn spec(&self) -> &WorldSpec<M> {
        &self.spec
    }

    /// The time of the last step, or the limit up to which nothing happened.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The last step taken.
    pub fn steps(&self) -> StepIndex {
        self.steps
    }

    /// When something is under way next, if anything is. (Not all of it makes a step.)
    pub fn next_at(&self) -> Option<SimTime> {
        self.queue.next_at(self.now)
    }

    /// Takes the next step if it is due at or before `limit`; otherwise moves the clock to `limit`
    /// and says `None`.
    pub fn step(&mut self, limit: SimTime, observer: &mut impl Observer<M>) -> Option<Stepped> {
        while let Some((at, sequence, event)) = self.queue.pop(self.now, limit) {
            self.now = at;
            if let Some(stepped) = self.handle(event, sequence, observer) {
                return Some(stepped);
            }
        }
        self.now = self.now.max(limit);
        None
    }

    /// Asks a node for something, now: the request is the node's input in one of the next steps. A
    /// node that is down never answers.
    pub fn call(&mut self, node: NodeId, op: M::Op) -> CallId {
        let call = CallId(self.answers.len() as u32);
        self.answers.push(None);
        let life = self.nodes[node.index()].life;
        let event = Event::Call {
            node,
            life,
            call,
            op,
        };
        self.queue.push(self.now, self.now, event);
        call
    }

    /// The answer to a call, if there is one already.
    pub fn answer(&self, call: CallId) -> Option<&M::Outcome> {
        self.answers.get(call.index())?.as_ref()
    }

    /// A node's state; `None` while it is down.
    pub fn node(&self, node: NodeId) -> Option<&M> {
        self.nodes[node.index()].state.as_deref()
    }

    /// Whether it runs.
    pub fn status(&self, node: NodeId) -> NodeStatus {
        self.nodes[node.index()].status
    }

    /// The exit code with which a node ended itself last, until it is started again.
    pub fn exit_code(&self, node: NodeId) -> Option<i32> {
        self.nodes[node.index()].exit_code
    }

    /// A node's disk as a reader sees it.
    pub fn disk(&self, node: NodeId) -> &M::Disk {
        self.nodes[node.index()].disk.image()
    }

    /// A node's disk as a power loss would leave it.
    pub fn durable(&self, node: NodeId) -> &M::Disk {
        &self.nodes[node.index()].disk.durable
    }

    /// A node's clocks.
    pub fn clocks(&self, node: NodeId) -> Now {
        let host = self.nodes[node.index()].host;
        self.hosts[host.index()].clock.read(self.now)
    }

    fn handle(
        &mut self,
        event: Event<M>,
        sequence: Sequence,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        match event {
            Event::Arrives(parcel) => self.arrives(parcel, observer),
            Event::Timer(node, slot) => self.timer(node, slot, sequence, observer),
            Event::Lane {
                node,
                life,
                lane,
                work,
                cause,
            } if self.takes_at_once(node, life) => {
                Some(self.take_work(node, lane, work, cause, observer))
            }
            event => self.handle_rare(event, observer),
        }
    }

    fn handle_rare(&mut self, event: Event<M>, observer: &mut impl Observer<M>) -> Option<Stepped> {
        match event {
            Event::Boot { node, life, cause } => self.boot(node, life, cause, observer),
            Event::Dialled(conn) => self.dialled(conn, observer),
            Event::Flush(conn) => self.flush(conn, observer),
            Event::GivesUp(conn, since) => self.gives_up(conn, since, observer),
            Event::DialGivesUp(conn) => self.dial_gives_up(conn, observer),
            Event::Drain { node, life } => self.drain(node, life, observer),
            Event::Synced(node, sync) => self.synced(node, sync, observer),
            Event::Void => None,
            event => self.input(event, observer),
        }
    }

    /// Whether this life of a process takes an input the moment it comes.
    fn takes_at_once(&self, node: NodeId, life: u32) -> bool {
        let owner = &self.nodes[node.index()];
        owner.life == life && owner.state.is_some() && !owner.queues_inputs()
    }

    /// An input reaches its node: it is taken at once, or waits while the process is stopped.
    pub(super) fn input(
        &mut self,
        event: Event<M>,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let node = self.owner(&event)?;
        let owner = &mut self.nodes[node.index()];
        if owner.queues_inputs() {
            owner.backlog.push_back(event);
            return None;
        }
        self.take(event, observer)
    }

    /// A sync makes its writes durable even if its process is gone or stopped.
    fn synced(
        &mut self,
        node: NodeId,
        sync: Sync,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let owner = &mut self.nodes[node.index()];
        if owner.disk.stalled {
            owner.disk.waiting.push(sync);
            return None;
        }
        owner.disk.settle(sync.upto);
        owner.fingerprint.set(None);
        self.input(Event::Synced(node, sync), observer)
    }

    /// The running process that an input is for.
    fn owner(&self, event: &Event<M>) -> Option<NodeId> {
        let (node, life) = match event {
            Event::Arrives(parcel) => return Some(self.network.open_end(parcel.to)?.node),
            Event::Accepted(conn) => return Some(self.network.open_end(*conn)?.node),
            Event::Dialled(conn) => return Some(self.network.open_end(*conn)?.node),
            Event::LateTimer(node, _) => return Some(*node),
            Event::Lane { node, life, .. } | Event::Call { node, life, .. } => (*node, *life),
            Event::Synced(node, sync) => (*node, sync.life),
            _ => return None,
        };
        let owner = &self.nodes[node.index()];
        (owner.life == life && owner.state.is_some()).then_some(node)
    }

    /// The process takes an input, if that still means anything to it.
    pub(super) fn take(
        &mut self,
        event: Event<M>,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        match event {
            Event::Arrives(parcel) => self.take_parcel(parcel, observer),
            Event::Accepted(conn) => self.take_accepted(conn, observer),
            Event::Dialled(conn) => self.take_opened(conn, observer),
            Event::LateTimer(node, timer) => {
                let cause = self.nodes[node.index()].timers.late(timer, self.now)?;
                Some(self.fire(node, timer, cause, observer))
            }
            Event::Lane {
                node,
                lane,
                work,
                cause,
                ..
            } => Some(self.take_work(node, lane, work, cause, observer)),
            Event::Synced(node, sync) => {
                let what = What::Written {
                    ok: sync.result.is_ok(),
                };
                let input = Input::Written(sync.write, sync.result);
                Some(self.run(node, sync.cause, what, input, observer))
            }
            Event::Call { node, call, op, .. } => {
                let what = What::Called { call };
                Some(self.run(node, StepIndex(0), what, Input::Call(call, op), observer))
            }
            _ => unreachable!("not an input"),
        }
    }

    fn take_work(
        &mut self,
        node: NodeId,
        lane: Lane,
        work: M::Work,
        cause: StepIndex,
        observer: &mut impl Observer<M>,
    ) -> Stepped {
        let what = What::Handed { lane };
        self.run(node, cause, what, Input::Lane(lane, work), observer)
    }

    /// A process that was stopped works off what came meanwhile, one input a step.
    fn drain(
        &mut self,
        node: NodeId,
        life: u32,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let owner = &mut self.nodes[node.index()];
        if owner.life != life || owner.status != NodeStatus::Up {
            return None;
        }
        let event = owner.backlog.pop_front()?;
        if !owner.backlog.is_empty() {
            let now = self.now;
            self.queue.push(now, now, Event::Drain { node, life });
        }
        self.owner(&event)?;
        self.take(event, observer)
    }

    fn timer(
        &mut self,
        node: NodeId,
        slot: Slot,
        place: Sequence,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let owner = &mut self.nodes[node.index()];
        let waits = owner.queues_inputs();
        let due = if waits {
            owner.timers.miss(slot, self.now, place)
        } else {
            owner.timers.due(slot, self.now, place)
        };
        match due {
            Due::Stale => None,
            Due::Later(at, sequence) => {
                self.queue.push_as(at, sequence, Event::Timer(node, slot));
                None
            }
            Due::Fires(timer, _) if waits => {
                if owner.status == NodeStatus::Paused {
                    owner.missed.push(timer);
                } else {
                    owner.backlog.push_back(Event::LateTimer(node, timer));
                }
                None
            }
            Due::Fires(timer, cause) => Some(self.fire(node, timer, cause, observer)),
        }
    }

    fn fire(
        &mut self,
        node: NodeId,
        timer: M::Timer,
        cause: StepIndex,
        observer: &mut impl Observer<M>,
    ) -> Stepped {
        let what = || What::Fired {
            timer: crate::base::stable_hash(&timer),
        };
        self.run_with(node, cause, what, Some(Input::Timer(timer)), observer)
    }

    fn boot(
        &mut self,
        node: NodeId,
        life: u32,
        cause: StepIndex,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let owner = &mut self.nodes[node.index()];
        if owner.life != life || !owner.starting {
            return None;
        }
        owner.starting = false;
        owner.exit_code = None;
        owner.status = NodeStatus::Up;
        let stepped = self.run_with(node, cause, || What::Booted, None, observer);
        if self.nodes[node.index()].status == NodeStatus::Up {
            observer.lifecycle(node, true);
        }
        Some(stepped)
    }

    pub(super) fn run(
        &mut self,
        node: NodeId,
        cause: StepIndex,
        what: What<M::Fact>,
        input: Input<M>,
        observer: &mut impl Observer<M>,
    ) -> Stepped {
        self.run_with(node, cause, || what, Some(input), observer)
    }

    /// One step: the machine takes its input (none: it boots) and what it asks for is done.
    pub(super) fn run_with(
        &mut self,
        node: NodeId,
        cause: StepIndex,
        what: impl FnOnce() -> What<M::Fact>,
        input: Option<Input<M>>,
        observer: &mut impl Observer<M>,
    ) -> Stepped {
        let step = StepIndex(self.steps.0 + 1);
        self.steps = step;
        let at = self.now;
        if observer.wants_all() {
            observer.record(Record {
                step,
                at,
                node,
                cause,
                because: Steps::new(),
                what: what(),
            });
        }
        let owner = &mut self.nodes[node.index()];
        let now = self.hosts[owner.host.index()].clock.read(at);
        owner.fingerprint.set(None);
        let state = owner.state.take();
        let disk = owner
            .disk
            .buffered
            .take()
            .expect("put back after every step");
        let mut effects = Effects::new(self, node, step, cause, observer);
        let state = if let Some(input) = input {
            let mut state = state.expect("only a running process takes input");
            Arc::make_mut(&mut state).step(now, &disk, input, &mut effects);
            state
        } else {
            let spec = Arc::clone(&effects.world.spec);
            Arc::new(M::boot(
                &spec.nodes[node.index()].config,
                now,
                &disk,
                &mut effects,
            ))
        };
        let exit = effects.exit;
        let owner = &mut self.nodes[node.index()];
        owner.state = Some(state);
        owner.disk.buffered = Some(disk);
        owner.disk.apply_incoming();
        if let Some(code) = exit {
            self.exited(node, code, step, observer);
        }
        Stepped { step, at, node }
    }
}
