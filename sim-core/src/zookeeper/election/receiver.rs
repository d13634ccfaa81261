//! What is done with every notification at once, whatever the server is doing:
//! `FastLeaderElection`'s `WorkerReceiver`.
//!
//! It queues for the main loop or answers; it decides nothing. Reference 2.3.

use crate::engine::Fx;
use crate::zookeeper::cnx::Arrival;
use crate::zookeeper::{Election, Fact, NotificationUse, Quirk, Server, ServerState, Vote};

impl Election {
    /// Takes all notifications that have arrived, unless the configuration is locked.
    pub(super) fn receive(&mut self, fx: &mut dyn Fx<Server>) {
        while let Some(arrival) = self.cnx.take() {
            self.receive_one(arrival, fx);
        }
    }

    fn receive_one(&mut self, arrival: Arrival, fx: &mut dyn Fx<Server>) {
        let (sender, notification) = arrival.value;
        if !self.setup.quorum.is_voter(sender) {
            // With the round of the clock, not of the vote: an observer may be told a round that
            // nobody decided in.
            let told = Vote {
                round: self.round,
                ..self.current.value
            };
            self.heard_outside(&arrival, told, NotificationUse::AnsweredObserver, fx);
            self.reply(sender, told, fx.step(), fx);
        } else if self.state == ServerState::Looking {
            self.queue.push_back(arrival);
            if self.polls() {
                self.wake(fx);
            }
            if notification.state == ServerState::Looking && notification.round < self.round {
                self.reply(sender, self.proposal(), self.proposal.by, fx);
            }
        } else if notification.state == ServerState::Looking {
            let mut told = self.current.value;
            if self
                .setup
                .config
                .quirks
                .has(Quirk::Zk1732WholeVotesCompared)
            {
                // Without a round of its own the vote is told with that of the clock.
                told.round = self.round;
            }
            self.heard_outside(&arrival, told, NotificationUse::AnsweredLooking, fx);
            if self.state == ServerState::Leading && self.leader_wants_to_know() {
                self.looking.push(sender);
            }
            self.reply(sender, told, fx.step(), fx);
        } else {
            self.heard_outside(&arrival, self.current.value, NotificationUse::Ignored, fx);
        }
    }

    fn leader_wants_to_know(&self) -> bool {
        let ensemble = &self.setup.config.ensemble;
        let limit = ensemble.max_time_to_wait_for_epoch_ms;
        limit.is_some() && self.setup.rows.epoch_wait_can_be_quit
    }

    fn heard_outside(
        &self,
        arrival: &Arrival,
        own: Vote,
        used: NotificationUse,
        fx: &mut dyn Fx<Server>,
    ) {
        if !fx.wants_details() {
            return;
        }
        let (sender, notification) = arrival.value;
        let fact = Fact::Heard {
            sender,
            notification,
            own_state: self.state,
            own,
            used,
            compared: None,
        };
        fx.fact(fact, &[arrival.by, self.current.by]);
    }
}
