//! Ensembles form and serve: reference §7(a) and (b), recordings A and B.

use quorumscope_tests::zk::{Ensemble, Setup};
use sim_core::zookeeper::{Epoch, Release, ServerState, Zxid};

/// Recording A: servers 1 to 5 started one after another, 2.5 s apart, no data.
#[test]
fn five_servers_one_after_another() {
    for release in Release::RECORDED {
        let mut zk = Ensemble::new(Setup::empty(5, release));
        for sid in 1..=5 {
            zk.start([sid]);
            zk.run_ms(2500);
            let states = zk.states();
            let looking = Some((ServerState::Looking, false));
            match sid {
                1 | 2 => assert!(states[..sid as usize].iter().all(|s| *s == looking)),
                _ => {
                    assert_eq!(zk.leader(), Some(3), "{release}: {states:?}");
                    assert!(zk.all_serve(1..=sid), "{release}: {states:?}");
                }
            }
        }
        let zxid = |sid| zk.server(sid).expect("up").last_zxid();
        let new = Zxid::new(Epoch(1), 0);
        // The leader and those that joined later, by SNAP, hold (1,0); the others still 0.
        assert_eq!(
            [1, 2, 3, 4, 5].map(zxid),
            [Zxid::ZERO, Zxid::ZERO, new, new, new]
        );
        for sid in 1..=5 {
            let vote = zk.server(sid).expect("up").current_vote().expect("voted");
            assert_eq!(
                (vote.leader.0, vote.zxid, vote.peer_epoch),
                (3, Zxid::ZERO, Epoch(1))
            );
            assert_eq!(zk.disk(sid).current_epoch, Some(Epoch(1)));
            assert_eq!(zk.disk(sid).accepted_epoch, Some(Epoch(1)));
        }
    }
}
