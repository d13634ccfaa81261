//! A small test bed: elections alone, on a network with one latency, without `World`, leaders or
//! disks.
//!
//! What happens after a decision is the test's business; by default nothing does. Messages of a
//! connection keep their order; a cut link loses what is sent and leaves dials without an answer.

mod joining;
mod textbook;
mod transport;
mod upstream;

use super::*;
use crate::base::{CallId, Lane, NodeId, Port, Span, StepIndex, WriteId};
use crate::engine::Fx;
use crate::zookeeper::{
    Change, EnsembleConfig, Fact, Member, Msg, NotificationUse, Quirks, Release, ServerOutcome,
    Timer,
};
use std::collections::{BTreeMap, BTreeSet};

/// One way takes this long.
const LATENCY_US: u64 = 1000;

/// What a server did, in a step caused by another one.
#[derive(Clone, Debug)]
pub(super) struct Noted {
    pub at_us: u64,
    pub sid: i64,
    pub step: u64,
    pub fact: Fact,
    pub because: Vec<u64>,
}

#[derive(Clone, Debug)]
enum Happening {
    /// `look`, once the server is not looking already.
    Look,
    Input(ElectionInput),
    /// An input that stands for this timer, if it was not armed again or disarmed since.
    Timer(ElectionTimer, u64),
    /// A dial arrives; the other end is this connection.
    Dialled(Conn),
}

struct Process {
    config: ServerConfig,
    election: Option<Election>,
    zxid: Zxid,
    epoch: Epoch,
    timers: BTreeMap<ElectionTimer, u64>,
    listening: bool,
}

/// Elections, their connections and what happens next.
pub(super) struct Bed {
    servers: Vec<Process>,
    now_us: u64,
    next: u64,
    step: u64,
    next_conn: u64,
    causes: BTreeMap<u64, u64>,
    queue: BTreeMap<(u64, u64), (usize, u64, Happening)>,
    /// Both ends of every connection: owner, and whether it is still open on this side.
    ends: BTreeMap<u64, (usize, bool)>,
    cut: BTreeSet<(usize, usize)>,
    pub notes: Vec<Noted>,
    pub decisions: Vec<(u64, i64, Decision)>,
    /// Notifications in the order of their delivery: from, to.
    pub delivered: Vec<(u64, i64, i64, Notification)>,
}

/// The effects of one step.
struct Effects {
    owner: usize,
    step: u64,
    next_conn: u64,
    list: Vec<Effect>,
    facts: Vec<(Fact, Vec<StepIndex>)>,
}

enum Effect {
    Listen,
    Dial(Conn, NodeId),
    Send(Conn, Msg),
    Close(Conn),
    Arm(ElectionTimer, Span),
    Disarm(ElectionTimer),
    Hand(ElectionWork),
}

fn unwrap(timer: Timer) -> ElectionTimer {
    match timer {
        Timer::Election(timer) => timer,
        other => panic!("no timer of the election: {other:?}"),
    }
}

impl Fx<Server> for Effects {
    fn step(&self) -> StepIndex {
        StepIndex(self.step)
    }
    fn listen(&mut self, _: Port) {
        self.list.push(Effect::Listen);
    }
    fn unlisten(&mut self, _: Port) {}
    fn dial(&mut self, to: NodeId, _: Port) -> Conn {
        let conn = Conn(self.next_conn);
        self.next_conn += 2;
        self.list.push(Effect::Dial(conn, to));
        conn
    }
    fn send(&mut self, conn: Conn, msg: Msg) {
        self.list.push(Effect::Send(conn, msg));
    }
    fn close(&mut self, conn: Conn) {
        self.list.push(Effect::Close(conn));
    }
    fn arm(&mut self, timer: Timer, after: Span) {
        self.list.push(Effect::Arm(unwrap(timer), after));
    }
    fn disarm(&mut self, timer: Timer) {
        self.list.push(Effect::Disarm(unwrap(timer)));
    }
    fn hand_after(&mut self, _: Lane, work: Work, _: Span) {
        match work {
            Work::Election(work) => self.list.push(Effect::Hand(work)),
            other => panic!("no work of the election: {other:?}"),
        }
    }
    fn write(&mut self, _: Change) {
        panic!("an election writes nothing");
    }
    fn sync(&mut self) -> WriteId {
        panic!("an election writes nothing");
    }
    fn reply(&mut self, _: CallId, _: ServerOutcome) {
        panic!("an election is not called");
    }
    fn exit(&mut self, _: i32) {
        panic!("an election ends no process");
    }
    fn choose(&mut self, _: u64, _: u32) -> u32 {
        panic!("an election draws nothing");
    }
    fn wants_facts(&self) -> bool {
        true
    }
    fn fact(&mut self, fact: Fact, because: &[StepIndex]) {
        assert!(because.iter().all(|step| step.0 <= self.step));
        self.facts.push((fact, because.to_vec()));
    }
}

