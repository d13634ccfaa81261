//! The trace file: a header, chunks of records chained by hashes, an end.
//!
//! Layout, all numbers little-endian: the magic, `u16` format, `u32` length of the header, the
//! header (postcard), `u64` hash of all that; then per chunk `u32` length of its records, `u32`
//! their count, `u64` first step, the records (see `codec`), `u64` hash of the chunk and all
//! before; then `u32` 0, `u64` count of all records, `u64` hash. The writer hands out bytes and the
//! reader asks for them: where they go and come from is not its business. The reader takes
//! untrusted bytes: it holds at most one chunk and never panics.

use crate::base::{StableHasher, StepIndex};
use crate::trace::Record;
use crate::trace::codec::{CodeError, Coder};
use crate::trace::log::{OpenChunk, chain};
use core::fmt;
use core::hash::Hasher;
use core::marker::PhantomData;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const MAGIC: [u8; 8] = *b"QSTRACE\n";
/// The layout that this version writes and reads.
const FORMAT: u16 = 1;
const MAX_HEADER: usize = 16 << 20;
/// A chunk is closed when it is full, so that it exceeds that by one record at most.
const MAX_CHUNK: usize = 4 << 20;

/// What a trace is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The program that wrote it, with its version.
    pub made_with: String,
    /// The number of the vocabulary of facts. Two vocabularies of one number read each other's
    /// facts.
    pub vocabulary: u32,
    /// The stable hash of the scenario's text.
    pub file_hash: u64,
    /// The seed.
    pub seed: u64,
    /// The names of the nodes, by their ids.
    pub nodes: Vec<String>,
    /// Whatever else is needed to play it again: names and values, such as the scenario's text.
    pub notes: Vec<(String, String)>,
}

