//! A client: connects to a server of its list, keeps a session alive, asks, reads answers.
//!
//! Follows `ClientCnxn.java` and `StaticHostProvider.java` of release 3.5.7, without the shuffle of
//! the list (a scenario gives the order). Everything random is asked of `fx.choose`. It never
//! retries an operation: one whose connection ended has an unknown outcome. Read `load.rs` for
//! what a client does on its own.

use crate::base::{By, CallId, Conn, LocalTime, NodeId, Span, StepIndex};
use crate::engine::{DiskImage, Fx, Input, Machine, Now};
use crate::zookeeper::client_watches::ClientWatches;
use crate::zookeeper::load::{Load, LoadState};
use crate::zookeeper::{
    ClientMsg, ErrorCode, Fact, Msg, Op, OpResult, Request, Response, SessionId, Sid, WatchEvent,
    Zxid, port,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// What a client is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientConfig {
    /// The servers in the order in which they are tried; at least one.
    pub servers: Vec<(NodeId, Sid)>,
    /// The session timeout asked for, in milliseconds.
    pub session_timeout_ms: u32,
    /// What it does on its own once it has a session.
    pub load: Option<Load>,
}

/// A request to a client from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientOp {
    /// One operation. Asked while there is no connection, it waits for the next one.
    Do(Op),
    /// Opens a session if there is none (a client opens one at its start; this is for one that was
    /// closed or has expired).
    Connect,
    /// Takes up a session that another client opened, with its password or a wrong one, as a
    /// process does that was given both (`new ZooKeeper(…, sessionId, sessionPasswd)`). What this
    /// client had is left alone.
    Resume {
        /// The session.
        session: SessionId,
        /// Whether the password is the right one.
        password_ok: bool,
    },
    /// Closes the session.
    Close,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientOutcome {
    /// The session is open.
    Connected {
        /// Which.
        session: SessionId,
    },
    /// The server answered.
    Answered {
        /// The reply's zxid.
        zxid: Zxid,
        /// Result or error code.
        result: Result<OpResult, ErrorCode>,
    },
    /// The connection ended first: nobody knows whether it took effect.
    Lost,
    /// The session had expired or was closed.
    Expired,
}

/// The timers of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientTimer {
    /// A third of the timeout without sending: ping.
    Ping,
    /// Two thirds without hearing: give the server up.
    Dead,
    /// Dial the next server.
    Retry,
    /// The pause between operations is over.
    Think,
}

/// A client has no disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoDisk;

impl DiskImage for NoDisk {
    type Change = ();
    fn apply(&mut self, (): &()) {}
    fn apply_torn(&mut self, (): &()) {}
    fn weight((): &()) -> u64 {
        0
    }
}

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientState {
    /// Waits before it dials the next server.
    Waiting,
    /// Dials, or has asked for its session.
    Connecting,
    /// Has its session on a connection.
    Connected,
    /// Has closed its session or given it up.
    Closed,
}

/// What the choices of a client are about (the subjects of `fx.choose`).
pub(crate) mod choice {
    /// How long to wait before dialling again, in milliseconds below 1000.
    pub const RECONNECT: u64 = 0;
    /// What a load does next, and on which key: one choice of parts times keys.
    pub const OPERATION: u64 = 1;
}

/// A client process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    config: Arc<ClientConfig>,
    state: ClientState,
    conn: Option<Conn>,
    hosts: Hosts,
    /// Until the first connection stands, retries do not wait for a random time.
    first_connect: bool,
    session: SessionId,
    password_ok: bool,
    timeout_ms: u32,
    last_zxid: Zxid,
    last_xid: i32,
    watches: ClientWatches,
    /// Proofs of identity, sent again on every connection.
    proofs: Vec<Arc<Op>>,
    /// Calls for such a proof that was sent.
    proving: VecDeque<Option<CallId>>,
    last_sent: LocalTime,
    last_heard: By<LocalTime>,
    /// Sent, in the order of the answers to come.
    pending: VecDeque<Asked>,
    /// Asked while there was no connection.
    outgoing: VecDeque<Asked>,
    load: Option<LoadState>,
    /// Who waits for the session.
    connecting: Vec<CallId>,
}

