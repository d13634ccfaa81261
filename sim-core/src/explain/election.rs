//! Facts of starting, voting and deciding.

use crate::explain::vote::{above, below, decided_by, vote_of};
use crate::explain::{At, Sentence, Text, Value, text_election as text, text_words as word};
use crate::zookeeper::{
    Branch, Compared, Fact, Notification, NotificationUse, Phase, ServerState, Sid, Vote, Zxid,
};

/// What was set from outside.
fn tampered(
    state: Option<ServerState>,
    vote: Option<Vote>,
    zxid: Option<Zxid>,
    at: At<'_>,
) -> Sentence {
    let who = |text| Sentence::new(text).with("who", at.server());
    if let Some(vote) = vote {
        who(&text::TAMPERED_VOTE)
            .with("leader", Value::Server(vote.leader))
            .with("zxid", Value::Zxid(vote.zxid))
            .with("round", Value::Round(vote.round))
    } else if let Some(zxid) = zxid {
        who(&text::TAMPERED_ZXID).with("zxid", Value::Zxid(zxid))
    } else if state == Some(ServerState::Looking) {
        who(&text::TAMPERED_QUITS)
    } else {
        let state = state.unwrap_or_default();
        who(&text::TAMPERED_STATE).with("state", Value::State(state))
    }
}

/// The sentence of an election's fact.
pub(super) fn tell(fact: &Fact, at: At<'_>) -> Sentence {
    let who = |text| Sentence::new(text).with("who", at.server());
    match fact {
        Fact::Loaded { .. } => loaded(fact, at),
        Fact::RunsAlone { .. } => runs_alone(fact, at),
        Fact::Fatal { code, reason } => who(&text::FATAL)
            .with("code", Value::Number(i64::from(*code)))
            .with("reason", Value::Name(reason.clone())),
        Fact::Tampered { state, vote, zxid } => tampered(*state, *vote, *zxid, at),
        Fact::State { from, to } => who(&text::STATE)
            .with("from", Value::State(*from))
            .with("to", Value::State(*to)),
        Fact::PhaseIs { from, to } => who(&text::PHASE)
            .with("from", phase(*from))
            .with("to", phase(*to)),
        Fact::RoundBegan { vote } if vote.leader == Sid::NONE => {
            who(&text::ROUND_BEGAN_OBSERVER).with("round", Value::Round(vote.round))
        }
        Fact::RoundBegan { vote } => values(who(&text::ROUND_BEGAN), vote, at),
        Fact::Voted {
            from,
            to,
            heard,
            compared,
        } => voted(from.as_ref(), to, heard.as_ref(), *compared, at),
        Fact::Heard {
            sender,
            notification,
            own_state,
            own,
            used,
            compared,
        } => heard(
            *sender,
            notification,
            (*own_state, own),
            *used,
            compared.unwrap_or(Compared::Equal),
            at,
        ),
        Fact::Tally {
            for_vote,
            counted,
            needed,
            quorum,
        } => who(if *quorum {
            &text::TALLY_QUORUM
        } else {
            &text::TALLY
        })
        .with("n", Value::Number(counted.len() as i64))
        .with("leader", Value::Server(for_vote.leader))
        .told("counted", Value::Servers(counted.clone()), at.because)
        .with("needed", Value::Number(i64::from(*needed))),
        Fact::FinalizeBegan { vote, votes } => who(&text::FINALIZE_BEGAN)
            .with("leader", Value::Server(vote.leader))
            .told("votes", Value::Servers(votes.clone()), at.because),
        Fact::BackOff {
            waited_ms,
            next_ms,
            resent,
        } => who(if *resent {
            &text::BACK_OFF_RESENT
        } else {
            &text::BACK_OFF_CONNECT
        })
        .with("waited", Value::Number(i64::from(*waited_ms)))
        .with("next", Value::Number(i64::from(*next_ms))),
        Fact::NoWordFromLeader { leader, votes } => who(&text::NO_WORD_FROM_LEADER)
            .with("leader", Value::Server(*leader))
            .told("votes", Value::Servers(votes.clone()), at.because),
        Fact::Decided {
            state,
            vote,
            branch,
            votes,
            ..
        } => decided(*state, vote, *branch, votes, at),
        Fact::CnxUp {
            with,
            dialled_by_me,
        } => who(if *dialled_by_me {
            &text::CNX_UP_DIALLED
        } else {
            &text::CNX_UP_ACCEPTED
        })
        .with("with", Value::Server(*with)),
        Fact::CnxFailed { to, timed_out } => who(if *timed_out {
            &text::CNX_TIMED_OUT
        } else {
            &text::CNX_REFUSED
        })
        .with("to", Value::Server(*to)),
        Fact::SentLate {
            to,
            notification,
            again,
        } => who(if *again {
            &text::SENT_AGAIN
        } else {
            &text::SENT_LATE
        })
        .with("to", Value::Server(*to))
        .with("leader", Value::Server(notification.leader))
        .with("state", Value::State(notification.state)),
        Fact::CnxYielded { to } => who(&text::CNX_YIELDED).with("to", Value::Server(*to)),
        Fact::CnxDown { with } => who(&text::CNX_DOWN).with("with", Value::Server(*with)),
        other => unreachable!("not an election: {other:?}"),
    }
}

