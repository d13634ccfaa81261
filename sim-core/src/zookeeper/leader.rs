//! A leader: from the decision to lead to the end of leading.
//!
//! Follows `Leader.lead`, `getEpochToPropose`, `waitForEpochAck`, `waitForNewLeaderAck`,
//! `startZkServer` and `shutdown` of releases 3.5.7 and 3.8.0 in the order of their statements
//! (reference 3.2, 3.5). Where the leader's thread waits, [`LeaderStage`] says for what; each
//! handler is a thread of its own and waits by itself (`handler.rs`). Here is what it knows and how it
//! begins; `leader/discovery.rs` has the epoch, `leader/serve.rs` what comes behind NEWLEADER,
//! `broadcast.rs` proposals and commits.

mod discovery;
mod serve;

pub(super) use discovery::AckWait;

use crate::base::{By, Conn, LocalTime, Span, StepIndex, WriteId};
use crate::zookeeper::broadcast::{LearnerSync, PrepItem, Proposal};
use crate::zookeeper::handler::{Handler, HandlerId, HandlerWork};
use crate::zookeeper::peer::{PeerTimer, PeerWork, Role};
use crate::zookeeper::server::{Cx, HANDLERS, handler_lane, lane};
use crate::zookeeper::{
    Epoch, Fact, Phase, Prep, Quirk, QuorumVerifier, Server, Sid, Sizes, StepDown, Timer, Txn,
    Work, Zxid, port,
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
    /// When its own thread began to wait for the epoch (`timeStartWaitForEpoch`).
    epoch_wait_began: Option<LocalTime>,
    /// The voter because of which nobody waits for the epoch any longer (`quitWaitForEpoch`).
    pub(super) quits_epoch_wait: Option<By<Sid>>,
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
            epoch_wait_began: None,
            quits_epoch_wait: None,
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

    /// Whether whoever waits for the epoch ends, for a voter looks again.
    pub(super) fn gives_the_epoch_up(&self) -> bool {
        self.waiting_for_epoch && self.quits_epoch_wait.is_some()
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
            self.leading().epoch_wait_began = Some(cx.now.mono);
            cx.fx.arm(Timer::Peer(PeerTimer::Wait), self.init_limit());
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
            LeaderStage::EpochWait if leader.gives_the_epoch_up() => {
                self.leader_fails(StepDown::VoterLooksAgain, cx);
            }
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
}

#[cfg(test)]
mod tests;
