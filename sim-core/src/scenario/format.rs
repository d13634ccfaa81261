//! What a scenario file holds, as data: names are checked, times are nanoseconds, everything else is as written.
//!
//! Never resolves a name to a node number and never plays anything: `compile` does that. A step remembers its line for
//! reports; lines do not take part in equality, so that parse → print → parse is the identity.

use crate::base::{Point, SimTime, Span};
use crate::engine::Latency;
use crate::scenario::act::{Act, Operation};
use crate::scenario::predicate::Predicate;
use crate::zookeeper::{Quirk, Release, Role};

/// A name in a file: a node, a step, a client, a host.
pub type Name = Box<str>;

/// A whole scenario file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// The title of the lesson.
    pub title: Text,
    /// What it shows, in a paragraph.
    pub description: Option<Text>,
    /// What is said before the first step.
    pub say: Option<Text>,
    /// What it stands for: `claim:Z43`, `recording:zookeeper-3.5.7/B`, `upstream:FLETest.testJoin`,
    /// `tracker:ZOOKEEPER-2845`.
    pub stands_for: Vec<StandsFor>,
    /// The seed it is played with unless told otherwise.
    pub seed: u64,
    /// Why it holds for its own seed only; a file without this holds for every seed.
    pub pinned: Option<Text>,
    /// Servers, clients and what is between them.
    pub cluster: Cluster,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// Questions to the one who watches.
    pub ask: Vec<Ask>,
    /// Clients that keep asking.
    pub loads: Vec<Load>,
    /// Draws that are not left to the seed.
    pub pins: Vec<Pin>,
    /// The same story with other settings. If there are any, these are what is played.
    pub variants: Vec<Variant>,
    /// The properties that must break.
    pub violates: Vec<Violates>,
    /// What must hold at every moment: properties by name (all are watched anyway) or conditions.
    pub always: Vec<Always>,
    /// Properties that are not watched.
    pub unwatched: Vec<Name>,
    /// When it ends.
    pub until: Option<Until>,
    /// What wrote or last checked it.
    pub made_with: Option<MadeWith>,
}

/// A text in the languages of the project. At least one is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    /// English.
    pub en: Option<Box<str>>,
    /// Chinese.
    pub zh: Option<Box<str>>,
}

impl Text {
    /// The text in a language (`en`, `zh`), or in the other one if that is all there is.
    pub fn get(&self, language: &str) -> &str {
        let (first, second) = match language {
            "zh" => (&self.zh, &self.en),
            _ => (&self.en, &self.zh),
        };
        first.as_deref().or(second.as_deref()).unwrap_or("")
    }
}

/// A place in the file, for reports. Two places are always equal: where something stands is not part of what it says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Line, from 1; 0 for what no file holds.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

/// What a scenario stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StandsFor {
    /// `claim`, `recording`, `upstream`, `tracker`, `reference` or `paper`.
    pub kind: Name,
    /// Which.
    pub id: Name,
}

/// The simulated machines and processes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    /// The ensemble.
    pub zookeeper: Option<Ensemble>,
    /// Reserved for the Kafka cluster: kept as written.
    pub kafka: Option<Json>,
    /// Clients by name.
    pub clients: Vec<Client>,
    /// Hosts that are named; a node that none of them holds stands alone on a host of its own name.
    pub hosts: Vec<Host>,
    /// The network.
    pub network: Network,
    /// How long a sync of a disk takes, unless a server says otherwise.
    pub sync_time: Option<Latency>,
    /// How long handing work to another thread takes, unless a server says otherwise.
    pub thread_delay: Option<Latency>,
}

/// A ZooKeeper ensemble.
#[derive(Clone, Debug, PartialEq)]
pub struct Ensemble {
    /// The release of all servers that name no other.
    pub version: Release,
    /// The servers, in the order of their ids.
    pub servers: Vec<Server>,
    /// The keys of `zoo.cfg` that all servers share.
    pub config: Vec<(ConfigKey, ConfigValue)>,
    /// Which historical bugs are on.
    pub quirks: QuirkChoice,
    /// How long reading the database takes at start.
    pub load_time: Option<Span>,
    /// How long between deciding to lead and the open quorum port.
    pub open_port_time: Option<Span>,
}

/// One server of an ensemble.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Server {
    /// Its `myid`.
    pub id: i64,
    /// Its name: `zk` and its id unless said otherwise.
    pub name: Name,
    /// Whether it votes.
    pub role: Role,
    /// `weight.N`.
    pub weight: Option<i64>,
    /// The group it belongs to.
    pub group: Option<i64>,
    /// Its own release.
    pub version: Option<Release>,
    /// Its own keys of `zoo.cfg`, over those of the ensemble.
    pub config: Vec<(ConfigKey, ConfigValue)>,
    /// The ids that its own configuration lists, if it does not list all.
    pub knows: Option<Vec<i64>>,
    /// Whether its file `myid` is not there.
    pub myid_missing: bool,
    /// Its own quirks.
    pub quirks: Option<QuirkChoice>,
    /// What is on its disk before the first start.
    pub disk: Option<InitialDisk>,
    /// How long its syncs take.
    pub sync_time: Option<Latency>,
    /// How long handing work to another of its threads takes.
    pub thread_delay: Option<Latency>,
}

