//! Recorded facts against simulated ones, over several seeds.
//!
//! A fact that was the same in every recorded run is looked up in every simulated one. It holds if
//! most seeds show it; how many do is kept, so that what holds in some only is not hidden. Three to
//! eight recorded runs call some facts stable that are a matter of timing by the recordings' own
//! text: those must be seen in some seed.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// By how much a recorded range of times is widened either way: from a third of its least to three
/// times its greatest. The simulated machines are quieter and busier than the recorded one by less.
pub const TIME_FACTOR: u64 = 3;

/// How a simulated value is compared with a recorded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// Equal.
    Equal,
    /// Everything recorded is there, in any order; more may be.
    Contains,
    /// Within the recorded range, widened.
    Range,
    /// One of those recorded.
    OneOf,
}

/// One recorded fact.
#[derive(Clone, Debug)]
struct Row {
    kind: &'static str,
    expected: Value,
    held: u32,
    played: u32,
    otherwise: Option<Value>,
}

/// All recorded facts of a scenario and release.
#[derive(Clone, Debug, Default)]
pub struct Score {
    rows: BTreeMap<String, Row>,
}

impl Score {
    /// Compares a recorded variant (or scenario) with one that was played, in the same shape.
    pub fn variant(&mut self, path: &str, recorded: &Value, played: &Value) {
        for (key, recorded) in recorded.as_object().into_iter().flatten() {
            let path = format!("{path}/{key}");
            let got = &played[key.as_str()];
            match key.as_str() {
                "title" | "setup" | "runs" | "n" | "data" | "last_counters" => {}
                "steps" => self.steps(&path, recorded, got),
                "winner"
                | "rejoin_leader"
                | "winner_after_recovery"
                | "leaders"
                | "votes_for_observers_anywhere"
                | "sids_heard_by_participants" => {
                    self.always(&path, recorded, got);
                }
                "stable" => self.object(&path, recorded, got),
                "timing_dependent" => self.times(&path, recorded, &played["ms"]),
                "new_epoch" if recorded.is_array() => {
                    self.each(&path, recorded, &played["stable"][key]);
                }
                "election_epoch" | "new_epoch" => {
                    self.check(
                        &path,
                        "round and epoch",
                        recorded,
                        &played["stable"][key],
                        By::Equal,
                    );
                }
                "round_of_final_decision" => {
                    let got = &played["stable"]["election_epoch"];
                    self.each(&path, recorded, got);
                }
                "ms_to_final_decision" => {
                    let range = range_of(recorded);
                    self.check(&path, "times", &range, &played["ms"][key], By::Range);
                }
                _ if recorded["stable"].is_object() => {
                    self.object(&path, &recorded["stable"], got);
                    let times = if got["ms"].is_null() {
                        &played["ms"]
                    } else {
                        &got["ms"]
                    };
                    self.times(&path, &recorded["timing_dependent"], times);
                }
                _ => {}
            }
        }
    }

    fn steps(&mut self, path: &str, recorded: &Value, played: &Value) {
        for (nth, step) in recorded.as_array().into_iter().flatten().enumerate() {
            let path = format!("{path}/{}", step["step"].as_str().unwrap_or_default());
            let got = &played[nth];
            self.object(
                &path,
                &step["servers_after_step"]["stable"],
                &got["servers_after_step"],
            );
            self.object(&path, &step["in_this_step"]["stable"], &got["in_this_step"]);
            self.object(&path, &step["stable"], &got["seen"]);
            self.times(&path, &step["timing_dependent"], &got["seen"]["ms"]);
            self.old_leader(&path, step, &got["seen"]);
        }
    }

