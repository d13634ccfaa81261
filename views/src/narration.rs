//! Which facts a story needs.

use sim_core::cluster;
use sim_core::zookeeper::{Fact, NotificationUse};

/// How much a fact matters to someone who follows the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A turn of the story: a vote, a decision, an epoch, a choice of how to synchronise.
    Turn,
    /// The life of transactions and clients: telling where there are few, a flood where there are many.
    Traffic,
    /// What only a close look needs.
    Detail,
}

/// How much a fact matters.
pub fn level(fact: &cluster::Fact) -> Level {
    match fact.zookeeper() {
        Some(fact) => zookeeper(fact),
        None => Level::Detail,
    }
}

fn zookeeper(fact: &Fact) -> Level {
    match fact {
        // The first vote of a round is told with the round.
        Fact::Voted { heard: None, .. } => Level::Detail,
        Fact::Loaded { .. }
        | Fact::RunsAlone { .. }
        | Fact::Fatal { .. }
        | Fact::Tampered { .. }
        | Fact::RoundBegan { .. }
        | Fact::Voted { .. }
        | Fact::Decided { .. }
        | Fact::NoWordFromLeader { .. }
        | Fact::ConnectFailed { .. }
        | Fact::EpochProposed { .. }
        | Fact::EpochAgreed { .. }
        | Fact::SyncChosen { .. }
        | Fact::Established { .. }
        | Fact::UpToDate { .. }
        | Fact::LearnerLost { .. }
        | Fact::SteppedDown { .. }
        | Fact::Truncated { .. }
        | Fact::DatabaseReplaced { .. }
        | Fact::SessionExpired { .. }
        | Fact::ClientExpired { .. }
        | Fact::ClientAhead { .. }
        | Fact::SessionMoved { .. }
        | Fact::WrongPassword { .. }
        | Fact::TooManyConnections { .. }
        | Fact::ClientAuthFailed { .. } => Level::Turn,
        Fact::Heard {
            used: NotificationUse::LostWhileFinalising | NotificationUse::PutBack,
            ..
        } => Level::Turn,
        Fact::Proposed { .. }
        | Fact::Committed { .. }
        | Fact::ClientConnected { .. }
        | Fact::ClientDisconnected { .. }
        | Fact::Asked { .. }
        | Fact::Answered { .. }
        | Fact::Unanswered { .. }
        | Fact::EventHeard { .. }
        | Fact::WatchesResent { .. }
        | Fact::SnapshotTaken { .. } => Level::Traffic,
        _ => Level::Detail,
    }
}
