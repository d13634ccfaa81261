//! What travels on the wire: election notifications, quorum packets, client requests and responses.
//!
//! Follows `QuorumCnxManager.java`, `FastLeaderElection.java`, `QuorumPacket` and `Leader.java` of release 3.5.7.

use crate::base::Port;
use crate::engine::Message;
use crate::zookeeper::{
    Epoch, ErrorCode, Identities, Op, OpResult, Round, ServerState, SessionId, Sid, Tree, Txn,
    Vote, Zxid,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The three ports of a server.
pub mod port {
    use crate::base::Port;
    /// Clients connect here (`clientPort`, 2181).
    pub const CLIENT: Port = Port(0);
    /// Learners connect to their leader here (2888).
    pub const QUORUM: Port = Port(1);
    /// Votes travel here (3888).
    pub const ELECTION: Port = Port(2);
    /// The name a scenario uses.
    pub const fn name(port: Port) -> &'static str {
        match port.0 {
            0 => "client",
            1 => "quorum",
            2 => "election",
            _ => "unknown",
        }
    }
}

/// Any message of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Msg {
    /// On an election connection.
    Election(ElectionMsg),
    /// On a quorum connection.
    Quorum(Packet),
    /// On a client connection.
    Client(ClientMsg),
}

/// On an election connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElectionMsg {
    /// The first message of whoever dialled: who it is (`InitialMessage`).
    Greeting(Sid),
    /// A vote.
    Notification(Notification),
}

/// A vote on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Notification {
    /// The sender's state.
    pub state: ServerState,
    /// The proposed leader.
    pub leader: Sid,
    /// The proposed leader's zxid.
    pub zxid: Zxid,
    /// The sender's round (or the stored round of its vote, see `FastLeaderElection.WorkerReceiver`).
    pub round: Round,
    /// The proposed leader's epoch.
    pub peer_epoch: Epoch,
    /// The format version: 2 with a configuration, 1 before 3.5, 0 the 28-byte form.
    pub version: u8,
}

impl Notification {
    /// What a server of this state says when it votes so, in the format of 3.5 and later.
    pub const fn new(state: ServerState, vote: Vote) -> Self {
        Self {
            state,
            leader: vote.leader,
            zxid: vote.zxid,
            round: vote.round,
            peer_epoch: vote.peer_epoch,
            version: 2,
        }
    }

    /// The vote in it.
    pub const fn vote(&self) -> Vote {
        Vote {
            leader: self.leader,
            zxid: self.zxid,
            peer_epoch: self.peer_epoch,
            round: self.round,
        }
    }
}

/// The type of a quorum packet; the numbers are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum PacketKind {
    Request = 1,
    Proposal = 2,
    Ack = 3,
    Commit = 4,
    Ping = 5,
    Revalidate = 6,
    Sync = 7,
    Inform = 8,
    CommitAndActivate = 9,
    NewLeader = 10,
    FollowerInfo = 11,
    UpToDate = 12,
    Diff = 13,
    Trunc = 14,
    Snap = 15,
    ObserverInfo = 16,
    LeaderInfo = 17,
    AckEpoch = 18,
    InformAndActivate = 19,
}

impl PacketKind {
    /// As `Leader.java` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            PacketKind::Request => "REQUEST",
            PacketKind::Proposal => "PROPOSAL",
            PacketKind::Ack => "ACK",
            PacketKind::Commit => "COMMIT",
            PacketKind::Ping => "PING",
            PacketKind::Revalidate => "REVALIDATE",
            PacketKind::Sync => "SYNC",
            PacketKind::Inform => "INFORM",
            PacketKind::CommitAndActivate => "COMMITANDACTIVATE",
            PacketKind::NewLeader => "NEWLEADER",
            PacketKind::FollowerInfo => "FOLLOWERINFO",
            PacketKind::UpToDate => "UPTODATE",
            PacketKind::Diff => "DIFF",
            PacketKind::Trunc => "TRUNC",
            PacketKind::Snap => "SNAP",
            PacketKind::ObserverInfo => "OBSERVERINFO",
            PacketKind::LeaderInfo => "LEADERINFO",
            PacketKind::AckEpoch => "ACKEPOCH",
            PacketKind::InformAndActivate => "INFORMANDACTIVATE",
        }
    }
}

