//! From a scenario to the world that it describes, with what the file leaves open filled in.
//!
//! Never plays anything. What no file says is said here, in one place: message latencies, disk times, clocks.

use crate::base::{HostId, NodeId, Port, Span};
use crate::cluster::{Config, Disk, Node};
use crate::engine::{
    DiskFault, DiskImage, Fault, HostSpec, Latency, LinkSet, NodeSpec, Pins, Timing, WorldSpec,
};
use crate::scenario::act::{End, Link, NodeRef};
use crate::scenario::cast::Cast;
use crate::scenario::format::{
    Client, Cluster, ConfigKey, ConfigValue, Ensemble, InitialDisk, Load, LoadKind, Name,
    QuirkChoice, QuirkRest, Scenario, Server,
};
use crate::zookeeper::{self as zk, ClientConfig, EnsembleConfig, Epoch, Member, Quirk, Quirks};
use std::sync::Arc;

/// One message from host to host, if the file says nothing: a quiet local network.
pub const LATENCY: Latency = uniform_micros(200, 1_000);
/// One message within a host.
pub const LOCAL_LATENCY: Latency = uniform_micros(20, 100);
/// From dialling to the answer.
pub const CONNECT_TIME: Latency = uniform_micros(400, 2_000);
/// One sync of a disk.
pub const SYNC_TIME: Latency = uniform_micros(500, 2_000);
/// How long a connection lives on which nothing gets through: `tcp_retries2` of Linux.
pub const BREAK_AFTER: Span = Span::from_millis(924_600);
/// The session timeout that a client asks for.
pub const SESSION_TIMEOUT: Span = Span::from_secs(10);
/// What monotonic clocks show at the start.
pub const UPTIME: Span = Span::from_secs(3_600);
/// What wall clocks show at the start: 2020-03-01T00:00:00Z, in nanoseconds since 1970.
pub const WALL_START_NS: i64 = 1_583_020_800_000_000_000;

const fn uniform_micros(min: u64, max: u64) -> Latency {
    Latency::Uniform {
        min: Span::from_micros(min),
        max: Span::from_micros(max),
    }
}

/// A world to be built, and what is done to it before anything happens.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Who is who.
    pub cast: Cast,
    /// The world.
    pub world: WorldSpec<Node>,
    /// Draws that are not left to the seed.
    pub pins: Pins,
    /// What sets single links, disks and threads apart from the others, at time zero.
    pub settings: Vec<Fault>,
}

impl Scenario {
    /// What is played of the file: each of its variants, or the file as it stands if it has none.
    pub fn plays(&self) -> Vec<Option<&str>> {
        match &self.variants[..] {
            [] => vec![None],
            variants => variants
                .iter()
                .map(|variant| Some(&*variant.name))
                .collect(),
        }
    }

    /// The cluster of a variant, or of the file itself.
    pub fn cluster_of(&self, variant: Option<&str>) -> Option<&Cluster> {
        let Some(name) = variant else {
            return Some(&self.cluster);
        };
        let variant = self.variants.iter().find(|variant| &*variant.name == name);
        variant.map(|variant| &variant.cluster)
    }

    /// The world of a variant, or of the file itself; `None` if there is no such variant.
    pub fn compile(&self, variant: Option<&str>) -> Option<Compiled> {
        let cluster = self.cluster_of(variant)?;
        let mut compiled = compile(cluster, &self.loads);
        let pins = self.pins.iter().map(|pin| (pin.point, pin.value));
        compiled.pins = pins.collect();
        Some(compiled)
    }
}

