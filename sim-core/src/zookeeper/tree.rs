//! The data tree: znodes, stats, sessions as data, the effect of transactions.
//!
//! Follows `DataTree.java` and `DataNode.java` of release 3.5.7. It validates nothing: what a
//! transaction says is done as far as it can be, also a second time (a snapshot may hold more than
//! its name says, so a replay applies again). Validation is the leader's, in `process.rs`.

use crate::base::StableHasher;
use crate::zookeeper::{
    Acl, AclList, ErrorCode, NodeKind, OpResult, Perms, SessionId, Txn, TxnBody, Zxid,
};
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};

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
    /// Changes of its permissions.
    pub aversion: i32,
    /// The session that owns it, or 0.
    pub ephemeral_owner: SessionId,
    /// Bytes of data.
    pub data_length: i32,
    /// How many children it has.
    pub num_children: i32,
}

/// A znode as the server keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Znode {
    /// Its data.
    pub data: Arc<[u8]>,
    /// Its stat as the server keeps it: `cversion` counts creates only, `data_length` and
    /// `num_children` are not kept. A client sees [`Znode::client_stat`].
    pub stat: Stat,
    /// Who may do what with it.
    pub acl: AclList,
    /// The names of its children.
    pub children: imbl::OrdSet<Arc<str>>,
    /// Whether its owner is none of a client's business: a container's or a time to live.
    hides_owner: bool,
    data_hash: u64,
    hash: u64,
}

/// The database of a server: tree, sessions, last processed zxid. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Nodes by path.
    pub nodes: imbl::OrdMap<Arc<str>, Arc<Znode>>,
    /// The paths of each session's ephemeral nodes.
    pub ephemerals: imbl::OrdMap<SessionId, imbl::OrdSet<Arc<str>>>,
    /// Sessions with their timeouts in milliseconds.
    pub sessions: imbl::OrdMap<SessionId, u32>,
    /// `DataTree.lastProcessedZxid`.
    pub last_processed: Zxid,
    /// A sum of one hash per node and session, kept up to date: two trees with equal content have
    /// equal digests whatever way they came to it.
    pub digest: u64,
    bytes: u64,
    /// How many nodes were given the open list by a transaction.
    open_lists: u32,
    /// What most trees have nothing of.
    special: Option<Arc<Special>>,
    config: Option<OwnConfig>,
}

/// Which nodes of a tree are not plain.
#[derive(Clone, Debug)]
pub struct Special {
    /// The paths of containers: the leader looks at them now and then.
    pub containers: imbl::OrdSet<Arc<str>>,
    /// The paths of nodes with a time to live.
    pub with_ttl: imbl::OrdSet<Arc<str>>,
    /// The paths that have a quota.
    pub quotas: imbl::OrdSet<Arc<str>>,
    /// How many nodes use each list of permissions that is not open to everybody.
    pub acls: imbl::OrdMap<AclList, u32>,
}

/// What a server has written into its own `/zookeeper/config`, outside of any transaction
/// (`initConfigInZKDatabase`): on an empty disk at its start, and whenever it was synchronised.
#[derive(Clone, Debug)]
pub struct OwnConfig {
    /// The membership.
    pub content: Arc<[u8]>,
    /// When, by the server's own wall clock, in milliseconds since 1970.
    pub written_ms: i64,
}

impl Default for Special {
    /// The server's own node has a list of its own.
    fn default() -> Self {
        let acls = [(config_acl(), 1_u32)].into_iter().collect();
        Self {
            containers: imbl::OrdSet::new(),
            with_ttl: imbl::OrdSet::new(),
            quotas: imbl::OrdSet::new(),
            acls,
        }
    }
}

