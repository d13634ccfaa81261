//! Scenarios A, B, C, E and G, driven as the recorder drove the real servers, and told in the shape
//! of `scenarios.json`: `steps` with what was seen after each, and blocks of what each server did.

use super::seen;
use super::stage::{Seat, Setting, Stage};
use serde_json::{Map, Value, json};
use sim_core::engine::Fault;
use sim_core::zookeeper::{Epoch, Fact, Role, ServerState, Zxid, seeded_disk};

/// One step of a scenario as it was seen.
#[derive(Default)]
struct Steps(Vec<Value>);

impl Steps {
    /// Ends a step: all servers as they are now, and what else was seen.
    fn end(&mut self, stage: &Stage, seen: Value) {
        self.0
            .push(json!({ "servers_after_step": seen::servers(stage), "seen": seen }));
    }
}

/// A server whose last transaction is the `counter`th of epoch 1.
pub fn at_counter(sid: i64, counter: u64) -> Seat {
    let disk = seeded_disk(&format!("1:{counter}"), Epoch(1), Epoch(1));
    Seat::with(sid, disk.expect("a history"))
}

fn empty(sids: impl IntoIterator<Item = i64>) -> Vec<Seat> {
    sids.into_iter().map(Seat::empty).collect()
}

/// A: servers 1 to 5 one after another, 2.5 s apart.
pub fn a(setting: &Setting) -> Value {
    let mut stage = Stage::new(setting, empty(1..=5));
    let mut steps = Vec::new();
    for sid in 1..=5 {
        let mark = stage.mark();
        stage.start(sid);
        stage.run_ms(2_500);
        let up: Vec<i64> = (1..=sid).collect();
        steps.push(json!({
            "servers_after_step": seen::servers(&stage),
            "in_this_step": seen::blocks(&stage, mark, &up),
        }));
    }
    json!({ "steps": steps, "final": seen::servers(&stage), "decisions": decisions(&stage, 0) })
}

/// Each server's decisions since a mark, with names.
fn decisions(stage: &Stage, mark: usize) -> Value {
    let names = ["state", "leader", "zxid", "round", "joined_existing"];
    let named = |decision: &Value| {
        let values = decision.as_array().expect("a decision").iter();
        let pairs = names
            .iter()
            .zip(values)
            .map(|(name, v)| (name.to_string(), v.clone()));
        Value::Object(pairs.collect::<Map<_, _>>())
    };
    let of = |sid: i64| {
        let block = seen::block(stage, mark, sid);
        let all = block["decisions"].as_array().expect("a list").iter();
        (sid.to_string(), all.map(named).collect::<Value>())
    };
    Value::Object(stage.sids().into_iter().map(of).collect())
}

/// 1 and 2, then 3, which leads, then 4 and 5: how B and E begin.
fn three_leads_five(setting: &Setting) -> Stage {
    let mut stage = Stage::new(setting, empty(1..=5));
    stage.start_all(&[1, 2]);
    stage.run_ms(1_000);
    stage.start(3);
    stage.run_ms(1_600);
    stage.start_all(&[4, 5]);
    stage.settle(&[1, 2, 3, 4, 5]);
    stage.run_ms(700);
    stage
}

