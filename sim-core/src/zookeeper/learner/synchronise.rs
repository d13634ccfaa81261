//! A learner synchronises: from DIFF, TRUNC or SNAP to UPTODATE.
//!
//! Follows `Learner.syncWithLeader` of releases 3.5.7 and 3.8.0 in the order of its statements. What
//! is made durable at NEWLEADER, and in which order, is the reference's groups A to F: A is a row, the
//! others are told apart by the quirks that are on.

use super::{InFlight, LearnerStage, Outcome, ack};
use crate::base::StepIndex;
use crate::zookeeper::logger::Told;
use crate::zookeeper::peer::{PeerWork, Role};
use crate::zookeeper::server::{Cx, ZkState, lane};
use crate::zookeeper::{
    Change, Fact, Packet, PacketData, PacketKind, PersistenceGroup, Phase, Quirk, Server, StepDown,
    SyncKind, Work, Zxid,
};
use std::sync::Arc;

impl Server {
    /// DIFF, TRUNC or SNAP.
    pub(super) fn sync_begins(&mut self, packet: Packet, cx: &mut Cx<'_>) -> Outcome {
        let zxid = packet.zxid;
        let kind = match packet.kind {
            PacketKind::Diff => SyncKind::Diff,
            PacketKind::Snap => SyncKind::Snap,
            PacketKind::Trunc => SyncKind::Trunc,
            _ => {
                let reason = "Got unexpected packet from leader, exiting";
                self.end(13, reason, cx);
                return Ok(());
            }
        };
        cx.fact(&[], || Fact::SyncHeard { kind, zxid });
        let in_memory = self.applies_in_memory();
        let learner = self.learning();
        learner.sync.snapshot_needed = kind != SyncKind::Diff || in_memory;
        learner.sync.to_log = kind == SyncKind::Diff && !in_memory;
        learner.stage = LearnerStage::Syncing;
        match (kind, packet.data) {
            (SyncKind::Snap, PacketData::Snapshot(tree)) => {
                learner.sync.snap_unfinished = true;
                learner.sync.past_log = true;
                self.database.replace(&tree, zxid);
                self.database_by = cx.by(());
                cx.fact(&[], || Fact::DatabaseReplaced { zxid });
            }
            (SyncKind::Trunc, _) => self.truncate(zxid, cx),
            (SyncKind::Diff, _) if self.has(Quirk::Zk2355DiffMovesZxidFirst) => {
                self.database.set_last_processed(zxid);
            }
            _ => {}
        }
        let own = self.own_config(cx);
        self.database.set_config(own);
        self.serving.track_as_learner(cx.now.mono);
        Ok(())
    }

    /// Group A: what is committed goes into memory, and a snapshot is what makes it durable.
    fn applies_in_memory(&self) -> bool {
        self.rows.persistence == PersistenceGroup::A
    }

    /// `truncateLog`: what is left is read again, which takes its time.
    fn truncate(&mut self, zxid: Zxid, cx: &mut Cx<'_>) {
        let exactly = !self.has(Quirk::TruncateKeepsNext);
        let cut = self.database.truncate(cx.disk, zxid, exactly);
        let Some((change, removed)) = cut else {
            return self.end(13, &format!("Not able to truncate the log {zxid}"), cx);
        };
        self.logger.writer.roll();
        cx.fx.write(change);
        self.database.set_last_processed(zxid);
        self.database_by = cx.by(());
        cx.fact(&[], || Fact::Truncated {
            to: zxid,
            removed,
            reported: zxid,
        });
        self.learning().sync.trunc_unfinished = true;
        self.learning().stage = LearnerStage::Reloading;
        let reloaded = Work::Peer(PeerWork::Reloaded);
        cx.fx
            .hand_after(lane::PEER, reloaded, self.config.ensemble.load_time);
    }

    pub(in crate::zookeeper) fn reloaded(&mut self, cx: &mut Cx<'_>) {
        if let Role::Following(learner) = &mut self.role
            && learner.stage == LearnerStage::Reloading
        {
            learner.stage = LearnerStage::Syncing;
            self.learner_reads(cx);
        }
    }

    /// The loop up to UPTODATE. A PING finds no case and no answer.
    pub(super) fn sync_takes(&mut self, packet: Packet, cx: &mut Cx<'_>) -> Outcome {
        let by = cx.step();
        match (packet.kind, packet.data) {
            (PacketKind::Proposal, PacketData::Txn(txn)) => {
                let zxid = txn.zxid;
                cx.fact(&[], || Fact::ProposalHeard { zxid });
                let by = Told(by);
                let not_committed = &mut self.learning().sync.not_committed;
                not_committed.push_back(InFlight { txn, by });
            }
            (PacketKind::Commit, _) => return self.sync_commit(packet.zxid, by, cx),
            (PacketKind::Inform, PacketData::Txn(txn)) => {
                let sync = &mut self.learning().sync;
                if sync.to_log {
                    sync.committed.push_back((txn.zxid, Told(by)));
                    let by = Told(by);
                    sync.not_committed.push_back(InFlight { txn, by });
                } else {
                    sync.past_log = true;
                    self.apply_directly(&txn, by, cx);
                }
            }
            (PacketKind::NewLeader, _) => self.new_leader(cx),
            (PacketKind::UpToDate, _) => self.up_to_date(cx),
            _ => {}
        }
        Ok(())
    }

