//! Sources: `ground-truth/zookeeper-3.5.7`, H (5 runs each; its log lines and file lists); upstream
//! `TruncateTest`, `FileTxnLogTest`, `FilePaddingTest`; else `FileTxnLog.java`.

use sim_core::engine::DiskImage;
use sim_core::zookeeper::{
    Change, Database, Epoch, LogRefusal, LogWriter, SessionId, Txn, TxnBody, ZkDisk, Zxid,
    seeded_disk,
};
use std::sync::Arc;

pub fn set_data(zxid: i64) -> Arc<Txn> {
    let body = TxnBody::SetData {
        path: format!("/foo{zxid}").into(),
        data: Arc::default(),
        version: 1,
    };
    Arc::new(Txn::new(Zxid(zxid), SessionId(1), 1, 1, body))
}

pub fn seed(history: &str) -> ZkDisk {
    seeded_disk(history, Epoch(1), Epoch(1)).expect(history)
}

pub fn append(disk: &mut ZkDisk, writer: &mut LogWriter, txn: &Arc<Txn>) -> Zxid {
    let (create, append, file) = writer.append(txn, 64 << 20);
    for change in create.iter().chain([&append]) {
        disk.apply(change);
    }
    file
}

fn zxids<'a>(txns: impl Iterator<Item = &'a Arc<Txn>>) -> Vec<i64> {
    txns.map(|txn| txn.zxid.0).collect()
}

fn names(disk: &ZkDisk) -> (Vec<String>, Vec<String>) {
    let logs = disk.logs.iter().map(|log| format!("{:x}", log.name.0));
    let snapshots = disk.snapshots.iter().map(|s| format!("{:x}", s.name.0));
    (logs.collect(), snapshots.collect())
}

/// H `far-behind-several-logs-small-snapshot`: 700 transactions in three files; the leader says
/// "Txnlog size: 131104 exceeds sizeLimit: 22789" (5 of 5) for a learner at (1,100).
#[test]
fn the_size_limit_is_that_of_the_recording() {
    let mut disk = seed("1:1-150,/,1:151-400,/,1:401-700");
    let database = Database::load(&disk).unwrap().database;
    // In lead() the leader writes a snapshot first.
    disk.apply(&Change::Snapshot(database.snapshot()));
    assert_eq!(disk.log_size_limit(33), 22_789);
    let refused = disk.proposals_from(Zxid::new(Epoch(1), 100), disk.log_size_limit(33));
    let expected = LogRefusal::TooLarge {
        size: 131_104,
        limit: 22_789,
    };
    assert_eq!(refused.err(), Some(expected));
    // 501 of 700: "minCommittedLog=0x1000000c8".
    let committed = database.committed();
    assert_eq!(committed.min(), Zxid::new(Epoch(1), 0xc8));
    assert_eq!(committed.max(), Zxid::new(Epoch(1), 0x2bc));
    assert_eq!(committed.len(), 501);
}

/// H `far-behind-one-log` and `…-large-snapshot`: DIFF from the log on disk.
#[test]
fn one_file_of_any_size_is_used_and_a_large_snapshot_allows_more() {
    for history in ["1:700", "1:1-1*600000,1:2-150,/,1:151-400,/,1:401-700"] {
        let mut disk = seed(history);
        let snapshot = Database::load(&disk).unwrap().database.snapshot();
        disk.apply(&Change::Snapshot(snapshot));
        let found = disk
            .proposals_from(Zxid::new(Epoch(1), 100), disk.log_size_limit(33))
            .expect(history);
        assert_eq!(found.count(), 700, "{history}");
    }
}

/// H `brand-new-follower` and `far-behind-log-purged`: "Unable to find proposals from txnlog for
/// zxid: 0", and the same for (1,100) when only the snapshot is left.
#[test]
fn a_log_that_begins_above_does_not_reach_back() {
    let disk = seed("1:8");
    let first = Zxid::new(Epoch(1), 1);
    let refused = disk.proposals_from(Zxid::ZERO, 0).err();
    assert_eq!(refused, Some(LogRefusal::DoesNotReachBack { first }));
    // H `peer-at-epoch-marker`: p = (1,0), the log begins at (1,1).
    let refused = disk.proposals_from(Zxid(0x1_0000_0000), 0).err();
    assert_eq!(refused, Some(LogRefusal::DoesNotReachBack { first }));
    // No log at all: the iterator is empty, which is no refusal (`getHeader() == null`).
    let none = ZkDisk::default();
    assert_eq!(none.proposals_from(Zxid(5), 0).unwrap().count(), 0);
}

