//! Connections for votes: one per pair of servers, dialled by the one with the larger id.
//!
//! Follows `QuorumCnxManager.java` of releases 3.5.7 and 3.8.0, with the thread `WorkerSender` of
//! `FastLeaderElection`. It moves notifications and never looks into them. Read [`Election`] next.
//!
//! Which threads of the real server are steps of their own here, and which are not:
//! - `SendWorker` takes a message out of its queue the moment there is a connection, so in the same
//!   step. A queue holds a message only while there is none, and a new message replaces an unsent
//!   one.
//! - `RecvWorker` reads in the step of the delivery, into [`CnxManager::arrived`].
//! - `WorkerSender` and the listener work until they have to wait: for a connection to be made (one
//!   at a time, holding a lock, where [`Rows::inline_connects`](crate::zookeeper::Rows)), for that
//!   lock, or for a greeting.
//! - Up to 3.5.7 `connectOne` also holds the lock of the configuration (`QV_LOCK`) while it
//!   connects. Everybody who asks for the quorum waits: [`CnxManager::holds_config`].
//!
//! [`Election`]: crate::zookeeper::Election

use crate::base::{By, Conn, NodeId, Span};
use crate::engine::Fx;
use crate::zookeeper::election::Setup;
use crate::zookeeper::quorum::hash_bucket;
use crate::zookeeper::{
    ElectionMsg, ElectionTimer, ElectionWork, Fact, Msg, Notification, Server, Sid, Timer, Work,
    lane, port,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// `RECV_CAPACITY`: what arrives beyond it pushes out the oldest.
const RECEIVE_CAPACITY: usize = 100;

/// A notification and the server it came from.
pub(crate) type Arrival = By<(Sid, Notification)>;

/// The threads that make connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Thread {
    /// `WorkerSender`: before it takes the next message to send.
    Sender,
    /// The main loop, in `connectAll`.
    Main,
    /// The listener, which dials back to a smaller id.
    Listener,
}

/// All connections of one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CnxManager {
    setup: Arc<Setup>,
    /// Servers that something was ever sent to or that were ever connected (`queueSendMap`), in its
    /// order.
    peers: Vec<Peer>,
    /// `recvQueue`: what waits for the receiver. Empty between steps unless the receiver waits for
    /// the configuration.
    arrived: VecDeque<Arrival>,
    /// `sendqueue`: what waits for the sender. Empty between steps unless the sender waits for a
    /// connection.
    outbox: VecDeque<(Sid, By<Notification>)>,
    sender_waits: bool,
    /// Attempts under way. With inline connects at most one: whoever made it holds the lock.
    dials: Vec<Dial>,
    /// Who waits for that lock, and to connect to whom.
    waiting: VecDeque<(Thread, Sid, Option<NodeId>)>,
    /// Whom the main loop still has to connect to.
    to_connect: VecDeque<Sid>,
    listener: Listener,
}

/// What is kept for one other server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Peer {
    sid: Sid,
    /// The send queue, of capacity one.
    queued: Option<By<Notification>>,
    /// `lastMessageSent`.
    last: Option<By<Notification>>,
    /// The connection, if there is one (`senderWorkerMap`).
    worker: Option<Conn>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Dial {
    to: Sid,
    conn: Conn,
    thread: Thread,
}

/// The accepting thread: takes one connection after another and reads its greeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Listener {
    /// The first one is attended to.
    accepted: VecDeque<Inbound>,
    /// Whether the timer for the first one's greeting runs.
    reads: bool,
    /// Whether it waits for a connection that it makes itself.
    waits: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Inbound {
    conn: Conn,
    from: NodeId,
    greeting: Option<Sid>,
    /// What came behind the greeting while the listener was busy elsewhere.
    unread: Vec<By<Notification>>,
    ended: bool,
}

impl CnxManager {
    /// Starts the listener.
    pub(crate) fn new(setup: Arc<Setup>, fx: &mut dyn Fx<Server>) -> Self {
        fx.listen(port::ELECTION);
        Self {
            setup,
            peers: Vec::new(),
            arrived: VecDeque::new(),
            outbox: VecDeque::new(),
            sender_waits: false,
            dials: Vec::new(),
            waiting: VecDeque::new(),
            to_connect: VecDeque::new(),
            listener: Listener::default(),
        }
    }

    // ---- what the election asks for ----

    /// Queues a notification for the sender thread.
    pub(crate) fn offer(&mut self, to: Sid, notification: By<Notification>) {
        self.outbox.push_back((to, notification));
    }

