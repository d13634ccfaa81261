//! Pictures as data: what a terminal, a window or a page shows, from read-only state and facts.
//!
//! Knows `sim-core` and no painter: no terminal, no egui. It decides nothing about the servers and never changes them.
//! [`table`] is the state of every node in rows, [`narration`] says which facts a story needs. A [`picture`] is lines,
//! boxes and texts with [`mark`]s, in the inks of a [`theme`].

pub mod mark;
pub mod narration;
pub mod picture;
pub mod table;
pub mod theme;
