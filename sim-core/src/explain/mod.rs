//! Facts as sentences, in English and Chinese, and the chain of why behind one.
//!
//! A [`Sentence`] is a key with typed arguments and the steps that told them; a [`Lang`] is an
//! argument of rendering, never a global. Nothing here decides anything: every value in a sentence
//! was compared by the server that left the fact. Texts sit in `text_*.rs`, side by side in both
//! languages; read [`sentence`] for how facts choose them and [`why`] for how records lead back to
//! their causes.

mod chain;
mod election;
mod fault;
mod names;
mod record;
mod replicate;
mod rules;
mod sentence;
mod service;
mod sync;
mod text;
mod text_election;
mod text_sync;
mod text_words;
mod text_world;
mod vote;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use chain::{Limits, Reason, Records, why, why_record};
pub use fault::fault;
pub use names::{Names, Who};
pub use record::{At, Tell, Weight, sentence};
pub use sentence::{Arg, Part, Sentence, Value};
pub use text::{Lang, Text};
