//! A leader agrees on an epoch with a quorum: discovery.
//!
//! Follows `Leader.getEpochToPropose` and `waitForEpochAck` of releases 3.5.7 and 3.8.0 in the order
//! of their statements (reference 3.2, steps 3 to 5). It sends nothing: that is the handlers' part
//! (`handler/join.rs`). Read `serve.rs` for what comes next.

use super::{LeaderStage, StateSummary, Waiter};
use crate::base::{By, WriteId};
use crate::engine::IoError;
use crate::zookeeper::handler::Handler;
use crate::zookeeper::peer::{PeerTimer, PeerWork, Role};
use crate::zookeeper::server::{Cx, lane};
use crate::zookeeper::{Epoch, Fact, Loss, Phase, Server, Sid, StepDown, Timer, Work, Zxid};
use std::sync::Arc;

/// What `waitForEpochAck` does with its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::zookeeper) enum AckWait {
    /// It goes on.
    Go,
    /// It waits.
    Wait,
    /// It is ahead of the leader: an exception.
    Ahead,
}

impl Server {
    /// `getEpochToPropose`: true if the caller may go on, false if it waits.
    pub(in crate::zookeeper) fn epoch_to_propose(
        &mut self,
        waiter: Waiter,
        sid: Sid,
        last_accepted: By<Epoch>,
        cx: &mut Cx<'_>,
    ) -> bool {
        let own = self.config.sid;
        let quorum = Arc::clone(&self.quorum);
        let leader = self.leading();
        if !leader.waiting_for_epoch {
            // Whoever writes the epoch holds the lock meanwhile.
            return leader.storing_epoch.is_none();
        }
        if last_accepted.value >= leader.epoch {
            leader.epoch = Epoch(last_accepted.value.0 + 1);
            leader.highest_heard = last_accepted.value;
        }
        if quorum.is_voter(sid) {
            leader.connecting.add(By::new(sid, last_accepted.by));
        }
        if !(leader.connecting.contains(own) && leader.connecting.is_quorum(&quorum)) {
            return false;
        }
        leader.waiting_for_epoch = false;
        let epoch = leader.epoch;
        cx.fact(&leader.connecting.steps(), || Fact::EpochProposed {
            epoch,
            highest_heard: leader.highest_heard,
            heard: leader.connecting.sids(),
        });
        let write = self.store_epoch(true, epoch, cx);
        self.leading().storing_epoch = Some((write, waiter));
        false
    }

    pub(in crate::zookeeper) fn leader_epoch_written(
        &mut self,
        id: WriteId,
        result: Result<(), IoError>,
        cx: &mut Cx<'_>,
    ) {
        let leader = self.leading();
        let epoch = leader.epoch;
        if let Some((_, writer)) = leader.storing_epoch.take_if(|(write, _)| *write == id) {
            if result.is_err() {
                // The writer's exception; nobody is notified, the others wait until their time is
                // over and then take the epoch all the same.
                return match writer {
                    Waiter::Peer => self.leader_fails(StepDown::DiskFailed, cx),
                    Waiter::Handler(id) => self.handler_ends(id, Loss::DiskFailed, cx),
                };
            }
            self.epoch_stored(true, epoch, cx);
            self.notify_epoch(writer, cx);
        } else if leader.stage == LeaderStage::StoringEpoch(id) {
            if result.is_err() {
                return self.leader_fails(StepDown::DiskFailed, cx);
            }
            self.epoch_stored(false, epoch, cx);
            self.set_phase(Phase::Synchronization, cx);
            let (sid, zxid) = (self.config.sid, self.leading().new_leader_zxid);
            self.leading().stage = LeaderStage::NewLeaderWait;
            let own = cx.by(sid);
            if self.new_leader_acked(own, zxid, cx) {
                self.start_serving(cx);
            } else {
                cx.fx.arm(Timer::Peer(PeerTimer::Wait), self.init_limit());
            }
        }
    }

