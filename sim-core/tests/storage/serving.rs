//! Sources: `ground-truth/zookeeper-3.5.7/scenarios.json`, L (`negotiated_timeout`, `session_ids`,
//! `refused_or_resumed`, `moved`, `close`; 5 runs, the same on 3.8.0), F `zxid_use`;
//! `CommitProcessor.java` of 3.5.7 and 3.8.0 where named.

use crate::fx::Recorded;
use crate::leader::{NOW, create, create_as, set};
use sim_core::base::{Conn, LocalTime, NodeId};
use sim_core::zookeeper::{
    ClientMsg, EnsembleConfig, ErrorCode, Fact, Identities, Member, Msg, Op, OpResult, Owner, Prep,
    Quirks, Release, Request, Role, Server, ServerConfig, Serving, SessionId, Sid, Submit, Tree,
    Txn, WriteRequest, Zxid,
};
use std::sync::Arc;

/// One server's client side, with a leader that answers at once or when told to.
struct Host {
    serving: Serving,
    tree: Tree,
    prep: Prep,
    /// The leader's own tracker: that of `serving` if it leads.
    other: Serving,
    leads: bool,
    now: LocalTime,
    fx: Recorded<Server>,
    submitted: Vec<Submit>,
}

const QUORUM_CONN: Conn = Conn(77);

fn config(sid: i64, release: Release) -> ServerConfig {
    let member = |sid| Member {
        sid: Sid(sid),
        node: NodeId(sid as u16),
        role: Role::Participant,
        weight: 1,
        group: None,
    };
    let mut ensemble = EnsembleConfig::new((1..=3).map(member).collect());
    ensemble.tick_time_ms = 500;
    ensemble.min_session_timeout_ms = 1000;
    ensemble.max_session_timeout_ms = 10_000;
    ServerConfig {
        sid: Sid(sid),
        ensemble: Arc::new(ensemble),
        release,
        quirks: Quirks::NONE,
    }
}

impl Host {
    fn new(leads: bool, release: Release) -> Self {
        let mut host = Self {
            serving: Serving::new(&config(2, release)),
            other: Serving::new(&config(3, release)),
            tree: Tree::default(),
            prep: Prep::new(Zxid(0x1_0000_0000)),
            leads,
            now: NOW.mono,
            fx: Recorded::new(),
            submitted: Vec::new(),
        };
        host.serving.start(leads, &host.tree, host.now);
        host.other.start(!leads, &host.tree, host.now);
        host
    }

    fn both() -> [Self; 2] {
        [true, false].map(|leads| Self::new(leads, Release::V3_5_7))
    }

    /// A message arrives; what goes to the leader waits in `submitted`.
    fn say(&mut self, conn: u64, msg: ClientMsg) {
        let (tree, fx) = (&self.tree, &mut self.fx);
        let submit = self.serving.deliver(Conn(conn), msg, tree, self.now, fx);
        self.submitted.extend(submit);
    }

    /// The leader makes transactions of everything submitted, without committing them.
    fn lead(&mut self) -> Vec<Arc<Txn>> {
        let mut made = Vec::new();
        for submit in core::mem::take(&mut self.submitted) {
            let tracker = if self.leads {
                self.serving.tracker()
            } else {
                self.other.tracker()
            };
            let tracker = tracker.expect("a leader");
            match submit {
                Submit::Write(request) => {
                    let owner = if self.leads {
                        request.owner
                    } else {
                        Some(Owner::Learner(QUORUM_CONN))
                    };
                    let request = WriteRequest { owner, ..request };
                    let now = sim_core::engine::Now {
                        mono: self.now,
                        ..NOW
                    };
                    made.push(self.prep.make(&request, &self.tree, tracker, now));
                }
                Submit::Sync { .. } => self.serving.synced(&self.tree, &mut self.fx),
                Submit::Revalidate {
                    session,
                    timeout_ms,
                } => {
                    let valid = tracker.touch(session, timeout_ms, self.now);
                    let _ = tracker.set_owner(session, Some(Owner::Learner(QUORUM_CONN)));
                    self.serving.revalidated(session, valid, &mut self.fx);
                }
            }
        }
        made
    }

