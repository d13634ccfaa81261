//! Draws are points, not streams: a draw is a pure function of (seed, purpose, subject, nth).
//!
//! "The latency of the third NOTIFICATION from zk1 to zk2" keeps its value when another message,
//! fault or operation is removed, or when a server runs another version; replay, pinning and
//! shrinking rest on that.
//!
//! The key of each purpose comes from one ChaCha8 stream of the seed (only raw 64-bit words are
//! taken from it). The draw is two rounds of the 64-bit finaliser *moremur* (Pelle Evensen, 2019)
//! over key, subject and counter. Test vectors pin both.

use crate::base::StableHasher;
use core::hash::{Hash, Hasher};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// What a draw is for. The number is part of every pin and every trace: never renumber, only
/// append.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Purpose {
    /// The latency of one message on one link.
    Latency = 0,
    /// The time from dialling to being connected or refused.
    Dial = 1,
    /// The delay of one hand-over between two threads of a server.
    Lane = 2,
    /// The time one sync takes.
    Sync = 3,
    /// Whether and what a fault hits.
    Fault = 4,
    /// A choice that a machine asks for.
    Machine = 5,
    /// What a load does next.
    Load = 6,
    /// The order of things enabled at one instant (search only).
    Order = 7,
    /// Where a monotonic clock starts and how it drifts.
    Clock = 8,
    /// The plan of a campaign.
    Campaign = 9,
}

impl Purpose {
    /// How many purposes there are.
    pub const COUNT: usize = 10;
}

/// One undecided thing: the `nth` draw for `purpose` about `subject`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Point {
    /// What it is for.
    pub purpose: Purpose,
    /// What it is about; how it is packed is up to the purpose.
    pub subject: u64,
    /// Which one, from 0.
    pub nth: u32,
}

/// The 64-bit finaliser moremur.
#[inline]
pub const fn mix(mut x: u64) -> u64 {
    x ^= x >> 27;
    x = x.wrapping_mul(0x3C79_AC49_2BA7_B653);
    x ^= x >> 33;
    x = x.wrapping_mul(0x1C69_B3F7_4AC4_AE35);
    x ^ (x >> 27)
}

/// The keys of one seed, one per purpose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keys(pub(super) [u64; Purpose::COUNT]);

impl Keys {
    /// Derives the keys of `seed`.
    pub fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let mut stream = ChaCha8Rng::from_seed(bytes);
        Self(core::array::from_fn(|_| stream.next_u64()))
    }

    /// The value at a point: uniform over all 64-bit numbers.
    #[inline]
    pub fn at(&self, point: Point) -> u64 {
        let key = self.0[point.purpose as usize];
        mix(mix(key ^ point.subject.wrapping_mul(0x9E37_79B9_7F4A_7C15)) ^ u64::from(point.nth))
    }
}

/// How many draws were made so far, per purpose and subject.
///
/// Subjects below 4,096 sit in dense tables, the others (those of machines hold their node in the
/// high bits) in sorted ones: they are few, and each comes again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counters {
    dense: [Vec<u32>; Purpose::COUNT],
    sparse: [Vec<(u64, u32)>; Purpose::COUNT],
}

impl Counters {
    const DENSE: u64 = 4_096;

    /// The next point for `purpose` about `subject`.
    pub fn next(&mut self, purpose: Purpose, subject: u64) -> Point {
        let counter = if subject < Self::DENSE {
            let table = &mut self.dense[purpose as usize];
            let index = subject as usize;
            if index >= table.len() {
                table.resize(index + 1, 0);
            }
            &mut table[index]
        } else {
            let table = &mut self.sparse[purpose as usize];
            let place = table.binary_search_by_key(&subject, |entry| entry.0);
            let index = place.unwrap_or_else(|index| {
                table.insert(index, (subject, 0));
                index
            });
            &mut table[index].1
        };
        let nth = *counter;
        *counter = nth.wrapping_add(1);
        Point {
            purpose,
            subject,
            nth,
        }
    }

    /// A number for the counts. A table that holds none is the same whether it was ever used.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = StableHasher::default();
        for (dense, sparse) in self.dense.iter().zip(&self.sparse) {
            let dense = dense.iter().enumerate();
            let some = dense.filter(|(_, count)| **count > 0);
            some.for_each(|(subject, count)| (subject as u64, count).hash(&mut hasher));
            sparse.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Forgets all counts but keeps the tables.
    pub fn reset(&mut self) {
        // Most tables are empty, and filling nothing is not free.
        let used = self.dense.iter_mut().filter(|table| !table.is_empty());
        used.for_each(|table| table.fill(0));
        self.sparse.iter_mut().for_each(Vec::clear);
    }
}
