//! Two plays side by side, and long work that is stopped.
//!
//! Expectations come from the traces of both plays: the first decision that a node takes in one and not in the other.

mod common;

use common::*;
use core::time::Duration;
use quorumscope_app::App;
use quorumscope_app::command::{Against, Command, Go, Hand, Language, View};
use quorumscope_app::session::Session;
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::Fact;
use sim_core::trace::{Record, What};
use std::collections::BTreeMap;
use views::mark::Mark;
use views::narration::{Level, level};

const STORY: &str = "one-after-another";
const ZK3: NodeId = NodeId(2);

fn decisions(session: &Session) -> BTreeMap<NodeId, Vec<Record<Fact>>> {
    let mut nodes = BTreeMap::<NodeId, Vec<Record<Fact>>>::new();
    for record in session.records() {
        if matches!(&record.what, What::Fact(fact) if level(fact) != Level::Detail) {
            nodes.entry(record.node).or_default().push(record);
        }
    }
    nodes
}

/// The moment, the node and both steps of the first decision that differs, read off whole traces.
type Parting = (SimTime, NodeId, [Option<StepIndex>; 2]);

fn expected(shown: &Session, other: &Session) -> Option<Parting> {
    let (shown, other) = (decisions(shown), decisions(other));
    let none = Vec::new();
    let nodes = shown.keys().chain(other.keys());
    let parted = nodes.filter_map(|node| {
        let a = shown.get(node).unwrap_or(&none);
        let b = other.get(node).unwrap_or(&none);
        let same = a
            .iter()
            .zip(b)
            .take_while(|(a, b)| a.what == b.what)
            .count();
        let heads = [a.get(same), b.get(same)];
        let at = heads.iter().flatten().map(|it| (it.at, it.step)).min()?;
        Some((at, *node, heads.map(|it| it.map(|it| it.step))))
    });
    parted.min().map(|((at, _), node, steps)| (at, node, steps))
}

/// Reads both to their ends.
fn read_out(app: &mut App) {
    play_out(app);
    while !app.compared().expect("two plays").done {
        app.tick(Duration::ZERO, 3_000);
    }
}

fn told(app: &App) -> Option<Parting> {
    let difference = app.compared().expect("two plays").difference?;
    let steps = difference.sides.map(|side| side.map(|it| it.step));
    Some((difference.at, difference.node, steps))
}

/// Another app that plays the other side.
fn other_side(app: &App, against: &Against) -> App {
    let mut other = App::new(app.settings().clone());
    other.apply(Command::OpenShipped(app.name().into()));
    if let Against::Variant(name) = against {
        other.apply(Command::Variant(Some(name.clone())));
    }
    play_out(&mut other);
    other
}

#[test]
fn a_branch_beside_the_one_it_left() {
    let mut app = shipped(STORY);
    app.apply(Command::Predict(false));
    go(&mut app, Go::Time(SimTime(6_000_000_000)));
    app.apply(Command::Hand(Hand::Crash(ZK3)));
    settle(&mut app);
    let rows = app.comparable();
    let against = Against::Branch(0);
    assert_eq!(rows[0].against, against, "{rows:?}");
    app.apply(Command::Compare(Some(against.clone())));
    read_out(&mut app);
    let mut other = other_side(&app, &against);
    let expected = expected(app.session(), other.session());
    assert_eq!(told(&app), expected);
    let (at, node, steps) = expected.expect("they part");
    assert!(
        at >= SimTime(6_000_000_000) && node != ZK3,
        "what servers make of it"
    );
    assert!(steps.iter().any(Option::is_some));
    for language in [Language::En, Language::Zh] {
        app.apply(Command::Language(language));
        let compared = app.compared().expect("two plays");
        assert!(
            compared.names.iter().all(|it| !it.is_empty()),
            "{compared:?}"
        );
        let told = compared.difference.expect("they part").told;
        assert!(
            told.iter().all(|it| !it.is_empty()) && told[0] != told[1],
            "{told:?}"
        );
    }
    // Both stand at the same time, and the other one is what it is by itself.
    app.apply(Command::Language(Language::En));
    other.apply(Command::Predict(false));
    for time in [5_900_000_000, at.0, 9_000_000_000] {
        go(&mut app, Go::Time(SimTime(time)));
        go(&mut other, Go::Time(SimTime(time)));
        let beside = app.other_picture(600.0, 400.0).expect("the other one");
        assert_eq!(
            beside,
            other.picture(View::Ensemble, 600.0, 400.0),
            "{time}"
        );
    }
    app.apply(Command::View(View::SpaceTime));
    go(&mut app, Go::Time(at));
    for picture in [
        app.picture(View::SpaceTime, 600.0, 400.0),
        app.other_picture(600.0, 400.0).expect("the other one"),
        app.bands(600.0, 150.0),
    ] {
        assert!(picture.spots.iter().any(|it| it.mark == Mark::Time(at)));
    }
    // What is taken back makes both the same again.
    app.apply(Command::Undo);
    settle(&mut app);
    read_out(&mut app);
    assert_eq!(told(&app), None);
    app.apply(Command::Compare(None));
    assert!(app.compared().is_none());
}

