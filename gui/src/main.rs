//! The window as a program: `quorumscope-gui [FILE]`.

use app::App;
use quorumscope_gui::Window;
use quorumscope_gui::native::{Native, read};

const HELP: &str = "\
The window of quorumscope: elections of Apache ZooKeeper, step by step, with their why.

Usage: quorumscope-gui [FILE]

  FILE    a scenario file to open; without it, the library is shown
";

fn main() -> eframe::Result {
    let file = std::env::args_os().nth(1);
    if file.as_ref().is_some_and(|it| it == "--help" || it == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let viewport = egui::ViewportBuilder::default()
        .with_title("quorumscope")
        .with_app_id("quorumscope")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([480.0, 320.0]);
    let options = eframe::NativeOptions {
        viewport,
        ..eframe::NativeOptions::default()
    };
    let start = move |creation: &eframe::CreationContext<'_>| {
        let platform = Box::new(Native::default());
        let app = App::new(Window::settings(&*platform));
        let ctx = &creation.egui_ctx;
        let mut window = Window::new(ctx, app, platform);
        if let Some(file) = file {
            window.open(ctx, read(file.as_ref()));
        }
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    eframe::run_native("quorumscope", options, Box::new(start))
}
