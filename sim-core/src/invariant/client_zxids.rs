//! The client's form of monotonic reads: within a session the zxids of answers never go back.

use crate::base::{NodeId, StepIndex};
use crate::engine::Meta;
use crate::invariant::{DATA_QUIRKS, Needs, Property, Report};
use crate::zookeeper::{SessionId, Zxid};

/// The property.
pub static PROPERTY: Property = Property {
    meta: Meta {
        name: "client.monotonic-zxids",
        says: "the zxids of the answers within one session never decrease, on whatever servers",
        source: "Single system image (ZooKeeper programmer's guide, consistency guarantees); \
                 monotonicRead of zookeeper-tla-spec in the client's form",
        promised_when: "no disk was wiped or lost a whole write, connections keep order, one \
                        membership, and no quirk that loses data had its occasion",
    },
    needs: Needs::SAFETY,
    broken_by: DATA_QUIRKS,
    kept_by: &[],
    promised: true,
};

/// The last answer of each client.
#[derive(Clone, Debug, Default)]
pub struct ClientZxids {
    last: Vec<Option<(SessionId, Zxid, StepIndex)>>,
}

impl ClientZxids {
    /// Forgets the run.
    pub fn reset(&mut self) {
        self.last.clear();
    }

    /// A client received an answer.
    pub fn answered(&mut self, session: SessionId, zxid: Zxid, report: &mut Report<'_>) {
        if zxid <= Zxid::ZERO {
            return;
        }
        let node: NodeId = report.node;
        if self.last.len() <= node.index() {
            self.last.resize(node.index() + 1, None);
        }
        let last = self.last[node.index()].replace((session, zxid, report.step));
        if let Some((of, seen, step)) = last
            && of == session
            && zxid < seen
        {
            report.broken(&PROPERTY, &[step], || {
                let session = session.0;
                format!("session 0x{session:x} has seen {seen} and is answered at {zxid}")
            });
        }
    }
}
