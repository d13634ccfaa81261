//! A decision has its quorum: of equal votes that were really cast.

use crate::base::{ChunkedLog, NodeId};
use crate::engine::Meta;
use crate::invariant::{Ghost, Needs, Property, Report, View};
use crate::zookeeper::{Branch, Epoch, ServerState, Sid, Vote};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "election.quorum-of-equal-votes",
        says: "an election ends with a quorum of equal votes, each of which its voter has cast or \
               answers with since its own decision",
        source: "FastLeaderElection.lookForLeader with termPredicate; QuorumMaj, \
                 QuorumHierarchical; FLETest, HierarchicalQuorumTest",
        promised_when: "always",
    },
    needs: Needs::NONE,
    broken_by: &[],
    kept_by: &[],
    promised: true,
};

/// The votes that each server has cast.
#[derive(Clone, Debug, Default)]
pub struct QuorumOfEqualVotes {
    cast: Vec<ChunkedLog<Vote>>,
}

impl QuorumOfEqualVotes {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.cast.clear();
    }

    /// A server votes.
    pub fn voted(&mut self, node: NodeId, vote: Vote) {
        if self.cast.len() <= node.index() {
            self.cast.resize_with(node.index() + 1, ChunkedLog::default);
        }
        let cast = &mut self.cast[node.index()];
        if cast.last() != Some(&vote) {
            cast.push(vote);
        }
    }

    /// A server serves: it answers with the vote of its decision and the new epoch from now on.
    pub fn serves(&mut self, node: NodeId, peer_epoch: Epoch) {
        let cast = self.cast.get(node.index());
        if let Some(vote) = cast.and_then(|cast| cast.last()).copied() {
            self.voted(node, Vote { peer_epoch, ..vote });
        }
    }

    /// An election ended.
    pub fn decided(
        &mut self,
        (state, vote): (ServerState, &Vote),
        branch: Branch,
        votes: &[Sid],
        (ghost, view): (&Ghost, &impl View),
        report: &mut Report<'_>,
    ) {
        let node = report.node;
        self.voted(node, *vote);
        let Some(config) = view.server(node) else {
            return;
        };
        if !ghost.is_quorum(config, votes) {
            report.broken(&PROPERTY, &[], || {
                let (who, votes) = (ghost.name(node), list(votes));
                format!(
                    "{who} decided for {} with votes of {votes}: no quorum",
                    vote.leader
                )
            });
        }
        // The other branches compare leader and epoch only. An observer counts answers in any
        // branch: voters answer it with the vote of their last decision in the round they are in
        // now.
        if branch != Branch::Finalised || state == ServerState::Observing {
            return;
        }
        if let Some(sid) = votes.iter().find(|sid| !self.has_cast(**sid, *vote, ghost)) {
            report.broken(&PROPERTY, &[], || {
                let who = ghost.name(node);
                format!(
                    "{who} counts a vote of {sid} for {}, which it never cast",
                    vote.leader
                )
            });
        }
    }

    /// A sid that is no server of this world may say anything: mocks do.
    fn has_cast(&self, sid: Sid, vote: Vote, ghost: &Ghost) -> bool {
        let Some(node) = ghost.node(sid) else {
            return true;
        };
        let cast = self.cast.get(node.index());
        cast.is_some_and(|cast| cast.iter().rev().any(|it| *it == vote))
    }
}

fn list(sids: &[Sid]) -> String {
    let names: Vec<String> = sids.iter().map(Sid::to_string).collect();
    names.join(", ")
}
