//! Client connections, sessions and requests of one server while it serves.
//!
//! Follows `NIOServerCnxn`, `ZooKeeperServer`, `FollowerRequestProcessor`, `FinalRequestProcessor`,
//! `LearnerSessionTracker` and `LearnerZooKeeperServer` of release 3.5.7. It never talks to the
//! leader: what must go there is returned as [`Submit`]. Read `commit.rs` for what waits for what
//! and `process.rs` for what becomes of writes.

use crate::base::{Conn, LocalTime, NodeId};
use crate::engine::{Fx, Now};
use crate::zookeeper::commit::{CommitQueue, Pending};
use crate::zookeeper::read::{read, write_result};
use crate::zookeeper::{
    ClientConn, ClientMsg, ErrorCode, Fact, Identities, Msg, Op, OpResult, Owner, Request,
    Response, Rows, Rules, Server, ServerConfig, ServerStats, SessionId, SessionIds,
    SessionTracker, Sid, Tree, Txn, TxnBody, Watches, WriteRequest, Zxid, auth,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What a server's clients want from the leader.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Submit {
    /// A write: REQUEST of a learner (its owner is then the leader's business), or straight to
    /// [`Prep`](crate::zookeeper::Prep) at the leader.
    Write(WriteRequest),
    /// A sync of a learner's client: SYNC at the leader. [`Serving::synced`] answers it. Clients of
    /// the leader itself are answered without (its own `CommitProcessor` does not match syncs).
    Sync {
        /// Whose.
        session: SessionId,
        /// The session's own number of the request.
        cxid: i32,
    },
    /// A session that a learner does not know to be alive: REVALIDATE. Never asked at the leader.
    /// [`Serving::revalidated`] answers it.
    Revalidate {
        /// Which.
        session: SessionId,
        /// Its timeout in milliseconds.
        timeout_ms: u32,
    },
}