    /// What a leader did that was stopped and goes on: its states, and when it was LOOKING.
    fn old_leader(&mut self, path: &str, step: &Value, got: &Value) {
        if step["states_of_old_leader"].is_array() {
            let path = format!("{path}/states_of_old_leader");
            let got = &got["states_of_old_leader"];
            self.always(&path, &step["states_of_old_leader"], got);
        }
        if let Some(runs) = step["ms_to_each_state_of_old_leader"].as_array() {
            let looking = runs.iter().map(|times| times[0].clone()).collect();
            let path = format!("{path}/old_leader_looking");
            let got = &got["ms"]["old_leader_looking"];
            self.check(&path, "times", &range_of(&looking), got, By::Range);
        }
    }

    /// `[{"value": x, "runs": n}]`: the same in every run only if it is the only one.
    fn always(&mut self, path: &str, recorded: &Value, got: &Value) {
        let all = recorded.as_array().map_or(0, Vec::len);
        let only = &recorded[0];
        let value = only.get("value").or_else(|| only.get("winner"));
        if let (1, Some(value)) = (all, value) {
            self.check(path, "winners", value, got, By::Equal);
        }
    }

    /// A list with one value per run, all the same.
    fn each(&mut self, path: &str, recorded: &Value, got: &Value) {
        let all = recorded.as_array().expect("one value per run");
        if all.iter().all(|value| value == &all[0]) {
            self.check(path, "round and epoch", &all[0], got, By::Equal);
        }
    }

    /// Recorded ranges `{min, max, values}`, wherever they stand.
    fn times(&mut self, path: &str, recorded: &Value, got: &Value) {
        for (key, recorded) in recorded.as_object().into_iter().flatten() {
            let path = format!("{path}/{key}");
            let got = &got[key.as_str()];
            if recorded["min"].is_u64() && !got.is_null() {
                self.check(&path, "times", recorded, got, By::Range);
            } else if recorded.is_object() && got.is_object() {
                self.times(&path, recorded, got);
            }
        }
    }

    /// Compares all that a recorded object says; what it does not say is not compared.
    pub fn object(&mut self, path: &str, expected: &Value, got: &Value) {
        for (key, expected) in expected.as_object().into_iter().flatten() {
            let path = format!("{path}/{key}");
            let got = got.get(key).unwrap_or(&Value::Null);
            if expected["votes_proposed"].is_array() && got.is_null() {
                // A server that was left in some recorded runs, and is not in this one.
                continue;
            }
            match key.as_str() {
                // What the disks were made from and who was started when.
                "seeds" | "started_first" | "started_then" => {}
                "files_after_sync" | "files_at_end" => self.each_of(&path, "files", expected, got),
                "learner_log" => {
                    let expected = without_attempts(expected);
                    self.each_of(&path, "learner's lines", &expected, got);
                }
                "log_notes" => self.lines(&path, expected, got),
                "notifications_received_in_every_run" => self.notifications(&path, expected, got),
                _ => match kind_of(key) {
                    Some((kind, by)) => self.check(&path, kind, expected, got, by),
                    None if expected.is_object() => self.object(&path, expected, got),
                    None => self.check(&path, "other", expected, got, By::Equal),
                },
            }
        }
    }

    /// One value per server.
    fn each_of(&mut self, path: &str, kind: &'static str, expected: &Value, got: &Value) {
        for (sid, expected) in expected.as_object().into_iter().flatten() {
            let path = format!("{path}/{sid}");
            self.check(&path, kind, expected, &got[sid.as_str()], By::Equal);
        }
    }

    /// `[{"value": x, "runs": n}, …]` per server: what is played must be one of them.
    pub fn one_of(&mut self, path: &str, kind: &'static str, recorded: &Value, got: &Value) {
        for (sid, values) in recorded.as_object().into_iter().flatten() {
            let values = values.as_array().into_iter().flatten();
            let values = values.map(|one| without_attempts(&one["value"])).collect();
            let path = format!("{path}/{sid}");
            self.check(
                &path,
                kind,
                &Value::Array(values),
                &got[sid.as_str()],
                By::OneOf,
            );
        }
    }

