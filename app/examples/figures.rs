//! Measures what the window rests on: seeking in a million records, a tick's budget, memory.
//!
//! `cargo run --release -p quorumscope-app --example figures [RECORDS]`. Prints figures; judges nothing but its own use.

#[path = "common/took.rs"]
mod took;

use quorumscope_app::BUDGET;
use quorumscope_app::session::{Progress, Session};
use sim_core::base::{StepIndex, mix};
use std::time::Instant;
use took::tell;

const SEEKS: u64 = 400;

/// Five servers, a restart now and then, six clients that write and read for as long as it takes.
const SCENARIO: &str = include_str!("figures.json");

fn main() {
    let argument = std::env::args().nth(1);
    let wanted = argument.map_or(1_000_000, |it| it.parse().expect("a number of records"));
    let before = resident();
    let session = Session::open("figures", SCENARIO, None, None);
    let mut session = session.expect("a good file");
    let began = Instant::now();
    let mut ticks = Vec::new();
    while session.records().len() < wanted && session.progress() == Progress::Playing {
        let tick = Instant::now();
        session.play_on(BUDGET);
        ticks.push(tick.elapsed());
    }
    let played = began.elapsed();
    println!(
        "{} records, {} steps, {} messages, {} of the simulation, in {played:.2?}",
        session.records().len(),
        session.last().0,
        session.history().messages().len(),
        session.end(),
    );
    tell(&format!("ticks of {BUDGET} steps"), ticks);
    println!(
        "records {} MiB coded, {} checkpoints, {} MiB of memory in all",
        session.records().size() >> 20,
        session.checkpoints(),
        (resident() - before) >> 20,
    );
    let last = session.last().0;
    let seek = |session: &mut Session, to: u64| {
        let began = Instant::now();
        session.seek(StepIndex(to));
        began.elapsed()
    };
    let anywhere = (0..SEEKS).map(|nth| seek(&mut session, mix(nth) % last));
    tell("seeks anywhere", anywhere.collect());
    session.seek(StepIndex(last / 2));
    let here = session.position().0;
    let back = (1..SEEKS).map(|nth| seek(&mut session, here - nth));
    tell("steps back", back.collect());
    let on = (1..SEEKS).map(|nth| seek(&mut session, here + nth));
    tell("steps on", on.collect());
}

/// Bytes of memory that the process holds, as Linux counts them.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split_ascii_whitespace().nth(1);
    pages.and_then(|it| it.parse().ok()).unwrap_or(0_u64) * 4096
}
