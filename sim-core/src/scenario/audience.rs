//! Who watches a play: narrators, exporters, windows.
//!
//! Everything is told in the order in which it happens, with the world as it is then. An audience changes nothing: the
//! same file and seed play the same with any audience or none.

use crate::base::{SimTime, StepIndex};
use crate::cluster::{Fact, World};
use crate::engine::{Fault, Violation};
use crate::scenario::format::{Ask, Step};
use crate::scenario::outcome::Checked;
use crate::trace::Record;

/// Someone who watches a play. Every method may be left out.
pub trait Audience {
    /// Whether all records are told, not only facts and what came from outside.
    fn wants_all(&self) -> bool {
        false
    }

    /// The play begins: all nodes are down.
    fn begin(&mut self, _world: &World) {}

    /// A step of the file was reached; its acts are about to be done.
    fn step(&mut self, _at: SimTime, _step: &Step, _world: &World) {}

    /// A fault of a step's acts was done, with the step number that it took.
    fn faulted(&mut self, _at: SimTime, _step: StepIndex, _fault: &Fault, _world: &World) {}

    /// A question of the file was reached.
    fn asked(&mut self, _at: SimTime, _ask: &Ask, _world: &World) {}

    /// A record was left. The world is as after the step that left it.
    fn record(&mut self, _record: &Record<Fact>, _world: &World) {}

    /// An expectation or an answer was judged.
    fn checked(&mut self, _checked: &Checked, _world: &World) {}

    /// A property broke, promised or not, announced or not.
    fn violated(&mut self, _violation: &Violation, _world: &World) {}

    /// The play ended.
    fn end(&mut self, _world: &World) {}
}

/// Nobody watches.
impl Audience for () {}

/// Someone watches, or nobody.
impl<A: Audience> Audience for Option<A> {
    fn wants_all(&self) -> bool {
        self.as_ref().is_some_and(Audience::wants_all)
    }

    fn begin(&mut self, world: &World) {
        if let Some(it) = self {
            it.begin(world);
        }
    }

    fn step(&mut self, at: SimTime, step: &Step, world: &World) {
        if let Some(it) = self {
            it.step(at, step, world);
        }
    }

    fn faulted(&mut self, at: SimTime, step: StepIndex, fault: &Fault, world: &World) {
        if let Some(it) = self {
            it.faulted(at, step, fault, world);
        }
    }

    fn asked(&mut self, at: SimTime, ask: &Ask, world: &World) {
        if let Some(it) = self {
            it.asked(at, ask, world);
        }
    }

    fn record(&mut self, record: &Record<Fact>, world: &World) {
        if let Some(it) = self {
            it.record(record, world);
        }
    }

    fn checked(&mut self, checked: &Checked, world: &World) {
        if let Some(it) = self {
            it.checked(checked, world);
        }
    }

    fn violated(&mut self, violation: &Violation, world: &World) {
        if let Some(it) = self {
            it.violated(violation, world);
        }
    }

    fn end(&mut self, world: &World) {
        if let Some(it) = self {
            it.end(world);
        }
    }
}

/// Two watch side by side.
impl<A: Audience, B: Audience> Audience for (&mut A, &mut B) {
    fn wants_all(&self) -> bool {
        self.0.wants_all() || self.1.wants_all()
    }

    fn begin(&mut self, world: &World) {
        self.0.begin(world);
        self.1.begin(world);
    }

    fn step(&mut self, at: SimTime, step: &Step, world: &World) {
        self.0.step(at, step, world);
        self.1.step(at, step, world);
    }

    fn faulted(&mut self, at: SimTime, step: StepIndex, fault: &Fault, world: &World) {
        self.0.faulted(at, step, fault, world);
        self.1.faulted(at, step, fault, world);
    }

    fn asked(&mut self, at: SimTime, ask: &Ask, world: &World) {
        self.0.asked(at, ask, world);
        self.1.asked(at, ask, world);
    }

    fn record(&mut self, record: &Record<Fact>, world: &World) {
        self.0.record(record, world);
        self.1.record(record, world);
    }

    fn checked(&mut self, checked: &Checked, world: &World) {
        self.0.checked(checked, world);
        self.1.checked(checked, world);
    }

    fn violated(&mut self, violation: &Violation, world: &World) {
        self.0.violated(violation, world);
        self.1.violated(violation, world);
    }

    fn end(&mut self, world: &World) {
        self.0.end(world);
        self.1.end(world);
    }
}
