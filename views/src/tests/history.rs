//! The history against the records it was fed with.

use super::stage::{LOST_PROPOSAL, ONE_AFTER_ANOTHER, Stage};
use crate::history::{EventKind, State};
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::trace::What;
use sim_core::zookeeper::{self as zk, ServerState};

/// The states of the spans are those of the facts that servers left (`setPeerState`), in their order.
#[test]
fn spans_follow_the_facts() {
    for name in [ONE_AFTER_ANOTHER, LOST_PROPOSAL] {
        let stage = Stage::new(name);
        for node in (0..5).map(NodeId) {
            let mut told: Vec<(SimTime, State)> = Vec::new();
            for record in stage.records.iter().filter(|it| it.node == node) {
                match &record.what {
                    What::Booted => {
                        told.push((record.at, State::Server(ServerState::Looking)));
                    }
                    What::Faulted(text) if text.contains("crash") => {
                        told.push((record.at, State::Down));
                    }
                    What::Fact(fact) => {
                        if let Some(zk::Fact::State { to, .. }) = fact.zookeeper() {
                            told.push((record.at, State::Server(*to)));
                        }
                    }
                    _ => {}
                }
            }
            told.dedup_by_key(|it| it.1);
            let spans = stage.history.spans(node).iter().skip(1);
            let mut kept: Vec<_> = spans.map(|it| (it.at, it.look.state)).collect();
            kept.dedup_by_key(|it| it.1);
            assert_eq!(kept, told, "{name}, {node:?}");
        }
    }
}

/// Every message that was sent is kept once; it ended when it was delivered, and was lost if it was swallowed.
#[test]
fn messages_follow_the_records() {
    let stage = Stage::new(LOST_PROPOSAL);
    let count =
        |sort: fn(&What<_>) -> bool| stage.records.iter().filter(|it| sort(&it.what)).count();
    let messages = stage.history.messages();
    assert_eq!(messages.len(), count(|it| matches!(it, What::Sent { .. })));
    let delivered = messages
        .iter()
        .filter(|it| it.end.is_some_and(|end| end.delivered));
    assert_eq!(
        delivered.count(),
        count(|it| matches!(it, What::Delivered { .. }))
    );
    for record in &stage.records {
        if let What::Lost { to, kind, nth, .. } = &record.what {
            let is = |it: &&crate::history::Message| {
                (it.id.from, it.id.to, it.id.kind, it.id.nth) == (record.node, *to, *kind, *nth)
            };
            let lost = messages.iter().find(is).expect("kept");
            let end = lost.end.expect("it ended");
            assert!(!end.delivered && end.step == record.step);
        }
    }
    // What nobody takes any more is no longer under way: only what the end of the play cut short is.
    let world = stage.timeline.run().world();
    let open = messages.iter().filter(|it| it.end.is_none()).count();
    assert!(open <= world.in_flight().len() + 64, "{open}");
}

/// Facts and faults of the story: three starts, two kills, two leaders.
#[test]
fn events_of_the_story() {
    let stage = Stage::new(LOST_PROPOSAL);
    let leads: Vec<NodeId> = stage
        .history
        .events()
        .iter()
        .filter(|it| it.kind == EventKind::Leads)
        .map(|it| it.node)
        .collect();
    assert_eq!(leads, [NodeId(2), NodeId(1)]);
    let kills = stage.history.events().iter().filter(|it| match &it.kind {
        EventKind::Fault(text) => text.contains("crash"),
        _ => false,
    });
    let kills: Vec<_> = kills.map(|it| (it.node, it.at)).collect();
    let at = SimTime(5_700_000_000);
    assert_eq!(kills, [(NodeId(2), at), (NodeId(4), at)]);
}

#[test]
fn truncated_and_played_again_it_is_the_same() {
    let whole = Stage::new(LOST_PROPOSAL);
    let mut again = Stage::new(LOST_PROPOSAL);
    let end = again.end();
    for part in [9, 5, 2] {
        let cut = StepIndex(end * part / 10);
        again.timeline.seek(cut);
        again.timeline.forget_later();
        again.history.truncate(cut, again.timeline.run().world());
        assert_eq!(again.history.last(), cut);
        assert!(again.history.messages().iter().all(|it| it.sent <= cut));
        again.play_on();
        assert_eq!(again.history.events(), whole.history.events());
        assert_eq!(again.history.messages(), whole.history.messages());
        assert_eq!(again.history.moments(), whole.history.moments());
        for node in (0..7).map(NodeId) {
            assert_eq!(again.history.spans(node), whole.history.spans(node));
        }
        for step in (1..=end).step_by(97).map(StepIndex) {
            assert_eq!(again.history.time_of(step), whole.history.time_of(step));
        }
    }
}

#[test]
fn steps_of_times() {
    let stage = Stage::new(ONE_AFTER_ANOTHER);
    let history = &stage.history;
    for record in stage.records.iter().step_by(37) {
        assert_eq!(
            history.step_at(record.at),
            stage.timeline.step_at(record.at)
        );
        assert_eq!(history.time_of(record.step), Some(record.at));
    }
    let moments = history.moments();
    assert!(moments.windows(2).all(|two| two[0].step < two[1].step));
    let first = moments[0];
    assert_eq!(history.moment_before(first.step), None);
    assert_eq!(history.moment_after(first.step), Some(moments[1]));
    assert_eq!(history.moment_before(moments[1].step), Some(first));
}
