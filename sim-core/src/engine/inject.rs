//! Acts from outside: every [`Fault`], done at once.

use crate::base::{Conn, HostId, NodeId, Point, Purpose, StepIndex, Steps};
use crate::engine::disk::Sync;
use crate::engine::link::{Effect, subject};
use crate::engine::network::{Freight, Parcel, Phase, other};
use crate::engine::node::Event;
use crate::engine::{DiskFault, Fault, LinkSet, Machine, MessageAct, MessageRef};
use crate::engine::{NodeStatus, Observer, Why, World};
use crate::trace::{Record, What};

impl<M: Machine> World<M> {
    /// Does something from outside, now. It takes a step number, which is the cause of all that
    /// follows from it. A fault that makes no sense at this moment (a crash of what is down)
    /// changes nothing.
    pub fn inject(&mut self, fault: &Fault, observer: &mut impl Observer<M>) -> StepIndex {
        self.inject_as(fault, None, observer)
    }

    /// As [`World::inject`], with the text that the record of it shall have.
    pub fn inject_as(
        &mut self,
        fault: &Fault,
        text: Option<&str>,
        observer: &mut impl Observer<M>,
    ) -> StepIndex {
        let step = StepIndex(self.steps.0 + 1);
        self.steps = step;
        if observer.wants_all() {
            let text = text.map_or_else(|| format!("{fault:?}").into(), Into::into);
            observer.record(Record {
                step,
                at: self.now,
                node: fault.node().unwrap_or(NodeId::OUTSIDE),
                cause: step,
                because: Steps::new(),
                what: What::Faulted(text),
            });
        }
        self.apply(fault, step, observer);
        step
    }

    fn apply(&mut self, fault: &Fault, step: StepIndex, observer: &mut impl Observer<M>) {
        match fault {
            Fault::Start(node) => self.start(*node, step),
            Fault::Crash(node) => self.end(*node, Why::Reset, step, observer),
            Fault::PowerLoss(host) => self.lose_power(*host, step, observer),
            Fault::Pause(node) => self.pause(*node),
            Fault::Resume(node) => self.resume(*node),
            Fault::Partition(groups) => {
                self.network.rules.partition(groups);
                self.relink();
            }
            Fault::Cut(links) => self.rule(*links, Effect::Cut),
            Fault::Swallow(links) => self.rule(*links, Effect::Swallow),
            Fault::Reject(links) => self.rule(*links, Effect::Reject),
            Fault::Heal(links) => self.rule(*links, Effect::Heal),
            Fault::Latency(links, latency) => self.rule(*links, Effect::Latency(*latency)),
            Fault::Reset(links) => self.reset_connections(links, step),
            Fault::Message(message, act) => self.act_on(*message, *act),
            Fault::Disk(node, fault) => self.disk_fault(*node, *fault),
            Fault::Wipe(node) => self.wipe(*node),
            Fault::WallJump(host, nanos) => self.hosts[host.index()].clock.jump(*nanos),
            Fault::Drift(host, ppm) => self.drift(*host, *ppm),
            Fault::SlowLane(node, lane, latency) => {
                let slow = &mut self.nodes[node.index()].slow_lanes;
                slow.retain(|(it, _)| lane.is_some() && it != lane);
                slow.extend(latency.map(|latency| (*lane, latency)));
            }
        }
    }

    fn start(&mut self, node: NodeId, step: StepIndex) {
        let owner = &mut self.nodes[node.index()];
        if owner.status != NodeStatus::Down || owner.starting {
            return;
        }
        owner.starting = true;
        let event = Event::Boot {
            node,
            life: owner.life,
            cause: step,
        };
        self.queue.push(self.now, self.now, event);
        let host = self.nodes[node.index()].host;
        if !core::mem::replace(&mut self.hosts[host.index()].powered, true) {
            self.relink();
        }
    }

    /// A process ended itself.
    pub(super) fn exited(
        &mut self,
        node: NodeId,
        code: i32,
        step: StepIndex,
        observer: &mut impl Observer<M>,
    ) {
        self.end(node, Why::PeerClosed, step, observer);
        self.nodes[node.index()].exit_code = Some(code);
    }

