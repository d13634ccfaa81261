//! What several tools tell of a server: its mode, its nodes, the size of its files.
//!
//! Follows `ServerStats.Provider` and `FileTxnSnapLog` of release 3.5.7.

use crate::zookeeper::{Role, Server, ServerState, Tree, ZkDisk};

/// `getState` of the running server's class.
pub(super) fn mode(server: &Server) -> &'static str {
    match server.state() {
        ServerState::Leading => "leader",
        ServerState::Observing => "observer",
        ServerState::Standalone => "standalone",
        ServerState::Following | ServerState::Looking => "follower",
    }
}

/// Whether it runs without an ensemble.
pub(super) fn is_standalone(server: &Server) -> bool {
    server.state() == ServerState::Standalone
}

/// The nodes as the server counts them: the root stands under two names.
pub(super) fn node_count(server: &Server) -> usize {
    server.database().tree().nodes.len() + 1
}

/// Ephemeral nodes of all sessions.
pub(super) fn ephemerals(tree: &Tree) -> usize {
    tree.ephemerals.values().map(imbl::OrdSet::len).sum()
}

/// As `server.N` lines name a role.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Participant => "participant",
        Role::Observer => "observer",
    }
}

/// Bytes of log files, snapshots and epoch files. Each snapshot holds the list of members, here with the surroundings'
/// hosts and ports.
pub(super) fn disk_size(disk: &ZkDisk, members: u64) -> u64 {
    let logs: u64 = disk
        .logs
        .iter()
        .map(crate::zookeeper::LogFile::length)
        .sum();
    let snapshots = disk
        .snapshots
        .iter()
        .map(|it| it.tree.snapshot_length() - it.tree.config_length() + members);
    let epochs = [disk.accepted_epoch, disk.current_epoch];
    let digits = epochs
        .iter()
        .flatten()
        .map(|epoch| epoch.to_string().len() as u64);
    logs + snapshots.sum::<u64>() + digits.sum::<u64>()
}
