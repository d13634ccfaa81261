//! Numbered fault plans for ZooKeeper ensembles: swarm testing in the manner of Groce and others, *Swarm Testing*
//! (ISSTA 2012). Each seed draws its own subset of fault kinds, its own rates, its own ensemble and its own clients.
//!
//! A plan is plain data: a world to build and acts at times. It never runs anything; see `campaign`.

use crate::base::{HostId, NodeId, Span, ZoneId};
use crate::cluster::{Config, Disk, Node};
use crate::engine::{DiskFault, Fault, HostSpec, Latency, LinkSet, NodeSpec, Timing, WorldSpec};
use crate::explore::Dice;
use crate::zookeeper::{
    ClientConfig, EnsembleConfig, Load, Member, Quirks, Release, Role, ServerConfig, Sid, ZkDisk,
};
use std::sync::Arc;

/// The kinds of faults a plan may use. Single messages are left alone and no disk is wiped: what is left is what the
/// protocol promises to survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Kind {
    Crash,
    PowerLoss,
    Pause,
    Isolate,
    Split,
    OneWay,
    ResetLinks,
    SlowLink,
    SlowDisk,
    StallDisk,
    Drift,
    WallJump,
    SlowLane,
    Rolling,
    LeaderPort,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 15] = [
        Kind::Crash,
        Kind::PowerLoss,
        Kind::Pause,
        Kind::Isolate,
        Kind::Split,
        Kind::OneWay,
        Kind::ResetLinks,
        Kind::SlowLink,
        Kind::SlowDisk,
        Kind::StallDisk,
        Kind::Drift,
        Kind::WallJump,
        Kind::SlowLane,
        Kind::Rolling,
        Kind::LeaderPort,
    ];
}

/// A plan: what to build, what to do to it, when to heal it and when to stop.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its number.
    pub seed: u64,
    /// The world to build.
    pub world: WorldSpec<Node>,
    /// Acts in the order of their times.
    pub acts: Vec<(Span, Fault)>,
    /// How many faults there are among the acts (undoing one is none).
    pub faults: u32,
    /// The kinds used.
    pub kinds: Vec<Kind>,
    /// When everything is healed and started.
    pub heal_at: Span,
    /// When it ends.
    pub end_at: Span,
}

/// What all plans of a campaign share.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The release of all servers.
    pub release: Release,
    /// The quirks that are on.
    pub quirks: Quirks,
}

struct Builder {
    dice: Dice,
    servers: Vec<NodeId>,
    acts: Vec<(Span, Fault)>,
    faults: u32,
}

const WALL_START_NS: i64 = 1_700_000_000_000_000_000;

/// The plan number `seed`. Only `settings` and the seed decide it.
pub fn plan(seed: u64, settings: Settings) -> Plan {
    let mut dice = Dice::new(seed);
    let voters = if dice.chance("five servers", 1, 2) {
        5
    } else {
        3
    };
    let observers = u32::from(dice.chance("an observer", 1, 6));
    let clients = dice.between("clients", 2, 4);
    let world = world(&mut dice, settings, voters, observers, clients);
    let heal_at = dice.span_ms("length of the faulty part", 20_000, 32_000);
    let end_at = heal_at + Span::from_millis(15_000);
    let servers = (0..(voters + observers) as u16).map(NodeId).collect();
    let mut builder = Builder {
        dice,
        servers,
        acts: Vec::new(),
        faults: 0,
    };
    builder.start(clients);
    let kinds = builder.draw_kinds();
    builder.draw_faults(&kinds, heal_at);
    builder.acts.sort_by_key(|(at, _)| *at);
    builder.heal(heal_at, clients);
    let Builder { acts, faults, .. } = builder;
    Plan {
        seed,
        world,
        acts,
        faults,
        kinds,
        heal_at,
        end_at,
    }
}

fn world(
    dice: &mut Dice,
    settings: Settings,
    voters: u32,
    observers: u32,
    clients: u32,
) -> WorldSpec<Node> {
    let members: Vec<Member> = (0..voters + observers)
        .map(|i| Member {
            sid: Sid(i64::from(i) + 1),
            node: NodeId(i as u16),
            role: if i < voters {
                Role::Participant
            } else {
                Role::Observer
            },
            weight: 1,
            group: None,
        })
        .collect();
    let mut ensemble = EnsembleConfig::new(members.clone());
    ensemble.tick_time_ms = 500;
    ensemble.min_session_timeout_ms = 1_000;
    ensemble.max_session_timeout_ms = 10_000;
    ensemble.snap_count = [100_000, 40, 150][dice.below("snapCount", 3) as usize];
    ensemble.load_time = dice.span_ms("load time", 0, 20);
    ensemble.open_port_time = dice.span_ms("open port time", 0, 5);
    let ensemble = Arc::new(ensemble);
    let mut nodes: Vec<NodeSpec<Node>> = members
        .iter()
        .map(|member| NodeSpec {
            name: format!("zk{}", member.sid).into(),
            host: HostId(member.node.0),
            config: Config::ZkServer(ServerConfig {
                sid: member.sid,
                ensemble: ensemble.clone(),
                release: settings.release,
                quirks: settings.quirks,
            }),
            disk: Disk::ZkServer(ZkDisk::default()),
        })
        .collect();
    for client in 0..clients {
        nodes.push(client_spec(dice, client, &members));
    }
    let hosts = nodes
        .iter()
        .map(|node| HostSpec {
            name: node.name.clone(),
            zone: ZoneId(0),
            mono_start: Span::from_millis(u64::from(dice.between("clock start", 0, 1_000_000))),
            wall_start: WALL_START_NS,
            drift_ppm: 0,
        })
        .collect();
    WorldSpec {
        nodes,
        hosts,
        zones: vec!["z".into()],
        timing: timing(dice),
    }
}

