//! Recording L: sessions and watches on the wire. Every stable fact is read from the recording and
//! looked up in simulated runs; times are held against the recorded range, widened by a fifth of it
//! either way.

use quorumscope_tests::zk::{Ensemble, Setup, create};
use serde_json::{Value, json};
use sim_core::base::{CallId, Span};
use sim_core::cluster;
use sim_core::engine::{Fault, Latency, LinkSet};
use sim_core::trace::What;
use sim_core::zookeeper::{
    Client, ClientOp, ClientOutcome, ClientState, CreateMode, ErrorCode, Fact, Op, OpResult,
    Release, SessionId,
};
use std::sync::Arc;

fn recorded() -> Value {
    let text = include_str!("../data/zookeeper-3.5.7/scenarios.json");
    let all: Value = serde_json::from_str(text).expect("JSON");
    all["scenarios"]["L"].clone()
}

/// Three servers, 3 leads; client n tries `first_server[n]` first.
fn ensemble(first_server: &[i64], seed: u64) -> Ensemble {
    with(first_server, &[], seed)
}

fn with(first_server: &[i64], timeout_ms: &[u32], seed: u64) -> Ensemble {
    let mut setup = Setup::empty(3, Release::V3_5_7);
    setup.clients = first_server.len() as u16;
    setup.first_server = first_server.to_vec();
    setup.timeouts_ms = timeout_ms.to_vec();
    setup.seed = seed;
    setup.timing.latency = Latency::Uniform {
        min: Span::from_micros(100),
        max: Span::from_micros(900),
    };
    let mut zk = Ensemble::new(setup);
    zk.start([1, 2, 3]);
    zk.until("all serve", |zk| zk.all_serve([1, 2, 3]));
    zk.run_ms(200 + seed * 37);
    assert_eq!(zk.leader(), Some(3));
    zk
}

fn client(zk: &Ensemble, nth: u16) -> &Client {
    let node = zk.world.node(zk.client(nth)).expect("it is up");
    node.zk_client().expect("a client")
}

fn session(zk: &Ensemble, nth: u16) -> SessionId {
    client(zk, nth).session().expect("it has a session")
}

fn call(zk: &mut Ensemble, nth: u16, op: ClientOp) -> CallId {
    let node = zk.client(nth);
    zk.world.call(node, cluster::Op::ZkClient(op))
}

fn answered(zk: &mut Ensemble, call: CallId) -> ClientOutcome {
    zk.until("an answer", |zk| zk.answer(call).is_some());
    zk.answer(call).expect("just seen").clone()
}

fn ask(zk: &mut Ensemble, nth: u16, op: Op) -> ClientOutcome {
    let call = zk.ask(nth, op);
    answered(zk, call)
}

/// `{"err": 0}` or `"closed eof"`, as the recorder wrote it.
fn told(outcome: &ClientOutcome) -> Value {
    match outcome {
        ClientOutcome::Answered { result: Ok(_), .. } => json!({ "err": 0 }),
        ClientOutcome::Answered {
            result: Err(code), ..
        } => json!({ "err": code.code() }),
        ClientOutcome::Lost => json!("closed eof"),
        other => panic!("unexpected {other:?}"),
    }
}

fn resume(zk: &mut Ensemble, nth: u16, session: SessionId, password_ok: bool) -> ClientOutcome {
    let node = zk.client(nth);
    zk.inject(&Fault::Start(node));
    let op = ClientOp::Resume {
        session,
        password_ok,
    };
    let call = call(zk, nth, op);
    answered(zk, call)
}

fn named(path: &str, mode: CreateMode) -> Op {
    let Op::Create {
        path,
        data,
        acl,
        ttl_ms,
        stat,
        ..
    } = create(path)
    else {
        unreachable!("it creates");
    };
    Op::Create {
        path,
        data,
        acl,
        mode,
        ttl_ms,
        stat,
    }
}

fn set(path: &str, data: &str) -> Op {
    Op::SetData {
        path: path.into(),
        data: data.as_bytes().into(),
        version: -1,
    }
}

fn delete(path: &str) -> Op {
    Op::Delete {
        path: path.into(),
        version: -1,
    }
}

