//! Sessions of a whole ensemble. Sources: `ground-truth/zookeeper-3.5.7/scenarios.json`, L
//! (`expiry_of_sessions_…`, 60 sessions each) and README point 6; F `ephemeral` (3 runs). Tick 500
//! ms, as recorded.

use sim_core::base::{CallId, HostId, NodeId, SimTime, Span, ZoneId};
use sim_core::cluster::{Config, Disk, Fact, Node, Op as NodeOp, Outcome, World};
use sim_core::engine::{Fault, HostSpec, Latency, NodeSpec, Observer, Timing, WorldSpec};
use sim_core::trace::{Record, What};
use sim_core::zookeeper::{
    self, ClientConfig, ClientOp, ClientOutcome, EnsembleConfig, Member, Op, OpResult, Quirks,
    Release, Role, ServerConfig, ServerState, Sid, ZkDisk,
};
use std::sync::Arc;

const SERVERS: u16 = 3;

struct Play {
    world: World,
    records: Vec<Record<Fact>>,
}

fn ms(ms: u64) -> SimTime {
    SimTime(ms * 1_000_000)
}

impl Play {
    /// Three servers, all started at 0, and clients that know one server each. The seed also sets
    /// where in a tick the clocks start: the leader's PINGs come every half tick from when it began
    /// to serve, expiry is bound to the clock.
    fn new(clients: &[(Sid, u32)], seed: u64) -> Self {
        let members = (1..=i64::from(SERVERS)).map(|sid| Member {
            sid: Sid(sid),
            node: NodeId(sid as u16 - 1),
            role: Role::Participant,
            weight: 1,
            group: None,
        });
        let mut ensemble = EnsembleConfig::new(members.collect());
        ensemble.tick_time_ms = 500;
        ensemble.min_session_timeout_ms = 1000;
        ensemble.max_session_timeout_ms = 10_000;
        let ensemble = Arc::new(ensemble);
        let server = |member: &Member| {
            let release = Release::V3_5_7;
            let config = Config::ZkServer(ServerConfig {
                sid: member.sid,
                ensemble: Arc::clone(&ensemble),
                release,
                quirks: Quirks::of(release),
            });
            (config, Disk::ZkServer(ZkDisk::default()))
        };
        let client = |&(sid, session_timeout_ms): &(Sid, u32)| {
            let config = Config::ZkClient(ClientConfig {
                servers: vec![(NodeId(sid.0 as u16 - 1), sid)],
                session_timeout_ms,
                load: None,
            });
            (config, Disk::None)
        };
        let all = ensemble.members.iter().map(server);
        let all = all.chain(clients.iter().map(client));
        let nodes: Vec<NodeSpec<Node>> = all
            .enumerate()
            .map(|(i, (config, disk))| NodeSpec {
                name: format!("n{i}").into(),
                host: HostId(i as u16),
                config,
                disk,
            })
            .collect();
        let host = |node: &NodeSpec<Node>| HostSpec {
            name: node.name.clone(),
            zone: ZoneId(0),
            mono_start: Span::from_millis(700_000 + seed * 61),
            wall_start: 1_700_000_000_000_000_000,
            drift_ppm: 0,
        };
        let spec = WorldSpec {
            hosts: nodes.iter().map(host).collect(),
            nodes,
            zones: vec!["z".into()],
            timing: Timing {
                latency: Latency::Uniform {
                    min: Span::from_micros(50),
                    max: Span::from_micros(500),
                },
                local_latency: Latency::default(),
                dial: Latency::Fixed(Span::from_micros(200)),
                sync: Latency::Fixed(Span::from_micros(500)),
                lane: Latency::default(),
                break_after: Span::from_secs(30),
            },
        };
        let mut play = Self {
            world: World::new(spec, seed),
            records: Vec::new(),
        };
        (0..SERVERS).for_each(|node| play.start(node));
        play.until(ms(3000));
        let Some(Node::ZkServer(server)) = play.world.node(NodeId(SERVERS - 1)) else {
            panic!("a server");
        };
        assert_eq!(
            server.state(),
            ServerState::Leading,
            "the greatest sid leads"
        );
        play
    }

