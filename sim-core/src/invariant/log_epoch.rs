//! The log's epoch: currentEpoch ≥ epoch of the last entry in the log, whenever a server may die.

use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::{Quirk, Zxid};

/// The property. The fix of ZOOKEEPER-4643 logs the entries of a synchronisation before it writes
/// currentEpoch; a server that joins a leader which has broadcast already then has entries of the
/// new epoch in its log and, for the time of two syncs, the old epoch in its file.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "files.log-epoch",
        says: "at every point where a server may die, currentEpoch on its disk is at least the \
               epoch of the last entry in its log",
        source: "QuorumPeer.loadDataBase, which refuses to start otherwise; Learner.syncWithLeader \
                 of 3.5.7 and, for the order after the fix, of 3.9.4",
        promised_when: "no disk was wiped or lost a whole write, one membership, ZOOKEEPER-4643 \
                        on: its fix logs entries of a new epoch before it writes that epoch",
    },
    needs: Needs::KEPT_DISKS
        .and(Needs::WHOLE_WRITES)
        .and(Needs::ONE_CONFIG),
    broken_by: &[],
    kept_by: &[Quirk::Zk4643EpochBeforeLog],
    promised: true,
};

/// An entry was appended to the log. Behind the marker of ZOOKEEPER-1653's fix a start raises the
/// epoch by itself.
pub fn logged(zxid: Zxid, marker: bool, ghost: &Ghost, report: &mut Report<'_>) {
    let node = report.node;
    let current = ghost.server(node).current;
    if zxid.epoch() > current && !marker {
        report.broken(&PROPERTY, &[], || {
            let who = ghost.name(node);
            format!("{who} logs {zxid} while its currentEpoch on disk is {current}")
        });
    }
}
