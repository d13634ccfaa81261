//! Faults as data: what a scenario, a hand or a search does to the world from outside.

use crate::base::{HostId, NodeId, Port};
use crate::engine::Latency;

/// Which directed links a network fault is about; `None` stands for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkSet {
    /// Sender.
    pub from: Option<NodeId>,
    /// Receiver.
    pub to: Option<NodeId>,
    /// The port that the connection was made to (either direction of it).
    pub port: Option<Port>,
}

/// One message: the `nth` (from 0) of its kind on a port from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageRef {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// The port that its connection was made to.
    pub port: Port,
    /// Its kind.
    pub kind: u8,
    /// Which one since the start of the run.
    pub nth: u32,
}

/// What to do with one message. All but `Deliver` break what TCP promises, on purpose and by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageAct {
    /// Keep it (and what follows on its connection) back until it is delivered.
    Hold,
    /// Deliver it now; of a held one, release it.
    Deliver,
    /// Lose it.
    Drop,
    /// Deliver it twice.
    Duplicate,
    /// Let the next message of its connection overtake it; until there is one, it waits.
    Reorder,
}

/// What a disk does from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiskFault {
    /// Works again, at its usual pace; undoes all other disk faults.
    None,
    /// Each sync takes this long.
    Slow(Latency),
    /// Syncs do not return until another disk fault is set.
    Stall,
    /// This many more bytes fit.
    Full(u64),
    /// Writes and syncs fail.
    Fail,
    /// At the next power loss the oldest change that was not synced is torn instead of lost.
    TearNext,
}

/// One act from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Starts a process that is down (the first start and every restart), and gives its host power.
    /// Its boot is the next step of that node.
    Start(NodeId),
    /// Kills a process (SIGKILL): memory goes, its sockets are reset, its disk buffer survives.
    Crash(NodeId),
    /// Cuts a host's power: as a crash of all its processes, and what was not synced is lost. Peers
    /// notice only by their own timeouts.
    PowerLoss(HostId),
    /// Stops a process (SIGSTOP): its sockets still receive, its timers fire late.
    Pause(NodeId),
    /// Lets it go on (SIGCONT).
    Resume(NodeId),
    /// Cuts the links between groups, both ways: bytes stall until healed, or until a side gives
    /// up.
    Partition(Vec<Vec<NodeId>>),
    /// Cuts directed links: bytes stall.
    Cut(LinkSet),
    /// Loses what is sent on directed links while their connections stay: a proxy that swallows
    /// bytes.
    Swallow(LinkSet),
    /// New connections on these links are refused (a firewall that rejects).
    Reject(LinkSet),
    /// Undoes `Partition`, `Cut`, `Swallow`, `Reject` on these links.
    Heal(LinkSet),
    /// Gives directed links another latency; `None` is the usual one again.
    Latency(LinkSet, Option<Latency>),
    /// Resets the connections on these links, as a proxy that closes.
    Reset(LinkSet),
    /// Does something to a single message, present or future.
    Message(MessageRef, MessageAct),
    /// Sets a disk fault for a node's disk.
    Disk(NodeId, DiskFault),
    /// Removes all that a stopped node has on its disk.
    Wipe(NodeId),
    /// Moves a host's wall clock by nanoseconds.
    WallJump(HostId, i64),
    /// Makes a host's clocks run fast (positive) or slow, in parts per million.
    Drift(HostId, i32),
    /// Delays lane hand-overs of a node by a distribution; `None` is the usual one again.
    SlowLane(NodeId, Option<crate::base::Lane>, Option<Latency>),
}

impl Fault {
    /// The node that it is about, if it is about one.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Fault::Start(node)
            | Fault::Crash(node)
            | Fault::Pause(node)
            | Fault::Resume(node)
            | Fault::Disk(node, _)
            | Fault::Wipe(node)
            | Fault::SlowLane(node, _, _) => Some(*node),
            Fault::Message(message, _) => Some(message.from),
            Fault::PowerLoss(_)
            | Fault::Partition(_)
            | Fault::Cut(_)
            | Fault::Swallow(_)
            | Fault::Reject(_)
            | Fault::Heal(_)
            | Fault::Latency(_, _)
            | Fault::Reset(_)
            | Fault::WallJump(_, _)
            | Fault::Drift(_, _) => None,
        }
    }
}