/// One operation under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    by: AskedBy,
    /// 0 until it is sent.
    xid: By<i32>,
    op: Arc<Op>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum AskedBy {
    Call(CallId),
    Load,
    /// The client library itself, for its watches.
    Library,
}

/// `StaticHostProvider`: the list, where it stands, and where it was connected last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Hosts {
    current: Option<usize>,
    last: Option<usize>,
}

impl Hosts {
    /// The next server, and whether the whole list was tried since the last connection.
    fn next(&mut self, len: usize) -> (usize, bool) {
        let index = self.current.map_or(0, |current| (current + 1) % len);
        let tried_all = self.last == Some(index);
        self.current = Some(index);
        self.last.get_or_insert(0);
        (index, tried_all)
    }
}

/// `next(spinDelay)` waits this long when the whole list was tried in vain.
const SPIN: Span = Span::from_millis(1000);

impl Machine for Client {
    type Config = ClientConfig;
    type Msg = Msg;
    type Timer = ClientTimer;
    type Work = ();
    type Disk = NoDisk;
    type Op = ClientOp;
    type Outcome = ClientOutcome;
    type Fact = Fact;

    fn boot(config: &ClientConfig, now: Now, _: &NoDisk, fx: &mut dyn Fx<Self>) -> Self {
        assert!(!config.servers.is_empty(), "a client without servers");
        let mut client = Self {
            config: Arc::new(config.clone()),
            state: ClientState::Closed,
            conn: None,
            hosts: Hosts::default(),
            first_connect: true,
            session: SessionId::default(),
            password_ok: true,
            watches: ClientWatches::default(),
            proofs: Vec::new(),
            proving: VecDeque::new(),
            timeout_ms: config.session_timeout_ms,
            last_zxid: Zxid::ZERO,
            last_xid: 0,
            last_sent: now.mono,
            last_heard: By::new(now.mono, fx.step()),
            pending: VecDeque::new(),
            outgoing: VecDeque::new(),
            load: config.load.as_ref().map(LoadState::new),
            connecting: Vec::new(),
        };
        client.connect(now, fx);
        client
    }

    fn step(&mut self, now: Now, _: &NoDisk, input: Input<Self>, fx: &mut dyn Fx<Self>) {
        match input {
            Input::Deliver(conn, Msg::Client(msg)) if self.conn == Some(conn) => {
                self.last_heard = By::new(now.mono, fx.step());
                self.hear(msg, now, fx);
            }
            Input::Opened(conn) if self.conn == Some(conn) => self.opened(conn, now, fx),
            Input::Refused(conn) | Input::Closed(conn, _) if self.conn == Some(conn) => {
                self.lost(&[], now, fx);
            }
            Input::Timer(timer) => self.timer(timer, now, fx),
            Input::Call(call, op) => self.call(call, op, now, fx),
            _ => {}
        }
    }
}

impl Client {
    /// Where it stands.
    pub fn state(&self) -> ClientState {
        self.state
    }

    /// Its session, once it has one.
    pub fn session(&self) -> Option<SessionId> {
        (self.session != SessionId::default()).then_some(self.session)
    }

    /// The server it is connected to or tries, if any.
    pub fn server(&self) -> Option<Sid> {
        self.conn?;
        Some(self.config.servers[self.hosts.current?].1)
    }

    /// The negotiated session timeout in milliseconds (the one asked for until then).
    pub fn timeout_ms(&self) -> u32 {
        self.timeout_ms
    }

    /// The greatest zxid it has seen.
    pub fn last_zxid(&self) -> Zxid {
        self.last_zxid
    }

    /// For how long it has sent nothing.
    pub fn idle(&self, now: LocalTime) -> Span {
        now - self.last_sent
    }

