//! Reading recordings: what the recorded files hold, and what is said of files that hold something
//! else.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "the rows of a table look alike"
)]

use sim_core::conform::{Case, Limits, Mistake, Recording, read};
use sim_core::zookeeper::{Release, Sid};

const ELECTIONS_3_5_7: &str = include_str!("../data/zookeeper-3.5.7/elections.jsonl");
const ELECTIONS_3_8_0: &str = include_str!("../data/zookeeper-3.8.0/elections.jsonl");
const RUNS_3_5_7: &str = include_str!("../data/zookeeper-3.5.7/runs.jsonl");
const RUNS_3_8_0: &str = include_str!("../data/zookeeper-3.8.0/runs.jsonl");

fn recording(file: &str, text: &str) -> Recording {
    read(file, text, None, Limits::DEFAULT).unwrap_or_else(|mistake| panic!("{mistake}"))
}

fn counts(recording: &Recording) -> (usize, usize, usize) {
    let stable = recording.cases.iter().filter(|case| case.stable).count();
    let runs = recording.cases.iter().map(|case| case.repeats.len()).sum();
    (recording.cases.len(), stable, runs)
}

/// The numbers are those of the recordings' own descriptions: 34 cases with 5 runs each, of which
/// D-040, D-056 and D-059 are unstable; 20 cases with 3 runs each, of which I-029 is unstable.
#[test]
fn elections_are_read_whole() {
    let d = recording("d.jsonl", ELECTIONS_3_8_0);
    assert_eq!(counts(&d), (34, 31, 170));
    assert!(d.cases.iter().all(|case| case.release == Release::V3_8_0));
    let i = recording("i.jsonl", ELECTIONS_3_5_7);
    assert_eq!(counts(&i), (20, 19, 60));
    assert!(i.cases.iter().all(|case| case.release == Release::V3_5_7));
    assert_eq!(i.cases[0].id, "I-001");
    assert_eq!(i.cases[0].repeats[1].looking_at[&Sid(3)].as_millis(), 25);
}

/// "In 3 of the 170 runs (D-026, D-056, D-059, once each) the winner's final decision was in round
/// 2": the rate that is computed from decisions finds the same three.
#[test]
fn failed_first_leaders_are_found_where_the_recording_says() {
    let d = recording("d.jsonl", ELECTIONS_3_8_0);
    let mut found = Vec::new();
    for case in &d.cases {
        for repeat in &case.repeats {
            if repeat.outcome.failed_leader(case.size()) {
                found.push(case.id.as_str());
            }
        }
    }
    assert_eq!(found, ["D-026", "D-056", "D-059"]);
}

/// Cold starts among the single runs (C, G, one kind of B) become cases; the rest is named, not
/// dropped.
#[test]
fn runs_are_grouped_into_cases() {
    let new = recording("zookeeper-3.8.0/runs.jsonl", RUNS_3_8_0);
    assert_eq!(counts(&new), (9, 9, 51));
    assert_eq!(new.not_replayed["A"], 6);
    assert_eq!(new.not_replayed["B sigstop"], 5);
    let old = recording("zookeeper-3.5.7/runs.jsonl", RUNS_3_5_7);
    assert_eq!(counts(&old), (7, 7, 27));
    assert_eq!(old.cases.iter().map(Case::size).max(), Some(5));
    assert_eq!(old.not_replayed["H tail-holder-late"], 5);
}

/// A case of two servers that a mistake can be put into.
const GOOD: &str = concat!(
    r#"{"id":"D-900","n":2,"pattern":"gaps","servers":["#,
    r#"{"sid":1,"epoch":1,"counter":2,"zxid":"0x100000002","current_epoch":1,"#,
    r#""started_at_ms":0,"looking_at_ms":11},"#,
    r#"{"sid":2,"epoch":1,"counter":2,"zxid":"0x100000002","current_epoch":1,"#,
    r#""started_at_ms":1,"looking_at_ms":12}],"#,
    r#""winner":2,"election_epoch":1,"new_epoch":2,"#,
    r#""votes_sequence":{"1":[[11,1,"0x100000002",1,1]],"2":[[12,2,"0x100000002",1,1]]},"#,
    r#""decisions":{"1":[[200,"FOLLOWING",2,"0x100000002",1,false]]},"#,
    r#""winner_stable":true,"repeats":[]}"#,
);

