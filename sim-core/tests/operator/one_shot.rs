//! One command per process, and lines from a pipe: `outputs/zkCli-one-shot` and the sets of `kafka-tools`.

use crate::stage::{Play, node, start, wait, world};
use crate::tally::Tally;
use crate::{index, recorded};
use sim_core::base::Span;
use sim_core::engine::{Fault, NodeStatus};
use sim_core::operator::{Console, Printed, Stream, Surroundings};
use sim_core::zookeeper::Release;

/// What a process printed and how it ended.
struct Process {
    printed: Printed,
    exit_code: i32,
}

impl Process {
    fn on(&self, stream: Stream) -> String {
        String::from_utf8(self.printed.on(stream)).expect("text")
    }
}

/// A shell's process ends: its connection breaks, its session lives on.
fn end(play: &mut Play, console: &Console) {
    if play.world().status(console.client()) != NodeStatus::Down {
        play.inject(&Fault::Crash(console.client()), None, &mut Vec::new());
    }
}

/// `zkCli.sh -server host command…`, which takes so long altogether.
fn run(play: &mut Play, release: Release, host: &str, command: &[String], takes: Span) -> Process {
    let client = node(play, "c1");
    let mut console = Console::new(release, host, client);
    console.start(play);
    let done = console.run_one_shot(play, command, Span::from_secs(60));
    assert!(done, "{command:?} never ends");
    end(play, &console);
    wait(play, takes);
    Process {
        printed: console.take_printed(),
        exit_code: console.ended().expect("one command is its whole life"),
    }
}

/// The words of a command line behind `-server host`, as a shell cuts them.
fn command(line: &str) -> (String, Vec<String>) {
    let rest = line
        .split_once("-server ")
        .expect("every command names a server")
        .1;
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in rest.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    let host = words.remove(0);
    (host, words)
}

fn standalone(version: &str) -> Play {
    let mut play = world(version, 1, 2000, "30s");
    start(&mut play, "zk1");
    wait(&mut play, Span::from_secs(5));
    play
}

/// In the order in which the zxids and the numbers of the sessions in the recordings show that they ran.
const ORDER: [&str; 23] = [
    "ls-root",
    "create",
    "get",
    "get-s",
    "create-exists",
    "get-absent",
    "ls-absent",
    "set",
    "stat",
    "set-bad-version",
    "delete-absent",
    "create-e-then-gone",
    "stat-gone-ephemeral",
    "create-no-parent",
    "delete-not-empty",
    "getAcl",
    "sync",
    "deleteall",
    "bad-path",
    "help",
    "unknown-command",
    "history",
    "quit",
];

#[test]
fn single_commands_print_and_end_the_same() {
    let mut tally = Tally::default();
    let mut play = standalone("3.5.7");
    let set = "zookeeper-3.5.7/outputs";
    let index = index(&format!("{set}/index.json"));
    for name in ORDER {
        let file = format!("zkCli-one-shot/{name}.txt");
        let entry = index.iter().find(|entry| entry["file"] == *file);
        let line = entry.and_then(|entry| entry["command"].as_str());
        let (host, command) = command(line.expect("it is in the index"));
        let ran = run(
            &mut play,
            Release::V3_5_7,
            &host,
            &command,
            Span::from_millis(500),
        );
        tally.compare(&file, &recorded(&format!("{set}/{file}")), &whole(&ran));
    }
    let server = node(&play, "zk1");
    play.inject(&Fault::Crash(server), None, &mut Vec::new());
    let ls = ["ls".to_owned(), "/".to_owned()];
    let ran = run(
        &mut play,
        Release::V3_5_7,
        "127.0.0.1:27181",
        &ls,
        Span::ZERO,
    );
    let file = "zkCli-one-shot/no-server.txt";
    tally.compare(file, &recorded(&format!("{set}/{file}")), &whole(&ran));
    tally.finish("zkCli, one command each", &[]);
}

/// As the recorder wrote a process down. The script's own first line is the path of Java.
fn whole(ran: &Process) -> String {
    format!(
        "--- stdout\n{}\n{}--- stderr\n{}--- exit status\n{}\n",
        Surroundings::default().java,
        ran.on(Stream::Out),
        ran.on(Stream::Err),
        ran.exit_code
    )
}

