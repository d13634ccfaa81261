//! Starts: a server starts from any disk that it wrote itself.

use crate::base::NodeId;
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};

/// The property. A snapshot of SNAP is written before currentEpoch in every release, so a crash
/// between the two leaves a disk that no start accepts.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "files.starts",
        says: "no server refuses to start over epochs and data that it wrote itself",
        source: "QuorumPeer.loadDataBase; CurrentEpochWriteFailureTest; ZOOKEEPER-1653, 4269",
        promised_when: "never: SNAP stores its snapshot before currentEpoch, and since the fix of \
                        ZOOKEEPER-4643 a DIFF logs its entries before it",
    },
    needs: Needs::NONE,
    broken_by: &[],
    kept_by: &[],
    promised: false,
};

/// Which servers have written an epoch in this run: what a disk began with may be anything.
#[derive(Clone, Debug, Default)]
pub struct Starts {
    wrote: Vec<NodeId>,
}

impl Starts {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.wrote.clear();
    }

    /// An epoch file was written.
    pub fn written(&mut self, node: NodeId) {
        if !self.wrote.contains(&node) {
            self.wrote.push(node);
        }
    }

    /// A server ends itself.
    pub fn fatal(&mut self, reason: &str, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        if self.wrote.contains(&node) && reason.contains("epoch") {
            report.broken(&PROPERTY, &[], || format!("{}: {reason}", ghost.name(node)));
        }
    }
}
