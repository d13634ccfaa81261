//! Histories: the recordings' own seeds, and what is none.
//!
//! Source: `ground-truth/zookeeper-3.5.7`, README "How each was obtained", H, and the dumps in
//! `outputs/sync`.

use sim_core::zookeeper::{AclList, Epoch, NodeKind, SessionId, TxnBody, Zxid, seeded_disk};

/// Every seed of H, with the number of entries per file.
#[test]
fn the_recordings_seeds_are_read() {
    let table: [(&str, &[usize], u32, i64); 9] = [
        ("1:8", &[8], 8, 1),
        ("1:5", &[5], 5, 1),
        ("1:700", &[700], 700, 1),
        ("1:1-150,/,1:151-400,/,1:401-700", &[150, 250, 300], 700, 1),
        (
            "1:1-1*600000,1:2-150,/,1:151-400,/,1:401-700",
            &[150, 250, 300],
            700,
            1,
        ),
        ("1:1-1*600000,1:2-100", &[100], 100, 1),
        ("1:1-3,1:5-8", &[7], 8, 1),
        ("1:8,2:3", &[11], 3, 2),
        ("1:8,2:1", &[9], 1, 2),
    ];
    for (history, files, counter, epoch) in table {
        let disk = seeded_disk(history, Epoch(7), Epoch(8)).expect(history);
        assert_eq!(
            (disk.current_epoch, disk.accepted_epoch),
            (Some(Epoch(7)), Some(Epoch(8)))
        );
        let lens: Vec<usize> = disk.logs.iter().map(|log| log.txns.len()).collect();
        assert_eq!(lens, files, "{history}");
        assert_eq!(disk.last_logged(), Some(Zxid::new(Epoch(epoch), counter)));
        assert_eq!(disk.snapshots.len(), 1);
        assert_eq!(disk.snapshots[0].name, Zxid::ZERO);
        for log in &disk.logs {
            assert_eq!(Some(log.name), log.txns.first().map(|txn| txn.zxid));
        }
    }
}

/// `outputs/sync/*.txt`: session 0x100000000000001 cxid 0x1 zxid 0x100000001 create '/s100000001,
/// #7634323934393637323937, F, -1 at 11/14/23, 10:13:20 PM UTC.
#[test]
fn the_entries_are_the_recordings() {
    let disk = seeded_disk("1:1,2:3", Epoch(2), Epoch(2)).unwrap();
    let txn = disk.logs[0].txns.first().unwrap();
    assert_eq!(
        (txn.session, txn.cxid),
        (SessionId(0x0100_0000_0000_0001), 1)
    );
    assert_eq!(txn.time_ms, 1_700_000_000_000);
    let body = TxnBody::Create {
        path: "/s100000001".into(),
        data: (*b"v4294967297").into(),
        parent_cversion: -1,
        acl: AclList::OPEN,
        kind: NodeKind::Persistent,
    };
    assert_eq!(txn.body, body);
    let last = disk.logs[0].txns.last().unwrap();
    assert_eq!((last.cxid, last.zxid), (3, Zxid(0x2_0000_0003)));
}

#[test]
fn what_is_no_history_is_told() {
    let table = [
        ("", 0, "an epoch", ""),
        ("8", 1, "\":\"", ""),
        ("1;8", 1, "\":\"", ";8"),
        ("x:8", 0, "an epoch", "x:8"),
        ("0:8", 0, "an epoch", "0:8"),
        ("1:0", 2, "a counter", "0"),
        ("1:", 2, "a counter", ""),
        ("1:8,", 4, "an epoch", ""),
        ("1:8,,2:1", 4, "an epoch", ","),
        ("1:8 ,2:1", 3, "\",\" or the end", " "),
        ("1:8,1:5", 4, "above those before", "1:5"),
        ("1:1-8,1:8-9", 6, "above those before", "1:8-9"),
        ("2:1,1:9", 4, "above those before", "1:9"),
        ("1:8-4", 4, "not below", "4"),
        ("1:1-4*", 6, "bytes of data", ""),
        ("1:1-4*0", 6, "bytes of data", "0"),
        ("1:1-4*1048576", 6, "bytes of data", "1048576"),
        ("1:4294967295", 2, "a counter", "4294967295"),
        ("1:4294967294", 0, "1000000 transactions", "1:4294967294"),
        ("1:8,二", 4, "an epoch", "二"),
        ("1:8二", 3, "\",\" or the end", "二"),
    ];
    for (history, position, expected, found) in table {
        let error = seeded_disk(history, Epoch(1), Epoch(1)).expect_err(history);
        assert_eq!(error.position, position, "{history:?}: {error}");
        assert!(error.expected.contains(expected), "{history:?}: {error}");
        assert_eq!(error.found, found, "{history:?}: {error}");
    }
}
