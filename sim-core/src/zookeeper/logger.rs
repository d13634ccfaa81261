//! The log thread: appends transactions, syncs them in groups, and tells who waits for them.
//!
//! Follows `SyncRequestProcessor`, `SendAckRequestProcessor` and `AckRequestProcessor` of releases
//! 3.5.7 and 3.8.0. It syncs when its queue runs empty or enough entries are gathered, and only
//! then acknowledges; while a sync is under way it takes nothing from its queue. It never applies
//! anything: that does not wait for the log (see `applier.rs`).

use crate::base::{StepIndex, WriteId};
use crate::engine::IoError;
use crate::zookeeper::peer::Role;
use crate::zookeeper::server::{Cx, ZkState, lane};
use crate::zookeeper::{
    Change, Fact, LogWriter, Msg, Packet, PacketData, PacketKind, Quirk, Server, Txn, Work, Zxid,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// One transaction on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    txn: Arc<Txn>,
    /// In which term it was handed over: acknowledgements of an older one go nowhere.
    term: u32,
    /// The step that handed it over; like [`By`](crate::base::By) no part of the state.
    by: Told,
}

/// A step that explains but does not count as state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told(pub StepIndex);

impl PartialEq for Told {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Told {}

impl core::hash::Hash for Told {
    fn hash<H: core::hash::Hasher>(&self, _: &mut H) {}
}

/// The log thread with its queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Logger {
    queue: VecDeque<Entry>,
    /// Appended and not acknowledged (`toFlush`).
    batch: Vec<Entry>,
    flushing: Option<WriteId>,
    /// A wake-up is under way.
    woken: bool,
    dead: bool,
    /// Counts the processors made so far: one per time of leading or following.
    term: u32,
    pub(super) writer: LogWriter,
    since_roll: u32,
    /// After how many entries the log is rolled and a snapshot taken; drawn when half of
    /// `snapCount` is reached.
    roll_after: Option<u32>,
}

impl Logger {
    /// Whether this sync is its own.
    pub(super) fn waits_for(&self, id: WriteId) -> bool {
        self.flushing == Some(id)
    }

    /// Whether all that was handed over is durable (or the thread is dead).
    pub fn is_idle(&self) -> bool {
        self.flushing.is_none() && self.queue.is_empty()
    }

    /// Entries that wait to be appended.
    pub fn waiting(&self) -> impl Iterator<Item = Zxid> {
        self.queue.iter().map(|entry| entry.txn.zxid)
    }

    /// Entries that are appended but not synced yet.
    pub fn syncing(&self) -> impl Iterator<Item = Zxid> {
        self.batch.iter().map(|entry| entry.txn.zxid)
    }

    /// Whether a write error ended it.
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// A new processor: a server begins to lead or follow. What an old one still holds
    /// (ZOOKEEPER-4712) stays in front.
    pub(super) fn new_term(&mut self) {
        self.term += 1;
        self.dead = false;
        self.since_roll = 0;
        self.roll_after = None;
    }

    /// How many times the process has led or followed.
    pub(super) fn term(&self) -> u32 {
        self.term
    }

    fn take_batch(&mut self) -> Vec<Entry> {
        core::mem::take(&mut self.batch)
    }
}

impl Server {
    /// Hands a transaction to the log thread (`processRequest`).
    pub(super) fn log_request(&mut self, txn: &Arc<Txn>, by: StepIndex, cx: &mut Cx<'_>) {
        let logger = &mut self.logger;
        if logger.dead {
            return;
        }
        logger.queue.push_back(Entry {
            txn: Arc::clone(txn),
            term: logger.term,
            by: Told(by),
        });
        if logger.flushing.is_none() && !logger.woken {
            logger.woken = true;
            cx.fx.hand(lane::LOG, Work::Log);
        }
    }

