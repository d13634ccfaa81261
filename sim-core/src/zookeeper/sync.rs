//! How a leader brings a learner into line: DIFF, TRUNC or SNAP, and which proposals follow.
//!
//! Follows `LearnerHandler.syncFollower` and `queueCommittedProposals` of releases 3.5.7 and 3.8.0,
//! and `LearnerHandler.run` of 3.4.9, in the order of their statements (reference 3.3). Pure: it reads zxids and two histories and
//! never sends, waits or changes anything. Read `handler.rs` for what is done with the answer.

use crate::zookeeper::{LogRefusal, SyncKind, SyncRow, SyncRules, Txn, Zxid};
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
    /// Which of the two histories are looked at.
    pub rules: SyncRules,
    /// Whether a learner that has all is sent a snapshot (ZOOKEEPER-1465).
    pub snapshot_for_equal: bool,
    /// Whether what a learner has too much is cut (without, ZOOKEEPER-1154).
    pub cuts: bool,
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
    if input.rules == SyncRules::CommittedLog {
        return choose_from_memory(input, committed());
    }
    let peer = input.peer;
    let mut queue = Queue::new(input.cuts);
    let mut last_sent = peer;
    let mut snap = true;
    let row = if input.forced {
        SyncRow::Forced
    } else if input.last_processed == peer && !input.snapshot_for_equal {
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
                        queue = Queue::new(input.cuts);
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

/// As 3.4 chooses: from the committed log alone, with a snapshot where that is empty or begins too
/// late, and without a thought for epochs.
fn choose_from_memory<'a>(
    input: &SyncInput,
    committed: impl Iterator<Item = &'a Arc<Txn>>,
) -> SyncPlan {
    let (peer, last_processed) = (input.peer, input.last_processed);
    let bounds = input.min_committed.zip(input.max_committed);
    let mut plan = SyncPlan {
        kind: SyncKind::Snap,
        zxid: last_processed,
        row: SyncRow::TooFarBehind,
        bounds: bounds.unwrap_or((last_processed, last_processed)),
        proposals: Vec::new(),
        last_sent: peer,
    };
    if peer == last_processed && !input.snapshot_for_equal {
        (plan.kind, plan.zxid, plan.row) = (SyncKind::Diff, peer, SyncRow::Equal);
        return plan;
    }
    let Some((min, max)) = bounds else {
        return plan;
    };
    if peer > max {
        (plan.kind, plan.zxid, plan.row) = (SyncKind::Trunc, max, SyncRow::Ahead);
        plan.last_sent = max;
    } else if peer >= min {
        plan.row = SyncRow::CommittedLog;
        let mut previous = min;
        for txn in committed {
            if txn.zxid <= peer {
                previous = txn.zxid;
            } else {
                plan.proposals.push(Arc::clone(txn));
            }
        }
        if previous < peer && input.cuts && !plan.proposals.is_empty() {
            (plan.kind, plan.zxid) = (SyncKind::Trunc, previous);
            plan.last_sent = previous;
        } else if !(plan.proposals.is_empty() && input.snapshot_for_equal) {
            (plan.kind, plan.zxid) = (SyncKind::Diff, max);
        }
    }
    plan
}

/// What `queueCommittedProposals` puts into the handler's queue.
struct Queue {
    cuts: bool,
    op: Option<(SyncKind, Zxid)>,
    proposals: Vec<Arc<Txn>>,
    across_epochs: bool,
}

impl Queue {
    fn new(cuts: bool) -> Self {
        Self {
            cuts,
            op: None,
            proposals: Vec::new(),
            across_epochs: false,
        }
    }

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
                if new_epoch || !self.cuts {
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
