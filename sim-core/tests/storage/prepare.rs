//! Sources: `ground-truth/zookeeper-3.5.7/scenarios.json`, F (facts a client can see, the same in 3
//! runs of 3.5.7 and 5 of 3.8.0), L `multi` and M `create_path_err` (5 and 3 runs); upstream
//! `PrepRequestProcessorTest`, `MultiOperationTest` where named.

use crate::leader::{Leader, SESSION, check, create, create_as, delete, multi, set};
use sim_core::zookeeper::ErrorCode::*;
use sim_core::zookeeper::{ErrorCode, Op, OpResult, SessionId, TxnBody};

fn sequential(path: &str) -> Op {
    create_as(path, "", false, true)
}

/// F.sequential, first part.
#[test]
fn the_number_counts_every_child_ever_created() {
    let mut leader = Leader::new();
    leader.made(&create("/seq"));
    let first: Vec<String> = (0..3)
        .map(|_| leader.made(&sequential("/seq/n-")))
        .collect();
    assert_eq!(
        first,
        [
            "/seq/n-0000000000",
            "/seq/n-0000000001",
            "/seq/n-0000000002"
        ]
    );
    assert_eq!(leader.made(&sequential("/seq/m-")), "/seq/m-0000000003");
    leader.ask(&delete("/seq/n-0000000002", -1)).unwrap();
    assert_eq!(leader.made(&sequential("/seq/n-")), "/seq/n-0000000004");
    leader.made(&create("/seq/plain"));
    assert_eq!(leader.made(&sequential("/seq/n-")), "/seq/n-0000000006");
    assert_eq!(leader.ask(&create("/seq/plain")), Err(NodeExists));
    assert_eq!(leader.made(&sequential("/seq/n-")), "/seq/n-0000000007");
    let children: Vec<_> = leader
        .tree
        .node("/seq")
        .unwrap()
        .children
        .iter()
        .cloned()
        .collect();
    for child in children {
        leader.ask(&delete(&format!("/seq/{child}"), -1)).unwrap();
    }
    let stat = leader.stat("/seq");
    assert_eq!((stat.cversion, stat.num_children), (16, 0));
    assert_eq!(leader.made(&sequential("/seq/n-")), "/seq/n-0000000008");
    leader.ask(&delete("/seq/n-0000000008", -1)).unwrap();
    leader.ask(&delete("/seq", -1)).unwrap();
    leader.made(&create("/seq"));
    assert_eq!(leader.made(&sequential("/seq/n-")), "/seq/n-0000000000");
    leader.made(&create("/seq2"));
    assert_eq!(leader.made(&sequential("/seq2/n-")), "/seq2/n-0000000000");
    assert_eq!(leader.made(&sequential("/seq2/")), "/seq2/0000000001");
    let ephemeral = create_as("/seq2/es-", "", true, true);
    assert_eq!(leader.made(&ephemeral), "/seq2/es-0000000002");
}

/// F.sequential, `cversion_seen_by_client` and `sequential_after_those`.
#[test]
fn a_client_sees_creates_and_deletes_as_cversion() {
    let mut leader = Leader::new();
    leader.made(&create("/seq3"));
    let steps = [
        (create("/seq3/a"), (1, 0, 1)),
        (create("/seq3/b"), (2, 0, 2)),
        (set("/seq3", "x", -1), (2, 1, 2)),
        (delete("/seq3/a", -1), (3, 1, 1)),
        (delete("/seq3/b", -1), (4, 1, 0)),
    ];
    for (op, expected) in steps {
        leader.ask(&op).unwrap();
        let stat = leader.stat("/seq3");
        assert_eq!(
            (stat.cversion, stat.version, stat.num_children),
            expected,
            "{op:?}"
        );
    }
    assert_eq!(leader.made(&sequential("/seq3/n-")), "/seq3/n-0000000002");
}

/// F.errors.
#[test]
fn errors_are_those_of_the_recording() {
    let mut leader = Leader::new();
    leader.made(&create("/e"));
    leader.made(&create_as("/e/eph", "", true, false));
    leader.made(&create("/e/p"));
    leader.made(&create("/e/p/c"));
    let table: [(Op, ErrorCode); 9] = [
        (create("/e/eph/c"), NoChildrenForEphemerals),
        (create("/e/p"), NodeExists),
        (create("/e/none/c"), NoNode),
        (delete("/e/p", -1), NotEmpty),
        (delete("/e/none", -1), NoNode),
        (set("/e/none", "", -1), NoNode),
        (set("/e/p", "", 7), BadVersion),
        (delete("/e/p/c", 3), BadVersion),
        (delete("/", -1), BadArguments),
    ];
    for (op, code) in table {
        assert_eq!(leader.ask(&op), Err(code), "{op:?}");
    }
    // versions_after_create_set0_set1_setany_setany_same_data: 0, 1, 2, 3, 4; then the old one.
    leader.made(&create_as("/e/v", "0", false, false));
    assert_eq!(leader.stat("/e/v").version, 0);
    for (expected, version) in [(1, 0), (2, 1), (3, -1), (4, -1)] {
        leader.ask(&set("/e/v", "3", version)).unwrap();
        assert_eq!(leader.stat("/e/v").version, expected);
    }
    assert_eq!(leader.ask(&set("/e/v", "", 0)), Err(BadVersion));
    assert_eq!(leader.ask(&set("/e/v", "", 5)), Err(BadVersion));
    assert_eq!(leader.ask(&delete("/e/v", 0)), Err(BadVersion));
    assert_eq!(leader.ask(&delete("/e/v", 4)), Result::Ok(OpResult::Done));
    leader.made(&create("/e/v"));
    assert_eq!(leader.stat("/e/v").version, 0);
    let parent = leader.stat("/e");
    assert_eq!(parent.czxid, parent.mzxid);
    assert!(parent.pzxid > parent.mzxid);
    let root = leader.tree.node("/").unwrap();
    assert!(root.children.contains("zookeeper"));
}

