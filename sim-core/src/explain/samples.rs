//! One sample of every sentence there is, for the tests of the texts.

use crate::base::{CallId, Conn, HostId, Lane, NodeId, Port, SimTime, Span, StepIndex, Steps};
use crate::engine::{DiskFault, Fault, Latency, LinkSet, MessageAct, MessageRef};
use crate::explain::{Names, Who};
use crate::trace::{Record, What};
use crate::zookeeper::*;
use std::sync::Arc;

/// Servers 1 to 5 on nodes 0 to 4, an observer 6 and a client.
pub(super) fn names() -> Names {
    let servers = (1..=5).map(|sid| Who::Server(Sid(sid), true));
    let others = [Who::Server(Sid(6), false), Who::Client("c1".into())];
    let host = ("h1".into(), vec![NodeId(0), NodeId(6)]);
    Names::new(servers.chain(others).collect()).with_hosts(vec![host])
}

pub(super) fn record<F>(step: u64, node: u16, what: What<F>) -> Record<F> {
    Record {
        step: StepIndex(step),
        at: SimTime(step * 1_000_000),
        node: NodeId(node),
        cause: StepIndex(step),
        because: Steps::new(),
        what,
    }
}

pub(super) fn fact(step: u64, node: u16, fact: Fact, because: &[u64]) -> Record<Fact> {
    Record {
        because: because.iter().map(|s| StepIndex(*s)).collect(),
        ..record(step, node, What::Fact(fact))
    }
}

pub(super) fn vote(leader: i64, zxid: i64, epoch: i64, round: i64) -> Vote {
    Vote {
        leader: Sid(leader),
        zxid: Zxid(zxid),
        peer_epoch: Epoch(epoch),
        round: Round(round),
    }
}

pub(super) fn notification(state: ServerState, vote: Vote) -> Notification {
    Notification {
        state,
        leader: vote.leader,
        zxid: vote.zxid,
        round: vote.round,
        peer_epoch: vote.peer_epoch,
        version: 2,
    }
}

fn sids(list: &[i64]) -> Box<[Sid]> {
    list.iter().map(|s| Sid(*s)).collect()
}

fn alone(snapshot: Option<Zxid>) -> Fact {
    Fact::RunsAlone {
        last_zxid: Zxid(8),
        snapshot,
        replayed: 5,
    }
}

