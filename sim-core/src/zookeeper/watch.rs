//! Watches: which connection wants to hear of which path, and who hears of a change.
//!
//! Follows `WatchManager.java` and `DataTree.java` of release 3.5.7, and for watches that stay
//! (3.6 and later) those of 3.8.0 and `WatchStats.java` of 3.9. A pure structure: it looks at no
//! tree and sends nothing; `serving.rs` does. Within one table a connection is told of a path once,
//! however often it asked. Which of several connections is told first is left to hash codes there;
//! here it is the one that connected first.

use crate::base::{Conn, StepIndex};
use crate::zookeeper::message::EventKind;
use core::hash::{Hash, Hasher};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How long a watch lasts, and whether it looks below its path (`WatcherMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WatchMode {
    /// Goes with the first event.
    Standard = 1,
    /// Stays (3.6).
    Persistent = 2,
    /// Stays, and hears of everything below its path too (3.6).
    PersistentRecursive = 4,
}

/// What a release makes of several modes for one path and connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum WatchRules {
    /// Up to 3.5: one-shot watches only.
    OneShot,
    /// 3.6 to 3.8: the mode set last is the only one, and whether there is a watch is answered for
    /// any connection.
    LastMode,
    /// From 3.9 (ZOOKEEPER-4466): modes stand side by side.
    SideBySide,
}

/// Which of the two tables (`WatcherType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Of getData and exists.
    Data,
    /// Of getChildren.
    Child,
}

/// One event for one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Who hears of it.
    pub conn: Conn,
    /// What happened.
    pub kind: EventKind,
    /// To which path.
    pub path: Arc<str>,
    /// The step that set the watch.
    pub set_by: StepIndex,
}

/// The modes of one watch and the step that set it first.
#[derive(Clone, Copy, Debug)]
struct Entry {
    modes: u8,
    set_by: StepIndex,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.modes == other.modes
    }
}

impl Eq for Entry {}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.modes.hash(state);
    }
}

impl Entry {
    fn has(self, mode: WatchMode) -> bool {
        self.modes & mode as u8 != 0
    }
}

/// `WatchManager`: `watchTable` and `watch2Paths`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Manager {
    by_path: BTreeMap<Arc<str>, BTreeMap<Conn, Entry>>,
    by_conn: BTreeMap<Conn, BTreeSet<Arc<str>>>,
    /// How many recursive watches there are: without any, nobody looks at parents.
    recursive: u32,
}

impl Manager {
    fn add(
        &mut self,
        path: &Arc<str>,
        conn: Conn,
        mode: WatchMode,
        rules: WatchRules,
        at: StepIndex,
    ) {
        let watchers = self.by_path.entry(Arc::clone(path)).or_default();
        let entry = watchers.entry(conn).or_insert(Entry {
            modes: 0,
            set_by: at,
        });
        let was = entry.has(WatchMode::PersistentRecursive);
        entry.modes = match rules {
            WatchRules::SideBySide => entry.modes | mode as u8,
            _ => mode as u8,
        };
        let is = entry.has(WatchMode::PersistentRecursive);
        self.recursive = self.recursive + u32::from(is) - u32::from(was);
        let paths = self.by_conn.entry(conn).or_default();
        paths.insert(Arc::clone(path));
    }

    /// The watches on a path are over for a connection; whether there were any.
    fn remove(&mut self, path: &str, conn: Conn) -> bool {
        let Some(watchers) = self.by_path.get_mut(path) else {
            return false;
        };
        let Some(entry) = watchers.remove(&conn) else {
            return false;
        };
        self.recursive -= u32::from(entry.has(WatchMode::PersistentRecursive));
        if watchers.is_empty() {
            self.by_path.remove(path);
        }
        if let Some(paths) = self.by_conn.get_mut(&conn) {
            paths.remove(path);
            if paths.is_empty() {
                self.by_conn.remove(&conn);
            }
        }
        true
    }

    fn remove_all(&mut self, conn: Conn) -> usize {
        let paths = self.by_conn.get(&conn).cloned().unwrap_or_default();
        for path in &paths {
            self.remove(path, conn);
        }
        paths.len()
    }

