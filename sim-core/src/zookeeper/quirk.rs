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
    /// ZOOKEEPER-2845: since memory is kept (ZOOKEEPER-2678), a server that leaves its role advertises
    /// what it applied, although its log has more.
    Zk2845MemoryNotForwarded = 15,
    /// ZOOKEEPER-2355: a DIFF moves the last zxid to its end at once; a learner that fails before the
    /// entries came keeps that zxid, and the gap behind it.
    Zk2355DiffMovesZxidFirst = 16,
    /// ZOOKEEPER-1465: a learner that is exactly where the leader is gets a snapshot all the same.
    Zk1465SnapshotForEqual = 17,
    /// ZOOKEEPER-1514: a server that hears from others that they follow it takes the lead, in whatever
    /// round that was, and steps its round back to it.
    Zk1514RoundStepsBack = 18,
    /// ZOOKEEPER-1732: votes of servers that follow or lead count as equal only if zxid and round agree
    /// too, and are told with the peer epoch of the election.
    Zk1732WholeVotesCompared = 19,
    /// ZOOKEEPER-3104: NEWLEADER is queued before the snapshot is taken, so entries that the snapshot
    /// holds come behind NEWLEADER.
    Zk3104NewLeaderBeforeSnapshot = 20,
    /// ZOOKEEPER-4925: entries that are applied while synchronising do not enter the committed log,
    /// from which a later leader sends a DIFF.
    Zk4925HoleInCommittedLog = 21,
    /// ZOOKEEPER-975 (before 3.4.0): a server that has a vote from every voter joins whoever it heard
    /// say LEADING, whether the votes agree or not.
    Zk975TrustsOneLeading = 22,
    /// ZOOKEEPER-1154 (before 3.3.4): a learner whose zxid lies within the committed log but is not in it
    /// gets a DIFF without a cut.
    Zk1154DiffWithoutCut = 23,
}

impl Quirk {
    /// All of them.
    pub const ALL: [Quirk; 24] = [
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
        Quirk::Zk2845MemoryNotForwarded,
        Quirk::Zk2355DiffMovesZxidFirst,
        Quirk::Zk1465SnapshotForEqual,
        Quirk::Zk1514RoundStepsBack,
        Quirk::Zk1732WholeVotesCompared,
        Quirk::Zk3104NewLeaderBeforeSnapshot,
        Quirk::Zk4925HoleInCommittedLog,
        Quirk::Zk975TrustsOneLeading,
        Quirk::Zk1154DiffWithoutCut,
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
            Quirk::Zk2845MemoryNotForwarded => {
                "a server that leaves a role keeps its memory without what its log has above it"
            }
            Quirk::Zk2355DiffMovesZxidFirst => {
                "a DIFF moves a learner's last zxid to its end before its entries are applied"
            }
            Quirk::Zk1465SnapshotForEqual => {
                "a learner that is where its leader is gets a whole snapshot"
            }
            Quirk::Zk1514RoundStepsBack => {
                "votes of an older round for a server itself make it lead and step its round back"
            }
            Quirk::Zk1732WholeVotesCompared => {
                "votes of those that follow or lead must agree in zxid and round too"
            }
            Quirk::Zk3104NewLeaderBeforeSnapshot => {
                "NEWLEADER is queued before the snapshot is taken, which may hold more"
            }
            Quirk::Zk4925HoleInCommittedLog => {
                "entries applied while synchronising do not enter the committed log"
            }
            Quirk::Zk975TrustsOneLeading => {
                "a server joins whoever says LEADING as soon as every voter was heard"
            }
            Quirk::Zk1154DiffWithoutCut => {
                "a learner within the committed log gets a DIFF without a cut"
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
            Quirk::Zk2845MemoryNotForwarded => "ZOOKEEPER-2845",
            Quirk::Zk2355DiffMovesZxidFirst => "ZOOKEEPER-2355",
            Quirk::Zk1465SnapshotForEqual => "ZOOKEEPER-1465",
            Quirk::Zk1514RoundStepsBack => "ZOOKEEPER-1514",
            Quirk::Zk1732WholeVotesCompared => "ZOOKEEPER-1732",
            Quirk::Zk3104NewLeaderBeforeSnapshot => "ZOOKEEPER-3104",
            Quirk::Zk4925HoleInCommittedLog => "ZOOKEEPER-4925",
            Quirk::Zk975TrustsOneLeading => "ZOOKEEPER-975",
            Quirk::Zk1154DiffWithoutCut => "ZOOKEEPER-1154",
        }
    }

