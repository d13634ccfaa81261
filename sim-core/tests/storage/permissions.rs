//! Sources: upstream `ACLTest`, `ACLCountTest`, `ACLRootTest`, `AuthTest`, `SkipACLTest` by their
//! names, `PrepRequestProcessor` and `FinalRequestProcessor` of 3.5.7 where named. What the wire
//! answers to a list is in the tests of recording M.

use crate::leader::{Leader, create, delete, set};
use sim_core::base::NodeId;
use sim_core::zookeeper::ErrorCode::{BadVersion, NoAuth};
use sim_core::zookeeper::{
    Acl, AclList, CreateMode, Id, Identities, Op, OpResult, Perms, Release, Rules, digest,
};
use std::sync::Arc;

fn rules(change: impl FnOnce(&mut Rules)) -> Arc<Rules> {
    let mut rules = Rules::of_release(Release::V3_5_7);
    change(&mut rules);
    Arc::new(rules)
}

/// A connection that has shown this name and password, as `addauth digest` leaves it.
fn proved(user_and_password: &str) -> Identities {
    let mut who = Identities::of_node(NodeId(0));
    who.add(Id::new("digest", &digest(user_and_password.as_bytes())));
    who
}

fn acl(path: &str, acl: AclList) -> Op {
    Op::Create {
        path: path.into(),
        data: Arc::default(),
        acl,
        mode: CreateMode::Persistent,
        ttl_ms: -1,
        stat: false,
    }
}

fn only(perms: Perms, scheme: &str, id: &str) -> AclList {
    AclList::new(vec![Acl::new(perms, scheme, id)])
}

fn creator_all() -> AclList {
    only(Perms::ALL, "auth", "")
}

fn set_acl(path: &str, acl: AclList) -> Op {
    Op::SetAcl {
        path: path.into(),
        acl,
        version: -1,
    }
}

fn get(path: &str) -> Op {
    Op::GetData {
        path: path.into(),
        watch: false,
    }
}

/// ACLTest.testIPAuthenticationIsValidCIDR.
#[test]
fn addresses_may_say_how_many_bits_matter() {
    let mut leader = Leader::new();
    let table = [
        ("127.0.0.1", true),
        ("127.0.0.1/32", true),
        ("127.0.0.1/0", true),
        ("127.0.0.1/33", false),
        ("10.0.0.1/-1", false),
    ];
    for (nth, (range, valid)) in table.into_iter().enumerate() {
        let answer = leader.ask(&acl(&format!("/{nth}"), only(Perms::ALL, "ip", range)));
        assert_eq!(answer.is_ok(), valid, "{range}: {answer:?}");
    }
}

/// ACLTest.testAcls: equal lists are kept once; 100 open ones and the server's own make 2, 100
/// others 102, after a restart as many.
#[test]
fn equal_lists_are_kept_once() {
    let mut leader = Leader::new();
    (0..100).for_each(|n| drop(leader.made(&create(&format!("/{n}")))));
    assert_eq!(leader.tree.acl_lists(), 2);
    let of_address = |n: i32| {
        acl(
            &format!("/{n}"),
            only(Perms::NONE, "ip", &format!("1.1.1.{n}")),
        )
    };
    (100..200).for_each(|n| drop(leader.made(&of_address(n))));
    assert_eq!(leader.tree.acl_lists(), 102);
    (200..205).for_each(|n| drop(leader.made(&of_address(n))));
    assert_eq!(leader.tree.acl_lists(), 107);
    // ReferenceCountedACLCacheTest: the last user takes its list along.
    leader.ask(&delete("/204", -1)).unwrap();
    assert_eq!(leader.tree.acl_lists(), 106);
    // They allow nothing to anybody but the super user.
    leader.who.add(Id::new("super", ""));
    leader.ask(&set_acl("/203", AclList::OPEN)).unwrap();
    assert_eq!(leader.tree.acl_lists(), 105);
}

/// ACLCountTest.testAclCount: four entries, two of them different.
#[test]
fn doubles_in_a_list_count_once() {
    let mut leader = Leader::new();
    leader.who = proved("pat:test");
    leader.ask(&set_acl("/", creator_all())).unwrap();
    let readable = Acl::new(Perms::READ, "world", "anyone");
    let all = Acl::new(Perms::ALL, "auth", "");
    let four = vec![readable.clone(), all.clone(), readable, all];
    leader.made(&acl("/path", AclList::new(four)));
    let list = &leader.tree.node("/path").unwrap().acl;
    assert_eq!(list.entries().unwrap().len(), 2);
}

/// ACLRootTest.testRootAcl: the root can be closed and opened again.
#[test]
fn the_root_has_a_list_too() {
    let mut leader = Leader::new();
    leader.who = proved("pat:test");
    leader.ask(&set_acl("/", creator_all())).unwrap();
    leader.made(&create("/apps"));
    leader.who = Identities::of_node(NodeId(0));
    assert_eq!(leader.ask(&create("/apps2")), Err(NoAuth));
    assert_eq!(leader.ask(&delete("/apps", -1)), Err(NoAuth));
    assert_eq!(leader.ask(&set_acl("/", AclList::OPEN)), Err(NoAuth));
    leader.who = proved("pat:test");
    leader.ask(&set_acl("/", AclList::OPEN)).unwrap();
    leader.who = Identities::of_node(NodeId(0));
    leader.made(&create("/apps2"));
}

