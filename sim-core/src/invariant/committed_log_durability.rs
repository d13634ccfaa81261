//! Committed log durability: bringing a server into line never takes committed entries from it.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Ghost, History, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.committed-log-durability",
        says: "TRUNC or SNAP never removes a committed transaction from a server's disk, unless the \
               leader has it among its own proposals and sends it again",
        source: "CommittedLogDurability of zookeeper-tla-spec, low-level-spec/mixed-spec/mixed_v1",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A server's disk holds another history than `before`: its log was cut or a snapshot written.
pub fn rewritten(before: History, ghost: &Ghost, report: &mut Report<'_>) {
    let all = &ghost.histories;
    let after = ghost.server(report.node).disk;
    if all.is_prefix(before, after) {
        return;
    }
    let kept = all.common(after, ghost.committed).len();
    let had = all.common(before, ghost.committed);
    if had.len() <= kept {
        return;
    }
    let lost = all.get(had, kept).expect("it had more");
    let node = report.node;
    // A leader cuts a follower back to what it has applied and then sends what it has proposed.
    // Another leader may have committed that meanwhile.
    let leader = ghost
        .server(node)
        .leader
        .and_then(|leader| ghost.term_of(leader));
    if leader.is_some_and(|term| all.contains(term.bcast, lost)) {
        return;
    }
    report.broken(&PROPERTY, &[lost.step, ghost.committed_by], || {
        let who = ghost.name(node);
        format!(
            "{who} had {} on disk, which is committed, and has it no longer",
            lost.zxid
        )
    });
}
