//! The discrete-event engine: machines, network, hosts, disks, clocks, faults, choices, monitors, timeline.
//!
//! It knows no protocol. Start with [`Machine`], then [`World`].

mod fault;
mod latency;
mod machine;
mod monitor;
mod world;

pub use fault::{DiskFault, Fault, LinkSet, MessageAct, MessageRef};
pub use latency::Latency;
pub use machine::{DiskImage, Fx, Input, IoError, Machine, Message, Now, Why};
pub use monitor::{Meta, Monitors, Violation};
pub use world::{HostSpec, NodeSpec, NodeStatus, Observer, Stepped, Timing, World, WorldSpec};
