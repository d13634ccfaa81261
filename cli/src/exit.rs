//! How a command ends: exit codes, and what can stop it early.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::picture::Place;

/// What the process tells its caller. Where several apply, the highest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything held.
    Passed = 0,
    /// An expectation of a scenario, or a recording, was not met.
    Failed = 1,
    /// A file or an argument is wrong.
    BadInput = 2,
    /// A property that is promised was broken.
    Broken = 3,
    /// Two runs of the same file and seed differed.
    NotDeterministic = 4,
    /// A defect of this program.
    Defect = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// The codes as every help text tells them.
pub const CODES: &str = "\
Exit codes (where several apply, the highest):
   0  everything held
   1  an expectation was not met, or two traces differ
   2  a file or an argument is wrong
   3  a promised property was broken
   4  two runs of the same file and seed differed
  70  a defect of quorumscope itself";

/// What stops a command before its end.
#[derive(Debug)]
pub enum Stop {
    /// Standard output refused: a closed pipe is no error, anything else is.
    Output(io::Error),
    /// What the user gave cannot be used.
    Input(Trouble),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Stop::Input(trouble)
    }
}

/// What a verb hands back.
pub type Done = Result<Exit, Stop>;

/// Something that the user gave and that cannot be used.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// A file or folder, as a whole.
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What to do about it.
        remedy: String,
    },
    /// Places in a text.
    Text {
        /// Where the text came from.
        path: PathBuf,
        /// The text.
        text: String,
        /// The places, in order.
        places: Vec<Place>,
    },
    /// An argument.
    Argument {
        /// What is wrong.
        what: String,
        /// What to do about it.
        remedy: String,
    },
}

impl Trouble {
    /// Trouble with a whole file.
    pub fn file(path: &Path, what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Trouble::File {
            path: path.to_owned(),
            what: what.to_string(),
            remedy: remedy.to_string(),
        }
    }

    /// Trouble with an argument.
    pub fn argument(what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Trouble::Argument {
            what: what.to_string(),
            remedy: remedy.to_string(),
        }
    }
}
