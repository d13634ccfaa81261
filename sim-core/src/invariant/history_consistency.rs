//! I-10, history consistency: a follower of an epoch has on disk what its leader has, or less.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.history-consistency",
        says: "once a follower has stored the epoch of NEWLEADER, its history on disk is a prefix \
               of what the leader of that epoch has broadcast",
        source: "I-10 (process consistency), Ouyang et al., EuroSys 2025, table 2, in the form \
                 that ZkV3_7_0.tla can check",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A server wrote its log or its epoch.
pub fn stored(ghost: &Ghost, report: &mut Report<'_>) {
    let server = ghost.server(report.node);
    let (Some(leader), Some(epoch)) = (server.leader, server.new_leader) else {
        return;
    };
    if server.current != epoch {
        return;
    }
    let mut terms = ghost.terms.iter().rev();
    let Some(term) = terms.find(|term| term.leader == leader && term.epoch == epoch) else {
        return;
    };
    let all = &ghost.histories;
    if all.is_prefix(server.disk, term.bcast) {
        return;
    }
    let same = all.common(server.disk, term.bcast).len();
    let more = all.get(server.disk, same).expect("it is no prefix");
    let node = report.node;
    report.broken(&PROPERTY, &[more.step], || {
        format!(
            "{} has {} on disk in epoch {epoch}, its leader {} has not",
            ghost.name(node),
            more.zxid,
            ghost.name(leader),
        )
    });
}
