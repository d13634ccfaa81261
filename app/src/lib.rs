//! The window without a window: commands, the session with its branches, the control of time, what stands on the screen.
//!
//! Knows no egui, no clock, no file and no browser: elapsed time comes in, requests for files and clipboards go out. The
//! crate `gui` paints it. Nothing here decides what a server does.

pub mod command;
