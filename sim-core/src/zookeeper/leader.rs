//! A leader: from the decision to lead to the end of leading.
//!
//! Follows `Leader.lead`, `getEpochToPropose`, `waitForEpochAck`, `waitForNewLeaderAck`,
//! `startZkServer` and `shutdown` of releases 3.5.7 and 3.8.0 in the order of their statements
//! (reference 3.2, 3.5). Where the leader's thread waits, [`LeaderStage`] says for what; each
//! handler is a thread of its own and waits by itself (`handler.rs`). Proposals and commits are in
//! `broadcast.rs`.

use crate::base::{By, Conn, Span, StepIndex, WriteId};
use crate::engine::IoError;
use crate::zookeeper::broadcast::{LearnerSync, PrepItem, Proposal};
use crate::zookeeper::handler::{Handler, HandlerId, HandlerWork};
use crate::zookeeper::peer::{PeerTimer, PeerWork, Role};
use crate::zookeeper::server::{Cx, HANDLERS, ZkState, handler_lane, lane};
use crate::zookeeper::{
    Epoch, Fact, Loss, Phase, Prep, Quirk, QuorumVerifier, Server, Sid, Sizes, StepDown, Timer,
    Txn, Verdict, Work, Zxid, port,
};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::sync::Arc;

/// Where the leader's own thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeaderStage {
    /// The quorum port is about to be bound.
    Opening,
    /// The port is open; the database is loaded and its snapshot written, nobody is accepted yet.
    Loading,
    /// In `getEpochToPropose`.
    EpochWait,
    /// In `waitForEpochAck`.
    AckEpochWait,
    /// Writing currentEpoch.
    StoringEpoch(WriteId),
    /// In `waitForNewLeaderAck`.
    NewLeaderWait,
    /// Serving.
    Serving,
    /// Shutting down: the log thread is joined.
    Stopping {
        /// Another thread began it: the main loop sees it at its next half tick.
        by_other: bool,
    },
    /// Shut down by another thread; the main loop sees it at its next half tick.
    Stopped,
}

/// Which thread waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiter {
    /// The leader's own.
    Peer,
    /// A handler's.
    Handler(HandlerId),
}

/// The epoch and history by which a server is compared (`StateSummary`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateSummary {
    /// Its current epoch.
    pub epoch: Epoch,
    /// Its last zxid.
    pub zxid: Zxid,
}

/// A set of servers, each with the step that put it there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SidSet(SmallVec<[By<Sid>; 8]>);

impl SidSet {
    /// Adds one; answers whether it is new.
    pub(super) fn add(&mut self, sid: By<Sid>) -> bool {
        let new = !self.contains(sid.value);
        if new {
            self.0.push(sid);
        }
        new
    }

    /// Whether it is in.
    pub fn contains(&self, sid: Sid) -> bool {
        self.0.iter().any(|by| by.value == sid)
    }

    /// The servers in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = Sid> {
        self.0.iter().map(|by| by.value)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The servers in order of their ids.
    pub fn sids(&self) -> Box<[Sid]> {
        let mut sids: Box<[Sid]> = self.iter().collect();
        sids.sort_unstable();
        sids
    }

    /// The steps that put them there.
    pub(super) fn steps(&self) -> SmallVec<[StepIndex; 8]> {
        self.0.iter().map(|by| by.by).collect()
    }

    pub(super) fn is_quorum(&self, quorum: &QuorumVerifier) -> bool {
        quorum.contains_quorum(self.iter())
    }
}

