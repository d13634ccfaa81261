//! What can be seen of a world from outside: connections and what is under way on them. Read-only.

use crate::base::{Conn, Lane, NodeId, Port, SimTime, StepIndex};
use crate::engine::network::{Freight, Parcel, Phase, Stall, other, side};
use crate::engine::node::Event;
use crate::engine::{Machine, World};

/// A message that was sent and has not been taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight<'a, Msg> {
    /// The end that it travels to.
    pub conn: Conn,
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// The port that its connection was made to.
    pub port: Port,
    /// Its kind.
    pub kind: u8,
    /// Which of its kind from this sender to this receiver, from 0.
    pub nth: u32,
    /// The message.
    pub msg: &'a Msg,
    /// The step that sent it.
    pub sent_by: StepIndex,
    /// How it gets on.
    pub stage: Stage,
}

/// How a message gets on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It arrives then, unless something comes between.
    Travels(SimTime),
    /// It waits for the end of a cut, of a hold, or behind something that does.
    Waits,
    /// It is in the socket of a process that does not run, or has not come to it yet.
    Received,
}

/// A connection that at least one side still has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The dialling end.
    pub conn: Conn,
    /// Who dialled.
    pub from: NodeId,
    /// Whom.
    pub to: NodeId,
    /// At which port.
    pub port: Port,
    /// Whether the dial was answered with yes.
    pub open: bool,
    /// Whether the dialling side still has it.
    pub held_by_dialler: bool,
    /// Whether the accepting side still has it.
    pub held_by_acceptor: bool,
}

/// What rules that faults set say about one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// Bytes stall.
    pub cut: bool,
    /// What is sent is lost while connections stay.
    pub swallows: bool,
    /// New connections are refused.
    pub rejects: bool,
}

impl Path {
    /// Whether no rule touches it.
    pub fn is_whole(self) -> bool {
        self == Path::default()
    }
}

impl<M: Machine> World<M> {
    /// What rules say about the direction from one node to another, over connections made to a
    /// port. A host without power is no rule.
    pub fn path(&self, from: NodeId, to: NodeId, port: Port) -> Path {
        let verdict = self.network.rules.verdict(from, to, port);
        Path {
            cut: verdict.cut,
            swallows: verdict.swallow,
            rejects: verdict.reject,
        }
    }

    /// A node's timers that run, and when they fall due.
    pub fn timers(&self, node: NodeId) -> impl Iterator<Item = (M::Timer, SimTime)> {
        self.nodes[node.index()].timers.armed()
    }

    /// The ports on which a node accepts connections.
    pub fn listening(&self, node: NodeId) -> &[Port] {
        &self.nodes[node.index()].listening
    }

    /// How many inputs wait for a node's process to go on.
    pub fn backlog(&self, node: NodeId) -> usize {
        self.nodes[node.index()].backlog.len()
    }

    /// Work that a node's threads handed over and that has not been taken: to which thread, and
    /// when it is taken. In no particular order.
    pub fn handed(&self, node: NodeId) -> impl Iterator<Item = (Lane, SimTime)> {
        let life = self.nodes[node.index()].life;
        let queued = self.queue.iter(self.now);
        queued.filter_map(move |(at, _, event)| match event {
            Event::Lane {
                node: whose,
                life: of,
                lane,
                ..
            } if *whose == node && *of == life => Some((*lane, at)),
            _ => None,
        })
    }

    /// All connections, in a fixed order.
    pub fn connections(&self) -> impl Iterator<Item = Link> {
        self.network.all().map(|(conn, connection)| Link {
            conn,
            from: connection.ends[0].node,
            to: connection.ends[1].node,
            port: connection.port(&self.network.links),
            open: connection.phase == Phase::Open,
            held_by_dialler: connection.ends[0].open,
            held_by_acceptor: connection.ends[1].open,
        })
    }

    /// All messages under way to ends that somebody has, by sender, receiver, port, kind and
    /// number.
    pub fn in_flight(&self) -> Vec<Flight<'_, M::Msg>> {
        let mut flights = Vec::new();
        for (at, _, event) in self.queue.iter(self.now) {
            if let Event::Arrives(parcel) = event {
                flights.extend(self.flight(parcel, Stage::Travels(at)));
            }
        }
        for node in &self.nodes {
            for event in &node.backlog {
                if let Event::Arrives(parcel) = event {
                    flights.extend(self.flight(parcel, Stage::Received));
                }
            }
        }
        for (_, connection) in self.network.all() {
            for stall in connection
                .ends
                .iter()
                .filter_map(|end| end.stall.as_deref())
            {
                let Stall {
                    waiting, overtaken, ..
                } = stall;
                let parcels = waiting.iter().chain(overtaken);
                flights.extend(parcels.filter_map(|parcel| self.flight(parcel, Stage::Waits)));
            }
        }
        flights.sort_by_key(|it| (it.from, it.to, it.port, it.kind, it.nth));
        flights
    }

    /// The messages that a step sent and that are still under way, in no particular order.
    pub fn sent_by(&self, step: StepIndex) -> impl Iterator<Item = Flight<'_, M::Msg>> {
        let queued = self.queue.iter(self.now);
        let queued = queued.filter_map(move |(at, _, event)| match event {
            Event::Arrives(parcel) if parcel.cause == step => {
                self.flight(parcel, Stage::Travels(at))
            }
            _ => None,
        });
        let ends = self.network.all().flat_map(|(_, it)| it.ends.iter());
        let stalls = ends.filter_map(|end| end.stall.as_deref());
        let waiting = stalls.flat_map(|stall| stall.waiting.iter().chain(&stall.overtaken));
        let waiting = waiting.filter(move |parcel| parcel.cause == step);
        queued.chain(waiting.filter_map(|parcel| self.flight(parcel, Stage::Waits)))
    }

    fn flight<'a>(
        &'a self,
        parcel: &'a Parcel<M::Msg>,
        stage: Stage,
    ) -> Option<Flight<'a, M::Msg>> {
        let Freight::Msg { msg, kind, nth } = &parcel.freight else {
            return None;
        };
        let connection = self.network.get(parcel.to)?;
        let waits_for_answer = connection.phase == Phase::Dialling;
        if !waits_for_answer && !connection.ends[side(parcel.to)].open {
            return None;
        }
        let link = connection.ends[side(other(parcel.to))].link as usize;
        let link = &self.network.links[link];
        Some(Flight {
            conn: parcel.to,
            from: link.from,
            to: link.to,
            port: link.port,
            kind: *kind,
            nth: *nth,
            msg,
            sent_by: parcel.cause,
            stage,
        })
    }
}
