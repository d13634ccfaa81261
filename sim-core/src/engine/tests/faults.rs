//! Every fault does what it says.

use super::toy::*;
use crate::base::{HostId, Lane, NodeId, SimTime, Span, WallTime};
use crate::engine::{DiskFault, Fault, Latency, LinkSet, MessageAct, MessageRef, NodeStatus};

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);

fn message(nth: u32) -> MessageRef {
    MessageRef {
        from: A,
        to: B,
        port: PORT,
        kind: 1,
        nth,
    }
}

#[test]
fn crash_resets_connections_and_keeps_the_disk_buffer() {
    let mut bench = Bench::pair();
    bench.tell(1, Do::Write("x"));
    bench.tell(1, Do::Send(0, "bye"));
    bench.fault(Fault::Crash(B));
    assert_eq!(bench.world.status(B), NodeStatus::Down);
    assert_eq!(
        bench.after(millis(5)),
        ["n0: 11ms got bye", "n0: 11ms closed Reset"]
    );
    bench.fault(Fault::Start(B));
    assert_eq!(bench.after(millis(5)), [r#"n1: boot 15ms with ["x"]"#]);
}

#[test]
fn a_crash_takes_timers_lanes_and_pending_starts_along() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Arm(1, millis(5)));
    bench.tell(0, Do::Hand(LANE, "w", millis(5)));
    bench.fault(Fault::Crash(A));
    bench.fault(Fault::Start(A));
    bench.fault(Fault::Crash(A));
    assert!(bench.after(millis(20)).is_empty());
    assert_eq!(bench.world.status(A), NodeStatus::Down);
}

#[test]
fn power_loss_loses_what_was_not_synced_and_tells_nobody() {
    let mut bench = Bench::pair();
    bench.tell(1, Do::Write("synced"));
    bench.tell(1, Do::Sync);
    assert_eq!(bench.after(millis(5)), ["n1: 15ms w0 Ok(())"]);
    bench.tell(1, Do::Write("lost"));
    bench.fault(Fault::PowerLoss(HostId(1)));
    assert!(bench.after(millis(1000)).is_empty());
    // Bytes to a dead host stall until the sender gives up.
    bench.tell(0, Do::Send(0, "anyone?"));
    assert_eq!(bench.after(millis(200)), ["n0: 1.116s closed Broken"]);
    bench.fault(Fault::Start(B));
    assert_eq!(bench.after(MS), [r#"n1: boot 1.215s with ["synced"]"#]);
}

#[test]
fn a_host_with_power_again_resets_what_it_does_not_know() {
    let mut bench = Bench::pair();
    bench.fault(Fault::PowerLoss(HostId(1)));
    bench.tell(0, Do::Send(0, "anyone?"));
    bench.run(millis(50));
    bench.fault(Fault::Start(B));
    assert_eq!(
        bench.after(millis(5)),
        ["n1: boot 60ms with []", "n0: 62ms closed Reset"]
    );
}

#[test]
fn a_dial_to_a_dead_host_waits_for_power_or_patience() {
    let mut bench = Bench::new(2);
    bench.fault(Fault::PowerLoss(HostId(1)));
    bench.tell(0, Do::Dial(1));
    assert!(bench.after(millis(50)).is_empty());
    bench.fault(Fault::Start(B));
    assert_eq!(
        bench.after(millis(5)),
        [
            "n1: boot 50ms with []",
            "n0: 52ms opened",
            "n1: 52ms accepted n0"
        ]
    );
    bench.fault(Fault::PowerLoss(HostId(1)));
    bench.tell(0, Do::Dial(1));
    assert_eq!(bench.after(millis(200)), ["n0: 157ms refused"]);
}

#[test]
fn a_torn_change_is_the_oldest_that_was_not_synced() {
    let mut bench = Bench::new(1);
    bench.fault(Fault::Disk(A, DiskFault::TearNext));
    bench.tell(0, Do::Write("one"));
    bench.tell(0, Do::Write("two"));
    bench.fault(Fault::PowerLoss(HostId(0)));
    bench.fault(Fault::Start(A));
    assert_eq!(bench.after(MS), [r#"n0: boot 0s with ["torn one"]"#]);
}

#[test]
fn a_paused_process_receives_and_goes_on_in_the_order_of_an_os() {
    let mut bench = Bench::new(3);
    bench.tell(0, Do::Dial(1));
    bench.run(millis(5));
    bench.tell(2, Do::Dial(1));
    bench.run(millis(5));
    bench.tell(1, Do::Arm(9, millis(2)));
    bench.news();
    bench.fault(Fault::Pause(B));
    assert_eq!(bench.world.status(B), NodeStatus::Paused);
    bench.run(millis(5));
    bench.tell(0, Do::Send(0, "one"));
    bench.run(millis(5));
    bench.tell(2, Do::Send(0, "two"));
    bench.tell(2, Do::Close(0));
    bench.run(millis(5));
    bench.tell(0, Do::Send(0, "three"));
    // Its kernel still answers dials.
    bench.tell(2, Do::Dial(1));
    assert_eq!(bench.after(millis(5)), ["n2: 27ms opened"]);
    bench.fault(Fault::Resume(B));
    assert_eq!(
        bench.after(millis(5)),
        [
            "n1: 30ms got one",
            "n1: 30ms got two",
            "n1: 30ms closed PeerClosed",
            "n1: 30ms got three",
            "n1: 30ms accepted n2",
            "n1: 30ms timer 9"
        ]
    );
}

#[test]
fn what_arrives_at_the_instant_of_the_resume_does_not_overtake_the_backlog() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Pause(B));
    bench.tell(0, Do::Send(0, "one"));
    bench.run(millis(4));
    bench.tell(0, Do::Send(0, "two"));
    // Stop just before the arrival of the second and resume at its very instant.
    bench.run_to(SimTime(14_999_999));
    bench.run(Span(1));
    bench.tell(0, Do::Send(0, "three"));
    bench.world.inject(&Fault::Resume(B), &mut bench.seen);
    assert_eq!(
        bench.after(MS),
        ["n1: 15ms got one", "n1: 15ms got two", "n1: 16ms got three"]
    );
}

#[test]
fn a_paused_process_can_be_killed() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Pause(B));
    bench.tell(0, Do::Send(0, "x"));
    bench.run(millis(5));
    bench.fault(Fault::Crash(B));
    bench.fault(Fault::Resume(B));
    assert_eq!(bench.after(millis(5)), ["n0: 16ms closed Reset"]);
}

