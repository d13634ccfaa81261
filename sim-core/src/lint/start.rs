//! From `main` to a running server, or to an exit code.
//!
//! Follows `QuorumPeerMain`, `ZooKeeperServerMain`, `ServerConfig`, `QuorumPeer.start`,
//! `QuorumCnxManager.Listener` and `NIOServerCnxnFactory.configure` of releases 3.5.7 and 3.8.0 in
//! the order of their statements, up to the point where the server waits for others. Read `config.rs`
//! for the configuration and `data.rs` for the directories.

use super::config::Config;
use super::data;
use super::hints;
use super::java::parse_int;
use super::jvm::{Form, Jvm, Level, LogLine};
use super::machine::Socket;
use super::properties::Span;
use super::thrown::{Family, Step, Thrown};

/// What becomes of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It runs.
    Runs(Running),
    /// It ends with this code.
    Exits(i32),
}

/// How it runs, with nobody else there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Running {
    /// Without others.
    Standalone,
    /// It looks for a leader.
    Looking,
    /// It is a quorum by itself and leads.
    Leading,
}

impl Running {
    /// As the log and the documents name it.
    pub const fn name(self) -> &'static str {
        match self {
            Running::Standalone => "standalone",
            Running::Looking => "LOOKING",
            Running::Leading => "LEADING",
        }
    }
}

/// A path below a directory, as `File` joins them.
pub fn below(dir: &str, name: &str) -> String {
    format!("{}/{name}", dir.trim_end_matches('/'))
}

const MAIN: &str = "QuorumPeerMain";
const ALONE: &str = "ZooKeeperServerMain";
const USAGE: &str = "Usage: ZooKeeperServerMain configfile | port datadir [ticktime] [maxcnxns]";

/// `QuorumPeerMain.main`. What was read of the configuration is left in `found`.
pub fn main(arguments: &[&str], jvm: &mut Jvm<'_>, found: &mut Option<Config>) -> Outcome {
    match quorum_main(arguments, jvm, found) {
        Ok(outcome) => outcome,
        Err(thrown) => caught(&thrown, MAIN, "Usage: QuorumPeerMain configfile", jvm),
    }
}

/// The catch clauses of both mains.
fn caught(thrown: &Thrown, class: &'static str, usage: &str, jvm: &mut Jvm<'_>) -> Outcome {
    let (text, told, code) = match thrown.family {
        Family::Argument => ("Invalid arguments, exiting abnormally", Some(usage), 2),
        Family::Config => {
            let text = "Invalid config, exiting abnormally";
            (text, Some(text), 2)
        }
        Family::Datadir => {
            let text = "Unable to access datadir, exiting abnormally";
            (text, Some(text), 3)
        }
        Family::Io | Family::Other => ("Unexpected exception, exiting abnormally", None, 1),
    };
    jvm.failed(Level::Error, class, text, thrown);
    if thrown.family == Family::Argument {
        jvm.info(class, usage);
    }
    jvm.stderr.extend(told.map(str::to_owned));
    jvm.blame(thrown);
    Outcome::Exits(code)
}

fn quorum_main(arguments: &[&str], jvm: &mut Jvm<'_>, found: &mut Option<Config>) -> Step<Outcome> {
    let config = match arguments {
        [path] => Some(Config::parse(path, jvm, found)?),
        _ => None,
    };
    let (retain, purge) = config.as_ref().map_or((3, 0), |c| (c.retain, c.purge));
    let class = "DatadirCleanupManager";
    jvm.info(class, format!("autopurge.snapRetainCount set to {retain}"));
    jvm.info(class, format!("autopurge.purgeInterval set to {purge}"));
    match config {
        Some(config) if config.is_distributed() => run_peer(&config, jvm),
        _ => {
            let blank = match jvm.form {
                Form::V3_5 => "  ",
                Form::V3_8 => " ",
            };
            jvm.warn(
                MAIN,
                format!(
                    "Either no config or no quorum defined in config, running{blank}in standalone \
                     mode"
                ),
            );
            Ok(alone_main(arguments, jvm, found))
        }
    }
}

// ---- without others ----

