//! Observers, rounds, waits, and what finalising loses.
//!
//! Sources: reference 2.3 to 2.8; point 10 of the READMEs of the recordings; upstream
//! `ObserverLETest`.

use super::*;
use crate::zookeeper::Compared;
use ServerState::{Following, Leading, Looking, Observing};

const MIN: i64 = i64::MIN;

fn with_observer(release: Release) -> Bed {
    let member = |sid: i64| Member {
        sid: Sid(sid),
        node: NodeId(sid as u16),
        role: if sid == 2 {
            Role::Observer
        } else {
            Role::Participant
        },
        weight: 1,
        group: None,
    };
    Bed::of(release, EnsembleConfig::new((0..3).map(member).collect()))
}

/// Point 10 of the READMEs: an observer's first vote has leader, zxid and epoch -2^63; it follows
/// what a quorum of participants decided, and no participant ever counts it.
#[test]
fn an_observer_follows_and_never_counts() {
    for release in RELEASES {
        let mut bed = with_observer(release);
        bed.start(0);
        bed.start(2);
        bed.run_ms(3000);
        assert_eq!(bed.votes(2)[0], (MIN, MIN, MIN, 1));
        assert!(
            bed.decisions.is_empty(),
            "one participant of two is no quorum"
        );
        bed.start(1);
        bed.run_ms(5000);
        assert_eq!(bed.decided(1), Some((Leading, 1, Branch::Finalised)));
        assert_eq!(bed.decided(0).map(|decided| decided.0), Some(Following));
        let (state, leader, _) = bed.decided(2).expect("decided");
        assert_eq!((state, leader), (Observing, 1));
        for sid in [0, 1] {
            let queued = |note: &&Noted| {
                let from_observer = |fact: &Fact| {
                    matches!(fact, Fact::Heard { sender: Sid(2), used, .. }
                        if *used != NotificationUse::AnsweredObserver)
                };
                note.sid == sid && from_observer(&note.fact)
            };
            assert_eq!(bed.notes.iter().filter(queued).count(), 0);
        }
    }
}

/// Point 10: a LOOKING participant answers an observer with the last leader it decided for, with
/// the round of its clock; before any decision with itself (`startLeaderElection`).
#[test]
fn an_observer_is_answered_with_the_last_decision() {
    for release in RELEASES {
        let mut bed = with_observer(release);
        bed.start(0);
        bed.start(1);
        bed.run_ms(3000);
        assert_eq!(bed.decided(0).map(|decided| decided.1), Some(1));
        bed.kill(1);
        bed.run_ms(2);
        bed.look(0);
        bed.run_ms(500);
        bed.start(2);
        bed.run_ms(5000);
        assert!(bed.heard_by(2).contains(&(0, Looking, (1, 0, 0, 2))));
        assert_eq!(bed.election(0).proposal().leader, Sid(0));
        assert_eq!(bed.election(2).state(), Looking);
    }
}

/// Recording E `observers`, in 5 of 5 runs of 3.8.0 and 3 of 3 of 3.5.7: when the leader dies, the
/// observers first decide for it again, since two LOOKING participants tell them their last
/// decision with the round of their clocks. They cannot connect, vote in round 3, and join the new
/// leader, whose round 2 they take over: their next election is round 3 again.
#[test]
fn observers_first_decide_for_the_dead_leader() {
    for release in RELEASES {
        let member = |sid: i64| Member {
            sid: Sid(sid),
            node: NodeId(sid as u16 - 1),
            role: if sid > 3 {
                Role::Observer
            } else {
                Role::Participant
            },
            weight: 1,
            group: None,
        };
        let mut bed = Bed::of(release, EnsembleConfig::new((1..=5).map(member).collect()));
        bed.start_all(1..=5);
        bed.run_ms(1500);
        assert!((1..=5).all(|sid| bed.decided(sid).map(|decided| decided.1) == Some(3)));
        for (round, dead) in [(2, 3), (3, 2)] {
            let alive: Vec<i64> = [1, 2, 4, 5]
                .into_iter()
                .filter(|sid| *sid != dead)
                .collect();
            for sid in alive.iter().chain([&dead]) {
                let election = bed.election_mut(*sid);
                election.update_election_vote(Epoch(round - 1), StepIndex(0));
                bed.history(*sid, round - 1, Zxid::ZERO);
            }
            bed.kill(dead);
            bed.run_ms(2);
            bed.notes.clear();
            bed.decisions.clear();
            for sid in &alive {
                bed.look(*sid);
            }
            bed.run_ms(700);
            for observer in [4, 5] {
                let votes = [(MIN, MIN, MIN, round), (dead, 0, round - 1, round)];
                assert_eq!(bed.votes(observer), votes);
            }
            if round == 2 {
                let again = Some((Observing, 3, Branch::Finalised));
                assert_eq!(bed.decided(2), Some((Leading, 2, Branch::Finalised)));
                assert_eq!([bed.decided(4), bed.decided(5)], [again, again]);
                for sid in [1, 2] {
                    let election = bed.election_mut(sid);
                    election.update_election_vote(Epoch(2), StepIndex(0));
                }
                for observer in [4, 5] {
                    bed.look(observer);
                    assert_eq!(bed.votes(observer).last(), Some(&(MIN, MIN, MIN, 3)));
                }
                bed.run_ms(700);
                let joined = Some((Observing, 2, Branch::OutOfElection));
                assert_eq!([bed.decided(4), bed.decided(5)], [joined, joined]);
                assert_eq!(bed.election(4).round(), Round(2));
            } else {
                assert!(bed.decisions.is_empty(), "one participant of three");
            }
        }
    }
}

