//! The two elections of every textbook: five servers starting in turn, and 8,8,8,7,7 after a crash.
//!
//! Sources: reference 7(a) and 7(b); recordings A and B of 3.5.7 and 3.8.0 (`scenarios.json`,
//! points 1 to 5 of the READMEs); the variants are those of the reference, computed there with
//! links of 1 ms.

use super::*;
use ServerState::{Following, Leading, Looking};

const DECIDED_3: (i64, i64, i64, i64) = (3, 0, 1, 1);

/// The ensemble serves: members report the new peer epoch from now on (reference 2.7).
fn activate(bed: &mut Bed, sids: &[i64], epoch: i64) {
    for sid in sids {
        let election = bed.election_mut(*sid);
        election.update_election_vote(Epoch(epoch), StepIndex(0));
    }
}

/// Recording A: 1 to 5 started one after another, 2.5 s apart, no data.
#[test]
fn five_servers_start_one_after_another() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.start(1);
        bed.run_ms(2500);
        assert_eq!(bed.election(1).state(), Looking);
        assert_eq!(bed.election(1).proposal(), vote((1, 0, 0, 1)));

        bed.start(2);
        bed.run_ms(2500);
        for sid in [1, 2] {
            assert_eq!(bed.election(sid).state(), Looking);
            assert_eq!(bed.election(sid).proposal(), vote((2, 0, 0, 1)));
        }

        bed.start(3);
        bed.run_ms(2500);
        let third = (Following, 3, Branch::Finalised);
        assert_eq!(bed.decided(1), Some(third));
        assert_eq!(bed.decided(2), Some(third));
        assert_eq!(bed.decided(3), Some((Leading, 3, Branch::Finalised)));

        activate(&mut bed, &[1, 2, 3], 1);
        for joiner in [4, 5] {
            bed.start(joiner);
            let started = bed.now_us;
            bed.run_ms(2500);
            let (state, leader, branch) = bed.decided(joiner).expect("decided");
            assert_eq!((state, leader), (Following, 3));
            // The rounds are equal, so which of the two branches ends it depends on the release
            // and, up to 3.5, on who answers last (ZOOKEEPER-3537).
            assert_ne!(branch, Branch::Finalised);
            if release == Release::V3_8_0 {
                assert_eq!(branch, Branch::SameRound);
            }
            let (at, _, decision) = bed.decisions.last().expect("decided");
            assert_eq!(flat(&decision.vote), DECIDED_3);
            assert!(at - started < 200_000, "no finalise wait for a joiner");
            activate(&mut bed, &[joiner], 1);
        }

        let votes: Vec<_> = (1..=5).map(|sid| bed.leaders_voted(sid)).collect();
        let recorded = [vec![1, 2, 3], vec![2, 3], vec![3], vec![4], vec![5]];
        assert_eq!(votes, recorded);
        assert_eq!(bed.decisions.len(), 5, "nobody changes its mind");
        assert!((1..=5).all(|sid| bed.election(sid).round() == Round(1)));
    }
}

/// Reference 7(a) 1: alone, a server tries to reach the others 200, 600, 1400 and 3000 ms after its
/// start.
#[test]
fn alone_it_tries_again_later_and_later() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.start(1);
        bed.run_ms(3200);
        let tried = |note: &Noted| match note.fact {
            Fact::BackOff {
                waited_ms, resent, ..
            } => Some((waited_ms, resent)),
            _ => None,
        };
        let tries: Vec<_> = bed.notes.iter().filter_map(tried).collect();
        assert_eq!(
            tries,
            [(200, false), (400, false), (800, false), (1600, false)]
        );
    }
}

