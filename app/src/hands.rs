//! What a hand does, as a step of the scenario: which acts, and exactly where.
//!
//! A hand acts at the time shown. If nothing happens between the last step and that time, or at it, `at` names the place:
//! "when all that is due at this time is done". In the middle of an instant `after: { step }` does, which comes before
//! anything else, even between two acts of one step of the story. So the play up to there is the same as before.

use crate::act;
use crate::command::{Hand, Language, MessageHand};
use crate::session::{Progress, Session};
use crate::show::HandRow;
use sim_core::base::{NodeId, SimTime, Span, StepIndex};
use sim_core::engine::{MessageAct, NodeStatus};
use sim_core::scenario::Cast;
use sim_core::scenario::act::{
    Act, Data, End, Link, Links, MessageName, NodeRef, Nodes, Operation,
};
use sim_core::scenario::format::{ClientCall, Event, Moment, Step};
use views::mark::{Mark, MessageId};

/// How long a play goes on at least after a hand acted.
pub const GRACE: Span = Span::from_secs(10);
/// The name of the client that is added if a scenario has none.
const CLIENT: &str = "c1";

/// Something that a hand did in a branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The acts; none if the play was only let go on.
    pub acts: Vec<Act>,
    /// When, as the scenario says it.
    pub moment: Moment,
    /// After which step.
    pub after: StepIndex,
    /// At which time.
    pub at: SimTime,
    /// How many steps of the simulation the acts take at once; `None` if it is for the play to tell.
    pub steps: Option<u64>,
    /// The play goes on at least until then.
    pub until: SimTime,
    /// Whether it needs a client that the scenario has not.
    pub client: bool,
    /// The step of the story that waited in vain, and that is left out with all behind it.
    pub left_out: Option<Vec<usize>>,
}

impl Done {
    /// The step of the scenario, if there is anything to do.
    pub fn step(&self) -> Option<Step> {
        (!self.acts.is_empty()).then(|| Step {
            moment: self.moment.clone(),
            acts: self.acts.clone(),
            ..Step::default()
        })
    }

    /// What was done, in a few words.
    pub fn title(&self, lang: Language) -> String {
        match &self.acts[..] {
            [] => views::words::text(lang, "act.wait").into_owned(),
            acts => act::titles(lang, acts),
        }
    }
}

/// What a hand does here and now; `None` if there is no such node.
pub fn done(hand: &Hand, session: &Session, shown: SimTime) -> Option<Done> {
    let cast = &session.script().compiled().cast;
    let (acts, client) = acts(hand, cast)?;
    let after = session.position().max(session.start());
    let known = match session.progress() {
        Progress::Playing | Progress::Stopped => session.plan().ends,
        Progress::Ended | Progress::Capped => session.end(),
    };
    let until = match hand {
        Hand::Wait(span) => known.max(shown) + *span,
        _ => known.max(shown + GRACE),
    };
    // Beyond an end that came because a step of the story waited in vain there is no such step.
    let over = session.progress() == Progress::Ended && after == session.last();
    let stuck = session.director().stuck().filter(|_| over);
    Some(Done {
        moment: moment(session, shown),
        steps: steps(hand, session, client),
        after,
        at: shown,
        until,
        client,
        left_out: stuck.map(sim_core::scenario::stage::StepRef::positions),
        acts,
    })
}

/// The place of a hand in the scenario's words.
fn moment(session: &Session, shown: SimTime) -> Moment {
    let here = session.position().max(session.start());
    let next = StepIndex(here.0 + 1);
    let between = session.time_of(here) < shown;
    let last_of_instant = here < session.last() && session.time_of(next) > shown;
    match between || last_of_instant {
        true => Moment::At(shown),
        false => Moment::After {
            event: Event::Step(here.0),
            delay: Span::ZERO,
            within: None,
        },
    }
}

