//! What clients were answered, against the writes in the order of their zxids: writes are linearizable, every read shows
//! the tree as it was at its zxid, and an event comes before the first answer that shows its change.
//!
//! It replays the writes on a tree of its own (`model_tree.rs`) and judges answers only: `client_zxids.rs` has that
//! zxids never go back within a session, so own writes are seen. A client's operation with an unknown outcome binds
//! nothing. Without clients it keeps the transactions that were proposed and does nothing with them.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::model_tree::{ModelNode, ModelTree, Touch};
use crate::invariant::{DATA_QUIRKS, Needs, Property, Report};
use crate::zookeeper::{
    Epoch, ErrorCode, EventKind, Op, OpResult, SessionId, Stat, Tree, Txn, TxnBody, Zxid,
};
use imbl::{OrdMap, Vector};
use std::sync::Arc;

const PROMISED_WHEN: &str = "no disk was wiped or lost a whole write, connections keep order, one membership, and no \
                             quirk that loses data had its occasion";

const fn property(meta: Meta) -> Property {
    Property {
        meta,
        needs: Needs::SAFETY,
        broken_by: DATA_QUIRKS,
        kept_by: &[],
        promised: true,
    }
}

/// Writes.
pub static WRITES: Property = property(Meta {
    name: "client.linearizable-writes",
    says: "a write is answered with its own zxid and result, and has a greater zxid than every write that was answered \
           before it was asked for, whoever asked",
    source: "Linearizable writes (ZooKeeper programmer's guide, consistency guarantees; Hunt, Konar, Junqueira, Reed, \
             USENIX ATC 2010, section 2.3)",
    promised_when: PROMISED_WHEN,
});

/// Reads.
pub static READS: Property = property(Meta {
    name: "client.reads-a-prefix",
    says: "every read shows the tree after exactly the writes up to the zxid of its answer",
    source: "Sequential consistency and atomicity (ZooKeeper programmer's guide, consistency guarantees); FIFO client \
             order (Hunt, Konar, Junqueira, Reed, USENIX ATC 2010, section 2.3)",
    promised_when: PROMISED_WHEN,
});

/// Watches.
pub static WATCHES: Property = property(Meta {
    name: "client.event-before-change",
    says: "a client hears of a change that it watches before any answer that shows it, also over a reconnection, and \
           once for each one-shot watch",
    source: "What ZooKeeper guarantees about watches (ZooKeeper programmer's guide, ZooKeeper watches); Hunt, Konar, \
             Junqueira, Reed, USENIX ATC 2010, section 2.3",
    promised_when: PROMISED_WHEN,
});

/// How many writes back answers are judged.
const REMEMBERED: usize = 1 << 13;

/// An answer as its client saw it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Whose session.
    pub session: SessionId,
    /// The session's own number of the request.
    pub cxid: i32,
    /// What was asked.
    pub op: &'a Op,
    /// The zxid of the answer.
    pub zxid: Zxid,
    /// The error, if any.
    pub error: Option<ErrorCode>,
    /// The result.
    pub result: &'a OpResult,
    /// The step in which the client asked.
    pub asked: StepIndex,
}

/// What a one-shot watch waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wait {
    /// Other data, or the end of the node.
    Data,
    /// The node's creation.
    Creation,
    /// Other children, or the end of the node.
    Children,
}

impl Wait {
    fn touches(self) -> &'static [Touch] {
        match self {
            Wait::Data => &[Touch::Data, Touch::Deleted],
            Wait::Creation => &[Touch::Created],
            Wait::Children => &[Touch::Children, Touch::Deleted],
        }
    }

    /// The waits that an event ends.
    fn ended_by(event: EventKind) -> &'static [Wait] {
        match event {
            EventKind::NodeCreated | EventKind::NodeDataChanged => &[Wait::Creation, Wait::Data],
            EventKind::NodeDeleted => &[Wait::Data, Wait::Creation, Wait::Children],
            EventKind::NodeChildrenChanged => &[Wait::Children],
            _ => &[],
        }
    }
}

/// A watch that a client has left.
#[derive(Clone, Copy, Debug)]
struct Armed {
    by: StepIndex,
    /// On which of the client's connections.
    connection: u32,
}

/// What is known of a client process.
#[derive(Clone, Debug, Default)]
struct Watcher {
    connection: u32,
    /// Whether it has watches that stay: their events are not counted.
    persistent: bool,
    /// Changes that its next answers may show only after their events.
    due: OrdMap<(Zxid, Arc<str>, Wait), StepIndex>,
}

