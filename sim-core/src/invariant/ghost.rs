//! Ghost state: what the properties share and no server could know.
//!
//! For every server the history behind its tree, behind its disk and behind what it has shown to
//! clients; for every epoch its leader and what that leader began with, broadcast and committed.
//! All of it comes from facts, disks are read only where a server itself reads its disk. The names
//! are those of the reference (§8): `bcast`, `estab`, `committed`, `delivered`, `log`.

use crate::base::{NodeId, StepIndex};
use crate::invariant::{Entry, Histories, History, View};
use crate::zookeeper::{
    EnsembleConfig, Epoch, Fact, Member, Quirks, QuorumVerifier, ServerConfig, ServerState, Sid,
    Snapshot, SyncKind, Txn, ZkDisk, Zxid,
};
use std::sync::Arc;

/// What is known of one server.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// Whether the node is a server at all, and its id.
    pub sid: Option<Sid>,
    /// Whether the process runs.
    pub up: bool,
    /// The history behind the tree in memory.
    pub state: History,
    /// The history that a restart would read.
    pub disk: History,
    /// The history behind every snapshot file.
    pub snapshots: Vec<(Zxid, History)>,
    /// What it has shown to clients: the longest history it ever served.
    pub delivered: History,
    /// Whether it serves.
    pub serving: bool,
    /// Whom it follows since its last decision.
    pub leader: Option<NodeId>,
    /// What it is.
    pub role: ServerState,
    /// The epoch it leads in, from the quorum of ACKEPOCH on.
    pub leads: Option<Epoch>,
    /// Whether that epoch is established.
    pub established: bool,
    /// The epoch of the NEWLEADER it heard last.
    pub new_leader: Option<Epoch>,
    /// `acceptedEpoch` on disk.
    pub accepted: Epoch,
    /// `currentEpoch` on disk.
    pub current: Epoch,
    /// As a leader: the history behind the database sent to each learner.
    sent: Vec<(Sid, History)>,
}

/// What is known of one leader's epoch.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// The epoch.
    pub epoch: Epoch,
    /// Its leader.
    pub leader: NodeId,
    /// What the leader had when the epoch was agreed on.
    pub initial: History,
    /// `initial` and all that was proposed since.
    pub bcast: History,
    /// The part of it that is committed; empty until established.
    pub committed: History,
    /// The step that established it.
    pub established: Option<StepIndex>,
    /// The step of its first proposal.
    pub first_proposal: Option<StepIndex>,
}

/// A delivery: a server shows a history to clients.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Who.
    pub node: NodeId,
    /// What it shows.
    pub history: History,
    /// What it had shown before.
    pub before: History,
    /// From which place on nobody had shown these entries before.
    pub fresh: usize,
    /// What a server has shown that is no prefix of this nor the other way round; with its node.
    pub forks_from: Option<(NodeId, History)>,
    /// Whether any two deliveries of the run have parted: from then on each is compared with all.
    pub parted: bool,
}

/// All ghost state.
#[derive(Clone, Debug, Default)]
pub struct Ghost {
    /// The tree of histories.
    pub histories: Histories,
    /// By node.
    pub servers: Vec<Server>,
    /// Terms in the order in which they were agreed on.
    pub terms: Vec<Term>,
    /// The longest history committed by an established leader.
    pub committed: History,
    /// The step that committed its end.
    pub committed_by: StepIndex,
    /// The longest history shown by any server, and who showed it first.
    pub longest: (NodeId, History),
    /// Whether any delivery was no prefix of the longest nor the other way round.
    pub parted: bool,
    /// The histories on the disks that the run began with.
    pub started: Vec<History>,
    quorums: Vec<(Arc<EnsembleConfig>, QuorumVerifier)>,
    begun: bool,
}

impl Ghost {
    /// Forgets the run. Quorum verifiers stay: the next run most likely has the same ensemble.
    pub fn reset(&mut self) {
        self.histories.reset();
        self.servers.clear();
        self.terms.clear();
        self.committed = History::EMPTY;
        self.committed_by = StepIndex(0);
        self.longest = (NodeId(0), History::EMPTY);
        self.parted = false;
        self.started.clear();
        self.begun = false;
    }

    /// The server of a node.
    pub fn server(&self, node: NodeId) -> &Server {
        &self.servers[node.index()]
    }

