//! Releases and the rows that tell them apart.
//!
//! A behaviour that differs between releases is a field of [`Rows`], resolved once from the release's number; no
//! machine compares versions. Every row was looked up in the source of each release; what a row does not name is the
//! same in all of them, as far as it is simulated.

use crate::zookeeper::WatchRules;
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

/// The last patch of every minor version from 3.4 on. Each began with 0 and left none out; 3.5.0 to 3.5.2 were called
/// alpha, 3.5.3 and 3.5.4 beta.
const LAST_PATCHES: [u8; 6] = [14, 10, 4, 2, 6, 4];
const FIRST_MINOR: u8 = 4;

impl Release {
    /// The default release.
    pub const V3_5_7: Release = Release::new(5, 7);
    /// The other recorded release.
    pub const V3_8_0: Release = Release::new(8, 0);
    /// Those of which there are recordings of real servers.
    pub const RECORDED: [Release; 2] = [Release::V3_5_7, Release::V3_8_0];
    /// All that can be named, in order: 3.4.0 to 3.9.4.
    pub const ALL: [Release; 46] = all();
    /// Their numbers as text, in the same order.
    #[rustfmt::skip]
    pub const NAMES: [&str; 46] = [
        "3.4.0", "3.4.1", "3.4.2", "3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.4.7", "3.4.8", "3.4.9", "3.4.10", "3.4.11",
        "3.4.12", "3.4.13", "3.4.14",
        "3.5.0", "3.5.1", "3.5.2", "3.5.3", "3.5.4", "3.5.5", "3.5.6", "3.5.7", "3.5.8", "3.5.9", "3.5.10",
        "3.6.0", "3.6.1", "3.6.2", "3.6.3", "3.6.4",
        "3.7.0", "3.7.1", "3.7.2",
        "3.8.0", "3.8.1", "3.8.2", "3.8.3", "3.8.4", "3.8.5", "3.8.6",
        "3.9.0", "3.9.1", "3.9.2", "3.9.3", "3.9.4",
    ];

    const fn new(minor: u8, patch: u8) -> Release {
        Release {
            major: 3,
            minor,
            patch,
        }
    }

    /// The release of this number, if there was one.
    pub fn named(text: &str) -> Option<Release> {
        let at = Release::NAMES.iter().position(|name| *name == text)?;
        Some(Release::ALL[at])
    }

    /// Whether something that came with these patches, each for its own minor version, is in this release: with none
    /// of its own, it is if the minor version is later than all that are named.
    pub(super) fn has_since(self, patches: &[(u8, u8)]) -> bool {
        let own = patches.iter().find(|(minor, _)| *minor == self.minor);
        match own {
            Some((_, patch)) => self.patch >= *patch,
            None => patches.iter().all(|(minor, _)| *minor < self.minor),
        }
    }

    /// Whether it is one of the patches `first..=last` of a minor version.
    pub(super) fn is_among(self, minor: u8, first: u8, last: u8) -> bool {
        self.minor == minor && (first..=last).contains(&self.patch)
    }

    /// Some releases as text, those that follow each other drawn together: `3.5.3-3.5.9, 3.6.0`.
    pub fn ranges(chosen: impl Fn(Release) -> bool) -> String {
        let mut text = String::new();
        let mut run: Option<(Release, Release)> = None;
        let close = |run: &mut Option<(Release, Release)>, text: &mut String| {
            let Some((first, last)) = run.take() else {
                return;
            };
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&first.to_string());
            if last != first {
                text.push('-');
                text.push_str(&last.to_string());
            }
        };
        for release in Release::ALL {
            match &mut run {
                Some((_, last)) if chosen(release) => *last = release,
                None if chosen(release) => run = Some((release, release)),
                _ => close(&mut run, &mut text),
            }
        }
        close(&mut run, &mut text);
        text
    }
}

