//! Connections for votes: who dials, what waits, what is sent again, and what a peer that does not
//! answer does to others.
//!
//! Sources: reference 2.1, `QuorumCnxManager.java` of the releases named; point 2 of the READMEs of
//! the recordings.

use super::*;
use ServerState::Looking;

fn ups(bed: &Bed, sid: i64) -> Vec<(i64, bool)> {
    let up = |note: &Noted| match note.fact {
        Fact::CnxUp {
            with,
            dialled_by_me,
        } if note.sid == sid => Some((with.0, dialled_by_me)),
        _ => None,
    };
    bed.notes.iter().filter_map(up).collect()
}

fn count(bed: &Bed, sid: i64, is: impl Fn(&Fact) -> bool) -> usize {
    let notes = bed.notes.iter();
    notes
        .filter(|note| note.sid == sid && is(&note.fact))
        .count()
}

/// `startConnection`, `handleConnection`: the smaller id dials, greets and hangs up; the larger one
/// dials back.
#[test]
fn the_larger_id_dials() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=2);
        bed.boot(2);
        bed.start(1);
        bed.run_ms(100);
        assert_eq!(
            count(&bed, 1, |fact| *fact == Fact::CnxYielded { to: Sid(2) }),
            1
        );
        assert_eq!(ups(&bed, 2), [(1, true)]);
        assert_eq!(ups(&bed, 1), [(2, false)]);
        assert_eq!(bed.heard_by(2), [(1, Looking, (1, 0, 0, 1))]);
    }
}

/// `handleConnection`: a greeting of a smaller id ends the connection that the larger one still
/// believes in; whatever was last sent is sent again on the new one.
#[test]
fn a_returning_peer_replaces_its_connection() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=3);
        bed.start(2);
        bed.run_ms(50);
        bed.start(1);
        bed.run_ms(100);
        assert_eq!(ups(&bed, 2), [(1, true)]);
        // 1 loses its power: 2 hears nothing of it.
        bed.cut(1, 2);
        bed.kill(1);
        bed.heal(1, 2);
        bed.delivered.clear();
        bed.notes.clear();
        bed.run_ms(5);
        bed.start(1);
        bed.run_ms(20);
        assert_eq!(
            count(&bed, 2, |fact| *fact == Fact::CnxDown { with: Sid(1) }),
            1
        );
        assert_eq!(ups(&bed, 2), [(1, true)]);
        assert_eq!(bed.heard_by(1)[0], (2, Looking, (2, 0, 0, 1)));
    }
}

/// `SEND_CAPACITY` 1: of two votes that wait for a server that is not there, only the later one
/// ever leaves. 1 votes for itself, then for 2; 3 starts later and hears first the vote for 2 that
/// 1 had queued (reference 7(a) 3).
#[test]
fn a_new_message_replaces_an_unsent_one() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.start(1);
        bed.run_ms(2500);
        bed.start(2);
        bed.run_ms(2500);
        bed.start(3);
        bed.run_ms(10);
        let heard = bed.heard_by(3);
        let first = heard.iter().find(|entry| entry.0 == 1);
        assert_eq!(first, Some(&(1, Looking, (2, 0, 0, 1))));
        assert!(heard.iter().all(|entry| entry.2.0 != 1));
    }
}

/// `haveDelivered` is true if any queue is empty: with one peer connected a server sends to all
/// again, alone it only tries to connect.
#[test]
fn one_empty_queue_counts_as_delivered() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=5);
        bed.start(1);
        bed.run_ms(250);
        bed.start(2);
        bed.run_ms(2000);
        let resent = |sid| {
            let of = |note: &Noted| match note.fact {
                Fact::BackOff { resent, .. } if note.sid == sid => Some(resent),
                _ => None,
            };
            bed.notes.iter().filter_map(of).collect::<Vec<_>>()
        };
        assert!(!resent(1)[0]);
        assert!(resent(1)[1..].iter().all(|resent| *resent));
        assert!(resent(2).iter().all(|resent| *resent));
    }
}

/// `connectOne`: up to 3.5.7 the one sending thread waits `cnxTimeout` (5 s) for a peer that does
/// not answer, so what is meant for those behind it is late; from 3.5.8 and 3.6.1 on it does not
/// wait (ZOOKEEPER-3756).
#[test]
fn a_silent_peer_delays_the_others_up_to_3_5_7() {
    for (release, late) in [(Release::V3_5_7, true), (Release::V3_8_0, false)] {
        let mut bed = Bed::new(release, 1..=3);
        bed.boot(2);
        bed.cut(1, 3);
        bed.start(3);
        bed.run_ms(4900);
        assert_eq!(bed.heard_by(2).is_empty(), late);
        bed.run_ms(200);
        assert_eq!(bed.heard_by(2)[0], (3, Looking, (3, 0, 0, 1)));
        let timed_out = |fact: &Fact| {
            let to = Sid(1);
            *fact
                == Fact::CnxFailed {
                    to,
                    timed_out: true,
                }
        };
        assert!(count(&bed, 3, timed_out) >= 1);
    }
}

