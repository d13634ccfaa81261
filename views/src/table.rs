//! The state of every server as a row: what a glance at the ensemble shows.

use sim_core::base::NodeId;
use sim_core::cluster::{Node, World};
use sim_core::engine::NodeStatus;
use sim_core::zookeeper::{Election, Epoch, Phase, Round, Server, ServerState, Sid, Vote, Zxid};

/// A server, running or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which node.
    pub node: NodeId,
    /// Its name in the scenario.
    pub name: Box<str>,
    /// Whether its process runs.
    pub status: NodeStatus,
    /// With which code it ended itself, if it did.
    pub exit_code: Option<i32>,
    /// What its process knows; nothing while it is down.
    pub live: Option<Live>,
    /// The last transaction in its log that survives a loss of power.
    pub durable: Option<Zxid>,
}

/// What a running server knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Its state as it would tell others.
    pub state: ServerState,
    /// Its phase.
    pub phase: Phase,
    /// Whether it serves clients.
    pub serving: bool,
    /// The round of its last election.
    pub round: Option<Round>,
    /// Its vote.
    pub vote: Option<Vote>,
    /// The epoch it last accepted.
    pub accepted_epoch: Epoch,
    /// The epoch of the leader it last followed.
    pub current_epoch: Epoch,
    /// The last transaction it applied.
    pub zxid: Zxid,
}

impl Live {
    fn of(server: &Server) -> Self {
        Self {
            state: server.state(),
            phase: server.phase(),
            serving: server.is_serving(),
            round: server.election().map(Election::round),
            vote: server.current_vote(),
            accepted_epoch: server.accepted_epoch(),
            current_epoch: server.current_epoch(),
            zxid: server.last_zxid(),
        }
    }

    /// The leader that it follows or is.
    pub fn leader(&self) -> Option<Sid> {
        match self.state {
            ServerState::Looking => None,
            _ => self.vote.map(|vote| vote.leader),
        }
    }
}

/// A row for every server, in the order of the scenario. Clients have none.
pub fn rows(world: &World) -> Vec<Row> {
    let nodes = world.spec().nodes.iter().enumerate();
    nodes
        .filter_map(|(index, spec)| row(world, NodeId(index as u16), &spec.name))
        .collect()
}

fn row(world: &World, node: NodeId, name: &str) -> Option<Row> {
    let disk = world.durable(node).zookeeper()?;
    let live = match world.node(node) {
        Some(Node::ZkServer(server)) => Some(Live::of(server)),
        _ => None,
    };
    Some(Row {
        node,
        name: name.into(),
        status: world.status(node),
        exit_code: world.exit_code(node),
        live,
        durable: disk.last_logged(),
    })
}
