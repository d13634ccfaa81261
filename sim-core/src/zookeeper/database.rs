//! The database in memory: the tree and the ring of the last committed transactions.
//!
//! Follows `ZKDatabase.java`, `FileTxnSnapLog.restore` and `ZooKeeperServer.loadData` of release
//! 3.5.7. It never writes: what must go to disk is returned as [`Change`]s. Read `tree.rs` for what
//! a transaction does and `disk.rs` for the files.

use crate::zookeeper::{Change, ErrorCode, OpResult, OwnConfig, Snapshot, Tree, Txn, ZkDisk, Zxid};
use std::collections::VecDeque;
use std::sync::Arc;

/// The last committed transactions (`committedLog`): at most `capacity` of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CommittedLog {
    txns: VecDeque<Arc<Txn>>,
}

/// What came of reading a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The database.
    pub database: Database,
    /// The snapshot that was read, by its file name; `None` on an empty disk.
    pub snapshot: Option<Zxid>,
    /// How many log entries were replayed on top of it.
    pub replayed: u32,
    /// What the server writes while loading: on an empty disk the first snapshot, `snapshot.0`.
    pub changes: Vec<Change>,
}

/// Why a disk cannot be read; the server then ends itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadError {
    /// Log entries without a valid snapshot below them (`snapshot.trust.empty` is off).
    NoSnapshot,
    /// A log file without a complete header (ZOOKEEPER-2332).
    NoHeader(Zxid),
}

/// Tree and committed log of one server (`ZKDatabase`). Clones are cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Database {
    tree: Tree,
    committed: CommittedLog,
    initialized: bool,
}

impl Database {
    /// Reads newest valid snapshot and log (`loadDataBase`): the whole logged tail is applied,
    /// committed or not, and fills the committed log.
    pub fn load(disk: &ZkDisk) -> Result<Loaded, LoadError> {
        Self::load_or_begin(disk, None)
    }

    /// The same; a server that finds an empty disk begins with this membership.
    pub fn load_or_begin(disk: &ZkDisk, own: Option<OwnConfig>) -> Result<Loaded, LoadError> {
        let mut database = Self {
            initialized: true,
            ..Self::default()
        };
        let Some(snapshot) = disk.newest_snapshot() else {
            if !disk.logs.is_empty() {
                return Err(LoadError::NoSnapshot);
            }
            if let Some(own) = own {
                database.tree.set_config(own);
            }
            return Ok(Loaded {
                snapshot: None,
                replayed: 0,
                changes: vec![Change::Snapshot(database.snapshot())],
                database,
            });
        };
        database.tree = (*snapshot.tree).clone();
        database.tree.last_processed = snapshot.name;
        database.tree.set_up_quotas();
        let replayed = database.fast_forward(disk)?;
        Ok(Loaded {
            database,
            snapshot: Some(snapshot.name),
            replayed,
            changes: Vec::new(),
        })
    }

    /// Applies what the log has above the last processed zxid (`fastForwardDataBase`, since
    /// ZOOKEEPER-2845): what a server does when it leaves FOLLOWING or LEADING and keeps its
    /// memory. Answers how many entries were applied.
    pub fn fast_forward(&mut self, disk: &ZkDisk) -> Result<u32, LoadError> {
        let from = self.tree.last_processed.next();
        if let Some(name) = disk.log_without_header(from) {
            return Err(LoadError::NoHeader(name));
        }
        let mut applied = 0;
        for txn in disk.entries_from(from) {
            // What the snapshot holds beyond its name is applied again: its errors mean nothing.
            let _ = self.tree.process(txn);
            self.add_committed(txn);
            applied += 1;
        }
        self.initialized = true;
        Ok(applied)
    }

    /// Whether it was loaded and not cleared since (`isInitialized`).
    pub fn is_initialized(&self) -> bool {
        self.initialized
    }