impl Header {
    /// The value of a note.
    pub fn note(&self, name: &str) -> Option<&str> {
        let mut notes = self.notes.iter();
        notes
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Makes a trace. Take what is [`ready`](TraceWriter::ready) from time to time, and after
/// [`finish`](TraceWriter::finish).
#[derive(Clone, Debug)]
pub struct TraceWriter {
    open: OpenChunk,
    ready: Vec<u8>,
    keeps: bool,
    hash: u64,
    records: u64,
}

impl TraceWriter {
    /// A trace with this header. A header longer than 16 MiB is cut of its notes.
    pub fn new(header: &Header) -> Self {
        let mut writer = Self {
            open: OpenChunk::default(),
            ready: Vec::new(),
            keeps: true,
            hash: 0,
            records: 0,
        };
        writer.reset(header);
        writer
    }

    /// Only hashes: nothing gets ready.
    pub fn only_hash(header: &Header) -> Self {
        let mut writer = Self::new(header);
        writer.keeps = false;
        writer.ready.clear();
        writer
    }

    /// Begins another trace in the same buffers.
    pub fn reset(&mut self, header: &Header) {
        self.open.clear();
        self.ready.clear();
        self.records = 0;
        let mut coded = postcard::to_allocvec(header).expect("a header is plain data");
        if coded.len() > MAX_HEADER {
            let short = Header {
                notes: Vec::new(),
                ..header.clone()
            };
            coded = postcard::to_allocvec(&short).expect("a header is plain data");
        }
        self.hash = header_hash(&coded);
        if self.keeps {
            self.ready.extend_from_slice(&MAGIC);
            self.ready.extend_from_slice(&FORMAT.to_le_bytes());
            self.ready
                .extend_from_slice(&(coded.len() as u32).to_le_bytes());
            self.ready.extend_from_slice(&coded);
            self.ready.extend_from_slice(&self.hash.to_le_bytes());
        }
    }

    /// Appends a record.
    pub fn push<F: Serialize>(&mut self, record: &Record<F>) {
        if self.open.push(record) {
            self.close_chunk();
        }
    }

    /// Ends the trace and returns its hash: two traces are equal if their hashes are.
    pub fn finish(&mut self) -> u64 {
        if self.open.count > 0 {
            self.close_chunk();
        }
        self.hash = end_hash(self.hash, self.records);
        if self.keeps {
            self.ready.extend_from_slice(&0u32.to_le_bytes());
            self.ready.extend_from_slice(&self.records.to_le_bytes());
            self.ready.extend_from_slice(&self.hash.to_le_bytes());
        }
        self.hash
    }

    /// Bytes that belong at the end of the file.
    pub fn ready(&self) -> &[u8] {
        &self.ready
    }

    /// The bytes that were ready are written.
    pub fn written(&mut self) {
        self.ready.clear();
    }

    fn close_chunk(&mut self) {
        let OpenChunk {
            first,
            count,
            bytes,
            ..
        } = &self.open;
        self.hash = chain(self.hash, *first, *count, bytes);
        self.records += u64::from(*count);
        if self.keeps {
            self.ready
                .extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            self.ready.extend_from_slice(&count.to_le_bytes());
            self.ready.extend_from_slice(&first.0.to_le_bytes());
            self.ready.extend_from_slice(bytes);
            self.ready.extend_from_slice(&self.hash.to_le_bytes());
        }
        self.open.clear();
    }
}

fn header_hash(coded: &[u8]) -> u64 {
    let mut hasher = StableHasher::from_seed(u64::from(FORMAT));
    hasher.write(coded);
    hasher.finish()
}

fn end_hash(hash: u64, records: u64) -> u64 {
    let mut hasher = StableHasher::from_seed(hash);
    hasher.write_u64(records);
    hasher.finish()
}

/// Where a reader gets its bytes.
pub trait Source {
    /// Fills the front of `buffer` and says how much of it; 0 only at the end. An error is a
    /// sentence.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, String>;
}

impl Source for &[u8] {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        let count = buffer.len().min(self.len());
        let (front, rest) = self.split_at(count);
        buffer[..count].copy_from_slice(front);
        *self = rest;
        Ok(count)
    }
}

/// Why a file is no trace that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceError {
    /// It does not begin like one.
    NotATrace,
    /// Another layout.
    Format {
        /// That of the file.
        found: u16,
    },
    /// Another vocabulary of facts.
    Vocabulary {
        /// What wrote the file.
        made_with: String,
        /// Its vocabulary.
        found: u32,
        /// The reader's.
        known: u32,
    },
    /// It ends too early.
    Truncated {
        /// Bytes that are there.
        at: u64,
    },
    /// Bytes changed since it was written.
    Damaged {
        /// Where the damaged part begins.
        at: u64,
    },
    /// A record that is none.
    Record {
        /// Which record, from 0.
        nth: u64,
        /// Why.
        error: CodeError,
    },
    /// Something follows its end.
    Longer {
        /// Where it should end.
        at: u64,
    },
    /// The source of the bytes failed.
    Source(String),
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TraceError::NotATrace => f.write_str("this is no trace: it does not begin like one"),
            TraceError::Format { found } => write!(
                f,
                "the trace has layout {found}; this version reads layout {FORMAT}"
            ),
            TraceError::Vocabulary {
                made_with,
                found,
                known,
            } => write!(
                f,
                "the trace was made with {made_with} and speaks of facts in vocabulary {found}; \
                 this version knows vocabulary {known}: play its scenario again with this version, \
                 or read it with that one"
            ),
            TraceError::Truncated { at } => {
                write!(f, "the trace is cut off: it ends after {at} bytes")
            }
            TraceError::Damaged { at } => write!(
                f,
                "the trace is damaged: what begins at byte {at} is not what was written"
            ),
            TraceError::Record { nth, error } => write!(f, "record {nth} is none: {error}"),
            TraceError::Longer { at } => {
                write!(f, "the trace ends at byte {at}, but the file goes on")
            }
            TraceError::Source(error) => f.write_str(error),
        }
    }
}

impl core::error::Error for TraceError {}

/// Reads a trace record by record.
pub struct TraceReader<S, F> {
    source: S,
    header: Header,
    chunk: Vec<u8>,
    /// How far the chunk is read.
    read: usize,
    /// Records left in the chunk.
    left: u32,
    coder: Coder,
    hash: u64,
    /// Bytes taken from the source.
    at: u64,
    records: u64,
    over: bool,
    facts: PhantomData<fn() -> F>,
}

