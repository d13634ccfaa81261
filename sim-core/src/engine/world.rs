//! The world: nodes on hosts, connected by a network, driven by one queue of events. (Being built.)

use crate::base::{CallId, HostId, NodeId, SimTime, Span, StepIndex, ZoneId};
use crate::engine::{Fault, Latency, Machine, Now};
use crate::trace::Record;

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
    /// Parts per million by which its clocks run fast.
    pub drift_ppm: i32,
}

/// How long things take unless a fault says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// One message over one link between hosts.
    pub latency: Latency,
    /// One message between two nodes of one host.
    pub local_latency: Latency,
    /// From dialling to the answer, on top of nothing: connecting costs this once.
    pub dial: Latency,
    /// One sync of a disk.
    pub sync: Latency,
    /// One hand-over between threads.
    pub lane: Latency,
    /// How long a cut connection with bytes in flight lives before the network breaks it (TCP's own time-out).
    pub break_after: Span,
}

/// A world to be built. The same spec and seed always give the same run.
#[derive(Clone, Debug)]
pub struct WorldSpec<M: Machine> {
    /// The nodes; their ids are their positions. All are down at first.
    pub nodes: Vec<NodeSpec<M>>,
    /// The hosts.
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
    /// Stopped by [`Fault::Pause`].
    Paused,
}

/// Who looks at a run while it happens.
pub trait Observer<M: Machine> {
    /// Whether facts are wanted.
    fn wants_facts(&self) -> bool;
    /// Whether records other than facts are wanted.
    fn wants_all(&self) -> bool;
    /// One record, in order.
    fn record(&mut self, record: Record<M::Fact>);
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

/// Nodes, connections, disks, clocks and what is under way between them.
#[derive(Clone, Debug)]
pub struct World<M: Machine> {
    spec: std::sync::Arc<WorldSpec<M>>,
}

impl<M: Machine> World<M> {
    /// A world at time zero with every node down.
    pub fn new(spec: WorldSpec<M>, seed: u64) -> Self {
        let _ = seed;
        Self {
            spec: std::sync::Arc::new(spec),
        }
    }
    /// Back to time zero with another seed, keeping allocations.
    pub fn reset(&mut self, _seed: u64) {
        todo!("engine")
    }
    /// What it was built from.
    pub fn spec(&self) -> &WorldSpec<M> {
        &self.spec
    }
    /// The time of the last step.
    pub fn now(&self) -> SimTime {
        todo!("engine")
    }
    /// The last step taken.
    pub fn steps(&self) -> StepIndex {
        todo!("engine")
    }
    /// When the next step happens, if anything is under way.
    pub fn next_at(&self) -> Option<SimTime> {
        todo!("engine")
    }
    /// Takes the next step if it is due at or before `limit`; otherwise moves the clock to `limit` and says `None`.
    pub fn step(&mut self, _limit: SimTime, _observer: &mut impl Observer<M>) -> Option<Stepped> {
        todo!("engine")
    }
    /// Does something from outside, now.
    pub fn inject(&mut self, _fault: &Fault, _observer: &mut impl Observer<M>) {
        todo!("engine")
    }
    /// Asks a node for something, now. A node that is down never answers.
    pub fn call(&mut self, _node: NodeId, _op: M::Op, _observer: &mut impl Observer<M>) -> CallId {
        todo!("engine")
    }
    /// The answer to a call, if there is one already.
    pub fn answer(&self, _call: CallId) -> Option<&M::Outcome> {
        todo!("engine")
    }
    /// A node's state; `None` while it is down.
    pub fn node(&self, _node: NodeId) -> Option<&M> {
        todo!("engine")
    }
    /// Whether it runs.
    pub fn status(&self, _node: NodeId) -> NodeStatus {
        todo!("engine")
    }
    /// The exit code with which a node ended itself last, until it is started again.
    pub fn exit_code(&self, _node: NodeId) -> Option<i32> {
        todo!("engine")
    }
    /// A node's disk as a reader sees it.
    pub fn disk(&self, _node: NodeId) -> &M::Disk {
        todo!("engine")
    }
    /// A node's disk as a power loss would leave it.
    pub fn durable(&self, _node: NodeId) -> &M::Disk {
        todo!("engine")
    }
    /// A node's clocks.
    pub fn clocks(&self, _node: NodeId) -> Now {
        todo!("engine")
    }
}