/// `ZooKeeperServerMain.main`.
fn alone_main(arguments: &[&str], jvm: &mut Jvm<'_>, found: &mut Option<Config>) -> Outcome {
    match run_alone(arguments, jvm, found) {
        Ok(()) => Outcome::Runs(Running::Standalone),
        Err(thrown) => caught(&thrown, ALONE, USAGE, jvm),
    }
}

/// What `ServerConfig` takes over.
struct Alone {
    client: Option<Socket>,
    secure: Option<Socket>,
    data_dir: String,
    data_log_dir: String,
    tick_time: i32,
    min_session: i32,
    max_session: i32,
    metrics: Option<String>,
}

impl Alone {
    fn of(config: &Config) -> Self {
        Self {
            client: config.client.clone(),
            secure: config.secure.clone(),
            data_dir: config.data_dir.clone().unwrap_or_default(),
            data_log_dir: config.data_log_dir.clone().unwrap_or_default(),
            tick_time: config.tick_time,
            min_session: config.min_session,
            max_session: config.max_session,
            metrics: Some(config.metrics.clone()),
        }
    }

    /// `ServerConfig.parse(String[])`: port, directory, tickTime, connections.
    fn of_arguments(arguments: &[&str]) -> Step<Self> {
        if !(2..=4).contains(&arguments.len()) {
            let told = arguments.join(", ");
            let text = format!("Invalid number of arguments:[{told}]");
            return Err(Thrown::argument(text));
        }
        let int = |text: &str| parse_int(text).map_err(Thrown::number);
        let client = Socket::any(int(arguments[0])?).map_err(Thrown::argument)?;
        let tick_time = arguments.get(2).map_or(Ok(3000), |text| int(text))?;
        arguments.get(3).map_or(Ok(0), |text| int(text))?;
        Ok(Self {
            client: Some(client),
            secure: None,
            data_dir: arguments[1].into(),
            data_log_dir: arguments[1].into(),
            tick_time,
            min_session: -1,
            max_session: -1,
            metrics: None,
        })
    }
}

fn run_alone(arguments: &[&str], jvm: &mut Jvm<'_>, found: &mut Option<Config>) -> Step<()> {
    let alone = match arguments {
        [path] => Alone::of(&Config::parse(path, jvm, found)?),
        _ => Alone::of_arguments(arguments)?,
    };
    jvm.info(ALONE, "Starting server");
    debug_assert!(alone.metrics.is_none() || !alone.data_dir.is_empty());
    data::open(&alone.data_log_dir, &alone.data_dir, jvm)?;
    let times = |set: i32, ticks: i32| match set {
        -1 => alone.tick_time.wrapping_mul(ticks),
        set => set,
    };
    session_limits(
        "ZooKeeperServer",
        times(alone.min_session, 2),
        times(alone.max_session, 20),
        jvm,
    );
    let written = |secure| found.as_ref().and_then(|c| hints::client_port(c, secure));
    if let Some(client) = &alone.client {
        bind_clients(client, false, written(false), jvm)?;
        data::load_alone(&alone.data_log_dir, &alone.data_dir, jvm)?;
    }
    if let Some(secure) = &alone.secure {
        bind_clients(secure, true, written(true), jvm)?;
        if alone.client.is_none() {
            data::load_alone(&alone.data_log_dir, &alone.data_dir, jvm)?;
        }
    }
    if alone.client.is_none() && alone.secure.is_none() {
        let remark = hints::no_client_port(found.as_ref());
        jvm.remarks.extend(remark);
    }
    Ok(())
}

fn session_limits(class: &'static str, min: i32, max: i32, jvm: &mut Jvm<'_>) {
    jvm.info(class, format!("minSessionTimeout set to {min}"));
    jvm.info(class, format!("maxSessionTimeout set to {max}"));
}