/// Who may change the membership is nobody's business by default (ZOOKEEPER-2014).
fn config_acl() -> AclList {
    static LIST: LazyLock<AclList> =
        LazyLock::new(|| AclList::new(vec![Acl::new(Perms::READ, "world", "anyone")]));
    LIST.clone()
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

impl Default for Tree {
    /// The tree of an empty server: `/`, `/zookeeper`, `/zookeeper/config`, `/zookeeper/quota`.
    fn default() -> Self {
        static FRESH: LazyLock<Tree> = LazyLock::new(Tree::fresh);
        FRESH.clone()
    }
}

impl Znode {
    fn new(data: &Arc<[u8]>, stat: Stat) -> Self {
        Self {
            data: Arc::clone(data),
            stat,
            acl: AclList::OPEN,
            children: imbl::OrdSet::new(),
            hides_owner: false,
            data_hash: crate::base::stable_hash(&**data),
            hash: 0,
        }
    }

    /// Whether its list counts as used: that of the server's own nodes does not until it is set.
    fn has_counted_acl(&self) -> bool {
        !self.acl.is_open() || self.stat.czxid != Zxid::ZERO || self.stat.aversion != 0
    }

    pub(super) fn set_data(&mut self, data: &Arc<[u8]>) {
        self.data = Arc::clone(data);
        self.data_hash = crate::base::stable_hash(&**data);
    }

    /// The stat as a client sees it (`copyStat`): `cversion` counts creates and deletes.
    pub fn client_stat(&self) -> Stat {
        let num_children = self.children.len() as i32;
        Stat {
            cversion: self
                .stat
                .cversion
                .wrapping_mul(2)
                .wrapping_sub(num_children),
            ephemeral_owner: if self.hides_owner {
                SessionId::default()
            } else {
                self.stat.ephemeral_owner
            },
            data_length: self.data.len() as i32,
            num_children,
            ..self.stat
        }
    }

    /// Everything but the list of children, which the children's own paths repeat.
    fn content_hash(&self, path: &str) -> u64 {
        if path == CONFIG {
            // Every server writes its own.
            return 0;
        }
        let mut hasher = StableHasher::from_seed(self.data_hash);
        hasher.write(path.as_bytes());
        let stat = &self.stat;
        hasher.write_i64(stat.czxid.0);
        hasher.write_i64(stat.mzxid.0);
        hasher.write_i64(stat.pzxid.0);
        hasher.write_i64(stat.ctime_ms);
        hasher.write_i64(stat.mtime_ms);
        hasher.write_u64(u64::from(stat.version as u32) << 32 | u64::from(stat.cversion as u32));
        hasher.write_i64(stat.ephemeral_owner.0);
        if stat.aversion != 0 || !self.acl.is_open() {
            stat.aversion.hash(&mut hasher);
            self.acl.hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// The paths of the parent (`/` for a top-level node) and the name below it.
pub(crate) fn split(path: &str) -> (&str, &str) {
    match path.rfind('/') {
        Some(0) => ("/", &path[1..]),
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => ("", path),
    }
}

/// Where a server keeps the membership (`ZooDefs.CONFIG_NODE`).
const CONFIG: &str = "/zookeeper/config";
const QUOTA: &str = "/zookeeper/quota";

fn session_hash(session: SessionId, timeout_ms: u32) -> u64 {
    crate::base::stable_hash(&(session, timeout_ms))
}

impl Tree {
    fn fresh() -> Self {
        let mut tree = Self {
            nodes: imbl::OrdMap::new(),
            ephemerals: imbl::OrdMap::new(),
            sessions: imbl::OrdMap::new(),
            last_processed: Zxid::ZERO,
            digest: 0,
            bytes: 0,
            open_lists: 0,
            special: None,
            config: None,
        };
        for (path, children) in [
            ("/", &["zookeeper"][..]),
            ("/zookeeper", &["config", "quota"]),
            ("/zookeeper/config", &[]),
            ("/zookeeper/quota", &[]),
        ] {
            let mut node = Znode::new(&Arc::default(), Stat::default());
            node.children = children.iter().map(|name| Arc::from(*name)).collect();
            if path == CONFIG {
                node.acl = config_acl();
                node.stat.aversion = -1;
            }
            tree.put(&Arc::from(path), node);
        }
        tree
    }

    /// Writes the membership into this server's own `/zookeeper/config`.
    pub fn set_config(&mut self, config: OwnConfig) {
        self.config = Some(config);
    }

    /// Data and stat of a node of this tree as a client of this server sees them.
    pub fn seen<'a>(&'a self, path: &str, node: &'a Znode) -> (&'a Arc<[u8]>, Stat) {
        let stat = node.client_stat();
        match &self.config {
            // A transaction that wrote there later counts.
            Some(own) if node.stat.mzxid == Zxid::ZERO && path == CONFIG => {
                let stat = Stat {
                    version: -1,
                    mtime_ms: own.written_ms,
                    data_length: own.content.len() as i32,
                    ..stat
                };
                (&own.content, stat)
            }
            _ => (&node.data, stat),
        }
    }

    /// Which nodes are not plain.
    pub fn special(&self) -> &Special {
        static NONE: LazyLock<Special> = LazyLock::new(Special::default);
        self.special.as_deref().unwrap_or(&NONE)
    }

    pub(super) fn special_mut(&mut self) -> &mut Special {
        Arc::make_mut(self.special.get_or_insert_default())
    }

    fn put(&mut self, path: &Arc<str>, mut node: Znode) {
        node.hash = node.content_hash(path);
        self.digest = self.digest.wrapping_add(node.hash);
        self.bytes += (path.len() + node.data.len()) as u64;
        if let Some(old) = self.nodes.insert(Arc::clone(path), Arc::new(node)) {
            self.digest = self.digest.wrapping_sub(old.hash);
            self.bytes -= (path.len() + old.data.len()) as u64;
        }
    }

    /// Changes a node in place and keeps the digest right.
    pub(super) fn change<R>(
        &mut self,
        path: &str,
        change: impl FnOnce(&mut Znode) -> R,
    ) -> Option<R> {
        let node = Arc::make_mut(self.nodes.get_mut(path)?);
        let (hash, bytes) = (node.hash, node.data.len() as u64);
        let result = change(node);
        node.hash = node.content_hash(path);
        self.digest = self.digest.wrapping_sub(hash).wrapping_add(node.hash);
        self.bytes = self.bytes - bytes + node.data.len() as u64;
        Some(result)
    }

    /// The node at a path; `/` is also found under the empty path.
    pub fn node(&self, path: &str) -> Option<&Znode> {
        let path = if path.is_empty() { "/" } else { path };
        self.nodes.get(path).map(|node| &**node)
    }

    /// All nodes whose path begins so, in order.
    pub fn nodes_below<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Znode)> {
        let from = self.nodes.range(Arc::<str>::from(prefix)..);
        from.take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(path, node)| (path, &**node))
    }

    /// How many nodes are below one (`getAllChildrenNumber`).
    pub fn descendants(&self, path: &str) -> usize {
        match path {
            "/" => self.nodes.len() - 1,
            path => self.nodes_below(&format!("{path}/")).count(),
        }
    }

    /// How many nodes there are, as servers count (`zk_znode_count`): the root, which is kept under
    /// two names, twice.
    pub fn node_count(&self) -> usize {
        self.nodes.len() + 1
    }

    /// How many lists of permissions are kept.
    pub fn acl_lists(&self) -> usize {
        self.special().acls.len() + usize::from(self.open_lists > 0)
    }

    /// Bytes of all paths and data, as `zk_approximate_data_size` counts.
    pub fn approximate_size(&self) -> u64 {
        self.bytes + self.config_length()
    }

    /// Bytes of the membership in it; none before it was written.
    pub fn config_length(&self) -> u64 {
        let config = self.config.as_ref();
        config.map_or(0, |own| own.content.len() as u64)
    }

    /// The length of a snapshot file of it, as `FileSnap` writes it: header, sessions, lists of
    /// permissions, nodes, checksum, end mark.
    pub fn snapshot_length(&self) -> u64 {
        let nodes = self.nodes.len();
        let open = (self.open_lists > 0).then_some(&AclList::OPEN);
        let lists = self.special().acls.keys().chain(open);
        let acls: u64 = lists.map(|list| 8 + u64::from(list.size())).sum();
        // The root is written with the empty path.
        let tree = 76 * nodes as u64 + self.approximate_size() - 1;
        16 + 4 + 12 * self.sessions.len() as u64 + 4 + acls + tree + 5 + 8 + 5
    }

    /// Applies a transaction (`processTxn`) and answers what its client gets. An error is that of
    /// the transaction itself or one of applying it again; a multi answers with its parts.
    pub fn process(&mut self, txn: &Txn) -> Result<OpResult, ErrorCode> {
        let result = self.process_body(txn, &txn.body);
        if txn.zxid > self.last_processed {
            self.last_processed = txn.zxid;
        }
        result
    }

    fn process_body(&mut self, txn: &Txn, body: &TxnBody) -> Result<OpResult, ErrorCode> {
        match body {
            TxnBody::Create {
                path,
                data,
                acl,
                parent_cversion,
                kind,
            } => {
                let stat = Stat {
                    czxid: txn.zxid,
                    mzxid: txn.zxid,
                    pzxid: txn.zxid,
                    ctime_ms: txn.time_ms,
                    mtime_ms: txn.time_ms,
                    ephemeral_owner: kind.owner(txn.session),
                    ..Stat::default()
                };
                let node = Znode {
                    acl: acl.clone(),
                    hides_owner: matches!(kind, NodeKind::Container | NodeKind::Ttl(_)),
                    ..Znode::new(data, stat)
                };
                let created = node.client_stat();
                self.create(path, node, *kind, *parent_cversion)?;
                let path = Arc::clone(path);
                match kind {
                    NodeKind::Persistent | NodeKind::Ephemeral => Ok(OpResult::Path(path)),
                    _ => Ok(OpResult::Created(path, created)),
                }
            }
            TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => {
                self.delete(path, txn.zxid)?;
                Ok(OpResult::Done)
            }
            TxnBody::SetData {
                path,
                data,
                version,
            } => {
                let change = |node: &mut Znode| {
                    let before = node.data.len();
                    node.set_data(data);
                    node.stat.mtime_ms = txn.time_ms;
                    node.stat.mzxid = txn.zxid;
                    node.stat.version = *version;
                    (node.client_stat(), before)
                };
                let (stat, before) = self.change(path, change).ok_or(ErrorCode::NoNode)?;
                if !self.special().quotas.is_empty() {
                    self.count_quota(path, 0, data.len() as i64 - before as i64);
                }
                Ok(OpResult::Stat(stat))
            }
            TxnBody::SetAcl { path, acl, version } => {
                let acl = self.use_acl(acl);
                let change = |node: &mut Znode| {
                    let counted = node.has_counted_acl();
                    let before = core::mem::replace(&mut node.acl, acl);
                    node.stat.aversion = *version;
                    (node.client_stat(), counted.then_some(before))
                };
                let (stat, before) = self.change(path, change).ok_or(ErrorCode::NoNode)?;
                if let Some(before) = before {
                    self.drop_acl(&before);
                }
                Ok(OpResult::Stat(stat))
            }
            TxnBody::Check { .. } => Ok(OpResult::Done),
            TxnBody::Multi(parts) => Ok(OpResult::Multi(self.multi(txn, parts))),
            TxnBody::CreateSession { timeout_ms } => {
                self.open_session(txn.session, *timeout_ms);
                Ok(OpResult::Done)
            }
            TxnBody::CloseSession => {
                self.close_session(txn.session);
                self.kill_session(txn.session, txn.zxid);
                Ok(OpResult::Done)
            }
            TxnBody::Error(code) => Err(*code),
        }
    }

    /// All parts, or, if one of them is an error, none: then those before it answer 0 and those
    /// behind it -2.
    fn multi(&mut self, txn: &Txn, parts: &[TxnBody]) -> Arc<[OpResult]> {
        let failed = parts
            .iter()
            .position(|part| matches!(part, TxnBody::Error(_)));
        parts
            .iter()
            .enumerate()
            .map(|(index, part)| match (failed, part) {
                (Some(_), TxnBody::Error(code)) => OpResult::Error(*code),
                (Some(at), _) if index < at => OpResult::Error(ErrorCode::Ok),
                (Some(_), _) => OpResult::Error(ErrorCode::RuntimeInconsistency),
                (None, _) => self.process_body(txn, part).unwrap_or_else(OpResult::Error),
            })
            .collect()
    }

    fn create(
        &mut self,
        path: &Arc<str>,
        mut node: Znode,
        kind: NodeKind,
        parent_cversion: i32,
    ) -> Result<(), ErrorCode> {
        let (parent, name) = split(path);
        let zxid = node.stat.czxid;
        let next = |parent: &Znode| match parent_cversion {
            // Logs from before the counter was logged, and those written by tools.
            -1 => parent.stat.cversion + 1,
            given => given,
        };
        let added = self.change(parent, |parent| {
            if parent.children.contains(name) {
                // Only a replay meets this: the parent was written before its child came.
                if next(parent) > parent.stat.cversion {
                    parent.stat.cversion = next(parent);
                    parent.stat.pzxid = zxid;
                }
                return false;
            }
            parent.children.insert(Arc::from(name));
            parent.stat.cversion = next(parent);
            parent.stat.pzxid = zxid;
            true
        });
        match added {
            None => return Err(ErrorCode::NoNode),
            Some(false) => return Err(ErrorCode::NodeExists),
            Some(true) => {}
        }
        node.acl = self.use_acl(&node.acl);
        match kind {
            NodeKind::Persistent => {}
            NodeKind::Ephemeral => {
                let owned = self.ephemerals.entry(node.stat.ephemeral_owner);
                owned.or_default().insert(Arc::clone(path));
            }
            NodeKind::Container => {
                self.special_mut().containers.insert(Arc::clone(path));
            }
            NodeKind::Ttl(_) => {
                self.special_mut().with_ttl.insert(Arc::clone(path));
            }
        }
        let bytes = node.data.len();
        self.put(path, node);
        if parent.starts_with(QUOTA) || !self.special().quotas.is_empty() {
            self.created_below_quota(path, bytes);
        }
        Ok(())
    }

    fn delete(&mut self, path: &str, zxid: Zxid) -> Result<(), ErrorCode> {
        let (parent, name) = split(path);
        // Also of a node that is already gone: a replay still has to move the parent's pzxid.
        self.change(parent, |parent| {
            parent.children.remove(name);
            parent.stat.pzxid = parent.stat.pzxid.max(zxid);
        })
        .ok_or(ErrorCode::NoNode)?;
        let node = self.nodes.remove(path).ok_or(ErrorCode::NoNode)?;
        self.digest = self.digest.wrapping_sub(node.hash);
        self.bytes -= (path.len() + node.data.len()) as u64;
        self.drop_acl(&node.acl);
        let owner = node.stat.ephemeral_owner;
        if owner != SessionId::default() {
            self.disown(path, owner);
        }
        if !self.special().quotas.is_empty() {
            self.deleted_below_quota(path, node.data.len());
        }
        Ok(())
    }

    /// A node that was not simply persistent is gone.
    fn disown(&mut self, path: &str, owner: SessionId) {
        if let Some(paths) = self.ephemerals.get_mut(&owner) {
            paths.remove(path);
            if paths.is_empty() {
                self.ephemerals.remove(&owner);
            }
        }
        if self.special.is_some() {
            let special = self.special_mut();
            special.containers.remove(path);
            special.with_ttl.remove(path);
        }
    }

    /// One more node has this list: the one that is shared by all that have an equal one.
    fn use_acl(&mut self, acl: &AclList) -> AclList {
        if acl.is_open() {
            self.open_lists += 1;
            return AclList::OPEN;
        }
        let acls = &mut self.special_mut().acls;
        let shared = acls.get_key_value(acl);
        let (acl, users) = shared.map_or((acl.clone(), 0), |(acl, users)| (acl.clone(), *users));
        acls.insert(acl.clone(), users + 1);
        acl
    }

    fn drop_acl(&mut self, acl: &AclList) {
        if acl.is_open() {
            self.open_lists = self.open_lists.saturating_sub(1);
            return;
        }
        let acls = &mut self.special_mut().acls;
        if let Some(users) = acls.get_mut(acl) {
            *users -= 1;
            if *users == 0 {
                acls.remove(acl);
            }
        }
    }

    fn open_session(&mut self, session: SessionId, timeout_ms: u32) {
        self.close_session(session);
        self.sessions.insert(session, timeout_ms);
        self.digest = self.digest.wrapping_add(session_hash(session, timeout_ms));
    }

    fn close_session(&mut self, session: SessionId) {
        if let Some(timeout_ms) = self.sessions.remove(&session) {
            self.digest = self.digest.wrapping_sub(session_hash(session, timeout_ms));
        }
    }

    /// Deletes the ephemeral nodes of a session (`killSession`).
    pub fn kill_session(&mut self, session: SessionId, zxid: Zxid) {
        for path in self.ephemerals.remove(&session).unwrap_or_default() {
            // A node that a fuzzy snapshot has not is ignored.
            let _ = self.delete(&path, zxid);
        }
    }

    /// The digest, counted anew from the whole content: what the kept one must equal. Slow.
    pub fn recount_digest(&self) -> u64 {
        let nodes = self.nodes.iter().map(|(path, node)| {
            let again = Znode {
                acl: node.acl.clone(),
                ..Znode::new(&node.data, node.stat)
            };
            again.content_hash(path)
        });
        let sessions = self.sessions.iter().map(|(id, ms)| session_hash(*id, *ms));
        nodes.chain(sessions).fold(0, u64::wrapping_add)
    }
}
