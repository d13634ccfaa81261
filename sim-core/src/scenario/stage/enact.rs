//! Acts of a file as faults of the engine, with what undoes them; faults back to acts of a file.

use super::view::View;
use crate::base::{HostId, Lane, NodeId, Port};
use crate::cluster::Op;
use crate::engine::{DiskFault, Fault, LinkSet, MessageAct, MessageRef, NodeStatus};
use crate::scenario::Cast;
use crate::scenario::act::{
    Act, Data, End, LaneName, Link, Links, MessageName, NodeRef, Nodes, Operation, PortName,
};
use crate::scenario::compile::{Compiled, directed};
use crate::scenario::format::{Json, Name};
use crate::scenario::print_act::act_json;
use crate::scenario::words::port_of_kind;
use crate::zookeeper::{self as zk, ClientOp};
use std::sync::Arc;

/// What an act does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
    /// A fault.
    Fault(Fault),
    /// A request to a client, under a name, or something set in a server.
    Call(NodeId, Op, Option<Name>),
}

/// What an act does, and what undoes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Deeds {
    pub deeds: Vec<Deed>,
    pub undo: Vec<Fault>,
}

impl Deeds {
    fn fault(&mut self, fault: Fault) {
        self.deeds.push(Deed::Fault(fault));
    }

    /// A fault and the one that undoes it.
    fn pair(&mut self, fault: Fault, undo: Fault) {
        self.fault(fault);
        self.undo.push(undo);
    }
}