#[test]
fn a_cut_stalls_and_a_heal_lets_go_on_in_order() {
    let mut bench = Bench::pair();
    bench.tell(0, Do::Send(0, "under way"));
    bench.fault(Fault::Cut(link(0, 1)));
    bench.tell(0, Do::Send(0, "after"));
    bench.tell(1, Do::Send(0, "other way"));
    assert_eq!(bench.after(millis(50)), ["n0: 11ms got other way"]);
    bench.fault(Fault::Heal(link(0, 1)));
    bench.tell(0, Do::Send(0, "healed"));
    assert_eq!(
        bench.after(millis(5)),
        [
            "n1: 61ms got under way",
            "n1: 61ms got after",
            "n1: 61ms got healed"
        ]
    );
}

#[test]
fn a_long_cut_breaks_the_sender_and_resets_the_receiver_when_it_speaks() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Partition(vec![vec![A], vec![B]]));
    bench.tell(0, Do::Send(0, "x"));
    assert_eq!(bench.after(millis(200)), ["n0: 111ms closed Broken"]);
    bench.fault(Fault::Heal(LinkSet::ALL));
    assert!(bench.after(millis(200)).is_empty());
    bench.tell(1, Do::Send(0, "hello?"));
    assert_eq!(bench.after(millis(5)), ["n1: 412ms closed Reset"]);
}

#[test]
fn a_short_cut_without_bytes_is_never_noticed() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Partition(vec![vec![A], vec![B]]));
    bench.run(millis(5000));
    bench.fault(Fault::Heal(LinkSet::ALL));
    bench.tell(0, Do::Send(0, "x"));
    assert_eq!(bench.after(millis(5)), ["n1: 5.011s got x"]);
}