    /// The servers with their nodes.
    pub fn all(&self) -> impl Iterator<Item = (NodeId, &Server)> {
        let nodes = self.servers.iter().enumerate();
        let servers = nodes.filter(|(_, server)| server.sid.is_some());
        servers.map(|(i, server)| (NodeId(i as u16), server))
    }

    /// The node of a server id.
    pub fn node(&self, sid: Sid) -> Option<NodeId> {
        self.all()
            .find(|(_, server)| server.sid == Some(sid))
            .map(|(node, _)| node)
    }

    /// "server 3".
    pub fn name(&self, node: NodeId) -> String {
        match self.server(node).sid {
            Some(sid) => format!("server {sid}"),
            None => format!("{node:?}"),
        }
    }

    /// The last term of a leader.
    pub fn term_of(&self, leader: NodeId) -> Option<&Term> {
        self.terms.iter().rev().find(|term| term.leader == leader)
    }

    /// The term of an epoch; the last one if there are several.
    pub fn term(&self, epoch: Epoch) -> Option<&Term> {
        self.terms.iter().rev().find(|term| term.epoch == epoch)
    }

    /// Whether these servers are a quorum in the eyes of a node.
    pub fn is_quorum(&self, config: &ServerConfig, servers: &[Sid]) -> bool {
        let same = |(of, _): &&(Arc<_>, _)| Arc::ptr_eq(of, &config.ensemble);
        match self.quorums.iter().find(same) {
            Some((_, quorum)) => quorum.contains_quorum(servers.iter().copied()),
            None => QuorumVerifier::of(&config.ensemble).contains_quorum(servers.iter().copied()),
        }
    }

    /// Reads the disks that the run begins with. Answers once, with whether all servers have the
    /// same members and whether some log has a gap.
    pub fn begin(&mut self, view: &impl View) -> Option<Beginning> {
        if core::mem::replace(&mut self.begun, true) {
            return None;
        }
        let mut beginning = Beginning::default();
        let mut members: Option<&[Member]> = None;
        let nodes = (0..view.nodes()).map(|i| NodeId(i as u16));
        for node in nodes.clone() {
            let mut server = Server::default();
            if let Some(config) = view.server(node) {
                server.sid = Some(config.sid);
                let of = &config.ensemble.members[..];
                beginning.several_configs |= members.replace(of).is_some_and(|m| m != of);
                let quirks = config.quirks;
                let (some, all) = beginning.quirks.unwrap_or((quirks, quirks));
                beginning.quirks = Some((Quirks(some.0 | quirks.0), Quirks(all.0 & quirks.0)));
                if !self
                    .quorums
                    .iter()
                    .any(|(of, _)| Arc::ptr_eq(of, &config.ensemble))
                {
                    self.quorums.truncate(16);
                    let ensemble = Arc::clone(&config.ensemble);
                    let quorum = QuorumVerifier::of(&ensemble);
                    self.quorums.insert(0, (ensemble, quorum));
                }
            }
            self.servers.push(server);
        }
        // Disks whose log reaches back to the beginning first: they say what a base stands for.
        for whole in [true, false] {
            for node in nodes.clone() {
                let Some(disk) = view.disk(node) else {
                    continue;
                };
                if reaches_back(disk) == whole {
                    beginning.gap |= has_gap(disk);
                    self.read_first(node, disk);
                }
            }
        }
        Some(beginning)
    }

    fn read_first(&mut self, node: NodeId, disk: &ZkDisk) {
        for snapshot in &disk.snapshots {
            let history = self.behind_snapshot(disk, snapshot);
            self.servers[node.index()]
                .snapshots
                .push((snapshot.name, history));
        }
        let history = self.read(node, disk);
        let server = &mut self.servers[node.index()];
        server.disk = history;
        server.accepted = disk.accepted_epoch.unwrap_or_default();
        server.current = disk.current_epoch.unwrap_or_default();
        if !history.is_empty() {
            self.started.push(history);
        }
    }

