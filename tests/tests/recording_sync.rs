//! Recording H: what the leader sends in 19 situations, and what is in memory and on disk after.
//!
//! The expectations are read from the recordings' own `scenarios.json`; the choreography of each
//! situation follows its description there.

use quorumscope_tests::zk::{Ensemble, Setup, create};
use serde_json::Value;
use sim_core::base::Span;
use sim_core::engine::{Fault, Latency, LinkSet};
use sim_core::zookeeper::{
    ClientOutcome, Epoch, Fact, OpResult, Release, SyncKind, SyncRow, ZkDisk, Zxid, port,
    seeded_disk,
};

const V3_5_7: &str = include_str!("../data/zookeeper-3.5.7/scenarios.json");

/// The recorded situation for a release: 3.8.0 has its own section where it was run.
struct Situation {
    name: &'static str,
    release: Release,
    stable: Value,
}

fn situation(name: &'static str, release: Release) -> Option<Situation> {
    let all: Value = serde_json::from_str(V3_5_7).expect("JSON");
    let variant = &all["scenarios"]["H"]["variants"][name];
    assert!(variant.is_object(), "{name} is recorded");
    let mut stable = match release {
        Release::V3_5_7 => variant["stable"].clone(),
        _ => variant["zookeeper_3_8_0"]["stable"].clone(),
    };
    if !stable.is_object() {
        return None;
    }
    for key in ["seeds", "started_first", "started_then"] {
        stable[key] = variant["stable"][key].clone();
    }
    Some(Situation {
        name,
        release,
        stable,
    })
}

fn zxid(text: &Value) -> Option<Zxid> {
    let text = text.as_str()?.strip_prefix("0x")?;
    i64::from_str_radix(text, 16).ok().map(Zxid)
}

fn sids(list: &Value) -> Vec<i64> {
    list.as_array()
        .map(|list| list.iter().filter_map(Value::as_i64).collect())
        .unwrap_or_default()
}

impl Situation {
    fn disks(&self) -> Vec<ZkDisk> {
        let disk = |sid: i64| match self.stable["seeds"].get(sid.to_string()) {
            Some(seed) => {
                let epoch = |i: usize| Epoch(seed[i].as_i64().expect("a number"));
                let history = seed[0].as_str().expect("a history");
                seeded_disk(history, epoch(1), epoch(2)).expect("a history")
            }
            None => ZkDisk::default(),
        };
        (1..=3).map(disk).collect()
    }

    /// Three servers on the recorded disks, and clients; the first one asks the leader first.
    fn ensemble(&self, disks: Vec<ZkDisk>) -> Ensemble {
        let mut setup = Setup::with_disks(disks, self.release);
        setup.clients = 3;
        let leader = self.stable["leader"].as_i64().expect("a leader");
        setup.first_server = vec![leader; 3];
        reach_open_ports(&mut setup);
        Ensemble::new(setup)
    }

    /// Starts those named and waits until they serve.
    fn start(&self, zk: &mut Ensemble, sids: &[i64]) {
        zk.start(sids.iter().copied());
        let all = sids.to_vec();
        zk.until("they serve", move |zk| zk.all_serve(all.iter().copied()));
        zk.run_ms(300);
    }

    fn start_as_recorded(&self) -> Ensemble {
        let mut zk = self.ensemble(self.disks());
        self.start(&mut zk, &sids(&self.stable["started_first"]));
        zk
    }

    /// Compares what was recorded of this situation with what is now.
    fn check(&self, zk: &mut Ensemble) {
        let what = format!("{} {}", self.name, self.release);
        assert_eq!(
            zk.leader(),
            self.stable["leader"].as_i64(),
            "{what}: leader"
        );
        if let Some(chose) = self.stable["leader_chose"].as_object() {
            for (learner, expected) in chose {
                self.check_choice(zk, learner.parse().expect("a sid"), expected);
            }
        }
        if let Some(after) = self.stable["after_sync"].as_object() {
            for (sid, expected) in after {
                let sid: i64 = sid.parse().expect("a sid");
                let server = zk.server(sid).expect("up");
                if let Some(zxid) = zxid(&expected["zxid"]) {
                    assert_eq!(server.last_zxid(), zxid, "{what}: zxid of {sid}");
                }
                let file = |name: &str| {
                    let text = expected[name].as_str()?;
                    text.parse().ok().map(Epoch)
                };
                let disk = zk.disk(sid);
                if file("currentEpoch").is_some() {
                    assert_eq!(disk.current_epoch, file("currentEpoch"), "{what}: {sid}");
                }
                if file("acceptedEpoch").is_some() {
                    assert_eq!(disk.accepted_epoch, file("acceptedEpoch"), "{what}: {sid}");
                }
            }
        }
        self.check_order(zk);
        self.check_files(zk, "files_after_sync");
        zk.connect(2);
        let outcome = zk.create(2, "/after");
        if let Some(expected) = zxid(&self.stable["write_after_sync"]["czxid"]) {
            assert_eq!(created_at(&outcome), expected, "{what}: /after");
        }
        zk.run_ms(500);
        let trees = [1, 2, 3].map(|sid| zk.nodes(sid));
        if let Some(count) = self.stable["number_of_nodes"].as_object() {
            for (sid, expected) in count {
                let sid: usize = sid.parse().expect("a sid");
                let nodes = trees[sid - 1].len() as u64;
                assert_eq!(Some(nodes), expected.as_u64(), "{what}: nodes of {sid}");
            }
        }
        let equal = trees[0] == trees[1] && trees[1] == trees[2];
        if let Some(expected) = self.stable["trees_equal"].as_bool() {
            assert_eq!(equal, expected, "{what}: trees");
        }
        self.check_files(zk, "files_at_end");
        self.check_log_starts(zk);
    }