fn exists(path: &str, watch: bool) -> Op {
    let path = path.into();
    Op::Exists { path, watch }
}

fn get(path: &str, watch: bool) -> Op {
    let path = path.into();
    Op::GetData { path, watch }
}

fn children(path: &str, watch: bool) -> Op {
    let path = path.into();
    Op::GetChildren { path, watch }
}

/// What a client heard since a mark: events as the recorder wrote them, answers as `reply`.
fn frames(zk: &Ensemble, nth: u16, mark: usize) -> Vec<Value> {
    let node = zk.client(nth);
    let notes = zk.facts.0[mark..].iter().filter(|note| note.node == node);
    let frame = |fact: &Fact| match fact {
        Fact::EventHeard { kind, path, .. } => Some(json!([kind.name(), &**path])),
        Fact::Answered { .. } => Some(json!("reply")),
        Fact::ClientDisconnected { .. } => Some(json!(["closed", "eof"])),
        _ => None,
    };
    notes
        .filter_map(|note| match &note.what {
            What::Fact(fact) => frame(fact.zookeeper()?),
            _ => None,
        })
        .collect()
}

fn events(zk: &Ensemble, nth: u16, mark: usize) -> Vec<Value> {
    let mut frames = frames(zk, nth, mark);
    frames.retain(Value::is_array);
    frames
}

#[test]
fn negotiated_timeouts() {
    let recorded = recorded();
    let cases = recorded["stable"]["negotiated_timeout"]
        .as_array()
        .expect("a list");
    let asked = |case: &Value| case["requested"].as_i64().expect("a number").max(0) as u32;
    // The recorder sent shorter ones by hand: a client library gives its server up first.
    let cases: Vec<&Value> = cases.iter().filter(|case| asked(case) >= 500).collect();
    let timeouts: Vec<u32> = cases.iter().map(|case| asked(case)).collect();
    let mut zk = with(&vec![1; timeouts.len()], &timeouts, 1);
    for (nth, case) in (0..).zip(cases) {
        zk.connect(nth);
        let negotiated = client(&zk, nth).timeout_ms();
        assert_eq!(json!(negotiated), case["negotiated"], "{case}");
    }
}

#[test]
fn session_ids() {
    let recorded = recorded();
    let mut zk = ensemble(&[2, 2, 2, 3, 3, 3], 1);
    for (server, clients) in [("2", 0..3), ("3", 3..6)] {
        let expected = &recorded["stable"]["session_ids"][server];
        let ids: Vec<i64> = clients
            .map(|nth| {
                zk.connect(nth);
                session(&zk, nth).0
            })
            .collect();
        let top: Vec<i64> = ids.iter().map(|id| id >> 56).collect();
        let low: Vec<i64> = ids.iter().map(|id| id & 0xffff).collect();
        let middle: Vec<i64> = ids.iter().map(|id| (id >> 16) & 0xff_ffff_ffff).collect();
        assert_eq!(json!(top), expected["top_byte"]);
        assert_eq!(json!(low), expected["low_16_bits"]);
        let same = middle.iter().all(|m| *m == middle[0]);
        assert_eq!(json!(same), expected["middle_40_bits_equal_in_all"]);
    }
}

