//! What clients ask, and what they get.
//!
//! Follows `ZooDefs.OpCode`, `CreateMode`, `AddWatchMode`, `Watcher.java` and the request records of
//! `zookeeper.jute`, releases 3.5.7 and 3.8.0. Nothing is decided here: read `process.rs` for
//! writes, `serving.rs` for reads.

use crate::zookeeper::{AclList, ErrorCode, Id, Stat, Zxid};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What becomes of a node that is created; the numbers are the wire's.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CreateMode {
    /// Stays until it is deleted.
    #[default]
    Persistent = 0,
    /// Vanishes with its session.
    Ephemeral = 1,
    /// As persistent, the parent's counter behind its name.
    PersistentSequential = 2,
    /// As ephemeral, the parent's counter behind its name.
    EphemeralSequential = 3,
    /// The leader deletes it some time after its last child is gone.
    Container = 4,
    /// The leader deletes it when it was not changed for its time to live and has no children.
    PersistentWithTtl = 5,
    /// As the one before, the parent's counter behind its name.
    PersistentSequentialWithTtl = 6,
}

impl CreateMode {
    /// All of them, by number.
    pub const ALL: [CreateMode; 7] = [
        CreateMode::Persistent,
        CreateMode::Ephemeral,
        CreateMode::PersistentSequential,
        CreateMode::EphemeralSequential,
        CreateMode::Container,
        CreateMode::PersistentWithTtl,
        CreateMode::PersistentSequentialWithTtl,
    ];

    /// What a number on the wire means (`CreateMode.fromFlag`).
    pub fn from_flag(flag: i32) -> Result<Self, ErrorCode> {
        let index = usize::try_from(flag).map_err(|_| ErrorCode::BadArguments)?;
        Self::ALL.get(index).copied().ok_or(ErrorCode::BadArguments)
    }

    /// The mode of an ordinary node.
    pub const fn of(ephemeral: bool, sequential: bool) -> Self {
        match (ephemeral, sequential) {
            (false, false) => CreateMode::Persistent,
            (true, false) => CreateMode::Ephemeral,
            (false, true) => CreateMode::PersistentSequential,
            (true, true) => CreateMode::EphemeralSequential,
        }
    }

    /// Whether it goes with its session.
    pub const fn is_ephemeral(self) -> bool {
        matches!(
            self,
            CreateMode::Ephemeral | CreateMode::EphemeralSequential
        )
    }

    /// Whether the parent's counter is put behind its name.
    pub const fn is_sequential(self) -> bool {
        matches!(
            self,
            CreateMode::PersistentSequential
                | CreateMode::EphemeralSequential
                | CreateMode::PersistentSequentialWithTtl
        )
    }

