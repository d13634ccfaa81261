//! What happened: records, causes, the trace file, the first difference.

mod record;

pub use record::{Record, What};
