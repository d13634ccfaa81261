//! Sessions: their ids, and the leader's tracker that expires them by tick buckets.
//!
//! Follows `SessionTrackerImpl.java`, `ExpiryQueue.java`, `LeaderSessionTracker.java` of release
//! 3.5.7. All times are the monotonic clock's.

use crate::base::LocalTime;
use crate::zookeeper::{ErrorCode, Owner, SessionId, Sid, Tree};

/// The first session id of a server that begins to serve now, and the next ones
/// (`initializeNextSession`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionIds(SessionId);

impl SessionIds {
    /// sid in the top byte, then the low 40 bits of the clock's milliseconds, then 16 zero bits.
    pub fn new(_sid: Sid, _now: LocalTime) -> Self {
        todo!("storage")
    }

    /// The next id.
    pub fn next(&mut self) -> SessionId {
        todo!("storage")
    }
}

/// The leader's session tracker: who owns which session, and when each expires.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionTracker {
    tick_ms: u32,
}

impl SessionTracker {
    /// Starts with every session of the tree, each with its whole timeout from `now`.
    pub fn new(_tree: &Tree, tick_ms: u32, _now: LocalTime) -> Self {
        Self { tick_ms }
    }

    /// Keeps a session alive for `timeout_ms` from `now`; false if it is unknown or closing.
    pub fn touch(&mut self, _session: SessionId, _timeout_ms: u32, _now: LocalTime) -> bool {
        todo!("storage")
    }

    /// A session was created: by a client here, by a REVALIDATE, or by applying its transaction.
    pub fn track(&mut self, _session: SessionId, _timeout_ms: u32, _now: LocalTime) -> bool {
        todo!("storage")
    }

    /// A session is gone.
    pub fn remove(&mut self, _session: SessionId) {
        todo!("storage")
    }

    /// Whether `owner` may use the session (`checkSession`); the first user becomes its owner.
    pub fn check(&mut self, _session: SessionId, _owner: Owner) -> Result<(), ErrorCode> {
        todo!("storage")
    }

    /// The session is used through `owner` from now on (`setOwner`, after REVALIDATE).
    pub fn set_owner(&mut self, _session: SessionId, _owner: Owner) {
        todo!("storage")
    }

    /// No further use is allowed: its closeSession is under way.
    pub fn set_closing(&mut self, _session: SessionId) {
        todo!("storage")
    }

    /// When the next bucket is due: arm a timer for it and call [`SessionTracker::expire`].
    /// `None` while there is no session.
    pub fn next_expiry(&self) -> Option<LocalTime> {
        todo!("storage")
    }

    /// The sessions of all buckets due at `now`, marked closing: each needs a closeSession
    /// request (cxid 0, no owner).
    pub fn expire(&mut self, _now: LocalTime) -> Vec<SessionId> {
        todo!("storage")
    }
}