    /// `triggerWatch`: who hears of it, in the order of connections. Those in `told` have heard.
    fn trigger(
        &mut self,
        path: &Arc<str>,
        kind: EventKind,
        told: &BTreeSet<Conn>,
        out: &mut Vec<Fired>,
    ) -> BTreeSet<Conn> {
        let mut heard = BTreeMap::new();
        if let Some(watchers) = self.by_path.get(path) {
            let children = kind == EventKind::NodeChildrenChanged;
            for (conn, entry) in watchers {
                // A recursive watch hears of each child itself instead.
                if !(children && entry.modes == WatchMode::PersistentRecursive as u8) {
                    heard.insert(*conn, entry.set_by);
                }
            }
        }
        self.drop_one_shots(path, &heard);
        if self.recursive > 0 && kind != EventKind::NodeChildrenChanged {
            for above in parents(path) {
                let watchers = self.by_path.get(above).into_iter().flatten();
                for (conn, entry) in watchers {
                    if entry.has(WatchMode::PersistentRecursive) {
                        heard.entry(*conn).or_insert(entry.set_by);
                    }
                }
            }
        }
        let fired = heard.iter().filter(|(conn, _)| !told.contains(conn));
        out.extend(fired.map(|(conn, set_by)| Fired {
            conn: *conn,
            kind,
            path: Arc::clone(path),
            set_by: *set_by,
        }));
        heard.into_keys().collect()
    }

    fn drop_one_shots(&mut self, path: &Arc<str>, heard: &BTreeMap<Conn, StepIndex>) {
        for conn in heard.keys() {
            let watchers = self.by_path.get_mut(path);
            let Some(entry) = watchers.and_then(|watchers| watchers.get_mut(conn)) else {
                continue;
            };
            entry.modes &= !(WatchMode::Standard as u8);
            if entry.modes == 0 {
                self.remove(path, *conn);
            }
        }
    }

    fn len(&self) -> usize {
        self.by_path.values().map(BTreeMap::len).sum()
    }
}

/// The paths above a path, the nearest first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    core::iter::successors(above(path), |path| above(path))
}

fn above(path: &str) -> Option<&str> {
    match path.rfind('/') {
        Some(0) if path.len() > 1 => Some("/"),
        Some(slash) if slash > 0 => Some(&path[..slash]),
        _ => None,
    }
}

/// All watches of one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Watches {
    rules: WatchRules,
    data: Manager,
    child: Manager,
}

impl Watches {
    /// None yet.
    pub fn new(rules: WatchRules) -> Self {
        Self {
            rules,
            data: Manager::default(),
            child: Manager::default(),
        }
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        if !self.is_empty() {
            *self = Self::new(self.rules);
        }
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.data.by_path.is_empty() && self.child.by_path.is_empty()
    }

    /// Leaves a one-shot watch.
    pub fn watch(&mut self, table: Table, path: &Arc<str>, conn: Conn, at: StepIndex) {
        let rules = self.rules;
        let manager = self.table(table);
        manager.add(path, conn, WatchMode::Standard, rules, at);
    }

    /// Leaves a watch that stays (`addWatch`). From 3.9 a recursive one is kept among the data
    /// watches only.
    pub fn add(&mut self, mode: WatchMode, path: &Arc<str>, conn: Conn, at: StepIndex) {
        self.data.add(path, conn, mode, self.rules, at);
        let once = self.rules == WatchRules::SideBySide && mode == WatchMode::PersistentRecursive;
        if !once {
            self.child.add(path, conn, mode, self.rules, at);
        }
    }

    fn table(&mut self, table: Table) -> &mut Manager {
        match table {
            Table::Data => &mut self.data,
            Table::Child => &mut self.child,
        }
    }

    /// Whether a connection watches a path in one of the tables (`containsWatcher`).
    pub fn contains(&self, tables: &[Table], path: &str, conn: Conn) -> bool {
        let any_will_do = self.rules == WatchRules::LastMode;
        tables.iter().any(|table| {
            let manager = match table {
                Table::Data => &self.data,
                Table::Child => &self.child,
            };
            let watchers = manager.by_path.get(path);
            watchers.is_some_and(|watchers| any_will_do || watchers.contains_key(&conn))
        })
    }

