//! The timers of one process, by name.
//!
//! Re-arming is lazy: a timer that is pushed back leaves its place in the queue where it is, and
//! moves on when that comes up. Its order among events of one instant is that of the `arm` that set
//! it, as if it had been queued then.
//!
//! A process has few timers at a time, so a name is looked for one by one. A place in the queue says
//! in which slot its timer is; the sequence number tells if the slot has another one by now.

use crate::base::{LocalTime, SimTime, StepIndex};
use crate::engine::queue::Sequence;

/// Where a timer is kept.
pub(super) type Slot = u32;

#[derive(Clone, Debug)]
struct Entry<T> {
    name: T,
    armed: bool,
    local: LocalTime,
    due: SimTime,
    sequence: Sequence,
    cause: StepIndex,
    /// The place in the queue that will wake it.
    queued: Option<(SimTime, Sequence)>,
}

/// All timers of one process.
#[derive(Clone, Debug)]
pub(super) struct Timers<T> {
    entries: Vec<Entry<T>>,
}

/// What a place in the queue that came up means.
pub(super) enum Due<T> {
    /// Nothing: disarmed, or another place stands for it now.
    Stale,
    /// Not yet: queue it again here.
    Later(SimTime, Sequence),
    /// This one fires; this step had armed it.
    Fires(T, StepIndex),
}

impl<T: Copy + Eq> Timers<T> {
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Arms a timer. Returns its slot if it needs a place in the queue at `due` under `sequence`.
    pub fn arm(
        &mut self,
        name: T,
        local: LocalTime,
        due: SimTime,
        sequence: Sequence,
        cause: StepIndex,
    ) -> Option<Slot> {
        let index = self.find(name).unwrap_or_else(|| self.insert(name));
        let entry = &mut self.entries[index];
        entry.armed = true;
        entry.local = local;
        entry.due = due;
        entry.sequence = sequence;
        entry.cause = cause;
        entry.needs_place().then_some(index as Slot)
    }

    /// Those that run, and when they fall due.
    pub fn armed(&self) -> impl Iterator<Item = (T, SimTime)> {
        let armed = self.entries.iter().filter(|entry| entry.armed);
        armed.map(|entry| (entry.name, entry.due))
    }

    /// Those that will come up: the name of each, when, and its order among events of one instant.
    /// One that fell due while its process was stopped waits for the process instead.
    pub fn to_come(&self) -> impl Iterator<Item = (T, SimTime, Sequence)> {
        let entries = self.entries.iter();
        let waiting = entries.filter(|entry| entry.armed && entry.queued.is_some());
        waiting.map(|entry| (entry.name, entry.due, entry.sequence))
    }

    pub fn disarm(&mut self, name: T) {
        if let Some(index) = self.find(name) {
            self.entries[index].armed = false;
        }
    }

    /// A place in the queue came up.
    pub fn due(&mut self, slot: Slot, now: SimTime, place: Sequence) -> Due<T> {
        let Some(entry) = self.entries.get_mut(slot as usize) else {
            return Due::Stale;
        };
        if entry.queued.is_none_or(|(_, sequence)| sequence != place) {
            return Due::Stale;
        }
        entry.queued = None;
        if !entry.armed {
            return Due::Stale;
        }
        if entry.due > now || entry.sequence != place {
            entry.queued = Some((entry.due, entry.sequence));
            return Due::Later(entry.due, entry.sequence);
        }
        entry.armed = false;
        Due::Fires(entry.name, entry.cause)
    }

    /// A timer came up while its process was stopped: it waits for the process, not in the queue.
    pub fn miss(&mut self, slot: Slot, now: SimTime, place: Sequence) -> Due<T> {
        let due = self.due(slot, now, place);
        if let Due::Fires(..) = &due {
            self.entries[slot as usize].armed = true;
        }
        due
    }

    /// A missed timer's turn: whether it still fires.
    pub fn late(&mut self, name: T, now: SimTime) -> Option<StepIndex> {
        let index = self.find(name)?;
        let entry = &mut self.entries[index];
        if !entry.armed || entry.due > now || entry.queued.is_some() {
            return None;
        }
        entry.armed = false;
        Some(entry.cause)
    }

    /// The clock runs differently now: `when` says when it shows a time. Calls `place` for each new
    /// place needed.
    pub fn retime(
        &mut self,
        when: impl Fn(LocalTime) -> SimTime,
        mut place: impl FnMut(Slot, SimTime, Sequence),
    ) {
        for (slot, entry) in self.entries.iter_mut().enumerate() {
            let missed = entry.armed && entry.queued.is_none();
            if !entry.armed || missed {
                continue;
            }
            entry.due = when(entry.local);
            if entry.needs_place() {
                place(slot as Slot, entry.due, entry.sequence);
            }
        }
    }

    fn find(&self, name: T) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }

    /// Makes an entry, in the place of one that stands for nothing any more if there is one.
    fn insert(&mut self, name: T) -> usize {
        let entry = Entry {
            name,
            armed: false,
            local: LocalTime(0),
            due: SimTime(0),
            sequence: 0,
            cause: StepIndex(0),
            queued: None,
        };
        let free = |entry: &Entry<T>| !entry.armed && entry.queued.is_none();
        if let Some(index) = self.entries.iter().position(free) {
            self.entries[index] = entry;
            return index;
        }
        self.entries.push(entry);
        self.entries.len() - 1
    }
}

impl<T> Entry<T> {
    /// Whether no place in the queue comes up early enough; if so, notes the new one.
    fn needs_place(&mut self) -> bool {
        let needs = self.queued.is_none_or(|(at, _)| at > self.due);
        if needs {
            self.queued = Some((self.due, self.sequence));
        }
        needs
    }
}
