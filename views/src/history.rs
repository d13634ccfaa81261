//! What is kept of a play while it goes on: spans of states, marks, messages, moments worth going to.
//!
//! The session feeds it step by step ([`Timeline::advance_watched`](sim_core::engine::Timeline::advance_watched)); it
//! never plays anything itself, and no decision is worked out here: spans are what nodes said they were, marks are
//! facts, faults and violations. It covers all that was played, also what is later than the position; pictures take
//! from it what is at or before theirs. Memory is bounded by the number of records: one entry of fixed size a message
//! or change of state.

use crate::change::Changes;
use crate::mark::MessageId;
use crate::narration::{Level, level};
use sim_core::base::{NodeId, Port, SimTime, StepIndex};
use sim_core::cluster::{Fact, Msg, Node, World};
use sim_core::engine::{Flight, NodeStatus, Stepped, Violation};
use sim_core::trace::{Record, What};
use sim_core::zookeeper::{self as zk, ElectionMsg, Epoch, ServerState, Sid, SyncKind, Zxid};

/// Steps between two looks for messages that got lost without an end of a connection.
const LOOK_FOR_LOSSES_EVERY: u64 = 4_096;

/// What a node was in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Never started so far.
    #[default]
    NotStarted,
    /// Killed, without power, or ended by itself.
    Down,
    /// A server in this state, as it tells others.
    Server(ServerState),
    /// A client that runs.
    Client,
}

/// What a node was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// Its state.
    pub state: State,
    /// Whether its process was stopped.
    pub paused: bool,
    /// Whether it served clients (a client: had a session).
    pub serving: bool,
}

impl Look {
    /// What a node is now. One that is down was never started if `before` says so.
    pub fn of(world: &World, node: NodeId, before: State) -> Self {
        let (state, serving) = match world.node(node) {
            Some(Node::ZkServer(server)) => (State::Server(server.state()), server.is_serving()),
            Some(Node::ZkClient(client)) => {
                (State::Client, client.state() == zk::ClientState::Connected)
            }
            None if before == State::NotStarted => (State::NotStarted, false),
            None => (State::Down, false),
        };
        Self {
            state,
            paused: world.status(node) == NodeStatus::Paused,
            serving,
        }
    }
}

/// From when on a node was something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The step that changed it.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// What it was from then on.
    pub look: Look,
}

/// Something that happened and has its place on the bands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// Whose it is; [`NodeId::OUTSIDE`] for faults that are no single node's.
    pub node: NodeId,
    /// What.
    pub kind: EventKind,
}

/// What kind of thing happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A fault or another act from outside, as a scenario writes it (`{"crash":"zk3"}`).
    Fault(Box<str>),
    /// A server decided to lead.
    Leads,
    /// A leader's epoch was established: it begins to serve.
    Established(Epoch),
    /// A leader or learner gave up.
    SteppedDown(ServerState),
    /// A leader chose how to bring a learner into line.
    SyncChosen(Sid, SyncKind),
    /// A log was cut behind this transaction.
    Truncated(Zxid),
    /// A process ended itself with this code.
    Exited(i32),
    /// A property broke: its name, and whether it was promised.
    Violated(&'static str, bool),
}

/// What a message says, as far as labels need it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gist {
    /// Its kind says enough.
    #[default]
    None,
    /// A vote for this server.
    Vote(Sid),
    /// A packet with this zxid.
    Zxid(Zxid),
}

impl Gist {
    /// What a message says.
    pub fn of(msg: &Msg) -> Self {
        match msg {
            Msg::Zk(zk::Msg::Election(ElectionMsg::Notification(it))) => Gist::Vote(it.leader),
            Msg::Zk(zk::Msg::Quorum(packet)) => Gist::Zxid(packet.zxid),
            Msg::Zk(_) => Gist::None,
        }
    }

    /// Whether a kind of message has one that a label shows.
    fn matters(kind: u8) -> bool {
        const PING: u8 = zk::PacketKind::Ping as u8;
        const LAST_PACKET: u8 = zk::PacketKind::InformAndActivate as u8;
        const NOTIFICATION: u8 = 64;
        kind == NOTIFICATION || kind <= LAST_PACKET && kind != PING
    }
}

