//! What a machine asks for during a step, done at once: the world is free while the machine is out
//! of it.
//!
//! Only writes wait for the end of the step, since the step sees its disk as it was.

use crate::base::{
    CallId, Conn, Lane, NodeId, Port, Purpose, SimTime, Span, StepIndex, Steps, WriteId,
};
use crate::engine::node::Event;
use crate::engine::{DiskImage, Fx, Latency, Machine, Observer, Why, World};
use crate::trace::{Record, What};

/// The effects of one step.
pub(super) struct Effects<'a, M: Machine, O> {
    pub world: &'a mut World<M>,
    node: NodeId,
    step: StepIndex,
    /// The step that caused this one.
    cause: StepIndex,
    observer: &'a mut O,
    /// The process ended itself.
    pub exit: Option<i32>,
}

impl<'a, M: Machine, O: Observer<M>> Effects<'a, M, O> {
    pub fn new(
        world: &'a mut World<M>,
        node: NodeId,
        step: StepIndex,
        cause: StepIndex,
        observer: &'a mut O,
    ) -> Self {
        Self {
            world,
            node,
            step,
            cause,
            observer,
            exit: None,
        }
    }

    fn record(&mut self, what: impl FnOnce() -> What<M::Fact>) {
        if self.observer.wants_all() {
            self.observer.record(Record {
                step: self.step,
                at: self.world.now,
                node: self.node,
                cause: self.cause,
                because: Steps::new(),
                what: what(),
            });
        }
    }

    fn lane_delay(&mut self, lane: Lane) -> Span {
        let owner = &mut self.world.nodes[self.node.index()];
        let mut slow = owner.slow_lanes.iter().rev();
        let slow = slow.find(|(it, _)| it.is_none_or(|it| it == lane));
        let latency = slow.map_or(self.world.spec.timing.lane, |(_, latency)| *latency);
        if let Latency::Fixed(span) = latency {
            return span;
        }
        let subject = u64::from(self.node.0) << 16 | u64::from(lane.0);
        let point = self.world.counters.next(Purpose::Lane, subject);
        latency.at(self.world.chooser.draw(point))
    }
}

impl<M: Machine, O: Observer<M>> Fx<M> for Effects<'_, M, O> {
    fn step(&self) -> StepIndex {
        self.step
    }

    fn listen(&mut self, port: Port) {
        let listening = &mut self.world.nodes[self.node.index()].listening;
        if !listening.contains(&port) {
            listening.push(port);
        }
    }

    fn unlisten(&mut self, port: Port) {
        let listening = &mut self.world.nodes[self.node.index()].listening;
        listening.retain(|it| *it != port);
    }

    fn dial(&mut self, to: NodeId, port: Port) -> Conn {
        let conn = self.world.dial(self.node, to, port, self.step);
        self.record(|| What::Dialled { conn, to, port });
        conn
    }

    fn send(&mut self, conn: Conn, msg: M::Msg) {
        let Some(sent) = self.world.send(conn, msg, self.step) else {
            return;
        };
        self.record(|| What::Sent {
            conn,
            to: sent.to,
            port: sent.port,
            kind: sent.kind,
            nth: sent.nth,
        });
        if sent.lost {
            self.record(|| What::Lost {
                conn,
                to: sent.to,
                port: sent.port,
                kind: sent.kind,
                nth: sent.nth,
            });
        }
    }

    fn close(&mut self, conn: Conn) {
        if self.world.close(conn, Why::PeerClosed, self.step) {
            self.record(|| What::Hung { conn });
        }
    }

    fn arm(&mut self, timer: M::Timer, after: Span) {
        let world = &mut *self.world;
        let host = world.nodes[self.node.index()].host;
        let clock = &world.hosts[host.index()].clock;
        let local = clock.mono(world.now) + after;
        let due = clock.when(local);
        let sequence = world.queue.fresh();
        let timers = &mut world.nodes[self.node.index()].timers;
        if let Some(slot) = timers.arm(timer, local, due, sequence, self.step) {
            let event = Event::Timer(self.node, slot);
            world.queue.push_as(due, sequence, event);
        }
    }

    fn disarm(&mut self, timer: M::Timer) {
        self.world.nodes[self.node.index()].timers.disarm(timer);
    }

    fn hand_after(&mut self, lane: Lane, work: M::Work, extra: Span) {
        let delay = self.lane_delay(lane) + extra;
        let now = self.world.now;
        let owner = &mut self.world.nodes[self.node.index()];
        let at = in_order(&mut owner.lane_tails, lane, now, now + delay);
        let event = Event::Lane {
            node: self.node,
            life: owner.life,
            lane,
            work,
            cause: self.step,
        };
        self.world.queue.push(now, at, event);
    }

    fn write(&mut self, change: <M::Disk as DiskImage>::Change) {
        self.world.nodes[self.node.index()].disk.write(change);
    }

    fn sync(&mut self) -> WriteId {
        let world = &mut *self.world;
        let owner = &mut world.nodes[self.node.index()];
        let sync = owner.disk.sync(owner.life, self.step);
        let write = sync.write;
        world.queue_sync(self.node, sync);
        write
    }

    fn reply(&mut self, call: CallId, outcome: M::Outcome) {
        let answer = &mut self.world.answers[call.index()];
        if answer.is_none() {
            *answer = Some(outcome);
            self.record(|| What::Replied { call });
        }
    }

    fn exit(&mut self, code: i32) {
        if self.exit.is_none() {
            self.exit = Some(code);
            self.record(|| What::Exited { code });
        }
    }

    fn choose(&mut self, subject: u64, options: u32) -> u32 {
        // Each node has its own subjects; the low bits stay legible for small numbers.
        let subject = (u64::from(self.node.0) + 1) << 48 ^ subject;
        let point = self.world.counters.next(Purpose::Machine, subject);
        self.world.chooser.choose(point, options)
    }

    fn wants_facts(&self) -> bool {
        self.observer.wants_facts()
    }

    fn wants_details(&self) -> bool {
        self.observer.wants_details()
    }

    fn fact(&mut self, fact: M::Fact, because: &[StepIndex]) {
        if !self.observer.wants_facts() {
            return;
        }
        self.observer.record(Record {
            step: self.step,
            at: self.world.now,
            node: self.node,
            cause: self.cause,
            because: Steps::from_slice(because),
            what: What::Fact(fact),
        });
    }
}

/// When a hand-over arrives: not before the one that went before it in its lane.
fn in_order(tails: &mut Vec<(Lane, SimTime)>, lane: Lane, now: SimTime, at: SimTime) -> SimTime {
    if tails.is_empty() && at == now {
        return at;
    }
    tails.retain(|(_, tail)| *tail > now);
    if let Some((_, tail)) = tails.iter_mut().find(|(it, _)| *it == lane) {
        *tail = at.max(*tail);
        return *tail;
    }
    if at > now {
        tails.push((lane, at));
    }
    at
}