fn mistake(text: &str) -> Mistake {
    match read("some.jsonl", text, None, Limits::DEFAULT) {
        Ok(recording) => panic!("read as {recording:?}"),
        Err(mistake) => mistake,
    }
}

/// Each row: what is replaced in the good case, by what, and what the message must say.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("{", "", "expected a JSON object on each line"),
    (r#""n":2"#, r#""n":2.5"#, "expected i64"),
    (
        r#""n":2"#,
        r#""n":0"#,
        "expected a number of servers from 1 to 64",
    ),
    (r#""n":2"#, r#""n":3"#, "2 servers, expected 3 by `n`"),
    (r#""n":2,"#, "", "missing field `n`"),
    (r#""n":2"#, r#""n":2,"n":2"#, "duplicate field `n`"),
    (
        r#""sid":1"#,
        r#""sid":0"#,
        "expected a server id from 1 to 255",
    ),
    (r#""sid":1"#, r#""sid":"1""#, "expected i64"),
    (
        r#""sid":1"#,
        r#""sid":2"#,
        "a server stands twice, expected once",
    ),
    (
        r#""epoch":1"#,
        r#""epoch":4000000000"#,
        "expected an epoch from 0 to 1000",
    ),
    (
        r#""counter":2"#,
        r#""counter":-1"#,
        "expected a counter from 0 to 100000",
    ),
    (
        r#""counter":2"#,
        r#""counter":3"#,
        "expected 0x100000003 by its epoch and counter",
    ),
    ("0x100000002", "100000002", "expected a zxid such as"),
    ("0x100000002", "0xg", "expected a zxid such as"),
    (
        r#""current_epoch":1"#,
        r#""current_epoch":0"#,
        "expected at least its zxid's epoch 1",
    ),
    (
        r#""epoch":1,"counter":2,"zxid":"0x100000002""#,
        r#""epoch":1,"counter":0,"zxid":"0x100000000""#,
        "expected an empty server or one with a transaction",
    ),
    (
        r#""looking_at_ms":11"#,
        r#""looking_at_ms":null"#,
        "expected both or neither",
    ),
    (
        r#""looking_at_ms":11"#,
        r#""looking_at_ms":1e9"#,
        "expected i64",
    ),
    (
        r#""looking_at_ms":11"#,
        r#""looking_at_ms":999999999"#,
        "expected milliseconds from 0",
    ),
    (
        "FOLLOWING",
        "WANDERING",
        "unknown variant `WANDERING`, expected one of `LOOKING`",
    ),
    (
        r#""decisions":{"1""#,
        r#""decisions":{"7""#,
        "expected one that was started",
    ),
    (
        r#""decisions":{"1""#,
        r#""decisions":{"one""#,
        "expected a server id from 1 to 255 as key",
    ),
    (
        r#""votes_sequence":{"1":"#,
        r#""votes_sequence":{"1":[],"1":"#,
        "server 1 stands here twice",
    ),
    (r#"[[200,"#, r#"[["200","#, "expected i64"),
    (
        r#"[[200,"FOLLOWING",2"#,
        r#"[[200,"FOLLOWING",3"#,
        "leader 3, expected one of the servers",
    ),
    (
        r#",1,false]]"#,
        ",1]]",
        "invalid length 5, expected tuple struct DecisionTuple",
    ),
    (
        r#""winner_stable":true"#,
        r#""winner_stable":"yes""#,
        "expected a boolean",
    ),
    (
        r#""repeats":[]}"#,
        r#""repeats":[]"#,
        "EOF while parsing an object",
    ),
    (
        r#""repeats":[]}"#,
        r#""repeats":[]}}"#,
        "trailing characters",
    ),
    (
        r#""repeats":[]"#,
        r#""repeats":[{}]"#,
        "missing field `run`",
    ),
    (r#""repeats":[]"#, r#""repeats":{}"#, "expected a sequence"),
    (
        r#""id":"D-900""#,
        r#""id":"X-900""#,
        "does not say which release was recorded",
    ),
    (r#""id":"D-900""#, r#""id":900"#, "expected a string"),
    (
        r#""pattern":"gaps","#,
        "",
        "expected a recorded run or a recorded election",
    ),
    (
        r#""id":"D-900""#,
        r#""scenario":"Z""#,
        "expected a record of ZooKeeper's scenarios A to M",
    ),
    (
        r#""id":"D-900""#,
        r#""scenario":"C","run":1"#,
        "expected an object with a server id as each key",
    ),
];

#[test]
fn mistakes_say_where_what_and_what_was_expected() {
    recording("good.jsonl", GOOD);
    for (good, bad, says) in MISTAKES {
        assert!(GOOD.contains(good), "the good case has no {good}");
        let text = format!("{GOOD}\n\n{}\n", GOOD.replacen(good, bad, 1));
        let mistake = mistake(&text);
        assert_eq!(mistake.line, 3, "{mistake}");
        assert!(
            mistake.column >= 1 && mistake.column <= GOOD.len() + 20,
            "{mistake}"
        );
        assert!(
            mistake.to_string().contains(says),
            "{bad}: {mistake}\nshould say {says}"
        );
    }
}

#[test]
fn foreign_files_are_refused_in_their_first_line() {
    for (text, says) in [
        ("", "no record at all"),
        ("\n \n", "no record at all"),
        ("[1,2]", "expected a JSON object on each line"),
        ("title: something", "expected a JSON object on each line"),
        (
            "{\"topic\":\"t\",\"partitions\":3}",
            "expected a recorded run",
        ),
        (
            "{\"scenario\":\"no-such\",\"run\":1}",
            "expected a record of ZooKeeper's scenarios",
        ),
        ("\u{feff}{}", "expected a JSON object on each line"),
        ("{\"a\":", "EOF while parsing a value"),
    ] {
        let mistake = mistake(text);
        assert_eq!(mistake.line, 1, "{mistake}");
        assert!(
            mistake.to_string().contains(says),
            "{mistake}\nshould say {says}"
        );
    }
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    assert!(
        mistake(&format!("{{\"id\":{open}"))
            .says
            .contains("EOF while parsing")
    );
    assert!(
        mistake(&format!("{{\"id\":{open}{close}}}"))
            .says
            .contains("expected a recorded run")
    );
    let deep = GOOD.replace("\"sid\":1", &format!("\"sid\":{open}1{close}"));
    assert!(mistake(&deep).says.contains("expected i64"));
}

#[test]
fn size_is_bounded() {
    let limits = Limits {
        file: 2 * GOOD.len(),
        line: GOOD.len(),
        lines: 2,
        repeats: 1,
    };
    let refused = |text: &str| read("some.jsonl", text, None, limits).unwrap_err().says;
    assert!(refused(&"x".repeat(2 * GOOD.len() + 1)).contains("expected a recording of at most"));
    assert!(refused(&format!("{GOOD} ")).contains("bytes in one line"));
    assert!(refused("{}\n{}\n{}").contains("neither"));
    assert!(refused("\n\n\n").contains("more than 2 lines"));
    let repeat = concat!(
        r#"{"run":2,"started_at_ms":{"1":0},"looking_at_ms":{"1":1},"#,
        r#""votes_sequence":{},"decisions":{}}"#,
    );
    let two = GOOD.replace(r#""repeats":[]"#, &format!(r#""repeats":[{repeat}]"#));
    let long = Limits {
        file: 1 << 20,
        line: 1 << 20,
        ..limits
    };
    let says = read("some.jsonl", &two, None, long).unwrap_err().says;
    assert!(says.contains("more than 1 repeats"), "{says}");
}