/// `TruncateTest.testTruncationStreamReset`: 100 entries, cut behind 1, then 200 is appended: a
/// reader finds 1 and then 200.
#[test]
fn a_cut_log_goes_on_in_a_new_file() {
    let mut disk = ZkDisk::default();
    let mut writer = LogWriter::default();
    let snapshot = Database::default().snapshot();
    disk.apply(&Change::Snapshot(snapshot));
    (1..=100).for_each(|zxid| {
        append(&mut disk, &mut writer, &set_data(zxid));
    });
    let mut database = Database::default();
    let (change, removed) = database.truncate(&disk, Zxid(1), false).unwrap();
    assert_eq!(removed, 99);
    disk.apply(&change);
    writer.roll();
    assert_eq!(append(&mut disk, &mut writer, &set_data(200)), Zxid(200));
    assert_eq!(zxids(disk.entries_from(Zxid(1))), [1, 200]);
    // A cut file keeps no preallocation.
    assert_eq!(disk.logs[0].length(), disk.logs[0].bytes);
    assert_eq!(disk.logs[1].length(), (64 << 20) + 16);
}

/// `TruncateTest.testTruncationNullLog`: without log files truncation fails.
#[test]
fn nothing_to_cut_is_a_failure() {
    let mut disk = ZkDisk::default();
    disk.apply(&Change::Snapshot(Database::default().snapshot()));
    let mut database = Database::default();
    assert_eq!(database.truncate(&disk, Zxid(1), false), None);
    // A log that ends below is the same: "No log files found to truncate!".
    let disk = seed("1:8");
    assert_eq!(
        database.truncate(&disk, Zxid::new(Epoch(1), 9), false),
        None
    );
    assert!(!database.is_initialized());
}

/// `FileTxnLog.truncate` with several files: later ones are removed; the cut stands behind the
/// first entry at or above the zxid, so the next one stays if the zxid itself is missing.
#[test]
fn later_files_are_removed_and_a_missing_zxid_keeps_the_next_entry() {
    let zxid = |counter| Zxid::new(Epoch(1), counter);
    let mut disk = seed("1:1-3,/,1:4-6,/,1:7-9");
    assert_eq!(disk.truncate(zxid(5)), Some(4));
    assert_eq!(names(&disk).0, ["100000001", "100000004"]);
    assert_eq!(disk.last_logged(), Some(zxid(5)));
    // A whole file goes when the cut is at the end of the one before.
    let mut disk = seed("1:1-8,/,1:9-9");
    assert_eq!(disk.truncate(zxid(8)), Some(1));
    assert_eq!(names(&disk).0, ["100000001"]);
    let mut disk = seed("1:1-3,1:5-8");
    assert_eq!(disk.truncate(zxid(4)), Some(3));
    assert_eq!(disk.last_logged(), Some(zxid(5)));
}

/// H `newer-epoch-tail`: (2,1) is cut across an epoch, TRUNC(1,8).
#[test]
fn a_cut_may_cross_an_epoch() {
    let mut disk = seeded_disk("1:8,2:1", Epoch(2), Epoch(2)).unwrap();
    assert_eq!(disk.truncate(Zxid::new(Epoch(1), 8)), Some(1));
    assert_eq!(disk.last_logged(), Some(Zxid::new(Epoch(1), 8)));
}

