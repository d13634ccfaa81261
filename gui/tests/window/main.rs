//! The window without a screen: every panel found by its accessible name in both languages, pictures of the whole, stories
//! driven by clicks and keys, and what stands on the screen held against the world that is simulated.

mod frames;
mod letters;
mod panels;
mod raster;
mod snapshots;
mod stories;
mod support;
mod work;
