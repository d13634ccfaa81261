//! The discrete-event engine: machines, network, hosts, disks, clocks, faults, choices, monitors,
//! timeline.
//!
//! It knows no protocol. Start with [`Machine`], then [`World`].

mod choice;
mod clock;
mod disk;
mod effects;
mod fault;
mod fingerprint;
mod inject;
mod latency;
mod link;
mod machine;
mod monitor;
mod network;
mod node;
mod play;
mod queue;
mod run;
mod sight;
#[cfg(test)]
mod tests;
mod timeline;
mod timers;
mod transport;
mod world;

pub use choice::{Choice, Pins};
pub use fault::{DiskFault, Fault, LinkSet, MessageAct, MessageRef};
pub use latency::Latency;
pub use machine::{DiskImage, Fx, Input, IoError, Machine, Message, Now, Why};
pub use monitor::{Meta, Monitors, Violation};
pub use play::{Act, Director, Play};
pub use run::{Advanced, Run};
pub use sight::{Flight, Link, Path, Stage};
pub use timeline::Timeline;
pub use world::{HostSpec, NodeSpec, NodeStatus, Observer, Stepped, Timing, World, WorldSpec};