fn client_spec(dice: &mut Dice, client: u32, members: &[Member]) -> NodeSpec<Node> {
    let first = dice.below("first server of a client", members.len() as u32) as usize;
    let servers = (0..members.len())
        .map(|i| &members[(first + i) % members.len()])
        .map(|m| (m.node, m.sid));
    NodeSpec {
        name: format!("c{}", client + 1).into(),
        host: HostId((members.len() as u32 + client) as u16),
        config: Config::ZkClient(ClientConfig {
            servers: servers.collect(),
            session_timeout_ms: dice.between("session timeout", 2_000, 8_000),
            load: Some(Load {
                reads: dice.between("reads", 0, 4),
                writes: dice.between("writes", 1, 4),
                creates: dice.between("creates", 1, 3),
                watches: dice.between("watches", 0, 3),
                ephemerals: dice.between("ephemerals", 0, 2),
                deletes: dice.between("deletes", 0, 1),
                operations: None,
                duration: None,
                data_bytes: dice.between("data bytes", 0, 100),
                keys: dice.between("keys", 1, 8),
                think: dice.span_ms("think time", 10, 120),
            }),
        }),
        disk: Disk::None,
    }
}

fn timing(dice: &mut Dice) -> Timing {
    let median = dice.span_ms("latency", 1, 8);
    let sync = dice.span_ms("sync", 0, 10);
    let lane = if dice.chance("threads are late", 1, 2) {
        Latency::Exponential {
            min: Span::ZERO,
            mean: dice.span_ms("lane", 0, 3),
        }
    } else {
        Latency::Fixed(Span::ZERO)
    };
    Timing {
        latency: Latency::LogNormal {
            min: Span::from_micros(50),
            median,
            sigma_milli: 600,
        },
        local_latency: Latency::Fixed(Span::from_micros(30)),
        dial: Latency::LogNormal {
            min: Span::from_micros(100),
            median,
            sigma_milli: 600,
        },
        sync: Latency::Exponential {
            min: Span::from_micros(100),
            mean: sync,
        },
        lane,
        break_after: Span::from_secs(30),
    }
}

impl Builder {
    /// Starts every server within two seconds, then the clients.
    fn start(&mut self, clients: u32) {
        for node in self.servers.clone() {
            let at = self.dice.span_ms("start of a server", 0, 2_000);
            self.acts.push((at, Fault::Start(node)));
        }
        let first = self.servers.len() as u32;
        for client in first..first + clients {
            let at = self.dice.span_ms("start of a client", 1_000, 3_000);
            self.acts.push((at, Fault::Start(NodeId(client as u16))));
        }
    }

    /// Each kind is in with a chance of its own seed: some plans have one kind, some nearly all.
    fn draw_kinds(&mut self) -> Vec<Kind> {
        let parts = self.dice.between("share of kinds", 1, 6);
        let mut kinds: Vec<Kind> = Kind::ALL
            .into_iter()
            .filter(|kind| self.dice.chance(&format!("{kind:?}"), parts, 8))
            .collect();
        if kinds.is_empty() {
            kinds.push(Kind::ALL[self.dice.below("the only kind", 15) as usize]);
        }
        kinds
    }

    fn draw_faults(&mut self, kinds: &[Kind], heal_at: Span) {
        let count = self.dice.between("faults", 3, 14);
        for _ in 0..count {
            let latest = (heal_at.as_millis() - 1_000) as u32;
            let at = self.dice.span_ms("when", 2_500, latest);
            let kind = kinds[self.dice.below("which kind", kinds.len() as u32) as usize];
            let lasts = match self.dice.below("how long", 3) {
                0 => self.dice.span_ms("short", 5, 600),
                1 => self.dice.span_ms("medium", 600, 4_000),
                _ => self.dice.span_ms("long", 4_000, 12_000),
            };
            self.fault(kind, at, at + lasts);
        }
    }

    fn server(&mut self) -> NodeId {
        let index = self.dice.below("which server", self.servers.len() as u32);
        self.servers[index as usize]
    }

    fn push(&mut self, from: Span, fault: Fault, until: Span, undo: Fault) {
        self.faults += 1;
        self.acts.push((from, fault));
        self.acts.push((until, undo));
    }

