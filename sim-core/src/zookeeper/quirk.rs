//! Historical bugs as named switches.
//!
//! A quirk is the affected version's own order of statements, missing check or missing sync; it never writes a wrong
//! state by itself. With the quirk off the server behaves as the fixed one.

use crate::zookeeper::{PersistenceGroup, Release, Rows};
use serde::{Deserialize, Serialize};

/// A named bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Quirk {
    /// ZOOKEEPER-1549/1558: a candidate snapshots its uncommitted tail when it begins to lead.
    Zk1558SnapshotBeforeQuorum = 0,
    /// ZOOKEEPER-3911: NEWLEADER is acknowledged before the entries of the sync are logged.
    Zk3911AckBeforeLog = 1,
    /// ZOOKEEPER-4643: currentEpoch is written before the entries of the sync are logged.
    Zk4643EpochBeforeLog = 2,
    /// ZOOKEEPER-4646: NEWLEADER is acknowledged while the log thread still holds the entries.
    Zk4646AckWithoutSync = 3,
    /// ZOOKEEPER-4685: an entry's ACK may overtake the ACK of NEWLEADER, and the leader does not count the follower.
    Zk4685AckOvertakesNewLeader = 4,
    /// ZOOKEEPER-2307: the epoch is set in memory before the file is written.
    Zk2307EpochInMemoryFirst = 5,
    /// ZOOKEEPER-3642: a follower that fails between SNAP and NEWLEADER keeps its memory.
    Zk3642KeepsMemoryAfterSnap = 6,
    /// ZOOKEEPER-2418: a DIFF from the log on disk skips the gap before the committed log.
    Zk2418GapInDiff = 7,
    /// ZOOKEEPER-4712 and 4541: the log queue drains into the log after the next election began.
    Zk4712QueueDrainsLate = 8,
    /// ZOOKEEPER-3023: the leader handles the UPTODATE ack before the follower applied the synced entries.
    Zk3023UpToDateBeforeApply = 9,
    /// ZOOKEEPER-4394: a COMMIT between NEWLEADER and UPTODATE finds no proposal.
    Zk4394CommitBeforeUpToDate = 10,
    /// ZOOKEEPER-1653: history of a new epoch is on disk before `currentEpoch`; a server that dies
    /// in between does not start again. 3.4.6 left a marker file; no later line has it.
    Zk1653EpochFileLags = 11,
    /// Not in the tracker as far as we know: `FileTxnLog.truncate` keeps the first entry above the
    /// zxid if the zxid itself is not in the log, as behind a SNAP. In all releases up to 3.9.4.
    TruncateKeepsNext = 12,
    /// ZOOKEEPER-5094 (open): a follower that fails between TRUNC and NEWLEADER keeps its memory,
    /// which may be ahead of its log.
    Zk5094KeepsMemoryAfterTrunc = 13,
    /// ZOOKEEPER-2846 (open): the log on disk stays when a snapshot takes its place, so it has a
    /// hole behind it, across which a later leader sends a DIFF.
    Zk2846HoleInLog = 14,
}

impl Quirk {
    /// All of them.
    pub const ALL: [Quirk; 15] = [
        Quirk::Zk1558SnapshotBeforeQuorum,
        Quirk::Zk3911AckBeforeLog,
        Quirk::Zk4643EpochBeforeLog,
        Quirk::Zk4646AckWithoutSync,
        Quirk::Zk4685AckOvertakesNewLeader,
        Quirk::Zk2307EpochInMemoryFirst,
        Quirk::Zk3642KeepsMemoryAfterSnap,
        Quirk::Zk2418GapInDiff,
        Quirk::Zk4712QueueDrainsLate,
        Quirk::Zk3023UpToDateBeforeApply,
        Quirk::Zk4394CommitBeforeUpToDate,
        Quirk::Zk1653EpochFileLags,
        Quirk::TruncateKeepsNext,
        Quirk::Zk5094KeepsMemoryAfterTrunc,
        Quirk::Zk2846HoleInLog,
    ];

