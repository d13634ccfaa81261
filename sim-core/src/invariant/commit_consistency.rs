//! I-9, commit consistency: a follower delivers only what its leader committed.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Ghost, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.commit-consistency",
        says: "what a follower has delivered is a prefix of what its leader has committed",
        source: "I-9 (commit consistency), Ouyang et al., EuroSys 2025, table 2, in the form that \
                 ZkV3_7_0.tla can check",
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
    let server = ghost.server(delivery.node);
    let (Some(leader), Some(epoch)) = (server.leader, server.new_leader) else {
        return;
    };
    let mut terms = ghost.terms.iter().rev();
    let Some(term) = terms.find(|term| term.leader == leader && term.epoch == epoch) else {
        return;
    };
    let all = &ghost.histories;
    if all.is_prefix(delivery.history, term.committed) {
        return;
    }
    let same = all.common(delivery.history, term.committed).len();
    let more = all.get(delivery.history, same).expect("it is no prefix");
    report.broken(&PROPERTY, &[more.step], || {
        format!(
            "{} delivered {}, which its leader {} has not committed in epoch {epoch}",
            ghost.name(delivery.node),
            more.zxid,
            ghost.name(leader),
        )
    });
}
