//! `outputs/4lw`: words asked of fresh servers, of servers with a client each, of a server alone, of some without quorum.

use crate::recorded;
use crate::stage::{Play, ask as ask_op, node, start, wait, world};
use crate::tally::Tally;
use sim_core::base::Span;
use sim_core::engine::Fault;
use sim_core::operator::{Place, Surroundings, ask};
use sim_core::zookeeper::{CreateMode, Op, Sid};

const SET: &str = "zookeeper-3.5.7/outputs/4lw";

/// Where the recorded servers were: all on one machine, with these ports and directories.
fn around(standalone: bool) -> Surroundings {
    let mut around = Surroundings::default();
    let class_path = recorded(&format!("{SET}/envi-leader.txt"));
    let path = class_path
        .lines()
        .find_map(|line| line.strip_prefix("java.class.path="));
    for (key, value) in &mut around.environment {
        if key == "java.class.path" {
            path.expect("a class path").clone_into(value);
        }
    }
    for id in 1..=4_u16 {
        let port = match (standalone, id) {
            (true, _) => 27181,
            (false, 4) => 27185,
            (false, _) => 27181 + id,
        };
        let dir = if standalone {
            "data".into()
        } else {
            format!("zk{id}")
        };
        let place = Place {
            client_port: port,
            quorum_port: 27287 + id,
            election_port: 27387 + id,
            data_dir: format!("/tmp/zookeeper/{dir}"),
            ..Place::on("127.0.0.1")
        };
        around.places.insert(Sid(i64::from(id)), place);
    }
    around
}

/// Asks words of a server and compares; each word is one more that it was asked.
fn compare(
    play: &Play,
    server: &str,
    situation: &str,
    words: &[&str],
    around: &Surroundings,
    before: u64,
    tally: &mut Tally,
) {
    let node = node(play, server);
    for (more, word) in words.iter().enumerate() {
        let file = format!("{word}-{situation}.txt");
        let before = before + more as u64;
        let answer = ask(play.world(), node, word, before, around).unwrap_or_default();
        let answer = in_order(&answer);
        let expected = in_order(&recorded(&format!("{SET}/{file}")));
        tally.compare(&file, &expected, &answer);
    }
}

/// Connections stand in a hash set of objects, whose order is that of their addresses in memory: the caller's goes last.
fn in_order(text: &str) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let of_conn = |line: &&str| line.starts_with(" /") || line.starts_with("\tip: ");
    let of_session = |line: &&str| line.starts_with("\t0x");
    for group in [&of_conn as &dyn Fn(&&str) -> bool, &of_session] {
        let places: Vec<usize> = (0..lines.len()).filter(|at| group(&lines[*at])).collect();
        let mut moved: Vec<&str> = places.iter().map(|at| lines[*at]).collect();
        moved.sort_by_key(|line| {
            let caller = line.contains("[0](") || line.ends_with("sessionId: 0x0");
            (caller, if line.starts_with("\t0x") { *line } else { "" })
        });
        for (place, line) in places.into_iter().zip(moved) {
            lines[place] = line;
        }
    }
    lines.join("\n")
}

/// The client of the recordings: two nodes, the second ephemeral, and watches.
fn use_it(play: &mut Play, client: &str, creates: bool, looks_for_later: bool) {
    let path = || "/app".into();
    if creates {
        ask_op(
            play,
            client,
            Op::create("/app", b"hello", CreateMode::Persistent),
        );
        ask_op(
            play,
            client,
            Op::create("/app/e", b"x", CreateMode::Ephemeral),
        );
    }
    ask_op(
        play,
        client,
        Op::GetData {
            path: path(),
            watch: true,
        },
    );
    ask_op(
        play,
        client,
        Op::GetChildren {
            path: path(),
            watch: true,
        },
    );
    if looks_for_later {
        let later = Op::Exists {
            path: "/later".into(),
            watch: true,
        };
        crate::stage::ask_for_nothing(play, client, later);
    }
}

/// Every word, in the order in which the counters show that the recorder asked them.
const WORDS: [&str; 18] = [
    "srvr", "stat", "mntr", "ruok", "conf", "cons", "wchs", "wchp", "wchc", "isro", "dump", "envi",
    "dirs", "gtmk", "xxxx", "crst", "srst", "none",
];

