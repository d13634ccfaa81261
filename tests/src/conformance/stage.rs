//! A simulated ensemble that is driven as the recorder drove the real one: start, kill, stop, go
//! on, cut bytes, open a session, write, and look.

use sim_core::base::{CallId, HostId, NodeId, Port, SimTime, Span};
use sim_core::cluster::{Config, Disk, Fact as AnyFact, Node, Op as AnyOp, Outcome, World};
use sim_core::conform::{configure, host, loads, preempted, timing};
use sim_core::engine::{Fault, LinkSet, NodeSpec, NodeStatus, Observer, WorldSpec};
use sim_core::trace::{Record, What};
use sim_core::zookeeper::{
    AclList, ClientConfig, ClientOp, ClientOutcome, CreateMode, EnsembleConfig, Fact, Member, Op,
    Quirks, Release, Role, Server, ServerConfig, ServerState, Sid, ZkDisk, Zxid, lane,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One fact of one server or of the client that talks to it.
#[derive(Clone, Debug)]
pub struct Noted {
    /// When.
    pub at: SimTime,
    /// Whose.
    pub node: NodeId,
    /// What.
    pub fact: Fact,
}

/// Keeps every fact.
#[derive(Debug, Default)]
struct Notes {
    all: Vec<Noted>,
    now: SimTime,
}

impl Observer<Node> for Notes {
    fn wants_facts(&self) -> bool {
        true
    }

    fn wants_all(&self) -> bool {
        false
    }

    fn record(&mut self, record: Record<AnyFact>) {
        self.now = record.at;
        if let What::Fact(AnyFact::Zk(fact)) = record.what {
            let (at, node) = (record.at, record.node);
            self.all.push(Noted { at, node, fact });
        }
    }

    /// A process that starts logs that it is LOOKING without having been anything before.
    fn lifecycle(&mut self, node: NodeId, up: bool) {
        let looking = ServerState::Looking;
        let fact = Fact::State {
            from: looking,
            to: looking,
        };
        if up {
            let at = self.now;
            self.all.push(Noted { at, node, fact });
        }
    }
}

/// A server before it is first started.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Its id.
    pub sid: i64,
    /// Whether it votes.
    pub role: Role,
    /// What is on its disk.
    pub disk: ZkDisk,
}

impl Seat {
    /// A voter with an empty directory.
    pub fn empty(sid: i64) -> Seat {
        Seat::with(sid, ZkDisk::default())
    }

    /// A voter with this disk.
    pub fn with(sid: i64, disk: ZkDisk) -> Seat {
        Seat {
            sid,
            role: Role::Participant,
            disk,
        }
    }
}

/// What a play is played with.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The release that all servers run.
    pub release: Release,
    /// The seed.
    pub seed: u64,
    /// How long servers took on average from their start to their first vote when this was
    /// recorded: how busy the machine was.
    pub starting: Span,
}

/// The ensemble, its clients (one per server, connected to that server only), and every fact so
/// far.
#[derive(Debug)]
pub struct Stage {
    /// The world.
    pub world: World,
    /// The release that all servers run.
    pub release: Release,
    sids: Vec<i64>,
    notes: Notes,
}

fn votes_for(server: &Server) -> Option<Sid> {
    server.current_vote().map(|vote| vote.leader)
}

impl Stage {
    /// Servers that are all down.
    pub fn new(setting: &Setting, seats: Vec<Seat>) -> Stage {
        let Setting {
            release,
            seed,
            starting,
        } = *setting;
        let load = loads(starting)[(seed % 3) as usize];
        let members = seats.iter().enumerate().map(|(index, seat)| Member {
            sid: Sid(seat.sid),
            node: NodeId(index as u16),
            role: seat.role,
            weight: 1,
            group: None,
        });
        let mut ensemble = configure(EnsembleConfig::new(members.collect()), load);
        // H was recorded with small log files, as its disks have them.
        ensemble.pre_alloc_kib = 64;
        let ensemble = Arc::new(ensemble);
        let sids: Vec<i64> = seats.iter().map(|seat| seat.sid).collect();
        let servers = seats.into_iter().map(|seat| NodeSpec {
            name: format!("zk{}", seat.sid).into(),
            host: HostId(0),
            config: Config::ZkServer(ServerConfig {
                sid: Sid(seat.sid),
                ensemble: Arc::clone(&ensemble),
                release,
                quirks: Quirks::of(release),
            }),
            disk: Disk::ZkServer(seat.disk),
        });
        let clients = sids.iter().enumerate().map(|(index, sid)| NodeSpec {
            name: format!("client{sid}").into(),
            host: HostId(0),
            config: Config::ZkClient(ClientConfig {
                servers: vec![(NodeId(index as u16), Sid(*sid))],
                session_timeout_ms: 10_000,
                load: None,
            }),
            disk: Disk::None,
        });
        let spec = WorldSpec {
            nodes: servers.chain(clients).collect(),
            hosts: vec![host()],
            zones: vec!["zone".into()],
            timing: timing(load),
        };
        let mut stage = Stage {
            world: World::new(spec, seed),
            release,
            sids,
            notes: Notes::default(),
        };
        for sid in stage.sids() {
            let (node, main) = (stage.node(sid), Some(lane::GOES_ON));
            stage.act(&Fault::SlowLane(node, main, Some(preempted(load))));
        }
        stage
    }

