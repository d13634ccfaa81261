//! What changed at a node, and when: values that are new, votes that were overtaken, entries that left a log.
//!
//! Read off a node's own state after each of its steps and compared with what stood there before; nothing is worked out
//! here. [`History`](crate::history::History) keeps it, one entry of fixed size a change; [`fresh`] says how new one
//! looks at a scene, and the pictures of the ensemble draw it.

use crate::history::{Moment, Span};
use crate::scene::{Scene, Style};
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::World;
use sim_core::zookeeper::{BallotTable, Phase, Server, ServerState, Sid, Vote, Zxid};

/// How many entries of a log are looked at: as many as a card shows at most.
pub const LOG_CELLS: usize = 7;

/// How long a new value glows, in milliseconds of the wall.
pub const GLOWS_MS: f32 = 300.0;

/// How long an entry that left a log burns.
pub const BURNS_MS: f32 = 500.0;

/// How far apart the turns of one instant are played.
const APART_MS: f32 = 120.0;

/// The most changes of a node that are looked at for a picture: in a flood nobody tells them apart.
const LOOKED_AT: usize = 64;

/// Something that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// In which step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// What.
    pub what: Changed,
}

/// What can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// A server's own vote: for whom it was before.
    Vote(Option<Sid>),
    /// A ballot of its table: whose, and for whom it was before.
    Ballot(Sid, Option<Sid>),
    /// The last transaction that it applied.
    Zxid,
    /// Its phase.
    Phase,
    /// An entry came to its log.
    Logged(Zxid),
    /// An entry left its log, from the end: it was cut off, lost or wiped.
    Gone(Zxid),
}

/// The vote that a server shows: while LOOKING the one it proposes, else the one that won.
pub fn vote_of(server: &Server) -> Option<Vote> {
    match server.election() {
        Some(election) if server.state() == ServerState::Looking => {
            let vote = election.proposal();
            (vote.leader != Sid(-1)).then_some(vote)
        }
        _ => server.current_vote(),
    }
}

/// What was read off a node last.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    /// Nothing to compare with: its process does not run, or was not looked at before.
    live: Option<Live>,
    /// The end of its log, the oldest first.
    log: Vec<Zxid>,
}

#[derive(Clone, Debug, PartialEq)]
struct Live {
    vote: Option<Vote>,
    ballots: Vec<(Sid, Sid)>,
    zxid: Zxid,
    phase: Phase,
}

impl Seen {
    fn of(world: &World, node: NodeId) -> Self {
        let mut log: Vec<Zxid> = log_of(world, node).take(LOG_CELLS).collect();
        log.reverse();
        Self {
            live: live(world, node),
            log,
        }
    }
}

fn live(world: &World, node: NodeId) -> Option<Live> {
    let server = world.node(node)?.zk_server()?;
    let table = server.election().and_then(|it| it.recvset()).into_iter();
    let table = table.flat_map(BallotTable::iter);
    Some(Live {
        vote: vote_of(server),
        ballots: table.map(|(of, by)| (of, by.value.vote.leader)).collect(),
        zxid: server.last_zxid(),
        phase: server.phase(),
    })
}

/// The transactions on a server's disk, the newest first.
fn log_of(world: &World, node: NodeId) -> impl Iterator<Item = Zxid> {
    let logs = world.disk(node).zookeeper().into_iter();
    let logs = logs.flat_map(|disk| disk.logs.iter().rev());
    logs.flat_map(|log| log.txns.iter().rev().map(|txn| txn.zxid))
}

/// The changes of all nodes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    nodes: Vec<(Seen, Vec<Change>)>,
}

impl Changes {
    /// Nothing was read of so many nodes.
    pub fn new(nodes: usize) -> Self {
        Self {
            nodes: vec![Default::default(); nodes],
        }
    }

    /// Reads a node after a step; of its log only if the step may have changed it.
    pub fn read(&mut self, node: NodeId, moment: Moment, world: &World, log: bool) {
        let (seen, changes) = &mut self.nodes[node.index()];
        let mut note = |what| {
            changes.push(Change {
                step: moment.step,
                at: moment.at,
                what,
            });
        };
        let live = live(world, node);
        if let (Some(before), Some(now)) = (&seen.live, &live) {
            compare(before, now, &mut note);
        }
        seen.live = live;
        if log {
            let now = Seen::of(world, node).log;
            compare_logs(&seen.log, &now, &mut note);
            seen.log = now;
        }
    }

    /// Forgets what happened after a step, after which the world is this.
    pub fn truncate(&mut self, step: StepIndex, world: &World) {
        for (node, (seen, changes)) in self.nodes.iter_mut().enumerate() {
            changes.truncate(changes.partition_point(|it| it.step <= step));
            *seen = Seen::of(world, NodeId(node as u16));
        }
    }

    /// The last changes of a node up to a step, the last one first.
    pub fn before(&self, node: NodeId, step: StepIndex) -> impl Iterator<Item = &Change> {
        let changes = self.nodes.get(node.index());
        let changes = changes.map_or(&[][..], |(_, changes)| changes);
        let later = changes.partition_point(|it| it.step <= step);
        changes[..later].iter().rev().take(LOOKED_AT)
    }

