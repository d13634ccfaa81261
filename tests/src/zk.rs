//! A small ZooKeeper ensemble in a world, for tests that play and look.

use sim_core::base::{CallId, HostId, NodeId, SimTime, Span, ZoneId};
use sim_core::cluster::{self, Config, Disk, Node};
use sim_core::engine::{Fault, HostSpec, Latency, NodeSpec, Observer, Timing, World, WorldSpec};
use sim_core::trace::{Record, What};
use sim_core::zookeeper::{
    AclList, ClientConfig, ClientOp, ClientOutcome, CreateMode, EnsembleConfig, Fact, Member, Op,
    Quirks, Release, Role, Server, ServerConfig, ServerState, Sid, ZkDisk, Zxid,
};
use std::sync::Arc;

/// What an ensemble is built from; change it before [`Ensemble::new`].
#[derive(Clone, Debug)]
pub struct Setup {
    /// The disks of servers 1, 2, …
    pub disks: Vec<ZkDisk>,
    /// Which of them observe.
    pub observers: Vec<i64>,
    /// How many clients.
    pub clients: u16,
    /// Which server each client tries first; 1 unless said.
    pub first_server: Vec<i64>,
    /// The session timeout that each client asks for, in milliseconds; 4000 unless said.
    pub timeouts_ms: Vec<u32>,
    /// The release of all servers.
    pub release: Release,
    /// The quirks of all servers; those of the release unless changed.
    pub quirks: Quirks,
    /// tickTime and so on: those of the recordings (500 ms, 10, 5).
    pub config: EnsembleConfig,
    /// How long things take.
    pub timing: Timing,
    /// The seed.
    pub seed: u64,
}

impl Setup {
    /// `servers` servers with empty disks.
    pub fn empty(servers: usize, release: Release) -> Self {
        Self::with_disks(vec![ZkDisk::default(); servers], release)
    }

    /// Servers with these disks.
    pub fn with_disks(disks: Vec<ZkDisk>, release: Release) -> Self {
        let mut config = EnsembleConfig::new(Vec::new());
        config.tick_time_ms = 500;
        config.min_session_timeout_ms = 1000;
        config.max_session_timeout_ms = 10_000;
        let ms = |ms| Latency::Fixed(Span::from_millis(ms));
        Self {
            disks,
            observers: Vec::new(),
            clients: 0,
            first_server: Vec::new(),
            timeouts_ms: Vec::new(),
            release,
            quirks: Quirks::of(release),
            config,
            timing: Timing {
                latency: ms(1),
                local_latency: ms(1),
                dial: ms(1),
                sync: Latency::Fixed(Span::from_micros(200)),
                lane: Latency::default(),
                break_after: Span::from_secs(60),
            },
            seed: 1,
        }
    }
}

/// Servers 1 to n and their clients, and all facts so far.
pub struct Ensemble {
    /// The world.
    pub world: World<Node>,
    /// Facts in order.
    pub facts: Facts,
    servers: usize,
}

/// Keeps facts with their time and server.
#[derive(Clone, Debug, Default)]
pub struct Facts(pub Vec<Record<cluster::Fact>>);

impl Observer<Node> for Facts {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        false
    }
    fn record(&mut self, record: Record<cluster::Fact>) {
        if std::env::var_os("SHOW").is_some() {
            let what = &record.what;
            eprintln!(
                "{:>12} n{} {what:?}",
                record.at.to_string(),
                record.node.0 + 1
            );
        }
        self.0.push(record);
    }
}

impl Facts {
    /// The ZooKeeper facts of one server with their times.
    pub fn of(&self, sid: i64) -> impl Iterator<Item = (SimTime, &Fact)> {
        self.0
            .iter()
            .filter(move |record| i64::from(record.node.0) + 1 == sid)
            .filter_map(|record| match &record.what {
                What::Fact(fact) => Some((record.at, fact.zookeeper()?)),
                _ => None,
            })
    }
}

impl Ensemble {
    /// Builds it; nobody is started.
    pub fn new(setup: Setup) -> Self {
        let servers = setup.disks.len();
        let mut config = setup.config;
        config.members = (1..=servers as i64)
            .map(|sid| Member {
                sid: Sid(sid),
                node: NodeId(sid as u16 - 1),
                role: if setup.observers.contains(&sid) {
                    Role::Observer
                } else {
                    Role::Participant
                },
                weight: 1,
                group: None,
            })
            .collect();
        let config = Arc::new(config);
        let list: Vec<_> = config.members.iter().map(|m| (m.node, m.sid)).collect();
        let mut nodes: Vec<_> = (setup.disks.into_iter().zip(1..))
            .map(|(disk, sid)| NodeSpec {
                name: format!("zk{sid}").into(),
                host: HostId(sid as u16 - 1),
                config: Config::ZkServer(ServerConfig {
                    sid: Sid(sid),
                    ensemble: Arc::clone(&config),
                    release: setup.release,
                    quirks: setup.quirks,
                }),
                disk: Disk::ZkServer(disk),
            })
            .collect();
        for client in 0..setup.clients {
            let mut servers = list.clone();
            let timeout = setup.timeouts_ms.get(usize::from(client)).copied();
            let first = setup.first_server.get(usize::from(client)).copied();
            servers.rotate_left(first.unwrap_or(1) as usize - 1);
            nodes.push(NodeSpec {
                name: format!("c{client}").into(),
                host: HostId(nodes.len() as u16),
                config: Config::ZkClient(ClientConfig {
                    servers,
                    session_timeout_ms: timeout.unwrap_or(4000),
                    load: None,
                }),
                disk: Disk::None,
            });
        }
        let hosts = nodes.iter().map(|node| HostSpec {
            name: node.name.clone(),
            zone: ZoneId(0),
            mono_start: Span::from_secs(1000),
            wall_start: 1_763_900_000_000_000_000,
            drift_ppm: 0,
        });
        let spec = WorldSpec {
            hosts: hosts.collect(),
            nodes,
            zones: vec!["zone".into()],
            timing: setup.timing,
        };
        Self {
            world: World::new(spec, setup.seed),
            facts: Facts::default(),
            servers,
        }
    }