    /// Whether a release, as it came out, has it. Those that no release has repaired, or none that can be named, are
    /// simply there; those of releases before 3.4.0 are in none and can be switched on by name.
    pub fn affects(self, release: Release) -> bool {
        use PersistenceGroup::{B, C, D};
        let group = Rows::of(release).persistence;
        match self {
            Quirk::Zk1558SnapshotBeforeQuorum => Rows::of(release).snapshot_when_leading,
            Quirk::Zk3911AckBeforeLog => group == B,
            Quirk::Zk4643EpochBeforeLog => (B..=C).contains(&group),
            Quirk::Zk4646AckWithoutSync | Quirk::Zk4685AckOvertakesNewLeader => group == C,
            Quirk::Zk3023UpToDateBeforeApply => (B..=D).contains(&group),
            Quirk::Zk4394CommitBeforeUpToDate => (C..=D).contains(&group),
            Quirk::Zk2307EpochInMemoryFirst => !release.has_since(&[(5, 8), (6, 3), (7, 0)]),
            Quirk::Zk3642KeepsMemoryAfterSnap => !release.has_since(&[(5, 10), (6, 3), (7, 0)]),
            Quirk::Zk2418GapInDiff => release.minor == 5,
            // Where memory is kept and brought up to date from the log.
            Quirk::Zk4712QueueDrainsLate => {
                release.has_since(&[(4, 12), (5, 4), (6, 0)]) && !release.has_since(&[(9, 3)])
            }
            Quirk::Zk1653EpochFileLags => !release.is_among(4, 6, u8::MAX),
            Quirk::TruncateKeepsNext
            | Quirk::Zk5094KeepsMemoryAfterTrunc
            | Quirk::Zk2846HoleInLog => true,
            Quirk::Zk2845MemoryNotForwarded => {
                release.is_among(4, 10, 11) || release.is_among(5, 3, 3)
            }
            Quirk::Zk2355DiffMovesZxidFirst => !release.has_since(&[(4, 11), (5, 4)]),
            Quirk::Zk1465SnapshotForEqual => !release.has_since(&[(4, 4)]),
            Quirk::Zk1514RoundStepsBack => !release.has_since(&[(4, 4)]),
            Quirk::Zk1732WholeVotesCompared => !release.has_since(&[(4, 6)]),
            Quirk::Zk3104NewLeaderBeforeSnapshot => !release.has_since(&[(5, 5)]),
            Quirk::Zk4925HoleInCommittedLog => release.is_among(9, 3, 3),
            Quirk::Zk975TrustsOneLeading | Quirk::Zk1154DiffWithoutCut => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Affected and fixed releases as the reference's table 9 and the tracker's "fixed in" name them.
    #[test]
    fn quirks_are_in_the_releases_that_the_tracker_names() {
        let table = [
            ("ZOOKEEPER-1465", "3.4.0-3.4.3"),
            ("ZOOKEEPER-1514", "3.4.0-3.4.3"),
            ("ZOOKEEPER-1732", "3.4.0-3.4.5"),
            ("ZOOKEEPER-1653", "3.4.0-3.4.5, 3.5.0-3.9.4"),
            ("ZOOKEEPER-1558", "3.4.0-3.4.5, 3.5.0-3.9.4"),
            ("ZOOKEEPER-2355", "3.4.0-3.4.10, 3.5.0-3.5.3"),
            ("ZOOKEEPER-2845", "3.4.10-3.4.11, 3.5.3"),
            ("ZOOKEEPER-3104", "3.4.0-3.5.4"),
            ("ZOOKEEPER-2307", "3.4.0-3.5.7, 3.6.0-3.6.2"),
            ("ZOOKEEPER-2418", "3.5.0-3.5.10"),
            ("ZOOKEEPER-3642", "3.4.0-3.5.9, 3.6.0-3.6.2"),
            ("ZOOKEEPER-3911", "3.4.10-3.4.14, 3.5.3-3.5.9, 3.6.0-3.6.2"),
            ("ZOOKEEPER-4646", "3.5.10, 3.6.3-3.8.4, 3.9.0-3.9.1"),
            ("ZOOKEEPER-4685", "3.5.10, 3.6.3-3.8.4, 3.9.0-3.9.1"),
            ("ZOOKEEPER-4394", "3.5.10, 3.6.3-3.9.2"),
            ("ZOOKEEPER-4925", "3.9.3"),
            ("ZOOKEEPER-975", ""),
        ];
        for (id, releases) in table {
            let quirk = Quirk::ALL.into_iter().find(|quirk| quirk.id() == id);
            let quirk = quirk.expect("a quirk of this number");
            assert_eq!(Release::ranges(|it| quirk.affects(it)), releases, "{id}");
        }
    }
}
