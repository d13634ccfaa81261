//! What the tests need beside Rust itself, found or installed.

use std::path::Path;
use std::process::{Command, Stdio};
#[cfg(feature = "web")]
use std::{env, path::PathBuf};

use crate::{Done, Failed, step};

/// What a page is built for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Everything that `cargo xtask test` needs.
pub fn ensure() -> Done {
    ensure_component("rustfmt", &["fmt", "--version"])?;
    ensure_component("clippy", &["clippy", "--version"])?;
    ensure_wasm()?;
    ensure_node()
}

/// Whether a program runs and says that all is well.
fn runs(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn ensure_component(name: &str, probe: &[&str]) -> Done {
    if runs("cargo", probe) {
        return Ok(());
    }
    step(
        &format!("install {name}"),
        Command::new("rustup").args(["component", "add", name]),
    )
}

pub fn ensure_wasm() -> Done {
    let print = ["--print", "target-libdir", "--target", WASM];
    let output = Command::new("rustc").args(print).output();
    let folder = output
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    if folder.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    step(
        "install the target for the web",
        Command::new("rustup").args(["target", "add", WASM]),
    )
}

/// Node runs the core's WebAssembly in a test.
pub fn ensure_node() -> Done {
    if runs("node", &["--version"]) {
        return Ok(());
    }
    install("node", "nodejs", "install Node 18 or later")
}

/// Where Chromium is.
#[cfg(feature = "web")]
pub fn ensure_chromium() -> Result<PathBuf, Failed> {
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let find = || {
        let name = NAMES.into_iter().find(|name| runs(name, &["--version"]))?;
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|it| it.is_file())
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    install("chromium", "chromium", "install Chromium or Chrome")?;
    find().ok_or_else(|| Failed("Chromium was installed, and is not found".into()))
}

/// Installs a package where that can be done without asking; else says what to do.
fn install(program: &str, package: &str, how: &str) -> Done {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n");
    if !is_root || !runs("apt-get", &["--version"]) {
        return Err(Failed(format!(
            "`{program}` is missing: {how} (Debian, Ubuntu: `sudo apt-get install {package}`), then run this again"
        )));
    }
    step(
        "update the list of packages",
        Command::new("apt-get").args(["update", "-qq"]),
    )?;
    let install = ["install", "-y", "-qq", "--no-install-recommends", package];
    step(
        &format!("install {program}"),
        Command::new("apt-get")
            .args(install)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}