    /// Its watches.
    pub fn watches(&self) -> &ClientWatches {
        &self.watches
    }

    /// Operations that its load has done, and whether it has more to do.
    pub fn load_done(&self) -> Option<(u64, bool)> {
        self.load.as_ref().map(|load| (load.done(), load.is_over()))
    }

    fn sid(&self) -> Sid {
        self.config.servers[self.hosts.current.expect("a server was chosen")].1
    }

    /// Two thirds of the timeout: how long a silent server counts as alive.
    fn read_timeout(&self) -> Span {
        Span::from_millis(u64::from(self.timeout_ms) * 2 / 3)
    }

    fn connect_timeout(&self) -> Span {
        let servers = self.config.servers.len() as u64;
        Span::from_millis(u64::from(self.timeout_ms) / servers)
    }

    fn connect(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        let (_, tried_all) = self.hosts.next(self.config.servers.len());
        let mut wait = if tried_all { SPIN } else { Span::ZERO };
        if !self.first_connect {
            let ms = fx.choose(choice::RECONNECT, 1000);
            wait = wait + Span::from_millis(u64::from(ms));
        }
        self.state = ClientState::Waiting;
        match wait {
            Span::ZERO => self.dial(now, fx),
            wait => fx.arm(ClientTimer::Retry, wait),
        }
    }

    fn dial(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        let (node, _) = self.config.servers[self.hosts.current.expect("chosen by connect")];
        self.conn = Some(fx.dial(node, port::CLIENT));
        self.state = ClientState::Connecting;
        self.last_heard = By::new(now.mono, fx.step());
        fx.arm(ClientTimer::Dead, self.connect_timeout());
    }

    fn opened(&mut self, conn: Conn, now: Now, fx: &mut dyn Fx<Self>) {
        self.first_connect = false;
        self.last_heard = By::new(now.mono, fx.step());
        self.last_sent = now.mono;
        let connect = ClientMsg::Connect {
            session: self.session,
            timeout_ms: self.config.session_timeout_ms,
            last_zxid: self.last_zxid,
            password_ok: self.password_ok,
        };
        fx.send(conn, Msg::Client(connect));
        fx.arm(ClientTimer::Dead, self.connect_timeout());
    }

    fn hear(&mut self, msg: ClientMsg, now: Now, fx: &mut dyn Fx<Self>) {
        match msg {
            ClientMsg::Connected {
                session,
                timeout_ms,
            } => {
                if session == SessionId::default() {
                    self.expired(now, fx);
                } else {
                    self.connected(session, timeout_ms, now, fx);
                }
            }
            ClientMsg::Response(response) if response.cxid == AUTH => {
                self.proved(&response, now, fx);
            }
            ClientMsg::Response(response) if response.cxid != PING => {
                self.answered(*response, now, fx);
            }
            ClientMsg::Event(event) => {
                self.watches.heard(&event);
                if fx.wants_facts() {
                    let session = self.session;
                    let WatchEvent { kind, path, .. } = event;
                    let heard = Fact::EventHeard {
                        session,
                        kind,
                        path,
                    };
                    fx.fact(heard, &[fx.step()]);
                }
            }
            _ => {}
        }
    }

    fn connected(&mut self, session: SessionId, timeout_ms: u32, now: Now, fx: &mut dyn Fx<Self>) {
        self.state = ClientState::Connected;
        self.hosts.last = self.hosts.current;
        self.session = session;
        self.timeout_ms = timeout_ms;
        fx.arm(ClientTimer::Dead, self.read_timeout());
        fx.arm(ClientTimer::Ping, self.ping_interval());
        if fx.wants_facts() {
            let to = self.sid();
            fx.fact(Fact::ClientConnected { session, to }, &[fx.step()]);
        }
        for call in core::mem::take(&mut self.connecting) {
            fx.reply(call, ClientOutcome::Connected { session });
        }
        for op in self.proofs.clone() {
            self.prove(op, None, now, fx);
        }
        self.bring_watches(now, fx);
        for asked in core::mem::take(&mut self.outgoing) {
            self.send(asked, now, fx);
        }
        self.go_on(now, fx);
    }