/// One message that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// The step that sent it.
    pub sent: StepIndex,
    /// When.
    pub sent_at: SimTime,
    /// What its sender was then.
    pub state: State,
    /// What it says.
    pub gist: Gist,
    /// How it ended, if it did.
    pub end: Option<End>,
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The step: of its delivery, or after which it was gone.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// Whether it was delivered; otherwise it is lost.
    pub delivered: bool,
}

/// A moment worth going to: a turn of the story, or a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
}

/// What is kept of a play.
#[derive(Clone, Debug, Default)]
pub struct History {
    spans: Vec<Vec<Span>>,
    events: Vec<Event>,
    messages: Vec<Message>,
    moments: Vec<Moment>,
    changes: Changes,
    /// The last step of every instant at which something happened.
    instants: Vec<Moment>,
    /// Positions among the messages: not known to have ended.
    pending: Vec<u32>,
    last: Moment,
}

impl Default for Moment {
    fn default() -> Self {
        Self {
            step: StepIndex(0),
            at: SimTime(0),
        }
    }
}

impl History {
    /// Nothing was played yet of a world with so many nodes.
    pub fn new(nodes: usize) -> Self {
        let start = Span {
            step: StepIndex(0),
            at: SimTime(0),
            look: Look::default(),
        };
        Self {
            spans: vec![vec![start]; nodes],
            changes: Changes::new(nodes),
            ..Self::default()
        }
    }

