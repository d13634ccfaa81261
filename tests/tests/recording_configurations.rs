//! Recording K: 172 configurations given to real servers, 3.5.7 and 3.8.0.
//!
//! Each is laid out as the recorder laid it out (`how` in the file) and checked by the lint room. All
//! outcomes and exit codes must be those that were recorded. So must the lines: for 3.5.7 every
//! warning, error and selected INFO line with its level, thread and class, for 3.8.0 the warnings and
//! errors, which is what was kept of it. A line that a server repeats as long as it runs was recorded
//! as often as it came in 4.5 s: there the recorded lines must be the repetition of ours.

use serde_json::Value;
use sim_core::lint::{
    self, Form, Level, LogLine, Outcome, Running, Settings, Sheet, Verdict, troubles,
};

const RECORDING: &str = include_str!("../data/zookeeper-3.5.7/config.json");

fn cases() -> Vec<Value> {
    let recording: Value = serde_json::from_str(RECORDING).expect("it is JSON");
    recording["cases"].as_array().expect("a list").clone()
}

fn name(case: &Value) -> &str {
    case["name"].as_str().expect("a name")
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().map_or(&[][..], |list| list);
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    list.iter().map(text).collect()
}

/// The machine on which the recorder started the server, and how.
fn check(case: &Value, form: Form) -> Verdict {
    let mut sheet = Sheet::new("/tmp/zookeeper");
    sheet.dir("/tmp/zookeeper/data").sealed("/proc");
    let files_after = texts(&case["3.5.7"]["files_after"]);
    if case.get("config").is_some() || files_after.iter().any(|file| file == "zoo.cfg") {
        let ends = match name(case) {
            "crlf-line-ends" => "\r\n",
            _ => "\n",
        };
        let lines = texts(&case["config"]);
        let text = lines
            .iter()
            .flat_map(|line| [line.as_str(), ends])
            .collect::<String>();
        sheet.file("/tmp/zookeeper/zoo.cfg", text);
    }
    if let Some(myid) = case["myid"].as_str() {
        sheet.file("/tmp/zookeeper/data/myid", myid);
    }
    for (path, content) in case["other_files"].as_object().into_iter().flatten() {
        let content = content.as_str().expect("a text");
        sheet.file(&format!("/tmp/zookeeper/{path}"), content);
    }
    prepare(case["prepared"].as_str().unwrap_or_default(), &mut sheet);
    if let Some(port) = case["port_held_by_another_process"].as_i64() {
        sheet.taken(port as i32);
    }
    let mut settings = Settings::default();
    for option in texts(&case["jvm"]) {
        let pair = option.strip_prefix("-D").and_then(|it| it.split_once('='));
        let (key, value) = pair.expect("-Dkey=value");
        settings.properties.push((key.into(), value.into()));
    }
    let arguments = match (case.get("arguments"), name(case)) {
        (Some(arguments), _) => texts(arguments),
        (None, "no-argument") => Vec::new(),
        _ => vec!["/tmp/zookeeper/zoo.cfg".to_owned()],
    };
    let arguments: Vec<&str> = arguments.iter().map(|it| &**it).collect();
    lint::check(&arguments, &sheet, form, &settings)
}

/// The data directories that the recorder wrote with the server's own classes: what its names and the
/// recorded lines say of them.
fn prepare(what: &str, sheet: &mut Sheet) {
    let dir = "/tmp/zookeeper/data/version-2";
    let first = 0x1_0000_0001_i64;
    let zxids: &[i64] = match what {
        "" => return,
        "seed-log-without-snapshot" => &[first, first + 1],
        "seed-epoch-behind" => &[
            first,
            first + 1,
            0x2_0000_0001,
            0x2_0000_0002,
            0x2_0000_0003,
        ],
        other => panic!("unknown preparation {other}"),
    };
    let mut log = b"ZKLG\0\0\0\x02\0\0\0\0\0\0\0\0".to_vec();
    for zxid in zxids {
        let mut entry = vec![0; 12];
        entry.extend(zxid.to_be_bytes());
        entry.extend([0; 16]);
        let (mut a, mut b) = (1_u32, 0_u32);
        for byte in &entry {
            a = (a + u32::from(*byte)) % 65_521;
            b = (b + a) % 65_521;
        }
        log.extend(i64::from(b << 16 | a).to_be_bytes());
        log.extend((entry.len() as u32).to_be_bytes());
        log.extend(entry);
        log.push(b'B');
    }
    log.extend([0; 64]);
    sheet.file(&format!("{dir}/log.100000001"), log);
    sheet.file(&format!("{dir}/currentEpoch"), "1");
    sheet.file(&format!("{dir}/acceptedEpoch"), "1");
    if what == "seed-epoch-behind" {
        let snapshot = b"ZKSN\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\x01/";
        sheet.file(&format!("{dir}/snapshot.0"), snapshot);
    }
}

fn recorded_outcome(of: &Value) -> Outcome {
    match (of["outcome"].as_str(), of["state"].as_str()) {
        (Some("exits"), _) => Outcome::Exits(of["exit_code"].as_i64().expect("a code") as i32),
        (_, Some("LEADING")) => Outcome::Runs(Running::Leading),
        (_, Some("LOOKING")) => Outcome::Runs(Running::Looking),
        _ => Outcome::Runs(Running::Standalone),
    }
}

/// One line as it is compared: how long an election took is nobody's to foresee.
fn mask(text: &str) -> String {
    let words = text.split(' ');
    let milliseconds = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let timed = text.contains("ELECTION TOOK");
    let mask = |word: &str| match timed && !word.is_empty() && milliseconds(word) {
        true => "N".to_owned(),
        false => word.to_owned(),
    };
    words.map(mask).collect::<Vec<_>>().join(" ")
}