/// `ServerCnxnFactory.createFactory` and `configure`.
fn bind_clients(
    socket: &Socket,
    secure: bool,
    written: Option<(&str, Span)>,
    jvm: &mut Jvm<'_>,
) -> Step<()> {
    let package = "org.apache.zookeeper.server.";
    let nio = format!("{package}NIOServerCnxnFactory");
    let factory = jvm.props.get("zookeeper.serverCnxnFactory").cloned();
    let factory = factory.unwrap_or_else(|| nio.clone());
    let netty = factory == format!("{package}NettyServerCnxnFactory");
    if factory != nio && !netty {
        let text = format!("Couldn't instantiate {factory}");
        let cause = Thrown::other("java.lang.ClassNotFoundException", &*factory);
        return Err(Thrown::io("java.io.IOException", Some(text)).caused_by(cause));
    }
    if secure && !netty {
        let class = "java.lang.UnsupportedOperationException";
        let thrown = Thrown::other(class, "SSL isn't supported in NIOServerCnxn");
        return Err(thrown.remarked(hints::secure_needs_netty));
    }
    if !netty {
        jvm.info("NIOServerCnxnFactory", format!("binding to port {socket}"));
    }
    let Some(why) = cannot_bind(socket, jvm) else {
        return Ok(());
    };
    let thrown = Thrown::io("java.net.BindException", Some(why.into()));
    Err(thrown.remarked(|| hints::cannot_bind(socket, why, "client", written)))
}

/// Where a member's own line stands.
fn written<'a>(config: &'a Config, own: &super::quorum::Server) -> Option<(&'a str, Span)> {
    let file = config.dynamic.as_deref().unwrap_or(&config.path);
    Some((file, own.line.value_at))
}

/// Why a port cannot be listened on.
fn cannot_bind(socket: &Socket, jvm: &Jvm<'_>) -> Option<&'static str> {
    if socket.ip.is_none() {
        Some("Unresolved address")
    } else if !socket.is_own() {
        Some("Cannot assign requested address")
    } else if socket.port != 0 && jvm.machine.is_taken(socket.port) {
        Some("Address already in use")
    } else {
        None
    }
}

// ---- a member of an ensemble ----

/// `QuorumPeerMain.runFromConfig` and `QuorumPeer.start`.
fn run_peer(config: &Config, jvm: &mut Jvm<'_>) -> Step<Outcome> {
    let id = config.server_id;
    jvm.info(
        MAIN,
        match jvm.form {
            Form::V3_5 => "Starting quorum peer".to_owned(),
            Form::V3_8 => format!("Starting quorum peer, myid={id}"),
        },
    );
    if let Some(client) = &config.client {
        bind_clients(client, false, hints::client_port(config, false), jvm)?;
    }
    if let Some(secure) = &config.secure {
        bind_clients(secure, true, hints::client_port(config, true), jvm)?;
    }
    let dirs = (
        config.data_log_dir.clone().unwrap_or_default(),
        config.data_dir.clone().unwrap_or_default(),
    );
    data::open(&dirs.0, &dirs.1, jvm)?;
    let peer = "QuorumPeer";
    jvm.info(peer, format!("tickTime set to {}", config.tick_time));
    session_limits(peer, config.min_session, config.max_session, jvm);
    jvm.info(peer, format!("initLimit set to {}", config.init_limit));
    if config.sasl {
        login(config, jvm)?;
    }
    let quorum = config.quorum.as_ref().expect("it is distributed");
    let Some(own) = quorum.members.get(&id) else {
        let text = format!("My id {id} not in the peer list");
        let thrown = Thrown::other("java.lang.RuntimeException", text);
        return Err(thrown.remarked(|| hints::not_listed(config, id)));
    };
    let epochs = data::load_peer(&dirs.0, &dirs.1, jvm)?;
    Ok(match config.election_alg {
        3 => elect(config, own, epochs, jvm),
        other => old_election(config, other, jvm),
    })
}

/// `SaslQuorumAuthServer`: there is no login configuration unless the JVM was given one.
fn login(config: &Config, jvm: &Jvm<'_>) -> Step<()> {
    if jvm.props.contains_key("java.security.auth.login.config") {
        return Ok(());
    }
    let text = "Failed to initialize authentication mechanism using SASL [Caused by \
                java.lang.SecurityException: java.io.IOException: Unable to locate a login \
                configuration file]";
    let thrown = Thrown::io("javax.security.sasl.SaslException", Some(text.into()));
    Err(thrown.remarked(|| hints::no_login(config)))
}

/// The name of the main loop's thread.
fn peer_thread(config: &Config) -> String {
    let name =
        |socket: &Option<Socket>| socket.as_ref().map_or("disabled".to_owned(), Socket::plain);
    format!(
        "QuorumPeer[myid={}](plain={})(secure={})",
        config.server_id,
        name(&config.client),
        name(&config.secure)
    )
}

/// Logs in another thread.
fn within<T>(thread: &str, jvm: &mut Jvm<'_>, log: impl FnOnce(&mut Jvm<'_>) -> T) -> T {
    let outer = core::mem::replace(&mut jvm.thread, thread.to_owned());
    let done = log(jvm);
    jvm.thread = outer;
    done
}

