//! `quorumscope show`: what a scenario teaches, without playing it.

use std::io::{self, Write};

use sim_core::scenario::Scenario;
use sim_core::scenario::format::{Ask, Text};

use crate::exit::{Done, Exit};
use crate::style::{self, Styled};
use crate::{Lang, files, play};

/// Says what a scenario teaches, without playing it and without its answers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope show one-after-another
  quorumscope show my-case.json --lang zh
  quorumscope show one-after-another --source      the file itself, to start one's own from")]
pub struct Args {
    /// A scenario file, or a name that `quorumscope list` prints.
    #[arg(value_name = "FILE")]
    file: String,
    /// Prints the file as it is.
    #[arg(long)]
    source: bool,
}

/// How wide texts run.
const COLUMNS: usize = 92;

/// Shows.
pub fn show(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let source = files::scenario(&args.file)?;
    if args.source {
        out.write_all(source.text.as_bytes())?;
        return Ok(Exit::Passed);
    }
    let scenario = play::parse(&source)?;
    lesson(&scenario, lang, out)?;
    Ok(Exit::Passed)
}

fn lesson(scenario: &Scenario, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        Styled(style::TITLE, scenario.title.get(lang.key()))
    )?;
    let texts = [&scenario.description, &scenario.say];
    for text in texts.into_iter().flatten() {
        paragraph(out, "", text.get(lang.key()))?;
    }
    let says: Vec<&Text> = scenario
        .steps
        .iter()
        .filter_map(|step| step.say.as_ref())
        .collect();
    section(
        out,
        "It tells",
        says.iter().map(|say| say.get(lang.key()).to_owned()),
    )?;
    section(
        out,
        "It asks",
        scenario.ask.iter().map(|ask| question(ask, lang)),
    )?;
    let variants = scenario
        .variants
        .iter()
        .map(|variant| match &variant.title {
            Some(title) => format!("{}: {}", variant.name, title.get(lang.key())),
            None => variant.name.to_string(),
        });
    section(out, "Variants", variants)?;
    let violates = scenario
        .violates
        .iter()
        .map(|violates| violates.property.to_string());
    section(out, "Properties that break in it", violates)?;
    let stands_for = scenario
        .stands_for
        .iter()
        .map(|it| format!("{} {}", it.kind, it.id));
    section(out, "It stands for", stands_for)?;
    if let Some(why) = &scenario.pinned {
        section(
            out,
            "Pinned to its seed",
            [why.get(lang.key()).to_owned()].into_iter(),
        )?;
    }
    Ok(())
}

fn question(ask: &Ask, lang: Lang) -> String {
    let choices: Vec<&str> = ask
        .choices
        .iter()
        .map(|choice| choice.get(lang.key()))
        .collect();
    let question = ask.question.get(lang.key());
    if choices.is_empty() {
        question.to_owned()
    } else {
        format!("{question} ({})", choices.join(" / "))
    }
}

fn section(
    out: &mut dyn Write,
    title: &str,
    items: impl Iterator<Item = String>,
) -> io::Result<()> {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n{}", Styled(style::TITLE, title))?;
    items.try_for_each(|item| paragraph(out, "  ", &item))
}

fn paragraph(out: &mut dyn Write, indent: &str, text: &str) -> io::Result<()> {
    for line in style::wrap(text, COLUMNS - indent.len()) {
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
}
