//! Sources: `ClientCnxn.java`, `StaticHostProvider.java` of 3.5.7.

use crate::fx::Recorded;
use crate::leader::{NOW, create};
use sim_core::base::{CallId, Conn, LocalTime, NodeId, Span, WallTime};
use sim_core::engine::{Input, Machine, Now, Why};
use sim_core::zookeeper::{
    Client, ClientConfig, ClientMsg, ClientOp, ClientOutcome, ClientState, ClientTimer, ErrorCode,
    Fact, Load, Msg, NoDisk, Op, OpResult, Response, SessionId, Sid, Zxid,
};

struct Play {
    client: Client,
    fx: Recorded<Client>,
    now: Now,
}

const SESSION: SessionId = SessionId(0x0100_0000_0000_0000);

impl Play {
    fn new(servers: u16, load: Option<Load>) -> Self {
        let servers = (0..servers).map(|i| (NodeId(i), Sid(i64::from(i) + 1)));
        let config = ClientConfig {
            servers: servers.collect(),
            session_timeout_ms: 6000,
            load,
        };
        let mut fx = Recorded::new();
        let client = Client::boot(&config, NOW, &NoDisk, &mut fx);
        let now = NOW;
        Self { client, fx, now }
    }

    fn step(&mut self, input: Input<Client>) {
        self.client.step(self.now, &NoDisk, input, &mut self.fx);
    }

    fn wait(&mut self, span: Span) {
        self.now = Now {
            mono: LocalTime(self.now.mono.0 + span.0),
            wall: WallTime(self.now.wall.0 + span.0 as i64),
        };
    }

    /// Waits until a timer fires.
    fn fire(&mut self, timer: ClientTimer) -> Span {
        let after = self.fx.armed(timer).expect("armed");
        self.wait(after);
        self.fx.armed.retain(|(armed, _)| *armed != timer);
        self.step(Input::Timer(timer));
        after
    }

    fn conn(&self) -> Conn {
        self.fx.dialled.last().expect("dialled").0
    }

    fn hear(&mut self, msg: ClientMsg) {
        let conn = self.conn();
        self.step(Input::Deliver(conn, Msg::Client(msg)));
    }

    fn open(&mut self) {
        let conn = self.conn();
        self.step(Input::Opened(conn));
    }

    fn connected(&mut self, session: SessionId, timeout_ms: u32) {
        self.hear(ClientMsg::Connected {
            session,
            timeout_ms,
        });
    }

    fn answer(&mut self, cxid: i32, zxid: i64, error: Option<ErrorCode>) {
        self.hear(ClientMsg::Response(Box::new(Response {
            cxid,
            zxid: Zxid(zxid),
            error,
            result: OpResult::Done,
        })));
    }

    fn said(&self) -> Vec<ClientMsg> {
        let sent = self.fx.sent.iter();
        sent.map(|(_, msg)| match msg {
            Msg::Client(msg) => msg.clone(),
            other => panic!("{other:?}"),
        })
        .collect()
    }
}

/// `ClientCnxn.SendThread.run`: pings after a third of the timeout (half of the read timeout), the
/// server is dead after two thirds without a word.
#[test]
fn pings_after_a_third_and_gives_up_after_two_thirds() {
    let mut play = Play::new(3, None);
    play.fx.choice = 417;
    play.open();
    play.connected(SESSION, 4000);
    assert_eq!(play.client.state(), ClientState::Connected);
    assert_eq!(play.fire(ClientTimer::Ping), Span::from_millis(1333));
    let ClientMsg::Request(ping) = play.said().pop().unwrap() else {
        panic!("a ping");
    };
    assert_eq!((ping.cxid, &*ping.op), (-2, &Op::Ping));
    play.wait(Span::from_millis(1000));
    play.answer(-2, 0, None);
    // The timer looks again from the last word on: 2666 ms after it, the server counts as dead.
    play.wait(Span::from_millis(333));
    play.step(Input::Timer(ClientTimer::Dead));
    assert_eq!(
        play.fx.armed(ClientTimer::Dead),
        Some(Span::from_millis(2333))
    );
    assert_eq!(play.client.state(), ClientState::Connected);
    let first = play.conn();
    play.fire(ClientTimer::Dead);
    assert_eq!(play.fx.closed, [first]);
    assert!(
        play.fx
            .facts
            .contains(&Fact::ClientDisconnected { from: Sid(1) })
    );
    assert_eq!(play.client.state(), ClientState::Waiting);
}

/// `StaticHostProvider.next(1000)`: in order, a second's pause once the whole list was tried; no
/// random pause before the first connection stands (`isFirstConnect`).
#[test]
fn tries_the_list_in_order() {
    let mut play = Play::new(3, None);
    let mut waits = Vec::new();
    for _ in 0..6 {
        let conn = play.conn();
        play.step(Input::Refused(conn));
        let wait = play.fx.armed(ClientTimer::Retry).is_some();
        waits.push(if wait {
            play.fire(ClientTimer::Retry).as_millis()
        } else {
            0
        });
    }
    assert_eq!(waits, [0, 0, 1000, 0, 0, 1000]);
    let tried: Vec<u16> = play.fx.dialled.iter().map(|(_, node)| node.0).collect();
    assert_eq!(tried, [0, 1, 2, 0, 1, 2, 0]);
}