#[test]
fn a_second_cut_starts_patience_anew() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Cut(link(0, 1)));
    bench.tell(0, Do::Send(0, "x"));
    bench.run(millis(60));
    bench.fault(Fault::Heal(LinkSet::ALL));
    bench.fault(Fault::Cut(link(0, 1)));
    assert!(bench.after(millis(60)).is_empty());
    assert_eq!(bench.after(millis(60)), ["n0: 171ms closed Broken"]);
}

#[test]
fn a_partition_leaves_links_within_groups_and_of_others_alone() {
    let mut bench = Bench::new(4);
    bench.fault(Fault::Partition(vec![vec![A, B], vec![NodeId(2)]]));
    for to in 1..4 {
        bench.tell(0, Do::Dial(to));
    }
    bench.tell(3, Do::Dial(2));
    assert_eq!(
        bench.after(millis(50)),
        [
            "n0: 2ms opened",
            "n0: 2ms opened",
            "n3: 2ms opened",
            "n1: 2ms accepted n0",
            "n3: 2ms accepted n0",
            "n2: 2ms accepted n3"
        ]
    );
}

#[test]
fn an_orphaned_end_of_stream_gets_lost_after_a_long_cut() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Cut(link(0, 1)));
    bench.tell(0, Do::Close(0));
    bench.run(millis(200));
    bench.fault(Fault::Heal(LinkSet::ALL));
    assert!(bench.after(millis(5)).is_empty());
    bench.tell(1, Do::Send(0, "x"));
    assert_eq!(bench.after(millis(5)), ["n1: 217ms closed Reset"]);
}

#[test]
fn swallow_loses_messages_and_keeps_the_connection() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Swallow(link(0, 1)));
    bench.tell(0, Do::Send(0, "lost"));
    bench.run(millis(500));
    bench.fault(Fault::Heal(link(0, 1)));
    bench.tell(0, Do::Send(0, "kept"));
    assert_eq!(bench.after(millis(5)), ["n1: 511ms got kept"]);
}

#[test]
fn reject_refuses_new_connections_only() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Reject(link(0, 1)));
    bench.tell(0, Do::Dial(1));
    bench.tell(1, Do::Dial(0));
    bench.tell(0, Do::Send(0, "old"));
    assert_eq!(
        bench.after(millis(5)),
        [
            "n1: 11ms got old",
            "n0: 12ms refused",
            "n1: 12ms opened",
            "n0: 12ms accepted n1"
        ]
    );
}

#[test]
fn reset_ends_both_sides_and_pending_dials() {
    let mut bench = Bench::pair();
    bench.tell(0, Do::Dial(1));
    bench.fault(Fault::Reset(link(0, 1)));
    assert_eq!(
        bench.after(millis(5)),
        [
            "n0: 10ms refused",
            "n0: 11ms closed Reset",
            "n1: 11ms closed Reset"
        ]
    );
}

#[test]
fn latency_of_a_link_can_be_changed_and_restored() {
    let mut bench = Bench::pair();
    let slow = Latency::Fixed(millis(30));
    bench.fault(Fault::Latency(link(0, 1), Some(slow)));
    bench.fault(Fault::Heal(LinkSet::ALL));
    bench.tell(0, Do::Send(0, "slow"));
    assert_eq!(bench.after(millis(50)), ["n1: 40ms got slow"]);
    bench.fault(Fault::Latency(link(0, 1), None));
    bench.tell(0, Do::Send(0, "usual"));
    assert_eq!(bench.after(millis(50)), ["n1: 61ms got usual"]);
}

#[test]
fn a_held_message_holds_what_follows_until_delivered() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Message(message(1), MessageAct::Hold));
    for text in ["zero", "one", "two"] {
        bench.tell(0, Do::Send(0, text));
    }
    assert_eq!(bench.after(millis(500)), ["n1: 11ms got zero"]);
    bench.fault(Fault::Message(message(1), MessageAct::Deliver));
    assert_eq!(
        bench.after(millis(5)),
        ["n1: 510ms got one", "n1: 510ms got two"]
    );
}