    /// COMMIT while synchronising. Without any proposal left the real one fails with a null
    /// pointer (ZOOKEEPER-4394).
    fn sync_commit(&mut self, zxid: Zxid, by: StepIndex, cx: &mut Cx<'_>) -> Outcome {
        let sync = &mut self.learning().sync;
        let head = sync.not_committed.front().map(|p| p.txn.zxid);
        let Some(expected) = head else {
            cx.fact(&[], || Fact::CommitUnmatched {
                zxid,
                expected: None,
            });
            return Err(StepDown::BadPacket);
        };
        if sync.to_log {
            sync.committed.push_back((zxid, Told(by)));
        } else if expected == zxid {
            sync.past_log = true;
            let proposal = sync.not_committed.pop_front();
            let InFlight { txn, .. } = proposal.expect("there is a head");
            self.apply_directly(&txn, by, cx);
        } else {
            cx.fact(&[], || Fact::CommitUnmatched {
                zxid,
                expected: Some(expected),
            });
        }
        Ok(())
    }

    /// NEWLEADER. The order of log, currentEpoch and ACK is what tells the reference's groups
    /// apart: A has all in a snapshot; B logs only behind UPTODATE; C writes the epoch, hands the entries to the log thread
    /// and acknowledges; D syncs them, then writes the epoch, then acknowledges; E does so with
    /// what is committed and leaves the rest.
    fn new_leader(&mut self, cx: &mut Cx<'_>) {
        let epoch = self.learning().epoch;
        cx.fact(&[], || Fact::NewLeaderHeard { epoch });
        if !self.has(Quirk::Zk1653EpochFileLags) {
            cx.fx.write(Change::UpdatingEpoch(true));
        }
        if self.learning().sync.snapshot_needed {
            self.take_snapshot(cx);
        }
        if self.learning().sync.past_log && !self.has(Quirk::Zk2846HoleInLog) {
            // No release does this; Raft's followers drop a log that a snapshot replaces.
            self.logger.writer.roll();
            cx.fx.write(Change::RemoveLogs);
        }
        let sync = &mut self.learning().sync;
        sync.to_log = true;
        sync.new_leader_heard = true;
        if self.has(Quirk::Zk4643EpochBeforeLog) || !self.entries_to_log_now(cx) {
            self.store_current(cx);
        } else {
            self.learning().stage = LearnerStage::StoringEntries;
            if self.logger.is_idle() {
                self.entries_stored(cx);
            }
        }
    }

    fn store_current(&mut self, cx: &mut Cx<'_>) {
        let epoch = self.learning().epoch;
        let write = self.store_epoch(false, epoch, cx);
        self.learning().stage = LearnerStage::StoringCurrent(write);
    }

    /// Hands the entries of the sync to the log thread at NEWLEADER, unless the release logs them
    /// only behind UPTODATE. Answers whether there were any.
    fn entries_to_log_now(&mut self, cx: &mut Cx<'_>) -> bool {
        let late = self.has(Quirk::Zk3911AckBeforeLog) && self.has(Quirk::Zk4643EpochBeforeLog);
        if late || self.applies_in_memory() || self.learning().observer {
            return false;
        }
        let only_committed = !self.has(Quirk::Zk4394CommitBeforeUpToDate);
        let keeps_acks = !self.has(Quirk::Zk4685AckOvertakesNewLeader);
        let applies = !self.has(Quirk::Zk3023UpToDateBeforeApply);
        let sync = &mut self.learning().sync;
        if keeps_acks {
            sync.acks_kept = Some(Vec::new());
        }
        let mut any = false;
        loop {
            let sync = &mut self.learning().sync;
            let Some(head) = sync.not_committed.front().map(|p| p.txn.zxid) else {
                break;
            };
            let commit = sync.committed.front().copied();
            let committed = commit.filter(|(zxid, _)| *zxid == head);
            if committed.is_none() && only_committed {
                break;
            }
            let proposal = sync.not_committed.pop_front();
            let InFlight { txn, by } = proposal.expect("there is a head");
            any = true;
            let applied = committed.filter(|_| applies || only_committed);
            if let Some((_, by)) = applied {
                sync.committed.pop_front();
                self.apply_directly(&txn, by.0, cx);
            } else {
                self.learning().pending.push_back(Arc::clone(&txn));
            }
            self.log_request(&txn, by.0, cx);
        }
        any
    }