/// Reference 7(a) 5, point 2 of the READMEs: what 4 hears when it joins: from each peer the last
/// LOOKING vote again, then FOLLOWING or LEADING with the new peer epoch and the old zxid.
#[test]
fn a_joiner_hears_stale_votes_first() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        for sid in 1..=3 {
            bed.start(sid);
            bed.run_ms(2500);
        }
        activate(&mut bed, &[1, 2, 3], 1);
        bed.delivered.clear();
        bed.start(4);
        bed.run_ms(2500);
        let heard = bed.heard_by(4);
        for (peer, state) in [(1, Following), (2, Following), (3, Leading)] {
            let from: Vec<_> = heard.iter().filter(|entry| entry.0 == peer).collect();
            let stale = (peer, Looking, (3, 0, 0, 1));
            assert_eq!(from, [&stale, &(peer, state, (3, 0, 1, 1))], "from {peer}");
        }
    }
}

/// Reference 7(a), variant: 4 started less than 200 ms after the quorum for 3 wins, since
/// finalising is given up.
#[test]
fn a_better_server_within_the_finalise_wait_wins() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        for sid in 1..=3 {
            bed.start(sid);
            bed.run_ms(if sid < 3 { 2500 } else { 150 });
        }
        assert!((1..=3).all(|sid| bed.election(sid).is_finalising()));
        bed.start(4);
        bed.run_ms(2500);
        assert_eq!(bed.decided(4), Some((Leading, 4, Branch::Finalised)));
        for sid in 1..=3 {
            assert_eq!(bed.decided(sid), Some((Following, 4, Branch::Finalised)));
            assert!(bed.uses(sid, NotificationUse::PutBack) > 0, "{sid}");
        }
    }
}

/// Reference 7(a), variant; recording C: all at once, the greatest id wins in round 1.
#[test]
fn all_at_once_the_greatest_id_wins() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.start_all(1..=5);
        bed.run_ms(2500);
        assert_eq!(bed.decided(5), Some((Leading, 5, Branch::Finalised)));
        for sid in 1..=4 {
            let (state, leader, _) = bed.decided(sid).expect("decided");
            assert_eq!((state, leader), (Following, 5), "{sid}");
        }
        assert!((1..=5).all(|sid| bed.election(sid).round() == Round(1)));
    }
}

/// Reference 7(a), variant: started 5, 4, 3, 2, 1, the first one wins when the third starts; 2 and
/// 1 adopt 5 from stale votes, begin to finalise, then leave through the branch for decided votes.
#[test]
fn in_descending_order_the_first_wins() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        for sid in [5, 4, 3] {
            bed.start(sid);
            bed.run_ms(2500);
        }
        assert_eq!(bed.decided(5), Some((Leading, 5, Branch::Finalised)));
        assert_eq!(bed.decided(4), Some((Following, 5, Branch::Finalised)));
        activate(&mut bed, &[5, 4, 3], 1);
        for sid in [2, 1] {
            bed.start(sid);
            bed.run_ms(2500);
            assert_eq!(bed.leaders_voted(sid), [sid, 5], "adopted from stale votes");
            let (state, leader, _) = bed.decided(sid).expect("decided");
            assert_eq!((state, leader), (Following, 5));
            activate(&mut bed, &[sid], 1);
        }
    }
}

/// An ensemble of five with leader 3 in epoch 1; zxids ..8, ..8, ..8, ..7, ..7. Returns it before
/// the crash.
fn lagging_ensemble(release: Release) -> Bed {
    let mut bed = Bed::new(release, 1..=5);
    for sid in 1..=3 {
        bed.start(sid);
        bed.run_ms(2500);
    }
    activate(&mut bed, &[1, 2, 3], 1);
    for sid in [4, 5] {
        bed.start(sid);
        bed.run_ms(2500);
    }
    activate(&mut bed, &[4, 5], 1);
    for (sid, counter) in [(1, 8), (2, 8), (3, 8), (4, 7), (5, 7)] {
        bed.history(sid, 1, Zxid::new(Epoch(1), counter));
    }
    bed
}

const EIGHT: i64 = 0x1_0000_0008;
const SEVEN: i64 = 0x1_0000_0007;

