//! One node's disk: what a reader sees, what a power loss leaves, and what lies between.

use crate::base::{SimTime, StepIndex, WriteId};
use crate::engine::{DiskFault, DiskImage, IoError, Latency};
use core::hash::{Hash, Hasher};
use std::collections::VecDeque;
use std::sync::Arc;

/// A sync that was asked for and has not returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sync {
    pub write: WriteId,
    /// All changes up to this one become durable.
    pub upto: u64,
    pub result: Result<(), IoError>,
    /// The life of the process that waits for it.
    pub life: u32,
    pub cause: StepIndex,
}

/// A disk. A crash changes nothing here; a power loss falls back to `durable`.
#[derive(Clone, Debug)]
pub(super) struct Disk<D: DiskImage> {
    /// What a reader sees; taken out while its owner's step runs.
    pub buffered: Option<Arc<D>>,
    pub durable: Arc<D>,
    /// Changes of the step that is running.
    incoming: Vec<D::Change>,
    /// Changes in `buffered` but not in `durable`, oldest first.
    unsynced: VecDeque<D::Change>,
    /// How many changes were accepted since the start of the run.
    written: u64,
    /// How many of them are durable or lost.
    settled: u64,
    pub next_write: WriteId,
    /// When the last sync under way returns: the device works them off in order.
    pub busy_until: SimTime,
    pub syncs: u32,
    pub slow: Option<Latency>,
    pub stalled: bool,
    /// Syncs that wait for the end of a stall.
    pub waiting: Vec<Sync>,
    room: Option<u64>,
    failing: bool,
    tear_next: bool,
    /// The first error since the last sync was asked for.
    error: Option<IoError>,
}

impl<D: DiskImage> Disk<D> {
    pub fn new(image: &Arc<D>) -> Self {
        Self {
            buffered: Some(Arc::clone(image)),
            durable: Arc::clone(image),
            incoming: Vec::new(),
            unsynced: VecDeque::new(),
            written: 0,
            settled: 0,
            next_write: WriteId(0),
            busy_until: SimTime(0),
            syncs: 0,
            slow: None,
            stalled: false,
            waiting: Vec::new(),
            room: None,
            failing: false,
            tear_next: false,
            error: None,
        }
    }

    pub fn reset(&mut self, image: &Arc<D>) {
        let Self {
            buffered,
            durable,
            incoming,
            unsynced,
            written,
            settled,
            next_write,
            busy_until,
            syncs,
            slow,
            stalled,
            waiting,
            room,
            failing,
            tear_next,
            error,
        } = self;
        // Counting references is what a reset would cost, so an image that nobody changed stays.
        if !(buffered.as_ref()).is_some_and(|it| Arc::ptr_eq(it, image)) {
            *buffered = Some(Arc::clone(image));
        }
        if !Arc::ptr_eq(durable, image) {
            *durable = Arc::clone(image);
        }
        incoming.clear();
        unsynced.clear();
        waiting.clear();
        (*written, *settled, *syncs) = (0, 0, 0);
        (*next_write, *busy_until) = (WriteId(0), SimTime(0));
        (*slow, *room, *error) = (None, None, None);
        (*stalled, *failing, *tear_next) = (false, false, false);
    }

    pub fn image(&self) -> &D {
        self.buffered
            .as_ref()
            .expect("a disk is out only during its owner's step")
    }

    /// Accepts a change of the running step, or remembers why not.
    pub fn write(&mut self, change: D::Change) {
        if self.failing {
            self.error.get_or_insert(IoError::Failed);
            return;
        }
        if let Some(room) = &mut self.room {
            let weight = D::weight(&change);
            if weight > *room {
                self.error.get_or_insert(IoError::Full);
                return;
            }
            *room -= weight;
        }
        self.written += 1;
        self.incoming.push(change);
    }

    /// Asks for a sync of all that was accepted so far.
    pub fn sync(&mut self, life: u32, cause: StepIndex) -> Sync {
        let write = self.next_write;
        self.next_write = WriteId(write.0 + 1);
        let error = self.error.take();
        let error = if self.failing {
            Some(IoError::Failed)
        } else {
            error
        };
        Sync {
            write,
            upto: if error.is_some() { 0 } else { self.written },
            result: error.map_or(Ok(()), Err),
            life,
            cause,
        }
    }

    /// The step is over: its changes show from now on.
    pub fn apply_incoming(&mut self) {
        if self.incoming.is_empty() {
            return;
        }
        let image = Arc::make_mut(self.buffered.as_mut().expect("put back after the step"));
        for change in self.incoming.drain(..) {
            image.apply(&change);
            self.unsynced.push_back(change);
        }
    }

    /// A sync returned.
    pub fn settle(&mut self, upto: u64) {
        if self.settled >= upto {
            return;
        }
        let durable = Arc::make_mut(&mut self.durable);
        while self.settled < upto {
            let change = self.unsynced.pop_front();
            durable.apply(&change.expect("a change is unsynced until it is settled"));
            self.settled += 1;
        }
    }

    /// How many changes a sync up to this one would make durable.
    pub fn settles(&self, upto: u64) -> u64 {
        upto.saturating_sub(self.settled)
    }

    /// What a power loss now would lose.
    pub fn hash_unsynced(&self, hasher: &mut impl Hasher) {
        self.unsynced.hash(hasher);
    }

    /// What the device does next, apart from its content.
    pub fn hash_device(&self, now: SimTime, hasher: &mut impl Hasher) {
        (self.next_write, self.syncs, self.slow, self.stalled).hash(hasher);
        (self.room, self.failing, self.tear_next, self.error).hash(hasher);
        if self.busy_until > now {
            self.busy_until.hash(hasher);
        }
        for sync in &self.waiting {
            (sync.write, self.settles(sync.upto), sync.result).hash(hasher);
        }
    }

    /// What was not synced is gone; a device that tears leaves a part of the oldest change.
    pub fn lose_power(&mut self) {
        let tear = core::mem::take(&mut self.tear_next);
        if let (true, Some(oldest)) = (tear, self.unsynced.pop_front()) {
            Arc::make_mut(&mut self.durable).apply_torn(&oldest);
        }
        self.unsynced.clear();
        self.settled = self.written;
        self.waiting.clear();
        self.error = None;
        self.buffered = Some(Arc::clone(&self.durable));
    }

    pub fn wipe(&mut self) {
        self.unsynced.clear();
        self.settled = self.written;
        self.durable = Arc::new(self.durable.wiped());
        self.buffered = Some(Arc::clone(&self.durable));
    }

    /// Sets a fault. `TearNext` adds to the fault that is on; every other one replaces all.
    pub fn set_fault(&mut self, fault: DiskFault) {
        if fault == DiskFault::TearNext {
            self.tear_next = true;
            return;
        }
        self.tear_next = false;
        self.slow = None;
        self.stalled = false;
        self.room = None;
        self.failing = false;
        match fault {
            DiskFault::None | DiskFault::TearNext => {}
            DiskFault::Slow(latency) => self.slow = Some(latency),
            DiskFault::Stall => self.stalled = true,
            DiskFault::Full(bytes) => self.room = Some(bytes),
            DiskFault::Fail => self.failing = true,
        }
    }
}