/// A key of `zoo.cfg` that the simulation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum ConfigKey {
    TickTime,
    InitLimit,
    SyncLimit,
    MinSessionTimeout,
    MaxSessionTimeout,
    SnapCount,
    PreAllocSize,
    SnapshotSizeFactor,
    CnxTimeout,
    MaxClientCnxns,
    MaxTimeToWaitForEpoch,
    SyncEnabled,
    /// Whether one server without others runs alone.
    StandaloneEnabled,
    ExtendedTypesEnabled,
    SkipAcl,
    ContainerCheckInterval,
}

/// The value of a key of `zoo.cfg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConfigValue {
    /// A whole number in the key's own unit (for `snapshotSizeFactor`, percent).
    Number(u32),
    /// Yes or no.
    Switch(bool),
}

/// Which historical bugs are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuirkChoice {
    /// Those not named below.
    pub rest: QuirkRest,
    /// By name: on or off.
    pub set: Vec<(Quirk, bool)>,
}

/// What becomes of the quirks that a file does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuirkRest {
    /// On where the release has them.
    #[default]
    AsReleased,
    /// On.
    On,
    /// Off.
    Off,
}

/// What is on a server's disk before its first start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitialDisk {
    /// The transactions in its log, as in `1:1-150,/,1:151-400`; see `zookeeper::seeded_disk`.
    pub history: Box<str>,
    /// The file `currentEpoch`; that of the last transaction if not said.
    pub current_epoch: Option<i64>,
    /// The file `acceptedEpoch`; the current epoch if not said.
    pub accepted_epoch: Option<i64>,
    /// Whether the log files were removed and only a snapshot of the end of the history is left.
    pub logs_removed: bool,
}

/// A client process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Client {
    /// Its name.
    pub name: Name,
    /// The servers of its connect string; all that serve if not said.
    pub servers: Option<Vec<Name>>,
    /// The session timeout it asks for.
    pub session_timeout: Option<Span>,
}

/// A machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Host {
    /// Its name.
    pub name: Name,
    /// The nodes it runs; if none are said, the node of its own name.
    pub nodes: Vec<Name>,
    /// The rack or data centre it stands in.
    pub zone: Option<Name>,
    /// Parts per million by which its clocks run fast.
    pub drift_ppm: i32,
    /// Nanoseconds by which its wall clock is ahead.
    pub wall_offset_ns: i64,
    /// Nanoseconds that its monotonic clock shows at the start.
    pub mono_start: Option<Span>,
}

/// How long messages take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// One message between hosts.
    pub latency: Option<Latency>,
    /// One message within a host.
    pub local_latency: Option<Latency>,
    /// From dialling to the answer.
    pub dial: Option<Latency>,
    /// How long a stalled connection with bytes under way lives before the network breaks it.
    pub break_after: Option<Span>,
    /// Links with a latency of their own.
    pub links: Vec<LinkLatency>,
}

/// A link with a latency of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkLatency {
    /// Which.
    pub link: crate::scenario::act::Link,
    /// How long a message takes.
    pub latency: Latency,
}

/// One step: a moment, what is done then, what is expected then, what is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Where it stands in the file.
    pub place: Place,
    /// The name by which `undo` and reports know it.
    pub id: Option<Name>,
    /// When it happens.
    pub moment: Moment,
    /// What is done, in order.
    pub acts: Vec<Act>,
    /// After how long the acts are undone.
    pub lasts: Option<Span>,
    /// The earlier step whose acts are undone.
    pub undo: Option<Name>,
    /// What is expected, after the acts.
    pub expect: Vec<Expectation>,
    /// What is said.
    pub say: Option<Text>,
    /// Steps that go on beside those that follow.
    pub meanwhile: Vec<Step>,
    /// The variants it belongs to; all if empty.
    pub only_in: Vec<Name>,
}

/// When a step happens. Steps happen in the order written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Moment {
    /// Right after the step before it.
    #[default]
    Next,
    /// At this time, when all that is due at this time is done.
    At(SimTime),
    /// So long after the step before it.
    Later(Span),
    /// As soon as a condition holds, and then some time later.
    When {
        /// The condition.
        condition: Predicate,
        /// How long after it.
        delay: Span,
        /// Gives up (and fails) when it has waited so long.
        within: Option<Span>,
    },
    /// Right after an event, in the middle of its instant, and then some time later.
    After {
        /// The event.
        event: Event,
        /// How long after it.
        delay: Span,
        /// Gives up (and fails) when it has waited so long.
        within: Option<Span>,
    },
}

