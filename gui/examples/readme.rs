//! Draws the window's pictures of the README into `docs/`, without a screen and the same on every machine.
//!
//! Run by `cargo xtask pictures`; by itself: `cargo run -p quorumscope-gui --example readme`.

#[path = "../tests/window/raster.rs"]
mod raster;
#[allow(dead_code, reason = "tests have hands; here nobody clicks")]
#[path = "../tests/window/support.rs"]
mod support;

use app::command::{Command, Go};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use sim_core::base::SimTime;
use sim_core::explain::Lang;
use std::path::Path;
use support::Opening;
use views::theme::Theme;

/// The moment of the pictures: the third of five servers has just started.
const ELECTION: SimTime = SimTime(5_010_000_000);

fn main() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for (lang, theme, name) in [
        (Lang::En, Theme::Light, "window.png"),
        (Lang::Zh, Theme::Dark, "window-zh.png"),
    ] {
        let opening = Opening {
            lang,
            theme,
            ..Opening::default()
        };
        let mut shell = opening.open();
        shell.apply(Command::Go(Go::Time(ELECTION)));
        let picture = shell.harness.render().expect("a picture");
        let file = std::fs::File::create(docs.join(name)).expect("a writable file");
        let (best, filter) = (CompressionType::Best, FilterType::Adaptive);
        let encoder = PngEncoder::new_with_quality(file, best, filter);
        picture.write_with_encoder(encoder).expect("it is written");
        println!("docs/{name}");
    }
}