impl Bed {
    /// Servers with these ids, all participants of one ensemble.
    pub fn new(release: Release, sids: impl IntoIterator<Item = i64>) -> Self {
        let members = sids.into_iter().enumerate().map(|(index, sid)| Member {
            sid: Sid(sid),
            node: NodeId(index as u16),
            role: Role::Participant,
            weight: 1,
            group: None,
        });
        Self::of(release, EnsembleConfig::new(members.collect()))
    }

    /// Servers of a configuration; the nodes are numbered in the order of its members.
    pub fn of(release: Release, ensemble: EnsembleConfig) -> Self {
        let ensemble = Arc::new(ensemble);
        let server = |member: &Member| Process {
            config: ServerConfig {
                sid: member.sid,
                ensemble: Arc::clone(&ensemble),
                release,
                quirks: Quirks::NONE,
            },
            election: None,
            zxid: Zxid::ZERO,
            epoch: Epoch(0),
            timers: BTreeMap::new(),
            listening: false,
        };
        Self {
            servers: ensemble.members.iter().map(server).collect(),
            now_us: 0,
            next: 0,
            step: 0,
            next_conn: 0,
            causes: BTreeMap::new(),
            queue: BTreeMap::new(),
            ends: BTreeMap::new(),
            cut: BTreeSet::new(),
            notes: Vec::new(),
            decisions: Vec::new(),
            delivered: Vec::new(),
        }
    }

    fn index(&self, sid: i64) -> usize {
        let found = |server: &Process| server.config.sid == Sid(sid);
        self.servers.iter().position(found).expect("a server")
    }

    /// What a server's election shows.
    pub fn election(&self, sid: i64) -> &Election {
        let server = &self.servers[self.index(sid)];
        server.election.as_ref().expect("started")
    }

    /// The election itself, for what a server does to it between steps.
    pub fn election_mut(&mut self, sid: i64) -> &mut Election {
        let index = self.index(sid);
        self.servers[index].election.as_mut().expect("started")
    }

    /// Gives a server a history to vote with.
    pub fn history(&mut self, sid: i64, epoch: i64, zxid: Zxid) {
        let index = self.index(sid);
        self.servers[index].zxid = zxid;
        self.servers[index].epoch = Epoch(epoch);
    }

    /// Starts a server's process without an election: it listens and answers.
    pub fn boot(&mut self, sid: i64) {
        let index = self.index(sid);
        let mut fx = self.effects(index, 0);
        let server = &mut self.servers[index];
        let zxid = By::new(server.zxid, fx.step());
        let epoch = By::new(server.epoch, fx.step());
        server.election = Some(Election::boot(&server.config, zxid, epoch, &mut fx));
        self.carry_out(fx);
    }

    /// Lets a server look for a leader.
    pub fn look(&mut self, sid: i64) {
        let index = self.index(sid);
        self.election_mut(sid).set_state(ServerState::Looking);
        self.put(0, index, 0, Happening::Look);
        self.run_for_us(0);
    }

    /// Starts a server that looks for a leader at once.
    pub fn start(&mut self, sid: i64) {
        self.boot(sid);
        self.look(sid);
    }

    /// Starts several at one instant.
    pub fn start_all(&mut self, sids: impl IntoIterator<Item = i64>) {
        for sid in sids {
            self.start(sid);
        }
    }

    /// Kills a process: its connections are reset.
    pub fn kill(&mut self, sid: i64) {
        let index = self.index(sid);
        self.servers[index].election = None;
        self.servers[index].listening = false;
        self.servers[index].timers.clear();
        let own: Vec<_> = (self.ends.iter())
            .filter(|(_, end)| **end == (index, true))
            .map(|(conn, _)| *conn)
            .collect();
        for conn in own {
            self.end(conn, Why::Reset, 0);
        }
    }

    /// Cuts both ways between two servers: nothing arrives, dials get no answer.
    pub fn cut(&mut self, a: i64, b: i64) {
        let (a, b) = (self.index(a), self.index(b));
        self.cut.insert((a, b));
        self.cut.insert((b, a));
    }

    /// Joins them again.
    pub fn heal(&mut self, a: i64, b: i64) {
        let (a, b) = (self.index(a), self.index(b));
        self.cut.remove(&(a, b));
        self.cut.remove(&(b, a));
    }

    /// Lets a server say something, whatever its election thinks.
    pub fn say(&mut self, sid: i64, to: i64, notification: Notification) {
        let index = self.index(sid);
        let mut fx = self.effects(index, 0);
        let election = self.election_mut(sid);
        let step = StepIndex(fx.step);
        election.cnx.offer(Sid(to), By::new(notification, step));
        election.cnx.run_sender(&mut fx);
        self.carry_out(fx);
    }

