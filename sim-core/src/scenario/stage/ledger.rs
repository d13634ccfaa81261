//! What was told since the start, as far as conditions ask for it: decisions, votes, counts of facts and messages.

use super::fact;
use crate::base::{CallId, NodeId};
use crate::cluster::Fact as AnyFact;
use crate::scenario::Cast;
use crate::scenario::act::MessageName;
use crate::scenario::format::Name;
use crate::scenario::predicate::{FactIs, MessageIs};
use crate::trace::{Record, What};
use crate::zookeeper::{Fact, ServerState, Vote};
use core::hash::{Hash, Hasher};

/// One end of an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decided {
    /// What the server became.
    pub state: ServerState,
    /// The vote that won.
    pub vote: Vote,
    /// Whether the leader was there before.
    pub joined_existing: bool,
}

/// What a counter counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Counted {
    /// Facts that fit.
    Fact(FactIs),
    /// Messages delivered.
    Delivered(MessageIs),
    /// Messages sent.
    Sent(MessageIs),
}

/// What was told since the start.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    decisions: Vec<Vec<Decided>>,
    votes: Vec<Vec<Vote>>,
    /// Operations that each client has an answer to.
    answered: Vec<u64>,
    /// Whether each client knows that its session is gone.
    expired: Vec<bool>,
    counters: Vec<(Counted, u64)>,
    calls: Vec<(Name, CallId)>,
}

impl Ledger {
    pub(super) fn new(cast: &Cast, counted: &[Counted]) -> Self {
        let nodes = cast.names().len();
        Self {
            decisions: vec![Vec::new(); nodes],
            votes: vec![Vec::new(); nodes],
            answered: vec![0; nodes],
            expired: vec![false; nodes],
            counters: counted.iter().map(|it| (it.clone(), 0)).collect(),
            calls: Vec::new(),
        }
    }

    /// How the elections of a server ended, in order.
    pub fn decisions(&self, node: NodeId) -> &[Decided] {
        &self.decisions[node.index()]
    }

    /// The votes that a server proposed, in order, the same again left out.
    pub fn votes(&self, node: NodeId) -> &[Vote] {
        &self.votes[node.index()]
    }

    /// How many operations of a client were answered.
    pub fn answered(&self, node: NodeId) -> u64 {
        self.answered[node.index()]
    }

    /// Whether a client knows that its session is gone and has no other yet.
    pub fn expired(&self, node: NodeId) -> bool {
        self.expired[node.index()]
    }

    /// The call of a named operation, once it was asked.
    pub fn call(&self, name: &str) -> Option<CallId> {
        let found = self.calls.iter().find(|(known, _)| &**known == name);
        found.map(|(_, call)| *call)
    }

    pub(super) fn asked(&mut self, name: Name, call: CallId) {
        self.calls.push((name, call));
    }

    pub(super) fn count(&self, counted: &Counted) -> u64 {
        let found = self.counters.iter().find(|(known, _)| known == counted);
        found.map_or(0, |(_, count)| *count)
    }

    /// A number for all that was noted.
    pub(super) fn hash(&self, hasher: &mut impl Hasher) {
        (&self.decisions, &self.votes, &self.answered, &self.expired).hash(hasher);
        for (_, count) in &self.counters {
            count.hash(hasher);
        }
        self.calls.hash(hasher);
    }

    /// Takes note of a record.
    pub(super) fn saw(&mut self, record: &Record<AnyFact>, cast: &Cast) {
        match &record.what {
            What::Fact(AnyFact::Zk(fact)) => {
                self.note(record.node, fact);
                self.count_fact(record.node, fact, cast);
            }
            What::Delivered { from, kind, .. } => {
                self.count_message(*from, record.node, *kind, false, cast);
            }
            What::Sent { to, kind, .. } => {
                self.count_message(record.node, *to, *kind, true, cast);
            }
            _ => {}
        }
    }

    fn note(&mut self, node: NodeId, fact: &Fact) {
        match fact {
            Fact::Decided {
                state,
                vote,
                joined_existing,
                ..
            } => self.decisions[node.index()].push(Decided {
                state: *state,
                vote: *vote,
                joined_existing: *joined_existing,
            }),
            Fact::Voted { to, .. } => {
                let votes = &mut self.votes[node.index()];
                if votes.last() != Some(to) {
                    votes.push(*to);
                }
            }
            Fact::ClientExpired { .. } => self.expired[node.index()] = true,
            Fact::ClientConnected { .. } => self.expired[node.index()] = false,
            Fact::Answered { .. } => self.answered[node.index()] += 1,
            _ => {}
        }
    }

    fn count_fact(&mut self, node: NodeId, told: &Fact, cast: &Cast) {
        for (counted, count) in &mut self.counters {
            let Counted::Fact(is) = counted else {
                continue;
            };
            let here = is.at.is_empty() || is.at.iter().any(|name| cast.node(name) == Some(node));
            if here && fact::is_kind(told, &is.kind) && fact::fits(told, is, cast) {
                *count += 1;
            }
        }
    }

    fn count_message(&mut self, from: NodeId, to: NodeId, kind: u8, sent: bool, cast: &Cast) {
        let fits = |is: &MessageIs| {
            let end = |name: &Option<Name>, node| {
                name.as_ref()
                    .is_none_or(|name| cast.node(name) == Some(node))
            };
            is.kind == kind && end(&is.from, from) && end(&is.to, to)
        };
        for (counted, count) in &mut self.counters {
            let counts = match counted {
                Counted::Delivered(is) => !sent && fits(is),
                Counted::Sent(is) => sent && fits(is),
                Counted::Fact(_) => false,
            };
            *count += u64::from(counts);
        }
    }
}

/// The messages that a name stands for one of.
pub(super) fn messages_of(name: &MessageName) -> MessageIs {
    MessageIs {
        kind: name.kind,
        from: Some(name.from.clone()),
        to: Some(name.to.clone()),
    }
}
