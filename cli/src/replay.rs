//! `quorumscope replay`: plays again what a trace was recorded from, and tells whether it is still the same.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use sim_core::cluster::{Fact, Msg, World};
use sim_core::engine::Message;
use sim_core::scenario::Audience;
use sim_core::trace::{self, Header, Record};

use crate::exit::{Done, Exit, Trouble};
use crate::style::{self, Styled};
use crate::traces::{Origin, Reader};
use crate::{Lang, play, run, traces};

/// Plays again what a trace was recorded from, and tells whether every record is still the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope run one-after-another --seed 3 --trace a.trace
  quorumscope replay a.trace
  quorumscope replay a.trace --format json > a.jsonl     the trace itself, a record a line

Exit codes:
   0  every record is the same
   1  a record differs, and the trace was made by another version
   2  a file or an argument is wrong
   4  a record differs although the version is the same")]
pub struct Args {
    /// A trace that `run --trace` wrote.
    #[arg(value_name = "TRACE")]
    trace: PathBuf,
    /// Tells every fact.
    #[arg(long, short)]
    all: bool,
    /// How it is told. JSON converts the trace, without playing.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As a story with tables.
    Text,
    /// The records of the trace as JSON, an object a line.
    Json,
}

/// Replays.
pub fn replay(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let reader = traces::open(&args.trace)?;
    match args.format {
        Format::Json => convert(&args.trace, reader, out),
        Format::Text => again(args, reader, lang, out),
    }
}

fn convert(path: &Path, reader: Reader, out: &mut dyn Write) -> Done {
    let header = reader.header().clone();
    let names = trace::Names {
        nodes: &header.nodes,
        kind: Msg::kind_name,
    };
    for record in reader {
        let record = record.map_err(|error| traces::unusable(path, &error))?;
        writeln!(out, "{}", trace::json_line(&record, &names))?;
    }
    Ok(Exit::Passed)
}

/// Where a play leaves its trace: what the trace has, what the play has.
type Parted = (Option<Record<Fact>>, Option<Record<Fact>>);

/// Compares each record of a play with the next one of a trace.
struct Comparer {
    reader: Reader,
    same: u64,
    /// The first difference.
    differs: Option<Parted>,
    unusable: Option<trace::TraceError>,
}

impl Comparer {
    fn next(&mut self) -> Option<Record<Fact>> {
        match self.reader.next()? {
            Ok(record) => Some(record),
            Err(error) => {
                self.unusable.get_or_insert(error);
                None
            }
        }
    }
}

impl Audience for Comparer {
    fn wants_all(&self) -> bool {
        true
    }

    fn record(&mut self, record: &Record<Fact>, _: &World) {
        if self.differs.is_some() || self.unusable.is_some() {
            return;
        }
        match self.next() {
            Some(kept) if kept == *record => self.same += 1,
            kept => self.differs = Some((kept, Some(record.clone()))),
        }
    }

    fn end(&mut self, _: &World) {
        if self.differs.is_none() && self.unusable.is_none() {
            self.differs = self.next().map(|kept| (Some(kept), None));
        }
    }
}

fn again(args: &Args, reader: Reader, lang: Lang, out: &mut dyn Write) -> Done {
    let header = reader.header().clone();
    let origin = traces::origin(&header).ok_or_else(|| {
        let what = "the trace carries no scenario that this version can play";
        Trouble::file(
            &args.trace,
            what,
            "`--format json` shows its records without playing",
        )
    })?;
    let mut comparer = Comparer {
        reader,
        same: 0,
        differs: None,
        unusable: None,
    };
    run::told(
        &origin.scenario,
        &origin.options,
        lang,
        args.all,
        &mut comparer,
        out,
    )?;
    if let Some(error) = &comparer.unusable {
        return Err(traces::unusable(&args.trace, error).into());
    }
    let Some(differs) = &comparer.differs else {
        let same = style::count(comparer.same as usize, "record");
        let text = format!("✓ the same as recorded, {same}");
        writeln!(out, "{}", Styled(style::GOOD, text))?;
        return Ok(Exit::Passed);
    };
    part(comparer.same, differs, &header, &origin, lang, out)?;
    let same_version = header.made_with == play::made_with();
    Ok(if same_version {
        Exit::NotDeterministic
    } else {
        Exit::Failed
    })
}

fn part(
    same: u64,
    (kept, played): &Parted,
    header: &Header,
    origin: &Origin,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let same = style::count(same as usize, "record");
    let text = format!(
        "✗ not as recorded by {}: {same} are the same, then",
        header.made_with
    );
    writeln!(out, "{}", Styled(style::BAD, text))?;
    let line = |record: &Option<Record<Fact>>| match record {
        Some(record) => traces::line(record, header, &origin.names, lang),
        None => "nothing more".to_owned(),
    };
    writeln!(out, "  recorded  {}", line(kept))?;
    writeln!(out, "  now       {}", line(played))
}
