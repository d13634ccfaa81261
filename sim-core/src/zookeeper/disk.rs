//! What a server has on disk: transaction log files, snapshots, epoch files.
//!
//! Follows `FileTxnLog`, `FilePadding`, `FileSnap`, `FileTxnSnapLog` and
//! `QuorumPeer.writeLongToFile` of release 3.5.7. It decides nothing: what is written, and when it
//! is synced, is the server's. Read `database.rs` next for how it is read, `history.rs` for disks
//! made by hand.

use crate::base::ChunkedLog;
use crate::engine::DiskImage;
use crate::zookeeper::{Epoch, Tree, Txn, Zxid};
use std::sync::Arc;

/// Bytes of a log file's header.
const HEADER: u64 = 16;

/// A log file; its name holds the zxid of its first transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogFile {
    /// `log.<zxid>`.
    pub name: Zxid,
    /// Its transactions.
    pub txns: ChunkedLog<Arc<Txn>>,
    /// Bytes of header and transactions in it: where the next one goes.
    pub bytes: u64,
    /// Up to where it was preallocated.
    pub padded: u64,
    /// Bytes that preallocation grows it by (`preAllocSize`).
    pub pre_alloc: u64,
    /// Whether the file's header is complete; without it a server does not start.
    pub header: bool,
}

impl LogFile {
    fn new(name: Zxid, pre_alloc: u64) -> Self {
        Self {
            name,
            txns: ChunkedLog::default(),
            bytes: HEADER,
            padded: HEADER,
            pre_alloc,
            header: true,
        }
    }

    /// The file's length on disk, preallocation included.
    pub fn length(&self) -> u64 {
        self.padded.max(self.bytes)
    }

    fn push(&mut self, txn: &Arc<Txn>) {
        self.pad();
        self.bytes += u64::from(txn.size());
        self.txns.push(Arc::clone(txn));
    }

    /// `FilePadding.calculateFileSizeWithPadding`: grows when fewer than 4096 bytes are left.
    fn pad(&mut self) {
        if self.pre_alloc == 0 || self.bytes + 4096 < self.padded {
            return;
        }
        if self.bytes > self.padded {
            let wanted = self.bytes + self.pre_alloc;
            self.padded = wanted - wanted % self.pre_alloc;
        } else {
            self.padded += self.pre_alloc;
        }
    }

    /// Keeps the first `len` entries and sets the length to their end.
    fn cut(&mut self, len: usize) -> u32 {
        let removed = self.txns.len() - len;
        let gone: u64 = self
            .txns
            .iter_from(len)
            .map(|txn| u64::from(txn.size()))
            .sum();
        self.bytes -= gone;
        self.padded = self.bytes;
        self.txns.truncate(len);
        removed as u32
    }
}

/// A snapshot file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// `snapshot.<zxid>`.
    pub name: Zxid,
    /// What it holds. Its own last zxid may be above the name's when it was taken while
    /// transactions were applied.
    pub tree: Arc<Tree>,
}

/// The data directory of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ZkDisk {
    /// The file `acceptedEpoch`.
    pub accepted_epoch: Option<Epoch>,
    /// The file `currentEpoch`.
    pub current_epoch: Option<Epoch>,
    /// Whether there is a file `updatingEpoch`: history of a new epoch may be on disk while
    /// `currentEpoch` is still the old one (ZOOKEEPER-1653 as 3.4.6 fixed it).
    pub updating_epoch: bool,
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
    /// Creates or removes the file `updatingEpoch`.
    UpdatingEpoch(bool),
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
    /// As it should be: nothing above the zxid stays, also if the zxid itself is not in the log.
    TruncateExactly(Zxid),
    /// Removes all log files: a snapshot takes their place.
    RemoveLogs,
}