    /// `primeConnection`: the watches of the connection before, ahead of everything that waits.
    fn bring_watches(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        for lists in self.watches.to_set(self.last_zxid) {
            if fx.wants_facts() {
                let (session, since) = (self.session, lists.relative_zxid);
                let count = ClientWatches::count(&lists);
                let resent = Fact::WatchesResent {
                    session,
                    since,
                    count,
                };
                fx.fact(resent, &[fx.step()]);
            }
            let asked = Asked {
                by: AskedBy::Library,
                xid: By::default(),
                op: Arc::new(Op::SetWatches(Box::new(lists))),
            };
            self.send(asked, now, fx);
        }
    }

    /// Sends a proof of identity, which waits for nothing and is numbered -4.
    fn prove(&mut self, op: Arc<Op>, call: Option<CallId>, now: Now, fx: &mut dyn Fx<Self>) {
        let conn = self.conn.expect("connected");
        self.last_sent = now.mono;
        self.proving.push_back(call);
        let request = Request { cxid: AUTH, op };
        fx.send(conn, Msg::Client(ClientMsg::Request(request)));
    }

    /// The answer to a proof: one that was refused ends the session's use for good.
    fn proved(&mut self, response: &Response, now: Now, fx: &mut dyn Fx<Self>) {
        let call = self.proving.pop_front().flatten();
        let result = response.error.map_or(Ok(OpResult::Done), Err);
        if let Some(call) = call {
            let zxid = response.zxid;
            fx.reply(call, ClientOutcome::Answered { zxid, result });
        }
        if response.error == Some(ErrorCode::AuthFailed) {
            if fx.wants_facts() {
                let session = self.session;
                fx.fact(Fact::ClientAuthFailed { session }, &[fx.step()]);
            }
            self.proofs.clear();
            self.close(fx);
            self.fail_all(&ClientOutcome::Lost, fx);
            if self.load.is_some() {
                self.connect(now, fx);
            }
        }
    }

    fn ping_interval(&self) -> Span {
        Span(self.read_timeout().0 / 2).min(Span::from_secs(10))
    }

    fn send(&mut self, mut asked: Asked, now: Now, fx: &mut dyn Fx<Self>) {
        let conn = self.conn.expect("connected");
        self.last_xid += 1;
        asked.xid = By::new(self.last_xid, fx.step());
        self.last_sent = now.mono;
        let op = Arc::clone(&asked.op);
        if fx.wants_details() {
            let asked = Fact::Asked {
                session: self.session,
                cxid: self.last_xid,
                op: Arc::clone(&op),
                to: self.sid(),
            };
            fx.fact(asked, &[fx.step()]);
        }
        self.pending.push_back(asked);
        let cxid = self.last_xid;
        let request = ClientMsg::Request(Request { cxid, op });
        fx.send(conn, Msg::Client(request));
    }

    fn answered(&mut self, response: Response, now: Now, fx: &mut dyn Fx<Self>) {
        let Response {
            cxid,
            zxid,
            error,
            result,
        } = response;
        let in_order = self.pending.front().is_some_and(|a| a.xid.value == cxid);
        if !in_order {
            // "Xid out of order": only a duplicated or lost message brings this about.
            self.give_up(&[fx.step()], now, fx);
            return;
        }
        let asked = self.pending.pop_front().expect("looked at");
        if zxid > Zxid::ZERO {
            self.last_zxid = zxid;
        }
        self.watches.answered(&asked.op, error);
        if fx.wants_facts() {
            let answered = Fact::Answered {
                session: self.session,
                cxid,
                op: Arc::clone(&asked.op),
                zxid,
                error,
                result: result.clone(),
            };
            fx.fact(answered, &[asked.xid.by, fx.step()]);
        }
        if matches!(*asked.op, Op::CloseSession) {
            self.close(fx);
        }
        match asked.by {
            AskedBy::Call(call) => {
                let result = error.map_or(Ok(result), Err);
                fx.reply(call, ClientOutcome::Answered { zxid, result });
            }
            AskedBy::Load => {
                if let Some(load) = &mut self.load {
                    load.answered(&asked.op, error);
                }
                self.pause(now, fx);
            }
            AskedBy::Library => {}
        }
    }

