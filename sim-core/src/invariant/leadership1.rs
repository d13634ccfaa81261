//! Leadership1: at no time do two servers lead the same epoch.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::{Epoch, Quirk};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.leadership",
        says: "no two servers are LEADING in synchronisation or broadcast with one acceptedEpoch",
        source: "Leadership1 of protocol-spec/Zab.tla and system-spec/zk-3.7/ZkV3_7_0.tla",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, ZOOKEEPER-2307 off",
    },
    needs: Needs::SAFETY,
    broken_by: &[Quirk::Zk2307EpochInMemoryFirst],
    kept_by: &[],
    promised: true,
};

/// Who leads what, from the quorum of ACKEPOCH on.
#[derive(Clone, Debug, Default)]
pub struct Leadership1 {
    since: Vec<(NodeId, Epoch, StepIndex)>,
}

impl Leadership1 {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.since.clear();
    }

    /// A quorum agreed on an epoch. The ghost has taken note already.
    pub fn agreed(&mut self, epoch: Epoch, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        self.since.retain(|(it, _, _)| *it != node);
        let leads = |it: NodeId| ghost.server(it).leads == Some(epoch);
        let other = self
            .since
            .iter()
            .find(|(it, of, _)| *of == epoch && leads(*it));
        if let Some((other, _, since)) = other {
            report.broken(&PROPERTY, &[*since], || {
                let (a, b) = (ghost.name(*other), ghost.name(node));
                format!("{a} and {b} both lead epoch {epoch}")
            });
        }
        self.since.push((node, epoch, report.step));
    }
}
