//! The names that a file defines, and references to them.

use super::{Fields, Reader, quoted_list};
use crate::scenario::Code;
use crate::scenario::act::{End, Link, NodeRef, Nodes};
use crate::scenario::format::{Cluster, Name};
use crate::scenario::source::{Node, Range, Value};
use crate::scenario::words::nearest;

/// Words that stand for nodes and can name none.
pub(super) const RESERVED: [&str; 7] = [
    "all",
    "any",
    "leader",
    "leaders",
    "followers",
    "others",
    "usual",
];

/// The names that a file defines.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Servers with their ids.
    pub servers: Vec<(Name, i64)>,
    pub clients: Vec<Name>,
    pub hosts: Vec<Name>,
    pub zones: Vec<Name>,
    pub operations: Vec<Name>,
    pub variants: Vec<Name>,
    /// Whether the cluster was read without a mistake: only then unknown nodes are mistakes.
    pub sure: bool,
}

/// Which names may stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// Servers.
    Servers,
    /// Servers and clients.
    Nodes,
    /// Servers, clients, hosts and zones.
    Places,
    /// Clients.
    Clients,
}

impl Among {
    const fn what(self) -> &'static str {
        match self {
            Among::Servers => "server",
            Among::Nodes => "node",
            Among::Places => "node, host or zone",
            Among::Clients => "client",
        }
    }
}

impl Names {
    pub fn of(cluster: &Cluster, mistakes: bool) -> Self {
        let mut names = Self {
            sure: !mistakes,
            ..Self::default()
        };
        names.join(cluster);
        names
    }

    /// Adds the nodes of another form of the cluster.
    pub fn join(&mut self, cluster: &Cluster) {
        let servers = cluster.zookeeper.iter().flat_map(|zk| &zk.servers);
        for server in servers {
            let entry = (server.name.clone(), server.id);
            if !self.servers.contains(&entry) {
                self.servers.push(entry);
            }
        }
        let add = |list: &mut Vec<Name>, name: &Name| {
            if !list.contains(name) {
                list.push(name.clone());
            }
        };
        for client in &cluster.clients {
            add(&mut self.clients, &client.name);
        }
        for host in &cluster.hosts {
            add(&mut self.hosts, &host.name);
            host.zone.iter().for_each(|zone| add(&mut self.zones, zone));
        }
    }

    /// Takes the nodes of a variant instead of all.
    pub fn enter(&mut self, cluster: &Cluster) {
        self.servers.clear();
        self.clients.clear();
        self.hosts.clear();
        self.zones.clear();
        self.join(cluster);
    }

    /// Collects the names of operations and variants, wherever they are defined.
    pub fn collect(&mut self, fields: &Fields<'_>) {
        let variants = fields.get("variants").map(|member| &member.node.value);
        if let Some(Value::List(items)) = variants {
            self.variants = items
                .iter()
                .filter_map(|item| text_at(item, "name"))
                .collect();
        }
        if let Some(steps) = fields.get("steps") {
            self.collect_operations(&steps.node);
        }
    }

    fn collect_operations(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.collect_operations(item)),
            Value::Object(members) => {
                self.operations.extend(text_at(node, "as"));
                for member in members {
                    self.collect_operations(&member.node);
                }
            }
            _ => {}
        }
    }

    fn among(&self, among: Among) -> Vec<&str> {
        let servers = self.servers.iter().map(|(name, _)| &**name);
        let clients = self.clients.iter().map(|name| &**name);
        let places = self.hosts.iter().chain(&self.zones).map(|name| &**name);
        match among {
            Among::Servers => servers.collect(),
            Among::Clients => clients.collect(),
            Among::Nodes => servers.chain(clients).collect(),
            Among::Places => servers.chain(clients).chain(places).collect(),
        }
    }
}

