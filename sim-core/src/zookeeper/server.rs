//! One server process (`QuorumPeer`): its threads as lanes, the parts that do the work, and where
//! each input goes.
//!
//! Follows `QuorumPeer.java` of releases 3.5.7 and 3.8.0; what differs is in
//! [`Rows`](crate::zookeeper::Rows). It never looks into another server. Read `peer.rs` next for
//! the main loop (load, look, lead or follow, and again), then `leader.rs` with `handler.rs` and
//! `broadcast.rs`, `learner.rs` with `follow.rs`, and `logger.rs` for the log thread.

use crate::base::{By, Lane, Span, StepIndex, WriteId};
use crate::engine::{Fx, Input, IoError, Machine, Now};
use crate::zookeeper::applier::Applier;
use crate::zookeeper::containers::Containers;
use crate::zookeeper::handler::{HandlerId, HandlerTimer, HandlerWork};
use crate::zookeeper::leader::Leader;
use crate::zookeeper::learner::Learner;
use crate::zookeeper::logger::Logger;
use crate::zookeeper::peer::{PeerTimer, PeerWork, Role};
use crate::zookeeper::{
    Change, Database, Election, ElectionInput, ElectionTimer, ElectionWork, Epoch, Fact, Msg,
    OwnConfig, Phase, Quirk, QuorumVerifier, Rows, ServerConfig, ServerOp, ServerState, Serving,
    Sid, Standalone, Vote, ZkDisk, Zxid, port,
};
use std::sync::Arc;

/// The threads of a server.
pub mod lane {
    use crate::base::Lane;
    /// `QuorumPeer.run`: the main loop of election, leading, following.
    pub const PEER: Lane = Lane(0);
    /// `FastLeaderElection.Messenger.WorkerReceiver` and the loopback of own votes.
    pub const ELECTION: Lane = Lane(1);
    /// `SyncRequestProcessor`: log and snapshots.
    pub const LOG: Lane = Lane(2);
    /// `CommitProcessor` and `FinalRequestProcessor`: applying and answering.
    pub const COMMIT: Lane = Lane(3);
    /// `PrepRequestProcessor` (leader): making transactions of writes.
    pub const PREP: Lane = Lane(4);
    /// `SessionTracker`.
    pub const SESSION: Lane = Lane(5);
    /// The thread that writes a snapshot while transactions go on.
    pub const SNAPSHOT: Lane = Lane(6);
    /// The main loop again, where it goes on after work that it handed to another thread and does
    /// not wait for: with delays on lanes that other thread may be faster.
    pub const GOES_ON: Lane = Lane(7);
    /// `LearnerHandler` of the first learner connection; the next ones follow.
    pub const HANDLER: Lane = Lane(16);
}

/// The timers of a server, by the part that arms them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Of the election.
    Election(ElectionTimer),
    /// Of the main loop: leading and following.
    Peer(PeerTimer),
    /// Of one learner handler.
    Handler(HandlerId, HandlerTimer),
    /// The leader's session tracker: the next bucket of sessions may expire.
    Session,
    /// The leader's look at containers and nodes with a time to live.
    Containers,
}

/// What one thread of a server hands to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// Between threads of the election.
    Election(ElectionWork),
    /// To the main loop.
    Peer(PeerWork),
    /// To a learner handler.
    Handler(HandlerId, HandlerWork),
    /// The log thread's queue is not empty.
    Log,
    /// The commit processor's queue is not empty.
    Commit,
    /// The leader's queue of requests is not empty.
    Prep,
    /// The log was rolled: take a snapshot beside the work.
    Snapshot,
}

/// A server's answer to a request from outside the protocol: none of them has one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerOutcome {}

/// The state of the request processors (`ZooKeeperServer.State`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ZkState {
    /// Not serving yet.
    #[default]
    Initial,
    /// Serving.
    Running,
    /// A critical thread ended with an error.
    Error,
    /// Shut down.
    Shutdown,
}

/// A server process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    pub(super) config: ServerConfig,
    pub(super) rows: Rows,
    pub(super) quorum: Arc<QuorumVerifier>,
    pub(super) role: Role,
    pub(super) phase: Phase,
    pub(super) zk: ZkState,
    /// `None` until the database is loaded.
    pub(super) election: Option<Election>,
    pub(super) database: Database,
    /// Which step brought the database to its last processed zxid.
    pub(super) database_by: By<()>,
    pub(super) accepted_epoch: By<Epoch>,
    pub(super) current_epoch: By<Epoch>,
    pub(super) logger: Logger,
    pub(super) applier: Applier,
    pub(super) serving: Serving,
    pub(super) containers: Containers,
    /// The next look for a leader is none: it leads, because of this step (see `tamper.rs`).
    pub(super) leads_unelected: Option<StepIndex>,
    /// It gives the next leader that it follows up at once (see `tamper.rs`).
    pub(super) quits_following: bool,
}

/// What a step has at hand.
pub(super) struct Cx<'a> {
    pub now: Now,
    pub disk: &'a ZkDisk,
    pub fx: &'a mut dyn Fx<Server>,
}