fn elections() -> Vec<Fact> {
    use ServerState::{Following, Leading, Looking, Observing};
    let loaded = |snapshot, replayed| Fact::Loaded {
        last_zxid: Zxid(8),
        snapshot,
        replayed,
        accepted_epoch: Epoch(1),
        current_epoch: Epoch(1),
    };
    let voted = |from: Option<Vote>, to, heard: Option<Vote>, compared| Fact::Voted {
        from,
        to,
        heard: heard.map(|v| (Sid(2), notification(Looking, v))),
        compared,
    };
    let heard = |sender, state, told, used, compared| Fact::Heard {
        sender: Sid(sender),
        notification: notification(state, told),
        own_state: Looking,
        own: vote(1, 0, 0, 1),
        used,
        compared,
    };
    let two = vote(2, 0, 0, 1);
    let one = vote(1, 0, 0, 1);
    let mut facts = vec![
        alone(None),
        alone(Some(Zxid(4))),
        loaded(None, 0),
        loaded(None, 8),
        loaded(Some(Zxid(4)), 4),
        Fact::Fatal {
            code: 13,
            reason: "Unable to truncate".into(),
        },
        Fact::State {
            from: Looking,
            to: Leading,
        },
        Fact::Tampered {
            state: Some(Leading),
            vote: None,
            zxid: None,
        },
        Fact::Tampered {
            state: Some(Looking),
            vote: None,
            zxid: None,
        },
        Fact::Tampered {
            state: None,
            vote: Some(two),
            zxid: None,
        },
        Fact::Tampered {
            state: None,
            vote: None,
            zxid: Some(Zxid(8)),
        },
        Fact::RoundBegan { vote: one },
        Fact::RoundBegan {
            vote: vote(Sid::NONE.0, Zxid::NONE.0, 0, 1),
        },
        voted(None, one, None, Compared::Equal),
        voted(None, two, None, Compared::Equal),
        voted(Some(one), two, Some(two), Compared::Sid),
        voted(Some(one), vote(2, 8, 0, 1), Some(two), Compared::Zxid),
        voted(Some(one), vote(2, 8, 1, 1), Some(two), Compared::Epoch),
        voted(Some(two), vote(2, 8, 0, 1), Some(two), Compared::Zxid),
        voted(Some(one), two, Some(two), Compared::Weight),
        voted(Some(one), vote(2, 0, 0, 2), Some(two), Compared::Sid),
        voted(Some(one), vote(2, 0, 1, 2), Some(two), Compared::Epoch),
        voted(Some(one), vote(2, 1, 0, 2), Some(two), Compared::Zxid),
        voted(Some(one), vote(2, 1, 0, 2), Some(two), Compared::Weight),
        voted(Some(two), vote(1, 0, 0, 2), Some(two), Compared::Sid),
        Fact::FinalizeBegan {
            vote: two,
            votes: sids(&[1, 2, 3]),
        },
        Fact::NoWordFromLeader {
            leader: Sid(3),
            votes: sids(&[1, 2]),
        },
        Fact::CnxYielded { to: Sid(2) },
        Fact::CnxDown { with: Sid(2) },
        voted(None, vote(Sid::NONE.0, 0, 0, 1), None, Compared::Equal),
        voted(
            Some(vote(Sid::NONE.0, 0, 0, 1)),
            two,
            Some(two),
            Compared::Epoch,
        ),
        Fact::Heard {
            sender: Sid(2),
            notification: notification(Looking, two),
            own_state: Looking,
            own: vote(Sid::NONE.0, 0, 0, 1),
            used: NotificationUse::Adopted,
            compared: Some(Compared::Epoch),
        },
    ];
    for phase in [
        Phase::Election,
        Phase::Discovery,
        Phase::Synchronization,
        Phase::Broadcast,
    ] {
        facts.push(Fact::PhaseIs {
            from: phase,
            to: phase,
        });
    }
    for used in [
        NotificationUse::AnsweredObserver,
        NotificationUse::AnsweredLooking,
        NotificationUse::Ignored,
        NotificationUse::DroppedNotAVoter,
        NotificationUse::DroppedUninitialised,
        NotificationUse::DroppedOldRound,
        NotificationUse::DroppedObserving,
        NotificationUse::NewerRound,
        NotificationUse::Adopted,
        NotificationUse::LostWhileFinalising,
        NotificationUse::PutBack,
        NotificationUse::OutOfElection,
    ] {
        facts.push(heard(2, Following, two, used, Some(Compared::Sid)));
    }
    for compared in [
        Compared::Epoch,
        Compared::Zxid,
        Compared::Sid,
        Compared::Equal,
    ] {
        let used = NotificationUse::Counted;
        facts.push(heard(2, Looking, two, used, Some(compared)));
        facts.push(heard(1, Looking, one, used, Some(compared)));
    }
    facts.push(heard(2, Looking, two, NotificationUse::Adopted, None));
    for flag in [true, false] {
        facts.push(Fact::Tally {
            for_vote: two,
            counted: sids(&[1, 2]),
            needed: 3,
            quorum: flag,
        });
        facts.push(Fact::BackOff {
            waited_ms: 200,
            next_ms: 400,
            resent: flag,
        });
        facts.push(Fact::CnxUp {
            with: Sid(2),
            dialled_by_me: flag,
        });
        facts.push(Fact::CnxFailed {
            to: Sid(2),
            timed_out: flag,
        });
        facts.push(Fact::SentLate {
            to: Sid(2),
            notification: notification(Looking, two),
            again: flag,
        });
    }
    for state in [Leading, Following, Observing] {
        for branch in [Branch::Finalised, Branch::SameRound, Branch::OutOfElection] {
            facts.push(Fact::Decided {
                state,
                vote: vote(3, 0, 0, 1),
                branch,
                votes: sids(&[1, 2, 3]),
                joined_existing: branch != Branch::Finalised,
            });
        }
    }
    facts
}

