//! The main loop of an election: `lookForLeader`. Reference 2.4 and 2.5.
//!
//! It takes notifications one by one, changes the proposal, counts, and decides. It has no memory
//! beyond one call but the round and the last proposal.

use crate::base::{By, Span, StepIndex};
use crate::engine::Fx;
use crate::zookeeper::cnx::Arrival;
use crate::zookeeper::election::{Ballot, BallotTable, Decision, beats};
use crate::zookeeper::{
    Branch, Compared, ElectionTimer, Epoch, Fact, Notification, NotificationUse, Quirk, Server,
    ServerState, Sid, Timer, Vote, Zxid,
};

use super::Election;

/// `finalizeWait`: how long a quorum must stay unchallenged; also the first wait for notifications.
const FINALIZE_WAIT_MS: u32 = 200;
/// `maxNotificationInterval`: the longest wait for notifications.
const MAX_NOTIFICATION_INTERVAL_MS: u32 = 60_000;
/// The zxid of a server that was set up anew and must not vote yet (3.6 and later).
const UNINITIALISED: Zxid = Zxid(-1);

/// What the main loop is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Main {
    /// Something else: no election is running.
    Away,
    /// Waits for a notification.
    Polling,
    /// Waits for a notification, and decides if none comes.
    Finalising,
    /// Waits for connections to be made, one after another.
    Connecting,
    /// Waits for the configuration, to do this.
    Stalled(Stalled),
}

/// What the main loop does once it may look into the configuration again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stalled {
    /// Treats a notification that it has taken already.
    Consider(Arrival),
    /// The same while finalising.
    Finalise(Arrival),
    /// Sends its vote again.
    Resend,
    /// Decides.
    Decide,
}

/// The variables of one call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Call {
    /// The vote for oneself.
    own: Vote,
    /// Where its zxid and epoch are from.
    own_by: [StepIndex; 2],
    /// `notTimeout`: the present wait for notifications.
    timeout_ms: u32,
    pub(super) recvset: BallotTable,
    pub(super) out_of_election: BallotTable,
}

impl Election {
    /// Begins one call of `lookForLeader`. `zxid` is the last processed one, `peer_epoch` the
    /// current epoch, each with the step that the server has it from.
    ///
    /// # Panics
    /// If the state is not LOOKING, or an election is running.
    pub fn look(&mut self, zxid: By<Zxid>, peer_epoch: By<Epoch>, fx: &mut dyn Fx<Server>) {
        assert_eq!(self.state, ServerState::Looking, "only LOOKING looks");
        assert!(self.call.is_none(), "one election at a time");
        self.round.0 += 1;
        let mut own = Vote {
            leader: Sid::NONE,
            zxid: Zxid::NONE,
            peer_epoch: Epoch::NONE,
            round: self.round,
        };
        if self.setup.quorum.is_voter(self.me()) {
            own.leader = self.me();
        }
        if self.is_participant() {
            own.zxid = zxid.value;
            own.peer_epoch = peer_epoch.value;
        }
        let own_by = [zxid.by, peer_epoch.by];
        self.call = Some(Call {
            own,
            own_by,
            timeout_ms: FINALIZE_WAIT_MS,
            recvset: BallotTable::default(),
            out_of_election: BallotTable::default(),
        });
        self.proposal = By::new(own, fx.step());
        if fx.wants_facts() {
            fx.fact(Fact::RoundBegan { vote: own }, &own_by);
            let voted = Fact::Voted {
                from: None,
                to: own,
                heard: None,
                compared: Compared::Equal,
            };
            fx.fact(voted, &own_by);
        }
        self.send_notifications(fx);
        self.poll(Main::Polling, fx);
    }

    /// Sends the proposal to all voters, oneself included.
    fn send_notifications(&mut self, fx: &mut dyn Fx<Server>) {
        let notification = self.notification(ServerState::Looking, self.proposal());
        let notification = By::new(notification, fx.step());
        for &to in self.setup.quorum.voters() {
            self.cnx.offer(to, notification);
        }
        self.cnx.run_sender(fx);
    }

    // ---- waiting ----

    /// Whether the main loop waits for notifications.
    pub(super) fn polls(&self) -> bool {
        matches!(self.main, Main::Polling | Main::Finalising)
    }

    /// Waits for the next notification, from now on. One that is there already ends the wait at
    /// once.
    fn poll(&mut self, main: Main, fx: &mut dyn Fx<Server>) {
        let ms = match (&main, &self.call) {
            (Main::Polling, Some(call)) => call.timeout_ms,
            _ => FINALIZE_WAIT_MS,
        };
        self.main = main;
        if self.queue.is_empty() {
            let wait = Span::from_millis(u64::from(ms));
            fx.arm(Timer::Election(ElectionTimer::Poll), wait);
        } else {
            self.wake(fx);
        }
    }

