//! A leader's thread for one learner (`LearnerHandler`).
//!
//! Follows `LearnerHandler.run`, `ping`, `shutdown` and `Leader.startForwarding` of releases 3.5.7
//! and 3.8.0 in the order of their statements. A handler reads one packet after the other; while it
//! waits (for the epoch, its acknowledgement, NEWLEADER's quorum or the start of the server) it
//! reads none, and what arrives stays in its socket. `join.rs` has what it does from FOLLOWERINFO to
//! UPTODATE.

mod join;

use crate::base::{By, Conn, LocalTime, Span, StepIndex};
use crate::zookeeper::broadcast::{LearnerSync, PrepItem};
use crate::zookeeper::leader::LeaderStage;
use crate::zookeeper::peer::Role;
use crate::zookeeper::server::{Cx, ZkState, handler_lane};
use crate::zookeeper::{
    Epoch, Fact, Loss, Msg, Owner, Packet, PacketData, PacketKind, Server, Sid, Timer, Work,
    WriteRequest, Zxid,
};
use std::collections::VecDeque;

/// Tells the handlers of one process apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandlerId(pub u32);

/// The timers of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HandlerTimer {
    /// Its bounded wait runs out.
    Wait,
    /// Its read may have taken too long.
    Read,
}

/// What other threads hand to a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandlerWork {
    /// The acceptor took its connection.
    Start,
    /// A monitor was notified: the condition may hold.
    Notified,
    /// The snapshot is sent: go on behind it.
    SnapshotSent,
    /// The snapshot is taken now, behind a NEWLEADER that is queued already.
    LateSnapshot,
    /// The connection ended behind what was read.
    HungUp,
    /// A read took too long, unless something was read after all.
    ReadTimedOut,
}

/// Where a handler's thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandlerStage {
    /// The kernel has the connection, the acceptor has not taken it.
    Backlog,
    /// Reads FOLLOWERINFO or OBSERVERINFO.
    AwaitInfo,
    /// In `getEpochToPropose`.
    EpochWait,
    /// Reads ACKEPOCH.
    AwaitAckEpoch,
    /// In `waitForEpochAck`, with the learner's last zxid.
    AckEpochWait(Zxid),
    /// Sends the database.
    Sending,
    /// Reads the acknowledgement of NEWLEADER.
    AwaitNewLeaderAck,
    /// In `waitForNewLeaderAck`.
    NewLeaderWait,
    /// Waits for the server to start.
    AwaitStartup,
    /// Reads whatever comes.
    Serving,
}

/// Notices a proposal that is not acknowledged for syncLimit ticks (`SyncLimitCheck`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct SyncLimitCheck {
    started: bool,
    current: Option<(Zxid, LocalTime)>,
    next: Option<(Zxid, LocalTime)>,
}

impl SyncLimitCheck {
    fn proposed(&mut self, zxid: Zxid, now: LocalTime) {
        if !self.started {
            return;
        }
        if self.current.is_none() {
            self.current = Some((zxid, now));
        } else {
            self.next = Some((zxid, now));
        }
    }

    fn acked(&mut self, zxid: Zxid) {
        if self.current.is_some_and(|(current, _)| current == zxid) {
            self.current = self.next.take();
        } else if self.next.is_some_and(|(next, _)| next == zxid) {
            self.next = None;
        }
    }

    fn is_in_time(&self, now: LocalTime, limit: Span) -> bool {
        self.current
            .is_none_or(|(_, since)| (now - since).as_millis() < limit.as_millis())
    }
}

/// One learner, as its leader sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handler {
    pub(super) id: HandlerId,
    pub(super) conn: Conn,
    pub(super) sid: Sid,
    pub(super) observer: bool,
    stage: HandlerStage,
    accepted_epoch: By<Epoch>,
    /// Packets that arrived while the thread was not reading.
    inbox: VecDeque<Packet>,
    hung_up: bool,
    /// `tickOfNextAckDeadline`.
    deadline: u32,
    /// Packets that wait for the sending thread to be started.
    queue: Vec<Packet>,
    sending: bool,
    /// Whether it is among the forwarding followers (or observing learners).
    pub(super) forwarding: bool,
    check: SyncLimitCheck,
    reading_since: LocalTime,
    read_timeout: Span,
}