    /// Forgets everything (`clear`).
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Cuts log and memory behind `zxid` (`truncateLog`): memory is cleared, the log cut, the rest
    /// loaded again from what is then on `disk`. Answers the change to write and how many entries
    /// it removes. `None`: the log does not reach `zxid`; memory is empty now and the server ends
    /// itself with exit code 13.
    ///
    /// Snapshots are not cut: one that is newer than `zxid` is read again as it is. The learner
    /// sets the last processed zxid to that of the packet afterwards, which is how a node outlives
    /// its transaction (ZOOKEEPER-1558). Unless it cuts `exactly`, the first entry above `zxid`
    /// stays if `zxid` itself is not in the log.
    pub fn truncate(&mut self, disk: &ZkDisk, zxid: Zxid, exactly: bool) -> Option<(Change, u32)> {
        self.clear();
        let mut cut = disk.clone();
        let (change, removed) = match exactly {
            true => (Change::TruncateExactly(zxid), cut.truncate_exactly(zxid)?),
            false => (Change::Truncate(zxid), cut.truncate(zxid)?),
        };
        *self = Self::load(&cut).ok()?.database;
        Some((change, removed))
    }

    /// Replaces everything by the leader's database (SNAP); `zxid` is the packet's.
    pub fn replace(&mut self, tree: &Tree, zxid: Zxid) {
        self.clear();
        self.tree = tree.clone();
        self.tree.set_up_quotas();
        self.tree.last_processed = zxid;
        self.initialized = true;
    }

    /// A learner that was synchronised writes the membership into its own tree.
    pub fn set_config(&mut self, own: OwnConfig) {
        self.tree.set_config(own);
    }

    /// Applies one transaction to the tree (`processTxn`); the answer that its client gets. Does
    /// not touch the committed log, see [`Database::add_committed`].
    pub fn apply(&mut self, txn: &Arc<Txn>) -> Result<OpResult, ErrorCode> {
        self.tree.process(txn)
    }

    /// Adds to the committed log (`addCommittedProposal`), as `FinalRequestProcessor` does after
    /// applying.
    pub fn add_committed(&mut self, txn: &Arc<Txn>) {
        let txns = &mut self.committed.txns;
        if txns.len() == CommittedLog::CAPACITY {
            txns.pop_front();
        }
        txns.push_back(Arc::clone(txn));
    }

    /// A snapshot file of what is in memory, named by the last processed zxid. Cheap.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_named(self.last_processed())
    }

    /// A snapshot that was begun at `name` and is finished now: it may hold more than its name
    /// says.
    pub fn snapshot_named(&self, name: Zxid) -> Snapshot {
        let tree = Arc::new(self.tree.clone());
        Snapshot { name, tree }
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The committed log.
    pub fn committed(&self) -> &CommittedLog {
        &self.committed
    }

    /// `getDataTreeLastProcessedZxid`: what votes and ACKEPOCH carry.
    pub fn last_processed(&self) -> Zxid {
        self.tree.last_processed
    }

    /// `setlastProcessedZxid`.
    pub fn set_last_processed(&mut self, zxid: Zxid) {
        self.tree.last_processed = zxid;
    }

    /// Removes the ephemerals of sessions that no longer exist (end of `loadData`, when a server
    /// begins to lead).
    pub fn kill_dead_sessions(&mut self) {
        let sessions = &self.tree.sessions;
        let owners = self.tree.ephemerals.keys();
        let dead: Vec<_> = owners
            .filter(|owner| !sessions.contains_key(*owner))
            .copied()
            .collect();
        for session in dead {
            let zxid = self.last_processed();
            self.tree.kill_session(session, zxid);
        }
    }
}

impl CommittedLog {
    /// `commitLogCount` + 1: the ring holds 501 entries.
    pub const CAPACITY: usize = 501;

    /// `getminCommittedLog`; zero when empty.
    pub fn min(&self) -> Zxid {
        self.txns.front().map_or(Zxid::ZERO, |txn| txn.zxid)
    }

    /// `getmaxCommittedLog`; zero when empty.
    pub fn max(&self) -> Zxid {
        self.txns.back().map_or(Zxid::ZERO, |txn| txn.zxid)
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.txns.is_empty()
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.txns.len()
    }

    /// Its entries, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Txn>> {
        self.txns.iter()
    }
}
