//! `quorumscope diff`: where two traces part.

use std::io::{self, Write};
use std::path::PathBuf;

use sim_core::cluster::Fact;
use sim_core::explain::Names;
use sim_core::trace::{self, Difference, Header, Record};

use crate::exit::{Done, Exit};
use crate::style::{self, Styled};
use crate::{Lang, traces};

/// Finds the first record in which two traces differ, and shows it in context.
///
/// Traces of one version are compared record by record, with steps and times. Traces of different versions are compared
/// fact by fact, each node for itself, whatever the times.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope run one-after-another --seed 1 --trace a.trace
  quorumscope run one-after-another --seed 2 --trace b.trace
  quorumscope diff a.trace b.trace
  quorumscope diff a.trace b.trace --facts --context 10

Exit codes:
   0  the traces are the same
   1  they differ
   2  a file or an argument is wrong")]
pub struct Args {
    /// One trace.
    #[arg(value_name = "A")]
    first: PathBuf,
    /// The other one.
    #[arg(value_name = "B")]
    second: PathBuf,
    /// Compares only what each node decided, whatever the times.
    #[arg(long)]
    facts: bool,
    /// How many records are shown before and after the difference.
    #[arg(long, value_name = "N", default_value_t = 4)]
    context: u8,
}

/// Compares.
pub fn diff(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let (first, second) = (traces::open(&args.first)?, traces::open(&args.second)?);
    let headers = [first.header().clone(), second.header().clone()];
    let only_facts = args.facts || headers[0].made_with != headers[1].made_with;
    let compare = match only_facts {
        true => trace::first_difference_of_facts,
        false => trace::first_difference,
    };
    let found = compare(first, second, args.context.into());
    let found = found.map_err(|error| traces::unusable(&args.first, &error))?;
    let what = if only_facts { "fact" } else { "record" };
    match found {
        None => {
            writeln!(out, "The traces are the same, {what} by {what}.")?;
            Ok(Exit::Passed)
        }
        Some(difference) => {
            show(&difference, &headers, what, lang, out)?;
            Ok(Exit::Failed)
        }
    }
}

/// Shows a difference: what was the same before it, then what each side has.
pub fn show(
    difference: &Difference<Fact>,
    headers: &[Header; 2],
    what: &str,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let same = style::count(difference.nth as usize, what);
    writeln!(out, "{same} are the same, then the traces part:\n")?;
    let names = headers
        .each_ref()
        .map(|header| traces::origin(header).map_or_else(Names::default, |origin| origin.names));
    for record in &difference.before {
        writeln!(
            out,
            "  {}",
            traces::line(record, &headers[0], &names[0], lang)
        )?;
    }
    let sides = [
        ("−", style::BAD, &difference.first),
        ("+", style::GOOD, &difference.second),
    ];
    for ((mark, style, records), (header, names)) in
        sides.into_iter().zip(headers.iter().zip(&names))
    {
        side(
            mark,
            style,
            records,
            |record| traces::line(record, header, names, lang),
            out,
        )?;
    }
    Ok(())
}

fn side(
    mark: &str,
    style: anstyle::Style,
    records: &[Record<Fact>],
    line: impl Fn(&Record<Fact>) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    if records.is_empty() {
        return writeln!(out, "{} nothing more", Styled(style, mark));
    }
    for record in records {
        writeln!(out, "{} {}", Styled(style, mark), line(record))?;
    }
    Ok(())
}
