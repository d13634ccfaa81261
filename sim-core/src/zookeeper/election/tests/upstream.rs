//! Tests of the original servers, restated: what they set up, what they wait for.
//!
//! Each names its source in release 3.5.7 (the same in 3.8.0). `FLEOutOfElectionTest` and
//! `FLEPredicateTest` are beside the predicates in `ballot`; `QuorumMajorityTest` and
//! `HierarchicalQuorumTest` in `quorum`.

use super::*;
use crate::zookeeper::{QuorumRule, Role};
use ServerState::{Following, Leading, Looking};

fn says(state: ServerState, of: (i64, i64, i64, i64)) -> Notification {
    Notification {
        // `FastLeaderElection.buildMsg` without a configuration makes 40 bytes, which are read as
        // having no version.
        version: 0,
        ..Notification::new(state, vote(of))
    }
}

/// `FLETest.testSingleElection`, `testDoubleElection`, `testTripleElection`: seven servers without
/// data; in all rounds but the last the winner dies, and the others look again after 100 ms. In the
/// last round more than half decide for one leader, itself among them, in the right states.
#[test]
fn elections_while_winners_die() {
    for release in RELEASES {
        for rounds in 1..=3 {
            let mut bed = Bed::new(release, 0..7);
            bed.start_all(0..7);
            let mut seen = 0;
            let mut due: Vec<(u64, i64)> = Vec::new();
            let mut dead = Vec::new();
            let mut joined: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
            for _ in 0..60_000 {
                bed.run_ms(1);
                for &(at, sid, decision) in &bed.decisions.clone()[seen..] {
                    seen += 1;
                    let leader = decision.vote.leader.0;
                    let last = bed.election(sid).round() >= Round(rounds);
                    if leader == sid && !last {
                        bed.kill(sid);
                        dead.push(sid);
                    } else if last {
                        let right = if leader == sid { Leading } else { Following };
                        assert_eq!(decision.state, right);
                        joined.entry(leader).or_default().push(sid);
                    } else {
                        due.push((at + 100_000, sid));
                    }
                }
                let (now, later): (Vec<_>, Vec<_>) =
                    (due.iter()).partition(|entry| entry.0 <= bed.now_us);
                due = later;
                for (_, sid) in now {
                    bed.look(sid);
                }
                // `waitForQuorum`: a supporter of a leader without a quorum tries again.
                if joined.values().any(|sids| sids.len() > 3) {
                    break;
                }
            }
            let won = joined.iter().find(|(_, sids)| sids.len() > 3);
            let (leader, supporters) = won.expect("a majority joins");
            assert!(supporters.contains(leader), "the leader joins");
            assert!(!dead.contains(leader));
            assert_eq!(dead.len() as i64, rounds - 1);
        }
    }
}

/// `FLETest.testJoin` (ZOOKEEPER-975): 0 and 1 form an ensemble of three; 2 joins and never leads.
#[test]
fn a_joiner_does_not_lead() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 0..3);
        bed.start(0);
        bed.start(1);
        bed.run_ms(10_000);
        assert_eq!(bed.election(0).state(), Following);
        bed.start(2);
        bed.run_ms(10_000);
        assert_eq!(bed.decided(2).map(|decided| decided.0), Some(Following));
        assert_eq!(bed.decisions.len(), 3);
    }
}

/// `FLETest.testJoinInconsistentEnsemble` (ZOOKEEPER-1732): the vote that 0 reports has another
/// zxid and round.
#[test]
fn joins_an_ensemble_with_inconsistent_votes() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 0..3);
        bed.start(0);
        bed.start(1);
        bed.run_ms(10_000);
        let member = bed.election_mut(0);
        assert_eq!(member.state(), Following);
        let mut strange = member.current_vote();
        strange.zxid.0 += 100;
        strange.round.0 += 100;
        member.set_current_vote(strange, StepIndex(0));
        bed.start(2);
        bed.run_ms(10_000);
        assert_eq!(bed.decided(2).map(|decided| decided.0), Some(Following));
    }
}