#[test]
fn refused_or_resumed() {
    let recorded = recorded();
    let expected = &recorded["stable"]["refused_or_resumed"];
    for (place, server) in [("leader", 3), ("follower", 1)] {
        let of = |what: &str| expected[format!("{what}-at-{place}")].clone();
        let refused = |what: &str| {
            assert_eq!(of(what)["session"], "0x0", "{what}");
        };
        let mut zk = ensemble(&[server, server, server], 1);
        zk.connect(0);
        refused("unknown-session");
        let unknown = SessionId(0x0300_1234_5678_0009);
        assert_eq!(resume(&mut zk, 1, unknown, true), ClientOutcome::Expired);
        // A wrong password closes the good connection; the session survives.
        refused("wrong-password");
        let (held, mark) = (session(&zk, 0), zk.facts.0.len());
        assert_eq!(resume(&mut zk, 1, held, false), ClientOutcome::Expired);
        zk.until("closed", |zk| {
            client(zk, 0).state() != ClientState::Connected
        });
        assert_eq!(events(&zk, 0, mark), [json!(["closed", "eof"])]);
        assert_eq!(of("old-connection-after-wrong-password"), "closed eof");
        let connected = ClientOutcome::Connected { session: held };
        assert_eq!(resume(&mut zk, 0, held, true), connected);
        let resumed = of("then-resumed-with-the-right-password");
        assert_eq!(resumed["timeout"], client(&zk, 0).timeout_ms());
        let write = ask(&mut zk, 0, create("/after"));
        assert_eq!(told(&write), of("write-after-that"));
        // A second connection to the same server ends the first.
        let mark = zk.facts.0.len();
        assert_eq!(resume(&mut zk, 1, held, true), connected);
        assert_eq!(of("right-password-same-server")["session"], "nonzero");
        zk.run_ms(10);
        let old = of("old-connection-after-reconnect-to-same");
        let old = if old.is_null() {
            expected[format!("old-connection-after-reconnect-to-same-{place}")].clone()
        } else {
            old
        };
        assert_eq!(json!(events(&zk, 0, mark)), old);
        refused("closed-session");
        zk.close(1);
        assert_eq!(resume(&mut zk, 2, held, true), ClientOutcome::Expired);
    }
}

/// A client that has seen more than the server is closed without an answer, and finds another.
#[test]
fn a_client_ahead_of_its_server() {
    let recorded = recorded();
    let expected = &recorded["stable"]["refused_or_resumed"]["last-zxid-ahead-at-follower"];
    assert_eq!(expected["answered"], false);
    let mut zk = ensemble(&[3], 1);
    zk.connect(0);
    let lag = LinkSet {
        from: Some(Ensemble::node(3)),
        to: Some(Ensemble::node(1)),
        port: None,
    };
    zk.inject(&Fault::Cut(lag));
    zk.create(0, "/new");
    let own = LinkSet {
        from: Some(zk.client(0)),
        to: None,
        port: None,
    };
    let held = session(&zk, 0);
    zk.inject(&Fault::Reset(own));
    zk.until("disconnected", |zk| {
        client(zk, 0).state() != ClientState::Connected
    });
    zk.until("connected again", |zk| {
        client(zk, 0).state() == ClientState::Connected
    });
    let refused = zk
        .facts
        .of(1)
        .filter(|(_, f)| matches!(f, Fact::ClientAhead { .. }));
    assert_eq!(refused.count(), 1);
    assert_eq!(
        (client(&zk, 0).server().map(|s| s.0), session(&zk, 0)),
        (Some(2), held)
    );
}

#[test]
fn moved() {
    let recorded = recorded();
    for (name, from, to) in [
        ("follower-to-other-follower", 1, 2),
        ("follower-to-leader", 1, 3),
        ("leader-to-follower", 3, 1),
    ] {
        let expected = &recorded["stable"]["moved"][name];
        let mut zk = ensemble(&[from, to], 1);
        zk.connect(0);
        ask(&mut zk, 0, named("/e", CreateMode::Ephemeral));
        let (held, mark) = (session(&zk, 0), zk.facts.0.len());
        let second = resume(&mut zk, 1, held, true);
        assert_eq!(second, ClientOutcome::Connected { session: held });
        assert_eq!(expected["second_connection"]["same_session"], true);
        zk.run_ms(500);
        let silent = json!(events(&zk, 0, mark));
        assert_eq!(silent, expected["first_connection_after_0_5_s"], "{name}");
        let (read, write) = (
            zk.ask(0, exists("/e", false)),
            zk.ask(0, create("/refused")),
        );
        let (read, write) = (answered(&mut zk, read), answered(&mut zk, write));
        assert_eq!(told(&read), expected["read_on_first"], "{name}");
        assert_eq!(told(&write), expected["write_on_first"], "{name}");
        assert_eq!(json!(events(&zk, 0, mark)), expected["first_after_write"]);
        let second = ask(&mut zk, 1, create("/written"));
        assert_eq!(told(&second), expected["write_on_second"], "{name}");
        let tree = zk.server(3).expect("it leads").database().tree();
        let there = |path: &str| json!(tree.node(path).is_some());
        assert_eq!(there("/refused"), expected["node_of_refused_write_exists"]);
        assert_eq!(there("/e"), expected["ephemeral_still_there"]);
    }
}

