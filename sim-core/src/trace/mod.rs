//! What happened: records, causes, the trace file, the first difference.
//!
//! Start with [`Record`]. [`TraceWriter`] and [`TraceReader`] are the file, [`RecordLog`] keeps
//! records in memory.

mod codec;
mod diff;
mod file;
mod json;
mod log;
mod record;
#[cfg(test)]
mod tests;

pub use codec::CodeError;
pub use diff::{Difference, first_difference, first_difference_of_facts};
pub use file::{Header, Source, TraceError, TraceReader, TraceWriter};
pub use json::{Names, json_line, json_object};
pub use log::{RecordLog, Records};
pub use record::{Record, What};