impl Cx<'_> {
    /// Leaves a fact, built only if somebody looks.
    pub fn fact(&mut self, because: &[StepIndex], fact: impl FnOnce() -> Fact) {
        if self.fx.wants_facts() {
            self.fx.fact(fact(), because);
        }
    }

    /// Leaves a detail, built only if somebody looks at those.
    pub fn detail(&mut self, because: &[StepIndex], fact: impl FnOnce() -> Fact) {
        if self.fx.wants_details() {
            self.fx.fact(fact(), because);
        }
    }

    /// The step being taken.
    pub fn step(&self) -> StepIndex {
        self.fx.step()
    }

    /// A value learnt in this step.
    pub fn by<T>(&self, value: T) -> By<T> {
        By::new(value, self.fx.step())
    }

    /// Writes and makes it durable; the thread waits for the answer.
    pub fn store(&mut self, change: Change) -> WriteId {
        self.fx.write(change);
        self.fx.sync()
    }
}

impl Server {
    /// What goes into this server's own `/zookeeper/config` now.
    pub(super) fn own_config(&self, cx: &Cx<'_>) -> OwnConfig {
        OwnConfig {
            content: Arc::clone(self.config.ensemble.membership()),
            written_ms: cx.now.wall.0.div_euclid(1_000_000),
        }
    }
}

impl Machine for Server {
    type Config = ServerConfig;
    type Msg = Msg;
    type Timer = Timer;
    type Work = Work;
    type Disk = ZkDisk;
    type Op = ServerOp;
    type Outcome = ServerOutcome;
    type Fact = Fact;

    fn boot(config: &ServerConfig, _: Now, _: &ZkDisk, fx: &mut dyn Fx<Self>) -> Self {
        let load = Work::Peer(PeerWork::Load);
        if config.ensemble.is_standalone() {
            Self::boot_standalone(fx);
        }
        fx.hand_after(lane::PEER, load, config.ensemble.load_time);
        Self {
            rows: Rows::of(config.release),
            quorum: Arc::new(QuorumVerifier::of(&config.ensemble)),
            role: Role::Loading,
            phase: Phase::Election,
            zk: ZkState::Initial,
            election: None,
            database: Database::default(),
            database_by: By::default(),
            accepted_epoch: By::default(),
            current_epoch: By::default(),
            logger: Logger::default(),
            applier: Applier::default(),
            serving: Serving::new(config),
            containers: Containers::default(),
            leads_unelected: None,
            quits_following: false,
            config: config.clone(),
        }
    }

    fn step(&mut self, now: Now, disk: &ZkDisk, input: Input<Self>, fx: &mut dyn Fx<Self>) {
        self.serving.note_time(now);
        let cx = &mut Cx { now, disk, fx };
        match input {
            Input::Deliver(conn, Msg::Quorum(packet)) => {
                if let Role::Leading(leader) = &self.role {
                    if let Some(id) = leader.handler_of(conn) {
                        self.handler_packet(id, packet, cx);
                    }
                } else if self.is_leader_conn(conn) {
                    self.learner_packet(packet, cx);
                }
            }
            Input::Deliver(conn, Msg::Election(msg)) => {
                self.election_input(ElectionInput::Message(conn, msg), cx);
            }
            Input::Deliver(conn, Msg::Client(msg)) => self.client_message(conn, msg, cx),
            Input::Lane(_, work) => self.work(work, cx),
            Input::Written(id, result) => self.written(id, result, cx),
            Input::Timer(timer) => self.timer(timer, cx),
            Input::Accepted(conn, from, port) => match port {
                port::QUORUM => self.learner_connected(conn, cx),
                port::CLIENT => self.serving.accepted(conn, from, cx.fx),
                _ => self.election_input(ElectionInput::Accepted(conn, from), cx),
            },
            Input::Opened(conn) => {
                if self.is_leader_conn(conn) {
                    self.connected(cx);
                } else {
                    self.election_input(ElectionInput::Opened(conn), cx);
                }
            }
            Input::Refused(conn) => {
                if self.is_leader_conn(conn) {
                    self.connect_failed(cx);
                } else {
                    self.election_input(ElectionInput::Refused(conn), cx);
                }
            }
            Input::Closed(conn, why) => {
                if self.is_leader_conn(conn) {
                    self.leader_hung_up(why, cx);
                } else if let Some(id) = self.handler_of(conn) {
                    self.learner_hung_up(id, cx);
                } else if self.election.as_ref().is_some_and(|e| e.owns(conn)) {
                    self.election_input(ElectionInput::Closed(conn, why), cx);
                } else {
                    self.serving.closed(conn, cx.fx);
                }
            }
            Input::Call(_, op) => self.tamper(&op, cx),
        }
    }
}

