//! A follower or observer: from the decision to follow to the first packet of broadcast.
//!
//! Follows `Follower.followLeader`, `Observer.observeLeader`, `Learner.connectToLeader`,
//! `registerWithLeader` and `syncWithLeader` of releases 3.5.7 and 3.8.0 in the order of their
//! statements (reference 3.2 to 3.5). Where its thread waits, [`LearnerStage`] says for what;
//! meanwhile it reads nothing. `synchronise.rs` has what it does from DIFF, TRUNC or SNAP to
//! UPTODATE, `follow.rs` what comes after.

mod synchronise;

use crate::base::{Conn, LocalTime, NodeId, Span, WriteId};
use crate::engine::{IoError, Why};
use crate::zookeeper::logger::Told;
use crate::zookeeper::peer::{PeerTimer, PeerWork, Role};
use crate::zookeeper::server::{Cx, ZkState, lane};
use crate::zookeeper::{
    Change, Epoch, Fact, Msg, Packet, PacketData, PacketKind, Phase, Quirk, Server, Sid, StepDown,
    Timer, Txn, Verdict, Work, Zxid, port,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// Where a learner's thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LearnerStage {
    /// Connecting to the leader.
    Connecting,
    /// Sleeping before the next attempt.
    Pausing,
    /// Reads LEADERINFO; FOLLOWERINFO went out with this last zxid.
    AwaitLeaderInfo(Zxid),
    /// Writing acceptedEpoch, before ACKEPOCH.
    StoringAccepted {
        /// The sync.
        write: WriteId,
        /// The epoch that ACKEPOCH will carry: the current one before this leader.
        current: Epoch,
        /// The last zxid that it will carry.
        last_zxid: Zxid,
    },
    /// Reads DIFF, TRUNC or SNAP.
    AwaitSync,
    /// Reading the database again behind a cut.
    Reloading,
    /// Reads proposals, commits, NEWLEADER, UPTODATE.
    Syncing,
    /// NEWLEADER: waits until the log thread has synced the entries.
    StoringEntries,
    /// NEWLEADER: writing currentEpoch.
    StoringCurrent(WriteId),
    /// NEWLEADER: the log thread has the entries, the acknowledgement comes next.
    Acknowledging,
    /// Reads whatever comes.
    Serving,
    /// An exception ended it: the other threads are ended next.
    Failed,
    /// Shutting down: the log thread is joined.
    Leaving {
        /// Memory takes what is in the log only afterwards (ZOOKEEPER-4712 fixed).
        fast_forward: bool,
    },
}

/// One proposal received while synchronising.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct InFlight {
    txn: Arc<Txn>,
    by: Told,
}

/// What `syncWithLeader` keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Sync {
    /// Whether a snapshot is written at NEWLEADER: behind SNAP and TRUNC.
    snapshot_needed: bool,
    /// Whether entries go to the log instead of straight into memory.
    to_log: bool,
    /// Memory has what the log on disk has not: SNAP, or entries that went only into memory.
    past_log: bool,
    /// Behind SNAP and before NEWLEADER: memory is ahead of the disk (ZOOKEEPER-3642).
    snap_unfinished: bool,
    /// The same behind TRUNC (ZOOKEEPER-5094).
    trunc_unfinished: bool,
    new_leader_heard: bool,
    not_committed: VecDeque<InFlight>,
    committed: VecDeque<(Zxid, Told)>,
    /// Acknowledgements of entries, kept back until behind UPTODATE (ZOOKEEPER-4685 fixed).
    acks_kept: Option<Vec<Zxid>>,
}

/// A server that follows or observes, or tries to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Learner {
    leader: Sid,
    node: NodeId,
    observer: bool,
    pub(super) stage: LearnerStage,
    pub(super) conn: Option<Conn>,
    tries: u32,
    connecting_since: LocalTime,
    inbox: VecDeque<Packet>,
    hung_up: Option<Why>,
    reading_since: LocalTime,
    read_timeout: Span,
    pub(super) epoch: Epoch,
    pub(super) sync: Sync,
    /// Logged or being logged, not committed (`pendingTxns`).
    pub(super) pending: VecDeque<Arc<Txn>>,
}

