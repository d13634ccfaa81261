//! Facts of agreeing on an epoch, bringing histories into line, and giving up.

use crate::explain::{At, Sentence, Value, text_sync as text, text_words as word};
use crate::zookeeper::{Fact, Loss, Sid, StepDown, SyncKind, SyncRow, Verdict};

/// The sentence of a fact of discovery or synchronisation.
pub(super) fn tell(fact: &Fact, at: At<'_>) -> Sentence {
    let who = |text| Sentence::new(text).with("who", at.server());
    let servers = |list: &[Sid]| Value::Servers(list.into());
    match fact {
        Fact::PortOpen => who(&text::PORT_OPEN),
        Fact::ConnectFailed {
            leader,
            attempt,
            pause_ms,
        } => who(&text::CONNECT_FAILED)
            .with("leader", Value::Server(*leader))
            .with("attempt", Value::Number(i64::from(*attempt)))
            .with("pause", Value::Number(i64::from(*pause_ms))),
        Fact::LearnerHeard {
            learner,
            accepted_epoch,
            observer,
        } => who(if *observer {
            &text::OBSERVER_HEARD
        } else {
            &text::FOLLOWER_HEARD
        })
        .with("learner", Value::Server(*learner))
        .with("accepted", Value::Epoch(*accepted_epoch)),
        Fact::EpochProposed {
            epoch,
            highest_heard,
            heard,
        } => who(&text::EPOCH_PROPOSED)
            .with("epoch", Value::Epoch(*epoch))
            .with("highest", Value::Epoch(*highest_heard))
            .told("heard", servers(heard), at.because),
        Fact::EpochHeard {
            leader,
            offered,
            accepted,
            verdict,
        } => who(match verdict {
            Verdict::Accepted => &text::EPOCH_ACCEPTED,
            Verdict::AlreadyAccepted => &text::EPOCH_AGAIN,
            Verdict::Refused => &text::EPOCH_REFUSED,
        })
        .with("leader", Value::Server(*leader))
        .with("offered", Value::Epoch(*offered))
        .with("accepted", Value::Epoch(*accepted)),
        Fact::AckEpochHeard { .. } => ack_epoch(fact, at),
        Fact::EpochAgreed { epoch, followers } => who(&text::EPOCH_AGREED)
            .with("epoch", Value::Epoch(*epoch))
            .told("followers", servers(followers), at.because),
        Fact::SyncChosen { .. } => chosen(fact, at),
        Fact::SyncHeard { kind, zxid } => who(&text::SYNC_HEARD)
            .with("kind", kind_of(*kind))
            .with("zxid", Value::Zxid(*zxid)),
        Fact::NewLeaderHeard { epoch } => {
            who(&text::NEW_LEADER_HEARD).with("epoch", Value::Epoch(*epoch))
        }
        Fact::NewLeaderAck {
            learner,
            zxid,
            verdict,
        } => who(match verdict {
            Verdict::Accepted => &text::NEW_LEADER_ACK,
            Verdict::AlreadyAccepted => &text::NEW_LEADER_ACK_AGAIN,
            Verdict::Refused => &text::NEW_LEADER_ACK_WRONG,
        })
        .with("learner", Value::Server(*learner))
        .with("zxid", Value::Zxid(*zxid)),
        Fact::Established {
            epoch,
            followers,
            last_processed,
            ..
        } => who(&text::ESTABLISHED)
            .with("epoch", Value::Epoch(*epoch))
            .told("followers", servers(followers), at.because)
            .with("zxid", Value::Zxid(*last_processed)),
        Fact::UpToDate { last_processed } => {
            who(&text::UP_TO_DATE).with("zxid", Value::Zxid(*last_processed))
        }
        Fact::LearnerLost { learner, loss } => who(&text::LEARNER_LOST)
            .with("learner", Value::Server(*learner))
            .with("word", lost(*loss)),
        Fact::SteppedDown { was, why, synced } => {
            let in_time = *why == StepDown::NoQuorum;
            let down = who(if in_time {
                &text::STEPPED_DOWN_SYNCED
            } else {
                &text::STEPPED_DOWN
            })
            .with("was", Value::State(*was))
            .with("word", gave_up(*why));
            if in_time {
                down.with("synced", servers(synced))
            } else {
                down
            }
        }
        other => unreachable!("not discovery or synchronisation: {other:?}"),
    }
}

