//! What a server has on disk: transaction log files, snapshots, epoch files.
//!
//! Follows `FileTxnLog`, `FileSnap`, `FileTxnSnapLog` and `QuorumPeer.writeLongToFile` of release 3.5.7.

use crate::base::ChunkedLog;
use crate::engine::DiskImage;
use crate::zookeeper::{Epoch, Tree, Txn, Zxid};
use std::sync::Arc;

/// A log file; its name holds the zxid of its first transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogFile {
    /// `log.<zxid>`.
    pub name: Zxid,
    /// Its transactions.
    pub txns: ChunkedLog<Arc<Txn>>,
    /// Bytes of the transactions in it (without preallocation).
    pub bytes: u64,
}

/// A snapshot file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// `snapshot.<zxid>`.
    pub name: Zxid,
    /// What it holds. Its own last zxid may be above the name's when it was taken while transactions were applied.
    pub tree: Arc<Tree>,
}

/// The data directory of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ZkDisk {
    /// The file `acceptedEpoch`.
    pub accepted_epoch: Option<Epoch>,
    /// The file `currentEpoch`.
    pub current_epoch: Option<Epoch>,
    /// Log files, oldest first.
    pub logs: Vec<LogFile>,
    /// Snapshots, oldest first.
    pub snapshots: Vec<Snapshot>,
}

/// One change of the data directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Writes `acceptedEpoch` (write to a temporary file, sync, rename: atomic).
    AcceptedEpoch(Epoch),
    /// Writes `currentEpoch` likewise.
    CurrentEpoch(Epoch),
    /// Starts a new log file with the next append.
    RollLog,
    /// Appends one transaction.
    Append(Arc<Txn>),
    /// Writes a snapshot.
    Snapshot(Snapshot),
    /// Cuts the log behind a zxid and removes later log files.
    Truncate(Zxid),
}

impl DiskImage for ZkDisk {
    type Change = Change;

    fn apply(&mut self, _change: &Change) {
        todo!("zookeeper disk")
    }

    fn apply_torn(&mut self, _change: &Change) {
        todo!("zookeeper disk")
    }

    fn weight(change: &Change) -> u64 {
        match change {
            Change::AcceptedEpoch(_) | Change::CurrentEpoch(_) => 8,
            Change::RollLog | Change::Truncate(_) => 0,
            Change::Append(txn) => u64::from(txn.size()),
            Change::Snapshot(snapshot) => snapshot.tree.approximate_size(),
        }
    }
}
