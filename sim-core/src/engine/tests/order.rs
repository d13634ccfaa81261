//! The order of events, timers, draws and choices.

use super::toy::*;
use crate::base::{NodeId, Point, Purpose, SimTime, Span};
use crate::engine::queue::Queue;
use crate::engine::{Latency, Pins, World};
use std::sync::Arc;

#[test]
fn the_queue_orders_by_time_then_sequence() {
    let mut queue = Queue::default();
    let now = SimTime(5);
    queue.push(now, SimTime(9), "late");
    queue.push(now, SimTime(7), "first of seven");
    queue.push(now, SimTime(7), "second of seven");
    let old = queue.fresh();
    queue.push(now, now, "now");
    queue.push_as(now, old, "now, but asked before");
    queue.push(now, SimTime(3), "the past is now");
    let mut seen = Vec::new();
    let mut now = now;
    while let Some((at, _, event)) = queue.pop(now, SimTime(8)) {
        now = at;
        seen.push((at.0, event));
    }
    let expected = [
        (5, "now, but asked before"),
        (5, "now"),
        (5, "the past is now"),
        (7, "first of seven"),
        (7, "second of seven"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(queue.next_at(now), Some(SimTime(9)));
}

#[test]
fn the_queue_agrees_with_a_sorted_list() {
    let mut queue = Queue::default();
    let mut list: Vec<(u64, u64, u64)> = Vec::new();
    let (mut now, mut number) = (SimTime(0), 0);
    let keys = crate::base::Keys::new(11);
    for nth in 0..20_000u32 {
        let draw = keys.at(Point {
            purpose: Purpose::Campaign,
            subject: 0,
            nth,
        });
        if draw % 5 < 3 {
            let at = now + Span((draw >> 8) % 4);
            queue.push(now, at, number);
            list.push((at.0, number, number));
            number += 1;
        } else if let Some((at, _, event)) = queue.pop(now, SimTime(u64::MAX)) {
            let least = list.iter().min().copied().unwrap();
            assert_eq!((at.0, event), (least.0, least.2));
            list.retain(|entry| *entry != least);
            now = at;
        }
    }
}

#[test]
fn timers_are_replaced_disarmed_and_rearmed() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Arm(1, millis(5)));
    bench.tell(0, Do::Arm(1, millis(9)));
    bench.tell(0, Do::Arm(2, millis(20)));
    bench.tell(0, Do::Arm(2, millis(3)));
    bench.tell(0, Do::Arm(3, millis(4)));
    bench.tell(0, Do::Disarm(3));
    bench.tell(0, Do::Arm(4, millis(4)));
    bench.tell(0, Do::Disarm(4));
    bench.tell(0, Do::Arm(4, millis(6)));
    assert_eq!(
        bench.after(millis(50)),
        ["n0: 3ms timer 2", "n0: 6ms timer 4", "n0: 9ms timer 1"]
    );
}

#[test]
fn a_lazily_rearmed_timer_stands_where_its_arm_put_it() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Arm(1, millis(5)));
    bench.tell(0, Do::Arm(1, millis(10)));
    bench.tell(0, Do::Hand(LANE, "after the arm", millis(10)));
    bench.tell(0, Do::Arm(2, millis(10)));
    assert_eq!(
        bench.after(millis(50)),
        [
            "n0: 10ms timer 1",
            "n0: 10ms l1 after the arm",
            "n0: 10ms timer 2"
        ]
    );
}

#[test]
fn lanes_keep_their_order_and_take_a_step_each() {
    let mut bench = Bench::new(1);
    let before = bench.world.steps();
    bench.tell(0, Do::Hand(LANE, "slow", millis(4)));
    bench.tell(0, Do::Hand(LANE, "quick", Span::ZERO));
    assert_eq!(
        bench.after(millis(5)),
        ["n0: 4ms l1 slow", "n0: 4ms l1 quick"]
    );
    assert_eq!(bench.world.steps().0, before.0 + 4);
}

fn arrivals(bench: &mut Bench) -> Vec<String> {
    bench.tell(0, Do::Dial(1));
    bench.run(millis(5));
    bench.news();
    for text in ["a", "b", "c"] {
        bench.tell(0, Do::Send(0, text));
        bench.run(millis(100));
    }
    bench.news()
}

