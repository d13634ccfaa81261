//! What a client watches, as its library remembers it to register it again.
//!
//! Follows `ZooKeeper.ZKWatchManager`, the watch registrations of `ZooKeeper.java` and
//! `ClientCnxn.primeConnection` of release 3.5.7, and of 3.8.0 for watches that stay. It sends
//! nothing.

use crate::zookeeper::{
    AddWatchMode, ErrorCode, EventKind, Op, WatchEvent, WatcherKind, WatchesToSet, Zxid,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A set of watched paths.
pub type Paths = BTreeSet<Arc<str>>;

/// The watches of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientWatches {
    /// Left by getData, and by exists where there was a node.
    pub data: Paths,
    /// Left by exists where there was none.
    pub exist: Paths,
    /// Left by getChildren.
    pub child: Paths,
    /// Watches that stay.
    pub persistent: Paths,
    /// Watches that stay and look below.
    pub recursive: Paths,
}

/// `SET_WATCHES_MAX_LENGTH`: a longer list of paths is sent in parts.
const MAX_LENGTH: usize = 128 * 1024;

impl ClientWatches {
    /// An operation was answered: a watch that it left is remembered.
    pub(super) fn answered(&mut self, op: &Op, error: Option<ErrorCode>) {
        let (paths, path) = match (op, error) {
            (Op::GetData { path, watch: true } | Op::Exists { path, watch: true }, None) => {
                (&mut self.data, path)
            }
            (Op::Exists { path, watch: true }, Some(ErrorCode::NoNode)) => (&mut self.exist, path),
            (
                Op::GetChildren { path, watch: true } | Op::GetChildren2 { path, watch: true },
                None,
            ) => (&mut self.child, path),
            (Op::AddWatch { path, mode }, None) => match mode {
                AddWatchMode::Persistent => (&mut self.persistent, path),
                AddWatchMode::PersistentRecursive => (&mut self.recursive, path),
            },
            (Op::RemoveWatches { path, kind }, None) => return self.remove(path, *kind),
            _ => return,
        };
        paths.insert(Arc::clone(path));
    }

    fn remove(&mut self, path: &str, kind: WatcherKind) {
        if kind != WatcherKind::Data {
            self.child.remove(path);
        }
        if kind != WatcherKind::Children {
            self.data.remove(path);
            self.exist.remove(path);
        }
        if kind == WatcherKind::Any {
            self.persistent.remove(path);
            self.recursive.remove(path);
        }
    }

    /// An event came (`materialize`): the watches that it ends are forgotten.
    pub(super) fn heard(&mut self, event: &WatchEvent) {
        let path = &event.path;
        match event.kind {
            EventKind::NodeCreated | EventKind::NodeDataChanged => {
                self.data.remove(path);
                self.exist.remove(path);
            }
            EventKind::NodeChildrenChanged => {
                self.child.remove(path);
            }
            EventKind::NodeDeleted => {
                self.data.remove(path);
                self.exist.remove(path);
                self.child.remove(path);
            }
            _ => {}
        }
    }

    /// What a new connection is sent: nothing without watches, and in parts if there are many. Each
    /// part is put in front of the one before it.
    pub(super) fn to_set(&self, relative_zxid: Zxid) -> Vec<WatchesToSet> {
        type List = fn(&mut WatchesToSet) -> &mut Vec<Arc<str>>;
        let empty = || WatchesToSet {
            relative_zxid,
            ..WatchesToSet::default()
        };
        let lists: [(&Paths, List); 5] = [
            (&self.data, |part| &mut part.data),
            (&self.exist, |part| &mut part.exist),
            (&self.child, |part| &mut part.child),
            (&self.persistent, |part| &mut part.persistent),
            (&self.recursive, |part| &mut part.persistent_recursive),
        ];
        let mut parts: Vec<WatchesToSet> = Vec::new();
        let mut length = MAX_LENGTH;
        for (paths, list) in lists {
            for path in paths {
                if length >= MAX_LENGTH {
                    parts.push(empty());
                    length = 0;
                }
                length += path.len();
                let part = parts.last_mut().expect("one was begun");
                list(part).push(Arc::clone(path));
            }
        }
        parts.reverse();
        parts
    }

    /// How many paths a part brings along.
    pub(super) fn count(part: &WatchesToSet) -> u32 {
        let plain = part.data.len() + part.exist.len() + part.child.len();
        (plain + part.persistent.len() + part.persistent_recursive.len()) as u32
    }
}
