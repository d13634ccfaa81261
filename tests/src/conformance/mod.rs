//! The recordings of real servers as tests: what was the same in every recorded run, looked up in
//! simulated runs that are driven the same way. Expected values are read from the recordings
//! (`tests/data`), never typed in.

pub mod scenarios;
pub mod score;
pub mod seen;
pub mod stage;
pub mod sync;
