//! Frames: none while nothing moves, short ones while something does.

use app::command::{Command, Go};
use std::time::{Duration, Instant};

use crate::support::Opening;

/// When the next frame is wanted.
fn wanted(shell: &crate::support::Shell) -> Duration {
    let output = &shell.harness.output().viewport_output;
    output[&egui::ViewportId::ROOT].repaint_delay
}

#[test]
fn nothing_is_painted_while_nothing_moves() {
    for story in [None, Some("one-after-another")] {
        let mut shell = Opening {
            story,
            ..Opening::default()
        }
        .open();
        shell.harness.step();
        assert_eq!(wanted(&shell), Duration::MAX, "{story:?}");
    }
}

#[test]
fn something_is_painted_while_it_plays() {
    let mut shell = Opening::default().open();
    shell.harness.key_press(egui::Key::Space);
    shell.harness.run_steps(3);
    assert!(shell.app().playing());
    assert!(wanted(&shell) < Duration::from_millis(20));
}

/// `cargo test --release -p quorumscope-gui --test window frames -- --ignored --nocapture`
#[test]
#[ignore = "a measurement: means something in release only"]
fn how_long_frames_take() {
    let mut shell = Opening::default().open();
    for place in ["library", "start", "middle", "end"] {
        let ctx = shell.harness.ctx.clone();
        let window = shell.harness.state_mut();
        match place {
            "library" => window.apply(&ctx, Command::Show(app::command::Sheet::Library, true)),
            "start" => window.apply(&ctx, Command::OpenShipped("one-after-another".into())),
            "middle" => window.apply(&ctx, Command::Go(Go::Beat(2))),
            _ => window.apply(&ctx, Command::Go(Go::End)),
        }
        shell.harness.run_steps(30);
        let mut took: Vec<Duration> = (0..200)
            .map(|_| {
                let began = Instant::now();
                shell.harness.step();
                began.elapsed()
            })
            .collect();
        took.sort();
        println!("{place}: median {:?}, 99 % {:?}", took[100], took[198]);
    }
}
