//! One server process (`QuorumPeer`): states, threads as lanes, and the parts that do the work.

use crate::base::Lane;
use crate::engine::{Fx, Input, Machine, Now};
use crate::zookeeper::{ElectionTimer, ElectionWork, Fact, Msg, ServerConfig, ZkDisk};

/// The threads of a server.
pub mod lane {
    use crate::base::Lane;
    /// `QuorumPeer.run`: the main loop of election, leading, following.
    pub const PEER: Lane = Lane(0);
    /// `FastLeaderElection.Messenger.WorkerReceiver` and the loopback of own votes.
    pub const ELECTION: Lane = Lane(1);
    /// `SyncRequestProcessor`: log and snapshots.
    pub const LOG: Lane = Lane(2);
    /// `CommitProcessor` and `FinalRequestProcessor`: applying and answering.
    pub const COMMIT: Lane = Lane(3);
    /// `PrepRequestProcessor` (leader): making transactions of writes.
    pub const PREP: Lane = Lane(4);
    /// `SessionTracker`.
    pub const SESSION: Lane = Lane(5);
    /// `LearnerHandler` of the first learner connection; the next ones follow.
    pub const HANDLER: Lane = Lane(16);
}

/// The timers of a server, by the part that arms them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Of the election.
    Election(ElectionTimer),
}

/// What one thread of a server hands to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// Between threads of the election.
    Election(ElectionWork),
}

/// A request to a server from outside the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerOp {}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerOutcome {}

/// A server process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    config: ServerConfig,
}

impl Machine for Server {
    type Config = ServerConfig;
    type Msg = Msg;
    type Timer = Timer;
    type Work = Work;
    type Disk = ZkDisk;
    type Op = ServerOp;
    type Outcome = ServerOutcome;
    type Fact = Fact;

    fn boot(config: &ServerConfig, _: Now, _: &ZkDisk, _: &mut dyn Fx<Self>) -> Self {
        Self {
            config: config.clone(),
        }
    }

    fn step(&mut self, _: Now, _: &ZkDisk, _: Input<Self>, _: &mut dyn Fx<Self>) {
        let _ = (&self.config, lane::PEER == Lane(0));
    }
}
