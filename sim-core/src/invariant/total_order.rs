//! Total order: who delivers b delivers all that anybody delivered before b, and before b.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Entry, Ghost, History, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.total-order",
        says: "if one server delivers a before b, every server that delivers b delivers a before it",
        source: "TotalOrder of protocol-spec/Zab.tla and system-spec/zk-3.7/ZkV3_7_0.tla",
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
    if !delivery.parted {
        return;
    }
    for (other, server) in ghost.all() {
        let pair = (delivery.history, server.delivered);
        if other == delivery.node || ghost.histories.comparable(pair.0, pair.1) {
            continue;
        }
        let one = out_of_order(ghost, pair.0, pair.1).map(|found| (delivery.node, other, found));
        let two = || out_of_order(ghost, pair.1, pair.0).map(|found| (other, delivery.node, found));
        if let Some((first, second, (a, b))) = one.or_else(two) {
            report.broken(&PROPERTY, &[a.step, b.step], || {
                let (first, second) = (ghost.name(first), ghost.name(second));
                format!(
                    "{first} delivered {} before {}, {second} did not",
                    a.zxid, b.zxid
                )
            });
            return;
        }
    }
}

/// Two transactions in the order of `one` of which `two` has the second without the first before
/// it. Only behind the place where they part can there be any.
fn out_of_order(ghost: &Ghost, one: History, two: History) -> Option<(Entry, Entry)> {
    let all = &ghost.histories;
    let same = all.common(one, two).len();
    let mut greatest: Option<(usize, Entry)> = None;
    let mut missing: Option<Entry> = None;
    for entry in all.from(one, same) {
        match all.position(two, entry) {
            None => {
                missing.get_or_insert(*entry);
            }
            Some(at) => {
                if let Some(missing) = missing {
                    return Some((missing, *entry));
                }
                if let Some((_, before)) = greatest.filter(|(before, _)| *before > at) {
                    return Some((before, *entry));
                }
                greatest = Some((at, *entry));
            }
        }
    }
    None
}
