//! Conformance: recordings of real servers, replayed.
//!
//! Reads the `.jsonl` recordings ([`read()`]), plays every recorded election again on simulated
//! servers over many seeds of one model of a machine ([`Case::replay`]), and compares winner,
//! round, new epoch, every server's decisions in order and every server's own votes in order
//! ([`Report`]). Never touches files: text in, report out; what to do with files, threads and exit
//! codes is the command line's business.
//!
//! Where to read next: `machine.rs` for the one model of delays and where its numbers come from,
//! then `play.rs` for how a case is set up. `FIDELITY.md` says what was compared and every known
//! difference.

mod case;
mod machine;
mod play;
mod read;
mod record;
mod report;

pub use case::{Case, CaseServer, Decision, Outcome, Repeat};
pub use machine::{configure, host, loads, preempted, timing};
pub use play::GIVE_UP;
pub use read::{Limits, Mistake, Recording, read};
pub use report::{CaseReport, Rates, RepeatReport, Report, ServerAgreement, Totals};
