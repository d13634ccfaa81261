//! Agreement: no two servers have each delivered something that the other has not.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.agreement",
        says: "if one server delivers a and another delivers b, then the second delivers a or the \
               first delivers b",
        source: "Agreement of protocol-spec/Zab.tla, for all servers and not only followers",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A server shows its history to clients. As long as all histories are prefixes of one, there is
/// nothing to compare.
pub fn delivered(delivery: &Delivery, ghost: &Ghost, report: &mut Report<'_>) {
    if !delivery.parted {
        return;
    }
    let all = &ghost.histories;
    for (other, server) in ghost.all() {
        let (mine, theirs) = (delivery.history, server.delivered);
        if other == delivery.node || all.comparable(mine, theirs) {
            continue;
        }
        let same = all.common(mine, theirs).len();
        let mut only_mine = all.from(mine, same).filter(|e| !all.contains(theirs, e));
        let mut only_theirs = all.from(theirs, same).filter(|e| !all.contains(mine, e));
        if let (Some(a), Some(b)) = (only_mine.next(), only_theirs.next()) {
            report.broken(&PROPERTY, &[a.step, b.step], || {
                format!(
                    "{} delivered {} but not {}, {} delivered {} but not {}",
                    ghost.name(delivery.node),
                    a.zxid,
                    b.zxid,
                    ghost.name(other),
                    b.zxid,
                    a.zxid,
                )
            });
            return;
        }
    }
}
