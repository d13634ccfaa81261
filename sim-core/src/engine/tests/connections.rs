//! Connections without faults: dial, accept, refuse, order, end.

use super::toy::*;
use crate::base::NodeId;
use crate::base::Span;
use crate::engine::{Fault, Latency, Stage};

#[test]
fn a_dial_opens_both_ends_and_carries_bytes_both_ways() {
    let mut bench = Bench::pair();
    bench.tell(0, Do::Send(0, "a"));
    bench.tell(1, Do::Send(0, "b"));
    assert_eq!(bench.after(millis(5)), ["n1: 11ms got a", "n0: 11ms got b"]);
}

#[test]
fn nobody_listening_refuses() {
    let mut bench = Bench::new(2);
    bench.tell(1, Do::Unlisten);
    bench.tell(0, Do::Dial(1));
    assert_eq!(bench.after(millis(5)), ["n0: 2ms refused"]);
    bench.fault(Fault::Crash(NodeId(1)));
    bench.tell(0, Do::Dial(1));
    assert_eq!(bench.after(millis(5)), ["n0: 7ms refused"]);
}

#[test]
fn what_is_sent_before_the_answer_follows_it() {
    let mut bench = Bench::new(2);
    bench.tell(0, Do::Dial(1));
    bench.tell(0, Do::Send(0, "early"));
    bench.tell(0, Do::Send(0, "bird"));
    assert_eq!(
        bench.after(millis(5)),
        [
            "n0: 2ms opened",
            "n1: 2ms accepted n0",
            "n1: 3ms got early",
            "n1: 3ms got bird"
        ]
    );
}

#[test]
fn the_end_comes_after_the_bytes_and_nothing_after_the_end() {
    let mut bench = Bench::pair();
    bench.tell(0, Do::Send(0, "last"));
    bench.tell(1, Do::Send(0, "too late"));
    bench.tell(0, Do::Close(0));
    bench.tell(0, Do::Send(0, "never"));
    assert_eq!(
        bench.after(millis(5)),
        ["n1: 11ms got last", "n1: 11ms closed PeerClosed"]
    );
    bench.tell(1, Do::Send(0, "never"));
    bench.tell(1, Do::Close(0));
    assert!(bench.after(millis(500)).is_empty());
}

#[test]
fn a_closed_dial_never_answers() {
    let mut bench = Bench::new(2);
    bench.tell(0, Do::Dial(1));
    bench.tell(0, Do::Close(0));
    assert!(bench.after(millis(10)).is_empty());
}

#[test]
fn a_connection_number_is_never_used_again() {
    let mut bench = Bench::new(2);
    for _ in 0..5 {
        bench.tell(0, Do::Dial(1));
        bench.run(millis(5));
        let last = bench.world.node(NodeId(0)).unwrap().conns.len() - 1;
        bench.tell(0, Do::Close(last));
        bench.run(millis(5));
    }
    let mut conns = bench.world.node(NodeId(0)).unwrap().conns.clone();
    conns.sort_unstable();
    conns.dedup();
    assert_eq!(conns.len(), 5);
}

#[test]
fn bytes_never_overtake_each_other() {
    let mut spec = spec(2);
    spec.timing.latency = Latency::Uniform {
        min: Span::ZERO,
        max: millis(50),
    };
    let mut bench = Bench::of(spec, 3);
    bench.tell(0, Do::Dial(1));
    bench.run(millis(5));
    let sent = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    for text in sent {
        bench.tell(0, Do::Send(0, text));
    }
    bench.tell(0, Do::Close(0));
    let news = bench.after(millis(200));
    let got: Vec<&str> = news
        .iter()
        .filter_map(|line| line.split("got ").nth(1))
        .collect();
    assert_eq!(got, sent);
    assert!(news.last().unwrap().ends_with("closed PeerClosed"));
}

#[test]
fn an_exit_ends_connections_and_keeps_the_code() {
    let mut bench = Bench::pair();
    bench.tell(1, Do::Exit(14));
    assert_eq!(bench.after(millis(5)), ["n0: 11ms closed PeerClosed"]);
    assert_eq!(bench.world.exit_code(NodeId(1)), Some(14));
    assert!(bench.world.node(NodeId(1)).is_none());
    bench.fault(Fault::Start(NodeId(1)));
    bench.run(MS);
    assert_eq!(bench.world.exit_code(NodeId(1)), None);
}

#[test]
fn a_node_may_dial_itself() {
    let mut bench = Bench::new(1);
    bench.tell(0, Do::Dial(0));
    bench.run(millis(2));
    bench.tell(0, Do::Send(0, "out"));
    bench.tell(0, Do::Send(1, "back"));
    assert_eq!(
        bench.after(MS),
        [
            "n0: 2ms opened",
            "n0: 2ms accepted n0",
            "n0: 2ms got out",
            "n0: 2ms got back"
        ]
    );
}

#[test]
fn a_call_is_answered_once_by_a_running_node_only() {
    let mut bench = Bench::new(1);
    let call = bench.world.call(NodeId(0), Do::Answer);
    assert_eq!(bench.world.answer(call), None);
    bench.run(Span::ZERO);
    assert_eq!(bench.world.answer(call), Some(&0));
    bench.fault(Fault::Crash(NodeId(0)));
    let call = bench.world.call(NodeId(0), Do::Answer);
    bench.fault(Fault::Start(NodeId(0)));
    bench.run(MS);
    assert_eq!(bench.world.answer(call), None);
}

#[test]
fn what_is_under_way_can_be_seen() {
    let mut bench = Bench::pair();
    bench.tell(0, Do::Send(0, "a"));
    bench.tell(1, Do::Send(0, "b"));
    bench.fault(Fault::Pause(NodeId(0)));
    bench.run(MS);
    bench.fault(Fault::Cut(link(0, 1)));
    bench.world.call(NodeId(1), Do::Send(0, "c"));
    bench.run(Span::ZERO);
    let seen: Vec<_> = bench.world.in_flight();
    let seen: Vec<_> = seen
        .iter()
        .map(|it| (it.from.0, it.nth, it.msg.0, it.stage))
        .collect();
    let arrives = bench.world.now() + MS;
    assert_eq!(
        seen,
        [
            (1, 0, "b", Stage::Received),
            (1, 1, "c", Stage::Travels(arrives))
        ]
    );
    let links: Vec<_> = bench.world.connections().collect();
    assert_eq!(links.len(), 1);
    assert!(links[0].open && links[0].held_by_dialler && links[0].held_by_acceptor);
}
