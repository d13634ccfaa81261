//! Epoch files: acceptedEpoch ≥ currentEpoch, whenever a server may die.

use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::Quirk;

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "files.epochs",
        says: "at every point where a server may die, acceptedEpoch on its disk is at least \
               currentEpoch",
        source: "QuorumPeer.loadDataBase, which refuses to start otherwise; EpochWriteFailureTest",
        promised_when: "no disk was wiped or lost a whole write, one membership, ZOOKEEPER-2307 \
                        off",
    },
    needs: Needs::KEPT_DISKS
        .and(Needs::WHOLE_WRITES)
        .and(Needs::ONE_CONFIG),
    broken_by: &[Quirk::Zk2307EpochInMemoryFirst],
    kept_by: &[],
    promised: true,
};

/// An epoch file was written. The ghost has its new content.
pub fn written(ghost: &Ghost, report: &mut Report<'_>) {
    let node = report.node;
    let server = ghost.server(node);
    let (accepted, current) = (server.accepted, server.current);
    if accepted < current {
        report.broken(&PROPERTY, &[], || {
            let who = ghost.name(node);
            format!("{who} has acceptedEpoch {accepted} and currentEpoch {current} on disk")
        });
    }
}
