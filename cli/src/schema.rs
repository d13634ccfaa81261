//! `quorumscope schema`: the JSON Schema of scenario files, for editors.

use std::io::Write;

use crate::exit::{Done, Exit};

/// Prints the JSON Schema of scenario files.
///
/// Editors complete keys and mark mistakes with it. `check` finds more than a schema can say.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope schema > scenario.schema.json
  # then, in a scenario file:  \"$schema\": \"./scenario.schema.json\"")]
pub struct Args {}

/// Prints the schema.
pub fn schema(_args: &Args, out: &mut dyn Write) -> Done {
    let text = sim_core::scenario::schema().print();
    writeln!(out, "{}", text.trim_end())?;
    Ok(Exit::Passed)
}
