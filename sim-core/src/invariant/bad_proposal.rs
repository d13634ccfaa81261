//! I-13, bad proposals: proposals come to a learner without a gap.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::{Quirk, Zxid};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "code.bad-proposal",
        says: "each proposal that a learner hears on a connection is the next one after the last, \
               or the first of a later epoch",
        source: "I-13 (bad proposals), Ouyang et al., EuroSys 2025, table 2; proposalInconsistent \
                 of system-spec/zk-3.7/ZkV3_7_0.tla",
        promised_when: "connections keep order, whole logs, ZOOKEEPER-2418 and 2846 off",
    },
    needs: Needs::TCP
        .and(Needs::WHOLE_LOGS)
        .and(Needs::KEPT_DISKS)
        .and(Needs::WHOLE_WRITES),
    broken_by: &[
        Quirk::Zk2418GapInDiff,
        Quirk::Zk2846HoleInLog,
        Quirk::Zk3642KeepsMemoryAfterSnap,
        Quirk::Zk4712QueueDrainsLate,
    ],
    kept_by: &[],
    promised: true,
};

/// The last proposal that each learner heard from its leader.
#[derive(Clone, Debug, Default)]
pub struct BadProposal {
    last: Vec<Option<(Zxid, StepIndex)>>,
}

impl BadProposal {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.last.clear();
    }

    fn slot(&mut self, node: NodeId) -> &mut Option<(Zxid, StepIndex)> {
        if self.last.len() <= node.index() {
            self.last.resize(node.index() + 1, None);
        }
        &mut self.last[node.index()]
    }

    /// A synchronisation begins: another connection.
    pub fn sync_heard(&mut self, node: NodeId) {
        *self.slot(node) = None;
    }

    /// A learner heard a proposal.
    pub fn heard(&mut self, zxid: Zxid, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        let Some((last, step)) = self.slot(node).replace((zxid, report.step)) else {
            return;
        };
        let first_of_later = zxid.epoch() > last.epoch() && zxid.counter() == 1;
        if zxid != last.next() && !first_of_later {
            report.broken(&PROPERTY, &[step], || {
                let who = ghost.name(node);
                format!("{who} heard proposal {last} and then {zxid}")
            });
        }
    }
}
