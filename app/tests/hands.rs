//! What hands do: exactly where, in which branch, and that what is saved is what was seen.
//!
//! Expectations come from the trace: up to the hand the records are those of the scenario without it, and the record
//! right behind is the act.

mod common;

use common::*;
use quorumscope_app::App;
use quorumscope_app::command::{Command, Go, Hand, MessageHand};
use sim_core::base::{NodeId, SimTime, Span, StepIndex};
use sim_core::cluster::Fact;
use sim_core::trace::{Record, What};
use views::history::id_of;
use views::mark::Mark;

const STORY: &str = "one-after-another";
const ZK1: NodeId = NodeId(0);
const ZK2: NodeId = NodeId(1);
const ZK3: NodeId = NodeId(2);

fn records(app: &App) -> Vec<Record<Fact>> {
    app.session().records().into_iter().collect()
}

fn up_to(records: &[Record<Fact>], step: StepIndex) -> &[Record<Fact>] {
    &records[..records.partition_point(|it| it.step <= step)]
}

/// Does something, and holds it to the trace: the same before, then the act at the time shown.
fn act_here(app: &mut App, hand: Hand, written: &[&str]) {
    let (before, position) = (records(app), app.position());
    app.apply(Command::Hand(hand.clone()));
    settle(app);
    assert!(app.trouble().is_none(), "{hand:?}: {:?}", app.trouble());
    let after = records(app);
    let same = up_to(&before, position.step);
    assert_eq!(up_to(&after, position.step), same, "{hand:?}: same before");
    let acts = after[same.len()..].iter().take(written.len());
    for (record, text) in acts.zip(written) {
        let What::Faulted(act) = &record.what else {
            panic!("{hand:?} at {position:?}: {record:?} instead of {text}");
        };
        assert_eq!((&**act, record.at), (*text, position.time), "{hand:?}");
    }
    let shown = app.position();
    assert_eq!(shown.step.0, position.step.0 + written.len() as u64);
    assert_eq!(shown.time, position.time);
    let text = saved(app);
    let again = reopened(app, &text);
    assert_eq!(seen(&again), seen(app), "{hand:?} at {position:?}");
}

#[test]
fn a_hand_between_two_steps_acts_at_the_time_shown() {
    let mut app = shipped(STORY);
    go(&mut app, Go::Time(SimTime(6_000_000_001)));
    act_here(&mut app, Hand::Crash(ZK3), &["{ \"crash\": \"zk3\" }"]);
    assert!(
        app.source().contains("\"at\": \"6.000000001s\""),
        "{}",
        app.source()
    );
}

/// Every step of one busy stretch: right after it, whatever else is due then.
#[test]
fn a_hand_in_the_middle_of_an_instant_comes_right_after_the_step() {
    let mut app = shipped(STORY);
    let from = app.session().step_at(SimTime(4_999_999_999)).0;
    let mut in_the_middle = 0;
    for step in from..from + 24 {
        let step = StepIndex(step);
        let (here, next) = (step, StepIndex(step.0 + 1));
        let session = app.session();
        in_the_middle += u32::from(session.time_of(here) == session.time_of(next));
        app.apply(Command::Branch(0));
        settle(&mut app);
        play_out(&mut app);
        go(&mut app, Go::Step(step));
        act_here(&mut app, Hand::Pause(ZK2), &["{ \"pause\": \"zk2\" }"]);
    }
    assert!(
        in_the_middle > 2,
        "{in_the_middle} steps share their instant with the next"
    );
}

/// Two acts of one step of the story, and a hand between them.
#[test]
fn a_hand_comes_even_between_two_acts_of_one_step() {
    let text = r#"{ "title": "T", "cluster": { "zookeeper": { "servers": 3 } }, "steps": [
        { "at": "0s", "do": [{ "start": "zk1" }, { "start": "zk2" }, { "start": "zk3" }] } ], "until": "4s" }"#;
    let mut app = App::new(quorumscope_app::Settings::default());
    let open = Command::OpenText {
        name: "t.json".into(),
        text: text.into(),
    };
    app.apply(open);
    play_out(&mut app);
    go(&mut app, Go::Step(StepIndex(1)));
    act_here(&mut app, Hand::Crash(ZK1), &["{ \"crash\": \"zk1\" }"]);
    let told: Vec<String> = records(&app)
        .iter()
        .filter_map(|it| match &it.what {
            What::Faulted(text) => Some(text.to_string()),
            _ => None,
        })
        .collect();
    let expected = [
        "{ \"start\": \"zk1\" }",
        "{ \"crash\": \"zk1\" }",
        "{ \"start\": \"zk2\" }",
        "{ \"start\": \"zk3\" }",
    ];
    assert_eq!(told, expected);
}