    /// What changed in a step.
    pub fn of_step(&self, step: StepIndex) -> impl Iterator<Item = (NodeId, &Change)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.flat_map(move |(node, (_, changes))| {
            let from = changes.partition_point(|it| it.step < step);
            let those = changes[from..].iter().take_while(move |it| it.step == step);
            those.map(move |it| (NodeId(node as u16), it))
        })
    }
}

fn compare(before: &Live, now: &Live, note: &mut impl FnMut(Changed)) {
    if before.vote != now.vote {
        note(Changed::Vote(before.vote.map(|vote| vote.leader)));
    }
    for (of, leader) in &now.ballots {
        let was = before.ballots.iter().find(|(it, _)| it == of);
        let was = was.map(|(_, leader)| *leader);
        if was != Some(*leader) {
            note(Changed::Ballot(*of, was));
        }
    }
    if before.zxid != now.zxid {
        note(Changed::Zxid);
    }
    if before.phase != now.phase {
        note(Changed::Phase);
    }
}

fn compare_logs(before: &[Zxid], now: &[Zxid], note: &mut impl FnMut(Changed)) {
    let ends = now.last();
    let gone = before.iter().filter(|it| ends.is_none_or(|end| *it > end));
    gone.for_each(|it| note(Changed::Gone(*it)));
    let began = before.last();
    let came = now.iter().filter(|it| began.is_none_or(|end| *it > end));
    came.for_each(|it| note(Changed::Logged(*it)));
}

/// How new something is, from 1 (it happened here) to 0 (so many milliseconds ago on the wall).
///
/// A pure function of the place and the pace: while time stands, what is new stays new. Turns that share an instant
/// are played one after another, so each of them is older than the next. Where nothing moves, only what happened in
/// the step at the position is new.
pub fn fresh(
    scene: &Scene<'_>,
    style: &Style,
    (step, at): (StepIndex, SimTime),
    lasts_ms: f32,
) -> f32 {
    let here = scene.step();
    if step > here {
        return 0.0;
    }
    if style.reduced_motion {
        return if step == here { 1.0 } else { 0.0 };
    }
    let turns = scene.history.moments_between(step, here) as f32;
    let simulated_ms = scene.time.0.saturating_sub(at.0) as f64 / 1e6;
    let age_ms = ((simulated_ms / scene.pace) as f32).max(turns * APART_MS);
    (1.0 - age_ms / lasts_ms).max(0.0)
}

/// What is new at a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// Its state.
    pub state: f32,
    /// Its vote, and for whom it was before.
    pub vote: (f32, Option<Sid>),
    /// Ballots of its table, and for whom they were before.
    pub ballots: Vec<(Sid, f32, Option<Sid>)>,
    /// The last transaction that it applied.
    pub zxid: f32,
    /// Its phase.
    pub phase: f32,
    /// Entries that came to its log.
    pub logged: Vec<(Zxid, f32)>,
    /// Entries that left its log, the oldest first: how much of each still burns.
    pub gone: Vec<(Zxid, f32)>,
}

impl News {
    /// What is new at a node in a scene.
    pub fn of(scene: &Scene<'_>, node: NodeId, style: &Style) -> Self {
        let mut news = Self::default();
        let history = scene.history;
        let span = history.span_at(node, scene.step());
        let began = |span: &&Span| span.step > StepIndex(0);
        if let Some(span) = span.filter(began) {
            news.state = fresh(scene, style, (span.step, span.at), GLOWS_MS);
        }
        for change in history.changes().before(node, scene.step()) {
            let moment = (change.step, change.at);
            let burns = fresh(scene, style, moment, BURNS_MS);
            let stays = change.step == scene.step();
            if burns <= 0.0 && !stays {
                break;
            }
            news.note(change.what, fresh(scene, style, moment, GLOWS_MS), burns);
        }
        news.gone.reverse();
        news
    }

    /// Takes note of a change, the last one first.
    fn note(&mut self, what: Changed, glows: f32, burns: f32) {
        let newest = |it: &mut f32| *it = it.max(glows);
        match what {
            Changed::Gone(zxid) => self.gone.push((zxid, burns)),
            _ if glows <= 0.0 => {}
            Changed::Vote(was) if self.vote.0 == 0.0 => self.vote = (glows, was),
            Changed::Ballot(of, was) if self.ballot(of).is_none() => {
                self.ballots.push((of, glows, was));
            }
            Changed::Vote(_) | Changed::Ballot(..) => {}
            Changed::Zxid => newest(&mut self.zxid),
            Changed::Phase => newest(&mut self.phase),
            Changed::Logged(zxid) => self.logged.push((zxid, glows)),
        }
    }

    /// How new a ballot is, and for whom it was before.
    pub fn ballot(&self, of: Sid) -> Option<(f32, Option<Sid>)> {
        let found = self.ballots.iter().find(|it| it.0 == of);
        found.map(|(_, glows, was)| (*glows, *was))
    }

    /// How new an entry of the log is.
    pub fn entry(&self, zxid: Zxid) -> f32 {
        let found = self.logged.iter().find(|it| it.0 == zxid);
        found.map_or(0.0, |it| it.1)
    }
}
