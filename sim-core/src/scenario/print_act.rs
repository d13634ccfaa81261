//! Acts, operations, nodes, links and latencies back to text.

use crate::base::Span;
use crate::engine::{DiskFault, Latency, Message};
use crate::scenario::act::{Act, Data, End, Link, Links, MessageName, NodeRef, Nodes, Operation};
use crate::scenario::format::{ClientCall, Json};
use crate::scenario::print::{Object, signed_span};
use crate::scenario::print_predicate::zxid_json;
use crate::scenario::words::Word;
use crate::zookeeper::ServerOp;

/// Nodes as a value.
pub(super) fn nodes_json(nodes: &Nodes) -> Json {
    match nodes {
        Nodes::One(one) => one.text().into(),
        Nodes::Each(each) => Json::List(each.iter().map(|one| one.text().into()).collect()),
        Nodes::All => "all".into(),
        Nodes::Followers => "followers".into(),
        Nodes::Others => "others".into(),
    }
}

/// A latency as a value.
pub(super) fn latency_json(latency: &Latency) -> Json {
    let named = |name: &str, value: Json| Object::default().put(name, value).done();
    match *latency {
        Latency::Fixed(span) => span.into(),
        Latency::Uniform { min, max } => named("uniform", Json::List(vec![min.into(), max.into()])),
        Latency::Exponential { min, mean } => {
            let object = Object::default().put("min", min).put("mean", mean);
            named("exponential", object.done())
        }
        Latency::LogNormal {
            min,
            median,
            sigma_milli,
        } => {
            let sigma = format!("{}.{:03}", sigma_milli / 1000, sigma_milli % 1000);
            let object = Object::default()
                .put("min", min)
                .put("median", median)
                .put("sigma", Json::Number(sigma.into()));
            named("log_normal", object.done())
        }
    }
}

/// A link as a file writes it.
pub(super) fn link_text(link: &Link) -> String {
    let end = |end: &End| match end {
        End::Node(NodeRef::Leader) => "leader".to_owned(),
        End::Node(NodeRef::Named(name)) => name.to_string(),
        End::Any => "all".to_owned(),
    };
    match (&link.from, &link.to, link.both_ways) {
        (from, End::Any, true) => end(from),
        (from, to, true) => format!("{} <-> {}", end(from), end(to)),
        (from, to, false) => format!("{} -> {}", end(from), end(to)),
    }
}

fn links_fields(verb: &str, links: &Links) -> Object {
    Object::default().one_or_many(verb, &links.links, |link| link_text(link).into())
}

fn port(links: &Links) -> Option<&'static str> {
    links.port.map(Word::word)
}

/// A message by kind, ends and number.
pub(super) fn message_fields(verb: &str, message: &MessageName) -> Object {
    let nth = (message.nth != 1).then_some(i64::from(message.nth));
    Object::default()
        .put(verb, crate::zookeeper::Msg::kind_name(message.kind))
        .put("from", &message.from)
        .put("to", &message.to)
        .maybe("nth", nth)
}

fn latency_or_usual(latency: Option<&Latency>) -> Json {
    latency.map_or_else(|| "usual".into(), latency_json)
}

