//! What monitors may read of the world: never anything that changes it.

use crate::base::{NodeId, SimTime, StepIndex};
use crate::cluster::{Node, World};
use crate::zookeeper::{ServerConfig, Tree, ZkDisk};

/// Read-only state after a step.
pub trait View {
    /// How many nodes there are.
    fn nodes(&self) -> usize;
    /// The configuration of a node that is a server.
    fn server(&self, node: NodeId) -> Option<&ServerConfig>;
    /// The tree of a server that runs and has loaded it.
    fn tree(&self, node: NodeId) -> Option<&Tree>;
    /// The disk of a node that is a server, as a reader sees it.
    fn disk(&self, node: NodeId) -> Option<&ZkDisk>;
    /// The last step and its time.
    fn now(&self) -> (StepIndex, SimTime);
}

impl View for World {
    fn nodes(&self) -> usize {
        self.spec().nodes.len()
    }

    fn server(&self, node: NodeId) -> Option<&ServerConfig> {
        self.spec().nodes[node.index()].config.zk_server()
    }

    fn tree(&self, node: NodeId) -> Option<&Tree> {
        self.node(node)
            .and_then(Node::zk_server)
            .map(|server| server.database().tree())
    }

    fn disk(&self, node: NodeId) -> Option<&ZkDisk> {
        self.disk(node).zookeeper()
    }

    fn now(&self) -> (StepIndex, SimTime) {
        (self.steps(), self.now())
    }
}
