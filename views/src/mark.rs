//! What a place in a picture stands for: the id that a painter hit-tests and a hand points at.
//!
//! A mark names something of the play, never something of the screen, so a selection survives going back and forth,
//! another view, another language and another theme.

use sim_core::base::{NodeId, Port, SimTime, StepIndex};
use sim_core::zookeeper::{Sid, Zxid};

/// What can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// A server or a client.
    Node(NodeId),
    /// The last vote of `of` in the table that the server `at` keeps.
    Vote {
        /// Who keeps it.
        at: NodeId,
        /// Whose vote it is.
        of: Sid,
    },
    /// One message, on its way or as an arrow.
    Message(MessageId),
    /// The direction from one node to another.
    Link {
        /// Sender.
        from: NodeId,
        /// Receiver.
        to: NodeId,
    },
    /// A transaction in a server's log.
    Entry {
        /// Whose log.
        at: NodeId,
        /// Which transaction.
        zxid: Zxid,
    },
    /// Something that happened: a decision, a fault, the end of a connection.
    Step(StepIndex),
    /// A beat of the lesson, by its position among the beats.
    Beat(usize),
    /// A question of the lesson, by its position in the file.
    Ask(usize),
    /// A moment on the bands.
    Time(SimTime),
    /// A branch, by its number in the tree of branches.
    Branch(usize),
    /// A watched property, by its position in the list of properties.
    Property(usize),
}

/// One message: the `nth` of its kind, from 0, on a port from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// The port that its connection was made to.
    pub port: Port,
    /// The number of its kind.
    pub kind: u8,
    /// Which one of its kind, from 0.
    pub nth: u32,
}
