//! Sources: upstream `CreateContainerTest`, `CreateTTLTest`, `EphemeralTypeTest`, `PathUtilsTest`,
//! `ZooKeeperQuotaTest` of 3.5.7 by their names. The leader's clock is played in the tests of whole
//! ensembles; here it is asked what it would do.

use crate::leader::{Leader, create, create_as, delete, multi, set};
use sim_core::zookeeper::ErrorCode::{BadArguments, BadVersion, NotEmpty, Unimplemented};
use sim_core::zookeeper::{
    AclList, CreateMode, Database, NodeKind, Op, OpResult, Release, Rules, SessionId, StatsTrack,
    validate_for_client,
};
use std::sync::Arc;

fn node(path: &str, mode: CreateMode, ttl_ms: i64) -> Op {
    Op::Create {
        path: path.into(),
        data: Arc::default(),
        acl: AclList::OPEN,
        mode,
        ttl_ms,
        stat: false,
    }
}

fn container(path: &str) -> Op {
    node(path, CreateMode::Container, -1)
}

fn tidy(path: &str) -> Op {
    Op::DeleteContainer { path: path.into() }
}

fn extended() -> Leader {
    Leader::with_rules(Arc::new(Rules {
        extended_types: true,
        ..Rules::of_release(Release::V3_5_7)
    }))
}

fn created(leader: &mut Leader, op: &Op) -> String {
    match leader.ask(op) {
        Ok(OpResult::Created(path, stat)) => {
            // CreateTTLTest.testCreate: clients do not see what kind it is.
            assert_eq!(stat.ephemeral_owner, SessionId(0));
            assert_eq!(leader.stat(&path).ephemeral_owner, SessionId(0));
            path.to_string()
        }
        other => panic!("not created: {other:?}"),
    }
}

/// CreateContainerTest.testSimpleDeletion, testCascadingDeletion, testFalseEmpty,
/// testMultiWithContainer.
#[test]
fn containers() {
    let mut leader = Leader::new();
    created(&mut leader, &container("/foo"));
    let answer = leader.ask(&multi(&[container("/foo/bar"), create("/foo/bar/one")]));
    let Ok(OpResult::Multi(parts)) = answer else {
        panic!("a multi");
    };
    assert!(matches!(&parts[0], OpResult::Created(path, _) if **path == *"/foo/bar"));
    assert_eq!(leader.tree.special().containers.len(), 2);
    assert_eq!(leader.ask(&tidy("/foo/bar")), Err(NotEmpty));
    leader.ask(&delete("/foo/bar/one", -1)).unwrap();
    assert_eq!(leader.ask(&tidy("/foo")), Err(NotEmpty));
    leader.ask(&tidy("/foo/bar")).unwrap();
    leader.ask(&tidy("/foo")).unwrap();
    assert!(leader.tree.node("/foo").is_none());
    assert!(leader.tree.special().containers.is_empty());
    // An ephemeral node is none of the tidier's business, nor are the server's own.
    leader.made(&create_as("/eph", "", true, false));
    assert_eq!(leader.ask(&tidy("/eph")), Err(BadVersion));
    assert_eq!(leader.ask(&tidy("/zookeeper/quota")), Err(BadArguments));
}

/// CreateTTLTest.testCreate, testBadTTLs, testMaxTTLs, testCreateSequential, testMulti,
/// testDisabled.
#[test]
fn times_to_live() {
    let ttl = CreateMode::PersistentWithTtl;
    let mut off = Leader::new();
    assert_eq!(off.ask(&node("/a", ttl, 100)), Err(Unimplemented));
    let mut leader = extended();
    created(&mut leader, &node("/a", ttl, 100));
    created(&mut leader, &node("/max", ttl, NodeKind::MAX_TTL_MS));
    for bad in [-100, 0, NodeKind::MAX_TTL_MS + 1] {
        assert_eq!(leader.ask(&node("/bad", ttl, bad)), Err(BadArguments));
        assert!(leader.tree.node("/bad").is_none());
    }
    let sequential = node("/s", CreateMode::PersistentSequentialWithTtl, 100);
    assert_eq!(created(&mut leader, &sequential), "/s0000000002");
    assert_eq!(leader.tree.special().with_ttl.len(), 3);
    leader.made(&create("/a/child"));
    assert_eq!(leader.ask(&tidy("/a")), Err(NotEmpty));
    leader.ask(&delete("/a/child", -1)).unwrap();
    leader.ask(&tidy("/a")).unwrap();
    assert_eq!(leader.tree.special().with_ttl.len(), 2);
}