    /// Whether it has a time to live.
    pub const fn has_ttl(self) -> bool {
        matches!(
            self,
            CreateMode::PersistentWithTtl | CreateMode::PersistentSequentialWithTtl
        )
    }
}

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
        /// Who may do what with it.
        acl: AclList,
        /// What becomes of it.
        mode: CreateMode,
        /// Its time to live in milliseconds, if the mode has one; -1 otherwise.
        ttl_ms: i64,
        /// Whether the answer shall hold its stat (`create2`; containers and nodes with a time to
        /// live always do).
        stat: bool,
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
    /// Replaces a node's permissions.
    SetAcl {
        /// Its path.
        path: Arc<str>,
        /// The new list.
        acl: AclList,
        /// The expected version of the list; -1 is any.
        version: i32,
    },
    /// Fails unless the node has this version. Not to be asked on its own.
    Check {
        /// Its path.
        path: Arc<str>,
        /// The expected version.
        version: i32,
    },
    /// Several writes, all or nothing.
    Multi(Arc<[Op]>),
    /// Several reads at once, each with its own result (3.6 and later).
    MultiRead(Arc<[Op]>),
    /// Deletes a container or a node whose time is over: the leader's own request.
    DeleteContainer {
        /// Its path.
        path: Arc<str>,
    },
    /// Changes the ensemble's membership. Answered as a server does that does not allow it.
    Reconfig,
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
    /// Lists a node's children and reads its stat.
    GetChildren2 {
        /// Its path.
        path: Arc<str>,
        /// Whether to leave a watch.
        watch: bool,
    },
    /// Reads a node's permissions.
    GetAcl {
        /// Its path.
        path: Arc<str>,
    },
    /// Lists the session's ephemeral nodes below a path (3.6 and later).
    GetEphemerals {
        /// What their paths begin with.
        prefix: Arc<str>,
    },
    /// Counts all nodes below one (3.6 and later).
    GetAllChildrenNumber {
        /// Its path.
        path: Arc<str>,
    },
    /// Asks who the server takes one for (3.7 and later).
    WhoAmI,
    /// Proves an identity to the server that one is connected to.
    Auth {
        /// The scheme: `digest`, `ip`, `world`.
        scheme: Arc<str>,
        /// What proves it: `user:password` for `digest`.
        auth: Arc<[u8]>,
    },
    /// Leaves watches again after a new connection.
    SetWatches(Box<WatchesToSet>),
    /// Leaves a watch that stays (3.6 and later).
    AddWatch {
        /// On which node.
        path: Arc<str>,
        /// What it sees.
        mode: AddWatchMode,
    },
    /// Takes watches of this connection back.
    RemoveWatches {
        /// Of which node.
        path: Arc<str>,
        /// Which.
        kind: WatcherKind,
    },
    /// Asks whether this connection has a watch.
    CheckWatches {
        /// On which node.
        path: Arc<str>,
        /// Which.
        kind: WatcherKind,
    },
    /// Waits until this server has applied all that the leader had proposed.
    Sync {
        /// A path, which the server ignores.
        path: Arc<str>,
    },
    /// Keeps the session alive.
    Ping,
    /// A type of request that no server of this release knows.
    Unknown {
        /// Its number.
        kind: i32,
    },
    /// Opens a session (made by the server from a Connect).
    CreateSession {
        /// The negotiated timeout in milliseconds.
        timeout_ms: u32,
    },
    /// Closes a session.
    CloseSession,
}

/// The watches that a client had when its connection ended (`SetWatches`, `SetWatches2`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WatchesToSet {
    /// The greatest zxid that the client has seen: what changed after it, fires at once.
    pub relative_zxid: Zxid,
    /// Watches left by reading data.
    pub data: Vec<Arc<str>>,
    /// Watches left on nodes that did not exist.
    pub exist: Vec<Arc<str>>,
    /// Watches on lists of children.
    pub child: Vec<Arc<str>>,
    /// Persistent watches (3.6 and later).
    pub persistent: Vec<Arc<str>>,
    /// Persistent watches of whole subtrees (3.6 and later).
    pub persistent_recursive: Vec<Arc<str>>,
}

/// What a watch sees that stays (3.6 and later); the numbers are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum AddWatchMode {
    /// The node's data and its list of children.
    Persistent = 0,
    /// The node and everything below it.
    PersistentRecursive = 1,
}

/// Which watches to take back; the numbers are the wire's (`WatcherType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum WatcherKind {
    /// Those on lists of children.
    Children = 1,
    /// Those on data and existence.
    Data = 2,
    /// All.
    Any = 3,
}

impl Op {
    /// A node that everybody may do everything with.
    pub fn create(path: &str, data: &[u8], mode: CreateMode) -> Self {
        Op::Create {
            path: path.into(),
            data: data.into(),
            acl: AclList::OPEN,
            mode,
            ttl_ms: -1,
            stat: false,
        }
    }

    /// Whether it goes through the leader and takes a zxid.
    pub const fn is_write(&self) -> bool {
        matches!(
            self,
            Op::Create { .. }
                | Op::Delete { .. }
                | Op::SetData { .. }
                | Op::SetAcl { .. }
                | Op::Check { .. }
                | Op::Multi(_)
                | Op::DeleteContainer { .. }
                | Op::Reconfig
                | Op::CreateSession { .. }
                | Op::CloseSession
        )
    }