impl Learner {
    /// Whom it follows.
    pub fn leader(&self) -> Sid {
        self.leader
    }

    /// Whether it only observes.
    pub fn is_observer(&self) -> bool {
        self.observer
    }

    /// Where its thread stands.
    pub fn stage(&self) -> LearnerStage {
        self.stage
    }

    /// Which attempt to connect it is at, from 0.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// Proposals logged (or being logged) and not committed.
    pub fn pending(&self) -> impl Iterator<Item = Zxid> {
        self.pending.iter().map(|txn| txn.zxid)
    }

    fn is_reading(&self) -> bool {
        matches!(
            self.stage,
            LearnerStage::AwaitLeaderInfo(_)
                | LearnerStage::AwaitSync
                | LearnerStage::Syncing
                | LearnerStage::Serving
        )
    }

    /// Whether its thread reads or will read again on this connection.
    fn has_read_timer(&self) -> bool {
        !matches!(
            self.stage,
            LearnerStage::Connecting
                | LearnerStage::Pausing
                | LearnerStage::Failed
                | LearnerStage::Leaving { .. }
        )
    }

    /// Where the acknowledgement of an entry goes now; `None` if it is kept back or the connection
    /// is closed.
    pub(super) fn ack_goes_to(&mut self, zxid: Zxid) -> Option<Conn> {
        if let Some(kept) = &mut self.sync.acks_kept {
            kept.push(zxid);
            return None;
        }
        self.conn
    }

    pub(super) fn send(&self, packet: Packet, cx: &mut Cx<'_>) {
        if let Some(conn) = self.conn {
            cx.fx.send(conn, Msg::Quorum(packet));
        }
    }
}

fn ack(zxid: Zxid) -> Packet {
    Packet {
        kind: PacketKind::Ack,
        zxid,
        data: PacketData::None,
    }
}

/// Why a learner's thread leaves, as the exception in the real one.
type Outcome = Result<(), StepDown>;

impl Server {
    pub(super) fn learning(&mut self) -> &mut Learner {
        match &mut self.role {
            Role::Following(learner) => learner,
            role => unreachable!("only a learner comes here, not {role:?}"),
        }
    }

    pub(super) fn is_leader_conn(&self, conn: Conn) -> bool {
        matches!(&self.role, Role::Following(learner) if learner.conn == Some(conn))
    }

    /// `followLeader` or `observeLeader` begins.
    pub(super) fn follow(&mut self, leader: Sid, observer: bool, cx: &mut Cx<'_>) {
        let member = self.config.ensemble.member(leader);
        let node = member.map(|member| member.node);
        self.role = Role::Following(Box::new(Learner {
            leader,
            node: node.unwrap_or_default(),
            observer,
            stage: LearnerStage::Connecting,
            conn: None,
            tries: 0,
            connecting_since: cx.now.mono,
            inbox: VecDeque::new(),
            hung_up: None,
            reading_since: cx.now.mono,
            read_timeout: Span::ZERO,
            epoch: Epoch::default(),
            sync: Sync::default(),
            pending: VecDeque::new(),
        }));
        self.set_phase(Phase::Discovery, cx);
        if node.is_none() {
            return self.learner_leaves(StepDown::CannotConnect, cx);
        }
        if core::mem::take(&mut self.quits_following) && !observer {
            return self.learner_leaves(StepDown::FromOutside, cx);
        }
        self.connect(cx);
    }

    // ---- connectToLeader ----