/// The history so far.
#[derive(Clone, Debug, Default)]
pub struct ClientHistory {
    model: Option<ModelTree>,
    /// Proposed, and not yet shown by any answer.
    proposed: OrdMap<Zxid, Arc<Txn>>,
    epoch: Epoch,
    /// The writes behind the model's last changes.
    made: Vector<(Zxid, Arc<Txn>)>,
    /// After which step the greatest zxid of an answered write was which.
    answered: Vector<(StepIndex, Zxid)>,
    armed: OrdMap<Arc<str>, OrdMap<(NodeId, Wait), Armed>>,
    watchers: OrdMap<NodeId, Watcher>,
}

impl ClientHistory {
    /// Forgets the run.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// A leader proposed a transaction.
    pub fn proposed(&mut self, txn: &Arc<Txn>) {
        if txn.zxid.epoch() >= self.epoch {
            self.proposed.insert(txn.zxid, Arc::clone(txn));
        }
    }

    /// A leader was established: what older epochs proposed behind its history never happens.
    pub fn established(&mut self, epoch: Epoch, last: Zxid, tree: Option<&Tree>) {
        self.epoch = self.epoch.max(epoch);
        if self.model.is_none() {
            self.model = tree.map(ModelTree::begin);
        }
        let proposed = core::mem::take(&mut self.proposed).into_iter();
        let stands = |zxid: &Zxid| *zxid <= last || zxid.epoch() >= epoch;
        self.proposed = proposed.filter(|(zxid, _)| stands(zxid)).collect();
    }

    /// Applies everything up to a zxid that a serving server has shown.
    fn show(&mut self, zxid: Zxid) {
        let Some(model) = &mut self.model else {
            return;
        };
        while let Some((next, _)) = self.proposed.get_min()
            && *next <= zxid
        {
            let (next, txn) = self.proposed.get_min().cloned().expect("looked at");
            self.proposed.remove(&next);
            if next <= model.at {
                continue;
            }
            let (armed, watchers) = (&self.armed, &mut self.watchers);
            model.apply(&txn, &mut |path, touch| {
                mark_due(armed, watchers, path, touch, next);
            });
            self.made.push_back((next, txn));
            if self.made.len() > REMEMBERED {
                self.made.pop_front();
            }
        }
    }

    /// A client received an answer.
    pub fn answer(&mut self, answer: &Answer<'_>, report: &mut Report<'_>) {
        if answer.zxid <= Zxid::ZERO || self.model.is_none() {
            return;
        }
        self.show(answer.zxid);
        self.check_events(answer.zxid, report);
        if answer.op.is_write() {
            self.check_write(answer, report);
        } else {
            self.check_read(answer, report);
            self.arm(answer, report.node, report.step);
        }
        if matches!(answer.op, Op::CloseSession) {
            self.session_over(report.node);
        }
    }

    fn check_write(&mut self, answer: &Answer<'_>, report: &mut Report<'_>) {
        let Answer { zxid, asked, .. } = *answer;
        let before = match self.answered.binary_search_by(|(step, _)| step.cmp(&asked)) {
            Ok(index) | Err(index) => index.checked_sub(1).and_then(|i| self.answered.get(i)),
        };
        if let Some((step, earlier)) = before.filter(|(_, earlier)| *earlier >= zxid) {
            report.broken(&WRITES, &[*step, asked], || {
                format!("a write asked for after one was answered at {earlier} gets {zxid}")
            });
        }
        let greatest = self.answered.last().map_or(Zxid::ZERO, |(_, zxid)| *zxid);
        if zxid > greatest {
            self.answered.push_back((report.step, zxid));
            if self.answered.len() > REMEMBERED {
                self.answered.pop_front();
            }
        }
        if let Some(wrong) = self.wrong_write(answer) {
            report.broken(&WRITES, &[asked], || {
                format!("a write answered at {zxid}: {wrong}")
            });
        }
    }

