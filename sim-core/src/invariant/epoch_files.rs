//! Epoch files: acceptedEpoch ≥ currentEpoch ≥ epoch of the log, whenever a server may die.

use crate::base::NodeId;
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::{Quirk, Zxid};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "files.epochs",
        says: "at every point where a server may die, acceptedEpoch is at least currentEpoch, and \
               that at least the epoch of the last entry in its log",
        source: "QuorumPeer.loadDataBase, which refuses to start otherwise; \
                 CurrentEpochWriteFailureTest, EpochWriteFailureTest",
        promised_when: "no disk was wiped or lost a whole write, one membership, ZOOKEEPER-2307 \
                        off",
    },
    needs: Needs::KEPT_DISKS
        .and(Needs::WHOLE_WRITES)
        .and(Needs::ONE_CONFIG),
    broken_by: &[Quirk::Zk2307EpochInMemoryFirst],
    promised: true,
};

/// Whether each server has written an epoch in this run: what it began with may be anything.
#[derive(Clone, Debug, Default)]
pub struct EpochFiles {
    wrote: Vec<NodeId>,
}

impl EpochFiles {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.wrote.clear();
    }

    /// An epoch file was written. The ghost has its new content.
    pub fn written(&mut self, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        if !self.wrote.contains(&node) {
            self.wrote.push(node);
        }
        let server = ghost.server(node);
        let (accepted, current) = (server.accepted, server.current);
        if accepted < current {
            report.broken(&PROPERTY, &[], || {
                let who = ghost.name(node);
                format!("{who} has acceptedEpoch {accepted} and currentEpoch {current} on disk")
            });
        }
    }

    /// An entry was appended to the log.
    pub fn logged(&mut self, zxid: Zxid, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        let current = ghost.server(node).current;
        if zxid.epoch() > current {
            report.broken(&PROPERTY, &[], || {
                let who = ghost.name(node);
                format!("{who} logs {zxid} while its currentEpoch on disk is {current}")
            });
        }
    }

    /// A server refuses to start over its files, though it wrote them itself.
    pub fn fatal(&mut self, reason: &str, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        if self.wrote.contains(&node) && reason.contains("epoch") {
            report.broken(&PROPERTY, &[], || format!("{}: {reason}", ghost.name(node)));
        }
    }
}