fn syncs() -> Vec<Fact> {
    let chosen = |kind, row| Fact::SyncChosen {
        learner: Sid(1),
        kind,
        zxid: Zxid(8),
        row,
        peer_last_zxid: Zxid(7),
        min_committed_log: Zxid(1),
        max_committed_log: Zxid(8),
        leader_last_processed: Zxid(8),
        proposals: 1,
    };
    let mut facts = vec![
        Fact::PortOpen,
        Fact::ConnectFailed {
            leader: Sid(3),
            attempt: 1,
            pause_ms: 1000,
        },
        Fact::EpochProposed {
            epoch: Epoch(1),
            highest_heard: Epoch(0),
            heard: sids(&[1, 2, 3]),
        },
        Fact::EpochAgreed {
            epoch: Epoch(1),
            followers: sids(&[1, 2, 3]),
        },
        chosen(SyncKind::Trunc, SyncRow::CommittedLog),
        Fact::NewLeaderHeard { epoch: Epoch(1) },
        Fact::Established {
            epoch: Epoch(1),
            followers: sids(&[1, 2, 3]),
            last_processed: Zxid(1 << 32),
            history_digest: 0,
            history_len: 0,
        },
        Fact::UpToDate {
            last_processed: Zxid(8),
        },
    ];
    for kind in [SyncKind::Diff, SyncKind::Trunc, SyncKind::Snap] {
        facts.push(Fact::SyncHeard {
            kind,
            zxid: Zxid(8),
        });
    }
    for row in [
        SyncRow::Forced,
        SyncRow::Equal,
        SyncRow::Ahead,
        SyncRow::CommittedLog,
        SyncRow::DiskLog,
        SyncRow::TooFarBehind,
        SyncRow::DiskLogTooLarge,
        SyncRow::EpochBoundary,
        SyncRow::GapInLog,
    ] {
        facts.push(chosen(SyncKind::Diff, row));
    }
    for observer in [true, false] {
        facts.push(Fact::LearnerHeard {
            learner: Sid(1),
            accepted_epoch: Epoch(0),
            observer,
        });
    }
    for verdict in [
        Verdict::Accepted,
        Verdict::AlreadyAccepted,
        Verdict::Refused,
    ] {
        facts.push(Fact::EpochHeard {
            leader: Sid(3),
            offered: Epoch(1),
            accepted: Epoch(0),
            verdict,
        });
        facts.push(Fact::NewLeaderAck {
            learner: Sid(1),
            zxid: Zxid(8),
            verdict,
        });
        facts.push(Fact::AckEpochHeard {
            follower: Sid(1),
            epoch: (verdict != Verdict::AlreadyAccepted).then_some(Epoch(0)),
            zxid: Zxid(8),
            own_epoch: Epoch(0),
            own_zxid: Zxid(8),
            verdict,
        });
    }
    for loss in [
        Loss::ConnectionLost,
        Loss::ReadTimeout,
        Loss::ProposalTimeout,
        Loss::AheadOfLeader,
        Loss::NotNewLeaderAck,
        Loss::Replaced,
        Loss::LeaderGone,
        Loss::WaitTimeout,
        Loss::BadPacket,
        Loss::DiskFailed,
    ] {
        facts.push(Fact::LearnerLost {
            learner: Sid(1),
            loss,
        });
    }
    for why in [
        StepDown::EpochWait,
        StepDown::AckEpochWait,
        StepDown::NewLeaderWait,
        StepDown::NoQuorum,
        StepDown::FollowerAhead,
        StepDown::CannotConnect,
        StepDown::ConnectionLost,
        StepDown::ReadTimeout,
        StepDown::LowerEpoch,
        StepDown::BadPacket,
        StepDown::DiskFailed,
        StepDown::CounterRanOut,
        StepDown::LeaderGone,
        StepDown::VoterLooksAgain,
        StepDown::FromOutside,
    ] {
        facts.push(Fact::SteppedDown {
            was: ServerState::Leading,
            why,
            synced: sids(&[]),
        });
    }
    facts
}