    /// The main loop takes a notification.
    pub(super) fn woken(&mut self, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        self.woken = false;
        if !self.polls() {
            return None;
        }
        let arrival = self.queue.pop_front()?;
        let next = match self.main {
            Main::Finalising => Stalled::Finalise(arrival),
            _ => Stalled::Consider(arrival),
        };
        self.go_on(next, fx)
    }

    /// Nothing came.
    pub(super) fn poll_ran_out(&mut self, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        if !self.queue.is_empty() {
            // It was armed for an earlier poll: this one ends with what is in the queue.
            return None;
        }
        match self.main {
            Main::Polling if self.cnx.have_delivered() => self.go_on(Stalled::Resend, fx),
            Main::Polling => {
                self.main = Main::Connecting;
                if self.cnx.connect_all(fx) {
                    self.connected_all(fx);
                }
                None
            }
            // Deciding does not look into the configuration, but the receiver keeps the server's
            // own lock while it waits for it with a notification in hand.
            Main::Finalising if self.cnx.has_arrived() => self.go_on(Stalled::Decide, fx),
            Main::Finalising => Some(self.finalised(fx)),
            _ => None,
        }
    }

    /// Does the next thing, or waits for the configuration first.
    fn go_on(&mut self, next: Stalled, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        if self.cnx.holds_config() {
            fx.disarm(Timer::Election(ElectionTimer::Poll));
            self.main = Main::Stalled(next);
            return None;
        }
        match next {
            Stalled::Consider(arrival) => self.consider(arrival, fx),
            Stalled::Finalise(arrival) => self.challenge(arrival, fx),
            Stalled::Resend => {
                self.send_notifications(fx);
                self.back_off(true, fx)
            }
            Stalled::Decide => Some(self.finalised(fx)),
        }
    }

    /// The configuration may be free again.
    pub(super) fn resume(&mut self, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        if !matches!(self.main, Main::Stalled(_)) || self.cnx.holds_config() {
            return None;
        }
        let Main::Stalled(next) = core::mem::replace(&mut self.main, Main::Polling) else {
            unreachable!("checked above");
        };
        self.go_on(next, fx)
    }

    /// `connectAll` is through.
    pub(super) fn connected_all(&mut self, fx: &mut dyn Fx<Server>) {
        if self.main == Main::Connecting {
            self.back_off(false, fx);
        }
    }

    /// Doubles the wait. It is never lowered within one call.
    fn back_off(&mut self, resent: bool, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        let call = self.call.as_mut().expect("an election is running");
        let waited_ms = call.timeout_ms;
        let next_ms = (waited_ms * 2).min(MAX_NOTIFICATION_INTERVAL_MS);
        call.timeout_ms = next_ms;
        if fx.wants_details() {
            let fact = Fact::BackOff {
                waited_ms,
                next_ms,
                resent,
            };
            fx.fact(fact, &[self.proposal.by]);
        }
        self.poll(Main::Polling, fx);
        None
    }

    // ---- treating notifications ----

    /// One turn of the loop.
    fn consider(&mut self, arrival: Arrival, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        let (sender, notification) = arrival.value;
        let quorum = &self.setup.quorum;
        if !quorum.is_voter(sender) || !quorum.is_voter(notification.leader) {
            self.heard(&arrival, NotificationUse::DroppedNotAVoter, None, fx);
        } else {
            match notification.state {
                ServerState::Looking => return self.consider_looking(arrival, fx),
                // Nobody says that it runs alone.
                ServerState::Observing | ServerState::Standalone => {
                    self.heard(&arrival, NotificationUse::DroppedObserving, None, fx);
                }
                ServerState::Following | ServerState::Leading => {
                    if let Some(decision) = self.consider_decided(arrival, fx) {
                        return Some(decision);
                    }
                }
            }
        }
        self.poll(Main::Polling, fx);
        None
    }

    /// A vote of somebody who looks too: adopts it if it is better, counts it, and finalises if a
    /// quorum agrees.
    fn consider_looking(&mut self, arrival: Arrival, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        let (sender, notification) = arrival.value;
        if let Some(dropped) = self.drops(&notification) {
            self.heard(&arrival, dropped, None, fx);
            self.poll(Main::Polling, fx);
            return None;
        }
        self.vote_anew(&arrival, fx);
        let ballot = Ballot::plain(notification.vote());
        let proposal = Ballot::plain(self.proposal());
        let call = self.call.as_mut().expect("an election is running");
        call.recvset.put(sender, By::new(ballot, arrival.by));
        let agreed = call.recvset.has_quorum(&proposal, &self.setup.quorum);
        self.tally(Table::Recvset, &proposal, agreed, fx);
        if self.has(Quirk::Zk975TrustsOneLeading) && self.heard_all() {
            return Some(self.finalised(fx));
        }
        if agreed && fx.wants_details() {
            let (votes, because) = self.agreeing(Table::Recvset, &proposal);
            let vote = proposal.vote;
            fx.fact(Fact::FinalizeBegan { vote, votes }, &because);
        }
        let next = if agreed {
            Main::Finalising
        } else {
            Main::Polling
        };
        self.poll(next, fx);
        None
    }