    /// The load's pause between two operations.
    fn pause(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        match self.load.as_ref().map(LoadState::think) {
            None | Some(Span::ZERO) => self.go_on(now, fx),
            Some(think) => fx.arm(ClientTimer::Think, think),
        }
    }

    /// The load's next operation, if it is connected, none is under way and it has one.
    fn go_on(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        if self.state != ClientState::Connected {
            return;
        }
        if self.pending.iter().any(|asked| asked.by == AskedBy::Load) {
            return;
        }
        let tag = (self.session, self.last_xid + 1);
        let load = self.load.as_mut();
        if let Some(op) = load.and_then(|load| load.next_op(tag, now.mono, fx)) {
            let asked = Asked {
                by: AskedBy::Load,
                xid: By::default(),
                op,
            };
            self.send(asked, now, fx);
        }
    }

    /// The session is over by the client's own will.
    fn close(&mut self, fx: &mut dyn Fx<Self>) {
        if let Some(conn) = self.conn.take() {
            fx.close(conn);
        }
        self.forget_session();
        silence(fx);
        self.state = ClientState::Closed;
    }

    fn forget_session(&mut self) {
        self.session = SessionId::default();
        self.password_ok = true;
        self.watches = ClientWatches::default();
        self.timeout_ms = self.config.session_timeout_ms;
        self.last_zxid = Zxid::ZERO;
        self.last_xid = 0;
        self.hosts = Hosts::default();
        self.first_connect = true;
    }

    /// The server says that the session is gone. A load opens a new one, as an application does.
    fn expired(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        if fx.wants_facts() {
            let session = self.session;
            fx.fact(Fact::ClientExpired { session }, &[fx.step()]);
        }
        self.close(fx);
        self.fail_all(&ClientOutcome::Expired, fx);
        for call in core::mem::take(&mut self.connecting) {
            fx.reply(call, ClientOutcome::Expired);
        }
        if self.load.is_some() {
            self.connect(now, fx);
        }
    }

    /// Closes the connection itself.
    fn give_up(&mut self, because: &[StepIndex], now: Now, fx: &mut dyn Fx<Self>) {
        if let Some(conn) = self.conn {
            fx.close(conn);
        }
        self.lost(because, now, fx);
    }

    /// The connection is gone: whatever was under way has an unknown outcome.
    fn lost(&mut self, because: &[StepIndex], now: Now, fx: &mut dyn Fx<Self>) {
        if self.state == ClientState::Connected && fx.wants_facts() {
            let from = self.sid();
            fx.fact(Fact::ClientDisconnected { from }, because);
        }
        self.conn = None;
        self.proving.clear();
        silence(fx);
        let closing = |asked: &Asked| matches!(*asked.op, Op::CloseSession);
        let closing = self.pending.iter().chain(&self.outgoing).any(closing);
        self.fail_all(&ClientOutcome::Lost, fx);
        if closing {
            self.forget_session();
            self.state = ClientState::Closed;
            return;
        }
        self.connect(now, fx);
    }

