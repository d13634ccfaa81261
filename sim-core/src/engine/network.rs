//! Connections: in order and reliable until they end, as TCP.
//!
//! An end is an owner's handle on a connection. What travels from one end to the other is a message
//! or the end of the stream, one behind the other. What meets a cut waits at the head of its
//! direction with everything behind it; when the cut heals it goes on, and when it lasts longer
//! than `break_after` the sender's side gives up.

use crate::base::{Conn, NodeId, Port, SimTime, StableHasher, StepIndex, stable_hash};
use crate::engine::Why;
use crate::engine::link::{Link, Rules, Sent};
use core::hash::{Hash, Hasher};
use std::collections::VecDeque;

/// A `Conn` is generation, slot and side, so that no number is used twice and small ones stay
/// small.
const SIDE_BITS: u32 = 1;
const GENERATION_SHIFT: u32 = 24;

/// What travels on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Freight<Msg> {
    /// A message: the `nth` of its kind on its link.
    Msg { msg: Msg, kind: u8, nth: u32 },
    /// The end of the stream: the `nth` on its link.
    End { why: Why, nth: u32 },
}

/// Something on its way to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parcel<Msg> {
    /// The end that it travels to.
    pub to: Conn,
    pub freight: Freight<Msg>,
    /// The step that sent it.
    pub cause: StepIndex,
}

/// What waits at the head of a direction.
#[derive(Clone, Debug)]
pub(super) struct Stall<Msg> {
    pub waiting: VecDeque<Parcel<Msg>>,
    /// Since when the path is cut with something waiting.
    pub since: Option<SimTime>,
    /// The first waits because a fault holds it, cut or not.
    pub held: bool,
    /// Whether a `Flush` is queued.
    pub flushing: bool,
    /// A message that lets the next one overtake it.
    pub overtaken: Option<Parcel<Msg>>,
    /// Bytes were given up: nothing that was sent behind them can be delivered any more.
    pub broken: bool,
}

impl<Msg> Default for Stall<Msg> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            since: None,
            held: false,
            flushing: false,
            overtaken: None,
            broken: false,
        }
    }
}

/// One end, and the direction that leads away from it.
#[derive(Clone, Debug)]
pub(super) struct End<Msg> {
    pub node: NodeId,
    /// Whether its owner still has it.
    pub open: bool,
    /// Once it is gone: whether the other side was told, or will be by what is under way.
    pub told: bool,
    /// The step that ended it.
    pub gone_by: StepIndex,
    /// The link that leads to the other end.
    pub link: u32,
    /// When the last parcel sent from here arrives: none overtakes it.
    pub last: SimTime,
    pub stall: Option<Box<Stall<Msg>>>,
}

/// How far a dial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Unanswered.
    Dialling,
    /// Answered with no; the dialling process has not taken note yet.
    Refused,
    /// Answered with yes.
    Open,
}

#[derive(Clone, Debug)]
pub(super) struct Connection<Msg> {
    pub generation: u64,
    pub phase: Phase,
    /// The dial met a cut and waits for its end.
    pub dial_waits: bool,
    /// The end of that patience is queued.
    pub dial_limited: bool,
    /// The step that dialled, and which dial of its link this is.
    pub dialled_by: StepIndex,
    pub dial_nth: u32,
    /// 0 dialled, 1 accepted.
    pub ends: [End<Msg>; 2],
}

/// All connections and links.
#[derive(Clone, Debug)]
pub(super) struct Network<Msg> {
    pub links: Vec<Link>,
    pub sent: Sent,
    /// The links of each sender by whom they lead to, at which port: sorted.
    by_sender: Vec<Vec<(NodeId, Port, u32)>>,
    pub rules: Rules,
    slots: Vec<Connection<Msg>>,
    free: Vec<u32>,
}

/// Which side of its connection an end is: 0 dialled, 1 accepted.
pub(super) fn side(conn: Conn) -> usize {
    (conn.0 & 1) as usize
}

/// The other end of the same connection.
pub(super) fn other(conn: Conn) -> Conn {
    Conn(conn.0 ^ 1)
}

fn slot(conn: Conn) -> usize {
    ((conn.0 & ((1 << GENERATION_SHIFT) - 1)) >> SIDE_BITS) as usize
}

