//! A model of the data tree, for properties of clients: the writes in the order of their zxids, applied by rules of its
//! own, and what it looked like at the zxids just before.
//!
//! It shares no code with `zookeeper/tree.rs`, which it judges, and follows the programmer's guide ("ZNodes", "Stat
//! Structure", "Ephemeral Nodes") and reference 5. It knows nothing of permissions.

use crate::zookeeper::{SessionId, Stat, Tree, Txn, TxnBody, Zxid};
use imbl::{OrdMap, OrdSet, Vector};
use std::sync::Arc;

/// How many changes back it remembers what was before.
const REMEMBERED: usize = 1 << 13;

/// A node of the model.
#[derive(Clone, Debug, Default)]
pub struct ModelNode {
    /// Its data.
    pub data: Arc<[u8]>,
    /// The names of its children.
    pub children: OrdSet<Arc<str>>,
    czxid: Zxid,
    mzxid: Zxid,
    pzxid: Zxid,
    version: i32,
    creates: i32,
    owner: SessionId,
}

impl ModelNode {
    /// In what a stat that a client was shown is not the node's, if in anything.
    pub fn differs(&self, stat: &Stat) -> Option<&'static str> {
        let children = self.children.len() as i32;
        let cversion = self.creates.wrapping_mul(2).wrapping_sub(children);
        [
            ("czxid", self.czxid == stat.czxid),
            ("mzxid", self.mzxid == stat.mzxid),
            ("pzxid", self.pzxid == stat.pzxid),
            ("version", self.version == stat.version),
            ("cversion", cversion == stat.cversion),
            ("ephemeralOwner", self.owner == stat.ephemeral_owner),
            ("dataLength", self.data.len() as i32 == stat.data_length),
            ("numChildren", children == stat.num_children),
        ]
        .into_iter()
        .find_map(|(field, same)| (!same).then_some(field))
    }
}

/// What a write did to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// The node was created.
    Created,
    /// The node was deleted.
    Deleted,
    /// The node's data was replaced.
    Data,
    /// A child came or went.
    Children,
}

#[derive(Clone, Debug)]
struct Change {
    zxid: Zxid,
    path: Arc<str>,
    what: Touch,
    before: Option<Arc<ModelNode>>,
}

/// The tree after all writes up to a zxid.
#[derive(Clone, Debug, Default)]
pub struct ModelTree {
    nodes: OrdMap<Arc<str>, Arc<ModelNode>>,
    owned: OrdMap<SessionId, OrdSet<Arc<str>>>,
    changes: Vector<Change>,
    forgotten: Zxid,
    /// The last zxid applied.
    pub at: Zxid,
}

fn parent_of(path: &str) -> Option<(&str, &str)> {
    let (parent, name) = path.rsplit_once('/')?;
    let parent = if parent.is_empty() { "/" } else { parent };
    (!name.is_empty()).then_some((parent, name))
}

impl ModelTree {
    /// The tree that the first leader began with.
    pub fn begin(tree: &Tree) -> Self {
        let mut model = Self {
            at: tree.last_processed,
            forgotten: tree.last_processed,
            ..Self::default()
        };
        for (path, node) in &tree.nodes {
            let stat = &node.stat;
            let node = ModelNode {
                data: Arc::clone(&node.data),
                children: node.children.clone(),
                czxid: stat.czxid,
                mzxid: stat.mzxid,
                pzxid: stat.pzxid,
                version: stat.version,
                creates: stat.cversion,
                owner: stat.ephemeral_owner,
            };
            model.own(node.owner, path);
            model.nodes.insert(Arc::clone(path), Arc::new(node));
        }
        model
    }

    /// Whether it still knows what the tree was at a zxid.
    pub fn knows(&self, at: Zxid) -> bool {
        at >= self.forgotten
    }

    /// The node at a path when the tree was at a zxid that it knows.
    pub fn node_at(&self, path: &str, at: Zxid) -> Option<&Arc<ModelNode>> {
        let mut node = self.nodes.get(path);
        let later = self.changes.iter().rev().take_while(|c| c.zxid > at);
        for change in later.filter(|change| *change.path == *path) {
            node = change.before.as_ref();
        }
        node
    }

