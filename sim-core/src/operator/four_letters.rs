//! The four-letter words: `echo srvr | nc localhost 2181`.
//!
//! Follows `server/command/*.java`, `FourLetterCommands`, `ServerStats`, `ServerCnxn` and `ZooKeeperServer.dumpConf` of releases 3.5.7
//! and 3.8.0. The caller's own connection is counted and listed, as by the real server. `crst` and `srst` say that they
//! reset what they would reset: asking changes nothing in a simulated server. Read `stats.rs` for what is counted.

use crate::base::{Conn, NodeId};
use crate::cluster::World;
use crate::engine::NodeStatus;
use crate::operator::ensemble;
use crate::operator::release::full_version;
use crate::operator::surroundings::{Place, Surroundings};
use crate::operator::text::{date, double, hash_order};
use crate::zookeeper::{ClientConn, Release, Server, SessionId, Table};
use core::fmt::Write;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Words by name, with the release that brought them. `stmk` needs eight bytes more and is not asked by a terminal.
const WORDS: [(&str, (u8, u8)); 18] = [
    ("conf", (3, 3)),
    ("cons", (3, 3)),
    ("crst", (3, 3)),
    ("dirs", (3, 5)),
    ("dump", (3, 0)),
    ("envi", (3, 0)),
    ("gtmk", (3, 0)),
    ("hash", (3, 6)),
    ("isro", (3, 4)),
    ("lead", (3, 7)),
    ("mntr", (3, 4)),
    ("ruok", (3, 0)),
    ("srst", (3, 0)),
    ("srvr", (3, 3)),
    ("stat", (3, 0)),
    ("wchc", (3, 3)),
    ("wchp", (3, 3)),
    ("wchs", (3, 3)),
];

const NOT_SERVING: &str = "This ZooKeeper instance is not currently serving requests\n";

/// Whether this is a word that some server knows, so that a line of it is meant for one.
pub fn is_word(text: &str) -> bool {
    WORDS.iter().any(|(word, _)| *word == text)
}

/// What a server answers to a word. `None`: nobody answers (no process, one that is stopped, or no server at all).
///
/// `before` is how many words it was asked since it began to serve: each is a packet in and one out.
pub fn ask(
    world: &World,
    node: NodeId,
    word: &str,
    before: u64,
    around: &Surroundings,
) -> Option<String> {
    let up = world.status(node) == NodeStatus::Up;
    let server = world.node(node)?.zk_server().filter(|_| up)?;
    let sid = server.sid();
    let place = around.place(sid, &world.spec().nodes[node.index()].name);
    let asked = Asked {
        world,
        node,
        server,
        place,
        around,
        before,
    };
    Some(asked.answer(word))
}

/// One word asked of one server.
struct Asked<'a> {
    world: &'a World,
    node: NodeId,
    server: &'a Server,
    place: Place,
    around: &'a Surroundings,
    before: u64,
}

