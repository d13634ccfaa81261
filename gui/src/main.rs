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
    use std::ffi::{OsStr, OsString};
    use std::path::Path;
    use std::process::ExitCode;

    use app::{Command, settings};
    use clap::Parser;
    use quorumscope_gui::{
        Window,
        native::{Native, read},
        platform::Platform,
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
  quorumscope-gui 'http://…/#q1.…'         a link that was copied here or from a page

A file with mistakes is opened too: the window shows them with their places.

Exit codes:
   0  the window was closed
   1  there is no desktop to show a window on
   2  an argument is wrong"
    )]
    struct Args {
        /// A scenario file, the name of one that ships, or a link; without it, the library is shown.
        #[arg(value_name = "FILE")]
        file: Option<OsString>,
        /// The language of every text: en or zh. Without it, that of the last time, or the system's.
        #[arg(long, value_name = "LANG", value_parser = ["en", "zh"])]
        lang: Option<String>,
        /// Light or dark. Without it, as the last time.
        #[arg(long, value_name = "THEME", value_parser = ["light", "dark"])]
        theme: Option<String>,
        /// With what links that are copied here begin: where your page is served. Kept for the next time; at first it is
        /// http://127.0.0.1:8080/, where `quorumscope serve` shows the page.
        #[arg(long, value_name = "URL", value_parser = address)]
        address: Option<Box<str>>,
    }

    fn address(text: &str) -> Result<Box<str>, &'static str> {
        match settings::is_address(text) {
            true => Ok(text.into()),
            false => Err("it begins with http://, https:// or file:/// and has no `#`"),
        }
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
            let mut platform = Box::new(Native::default());
            let mut settings = Window::settings(&*platform);
            if let Some(address) = args.address {
                settings.address = address;
                platform.keep(&settings.to_text());
            }
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

    /// Opens a file; what is none is a scenario that ships, or a link.
    fn open(window: &mut Window, ctx: &egui::Context, what: &OsStr) {
        let file = Path::new(what);
        let text = what.to_str().filter(|_| !file.exists());
        let shipped = text.and_then(scenarios::find);
        match (shipped, text.filter(|it| it.contains('#'))) {
            (Some(it), _) => window.apply(ctx, Command::OpenShipped(it.name().into())),
            (None, Some(link)) => window.apply(ctx, Command::OpenLink(link.into())),
            (None, None) => window.open(ctx, read(file)),
        }
    }
}
