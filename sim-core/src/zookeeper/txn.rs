//! Transactions.
//!
//! Follows the transaction records of `zookeeper.jute` and `DataTree.processTxn` of release 3.5.7.

use crate::zookeeper::{AclList, ErrorCode, SessionId, Zxid};
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
        /// Who may do what with it.
        acl: AclList,
        /// The parent's create counter after it.
        parent_cversion: i32,
        /// What becomes of it.
        kind: NodeKind,
    },
    /// Deletes a node.
    Delete {
        /// Its path.
        path: Arc<str>,
    },
    /// Deletes a container or a node whose time is over, as the leader saw fit.
    DeleteContainer {
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
    /// Replaces permissions.
    SetAcl {
        /// The node's path.
        path: Arc<str>,
        /// The new list.
        acl: AclList,
        /// The version of the list after it.
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

/// What becomes of a node.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// It stays until it is deleted.
    #[default]
    Persistent,
    /// It vanishes with the session that created it.
    Ephemeral,
    /// The leader deletes it some time after its last child is gone.
    Container,
    /// The leader deletes it when it has no children and was not changed for so many milliseconds.
    Ttl(i64),
}

impl NodeKind {
    /// What `ephemeralOwner` of the stat holds of it (`EphemeralType`).
    pub const fn owner(self, session: SessionId) -> SessionId {
        match self {
            NodeKind::Persistent => SessionId(0),
            NodeKind::Ephemeral => session,
            NodeKind::Container => SessionId(i64::MIN),
            NodeKind::Ttl(ms) => SessionId(Self::TTL_MARK | ms),
        }
    }

    /// What a node is by its `ephemeralOwner`. Only where extended types are enabled a first byte of
    /// 255 means a time to live; elsewhere it is a session of server 255.
    pub const fn of_owner(owner: SessionId, extended_types: bool) -> Self {
        let marked = owner.0 & Self::TTL_MARK == Self::TTL_MARK;
        match owner.0 {
            _ if extended_types && marked => NodeKind::Ttl(owner.0 & Self::MAX_TTL_MS),
            0 => NodeKind::Persistent,
            i64::MIN => NodeKind::Container,
            _ => NodeKind::Ephemeral,
        }
    }

    /// The longest time to live: what fits beside the mark, in milliseconds.
    pub const MAX_TTL_MS: i64 = 0x00ff_ffff_ffff;
    const TTL_MARK: i64 = 0xffu64.wrapping_shl(56) as i64;
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

    /// Bytes in the log as `FileTxnLog` writes them: checksum, length, header, body, end mark.
    pub fn size(&self) -> u32 {
        fn body(txn: &TxnBody) -> u32 {
            match txn {
                TxnBody::Create {
                    path,
                    data,
                    acl,
                    kind,
                    ..
                } => {
                    let rest = match kind {
                        NodeKind::Persistent | NodeKind::Ephemeral => 5,
                        NodeKind::Container => 4,
                        NodeKind::Ttl(_) => 12,
                    };
                    8 + (path.len() + data.len()) as u32 + acl.size() + rest
                }
                TxnBody::SetAcl { path, acl, .. } => 8 + path.len() as u32 + acl.size(),
                TxnBody::SetData { path, data, .. } => 12 + (path.len() + data.len()) as u32,
                TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => {
                    4 + path.len() as u32
                }
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