#[test]
fn a_message_under_way_can_be_held_dropped_or_hastened() {
    let mut bench = Bench::pair();
    for text in ["zero", "one", "two"] {
        bench.tell(0, Do::Send(0, text));
    }
    bench.fault(Fault::Message(message(0), MessageAct::Drop));
    bench.fault(Fault::Message(message(1), MessageAct::Deliver));
    assert_eq!(bench.after(Span::ZERO), ["n1: 10ms got one"]);
    bench.fault(Fault::Message(message(2), MessageAct::Hold));
    assert!(bench.after(millis(50)).is_empty());
    bench.fault(Fault::Message(message(2), MessageAct::Drop));
    bench.tell(0, Do::Send(0, "three"));
    bench.fault(Fault::Message(message(4), MessageAct::Deliver));
    bench.tell(0, Do::Send(0, "four"));
    assert_eq!(
        bench.after(millis(5)),
        ["n1: 61ms got three", "n1: 61ms got four"]
    );
}

#[test]
fn duplicate_and_reorder_do_so() {
    let mut bench = Bench::pair();
    bench.fault(Fault::Message(message(0), MessageAct::Duplicate));
    bench.fault(Fault::Message(message(1), MessageAct::Reorder));
    bench.fault(Fault::Message(message(3), MessageAct::Reorder));
    for text in ["zero", "one", "two", "three"] {
        bench.tell(0, Do::Send(0, text));
        bench.run(millis(2));
    }
    assert_eq!(
        bench.after(millis(2)),
        [
            "n1: 11ms got zero",
            "n1: 11ms got zero",
            "n1: 15ms got two",
            "n1: 15ms got one"
        ]
    );
    bench.tell(0, Do::Close(0));
    assert_eq!(
        bench.after(millis(2)),
        ["n1: 21ms got three", "n1: 21ms closed PeerClosed"]
    );
}

#[test]
fn disk_faults_slow_stall_fill_and_fail() {
    let mut bench = Bench::new(1);
    let slow = DiskFault::Slow(Latency::Fixed(millis(50)));
    bench.fault(Fault::Disk(A, slow));
    bench.tell(0, Do::Sync);
    assert_eq!(bench.after(millis(100)), ["n0: 50ms w0 Ok(())"]);
    bench.fault(Fault::Disk(A, DiskFault::Stall));
    bench.tell(0, Do::Write("a"));
    bench.tell(0, Do::Sync);
    assert!(bench.after(millis(900)).is_empty());
    assert!(bench.world.durable(A).0.is_empty());
    bench.fault(Fault::Disk(A, DiskFault::None));
    assert_eq!(bench.after(millis(100)), ["n0: 1.005s w1 Ok(())"]);
    assert_eq!(bench.world.durable(A).0, ["a"]);
    bench.fault(Fault::Disk(A, DiskFault::Full(3)));
    for text in ["abc", "d"] {
        bench.tell(0, Do::Write(text));
        bench.tell(0, Do::Sync);
    }
    assert_eq!(
        bench.after(millis(100)),
        ["n0: 1.105s w2 Ok(())", "n0: 1.105s w3 Err(Full)"]
    );
    assert_eq!(bench.world.disk(A).0, ["a", "abc"]);
    bench.fault(Fault::Disk(A, DiskFault::Fail));
    bench.tell(0, Do::Write("e"));
    bench.tell(0, Do::Sync);
    assert_eq!(bench.after(millis(100)), ["n0: 1.205s w4 Err(Failed)"]);
}

#[test]
fn syncs_under_way_when_a_stall_begins_keep_their_order() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Write("a"));
    bench.tell(0, Do::Sync);
    bench.run(millis(4));
    bench.fault(Fault::Disk(A, DiskFault::Stall));
    bench.tell(0, Do::Sync);
    bench.run(millis(100));
    bench.fault(Fault::Disk(A, DiskFault::None));
    assert_eq!(
        bench.after(millis(10)),
        ["n0: 109ms w0 Ok(())", "n0: 109ms w1 Ok(())"]
    );
}

#[test]
fn a_sync_of_a_killed_process_still_reaches_the_disk() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Write("a"));
    bench.tell(0, Do::Sync);
    bench.fault(Fault::Crash(A));
    assert!(bench.after(millis(10)).is_empty());
    assert_eq!(bench.world.durable(A).0, ["a"]);
}

