//! One stream per property that breaks it.

use super::stream::{Stream, sids, txn, vote, z};
use crate::base::NodeId;
use crate::engine::{DiskFault, Fault, MessageAct, MessageRef};
use crate::zookeeper::*;
use std::sync::Arc;

/// The property and a stream that breaks it, with what broke.
pub const STREAMS: [(&str, fn() -> Vec<&'static str>); 31] = [
    ("zab.leadership", || {
        let mut s = Stream::new();
        s.leads(3, 1).leads(2, 1).names()
    }),
    ("zab.one-leader-per-epoch", || {
        let mut s = Stream::new();
        s.leads(3, 1).established(3, 1).crash(3);
        s.leads(2, 1).established(2, 1).names()
    }),
    ("zab.prefix-consistency", || {
        let mut s = Stream::new();
        s.formed().write(3, z(1, 1), &[1, 2, 3]);
        s.applies(1, z(1, 2)).applies_variant(2, z(1, 2), 1).names()
    }),
    ("zab.integrity", || {
        let mut s = Stream::new();
        s.formed().proposes(3, z(1, 1)).commits(3, z(1, 1));
        s.applies_variant(1, z(1, 1), 7).names()
    }),
    ("zab.agreement", || {
        let mut s = Stream::new();
        s.formed().write(3, z(1, 1), &[1, 2, 3]);
        s.applies_variant(1, z(1, 2), 1)
            .applies_variant(2, z(1, 2), 2)
            .names()
    }),
    ("zab.total-order", || {
        let mut s = Stream::new();
        s.formed()
            .write(3, z(1, 1), &[2, 3])
            .write(3, z(1, 2), &[2, 3]);
        s.applies(1, z(1, 2)).names()
    }),
    ("zab.local-primary-order", || {
        let mut s = Stream::new();
        s.formed()
            .write(3, z(1, 1), &[2, 3])
            .write(3, z(1, 2), &[3]);
        s.applies(1, z(1, 2)).names()
    }),
    ("zab.global-primary-order", || {
        let mut s = Stream::new();
        s.formed().applies(1, z(1, 2)).applies(1, z(1, 1)).names()
    }),
    ("zab.primary-integrity", || {
        let mut s = Stream::new();
        s.formed().write(3, z(1, 1), &[1, 3]).crash(3);
        s.leads(2, 2).established(2, 2).proposes(2, z(2, 1)).names()
    }),
    ("zab.initial-history", || {
        let mut s = Stream::new();
        s.formed().write(3, z(1, 1), &[1, 3]).crash(3);
        s.leads(1, 2).established(1, 2).crash(1);
        s.leads(2, 3).established(2, 3).names()
    }),
    ("zab.commit-consistency", || {
        let mut s = Stream::new();
        s.formed().proposes(3, z(1, 1)).applies(1, z(1, 1)).names()
    }),
    ("zab.history-consistency", || {
        let mut s = Stream::new();
        s.formed()
            .proposes(3, z(1, 1))
            .logs(1, z(1, 1))
            .logs(1, z(1, 2))
            .names()
    }),
    ("zab.leader-log-completeness", || {
        let mut s = Stream::new();
        s.formed().write(3, z(1, 1), &[1, 3]).crash(3);
        s.leads(2, 2).names()
    }),
    ("zab.committed-log-durability", || {
        let mut s = Stream::new();
        s.formed()
            .write(3, z(1, 1), &[1, 2, 3])
            .write(3, z(1, 2), &[1, 3]);
        s.crash(3).leads(2, 2).decides(1, 2, 2, &[1, 2]);
        s.truncates(1, z(1, 1)).names()
    }),
    ("zab.committed-log-monotonicity", || {
        let mut s = Stream::new();
        s.formed().write(3, z(1, 1), &[1, 3]).crash(3);
        s.leads(2, 2).established(2, 2).names()
    }),
    ("client.monotonic-zxids", || {
        let answered = |zxid| Fact::Answered {
            op: Arc::new(Op::Ping),
            session: SessionId(7),
            cxid: 1,
            zxid,
            error: None,
            result: OpResult::Done,
        };
        let mut s = Stream::new();
        s.fact(4, &answered(z(1, 2))).fact(4, &answered(z(1, 2)));
        assert!(s.names().is_empty());
        s.fact(4, &answered(z(1, 1))).names()
    }),
    ("client.linearizable-writes", || {
        let mut s = with_writes();
        let created = |n: u32, path: &str| answer(create(path), z(1, n), path_result(path));
        s.fact(4, &created(2, "/n100000002"));
        assert!(s.names().is_empty());
        // Asked for after (1,2) was answered.
        s.fact(4, &created(1, "/n100000001"));
        assert_eq!(
            s.names(),
            ["client.monotonic-zxids", "client.linearizable-writes"]
        );
        // The answer of another's write; an answer that tells another path.
        let mut other = with_writes();
        let mut of_other = created(2, "/n100000002");
        if let Fact::Answered { cxid, .. } = &mut of_other {
            *cxid = 9;
        }
        let mut path = with_writes();
        let other_path = answer(create("/n100000001"), z(1, 1), path_result("/x"));
        for wrong in [other.fact(4, &of_other), path.fact(4, &other_path)] {
            assert_eq!(wrong.names(), ["client.linearizable-writes"]);
        }
        s.names()
    }),
    ("client.reads-a-prefix", || {
        let node = "/n100000001";
        let exists = |n, error| {
            let mut read = answer(exists(node, false), z(1, n), OpResult::Done);
            if let Fact::Answered { error: told, .. } = &mut read {
                *told = error;
            }
            read
        };
        let root = |n, names: &[&str]| {
            let children = names.iter().map(|name| Arc::from(*name)).collect();
            let op = Op::GetChildren {
                path: "/".into(),
                watch: false,
            };
            answer(op, z(1, n), OpResult::Children(children))
        };
        let data = |n, value: u8| {
            let stat = Stat {
                czxid: z(1, 1),
                mzxid: z(1, 1),
                pzxid: z(1, 1),
                data_length: 1,
                ..Stat::default()
            };
            let op = Op::GetData {
                path: node.into(),
                watch: false,
            };
            answer(op, z(1, n), OpResult::Data(Arc::new([value]), stat))
        };
        let right = [
            exists(0, Some(ErrorCode::NoNode)),
            root(1, &["zookeeper", "n100000001"]),
            data(1, 0),
            root(2, &["zookeeper", "n100000001", "n100000002"]),
        ];
        let mut s = with_writes();
        for read in &right {
            s.fact(4, read);
        }
        assert!(s.names().is_empty(), "{:?}", s.found);
        let wrong = [
            exists(1, Some(ErrorCode::NoNode)),
            data(2, 1),
            root(1, &["zookeeper", "n100000001", "n100000002"]),
            root(2, &["zookeeper", "n100000001"]),
        ];
        for read in &wrong {
            let mut s = with_writes();
            s.fact(4, read);
            assert_eq!(s.names(), ["client.reads-a-prefix"], "{read:?}");
        }
        s.fact(4, &wrong[3]).names()
    }),
    ("client.event-before-change", || {
        let node: Arc<str> = "/n100000002".into();
        let absent = |n| {
            let mut read = answer(exists(&node, true), z(1, n), OpResult::Done);
            if let Fact::Answered { error, .. } = &mut read {
                *error = Some(ErrorCode::NoNode);
            }
            read
        };
        let shows = answer(Op::Sync { path: "/".into() }, z(1, 2), OpResult::Done);
        let event = Fact::EventHeard {
            session: SessionId(1),
            kind: EventKind::NodeCreated,
            path: node.clone(),
        };
        let mut right = with_writes();
        right.fact(4, &absent(1)).fact(4, &event).fact(4, &shows);
        assert!(right.names().is_empty(), "{:?}", right.found);
        // A second event for one watch.
        let twice = right.fact(4, &event).names();
        assert_eq!(twice, ["client.event-before-change"]);
        // A node that came and went between two connections leaves no event.
        let mut away = with_writes();
        away.fact(4, &absent(1));
        away.fact(4, &Fact::ClientDisconnected { from: Sid(1) });
        away.fact(4, &shows);
        assert_eq!(away.names(), ["client.event-before-change"]);
        let mut s = with_writes();
        s.fact(4, &absent(1)).fact(4, &shows).names()
    }),
    ("code.bad-state", || {
        let mut s = Stream::new();
        s.decides(1, 3, 1, &[1, 2, 3]);
        let (kind, zxid) = (SyncKind::Diff, z(1, 2));
        s.fact(1, &Fact::SyncHeard { kind, zxid }).serves(1).names()
    }),
    ("code.bad-ack", || {
        let mut s = Stream::new();
        let ack = |zxid, verdict| Fact::NewLeaderAck {
            learner: Sid(1),
            zxid,
            verdict,
        };
        s.fact(3, &ack(z(1, 0), Verdict::Accepted));
        assert!(s.names().is_empty());
        s.fact(3, &ack(z(1, 1), Verdict::Refused)).names()
    }),
    ("code.bad-proposal", || {
        let mut s = Stream::new();
        let heard = |zxid| Fact::ProposalHeard { zxid };
        s.fact(1, &heard(z(1, 7)))
            .fact(1, &heard(z(1, 8)))
            .fact(1, &heard(z(2, 1)));
        assert!(s.names().is_empty());
        s.fact(1, &heard(z(2, 3))).names()
    }),
    ("code.bad-commit", || {
        let mut s = Stream::new();
        s.formed().proposes(3, z(1, 1)).proposes(3, z(1, 2));
        s.commits(3, z(1, 2)).names()
    }),
    ("code.bad-message", || {
        let mut s = Stream::new();
        s.formed().down(1, StepDown::ConnectionLost);
        assert!(s.names().is_empty());
        s.down(2, StepDown::BadPacket).names()
    }),
    ("files.epochs", || {
        let mut s = Stream::new();
        s.accepts(1, 1).stores(1, 1);
        assert!(s.names().is_empty());
        s.stores(1, 2).names()
    }),
    ("files.log-epoch", || {
        let mut s = Stream::new();
        s.accepts(1, 1).stores(1, 1).logs(1, z(1, 1));
        assert!(s.names().is_empty());
        s.logs(1, z(2, 1)).names()
    }),
    ("files.starts", || {
        let refuses = Fact::Fatal {
            code: 1,
            reason: "The current epoch, 1, is older than the last zxid, 0x200000001".into(),
        };
        let mut s = Stream::new();
        s.fact(1, &refuses);
        assert!(
            s.names().is_empty(),
            "a disk that the run began with may be anything"
        );
        s.accepts(1, 1).fact(1, &refuses).names()
    }),
    ("election.one-leader-per-round", || {
        let mut s = Stream::new();
        s.decides(3, 3, 1, &[1, 2, 3]);
        s.down(3, StepDown::EpochWait).decides(2, 2, 1, &[1, 2]);
        assert!(s.names().is_empty(), "one after the other is fine");
        s.decides(3, 3, 1, &[1, 3]).names()
    }),
    ("election.quorum-of-equal-votes", || {
        let mut s = Stream::new();
        s.decides(3, 3, 1, &[1, 2, 3]);
        assert!(s.names().is_empty());
        let decided = Fact::Decided {
            state: ServerState::Following,
            vote: vote(3, Zxid::ZERO, 0, 9),
            branch: Branch::Finalised,
            votes: sids(&[1, 2]),
            joined_existing: false,
        };
        s.fact(2, &decided).names()
    }),
    ("election.votes-rise", || {
        let moved = |from, to| Fact::Voted {
            from: Some(from),
            to,
            heard: None,
            compared: Compared::Sid,
        };
        let (one, two) = (vote(1, z(1, 1), 1, 1), vote(2, z(1, 1), 1, 1));
        let mut s = Stream::new();
        s.fact(1, &moved(one, two))
            .fact(1, &moved(two, vote(1, z(1, 1), 1, 2)));
        assert!(s.names().is_empty(), "a newer round begins anew");
        s.fact(1, &moved(two, one)).names()
    }),
    ("state.equal-trees", candidate_with_a_tail),
];

/// The recorded `failed-candidate-snapshots-its-tail`: 3 alone has (1, 2), begins to lead, writes a
/// snapshot, gets no quorum; later it is cut and shows a node that nobody else has.
/// Two nodes created in epoch 1, which no client has been shown yet.
fn with_writes() -> Stream {
    let mut s = Stream::new();
    s.formed();
    for n in [1, 2] {
        s.write(3, z(1, n), &[1, 2, 3]);
    }
    s
}

fn create(path: &str) -> Op {
    Op::Create {
        path: path.into(),
        data: Arc::default(),
        acl: AclList::OPEN,
        mode: CreateMode::Persistent,
        ttl_ms: -1,
        stat: false,
    }
}

fn exists(path: &str, watch: bool) -> Op {
    let path = path.into();
    Op::Exists { path, watch }
}

fn path_result(path: &str) -> OpResult {
    OpResult::Path(path.into())
}

fn answer(op: Op, zxid: Zxid, result: OpResult) -> Fact {
    Fact::Answered {
        session: SessionId(1),
        cxid: 0,
        op: Arc::new(op),
        zxid,
        error: None,
        result,
    }
}

fn candidate_with_a_tail() -> Vec<&'static str> {
    let s = failed_candidate(Quirks::NONE.with(Quirk::Zk1558SnapshotBeforeQuorum));
    s.names()
}