/// Round, epoch and zxid of a vote.
fn values(sentence: Sentence, vote: &Vote, at: At<'_>) -> Sentence {
    sentence
        .with("round", Value::Round(vote.round))
        .told("epoch", Value::Epoch(vote.peer_epoch), at.because)
        .told("zxid", Value::Zxid(vote.zxid), at.because)
}

fn phase(phase: Phase) -> Value {
    Value::Word(match phase {
        Phase::Election => &word::ELECTION,
        Phase::Discovery => &word::DISCOVERY,
        Phase::Synchronization => &word::SYNCHRONIZATION,
        Phase::Broadcast => &word::BROADCAST,
    })
}

fn loaded(fact: &Fact, at: At<'_>) -> Sentence {
    let &Fact::Loaded {
        last_zxid,
        snapshot,
        replayed,
        accepted_epoch,
        current_epoch,
    } = fact
    else {
        unreachable!("called for Loaded");
    };
    let epochs = |text: &'static Text| {
        Sentence::new(text)
            .with("who", at.server())
            .with("current", Value::Epoch(current_epoch))
            .with("accepted", Value::Epoch(accepted_epoch))
    };
    let data = |text| {
        epochs(text)
            .with("replayed", Value::Number(i64::from(replayed)))
            .with("zxid", Value::Zxid(last_zxid))
    };
    match snapshot {
        Some(name) => {
            let name = format!("{:x}", name.0).into();
            data(&text::LOADED_SNAPSHOT).with("snapshot", Value::Name(name))
        }
        None if replayed == 0 => epochs(&text::LOADED_EMPTY),
        None => data(&text::LOADED_LOG),
    }
}

fn runs_alone(fact: &Fact, at: At<'_>) -> Sentence {
    let &Fact::RunsAlone {
        last_zxid,
        snapshot,
        replayed,
    } = fact
    else {
        unreachable!("called for RunsAlone");
    };
    let who = |text| Sentence::new(text).with("who", at.server());
    let Some(name) = snapshot else {
        return who(&text::ALONE_EMPTY);
    };
    who(&text::ALONE_LOADED)
        .with("snapshot", Value::Name(format!("{:x}", name.0).into()))
        .with("replayed", Value::Number(i64::from(replayed)))
        .with("zxid", Value::Zxid(last_zxid))
}

fn voted(
    from: Option<&Vote>,
    to: &Vote,
    heard: Option<&(Sid, Notification)>,
    compared: Compared,
    at: At<'_>,
) -> Sentence {
    let own = at.names.sid(at.node);
    let who = |text| Sentence::new(text).with("who", at.server());
    match (from, heard) {
        (Some(from), Some((sender, notification)))
            if from.round != to.round && from.leader != Sid::NONE =>
        {
            let joined = |text| {
                who(text)
                    .with("round", Value::Round(to.round))
                    .with("sender", Value::Server(*sender))
            };
            if own == Some(to.leader) {
                joined(&text::VOTED_ROUND_SELF)
                    .with("epoch", Value::Epoch(to.peer_epoch))
                    .with("zxid", Value::Zxid(to.zxid))
                    .told("heard", Value::Server(notification.leader), at.because)
            } else {
                joined(&text::VOTED_ROUND_OTHER)
                    .told("to", Value::Server(to.leader), at.because)
                    .with("word", decided_by(compared))
            }
        }
        (Some(from), Some((sender, _))) if from.leader == Sid::NONE => who(&text::VOTED_OBSERVER)
            .with("sender", Value::Server(*sender))
            .told("to", Value::Server(to.leader), at.because),
        (Some(from), Some(_)) => {
            let clause = Value::Clause(Box::new(above(to, from, compared, at.because)));
            if from.leader == to.leader {
                who(&text::VOTED_UPDATED)
                    .with("to", Value::Server(to.leader))
                    .with("compared", clause)
            } else {
                who(&text::VOTED)
                    .with("from", Value::Server(from.leader))
                    .told("to", Value::Server(to.leader), at.because)
                    .with("compared", clause)
            }
        }
        _ if to.leader == Sid::NONE => {
            who(&text::VOTED_NOTHING).with("round", Value::Round(to.round))
        }
        _ if own == Some(to.leader) => values(who(&text::VOTED_SELF), to, at),
        _ => values(who(&text::VOTED_FIRST), to, at).with("to", Value::Server(to.leader)),
    }
}