    /// Notifications, each a fact of its own.
    fn notifications(&mut self, path: &str, expected: &Value, got: &Value) {
        for one in expected.as_array().into_iter().flatten() {
            let path = format!("{path}/{one}");
            let one = Value::Array(vec![one.clone()]);
            self.check(&path, "notifications", &one, got, By::Contains);
        }
    }

    /// Log lines, each a fact of its own; those that stand for no fact are left out.
    fn lines(&mut self, path: &str, expected: &Value, got: &Value) {
        for line in expected.as_array().into_iter().flatten() {
            if let Some(line) = plain_line(line) {
                let got = got.as_array().into_iter().flatten();
                let got: Vec<Value> = got.filter_map(plain_line).collect();
                let path = format!("{path}/{}", line[1].as_str().unwrap_or_default());
                let expected = Value::Array(vec![line]);
                self.check(
                    &path,
                    "log lines",
                    &expected,
                    &Value::Array(got),
                    By::Contains,
                );
            }
        }
    }

    fn check(&mut self, path: &str, kind: &'static str, expected: &Value, got: &Value, by: By) {
        let holds = match by {
            By::Equal => same(expected, got),
            By::Contains => contains(expected, got),
            By::Range => within(expected, got),
            By::OneOf => expected.as_array().is_some_and(|all| all.contains(got)),
        };
        let row = self.rows.entry(path.to_string()).or_insert_with(|| Row {
            kind,
            expected: expected.clone(),
            held: 0,
            played: 0,
            otherwise: None,
        });
        row.played += 1;
        row.held += u32::from(holds);
        if !holds {
            row.otherwise.get_or_insert_with(|| got.clone());
        }
    }

    /// The facts that should hold and do not: what the recording's own text calls a matter of
    /// timing (notifications heard, attempts refused) must be seen in some seed, everything else in
    /// most.
    pub fn misses(&self) -> Vec<(&str, String)> {
        let missed = |row: &Row| row.held == 0 || !row.is_timing() && !row.holds();
        let missed = self.rows.iter().filter(|(_, row)| missed(row));
        missed
            .map(|(path, row)| (path.as_str(), line(path, row)))
            .collect()
    }

    /// The matters of timing that most seeds do not show.
    pub fn rare(&self) -> Vec<String> {
        let rare = |row: &Row| row.is_timing() && row.held > 0 && !row.holds();
        let rare = self.rows.iter().filter(|(_, row)| rare(row));
        rare.map(|(path, row)| line(path, row)).collect()
    }

    /// The facts that most seeds show, but not all.
    pub fn unsteady(&self) -> Vec<String> {
        let some = |(_, row): &(&String, &Row)| row.holds() && row.held < row.played;
        let some = self.rows.iter().filter(some);
        some.map(|(path, row)| line(path, row)).collect()
    }

    /// Per kind of fact: how many were compared, hold in most seeds, in all, in none.
    pub fn table(&self) -> BTreeMap<&'static str, [u32; 4]> {
        let mut table: BTreeMap<&'static str, [u32; 4]> = BTreeMap::new();
        for row in self.rows.values() {
            let counts = table.entry(row.kind).or_default();
            counts[0] += 1;
            counts[1] += u32::from(row.holds());
            counts[2] += u32::from(row.held == row.played);
            counts[3] += u32::from(row.held == 0);
        }
        table
    }

    /// Takes in the facts of another scenario.
    pub fn extend(&mut self, other: Score) {
        self.rows.extend(other.rows);
    }
}

impl Row {
    fn is_timing(&self) -> bool {
        ["notifications", "number of notifications", "log lines"].contains(&self.kind)
    }

    fn holds(&self) -> bool {
        2 * self.held > self.played
    }
}