/// F.multi: three good ops, one that fails, one that is not tried; and the good one.
#[test]
fn a_multi_is_all_or_nothing() {
    let mut leader = Leader::new();
    leader.made(&create("/mu"));
    leader.made(&create_as("/mu/x", "0", false, false));
    let failing = multi(&[
        create("/mu/a"),
        set("/mu/x", "1", -1),
        check("/mu/x", 9),
        create("/mu/b"),
    ]);
    // RolledBackError is kazoo's name for a part with code 0.
    let codes = [Ok, Ok, BadVersion, RuntimeInconsistency].map(OpResult::Error);
    assert_eq!(
        leader.ask(&failing),
        Result::Ok(OpResult::Multi(codes.into()))
    );
    assert!(leader.tree.node("/mu/a").is_none() && leader.tree.node("/mu/b").is_none());
    assert_eq!(leader.stat("/mu/x").version, 0);

    let good = multi(&[
        create("/mu/a"),
        create("/mu/a/k"),
        set("/mu/x", "1", 0),
        check("/mu/x", 1),
        delete("/mu/a/k", -1),
    ]);
    let before = leader.prep.last_zxid();
    let Result::Ok(OpResult::Multi(parts)) = leader.ask(&good) else {
        panic!("a multi");
    };
    assert_eq!(parts[0], OpResult::Path("/mu/a".into()));
    assert_eq!(parts[1], OpResult::Path("/mu/a/k".into()));
    assert!(matches!(&parts[2], OpResult::Stat(stat) if stat.version == 1));
    assert_eq!(parts[3..], [OpResult::Done, OpResult::Done]);
    assert!(leader.tree.node("/mu/a/k").is_none());
    assert_eq!(leader.stat("/mu/a").czxid, before.next());
    assert_eq!(leader.stat("/mu/x").mzxid, before.next());
    // L.multi "sequential twice", F.multi `sequential_in_multi`: the failed multi took no number.
    let twice = multi(&[sequential("/mu/s-"), sequential("/mu/s-")]);
    let Result::Ok(OpResult::Multi(parts)) = leader.ask(&twice) else {
        panic!("a multi");
    };
    let names = ["/mu/s-0000000002", "/mu/s-0000000003"];
    assert_eq!(*parts, names.map(|name| OpResult::Path(name.into())));
}

/// L.multi: where the failing op stands.
#[test]
fn parts_before_the_failing_one_answer_0_and_those_behind_it_minus_2() {
    let mut leader = Leader::new();
    leader.made(&create("/mu"));
    let table = [
        (
            vec![set("/mu/none", "", -1), create("/mu/a")],
            vec![NoNode, RuntimeInconsistency],
        ),
        (vec![create("/mu/a"), create("/mu")], vec![Ok, NodeExists]),
        (vec![], vec![]),
    ];
    for (ops, codes) in table {
        let codes = codes.into_iter().map(OpResult::Error).collect();
        assert_eq!(
            leader.ask(&multi(&ops)),
            Result::Ok(OpResult::Multi(codes)),
            "{ops:?}"
        );
    }
    let only_check = leader.ask(&multi(&[check("/mu", 0)]));
    assert_eq!(
        only_check,
        Result::Ok(OpResult::Multi([OpResult::Done].into()))
    );
    assert_eq!(leader.stat("/mu").num_children, 0);
}

/// F.zxid_use: every write takes one zxid, also one that fails.
#[test]
fn every_write_takes_one_zxid() {
    let mut leader = Leader::new();
    let other = SessionId(0x0200_0000_0000_0000);
    let writes = [
        (SESSION, create("/z"), None),
        (SESSION, set("/z", "1", -1), None),
        (SESSION, set("/z", "1", 9), Some(BadVersion)),
        (SESSION, create("/z"), Some(NodeExists)),
        (SESSION, delete("/z", -1), None),
        (SESSION, delete("/z", -1), Some(NoNode)),
        (
            SESSION,
            multi(&[create("/a"), set("/a", "", -1), delete("/a", -1)]),
            None,
        ),
        (SESSION, multi(&[create("/a"), check("/a", 5)]), None),
        (other, Op::CreateSession { timeout_ms: 10_000 }, None),
        (other, Op::CloseSession, None),
    ];
    for (session, op, error) in writes {
        let before = leader.prep.last_zxid();
        assert_eq!(leader.run(session, &op).err(), error, "{op:?}");
        assert_eq!(leader.prep.last_zxid(), before.next(), "{op:?}");
        assert_eq!(leader.tree.last_processed, before.next(), "{op:?}");
    }
}

