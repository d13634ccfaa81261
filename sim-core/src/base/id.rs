//! Identities. All are plain numbers, so that they hash and encode the same on every machine.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty), $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// The number as an index into a dense table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// A node of the world: one server or client process, dense from 0 in the order of the
    /// scenario.
    NodeId(u16), "n"
);
id!(
    /// The machine a node's process runs on. Power, disk, clock and cable faults hit hosts.
    HostId(u16), "h"
);
id!(
    /// A zone (rack, data centre) that holds hosts.
    ZoneId(u16), "z"
);
id!(
    /// A listening port. The numbers are the protocol's own; the engine only compares them.
    Port(u16), "p"
);
id!(
    /// One end of one connection, as its owner sees it: never used again within a run.
    Conn(u64), "c"
);
id!(
    /// A queue between two threads of one server. The numbers are the protocol's own.
    Lane(u16), "l"
);
id!(
    /// A request from outside (scenario, hand, load) to a node, answered at most once.
    CallId(u32), "call"
);
id!(
    /// A sync that a machine waits for; counts up per node.
    WriteId(u64), "w"
);
id!(
    /// The position of a step: one input to one node, counted from 1. 0 stands for "the beginning".
    StepIndex(u64), "s"
);

impl NodeId {
    /// No node: stands in records of what comes from outside and is about no single node.
    pub const OUTSIDE: NodeId = NodeId(u16::MAX);
}