impl Handler {
    fn new(id: HandlerId, conn: Conn) -> Self {
        Self {
            id,
            conn,
            sid: Sid(0),
            observer: false,
            stage: HandlerStage::Backlog,
            accepted_epoch: By::default(),
            inbox: VecDeque::new(),
            hung_up: false,
            deadline: 0,
            queue: Vec::new(),
            sending: false,
            forwarding: false,
            check: SyncLimitCheck::default(),
            reading_since: LocalTime::default(),
            read_timeout: Span::ZERO,
        }
    }

    /// What tells it from other handlers of the same time of leading.
    pub fn id(&self) -> HandlerId {
        self.id
    }

    /// The learner; 0 until it said who it is.
    pub fn sid(&self) -> Sid {
        self.sid
    }

    /// Whether it is an observer.
    pub fn is_observer(&self) -> bool {
        self.observer
    }

    /// Where its thread stands.
    pub fn stage(&self) -> HandlerStage {
        self.stage
    }

    /// The tick up to which it counts as in time.
    pub fn deadline(&self) -> u32 {
        self.deadline
    }

    /// Whether proposals (or INFORMs) are forwarded to it.
    pub fn is_forwarding(&self) -> bool {
        self.forwarding
    }

    /// Packets queued and not sent yet.
    pub fn queued(&self) -> &[Packet] {
        &self.queue
    }

    pub(super) fn is_in_backlog(&self) -> bool {
        self.stage == HandlerStage::Backlog
    }

    pub(super) fn is_in_time(&self, tick: u32) -> bool {
        !self.is_in_backlog() && tick <= self.deadline
    }

    pub(super) fn waits_for_epoch(&self) -> bool {
        self.stage == HandlerStage::EpochWait
    }

    pub(super) fn waits_for_ack_epoch(&self) -> bool {
        matches!(self.stage, HandlerStage::AckEpochWait(_))
    }

    pub(super) fn waits_for_new_leader(&self) -> bool {
        self.stage == HandlerStage::NewLeaderWait
    }

    pub(super) fn waits_for_startup(&self) -> bool {
        self.stage == HandlerStage::AwaitStartup
    }

    fn is_reading(&self) -> bool {
        matches!(
            self.stage,
            HandlerStage::AwaitInfo
                | HandlerStage::AwaitAckEpoch
                | HandlerStage::AwaitNewLeaderAck
                | HandlerStage::Serving
        )
    }

    /// `queuePacket`: sent at once when the sending thread runs.
    pub(super) fn queue_packet(&mut self, packet: Packet, cx: &mut Cx<'_>) {
        if self.sending {
            if packet.kind == PacketKind::Proposal {
                self.check.proposed(packet.zxid, cx.now.mono);
            }
            cx.fx.send(self.conn, Msg::Quorum(packet));
        } else {
            self.queue.push(packet);
        }
    }

    fn start_sending(&mut self, cx: &mut Cx<'_>) {
        self.sending = true;
        for packet in core::mem::take(&mut self.queue) {
            self.queue_packet(packet, cx);
        }
    }

    fn read_from_now(&mut self, cx: &Cx<'_>) {
        self.reading_since = cx.now.mono;
    }
}

fn plain(kind: PacketKind, zxid: Zxid) -> Packet {
    Packet {
        kind,
        zxid,
        data: PacketData::None,
    }
}

