//! Who is who: the nodes, hosts and zones of a cluster by name and by number.

use crate::base::{HostId, NodeId, ZoneId};
use crate::scenario::format::{Cluster, Name};
use crate::zookeeper::Sid;

/// The nodes, hosts and zones of a cluster. Servers come first, in the order of their ids, then clients as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cast {
    names: Vec<Name>,
    sids: Vec<Sid>,
    hosts: Vec<Name>,
    host_of: Vec<HostId>,
    zones: Vec<Name>,
    zone_of: Vec<ZoneId>,
}

impl Cast {
    /// Numbers the nodes of a cluster.
    pub fn new(cluster: &Cluster) -> Self {
        let servers = cluster.zookeeper.iter().flat_map(|zk| &zk.servers);
        let mut cast = Self {
            zones: vec!["".into()],
            ..Self::default()
        };
        for server in servers {
            cast.names.push(server.name.clone());
            cast.sids.push(Sid(server.id));
        }
        let clients = cluster.clients.iter().map(|client| client.name.clone());
        cast.names.extend(clients);
        for host in &cluster.hosts {
            let zone = match &host.zone {
                None => 0,
                Some(zone) => position_or_push(&mut cast.zones, zone),
            };
            cast.hosts.push(host.name.clone());
            cast.zone_of.push(ZoneId(zone as u16));
        }
        for name in cast.names.clone() {
            let runs = |host: &&crate::scenario::format::Host| host.nodes.contains(&name);
            let host = cluster
                .hosts
                .iter()
                .find(runs)
                .map_or(&name, |host| &host.name);
            let index = position_or_push(&mut cast.hosts, host);
            cast.zone_of.resize(cast.hosts.len(), ZoneId(0));
            cast.host_of.push(HostId(index as u16));
        }
        cast
    }

    /// The number of a node.
    pub fn node(&self, name: &str) -> Option<NodeId> {
        let index = self.names.iter().position(|known| &**known == name)?;
        Some(NodeId(index as u16))
    }

    /// The name of a node.
    pub fn name(&self, node: NodeId) -> &str {
        self.names.get(node.index()).map_or("?", |name| name)
    }

    /// All nodes by number.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// All servers.
    pub fn servers(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.sids.len() as u16).map(NodeId)
    }

    /// All clients.
    pub fn clients(&self) -> impl Iterator<Item = NodeId> + use<> {
        (self.sids.len() as u16..self.names.len() as u16).map(NodeId)
    }

    /// The id of a server.
    pub fn sid(&self, node: NodeId) -> Option<Sid> {
        self.sids.get(node.index()).copied()
    }

    /// The server with an id.
    pub fn server(&self, sid: Sid) -> Option<NodeId> {
        let index = self.sids.iter().position(|known| *known == sid)?;
        Some(NodeId(index as u16))
    }

    /// The name of the server with an id; the id if there is none.
    pub fn server_name(&self, sid: Sid) -> Name {
        match self.server(sid) {
            Some(node) => self.name(node).into(),
            None if sid == Sid::NONE => "nobody".into(),
            None => sid.to_string().into(),
        }
    }

    /// The host that runs a node.
    pub fn host_of(&self, node: NodeId) -> HostId {
        self.host_of[node.index()]
    }

    /// The hosts that a name stands for: a host, a node's host, or all of a zone.
    pub fn hosts_named(&self, name: &str) -> Vec<HostId> {
        if let Some(index) = self.hosts.iter().position(|host| &**host == name) {
            return vec![HostId(index as u16)];
        }
        if let Some(node) = self.node(name) {
            return vec![self.host_of(node)];
        }
        let zone = self.zones.iter().position(|zone| &**zone == name);
        let all = (0..self.hosts.len() as u16).map(HostId);
        all.filter(|host| Some(self.zone_of[host.index()].index()) == zone)
            .collect()
    }

    /// All hosts by number.
    pub fn hosts(&self) -> &[Name] {
        &self.hosts
    }

    /// The zone of a host.
    pub fn zone_of(&self, host: HostId) -> ZoneId {
        self.zone_of[host.index()]
    }

    /// All zones by number; the first one is nameless and holds hosts of which no zone is said.
    pub fn zones(&self) -> &[Name] {
        &self.zones
    }
}

fn position_or_push(list: &mut Vec<Name>, name: &Name) -> usize {
    let found = list.iter().position(|known| known == name);
    found.unwrap_or_else(|| {
        list.push(name.clone());
        list.len() - 1
    })
}
