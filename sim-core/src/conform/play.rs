//! One seed of one recorded run: disks, starts, and what came of them.
//!
//! Each server begins to vote exactly when the recorded one did: it is started at its
//! `looking_at_ms` and loads its database in no time; before that its election port is closed.
//! Whoever has no such time is never started. The run goes on until every started server serves the
//! same leader, or [`GIVE_UP`].

use super::case::{Case, CaseServer, Decision, Outcome, Repeat};
use super::machine;
use super::report::{CaseReport, RepeatReport};
use crate::base::{HostId, NodeId, SimTime, Span};
use crate::cluster::{Config, Disk, Node, World};
use crate::engine::{Fault, Latency, NodeSpec, Observer, WorldSpec};
use crate::trace::{Record, What};
use crate::zookeeper::{
    EnsembleConfig, Epoch, Fact, Member, Quirks, Role, Round, ServerConfig, ServerState, Sid, Vote,
    ZkDisk, Zxid, lane, seeded_disk,
};
use core::ops::Range;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a run may take before it counts as without a winner. The longest recorded one took 9 s.
pub const GIVE_UP: SimTime = SimTime(30_000_000_000);

/// "True if a LEADING or FOLLOWING notification for that leader arrived in the 60 ms before."
const JOINED_WITHIN: Span = Span::from_millis(60);

impl Case {
    /// Plays every recorded run with every seed.
    pub fn replay(&self, seeds: Range<u64>) -> CaseReport {
        let runs = (0..self.repeats.len()).map(|index| self.replay_run(index, seeds.clone()));
        CaseReport::new(self, runs.collect())
    }

    /// Plays one recorded run (by its position) with every seed: what a caller with many threads
    /// divides.
    pub fn replay_run(&self, index: usize, seeds: Range<u64>) -> RepeatReport {
        let repeat = &self.repeats[index];
        let mut report = RepeatReport::new(repeat.run, &repeat.outcome);
        let loads = machine::loads(repeat.starting);
        let mut worlds = loads.map(|load| World::new(self.world(load), seeds.start));
        for seed in seeds {
            let which = machine::of_seed(seed);
            let (world, load) = (&mut worlds[which], loads[which]);
            world.reset(seed);
            report.add(seed, &play(world, self, repeat, load), self.size());
        }
        report
    }

    /// Plays one recorded run (by its position) with one seed.
    pub fn play(&self, index: usize, seed: u64) -> Outcome {
        let repeat = &self.repeats[index];
        let load = machine::loads(repeat.starting)[machine::of_seed(seed)];
        play(&mut World::new(self.world(load), seed), self, repeat, load)
    }

    /// The world of this case on a machine as busy as that, with all servers down.
    fn world(&self, load_percent: u64) -> WorldSpec<Node> {
        let members = self
            .servers
            .iter()
            .enumerate()
            .map(|(index, server)| Member {
                sid: server.sid,
                node: NodeId(index as u16),
                role: Role::Participant,
                weight: 1,
                group: None,
            });
        let ensemble = EnsembleConfig::new(members.collect());
        let ensemble = Arc::new(machine::configure(ensemble, load_percent));
        let nodes = self.servers.iter().map(|server| NodeSpec {
            name: format!("zk{}", server.sid).into(),
            host: HostId(0),
            config: Config::ZkServer(ServerConfig {
                sid: server.sid,
                ensemble: ensemble.clone(),
                release: self.release,
                quirks: Quirks::of(self.release),
            }),
            disk: Disk::ZkServer(disk(server)),
        });
        WorldSpec {
            nodes: nodes.collect(),
            hosts: vec![machine::host()],
            zones: vec!["zone".into()],
            timing: machine::timing(load_percent),
        }
    }
}

/// "A server with last zxid (e, c) holds zxids 1..3 of each epoch below e, then 1..c of epoch e";
/// one with neither zxid nor epoch was started on an empty directory.
fn disk(server: &CaseServer) -> ZkDisk {
    let (last, epoch) = (server.last_zxid, server.current_epoch);
    if last == Zxid::ZERO && epoch == Epoch(0) {
        return ZkDisk::default();
    }
    let older = (1..last.epoch().0).map(|epoch| format!("{epoch}:3"));
    let newest = (last.counter() > 0).then(|| format!("{}:{}", last.epoch(), last.counter()));
    let history: Vec<String> = older.chain(newest).collect();
    seeded_disk(&history.join(","), epoch, epoch).expect("made of whole numbers that grow")
}