/// Ephemerals of a closed session vanish in one transaction, in the order of a Java set.
#[test]
fn close() {
    let recorded = recorded();
    let expected = &recorded["stable"]["close"];
    let often = &recorded["timing_dependent"]["close"]["leader"]["watcher_events"][0]["value"];
    for (place, server, events_of) in [
        ("leader", 3, often),
        ("follower", 1, &expected["follower"]["watcher_events"]),
    ] {
        let mut zk = ensemble(&[server, server], 1);
        zk.connect(0);
        zk.connect(1);
        ask(&mut zk, 1, create("/cl"));
        for n in 0..3 {
            let path = format!("/cl/{place}{n}");
            ask(&mut zk, 0, named(&path, CreateMode::Ephemeral));
            ask(&mut zk, 1, exists(&path, true));
        }
        ask(&mut zk, 1, children("/cl", true));
        let (mark, before) = (zk.facts.0.len(), zk.server(3).expect("up").last_zxid());
        zk.close(0);
        zk.run_ms(20);
        assert_eq!(json!(events(&zk, 1, mark)), *events_of, "{place}");
        let used = zk.server(3).expect("up").last_zxid().counter() - before.counter();
        assert_eq!(json!(used), expected["leader"]["zxids_used"]);
    }
}

// ---- watches ----

/// Does what the right side of a row of `watch_matrix` says.
fn change(zk: &mut Ensemble, action: &str) {
    let n = "/p/n";
    let multi = |ops: &[Op]| Op::Multi(ops.iter().cloned().collect());
    let ops = match action {
        "create" => vec![create(n)],
        "setData" => vec![set(n, "new")],
        "setData of child" => vec![set("/p/n", "new")],
        "setData twice" => vec![set(n, "a"), set(n, "b")],
        "setData same data" => vec![set(n, "x")],
        "failing setData" => vec![Op::SetData {
            path: n.into(),
            data: Arc::from(&b"y"[..]),
            version: 77,
        }],
        "setACL" => vec![Op::SetAcl {
            path: n.into(),
            acl: sim_core::zookeeper::AclList::OPEN,
            version: -1,
        }],
        "delete" => vec![delete(n)],
        "create, delete, create" => vec![create(n), delete(n), create(n)],
        "multi of create n, create m" => vec![multi(&[create(n), create("/p/m")])],
        "multi of set n, delete n" => vec![multi(&[set(n, "y"), delete(n)])],
        "failing multi with set n" => vec![multi(&[set(n, "y"), delete("/none")])],
        "close of the owning session" => return zk.close(2),
        other => panic!("unknown action {other}"),
    };
    for op in ops {
        ask(zk, 1, op);
    }
}

#[test]
fn watch_matrix() {
    let recorded = recorded();
    let matrix = recorded["stable"]["watch_matrix"]
        .as_object()
        .expect("rows");
    let rows = matrix
        .iter()
        .filter(|(row, _)| *row != "event_frame_header");
    let mut count = 0;
    for (row, expected) in rows {
        let (reads, action) = row.rsplit_once(" + ").expect("reads + action");
        for server in [1, 3] {
            let mut zk = ensemble(&[server, 3, 2], 1);
            (0..3).for_each(|nth| zk.connect(nth));
            ask(&mut zk, 1, create("/p"));
            let absent = action.contains("create") || reads.contains("absent");
            let owner = if action.starts_with("close") { 2 } else { 1 };
            if !absent {
                let ephemeral = owner == 2;
                ask(
                    &mut zk,
                    owner,
                    named("/p/n", CreateMode::of(ephemeral, false)),
                );
            }
            ask(&mut zk, 0, Op::Sync { path: "/".into() });
            for read in reads.split(", ") {
                let times = if read.contains("twice") { 2 } else { 1 };
                let (kind, of) = read.split_once('(').expect("a read of a node");
                let path = match of.split(')').next() {
                    Some("parent") => "/p",
                    Some("grandparent") => "/",
                    _ => "/p/n",
                };
                for _ in 0..times {
                    let op = match kind {
                        "exists" => exists(path, true),
                        "getData" => get(path, true),
                        "getChildren" => children(path, true),
                        other => panic!("unknown read {other}"),
                    };
                    ask(&mut zk, 0, op);
                }
            }
            let mark = zk.facts.0.len();
            change(&mut zk, action);
            zk.run_ms(50);
            assert_eq!(json!(events(&zk, 0, mark)), *expected, "{row}");
        }
        count += 1;
    }
    assert_eq!(count, 28);
}