    /// Lets the sender thread work.
    pub(crate) fn run_sender(&mut self, fx: &mut dyn Fx<Server>) {
        while !self.sender_waits {
            let Some((to, notification)) = self.outbox.pop_front() else {
                return;
            };
            if to == self.setup.config.sid {
                let work = ElectionWork::Loopback(notification.value);
                fx.hand(lane::ELECTION, Work::Election(work));
                continue;
            }
            let peer = self.peer(to);
            match peer.worker {
                Some(conn) => peer.send(conn, notification, false, fx),
                None => peer.queued = Some(notification),
            }
            self.sender_waits = !self.connect(Thread::Sender, to, None, fx);
        }
    }

    /// Takes the next notification for the receiver, unless the receiver has to wait.
    pub(crate) fn take(&mut self) -> Option<Arrival> {
        if self.holds_config() {
            return None;
        }
        self.arrived.pop_front()
    }

    /// Puts a notification into the receive queue, as its connection or the loopback does.
    pub(crate) fn arrive(&mut self, from: Sid, notification: By<Notification>) {
        if self.arrived.len() == RECEIVE_CAPACITY {
            self.arrived.pop_front();
        }
        let heard = (from, notification.value);
        self.arrived.push_back(By::new(heard, notification.by));
    }

    /// Whether something waits for the receiver.
    pub(crate) fn has_arrived(&self) -> bool {
        !self.arrived.is_empty()
    }

    /// Whether a thread holds the configuration's lock while it connects.
    pub(crate) fn holds_config(&self) -> bool {
        // The listener dials an address that it knows from the greeting and does not look into the
        // configuration.
        self.setup.rows.inline_connects
            && (self.dials.iter()).any(|dial| dial.thread != Thread::Listener)
    }

    /// `haveDelivered`: despite its name, whether any queue is empty.
    pub(crate) fn have_delivered(&self) -> bool {
        self.peers.iter().any(|peer| peer.queued.is_none())
    }

    /// `connectAll`: tries every server that has a queue and no connection. Whether it is done;
    /// else the main loop waits until [`proceed`](Self::proceed) says so.
    pub(crate) fn connect_all(&mut self, fx: &mut dyn Fx<Server>) -> bool {
        self.to_connect = self.peers.iter().map(|peer| peer.sid).collect();
        self.go_on_connecting(fx)
    }

    fn go_on_connecting(&mut self, fx: &mut dyn Fx<Server>) -> bool {
        while let Some(sid) = self.to_connect.pop_front() {
            if !self.connect(Thread::Main, sid, None, fx) {
                return false;
            }
        }
        true
    }

    /// Whether this connection is one of these.
    pub(crate) fn owns(&self, conn: Conn) -> bool {
        self.peers.iter().any(|peer| peer.worker == Some(conn))
            || self.dials.iter().any(|dial| dial.conn == conn)
            || (self.listener.accepted.iter()).any(|inbound| inbound.conn == conn)
    }

    /// For views: every server with a send queue, whether it is connected, and what waits for it.
    pub(crate) fn queues(&self) -> impl Iterator<Item = (Sid, bool, Option<Notification>)> {
        let of = |peer: &Peer| {
            let queued = peer.queued.map(|queued| queued.value);
            (peer.sid, peer.worker.is_some(), queued)
        };
        self.peers.iter().map(of)
    }

    // ---- making connections ----

    /// `connectOne`. Whether the thread may go on at once.
    fn connect(
        &mut self,
        thread: Thread,
        to: Sid,
        address: Option<NodeId>,
        fx: &mut dyn Fx<Server>,
    ) -> bool {
        let inline = self.setup.rows.inline_connects;
        if inline && !self.dials.is_empty() {
            self.waiting.push_back((thread, to, address));
            return false;
        }
        let connected = self.peer_of(to).is_some_and(|peer| peer.worker.is_some());
        if connected || self.dials.iter().any(|dial| dial.to == to) {
            return true;
        }
        let known = self.setup.config.ensemble.member(to);
        let Some(node) = address.or(known.map(|member| member.node)) else {
            return true;
        };
        let conn = fx.dial(node, port::ELECTION);
        let timeout = Span::from_millis(u64::from(self.setup.config.ensemble.cnx_timeout_ms));
        fx.arm(Timer::Election(ElectionTimer::Connect(to)), timeout);
        self.dials.push(Dial { to, conn, thread });
        !inline
    }

    /// An attempt succeeded (`startConnection`): greets, and keeps the connection only if the own
    /// id is the larger one.
    pub(crate) fn opened(&mut self, conn: Conn, fx: &mut dyn Fx<Server>) -> Freed {
        let Some(dial) = self.end_dial(|dial| dial.conn == conn, fx) else {
            return Freed(None);
        };
        let me = self.setup.config.sid;
        fx.send(conn, Msg::Election(ElectionMsg::Greeting(me)));
        if dial.to > me {
            fx.close(conn);
            if fx.wants_details() {
                fx.fact(Fact::CnxYielded { to: dial.to }, &[]);
            }
        } else {
            self.start_worker(dial.to, conn, true, fx);
        }
        Freed(Some(dial.thread))
    }

