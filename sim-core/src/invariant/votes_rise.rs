//! Votes rise: within a round a server changes its vote only for a better one.

use crate::base::StepIndex;
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::Vote;

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "election.votes-rise",
        says: "within a round each new vote of a server ranks above its last by epoch, zxid, sid, \
               and a change of rounds goes up",
        source: "FastLeaderElection.totalOrderPredicate and lookForLeader; FLEPredicateTest",
        promised_when: "always",
    },
    needs: Needs::NONE,
    broken_by: &[],
    kept_by: &[],
    promised: true,
};

/// A server changed its vote.
pub fn voted(from: &Vote, to: &Vote, by: &[StepIndex], ghost: &Ghost, report: &mut Report<'_>) {
    let rises = if from.round == to.round {
        to.rank() > from.rank()
    } else {
        to.round > from.round
    };
    if !rises {
        let node = report.node;
        report.broken(&PROPERTY, by, || {
            let who = ghost.name(node);
            format!("{who} changed its vote from {from} to {to}, which ranks no higher")
        });
    }
}
