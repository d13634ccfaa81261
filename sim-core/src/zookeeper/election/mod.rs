//! Leader election of one server: `FastLeaderElection` on top of `QuorumCnxManager`.
//!
//! The server tells it its state and history and gets a [`Decision`]; it never reads the server,
//! the disk or a clock. Follows `FastLeaderElection.java` of releases 3.5.7 and 3.8.0; what differs
//! is in [`Rows`]. The parts: `ballot` (what is compared and counted), `receiver` (what is done
//! with every notification at once), `look` (the main loop), and beside this folder `cnx`
//! (connections). Configurations in notifications, authentication and TLS are not modelled.
//!
//! Threads of the real server: the receiver works in the step of a delivery (own notifications come
//! by lane ELECTION), the main loop takes notifications one by one on lane PEER. Its poll begins
//! anew with every one of them.

mod ballot;
mod look;
mod receiver;
#[cfg(test)]
mod tests;

pub use ballot::{Ballot, BallotTable, beats};

use crate::base::{By, Conn, NodeId, StepIndex};
use crate::engine::{Fx, Why};
use crate::zookeeper::cnx::{Arrival, CnxManager, Freed};
use crate::zookeeper::{
    Branch, ElectionMsg, Epoch, Notification, Quirk, QuorumVerifier, Role, Round, Rows, Server,
    ServerConfig, ServerState, Sid, Vote, Work, Zxid, lane,
};
use core::hash::{Hash, Hasher};
use look::{Call, Main};
use std::collections::VecDeque;
use std::sync::Arc;

/// The timers of the election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElectionTimer {
    /// The main loop's poll of its queue of notifications runs out (`notTimeout`, `finalizeWait`).
    Poll,
    /// An attempt to connect to this server takes too long (`cnxTimeout`).
    Connect(Sid),
    /// The connection that the listener attends to sends no greeting (socket timeout, syncLimit
    /// ticks).
    Greeting,
}

/// What threads of the election hand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElectionWork {
    /// An own notification on its way through the receive queue (lane ELECTION).
    Loopback(Notification),
    /// The main loop's queue is not empty (lane PEER).
    Wake,
}

/// What the server passes on to the election: everything on connections of port ELECTION, its
/// timers, its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElectionInput {
    /// Somebody connected to port ELECTION.
    Accepted(Conn, NodeId),
    /// An own dial succeeded.
    Opened(Conn),
    /// An own dial failed.
    Refused(Conn),
    /// A message came.
    Message(Conn, ElectionMsg),
    /// A connection ended.
    Closed(Conn, Why),
    /// A timer ran out.
    Timer(ElectionTimer),
    /// Another thread handed something over.
    Work(ElectionWork),
}

/// How an election ended. The election's own state and current vote are set already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// LEADING, FOLLOWING or OBSERVING.
    pub state: ServerState,
    /// The vote that won.
    pub vote: Vote,
    /// Which branch of the main loop ended it.
    pub branch: Branch,
}

/// What does not change while the process lives.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) config: ServerConfig,
    pub(crate) rows: Rows,
    pub(crate) quorum: QuorumVerifier,
}

impl PartialEq for Setup {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other) || self.config == other.config
    }
}

impl Eq for Setup {}

impl Hash for Setup {
    /// Two states of one server never differ in it, so the id is enough.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.config.sid.hash(state);
    }
}

/// The election part of a server: connections for votes, the receiver's rules, and `lookForLeader`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Election {
    setup: Arc<Setup>,
    cnx: CnxManager,
    state: ServerState,
    /// `currentVote`: what others are told outside an election.
    current: By<Vote>,
    /// `logicalclock`.
    round: Round,
    /// `proposedLeader`, `proposedZxid`, `proposedEpoch`; the round in it is that of its last
    /// change.
    proposal: By<Vote>,
    /// `recvqueue`: what waits for the main loop.
    queue: VecDeque<Arrival>,
    /// Whether the main loop was told so.
    woken: bool,
    main: Main,
    /// The variables of a running `lookForLeader`.
    call: Option<Call>,
    /// Voters that were heard to look while this server leads, if its leader wants to know
    /// (`reportLookingSid`).
    looking: Vec<Sid>,
}

impl Election {
    /// Starts listening and answering (`startLeaderElection`): call it once the database is loaded,
    /// in state LOOKING. The server's current vote is for itself until it decides.
    pub fn boot(
        config: &ServerConfig,
        zxid: By<Zxid>,
        peer_epoch: By<Epoch>,
        fx: &mut dyn Fx<Server>,
    ) -> Self {
        let setup = Arc::new(Setup {
            config: config.clone(),
            rows: Rows::of(config.release),
            quorum: QuorumVerifier::of(&config.ensemble),
        });
        let nobody = Vote {
            leader: Sid(-1),
            zxid: Zxid(-1),
            peer_epoch: Epoch(0),
            round: Round(0),
        };
        let current = Vote {
            leader: config.sid,
            zxid: zxid.value,
            peer_epoch: peer_epoch.value,
            round: Round(-1),
        };
        Self {
            cnx: CnxManager::new(Arc::clone(&setup), fx),
            setup,
            state: ServerState::Looking,
            current: By::new(current, zxid.by),
            round: Round(0),
            proposal: By::new(nobody, StepIndex(0)),
            queue: VecDeque::new(),
            woken: false,
            main: Main::Away,
            call: None,
            looking: Vec::new(),
        }
    }

    /// The voters heard to look for a leader since this was asked last, while this server led.
    pub(crate) fn take_looking(&mut self) -> Vec<Sid> {
        core::mem::take(&mut self.looking)
    }