    /// A process ends and its kernel ends its connections.
    fn end(&mut self, node: NodeId, why: Why, step: StepIndex, observer: &mut impl Observer<M>) {
        for conn in self.network.ends_of(node) {
            self.close(conn, why, step);
        }
        self.end_process(node, observer);
    }

    fn end_process(&mut self, node: NodeId, observer: &mut impl Observer<M>) {
        let owner = &mut self.nodes[node.index()];
        let was = owner.status;
        owner.end_process();
        if was != NodeStatus::Down {
            observer.lifecycle(node, false);
        }
    }

    fn lose_power(&mut self, host: HostId, step: StepIndex, observer: &mut impl Observer<M>) {
        self.hosts[host.index()].powered = false;
        for index in 0..self.nodes.len() {
            if self.nodes[index].host != host {
                continue;
            }
            let node = NodeId(index as u16);
            for conn in self.network.ends_of(node) {
                self.vanish(conn, step);
            }
            self.end_process(node, observer);
            self.nodes[index].disk.lose_power();
        }
        self.relink();
    }

    fn pause(&mut self, node: NodeId) {
        let owner = &mut self.nodes[node.index()];
        if owner.status == NodeStatus::Up {
            owner.status = NodeStatus::Paused;
            owner.fingerprint.set(None);
        }
    }

    /// The process takes what its sockets received first, then its timers fire, late: a thread that
    /// wakes from a timed wait looks at what has arrived before it looks at the clock.
    fn resume(&mut self, node: NodeId) {
        let owner = &mut self.nodes[node.index()];
        if owner.status != NodeStatus::Paused {
            return;
        }
        owner.status = NodeStatus::Up;
        owner.fingerprint.set(None);
        let missed = owner.missed.drain(..);
        owner
            .backlog
            .extend(missed.map(|timer| Event::LateTimer(node, timer)));
        if !owner.backlog.is_empty() {
            let life = owner.life;
            self.queue
                .push(self.now, self.now, Event::Drain { node, life });
        }
    }

    fn rule(&mut self, links: LinkSet, effect: Effect) {
        self.network.rules.set(links, effect);
        self.relink();
    }

    fn reset_connections(&mut self, links: &LinkSet, step: StepIndex) {
        let hit = |link: u32| {
            let link = &self.network.links[link as usize];
            links.contains(link.from, link.to, link.port)
        };
        let all = self.network.all();
        let hit = all.filter(|(_, it)| hit(it.ends[0].link) || hit(it.ends[1].link));
        let hit: Vec<Conn> = hit.map(|(conn, _)| conn).collect();
        for conn in hit {
            let connection = self.network.get_mut(conn).expect("live");
            if connection.phase == Phase::Dialling {
                connection.phase = Phase::Refused;
                connection.dial_waits = false;
                self.queue.push(self.now, self.now, Event::Dialled(conn));
                continue;
            }
            for end in [conn, other(conn)] {
                if self.network.open_end(end).is_some() {
                    self.send_end(other(end), Why::Reset, step);
                }
            }
        }
    }

    fn act_on(&mut self, message: MessageRef, act: MessageAct) {
        let MessageRef {
            from,
            to,
            port,
            kind,
            nth,
        } = message;
        let key = (subject(from, to, port, kind), nth);
        if act == MessageAct::Deliver {
            self.acts.remove(&key);
            if self.release(key) || self.hasten(key) {
                return;
            }
        }
        self.acts.insert(key, act);
        if act != MessageAct::Hold {
            self.release(key);
        }
    }

