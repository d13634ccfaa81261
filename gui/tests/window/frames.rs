//! Frames: none while nothing moves. How long they take is measured by `examples/frames.rs`.

use std::time::Duration;

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
