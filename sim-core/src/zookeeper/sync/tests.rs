//! `LearnerHandlerTest` of releases 3.5.7 and 3.8.0, restated case by case.
//!
//! The upstream tests give a mock database to `syncFollower` and look at the first packet queued, at
//! the proposals and at the zxid that `startForwarding` is called with. Each test here has the
//! upstream name; where one release has a case and the other has not, the test says so.

use super::*;
use crate::zookeeper::{Epoch, SessionId, TxnBody};

fn at(epoch: i64, counter: u32) -> Zxid {
    Zxid::new(Epoch(epoch), counter)
}

fn txns(zxids: impl IntoIterator<Item = Zxid>) -> Vec<Arc<Txn>> {
    let make = |zxid| Arc::new(Txn::new(zxid, SessionId(1), 1, 0, TxnBody::CloseSession));
    zxids.into_iter().map(make).collect()
}

/// In epoch 0, as the upstream tests write most of theirs.
fn plain(counters: &[u32]) -> Vec<Arc<Txn>> {
    txns(counters.iter().map(|&counter| at(0, counter)))
}

/// The mock database.
struct Mock {
    last_processed: Zxid,
    committed: Vec<Arc<Txn>>,
    /// What the log on disk gives if it reaches back to the learner's zxid; `None` if synchronising
    /// from it is switched off.
    log: Option<Vec<Arc<Txn>>>,
}

/// What is sent: the first packet, the proposals (each is followed by its commit), and the zxid
/// behind which forwarding begins.
#[derive(Debug, PartialEq, Eq)]
enum Sent {
    Snap,
    Op(SyncKind, Zxid, Vec<Zxid>, Zxid),
}

fn diff(zxid: Zxid, proposals: impl IntoIterator<Item = Zxid>, forwarding: Zxid) -> Sent {
    let proposals = proposals.into_iter().collect();
    Sent::Op(SyncKind::Diff, zxid, proposals, forwarding)
}

fn trunc(zxid: Zxid, proposals: impl IntoIterator<Item = Zxid>, forwarding: Zxid) -> Sent {
    let proposals = proposals.into_iter().collect();
    Sent::Op(SyncKind::Trunc, zxid, proposals, forwarding)
}

/// 3.5.7 goes from the log on disk to the committed log without a look; 3.8.0 looks for a gap
/// (ZOOKEEPER-2418) and moves the last zxid sent with a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Upstream {
    V3_5_7,
    V3_8_0,
}

const BOTH: [Upstream; 2] = [Upstream::V3_5_7, Upstream::V3_8_0];

impl Mock {
    fn sync(&self, upstream: Upstream, peer: Zxid) -> Sent {
        let zxid = |txn: Option<&Arc<Txn>>| txn.map(|txn| txn.zxid);
        let input = SyncInput {
            peer,
            last_processed: self.last_processed,
            min_committed: zxid(self.committed.first()),
            max_committed: zxid(self.committed.last()),
            forced: false,
            rules: SyncRules::DiskLog,
            snapshot_for_equal: false,
            cuts: true,
            sees_gap: upstream == Upstream::V3_8_0,
            snap_moves_last_sent: upstream == Upstream::V3_8_0,
        };
        let on_disk = || match &self.log {
            None => Err(LogRefusal::TooLarge { size: 1, limit: 0 }),
            Some(log) => match log.first() {
                Some(first) if first.zxid > peer => {
                    let first = first.zxid;
                    Err(LogRefusal::DoesNotReachBack { first })
                }
                _ => Ok(log.iter()),
            },
        };
        let plan = choose(&input, || self.committed.iter(), on_disk);
        let proposals: Vec<Zxid> = plan.proposals.iter().map(|txn| txn.zxid).collect();
        if plan.kind == SyncKind::Snap {
            assert!(proposals.is_empty(), "nothing is queued beside a snapshot");
            assert_eq!(plan.zxid, self.last_processed);
            return Sent::Snap;
        }
        Sent::Op(plan.kind, plan.zxid, proposals, plan.last_sent)
    }

    /// The same in both releases.
    fn sends(&self, peer: Zxid, expected: &Sent) {
        for upstream in BOTH {
            assert_eq!(&self.sync(upstream, peer), expected, "{upstream:?}, {peer}");
        }
    }
}

#[test]
fn test_empty_committed_log() {
    let mut db = Mock {
        last_processed: at(0, 1),
        committed: Vec::new(),
        log: Some(Vec::new()),
    };
    db.sends(at(0, 3), &trunc(at(0, 1), [], at(0, 1)));
    db.sends(at(0, 1), &diff(at(0, 1), [], at(0, 1)));
    db.log = None;
    db.sends(at(0, 0), &Sent::Snap);
}