/// FIDELITY.md tells why each of the known ones differs.
#[test]
fn the_set_of_3_5_7_prints_the_same() {
    let known = [
        "zookeeper-3.5.7/16-get-empty.out",
        "zookeeper-3.5.7/49-setquota.out",
        "zookeeper-3.5.7/55-session-many.out",
    ];
    set("3.5.7", Release::V3_5_7, &known);
}

#[test]
fn the_set_of_3_8_0_prints_the_same() {
    let known = [
        "zookeeper-3.8.0/16-get-empty.out",
        "zookeeper-3.8.0/31-getAcl.out",
        "zookeeper-3.8.0/38-delete-root.out",
        "zookeeper-3.8.0/39-delete-zookeeper.err (stderr)",
        "zookeeper-3.8.0/44-whoami.out",
        "zookeeper-3.8.0/48-sync.out",
        "zookeeper-3.8.0/54-session-watches.out",
        "zookeeper-3.8.0/55-session-many.out",
        "zookeeper-3.8.0/98-server-down.err (stderr)",
    ];
    set("3.8.0", Release::V3_8_0, &known);
}

fn set(version: &str, release: Release, known: &[&str]) {
    let mut tally = Tally::without_zxids();
    let mut play = standalone(version);
    for entry in index(&format!("kafka-tools/zookeeper-{version}/index.jsonl")) {
        let file = entry["file"].as_str().expect("a file");
        let line = entry["command"].as_str().expect("a command");
        if !line.starts_with("zkCli.sh") || file.contains("99-ensemble") {
            continue;
        }
        if file.contains("98-server-down") {
            let server = node(&play, "zk1");
            play.inject(&Fault::Crash(server), None, &mut Vec::new());
        }
        let (host, command) = command(line);
        let takes = Span::from_millis((entry["seconds"].as_f64().unwrap_or(3.0) * 1000.0) as u64);
        let ran = match entry["stdin"].as_str() {
            None => run(&mut play, release, &host, &command, takes),
            Some(lines) => piped(&mut play, release, &host, lines),
        };
        tally.compare(
            file,
            &recorded(&format!("kafka-tools/{file}")),
            &ran.on(Stream::Out),
        );
        let err = entry["stderr_file"].as_str();
        let expected =
            err.map_or_else(String::new, |file| recorded(&format!("kafka-tools/{file}")));
        let name = err.unwrap_or(file).to_owned() + " (stderr)";
        tally.compare(&name, &expected, &ran.on(Stream::Err));
        let exit = entry["exit"].as_i64().expect("a status");
        assert_eq!(i64::from(ran.exit_code), exit, "status of {file}");
    }
    tally.finish(&format!("kafka-tools, zkCli of {version}"), known);
}

/// Lines from a pipe: the shell echoes each behind its prompt. Lines in brackets are another client's doing.
fn piped(play: &mut Play, release: Release, host: &str, lines: &str) -> Process {
    let client = node(play, "c1");
    let mut console = Console::new(release, host, client);
    console.greet();
    console.start(play);
    let mut printed = Printed::default();
    let mut settle = |play: &mut Play, console: &mut Console, prompt: bool| {
        let until = play.world().now() + Span::from_secs(1);
        console.run_until(play, until);
        printed.append(console.take_printed());
        if prompt && console.ended().is_none() {
            printed.out(console.prompt());
        }
        core::mem::take(&mut printed)
    };
    let mut all = settle(play, &mut console, true);
    for line in lines.lines() {
        if let Some(other) = line.strip_prefix("(another client: ") {
            let words = other.trim_end_matches(')').split(' ').map(str::to_owned);
            let words: Vec<String> = words.collect();
            let other = node(play, "c2");
            let mut another = Console::new(release, host, other);
            another.start(play);
            another.run_one_shot(play, &words, Span::from_secs(60));
            end(play, &another);
            all.append(settle(play, &mut console, false));
            continue;
        }
        all.out(format!("{line}\n"));
        console.run_line(play, line, Span::from_secs(60));
        all.append(settle(play, &mut console, true));
    }
    end(play, &console);
    Process {
        printed: all,
        exit_code: console.ended().expect("the lines end with quit"),
    }
}
