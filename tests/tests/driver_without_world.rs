//! A driver without `World`: proof that a server is its effects and nothing else.
//!
//! Every effect becomes an event some time later, or a change of a port, a timer or a disk. From
//! those alone five servers elect a leader, agree on an epoch and serve.

use sim_core::base::{
    CallId, Conn, Lane, LocalTime, NodeId, Port, Span, StepIndex, WallTime, WriteId,
};
use sim_core::engine::{DiskImage, Fx, Input, Machine, Now, Why};
use sim_core::zookeeper::{
    Change, EnsembleConfig, Fact, Member, Msg, Quirks, Release, Role, Server, ServerConfig,
    ServerOutcome, Sid, Timer, Work, ZkDisk,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Nanoseconds that a message, a dial or a sync takes.
const HOP: u64 = 100_000;

enum Event {
    Input(Input<Server>),
    /// Counts only if the timer was armed with this number last.
    Fire(Timer, u64),
    /// A dial arrives.
    Knock(Conn, NodeId, Port),
}

/// Everything outside the machines.
#[derive(Default)]
struct Outside {
    /// What happens next, to whom.
    events: BTreeMap<(u64, u64), (NodeId, Event)>,
    /// The owner of each open end of a connection; the other end differs in the lowest bit.
    ends: BTreeMap<u64, NodeId>,
    ports: BTreeSet<(NodeId, Port)>,
    timers: BTreeMap<(NodeId, Timer), u64>,
    disks: BTreeMap<NodeId, ZkDisk>,
    facts: Vec<(NodeId, Fact)>,
    now: u64,
    /// Counts events, connections and syncs.
    count: u64,
    steps: u64,
    /// Whose step it is.
    me: NodeId,
}

impl Outside {
    fn put(&mut self, after: u64, node: NodeId, event: Event) {
        self.count += 1;
        self.events
            .insert((self.now + after, self.count), (node, event));
    }

    fn put_there(&mut self, conn: Conn, input: Input<Server>) {
        if let Some(&peer) = self.ends.get(&(conn.0 ^ 1)) {
            self.put(HOP, peer, Event::Input(input));
        }
    }
}

impl Fx<Server> for Outside {
    fn step(&self) -> StepIndex {
        StepIndex(self.steps)
    }
    fn listen(&mut self, port: Port) {
        self.ports.insert((self.me, port));
    }
    fn unlisten(&mut self, port: Port) {
        self.ports.remove(&(self.me, port));
    }
    fn dial(&mut self, to: NodeId, port: Port) -> Conn {
        let conn = Conn(2 * self.count);
        self.ends.insert(conn.0, self.me);
        self.put(HOP, to, Event::Knock(conn, self.me, port));
        conn
    }
    fn send(&mut self, conn: Conn, msg: Msg) {
        if self.ends.contains_key(&conn.0) {
            self.put_there(conn, Input::Deliver(Conn(conn.0 ^ 1), msg));
        }
    }
    fn close(&mut self, conn: Conn) {
        if self.ends.remove(&conn.0).is_some() {
            self.put_there(conn, Input::Closed(Conn(conn.0 ^ 1), Why::PeerClosed));
        }
    }
    fn arm(&mut self, timer: Timer, after: Span) {
        self.timers.insert((self.me, timer), self.count);
        self.put(after.0, self.me, Event::Fire(timer, self.count));
    }
    fn disarm(&mut self, timer: Timer) {
        self.timers.remove(&(self.me, timer));
    }
    fn hand_after(&mut self, lane: Lane, work: Work, extra: Span) {
        self.put(extra.0, self.me, Event::Input(Input::Lane(lane, work)));
    }
    fn write(&mut self, change: Change) {
        self.disks.entry(self.me).or_default().apply(&change);
    }
    fn sync(&mut self) -> WriteId {
        let id = WriteId(self.count);
        self.put(HOP, self.me, Event::Input(Input::Written(id, Ok(()))));
        id
    }
    fn reply(&mut self, _: CallId, _: ServerOutcome) {}
    fn exit(&mut self, code: i32) {
        panic!("{:?} ends with {code}", self.me);
    }
    fn choose(&mut self, _: u64, _: u32) -> u32 {
        0
    }
    fn wants_facts(&self) -> bool {
        true
    }
    fn fact(&mut self, fact: Fact, _: &[StepIndex]) {
        self.facts.push((self.me, fact));
    }
}

fn clocks(now: u64) -> Now {
    let (mono, wall) = (LocalTime(now), WallTime(now as i64));
    Now { mono, wall }
}

/// The input that an event is now, if it still is one.
fn input(outside: &mut Outside, event: Event) -> Option<Input<Server>> {
    let me = outside.me;
    match event {
        Event::Input(input) => match &input {
            Input::Deliver(conn, _) | Input::Accepted(conn, ..) | Input::Opened(conn) => {
                outside.ends.contains_key(&conn.0).then_some(input)
            }
            Input::Closed(conn, _) => outside.ends.remove(&conn.0).map(|_| input),
            _ => Some(input),
        },
        Event::Fire(timer, armed) => {
            (outside.timers.get(&(me, timer)) == Some(&armed)).then_some(Input::Timer(timer))
        }
        Event::Knock(theirs, from, port) => {
            let ours = Conn(theirs.0 ^ 1);
            if !outside.ports.contains(&(me, port)) {
                outside.ends.remove(&theirs.0);
                outside.put(HOP, from, Event::Input(Input::Refused(theirs)));
                return None;
            }
            outside.ends.insert(ours.0, me);
            outside.put(HOP, from, Event::Input(Input::Opened(theirs)));
            Some(Input::Accepted(ours, from, port))
        }
    }
}

#[test]
fn five_servers_elect_a_leader_from_effects_alone() {
    let member = |id: u16| Member {
        sid: Sid(i64::from(id)),
        node: NodeId(id),
        role: Role::Participant,
        weight: 1,
        group: None,
    };
    let ensemble = Arc::new(EnsembleConfig::new((1..=5).map(member).collect()));
    for release in Release::RECORDED {
        let (mut outside, mut servers) = (Outside::default(), BTreeMap::new());
        for member in &ensemble.members {
            outside.me = member.node;
            let config = ServerConfig {
                sid: member.sid,
                ensemble: Arc::clone(&ensemble),
                release,
                quirks: Quirks::NONE,
            };
            let server = Server::boot(
                &config,
                clocks(outside.now),
                &ZkDisk::default(),
                &mut outside,
            );
            servers.insert(member.node, server);
        }
        while let Some(((now, _), (node, event))) = outside.events.pop_first()
            && now < 5_000_000_000
        {
            (outside.now, outside.me) = (now, node);
            if let Some(input) = input(&mut outside, event) {
                outside.steps += 1;
                let disk_before = outside.disks.get(&node).cloned().unwrap_or_default();
                let server = servers.get_mut(&node).expect("it was started");
                server.step(clocks(now), &disk_before, input, &mut outside);
            }
        }
        let count = |is: fn(&Fact) -> bool| outside.facts.iter().filter(|f| is(&f.1)).count();
        let for_5 = |fact: &_| matches!(fact, Fact::Decided { vote, .. } if vote.leader == Sid(5));
        assert_eq!(count(for_5), 5, "{release}");
        assert_eq!(count(|fact| matches!(fact, Fact::Decided { .. })), 5);
        assert_eq!(count(|fact| matches!(fact, Fact::Established { .. })), 1);
    }
}
