//! `zoo.cfg` with its dynamic file and `myid`, as `QuorumPeerConfig` reads them.
//!
//! Follows `QuorumPeerConfig.java` and `VerifyingFileFactory.java` of releases 3.5.7 and 3.8.0: keys
//! in the order in which Java walks the table, checks in the order of the source. The first one that
//! fails throws.

use super::hints;
use super::java::{self, parse_boolean, parse_int, trim};
use super::jvm::{Form, Jvm};
use super::machine::{Kind, NOT_RESOLVED, Socket};
use super::properties::{Entry, Properties};
use super::quorum::Verifier;
use super::thrown::{Family, Step, Thrown};

const CLASS: &str = "QuorumPeerConfig";

/// What a server knows of its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The file.
    pub path: String,
    /// All keys of it.
    pub keys: Properties,
    /// `dataDir` as `File` prints it.
    pub data_dir: Option<String>,
    /// `dataLogDir`, likewise.
    pub data_log_dir: Option<String>,
    /// Where clients connect.
    pub client: Option<Socket>,
    /// Where they connect by TLS.
    pub secure: Option<Socket>,
    /// `tickTime`.
    pub tick_time: i32,
    /// `minSessionTimeout`.
    pub min_session: i32,
    /// `maxSessionTimeout`.
    pub max_session: i32,
    /// `initLimit`, 0 if not set.
    pub init_limit: i32,
    /// `syncLimit`, 0 if not set.
    pub sync_limit: i32,
    /// `electionAlg`.
    pub election_alg: i32,
    /// `quorumListenOnAllIPs`.
    pub listens_on_all: bool,
    /// `peerType`: whether it says observer.
    pub observes: bool,
    /// `dynamicConfigFile`.
    pub dynamic: Option<String>,
    /// `autopurge.snapRetainCount`.
    pub retain: i32,
    /// `autopurge.purgeInterval`.
    pub purge: i32,
    /// `quorum.auth.enableSasl`.
    pub sasl: bool,
    /// `quorum.auth.serverRequireSasl`.
    pub sasl_server: bool,
    /// `quorum.auth.learnerRequireSasl`.
    pub sasl_learner: bool,
    /// `metricsProvider.className`.
    pub metrics: String,
    /// The id in `myid`; -1 without one.
    pub server_id: i64,
    /// The members.
    pub quorum: Option<Verifier>,
    /// Whether `standaloneEnabled` was on when it was read.
    pub standalone_enabled: bool,
}

/// Addresses as they are written, until the ports are known.
#[derive(Default)]
struct Addresses {
    client_port: i32,
    client: Option<String>,
    secure_port: i32,
    secure: Option<String>,
}

impl Config {
    fn new(path: &str) -> Self {
        Self {
            path: path.into(),
            keys: Properties::default(),
            data_dir: None,
            data_log_dir: None,
            client: None,
            secure: None,
            tick_time: 3000,
            min_session: -1,
            max_session: -1,
            init_limit: 0,
            sync_limit: 0,
            election_alg: 3,
            listens_on_all: false,
            observes: false,
            dynamic: None,
            retain: 3,
            purge: 0,
            sasl: false,
            sasl_server: false,
            sasl_learner: false,
            metrics: "org.apache.zookeeper.metrics.impl.DefaultMetricsProvider".into(),
            server_id: -1,
            quorum: None,
            standalone_enabled: true,
        }
    }

    /// Whether it is a member of an ensemble (`isDistributed`).
    pub fn is_distributed(&self) -> bool {
        let voters = self.quorum.as_ref().map(|quorum| quorum.voters().count());
        voters.is_some_and(|voters| !self.standalone_enabled || voters > 1)
    }

