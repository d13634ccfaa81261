//! Scenario H: 19 situations of synchronisation, driven as the recorder drove them.
//!
//! Three servers. Disks, who is started first and who then come from the recording; what has to
//! happen in between is told by its titles.

use super::seen;
use super::stage::{Seat, Setting, Stage};
use serde_json::{Map, Value, json};
use sim_core::zookeeper::{Database, Epoch, Fact, ServerState, ZkDisk, seeded_disk};

const ALL: [i64; 3] = [1, 2, 3];

/// Plays the situation of this name. `recorded` is what the recording says was stable.
pub fn play(setting: &Setting, name: &str, recorded: &Value) -> Value {
    match name {
        "behind-few-live" => behind_few_live(setting),
        "far-behind-log-purged" => log_purged(setting, recorded),
        "peer-at-epoch-marker" => peer_at_epoch_marker(setting),
        "tail-holder-wins" => tail(setting, &[], false),
        "tail-holder-late" => tail(setting, &[1, 2], false),
        "tail-holder-late-after-write" => tail(setting, &[1, 2], true),
        "failed-candidate-snapshots-its-tail" => failed_candidate(setting, recorded),
        _ => prepared(setting, recorded),
    }
}

fn seats(recorded: &Value) -> Vec<Seat> {
    ALL.map(|sid| Seat::with(sid, seeded(&recorded["seeds"][sid.to_string()])))
        .to_vec()
}

/// `[history, currentEpoch, acceptedEpoch]`, or nothing for an empty directory.
fn seeded(seed: &Value) -> ZkDisk {
    let Some(history) = seed[0].as_str() else {
        return ZkDisk::default();
    };
    let epoch = |at: usize| Epoch(seed[at].as_i64().expect("an epoch"));
    seeded_disk(history, epoch(1), epoch(2)).expect("a history")
}

fn sids(list: &Value) -> Vec<i64> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_i64).collect()
}

/// Situations that need no more than disks and two waves of starts; one of them writes in between.
fn prepared(setting: &Setting, recorded: &Value) -> Value {
    let mut stage = Stage::new(setting, seats(recorded));
    let (first, then) = (
        sids(&recorded["started_first"]),
        sids(&recorded["started_then"]),
    );
    let mut more = Map::new();
    let mut mark = stage.mark();
    stage.start_all(&first);
    let leader = stage.settle(&first);
    if recorded["between"].is_object() {
        more.insert("between".to_string(), between(&mut stage, leader));
    }
    if !then.is_empty() {
        stage.run_ms(500);
        mark = stage.mark();
        stage.start_all(&then);
        stage.settle(&ALL);
    }
    finish(stage, mark, more)
}

/// A session, a create of `/new` and the end of the session.
fn between(stage: &mut Stage, leader: i64) -> Value {
    stage.open(leader);
    let zxid = stage.create(leader, "/new");
    stage.close(leader);
    stage.run_ms(100);
    json!({ "session_and_create": "/new", "czxid": seen::hex(zxid) })
}

/// Servers 1, 2, 3 on empty directories; 3 leads; a session and three creates: (1,4).
fn live(setting: &Setting) -> Stage {
    let mut stage = Stage::new(setting, ALL.map(Seat::empty).to_vec());
    stage.start_all(&ALL);
    stage.settle(&ALL);
    stage.open(3);
    for nth in 0..3 {
        stage.create(3, &format!("/a{nth}"));
    }
    stage.run_ms(100);
    stage
}

/// A follower is killed, six more transactions come, the follower is started again.
fn behind_few_live(setting: &Setting) -> Value {
    let mut stage = live(setting);
    stage.kill(1);
    for nth in 0..5 {
        stage.create(3, &format!("/b{nth}"));
    }
    stage.close(3);
    stage.run_ms(500);
    let mark = stage.mark();
    stage.start(1);
    stage.settle(&ALL);
    finish(stage, mark, Map::new())
}

/// The leader has its snapshot and no log; 1 was given the same disk.
fn log_purged(setting: &Setting, recorded: &Value) -> Value {
    let mut seats = seats(recorded);
    for seat in &mut seats[..2] {
        let loaded = Database::load(&seat.disk).expect("a disk");
        seat.disk.snapshots.push(loaded.database.snapshot());
        seat.disk.logs.clear();
        seat.disk.accepted_epoch = Some(Epoch(2));
        seat.disk.current_epoch = Some(Epoch(2));
    }
    let mut stage = Stage::new(setting, seats);
    stage.start_all(&[1, 2]);
    stage.settle(&[1, 2]);
    stage.run_ms(500);
    let mark = stage.mark();
    stage.start(3);
    stage.settle(&ALL);
    finish(stage, mark, Map::new())
}

/// An empty server joins at (1,0), is killed, misses three transactions and joins again.
fn peer_at_epoch_marker(setting: &Setting) -> Value {
    let mut stage = Stage::new(setting, ALL.map(Seat::empty).to_vec());
    stage.start_all(&[1, 2]);
    let leader = stage.settle(&[1, 2]);
    stage.run_ms(500);
    stage.start(3);
    stage.settle(&ALL);
    stage.run_ms(200);
    let after = ALL.iter().map(|sid| {
        let seen = seen::server(&stage, *sid);
        let short = json!({ "mode": seen["srvr_mode"], "zxid": seen["srvr_zxid"] });
        (sid.to_string(), short)
    });
    let after = Value::Object(after.collect());
    stage.kill(3);
    let mut more = Map::new();
    more.insert(
        "first_join_of_empty_server".to_string(),
        json!({ "after": after }),
    );
    more.insert("between".to_string(), between(&mut stage, leader));
    let mark = stage.mark();
    stage.start(3);
    stage.settle(&ALL);
    finish(stage, mark, more)
}