    fn fault(&mut self, kind: Kind, from: Span, until: Span) {
        let node = self.server();
        let host = HostId(node.0);
        match kind {
            Kind::Crash => self.push(from, Fault::Crash(node), until, Fault::Start(node)),
            Kind::PowerLoss => self.push(from, Fault::PowerLoss(host), until, Fault::Start(node)),
            Kind::Pause => self.push(from, Fault::Pause(node), until, Fault::Resume(node)),
            Kind::Isolate => {
                let rest = self
                    .servers
                    .iter()
                    .copied()
                    .filter(|n| *n != node)
                    .collect();
                let groups = vec![vec![node], rest];
                self.push(
                    from,
                    Fault::Partition(groups),
                    until,
                    Fault::Heal(ALL_LINKS),
                );
            }
            Kind::Split => {
                let mut groups = vec![Vec::new(), Vec::new()];
                for server in self.servers.clone() {
                    groups[self.dice.below("which side", 2) as usize].push(server);
                }
                self.push(
                    from,
                    Fault::Partition(groups),
                    until,
                    Fault::Heal(ALL_LINKS),
                );
            }
            Kind::OneWay => {
                let link = LinkSet {
                    from: Some(node),
                    to: Some(self.server()),
                    port: None,
                };
                self.push(from, Fault::Cut(link), until, Fault::Heal(link));
            }
            Kind::ResetLinks => {
                let link = LinkSet {
                    from: Some(node),
                    to: None,
                    port: None,
                };
                self.push(from, Fault::Reset(link), from, Fault::Heal(link));
            }
            Kind::SlowLink => {
                let link = LinkSet {
                    from: Some(node),
                    to: None,
                    port: None,
                };
                let mean = self.dice.span_ms("slow link", 20, 800);
                let slow = Latency::Exponential {
                    min: Span::ZERO,
                    mean,
                };
                let usual = Fault::Latency(link, None);
                self.push(from, Fault::Latency(link, Some(slow)), until, usual);
            }
            Kind::SlowDisk => {
                let mean = self.dice.span_ms("slow disk", 20, 1_500);
                let slow = DiskFault::Slow(Latency::Exponential {
                    min: Span::ZERO,
                    mean,
                });
                let usual = Fault::Disk(node, DiskFault::None);
                self.push(from, Fault::Disk(node, slow), until, usual);
            }
            Kind::StallDisk => {
                let usual = Fault::Disk(node, DiskFault::None);
                self.push(from, Fault::Disk(node, DiskFault::Stall), until, usual);
            }
            Kind::Drift => {
                let ppm = self.dice.between("drift", 0, 200_000) as i32 - 100_000;
                self.push(from, Fault::Drift(host, ppm), until, Fault::Drift(host, 0));
            }
            Kind::WallJump => {
                let seconds = i64::from(self.dice.between("jump", 0, 7_200)) - 3_600;
                let jump = seconds * 1_000_000_000;
                self.push(
                    from,
                    Fault::WallJump(host, jump),
                    until,
                    Fault::WallJump(host, -jump),
                );
            }
            Kind::SlowLane => {
                let mean = self.dice.span_ms("slow lane", 5, 400);
                let slow = Latency::Exponential {
                    min: Span::ZERO,
                    mean,
                };
                let usual = Fault::SlowLane(node, None, None);
                self.push(from, Fault::SlowLane(node, None, Some(slow)), until, usual);
            }
            Kind::Rolling => self.rolling(from),
            Kind::LeaderPort => {
                let port = Some(crate::zookeeper::port::QUORUM);
                let link = LinkSet {
                    from: None,
                    to: Some(node),
                    port,
                };
                self.push(from, Fault::Cut(link), until, Fault::Heal(link));
            }
        }
    }

    /// Restarts every server, one after another, as an upgrade would.
    fn rolling(&mut self, from: Span) {
        let pause = self.dice.span_ms("pause of a rolling restart", 200, 2_500);
        let mut at = from;
        for server in self.servers.clone() {
            self.push(at, Fault::Crash(server), at + pause, Fault::Start(server));
            at = at + pause + Span::from_millis(300);
        }
    }

    /// Undoes everything and starts whoever is down. Acts drawn for later are dropped.
    fn heal(&mut self, at: Span, clients: u32) {
        self.acts.retain(|(when, _)| *when < at);
        let nodes = self.servers.len() as u32 + clients;
        let mut heal = vec![Fault::Heal(ALL_LINKS), Fault::Latency(ALL_LINKS, None)];
        for node in (0..nodes as u16).map(NodeId) {
            heal.extend([
                Fault::Disk(node, DiskFault::None),
                Fault::SlowLane(node, None, None),
                Fault::Drift(HostId(node.0), 0),
                Fault::Resume(node),
                Fault::Start(node),
            ]);
        }
        self.acts.extend(heal.into_iter().map(|fault| (at, fault)));
    }
}

const ALL_LINKS: LinkSet = LinkSet {
    from: None,
    to: None,
    port: None,
};
