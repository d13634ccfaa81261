//! What happens to connections: dialling, sending, arriving, stalling, breaking, ending.

#![expect(clippy::inline_always, reason = "an event is built where it will wait")]

use crate::base::{Conn, NodeId, Point, Port, Purpose, SimTime, Span, StepIndex};
use crate::engine::link::{END, Link};
use crate::engine::network::{Freight, Parcel, Phase, other, side};
use crate::engine::node::Event;
use crate::engine::world::Stepped;
use crate::engine::{Input, Latency, Machine, Message, MessageAct};
use crate::engine::{NodeStatus, Observer, Why, World};
use crate::trace::What;

/// What became of a send.
pub(super) struct Sent {
    pub to: NodeId,
    pub port: Port,
    pub kind: u8,
    pub nth: u32,
    /// Swallowed on the way.
    pub lost: bool,
}

impl<M: Machine> World<M> {
    pub(super) fn dial(&mut self, from: NodeId, to: NodeId, port: Port, step: StepIndex) -> Conn {
        let there = self.link(from, to, port);
        let back = self.link(to, from, port);
        let conn = self.network.open(there, back, step);
        let at = self.now + self.dial_span(conn);
        self.queue.push(self.now, at, Event::Dialled(conn));
        conn
    }

    /// A link, with its rules worked out.
    fn link(&mut self, from: NodeId, to: NodeId, port: Port) -> u32 {
        let (link, new) = self.network.link(from, to, port);
        if new {
            self.work_out_link(link as usize);
        }
        link
    }

    fn work_out_link(&mut self, link: usize) {
        let it = &self.network.links[link];
        let verdict = self.network.rules.verdict(it.from, it.to, it.port);
        let host = |node: NodeId| self.spec.nodes[node.index()].host;
        let usual = if host(it.from) == host(it.to) {
            self.spec.timing.local_latency
        } else {
            self.spec.timing.latency
        };
        let blocked = verdict.cut || !self.hosts[host(it.to).index()].powered;
        let it = &mut self.network.links[link];
        it.blocked = blocked;
        it.swallow = verdict.swallow;
        it.reject = verdict.reject;
        it.latency = verdict.latency.unwrap_or(usual);
    }

    pub(super) fn work_out_links(&mut self) {
        (0..self.network.links.len()).for_each(|link| self.work_out_link(link));
    }

    /// Rules or power changed: what waited for that goes on.
    pub(super) fn relink(&mut self) {
        self.work_out_links();
        let all: Vec<Conn> = self.network.all().map(|(conn, _)| conn).collect();
        for conn in all {
            self.redial(conn);
            self.go_on(conn);
            self.go_on(other(conn));
        }
    }

    fn redial(&mut self, conn: Conn) {
        if self.dial_is_cut(conn) {
            return;
        }
        let connection = self.network.get_mut(conn).expect("live");
        if core::mem::take(&mut connection.dial_waits) {
            let at = self.now + self.dial_span(conn);
            self.queue.push(self.now, at, Event::Dialled(conn));
        }
    }

    fn dial_is_cut(&self, conn: Conn) -> bool {
        let connection = self.network.get(conn).expect("live");
        let blocked = |end: usize| {
            let link = connection.ends[end].link as usize;
            self.network.links[link].blocked
        };
        blocked(0) || blocked(1)
    }

    /// Lets what waits on its way to this end go on, if nothing holds it any more.
    pub(super) fn go_on(&mut self, to: Conn) {
        // What waits for the answer to a dial waits whatever happens to the link.
        if self
            .network
            .get(to)
            .is_none_or(|it| it.phase != Phase::Open)
        {
            return;
        }
        let Some((link, end)) = self.network.toward(to) else {
            return;
        };
        let Some(stall) = &mut end.stall else {
            return;
        };
        let front = stall.waiting.front();
        let (false, false, false, Some(front)) = (link.blocked, stall.held, stall.flushing, front)
        else {
            return;
        };
        let point = point(link.subject, &front.freight);
        let latency = link.latency;
        stall.since = None;
        stall.flushing = true;
        let at = self.now + self.span(latency, point);
        self.queue.push(self.now, at, Event::Flush(to));
    }