/// A quorum packet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Packet {
    /// Its type.
    pub kind: PacketKind,
    /// Its zxid field.
    pub zxid: Zxid,
    /// Its data field.
    pub data: PacketData,
}

/// The data field of a quorum packet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PacketData {
    /// Nothing.
    None,
    /// FOLLOWERINFO, OBSERVERINFO: who it is.
    Learner {
        /// Its id.
        sid: Sid,
    },
    /// ACKEPOCH: the learner's current epoch; `None` stands for the -1 that does not count.
    Epoch(Option<Epoch>),
    /// PROPOSAL, INFORM: the transaction.
    Txn(Arc<Txn>),
    /// REQUEST: a write on its way to the leader.
    Request {
        /// Whose.
        session: SessionId,
        /// The session's own number of the request.
        cxid: i32,
        /// What it asks.
        op: Arc<Op>,
        /// Who speaks on the client's connection.
        identities: Identities,
    },
    /// SYNC: which request waits for it.
    Sync {
        /// Whose.
        session: SessionId,
        /// The session's own number of the request.
        cxid: i32,
    },
    /// SNAP: the whole database, at its own zxid (not always that of the packet).
    Snapshot(Arc<Tree>),
    /// PING answer: sessions touched since the last one, with their timeouts in milliseconds.
    Touched(Arc<[(SessionId, u32)]>),
    /// REVALIDATE: a session that moved here, and (answer) whether it is valid.
    Revalidate {
        /// Which.
        session: SessionId,
        /// Its timeout (question) in milliseconds.
        timeout_ms: u32,
        /// The answer.
        valid: bool,
    },
}

/// On a client connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientMsg {
    /// Opens or resumes a session.
    Connect {
        /// The session to resume, or 0.
        session: SessionId,
        /// The timeout asked for, in milliseconds.
        timeout_ms: u32,
        /// The greatest zxid this client has seen.
        last_zxid: Zxid,
        /// Whether it shows the right password (a client that makes one up does not).
        password_ok: bool,
    },
    /// The session that the server grants; session 0 means expired.
    Connected {
        /// The session.
        session: SessionId,
        /// The negotiated timeout in milliseconds.
        timeout_ms: u32,
    },
    /// A request.
    Request(Request),
    /// A watch has fired, or the session's state has changed.
    Event(WatchEvent),
    /// An answer, boxed: it is by far the largest message, and all of them are moved about.
    Response(Box<Response>),
}

/// What a watch tells (`WatcherEvent`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WatchEvent {
    /// What happened.
    pub kind: EventKind,
    /// The state of the session.
    pub state: KeeperState,
    /// To which node.
    pub path: Arc<str>,
}

/// What happened to a node (`Watcher.Event.EventType`); the numbers are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i8)]
pub enum EventKind {
    /// Nothing: the session's state has changed.
    None = -1,
    /// It was created.
    NodeCreated = 1,
    /// It was deleted.
    NodeDeleted = 2,
    /// Its data was replaced.
    NodeDataChanged = 3,
    /// A child of it came or went.
    NodeChildrenChanged = 4,
    /// A watch on its data was taken back.
    DataWatchRemoved = 5,
    /// A watch on its list of children was taken back.
    ChildWatchRemoved = 6,
    /// A watch that stays was taken back (3.6 and later).
    PersistentWatchRemoved = 7,
}