fn compile(cluster: &Cluster, loads: &[Load]) -> Compiled {
    let cast = Cast::new(cluster);
    let network = &cluster.network;
    let timing = Timing {
        latency: network.latency.unwrap_or(LATENCY),
        local_latency: network.local_latency.unwrap_or(LOCAL_LATENCY),
        dial: network.dial.unwrap_or(CONNECT_TIME),
        sync: cluster.sync_time.unwrap_or(SYNC_TIME),
        lane: cluster.thread_delay.unwrap_or_default(),
        break_after: network.break_after.unwrap_or(BREAK_AFTER),
    };
    let ensemble = cluster.zookeeper.as_ref();
    let servers = ensemble.into_iter().flat_map(|ensemble| {
        let shared = Arc::new(ensemble_config(ensemble, &cast));
        let node = |server| server_node(server, ensemble, &shared, &cast);
        ensemble.servers.iter().map(node).collect::<Vec<_>>()
    });
    let clients = cluster.clients.iter().enumerate();
    let clients = clients.map(|(i, client)| client_node(i, client, loads, &cast));
    let world = WorldSpec {
        nodes: servers.chain(clients).collect(),
        hosts: hosts(cluster, &cast),
        zones: cast.zones().to_vec(),
        timing,
    };
    Compiled {
        settings: settings(cluster, &cast),
        cast,
        world,
        pins: Pins::new(),
    }
}

fn server_node(
    server: &Server,
    ensemble: &Ensemble,
    shared: &Arc<EnsembleConfig>,
    cast: &Cast,
) -> NodeSpec<Node> {
    let release = server.version.unwrap_or(ensemble.version);
    let own = server.knows.is_some() || !server.config.is_empty();
    let config = match own {
        true => Arc::new(own_config(server, ensemble, shared)),
        false => Arc::clone(shared),
    };
    let quirks = server.quirks.as_ref().unwrap_or(&ensemble.quirks);
    let config = zk::ServerConfig {
        sid: match server.myid_missing {
            true => zk::Sid::UNSET,
            false => zk::Sid(server.id),
        },
        ensemble: config,
        release,
        quirks: choose_quirks(quirks, release),
    };
    NodeSpec {
        name: server.name.clone(),
        host: cast.host_of(cast.node(&server.name).expect("cast from the same cluster")),
        config: Config::ZkServer(config),
        disk: Disk::ZkServer(initial_disk(server.disk.as_ref())),
    }
}

/// What all servers share.
fn ensemble_config(ensemble: &Ensemble, cast: &Cast) -> EnsembleConfig {
    let member = |server: &Server| Member {
        sid: zk::Sid(server.id),
        node: cast.node(&server.name).expect("cast from the same cluster"),
        role: server.role,
        weight: server.weight.unwrap_or(1),
        group: server.group,
    };
    let mut config = EnsembleConfig::new(ensemble.servers.iter().map(member).collect());
    if ensemble.servers.iter().any(|server| server.group.is_some()) {
        config.rule = zk::QuorumRule::Hierarchical;
    }
    configure(&mut config, &ensemble.config);
    config.load_time = ensemble.load_time.unwrap_or_default();
    config.open_port_time = ensemble.open_port_time.unwrap_or_default();
    config
}

/// What one server has instead.
fn own_config(server: &Server, ensemble: &Ensemble, shared: &EnsembleConfig) -> EnsembleConfig {
    let mut config = shared.clone();
    let keys = ensemble.config.iter().chain(&server.config).copied();
    configure(&mut config, &keys.collect::<Vec<_>>());
    if let Some(knows) = &server.knows {
        config
            .members
            .retain(|member| knows.contains(&member.sid.0));
    }
    config
}

