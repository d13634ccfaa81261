//! Prefix consistency: what servers have delivered differs only in length.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.prefix-consistency",
        says: "of what any two servers have delivered, one is a prefix of the other",
        source: "PrefixConsistency of protocol-spec/Zab.tla and system-spec/zk-3.7/ZkV3_7_0.tla",
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
    let Some((other, longest)) = delivery.forks_from else {
        return;
    };
    let all = &ghost.histories;
    let same = all.common(delivery.history, longest).len();
    let (mine, theirs) = (all.get(delivery.history, same), all.get(longest, same));
    let steps: Vec<_> = [mine, theirs]
        .into_iter()
        .flatten()
        .map(|e| e.step)
        .collect();
    report.broken(&PROPERTY, &steps, || {
        let zxid = |entry: Option<&crate::invariant::Entry>| {
            entry.map_or_else(|| "nothing".into(), |entry| entry.zxid.to_string())
        };
        format!(
            "after {same} equal transactions {} delivered {} and {} delivered {}",
            ghost.name(other),
            zxid(theirs),
            ghost.name(delivery.node),
            zxid(mine),
        )
    });
}
