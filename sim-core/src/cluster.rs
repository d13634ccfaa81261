//! The one enum of nodes that a world runs, and the one enum of facts.
//!
//! A world has a single machine type; this is it. Each protocol keeps its own messages, timers, facts; an adapter of
//! the engine's effects maps them into the enums here, statically and without boxing. It decides nothing.

use crate::base::{CallId, Conn, Lane, NodeId, Port, Span, StepIndex, WriteId};
use crate::engine::{self, DiskImage, Fx, Input, Machine, Message, Now};
use crate::zookeeper;

/// The number of the vocabulary of [`Fact`], for trace files: it grows whenever a fact changes its form.
pub const VOCABULARY: u32 = 3;

/// The world of all protocols.
pub type World = engine::World<Node>;

/// Any node. A world holds each behind a pointer of its own, so that the large one costs the small one nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A ZooKeeper server.
    ZkServer(zookeeper::Server),
    /// A ZooKeeper client.
    ZkClient(zookeeper::Client),
}

/// What any node is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Config {
    /// A ZooKeeper server.
    ZkServer(zookeeper::ServerConfig),
    /// A ZooKeeper client.
    ZkClient(zookeeper::ClientConfig),
}

/// Any message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Msg {
    /// Of ZooKeeper's protocols. Kinds below 128.
    Zk(zookeeper::Msg),
}

/// Any timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Of a ZooKeeper server.
    ZkServer(zookeeper::Timer),
    /// Of a ZooKeeper client.
    ZkClient(zookeeper::ClientTimer),
}

/// Any work between threads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// Of a ZooKeeper server.
    ZkServer(zookeeper::Work),
    /// Of a ZooKeeper client.
    ZkClient,
}

/// Any disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Disk {
    /// Of a node that keeps nothing.
    #[default]
    None,
    /// Of a ZooKeeper server.
    ZkServer(zookeeper::ZkDisk),
}

/// Any request from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// To a ZooKeeper server.
    ZkServer(zookeeper::ServerOp),
    /// To a ZooKeeper client.
    ZkClient(zookeeper::ClientOp),
}

/// Any answer to a request from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Of a ZooKeeper server.
    ZkServer(zookeeper::ServerOutcome),
    /// Of a ZooKeeper client.
    ZkClient(zookeeper::ClientOutcome),
}

/// Any fact.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Of ZooKeeper.
    Zk(zookeeper::Fact),
}

impl Message for Msg {
    fn kind(&self) -> u8 {
        match self {
            Msg::Zk(msg) => msg.kind(),
        }
    }
    fn kind_name(kind: u8) -> &'static str {
        zookeeper::Msg::kind_name(kind)
    }
    fn size(&self) -> u32 {
        match self {
            Msg::Zk(msg) => msg.size(),
        }
    }
}

impl Disk {
    /// A ZooKeeper server's, if it is one.
    pub fn zookeeper(&self) -> Option<&zookeeper::ZkDisk> {
        match self {
            Disk::ZkServer(disk) => Some(disk),
            Disk::None => None,
        }
    }
}

impl DiskImage for Disk {
    type Change = zookeeper::Change;

    fn apply(&mut self, change: &Self::Change) {
        if let Disk::ZkServer(disk) = self {
            disk.apply(change);
        }
    }

    fn apply_torn(&mut self, change: &Self::Change) {
        if let Disk::ZkServer(disk) = self {
            disk.apply_torn(change);
        }
    }

    fn weight(change: &Self::Change) -> u64 {
        zookeeper::ZkDisk::weight(change)
    }

    fn wiped(&self) -> Self {
        match self {
            Disk::ZkServer(disk) => Disk::ZkServer(disk.wiped()),
            Disk::None => Disk::None,
        }
    }
}

impl Node {
    /// The ZooKeeper server, if it is one.
    pub fn zk_server(&self) -> Option<&zookeeper::Server> {
        match self {
            Node::ZkServer(server) => Some(server),
            Node::ZkClient(_) => None,
        }
    }

    /// The ZooKeeper client, if it is one.
    pub fn zk_client(&self) -> Option<&zookeeper::Client> {
        match self {
            Node::ZkClient(client) => Some(client),
            Node::ZkServer(_) => None,
        }
    }
}

impl Config {
    /// The ZooKeeper server's, if it is one.
    pub fn zk_server(&self) -> Option<&zookeeper::ServerConfig> {
        match self {
            Config::ZkServer(config) => Some(config),
            Config::ZkClient(_) => None,
        }
    }
}

impl Fact {
    /// ZooKeeper's, if it is one.
    pub fn zookeeper(&self) -> Option<&zookeeper::Fact> {
        match self {
            Fact::Zk(fact) => Some(fact),
        }
    }
}

/// Maps a ZooKeeper server's effects into those of any node.
struct ZkServerFx<'a>(&'a mut dyn Fx<Node>);

/// Maps a ZooKeeper client's effects into those of any node.
struct ZkClientFx<'a>(&'a mut dyn Fx<Node>);

