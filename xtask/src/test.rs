//! Everything that must hold before a change is taken: what `.ci/run` and the README's test command run.
//!
//! One optimised profile with every assertion on (`ci`) builds the tests and the program once.

use std::process::Command;

use crate::{Done, binary, cargo, pictures, root, step, tools};

/// Runs it all. The tests come last, so that their summary ends the output.
pub fn test() -> Done {
    tools::ensure()?;
    step("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    step("lints", &mut cargo(&clippy))?;
    // The part of the window that only a page has: seen by the compiler here, tried by `cargo xtask web --check`.
    let page = [
        "clippy",
        "--package",
        "quorumscope-gui",
        "--target",
        tools::WASM,
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    step("lints, as a web page", &mut cargo(&page))?;
    let doc = ["doc", "--workspace", "--no-deps", "--locked"];
    step(
        "documentation",
        cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    let tests = ["test", "--workspace", "--profile", "ci", "--locked"];
    step("build", cargo(&tests).arg("--no-run"))?;
    step("scenarios, 100 seeds, twice", &mut check_scenarios(100))?;
    pictures::check()?;
    step("examples in the documentation", cargo(&tests).arg("--doc"))?;
    step("tests", cargo(&tests).args(["--lib", "--bins", "--tests"]))
}

/// The program checking every scenario that ships with it.
pub fn check_scenarios(seeds: u32) -> Command {
    let mut command = Command::new(binary("ci", "quorumscope"));
    command
        .current_dir(root())
        .args(["check", "scenarios", "--twice"])
        .arg(format!("--seeds={seeds}"));
    command
}
