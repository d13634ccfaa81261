//! When a quirk had its occasion to do harm.
//!
//! A release with a quirk still promises all that the quirk cannot touch as long as its window
//! stays shut: a server that is never interrupted between an acknowledgement and its log loses
//! nothing by the wrong order of the two. Watching the windows keeps the promises of a release with
//! quirks worth something. A window is taken to be open rather too early than too late.

use crate::base::NodeId;
use crate::invariant::{Ghost, Promise};
use crate::zookeeper::{Fact, Quirk, ServerState, SyncKind, SyncRow, Verdict, Zxid};

/// Open windows of one server.
#[derive(Clone, Copy, Debug, Default)]
struct Windows {
    /// The last proposal of its synchronisation, until UPTODATE.
    sync_last: Zxid,
    /// Whether its synchronisation goes on.
    syncing: bool,
    /// The last entry of its log that is durable.
    synced: Zxid,
    /// It replaced its database and has not finished the synchronisation.
    replaced: bool,
    /// As a leader not established: it wrote a snapshot.
    snapshot: bool,
}

/// The windows of all servers.
#[derive(Clone, Debug, Default)]
pub struct Harm {
    servers: Vec<Windows>,
}

impl Harm {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.servers.clear();
    }

    fn of(&mut self, node: NodeId) -> &mut Windows {
        if self.servers.len() <= node.index() {
            self.servers.resize(node.index() + 1, Windows::default());
        }
        &mut self.servers[node.index()]
    }

    /// A fact, before the ghost takes it over.
    pub fn watch(&mut self, node: NodeId, fact: &Fact, ghost: &Ghost, promise: &mut Promise) {
        let server = ghost.server(node);
        let windows = self.of(node);
        match fact {
            Fact::SyncHeard { .. } => {
                windows.syncing = true;
                windows.sync_last = Zxid::ZERO;
            }
            Fact::ProposalHeard { zxid } if windows.syncing => windows.sync_last = *zxid,
            Fact::UpToDate { .. } => windows.syncing = false,
            Fact::Synced { zxid } => windows.synced = *zxid,
            Fact::DatabaseReplaced { .. } => windows.replaced = true,
            Fact::EpochFile {
                accepted: false, ..
            } => windows.replaced = false,
            // Memory was fast-forwarded over what is only logged, and a snapshot outlives a cut.
            Fact::SnapshotTaken { .. } if server.role == ServerState::Looking => {
                promise.took(Quirk::Zk1558SnapshotBeforeQuorum);
            }
            Fact::SnapshotTaken { .. } => {
                windows.snapshot = server.role == ServerState::Leading && !server.established;
            }
            Fact::Established { .. } => windows.snapshot = false,
            Fact::SteppedDown { .. } => self.interrupted(node, promise),
            Fact::Logged { zxid, .. }
                if zxid.epoch() > server.current && server.role != ServerState::Looking =>
            {
                promise.took(Quirk::Zk1653EpochFileLags);
            }
            // The log goes on growing although the server follows nobody any more.
            Fact::Logged { .. } if server.role == ServerState::Looking => {
                promise.took(Quirk::Zk4712QueueDrainsLate);
            }
            Fact::SyncChosen {
                row: SyncRow::DiskLog,
                ..
            } => {
                promise.took(Quirk::Zk2418GapInDiff);
                promise.took(Quirk::Zk2846HoleInLog);
            }
            Fact::SyncChosen {
                kind: SyncKind::Snap,
                ..
            } => promise.took(Quirk::Zk3104NewLeaderBeforeSnapshot),
            Fact::SyncChosen {
                row: SyncRow::CommittedLog,
                ..
            } => {
                promise.took(Quirk::Zk4925HoleInCommittedLog);
                promise.took(Quirk::Zk1154DiffWithoutCut);
            }
            Fact::NewLeaderAck {
                verdict: Verdict::Refused,
                ..
            } => promise.took(Quirk::Zk4685AckOvertakesNewLeader),
            Fact::CommitUnmatched { .. } => promise.took(Quirk::Zk4394CommitBeforeUpToDate),
            // Whether the zxid was in the log is not told, nor whether NEWLEADER will come.
            Fact::Truncated { .. } => {
                promise.took(Quirk::TruncateKeepsNext);
                promise.took(Quirk::Zk5094KeepsMemoryAfterTrunc);
            }
            _ => {}
        }
    }

    /// A server went down or gave up its role.
    pub fn interrupted(&mut self, node: NodeId, promise: &mut Promise) {
        promise.took(Quirk::Zk2845MemoryNotForwarded);
        let windows = self.of(node);
        if windows.syncing {
            promise.took(Quirk::Zk2355DiffMovesZxidFirst);
        }
        if windows.sync_last > windows.synced {
            promise.took(Quirk::Zk3911AckBeforeLog);
            promise.took(Quirk::Zk4643EpochBeforeLog);
            promise.took(Quirk::Zk4646AckWithoutSync);
        }
        if windows.replaced {
            promise.took(Quirk::Zk3642KeepsMemoryAfterSnap);
        }
        if windows.snapshot {
            promise.took(Quirk::Zk1558SnapshotBeforeQuorum);
        }
        *windows = Windows {
            synced: windows.synced,
            ..Windows::default()
        };
    }
}
