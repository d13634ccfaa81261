//! The cases of `Zab1_0Test` (3.5.7, the same in 3.8.0) that call a leader's methods by themselves:
//! a quorum in which the leader is not does not count. The conversations are in
//! `tests/conversation`.

use super::*;
use crate::base::{CallId, Lane, LocalTime, NodeId, Port, WallTime};
use crate::engine::{Fx, Machine, Now};
use crate::zookeeper::{
    Change, EnsembleConfig, Member, Msg, Quirks, Release, Role as Votes, ServerConfig,
    ServerOutcome, ZkDisk,
};

/// No effect has any.
struct Nothing;

impl Fx<Server> for Nothing {
    fn step(&self) -> StepIndex {
        StepIndex(1)
    }
    fn listen(&mut self, _: Port) {}
    fn unlisten(&mut self, _: Port) {}
    fn dial(&mut self, _: NodeId, _: Port) -> Conn {
        Conn(0)
    }
    fn send(&mut self, _: Conn, _: Msg) {}
    fn close(&mut self, _: Conn) {}
    fn arm(&mut self, _: Timer, _: Span) {}
    fn disarm(&mut self, _: Timer) {}
    fn hand_after(&mut self, _: Lane, _: Work, _: Span) {}
    fn write(&mut self, _: Change) {}
    fn sync(&mut self) -> WriteId {
        WriteId(1)
    }
    fn reply(&mut self, _: CallId, _: ServerOutcome) {}
    fn exit(&mut self, _: i32) {}
    fn choose(&mut self, _: u64, _: u32) -> u32 {
        0
    }
    fn wants_facts(&self) -> bool {
        false
    }
    fn fact(&mut self, _: Fact, _: &[StepIndex]) {}
}

const NOW: Now = Now {
    mono: LocalTime(0),
    wall: WallTime(0),
};

/// `createLeader`: server 0 of 0, 1 and 2, constructed and not leading yet.
fn with_leader(release: Release, test: impl FnOnce(&mut Server, &mut Cx<'_>)) {
    let member = |id: u16| Member {
        sid: Sid(i64::from(id)),
        node: NodeId(id),
        role: Votes::Participant,
        weight: 1,
        group: None,
    };
    let config = ServerConfig {
        sid: Sid(0),
        ensemble: Arc::new(EnsembleConfig::new((0..3).map(member).collect())),
        release,
        quirks: Quirks::of(release),
    };
    let disk = ZkDisk::default();
    let mut server = Server::boot(&config, NOW, &disk, &mut Nothing);
    server.role = Role::Leading(Box::new(Leader::new(0)));
    let fx: &mut dyn Fx<Server> = &mut Nothing;
    let (now, disk) = (NOW, &disk);
    test(&mut server, &mut Cx { now, disk, fx });
}

fn follower(id: u32) -> Waiter {
    Waiter::Handler(HandlerId(id))
}

/// Both followers wait for an epoch until their time is over, because the leader has not asked yet.
/// They count all the same when it asks: it goes on at once, with 6 because it had accepted 5.
#[test]
fn test_leader_in_connecting_followers() {
    for release in Release::ALL {
        with_leader(release, |server, cx| {
            let accepted = |epoch| By::new(Epoch(epoch), StepIndex(1));
            for id in [1, 2] {
                let sid = Sid(i64::from(id));
                assert!(!server.epoch_to_propose(follower(id), sid, accepted(0), cx));
                assert_eq!(server.leading().epoch(), None);
            }
            server.epoch_to_propose(Waiter::Peer, Sid(0), accepted(5), cx);
            assert_eq!(server.leading().epoch(), Some(Epoch(6)));
        });
    }
}

/// Both followers acknowledge the epoch; neither goes on, because the leader has not.
#[test]
fn test_leader_in_electing_followers() {
    for release in Release::ALL {
        with_leader(release, |server, cx| {
            for sid in [Sid(1), Sid(2)] {
                let from = By::new(sid, StepIndex(1));
                let answer = server.epoch_acked(from, Some(Epoch(0)), Zxid::ZERO, cx);
                assert_eq!(answer, AckWait::Wait);
            }
            assert!(!server.leading().election_is_finished());
        });
    }
}

/// `reportLookingSid` (3.8.0): nothing happens unless the key is set, the leader waits for its
/// epoch, has waited for longer than the key says, and the server that looks is a voter.
#[test]
fn a_voter_that_looks_again_ends_the_wait_for_the_epoch() {
    let limit_ms = 1000;
    let cases = [
        (Some(limit_ms), 1, 1001, true),
        (Some(limit_ms), 1, 1000, false),
        (Some(limit_ms), 7, 1001, false),
        (None, 1, 60_000, false),
    ];
    for (limit, sid, waited_ms, quits) in cases {
        with_leader(Release::V3_8_0, |server, cx| {
            let ensemble = Arc::make_mut(&mut server.config.ensemble);
            ensemble.max_time_to_wait_for_epoch_ms = limit;
            server.leading().stage = LeaderStage::Loading;
            server.voter_looks(Sid(sid), cx);
            server.leader_loaded(cx);
            assert_eq!(server.leading().stage(), LeaderStage::EpochWait);
            cx.now.mono = LocalTime(waited_ms * 1_000_000);
            server.voter_looks(Sid(sid), cx);
            assert_eq!(server.leading().gives_the_epoch_up(), quits);
        });
    }
}
