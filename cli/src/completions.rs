//! `quorumscope completions`: scripts with which a shell completes verbs, options and paths.

use std::io::Write;

use crate::exit::{Done, Exit};

/// Prints the completion script of a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope completions bash > ~/.local/share/bash-completion/completions/quorumscope
  quorumscope completions zsh > ~/.zfunc/_quorumscope
  quorumscope completions fish > ~/.config/fish/completions/quorumscope.fish")]
pub struct Args {
    /// Which shell.
    shell: clap_complete::Shell,
}

/// Prints the script.
pub fn completions(args: &Args, mut command: clap::Command, out: &mut dyn Write) -> Done {
    // The generator panics where it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "quorumscope", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Passed)
}