/// B: 3 leads 8,8,8,7,7 and dies with 5. `pause` stops 4 and 5 instead of losing the leader's
/// bytes.
pub fn b(setting: &Setting, pause: bool) -> Value {
    let mut stage = three_leads_five(setting);
    let mut steps = Steps::default();
    let all = [1, 2, 3, 4, 5];
    steps.end(&stage, json!({}));

    stage.open(3);
    for nth in 0..6 {
        stage.create(3, &format!("/n{nth}"));
    }
    let seven = Zxid::new(Epoch(1), 7);
    let at_7 = stage.level(&all, seven);
    steps.end(
        &stage,
        json!({ "all_at_7": at_7, "srvr_zxid": zxids(&stage) }),
    );

    for sid in [4, 5] {
        match pause {
            true => stage.act(&Fault::Pause(stage.node(sid))),
            false => stage.swallow(3, sid),
        }
    }
    stage.create(3, "/n6");
    let at_8 = stage.level(&[1, 2, 3], Zxid::new(Epoch(1), 8));
    stage.run_ms(10);
    steps.end(
        &stage,
        json!({ "one_two_three_at_8": at_8, "srvr_zxid": zxids(&stage) }),
    );

    let mark = stage.mark();
    let killed_at = stage.now_ms();
    stage.kill(3);
    stage.kill(5);
    if pause {
        // In each recorded run 4 looks for a leader 51 to 61 ms later than 1: the recorder waited
        // before it let 4 go on.
        stage.run_ms(50);
    }
    for sid in [4, 5] {
        match pause {
            true => stage.act(&Fault::Resume(stage.node(sid))),
            false => stage.heal(3, sid),
        }
    }
    steps.end(&stage, json!({}));
    let left = [1, 2, 4];
    let winner = stage.settle(&left);
    let decided = last_decision_ms(&stage, mark, winner) - killed_at;
    stage.run_ms(1_000);
    let election = seen::blocks(&stage, mark, &left);
    let rounds = decided_round(&stage, mark, winner);
    steps.end(&stage, json!({}));

    // The recorder read the lost transaction on 4: one session more.
    stage.open(4);
    stage.run_ms(20);
    let tree = stage.server(4).expect("up").database().tree().clone();
    let visible = tree.node("/n6").is_some();
    stage.close(4);
    stage.run_ms(300);
    let mark = stage.mark();
    stage.start_all(&[3, 5]);
    let leader = stage.settle(&all);
    stage.run_ms(500);
    steps.end(&stage, json!({ "settled": true, "leader": leader }));
    json!({
        "winner": winner,
        "steps": steps.0,
        "first_zxid_voted_in_new_election": first_zxids(&election),
        "other": {
            "election_epoch": rounds, "settled": true,
            "committed_write_visible_on_4_after": visible,
        },
        "ms": { "ms_kill_to_decision": decided },
        "election": election,
        "rejoin_of_3_and_5": seen::blocks(&stage, mark, &[3, 5]),
    })
}

fn zxids(stage: &Stage) -> Value {
    let all = stage.sids().into_iter();
    let zxid = |sid| seen::server(stage, sid)["srvr_zxid"].clone();
    Value::Object(all.map(|sid| (sid.to_string(), zxid(sid))).collect())
}

fn first_zxids(election: &Value) -> Value {
    let blocks = election.as_object().expect("an object").iter();
    let first =
        |(sid, block): (&String, &Value)| (sid.clone(), block["votes_proposed"][0][1].clone());
    Value::Object(blocks.map(first).collect())
}

/// Each server's first vote since a mark, with names.
fn first_votes(stage: &Stage, mark: usize, sids: &[i64]) -> Value {
    let first = |sid: &i64| {
        let block = seen::block(stage, mark, *sid);
        let vote = &block["votes_proposed"][0];
        let named = json!({
            "leader": vote[0], "zxid": vote[1], "peer_epoch": vote[2], "round": vote[3],
        });
        (sid.to_string(), named)
    };
    Value::Object(sids.iter().map(first).collect())
}

/// When a server decided last, since a mark.
fn last_decision_ms(stage: &Stage, mark: usize, sid: i64) -> u64 {
    let decided = stage.since(mark, sid);
    let decided = decided.filter(|noted| matches!(noted.fact, Fact::Decided { .. }));
    decided.last().map_or(0, |noted| noted.at.0 / 1_000_000)
}

/// In which round it did.
fn decided_round(stage: &Stage, mark: usize, sid: i64) -> Option<i64> {
    let decided = stage
        .since(mark, sid)
        .filter_map(|noted| match &noted.fact {
            Fact::Decided { vote, .. } => Some(vote.round.0),
            _ => None,
        });
    decided.last()
}

/// When a server became LOOKING first, since a mark.
fn looking_ms(stage: &Stage, mark: usize, sid: i64) -> Option<u64> {
    let to_looking = |noted: &&super::stage::Noted| {
        let looking = ServerState::Looking;
        matches!(&noted.fact, Fact::State { to, .. } if *to == looking)
    };
    let first = stage.since(mark, sid).find(to_looking);
    first.map(|noted| noted.at.0 / 1_000_000)
}

