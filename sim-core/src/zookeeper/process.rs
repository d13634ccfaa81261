//! The leader makes transactions of requests, validated against the tree and everything proposed
//! but not yet applied.
//!
//! Follows `PrepRequestProcessor.java` of releases 3.5.7 and 3.8.0, without reconfiguration. It never changes the
//! tree and never waits. Every write gets a zxid, also one that fails. Read `serving.rs` for where
//! requests come from, `tree.rs` for what becomes of the transactions.

use crate::base::Conn;
use crate::engine::Now;
use crate::zookeeper::{
    AclList, CreateMode, ErrorCode, Identities, NodeKind, Op, Perms, Release, Rules, SessionId,
    SessionTracker, Tree, Txn, TxnBody, Zxid, auth, path,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Who speaks for a session at the leader (`Request.owner`): a session used through two of them
/// has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A client connection of the leader itself.
    Local,
    /// A learner, by its quorum connection at the leader.
    Learner(Conn),
}

/// A write on its way to becoming a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WriteRequest {
    /// Whose; 0 never occurs (a new session has its id already).
    pub session: SessionId,
    /// The session's own number of it; 0 for what a server asks on its own (expiry).
    pub cxid: i32,
    /// What it asks.
    pub op: Arc<Op>,
    /// Through whom it came; `None` for what the leader asks on its own.
    pub owner: Option<Owner>,
    /// Who speaks on the client's connection.
    pub identities: Identities,
}

/// `PrepRequestProcessor` with `outstandingChanges` and the counter of zxids (`hzxid`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prep {
    last: Zxid,
    changes: VecDeque<Change>,
    by_path: BTreeMap<Arc<str>, Change>,
    made: u64,
    rules: Arc<Rules>,
}

/// What a node will be once everything proposed is applied (`ChangeRecord`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Change {
    /// Tells this record from others of the same path and zxid.
    id: u64,
    zxid: Zxid,
    path: Arc<str>,
    /// `None`: it will be gone.
    stat: Option<Outstanding>,
    children: i32,
    acl: AclList,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Outstanding {
    version: i32,
    aversion: i32,
    /// Creates only, as the server keeps it.
    cversion: i32,
    owner: SessionId,
}

/// A node as the next write finds it.
struct Seen {
    stat: Outstanding,
    children: i32,
    acl: AclList,
}

/// What the preparation of one request looks at.
struct Context<'a> {
    request: &'a WriteRequest,
    tree: &'a Tree,
    sessions: &'a mut SessionTracker,
    now: Now,
    zxid: Zxid,
}

impl Prep {
    /// A leader of release 3.5.7 that begins to serve: the next transaction is `last` + 1.
    pub fn new(last: Zxid) -> Self {
        Self::with_rules(last, Arc::new(Rules::of_release(Release::V3_5_7)))
    }

    /// A leader of any release that begins to serve.
    pub fn with_rules(last: Zxid, rules: Arc<Rules>) -> Self {
        Self {
            rules,
            last,
            changes: VecDeque::new(),
            by_path: BTreeMap::new(),
            made: 0,
        }
    }

    /// The zxid given last.
    pub fn last_zxid(&self) -> Zxid {
        self.last
    }

    /// The next transaction gets the counter behind this one, in the same epoch. Answers the zxid given
    /// last, as it were.
    pub(super) fn advance_counter(&mut self, counter: u32) -> Zxid {
        self.last = Zxid::new(self.last.epoch(), counter);
        self.last
    }

    /// Makes the transaction of a write. `tree` is what is applied by now. Session errors become
    /// error transactions as all others do.
    pub fn make(
        &mut self,
        request: &WriteRequest,
        tree: &Tree,
        sessions: &mut SessionTracker,
        now: Now,
    ) -> Arc<Txn> {
        let zxid = self.last.next();
        self.last = zxid;
        let mut context = Context {
            request,
            tree,
            sessions,
            now,
            zxid,
        };
        let body = match &*request.op {
            Op::Multi(ops) => self.multi(&mut context, ops),
            op => self
                .prepare(&mut context, op)
                .unwrap_or_else(TxnBody::Error),
        };
        let time_ms = now.wall.0.div_euclid(1_000_000);
        let (session, cxid) = (request.session, request.cxid);
        Arc::new(Txn::new(zxid, session, cxid, time_ms, body))
    }

