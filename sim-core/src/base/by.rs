//! Values that remember the step they came from.

use crate::base::StepIndex;
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};

/// A value and the step at which its owner learnt it.
///
/// Equality and hash look at the value alone: where knowledge came from explains a decision but
/// never changes one, so two states that differ only in it are the same state.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct By<T> {
    /// What is known.
    pub value: T,
    /// The step that told it.
    pub by: StepIndex,
}

impl<T> By<T> {
    /// A value learnt at `by`.
    pub fn new(value: T, by: StepIndex) -> Self {
        Self { value, by }
    }
}

impl<T: PartialEq> PartialEq for By<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for By<T> {}

impl<T: Hash> Hash for By<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
