//! One server and nothing else: the test plays its peers, packet by packet.
//!
//! As in `ZabUtils.createQuorumPeer` the ensemble is 0, 1 and 2, the server is 0, tickTime 2000,
//! initLimit and syncLimit 2. A sync takes 1 ms, all else no time. The upstream tests make a leader or
//! a follower by its constructor; here peers vote for one, over the election port.

use sim_core::base::{
    CallId, Conn, Lane, LocalTime, NodeId, Port, Span, StepIndex, WallTime, WriteId,
};
use sim_core::engine::{DiskImage, Fx, Input, Machine, Now};
use sim_core::zookeeper::{
    Change, Database, ElectionMsg, EnsembleConfig, Epoch, Fact, Member, Msg, Notification, Packet,
    PacketData, PacketKind, Quirks, Release, Role, Round, Server, ServerConfig, ServerOutcome,
    ServerState, Sid, Timer, Tree, Txn, Vote, Work, ZkDisk, Zxid, port,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

const MS: u64 = 1_000_000;
/// `initLimit` and `syncLimit` times `tickTime`, in milliseconds.
pub const LIMIT_MS: u64 = 4000;
/// `ZabUtils.SYNC_LIMIT`.
pub const SYNC_LIMIT: u32 = 2;

pub fn zxid(epoch: i64, counter: u32) -> Zxid {
    Zxid::new(Epoch(epoch), counter)
}

pub fn packet(kind: PacketKind, zxid: Zxid, data: PacketData) -> Packet {
    Packet { kind, zxid, data }
}

pub fn plain(kind: PacketKind, zxid: Zxid) -> Packet {
    packet(kind, zxid, PacketData::None)
}

/// The disk that `createQuorumPeer` prepares: both epoch files, and what the test wants besides.
pub fn disk(accepted: i64, current: i64) -> ZkDisk {
    let mut disk = ZkDisk::default();
    disk.apply(&Change::AcceptedEpoch(Epoch(accepted)));
    disk.apply(&Change::CurrentEpoch(Epoch(current)));
    disk
}

/// Everything around the server.
#[derive(Default)]
struct Around {
    inputs: BTreeMap<(u64, u64), (Option<(Timer, u64)>, Input<Server>)>,
    timers: BTreeMap<Timer, u64>,
    disk: ZkDisk,
    /// What the server sent and nobody has heard yet.
    sent: BTreeMap<Conn, VecDeque<Packet>>,
    closed: Vec<Conn>,
    /// Quorum connections that the server dials.
    dialled: Vec<(Conn, NodeId)>,
    facts: Vec<Fact>,
    now: u64,
    count: u64,
}

impl Around {
    fn put(&mut self, after: u64, input: Input<Server>) {
        self.count += 1;
        let key = (self.now + after, self.count);
        self.inputs.insert(key, (None, input));
    }
}

impl Fx<Server> for Around {
    fn step(&self) -> StepIndex {
        StepIndex(self.count)
    }
    fn listen(&mut self, _: Port) {}
    fn unlisten(&mut self, _: Port) {}
    fn dial(&mut self, to: NodeId, at: Port) -> Conn {
        self.count += 1;
        let conn = Conn(self.count);
        if at == port::QUORUM {
            self.dialled.push((conn, to));
        } else {
            // The peers' votes come over connections that the peers dial.
            self.put(0, Input::Refused(conn));
        }
        conn
    }
    fn send(&mut self, conn: Conn, msg: Msg) {
        if let Msg::Quorum(packet) = msg {
            self.sent.entry(conn).or_default().push_back(packet);
        }
    }
    fn close(&mut self, conn: Conn) {
        self.closed.push(conn);
    }
    fn arm(&mut self, timer: Timer, after: Span) {
        self.count += 1;
        self.timers.insert(timer, self.count);
        let key = (self.now + after.0, self.count);
        let fires = (Some((timer, self.count)), Input::Timer(timer));
        self.inputs.insert(key, fires);
    }
    fn disarm(&mut self, timer: Timer) {
        self.timers.remove(&timer);
    }
    fn hand_after(&mut self, lane: Lane, work: Work, extra: Span) {
        self.put(extra.0, Input::Lane(lane, work));
    }
    fn write(&mut self, change: Change) {
        self.disk.apply(&change);
    }
    fn sync(&mut self) -> WriteId {
        let id = WriteId(self.count);
        self.put(MS, Input::Written(id, Ok(())));
        id
    }
    fn reply(&mut self, _: CallId, _: ServerOutcome) {}
    fn exit(&mut self, code: i32) {
        panic!("the server ends with {code}");
    }
    fn choose(&mut self, _: u64, _: u32) -> u32 {
        0
    }
    fn wants_facts(&self) -> bool {
        true
    }
    fn fact(&mut self, fact: Fact, _: &[StepIndex]) {
        self.facts.push(fact);
    }
}

/// A server whose peers are the test.
pub struct Lone {
    server: Server,
    around: Around,
}

impl Lone {
    /// Starts server 0, as participant or observer.
    pub fn start(release: Release, role: Role, disk: ZkDisk) -> Self {
        let member = |id: u16| Member {
            sid: Sid(i64::from(id)),
            node: NodeId(id),
            role: if id == 0 { role } else { Role::Participant },
            weight: 1,
            group: None,
        };
        let mut ensemble = EnsembleConfig::new((0..3).map(member).collect());
        (ensemble.init_limit, ensemble.sync_limit) = (2, SYNC_LIMIT);
        let config = ServerConfig {
            sid: Sid(0),
            ensemble: Arc::new(ensemble),
            release,
            quirks: Quirks::of(release),
        };
        let mut around = Around {
            disk,
            ..Around::default()
        };
        let server = Server::boot(&config, clocks(0), &around.disk.clone(), &mut around);
        let mut lone = Self { server, around };
        lone.run_ms(5);
        lone
    }

    /// Servers 1 and 2 say that they follow or lead so, in round 1: the server ends its election for
    /// `leader`.
    pub fn elect(&mut self, leader: i64, leaders_zxid: Zxid, epoch: i64) {
        let vote = Vote {
            leader: Sid(leader),
            zxid: leaders_zxid,
            peer_epoch: Epoch(epoch),
            round: Round(1),
        };
        for peer in [1, 2] {
            let state = match (leader, i64::from(peer) == leader) {
                (0, _) => ServerState::Looking,
                (_, true) => ServerState::Leading,
                (_, false) => ServerState::Following,
            };
            let conn = self.accepted(peer, port::ELECTION);
            for msg in [
                ElectionMsg::Greeting(Sid(i64::from(peer))),
                ElectionMsg::Notification(Notification::new(state, vote)),
            ] {
                self.put(Input::Deliver(conn, Msg::Election(msg)));
            }
        }
        // Behind `finalizeWait`, 200 ms.
        self.run_ms(250);
        assert_ne!(self.server.state(), ServerState::Looking);
    }

    /// A scripted learner, server 1, connects to the quorum port.
    pub fn connect(&mut self) -> Conn {
        self.accepted(1, port::QUORUM)
    }

    /// The scripted leader, server 1, accepts the connection that the server dials.
    pub fn accept(&mut self) -> Conn {
        let (conn, node) = self.around.dialled.pop().expect("it dials its leader");
        assert_eq!(node, NodeId(1));
        self.put(Input::Opened(conn));
        conn
    }

    fn accepted(&mut self, peer: u16, at: Port) -> Conn {
        self.around.count += 1;
        let conn = Conn(self.around.count);
        self.put(Input::Accepted(conn, NodeId(peer), at));
        conn
    }

    fn put(&mut self, input: Input<Server>) {
        self.around.put(0, input);
    }

    pub fn say(&mut self, conn: Conn, packet: Packet) {
        self.put(Input::Deliver(conn, Msg::Quorum(packet)));
    }

    /// The next packet on a connection; `None` if the server closed it instead.
    pub fn next(&mut self, conn: Conn) -> Option<Packet> {
        for _ in 0..60_000 {
            let heard = self
                .around
                .sent
                .get_mut(&conn)
                .and_then(VecDeque::pop_front);
            if heard.is_some() {
                return heard;
            }
            if self.around.closed.contains(&conn) {
                return None;
            }
            self.run_ms(1);
        }
        panic!("nothing is sent for a minute");
    }

    /// `readPacketSkippingPing`.
    pub fn hear(&mut self, conn: Conn) -> Packet {
        loop {
            let packet = self.next(conn).expect("the connection stays");
            if packet.kind != PacketKind::Ping {
                return packet;
            }
        }
    }

    /// Hears a packet of this kind and zxid.
    pub fn hears(&mut self, conn: Conn, kind: PacketKind, zxid: Zxid) -> Packet {
        let packet = self.hear(conn);
        assert_eq!((packet.kind, packet.zxid), (kind, zxid));
        packet
    }

    pub fn run_ms(&mut self, ms: u64) {
        let until = self.around.now + ms * MS;
        while let Some(first) = self.around.inputs.first_entry()
            && first.key().0 <= until
        {
            let ((at, _), (timer, input)) = first.remove_entry();
            self.around.now = at;
            let stale = |(timer, armed)| self.around.timers.get(&timer) != Some(&armed);
            if timer.is_some_and(stale) {
                continue;
            }
            self.around.count += 1;
            let before = self.around.disk.clone();
            self.server
                .step(clocks(at), &before, input, &mut self.around);
        }
        self.around.now = until;
    }

    /// acceptedEpoch and currentEpoch, in memory and in their files alike.
    pub fn epochs(&self) -> (i64, i64) {
        let memory = (self.server.accepted_epoch(), self.server.current_epoch());
        let disk = &self.around.disk;
        assert_eq!(
            disk.accepted_epoch,
            Some(memory.0),
            "the file acceptedEpoch"
        );
        assert_eq!(disk.current_epoch, Some(memory.1), "the file currentEpoch");
        (memory.0.0, memory.1.0)
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    pub fn snapshots(&self) -> Vec<Zxid> {
        let snapshots = self.around.disk.snapshots.iter();
        snapshots.map(|snapshot| snapshot.name).collect()
    }

    /// A database read from the disk as it is now.
    pub fn reloaded(&self) -> Database {
        let loaded = Database::load(&self.around.disk);
        loaded.expect("the disk can be read").database
    }

    pub fn facts(&self) -> &[Fact] {
        &self.around.facts
    }
}

fn clocks(now: u64) -> Now {
    let (mono, wall) = (LocalTime(now), WallTime(now as i64));
    Now { mono, wall }
}

/// A tree that these transactions made.
pub fn tree(txns: &[Arc<Txn>]) -> Arc<Tree> {
    let mut database = Database::default();
    for txn in txns {
        database.apply(txn).expect("it can be applied");
    }
    Arc::new(database.tree().clone())
}

/// The data of a node.
pub fn data(database: &Database, path: &str) -> String {
    let node = database.tree().node(path).expect(path);
    String::from_utf8(node.data.to_vec()).expect("text")
}