impl Asked<'_> {
    fn release(&self) -> Release {
        self.server.config().release
    }

    fn answer(&self, word: &str) -> String {
        let release = (self.release().major, self.release().minor);
        let known = WORDS
            .iter()
            .any(|(known, since)| *known == word && *since <= release);
        if !known {
            // Four bytes that are no word are the length of a frame that never comes.
            return String::new();
        }
        if !self.is_allowed(word) {
            return format!("{word} is not executed because it is not in the whitelist.\n");
        }
        let serving = self.server.is_serving();
        match word {
            "ruok" => "imok".into(),
            "gtmk" => self.around.trace_mask.to_string(),
            "envi" => self.environment(),
            "isro" if !serving => "null".into(),
            "isro" => "rw".into(),
            _ if !serving => NOT_SERVING.into(),
            "srvr" => self.stat(false),
            "stat" => self.stat(true),
            "mntr" => self.mntr(),
            "conf" => self.conf(),
            "cons" => self.connections(false) + "\n",
            "crst" => "Connection stats reset.\n".into(),
            "srst" => "Server stats reset.\n".into(),
            "dirs" => {
                let size = self.disk_size();
                format!("datadir_size: {size}\nlogdir_size: {size}\n")
            }
            "dump" => self.dump(),
            "wchs" => self.watch_summary(),
            "wchp" => self.watches_by_path(),
            "wchc" => self.watches_by_session(),
            "lead" => format!("{}\n", self.server.leader().is_some()),
            _ => String::new(),
        }
    }

    /// `srvr` may be asked whatever the list says. Lists came with 3.4.10 and 3.5.3.
    fn is_allowed(&self, word: &str) -> bool {
        let release = self.release();
        let before_lists = match release.minor {
            0..=3 => true,
            4 => release.patch < 10,
            5 => release.patch < 3,
            _ => false,
        };
        if before_lists || word == "srvr" {
            return true;
        }
        match &self.place.whitelist {
            Some(list) => list
                .split(',')
                .map(str::trim)
                .any(|it| it == "*" || it == word),
            // The default of 3.4: all but those that can be large.
            None => release.minor == 4 && !matches!(word, "wchp" | "wchc"),
        }
    }

    fn environment(&self) -> String {
        let mut text = String::from("Environment:\n");
        let version = full_version(self.release());
        let _ = writeln!(text, "zookeeper.version={version}");
        for (key, value) in &self.around.environment {
            let _ = writeln!(text, "{key}={value}");
        }
        for (name, mb) in ["free", "max", "total"].iter().zip(self.around.memory_mb) {
            let _ = writeln!(text, "os.memory.{name}={mb}MB");
        }
        text
    }

    fn received(&self) -> u64 {
        self.server.serving().stats().received() + self.before + 1
    }

    fn sent(&self) -> u64 {
        self.server.serving().stats().sent() + self.before
    }

    /// Averages are whole numbers up to 3.5, with four digits behind the point from 3.6.
    fn average(&self) -> String {
        let latencies = self.server.serving().stats().latencies();
        match self.has_doubles() {
            true => double(latencies.total().0, latencies.total().1),
            false => latencies.average().to_string(),
        }
    }

    fn has_doubles(&self) -> bool {
        (self.release().major, self.release().minor) >= (3, 6)
    }

    fn stat(&self, clients: bool) -> String {
        let mut text = format!("Zookeeper version: {}\n", full_version(self.release()));
        if clients {
            text += "Clients:\n";
            text += &self.connections(true);
            text += "\n";
        }
        let serving = self.server.serving();
        let latencies = serving.stats().latencies();
        let _ = write!(
            text,
            "Latency min/avg/max: {}/{}/{}\nReceived: {}\nSent: {}\nConnections: {}\nOutstanding: {}\nZxid: \
             0x{:x}\nMode: {}\nNode count: {}\n",
            latencies.least(),
            self.average(),
            latencies.most(),
            self.received(),
            self.sent(),
            serving.connections() + 1,
            serving.waiting(),
            self.server.last_zxid().0,
            ensemble::mode(self.server),
            ensemble::node_count(self.server),
        );
        if let Some(leader) = self.server.leader() {
            let sizes = leader.proposal_sizes();
            let _ = writeln!(
                text,
                "Proposal sizes last/min/max: {}/{}/{}",
                sizes.last, sizes.least, sizes.most
            );
        }
        text
    }

    /// All connections, each on its line, the caller's last.
    fn connections(&self, brief: bool) -> String {
        let mut text = String::new();
        let clients = self.server.serving().clients();
        let mut port = self.around.first_client_port;
        for client in clients {
            let _ = writeln!(text, " {}", self.connection(&client, port, brief));
            port = port.wrapping_add(1);
        }
        let address = &self.around.client_address;
        let _ = writeln!(text, " /{address}:{port}[0](queued=0,recved=1,sent=0)");
        text
    }

    fn connection(&self, client: &ClientConn<'_>, port: u16, brief: bool) -> String {
        let ClientConn {
            session,
            timeout_ms,
            stats,
            ..
        } = client;
        let mut text = format!(
            "/{}:{port}[1](queued={},recved={},sent={}",
            self.around.client_address,
            stats.queued(),
            stats.received,
            stats.sent
        );
        if let Some(session) = session.filter(|_| !brief) {
            let _ = write!(
                text,
                ",sid=0x{:x},lop={},est={},to={timeout_ms}",
                session.0,
                stats.last_operation,
                stats.established.0 / 1_000_000,
            );
            if stats.last_cxid >= 0 {
                let _ = write!(text, ",lcxid=0x{:x}", stats.last_cxid);
            }
            let _ = write!(
                text,
                ",lzxid=0x{:x},lresp={},llat={},minlat={},avglat={},maxlat={}",
                stats.last_zxid.0,
                stats.last_response.0 / 1_000_000,
                stats.last_latency,
                stats.latencies.least(),
                stats.latencies.average(),
                stats.latencies.most(),
            );
        }
        text + ")"
    }

    /// The lines whose values the simulation has. Releases from 3.6 print some hundred more: counters of the Java machine
    /// and of its queues.
    fn mntr(&self) -> String {
        let serving = self.server.serving();
        let latencies = serving.stats().latencies();
        let tree = self.server.database().tree();
        let mut lines: Vec<(&str, String)> = vec![
            ("version", full_version(self.release())),
            ("avg_latency", self.average()),
            ("max_latency", latencies.most().to_string()),
            ("min_latency", latencies.least().to_string()),
            ("packets_received", self.received().to_string()),
            ("packets_sent", self.sent().to_string()),
            (
                "num_alive_connections",
                (serving.connections() + 1).to_string(),
            ),
            ("outstanding_requests", serving.waiting().to_string()),
            ("server_state", ensemble::mode(self.server).into()),
            ("znode_count", ensemble::node_count(self.server).to_string()),
            ("watch_count", serving.watches().count().to_string()),
            ("ephemerals_count", ensemble::ephemerals(tree).to_string()),
            ("approximate_data_size", self.data_size().to_string()),
            (
                "open_file_descriptor_count",
                self.place.open_files.to_string(),
            ),
            (
                "max_file_descriptor_count",
                self.around.max_open_files.to_string(),
            ),
        ];
        if let Some(leader) = self.server.leader() {
            let sizes = leader.proposal_sizes();
            let handlers = leader.handlers().iter();
            let forwarding = handlers.filter(|it| it.is_forwarding() && !it.is_observer());
            lines.extend([
                ("followers", leader.handlers().len().to_string()),
                ("synced_followers", forwarding.count().to_string()),
                ("pending_syncs", leader.pending_syncs().to_string()),
                ("last_proposal_size", sizes.last.to_string()),
                ("max_proposal_size", sizes.most.to_string()),
                ("min_proposal_size", sizes.least.to_string()),
            ]);
        }
        let line = |(key, value): (&str, String)| format!("zk_{key}\t{value}\n");
        lines.into_iter().map(line).collect()
    }

    /// Paths and data of all nodes, with the list of members that an ensemble keeps in `/zookeeper/config`: the one
    /// with the surroundings' hosts and ports in the place of the simulation's own.
    fn data_size(&self) -> u64 {
        let tree = self.server.database().tree();
        let others = tree.approximate_size() - tree.config_length();
        others + self.membership().map_or(0, |text| text.len() as u64)
    }

    /// The `server.N` lines, as `QuorumMaj.toString` writes them; none of a server that runs alone.
    fn membership(&self) -> Option<String> {
        let config = &self.server.config().ensemble;
        if ensemble::is_standalone(self.server) {
            return None;
        }
        let nodes = &self.world.spec().nodes;
        let mut text = String::new();
        for member in &config.members {
            let place = self
                .around
                .place(member.sid, &nodes[member.node.index()].name);
            let _ = writeln!(
                text,
                "server.{}={}:{}:{}:{}",
                member.sid,
                place.host,
                place.quorum_port,
                place.election_port,
                ensemble::role(member.role),
            );
        }
        Some(text + "version=0")
    }

    /// Bytes of the files in `version-2`.
    fn disk_size(&self) -> u64 {
        let Some(disk) = self.world.disk(self.node).zookeeper() else {
            return 0;
        };
        let config = self.membership().map_or(0, |text| text.len() as u64);
        ensemble::disk_size(disk, config)
    }

    fn conf(&self) -> String {
        let config = self.server.config();
        let ensemble = &config.ensemble;
        let place = &self.place;
        let size = self.disk_size();
        let dir = format!("{}/version-2", place.data_dir);
        let mut text = format!(
            "clientPort={}\nsecureClientPort=-1\ndataDir={dir}\ndataDirSize={size}\ndataLogDir={dir}\n\
             dataLogSize={size}\ntickTime={}\nmaxClientCnxns={}\nminSessionTimeout={}\nmaxSessionTimeout={}\n",
            place.client_port,
            ensemble.tick_time_ms,
            place.max_client_cnxns,
            ensemble.min_session_timeout_ms,
            ensemble.max_session_timeout_ms,
        );
        if self.has_doubles() {
            text += "clientPortListenBacklog=-1\n";
        }
        let Some(membership) = self.membership() else {
            return text + "serverId=0\n";
        };
        let own = ensemble.member(config.sid).map(|member| member.role);
        let _ = write!(
            text,
            "serverId={}\ninitLimit={}\nsyncLimit={}\nelectionAlg=3\nelectionPort={}\nquorumPort={}\npeerType={}\n\
             membership: \n{membership}",
            config.sid,
            ensemble.init_limit,
            ensemble.sync_limit,
            place.election_port,
            place.quorum_port,
            own.map_or(0, |role| role as u8),
        );
        text
    }

    /// Watches on data and existence; those on lists of children are told by no word.
    fn watch_summary(&self) -> String {
        let watches = self.server.serving().watches();
        let paths: BTreeSet<_> = watches.by_path(Table::Data).map(|(path, _)| path).collect();
        let conns = watches.by_conn(Table::Data);
        let (count, total) = conns.fold((0, 0), |(conns, total), (_, paths)| {
            (conns + 1, total + paths.len())
        });
        format!(
            "{count} connections watching {} paths\nTotal watches:{total}\n",
            paths.len()
        )
    }

    /// The session of a connection, as a line of the lists has it.
    fn session_of(&self, conn: Conn) -> SessionId {
        self.server.serving().session_of(conn).unwrap_or_default()
    }

    fn watches_by_path(&self) -> String {
        let mut by_path: BTreeMap<Arc<str>, Vec<SessionId>> = BTreeMap::new();
        for (path, conn) in self.server.serving().watches().by_path(Table::Data) {
            let sessions = by_path.entry(Arc::clone(path)).or_default();
            sessions.push(self.session_of(conn));
        }
        let mut paths: Vec<Arc<str>> = by_path.keys().cloned().collect();
        hash_order(&mut paths, 16);
        let mut text = String::new();
        for path in paths {
            let _ = writeln!(text, "{path}");
            for session in &by_path[&path] {
                let _ = writeln!(text, "\t0x{:x}", session.0);
            }
        }
        text + "\n"
    }

    fn watches_by_session(&self) -> String {
        let mut text = String::new();
        for (conn, paths) in self.server.serving().watches().by_conn(Table::Data) {
            let _ = writeln!(text, "0x{:x}", self.session_of(conn).0);
            let mut paths: Vec<Arc<str>> = paths.iter().cloned().collect();
            hash_order(&mut paths, 16);
            for path in paths {
                let _ = writeln!(text, "\t{path}");
            }
        }
        text + "\n"
    }

    fn dump(&self) -> String {
        let clocks = self.world.clocks(self.node);
        // A time of the monotonic clock as a date of the wall clock.
        let day = |mono_ms: u64| {
            let since = mono_ms as i64 - (clocks.mono.0 / 1_000_000) as i64;
            date(clocks.wall.0 / 1_000_000 + since)
        };
        let serving = self.server.serving();
        let tree = self.server.database().tree();
        let mut text = String::from("SessionTracker dump:\n");
        match serving.session_tracker() {
            Some(tracker) => {
                let mut sets: BTreeMap<u64, Vec<SessionId>> = BTreeMap::new();
                let mut count = 0;
                for (session, at) in tracker.sessions() {
                    sets.entry(at.0 / 1_000_000).or_default().push(session);
                    count += 1;
                }
                let _ = writeln!(text, "Session Sets ({})/({count}):", sets.len());
                for (at, sessions) in sets {
                    let _ = writeln!(text, "{} expire at {}:", sessions.len(), day(at));
                    for session in sessions {
                        let _ = writeln!(text, "\t0x{:x}", session.0);
                    }
                }
            }
            None => {
                let _ = writeln!(text, "Global Sessions({}):", tree.sessions.len());
                for (session, timeout_ms) in &tree.sessions {
                    let _ = writeln!(text, "0x{:x}\t{timeout_ms}ms", session.0);
                }
            }
        }
        text += "ephemeral nodes dump:\n";
        let _ = writeln!(
            text,
            "Sessions with Ephemerals ({}):",
            tree.ephemerals.len()
        );
        for (session, paths) in &tree.ephemerals {
            let _ = writeln!(text, "0x{:x}:", session.0);
            let mut paths: Vec<_> = paths.iter().cloned().collect();
            hash_order(&mut paths, 16);
            for path in paths {
                let _ = writeln!(text, "\t{path}");
            }
        }
        text + "Connections dump:\n" + &self.connection_expiries(&day)
    }

    /// Connections by the time at which one that stays silent is closed: whole multiples of ten seconds.
    fn connection_expiries(&self, day: &dyn Fn(u64) -> String) -> String {
        const INTERVAL_MS: u64 = 10_000;
        let due = |heard_ms: u64, timeout_ms: u64| {
            ((heard_ms + timeout_ms) / INTERVAL_MS + 1) * INTERVAL_MS
        };
        let mut sets: BTreeMap<u64, Vec<(u16, SessionId)>> = BTreeMap::new();
        let mut port = self.around.first_client_port;
        for client in self.server.serving().clients() {
            let at = due(
                client.stats.heard.0 / 1_000_000,
                u64::from(client.timeout_ms),
            );
            let session = client.session.unwrap_or_default();
            sets.entry(at).or_default().push((port, session));
            port = port.wrapping_add(1);
        }
        let now_ms = self.world.clocks(self.node).mono.0 / 1_000_000;
        let own = due(now_ms, INTERVAL_MS);
        sets.entry(own)
            .or_default()
            .push((port, SessionId::default()));
        let count: usize = sets.values().map(Vec::len).sum();
        let mut text = format!("Connections Sets ({})/({count}):\n", sets.len());
        for (at, conns) in sets {
            let _ = writeln!(text, "{} expire at {}:", conns.len(), day(at));
            for (port, session) in conns {
                let address = &self.around.client_address;
                let _ = writeln!(text, "\tip: /{address}:{port} sessionId: 0x{:x}", session.0);
            }
        }
        text
    }
}
