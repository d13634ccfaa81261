//! Why what is selected is so: the record it stands on, and the chain from there.
//!
//! Nothing is decided here: a mark leads to a step by what was recorded, and `sim_core::explain` follows the links back.

use crate::command::Language;
use crate::lesson::{self, telling};
use crate::session::Session;
use crate::show::{Hop, Why};
use sim_core::base::{NodeId, StepIndex};
use sim_core::cluster::Fact;
use sim_core::explain::{Limits, Reason, Records, sentence, why_record};
use sim_core::invariant::PROPERTIES;
use sim_core::trace::{Record, What};
use sim_core::zookeeper::{Fact as Zk, Zxid};
use views::mark::{Mark, MessageId};
use views::words::{text, with};

/// How many steps back a transaction is looked for.
const LOOK_BACK: u64 = 100_000;

/// Why what a mark stands for is so.
pub fn why(session: &Session, mark: Option<Mark>, lang: Language) -> Why {
    let here = session.position();
    let about = about(session, mark, lang);
    let Some(record) = record(session, mark, here) else {
        return Why {
            about,
            hops: Vec::new(),
            nothing: Some(text(lang, "lesson.no_reason").into_owned()),
        };
    };
    let chain = why_record(
        &record,
        session.records(),
        session.names(),
        Limits::default(),
    );
    let hop = |(depth, reason): (u32, &Reason)| Hop {
        depth,
        step: reason.step,
        at: reason.at,
        node: reason.node,
        text: reason.sentence.render(lang),
        again: reason.again,
        cut: reason.cut,
        mark: Mark::Step(reason.step),
    };
    Why {
        about,
        hops: chain.walk().into_iter().map(hop).collect(),
        nothing: None,
    }
}

/// The record that a mark stands on.
fn record(session: &Session, mark: Option<Mark>, here: StepIndex) -> Option<Record<Fact>> {
    let step = match mark {
        None => session.telling_at(here, None)?,
        Some(Mark::Step(step)) => step,
        Some(Mark::Node(node)) => session.telling_at(here, Some(node))?,
        Some(Mark::Message(id)) => return sending(session, id),
        Some(Mark::Vote { at, of }) => {
            let server = session.world().node(at)?.zk_server()?;
            let election = server.election()?;
            let tables = [election.recvset(), election.out_of_election()];
            let told = tables.into_iter().flatten().find_map(|table| table.get(of));
            match told {
                Some(ballot) => ballot.by,
                None => session.telling_at(here, Some(at))?,
            }
        }
        Some(Mark::Link { from, to }) => link(session, from, to, here)?,
        Some(Mark::Entry { at, zxid }) => return entry(session, at, zxid, here),
        Some(Mark::Beat(index)) => lesson::beats(session).get(index)?.place?.step,
        Some(Mark::Ask(index)) => {
            let mut asked = session.director().asked().iter();
            asked.find(|it| it.index == index)?.asked
        }
        Some(Mark::Time(time)) => session.telling_at(session.step_at(time), None)?,
        Some(Mark::Property(index)) => {
            let name = PROPERTIES.get(index)?.meta.name;
            let broken = session.run().broken();
            broken.iter().find(|it| it.property == name)?.step
        }
        Some(Mark::Branch(_)) => return None,
    };
    telling(session, step.min(session.last()))
}

/// The record of a message's sending.
fn sending(session: &Session, id: MessageId) -> Option<Record<Fact>> {
    let messages = session.history().messages();
    let sent = messages.iter().rev().find(|it| it.id == id)?.sent;
    let is_it = |record: &Record<Fact>| {
        matches!(&record.what, What::Sent { to, port, kind, nth, .. }
            if (*to, *port, *kind, *nth) == (id.to, id.port, id.kind, id.nth))
    };
    session.records().step(sent).find(is_it)
}

