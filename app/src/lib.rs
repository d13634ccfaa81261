//! The window without a window: commands, the session with its branches, the control of time, what stands on the screen.
//!
//! Knows no egui, no clock, no file and no browser: elapsed time comes in, requests for files and clipboards go out. The
//! crate `gui` paints it. Nothing here decides what a server does.
//!
//! [`App`] takes [`Command`]s and is told how much time went by; panels read its accessors, which answer the plain rows of
//! [`show`]. A [`session`] is one play of one text; [`hands`] and [`branches`] make other texts of it; [`clock`] moves the
//! time shown; `compare` puts a second play beside the first; [`lesson`] and [`reasons`] say what is so and why; [`link`] packs a moment into an address.

mod act;
mod app;
pub mod branches;
pub mod clock;
pub mod command;
mod compare;
pub mod failure;
pub mod hands;
pub mod lesson;
pub mod library;
pub mod link;
pub mod properties;
mod read;
pub mod reasons;
mod said;
pub mod search;
pub mod session;
pub mod settings;
pub mod show;
mod work;

pub use app::{App, BUDGET};
pub use command::Command;
pub use settings::Settings;
pub use show::{Request, Tick};
