//! The core on the web, as small as it can be: plays an embedded scenario and tells the hash of its trace.
//!
//! A test builds this for `wasm32-unknown-unknown`, runs it in Node and compares with the same calls made natively.
//! Only numbers cross the border.

use sim_core::scenario::{PlayOptions, Scenario, play};

/// How many scenarios there are.
pub fn files() -> u32 {
    scenarios::list().len() as u32
}

/// The hash of the trace of a scenario (by its place in the list), played with a seed.
pub fn trace_hash(file: u32, seed: u64) -> u64 {
    let text = scenarios::list()[file as usize].text;
    let scenario = Scenario::parse(text).expect("embedded scenarios are right");
    let options = PlayOptions {
        seed: Some(seed),
        variant: scenario
            .variants
            .first()
            .map(|variant| variant.name.clone()),
        ..PlayOptions::default()
    };
    play(&scenario, &options, &mut ()).trace_hash
}

/// [`files`] for JavaScript.
#[expect(unsafe_code, reason = "a name for JavaScript")]
#[unsafe(no_mangle)]
extern "C" fn probe_files() -> u32 {
    files()
}

/// [`trace_hash`] for JavaScript.
#[expect(unsafe_code, reason = "a name for JavaScript")]
#[unsafe(no_mangle)]
extern "C" fn probe_trace_hash(file: u32, seed: u64) -> u64 {
    trace_hash(file, seed)
}
