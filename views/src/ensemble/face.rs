//! What stands on a server's card: read from the world, worked out nowhere else.

use crate::change::{LOG_CELLS, vote_of};
use crate::history::{EventKind, Look};
use crate::scene::Scene;
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::Timer;
use sim_core::zookeeper::{
    Ballot, BallotTable, ElectionTimer, Epoch, Handler, HandlerStage, Leader, LeaderStage, Learner,
    LearnerStage, Phase, QuorumVerifier, Server, Sid, SyncKind, Timer as ServerTimer, Vote, ZkDisk,
    Zxid,
};

/// A server as its card shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// Which node.
    pub node: NodeId,
    /// Its id.
    pub sid: Sid,
    /// What it is.
    pub look: Look,
    /// With which code it ended itself, if it did.
    pub exit_code: Option<i32>,
    /// When its first start stands in the scenario, if it was never started.
    pub starts: Option<SimTime>,
    /// What its process knows, while it runs.
    pub live: Option<Live>,
    /// The end of its log.
    pub log: Vec<LogCell>,
    /// Whether there is more before that.
    pub log_goes_back: bool,
    /// The oldest proposal without a quorum: acknowledgements, and how many are needed.
    pub oldest_proposal: Option<(u32, u32)>,
}

/// What a running server knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// The last transaction it applied.
    pub zxid: Zxid,
    /// Its phase.
    pub phase: Phase,
    /// The epoch it last accepted.
    pub accepted: Epoch,
    /// The epoch of the leader it last followed.
    pub current: Epoch,
    /// Its round.
    pub round: i64,
    /// Its vote: while LOOKING the one it proposes, else the one that won.
    pub vote: Option<Vote>,
    /// What it is busy with.
    pub board: Board,
}

/// What a server is busy with.
#[derive(Clone, Debug, PartialEq)]
pub enum Board {
    /// It reads its database, or ends what it did before.
    Busy,
    /// It counts votes.
    Votes(Votes),
    /// It leads, or tries to.
    Leads(Leads),
    /// It follows or observes, or tries to.
    Follows(Follows),
}

/// The votes of a running election.
#[derive(Clone, Debug, PartialEq)]
pub struct Votes {
    /// One for each that may vote, and for each whose vote lies in the table.
    pub cells: Vec<VoteCell>,
    /// What the counted ones bring: votes, or groups.
    pub count: u32,
    /// What a quorum needs of that.
    pub needed: u32,
    /// Whether groups are counted.
    pub by_groups: bool,
    /// Votes of those that follow or lead already.
    pub outside: Vec<(Sid, Ballot)>,
    /// A quorum agrees; if nothing better comes, the election ends then.
    pub decides_at: Option<SimTime>,
}

/// A place of the table of votes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VoteCell {
    /// Whose vote.
    pub of: Sid,
    /// Its weight.
    pub weight: i64,
    /// The vote, and the step it came in.
    pub ballot: Option<(Ballot, StepIndex)>,
    /// Whether it counts for the server's own proposal.
    pub counted: bool,
}

/// A leader's cares.
#[derive(Clone, Debug, PartialEq)]
pub struct Leads {
    /// Where it stands.
    pub stage: LeaderStage,
    /// The epoch it proposes or leads.
    pub epoch: Option<Epoch>,
    /// Each voter, observer and learner: how far it is.
    pub cells: Vec<(Sid, Heard)>,
    /// How many count for what it waits for, and how many are needed.
    pub count: u32,
    /// What a quorum needs.
    pub needed: u32,
}

/// How far a leader is with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It has not what the leader waits for.
    No,
    /// It counts.
    Yes,
    /// It is being brought into line like this.
    Syncs(SyncKind),
    /// It is connected and counts for nothing.
    Connected,
}

/// A learner's cares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Follows {
    /// Whom.
    pub leader: Sid,
    /// Where it stands.
    pub stage: LearnerStage,
    /// Which attempt to connect it is at, from 0.
    pub tries: u32,
    /// How it was brought into line, once its leader chose.
    pub sync: Option<SyncKind>,
}

/// An entry of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogCell {
    /// Which transaction.
    pub zxid: Zxid,
    /// How far it is.
    pub mark: LogMark,
}