/// AuthTest.testSuper, testSuperACL with the digest of its own `super:D/InIHSb7yEEbrWz8b9l71RjZJU=`:
/// who shows the right password may do everything, a wrong one nothing.
#[test]
fn the_super_user_may_do_everything() {
    let stored = "super:D/InIHSb7yEEbrWz8b9l71RjZJU=";
    assert_eq!(digest(b"super:test"), stored);
    let mut leader = Leader::with_rules(rules(|rules| {
        rules.access.super_digest = Some(stored.into());
    }));
    leader.who = proved("pat:pass");
    leader.made(&acl("/path1", creator_all()));
    for (who, may) in [
        (Identities::of_node(NodeId(0)), false),
        (proved("pat:pass2"), false),
        (proved("super:test2"), false),
        (proved("pat:pass"), true),
    ] {
        leader.who = who;
        assert_eq!(leader.ask(&get("/path1")).is_ok(), may);
        assert_eq!(leader.ask(&set("/path1", "x", -1)).is_ok(), may);
    }
    leader.who = Identities::of_node(NodeId(0));
    leader.who.add(Id::new("super", ""));
    assert!(leader.ask(&get("/path1")).is_ok());
    leader
        .ask(&set_acl("/path1", only(Perms::READ, "world", "anyone")))
        .unwrap();
    leader.ask(&set("/path1", "y", -1)).unwrap();
}

/// `PrepRequestProcessor.skipACL`.
#[test]
fn permissions_can_be_switched_off() {
    let mut leader = Leader::with_rules(rules(|rules| rules.access.skip_acl = true));
    leader.made(&acl("/closed", only(Perms::NONE, "world", "anyone")));
    leader.ask(&set("/closed", "x", -1)).unwrap();
    assert!(leader.ask(&get("/closed")).is_ok());
}

/// `FinalRequestProcessor`, getACL: without ADMIN the digests are hidden.
#[test]
fn digests_are_hidden_from_those_who_only_read() {
    let mut leader = Leader::new();
    leader.who = proved("ann:secret");
    let readable = Acl::new(Perms::READ, "world", "anyone");
    let own = Acl::new(Perms::ALL, "auth", "");
    leader.made(&acl("/n", AclList::new(vec![own, readable])));
    let list = Op::GetAcl { path: "/n".into() };
    let stored = digest(b"ann:secret");
    for (who, shown) in [
        (proved("ann:secret"), stored.as_str()),
        (Identities::of_node(NodeId(0)), "ann:x"),
    ] {
        leader.who = who;
        let Ok(OpResult::Acl(list, stat)) = leader.ask(&list) else {
            panic!("a list");
        };
        assert_eq!(&*list.entries().unwrap()[0].id.id, shown);
        assert_eq!(stat.aversion, 0);
    }
}

/// setACL counts versions of its own and looks at them; data and children stay.
#[test]
fn the_list_has_a_version() {
    let mut leader = Leader::new();
    leader.made(&create("/n"));
    let wrong = Op::SetAcl {
        path: "/n".into(),
        acl: AclList::OPEN,
        version: 3,
    };
    assert_eq!(leader.ask(&wrong), Err(BadVersion));
    let before = leader.stat("/n");
    let Ok(OpResult::Stat(after)) = leader.ask(&set_acl("/n", AclList::OPEN)) else {
        panic!("a stat");
    };
    assert_eq!((after.aversion, after.version), (1, 0));
    assert_eq!((after.mzxid, after.pzxid), (before.mzxid, before.pzxid));
}

/// `PrepRequestProcessor`, setACL: the record of what is proposed keeps the old list, so a write
/// behind it is looked at with the old one until it is applied.
#[test]
fn a_proposed_list_counts_when_it_is_applied() {
    let mut leader = Leader::new();
    leader.made(&create("/n"));
    let close = leader.propose(
        crate::leader::SESSION,
        &set_acl("/n", only(Perms::NONE, "world", "anyone")),
    );
    let write = leader.propose(crate::leader::SESSION, &set("/n", "x", -1));
    leader.apply(&close).unwrap();
    assert!(leader.apply(&write).is_ok());
    assert_eq!(leader.ask(&set("/n", "y", -1)), Err(NoAuth));
}

/// Where a range is given only its bits count (`IPAuthenticationProvider.matches`).
#[test]
fn an_address_may_be_one_of_many() {
    let mut leader = Leader::new();
    leader.who = Identities::new(vec![Id::new("ip", "10.0.0.7")]);
    for (nth, (range, may)) in [
        ("10.0.0.7", true),
        ("10.0.0.0/29", true),
        ("10.0.0.0/30", false),
        ("0.0.0.0/0", true),
        ("11.0.0.7", false),
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("/{nth}");
        leader.made(&acl(&path, only(Perms::ALL, "ip", range)));
        assert_eq!(leader.ask(&get(&path)).is_ok(), may, "{range}");
    }
}
