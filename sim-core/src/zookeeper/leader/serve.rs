//! A leader is established, serves, and ends.
//!
//! Follows `Leader.waitForNewLeaderAck`, `startZkServer`, the loop of half ticks in `lead` and
//! `shutdown` of releases 3.5.7 and 3.8.0 in the order of their statements (reference 3.2 from step 8
//! on, 3.5). What it proposes and commits meanwhile is in `broadcast.rs`.

use super::{LeaderStage, Waiter};
use crate::base::{By, Span};
use crate::zookeeper::containers::Containers;
use crate::zookeeper::handler::{Handler, HandlerId};
use crate::zookeeper::peer::{PeerTimer, PeerWork};
use crate::zookeeper::server::{Cx, ZkState, lane};
use crate::zookeeper::{
    Fact, Loss, Phase, Prep, Server, Sid, StepDown, Timer, Verdict, Work, Zxid, port,
};
use smallvec::SmallVec;
use std::sync::Arc;

impl Server {
    /// `waitForNewLeaderAck`: true if the caller may go on, false if it waits. An acknowledgement
    /// of anything else is logged and not counted, but its sender goes on (ZOOKEEPER-4685).
    pub(in crate::zookeeper) fn new_leader_acked(
        &mut self,
        from: By<Sid>,
        zxid: Zxid,
        cx: &mut Cx<'_>,
    ) -> bool {
        let own = self.config.sid;
        let quorum = Arc::clone(&self.quorum);
        let leader = self.leading();
        let learner = from.value;
        let verdict = if leader.quorum_formed {
            Verdict::AlreadyAccepted
        } else if zxid == leader.new_leader_zxid {
            Verdict::Accepted
        } else {
            Verdict::Refused
        };
        if learner != own {
            cx.fact(&[], || Fact::NewLeaderAck {
                learner,
                zxid,
                verdict,
            });
        }
        if verdict != Verdict::Accepted {
            return true;
        }
        if quorum.is_voter(learner) {
            leader.new_leader_acks.add(from);
        }
        if !leader.new_leader_acks.is_quorum(&quorum) {
            return false;
        }
        leader.quorum_formed = true;
        if learner != own && leader.stage == LeaderStage::NewLeaderWait {
            cx.fx.hand(lane::PEER, Work::Peer(PeerWork::Notified));
        }
        self.notify_handlers(Waiter::Peer, Handler::waits_for_new_leader, cx);
        true
    }

    /// `startZkServer` and the beginning of the loop of half ticks.
    pub(super) fn start_serving(&mut self, cx: &mut Cx<'_>) {
        cx.fx.disarm(Timer::Peer(PeerTimer::Wait));
        let rules = Arc::clone(self.serving.rules());
        let leader = self.leading();
        let (epoch, zxid) = (leader.epoch, leader.new_leader_zxid);
        leader.last_committed = zxid;
        leader.prep = Prep::with_rules(zxid, rules);
        leader.stage = LeaderStage::Serving;
        let acks = leader.new_leader_acks.clone();
        self.zk = ZkState::Running;
        self.applier.start();
        let history = self.database.tree();
        let (last_processed, history_digest) = (history.last_processed, history.digest);
        let history_len = self.database.committed().len() as u64;
        cx.fact(&acks.steps(), || Fact::Established {
            epoch,
            followers: acks.sids(),
            last_processed,
            history_digest,
            history_len,
        });
        let election = self.election.as_mut().expect("it had decided");
        election.update_election_vote(epoch, cx.fx.step());
        self.database.set_last_processed(zxid);
        self.database_by = cx.by(());
        self.serving.start(true, self.database.tree(), cx.now.mono);
        self.set_phase(Phase::Broadcast, cx);
        cx.fact(&[], || Fact::Serving {
            yes: true,
            last_zxid: zxid,
        });
        self.notify_handlers(Waiter::Peer, Handler::waits_for_startup, cx);
        self.arm_half_tick(cx);
        self.arm_session_timer(cx);
        self.containers = Containers::since(cx.now.mono);
        self.watch_containers(cx);
    }

