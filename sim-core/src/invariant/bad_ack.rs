//! I-12, bad acknowledgements: a leader hears only acknowledgements that it can place.

use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::{Quirk, Sid, Zxid};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "code.bad-ack",
        says: "where a leader waits for the acknowledgement of NEWLEADER, no other one comes",
        source: "I-12 (bad acknowledgments), Ouyang et al., EuroSys 2025, table 2; \
                 ackInconsistent of system-spec/zk-3.7/ZkV3_7_0.tla",
        promised_when: "connections keep order, ZOOKEEPER-4685 off",
    },
    needs: Needs::TCP,
    broken_by: &[Quirk::Zk4685AckOvertakesNewLeader],
    kept_by: &[],
    promised: true,
};

/// The acknowledgement was refused.
pub fn refused(learner: Sid, zxid: Zxid, ghost: &Ghost, report: &mut Report<'_>) {
    let node = report.node;
    report.broken(&PROPERTY, &[], || {
        let who = ghost.name(node);
        format!("{who} waits for {learner} to acknowledge NEWLEADER and hears an ACK of {zxid}")
    });
}
