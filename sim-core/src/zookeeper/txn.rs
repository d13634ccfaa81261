//! Operations, transactions and error codes.
//!
//! Follows `KeeperException.Code`, `PrepRequestProcessor.java` and `DataTree.processTxn` of release
//! 3.5.7.

use crate::zookeeper::{SessionId, Stat, Zxid};
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Creates a node.
    Create {
        /// Its path (for sequential nodes without the number).
        path: Arc<str>,
        /// Its data.
        data: Arc<[u8]>,
        /// Whether it vanishes with its session.
        ephemeral: bool,
        /// Whether the parent's counter is appended.
        sequential: bool,
    },
    /// Deletes a node.
    Delete {
        /// Its path.
        path: Arc<str>,
        /// The expected version; -1 is any.
        version: i32,
    },
    /// Replaces a node's data.
    SetData {
        /// Its path.
        path: Arc<str>,
        /// The new data.
        data: Arc<[u8]>,
        /// The expected version; -1 is any.
        version: i32,
    },
    /// Fails unless the node has this version.
    Check {
        /// Its path.
        path: Arc<str>,
        /// The expected version.
        version: i32,
    },
    /// Several writes, all or nothing.
    Multi(Arc<[Op]>),
    /// Reads a node's data.
    GetData {
        /// Its path.
        path: Arc<str>,
        /// Whether to leave a watch.
        watch: bool,
    },
    /// Asks whether a node exists.
    Exists {
        /// Its path.
        path: Arc<str>,
        /// Whether to leave a watch.
        watch: bool,
    },
    /// Lists a node's children.
    GetChildren {
        /// Its path.
        path: Arc<str>,
        /// Whether to leave a watch.
        watch: bool,
    },
    /// Waits until this server has applied all that the leader had proposed.
    Sync {
        /// A path, which the server ignores.
        path: Arc<str>,
    },
    /// Keeps the session alive.
    Ping,
    /// Opens a session (made by the server from a Connect).
    CreateSession {
        /// The negotiated timeout in milliseconds.
        timeout_ms: u32,
    },
    /// Closes a session.
    CloseSession,
}

impl Op {
    /// Whether it goes through the leader and takes a zxid.
    pub const fn is_write(&self) -> bool {
        matches!(
            self,
            Op::Create { .. }
                | Op::Delete { .. }
                | Op::SetData { .. }
                | Op::Check { .. }
                | Op::Multi(_)
                | Op::CreateSession { .. }
                | Op::CloseSession
        )
    }

    /// Bytes of its record on the wire, without the header. A create carries the open ACL.
    pub fn size(&self) -> u32 {
        const OPEN_ACL: u32 = 27;
        match self {
            Op::Create { path, data, .. } => 8 + (path.len() + data.len()) as u32 + OPEN_ACL + 4,
            Op::SetData { path, data, .. } => 12 + (path.len() + data.len()) as u32,
            // Each part behind a header of 9 bytes, and one more at the end.
            Op::Multi(ops) => 9 + ops.iter().map(|op| 9 + op.size()).sum::<u32>(),
            Op::Delete { path, .. } | Op::Check { path, .. } => 8 + path.len() as u32,
            Op::GetData { path, .. } | Op::Exists { path, .. } | Op::GetChildren { path, .. } => {
                5 + path.len() as u32
            }
            Op::Sync { path } => 4 + path.len() as u32,
            Op::CreateSession { .. } => 4,
            Op::Ping | Op::CloseSession => 0,
        }
    }
}

/// What an operation returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpResult {
    /// Nothing but success or an error.
    #[default]
    Done,
    /// The path created.
    Path(Arc<str>),
    /// The stat after the change.
    Stat(Stat),
    /// Data and stat.
    Data(Arc<[u8]>, Stat),
    /// Children, in the tree's order.
    Children(Arc<[Arc<str>]>),
    /// The parts of a multi.
    Multi(Arc<[OpResult]>),
    /// A part of a multi that failed as a whole: the code of the part that failed,
    /// [`ErrorCode::Ok`] before it, [`ErrorCode::RuntimeInconsistency`] behind it.
    Error(ErrorCode),
}

/// A `KeeperException.Code`; the number is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(i16)]
#[allow(missing_docs)]
pub enum ErrorCode {
    Ok = 0,
    RuntimeInconsistency = -2,
    ConnectionLoss = -4,
    MarshallingError = -5,
    Unimplemented = -6,
    BadArguments = -8,
    NoNode = -101,
    NoAuth = -102,
    BadVersion = -103,
    NoChildrenForEphemerals = -108,
    NodeExists = -110,
    NotEmpty = -111,
    SessionExpired = -112,
    InvalidAcl = -114,
    SessionMoved = -118,
}

