//! The leader's look at containers and nodes with a time to live.
//!
//! Follows `ContainerManager.java` and `LeaderZooKeeperServer.java` of release 3.5.7. Every minute it
//! asks for the deletion of what it finds; the requests are ordinary writes of nobody's session, so
//! one that comes too late fails like any other. While there is nothing to look at, no clock runs.

use crate::base::{LocalTime, Span};
use crate::engine::Now;
use crate::zookeeper::peer::Role;
use crate::zookeeper::server::Cx;
use crate::zookeeper::{
    Identities, NodeKind, Op, Server, SessionId, Submit, Timer, Tree, WriteRequest,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// The least time between two requests (`znode.container.maxPerMinute` = 10000).
const PAUSE: Span = Span::from_millis(6);

/// What the thread of `ContainerManager` knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Containers {
    /// When this leader began to serve: looks come at whole intervals behind it.
    since: LocalTime,
    /// Whether the clock runs.
    armed: bool,
    /// Found and not asked for yet.
    found: VecDeque<Arc<str>>,
}

impl Containers {
    /// A leader begins to serve.
    pub(super) fn since(now: LocalTime) -> Self {
        Self {
            since: now,
            ..Self::default()
        }
    }
}

impl Server {
    /// Lets the clock run if there is something to look at. Called when a leader begins to serve and
    /// whenever it applied something.
    pub(super) fn watch_containers(&mut self, cx: &mut Cx<'_>) {
        let tree = self.database.tree();
        let special = tree.special();
        if special.containers.is_empty() && special.with_ttl.is_empty() {
            return;
        }
        let interval = u64::from(self.config.ensemble.container_check_ms).max(1) * 1_000_000;
        if !matches!(self.role, Role::Leading(_) | Role::Standalone(_)) {
            return;
        }
        let containers = &mut self.containers;
        if !containers.armed {
            containers.armed = true;
            let passed = (cx.now.mono - containers.since).0;
            let left = interval - passed % interval;
            cx.fx.arm(Timer::Containers, Span(left));
        }
    }

    /// The clock: looks (`checkContainers`), or asks for the next of what was found.
    pub(super) fn check_containers(&mut self, cx: &mut Cx<'_>) {
        let tree = self.database.tree();
        let containers = &mut self.containers;
        containers.armed = false;
        if containers.found.is_empty() {
            containers.found = tree.over(cx.now).into();
        }
        let next = containers.found.pop_front();
        if !containers.found.is_empty() {
            containers.armed = true;
            cx.fx.arm(Timer::Containers, PAUSE);
        }
        if let Some(path) = next {
            let delete = WriteRequest {
                session: SessionId::default(),
                cxid: 0,
                op: Arc::new(Op::DeleteContainer { path }),
                owner: None,
                identities: Identities::NOBODY,
            };
            self.submit(Submit::Write(delete), cx);
        }
        self.watch_containers(cx);
    }
}

impl Tree {
    /// Containers that have had children and have none, nodes without children whose time is over by
    /// the wall clock (`getCandidates`).
    fn over(&self, now: Now) -> Vec<Arc<str>> {
        let empty = |path: &&Arc<str>| {
            let node = self.node(path);
            node.is_some_and(|node| node.children.is_empty())
        };
        let used = |path: &&Arc<str>| {
            let node = self.node(path);
            node.is_some_and(|node| node.stat.cversion > 0)
        };
        let now_ms = now.wall.0.div_euclid(1_000_000);
        let late = |path: &&Arc<str>| {
            let Some(stat) = self.node(path).map(|node| node.stat) else {
                return false;
            };
            match NodeKind::of_owner(stat.ephemeral_owner, true) {
                NodeKind::Ttl(ms) => now_ms - stat.mtime_ms > ms,
                _ => false,
            }
        };
        let special = self.special();
        let containers = special.containers.iter().filter(empty).filter(used);
        let with_ttl = special.with_ttl.iter().filter(empty).filter(late);
        containers.chain(with_ttl).cloned().collect()
    }
}