/// What an act does at this moment; the error says why it cannot be done.
pub(super) fn enact(act: &Act, view: &View<'_>, compiled: &Compiled) -> Result<Deeds, String> {
    let mut deeds = Deeds::default();
    let cast = view.cast;
    let nodes = |nodes: &Nodes| some_nodes(nodes, view);
    let hosts = |nodes: &Nodes| some_hosts(nodes, view);
    match act {
        Act::Start(those) => {
            for node in nodes(those)? {
                deeds.pair(Fault::Start(node), Fault::Crash(node));
            }
        }
        Act::Crash(those) => {
            for node in nodes(those)? {
                deeds.pair(Fault::Crash(node), Fault::Start(node));
            }
        }
        Act::Restart(those) => {
            for node in nodes(those)? {
                deeds.fault(Fault::Crash(node));
                deeds.fault(Fault::Start(node));
            }
        }
        Act::PowerLoss(those) => {
            for host in hosts(those)? {
                deeds.fault(Fault::PowerLoss(host));
                deeds.undo.extend(running_on(host, view).map(Fault::Start));
            }
        }
        Act::Pause(those) => {
            for node in nodes(those)? {
                deeds.pair(Fault::Pause(node), Fault::Resume(node));
            }
        }
        Act::Resume(those) => nodes(those)?
            .into_iter()
            .map(Fault::Resume)
            .for_each(|it| deeds.fault(it)),
        Act::Wipe(those) => nodes(those)?
            .into_iter()
            .map(Fault::Wipe)
            .for_each(|it| deeds.fault(it)),
        Act::Partition(groups) => partition(groups, view, &mut deeds)?,
        Act::Cut(links) => rule(links, view, &mut deeds, Fault::Cut)?,
        Act::Swallow(links) => rule(links, view, &mut deeds, Fault::Swallow)?,
        Act::Reject(links) => rule(links, view, &mut deeds, Fault::Reject)?,
        Act::Heal(links) => {
            for set in link_sets(links, view)? {
                deeds.fault(Fault::Heal(set));
            }
        }
        Act::Reset(links) => {
            for set in link_sets(links, view)? {
                deeds.fault(Fault::Reset(set));
            }
        }
        Act::Latency(links, latency) => {
            for set in link_sets(links, view)? {
                let usual = usual_latency(set, compiled);
                match latency {
                    Some(_) => deeds.fault(Fault::Latency(set, *latency)),
                    None => usual.iter().cloned().for_each(|it| deeds.fault(it)),
                }
                deeds.undo.extend(usual);
            }
        }
        Act::Message(message, act) => {
            let message = message_ref(message, cast);
            deeds.fault(Fault::Message(message, *act));
            if *act == MessageAct::Hold {
                deeds
                    .undo
                    .push(Fault::Message(message, MessageAct::Deliver));
            }
        }
        Act::Disk(those, fault) => {
            for node in nodes(those)? {
                let usual = usual_disk(node, compiled);
                match fault {
                    DiskFault::None => deeds.fault(usual.clone()),
                    _ => deeds.fault(Fault::Disk(node, *fault)),
                }
                deeds.undo.push(usual);
            }
        }
        Act::WallJump(those, nanos) => {
            for host in hosts(those)? {
                let back = nanos.saturating_neg();
                deeds.pair(Fault::WallJump(host, *nanos), Fault::WallJump(host, back));
            }
        }
        Act::Drift(those, ppm) => {
            for host in hosts(those)? {
                let usual = compiled.world.hosts[host.index()].drift_ppm;
                deeds.pair(Fault::Drift(host, *ppm), Fault::Drift(host, usual));
            }
        }
        Act::SlowLane {
            nodes: those,
            lane,
            delay,
        } => {
            let lane = lane.map(lane_number);
            for node in nodes(those)? {
                let slow = Fault::SlowLane(node, lane, *delay);
                deeds.pair(slow, Fault::SlowLane(node, lane, None));
                deeds.undo.extend(usual_thread(node, compiled));
                if delay.is_none() {
                    usual_thread(node, compiled).for_each(|it| deeds.fault(it));
                }
            }
        }
        Act::Tamper(those, op) => {
            for node in nodes(those)? {
                let op = Op::ZkServer(op.clone());
                deeds.deeds.push(Deed::Call(node, op, None));
            }
        }
        Act::Connect(client) => {
            let node = cast.node(client).expect("the reader knows it");
            match view.world.status(node) {
                NodeStatus::Down => deeds.fault(Fault::Start(node)),
                _ => deeds
                    .deeds
                    .push(Deed::Call(node, Op::ZkClient(ClientOp::Connect), None)),
            }
        }
        Act::TakeOver {
            client,
            of,
            wrong_password,
        } => {
            let of = cast.node(of).expect("the reader knows it");
            let theirs = view
                .world
                .node(of)
                .and_then(crate::cluster::Node::zk_client);
            let session = theirs.and_then(zk::Client::session);
            let session = session.ok_or("the client whose session is taken up has none")?;
            let node = cast.node(client).expect("the reader knows it");
            if view.world.status(node) == NodeStatus::Down {
                deeds.fault(Fault::Start(node));
            }
            let resume = ClientOp::Resume {
                session,
                password_ok: !wrong_password,
            };
            deeds
                .deeds
                .push(Deed::Call(node, Op::ZkClient(resume), None));
        }
        Act::Call(call) => {
            let node = cast.node(&call.by).expect("the reader knows it");
            if view.world.status(node) == NodeStatus::Down {
                deeds.fault(Fault::Start(node));
            }
            let op = Op::ZkClient(client_op(&call.operation));
            deeds.deeds.push(Deed::Call(node, op, call.name.clone()));
        }
        Act::Kafka(_) => return Err("nothing simulates Kafka yet".to_owned()),
    }
    Ok(deeds)
}

/// The nodes meant now; at least one.
fn some_nodes(nodes: &Nodes, view: &View<'_>) -> Result<Vec<NodeId>, String> {
    let found = view.nodes(nodes);
    match found.is_empty() {
        true => Err(missing(nodes)),
        false => Ok(found),
    }
}

fn missing(nodes: &Nodes) -> String {
    match nodes {
        Nodes::Followers => "nobody follows a leader at this moment".to_owned(),
        _ => "nobody leads at this moment".to_owned(),
    }
}

