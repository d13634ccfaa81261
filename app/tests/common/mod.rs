//! What the tests of the app share: letting work go on, and what is compared.
#![allow(dead_code, reason = "each test file uses its own part")]

use app::command::{Command, Go, View};
use app::{App, Settings};
use core::time::Duration;
use quorumscope_app as app;
use sim_core::base::{SimTime, StepIndex};
use views::mark::Mark;
use views::picture::Picture;

/// Nanoseconds of a millisecond.
pub const MS: u64 = 1_000_000;

/// Plays what is pending, up to where it takes its place.
pub fn settle(app: &mut App) {
    let mut ticks = 0;
    while app.waits() {
        app.tick(Duration::ZERO, 2_000);
        ticks += 1;
        assert!(ticks < 100_000, "a branch that never comes");
    }
}

/// Plays to the end.
pub fn play_out(app: &mut App) {
    settle(app);
    while !app.position().whole {
        app.tick(Duration::ZERO, 10_000);
    }
}

/// An app with a shipped scenario, played to its end, at its start.
pub fn shipped(name: &str) -> App {
    let mut app = App::new(Settings::default());
    app.apply(Command::OpenShipped(name.into()));
    assert!(app.trouble().is_none(), "{:?}", app.trouble());
    play_out(&mut app);
    app
}

pub fn go(app: &mut App, go: Go) {
    app.apply(Command::Go(go));
}

/// What must be the same whichever way it was reached.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pub step: StepIndex,
    pub time: SimTime,
    pub fingerprint: u64,
    pub ensemble: Picture,
    pub space_time: Picture,
}

pub fn seen(app: &App) -> Seen {
    let position = app.position();
    Seen {
        step: position.step,
        time: position.time,
        fingerprint: app.session().run().fingerprint(),
        ensemble: app.picture(View::Ensemble, 900.0, 600.0),
        space_time: app.picture(View::SpaceTime, 900.0, 600.0),
    }
}

/// The text that "save as scenario" gives.
pub fn saved(app: &mut App) -> String {
    for request in app.apply(Command::Save) {
        if let app::Request::SaveFile { bytes, .. } = request {
            return String::from_utf8(bytes).expect("a text");
        }
    }
    panic!("nothing was saved: {:?}", app.trouble());
}

/// Another app that opens a text and goes to the place where this one is.
pub fn reopened(app: &App, text: &str) -> App {
    let position = app.position();
    let carried = app::link::Carried {
        scenario: app::link::Carrier::Text("again".into(), text.into()),
        variant: None,
        seed: sim_core::scenario::Scenario::parse(text)
            .expect("what was saved is read")
            .seed,
        step: position.step,
        time: position.time,
        language: app.language(),
    };
    let fragment = app::link::write(&carried).expect("short enough");
    let mut again = App::new(app.settings().clone());
    again.apply(Command::OpenLink(fragment.into()));
    assert!(again.trouble().is_none(), "{:?}", again.trouble());
    settle(&mut again);
    again.apply(Command::Select(app.selection()));
    again.apply(Command::Filter(app.filter().clone()));
    // How long what is new looks new.
    again.apply(Command::Pace(app.pace()));
    let window = app.stretch();
    again.apply(Command::Stretch(window.to - window.from));
    // Both know the same future, so that pictures may show it.
    while again.position().last < app.position().last {
        again.tick(Duration::ZERO, 2_000);
        if again.position().whole {
            break;
        }
    }
    again
}

pub fn step_mark(step: u64) -> Mark {
    Mark::Step(StepIndex(step))
}