#[test]
fn test_committed_log() {
    let mut db = Mock {
        // What was processed may be ahead of the committed log.
        last_processed: at(0, 6),
        committed: plain(&[2, 3, 5]),
        log: Some(Vec::new()),
    };
    db.sends(at(0, 4), &trunc(at(0, 3), [at(0, 5)], at(0, 5)));
    db.sends(at(0, 2), &diff(at(0, 5), [at(0, 3), at(0, 5)], at(0, 5)));
    db.log = None;
    db.sends(at(0, 1), &Sent::Snap);
}

#[test]
fn test_txn_log() {
    let db = Mock {
        last_processed: at(0, 9),
        committed: plain(&[6, 7, 8]),
        log: Some(plain(&[2, 3, 5, 6, 7, 8, 9])),
    };
    let up_to_8 = || [5, 6, 7, 8].map(|counter| at(0, counter));
    db.sends(at(0, 4), &trunc(at(0, 3), up_to_8(), at(0, 8)));
    db.sends(at(0, 3), &diff(at(0, 8), up_to_8(), at(0, 8)));
}

/// The iterator over the log on disk is empty although the log is asked.
#[test]
fn test_txn_log_proposal_iterator_closure() {
    let db = Mock {
        last_processed: at(0, 7),
        committed: Vec::new(),
        log: Some(Vec::new()),
    };
    db.sends(at(0, 4), &Sent::Snap);
}

#[test]
fn test_txn_log_only() {
    let db = Mock {
        last_processed: at(0, 7),
        committed: Vec::new(),
        log: Some(plain(&[2, 3, 5, 6, 7, 8])),
    };
    let zxids = |counters: &[u32]| counters.iter().map(|&c| at(0, c)).collect::<Vec<_>>();
    db.sends(at(0, 4), &trunc(at(0, 3), zxids(&[5, 6, 7]), at(0, 7)));
    db.sends(at(0, 2), &diff(at(0, 7), zxids(&[3, 5, 6, 7]), at(0, 7)));
    db.sends(at(0, 1), &Sent::Snap);
}

/// The upstream name; its zxids of epoch 0xf are positive all the same. Those of an epoch of 2³¹
/// and more would be negative.
#[test]
fn test_txn_log_with_negative_zxid() {
    let zxids = |counters: &[u32]| counters.iter().map(|&c| at(0xf, c)).collect::<Vec<_>>();
    let db = Mock {
        last_processed: at(0xf, 9),
        committed: txns(zxids(&[6, 7, 8])),
        log: Some(txns(zxids(&[2, 3, 5, 6, 7, 8, 9]))),
    };
    let up_to_8 = || zxids(&[5, 6, 7, 8]);
    db.sends(at(0xf, 4), &trunc(at(0xf, 3), up_to_8(), at(0xf, 8)));
    db.sends(at(0xf, 3), &diff(at(0xf, 8), up_to_8(), at(0xf, 8)));
}

#[test]
fn test_new_epoch_zxid() {
    let db = Mock {
        // A leader that serves stands at the begin of its epoch.
        last_processed: at(2, 0),
        committed: txns([at(1, 1), at(1, 2)]),
        log: Some(txns([at(0, 1), at(1, 1), at(1, 2)])),
    };
    db.sends(at(0, 0), &Sent::Snap);
    let missing = [at(1, 1), at(1, 2)];
    db.sends(at(1, 0), &diff(at(1, 2), missing, at(1, 2)));
    db.sends(at(2, 0), &diff(at(2, 0), [], at(2, 0)));
}

/// In 3.5.7 only. With the look for a gap of ZOOKEEPER-2418, in 3.8.0, what comes from the log on
/// disk ends below the leader's (6,0), which stands for an empty committed log, and a snapshot is
/// sent; upstream took the test away.
#[test]
fn test_new_epoch_zxid_with_txnlog_only() {
    let db = Mock {
        last_processed: at(6, 0),
        committed: Vec::new(),
        log: Some(txns([at(1, 1), at(2, 1), at(2, 2), at(4, 1)])),
    };
    for (peer, expected) in [
        (at(3, 0), diff(at(6, 0), [at(4, 1)], at(4, 1))),
        (at(4, 0), diff(at(6, 0), [at(4, 1)], at(4, 1))),
        (at(5, 0), diff(at(6, 0), [], at(5, 0))),
    ] {
        assert_eq!(db.sync(Upstream::V3_5_7, peer), expected, "{peer}");
        assert_eq!(db.sync(Upstream::V3_8_0, peer), Sent::Snap, "{peer}");
    }
    db.sends(at(6, 0), &diff(at(6, 0), [], at(6, 0)));
}