/// A server that leads or tries to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leader {
    pub(super) stage: LeaderStage,
    /// `leaderStateSummary`.
    pub(super) summary: StateSummary,
    /// The step that set it.
    pub(super) summary_by: By<()>,
    /// The epoch to propose; -1 at first.
    pub(super) epoch: Epoch,
    highest_heard: Epoch,
    waiting_for_epoch: bool,
    storing_epoch: Option<(WriteId, Waiter)>,
    connecting: SidSet,
    electing: SidSet,
    election_finished: bool,
    pub(super) new_leader_acks: SidSet,
    quorum_formed: bool,
    pub(super) handlers: Vec<Handler>,
    pub(super) next_handler: u32,
    /// The zxid of NEWLEADER, (epoch, 0), once the epoch is known.
    pub(super) new_leader_zxid: Zxid,
    pub(super) last_proposed: Zxid,
    pub(super) last_committed: Zxid,
    pub(super) outstanding: VecDeque<Proposal>,
    /// Committed and not applied here yet.
    pub(super) to_be_applied: VecDeque<Arc<Txn>>,
    pub(super) pending_syncs: Vec<(Zxid, LearnerSync)>,
    pub(super) proposal_sizes: Sizes,
    pub(super) prep: Prep,
    pub(super) prep_queue: VecDeque<PrepItem>,
    pub(super) prep_woken: bool,
    pub(super) tick: u32,
    tick_skip: bool,
}

impl Leader {
    /// `first_handler`: no two handlers of a process share an id, or what one handed to its thread
    /// could reach the other.
    fn new(first_handler: u32) -> Self {
        Self {
            stage: LeaderStage::Opening,
            summary: StateSummary::default(),
            summary_by: By::default(),
            epoch: Epoch(-1),
            highest_heard: Epoch(-1),
            waiting_for_epoch: true,
            storing_epoch: None,
            connecting: SidSet::default(),
            electing: SidSet::default(),
            election_finished: false,
            new_leader_acks: SidSet::default(),
            quorum_formed: false,
            handlers: Vec::new(),
            next_handler: first_handler,
            new_leader_zxid: Zxid::ZERO,
            last_proposed: Zxid::ZERO,
            last_committed: Zxid(-1),
            outstanding: VecDeque::new(),
            to_be_applied: VecDeque::new(),
            pending_syncs: Vec::new(),
            proposal_sizes: Sizes::default(),
            prep: Prep::new(Zxid::ZERO),
            prep_queue: VecDeque::new(),
            prep_woken: false,
            tick: 0,
            tick_skip: true,
        }
    }

    /// Where its own thread stands.
    pub fn stage(&self) -> LeaderStage {
        self.stage
    }

    /// The epoch it proposes, once a quorum was heard.
    pub fn epoch(&self) -> Option<Epoch> {
        (!self.waiting_for_epoch).then_some(self.epoch)
    }

    /// Those whose epochs were heard.
    pub fn connecting(&self) -> &SidSet {
        &self.connecting
    }

    /// Those that acknowledged the epoch.
    pub fn electing(&self) -> &SidSet {
        &self.electing
    }

    /// Those that acknowledged NEWLEADER.
    pub fn new_leader_acks(&self) -> &SidSet {
        &self.new_leader_acks
    }

    /// Its learners.
    pub fn handlers(&self) -> &[Handler] {
        &self.handlers
    }

    /// Proposals without a quorum, in order, with their acknowledgements.
    pub fn outstanding(&self) -> impl Iterator<Item = &Proposal> {
        self.outstanding.iter()
    }

    /// The last zxid proposed.
    pub fn last_proposed(&self) -> Zxid {
        self.last_proposed
    }

    /// The last zxid committed; -1 before it serves.
    pub fn last_committed(&self) -> Zxid {
        self.last_committed
    }

    /// Syncs of learners that wait for a commit.
    pub fn pending_syncs(&self) -> usize {
        self.pending_syncs.len()
    }

    /// How large its proposals were.
    pub fn proposal_sizes(&self) -> Sizes {
        self.proposal_sizes
    }

    /// Its count of ticks since it began to lead.
    pub fn tick(&self) -> u32 {
        self.tick
    }

    /// Whether the epoch is proposed and stored (or given up on by a writer that failed).
    pub(super) fn epoch_is_proposed(&self) -> bool {
        !self.waiting_for_epoch && self.storing_epoch.is_none()
    }

    pub(super) fn election_is_finished(&self) -> bool {
        self.election_finished
    }

