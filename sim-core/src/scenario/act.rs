//! What can be done to the world from outside, as a file says it.

use crate::engine::{DiskFault, Latency, MessageAct};
use crate::scenario::format::{ClientCall, Json, Name};
use crate::zookeeper::{AclList, ServerOp};

/// One node, by name or by what it is when the act happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeRef {
    /// By name.
    Named(Name),
    /// `leader`: the server that leads then (see [`Predicate::Leader`](super::predicate::Predicate)).
    Leader,
}

/// Some nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nodes {
    /// One.
    One(NodeRef),
    /// These, in this order.
    Each(Vec<NodeRef>),
    /// `all`: every server, in the order of ids.
    All,
    /// `followers`: every server that follows or observes the leader then.
    Followers,
    /// `others`: every server that is not named in the same act.
    Others,
}

impl NodeRef {
    /// As a file writes it.
    pub fn text(&self) -> &str {
        match self {
            NodeRef::Named(name) => name,
            NodeRef::Leader => "leader",
        }
    }
}

impl Nodes {
    /// The nodes that are named one by one.
    pub fn named(&self) -> impl Iterator<Item = &NodeRef> {
        let (one, each) = match self {
            Nodes::One(one) => (Some(one), &[][..]),
            Nodes::Each(each) => (None, &each[..]),
            Nodes::All | Nodes::Followers | Nodes::Others => (None, &[][..]),
        };
        one.into_iter().chain(each)
    }
}

/// One end of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A node.
    Node(NodeRef),
    /// Any node.
    Any,
}

/// Directed links: `zk1 -> zk2`, `zk1 <-> zk2`, `zk5` (everything to and from it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Sender.
    pub from: End,
    /// Receiver.
    pub to: End,
    /// Whether the other direction is meant too.
    pub both_ways: bool,
}

/// Links, and the port they are limited to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// Which.
    pub links: Vec<Link>,
    /// `client`, `quorum` or `election`; all if not said.
    pub port: Option<PortName>,
}

/// A port by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortName {
    /// Clients connect here.
    Client,
    /// Learners connect to their leader here.
    Quorum,
    /// Votes travel here.
    Election,
}

/// One message: the `nth` (from 1) of its kind from one node to another since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageName {
    /// Its kind (`PROPOSAL`), the number of [`Message::kind`](crate::engine::Message::kind).
    pub kind: u8,
    /// Sender.
    pub from: Name,
    /// Receiver.
    pub to: Name,
    /// Which one.
    pub nth: u32,
}

/// One act from outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Starts processes that are down.
    Start(Nodes),
    /// Kills processes (SIGKILL).
    Crash(Nodes),
    /// Kills processes that run, and starts them.
    Restart(Nodes),
    /// Cuts the power of hosts (a node's name stands for its host, a zone's for all of its hosts).
    PowerLoss(Nodes),
    /// Stops processes (SIGSTOP).
    Pause(Nodes),
    /// Lets processes go on (SIGCONT).
    Resume(Nodes),
    /// Cuts the links between groups.
    Partition(Vec<Nodes>),
    /// Cuts links: bytes stall.
    Cut(Links),
    /// Loses what is sent on links.
    Swallow(Links),
    /// Refuses new connections on links.
    Reject(Links),
    /// Makes links whole again.
    Heal(Links),
    /// Resets the connections on links.
    Reset(Links),
    /// Gives links another latency; `None` is the usual one again.
    Latency(Links, Option<Latency>),
    /// Does something to one message.
    Message(MessageName, MessageAct),
    /// Sets what disks do.
    Disk(Nodes, DiskFault),
    /// Removes all that stopped nodes have on their disks.
    Wipe(Nodes),
    /// Moves wall clocks, in nanoseconds.
    WallJump(Nodes, i64),
    /// Makes clocks run fast or slow, in parts per million.
    Drift(Nodes, i32),
    /// Delays hand-overs between threads; `None` is the usual delay again.
    SlowLane {
        /// Whose.
        nodes: Nodes,
        /// Into which thread; all if not said.
        lane: Option<LaneName>,
        /// By how much.
        delay: Option<Latency>,
    },
    /// Sets a value in the memory of servers, as upstream tests do.
    Tamper(Nodes, ServerOp),
    /// Starts a client, or lets it open a session again.
    Connect(Name),
    /// Lets a client take up the session of another.
    TakeOver {
        /// Who takes it up.
        client: Name,
        /// Whose it is.
        of: Name,
        /// Whether it shows a wrong password.
        wrong_password: bool,
    },
    /// Asks for an operation.
    Call(ClientCall),
    /// Reserved for Kafka: kept as written.
    Kafka(Json),
}

