//! Whole ZooKeeper ensembles: cold-start elections, and five servers with ten closed-loop clients.

use crate::{Figure, timed};
use sim_core::base::{HostId, NodeId, SimTime, Span, ZoneId};
use sim_core::cluster::{Config, Disk, Fact, Node, World};
use sim_core::engine::{
    Fault, HostSpec, Latency, Monitors, NodeSpec, Observer, Run, Timing, WorldSpec,
};
use sim_core::invariant::ZkMonitors;
use sim_core::trace::{Record, What};
use sim_core::zookeeper::{
    self, ClientConfig, EnsembleConfig, Load, Member, Quirks, Release, Role, ServerConfig, Sid,
    ZkDisk,
};
use std::sync::Arc;

const SERVERS: u16 = 5;
const ELECTIONS: u64 = 20_000;
const CLIENTS: u16 = 10;
const OPERATIONS: u64 = 400_000;
const ZNODES: u64 = 100_000;

/// What clients do: reads and writes in equal parts, creates.
#[derive(Clone, Copy)]
struct Mix {
    halves: u32,
    creates: u32,
}

const HALF_AND_HALF: Mix = Mix {
    halves: 1,
    creates: 0,
};

/// Five servers that start within 10 ms on empty disks, until four followers are synchronised.
pub fn elections_bare() -> Figure {
    elections(())
}

/// The same with every property watched.
pub fn elections_watched() -> Figure {
    elections(ZkMonitors::new())
}

/// Five servers, ten closed-loop clients, half reads, half writes of 100 bytes, fsync 1 ms, every
/// property watched.
pub fn clients_watched() -> Figure {
    clients(ZkMonitors::new(), HALF_AND_HALF, OPERATIONS)
}

/// The same with nobody looking but the counter of answers.
pub fn clients_bare() -> Figure {
    clients((), HALF_AND_HALF, OPERATIONS)
}

/// The same clients create sequential nodes of 100 bytes until there are 10^5, at each of the five
/// servers; nobody looks.
pub fn znodes() -> Figure {
    let creates = Mix {
        halves: 0,
        creates: 1,
    };
    clients((), creates, ZNODES)
}

fn elections<Mon: Monitors<Node>>(monitors: Mon) -> Figure {
    let mut run = Run::new(World::new(spec(0, HALF_AND_HALF, Span::ZERO), 0), monitors);
    let mut steps = 0;
    let ((), took) = timed(|| {
        steps = 0;
        for seed in 0..ELECTIONS {
            run.reset(seed);
            elect(&mut run);
            steps += run.world().steps().0;
        }
    });
    let mut figure = Figure::rate(ELECTIONS, took, "elections/s");
    let per_second = steps as f64 / took.as_secs_f64() / 1e6;
    figure.note = format!(
        "{} steps each, {per_second:.2} M events/s",
        steps / ELECTIONS
    );
    figure
}

fn elect<Mon: Monitors<Node>>(run: &mut Run<Node, Mon>) {
    for server in 0..SERVERS {
        let at = SimTime(u64::from(server) * 2_500_000);
        while run.step(at, &mut ()).is_some() {}
        run.inject(&Fault::Start(NodeId(server)), None, &mut ());
    }
    // The last follower that is synchronised says so to its own server: counted without facts.
    let mut serving = [false; SERVERS as usize];
    while serving.iter().filter(|it| **it).count() < usize::from(SERVERS) {
        let limit = run.world().now() + Span::from_secs(10);
        let stepped = run.step(limit, &mut ());
        let node = stepped.expect("an election comes to an end").node;
        serving[node.index()] = serves(run.world(), node);
    }
}

fn serves(world: &World, node: NodeId) -> bool {
    let server = world.node(node).and_then(Node::zk_server);
    server.is_some_and(zookeeper::Server::is_serving)
}

fn clients<Mon: Monitors<Node>>(monitors: Mon, mix: Mix, operations: u64) -> Figure {
    let mut events = 0;
    let ((), took) = timed(|| {
        let world = World::new(spec(CLIENTS, mix, Span::from_millis(1)), 1);
        let mut run = Run::new(world, monitors.clone());
        for node in 0..SERVERS + CLIENTS {
            run.inject(&Fault::Start(NodeId(node)), None, &mut ());
        }
        let mut answers = Answers::default();
        while answers.count < operations {
            let limit = run.world().now() + Span::from_secs(10);
            run.step(limit, &mut answers).expect("clients go on");
        }
        events = run.world().steps().0;
    });
    let mut figure = Figure::rate(operations, took, "operations/s");
    let per_second = events as f64 / took.as_secs_f64() / 1e6;
    figure.note = format!("{per_second:.2} M events/s");
    figure
}

#[derive(Default)]
struct Answers {
    count: u64,
}

impl Observer<Node> for Answers {
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
        if let What::Fact(Fact::Zk(zookeeper::Fact::Answered { .. })) = record.what {
            self.count += 1;
        }
    }
}

fn spec(clients: u16, mix: Mix, sync: Span) -> WorldSpec<Node> {
    let members: Vec<Member> = (0..SERVERS)
        .map(|node| Member {
            sid: Sid(i64::from(node) + 1),
            node: NodeId(node),
            role: Role::Participant,
            weight: 1,
            group: None,
        })
        .collect();
    let ensemble = Arc::new(EnsembleConfig::new(members.clone()));
    let server = |member: &Member| NodeSpec {
        name: format!("zk{}", member.sid).into(),
        host: HostId(member.node.0),
        config: Config::ZkServer(ServerConfig {
            sid: member.sid,
            ensemble: ensemble.clone(),
            release: Release::V3_5_7,
            quirks: Quirks::of(Release::V3_5_7),
        }),
        disk: Disk::ZkServer(ZkDisk::default()),
    };
    let client = |index: u16| {
        let home = &members[usize::from(index % SERVERS)];
        NodeSpec {
            name: format!("c{index}").into(),
            host: HostId(SERVERS + index),
            config: Config::ZkClient(ClientConfig {
                servers: vec![(home.node, home.sid)],
                session_timeout_ms: 10_000,
                load: Some(Load {
                    reads: mix.halves,
                    writes: mix.halves,
                    creates: mix.creates,
                    watches: 0,
                    ephemerals: 0,
                    deletes: 0,
                    operations: None,
                    duration: None,
                    data_bytes: 100,
                    keys: 100,
                    think: Span::ZERO,
                }),
            }),
            disk: Disk::None,
        }
    };
    let nodes: Vec<NodeSpec<Node>> = members
        .iter()
        .map(server)
        .chain((0..clients).map(client))
        .collect();
    let host = |node: &NodeSpec<Node>| HostSpec {
        name: node.name.clone(),
        zone: ZoneId(0),
        mono_start: Span::ZERO,
        wall_start: 0,
        drift_ppm: 0,
    };
    WorldSpec {
        hosts: nodes.iter().map(host).collect(),
        nodes,
        zones: vec!["z".into()],
        timing: Timing {
            latency: Latency::Uniform {
                min: Span::from_micros(100),
                max: Span::from_micros(500),
            },
            local_latency: Latency::Fixed(Span::from_micros(20)),
            dial: Latency::Uniform {
                min: Span::from_micros(100),
                max: Span::from_micros(500),
            },
            sync: Latency::Fixed(sync),
            lane: Latency::Fixed(Span::ZERO),
            break_after: Span::from_secs(60),
        },
    }
}