/// Fast leader election with its listener, until nothing new happens.
fn elect(
    config: &Config,
    own: &super::quorum::Server,
    epochs: data::Epochs,
    jvm: &mut Jvm<'_>,
) -> Outcome {
    let id = config.server_id;
    let listener = match config.listens_on_all {
        true => Socket::any(own.election[0].port).expect("the port was read before"),
        false => own.election[0].clone(),
    };
    let failure = cannot_bind(&listener, jvm);
    if let Some(why) = failure {
        listening_failed(&listener, why, true, jvm);
    }
    let peer = peer_thread(config);
    within(&peer, jvm, |jvm| jvm.info("QuorumPeer", "LOOKING"));
    if !own.observes {
        within(&format!("WorkerReceiver[myid={id}]"), jvm, |jvm| {
            first_vote(config, epochs, jvm);
        });
    }
    if let Some(why) = failure {
        let retries = jvm.number("zookeeper.electionPortBindRetry", 3);
        jvm.remark(hints::cannot_bind(
            &listener,
            why,
            "election",
            written(config, own),
        ));
        if retries == 0 {
            let first = jvm.log.len();
            listening_failed(&listener, why, false, jvm);
            jvm.repeats_from(first);
            return Outcome::Runs(Running::Looking);
        }
        let retries = if retries < 0 { 3 } else { retries };
        for _ in 1..retries {
            listening_failed(&listener, why, false, jvm);
        }
        give_up(own, &listener, retries, jvm);
        return Outcome::Exits(14);
    }
    let alone = config
        .quorum
        .as_ref()
        .is_some_and(|quorum| quorum.is_quorum_alone(id));
    if alone && !own.observes {
        return lead(config, own, &peer, jvm);
    }
    meet_others(config, &peer, jvm);
    Outcome::Runs(Running::Looking)
}

/// The server's own first notification comes back to it.
fn first_vote(config: &Config, epochs: data::Epochs, jvm: &mut Jvm<'_>) {
    let id = config.server_id;
    let version = config.quorum.as_ref().map_or(0, |quorum| quorum.version);
    let data::Epochs { zxid, current } = epochs;
    let class = "FastLeaderElection";
    let text = match jvm.form {
        Form::V3_5 => format!(
            "Notification: 2 (message format version), {id} (n.leader), 0x{zxid:x} (n.zxid), 0x1 \
             (n.round), LOOKING (n.state), {id} (n.sid), 0x{current:x} (n.peerEPoch), LOOKING (my \
             state){version:x} (n.config version)"
        ),
        Form::V3_8 => format!(
            "Notification: my state:LOOKING; n.sid:{id}, n.state:LOOKING, n.leader:{id}, \
             n.round:0x1, n.peerEpoch:0x{current:x}, n.zxid:0x{zxid:x}, message format \
             version:0x2, n.config version:0x{version:x}"
        ),
    };
    jvm.info(class, text);
}