/// Which log file a server has open (`FileTxnLog`): memory of the process, none after its start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogWriter {
    file: Option<Zxid>,
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

    /// Where reading for `zxid` starts: at the last log file whose name is below it, or at the
    /// first of all.
    fn first_file(&self, zxid: Zxid) -> usize {
        let at_or_above = self.logs.partition_point(|log| log.name < zxid);
        at_or_above.saturating_sub(1)
    }

    /// The first log file without a header among those that reading for `zxid` opens.
    pub fn log_without_header(&self, zxid: Zxid) -> Option<Zxid> {
        self.logs[self.first_file(zxid)..]
            .iter()
            .find(|log| !log.header)
            .map(|log| log.name)
    }

    /// All entries from the log file on that may hold `zxid`, in the order of reading
    /// (`FileTxnIterator`): entries below `zxid` at the start of that file come too.
    pub fn entries_around(&self, zxid: Zxid) -> impl Iterator<Item = &Arc<Txn>> {
        self.logs[self.first_file(zxid)..]
            .iter()
            .flat_map(|log| log.txns.iter())
    }

    /// `FileTxnLog.read(zxid)`: as [`ZkDisk::entries_around`], from the first entry at or above
    /// `zxid` on.
    pub fn entries_from(&self, zxid: Zxid) -> impl Iterator<Item = &Arc<Txn>> {
        self.entries_around(zxid)
            .skip_while(move |txn| txn.zxid < zxid)
    }

    /// The entries for a DIFF to a learner at `zxid`: from the start of the log file that may hold
    /// it. `limit` is [`ZkDisk::log_size_limit`]. An empty log is no refusal.
    pub fn proposals_from(
        &self,
        zxid: Zxid,
        limit: u64,
    ) -> Result<impl Iterator<Item = &Arc<Txn>>, LogRefusal> {
        let mut files = &self.logs[self.first_file(zxid)..];
        while files.first().is_some_and(|log| log.txns.is_empty()) {
            files = &files[1..];
        }
        if let Some(first) = files.first().and_then(|log| log.txns.first())
            && first.zxid > zxid
        {
            return Err(LogRefusal::DoesNotReachBack { first: first.zxid });
        }
        // The file that is open already is not counted.
        let size = files.iter().skip(1).map(LogFile::length).sum();
        if limit > 0 && size > limit {
            return Err(LogRefusal::TooLarge { size, limit });
        }
        Ok(files.iter().flat_map(|log| log.txns.iter()))
    }

    /// `calculateTxnLogSizeLimit`: the newest snapshot's length times `snapshotSizeFactor`; 0 is
    /// unlimited.
    pub fn log_size_limit(&self, factor_percent: u32) -> u64 {
        self.newest_snapshot().map_or(0, |snapshot| {
            snapshot.tree.snapshot_length() * u64::from(factor_percent) / 100
        })
    }

    /// The zxid of the last entry in the log.
    pub fn last_logged(&self) -> Option<Zxid> {
        let mut logs = self.logs.iter().rev();
        logs.find_map(|log| log.txns.last()).map(|txn| txn.zxid)
    }

    /// Where `FileTxnLog.truncate` cuts: behind the first entry at or above `zxid`. So an entry
    /// above it stays if `zxid` itself is not in the log. `None` if the log ends below.
    fn cut_for(&self, zxid: Zxid) -> Option<(usize, usize)> {
        let first = self.first_file(zxid);
        self.logs[first..].iter().enumerate().find_map(|(i, log)| {
            let at = log.txns.iter().position(|txn| txn.zxid >= zxid)?;
            Some((first + i, at + 1))
        })
    }

    /// Cuts the log behind `zxid` and removes later files; how many entries that removes. `None`,
    /// and nothing done, if the log ends below `zxid` or is empty.
    pub fn truncate(&mut self, zxid: Zxid) -> Option<u32> {
        let (file, len) = self.cut_for(zxid)?;
        let later: usize = self.logs[file + 1..].iter().map(|log| log.txns.len()).sum();
        self.logs.truncate(file + 1);
        Some(self.logs[file].cut(len) + later as u32)
    }

    /// As [`ZkDisk::truncate`], and an entry above `zxid` never stays.
    pub fn truncate_exactly(&mut self, zxid: Zxid) -> Option<u32> {
        let (file, len) = self.cut_for(zxid)?;
        let above = self.logs[file].txns.get(len - 1)?.zxid > zxid;
        let removed = self.truncate(zxid)?;
        Some(match above {
            true => removed + self.logs[file].cut(len - 1),
            false => removed,
        })
    }

    fn create_log(&mut self, log: LogFile) {
        match self.logs.binary_search_by_key(&log.name, |log| log.name) {
            Ok(at) => self.logs[at] = log,
            Err(at) => self.logs.insert(at, log),
        }
    }

    fn append(&mut self, file: Zxid, txn: &Arc<Txn>) {
        // The open file is nearly always the last one. One that is gone (removed while it was
        // open) takes its bytes with it.
        if let Some(log) = self.logs.iter_mut().rev().find(|log| log.name == file) {
            log.push(txn);
        }
    }

    fn remove_snapshot(&mut self, name: Zxid) {
        self.snapshots.retain(|snapshot| snapshot.name != name);
    }

    fn write_snapshot(&mut self, snapshot: &Snapshot) {
        self.remove_snapshot(snapshot.name);
        let at = self.snapshots.partition_point(|s| s.name < snapshot.name);
        self.snapshots.insert(at, snapshot.clone());
    }
}

impl DiskImage for ZkDisk {
    type Change = Change;

    fn apply(&mut self, change: &Change) {
        match change {
            Change::AcceptedEpoch(epoch) => self.accepted_epoch = Some(*epoch),
            Change::CurrentEpoch(epoch) => self.current_epoch = Some(*epoch),
            Change::UpdatingEpoch(there) => self.updating_epoch = *there,
            Change::CreateLog { file, pre_alloc } => {
                self.create_log(LogFile::new(*file, *pre_alloc));
            }
            Change::Append { file, txn } => self.append(*file, txn),
            Change::Snapshot(snapshot) => self.write_snapshot(snapshot),
            Change::Truncate(zxid) => {
                // A server asks `Database::truncate` first, which refuses what cannot be done.
                let _ = self.truncate(*zxid);
            }
            Change::TruncateExactly(zxid) => {
                let _ = self.truncate_exactly(*zxid);
            }
            Change::RemoveLogs => self.logs.clear(),
        }
    }

    /// Half a record reads as the end of its file and half a snapshot as none, though it has
    /// overwritten an older one of its name. A log file without its header stops the start.
    fn apply_torn(&mut self, change: &Change) {
        match change {
            Change::CreateLog { file, .. } => self.create_log(LogFile {
                bytes: 0,
                padded: 0,
                header: false,
                ..LogFile::new(*file, 0)
            }),
            Change::Snapshot(snapshot) => self.remove_snapshot(snapshot.name),
            Change::AcceptedEpoch(_)
            | Change::CurrentEpoch(_)
            | Change::UpdatingEpoch(_)
            | Change::Append { .. }
            | Change::Truncate(_)
            | Change::TruncateExactly(_)
            | Change::RemoveLogs => {}
        }
    }

    fn weight(change: &Change) -> u64 {
        match change {
            Change::AcceptedEpoch(_) | Change::CurrentEpoch(_) => 8,
            Change::CreateLog { .. } => HEADER,
            Change::Truncate(_)
            | Change::TruncateExactly(_)
            | Change::RemoveLogs
            | Change::UpdatingEpoch(_) => 0,
            Change::Append { txn, .. } => u64::from(txn.size()),
            Change::Snapshot(snapshot) => snapshot.tree.snapshot_length(),
        }
    }
}
