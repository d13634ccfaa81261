//! What the world keeps about one node: its process, if one runs, and what waits for it.

use crate::base::{CallId, Conn, HostId, Lane, NodeId, Port, SimTime, StepIndex};
use crate::engine::disk::{Disk, Sync};
use crate::engine::network::Parcel;
use crate::engine::timers::{Slot, Timers};
use crate::engine::{Latency, Machine, NodeStatus};
use std::collections::VecDeque;
use std::sync::Arc;

/// What may be under way.
#[derive(Clone, Debug)]
pub(super) enum Event<M: Machine> {
    /// A process starts.
    Boot {
        node: NodeId,
        life: u32,
        cause: StepIndex,
    },
    /// A dial is answered, or meets a cut.
    Dialled(Conn),
    /// A connection reaches a listening process.
    Accepted(Conn),
    /// A parcel arrives.
    Arrives(Parcel<M::Msg>),
    /// What waited on the way to this end goes on, one parcel at a time.
    Flush(Conn),
    /// The sender toward this end gives up if nothing went on since then.
    GivesUp(Conn, SimTime),
    /// The dialler gives up if its dial still waits.
    DialGivesUp(Conn),
    /// A timer may be due: the one that armed itself for this place in the queue.
    Timer(NodeId, Slot),
    /// A timer that fell due while its process was stopped.
    LateTimer(NodeId, M::Timer),
    /// Work reaches the thread that takes it.
    Lane {
        node: NodeId,
        life: u32,
        lane: Lane,
        work: M::Work,
        cause: StepIndex,
    },
    /// A sync returns.
    Synced(NodeId, Sync),
    /// Something came from outside.
    Call {
        node: NodeId,
        life: u32,
        call: CallId,
        op: M::Op,
    },
    /// A process takes the first input that came while it was stopped.
    Drain { node: NodeId, life: u32 },
    /// Taken back.
    Void,
}

/// One node.
#[derive(Clone, Debug)]
pub(super) struct Node<M: Machine> {
    /// Where it runs.
    pub host: HostId,
    /// The process; taken out while its step runs.
    pub state: Option<Arc<M>>,
    pub status: NodeStatus,
    /// Counts process starts; what belongs to an earlier life is void.
    pub life: u32,
    /// A start is queued.
    pub starting: bool,
    pub exit_code: Option<i32>,
    pub listening: Vec<Port>,
    pub timers: Timers<M::Timer>,
    /// Lanes whose last hand-over is still to come.
    pub lane_tails: Vec<(Lane, SimTime)>,
    pub slow_lanes: Vec<(Option<Lane>, Latency)>,
    pub disk: Disk<M::Disk>,
    /// What reached a stopped process, in the order it came.
    pub backlog: VecDeque<Event<M>>,
    /// Timers that fell due while it was stopped, in that order.
    pub missed: Vec<M::Timer>,
    /// The fingerprint of state and disk, if nothing happened since it was taken.
    pub fingerprint: core::cell::Cell<Option<u64>>,
}

impl<M: Machine> Node<M> {
    pub fn new(host: HostId, image: &Arc<M::Disk>) -> Self {
        Self {
            host,
            state: None,
            status: NodeStatus::Down,
            life: 0,
            starting: false,
            exit_code: None,
            listening: Vec::new(),
            timers: Timers::new(),
            lane_tails: Vec::new(),
            slow_lanes: Vec::new(),
            disk: Disk::new(image),
            backlog: VecDeque::new(),
            missed: Vec::new(),
            fingerprint: core::cell::Cell::new(None),
        }
    }

    pub fn reset(&mut self, image: &Arc<M::Disk>) {
        self.end_process();
        self.life = 0;
        self.exit_code = None;
        self.slow_lanes.clear();
        self.disk.reset(image);
    }

    /// Memory is gone; the disk stays.
    pub fn end_process(&mut self) {
        self.state = None;
        self.status = NodeStatus::Down;
        self.life += 1;
        self.starting = false;
        self.listening.clear();
        self.timers.clear();
        self.lane_tails.clear();
        self.backlog.clear();
        self.missed.clear();
        self.fingerprint.set(None);
    }

    /// Whether inputs wait instead of being taken at once.
    pub fn queues_inputs(&self) -> bool {
        self.status == NodeStatus::Paused || !self.backlog.is_empty()
    }
}