    // ---- who is who ----

    /// All server ids.
    pub fn sids(&self) -> Vec<i64> {
        self.sids.clone()
    }

    /// The node of a server.
    pub fn node(&self, sid: i64) -> NodeId {
        let index = self.sids.iter().position(|known| *known == sid);
        NodeId(index.expect("a server of this ensemble") as u16)
    }

    fn client(&self, sid: i64) -> NodeId {
        NodeId(self.node(sid).0 + self.sids.len() as u16)
    }

    /// The state of a server that runs.
    pub fn server(&self, sid: i64) -> Option<&Server> {
        self.world.node(self.node(sid))?.zk_server()
    }

    /// A server's disk.
    pub fn disk(&self, sid: i64) -> &ZkDisk {
        let disk = self.world.disk(self.node(sid)).zookeeper();
        disk.expect("servers have disks")
    }

    // ---- time ----

    /// Milliseconds since the beginning.
    pub fn now_ms(&self) -> u64 {
        Span(self.world.now().0).as_millis()
    }

    /// Where the facts are now: [`Stage::since`] gives those after it.
    pub fn mark(&self) -> usize {
        self.notes.all.len()
    }

    /// The facts of a server since a mark.
    pub fn since(&self, mark: usize, sid: i64) -> impl Iterator<Item = &Noted> {
        let node = self.node(sid);
        let notes = self.notes.all[mark..].iter();
        notes.filter(move |noted| noted.node == node)
    }

    /// All facts of a server with their positions.
    pub fn all(&self, sid: i64) -> impl Iterator<Item = (usize, &Noted)> {
        let node = self.node(sid);
        let notes = self.notes.all.iter().enumerate();
        notes.filter(move |(_, noted)| noted.node == node)
    }

    /// Lets time pass.
    pub fn run_ms(&mut self, ms: u64) {
        let limit = self.world.now() + Span::from_millis(ms);
        while self.world.step(limit, &mut self.notes).is_some() {}
    }

    /// Lets time pass until something holds; whether it did within the bound.
    pub fn run_until(&mut self, bound_ms: u64, holds: impl Fn(&Stage) -> bool) -> bool {
        let limit = self.world.now() + Span::from_millis(bound_ms);
        while !holds(self) {
            if self.world.step(limit, &mut self.notes).is_none() {
                return holds(self);
            }
        }
        true
    }

    // ---- acts ----

    /// Does something from outside.
    pub fn act(&mut self, fault: &Fault) {
        self.world.inject(fault, &mut self.notes);
    }

    /// Starts a server.
    pub fn start(&mut self, sid: i64) {
        self.act(&Fault::Start(self.node(sid)));
    }