/// The last act from outside about a direction, or what was sent there last.
fn link(session: &Session, from: NodeId, to: NodeId, here: StepIndex) -> Option<StepIndex> {
    let names = [session.node_name(from), session.node_name(to)];
    let about = |text: &str| {
        let verbs = [
            "cut",
            "partition",
            "heal",
            "swallow",
            "reject",
            "latency",
            "reset",
        ];
        let verb = text.split('"').nth(1).unwrap_or_default();
        verbs.contains(&verb) && names.iter().any(|name| text.contains(name))
    };
    let events = session.history().events();
    let later = events.partition_point(|it| it.step <= here);
    let act = events[..later]
        .iter()
        .rev()
        .find(|it| matches!(&it.kind, views::history::EventKind::Fault(text) if about(text)));
    let sent = || {
        let messages = session.history().messages();
        let later = messages.partition_point(|it| it.sent <= here);
        let mut before = messages[..later].iter().rev();
        let last = before.find(|it| it.id.from == from && it.id.to == to)?;
        Some(last.sent)
    };
    act.map(|it| it.step).or_else(sent)
}

/// What put a transaction into a server's log.
fn entry(session: &Session, at: NodeId, zxid: Zxid, here: StepIndex) -> Option<Record<Fact>> {
    let earliest = here.0.saturating_sub(LOOK_BACK);
    let mut found = None;
    session.records().latest(here, &mut |record| {
        let told = match &record.what {
            What::Fact(Fact::Zk(
                Zk::Logged { zxid: its, .. } | Zk::ProposalHeard { zxid: its },
            )) => *its == zxid,
            What::Fact(Fact::Zk(Zk::Applied { txn, .. })) => txn.zxid == zxid,
            _ => false,
        };
        if told && record.node == at {
            found = Some(record.clone());
            return true;
        }
        record.step.0 <= earliest
    });
    found
}

/// The selection in words.
fn about(session: &Session, mark: Option<Mark>, lang: Language) -> String {
    let name = |node: NodeId| session.node_name(node).to_owned();
    let at = |step: StepIndex| {
        let at = session.time_of(step);
        with(lang, "lesson.about_step", &[("step", &step.0), ("at", &at)])
    };
    match mark {
        None => text(lang, "lesson.about_last").into_owned(),
        Some(Mark::Node(node)) => name(node),
        Some(Mark::Vote { at, of }) => {
            let cast = &session.script().compiled().cast;
            let of = cast.server_name(of);
            with(lang, "lesson.about_vote", &[("of", &of), ("at", &name(at))])
        }
        Some(Mark::Message(id)) => {
            let kind = <sim_core::cluster::Msg as sim_core::engine::Message>::kind_name(id.kind);
            format!("{kind} {} → {}", name(id.from), name(id.to))
        }
        Some(Mark::Link { from, to }) => format!("{} → {}", name(from), name(to)),
        Some(Mark::Entry { at, zxid }) => format!("{zxid} · {}", name(at)),
        Some(Mark::Step(step)) => at(step),
        Some(Mark::Beat(index)) => {
            let beats = lesson::beats(session);
            beats
                .get(index)
                .map_or_else(String::new, |it| lesson::title(it.step, lang))
        }
        Some(Mark::Ask(index)) => {
            let ask = session.scenario().ask.get(index);
            ask.map_or("", |ask| ask.question.get(lesson::key(lang)))
                .to_owned()
        }
        Some(Mark::Time(time)) => time.to_string(),
        Some(Mark::Branch(_)) => text(lang, "lesson.about_branch").into_owned(),
        Some(Mark::Property(index)) => PROPERTIES
            .get(index)
            .map_or("", |it| it.meta.name)
            .to_owned(),
    }
}

/// Everything that a step left, a sentence each.
pub fn transcript(session: &Session, step: StepIndex, lang: Language) -> Vec<String> {
    let names = session.names();
    let records = session.records().step(step);
    records
        .map(|it| sentence(&it, names).render(lang))
        .collect()
}
