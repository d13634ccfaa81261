//! What a defect of this program looks like to its user: a report, never a bare panic.

use std::backtrace::Backtrace;
use std::panic::{self, AssertUnwindSafe};

use crate::exit::Exit;

/// Replaces the standard message of a panic by a report.
pub fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let what = info.payload_as_str().unwrap_or("no message");
        let place = info
            .location()
            .map_or_else(String::new, |at| format!(" at {at}"));
        eprintln!("quorumscope has met a defect of its own: {what}{place}");
        eprintln!(
            "  version {}; please report this with the command line and the file.",
            version()
        );
        match std::env::var_os("RUST_BACKTRACE") {
            Some(_) => eprintln!("{}", Backtrace::capture()),
            None => eprintln!("  RUST_BACKTRACE=1 adds where it came from."),
        }
    }));
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Runs something; a panic in it, already reported by the hook, becomes [`Exit::Defect`].
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Exit> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| Exit::Defect)
}
