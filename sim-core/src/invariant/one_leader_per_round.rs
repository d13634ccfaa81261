//! One leader per round: what elections aim at and cannot promise.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report};
use crate::zookeeper::Vote;

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "election.one-leader-per-round",
        says: "no two servers lead at once, each decided by a quorum of one round and epoch",
        source: "FastLeaderElection.java: a better vote that comes after the 200 ms of silence \
                 finds a leader already decided; recorded in elections.jsonl, case I-029",
        promised_when: "never: discovery keeps the second leader from leading, not the election",
    },
    needs: Needs::NONE,
    broken_by: &[],
    kept_by: &[],
    promised: false,
};

/// Who leads by which vote.
#[derive(Clone, Debug, Default)]
pub struct OneLeaderPerRound {
    decided: Vec<(NodeId, Vote, StepIndex)>,
}

impl OneLeaderPerRound {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.decided.clear();
    }

    /// A server no longer leads.
    pub fn ended(&mut self, node: NodeId) {
        self.decided.retain(|(it, ..)| *it != node);
    }

    /// A server decided to lead.
    pub fn leads(&mut self, vote: Vote, ghost: &Ghost, report: &mut Report<'_>) {
        let node = report.node;
        self.ended(node);
        let same = |of: &Vote| (of.round, of.peer_epoch) == (vote.round, vote.peer_epoch);
        if let Some((other, _, step)) = self.decided.iter().find(|(_, of, _)| same(of)) {
            report.broken(&PROPERTY, &[*step], || {
                let (a, b) = (ghost.name(*other), ghost.name(node));
                format!("{a} and {b} lead by quorums of round {}", vote.round)
            });
        }
        self.decided.push((node, vote, report.step));
    }
}
