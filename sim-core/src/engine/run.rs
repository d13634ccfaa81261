//! A run: a world and the properties that are watched in it. What a checkpoint, a branch and a
//! fingerprint hold.

use crate::base::{CallId, NodeId, SimTime, StableHasher, StepIndex};
use crate::engine::{Fault, Machine, Monitors, Observer, Stepped, Violation, World};
use crate::trace::Record;
use core::hash::Hasher;

/// A world, its monitors, and what they found broken. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Run<M: Machine, Mon> {
    world: World<M>,
    monitors: Mon,
    broken: Vec<Violation>,
    /// What the running step left; empty between steps.
    seen: Vec<Seen<M::Fact>>,
}

#[derive(Clone, Debug)]
enum Seen<F> {
    Record(Record<F>),
    Lifecycle(NodeId, bool),
}

/// Why [`Run::advance`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advanced {
    /// Nothing more is due at or before the limit.
    ToLimit,
    /// The steps it was allowed are used up.
    ToBudget,
}

impl<M: Machine, Mon: Monitors<M>> Run<M, Mon> {
    /// A run at the state of `world`.
    pub fn new(world: World<M>, monitors: Mon) -> Self {
        Self {
            world,
            monitors,
            broken: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Back to time zero with another seed, keeping allocations.
    pub fn reset(&mut self, seed: u64) {
        self.world.reset(seed);
        self.monitors.reset();
        self.broken.clear();
    }

    /// The world after the last step.
    pub fn world(&self) -> &World<M> {
        &self.world
    }

    /// The monitors after the last step.
    pub fn monitors(&self) -> &Mon {
        &self.monitors
    }

    /// What was found broken so far, in the order found.
    pub fn broken(&self) -> &[Violation] {
        &self.broken
    }

    /// The world, for what no monitor needs to know: [`World::enumerate`].
    pub fn world_mut(&mut self) -> &mut World<M> {
        &mut self.world
    }

    /// As [`World::step`], watched.
    pub fn step(&mut self, limit: SimTime, observer: &mut impl Observer<M>) -> Option<Stepped> {
        if !Mon::WATCHES {
            return self.world.step(limit, observer);
        }
        let mut watch = Watch {
            seen: &mut self.seen,
            details: Mon::DETAILS || observer.wants_details(),
            all: observer.wants_all(),
        };
        let stepped = self.world.step(limit, &mut watch);
        if !self.seen.is_empty() {
            self.look(observer);
        }
        stepped
    }

    /// As [`World::inject_as`], watched.
    pub fn inject(
        &mut self,
        fault: &Fault,
        text: Option<&str>,
        observer: &mut impl Observer<M>,
    ) -> StepIndex {
        if !Mon::WATCHES {
            return self.world.inject_as(fault, text, observer);
        }
        let mut watch = Watch {
            seen: &mut self.seen,
            details: Mon::DETAILS || observer.wants_details(),
            all: observer.wants_all(),
        };
        let step = self.world.inject_as(fault, text, &mut watch);
        self.monitors.faulted(fault, &self.world);
        self.look(observer);
        step
    }

    /// As [`World::call`].
    pub fn call(&mut self, node: NodeId, op: M::Op) -> CallId {
        self.world.call(node, op)
    }

    /// Takes steps up to `limit` of time, but not more than `max_steps`.
    pub fn advance(
        &mut self,
        limit: SimTime,
        max_steps: u64,
        observer: &mut impl Observer<M>,
    ) -> Advanced {
        for _ in 0..max_steps {
            if self.step(limit, observer).is_none() {
                return Advanced::ToLimit;
            }
        }
        Advanced::ToBudget
    }

    /// Shows the monitors a world that has come to rest. Whether it has is the caller's to know.
    pub fn rest(&mut self) {
        self.monitors.rested(&self.world, &mut self.broken);
    }

    /// A number for all that decides how the world goes on, and for how many properties broke.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = StableHasher::from_seed(self.world.fingerprint());
        hasher.write_u64(self.broken.len() as u64);
        hasher.finish()
    }

    /// Shows the monitors what the step left, now that it is over, then the observer.
    fn look(&mut self, observer: &mut impl Observer<M>) {
        for seen in &self.seen {
            match seen {
                Seen::Record(record) => {
                    self.monitors.observe(record, &self.world, &mut self.broken);
                }
                Seen::Lifecycle(node, up) => {
                    self.monitors
                        .lifecycle(*node, *up, &self.world, &mut self.broken);
                    observer.lifecycle(*node, *up);
                }
            }
        }
        if observer.wants_all() || observer.wants_facts() {
            for seen in self.seen.drain(..) {
                if let Seen::Record(record) = seen {
                    observer.record(record);
                }
            }
        }
        self.seen.clear();
    }
}

/// Keeps what a step leaves until it is over.
struct Watch<'a, F> {
    seen: &'a mut Vec<Seen<F>>,
    details: bool,
    all: bool,
}

impl<M: Machine> Observer<M> for Watch<'_, M::Fact> {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_details(&self) -> bool {
        self.details
    }
    fn wants_all(&self) -> bool {
        self.all
    }
    fn record(&mut self, record: Record<M::Fact>) {
        self.seen.push(Seen::Record(record));
    }
    fn lifecycle(&mut self, node: NodeId, up: bool) {
        self.seen.push(Seen::Lifecycle(node, up));
    }
}