/// EphemeralTypeTest.testTtls, testEphemeralOwner…, testServerIds.
#[test]
fn owners_tell_the_kind() {
    for ttl in [1, 100, NodeKind::MAX_TTL_MS] {
        let owner = NodeKind::Ttl(ttl).owner(SessionId(7));
        assert_eq!(owner.0 as u64 >> 56, 0xff);
        assert_eq!(NodeKind::of_owner(owner, true), NodeKind::Ttl(ttl));
        assert_eq!(NodeKind::of_owner(owner, false), NodeKind::Ephemeral);
    }
    let container = NodeKind::Container.owner(SessionId(7));
    assert_eq!(container, SessionId(i64::MIN));
    for extended in [false, true] {
        assert_eq!(NodeKind::of_owner(container, extended), NodeKind::Container);
        assert_eq!(
            NodeKind::of_owner(SessionId(0), extended),
            NodeKind::Persistent
        );
        assert_eq!(
            NodeKind::of_owner(SessionId(7), extended),
            NodeKind::Ephemeral
        );
    }
}

/// PathUtilsTest, each case by its name; a lone surrogate cannot be written here.
#[test]
fn paths_of_the_client_library() {
    for path in [
        "/this is / a valid/path",
        "/name/with.period.",
        "/test\u{20}",
        "/test\u{7e}",
        "/test\u{ffef}",
    ] {
        assert!(validate_for_client(path, false).is_ok(), "{path:?}");
    }
    for path in [
        "",
        "not/valid",
        "/ends/with/slash/",
        "/test\0",
        "/double//slash",
        "/single/./period",
        "/double/../period",
        "/test\u{1}",
        "/test\u{1f}",
        "/test\u{7f}",
        "/test\u{9f}",
        "/test\u{f8ff}",
        "/test\u{fff0}",
    ] {
        assert!(validate_for_client(path, false).is_err(), "{path:?}");
    }
    // A sequential node may end in a slash: its number comes behind it.
    assert!(validate_for_client("/seq/", true).is_ok());
    assert!(validate_for_client("/seq/", false).is_err());
}

/// `ZooKeeperQuotaTest.testQuota`: a quota of 10 nodes and 5 bytes on `/a/b/v`, which has one child;
/// what it counts, also after a restart from a snapshot. Then as `DataTree.setData`, `deleteNode`
/// and `PathTrie.findMaxPrefix` count on.
#[test]
fn quotas() {
    let mut leader = Leader::new();
    for path in ["/a", "/a/b", "/a/b/v", "/a/b/v/d"] {
        leader.made(&create_as(path, "some", false, false));
    }
    let quota = "/zookeeper/quota/a/b/v";
    for path in ["/zookeeper/quota/a", "/zookeeper/quota/a/b", quota] {
        leader.made(&create(path));
    }
    let (limits, stats) = (
        format!("{quota}/zookeeper_limits"),
        format!("{quota}/zookeeper_stats"),
    );
    leader.made(&create_as(&limits, "count=10,bytes=5", false, false));
    leader.made(&create_as(&stats, "count=10,bytes=5", false, false));
    let track = |count, bytes| StatsTrack { count, bytes };
    assert_eq!(
        leader.tree.quota("/a/b/v").unwrap(),
        (track(10, 5), track(2, 8))
    );
    let mut restarted = Database::default();
    restarted.replace(&leader.tree, leader.tree.last_processed);
    assert!(restarted.tree().quota_above("/a/b/v").is_some());
    assert_eq!(restarted.tree().digest, leader.tree.digest);

    let used = |leader: &Leader| leader.tree.quota("/a/b/v").unwrap().1;
    leader.ask(&set("/a/b/v", "newdata", -1)).unwrap();
    assert_eq!(used(&leader), track(2, 11));
    leader.ask(&delete("/a/b/v/d", -1)).unwrap();
    assert_eq!(used(&leader), track(1, 7));
    assert_eq!(&*leader.tree.node(&stats).unwrap().data, b"count=1,bytes=7");
    assert_eq!(&*leader.tree.quota_above("/a/b/v/x/y").unwrap(), "/a/b/v");
    assert!(leader.tree.quota_above("/a/b").is_none());
    leader.ask(&delete(&limits, -1)).unwrap();
    assert!(leader.tree.quota_above("/a/b/v").is_none());
}