fn broadcasts() -> Vec<Fact> {
    let path: Arc<str> = "/a".into();
    let create = |kind| TxnBody::Create {
        path: path.clone(),
        data: Arc::new([]),
        acl: AclList::OPEN,
        parent_cversion: 1,
        kind,
    };
    let bodies = [
        create(NodeKind::Ephemeral),
        create(NodeKind::Persistent),
        create(NodeKind::Container),
        create(NodeKind::Ttl(60_000)),
        TxnBody::DeleteContainer { path: path.clone() },
        TxnBody::SetAcl {
            path: path.clone(),
            acl: AclList::OPEN,
            version: 1,
        },
        TxnBody::Delete { path: path.clone() },
        TxnBody::SetData {
            path: path.clone(),
            data: Arc::new([]),
            version: 1,
        },
        TxnBody::Check {
            path: path.clone(),
            version: 1,
        },
        TxnBody::Multi(Arc::new([
            create(NodeKind::Ephemeral),
            create(NodeKind::Persistent),
        ])),
        TxnBody::CreateSession { timeout_ms: 4000 },
        TxnBody::CloseSession,
        TxnBody::Error(ErrorCode::NoNode),
    ];
    let txn = |body: &TxnBody| Arc::new(Txn::new(Zxid(9), SessionId(1), 1, 0, body.clone()));
    let proposed = |body| Fact::Proposed { txn: txn(body) };
    let mut facts: Vec<Fact> = bodies.iter().map(proposed).collect();
    for serving in [true, false] {
        facts.push(Fact::Applied {
            txn: txn(&bodies[0]),
            serving,
        });
        facts.push(Fact::EpochFile {
            accepted: serving,
            epoch: Epoch(1),
        });
        facts.push(Fact::Serving {
            yes: serving,
            last_zxid: Zxid(8),
        });
    }
    facts.extend([
        Fact::ProposalHeard { zxid: Zxid(9) },
        Fact::CommitUnmatched {
            zxid: Zxid(9),
            expected: None,
        },
        Fact::CommitUnmatched {
            zxid: Zxid(9),
            expected: Some(Zxid(8)),
        },
        Fact::Acked {
            by: Sid(1),
            zxid: Zxid(9),
            acks: 1,
            needed: 2,
        },
        Fact::Committed {
            zxid: Zxid(9),
            acks: sids(&[1, 3]),
        },
        Fact::Logged {
            zxid: Zxid(9),
            digest: 0,
            file: Zxid(1),
        },
        Fact::Synced { zxid: Zxid(9) },
        Fact::SnapshotTaken {
            name: Zxid(9),
            last_processed: Zxid(9),
        },
        Fact::Truncated {
            to: Zxid(8),
            removed: 1,
            reported: Zxid(8),
        },
        Fact::DatabaseReplaced { zxid: Zxid(8) },
    ]);
    facts
}

