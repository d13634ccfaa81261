//! Apache ZooKeeper servers and clients as pure machines.
//!
//! Behaviour follows the released sources; every file names the class and version it follows. Knows nothing of the
//! world, of faults or of the wall.

mod acl;
mod applier;
mod auth;
mod broadcast;
mod client;
mod client_watches;
mod cnx;
mod commit;
mod config;
mod containers;
mod database;
mod disk;
mod election;
mod error;
mod fact;
mod follow;
mod handler;
mod history;
mod leader;
mod learner;
mod load;
mod logger;
mod message;
mod op;
mod path;
mod peer;
mod process;
mod quirk;
mod quorum;
mod quota;
mod read;
mod rules;
mod server;
mod serving;
mod session;
mod standalone;
mod stats;
mod sync;
mod tamper;
mod tree;
mod txn;
mod types;
mod version;
mod watch;
mod watching;

pub use acl::{Acl, AclList, Id, Identities, Perms, address};
pub use applier::Applier;
pub use auth::digest;
pub use broadcast::Proposal;
pub use client::{Client, ClientConfig, ClientOp, ClientOutcome, ClientState, ClientTimer, NoDisk};
pub use client_watches::{ClientWatches, Paths};
pub use config::{Access, EnsembleConfig, Member, QuorumRule, Role, ServerConfig};
pub use database::{CommittedLog, Database, LoadError, Loaded};
pub use disk::{Change, LogFile, LogRefusal, LogWriter, Snapshot, ZkDisk};
pub use election::{
    Ballot, BallotTable, Decision, Election, ElectionInput, ElectionTimer, ElectionWork, beats,
};
pub use error::ErrorCode;
pub use fact::{
    Branch, Compared, Fact, Loss, NotificationUse, Phase, StepDown, SyncKind, SyncRow, Verdict,
};
pub use handler::{Handler, HandlerId, HandlerStage, HandlerTimer};
pub use history::{HistoryError, seeded_disk};
pub use leader::{Leader, LeaderStage, SidSet};
pub use learner::{Learner, LearnerStage};
pub use load::Load;
pub use logger::Logger;
pub use message::{
    ClientMsg, ElectionMsg, EventKind, KeeperState, Msg, Notification, Packet, PacketData,
    PacketKind, Request, Response, WatchEvent, port, port_by_name,
};
pub use op::{AddWatchMode, CreateMode, Op, OpResult, WatcherKind, WatchesToSet};
pub use path::validate_for_client;
pub use peer::PeerTimer;
pub use process::{Owner, Prep, WriteRequest};
pub use quirk::{Quirk, Quirks};
pub use quorum::QuorumVerifier;
pub use quota::StatsTrack;
pub use read::read;
pub use rules::Rules;
pub use server::{Server, ServerOutcome, Timer, Work, lane};
pub use serving::{Serving, Submit};
pub use session::{SessionIds, SessionTracker};
pub use standalone::Standalone;
pub use stats::{ClientConn, ConnStats, Latencies, ServerStats, Sizes};
pub use tamper::ServerOp;
pub use tree::{OwnConfig, Special, Stat, Tree, Znode};
pub use txn::{NodeKind, Txn, TxnBody};
pub use types::{Epoch, Round, ServerState, SessionId, Sid, Vote, Zxid};
pub use version::{FourLetterWords, PersistenceGroup, Release, Rows, SyncRules};
pub use watch::{Fired, Table, WatchMode, WatchRules, Watches, java_set_order};