    fn fail_all(&mut self, outcome: &ClientOutcome, fx: &mut dyn Fx<Self>) {
        let session = self.session;
        let pending = core::mem::take(&mut self.pending).into_iter();
        let outgoing = core::mem::take(&mut self.outgoing);
        for asked in pending.chain(outgoing) {
            let cxid = asked.xid.value;
            if cxid != 0 && fx.wants_facts() {
                fx.fact(Fact::Unanswered { session, cxid }, &[asked.xid.by]);
            }
            match asked.by {
                AskedBy::Call(call) => fx.reply(call, outcome.clone()),
                AskedBy::Load => {
                    if let Some(load) = &mut self.load {
                        load.unanswered();
                    }
                }
                AskedBy::Library => {}
            }
        }
    }

    fn timer(&mut self, timer: ClientTimer, now: Now, fx: &mut dyn Fx<Self>) {
        match timer {
            ClientTimer::Retry => self.dial(now, fx),
            ClientTimer::Think => self.go_on(now, fx),
            ClientTimer::Ping => self.ping(now, fx),
            ClientTimer::Dead => {
                let limit = match self.state {
                    ClientState::Connected => self.read_timeout(),
                    _ => self.connect_timeout(),
                };
                let idle = now.mono - self.last_heard.value;
                if idle < limit {
                    fx.arm(ClientTimer::Dead, Span(limit.0 - idle.0));
                } else {
                    self.give_up(&[self.last_heard.by], now, fx);
                }
            }
        }
    }

    fn ping(&mut self, now: Now, fx: &mut dyn Fx<Self>) {
        let (Some(conn), ClientState::Connected) = (self.conn, self.state) else {
            return;
        };
        let interval = self.ping_interval();
        let idle = now.mono - self.last_sent;
        if idle < interval {
            fx.arm(ClientTimer::Ping, Span(interval.0 - idle.0));
            return;
        }
        self.last_sent = now.mono;
        let request = Request {
            cxid: PING,
            op: Arc::new(Op::Ping),
        };
        fx.send(conn, Msg::Client(ClientMsg::Request(request)));
        fx.arm(ClientTimer::Ping, interval);
    }

    fn call(&mut self, call: CallId, op: ClientOp, now: Now, fx: &mut dyn Fx<Self>) {
        let op = match op {
            ClientOp::Connect => {
                match self.state {
                    ClientState::Connected => {
                        let session = self.session;
                        fx.reply(call, ClientOutcome::Connected { session });
                        return;
                    }
                    ClientState::Closed => self.connect(now, fx),
                    _ => {}
                }
                self.connecting.push(call);
                return;
            }
            ClientOp::Resume {
                session,
                password_ok,
            } => {
                if let Some(conn) = self.conn.take() {
                    fx.close(conn);
                }
                silence(fx);
                self.fail_all(&ClientOutcome::Lost, fx);
                self.forget_session();
                self.session = session;
                self.password_ok = password_ok;
                self.connecting.push(call);
                self.connect(now, fx);
                return;
            }
            ClientOp::Do(op @ Op::Auth { .. }) => {
                let op = Arc::new(op);
                self.proofs.push(Arc::clone(&op));
                if self.state == ClientState::Connected {
                    self.prove(op, Some(call), now, fx);
                } else {
                    let (zxid, result) = (Zxid::ZERO, Ok(OpResult::Done));
                    fx.reply(call, ClientOutcome::Answered { zxid, result });
                }
                return;
            }
            ClientOp::Do(op) => op,
            ClientOp::Close => Op::CloseSession,
        };
        let asked = Asked {
            by: AskedBy::Call(call),
            xid: By::default(),
            op: Arc::new(op),
        };
        match self.state {
            ClientState::Closed => fx.reply(call, ClientOutcome::Expired),
            ClientState::Connected => self.send(asked, now, fx),
            ClientState::Waiting | ClientState::Connecting => self.outgoing.push_back(asked),
        }
    }
}

fn silence(fx: &mut dyn Fx<Client>) {
    for timer in [ClientTimer::Ping, ClientTimer::Dead, ClientTimer::Retry] {
        fx.disarm(timer);
    }
}

/// The number of every proof of identity.
const AUTH: i32 = -4;

/// The number of every ping.
const PING: i32 = -2;