    fn check_choice(&self, zk: &Ensemble, learner: i64, expected: &Value) {
        let what = format!("{} {}, learner {learner}", self.name, self.release);
        let leader = self.stable["leader"].as_i64().expect("a leader");
        let chosen = zk.facts.of(leader).filter_map(|(_, fact)| match fact {
            Fact::SyncChosen { learner: of, .. } if of.0 == learner => Some(fact.clone()),
            _ => None,
        });
        let Some(Fact::SyncChosen {
            kind,
            zxid: op_zxid,
            row,
            peer_last_zxid,
            min_committed_log,
            max_committed_log,
            leader_last_processed,
            ..
        }) = chosen.last()
        else {
            panic!("{what}: the leader chose nothing");
        };
        let name = match kind {
            SyncKind::Diff => "DIFF",
            SyncKind::Trunc => "TRUNC",
            SyncKind::Snap => "SNAP",
        };
        assert_eq!(expected["kind"].as_str(), Some(name), "{what}");
        let same = |key: &str, value: Zxid| {
            if let Some(recorded) = zxid(&expected[key]) {
                assert_eq!(value, recorded, "{what}: {key}");
            }
        };
        same("op_zxid", op_zxid);
        same("peer_last_zxid", peer_last_zxid);
        same("leader_last_processed", leader_last_processed);
        // The line shows zeros for an empty committed log, before they are replaced.
        if zxid(&expected["max_committed_log"]) != Some(Zxid::ZERO) {
            same("max_committed_log", max_committed_log);
            same("min_committed_log", min_committed_log);
        }
        let refused = expected["refused"].as_str().unwrap_or_default();
        let via = expected["via"].as_str().unwrap_or_default();
        let rows: &[SyncRow] = if refused.contains("epoch boundary") {
            &[SyncRow::EpochBoundary]
        } else if refused.contains("size limit") {
            &[SyncRow::DiskLogTooLarge]
        } else if refused.contains("does not reach back") {
            &[SyncRow::TooFarBehind]
        } else if via == "committedLog" {
            &[SyncRow::CommittedLog]
        } else if via == "equal" {
            &[SyncRow::Equal]
        } else if via.starts_with("transaction log") {
            &[SyncRow::DiskLog]
        } else {
            return;
        };
        assert!(
            rows.contains(&row),
            "{what}: {row:?}, recorded {via} {refused}"
        );
    }

    /// Whether a learner wrote its new log file before or after UPTODATE.
    fn check_order(&self, zk: &Ensemble) {
        for (learner, lines) in self.stable["learner_log"].as_object().into_iter().flatten() {
            let lines = lines.as_array().expect("lines").iter();
            let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
            let line = |start: &str| lines.iter().position(|line| line.starts_with(start));
            let (Some(log), Some(up_to_date)) = (
                line("Creating new log file"),
                line("Learner received UPTODATE"),
            ) else {
                continue;
            };
            let facts: Vec<_> = zk.facts.of(learner.parse().expect("a sid")).collect();
            let last = |is: fn(&Fact) -> bool| facts.iter().rposition(|(_, fact)| is(fact));
            let came = last(|fact| matches!(fact, Fact::UpToDate { .. }));
            let logged = last(|fact| matches!(fact, Fact::Logged { .. }));
            let (name, release) = (self.name, self.release);
            assert_eq!(
                logged < came,
                log < up_to_date,
                "{name} {release}: {learner}"
            );
        }
    }