/// Reference 2.4: notifications of an older round are dropped, and answered with the current
/// proposal and round.
#[test]
fn an_older_round_is_answered_and_dropped() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.start(1);
        bed.start(2);
        bed.run_ms(20);
        bed.say(2, 1, Notification::new(Looking, vote((2, 0, 0, 7))));
        bed.run_ms(10);
        assert_eq!(bed.election(1).round(), Round(7));
        // 2 hears 1's broadcast of round 7 and comes along.
        assert_eq!(bed.election(2).round(), Round(7));
        bed.delivered.clear();
        bed.say(2, 1, Notification::new(Looking, vote((2, 9, 9, 3))));
        bed.run_ms(10);
        assert_eq!(bed.uses(1, NotificationUse::DroppedOldRound), 1);
        assert_eq!(bed.heard_by(2), [(1, Looking, (2, 0, 0, 7))]);
    }
}

/// Reference 2.4: a newer round clears the votes, and the proposal is the better of what was heard
/// and the own first vote, not the own present one.
#[test]
fn a_newer_round_begins_with_the_own_vote() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.history(2, 0, Zxid(5));
        bed.start(1);
        bed.start(2);
        bed.run_ms(50);
        assert_eq!(bed.election(1).proposal(), vote((2, 5, 0, 1)));
        bed.boot(5);
        bed.say(5, 1, Notification::new(Looking, vote((1, -3, 0, 2))));
        bed.run_ms(2);
        bed.run_ms(10);
        let newer = |note: &&Noted| {
            note.sid == 1 && matches!(&note.fact, Fact::Voted { to, .. } if to.round == Round(2))
        };
        let first = bed.notes.iter().find(newer).expect("a newer round");
        let Fact::Voted { to, compared, .. } = first.fact else {
            unreachable!("found as one");
        };
        assert_eq!((to.leader, to.zxid), (Sid(1), Zxid(0)));
        assert_eq!(compared, Compared::Zxid);
    }
}

/// Reference 2.4: while a server finalises, whatever is not better is consumed and lost, and the
/// 200 ms begin anew.
#[test]
fn finalising_loses_what_is_no_better() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=3);
        bed.start(2);
        bed.start(3);
        bed.run_ms(100);
        assert!(bed.election(3).is_finalising());
        let before = bed.now_us;
        bed.start(1);
        bed.run_ms(50);
        // 1 has nothing that 3 does not know better: its votes are lost, and not counted.
        assert!(bed.uses(3, NotificationUse::LostWhileFinalising) >= 1);
        assert!(bed.election(3).is_finalising());
        let counted = bed.election(3).recvset().expect("finalising");
        assert!(counted.get(Sid(1)).is_none());
        bed.run_ms(1000);
        let decided = bed.decisions.iter().find(|entry| entry.1 == 3);
        let at = decided.expect("decided").0;
        assert!(at > before + 200_000, "the silence began anew");
    }
}

/// Reference 2.6: 200 ms doubled up to 60 s, and not reset by what comes in between.
#[test]
fn waits_double_up_to_a_minute() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.start(1);
        bed.run_ms(1500);
        bed.start(2);
        bed.run_ms(400_000);
        let waited = |sid| {
            let of = |note: &Noted| match note.fact {
                Fact::BackOff { next_ms, .. } if note.sid == sid => Some(next_ms),
                _ => None,
            };
            bed.notes.iter().filter_map(of).collect::<Vec<_>>()
        };
        let mut expected: Vec<u32> = (1..9).map(|doubled| 200 << doubled).collect();
        expected.push(60_000);
        assert_eq!(waited(1)[..9], expected);
        assert_eq!(waited(1).last(), Some(&60_000));
    }
}

/// Release 3.6 and later: a server whose zxid is -1 takes no part, neither by its votes nor by
/// counting others'.
#[test]
fn an_uninitialised_server_is_not_counted() {
    for (release, drops) in [(Release::V3_5_7, false), (Release::V3_8_0, true)] {
        let mut bed = Bed::new(release, 1..=3);
        bed.history(3, 0, Zxid(-1));
        bed.start(3);
        bed.start(2);
        bed.run_ms(2000);
        assert_eq!(bed.decisions.is_empty(), drops);
        assert_eq!(
            bed.uses(2, NotificationUse::DroppedUninitialised) > 0,
            drops
        );
    }
}

/// `testLeaderOutOfView` in small (`QuorumPeerMainTest`): a vote for, or of, a server that one's
/// configuration lacks is dropped, so 1 keeps looking while 2 and 3 agree on 3.
#[test]
fn a_leader_out_of_view_is_not_followed() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=3);
        let mut ensemble = (*bed.servers[0].config.ensemble).clone();
        ensemble.members.pop();
        bed.servers[0].config.ensemble = Arc::new(ensemble);
        bed.start_all(2..=3);
        bed.run_ms(3000);
        assert_eq!(bed.decided(2).map(|decided| decided.1), Some(3));
        bed.start(1);
        bed.run_ms(5000);
        assert_eq!(bed.decided(1), None);
        assert!(bed.uses(1, NotificationUse::DroppedNotAVoter) > 0);
    }
}