/// The hosts meant now: names may be those of nodes, hosts and zones.
fn some_hosts(nodes: &Nodes, view: &View<'_>) -> Result<Vec<HostId>, String> {
    let mut hosts = Vec::new();
    for one in nodes.named() {
        match one {
            NodeRef::Named(name) => hosts.extend(view.cast.hosts_named(name)),
            NodeRef::Leader => {
                let leader = view.leader().ok_or_else(|| missing(nodes))?;
                hosts.push(view.cast.host_of(leader));
            }
        }
    }
    if let Nodes::All | Nodes::Followers | Nodes::Others = nodes {
        let found = some_nodes(nodes, view)?;
        hosts.extend(found.into_iter().map(|node| view.cast.host_of(node)));
    }
    hosts.sort_unstable();
    hosts.dedup();
    Ok(hosts)
}

fn running_on(host: HostId, view: &View<'_>) -> impl Iterator<Item = NodeId> {
    let nodes = (0..view.cast.names().len() as u16).map(NodeId);
    nodes.filter(move |node| {
        view.cast.host_of(*node) == host && view.world.status(*node) != NodeStatus::Down
    })
}

fn partition(groups: &[Nodes], view: &View<'_>, deeds: &mut Deeds) -> Result<(), String> {
    let mut found = Vec::new();
    for group in groups {
        found.push(match group {
            Nodes::Others => Vec::new(),
            _ => some_nodes(group, view)?,
        });
    }
    let named: Vec<NodeId> = found.iter().flatten().copied().collect();
    let others: Vec<NodeId> = view
        .cast
        .servers()
        .filter(|node| !named.contains(node))
        .collect();
    for (group, nodes) in groups.iter().zip(&mut found) {
        if *group == Nodes::Others {
            nodes.clone_from(&others);
        }
    }
    for (i, a) in found.iter().enumerate() {
        for b in &found[i + 1..] {
            for (from, to) in a
                .iter()
                .flat_map(|from| b.iter().map(move |to| (*from, *to)))
            {
                let sets = directed(Some(from), Some(to), None, true);
                deeds.undo.extend(sets.into_iter().map(Fault::Heal));
            }
        }
    }
    deeds.fault(Fault::Partition(found));
    Ok(())
}

fn rule(
    links: &Links,
    view: &View<'_>,
    deeds: &mut Deeds,
    fault: fn(LinkSet) -> Fault,
) -> Result<(), String> {
    for set in link_sets(links, view)? {
        deeds.pair(fault(set), Fault::Heal(set));
    }
    Ok(())
}

fn link_sets(links: &Links, view: &View<'_>) -> Result<Vec<LinkSet>, String> {
    let port = links.port.map(port_number);
    let mut sets = Vec::new();
    for link in &links.links {
        let end = |end: &End| match end {
            End::Any => Ok(None),
            End::Node(node) => {
                let found = view.node(node);
                found
                    .map(Some)
                    .ok_or_else(|| "nobody leads at this moment".to_owned())
            }
        };
        let Link {
            from,
            to,
            both_ways,
        } = link;
        sets.extend(directed(end(from)?, end(to)?, port, *both_ways));
    }
    Ok(sets)
}

/// The number of a port.
pub(super) fn port_number(port: PortName) -> Port {
    match port {
        PortName::Client => zk::port::CLIENT,
        PortName::Quorum => zk::port::QUORUM,
        PortName::Election => zk::port::ELECTION,
    }
}

fn message_ref(message: &MessageName, cast: &Cast) -> MessageRef {
    let node = |name: &Name| cast.node(name).expect("the reader knows it");
    MessageRef {
        from: node(&message.from),
        to: node(&message.to),
        port: port_number(port_of_kind(message.kind)),
        kind: message.kind,
        nth: message.nth - 1,
    }
}

