//! Primary integrity: a leader broadcasts only after it has delivered what earlier epochs deliver.

use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Delivery, Entry, Ghost, Needs, Property, Report, Term};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.primary-integrity",
        says: "if the leader of an epoch broadcasts and any server delivers b of an earlier epoch, \
               the leader had b before it broadcast",
        source: "PrimaryIntegrity of protocol-spec/Zab.tla, for all servers and times",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A leader proposed: at its first proposal it must have all that was delivered before its epoch.
pub fn proposed(ghost: &Ghost, report: &mut Report<'_>) {
    let Some(term) = ghost.term_of(report.node) else {
        return;
    };
    if term.first_proposal != Some(report.step) {
        return;
    }
    let all = &ghost.histories;
    for (_, server) in ghost.all() {
        if all.is_prefix(server.delivered, term.initial) {
            continue;
        }
        let same = all.common(server.delivered, term.initial).len();
        let mut later = all.from(server.delivered, same);
        if let Some(entry) = later.find(|entry| lacks(term, entry, ghost)).copied() {
            return tell(term, &entry, ghost, report);
        }
    }
}

/// A server shows its history to clients: every later epoch that has broadcast must have begun
/// with it.
pub fn delivered(delivery: &Delivery, ghost: &Ghost, report: &mut Report<'_>) {
    let all = &ghost.histories;
    for entry in all.from(delivery.history, delivery.fresh) {
        let mut later = ghost
            .terms
            .iter()
            .rev()
            .take_while(|t| t.epoch > entry.zxid.epoch());
        let begun = later.find(|t| t.first_proposal.is_some() && lacks(t, entry, ghost));
        if let Some(term) = begun {
            return tell(term, entry, ghost, report);
        }
    }
}

fn lacks(term: &Term, entry: &Entry, ghost: &Ghost) -> bool {
    entry.zxid.epoch() < term.epoch && !ghost.histories.contains(term.initial, entry)
}

fn tell(term: &Term, entry: &Entry, ghost: &Ghost, report: &mut Report<'_>) {
    let first = term.first_proposal.unwrap_or_default();
    report.broken(&PROPERTY, &[first, entry.step], || {
        format!(
            "{} broadcast in epoch {} without {}, which was delivered",
            ghost.name(term.leader),
            term.epoch,
            entry.zxid,
        )
    });
}