/// Connections and requests of one server (`ZooKeeperServer` with its processors).
///
/// Lives as long as the process: client connections are accepted at any time, but one that was
/// accepted while the server did not serve is closed as soon as it speaks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Serving {
    sid: Sid,
    rules: Arc<Rules>,
    tick_ms: u32,
    min_timeout_ms: u32,
    max_timeout_ms: u32,
    max_client_cnxns: u32,
    running: bool,
    role: Role,
    conns: BTreeMap<Conn, Cnxn>,
    sessions: BTreeMap<SessionId, Conn>,
    queue: CommitQueue,
    /// `pendingSyncs`: the leader answers in order.
    syncs: VecDeque<(SessionId, i32)>,
    /// `pendingRevalidations`.
    revalidations: BTreeMap<SessionId, Conn>,
    stats: ServerStats,
    pub(super) watches: Watches,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Role {
    None,
    Leader(SessionIds, SessionTracker),
    /// With the touch table: sessions used since the last PING.
    Learner(SessionIds, BTreeMap<SessionId, u32>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Cnxn {
    from: NodeId,
    session: SessionId,
    timeout_ms: u32,
    state: CnxnState,
    /// `ServerCnxn.authInfo`.
    identities: Identities,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum CnxnState {
    /// Accepted while there was no server to serve it.
    Orphan,
    /// Nothing heard yet.
    New,
    /// Its session is being set up.
    Connecting,
    /// Its session is open.
    Open,
}

impl Serving {
    /// Nothing yet. Listening on the client port is the server's business (it does from its start).
    pub fn new(config: &ServerConfig) -> Self {
        let ensemble = &config.ensemble;
        Self {
            sid: config.session_sid(),
            rules: Arc::new(Rules::of(config)),
            tick_ms: ensemble.tick_time_ms,
            min_timeout_ms: ensemble.min_session_timeout_ms,
            max_timeout_ms: ensemble.max_session_timeout_ms,
            max_client_cnxns: ensemble.max_client_cnxns,
            running: false,
            role: Role::None,
            conns: BTreeMap::new(),
            sessions: BTreeMap::new(),
            // Alone, all requests pass the log thread in one line.
            queue: CommitQueue::new(
                Rows::of(config.release).commit_queue_per_session && !ensemble.is_standalone(),
            ),
            syncs: VecDeque::new(),
            revalidations: BTreeMap::new(),
            stats: ServerStats::default(),
            watches: Watches::new(Rows::of(config.release).watch_rules),
        }
    }

    /// Creates the session tracker of a learner (`createSessionTracker` in `syncWithLeader`, when
    /// the leader's database is in place): session ids are taken from the clock now, and
    /// transactions applied from now on touch their sessions.
    pub fn track_as_learner(&mut self, now: LocalTime) {
        let ids = SessionIds::new(self.sid, now);
        self.role = Role::Learner(ids, BTreeMap::new());
    }

    /// Begins to serve (`startup`): as leader with a session tracker, in which every session of the
    /// tree gets its whole timeout again; as learner with the tracker it has, or a new one.
    pub fn start(&mut self, as_leader: bool, tree: &Tree, now: LocalTime) {
        if as_leader {
            let ids = SessionIds::new(self.sid, now);
            let tracker = SessionTracker::new(tree, self.tick_ms, now);
            self.role = Role::Leader(ids, tracker);
        } else if !matches!(self.role, Role::Learner(..)) {
            self.track_as_learner(now);
        }
        self.running = true;
        self.stats.begin();
    }

    /// Stops serving (`shutdown`): closes all client connections and forgets pending requests.
    pub fn stop(&mut self, fx: &mut dyn Fx<Server>) {
        for conn in core::mem::take(&mut self.conns).into_keys() {
            self.stats.closed(conn);
            fx.close(conn);
        }
        self.sessions.clear();
        self.queue.clear();
        self.syncs.clear();
        self.revalidations.clear();
        self.watches.clear();
        self.role = Role::None;
        self.running = false;
    }

    /// What release and configuration decide about operations.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// Whether it serves.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// The leader's session tracker, while leading and serving.
    pub fn tracker(&mut self) -> Option<&mut SessionTracker> {
        match &mut self.role {
            Role::Leader(_, tracker) => Some(tracker),
            _ => None,
        }
    }

    /// The sessions used here since the last call with their timeouts: a learner's PING answer.
    pub fn take_touched(&mut self) -> Arc<[(SessionId, u32)]> {
        match &mut self.role {
            Role::Learner(_, touched) => core::mem::take(touched).into_iter().collect(),
            _ => Arc::default(),
        }
    }

    /// Open connections (`zk_num_alive_connections`).
    pub fn connections(&self) -> usize {
        self.conns.len()
    }

    /// Requests that wait for the leader, and those behind them.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// A client connected. One address may have so many connections and no more.
    pub fn accepted(&mut self, conn: Conn, from: NodeId, fx: &mut dyn Fx<Server>) {
        let limit = self.max_client_cnxns;
        if limit > 0 && self.conns.len() >= limit as usize {
            let same = self.conns.values().filter(|cnxn| cnxn.from == from);
            let open = same.count() as u32;
            if open >= limit {
                if fx.wants_facts() {
                    fx.fact(Fact::TooManyConnections { open, limit }, &[fx.step()]);
                }
                fx.close(conn);
                return;
            }
        }
        let state = if self.running {
            CnxnState::New
        } else {
            CnxnState::Orphan
        };
        let cnxn = Cnxn {
            session: SessionId::default(),
            timeout_ms: 0,
            state,
            from,
            identities: Identities::of_node(from),
        };
        self.conns.insert(conn, cnxn);
        self.stats.accepted(conn);
    }

    /// What it has counted since it began to serve.
    pub fn stats(&self) -> &ServerStats {
        &self.stats
    }

    /// What time it is, for those who count how long something took.
    pub fn note_time(&mut self, now: Now) {
        self.stats.note_time(now);
    }

    /// Its clients' connections, in the order in which they came.
    pub fn clients(&self) -> impl Iterator<Item = ClientConn<'_>> {
        self.conns.iter().filter_map(|(conn, cnxn)| {
            let session = matches!(cnxn.state, CnxnState::Connecting | CnxnState::Open);
            Some(ClientConn {
                conn: *conn,
                session: session.then_some(cnxn.session),
                timeout_ms: cnxn.timeout_ms,
                stats: self.stats.of(*conn)?,
            })
        })
    }

    /// The leader's sessions with the times at which they expire.
    pub fn session_tracker(&self) -> Option<&SessionTracker> {
        match &self.role {
            Role::Leader(_, tracker) => Some(tracker),
            Role::None | Role::Learner(..) => None,
        }
    }

    /// The watches of its connections.
    pub fn watches(&self) -> &Watches {
        &self.watches
    }

    /// Sends what is no answer.
    pub(super) fn send(&mut self, conn: Conn, msg: ClientMsg, fx: &mut dyn Fx<Server>) {
        self.stats.told(conn);
        fx.send(conn, Msg::Client(msg));
    }

    /// The session of a connection that is open.
    pub fn session_of(&self, conn: Conn) -> Option<SessionId> {
        self.conns.get(&conn).map(|cnxn| cnxn.session)
    }

    /// Whether this is a client's connection.
    pub fn has(&self, conn: Conn) -> bool {
        self.conns.contains_key(&conn)
    }

    /// A client's connection ended. Its session lives on, and so do its requests.
    pub fn closed(&mut self, conn: Conn, fx: &mut dyn Fx<Server>) {
        self.stats.closed(conn);
        let Some(cnxn) = self.conns.remove(&conn) else {
            return;
        };
        let session = cnxn.session;
        if self.sessions.get(&session) == Some(&conn) {
            self.sessions.remove(&session);
        }
        if !self.watches.is_empty() {
            let count = self.watches.closed(conn) as u32;
            if count > 0 && fx.wants_details() {
                let dropped = Fact::WatchesDropped { session, count };
                fx.fact(dropped, &[fx.step()]);
            }
        }
    }

    fn close(&mut self, conn: Conn, fx: &mut dyn Fx<Server>) {
        if self.conns.contains_key(&conn) {
            self.closed(conn, fx);
            fx.close(conn);
        }
    }

    /// A client spoke. Reads are answered at once if nothing is before them; what the leader has to
    /// do is returned.
    pub fn deliver(
        &mut self,
        conn: Conn,
        msg: ClientMsg,
        tree: &Tree,
        now: LocalTime,
        fx: &mut dyn Fx<Server>,
    ) -> Option<Submit> {
        let cnxn = self.conns.get(&conn)?.clone();
        self.stats.heard(conn);
        match (cnxn.state, msg) {
            (
                CnxnState::New,
                ClientMsg::Connect {
                    session,
                    timeout_ms,
                    last_zxid,
                    password_ok,
                },
            ) if self.running => {
                if last_zxid > tree.last_processed {
                    self.refuse(conn, last_zxid, tree.last_processed, fx);
                    return None;
                }
                let timeout_ms = timeout_ms.clamp(self.min_timeout_ms, self.max_timeout_ms);
                if session == SessionId::default() {
                    return self.create_session(conn, timeout_ms, now);
                }
                self.reopen_session(conn, session, timeout_ms, password_ok, now, fx)
            }
            (CnxnState::Open, ClientMsg::Request(request))
                if self.running && 8 + request.op.size() <= MAX_FRAME =>
            {
                self.submit(conn, cnxn, request, tree, now, fx)
            }
            _ => {
                self.close(conn, fx);
                None
            }
        }
    }

    fn refuse(&mut self, conn: Conn, client_zxid: Zxid, own: Zxid, fx: &mut dyn Fx<Server>) {
        if fx.wants_facts() {
            fx.fact(Fact::ClientAhead { client_zxid, own }, &[fx.step()]);
        }
        self.close(conn, fx);
    }

    fn set_session(&mut self, conn: Conn, session: SessionId, timeout_ms: u32) {
        if let Some(cnxn) = self.conns.get_mut(&conn) {
            cnxn.session = session;
            cnxn.timeout_ms = timeout_ms;
            cnxn.state = CnxnState::Connecting;
        }
        self.sessions.insert(session, conn);
    }

    /// `ZooKeeperServer.createSession`: the id is given out here, the session is a transaction.
    fn create_session(&mut self, conn: Conn, timeout_ms: u32, now: LocalTime) -> Option<Submit> {
        let session = match &mut self.role {
            Role::None => return None,
            Role::Leader(ids, tracker) => {
                let session = ids.next_id();
                tracker.track(session, timeout_ms, now);
                session
            }
            Role::Learner(ids, touched) => {
                let session = ids.next_id();
                touched.insert(session, timeout_ms);
                session
            }
        };
        self.set_session(conn, session, timeout_ms);
        let op = Arc::new(Op::CreateSession { timeout_ms });
        self.stats.asked(conn, 0);
        let waits = self.queue.push(Pending {
            conn,
            session,
            cxid: 0,
            op: Arc::clone(&op),
            needs_commit: true,
            error: None,
            identities: Identities::NOBODY,
        });
        debug_assert!(waits.is_none());
        Some(Submit::Write(WriteRequest {
            session,
            cxid: 0,
            op,
            owner: None,
            identities: Identities::NOBODY,
        }))
    }

    /// `reopenSession`: its connection to this server, if any, is closed first, whatever the
    /// password.
    fn reopen_session(
        &mut self,
        conn: Conn,
        session: SessionId,
        timeout_ms: u32,
        password_ok: bool,
        now: LocalTime,
        fx: &mut dyn Fx<Server>,
    ) -> Option<Submit> {
        if let Some(old) = self.sessions.get(&session).copied() {
            self.close(old, fx);
        }
        self.set_session(conn, session, timeout_ms);
        if !password_ok {
            if fx.wants_facts() {
                fx.fact(Fact::WrongPassword { session }, &[fx.step()]);
            }
            self.finish(conn, false, fx);
            return None;
        }
        if let Some(tracker) = self.tracker() {
            let valid = tracker.touch(session, timeout_ms, now);
            // Fails exactly if the session is not valid.
            let _ = tracker.set_owner(session, Some(Owner::Local));
            self.finish(conn, valid, fx);
            return None;
        }
        self.revalidations.insert(session, conn);
        Some(Submit::Revalidate {
            session,
            timeout_ms,
        })
    }

    /// The leader's answer to [`Submit::Revalidate`].
    pub fn revalidated(&mut self, session: SessionId, valid: bool, fx: &mut dyn Fx<Server>) {
        if let Some(conn) = self.revalidations.remove(&session) {
            self.finish(conn, valid, fx);
        }
    }

    /// `finishSessionInit`: tells the client, and closes the connection of a session that is none.
    fn finish(&mut self, conn: Conn, valid: bool, fx: &mut dyn Fx<Server>) {
        let Some(cnxn) = self.conns.get_mut(&conn) else {
            return;
        };
        let (session, timeout_ms) = if valid {
            (cnxn.session, cnxn.timeout_ms)
        } else {
            (SessionId::default(), 0)
        };
        cnxn.state = CnxnState::Open;
        let connected = ClientMsg::Connected {
            session,
            timeout_ms,
        };
        fx.send(conn, Msg::Client(connected));
        self.stats.told(conn);
        if !valid {
            self.close(conn, fx);
        } else if fx.wants_facts() {
            let opened = Fact::SessionOpened {
                session,
                timeout_ms,
            };
            fx.fact(opened, &[]);
        }
    }

    /// `submitRequest` and the processors up to the commit queue.
    fn submit(
        &mut self,
        conn: Conn,
        cnxn: Cnxn,
        request: Request,
        tree: &Tree,
        now: LocalTime,
        fx: &mut dyn Fx<Server>,
    ) -> Option<Submit> {
        let Request { cxid, op } = request;
        let session = cnxn.session;
        if let Op::Auth { scheme, auth } = &*op {
            self.authenticate(conn, cxid, scheme, auth, fx);
            return None;
        }
        if !self.rules.knows(&op) {
            respond(conn, cxid, Zxid(-1), Err(ErrorCode::Unimplemented), fx);
            self.close(conn, fx);
            return None;
        }
        let write = op.is_write();
        let sync = matches!(*op, Op::Sync { .. });
        let (mut error, mut needs_commit, mut owner) = (None, write, None);
        match &mut self.role {
            Role::None => return None,
            Role::Leader(_, tracker) => {
                if !tracker.touch(session, cnxn.timeout_ms, now) {
                    // Dropped without an answer: the session is closing, and the connection with it.
                    return None;
                }
                if !write {
                    error = tracker.check(session, Owner::Local).err();
                }
                owner = Some(Owner::Local);
            }
            Role::Learner(_, touched) => {
                touched.insert(session, cnxn.timeout_ms);
                needs_commit |= sync;
            }
        }
        self.stats.asked(conn, cxid);
        let pending = Pending {
            conn,
            session,
            cxid,
            op: Arc::clone(&op),
            needs_commit,
            error,
            identities: cnxn.identities.clone(),
        };
        if let Some(ready) = self.queue.push(pending) {
            self.answer_read(&ready, tree, fx);
        }
        if write {
            return Some(Submit::Write(WriteRequest {
                session,
                cxid,
                op,
                owner,
                identities: cnxn.identities,
            }));
        }
        if !needs_commit {
            return None;
        }
        self.syncs.push_back((session, cxid));
        Some(Submit::Sync { session, cxid })
    }

    /// A transaction was applied here with this result (`FinalRequestProcessor`): answers its
    /// client if it is ours, and what waited behind it. Events go first. Call it right after
    /// [`Database::apply`](crate::zookeeper::Database::apply) with the tree after it, and with the
    /// ephemeral nodes that a closed session had before.
    pub fn applied(
        &mut self,
        (txn, vanished): (&Txn, &[Arc<str>]),
        result: &Result<OpResult, ErrorCode>,
        tree: &Tree,
        now: LocalTime,
        fx: &mut dyn Fx<Server>,
    ) {
        match &txn.body {
            TxnBody::CreateSession { timeout_ms } => match &mut self.role {
                Role::None => {}
                Role::Leader(_, tracker) => tracker.track(txn.session, *timeout_ms, now),
                Role::Learner(_, touched) => {
                    touched.insert(txn.session, *timeout_ms);
                }
            },
            TxnBody::CloseSession => match &mut self.role {
                Role::None => {}
                Role::Leader(_, tracker) => tracker.remove(txn.session),
                Role::Learner(_, touched) => {
                    touched.remove(&txn.session);
                }
            },
            _ => {}
        }
        if !self.watches.is_empty() {
            self.fire(txn, vanished, result, fx);
        }
        if let Some(request) = self.queue.commit(txn.session, txn.cxid) {
            self.answer_write(&request, result, tree, fx);
            self.answer_waiting(tree, fx);
        } else if matches!(txn.body, TxnBody::CloseSession)
            && let Some(conn) = self.sessions.get(&txn.session).copied()
        {
            self.close(conn, fx);
        }
    }

    /// The leader's answer to the oldest [`Submit::Sync`].
    pub fn synced(&mut self, tree: &Tree, fx: &mut dyn Fx<Server>) {
        let Some((session, cxid)) = self.syncs.pop_front() else {
            return;
        };
        if let Some(request) = self.queue.commit(session, cxid) {
            self.answer_read(&request, tree, fx);
            self.answer_waiting(tree, fx);
        }
    }

    fn answer_waiting(&mut self, tree: &Tree, fx: &mut dyn Fx<Server>) {
        while let Some(request) = self.queue.next() {
            self.answer_read(&request, tree, fx);
        }
    }

    fn answer_write(
        &mut self,
        request: &Pending,
        result: &Result<OpResult, ErrorCode>,
        tree: &Tree,
        fx: &mut dyn Fx<Server>,
    ) {
        match (&*request.op, result) {
            (Op::CreateSession { .. }, Ok(_)) => {
                let zxid = tree.last_processed;
                self.stats.answered(request.conn, &request.op, zxid);
                self.finish(request.conn, true, fx);
            }
            (_, result) => {
                let result = result.clone();
                let result = result.map(|result| write_result(&request.op, result, tree));
                self.reply(request, result, tree, fx);
                if matches!(*request.op, Op::CloseSession) {
                    self.close(request.conn, fx);
                }
            }
        }
    }

    fn answer_read(&mut self, request: &Pending, tree: &Tree, fx: &mut dyn Fx<Server>) {
        let result = match request.error {
            Some(code) => Err(code),
            None => match self.watch_request(request, tree, fx) {
                Some(result) => result,
                None => {
                    let (session, who) = (request.session, &request.identities);
                    read(&request.op, tree, &self.rules, session, who)
                }
            },
        };
        self.leave_watch(request, &result, fx);
        self.reply(request, result, tree, fx);
    }

    /// A moved session's connection is closed without an answer.
    fn reply(
        &mut self,
        request: &Pending,
        result: Result<OpResult, ErrorCode>,
        tree: &Tree,
        fx: &mut dyn Fx<Server>,
    ) {
        if result == Err(ErrorCode::SessionMoved) {
            if fx.wants_facts() && self.conns.contains_key(&request.conn) {
                let session = request.session;
                fx.fact(Fact::SessionMoved { session }, &[fx.step()]);
            }
            self.close(request.conn, fx);
            return;
        }
        if !self.conns.contains_key(&request.conn) {
            return;
        }
        self.stats
            .answered(request.conn, &request.op, tree.last_processed);
        self.stats.told(request.conn);
        respond(request.conn, request.cxid, tree.last_processed, result, fx);
    }

    /// `addauth` never leaves this server: the connection holds what was proved. One that fails is
    /// closed behind the answer.
    fn authenticate(
        &mut self,
        conn: Conn,
        cxid: i32,
        scheme: &str,
        auth: &[u8],
        fx: &mut dyn Fx<Server>,
    ) {
        let Some(cnxn) = self.conns.get_mut(&conn) else {
            return;
        };
        self.stats.told(conn);
        let proved = auth::prove(&self.rules, &mut cnxn.identities, scheme, auth);
        let failed = proved.is_err();
        respond(conn, cxid, Zxid::ZERO, proved.map(|()| OpResult::Done), fx);
        if failed {
            self.close(conn, fx);
        }
    }
}

fn respond(
    conn: Conn,
    cxid: i32,
    zxid: Zxid,
    result: Result<OpResult, ErrorCode>,
    fx: &mut dyn Fx<Server>,
) {
    let (error, result) = match result {
        Ok(result) => (None, result),
        Err(code) => (Some(code), OpResult::Done),
    };
    let response = Response {
        cxid,
        zxid,
        error,
        result,
    };
    fx.send(conn, Msg::Client(ClientMsg::Response(Box::new(response))));
}

/// `jute.maxbuffer`: a longer frame ("Len error") costs the connection.
const MAX_FRAME: u32 = 0xf_ffff;