    fn span(&self, latency: Latency, point: Point) -> Span {
        match latency {
            Latency::Fixed(span) => span,
            latency => latency.at(self.chooser.draw(point)),
        }
    }

    fn dial_span(&self, conn: Conn) -> Span {
        let connection = self.network.get(conn).expect("a dial under way");
        let point = Point {
            purpose: Purpose::Dial,
            subject: self.network.links[connection.ends[0].link as usize].subject,
            nth: connection.dial_nth,
        };
        self.span(self.spec.timing.dial, point)
    }

    /// A dial comes to an answer, or meets a cut.
    pub(super) fn dialled(
        &mut self,
        conn: Conn,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        match self.network.get(conn)?.phase {
            Phase::Open => return None,
            Phase::Refused => return self.input(Event::Dialled(conn), observer),
            Phase::Dialling => {}
        }
        if self.dial_is_cut(conn) {
            self.dial_waits(conn);
            return None;
        }
        let accepts = self.accepts(conn);
        let connection = self.network.get_mut(conn)?;
        if accepts {
            connection.phase = Phase::Open;
            connection.ends[1].open = true;
            connection.ends[1].told = false;
            self.queue
                .push(self.now, self.now, Event::Accepted(other(conn)));
            self.go_on(other(conn));
        } else {
            connection.phase = Phase::Refused;
        }
        self.input(Event::Dialled(conn), observer)
    }

    /// Whether anybody listens where the dial goes. A stopped process does: its kernel answers.
    fn accepts(&self, conn: Conn) -> bool {
        let connection = self.network.get(conn).expect("a dial under way");
        let link = &self.network.links[connection.ends[0].link as usize];
        let owner = &self.nodes[link.to.index()];
        !link.reject && owner.status != NodeStatus::Down && owner.listening.contains(&link.port)
    }

    fn dial_waits(&mut self, conn: Conn) {
        let connection = self.network.get_mut(conn).expect("a dial under way");
        connection.dial_waits = true;
        if !core::mem::replace(&mut connection.dial_limited, true) {
            let at = self.now + self.spec.timing.break_after;
            self.queue.push(self.now, at, Event::DialGivesUp(conn));
        }
    }

    pub(super) fn dial_gives_up(
        &mut self,
        conn: Conn,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let connection = self.network.get_mut(conn)?;
        if !connection.dial_waits {
            return None;
        }
        connection.dial_waits = false;
        connection.phase = Phase::Refused;
        self.input(Event::Dialled(conn), observer)
    }

    pub(super) fn take_opened(
        &mut self,
        conn: Conn,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let connection = self.network.get_mut(conn)?;
        let node = connection.ends[0].node;
        let cause = connection.dialled_by;
        if connection.phase == Phase::Refused {
            connection.ends[0].open = false;
            self.network.forget_if_over(conn);
            let what = What::Refused { conn };
            return Some(self.run(node, cause, what, Input::Refused(conn), observer));
        }
        let what = What::Opened { conn };
        Some(self.run(node, cause, what, Input::Opened(conn), observer))
    }

    pub(super) fn take_accepted(
        &mut self,
        conn: Conn,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let connection = self.network.get(conn)?;
        let (from, node) = (connection.ends[0].node, connection.ends[1].node);
        let port = connection.port(&self.network.links);
        let cause = connection.dialled_by;
        let what = What::Accepted { conn, from, port };
        Some(self.run(
            node,
            cause,
            what,
            Input::Accepted(conn, from, port),
            observer,
        ))
    }

    /// Sends a message from an end. `None` if that end is over.
    #[inline]
    pub(super) fn send(&mut self, from: Conn, msg: M::Msg, cause: StepIndex) -> Option<Sent> {
        let (link, phase) = self.network.way(from)?;
        if phase == Phase::Refused {
            return None;
        }
        let kind = msg.kind();
        let nth = self.network.sent.next(link, kind);
        let link = &self.network.links[link as usize];
        let sent = Sent {
            to: link.to,
            port: link.port,
            kind,
            nth,
            lost: link.swallow,
        };
        if !sent.lost {
            self.ship(from, Freight::Msg { msg, kind, nth }, cause);
        }
        Some(sent)
    }

