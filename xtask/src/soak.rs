//! Longer runs than every change can wait for: the same checks, with more and other seeds each round.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::test::check_scenarios;
use crate::{Done, binary, cargo, root, step, tools};

/// Fault plans of one round, for each release with its bugs and without.
const PLANS: u64 = 20_000;

/// Random commands of one round.
const COMMANDS: u64 = 100_000;

const RELEASES: [&str; 2] = ["3.5.7", "3.8.0"];

/// Goes on until the time is up; the round that is being played then is finished.
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
    for round in 1.. {
        let seeds = 200 * round;
        step(
            &format!("scenarios, {seeds} seeds, twice"),
            &mut check_scenarios(seeds as u32),
        )?;
        random_hands(round)?;
        for release in RELEASES {
            campaign(release, "none", round)?;
            campaign(release, "released", round)?;
        }
        if began.elapsed() >= limit {
            break;
        }
    }
    Ok(())
}

/// Random commands to the window without a window, from a seed that no round before has played.
fn random_hands(round: u64) -> Done {
    let mut command = cargo(&[
        "test",
        "-p",
        "quorumscope-app",
        "--profile",
        "ci",
        "--locked",
    ]);
    command.args(["--test", "random_hands", "--", "--nocapture"]);
    command.env("QUORUMSCOPE_HANDS", COMMANDS.to_string());
    command.env("QUORUMSCOPE_HANDS_SEED", (round + 1).to_string());
    step(
        &format!("{COMMANDS} random commands, round {round}"),
        &mut command,
    )
}

/// Numbered fault plans that no round before has played.
fn campaign(release: &str, quirks: &str, round: u64) -> Done {
    let mut command = Command::new(binary("ci", "campaign"));
    command
        .current_dir(root())
        .args(["--release", release, "--quirks", quirks]);
    command.args(["--from".to_owned(), (round * PLANS).to_string()]);
    command.args(["--seeds".to_owned(), PLANS.to_string()]);
    if quirks == "released" {
        command.arg("--book");
    }
    step(
        &format!("fault plans, {release}, quirks {quirks}, round {round}"),
        &mut command,
    )
}