    /// One attempt.
    pub(super) fn connect(&mut self, cx: &mut Cx<'_>) {
        let (init_limit, sync_limit) = (self.init_limit(), self.sync_limit());
        let within_sync = self.rows.connect_within_sync_limit;
        let learner = self.learning();
        let used = cx.now.mono - learner.connecting_since;
        let left = Span(init_limit.0.saturating_sub(used.0));
        if left.as_millis() == 0 {
            return self.connect_failed(cx);
        }
        let limit = if within_sync {
            left.min(sync_limit)
        } else {
            left
        };
        learner.stage = LearnerStage::Connecting;
        learner.conn = Some(cx.fx.dial(learner.node, port::QUORUM));
        cx.fx.arm(Timer::Peer(PeerTimer::Connect), limit);
    }

    pub(super) fn connect_timed_out(&mut self, cx: &mut Cx<'_>) {
        let Role::Following(learner) = &mut self.role else {
            return;
        };
        if learner.stage == LearnerStage::Connecting {
            if let Some(conn) = learner.conn {
                cx.fx.close(conn);
            }
            self.connect_failed(cx);
        }
    }

    /// An attempt failed: five in all, with a pause, within initLimit.
    pub(super) fn connect_failed(&mut self, cx: &mut Cx<'_>) {
        let init_limit = self.init_limit();
        let pause_ms = self.rows.learner_retry_ms;
        cx.fx.disarm(Timer::Peer(PeerTimer::Connect));
        let learner = self.learning();
        learner.conn = None;
        let used = cx.now.mono - learner.connecting_since;
        let left_ms = init_limit.as_millis().saturating_sub(used.as_millis());
        let (leader, attempt) = (learner.leader, learner.tries + 1);
        cx.fact(&[], || Fact::ConnectFailed {
            leader,
            attempt,
            pause_ms,
        });
        let learner = self.learning();
        if left_ms <= u64::from(pause_ms) || learner.tries >= 4 {
            return self.learner_leaves(StepDown::CannotConnect, cx);
        }
        learner.tries += 1;
        learner.stage = LearnerStage::Pausing;
        let pause = Span::from_millis(u64::from(pause_ms));
        cx.fx.arm(Timer::Peer(PeerTimer::Retry), pause);
    }

    /// Connected: `registerWithLeader` begins.
    pub(super) fn connected(&mut self, cx: &mut Cx<'_>) {
        cx.fx.disarm(Timer::Peer(PeerTimer::Connect));
        let timeout = self.init_limit();
        let last_zxid = self.database.last_processed();
        let accepted = self.accepted_epoch.value;
        let sid = self.config.sid;
        let learner = self.learning();
        learner.stage = LearnerStage::AwaitLeaderInfo(last_zxid);
        let kind = if learner.observer {
            PacketKind::ObserverInfo
        } else {
            PacketKind::FollowerInfo
        };
        let info = Packet {
            kind,
            zxid: Zxid::new(accepted, 0),
            data: PacketData::Learner { sid },
        };
        learner.send(info, cx);
        self.set_learner_timeout(timeout, cx);
    }

    // ---- reading ----

    /// `setSoTimeout`, and the timer behind it; see [`Server::learner_read_timer`].
    fn set_learner_timeout(&mut self, timeout: Span, cx: &mut Cx<'_>) {
        let learner = self.learning();
        learner.read_timeout = timeout;
        learner.reading_since = cx.now.mono;
        cx.fx.arm(Timer::Peer(PeerTimer::Read), timeout);
    }

    /// The timer is looked at only when it runs out, so that reading a packet costs nothing. What
    /// is in the socket by then still comes first.
    pub(super) fn learner_read_timer(&mut self, cx: &mut Cx<'_>) {
        let Role::Following(learner) = &self.role else {
            return;
        };
        if !learner.has_read_timer() {
            return;
        }
        let timer = Timer::Peer(PeerTimer::Read);
        let left = learner.reading_since + learner.read_timeout - cx.now.mono;
        if !learner.is_reading() {
            cx.fx.arm(timer, learner.read_timeout);
        } else if left > Span::ZERO {
            cx.fx.arm(timer, left);
        } else {
            cx.fx.hand(lane::PEER, Work::Peer(PeerWork::ReadTimedOut));
        }
    }