    /// An attempt was refused.
    pub(crate) fn refused(&mut self, conn: Conn, fx: &mut dyn Fx<Server>) -> Freed {
        let dial = self.end_dial(|dial| dial.conn == conn, fx);
        Self::failed(dial, false, fx)
    }

    /// An attempt took longer than `cnxTimeout`.
    pub(crate) fn timed_out(&mut self, to: Sid, fx: &mut dyn Fx<Server>) -> Freed {
        let dial = self.end_dial(|dial| dial.to == to, fx);
        if let Some(dial) = &dial {
            fx.close(dial.conn);
        }
        Self::failed(dial, true, fx)
    }

    fn failed(dial: Option<Dial>, timed_out: bool, fx: &mut dyn Fx<Server>) -> Freed {
        if let Some(dial) = &dial
            && fx.wants_facts()
        {
            let to = dial.to;
            fx.fact(Fact::CnxFailed { to, timed_out }, &[]);
        }
        Freed(dial.map(|dial| dial.thread))
    }

    fn end_dial(&mut self, which: impl Fn(&Dial) -> bool, fx: &mut dyn Fx<Server>) -> Option<Dial> {
        let dial = self.dials.remove(self.dials.iter().position(which)?);
        fx.disarm(Timer::Election(ElectionTimer::Connect(dial.to)));
        Some(dial)
    }

    /// Lets go on whoever waited for an attempt that has ended. The thread that held the lock runs
    /// on first, and takes it again if it needs it: Java's locks do not queue, and the others have
    /// to be woken up first. Then those who wait for it, in order. Whether the main loop is through
    /// with `connectAll`.
    pub(crate) fn proceed(&mut self, freed: Freed, fx: &mut dyn Fx<Server>) -> bool {
        if !self.setup.rows.inline_connects {
            return false;
        }
        let mut connected_all = false;
        let mut next = freed.0;
        loop {
            match next {
                Some(Thread::Sender) => {
                    self.sender_waits = false;
                    self.run_sender(fx);
                }
                Some(Thread::Main) => connected_all |= self.go_on_connecting(fx),
                Some(Thread::Listener) => {
                    self.listener.waits = false;
                    self.attend(fx);
                }
                None => {}
            }
            if !self.dials.is_empty() {
                return connected_all;
            }
            let Some((thread, to, address)) = self.waiting.pop_front() else {
                return connected_all;
            };
            next = self.connect(thread, to, address, fx).then_some(thread);
        }
    }

    // ---- accepting connections ----

    /// Somebody connected.
    pub(crate) fn accepted(&mut self, conn: Conn, from: NodeId, fx: &mut dyn Fx<Server>) {
        self.listener.accepted.push_back(Inbound {
            conn,
            from,
            greeting: None,
            unread: Vec::new(),
            ended: false,
        });
        self.attend(fx);
    }

    /// A greeting came.
    pub(crate) fn greeted(&mut self, conn: Conn, sid: Sid, fx: &mut dyn Fx<Server>) {
        if let Some(inbound) = self.inbound(conn) {
            inbound.greeting = Some(sid);
            self.attend(fx);
        }
    }

    /// The connection that is attended to sent no greeting in time: it is given up.
    pub(crate) fn greeting_overdue(&mut self, fx: &mut dyn Fx<Server>) {
        if self.listener.reads {
            self.listener.reads = false;
            let inbound = self.listener.accepted.pop_front();
            fx.close(inbound.expect("the listener reads from one").conn);
            self.attend(fx);
        }
    }

    /// A notification came: into the receive queue, or behind a greeting that the listener has not
    /// read yet.
    pub(crate) fn delivered(&mut self, conn: Conn, notification: By<Notification>) {
        let connected = |peer: &&Peer| peer.worker == Some(conn);
        if let Some(from) = self.peers.iter().find(connected).map(|peer| peer.sid) {
            self.arrive(from, notification);
        } else if let Some(inbound) = self.inbound(conn) {
            inbound.unread.push(notification);
        }
    }

    /// A connection ended from the other side.
    pub(crate) fn closed(&mut self, conn: Conn, fx: &mut dyn Fx<Server>) {
        let connected = |peer: &&mut Peer| peer.worker == Some(conn);
        if let Some(peer) = self.peers.iter_mut().find(connected) {
            peer.worker = None;
            peer.down(fx);
        } else if let Some(inbound) = self.inbound(conn) {
            inbound.ended = true;
            self.attend(fx);
        }
    }

