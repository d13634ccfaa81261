//! What a property is, what promises it, and how a break is told.

use crate::base::{NodeId, SimTime, StepIndex, Steps};
use crate::engine::{Meta, Violation};
use crate::zookeeper::{Quirk, Quirks};

/// A property with what promises it.
#[derive(Debug)]
pub struct Property {
    /// Name, words and source.
    pub meta: Meta,
    /// What must not have happened.
    pub needs: Needs,
    /// The quirks that are known to break it.
    pub broken_by: &'static [Quirk],
    /// The quirks that keep it: a fix of one thing may open another.
    pub kept_by: &'static [Quirk],
    /// Whether it is promised at all. An election may end with two leaders, for instance: only
    /// what follows it keeps one of them from leading.
    pub promised: bool,
}

/// Conditions that end promises, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Needs(u8);

impl Needs {
    /// Nothing.
    pub const NONE: Needs = Needs(0);
    /// No disk was wiped: what a server promised is on it.
    pub const KEPT_DISKS: Needs = Needs(1);
    /// No write was torn in a way that takes older content along.
    pub const WHOLE_WRITES: Needs = Needs(2);
    /// No message was lost, doubled or reordered within a connection: connections are TCP's.
    pub const TCP: Needs = Needs(4);
    /// All servers have the same members.
    pub const ONE_CONFIG: Needs = Needs(8);
    /// The logs that the run began with have no gaps.
    pub const WHOLE_LOGS: Needs = Needs(16);
    /// What every history of Zab rests on.
    pub const SAFETY: Needs = Self::KEPT_DISKS
        .and(Self::WHOLE_WRITES)
        .and(Self::TCP)
        .and(Self::ONE_CONFIG);

    /// Both.
    pub const fn and(self, other: Needs) -> Needs {
        Needs(self.0 | other.0)
    }

    /// Whether any of these is among the others.
    pub const fn meets(self, other: Needs) -> bool {
        self.0 & other.0 != 0
    }
}

/// Every quirk that may lose, keep back or double a transaction.
pub const DATA_QUIRKS: &[Quirk] = &[
    Quirk::Zk1558SnapshotBeforeQuorum,
    Quirk::Zk3911AckBeforeLog,
    Quirk::Zk4643EpochBeforeLog,
    Quirk::Zk4646AckWithoutSync,
    Quirk::Zk2307EpochInMemoryFirst,
    Quirk::Zk3642KeepsMemoryAfterSnap,
    Quirk::Zk2418GapInDiff,
    Quirk::Zk4712QueueDrainsLate,
    Quirk::TruncateKeepsNext,
    Quirk::Zk5094KeepsMemoryAfterTrunc,
    Quirk::Zk2846HoleInLog,
    Quirk::Zk2845MemoryNotForwarded,
    Quirk::Zk2355DiffMovesZxidFirst,
    Quirk::Zk3104NewLeaderBeforeSnapshot,
    Quirk::Zk4925HoleInCommittedLog,
    Quirk::Zk1154DiffWithoutCut,
];

/// What has happened to the promises of a run so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// The conditions that no longer hold.
    pub lost: Needs,
    /// The quirks that are on at some server.
    pub on: Quirks,
    /// The quirks that are on at every server.
    pub everywhere: Quirks,
    /// Those of them that had an occasion to do harm.
    pub took: Quirks,
}

impl Promise {
    /// A condition no longer holds.
    pub fn lose(&mut self, need: Needs) {
        self.lost = self.lost.and(need);
    }

    /// A quirk had an occasion to do harm.
    pub fn took(&mut self, quirk: Quirk) {
        if self.on.has(quirk) {
            self.took = self.took.with(quirk);
        }
    }

    /// Whether a property is still promised.
    pub fn covers(&self, property: &Property) -> bool {
        property.promised
            && !self.lost.meets(property.needs)
            && !property.broken_by.iter().any(|quirk| self.took.has(*quirk))
            && property
                .kept_by
                .iter()
                .all(|quirk| self.everywhere.has(*quirk))
    }
}

/// Where breaks of one step are told.
pub struct Report<'a> {
    /// The step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// Whose.
    pub node: NodeId,
    pub(super) promise: Promise,
    pub(super) told: &'a mut Vec<&'static str>,
    pub(super) out: &'a mut Vec<Violation>,
}

impl Report<'_> {
    /// A property does not hold. Each is told once a run: what follows a break follows from it.
    pub fn broken(
        &mut self,
        property: &'static Property,
        because: &[StepIndex],
        says: impl FnOnce() -> String,
    ) {
        let name = property.meta.name;
        if self.told.contains(&name) {
            return;
        }
        self.told.push(name);
        self.out.push(Violation {
            property: name,
            promised: self.promise.covers(property),
            step: self.step,
            at: self.at,
            node: self.node,
            says: says().into(),
            because: Steps::from_slice(because),
        });
    }
}
