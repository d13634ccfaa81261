//! The commit processor: applies committed transactions in order and answers clients.
//!
//! Follows `CommitProcessor`, `FinalRequestProcessor` and `Leader.ToBeAppliedRequestProcessor` of
//! release 3.5.7. Applying never waits for the own log.

use crate::base::StepIndex;
use crate::zookeeper::logger::Told;
use crate::zookeeper::peer::Role;
use crate::zookeeper::server::{Cx, lane};
use crate::zookeeper::{Fact, Quirk, Server, Txn, TxnBody, Work, Zxid, java_set_order};
use std::collections::VecDeque;
use std::sync::Arc;

/// One thing that was committed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Committed {
    Txn(Arc<Txn>, Told),
    /// The leader's answer to the oldest sync of this server's clients.
    Sync,
}

/// The commit processor with its queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Applier {
    queue: VecDeque<Committed>,
    woken: bool,
    stopped: bool,
}

impl Applier {
    /// Committed and not applied yet.
    pub fn waiting(&self) -> impl Iterator<Item = Zxid> {
        self.queue.iter().filter_map(|committed| match committed {
            Committed::Txn(txn, _) => Some(txn.zxid),
            Committed::Sync => None,
        })
    }

    /// Starts with an empty queue (`setupRequestProcessors`).
    pub(super) fn start(&mut self) {
        self.queue.clear();
        self.stopped = false;
    }

    /// Drops what is not applied yet (`shutdown`).
    pub(super) fn stop(&mut self) {
        self.queue.clear();
        self.stopped = true;
    }
}

impl Server {
    /// Hands a committed transaction over (`commit`).
    pub(super) fn commit(&mut self, txn: Arc<Txn>, by: StepIndex, cx: &mut Cx<'_>) {
        self.to_applier(Committed::Txn(txn, Told(by)), cx);
    }

    /// Hands a finished sync over.
    pub(super) fn commit_sync(&mut self, cx: &mut Cx<'_>) {
        self.to_applier(Committed::Sync, cx);
    }

    fn to_applier(&mut self, committed: Committed, cx: &mut Cx<'_>) {
        if self.applier.stopped {
            return;
        }
        self.applier.queue.push_back(committed);
        if !self.applier.woken {
            self.applier.woken = true;
            cx.fx.hand(lane::COMMIT, Work::Commit);
        }
    }

    /// The commit processor takes what waits.
    pub(super) fn apply_committed(&mut self, cx: &mut Cx<'_>) {
        self.applier.woken = false;
        while let Some(committed) = self.applier.queue.pop_front() {
            match committed {
                Committed::Txn(txn, by) => self.apply(&txn, by.0, cx),
                Committed::Sync => self.serving.synced(self.database.tree(), cx.fx),
            }
        }
    }

    /// `FinalRequestProcessor.processRequest` of a write.
    pub(super) fn apply(&mut self, txn: &Arc<Txn>, by: StepIndex, cx: &mut Cx<'_>) {
        let vanished = self.vanishing(txn);
        let result = self.database.apply(txn);
        match &mut self.role {
            Role::Leading(leader) => leader.applied(txn.zxid),
            Role::Standalone(alone) => alone.prep_mut().applied(txn.zxid),
            _ => {}
        }
        self.database.add_committed(txn);
        self.database_by = cx.by(());
        cx.fact(&[by], || Fact::Applied {
            txn: Arc::clone(txn),
            serving: true,
        });
        let tree = self.database.tree();
        let done = (&**txn, &*vanished);
        self.serving
            .applied(done, &result, tree, cx.now.mono, cx.fx);
        self.watch_containers(cx);
    }

    /// The ephemeral nodes that a closeSession is about to delete, in the order in which it does,
    /// if anybody watches anything.
    fn vanishing(&self, txn: &Txn) -> Vec<Arc<str>> {
        if !matches!(txn.body, TxnBody::CloseSession) || self.serving.watches.is_empty() {
            return Vec::new();
        }
        let owned = self.database.tree().ephemerals.get(&txn.session);
        let mut paths: Vec<_> = owned.into_iter().flatten().cloned().collect();
        java_set_order(&mut paths);
        paths
    }

    /// Applies a transaction of a snapshot's tail directly (`processTxn` while synchronising): it
    /// counts as history taken over, not as delivered. It does not enter the committed log; since
    /// the release that fixed ZOOKEEPER-4394 applies more than that tail so, the hole that this left
    /// had to be closed too (ZOOKEEPER-4925, 3.9.4).
    pub(super) fn apply_directly(&mut self, txn: &Arc<Txn>, by: StepIndex, cx: &mut Cx<'_>) {
        // What the snapshot holds already fails again, harmlessly: the result is not looked at.
        let _ = self.database.apply(txn);
        let kept_out = [
            Quirk::Zk4394CommitBeforeUpToDate,
            Quirk::Zk4925HoleInCommittedLog,
        ];
        if !kept_out.into_iter().any(|quirk| self.has(quirk)) {
            self.database.add_committed(txn);
        }
        self.database_by = cx.by(());
        cx.fact(&[by], || Fact::Applied {
            txn: Arc::clone(txn),
            serving: false,
        });
    }
}