fn ack_epoch(fact: &Fact, at: At<'_>) -> Sentence {
    let &Fact::AckEpochHeard {
        follower,
        epoch,
        zxid,
        own_epoch,
        own_zxid,
        verdict,
    } = fact
    else {
        unreachable!("called for AckEpochHeard");
    };
    let told = |text| {
        Sentence::new(text)
            .with("who", at.server())
            .with("follower", Value::Server(follower))
            .with("zxid", Value::Zxid(zxid))
    };
    let (Some(epoch), Verdict::Accepted | Verdict::Refused) = (epoch, verdict) else {
        return told(&text::ACK_EPOCH_NOT_COUNTED);
    };
    let counted = verdict == Verdict::Accepted;
    told(if counted {
        &text::ACK_EPOCH_COUNTED
    } else {
        &text::ACK_EPOCH_REFUSED
    })
    .with("epoch", Value::Epoch(epoch))
    .with("own_epoch", Value::Epoch(own_epoch))
    .with("own_zxid", Value::Zxid(own_zxid))
}

fn chosen(fact: &Fact, at: At<'_>) -> Sentence {
    let &Fact::SyncChosen {
        learner,
        kind,
        zxid,
        row,
        peer_last_zxid,
        min_committed_log,
        max_committed_log,
        proposals,
        ..
    } = fact
    else {
        unreachable!("called for SyncChosen");
    };
    let told = |text| {
        Sentence::new(text)
            .with("who", at.server())
            .with("learner", Value::Server(learner))
            .with("kind", kind_of(kind))
            .with("zxid", Value::Zxid(zxid))
    };
    let peer = |s: Sentence| s.told("peer", Value::Zxid(peer_last_zxid), at.because);
    let min = |s: Sentence| s.with("min", Value::Zxid(min_committed_log));
    let max = |s: Sentence| s.with("max", Value::Zxid(max_committed_log));
    let more = |s: Sentence| s.with("proposals", Value::Number(i64::from(proposals)));
    match row {
        SyncRow::Forced => told(&text::SYNC_FORCED),
        SyncRow::Equal => peer(told(&text::SYNC_EQUAL)),
        SyncRow::Ahead => max(peer(told(&text::SYNC_AHEAD))),
        SyncRow::CommittedLog if kind == SyncKind::Trunc => {
            more(max(min(peer(told(&text::SYNC_CUT_LOG)))))
        }
        SyncRow::CommittedLog => more(max(min(peer(told(&text::SYNC_COMMITTED_LOG))))),
        SyncRow::DiskLog => more(min(peer(told(&text::SYNC_DISK_LOG)))),
        SyncRow::TooFarBehind => min(peer(told(&text::SYNC_TOO_FAR))),
        SyncRow::DiskLogTooLarge => peer(told(&text::SYNC_LOG_TOO_LARGE)),
        SyncRow::EpochBoundary => peer(told(&text::SYNC_EPOCH_BOUNDARY)),
        SyncRow::GapInLog => min(peer(told(&text::SYNC_GAP))),
    }
}

fn kind_of(kind: SyncKind) -> Value {
    Value::Name(
        match kind {
            SyncKind::Diff => "DIFF",
            SyncKind::Trunc => "TRUNC",
            SyncKind::Snap => "SNAP",
        }
        .into(),
    )
}

fn lost(loss: Loss) -> Value {
    Value::Word(match loss {
        Loss::ConnectionLost => &word::LOST_CONNECTION,
        Loss::ReadTimeout => &word::LOST_READ_TIMEOUT,
        Loss::ProposalTimeout => &word::LOST_PROPOSAL_TIMEOUT,
        Loss::AheadOfLeader => &word::LOST_AHEAD,
        Loss::NotNewLeaderAck => &word::LOST_NOT_NEW_LEADER_ACK,
        Loss::Replaced => &word::LOST_REPLACED,
        Loss::LeaderGone => &word::LOST_LEADER_GONE,
        Loss::WaitTimeout => &word::LOST_WAIT_TIMEOUT,
        Loss::BadPacket => &word::LOST_BAD_PACKET,
        Loss::DiskFailed => &word::LOST_DISK_FAILED,
    })
}

fn gave_up(why: StepDown) -> Value {
    Value::Word(match why {
        StepDown::EpochWait => &word::EPOCH_WAIT,
        StepDown::VoterLooksAgain => &word::VOTER_LOOKS_AGAIN,
        StepDown::AckEpochWait => &word::ACK_EPOCH_WAIT,
        StepDown::NewLeaderWait => &word::NEW_LEADER_WAIT,
        StepDown::NoQuorum => &word::NO_QUORUM,
        StepDown::FollowerAhead => &word::FOLLOWER_AHEAD,
        StepDown::CannotConnect => &word::CANNOT_CONNECT,
        StepDown::ConnectionLost => &word::CONNECTION_LOST,
        StepDown::ReadTimeout => &word::READ_TIMEOUT,
        StepDown::LowerEpoch => &word::LOWER_EPOCH,
        StepDown::BadPacket => &word::BAD_PACKET,
        StepDown::DiskFailed => &word::DISK_FAILED,
        StepDown::CounterRanOut => &word::COUNTER_RAN_OUT,
        StepDown::LeaderGone => &word::LEADER_GONE,
        StepDown::FromOutside => &word::FROM_OUTSIDE,
    })
}
