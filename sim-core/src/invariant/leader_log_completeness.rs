//! Leader log completeness: whoever leads has all that was ever committed.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Ghost, Needs, Property, Report};
use crate::zookeeper::Zxid;

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.leader-log-completeness",
        says: "the history of a leader in synchronisation or broadcast holds all that was \
               committed in its own and earlier epochs",
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
    let server = ghost.server(report.node);
    // One that was paused while its epoch came and went may yet begin to serve; it lacks what later
    // leaders committed, and can commit nothing.
    let last = match server.leads {
        Some(epoch) => Zxid::new(epoch, u32::MAX),
        None => Zxid(i64::MAX),
    };
    let (own, committed) = (server.state, all.cut_above(ghost.committed, last));
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