/// The event comes before the first answer with the new data, also before that of one's own write.
#[test]
fn watch_order() {
    let recorded = recorded();
    let expected = &recorded["stable"]["watch_order"];
    assert_eq!(expected["reply_with_new_data_before_event"], 0);
    for seed in 1..=5 {
        for server in [1, 3] {
            let mut zk = ensemble(&[server, 2], seed);
            zk.connect(0);
            zk.connect(1);
            ask(&mut zk, 0, create("/w"));
            ask(&mut zk, 0, get("/w", true));
            let mark = zk.facts.0.len();
            ask(&mut zk, 0, set("/w", "own"));
            let own = [json!(["NodeDataChanged", "/w"]), json!("reply")];
            assert_eq!(frames(&zk, 0, mark), own);
            ask(&mut zk, 0, get("/w", true));
            let mark = zk.facts.0.len();
            let write = zk.ask(1, set("/w", "new"));
            loop {
                let ClientOutcome::Answered {
                    result: Ok(OpResult::Data(data, _)),
                    ..
                } = ask(&mut zk, 0, get("/w", false))
                else {
                    panic!("a read");
                };
                if *data == *b"new" {
                    break;
                }
            }
            let heard = frames(&zk, 0, mark);
            assert!(heard.iter().any(Value::is_array), "{heard:?}");
            answered(&mut zk, write);
        }
    }
}

/// Missed events come at once, before the answer to setWatches; what did not change is watched on.
#[test]
fn set_watches() {
    let recorded = recorded();
    let expected = &recorded["stable"]["set_watches"];
    for server in [1, 3] {
        let mut zk = ensemble(&[server, 2], 1);
        zk.connect(0);
        zk.connect(1);
        for path in [
            "/sw-same",
            "/sw-changed",
            "/sw-deleted",
            "/sw-parent",
            "/sw-parent-same",
        ] {
            ask(&mut zk, 0, create(path));
        }
        ask(&mut zk, 0, create("/sw-parent-gone"));
        for path in ["/sw-same", "/sw-changed", "/sw-deleted"] {
            ask(&mut zk, 0, get(path, true));
        }
        for path in ["/sw-absent-created", "/sw-absent-still"] {
            ask(&mut zk, 0, exists(path, true));
        }
        for path in ["/sw-parent", "/sw-parent-same", "/sw-parent-gone"] {
            ask(&mut zk, 0, children(path, true));
        }
        let own = LinkSet {
            from: Some(zk.client(0)),
            to: None,
            port: None,
        };
        zk.inject(&Fault::Reset(own));
        zk.inject(&Fault::Reject(own));
        for op in [
            set("/sw-changed", "y"),
            delete("/sw-deleted"),
            create("/sw-absent-created"),
            create("/sw-parent/c"),
            delete("/sw-parent-gone"),
        ] {
            ask(&mut zk, 1, op);
        }
        zk.run_ms(20);
        zk.inject(&Fault::Heal(own));
        let mark = zk.facts.0.len();
        zk.until("setWatches answered", |zk| {
            frames(zk, 0, mark).last() == Some(&json!("reply"))
        });
        let mut frames = frames(&zk, 0, mark);
        assert_eq!(frames.pop(), Some(json!("reply")));
        let mut recorded = expected["frames_after_setWatches"]
            .as_array()
            .expect("a list")
            .clone();
        recorded.pop();
        assert_eq!(frames, recorded);
        let mark = zk.facts.0.len();
        for op in [
            set("/sw-same", "y"),
            create("/sw-parent-same/c"),
            create("/sw-absent-still"),
            set("/sw-changed", "z"),
        ] {
            ask(&mut zk, 1, op);
        }
        zk.run_ms(50);
        let later = json!(events(&zk, 0, mark));
        assert_eq!(later, expected["frames_after_later_changes"]);
    }
}

