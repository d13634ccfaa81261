//! The window as a program: `quorumscope-gui [FILE]`, and the module that a web page loads.

#[cfg(target_arch = "wasm32")]
fn main() {
    quorumscope_gui::web::start();
}

#[cfg(not(target_arch = "wasm32"))]
use quorumscope_gui::{
    Window,
    native::{Native, read},
};

#[cfg(not(target_arch = "wasm32"))]
const HELP: &str = "\
The window of quorumscope: elections of Apache ZooKeeper, step by step, with their why.

Usage: quorumscope-gui [FILE]

  FILE    a scenario file, or the name of one that ships; without it, the library is shown
";

#[cfg(not(target_arch = "wasm32"))]
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
        let app = app::App::new(Window::settings(&*platform));
        let ctx = &creation.egui_ctx;
        let mut window = Window::new(ctx, app, platform);
        if let Some(file) = file {
            open(&mut window, ctx, file.as_ref());
        }
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    eframe::run_native("quorumscope", options, Box::new(start))
}

/// Opens a file, or a scenario that ships if there is no file of that name.
#[cfg(not(target_arch = "wasm32"))]
fn open(window: &mut Window, ctx: &egui::Context, file: &std::path::Path) {
    let shipped = file
        .to_str()
        .filter(|_| !file.exists())
        .and_then(scenarios::find);
    match shipped {
        Some(it) => window.apply(ctx, app::Command::OpenShipped(it.name().into())),
        None => window.open(ctx, read(file)),
    }
}
