//! A stable hasher: the same number on every machine, thread count and target.
//!
//! Word-wise multiply and rotate in the manner of FxHash with a final mix; `usize` is widened to 64
//! bits, so that native and web agree. Not keyed and not for untrusted input: it fingerprints our
//! own states.

use core::hash::{Hash, Hasher};

const K: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hasher behind every fingerprint.
#[derive(Clone, Copy, Debug, Default)]
pub struct StableHasher(u64);

impl StableHasher {
    /// Starts from a value, to continue a chain.
    pub fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(26) ^ word).wrapping_mul(K);
    }
}

impl Hasher for StableHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            let mut array = [0; 8];
            array.copy_from_slice(word);
            self.add(u64::from_le_bytes(array));
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            let mut array = [0; 8];
            array[..rest.len()].copy_from_slice(rest);
            self.add(u64::from_le_bytes(array) ^ ((rest.len() as u64) << 56));
        }
    }
    fn write_u8(&mut self, i: u8) {
        self.add(u64::from(i));
    }
    fn write_u16(&mut self, i: u16) {
        self.add(u64::from(i));
    }
    fn write_u32(&mut self, i: u32) {
        self.add(u64::from(i));
    }
    fn write_u64(&mut self, i: u64) {
        self.add(i);
    }
    fn write_usize(&mut self, i: usize) {
        self.add(i as u64);
    }
    fn write_i8(&mut self, i: i8) {
        self.add(i as u64);
    }
    fn write_i16(&mut self, i: i16) {
        self.add(i as u64);
    }
    fn write_i32(&mut self, i: i32) {
        self.add(i as u64);
    }
    fn write_i64(&mut self, i: i64) {
        self.add(i as u64);
    }
    fn write_isize(&mut self, i: isize) {
        self.add(i as i64 as u64);
    }
    fn finish(&self) -> u64 {
        crate::base::mix(self.0)
    }
}

/// The stable hash of one value.
pub fn stable_hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = StableHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