    /// All entries of the sync are in the log: the epoch follows, or only the acknowledgement if
    /// the epoch was written first.
    pub(in crate::zookeeper) fn entries_stored(&mut self, cx: &mut Cx<'_>) {
        if self.logger.is_dead() {
            return self.learner_leaves(StepDown::DiskFailed, cx);
        }
        if self.has(Quirk::Zk4643EpochBeforeLog) {
            self.ack_new_leader(cx);
            self.learner_reads(cx);
        } else {
            self.store_current(cx);
        }
    }

    /// currentEpoch is written. If that came first, the entries follow now.
    pub(super) fn new_leader_stored(&mut self, cx: &mut Cx<'_>) {
        let handed = self.has(Quirk::Zk4643EpochBeforeLog) && self.entries_to_log_now(cx);
        if !handed {
            return self.ack_new_leader(cx);
        }
        if self.has(Quirk::Zk4646AckWithoutSync) {
            // Nothing is waited for, but the log thread runs from here on and may be faster.
            self.learning().stage = LearnerStage::Acknowledging;
            let goes_on = Work::Peer(PeerWork::AckNewLeader);
            cx.fx.hand(lane::GOES_ON, goes_on);
        } else {
            self.learning().stage = LearnerStage::StoringEntries;
        }
    }

    /// The learner's thread goes on behind the entries.
    pub(in crate::zookeeper) fn entries_handed(&mut self, cx: &mut Cx<'_>) {
        if let Role::Following(learner) = &mut self.role
            && learner.stage == LearnerStage::Acknowledging
        {
            self.ack_new_leader(cx);
            self.learner_reads(cx);
        }
    }

    fn ack_new_leader(&mut self, cx: &mut Cx<'_>) {
        let early_timeout = !self.has(Quirk::Zk3911AckBeforeLog) && !self.applies_in_memory();
        let timeout = self.sync_limit();
        let learner = self.learning();
        learner.sync.snap_unfinished = false;
        learner.sync.trunc_unfinished = false;
        learner.stage = LearnerStage::Syncing;
        learner.send(ack(Zxid::new(learner.epoch, 0)), cx);
        if early_timeout {
            self.set_learner_timeout(timeout, cx);
        }
    }

    /// UPTODATE: acknowledged, then the server starts, then what came in between is logged and
    /// committed (ZOOKEEPER-3023; with it fixed the acknowledgement comes last).
    fn up_to_date(&mut self, cx: &mut Cx<'_>) {
        let timeout = self.sync_limit();
        let learner = self.learning();
        let epoch = learner.epoch;
        let ack_first = self.has(Quirk::Zk3023UpToDateBeforeApply) || self.applies_in_memory();
        if ack_first {
            self.learning().send(ack(Zxid::new(epoch, 0)), cx);
        }
        self.set_learner_timeout(timeout, cx);
        let learner = self.learning();
        learner.stage = LearnerStage::Serving;
        learner.sync.snap_unfinished = false;
        self.zk = if self.logger.is_dead() {
            ZkState::Error
        } else {
            ZkState::Running
        };
        self.applier.start();
        self.serving.start(false, self.database.tree(), cx.now.mono);
        let election = self.election.as_mut().expect("it had decided");
        election.update_election_vote(epoch, cx.fx.step());
        let last_processed = self.database.last_processed();
        cx.fact(&[], || Fact::UpToDate { last_processed });
        self.set_phase(Phase::Broadcast, cx);
        cx.fact(&[], || Fact::Serving {
            yes: true,
            last_zxid: last_processed,
        });
        self.log_and_commit_the_rest(cx);
        if !ack_first && let Role::Following(learner) = &self.role {
            learner.send(ack(Zxid::new(epoch, 0)), cx);
        }
    }

    /// What came between the snapshot and UPTODATE.
    fn log_and_commit_the_rest(&mut self, cx: &mut Cx<'_>) {
        let learner = self.learning();
        let sync = core::mem::take(&mut learner.sync);
        for zxid in sync.acks_kept.into_iter().flatten() {
            learner.send(ack(zxid), cx);
        }
        if learner.observer {
            let mut committed = sync.committed.into_iter();
            let mut next = committed.next();
            for InFlight { txn, .. } in sync.not_committed {
                match next {
                    Some((zxid, by)) if zxid == txn.zxid => {
                        self.commit_request(txn, by.0, cx);
                        next = committed.next();
                    }
                    _ => {}
                }
            }
            return;
        }
        for InFlight { txn, by } in sync.not_committed {
            self.follower_logs(txn, by.0, cx);
        }
        for (zxid, by) in sync.committed {
            self.follower_commits(zxid, by.0, cx);
        }
    }
}