    pub(super) fn learner_read_timed_out(&mut self, cx: &mut Cx<'_>) {
        let Role::Following(learner) = &self.role else {
            return;
        };
        let waited = cx.now.mono - learner.reading_since;
        if learner.is_reading() && waited >= learner.read_timeout {
            self.learner_leaves(StepDown::ReadTimeout, cx);
        } else if learner.has_read_timer() {
            cx.fx
                .arm(Timer::Peer(PeerTimer::Read), learner.read_timeout);
        }
    }

    /// A packet of the leader arrived.
    pub(super) fn learner_packet(&mut self, packet: Packet, cx: &mut Cx<'_>) {
        let learner = self.learning();
        if learner.is_reading() && learner.inbox.is_empty() {
            learner.reading_since = cx.now.mono;
            self.learner_takes(packet, cx);
        } else {
            learner.inbox.push_back(packet);
        }
    }

    /// The connection ended: noticed behind everything that was sent before.
    pub(super) fn leader_hung_up(&mut self, why: Why, cx: &mut Cx<'_>) {
        let learner = self.learning();
        if learner.stage == LearnerStage::Connecting {
            return self.connect_failed(cx);
        }
        learner.hung_up = Some(why);
        self.learner_reads(cx);
    }

    /// The thread reads on.
    fn learner_reads(&mut self, cx: &mut Cx<'_>) {
        loop {
            let Role::Following(learner) = &mut self.role else {
                return;
            };
            if !learner.is_reading() {
                return;
            }
            learner.reading_since = cx.now.mono;
            let Some(packet) = learner.inbox.pop_front() else {
                if learner.hung_up.is_some() {
                    self.learner_leaves(StepDown::ConnectionLost, cx);
                }
                return;
            };
            self.learner_takes(packet, cx);
        }
    }

    fn learner_takes(&mut self, packet: Packet, cx: &mut Cx<'_>) {
        let outcome = match self.learning().stage {
            LearnerStage::Serving => self.follower_takes(packet, cx),
            LearnerStage::Syncing => self.sync_takes(packet, cx),
            LearnerStage::AwaitLeaderInfo(last_zxid) => self.leader_info(&packet, last_zxid, cx),
            LearnerStage::AwaitSync => self.sync_begins(packet, cx),
            stage => unreachable!("a learner does not read while in {stage:?}"),
        };
        if let Err(why) = outcome {
            self.learner_leaves(why, cx);
        }
    }

    // ---- registerWithLeader ----

    /// LEADERINFO: a new epoch is stored and then acknowledged with the old one, the accepted one
    /// acknowledged without counting, a lower one refused.
    fn leader_info(&mut self, packet: &Packet, last_zxid: Zxid, cx: &mut Cx<'_>) -> Outcome {
        if packet.kind != PacketKind::LeaderInfo {
            return Err(StepDown::BadPacket);
        }
        let offered = packet.zxid.epoch();
        let accepted = self.accepted_epoch;
        let verdict = match offered.cmp(&accepted.value) {
            core::cmp::Ordering::Greater => Verdict::Accepted,
            core::cmp::Ordering::Equal => Verdict::AlreadyAccepted,
            core::cmp::Ordering::Less => Verdict::Refused,
        };
        let leader = self.learning().leader;
        cx.fact(&[accepted.by], || Fact::EpochHeard {
            leader,
            offered,
            accepted: accepted.value,
            verdict,
        });
        let current = self.current_epoch.value;
        self.learning().epoch = offered;
        match verdict {
            Verdict::Refused => return Err(StepDown::LowerEpoch),
            Verdict::AlreadyAccepted => self.ack_epoch_with(None, last_zxid, cx),
            Verdict::Accepted => {
                let write = self.store_epoch(true, offered, cx);
                self.learning().stage = LearnerStage::StoringAccepted {
                    write,
                    current,
                    last_zxid,
                };
            }
        }
        Ok(())
    }

