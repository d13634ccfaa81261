//! Leader election of one server: `FastLeaderElection` on top of `QuorumCnxManager`.
//!
//! The server tells it its state and history and gets a [`Decision`]; it never reads the server, the disk or a
//! clock. Follows `FastLeaderElection.java` of releases 3.5.7 and 3.8.0; what differs is in
//! [`Rows`](crate::zookeeper::Rows).

use crate::base::{By, Conn, NodeId};
use crate::engine::{Fx, Why};
use crate::zookeeper::{
    Branch, ElectionMsg, Epoch, Notification, Server, ServerConfig, ServerState, Sid, Vote, Zxid,
};

/// The timers of the election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElectionTimer {
    /// The main loop's poll of its queue of notifications runs out (`notTimeout`, `finalizeWait`).
    Poll,
    /// An attempt to connect to this server takes too long (`cnxTimeout`).
    Connect(Sid),
    /// The connection that the listener attends to sends no greeting (socket timeout, syncLimit ticks).
    Greeting,
}

/// What threads of the election hand to each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ElectionWork {
    /// An own notification on its way through the receive queue (lane ELECTION).
    Loopback(Notification),
    /// The main loop's queue is not empty (lane PEER).
    Wake,
}

/// What the server passes on to the election: everything on connections of port ELECTION, its timers, its work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ElectionInput {
    /// Somebody connected to port ELECTION.
    Accepted(Conn, NodeId),
    /// An own dial succeeded.
    Opened(Conn),
    /// An own dial failed.
    Refused(Conn),
    /// A message came.
    Message(Conn, ElectionMsg),
    /// A connection ended.
    Closed(Conn, Why),
    /// A timer ran out.
    Timer(ElectionTimer),
    /// Another thread handed something over.
    Work(ElectionWork),
}

/// How an election ended. The election's own state and current vote are set already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// LEADING, FOLLOWING or OBSERVING.
    pub state: ServerState,
    /// The vote that won.
    pub vote: Vote,
    /// Which branch of the main loop ended it.
    pub branch: Branch,
}

/// The election part of a server: connections for votes, the receiver's rules, and `lookForLeader`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Election {
    state: ServerState,
    current: Vote,
}

impl Election {
    /// Starts listening and answering (`startLeaderElection`): call it once the database is loaded, in state LOOKING.
    /// The server's current vote is for itself until it decides.
    pub fn boot(
        config: &ServerConfig,
        zxid: By<Zxid>,
        peer_epoch: By<Epoch>,
        fx: &mut dyn Fx<Server>,
    ) -> Self {
        let _ = (config, zxid, peer_epoch, fx);
        todo!("election")
    }

    /// Begins one call of `lookForLeader`. `zxid` is the last processed one, `peer_epoch` the current epoch, each with
    /// the step that the server has it from. The state must be LOOKING.
    pub fn look(&mut self, zxid: By<Zxid>, peer_epoch: By<Epoch>, fx: &mut dyn Fx<Server>) {
        let _ = (zxid, peer_epoch, fx);
        todo!("election")
    }

    /// Takes one input of the election's. `Some` when it ends the election: then the state is the decided one and
    /// the current vote the winning one.
    pub fn input(&mut self, input: ElectionInput, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        let _ = (input, fx);
        todo!("election")
    }

    /// Whether a connection is one of the election's (for `Opened`, `Refused`, `Closed`).
    pub fn owns(&self, conn: Conn) -> bool {
        let _ = conn;
        todo!("election")
    }

    /// Tells the state that the receiver answers with. Setting LOOKING does not begin an election: `look` does.
    pub fn set_state(&mut self, state: ServerState) {
        self.state = state;
    }

    /// The state told last, or decided since.
    pub fn state(&self) -> ServerState {
        self.state
    }

    /// The vote that others are told outside an election (`currentVote`).
    pub fn current_vote(&self) -> Vote {
        self.current
    }

    /// Replaces the current vote.
    pub fn set_current_vote(&mut self, vote: Vote) {
        self.current = vote;
    }

    /// Raises the peer epoch of the current vote when an epoch is established (`updateElectionVote`).
    pub fn update_election_vote(&mut self, epoch: Epoch) {
        self.current.peer_epoch = epoch;
    }
}
