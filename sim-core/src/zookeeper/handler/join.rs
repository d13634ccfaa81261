//! A learner joins: what its handler does from FOLLOWERINFO to UPTODATE.
//!
//! Follows `LearnerHandler.run` up to its main loop, with `syncFollower`, of releases 3.5.7 and 3.8.0
//! in the order of their statements. Read `sync.rs` for the choice of DIFF, TRUNC or SNAP.

use super::{HandlerId, HandlerStage, HandlerWork, plain};
use crate::zookeeper::leader::{AckWait, Waiter};
use crate::zookeeper::server::{Cx, ZkState, handler_lane};
use crate::zookeeper::sync::{self, SyncInput, SyncPlan};
use crate::zookeeper::{
    Fact, Loss, Msg, Packet, PacketData, PacketKind, Quirk, Server, SyncKind, Verdict, Work, Zxid,
};
use std::sync::Arc;

impl Server {
    /// FOLLOWERINFO or OBSERVERINFO.
    pub(super) fn learner_info(&mut self, id: HandlerId, packet: &Packet, cx: &mut Cx<'_>) {
        let observer = packet.kind == PacketKind::ObserverInfo;
        let PacketData::Learner { sid } = packet.data else {
            return self.handler_ends(id, Loss::BadPacket, cx);
        };
        if !observer && packet.kind != PacketKind::FollowerInfo {
            return self.handler_ends(id, Loss::BadPacket, cx);
        }
        let accepted = cx.by(packet.zxid.epoch());
        if let Some(handler) = self.leading().handler(id) {
            handler.sid = sid;
            handler.observer = observer;
            handler.accepted_epoch = accepted;
        }
        cx.fact(&[], || Fact::LearnerHeard {
            learner: sid,
            accepted_epoch: accepted.value,
            observer,
        });
        if self.epoch_to_propose(Waiter::Handler(id), sid, accepted, cx) {
            self.send_leader_info(id, cx);
        } else if self.leading().gives_the_epoch_up() {
            self.handler_ends(id, Loss::LeaderGone, cx);
        } else {
            self.handler_waits(id, HandlerStage::EpochWait, cx);
        }
    }

    /// LEADERINFO with the new epoch.
    pub(super) fn send_leader_info(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        let zxid = Zxid::new(self.leading().epoch, 0);
        self.set_handler_stage(id, HandlerStage::AwaitAckEpoch);
        if let Some(handler) = self.leading().handler(id) {
            let info = plain(PacketKind::LeaderInfo, zxid);
            cx.fx.send(handler.conn, Msg::Quorum(info));
        }
        self.handler_reads(id, cx);
    }

    /// ACKEPOCH.
    pub(super) fn ack_epoch(&mut self, id: HandlerId, packet: &Packet, cx: &mut Cx<'_>) {
        let PacketData::Epoch(epoch) = packet.data else {
            return self.handler_ends(id, Loss::BadPacket, cx);
        };
        let zxid = packet.zxid;
        let leader = self.leading();
        let (summary, summary_by) = (leader.summary, leader.summary_by.by);
        let Some(sid) = leader.handler(id).map(|handler| handler.sid) else {
            return;
        };
        let answer = self.epoch_acked(cx.by(sid), epoch, zxid, cx);
        cx.fact(&[summary_by], || Fact::AckEpochHeard {
            follower: sid,
            epoch,
            zxid,
            own_epoch: summary.epoch,
            own_zxid: summary.zxid,
            verdict: match answer {
                AckWait::Ahead => Verdict::Refused,
                _ if epoch.is_none() => Verdict::AlreadyAccepted,
                _ => Verdict::Accepted,
            },
        });
        match answer {
            AckWait::Go => self.sync_follower(id, zxid, cx),
            AckWait::Wait => self.handler_waits(id, HandlerStage::AckEpochWait(zxid), cx),
            AckWait::Ahead => self.handler_ends(id, Loss::AheadOfLeader, cx),
        }
    }

