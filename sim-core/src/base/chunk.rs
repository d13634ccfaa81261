//! An append-only log in full, unchanging chunks: cheap to clone, cheap to fingerprint, cheap to
//! cut.

use crate::base::StableHasher;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

const CHUNK: usize = 64;

/// A sequence that grows at its end and may be cut there.
///
/// Full chunks are shared between clones, so a clone costs one pointer per 64 entries, and each
/// full chunk carries the running hash of everything up to its end, so a fingerprint hashes at most
/// one open chunk.
#[derive(Clone)]
pub struct ChunkedLog<T> {
    full: Vec<Full<T>>,
    open: Vec<T>,
}

#[derive(Clone)]
struct Full<T> {
    items: Arc<[T]>,
    hash_to_end: u64,
}

impl<T: core::fmt::Debug> core::fmt::Debug for ChunkedLog<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T> Default for ChunkedLog<T> {
    fn default() -> Self {
        Self {
            full: Vec::new(),
            open: Vec::new(),
        }
    }
}

impl<T> ChunkedLog<T> {
    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.full.len() * CHUNK + self.open.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.full.is_empty() && self.open.is_empty()
    }

    /// The entry at `index`.
    pub fn get(&self, index: usize) -> Option<&T> {
        match self.full.get(index / CHUNK) {
            Some(chunk) => chunk.items.get(index % CHUNK),
            None => self.open.get(index - self.full.len() * CHUNK),
        }
    }

    /// The last entry.
    pub fn last(&self) -> Option<&T> {
        self.open
            .last()
            .or_else(|| self.full.last().and_then(|chunk| chunk.items.last()))
    }

    /// The first entry.
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.full
            .iter()
            .flat_map(|chunk| chunk.items.iter())
            .chain(self.open.iter())
    }

    /// The entries from `index` on, in order.
    pub fn iter_from(&self, index: usize) -> impl Iterator<Item = &T> {
        (index..self.len()).map(move |i| self.get(i).expect("index below len"))
    }
}

impl<T: Clone + Hash> ChunkedLog<T> {
    /// Appends one entry.
    pub fn push(&mut self, item: T) {
        self.open.push(item);
        if self.open.len() == CHUNK {
            let before = self.full.last().map_or(0, |chunk| chunk.hash_to_end);
            let mut hasher = StableHasher::from_seed(before);
            self.open.iter().for_each(|item| item.hash(&mut hasher));
            let hash_to_end = hasher.finish();
            let items = core::mem::take(&mut self.open).into();
            self.full.push(Full { items, hash_to_end });
        }
    }

    /// Keeps the first `len` entries.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        let (chunks, rest) = (len / CHUNK, len % CHUNK);
        if chunks < self.full.len() {
            self.open = self.full[chunks].items[..rest].to_vec();
            self.full.truncate(chunks);
        } else {
            self.open.truncate(rest);
        }
    }
}

impl<T: PartialEq> PartialEq for ChunkedLog<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.open == other.open
            && self.full.iter().zip(&other.full).all(|(a, b)| {
                Arc::ptr_eq(&a.items, &b.items)
                    || (a.hash_to_end == b.hash_to_end && a.items == b.items)
            })
    }
}

impl<T: Eq> Eq for ChunkedLog<T> {}

impl<T: Hash> Hash for ChunkedLog<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.len() as u64);
        state.write_u64(self.full.last().map_or(0, |chunk| chunk.hash_to_end));
        self.open.iter().for_each(|item| item.hash(state));
    }
}

impl<T: Clone + Hash> FromIterator<T> for ChunkedLog<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut log = Self::default();
        items.into_iter().for_each(|item| log.push(item));
        log
    }
}