    fn check_files(&self, zk: &Ensemble, key: &str) {
        let Some(files) = self.stable[key].as_object() else {
            return;
        };
        for (sid, expected) in files {
            let expected: Vec<_> = expected.as_array().expect("a list").iter().collect();
            // A follower that joined late in the preparation has a snapshot at (1,0): 1 of 5 runs of
            // 3.5.7, the only run of 3.8.0.
            let late =
                |name: &&str| self.name.starts_with("tail-") && *name == "snapshot.100000000";
            let names = expected.iter().filter_map(|name| name.as_str());
            let expected: Vec<_> = names.filter(|name| !late(name)).collect();
            let found = zk.files(sid.parse().expect("a sid"));
            let (name, release) = (self.name, self.release);
            assert_eq!(found, expected, "{name} {release}: {key} of {sid}");
        }
    }

    /// The first transaction of every log file, and the number of those that ended before the
    /// recording's own clients came.
    fn check_log_starts(&self, zk: &Ensemble) {
        let Some(logs) = self.stable["log_contents_at_end"].as_object() else {
            return;
        };
        for (sid, files) in logs {
            let disk = zk.disk(sid.parse().expect("a sid"));
            for (name, expected) in files.as_object().into_iter().flatten() {
                let log = disk
                    .logs
                    .iter()
                    .find(|log| format!("log.{:x}", log.name.0) == *name);
                let what = format!("{} {}: {sid} {name}", self.name, self.release);
                let log = log.unwrap_or_else(|| panic!("{what} is missing"));
                let first = log.txns.first().map(|txn| txn.zxid);
                assert_eq!(first, zxid(&expected["first"][0]), "{what}");
                let newest = disk.logs.last().expect("one").name == log.name;
                if !newest {
                    let txns = log.txns.len() as u64;
                    assert_eq!(Some(txns), expected["txns"].as_u64(), "{what}");
                }
            }
        }
    }
}

/// A follower's first attempt comes 10 ms after its decision on the recorded machine (median), when
/// its leader's port is open, and syncs of a disk take milliseconds, so that all followers are
/// synchronised together. One that comes late finds a leader that serves already.
fn reach_open_ports(setup: &mut Setup) {
    setup.timing.dial = Latency::Fixed(Span::from_millis(10));
    setup.timing.sync = Latency::Fixed(Span::from_millis(15));
}

fn created_at(outcome: &ClientOutcome) -> Zxid {
    match outcome {
        ClientOutcome::Answered {
            zxid,
            result: Ok(OpResult::Path(_)),
        } => *zxid,
        other => panic!("not created: {other:?}"),
    }
}

const BOTH: [Release; 2] = Release::RECORDED;

/// Situations that need no more than disks and two waves of starts.
#[test]
fn prepared_disks() {
    for name in [
        "behind-few-cold",
        "far-behind-one-log",
        "far-behind-several-logs-small-snapshot",
        "far-behind-several-logs-large-snapshot",
        "ahead-no-new-write",
        "gap-in-leader-history",
        "brand-new-follower",
        "brand-new-follower-at-once",
        "older-epoch-longer-history",
        "newer-epoch-tail",
        "tail-on-leader-to-be-cold",
    ] {
        for recorded in BOTH.into_iter().filter_map(|r| situation(name, r)) {
            let mut zk = recorded.start_as_recorded();
            let then = sids(&recorded.stable["started_then"]);
            recorded.start(&mut zk, &then);
            recorded.check(&mut zk);
        }
    }
}

/// A session, a create and the end of the session before the third server comes.
#[test]
fn ahead_after_new_write() {
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("ahead-after-new-write", r))
    {
        let mut zk = recorded.start_as_recorded();
        between(&recorded, &mut zk);
        recorded.start(&mut zk, &[3]);
        recorded.check(&mut zk);
    }
}

fn between(recorded: &Situation, zk: &mut Ensemble) {
    zk.connect(1);
    let outcome = zk.create(1, "/new");
    if let Some(expected) = zxid(&recorded.stable["between"]["czxid"]) {
        assert_eq!(created_at(&outcome), expected);
    }
    zk.close(1);
    zk.run_ms(100);
}

#[test]
fn behind_few_live() {
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("behind-few-live", r))
    {
        let mut zk = recorded.ensemble(vec![ZkDisk::default(); 3]);
        recorded.start(&mut zk, &[1, 2, 3]);
        zk.connect(0);
        for path in ["/a0", "/a1", "/a2"] {
            zk.create(0, path);
        }
        zk.run_ms(100);
        zk.kill([1]);
        for path in ["/b0", "/b1", "/b2", "/b3", "/b4"] {
            zk.create(0, path);
        }
        zk.close(0);
        recorded.start(&mut zk, &[1]);
        recorded.check(&mut zk);
    }
}

#[test]
fn far_behind_log_purged() {
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("far-behind-log-purged", r))
    {
        let mut first = recorded.ensemble(recorded.disks());
        recorded.start(&mut first, &[1, 2]);
        // "only its snapshot is left": 1 is the leader of a while in the recording, so that it has
        // a snapshot of its own too.
        let mut disks: Vec<ZkDisk> = [1, 2, 3].map(|sid| first.disk(sid).clone()).into();
        let snapshot = disks[1].snapshots.last().expect("the leader's").clone();
        disks[0].snapshots.push(snapshot);
        disks[0].logs.clear();
        disks[1].logs.clear();
        let mut zk = recorded.ensemble(disks);
        recorded.start(&mut zk, &[1, 2]);
        recorded.start(&mut zk, &[3]);
        recorded.check(&mut zk);
    }
}