    fn commit(&mut self, txn: &Arc<Txn>) {
        let result = self.tree.process(txn);
        self.prep.applied(txn.zxid);
        let (tree, now) = (&self.tree, self.now);
        let done: (&Txn, &[Arc<str>]) = (txn, &[]);
        self.serving.applied(done, &result, tree, now, &mut self.fx);
        let mut nobody = Recorded::new();
        self.other.applied(done, &result, tree, now, &mut nobody);
    }

    fn settle(&mut self) {
        while !self.submitted.is_empty() {
            for txn in self.lead() {
                self.commit(&txn);
            }
        }
    }

    fn connect(&mut self, conn: u64, session: SessionId, timeout_ms: u32) {
        self.connect_with(conn, session, timeout_ms, Zxid::ZERO, true);
    }

    fn connect_with(
        &mut self,
        conn: u64,
        session: SessionId,
        timeout_ms: u32,
        last_zxid: Zxid,
        password_ok: bool,
    ) {
        self.serving.accepted(Conn(conn), NodeId(0), &mut self.fx);
        let connect = ClientMsg::Connect {
            session,
            timeout_ms,
            last_zxid,
            password_ok,
        };
        self.say(conn, connect);
        self.settle();
    }

    /// Opens a new session on a new connection.
    fn open(&mut self, conn: u64) -> SessionId {
        self.connect(conn, SessionId(0), 4000);
        match self.heard(conn).last() {
            Some(ClientMsg::Connected { session, .. }) => *session,
            other => panic!("{other:?}"),
        }
    }

    fn ask_only(&mut self, conn: u64, cxid: i32, op: &Op) {
        let op = Arc::new(op.clone());
        self.say(conn, ClientMsg::Request(Request { cxid, op }));
    }

    fn ask(&mut self, conn: u64, cxid: i32, op: &Op) {
        self.ask_only(conn, cxid, op);
        self.settle();
    }

    /// What a client's connection was sent.
    fn heard(&self, conn: u64) -> Vec<ClientMsg> {
        let sent = self.fx.sent.iter().filter(|(to, _)| *to == Conn(conn));
        sent.map(|(_, msg)| match msg {
            Msg::Client(msg) => msg.clone(),
            other => panic!("{other:?}"),
        })
        .collect()
    }

    fn answers(&self, conn: u64) -> Vec<(i32, Option<ErrorCode>)> {
        let heard = self.heard(conn).into_iter();
        heard
            .filter_map(|msg| match msg {
                ClientMsg::Response(response) => Some((response.cxid, response.error)),
                _ => None,
            })
            .collect()
    }

    fn is_closed(&self, conn: u64) -> bool {
        self.fx.closed.contains(&Conn(conn))
    }
}

fn get(path: &str) -> Op {
    let path = path.into();
    Op::GetData { path, watch: false }
}

fn expired() -> ClientMsg {
    ClientMsg::Connected {
        session: SessionId(0),
        timeout_ms: 0,
    }
}

/// L.negotiated_timeout (limits 1000 and 10000 ms).
#[test]
fn timeouts_are_clamped() {
    let table = [
        (0, 1000),
        (1, 1000),
        (500, 1000),
        (999, 1000),
        (1000, 1000),
        (1001, 1001),
        (1250, 1250),
        (9999, 9999),
        (10_000, 10_000),
        (10_001, 10_000),
        (60_000, 10_000),
        (2_147_483_647, 10_000),
    ];
    for mut host in Host::both() {
        for (conn, (asked, granted)) in (1..).zip(table) {
            host.connect(conn, SessionId(0), asked);
            let [ClientMsg::Connected { timeout_ms, .. }] = host.heard(conn)[..] else {
                panic!("one answer");
            };
            assert_eq!(timeout_ms, granted, "{asked}");
        }
    }
}

