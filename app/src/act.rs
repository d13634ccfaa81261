//! Acts of a scenario in a few words of both languages: titles of beats, lines of hands, names of branches.

use crate::command::Language;
use sim_core::engine::{DiskFault, MessageAct};
use sim_core::scenario::act::{Act, End, Link, Links, MessageName, NodeRef, Nodes, Operation};
use sim_core::zookeeper::Msg;
use views::words::{text, with};

/// An act in a few words: `kill zk3`.
pub fn title(lang: Language, act: &Act) -> String {
    let verb = verb(lang, act);
    let what = what(lang, act);
    match act {
        Act::Call(call) => with(
            lang,
            "act.by_client",
            &[("client", &call.by), ("verb", &verb), ("what", &what)],
        ),
        _ => format!("{verb} {what}").trim_end().to_owned(),
    }
}

/// Several acts in a few words.
pub fn titles(lang: Language, acts: &[Act]) -> String {
    let all: Vec<String> = acts.iter().map(|act| title(lang, act)).collect();
    all.join(&text(lang, "act.between"))
}

fn verb(lang: Language, act: &Act) -> String {
    let key = match act {
        Act::Start(_) => "view.act_start",
        Act::Crash(_) => "view.act_crash",
        Act::Restart(_) => "view.act_restart",
        Act::PowerLoss(_) => "view.act_power_loss",
        Act::Pause(_) => "view.act_pause",
        Act::Resume(_) => "view.act_resume",
        Act::Partition(_) => "view.act_partition",
        Act::Cut(_) => "view.act_cut",
        Act::Swallow(_) => "view.act_swallow",
        Act::Reject(_) => "view.act_reject",
        Act::Heal(_) => "view.act_heal",
        Act::Reset(_) => "view.act_reset",
        Act::Latency(..) => "view.act_latency",
        Act::Message(_, MessageAct::Hold) => "view.act_hold",
        Act::Message(_, MessageAct::Deliver) => "view.act_deliver",
        Act::Message(_, MessageAct::Drop) => "view.act_drop",
        Act::Message(_, MessageAct::Duplicate) => "view.act_duplicate",
        Act::Message(_, MessageAct::Reorder) => "view.act_reorder",
        Act::Disk(_, DiskFault::None) => "view.act_mend_disk",
        Act::Disk(_, DiskFault::Slow(_)) => "view.act_slow_disk",
        Act::Disk(_, DiskFault::Stall) => "view.act_stall_disk",
        Act::Disk(_, DiskFault::Full(_)) => "view.act_fill_disk",
        Act::Disk(_, DiskFault::Fail) => "view.act_fail_disk",
        Act::Disk(_, DiskFault::TearNext) => "view.act_tear_disk",
        Act::Wipe(_) => "view.act_wipe",
        Act::WallJump(..) => "act.wall_jump",
        Act::Drift(..) => "act.drift",
        Act::SlowLane { .. } => "view.act_slow_thread",
        Act::Tamper(..) => "act.tamper",
        Act::Connect(_) => "act.connect",
        Act::TakeOver { .. } => return "take over".to_owned(),
        Act::Call(call) => return call.operation.verb().to_owned(),
        Act::Kafka(_) => return "kafka".to_owned(),
    };
    text(lang, key).into_owned()
}

fn what(lang: Language, act: &Act) -> String {
    match act {
        Act::Start(those)
        | Act::Crash(those)
        | Act::Restart(those)
        | Act::PowerLoss(those)
        | Act::Pause(those)
        | Act::Resume(those)
        | Act::Wipe(those)
        | Act::Disk(those, _)
        | Act::Tamper(those, _) => nodes(lang, those),
        Act::SlowLane { nodes: those, .. } => nodes(lang, those),
        Act::WallJump(those, by) => {
            let sign = if *by < 0 { "−" } else { "+" };
            let span = sim_core::base::Span(by.unsigned_abs());
            format!("{} {sign}{span}", nodes(lang, those))
        }
        Act::Drift(those, ppm) => format!("{} {ppm:+} ppm", nodes(lang, those)),
        Act::Partition(groups) => {
            let groups: Vec<String> = groups.iter().map(|group| nodes(lang, group)).collect();
            groups.join(" | ")
        }
        Act::Cut(those)
        | Act::Swallow(those)
        | Act::Reject(those)
        | Act::Heal(those)
        | Act::Reset(those)
        | Act::Latency(those, _) => links(lang, those),
        Act::Message(name, _) => message(name),
        Act::Connect(client) => client.to_string(),
        Act::TakeOver { client, of, .. } => format!("{client} ← {of}"),
        Act::Call(call) => path(&call.operation).to_owned(),
        Act::Kafka(_) => String::new(),
    }
}

fn nodes(lang: Language, nodes: &Nodes) -> String {
    let name = |node: &NodeRef| one(lang, node);
    match nodes {
        Nodes::One(node) => name(node),
        Nodes::Each(each) => {
            let each: Vec<String> = each.iter().map(name).collect();
            each.join(&text(lang, "act.between"))
        }
        Nodes::All => text(lang, "act.all").into_owned(),
        Nodes::Followers => text(lang, "act.followers").into_owned(),
        Nodes::Others => text(lang, "act.others").into_owned(),
    }
}

fn one(lang: Language, node: &NodeRef) -> String {
    match node {
        NodeRef::Named(name) => name.to_string(),
        NodeRef::Leader => text(lang, "act.leader").into_owned(),
    }
}

fn links(lang: Language, links: &Links) -> String {
    let end = |end: &End| match end {
        End::Any => text(lang, "act.any").into_owned(),
        End::Node(node) => one(lang, node),
    };
    let link = |link: &Link| {
        let arrow = if link.both_ways { "↔" } else { "→" };
        format!("{} {arrow} {}", end(&link.from), end(&link.to))
    };
    let all: Vec<String> = links.links.iter().map(link).collect();
    all.join(&text(lang, "act.between"))
}

fn message(name: &MessageName) -> String {
    let kind = <Msg as sim_core::engine::Message>::kind_name(name.kind);
    format!("{kind} {} → {}", name.from, name.to)
}

fn path(operation: &Operation) -> &str {
    match operation {
        Operation::Create { path, .. }
        | Operation::Set { path, .. }
        | Operation::Delete { path, .. }
        | Operation::Check { path, .. }
        | Operation::Get { path, .. }
        | Operation::Exists { path, .. }
        | Operation::Children { path, .. }
        | Operation::SetAcl { path, .. }
        | Operation::GetAcl { path }
        | Operation::Sync { path } => path,
        Operation::AddAuth { scheme, .. } => scheme,
        Operation::Multi(_) | Operation::Close => "",
    }
}