fn play(world: &mut World, case: &Case, repeat: &Repeat, load_percent: u64) -> Outcome {
    let mut starts: Vec<(SimTime, Sid)> = (repeat.looking_at.iter())
        .map(|(sid, at)| (SimTime(at.0), *sid))
        .collect();
    starts.sort_unstable();
    let sids: Vec<Sid> = case.servers.iter().map(|server| server.sid).collect();
    let mut watch = Watch::new(&sids, &repeat.looking_at);
    for (at, sid) in starts {
        while world.step(at, &mut watch).is_some() {}
        let index = sids.iter().position(|known| *known == sid);
        let node = NodeId(index.expect("a case is checked when read") as u16);
        // The recorded time is that of the first vote: no thread is waited for before it.
        let main = Some(lane::PEER);
        let at_once = Latency::Fixed(Span::ZERO);
        let goes_on = machine::preempted(load_percent);
        world.inject(
            &Fault::SlowLane(node, Some(lane::GOES_ON), Some(goes_on)),
            &mut watch,
        );
        world.inject(&Fault::SlowLane(node, main, Some(at_once)), &mut watch);
        world.inject(&Fault::Start(node), &mut watch);
        while !watch.has_voted(sid) && world.step(at, &mut watch).is_some() {}
        world.inject(&Fault::SlowLane(node, main, None), &mut watch);
    }
    while watch.settled().is_none() && world.step(GIVE_UP, &mut watch).is_some() {}
    watch.outcome()
}

/// Follows the facts of one run.
struct Watch<'a> {
    sids: &'a [Sid],
    servers: BTreeMap<Sid, Seen>,
}

/// What was seen of one server.
#[derive(Default)]
struct Seen {
    votes: Vec<Vote>,
    decisions: Vec<Decision>,
    voted_ms: Vec<u64>,
    decided_ms: Vec<u64>,
    /// When a LEADING or FOLLOWING notification for a leader came last.
    told: BTreeMap<Sid, SimTime>,
    /// The epoch in which it leads, once established.
    leads: Option<Epoch>,
    /// Whether it follows and was told that it is up to date.
    follows: bool,
}

impl<'a> Watch<'a> {
    fn new(sids: &'a [Sid], started: &BTreeMap<Sid, Span>) -> Self {
        let servers = started.keys().map(|sid| (*sid, Seen::default()));
        Self {
            sids,
            servers: servers.collect(),
        }
    }

    fn fact(&mut self, at: SimTime, node: NodeId, fact: &Fact) {
        let sid = self.sids[node.index()];
        let Some(seen) = self.servers.get_mut(&sid) else {
            return;
        };
        match fact {
            Fact::Voted { to, .. } => {
                seen.votes.push(*to);
                seen.voted_ms.push(Span(at.0).as_millis());
            }
            Fact::Heard { notification, .. } => {
                let state = notification.state;
                if matches!(state, ServerState::Leading | ServerState::Following) {
                    seen.told.insert(notification.leader, at);
                }
            }
            Fact::Decided { state, vote, .. } => {
                seen.decided_ms.push(Span(at.0).as_millis());
                let told = seen.told.get(&vote.leader);
                seen.decisions.push(Decision {
                    state: *state,
                    leader: vote.leader,
                    zxid: vote.zxid,
                    round: seen.votes.last().map_or(vote.round, |last| last.round),
                    joined_existing: told.is_some_and(|when| at - *when <= JOINED_WITHIN),
                });
            }
            Fact::Established { epoch, .. } => seen.leads = Some(*epoch),
            Fact::UpToDate { .. } => seen.follows = true,
            Fact::State {
                to: ServerState::Looking,
                ..
            } => {
                seen.leads = None;
                seen.follows = false;
            }
            _ => {}
        }
    }

    fn has_voted(&self, sid: Sid) -> bool {
        self.servers
            .get(&sid)
            .is_some_and(|seen| !seen.votes.is_empty())
    }

    /// The leader that all started servers serve, if they do.
    fn settled(&self) -> Option<(Sid, Epoch, Round)> {
        let (leader, seen) = self.servers.iter().find(|(_, seen)| seen.leads.is_some())?;
        let follows = |seen: &Seen| {
            seen.follows
                && seen
                    .decisions
                    .last()
                    .is_some_and(|last| last.leader == *leader)
        };
        let with_leader = (self.servers.iter()).all(|(sid, seen)| sid == leader || follows(seen));
        with_leader.then_some((*leader, seen.leads?, seen.decisions.last()?.round))
    }

    fn outcome(mut self) -> Outcome {
        let settled = self.settled();
        let mut outcome = Outcome {
            winner: settled.map(|(leader, ..)| leader),
            round: settled.map(|(_, _, round)| round),
            new_epoch: settled.map(|(_, epoch, _)| epoch),
            ..Outcome::default()
        };
        for (sid, seen) in core::mem::take(&mut self.servers) {
            outcome.votes.insert(sid, seen.votes);
            outcome.decisions.insert(sid, seen.decisions);
            outcome.voted_ms.insert(sid, seen.voted_ms);
            outcome.decided_ms.insert(sid, seen.decided_ms);
        }
        outcome
    }
}

impl Observer<Node> for Watch<'_> {
    fn wants_facts(&self) -> bool {
        true
    }

    fn wants_all(&self) -> bool {
        false
    }

    fn record(&mut self, record: Record<crate::cluster::Fact>) {
        if let What::Fact(fact) = &record.what
            && let Some(fact) = fact.zookeeper()
        {
            self.fact(record.at, record.node, fact);
        }
    }
}