/// L.session_ids: top byte the sid, the middle equal, steps of one from 0.
#[test]
fn ids_count_up_per_server() {
    for mut host in Host::both() {
        let ids: Vec<i64> = (1..=3).map(|conn| host.open(conn).0).collect();
        assert!(ids.iter().all(|id| id >> 56 == 2));
        assert_eq!(
            ids.iter().map(|id| id & 0xffff).collect::<Vec<_>>(),
            [0, 1, 2]
        );
        assert!(ids.windows(2).all(|pair| pair[1] - pair[0] == 1));
    }
}

/// L.refused_or_resumed, at the leader and at a follower.
#[test]
fn sessions_are_resumed_or_refused_as_recorded() {
    for mut host in Host::both() {
        let leads = host.leads;
        // unknown-session: answered with session 0, then closed.
        host.connect(1, SessionId(0x1234), 4000);
        assert_eq!(host.heard(1), [expired()], "leads {leads}");
        assert!(host.is_closed(1));
        // wrong-password: the same, and the good connection of that session is closed too.
        let session = host.open(2);
        host.connect_with(3, session, 4000, Zxid::ZERO, false);
        assert_eq!(host.heard(3), [expired()]);
        assert!(host.is_closed(3) && host.is_closed(2));
        // then-resumed-with-the-right-password, write-after-that.
        host.connect(4, session, 4000);
        let resumed = ClientMsg::Connected {
            session,
            timeout_ms: 4000,
        };
        assert_eq!(host.heard(4), core::slice::from_ref(&resumed));
        host.ask(4, 1, &create("/after"));
        assert_eq!(host.answers(4), [(1, None)]);
        // right-password-same-server: the old connection is closed.
        host.connect(5, session, 4000);
        assert_eq!(host.heard(5), [resumed]);
        assert!(host.is_closed(4) && !host.is_closed(5));
        // closed-session: as unknown.
        host.ask(5, 1, &Op::CloseSession);
        host.connect(6, session, 4000);
        assert_eq!(host.heard(6), [expired()]);
        // last-zxid-ahead: no answer, only a close.
        let ahead = host.tree.last_processed.next();
        host.connect_with(7, SessionId(0), 4000, ahead, true);
        assert!(host.heard(7).is_empty() && host.is_closed(7));
        let refused = Fact::ClientAhead {
            client_zxid: ahead,
            own: host.tree.last_processed,
        };
        assert!(host.fx.facts.contains(&refused));
    }
}

/// L.moved: the session goes to another server. At a follower reads on the old connection go on and
/// the first write closes it; at the leader any request does. No answer, no -118.
#[test]
fn an_old_connection_of_a_moved_session_is_closed_without_an_answer() {
    for mut host in Host::both() {
        let session = host.open(1);
        host.ask(1, 1, &create("/mine"));
        // REVALIDATE came from elsewhere.
        let tracker = if host.leads {
            host.serving.tracker()
        } else {
            host.other.tracker()
        };
        let elsewhere = Some(Owner::Learner(Conn(99)));
        tracker.unwrap().set_owner(session, elsewhere).unwrap();
        host.ask(1, 2, &get("/mine"));
        if host.leads {
            assert_eq!(host.answers(1), [(1, None)]);
        } else {
            assert_eq!(host.answers(1), [(1, None), (2, None)]);
            host.ask(1, 3, &create("/refused"));
            assert_eq!(host.answers(1).len(), 2);
            assert!(host.tree.node("/refused").is_none());
        }
        assert!(host.is_closed(1));
    }
}

/// L.close: one zxid, `["reply", 4, 0], ["closed", "eof"]`; the ephemerals go with it.
#[test]
fn a_closed_session_is_answered_and_then_hung_up() {
    for mut host in Host::both() {
        host.open(1);
        host.ask(1, 1, &create("/cl"));
        host.ask(1, 2, &create_as("/cl/e0", "", true, false));
        host.ask(1, 3, &create_as("/cl/e1", "", true, false));
        let before = host.tree.last_processed;
        host.ask(1, 4, &Op::CloseSession);
        assert_eq!(host.tree.last_processed, before.next());
        assert_eq!(host.answers(1).last(), Some(&(4, None)));
        assert!(host.is_closed(1));
        assert_eq!(host.tree.node("/cl").unwrap().client_stat().num_children, 0);
        assert_eq!(host.serving.connections(), 0);
    }
}

