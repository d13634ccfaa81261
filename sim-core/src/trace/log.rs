//! Records kept in memory, coded: full chunks are shared between clones and decoded only where
//! somebody looks.

use crate::base::{StableHasher, StepIndex};
use crate::trace::codec::Coder;
use crate::trace::{CodeError, Record};
use core::hash::Hasher;
use core::marker::PhantomData;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A chunk is closed by the first record that fills it.
pub(super) const CHUNK_BYTES: usize = 64 * 1024;

/// A run of records, readable on its own.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// The step of its first record.
    pub first: StepIndex,
    /// How many records it holds.
    pub count: u32,
    /// The records.
    pub bytes: Arc<[u8]>,
}

/// The hash chain of a trace: each link covers a chunk and all before it.
pub(super) fn chain(before: u64, first: StepIndex, count: u32, bytes: &[u8]) -> u64 {
    let mut hasher = StableHasher::from_seed(before);
    hasher.write_u64(first.0);
    hasher.write_u32(count);
    hasher.write_u64(bytes.len() as u64);
    hasher.write(bytes);
    hasher.finish()
}

/// The chunk that is being filled, in a buffer that is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenChunk {
    pub first: StepIndex,
    pub count: u32,
    pub bytes: Vec<u8>,
    coder: Coder,
}

impl OpenChunk {
    /// Adds a record and says whether the chunk is full now.
    pub fn push<F: Serialize>(&mut self, record: &Record<F>) -> bool {
        if self.count == 0 {
            self.first = record.step;
        }
        self.coder.encode(record, &mut self.bytes);
        self.count += 1;
        self.bytes.len() >= CHUNK_BYTES
    }

    /// Begins the next chunk in the same buffer.
    pub fn clear(&mut self) {
        self.count = 0;
        self.bytes.clear();
        self.coder = Coder::default();
    }
}

/// All records of a run so far, or of a stretch of it.
#[derive(Clone, Debug)]
pub struct RecordLog<F> {
    full: Vec<Chunk>,
    open: OpenChunk,
    records: u64,
    last: StepIndex,
    facts: PhantomData<fn() -> F>,
}

impl<F> Default for RecordLog<F> {
    fn default() -> Self {
        Self {
            full: Vec::new(),
            open: OpenChunk::default(),
            records: 0,
            last: StepIndex(0),
            facts: PhantomData,
        }
    }
}

impl<F: Serialize + DeserializeOwned> RecordLog<F> {
    /// Appends a record. Steps never go back.
    pub fn push(&mut self, record: &Record<F>) {
        assert!(
            record.step >= self.last,
            "records come in the order of steps"
        );
        self.last = record.step;
        self.records += 1;
        if self.open.push(record) {
            self.full.push(Chunk {
                first: self.open.first,
                count: self.open.count,
                bytes: self.open.bytes.as_slice().into(),
            });
            self.open.clear();
        }
    }

    /// How many records it holds.
    pub fn len(&self) -> u64 {
        self.records
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// The step of the last record.
    pub fn last(&self) -> StepIndex {
        self.last
    }

    /// Bytes that it holds.
    pub fn size(&self) -> usize {
        let full: usize = self.full.iter().map(|chunk| chunk.bytes.len()).sum();
        full + self.open.bytes.capacity()
    }

    /// The records of `from` and later steps, in order.
    pub fn since(&self, from: StepIndex) -> Records<'_, F> {
        // A step's records may begin in the chunk before the one that starts with it.
        let after = self.full.partition_point(|chunk| chunk.first < from);
        Records {
            log: self,
            next_chunk: after.saturating_sub(1),
            bytes: &[],
            coder: Coder::default(),
            from,
        }
    }

    /// All records in order.
    pub fn iter(&self) -> Records<'_, F> {
        self.since(StepIndex(0))
    }

    /// The records of one step, in order.
    pub fn step(&self, step: StepIndex) -> impl Iterator<Item = Record<F>> {
        self.since(step)
            .take_while(move |record| record.step == step)
    }

    /// Forgets the records of all steps after `step`.
    pub fn truncate(&mut self, step: StepIndex) {
        if step >= self.last {
            return;
        }
        // The chunk that holds the cut is coded anew up to it.
        let keep = self
            .full
            .partition_point(|chunk| chunk.first <= step)
            .saturating_sub(1);
        let mut cut = Self {
            full: self.full[..keep].to_vec(),
            ..Self::default()
        };
        cut.records = cut.full.iter().map(|chunk| u64::from(chunk.count)).sum();
        let rest = Records {
            log: self,
            next_chunk: keep,
            bytes: &[],
            coder: Coder::default(),
            from: StepIndex(0),
        };
        for record in rest.take_while(|record| record.step <= step) {
            cut.push(&record);
        }
        *self = cut;
    }

    fn chunk(&self, index: usize) -> Option<&[u8]> {
        match self.full.get(index) {
            Some(chunk) => Some(&chunk.bytes),
            None if index == self.full.len() && self.open.count > 0 => Some(&self.open.bytes),
            None => None,
        }
    }
}

impl<'a, F: Serialize + DeserializeOwned> IntoIterator for &'a RecordLog<F> {
    type Item = Record<F>;
    type IntoIter = Records<'a, F>;

    fn into_iter(self) -> Records<'a, F> {
        self.iter()
    }
}

/// Records in order, decoded one by one.
pub struct Records<'a, F> {
    log: &'a RecordLog<F>,
    next_chunk: usize,
    bytes: &'a [u8],
    coder: Coder,
    from: StepIndex,
}

impl<F: Serialize + DeserializeOwned> Iterator for Records<'_, F> {
    type Item = Record<F>;

    fn next(&mut self) -> Option<Record<F>> {
        loop {
            if self.bytes.is_empty() {
                self.bytes = self.log.chunk(self.next_chunk)?;
                self.next_chunk += 1;
                self.coder = Coder::default();
            }
            let record: Result<Record<F>, CodeError> = self.coder.decode(&mut self.bytes);
            let record = record.expect("what was coded here is read back");
            if record.step >= self.from {
                return Some(record);
            }
        }
    }
}