    fn arm_half_tick(&mut self, cx: &mut Cx<'_>) {
        let half = Span::from_millis(u64::from(self.config.ensemble.tick_time_ms / 2));
        cx.fx.arm(Timer::Peer(PeerTimer::HalfTick), half);
    }

    /// Every half tick: count the tick and check the quorum every second time, then ping.
    pub(in crate::zookeeper) fn half_tick(&mut self, cx: &mut Cx<'_>) {
        let own = self.config.sid;
        let quorum = Arc::clone(&self.quorum);
        let running = self.zk == ZkState::Running;
        let leader = self.leading();
        match &mut leader.stage {
            LeaderStage::Stopped => return self.to_looking(cx),
            LeaderStage::Stopping { by_other } => {
                *by_other = false;
                return;
            }
            _ => {}
        }
        if !leader.tick_skip {
            leader.tick += 1;
        }
        if !running {
            return self.leader_fails(StepDown::DiskFailed, cx);
        }
        let has_quorum = || quorum.contains_quorum(core::iter::once(own).chain(leader.in_time()));
        if !leader.tick_skip && !has_quorum() {
            return self.leader_fails(StepDown::NoQuorum, cx);
        }
        leader.tick_skip = !leader.tick_skip;
        self.ping_learners(cx);
        self.arm_half_tick(cx);
    }

    /// `Leader.shutdown` by the leader's own thread, then LOOKING.
    pub(super) fn leader_fails(&mut self, why: StepDown, cx: &mut Cx<'_>) {
        self.shut_leader_down(why, false, cx);
    }

    /// `Leader.shutdown`. The log thread is joined, memory then takes what is in the log, and only
    /// then the learners' connections are closed.
    pub(in crate::zookeeper) fn shut_leader_down(
        &mut self,
        why: StepDown,
        by_other: bool,
        cx: &mut Cx<'_>,
    ) {
        let stage = self.leading().stage;
        if matches!(stage, LeaderStage::Stopping { .. } | LeaderStage::Stopped) {
            return;
        }
        self.stepped_down(why, cx);
        cx.fx.disarm(Timer::Peer(PeerTimer::Wait));
        cx.fx.disarm(Timer::Session);
        cx.fx.disarm(Timer::Containers);
        cx.fx.unlisten(port::QUORUM);
        let leader = self.leading();
        leader.stage = LeaderStage::Stopping { by_other };
        leader.prep_queue.clear();
        // Connections that the acceptor never took end with the port.
        leader.handlers.retain(|handler| {
            let accepted = !handler.is_in_backlog();
            if !accepted {
                cx.fx.close(handler.conn);
            }
            accepted
        });
        self.stop_serving(cx);
        let was_running = matches!(self.zk, ZkState::Running | ZkState::Error);
        if was_running {
            self.zk = ZkState::Shutdown;
            self.applier.stop();
        }
        if !was_running || self.logger.is_idle() {
            self.leader_log_drained(cx);
        }
    }

    /// The log thread has ended: the rest of `Leader.shutdown`.
    pub(in crate::zookeeper) fn leader_log_drained(&mut self, cx: &mut Cx<'_>) {
        if self.zk == ZkState::Shutdown {
            self.fast_forward(cx);
        }
        let ids: SmallVec<[HandlerId; 8]> = self.leading().handlers.iter().map(|h| h.id).collect();
        for id in ids {
            self.handler_ends(id, Loss::LeaderGone, cx);
        }
        let leader = self.leading();
        if leader.stage == (LeaderStage::Stopping { by_other: true }) {
            leader.stage = LeaderStage::Stopped;
        } else {
            cx.fx.disarm(Timer::Peer(PeerTimer::HalfTick));
            self.to_looking(cx);
        }
    }
}
