//! A leader without an ensemble: prepares a write and applies it, at once or later.

use sim_core::base::{LocalTime, NodeId, WallTime};
use sim_core::engine::Now;
use sim_core::zookeeper::{
    AclList, CreateMode, ErrorCode, Identities, Op, OpResult, Owner, Prep, Release, Rules,
    SessionId, SessionTracker, Stat, Tree, Txn, TxnBody, WriteRequest, Zxid, read,
};
use std::sync::Arc;

pub const SESSION: SessionId = SessionId(0x0100_0000_0000_0000);
pub const NOW: Now = Now {
    mono: LocalTime(1_000_000_000),
    wall: WallTime(1_700_000_000_000_000_000),
};

pub struct Leader {
    pub tree: Tree,
    pub prep: Prep,
    pub sessions: SessionTracker,
    /// Who speaks on the session's connection.
    pub who: Identities,
    rules: Arc<Rules>,
    cxid: i32,
}

pub fn create(path: &str) -> Op {
    create_as(path, "", false, false)
}

pub fn create_as(path: &str, data: &str, ephemeral: bool, sequential: bool) -> Op {
    Op::Create {
        path: path.into(),
        data: data.as_bytes().into(),
        acl: AclList::OPEN,
        mode: CreateMode::of(ephemeral, sequential),
        ttl_ms: -1,
        stat: false,
    }
}

pub fn delete(path: &str, version: i32) -> Op {
    let path = path.into();
    Op::Delete { path, version }
}

pub fn set(path: &str, data: &str, version: i32) -> Op {
    Op::SetData {
        path: path.into(),
        data: data.as_bytes().into(),
        version,
    }
}

pub fn check(path: &str, version: i32) -> Op {
    let path = path.into();
    Op::Check { path, version }
}

pub fn multi(ops: &[Op]) -> Op {
    Op::Multi(ops.into())
}

impl Leader {
    /// With one open session, as after the first transaction.
    pub fn new() -> Self {
        Self::with_rules(Arc::new(Rules::of_release(Release::V3_5_7)))
    }

    /// The same with other rules.
    pub fn with_rules(rules: Arc<Rules>) -> Self {
        let tree = Tree::default();
        let mut leader = Self {
            sessions: SessionTracker::new(&tree, 2000, NOW.mono),
            prep: Prep::with_rules(Zxid(0x1_0000_0000), Arc::clone(&rules)),
            who: Identities::of_node(NodeId(0)),
            rules,
            tree,
            cxid: 0,
        };
        leader
            .run(SESSION, &Op::CreateSession { timeout_ms: 10_000 })
            .expect("a session");
        leader
    }

    /// Proposes without applying.
    pub fn propose(&mut self, session: SessionId, op: &Op) -> Arc<Txn> {
        self.cxid += 1;
        let request = WriteRequest {
            session,
            cxid: self.cxid,
            op: Arc::new(op.clone()),
            owner: Some(Owner::Local),
            identities: self.who.clone(),
        };
        self.prep
            .make(&request, &self.tree, &mut self.sessions, NOW)
    }

    pub fn apply(&mut self, txn: &Txn) -> Result<OpResult, ErrorCode> {
        let result = self.tree.process(txn);
        if matches!(txn.body, TxnBody::CloseSession) {
            self.sessions.remove(txn.session);
        }
        self.prep.applied(txn.zxid);
        result
    }

    pub fn run(&mut self, session: SessionId, op: &Op) -> Result<OpResult, ErrorCode> {
        let txn = self.propose(session, op);
        self.apply(&txn)
    }

    /// As the session that is always there.
    pub fn ask(&mut self, op: &Op) -> Result<OpResult, ErrorCode> {
        if op.is_write() {
            self.run(SESSION, op)
        } else {
            read(op, &self.tree, &self.rules, SESSION, &self.who)
        }
    }

    /// The path that a create made.
    pub fn made(&mut self, op: &Op) -> String {
        match self.ask(op) {
            Ok(OpResult::Path(path)) => path.to_string(),
            other => panic!("{op:?} answers {other:?}"),
        }
    }

    pub fn stat(&self, path: &str) -> Stat {
        self.tree.node(path).expect(path).client_stat()
    }
}