    fn wrong_write(&self, answer: &Answer<'_>) -> Option<String> {
        let Answer { zxid, error, .. } = *answer;
        if self.made.front().is_none_or(|(first, _)| zxid < *first) {
            return None;
        }
        let txn = self.made.binary_search_by_key(&zxid, |(zxid, _)| *zxid);
        let txn = txn.ok().map(|index| &self.made[index].1);
        let own = |txn: &&Arc<Txn>| (txn.session, txn.cxid) == (answer.session, answer.cxid);
        let Some(txn) = txn.filter(own) else {
            // A request that the server refuses by itself has no transaction.
            return error
                .is_none()
                .then(|| "that zxid is another write's".into());
        };
        match (&txn.body, error, answer.result) {
            (TxnBody::Error(code), error, _) => {
                (error != Some(*code)).then(|| format!("it failed with {}", code.name()))
            }
            (_, Some(code), _) => Some(format!("it succeeded, but {} came back", code.name())),
            (
                TxnBody::Create { path, .. },
                _,
                OpResult::Path(told) | OpResult::Created(told, _),
            ) => (path != told).then(|| format!("it created {path}, not {told}")),
            (TxnBody::SetData { path, .. }, _, OpResult::Stat(stat)) => {
                wrong_stat(self.model_at(zxid)?.node_at(path, zxid), stat, path)
            }
            _ => None,
        }
    }

    /// The model tree, if it reaches back to `zxid`.
    fn model_at(&self, zxid: Zxid) -> Option<&ModelTree> {
        self.model.as_ref().filter(|model| model.knows(zxid))
    }

    fn check_read(&mut self, answer: &Answer<'_>, report: &mut Report<'_>) {
        let (Op::GetData { path, .. }
        | Op::Exists { path, .. }
        | Op::GetChildren { path, .. }
        | Op::GetChildren2 { path, .. }) = answer.op
        else {
            return;
        };
        let Some(model) = self.model_at(answer.zxid) else {
            return;
        };
        let node = model.node_at(path, answer.zxid);
        if let Some(wrong) = wrong_read(answer, node, path) {
            let zxid = answer.zxid;
            report.broken(&READS, &[answer.asked], || {
                format!("a read at {zxid}: {wrong}")
            });
        }
    }

    // ---- watches ----

    /// A read left a watch: what it waits for depends on what it found.
    fn arm(&mut self, answer: &Answer<'_>, node: NodeId, step: StepIndex) {
        let (path, wait) = match (answer.op, answer.error) {
            (Op::GetData { path, watch: true }, None) => (path, Wait::Data),
            (Op::Exists { path, watch: true }, None) => (path, Wait::Data),
            (Op::Exists { path, watch: true }, Some(ErrorCode::NoNode)) => (path, Wait::Creation),
            (
                Op::GetChildren { path, watch: true } | Op::GetChildren2 { path, watch: true },
                None,
            ) => (path, Wait::Children),
            (Op::AddWatch { .. }, None) => {
                self.watchers.entry(node).or_default().persistent = true;
                return;
            }
            (Op::RemoveWatches { path, .. }, None) => {
                for wait in [Wait::Data, Wait::Creation, Wait::Children] {
                    self.disarm(path, node, wait);
                }
                return;
            }
            _ => return,
        };
        let watcher = self.watchers.entry(node).or_default();
        let connection = watcher.connection;
        let watches = self.armed.entry(Arc::clone(path)).or_default();
        if watches.contains_key(&(node, wait)) {
            return;
        }
        let by = step;
        watches.insert((node, wait), Armed { by, connection });
        // This server lags behind another that has shown the change already.
        let model = self
            .model
            .as_ref()
            .expect("answers are judged with a model");
        if let Some(zxid) = model.first_touch(path, answer.zxid, wait.touches()) {
            watcher.due.insert((zxid, Arc::clone(path), wait), by);
        }
    }

    fn disarm(&mut self, path: &Arc<str>, node: NodeId, wait: Wait) -> bool {
        let Some(watches) = self.armed.get_mut(path) else {
            return false;
        };
        let was = watches.remove(&(node, wait)).is_some();
        if watches.is_empty() {
            self.armed.remove(path);
        }
        if was && let Some(watcher) = self.watchers.get_mut(&node) {
            let of_it =
                |(_, at, for_what): &(Zxid, Arc<str>, Wait)| at == path && *for_what == wait;
            let due = watcher.due.keys().filter(|key| of_it(key)).cloned();
            for key in due.collect::<Vec<_>>() {
                watcher.due.remove(&key);
            }
        }
        was
    }