    /// Reads everything (`parse`). What was read before a mistake is in `found`.
    pub fn parse(path: &str, jvm: &mut Jvm<'_>, found: &mut Option<Config>) -> Step<Config> {
        let mut config = Self::new(path);
        let done = config.parse_static(jvm);
        let done = done.map_err(|thrown| in_file(path, thrown));
        let done = done.and_then(|()| config.parse_dynamic(jvm));
        config.standalone_enabled = jvm.standalone_enabled;
        *found = Some(config.clone());
        done.map(|()| config)
    }

    fn parse_static(&mut self, jvm: &mut Jvm<'_>) -> Step<()> {
        let path = file_path(&self.path, jvm)?;
        let full = jvm.machine.absolute(&path);
        if jvm.machine.kind(&full) == Kind::Missing {
            return Err(Thrown::argument(format!("{path} file is missing")));
        }
        self.keys = load(&path, &self.path, jvm)?;
        let mut addresses = Addresses::default();
        for entry in self.keys.walk().to_vec() {
            self.set(&entry, &mut addresses, jvm)
                .map_err(|thrown| thrown.remarked(|| hints::bad_value(&self.path, &entry)))?;
        }
        self.check_sasl()?;
        if self.retain < 3 {
            let text = format!(
                "Invalid autopurge.snapRetainCount: {}. Defaulting to 3",
                self.retain
            );
            jvm.warn(CLASS, text);
            self.retain = 3;
        }
        if self.data_dir.is_none() {
            return Err(self.unset("dataDir"));
        }
        if self.data_log_dir.is_none() {
            self.data_log_dir.clone_from(&self.data_dir);
        }
        self.set_addresses(&addresses, jvm)?;
        if self.tick_time == 0 {
            return Err(self.unset("tickTime"));
        }
        if self.min_session == -1 {
            self.min_session = self.tick_time.wrapping_mul(2);
        }
        if self.max_session == -1 {
            self.max_session = self.tick_time.wrapping_mul(20);
        }
        if self.min_session > self.max_session {
            let text = "minSessionTimeout must not be larger than maxSessionTimeout";
            let (min, max) = (self.min_session, self.max_session);
            return Err(Thrown::argument(text)
                .remarked(|| hints::sessions(&self.path, &self.keys, min, max)));
        }
        if jvm.form >= Form::V3_8 {
            self.check_metrics()?;
        }
        if self.dynamic.is_none() {
            let keys = self.keys.clone();
            let file = self.path.clone();
            self.set_quorum(&keys, &file, true, jvm)?;
        }
        Ok(())
    }