    /// Why a LOOKING notification is not even counted.
    fn drops(&self, notification: &Notification) -> Option<NotificationUse> {
        let own = self.call.as_ref().map(|call| call.own.zxid);
        let uninitialised = own == Some(UNINITIALISED) || notification.zxid == UNINITIALISED;
        if self.setup.rows.drops_uninitialised && uninitialised {
            Some(NotificationUse::DroppedUninitialised)
        } else if notification.round < self.round {
            Some(NotificationUse::DroppedOldRound)
        } else {
            None
        }
    }

    /// Takes over a newer round, and a better vote.
    fn vote_anew(&mut self, arrival: &Arrival, fx: &mut dyn Fx<Server>) {
        let vote = arrival.value.1.vote();
        let call = self.call.as_mut().expect("an election is running");
        let newer = vote.round > self.round;
        let rival = if newer { call.own } else { self.proposal.value };
        let own_by = call.own_by;
        let (better, compared) = beats(&vote, &rival, &self.setup.quorum);
        let used = match (newer, better) {
            (true, _) => NotificationUse::NewerRound,
            (false, true) => NotificationUse::Adopted,
            (false, false) => NotificationUse::Counted,
        };
        if newer {
            call.recvset.clear();
        }
        self.heard(arrival, used, Some(compared), fx);
        if !newer && !better {
            return;
        }
        let from = self.proposal();
        self.round = vote.round;
        let winner = if better { vote } else { rival };
        let round = self.round;
        let to = Vote { round, ..winner };
        if fx.wants_facts() {
            let heard = Some(arrival.value);
            let fact = Fact::Voted {
                from: Some(from),
                to,
                heard,
                compared,
            };
            // What was beaten: the own history in a newer round, else the vote held so far.
            let [zxid_by, epoch_by] = own_by;
            if newer {
                fx.fact(fact, &[arrival.by, zxid_by, epoch_by]);
            } else {
                fx.fact(fact, &[arrival.by, self.proposal.by]);
            }
        }
        self.proposal = By::new(to, fx.step());
        self.send_notifications(fx);
    }

    /// While finalising: a better vote puts an end to it, anything else is lost.
    fn challenge(&mut self, arrival: Arrival, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        let vote = arrival.value.1.vote();
        // Neither round, state nor sender are looked at.
        let (better, compared) = beats(&vote, &self.proposal.value, &self.setup.quorum);
        let used = if better {
            NotificationUse::PutBack
        } else {
            NotificationUse::LostWhileFinalising
        };
        self.heard(&arrival, used, Some(compared), fx);
        if better {
            self.queue.push_back(arrival);
        }
        let next = if better {
            Main::Polling
        } else {
            Main::Finalising
        };
        self.poll(next, fx);
        None
    }

    /// A vote of somebody who follows or leads already.
    fn consider_decided(&mut self, arrival: Arrival, fx: &mut dyn Fx<Server>) -> Option<Decision> {
        let (sender, notification) = arrival.value;
        self.heard(&arrival, NotificationUse::OutOfElection, None, fx);
        let ballot = Ballot::of(&notification);
        let vote = ballot.vote;
        let keeps_state = self.setup.rows.recvset_keeps_state;
        // Compared whole, as a ballot without a state.
        let wanted = match self.has(Quirk::Zk1732WholeVotesCompared) {
            true => Ballot::plain(vote),
            false => ballot,
        };
        let trusts_one = self.has(Quirk::Zk975TrustsOneLeading);
        let quorum = &self.setup.quorum;
        let call = self.call.as_mut().expect("an election is running");
        if notification.round == self.round {
            // Entered without a version, and up to 3.5 without the state too (ZOOKEEPER-3537).
            let mut entered = Ballot::plain(vote);
            if keeps_state {
                entered.state = notification.state;
            }
            call.recvset.put(sender, By::new(entered, arrival.by));
            let agreed = call.recvset.has_quorum(&wanted, quorum);
            self.tally(Table::Recvset, &wanted, agreed, fx);
            let table = if keeps_state {
                Table::Recvset
            } else {
                Table::OutOfElection
            };
            if agreed && self.check_leader(table, &vote) {
                return Some(self.leave(vote, Branch::SameRound, &wanted, fx));
            }
            if trusts_one && notification.state == ServerState::Leading {
                return Some(self.leave(vote, Branch::SameRound, &wanted, fx));
            }
        }
        let call = self.call.as_mut().expect("an election is running");
        call.out_of_election
            .put(sender, By::new(ballot, arrival.by));
        let agreed = (call.out_of_election).has_quorum(&wanted, &self.setup.quorum);
        self.tally(Table::OutOfElection, &wanted, agreed, fx);
        if !agreed {
            return None;
        }
        if self.check_leader(Table::OutOfElection, &vote) {
            self.round = vote.round;
            return Some(self.leave(vote, Branch::OutOfElection, &wanted, fx));
        }
        if fx.wants_facts() {
            let leader = vote.leader;
            let (votes, because) = self.agreeing(Table::OutOfElection, &wanted);
            fx.fact(Fact::NoWordFromLeader { leader, votes }, &because);
        }
        None
    }