/// Sets the keys of `zoo.cfg`; later ones win. Session timeouts that are not set follow tickTime.
fn configure(config: &mut EnsembleConfig, keys: &[(ConfigKey, ConfigValue)]) {
    let get = |key| {
        let found = keys.iter().rev().find(|(known, _)| *known == key);
        found.map(|(_, value)| *value)
    };
    let number = |key, default| match get(key) {
        Some(ConfigValue::Number(number)) => number,
        _ => default,
    };
    config.tick_time_ms = number(ConfigKey::TickTime, config.tick_time_ms);
    let tick = config.tick_time_ms;
    config.init_limit = number(ConfigKey::InitLimit, config.init_limit);
    config.sync_limit = number(ConfigKey::SyncLimit, config.sync_limit);
    config.min_session_timeout_ms = number(ConfigKey::MinSessionTimeout, tick.saturating_mul(2));
    config.max_session_timeout_ms = number(ConfigKey::MaxSessionTimeout, tick.saturating_mul(20));
    config.snap_count = number(ConfigKey::SnapCount, config.snap_count);
    config.pre_alloc_kib = number(ConfigKey::PreAllocSize, config.pre_alloc_kib);
    let factor = config.snapshot_size_factor_percent;
    config.snapshot_size_factor_percent = number(ConfigKey::SnapshotSizeFactor, factor);
    config.cnx_timeout_ms = number(ConfigKey::CnxTimeout, config.cnx_timeout_ms);
    config.max_client_cnxns = number(ConfigKey::MaxClientCnxns, config.max_client_cnxns);
    if let Some(ConfigValue::Number(ms)) = get(ConfigKey::MaxTimeToWaitForEpoch) {
        config.max_time_to_wait_for_epoch_ms = Some(ms);
    }
    if let Some(ConfigValue::Switch(on)) = get(ConfigKey::SyncEnabled) {
        config.sync_enabled = on;
    }
    if let Some(ConfigValue::Switch(on)) = get(ConfigKey::StandaloneEnabled) {
        config.standalone_enabled = on;
    }
    if let Some(ConfigValue::Switch(on)) = get(ConfigKey::ExtendedTypesEnabled) {
        config.extended_types = on;
    }
    if let Some(ConfigValue::Switch(on)) = get(ConfigKey::SkipAcl) {
        config.access.skip_acl = on;
    }
    config.container_check_ms =
        number(ConfigKey::ContainerCheckInterval, config.container_check_ms);
}

fn choose_quirks(choice: &QuirkChoice, release: zk::Release) -> Quirks {
    let rest = match choice.rest {
        QuirkRest::AsReleased => Quirks::of(release),
        QuirkRest::On => Quirk::ALL.into_iter().fold(Quirks::NONE, Quirks::with),
        QuirkRest::Off => Quirks::NONE,
    };
    choice
        .set
        .iter()
        .fold(rest, |quirks, (quirk, on)| match on {
            true => quirks.with(*quirk),
            false => quirks.without(*quirk),
        })
}

/// The disk of a server before its first start. The reader has checked the history.
fn initial_disk(disk: Option<&InitialDisk>) -> zk::ZkDisk {
    let Some(disk) = disk else {
        return zk::ZkDisk::default();
    };
    let seeded = |current: Epoch, accepted: Epoch| match &*disk.history {
        "" => zk::ZkDisk {
            accepted_epoch: Some(accepted),
            current_epoch: Some(current),
            ..zk::ZkDisk::default()
        },
        history => zk::seeded_disk(history, current, accepted).expect("the reader has checked it"),
    };
    let last = seeded(Epoch(0), Epoch(0)).last_logged();
    let current = disk.current_epoch.map(Epoch);
    let current = current.or(last.map(zk::Zxid::epoch)).unwrap_or_default();
    let accepted = disk.accepted_epoch.map_or(current, Epoch);
    let seeded = seeded(current, accepted);
    match disk.logs_removed {
        true => without_logs(seeded),
        false => seeded,
    }
}

/// The disk as a purge leaves it: what the logs told is in a snapshot.
fn without_logs(mut disk: zk::ZkDisk) -> zk::ZkDisk {
    let loaded = zk::Database::load(&disk).expect("a seeded disk can be read");
    disk.apply(&zk::Change::Snapshot(loaded.database.snapshot()));
    disk.logs.clear();
    disk
}