    /// One key of `parseProperties`.
    fn set(&mut self, entry: &Entry, addresses: &mut Addresses, jvm: &mut Jvm<'_>) -> Step<()> {
        let (key, value) = (trim(&entry.key), trim(&entry.value));
        let int = || parse_int(value).map_err(Thrown::number);
        let long = || java::parse_long(value, 10).map_err(Thrown::number);
        let later = jvm.form >= Form::V3_8;
        let truth = || match (value.to_ascii_lowercase().as_str(), later) {
            ("true", _) => Ok(true),
            ("false", _) => Ok(false),
            (_, false) => Ok(parse_boolean(value)),
            (_, true) => Err(no_option(value, key)),
        };
        match key {
            "dataDir" => self.data_dir = Some(file_path(value, jvm)?),
            "dataLogDir" => self.data_log_dir = Some(file_path(value, jvm)?),
            "clientPort" => addresses.client_port = int()?,
            "clientPortAddress" => addresses.client = Some(value.into()),
            "secureClientPort" => addresses.secure_port = int()?,
            "secureClientPortAddress" => addresses.secure = Some(value.into()),
            "tickTime" => self.tick_time = int()?,
            "minSessionTimeout" => self.min_session = int()?,
            "maxSessionTimeout" => self.max_session = int()?,
            "initLimit" => self.init_limit = int()?,
            "syncLimit" => self.sync_limit = int()?,
            "electionAlg" => {
                self.election_alg = int()?;
                if later && self.election_alg != 3 {
                    let text = "Invalid electionAlg value. Only 3 is supported.";
                    return Err(Thrown::config(text));
                }
            }
            "quorumListenOnAllIPs" => self.listens_on_all = truth()?,
            "peerType" => match &*value.to_lowercase() {
                "observer" => self.observes = true,
                "participant" => self.observes = false,
                _ => return Err(Thrown::config(format!("Unrecognised peertype: {value}"))),
            },
            "dynamicConfigFile" => self.dynamic = Some(value.into()),
            "autopurge.snapRetainCount" => self.retain = int()?,
            "autopurge.purgeInterval" => self.purge = int()?,
            "standaloneEnabled" => jvm.standalone_enabled = strict(value, key, later)?,
            "reconfigEnabled" => jvm.reconfig_enabled = strict(value, key, later)?,
            "quorum.auth.enableSasl"
            | "quorum.auth.serverRequireSasl"
            | "quorum.auth.learnerRequireSasl"
                if !self.belongs_elsewhere(key) =>
            {
                let on = truth()?;
                match key {
                    "quorum.auth.enableSasl" => self.sasl = on,
                    "quorum.auth.serverRequireSasl" => self.sasl_server = on,
                    _ => self.sasl_learner = on,
                }
            }
            "localSessionsEnabled"
            | "localSessionsUpgradingEnabled"
            | "syncEnabled"
            | "sslQuorum"
            | "portUnification"
            | "sslQuorumReloadCertFiles" => {
                truth()?;
            }
            "maxClientCnxns" | "quorum.cnxn.threads.size" => {
                int()?;
            }
            "quorum.auth.learner.saslLoginContext"
            | "quorum.auth.server.saslLoginContext"
            | "quorum.auth.kerberos.servicePrincipal" => {}
            "observerMasterPort"
            | "clientPortListenBacklog"
            | "connectToLearnerMasterLimit"
            | "multiAddress.reachabilityCheckTimeoutMs"
                if later =>
            {
                int()?;
            }
            "jvm.pause.info-threshold.ms"
            | "jvm.pause.warn-threshold.ms"
            | "jvm.pause.sleep.time.ms"
                if later =>
            {
                long()?;
            }
            "jvm.pause.monitor"
            | "multiAddress.enabled"
            | "multiAddress.reachabilityCheckEnabled"
                if later =>
            {
                truth()?;
            }
            "metricsProvider.className" if later => self.metrics = value.into(),
            "oraclePath" if later => {}
            _ if later && key.starts_with("metricsProvider.") => {}
            _ if self.belongs_elsewhere(key) => {
                let text = format!("parameter: {key} must be in a separate dynamic config file");
                return Err(Thrown::config(text));
            }
            _ => {
                jvm.props.insert(format!("zookeeper.{key}"), value.into());
            }
        }
        Ok(())
    }

    /// Whether a key must not stand beside `dynamicConfigFile`.
    fn belongs_elsewhere(&self, key: &str) -> bool {
        let listed = ["server.", "group", "weight"];
        let listed = listed.iter().any(|prefix| key.starts_with(prefix));
        listed && self.keys.get("dynamicConfigFile").is_some()
    }

    fn check_sasl(&self) -> Step<()> {
        let off = |what: &str, wanted: &str| {
            let text =
                format!("quorum.auth.{what} is disabled, so cannot enable quorum.auth.{wanted}");
            let thrown = Thrown::argument(text);
            let key = format!("quorum.auth.{wanted}");
            let keys = &self.keys;
            Err(thrown.remarked(|| hints::sasl(&self.path, keys, &key, what)))
        };
        if !self.sasl && self.sasl_server {
            return off("enableSasl", "serverRequireSasl");
        }
        if !self.sasl && self.sasl_learner {
            return off("enableSasl", "learnerRequireSasl");
        }
        if !self.sasl_learner && self.sasl_server {
            return off("learnerRequireSasl", "serverRequireSasl");
        }
        Ok(())
    }