impl ErrorCode {
    /// The number on the wire.
    pub const fn code(self) -> i32 {
        self as i32
    }

    /// As the client library names it.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorCode::Ok => "Ok",
            ErrorCode::RuntimeInconsistency => "RuntimeInconsistency",
            ErrorCode::ConnectionLoss => "ConnectionLoss",
            ErrorCode::MarshallingError => "MarshallingError",
            ErrorCode::Unimplemented => "Unimplemented",
            ErrorCode::BadArguments => "BadArguments",
            ErrorCode::NoNode => "NoNode",
            ErrorCode::NoAuth => "NoAuth",
            ErrorCode::BadVersion => "BadVersion",
            ErrorCode::NoChildrenForEphemerals => "NoChildrenForEphemerals",
            ErrorCode::NodeExists => "NodeExists",
            ErrorCode::NotEmpty => "NotEmpty",
            ErrorCode::SessionExpired => "SessionExpired",
            ErrorCode::InvalidAcl => "InvalidACL",
            ErrorCode::SessionMoved => "SessionMoved",
        }
    }
}

/// A transaction: what the leader made of a write, as it is logged, proposed and applied.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Txn {
    /// Its zxid.
    pub zxid: Zxid,
    /// Whose write it was.
    pub session: SessionId,
    /// The session's own number of the request.
    pub cxid: i32,
    /// The leader's wall clock when it was made, in milliseconds since 1970.
    pub time_ms: i64,
    /// What it does.
    pub body: TxnBody,
    /// A stable hash of all the above, computed once.
    pub digest: u64,
}

/// What a transaction does to the tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TxnBody {
    /// Creates a node.
    Create {
        /// Its final path.
        path: Arc<str>,
        /// Its data.
        data: Arc<[u8]>,
        /// The parent's create counter after it.
        parent_cversion: i32,
        /// Whether it vanishes with its session.
        ephemeral: bool,
    },
    /// Deletes a node.
    Delete {
        /// Its path.
        path: Arc<str>,
    },
    /// Replaces data.
    SetData {
        /// Its path.
        path: Arc<str>,
        /// The new data.
        data: Arc<[u8]>,
        /// The version after it.
        version: i32,
    },
    /// A check within a multi.
    Check {
        /// Its path.
        path: Arc<str>,
        /// The version it found.
        version: i32,
    },
    /// All parts at once.
    Multi(Arc<[TxnBody]>),
    /// Opens a session.
    CreateSession {
        /// Its timeout in milliseconds.
        timeout_ms: u32,
    },
    /// Closes a session and deletes its ephemerals.
    CloseSession,
    /// A write that failed: it takes a zxid all the same.
    Error(ErrorCode),
}

impl Txn {
    /// Makes a transaction and its digest.
    pub fn new(zxid: Zxid, session: SessionId, cxid: i32, time_ms: i64, body: TxnBody) -> Txn {
        let digest = crate::base::stable_hash(&(zxid, session, cxid, time_ms, &body));
        Txn {
            zxid,
            session,
            cxid,
            time_ms,
            body,
            digest,
        }
    }

    /// Bytes in the log as `FileTxnLog` writes them: checksum, length, header, body, end mark. A
    /// create carries the open ACL.
    pub fn size(&self) -> u32 {
        fn body(txn: &TxnBody) -> u32 {
            match txn {
                TxnBody::Create { path, data, .. } => 40 + (path.len() + data.len()) as u32,
                TxnBody::SetData { path, data, .. } => 12 + (path.len() + data.len()) as u32,
                TxnBody::Delete { path } => 4 + path.len() as u32,
                TxnBody::Check { path, .. } => 8 + path.len() as u32,
                TxnBody::Multi(parts) => 4 + parts.iter().map(|part| 8 + body(part)).sum::<u32>(),
                TxnBody::CreateSession { .. } | TxnBody::Error(_) => 4,
                TxnBody::CloseSession => 0,
            }
        }
        45 + body(&self.body)
    }
}

impl PartialEq for Txn {
    fn eq(&self, other: &Self) -> bool {
        self.zxid == other.zxid && self.digest == other.digest
    }
}

impl Eq for Txn {}

impl Hash for Txn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest);
    }
}