    /// Runs this many milliseconds.
    pub fn run_ms(&mut self, ms: u64) {
        self.run_for_us(ms * 1000);
    }

    /// Runs this many microseconds.
    pub fn run_for_us(&mut self, us: u64) {
        let until = self.now_us + us;
        while let Some((&(at, seq), _)) = self.queue.first_key_value()
            && at <= until
        {
            let (index, cause, happening) = self.queue.remove(&(at, seq)).expect("the first");
            self.now_us = at;
            self.happen(index, cause, happening);
        }
        self.now_us = until;
    }

    fn put(&mut self, after_us: u64, index: usize, cause: u64, happening: Happening) {
        self.next += 1;
        let key = (self.now_us + after_us, self.next);
        self.queue.insert(key, (index, cause, happening));
    }

    fn effects(&mut self, owner: usize, cause: u64) -> Effects {
        self.step += 1;
        self.causes.insert(self.step, cause);
        Effects {
            owner,
            step: self.step,
            next_conn: self.next_conn,
            list: Vec::new(),
            facts: Vec::new(),
        }
    }

    fn happen(&mut self, index: usize, cause: u64, happening: Happening) {
        let input = match happening {
            Happening::Dialled(theirs) => return self.dialled(index, theirs, cause),
            Happening::Look => None,
            Happening::Timer(timer, armed) => {
                if self.servers[index].timers.get(&timer) != Some(&armed) {
                    return;
                }
                self.servers[index].timers.remove(&timer);
                Some(ElectionInput::Timer(timer))
            }
            Happening::Input(input) => Some(input),
        };
        let conn = match &input {
            Some(
                ElectionInput::Opened(conn)
                | ElectionInput::Accepted(conn, _)
                | ElectionInput::Message(conn, _)
                | ElectionInput::Closed(conn, _),
            ) => self.ends.get(&conn.0),
            _ => None,
        };
        let ended = conn.is_some_and(|end| !end.1);
        if self.servers[index].election.is_none() || ended {
            return;
        }
        if let Some(ElectionInput::Closed(conn, _)) = &input {
            self.ends.get_mut(&conn.0).expect("an end").1 = false;
        }
        if let Some(ElectionInput::Message(conn, ElectionMsg::Notification(heard))) = &input {
            let from = self.servers[self.ends[&(conn.0 ^ 1)].0].config.sid.0;
            let to = self.servers[index].config.sid.0;
            self.delivered.push((self.now_us, from, to, *heard));
        }
        let mut fx = self.effects(index, cause);
        let server = &mut self.servers[index];
        let election = server.election.as_mut().expect("checked");
        let step = fx.step();
        let decision = match input {
            None => {
                let (zxid, epoch) = (server.zxid, server.epoch);
                election.look(By::new(zxid, step), By::new(epoch, step), &mut fx);
                None
            }
            Some(input) => election.input(input, &mut fx),
        };
        if let Some(decision) = decision {
            let sid = server.config.sid.0;
            self.decisions.push((self.now_us, sid, decision));
        }
        self.carry_out(fx);
    }

    fn dialled(&mut self, index: usize, theirs: Conn, cause: u64) {
        let dialler = self.ends[&theirs.0].0;
        let answer = if self.servers[index].listening {
            let ours = Conn(theirs.0 ^ 1);
            self.ends.insert(ours.0, (index, true));
            let from = NodeId(dialler as u16);
            let accepted = ElectionInput::Accepted(ours, from);
            self.put(0, index, cause, Happening::Input(accepted));
            ElectionInput::Opened(theirs)
        } else {
            self.ends.get_mut(&theirs.0).expect("an end").1 = false;
            ElectionInput::Refused(theirs)
        };
        self.put(LATENCY_US, dialler, cause, Happening::Input(answer));
    }

    /// Ends a connection from this side: the other one hears of it behind what was sent before.
    fn end(&mut self, conn: u64, why: Why, cause: u64) {
        let Some(end) = self.ends.get_mut(&conn) else {
            return;
        };
        if !core::mem::replace(&mut end.1, false) {
            return;
        }
        let owner = end.0;
        if let Some(&(peer, true)) = self.ends.get(&(conn ^ 1))
            && !self.cut.contains(&(owner, peer))
        {
            let closed = ElectionInput::Closed(Conn(conn ^ 1), why);
            self.put(LATENCY_US, peer, cause, Happening::Input(closed));
        }
    }