fn client_node(index: usize, client: &Client, loads: &[Load], cast: &Cast) -> NodeSpec<Node> {
    let all: Vec<_> = cast.servers().collect();
    let servers = match &client.servers {
        Some(names) => names.iter().filter_map(|name| cast.node(name)).collect(),
        // Everybody else's clients shuffle the list; these take turns.
        None => {
            let mut servers = all.clone();
            servers.rotate_left(index % all.len().max(1));
            servers
        }
    };
    let with_sid = |node| Some((node, cast.sid(node)?));
    let timeout = client.session_timeout.unwrap_or(SESSION_TIMEOUT);
    let load = loads
        .iter()
        .find(|load| load.clients.contains(&client.name));
    NodeSpec {
        name: client.name.clone(),
        host: cast.host_of(cast.node(&client.name).expect("cast from the same cluster")),
        config: Config::ZkClient(ClientConfig {
            servers: servers.into_iter().filter_map(with_sid).collect(),
            session_timeout_ms: timeout.as_millis() as u32,
            load: load.map(client_load),
        }),
        disk: Disk::None,
    }
}

fn client_load(load: &Load) -> zk::Load {
    let share = |kind| {
        let shares = load.mix.iter().filter(|(known, _)| *known == kind);
        shares.map(|(_, share)| *share).sum()
    };
    zk::Load {
        reads: share(LoadKind::Read),
        writes: share(LoadKind::Write),
        creates: share(LoadKind::Create),
        watches: share(LoadKind::Watch),
        ephemerals: share(LoadKind::Ephemeral),
        deletes: share(LoadKind::Delete),
        operations: load.operations.map(u64::from),
        duration: load.lasts,
        data_bytes: load.data_size,
        keys: load.keys,
        think: load.think,
    }
}

fn hosts(cluster: &Cluster, cast: &Cast) -> Vec<HostSpec> {
    let spec = |(index, name): (usize, &Name)| {
        let said = cluster.hosts.iter().find(|host| host.name == *name);
        HostSpec {
            name: name.clone(),
            zone: cast.zone_of(HostId(index as u16)),
            mono_start: said.and_then(|host| host.mono_start).unwrap_or(UPTIME),
            wall_start: WALL_START_NS.saturating_add(said.map_or(0, |host| host.wall_offset_ns)),
            drift_ppm: said.map_or(0, |host| host.drift_ppm),
        }
    };
    cast.hosts().iter().enumerate().map(spec).collect()
}

/// What sets single links, disks and threads apart from the others.
fn settings(cluster: &Cluster, cast: &Cast) -> Vec<Fault> {
    let mut settings = Vec::new();
    for link in &cluster.network.links {
        for set in link_sets(&link.link, cast) {
            settings.push(Fault::Latency(set, Some(link.latency)));
        }
    }
    let servers = cluster.zookeeper.iter().flat_map(|zk| &zk.servers);
    for (server, node) in servers.zip(cast.servers()) {
        if let Some(time) = server.sync_time {
            settings.push(Fault::Disk(node, DiskFault::Slow(time)));
        }
        if let Some(delay) = server.thread_delay {
            settings.push(Fault::SlowLane(node, None, Some(delay)));
        }
    }
    settings
}

/// The directed links that a link without a leader in it stands for.
fn link_sets(link: &Link, cast: &Cast) -> Vec<LinkSet> {
    let end = |end: &End| match end {
        End::Node(NodeRef::Named(name)) => cast.node(name),
        _ => None,
    };
    let (from, to) = (end(&link.from), end(&link.to));
    directed(from, to, None, link.both_ways)
}

/// One or two directed links.
pub(super) fn directed(
    from: Option<NodeId>,
    to: Option<NodeId>,
    port: Option<Port>,
    both_ways: bool,
) -> Vec<LinkSet> {
    let there = LinkSet { from, to, port };
    let back = LinkSet {
        from: to,
        to: from,
        port,
    };
    match both_ways && there != back {
        true => vec![there, back],
        false => vec![there],
    }
}
