//! `cargo xtask web --check`: a browser opens the page, and a script does what a person would.
//!
//! The browser is Chromium, driven by playwright-core (`gui/web/check/`). Both are found or installed. The core is also
//! built by itself in the page's profile, and the traces that it makes in the browser are compared with native ones.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::write;
use crate::{Done, Failed, root, step, target, tools};

/// The seed that traces are compared for, beside those of the test in Node.
const SEED: u64 = 1;

/// Has a browser try the page, and the core's module by itself.
pub fn check(page: &Path, probe: &Path) -> Done {
    tools::ensure_node()?;
    let browser = tools::ensure_chromium()?;
    let folder = target().join("web-check");
    driver(&folder)?;
    let hashes = folder.join("hashes.json");
    write(&hashes, native_hashes())?;
    let mut script = Command::new("node");
    script
        .arg(folder.join("check.mjs"))
        .arg("--browser")
        .arg(browser)
        .arg("--page")
        .arg(page)
        .arg("--probe")
        .arg(probe)
        .arg("--hashes")
        .arg(hashes)
        .arg("--pictures")
        .arg(folder.join("pictures"))
        .current_dir(&folder);
    step("the page in a browser", &mut script)
}

/// What drives the browser, in a folder of its own below `target`.
fn driver(folder: &Path) -> Done {
    fs::create_dir_all(folder).map_err(|error| Failed(format!("{}: {error}", folder.display())))?;
    let source = root().join("gui/web/check");
    for name in ["package.json", "package-lock.json", "check.mjs"] {
        let copied = fs::copy(source.join(name), folder.join(name));
        copied.map_err(|error| Failed(format!("{name}: {error}")))?;
    }
    let mut install = Command::new("npm");
    install
        .args(["ci", "--silent", "--no-audit", "--no-fund"])
        .current_dir(folder);
    step("what drives the browser", &mut install)
}

/// The hashes of all traces as a JSON list of decimal texts: 64 bits are more than a number of JavaScript holds.
fn native_hashes() -> String {
    let mut list = String::from("[");
    for file in 0..wasm_probe::files() {
        let comma = if file == 0 { "" } else { "," };
        let _ = write!(list, "{comma}\"{}\"", wasm_probe::trace_hash(file, SEED));
    }
    list + "]"
}
