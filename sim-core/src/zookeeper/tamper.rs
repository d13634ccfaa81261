//! What upstream tests do to a running server from outside, and no server does by itself.
//!
//! Follows the setters that these tests call: `QuorumPeer.setPeerState` and the closed socket of
//! `QuorumPeerMainTest.testElectionFraud`, `Context.quitFollowing` of its
//! `testLeaderElectionWithDisloyalVoter`, `QuorumPeer.setCurrentVote` of
//! `FLETest.testJoinInconsistentEnsemble`, `ZooKeeperServer.setZxid` of `ZxidRolloverTest`. Each sets
//! one value in memory and leaves a fact that says so; what follows is the server's own doing.

use crate::base::StepIndex;
use crate::zookeeper::peer::Role;
use crate::zookeeper::server::Cx;
use crate::zookeeper::{Fact, Round, Server, ServerState, StepDown, Vote, Zxid};

/// A value set in a server's memory from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerOp {
    /// A follower loses its leader and leads without an election. Others are left alone.
    ForceLeading,
    /// When it follows a leader next, it gives up at once, once.
    QuitFollowing,
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
            ServerOp::ForceLeading => self.force_leading(cx),
            ServerOp::QuitFollowing => {
                tampered(Some(ServerState::Looking), None, None, cx);
                self.quits_following = true;
            }
            ServerOp::FalsifyVote { zxid, round } => self.falsify_vote(zxid, round, cx),
            ServerOp::AdvanceCounter(counter) => {
                let prep = match &mut self.role {
                    Role::Leading(leader) => &mut leader.prep,
                    Role::Standalone(alone) => alone.prep_mut(),
                    _ => return,
                };
                let zxid = prep.advance_counter(counter);
                tampered(None, None, Some(zxid), cx);
            }
        }
    }

    fn force_leading(&mut self, cx: &mut Cx<'_>) {
        if matches!(&self.role, Role::Following(learner) if !learner.is_observer()) {
            tampered(Some(ServerState::Leading), None, None, cx);
            self.leads_unelected = Some(cx.step());
            self.learner_leaves(StepDown::ConnectionLost, cx);
        }
    }

    fn falsify_vote(&mut self, zxid: Option<Zxid>, round: Option<Round>, cx: &mut Cx<'_>) {
        if let Some(election) = &mut self.election {
            let mut vote = election.current_vote();
            vote.zxid = zxid.unwrap_or(vote.zxid);
            vote.round = round.unwrap_or(vote.round);
            election.set_current_vote(vote, cx.step());
            tampered(None, Some(vote), None, cx);
        }
    }

    /// The main loop finds LEADING where it expected LOOKING.
    pub(super) fn lead_unelected(&mut self, by: StepIndex, cx: &mut Cx<'_>) {
        let election = self.election.as_mut().expect("it had decided");
        election.set_state(ServerState::Leading);
        cx.fact(&[by], || Fact::State {
            from: ServerState::Looking,
            to: ServerState::Leading,
        });
        self.role_begins();
        self.lead(cx);
    }
}

fn tampered(state: Option<ServerState>, vote: Option<Vote>, zxid: Option<Zxid>, cx: &mut Cx<'_>) {
    cx.fact(&[], || Fact::Tampered { state, vote, zxid });
}