    /// Takes one input of the election's. `Some` when it ends the election: then the state is the
    /// decided one and the current vote the winning one.
    pub fn input(&mut self, input: ElectionInput, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        match input {
            ElectionInput::Accepted(conn, from) => self.cnx.accepted(conn, from, fx),
            ElectionInput::Opened(conn) => {
                let freed = self.cnx.opened(conn, fx);
                return self.thaw(freed, fx);
            }
            ElectionInput::Refused(conn) => {
                let freed = self.cnx.refused(conn, fx);
                return self.thaw(freed, fx);
            }
            ElectionInput::Timer(ElectionTimer::Connect(to)) => {
                let freed = self.cnx.timed_out(to, fx);
                return self.thaw(freed, fx);
            }
            ElectionInput::Timer(ElectionTimer::Greeting) => self.cnx.greeting_overdue(fx),
            ElectionInput::Timer(ElectionTimer::Poll) => return self.poll_ran_out(fx),
            ElectionInput::Message(conn, ElectionMsg::Greeting(sid)) => {
                self.cnx.greeted(conn, sid, fx);
            }
            ElectionInput::Message(conn, ElectionMsg::Notification(notification)) => {
                self.cnx.delivered(conn, By::new(notification, fx.step()));
            }
            ElectionInput::Closed(conn, _) => self.cnx.closed(conn, fx),
            ElectionInput::Work(ElectionWork::Loopback(notification)) => {
                let me = self.setup.config.sid;
                self.cnx.arrive(me, By::new(notification, fx.step()));
            }
            ElectionInput::Work(ElectionWork::Wake) => return self.woken(fx),
        }
        self.receive(fx);
        None
    }

    /// An attempt to connect has ended: lets go on whoever waited for it, then whoever waited for
    /// the configuration.
    fn thaw(&mut self, freed: Freed, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        if self.cnx.proceed(freed, fx) {
            self.connected_all(fx);
        }
        self.receive(fx);
        self.resume(fx)
    }

    /// Whether a connection is one of the election's (for `Opened`, `Refused`, `Closed`).
    pub fn owns(&self, conn: Conn) -> bool {
        self.cnx.owns(conn)
    }

    /// Tells the state that the receiver answers with. Setting LOOKING does not begin an election:
    /// `look` does.
    ///
    /// # Panics
    /// If an election is running: only its decision ends it.
    pub fn set_state(&mut self, state: ServerState) {
        assert!(self.call.is_none(), "an election ends by its decision");
        self.state = state;
    }

    /// The state told last, or decided since.
    pub fn state(&self) -> ServerState {
        self.state
    }

    /// The vote that others are told outside an election (`currentVote`): that of the last
    /// decision, at first for oneself.
    pub fn current_vote(&self) -> Vote {
        self.current.value
    }

    /// Replaces the current vote. `by` is the step that it comes from.
    pub fn set_current_vote(&mut self, vote: Vote, by: StepIndex) {
        self.current = By::new(vote, by);
    }

    /// Raises the peer epoch of the current vote when an epoch is established
    /// (`updateElectionVote`).
    pub fn update_election_vote(&mut self, epoch: Epoch, by: StepIndex) {
        if self
            .setup
            .config
            .quirks
            .has(Quirk::Zk1732WholeVotesCompared)
        {
            return;
        }
        self.current.value.peer_epoch = epoch;
        self.current.by = by;
    }

    // ---- for views ----

    /// The round (`logicalclock`): counts calls of `look`, or was heard from others.
    pub fn round(&self) -> Round {
        self.round
    }

    /// The vote proposed at present; before the first election for nobody (-1).
    pub fn proposal(&self) -> Vote {
        Vote {
            round: self.round,
            ..self.proposal.value
        }
    }

    /// The votes of the running election (`recvset`).
    pub fn recvset(&self) -> Option<&BallotTable> {
        self.call.as_ref().map(|call| &call.recvset)
    }

    /// The FOLLOWING and LEADING votes of the running election (`outofelection`).
    pub fn out_of_election(&self) -> Option<&BallotTable> {
        self.call.as_ref().map(|call| &call.out_of_election)
    }

    /// What waits for the main loop, by sender.
    pub fn waiting(&self) -> impl Iterator<Item = (Sid, Notification)> {
        self.queue.iter().map(|arrival| arrival.value)
    }

    /// Every server with a send queue, whether it is connected, and what waits for a connection to
    /// it.
    pub fn send_queues(&self) -> impl Iterator<Item = (Sid, bool, Option<Notification>)> {
        self.cnx.queues()
    }

    /// Whether 200 ms of silence would end the election.
    pub fn is_finalising(&self) -> bool {
        self.main == Main::Finalising
    }

    // ---- common to the parts ----

    fn me(&self) -> Sid {
        self.setup.config.sid
    }

    /// A notification in the format of the own release.
    fn notification(&self, state: ServerState, vote: Vote) -> Notification {
        Notification {
            version: self.setup.rows.notification_version,
            ..Notification::new(state, vote)
        }
    }

    /// Hands one notification to the sender thread.
    fn reply(&mut self, to: Sid, vote: Vote, by: StepIndex, fx: &mut dyn Fx<Server>) {
        let notification = self.notification(self.state, vote);
        self.cnx.offer(to, By::new(notification, by));
        self.cnx.run_sender(fx);
    }

    /// Tells the main loop that its queue is not empty.
    fn wake(&mut self, fx: &mut dyn Fx<Server>) {
        if !self.woken {
            self.woken = true;
            fx.hand(lane::PEER, Work::Election(ElectionWork::Wake));
        }
    }

    fn is_participant(&self) -> bool {
        let config = &self.setup.config;
        let member = config.ensemble.member(config.sid);
        member.is_none_or(|member| member.role == Role::Participant)
    }
}