/// What gives links their usual latency again.
fn usual_latency(set: LinkSet, compiled: &Compiled) -> Vec<Fault> {
    let meets = |a: Option<NodeId>, b: Option<NodeId>| a.is_none() || b.is_none() || a == b;
    let own = compiled.settings.iter().filter(|setting| match setting {
        Fault::Latency(own, _) => meets(own.from, set.from) && meets(own.to, set.to),
        _ => false,
    });
    core::iter::once(Fault::Latency(set, None))
        .chain(own.cloned())
        .collect()
}

/// What makes a disk work as usual.
fn usual_disk(node: NodeId, compiled: &Compiled) -> Fault {
    let own = compiled.settings.iter().find(|setting| match setting {
        Fault::Disk(owner, _) => *owner == node,
        _ => false,
    });
    own.cloned().unwrap_or(Fault::Disk(node, DiskFault::None))
}

fn usual_thread(node: NodeId, compiled: &Compiled) -> impl Iterator<Item = Fault> {
    let own = compiled
        .settings
        .iter()
        .filter(move |setting| match setting {
            Fault::SlowLane(owner, _, _) => *owner == node,
            _ => false,
        });
    own.cloned()
}

/// The lane of a thread.
fn lane_number(lane: LaneName) -> Lane {
    match lane {
        LaneName::Peer => zk::lane::PEER,
        LaneName::Election => zk::lane::ELECTION,
        LaneName::Log => zk::lane::LOG,
        LaneName::Commit => zk::lane::COMMIT,
        LaneName::Prep => zk::lane::PREP,
        LaneName::Session => zk::lane::SESSION,
    }
}

fn client_op(operation: &Operation) -> ClientOp {
    match operation {
        Operation::Close => ClientOp::Close,
        operation => ClientOp::Do(op(operation)),
    }
}

fn op(operation: &Operation) -> zk::Op {
    let bytes = |data: &Data| -> Arc<[u8]> {
        match data {
            Data::Text(text) => text.as_bytes().into(),
            Data::Bytes(count) => vec![b'x'; *count as usize].into(),
        }
    };
    let path = |path: &str| Arc::<str>::from(path);
    match operation {
        Operation::Create {
            path: at,
            data,
            ephemeral,
            sequential,
            container,
            ttl_ms,
            acl,
        } => zk::Op::Create {
            path: path(at),
            data: bytes(data),
            acl: acl.clone(),
            mode: match (container, ttl_ms) {
                (true, _) => zk::CreateMode::Container,
                (false, None) => zk::CreateMode::of(*ephemeral, *sequential),
                (false, Some(_)) if *sequential => zk::CreateMode::PersistentSequentialWithTtl,
                (false, Some(_)) => zk::CreateMode::PersistentWithTtl,
            },
            ttl_ms: ttl_ms.unwrap_or(-1),
            stat: false,
        },
        Operation::SetAcl {
            path: at,
            acl,
            version,
        } => zk::Op::SetAcl {
            path: path(at),
            acl: acl.clone(),
            version: version.unwrap_or(-1),
        },
        Operation::GetAcl { path: at } => zk::Op::GetAcl { path: path(at) },
        Operation::AddAuth { scheme, auth } => zk::Op::Auth {
            scheme: path(scheme),
            auth: auth.as_bytes().into(),
        },
        Operation::Set {
            path: at,
            data,
            version,
        } => zk::Op::SetData {
            path: path(at),
            data: bytes(data),
            version: version.unwrap_or(-1),
        },
        Operation::Delete { path: at, version } => zk::Op::Delete {
            path: path(at),
            version: version.unwrap_or(-1),
        },
        Operation::Check { path: at, version } => zk::Op::Check {
            path: path(at),
            version: *version,
        },
        Operation::Get { path: at, watch } => zk::Op::GetData {
            path: path(at),
            watch: *watch,
        },
        Operation::Exists { path: at, watch } => zk::Op::Exists {
            path: path(at),
            watch: *watch,
        },
        Operation::Children { path: at, watch } => zk::Op::GetChildren {
            path: path(at),
            watch: *watch,
        },
        Operation::Sync { path: at } => zk::Op::Sync { path: path(at) },
        Operation::Multi(parts) => zk::Op::Multi(parts.iter().map(op).collect()),
        Operation::Close => zk::Op::CloseSession,
    }
}