    /// `syncFollower`, `startForwarding`, and the snapshot if one is needed.
    pub(super) fn sync_follower(&mut self, id: HandlerId, peer: Zxid, cx: &mut Cx<'_>) {
        self.set_handler_stage(id, HandlerStage::Sending);
        let plan = self.plan_sync(peer, cx);
        let last_processed = self.database.last_processed();
        let late = plan.kind == SyncKind::Snap && self.has(Quirk::Zk3104NewLeaderBeforeSnapshot);
        let at_once = plan.kind == SyncKind::Snap && !late;
        let tree = at_once.then(|| Arc::new(self.database.tree().clone()));
        let leader = self.leading();
        let Some(index) = leader.handlers.iter().position(|h| h.id == id) else {
            return;
        };
        let mut handler = leader.handlers.remove(index);
        cx.fact(&[], || Fact::SyncChosen {
            learner: handler.sid,
            kind: plan.kind,
            zxid: plan.zxid,
            row: plan.row,
            peer_last_zxid: peer,
            min_committed_log: plan.bounds.0,
            max_committed_log: plan.bounds.1,
            leader_last_processed: last_processed,
            proposals: plan.proposals.len() as u32,
        });
        match plan.kind {
            SyncKind::Diff => handler.queue.push(plain(PacketKind::Diff, plan.zxid)),
            SyncKind::Trunc => handler.queue.push(plain(PacketKind::Trunc, plan.zxid)),
            SyncKind::Snap => {}
        }
        for txn in &plan.proposals {
            handler.queue.push(Packet {
                kind: PacketKind::Proposal,
                zxid: txn.zxid,
                data: PacketData::Txn(Arc::clone(txn)),
            });
            handler.queue.push(plain(PacketKind::Commit, txn.zxid));
        }
        leader.start_forwarding(&mut handler, plan.last_sent, cx);
        if let Some(tree) = tree {
            let snap = Packet {
                kind: PacketKind::Snap,
                zxid: last_processed,
                data: PacketData::Snapshot(tree),
            };
            cx.fx.send(handler.conn, Msg::Quorum(snap));
            cx.fx.hand(
                handler_lane(id),
                Work::Handler(id, HandlerWork::SnapshotSent),
            );
        }
        if late {
            // The lock on the log is let go: what is applied meanwhile is in the snapshot too.
            let new_leader = plain(PacketKind::NewLeader, Zxid::new(leader.epoch, 0));
            handler.queue.push(new_leader);
            let snapshot = Work::Handler(id, HandlerWork::LateSnapshot);
            cx.fx.hand(handler_lane(id), snapshot);
        }
        leader.handlers.insert(index, handler);
        if plan.kind != SyncKind::Snap {
            self.send_new_leader(id, cx);
        }
    }

    /// The snapshot behind a NEWLEADER that is queued already (ZOOKEEPER-3104).
    pub(super) fn send_late_snapshot(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        let snap = Packet {
            kind: PacketKind::Snap,
            zxid: self.database.last_processed(),
            data: PacketData::Snapshot(Arc::new(self.database.tree().clone())),
        };
        if let Some(handler) = self.leading().handler(id) {
            cx.fx.send(handler.conn, Msg::Quorum(snap));
            handler.start_sending(cx);
            handler.stage = HandlerStage::AwaitNewLeaderAck;
        }
        self.handler_reads(id, cx);
    }

    fn plan_sync(&self, peer: Zxid, cx: &Cx<'_>) -> SyncPlan {
        let committed = self.database.committed();
        let some = |zxid| (!committed.is_empty()).then_some(zxid);
        let input = SyncInput {
            peer,
            last_processed: self.database.last_processed(),
            min_committed: some(committed.min()),
            max_committed: some(committed.max()),
            forced: false,
            rules: self.rows.sync_rules,
            snapshot_for_equal: self.has(Quirk::Zk1465SnapshotForEqual),
            cuts: !self.has(Quirk::Zk1154DiffWithoutCut),
            sees_gap: !self.has(Quirk::Zk2418GapInDiff),
            snap_moves_last_sent: self.rows.snap_moves_last_sent,
        };
        let factor = self.config.ensemble.snapshot_size_factor_percent;
        sync::choose(
            &input,
            || committed.iter(),
            || cx.disk.proposals_from(peer, cx.disk.log_size_limit(factor)),
        )
    }

    /// NEWLEADER goes behind all that is queued, and the sending thread starts.
    pub(super) fn send_new_leader(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        let leader = self.leading();
        let zxid = Zxid::new(leader.epoch, 0);
        let Some(handler) = leader.handler(id) else {
            return;
        };
        handler.queue.push(plain(PacketKind::NewLeader, zxid));
        handler.start_sending(cx);
        handler.stage = HandlerStage::AwaitNewLeaderAck;
        self.handler_reads(id, cx);
    }

    /// The packet that should be the acknowledgement of NEWLEADER.
    pub(super) fn new_leader_ack(&mut self, id: HandlerId, packet: &Packet, cx: &mut Cx<'_>) {
        if packet.kind != PacketKind::Ack {
            return self.handler_ends(id, Loss::NotNewLeaderAck, cx);
        }
        let Some(sid) = self.leading().handler(id).map(|handler| handler.sid) else {
            return;
        };
        if self.new_leader_acked(cx.by(sid), packet.zxid, cx) {
            self.new_leader_done(id, cx);
        } else {
            self.handler_waits(id, HandlerStage::NewLeaderWait, cx);
        }
    }

    /// Behind `waitForNewLeaderAck`: from here on syncLimit counts.
    pub(super) fn new_leader_done(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        self.set_handler_stage(id, HandlerStage::AwaitStartup);
        let limit = self.sync_limit();
        if let Some(handler) = self.leading().handler(id) {
            handler.check.started = true;
        }
        self.set_read_timeout(id, limit, cx);
        if self.zk == ZkState::Running {
            self.send_up_to_date(id, cx);
        }
    }

    pub(super) fn send_up_to_date(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        if let Some(handler) = self.leading().handler(id) {
            handler.queue_packet(plain(PacketKind::UpToDate, Zxid(-1)), cx);
            handler.stage = HandlerStage::Serving;
        }
        self.handler_reads(id, cx);
    }
}