/// How far a log entry is on its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogMark {
    /// Written, not durable yet.
    Written,
    /// Durable, not applied: what an acknowledgement says.
    Durable,
    /// Applied: committed, or read from disk at start.
    Applied,
    /// Durable on the disk of a server that does not run.
    Kept,
}

/// What stands on the card of a server; `None` if the node is none.
pub fn face(scene: &Scene<'_>, node: NodeId) -> Option<Face> {
    let world = scene.world;
    let config = world.spec().nodes.get(node.index())?.config.zk_server()?;
    let before = scene.history.look_at(node, scene.step());
    let server = world.node(node).and_then(|it| it.zk_server());
    let disk = world.disk(node).zookeeper();
    let durable = world.durable(node).zookeeper();
    let mut face = Face {
        node,
        sid: config.sid,
        look: Look::of(world, node, before.state),
        exit_code: world.exit_code(node),
        starts: scene.plan.starts.get(node.index()).copied().flatten(),
        live: server.map(|server| live(scene, node, server)),
        log: Vec::new(),
        log_goes_back: false,
        oldest_proposal: None,
    };
    if let (Some(disk), Some(durable)) = (disk, durable) {
        read_log(&mut face, disk, durable.last_logged());
    }
    let leader = server.and_then(Server::leader);
    if let (Some(leader), Some(server)) = (leader, server) {
        let quorum = QuorumVerifier::of(&server.config().ensemble);
        let count = |sids: &mut dyn Iterator<Item = Sid>| quorum.count(sids) as u32;
        let oldest = leader.outstanding().next();
        face.oldest_proposal = oldest.map(|it| (count(&mut it.acks.iter()), quorum.needed()));
    }
    Some(face)
}

fn read_log(face: &mut Face, disk: &ZkDisk, durable: Option<Zxid>) {
    let applied = face.live.as_ref().map(|live| live.zxid);
    let newest_first = disk.logs.iter().rev().flat_map(|log| log.txns.iter().rev());
    let mut newest_first = newest_first.map(|txn| txn.zxid);
    for zxid in newest_first.by_ref().take(LOG_CELLS) {
        let mark = if durable.is_none_or(|durable| zxid > durable) {
            LogMark::Written
        } else {
            match applied {
                None => LogMark::Kept,
                Some(applied) if zxid > applied => LogMark::Durable,
                Some(_) => LogMark::Applied,
            }
        };
        face.log.push(LogCell { zxid, mark });
    }
    face.log_goes_back = newest_first.next().is_some();
    face.log.reverse();
}

fn live(scene: &Scene<'_>, node: NodeId, server: &Server) -> Live {
    let election = server.election();
    Live {
        zxid: server.last_zxid(),
        phase: server.phase(),
        accepted: server.accepted_epoch(),
        current: server.current_epoch(),
        round: election.map_or(0, |election| election.round().0),
        vote: vote_of(server),
        board: board(scene, node, server),
    }
}

fn board(scene: &Scene<'_>, node: NodeId, server: &Server) -> Board {
    if let Some(leader) = server.leader() {
        return Board::Leads(leads(scene, node, server, leader));
    }
    if let Some(learner) = server.learner() {
        return Board::Follows(follows(scene, server, learner));
    }
    let election = server.election();
    match election.and_then(|it| it.recvset()) {
        Some(table) => Board::Votes(votes(scene, node, server, table)),
        None => Board::Busy,
    }
}