    /// Everything up to `zxid` is applied to the tree: its outstanding changes are dropped. Only
    /// then may `make` be called with the new tree.
    pub fn applied(&mut self, zxid: Zxid) {
        while self
            .changes
            .front()
            .is_some_and(|change| change.zxid <= zxid)
        {
            let change = self.changes.pop_front().expect("looked at");
            if self.by_path.get(&change.path).map(|c| c.id) == Some(change.id) {
                self.by_path.remove(&change.path);
            }
        }
    }

    /// How many changes are outstanding.
    pub fn outstanding(&self) -> usize {
        self.changes.len()
    }

    fn add(&mut self, zxid: Zxid, path: &Arc<str>, seen: Seen) {
        self.record(zxid, path, Some(seen.stat), seen.children, seen.acl);
    }

    fn add_deleted(&mut self, zxid: Zxid, path: &Arc<str>, children: i32) {
        self.record(zxid, path, None, children, AclList::OPEN);
    }

    fn record(
        &mut self,
        zxid: Zxid,
        path: &Arc<str>,
        stat: Option<Outstanding>,
        children: i32,
        acl: AclList,
    ) {
        self.made += 1;
        let change = Change {
            acl,
            id: self.made,
            zxid,
            path: Arc::clone(path),
            stat,
            children,
        };
        self.by_path.insert(Arc::clone(path), change.clone());
        self.changes.push_back(change);
    }

    /// `getRecordForPath`.
    fn node(&self, tree: &Tree, path: &str) -> Result<Seen, ErrorCode> {
        let seen = match self.by_path.get(path) {
            Some(change) => change.stat.map(|stat| Seen {
                stat,
                acl: change.acl.clone(),
                children: change.children,
            }),
            None => tree.node(path).map(|node| Seen {
                stat: Outstanding {
                    version: node.stat.version,
                    aversion: node.stat.aversion,
                    cversion: node.stat.cversion,
                    owner: node.stat.ephemeral_owner,
                },
                children: node.children.len() as i32,
                acl: node.acl.clone(),
            }),
        };
        seen.ok_or(ErrorCode::NoNode)
    }

    fn multi(&mut self, context: &mut Context<'_>, ops: &[Op]) -> TxnBody {
        let before = self.pending_changes(ops);
        let mut failed = false;
        // What the source does not catch there fails the whole, and nothing is put back.
        let mut uncaught = false;
        let parts = ops.iter().map(|op| {
            if failed {
                return TxnBody::Error(ErrorCode::RuntimeInconsistency);
            }
            self.prepare(context, op).unwrap_or_else(|code| {
                failed = true;
                uncaught = code == ErrorCode::MarshallingError;
                if !uncaught {
                    self.roll_back(context.zxid, &before);
                }
                TxnBody::Error(code)
            })
        });
        let parts: Arc<[TxnBody]> = parts.collect();
        if uncaught {
            TxnBody::Error(ErrorCode::MarshallingError)
        } else {
            TxnBody::Multi(parts)
        }
    }

    /// The changes that a failing multi must put back, of its paths and their parents.
    fn pending_changes(&self, ops: &[Op]) -> Vec<Change> {
        let paths = ops.iter().filter_map(|op| match op {
            Op::Create { path, .. }
            | Op::Delete { path, .. }
            | Op::SetData { path, .. }
            | Op::SetAcl { path, .. }
            | Op::Check { path, .. } => Some(&**path),
            _ => None,
        });
        let and_parents: BTreeSet<&str> = paths
            .flat_map(|path| [Some(path), path::parent(path)])
            .flatten()
            .collect();
        let changes = and_parents.into_iter();
        changes
            .filter_map(|path| self.by_path.get(path).cloned())
            .collect()
    }

    fn roll_back(&mut self, zxid: Zxid, before: &[Change]) {
        while self
            .changes
            .back()
            .is_some_and(|change| change.zxid == zxid)
        {
            let change = self.changes.pop_back().expect("looked at");
            self.by_path.remove(&change.path);
        }
        let Some(first) = self.changes.front().map(|change| change.zxid) else {
            return;
        };
        for change in before.iter().filter(|change| change.zxid >= first) {
            self.by_path
                .insert(Arc::clone(&change.path), change.clone());
        }
    }