/// `primeConnection`: resumes its session with the greatest zxid it has seen, after a random pause
/// below a second; operations under way have an unknown outcome.
#[test]
fn resumes_its_session_at_the_next_server() {
    let mut play = Play::new(3, None);
    play.fx.choice = 417;
    play.open();
    let connect = |session, last_zxid| ClientMsg::Connect {
        session,
        timeout_ms: 6000,
        last_zxid,
        password_ok: true,
    };
    assert_eq!(play.said(), [connect(SessionId(0), Zxid::ZERO)]);
    play.connected(SESSION, 4000);
    play.step(Input::Call(CallId(1), ClientOp::Do(create("/a"))));
    play.answer(1, 7, None);
    let answered = ClientOutcome::Answered {
        zxid: Zxid(7),
        result: Ok(OpResult::Done),
    };
    assert_eq!(play.fx.replies, [(CallId(1), answered)]);
    play.step(Input::Call(CallId(2), ClientOp::Do(create("/b"))));
    play.step(Input::Closed(play.conn(), Why::Reset));
    assert_eq!(play.fx.replies[1], (CallId(2), ClientOutcome::Lost));
    let unanswered = Fact::Unanswered {
        session: SESSION,
        cxid: 2,
    };
    assert!(play.fx.facts.contains(&unanswered));
    // Asked meanwhile: waits for the connection.
    play.step(Input::Call(CallId(3), ClientOp::Do(create("/c"))));
    assert_eq!(play.fire(ClientTimer::Retry), Span::from_millis(417));
    assert_eq!(play.fx.dialled.last().unwrap().1, NodeId(1));
    play.fx.sent.clear();
    play.open();
    assert_eq!(play.said(), [connect(SESSION, Zxid(7))]);
    play.connected(SESSION, 4000);
    let ClientMsg::Request(request) = play.said().pop().unwrap() else {
        panic!("a request");
    };
    assert_eq!((request.cxid, &*request.op), (3, &create("/c")));
}

/// `onConnected` with timeout 0: expired for good; `Connect` begins anew.
#[test]
fn an_expired_client_stays_so_until_asked_to_connect() {
    let mut play = Play::new(1, None);
    play.open();
    play.connected(SESSION, 4000);
    play.step(Input::Closed(play.conn(), Why::PeerClosed));
    play.step(Input::Call(CallId(1), ClientOp::Do(create("/a"))));
    play.fire(ClientTimer::Retry);
    play.open();
    play.connected(SessionId(0), 0);
    assert!(
        play.fx
            .facts
            .contains(&Fact::ClientExpired { session: SESSION })
    );
    assert_eq!(play.fx.replies, [(CallId(1), ClientOutcome::Expired)]);
    assert_eq!(
        (play.client.state(), play.client.session()),
        (ClientState::Closed, None)
    );
    play.step(Input::Call(CallId(2), ClientOp::Do(create("/a"))));
    assert_eq!(play.fx.replies[1], (CallId(2), ClientOutcome::Expired));
    play.fx.sent.clear();
    play.step(Input::Call(CallId(3), ClientOp::Connect));
    play.open();
    let session = SessionId(9);
    play.connected(session, 4000);
    assert_eq!(
        play.fx.replies[2],
        (CallId(3), ClientOutcome::Connected { session })
    );
}

/// `ClientCnxn.close`: after the answer the connection is closed and none is made again.
#[test]
fn a_closed_client_does_not_come_back() {
    let mut play = Play::new(2, None);
    play.open();
    play.connected(SESSION, 4000);
    let conn = play.conn();
    play.step(Input::Call(CallId(1), ClientOp::Close));
    play.answer(1, 5, None);
    assert_eq!(play.fx.closed, [conn]);
    assert_eq!(play.client.state(), ClientState::Closed);
    assert_eq!(play.fx.dialled.len(), 1);
    assert!(play.fx.armed.is_empty());
}

/// A closed loop: one operation at a time, as many as asked for; a missing key is created.
#[test]
fn a_load_runs_one_operation_at_a_time() {
    let load = Load {
        reads: 1,
        writes: 1,
        creates: 0,
        watches: 0,
        ephemerals: 0,
        deletes: 0,
        operations: Some(4),
        duration: None,
        data_bytes: 16,
        keys: 1,
        think: Span::from_millis(5),
    };
    let mut play = Play::new(1, Some(load));
    play.fx.choice = u32::MAX;
    play.open();
    play.fx.sent.clear();
    play.connected(SESSION, 4000);
    let mut ops = Vec::new();
    for cxid in 1..=4 {
        let said = play.said();
        let [ClientMsg::Request(request)] = &said[..] else {
            panic!("one request at a time: {said:?}");
        };
        assert_eq!(request.cxid, cxid);
        ops.push((*request.op).clone());
        play.fx.sent.clear();
        let missing = (cxid == 1).then_some(ErrorCode::NoNode);
        play.answer(cxid, i64::from(cxid), missing);
        assert!(play.fx.sent.is_empty());
        assert_eq!(play.fire(ClientTimer::Think), Span::from_millis(5));
    }
    assert!(play.fx.sent.is_empty());
    assert_eq!(play.client.load_done(), Some((4, true)));
    assert!(matches!(&ops[0], Op::SetData { path, .. } if &**path == "/k0"));
    assert!(matches!(&ops[1], Op::Create { path, .. } if &**path == "/k0"));
    let Op::SetData { data, .. } = &ops[2] else {
        panic!("{:?}", ops[2]);
    };
    // Session and number make it unlike any other.
    assert_eq!(data.len(), 16);
    assert_eq!(
        data[..12],
        [SESSION.0.to_be_bytes().as_slice(), &3_i32.to_be_bytes()].concat()
    );
}