fn failed_candidate(quirks: Quirks) -> Stream {
    let mut s = Stream::with(quirks, |_| ZkDisk::default());
    s.formed().write(3, z(1, 1), &[1, 2, 3]);
    s.proposes(3, z(1, 2))
        .logs(3, z(1, 2))
        .crash(3)
        .crash(2)
        .crash(1);
    s.boot(3);
    s.decides(3, 3, 5, &[1, 2, 3])
        .snapshots(3)
        .down(3, StepDown::EpochWait)
        .crash(3);
    s.boot(1);
    s.boot(2);
    s.leads(2, 2).joins(1, 2, 2).established(2, 2).serves(1);
    s.boot(3);
    s.decides(3, 2, 2, &[1, 2, 3]).accepts(3, 2);
    s.truncates(3, z(1, 1))
        .snapshots(3)
        .joins(3, 2, 2)
        .serves(3);
    assert!(s.quirks() == quirks);
    s.write(2, z(2, 1), &[1, 2, 3]);
    s
}

/// With the quirk on the break is expected and not promised against; without it, it is.
#[test]
fn a_quirk_ends_the_promise_once_it_had_its_occasion() {
    let on = failed_candidate(Quirks::NONE.with(Quirk::Zk1558SnapshotBeforeQuorum));
    assert!(!on.found.is_empty() && on.found.iter().all(|v| !v.promised));
    let off = failed_candidate(Quirks::NONE);
    assert!(off.found.iter().all(|v| v.promised));
    let mut unused = Stream::with(Quirks::NONE.with(Quirk::Zk1558SnapshotBeforeQuorum), |_| {
        ZkDisk::default()
    });
    unused.formed().applies(1, z(1, 1));
    let first = unused.found.first().expect("it was not committed");
    assert!(first.promised, "no candidate has failed with a snapshot");
}

