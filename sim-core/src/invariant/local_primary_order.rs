//! Local primary order: who delivers a leader's transaction has delivered all it broadcast before.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.local-primary-order",
        says: "if a leader broadcasts a before b, every server that delivers b delivers a before it",
        source: "LocalPrimaryOrder of protocol-spec/Zab.tla, for all pairs (upstream's quantifier \
                 over the pair is an exists, which cannot fail)",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A server shows its history to clients. It is enough to look at each transaction and the one
/// that the same leader broadcast right before it.
pub fn delivered(delivery: &Delivery, ghost: &Ghost, report: &mut Report<'_>) {
    if delivery.fresh >= delivery.history.len() {
        return;
    }
    let all = &ghost.histories;
    let shown = delivery.history;
    if ghost
        .terms
        .iter()
        .rev()
        .any(|term| all.is_prefix(shown, term.bcast))
    {
        return;
    }
    for (offset, entry) in all.from(shown, delivery.fresh).enumerate() {
        let own = ghost
            .terms
            .iter()
            .rev()
            .filter(|t| t.epoch == entry.zxid.epoch());
        for term in own {
            let Some(at) = all.position(term.bcast, entry) else {
                continue;
            };
            if at <= term.initial.len() {
                continue;
            }
            let before = all.get(term.bcast, at - 1).expect("below a position");
            let earlier = all.cut(shown, delivery.fresh + offset);
            if !all.contains(earlier, before) {
                report.broken(&PROPERTY, &[before.step, entry.step], || {
                    format!(
                        "{} broadcast {} before {}, but {} delivered the second without the first",
                        ghost.name(term.leader),
                        before.zxid,
                        entry.zxid,
                        ghost.name(delivery.node),
                    )
                });
                return;
            }
        }
    }
}