    /// The path that it is about, if it is about one.
    pub fn path(&self) -> Option<&Arc<str>> {
        match self {
            Op::Create { path, .. }
            | Op::Delete { path, .. }
            | Op::SetData { path, .. }
            | Op::SetAcl { path, .. }
            | Op::Check { path, .. }
            | Op::DeleteContainer { path }
            | Op::GetData { path, .. }
            | Op::Exists { path, .. }
            | Op::GetChildren { path, .. }
            | Op::GetChildren2 { path, .. }
            | Op::GetAcl { path }
            | Op::GetEphemerals { prefix: path }
            | Op::GetAllChildrenNumber { path }
            | Op::AddWatch { path, .. }
            | Op::RemoveWatches { path, .. }
            | Op::CheckWatches { path, .. }
            | Op::Sync { path } => Some(path),
            Op::Multi(_)
            | Op::MultiRead(_)
            | Op::Reconfig
            | Op::WhoAmI
            | Op::Auth { .. }
            | Op::SetWatches(_)
            | Op::Ping
            | Op::Unknown { .. }
            | Op::CreateSession { .. }
            | Op::CloseSession => None,
        }
    }

    /// Bytes of its record on the wire, without the header.
    pub fn size(&self) -> u32 {
        match self {
            Op::Create {
                path,
                data,
                acl,
                mode,
                ..
            } => {
                let ttl = if mode.has_ttl() { 8 } else { 0 };
                12 + (path.len() + data.len()) as u32 + acl.size() + ttl
            }
            Op::SetData { path, data, .. } => 12 + (path.len() + data.len()) as u32,
            Op::SetAcl { path, acl, .. } => 8 + path.len() as u32 + acl.size(),
            // Each part behind a header of 9 bytes, and one more at the end.
            Op::Multi(ops) | Op::MultiRead(ops) => {
                9 + ops.iter().map(|op| 9 + op.size()).sum::<u32>()
            }
            Op::Delete { path, .. }
            | Op::Check { path, .. }
            | Op::AddWatch { path, .. }
            | Op::RemoveWatches { path, .. }
            | Op::CheckWatches { path, .. } => 8 + path.len() as u32,
            Op::GetData { path, .. }
            | Op::Exists { path, .. }
            | Op::GetChildren { path, .. }
            | Op::GetChildren2 { path, .. } => 5 + path.len() as u32,
            Op::Sync { path }
            | Op::DeleteContainer { path }
            | Op::GetAcl { path }
            | Op::GetEphemerals { prefix: path }
            | Op::GetAllChildrenNumber { path } => 4 + path.len() as u32,
            Op::Auth { scheme, auth } => 12 + (scheme.len() + auth.len()) as u32,
            Op::SetWatches(watches) => watches.size(),
            Op::Reconfig => 20,
            Op::CreateSession { .. } => 4,
            Op::Ping | Op::WhoAmI | Op::Unknown { .. } | Op::CloseSession => 0,
        }
    }
}

impl WatchesToSet {
    /// Bytes of its record on the wire. The two lists of 3.6 are written only if there is something
    /// in them.
    fn size(&self) -> u32 {
        let list = |paths: &[Arc<str>]| {
            let paths = paths.iter().map(|path| 4 + path.len() as u32);
            4 + paths.sum::<u32>()
        };
        let old = 8 + list(&self.data) + list(&self.exist) + list(&self.child);
        if self.persistent.is_empty() && self.persistent_recursive.is_empty() {
            old
        } else {
            old + list(&self.persistent) + list(&self.persistent_recursive)
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
    /// The path created and the node's stat.
    Created(Arc<str>, Stat),
    /// The stat after the change.
    Stat(Stat),
    /// Data and stat.
    Data(Arc<[u8]>, Stat),
    /// Children, in the tree's order.
    Children(Arc<[Arc<str>]>),
    /// Children, in the tree's order, and the node's stat.
    Children2(Arc<[Arc<str>]>, Stat),
    /// Permissions and stat.
    Acl(AclList, Stat),
    /// How many.
    Number(i32),
    /// Who one is.
    Identities(Arc<[Id]>),
    /// The parts of a multi.
    Multi(Arc<[OpResult]>),
    /// A part of a multi that failed as a whole: the code of the part that failed,
    /// [`ErrorCode::Ok`] before it, [`ErrorCode::RuntimeInconsistency`] behind it. Of a
    /// [`Op::MultiRead`] a part that failed.
    Error(ErrorCode),
}
