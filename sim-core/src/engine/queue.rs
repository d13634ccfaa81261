//! The queue of what is to come, ordered by (time, sequence).
//!
//! Keys of 16 bytes sit in a binary heap; the events themselves in a slab. What happens at the
//! current instant goes through a ring that is compared with the heap's head. The ring holds fresh
//! sequence numbers only: an event that keeps an older number (a lazily re-armed timer) always goes
//! through the heap, or it would be late among its equals.

#![expect(clippy::inline_always, reason = "an event is built where it will wait")]

use crate::base::SimTime;
use core::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// The order of events of one instant.
pub(super) type Sequence = u64;

const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

/// Events by (time, sequence).
#[derive(Clone, Debug)]
pub(super) struct Queue<E> {
    /// (time << 64) | (sequence << 24) | slot
    heap: BinaryHeap<Reverse<u128>>,
    /// (sequence << 24) | slot, all due at the current instant.
    ring: VecDeque<u64>,
    slab: Vec<Option<E>>,
    free: Vec<u32>,
    fresh: Sequence,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            ring: VecDeque::new(),
            slab: Vec::new(),
            free: Vec::new(),
            fresh: 0,
        }
    }
}

impl<E> Queue<E> {
    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.heap.clear();
        self.ring.clear();
        self.slab.clear();
        self.free.clear();
        self.fresh = 0;
    }

    /// Takes a sequence number.
    pub fn fresh(&mut self) -> Sequence {
        let sequence = self.fresh;
        self.fresh += 1;
        sequence
    }

    /// Queues an event with a fresh sequence number.
    #[inline(always)]
    pub fn push(&mut self, now: SimTime, at: SimTime, event: E) {
        let sequence = self.fresh();
        let tail = self.store(sequence, event);
        if at <= now {
            self.ring.push_back(tail);
        } else {
            self.heap.push(Reverse(key(at, tail)));
        }
    }

    /// Queues an event under a sequence number taken earlier.
    pub fn push_as(&mut self, at: SimTime, sequence: Sequence, event: E) {
        let tail = self.store(sequence, event);
        self.heap.push(Reverse(key(at, tail)));
    }

    /// When the next event is due.
    pub fn next_at(&self, now: SimTime) -> Option<SimTime> {
        if self.ring.is_empty() {
            self.heap.peek().map(|head| SimTime((head.0 >> 64) as u64))
        } else {
            Some(now)
        }
    }

    /// Takes the next event if it is due at or before `limit`.
    #[inline(always)]
    pub fn pop(&mut self, now: SimTime, limit: SimTime) -> Option<(SimTime, Sequence, E)> {
        let head = self.heap.peek().map_or(u128::MAX, |head| head.0);
        let ring = self.ring.front().map_or(u128::MAX, |tail| key(now, *tail));
        let first = head.min(ring);
        if first == u128::MAX || (first >> 64) as u64 > limit.0 {
            return None;
        }
        if ring < head {
            self.ring.pop_front();
        } else {
            self.heap.pop();
        }
        let tail = first as u64;
        let slot = (tail & SLOT_MASK) as u32;
        self.free.push(slot);
        let event = self.slab[slot as usize].take();
        let event = event.expect("a queued key has its event");
        Some((SimTime((first >> 64) as u64), tail >> SLOT_BITS, event))
    }

    /// All events under way with the time and sequence of each, in no particular order.
    pub fn iter(&self, now: SimTime) -> impl Iterator<Item = (SimTime, Sequence, &E)> {
        let ring = self.ring.iter().map(move |tail| key(now, *tail));
        let keys = self.heap.iter().map(|key| key.0).chain(ring);
        keys.map(|key| {
            let tail = key as u64;
            let event = self.slab[(tail & SLOT_MASK) as usize].as_ref();
            let event = event.expect("a queued key has its event");
            (SimTime((key >> 64) as u64), tail >> SLOT_BITS, event)
        })
    }

    /// Takes events out, in their order. Their places come up as `void`.
    pub fn take_back(
        &mut self,
        now: SimTime,
        pick: impl Fn(SimTime, Sequence, &E) -> bool,
        void: impl Fn() -> E,
    ) -> Vec<E> {
        let ring = self.ring.iter().map(|tail| key(now, *tail));
        let mut keys: Vec<u128> = self.heap.iter().map(|key| key.0).chain(ring).collect();
        keys.sort_unstable();
        let mut taken = Vec::new();
        for key in keys {
            let tail = key as u64;
            let event = self.slab[(tail & SLOT_MASK) as usize].as_mut();
            let event = event.expect("a queued key has its event");
            if pick(SimTime((key >> 64) as u64), tail >> SLOT_BITS, event) {
                taken.push(core::mem::replace(event, void()));
            }
        }
        taken
    }

    #[inline(always)]
    fn store(&mut self, sequence: Sequence, event: E) -> u64 {
        let slot = if let Some(slot) = self.free.pop() {
            self.slab[slot as usize] = Some(event);
            slot
        } else {
            self.slab.push(Some(event));
            (self.slab.len() - 1) as u32
        };
        assert!(
            u64::from(slot) <= SLOT_MASK,
            "more than 16 million events under way"
        );
        assert!(
            sequence >> (64 - SLOT_BITS) == 0,
            "more than 10^12 events in one run"
        );
        (sequence << SLOT_BITS) | u64::from(slot)
    }
}

fn key(at: SimTime, tail: u64) -> u128 {
    (u128::from(at.0) << 64) | u128::from(tail)
}