/// Another process that takes the session up has none of its watches.
#[test]
fn watches_end_with_their_connection() {
    let recorded = recorded();
    let expected = &recorded["stable"]["set_watches"]["reconnect_without_setWatches_then_change"];
    let mut zk = ensemble(&[1, 1, 2], 1);
    zk.connect(0);
    zk.connect(2);
    ask(&mut zk, 0, create("/w"));
    ask(&mut zk, 0, get("/w", true));
    let held = session(&zk, 0);
    let first = zk.client(0);
    zk.inject(&Fault::Crash(first));
    resume(&mut zk, 1, held, true);
    let mark = zk.facts.0.len();
    ask(&mut zk, 2, set("/w", "y"));
    zk.run_ms(50);
    assert_eq!(json!(events(&zk, 1, mark)), *expected);
}

// ---- expiry ----

/// How long over its timeout a session lived whose client died at once, or after it had pinged.
fn over_timeout_ms(server: i64, timeout_ms: u32, aged: bool, seed: u64) -> i64 {
    let mut zk = with(&[server], &[timeout_ms], seed);
    zk.connect(0);
    if aged {
        zk.run_ms(1_200 + seed * 53 % 500);
    }
    let node = zk.client(0);
    let sent = zk.world.now();
    // The last packet is the last ping, or the request for the session.
    let idle = client(&zk, 0).idle(zk.world.clocks(node).mono);
    zk.inject(&Fault::Crash(node));
    let expired = |zk: &Ensemble| {
        let mut facts = zk.facts.of(3);
        facts.find_map(|(at, f)| matches!(f, Fact::SessionExpired { .. }).then_some(at))
    };
    zk.until("expired", |zk| expired(zk).is_some());
    let after = expired(&zk).expect("just seen").0 - (sent.0 - idle.0);
    after as i64 / 1_000_000 - i64::from(timeout_ms)
}

#[test]
fn expiry() {
    let recorded = recorded();
    for (section, aged) in [
        (
            "expiry_of_sessions_that_fall_silent_right_after_they_were_created",
            false,
        ),
        ("expiry_of_sessions_that_had_pinged_for_1_2_s", true),
    ] {
        for (place, server) in [("session_at_leader", 3), ("session_at_follower", 1)] {
            let range = &recorded[section][place]["over_timeout_ms"];
            let bound = |name: &str| range[name].as_i64().expect("a number");
            let (min, max) = (bound("min"), bound("max"));
            let slack = (max - min) / 5;
            let timeouts = [1000, 1250, 1500, 1700, 2000, 3000];
            for (seed, timeout_ms) in (1..=12).zip(timeouts.iter().cycle()) {
                let over = over_timeout_ms(server, *timeout_ms, aged, seed);
                let within = (min - slack..=max + slack).contains(&over);
                assert!(
                    within,
                    "{section} {place} {timeout_ms}: {over} of {min}..{max}"
                );
            }
        }
    }
}

