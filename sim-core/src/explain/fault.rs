//! Acts from outside as sentences.

use crate::base::{NodeId, Port};
use crate::engine::{DiskFault, Fault, Latency, LinkSet, Message, MessageAct};
use crate::explain::record::whoever;
use crate::explain::{Names, Sentence, Value, text_world as text};
use crate::zookeeper::{Msg, port};

/// A fault as a sentence.
pub fn fault(fault: &Fault, names: &Names) -> Sentence {
    let who = |text, node: NodeId| Sentence::new(text).with("who", whoever(node, names));
    let link = |text, set: &LinkSet| Sentence::new(text).with("link", path(set, names));
    match fault {
        Fault::Start(node) => who(&text::START, *node),
        Fault::Crash(node) => who(&text::CRASH, *node),
        Fault::PowerLoss(host) => Sentence::new(&text::POWER_LOSS)
            .with("host", Value::Name(names.host(*host)))
            .with("nodes", all(names.on_host(*host), names)),
        Fault::Pause(node) => who(&text::PAUSE, *node),
        Fault::Resume(node) => who(&text::RESUME, *node),
        Fault::Partition(groups) => {
            let group =
                |nodes: &Vec<NodeId>| Sentence::new(&text::GROUP).with("nodes", all(nodes, names));
            let groups = groups.iter().map(group).collect();
            Sentence::new(&text::PARTITION).with("groups", Value::Clauses(groups))
        }
        Fault::Cut(set) => link(&text::CUT, set),
        Fault::Swallow(set) => link(&text::SWALLOW, set),
        Fault::Reject(set) => link(&text::REJECT, set),
        Fault::Heal(set) => link(&text::HEAL, set),
        Fault::Latency(set, Some(latency)) => {
            link(&text::SLOW_LINK, set).with("span", takes(latency))
        }
        Fault::Latency(set, None) => link(&text::USUAL_LINK, set),
        Fault::Reset(set) => link(&text::RESET_LINK, set),
        Fault::Message(message, act) => Sentence::new(&text::MESSAGE)
            .with("kind", Value::Name(Msg::kind_name(message.kind).into()))
            .with("nth", Value::Number(i64::from(message.nth) + 1))
            .with("from", whoever(message.from, names))
            .with("to", whoever(message.to, names))
            .with("port", Value::Name(port::name(message.port).into()))
            .with("act", done_to(*act)),
        Fault::Disk(node, fault) => disk(*node, fault, names),
        Fault::Wipe(node) => who(&text::WIPED, *node),
        Fault::WallJump(host, nanos) => Sentence::new(&text::WALL_JUMP)
            .with("host", Value::Name(names.host(*host)))
            .with("span", Value::Name(signed(*nanos))),
        Fault::Drift(host, ppm) => Sentence::new(&text::DRIFT)
            .with("host", Value::Name(names.host(*host)))
            .with("ppm", Value::Number(i64::from(*ppm))),
        Fault::SlowLane(node, _, Some(latency)) => {
            who(&text::SLOW_LANE, *node).with("span", takes(latency))
        }
        Fault::SlowLane(node, _, None) => who(&text::USUAL_LANE, *node),
    }
}

/// The verb of a record's text of a fault, in small letters: `crash` of `Crash(n2)` and of
/// `{"crash": "zk3"}`.
pub(super) fn verb(text: &str) -> String {
    let word = |c: char| c.is_ascii_alphabetic() || c == '_';
    let start = text.find(word).unwrap_or(text.len());
    let rest = &text[start..];
    let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
    rest[..end].to_ascii_lowercase()
}

/// A fault as a record has it: acts on one process in words, others as they are written.
pub(super) fn recorded(act: &str, node: NodeId, names: &Names) -> Sentence {
    let text = match verb(act).as_str() {
        "start" => &text::START,
        "crash" => &text::CRASH,
        "pause" => &text::PAUSE,
        "resume" => &text::RESUME,
        "wipe" => &text::WIPED,
        _ => return Sentence::new(&text::FAULTED).with("act", Value::Name(act.into())),
    };
    Sentence::new(text).with("who", whoever(node, names))
}

fn all(nodes: &[NodeId], names: &Names) -> Value {
    let clause = |node: &NodeId| match whoever(*node, names) {
        Value::Clause(clause) => *clause,
        _ => unreachable!("whoever answers with a clause"),
    };
    Value::Clauses(nodes.iter().map(clause).collect())
}

fn path(set: &LinkSet, names: &Names) -> Value {
    let end = |node: Option<NodeId>| {
        node.map_or(Value::Word(&text::ANYWHERE), |node| whoever(node, names))
    };
    let on = |port: Port| {
        let name = Value::Name(port::name(port).into());
        Value::Clause(Box::new(Sentence::new(&text::ON_PORT).with("port", name)))
    };
    let link = Sentence::new(&text::LINK)
        .with("from", end(set.from))
        .with("to", end(set.to))
        .with("port", set.port.map_or(Value::Word(&text::NOTHING), on));
    Value::Clause(Box::new(link))
}

fn done_to(act: MessageAct) -> Value {
    Value::Word(match act {
        MessageAct::Hold => &text::HELD,
        MessageAct::Deliver => &text::LET_GO,
        MessageAct::Drop => &text::DROPPED,
        MessageAct::Duplicate => &text::DUPLICATED,
        MessageAct::Reorder => &text::REORDERED,
    })
}

fn disk(node: NodeId, fault: &DiskFault, names: &Names) -> Sentence {
    let who = |text| Sentence::new(text).with("who", whoever(node, names));
    match fault {
        DiskFault::None => who(&text::DISK_WORKS),
        DiskFault::Slow(latency) => who(&text::DISK_SLOW).with("span", takes(latency)),
        DiskFault::Stall => who(&text::DISK_STALLS),
        DiskFault::Full(bytes) => who(&text::DISK_FULL).with("bytes", Value::Number(*bytes as i64)),
        DiskFault::Fail => who(&text::DISK_FAILS),
        DiskFault::TearNext => who(&text::DISK_TEARS),
    }
}

fn takes(latency: &Latency) -> Value {
    let span = |span: &crate::base::Span| Value::Name(span.to_string().into());
    let clause = match latency {
        Latency::Fixed(fixed) => Sentence::new(&text::FIXED).with("span", span(fixed)),
        Latency::Uniform { min, max } => Sentence::new(&text::UNIFORM)
            .with("min", span(min))
            .with("max", span(max)),
        Latency::Exponential { min, mean }
        | Latency::LogNormal {
            min, median: mean, ..
        } => Sentence::new(&text::SPREAD)
            .with("min", span(min))
            .with("mean", span(mean)),
    };
    Value::Clause(Box::new(clause))
}

fn signed(nanos: i64) -> Box<str> {
    let sign = if nanos < 0 { "-" } else { "+" };
    format!("{sign}{}", crate::base::Span(nanos.unsigned_abs())).into()
}
