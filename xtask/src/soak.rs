//! Longer runs than every change can wait for: the same checks with more seeds.

use std::time::{Duration, Instant};

use crate::test::check_scenarios;
use crate::{Done, cargo, step, tools};

/// Doubles the number of seeds until the time is up.
pub fn soak(minutes: u64) -> Done {
    tools::ensure()?;
    let began = Instant::now();
    let limit = Duration::from_secs(minutes * 60);
    step(
        "build",
        &mut cargo(&[
            "test",
            "--workspace",
            "--profile",
            "ci",
            "--locked",
            "--no-run",
        ]),
    )?;
    let mut seeds = 200;
    while began.elapsed() < limit {
        step(
            &format!("scenarios, {seeds} seeds, twice"),
            &mut check_scenarios(seeds),
        )?;
        seeds *= 2;
    }
    Ok(())
}