/// A fault as an act of a file: what a hand did in a window, or what a search found.
pub fn act_of(fault: &Fault, cast: &Cast) -> Act {
    let name = |node: NodeId| NodeRef::Named(cast.name(node).into());
    let one = |node: NodeId| Nodes::One(name(node));
    let host = |host: HostId| Nodes::One(NodeRef::Named(cast.hosts()[host.index()].clone()));
    let links = |set: &LinkSet| links_of(set, cast);
    match fault {
        Fault::Start(node) => Act::Start(one(*node)),
        Fault::Crash(node) => Act::Crash(one(*node)),
        Fault::PowerLoss(it) => Act::PowerLoss(host(*it)),
        Fault::Pause(node) => Act::Pause(one(*node)),
        Fault::Resume(node) => Act::Resume(one(*node)),
        Fault::Partition(groups) => {
            let group =
                |nodes: &Vec<NodeId>| Nodes::Each(nodes.iter().map(|it| name(*it)).collect());
            Act::Partition(groups.iter().map(group).collect())
        }
        Fault::Cut(set) => Act::Cut(links(set)),
        Fault::Swallow(set) => Act::Swallow(links(set)),
        Fault::Reject(set) => Act::Reject(links(set)),
        Fault::Heal(set) => Act::Heal(links(set)),
        Fault::Reset(set) => Act::Reset(links(set)),
        Fault::Latency(set, latency) => Act::Latency(links(set), *latency),
        Fault::Message(message, act) => {
            let message = MessageName {
                kind: message.kind,
                from: cast.name(message.from).into(),
                to: cast.name(message.to).into(),
                nth: message.nth + 1,
            };
            Act::Message(message, *act)
        }
        Fault::Disk(node, fault) => Act::Disk(one(*node), *fault),
        Fault::Wipe(node) => Act::Wipe(one(*node)),
        Fault::WallJump(it, nanos) => Act::WallJump(host(*it), *nanos),
        Fault::Drift(it, ppm) => Act::Drift(host(*it), *ppm),
        Fault::SlowLane(node, lane, delay) => Act::SlowLane {
            nodes: one(*node),
            lane: lane.and_then(lane_name),
            delay: *delay,
        },
    }
}

fn links_of(set: &LinkSet, cast: &Cast) -> Links {
    let end = |node: Option<NodeId>| match node {
        Some(node) => End::Node(NodeRef::Named(cast.name(node).into())),
        None => End::Any,
    };
    let port = |port: Port| match port {
        zk::port::CLIENT => PortName::Client,
        zk::port::QUORUM => PortName::Quorum,
        _ => PortName::Election,
    };
    Links {
        links: vec![Link {
            from: end(set.from),
            to: end(set.to),
            both_ways: false,
        }],
        port: set.port.map(port),
    }
}

fn lane_name(lane: Lane) -> Option<LaneName> {
    Some(match lane {
        zk::lane::PEER => LaneName::Peer,
        zk::lane::ELECTION => LaneName::Election,
        zk::lane::LOG => LaneName::Log,
        zk::lane::COMMIT => LaneName::Commit,
        zk::lane::PREP => LaneName::Prep,
        zk::lane::SESSION => LaneName::Session,
        _ => return None,
    })
}

/// A fault in the words of a file, for its record.
pub(super) fn fault_text(fault: &Fault, cast: &Cast) -> Box<str> {
    let json: Json = act_json(&act_of(fault, cast));
    json.compact().into()
}
