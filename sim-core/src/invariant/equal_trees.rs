//! Equal trees: servers that say they are at the same place show the same.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Ghost, Needs, Property, Report, View};
use crate::zookeeper::{Tree, Zxid};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "state.equal-trees",
        says: "servers that serve at the same last zxid have equal trees and sessions",
        source: "State machine replication (Junqueira, Reed, Serafini, DSN 2011, section 2); \
                 trees_equal of the recorded synchronisations",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// How many recent places are remembered. A server that lags more is compared when it has caught
/// up.
const PLACES: usize = 128;

/// What somebody's tree was at a zxid.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    zxid: Zxid,
    digest: u64,
    node: NodeId,
    step: StepIndex,
}

/// The digests of trees at recent zxids.
#[derive(Clone, Debug, Default)]
pub struct EqualTrees {
    places: Vec<Place>,
}

impl EqualTrees {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.places.clear();
    }

    /// A server that serves is at a zxid, its step being over.
    pub fn serves(&mut self, tree: &Tree, ghost: &Ghost, report: &mut Report<'_>) {
        let place = Place {
            zxid: tree.last_processed,
            digest: tree.digest,
            node: report.node,
            step: report.step,
        };
        if self.places.is_empty() {
            self.places.resize(PLACES, Place::default());
        }
        let slot = (place.zxid.0 as u64 ^ (place.zxid.0 as u64 >> 32) << 3) as usize % PLACES;
        let known = self.places[slot];
        if known.step == StepIndex(0) || known.zxid != place.zxid {
            self.places[slot] = place;
        } else if known.digest != place.digest {
            tell(&known, &place, ghost, report);
        }
    }

    /// Compares all servers that serve now, also those that lagged. For the quiet end of a run.
    pub fn at_rest(ghost: &Ghost, view: &impl View, report: &mut Report<'_>) {
        let serving = ghost.all().filter(|(_, server)| server.serving);
        let trees: Vec<_> = serving
            .filter_map(|(node, _)| Some((node, view.tree(node)?)))
            .collect();
        for (i, (node, tree)) in trees.iter().enumerate() {
            let place = |node: NodeId, tree: &Tree| Place {
                zxid: tree.last_processed,
                digest: tree.digest,
                node,
                step: report.step,
            };
            let mut later = trees[i + 1..].iter();
            let differs = later.find(|(_, other)| {
                other.last_processed == tree.last_processed && other.digest != tree.digest
            });
            if let Some((other, theirs)) = differs {
                let (a, b) = (place(*node, tree), place(*other, theirs));
                return tell(&a, &b, ghost, report);
            }
        }
    }
}

fn tell(a: &Place, b: &Place, ghost: &Ghost, report: &mut Report<'_>) {
    report.broken(&PROPERTY, &[a.step], || {
        let (first, second) = (ghost.name(a.node), ghost.name(b.node));
        format!(
            "{first} and {second} serve at {} with different trees",
            a.zxid
        )
    });
}
