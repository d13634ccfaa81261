//! Everything undecided is decided here: from the seed, from pins over it, or by a search that
//! enumerates.

use crate::base::{Keys, Point};
use core::hash::{Hash, Hasher};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Values that take the place of draws: a script is a sparse map over a seed.
pub type Pins = BTreeMap<Point, u64>;

/// One decision that an enumerating run came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What was decided.
    pub point: Point,
    /// How many options there were, at least 2.
    pub options: u32,
    /// Which one was taken, from 0.
    pub taken: u32,
}

/// What decides.
#[derive(Clone, Debug)]
pub(super) enum Chooser {
    /// The seed alone.
    Seeded(Keys),
    /// The seed, but for some points.
    Pinned(Keys, Arc<Pins>),
    /// A prefix of choices, then always the first option; draws come from the seed.
    Enumerate {
        keys: Keys,
        prefix: Arc<[u32]>,
        made: Vec<Choice>,
    },
}

impl Chooser {
    pub fn new(seed: u64, pins: &Arc<Pins>) -> Self {
        if pins.is_empty() {
            Chooser::Seeded(Keys::new(seed))
        } else {
            Chooser::Pinned(Keys::new(seed), Arc::clone(pins))
        }
    }

    pub fn enumerate(seed: u64, prefix: Arc<[u32]>) -> Self {
        Chooser::Enumerate {
            keys: Keys::new(seed),
            prefix,
            made: Vec::new(),
        }
    }

    /// The value of the seed and the pins, or what is left of a prefix to be followed.
    pub fn hash(&self, hasher: &mut impl Hasher) {
        match self {
            Chooser::Seeded(keys) => keys.hash(hasher),
            Chooser::Pinned(keys, pins) => (keys, pins).hash(hasher),
            Chooser::Enumerate { keys, prefix, made } => {
                let left = prefix.get(made.len()..).unwrap_or_default();
                (keys, left).hash(hasher);
            }
        }
    }

    /// A value uniform over all 64-bit numbers.
    #[inline]
    pub fn draw(&self, point: Point) -> u64 {
        match self {
            Chooser::Seeded(keys) | Chooser::Enumerate { keys, .. } => keys.at(point),
            Chooser::Pinned(keys, pins) => pinned(keys, pins, point),
        }
    }

    /// A number below `options`.
    pub fn choose(&mut self, point: Point, options: u32) -> u32 {
        assert!(options > 0, "a choice between nothing");
        if options == 1 {
            return 0;
        }
        if let Chooser::Enumerate { prefix, made, .. } = self {
            let taken = prefix.get(made.len()).copied().unwrap_or(0);
            assert!(taken < options, "a scripted choice is out of range");
            made.push(Choice {
                point,
                options,
                taken,
            });
            return taken;
        }
        ((u128::from(self.draw(point)) * u128::from(options)) >> 64) as u32
    }

    /// The choices made so far, if they are enumerated.
    pub fn made(&self) -> &[Choice] {
        match self {
            Chooser::Enumerate { made, .. } => made,
            _ => &[],
        }
    }
}

#[cold]
fn pinned(keys: &Keys, pins: &Pins, point: Point) -> u64 {
    pins.get(&point).copied().unwrap_or_else(|| keys.at(point))
}