/// README point 6: "An expired session's open connection is closed without any frame."
#[test]
fn an_expired_sessions_connection_is_closed_without_a_frame() {
    for mut host in Host::both() {
        let session = host.open(1);
        host.fx.clear();
        let op = Arc::new(Op::CloseSession);
        let (cxid, owner) = (0, None);
        host.submitted.push(Submit::Write(WriteRequest {
            session,
            cxid,
            op,
            owner,
            identities: Identities::NOBODY,
        }));
        host.settle();
        assert!(host.fx.sent.is_empty() && host.is_closed(1));
        assert!(!host.tree.sessions.contains_key(&session));
    }
}

/// README points 6: a learner reports a new session with its next PING answer, and again when its
/// transaction is applied; then only those that were used.
#[test]
fn a_learner_reports_the_sessions_used() {
    let mut host = Host::new(false, Release::V3_5_7);
    let session = host.open(1);
    assert_eq!(*host.serving.take_touched(), [(session, 4000)]);
    assert!(host.serving.take_touched().is_empty());
    host.ask(1, -2, &Op::Ping);
    assert_eq!(*host.serving.take_touched(), [(session, 4000)]);
    // A session of another server, applied here.
    let elsewhere = SessionId(0x0300_0000_0000_0000);
    let body = sim_core::zookeeper::TxnBody::CreateSession { timeout_ms: 9000 };
    let zxid = host.prep.last_zxid().next();
    host.commit(&Arc::new(Txn::new(zxid, elsewhere, 0, 0, body)));
    assert_eq!(*host.serving.take_touched(), [(elsewhere, 9000)]);
}

/// F.zxid_use and per-client FIFO: a read behind an own write waits for it and sees it; replies
/// carry the zxid applied last; pings answer with -2.
#[test]
fn reads_wait_for_own_writes() {
    for mut host in Host::both() {
        host.open(1);
        host.ask(1, 1, &create("/x"));
        let before = host.tree.last_processed;
        host.fx.clear();
        host.ask_only(1, 2, &set("/x", "new", -1));
        host.ask_only(1, 3, &get("/x"));
        host.ask_only(1, -2, &Op::Ping);
        assert!(host.fx.sent.is_empty());
        assert_eq!(host.serving.waiting(), 3);
        host.settle();
        let zxids: Vec<_> = host
            .heard(1)
            .into_iter()
            .map(|msg| match msg {
                ClientMsg::Response(response) => {
                    if response.cxid == 3 {
                        let OpResult::Data(data, stat) = &response.result else {
                            panic!("{response:?}");
                        };
                        assert_eq!((&**data, stat.version), (&b"new"[..], 1));
                    }
                    (response.cxid, response.zxid)
                }
                other => panic!("{other:?}"),
            })
            .collect();
        let after = before.next();
        assert_eq!(zxids, [(2, after), (3, after), (-2, after)]);
        host.fx.clear();
        host.ask(1, 4, &get("/none"));
        assert_eq!(host.answers(1), [(4, Some(ErrorCode::NoNode))]);
        assert_eq!(host.tree.last_processed, after);
    }
}