    /// The history behind a snapshot that nobody took in this run: the log up to it if the log
    /// reaches back, else a known history that ends there, else a base.
    fn behind_snapshot(&mut self, disk: &ZkDisk, snapshot: &Snapshot) -> History {
        let zxid = snapshot.tree.last_processed;
        if zxid.counter() == 0 && zxid.0 == 0 {
            return History::EMPTY;
        }
        if reaches_back(disk) {
            let below = log_of(disk).take_while(|txn| txn.zxid <= zxid);
            return self.replay(History::EMPTY, below);
        }
        let known = self.started.iter().copied().find_map(|history| {
            let cut = self.histories.cut_above(history, zxid);
            let ends_there = self
                .histories
                .last(cut)
                .is_some_and(|e| e.zxid == zxid && !e.base);
            ends_there.then_some(cut)
        });
        known.unwrap_or_else(|| {
            let base = Entry {
                zxid,
                digest: snapshot.tree.digest,
                step: StepIndex(0),
                base: true,
            };
            self.histories.push(History::EMPTY, base)
        })
    }

    fn replay<'a>(&mut self, from: History, txns: impl Iterator<Item = &'a Arc<Txn>>) -> History {
        txns.fold(from, |history, txn| {
            self.append(history, Entry::of(txn, StepIndex(0)))
        })
    }

    /// A history after one more transaction; applying one again changes nothing.
    fn append(&mut self, history: History, entry: Entry) -> History {
        let again = entry.zxid <= self.histories.last_zxid(history)
            && self.histories.contains(history, &entry);
        if again {
            return history;
        }
        self.histories.push(history, entry)
    }

    /// What a server reads from its disk: the newest snapshot and the log behind it.
    fn read(&mut self, node: NodeId, disk: &ZkDisk) -> History {
        let newest = disk.newest_snapshot();
        let snapshots = &self.servers[node.index()].snapshots;
        let known = |name| {
            snapshots
                .iter()
                .rev()
                .find(|(it, _)| *it == name)
                .map(|(_, h)| *h)
        };
        let from = newest.and_then(|s| known(s.name)).unwrap_or_default();
        let above = newest.map_or(Zxid::ZERO, |snapshot| snapshot.name);
        self.replay(from, disk.entries_from(above.next()))
    }

    /// A process started or ended.
    pub fn lifecycle(&mut self, node: NodeId, up: bool) {
        let server = &mut self.servers[node.index()];
        server.up = up;
        server.forget_role();
        if !up {
            server.state = History::EMPTY;
        }
    }

    /// Takes over what a fact tells. The properties look afterwards.
    pub fn learn(&mut self, node: NodeId, step: StepIndex, fact: &Fact, view: &impl View) {
        let i = node.index();
        match fact {
            Fact::Applied { txn, .. } => {
                self.servers[i].state = self.append(self.servers[i].state, Entry::of(txn, step));
                self.applied_alone(node, step);
            }
            Fact::RunsAlone { last_zxid, .. } => {
                self.runs_alone(node, last_zxid.epoch(), step, view);
            }
            Fact::Logged { zxid, digest, .. } => {
                let entry = Entry {
                    zxid: *zxid,
                    digest: *digest,
                    step,
                    base: false,
                };
                self.servers[i].disk = self.append(self.servers[i].disk, entry);
            }
            Fact::Proposed { txn } => self.on_proposed(node, txn, step),
            Fact::Committed { zxid, .. } => self.on_committed(node, *zxid, step),
            Fact::Loaded {
                accepted_epoch,
                current_epoch,
                snapshot,
                replayed,
                ..
            } => {
                // A start reads a snapshot first, or finds nothing at all; only the fast-forward of
                // a running server replays on top of its memory.
                self.loaded(node, snapshot.is_none() && *replayed > 0, view);
                self.servers[i].accepted = *accepted_epoch;
                self.servers[i].current = *current_epoch;
            }
            Fact::Truncated { .. } => self.loaded(node, false, view),
            Fact::DatabaseReplaced { .. } => self.replaced(node),
            Fact::SnapshotTaken { name, .. } => self.snapshot(node, *name),
            Fact::SyncChosen {
                learner,
                kind: SyncKind::Snap,
                ..
            } => {
                let state = self.servers[i].state;
                let sent = &mut self.servers[i].sent;
                sent.retain(|(to, _)| to != learner);
                sent.push((*learner, state));
            }
            Fact::EpochFile { accepted, epoch } => {
                let server = &mut self.servers[i];
                let file = if *accepted {
                    &mut server.accepted
                } else {
                    &mut server.current
                };
                *file = *epoch;
            }
            Fact::Decided { state, vote, .. } => {
                let leader = self.node(vote.leader);
                let server = &mut self.servers[i];
                server.forget_role();
                server.role = *state;
                server.leader = leader;
            }
            Fact::EpochAgreed { epoch, .. } => self.on_agreed(node, *epoch),
            Fact::Established { epoch, .. } => self.on_established(node, *epoch, step),
            Fact::NewLeaderHeard { epoch } => self.servers[i].new_leader = Some(*epoch),
            Fact::UpToDate { .. } => self.servers[i].serving = true,
            Fact::Serving { yes, .. } => self.servers[i].serving = *yes,
            Fact::SteppedDown { .. } => self.servers[i].forget_role(),
            _ => {}
        }
    }

    /// A server without others counts as a leader that everything is known of from the start.
    fn runs_alone(&mut self, node: NodeId, epoch: Epoch, step: StepIndex, view: &impl View) {
        self.loaded(node, false, view);
        self.on_established(node, epoch, step);
        let server = &mut self.servers[node.index()];
        server.role = ServerState::Standalone;
        server.leads = None;
    }

    /// What it applied is in its log, and nobody else is asked.
    fn applied_alone(&mut self, node: NodeId, step: StepIndex) {
        let server = &self.servers[node.index()];
        if server.role != ServerState::Standalone {
            return;
        }
        let state = server.state;
        if let Some(term) = self.term_mut(node) {
            term.bcast = state;
            term.committed = state;
            self.commit(state, step);
        }
    }

    /// The server read its disk: from the start, or (`forward`) only what the log has above what
    /// is in memory.
    fn loaded(&mut self, node: NodeId, forward: bool, view: &impl View) {
        let i = node.index();
        let Some(disk) = view.disk(node) else {
            return;
        };
        let history = self.read(node, disk);
        self.servers[i].disk = history;
        let state = self.servers[i].state;
        self.servers[i].state = if forward && !state.is_empty() {
            let above = self.histories.last_zxid(state).next();
            self.replay(state, disk.entries_from(above))
        } else {
            history
        };
    }

    /// The leader's database took the place of the own.
    fn replaced(&mut self, node: NodeId) {
        let server = &self.servers[node.index()];
        let (leader, own) = (server.leader, server.sid);
        let Some(leader) = leader.map(|leader| &self.servers[leader.index()]) else {
            return;
        };
        let sent = leader.sent.iter().find(|(to, _)| Some(*to) == own);
        let state = sent.map_or(leader.state, |(_, history)| *history);
        self.servers[node.index()].state = state;
    }

    /// A snapshot of what is in memory was written. A restart reads the newest one, by name, and
    /// the log above that name.
    fn snapshot(&mut self, node: NodeId, name: Zxid) {
        let server = &mut self.servers[node.index()];
        let (state, disk) = (server.state, server.disk);
        server.snapshots.retain(|(it, _)| *it != name);
        server.snapshots.push((name, state));
        let newest = server.snapshots.iter().max_by_key(|(name, _)| *name);
        let (name, from) = *newest.expect("one was pushed");
        let next = self.histories.get(disk, from.len());
        let above = next.is_none_or(|entry| entry.zxid > name);
        if above && self.histories.is_prefix(from, disk) {
            return;
        }
        let same = self.histories.common(from, disk).len();
        let behind = self.histories.from(disk, same).filter(|e| e.zxid > name);
        let behind: Vec<Entry> = behind.copied().collect();
        let read = behind
            .into_iter()
            .fold(from, |h, entry| self.append(h, entry));
        self.servers[node.index()].disk = read;
    }

    fn on_agreed(&mut self, node: NodeId, epoch: Epoch) {
        let server = &mut self.servers[node.index()];
        server.leads = Some(epoch);
        server.established = false;
        let initial = server.state;
        self.terms.push(Term {
            epoch,
            leader: node,
            initial,
            bcast: initial,
            committed: History::EMPTY,
            established: None,
            first_proposal: None,
        });
    }

    fn term_mut(&mut self, leader: NodeId) -> Option<&mut Term> {
        let mut terms = self.terms.iter_mut().rev();
        terms.find(|term| term.leader == leader)
    }

    fn on_established(&mut self, node: NodeId, epoch: Epoch, step: StepIndex) {
        if self.term_of(node).is_none_or(|term| term.epoch != epoch) {
            self.on_agreed(node, epoch);
        }
        let server = &mut self.servers[node.index()];
        server.established = true;
        server.serving = true;
        let state = server.state;
        let term = self.term_mut(node).expect("agreed on");
        term.initial = state;
        term.bcast = state;
        term.committed = state;
        term.established = Some(step);
        self.commit(state, step);
    }

    fn on_proposed(&mut self, node: NodeId, txn: &Txn, step: StepIndex) {
        let Some(at) = self.terms.iter().rposition(|term| term.leader == node) else {
            return;
        };
        let bcast = self
            .histories
            .push(self.terms[at].bcast, Entry::of(txn, step));
        let term = &mut self.terms[at];
        term.bcast = bcast;
        term.first_proposal.get_or_insert(step);
    }

    fn on_committed(&mut self, node: NodeId, zxid: Zxid, step: StepIndex) {
        let Some(at) = self.terms.iter().rposition(|term| term.leader == node) else {
            return;
        };
        let Term {
            bcast, committed, ..
        } = self.terms[at];
        let mut len = committed.len();
        while self
            .histories
            .get(bcast, len)
            .is_some_and(|entry| entry.zxid <= zxid)
        {
            len += 1;
        }
        let longer = self.histories.cut(bcast, len);
        self.terms[at].committed = longer;
        self.commit(longer, step);
    }

    fn commit(&mut self, history: History, step: StepIndex) {
        if history != self.committed && self.histories.is_prefix(self.committed, history) {
            self.committed = history;
            self.committed_by = step;
        }
    }

    /// The server shows its state to clients. Answers what is new about it.
    pub fn deliver(&mut self, node: NodeId) -> Delivery {
        let server = &mut self.servers[node.index()];
        let (history, before) = (server.state, server.delivered);
        if !self.histories.is_prefix(history, before) {
            server.delivered = history;
        }
        let (first, longest) = self.longest;
        let fork = !self.histories.comparable(history, longest);
        self.parted |= fork;
        let fresh = if fork {
            let seen = |h| self.histories.common(history, h).len();
            seen(longest).max(seen(before))
        } else {
            longest.len().min(history.len())
        };
        if !fork && history.len() > longest.len() {
            self.longest = (node, history);
        }
        Delivery {
            node,
            history,
            before,
            fresh,
            forks_from: fork.then_some((first, longest)),
            parted: self.parted,
        }
    }
}

