//! One record of a run. A step (one input to one node) leaves one record for its input, then one
//! for each effect and fact in the order they came; all share step, time and node.

use crate::base::{CallId, Conn, Lane, NodeId, Port, SimTime, StepIndex, Steps};
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<F> {
    /// The step it belongs to.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// To whom, or by whom.
    pub node: NodeId,
    /// The step that caused its step: the send behind a delivery, the arming behind a timer, the
    /// act from outside behind a start. An act from outside is its own cause.
    pub cause: StepIndex,
    /// The steps that told the values which a fact compares.
    pub because: Steps,
    /// What happened.
    pub what: What<F>,
}

/// What happened. The first group makes a step, the second is done by it, the third comes from
/// outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What<F> {
    /// The process started.
    Booted,
    /// A connection was accepted.
    Accepted {
        /// This end.
        conn: Conn,
        /// Who connected.
        from: NodeId,
        /// To which port.
        port: Port,
    },
    /// An own dial succeeded.
    Opened {
        /// This end.
        conn: Conn,
    },
    /// An own dial was refused.
    Refused {
        /// This end.
        conn: Conn,
    },
    /// A message arrived: the `nth` of its kind on this port from `from` to this node, from 0.
    Delivered {
        /// This end.
        conn: Conn,
        /// Who sent it.
        from: NodeId,
        /// The port its connection was made to.
        port: Port,
        /// Its kind.
        kind: u8,
        /// Which of its kind.
        nth: u32,
    },
    /// A connection ended from the other side.
    Closed {
        /// This end.
        conn: Conn,
        /// 0 peer closed, 1 reset, 2 broken.
        why: u8,
    },
    /// A timer ran out; the text is its name.
    Fired {
        /// The timer's stable hash (its name is in the facts that armed it).
        timer: u64,
    },
    /// Work was taken from a lane.
    Handed {
        /// Which lane.
        lane: Lane,
    },
    /// A sync returned.
    Written {
        /// Whether it succeeded.
        ok: bool,
    },
    /// A request came from outside.
    Called {
        /// Which.
        call: CallId,
    },

    /// A message was sent: the `nth` of its kind on this port from this node to `to`, from 0.
    Sent {
        /// This end.
        conn: Conn,
        /// To whom.
        to: NodeId,
        /// The port its connection was made to.
        port: Port,
        /// Its kind.
        kind: u8,
        /// Which of its kind.
        nth: u32,
    },
    /// What was just sent is swallowed on its way.
    Lost {
        /// This end.
        conn: Conn,
        /// To whom.
        to: NodeId,
        /// The port its connection was made to.
        port: Port,
        /// Its kind.
        kind: u8,
        /// Which of its kind.
        nth: u32,
    },
    /// A connection was dialled.
    Dialled {
        /// This end.
        conn: Conn,
        /// To whom.
        to: NodeId,
        /// To which port.
        port: Port,
    },
    /// A connection was closed here.
    Hung {
        /// This end.
        conn: Conn,
    },
    /// A call was answered.
    Replied {
        /// Which.
        call: CallId,
    },
    /// The process ended itself.
    Exited {
        /// With this code.
        code: i32,
    },
    /// A decision.
    Fact(F),

    /// A fault or hand from outside; the text is the scenario's own form of it.
    Faulted(Box<str>),
}
