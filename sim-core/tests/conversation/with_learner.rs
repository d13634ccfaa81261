//! A real follower or observer, a scripted leader.

use crate::lone::{Lone, data, disk, packet, plain, tree, zxid};
use sim_core::base::Conn;
use sim_core::zookeeper::{
    AclList, Epoch, NodeKind, PacketData, PacketKind, Release, Role, SessionId, Sid, Tree, Txn,
    TxnBody, Zxid,
};
use std::sync::Arc;

fn create(at: Zxid, path: &str) -> Arc<Txn> {
    let body = TxnBody::Create {
        path: path.into(),
        data: b"data1"[..].into(),
        parent_cversion: 1,
        acl: AclList::OPEN,
        kind: NodeKind::Persistent,
    };
    Arc::new(Txn::new(at, SessionId(13), 1313, 33, body))
}

fn set_data(at: Zxid, path: &str) -> PacketData {
    let body = TxnBody::SetData {
        path: path.into(),
        data: b"data2"[..].into(),
        version: 2,
    };
    PacketData::Txn(Arc::new(Txn::new(at, SessionId(4), 1414, 55, body)))
}

/// From the dial to ACKEPOCH, as both `testFollowerConversation` and `testObserverConversation`
/// begin: a leader of epoch 1.
fn registered(release: Release, role: Role) -> (Lone, Conn) {
    let mut lone = Lone::start(release, role, disk(0, 0));
    lone.elect(1, Zxid::ZERO, 0);
    let conn = lone.accept();
    assert_eq!(lone.epochs(), (0, 0));
    let kind = match role {
        Role::Participant => PacketKind::FollowerInfo,
        Role::Observer => PacketKind::ObserverInfo,
    };
    let info = lone.hears(conn, kind, Zxid::ZERO);
    assert_eq!(info.data, PacketData::Learner { sid: Sid(0) });
    lone.say(conn, plain(PacketKind::LeaderInfo, zxid(1, 0)));
    let ack = lone.hears(conn, PacketKind::AckEpoch, Zxid::ZERO);
    assert_eq!(ack.data, PacketData::Epoch(Some(Epoch(0))));
    assert_eq!(lone.epochs(), (1, 0));
    (lone, conn)
}

fn snapshot(lone: &mut Lone, conn: Conn, tree: &Arc<Tree>, at: Zxid) {
    let snapshot = PacketData::Snapshot(Arc::clone(tree));
    lone.say(conn, packet(PacketKind::Snap, at, snapshot));
}

/// SNAP: in memory at first, on disk at NEWLEADER. A proposal before UPTODATE is applied when it is
/// committed, and acknowledged behind UPTODATE.
#[test]
fn test_normal_follower_run() {
    for release in Release::RECORDED {
        let (mut lone, conn) = registered(release, Role::Participant);
        let first = zxid(1, 1);
        let foo = |lone: &Lone| data(lone.server().database(), "/foo");
        let before = lone.snapshots();
        snapshot(&mut lone, conn, &tree(&[create(first, "/foo")]), first);
        lone.run_ms(10);
        assert_eq!(lone.snapshots(), before, "it is applied in memory only");
        assert_eq!(foo(&lone), "data1");

        lone.say(conn, plain(PacketKind::NewLeader, zxid(1, 0)));
        lone.hears(conn, PacketKind::Ack, zxid(1, 0));
        assert_eq!(lone.epochs(), (1, 1));
        assert_eq!(lone.snapshots().last(), Some(&first));
        assert_eq!(lone.server().last_zxid(), first);
        assert_eq!(data(&lone.reloaded(), "/foo"), "data1");
        assert_eq!(lone.reloaded().last_processed(), first);

        let proposed = zxid(1, 1000);
        let set = set_data(proposed, "/foo");
        lone.say(conn, packet(PacketKind::Proposal, proposed, set));
        lone.run_ms(10);
        assert_eq!(foo(&lone), "data1", "it is not committed");
        lone.say(conn, plain(PacketKind::Commit, proposed));
        lone.say(conn, plain(PacketKind::UpToDate, Zxid::ZERO));
        lone.hears(conn, PacketKind::Ack, zxid(1, 0));
        lone.hears(conn, PacketKind::Ack, proposed);
        lone.run_ms(10);
        assert_eq!(foo(&lone), "data2");
        assert_eq!(data(&lone.reloaded(), "/foo"), "data2");
        assert_eq!(lone.reloaded().last_processed(), proposed);
    }
}