/// What the world does to disks and connections ends promises, too; only what they carry.
#[test]
fn wiped_disks_and_lost_messages_end_promises() {
    let message = MessageRef {
        from: NodeId(0),
        to: NodeId(1),
        port: port::QUORUM,
        kind: 2,
        nth: 0,
    };
    let acts = [
        Fault::Wipe(NodeId(0)),
        Fault::Message(message, MessageAct::Drop),
        Fault::Disk(NodeId(0), DiskFault::TearNext),
    ];
    for act in acts {
        let mut s = Stream::new();
        s.formed().act(&act).applies(1, z(1, 1));
        assert!(
            !s.found.is_empty() && s.found.iter().all(|v| !v.promised),
            "{act:?}"
        );
    }
    let mut s = Stream::new();
    s.formed().act(&Fault::Message(message, MessageAct::Hold));
    s.act(&Fault::Crash(NodeId(2))).applies(1, z(1, 1));
    assert!(s.found.iter().all(|v| v.promised));
}

/// Each property is told once, at its first break.
#[test]
fn a_broken_property_is_told_once() {
    let mut s = Stream::new();
    s.accepts(1, 1).stores(1, 2).stores(1, 3).stores(1, 4);
    assert_eq!(s.names(), ["files.epochs"]);
    s.monitors.clear();
    assert!(s.monitors.ghost().servers.is_empty());
}

/// A server that lags is compared at the end of a run at the latest.
#[test]
fn trees_are_compared_at_rest() {
    let mut s = Stream::new();
    s.formed().write(3, z(1, 1), &[1, 2, 3]);
    let tree = s.view.trees[0].as_mut().expect("it runs");
    let _ = tree.process(&txn(z(0, 9), 3));
    s.monitors.at_rest(&s.view, &mut s.found);
    assert_eq!(s.names(), ["state.equal-trees"]);
}
