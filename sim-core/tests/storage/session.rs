//! Sources: `ground-truth/zookeeper-3.5.7`, L (5 runs, tick 500 ms) and README points 6 and 7;
//! upstream `SessionTrackerTest`, `SessionTrackerCheckTest`, `LeaderSessionTrackerTest`.

use sim_core::base::{Conn, LocalTime};
use sim_core::zookeeper::{ErrorCode, Owner, SessionId, SessionIds, SessionTracker, Sid, Tree};

fn at(ms: u64) -> LocalTime {
    LocalTime(ms * 1_000_000)
}

/// README point 7: sid, 40 bits of the monotonic clock in ms, 16 bits from 0, +1 per session. The
/// value is one of the recorded ids' form: `0x20000183de00000` at 0x183de0 ms.
#[test]
fn ids_are_made_of_sid_and_clock() {
    let mut ids = SessionIds::new(Sid(2), at(0x18_3de0));
    assert_eq!(ids.next_id(), SessionId(0x0200_0018_3de0_0000));
    assert_eq!(ids.next_id(), SessionId(0x0200_0018_3de0_0001));
    // Only 40 bits of the clock survive.
    let mut late = SessionIds::new(Sid(1), at(0x300_0000_0005));
    assert_eq!(late.next_id(), SessionId(0x0100_0000_0005_0000));
}

/// README point 6: expiry happens at whole multiples of the tick only, for a session that had
/// pinged for a while 0 to 503 ms (one tick and the tracker's own 3 ms) after its timeout.
#[test]
fn sessions_expire_at_whole_ticks_after_their_timeout() {
    for last_heard_ms in [10_000, 10_001, 10_250, 10_499, 10_500, 10_777] {
        for timeout_ms in [1000, 1250, 4000] {
            let mut tracker = SessionTracker::new(&Tree::default(), 500, at(9_000));
            tracker.track(SessionId(1), timeout_ms, at(9_000));
            assert!(tracker.touch(SessionId(1), timeout_ms, at(last_heard_ms)));
            let due = tracker.next_expiry().unwrap();
            let due_ms = due.0 / 1_000_000;
            assert_eq!(due_ms % 500, 0);
            let over = due_ms - last_heard_ms - u64::from(timeout_ms);
            assert!((1..=500).contains(&over), "{over} ms over");
            assert!(tracker.expire(at(due_ms - 1)).is_empty());
            assert_eq!(tracker.expire(due), [SessionId(1)]);
            // Closing from now on: no touch brings it back.
            assert!(!tracker.touch(SessionId(1), timeout_ms, at(due_ms)));
            assert_eq!(tracker.next_expiry(), None);
        }
    }
}

/// README point 6: "After a leader change a silent session lives its whole timeout again".
#[test]
fn a_new_leader_starts_every_session_anew() {
    let mut tree = Tree::default();
    let body = sim_core::zookeeper::TxnBody::CreateSession { timeout_ms: 4000 };
    let txn = sim_core::zookeeper::Txn::new(sim_core::zookeeper::Zxid(1), SessionId(7), 0, 0, body);
    tree.process(&txn).unwrap();
    let tracker = SessionTracker::new(&tree, 500, at(20_100));
    // Recorded: 4101 to 4496 ms.
    assert_eq!(tracker.next_expiry(), Some(at(24_500)));
}

/// `SessionTrackerImpl.checkSession`, `LeaderSessionTrackerTest`.
#[test]
fn a_session_used_through_two_servers_has_moved() {
    let mut tracker = SessionTracker::new(&Tree::default(), 2000, at(0));
    let (here, there) = (Owner::Local, Owner::Learner(Conn(5)));
    let session = SessionId(1);
    assert_eq!(tracker.check(session, here), Err(ErrorCode::SessionExpired));
    tracker.track(session, 10_000, at(0));
    assert_eq!(tracker.check(session, here), Ok(()));
    assert_eq!(tracker.check(session, there), Err(ErrorCode::SessionMoved));
    tracker.set_owner(session, Some(there)).unwrap();
    assert_eq!(tracker.check(session, here), Err(ErrorCode::SessionMoved));
    assert_eq!(tracker.check(session, there), Ok(()));
    tracker.set_closing(session);
    assert_eq!(
        tracker.check(session, there),
        Err(ErrorCode::SessionExpired)
    );
    assert_eq!(
        tracker.set_owner(session, None),
        Err(ErrorCode::SessionExpired)
    );
    tracker.remove(session);
    assert_eq!(tracker.next_expiry(), None);
}

/// `SessionTrackerTest.testAddSessionAfterSessionExpiry`: touching what has expired does nothing.
#[test]
fn several_sessions_share_a_bucket() {
    let mut tracker = SessionTracker::new(&Tree::default(), 3000, at(100));
    tracker.track(SessionId(1), 3000, at(100));
    tracker.track(SessionId(2), 3500, at(100));
    tracker.track(SessionId(3), 9000, at(100));
    assert_eq!(tracker.next_expiry(), Some(at(6000)));
    assert_eq!(tracker.expire(at(6000)), [SessionId(1), SessionId(2)]);
    assert_eq!(tracker.next_expiry(), Some(at(12_000)));
    assert!(tracker.touch(SessionId(3), 9000, at(6000)));
    assert_eq!(tracker.next_expiry(), Some(at(18_000)));
}