    /// `connectingFollowers.notifyAll()`: the writer goes on by itself.
    fn notify_epoch(&mut self, writer: Waiter, cx: &mut Cx<'_>) {
        let leader = self.leading();
        if leader.stage == LeaderStage::EpochWait && writer != Waiter::Peer {
            cx.fx.hand(lane::PEER, Work::Peer(PeerWork::Notified));
        }
        self.notify_handlers(writer, Handler::waits_for_epoch, cx);
        match writer {
            Waiter::Peer => self.epoch_known(cx),
            Waiter::Handler(id) => self.handler_notified(id, cx),
        }
    }

    /// `lead` goes on with its epoch.
    pub(super) fn epoch_known(&mut self, cx: &mut Cx<'_>) {
        let sid = self.config.sid;
        let leader = self.leading();
        leader.new_leader_zxid = Zxid::new(leader.epoch, 0);
        leader.last_proposed = leader.new_leader_zxid;
        leader.stage = LeaderStage::AckEpochWait;
        let summary = leader.summary;
        let by = leader.summary_by.by;
        match self.epoch_acked(By::new(sid, by), Some(summary.epoch), summary.zxid, cx) {
            AckWait::Go => self.epoch_agreed(cx),
            AckWait::Wait => cx.fx.arm(Timer::Peer(PeerTimer::Wait), self.init_limit()),
            AckWait::Ahead => unreachable!("a leader is not ahead of itself"),
        }
    }

    /// `waitForEpochAck`. `epoch` is `None` for the -1 that does not count.
    pub(in crate::zookeeper) fn epoch_acked(
        &mut self,
        from: By<Sid>,
        epoch: Option<Epoch>,
        zxid: Zxid,
        cx: &mut Cx<'_>,
    ) -> AckWait {
        let own = self.config.sid;
        let quorum = Arc::clone(&self.quorum);
        let leader = self.leading();
        if leader.election_finished {
            return AckWait::Go;
        }
        if let Some(epoch) = epoch {
            let summary = StateSummary { epoch, zxid };
            if summary > leader.summary {
                return AckWait::Ahead;
            }
            if quorum.is_voter(from.value) {
                leader.electing.add(from);
            }
        }
        if !(leader.electing.contains(own) && leader.electing.is_quorum(&quorum)) {
            return AckWait::Wait;
        }
        leader.election_finished = true;
        cx.fact(&leader.electing.steps(), || Fact::EpochAgreed {
            epoch: leader.epoch,
            followers: leader.electing.sids(),
        });
        if from.value != own && leader.stage == LeaderStage::AckEpochWait {
            cx.fx.hand(lane::PEER, Work::Peer(PeerWork::Notified));
        }
        self.notify_handlers(Waiter::Peer, Handler::waits_for_ack_epoch, cx);
        AckWait::Go
    }

    /// The leader's thread goes on: `setCurrentEpoch`.
    pub(super) fn epoch_agreed(&mut self, cx: &mut Cx<'_>) {
        cx.fx.disarm(Timer::Peer(PeerTimer::Wait));
        let epoch = self.leading().epoch;
        let write = self.store_epoch(false, epoch, cx);
        self.leading().stage = LeaderStage::StoringEpoch(write);
    }

    /// `reportLookingSid`: a server looks for a leader while this one leads, or tries to. If it is a
    /// voter and the leader has waited for its epoch for longer than it may, nobody waits any more.
    /// The real one asks a "set of votes" for the server, which holds the voters, not who voted.
    pub(in crate::zookeeper) fn voter_looks(&mut self, sid: Sid, cx: &mut Cx<'_>) {
        let limit_ms = self.config.ensemble.max_time_to_wait_for_epoch_ms;
        let is_voter = self.quorum.is_voter(sid);
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        let (Some(limit_ms), Some(began)) = (limit_ms, leader.epoch_wait_began) else {
            return;
        };
        let waited_ms = (cx.now.mono - began).as_millis();
        if !leader.waiting_for_epoch
            || leader.quits_epoch_wait.is_some()
            || !is_voter
            || waited_ms <= u64::from(limit_ms)
        {
            return;
        }
        leader.quits_epoch_wait = Some(cx.by(sid));
        if leader.stage == LeaderStage::EpochWait {
            cx.fx.hand(lane::PEER, Work::Peer(PeerWork::Notified));
        }
        self.notify_handlers(Waiter::Peer, Handler::waits_for_epoch, cx);
    }
}