    /// The log thread takes what waits, appends it and begins a sync.
    pub(super) fn log_work(&mut self, cx: &mut Cx<'_>) {
        self.logger.woken = false;
        if self.logger.flushing.is_some() {
            return;
        }
        let pre_alloc = u64::from(self.config.ensemble.pre_alloc_kib) * 1024;
        let snap_count = self.config.ensemble.snap_count;
        let group = self.rows.group_commit as usize;
        let logger = &mut self.logger;
        while logger.batch.len() < group {
            let Some(entry) = logger.queue.pop_front() else {
                break;
            };
            let (create, append, file) = logger.writer.append(&entry.txn, pre_alloc);
            if let Some(create) = create {
                cx.fx.write(create);
            }
            cx.fx.write(append);
            cx.fact(&[entry.by.0], || Fact::Logged {
                zxid: entry.txn.zxid,
                digest: entry.txn.digest,
                file,
            });
            logger.batch.push(entry);
            logger.since_roll += 1;
            if logger.since_roll <= snap_count / 2 {
                continue;
            }
            let roll_after = *logger.roll_after.get_or_insert_with(|| {
                let spread = cx.fx.choose(ROLL, (snap_count / 2).max(1));
                snap_count / 2 + spread
            });
            if logger.since_roll > roll_after {
                logger.writer.roll();
                logger.since_roll = 0;
                logger.roll_after = None;
                cx.fx.hand(lane::SNAPSHOT, Work::Snapshot);
            }
        }
        if !logger.batch.is_empty() {
            logger.flushing = Some(cx.fx.sync());
        }
    }

    /// A sync of the log thread returned.
    pub(super) fn log_written(&mut self, result: Result<(), IoError>, cx: &mut Cx<'_>) {
        self.logger.flushing = None;
        let mut batch = self.logger.take_batch();
        if result.is_err() {
            // A critical thread: the server notices when it next looks at its state.
            self.logger.dead = true;
            self.logger.queue.clear();
            if matches!(self.zk, ZkState::Initial | ZkState::Running) {
                self.zk = ZkState::Error;
            }
            if matches!(self.role, Role::Standalone(_)) {
                return self.log_lost_standalone(cx);
            }
            self.log_idle(cx);
            return;
        }
        if let Some(last) = batch.last() {
            let zxid = last.txn.zxid;
            cx.fact(&[], || Fact::Synced { zxid });
        }
        for entry in &batch {
            self.logged(entry, cx);
        }
        batch.clear();
        if self.logger.batch.capacity() == 0 {
            self.logger.batch = batch;
        }
        self.log_work(cx);
        if self.logger.is_idle() {
            self.log_idle(cx);
        }
    }

    /// What follows the log thread: the leader counts itself, a follower sends ACK, an observer
    /// nothing; a server that runs alone applies.
    fn logged(&mut self, entry: &Entry, cx: &mut Cx<'_>) {
        if entry.term != self.logger.term {
            return;
        }
        let zxid = entry.txn.zxid;
        match &mut self.role {
            Role::Standalone(_) => self.logged_standalone(&entry.txn, entry.by.0, cx),
            Role::Leading(_) => {
                let sid = self.config.sid;
                self.process_ack(sid, zxid, cx);
            }
            Role::Following(learner) if !learner.is_observer() => {
                if let Some(conn) = learner.ack_goes_to(zxid) {
                    let ack = Packet {
                        kind: PacketKind::Ack,
                        zxid,
                        data: PacketData::None,
                    };
                    cx.fx.send(conn, Msg::Quorum(ack));
                }
            }
            _ => {}
        }
    }

    /// The thread that writes a snapshot beside the work. It may come to it when the server has given
    /// up its role and its memory was fast-forwarded over what is only logged: one more way, next to
    /// the new leader's, in which an uncommitted tail gets into a snapshot and outlives TRUNC.
    pub(super) fn snapshot_beside(&mut self, cx: &mut Cx<'_>) {
        let any_time = self.has(Quirk::Zk1558SnapshotBeforeQuorum);
        if any_time || self.is_serving() {
            self.take_snapshot(cx);
        }
    }

    /// Writes a snapshot of what is in memory now (`takeSnapshot`); it is not synced.
    pub(super) fn take_snapshot(&mut self, cx: &mut Cx<'_>) {
        let snapshot = self.database.snapshot();
        let name = snapshot.name;
        let last_processed = self.database.last_processed();
        cx.fx.write(Change::Snapshot(snapshot));
        cx.fact(&[], || Fact::SnapshotTaken {
            name,
            last_processed,
        });
    }
}

/// The subject of the draw after how many entries the log is rolled.
const ROLL: u64 = 1;
