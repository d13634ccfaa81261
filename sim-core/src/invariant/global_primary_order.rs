//! Global primary order: transactions are delivered in the order of their epochs, and of zxids.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.global-primary-order",
        says: "a server delivers transactions in the order of their zxids, so of their epochs",
        source: "GlobalPrimaryOrder of protocol-spec/Zab.tla, as order of zxids",
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
    let all = &ghost.histories;
    let shown = delivery.history;
    let mut before = delivery
        .fresh
        .checked_sub(1)
        .and_then(|at| all.get(shown, at));
    for entry in all.from(shown, delivery.fresh) {
        if let Some(before) = before.filter(|before| before.zxid >= entry.zxid) {
            report.broken(&PROPERTY, &[before.step, entry.step], || {
                let who = ghost.name(delivery.node);
                format!("{who} delivered {} before {}", before.zxid, entry.zxid)
            });
            return;
        }
        before = Some(entry);
    }
}
