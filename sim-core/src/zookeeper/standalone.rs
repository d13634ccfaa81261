//! One server without others: no election, no quorum, a log and a tree.
//!
//! Follows `ZooKeeperServerMain.runFromConfig`, `ZooKeeperServer.startdata`, `startup` and the chain
//! `PrepRequestProcessor`, `SyncRequestProcessor`, `FinalRequestProcessor` of releases 3.5.7 and
//! 3.8.0. The client port is bound before the database is read; each start writes a snapshot;
//! zxids go on from the last one in whatever epoch it had, 0 on an empty disk. A write is applied
//! and answered only when the log has synced it, and what came behind it waits. It never writes an
//! epoch file. Read `logger.rs` for the log thread, `serving.rs` for sessions and answers.

use crate::base::StepIndex;
use crate::zookeeper::containers::Containers;
use crate::zookeeper::peer::{Role, load_error};
use crate::zookeeper::server::{Cx, ZkState, lane};
use crate::zookeeper::{
    Database, Fact, Phase, Prep, Server, ServerState, Submit, Txn, Work, WriteRequest, port,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// The request processors of a server that runs alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Standalone {
    prep: Prep,
    /// Writes that wait for `PrepRequestProcessor`.
    queue: VecDeque<WriteRequest>,
    woken: bool,
}

impl Standalone {
    /// Gives zxids and checks writes.
    pub(super) fn prep_mut(&mut self) -> &mut Prep {
        &mut self.prep
    }

    /// Writes that are not transactions yet.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }
}

impl Server {
    /// Whether it runs alone: its configuration lists one participant at most.
    pub fn is_standalone(&self) -> bool {
        self.config.ensemble.is_standalone()
    }

    /// `startdata` and `startup`.
    pub(super) fn load_standalone(&mut self, cx: &mut Cx<'_>) {
        let loaded = match Database::load(cx.disk) {
            Err(error) => return self.end(1, &load_error(error), cx),
            Ok(loaded) => loaded,
        };
        for change in loaded.changes {
            cx.fx.write(change);
        }
        self.database = loaded.database;
        self.database_by = cx.by(());
        let last_zxid = self.database.last_processed();
        let (snapshot, replayed) = (loaded.snapshot, loaded.replayed);
        cx.fact(&[], || Fact::RunsAlone {
            last_zxid,
            snapshot,
            replayed,
        });
        cx.detail(&[], || Fact::State {
            from: ServerState::Looking,
            to: ServerState::Standalone,
        });
        self.database.kill_dead_sessions();
        self.take_snapshot(cx);
        self.role_begins();
        self.role = Role::Standalone(Box::new(Standalone {
            prep: Prep::with_rules(last_zxid, Arc::clone(self.serving.rules())),
            queue: VecDeque::new(),
            woken: false,
        }));
        self.serving.start(true, self.database.tree(), cx.now.mono);
        self.zk = ZkState::Running;
        self.set_phase(Phase::Broadcast, cx);
        cx.fact(&[], || Fact::Serving {
            yes: true,
            last_zxid,
        });
        self.arm_session_timer(cx);
        self.containers = Containers::since(cx.now.mono);
        self.watch_containers(cx);
    }

    /// The client port is bound when the process starts; who speaks before the database is read is
    /// hung up on.
    pub(super) fn boot_standalone(fx: &mut dyn crate::engine::Fx<Server>) {
        fx.listen(port::CLIENT);
    }

    /// A client's request, or an expiry, goes to `PrepRequestProcessor`.
    pub(super) fn submit_standalone(&mut self, submit: Submit, cx: &mut Cx<'_>) {
        let Submit::Write(request) = submit else {
            // Nobody else is asked: syncs and sessions are the server's own business.
            return;
        };
        let Role::Standalone(alone) = &mut self.role else {
            return;
        };
        if self.zk != ZkState::Running {
            return;
        }
        alone.queue.push_back(request);
        if !alone.woken {
            alone.woken = true;
            cx.fx.hand(lane::PREP, Work::Prep);
        }
    }

    /// `PrepRequestProcessor` takes what waits and hands it to the log thread.
    pub(super) fn prepare_standalone(&mut self, cx: &mut Cx<'_>) {
        while let Role::Standalone(alone) = &mut self.role {
            alone.woken = false;
            let Some(request) = alone.queue.pop_front() else {
                return;
            };
            let Some(tracker) = self.serving.tracker() else {
                continue;
            };
            let tree = self.database.tree();
            let txn = alone.prep.make(&request, tree, tracker, cx.now);
            let by = cx.step();
            self.log_request(&txn, by, cx);
        }
    }

    /// The log has it: `FinalRequestProcessor`, on the log thread.
    pub(super) fn logged_standalone(&mut self, txn: &Arc<Txn>, by: StepIndex, cx: &mut Cx<'_>) {
        self.apply(txn, by, cx);
    }

    /// The log thread died: the server shuts itself down, in good order and with exit code 0.
    pub(super) fn log_lost_standalone(&mut self, cx: &mut Cx<'_>) {
        self.stop_serving(cx);
        self.zk = ZkState::Shutdown;
        self.end(0, "the log thread died, the server shuts down", cx);
    }
}