impl Server {
    /// Somebody connected to the quorum port.
    pub(super) fn learner_connected(&mut self, conn: Conn, cx: &mut Cx<'_>) {
        let Role::Leading(leader) = &mut self.role else {
            cx.fx.close(conn);
            return;
        };
        let id = HandlerId(leader.next_handler);
        leader.next_handler += 1;
        leader.handlers.push(Handler::new(id, conn));
        let accepts = !matches!(leader.stage, LeaderStage::Opening | LeaderStage::Loading);
        if accepts {
            self.start_handler(id, cx);
        }
    }

    /// The acceptor takes the connection; the handler's thread begins.
    fn start_handler(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        let limits = self.config.ensemble.init_limit + self.config.ensemble.sync_limit;
        let read_timeout = self.init_limit();
        let leader = self.leading();
        let tick = leader.tick;
        let Some(handler) = leader.handler(id) else {
            return;
        };
        if handler.stage != HandlerStage::Backlog {
            return;
        }
        handler.deadline = tick + limits;
        handler.stage = HandlerStage::AwaitInfo;
        self.set_read_timeout(id, read_timeout, cx);
        self.handler_reads(id, cx);
    }

    /// `setSoTimeout`, and the timer behind it. It is looked at only when it runs out, so that
    /// reading a packet costs nothing.
    fn set_read_timeout(&mut self, id: HandlerId, timeout: Span, cx: &mut Cx<'_>) {
        if let Some(handler) = self.leading().handler(id) {
            handler.read_timeout = timeout;
            handler.read_from_now(cx);
            cx.fx.arm(Timer::Handler(id, HandlerTimer::Read), timeout);
        }
    }

    /// A packet of a learner arrived.
    pub(super) fn handler_packet(&mut self, id: HandlerId, packet: Packet, cx: &mut Cx<'_>) {
        let Some(handler) = self.leading().handler(id) else {
            return;
        };
        if handler.is_reading() && handler.inbox.is_empty() {
            handler.read_from_now(cx);
            self.handler_takes(id, packet, cx);
        } else {
            handler.inbox.push_back(packet);
        }
    }

    /// The handler's thread reads on: what waits in its socket comes first, then its end.
    fn handler_reads(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        loop {
            let Role::Leading(leader) = &mut self.role else {
                return;
            };
            let Some(handler) = leader.handler(id) else {
                return;
            };
            if !handler.is_reading() {
                return;
            }
            handler.read_from_now(cx);
            let Some(packet) = handler.inbox.pop_front() else {
                if handler.hung_up {
                    self.handler_ends(id, Loss::ConnectionLost, cx);
                }
                return;
            };
            self.handler_takes(id, packet, cx);
        }
    }

    /// The connection ended. The thread notices when it has read everything before; until it has
    /// run, its leader still counts it as alive.
    pub(super) fn learner_hung_up(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        if let Some(handler) = self.leading().handler(id) {
            handler.hung_up = true;
            cx.fx
                .hand(handler_lane(id), Work::Handler(id, HandlerWork::HungUp));
        }
    }

    pub(super) fn handler_work(&mut self, id: HandlerId, work: HandlerWork, cx: &mut Cx<'_>) {
        if !matches!(self.role, Role::Leading(_)) {
            return;
        }
        match work {
            HandlerWork::Start => self.start_handler(id, cx),
            HandlerWork::Notified => self.handler_notified(id, cx),
            HandlerWork::SnapshotSent => self.send_new_leader(id, cx),
            HandlerWork::LateSnapshot => self.send_late_snapshot(id, cx),
            HandlerWork::HungUp => self.handler_reads(id, cx),
            HandlerWork::ReadTimedOut => self.handler_read_timed_out(id, cx),
        }
    }

    pub(super) fn handler_timer(&mut self, id: HandlerId, timer: HandlerTimer, cx: &mut Cx<'_>) {
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        let Some(handler) = leader.handler(id) else {
            return;
        };
        match timer {
            HandlerTimer::Wait => self.handler_wait_over(id, cx),
            HandlerTimer::Read => {
                // What is in the socket by now still comes first.
                let after = handler.reading_since + handler.read_timeout - cx.now.mono;
                if !handler.is_reading() {
                    cx.fx.arm(Timer::Handler(id, timer), handler.read_timeout);
                } else if after > Span::ZERO {
                    cx.fx.arm(Timer::Handler(id, timer), after);
                } else {
                    let timed_out = Work::Handler(id, HandlerWork::ReadTimedOut);
                    cx.fx.hand(handler_lane(id), timed_out);
                }
            }
        }
    }

