//! What the fingerprint of a world tells apart, and what it does not.

use super::toy::{Bench, Do, LANE, MS, PORT, link, millis, spec};
use crate::base::NodeId;
use crate::engine::{DiskFault, Fault, LinkSet, MessageAct, MessageRef, World};

/// A pair after some acts, all of the first toy and now.
fn after(acts: &[Do]) -> Bench {
    let mut bench = Bench::pair();
    for act in acts {
        bench.tell(0, act.clone());
    }
    bench
}

/// Neither toy has noticed anything that tells the two apart: its state and its disk are the same.
fn look_alike(one: &Bench, other: &Bench) {
    for node in [NodeId(0), NodeId(1)] {
        assert_eq!(one.world.node(node), other.world.node(node));
        assert_eq!(one.world.disk(node), other.world.disk(node));
        assert_eq!(one.world.durable(node), other.world.durable(node));
    }
}

fn differ(one: &Bench, other: &Bench) {
    look_alike(one, other);
    assert_ne!(one.world.fingerprint(), other.world.fingerprint());
}

fn same(one: &Bench, other: &Bench) {
    look_alike(one, other);
    assert_eq!(one.world.fingerprint(), other.world.fingerprint());
}

#[test]
fn what_is_under_way_counts() {
    let nothing = Do::Disarm(9);
    let cases = [
        // A message, its content, and the order of two.
        (vec![nothing.clone()], vec![Do::Send(0, "x")]),
        (vec![Do::Send(0, "x")], vec![Do::Send(0, "y")]),
        (
            vec![Do::Send(0, "x"), Do::Send(0, "y")],
            vec![Do::Send(0, "y"), Do::Send(0, "x")],
        ),
        // A timer, its name, and when it runs out.
        (vec![nothing.clone()], vec![Do::Arm(1, millis(5))]),
        (vec![Do::Arm(1, millis(5))], vec![Do::Arm(2, millis(5))]),
        (vec![Do::Arm(1, millis(5))], vec![Do::Arm(1, millis(6))]),
        // Work for another thread.
        (vec![nothing], vec![Do::Hand(LANE, "a", MS)]),
        (vec![Do::Hand(LANE, "a", MS)], vec![Do::Hand(LANE, "b", MS)]),
        (
            vec![Do::Hand(LANE, "a", MS)],
            vec![Do::Hand(LANE, "a", millis(2))],
        ),
    ];
    for (one, other) in cases {
        differ(&after(&one), &after(&other));
        same(&after(&one), &after(&one));
    }
    let written = after(&[Do::Write("a"), Do::Disarm(9)]);
    let synced = after(&[Do::Write("a"), Do::Sync]);
    differ(&written, &synced);
}

#[test]
fn what_waits_behind_a_cut_counts() {
    let cut = |text| {
        let mut bench = Bench::pair();
        bench.fault(Fault::Cut(link(0, 1)));
        bench.tell(0, Do::Send(0, text));
        bench.run(millis(5));
        bench
    };
    differ(&cut("x"), &cut("y"));
    same(&cut("x"), &cut("x"));
    let mut healed = cut("x");
    healed.fault(Fault::Heal(LinkSet::ALL));
    differ(&healed, &cut("x"));
}

#[test]
fn what_faults_have_set_counts() {
    let message = MessageRef {
        from: NodeId(0),
        to: NodeId(1),
        port: PORT,
        kind: 1,
        nth: 3,
    };
    let faults = [
        Fault::Cut(link(0, 1)),
        Fault::Cut(link(1, 0)),
        Fault::Disk(NodeId(0), DiskFault::Stall),
        Fault::Disk(NodeId(0), DiskFault::Fail),
        Fault::Message(message, MessageAct::Drop),
    ];
    let with = |fault: &Fault| {
        let mut bench = Bench::pair();
        bench.fault(fault.clone());
        bench
    };
    let plain = Bench::pair();
    for (index, fault) in faults.iter().enumerate() {
        differ(&with(fault), &plain);
        for other in &faults[..index] {
            differ(&with(fault), &with(other));
        }
    }
}

#[test]
fn the_seed_counts_and_how_much_of_it_was_drawn() {
    let seeded = |seed| {
        let mut bench = Bench::on(World::new(spec(2), seed));
        bench.run(MS);
        bench
    };
    differ(&seeded(1), &seeded(2));
    // The message of one connection is lost: the next one will be its second.
    let mut lost = Bench::pair();
    lost.fault(Fault::Swallow(link(0, 1)));
    let mut none = Bench::pair();
    none.world = lost.world.clone();
    lost.tell(0, Do::Send(0, "x"));
    none.tell(0, Do::Disarm(9));
    lost.run(millis(5));
    none.run(millis(5));
    differ(&lost, &none);
}

#[test]
fn the_way_there_does_not_count() {
    // A timer that was pushed back keeps its place in the queue until that comes up.
    let mut pushed = after(&[Do::Arm(1, millis(30))]);
    let mut fresh = after(&[Do::Disarm(1)]);
    for bench in [&mut pushed, &mut fresh] {
        bench.run(millis(10));
        bench.tell(0, Do::Arm(1, millis(50)));
    }
    same(&pushed, &fresh);
    pushed.run(millis(30));
    fresh.run(millis(30));
    same(&pushed, &fresh);
    // One that was disarmed leaves nothing.
    same(
        &after(&[Do::Arm(1, MS), Do::Disarm(1)]),
        &after(&[Do::Disarm(1), Do::Disarm(1)]),
    );
    // Two toys act at one instant and do not meet: whoever is first.
    let mut one = Bench::pair();
    one.tell(0, Do::Hand(LANE, "a", millis(3)));
    one.tell(1, Do::Arm(1, millis(4)));
    let mut other = Bench::pair();
    other.tell(1, Do::Arm(1, millis(4)));
    other.tell(0, Do::Hand(LANE, "a", millis(3)));
    same(&one, &other);
    // In one go, or bit by bit.
    let mut whole = after(&[Do::Send(0, "x"), Do::Arm(1, millis(5))]);
    let mut parts = after(&[Do::Send(0, "x"), Do::Arm(1, millis(5))]);
    whole.run(millis(4));
    (0..4).for_each(|_| parts.run(MS));
    same(&whole, &parts);
}

#[test]
fn work_of_a_dead_process_does_not_count() {
    let crashed = |acts: &[Do]| {
        let mut bench = after(acts);
        bench.fault(Fault::Crash(NodeId(0)));
        bench.run(millis(50));
        bench
    };
    let late = Do::Hand(LANE, "a", millis(500));
    same(&crashed(&[late]), &crashed(&[Do::Disarm(1)]));
}