impl Act {
    /// The key by which a file names it.
    pub fn verb(&self) -> &'static str {
        match self {
            Act::Start(_) => "start",
            Act::Crash(_) => "crash",
            Act::Restart(_) => "restart",
            Act::PowerLoss(_) => "power_loss",
            Act::Pause(_) => "pause",
            Act::Resume(_) => "resume",
            Act::Partition(_) => "partition",
            Act::Cut(_) => "cut",
            Act::Swallow(_) => "swallow",
            Act::Reject(_) => "reject",
            Act::Heal(_) => "heal",
            Act::Reset(_) => "reset",
            Act::Latency(..) => "latency",
            Act::Message(_, act) => match act {
                MessageAct::Hold => "hold",
                MessageAct::Deliver => "deliver",
                MessageAct::Drop => "drop",
                MessageAct::Duplicate => "duplicate",
                MessageAct::Reorder => "reorder",
            },
            Act::Disk(_, fault) => match fault {
                DiskFault::None => "mend_disk",
                DiskFault::Slow(_) => "slow_disk",
                DiskFault::Stall => "stall_disk",
                DiskFault::Full(_) => "fill_disk",
                DiskFault::Fail => "fail_disk",
                DiskFault::TearNext => "tear_disk",
            },
            Act::Wipe(_) => "wipe",
            Act::WallJump(..) => "wall_jump",
            Act::Drift(..) => "drift",
            Act::SlowLane { .. } => "slow_thread",
            Act::Tamper(_, op) => match op {
                ServerOp::ForceLeading => "force_leading",
                ServerOp::QuitFollowing => "quit_following",
                ServerOp::FalsifyVote { .. } => "falsify_vote",
                ServerOp::AdvanceCounter(_) => "advance_counter",
            },
            Act::Connect(_) => "connect",
            Act::TakeOver { .. } => "take_over",
            Act::Call(call) => call.operation.verb(),
            Act::Kafka(_) => "kafka",
        }
    }

    /// Whether it lasts, so that it can be undone; the error is its verb.
    pub fn lasting(&self) -> Result<(), &'static str> {
        match self {
            Act::Start(_)
            | Act::Crash(_)
            | Act::PowerLoss(_)
            | Act::Pause(_)
            | Act::Partition(_)
            | Act::Cut(_)
            | Act::Swallow(_)
            | Act::Reject(_)
            | Act::Latency(..)
            | Act::Message(_, MessageAct::Hold)
            | Act::WallJump(..)
            | Act::Drift(..)
            | Act::SlowLane { .. } => Ok(()),
            Act::Disk(_, fault) if *fault != DiskFault::None => Ok(()),
            _ => Err(self.verb()),
        }
    }
}

impl Operation {
    /// The key by which a file names it.
    pub fn verb(&self) -> &'static str {
        match self {
            Operation::Create { .. } => "create",
            Operation::Set { .. } => "set",
            Operation::Delete { .. } => "delete",
            Operation::Check { .. } => "check",
            Operation::Get { .. } => "get",
            Operation::Exists { .. } => "exists",
            Operation::Children { .. } => "children",
            Operation::Sync { .. } => "sync",
            Operation::SetAcl { .. } => "set_acl",
            Operation::GetAcl { .. } => "get_acl",
            Operation::AddAuth { .. } => "add_auth",
            Operation::Multi(_) => "multi",
            Operation::Close => "close",
        }
    }
}

/// A thread of a server by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LaneName {
    /// `QuorumPeer.run`.
    Peer,
    /// `WorkerReceiver`.
    Election,
    /// `SyncRequestProcessor`.
    Log,
    /// `CommitProcessor`.
    Commit,
    /// `PrepRequestProcessor`.
    Prep,
    /// `SessionTracker`.
    Session,
}

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `create`.
    Create {
        /// Path.
        path: Box<str>,
        /// Data.
        data: Data,
        /// Vanishes with its session.
        ephemeral: bool,
        /// Gets a number.
        sequential: bool,
        /// Goes some time after its last child.
        container: bool,
        /// How long it lives without a change, in milliseconds.
        ttl_ms: Option<i64>,
        /// Who may do what with it.
        acl: AclList,
    },
    /// `setACL`.
    SetAcl {
        /// Path.
        path: Box<str>,
        /// Who may do what with it.
        acl: AclList,
        /// Expected version of the list; any if not said.
        version: Option<i32>,
    },
    /// `getACL`.
    GetAcl {
        /// Path.
        path: Box<str>,
    },
    /// `addAuthInfo`.
    AddAuth {
        /// The scheme: `digest`, unless said.
        scheme: Box<str>,
        /// What proves it: `user:password`.
        auth: Box<str>,
    },
    /// `setData`.
    Set {
        /// Path.
        path: Box<str>,
        /// Data.
        data: Data,
        /// Expected version; any if not said.
        version: Option<i32>,
    },
    /// `delete`.
    Delete {
        /// Path.
        path: Box<str>,
        /// Expected version; any if not said.
        version: Option<i32>,
    },
    /// `check`, within a multi.
    Check {
        /// Path.
        path: Box<str>,
        /// Expected version.
        version: i32,
    },
    /// `getData`.
    Get {
        /// Path.
        path: Box<str>,
        /// Leaves a watch.
        watch: bool,
    },
    /// `exists`.
    Exists {
        /// Path.
        path: Box<str>,
        /// Leaves a watch.
        watch: bool,
    },
    /// `getChildren`.
    Children {
        /// Path.
        path: Box<str>,
        /// Leaves a watch.
        watch: bool,
    },
    /// `sync`.
    Sync {
        /// Path.
        path: Box<str>,
    },
    /// `multi`.
    Multi(Vec<Operation>),
    /// Closes the session.
    Close,
}

/// Data of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A text.
    Text(Box<str>),
    /// So many bytes, whatever they are.
    Bytes(u32),
}