/// `FLENewEpochTest.testLENewEpoch`: 1 and 2 elect; 2 dies; 1 looks again (round 2) while 0 begins
/// at round 1. Both end.
#[test]
fn a_newcomer_takes_over_the_newer_round() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 0..3);
        bed.start(1);
        bed.start(2);
        bed.run_ms(4000);
        assert_eq!(bed.decided(2).map(|decided| decided.1), Some(2));
        bed.kill(2);
        bed.run_ms(2);
        bed.look(1);
        bed.start(0);
        bed.run_ms(10_000);
        assert_eq!(bed.decided(1), Some((Leading, 1, Branch::Finalised)));
        assert_eq!(bed.decided(0).map(|decided| decided.1), Some(1));
        assert_eq!(bed.election(0).round(), Round(2));
        assert_eq!(bed.uses(0, NotificationUse::NewerRound), 1);
    }
}

/// `FLEZeroWeightTest.testZeroWeightQuorum`: nine servers in three groups, only 0, 1 and 2 weigh
/// anything. All decide, and none of weight 0 leads.
#[test]
fn weightless_servers_never_lead() {
    for release in RELEASES {
        let member = |sid: i64| Member {
            sid: Sid(sid),
            node: NodeId(sid as u16),
            role: Role::Participant,
            weight: i64::from(sid < 3),
            group: Some(sid / 3),
        };
        let mut ensemble = EnsembleConfig::new((0..9).map(member).collect());
        ensemble.rule = QuorumRule::Hierarchical;
        let mut bed = Bed::of(release, ensemble);
        bed.start_all(0..9);
        bed.run_ms(15_000);
        for sid in 0..9 {
            let (state, leader, _) = bed.decided(sid).expect("joined");
            assert!(state == Following || sid < 3, "{sid} weighs nothing");
            assert!(leader < 3);
        }
    }
}

/// `FLERestartTest.testLERestart`: three elect; 0 restarts at once and ends its second election
/// too.
#[test]
fn restarts_after_an_election() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 0..3);
        bed.start_all(0..3);
        bed.run_ms(10_000);
        let first = bed.decided(0).expect("decided");
        bed.kill(0);
        bed.run_ms(10);
        bed.start(0);
        bed.run_ms(10_000);
        let second = bed.decided(0).expect("decided");
        assert_eq!((second.0, second.1), (Following, first.1));
    }
}

/// `FLELostMessageTest.testLostMessage`: 0 is a mock. It votes for itself, and then says that it
/// follows 1 without ever having voted for 1 in 1's hearing. 1 leads.
#[test]
fn a_lost_vote_does_not_keep_from_leading() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 0..3);
        bed.start(1);
        bed.boot(0);
        // A server that does not look has round 0 and so answers nothing by itself.
        bed.say(0, 1, says(Looking, (0, 0, 0, 1)));
        bed.run_ms(50);
        assert_eq!(bed.election(1).state(), Looking);
        bed.say(0, 1, says(Following, (1, 0, 0, 1)));
        bed.run_ms(5000);
        assert_eq!(bed.decided(1).map(|decided| decided.0), Some(Leading));
    }
}

/// `FLEBackwardElectionRoundTest.testBackwardElectionRound` (ZOOKEEPER-1514): told by both others
/// that they follow it in round 1, 0 leads; in its next election, round 2, the same words do not
/// make it lead.
#[test]
fn votes_of_an_older_round_do_not_make_a_leader() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 0..3);
        let follows = says(Following, (0, 0, 1, 1));
        bed.start(0);
        for mock in [1, 2] {
            bed.boot(mock);
            bed.say(mock, 0, follows);
        }
        bed.run_ms(5000);
        assert_eq!(bed.decided(0).map(|decided| decided.0), Some(Leading));
        bed.decisions.clear();
        bed.look(0);
        for mock in [1, 2] {
            bed.say(mock, 0, follows);
        }
        bed.run_ms(5000);
        assert_eq!(bed.election(0).round(), Round(2));
        assert_eq!(bed.election(0).state(), Looking);
        assert!(bed.decisions.is_empty(), "it must not have decided");
    }
}
