//! Leadership2: over the whole run an epoch has one leader.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::{Epoch, Quirk};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.one-leader-per-epoch",
        says: "at most one server is ever established as leader of an epoch",
        source: "Leadership2 of protocol-spec/Zab.tla and system-spec/zk-3.7/ZkV3_7_0.tla",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, ZOOKEEPER-2307 off",
    },
    needs: Needs::SAFETY,
    broken_by: &[Quirk::Zk2307EpochInMemoryFirst],
    kept_by: &[],
    promised: true,
};

/// `epochLeader` of the specification.
#[derive(Clone, Debug, Default)]
pub struct Leadership2 {
    established: Vec<(Epoch, NodeId, StepIndex)>,
}

impl Leadership2 {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.established.clear();
    }

    /// A quorum acknowledged NEWLEADER.
    pub fn established(&mut self, epoch: Epoch, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        let mut before = self.established.iter().rev();
        let other = before.find(|(of, it, _)| *of == epoch && *it != node);
        if let Some((_, other, step)) = other {
            report.broken(&PROPERTY, &[*step], || {
                let (a, b) = (ghost.name(*other), ghost.name(node));
                format!("{a} was established in epoch {epoch}, and now {b} is")
            });
        }
        self.established.push((epoch, node, report.step));
    }
}
