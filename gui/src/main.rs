//! The window as a program: `quorumscope-gui [FILE]`, and the module that a web page loads.

#[cfg(target_arch = "wasm32")]
fn main() {
    quorumscope_gui::web::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    desktop::main()
}

#[cfg(not(target_arch = "wasm32"))]
mod desktop {
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;

    use app::Command;
    use clap::Parser;
    use quorumscope_gui::{
        Window,
        native::{Native, read},
    };
    use sim_core::explain::Lang;
    use views::theme::Theme;

    /// The window of quorumscope: ensembles of Apache ZooKeeper, step by step, with their why.
    #[derive(Parser)]
    #[command(
        name = "quorumscope-gui",
        version,
        after_help = "\
Examples:
  quorumscope-gui                          the library of stories
  quorumscope-gui one-after-another        a story that ships
  quorumscope-gui my-case.json --lang zh   a file, in Chinese

A file with mistakes is opened too: the window shows them with their places.

Exit codes:
   0  the window was closed
   1  there is no desktop to show a window on
   2  an argument is wrong"
    )]
    struct Args {
        /// A scenario file, or the name of one that ships; without it, the library is shown.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// The language of every text: en or zh. Without it, that of the last time, or the system's.
        #[arg(long, value_name = "LANG", value_parser = ["en", "zh"])]
        lang: Option<String>,
        /// Light or dark. Without it, as the last time.
        #[arg(long, value_name = "THEME", value_parser = ["light", "dark"])]
        theme: Option<String>,
    }

    pub fn main() -> ExitCode {
        let args = Args::parse();
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
            let mut settings = Window::settings(&*platform);
            if let Some(lang) = args.lang {
                settings.language = if lang == "zh" { Lang::Zh } else { Lang::En };
            }
            if let Some(theme) = args.theme {
                settings.theme = if theme == "dark" {
                    Theme::Dark
                } else {
                    Theme::Light
                };
            }
            let ctx = &creation.egui_ctx;
            let mut window = Window::new(ctx, app::App::new(settings), platform);
            if let Some(file) = args.file {
                open(&mut window, ctx, &file);
            }
            Ok(Box::new(window) as Box<dyn eframe::App>)
        };
        match eframe::run_native("quorumscope", options, Box::new(start)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("error: no window can be opened: {why}");
                eprintln!(
                    "  help: it needs a desktop (DISPLAY or WAYLAND_DISPLAY) and OpenGL; without them \
                     `quorumscope serve` shows the same in a browser"
                );
                ExitCode::FAILURE
            }
        }
    }

    /// Opens a file, or a scenario that ships if there is no file of that name.
    fn open(window: &mut Window, ctx: &egui::Context, file: &Path) {
        let shipped = file
            .to_str()
            .filter(|_| !file.exists())
            .and_then(scenarios::find);
        match shipped {
            Some(it) => window.apply(ctx, Command::OpenShipped(it.name().into())),
            None => window.open(ctx, read(file)),
        }
    }
}
