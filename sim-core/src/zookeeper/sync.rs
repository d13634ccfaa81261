//! How a leader brings a learner into line: DIFF, TRUNC or SNAP, and which proposals follow.
//!
//! Follows `LearnerHandler.syncFollower` and `queueCommittedProposals` of releases 3.5.7 and 3.8.0
//! in the order of their statements (reference 3.3). Pure: it reads zxids and two histories and
//! never sends, waits or changes anything. Read `handler.rs` for what is done with the answer.

use crate::zookeeper::{LogRefusal, SyncKind, SyncRow, Txn, Zxid};
use std::sync::Arc;

/// What the choice looks at, apart from the two histories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncInput {
    /// The learner's last zxid (from ACKEPOCH).
    pub peer: Zxid,
    /// The leader's last processed zxid.
    pub last_processed: Zxid,
    /// The least zxid of the committed log; `None` if it is empty.
    pub min_committed: Option<Zxid>,
    /// The greatest zxid of the committed log; `None` if it is empty.
    pub max_committed: Option<Zxid>,
    /// The switch `forceSnapshotSync`.
    pub forced: bool,
    /// Whether a gap between the log on disk and the committed log is noticed (ZOOKEEPER-2418).
    pub sees_gap: bool,
    /// Whether a snapshot moves the last zxid sent to that of the database (from 3.6).
    pub snap_moves_last_sent: bool,
}

/// How to bring a learner into line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncPlan {
    /// DIFF, TRUNC or SNAP.
    pub kind: SyncKind,
    /// The zxid of that packet; of SNAP the database's at this moment.
    pub zxid: Zxid,
    /// Which rule decided.
    pub row: SyncRow,
    /// The committed log's bounds as the rules saw them (both the last processed zxid if empty).
    pub bounds: (Zxid, Zxid),
    /// Proposals to send, each followed by its COMMIT.
    pub proposals: Vec<Arc<Txn>>,
    /// The zxid behind which forwarding begins (`currentZxid`).
    pub last_sent: Zxid,
}

/// Chooses. `committed` is the committed log, `disk_log` the log on disk from the file on in which
/// the learner's zxid may be (asked only if the rules come to it).
pub fn choose<'a, C, D>(
    input: &SyncInput,
    committed: impl Fn() -> C,
    disk_log: impl FnOnce() -> Result<D, LogRefusal>,
) -> SyncPlan
where
    C: Iterator<Item = &'a Arc<Txn>>,
    D: Iterator<Item = &'a Arc<Txn>>,
{
    let min = input.min_committed.unwrap_or(input.last_processed);
    let max = input.max_committed.unwrap_or(input.last_processed);
    let peer = input.peer;
    let mut queue = Queue::default();
    let mut last_sent = peer;
    let mut snap = true;
    let row = if input.forced {
        SyncRow::Forced
    } else if input.last_processed == peer {
        queue.op = Some((SyncKind::Diff, peer));
        snap = false;
        SyncRow::Equal
    } else if peer > max && peer.counter() != 0 {
        queue.op = Some((SyncKind::Trunc, max));
        last_sent = max;
        snap = false;
        SyncRow::Ahead
    } else if min <= peer && peer <= max {
        last_sent = queue.walk(committed(), peer, None, max);
        snap = false;
        SyncRow::CommittedLog
    } else if peer < min {
        match disk_log() {
            Err(LogRefusal::DoesNotReachBack { .. }) => SyncRow::TooFarBehind,
            Err(LogRefusal::TooLarge { .. }) => SyncRow::DiskLogTooLarge,
            Ok(entries) => {
                let mut entries = entries.peekable();
                if entries.peek().is_none() {
                    SyncRow::TooFarBehind
                } else {
                    last_sent = queue.walk(entries, peer, Some(min), max);
                    if input.sees_gap && last_sent < min {
                        // 3.8.0 drops what was queued and falls back to a snapshot.
                        let across = queue.across_epochs;
                        queue = Queue::default();
                        last_sent = peer;
                        if across {
                            SyncRow::EpochBoundary
                        } else {
                            SyncRow::GapInLog
                        }
                    } else {
                        last_sent = queue.walk(committed(), last_sent, None, max);
                        snap = false;
                        SyncRow::DiskLog
                    }
                }
            }
        }
    } else {
        SyncRow::TooFarBehind
    };
    if snap && input.snap_moves_last_sent {
        last_sent = input.last_processed;
    }
    // "Unhandled scenario … fall back to use snapshot": forwarding was started before.
    let (kind, zxid) = match queue.op {
        Some(op) if !snap => op,
        _ => (SyncKind::Snap, input.last_processed),
    };
    SyncPlan {
        kind,
        zxid,
        row: if queue.across_epochs && kind == SyncKind::Snap {
            SyncRow::EpochBoundary
        } else {
            row
        },
        bounds: (min, max),
        proposals: queue.proposals,
        last_sent,
    }
}

/// What `queueCommittedProposals` puts into the handler's queue.
#[derive(Default)]
struct Queue {
    op: Option<(SyncKind, Zxid)>,
    proposals: Vec<Arc<Txn>>,
    across_epochs: bool,
}

impl Queue {
    /// Walks through one history. Answers the last zxid queued (or `peer`).
    fn walk<'a>(
        &mut self,
        history: impl Iterator<Item = &'a Arc<Txn>>,
        peer: Zxid,
        limit: Option<Zxid>,
        last_committed: Zxid,
    ) -> Zxid {
        let new_epoch = peer.counter() == 0;
        let mut queued = peer;
        let mut previous = Zxid(-1);
        for txn in history {
            let zxid = txn.zxid;
            if limit.is_some_and(|limit| zxid > limit) {
                break;
            }
            if zxid < peer {
                previous = zxid;
                continue;
            }
            if self.op.is_none() {
                if zxid == peer {
                    self.op = Some((SyncKind::Diff, last_committed));
                    continue;
                }
                if new_epoch {
                    self.op = Some((SyncKind::Diff, last_committed));
                } else if zxid > peer {
                    if zxid.epoch() != peer.epoch() {
                        self.across_epochs = true;
                        return queued;
                    }
                    self.op = Some((SyncKind::Trunc, previous));
                }
            }
            if zxid <= queued {
                continue;
            }
            self.proposals.push(Arc::clone(txn));
            queued = zxid;
        }
        if self.op.is_none() && new_epoch {
            self.op = Some((SyncKind::Diff, last_committed));
        }
        queued
    }
}

#[cfg(test)]
mod tests;