/// The recorded run whose times a seed takes.
pub fn run_of<'a>(setting: &Setting, runs: &[&'a Value]) -> &'a Value {
    runs[(setting.seed % runs.len() as u64) as usize]
}

/// C, G and the cold start of B: servers that begin to vote at recorded times. The seed says at
/// those of which run.
pub fn cold(setting: &Setting, seats: Vec<Seat>, runs: &[&Value]) -> Value {
    let run = run_of(setting, runs);
    let started = run["servers"].as_object().expect("servers");
    let mut starts: Vec<(u64, i64)> = (started.iter())
        .map(|(sid, seen)| {
            let ms = seen["looking_at_ms"].as_u64().expect("a time");
            (ms, sid.parse().expect("a server id"))
        })
        .collect();
    starts.sort_unstable();
    let mut stage = Stage::new(setting, seats);
    for (ms, sid) in &starts {
        stage.run_ms(ms - stage.now_ms());
        stage.start(*sid);
    }
    let up: Vec<i64> = starts.iter().map(|(_, sid)| *sid).collect();
    let winner = stage.settle(&up);
    stage.run_ms(300);
    let new_epoch = stage.server(winner).expect("up").current_epoch().0;
    json!({
        "winner": winner,
        "stable": {
            "election_epoch": decided_round(&stage, 0, winner),
            "new_epoch": new_epoch,
            "settled": true,
        },
        "election": seen::blocks(&stage, 0, &up),
        "servers_after": seen::servers(&stage),
        "ms": { "ms_to_final_decision": last_decision_ms(&stage, 0, winner) },
    })
}

/// E: the leader is killed and comes back.
pub fn leader_kill(setting: &Setting, writes: bool) -> Value {
    let mut stage = three_leads_five(setting);
    let mut steps = Steps::default();
    if writes {
        stage.open(3);
        for nth in 0..4 {
            stage.create(3, &format!("/n{nth}"));
        }
        stage.level(&[1, 2, 3, 4, 5], Zxid::new(Epoch(1), 5));
    }
    steps.end(&stage, json!({}));
    stage.run_ms(1_000);
    let mark = stage.mark();
    let killed_at = stage.now_ms();
    stage.kill(3);
    let left = [1, 2, 4, 5];
    let winner = stage.settle(&left);
    let decided = last_decision_ms(&stage, mark, winner) - killed_at;
    stage.run_ms(1_000);
    let election = seen::blocks(&stage, mark, &left);
    let seen = json!({
        "settled": true,
        "leader": winner,
        "election_epoch": decided_round(&stage, mark, winner),
        "first_votes": first_votes(&stage, mark, &left),
        "ms": { "decided_after_ms": decided },
    });
    steps.end(&stage, seen);
    let mark = stage.mark();
    let restarted_at = stage.now_ms();
    stage.start(3);
    let leader = stage.settle(&[1, 2, 3, 4, 5]);
    let joined = last_decision_ms(&stage, mark, 3) - restarted_at;
    stage.run_ms(500);
    let seen = json!({ "settled": true, "leader": leader, "ms": { "joined_after_ms": joined } });
    steps.end(&stage, seen);
    json!({
        "winner": format!("server {winner}"),
        "rejoin_leader": format!("server {leader}"),
        "steps": steps.0,
        "election": election,
        "rejoin": seen::blocks(&stage, mark, &[1, 2, 3, 4, 5]),
    })
}

/// A session, four creates and a close through the leader: everybody is at (1,6) then.
fn six_transactions(stage: &mut Stage) {
    stage.open(3);
    for nth in 0..4 {
        stage.create(3, &format!("/n{nth}"));
    }
    stage.close(3);
    stage.level(&[1, 2, 3, 4, 5], Zxid::new(Epoch(1), 6));
    stage.run_ms(400);
}

