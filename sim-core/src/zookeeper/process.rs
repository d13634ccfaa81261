//! The leader makes transactions of requests, validated against the tree and everything proposed
//! but not yet applied.
//!
//! Follows `PrepRequestProcessor.java` of release 3.5.7. It never changes the tree and never waits.
//! Every write gets a zxid, also one that fails. Read `serving.rs` for where requests come from.

use crate::base::Conn;
use crate::engine::Now;
use crate::zookeeper::{Op, SessionId, SessionTracker, Tree, Txn, Zxid};
use std::sync::Arc;

/// Who speaks for a session at the leader (`Request.owner`): a session used through two of them
/// has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A client connection of the leader itself.
    Local,
    /// A learner, by its quorum connection at the leader.
    Learner(Conn),
}

/// A write on its way to becoming a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WriteRequest {
    /// Whose; 0 never occurs (a new session has its id already).
    pub session: SessionId,
    /// The session's own number of it; 0 for what a server asks on its own (expiry).
    pub cxid: i32,
    /// What it asks.
    pub op: Arc<Op>,
    /// Through whom it came; `None` for what the leader asks on its own.
    pub owner: Option<Owner>,
}

/// `PrepRequestProcessor` with `outstandingChanges` and the counter of zxids (`hzxid`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prep {
    last: Zxid,
}

impl Prep {
    /// A leader that begins to serve: the next transaction is `last` + 1.
    pub fn new(last: Zxid) -> Self {
        Self { last }
    }

    /// The zxid given last.
    pub fn last_zxid(&self) -> Zxid {
        self.last
    }

    /// Makes the transaction of a write. `tree` is what is applied by now. Session errors become error transactions as all others do.
    pub fn make(
        &mut self,
        _request: &WriteRequest,
        _tree: &Tree,
        _sessions: &mut SessionTracker,
        _now: Now,
    ) -> Arc<Txn> {
        todo!("storage")
    }

    /// A transaction was applied to `tree`: its outstanding changes are no longer needed.
    pub fn applied(&mut self, _zxid: Zxid) {
        todo!("storage")
    }
}
