//! A leader's broadcast: requests become proposals, acknowledgements become commits.
//!
//! Follows `PrepRequestProcessor`, `ProposalRequestProcessor`, `Leader.propose`, `processAck`,
//! `tryToCommit`, `processSync` and `startForwarding` of release 3.5.7 (reference 4). A proposal is
//! sent to the followers first and only then handed to the own log; the own acknowledgement is one
//! among others.

use crate::base::{By, Conn};
use crate::zookeeper::handler::{Handler, HandlerId};
use crate::zookeeper::leader::{Leader, LeaderStage, SidSet};
use crate::zookeeper::peer::Role;
use crate::zookeeper::server::{Cx, lane};
use crate::zookeeper::{
    ClientMsg, Fact, Identities, Op, Packet, PacketData, PacketKind, Server, SessionId, Sid,
    StepDown, Submit, Timer, Txn, Work, WriteRequest, Zxid,
};
use std::sync::Arc;

/// What a log file adds to a transaction: checksum, length, end mark.
const LOG_FRAME: u32 = 13;

/// A transaction on its way to a quorum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proposal {
    /// What is proposed.
    pub txn: Arc<Txn>,
    /// Who has it in its log.
    pub acks: SidSet,
}

/// A sync that a learner asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LearnerSync {
    /// Through which learner.
    pub handler: HandlerId,
    /// Whose.
    pub session: SessionId,
    /// The session's own number of it.
    pub cxid: i32,
}

/// What waits for `PrepRequestProcessor`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PrepItem {
    /// A write.
    Write(WriteRequest),
    /// A learner's sync.
    Sync(LearnerSync),
}

impl Leader {
    /// A transaction was applied here.
    pub(super) fn applied(&mut self, zxid: Zxid) {
        if self
            .to_be_applied
            .front()
            .is_some_and(|txn| txn.zxid == zxid)
        {
            self.to_be_applied.pop_front();
        }
        self.prep.applied(zxid);
    }

    /// `startForwarding`: queues what is committed but not applied, for followers what is
    /// outstanding too, and forwards from now on. One step, as under the leader's lock.
    pub(super) fn start_forwarding(
        &mut self,
        handler: &mut Handler,
        last_seen: Zxid,
        cx: &mut Cx<'_>,
    ) {
        if self.last_proposed > last_seen {
            for txn in self.to_be_applied.iter().filter(|t| t.zxid > last_seen) {
                handler.queue_packet(proposal(txn), cx);
                handler.queue_packet(commit(txn.zxid), cx);
            }
            let outstanding = self.outstanding.iter().map(|p| &p.txn);
            if !handler.observer {
                for txn in outstanding.filter(|txn| txn.zxid > last_seen) {
                    handler.queue_packet(proposal(txn), cx);
                }
            }
        }
        handler.forwarding = true;
    }

    fn followers(&mut self) -> impl Iterator<Item = &mut Handler> {
        self.handlers
            .iter_mut()
            .filter(|handler| handler.forwarding && !handler.observer)
    }

    fn observers(&mut self) -> impl Iterator<Item = &mut Handler> {
        self.handlers
            .iter_mut()
            .filter(|handler| handler.forwarding && handler.observer)
    }
}

fn proposal(txn: &Arc<Txn>) -> Packet {
    Packet {
        kind: PacketKind::Proposal,
        zxid: txn.zxid,
        data: PacketData::Txn(Arc::clone(txn)),
    }
}

fn commit(zxid: Zxid) -> Packet {
    Packet {
        kind: PacketKind::Commit,
        zxid,
        data: PacketData::None,
    }
}

impl Server {
    /// A client of this server spoke.
    pub(super) fn client_message(&mut self, conn: Conn, msg: ClientMsg, cx: &mut Cx<'_>) {
        let tree = self.database.tree();
        let submit = self.serving.deliver(conn, msg, tree, cx.now.mono, cx.fx);
        if let Some(submit) = submit {
            self.submit(submit, cx);
        }
    }

    /// What a client wants goes to the leader: over the wire, or to the own processors.
    pub(super) fn submit(&mut self, submit: Submit, cx: &mut Cx<'_>) {
        match &mut self.role {
            Role::Leading(_) => match submit {
                Submit::Write(request) => self.to_prep(PrepItem::Write(request), cx),
                // A leader answers these to its own clients by itself.
                Submit::Sync { .. } | Submit::Revalidate { .. } => {}
            },
            Role::Following(learner) => learner.request(submit, cx),
            Role::Standalone(_) => self.submit_standalone(submit, cx),
            _ => {}
        }
    }

    /// Hands a request to `PrepRequestProcessor`.
    pub(super) fn to_prep(&mut self, item: PrepItem, cx: &mut Cx<'_>) {
        let leader = self.leading();
        if leader.stage != LeaderStage::Serving {
            return;
        }
        leader.prep_queue.push_back(item);
        if !leader.prep_woken {
            leader.prep_woken = true;
            cx.fx.hand(lane::PREP, Work::Prep);
        }
    }

    /// `PrepRequestProcessor` and `ProposalRequestProcessor` take what waits.
    pub(super) fn prepare(&mut self, cx: &mut Cx<'_>) {
        match &mut self.role {
            Role::Leading(leader) => leader.prep_woken = false,
            Role::Standalone(_) => return self.prepare_standalone(cx),
            _ => return,
        }
        loop {
            let Role::Leading(leader) = &mut self.role else {
                return;
            };
            let Some(item) = leader.prep_queue.pop_front() else {
                return;
            };
            match item {
                PrepItem::Write(request) => {
                    let Some(tracker) = self.serving.tracker() else {
                        continue;
                    };
                    let tree = self.database.tree();
                    let txn = leader.prep.make(&request, tree, tracker, cx.now);
                    self.propose(txn, cx);
                }
                PrepItem::Sync(sync) => leader.process_sync(sync, cx),
            }
        }
    }

