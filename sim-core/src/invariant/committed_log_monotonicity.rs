//! Committed log monotonicity ("monotonic read"): what is committed stays and grows at its end.

use crate::base::StepIndex;
use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Ghost, History, Needs, Property, Report};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "zab.committed-log-monotonicity",
        says: "what an established leader commits extends what was committed before it",
        source: "monotonicRead of zookeeper-tla-spec, low-level-spec/mixed-spec/mixed_v1",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// A leader was established, or committed more; `before` and `by` are the longest committed
/// history until then. A leader that was deposed without knowing it commits, at most, what others
/// have committed too.
pub fn committed(before: History, by: StepIndex, ghost: &Ghost, report: &mut Report<'_>) {
    let Some(term) = ghost.term_of(report.node) else {
        return;
    };
    let all = &ghost.histories;
    let now = term.committed;
    let newest = ghost
        .terms
        .iter()
        .all(|other| other.established.is_none() || other.epoch <= term.epoch);
    let kept = if newest {
        all.is_prefix(before, now)
    } else {
        all.comparable(before, now)
    };
    if kept {
        return;
    }
    let same = all.common(before, now).len();
    let lost = all.get(before, same).expect("it is no prefix");
    report.broken(&PROPERTY, &[by, lost.step], || {
        let who = ghost.name(term.leader);
        let last = all.last_zxid(now);
        format!(
            "{who} has committed up to {last} without {}, which was committed",
            lost.zxid
        )
    });
}
