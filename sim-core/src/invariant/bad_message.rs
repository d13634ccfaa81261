//! Illegal messages: nothing arrives that does not fit the phase.

use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::Quirk;

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "code.bad-message",
        says: "no leader or learner gives up because of a packet that does not fit the phase",
        source: "messageIllegal of system-spec/zk-3.7/ZkV3_7_0.tla",
        promised_when: "connections keep order, ZOOKEEPER-4394 off",
    },
    needs: Needs::TCP,
    broken_by: &[Quirk::Zk4394CommitBeforeUpToDate],
    kept_by: &[],
    promised: true,
};

/// A server gave up because of a packet.
pub fn illegal(ghost: &Ghost, report: &mut Report<'_>) {
    let node = report.node;
    report.broken(&PROPERTY, &[], || {
        format!(
            "{} gave up: a packet does not fit its phase",
            ghost.name(node)
        )
    });
}
