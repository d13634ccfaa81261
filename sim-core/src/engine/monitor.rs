//! Properties that are watched in every run.

use crate::base::{NodeId, SimTime, StepIndex, Steps};
use crate::engine::{Fault, Machine, World};
use crate::trace::Record;

/// What a property is, where it comes from, and what promises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The name that scenario files use (`zab.prefix-consistency`).
    pub name: &'static str,
    /// One sentence.
    pub says: &'static str,
    /// Where the property is stated (paper, TLA+ module and name, upstream test).
    pub source: &'static str,
    /// What must hold for it to be promised.
    pub promised_when: &'static str,
}

/// A property did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Violation {
    /// Which property.
    pub property: &'static str,
    /// Whether it was promised in this run.
    pub promised: bool,
    /// At which step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// At whose step.
    pub node: NodeId,
    /// The values that contradict each other, in English.
    pub says: Box<str>,
    /// The steps that brought those values.
    pub because: Steps,
}

/// A set of properties over a world of machines `M`: what a [`Run`](crate::engine::Run) carries
/// along.
pub trait Monitors<M: Machine>: Clone {
    /// Whether it looks at anything at all: if not, watching costs nothing.
    const WATCHES: bool = true;
    /// Whether it looks at details: if not, they are only built if somebody else wants them.
    const DETAILS: bool = true;
    /// Looks at one record, after the step that left it. `world` is the state after the step. Other
    /// records than facts come only if somebody else wants them.
    fn observe(&mut self, record: &Record<M::Fact>, world: &World<M>, broken: &mut Vec<Violation>);
    /// Looks at a process start or end, which leaves no fact of its own.
    fn lifecycle(&mut self, node: NodeId, up: bool, world: &World<M>, broken: &mut Vec<Violation>);
    /// Looks at an act from outside, after it was done: some end what a property promises.
    fn faulted(&mut self, fault: &Fault, world: &World<M>) {
        let _ = (fault, world);
    }
    /// Looks at a world that has come to rest: healed, and nobody asks it for anything.
    fn rested(&mut self, world: &World<M>, broken: &mut Vec<Violation>) {
        let _ = (world, broken);
    }
    /// Forgets everything, for a new run.
    fn reset(&mut self);
}

impl<M: Machine> Monitors<M> for () {
    const WATCHES: bool = false;
    fn observe(&mut self, _: &Record<M::Fact>, _: &World<M>, _: &mut Vec<Violation>) {}
    fn lifecycle(&mut self, _: NodeId, _: bool, _: &World<M>, _: &mut Vec<Violation>) {}
    fn reset(&mut self) {}
}