    /// Takes note of a step: what it left, the world after it, and all that was found broken so far.
    pub fn step<'a>(
        &mut self,
        stepped: Stepped,
        records: impl Iterator<Item = &'a Record<Fact>>,
        world: &World,
        broken: &[Violation],
    ) {
        let moment = Moment {
            step: stepped.step,
            at: stepped.at,
        };
        assert!(moment.step > self.last.step, "steps come in order");
        self.last = moment;
        match self.instants.last_mut() {
            Some(last) if last.at == moment.at => *last = moment,
            _ => self.instants.push(moment),
        }
        let mut found = Found::default();
        for record in records {
            self.record(record, world, &mut found);
        }
        for violation in broken.iter().rev() {
            if violation.step != stepped.step {
                break;
            }
            found.turn = true;
            self.event(
                moment,
                violation.node,
                EventKind::Violated(violation.property, violation.promised),
            );
        }
        let (first, count) = match found.outside || stepped.node == NodeId::OUTSIDE {
            true => (0, self.spans.len() as u16),
            false => (stepped.node.0, 1),
        };
        for node in (first..first + count).map(NodeId) {
            self.look(node, moment, world);
            let log = found.logs || count > 1;
            self.changes.read(node, moment, world, log);
        }
        if found.gists {
            self.note_gists(stepped.step, world);
        }
        if found.ends || stepped.step.0.is_multiple_of(LOOK_FOR_LOSSES_EVERY) {
            self.note_losses(moment, world);
        }
        if found.turn {
            self.moments.push(moment);
        }
    }

    fn record(&mut self, record: &Record<Fact>, world: &World, found: &mut Found) {
        let moment = self.last;
        match &record.what {
            What::Sent {
                to,
                port,
                kind,
                nth,
                ..
            } => {
                found.gists |= Gist::matters(*kind);
                found.ends |= world.node(*to).is_none();
                self.sent(named(record.node, *to, *port, *kind, *nth), moment, world);
            }
            What::Lost {
                to,
                port,
                kind,
                nth,
                ..
            } => {
                let id = named(record.node, *to, *port, *kind, *nth);
                self.ended(id, record.step, false);
            }
            What::Delivered {
                from,
                port,
                kind,
                nth,
                ..
            } => {
                let id = named(*from, record.node, *port, *kind, *nth);
                self.ended(id, record.cause, true);
            }
            What::Closed { .. } | What::Hung { .. } => found.ends = true,
            What::Exited { code } => {
                (found.ends, found.outside, found.turn) = (true, true, true);
                self.event(moment, record.node, EventKind::Exited(*code));
            }
            What::Faulted(text) => {
                (found.ends, found.outside, found.turn) = (true, true, true);
                self.event(moment, record.node, EventKind::Fault(text.clone()));
            }
            What::Fact(fact) => {
                found.turn |= level(fact) == Level::Turn;
                found.logs |= fact.zookeeper().is_some_and(changes_log);
                if let Some(kind) = fact.zookeeper().and_then(event_of) {
                    self.event(moment, record.node, kind);
                }
            }
            _ => {}
        }
    }

    fn event(&mut self, moment: Moment, node: NodeId, kind: EventKind) {
        self.events.push(Event {
            step: moment.step,
            at: moment.at,
            node,
            kind,
        });
    }

    /// Takes note of what a node is, if that is new.
    fn look(&mut self, node: NodeId, moment: Moment, world: &World) {
        let spans = &mut self.spans[node.index()];
        let before = spans.last().expect("the start").look;
        let look = Look::of(world, node, before.state);
        if look != before {
            spans.push(Span {
                step: moment.step,
                at: moment.at,
                look,
            });
        }
    }

    // ---- messages ----

    fn sent(&mut self, id: MessageId, moment: Moment, world: &World) {
        let before = self.spans[id.from.index()].last().expect("the start");
        let state = Look::of(world, id.from, before.look.state).state;
        self.pending.push(self.messages.len() as u32);
        self.messages.push(Message {
            id,
            sent: moment.step,
            sent_at: moment.at,
            state,
            gist: Gist::None,
            end: None,
        });
    }

    /// The messages that one step sent.
    fn sent_by(&self, step: StepIndex) -> core::ops::Range<usize> {
        let from = self.messages.partition_point(|it| it.sent < step);
        let count = self.messages[from..]
            .iter()
            .take_while(|it| it.sent == step)
            .count();
        from..from + count
    }

    fn ended(&mut self, id: MessageId, sent: StepIndex, delivered: bool) {
        let range = self.sent_by(sent);
        let (step, at) = (self.last.step, self.last.at);
        let mut those = self.messages[range].iter_mut();
        // A message that is delivered twice ended the first time.
        if let Some(it) = those.find(|it| it.id == id && it.end.is_none()) {
            it.end = Some(End {
                step,
                at,
                delivered,
            });
        }
    }

    fn note_gists(&mut self, step: StepIndex, world: &World) {
        let range = self.sent_by(step);
        let those = &mut self.messages[range];
        for flight in world.sent_by(step) {
            let id = id_of(&flight);
            if let Some(it) = those.iter_mut().find(|it| it.id == id) {
                it.gist = Gist::of(flight.msg);
            }
        }
    }

    /// What was sent, has not been delivered and is not under way any more is lost.
    fn note_losses(&mut self, moment: Moment, world: &World) {
        let messages = &mut self.messages;
        self.pending
            .retain(|index| messages[*index as usize].end.is_none());
        let flights = world.in_flight();
        let flies = |id: &MessageId| flights.binary_search_by_key(id, id_of).is_ok();
        for index in &self.pending {
            let message = &mut messages[*index as usize];
            if !flies(&message.id) {
                message.end = Some(End {
                    step: moment.step,
                    at: moment.at,
                    delivered: false,
                });
            }
        }
        self.pending
            .retain(|index| messages[*index as usize].end.is_none());
    }

    // ---- going back ----

    /// Forgets what happened after a step, after which the world is this.
    pub fn truncate(&mut self, step: StepIndex, world: &World) {
        self.changes.truncate(step, world);
        for spans in &mut self.spans {
            let keep = spans.partition_point(|it| it.step <= step);
            spans.truncate(keep.max(1));
        }
        let keep = self.events.partition_point(|it| it.step <= step);
        self.events.truncate(keep);
        let keep = self.moments.partition_point(|it| it.step <= step);
        self.moments.truncate(keep);
        let keep = self.messages.partition_point(|it| it.sent <= step);
        self.messages.truncate(keep);
        self.pending.clear();
        for (index, message) in self.messages.iter_mut().enumerate() {
            message.end = message.end.filter(|end| end.step <= step);
            if message.end.is_none() {
                self.pending.push(index as u32);
            }
        }
        let keep = self.instants.partition_point(|it| it.step <= step);
        // The step may lie in the middle of an instant, whose last step is then this one.
        let cut = self.instants.get(keep).copied();
        self.instants.truncate(keep);
        if let Some(cut) = cut.filter(|_| step < self.last.step) {
            let first = self.first_of_instant(keep);
            if first <= step {
                self.instants.push(Moment { step, at: cut.at });
            }
        }
        self.last = self.instants.last().copied().unwrap_or_default();
    }

    /// The first step of an instant that has been taken off the list.
    fn first_of_instant(&self, index: usize) -> StepIndex {
        let before = index.checked_sub(1).and_then(|it| self.instants.get(it));
        StepIndex(before.map_or(0, |it| it.step.0) + 1)
    }

    // ---- looking ----

    /// The last step that it knows.
    pub fn last(&self) -> StepIndex {
        self.last.step
    }

    /// When that was.
    pub fn ends(&self) -> SimTime {
        self.last.at
    }

    /// The last step at or before a time; 0 if there is none.
    pub fn step_at(&self, time: SimTime) -> StepIndex {
        let later = self.instants.partition_point(|it| it.at <= time);
        let last = later.checked_sub(1).map(|index| self.instants[index].step);
        last.unwrap_or(StepIndex(0))
    }

    /// When a step was taken, if it was.
    pub fn time_of(&self, step: StepIndex) -> Option<SimTime> {
        let index = self.instants.partition_point(|it| it.step < step);
        self.instants.get(index).map(|it| it.at)
    }

    /// The spans of a node, in order; the first begins at the start.
    pub fn spans(&self, node: NodeId) -> &[Span] {
        self.spans.get(node.index()).map_or(&[], Vec::as_slice)
    }

    /// What a node was after a step.
    pub fn look_at(&self, node: NodeId, step: StepIndex) -> Look {
        let span = self.span_at(node, step);
        span.map_or_else(Look::default, |it| it.look)
    }

    /// Since when a node has been what it was after a step.
    pub fn span_at(&self, node: NodeId, step: StepIndex) -> Option<&Span> {
        let spans = self.spans(node);
        let later = spans.partition_point(|it| it.step <= step);
        spans.get(later.checked_sub(1)?)
    }

    /// What changed at nodes.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// All events, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// All messages, in the order in which they were sent.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// A message that a step sent, and its position among all.
    pub fn message(&self, id: MessageId, sent: StepIndex) -> Option<(usize, &Message)> {
        let range = self.sent_by(sent);
        let first = range.start;
        let mut those = self.messages[range].iter().enumerate();
        let (after, it) = those.find(|(_, it)| it.id == id)?;
        Some((first + after, it))
    }

    /// The moments worth going to, in order.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// How many of them lie after a step and not after another.
    pub fn moments_between(&self, after: StepIndex, upto: StepIndex) -> usize {
        let count = |step| self.moments.partition_point(|it| it.step <= step);
        count(upto).saturating_sub(count(after))
    }

    /// The first such moment after a step.
    pub fn moment_after(&self, step: StepIndex) -> Option<Moment> {
        let later = self.moments.partition_point(|it| it.step <= step);
        self.moments.get(later).copied()
    }

    /// The last such moment before a step.
    pub fn moment_before(&self, step: StepIndex) -> Option<Moment> {
        let later = self.moments.partition_point(|it| it.step < step);
        self.moments.get(later.checked_sub(1)?).copied()
    }
}

