//! The timers of one process, by name.
//!
//! Re-arming is lazy: a timer that is pushed back leaves its place in the queue where it is, and
//! moves on when that comes up. Its order among events of one instant is that of the `arm` that set
//! it, as if it had been queued then.

use crate::base::{LocalTime, SimTime, StepIndex};
use crate::engine::queue::Sequence;

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

/// Timers in the order of their names.
#[derive(Clone, Debug)]
pub(super) struct Timers<T> {
    entries: Vec<Entry<T>>,
}

/// What a place in the queue that came up means.
pub(super) enum Due {
    /// Nothing: disarmed, or another place stands for it now.
    Stale,
    /// Not yet: queue it again here.
    Later(SimTime, Sequence),
    /// It fires; this step had armed it.
    Fires(StepIndex),
}

impl<T: Copy + Ord> Timers<T> {
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Arms a timer. Returns whether it needs a place in the queue at `due` under `sequence`.
    pub fn arm(
        &mut self,
        name: T,
        local: LocalTime,
        due: SimTime,
        sequence: Sequence,
        cause: StepIndex,
    ) -> bool {
        let index = match self.find(name) {
            Ok(index) => index,
            Err(_) => self.insert(name),
        };
        let entry = &mut self.entries[index];
        entry.armed = true;
        entry.local = local;
        entry.due = due;
        entry.sequence = sequence;
        entry.cause = cause;
        entry.needs_place()
    }

    /// Those that run, and when they fall due.
    pub fn armed(&self) -> impl Iterator<Item = (T, SimTime)> {
        let armed = self.entries.iter().filter(|entry| entry.armed);
        armed.map(|entry| (entry.name, entry.due))
    }

    pub fn disarm(&mut self, name: T) {
        if let Ok(index) = self.find(name) {
            self.entries[index].armed = false;
        }
    }

    /// A place in the queue came up.
    pub fn due(&mut self, name: T, now: SimTime, place: Sequence) -> Due {
        let Ok(index) = self.find(name) else {
            return Due::Stale;
        };
        let entry = &mut self.entries[index];
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
        Due::Fires(entry.cause)
    }

    /// A timer came up while its process was stopped: it waits for the process, not in the queue.
    pub fn miss(&mut self, name: T, now: SimTime, place: Sequence) -> Due {
        let due = self.due(name, now, place);
        if let (Due::Fires(_), Ok(index)) = (&due, self.find(name)) {
            self.entries[index].armed = true;
        }
        due
    }

    /// A missed timer's turn: whether it still fires.
    pub fn late(&mut self, name: T, now: SimTime) -> Option<StepIndex> {
        let index = self.find(name).ok()?;
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
        mut place: impl FnMut(T, SimTime, Sequence),
    ) {
        for entry in &mut self.entries {
            let missed = entry.armed && entry.queued.is_none();
            if !entry.armed || missed {
                continue;
            }
            entry.due = when(entry.local);
            if entry.needs_place() {
                place(entry.name, entry.due, entry.sequence);
            }
        }
    }

    fn find(&self, name: T) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.name.cmp(&name))
    }

    fn insert(&mut self, name: T) -> usize {
        if self.entries.len() == self.entries.capacity() {
            self.entries
                .retain(|entry| entry.armed || entry.queued.is_some());
        }
        let index = self.find(name).unwrap_err();
        self.entries.insert(
            index,
            Entry {
                name,
                armed: false,
                local: LocalTime(0),
                due: SimTime(0),
                sequence: 0,
                cause: StepIndex(0),
                queued: None,
            },
        );
        index
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