/// The effects whose types no protocol changes.
macro_rules! same_effects {
    () => {
        fn step(&self) -> StepIndex {
            self.0.step()
        }
        fn listen(&mut self, port: Port) {
            self.0.listen(port);
        }
        fn unlisten(&mut self, port: Port) {
            self.0.unlisten(port);
        }
        fn dial(&mut self, to: NodeId, port: Port) -> Conn {
            self.0.dial(to, port)
        }
        fn close(&mut self, conn: Conn) {
            self.0.close(conn);
        }
        fn sync(&mut self) -> WriteId {
            self.0.sync()
        }
        fn exit(&mut self, code: i32) {
            self.0.exit(code);
        }
        fn choose(&mut self, subject: u64, options: u32) -> u32 {
            self.0.choose(subject, options)
        }
        fn wants_facts(&self) -> bool {
            self.0.wants_facts()
        }
        fn wants_details(&self) -> bool {
            self.0.wants_details()
        }
        fn send(&mut self, conn: Conn, msg: zookeeper::Msg) {
            self.0.send(conn, Msg::Zk(msg));
        }
        fn fact(&mut self, fact: zookeeper::Fact, because: &[StepIndex]) {
            self.0.fact(Fact::Zk(fact), because);
        }
    };
}

impl Fx<zookeeper::Server> for ZkServerFx<'_> {
    same_effects!();

    fn arm(&mut self, timer: zookeeper::Timer, after: Span) {
        self.0.arm(Timer::ZkServer(timer), after);
    }
    fn disarm(&mut self, timer: zookeeper::Timer) {
        self.0.disarm(Timer::ZkServer(timer));
    }
    fn hand_after(&mut self, lane: Lane, work: zookeeper::Work, extra: Span) {
        self.0.hand_after(lane, Work::ZkServer(work), extra);
    }
    fn write(&mut self, change: zookeeper::Change) {
        self.0.write(change);
    }
    fn reply(&mut self, call: CallId, outcome: zookeeper::ServerOutcome) {
        self.0.reply(call, Outcome::ZkServer(outcome));
    }
}

impl Fx<zookeeper::Client> for ZkClientFx<'_> {
    same_effects!();

    fn arm(&mut self, timer: zookeeper::ClientTimer, after: Span) {
        self.0.arm(Timer::ZkClient(timer), after);
    }
    fn disarm(&mut self, timer: zookeeper::ClientTimer) {
        self.0.disarm(Timer::ZkClient(timer));
    }
    fn hand_after(&mut self, lane: Lane, (): (), extra: Span) {
        self.0.hand_after(lane, Work::ZkClient, extra);
    }
    fn write(&mut self, (): ()) {}
    fn reply(&mut self, call: CallId, outcome: zookeeper::ClientOutcome) {
        self.0.reply(call, Outcome::ZkClient(outcome));
    }
}

impl Machine for Node {
    type Config = Config;
    type Msg = Msg;
    type Timer = Timer;
    type Work = Work;
    type Disk = Disk;
    type Op = Op;
    type Outcome = Outcome;
    type Fact = Fact;

    fn boot(config: &Config, now: Now, disk: &Disk, fx: &mut dyn Fx<Self>) -> Self {
        match config {
            Config::ZkServer(config) => {
                let disk = disk.zookeeper().expect("a server has a disk");
                Node::ZkServer(Machine::boot(config, now, disk, &mut ZkServerFx(fx)))
            }
            Config::ZkClient(config) => {
                let disk = &zookeeper::NoDisk;
                Node::ZkClient(Machine::boot(config, now, disk, &mut ZkClientFx(fx)))
            }
        }
    }

    fn step(&mut self, now: Now, disk: &Disk, input: Input<Self>, fx: &mut dyn Fx<Self>) {
        match self {
            Node::ZkServer(server) => {
                let disk = disk.zookeeper().expect("a server has a disk");
                server.step(now, disk, for_zk_server(input), &mut ZkServerFx(fx));
            }
            Node::ZkClient(client) => {
                client.step(
                    now,
                    &zookeeper::NoDisk,
                    for_zk_client(input),
                    &mut ZkClientFx(fx),
                );
            }
        }
    }
}

/// The inputs whose types no protocol changes; the four others are mapped by the closures.
macro_rules! narrow {
    ($input:expr, $timer:pat => $t:expr, $work:pat => $w:expr, $op:pat => $o:expr) => {
        match $input {
            Input::Accepted(conn, from, port) => Input::Accepted(conn, from, port),
            Input::Opened(conn) => Input::Opened(conn),
            Input::Refused(conn) => Input::Refused(conn),
            Input::Deliver(conn, Msg::Zk(msg)) => Input::Deliver(conn, msg),
            Input::Closed(conn, why) => Input::Closed(conn, why),
            Input::Written(id, result) => Input::Written(id, result),
            Input::Timer($timer) => Input::Timer($t),
            Input::Lane(lane, $work) => Input::Lane(lane, $w),
            Input::Call(call, $op) => Input::Call(call, $o),
            other => unreachable!("an input of another kind of node: {other:?}"),
        }
    };
}

fn for_zk_server(input: Input<Node>) -> Input<zookeeper::Server> {
    narrow!(input,
        Timer::ZkServer(timer) => timer,
        Work::ZkServer(work) => work,
        Op::ZkServer(op) => op)
}

fn for_zk_client(input: Input<Node>) -> Input<zookeeper::Client> {
    narrow!(input,
        Timer::ZkClient(timer) => timer,
        Work::ZkClient => (),
        Op::ZkClient(op) => op)
}
