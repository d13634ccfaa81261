//! Quotas: limits below `/zookeeper/quota`, and what is used.
//!
//! Follows `Quotas`, `StatsTrack`, `PathTrie` and `DataTree.updateCount`, `updateBytes`,
//! `updateQuotaForPath`, `setupQuota` of release 3.5.7. A limit that is passed is warned of in the
//! server's log; nothing is refused (3.7 can, if `enforceQuota` is set, which is left out).

use crate::zookeeper::Tree;
use crate::zookeeper::tree::split;
use core::fmt;
use std::sync::Arc;

const QUOTA: &str = "/zookeeper/quota";
const LIMITS: &str = "zookeeper_limits";
const STATS: &str = "zookeeper_stats";

/// What the two nodes of a quota hold: `count=3,bytes=12`; -1 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatsTrack {
    /// Nodes.
    pub count: i64,
    /// Bytes of data.
    pub bytes: i64,
}

impl StatsTrack {
    /// No limits.
    pub const NONE: StatsTrack = StatsTrack {
        count: -1,
        bytes: -1,
    };

    /// From the data of a node. A server of 3.5 ends when it meets text of another form; here that
    /// counts as no limit.
    pub fn parse(data: &[u8]) -> Self {
        let text = String::from_utf8_lossy(data);
        let mut pairs = text.split([',', ';']).filter_map(|pair| {
            let mut parts = pair.split('=');
            Some((parts.next()?, parts.next()?.parse::<i64>().ok()?))
        });
        let mut found = Self::NONE;
        pairs.by_ref().for_each(|(key, value)| match key {
            "count" => found.count = value,
            "bytes" => found.bytes = value,
            _ => {}
        });
        found
    }
}

impl fmt::Display for StatsTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "count={},bytes={}", self.count, self.bytes)
    }
}

impl Tree {
    /// A node was created: it may be a quota's own, or count for one.
    pub(super) fn created_below_quota(&mut self, path: &str, bytes: usize) {
        let (parent, name) = split(path);
        if let Some(limited) = parent.strip_prefix(QUOTA) {
            match name {
                LIMITS => {
                    self.special_mut().quotas.insert(limited.into());
                }
                STATS => self.recount_quota(limited),
                _ => {}
            }
        }
        self.count_quota(path, 1, bytes as i64);
    }

    /// A node was deleted.
    pub(super) fn deleted_below_quota(&mut self, path: &str, bytes: usize) {
        let (parent, name) = split(path);
        if name == LIMITS
            && let Some(limited) = parent.strip_prefix(QUOTA)
        {
            self.special_mut().quotas.remove(limited);
        }
        self.count_quota(path, -1, -(bytes as i64));
    }

    /// Counts a change for the quota nearest above a path.
    pub(super) fn count_quota(&mut self, path: &str, nodes: i64, bytes: i64) {
        let Some(limited) = self.quota_above(path) else {
            return;
        };
        self.change_stats(&limited, |stats| StatsTrack {
            count: stats.count + nodes,
            bytes: stats.bytes + bytes,
        });
    }

    /// The longest path with a quota that is this one or above it (`getMaxPrefixWithQuota`).
    pub fn quota_above(&self, path: &str) -> Option<Arc<str>> {
        let quotas = &self.special().quotas;
        if quotas.is_empty() {
            return None;
        }
        let mut at = path;
        loop {
            if let Some(limited) = quotas.get(at) {
                return Some(Arc::clone(limited));
            }
            match at.rfind('/') {
                Some(slash) if slash > 0 => at = &at[..slash],
                _ => return None,
            }
        }
    }

    /// Limit and use of a path with a quota, as its nodes say.
    pub fn quota(&self, limited: &str) -> Option<(StatsTrack, StatsTrack)> {
        let stats = |name: &str| {
            let node = self.node(&format!("{QUOTA}{limited}/{name}"))?;
            Some(StatsTrack::parse(&node.data))
        };
        Some((stats(LIMITS)?, stats(STATS)?))
    }

    fn change_stats(&mut self, limited: &str, new: impl FnOnce(StatsTrack) -> StatsTrack) {
        let path = format!("{QUOTA}{limited}/{STATS}");
        self.change(&path, |node| {
            let stats = new(StatsTrack::parse(&node.data));
            node.set_data(&Arc::from(stats.to_string().into_bytes()));
        });
    }

    /// Counts the subtree anew (`updateQuotaForPath`).
    fn recount_quota(&mut self, limited: &str) {
        let below = format!("{limited}/");
        let own = self.node(limited).into_iter();
        let all = own.chain(self.nodes_below(&below).map(|(_, node)| node));
        let used = all.fold(StatsTrack { count: 0, bytes: 0 }, |used, node| StatsTrack {
            count: used.count + 1,
            bytes: used.bytes + node.data.len() as i64,
        });
        self.change_stats(limited, |_| used);
    }

    /// Finds the quotas of a database that was read from a file or came from a leader, and counts
    /// what they are about (`setupQuota`).
    pub(super) fn set_up_quotas(&mut self) {
        let root = self.node(QUOTA);
        if root.is_none_or(|root| root.children.is_empty()) && self.special().quotas.is_empty() {
            return;
        }
        let limits = self
            .nodes_below("/zookeeper/quota/")
            .filter_map(|(path, _)| {
                let limited = path.strip_prefix(QUOTA)?.strip_suffix(LIMITS)?;
                Some(Arc::from(limited.strip_suffix('/')?))
            });
        let quotas: imbl::OrdSet<Arc<str>> = limits.collect();
        self.special_mut().quotas = quotas.clone();
        for limited in quotas {
            self.recount_quota(&limited);
        }
    }
}