/// Recording B `lost-proposal`: 2 wins 5 of 5; 4 votes for itself with ..7 first, then for 2;
/// everything in round 2.
#[test]
fn eight_eight_eight_seven_seven() {
    for release in RELEASES {
        let mut bed = lagging_ensemble(release);
        bed.kill(3);
        bed.kill(5);
        bed.notes.clear();
        bed.run_ms(2);
        for sid in [1, 2, 4] {
            bed.look(sid);
        }
        bed.run_ms(2500);
        assert_eq!(bed.decided(2), Some((Leading, 2, Branch::Finalised)));
        assert_eq!(bed.decided(1), Some((Following, 2, Branch::Finalised)));
        assert_eq!(bed.decided(4), Some((Following, 2, Branch::Finalised)));
        assert_eq!(bed.votes(2), [(2, EIGHT, 1, 2)], "2 never changes");
        assert_eq!(bed.votes(4)[0], (4, SEVEN, 1, 2));
        assert_eq!(bed.votes(4).last(), Some(&(2, EIGHT, 1, 2)));
        assert_eq!(bed.votes(1), [(1, EIGHT, 1, 2), (2, EIGHT, 1, 2)]);

        // Why: 2's decision goes back to the three first votes.
        let decided = |note: &&Noted| note.sid == 2 && matches!(note.fact, Fact::Decided { .. });
        let decision = bed.notes.iter().find(decided).expect("2 decided").step;
        let reasons = bed.reasons(decision);
        for sid in [1, 2, 4] {
            let began =
                |note: &&Noted| note.sid == sid && matches!(note.fact, Fact::RoundBegan { .. });
            let began = bed.notes.iter().find(began).expect("began").step;
            assert!(reasons.contains(&began), "the first vote of {sid}");
        }

        // 3 comes back with round 1, raises its round on a stale LOOKING notification, and follows;
        // the leader does not change (point 6 of the README of 3.8.0).
        activate(&mut bed, &[1, 2, 4], 2);
        bed.notes.clear();
        bed.start(3);
        bed.run_ms(2500);
        assert_eq!(bed.votes(3)[0], (3, EIGHT, 1, 1));
        assert_eq!(bed.uses(3, NotificationUse::NewerRound), 1);
        let (state, leader, branch) = bed.decided(3).expect("decided");
        assert_eq!((state, leader), (Following, 2));
        assert_ne!(branch, Branch::Finalised);
        assert_eq!(bed.election(3).round(), Round(2));
        let (_, _, last) = bed.decisions.last().expect("decided");
        assert_eq!(flat(&last.vote), (2, EIGHT, 2, 2));
    }
}

/// Reference 7(b) 2: one server is early. The others still say that they follow 3: two votes and no
/// word from 3 itself, which is what `checkLeader` is for.
#[test]
fn without_a_word_from_the_leader_nobody_follows_it() {
    for release in RELEASES {
        let mut bed = lagging_ensemble(release);
        bed.kill(3);
        bed.notes.clear();
        bed.look(4);
        bed.run_ms(100);
        assert_eq!(bed.election(4).state(), Looking);
        let no_word = |note: &Noted| {
            matches!(note.fact, Fact::NoWordFromLeader { leader, ref votes }
                if leader == Sid(3) && votes.len() == 3)
        };
        assert!(bed.notes.iter().any(no_word), "1, 2 and 5 agree on 3");
        assert_eq!(bed.decisions.iter().filter(|entry| entry.1 == 4).count(), 1);
    }
}

/// Recording B `cold-start-of-1-2-4`: 8,8,7 from disk; 2 wins in round 1.
#[test]
fn cold_start_with_eight_eight_seven() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        for (sid, counter) in [(1, 8), (2, 8), (4, 7)] {
            bed.history(sid, 1, Zxid::new(Epoch(1), counter));
        }
        bed.start_all([1, 2, 4]);
        bed.run_ms(2500);
        assert_eq!(bed.decided(2), Some((Leading, 2, Branch::Finalised)));
        assert_eq!(bed.decided(1).map(|decided| decided.1), Some(2));
        assert_eq!(bed.decided(4).map(|decided| decided.1), Some(2));
        assert_eq!(bed.votes(4)[0], (4, SEVEN, 1, 1));
        assert_eq!(bed.election(2).round(), Round(1));
    }
}
