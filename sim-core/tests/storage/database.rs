//! Sources: `ground-truth/zookeeper-3.5.7`, H; upstream `LoadFromLogTest`,
//! `LoadFromLogNoServerTest`, `FuzzySnapshotRelatedTest`, `EmptiedSnapshotRecoveryTest`; else
//! `FileTxnSnapLog.java`, `ZKDatabase.java` of 3.5.7.

use crate::disk::{append, seed, set_data};
use crate::leader::{Leader, SESSION, create, create_as, delete, set};
use sim_core::engine::DiskImage;
use sim_core::zookeeper::{Change, Database, Epoch, LoadError, LogWriter, Snapshot, ZkDisk, Zxid};
use std::sync::Arc;

fn load(disk: &ZkDisk) -> Database {
    Database::load(disk).unwrap().database
}

fn zxid(counter: u32) -> Zxid {
    Zxid::new(Epoch(1), counter)
}

/// H: a server with an empty directory writes `snapshot.0` when it loads ("Snapshotting: 0x0").
#[test]
fn an_empty_disk_gets_a_snapshot_at_0() {
    let loaded = Database::load(&ZkDisk::default()).unwrap();
    assert_eq!((loaded.snapshot, loaded.replayed), (None, 0));
    let [Change::Snapshot(snapshot)] = &loaded.changes[..] else {
        panic!("{:?}", loaded.changes);
    };
    assert_eq!(snapshot.name, Zxid::ZERO);
    let mut paths = snapshot.tree.nodes.keys().map(|path| &**path);
    let expected = ["/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"];
    assert!(paths.by_ref().eq(expected));
    assert!(loaded.database.committed().is_empty());
}

/// `EmptiedSnapshotRecoveryTest`: log entries without a snapshot are refused ("Something is
/// broken!"), so is a log file without a header (ZOOKEEPER-2332).
#[test]
fn a_disk_that_cannot_be_trusted_is_refused() {
    let mut disk = seed("1:8");
    let snapshots = core::mem::take(&mut disk.snapshots);
    assert_eq!(Database::load(&disk), Err(LoadError::NoSnapshot));
    disk.snapshots = snapshots;
    let file = Zxid::new(Epoch(2), 1);
    let pre_alloc = 65_536;
    disk.apply_torn(&Change::CreateLog { file, pre_alloc });
    assert_eq!(Database::load(&disk), Err(LoadError::NoHeader(file)));
}

/// H, all seeds: "the proposed zxid in the server's own first vote shows that the directory was
/// read as meant"; the whole tail counts.
#[test]
fn the_whole_log_is_replayed() {
    let loaded = Database::load(&seed("1:9")).unwrap();
    assert_eq!((loaded.snapshot, loaded.replayed), (Some(Zxid::ZERO), 9));
    let database = loaded.database;
    assert_eq!(database.last_processed(), zxid(9));
    assert_eq!(
        (database.committed().min(), database.committed().max()),
        (zxid(1), zxid(9))
    );
    let node = database.tree().node("/s100000009").unwrap();
    // Its data in the recording: hex 76 34 32 39 34 39 36 37 33 30 35.
    assert_eq!(&*node.data, b"v4294967305");
    assert_eq!(
        database
            .tree()
            .node("/")
            .unwrap()
            .client_stat()
            .num_children,
        10
    );
}

/// H `failed-candidate-snapshots-its-tail`: 5 of 5. The candidate snapshots (1,9) in lead(); later
/// TRUNC(1,8) cuts its log, but the snapshot is read again: zxid (1,8), node and all, and it goes
/// into a new `snapshot.100000008` too.
#[test]
fn a_snapshot_outlives_the_cut_of_its_last_entry() {
    let mut disk = seed("1:9");
    let mut database = load(&disk);
    disk.apply(&Change::Snapshot(database.snapshot()));
    let (change, removed) = database.truncate(&disk, zxid(8), false).unwrap();
    assert_eq!(removed, 1);
    disk.apply(&change);
    assert_eq!(disk.last_logged(), Some(zxid(8)));
    assert_eq!(database.last_processed(), zxid(9));
    // Learner.syncWithLeader.
    database.set_last_processed(zxid(8));
    assert!(database.tree().node("/s100000009").is_some());
    disk.apply(&Change::Snapshot(database.snapshot()));
    let names: Vec<_> = disk.snapshots.iter().map(|s| s.name).collect();
    assert_eq!(names, [Zxid::ZERO, zxid(8), zxid(9)]);
    assert!(disk.snapshots[1].tree.node("/s100000009").is_some());
    // 10 nodes against 9 on the others (with the one of "write_after_sync").
    let clean = load(&seed("1:8"));
    assert_eq!(database.tree().nodes.len(), clean.tree().nodes.len() + 1);
    assert_ne!(database.tree(), clean.tree());
}