impl<Msg> Network<Msg> {
    pub fn new() -> Self {
        Self {
            links: Vec::new(),
            sent: Sent::default(),
            by_sender: Vec::new(),
            rules: Rules::default(),
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Forgets everything but the memory. Links stay, since a name always means the same link.
    pub fn reset(&mut self) {
        self.rules.clear();
        self.slots.clear();
        self.free.clear();
        self.sent.reset();
        for link in &mut self.links {
            link.dials = 0;
            link.ends = 0;
        }
    }

    /// The link of this name, and whether it is new (its rules are not worked out then).
    pub fn link(&mut self, from: NodeId, to: NodeId, port: Port) -> (u32, bool) {
        if from.index() >= self.by_sender.len() {
            self.by_sender.resize_with(from.index() + 1, Vec::new);
        }
        let links = &mut self.by_sender[from.index()];
        match links.binary_search_by_key(&(to, port), |it| (it.0, it.1)) {
            Ok(index) => (links[index].2, false),
            Err(index) => {
                let link = self.links.len() as u32;
                self.links.push(Link::new(from, to, port));
                links.insert(index, (to, port, link));
                (link, true)
            }
        }
    }

    /// A connection that is being dialled. Returns the dialling end.
    pub fn open(&mut self, there: u32, back: u32, cause: StepIndex) -> Conn {
        let dial_nth = self.links[there as usize].dials;
        self.links[there as usize].dials = dial_nth + 1;
        let end = |node, open, link| End {
            node,
            open,
            told: !open,
            gone_by: cause,
            link,
            last: SimTime(0),
            stall: None,
        };
        let from = self.links[there as usize].from;
        let to = self.links[there as usize].to;
        let mut connection = Connection {
            generation: 0,
            phase: Phase::Dialling,
            dial_waits: false,
            dial_limited: false,
            dialled_by: cause,
            dial_nth,
            ends: [end(from, true, there), end(to, false, back)],
        };
        let index = if let Some(index) = self.free.pop() {
            connection.generation = self.slots[index as usize].generation;
            self.slots[index as usize] = connection;
            index as usize
        } else {
            self.slots.push(connection);
            self.slots.len() - 1
        };
        assert!(
            index < 1 << (GENERATION_SHIFT - SIDE_BITS),
            "more than 8 million connections"
        );
        self.name(index, 0)
    }

    fn name(&self, index: usize, side: u64) -> Conn {
        let generation = self.slots[index].generation;
        Conn(generation << GENERATION_SHIFT | (index as u64) << SIDE_BITS | side)
    }

    /// The connection of an end, unless both its ends are gone.
    pub fn get(&self, conn: Conn) -> Option<&Connection<Msg>> {
        let connection = self.slots.get(slot(conn))?;
        (connection.generation == conn.0 >> GENERATION_SHIFT).then_some(connection)
    }

    pub fn get_mut(&mut self, conn: Conn) -> Option<&mut Connection<Msg>> {
        let connection = self.slots.get_mut(slot(conn))?;
        (connection.generation == conn.0 >> GENERATION_SHIFT).then_some(connection)
    }

    /// The links, and the connection of an end.
    #[inline]
    pub fn both(&mut self, conn: Conn) -> Option<(&[Link], &mut Connection<Msg>)> {
        let connection = self.slots.get_mut(slot(conn))?;
        let live = connection.generation == conn.0 >> GENERATION_SHIFT;
        live.then_some((&self.links, connection))
    }

    /// The link that leads away from an end which its owner still has, and how far its dial is.
    #[inline]
    pub fn way(&self, conn: Conn) -> Option<(u32, Phase)> {
        let connection = self.get(conn)?;
        let end = &connection.ends[side(conn)];
        end.open.then_some((end.link, connection.phase))
    }

    /// An end that its owner still has.
    pub fn open_end(&self, conn: Conn) -> Option<&End<Msg>> {
        let end = &self.get(conn)?.ends[side(conn)];
        end.open.then_some(end)
    }

    /// The direction that leads to `conn`: its link and what waits on it.
    pub fn toward(&mut self, conn: Conn) -> Option<(&Link, &mut End<Msg>)> {
        let connection = self.slots.get_mut(slot(conn))?;
        if connection.generation != conn.0 >> GENERATION_SHIFT {
            return None;
        }
        let end = &mut connection.ends[side(conn) ^ 1];
        Some((&self.links[end.link as usize], end))
    }

    /// All live connections in a fixed order, by their dialling ends.
    pub fn all(&self) -> impl Iterator<Item = (Conn, &Connection<Msg>)> {
        let live = |connection: &Connection<Msg>| connection.ends.iter().any(|end| end.open);
        let slots = self.slots.iter().enumerate();
        slots
            .filter(move |(_, connection)| live(connection))
            .map(|(index, connection)| (self.name(index, 0), connection))
    }

    /// The counts from which latencies are drawn, by link, and the names that the next connections
    /// get. Links stand in the order in which they were first used, which decides nothing.
    pub fn names_and_counts(&self) -> u64 {
        let mut sum = 0u64;
        for (index, link) in self.links.iter().enumerate() {
            let mut hasher = StableHasher::from_seed(link.subject);
            let carried = self.sent.of(index).inspect(|it| it.hash(&mut hasher));
            if carried.count() > 0 || link.dials > 0 || link.ends > 0 {
                (link.dials, link.ends).hash(&mut hasher);
                sum = sum.wrapping_add(hasher.finish());
            }
        }
        let generations = self.slots.iter().map(|slot| slot.generation);
        let generations: Vec<u64> = generations.collect();
        stable_hash(&(sum, generations, &self.free))
    }

    /// The ends that a process has, in a fixed order.
    pub fn ends_of(&self, node: NodeId) -> Vec<Conn> {
        let mut ends = Vec::new();
        for (conn, connection) in self.all() {
            for (conn, end) in [conn, other(conn)].into_iter().zip(&connection.ends) {
                if end.open && end.node == node {
                    ends.push(conn);
                }
            }
        }
        ends
    }

    /// Both ends are gone: what is still under way finds nobody.
    pub fn forget_if_over(&mut self, conn: Conn) {
        let index = slot(conn);
        let connection = &mut self.slots[index];
        if connection.ends.iter().any(|end| end.open) {
            return;
        }
        connection.generation += 1;
        connection.ends.iter_mut().for_each(|end| end.stall = None);
        self.free.push(index as u32);
    }
}

impl<Msg> End<Msg> {
    /// Gives up what waits on the way from here, and with it all that follows.
    pub fn give_up(&mut self) {
        let waits = self
            .stall
            .take()
            .is_some_and(|stall| !stall.waiting.is_empty());
        if waits {
            self.stall = Some(Box::new(Stall {
                broken: true,
                ..Stall::default()
            }));
        }
    }
}

impl<Msg> Connection<Msg> {
    /// The port that it was made to.
    pub fn port(&self, links: &[Link]) -> Port {
        links[self.ends[0].link as usize].port
    }
}
