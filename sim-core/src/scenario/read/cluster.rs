//! The cluster: servers, clients, hosts, network.

use super::{Fields, Reader, quoted_list};
use crate::scenario::format::{
    Client, Cluster, ConfigKey, ConfigValue, Ensemble, Host, InitialDisk, LinkLatency, Name,
    Network, QuirkChoice, Server,
};
use crate::scenario::read::names::Names;
use crate::scenario::shapes::{self, MAX_ID, MAX_NODES};
use crate::scenario::source::{Member, Node, Range, Value};
use crate::scenario::words::{OTHER_CONFIG_KEYS, Word};
use crate::scenario::{Code, format};
use crate::zookeeper::{Epoch, Quirk, Release, Role, seeded_disk};

impl Reader<'_> {
    /// `cluster`.
    pub(super) fn cluster(&mut self, node: &Node) -> Option<Cluster> {
        let fields = self.open(node, &shapes::CLUSTER)?;
        if fields.get("zookeeper").is_none() && fields.get("kafka").is_none() {
            self.error(Code::MissingKey, node.range, "a cluster without servers")
                .expected("\"zookeeper\": { \"servers\": 3 }");
        }
        let before = self.errors.len();
        let mut cluster = Cluster {
            zookeeper: self.field(&fields, "zookeeper", Self::ensemble),
            kafka: fields.get("kafka").map(|m| super::value::json(&m.node)),
            ..Cluster::default()
        };
        // Clients, hosts and links name servers.
        let names = Names::of(&cluster, self.errors.len() > before);
        let outer = core::mem::replace(&mut self.names, names);
        cluster.clients = self
            .field(&fields, "clients", Self::clients)
            .unwrap_or_default();
        self.names.join(&cluster);
        cluster.hosts = self
            .field(&fields, "hosts", Self::hosts)
            .unwrap_or_default();
        self.check_names(&cluster, &fields);
        cluster.network = self
            .field(&fields, "network", Self::network)
            .unwrap_or_default();
        cluster.sync_time = self.field(&fields, "sync_time", Self::latency);
        cluster.thread_delay = self.field(&fields, "thread_delay", Self::latency);
        self.names = outer;
        Some(cluster)
    }

    /// Names of nodes are unique, and a node runs on one host.
    fn check_names(&mut self, cluster: &Cluster, fields: &Fields<'_>) {
        let range = |key| fields.get(key).map_or(fields.range, |m| m.key_range);
        let servers = cluster.zookeeper.iter().flat_map(|zk| &zk.servers);
        let mut seen: Vec<&Name> = servers.map(|server| &server.name).collect();
        for client in &cluster.clients {
            if seen.contains(&&client.name) {
                let message = format!("\"{}\" is the name of a server already", client.name);
                self.error(Code::BadName, range("clients"), &message);
            }
            seen.push(&client.name);
        }
        let mut placed: Vec<&Name> = Vec::new();
        for host in &cluster.hosts {
            if host.nodes.is_empty() && !seen.contains(&&host.name) {
                let message = format!("host \"{}\" runs nothing", host.name);
                self.error(Code::Empty, range("hosts"), &message)
                    .expected("\"nodes\": [ … ], or the name of a node as the name of the host");
            }
            for node in &host.nodes {
                if placed.contains(&node) {
                    let message = format!("\"{node}\" runs on two hosts");
                    self.error(Code::Conflict, range("hosts"), &message);
                }
                placed.push(node);
            }
        }
        for host in &cluster.hosts {
            let own = seen.contains(&&host.name);
            let elsewhere = placed.contains(&&host.name) && !host.nodes.contains(&host.name);
            if own && (elsewhere || !host.nodes.is_empty() && !host.nodes.contains(&host.name)) {
                let message = format!(
                    "host \"{}\" has the name of a node it does not run",
                    host.name
                );
                self.error(Code::BadName, range("hosts"), &message);
            }
            if let Some(zone) = &host.zone
                && seen.contains(&zone)
            {
                let message = format!("\"{zone}\" is a zone and a node");
                self.error(Code::BadName, range("hosts"), &message);
            }
        }
    }

    fn ensemble(&mut self, node: &Node) -> Option<Ensemble> {
        let fields = self.open(node, &shapes::ENSEMBLE)?;
        let version = self.field(&fields, "version", Self::release);
        let mut servers = self
            .field(&fields, "servers", Self::servers)
            .unwrap_or_default();
        if let Some(disks) = fields.get("disks") {
            self.inside("disks", |reader| reader.disks(&disks.node, &mut servers));
        }
        let config = self
            .field(&fields, "config", Self::config)
            .unwrap_or_default();
        let quirks = self
            .field(&fields, "quirks", Self::quirks)
            .unwrap_or_default();
        let load_time = self.field(&fields, "load_time", Self::duration);
        let open_port_time = self.field(&fields, "open_port_time", Self::duration);
        servers.sort_by_key(|server| server.id);
        let ensemble = Ensemble {
            version: version.unwrap_or(Release::V3_5_7),
            servers,
            config,
            quirks,
            load_time,
            open_port_time,
        };
        self.check_ensemble(&ensemble, &fields);
        Some(ensemble)
    }

    /// What makes a real ensemble refuse its configuration.
    fn check_ensemble(&mut self, ensemble: &Ensemble, fields: &Fields<'_>) {
        let servers = &ensemble.servers;
        let range = fields.get("servers").map_or(fields.range, |m| m.node.range);
        if servers.is_empty() {
            return;
        }
        if servers.iter().all(|server| server.role == Role::Observer) {
            self.error(
                Code::Impossible,
                range,
                "an ensemble of observers elects nobody",
            )
            .remedy("give at least one server the role \"participant\"");
        }
        let config = &ensemble.config;
        let alone = !config.contains(&(ConfigKey::StandaloneEnabled, ConfigValue::Switch(false)));
        let voters = servers
            .iter()
            .filter(|server| server.role == Role::Participant)
            .count();
        if voters == 1 && servers.len() > 1 && alone {
            self.error(
                Code::Impossible,
                range,
                "one participant with observers: \"Observers w/o quorum is an invalid \
                 configuration\"",
            )
            .remedy("add participants, or set \"standaloneEnabled\": false in \"config\"");
        }
        let grouped = servers
            .iter()
            .filter(|server| server.group.is_some())
            .count();
        if grouped > 0 && grouped < voters {
            self.error(
                Code::Impossible,
                range,
                "some voters are in groups and some are not",
            )
            .expected("a group for each voter, as zoo.cfg wants it");
        }
        if grouped == 0 && servers.iter().any(|server| server.weight.is_some()) {
            self.error(Code::Impossible, range, "weights without groups")
                .remedy("give each voter a group; without groups each has one vote");
        }
        for server in servers {
            for id in server.knows.iter().flatten() {
                if !servers.iter().any(|other| other.id == *id) {
                    let message =
                        format!("server {} knows an id {id} that no server has", server.id);
                    self.error(Code::UnknownName, range, &message);
                }
            }
        }
    }

    pub(super) fn release(&mut self, node: &Node) -> Option<Release> {
        let Value::Text(text) = &node.value else {
            self.wrong_type(node, "a release in quotes, like \"3.5.7\"");
            return None;
        };
        let release = Release::named(text);
        if release.is_none() {
            let message = format!("\"{text}\" is not a release that is simulated");
            self.error(Code::UnknownWord, node.range, &message)
                .expected("a release from \"3.4.0\" to \"3.9.4\"")
                .remedy(&nearest_releases(text));
        }
        release
    }

    fn servers(&mut self, node: &Node) -> Option<Vec<Server>> {
        if let Value::Number(_) = node.value {
            let count = self.integer(node, 1, MAX_NODES)?;
            return Some((1..=count).map(plain_server).collect());
        }
        if !matches!(node.value, Value::List(_)) {
            self.wrong_type(node, "how many servers, or a list of them");
            return None;
        }
        let servers = self.list(node, "servers", |reader, node| {
            let server = reader.server(node)?;
            Some((server, node.range))
        })?;
        let mut found: Vec<Server> = Vec::new();
        for (server, range) in servers {
            if found.iter().any(|other| other.id == server.id) {
                let message = format!("two servers have the id {}", server.id);
                self.error(Code::BadName, range, &message);
            } else if found.iter().any(|other| other.name == server.name) {
                let message = format!("two servers are named \"{}\"", server.name);
                self.error(Code::BadName, range, &message);
            } else {
                found.push(server);
            }
        }
        if found.len() as i64 > MAX_NODES {
            let message = format!("{} servers; at most {MAX_NODES} are simulated", found.len());
            self.error(Code::TooLarge, node.range, &message);
        }
        Some(found)
    }

    fn server(&mut self, node: &Node) -> Option<Server> {
        if let Value::Number(_) = node.value {
            return self.integer(node, 0, MAX_ID).map(plain_server);
        }
        let fields = self.open(node, &shapes::SERVER)?;
        let id = self.field(&fields, "id", |r, node| r.integer(node, 0, MAX_ID));
        let name = self.field(&fields, "name", Self::new_name);
        let server = Server {
            id: id.unwrap_or(-1),
            name: name.unwrap_or_else(|| server_name(id.unwrap_or(-1))),
            role: self
                .field(&fields, "role", Self::word::<Role>)
                .unwrap_or_default(),
            weight: self.field(&fields, "weight", |r, node| r.integer(node, 0, 1_000_000)),
            group: self.field(&fields, "group", |r, node| r.integer(node, 0, 1_000_000)),
            version: self.field(&fields, "version", Self::release),
            config: self
                .field(&fields, "config", Self::config)
                .unwrap_or_default(),
            knows: self.field(&fields, "knows", |r, node| {
                r.list(node, "ids", |r, node| r.integer(node, 0, MAX_ID))
            }),
            myid_missing: (self.field(&fields, "myid_missing", Self::boolean)).unwrap_or_default(),
            quirks: self.field(&fields, "quirks", Self::quirks),
            disk: self.field(&fields, "disk", Self::disk),
            sync_time: self.field(&fields, "sync_time", Self::latency),
            thread_delay: self.field(&fields, "thread_delay", Self::latency),
        };
        id.map(|_| server)
    }

    fn disks(&mut self, node: &Node, servers: &mut [Server]) {
        self.map(node, "servers", |reader, member| {
            let disk = reader.disk(&member.node);
            let names: Vec<Name> = servers.iter().map(|server| server.name.clone()).collect();
            let found = servers.iter_mut().find(|server| server.name == member.key);
            let Some(server) = found else {
                let message = format!("no server is named \"{}\"", member.key);
                let error = reader.error(Code::UnknownName, member.key_range, &message);
                let names: Vec<&str> = names.iter().map(|name| &**name).collect();
                error
                    .expected(&quoted_list(&names))
                    .near(&member.key, &names);
                return None;
            };
            if server.disk.is_some() {
                let message = format!("\"{}\" has a disk in its own entry already", member.key);
                reader.error(Code::Conflict, member.key_range, &message);
            }
            server.disk = disk;
            Some(())
        });
    }

    fn disk(&mut self, node: &Node) -> Option<InitialDisk> {
        if let Value::Text(_) = &node.value {
            return Some(InitialDisk {
                history: self.history(node)?,
                ..InitialDisk::default()
            });
        }
        let fields = self.open(node, &shapes::DISK)?;
        let epoch = |r: &mut Self, node: &Node| r.integer(node, 0, i64::from(i32::MAX));
        let history = self.field(&fields, "history", Self::history);
        let current_epoch = self.field(&fields, "current_epoch", epoch);
        let accepted_epoch = self.field(&fields, "accepted_epoch", epoch);
        let logs_removed = self.field(&fields, "logs_removed", Self::boolean);
        if let (Some(current), Some(accepted)) = (current_epoch, accepted_epoch)
            && accepted < current
        {
            let message =
                format!("the accepted epoch {accepted} is below the current epoch {current}");
            self.error(Code::Impossible, node.range, &message)
                .remedy("a real server does not start with such files");
        }
        let history = history?;
        if logs_removed == Some(true) && history.is_empty() {
            let message = "an empty history has no log files that could be removed";
            self.error(Code::Impossible, node.range, message)
                .remedy("leave out logs_removed, or say what the snapshot holds");
        }
        Some(InitialDisk {
            history,
            current_epoch,
            accepted_epoch,
            logs_removed: logs_removed.unwrap_or_default(),
        })
    }

    /// A history as `zookeeper::seeded_disk` understands it, or nothing at all.
    pub(super) fn history(&mut self, node: &Node) -> Option<Box<str>> {
        let text = self.any_text(node)?;
        if text.is_empty() {
            return Some(text);
        }
        let Err(error) = seeded_disk(&text, Epoch(0), Epoch(0)) else {
            return Some(text);
        };
        // The text stands between quotes, and nobody writes escapes into it.
        let before = text
            .chars()
            .take(error.position)
            .map(char::len_utf8)
            .sum::<usize>();
        let start = (node.range.start + 1 + before).min(node.range.end - 1);
        let range = Range {
            start,
            end: (start + error.found.len().max(1)).min(node.range.end),
        };
        let message = match error.found.as_str() {
            "" => "the history ends too early".to_owned(),
            found => format!("\"{found}\" cannot stand here in a history"),
        };
        self.error(Code::BadValue, range, &message)
            .expected(error.expected)
            .remedy("a history is written like \"1:8\", \"1:4-8\" or \"1:1-150,/,1:151-400\"");
        None
    }

    pub(super) fn config(&mut self, node: &Node) -> Option<Vec<(ConfigKey, ConfigValue)>> {
        self.map(node, "keys of zoo.cfg", |reader, member| {
            let Some(key) = ConfigKey::from_word(&member.key) else {
                reader.unknown_config_key(member);
                return None;
            };
            Some((key, reader.config_value(key, &member.node)?))
        })
    }

    fn unknown_config_key(&mut self, member: &Member) {
        if OTHER_CONFIG_KEYS.contains(&&*member.key) {
            let message = format!("\"{}\" has no effect in the simulation", member.key);
            self.error(Code::UnknownKey, member.key_range, &message)
                .remedy("leave it out");
            return;
        }
        self.unknown_key(member, "zoo.cfg", &ConfigKey::words());
    }

    fn config_value(&mut self, key: ConfigKey, node: &Node) -> Option<ConfigValue> {
        use ConfigKey as Key;
        let (min, max) = match key {
            Key::SyncEnabled
            | Key::StandaloneEnabled
            | Key::ExtendedTypesEnabled
            | Key::SkipAcl => {
                return self.boolean(node).map(ConfigValue::Switch);
            }
            Key::SnapshotSizeFactor => {
                let thousandths = self.thousandths(node)?;
                if !thousandths.is_multiple_of(10) {
                    self.error(Code::BadValue, node.range, "finer than one percent")
                        .expected("a factor like 0.33");
                    return None;
                }
                return Some(ConfigValue::Number(thousandths / 10));
            }
            Key::MaxTimeToWaitForEpoch => (0, 100_000_000),
            Key::TickTime => (1, 3_600_000),
            Key::InitLimit | Key::SyncLimit => (1, 100_000),
            Key::SnapCount => (2, 1_000_000_000),
            Key::PreAllocSize => (0, 16_000_000),
            Key::MaxClientCnxns => (0, 1_000_000),
            Key::MinSessionTimeout
            | Key::MaxSessionTimeout
            | Key::CnxTimeout
            | Key::ContainerCheckInterval => (1, 100_000_000),
        };
        if let Value::Text(text) = &node.value
            && text.ends_with(|c: char| c.is_ascii_alphabetic())
        {
            let remedy = "zoo.cfg counts milliseconds (limits: ticks); write the bare number";
            self.wrong_type(node, &format!("a whole number from {min} to {max}"))
                .remedy(remedy);
            return None;
        }
        let number = self.integer(node, min, max)?;
        Some(ConfigValue::Number(number as u32))
    }

    pub(super) fn quirks(&mut self, node: &Node) -> Option<QuirkChoice> {
        let mut choice = QuirkChoice::default();
        if let Value::Text(_) = &node.value {
            choice.rest = self.word(node)?;
            return Some(choice);
        }
        self.map(node, "tracker ids", |reader, member| {
            if &*member.key == "rest" {
                choice.rest = reader.word(&member.node)?;
                return Some(());
            }
            let Some(quirk) = Quirk::from_word(&member.key) else {
                let mut names = Quirk::words();
                names.push("rest");
                reader.unknown_key(member, "quirks", &names);
                return None;
            };
            choice.set.push((quirk, reader.boolean(&member.node)?));
            Some(())
        })?;
        Some(choice)
    }

    fn clients(&mut self, node: &Node) -> Option<Vec<Client>> {
        if let Value::Number(_) = node.value {
            let count = self.integer(node, 1, MAX_NODES)?;
            let client = |i| Client {
                name: format!("c{i}").into(),
                ..Client::default()
            };
            return Some((1..=count).map(client).collect());
        }
        self.map(node, "names", |reader, member| {
            if !reader.check_new_name(&member.key, member.key_range) {
                return None;
            }
            let fields = reader.open(&member.node, &shapes::CLIENT)?;
            let servers = reader.field(&fields, "servers", |r, node| {
                r.one_or_many(node, "servers", Self::server_name)
            });
            Some(Client {
                name: member.key.clone(),
                servers,
                session_timeout: reader.field(&fields, "session_timeout", |r, node| {
                    let span = r.duration(node)?;
                    let whole = span.0.is_multiple_of(1_000_000) && span.0 > 0;
                    if !whole {
                        r.error(Code::BadValue, node.range, "no session timeout")
                            .expected("whole milliseconds, more than none");
                    }
                    whole.then_some(span)
                }),
            })
        })
    }

    fn hosts(&mut self, node: &Node) -> Option<Vec<Host>> {
        self.map(node, "names", |reader, member| {
            if !reader.check_new_name(&member.key, member.key_range) {
                return None;
            }
            let fields = reader.open(&member.node, &shapes::HOST)?;
            let nodes = reader.field(&fields, "nodes", |r, node| {
                r.one_or_many(node, "nodes", Self::node_name)
            });
            Some(Host {
                name: member.key.clone(),
                nodes: nodes.unwrap_or_default(),
                zone: reader.field(&fields, "zone", Self::new_name),
                drift_ppm: reader
                    .field(&fields, "drift_ppm", |r, n| r.integer(n, -100_000, 100_000))
                    .unwrap_or(0) as i32,
                wall_offset_ns: reader
                    .field(&fields, "wall_offset", Self::signed_duration)
                    .unwrap_or(0),
                mono_start: reader.field(&fields, "uptime", Self::duration),
            })
        })
    }

    fn network(&mut self, node: &Node) -> Option<Network> {
        let fields = self.open(node, &shapes::NETWORK)?;
        let links = self.field(&fields, "links", |r, node| {
            r.list(node, "links", Self::link_latency)
        });
        Some(Network {
            latency: self.field(&fields, "latency", Self::latency),
            local_latency: self.field(&fields, "local_latency", Self::latency),
            dial: self.field(&fields, "connect_time", Self::latency),
            break_after: self.field(&fields, "break_after", Self::duration),
            links: links.unwrap_or_default(),
        })
    }

    fn link_latency(&mut self, node: &Node) -> Option<LinkLatency> {
        let fields = self.open(node, &shapes::LINK)?;
        let link = self.field(&fields, "link", Self::link);
        let latency = self.field(&fields, "latency", Self::latency);
        Some(LinkLatency {
            link: link?,
            latency: latency?,
        })
    }
}

/// The releases that somebody may have meant who named none.
fn nearest_releases(text: &str) -> String {
    let minor = |text: &str| text.split('.').nth(1).and_then(|minor| minor.parse().ok());
    let (oldest, newest) = (Release::ALL[0], Release::ALL[Release::ALL.len() - 1]);
    let wanted: u8 = match minor(text) {
        Some(minor) if text.starts_with("3.") => minor,
        _ => return format!("write a number like \"{}\"", Release::V3_5_7),
    };
    let mut same = Release::ALL.into_iter().filter(|it| it.minor == wanted);
    match (same.next(), same.next_back()) {
        (Some(first), Some(last)) => format!("there are \"{first}\" to \"{last}\""),
        _ if wanted < oldest.minor => format!("the oldest is \"{oldest}\""),
        _ => format!("the newest is \"{newest}\""),
    }
}

/// A server of which only the id is said.
fn plain_server(id: i64) -> Server {
    Server {
        id,
        name: server_name(id),
        ..Server::default()
    }
}

/// The name of a server that is given none.
pub(in crate::scenario) fn server_name(id: i64) -> format::Name {
    format!("zk{id}").into()
}