/// `FileTxnIterator.init`: reading starts in the last file whose name is below the zxid.
#[test]
fn reading_starts_in_the_last_file_below() {
    let disk = seed("1:1-3,/,1:4-6,/,1:7-9");
    let at = |counter| Zxid::new(Epoch(1), counter);
    let counters = |zxid| -> Vec<u32> {
        disk.entries_around(zxid)
            .map(|txn| txn.zxid.counter())
            .collect()
    };
    assert_eq!(counters(at(1)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(counters(at(4)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(counters(at(5)), [4, 5, 6, 7, 8, 9]);
    assert_eq!(counters(Zxid::new(Epoch(2), 1)), [7, 8, 9]);
    assert_eq!(disk.entries_from(at(6)).count(), 4);
    assert_eq!(disk.entries_from(Zxid::new(Epoch(2), 1)).count(), 0);
}

/// `FileTxnLogTest.testInvalidPreallocSize`,
/// `testCalculateFileSizeWithPaddingWhenNotToCurrentSize`, `…WhenCloseToCurrentSize`,
/// `…WithPaddingWhenCurrentSizeBigger`: the three rules of padding, seen in the length of a file.
#[test]
fn files_grow_by_preallocation() {
    let write = |pre_alloc: u64, sizes: &[usize]| {
        let mut disk = ZkDisk::default();
        let file = Zxid(1);
        disk.apply(&Change::CreateLog { file, pre_alloc });
        for (zxid, size) in (1..).zip(sizes) {
            let body = TxnBody::SetData {
                path: "/f".into(),
                data: vec![0; *size].into(),
                version: 0,
            };
            let txn = Arc::new(Txn::new(Zxid(zxid), SessionId(1), 0, 0, body));
            disk.apply(&Change::Append { file, txn });
        }
        (disk.logs[0].bytes, disk.logs[0].length())
    };
    // No preallocation: the length is what was written. One record is 45 + 12 + 2 bytes and data.
    assert_eq!(write(0, &[41]), (116, 116));
    assert_eq!(write(65_536, &[41]), (116, 65_552));
    // Fewer than 4096 bytes left: one more portion.
    assert_eq!(write(65_536, &[61_500, 1]).1, 65_552 + 65_536);
    // Written past the end: the next multiple.
    assert_eq!(write(65_536, &[600_000]).1, 600_075);
    assert_eq!(write(65_536, &[600_000, 1]).1, 10 * 65_536);
}

/// A log file per start of the process; H: "new log file `log.<first proposal>`".
#[test]
fn a_process_begins_a_file_with_its_first_append() {
    let mut disk = seed("1:8");
    let mut writer = LogWriter::default();
    assert_eq!(
        append(&mut disk, &mut writer, &set_data(0x2_0000_0001)),
        Zxid(0x2_0000_0001)
    );
    assert_eq!(
        append(&mut disk, &mut writer, &set_data(0x2_0000_0002)),
        Zxid(0x2_0000_0001)
    );
    assert_eq!(
        names(&disk),
        (
            vec!["100000001".into(), "200000001".into()],
            vec!["0".into()]
        )
    );
    // rollLog; and a file of the same name is emptied first, as FileOutputStream does.
    writer.roll();
    append(&mut disk, &mut writer, &set_data(0x2_0000_0001));
    assert_eq!(disk.logs[1].txns.len(), 1);
}

/// What a power loss may leave of the last write.
#[test]
fn torn_writes_leave_nothing_that_a_reader_accepts() {
    let mut disk = seed("1:8");
    let whole = disk.clone();
    let txn = set_data(0x1_0000_0009);
    let file = disk.logs[0].name;
    disk.apply_torn(&Change::Append { file, txn });
    disk.apply_torn(&Change::CurrentEpoch(Epoch(9)));
    disk.apply_torn(&Change::Truncate(Zxid::new(Epoch(1), 2)));
    assert_eq!(disk, whole);
    // Half a snapshot has overwritten the whole one of its name.
    disk.apply_torn(&Change::Snapshot(Database::default().snapshot()));
    assert!(disk.snapshots.is_empty());
}

/// What the repair of ZOOKEEPER-2846 does: the snapshot and the removal are one write, and a restart
/// reads the snapshot alone.
#[test]
fn a_snapshot_can_take_the_place_of_the_log() {
    let mut disk = seeded_disk("1:8", Epoch(1), Epoch(1)).unwrap();
    let database = Database::load(&disk).unwrap().database;
    disk.apply(&Change::Snapshot(database.snapshot()));
    disk.apply(&Change::RemoveLogs);
    assert_eq!(disk.last_logged(), None);
    let loaded = Database::load(&disk).unwrap();
    assert_eq!(loaded.database.tree().digest, database.tree().digest);
    assert_eq!(loaded.replayed, 0);
}

/// Behind a SNAP the log begins above the zxid that TRUNC names. `FileTxnLog.truncate` of 3.5.7 sets
/// the length to where its iterator stands, which has read the first entry at or above the zxid.
#[test]
fn a_cut_below_the_first_entry_keeps_it_unless_it_is_exact() {
    let mut disk = seeded_disk("1:8-12", Epoch(1), Epoch(1)).unwrap();
    let mut exact = disk.clone();
    assert_eq!(disk.truncate(Zxid::new(Epoch(1), 7)), Some(4));
    assert_eq!(disk.last_logged(), Some(Zxid::new(Epoch(1), 8)));
    assert_eq!(exact.truncate_exactly(Zxid::new(Epoch(1), 7)), Some(5));
    assert_eq!(exact.last_logged(), None);
    let mut held = seeded_disk("1:6-12", Epoch(1), Epoch(1)).unwrap();
    assert_eq!(held.truncate_exactly(Zxid::new(Epoch(1), 7)), Some(5));
    assert_eq!(held.last_logged(), Some(Zxid::new(Epoch(1), 7)));
}
