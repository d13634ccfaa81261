//! A real leader, a scripted follower.

use crate::lone::{LIMIT_MS, Lone, SYNC_LIMIT, disk, packet, plain, zxid};
use sim_core::base::Conn;
use sim_core::engine::DiskImage;
use sim_core::zookeeper::{
    Change, Database, Epoch, Fact, Identities, Loss, Op, PacketData, PacketKind, Quirk, Release,
    Role, ServerState, SessionId, Sid, ZkDisk, Zxid, seeded_disk,
};
use std::sync::Arc;

/// `testLeaderConversation`: a leader with this disk, to which the follower has connected.
fn leader(release: Release, disk: ZkDisk, last: Zxid, epoch: i64) -> (Lone, Conn) {
    let mut lone = Lone::start(release, Role::Participant, disk);
    lone.elect(0, last, epoch);
    assert_eq!(lone.server().state(), ServerState::Leading);
    let conn = lone.connect();
    (lone, conn)
}

fn empty_leader(release: Release) -> (Lone, Conn) {
    leader(release, disk(0, 0), Zxid::ZERO, 0)
}

fn follower_info(lone: &mut Lone, conn: Conn, accepted: Zxid) {
    let info = PacketData::Learner { sid: Sid(1) };
    lone.say(conn, packet(PacketKind::FollowerInfo, accepted, info));
}

fn ack_epoch(lone: &mut Lone, conn: Conn, current: i64, last: Zxid) {
    let epoch = PacketData::Epoch(Some(Epoch(current)));
    lone.say(conn, packet(PacketKind::AckEpoch, last, epoch));
}

/// `assertCurrentEpochGotUpdated` of 3.8.0: the leader's thread writes the file while the handler's
/// goes on. The 3.5.7 test asks at once and can see the old value.
fn current_epoch_becomes(lone: &mut Lone, epoch: i64) {
    lone.run_ms(10);
    assert_eq!(lone.epochs().1, epoch);
}

/// From FOLLOWERINFO to UPTODATE with a leader that has nothing.
fn normal_run(lone: &mut Lone, conn: Conn) {
    assert_eq!(lone.epochs(), (0, 0));
    follower_info(lone, conn, Zxid::ZERO);
    lone.hears(conn, PacketKind::LeaderInfo, zxid(1, 0));
    assert_eq!(lone.epochs(), (1, 0));
    ack_epoch(lone, conn, 0, Zxid::ZERO);
    lone.hears(conn, PacketKind::Diff, Zxid::ZERO);
    lone.hears(conn, PacketKind::NewLeader, zxid(1, 0));
    current_epoch_becomes(lone, 1);
    assert_eq!(lone.epochs(), (1, 1));
    lone.say(conn, plain(PacketKind::Ack, zxid(1, 0)));
    assert_eq!(lone.hear(conn).kind, PacketKind::UpToDate);
}

/// Those without ZOOKEEPER-1465, which sends a snapshot in all of these conversations: upstream's
/// `testUnnecessarySnap` came with its repair.
fn releases() -> impl Iterator<Item = Release> {
    let repaired = |release: &Release| !Quirk::Zk1465SnapshotForEqual.affects(*release);
    Release::ALL.into_iter().filter(repaired)
}

#[test]
fn test_normal_run() {
    for release in releases() {
        let (mut lone, conn) = empty_leader(release);
        normal_run(&mut lone, conn);
    }
}

/// The leader has two nodes in a snapshot, no log, and epoch 1. The follower has them too: no
/// snapshot is sent.
#[test]
fn test_unnecessary_snap() {
    for release in releases() {
        let seeded = seeded_disk("1:2", Epoch(1), Epoch(1)).expect("a history");
        let loaded = Database::load(&seeded).expect("it can be read");
        let mut populated = disk(1, 1);
        populated.apply(&Change::Snapshot(loaded.database.snapshot()));
        let (mut lone, conn) = leader(release, populated, zxid(1, 2), 1);
        assert_eq!(lone.epochs(), (1, 1));
        // The upstream test sends zxid 1, so an accepted epoch of 0.
        follower_info(&mut lone, conn, Zxid(1));
        lone.hears(conn, PacketKind::LeaderInfo, zxid(2, 0));
        assert_eq!(lone.epochs(), (2, 1));
        ack_epoch(&mut lone, conn, 1, zxid(1, 2));
        assert_eq!(lone.hear(conn).kind, PacketKind::Diff);
    }
}

/// The follower has accepted epoch 20, so 21 begins.
#[test]
fn test_leader_behind() {
    for release in releases() {
        let (mut lone, conn) = empty_leader(release);
        follower_info(&mut lone, conn, zxid(20, 0));
        lone.hears(conn, PacketKind::LeaderInfo, zxid(21, 0));
        ack_epoch(&mut lone, conn, 0, Zxid::ZERO);
        assert_eq!(lone.hear(conn).kind, PacketKind::Diff);
        lone.hears(conn, PacketKind::NewLeader, zxid(21, 0));
        lone.say(conn, plain(PacketKind::Ack, zxid(21, 0)));
        assert_eq!(lone.hear(conn).kind, PacketKind::UpToDate);
    }
}

/// ZOOKEEPER-1343: the leader has accepted 5 and would propose 6; the follower has accepted 6.
#[test]
fn test_last_accepted_epoch() {
    for release in releases() {
        let (mut lone, conn) = leader(release, disk(5, 0), Zxid::ZERO, 0);
        follower_info(&mut lone, conn, zxid(6, 0));
        lone.hears(conn, PacketKind::LeaderInfo, zxid(7, 0));
    }
}

/// ZOOKEEPER-1192: a quorum hears of the epoch, but none acknowledges it. The leader does not begin
/// to use it.
#[test]
fn test_abandon_before_ack_epoch() {
    for release in releases() {
        let (mut lone, conn) = empty_leader(release);
        follower_info(&mut lone, conn, Zxid::ZERO);
        lone.hears(conn, PacketKind::LeaderInfo, zxid(1, 0));
        lone.run_ms(LIMIT_MS + 5000);
        assert_eq!(lone.epochs(), (1, 0));
        let gave_up = |fact: &Fact| matches!(fact, Fact::SteppedDown { .. });
        assert!(lone.facts().iter().any(gave_up), "not within initLimit");
    }
}

/// A follower that answers every PING and never acknowledges a proposal: its connection is closed
/// before 2 * syncLimit + 2 packets.
#[test]
fn test_txn_timeout() {
    for release in releases() {
        let (mut lone, conn) = empty_leader(release);
        normal_run(&mut lone, conn);
        // Upstream calls `propose`; here the follower asks for a write of its own.
        let request = PacketData::Request {
            session: SessionId(1),
            cxid: 1,
            op: Arc::new(Op::CreateSession { timeout_ms: 10_000 }),
            identities: Identities::NOBODY,
        };
        lone.say(conn, packet(PacketKind::Request, Zxid(-1), request));
        assert_eq!(lone.hear(conn).kind, PacketKind::Proposal);
        for _ in 0..2 * SYNC_LIMIT + 2 {
            let Some(ping) = lone.next(conn) else {
                break;
            };
            assert_eq!(ping.kind, PacketKind::Ping);
            let answer = PacketData::Touched([].into());
            lone.say(conn, packet(PacketKind::Ping, ping.zxid, answer));
        }
        let in_time = |fact: &Fact| {
            let loss = Loss::ProposalTimeout;
            *fact
                == Fact::LearnerLost {
                    learner: Sid(1),
                    loss,
                }
        };
        assert!(lone.facts().iter().any(in_time), "{release}: it stays open");
    }
}
