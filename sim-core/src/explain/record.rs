//! Records as sentences: whatever a step left, about whomever.

use crate::base::{NodeId, StepIndex};
use crate::engine::Message;
use crate::explain::text_world as text;
use crate::explain::{Names, Sentence, Value, Who, election, fault, replicate, service, sync};
use crate::trace::{Record, What};
use crate::zookeeper::{Fact, Msg, port};

/// Where a fact was left: whose it is and which steps told it.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Whose step.
    pub node: NodeId,
    /// The steps that told the values.
    pub because: &'a [StepIndex],
    /// Who is who.
    pub names: &'a Names,
}

impl At<'_> {
    /// The server as a bare number, for texts that say "server {who}".
    pub(super) fn server(&self) -> Value {
        match self.names.sid(self.node) {
            Some(sid) => Value::Server(sid),
            None => Value::Name(self.names.name(self.node)),
        }
    }

    /// Whoever it is, with its kind.
    pub(super) fn whoever(&self) -> Value {
        whoever(self.node, self.names)
    }
}

/// A node with its kind: "server 1", "client c1".
pub(super) fn whoever(node: NodeId, names: &Names) -> Value {
    let clause = match names.who(node) {
        Some(Who::Server(sid, _)) => Sentence::new(&text::SERVER).with("sid", Value::Server(*sid)),
        Some(Who::Client(name)) => {
            Sentence::new(&text::CLIENT).with("name", Value::Name(name.as_ref().into()))
        }
        None => Sentence::new(&text::NODE).with("name", Value::Name(names.name(node))),
    };
    Value::Clause(Box::new(clause))
}

/// How much a fact tells in a chain of why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Passed over on the way to what caused it.
    Passing,
    /// A hop of the chain.
    Telling,
    /// A hop and an end: what lies behind it matters only to who asks about it.
    Origin,
}

/// What can be told in sentences and followed back: a protocol's facts.
pub trait Tell {
    /// The sentence.
    fn tell(&self, at: At<'_>) -> Sentence;
    /// How much it tells in a chain of why.
    fn weight(&self) -> Weight;
    /// The ZooKeeper fact in it, if it is one.
    fn zookeeper(&self) -> Option<&Fact>;
    /// The name of a kind of message.
    fn kind_name(kind: u8) -> &'static str;
}

impl Tell for Fact {
    fn tell(&self, at: At<'_>) -> Sentence {
        use Fact::*;
        match self {
            Loaded { .. }
            | RunsAlone { .. }
            | Fatal { .. }
            | State { .. }
            | PhaseIs { .. }
            | RoundBegan { .. }
            | Voted { .. }
            | Heard { .. }
            | Tally { .. }
            | FinalizeBegan { .. }
            | BackOff { .. }
            | NoWordFromLeader { .. }
            | Decided { .. }
            | CnxUp { .. }
            | CnxFailed { .. }
            | SentLate { .. }
            | CnxYielded { .. }
            | CnxDown { .. }
            | Tampered { .. } => election::tell(self, at),
            PortOpen
            | ConnectFailed { .. }
            | LearnerHeard { .. }
            | EpochProposed { .. }
            | EpochHeard { .. }
            | AckEpochHeard { .. }
            | EpochAgreed { .. }
            | SyncChosen { .. }
            | SyncHeard { .. }
            | NewLeaderHeard { .. }
            | NewLeaderAck { .. }
            | Established { .. }
            | UpToDate { .. }
            | LearnerLost { .. }
            | SteppedDown { .. } => sync::tell(self, at),
            Proposed { .. }
            | ProposalHeard { .. }
            | CommitUnmatched { .. }
            | Acked { .. }
            | Committed { .. }
            | Applied { .. }
            | Logged { .. }
            | Synced { .. }
            | SnapshotTaken { .. }
            | Truncated { .. }
            | EpochFile { .. }
            | DatabaseReplaced { .. } => replicate::tell(self, at),
            SessionOpened { .. }
            | SessionExpired { .. }
            | ClientConnected { .. }
            | ClientDisconnected { .. }
            | ClientExpired { .. }
            | Asked { .. }
            | Answered { .. }
            | Unanswered { .. }
            | ClientAhead { .. }
            | WatchSet { .. }
            | WatchFired { .. }
            | WatchesDropped { .. }
            | EventHeard { .. }
            | WatchesResent { .. }
            | SessionMoved { .. }
            | WrongPassword { .. }
            | TooManyConnections { .. }
            | ClientAuthFailed { .. }
            | Serving { .. } => service::tell(self, at),
        }
    }

