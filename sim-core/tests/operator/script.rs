//! `outputs/zkServer/status-*`: the script asked on the machines of servers in every state.

use crate::stage::{Play, node, start, wait, world};
use crate::tally::Tally;
use crate::{index, recorded};
use sim_core::base::Span;
use sim_core::engine::Fault;
use sim_core::operator::{Place, Stream, Surroundings, status};
use sim_core::zookeeper::Sid;

const SET: &str = "zookeeper-3.5.7/outputs";

fn around(standalone: bool) -> Surroundings {
    let mut around = Surroundings::default();
    for id in 1..=4_u16 {
        let client_port = match (standalone, id) {
            (true, _) => 27181,
            (false, 4) => 27185,
            (false, _) => 27181 + id,
        };
        let place = Place {
            client_port,
            ..Place::on("127.0.0.1")
        };
        around.places.insert(Sid(i64::from(id)), place);
    }
    around
}

/// Compares one situation. The command and the path of its file are the recorded ones.
fn compare(play: &Play, server: &str, name: &str, around: &Surroundings, tally: &mut Tally) {
    let file = format!("zkServer/status-{name}.txt");
    let index = index(&format!("{SET}/index.json"));
    let entry = index.iter().find(|entry| entry["file"] == *file);
    let command = entry
        .and_then(|entry| entry["command"].as_str())
        .expect("in the index");
    let expected = recorded(&format!("{SET}/{file}"));
    let using = expected
        .lines()
        .find_map(|line| line.strip_prefix("Using config: "));
    let ran = status(play.world(), node(play, server), using, around).expect("a server");
    let text = |stream| String::from_utf8(ran.printed.on(stream)).expect("text");
    let simulated = format!(
        "$ {command}\n--- stdout\n{}--- stderr\n{}--- exit status\n{}\n",
        text(Stream::Out),
        text(Stream::Err),
        ran.exit_code
    );
    tally.compare(&file, &expected, &simulated);
}

#[test]
fn the_script_tells_the_mode_or_that_it_cannot() {
    let mut tally = Tally::default();
    ensemble(&mut tally);
    alone(&mut tally);
    tally.finish("zkServer.sh status", &[]);
}

fn ensemble(tally: &mut Tally) {
    let around = around(false);
    let mut play = world("3.5.7", 4, 500, "10s");
    start(&mut play, "zk1");
    wait(&mut play, Span::from_secs(5));
    compare(&play, "zk1", "looking", &around, tally);
    for server in ["zk2", "zk3", "zk4"] {
        start(&mut play, server);
        wait(&mut play, Span::from_secs(5));
    }
    compare(&play, "zk1", "follower", &around, tally);
    compare(&play, "zk2", "leader", &around, tally);
    compare(&play, "zk2", "config-option", &around, tally);
    compare(&play, "zk4", "observer", &around, tally);
    for server in ["zk1", "zk3"] {
        let node = node(&play, server);
        play.inject(&Fault::Crash(node), None, &mut Vec::new());
    }
    wait(&mut play, Span::from_secs(5));
    compare(&play, "zk2", "quorum-lost", &around, tally);
}

fn alone(tally: &mut Tally) {
    let mut around = around(true);
    let mut play = world("3.5.7", 1, 2000, "10s");
    compare(&play, "zk1", "not-running", &around, tally);
    start(&mut play, "zk1");
    wait(&mut play, Span::from_secs(5));
    compare(&play, "zk1", "standalone", &around, tally);
    around.places.get_mut(&Sid(1)).expect("set above").whitelist = Some("ruok".into());
    compare(&play, "zk1", "whitelist-without-srvr", &around, tally);
    let server = node(&play, "zk1");
    play.inject(&Fault::Crash(server), None, &mut Vec::new());
    for name in ["after-stop", "after-kill-9"] {
        compare(&play, "zk1", name, &around, tally);
    }
    around.java.clear();
    compare(&play, "zk1", "java-home-set", &around, tally);
}