/// H `ahead-no-new-write`: without that snapshot the cut leaves what the others have.
#[test]
fn a_cut_without_a_newer_snapshot_leaves_the_same_tree() {
    let disk = seed("1:9");
    let mut database = load(&disk);
    database.truncate(&disk, zxid(8), false).unwrap();
    let clean = load(&seed("1:8"));
    assert_eq!(database.tree(), clean.tree());
    assert_eq!(database.committed(), clean.committed());
}

/// H `ahead-after-new-write`: after SNAP "(1,9) stays in the old log file, not in the tree". A
/// restart must not bring it back: the snapshot is newer.
#[test]
fn after_snap_the_old_tail_stays_in_the_log_and_out_of_the_tree() {
    let mut disk = seed("1:9");
    let mut database = load(&disk);
    let leader = load(&seed("1:8"));
    let at = Zxid::new(Epoch(2), 3);
    database.replace(leader.tree(), at);
    assert!(database.committed().is_empty());
    disk.apply(&Change::Snapshot(database.snapshot()));
    assert_eq!(disk.last_logged(), Some(zxid(9)));
    let again = load(&disk);
    assert_eq!(again.last_processed(), at);
    assert!(again.tree().node("/s100000009").is_none());
    assert_eq!(again.tree(), database.tree());
}

/// ZOOKEEPER-2845: what was logged but not applied is applied when the server leaves its role.
#[test]
fn fast_forward_applies_what_the_log_has_more() {
    let mut disk = seed("1:8");
    let mut database = load(&disk);
    let mut writer = LogWriter::default();
    let tail = seed("1:9").logs[0].txns.last().unwrap().clone();
    append(&mut disk, &mut writer, &tail);
    assert_eq!(database.fast_forward(&disk), Ok(1));
    assert_eq!(database.last_processed(), zxid(9));
    assert_eq!(database.committed().max(), zxid(9));
    assert_eq!(database.fast_forward(&disk), Ok(0));
    // At (2,0), a serving leader's zxid, nothing of epoch 1 is above.
    database.set_last_processed(Zxid::new(Epoch(2), 0));
    assert_eq!(database.fast_forward(&disk), Ok(0));
}

/// `FuzzySnapshotRelatedTest`, `LoadFromLogNoServerTest.testTxnFailure`: a snapshot that holds more
/// than its name says is replayed into the same tree, counters and all.
#[test]
fn a_fuzzy_snapshot_replays_into_the_same_tree() {
    let mut leader = Leader::new();
    let mut disk = ZkDisk::default();
    let mut writer = LogWriter::default();
    let empty = Database::default();
    let name = Zxid(0x1_0000_0000);
    disk.apply(&Change::Snapshot(empty.snapshot_named(name)));
    let ops = [
        create("/p"),
        create("/p/a"),
        create("/p/b"),
        delete("/p/a", -1),
        create_as("/p/e", "", true, false),
        set("/p", "x", -1),
        create_as("/p/s-", "", false, true),
        delete("/p/e", -1),
        create("/p/a"),
        delete("/p/b", -1),
    ];
    let mut trees = vec![(name, leader.tree.clone())];
    for op in &ops {
        let txn = leader.propose(SESSION, op);
        leader.apply(&txn).unwrap();
        trees.push((txn.zxid, leader.tree.clone()));
        append(&mut disk, &mut writer, &txn);
    }
    for (from, (name, _)) in trees.iter().enumerate() {
        for (_, tree) in &trees[from..] {
            let mut fuzzy = disk.clone();
            let tree = Arc::new(tree.clone());
            fuzzy.apply(&Change::Snapshot(Snapshot { name: *name, tree }));
            fuzzy.snapshots.retain(|snapshot| snapshot.name == *name);
            let loaded = load(&fuzzy);
            assert_eq!(loaded.tree(), &leader.tree, "from {name}");
        }
    }
}

/// `ZKDatabase.addCommittedProposal`: 501 entries, the oldest goes first (H: min 0xc8 of 700).
#[test]
fn the_committed_log_holds_501_entries() {
    let mut database = Database::default();
    for i in 1..=600 {
        database.add_committed(&set_data(i));
    }
    let committed = database.committed();
    assert_eq!(
        (committed.len(), committed.min(), committed.max()),
        (501, Zxid(100), Zxid(600))
    );
}

/// `ZooKeeperServer.loadData`: ephemerals of sessions that are gone are removed.
#[test]
fn ephemerals_without_a_session_are_removed() {
    let mut leader = Leader::new();
    leader.ask(&create_as("/mine", "", true, false)).unwrap();
    let mut orphaned = leader.tree.clone();
    orphaned.sessions.clear();
    let mut database = Database::default();
    database.replace(&leader.tree, leader.tree.last_processed);
    database.kill_dead_sessions();
    assert!(database.tree().node("/mine").is_some());
    database.replace(&orphaned, orphaned.last_processed);
    database.kill_dead_sessions();
    assert!(database.tree().node("/mine").is_none());
}
