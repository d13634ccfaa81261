//! One tree without any server: 10^5 nodes under a thousand parents, every tenth with a list of
//! permissions of its own kind, then their data written once.

use crate::{Figure, timed};
use sim_core::zookeeper::{Acl, AclList, NodeKind, Perms, SessionId, Tree, Txn, TxnBody, Zxid};
use std::sync::Arc;

const PARENTS: u64 = 1_000;
const NODES: u64 = 100_000;

/// Transactions applied per second.
pub fn grow() -> Figure {
    let txns = transactions();
    let (tree, took) = timed(|| {
        let mut tree = Tree::default();
        for txn in &txns {
            tree.process(txn).expect("applies");
        }
        tree
    });
    let mut figure = Figure::rate(txns.len() as u64, took, "transactions/s");
    figure.note = format!(
        "{} nodes, {} lists, {} bytes of paths and data",
        tree.node_count(),
        tree.acl_lists(),
        tree.approximate_size()
    );
    figure
}

fn transactions() -> Vec<Txn> {
    let data: Arc<[u8]> = vec![b'x'; 100].into();
    let closed = AclList::new(vec![Acl::new(Perms::ALL, "digest", "ann:secret")]);
    let mut bodies = Vec::new();
    let mut create = |path: String, nth: u64| {
        let acl = if nth.is_multiple_of(10) {
            closed.clone()
        } else {
            AclList::OPEN
        };
        bodies.push(TxnBody::Create {
            path: path.into(),
            data: Arc::clone(&data),
            acl,
            parent_cversion: -1,
            kind: NodeKind::Persistent,
        });
    };
    (0..PARENTS).for_each(|parent| create(format!("/p{parent:04}"), parent));
    (PARENTS..NODES).for_each(|nth| create(format!("/p{:04}/n{nth:06}", nth % PARENTS), nth));
    (PARENTS..NODES).for_each(|nth| {
        bodies.push(TxnBody::SetData {
            path: format!("/p{:04}/n{nth:06}", nth % PARENTS).into(),
            data: Arc::clone(&data),
            version: 1,
        });
    });
    let numbered = (1..).zip(bodies);
    numbered
        .map(|(zxid, body)| Txn::new(Zxid(zxid), SessionId(1), 1, 0, body))
        .collect()
}