    fn carry_out(&mut self, fx: Effects) {
        let (owner, cause) = (fx.owner, fx.step);
        self.next_conn = fx.next_conn;
        for (fact, because) in fx.facts {
            self.notes.push(Noted {
                at_us: self.now_us,
                sid: self.servers[owner].config.sid.0,
                step: cause,
                fact,
                because: because.iter().map(|step| step.0).collect(),
            });
        }
        for effect in fx.list {
            match effect {
                Effect::Listen => self.servers[owner].listening = true,
                Effect::Dial(conn, to) => {
                    self.ends.insert(conn.0, (owner, true));
                    let to = usize::from(to.0);
                    if !self.cut.contains(&(owner, to)) {
                        self.put(LATENCY_US, to, cause, Happening::Dialled(conn));
                    }
                }
                Effect::Send(conn, msg) => self.send(owner, conn, msg, cause),
                Effect::Close(conn) => self.end(conn.0, Why::PeerClosed, cause),
                Effect::Arm(timer, after) => {
                    self.servers[owner].timers.insert(timer, self.next);
                    let happening = Happening::Timer(timer, self.next);
                    self.put(after.0 / 1000, owner, cause, happening);
                }
                Effect::Disarm(timer) => {
                    self.servers[owner].timers.remove(&timer);
                }
                Effect::Hand(work) => {
                    let input = ElectionInput::Work(work);
                    self.put(0, owner, cause, Happening::Input(input));
                }
            }
        }
    }

    fn send(&mut self, owner: usize, conn: Conn, msg: Msg, cause: u64) {
        let Msg::Election(msg) = msg else {
            panic!("an election sends nothing else");
        };
        let open = self.ends.get(&conn.0).is_some_and(|end| end.1);
        let peer = self.ends.get(&(conn.0 ^ 1)).map(|end| end.0);
        if let Some(peer) = peer
            && open
            && !self.cut.contains(&(owner, peer))
        {
            let message = ElectionInput::Message(Conn(conn.0 ^ 1), msg);
            self.put(LATENCY_US, peer, cause, Happening::Input(message));
        }
    }

    // ---- reading the outcome ----

    /// Every vote that a server set, as (leader, zxid, peer epoch, round).
    pub fn votes(&self, sid: i64) -> Vec<Flat> {
        let voted = |note: &Noted| match &note.fact {
            Fact::Voted { to, .. } if note.sid == sid => Some(flat(to)),
            _ => None,
        };
        self.notes.iter().filter_map(voted).collect()
    }

    /// Whom a server voted for, in order.
    pub fn leaders_voted(&self, sid: i64) -> Vec<i64> {
        self.votes(sid).iter().map(|vote| vote.0).collect()
    }

    /// How often a server did this with a notification.
    pub fn uses(&self, sid: i64, of: NotificationUse) -> usize {
        let is = |note: &&Noted| {
            note.sid == sid && matches!(note.fact, Fact::Heard { used, .. } if used == of)
        };
        self.notes.iter().filter(is).count()
    }

    /// What a server decided last.
    pub fn decided(&self, sid: i64) -> Option<(ServerState, i64, Branch)> {
        let last = self.decisions.iter().rev().find(|entry| entry.1 == sid);
        last.map(|(_, _, decision)| (decision.state, decision.vote.leader.0, decision.branch))
    }

    /// What two servers said to each other, as (from, state, leader, zxid, round, peer epoch).
    pub fn heard_by(&self, sid: i64) -> Vec<(i64, ServerState, Flat)> {
        let to = |entry: &&(u64, i64, i64, Notification)| entry.2 == sid;
        let flat =
            |entry: &(u64, i64, i64, Notification)| (entry.1, entry.3.state, flat(&entry.3.vote()));
        self.delivered.iter().filter(to).map(flat).collect()
    }

    /// All steps that a step goes back to, by causes and by what facts name.
    pub fn reasons(&self, step: u64) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        let mut open = vec![step];
        while let Some(step) = open.pop() {
            if step != 0 && found.insert(step) {
                open.extend(self.causes.get(&step));
                let named = self.notes.iter().filter(|note| note.step == step);
                open.extend(named.flat_map(|note| note.because.iter().copied()));
            }
        }
        found
    }
}

/// Leader, zxid, peer epoch, round.
type Flat = (i64, i64, i64, i64);

fn flat(vote: &Vote) -> Flat {
    (vote.leader.0, vote.zxid.0, vote.peer_epoch.0, vote.round.0)
}

/// A vote for (leader, zxid, peer epoch, round).
fn vote((leader, zxid, peer_epoch, round): Flat) -> Vote {
    Vote {
        leader: Sid(leader),
        zxid: Zxid(zxid),
        peer_epoch: Epoch(peer_epoch),
        round: Round(round),
    }
}

const RELEASES: [Release; 2] = Release::RECORDED;