/// M.create_path_err, with `/a` present.
#[test]
fn paths_are_refused_in_the_order_of_the_source() {
    let mut leader = Leader::new();
    leader.made(&create("/a"));
    let table = [
        ("", Some(BadArguments)),
        ("a", Some(BadArguments)),
        ("/", Some(NodeExists)),
        ("/a/", Some(BadArguments)),
        ("/a//b", Some(NoNode)),
        ("/a/./b", Some(NoNode)),
        ("/a/../b", Some(NoNode)),
        ("/a\0b", Some(BadArguments)),
        ("/a\tb", Some(BadArguments)),
        ("/a\u{7f}b", Some(BadArguments)),
        ("/a b", None),
        ("/\u{4f60}", None),
        ("//", Some(BadArguments)),
        ("/zookeeper/x", None),
    ];
    for (path, error) in table {
        assert_eq!(leader.ask(&create(path)).err(), error, "{path:?}");
    }
}

/// `PrepRequestProcessor.getRecordForPath`: a write is checked against what is proposed, not only
/// against what is applied.
#[test]
fn writes_are_checked_against_what_is_proposed() {
    let mut leader = Leader::new();
    let ops = [
        (create("/p"), None),
        (create("/p/c"), None),
        (delete("/p", -1), Some(NotEmpty)),
        (set("/p/c", "", 0), None),
        (set("/p/c", "", 0), Some(BadVersion)),
        (delete("/p/c", 1), None),
        (create("/p/c"), None),
        (delete("/p/c", 0), None),
        (delete("/p", -1), None),
        (create("/p/c"), Some(NoNode)),
    ];
    let txns: Vec<_> = ops
        .iter()
        .map(|(op, error)| {
            let txn = leader.propose(SESSION, op);
            let failed = match txn.body {
                TxnBody::Error(code) => Some(code),
                _ => None,
            };
            assert_eq!(failed, *error, "{op:?}");
            txn
        })
        .collect();
    assert!(leader.prep.outstanding() > 0);
    for (txn, (op, error)) in txns.iter().zip(&ops) {
        assert_eq!(leader.apply(txn).err(), *error, "{op:?}");
    }
    assert_eq!(leader.prep.outstanding(), 0);
    assert!(leader.tree.node("/p").is_none());
}

/// `MultiOperationTest.testSequentialNodeCreateInAsyncMulti` and ZOOKEEPER-1624: a failed multi
/// gives back the numbers that earlier proposals left, not those of the tree.
#[test]
fn a_failed_multi_restores_earlier_proposals() {
    let mut leader = Leader::new();
    leader.made(&create("/s"));
    let first = leader.propose(SESSION, &sequential("/s/n-"));
    let failing = leader.propose(SESSION, &multi(&[sequential("/s/n-"), create("/s")]));
    let third = leader.propose(SESSION, &sequential("/s/n-"));
    let path = |txn: &TxnBody| match txn {
        TxnBody::Create { path, .. } => path.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(path(&first.body), "/s/n-0000000000");
    assert!(
        matches!(&failing.body, TxnBody::Multi(parts) if parts[1] == TxnBody::Error(NodeExists))
    );
    assert_eq!(path(&third.body), "/s/n-0000000001");
    for txn in [first, failing, third] {
        leader.apply(&txn).unwrap();
    }
    assert_eq!(leader.stat("/s").num_children, 2);
}

/// `PrepRequestProcessor`, closeSession: its ephemerals, applied or proposed, count as deleted at
/// once; its later writes expire.
#[test]
fn a_closing_session_loses_its_ephemerals_at_once() {
    let mut leader = Leader::new();
    let session = SessionId(0x0200_0000_0000_0000);
    leader
        .run(session, &Op::CreateSession { timeout_ms: 10_000 })
        .unwrap();
    leader
        .run(session, &create_as("/applied", "", true, false))
        .unwrap();
    let proposed = leader.propose(session, &create_as("/proposed", "", true, false));
    let close = leader.propose(session, &Op::CloseSession);
    let late = leader.propose(session, &create("/late"));
    assert_eq!(late.body, TxnBody::Error(SessionExpired));
    let again = leader.propose(SESSION, &create("/applied"));
    let again2 = leader.propose(SESSION, &create("/proposed"));
    for txn in [proposed, close] {
        leader.apply(&txn).unwrap();
    }
    assert!(leader.tree.node("/applied").is_none() && leader.tree.node("/proposed").is_none());
    assert!(leader.tree.sessions.len() == 1 && leader.tree.ephemerals.is_empty());
    leader.apply(&late).unwrap_err();
    for txn in [again, again2] {
        leader.apply(&txn).unwrap();
    }
    assert_eq!(leader.stat("/applied").ephemeral_owner, SessionId(0));
}
