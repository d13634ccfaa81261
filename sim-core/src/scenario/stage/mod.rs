//! Playing a scenario: what is seen, judged and done, and when.
//!
//! [`View`] reads the world, [`Ledger`] remembers what was told, `judge` compares both with conditions, `enact` turns acts
//! into faults, and [`Director`] decides what comes next. All of it is plain state: a play can be cloned at any step.

mod director;
mod enact;
mod fact;
mod judge;
mod ledger;
mod play;
mod script;
mod view;

pub use director::{Asked, Director, Reached, StepRef};
pub use ledger::Ledger;
pub use play::{Notice, play, play_with};
pub use script::Script;
pub use view::View;
