//! A number for all that decides how a world goes on: states and disks, and what is under way
//! between and within nodes.
//!
//! It says nothing of how the world came there. Left out are the steps that caused what is under
//! way (only records tell them), tables that an earlier play left empty, places in the queue that
//! mean nothing any more, and by how much sequence numbers differ: only their order counts. Nothing is kept for it
//! but a node's own part, so that a play in which nobody asks pays nothing.

use crate::base::{SimTime, StableHasher, stable_hash};
use crate::engine::network::{Connection, End, Freight, Parcel, Stall};
use crate::engine::node::{Event, Node};
use crate::engine::queue::Sequence;
use crate::engine::{Machine, World};
use core::hash::{Hash, Hasher};

/// Something that happens at a time, and its number.
type Coming = (SimTime, Sequence, u64);

impl<M: Machine> World<M> {
    /// A number for all that decides the future: the states and disks of all nodes, messages and
    /// timers under way, work between threads, clocks, rules, and how many draws were made of the
    /// seed. Two worlds that differ in one of them differ in it but for an accident; the way that
    /// led there makes no difference.
    ///
    /// Only nodes that did something since the last call are hashed; the rest is read anew and
    /// costs as much as there is under way.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = StableHasher::default();
        self.now.hash(&mut hasher);
        self.chooser.hash(&mut hasher);
        hasher.write_u64(self.counters.fingerprint());
        hasher.write_u64(self.answers.len() as u64);
        let mut coming: Vec<Coming> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            self.hash_node(node, &mut hasher);
            for (name, at, sequence) in node.timers.to_come() {
                coming.push((at, sequence, stable_hash(&(index as u64, name))));
            }
        }
        for host in &self.hosts {
            let now = host.clock.read(self.now);
            (now.mono, now.wall, host.clock.drift_ppm()).hash(&mut hasher);
            host.powered.hash(&mut hasher);
        }
        self.hash_network(&mut hasher);
        for (at, sequence, event) in self.queue.iter(self.now) {
            if let Some(hash) = self.event(event) {
                coming.push((at, sequence, hash));
            }
        }
        coming.sort_unstable_by_key(|(at, sequence, _)| (*at, *sequence));
        for (at, _, hash) in coming {
            (at, hash).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn hash_node(&self, node: &Node<M>, hasher: &mut StableHasher) {
        let own = node.fingerprint.get().unwrap_or_else(|| {
            let mut hasher = StableHasher::default();
            node.status.hash(&mut hasher);
            node.state.hash(&mut hasher);
            node.disk.image().hash(&mut hasher);
            node.disk.durable.hash(&mut hasher);
            node.disk.hash_unsynced(&mut hasher);
            hasher.finish()
        });
        node.fingerprint.set(Some(own));
        hasher.write_u64(own);
        (node.starting, node.exit_code, &node.listening).hash(hasher);
        (&node.slow_lanes, &node.missed).hash(hasher);
        for (lane, at) in &node.lane_tails {
            if *at > self.now {
                (lane, at).hash(hasher);
            }
        }
        node.disk.hash_device(self.now, hasher);
        for event in &node.backlog {
            self.event(event).hash(hasher);
        }
    }

    fn hash_network(&self, hasher: &mut StableHasher) {
        self.network.rules.hash(hasher);
        hasher.write_u64(self.network.names_and_counts());
        for (subject, act) in &self.acts {
            (subject, act).hash(hasher);
        }
        for (conn, connection) in self.network.all() {
            conn.hash(hasher);
            self.hash_connection(connection, hasher);
        }
    }

    fn hash_connection(&self, connection: &Connection<M::Msg>, hasher: &mut StableHasher) {
        (connection.phase as u8, connection.dial_waits).hash(hasher);
        for end in &connection.ends {
            self.hash_end(end, hasher);
        }
    }

    fn hash_end(&self, end: &End<M::Msg>, hasher: &mut StableHasher) {
        (end.node, end.open, end.told).hash(hasher);
        self.network.links[end.link as usize].subject.hash(hasher);
        if end.last > self.now {
            end.last.hash(hasher);
        }
        let Some(stall) = &end.stall else {
            return;
        };
        let Stall {
            waiting,
            since,
            held,
            flushing,
            overtaken,
            broken,
        } = &**stall;
        (since, held, flushing, broken).hash(hasher);
        for parcel in waiting.iter().chain(overtaken) {
            hasher.write_u64(hash_parcel(parcel));
        }
    }

    /// What an event under way means; `None` if it means nothing any more.
    fn event(&self, event: &Event<M>) -> Option<u64> {
        let lives = |node: crate::base::NodeId, life: u32| {
            let owner = &self.nodes[node.index()];
            owner.life == life && (owner.state.is_some() || owner.starting)
        };
        match event {
            Event::Arrives(parcel) => {
                let open = self.network.get(parcel.to).is_some();
                open.then(|| hash_parcel(parcel))
            }
            Event::Dialled(conn) => self.live(1, *conn),
            Event::Accepted(conn) => self.live(2, *conn),
            Event::Flush(conn) => self.live(3, *conn),
            Event::DialGivesUp(conn) => {
                let waits = self.network.get(*conn).is_some_and(|it| it.dial_waits);
                waits.then(|| stable_hash(&(4u8, conn)))
            }
            Event::GivesUp(conn, since) => {
                let connection = self.network.get(*conn)?;
                let end = &connection.ends[crate::engine::network::side(*conn) ^ 1];
                let waits = end.stall.as_ref()?.since == Some(*since);
                waits.then(|| stable_hash(&(5u8, conn)))
            }
            Event::Boot { node, life, .. } => {
                let due = lives(*node, *life) && self.nodes[node.index()].starting;
                due.then(|| stable_hash(&(6u8, node)))
            }
            Event::LateTimer(node, timer) => Some(stable_hash(&(7u8, node, timer))),
            Event::Lane {
                node,
                life,
                lane,
                work,
                ..
            } => lives(*node, *life).then(|| stable_hash(&(8u8, node, lane, work))),
            Event::Synced(node, sync) => {
                let waited_for = lives(*node, sync.life);
                let made = &self.nodes[node.index()].disk;
                let settles = made.settles(sync.upto);
                (waited_for || settles > 0).then(|| {
                    let told = waited_for.then_some((sync.write, sync.result));
                    stable_hash(&(9u8, node, told, settles))
                })
            }
            Event::Call {
                node,
                life,
                call,
                op,
            } => lives(*node, *life).then(|| stable_hash(&(10u8, node, call, op))),
            Event::Drain { node, life } => lives(*node, *life).then(|| stable_hash(&(11u8, node))),
            // Timers are counted where they are armed.
            Event::Timer(..) | Event::Void => None,
        }
    }

    fn live(&self, kind: u8, conn: crate::base::Conn) -> Option<u64> {
        let live = self.network.get(conn).is_some();
        live.then(|| stable_hash(&(kind, conn)))
    }
}

fn hash_parcel<Msg: Hash>(parcel: &Parcel<Msg>) -> u64 {
    match &parcel.freight {
        Freight::Msg { msg, nth, .. } => stable_hash(&(12u8, parcel.to, msg, nth)),
        Freight::End { why, nth } => stable_hash(&(13u8, parcel.to, why, nth)),
    }
}