/// DIFF with one session's creation: NEWLEADER and UPTODATE are acknowledged, the entry comes into
/// memory and into the log, and no snapshot is taken.
#[test]
fn test_normal_follower_run_with_diff() {
    for release in Release::RECORDED {
        let (mut lone, conn) = registered(release, Role::Participant);
        let before = lone.snapshots();
        let created = zxid(1, 2);
        let body = TxnBody::CreateSession { timeout_ms: 30_000 };
        // The upstream test's header has client 4.
        let session = SessionId(4);
        let txn = Arc::new(Txn::new(created, session, 1414, 55, body));
        lone.say(conn, plain(PacketKind::Diff, zxid(1, 1)));
        lone.say(
            conn,
            packet(PacketKind::Proposal, created, PacketData::Txn(txn)),
        );
        lone.say(conn, plain(PacketKind::Commit, created));
        lone.say(conn, plain(PacketKind::NewLeader, zxid(1, 0)));
        lone.say(conn, plain(PacketKind::UpToDate, Zxid::ZERO));
        lone.hears(conn, PacketKind::Ack, zxid(1, 0));
        lone.hears(conn, PacketKind::Ack, zxid(1, 0));
        assert_eq!(lone.epochs(), (1, 1));
        lone.run_ms(50);
        assert_eq!(lone.server().last_zxid(), created);
        let reloaded = lone.reloaded();
        let known = &reloaded.tree().sessions;
        assert!(known.contains_key(&session), "it is in the log");
        assert_eq!(lone.snapshots(), before);
    }
}

/// An observer: SNAP, a proposal with its commit, and an INFORM, all before UPTODATE. Its
/// acknowledgements are those of NEWLEADER and UPTODATE; both changes are on disk in the end.
#[test]
fn test_normal_observer_run() {
    for release in Release::RECORDED {
        let (mut lone, conn) = registered(release, Role::Observer);
        let second = zxid(1, 2);
        let made = tree(&[create(zxid(1, 1), "/foo1"), create(second, "/foo2")]);
        snapshot(&mut lone, conn, &made, second);
        lone.say(conn, plain(PacketKind::NewLeader, zxid(1, 0)));
        lone.hears(conn, PacketKind::Ack, zxid(1, 0));
        assert_eq!(lone.epochs(), (1, 1));
        assert_eq!(lone.server().last_zxid(), second);
        assert_eq!(data(&lone.reloaded(), "/foo1"), "data1");
        assert_eq!(lone.reloaded().last_processed(), second);

        let (proposed, informed) = (zxid(1, 1000), zxid(1, 1001));
        let set = set_data(proposed, "/foo1");
        lone.say(conn, packet(PacketKind::Proposal, proposed, set));
        lone.say(conn, plain(PacketKind::Commit, proposed));
        let set = set_data(informed, "/foo2");
        lone.say(conn, packet(PacketKind::Inform, informed, set));
        lone.say(conn, plain(PacketKind::UpToDate, Zxid::ZERO));
        lone.hears(conn, PacketKind::Ack, zxid(1, 0));
        lone.run_ms(50);
        for path in ["/foo1", "/foo2"] {
            assert_eq!(data(lone.server().database(), path), "data2");
            assert_eq!(data(&lone.reloaded(), path), "data2");
        }
        assert_eq!(lone.reloaded().last_processed(), informed);
    }
}

/// No epoch files, one entry of epoch 3 in the log: both files are made from it.
#[test]
fn test_initial_accepted_current() {
    for release in Release::RECORDED {
        let mut disk =
            sim_core::zookeeper::seeded_disk("3:3-3", Epoch(0), Epoch(0)).expect("a history");
        (disk.accepted_epoch, disk.current_epoch) = (None, None);
        let lone = Lone::start(release, Role::Participant, disk);
        assert_eq!(lone.epochs(), (3, 3));
    }
}