    /// The node of a server.
    pub fn node(sid: i64) -> NodeId {
        NodeId(sid as u16 - 1)
    }

    /// The node of the `nth` client, from 0.
    pub fn client(&self, nth: u16) -> NodeId {
        NodeId(self.servers as u16 + nth)
    }

    /// Does something from outside.
    pub fn inject(&mut self, fault: &Fault) {
        self.world.inject(fault, &mut self.facts);
    }

    /// Starts servers.
    pub fn start(&mut self, sids: impl IntoIterator<Item = i64>) {
        for sid in sids {
            self.inject(&Fault::Start(Self::node(sid)));
        }
    }

    /// Kills servers.
    pub fn kill(&mut self, sids: impl IntoIterator<Item = i64>) {
        for sid in sids {
            self.inject(&Fault::Crash(Self::node(sid)));
        }
    }

    /// Plays on for some milliseconds.
    pub fn run_ms(&mut self, ms: u64) {
        let end = self.world.now() + Span::from_millis(ms);
        while self.world.step(end, &mut self.facts).is_some() {}
    }

    /// Plays until something holds; panics after 60 seconds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = self.world.now() + Span::from_secs(60);
        while !holds(self) {
            assert!(
                self.world.step(end, &mut self.facts).is_some(),
                "never: {what}; {:?}",
                self.states()
            );
        }
    }

    /// A server that runs.
    pub fn server(&self, sid: i64) -> Option<&Server> {
        self.world.node(Self::node(sid))?.zk_server()
    }

    /// A server's disk.
    pub fn disk(&self, sid: i64) -> &ZkDisk {
        let disk = self.world.disk(Self::node(sid));
        disk.zookeeper().expect("a server has a disk")
    }

    /// The state of a server and whether it serves; `None` while it is down.
    pub fn state(&self, sid: i64) -> Option<(ServerState, bool)> {
        self.server(sid)
            .map(|server| (server.state(), server.is_serving()))
    }

    /// All states.
    pub fn states(&self) -> Vec<Option<(ServerState, bool)>> {
        (1..=self.servers as i64)
            .map(|sid| self.state(sid))
            .collect()
    }

    /// The server that leads and serves, if there is one.
    pub fn leader(&self) -> Option<i64> {
        (1..=self.servers as i64).find(|sid| self.state(*sid) == Some((ServerState::Leading, true)))
    }

    /// Whether all these servers serve.
    pub fn all_serve(&self, sids: impl IntoIterator<Item = i64>) -> bool {
        sids.into_iter()
            .all(|sid| self.state(sid).is_some_and(|state| state.1))
    }

    /// Lets a client connect, to this server first, and open a session.
    pub fn connect(&mut self, client: u16) {
        let node = self.client(client);
        self.inject(&Fault::Start(node));
        let call = self
            .world
            .call(node, cluster::Op::ZkClient(ClientOp::Connect));
        self.until("a session", |zk| zk.answer(call).is_some());
    }

    /// Closes a client's session.
    pub fn close(&mut self, client: u16) {
        let node = self.client(client);
        let call = self
            .world
            .call(node, cluster::Op::ZkClient(ClientOp::Close));
        self.until("the session closed", |zk| zk.answer(call).is_some());
    }

    /// The files of a server's data directory as it would list them, without the epoch files.
    pub fn files(&self, sid: i64) -> Vec<String> {
        let disk = self.disk(sid);
        let logs = disk.logs.iter().map(|log| format!("log.{:x}", log.name.0));
        let snapshots = disk.snapshots.iter();
        let snapshots = snapshots.map(|snapshot| format!("snapshot.{:x}", snapshot.name.0));
        logs.chain(snapshots).collect()
    }

    /// The nodes of a server's tree that clients made, with data, czxid and mzxid.
    pub fn nodes(&self, sid: i64) -> Vec<(String, Vec<u8>, Zxid, Zxid)> {
        let tree = self.server(sid).expect("up").database().tree();
        let made = tree
            .nodes
            .iter()
            .filter(|(path, _)| !path.starts_with("/zookeeper") && path.as_ref() != "/");
        made.map(|(path, node)| {
            let stat = node.stat;
            (path.to_string(), node.data.to_vec(), stat.czxid, stat.mzxid)
        })
        .collect()
    }

    /// Asks through a client.
    pub fn ask(&mut self, client: u16, op: Op) -> CallId {
        let node = self.client(client);
        self.world
            .call(node, cluster::Op::ZkClient(ClientOp::Do(op)))
    }

    /// The answer to it, if there is one by now.
    pub fn answer(&self, call: CallId) -> Option<&ClientOutcome> {
        match self.world.answer(call)? {
            cluster::Outcome::ZkClient(outcome) => Some(outcome),
            cluster::Outcome::ZkServer(_) => None,
        }
    }

    /// Creates a node through a client and waits for the answer.
    pub fn create(&mut self, client: u16, path: &str) -> ClientOutcome {
        let call = self.ask(client, create(path));
        self.until(path, |ensemble| ensemble.answer(call).is_some());
        self.answer(call).expect("just seen").clone()
    }
}

/// A request to create a node.
pub fn create(path: &str) -> Op {
    Op::Create {
        path: path.into(),
        data: b"x"[..].into(),
        acl: AclList::OPEN,
        mode: CreateMode::Persistent,
        ttl_ms: -1,
        stat: false,
    }
}
