//! Who is who: nodes of the world as servers and clients.

use crate::base::{HostId, NodeId};
use crate::cluster::{Config, Node};
use crate::engine::{NodeSpec, WorldSpec};
use crate::zookeeper::Sid;
use std::sync::Arc;

/// What a node is, as sentences call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A server with its id, and whether it votes.
    Server(Sid, bool),
    /// A client with its name.
    Client(Arc<str>),
}

/// The names of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    nodes: Vec<Who>,
    hosts: Vec<(Arc<str>, Vec<NodeId>)>,
}

impl Names {
    /// The nodes in the order of their ids.
    pub fn new(nodes: Vec<Who>) -> Self {
        Self {
            nodes,
            hosts: Vec::new(),
        }
    }

    /// The names of a world's nodes and hosts.
    pub fn of(spec: &WorldSpec<Node>) -> Self {
        let who = |node: &NodeSpec<Node>| match &node.config {
            Config::ZkServer(config) => {
                Who::Server(config.sid, config.ensemble.is_participant(config.sid))
            }
            Config::ZkClient(_) => Who::Client((&*node.name).into()),
        };
        let nodes_on = |host: usize| {
            let nodes = spec.nodes.iter().enumerate();
            let here = nodes.filter(move |(_, node)| node.host.index() == host);
            here.map(|(index, _)| NodeId(index as u16)).collect()
        };
        let hosts = spec.hosts.iter().enumerate();
        Self::new(spec.nodes.iter().map(who).collect()).with_hosts(
            hosts
                .map(|(index, host)| ((&*host.name).into(), nodes_on(index)))
                .collect(),
        )
    }

    /// With the hosts in the order of their ids, each with its nodes.
    pub fn with_hosts(mut self, hosts: Vec<(Arc<str>, Vec<NodeId>)>) -> Self {
        self.hosts = hosts;
        self
    }

    /// What a node is.
    pub fn who(&self, node: NodeId) -> Option<&Who> {
        self.nodes.get(node.index())
    }

    /// The server id of a node.
    pub fn sid(&self, node: NodeId) -> Option<Sid> {
        match self.who(node)? {
            Who::Server(sid, _) => Some(*sid),
            Who::Client(_) => None,
        }
    }

    /// The node of a server id.
    pub fn node(&self, sid: Sid) -> Option<NodeId> {
        let of = |who: &Who| matches!(who, Who::Server(its, _) if *its == sid);
        let index = self.nodes.iter().position(of)?;
        Some(NodeId(index as u16))
    }

    /// The servers that vote, in the order of their nodes.
    pub fn voters(&self) -> impl Iterator<Item = (NodeId, Sid)> {
        self.nodes
            .iter()
            .enumerate()
            .filter_map(|(index, who)| match who {
                Who::Server(sid, true) => Some((NodeId(index as u16), *sid)),
                _ => None,
            })
    }

    /// A node's name where no server id fits.
    pub fn name(&self, node: NodeId) -> Box<str> {
        match self.who(node) {
            Some(Who::Server(sid, _)) => sid.to_string().into(),
            Some(Who::Client(name)) => name.as_ref().into(),
            None => format!("{node:?}").into(),
        }
    }

    /// A host's name.
    pub fn host(&self, host: HostId) -> Box<str> {
        self.hosts.get(host.index()).map_or_else(
            || format!("{host:?}").into(),
            |(name, _)| name.as_ref().into(),
        )
    }

    /// The nodes on a host.
    pub fn on_host(&self, host: HostId) -> &[NodeId] {
        self.hosts
            .get(host.index())
            .map_or(&[], |(_, nodes)| nodes.as_slice())
    }
}
