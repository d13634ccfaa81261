//! The contract between the engine and what it runs: a server or client is a pure state machine.
//!
//! `(state, clocks, disk, one input) -> (state, effects)`. A machine never reads a real clock, a
//! socket, a file or a random number; everything undecided is asked of [`Fx::choose`] or decided by
//! the engine. Nothing here knows a protocol. Read [`world`](crate::engine) next for what happens
//! to the effects.

use crate::base::{
    CallId, Conn, Lane, LocalTime, NodeId, Port, Span, StepIndex, WallTime, WriteId,
};
use core::fmt::Debug;
use core::hash::Hash;
use serde::{Deserialize, Serialize};

/// The two clocks of a node at the moment of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic: starts anywhere, drifts, never goes back. All timers run on it.
    pub mono: LocalTime,
    /// Wall clock: may jump either way.
    pub wall: WallTime,
}

/// A pure state machine: one process of the simulated system.
pub trait Machine: Clone + Eq + Hash + Debug + Sized + 'static {
    /// What the process is started with. It survives restarts.
    type Config: Clone + Debug + Eq + Hash;
    /// A message on a connection.
    type Msg: Message;
    /// The names of its timers. Arming a name again replaces it.
    type Timer: Copy + Eq + Ord + Hash + Debug;
    /// What one thread of the process hands to another.
    type Work: Clone + Eq + Hash + Debug;
    /// The content of its disk.
    type Disk: DiskImage;
    /// A request from outside.
    type Op: Clone + Eq + Hash + Debug;
    /// The answer to a request from outside.
    type Outcome: Clone + Eq + Hash + Debug;
    /// What a decision leaves behind.
    type Fact: Clone + Eq + Debug;

    /// Starts the process. `disk` is what survived.
    fn boot(config: &Self::Config, now: Now, disk: &Self::Disk, fx: &mut dyn Fx<Self>) -> Self;

    /// Takes one input. `disk` is the content as it was when the step began: writes of this step
    /// show in the next.
    fn step(&mut self, now: Now, disk: &Self::Disk, input: Input<Self>, fx: &mut dyn Fx<Self>);
}

/// A message, as far as the engine looks at it.
pub trait Message: Clone + Eq + Hash + Debug {
    /// A small number for the kind of message, stable across versions: latency draws and scenario
    /// files name messages by (from, to, port, kind, nth).
    fn kind(&self) -> u8;
    /// The name of a kind, as the protocol's source spells it (`PROPOSAL`).
    fn kind_name(kind: u8) -> &'static str;
    /// Bytes on the wire, for links with a bandwidth.
    fn size(&self) -> u32;
}

/// The content of a disk, as far as the engine looks at it.
///
/// The engine keeps two of them per host and node: what a reader sees (buffered) and what survives
/// a power loss (durable). It applies each change to the first at once and to the second when a
/// sync returns.
pub trait DiskImage: Clone + Eq + Hash + Debug + Default {
    /// One write, rename or removal.
    type Change: Clone + Eq + Hash + Debug;
    /// Applies a change completely.
    fn apply(&mut self, change: &Self::Change);
    /// Applies what is left of a change that power loss tore apart, e.g. half a record: usually
    /// nothing that a reader accepts.
    fn apply_torn(&mut self, change: &Self::Change);
    /// The same disk with nothing on it.
    fn wiped(&self) -> Self {
        Self::default()
    }
    /// Bytes that the change adds, for full disks. Removals count 0.
    fn weight(change: &Self::Change) -> u64;
}

/// Why a connection ended, as its survivor sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Why {
    /// The other side closed it (FIN): the end comes after all bytes sent before it.
    PeerClosed,
    /// The other process or host died, or the connection was reset (RST).
    Reset,
    /// The network gave up on it.
    Broken,
}

/// Why a write or sync failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum IoError {
    /// No space left on the device.
    Full,
    /// The device reported an error.
    Failed,
}

/// One input to one machine: what makes a step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input<M: Machine> {
    /// Somebody connected to a port that this node listens on.
    Accepted(Conn, NodeId, Port),
    /// An own dial succeeded.
    Opened(Conn),
    /// An own dial was refused or found nobody; the connection is gone.
    Refused(Conn),
    /// The next message of a connection.
    Deliver(Conn, M::Msg),
    /// A connection ended from the other side. Never follows an own [`Fx::close`].
    Closed(Conn, Why),
    /// A timer ran out.
    Timer(M::Timer),
    /// Work that another thread of this process handed over.
    Lane(Lane, M::Work),
    /// A sync returned: all writes before it are durable, or the error says why not.
    Written(WriteId, Result<(), IoError>),
    /// A request from outside.
    Call(CallId, M::Op),
}

/// What a machine may ask for during a step. The engine does it when the step is over, in the order
/// asked.
///
/// Passed as `&mut dyn`, so that a machine made of parts can hand its parts an adapter that maps
/// their messages, timers and facts into its own, without boxing.
pub trait Fx<M: Machine> {
    /// The step being taken: what a [`By`](crate::base::By) remembers.
    fn step(&self) -> StepIndex;
    /// Accepts connections on `port` from now on.
    fn listen(&mut self, port: Port);
    /// Refuses connections on `port` from now on. Accepted ones stay.
    fn unlisten(&mut self, port: Port);
    /// Connects to `port` of `to`; [`Input::Opened`] or [`Input::Refused`] follows, or nothing for
    /// as long as the path is cut.
    fn dial(&mut self, to: NodeId, port: Port) -> Conn;
    /// Sends on a connection. On one that has ended it does nothing.
    fn send(&mut self, conn: Conn, msg: M::Msg);
    /// Closes a connection: what was sent before still arrives, then the other side sees
    /// [`Why::PeerClosed`]. No further input comes from it.
    fn close(&mut self, conn: Conn);
    /// Arms a timer, replacing an earlier one of the same name.
    fn arm(&mut self, timer: M::Timer, after: Span);
    /// Disarms a timer, if armed.
    fn disarm(&mut self, timer: M::Timer);
    /// Hands work to another thread of this process: [`Input::Lane`] follows, in order within the
    /// lane, after a drawn delay that is zero unless the scenario says otherwise. `extra` is added
    /// to it (loading, snapshotting).
    fn hand_after(&mut self, lane: Lane, work: M::Work, extra: Span);
    /// Writes to the disk's buffer.
    fn write(&mut self, change: <M::Disk as DiskImage>::Change);
    /// Makes all writes so far durable; [`Input::Written`] with this id follows.
    fn sync(&mut self) -> WriteId;
    /// Answers a call.
    fn reply(&mut self, call: CallId, outcome: M::Outcome);
    /// Ends the process with an exit code, as the real one does on fatal errors. The disk stays.
    fn exit(&mut self, code: i32);
    /// Decides between `options` things (at least 1) about `subject`; 0-based.
    fn choose(&mut self, subject: u64, options: u32) -> u32;
    /// Whether anybody looks at facts. Build them behind this.
    fn wants_facts(&self) -> bool;
    /// Whether anybody looks at details too: facts that explain, and that no property looks at.
    /// Build those behind this.
    fn wants_details(&self) -> bool {
        self.wants_facts()
    }
    /// Leaves a fact, with the steps that told what it compares.
    fn fact(&mut self, fact: M::Fact, because: &[StepIndex]);

    /// Hands work over with no extra delay.
    fn hand(&mut self, lane: Lane, work: M::Work) {
        self.hand_after(lane, work, Span::ZERO);
    }
}