#[test]
fn every_kind_of_hand_is_a_line_of_the_scenario() {
    let mut app = shipped(STORY);
    let hands: [(Hand, &[&str]); 10] = [
        (
            Hand::Restart(ZK1),
            &["{ \"crash\": \"zk1\" }", "{ \"start\": \"zk1\" }"],
        ),
        (Hand::PowerLoss(ZK2), &["{ \"power_loss\": \"zk2\" }"]),
        (Hand::Wipe(ZK2), &["{ \"wipe\": \"zk2\" }"]),
        (Hand::Start(ZK2), &["{ \"start\": \"zk2\" }"]),
        (Hand::Pause(ZK3), &["{ \"pause\": \"zk3\" }"]),
        (Hand::Resume(ZK3), &["{ \"resume\": \"zk3\" }"]),
        (Hand::Cut(ZK1, ZK3), &["{ \"cut\": \"zk1 -> zk3\" }"]),
        (
            Hand::CutBoth(ZK1, ZK2),
            &["{ \"cut\": \"zk1 -> zk2\" }", "{ \"cut\": \"zk2 -> zk1\" }"],
        ),
        (
            Hand::Heal(ZK1, ZK3),
            &[
                "{ \"heal\": \"zk1 -> zk3\" }",
                "{ \"heal\": \"zk3 -> zk1\" }",
            ],
        ),
        (
            Hand::WallJump(ZK1, 3_600_000_000_000),
            &["{ \"wall_jump\": \"zk1\", \"by\": \"3600s\" }"],
        ),
    ];
    for (nth, (hand, written)) in (0..).zip(hands) {
        go(&mut app, Go::Time(SimTime(6_500_000_000 + nth * 37 * MS)));
        act_here(&mut app, hand, written);
        play_out(&mut app);
    }
    let own = app.branches().len();
    assert_eq!(own, 2, "hands one after another lengthen one branch");
    assert_eq!(app.beats().iter().filter(|it| it.by_hand).count(), 10);
}

#[test]
fn a_message_is_dropped_by_its_name() {
    let mut app = shipped(STORY);
    go(&mut app, Go::Time(SimTime(5_000_000_000)));
    let id = loop {
        go(&mut app, Go::StepOn);
        app.apply(Command::SkipQuestion);
        let flights = app.world().in_flight();
        let found = flights.iter().find(|it| it.from == ZK3).map(id_of);
        if let Some(id) = found {
            break id;
        }
    };
    let name = "{ \"drop\": \"NOTIFICATION\"";
    app.apply(Command::Hand(Hand::Message(id, MessageHand::Drop)));
    settle(&mut app);
    assert!(app.trouble().is_none(), "{:?}", app.trouble());
    play_out(&mut app);
    let all = records(&app);
    let dropped = all
        .iter()
        .any(|it| matches!(&it.what, What::Faulted(text) if text.starts_with(name)));
    assert!(dropped, "the act is in the trace");
    let delivered = all.iter().any(|it| {
        matches!(&it.what, What::Delivered { from, kind, nth, .. }
            if (*from, it.node, *kind, *nth) == (id.from, id.to, id.kind, id.nth))
    });
    assert!(!delivered, "what was dropped never arrives");
}

/// The story has no client: one is added, and nothing before it changes.
#[test]
fn a_client_is_added_where_the_scenario_has_none() {
    let mut app = shipped(STORY);
    go(&mut app, Go::Time(SimTime(8_000_000_000)));
    let (before, position) = (records(&app), app.position());
    assert_eq!(app.nodes().len(), 5);
    app.apply(Command::Hand(Hand::Create {
        client: NodeId(5),
        path: "/a".into(),
        data: "x".into(),
    }));
    settle(&mut app);
    assert!(app.trouble().is_none(), "{:?}", app.trouble());
    assert_eq!(app.nodes().len(), 6);
    assert_eq!(
        up_to(&records(&app), position.step),
        up_to(&before, position.step)
    );
    let text = saved(&mut app);
    assert_eq!(seen(&reopened(&app, &text)), seen(&app));
    play_out(&mut app);
    go(&mut app, Go::End);
    let leader = app.world().node(ZK3).and_then(|it| it.zk_server());
    let tree = &leader.expect("it leads").database().tree();
    assert!(tree.nodes.get("/a").is_some(), "the write took effect");
}

#[test]
fn hands_are_undone_and_done_again() {
    let mut app = shipped(STORY);
    go(&mut app, Go::Time(SimTime(6_000 * MS)));
    let untouched = seen(&app);
    app.apply(Command::Hand(Hand::Crash(ZK3)));
    settle(&mut app);
    play_out(&mut app);
    let crashed = seen(&app);
    assert_ne!(crashed.fingerprint, untouched.fingerprint);
    go(&mut app, Go::Time(SimTime(9_000 * MS)));
    app.apply(Command::Undo);
    settle(&mut app);
    play_out(&mut app);
    assert_eq!(seen(&app).fingerprint, untouched.fingerprint);
    assert_eq!(
        (seen(&app).step, seen(&app).time),
        (untouched.step, untouched.time)
    );
    assert_eq!(app.can_undo_redo(), (false, true));
    app.apply(Command::Redo);
    settle(&mut app);
    play_out(&mut app);
    assert_eq!(seen(&app), crashed);
    assert_eq!(app.can_undo_redo(), (true, false));
}