    /// What the affected releases do, in one sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Quirk::Zk1558SnapshotBeforeQuorum => {
                "a candidate snapshots its uncommitted tail when it begins to lead"
            }
            Quirk::Zk3911AckBeforeLog => {
                "NEWLEADER is acknowledged before the entries of the sync are logged"
            }
            Quirk::Zk4643EpochBeforeLog => {
                "currentEpoch is written before the entries of the sync are logged"
            }
            Quirk::Zk4646AckWithoutSync => {
                "NEWLEADER is acknowledged while the log thread still holds the entries"
            }
            Quirk::Zk4685AckOvertakesNewLeader => {
                "an entry's ACK may overtake the ACK of NEWLEADER, and the leader does not \
                 count the follower"
            }
            Quirk::Zk2307EpochInMemoryFirst => {
                "the epoch is set in memory before the file is written"
            }
            Quirk::Zk3642KeepsMemoryAfterSnap => {
                "a follower that fails between SNAP and NEWLEADER keeps its memory"
            }
            Quirk::Zk2418GapInDiff => {
                "a DIFF from the log on disk skips the gap before the committed log"
            }
            Quirk::Zk4712QueueDrainsLate => {
                "the log queue drains into the log after the next election began"
            }
            Quirk::Zk3023UpToDateBeforeApply => {
                "the leader handles the UPTODATE ack before the follower applied the synced \
                 entries"
            }
            Quirk::Zk4394CommitBeforeUpToDate => {
                "a COMMIT between NEWLEADER and UPTODATE finds no proposal"
            }
            Quirk::TruncateKeepsNext => {
                "a cut keeps the first entry above its zxid if the zxid itself is not in the log"
            }
            Quirk::Zk5094KeepsMemoryAfterTrunc => {
                "a follower that fails between TRUNC and NEWLEADER keeps its memory"
            }
            Quirk::Zk2846HoleInLog => {
                "the log on disk stays when a snapshot takes its place, and a leader sends a DIFF \
                 across the hole"
            }
            Quirk::Zk1653EpochFileLags => {
                "history of a new epoch is on disk before currentEpoch, and a server that dies in \
                 between does not start again"
            }
        }
    }

    /// The tracker's id, by which a scenario switches it.
    pub const fn id(self) -> &'static str {
        match self {
            Quirk::Zk1558SnapshotBeforeQuorum => "ZOOKEEPER-1558",
            Quirk::Zk3911AckBeforeLog => "ZOOKEEPER-3911",
            Quirk::Zk4643EpochBeforeLog => "ZOOKEEPER-4643",
            Quirk::Zk4646AckWithoutSync => "ZOOKEEPER-4646",
            Quirk::Zk4685AckOvertakesNewLeader => "ZOOKEEPER-4685",
            Quirk::Zk2307EpochInMemoryFirst => "ZOOKEEPER-2307",
            Quirk::Zk3642KeepsMemoryAfterSnap => "ZOOKEEPER-3642",
            Quirk::Zk2418GapInDiff => "ZOOKEEPER-2418",
            Quirk::Zk4712QueueDrainsLate => "ZOOKEEPER-4712",
            Quirk::Zk3023UpToDateBeforeApply => "ZOOKEEPER-3023",
            Quirk::Zk4394CommitBeforeUpToDate => "ZOOKEEPER-4394",
            Quirk::Zk1653EpochFileLags => "ZOOKEEPER-1653",
            Quirk::TruncateKeepsNext => "FileTxnLog.truncate",
            Quirk::Zk5094KeepsMemoryAfterTrunc => "ZOOKEEPER-5094",
            Quirk::Zk2846HoleInLog => "ZOOKEEPER-2846",
        }
    }

    /// Whether a release, as it came out, has it. Those that are fixed only in releases not modelled here are simply
    /// there.
    pub fn affects(self, release: Release) -> bool {
        let rows = Rows::of(release);
        let since = |minor, patch| (release.minor, release.patch) >= (minor, patch);
        match self {
            Quirk::Zk3911AckBeforeLog => rows.persistence <= PersistenceGroup::B,
            Quirk::Zk4646AckWithoutSync
            | Quirk::Zk4685AckOvertakesNewLeader
            | Quirk::Zk4394CommitBeforeUpToDate => rows.persistence == PersistenceGroup::C,
            Quirk::Zk2307EpochInMemoryFirst => {
                !(since(6, 3) || release.minor == 5 && release.patch >= 8)
            }
            Quirk::Zk3642KeepsMemoryAfterSnap => {
                !(since(6, 3) || release.minor == 5 && release.patch >= 10)
            }
            Quirk::Zk2418GapInDiff => !since(6, 0),
            Quirk::Zk1558SnapshotBeforeQuorum
            | Quirk::Zk4643EpochBeforeLog
            | Quirk::Zk4712QueueDrainsLate
            | Quirk::Zk3023UpToDateBeforeApply
            | Quirk::Zk1653EpochFileLags
            | Quirk::TruncateKeepsNext
            | Quirk::Zk5094KeepsMemoryAfterTrunc
            | Quirk::Zk2846HoleInLog => true,
        }
    }
}

/// A set of quirks.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Quirks(pub u32);

impl Quirks {
    /// None: the server as it would be with every bug fixed.
    pub const NONE: Quirks = Quirks(0);

    /// Those of a release as it came out.
    pub fn of(release: Release) -> Quirks {
        Quirk::ALL
            .into_iter()
            .filter(|quirk| quirk.affects(release))
            .fold(Quirks::NONE, Quirks::with)
    }

    /// Whether one is on.
    pub const fn has(self, quirk: Quirk) -> bool {
        self.0 & (1 << quirk as u8) != 0
    }

    /// With one switched on.
    pub const fn with(self, quirk: Quirk) -> Quirks {
        Quirks(self.0 | (1 << quirk as u8))
    }

    /// With one switched off.
    pub const fn without(self, quirk: Quirk) -> Quirks {
        Quirks(self.0 & !(1 << quirk as u8))
    }

    /// Those that are on, in order.
    pub fn iter(self) -> impl Iterator<Item = Quirk> {
        Quirk::ALL.into_iter().filter(move |quirk| self.has(*quirk))
    }
}