/// Names go on behind those before a change of leader, a session that is used goes on, and a silent
/// one lives its whole timeout again.
#[test]
fn sequence_and_leader_change() {
    let recorded = recorded();
    let expected = &recorded["stable"]["sequence_and_leader_change"];
    let times = &recorded["timing_dependent"]["sequence_and_leader_change"]["silent_session"];
    let times = &times["expired_after_new_leader_serving_ms"];
    for seed in 1..=5 {
        let mut zk = with(&[1, 2], &[6000, 4000], seed);
        zk.connect(0);
        zk.connect(1);
        ask(&mut zk, 0, create("/sq"));
        let name = |zk: &mut Ensemble, path: &str, ephemeral| {
            let op = named(path, CreateMode::of(ephemeral, true));
            match ask(zk, 0, op) {
                ClientOutcome::Answered {
                    result: Ok(OpResult::Path(path)),
                    ..
                } => json!(&*path),
                other => panic!("{other:?}"),
            }
        };
        let mut before: Vec<Value> = (0..3).map(|_| name(&mut zk, "/sq/n-", false)).collect();
        before.push(name(&mut zk, "/sq/e-", true));
        assert_eq!(json!(before), expected["sequence_names_before"]);
        ask(&mut zk, 1, named("/silent", CreateMode::Ephemeral));
        let (held, silent) = (session(&zk, 0), zk.client(1));
        zk.inject(&Fault::Crash(silent));
        zk.run_ms(2_000);
        zk.kill([3]);
        zk.until("a new leader", |zk| zk.leader().is_some());
        let served = zk.world.now();
        let again = call(&mut zk, 0, ClientOp::Connect);
        let connected = ClientOutcome::Connected { session: held };
        assert_eq!(answered(&mut zk, again), connected);
        assert_eq!(expected["kept_session_reconnect"]["same_session"], true);
        let after: Vec<Value> = (0..2).map(|_| name(&mut zk, "/sq/n-", false)).collect();
        assert_eq!(json!(after), expected["sequence_names_after_leader_change"]);
        let leader = zk.leader().expect("just seen");
        let there = |zk: &Ensemble, path: &str| {
            let tree = zk.server(leader).expect("up").database().tree();
            json!(tree.node(path).is_some())
        };
        let kept = there(&zk, "/sq/e-0000000003");
        assert_eq!(kept, expected["kept_ephemeral_there"]);
        let silent = there(&zk, "/silent");
        assert_eq!(
            silent,
            expected["silent_ephemeral_there_right_after_change"]
        );
        zk.until("expired", |zk| there(zk, "/silent") == json!(false));
        let lived = ((zk.world.now().0 - served.0) / 1_000_000) as i64;
        let bound = |name: &str| times[name].as_i64().expect("a number");
        let slack = (bound("max") - bound("min")) / 5;
        let within = (bound("min") - slack..=bound("max") + slack).contains(&lived);
        assert!(within, "{lived} ms");
    }
}

/// `multi` of the recording.
#[test]
fn multi() {
    let recorded = recorded();
    let expected = &recorded["stable"]["multi"];
    let mut zk = ensemble(&[1], 1);
    zk.connect(0);
    ask(&mut zk, 0, create("/mu"));
    let check = |path: &str, version| Op::Check {
        path: path.into(),
        version,
    };
    let sequential = named("/mu/s-", CreateMode::of(false, true));
    let cases: [(&str, Vec<Op>); 7] = [
        (
            "create, set, check ok",
            vec![
                create("/mu/a"),
                set("/mu/a", "y"),
                check("/mu/a", 1),
                delete("/mu/a"),
            ],
        ),
        (
            "third of four fails (check)",
            vec![
                create("/mu/b"),
                set("/mu", "y"),
                check("/mu", 77),
                create("/mu/c"),
            ],
        ),
        ("first fails", vec![delete("/mu/none"), create("/mu/d")]),
        ("last fails", vec![create("/mu/d"), create("/mu")]),
        ("empty multi", vec![]),
        ("sequential twice", vec![sequential.clone(), sequential]),
        ("only checks", vec![check("/mu", -1)]),
    ];
    for (name, ops) in cases {
        let outcome = ask(&mut zk, 0, Op::Multi(ops.into()));
        let ClientOutcome::Answered {
            result: Ok(OpResult::Multi(parts)),
            ..
        } = outcome
        else {
            panic!("{name}: {outcome:?}");
        };
        let part = |part: &OpResult| match part {
            OpResult::Error(code) => json!(code.code()),
            OpResult::Path(path) => json!(&**path),
            OpResult::Stat(stat) => json!(stat.version),
            _ => json!(ErrorCode::Ok.code()),
        };
        let parts: Vec<Value> = parts.iter().map(part).collect();
        let seen = |part: &Value| {
            let keys = ["path", "stat_version", "header_err"];
            let first = keys.iter().find(|key| !part[**key].is_null());
            part[*first.expect("one of them")].clone()
        };
        let recorded = expected[name]["results"].as_array().expect("a list");
        let recorded: Vec<Value> = recorded.iter().map(seen).collect();
        assert_eq!(parts, recorded, "{name}");
    }
}