    pub(super) fn quorum_is_formed(&self) -> bool {
        self.quorum_formed
    }

    pub(super) fn handler_of(&self, conn: Conn) -> Option<HandlerId> {
        self.handlers
            .iter()
            .find(|handler| handler.conn == conn)
            .map(|handler| handler.id)
    }

    pub(super) fn handler(&mut self, id: HandlerId) -> Option<&mut Handler> {
        self.handlers.iter_mut().find(|handler| handler.id == id)
    }

    /// Itself and the learners that count as in time now.
    pub(super) fn synced(&self, own: Sid) -> Box<[Sid]> {
        let mut sids: Vec<Sid> = core::iter::once(own).chain(self.in_time()).collect();
        sids.sort_unstable();
        sids.dedup();
        sids.into()
    }

    /// Learners whose handler lives and whose deadline has not passed (`synced`).
    fn in_time(&self) -> impl Iterator<Item = Sid> {
        self.handlers
            .iter()
            .filter(|handler| handler.is_in_time(self.tick))
            .map(|handler| handler.sid)
    }
}

impl Server {
    pub(super) fn leading(&mut self) -> &mut Leader {
        match &mut self.role {
            Role::Leading(leader) => leader,
            role => unreachable!("only a leader comes here, not {role:?}"),
        }
    }

    /// `makeLeader` and the beginning of `lead`: the constructor binds the quorum port.
    pub(super) fn lead(&mut self, cx: &mut Cx<'_>) {
        let first_handler = self.logger.term().wrapping_mul(HANDLERS);
        self.role = Role::Leading(Box::new(Leader::new(first_handler)));
        self.set_phase(Phase::Discovery, cx);
        match self.config.ensemble.open_port_time {
            Span::ZERO => self.open_port(cx),
            time => cx.fx.arm(Timer::Peer(PeerTimer::OpenPort), time),
        }
    }

    /// The port is bound: connections are taken by the kernel from now on, and by the acceptor
    /// only after the database was loaded.
    pub(super) fn open_port(&mut self, cx: &mut Cx<'_>) {
        cx.fx.listen(port::QUORUM);
        cx.fact(&[], || Fact::PortOpen);
        self.leading().stage = LeaderStage::Loading;
        let load = Work::Peer(PeerWork::LeaderLoad);
        cx.fx
            .hand_after(lane::PEER, load, self.config.ensemble.load_time);
    }

    /// `loadData`, then the acceptor starts and the epoch is looked for.
    pub(super) fn leader_loaded(&mut self, cx: &mut Cx<'_>) {
        self.database.kill_dead_sessions();
        if self.rows.snapshot_when_leading && self.has(Quirk::Zk1558SnapshotBeforeQuorum) {
            self.take_snapshot(cx);
        }
        let summary = StateSummary {
            epoch: self.current_epoch.value,
            zxid: self.database.last_processed(),
        };
        let (sid, accepted) = (self.config.sid, self.accepted_epoch);
        let by = self.database_by;
        let leader = self.leading();
        leader.summary = summary;
        leader.summary_by = by;
        leader.stage = LeaderStage::EpochWait;
        for handler in &leader.handlers {
            let start = Work::Handler(handler.id, HandlerWork::Start);
            cx.fx.hand(handler_lane(handler.id), start);
        }
        if self.epoch_to_propose(Waiter::Peer, sid, accepted, cx) {
            self.epoch_known(cx);
        } else {
            cx.fx.arm(Timer::Peer(PeerTimer::Wait), self.init_limit());
        }
    }

