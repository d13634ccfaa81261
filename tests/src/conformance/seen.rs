//! What a simulated server did, in the words and the shape of the recordings.

use super::stage::{Noted, Stage};
use serde_json::{Map, Value, json};
use sim_core::base::{SimTime, Span};
use sim_core::zookeeper::{
    Fact, LogFile, Notification, NotificationUse, Release, ServerState, Sid, StepDown, SyncKind,
    SyncRow, TxnBody, Vote, ZkDisk, Zxid,
};
use std::collections::{BTreeMap, BTreeSet};

/// "True if a LEADING or FOLLOWING notification for that leader arrived in the 60 ms before."
const JOINED_WITHIN: Span = Span::from_millis(60);

/// `0x100000008`; what observers vote with is written as a number.
pub fn hex(zxid: Zxid) -> String {
    match zxid {
        Zxid::NONE => i64::MIN.to_string(),
        Zxid(number) => format!("0x{number:x}"),
    }
}

/// `[leader, zxid, peer_epoch, round]`.
pub fn vote(vote: &Vote) -> Value {
    json!([
        vote.leader.0,
        hex(vote.zxid),
        vote.peer_epoch.0,
        vote.round.0
    ])
}

/// State, mode and zxid of a server, as log and `srvr` showed them.
pub fn server(stage: &Stage, sid: i64) -> Value {
    let Some(server) = stage.server(sid) else {
        return json!({ "state": "down" });
    };
    let mode = match (server.is_serving(), server.state()) {
        (false, _) | (true, ServerState::Looking) => "not serving",
        (true, ServerState::Leading) => "leader",
        (true, ServerState::Following) => "follower",
        (true, ServerState::Observing) => "observer",
        (true, ServerState::Standalone) => "standalone",
    };
    let zxid = (mode != "not serving").then(|| hex(server.last_zxid()));
    json!({ "state": server.state().name(), "srvr_mode": mode, "srvr_zxid": zxid })
}

/// All servers.
pub fn servers(stage: &Stage) -> Value {
    let all = stage.sids().into_iter();
    Value::Object(
        all.map(|sid| (sid.to_string(), server(stage, sid)))
            .collect(),
    )
}

/// What one server did since a mark, as `in_this_step` and `election` tell it.
pub fn block(stage: &Stage, mark: usize, sid: i64) -> Value {
    let mut seen = Block::default();
    for (position, noted) in stage.all(sid) {
        seen.add(stage.release, noted, position >= mark);
    }
    let number = seen.notifications.len();
    let unique: BTreeSet<String> = seen.notifications.iter().map(Value::to_string).collect();
    let unique: Vec<Value> = (unique.iter())
        .map(|text| serde_json::from_str(text).expect("printed above"))
        .collect();
    json!({
        "votes_proposed": seen.votes,
        "decisions": seen.decisions,
        "states": seen.states,
        "notifications_received_in_every_run": unique,
        "number_of_notifications_received": number,
        "log_notes": seen.notes,
    })
}

/// The same of several servers.
pub fn blocks(stage: &Stage, mark: usize, sids: &[i64]) -> Value {
    let all = sids
        .iter()
        .map(|sid| (sid.to_string(), block(stage, mark, *sid)));
    Value::Object(all.collect())
}

#[derive(Default)]
struct Block {
    votes: Vec<Value>,
    decisions: Vec<Value>,
    states: Vec<Value>,
    notifications: Vec<Value>,
    notes: Vec<Value>,
    /// When a LEADING or FOLLOWING notification for a leader came last.
    told: BTreeMap<Sid, SimTime>,
    last_round: i64,
    lines: Lines,
}

impl Block {
    /// Takes a fact; what was before the mark is not listed, but looked back to.
    fn add(&mut self, release: Release, noted: &Noted, listed: bool) {
        let notes = self.lines.of(release, &noted.fact);
        if let Fact::Voted { to, .. } = &noted.fact {
            self.last_round = to.round.0;
        }
        match &noted.fact {
            Fact::Heard {
                sender,
                notification,
                used,
                ..
            } => {
                let n = notification;
                if matches!(n.state, ServerState::Leading | ServerState::Following) {
                    self.told.insert(n.leader, noted.at);
                }
                // A participant does not log what an observer sends.
                if listed && *used != NotificationUse::AnsweredObserver {
                    self.notifications.push(notification_tuple(*sender, n));
                }
            }
            _ if !listed => {}
            Fact::Voted { to, .. } => self.votes.push(vote(to)),
            Fact::Decided { state, vote, .. } => {
                let told = self.told.get(&vote.leader);
                let joined = told.is_some_and(|at| noted.at - *at <= JOINED_WITHIN);
                // A log does not tell the round in which its server leaves: the recordings have
                // that of its last vote.
                let round = self.last_round;
                let (leader, zxid) = (vote.leader.0, hex(vote.zxid));
                self.decisions
                    .push(json!([state.name(), leader, zxid, round, joined]));
            }
            Fact::State { to, .. } => self.states.push(json!(to.name())),
            _ => {
                let notes = notes.into_iter();
                self.notes
                    .extend(notes.map(|(class, text)| json!([class, text])));
            }
        }
    }
}

