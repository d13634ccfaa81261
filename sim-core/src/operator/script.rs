//! `zkServer.sh status`.
//!
//! Follows `bin/zkServer.sh` of releases 3.5.7 and 3.8.0. It finds a port in the configuration, asks `srvr` there and looks for the
//! line with the mode; so a server that is LOOKING, one that is stopped and none at all give the same.

use crate::base::NodeId;
use crate::cluster::World;
use crate::operator::four_letters::ask;
use crate::operator::printed::Printed;
use crate::operator::surroundings::Surroundings;

/// What a command printed, and its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// On both streams.
    pub printed: Printed,
    /// Its status.
    pub exit_code: i32,
}

/// What `zkServer.sh status FILE` prints on a server's machine. `config` is the path of the file as the script makes it out;
/// `None`: the usual one. `None` is answered for what is no server.
pub fn status(
    world: &World,
    node: NodeId,
    config: Option<&str>,
    around: &Surroundings,
) -> Option<Ran> {
    let spec = world.spec().nodes.get(node.index())?;
    let server = spec.config.zk_server()?;
    let place = around.place(server.sid, &spec.name);
    let newer = (server.release.major, server.release.minor) >= (3, 6);
    let mut printed = Printed::default();
    if !around.java.is_empty() {
        printed.line(&around.java);
    }
    let file = config.map_or_else(
        || format!("{}/bin/../conf/zoo.cfg", around.home(server.release)),
        str::to_owned,
    );
    printed.complain("ZooKeeper JMX enabled by default");
    printed.complain(format!("Using config: {file}"));
    let ssl = if newer { " Client SSL: false." } else { "" };
    printed.line(format!(
        "Client port found: {}. Client address: {}.{ssl}",
        place.client_port, around.client_port_address
    ));
    let srvr = ask(world, node, "srvr", 0, around).unwrap_or_default();
    let mode = srvr.lines().find(|line| line.contains("Mode"));
    let exit_code = match mode {
        Some(mode) => {
            printed.line(mode);
            0
        }
        None => {
            printed.line("Error contacting service. It is probably not running.");
            1
        }
    };
    Some(Ran { printed, exit_code })
}