    /// Whether the last vote of every voter is known.
    fn heard_all(&self) -> bool {
        let heard = self.table(Table::Recvset).iter().count();
        heard == self.setup.quorum.voters().len()
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.setup.config.quirks.has(quirk)
    }

    /// `checkLeader`: another server must have said itself that it leads; for oneself the round
    /// must be the own one.
    fn check_leader(&self, table: Table, vote: &Vote) -> bool {
        if vote.leader == self.me() {
            return self.round == vote.round || self.has(Quirk::Zk1514RoundStepsBack);
        }
        self.table(table).says_it_leads(vote.leader)
    }

    // ---- deciding ----

    fn finalised(&mut self, fx: &mut dyn Fx<Server>) -> Decision {
        let vote = self.proposal();
        self.leave(vote, Branch::Finalised, &Ballot::plain(vote), fx)
    }

    /// Ends the election: the state, the current vote, and an empty queue.
    fn leave(
        &mut self,
        vote: Vote,
        branch: Branch,
        ballot: &Ballot,
        fx: &mut dyn Fx<Server>,
    ) -> Decision {
        let state = if vote.leader == self.me() {
            ServerState::Leading
        } else if self.is_participant() {
            ServerState::Following
        } else {
            ServerState::Observing
        };
        if fx.wants_facts() {
            let table = match branch {
                Branch::OutOfElection => Table::OutOfElection,
                Branch::Finalised | Branch::SameRound => Table::Recvset,
            };
            let (votes, because) = self.agreeing(table, ballot);
            let fact = Fact::Decided {
                state,
                vote,
                branch,
                votes,
                joined_existing: branch != Branch::Finalised,
            };
            fx.fact(fact, &because);
        }
        fx.disarm(Timer::Election(ElectionTimer::Poll));
        self.state = state;
        self.current = By::new(vote, fx.step());
        self.queue.clear();
        self.main = Main::Away;
        self.call = None;
        Decision {
            state,
            vote,
            branch,
        }
    }

    // ---- facts ----

    fn table(&self, table: Table) -> &BallotTable {
        let call = self.call.as_ref().expect("an election is running");
        match table {
            Table::Recvset => &call.recvset,
            Table::OutOfElection => &call.out_of_election,
        }
    }

    /// Who agrees with a ballot, and the steps that told.
    fn agreeing(&self, table: Table, ballot: &Ballot) -> (Box<[Sid]>, Vec<StepIndex>) {
        let (votes, because): (Vec<_>, Vec<_>) =
            (self.table(table).agreeing(ballot, &self.setup.quorum)).unzip();
        (votes.into(), because)
    }

    fn tally(&self, table: Table, ballot: &Ballot, quorum: bool, fx: &mut dyn Fx<Server>) {
        if fx.wants_details() {
            let (counted, because) = self.agreeing(table, ballot);
            let fact = Fact::Tally {
                for_vote: ballot.vote,
                counted,
                needed: self.setup.quorum.needed(),
                quorum,
            };
            fx.fact(fact, &because);
        }
    }

    fn heard(
        &self,
        arrival: &Arrival,
        used: NotificationUse,
        compared: Option<Compared>,
        fx: &mut dyn Fx<Server>,
    ) {
        if fx.wants_details() {
            let (sender, notification) = arrival.value;
            let fact = Fact::Heard {
                sender,
                notification,
                own_state: self.state,
                own: self.proposal(),
                used,
                compared,
            };
            fx.fact(fact, &[arrival.by]);
        }
    }
}

/// One of the two tables of a call.
#[derive(Clone, Copy, Debug)]
enum Table {
    Recvset,
    OutOfElection,
}