/// The text under a key of an object.
fn text_at(node: &Node, key: &str) -> Option<Name> {
    let Value::Object(members) = &node.value else {
        return None;
    };
    let member = members.iter().find(|member| &*member.key == key)?;
    match &member.node.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

impl Reader<'_> {
    /// A name that is given here: a letter, then letters, digits, `-` and `_`.
    pub(super) fn new_name(&mut self, node: &Node) -> Option<Name> {
        let name = self.plain(node)?;
        self.check_new_name(&name, node.range).then_some(name)
    }

    pub(super) fn check_new_name(&mut self, name: &str, range: Range) -> bool {
        let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let good = name.starts_with(char::is_alphabetic) && name.chars().all(fits);
        if !good || name.chars().count() > 40 {
            let message = format!("\"{name}\" cannot be a name");
            self.error(Code::BadName, range, &message)
                .expected("a letter, then letters, digits, - or _, at most 40");
            return false;
        }
        if RESERVED.contains(&name) {
            let message = format!("\"{name}\" stands for nodes and cannot be a name");
            self.error(Code::BadName, range, &message)
                .remedy("choose another name");
            return false;
        }
        true
    }

    /// The name of a new variant: any text.
    pub(super) fn variant_new_name(&mut self, node: &Node) -> Option<Name> {
        self.plain(node)
    }

    /// The name of a variant that the file defines.
    pub(super) fn variant_name(&mut self, name: &str, range: Range) -> Option<Name> {
        let variants = self.names.variants.clone();
        if variants.iter().any(|variant| &**variant == name) {
            return Some(name.into());
        }
        let message = format!("no variant is named \"{name}\"");
        let near = nearest(name, variants.iter().map(|variant| &**variant)).map(str::to_owned);
        let error = self.error(Code::UnknownName, range, &message);
        error.expected(&quoted_list(&variants));
        if let Some(near) = near {
            error.remedy(&format!("did you mean \"{near}\"?"));
        }
        None
    }

    /// The variants that something belongs to.
    pub(super) fn only_in(&mut self, fields: &Fields<'_>) -> Vec<Name> {
        let read = |r: &mut Self, node: &Node| {
            r.one_or_many(node, "variants", |r, node| {
                let name = r.plain(node)?;
                r.variant_name(&name, node.range)
            })
        };
        self.field(fields, "only_in", read).unwrap_or_default()
    }

    /// The name of a known server, client, host or zone.
    pub(super) fn known(&mut self, node: &Node, among: Among) -> Option<Name> {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => {
                let remedy = format!("write \"zk{number}\"");
                self.wrong_type(node, &format!("the name of a {}", among.what()))
                    .remedy(&remedy);
                return None;
            }
            _ => {
                self.wrong_type(node, &format!("the name of a {}", among.what()));
                return None;
            }
        };
        self.check_known(&text, node.range, among).then_some(text)
    }

    fn check_known(&mut self, name: &str, range: Range, among: Among) -> bool {
        let names = self.names.among(among);
        if names.contains(&name) || !self.names.sure {
            return true;
        }
        let expected = quoted_list(&names);
        let near = nearest(name, names).map(|near| format!("did you mean \"{near}\"?"));
        let message = match RESERVED.contains(&name) {
            true => format!(
                "\"{name}\" cannot stand here, only the name of a {}",
                among.what()
            ),
            false => format!("no {} is named \"{name}\"", among.what()),
        };
        let error = self.error(Code::UnknownName, range, &message);
        error.expected(&expected);
        if let Some(near) = near {
            error.remedy(&near);
        }
        false
    }

    /// A server by name.
    pub(super) fn server_name(&mut self, node: &Node) -> Option<Name> {
        self.known(node, Among::Servers)
    }

    /// A server or client by name.
    pub(super) fn node_name(&mut self, node: &Node) -> Option<Name> {
        self.known(node, Among::Nodes)
    }

    /// A client by name.
    pub(super) fn client_name(&mut self, node: &Node) -> Option<Name> {
        self.known(node, Among::Clients)
    }

    /// A server by name, or `leader`.
    pub(super) fn server_ref(&mut self, node: &Node) -> Option<NodeRef> {
        self.node_ref(node, Among::Servers)
    }

    fn node_ref(&mut self, node: &Node, among: Among) -> Option<NodeRef> {
        match &node.value {
            Value::Text(text) if &**text == "leader" && among != Among::Clients => {
                Some(NodeRef::Leader)
            }
            _ => self.known(node, among).map(NodeRef::Named),
        }
    }

    /// Nodes: a name, a list of names, `all`, `leader`, `followers`.
    pub(super) fn nodes(&mut self, node: &Node, among: Among) -> Option<Nodes> {
        match &node.value {
            Value::Text(text) => match &**text {
                "all" => Some(Nodes::All),
                "followers" => Some(Nodes::Followers),
                _ => self.node_ref(node, among).map(Nodes::One),
            },
            Value::List(_) => {
                let refs = self.list(node, "nodes", |r, node| {
                    let found = r.node_ref(node, among)?;
                    Some((found, node.range))
                })?;
                for (i, (one, range)) in refs.iter().enumerate() {
                    if refs[..i].iter().any(|(other, _)| other == one) {
                        self.error(Code::BadValue, *range, "the same node twice");
                    }
                }
                Some(Nodes::Each(refs.into_iter().map(|(one, _)| one).collect()))
            }
            _ => self.known(node, among).map(NodeRef::Named).map(Nodes::One),
        }
    }

    /// Links: `zk1 -> zk2`, `zk1 <-> zk2`, `zk5`, `all`.
    pub(super) fn link(&mut self, node: &Node) -> Option<Link> {
        const EXPECTED: &str =
            "\"zk1 -> zk2\", \"zk1 <-> zk2\", \"zk5\" (everything to and from it), or \"all\"";
        let Value::Text(text) = &node.value else {
            self.wrong_type(node, EXPECTED);
            return None;
        };
        let (from, to, both_ways) = match (text.split_once("<->"), text.split_once("->")) {
            (Some((from, to)), _) => (from.trim(), to.trim(), true),
            (_, Some((from, to))) => (from.trim(), to.trim(), false),
            _ if text.contains(['-', '>', '<', ',']) && !self.is_node(text) => {
                self.error(Code::BadValue, node.range, "this is no link")
                    .expected(EXPECTED);
                return None;
            }
            _ => (text.trim(), "all", true),
        };
        let link = Link {
            from: self.end(from, node.range)?,
            to: self.end(to, node.range)?,
            both_ways,
        };
        if link.from == link.to && link.from != End::Any {
            self.error(Code::BadValue, node.range, "a link of a node with itself")
                .expected(EXPECTED);
            return None;
        }
        Some(link)
    }

    fn is_node(&self, text: &str) -> bool {
        self.names.among(Among::Nodes).contains(&text)
    }

    fn end(&mut self, name: &str, range: Range) -> Option<End> {
        match name {
            "all" | "any" => Some(End::Any),
            "leader" => Some(End::Node(NodeRef::Leader)),
            _ => self
                .check_known(name, range, Among::Nodes)
                .then(|| End::Node(NodeRef::Named(name.into()))),
        }
    }
}