fn clients() -> Vec<Fact> {
    let path: Arc<str> = "/a".into();
    let session = SessionId(0x0100_0000_0000_0000);
    let mut ops = vec![
        Op::Delete {
            path: path.clone(),
            version: -1,
        },
        Op::SetData {
            path: path.clone(),
            data: Arc::new([]),
            version: -1,
        },
        Op::Check {
            path: path.clone(),
            version: 1,
        },
        Op::GetData {
            path: path.clone(),
            watch: false,
        },
        Op::Exists {
            path: path.clone(),
            watch: false,
        },
        Op::GetChildren {
            path: path.clone(),
            watch: false,
        },
        Op::Sync { path: path.clone() },
        Op::Ping,
        Op::CreateSession { timeout_ms: 4000 },
        Op::CloseSession,
    ];
    ops.extend([
        Op::SetAcl {
            path: path.clone(),
            acl: AclList::OPEN,
            version: -1,
        },
        Op::DeleteContainer { path: path.clone() },
        Op::Reconfig,
        Op::GetChildren2 {
            path: path.clone(),
            watch: false,
        },
        Op::GetAcl { path: path.clone() },
        Op::GetEphemerals {
            prefix: path.clone(),
        },
        Op::GetAllChildrenNumber { path: path.clone() },
        Op::WhoAmI,
        Op::Auth {
            scheme: "digest".into(),
            auth: Arc::new(*b"ann:secret"),
        },
        Op::SetWatches(Box::default()),
        Op::AddWatch {
            path: path.clone(),
            mode: AddWatchMode::Persistent,
        },
        Op::RemoveWatches {
            path: path.clone(),
            kind: WatcherKind::Any,
        },
        Op::CheckWatches {
            path: path.clone(),
            kind: WatcherKind::Any,
        },
        Op::Unknown { kind: 99 },
    ]);
    for mode in CreateMode::ALL {
        let ttl_ms = if mode.has_ttl() { 60_000 } else { -1 };
        ops.push(Op::Create {
            path: path.clone(),
            data: Arc::new([]),
            acl: AclList::OPEN,
            mode,
            ttl_ms,
            stat: false,
        });
    }
    ops.push(Op::MultiRead(ops.clone().into()));
    ops.push(Op::Multi(ops.clone().into()));
    let results = [
        OpResult::Done,
        OpResult::Path(path.clone()),
        OpResult::Stat(Stat::default()),
        OpResult::Data(Arc::new([1]), Stat::default()),
        OpResult::Children(Arc::new([path.clone()])),
        OpResult::Created(path.clone(), Stat::default()),
        OpResult::Children2(Arc::new([path.clone()]), Stat::default()),
        OpResult::Acl(AclList::OPEN, Stat::default()),
        OpResult::Number(2),
        OpResult::Identities(Arc::new([Id::new("ip", "10.0.0.1")])),
        OpResult::Multi(Arc::new([OpResult::Done])),
        OpResult::Error(ErrorCode::NoNode),
    ];
    let answered = |error, result| Fact::Answered {
        session,
        cxid: 1,
        op: Arc::new(Op::Ping),
        zxid: Zxid(9),
        error,
        result,
    };
    let mut facts: Vec<Fact> = results.into_iter().map(|r| answered(None, r)).collect();
    facts.push(answered(Some(ErrorCode::NoNode), OpResult::Done));
    facts.extend(ops.into_iter().map(|op| Fact::Asked {
        session,
        cxid: 1,
        op: Arc::new(op),
        to: Sid(1),
    }));
    facts.extend([
        Fact::SessionOpened {
            session,
            timeout_ms: 4000,
        },
        Fact::WatchSet {
            session,
            path: path.clone(),
        },
        Fact::WatchFired {
            session,
            kind: EventKind::NodeDeleted,
            path: path.clone(),
        },
        Fact::WatchesDropped { session, count: 2 },
        Fact::EventHeard {
            session,
            kind: EventKind::NodeDeleted,
            path: path.clone(),
        },
        Fact::WatchesResent {
            session,
            since: Zxid(9),
            count: 1,
        },
        Fact::SessionMoved { session },
        Fact::WrongPassword { session },
        Fact::TooManyConnections { open: 2, limit: 2 },
        Fact::ClientAuthFailed { session },
        Fact::SessionExpired { session },
        Fact::ClientConnected {
            session,
            to: Sid(1),
        },
        Fact::ClientDisconnected { from: Sid(1) },
        Fact::ClientExpired { session },
        Fact::Unanswered { session, cxid: 1 },
        Fact::ClientAhead {
            client_zxid: Zxid(9),
            own: Zxid(8),
        },
    ]);
    facts
}

