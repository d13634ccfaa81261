//! Pictures as data: what a terminal, a window or a page shows, from read-only state and facts.
//!
//! Knows `sim-core` and no painter: no terminal, no egui. It decides nothing about the servers and never changes them.
//! [`table`] is the state of every node in rows, [`narration`] says which facts a story needs. A [`picture`] is lines,
//! boxes and texts with [`mark`]s, in the inks of a [`theme`]; [`ensemble`], [`space_time`], [`bands`] and [`inside`]
//! draw a [`scene`], with what [`history`] kept of the play and what is new there ([`change`]). [`svg`] writes a picture down. [`words`] has every text.

pub mod bands;
pub mod change;
pub(crate) mod draw;
pub mod ensemble;
pub(crate) mod event;
pub mod glyph;
pub mod history;
pub mod inside;
pub mod mark;
pub mod narration;
pub mod operator;
pub mod picture;
#[cfg(feature = "png")]
pub mod png;
pub mod scene;
pub mod space_time;
pub mod svg;
pub mod table;
pub mod theme;
pub mod words;

#[cfg(test)]
mod tests;

rust_i18n::i18n!("locales");