/// E: the leader is stopped for longer than syncLimit and goes on.
pub fn leader_sigstop(setting: &Setting) -> Value {
    let mut stage = three_leads_five(setting);
    let mut steps = Steps::default();
    six_transactions(&mut stage);
    steps.end(&stage, json!({}));
    let mark = stage.mark();
    let stopped_at = stage.now_ms();
    stage.act(&Fault::Pause(stage.node(3)));
    let left = [1, 2, 4, 5];
    stage.run_ms(1_500);
    stage.run_until(20_000, |stage| {
        stage.settled(&left).is_some_and(|leader| leader != 3)
    });
    let winner = stage.settled(&left).unwrap_or(0);
    let decided = last_decision_ms(&stage, mark, winner).saturating_sub(stopped_at);
    let until_looking = left.iter().map(|sid| {
        let ms = looking_ms(&stage, mark, *sid).map(|ms| ms - stopped_at);
        (sid.to_string(), json!(ms))
    });
    let until_looking = Value::Object(until_looking.collect());
    stage.run_ms(3_500);
    let election = seen::blocks(&stage, mark, &left);
    let seen = json!({
        "settled": true,
        "leader": winner,
        "election_epoch": decided_round(&stage, mark, winner),
        "first_votes": first_votes(&stage, mark, &left),
        "ms": { "decided_after_ms": decided, "ms_until_looking": until_looking },
    });
    steps.end(&stage, seen);
    let mark = stage.mark();
    stage.act(&Fault::Resume(stage.node(3)));
    stage.run_ms(1);
    let stale = stage
        .server(3)
        .is_some_and(|s| s.is_serving() && s.state() == ServerState::Leading);
    let resumed_at = stage.now_ms() - 1;
    stage.run_until(5_000, |stage| stage.settled(&[1, 2, 3, 4, 5]) == Some(5));
    let leader = stage.settle(&[1, 2, 3, 4, 5]);
    let old_leader_looking = looking_ms(&stage, mark, 3).map(|ms| ms - resumed_at);
    stage.run_ms(500);
    let seen = json!({
        "settled": true,
        "leader": leader,
        "stale_leader_seen": stale,
        "states_of_old_leader": seen::block(&stage, mark, 3)["states"],
        "ms": { "old_leader_looking": old_leader_looking },
    });
    steps.end(&stage, seen);
    json!({
        "winner": format!("server {winner}"),
        "rejoin_leader": format!("server {leader}"),
        "steps": steps.0,
        "election": election,
        "rejoin": seen::blocks(&stage, mark, &[1, 2, 3, 4, 5]),
    })
}

/// E: three of five are killed at once; later one comes back.
pub fn quorum_loss(setting: &Setting, killed: [i64; 3], back: i64) -> Value {
    let mut stage = three_leads_five(setting);
    let mut steps = Steps::default();
    six_transactions(&mut stage);
    // The tick at which the leader checks its quorum does not know when the kill comes.
    stage.run_ms(setting.seed * 37 % 500);
    steps.end(&stage, json!({}));
    let left: Vec<i64> = (1..=5).filter(|sid| !killed.contains(sid)).collect();
    let mark = stage.mark();
    let killed_at = stage.now_ms();
    for sid in killed {
        stage.kill(sid);
    }
    stage.run_ms(5_200);
    let until_looking = left.iter().map(|sid| {
        let ms = looking_ms(&stage, mark, *sid).map(|ms| ms - killed_at);
        (sid.to_string(), json!(ms))
    });
    let until_looking = Value::Object(until_looking.collect());
    let no_quorum = seen::blocks(&stage, mark, &left);
    let seen = json!({
        "first_votes": first_votes(&stage, mark, &left),
        "ms": { "ms_until_looking": until_looking },
    });
    steps.end(&stage, seen);
    let mark = stage.mark();
    let restarted_at = stage.now_ms();
    stage.start(back);
    let mut up = left;
    up.push(back);
    up.sort_unstable();
    let winner = stage.settle(&up);
    let decided = last_decision_ms(&stage, mark, winner) - restarted_at;
    stage.run_ms(500);
    let seen = json!({
        "settled": true,
        "leader": winner,
        "election_epoch": decided_round(&stage, mark, winner),
        "ms": { "decided_after_ms": decided },
    });
    steps.end(&stage, seen);
    json!({
        "winner_after_recovery": format!("server {winner}"),
        "steps": steps.0,
        "no_quorum": no_quorum,
        "recovery": seen::blocks(&stage, mark, &up),
    })
}

