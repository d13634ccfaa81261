//! The long session of `outputs/zkCli`, line by line in the order in which it was recorded.

use crate::stage::{Play, node, start, wait, world};
use crate::tally::Tally;
use crate::{index, recorded};
use sim_core::base::Span;
use sim_core::operator::Console;
use sim_core::zookeeper::Release;

const SET: &str = "zookeeper-3.5.7/outputs";

/// Data that is absent and data that is empty are one in the simulated tree, so `get` cannot print `null`. In the third
/// the two threads of the real client wrote into each other's lines.
const DIFFER: [&str; 3] = [
    "create-after-stat-w-absent.txt",
    "get-null-data.txt",
    "get-s-null-data.txt",
];

fn console(play: &mut Play, client: &str) -> Console {
    let client = node(play, client);
    let mut console = Console::new(Release::V3_5_7, "127.0.0.1:27181", client);
    console.start(play);
    let until = play.world().now() + Span::from_secs(1);
    console.run_until(play, until);
    console
}

/// The number in a prompt: how many lines were done before it.
fn number(prompt: &str) -> Option<u32> {
    let digits = prompt.strip_suffix("] ")?.rsplit(' ').next()?;
    digits.parse().ok()
}

#[test]
fn the_recorded_session_prints_the_same() {
    let mut lines: Vec<(u32, String, String, String)> = index(&format!("{SET}/index.json"))
        .iter()
        .filter_map(|entry| {
            let file = entry["file"].as_str()?.strip_prefix("zkCli/")?;
            let prompt = entry["prompt_after"].as_str()?;
            // The transcript closes and connects in a session of its own.
            let own = ["close.txt", "ls-after-close.txt", "ls-after-connect.txt"];
            if own.contains(&file) {
                return None;
            }
            let command = entry["command"].as_str()?;
            Some((
                number(prompt)?,
                file.to_owned(),
                command.to_owned(),
                prompt.to_owned(),
            ))
        })
        .collect();
    lines.sort();
    assert_eq!(lines.len(), 116, "lines of one session");
    let mut play = world("3.5.7", 1, 2000, "30s");
    start(&mut play, "zk1");
    wait(&mut play, Span::from_secs(5));
    let mut console = console(&mut play, "c1");
    console.take_printed();
    let mut tally = Tally::default();
    for (_, file, command, prompt) in &lines {
        let done = console.run_line(&mut play, command, Span::from_secs(60));
        assert!(done, "{file} never ends");
        let until = play.world().now() + Span::from_secs(1);
        console.run_until(&mut play, until);
        let printed = console.take_printed().text();
        tally.compare(file, &recorded(&format!("{SET}/zkCli/{file}")), &printed);
        assert_eq!(console.prompt(), *prompt, "behind {file}");
    }
    tally.finish("zkCli, one session", &DIFFER);
}
