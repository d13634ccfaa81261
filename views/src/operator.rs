//! What an operator's tools would print now: `zkServer.sh status` and the four-letter word `srvr`.

use sim_core::base::NodeId;
use sim_core::cluster::World;

/// A line of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What stands there. Values that are not simulated are left out, and a dash stands in their place.
    pub text: Box<str>,
    /// Whether all of it comes from the simulation.
    pub simulated: bool,
}

/// What `zkServer.sh status` would print on this server's machine.
pub fn status(world: &World, node: NodeId) -> Vec<Line> {
    let _ = (world, node);
    Vec::new()
}

/// What `echo srvr | nc localhost 2181` would print.
pub fn srvr(world: &World, node: NodeId) -> Vec<Line> {
    let _ = (world, node);
    Vec::new()
}