    /// `getEpochToPropose`: true if the caller may go on, false if it waits.
    pub(super) fn epoch_to_propose(
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

    pub(super) fn leader_epoch_written(
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

    fn notify_handlers(&mut self, but: Waiter, waits: impl Fn(&Handler) -> bool, cx: &mut Cx<'_>) {
        for handler in &self.leading().handlers {
            if waits(handler) && but != Waiter::Handler(handler.id) {
                let notified = Work::Handler(handler.id, HandlerWork::Notified);
                cx.fx.hand(handler_lane(handler.id), notified);
            }
        }
    }

    /// The leader's thread was notified: if what it waits for holds, it goes on.
    pub(super) fn leader_notified(&mut self, cx: &mut Cx<'_>) {
        let Role::Leading(leader) = &self.role else {
            return;
        };
        match leader.stage {
            LeaderStage::EpochWait if leader.epoch_is_proposed() => self.epoch_known(cx),
            LeaderStage::AckEpochWait if leader.election_finished => self.epoch_agreed(cx),
            LeaderStage::NewLeaderWait if leader.quorum_formed => self.start_serving(cx),
            _ => {}
        }
    }

    /// The leader's thread has waited for initLimit ticks.
    pub(super) fn leader_wait_over(&mut self, cx: &mut Cx<'_>) {
        let Role::Leading(leader) = &self.role else {
            return;
        };
        let why = match leader.stage {
            LeaderStage::EpochWait if leader.waiting_for_epoch => StepDown::EpochWait,
            LeaderStage::EpochWait if leader.storing_epoch.is_none() => {
                return self.epoch_known(cx);
            }
            // The writer of the epoch holds the lock.
            LeaderStage::EpochWait => {
                let soon = Span::from_millis(1);
                return cx.fx.arm(Timer::Peer(PeerTimer::Wait), soon);
            }
            LeaderStage::AckEpochWait => StepDown::AckEpochWait,
            LeaderStage::NewLeaderWait => StepDown::NewLeaderWait,
            _ => return,
        };
        self.leader_fails(why, cx);
    }

    /// `lead` goes on with its epoch.
    fn epoch_known(&mut self, cx: &mut Cx<'_>) {
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
    pub(super) fn epoch_acked(
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
    fn epoch_agreed(&mut self, cx: &mut Cx<'_>) {
        cx.fx.disarm(Timer::Peer(PeerTimer::Wait));
        let epoch = self.leading().epoch;
        let write = self.store_epoch(false, epoch, cx);
        self.leading().stage = LeaderStage::StoringEpoch(write);
    }

    /// `waitForNewLeaderAck`: true if the caller may go on, false if it waits. An acknowledgement
    /// of anything else is logged and not counted, but its sender goes on (ZOOKEEPER-4685).
    pub(super) fn new_leader_acked(&mut self, from: By<Sid>, zxid: Zxid, cx: &mut Cx<'_>) -> bool {
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
    fn start_serving(&mut self, cx: &mut Cx<'_>) {
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
    }

    fn arm_half_tick(&mut self, cx: &mut Cx<'_>) {
        let half = Span::from_millis(u64::from(self.config.ensemble.tick_time_ms / 2));
        cx.fx.arm(Timer::Peer(PeerTimer::HalfTick), half);
    }

    /// Every half tick: count the tick and check the quorum every second time, then ping.
    pub(super) fn half_tick(&mut self, cx: &mut Cx<'_>) {
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
    fn leader_fails(&mut self, why: StepDown, cx: &mut Cx<'_>) {
        self.shut_leader_down(why, false, cx);
    }

    /// `Leader.shutdown`. The log thread is joined, memory then takes what is in the log, and only
    /// then the learners' connections are closed.
    pub(super) fn shut_leader_down(&mut self, why: StepDown, by_other: bool, cx: &mut Cx<'_>) {
        let stage = self.leading().stage;
        if matches!(stage, LeaderStage::Stopping { .. } | LeaderStage::Stopped) {
            return;
        }
        self.stepped_down(why, cx);
        cx.fx.disarm(Timer::Peer(PeerTimer::Wait));
        cx.fx.disarm(Timer::Session);
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
    pub(super) fn leader_log_drained(&mut self, cx: &mut Cx<'_>) {
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

/// What `waitForEpochAck` does with its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AckWait {
    /// It goes on.
    Go,
    /// It waits.
    Wait,
    /// It is ahead of the leader: an exception.
    Ahead,
}

#[cfg(test)]
mod tests;
