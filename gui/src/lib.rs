//! The window of quorumscope: an election or a replication that a hand can step, take back, ask and break.
//!
//! Panels that read the app of the crate `app` and answer commands, a [`painter`] of pictures from `views`, thin native
//! and web shells behind one [`platform`]. Nothing here decides what a server does, and no panel changes anything.

mod canvas;
pub mod fonts;
mod icon;
pub mod keys;
mod look;
mod menu;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
pub mod painter;
mod panels;
pub mod platform;
pub mod recent;
mod stretch;
pub mod transcript;
#[cfg(target_arch = "wasm32")]
pub mod web;
mod widget;
mod window;

pub use window::Window;