    fn weight(&self) -> Weight {
        match self {
            // What a server read or stored, what a client wants, and what was set from outside explains
            // itself.
            Fact::Loaded { .. }
            | Fact::RunsAlone { .. }
            | Fact::EpochFile { .. }
            | Fact::Asked { .. }
            | Fact::Tampered { .. } => Weight::Origin,
            // The first vote of a round says what the round's beginning says.
            Fact::Voted { from: None, .. } => Weight::Passing,
            Fact::RoundBegan { .. }
            | Fact::Voted { .. }
            | Fact::Decided { .. }
            | Fact::EpochProposed { .. }
            | Fact::EpochHeard { .. }
            | Fact::AckEpochHeard { .. }
            | Fact::EpochAgreed { .. }
            | Fact::SyncChosen { .. }
            | Fact::NewLeaderAck { .. }
            | Fact::Established { .. }
            | Fact::UpToDate { .. }
            | Fact::LearnerLost { .. }
            | Fact::SteppedDown { .. }
            | Fact::ConnectFailed { .. }
            | Fact::NoWordFromLeader { .. }
            | Fact::Proposed { .. }
            | Fact::CommitUnmatched { .. }
            | Fact::Committed { .. }
            | Fact::Applied { .. }
            | Fact::Synced { .. }
            | Fact::SnapshotTaken { .. }
            | Fact::Truncated { .. }
            | Fact::DatabaseReplaced { .. }
            | Fact::Fatal { .. }
            | Fact::SessionExpired { .. }
            | Fact::ClientExpired { .. }
            | Fact::ClientAhead { .. }
            | Fact::WatchFired { .. }
            | Fact::EventHeard { .. }
            | Fact::SessionMoved { .. }
            | Fact::WrongPassword { .. }
            | Fact::TooManyConnections { .. }
            | Fact::ClientAuthFailed { .. }
            | Fact::Answered { .. }
            | Fact::Unanswered { .. } => Weight::Telling,
            _ => Weight::Passing,
        }
    }

    fn zookeeper(&self) -> Option<&Fact> {
        Some(self)
    }

    fn kind_name(kind: u8) -> &'static str {
        Msg::kind_name(kind)
    }
}

impl Tell for crate::cluster::Fact {
    fn tell(&self, at: At<'_>) -> Sentence {
        let crate::cluster::Fact::Zk(fact) = self;
        fact.tell(at)
    }

    fn weight(&self) -> Weight {
        let crate::cluster::Fact::Zk(fact) = self;
        fact.weight()
    }

    fn zookeeper(&self) -> Option<&Fact> {
        let crate::cluster::Fact::Zk(fact) = self;
        Some(fact)
    }

    fn kind_name(kind: u8) -> &'static str {
        Msg::kind_name(kind)
    }
}

/// A record as a sentence.
pub fn sentence<F: Tell>(record: &Record<F>, names: &Names) -> Sentence {
    let at = At {
        node: record.node,
        because: &record.because,
        names,
    };
    let who = |text| Sentence::new(text).with("who", at.whoever());
    match &record.what {
        What::Fact(fact) => fact.tell(at),
        What::Booted => who(&text::BOOTED),
        What::Accepted { from, port, .. } => who(&text::ACCEPTED)
            .with("from", whoever(*from, names))
            .with("port", Value::Name(port::name(*port).into())),
        What::Opened { .. } => who(&text::OPENED),
        What::Refused { .. } => who(&text::REFUSED),
        What::Delivered { from, kind, .. } => who(&text::DELIVERED)
            .with("from", whoever(*from, names))
            .with("kind", Value::Name(F::kind_name(*kind).into())),
        What::Closed { why, .. } => who(&text::CLOSED).with(
            "word",
            Value::Word(match why {
                0 => &text::PEER_CLOSED,
                1 => &text::RESET,
                _ => &text::BROKEN,
            }),
        ),
        What::Fired { .. } => who(&text::FIRED),
        What::Handed { .. } => who(&text::HANDED),
        What::Written { ok: true } => who(&text::WRITTEN),
        What::Written { ok: false } => who(&text::NOT_WRITTEN),
        What::Called { .. } => who(&text::CALLED),
        What::Sent { to, kind, .. } => who(&text::SENT)
            .with("to", whoever(*to, names))
            .with("kind", Value::Name(F::kind_name(*kind).into())),
        What::Lost { to, kind, .. } => who(&text::LOST)
            .with("to", whoever(*to, names))
            .with("kind", Value::Name(F::kind_name(*kind).into())),
        What::Dialled { to, port, .. } => who(&text::DIALLED)
            .with("to", whoever(*to, names))
            .with("port", Value::Name(port::name(*port).into())),
        What::Hung { .. } => who(&text::HUNG),
        What::Replied { .. } => who(&text::REPLIED),
        What::Exited { code } => who(&text::EXITED).with("code", Value::Number(i64::from(*code))),
        What::Faulted(act) => fault::recorded(act, record.node, names),
    }
}
