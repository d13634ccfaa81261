//! Search: numbered fault plans in, folded results out. Pure: no threads, no files, no clock.
//!
//! `plan` draws what happens in a numbered run, `campaign` plays it and books what breaks. Layers above everything
//! else in this crate; nothing here imports a command line.

mod campaign;
mod dice;
mod plan;

pub use campaign::{Booking, Played, book, play, play_plan, play_told};
pub use dice::Dice;
pub use plan::{Kind, Plan, Settings, plan};