    /// `pRequest2Txn`: the checks in the order of the source, since the first one that fails is
    /// the answer.
    fn prepare(&mut self, context: &mut Context<'_>, op: &Op) -> Result<TxnBody, ErrorCode> {
        match op {
            Op::Create {
                path,
                data,
                acl,
                mode,
                ttl_ms,
                ..
            } => self.create(context, path, data, acl, *mode, *ttl_ms),
            Op::Delete { path, version } => self.delete(context, path, *version),
            Op::SetData {
                path,
                data,
                version,
            } => {
                context.check_session()?;
                path::validate(path)?;
                let mut node = self.node(context.tree, path)?;
                self.check(context, &node, Perms::WRITE)?;
                let version = next_version(node.stat.version, *version)?;
                node.stat.version = version;
                self.add(context.zxid, path, node);
                Ok(TxnBody::SetData {
                    path: Arc::clone(path),
                    data: Arc::clone(data),
                    version,
                })
            }
            Op::SetAcl { path, acl, version } => self.set_acl(context, path, acl, *version),
            Op::DeleteContainer { path } => self.delete_container(context, path),
            Op::Reconfig => Err(ErrorCode::ReconfigDisabled),
            Op::Check { path, version } => {
                context.check_session()?;
                path::validate(path)?;
                let node = self.node(context.tree, path)?;
                self.check(context, &node, Perms::READ)?;
                let version = next_version(node.stat.version, *version)?;
                let path = Arc::clone(path);
                Ok(TxnBody::Check { path, version })
            }
            Op::CreateSession { timeout_ms } => {
                let WriteRequest { session, owner, .. } = *context.request;
                let sessions = &mut *context.sessions;
                sessions.track(session, *timeout_ms, context.now.mono);
                sessions.set_owner(session, owner)?;
                let timeout_ms = *timeout_ms;
                Ok(TxnBody::CreateSession { timeout_ms })
            }
            Op::CloseSession => {
                self.close_session(context);
                Ok(TxnBody::CloseSession)
            }
            _ => Err(ErrorCode::MarshallingError),
        }
    }

    fn create(
        &mut self,
        context: &mut Context<'_>,
        path: &Arc<str>,
        data: &Arc<[u8]>,
        acl: &AclList,
        mode: CreateMode,
        ttl_ms: i64,
    ) -> Result<TxnBody, ErrorCode> {
        if mode.has_ttl() && !self.rules.extended_types {
            return Err(ErrorCode::Unimplemented);
        }
        let ttl_is_right = match mode.has_ttl() {
            true => (1..=NodeKind::MAX_TTL_MS).contains(&ttl_ms),
            false => ttl_ms < 0,
        };
        if !ttl_is_right {
            return Err(ErrorCode::BadArguments);
        }
        context.check_session()?;
        let parent_path = path::parent(path).ok_or(ErrorCode::BadArguments)?;
        let acl = auth::fix(&self.rules, acl, &context.request.identities)?;
        let mut parent = self.node(context.tree, parent_path)?;
        self.check(context, &parent, Perms::CREATE)?;
        let path = if mode.is_sequential() {
            Arc::from(format!("{path}{:010}", parent.stat.cversion))
        } else {
            Arc::clone(path)
        };
        path::validate(&path)?;
        if self.node(context.tree, &path).is_ok() {
            return Err(ErrorCode::NodeExists);
        }
        let parent_kind = NodeKind::of_owner(parent.stat.owner, self.rules.extended_types);
        if parent_kind == NodeKind::Ephemeral {
            return Err(ErrorCode::NoChildrenForEphemerals);
        }
        let parent_cversion = parent.stat.cversion.wrapping_add(1);
        parent.stat.cversion = parent_cversion;
        parent.children += 1;
        self.add(context.zxid, &Arc::from(parent_path), parent);
        let kind = match mode {
            CreateMode::Persistent | CreateMode::PersistentSequential => NodeKind::Persistent,
            CreateMode::Ephemeral | CreateMode::EphemeralSequential => NodeKind::Ephemeral,
            CreateMode::Container => NodeKind::Container,
            CreateMode::PersistentWithTtl | CreateMode::PersistentSequentialWithTtl => {
                NodeKind::Ttl(ttl_ms)
            }
        };
        let stat = Outstanding {
            owner: kind.owner(context.request.session),
            ..Outstanding::default()
        };
        let created = Seen {
            stat,
            children: 0,
            acl: acl.clone(),
        };
        self.add(context.zxid, &path, created);
        Ok(TxnBody::Create {
            path,
            data: Arc::clone(data),
            acl,
            parent_cversion,
            kind,
        })
    }