impl Server {
    fn forget_role(&mut self) {
        self.serving = false;
        self.leader = None;
        self.role = ServerState::Looking;
        self.leads = None;
        self.established = false;
        self.new_leader = None;
        // What was sent stays: it may arrive when its sender is gone.
    }
}

/// What the start of a run says about its promises.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beginning {
    /// Not all servers have the same members.
    pub several_configs: bool,
    /// Some log misses an entry in the middle.
    pub gap: bool,
    /// The quirks of any server, and those of every server.
    pub quirks: Option<(Quirks, Quirks)>,
}

fn log_of(disk: &ZkDisk) -> impl Iterator<Item = &Arc<Txn>> {
    disk.logs.iter().flat_map(|log| log.txns.iter())
}

/// Whether a log begins where an ensemble begins, or there is nothing at all.
fn reaches_back(disk: &ZkDisk) -> bool {
    match log_of(disk).next() {
        Some(first) => {
            let oldest = disk
                .snapshots
                .first()
                .map_or(Zxid::ZERO, |snapshot| snapshot.name);
            first.zxid.counter() == 1 || oldest == Zxid::ZERO
        }
        None => disk
            .newest_snapshot()
            .is_none_or(|s| s.tree.last_processed == Zxid::ZERO),
    }
}

/// Whether a counter is skipped within an epoch.
fn has_gap(disk: &ZkDisk) -> bool {
    let mut last: Option<Zxid> = None;
    log_of(disk).any(|txn| {
        let before = last.replace(txn.zxid);
        let first = |zxid: Zxid| zxid.counter() == 1;
        !before.is_none_or(|before| txn.zxid == before.next() || first(txn.zxid))
    })
}