    /// A client heard an event.
    pub fn event(&mut self, kind: EventKind, path: &Arc<str>, report: &mut Report<'_>) {
        let node = report.node;
        let mut waited = false;
        for wait in Wait::ended_by(kind) {
            waited |= self.disarm(path, node, *wait);
        }
        // A deletion missed while away is told once for each list that a path was in.
        let may_repeat = Wait::ended_by(kind).is_empty() || kind == EventKind::NodeDeleted;
        let stays = self.watchers.get(&node).is_some_and(|w| w.persistent);
        if !waited && !may_repeat && !stays {
            report.broken(&WATCHES, &[], || {
                format!("{} for {path}, which is not watched", kind.name())
            });
        }
    }

    /// No answer may show a change whose event has not come.
    fn check_events(&mut self, zxid: Zxid, report: &mut Report<'_>) {
        let node = report.node;
        while let Some(watcher) = self.watchers.get_mut(&node)
            && let Some(((at, path, wait), by)) = watcher.due.get_min().cloned()
            && at <= zxid
        {
            watcher.due.remove(&(at, Arc::clone(&path), wait));
            let connection = watcher.connection;
            if self.missed_for_good(&path, (node, wait), connection, zxid) {
                continue;
            }
            report.broken(&WATCHES, &[by], || {
                format!(
                    "an answer at {zxid} came before the event for {path}, which changed at {at}"
                )
            });
        }
    }

    /// A node that came and went between two connections leaves no trace: its watch stands again.
    fn missed_for_good(
        &mut self,
        path: &Arc<str>,
        (node, wait): (NodeId, Wait),
        connection: u32,
        zxid: Zxid,
    ) -> bool {
        let model = self.model_at(zxid);
        let absent = model.is_none_or(|model| model.node_at(path, zxid).is_none());
        let armed = self.armed.get_mut(path);
        let Some(armed) = armed.and_then(|watches| watches.get_mut(&(node, wait))) else {
            return true;
        };
        let missed = wait == Wait::Creation && absent && armed.connection != connection;
        if missed {
            armed.connection = connection;
        }
        missed
    }

    /// A client lost its connection.
    pub fn disconnected(&mut self, node: NodeId) {
        if let Some(watcher) = self.watchers.get_mut(&node) {
            watcher.connection += 1;
        }
    }

    /// A client's session is over, or its process ended.
    pub fn session_over(&mut self, node: NodeId) {
        if self.watchers.remove(&node).is_none() {
            return;
        }
        let armed = core::mem::take(&mut self.armed);
        let of_others = armed.into_iter().filter_map(|(path, mut watches)| {
            for wait in [Wait::Data, Wait::Creation, Wait::Children] {
                watches.remove(&(node, wait));
            }
            (!watches.is_empty()).then_some((path, watches))
        });
        self.armed = of_others.collect();
    }
}

/// A change at a path: whoever waits for it must hear of it before an answer at its zxid.
fn mark_due(
    armed: &OrdMap<Arc<str>, OrdMap<(NodeId, Wait), Armed>>,
    watchers: &mut OrdMap<NodeId, Watcher>,
    path: &Arc<str>,
    touch: Touch,
    zxid: Zxid,
) {
    for ((node, wait), armed) in armed.get(path).into_iter().flatten() {
        if wait.touches().contains(&touch)
            && let Some(watcher) = watchers.get_mut(node)
        {
            watcher
                .due
                .insert((zxid, Arc::clone(path), *wait), armed.by);
        }
    }
}

fn wrong_stat(node: Option<&Arc<ModelNode>>, stat: &Stat, path: &str) -> Option<String> {
    let Some(node) = node else {
        return Some(format!("there is no {path}"));
    };
    let field = node.differs(stat)?;
    Some(format!("{field} of {path} is another"))
}

fn wrong_read(answer: &Answer<'_>, node: Option<&Arc<ModelNode>>, path: &str) -> Option<String> {
    match (answer.error, answer.result) {
        (Some(ErrorCode::NoNode), _) => node.map(|_| format!("there is {path}")),
        (Some(_), _) => None,
        (None, OpResult::Stat(stat)) => wrong_stat(node, stat, path),
        (None, OpResult::Data(data, stat)) => wrong_stat(node, stat, path).or_else(|| {
            let other = node.is_some_and(|node| node.data != *data);
            other.then(|| format!("the data of {path} is another"))
        }),
        (None, OpResult::Children(children) | OpResult::Children2(children, _)) => {
            let Some(node) = node else {
                return Some(format!("there is no {path}"));
            };
            let same = node.children.len() == children.len()
                && children.iter().all(|name| node.children.contains(name));
            (!same).then(|| format!("the children of {path} are others"))
        }
        _ => None,
    }
}
