//! What an operator's tools would print now: `zkServer.sh status` and the four-letter word `srvr`.
//!
//! Follows `zkServer.sh`, `StatCommand.java` and `ServerStats.java` of releases 3.5.7 and 3.8.0 line by line. What the
//! simulation does not know (latencies, counts of packets, sizes of proposals, paths) is a dash, and its line says so;
//! no number is invented. The caller's own connection is counted, as it is by the real server.

use sim_core::base::NodeId;
use sim_core::cluster::World;
use sim_core::engine::NodeStatus;
use sim_core::zookeeper::{Leader, Release, Server, ServerState};

/// A line of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What stands there. Values that are not simulated are left out, and a dash stands in their place.
    pub text: Box<str>,
    /// Whether all of it comes from the simulation.
    pub simulated: bool,
}

/// Stands for a value that the simulation does not know.
const UNKNOWN: &str = "—";

fn known(text: impl Into<Box<str>>) -> Line {
    Line {
        text: text.into(),
        simulated: true,
    }
}

fn unknown(text: String) -> Line {
    Line {
        text: text.into(),
        simulated: false,
    }
}

/// What `zkServer.sh status` would print on this server's machine. A server that is LOOKING gives the same as one that
/// is dead. Empty for what is no server.
pub fn status(world: &World, node: NodeId) -> Vec<Line> {
    let spec = world.spec().nodes.get(node.index());
    let Some(config) = spec.and_then(|spec| spec.config.zk_server()) else {
        return Vec::new();
    };
    let ssl = match has_ssl_flag(config.release) {
        true => " Client SSL: false.",
        false => "",
    };
    let mut lines = vec![
        known("ZooKeeper JMX enabled by default"),
        unknown(format!("Using config: {UNKNOWN}")),
        known(format!(
            "Client port found: 2181. Client address: localhost.{ssl}"
        )),
    ];
    let serving = running(world, node).filter(|server| server.is_serving());
    lines.push(match serving {
        Some(server) => known(format!("Mode: {}", mode(server))),
        None => known("Error contacting service. It is probably not running."),
    });
    lines
}

/// What `echo srvr | nc localhost 2181` would print. Empty where nobody answers: no process, or one that is stopped (the
/// client waits), or no server at all.
pub fn srvr(world: &World, node: NodeId) -> Vec<Line> {
    let Some(server) = running(world, node) else {
        return Vec::new();
    };
    if !server.is_serving() {
        return vec![known(
            "This ZooKeeper instance is not currently serving requests",
        )];
    }
    let mut lines = vec![
        known(format!(
            "Zookeeper version: {}",
            version(server.config().release)
        )),
        unknown(format!(
            "Latency min/avg/max: {UNKNOWN}/{UNKNOWN}/{UNKNOWN}"
        )),
        unknown(format!("Received: {UNKNOWN}")),
        unknown(format!("Sent: {UNKNOWN}")),
        known(format!(
            "Connections: {}",
            server.serving().connections() + 1
        )),
        outstanding(server),
        known(format!("Zxid: {}", server.last_zxid())),
        known(format!("Mode: {}", mode(server))),
        known(format!("Node count: {}", node_count(server))),
    ];
    if server.leader().is_some() {
        let sizes = format!("Proposal sizes last/min/max: {UNKNOWN}/{UNKNOWN}/{UNKNOWN}");
        lines.push(unknown(sizes));
    }
    lines
}

/// A server whose process answers.
fn running(world: &World, node: NodeId) -> Option<&Server> {
    let up = world.status(node) == NodeStatus::Up;
    world.node(node)?.zk_server().filter(|_| up)
}

/// `status` names the SSL flag from 3.6 on.
fn has_ssl_flag(release: Release) -> bool {
    (release.major, release.minor) >= (3, 6)
}

/// `Version.getFullVersion` of the released builds, as recorded.
fn version(release: Release) -> String {
    match release {
        Release::V3_5_7 => {
            "3.5.7-f0fdd52973d373ffd9c86b81d99842dc2c7f660e, built on 02/10/2020 11:30 GMT".into()
        }
        Release::V3_8_0 => {
            "3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC".into()
        }
        other => format!("{other}-{UNKNOWN}"),
    }
}

/// `getState` of the running server's class.
fn mode(server: &Server) -> &'static str {
    match server.state() {
        ServerState::Leading => "leader",
        ServerState::Observing => "observer",
        ServerState::Standalone => "standalone",
        ServerState::Following | ServerState::Looking => "follower",
    }
}

/// Requests in all processors. Only that there are none is known for certain.
fn outstanding(server: &Server) -> Line {
    let proposals = server
        .leader()
        .map_or(0, |it: &Leader| it.outstanding().count());
    let applying = server.applier().waiting().count();
    match server.serving().waiting() + proposals + applying {
        0 => known("Outstanding: 0"),
        _ => unknown(format!("Outstanding: {UNKNOWN}")),
    }
}

/// The tree's nodes as the server counts them: the root stands under two names.
fn node_count(server: &Server) -> usize {
    server.database().tree().nodes.len() + 1
}
