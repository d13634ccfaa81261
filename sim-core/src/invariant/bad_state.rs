//! I-11, bad states: no server gets where the code says it cannot be.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::{Quirk, ServerState, SyncKind, Zxid};

/// `ExitCode.UNMATCHED_TXN_COMMIT`.
const UNMATCHED_COMMIT: i32 = 12;
/// `ExitCode.QUORUM_PACKET_ERROR`.
const QUORUM_PACKET: i32 = 13;

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "code.bad-state",
        says: "no server ends itself over an unmatched COMMIT (12) or a sync it cannot do (13), \
               and no follower serves before it has applied what its synchronisation brought",
        source: "I-11 (bad states), Ouyang et al., EuroSys 2025, table 2; stateInconsistent of \
                 system-spec/zk-3.7/ZkV3_7_0.tla; ExitCode.java",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, whole logs, ZOOKEEPER-3023 off, and no quirk that loses data \
                        had its occasion",
    },
    needs: Needs::SAFETY.and(Needs::WHOLE_LOGS),
    broken_by: &[
        Quirk::Zk3023UpToDateBeforeApply,
        Quirk::Zk1558SnapshotBeforeQuorum,
        Quirk::Zk3911AckBeforeLog,
        Quirk::Zk4643EpochBeforeLog,
        Quirk::Zk4646AckWithoutSync,
        Quirk::Zk3642KeepsMemoryAfterSnap,
        Quirk::Zk2418GapInDiff,
        Quirk::Zk2846HoleInLog,
        Quirk::Zk4712QueueDrainsLate,
    ],
    kept_by: &[],
    promised: true,
};

/// How far the last synchronisation of each server goes.
#[derive(Clone, Debug, Default)]
pub struct BadState {
    target: Vec<(NodeId, Zxid, StepIndex)>,
}

impl BadState {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.target.clear();
    }

    /// A learner heard DIFF, TRUNC or SNAP.
    /// An observer applies only once it serves, in every release.
    pub fn sync_heard(&mut self, kind: SyncKind, zxid: Zxid, ghost: &Ghost, report: &Report<'_>) {
        self.target.retain(|(node, ..)| *node != report.node);
        let votes = ghost.server(report.node).role == ServerState::Following;
        if kind == SyncKind::Diff && votes {
            self.target.push((report.node, zxid, report.step));
        }
    }

    /// Whether UPTODATE finds a learner behind its synchronisation; since when.
    pub fn behind(&self, node: NodeId, last: Zxid) -> Option<(Zxid, StepIndex)> {
        let target = self.target.iter().find(|(it, ..)| *it == node);
        target
            .filter(|(_, zxid, _)| last < *zxid)
            .map(|(_, zxid, step)| (*zxid, *step))
    }

    /// A learner heard UPTODATE.
    pub fn up_to_date(&mut self, last: Zxid, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        // The fix of ZOOKEEPER-3023 is one of followers: an observer applies behind UPTODATE.
        if ghost.server(node).role == ServerState::Observing {
            return;
        }
        if let Some((zxid, step)) = self.behind(node, last) {
            report.broken(&PROPERTY, &[step], || {
                let who = ghost.name(node);
                format!("{who} serves at {last}, but its synchronisation goes up to {zxid}")
            });
        }
    }

    /// A server ends itself.
    pub fn fatal(code: i32, reason: &str, ghost: &Ghost, report: &mut Report<'_>) {
        if matches!(code, UNMATCHED_COMMIT | QUORUM_PACKET) {
            let node = report.node;
            report.broken(&PROPERTY, &[], || {
                let who = ghost.name(node);
                format!("{who} ends itself with code {code}: {reason}")
            });
        }
    }
}
