//! What an operator's tools print: the shell `zkCli.sh`, the four-letter words, `zkServer.sh`. Lines in, bytes out.
//!
//! Everything is rendered from the state of simulated servers and from the answers of a simulated client, byte for byte
//! as the released tools print it. What no simulation knows (ports, directories, the Java machine, open files) comes
//! from [`Surroundings`], whose default is the machine of the recordings; nothing is made up in between.
//!
//! The shell is a machine like all others: [`ZkCli`] takes a line and says what it wants of its client library
//! ([`Next`]); whoever drives it hands in the answers. It never sees a world. Follows `ZooKeeperMain.java`, `cli/*.java`,
//! `server/command/*.java` and `zkServer.sh` of releases 3.5.7 and 3.8.0. Read [`zkcli`](ZkCli) first, then `commands/`.

mod commands;
mod complaint;
mod console;
mod ensemble;
mod four_letters;
mod keeper;
mod line;
mod options;
mod paths;
mod printed;
mod release;
mod script;
mod surroundings;
mod text;
mod zkcli;

pub use console::Console;
pub use four_letters::{ask, is_word};
pub use keeper::Answer;
pub use printed::{Printed, Stream};
pub use script::{Ran, status};
pub use surroundings::{Place, Surroundings};
pub use zkcli::{Happened, Next, Shown, ZkCli};
