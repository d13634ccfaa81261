//! Leader log completeness: whoever leads has all that was ever committed.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.leader-log-completeness",
        says: "the history of a leader in synchronisation or broadcast holds all that was \
               committed",
        source: "LeaderLogCompleteness of zookeeper-tla-spec, low-level-spec/mixed-spec/mixed_v1",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A quorum agreed on a leader's epoch, or acknowledged NEWLEADER.
pub fn leads(ghost: &Ghost, report: &mut Report<'_>) {
    let all = &ghost.histories;
    let (own, committed) = (ghost.server(report.node).state, ghost.committed);
    if all.is_prefix(committed, own) {
        return;
    }
    let same = all.common(committed, own).len();
    let lost = all.get(committed, same).expect("it is no prefix");
    let node = report.node;
    report.broken(&PROPERTY, &[ghost.committed_by, lost.step], || {
        let last = ghost.histories.last_zxid(own);
        let who = ghost.name(node);
        format!(
            "{who} leads with last zxid {last} and without {}, which was committed",
            lost.zxid
        )
    });
}