    fn delete(
        &mut self,
        context: &mut Context<'_>,
        path: &Arc<str>,
        version: i32,
    ) -> Result<TxnBody, ErrorCode> {
        context.check_session()?;
        let parent_path = path::parent_to_delete(path)?;
        let parent = self.node(context.tree, parent_path)?;
        let allowed = self.check(context, &parent, Perms::DELETE);
        if self.rules.delete_checks_permission_first {
            allowed?;
        }
        let node = self.node(context.tree, path)?;
        allowed?;
        next_version(node.stat.version, version)?;
        if node.children > 0 {
            return Err(ErrorCode::NotEmpty);
        }
        self.delete_child(context.zxid, parent_path, parent, path);
        let path = Arc::clone(path);
        Ok(TxnBody::Delete { path })
    }

    /// The leader's own request: it has no session and needs no permission.
    fn delete_container(
        &mut self,
        context: &mut Context<'_>,
        path: &Arc<str>,
    ) -> Result<TxnBody, ErrorCode> {
        let parent_path = path::parent_to_delete(path)?;
        let parent = self.node(context.tree, parent_path)?;
        let node = self.node(context.tree, path)?;
        if node.children > 0 {
            return Err(ErrorCode::NotEmpty);
        }
        let kind = NodeKind::of_owner(node.stat.owner, self.rules.extended_types);
        if kind == NodeKind::Ephemeral {
            return Err(ErrorCode::BadVersion);
        }
        self.delete_child(context.zxid, parent_path, parent, path);
        let path = Arc::clone(path);
        Ok(TxnBody::DeleteContainer { path })
    }

    fn delete_child(&mut self, zxid: Zxid, parent_path: &str, parent: Seen, path: &Arc<str>) {
        let fewer = Seen {
            children: parent.children - 1,
            ..parent
        };
        self.add(zxid, &Arc::from(parent_path), fewer);
        self.add_deleted(zxid, path, -1);
    }

    /// The outstanding node keeps the list that it had: until this is applied, the old one counts.
    fn set_acl(
        &mut self,
        context: &mut Context<'_>,
        path: &Arc<str>,
        acl: &AclList,
        version: i32,
    ) -> Result<TxnBody, ErrorCode> {
        context.check_session()?;
        path::validate(path)?;
        let acl = auth::fix(&self.rules, acl, &context.request.identities)?;
        let mut node = self.node(context.tree, path)?;
        self.check(context, &node, Perms::ADMIN)?;
        let version = next_version(node.stat.aversion, version)?;
        node.stat.aversion = version;
        self.add(context.zxid, path, node);
        let path = Arc::clone(path);
        Ok(TxnBody::SetAcl { path, acl, version })
    }

    fn check(&self, context: &Context<'_>, node: &Seen, perms: Perms) -> Result<(), ErrorCode> {
        auth::check(&self.rules, &node.acl, perms, &context.request.identities)
    }

    /// The session's ephemerals will be gone: those applied and those proposed. The counts of
    /// their parents are left alone, so a parent counts as not empty until this is applied.
    fn close_session(&mut self, context: &mut Context<'_>) {
        let session = context.request.session;
        let applied = context.tree.ephemerals.get(&session);
        let mut paths: BTreeSet<Arc<str>> = applied.into_iter().flatten().cloned().collect();
        for change in &self.changes {
            match change.stat {
                None => {
                    paths.remove(&change.path);
                }
                Some(stat) if stat.owner == session => {
                    paths.insert(Arc::clone(&change.path));
                }
                Some(_) => {}
            }
        }
        for path in &paths {
            self.add_deleted(context.zxid, path, 0);
        }
        context.sessions.set_closing(session);
    }
}

impl Context<'_> {
    fn check_session(&mut self) -> Result<(), ErrorCode> {
        let owner = self.request.owner.unwrap_or(Owner::Local);
        self.sessions.check(self.request.session, owner)
    }
}

/// `checkAndIncVersion`.
fn next_version(current: i32, expected: i32) -> Result<i32, ErrorCode> {
    if expected == -1 || expected == current {
        Ok(current.wrapping_add(1))
    } else {
        Err(ErrorCode::BadVersion)
    }
}