/// E: three participants and two observers; the leader is killed, then the next one.
pub fn observers(setting: &Setting) -> Value {
    let seats = (1..=5).map(|sid| Seat {
        role: if sid > 3 {
            Role::Observer
        } else {
            Role::Participant
        },
        ..Seat::empty(sid)
    });
    let mut stage = Stage::new(setting, seats.collect());
    let mut steps = Steps::default();
    let all = [1, 2, 3, 4, 5];
    stage.start_all(&all);
    let first = stage.settle(&all);
    let decided = last_decision_ms(&stage, 0, first);
    stage.run_ms(1_200);
    let start = seen::blocks(&stage, 0, &all);
    let seen = json!({
        "settled": true,
        "leader": first,
        "election_epoch": decided_round(&stage, 0, first),
        "ms": { "decided_after_ms": decided },
    });
    steps.end(&stage, seen);

    let mark = stage.mark();
    let killed_at = stage.now_ms();
    stage.kill(first);
    let left: Vec<i64> = all.into_iter().filter(|sid| *sid != first).collect();
    let second = stage.settle(&left);
    let decided = last_decision_ms(&stage, mark, second) - killed_at;
    stage.run_ms(1_200);
    let second_block = seen::blocks(&stage, mark, &left);
    let seen = json!({
        "settled": true,
        "killed": first,
        "leader": second,
        "election_epoch": decided_round(&stage, mark, second),
        "first_votes": first_votes(&stage, mark, &left),
        "ms": { "decided_after_ms": decided },
    });
    steps.end(&stage, seen);

    let mark = stage.mark();
    stage.kill(second);
    stage.run_ms(4_000);
    let left: Vec<i64> = left.into_iter().filter(|sid| *sid != second).collect();
    steps.end(&stage, json!({ "killed": second }));
    json!({
        "leaders": [first, second],
        "votes_for_observers_anywhere": votes_for(&stage, &[4, 5]),
        "sids_heard_by_participants": heard_by(&stage, &[1, 2, 3]),
        "steps": steps.0,
        "start": start,
        "second": second_block,
        "third": seen::blocks(&stage, mark, &left),
    })
}

/// Whether anybody ever voted for one of these.
fn votes_for(stage: &Stage, sids: &[i64]) -> bool {
    let voted = |noted: &super::stage::Noted| match &noted.fact {
        Fact::Voted { to, .. } => sids.contains(&to.leader.0),
        _ => false,
    };
    stage
        .sids()
        .iter()
        .any(|sid| stage.since(0, *sid).any(voted))
}

/// Whose notifications each of these logged.
fn heard_by(stage: &Stage, sids: &[i64]) -> Value {
    let heard = |sid: &i64| {
        let block = seen::block(stage, 0, *sid);
        let all = block["notifications_received_in_every_run"]
            .as_array()
            .expect("a list");
        let mut from: Vec<i64> = all.iter().filter_map(|n| n[0].as_i64()).collect();
        from.sort_unstable();
        from.dedup();
        (sid.to_string(), json!(from))
    };
    Value::Object(sids.iter().map(heard).collect())
}

/// E: 3, 4, 5 together, then 1 and 2 join; the leader is killed. Nobody ever writes.
pub fn late_joiners(setting: &Setting) -> Value {
    let mut stage = Stage::new(setting, empty(1..=5));
    let mut steps = Steps::default();
    stage.start_all(&[3, 4, 5]);
    stage.settle(&[3, 4, 5]);
    stage.run_ms(1_000);
    stage.start_all(&[1, 2]);
    let first = stage.settle(&[1, 2, 3, 4, 5]);
    stage.run_ms(500);
    steps.end(&stage, json!({ "settled": true, "leader": first }));
    let mark = stage.mark();
    let killed_at = stage.now_ms();
    stage.kill(first);
    let left: Vec<i64> = (1..=5).filter(|sid| *sid != first).collect();
    let winner = stage.settle(&left);
    let decided = last_decision_ms(&stage, mark, winner) - killed_at;
    stage.run_ms(1_000);
    let seen = json!({
        "settled": true,
        "killed": first,
        "leader": winner,
        "election_epoch": decided_round(&stage, mark, winner),
        "first_votes": first_votes(&stage, mark, &left),
        "ms": { "decided_after_ms": decided },
    });
    steps.end(&stage, seen);
    json!({
        "winner": format!("server {winner}"),
        "steps": steps.0,
        "election": seen::blocks(&stage, mark, &left),
    })
}
