//! I-8, initial history integrity: a leader begins with all that earlier leaders began with.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Ghost, Needs, Property, Report};
use crate::zookeeper::Epoch;

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.initial-history",
        says: "the initial history of an established epoch is a prefix of that of every later one",
        source: "I-8 (initial history integrity), Ouyang et al., EuroSys 2025, table 2",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A quorum acknowledged NEWLEADER. Prefixes chain, so the next epochs on either side are enough.
pub fn established(epoch: Epoch, ghost: &Ghost, report: &mut Report<'_>) {
    let Some(own) = ghost.term_of(report.node) else {
        return;
    };
    let others = || ghost.terms.iter().filter(|term| term.established.is_some());
    let below = others()
        .filter(|term| term.epoch < epoch)
        .max_by_key(|term| term.epoch);
    let above = others()
        .filter(|term| term.epoch > epoch)
        .min_by_key(|term| term.epoch);
    let pairs = below.map(|below| (below, own)).into_iter();
    for (first, second) in pairs.chain(above.map(|above| (own, above))) {
        let all = &ghost.histories;
        if all.is_prefix(first.initial, second.initial) {
            continue;
        }
        let same = all.common(first.initial, second.initial).len();
        let lost = all.get(first.initial, same).expect("it is no prefix");
        let since = first.established.unwrap_or_default();
        report.broken(&PROPERTY, &[since, lost.step], || {
            format!(
                "{} began epoch {} with {}, {} began epoch {} without it",
                ghost.name(first.leader),
                first.epoch,
                lost.zxid,
                ghost.name(second.leader),
                second.epoch,
            )
        });
    }
}
