//! What is done to the project rather than by it: `cargo xtask test`, `soak`, `pictures`, `web`.
//!
//! It only runs programs and reads and writes files of the project; it never simulates anything itself.

mod pictures;
mod soak;
mod test;
mod tools;
#[cfg(feature = "web")]
mod web;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

const HELP: &str = "\
cargo xtask test                 everything that must hold: formatting, lints, documentation,
                                 all scenarios with 100 seeds and twice, all tests
cargo xtask soak [MINUTES]       more seeds than `test` has time for
cargo xtask pictures [--check]   renders the pictures of the README: terminal and window
cargo xtask web [--out DIR] [--check]
                                 the window as a web page, in target/web unless told otherwise;
                                 has a browser try it
";

/// Something went wrong and has been told.
#[derive(Debug)]
struct Failed(String);

type Done = Result<(), Failed>;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["test"] => test::test(),
        ["soak"] => soak::soak(20),
        ["soak", minutes] => match minutes.parse() {
            Ok(minutes) => soak::soak(minutes),
            Err(_) => Err(Failed(format!("`{minutes}` is no number of minutes"))),
        },
        ["pictures"] => pictures::render(),
        ["pictures", "--check"] => pictures::check(),
        ["web", args @ ..] => web(args),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(what)) => {
            eprintln!("\nxtask: {what}");
            ExitCode::FAILURE
        }
    }
}

/// The page is built by the same program with what that needs: most days nobody wants to compile it.
#[cfg(not(feature = "web"))]
fn web(args: &[&str]) -> Done {
    let again = [
        "run",
        "--quiet",
        "--locked",
        "--package",
        "xtask",
        "--features",
        "web",
        "--",
        "web",
    ];
    let status = cargo(&again).args(args).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        // It has told why.
        Ok(status) => Err(Failed(format!("web: {status}"))),
        Err(error) => Err(Failed(format!("web: cannot be run: {error}"))),
    }
}

#[cfg(feature = "web")]
use web::web;

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where `cargo … --profile PROFILE` puts a program of this workspace.
fn binary(profile: &str, name: &str) -> PathBuf {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    target().join(profile).join(name)
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// `cargo` with arguments, in the workspace's folder.
fn cargo(args: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args).current_dir(root());
    command
}

/// Runs a step and tells how long it took.
fn step(name: &str, command: &mut Command) -> Done {
    println!("\n── {name}");
    let began = Instant::now();
    let status = command
        .status()
        .map_err(|error| Failed(format!("{name}: cannot be run: {error}")))?;
    if !status.success() {
        return Err(Failed(format!("{name}: {status}")));
    }
    println!("── {name}: {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}