fn line(path: &str, row: &Row) -> String {
    let got = row.otherwise.as_ref().unwrap_or(&Value::Null);
    let Row {
        held,
        played,
        expected,
        ..
    } = row;
    format!("{path}: in {held} of {played}; recorded {expected}, else {got}")
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, [compared, most, all, none]) in self.table() {
            writeln!(
                f,
                "{kind}: {compared} compared, {most} in most seeds, {all} in all, {none} in none"
            )?;
        }
        Ok(())
    }
}

/// What kind of fact a key holds, and how it is compared.
fn kind_of(key: &str) -> Option<(&'static str, By)> {
    Some(match key {
        "state" | "srvr_mode" | "mode" => ("state", By::Equal),
        "srvr_zxid" | "zxid" => ("zxid", By::Equal),
        "votes_proposed" => ("votes", By::Equal),
        "decisions" => ("decisions", By::Equal),
        "states" => ("states in order", By::Equal),
        "number_of_notifications_received" => ("number of notifications", By::Equal),
        "acceptedEpoch" | "currentEpoch" => ("epoch files", By::Equal),
        "election_epoch" | "new_epoch" | "round" | "peer_epoch" => ("round and epoch", By::Equal),
        "leader" | "killed" => ("winners", By::Equal),
        "files" => ("files", By::Equal),
        "kind"
        | "op_zxid"
        | "via"
        | "max_committed_log"
        | "min_committed_log"
        | "leader_last_processed"
        | "peer_last_zxid"
        | "refused"
        | "leader_zxid_in_line" => ("what the leader sent", By::Equal),
        "txns" | "first" | "last" | "nodes" | "last_nodes" => ("contents of files", By::Equal),
        "trees_equal" | "number_of_nodes" => ("trees", By::Equal),
        "czxid" => ("zxid", By::Equal),
        _ => return None,
    })
}

/// A log line without what differs in spelling only, or `None` for one that stands for no fact.
fn plain_line(line: &Value) -> Option<Value> {
    let text = line[1].as_str()?;
    let about_sockets = [
        "Unexpected exception causing shutdown while sock still open",
        "Unexpected exception in LearnerHandler",
        "Exception while shutting down acceptor",
    ];
    if about_sockets.iter().any(|other| text.starts_with(other)) {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let text = text.split(", 1 concurrent").next().unwrap_or_default();
    Some(Value::Array(vec![line[0].clone(), Value::from(text)]))
}

/// Lines of a learner without those about attempts to connect that were refused.
fn without_attempts(lines: &Value) -> Value {
    match lines {
        Value::Array(all) => {
            let attempt = |line: &&Value| {
                let text = line.as_str().unwrap_or_default();
                !text.starts_with("Unexpected exception, tries=")
            };
            Value::Array(all.iter().filter(attempt).cloned().collect())
        }
        Value::Object(all) => {
            let all = all
                .iter()
                .map(|(sid, lines)| (sid.clone(), without_attempts(lines)));
            Value::Object(all.collect())
        }
        other => other.clone(),
    }
}

/// Equal, where the recording says "null in every run" for null, and null for what the recorder
/// could not read.
fn same(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::String(text), Value::Null) => text == "null in every run",
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_null() || same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let equal = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.iter().all(equal)
        }
        _ => expected == got,
    }
}

fn contains(expected: &Value, got: &Value) -> bool {
    let (Some(expected), Some(got)) = (expected.as_array(), got.as_array()) else {
        return same(expected, got);
    };
    expected.iter().all(|one| got.contains(one))
}

fn within(range: &Value, got: &Value) -> bool {
    let (Some(min), Some(max)) = (range["min"].as_u64(), range["max"].as_u64()) else {
        return false;
    };
    let widened = min / TIME_FACTOR..=max * TIME_FACTOR;
    got.as_u64().is_some_and(|ms| widened.contains(&ms))
}

/// The range of a list with one time per run.
fn range_of(values: &Value) -> Value {
    let all = values
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64);
    let (min, max) = (all.clone().min(), all.max());
    serde_json::json!({ "min": min, "max": max })
}