fn in_3_5(line: &LogLine) -> [String; 3] {
    let source = match line.level {
        Level::More => String::new(),
        _ => format!("{}:{}", line.thread, line.class),
    };
    [line.level.name().into(), source, mask(&line.text)]
}

/// Our lines, those that repeat as often as they were recorded.
fn as_often<T: Clone>(lines: &[(bool, T)], recorded: usize) -> Vec<T> {
    let repeats = lines.iter().position(|(repeats, _)| *repeats);
    let take = |lines: &[(bool, T)]| lines.iter().map(|(_, it)| it.clone()).collect::<Vec<_>>();
    let Some(begin) = repeats else {
        return take(lines);
    };
    let (mut all, block) = (take(&lines[..begin]), take(&lines[begin..]));
    while all.len() < recorded {
        all.extend(block.iter().cloned());
    }
    all.truncate(recorded.max(begin));
    all
}

#[test]
fn release_3_5_7_comes_to_the_recorded_outcomes_in_the_recorded_words() {
    let cases = cases();
    let (mut lines, mut equal_cases) = (0, 0);
    let mut wrong = Vec::new();
    for case in &cases {
        let (recorded, verdict) = (&case["3.5.7"], check(case, Form::V3_5));
        let expected = recorded_outcome(recorded);
        if verdict.outcome != expected {
            wrong.push(format!(
                "{}: {:?}, not {expected:?}",
                name(case),
                verdict.outcome
            ));
        }
        if verdict.stderr != texts(&recorded["stderr"]) {
            wrong.push(format!("{}: stderr {:?}", name(case), verdict.stderr));
        }
        let told: Vec<[String; 3]> = recorded["log"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| {
                let line = texts(line);
                [line[0].clone(), line[1].clone(), mask(&line[2])]
            })
            .collect();
        let ours: Vec<_> = verdict
            .log
            .iter()
            .map(|it| (it.repeats, in_3_5(it)))
            .collect();
        let ours = as_often(&ours, told.len());
        lines += told.len();
        match ours == told {
            true => equal_cases += 1,
            false => wrong.push(format!("{}: {ours:#?}\nrecorded {told:#?}", name(case))),
        }
    }
    println!(
        "3.5.7: {} cases, {lines} lines, equal in {equal_cases} cases",
        cases.len()
    );
    assert_eq!(cases.len(), 172);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Cases whose lines differ because of the moment, with the reason.
const TIMING_3_8_0: [(&str, &str); 2] = [
    (
        "syncLimit-negative",
        "the numbers of the threads that die come as the pool gives them out",
    ),
    (
        "server-key-upper-case",
        "the recorder's own `srvr` came before the database was loaded",
    ),
];

#[test]
fn release_3_8_0_comes_to_the_recorded_outcomes_in_the_recorded_words() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut wrong = Vec::new();
    let (mut lines, mut equal_cases) = (0, 0);
    for case in &cases() {
        let same = case["3.8.0"].as_str() == Some("the same");
        let recorded = if same { &case["3.5.7"] } else { &case["3.8.0"] };
        let verdict = check(case, Form::V3_8);
        let expected = recorded_outcome(recorded);
        if verdict.outcome != expected {
            wrong.push(format!(
                "{}: {:?}, not {expected:?}",
                name(case),
                verdict.outcome
            ));
        }
        if recorded.get("stderr").is_some() && verdict.stderr != texts(&recorded["stderr"]) {
            wrong.push(format!("{}: stderr {:?}", name(case), verdict.stderr));
        }
        let told: Vec<String> = match same {
            true => {
                let log = recorded["log"].as_array().expect("lines");
                let troubles = log.iter().filter(|line| line[0] != "INFO");
                troubles
                    .map(|line| words(line[2].as_str().expect("a text")))
                    .collect()
            }
            false => texts(&recorded["errors_and_warnings"])
                .iter()
                .map(|it| words(it))
                .collect(),
        };
        let ours: Vec<_> = troubles(&verdict.log)
            .map(|line| (line.repeats, words(&line.text)))
            .collect();
        let ours = as_often(&ours, told.len());
        lines += told.len();
        let timing = TIMING_3_8_0.iter().any(|(known, _)| *known == name(case));
        match ours == told {
            true => equal_cases += 1,
            false if timing => {}
            false => wrong.push(format!("{}: {ours:#?}\nrecorded {told:#?}", name(case))),
        }
    }
    println!("3.8.0: {lines} warnings and errors, equal in {equal_cases} cases");
    assert_eq!(equal_cases, 172 - TIMING_3_8_0.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever is refused is told where and what to do, in both languages; what merely runs may be too.
#[test]
fn every_refusal_has_a_remedy() {
    for case in &cases() {
        for form in [Form::V3_5, Form::V3_8] {
            let verdict = check(case, form);
            for remark in &verdict.remarks {
                let (en, zh) = (&remark.says.en, &remark.says.zh);
                assert!(
                    !en.is_empty() && !zh.is_ascii(),
                    "{}: {remark:?}",
                    name(case)
                );
            }
            let asked = case.get("arguments").is_some() || name(case) == "no-argument";
            let refused = matches!(verdict.outcome, Outcome::Exits(_));
            if refused && !asked {
                let helped = verdict.remarks.iter().any(|remark| remark.remedy.is_some());
                assert!(helped, "{}: {:#?}", name(case), verdict.remarks);
            }
        }
    }
}