fn acts(hand: &Hand, cast: &Cast) -> Option<(Vec<Act>, bool)> {
    let known = |node: &NodeId| node.index() < cast.names().len();
    let named = |node: &NodeId| NodeRef::Named(cast.name(*node).into());
    let one = |node: &NodeId| known(node).then(|| Nodes::One(named(node)));
    let link = |from: &NodeId, to: &NodeId, both_ways| {
        let fits = known(from) && known(to) && from != to;
        fits.then(|| Links {
            links: vec![Link {
                from: End::Node(named(from)),
                to: End::Node(named(to)),
                both_ways,
            }],
            port: None,
        })
    };
    let (client, added) = match hand {
        Hand::Create { client, .. } | Hand::Set { client, .. } => {
            let mut clients = cast.clients();
            match clients
                .find(|it| it == client)
                .or_else(|| cast.clients().next())
            {
                Some(client) => (cast.name(client).into(), false),
                None => (CLIENT.into(), true),
            }
        }
        _ => ("".into(), false),
    };
    let call = |operation| {
        Act::Call(ClientCall {
            by: client,
            name: None,
            operation,
        })
    };
    let act = match hand {
        Hand::Crash(node) => Act::Crash(one(node)?),
        Hand::PowerLoss(node) => Act::PowerLoss(one(node)?),
        Hand::Start(node) => Act::Start(one(node)?),
        Hand::Restart(node) => Act::Restart(one(node)?),
        Hand::Pause(node) => Act::Pause(one(node)?),
        Hand::Resume(node) => Act::Resume(one(node)?),
        Hand::Wipe(node) => Act::Wipe(one(node)?),
        Hand::WallJump(node, by) => Act::WallJump(one(node)?, *by),
        Hand::Drift(node, ppm) => Act::Drift(one(node)?, *ppm),
        Hand::Cut(from, to) => Act::Cut(link(from, to, false)?),
        Hand::CutBoth(from, to) => Act::Cut(link(from, to, true)?),
        Hand::Heal(from, to) => Act::Heal(link(from, to, true)?),
        Hand::Message(id, what) => Act::Message(message(id, cast)?, message_act(*what)),
        Hand::Create { path, data, .. } => call(Operation::Create {
            path: path.clone(),
            data: Data::Text(data.clone()),
            ephemeral: false,
            sequential: false,
            container: false,
            ttl_ms: None,
            acl: sim_core::zookeeper::AclList::OPEN,
        }),
        Hand::Set { path, data, .. } => call(Operation::Set {
            path: path.clone(),
            data: Data::Text(data.clone()),
            version: None,
        }),
        Hand::Wait(_) => return Some((Vec::new(), false)),
    };
    Some((vec![act], added))
}

fn message(id: &MessageId, cast: &Cast) -> Option<MessageName> {
    let name = |node: NodeId| {
        let name = cast.names().get(node.index())?;
        Some(name.clone())
    };
    Some(MessageName {
        kind: id.kind,
        from: name(id.from)?,
        to: name(id.to)?,
        nth: id.nth.checked_add(1)?,
    })
}

fn message_act(hand: MessageHand) -> MessageAct {
    match hand {
        MessageHand::Deliver => MessageAct::Deliver,
        MessageHand::Hold => MessageAct::Hold,
        MessageHand::Drop => MessageAct::Drop,
        MessageHand::Duplicate => MessageAct::Duplicate,
    }
}

/// How many steps of the simulation the acts take at once: one a fault, and a client's call takes none of its own.
fn steps(hand: &Hand, session: &Session, added: bool) -> Option<u64> {
    match hand {
        Hand::Restart(_) | Hand::CutBoth(..) | Hand::Heal(..) => Some(2),
        Hand::Create { client, .. } | Hand::Set { client, .. } => {
            let cast = &session.script().compiled().cast;
            let known = cast.clients().find(|it| it == client);
            let client = known.or_else(|| cast.clients().next());
            let down = |node| session.world().status(node) == NodeStatus::Down;
            (added || client.is_some_and(down)).then_some(1)
        }
        Hand::Wait(_) => Some(0),
        _ => Some(1),
    }
}

/// The hands that fit a mark, with the keys that do them to what is selected.
pub fn fitting(mark: Mark, session: &Session, lang: Language) -> Vec<HandRow> {
    let cast = &session.script().compiled().cast;
    let world = session.world();
    let hands: Vec<(Hand, Option<char>)> = match mark {
        Mark::Node(node) if node.index() < cast.names().len() => {
            let server = cast.sid(node).is_some();
            match world.status(node) {
                NodeStatus::Down => {
                    let mut hands = vec![(Hand::Start(node), Some('r'))];
                    hands.extend(server.then_some((Hand::Wipe(node), Some('w'))));
                    hands
                }
                status => {
                    let stop = match status {
                        NodeStatus::Paused => Hand::Resume(node),
                        _ => Hand::Pause(node),
                    };
                    let hour = 3_600_000_000_000;
                    vec![
                        (Hand::Crash(node), Some('k')),
                        (Hand::PowerLoss(node), Some('p')),
                        (Hand::Restart(node), Some('r')),
                        (stop, Some('z')),
                        (Hand::WallJump(node, hour), None),
                        (Hand::WallJump(node, -hour), None),
                        (Hand::Drift(node, 100_000), None),
                        (Hand::Drift(node, 0), None),
                    ]
                }
            }
        }
        Mark::Message(id) => [
            MessageHand::Deliver,
            MessageHand::Hold,
            MessageHand::Drop,
            MessageHand::Duplicate,
        ]
        .into_iter()
        .map(|what| (Hand::Message(id, what), None))
        .collect(),
        Mark::Link { from, to } => vec![
            (Hand::Cut(from, to), None),
            (Hand::CutBoth(from, to), None),
            (Hand::Heal(from, to), None),
        ],
        _ => Vec::new(),
    };
    let row = |(hand, key): (Hand, Option<char>)| {
        let (acts, _) = acts(&hand, cast)?;
        Some(HandRow {
            label: act::titles(lang, &acts),
            hand,
            key,
        })
    };
    hands.into_iter().filter_map(row).collect()
}