/// An act.
pub(super) fn act_json(act: &Act) -> Json {
    let verb = act.verb();
    let object = Object::default();
    let object = match act {
        Act::Start(nodes)
        | Act::Crash(nodes)
        | Act::Restart(nodes)
        | Act::PowerLoss(nodes)
        | Act::Pause(nodes)
        | Act::Resume(nodes)
        | Act::Wipe(nodes) => object.put(verb, nodes_json(nodes)),
        Act::Partition(groups) => object.some(verb, groups, nodes_json),
        Act::Cut(links)
        | Act::Swallow(links)
        | Act::Reject(links)
        | Act::Heal(links)
        | Act::Reset(links) => links_fields(verb, links).maybe("port", port(links)),
        Act::Latency(links, latency) => links_fields(verb, links)
            .put("is", latency_or_usual(latency.as_ref()))
            .maybe("port", port(links)),
        Act::Message(message, _) => message_fields(verb, message),
        Act::Disk(nodes, fault) => {
            let object = object.put(verb, nodes_json(nodes));
            match fault {
                DiskFault::Slow(time) => object.put("sync_time", latency_json(time)),
                DiskFault::Full(bytes) => object.put("bytes", *bytes as i64),
                DiskFault::None | DiskFault::Stall | DiskFault::Fail | DiskFault::TearNext => {
                    object
                }
            }
        }
        Act::WallJump(nodes, nanos) => object
            .put(verb, nodes_json(nodes))
            .put("by", signed_span(*nanos)),
        Act::Drift(nodes, ppm) => object
            .put(verb, nodes_json(nodes))
            .put("ppm", i64::from(*ppm)),
        Act::SlowLane { nodes, lane, delay } => object
            .put(verb, nodes_json(nodes))
            .maybe("thread", lane.map(Word::word))
            .put("delay", latency_or_usual(delay.as_ref())),
        Act::Tamper(nodes, op) => {
            let object = object.put(verb, nodes_json(nodes));
            match *op {
                ServerOp::ForceLeading | ServerOp::QuitFollowing => object,
                ServerOp::FalsifyVote { zxid, round } => object
                    .maybe("zxid", zxid.map(zxid_json))
                    .maybe("round", round.map(|round| round.0)),
                ServerOp::AdvanceCounter(counter) => object.put("counter", i64::from(counter)),
            }
        }
        Act::Connect(client) => object.put(verb, client),
        Act::TakeOver {
            client,
            of,
            wrong_password,
        } => object
            .put(verb, client)
            .put("session_of", of)
            .maybe("wrong_password", wrong_password.then_some(true)),
        Act::Call(call) => call_fields(call),
        Act::Kafka(value) => object.put(verb, value.clone()),
    };
    object.done()
}

fn call_fields(call: &ClientCall) -> Object {
    match &call.operation {
        Operation::Close => Object::default().put("close", &call.by),
        operation => operation_fields(operation).put("by", &call.by),
    }
    .maybe("as", call.name.as_ref())
}

fn operation_fields(operation: &Operation) -> Object {
    let verb = operation.verb();
    let object = Object::default();
    let version = |version: &Option<i32>| version.map(i64::from);
    match operation {
        Operation::Create {
            path,
            data,
            ephemeral,
            sequential,
            container,
            ttl_ms,
            acl,
        } => {
            let data = (*data != Data::Text("".into())).then(|| data_json(data));
            object
                .put(verb, path)
                .maybe("data", data)
                .flag("ephemeral", *ephemeral)
                .flag("sequential", *sequential)
                .flag("container", *container)
                .maybe(
                    "ttl",
                    ttl_ms.map(|ms| Span::from_millis(ms as u64).to_string()),
                )
                .maybe("acl", (!acl.is_open()).then(|| acl.to_string()))
        }
        Operation::SetAcl {
            path,
            acl,
            version: wanted,
        } => object
            .put(verb, path)
            .put("acl", acl.to_string())
            .maybe("version", version(wanted)),
        Operation::GetAcl { path } => object.put(verb, path),
        Operation::AddAuth { scheme, auth } => object
            .put(verb, auth)
            .maybe("scheme", (**scheme != *"digest").then_some(scheme)),
        Operation::Set {
            path,
            data,
            version: wanted,
        } => object
            .put(verb, path)
            .put("data", data_json(data))
            .maybe("version", version(wanted)),
        Operation::Delete {
            path,
            version: wanted,
        } => object.put(verb, path).maybe("version", version(wanted)),
        Operation::Check { path, version } => {
            object.put(verb, path).put("version", i64::from(*version))
        }
        Operation::Get { path, watch }
        | Operation::Exists { path, watch }
        | Operation::Children { path, watch } => object.put(verb, path).flag("watch", *watch),
        Operation::Sync { path } => object.put(verb, path),
        Operation::Multi(parts) => object.some(verb, parts, |part| operation_fields(part).done()),
        Operation::Close => object,
    }
}

fn data_json(data: &Data) -> Json {
    match data {
        Data::Text(text) => text.into(),
        Data::Bytes(bytes) => Object::default().put("bytes", i64::from(*bytes)).done(),
    }
}