    fn set_addresses(&mut self, addresses: &Addresses, jvm: &mut Jvm<'_>) -> Step<()> {
        let path = self.path.clone();
        let Addresses {
            client_port,
            client,
            secure_port,
            secure,
        } = addresses;
        if *client_port == 0 {
            jvm.info(CLASS, "clientPort is not set");
        }
        self.client = address(*client_port, client.as_deref(), "client", &self.keys, &path)?;
        if let Some(client) = &self.client {
            jvm.info(CLASS, format!("clientPortAddress is {}", client.plain()));
        }
        self.secure = address(
            *secure_port,
            secure.as_deref(),
            "secureClient",
            &self.keys,
            &path,
        )?;
        if let Some(secure) = &self.secure {
            jvm.info(
                CLASS,
                format!("secureClientPortAddress is {}", secure.plain()),
            );
            let provider = match jvm.props.get("zookeeper.ssl.authProvider") {
                None => return Ok(()),
                Some(provider) => provider.clone(),
            };
            let known = format!("zookeeper.authProvider.{provider}");
            if provider != "x509" && !jvm.props.contains_key(&known) {
                return Err(Thrown::config(format!(
                    "No auth provider configured for the SSL authentication scheme '{provider}'."
                )));
            }
        }
        Ok(())
    }

    /// `Class.forName` of the metrics provider: the two that come with the server itself.
    fn check_metrics(&self) -> Step<()> {
        let own = ["DefaultMetricsProvider", "NullMetricsProvider"];
        let own = own.map(|name| format!("org.apache.zookeeper.metrics.impl.{name}"));
        if own.contains(&self.metrics) {
            return Ok(());
        }
        let cause = Thrown::other("java.lang.ClassNotFoundException", &*self.metrics);
        let thrown = Thrown::argument("metrics provider class was not found").caused_by(cause);
        Err(thrown.remarked(|| hints::metrics(&self.path, &self.keys)))
    }

    fn unset(&self, key: &str) -> Thrown {
        let thrown = Thrown::argument(format!("{key} is not set"));
        thrown.remarked(|| hints::unset(&self.path, &self.keys, key))
    }

    /// The second half of `parse`: the dynamic file.
    fn parse_dynamic(&mut self, jvm: &mut Jvm<'_>) -> Step<()> {
        let Some(dynamic) = self.dynamic.clone() else {
            return Ok(());
        };
        self.read_dynamic(&dynamic, jvm)
            .map_err(|thrown| in_file(&dynamic, thrown))?;
        self.read_next(jvm)
    }

    fn read_dynamic(&mut self, dynamic: &str, jvm: &mut Jvm<'_>) -> Step<()> {
        let blamed = self.keys.get("dynamicConfigFile").cloned();
        let mut keys = load(dynamic, dynamic, jvm).map_err(|thrown| {
            thrown.remarked(|| hints::no_dynamic_file(&self.path, blamed.as_ref(), dynamic))
        })?;
        if let Some(version) = keys.get("version") {
            let thrown = Thrown::config("dynamic file shouldn't have version inside");
            return Err(thrown.remarked(|| hints::dynamic_version(dynamic, version)));
        }
        if let Some(version) = version_of(dynamic) {
            keys.set("version", &version);
        }
        self.set_quorum(&keys, dynamic, false, jvm)
    }

    /// `zoo.cfg.dynamic.next`: what a reconfiguration left behind.
    fn read_next(&mut self, jvm: &mut Jvm<'_>) -> Step<()> {
        let next = format!("{}.dynamic.next", self.path);
        let full = jvm.machine.absolute(&next);
        if jvm.machine.kind(&full) == Kind::Missing {
            return Ok(());
        }
        match load(&next, &next, jvm) {
            Err(thrown) if thrown.family == Family::Io => {
                jvm.warn(CLASS, "NextQuorumVerifier is initiated to null");
                Ok(())
            }
            Err(thrown) => Err(thrown),
            Ok(keys) => {
                let grouped = keys.walk().iter().any(|e| is_grouping(trim(&e.key)));
                Verifier::read(&keys, grouped, &next, jvm).map(|_| ())
            }
        }
    }

