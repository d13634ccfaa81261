//! Releases and the rows that tell them apart.
//!
//! A behaviour that differs between releases is a field of [`Rows`], resolved once from the release's number; no
//! machine compares versions.

use serde::{Deserialize, Serialize};

/// A released version of ZooKeeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Release {
    /// 3 in 3.5.7.
    pub major: u8,
    /// 5 in 3.5.7.
    pub minor: u8,
    /// 7 in 3.5.7.
    pub patch: u8,
}

impl Release {
    /// The default release.
    pub const V3_5_7: Release = Release {
        major: 3,
        minor: 5,
        patch: 7,
    };
    /// The other recorded release.
    pub const V3_8_0: Release = Release {
        major: 3,
        minor: 8,
        patch: 0,
    };
    /// The releases that can be named so far.
    pub const KNOWN: [Release; 2] = [Release::V3_5_7, Release::V3_8_0];
}

impl core::fmt::Display for Release {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What a follower makes durable when NEWLEADER arrives; see the reference's groups A to F.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum PersistenceGroup {
    A,
    B,
    C,
    D,
    E,
    F,
}

/// Everything that differs between releases, as values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Rows {
    /// What a follower persists at NEWLEADER.
    pub persistence: PersistenceGroup,
    /// The pause between a learner's attempts to connect to its leader, in ms: 1000 up to 3.5, 100 in 3.8.0.
    pub learner_retry_ms: u32,
    /// Whether election connections are dialled one after another by the thread that wants one (up to 3.5.7 and in
    /// 3.6.0) or side by side (ZOOKEEPER-3756).
    pub inline_connects: bool,
    /// Whether `recvset` keeps the state of votes (ZOOKEEPER-3537, from 3.6).
    pub recvset_keeps_state: bool,
    /// Whether LOOKING notifications are dropped while the own or the sender's zxid is -1 (from 3.6).
    pub drops_uninitialised: bool,
    /// Whether a leader writes a snapshot when it begins to lead (all of 3.5 and later).
    pub snapshot_when_leading: bool,
    /// Whether, after SNAP, forwarding starts from the database sent (3.6) or still from the peer's zxid (3.5).
    pub snap_moves_last_sent: bool,
    /// Whether the wait for the epoch is bounded separately (`maxTimeToWaitForEpoch`, 3.6); -1 is off.
    pub max_time_to_wait_for_epoch_ms: i32,
    /// The committed log's capacity: 501 entries at most.
    pub committed_log: u32,
    /// Whether a write that waits for its commit holds back only its own session's requests (ZOOKEEPER-2024, from 3.6)
    /// or those of every session of its server.
    pub commit_queue_per_session: bool,
    /// How many entries the log thread gathers before it syncs although more wait: 1001 up to 3.5 ("more than 1000"),
    /// 1000 from 3.6 (`maxBatchSize`).
    pub group_commit: u32,
    /// Whether one attempt to connect to the leader is bounded by syncLimit (3.5) or only by initLimit (3.8.0).
    pub connect_within_sync_limit: bool,
    /// Whether a learner that gives up leaves its log thread running (ZOOKEEPER-4541 as it came with the fix of 3642)
    /// or stops it, but only after it advanced its memory from the log (3.5.7). Looked at while quirk 4712 is on.
    pub log_thread_outlives_learner: bool,
    /// An observer waits a random part of this before it looks for a leader again (`observer.election.DelayMs`,
    /// 3.6); 0 is off.
    pub observer_election_delay_ms: u32,
}

impl Rows {
    /// The rows of a release.
    pub fn of(release: Release) -> Rows {
        let since = |major, minor, patch| {
            release
                >= Release {
                    major,
                    minor,
                    patch,
                }
        };
        Rows {
            persistence: if since(3, 6, 3) || (release.minor == 5 && since(3, 5, 10)) {
                PersistenceGroup::C
            } else {
                PersistenceGroup::B
            },
            learner_retry_ms: if since(3, 6, 0) { 100 } else { 1000 },
            inline_connects: !(since(3, 6, 1) || (release.minor == 5 && since(3, 5, 8))),
            recvset_keeps_state: since(3, 6, 0),
            drops_uninitialised: since(3, 6, 0),
            snapshot_when_leading: true,
            snap_moves_last_sent: since(3, 6, 0),
            max_time_to_wait_for_epoch_ms: -1,
            committed_log: 501,
            commit_queue_per_session: since(3, 6, 0),
            group_commit: if since(3, 6, 0) { 1000 } else { 1001 },
            connect_within_sync_limit: !since(3, 6, 0),
            log_thread_outlives_learner: since(3, 6, 3) || (release.minor == 5 && since(3, 5, 10)),
            observer_election_delay_ms: if since(3, 6, 0) { 200 } else { 0 },
        }
    }
}