    /// Tells the other side of `from` that this side is over, behind all that was sent before.
    pub(super) fn send_end(&mut self, from: Conn, why: Why, cause: StepIndex) {
        let Some((link, end)) = self.network.toward(other(from)) else {
            return;
        };
        end.told = true;
        let link_index = end.link as usize;
        let nth = link.ends;
        self.network.links[link_index].ends = nth + 1;
        self.ship(from, Freight::End { why, nth }, cause);
    }

    /// Puts something on its way from an end to the other one. It meets a cut where it arrives: so
    /// what was sent before the cut and after it stays in order.
    #[inline(always)]
    fn ship(&mut self, from: Conn, freight: Freight<M::Msg>, cause: StepIndex) {
        let now = self.now;
        let (links, connection) = self.network.both(from).expect("live");
        let parcel = Parcel {
            to: other(from),
            freight,
            cause,
        };
        if connection.phase == Phase::Dialling {
            self.stall(parcel);
            return;
        }
        let end = &mut connection.ends[side(from)];
        let link = &links[end.link as usize];
        let hastened = !self.acts.is_empty()
            && act_key(link, &parcel.freight)
                .is_some_and(|key| self.acts.get(&key) == Some(&MessageAct::Deliver));
        let span = match link.latency {
            _ if hastened => Span::ZERO,
            Latency::Fixed(span) => span,
            latency => latency.at(self.chooser.draw(point(link.subject, &parcel.freight))),
        };
        let at = end.last.max(now + span);
        end.last = at;
        self.queue.push(now, at, Event::Arrives(parcel));
    }

    /// Lets a parcel wait at the head of its direction, behind those that wait already.
    fn stall(&mut self, parcel: Parcel<M::Msg>) {
        let now = self.now;
        let to = parcel.to;
        let open = self
            .network
            .get(to)
            .is_some_and(|it| it.phase == Phase::Open);
        let (link, end) = self.network.toward(to).expect("live");
        let blocked = link.blocked;
        let stall = end.stall.get_or_insert_default();
        stall.waiting.push_back(parcel);
        if open && blocked && stall.since.is_none() {
            stall.since = Some(now);
            let at = now + self.spec.timing.break_after;
            self.queue.push(now, at, Event::GivesUp(to, now));
        }
    }

    /// The fault on a single message, if there is one.
    pub(super) fn act(&self, parcel: &Parcel<M::Msg>) -> Option<MessageAct> {
        self.acts.get(&self.act_key(parcel)?).copied()
    }

    pub(super) fn act_key(&self, parcel: &Parcel<M::Msg>) -> Option<(u64, u32)> {
        let connection = self.network.get(parcel.to)?;
        let link = connection.ends[side(other(parcel.to))].link as usize;
        act_key(&self.network.links[link], &parcel.freight)
    }

    /// A parcel arrives. The common case is decided here, every other one in `arrives_odd`.
    #[inline(always)]
    pub(super) fn arrives(
        &mut self,
        parcel: Parcel<M::Msg>,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let conn = parcel.to;
        let (links, connection) = self.network.both(conn)?;
        let (sender, receiver) = (
            &connection.ends[side(other(conn))],
            &connection.ends[side(conn)],
        );
        let link = &links[sender.link as usize];
        let node = receiver.node;
        let plain = receiver.open
            && !link.blocked
            && sender.stall.is_none()
            && self.acts.is_empty()
            && !self.nodes[node.index()].queues_inputs();
        let (true, Freight::Msg { .. }) = (plain, &parcel.freight) else {
            return self.arrives_odd(parcel, observer);
        };
        let (from, port) = (link.from, link.port);
        if let Freight::Msg { msg, kind, nth } = parcel.freight {
            let what = What::Delivered {
                conn,
                from,
                port,
                kind,
                nth,
            };
            let input = Input::Deliver(conn, msg);
            return Some(self.run(node, parcel.cause, what, input, observer));
        }
        None
    }