    fn ack_epoch_with(&mut self, epoch: Option<Epoch>, last_zxid: Zxid, cx: &mut Cx<'_>) {
        let learner = self.learning();
        learner.stage = LearnerStage::AwaitSync;
        let packet = Packet {
            kind: PacketKind::AckEpoch,
            zxid: last_zxid,
            data: PacketData::Epoch(epoch),
        };
        learner.send(packet, cx);
        self.set_phase(Phase::Synchronization, cx);
    }

    /// A write of an epoch file returned.
    pub(super) fn learner_epoch_written(
        &mut self,
        id: WriteId,
        result: Result<(), IoError>,
        cx: &mut Cx<'_>,
    ) {
        let learner = self.learning();
        let epoch = learner.epoch;
        match learner.stage {
            LearnerStage::StoringAccepted {
                write,
                current,
                last_zxid,
            } if write == id => {
                if result.is_err() {
                    return self.learner_leaves(StepDown::DiskFailed, cx);
                }
                self.epoch_stored(true, epoch, cx);
                self.ack_epoch_with(Some(current), last_zxid, cx);
            }
            LearnerStage::StoringCurrent(write) if write == id => {
                if result.is_err() {
                    return self.learner_leaves(StepDown::DiskFailed, cx);
                }
                self.epoch_stored(false, epoch, cx);
                if !self.has(Quirk::Zk1653EpochFileLags) {
                    cx.fx.write(Change::UpdatingEpoch(false));
                }
                self.new_leader_stored(cx);
            }
            _ => return,
        }
        self.learner_reads(cx);
    }

    // ---- leaving ----

    /// The exception that ends following. Its thread then ends the server's other threads, one after
    /// the other; until it comes to them they go on with what they have (a COMMIT that was read just
    /// before is applied).
    pub(super) fn learner_leaves(&mut self, why: StepDown, cx: &mut Cx<'_>) {
        self.stepped_down(why, cx);
        for timer in [PeerTimer::Connect, PeerTimer::Retry, PeerTimer::Read] {
            cx.fx.disarm(Timer::Peer(timer));
        }
        let learner = self.learning();
        learner.inbox.clear();
        if let Some(conn) = learner.conn.take()
            && learner.hung_up.is_none()
        {
            cx.fx.close(conn);
        }
        learner.stage = LearnerStage::Failed;
        let shutdown = Work::Peer(PeerWork::LearnerShutdown);
        let takes = self.config.ensemble.shutdown_time;
        cx.fx.hand_after(lane::PEER, shutdown, takes);
    }

    /// `Learner.shutdown`.
    pub(super) fn learner_shutdown(&mut self, cx: &mut Cx<'_>) {
        let Role::Following(learner) = &self.role else {
            return;
        };
        if learner.stage != LearnerStage::Failed {
            return;
        }
        let (snap, trunc) = (learner.sync.snap_unfinished, learner.sync.trunc_unfinished);
        self.stop_serving(cx);
        if snap && !self.has(Quirk::Zk3642KeepsMemoryAfterSnap)
            || trunc && !self.has(Quirk::Zk5094KeepsMemoryAfterTrunc)
        {
            self.database.clear();
        }
        let was_running = matches!(self.zk, ZkState::Running | ZkState::Error);
        if was_running {
            self.zk = ZkState::Shutdown;
            self.applier.stop();
        }
        let late = self.has(Quirk::Zk4712QueueDrainsLate);
        if was_running && late {
            self.fast_forward(cx);
        }
        let joins = if late {
            was_running && !self.rows.log_thread_outlives_learner
        } else {
            true
        };
        self.learning().stage = LearnerStage::Leaving {
            fast_forward: was_running && !late,
        };
        if !joins || self.logger.is_idle() {
            self.learner_log_drained(cx);
        }
    }

    /// The log thread has ended (or is left to itself).
    pub(super) fn learner_log_drained(&mut self, cx: &mut Cx<'_>) {
        if let LearnerStage::Leaving { fast_forward: true } = self.learning().stage {
            self.fast_forward(cx);
        }
        self.to_looking(cx);
    }
}