#[test]
fn branches_stay() {
    let mut app = shipped(STORY);
    for (at, node) in [(6_000, ZK3), (5_500, ZK1), (7_000, ZK2)] {
        app.apply(Command::Branch(0));
        settle(&mut app);
        play_out(&mut app);
        go(&mut app, Go::Time(SimTime(at * MS)));
        app.apply(Command::Hand(Hand::Crash(node)));
        settle(&mut app);
    }
    let rows = app.branches();
    assert_eq!(rows.len(), 4);
    assert!(
        rows[1..]
            .iter()
            .all(|row| row.from.expect("a branch").0 == 0 && row.depth == 1)
    );
    assert!(rows[3].current && rows[3].label.contains("zk2") && rows[3].label.contains("7s"));
    let first = rows
        .iter()
        .find(|row| row.label.contains("zk3"))
        .expect("it stays");
    let Mark::Branch(index) = first.mark else {
        panic!("{first:?}");
    };
    app.apply(Command::Branch(index));
    settle(&mut app);
    assert!(app.source().contains("\"crash\": \"zk3\""));
    // Before its own hand, a hand begins another branch with nothing of it.
    go(&mut app, Go::Time(SimTime(5_100 * MS)));
    app.apply(Command::Hand(Hand::Crash(ZK2)));
    settle(&mut app);
    assert!(!app.source().contains("\"crash\": \"zk3\""));
    let rows = app.branches();
    assert_eq!(
        (rows.len(), rows.iter().filter(|it| it.depth == 2).count()),
        (5, 1)
    );
}

/// At the end of a play a hand, or just waiting, lets it go on.
#[test]
fn a_play_at_its_end_goes_on() {
    let mut app = shipped(STORY);
    go(&mut app, Go::End);
    let (end, last) = (app.position().end, app.position().last);
    app.apply(Command::Hand(Hand::Wait(Span::from_secs(3))));
    settle(&mut app);
    play_out(&mut app);
    let position = app.position();
    assert_eq!(position.end, end + Span::from_secs(3));
    assert_eq!((position.time, position.step >= last), (end, true));
    go(&mut app, Go::End);
    act_here(&mut app, Hand::Crash(ZK3), &["{ \"crash\": \"zk3\" }"]);
    play_out(&mut app);
    assert!(app.position().end >= end + Span::from_secs(13));
}

/// A story whose next step waits for what a hand made impossible ends there, says so, and can go on without it.
#[test]
fn a_story_that_waits_in_vain_goes_on_without_it() {
    let text = r#"{ "title": "T", "cluster": { "zookeeper": { "servers": 3 } }, "steps": [
        { "at": "0s", "do": { "start": "all" } },
        { "when": { "leader": "zk3" }, "within": "3s", "say": "3 leads." } ], "until": "5s" }"#;
    let mut app = App::new(quorumscope_app::Settings::default());
    app.apply(Command::OpenText {
        name: "t.json".into(),
        text: text.into(),
    });
    play_out(&mut app);
    assert_eq!(app.remarks(), [""; 0]);
    go(&mut app, Go::Time(SimTime(100 * MS)));
    app.apply(Command::Hand(Hand::Crash(ZK3)));
    settle(&mut app);
    play_out(&mut app);
    assert_eq!(app.position().end, SimTime(3_000 * MS), "it waited 3 s");
    assert_eq!(app.remarks().len(), 1);
    go(&mut app, Go::End);
    let nodes = |app: &App| -> Vec<_> {
        let world = app.world();
        let ids = (0..3).map(NodeId);
        ids.map(|id| (world.status(id), world.node(id).cloned()))
            .collect()
    };
    let before = nodes(&app);
    app.apply(Command::Hand(Hand::Wait(Span::from_secs(4))));
    settle(&mut app);
    assert!(app.trouble().is_none(), "{:?}", app.trouble());
    assert!(nodes(&app) == before, "waiting changes no server");
    play_out(&mut app);
    assert_eq!(app.remarks(), [""; 0]);
    assert!(
        app.position().end >= SimTime(7_000 * MS),
        "{:?}",
        app.position()
    );
    assert!(!app.source().contains("within"));
}

/// A variant and a seed that are not those of the file are in the file that is saved.
#[test]
fn what_is_saved_plays_the_same_by_itself() {
    let mut app = shipped(STORY);
    app.apply(Command::Variant(Some("3.8.0".into())));
    settle(&mut app);
    app.apply(Command::Seed(77));
    settle(&mut app);
    play_out(&mut app);
    go(&mut app, Go::Time(SimTime(6_000 * MS)));
    let text = saved(&mut app);
    assert_eq!(seen(&reopened(&app, &text)), seen(&app));
    app.apply(Command::Hand(Hand::Crash(ZK1)));
    settle(&mut app);
    let text = saved(&mut app);
    assert_eq!(seen(&reopened(&app, &text)), seen(&app));
    assert_eq!(app.variants().0, Some("3.8.0"));
}