    fn arrives_odd(
        &mut self,
        parcel: Parcel<M::Msg>,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let (link, end) = self.network.toward(parcel.to)?;
        let stall = end.stall.as_ref();
        let broken = stall.is_some_and(|stall| stall.broken);
        // Behind a gap only a reset is valid.
        let reset = matches!(
            parcel.freight,
            Freight::End {
                why: Why::Reset,
                ..
            }
        );
        if broken && !reset {
            return None;
        }
        let waits = stall.is_some_and(|stall| !stall.waiting.is_empty());
        if link.blocked || waits {
            self.stall(parcel);
            return None;
        }
        if self.act(&parcel) == Some(MessageAct::Hold) {
            let to = parcel.to;
            self.stall(parcel);
            self.hold(to);
            return None;
        }
        self.passes(parcel, observer)
    }

    fn hold(&mut self, to: Conn) {
        let (_, end) = self.network.toward(to).expect("live");
        end.stall.as_mut().expect("something waits").held = true;
    }

    /// What waited goes on: the first of it now, the rest right behind it.
    pub(super) fn flush(&mut self, to: Conn, observer: &mut impl Observer<M>) -> Option<Stepped> {
        let now = self.now;
        let (link, end) = self.network.toward(to)?;
        let blocked = link.blocked;
        let stall = end.stall.as_mut()?;
        stall.flushing = false;
        if stall.held {
            return None;
        }
        if blocked {
            if stall.since.is_none() {
                stall.since = Some(now);
                let at = now + self.spec.timing.break_after;
                self.queue.push(now, at, Event::GivesUp(to, now));
            }
            return None;
        }
        let parcel = stall.waiting.pop_front()?;
        if self.act(&parcel) == Some(MessageAct::Hold) {
            let (_, end) = self.network.toward(to)?;
            end.stall.as_mut()?.waiting.push_front(parcel);
            self.hold(to);
            return None;
        }
        let (_, end) = self.network.toward(to)?;
        let stall = end.stall.as_mut()?;
        if !stall.waiting.is_empty() {
            stall.flushing = true;
            self.queue.push(now, now, Event::Flush(to));
        }
        self.passes(parcel, observer)
    }

    /// A parcel whose turn it is, but for faults on single messages.
    fn passes(
        &mut self,
        parcel: Parcel<M::Msg>,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let now = self.now;
        let act = self.act_key(&parcel).and_then(|key| self.acts.remove(&key));
        match act {
            Some(MessageAct::Drop) => return None,
            Some(MessageAct::Duplicate) => {
                self.queue.push(now, now, Event::Arrives(parcel.clone()));
            }
            Some(MessageAct::Reorder) => {
                let (_, end) = self.network.toward(parcel.to)?;
                end.stall.get_or_insert_default().overtaken = Some(parcel);
                return None;
            }
            Some(MessageAct::Hold | MessageAct::Deliver) | None => {}
        }
        let (_, end) = self.network.toward(parcel.to)?;
        let overtaken = end.stall.as_mut().and_then(|stall| stall.overtaken.take());
        if end
            .stall
            .as_ref()
            .is_some_and(|stall| stall.waiting.is_empty())
        {
            end.stall = None;
        }
        if let Some(overtaken) = overtaken {
            self.queue.push(now, now, Event::Arrives(overtaken));
            if matches!(parcel.freight, Freight::End { .. }) {
                self.queue.push(now, now, Event::Arrives(parcel));
                return None;
            }
        }
        self.lands(parcel, observer)
    }