    /// Lets a message go on that waits because a fault held it or let another overtake it.
    fn release(&mut self, key: (u64, u32)) -> bool {
        let all: Vec<Conn> = self.network.all().map(|(conn, _)| conn).collect();
        for to in all.into_iter().flat_map(|conn| [conn, other(conn)]) {
            let Some((link, end)) = self.network.toward(to) else {
                continue;
            };
            let subject = link.subject;
            let Some(stall) = &mut end.stall else {
                continue;
            };
            let front = stall.waiting.front();
            if stall.held && front.is_some_and(|front| is(front, subject, key)) {
                stall.held = false;
                stall.flushing = true;
                self.queue.push(self.now, self.now, Event::Flush(to));
                return true;
            }
            if stall
                .overtaken
                .as_ref()
                .is_some_and(|it| is(it, subject, key))
            {
                let parcel = stall.overtaken.take().expect("just seen");
                self.queue.push(self.now, self.now, Event::Arrives(parcel));
                return true;
            }
        }
        false
    }

    /// Delivers a message that is under way now, with all that its connection carries before it.
    fn hasten(&mut self, key: (u64, u32)) -> bool {
        let mut hit = None;
        for (at, sequence, event) in self.queue.iter(self.now) {
            if let Event::Arrives(parcel) = event
                && self.act_key(parcel) == Some(key)
            {
                hit = Some((parcel.to, at, sequence));
            }
        }
        let Some((to, at, sequence)) = hit else {
            return false;
        };
        let before = |its_at, its_sequence, event: &Event<M>| {
            matches!(event, Event::Arrives(parcel) if parcel.to == to)
                && (its_at, its_sequence) <= (at, sequence)
        };
        for event in self.queue.take_back(self.now, before, || Event::Void) {
            self.queue.push(self.now, self.now, event);
        }
        true
    }

    /// Queues the return of a sync.
    pub(super) fn queue_sync(&mut self, node: NodeId, sync: Sync) {
        let disk = &mut self.nodes[node.index()].disk;
        if disk.stalled {
            disk.waiting.push(sync);
            return;
        }
        let latency = disk.slow.unwrap_or(self.spec.timing.sync);
        let point = Point {
            purpose: Purpose::Sync,
            subject: u64::from(node.0),
            nth: disk.syncs,
        };
        disk.syncs += 1;
        let span = latency.at(self.chooser.draw(point));
        let at = disk.busy_until.max(self.now + span);
        disk.busy_until = at;
        self.queue.push(self.now, at, Event::Synced(node, sync));
    }

    /// Syncs under way start anew at the disk's new pace, in their order.
    fn disk_fault(&mut self, node: NodeId, fault: DiskFault) {
        let disk = &mut self.nodes[node.index()].disk;
        let was_stalled = disk.stalled;
        disk.set_fault(fault);
        if !was_stalled || disk.stalled {
            return;
        }
        let mut waiting = core::mem::take(&mut disk.waiting);
        disk.busy_until = self.now;
        let of_node = |_, _, event: &Event<M>| matches!(event, Event::Synced(it, _) if *it == node);
        for event in self.queue.take_back(self.now, of_node, || Event::Void) {
            if let Event::Synced(_, sync) = event {
                waiting.push(sync);
            }
        }
        waiting.sort_by_key(|sync| sync.write);
        for sync in waiting {
            self.queue_sync(node, sync);
        }
    }

    fn wipe(&mut self, node: NodeId) {
        let owner = &mut self.nodes[node.index()];
        if owner.status == NodeStatus::Down {
            owner.disk.wipe();
            owner.fingerprint.set(None);
        }
    }

    fn drift(&mut self, host: HostId, ppm: i32) {
        self.hosts[host.index()].clock.drift(self.now, ppm);
        let clock = &self.hosts[host.index()].clock;
        for (index, owner) in self.nodes.iter_mut().enumerate() {
            if owner.host == host {
                let node = NodeId(index as u16);
                let place = |timer, at, sequence| {
                    self.queue.push_as(at, sequence, Event::Timer(node, timer));
                };
                owner.timers.retime(|local| clock.when(local), place);
            }
        }
    }
}

/// Whether a parcel on this link is the message of this key.
fn is<Msg>(parcel: &Parcel<Msg>, link: u64, key: (u64, u32)) -> bool {
    match &parcel.freight {
        Freight::Msg { kind, nth, .. } => (link | u64::from(*kind), *nth) == key,
        Freight::End { .. } => false,
    }
}
