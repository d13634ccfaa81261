//! I-14, bad commits: commits come in the order of proposals, on both sides.

use crate::engine::Meta;
use crate::invariant::{Ghost, History, Needs, Property, Report};
use crate::zookeeper::{Quirk, Zxid};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "code.bad-commit",
        says: "a leader commits its proposals in order, and a COMMIT finds its proposal first in \
               the learner's line",
        source: "I-14 (bad commits), Ouyang et al., EuroSys 2025, table 2; commitInconsistent of \
                 system-spec/zk-3.7/ZkV3_7_0.tla",
        promised_when: "connections keep order, whole logs, ZOOKEEPER-4394, 2418 and 2846 off",
    },
    needs: Needs::TCP
        .and(Needs::WHOLE_LOGS)
        .and(Needs::KEPT_DISKS)
        .and(Needs::WHOLE_WRITES),
    broken_by: &[
        Quirk::Zk4394CommitBeforeUpToDate,
        Quirk::Zk2418GapInDiff,
        Quirk::Zk2846HoleInLog,
        Quirk::Zk3642KeepsMemoryAfterSnap,
        Quirk::Zk4712QueueDrainsLate,
    ],
    kept_by: &[],
    promised: true,
};

/// A learner's COMMIT does not fit its proposals.
pub fn unmatched(zxid: Zxid, expected: Option<Zxid>, ghost: &Ghost, report: &mut Report<'_>) {
    let node = report.node;
    report.broken(&PROPERTY, &[], || {
        let who = ghost.name(node);
        match expected {
            Some(expected) => format!("{who} hears COMMIT {zxid}, but {expected} is its oldest"),
            None => format!("{who} hears COMMIT {zxid} without a proposal"),
        }
    });
}

/// A leader commits; `before` is what it had committed until then.
pub fn committed(zxid: Zxid, before: History, ghost: &Ghost, report: &mut Report<'_>) {
    let Some(term) = ghost.term_of(report.node) else {
        return;
    };
    let all = &ghost.histories;
    let next = all.get(term.bcast, before.len()).map(|entry| entry.zxid);
    if next == Some(zxid) {
        return;
    }
    report.broken(&PROPERTY, &[], || {
        let (who, last) = (ghost.name(term.leader), all.last_zxid(before));
        format!("{who} commits {zxid} right after {last}, which is not its next proposal")
    });
}