    fn until(&mut self, time: SimTime) {
        while self.world.step(time, &mut self.records).is_some() {}
    }

    fn start(&mut self, node: u16) {
        let fault = Fault::Start(NodeId(node));
        self.world.inject(&fault, &mut self.records);
    }

    fn kill(&mut self, node: u16) {
        let fault = Fault::Crash(NodeId(node));
        self.world.inject(&fault, &mut self.records);
    }

    fn ask(&mut self, client: u16, op: Op) -> CallId {
        let op = NodeOp::ZkClient(ClientOp::Do(op));
        let node = NodeId(SERVERS + client);
        self.world.call(node, op)
    }

    fn path(&self, call: CallId) -> String {
        match self.world.answer(call) {
            Some(Outcome::ZkClient(ClientOutcome::Answered {
                result: Ok(OpResult::Path(path)),
                ..
            })) => path.to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// When the leader found each session silent.
    fn expiries(&self) -> Vec<(zookeeper::SessionId, SimTime)> {
        let records = self.records.iter();
        records
            .filter_map(|record| match &record.what {
                What::Fact(Fact::Zk(zookeeper::Fact::SessionExpired { session })) => {
                    Some((*session, record.at))
                }
                _ => None,
            })
            .collect()
    }

    fn session(&self, client: u16) -> zookeeper::SessionId {
        match self.world.node(NodeId(SERVERS + client)) {
            Some(Node::ZkClient(client)) => client.session().expect("a session"),
            other => panic!("{other:?}"),
        }
    }
}

fn exists() -> Op {
    let path = "/".into();
    Op::Exists { path, watch: false }
}

/// Milliseconds by which silent sessions outlived their timeout of 4000 ms. `aged` ones had spoken
/// for 1.5 s before; the others fall silent right after they were created.
fn outlived(at: Sid, aged: bool) -> Vec<u64> {
    (0..8)
        .flat_map(|seed| outlived_in(seed, at, aged))
        .collect()
}

fn outlived_in(seed: u64, at: Sid, aged: bool) -> Vec<u64> {
    const CLIENTS: u16 = 8;
    let mut play = Play::new(&[(at, 4000); CLIENTS as usize], seed);
    let mut silent = Vec::new();
    for client in 0..CLIENTS {
        // One after another, at every phase of the tick.
        let mut now = play.world.now() + Span::from_millis(1071);
        play.until(now);
        play.start(SERVERS + client);
        now += Span::from_millis(10);
        play.until(now);
        if aged {
            for _ in 0..5 {
                now += Span::from_millis(300);
                play.until(now);
                play.ask(client, exists());
            }
        }
        let last_word = now;
        play.until(now + Span::from_millis(2));
        let session = play.session(client);
        play.kill(SERVERS + client);
        silent.push((session, last_word));
    }
    play.until(play.world.now() + Span::from_secs(10));
    let expiries = play.expiries();
    assert_eq!(expiries.len(), silent.len());
    silent
        .into_iter()
        .map(|(session, last_word)| {
            let (_, at) = expiries.iter().find(|(s, _)| *s == session).expect("it");
            (*at - last_word).as_millis() - 4000
        })
        .collect()
}

/// Recorded: -3 to 503 ms for a session at the leader, 27 to 695 at a follower (which reports it
/// with its PING answers only, half a tick apart).
#[test]
fn aged_sessions_outlive_their_timeout_by_a_tick_at_most() {
    let leader = outlived(Sid(3), true);
    assert!(leader.iter().all(|over| *over <= 503), "{leader:?}");
    let follower = outlived(Sid(1), true);
    assert!(follower.iter().all(|over| *over <= 753), "{follower:?}");
    assert!(follower.iter().any(|over| *over > 503), "{follower:?}");
}

/// Recorded: 46 to 635 ms at the leader, 77 to 717 at a follower: every learner reports a new
/// session with its next PING answer, so it lives longer than one that had spoken.
#[test]
fn new_sessions_live_longer() {
    for at in [Sid(3), Sid(1)] {
        let over = outlived(at, false);
        assert!(over.iter().all(|over| *over <= 753), "{over:?}");
        assert!(over.iter().any(|over| *over > 503), "{over:?}");
    }
}

/// F.ephemeral: requested 500, 1000, 2000, 4000, 60000 ms; the node goes when the client is killed,
/// in the recording 1117 to 1429 ms later for 1000 ms, and is there right after the kill.
#[test]
fn ephemerals_go_with_their_session() {
    let requested = [500, 1000, 2000, 4000, 60_000];
    let granted = [1000, 1000, 2000, 4000, 10_000];
    let clients: Vec<_> = requested.iter().map(|ms| (Sid(1), *ms)).collect();
    let mut play = Play::new(&clients, 5);
    let mut now = ms(3000);
    for client in 0..5 {
        play.start(SERVERS + client);
        now += Span::from_millis(5);
        play.until(now);
        let call = play.ask(
            client,
            crate::leader::create_as(&format!("/e{client}"), "", true, false),
        );
        now += Span::from_millis(20);
        play.until(now);
        assert_eq!(play.path(call), format!("/e{client}"));
        let session = play.session(client);
        let Some(Node::ZkServer(server)) = play.world.node(NodeId(1)) else {
            panic!("a server");
        };
        let tree = server.database().tree();
        assert_eq!(tree.sessions[&session], granted[usize::from(client)]);
        let node = tree.node(&format!("/e{client}")).expect("at every server");
        assert_eq!(node.stat.ephemeral_owner, session);
    }
    (0..5).for_each(|client| play.kill(SERVERS + client));
    let killed = play.world.now();
    let has = |play: &Play, client: usize| {
        let Some(Node::ZkServer(server)) = play.world.node(NodeId(1)) else {
            panic!("a server");
        };
        server
            .database()
            .tree()
            .node(&format!("/e{client}"))
            .is_some()
    };
    let mut gone_after = [None; 5];
    while now < killed + Span::from_secs(13) {
        now += Span::from_millis(1);
        play.until(now);
        for (client, gone) in gone_after.iter_mut().enumerate() {
            if gone.is_none() && !has(&play, client) {
                *gone = Some((now - killed).as_millis());
            }
        }
    }
    for (gone, timeout) in gone_after.into_iter().zip(granted) {
        let after = gone.expect("gone in the end") - u64::from(timeout);
        // The last word was up to a third of the timeout, here at most 125 ms, before the kill.
        assert!(after <= 760, "{timeout}: {after} ms over");
    }
}

/// Keeps what comes to somebody who wants facts but no details.
#[derive(Default)]
struct NoDetails(Vec<Record<Fact>>);

impl Observer<Node> for NoDetails {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_details(&self) -> bool {
        false
    }
    fn wants_all(&self) -> bool {
        false
    }
    fn record(&mut self, record: Record<Fact>) {
        self.0.push(record);
    }
}

/// `Fact::is_detail` says of itself which facts are only built for those who want details: an
/// election, a client's write, and the leader's end.
#[test]
fn without_details_come_all_other_facts() {
    fn live(spec: &WorldSpec<Node>, observer: &mut impl Observer<Node>) {
        let mut world = World::new(spec.clone(), 1);
        let to = |world: &mut World, at, observer: &mut _| {
            while world.step(ms(at), observer).is_some() {}
        };
        for node in 0..=SERVERS {
            world.inject(&Fault::Start(NodeId(node)), observer);
        }
        to(&mut world, 3000, observer);
        let op = crate::leader::create_as("/a", "", false, false);
        world.call(NodeId(SERVERS), NodeOp::ZkClient(ClientOp::Do(op)));
        to(&mut world, 4000, observer);
        world.inject(&Fault::Crash(NodeId(SERVERS - 1)), observer);
        to(&mut world, 10_000, observer);
    }
    let spec = Play::new(&[(Sid(1), 4000)], 1).world.spec().clone();
    let (mut all, mut brief) = (Vec::new(), NoDetails::default());
    live(&spec, &mut all);
    live(&spec, &mut brief);
    let is_detail = |record: &Record<Fact>| match &record.what {
        What::Fact(Fact::Zk(fact)) => fact.is_detail(),
        _ => true,
    };
    assert!(brief.0.len() > 50, "{}", brief.0.len());
    all.retain(|record| !is_detail(record));
    assert_eq!(all, brief.0);
}
