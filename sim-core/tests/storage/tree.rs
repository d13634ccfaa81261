//! Sources: upstream `DataTreeTest` (3.5.7) where named; otherwise `DataTree.java`.

use crate::leader::{Leader, create, create_as, delete, multi, set};
use sim_core::zookeeper::{
    AclList, ErrorCode, NodeKind, OpResult, SessionId, Tree, Txn, TxnBody, Zxid,
};
use std::sync::Arc;

fn txn(zxid: i64, body: TxnBody) -> Arc<Txn> {
    Arc::new(Txn::new(Zxid(zxid), SessionId(1), 0, zxid, body))
}

fn create_txn(zxid: i64, path: &str, parent_cversion: i32) -> Arc<Txn> {
    let body = TxnBody::Create {
        path: path.into(),
        data: Arc::default(),
        parent_cversion,
        acl: AclList::OPEN,
        kind: NodeKind::Persistent,
    };
    txn(zxid, body)
}

fn delete_txn(zxid: i64, path: &str) -> Arc<Txn> {
    txn(zxid, TxnBody::Delete { path: path.into() })
}

/// `DataTreeTest.testIncrementCversion`: a parent cversion of -1 counts up.
#[test]
fn an_unknown_parent_cversion_counts_up() {
    let mut tree = Tree::default();
    tree.process(&create_txn(1, "/test", -1)).unwrap();
    assert_eq!(tree.node("/").unwrap().stat.cversion, 1);
    tree.process(&create_txn(2, "/test/a", -1)).unwrap();
    let stat = tree.node("/test").unwrap().stat;
    assert_eq!((stat.cversion, stat.pzxid), (1, Zxid(2)));
}

/// `DataTreeTest.testPzxidUpdatedWhenDeletingNonExistNode`.
#[test]
fn deleting_what_is_gone_still_moves_the_parents_pzxid() {
    let mut tree = Tree::default();
    tree.process(&create_txn(1, "/test", 1)).unwrap();
    assert_eq!(tree.node("/").unwrap().stat.pzxid, Zxid(1));
    tree.process(&delete_txn(2, "/test")).unwrap();
    assert_eq!(
        tree.process(&delete_txn(3, "/test")),
        Err(ErrorCode::NoNode)
    );
    assert_eq!(tree.node("/").unwrap().stat.pzxid, Zxid(3));
}

/// `DataTreeTest.testCversionNotRevertedWhen…` / `DataTree.processTxn`: a create that is applied
/// again to a newer tree moves the counter forward only.
#[test]
fn creating_what_is_there_adjusts_the_parent_forward_only() {
    let mut tree = Tree::default();
    tree.process(&create_txn(1, "/test", 1)).unwrap();
    let again = create_txn(5, "/test", 7);
    assert_eq!(tree.process(&again), Err(ErrorCode::NodeExists));
    let stat = tree.node("/").unwrap().stat;
    assert_eq!((stat.cversion, stat.pzxid), (7, Zxid(5)));
    let older = create_txn(3, "/test", 2);
    assert_eq!(tree.process(&older), Err(ErrorCode::NodeExists));
    let stat = tree.node("/").unwrap().stat;
    assert_eq!((stat.cversion, stat.pzxid), (7, Zxid(5)));
    assert_eq!(tree.last_processed, Zxid(5));
}

/// Whatever the order, equal content has an equal digest, and unequal content another one.
#[test]
fn the_digest_is_that_of_the_content() {
    let mut one = Leader::new();
    let ops = [
        create("/a"),
        create_as("/a/b", "x", true, false),
        set("/a", "hello", -1),
        multi(&[create("/c"), delete("/c", -1), set("/a/b", "y", -1)]),
        delete("/a/b", -1),
        create("/d"),
    ];
    let mut digests = vec![one.tree.digest];
    let mut txns = Vec::new();
    for op in &ops {
        let txn = one.propose(crate::leader::SESSION, op);
        one.apply(&txn).unwrap();
        assert!(!digests.contains(&one.tree.digest), "{op:?}");
        assert_eq!(one.tree.recount_digest(), one.tree.digest, "{op:?}");
        digests.push(one.tree.digest);
        txns.push(txn);
    }
    // Another way to the same content: the whole history again on top of it.
    let mut again = one.tree.clone();
    for txn in &txns[4..] {
        let _ = again.process(txn);
    }
    assert_eq!(again, one.tree);
    let mut other = one.tree.clone();
    other.last_processed = Zxid(1);
    assert_ne!(other, one.tree);
}

/// `DataTree.processTxn`: a multi with an error part changes nothing.
#[test]
fn a_multi_with_an_error_part_changes_nothing() {
    let mut tree = Tree::default();
    let before = tree.digest;
    let parts = [
        create_txn(1, "/a", 1).body.clone(),
        TxnBody::Error(ErrorCode::NoNode),
        TxnBody::Error(ErrorCode::RuntimeInconsistency),
    ];
    let result = tree.process(&txn(1, TxnBody::Multi(parts.into())));
    let codes = [
        ErrorCode::Ok,
        ErrorCode::NoNode,
        ErrorCode::RuntimeInconsistency,
    ];
    let codes = codes.map(OpResult::Error);
    assert_eq!(result, Ok(OpResult::Multi(codes.into())));
    assert_eq!((tree.digest, tree.last_processed), (before, Zxid(1)));
}

/// Random writes: the digest kept along the way is the one counted anew, and so are the sizes.
#[test]
fn the_kept_digest_is_the_one_counted_anew() {
    let mut leader = Leader::new();
    let mut state = 7_u64;
    let mut below = |bound: u64| {
        state = sim_core::base::mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
        state % bound
    };
    for step in 0..2000 {
        let parent = ["", "/a", "/b", "/a/x"][below(4) as usize];
        let path = format!("{parent}/{}", ["a", "b", "x"][below(3) as usize]);
        let op = match below(6) {
            0 | 1 => create_as(&path, "data", below(3) == 0, false),
            2 => delete(&path, -1),
            3 => set(&path, &"d".repeat(below(20) as usize), -1),
            4 => multi(&[create(&path), set(parent, "m", -1)]),
            _ => create_as(&format!("{path}-"), "", false, true),
        };
        let _ = leader.ask(&op);
        assert_eq!(
            leader.tree.recount_digest(),
            leader.tree.digest,
            "step {step}"
        );
    }
    let bytes = leader.tree.nodes.iter();
    let bytes: usize = bytes.map(|(path, node)| path.len() + node.data.len()).sum();
    assert_eq!(leader.tree.approximate_size(), bytes as u64);
    assert!(leader.tree.nodes.len() > 100);
}