fn heard(
    sender: Sid,
    n: &Notification,
    (own_state, own): (ServerState, &Vote),
    used: NotificationUse,
    compared: Compared,
    at: At<'_>,
) -> Sentence {
    let told = vote_of(n);
    let from = |text| {
        Sentence::new(text)
            .with("who", at.server())
            .with("sender", Value::Server(sender))
    };
    let leader = |text| from(text).with("leader", Value::Server(n.leader));
    let better = || Value::Clause(Box::new(above(&told, own, compared, &[])));
    let worse = || Value::Clause(Box::new(below(&told, own, compared, &[])));
    let rounds = |text| {
        from(text)
            .with("theirs", Value::Round(n.round))
            .with("own", Value::Round(own.round))
    };
    let answered = |text| {
        from(text)
            .with("state", Value::State(own_state))
            .with("leader", Value::Server(own.leader))
    };
    match used {
        NotificationUse::AnsweredObserver => answered(&text::ANSWERED_OBSERVER),
        NotificationUse::AnsweredLooking => answered(&text::ANSWERED_LOOKING),
        NotificationUse::Ignored => from(&text::IGNORED)
            .with("state", Value::State(own_state))
            .with("theirs", Value::State(n.state)),
        NotificationUse::DroppedNotAVoter => leader(&text::DROPPED_NOT_A_VOTER),
        NotificationUse::DroppedUninitialised => from(&text::DROPPED_UNINITIALISED),
        NotificationUse::DroppedOldRound => rounds(&text::DROPPED_OLD_ROUND),
        NotificationUse::DroppedObserving => from(&text::DROPPED_OBSERVING),
        NotificationUse::NewerRound => rounds(&text::NEWER_ROUND),
        NotificationUse::Adopted if own.leader == Sid::NONE => leader(&text::ADOPTED_FIRST),
        NotificationUse::Adopted => leader(&text::ADOPTED).with("compared", better()),
        NotificationUse::Counted if at.names.sid(at.node) == Some(sender) => {
            Sentence::new(&text::COUNTED_OWN)
                .with("who", at.server())
                .with("leader", Value::Server(n.leader))
        }
        NotificationUse::Counted if compared == Compared::Equal => leader(&text::COUNTED_SAME),
        NotificationUse::Counted => leader(&text::COUNTED)
            .with("own", Value::Server(own.leader))
            .with("compared", worse()),
        NotificationUse::LostWhileFinalising => {
            leader(&text::LOST_WHILE_FINALISING).with("own", Value::Server(own.leader))
        }
        NotificationUse::PutBack => leader(&text::PUT_BACK).with("compared", better()),
        NotificationUse::OutOfElection => leader(&text::OUT_OF_ELECTION)
            .with("theirs", Value::State(n.state))
            .with("round", Value::Round(n.round))
            .with("epoch", Value::Epoch(n.peer_epoch)),
    }
}

fn decided(state: ServerState, vote: &Vote, branch: Branch, votes: &[Sid], at: At<'_>) -> Sentence {
    let observes = state == ServerState::Observing;
    let text = match (state, branch) {
        (ServerState::Leading, Branch::Finalised) => &text::LEADS_FINALISED,
        (ServerState::Leading, _) => &text::LEADS_NAMED,
        (_, Branch::Finalised) if observes => &text::OBSERVES_FINALISED,
        (_, Branch::Finalised) => &text::FOLLOWS_FINALISED,
        (_, Branch::SameRound) if observes => &text::OBSERVES_SAME_ROUND,
        (_, Branch::SameRound) => &text::FOLLOWS_SAME_ROUND,
        (_, Branch::OutOfElection) if observes => &text::OBSERVES_EXISTING,
        (_, Branch::OutOfElection) => &text::FOLLOWS_EXISTING,
    };
    let mut sentence = Sentence::new(text)
        .with("who", at.server())
        .with("count", Value::Count(votes.len() as u32))
        .told("votes", Value::Servers(votes.into()), at.because);
    if state != ServerState::Leading {
        sentence = sentence.with("leader", Value::Server(vote.leader));
    }
    match branch {
        Branch::Finalised => sentence
            .with("round", Value::Round(vote.round))
            .with("epoch", Value::Epoch(vote.peer_epoch))
            .with("zxid", Value::Zxid(vote.zxid)),
        _ if state == ServerState::Leading => sentence
            .with("round", Value::Round(vote.round))
            .with("epoch", Value::Epoch(vote.peer_epoch)),
        Branch::SameRound => sentence.with("round", Value::Round(vote.round)),
        Branch::OutOfElection => sentence,
    }
}