fn votes(scene: &Scene<'_>, node: NodeId, server: &Server, table: &BallotTable) -> Votes {
    let election = server.election().expect("it has a table of votes");
    let ensemble = &server.config().ensemble;
    let quorum = QuorumVerifier::of(ensemble);
    let own = Ballot::plain(election.proposal());
    let counted: Vec<Sid> = table.agreeing(&own, &quorum).map(|(sid, _)| sid).collect();
    let mut sids: Vec<Sid> = quorum.voters().to_vec();
    sids.extend(table.iter().map(|(sid, _)| sid));
    sids.sort_unstable();
    sids.dedup();
    let cell = |of: Sid| VoteCell {
        of,
        weight: quorum.weight(of),
        ballot: table.get(of).map(|by| (by.value, by.by)),
        counted: counted.contains(&of),
    };
    let outside = election.out_of_election().into_iter();
    let outside = outside.flat_map(BallotTable::iter);
    let poll = |(timer, at)| {
        let poll = Timer::ZkServer(ServerTimer::Election(ElectionTimer::Poll));
        (timer == poll).then_some(at)
    };
    let decides_at = election
        .is_finalising()
        .then(|| scene.world.timers(node).find_map(poll));
    Votes {
        cells: sids.into_iter().map(cell).collect(),
        count: quorum.count(counted.iter().copied()) as u32,
        needed: quorum.needed(),
        by_groups: ensemble.rule == sim_core::zookeeper::QuorumRule::Hierarchical,
        outside: outside.map(|(sid, by)| (sid, by.value)).collect(),
        decides_at: decides_at.flatten(),
    }
}

fn leads(scene: &Scene<'_>, node: NodeId, server: &Server, leader: &Leader) -> Leads {
    let quorum = QuorumVerifier::of(&server.config().ensemble);
    let serves = matches!(leader.stage(), LeaderStage::Serving);
    let waited = match leader.stage() {
        LeaderStage::Opening | LeaderStage::Loading | LeaderStage::EpochWait => leader.connecting(),
        LeaderStage::AckEpochWait | LeaderStage::StoringEpoch(_) => leader.electing(),
        _ => leader.new_leader_acks(),
    };
    let mut sids: Vec<Sid> = quorum.voters().to_vec();
    let learners = leader.handlers().iter();
    sids.extend(learners.map(Handler::sid).filter(|sid| sid.0 != 0));
    sids.sort_unstable();
    sids.dedup();
    let me = server.sid();
    let in_line = |sid: Sid| {
        let handler = leader.handlers().iter().find(|it| it.sid() == sid);
        handler.map(Handler::stage)
    };
    let heard = |sid: Sid| {
        let counts = match serves {
            true => sid == me || in_line(sid) == Some(HandlerStage::Serving),
            false => waited.contains(sid),
        };
        let syncing = matches!(
            in_line(sid),
            Some(HandlerStage::Sending | HandlerStage::AwaitNewLeaderAck)
        );
        let kind = syncing.then(|| last_sync(scene, node, sid)).flatten();
        match (counts, kind) {
            (true, _) => Heard::Yes,
            (false, Some(kind)) => Heard::Syncs(kind),
            (false, None) if in_line(sid).is_some() => Heard::Connected,
            (false, None) => Heard::No,
        }
    };
    let cells: Vec<(Sid, Heard)> = sids.into_iter().map(|sid| (sid, heard(sid))).collect();
    let count = cells.iter().filter(|(_, heard)| *heard == Heard::Yes);
    Leads {
        stage: leader.stage(),
        epoch: leader.epoch(),
        count: quorum.count(count.map(|(sid, _)| *sid)) as u32,
        needed: quorum.needed(),
        cells,
    }
}

/// How a leader chose last to bring a learner into line, up to the position.
fn last_sync(scene: &Scene<'_>, leader: NodeId, learner: Sid) -> Option<SyncKind> {
    let events = scene.history.events();
    let later = events.partition_point(|it| it.step <= scene.step());
    let mut before = events[..later].iter().rev();
    before.find_map(|event| match event.kind {
        EventKind::SyncChosen(of, kind) if of == learner && event.node == leader => Some(kind),
        _ => None,
    })
}

fn follows(scene: &Scene<'_>, server: &Server, learner: &Learner) -> Follows {
    let ensemble = &server.config().ensemble;
    let leader = ensemble.member(learner.leader()).map(|it| it.node);
    let told = !matches!(
        learner.stage(),
        LearnerStage::Connecting
            | LearnerStage::Pausing
            | LearnerStage::AwaitLeaderInfo(_)
            | LearnerStage::StoringAccepted { .. }
            | LearnerStage::AwaitSync
    );
    let sync = leader.filter(|_| told);
    Follows {
        leader: learner.leader(),
        stage: learner.stage(),
        tries: learner.tries(),
        sync: sync.and_then(|leader| last_sync(scene, leader, server.sid())),
    }
}