    fn handler_read_timed_out(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        let Some(handler) = self.leading().handler(id) else {
            return;
        };
        let waited = cx.now.mono - handler.reading_since;
        if handler.is_reading() && waited >= handler.read_timeout {
            self.handler_ends(id, Loss::ReadTimeout, cx);
        } else {
            let after = handler.read_timeout;
            cx.fx.arm(Timer::Handler(id, HandlerTimer::Read), after);
        }
    }

    /// The handler has waited for initLimit ticks.
    fn handler_wait_over(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        let proposed = self.leading().epoch_is_proposed();
        let waiting = self.leading().epoch().is_none();
        let Some(handler) = self.leading().handler(id) else {
            return;
        };
        match handler.stage {
            HandlerStage::EpochWait if proposed => self.send_leader_info(id, cx),
            HandlerStage::EpochWait if !waiting => {
                // Its writer holds the lock.
                let soon = Span::from_millis(1);
                cx.fx.arm(Timer::Handler(id, HandlerTimer::Wait), soon);
            }
            HandlerStage::EpochWait
            | HandlerStage::AckEpochWait(_)
            | HandlerStage::NewLeaderWait => self.handler_ends(id, Loss::WaitTimeout, cx),
            _ => {}
        }
    }

    /// A monitor was notified: if what the handler waits for holds, it goes on.
    pub(super) fn handler_notified(&mut self, id: HandlerId, cx: &mut Cx<'_>) {
        let Some(stage) = self.leading().handler(id).map(|handler| handler.stage) else {
            return;
        };
        cx.fx.disarm(Timer::Handler(id, HandlerTimer::Wait));
        match stage {
            HandlerStage::EpochWait if self.leading().epoch_is_proposed() => {
                self.send_leader_info(id, cx);
            }
            HandlerStage::EpochWait if self.leading().gives_the_epoch_up() => {
                self.handler_ends(id, Loss::LeaderGone, cx);
            }
            HandlerStage::AckEpochWait(zxid) if self.leading().election_is_finished() => {
                self.sync_follower(id, zxid, cx);
            }
            HandlerStage::NewLeaderWait if self.leading().quorum_is_formed() => {
                self.new_leader_done(id, cx);
            }
            HandlerStage::AwaitStartup if self.zk == ZkState::Running => {
                self.send_up_to_date(id, cx);
            }
            _ => {}
        }
    }

    fn set_handler_stage(&mut self, id: HandlerId, stage: HandlerStage) {
        if let Some(handler) = self.leading().handler(id) {
            handler.stage = stage;
        }
    }

    /// The handler waits until it is notified, but not longer than initLimit ticks.
    fn handler_waits(&mut self, id: HandlerId, stage: HandlerStage, cx: &mut Cx<'_>) {
        self.set_handler_stage(id, stage);
        cx.fx
            .arm(Timer::Handler(id, HandlerTimer::Wait), self.init_limit());
    }

    /// One packet, read by the handler's thread.
    fn handler_takes(&mut self, id: HandlerId, packet: Packet, cx: &mut Cx<'_>) {
        let Some(handler) = self.leading().handler(id) else {
            return;
        };
        match handler.stage {
            HandlerStage::Serving => self.learner_says(id, packet, cx),
            HandlerStage::AwaitInfo => self.learner_info(id, &packet, cx),
            HandlerStage::AwaitAckEpoch => self.ack_epoch(id, &packet, cx),
            HandlerStage::AwaitNewLeaderAck => self.new_leader_ack(id, &packet, cx),
            stage => unreachable!("a handler does not read while in {stage:?}"),
        }
    }