#[test]
fn peer_at_epoch_marker() {
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("peer-at-epoch-marker", r))
    {
        let mut zk = recorded.ensemble(vec![ZkDisk::default(); 3]);
        recorded.start(&mut zk, &[1, 2]);
        recorded.start(&mut zk, &[3]);
        zk.kill([3]);
        between(&recorded, &mut zk);
        recorded.start(&mut zk, &[3]);
        recorded.check(&mut zk);
    }
}

/// The leader's bytes to both followers are lost, a create is logged by the leader only, and all
/// are killed.
fn with_a_tail(recorded: &Situation) -> Ensemble {
    let mut setup = Setup::with_disks(vec![ZkDisk::default(); 3], recorded.release);
    setup.clients = 3;
    setup.first_server = vec![3, recorded.stable["leader"].as_i64().expect("one"), 2];
    reach_open_ports(&mut setup);
    let mut zk = Ensemble::new(setup);
    recorded.start(&mut zk, &[1, 2, 3]);
    zk.connect(0);
    for path in ["/a0", "/a1", "/a2"] {
        zk.create(0, path);
    }
    zk.run_ms(100);
    for to in [1, 2] {
        zk.inject(&Fault::Swallow(LinkSet {
            from: Some(Ensemble::node(3)),
            to: Some(Ensemble::node(to)),
            port: Some(port::QUORUM),
        }));
    }
    let tail = zk.ask(0, create("/tail"));
    zk.run_ms(50);
    let zxids = [1, 2, 3].map(|sid| zk.server(sid).expect("up").last_zxid());
    assert_eq!(zxids, [Zxid::new(Epoch(1), 4); 3], "srvr_before_kill");
    assert!(zk.answer(tail).is_none(), "client_got_an_answer");
    zk.kill([1, 2, 3]);
    zk.inject(&Fault::Crash(zk.client(0)));
    zk.inject(&Fault::Heal(LinkSet {
        from: None,
        to: None,
        port: None,
    }));
    zk
}

#[test]
fn uncommitted_tails() {
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("tail-holder-wins", r))
    {
        let mut zk = with_a_tail(&recorded);
        recorded.start(&mut zk, &[1, 2, 3]);
        recorded.check(&mut zk);
        assert!(zk.nodes(1).iter().any(|node| node.0 == "/tail"));
    }
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("tail-holder-late", r))
    {
        let mut zk = with_a_tail(&recorded);
        recorded.start(&mut zk, &[1, 2]);
        recorded.start(&mut zk, &[3]);
        recorded.check(&mut zk);
        assert!(zk.nodes(3).iter().all(|node| node.0 != "/tail"));
    }
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("tail-holder-late-after-write", r))
    {
        let mut zk = with_a_tail(&recorded);
        recorded.start(&mut zk, &[1, 2]);
        between(&recorded, &mut zk);
        recorded.start(&mut zk, &[3]);
        recorded.check(&mut zk);
        assert!(zk.nodes(3).iter().all(|node| node.0 != "/tail"));
    }
}

/// 3 with an uncommitted (1,9) is elected by 1 and 3, but 1 cannot reach its quorum port.
#[test]
fn failed_candidate_snapshots_its_tail() {
    for recorded in BOTH
        .into_iter()
        .filter_map(|r| situation("failed-candidate-snapshots-its-tail", r))
    {
        let mut zk = recorded.ensemble(recorded.disks());
        let closed = LinkSet {
            from: Some(Ensemble::node(1)),
            to: Some(Ensemble::node(3)),
            port: Some(port::QUORUM),
        };
        zk.inject(&Fault::Reject(closed));
        zk.start([1, 3]);
        zk.until("the candidate's snapshot", |zk| {
            zk.files(3).contains(&"snapshot.100000009".into())
        });
        let candidate = &recorded.stable["candidate"];
        if let Some(states) = candidate["states"].as_array() {
            assert_eq!(states.last().and_then(Value::as_str), Some("LEADING"));
        }
        assert_eq!(
            zk.state(3).map(|s| (s.0.name(), s.1)),
            Some(("LEADING", false))
        );
        assert_eq!(zk.disk(3).accepted_epoch, Some(Epoch(1)));
        zk.kill([1, 3]);
        zk.inject(&Fault::Heal(closed));
        recorded.start(&mut zk, &[1, 2]);
        recorded.start(&mut zk, &[3]);
        recorded.check(&mut zk);
    }
}