/// `CommitProcessor.run` of 3.5.7: one session's write holds back another session's read; of 3.8.0
/// (ZOOKEEPER-2024): it does not.
#[test]
fn up_to_3_5_a_write_holds_back_every_session() {
    for (release, held) in [(Release::V3_5_7, true), (Release::V3_8_0, false)] {
        let mut host = Host::new(false, release);
        host.open(1);
        host.open(2);
        host.fx.clear();
        host.ask_only(1, 1, &create("/w"));
        host.ask_only(2, 1, &get("/w"));
        host.ask_only(2, 2, &create("/v"));
        host.ask_only(2, 3, &get("/w"));
        host.ask_only(1, 2, &get("/v"));
        let absent = (1, Some(ErrorCode::NoNode));
        let early = if held { vec![] } else { vec![absent] };
        assert_eq!(host.answers(2), early, "{release}");
        let txns = host.lead();
        host.commit(&txns[0]);
        // 3.8.0 lets session 1 read on; 3.5.7 waits for session 2's write.
        let second = if held {
            vec![]
        } else {
            vec![(2, Some(ErrorCode::NoNode))]
        };
        assert_eq!(
            host.answers(1),
            [vec![(1, None)], second].concat(),
            "{release}"
        );
        host.commit(&txns[1]);
        let first = (1, if held { None } else { absent.1 });
        assert_eq!(host.answers(2), [first, (2, None), (3, None)], "{release}");
        assert_eq!(host.answers(1).len(), 2);
        assert_eq!(host.serving.waiting(), 0);
    }
}

/// `FollowerRequestProcessor`: a sync at a follower goes to the leader and waits in line; a client
/// of the leader itself is answered like a read (its `CommitProcessor` does not match syncs).
#[test]
fn a_sync_goes_to_the_leader_and_back() {
    for mut host in Host::both() {
        host.open(1);
        host.fx.clear();
        let path = "/".into();
        host.ask_only(1, 1, &Op::Sync { path });
        host.ask_only(1, 2, &get("/none"));
        let waits = !host.leads;
        assert_eq!(host.submitted.len(), usize::from(waits));
        assert_eq!(host.fx.sent.is_empty(), waits);
        host.settle();
        assert_eq!(host.answers(1), [(1, None), (2, Some(ErrorCode::NoNode))]);
    }
}

/// `NIOServerCnxn.readLength`: a connection from before the server served is closed when it speaks;
/// all are closed when it stops.
#[test]
fn connections_end_with_the_service() {
    let mut host = Host::new(true, Release::V3_5_7);
    let mut fx = Recorded::new();
    host.serving.stop(&mut fx);
    host.serving.accepted(Conn(1), NodeId(0), &mut host.fx);
    host.serving.start(true, &host.tree, host.now);
    host.connect(2, SessionId(0), 4000);
    assert!(!host.is_closed(2));
    let connect = ClientMsg::Connect {
        session: SessionId(0),
        timeout_ms: 4000,
        last_zxid: Zxid::ZERO,
        password_ok: true,
    };
    host.say(1, connect);
    assert!(host.is_closed(1) && host.heard(1).is_empty());
    host.serving.stop(&mut fx);
    assert_eq!(fx.closed, [Conn(2)]);
    assert!(!host.serving.is_running() && !host.serving.has(Conn(2)));
}

/// F.size: a setData of 1048550 bytes on `/size` is a frame of 1048575 and accepted; one byte more
/// costs the connection, and the session survives.
#[test]
fn frames_above_the_limit_cost_the_connection() {
    for mut host in Host::both() {
        let session = host.open(1);
        host.ask(1, 1, &create("/size"));
        host.ask(1, 2, &set("/size", &"x".repeat(1_048_550), -1));
        assert_eq!(host.answers(1), [(1, None), (2, None)]);
        assert_eq!(
            host.tree.node("/size").unwrap().client_stat().data_length,
            1_048_550
        );
        host.ask(1, 3, &set("/size", &"x".repeat(1_048_551), -1));
        assert!(host.is_closed(1) && host.answers(1).len() == 2);
        host.connect(2, session, 4000);
        let resumed = ClientMsg::Connected {
            session,
            timeout_ms: 4000,
        };
        assert_eq!(host.heard(2), [resumed]);
        host.ask(2, 1, &create_as("/big", &"x".repeat(2 << 20), false, false));
        assert!(host.is_closed(2) && host.tree.node("/big").is_none());
    }
}
