//! Scenario files: one file is a lesson, a test and a saved session.
//!
//! [`Scenario::parse`] reads JSON with comments and answers either a scenario that is right in every detail that can be
//! checked without playing it, or all the mistakes it found, each with its place and what was expected there. Nothing
//! is dropped silently. The data types in [`mod@format`], [`act`] and [`predicate`] say what a file can hold;
//! `docs/scenario-format.md` says it for those who write files.

pub mod act;
mod audience;
mod cast;
pub mod compile;
mod diagnostic;
pub mod edit;
mod facts;
pub mod format;
mod json;
pub mod outcome;
pub mod predicate;
mod print;
mod print_act;
mod print_predicate;
mod read;
mod schema;
mod shape;
mod shapes;
mod shapes_act;
mod shapes_predicate;
mod source;
pub mod stage;
pub(crate) mod words;

pub use audience::Audience;
pub use cast::Cast;
pub use diagnostic::{Code, Diagnostic};
pub use format::Scenario;
pub use outcome::{Checked, Outcome, PlayOptions, Verdict};
pub use schema::schema;
pub use stage::{Director, Script, View, play, play_with};