    /// A parcel is at the receiving host.
    fn lands(
        &mut self,
        parcel: Parcel<M::Msg>,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let to = parcel.to;
        let end = &self.network.get(to)?.ends[side(to)];
        if !end.open {
            // Nobody knows this connection here: the host says so, unless the sender knows already.
            if !end.told {
                let cause = end.gone_by;
                self.send_end(to, Why::Reset, cause);
            }
            return None;
        }
        let owner = &mut self.nodes[end.node.index()];
        if owner.queues_inputs() {
            owner.backlog.push_back(Event::Arrives(parcel));
            return None;
        }
        self.take_parcel(parcel, observer)
    }

    pub(super) fn take_parcel(
        &mut self,
        parcel: Parcel<M::Msg>,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let conn = parcel.to;
        let connection = self.network.get_mut(conn)?;
        let end = &mut connection.ends[side(conn)];
        if !end.open {
            return None;
        }
        let node = end.node;
        match parcel.freight {
            Freight::Msg { msg, kind, nth } => {
                let link = connection.ends[side(other(conn))].link as usize;
                let link = &self.network.links[link];
                let (from, port) = (link.from, link.port);
                let what = What::Delivered {
                    conn,
                    from,
                    port,
                    kind,
                    nth,
                };
                Some(self.run(
                    node,
                    parcel.cause,
                    what,
                    Input::Deliver(conn, msg),
                    observer,
                ))
            }
            Freight::End { why, .. } => {
                end.open = false;
                // A side that gives up cannot tell the other one.
                end.told = why != Why::Broken;
                end.gone_by = self.steps;
                self.network.forget_if_over(conn);
                let what = What::Closed {
                    conn,
                    why: why as u8,
                };
                Some(self.run(node, parcel.cause, what, Input::Closed(conn, why), observer))
            }
        }
    }

    /// The sender toward `to` has waited long enough for its bytes to get through.
    pub(super) fn gives_up(
        &mut self,
        to: Conn,
        since: SimTime,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        let (link, end) = self.network.toward(to)?;
        let stall = end.stall.as_mut()?;
        if stall.since != Some(since) || !link.blocked {
            return None;
        }
        let cause = stall
            .waiting
            .front()
            .map_or(StepIndex(0), |parcel| parcel.cause);
        end.give_up();
        end.told = false;
        let parcel = Parcel {
            to: other(to),
            freight: Freight::End {
                why: Why::Broken,
                nth: 0,
            },
            cause,
        };
        if end.open {
            return self.lands(parcel, observer);
        }
        None
    }

    /// A process closes one of its ends. Says whether it had it.
    pub(super) fn close(&mut self, conn: Conn, why: Why, cause: StepIndex) -> bool {
        let Some(connection) = self.network.get_mut(conn) else {
            return false;
        };
        let end = &mut connection.ends[side(conn)];
        if !core::mem::take(&mut end.open) {
            return false;
        }
        end.gone_by = cause;
        let phase = connection.phase;
        let heard = connection.ends[side(other(conn))].open;
        if phase == Phase::Open && heard {
            self.send_end(conn, why, cause);
        }
        self.network.forget_if_over(conn);
        true
    }

    /// A process is gone without a word.
    pub(super) fn vanish(&mut self, conn: Conn, cause: StepIndex) {
        let Some(connection) = self.network.get_mut(conn) else {
            return;
        };
        let end = &mut connection.ends[side(conn)];
        end.open = false;
        end.told = false;
        end.gone_by = cause;
        end.give_up();
        self.network.forget_if_over(conn);
    }
}

/// How faults name a message.
fn act_key<Msg>(link: &Link, freight: &Freight<Msg>) -> Option<(u64, u32)> {
    match freight {
        Freight::Msg { kind, nth, .. } => Some((link.subject | u64::from(*kind), *nth)),
        Freight::End { .. } => None,
    }
}

/// The point of a latency draw.
fn point<Msg>(link: u64, freight: &Freight<Msg>) -> Point {
    let (kind, nth) = match freight {
        Freight::Msg { kind, nth, .. } => (*kind, *nth),
        Freight::End { nth, .. } => (END, *nth),
    };
    Point {
        purpose: Purpose::Latency,
        subject: link | u64::from(kind),
        nth,
    }
}
