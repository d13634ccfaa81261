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
