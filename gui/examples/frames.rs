//! Measures frames of the window on one core, without a screen: what the program computes and tessellates for each.
//!
//! `cargo run --release -p quorumscope-gui --example frames [RECORDS]`. What a graphics card does with the triangles is
//! not in it. Prints figures; judges nothing.

#[path = "../tests/window/raster.rs"]
mod raster;
#[allow(dead_code, reason = "tests have hands; here nobody clicks")]
#[path = "../tests/window/support.rs"]
mod support;
#[path = "../../app/examples/common/took.rs"]
mod took;

use app::command::{Command, Go, Sheet, View};
use sim_core::base::{SimTime, mix};
use std::time::{Duration, Instant};
use support::{Opening, Shell};
use took::tell;

const LONG: &str = include_str!("../../app/examples/figures.json");

fn main() {
    let argument = std::env::args().nth(1);
    let wanted = argument.map_or(1_000_000, |it| it.parse().expect("a number of records"));
    let began = Instant::now();
    let mut shell = Opening {
        still: false,
        frame_s: 1.0 / 60.0,
        ..Opening::default()
    }
    .open();
    println!("window made, story played ahead: {:.1?}", began.elapsed());
    rest(&mut shell);
    plays(&mut shell);
    compares(&mut shell);
    computes(&mut shell, wanted);
    seeks(&mut shell);
}

/// A frame: what the window does, and the triangles of what it shows.
fn frame(shell: &mut Shell) -> Duration {
    let began = Instant::now();
    shell.harness.step();
    let output = shell.harness.output();
    let scale = output.pixels_per_point;
    let _ = shell.harness.ctx.tessellate(output.shapes.clone(), scale);
    began.elapsed()
}

fn act(shell: &mut Shell, command: Command) {
    let ctx = shell.harness.ctx.clone();
    shell.harness.state_mut().apply(&ctx, command);
}

fn rest(shell: &mut Shell) {
    let places = [
        ("library", Command::Show(Sheet::Library, true)),
        ("ensemble", Command::OpenShipped("one-after-another".into())),
        ("ensemble, in an election", Command::Go(Go::Beat(4))),
        ("space-time", Command::View(View::SpaceTime)),
        ("both", Command::Beside(Some(View::Ensemble))),
        ("ensemble again", Command::View(View::Ensemble)),
    ];
    for (name, command) in places {
        act(shell, command);
        for _ in 0..30 {
            frame(shell);
        }
        let took = (0..300).map(|_| frame(shell)).collect();
        tell(&format!("at rest, {name}"), took);
    }
    act(shell, Command::Beside(None));
}

fn plays(shell: &mut Shell) {
    for pace in [0.05, 1.0] {
        act(shell, Command::Predict(false));
        act(shell, Command::Go(Go::Start));
        act(shell, Command::Pace(pace));
        act(shell, Command::PlayOrPause);
        let took = (0..600).map(|_| frame(shell)).collect();
        tell(&format!("playing at pace {pace}"), took);
        if shell.app().playing() {
            act(shell, Command::PlayOrPause);
        }
    }
}

fn compares(shell: &mut Shell) {
    let rows = shell.app().comparable();
    let Some(row) = rows.into_iter().next() else {
        return;
    };
    act(shell, Command::Compare(Some(row.against)));
    act(shell, Command::Go(Go::Start));
    act(shell, Command::PlayOrPause);
    let took = (0..300).map(|_| frame(shell)).collect();
    tell("playing two side by side", took);
    act(shell, Command::Compare(None));
}

/// Opens a long play and shows it while it is being played.
fn computes(shell: &mut Shell, wanted: u64) {
    let (name, text) = ("long.json".into(), LONG.into());
    act(shell, Command::OpenText { name, text });
    let began = Instant::now();
    let mut took = Vec::new();
    while shell.app().session().records().len() < wanted && shell.app().busy().is_some() {
        took.push(frame(shell));
    }
    println!(
        "{} records in {:.1?}",
        shell.app().session().records().len(),
        began.elapsed(),
    );
    tell("while computing", took);
    act(shell, Command::Stop);
}

/// Jumps anywhere in the long play: to the frame that shows it.
fn seeks(shell: &mut Shell) {
    let end = shell.app().position().end.0;
    let jump = |shell: &mut Shell, nth| {
        let began = Instant::now();
        act(shell, Command::Go(Go::Time(SimTime(mix(nth) % end))));
        began.elapsed() + frame(shell)
    };
    for (name, view) in [
        ("ensemble", View::Ensemble),
        ("space-time", View::SpaceTime),
    ] {
        act(shell, Command::View(view));
        let took = (0..400).map(|nth| jump(shell, nth)).collect();
        tell(&format!("seek and the frame that shows it, {name}"), took);
    }
}