    /// Starts servers at one instant.
    pub fn start_all(&mut self, sids: &[i64]) {
        for sid in sids {
            self.start(*sid);
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self, sid: i64) {
        self.act(&Fault::Crash(self.node(sid)));
    }

    /// Loses what `from` sends to `to` on the quorum port while the connection stays, as the
    /// recorder's forwarder did.
    pub fn swallow(&mut self, from: i64, to: i64) {
        self.act(&Fault::Swallow(self.link(from, to)));
    }

    /// Refuses new connections of `from` to the quorum port of `to`.
    pub fn reject(&mut self, from: i64, to: i64) {
        self.act(&Fault::Reject(self.link(from, to)));
    }

    /// Undoes both.
    pub fn heal(&mut self, from: i64, to: i64) {
        self.act(&Fault::Heal(self.link(from, to)));
    }

    fn link(&self, from: i64, to: i64) -> LinkSet {
        let port: Port = sim_core::zookeeper::port::QUORUM;
        LinkSet {
            from: Some(self.node(from)),
            to: Some(self.node(to)),
            port: Some(port),
        }
    }

    // ---- what there is ----

    /// Whether a server runs.
    pub fn is_up(&self, sid: i64) -> bool {
        self.world.status(self.node(sid)) != NodeStatus::Down
    }

    /// The leader that all of these servers serve.
    pub fn settled(&self, sids: &[i64]) -> Option<i64> {
        let leads = |sid: &&i64| {
            let server = self.server(**sid);
            server.is_some_and(|s| s.is_serving() && s.state() == ServerState::Leading)
        };
        let leader = *sids.iter().find(leads)?;
        let follows = |sid: &i64| {
            let server = self.server(*sid);
            server.is_some_and(|s| s.is_serving() && votes_for(s) == Some(Sid(leader)))
        };
        sids.iter().all(follows).then_some(leader)
    }

    /// Waits until these servers serve one leader.
    pub fn settle(&mut self, sids: &[i64]) -> i64 {
        self.run_until(20_000, |stage| stage.settled(sids).is_some());
        self.settled(sids).unwrap_or_else(|| {
            let states: BTreeMap<i64, _> = (sids.iter())
                .map(|sid| (*sid, self.server(*sid).map(|s| (s.state(), votes_for(s)))))
                .collect();
            panic!(
                "{sids:?} found no leader by {} ms: {states:?}",
                self.now_ms()
            )
        })
    }

    /// The last processed zxid of a server that runs.
    pub fn zxid(&self, sid: i64) -> Option<Zxid> {
        self.server(sid).map(Server::last_zxid)
    }

    /// Waits until these servers have applied the same.
    pub fn level(&mut self, sids: &[i64], zxid: Zxid) -> bool {
        self.run_until(5_000, |stage| {
            sids.iter().all(|sid| stage.zxid(*sid) == Some(zxid))
        })
    }

    // ---- clients ----

    /// Connects a client to a server: its session is a transaction.
    pub fn open(&mut self, sid: i64) {
        let client = self.client(sid);
        self.act(&Fault::Start(client));
        let call = self.ask(sid, ClientOp::Connect);
        let answer = self.answer(call, 5_000);
        let connected = matches!(answer, Some(ClientOutcome::Connected { .. }));
        assert!(connected, "no session with server {sid}: {answer:?}");
    }

    /// Asks a client for something.
    pub fn ask(&mut self, sid: i64, op: ClientOp) -> CallId {
        let client = self.client(sid);
        self.world.call(client, AnyOp::ZkClient(op))
    }

    /// Waits for the answer.
    pub fn answer(&mut self, call: CallId, bound_ms: u64) -> Option<ClientOutcome> {
        self.run_until(bound_ms, |stage| stage.world.answer(call).is_some());
        match self.world.answer(call)? {
            Outcome::ZkClient(outcome) => Some(outcome.clone()),
            Outcome::ZkServer(other) => panic!("a client answered {other:?}"),
        }
    }

    /// Asks the client of a server to create a node.
    pub fn ask_create(&mut self, sid: i64, path: &str) -> CallId {
        let op = Op::Create {
            path: path.into(),
            data: Arc::from(&b"a"[..]),
            acl: AclList::OPEN,
            mode: CreateMode::Persistent,
            ttl_ms: -1,
            stat: false,
        };
        self.ask(sid, ClientOp::Do(op))
    }

    /// Creates a node through the client of a server and waits for the answer: the zxid.
    pub fn create(&mut self, sid: i64, path: &str) -> Zxid {
        let call = self.ask_create(sid, path);
        match self.answer(call, 5_000) {
            Some(ClientOutcome::Answered {
                zxid,
                result: Ok(_),
            }) => zxid,
            other => panic!("create {path} at server {sid}: {other:?}"),
        }
    }

    /// Closes the session of the client of a server, and ends the client.
    pub fn close(&mut self, sid: i64) {
        let call = self.ask(sid, ClientOp::Close);
        self.answer(call, 5_000);
        self.end_client(sid);
    }

    /// Kills the client of a server.
    pub fn end_client(&mut self, sid: i64) {
        self.act(&Fault::Crash(self.client(sid)));
    }
}
