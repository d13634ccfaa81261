//! `quorumscope run`: plays one scenario and tells what happened and why.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use sim_core::base::{SimTime, Span};
use sim_core::scenario::{Audience, Outcome, PlayOptions, Scenario};

use crate::exit::{CODES, Done, Stop, Trouble};
use crate::narrate::Narrator;
use crate::style::{self, Styled};
use crate::traces::Recorder;
use crate::{Lang, files, json, play, why};

const EXAMPLES: &str = "\
Examples:
  quorumscope run one-after-another                      a scenario that ships with the program
  quorumscope run my-case.json --seed 42 --lang zh
  quorumscope run one-after-another --why 3-leads        the chain of why behind a decision
  quorumscope run one-after-another --trace a.trace      keep every record, for `diff` and `replay`
  quorumscope run one-after-another --format json | jq 'select(.fact.zk.voted)'
";

/// Plays one scenario and tells what happened and why.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n{CODES}"))]
pub struct Args {
    /// A scenario file, or a name that `quorumscope list` prints.
    #[arg(value_name = "FILE")]
    file: String,
    /// Plays with this seed instead of the file's.
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Plays this variant of the file; the first one unless said.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Ends at this moment of the simulation; what is expected later is not judged.
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<SimTime>,
    /// Writes every record to a file, as compact binary.
    #[arg(long, value_name = "PATH")]
    trace: Option<PathBuf>,
    /// Tells why a decision was made instead of the whole play: `3-leads`, `1-follows`, `4-votes-2`, `2-steps-down`, or
    /// the number of a step.
    #[arg(long, value_name = "DECISION", conflicts_with = "format")]
    why: Option<why::Question>,
    /// How many hops back --why goes.
    #[arg(long, value_name = "HOPS", default_value_t = 12, requires = "why")]
    depth: u32,
    /// Tells every fact, also those that only a close look needs, and every expectation that held; as JSON, every record.
    #[arg(long, short)]
    all: bool,
    /// How the play is told.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// How a play is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As a story with tables.
    Text,
    /// As JSON, an object a line.
    Json,
}

fn time(text: &str) -> Result<SimTime, String> {
    let span = Span::parse(text).map_err(|error| error.to_string())?;
    Ok(SimTime(span.0))
}

/// Runs.
pub fn run(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let source = files::scenario(&args.file)?;
    let scenario = play::parse(&source)?;
    let variant = match &args.variant {
        Some(name) => Some(variant(&scenario, name)?),
        None => play::variants(&scenario).into_iter().next().flatten(),
    };
    let options = PlayOptions {
        seed: args.seed,
        variant,
        until: args.until,
        ..PlayOptions::default()
    };
    let header = play::header(&source, &scenario, &options);
    let recorder = args
        .trace
        .as_deref()
        .map(|path| Recorder::create(path, &header));
    let mut recorder = recorder.transpose()?;
    let outcome = match (&args.why, args.format) {
        (Some(question), _) => {
            heading(&scenario, &options, lang, out)?;
            why::tell(
                question,
                args.depth,
                &scenario,
                &options,
                lang,
                &mut recorder,
                out,
            )?
        }
        (None, Format::Json) => {
            json::tell(&scenario, &options, lang, args.all, &mut recorder, out)?
        }
        (None, Format::Text) => told(&scenario, &options, lang, args.all, &mut recorder, out)?,
    };
    recorder.map(Recorder::finish).transpose()?;
    Ok(play::exit(&outcome))
}

fn variant(scenario: &Scenario, name: &str) -> Result<Box<str>, Trouble> {
    let names = || scenario.variants.iter().map(|variant| &*variant.name);
    if names().any(|known| known == name) {
        return Ok(name.into());
    }
    let what = format!("there is no variant `{name}`");
    Err(match (files::nearest(name, names()), names().next()) {
        (Some(near), _) => Trouble::argument(what, format_args!("did you mean `{near}`?")),
        (None, Some(_)) => {
            let all: Vec<&str> = names().collect();
            Trouble::argument(what, format_args!("the file has {}", all.join(", ")))
        }
        (None, None) => Trouble::argument(what, "the file has no variants: leave --variant out"),
    })
}

/// Plays and tells, heading and end included; someone else watches too.
pub fn told(
    scenario: &Scenario,
    options: &PlayOptions,
    lang: Lang,
    all: bool,
    other: &mut impl Audience,
    out: &mut dyn Write,
) -> Result<Outcome, Stop> {
    heading(scenario, options, lang, out)?;
    for text in [&scenario.description, &scenario.say].into_iter().flatten() {
        for line in style::wrap(text.get(lang.key()), 92) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    let mut narrator = Narrator::new(scenario, out, lang, all);
    let outcome = play::play(scenario, options, &mut (&mut narrator, other));
    narrator.finish()?;
    ending(&outcome, lang, out)?;
    others(scenario, options, lang, out)?;
    Ok(outcome)
}

/// Names the variants that were not played.
fn others(
    scenario: &Scenario,
    options: &PlayOptions,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let played = options.variant.as_deref();
    let others = scenario
        .variants
        .iter()
        .filter(|variant| Some(&*variant.name) != played);
    let others: Vec<String> = others
        .map(|other| format!("--variant {}", other.name))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let also = match lang {
        Lang::En => "also:",
        Lang::Zh => "另有：",
    };
    writeln!(
        out,
        "{}",
        Styled(style::DIM, format!("{also} {}", others.join(", ")))
    )
}

fn heading(
    scenario: &Scenario,
    options: &PlayOptions,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let seed = options.seed.unwrap_or(scenario.seed);
    let mut remark = format!("seed {seed}");
    if let Some(variant) = &options.variant {
        let title = scenario.variants.iter().find(|it| it.name == *variant);
        let title = title.and_then(|variant| variant.title.as_ref());
        remark += &format!(
            ", {}",
            title.map_or(&**variant, |title| title.get(lang.key()))
        );
    }
    let title = Styled(style::TITLE, scenario.title.get(lang.key()));
    writeln!(out, "{title}  {}", Styled(style::DIM, remark))
}

fn ending(outcome: &Outcome, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let failed = outcome.failures().count();
    let broken = outcome.broken().count();
    let judged = outcome.checked.len();
    let good = failed + broken == 0;
    let verdict = match (good, lang) {
        (true, Lang::En) => format!("✓ {} held", style::count(judged, "expectation")),
        (true, Lang::Zh) => format!("✓ {judged} 项预期全部成立"),
        (false, Lang::En) => format!(
            "✗ {failed} of {} not met, {} broken",
            style::count(judged, "expectation"),
            style::count(broken, "promised property").replace("propertys", "properties"),
        ),
        (false, Lang::Zh) => {
            format!("✗ {judged} 项预期中 {failed} 项不成立，{broken} 项承诺的性质被破坏")
        }
    };
    let style = if good { style::GOOD } else { style::BAD };
    let steps = style::thousands(outcome.steps);
    let end = play::time(outcome.end);
    let remark = match lang {
        Lang::En => format!(
            "{steps} steps, {end} simulated, trace {:016x}",
            outcome.trace_hash
        ),
        Lang::Zh => format!("{steps} 步，模拟 {end}，轨迹 {:016x}", outcome.trace_hash),
    };
    writeln!(
        out,
        "{}  {}",
        Styled(style, verdict),
        Styled(style::DIM, remark)
    )
}