    /// A connection takes its watches on a path back; whether there was one.
    pub fn remove(&mut self, tables: &[Table], path: &str, conn: Conn) -> bool {
        let mut removed = false;
        for table in tables {
            removed |= self.table(*table).remove(path, conn);
        }
        removed
    }

    /// A connection has ended: how many paths it watched, each table counted.
    pub fn closed(&mut self, conn: Conn) -> usize {
        self.data.remove_all(conn) + self.child.remove_all(conn)
    }

    /// A node was created.
    pub fn created(&mut self, path: &Arc<str>, out: &mut Vec<Fired>) {
        let none = BTreeSet::new();
        self.data.trigger(path, EventKind::NodeCreated, &none, out);
        self.children_changed(path, out);
    }

    /// A node was deleted: who heard of it as a data watch does not hear of it as a child watch.
    pub fn deleted(&mut self, path: &Arc<str>, out: &mut Vec<Fired>) {
        let kind = EventKind::NodeDeleted;
        let told = self.data.trigger(path, kind, &BTreeSet::new(), out);
        self.child.trigger(path, kind, &told, out);
        self.children_changed(path, out);
    }

    /// A node's data was replaced, by the same or other.
    pub fn changed(&mut self, path: &Arc<str>, out: &mut Vec<Fired>) {
        let kind = EventKind::NodeDataChanged;
        self.data.trigger(path, kind, &BTreeSet::new(), out);
    }

    fn children_changed(&mut self, path: &str, out: &mut Vec<Fired>) {
        let Some(parent) = parents(path).next() else {
            return;
        };
        if let Some((parent, _)) = self.child.by_path.get_key_value(parent) {
            let (parent, kind) = (Arc::clone(parent), EventKind::NodeChildrenChanged);
            self.child.trigger(&parent, kind, &BTreeSet::new(), out);
        }
    }

    /// How many watches there are (`zk_watch_count`).
    pub fn count(&self) -> usize {
        self.data.len() + self.child.len()
    }

    /// All of them, each table by path: what `wchp` prints, table by table.
    pub fn by_path(&self, table: Table) -> impl Iterator<Item = (&Arc<str>, Conn)> {
        let manager = match table {
            Table::Data => &self.data,
            Table::Child => &self.child,
        };
        let paths = manager.by_path.iter();
        paths.flat_map(|(path, watchers)| watchers.keys().map(move |conn| (path, *conn)))
    }

    /// The connections that watch something in a table, each with its paths.
    pub fn by_conn(&self, table: Table) -> impl Iterator<Item = (Conn, &BTreeSet<Arc<str>>)> {
        let manager = match table {
            Table::Data => &self.data,
            Table::Child => &self.child,
        };
        manager.by_conn.iter().map(|(conn, paths)| (*conn, paths))
    }
}

