//! `cargo xtask web`: the window as a folder for any static server, and as one file that opens from disk.
//!
//! The module is built by cargo, its bindings by the library behind the `wasm-bindgen` program, of the very version in
//! `Cargo.lock`, so that nothing else has to be installed. `gui/web/` holds the page's own files. A page that has grown
//! beyond what a visitor should wait for is an error.

mod bundle;
mod check;

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::{Done, Failed, cargo, root, step, target, tools};
use bundle::Parts;
use tools::WASM;

/// Builds the page, and with `--check` has a browser try it.
pub fn web(args: &[&str]) -> Done {
    let (mut out, mut checks) = (target().join("web"), false);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match (*arg, args.as_slice()) {
            ("--check", _) => checks = true,
            ("--out", [folder, ..]) => {
                out = PathBuf::from(folder);
                args.next();
            }
            _ => {
                return Err(Failed(format!(
                    "web: `{arg}` is not known, or lacks its value"
                )));
            }
        }
    }
    tools::ensure_wasm()?;
    if checks {
        // What is checked beside the page is built with it: what both stand on is then built once.
        build(&[PAGE, PROBE])?;
    } else {
        build(&[PAGE])?;
    }
    let parts = parts()?;
    let page = bundle::write(&parts, &out)?;
    print!("{page}");
    page.judge()?;
    if checks {
        check::check(&out, &PROBE.module())?;
    }
    Ok(())
}

/// A program or library that is built for the web.
struct Built {
    package: &'static str,
    file: &'static str,
}

/// The window.
const PAGE: Built = Built {
    package: "quorumscope-gui",
    file: "quorumscope-gui.wasm",
};

/// The core by itself.
const PROBE: Built = Built {
    package: "quorumscope-wasm-probe",
    file: "quorumscope_wasm_probe.wasm",
};

impl Built {
    /// Where its module is.
    fn module(&self) -> PathBuf {
        target().join(WASM).join("web").join(self.file)
    }
}

/// Builds for the web, in the page's profile.
fn build(all: &[Built]) -> Done {
    let args = ["build", "--locked", "--target", WASM, "--profile", "web"];
    let mut command = cargo(&args);
    for it in all {
        command.args(["--package", it.package]);
    }
    step("the module", &mut command)
}

fn parts() -> Result<Parts, Failed> {
    let module = PAGE.module();
    let out = target().join("web-bindings");
    let bound = Bindgen::new()
        .input_path(&module)
        .out_name("quorumscope")
        .no_modules(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .omit_default_module_path(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate(&out)
        });
    bound.map_err(|error| Failed(format!("bindings for the web: {error:#}")))?;
    let source = root().join("gui/web");
    Ok(Parts {
        module: read(&out.join("quorumscope_bg.wasm"))?,
        bindings: read_text(&out.join("quorumscope.js"))?,
        template: read_text(&source.join("index.html"))?,
        style: read_text(&source.join("page.css"))?,
        script: read_text(&source.join("page.js"))?,
        icon: read_text(&source.join("icon.svg"))?,
        licences: read_text(&root().join("gui/assets/fonts/OFL.txt"))?,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| Failed(format!("{}: {error}", path.display())))
}

fn read_text(path: &Path) -> Result<String, Failed> {
    fs::read_to_string(path).map_err(|error| Failed(format!("{}: {error}", path.display())))
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Done {
    fs::write(path, bytes).map_err(|error| Failed(format!("{}: {error}", path.display())))
}
