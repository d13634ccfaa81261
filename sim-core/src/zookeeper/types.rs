//! Words of the protocol: server ids, transaction ids, epochs, rounds, votes, states.
//!
//! Follows `Vote.java`, `QuorumPeer.ServerState` and `ZxidUtils.java` of release 3.5.7.

use core::fmt;
use serde::{Deserialize, Serialize};

/// A server id (`myid`). Observers vote with the smallest number there is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Sid(pub i64);

impl Sid {
    /// What a server without a vote of its own (an observer) proposes: `Long.MIN_VALUE`.
    pub const NONE: Sid = Sid(i64::MIN);
    /// The id of a server whose file `myid` is missing (`QuorumPeerConfig.UNSET_SERVERID`).
    pub const UNSET: Sid = Sid(-1);
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A transaction id: epoch in the high 32 bits, counter in the low 32, compared as one signed number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zxid(pub i64);

impl Zxid {
    /// Nothing processed yet.
    pub const ZERO: Zxid = Zxid(0);
    /// What an observer puts into its votes: `Long.MIN_VALUE`.
    pub const NONE: Zxid = Zxid(i64::MIN);

    /// The `counter`th transaction of `epoch`.
    pub const fn new(epoch: Epoch, counter: u32) -> Zxid {
        Zxid((epoch.0 << 32) | counter as i64)
    }

    /// The epoch it belongs to.
    pub const fn epoch(self) -> Epoch {
        Epoch(self.0 >> 32)
    }

    /// Its number within the epoch. 0 marks the start of an epoch and is no transaction.
    pub const fn counter(self) -> u32 {
        (self.0 & 0xffff_ffff) as u32
    }

    /// The next one of the same epoch.
    pub const fn next(self) -> Zxid {
        Zxid(self.0 + 1)
    }
}

impl fmt::Display for Zxid {
    /// As the server prints it: `0x100000008`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:x}", self.0)
    }
}

impl fmt::Debug for Zxid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An epoch: a leader's term (`acceptedEpoch`, `currentEpoch`, a vote's `peerEpoch`).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Epoch(pub i64);

impl Epoch {
    /// What an observer puts into its votes: `Long.MIN_VALUE`.
    pub const NONE: Epoch = Epoch(i64::MIN);
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An election round (`logicalclock`, `electionEpoch`): counts calls of `lookForLeader`, lives in memory only.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Round(pub i64);

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A session id: the server's sid in the top byte, then 40 bits of its monotonic clock, then a counter.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SessionId(pub i64);

/// What a server says it is. The order is the wire's.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum ServerState {
    /// Looking for a leader.
    #[default]
    Looking,
    /// Following a leader (or trying to).
    Following,
    /// Leading (or trying to).
    Leading,
    /// Observing a leader (or trying to).
    Observing,
    /// Serving without others; no message ever says so.
    Standalone,
}

impl ServerState {
    /// As the server logs it: `LOOKING`.
    pub const fn name(self) -> &'static str {
        match self {
            ServerState::Looking => "LOOKING",
            ServerState::Following => "FOLLOWING",
            ServerState::Leading => "LEADING",
            ServerState::Observing => "OBSERVING",
            ServerState::Standalone => "STANDALONE",
        }
    }
}

/// A vote: who should lead, and the history that speaks for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Vote {
    /// The proposed leader.
    pub leader: Sid,
    /// The proposed leader's last processed zxid.
    pub zxid: Zxid,
    /// The proposed leader's current epoch.
    pub peer_epoch: Epoch,
    /// The election round in which the vote was formed.
    pub round: Round,
}

impl Vote {
    /// What `totalOrderPredicate` compares, greatest first. The round is not part of it.
    pub fn rank(&self) -> (Epoch, Zxid, Sid) {
        (self.peer_epoch, self.zxid, self.leader)
    }
}

impl fmt::Display for Vote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "({}, {}, epoch {}, round {})",
            self.leader, self.zxid, self.peer_epoch, self.round
        )
    }
}