/// One failing attempt of the listener. 3.5 looks the name up before each, twice: in the list and in
/// the list seen last.
fn listening_failed(socket: &Socket, why: &'static str, first: bool, jvm: &mut Jvm<'_>) {
    let own_name = socket.to_string();
    let class = "QuorumCnxManager$Listener";
    if jvm.form == Form::V3_5 && socket.ip.is_none() {
        let thread = if first {
            "QuorumPeerListener"
        } else {
            &own_name
        };
        within(thread, jvm, |jvm| unresolved(socket.host(), 2, jvm));
    }
    let exception = match socket.ip {
        None => "java.net.SocketException",
        Some(_) => "java.net.BindException",
    };
    let thrown = Thrown::io(exception, Some(why.into()));
    let (class, text) = match jvm.form {
        Form::V3_5 => (class, "Exception while listening".to_owned()),
        Form::V3_8 => (
            "QuorumCnxManager$Listener$ListenerHandler",
            format!("Exception while listening to address {own_name}"),
        ),
    };
    within(&own_name, jvm, |jvm| {
        jvm.failed(Level::Error, class, &text, &thrown);
    });
}

/// `recreateSocketAddresses` of a name that nobody knows.
fn unresolved(host: &str, times: u32, jvm: &mut Jvm<'_>) {
    for _ in 0..times {
        let thrown = Thrown::io("java.net.UnknownHostException", Some(host.into()));
        let text = format!("Failed to resolve address: {host}");
        jvm.failed(Level::Warn, "QuorumPeer$QuorumServer", &text, &thrown);
    }
}

/// The listener ends, and the process with it.
fn give_up(own: &super::quorum::Server, socket: &Socket, errors: i32, jvm: &mut Jvm<'_>) {
    let address = own.election[0].plain();
    let class = "QuorumCnxManager$Listener";
    let hint = "Use zookeeper.electionPortBindRetry property to increase retry count.";
    match jvm.form {
        Form::V3_5 => {
            let text = format!(
                "As I'm leaving the listener thread after {errors} errors. I won't be able to \
                 participate in leader election any longer: {address}. {hint}"
            );
            within(&socket.to_string(), jvm, |jvm| {
                jvm.log(Level::Error, class, text);
            });
        }
        Form::V3_8 => {
            let text = format!(
                "Leaving listener thread for address {} after {errors} errors. {hint}",
                socket.plain()
            );
            let handler = "QuorumCnxManager$Listener$ListenerHandler";
            within(&socket.to_string(), jvm, |jvm| {
                jvm.log(Level::Error, handler, text);
            });
            let text = format!(
                "As I'm leaving the listener thread, I won't be able to participate in leader \
                 election any longer: {address}"
            );
            within("ListenerThread", jvm, |jvm| {
                jvm.log(Level::Error, class, text);
            });
        }
    }
}

/// It elects itself.
fn lead(config: &Config, own: &super::quorum::Server, peer: &str, jvm: &mut Jvm<'_>) -> Outcome {
    let socket = match config.listens_on_all {
        true => Socket::any(own.addresses[0].port).expect("the port was read before"),
        false => own.addresses[0].clone(),
    };
    within(peer, jvm, |jvm| {
        jvm.info("QuorumPeer", "LEADING");
        if let Some(why) = cannot_bind(&socket, jvm) {
            let first = jvm.log.len();
            let thrown = Thrown::io("java.net.BindException", Some(why.into()));
            let text = format!("Couldn't bind to {socket}");
            jvm.failed(Level::Error, "Leader", &text, &thrown);
            jvm.failed(Level::Warn, "QuorumPeer", "Unexpected exception", &thrown);
            jvm.info("QuorumPeer", "LOOKING");
            jvm.repeats_from(first);
            jvm.remark(hints::cannot_bind(
                &socket,
                why,
                "quorum",
                written(config, own),
            ));
            return Outcome::Runs(Running::Looking);
        }
        session_limits(
            "ZooKeeperServer",
            config.min_session,
            config.max_session,
            jvm,
        );
        jvm.info("Leader", "LEADING - LEADER ELECTION TOOK - 0 MS");
        Outcome::Runs(Running::Leading)
    })
}

