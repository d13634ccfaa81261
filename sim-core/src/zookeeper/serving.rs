//! Client connections, sessions and requests of one server while it serves.
//!
//! Follows `NIOServerCnxn`, `ZooKeeperServer`, `FollowerRequestProcessor`, `CommitProcessor`,
//! `FinalRequestProcessor` and `LearnerSessionTracker` of release 3.5.7. It never talks to the
//! leader: what must go there is returned as [`Submit`]. Read `process.rs` next.

use crate::base::{Conn, LocalTime};
use crate::engine::Fx;
use crate::zookeeper::{
    ClientMsg, ErrorCode, OpResult, Server, ServerConfig, SessionId, SessionTracker, Tree, Txn,
    WriteRequest, Zxid,
};
use std::sync::Arc;

/// What a server's clients want from the leader.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Submit {
    /// A write: REQUEST of a learner (its owner is then the leader's business), or straight to
    /// [`Prep`](crate::zookeeper::Prep) at the leader.
    Write(WriteRequest),
    /// A sync: SYNC of a learner, `processSync` at the leader. [`Serving::synced`] answers it.
    Sync {
        /// Whose.
        session: SessionId,
        /// The session's own number of the request.
        cxid: i32,
    },
    /// A session that a learner does not know to be alive: REVALIDATE. Never asked at the leader.
    /// [`Serving::revalidated`] answers it.
    Revalidate {
        /// Which.
        session: SessionId,
        /// Its timeout in milliseconds.
        timeout_ms: u32,
    },
}

/// Connections and requests of one server (`ZooKeeperServer` with its processors).
///
/// Lives as long as the process: client connections are accepted at any time and closed when they
/// speak while the server does not serve.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Serving {
    running: bool,
}

impl Serving {
    /// Nothing yet. Listening on the client port is the server's business (it does from its start).
    pub fn new(_config: &ServerConfig) -> Self {
        Self { running: false }
    }

    /// Begins to serve (`startup`): as leader with a session tracker, as learner without.
    /// Takes new session ids from the clock.
    pub fn start(&mut self, _as_leader: bool, _tree: &Tree, _now: LocalTime) {
        todo!("storage")
    }

    /// Stops serving (`shutdown`): closes all client connections and forgets pending requests.
    pub fn stop(&mut self, _fx: &mut dyn Fx<Server>) {
        todo!("storage")
    }

    /// Whether it serves.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// A client connected.
    pub fn accepted(&mut self, _conn: Conn) {
        todo!("storage")
    }

    /// A client's connection ended. Its session lives on.
    pub fn closed(&mut self, _conn: Conn) {
        todo!("storage")
    }

    /// A client spoke. Reads are answered at once if nothing is before them.
    pub fn deliver(
        &mut self,
        _conn: Conn,
        _msg: ClientMsg,
        _tree: &Tree,
        _now: LocalTime,
        _fx: &mut dyn Fx<Server>,
    ) -> Option<Submit> {
        todo!("storage")
    }

    /// A transaction was applied here with this result (`FinalRequestProcessor`): answers its
    /// client if it is ours, and what waited behind it. Call it right after
    /// [`Database::apply`](crate::zookeeper::Database::apply) with the tree after it.
    pub fn applied(
        &mut self,
        _txn: &Txn,
        _result: &Result<OpResult, ErrorCode>,
        _tree: &Tree,
        _now: LocalTime,
        _fx: &mut dyn Fx<Server>,
    ) -> Vec<Submit> {
        todo!("storage")
    }

    /// A sync came back from the leader.
    pub fn synced(
        &mut self,
        _session: SessionId,
        _cxid: i32,
        _tree: &Tree,
        _fx: &mut dyn Fx<Server>,
    ) -> Vec<Submit> {
        todo!("storage")
    }

    /// The leader's answer to [`Submit::Revalidate`].
    pub fn revalidated(
        &mut self,
        _session: SessionId,
        _valid: bool,
        _tree: &Tree,
        _fx: &mut dyn Fx<Server>,
    ) {
        todo!("storage")
    }

    /// The sessions used here since the last call with their timeouts: a learner's PING answer.
    pub fn take_touched(&mut self) -> Arc<[(SessionId, u32)]> {
        todo!("storage")
    }

    /// The leader's session tracker, while leading and serving.
    pub fn tracker(&mut self) -> Option<&mut SessionTracker> {
        todo!("storage")
    }

    /// The greatest zxid a refused client had seen, and other facts, are left through `fx`; this is
    /// what `srvr` counts: open connections and unanswered requests.
    pub fn load(&self) -> (usize, usize) {
        todo!("storage")
    }

    /// The last zxid told to any client.
    pub fn last_told(&self) -> Zxid {
        todo!("storage")
    }
}