    /// `setupQuorumPeerConfig`.
    fn set_quorum(
        &mut self,
        keys: &Properties,
        file: &str,
        in_static: bool,
        jvm: &mut Jvm<'_>,
    ) -> Step<()> {
        self.standalone_enabled = jvm.standalone_enabled;
        self.quorum = Some(self.read_quorum(keys, file, in_static, jvm)?);
        self.set_my_id(jvm)?;
        self.set_client_port(file)?;
        self.set_peer_type(jvm);
        self.check_validity()
    }

    /// `parseDynamicConfig`.
    fn read_quorum(
        &self,
        keys: &Properties,
        file: &str,
        in_static: bool,
        jvm: &mut Jvm<'_>,
    ) -> Step<Verifier> {
        let mut grouped = false;
        for entry in keys.walk() {
            let key = trim(&entry.key);
            if is_grouping(key) {
                grouped = true;
            } else if !in_static && !key.starts_with("server.") && key != "version" {
                let thrown = Thrown::config(format!("Unrecognised parameter: {key}"));
                return Err(thrown.remarked(|| hints::dynamic_key(file, entry, &self.path)));
            }
        }
        let quorum = Verifier::read(keys, grouped, file, jvm)?;
        let (voters, observers) = (quorum.voters().count(), quorum.observers());
        let refused = |text: &str| {
            let thrown = Thrown::argument(text);
            Err(thrown.remarked(|| hints::members(file, keys, voters, observers)))
        };
        match voters {
            0 if !jvm.standalone_enabled => {
                refused("standaloneEnabled = false then number of participants should be >0")
            }
            0 if observers > 0 => refused("Observers w/o participants is an invalid configuration"),
            0 => Ok(quorum),
            1 if jvm.standalone_enabled => {
                let text = "Invalid configuration, only one server specified (ignoring)";
                jvm.log(super::jvm::Level::Error, CLASS, text);
                match observers {
                    0 => Ok(quorum),
                    _ => refused("Observers w/o quorum is an invalid configuration"),
                }
            }
            1 | 2 => {
                let text = "No server failure will be tolerated. You need at least 3 servers.";
                jvm.warn(CLASS, text);
                Ok(quorum)
            }
            _ if voters % 2 == 0 => {
                let word = match jvm.form {
                    Form::V3_5 => "Non-optimial",
                    Form::V3_8 => "Non-optimal",
                };
                let text = format!("{word} configuration, consider an odd number of servers.");
                jvm.warn(CLASS, text);
                Ok(quorum)
            }
            _ => Ok(quorum),
        }
    }

    fn set_my_id(&mut self, jvm: &Jvm<'_>) -> Step<()> {
        if let Some(id) = jvm.myid {
            self.server_id = id;
            return Ok(());
        }
        let Some(path) = self.my_id_path() else {
            return Ok(());
        };
        let full = jvm.machine.absolute(&path);
        if jvm.machine.kind(&full) != Kind::File {
            return Ok(());
        }
        let Some(bytes) = jvm.machine.read(&full) else {
            return Err(not_found(&path, "Permission denied"));
        };
        let line = first_line(&bytes);
        let number = line
            .as_deref()
            .and_then(|line| java::parse_long(line, 10).ok());
        let Some(number) = number else {
            let line = line.unwrap_or_else(|| "null".into());
            let thrown = Thrown::argument(format!("serverid {line} is not a number"));
            return Err(thrown.remarked(|| hints::my_id_text(&path, &bytes)));
        };
        self.server_id = number;
        Ok(())
    }

