//! Trace files: written while a play goes on, read record by record.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use sim_core::cluster::{self, Fact, World};
use sim_core::explain::{self, Names};
use sim_core::scenario::{Audience, PlayOptions, Scenario};
use sim_core::trace::{Header, Record, Source, TraceError, TraceReader, TraceWriter};

use crate::exit::Trouble;
use crate::style::{self, Styled};
use crate::{Lang, files, play};

/// So many bytes are kept before they are written.
const BUFFER_BYTES: usize = 1 << 20;

/// Writes every record of a play to a file.
pub struct Recorder {
    path: PathBuf,
    file: File,
    writer: TraceWriter,
    failed: Option<io::Error>,
}

impl Recorder {
    /// Creates the file.
    pub fn create(path: &Path, header: &Header) -> Result<Self, Trouble> {
        let file = File::create(path).map_err(|error| files::unwritable(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            writer: TraceWriter::new(header),
            failed: None,
        })
    }

    /// Ends the trace.
    pub fn finish(mut self) -> Result<u64, Trouble> {
        let hash = self.writer.finish();
        self.flush();
        match self.failed {
            Some(error) => Err(files::unwritable(&self.path, &error)),
            None => Ok(hash),
        }
    }

    fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.file.write_all(self.writer.ready()).err();
        }
        self.writer.written();
    }
}

impl Audience for Recorder {
    fn wants_all(&self) -> bool {
        true
    }

    fn record(&mut self, record: &Record<Fact>, _: &World) {
        self.writer.push(record);
        if self.writer.ready().len() > BUFFER_BYTES {
            self.flush();
        }
    }
}

/// The bytes of a file, for a reader of the core.
pub struct FileSource(BufReader<File>);

impl Source for FileSource {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        self.0
            .read(buffer)
            .map_err(|error| format!("cannot be read: {error}"))
    }
}

/// Reads a trace file.
pub type Reader = TraceReader<FileSource, Fact>;

/// Opens a trace.
pub fn open(path: &Path) -> Result<Reader, Trouble> {
    let file = files::open(path)?;
    let source = FileSource(BufReader::new(file));
    TraceReader::new(source, cluster::VOCABULARY).map_err(|error| unusable(path, &error))
}

/// Trouble with a trace.
pub fn unusable(path: &Path, error: &TraceError) -> Trouble {
    let remedy = match error {
        TraceError::NotATrace => "give a file that `quorumscope run FILE --trace PATH` wrote",
        _ => "record it again: `quorumscope run FILE --trace PATH`",
    };
    Trouble::file(path, error, remedy)
}

/// What a trace was recorded from.
pub struct Origin {
    /// The scenario.
    pub scenario: Scenario,
    /// How it was played.
    pub options: PlayOptions,
    /// Who is who in it.
    pub names: Names,
}

/// The scenario that a trace carries, if this version can read it.
pub fn origin(header: &Header) -> Option<Origin> {
    let scenario = Scenario::parse(header.note(play::note::SCENARIO)?).ok()?;
    let variant: Option<Box<str>> = header.note(play::note::VARIANT).map(Into::into);
    let until = header
        .note(play::note::UNTIL_NS)
        .and_then(|text| text.parse().ok());
    let compiled = scenario.compile(variant.as_deref())?;
    let names = Names::of(&compiled.world);
    let options = PlayOptions {
        seed: Some(header.seed),
        variant,
        until: until.map(sim_core::base::SimTime),
        ..PlayOptions::default()
    };
    Some(Origin {
        scenario,
        options,
        names,
    })
}

/// One record as a line: when, which step, who, what.
pub fn line(record: &Record<Fact>, header: &Header, names: &Names, lang: Lang) -> String {
    let text = explain::sentence(record, names).render_short(lang.of());
    let node = header
        .nodes
        .get(record.node.index())
        .map_or("", String::as_str);
    let wide = header
        .nodes
        .iter()
        .map(|name| style::width(name))
        .max()
        .unwrap_or(0);
    let time = format!("{:>9} {:>7}", play::seconds(record.at), record.step.0);
    format!(
        "{}  {}  {text}",
        Styled(style::DIM, time),
        style::pad(node, wide)
    )
}