impl Server {
    fn work(&mut self, work: Work, cx: &mut Cx<'_>) {
        match work {
            Work::Peer(work) => self.peer_work(work, cx),
            Work::Handler(id, work) => self.handler_work(id, work, cx),
            Work::Log => self.log_work(cx),
            Work::Commit => self.apply_committed(cx),
            Work::Prep => self.prepare(cx),
            Work::Snapshot => self.snapshot_beside(cx),
            Work::Election(work) => self.election_input(ElectionInput::Work(work), cx),
        }
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_>) {
        match timer {
            Timer::Peer(timer) => self.peer_timer(timer, cx),
            Timer::Handler(id, timer) => self.handler_timer(id, timer, cx),
            Timer::Session => self.expire_sessions(cx),
            Timer::Containers => self.check_containers(cx),
            Timer::Election(timer) => self.election_input(ElectionInput::Timer(timer), cx),
        }
    }

    fn written(&mut self, id: WriteId, result: Result<(), IoError>, cx: &mut Cx<'_>) {
        if self.logger.waits_for(id) {
            self.log_written(result, cx);
        } else {
            self.epoch_written(id, result, cx);
        }
    }

    fn election_input(&mut self, input: ElectionInput, cx: &mut Cx<'_>) {
        let Some(election) = &mut self.election else {
            return;
        };
        let decision = election.input(input, cx.fx);
        let looking = election.take_looking();
        if let Some(decision) = decision {
            self.decided(decision, cx);
        }
        for sid in looking {
            self.voter_looks(sid, cx);
        }
    }

    fn handler_of(&self, conn: crate::base::Conn) -> Option<HandlerId> {
        match &self.role {
            Role::Leading(leader) => leader.handler_of(conn),
            _ => None,
        }
    }

    pub(super) fn has(&self, quirk: Quirk) -> bool {
        self.config.quirks.has(quirk)
    }

    /// `n` ticks.
    pub(super) fn ticks(&self, n: u32) -> Span {
        Span::from_millis(u64::from(self.config.ensemble.tick_time_ms) * u64::from(n))
    }

    pub(super) fn init_limit(&self) -> Span {
        self.ticks(self.config.ensemble.init_limit)
    }

    pub(super) fn sync_limit(&self) -> Span {
        self.ticks(self.config.ensemble.sync_limit)
    }

    pub(super) fn set_phase(&mut self, to: Phase, cx: &mut Cx<'_>) {
        let from = core::mem::replace(&mut self.phase, to);
        if from != to {
            cx.detail(&[], || Fact::PhaseIs { from, to });
        }
    }

    // ---- what views, invariants and expectations read ----

    /// Its id.
    pub fn sid(&self) -> Sid {
        self.config.sid
    }

    /// What it was started with.
    pub fn config(&self) -> &ServerConfig {
        &self.config
    }

    /// Its state as it would tell others; LOOKING while it loads.
    pub fn state(&self) -> ServerState {
        if self.is_standalone() {
            return ServerState::Standalone;
        }
        self.election
            .as_ref()
            .map_or(ServerState::Looking, Election::state)
    }

    /// Its phase.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether it serves clients (what `srvr` and `zkServer.sh status` see).
    pub fn is_serving(&self) -> bool {
        self.zk == ZkState::Running && self.phase == Phase::Broadcast
    }

    /// The state of its request processors.
    pub fn zk_state(&self) -> ZkState {
        self.zk
    }

    /// Its vote, once it has one.
    pub fn current_vote(&self) -> Option<Vote> {
        self.election.as_ref().map(Election::current_vote)
    }

    /// The election, once the database is loaded.
    pub fn election(&self) -> Option<&Election> {
        self.election.as_ref()
    }

    /// `getDataTreeLastProcessedZxid`: what votes carry and `srvr` shows.
    pub fn last_zxid(&self) -> Zxid {
        self.database.last_processed()
    }

    /// Tree, sessions, committed log.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// `acceptedEpoch` in memory.
    pub fn accepted_epoch(&self) -> Epoch {
        self.accepted_epoch.value
    }

    /// `currentEpoch` in memory.
    pub fn current_epoch(&self) -> Epoch {
        self.current_epoch.value
    }

    /// What it does as leader, while it leads or tries to.
    pub fn leader(&self) -> Option<&Leader> {
        match &self.role {
            Role::Leading(leader) => Some(leader),
            _ => None,
        }
    }

    /// What it does as follower or observer, while it follows or tries to.
    pub fn learner(&self) -> Option<&Learner> {
        match &self.role {
            Role::Following(learner) => Some(learner),
            _ => None,
        }
    }

    /// Its request processors, while it serves alone.
    pub fn standalone(&self) -> Option<&Standalone> {
        match &self.role {
            Role::Standalone(alone) => Some(alone),
            _ => None,
        }
    }

    /// The log thread.
    pub fn logger(&self) -> &Logger {
        &self.logger
    }

    /// The commit processor.
    pub fn applier(&self) -> &Applier {
        &self.applier
    }

    /// Client connections and sessions.
    pub fn serving(&self) -> &Serving {
        &self.serving
    }
}

/// How many learner handlers a leader makes before two share a lane.
pub(super) const HANDLERS: u32 = 4096;

/// The lane of a learner handler.
pub(super) fn handler_lane(id: HandlerId) -> Lane {
    Lane(lane::HANDLER.0 + (id.0 % HANDLERS) as u16)
}