fn notification_tuple(sender: Sid, n: &Notification) -> Value {
    let (leader, zxid) = (n.leader.0, hex(n.zxid));
    json!([
        sender.0,
        n.state.name(),
        leader,
        zxid,
        n.round.0,
        n.peer_epoch.0,
        0
    ])
}

/// Tells the log lines that a server's facts stand for, as class and text.
#[derive(Default)]
struct Lines {
    /// Learner: the last proposal of this synchronisation.
    last_queued: Zxid,
    /// Leader: `lastProposed`.
    last_proposed: Zxid,
}

type Line = (&'static str, String);

impl Lines {
    fn of(&mut self, release: Release, fact: &Fact) -> Vec<Line> {
        let newer = release >= Release::V3_8_0;
        match fact {
            Fact::SyncHeard { kind, zxid } => {
                self.last_queued = Zxid::ZERO;
                vec![("Learner", sync_heard(*kind, *zxid))]
            }
            Fact::ProposalHeard { zxid } => {
                let expected = self.last_queued.next();
                self.last_queued = *zxid;
                let text = format!("Got zxid {} expected {}", hex(*zxid), hex(expected));
                let gap = (*zxid != expected).then_some(("Learner", text));
                gap.into_iter().collect()
            }
            Fact::ConnectFailed { attempt, .. } => {
                let text = format!(
                    "Unexpected exception, tries={}, remaining init limit=5000, connecting to ADDR",
                    attempt - 1
                );
                vec![("Learner", text)]
            }
            Fact::EpochProposed { epoch, .. } => {
                self.last_proposed = Zxid::new(*epoch, 0);
                Vec::new()
            }
            Fact::Proposed { txn, .. } => {
                self.last_proposed = txn.zxid;
                Vec::new()
            }
            Fact::SteppedDown { was, why, synced } => match (was, why) {
                (ServerState::Leading, StepDown::NoQuorum) if newer => {
                    let text = format!(
                        "Shutdown called. For the reason Not sufficient followers synced, only \
                         synced with sids: [ [{}] ]",
                        list(synced)
                    );
                    vec![("Leader", text)]
                }
                (ServerState::Leading, _) => vec![("Leader", "Shutdown called".to_string())],
                (ServerState::Following, StepDown::ConnectionLost | StepDown::ReadTimeout) => {
                    vec![("Learner", "Exception when following the leader".to_string())]
                }
                _ => Vec::new(),
            },
            Fact::Established {
                epoch, followers, ..
            } => {
                let acks = list(followers);
                let sets = match newer {
                    true => format!("[[{acks}]]"),
                    false => format!("[ [{acks}],[{acks}] ]"),
                };
                let text = format!(
                    "Have quorum of supporters, sids: {sets}; starting up and setting last \
                     processed zxid: {}",
                    hex(Zxid::new(*epoch, 0))
                );
                vec![("Leader", text)]
            }
            Fact::SyncChosen { .. } => self.sync_chosen(newer, fact),
            _ => Vec::new(),
        }
    }

    fn sync_chosen(&self, newer: bool, fact: &Fact) -> Vec<Line> {
        let Fact::SyncChosen {
            learner,
            kind,
            zxid,
            row,
            peer_last_zxid,
            min_committed_log,
            max_committed_log,
            leader_last_processed,
            ..
        } = fact
        else {
            return Vec::new();
        };
        let who = if newer { "Learner" } else { "Follower" };
        let [max, min] = raw_bounds(
            *max_committed_log,
            *min_committed_log,
            *leader_last_processed,
        );
        let mut texts = vec![format!(
            "Synchronizing with {who} sid: {learner} maxCommittedLog={} minCommittedLog={} \
             lastProcessedZxid={} peerLastZxid={}",
            hex(max),
            hex(min),
            hex(*leader_last_processed),
            hex(*peer_last_zxid),
        )];
        if matches!(row, SyncRow::CommittedLog | SyncRow::EpochBoundary) {
            texts.push(format!("Using committedLog for peer sid: {learner}"));
        }
        let (sent, peer) = (hex(*zxid), hex(*peer_last_zxid));
        texts.push(match kind {
            SyncKind::Diff => format!("Sending DIFF zxid={sent} for peer sid: {learner}"),
            SyncKind::Trunc => format!("Sending TRUNC zxid to follower: {sent}, sid: {learner}"),
            SyncKind::Snap => format!(
                "Sending snapshot last zxid of peer is {peer}, zxid of leader is {}, send zxid of \
                 db as {sent}",
                hex(self.last_proposed)
            ),
        });
        texts
            .into_iter()
            .map(|text| ("LearnerHandler", text))
            .collect()
    }
}

/// The ends of the committed log as the leader prints them: before it takes its last processed zxid
/// for both where the log is empty. (Then that zxid is the mark of an epoch's beginning, which is
/// no transaction and in no log.)
fn raw_bounds(max: Zxid, min: Zxid, last_processed: Zxid) -> [Zxid; 2] {
    let empty = max == last_processed && min == max && max.counter() == 0;
    if empty { [Zxid::ZERO; 2] } else { [max, min] }
}

fn list(sids: &[Sid]) -> String {
    let sids: Vec<String> = sids.iter().map(ToString::to_string).collect();
    sids.join(", ")
}

fn sync_heard(kind: SyncKind, zxid: Zxid) -> String {
    let zxid = hex(zxid);
    match kind {
        SyncKind::Diff => format!("Getting a diff from the leader {zxid}"),
        SyncKind::Snap => format!("Getting a snapshot from leader {zxid}"),
        SyncKind::Trunc => format!("Truncating log to get in sync with the leader {zxid}"),
    }
}

/// What the leader sent to each learner since a mark, as `leader_chose` tells it; the last choice
/// counts.
pub fn leader_chose(stage: &Stage, mark: usize, leader: i64) -> Value {
    let mut chosen = Map::new();
    let mut lines = Lines::default();
    for (position, noted) in stage.all(leader) {
        lines.of(stage.release, &noted.fact);
        if position < mark {
            continue;
        }
        let Fact::SyncChosen {
            learner,
            kind,
            zxid,
            row,
            peer_last_zxid,
            min_committed_log,
            max_committed_log,
            leader_last_processed,
            ..
        } = &noted.fact
        else {
            continue;
        };
        let via = match row {
            SyncRow::Equal => Some("equal"),
            SyncRow::CommittedLog | SyncRow::EpochBoundary => Some("committedLog"),
            SyncRow::DiskLog => Some("transaction log on disk and committedLog"),
            _ => None,
        };
        // Of a log that is too large the line tells the bytes, which is no fact.
        let refused = match row {
            SyncRow::EpochBoundary => "TRUNC across the epoch boundary",
            SyncRow::TooFarBehind => "the transaction log does not reach back to the peer's zxid",
            SyncRow::DiskLogTooLarge => "log files of 131104 bytes exceed the size limit",
            _ => "",
        };
        let kind = match kind {
            SyncKind::Diff => "DIFF",
            SyncKind::Trunc => "TRUNC",
            SyncKind::Snap => "SNAP",
        };
        let [max, min] = raw_bounds(
            *max_committed_log,
            *min_committed_log,
            *leader_last_processed,
        );
        let choice = json!({
            "kind": kind,
            "op_zxid": hex(*zxid),
            "via": via,
            "refused": refused,
            "leader_zxid_in_line": hex(lines.last_proposed),
            "max_committed_log": hex(max),
            "min_committed_log": hex(min),
            "leader_last_processed": hex(*leader_last_processed),
            "peer_last_zxid": hex(*peer_last_zxid),
        });
        chosen.insert(learner.to_string(), choice);
    }
    Value::Object(chosen)
}

/// The learner's own lines about its synchronisation since a mark, in order, as `learner_log`
/// tells them. Attempts refused are left out: whether there are any is a matter of timing.
pub fn learner_log(stage: &Stage, mark: usize, sid: i64) -> Value {
    let folder = format!("/tmp/zookeeper/s{sid}/version-2");
    let mut own = Vec::new();
    let mut lines = Lines::default();
    let mut newest = Zxid::ZERO;
    for noted in stage.since(mark, sid) {
        let line = match &noted.fact {
            Fact::Loaded { snapshot, .. } => match snapshot {
                Some(name) => {
                    newest = *name;
                    format!("Reading snapshot {folder}/snapshot.{:x}", name.0)
                }
                // An empty directory gets a snapshot of nothing.
                None => format!("Snapshotting: 0x0 to {folder}/snapshot.0"),
            },
            // The log was cut and the database read again.
            Fact::Truncated { .. } => format!("Reading snapshot {folder}/snapshot.{:x}", newest.0),
            Fact::SnapshotTaken {
                name,
                last_processed,
            } => {
                let zxid = hex(*last_processed);
                format!("Snapshotting: {zxid} to {folder}/snapshot.{:x}", name.0)
            }
            Fact::NewLeaderHeard { .. } => "Learner received NEWLEADER message".to_string(),
            Fact::UpToDate { .. } => "Learner received UPTODATE message".to_string(),
            Fact::Logged { zxid, file, .. } if zxid == file => {
                format!("Creating new log file: log.{:x}", file.0)
            }
            Fact::ConnectFailed { .. } => continue,
            fact => {
                let told = lines.of(stage.release, fact).into_iter();
                own.extend(
                    told.filter(|(class, _)| *class == "Learner")
                        .map(|(_, text)| text),
                );
                continue;
            }
        };
        own.push(line);
    }
    json!(own)
}

/// Mode, zxid and epoch files of a server, as `after_sync` tells them.
pub fn after_sync(stage: &Stage, sid: i64) -> Value {
    let seen = server(stage, sid);
    let disk = stage.disk(sid);
    json!({
        "mode": seen["srvr_mode"],
        "zxid": seen["srvr_zxid"],
        "acceptedEpoch": disk.accepted_epoch.map(|epoch| epoch.to_string()),
        "currentEpoch": disk.current_epoch.map(|epoch| epoch.to_string()),
    })
}

/// The names of log and snapshot files, sorted as text.
pub fn files(disk: &ZkDisk) -> Value {
    let logs = disk.logs.iter().map(|log| format!("log.{:x}", log.name.0));
    let snapshots = (disk.snapshots.iter()).map(|snap| format!("snapshot.{:x}", snap.name.0));
    let mut names: Vec<String> = logs.chain(snapshots).collect();
    names.sort();
    json!(names)
}

/// First and last entry and number of entries of every log file, as LogFormatter told them.
pub fn log_contents(disk: &ZkDisk) -> Value {
    let files = disk.logs.iter().map(|log| {
        let txns: Vec<_> = log.txns.iter().collect();
        let content = json!({
            "txns": txns.len(),
            "first": txns.first().map(|txn| entry(txn.zxid, &txn.body)),
            "last": txns.last().map(|txn| entry(txn.zxid, &txn.body)),
        });
        (log_name(log), content)
    });
    Value::Object(files.collect())
}

fn log_name(log: &LogFile) -> String {
    format!("log.{:x}", log.name.0)
}

fn entry(zxid: Zxid, body: &TxnBody) -> Value {
    let (kind, about) = match body {
        TxnBody::CreateSession { timeout_ms } => ("createSession", timeout_ms.to_string()),
        TxnBody::CloseSession => ("closeSession", "null".to_string()),
        TxnBody::Create { path, .. } => ("create", path.to_string()),
        other => panic!("the recordings have no {other:?}"),
    };
    json!([hex(zxid), kind, about])
}

/// How many nodes every snapshot file has beside ZooKeeper's own, and the last four of them, as
/// SnapshotFormatter told them.
pub fn snapshot_contents(disk: &ZkDisk) -> Value {
    let files = disk.snapshots.iter().map(|snapshot| {
        let paths = own_paths(&snapshot.tree);
        let last = paths[paths.len().saturating_sub(4)..].to_vec();
        let content = json!({ "nodes": paths.len(), "last_nodes": last });
        (format!("snapshot.{:x}", snapshot.name.0), content)
    });
    Value::Object(files.collect())
}

/// The paths of a tree that clients or histories made, sorted.
pub fn own_paths(tree: &sim_core::zookeeper::Tree) -> Vec<String> {
    let paths = tree.nodes.keys().map(ToString::to_string);
    let mut paths: Vec<String> = paths
        .filter(|path| path != "/" && !path.is_empty() && !path.starts_with("/zookeeper"))
        .collect();
    paths.sort();
    paths
}

/// What the trees of two servers are compared by: path, data, czxid, mzxid.
pub fn tree(stage: &Stage, sid: i64) -> Vec<(String, Vec<u8>, Zxid, Zxid)> {
    let server = stage.server(sid).expect("a server that serves");
    let tree = server.database().tree();
    let about = |path: String| {
        let node = tree.node(&path).expect("listed");
        let (created, changed) = (node.stat.czxid, node.stat.mzxid);
        (path, node.data.to_vec(), created, changed)
    };
    own_paths(tree).into_iter().map(about).collect()
}