/// What happens when it tries to reach the others, of whom none is there.
fn meet_others(config: &Config, peer: &str, jvm: &mut Jvm<'_>) {
    let id = config.server_id;
    let quorum = config.quorum.as_ref().expect("it is distributed");
    let others: Vec<Socket> = quorum
        .voters()
        .filter(|server| server.id != id)
        .map(|server| server.election[0].clone())
        .collect();
    let sender = format!("WorkerSender[myid={id}]");
    let timeout = config.tick_time.wrapping_mul(config.sync_limit);
    let Some(first) = others.first() else {
        return;
    };
    if timeout < 0 && first.ip.is_some() {
        jvm.remark(hints::negative_timeout(config, timeout));
        return negative_timeout(id, &sender, peer, jvm);
    }
    if jvm.form > Form::V3_5 {
        return;
    }
    let unknown: Vec<&Socket> = others.iter().filter(|socket| socket.ip.is_none()).collect();
    for socket in &unknown {
        within(&sender, jvm, |jvm| unresolved(socket.host(), 2, jvm));
    }
    let begin = jvm.log.len();
    for socket in &unknown {
        within(peer, jvm, |jvm| unresolved(socket.host(), 1, jvm));
    }
    jvm.repeats_from(begin);
}

/// `setSoTimeout` refuses, in the thread that connects: it dies of it.
fn negative_timeout(id: i64, sender: &str, peer: &str, jvm: &mut Jvm<'_>) {
    let thrown = Thrown::argument("timeout can't be negative");
    let (thread, class) = match jvm.form {
        Form::V3_5 => (sender.to_owned(), "NIOServerCnxnFactory$1"),
        Form::V3_8 => (
            format!("QuorumConnectionThread-[myid={id}]-1"),
            "NIOServerCnxnFactory",
        ),
    };
    let text = format!("Thread Thread[{thread},5,main] died");
    let begin = jvm.log.len();
    within(&thread, jvm, |jvm| {
        jvm.failed(Level::Error, class, &text, &thrown);
    });
    if jvm.form == Form::V3_8 {
        return jvm.repeats_from(begin);
    }
    let begin = jvm.log.len();
    within(peer, jvm, |jvm| {
        jvm.failed(Level::Warn, "QuorumPeer", "Unexpected exception", &thrown);
        jvm.info("QuorumPeer", "LOOKING");
    });
    jvm.repeats_from(begin);
}

/// The election algorithms before the fast one, which 3.5 still has.
fn old_election(config: &Config, algorithm: i32, jvm: &mut Jvm<'_>) -> Outcome {
    let peer = peer_thread(config);
    let fails = |class: &'static str, text: &str, thrown: &Thrown, jvm: &mut Jvm<'_>| {
        let begin = jvm.log.len();
        within(&peer, jvm, |jvm| {
            jvm.failed(Level::Warn, class, text, thrown);
        });
        begin
    };
    within(&peer, jvm, |jvm| jvm.info("QuorumPeer", "LOOKING"));
    jvm.remark(hints::old_election(config));
    match algorithm {
        0 => {
            let class = "java.net.SocketTimeoutException";
            let thrown = Thrown::io(class, Some("Receive timed out".into()));
            let text = "Ignoring exception while looking for leader";
            let begin = fails("LeaderElection", text, &thrown, jvm);
            jvm.repeats_from(begin);
        }
        1 => {}
        2 => within("WorkerReceiver Thread", jvm, |jvm| {
            let class = "AuthFastLeaderElection$Messenger$WorkerReceiver";
            jvm.log(Level::Error, class, "No challenge mutex object");
        }),
        _ => {
            let text = "Cannot invoke \
                        \"org.apache.zookeeper.server.quorum.Election.lookForLeader()\" because the \
                        return value of \
                        \"org.apache.zookeeper.server.quorum.QuorumPeer.makeLEStrategy()\" is null";
            let thrown = Thrown::other("java.lang.NullPointerException", text);
            let begin = fails("QuorumPeer", "Unexpected exception", &thrown, jvm);
            within(&peer, jvm, |jvm| jvm.info("QuorumPeer", "LOOKING"));
            jvm.repeats_from(begin);
        }
    }
    Outcome::Runs(Running::Looking)
}

/// The warnings and errors of a log, with what belongs to them.
pub fn troubles(log: &[LogLine]) -> impl Iterator<Item = &LogLine> {
    log.iter().filter(|line| line.level != Level::Info)
}
