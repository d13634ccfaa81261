//! The words of a scenario file: one table per kind of word, for reading, writing and the schema alike.

use crate::engine::Message;
use crate::scenario::act::{LaneName, PortName};
use crate::scenario::format::{AskKind, ConfigKey, LoadKind, QuirkRest};
use crate::scenario::predicate::{Mode, Status};
use crate::zookeeper::{Msg, Phase, Quirk, Role, ServerState};

/// A value that a file writes as one of a few words.
pub(super) trait Word: Copy + PartialEq + 'static {
    /// What it is, for messages: `a port`.
    const WHAT: &'static str;
    /// Every value.
    const ALL: &'static [Self];
    /// How it is written.
    fn word(self) -> &'static str;
    /// The value that is written so.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
    /// All words.
    fn words() -> Vec<&'static str> {
        Self::ALL.iter().map(|value| value.word()).collect()
    }
}

macro_rules! words {
    ($type:ident, $what:literal, $($value:ident = $word:literal),+ $(,)?) => {
        impl Word for $type {
            const WHAT: &'static str = $what;
            const ALL: &'static [Self] = &[$($type::$value),+];
            fn word(self) -> &'static str {
                match self { $($type::$value => $word),+ }
            }
        }
    };
}

words!(
    PortName,
    "a port",
    Client = "client",
    Quorum = "quorum",
    Election = "election"
);
words!(
    LaneName,
    "a thread of a server",
    Peer = "peer",
    Election = "election",
    Log = "log",
    Commit = "commit",
    Prep = "prep",
    Session = "session",
);
words!(
    Status,
    "whether a process runs",
    Up = "up",
    Down = "down",
    Paused = "paused"
);
words!(
    Mode,
    "what `srvr` says",
    Leader = "leader",
    Follower = "follower",
    Observer = "observer",
    Standalone = "standalone",
    NotServing = "not serving",
);
words!(
    ServerState,
    "a state",
    Looking = "LOOKING",
    Following = "FOLLOWING",
    Leading = "LEADING",
    Observing = "OBSERVING",
    Standalone = "STANDALONE",
);
words!(
    Phase,
    "a phase",
    Election = "election",
    Discovery = "discovery",
    Synchronization = "synchronization",
    Broadcast = "broadcast",
);
words!(
    Role,
    "a role",
    Participant = "participant",
    Observer = "observer"
);
words!(
    QuirkRest,
    "a set of quirks",
    AsReleased = "as_released",
    On = "on",
    Off = "off",
);
words!(
    LoadKind,
    "a kind of operation",
    Read = "read",
    Write = "write",
    Create = "create",
    Watch = "watch",
    Ephemeral = "ephemeral",
    Delete = "delete",
);
words!(
    AskKind,
    "a question word",
    Who = "who",
    Which = "which",
    What = "what",
    When = "when",
    HowMany = "how_many",
    Whether = "whether",
);
words!(
    ConfigKey,
    "a key of zoo.cfg",
    TickTime = "tickTime",
    InitLimit = "initLimit",
    SyncLimit = "syncLimit",
    MinSessionTimeout = "minSessionTimeout",
    MaxSessionTimeout = "maxSessionTimeout",
    SnapCount = "snapCount",
    PreAllocSize = "preAllocSize",
    SnapshotSizeFactor = "snapshotSizeFactor",
    CnxTimeout = "cnxTimeout",
    MaxClientCnxns = "maxClientCnxns",
    MaxTimeToWaitForEpoch = "leader.maxTimeToWaitForEpoch",
    SyncEnabled = "syncEnabled",
    StandaloneEnabled = "standaloneEnabled",
    ExtendedTypesEnabled = "extendedTypesEnabled",
    SkipAcl = "skipACL",
    ContainerCheckInterval = "znode.container.checkIntervalMs",
);

impl Word for Quirk {
    const WHAT: &'static str = "a historical bug";
    const ALL: &'static [Self] = &Quirk::ALL;
    fn word(self) -> &'static str {
        self.id()
    }
}

/// Keys of `zoo.cfg` that real servers read and the simulation does not: named so that a file is told so.
pub(super) const OTHER_CONFIG_KEYS: &[&str] = &[
    "dataDir",
    "dataLogDir",
    "clientPort",
    "clientPortAddress",
    "autopurge.snapRetainCount",
    "autopurge.purgeInterval",
    "globalOutstandingLimit",
    "electionAlg",
    "leaderServes",
    "4lw.commands.whitelist",
    "reconfigEnabled",
    "quorumListenOnAllIPs",
    "forceSync",
    "jute.maxbuffer",
    "peerType",
    "metricsProvider.className",
];

/// The kinds of messages that a file can name.
pub(super) const MESSAGE_KINDS: [u8; 26] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 64, 65, 96, 97, 98, 99, 100,
];

/// The kind of message with this name.
pub(super) fn message_kind(name: &str) -> Option<u8> {
    MESSAGE_KINDS
        .into_iter()
        .find(|kind| Msg::kind_name(*kind) == name)
}

/// The port on which messages of a kind travel.
pub(super) fn port_of_kind(kind: u8) -> PortName {
    match kind {
        64 | 65 => PortName::Election,
        96..=99 => PortName::Client,
        _ => PortName::Quorum,
    }
}

/// The name in `names` that is nearest to `wrong`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(
    wrong: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (wrong.chars().count() / 3).clamp(1, 4);
    names
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many single changes (insert, delete, replace, swap of neighbours) make one word the other; letters' case is free.
fn distance(a: &str, b: &str) -> usize {
    let fold = |text: &str| -> Vec<char> {
        let short = text.chars().take(64);
        short.flat_map(char::to_lowercase).collect()
    };
    let (a, b) = (fold(a), fold(b));
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = core::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        let keys = || ConfigKey::words().into_iter();
        assert_eq!(nearest("tikcTime", keys()), Some("tickTime"));
        assert_eq!(nearest("ticktime", keys()), Some("tickTime"));
        assert_eq!(nearest("initLimits", keys()), Some("initLimit"));
        assert_eq!(nearest("colour", keys()), None);
    }

    #[test]
    fn every_message_kind_has_a_name() {
        for kind in MESSAGE_KINDS {
            assert_eq!(message_kind(Msg::kind_name(kind)), Some(kind));
        }
    }
}