impl<S: Source, F: DeserializeOwned> TraceReader<S, F> {
    /// Reads the header. `vocabulary` is the one that `F` is of.
    pub fn new(source: S, vocabulary: u32) -> Result<Self, TraceError> {
        let mut reader = Self {
            source,
            header: Header::default(),
            chunk: Vec::new(),
            read: 0,
            left: 0,
            coder: Coder::default(),
            hash: 0,
            at: 0,
            records: 0,
            over: false,
            facts: PhantomData,
        };
        if reader.array().map_err(not_a_trace)? != MAGIC {
            return Err(TraceError::NotATrace);
        }
        let found = u16::from_le_bytes(reader.array()?);
        if found != FORMAT {
            return Err(TraceError::Format { found });
        }
        let length = u32::from_le_bytes(reader.array()?) as usize;
        let at = reader.at;
        if length > MAX_HEADER {
            return Err(TraceError::Damaged { at });
        }
        reader.fill(length)?;
        reader.hash = header_hash(&reader.chunk);
        let header = postcard::from_bytes(&reader.chunk);
        reader.check_hash(at)?;
        reader.header = header.map_err(|_| TraceError::Damaged { at })?;
        reader.chunk.clear();
        if reader.header.vocabulary != vocabulary {
            return Err(TraceError::Vocabulary {
                made_with: reader.header.made_with,
                found: reader.header.vocabulary,
                known: vocabulary,
            });
        }
        Ok(reader)
    }

    /// What the trace is of.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The hash of all that was read so far, up to whole chunks; at the end that of the trace.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    fn next_record(&mut self) -> Result<Option<Record<F>>, TraceError> {
        if self.left == 0 && !self.next_chunk()? {
            return Ok(None);
        }
        let mut bytes = &self.chunk[self.read..];
        let record = self.coder.decode(&mut bytes);
        self.read = self.chunk.len() - bytes.len();
        self.left -= 1;
        let nth = self.records;
        self.records += 1;
        if self.left == 0 && !bytes.is_empty() {
            let error = CodeError::Range;
            return Err(TraceError::Record { nth, error });
        }
        record
            .map(Some)
            .map_err(|error| TraceError::Record { nth, error })
    }

    /// Reads the next chunk; `false` at the end of the trace.
    fn next_chunk(&mut self) -> Result<bool, TraceError> {
        let at = self.at;
        let length = u32::from_le_bytes(self.array()?) as usize;
        if length == 0 {
            self.end(at)?;
            return Ok(false);
        }
        let count = u32::from_le_bytes(self.array()?);
        let first = StepIndex(u64::from_le_bytes(self.array()?));
        if length > MAX_CHUNK || count == 0 {
            return Err(TraceError::Damaged { at });
        }
        self.fill(length)?;
        self.hash = chain(self.hash, first, count, &self.chunk);
        self.check_hash(at)?;
        self.read = 0;
        self.left = count;
        self.coder = Coder::default();
        Ok(true)
    }

    fn end(&mut self, at: u64) -> Result<(), TraceError> {
        let records = u64::from_le_bytes(self.array()?);
        self.hash = end_hash(self.hash, records);
        self.check_hash(at)?;
        if records != self.records {
            return Err(TraceError::Damaged { at });
        }
        let mut more = [0];
        match self.source.read(&mut more).map_err(TraceError::Source)? {
            0 => Ok(()),
            _ => Err(TraceError::Longer { at: self.at }),
        }
    }

    fn check_hash(&mut self, at: u64) -> Result<(), TraceError> {
        if u64::from_le_bytes(self.array()?) == self.hash {
            return Ok(());
        }
        Err(TraceError::Damaged { at })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], TraceError> {
        let mut array = [0; N];
        let mut filled = 0;
        while filled < N {
            filled += self.take(&mut |source| source.read(&mut array[filled..]))?;
        }
        Ok(array)
    }

    /// Fills the chunk with so many bytes, taking memory only as they come.
    fn fill(&mut self, length: usize) -> Result<(), TraceError> {
        const PIECE: usize = 64 * 1024;
        self.chunk.clear();
        while self.chunk.len() < length {
            let start = self.chunk.len();
            self.chunk.resize(length.min(start + PIECE), 0);
            let mut chunk = core::mem::take(&mut self.chunk);
            let count = self.take(&mut |source| source.read(&mut chunk[start..]))?;
            chunk.truncate(start + count);
            self.chunk = chunk;
        }
        Ok(())
    }

    fn take(
        &mut self,
        read: &mut dyn FnMut(&mut S) -> Result<usize, String>,
    ) -> Result<usize, TraceError> {
        let count = read(&mut self.source).map_err(TraceError::Source)?;
        if count == 0 {
            return Err(TraceError::Truncated { at: self.at });
        }
        self.at += count as u64;
        Ok(count)
    }
}

fn not_a_trace(error: TraceError) -> TraceError {
    match error {
        TraceError::Truncated { .. } => TraceError::NotATrace,
        other => other,
    }
}

impl<S: Source, F: DeserializeOwned> Iterator for TraceReader<S, F> {
    type Item = Result<Record<F>, TraceError>;

    /// The next record; after an error, nothing.
    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.next_record().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}
