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
    /// Bytes of header and transactions in it: where the next one goes.
    pub bytes: u64,
    /// The file's length: with what `FilePadding` preallocated.
    pub length: u64,
    /// Bytes it grows by (`preAllocSize`).
    pub pre_alloc: u64,
    /// Whether the file's header is complete; without it a server does not start.
    pub header: bool,
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
    /// Log files by name.
    pub logs: Vec<LogFile>,
    /// Snapshots by name.
    pub snapshots: Vec<Snapshot>,
}

/// One change of the data directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Writes `acceptedEpoch` (write to a temporary file, sync, rename: atomic).
    AcceptedEpoch(Epoch),
    /// Writes `currentEpoch` likewise.
    CurrentEpoch(Epoch),
    /// Creates a log file, or empties the one of that name.
    CreateLog {
        /// Its name.
        file: Zxid,
        /// `preAllocSize` in bytes.
        pre_alloc: u64,
    },
    /// Appends one transaction.
    Append {
        /// To which file.
        file: Zxid,
        /// What.
        txn: Arc<Txn>,
    },
    /// Writes a snapshot.
    Snapshot(Snapshot),
    /// Cuts the log behind a zxid and removes later log files.
    Truncate(Zxid),
}

/// Which log file a server has open (`FileTxnLog`): memory of the process, none after its start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogWriter {
    file: Option<Zxid>,
    last_seen: Zxid,
}

impl LogWriter {
    /// The changes that append a transaction (write them in order), and the file it goes to. The
    /// first append after a start, a roll or a truncation creates a file.
    pub fn append(&mut self, txn: &Arc<Txn>, pre_alloc: u64) -> (Option<Change>, Change, Zxid) {
        let create = self.file.is_none().then_some(Change::CreateLog {
            file: txn.zxid,
            pre_alloc,
        });
        let file = *self.file.get_or_insert(txn.zxid);
        self.last_seen = self.last_seen.max(txn.zxid);
        let txn = Arc::clone(txn);
        (create, Change::Append { file, txn }, file)
    }

    /// The next append creates a file (`rollLog`; also after TRUNC, which closes the files).
    pub fn roll(&mut self) {
        self.file = None;
    }

    /// The open file.
    pub fn file(&self) -> Option<Zxid> {
        self.file
    }
}

/// Why the log on disk cannot serve a DIFF (`ZKDatabase.getProposalsFromTxnLog`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogRefusal {
    /// Its first entry is above the one asked for.
    DoesNotReachBack {
        /// The first entry found.
        first: Zxid,
    },
    /// The files behind the first one are larger than the limit.
    TooLarge {
        /// Their length.
        size: u64,
        /// The limit.
        limit: u64,
    },
}

impl ZkDisk {
    /// The newest snapshot.
    pub fn newest_snapshot(&self) -> Option<&Snapshot> {
        self.snapshots.last()
    }

    /// All entries from the log file on that may hold `zxid`, in the order of reading
    /// (`FileTxnIterator`): entries below `zxid` at the start of that file come too.
    pub fn entries_around(&self, _zxid: Zxid) -> impl Iterator<Item = &Arc<Txn>> {
        core::iter::empty()
    }

    /// `FileTxnLog.read(zxid)`: as [`ZkDisk::entries_around`], from the first entry at or above
    /// `zxid` on.
    pub fn entries_from(&self, zxid: Zxid) -> impl Iterator<Item = &Arc<Txn>> {
        self.entries_around(zxid)
            .skip_while(move |txn| txn.zxid < zxid)
    }

    /// The entries for a DIFF to a learner at `zxid`: from the start of the log file that may hold
    /// it. `limit` is [`ZkDisk::log_size_limit`]. No entry at all is no refusal.
    pub fn proposals_from(
        &self,
        zxid: Zxid,
        _limit: u64,
    ) -> Result<impl Iterator<Item = &Arc<Txn>>, LogRefusal> {
        Ok(self.entries_around(zxid))
    }

    /// `calculateTxnLogSizeLimit`: the newest snapshot's length times `snapshotSizeFactor`; 0 is
    /// unlimited.
    pub fn log_size_limit(&self, _factor_percent: u32) -> u64 {
        0
    }

    /// The zxid of the last entry in the log.
    pub fn last_logged(&self) -> Option<Zxid> {
        None
    }
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
            Change::CreateLog { .. } => 16,
            Change::Truncate(_) => 0,
            Change::Append { txn, .. } => u64::from(txn.size()),
            Change::Snapshot(snapshot) => snapshot.tree.approximate_size(),
        }
    }
}
