//! The data tree: znodes, stats, sessions as data, the effect of transactions.
//!
//! Follows `DataTree.java` and `DataNode.java` of release 3.5.7.

use crate::zookeeper::{SessionId, Zxid};
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The stat of a znode, as the wire has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stat {
    /// The zxid that created it.
    pub czxid: Zxid,
    /// The zxid that last changed its data.
    pub mzxid: Zxid,
    /// The zxid that last changed its list of children.
    pub pzxid: Zxid,
    /// When it was created, ms since 1970 by the leader's clock.
    pub ctime_ms: i64,
    /// When its data last changed.
    pub mtime_ms: i64,
    /// Changes of its data.
    pub version: i32,
    /// Changes of its list of children, as shown to clients (creates + deletes).
    pub cversion: i32,
    /// The session that owns it, or 0.
    pub ephemeral_owner: SessionId,
    /// Bytes of data.
    pub data_length: i32,
    /// How many children it has.
    pub num_children: i32,
}

/// A znode as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Znode {
    /// Its data.
    pub data: Arc<[u8]>,
    /// Its stat; `cversion` here counts creates only, as the server keeps it.
    pub stat: Stat,
    /// The names of its children.
    pub children: imbl::OrdSet<Arc<str>>,
}

/// The database of a server: tree, sessions, last processed zxid. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Nodes by path.
    pub nodes: imbl::OrdMap<Arc<str>, Znode>,
    /// Sessions with their timeouts in milliseconds.
    pub sessions: imbl::OrdMap<SessionId, u32>,
    /// `DataTree.lastProcessedZxid`.
    pub last_processed: Zxid,
    /// Running hash of every transaction applied; two trees with equal hash and zxid are equal.
    pub digest: u64,
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.last_processed == other.last_processed && self.digest == other.digest
    }
}

impl Eq for Tree {}

impl Hash for Tree {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.last_processed.hash(state);
        state.write_u64(self.digest);
    }
}

impl Tree {
    /// Bytes of all paths and data, as `zk_approximate_data_size` counts.
    pub fn approximate_size(&self) -> u64 {
        self.nodes
            .iter()
            .map(|(path, node)| (path.len() + node.data.len()) as u64)
            .sum()
    }
}