    /// The first change to a path after a zxid that one of these is.
    pub fn first_touch(&self, path: &str, after: Zxid, of: &[Touch]) -> Option<Zxid> {
        let later = self.changes.iter().rev().take_while(|c| c.zxid > after);
        later
            .filter(|change| *change.path == *path && of.contains(&change.what))
            .last()
            .map(|change| change.zxid)
    }

    /// Applies a write behind all others; each path that it touches is told to `touched`.
    pub fn apply(&mut self, txn: &Txn, touched: &mut impl FnMut(&Arc<str>, Touch)) {
        self.at = txn.zxid;
        match &txn.body {
            TxnBody::Multi(parts) => {
                let fails = |part: &TxnBody| matches!(part, TxnBody::Error(_));
                if !parts.iter().any(fails) {
                    parts.iter().for_each(|part| self.part(txn, part, touched));
                }
            }
            TxnBody::CloseSession => {
                for path in self.owned.remove(&txn.session).unwrap_or_default() {
                    self.delete(&path, txn.zxid, touched);
                }
            }
            body => self.part(txn, body, touched),
        }
        while self.changes.len() > REMEMBERED {
            let gone = self.changes.pop_front();
            self.forgotten = gone.map_or(self.forgotten, |change| change.zxid);
        }
    }

    fn part(&mut self, txn: &Txn, body: &TxnBody, touched: &mut impl FnMut(&Arc<str>, Touch)) {
        match body {
            TxnBody::Create {
                path,
                data,
                parent_cversion,
                kind,
                ..
            } => {
                let owner = kind.owner(txn.session);
                let node = ModelNode {
                    data: Arc::clone(data),
                    czxid: txn.zxid,
                    mzxid: txn.zxid,
                    pzxid: txn.zxid,
                    owner,
                    ..ModelNode::default()
                };
                self.own(owner, path);
                self.set(path, Some(node), (txn.zxid, Touch::Created), touched);
                self.below_changed(path, txn.zxid, touched, |parent, name| {
                    parent.children.insert(name.into());
                    parent.creates = *parent_cversion;
                });
            }
            TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => {
                self.delete(path, txn.zxid, touched);
            }
            TxnBody::SetData {
                path,
                data,
                version,
            } => {
                if let Some(node) = self.nodes.get(path) {
                    let node = ModelNode {
                        data: Arc::clone(data),
                        mzxid: txn.zxid,
                        version: *version,
                        ..(**node).clone()
                    };
                    self.set(path, Some(node), (txn.zxid, Touch::Data), touched);
                }
            }
            _ => {}
        }
    }

    fn own(&mut self, owner: SessionId, path: &Arc<str>) {
        if owner != SessionId::default() {
            let owned = self.owned.entry(owner).or_default();
            owned.insert(Arc::clone(path));
        }
    }

    fn delete(&mut self, path: &Arc<str>, zxid: Zxid, touched: &mut impl FnMut(&Arc<str>, Touch)) {
        let Some(node) = self.nodes.get(path) else {
            return;
        };
        if let Some(owned) = self.owned.get_mut(&node.owner) {
            owned.remove(path);
        }
        self.set(path, None, (zxid, Touch::Deleted), touched);
        self.below_changed(path, zxid, touched, |parent, name| {
            parent.children.remove(name);
        });
    }

    fn below_changed(
        &mut self,
        path: &str,
        zxid: Zxid,
        touched: &mut impl FnMut(&Arc<str>, Touch),
        change: impl FnOnce(&mut ModelNode, &str),
    ) {
        let known = parent_of(path)
            .and_then(|(parent, name)| Some((self.nodes.get_key_value(parent)?, name)));
        let Some(((parent, node), name)) = known else {
            return;
        };
        let (parent, mut node) = (Arc::clone(parent), (**node).clone());
        node.pzxid = zxid;
        change(&mut node, name);
        self.set(&parent, Some(node), (zxid, Touch::Children), touched);
    }

    fn set(
        &mut self,
        path: &Arc<str>,
        node: Option<ModelNode>,
        (zxid, what): (Zxid, Touch),
        touched: &mut impl FnMut(&Arc<str>, Touch),
    ) {
        let before = match node {
            Some(node) => self.nodes.insert(Arc::clone(path), Arc::new(node)),
            None => self.nodes.remove(path),
        };
        self.changes.push_back(Change {
            zxid,
            path: Arc::clone(path),
            what,
            before,
        });
        touched(path, what);
    }
}