fn words() -> &'static [&'static str] {
    &WORDS[..17]
}

/// The recorder asked each server once before anything else, and once more before the second round: `srvr` of a fresh server
/// shows two packets received.
const POLLED: u64 = 1;

#[test]
fn servers_answer_as_the_recorded_ones() {
    let mut tally = Tally::default();
    let fresh = ["srvr", "mntr", "stat"];
    ensemble(&fresh, &mut tally);
    alone(&fresh, &mut tally);
    looking(&mut tally);
    whitelists(&mut tally);
    // A set of sessions that is empty by now stays in the real tracker until its time comes.
    tally.finish(
        "four-letter words",
        &["dump-leader.txt", "dump-standalone.txt"],
    );
}

fn ensemble(fresh: &[&str], tally: &mut Tally) {
    let around = around(false);
    let mut play = world("3.5.7", 4, 500, "10s");
    for server in ["zk1", "zk2"] {
        start(&mut play, server);
    }
    wait(&mut play, Span::from_secs(5));
    for server in ["zk3", "zk4"] {
        start(&mut play, server);
    }
    wait(&mut play, Span::from_secs(5));
    compare(
        &play,
        "zk1",
        "follower-fresh",
        fresh,
        &around,
        POLLED,
        tally,
    );
    compare(&play, "zk2", "leader-fresh", fresh, &around, POLLED, tally);
    for client in ["c1", "c2", "c4"] {
        start(&mut play, client);
        wait(&mut play, Span::from_millis(100));
    }
    use_it(&mut play, "c2", true, false);
    use_it(&mut play, "c1", false, false);
    use_it(&mut play, "c4", false, false);
    let asked = POLLED + fresh.len() as u64 + POLLED;
    compare(&play, "zk1", "follower", words(), &around, asked, tally);
    compare(&play, "zk2", "leader", words(), &around, asked, tally);
    compare(
        &play,
        "zk4",
        "observer",
        words(),
        &around,
        2 * POLLED,
        tally,
    );
    for server in ["zk1", "zk3"] {
        let node = node(&play, server);
        play.inject(&Fault::Crash(node), None, &mut Vec::new());
    }
    wait(&mut play, Span::from_secs(5));
    compare(&play, "zk2", "quorum-lost", &["srvr"], &around, 0, tally);
    compare(
        &play,
        "zk4",
        "observer-quorum-lost",
        &["srvr"],
        &around,
        0,
        tally,
    );
}

fn alone(fresh: &[&str], tally: &mut Tally) {
    let around = around(true);
    let mut play = world("3.5.7", 1, 2000, "10s");
    start(&mut play, "zk1");
    wait(&mut play, Span::from_secs(5));
    compare(
        &play,
        "zk1",
        "standalone-fresh",
        fresh,
        &around,
        POLLED,
        tally,
    );
    start(&mut play, "c1");
    wait(&mut play, Span::from_millis(100));
    use_it(&mut play, "c1", true, true);
    let asked = POLLED + fresh.len() as u64 + POLLED;
    compare(&play, "zk1", "standalone", words(), &around, asked, tally);
}

fn looking(tally: &mut Tally) {
    let around = around(false);
    let mut play = world("3.5.7", 3, 500, "10s");
    start(&mut play, "zk1");
    wait(&mut play, Span::from_secs(5));
    compare(&play, "zk1", "looking", words(), &around, 0, tally);
}

fn whitelists(tally: &mut Tally) {
    let mut around = around(true);
    let mut play = world("3.5.7", 1, 2000, "10s");
    start(&mut play, "zk1");
    wait(&mut play, Span::from_secs(5));
    let mut set = |list: Option<&str>| {
        let place = around.places.get_mut(&Sid(1)).expect("set above");
        place.whitelist = list.map(str::to_owned);
        around.clone()
    };
    let default = set(None);
    let words = ["srvr", "stat", "mntr", "ruok"];
    compare(
        &play,
        "zk1",
        "default-whitelist",
        &words,
        &default,
        POLLED,
        tally,
    );
    let without = set(Some("ruok"));
    let before = POLLED + 1;
    compare(
        &play,
        "zk1",
        "not-in-whitelist",
        &["srvr"],
        &without,
        before,
        tally,
    );
}