    /// Where its `myid` is looked for.
    pub fn my_id_path(&self) -> Option<String> {
        let dir = self.data_dir.as_ref()?;
        Some(super::start::below(dir, "myid"))
    }

    fn set_client_port(&mut self, file: &str) -> Step<()> {
        if self.server_id == -1 {
            return Ok(());
        }
        let quorum = self.quorum.as_ref().expect("it was read before");
        let Some(server) = quorum.members.get(&self.server_id) else {
            return Ok(());
        };
        let Some(in_list) = server.client.clone() else {
            return Ok(());
        };
        if let Some(own) = &self.client {
            if own.ip.is_none() {
                let class = "java.lang.NullPointerException";
                let text = "Cannot invoke \"java.net.InetAddress.isAnyLocalAddress()\" because the \
                            return value of \"java.net.InetSocketAddress.getAddress()\" is null";
                return Err(Thrown::other(class, text));
            }
            let differs = match own.is_any() {
                true => own.port != in_list.port,
                false => own.ip != in_list.ip || own.port != in_list.port,
            };
            if differs {
                let id = self.server_id;
                let text = format!(
                    "client address for this server (id = {id}) in static config file is {own} is \
                     different from client address found in dynamic file: {in_list}"
                );
                let line = &server.line;
                return Err(Thrown::config(text).remarked(|| hints::two_client_ports(file, line)));
            }
        }
        self.client = Some(in_list);
        Ok(())
    }

    fn set_peer_type(&mut self, jvm: &mut Jvm<'_>) {
        let quorum = self.quorum.as_ref().expect("it was read before");
        let member = quorum.members.get(&self.server_id);
        let in_list = member.is_some_and(|server| server.observes);
        if in_list != self.observes {
            let name = |observes| match observes {
                true => "OBSERVER",
                false => "PARTICIPANT",
            };
            let text = format!(
                "Peer type from servers list ({}) doesn't match peerType ({}). Defaulting to \
                 servers list.",
                name(in_list),
                name(self.observes)
            );
            jvm.warn(CLASS, text);
            let own = member.filter(|_| self.dynamic.is_none());
            let own = own.map(|server| server.line.value_at);
            let remark = hints::peer_type(&self.path, &self.keys, own, in_list);
            jvm.remark(remark);
            self.observes = in_list;
        }
    }

    fn check_validity(&self) -> Step<()> {
        if !self.is_distributed() {
            return Ok(());
        }
        if self.init_limit == 0 {
            return Err(self.unset("initLimit"));
        }
        if self.sync_limit == 0 {
            return Err(self.unset("syncLimit"));
        }
        if self.server_id == -1 {
            let path = self.my_id_path().unwrap_or_default();
            let thrown = Thrown::argument("myid file is missing");
            return Err(thrown.remarked(|| hints::my_id_missing(&self.path, &self.keys, &path)));
        }
        Ok(())
    }
}

fn is_grouping(key: &str) -> bool {
    key.starts_with("group") || key.starts_with("weight")
}

/// `catch (IOException e)`, `catch (IllegalArgumentException e)`.
fn in_file(path: &str, thrown: Thrown) -> Thrown {
    match thrown.family {
        Family::Io | Family::Argument | Family::Datadir => {
            Thrown::config(format!("Error processing {path}")).caused_by(thrown)
        }
        Family::Config | Family::Other => thrown,
    }
}

fn no_option(value: &str, what: &str) -> Thrown {
    Thrown::config(format!(
        "Invalid option {value} for {what}. Choose 'true' or 'false.'"
    ))
}

/// The two keys that were strict already in 3.5.
fn strict(value: &str, key: &str, later: bool) -> Step<bool> {
    match &*value.to_lowercase() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(no_option(
            value,
            match (key, later) {
                ("standaloneEnabled", false) => "standalone mode",
                (_, false) => "reconfigEnabled flag",
                (_, true) => key,
            },
        )),
    }
}

