//! The one language of conditions: `when`, `expect`, `ask`, `until`, `always` and the window's search read it.
//!
//! A predicate looks at read-only state and at facts that were left; it never derives a decision again.

use crate::base::Span;
use crate::scenario::act::{NodeRef, Nodes};
use crate::scenario::format::Name;
use crate::zookeeper::{Phase, ServerState, Zxid};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// All of them hold.
    All(Vec<Predicate>),
    /// At least one holds.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// Each of some servers is so.
    Server(Nodes, Vec<ServerIs>),
    /// So many of the servers are so.
    Servers(Vec<ServerIs>, Compare<u64>),
    /// This server leads: LEADING and established, of several the one with the highest epoch. `None`: nobody does.
    Leader(Option<Name>),
    /// Exactly these say LEADING.
    Leaders(Vec<Name>),
    /// So many facts that fit were left since the start; at least one if not said.
    Fact(FactIs, Compare<u64>),
    /// So many messages of a kind were delivered since the start; at least one if not said.
    Message(MessageIs, Compare<u64>),
    /// A client is so.
    Client(Name, Vec<ClientIs>),
    /// A named operation ended so.
    Operation(Name, Vec<OperationIs>),
    /// A property broke.
    Broken {
        /// Its name.
        property: Name,
        /// At whose step, if said.
        by: Option<Name>,
    },
    /// The simulated time.
    Time(Compare<Span>),
}

/// How a value is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compare<T> {
    /// Equal.
    Is(T),
    /// Not equal.
    Not(T),
    /// Equal to one of several.
    OneOf(Vec<T>),
    /// Not below.
    AtLeast(T),
    /// Not above.
    AtMost(T),
    /// Greater.
    Above(T),
    /// Smaller.
    Below(T),
    /// From the first to the second, both included.
    Between(T, T),
    /// Equal to the same of another server.
    SameAs(NodeRef),
    /// Different from the same of another server.
    DiffersFrom(NodeRef),
}

impl<T: PartialOrd> Compare<T> {
    /// Whether a value passes; comparisons with another server need its value (`other`).
    pub fn holds(&self, value: &T, other: Option<&T>) -> bool {
        match self {
            Compare::Is(it) => value == it,
            Compare::Not(it) => value != it,
            Compare::OneOf(those) => those.contains(value),
            Compare::AtLeast(it) => value >= it,
            Compare::AtMost(it) => value <= it,
            Compare::Above(it) => value > it,
            Compare::Below(it) => value < it,
            Compare::Between(low, high) => value >= low && value <= high,
            Compare::SameAs(_) => other.is_some_and(|other| value == other),
            Compare::DiffersFrom(_) => other.is_some_and(|other| value != other),
        }
    }
}

/// Whether a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It runs.
    Up,
    /// It does not.
    Down,
    /// It is stopped and could go on.
    Paused,
}

/// What the four-letter word `srvr` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Leads.
    Leader,
    /// Follows.
    Follower,
    /// Observes.
    Observer,
    /// Alone by configuration.
    Standalone,
    /// `This ZooKeeper instance is not currently serving requests`.
    NotServing,
}

/// The data of a node of the tree; `None`: there is no such node.
pub type DataIs = Compare<Option<Box<str>>>;

/// Something about one server.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerIs {
    /// Whether its process runs.
    Status(Compare<Status>),
    /// The code with which it ended itself.
    ExitCode(Compare<i32>),
    /// LOOKING, FOLLOWING, LEADING, OBSERVING. A server that is down has none.
    State(Compare<ServerState>),
    /// Election, discovery, synchronisation, broadcast.
    Phase(Compare<Phase>),
    /// What `srvr` says.
    Mode(Compare<Mode>),
    /// Whether it serves clients.
    Serving(bool),
    /// Its current vote.
    Vote(VoteIs),
    /// Whom it follows, observes or, itself, leads; `None` while it looks.
    Leader(Compare<Option<Name>>),
    /// Its election round.
    Round(Compare<i64>),
    /// Its last processed zxid.
    Zxid(Compare<Zxid>),
    /// The file `currentEpoch`.
    CurrentEpoch(Compare<i64>),
    /// The file `acceptedEpoch`.
    AcceptedEpoch(Compare<i64>),
    /// Data of nodes in its tree, by path.
    Tree(Vec<(Box<str>, DataIs)>),
    /// Whether its whole tree equals that of another server.
    WholeTree(Compare<()>),
    /// Its log on disk, as a history (`1:1-8`).
    Log(Compare<Box<str>>),
    /// Its log as a power loss would leave it.
    DurableLog(Compare<Box<str>>),
    /// The names of its log files (`log.100000001`).
    LogFiles(Compare<Vec<Box<str>>>),
    /// The names of its snapshots (`snapshot.0`).
    Snapshots(Compare<Vec<Box<str>>>),
    /// Its decisions since the start, in order.
    Decisions(Vec<DecisionIs>),
    /// The votes it proposed since the start, in order; equal neighbours count once.
    Votes(Vec<VoteIs>),
}

/// A vote; what is not said may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoteIs {
    /// The proposed leader.
    pub leader: Option<Compare<Name>>,
    /// Its zxid.
    pub zxid: Option<Compare<Zxid>>,
    /// Its epoch.
    pub epoch: Option<Compare<i64>>,
    /// The round in which it was formed.
    pub round: Option<Compare<i64>>,
}

/// The end of an election at one server; what is not said may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionIs {
    /// What it became.
    pub state: Option<ServerState>,
    /// The vote that won.
    pub vote: VoteIs,
    /// Whether it joined a leader that was already there.
    pub joined_existing: Option<bool>,
}

/// A fact, by kind and fields; the fields are those of [`Fact`](crate::zookeeper::Fact).
#[derive(Clone, Debug, PartialEq)]
pub struct FactIs {
    /// Its kind (`decided`).
    pub kind: Name,
    /// At which servers or clients; anywhere if empty.
    pub at: Vec<Name>,
    /// What its fields must hold, by path (`vote.leader`).
    pub fields: Vec<(Name, Compare<Value>)>,
}

/// Messages of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageIs {
    /// The kind.
    pub kind: u8,
    /// Sender; any if not said.
    pub from: Option<Name>,
    /// Receiver; any if not said.
    pub to: Option<Name>,
}

/// The value of a field of a fact.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number: epochs, rounds, counts, milliseconds, sessions.
    Number(i64),
    /// A zxid.
    Zxid(Zxid),
    /// A server.
    Node(Name),
    /// A word or text.
    Word(Box<str>),
    /// Servers, in any order.
    Nodes(Vec<Name>),
}

/// Something about a client.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientIs {
    /// Whether its process runs.
    Status(Compare<Status>),
    /// The server it is connected to; `None`: none.
    Connected(Compare<Option<Name>>),
    /// Whether it knows that its session is gone.
    Expired(bool),
    /// How many of its operations were answered, errors included.
    Answered(Compare<u64>),
}

/// How a named operation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum OperationIs {
    /// Whether there is an answer, and what.
    Answer(Answer),
    /// The zxid of the answer.
    Zxid(Compare<Zxid>),
    /// The data read.
    Data(Compare<Option<Box<str>>>),
    /// The children read, in any order.
    Children(Vec<Box<str>>),
    /// The path created.
    Path(Box<str>),
    /// The permissions read, as zkCli writes them.
    Acl(Box<str>),
}

/// The answer to an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Success.
    Ok,
    /// None so far.
    Pending,
    /// The client gave up; nobody knows whether it took effect.
    Lost,
    /// An error by its name (`NoNode`).
    Error(Box<str>),
}
