//! Plays numbered fault plans on all cores and prints what they were worth and what broke, in the order of seeds.
//!
//! `campaign [--release 3.5.7] [--quirks none|released] [--from 0] [--seeds 1000] [--book] [--tell]`. What it prints
//! depends on these alone. `--tell` tells the plan number `--from` fact by fact instead. Ends with 1 if a promised property broke with the quirks off, or if a break finds no quirk.

use rayon::prelude::*;
use sim_core::explain::{Lang, Names, sentence};
use sim_core::explore::{Booking, Played, Settings, book, plan, play, play_told};
use sim_core::invariant::{ZkMonitors, property};
use sim_core::zookeeper::{Quirks, Release};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// A promised property broke, and nobody asked why.
const PROMISED: &str = "promised";

struct Options {
    settings: Settings,
    from: u64,
    seeds: u64,
    book: bool,
    tell: bool,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("campaign: {message}");
            return ExitCode::from(2);
        }
    };
    if options.tell {
        tell(&options);
        return ExitCode::SUCCESS;
    }
    let played: Vec<Played> = (options.from..options.from + options.seeds)
        .into_par_iter()
        .map(|seed| play(seed, options.settings, ZkMonitors::new()))
        .collect();
    distribution(&played);
    let clean = breaks(&played, &options);
    if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let (mut release, mut released) = (Release::V3_5_7, false);
    let (mut from, mut seeds, mut book, mut tell) = (0, 1000, false, false);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--release" => {
                let name = value()?;
                release = Release::named(&name).ok_or(format!("no release {name} is known"))?;
            }
            "--quirks" => {
                released = match value()?.as_str() {
                    "released" => true,
                    "none" => false,
                    other => return Err(format!("--quirks is `none` or `released`, not {other}")),
                };
            }
            "--from" => from = number(&value()?)?,
            "--seeds" => seeds = number(&value()?)?,
            "--book" => book = true,
            "--tell" => tell = true,
            other => return Err(format!("{other} is not an option")),
        }
    }
    let quirks = if released {
        Quirks::of(release)
    } else {
        Quirks::NONE
    };
    Ok(Options {
        settings: Settings { release, quirks },
        from,
        seeds,
        book,
        tell,
    })
}

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("{text} is no whole number"))
}

/// Tells one plan: its acts, then every fact of a server, then what broke.
fn tell(options: &Options) {
    let plan = plan(options.from, options.settings);
    println!("kinds {:?}, healed at {}", plan.kinds, plan.heal_at);
    for (at, fault) in plan.acts.iter().filter(|(at, _)| *at < plan.heal_at) {
        println!("plan {at}: {fault:?}");
    }
    let names = Names::of(&plan.world);
    let played = play_told(plan, ZkMonitors::new(), |record| {
        let text = sentence(record, &names).render(Lang::En);
        println!("{} s{} {:?}: {text}", record.at, record.step.0, record.node);
    });
    for violation in &played.broken {
        println!(
            "BROKEN {} s{}: {}: {}",
            violation.at, violation.step.0, violation.property, violation.says
        );
    }
}

fn distribution(played: &[Played]) {
    let counted: Vec<&Played> = played.iter().filter(|it| it.counts()).collect();
    let serving = played.iter().filter(|it| it.serves).count();
    println!(
        "{} plans, {} count, {serving} serve after healing",
        played.len(),
        counted.len()
    );
    let row = |name: &str, value: &dyn Fn(&Played) -> u64| {
        let mut values: Vec<u64> = counted.iter().map(|it| value(it)).collect();
        values.sort_unstable();
        let at = |percent: usize| values.get((values.len() - 1) * percent / 100).copied();
        let [least, low, middle, high, most] = [0, 10, 50, 90, 100].map(|p| at(p).unwrap_or(0));
        println!("{name:<20}{least:>9}{low:>9}{middle:>9}{high:>9}{most:>9}");
    };
    if counted.is_empty() {
        return;
    }
    println!(
        "{:<20}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "", "min", "10 %", "median", "90 %", "max"
    );
    row("simulated seconds", &|it| it.simulated.0 / 1_000_000_000);
    row("operations", &|it| it.operations);
    row("faults", &|it| u64::from(it.faults));
    row("leaders", &|it| u64::from(it.leaders));
    row("steps", &|it| it.steps);
    let silent: Vec<u64> = played
        .iter()
        .filter(|it| !it.serves)
        .map(|it| it.seed)
        .collect();
    if !silent.is_empty() {
        println!("nobody serves after healing in {silent:?}");
    }
    let mut codes: BTreeMap<i32, u32> = BTreeMap::new();
    for (_, code) in played.iter().flat_map(|it| &it.exits) {
        *codes.entry(*code).or_default() += 1;
    }
    if !codes.is_empty() {
        println!("servers that ended themselves, by exit code: {codes:?}");
    }
}

/// Prints what broke. Says whether nothing promised broke, or everything that broke is booked.
fn breaks(played: &[Played], options: &Options) -> bool {
    let mut table: BTreeMap<(&str, String), Vec<u64>> = BTreeMap::new();
    let broken: Vec<(u64, &sim_core::engine::Violation)> = played
        .iter()
        .flat_map(|it| it.broken.iter().map(|violation| (it.seed, violation)))
        .collect();
    let booked: Vec<String> = played
        .par_iter()
        .flat_map_iter(|it| causes(it, options))
        .collect();
    for ((seed, violation), cause) in broken.iter().zip(booked) {
        table
            .entry((violation.property, cause))
            .or_default()
            .push(*seed);
    }
    for ((property, cause), seeds) in &table {
        let first: Vec<&u64> = seeds.iter().take(8).collect();
        println!(
            "{property}: {} plans, {cause}; seeds {first:?}",
            seeds.len()
        );
    }
    for (seed, violation) in broken.iter().take(12) {
        println!(
            "  {seed} at {}: {}: {}",
            violation.at, violation.property, violation.says
        );
    }
    table
        .keys()
        .all(|(_, cause)| cause != PROMISED && cause != "NEWS")
}

/// What is said of each break of one plan.
fn causes(played: &Played, options: &Options) -> Vec<String> {
    let broken = played.broken.iter();
    if !options.book {
        let word = |promised| if promised { PROMISED } else { "not promised" };
        return broken.map(|it| word(it.promised).to_owned()).collect();
    }
    // What nothing promises needs no cause.
    let ever = |name| property(name).is_some_and(|property| property.promised);
    let names: Vec<&str> = broken.clone().map(|it| it.property).collect();
    let promised: Vec<&str> = names.iter().copied().filter(|name| ever(name)).collect();
    let mut booked = match promised[..] {
        [] => Vec::new(),
        _ => book(played.seed, options.settings, &promised, ZkMonitors::new),
    }
    .into_iter();
    let mut cause = |name| match ever(name).then(|| booked.next()).flatten() {
        None => "promised by nothing".to_owned(),
        Some(Booking::Quirk(quirk)) => quirk.id().to_owned(),
        Some(Booking::Several) => "several quirks together".to_owned(),
        Some(Booking::News) => "NEWS".to_owned(),
    };
    names.into_iter().map(&mut cause).collect()
}
