//! What upstream tests do to a running server from outside, and no server does by itself.
//!
//! Follows the setters that these tests call: `QuorumPeer.setPeerState` and the closed socket of
//! `QuorumPeerMainTest.testElectionFraud`, `QuorumPeer.setCurrentVote` of
//! `FLETest.testJoinInconsistentEnsemble`, `ZooKeeperServer.setZxid` of `ZxidRolloverTest`. Each sets
//! one value in memory, without a fact of its own; what follows from it is the server's own doing.

use crate::zookeeper::peer::Role;
use crate::zookeeper::server::Cx;
use crate::zookeeper::{Fact, Round, Server, ServerState, StepDown, Zxid};

/// A value set in a server's memory from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerOp {
    /// A follower loses its leader and leads without an election. Others are left alone.
    ForceLeading,
    /// The vote that it tells others gets another zxid and round, where they are given.
    FalsifyVote {
        /// The zxid.
        zxid: Option<Zxid>,
        /// The round.
        round: Option<Round>,
    },
    /// The next transaction of a leader that serves has the counter behind this one. Others are left
    /// alone.
    AdvanceCounter(u32),
}

impl Server {
    pub(super) fn tamper(&mut self, op: &ServerOp, cx: &mut Cx<'_>) {
        match *op {
            ServerOp::ForceLeading => {
                if matches!(&self.role, Role::Following(learner) if !learner.is_observer()) {
                    self.leads_unelected = true;
                    self.learner_leaves(StepDown::ConnectionLost, cx);
                }
            }
            ServerOp::FalsifyVote { zxid, round } => {
                let by = cx.step();
                if let Some(election) = &mut self.election {
                    let mut vote = election.current_vote();
                    vote.zxid = zxid.unwrap_or(vote.zxid);
                    vote.round = round.unwrap_or(vote.round);
                    election.set_current_vote(vote, by);
                }
            }
            ServerOp::AdvanceCounter(counter) => {
                if let Role::Leading(leader) = &mut self.role {
                    leader.prep.advance_counter(counter);
                }
            }
        }
    }

    /// The main loop finds LEADING where it expected LOOKING.
    pub(super) fn lead_unelected(&mut self, cx: &mut Cx<'_>) {
        self.leads_unelected = false;
        let election = self.election.as_mut().expect("it had decided");
        election.set_state(ServerState::Leading);
        cx.fact(&[], || Fact::State {
            from: ServerState::Looking,
            to: ServerState::Leading,
        });
        self.role_begins();
        self.lead(cx);
    }
}
