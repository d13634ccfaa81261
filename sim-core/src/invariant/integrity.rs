//! Integrity: what is delivered was broadcast.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Entry, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.integrity",
        says: "every delivered transaction was broadcast by some leader, with this content, or \
               was on a disk when the run began",
        source: "Integrity of protocol-spec/Zab.tla and system-spec/zk-3.7/ZkV3_7_0.tla",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A server shows its history to clients.
pub fn delivered(delivery: &Delivery, ghost: &Ghost, report: &mut Report<'_>) {
    if delivery.fresh >= delivery.history.len() {
        return;
    }
    let all = &ghost.histories;
    let known = ghost.terms.iter().rev().map(|term| term.bcast);
    let known = known.chain(ghost.started.iter().copied());
    if known
        .clone()
        .any(|history| all.is_prefix(delivery.history, history))
    {
        return;
    }
    let unknown = |entry: &&Entry| !known.clone().any(|history| all.contains(history, entry));
    let found = all
        .from(delivery.history, delivery.fresh)
        .find(unknown)
        .copied();
    if let Some(entry) = found {
        report.broken(&PROPERTY, &[entry.step], || {
            let who = ghost.name(delivery.node);
            format!("{who} delivered {}, which no leader broadcast", entry.zxid)
        });
    }
}
