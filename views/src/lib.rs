//! Pictures as data: what a terminal, a window or a page shows, from read-only state and facts.
//!
//! Knows `sim-core` and no painter: no colours, no fonts, no terminal, no egui. It decides nothing about the servers and
//! never changes them. [`table`] is the state of every node in rows, [`narration`] says which facts a story needs.

pub mod narration;
pub mod table;
