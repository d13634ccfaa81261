//! Sessions: their ids, and the leader's tracker that expires them by tick buckets.
//!
//! Follows `SessionTrackerImpl.java`, `ExpiryQueue.java`, `LeaderSessionTracker.java` of release
//! 3.5.7, without local sessions. All times are the monotonic clock's, in whole milliseconds.

use crate::base::LocalTime;
use crate::zookeeper::{ErrorCode, Owner, SessionId, Sid, Tree};
use std::collections::{BTreeMap, BTreeSet};

fn millis(time: LocalTime) -> u64 {
    time.0 / 1_000_000
}

/// The session ids that a server gives out from now on (`initializeNextSession`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionIds(i64);

impl SessionIds {
    /// sid in the top byte, then the low 40 bits of the clock's milliseconds, then 16 zero bits.
    pub fn new(sid: Sid, now: LocalTime) -> Self {
        let clock = (millis(now) << 24) >> 8;
        let first = clock as i64 | (sid.0 << 56);
        // The smallest number marks containers.
        Self(if first == i64::MIN { first + 1 } else { first })
    }

    /// The next id.
    pub fn next_id(&mut self) -> SessionId {
        let id = SessionId(self.0);
        self.0 += 1;
        id
    }
}

/// The leader's session tracker: who owns which session, and when each expires.
///
/// A session expires at the first whole multiple of the tick after its timeout:
/// `(floor((now + timeout) / tick) + 1) * tick`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionTracker {
    tick_ms: u64,
    sessions: BTreeMap<SessionId, Tracked>,
    buckets: BTreeMap<u64, BTreeSet<SessionId>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Tracked {
    owner: Option<Owner>,
    closing: bool,
    expires_ms: u64,
}

impl SessionTracker {
    /// Starts with every session of the tree, each with its whole timeout from `now`.
    pub fn new(tree: &Tree, tick_ms: u32, now: LocalTime) -> Self {
        let mut tracker = Self {
            tick_ms: u64::from(tick_ms),
            sessions: BTreeMap::new(),
            buckets: BTreeMap::new(),
        };
        for (session, timeout_ms) in &tree.sessions {
            tracker.track(*session, *timeout_ms, now);
        }
        tracker
    }

    /// Keeps a session alive for `timeout_ms` from `now` (`touchSession`); false if it is unknown
    /// or closing.
    pub fn touch(&mut self, session: SessionId, timeout_ms: u32, now: LocalTime) -> bool {
        match self.sessions.get(&session) {
            Some(tracked) if !tracked.closing => {
                self.move_expiry(session, timeout_ms, now);
                true
            }
            _ => false,
        }
    }

    /// A session was created: asked for by a client here, prepared, or applied (`addSession`).
    pub fn track(&mut self, session: SessionId, timeout_ms: u32, now: LocalTime) {
        self.sessions.entry(session).or_insert(Tracked {
            owner: None,
            closing: false,
            expires_ms: 0,
        });
        self.move_expiry(session, timeout_ms, now);
    }

    fn move_expiry(&mut self, session: SessionId, timeout_ms: u32, now: LocalTime) {
        let end = millis(now) + u64::from(timeout_ms);
        let expires_ms = (end / self.tick_ms + 1) * self.tick_ms;
        let tracked = self.sessions.get_mut(&session).expect("tracked");
        let before = core::mem::replace(&mut tracked.expires_ms, expires_ms);
        if before != expires_ms {
            Self::leave(&mut self.buckets, before, session);
            self.buckets.entry(expires_ms).or_default().insert(session);
        }
    }

    fn leave(buckets: &mut BTreeMap<u64, BTreeSet<SessionId>>, at: u64, session: SessionId) {
        if let Some(bucket) = buckets.get_mut(&at) {
            bucket.remove(&session);
            if bucket.is_empty() {
                buckets.remove(&at);
            }
        }
    }

    /// A session is gone (`removeSession`).
    pub fn remove(&mut self, session: SessionId) {
        if let Some(tracked) = self.sessions.remove(&session) {
            Self::leave(&mut self.buckets, tracked.expires_ms, session);
        }
    }

    /// Whether `owner` may use the session (`checkSession`); the first user becomes its owner.
    pub fn check(&mut self, session: SessionId, owner: Owner) -> Result<(), ErrorCode> {
        let tracked = self.sessions.get_mut(&session);
        let tracked = tracked.ok_or(ErrorCode::SessionExpired)?;
        if tracked.closing {
            return Err(ErrorCode::SessionExpired);
        }
        if *tracked.owner.get_or_insert(owner) == owner {
            Ok(())
        } else {
            Err(ErrorCode::SessionMoved)
        }
    }

    /// The session is used through `owner` from now on (`setOwner`: after REVALIDATE, at its
    /// creation). An error if it is unknown or closing.
    pub fn set_owner(&mut self, session: SessionId, owner: Option<Owner>) -> Result<(), ErrorCode> {
        match self.sessions.get_mut(&session) {
            Some(tracked) if !tracked.closing => {
                tracked.owner = owner;
                Ok(())
            }
            _ => Err(ErrorCode::SessionExpired),
        }
    }

    /// No further use is allowed: its closeSession is under way.
    pub fn set_closing(&mut self, session: SessionId) {
        if let Some(tracked) = self.sessions.get_mut(&session) {
            tracked.closing = true;
        }
    }

    /// When the next bucket is due: keep one timer armed for it; when it fires, call
    /// [`SessionTracker::expire`] and arm it again. Sessions that are touched meanwhile only move
    /// to later buckets, so a timer never has to be brought forward, except by a session with a
    /// shorter timeout. `None` while there is no session.
    pub fn next_expiry(&self) -> Option<LocalTime> {
        let (ms, _) = self.buckets.first_key_value()?;
        Some(LocalTime(ms * 1_000_000))
    }

    /// The sessions of all buckets due at `now`, marked closing: each needs a closeSession
    /// request (cxid 0, no owner).
    pub fn expire(&mut self, now: LocalTime) -> Vec<SessionId> {
        let mut expired = Vec::new();
        while let Some(bucket) = self.buckets.first_entry()
            && *bucket.key() <= millis(now)
        {
            expired.extend(bucket.remove());
        }
        for session in &expired {
            self.set_closing(*session);
        }
        expired
    }

    /// The tracked sessions, in order, and the time at which each would expire.
    pub fn sessions(&self) -> impl Iterator<Item = (SessionId, LocalTime)> {
        let sessions = self.sessions.iter();
        sessions.map(|(id, tracked)| (*id, LocalTime(tracked.expires_ms * 1_000_000)))
    }
}
