//! What is around a server and no simulation knows: addresses, ports, directories, the Java machine, open files.
//!
//! The default is the machine of the recordings (`tests/data/outputs`), with the ports and one host per server that
//! teaching documents use. It says what a tool prints; it decides nothing.

use crate::zookeeper::{Release, Sid};
use std::collections::BTreeMap;

/// Where one server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its host, as the `server.N` lines name it.
    pub host: String,
    /// `clientPort`.
    pub client_port: u16,
    /// The first port of its `server.N` line.
    pub quorum_port: u16,
    /// The second.
    pub election_port: u16,
    /// `dataDir`.
    pub data_dir: String,
    /// `-Dzookeeper.4lw.commands.whitelist`, if it is set.
    pub whitelist: Option<String>,
    /// `maxClientCnxns`.
    pub max_client_cnxns: u32,
    /// How many files the process has open.
    pub open_files: u32,
}

impl Place {
    /// A server on a host of its own, with the usual ports. All four-letter words are allowed.
    pub fn on(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            client_port: 2181,
            quorum_port: 2888,
            election_port: 3888,
            data_dir: "/tmp/zookeeper".into(),
            whitelist: Some("*".into()),
            max_client_cnxns: 60,
            open_files: 35,
        }
    }
}

/// Everything around the servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Where each server is; the others are on hosts called like their nodes.
    pub places: BTreeMap<Sid, Place>,
    /// The address of whoever asks, and of all clients.
    pub client_address: String,
    /// `clientPortAddress` as `zkServer.sh` makes it out: `localhost` where it is not set.
    pub client_port_address: String,
    /// The port of the first client's connection; each further connection has the next one.
    pub first_client_port: u16,
    /// How many files a process may have open.
    pub max_open_files: u32,
    /// What `which java` prints; the scripts echo it if JAVA_HOME is not set. Empty if it is.
    pub java: String,
    /// Where ZooKeeper is installed, without the release.
    pub home: String,
    /// The lines of `envi` between the version and the memory.
    pub environment: Vec<(String, String)>,
    /// `os.memory.free`, `os.memory.max`, `os.memory.total` in MB.
    pub memory_mb: [u32; 3],
    /// `ZooTrace`'s mask (`gtmk`).
    pub trace_mask: u32,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            places: BTreeMap::new(),
            client_address: "127.0.0.1".into(),
            client_port_address: "localhost".into(),
            first_client_port: 34_242,
            max_open_files: 20_000,
            java: "/usr/bin/java".into(),
            home: "/usr/local/zookeeper-".into(),
            environment: environment(),
            memory_mb: [68, 92, 92],
            trace_mask: 306,
        }
    }
}

impl Surroundings {
    /// Where a server is.
    pub fn place(&self, sid: Sid, name: &str) -> Place {
        let known = self.places.get(&sid).cloned();
        known.unwrap_or_else(|| Place::on(name))
    }

    /// Where a release is installed.
    pub fn home(&self, release: Release) -> String {
        format!("{}{release}", self.home)
    }
}

/// The environment of the recorded servers. The class path, which only lists jars, is left to its last entry.
fn environment() -> Vec<(String, String)> {
    let pairs = [
        ("host.name", "localhost"),
        ("java.version", "17.0.15"),
        ("java.vendor", "Debian"),
        ("java.home", "/usr/lib/jvm/java-17-openjdk-amd64"),
        ("java.class.path", "/usr/local/zookeeper-3.5.7/bin/../conf:"),
        (
            "java.library.path",
            "/usr/java/packages/lib:/usr/lib/x86_64-linux-gnu/jni:/lib/x86_64-linux-gnu:\
             /usr/lib/x86_64-linux-gnu:/usr/lib/jni:/lib:/usr/lib",
        ),
        ("java.io.tmpdir", "/tmp"),
        ("java.compiler", "<NA>"),
        ("os.name", "Linux"),
        ("os.arch", "amd64"),
        ("os.version", "(left out)"),
        ("user.name", "root"),
        ("user.home", "(left out)"),
        ("user.dir", "/usr/local/zookeeper-3.5.7"),
    ];
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    pairs.into_iter().map(owned).collect()
}
