//! Watches of a server's connections: who leaves one, who is told.
//!
//! Follows `FinalRequestProcessor`, `DataTree.setWatches` and `NIOServerCnxn.process` of release
//! 3.5.7, and of 3.8.0 for watches that stay. Everything here happens in the step that applies a
//! transaction or answers a read, before the answer is sent. Read `watch.rs` for the tables.

use crate::base::Conn;
use crate::engine::Fx;
use crate::zookeeper::commit::Pending;
use crate::zookeeper::{
    AddWatchMode, ClientMsg, ErrorCode, EventKind, Fact, Fired, KeeperState, Op, OpResult, Server,
    Serving, Table, Tree, Txn, TxnBody, WatchEvent, WatchMode, WatcherKind, WatchesToSet,
};
use std::sync::Arc;

fn tables(kind: WatcherKind) -> &'static [Table] {
    match kind {
        WatcherKind::Children => &[Table::Child],
        WatcherKind::Data => &[Table::Data],
        WatcherKind::Any => &[Table::Child, Table::Data],
    }
}

impl Serving {
    /// Tells everybody who watches what a transaction has changed. One that failed changes nothing.
    pub(super) fn fire(
        &mut self,
        txn: &Txn,
        vanished: &[Arc<str>],
        result: &Result<OpResult, ErrorCode>,
        fx: &mut dyn Fx<Server>,
    ) {
        let mut fired = Vec::new();
        match (&txn.body, result) {
            (TxnBody::CloseSession, _) => {
                for path in vanished {
                    self.watches.deleted(path, &mut fired);
                }
            }
            (TxnBody::Multi(parts), Ok(OpResult::Multi(results))) => {
                for (part, result) in parts.iter().zip(results.iter()) {
                    if !matches!(result, OpResult::Error(_)) {
                        self.change(part, &mut fired);
                    }
                }
            }
            (body, Ok(_)) => self.change(body, &mut fired),
            _ => {}
        }
        for event in fired {
            self.tell(event, fx);
        }
    }

    fn change(&mut self, body: &TxnBody, fired: &mut Vec<Fired>) {
        match body {
            TxnBody::Create { path, .. } => self.watches.created(path, fired),
            TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => {
                self.watches.deleted(path, fired);
            }
            TxnBody::SetData { path, .. } => self.watches.changed(path, fired),
            _ => {}
        }
    }

    fn tell(&mut self, fired: Fired, fx: &mut dyn Fx<Server>) {
        let Fired {
            conn,
            kind,
            path,
            set_by,
        } = fired;
        if fx.wants_details()
            && let Some(session) = self.session_of(conn)
        {
            let path = Arc::clone(&path);
            let fact = Fact::WatchFired {
                session,
                kind,
                path,
            };
            fx.fact(fact, &[set_by, fx.step()]);
        }
        let event = WatchEvent {
            kind,
            state: KeeperState::SyncConnected,
            path,
        };
        self.send(conn, ClientMsg::Event(event), fx);
    }

    /// A request that is about watches itself.
    pub(super) fn watch_request(
        &mut self,
        request: &Pending,
        tree: &Tree,
        fx: &mut dyn Fx<Server>,
    ) -> Option<Result<OpResult, ErrorCode>> {
        let conn = request.conn;
        let found = |found| {
            if found {
                Ok(OpResult::Done)
            } else {
                Err(ErrorCode::NoWatcher)
            }
        };
        Some(match &*request.op {
            Op::SetWatches(lists) => {
                self.set_watches(lists, conn, tree, fx);
                Ok(OpResult::Done)
            }
            Op::AddWatch { path, mode } => {
                if self.has(conn) {
                    let mode = match mode {
                        AddWatchMode::Persistent => WatchMode::Persistent,
                        AddWatchMode::PersistentRecursive => WatchMode::PersistentRecursive,
                    };
                    self.watches.add(mode, path, conn, fx.step());
                    self.watch_set(path, conn, fx);
                }
                Ok(OpResult::Done)
            }
            Op::CheckWatches { path, kind } => {
                found(self.watches.contains(tables(*kind), path, conn))
            }
            Op::RemoveWatches { path, kind } => {
                found(self.watches.remove(tables(*kind), path, conn))
            }
            _ => return None,
        })
    }

    /// A read leaves its watch: getData and getChildren where there is a node, exists in any case.
    pub(super) fn leave_watch(
        &mut self,
        request: &Pending,
        result: &Result<OpResult, ErrorCode>,
        fx: &mut dyn Fx<Server>,
    ) {
        let (table, path) = match (&*request.op, result) {
            (Op::GetData { path, watch: true }, Ok(_))
            | (Op::Exists { path, watch: true }, Ok(_) | Err(ErrorCode::NoNode)) => {
                (Table::Data, path)
            }
            (
                Op::GetChildren { path, watch: true } | Op::GetChildren2 { path, watch: true },
                Ok(_),
            ) => (Table::Child, path),
            _ => return,
        };
        self.watch(table, path, request.conn, fx);
    }

    fn watch(&mut self, table: Table, path: &Arc<str>, conn: Conn, fx: &mut dyn Fx<Server>) {
        if self.has(conn) {
            self.watches.watch(table, path, conn, fx.step());
            self.watch_set(path, conn, fx);
        }
    }

    fn watch_set(&self, path: &Arc<str>, conn: Conn, fx: &mut dyn Fx<Server>) {
        if fx.wants_details()
            && let Some(session) = self.session_of(conn)
        {
            let path = Arc::clone(path);
            fx.fact(Fact::WatchSet { session, path }, &[fx.step()]);
        }
    }

    /// `DataTree.setWatches`: what the client missed is told at once, the rest is watched again.
    fn set_watches(
        &mut self,
        lists: &WatchesToSet,
        conn: Conn,
        tree: &Tree,
        fx: &mut dyn Fx<Server>,
    ) {
        let since = lists.relative_zxid;
        for path in &lists.data {
            let missed = match tree.node(path) {
                None => Some(EventKind::NodeDeleted),
                Some(node) if node.stat.mzxid > since => Some(EventKind::NodeDataChanged),
                Some(_) => None,
            };
            self.tell_or_watch(missed, (Table::Data, path), conn, fx);
        }
        for path in &lists.exist {
            let missed = tree.node(path).map(|_| EventKind::NodeCreated);
            self.tell_or_watch(missed, (Table::Data, path), conn, fx);
        }
        for path in &lists.child {
            let missed = match tree.node(path) {
                None => Some(EventKind::NodeDeleted),
                Some(node) if node.stat.pzxid > since => Some(EventKind::NodeChildrenChanged),
                Some(_) => None,
            };
            self.tell_or_watch(missed, (Table::Child, path), conn, fx);
        }
        let stay = lists
            .persistent
            .iter()
            .map(|path| (path, WatchMode::Persistent));
        let below = lists.persistent_recursive.iter();
        let below = below.map(|path| (path, WatchMode::PersistentRecursive));
        for (path, mode) in stay.chain(below) {
            if self.has(conn) {
                self.watches.add(mode, path, conn, fx.step());
                self.watch_set(path, conn, fx);
            }
        }
    }

    fn tell_or_watch(
        &mut self,
        missed: Option<EventKind>,
        (table, path): (Table, &Arc<str>),
        conn: Conn,
        fx: &mut dyn Fx<Server>,
    ) {
        match missed {
            None => self.watch(table, path, conn, fx),
            Some(kind) => {
                let fired = Fired {
                    conn,
                    kind,
                    path: Arc::clone(path),
                    set_by: fx.step(),
                };
                self.tell(fired, fx);
            }
        }
    }
}