/// What a step turned out to have done.
#[derive(Default)]
struct Found {
    /// Any node may look otherwise now.
    outside: bool,
    /// Messages may be gone.
    ends: bool,
    /// Something was sent of which a label says more than its kind.
    gists: bool,
    /// It is worth going to.
    turn: bool,
    /// A log is not as it was.
    logs: bool,
}

/// What a message of a record is called.
const fn named(from: NodeId, to: NodeId, port: Port, kind: u8, nth: u32) -> MessageId {
    MessageId {
        from,
        to,
        port,
        kind,
        nth,
    }
}

/// What a message under way is called.
pub fn id_of<Payload>(flight: &Flight<'_, Payload>) -> MessageId {
    named(flight.from, flight.to, flight.port, flight.kind, flight.nth)
}

/// Whether a fact says that a log is not as it was.
fn changes_log(fact: &zk::Fact) -> bool {
    use zk::Fact::{DatabaseReplaced, Loaded, Logged, Truncated};
    matches!(
        fact,
        Logged { .. } | Truncated { .. } | Loaded { .. } | DatabaseReplaced { .. }
    )
}

fn event_of(fact: &zk::Fact) -> Option<EventKind> {
    Some(match fact {
        zk::Fact::Decided {
            state: ServerState::Leading,
            ..
        } => EventKind::Leads,
        zk::Fact::Established { epoch, .. } => EventKind::Established(*epoch),
        zk::Fact::SteppedDown { was, .. } => EventKind::SteppedDown(*was),
        zk::Fact::SyncChosen { learner, kind, .. } => EventKind::SyncChosen(*learner, *kind),
        zk::Fact::Truncated { to, .. } => EventKind::Truncated(*to),
        _ => return None,
    })
}