/// `VerifyingFileFactory.create` with a warning for relative paths.
fn file_path(path: &str, jvm: &mut Jvm<'_>) -> Step<String> {
    let file = normal(path);
    if file.starts_with('/') {
        return Ok(file);
    }
    let units: Vec<char> = file.chars().take(2).collect();
    if units.len() < 2 {
        let class = "java.lang.StringIndexOutOfBoundsException";
        let text = format!("begin 0, end 2, length {}", units.len());
        return Err(Thrown::other(class, text));
    }
    if units != ['.', '/'] {
        let text = format!("{file} is relative. Prepend ./ to indicate that you're sure!");
        jvm.warn("VerifyingFileFactory", text);
    }
    Ok(file)
}

/// `new File(path).getPath()`: slashes once, none at the end.
fn normal(path: &str) -> String {
    let mut file = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !file.ends_with('/') {
            file.push(c);
        }
    }
    if file.len() > 1 && file.ends_with('/') {
        file.pop();
    }
    file
}

fn not_found(path: &str, why: &str) -> Thrown {
    let class = "java.io.FileNotFoundException";
    Thrown::io(class, Some(format!("{path} ({why})")))
}

/// `new FileInputStream(path)` and `Properties.load`.
fn load(path: &str, told: &str, jvm: &Jvm<'_>) -> Step<Properties> {
    let full = jvm.machine.absolute(path);
    match jvm.machine.kind(&full) {
        Kind::Missing => return Err(not_found(path, "No such file or directory")),
        Kind::Dir => return Err(not_found(path, "Is a directory")),
        Kind::File => {}
    }
    let Some(bytes) = jvm.machine.read(&full) else {
        return Err(not_found(path, "Permission denied"));
    };
    Properties::read(&bytes).map_err(|malformed| {
        let thrown = Thrown::argument(super::properties::Malformed::MESSAGE);
        thrown.remarked(|| hints::malformed(told, malformed.at))
    })
}

/// A client address: the wildcard unless a host is given.
fn address(
    port: i32,
    host: Option<&str>,
    which: &str,
    keys: &Properties,
    file: &str,
) -> Step<Option<Socket>> {
    if port == 0 {
        return match host {
            None => Ok(None),
            Some(_) => {
                let text = format!("{which}PortAddress is set but {which}Port is not set");
                let thrown = Thrown::argument(text);
                Err(thrown.remarked(|| hints::unset(file, keys, &format!("{which}Port"))))
            }
        };
    }
    let at_port = |thrown: Thrown| {
        let key = format!("{which}Port");
        thrown.remarked(|| hints::bad_port(file, keys, &key))
    };
    let Some(host) = host else {
        let socket = Socket::any(port).map_err(Thrown::argument);
        return socket.map(Some).map_err(at_port);
    };
    // The name is looked up before the port is looked at.
    let named = Socket::of(host, 0).map_err(Thrown::argument)?;
    if named.ip.is_none() {
        let class = "java.net.UnknownHostException";
        let thrown = Thrown::io(class, Some(format!("{host}: {NOT_RESOLVED}")));
        let key = format!("{which}PortAddress");
        return Err(thrown.remarked(|| hints::unknown_host(file, keys, &key, host)));
    }
    let socket = Socket::of(host, port).map_err(Thrown::argument);
    socket.map(Some).map_err(at_port)
}

/// `getVersionFromFilename`: hexadecimal digits behind the last dot.
fn version_of(path: &str) -> Option<String> {
    let digits = &path[path.rfind('.')? + 1..];
    let version = java::parse_long(digits, 16).ok()?;
    Some(format!("{version:x}"))
}

/// `BufferedReader.readLine` of a file in UTF-8.
pub fn first_line(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return None;
    }
    let end = bytes.iter().position(|b| matches!(b, b'\n' | b'\r'));
    let line = &bytes[..end.unwrap_or(bytes.len())];
    Some(String::from_utf8_lossy(line).into_owned())
}