    /// `propose`, then the own log.
    fn propose(&mut self, txn: Arc<Txn>, cx: &mut Cx<'_>) {
        if txn.zxid.counter() == u32::MAX {
            return self.shut_leader_down(StepDown::CounterRanOut, true, cx);
        }
        cx.fact(&[], || Fact::Proposed {
            txn: Arc::clone(&txn),
        });
        let leader = self.leading();
        leader.last_proposed = txn.zxid;
        leader.proposal_sizes.add(txn.size() - LOG_FRAME);
        leader.outstanding.push_back(Proposal {
            txn: Arc::clone(&txn),
            acks: SidSet::default(),
        });
        for handler in leader.followers() {
            handler.queue_packet(proposal(&txn), cx);
        }
        let by = cx.step();
        self.log_request(&txn, by, cx);
    }

    /// `processAck`: of a follower, or the own one.
    pub(super) fn process_ack(&mut self, sid: Sid, zxid: Zxid, cx: &mut Cx<'_>) {
        let quorum = Arc::clone(&self.quorum);
        let leader = self.leading();
        let Some(first) = leader.outstanding.front().map(|p| p.txn.zxid) else {
            return;
        };
        if zxid.counter() == 0 || leader.last_committed >= zxid || zxid < first {
            return;
        }
        let index = (zxid.0 - first.0) as usize;
        let Some(proposal) = leader.outstanding.get_mut(index) else {
            return;
        };
        if quorum.is_voter(sid) {
            proposal.acks.add(By::new(sid, cx.fx.step()));
        }
        let acks = proposal.acks.len() as u32;
        cx.detail(&[], || Fact::Acked {
            by: sid,
            zxid,
            acks,
            needed: quorum.needed(),
        });
        // In order: what is behind an outstanding proposal waits, however many have it.
        if index == 0 && proposal.acks.is_quorum(&quorum) {
            self.commit_first(cx);
        }
    }

    /// `tryToCommit`, when it may: COMMIT to followers, INFORM to observers, apply here, answer
    /// syncs that waited for it.
    fn commit_first(&mut self, cx: &mut Cx<'_>) {
        let leader = self.leading();
        let Some(Proposal { txn, acks }) = leader.outstanding.pop_front() else {
            return;
        };
        let zxid = txn.zxid;
        leader.last_committed = zxid;
        leader.to_be_applied.push_back(Arc::clone(&txn));
        cx.fact(&acks.steps(), || Fact::Committed {
            zxid,
            acks: acks.sids(),
        });
        for handler in leader.followers() {
            handler.queue_packet(commit(zxid), cx);
        }
        for handler in leader.observers() {
            let inform = Packet {
                kind: PacketKind::Inform,
                ..proposal(&txn)
            };
            handler.queue_packet(inform, cx);
        }
        let by = cx.step();
        self.commit(txn, by, cx);
        let leader = self.leading();
        if !leader.pending_syncs.is_empty() {
            let (due, rest) = core::mem::take(&mut leader.pending_syncs)
                .into_iter()
                .partition(|(after, _)| *after == zxid);
            leader.pending_syncs = rest;
            for (_, sync) in due {
                leader.send_sync(sync, cx);
            }
        }
    }

    /// The session tracker's thread: sessions whose bucket is due are closed by a request of their
    /// own.
    pub(super) fn expire_sessions(&mut self, cx: &mut Cx<'_>) {
        if !matches!(self.role, Role::Leading(_) | Role::Standalone(_)) {
            return;
        }
        let Some(tracker) = self.serving.tracker() else {
            return;
        };
        for session in tracker.expire(cx.now.mono) {
            cx.fact(&[], || Fact::SessionExpired { session });
            let close = WriteRequest {
                session,
                cxid: 0,
                op: Arc::new(Op::CloseSession),
                owner: None,
                identities: Identities::NOBODY,
            };
            self.submit(Submit::Write(close), cx);
        }
        self.arm_session_timer(cx);
    }

    /// Buckets are a tick wide, so a session made later is never due before the next look.
    pub(super) fn arm_session_timer(&mut self, cx: &mut Cx<'_>) {
        let tick = self.ticks(1);
        let tracker = self.serving.tracker();
        let next = tracker.and_then(|tracker| tracker.next_expiry());
        let after = next.map_or(tick, |next| (next - cx.now.mono).min(tick));
        cx.fx.arm(Timer::Session, after);
    }
}

impl Leader {
    /// `processSync`: answered at once if nothing is outstanding, else when the last proposal
    /// commits.
    fn process_sync(&mut self, sync: LearnerSync, cx: &mut Cx<'_>) {
        if self.outstanding.is_empty() {
            self.send_sync(sync, cx);
        } else {
            self.pending_syncs.push((self.last_proposed, sync));
        }
    }

    fn send_sync(&mut self, sync: LearnerSync, cx: &mut Cx<'_>) {
        let LearnerSync {
            handler,
            session,
            cxid,
        } = sync;
        if let Some(handler) = self.handler(handler) {
            let packet = Packet {
                kind: PacketKind::Sync,
                zxid: Zxid::ZERO,
                data: PacketData::Sync { session, cxid },
            };
            handler.queue_packet(packet, cx);
        }
    }
}