    /// The main loop of a handler.
    fn learner_says(&mut self, id: HandlerId, packet: Packet, cx: &mut Cx<'_>) {
        let sync_limit = self.config.ensemble.sync_limit;
        let leader = self.leading();
        let deadline = leader.tick + sync_limit;
        let Some(handler) = leader.handler(id) else {
            return;
        };
        handler.deadline = deadline;
        let (sid, conn) = (handler.sid, handler.conn);
        match (packet.kind, packet.data) {
            (PacketKind::Ack, _) => {
                handler.check.acked(packet.zxid);
                self.process_ack(sid, packet.zxid, cx);
            }
            (PacketKind::Ping, PacketData::Touched(sessions)) => {
                if let Some(tracker) = self.serving.tracker() {
                    for &(session, timeout_ms) in sessions.iter() {
                        tracker.touch(session, timeout_ms, cx.now.mono);
                    }
                }
            }
            (
                PacketKind::Revalidate,
                PacketData::Revalidate {
                    session,
                    timeout_ms,
                    ..
                },
            ) => {
                let tracker = self.serving.tracker();
                let valid = tracker.is_some_and(|tracker| {
                    let valid = tracker.touch(session, timeout_ms, cx.now.mono);
                    // Fails exactly if the session is not valid.
                    let _ = tracker.set_owner(session, Some(Owner::Learner(conn)));
                    valid
                });
                let answer = Packet {
                    kind: PacketKind::Revalidate,
                    zxid: packet.zxid,
                    data: PacketData::Revalidate {
                        session,
                        timeout_ms,
                        valid,
                    },
                };
                if let Some(handler) = self.leading().handler(id) {
                    handler.queue_packet(answer, cx);
                }
            }
            (
                PacketKind::Request,
                PacketData::Request {
                    session,
                    cxid,
                    op,
                    identities,
                },
            ) => {
                let request = WriteRequest {
                    session,
                    cxid,
                    op,
                    owner: Some(Owner::Learner(conn)),
                    identities,
                };
                self.to_prep(PrepItem::Write(request), cx);
            }
            (PacketKind::Request, PacketData::Sync { session, cxid }) => {
                let sync = LearnerSync {
                    handler: id,
                    session,
                    cxid,
                };
                self.to_prep(PrepItem::Sync(sync), cx);
            }
            _ => {}
        }
    }

    /// `ping`: only to learners that are past NEWLEADER; one that owes an acknowledgement for too
    /// long is dropped.
    pub(super) fn ping_learners(&mut self, cx: &mut Cx<'_>) {
        let limit = self.sync_limit();
        let leader = self.leading();
        let ping = plain(PacketKind::Ping, leader.last_proposed);
        let mut late = smallvec::SmallVec::<[HandlerId; 4]>::new();
        for handler in leader.handlers.iter_mut().filter(|handler| handler.sending) {
            if handler.check.is_in_time(cx.now.mono, limit) {
                handler.queue_packet(ping.clone(), cx);
            } else {
                late.push(handler.id);
            }
        }
        for id in late {
            self.handler_ends(id, Loss::ProposalTimeout, cx);
        }
    }

    /// `LearnerHandler.shutdown`, whoever calls it.
    pub(super) fn handler_ends(&mut self, id: HandlerId, loss: Loss, cx: &mut Cx<'_>) {
        let leader = self.leading();
        let Some(index) = leader.handlers.iter().position(|h| h.id == id) else {
            return;
        };
        let handler = leader.handlers.remove(index);
        cx.fx.disarm(Timer::Handler(id, HandlerTimer::Wait));
        cx.fx.disarm(Timer::Handler(id, HandlerTimer::Read));
        if !handler.hung_up {
            cx.fx.close(handler.conn);
        }
        let why: &[StepIndex] = &[handler.accepted_epoch.by];
        cx.fact(why, || Fact::LearnerLost {
            learner: handler.sid,
            loss,
        });
    }
}
