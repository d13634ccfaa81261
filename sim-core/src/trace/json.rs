//! Records as JSON Lines, for other programs and for eyes. Converted from the binary form, never
//! the other way.

use crate::base::{NodeId, Span};
use crate::trace::{Record, What};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// How numbers are called in a JSON line.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// Nodes, by their ids.
    pub nodes: &'a [String],
    /// Kinds of messages.
    pub kind: fn(u8) -> &'static str,
}

impl Names<'_> {
    fn node(&self, node: NodeId) -> Value {
        match self.nodes.get(node.index()) {
            Some(name) => name.as_str().into(),
            None if node == NodeId::OUTSIDE => Value::Null,
            None => format!("{node:?}").into(),
        }
    }
}

/// One record as one line, without the line's end. Times are in whole nanoseconds (`at_ns`) and as
/// text (`at`).
pub fn json_line<F: Serialize>(record: &Record<F>, names: &Names<'_>) -> String {
    Value::Object(json_object(record, names)).to_string()
}

/// The same as an object, to which others may add.
pub fn json_object<F: Serialize>(record: &Record<F>, names: &Names<'_>) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("step".into(), record.step.0.into());
    line.insert("at".into(), Span(record.at.0).to_string().into());
    line.insert("at_ns".into(), record.at.0.into());
    line.insert("node".into(), names.node(record.node));
    line.insert("cause".into(), record.cause.0.into());
    if !record.because.is_empty() {
        let because: Vec<u64> = record.because.iter().map(|step| step.0).collect();
        line.insert("because".into(), because.into());
    }
    put_what(&mut line, &record.what, names);
    line
}

fn put_what<F: Serialize>(line: &mut Map<String, Value>, what: &What<F>, names: &Names<'_>) {
    let message = |peer: &str, node: NodeId, port: u16, kind: u8, nth: u32| {
        json!({
            peer: names.node(node), "port": port, "kind": (names.kind)(kind), "nth": nth
        })
    };
    let (name, values) = match what {
        What::Booted => ("booted", json!({})),
        What::Accepted { conn, from, port } => (
            "accepted",
            json!({ "conn": conn.0, "from": names.node(*from), "port": port.0 }),
        ),
        What::Opened { conn } => ("opened", json!({ "conn": conn.0 })),
        What::Refused { conn } => ("refused", json!({ "conn": conn.0 })),
        What::Delivered {
            conn,
            from,
            port,
            kind,
            nth,
        } => {
            line.insert("conn".into(), conn.0.into());
            ("delivered", message("from", *from, port.0, *kind, *nth))
        }
        What::Closed { conn, why } => {
            let why = ["peer_closed", "reset", "broken"].get(usize::from(*why));
            ("closed", json!({ "conn": conn.0, "why": why }))
        }
        What::Fired { timer } => ("fired", json!({ "timer": format!("{timer:016x}") })),
        What::Handed { lane } => ("handed", json!({ "lane": lane.0 })),
        What::Written { ok } => ("written", json!({ "ok": ok })),
        What::Called { call } => ("called", json!({ "call": call.0 })),
        What::Sent {
            conn,
            to,
            port,
            kind,
            nth,
        } => {
            line.insert("conn".into(), conn.0.into());
            ("sent", message("to", *to, port.0, *kind, *nth))
        }
        What::Lost {
            conn,
            to,
            port,
            kind,
            nth,
        } => {
            line.insert("conn".into(), conn.0.into());
            ("lost", message("to", *to, port.0, *kind, *nth))
        }
        What::Dialled { conn, to, port } => (
            "dialled",
            json!({ "conn": conn.0, "to": names.node(*to), "port": port.0 }),
        ),
        What::Hung { conn } => ("hung", json!({ "conn": conn.0 })),
        What::Replied { call } => ("replied", json!({ "call": call.0 })),
        What::Exited { code } => ("exited", json!({ "code": code })),
        What::Fact(fact) => {
            let fact = serde_json::to_value(fact).unwrap_or(Value::Null);
            ("fact", json!({ "fact": fact }))
        }
        What::Faulted(text) => ("faulted", json!({ "fault": text })),
    };
    line.insert("what".into(), name.into());
    if let Value::Object(values) = values {
        line.extend(values);
    }
}