/// The leader's bytes to both followers are lost, a create is logged by the leader only, all are
/// killed; then all are started, or those named first and the old leader later.
fn tail(setting: &Setting, first: &[i64], writes: bool) -> Value {
    let mut stage = live(setting);
    stage.swallow(3, 1);
    stage.swallow(3, 2);
    let call = stage.ask_create(3, "/tail");
    let answered = stage.answer(call, 300).is_some();
    let before = ALL.iter().map(|sid| {
        let seen = seen::server(&stage, *sid);
        let short = json!({ "mode": seen["srvr_mode"], "zxid": seen["srvr_zxid"] });
        (sid.to_string(), short)
    });
    let mut more = Map::new();
    more.insert(
        "srvr_before_kill".to_string(),
        Value::Object(before.collect()),
    );
    more.insert("client_got_an_answer".to_string(), json!(answered));
    for sid in ALL {
        stage.kill(sid);
    }
    stage.end_client(3);
    stage.heal(3, 1);
    stage.heal(3, 2);
    stage.run_ms(300);
    let mut mark = stage.mark();
    if first.is_empty() {
        stage.start_all(&ALL);
    } else {
        stage.start_all(first);
        let leader = stage.settle(first);
        if writes {
            more.insert("between".to_string(), between(&mut stage, leader));
        }
        stage.run_ms(500);
        mark = stage.mark();
        stage.start(3);
    }
    let leader = stage.settle(&ALL);
    let tree = stage.server(leader).expect("up").database().tree();
    let visible = tree.node("/tail").is_some();
    more.insert("tail_visible_at_end".to_string(), json!(visible));
    finish(stage, mark, more)
}

/// 3 with an uncommitted (1,9) is elected by 1 and itself, but 1 cannot reach its quorum port; it
/// is killed after it has written its snapshot; 1 and 2 lead epoch 2; 3 joins.
fn failed_candidate(setting: &Setting, recorded: &Value) -> Value {
    let mut stage = Stage::new(setting, seats(recorded));
    stage.reject(1, 3);
    let mark = stage.mark();
    stage.start_all(&[1, 3]);
    stage.run_until(5_000, |stage| stage.disk(3).snapshots.len() > 1);
    stage.run_ms(200);
    let states = stage.since(mark, 3).filter_map(|noted| match &noted.fact {
        Fact::State { to, .. } => Some(to.name()),
        _ => None,
    });
    let states: Vec<_> = states.collect();
    let srvr = seen::server(&stage, 3);
    let candidate = json!({
        "states": states,
        "srvr": { "mode": srvr["srvr_mode"], "zxid": srvr["srvr_zxid"] },
        "disk": disk(&stage, 3),
    });
    stage.kill(3);
    stage.kill(1);
    stage.heal(1, 3);
    stage.run_ms(300);
    stage.start_all(&[1, 2]);
    stage.settle(&[1, 2]);
    stage.run_ms(500);
    let mark = stage.mark();
    stage.start(3);
    stage.settle(&ALL);
    let mut more = Map::new();
    more.insert("candidate".to_string(), candidate);
    finish(stage, mark, more)
}

fn disk(stage: &Stage, sid: i64) -> Value {
    let seen = seen::after_sync(stage, sid);
    let mut files = vec![json!("acceptedEpoch"), json!("currentEpoch")];
    files.extend(
        seen::files(stage.disk(sid))
            .as_array()
            .expect("names")
            .clone(),
    );
    json!({
        "acceptedEpoch": seen["acceptedEpoch"],
        "currentEpoch": seen["currentEpoch"],
        "files": files,
    })
}

/// What every situation ends with: a look at all servers, one create, a look at all trees by a
/// client each, and the files.
fn finish(mut stage: Stage, mark: usize, more: Map<String, Value>) -> Value {
    stage.run_ms(500);
    let leads = |sid: &&i64| {
        let server = stage.server(**sid);
        server.is_some_and(|server| server.state() == ServerState::Leading)
    };
    let leader = *ALL.iter().find(leads).expect("settled");
    let each = |stage: &Stage, of: &dyn Fn(&Stage, i64) -> Value| {
        let all = ALL.iter().map(|sid| (sid.to_string(), of(stage, *sid)));
        Value::Object(all.collect())
    };
    let files = |stage: &Stage, sid: i64| seen::files(stage.disk(sid));
    let mut told = json!({
        "leader": leader,
        "leader_chose": seen::leader_chose(&stage, mark, leader),
        "learner_log": each(&stage, &|stage, sid| seen::learner_log(stage, mark, sid)),
        "after_sync": each(&stage, &seen::after_sync),
        "files_after_sync": each(&stage, &files),
    });
    stage.open(leader);
    let czxid = stage.create(leader, "/after");
    stage.close(leader);
    stage.run_ms(100);
    for sid in ALL {
        stage.open(sid);
        stage.close(sid);
    }
    stage.run_ms(300);
    let trees = ALL.map(|sid| seen::tree(&stage, sid));
    let nodes = each(&stage, &|_, sid| json!(trees[sid as usize - 1].len()));
    let end = json!({
        "write_after_sync": { "path": "/after", "czxid": seen::hex(czxid) },
        "trees_equal": trees[0] == trees[1] && trees[1] == trees[2],
        "number_of_nodes": nodes,
        "files_at_end": each(&stage, &files),
        "log_contents_at_end": each(&stage, &|stage, sid| seen::log_contents(stage.disk(sid))),
        "snapshot_contents_at_end": each(&stage, &|stage, sid| {
            seen::snapshot_contents(stage.disk(sid))
        }),
    });
    let all = told.as_object_mut().expect("an object");
    all.extend(end.as_object().expect("an object").clone());
    all.extend(more);
    told
}