const fn all() -> [Release; 46] {
    let mut all = [Release::V3_5_7; 46];
    let (mut minor, mut at) = (0, 0);
    while minor < LAST_PATCHES.len() {
        let mut patch = 0;
        while patch <= LAST_PATCHES[minor] {
            all[at] = Release::new(FIRST_MINOR + minor as u8, patch);
            at += 1;
            patch += 1;
        }
        minor += 1;
    }
    assert!(at == all.len(), "every release once");
    all
}

impl core::fmt::Display for Release {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What a follower makes durable when NEWLEADER arrives, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PersistenceGroup {
    /// What is committed is applied in memory; always a snapshot, then currentEpoch, then the ACK.
    A,
    /// Behind a DIFF no snapshot (ZOOKEEPER-2678): currentEpoch, ACK; the entries are logged behind UPTODATE.
    B,
    /// currentEpoch, the entries handed to the log thread, ACK at once (ZOOKEEPER-3911).
    C,
    /// The entries synced, then currentEpoch, then ACK (ZOOKEEPER-4785).
    D,
    /// As D with what is committed, which is applied too; the rest behind UPTODATE (ZOOKEEPER-4394).
    E,
    /// As E, and the committed log has no hole (ZOOKEEPER-4925).
    F,
}

impl PersistenceGroup {
    fn of(release: Release) -> Self {
        if release.has_since(&[(9, 4)]) {
            Self::F
        } else if release.has_since(&[(9, 3)]) {
            Self::E
        } else if release.has_since(&[(8, 5), (9, 2)]) {
            Self::D
        } else if release.has_since(&[(5, 10), (6, 3), (7, 0)]) {
            Self::C
        } else if release.has_since(&[(4, 10), (5, 3)]) {
            Self::B
        } else {
            Self::A
        }
    }
}

/// What a leader looks at to bring a learner into line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncRules {
    /// 3.4: only the committed log; nothing keeps a cut from crossing an epoch.
    CommittedLog,
    /// From 3.5 on the log on disk too (ZOOKEEPER-1413), and no cut across an epoch.
    DiskLog,
}

/// Which four-letter words are answered if zoo.cfg says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FourLetterWords {
    /// All.
    All,
    /// All but `wchp` and `wchc` (ZOOKEEPER-2693 in 3.4.10).
    NotWatchLists,
    /// `srvr` alone (the same in 3.5.3).
    OnlySrvr,
}

/// Everything that differs between releases, as values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Rows {
    /// What a follower persists at NEWLEADER.
    pub persistence: PersistenceGroup,
    /// How a leader chooses DIFF, TRUNC or SNAP.
    pub sync_rules: SyncRules,
    /// The version of notifications: 0 up to 3.4.5, 1 in later 3.4, 2 with the configuration from 3.5 on.
    pub notification_version: u8,
    /// Whether `electionAlg` may still be 0, 1 or 2 (up to 3.5; only 3 is simulated).
    pub old_election_algorithms: bool,
    /// Which four-letter words are answered by default.
    pub four_letter_words: FourLetterWords,
    /// Whether a server that leaves LEADING or FOLLOWING forgets its database and reads it again, or keeps it
    /// (ZOOKEEPER-2678).
    pub leaving_clears_memory: bool,
    /// The pause between a learner's attempts to connect to its leader, in ms: 1000 up to 3.5, 100 from 3.6 on.
    pub learner_retry_ms: u32,
    /// Whether election connections are dialled one after another by the thread that wants one (up to 3.5.7 and in
    /// 3.6.0) or side by side (ZOOKEEPER-3756).
    pub inline_connects: bool,
    /// Whether `recvset` keeps the state of votes (ZOOKEEPER-3537, from 3.6).
    pub recvset_keeps_state: bool,
    /// Whether LOOKING notifications are dropped while the own or the sender's zxid is -1 (from 3.6).
    pub drops_uninitialised: bool,
    /// Whether a leader writes a snapshot when it begins to lead: not from 3.4.6 on in 3.4, always in later ones.
    pub snapshot_when_leading: bool,
    /// Whether, after SNAP, forwarding starts from the database sent (3.6) or still from the peer's zxid (3.5).
    pub snap_moves_last_sent: bool,
    /// Whether a leader that waits for its epoch may give up once a voter looks again
    /// (`leader.maxTimeToWaitForEpoch`, from 3.6; nobody reads the key before).
    pub epoch_wait_can_be_quit: bool,
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
    /// What becomes of several modes of watches on one path (3.6, 3.9).
    pub watch_rules: WatchRules,
    /// An observer waits a random part of this before it looks for a leader again (`observer.election.DelayMs`,
    /// 3.6); 0 is off.
    pub observer_election_delay_ms: u32,
}