fn drawn(pins: Pins) -> Bench {
    let mut spec = spec(2);
    spec.timing.latency = Latency::Uniform {
        min: Span::ZERO,
        max: millis(50),
    };
    Bench::on(World::pinned(spec, 7, pins))
}

#[test]
fn a_pin_moves_one_draw_and_no_other() {
    let free = arrivals(&mut drawn(Pins::new()));
    let point = Point {
        purpose: Purpose::Latency,
        subject: 1 << 24 | u64::from(PORT.0) << 8 | 1,
        nth: 1,
    };
    let pinned = arrivals(&mut drawn(Pins::from([(point, u64::MAX)])));
    assert_eq!(pinned[1], "n1: 155ms got b");
    assert_ne!(free[1], pinned[1]);
    assert_eq!((&free[0], &free[2]), (&pinned[0], &pinned[2]));
}

#[test]
fn the_same_seed_gives_the_same_run_and_a_reset_world_too() {
    let run = |bench: &mut Bench| {
        bench.news();
        arrivals(bench);
        (bench.seen.clone(), bench.world.fingerprint())
    };
    let mut bench = drawn(Pins::new());
    let first = run(&mut bench);
    assert_eq!(first, run(&mut drawn(Pins::new())));
    bench.world.reset(7);
    bench.forget();
    for node in 0..2 {
        bench.fault(crate::engine::Fault::Start(NodeId(node)));
    }
    bench.run(Span::ZERO);
    assert_eq!(first, run(&mut bench));
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut bench = Bench::pair();
    let mut branch = Bench::pair();
    branch.world = bench.world.clone();
    branch.tell(0, Do::Send(0, "x"));
    branch.run(millis(5));
    assert_ne!(branch.world.steps(), bench.world.steps());
    assert!(bench.after(millis(5)).is_empty());
    bench.tell(0, Do::Send(0, "x"));
    bench.run(millis(5));
    assert_ne!(branch.world.fingerprint(), bench.world.fingerprint());
    branch.run(millis(5));
    assert_eq!(branch.world.fingerprint(), bench.world.fingerprint());
}

#[test]
fn an_enumerating_run_follows_its_prefix_and_reports_its_options() {
    let mut bench = Bench::new(1);
    bench.world.enumerate(1, Arc::from([2, 1]));
    for options in [3, 1, 2, 4] {
        bench.tell(0, Do::Choose(options));
    }
    assert_eq!(bench.world.node(NodeId(0)).unwrap().chosen, [2, 0, 1, 0]);
    let made: Vec<_> = bench
        .world
        .choices()
        .iter()
        .map(|it| (it.options, it.taken))
        .collect();
    assert_eq!(made, [(3, 2), (2, 1), (4, 0)]);
}

/// The numbers were computed from the definitions by an independent program in another language.
#[test]
fn latencies_are_pinned() {
    let (min, millis) = (Span::from_millis(1), Span::from_millis);
    let uniform = Latency::Uniform {
        min,
        max: millis(5),
    };
    let exponential = Latency::Exponential {
        min,
        mean: millis(2),
    };
    let log_normal = Latency::LogNormal {
        min,
        median: millis(2),
        sigma_milli: 500,
    };
    let table = [
        (0, 1_000_000, 74_473_601, 146_326_706),
        (1, 1_000_000, 74_473_601, 146_326_706),
        (1 << 63, 3_000_000, 2_386_294, 4_603_307),
        (u64::MAX, 5_000_000, 1_000_000, 3_000_021),
        (0x0123_4567_89ab_cdef, 1_017_777, 11_832_200, 1_404_005),
        (0xfedc_ba98_7654_3210, 4_982_223, 1_008_908, 2_910_332),
    ];
    for (draw, one, two, three) in table {
        let drawn = [uniform, exponential, log_normal].map(|latency| latency.at(draw).0);
        assert_eq!(drawn, [one, two, three], "draw {draw:#x}");
    }
    assert_eq!(Latency::Fixed(min).at(9), min);
}
