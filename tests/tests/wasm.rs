//! The core on wasm32 gives the same bytes as natively: the trace hashes of the shipped scenarios, compared in Node.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";
const SEEDS: u64 = 3;

/// Prints a line per file and seed: both and the hash.
const SCRIPT: &str = "
const fs = require('fs');
const [path, seeds] = process.argv.slice(1);
WebAssembly.instantiate(fs.readFileSync(path), {}).then(({ instance }) => {
  const { probe_files, probe_trace_hash } = instance.exports;
  for (let file = 0; file < probe_files(); file++)
    for (let seed = 1n; seed <= BigInt(seeds); seed++)
      console.log(file, String(seed), String(BigInt.asUintN(64, probe_trace_hash(file, seed))));
});
";

/// Builds the probe in the profile of this test, so that both sides have the same checks.
fn build() -> PathBuf {
    let profile = match env::current_exe().expect("this test's path") {
        path if path.components().any(|part| part.as_os_str() == "ci") => "ci",
        _ => "dev",
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join("target/wasm");
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(&root)
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "quorumscope-wasm-probe",
        ])
        .args(["--target", TARGET, "--profile", profile, "--target-dir"])
        .arg(&target)
        .status()
        .expect("cargo runs");
    assert!(
        status.success(),
        "no build for {TARGET}: `cargo xtask test` installs what it needs"
    );
    let folder = if profile == "dev" { "debug" } else { profile };
    target
        .join(TARGET)
        .join(folder)
        .join("quorumscope_wasm_probe.wasm")
}

#[test]
fn wasm_and_native_traces_are_the_same() {
    let output = Command::new("node")
        .args(["-e", SCRIPT, "--"])
        .arg(build())
        .arg(SEEDS.to_string())
        .output()
        .expect("node runs: `cargo xtask test` installs what it needs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let wasm = String::from_utf8(output.stdout).expect("UTF-8");
    let mut native = String::new();
    for file in 0..wasm_probe::files() {
        for seed in 1..=SEEDS {
            let hash = wasm_probe::trace_hash(file, seed);
            native += &format!("{file} {seed} {hash}\n");
        }
    }
    assert!(!native.is_empty());
    assert_eq!(native, wasm);
}
