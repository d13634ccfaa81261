//! Pictures of the whole window, light and dark, in both languages, wide and narrow, small and large.
//!
//! Drawn by the processor, so they are the same on every machine. `UPDATE_SNAPSHOTS=1 cargo test -p quorumscope-gui`
//! draws them anew; look at them before they are kept.

use app::command::{Command, Go, View};
use egui_kittest::{SnapshotOptions, SnapshotResults};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use sim_core::base::SimTime;
use sim_core::explain::Lang;
use views::theme::Theme;

use crate::support::{Opening, Shell};

/// The moment of the design sheets: the third of five servers has just started.
const ELECTION: SimTime = SimTime(5_010_000_000);

fn keep(results: &mut SnapshotResults, mut shell: Shell, name: &str) {
    let options = SnapshotOptions::new()
        .threshold(1.0)
        .max_failed_pixels(40)
        .output_path("tests/window/pictures");
    shell.harness.snapshot_options(name, &options);
    results.extend_harness(&mut shell.harness);
}

fn at(opening: Opening, commands: impl IntoIterator<Item = Command>) -> Shell {
    let mut shell = opening.open();
    let ctx = shell.harness.ctx.clone();
    for command in commands {
        shell.harness.state_mut().apply(&ctx, command);
    }
    shell.settle();
    shell
}

#[test]
fn the_ensemble_in_light_and_dark_in_both_languages() {
    let mut kept = SnapshotResults::new();
    for (lang, theme, name) in [
        (Lang::En, Theme::Light, "ensemble-light"),
        (Lang::Zh, Theme::Dark, "ensemble-dark-zh"),
    ] {
        let opening = Opening {
            lang,
            theme,
            ..Opening::default()
        };
        keep(
            &mut kept,
            at(opening, [Command::Go(Go::Time(ELECTION))]),
            name,
        );
    }
}

#[test]
fn space_and_time() {
    let mut kept = SnapshotResults::new();
    let opening = Opening {
        theme: Theme::Dark,
        ..Opening::default()
    };
    let commands = [
        Command::Go(Go::Time(ELECTION)),
        Command::View(View::SpaceTime),
    ];
    keep(&mut kept, at(opening, commands), "space-time-dark");
    let commands = [
        Command::Go(Go::Time(ELECTION)),
        Command::Beside(Some(View::SpaceTime)),
    ];
    keep(&mut kept, at(Opening::default(), commands), "both-light");
}

#[test]
fn the_library() {
    let mut kept = SnapshotResults::new();
    for (lang, theme, name) in [
        (Lang::En, Theme::Light, "library-light"),
        (Lang::Zh, Theme::Dark, "library-dark-zh"),
    ] {
        let opening = Opening {
            lang,
            theme,
            story: None,
            ..Opening::default()
        };
        keep(&mut kept, at(opening, []), name);
    }
}

#[test]
fn twice_as_large() {
    let mut kept = SnapshotResults::new();
    let opening = Opening {
        zoom: 200,
        ..Opening::default()
    };
    keep(
        &mut kept,
        at(opening, [Command::Go(Go::Time(ELECTION))]),
        "zoom-200",
    );
}

#[test]
fn narrow() {
    let mut kept = SnapshotResults::new();
    let opening = Opening {
        size: [800.0, 700.0],
        ..Opening::default()
    };
    keep(
        &mut kept,
        at(opening, [Command::Go(Go::Time(ELECTION))]),
        "narrow",
    );
}

#[test]
fn a_bad_file_beside_the_last_good_picture() {
    let mut kept = SnapshotResults::new();
    let text = "{ \"titel\": \"x\" }";
    let open = Command::OpenText {
        name: "bad.json".into(),
        text: text.into(),
    };
    keep(
        &mut kept,
        at(Opening::default(), [Command::Go(Go::Time(ELECTION)), open]),
        "bad-file",
    );
}

/// Run by `cargo xtask pictures`.
#[test]
#[ignore = "writes the window's pictures of the README into docs/"]
fn the_pictures_of_the_readme() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for (lang, theme, name) in [
        (Lang::En, Theme::Light, "window.png"),
        (Lang::Zh, Theme::Dark, "window-zh.png"),
    ] {
        let opening = Opening {
            lang,
            theme,
            ..Opening::default()
        };
        let mut shell = at(opening, [Command::Go(Go::Time(ELECTION))]);
        let picture = shell.harness.render().expect("a picture");
        let file = std::fs::File::create(docs.join(name)).expect("a writable file");
        let (best, filter) = (CompressionType::Best, FilterType::Adaptive);
        let encoder = PngEncoder::new_with_quality(file, best, filter);
        picture.write_with_encoder(encoder).expect("it is written");
    }
}