/// Every fact, in every form that has a text of its own.
pub(super) fn facts() -> Vec<Fact> {
    [elections(), syncs(), broadcasts(), clients()].concat()
}

/// Every record of the engine.
pub(super) fn records() -> Vec<Record<Fact>> {
    let conn = Conn(1);
    let port = Port(1);
    let mut all = vec![
        What::Booted,
        What::Accepted {
            conn,
            from: NodeId(1),
            port,
        },
        What::Opened { conn },
        What::Refused { conn },
        What::Delivered {
            conn,
            from: NodeId(1),
            port,
            kind: 64,
            nth: 0,
        },
        What::Fired { timer: 0 },
        What::Handed { lane: Lane(0) },
        What::Called { call: CallId(0) },
        What::Sent {
            conn,
            to: NodeId(6),
            port,
            kind: 64,
            nth: 0,
        },
        What::Lost {
            conn,
            to: NodeId(1),
            port,
            kind: 64,
            nth: 0,
        },
        What::Dialled {
            conn,
            to: NodeId(1),
            port,
        },
        What::Hung { conn },
        What::Replied { call: CallId(0) },
        What::Exited { code: 13 },
        What::Faulted("Cut(LinkSet)".into()),
    ];
    all.extend([0, 1, 2].map(|why| What::Closed { conn, why }));
    all.extend([true, false].map(|ok| What::Written { ok }));
    let mut records: Vec<_> = all.into_iter().map(|what| record(1, 0, what)).collect();
    records.push(record(1, 6, What::Booted));
    records.push(record(1, 99, What::Booted));
    records
}

/// Every fault.
pub(super) fn faults() -> Vec<Fault> {
    let node = NodeId(0);
    let set = LinkSet {
        from: Some(node),
        to: None,
        port: Some(Port(1)),
    };
    let anywhere = LinkSet {
        from: None,
        to: None,
        port: None,
    };
    let ms = Span::from_millis;
    let fixed = Latency::Fixed(ms(1));
    let uniform = Latency::Uniform {
        min: ms(1),
        max: ms(5),
    };
    let exponential = Latency::Exponential {
        min: ms(1),
        mean: ms(1),
    };
    let message = MessageRef {
        from: node,
        to: NodeId(1),
        port: Port(2),
        kind: 64,
        nth: 0,
    };
    let mut all = vec![
        Fault::Start(node),
        Fault::Crash(node),
        Fault::PowerLoss(HostId(0)),
        Fault::Pause(node),
        Fault::Resume(node),
        Fault::Partition(vec![vec![node], vec![NodeId(1), NodeId(2)]]),
        Fault::Cut(set),
        Fault::Swallow(set),
        Fault::Reject(set),
        Fault::Heal(anywhere),
        Fault::Latency(set, Some(uniform)),
        Fault::Latency(set, Some(exponential)),
        Fault::Latency(set, None),
        Fault::Reset(set),
        Fault::Wipe(node),
        Fault::WallJump(HostId(0), -3_600_000_000_000),
        Fault::Drift(HostId(0), 100),
        Fault::SlowLane(node, None, Some(fixed)),
        Fault::SlowLane(node, None, None),
    ];
    all.extend(
        [
            MessageAct::Hold,
            MessageAct::Deliver,
            MessageAct::Drop,
            MessageAct::Duplicate,
            MessageAct::Reorder,
        ]
        .map(|act| Fault::Message(message, act)),
    );
    all.extend(
        [
            DiskFault::None,
            DiskFault::Slow(fixed),
            DiskFault::Stall,
            DiskFault::Full(10),
            DiskFault::Fail,
            DiskFault::TearNext,
        ]
        .map(|fault| Fault::Disk(node, fault)),
    );
    all
}
