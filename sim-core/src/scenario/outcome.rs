//! What came of playing a scenario.

use crate::base::{SimTime, StepIndex};
use crate::engine::Violation;
use crate::scenario::format::{Name, Place};

/// How to play a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlayOptions {
    /// Another seed than the file's.
    pub seed: Option<u64>,
    /// Which variant; the file as it stands if not said.
    pub variant: Option<Name>,
    /// Stops here, even if the scenario goes on; expectations of later moments are not judged.
    pub until: Option<SimTime>,
    /// Stops (and fails) after so many steps; a bound against scenarios that never end.
    pub max_steps: Option<u64>,
    /// Does without the hash of the trace.
    pub no_hash: bool,
}

/// What came of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It held.
    Held,
    /// It did not.
    Failed,
    /// The play ended before it could be judged.
    NotReached,
}

/// One expectation, condition or question after it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Where it stands in the file.
    pub place: Place,
    /// Its path in the file: `steps[3].expect[0]`.
    pub path: Box<str>,
    /// When it was judged.
    pub at: SimTime,
    /// After which step of the simulation.
    pub step: StepIndex,
    /// How it came out.
    pub verdict: Verdict,
    /// What was expected, in the file's own words.
    pub expected: Box<str>,
    /// What was found: the values compared, with their servers.
    pub found: Box<str>,
}

/// What came of playing a scenario once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The variant played.
    pub variant: Option<Name>,
    /// The seed it was played with.
    pub seed: u64,
    /// All that was judged, in the order of judgement.
    pub checked: Vec<Checked>,
    /// Violations that the file does not announce. Those with `promised` fail the scenario.
    pub violations: Vec<Violation>,
    /// Violations that the file announces, and that came.
    pub announced: Vec<Violation>,
    /// The hash of the trace.
    pub trace_hash: u64,
    /// How many steps the simulation took.
    pub steps: u64,
    /// When it ended.
    pub end: SimTime,
}

impl Outcome {
    /// Whether every expectation held and no promised property broke unannounced.
    pub fn passed(&self) -> bool {
        self.failures().next().is_none() && self.broken().next().is_none()
    }

    /// What was expected and did not hold.
    pub fn failures(&self) -> impl Iterator<Item = &Checked> {
        self.checked
            .iter()
            .filter(|checked| checked.verdict == Verdict::Failed)
    }

    /// Promised properties that broke although the file does not announce it.
    pub fn broken(&self) -> impl Iterator<Item = &Violation> {
        self.violations
            .iter()
            .filter(|violation| violation.promised)
    }
}
