//! Pictures of shipped stories against the state of their worlds, never against pictures of our own.

mod history;
mod language;
mod motion;
mod pictures;
mod readable;
mod stage;
mod tools;
