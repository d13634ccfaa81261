//! Ground floor: identities, simulated time, draws, stable hashing, chunked logs.
//!
//! Nothing here knows what is simulated. Read `engine` next.

mod by;
mod chunk;
mod draw;
mod hash;
mod id;
#[cfg(test)]
mod tests;
mod time;

pub use by::By;
pub use chunk::ChunkedLog;
pub use draw::{Counters, Keys, Point, Purpose, mix};
pub use hash::{StableHasher, stable_hash};
pub use id::{CallId, Conn, HostId, Lane, NodeId, Port, StepIndex, WriteId, ZoneId};
pub use time::{LocalTime, SimTime, Span, SpanError, WallTime};

/// Up to four steps without an allocation: the causes of a fact.
pub type Steps = smallvec::SmallVec<[StepIndex; 4]>;