impl Rows {
    /// The rows of a release.
    pub fn of(release: Release) -> Rows {
        let persistence = PersistenceGroup::of(release);
        let since_3_6 = release.minor >= 6;
        Rows {
            persistence,
            sync_rules: if release.minor == 4 {
                SyncRules::CommittedLog
            } else {
                SyncRules::DiskLog
            },
            notification_version: match (release.minor, release.patch) {
                (4, 0..=5) => 0,
                (4, _) => 1,
                _ => 2,
            },
            old_election_algorithms: !since_3_6,
            four_letter_words: if release.has_since(&[(5, 3)]) {
                FourLetterWords::OnlySrvr
            } else if release.has_since(&[(4, 10), (5, 3)]) {
                FourLetterWords::NotWatchLists
            } else {
                FourLetterWords::All
            },
            leaving_clears_memory: persistence == PersistenceGroup::A,
            learner_retry_ms: if since_3_6 { 100 } else { 1000 },
            inline_connects: !release.has_since(&[(5, 8), (6, 1)]),
            recvset_keeps_state: since_3_6,
            drops_uninitialised: since_3_6,
            snapshot_when_leading: !release.is_among(4, 6, u8::MAX),
            snap_moves_last_sent: since_3_6,
            epoch_wait_can_be_quit: since_3_6,
            committed_log: 501,
            commit_queue_per_session: since_3_6,
            group_commit: if since_3_6 { 1000 } else { 1001 },
            connect_within_sync_limit: !since_3_6,
            watch_rules: match release.minor {
                ..6 => WatchRules::OneShot,
                6..9 => WatchRules::LastMode,
                9.. => WatchRules::SideBySide,
            },
            log_thread_outlives_learner: release.has_since(&[(5, 10), (6, 3)]),
            observer_election_delay_ms: if since_3_6 { 200 } else { 0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_has_its_name() {
        for (release, name) in Release::ALL.into_iter().zip(Release::NAMES) {
            assert_eq!(release.to_string(), name);
            assert_eq!(Release::named(name), Some(release));
        }
        for never in [
            "3.3.6", "3.4.15", "3.5.11", "3.7.3", "3.9.5", "3.5", "3.05.7", "",
        ] {
            assert_eq!(Release::named(never), None, "{never}");
        }
    }

    /// The reference's table 3.4, group by group.
    #[test]
    fn persistence_groups_are_those_of_the_releases_sources() {
        use PersistenceGroup::{A, B, C, D, E, F};
        let groups = [
            (A, "3.4.0-3.4.9, 3.5.0-3.5.2"),
            (B, "3.4.10-3.4.14, 3.5.3-3.5.9, 3.6.0-3.6.2"),
            (C, "3.5.10, 3.6.3-3.8.4, 3.9.0-3.9.1"),
            (D, "3.8.5-3.8.6, 3.9.2"),
            (E, "3.9.3"),
            (F, "3.9.4"),
        ];
        for (group, releases) in groups {
            let found = Release::ranges(|release| Rows::of(release).persistence == group);
            assert_eq!(found, releases, "{group:?}");
        }
    }
}
