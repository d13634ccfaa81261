//! What conditions see: the state of nodes, their disks, and what was told since the start.

#![allow(
    clippy::option_option,
    reason = "outer: whether there is a value; inner: what it is"
)]

use crate::base::NodeId;
use crate::cluster::World;
use crate::engine::{NodeStatus, Violation};
use crate::scenario::Cast;
use crate::scenario::predicate::{Mode, Status};
use crate::scenario::stage::Ledger;
use crate::zookeeper::{
    ClientState, Phase, Server, ServerState, Tree, Vote, ZkDisk, Zxid, seeded_disk,
};
use core::fmt::Write;

/// A look at a play between two steps.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The world.
    pub world: &'a World,
    /// Who is who.
    pub cast: &'a Cast,
    /// What was told since the start.
    pub ledger: &'a Ledger,
    /// The properties that broke.
    pub broken: &'a [Violation],
}

impl<'a> View<'a> {
    /// Whether a node runs.
    pub fn status(&self, node: NodeId) -> Status {
        match self.world.status(node) {
            NodeStatus::Up => Status::Up,
            NodeStatus::Down => Status::Down,
            NodeStatus::Paused => Status::Paused,
        }
    }

    /// A server, unless it is down.
    pub fn server(&self, node: NodeId) -> Option<&'a Server> {
        self.world.node(node)?.zk_server()
    }

    /// What the four-letter word `srvr` would say; nothing from a process that is down or stopped.
    pub fn mode(&self, node: NodeId) -> Option<Mode> {
        let server = self.server(node)?;
        if self.status(node) != Status::Up {
            return None;
        }
        Some(match server.state() {
            _ if !server.is_serving() => Mode::NotServing,
            ServerState::Looking => Mode::NotServing,
            ServerState::Leading => Mode::Leader,
            ServerState::Following => Mode::Follower,
            ServerState::Observing => Mode::Observer,
            ServerState::Standalone => Mode::Standalone,
        })
    }

    /// The vote of a server: what it proposes while it looks, what was decided afterwards.
    pub fn vote(&self, node: NodeId) -> Option<Vote> {
        let election = self.server(node)?.election()?;
        Some(match election.state() {
            ServerState::Looking => election.proposal(),
            _ => election.current_vote(),
        })
    }

    /// Whom a server follows, observes or, itself, leads; the inner `None` while it looks.
    pub fn follows(&self, node: NodeId) -> Option<Option<NodeId>> {
        let server = self.server(node)?;
        Some(match server.state() {
            ServerState::Looking | ServerState::Standalone => None,
            ServerState::Leading => Some(node),
            _ => server
                .learner()
                .and_then(|learner| self.cast.server(learner.leader())),
        })
    }

    /// Who leads: LEADING and established, of several the one with the highest epoch.
    pub fn leader(&self) -> Option<NodeId> {
        let epoch = |node: &NodeId| self.server(*node).map(Server::current_epoch);
        let leads = |node: &NodeId| {
            self.server(*node).is_some_and(|server| {
                server.state() == ServerState::Leading && server.phase() == Phase::Broadcast
            })
        };
        self.cast.servers().filter(leads).max_by_key(epoch)
    }

    /// All that say LEADING, in the order of ids.
    pub fn leaders(&self) -> impl Iterator<Item = NodeId> + use<'_, 'a> {
        let leading = |node: &NodeId| {
            self.server(*node)
                .is_some_and(|server| server.state() == ServerState::Leading)
        };
        self.cast.servers().filter(leading)
    }

    /// The disk of a server as a reader sees it, whether it runs or not.
    pub fn disk(&self, node: NodeId) -> Option<&'a ZkDisk> {
        self.world.disk(node).zookeeper()
    }

    /// The disk of a server as a power loss would leave it.
    pub fn durable(&self, node: NodeId) -> Option<&'a ZkDisk> {
        self.world.durable(node).zookeeper()
    }

    /// The tree of a server, unless it is down.
    pub fn tree(&self, node: NodeId) -> Option<&'a Tree> {
        Some(self.server(node)?.database().tree())
    }

    /// The server that serves a client; the inner `None` if none does.
    pub fn connected(&self, node: NodeId) -> Option<NodeId> {
        let client = self.world.node(node)?.zk_client()?;
        match client.state() {
            ClientState::Connected => self.cast.server(client.server()?),
            _ => None,
        }
    }
}

/// Whether two trees hold the same nodes, as the recordings compare them: path, data, who created and last changed them.
pub fn same_tree(a: &Tree, b: &Tree) -> bool {
    let node = |(path, node): (
        &std::sync::Arc<str>,
        &std::sync::Arc<crate::zookeeper::Znode>,
    )| {
        let stat = (node.stat.czxid, node.stat.mzxid);
        (path.clone(), node.data.clone(), stat)
    };
    a.nodes.len() == b.nodes.len() && a.nodes.iter().map(node).eq(b.nodes.iter().map(node))
}

/// The paths in which two trees differ.
pub fn tree_difference(a: &Tree, b: &Tree) -> Vec<Box<str>> {
    let differs = |path: &str| match (a.nodes.get(path), b.nodes.get(path)) {
        (Some(a), Some(b)) => {
            a.data != b.data || a.stat.czxid != b.stat.czxid || a.stat.mzxid != b.stat.mzxid
        }
        (None, None) => false,
        _ => true,
    };
    let mut paths: Vec<&std::sync::Arc<str>> = a.nodes.keys().chain(b.nodes.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    let paths = paths.into_iter().filter(|path| differs(path));
    paths.map(|path| path.as_ref().into()).collect()
}

/// The log of a disk as a history: ranges of one epoch, `/` between files if they are asked for.
pub fn history(disk: &ZkDisk, with_files: bool) -> String {
    let mut text = String::new();
    let mut range: Option<(Zxid, Zxid)> = None;
    let flush = |range: &mut Option<(Zxid, Zxid)>, text: &mut String| {
        let Some((first, last)) = range.take() else {
            return;
        };
        let comma = if text.is_empty() { "" } else { "," };
        let epoch = first.epoch();
        let _ = write!(
            text,
            "{comma}{epoch}:{}-{}",
            first.counter(),
            last.counter()
        );
    };
    for (index, file) in disk.logs.iter().enumerate() {
        if with_files && index > 0 {
            flush(&mut range, &mut text);
            text.push_str(",/");
        }
        for txn in file.txns.iter() {
            match &mut range {
                Some((_, last)) if last.next() == txn.zxid => *last = txn.zxid,
                _ => {
                    flush(&mut range, &mut text);
                    range = Some((txn.zxid, txn.zxid));
                }
            }
        }
    }
    flush(&mut range, &mut text);
    text
}

/// A history of a file in the form in which [`history`] gives it; whether it tells files apart.
pub fn canonical(text: &str) -> (String, bool) {
    let with_files = text.contains('/');
    let disk = seeded_disk(text, crate::zookeeper::Epoch(0), crate::zookeeper::Epoch(0));
    let text = disk.map_or_else(|_| text.to_owned(), |disk| history(&disk, with_files));
    (text, with_files)
}

/// The names of the log files of a disk.
pub fn log_files(disk: &ZkDisk) -> Vec<Box<str>> {
    let name = |file: &crate::zookeeper::LogFile| format!("log.{:x}", file.name.0).into();
    disk.logs.iter().map(name).collect()
}

/// The names of the snapshots of a disk.
pub fn snapshots(disk: &ZkDisk) -> Vec<Box<str>> {
    let name = |file: &crate::zookeeper::Snapshot| format!("snapshot.{:x}", file.name.0).into();
    disk.snapshots.iter().map(name).collect()
}