/// The first shipped scenario with several variants, whichever it is.
#[test]
fn a_variant_beside_another() {
    let all = scenarios::list().iter().map(scenarios::File::name);
    let mut apps = all.map(shipped).filter(|app| app.variants().1.len() > 1);
    let mut app = apps.next().expect("one has variants");
    app.apply(Command::Predict(false));
    let rows = app.comparable();
    assert_eq!(rows.len(), app.variants().1.len() - 1);
    for row in rows {
        app.apply(Command::Compare(Some(row.against.clone())));
        read_out(&mut app);
        let other = other_side(&app, &row.against);
        assert_eq!(
            told(&app),
            expected(app.session(), other.session()),
            "{row:?}"
        );
    }
}

#[test]
fn what_is_not_there_cannot_be_put_beside() {
    let mut app = shipped(STORY);
    app.apply(Command::Compare(Some(Against::Branch(7))));
    assert!(app.compared().is_none() && app.trouble().is_none());
    app.apply(Command::Compare(Some(Against::Variant("nothing".into()))));
    assert!(app.compared().is_none() && app.trouble().is_some());
}

#[test]
fn long_work_stops_and_goes_on() {
    let whole = shipped(STORY);
    let mut app = App::new(whole.settings().clone());
    app.apply(Command::OpenShipped(STORY.into()));
    app.tick(Duration::from_millis(10), 50);
    assert!(app.busy().is_some());
    app.apply(Command::Stop);
    let stopped = app.position();
    assert!(app.stopped() && stopped.whole && app.busy().is_none());
    assert!(stopped.last > StepIndex(0) && stopped.last < whole.position().last);
    app.tick(Duration::from_millis(10), 1_000);
    assert_eq!(app.position(), stopped, "nothing goes on by itself");
    assert!(app.remarks().iter().any(|it| !it.is_empty()));
    go(&mut app, Go::End);
    assert_eq!(app.position().step, stopped.last);
    app.apply(Command::GoOn);
    play_out(&mut app);
    go(&mut app, Go::End);
    let mut whole = whole;
    go(&mut whole, Go::End);
    assert_eq!(seen(&app), seen(&whole), "as if it had never been stopped");
}

#[test]
fn a_branch_that_is_stopped_shows_what_there_is() {
    let mut app = shipped(STORY);
    go(&mut app, Go::Time(SimTime(9_000_000_000)));
    app.apply(Command::Hand(Hand::Crash(ZK3)));
    assert!(app.waits());
    app.tick(Duration::ZERO, 20);
    app.apply(Command::Stop);
    assert!(!app.waits() && app.stopped());
    app.apply(Command::GoOn);
    play_out(&mut app);
    assert!(!app.stopped());
    assert_eq!(app.branches().len(), 2);
}

/// Going back outlines what the step one went back over changes; anything else takes the outline away.
#[test]
fn going_back_says_what_is_about_to_change() {
    let mut app = shipped(STORY);
    app.apply(Command::Predict(false));
    go(&mut app, Go::Time(SimTime(5_010_000_000)));
    let mut outlined = 0;
    for _ in 0..40 {
        assert!(app.about_to_change().is_empty());
        let before = app.position().step;
        go(&mut app, Go::StepBack);
        let back = app.position().step;
        let changes = app.session().history().changes().of_step(before).count();
        let expected = if back < before { changes } else { 0 };
        assert_eq!(app.about_to_change().len(), expected);
        outlined += expected;
        go(&mut app, Go::Step(back));
    }
    assert!(outlined > 0);
}