#[test]
fn wipe_empties_the_disk_of_a_stopped_node_only() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Write("a"));
    bench.fault(Fault::Wipe(A));
    assert_eq!(bench.world.disk(A).0, ["a"]);
    bench.fault(Fault::Crash(A));
    bench.fault(Fault::Wipe(A));
    assert!(bench.world.disk(A).0.is_empty());
    bench.fault(Fault::Start(A));
    bench.tell(0, Do::Write("b"));
    bench.tell(0, Do::Sync);
    bench.run(millis(10));
    assert_eq!(bench.world.durable(A).0, ["b"]);
}

#[test]
fn a_wall_jump_moves_the_wall_clock_alone() {
    let mut bench = Bench::new(1);
    bench.run(millis(5));
    bench.fault(Fault::WallJump(HostId(0), -2_000_000_000));
    let now = bench.world.clocks(A);
    assert_eq!(now.mono.0, 5_000_000);
    assert_eq!(now.wall, WallTime(1_005_000_000 - 2_000_000_000));
}

#[test]
fn drift_moves_timers_with_the_clock() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Arm(1, millis(100)));
    bench.tell(0, Do::Arm(2, millis(200)));
    bench.run(millis(50));
    // Twice as fast nearly: 50 ms of local time take 50 / 1.99 ms.
    bench.fault(Fault::Drift(HostId(0), 990_000));
    bench.run_to(SimTime(75_125_628));
    assert!(bench.news().is_empty());
    assert_eq!(bench.after(Span(1)), ["n0: 100.000001ms timer 1"]);
    bench.fault(Fault::Drift(HostId(0), -500_000));
    let then = bench.world.now();
    bench.run_to(then + millis(199));
    assert!(bench.news().is_empty());
    assert_eq!(bench.after(millis(1)), ["n0: 200ms timer 2"]);
}

#[test]
fn a_slow_lane_delays_hand_overs_in_order() {
    let mut bench = Bench::new(1);
    let slow = |ms| Some(Latency::Fixed(millis(ms)));
    bench.fault(Fault::SlowLane(A, None, slow(3)));
    bench.fault(Fault::SlowLane(A, Some(LANE), slow(7)));
    bench.tell(0, Do::Hand(LANE, "seven", Span::ZERO));
    bench.tell(0, Do::Hand(Lane(2), "three", Span::ZERO));
    bench.fault(Fault::SlowLane(A, Some(LANE), None));
    bench.tell(0, Do::Hand(LANE, "behind", Span::ZERO));
    bench.fault(Fault::SlowLane(A, None, None));
    bench.tell(0, Do::Hand(LANE, "still behind", Span::ZERO));
    bench.tell(0, Do::Hand(Lane(3), "at once", Span::ZERO));
    assert_eq!(
        bench.after(millis(10)),
        [
            "n0: 0s l3 at once",
            "n0: 3ms l2 three",
            "n0: 7ms l1 seven",
            "n0: 7ms l1 behind",
            "n0: 7ms l1 still behind"
        ]
    );
}

#[test]
fn what_is_sent_before_the_answer_outlasts_cuts() {
    let mut bench = Bench::new(2);
    bench.fault(Fault::Cut(link(0, 1)));
    bench.tell(0, Do::Dial(1));
    bench.tell(0, Do::Send(0, "early"));
    bench.run(millis(50));
    bench.fault(Fault::Heal(LinkSet::ALL));
    assert_eq!(
        bench.after(millis(60)),
        [
            "n0: 52ms opened",
            "n1: 52ms accepted n0",
            "n1: 53ms got early"
        ]
    );
}

#[test]
fn nothing_arrives_behind_bytes_that_were_given_up() {
    let mut bench = Bench::pair();
    let slow = Latency::Fixed(millis(500));
    bench.fault(Fault::Cut(link(0, 1)));
    bench.tell(0, Do::Send(0, "given up"));
    bench.fault(Fault::Latency(link(0, 1), Some(slow)));
    bench.tell(0, Do::Send(0, "behind it"));
    assert_eq!(bench.after(millis(200)), ["n0: 111ms closed Broken"]);
    bench.fault(Fault::Heal(LinkSet::ALL));
    assert!(bench.after(millis(1000)).is_empty());
}