/// Histories that hold entries twice, which should not be: the learner gets each once.
#[test]
fn test_duplicated_txn() {
    let twice = [at(1, 1), at(1, 2), at(1, 1), at(1, 2)];
    let db = Mock {
        last_processed: at(2, 0),
        committed: txns(twice),
        log: Some(txns(core::iter::once(at(0, 1)).chain(twice))),
    };
    let once = [at(1, 1), at(1, 2)];
    db.sends(at(1, 0), &diff(at(1, 2), once, at(1, 2)));
}

#[test]
fn test_cross_epoch_trunc() {
    let db = Mock {
        last_processed: at(6, 0),
        committed: Vec::new(),
        log: Some(txns([at(1, 1), at(2, 1), at(2, 2), at(4, 1)])),
    };
    db.sends(at(3, 1), &Sent::Snap);
}

/// In 3.8.0 only (ZOOKEEPER-2418): the log on disk ends before the committed log begins. 3.5.7
/// sends what it has and says nothing of 5 and 6.
#[test]
fn test_txn_log_gap() {
    let db = Mock {
        last_processed: at(0, 8),
        committed: plain(&[7, 8]),
        log: Some(plain(&[2, 3, 4])),
    };
    assert_eq!(db.sync(Upstream::V3_8_0, at(0, 3)), Sent::Snap);
    let with_a_hole = [4, 7, 8].map(|counter| at(0, counter));
    assert_eq!(
        db.sync(Upstream::V3_5_7, at(0, 3)),
        diff(at(0, 8), with_a_hole, at(0, 8))
    );
}

/// `LearnerHandler.run` of 3.4.9, and of 3.4.3, which does not look whether both are equal
/// (ZOOKEEPER-1465). Expectations follow its statements and the reference's 3.3 and 7b.
#[test]
fn release_3_4_looks_into_the_committed_log_alone() {
    let sent = |db: &Mock, peer, snapshot_for_equal| {
        let zxid = |txn: Option<&Arc<Txn>>| txn.map(|txn| txn.zxid);
        let input = SyncInput {
            peer,
            last_processed: db.last_processed,
            min_committed: zxid(db.committed.first()),
            max_committed: zxid(db.committed.last()),
            forced: false,
            rules: SyncRules::CommittedLog,
            snapshot_for_equal,
            cuts: true,
            sees_gap: false,
            snap_moves_last_sent: false,
        };
        let nothing = || Ok::<core::slice::Iter<'_, Arc<Txn>>, _>([].iter());
        let plan = choose(&input, || db.committed.iter(), nothing);
        let proposals: Vec<Zxid> = plan.proposals.iter().map(|txn| txn.zxid).collect();
        match plan.kind {
            SyncKind::Snap => Sent::Snap,
            kind => Sent::Op(kind, plan.zxid, proposals, plan.last_sent),
        }
    };
    let mut db = Mock {
        last_processed: at(0, 5),
        committed: plain(&[2, 3, 5]),
        log: None,
    };
    for old in [false, true] {
        let cut = trunc(at(0, 3), [at(0, 5)], at(0, 3));
        assert_eq!(sent(&db, at(0, 4), old), cut);
        let missing = diff(at(0, 5), [at(0, 3), at(0, 5)], at(0, 2));
        assert_eq!(sent(&db, at(0, 2), old), missing);
        assert_eq!(sent(&db, at(0, 7), old), trunc(at(0, 5), [], at(0, 5)));
        assert_eq!(sent(&db, at(0, 1), old), Sent::Snap);
    }
    assert_eq!(sent(&db, at(0, 5), false), diff(at(0, 5), [], at(0, 5)));
    assert_eq!(sent(&db, at(0, 5), true), Sent::Snap);
    // No thought is given to the end of an epoch.
    db.committed = txns([at(1, 7), at(1, 8), at(2, 1)]);
    db.last_processed = at(2, 1);
    let across = trunc(at(1, 8), [at(2, 1)], at(1, 8));
    assert_eq!(sent(&db, at(1, 9), false), across);
    // Without a committed log even one that is ahead gets a snapshot.
    db.committed = Vec::new();
    assert_eq!(sent(&db, at(2, 2), false), Sent::Snap);
    assert_eq!(sent(&db, at(2, 1), false), diff(at(2, 1), [], at(2, 1)));
}