/// Something that happens in the simulation and can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The `nth` fact (from 1) that fits, counted since the start.
    Fact {
        /// What it must look like.
        fact: crate::scenario::predicate::FactIs,
        /// Which.
        nth: u32,
    },
    /// The delivery of a message.
    Message(crate::scenario::act::MessageName),
    /// The sending of a message.
    Sent(crate::scenario::act::MessageName),
    /// A step of the simulation by its number: what a hand in a window says where nothing else has a name.
    Step(u64),
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Where it stands in the file.
    pub place: Place,
    /// What.
    pub predicate: Predicate,
    /// When.
    pub by: Deadline,
    /// The variants it belongs to; all if empty.
    pub only_in: Vec<Name>,
    /// What its failure means.
    pub say: Option<Text>,
}

/// When an expectation must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deadline {
    /// At the step.
    #[default]
    Now,
    /// At some moment from the step on, at most this long after it.
    Within(Span),
    /// At some moment from the step on.
    Eventually,
    /// At every moment from the step on for this long.
    Throughout(Span),
    /// When the scenario ends.
    AtEnd,
}

/// A question to the one who watches.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Where it stands in the file.
    pub place: Place,
    /// When it is asked.
    pub at: SimTime,
    /// What kind of answer it wants.
    pub kind: AskKind,
    /// The question.
    pub question: Text,
    /// Answers to choose from, if the kind does not tell them.
    pub choices: Vec<Text>,
    /// Which of the possible answers is the right one, if the condition does not name a node.
    pub right: Option<Right>,
    /// The right answer, as what holds then.
    pub answer: Predicate,
    /// When the answer shows; when it is asked, if not said.
    pub answer_at: Option<SimTime>,
    /// What many believe instead.
    pub misconception: Option<Text>,
    /// Why the answer is right.
    pub why: Option<Text>,
    /// The variants it belongs to; all if empty.
    pub only_in: Vec<Name>,
}

/// Which of the possible answers is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Yes or no.
    Yes(bool),
    /// A number.
    Number(i64),
    /// The choice of this position, from 0.
    Choice(usize),
}

/// The question word: what kind of answer a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskKind {
    /// A node.
    Who,
    /// One or more of several.
    Which,
    /// One of several.
    What,
    /// A moment.
    When,
    /// A number.
    HowMany,
    /// Yes or no.
    Whether,
}

/// Clients that keep asking, each waiting for one answer before the next question.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Where it stands in the file.
    pub place: Place,
    /// Its name.
    pub name: Option<Name>,
    /// Who asks.
    pub clients: Vec<Name>,
    /// When it begins.
    pub from: SimTime,
    /// For how long after the first operation; to the end of the scenario if not said.
    pub lasts: Option<Span>,
    /// How many operations each client makes at most.
    pub operations: Option<u32>,
    /// Shares of the kinds of operations, in the order written.
    pub mix: Vec<(LoadKind, u32)>,
    /// How many nodes are read and written.
    pub keys: u32,
    /// Bytes of data in a write.
    pub data_size: u32,
    /// The pause between an answer and the next question.
    pub think: Span,
}

/// A kind of operation in a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoadKind {
    /// `getData`.
    Read,
    /// `setData`.
    Write,
    /// `create`.
    Create,
    /// `getData`, `exists` or `getChildren`, with a watch.
    Watch,
    /// `create` of an ephemeral node.
    Ephemeral,
    /// `delete`.
    Delete,
}

/// A draw that is not left to the seed. Tools write these; numbers are the engine's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Which draw.
    pub point: Point,
    /// Its value.
    pub value: u64,
    /// What it decides, for people.
    pub note: Option<Box<str>>,
}

/// The same story with other settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Paths below `cluster` and what they hold instead.
    pub set: Vec<(Box<str>, Json)>,
    /// The cluster with these settings.
    pub cluster: Cluster,
}

/// A property that must break.
#[derive(Clone, Debug, PartialEq)]
pub struct Violates {
    /// Where it stands in the file.
    pub place: Place,
    /// Its name.
    pub property: Name,
    /// At whose step, if said.
    pub by: Option<Name>,
    /// The variants in which it breaks; all if empty.
    pub only_in: Vec<Name>,
}

/// What must hold at every moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Always {
    /// A property by name.
    Property(Name),
    /// A condition.
    Condition(Place, Predicate),
}

/// When a scenario ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Until {
    /// At a time.
    Time(SimTime),
    /// As soon as a condition holds, at the latest at the time.
    Condition(Predicate, SimTime),
}

/// What wrote or last checked a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeWith {
    /// The version of the program.
    pub version: Box<str>,
    /// The hash of the trace of its own seed, by variant (the empty name without variants).
    pub traces: Vec<(Name, u64)>,
}

/// A value kept as written: what no one reads yet, and the settings of variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(Box<str>),
    /// A text.
    Text(Box<str>),
    /// A list.
    List(Vec<Json>),
    /// Keys and values in order.
    Object(Vec<(Box<str>, Json)>),
}

/// A client operation with the client that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCall {
    /// Who asks.
    pub by: Name,
    /// The name by which expectations know it.
    pub name: Option<Name>,
    /// What it asks.
    pub operation: Operation,
}