/// The order in which a server deletes the ephemeral nodes of a closed session: that of a Java
/// `HashSet` of their paths, as recording L shows it. Paths of one slot come in their own order
/// (there: that of their insertion).
pub fn java_set_order(paths: &mut [Arc<str>]) {
    let mut slots: u32 = 16;
    while paths.len() as u32 > slots / 4 * 3 {
        slots *= 2;
    }
    let slot = |path: &Arc<str>| {
        let hash = path.encode_utf16().fold(0_u32, |hash, unit| {
            hash.wrapping_mul(31).wrapping_add(u32::from(unit))
        });
        (hash ^ (hash >> 16)) & (slots - 1)
    };
    paths.sort_by_cached_key(slot);
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: StepIndex = StepIndex(1);

    fn told(out: &[Fired]) -> Vec<(u64, &'static str, String)> {
        let told = |fired: &Fired| (fired.conn.0, fired.kind.name(), fired.path.to_string());
        out.iter().map(told).collect()
    }

    fn event(conn: u64, kind: &'static str, path: &str) -> (u64, &'static str, String) {
        (conn, kind, path.into())
    }

    /// `watch_matrix` of recording L: data and child watch of one connection, one frame; then the
    /// parent's; once.
    #[test]
    fn a_deletion_is_told_once_to_each_connection_then_to_the_parents_watchers() {
        let mut watches = Watches::new(WatchRules::OneShot);
        let (parent, node) = (Arc::from("/p"), Arc::from("/p/n"));
        watches.watch(Table::Data, &node, Conn(1), AT);
        watches.watch(Table::Child, &node, Conn(1), AT);
        watches.watch(Table::Child, &node, Conn(2), AT);
        watches.watch(Table::Child, &parent, Conn(1), AT);
        let mut out = Vec::new();
        watches.deleted(&node, &mut out);
        watches.deleted(&node, &mut out);
        let expected = [
            event(1, "NodeDeleted", "/p/n"),
            event(2, "NodeDeleted", "/p/n"),
            event(1, "NodeChildrenChanged", "/p"),
        ];
        assert_eq!(told(&out), expected);
        assert!(watches.is_empty());
    }

    /// `PersistentRecursiveWatcherTest` and `PersistentWatcherTest` of release 3.8.0.
    #[test]
    fn recursive_watches_hear_of_every_node_below_and_never_of_children() {
        for rules in [WatchRules::LastMode, WatchRules::SideBySide] {
            let mut watches = Watches::new(rules);
            let base: Arc<str> = Arc::from("/a/b");
            watches.add(WatchMode::PersistentRecursive, &base, Conn(1), AT);
            watches.add(WatchMode::Persistent, &base, Conn(2), AT);
            let mut out = Vec::new();
            watches.created(&Arc::from("/a/b/c"), &mut out);
            watches.created(&Arc::from("/a/b/c/d"), &mut out);
            watches.changed(&base, &mut out);
            watches.deleted(&Arc::from("/a/b/c/d"), &mut out);
            watches.created(&Arc::from("/a/bc"), &mut out);
            let expected = [
                event(1, "NodeCreated", "/a/b/c"),
                event(2, "NodeChildrenChanged", "/a/b"),
                event(1, "NodeCreated", "/a/b/c/d"),
                event(1, "NodeDataChanged", "/a/b"),
                event(2, "NodeDataChanged", "/a/b"),
                event(1, "NodeDeleted", "/a/b/c/d"),
            ];
            assert_eq!(told(&out), expected, "{rules:?}");
            assert!(watches.remove(&[Table::Data, Table::Child], "/a/b", Conn(1)));
            out.clear();
            watches.created(&Arc::from("/a/b/e"), &mut out);
            assert_eq!(told(&out), [event(2, "NodeChildrenChanged", "/a/b")]);
        }
    }

    /// ZOOKEEPER-4466: before 3.9 a read with a watch makes one-shot what was to stay.
    #[test]
    fn the_last_mode_wins_before_modes_stand_side_by_side() {
        for (rules, left) in [(WatchRules::LastMode, 0), (WatchRules::SideBySide, 1)] {
            let mut watches = Watches::new(rules);
            let path = Arc::from("/a");
            watches.add(WatchMode::Persistent, &path, Conn(1), AT);
            watches.watch(Table::Data, &path, Conn(1), AT);
            watches.changed(&path, &mut Vec::new());
            assert_eq!(watches.by_path(Table::Data).count(), left, "{rules:?}");
        }
    }

    #[test]
    fn a_closed_connection_leaves_nothing_behind() {
        let mut watches = Watches::new(WatchRules::LastMode);
        let path = Arc::from("/a");
        watches.watch(Table::Data, &path, Conn(1), AT);
        watches.watch(Table::Data, &path, Conn(2), AT);
        watches.add(WatchMode::PersistentRecursive, &path, Conn(1), AT);
        assert_eq!(watches.count(), 3);
        assert_eq!(watches.closed(Conn(1)), 2);
        assert_eq!(watches.closed(Conn(2)), 1);
        assert_eq!(watches, Watches::new(WatchRules::LastMode));
    }

    /// `close` of recording L: the order in which ephemerals vanish, at the leader and at a
    /// follower.
    #[test]
    fn ephemerals_of_a_closed_session_go_in_the_order_of_a_java_set() {
        for (who, order) in [("leader", [1, 0, 2]), ("follower", [2, 1, 0])] {
            let path = |n: &i32| Arc::from(format!("/cl/{who}{n}"));
            let mut paths: Vec<Arc<str>> = [0, 1, 2].iter().map(path).collect();
            java_set_order(&mut paths);
            assert_eq!(paths, order.iter().map(path).collect::<Vec<_>>());
        }
    }
}