    fn inbound(&mut self, conn: Conn) -> Option<&mut Inbound> {
        let mut accepted = self.listener.accepted.iter_mut();
        accepted.find(|inbound| inbound.conn == conn)
    }

    /// Lets the listener work: it reads the greeting of the first connection, handles it, and takes
    /// the next one.
    fn attend(&mut self, fx: &mut dyn Fx<Server>) {
        while !self.listener.waits
            && let Some(first) = self.listener.accepted.front()
        {
            if first.greeting.is_none() && !first.ended {
                if !self.listener.reads {
                    self.listener.reads = true;
                    let ensemble = &self.setup.config.ensemble;
                    let ms = u64::from(ensemble.tick_time_ms) * u64::from(ensemble.sync_limit);
                    let timer = Timer::Election(ElectionTimer::Greeting);
                    fx.arm(timer, Span::from_millis(ms));
                }
                return;
            }
            if self.listener.reads {
                self.listener.reads = false;
                fx.disarm(Timer::Election(ElectionTimer::Greeting));
            }
            let first = self.listener.accepted.pop_front();
            self.handle(first.expect("there is a first one"), fx);
        }
    }

    /// `handleConnection`: a smaller id is dialled back, a larger one replaces what was there.
    fn handle(&mut self, inbound: Inbound, fx: &mut dyn Fx<Server>) {
        let me = self.setup.config.sid;
        let Some(sid) = inbound.greeting else {
            return;
        };
        if sid <= me {
            // The own id is a mistake in a configuration; 3.8.0 warns and leaves the connection
            // alone.
            self.finish_worker(sid, fx);
            fx.close(inbound.conn);
            if sid < me {
                let from = Some(inbound.from);
                self.listener.waits = !self.connect(Thread::Listener, sid, from, fx);
            }
            return;
        }
        self.start_worker(sid, inbound.conn, false, fx);
        for notification in inbound.unread {
            self.arrive(sid, notification);
        }
        if inbound.ended {
            self.closed(inbound.conn, fx);
        }
    }

    // ---- workers ----

    /// Replaces the connection to a server and sends what waits for it, or else the last message
    /// ever sent, again.
    fn start_worker(&mut self, sid: Sid, conn: Conn, dialled_by_me: bool, fx: &mut dyn Fx<Server>) {
        self.finish_worker(sid, fx);
        let peer = self.peer(sid);
        peer.worker = Some(conn);
        if fx.wants_details() {
            let with = sid;
            fx.fact(
                Fact::CnxUp {
                    with,
                    dialled_by_me,
                },
                &[],
            );
        }
        if let Some(queued) = peer.queued.take() {
            peer.send(conn, queued, false, fx);
        } else if let Some(last) = peer.last {
            peer.send(conn, last, true, fx);
        }
    }

    fn finish_worker(&mut self, sid: Sid, fx: &mut dyn Fx<Server>) {
        let peer = self.peers.iter_mut().find(|peer| peer.sid == sid);
        if let Some(peer) = peer
            && let Some(conn) = peer.worker.take()
        {
            fx.close(conn);
            peer.down(fx);
        }
    }

    fn peer_of(&self, sid: Sid) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.sid == sid)
    }

    /// The entry of a server, made if there is none.
    fn peer(&mut self, sid: Sid) -> &mut Peer {
        if let Some(known) = self.peers.iter().position(|peer| peer.sid == sid) {
            return &mut self.peers[known];
        }
        let order = |sid| (hash_bucket(sid, 16), sid);
        let index = (self.peers).partition_point(|peer| order(peer.sid) < order(sid));
        let peer = Peer {
            sid,
            queued: None,
            last: None,
            worker: None,
        };
        self.peers.insert(index, peer);
        &mut self.peers[index]
    }
}

impl Peer {
    /// Sends on the connection. One that leaves in a later step than it was made says so.
    fn send(
        &mut self,
        conn: Conn,
        notification: By<Notification>,
        again: bool,
        fx: &mut dyn Fx<Server>,
    ) {
        self.last = Some(notification);
        let msg = ElectionMsg::Notification(notification.value);
        fx.send(conn, Msg::Election(msg));
        if notification.by != fx.step() && fx.wants_facts() {
            let fact = Fact::SentLate {
                to: self.sid,
                notification: notification.value,
                again,
            };
            fx.fact(fact, &[notification.by]);
        }
    }

    fn down(&self, fx: &mut dyn Fx<Server>) {
        if fx.wants_details() {
            fx.fact(Fact::CnxDown { with: self.sid }, &[]);
        }
    }
}

/// The thread that an ended attempt frees.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Freed(Option<Thread>);