/// The same: while `connectOne` waits it holds the lock of the configuration, so up to 3.5.7
/// neither the receiver nor the main loop gets on. 2 hears 3's vote during its attempt to reach 1,
/// and then sends its own vote once more before it looks into its queue: a second attempt, another
/// 5 s.
#[test]
fn a_silent_peer_holds_up_everything_up_to_3_5_7() {
    for (release, late) in [(Release::V3_5_7, true), (Release::V3_8_0, false)] {
        let mut bed = Bed::new(release, 1..=3);
        bed.cut(1, 2);
        bed.start(2);
        bed.run_ms(10);
        bed.boot(3);
        // 3 dials 2 by itself: the listener of 2 needs no lock to take the connection of a larger
        // id.
        bed.say(3, 2, Notification::new(Looking, vote((3, 0, 0, 1))));
        bed.run_ms(4900);
        assert_eq!(bed.heard_by(2).len(), 1);
        assert_eq!(bed.leaders_voted(2) == [2], late);
        bed.run_ms(5200);
        assert_eq!(bed.leaders_voted(2), [2, 3]);
    }
}

/// `RECV_CAPACITY` 100: what the receiver cannot take in time pushes out the oldest.
#[test]
fn the_receive_queue_holds_a_hundred() {
    let mut bed = Bed::new(Release::V3_5_7, 1..=3);
    bed.cut(1, 2);
    bed.start(2);
    bed.run_ms(10);
    bed.boot(3);
    for zxid in 0..150 {
        bed.say(3, 2, Notification::new(Looking, vote((2, -zxid, 0, 1))));
        bed.run_ms(4);
    }
    bed.run_ms(10_000);
    let oldest = |note: &Noted| match note.fact {
        Fact::Heard {
            sender,
            notification,
            ..
        } if note.sid == 2 && sender == Sid(3) => Some(notification.zxid.0),
        _ => None,
    };
    assert_eq!(bed.heard_by(2).len(), 150);
    assert_eq!(bed.notes.iter().find_map(oldest), Some(-50));
}

/// The listener reads one greeting after another: a connection that sends none holds up those
/// behind it for syncLimit ticks (the socket's read timeout), then it is closed.
#[test]
fn a_connection_without_a_greeting_holds_up_the_listener() {
    for release in RELEASES {
        let mut bed = Bed::new(release, 1..=3);
        bed.boot(2);
        let (silent, polite) = (Conn(1001), Conn(1003));
        for (conn, from) in [(silent, 0), (polite, 2)] {
            let accepted = ElectionInput::Accepted(conn, NodeId(from));
            bed.put(0, 1, 0, Happening::Input(accepted));
        }
        let greeting = ElectionMsg::Greeting(Sid(3));
        bed.put(
            0,
            1,
            0,
            Happening::Input(ElectionInput::Message(polite, greeting)),
        );
        // tickTime 2000, syncLimit 5.
        bed.run_ms(9999);
        assert_eq!(ups(&bed, 2), []);
        bed.run_ms(1);
        assert_eq!(ups(&bed, 2), [(3, false)]);
        assert!(!bed.election(2).owns(silent));
        assert!(bed.election(2).owns(polite));
    }
}

/// Whoever waits for a connection that ends up refused goes on: the order of the voters is the
/// order of the attempts.
#[test]
fn attempts_follow_each_other_up_to_3_5_7() {
    for (release, apart_us) in [(Release::V3_5_7, 2000), (Release::V3_8_0, 0)] {
        let mut bed = Bed::new(release, 1..=4);
        bed.start(2);
        bed.run_ms(50);
        let failed = |note: &Noted| match note.fact {
            Fact::CnxFailed { to, .. } => Some((to.0, note.at_us)),
            _ => None,
        };
        let failed: Vec<_> = bed.notes.iter().filter_map(failed).collect();
        let sids: Vec<_> = failed.iter().map(|entry| entry.0).collect();
        assert_eq!(sids, [1, 3, 4]);
        assert_eq!(failed[1].1 - failed[0].1, apart_us);
        assert_eq!(failed[2].1 - failed[1].1, apart_us);
    }
}