impl EventKind {
    /// As the client library names it.
    pub const fn name(self) -> &'static str {
        match self {
            EventKind::None => "None",
            EventKind::NodeCreated => "NodeCreated",
            EventKind::NodeDeleted => "NodeDeleted",
            EventKind::NodeDataChanged => "NodeDataChanged",
            EventKind::NodeChildrenChanged => "NodeChildrenChanged",
            EventKind::DataWatchRemoved => "DataWatchRemoved",
            EventKind::ChildWatchRemoved => "ChildWatchRemoved",
            EventKind::PersistentWatchRemoved => "PersistentWatchRemoved",
        }
    }
}

/// How a session stands (`Watcher.Event.KeeperState`); the numbers are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i16)]
pub enum KeeperState {
    /// No connection.
    Disconnected = 0,
    /// Connected.
    SyncConnected = 3,
    /// A proof of identity was refused.
    AuthFailed = 4,
    /// Connected to a server that serves reads only.
    ConnectedReadOnly = 5,
    /// The session is gone.
    Expired = -112,
    /// The client has closed its session.
    Closed = 7,
}

/// A request of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// The session's own number of it; -2 is a ping.
    pub cxid: i32,
    /// What it asks.
    pub op: Arc<Op>,
}

/// An answer to a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Response {
    /// Which request it answers.
    pub cxid: i32,
    /// The zxid of the write, or the last one applied when a read was served.
    pub zxid: Zxid,
    /// The error, if any.
    pub error: Option<ErrorCode>,
    /// What was asked for.
    pub result: OpResult,
}

impl Message for Msg {
    fn kind(&self) -> u8 {
        match self {
            Msg::Quorum(packet) => packet.kind as u8,
            Msg::Election(ElectionMsg::Notification(_)) => 64,
            Msg::Election(ElectionMsg::Greeting(_)) => 65,
            Msg::Client(ClientMsg::Connect { .. }) => 96,
            Msg::Client(ClientMsg::Connected { .. }) => 97,
            Msg::Client(ClientMsg::Request(_)) => 98,
            Msg::Client(ClientMsg::Response(_)) => 99,
            Msg::Client(ClientMsg::Event(_)) => 100,
        }
    }

    fn kind_name(kind: u8) -> &'static str {
        const QUORUM: [PacketKind; 19] = {
            use PacketKind::*;
            [
                Request,
                Proposal,
                Ack,
                Commit,
                Ping,
                Revalidate,
                Sync,
                Inform,
                CommitAndActivate,
                NewLeader,
                FollowerInfo,
                UpToDate,
                Diff,
                Trunc,
                Snap,
                ObserverInfo,
                LeaderInfo,
                AckEpoch,
                InformAndActivate,
            ]
        };
        match kind {
            1..=19 => QUORUM[kind as usize - 1].name(),
            64 => "NOTIFICATION",
            65 => "GREETING",
            96 => "CONNECT",
            97 => "CONNECTED",
            98 => "CLIENT_REQUEST",
            99 => "CLIENT_RESPONSE",
            100 => "WATCH_EVENT",
            _ => "UNKNOWN",
        }
    }

    fn size(&self) -> u32 {
        match self {
            Msg::Election(_) => 40,
            Msg::Quorum(packet) => 40 + packet.data.size(),
            Msg::Client(ClientMsg::Event(event)) => 28 + event.path.len() as u32,
            Msg::Client(ClientMsg::Request(request)) => 12 + request.op.size(),
            Msg::Client(_) => 44,
        }
    }
}

impl PacketData {
    fn size(&self) -> u32 {
        match self {
            PacketData::None => 0,
            PacketData::Txn(txn) => txn.size(),
            PacketData::Request { op, .. } => 12 + op.size(),
            PacketData::Snapshot(tree) => tree.approximate_size() as u32,
            PacketData::Touched(sessions) => 12 * sessions.len() as u32,
            _ => 12,
        }
    }
}

/// The engine compares ports only; scenario files name them.
pub fn port_by_name(name: &str) -> Option<Port> {
    [port::CLIENT, port::QUORUM, port::ELECTION]
        .into_iter()
        .find(|p| port::name(*p) == name)
}
