//! `quorumscope open`: starts the window on a scenario.
//!
//! The window is a program of its own, `quorumscope-gui`, so that this one needs no graphics. It is looked for beside
//! this program and then where the shell finds programs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use app::link;

use crate::exit::{Done, Exit, Trouble};
use crate::{files, play};

/// Opens a scenario in the window.
///
/// Waits until the window is closed, so that what it says is seen.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope open one-after-another
  quorumscope open my-case.json
  quorumscope open 'http://127.0.0.1:8080/#q1...'     a link, with the moment that it carries")]
pub struct Args {
    /// A scenario file, a name that `quorumscope list` prints, or a link.
    #[arg(value_name = "FILE")]
    file: String,
}

const WINDOW: &str = "quorumscope-gui";

/// Opens.
pub fn open(args: &Args) -> Done {
    // A mistake in the file is told here, with its place, before any window appears.
    if link::read(&args.file).is_err() {
        play::parse(&files::scenario(&args.file)?)?;
    }
    let window = window().ok_or_else(missing)?;
    let status = Command::new(&window).arg(&args.file).status();
    let status = status.map_err(|error| {
        let what = format_args!("cannot be started: {error}");
        Trouble::file(
            &window,
            what,
            "install it again: `cargo install --path gui`",
        )
    })?;
    if status.success() {
        return Ok(Exit::Passed);
    }
    let what = format_args!("the window ended with {status}");
    let remedy = "it needs a desktop; without one, `quorumscope serve` shows the same in a browser";
    Err(Trouble::file(&window, what, remedy).into())
}

fn missing() -> Trouble {
    let remedy = "get it with `cargo install --path gui`, or see the same in a browser: \
                  `cargo xtask web`, then `quorumscope serve`";
    Trouble::argument(
        format_args!("`{WINDOW}`, the window, is not installed"),
        remedy,
    )
}

/// The window's program: beside this one, or on the path.
fn window() -> Option<PathBuf> {
    let name = format!("{WINDOW}{}", env::consts::EXE_SUFFIX);
    let here = env::current_exe().ok();
    let beside = here.as_deref().and_then(Path::parent).map(Path::to_owned);
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = beside.into_iter().chain(env::split_paths(&path));
    folders.find_map(|folder| Some(folder.join(&name)).filter(|program| program.is_file()))
}
