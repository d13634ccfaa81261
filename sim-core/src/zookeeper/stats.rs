//! What a server counts while it serves, for those who ask it: packets, latencies, sizes.
//!
//! Follows `ServerStats`, `BufferStats` and the counters of `ServerCnxn` of release 3.5.7. Nothing is decided by them: two
//! states that differ in counters only are equal and hash alike. Read `operator/four_letters.rs` for who prints them.

use crate::base::{Conn, LocalTime, WallTime};
use crate::engine::Now;
use crate::zookeeper::{Op, SessionId, Zxid};
use core::hash::{Hash, Hasher};
use std::collections::{BTreeMap, VecDeque};

/// Latencies in ms by the server's own monotonic clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latencies {
    least: Option<u64>,
    most: u64,
    total: u64,
    count: u64,
}

impl Latencies {
    fn add(&mut self, ms: u64) {
        self.least = Some(self.least.map_or(ms, |least| least.min(ms)));
        self.most = self.most.max(ms);
        self.total += ms;
        self.count += 1;
    }

    /// The shortest; 0 if there was none.
    pub fn least(&self) -> u64 {
        self.least.unwrap_or(0)
    }

    /// The longest.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// All of them together, and how many they are.
    pub fn total(&self) -> (u64, u64) {
        (self.total, self.count)
    }

    /// The average, rounded down; 0 if there was none.
    pub fn average(&self) -> u64 {
        self.total.checked_div(self.count).unwrap_or(0)
    }
}

/// Sizes in bytes; -1 stands for none so far (`BufferStats`).
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The last one.
    pub last: i64,
    /// The smallest.
    pub least: i64,
    /// The largest.
    pub most: i64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            last: -1,
            least: -1,
            most: -1,
        }
    }
}

impl Sizes {
    /// One more.
    pub fn add(&mut self, bytes: u32) {
        let bytes = i64::from(bytes);
        self.last = bytes;
        self.most = self.most.max(bytes);
        if self.least == -1 || bytes < self.least {
            self.least = bytes;
        }
    }
}

impl PartialEq for Sizes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Sizes {}

impl Hash for Sizes {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// What is counted of one connection.
#[derive(Clone, Debug)]
pub struct ConnStats {
    /// When it was accepted, by the wall clock.
    pub established: WallTime,
    /// When it was heard last, by the monotonic clock.
    pub heard: LocalTime,
    /// Packets received.
    pub received: u64,
    /// Packets sent.
    pub sent: u64,
    /// Four letters for the last operation.
    pub last_operation: &'static str,
    /// The client's number of the last operation that had one.
    pub last_cxid: i32,
    /// The zxid of the last answer.
    pub last_zxid: Zxid,
    /// When the last answer was given, by the monotonic clock.
    pub last_response: LocalTime,
    /// The latency of the last operation in ms.
    pub last_latency: u64,
    /// All latencies.
    pub latencies: Latencies,
    /// When the requests under way came, with the client's numbers.
    asked: VecDeque<(i32, LocalTime)>,
}

impl ConnStats {
    fn new(now: Now) -> Self {
        Self {
            established: now.wall,
            heard: now.mono,
            received: 0,
            sent: 0,
            last_operation: "NA",
            last_cxid: -1,
            last_zxid: Zxid(-1),
            last_response: LocalTime::default(),
            last_latency: 0,
            latencies: Latencies::default(),
            asked: VecDeque::new(),
        }
    }

    /// Requests that wait for their answers, pings and the session itself apart.
    pub fn queued(&self) -> usize {
        self.asked.iter().filter(|(cxid, _)| *cxid > 0).count()
    }
}

/// Everything that a server counts.
#[derive(Clone, Debug, Default)]
pub struct ServerStats {
    now: Option<Now>,
    received: u64,
    sent: u64,
    latencies: Latencies,
    conns: BTreeMap<Conn, ConnStats>,
}

impl PartialEq for ServerStats {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ServerStats {}

impl Hash for ServerStats {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl ServerStats {
    /// Packets received while it serves.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Packets sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Latencies of all requests.
    pub fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    /// What is counted of a connection.
    pub fn of(&self, conn: Conn) -> Option<&ConnStats> {
        self.conns.get(&conn)
    }

    /// What time it is: at the beginning of each step.
    pub(crate) fn note_time(&mut self, now: Now) {
        self.now = Some(now);
    }

    fn mono(&self) -> LocalTime {
        self.now.map_or_else(LocalTime::default, |now| now.mono)
    }

    /// A client connected.
    pub(crate) fn accepted(&mut self, conn: Conn) {
        if let Some(now) = self.now {
            self.conns.insert(conn, ConnStats::new(now));
        }
    }

    /// Its connection is gone.
    pub(crate) fn closed(&mut self, conn: Conn) {
        self.conns.remove(&conn);
    }

    /// A new server object begins to serve: it has counted nothing.
    pub(crate) fn begin(&mut self) {
        (self.received, self.sent) = (0, 0);
        self.latencies = Latencies::default();
    }

    /// A packet came.
    pub(crate) fn heard(&mut self, conn: Conn) {
        self.received += 1;
        let now = self.mono();
        if let Some(stats) = self.conns.get_mut(&conn) {
            stats.received += 1;
            stats.heard = now;
        }
    }

    /// A packet went.
    pub(crate) fn told(&mut self, conn: Conn) {
        self.sent += 1;
        if let Some(stats) = self.conns.get_mut(&conn) {
            stats.sent += 1;
        }
    }

    /// A request came that will be answered.
    pub(crate) fn asked(&mut self, conn: Conn, cxid: i32) {
        let now = self.mono();
        if let Some(stats) = self.conns.get_mut(&conn) {
            stats.asked.push_back((cxid, now));
        }
    }

    /// The oldest request of a connection is answered (`updateStatsForResponse`).
    pub(crate) fn answered(&mut self, conn: Conn, op: &Op, zxid: Zxid) {
        let now = self.mono();
        let Some(stats) = self.conns.get_mut(&conn) else {
            return;
        };
        let Some((cxid, asked)) = stats.asked.pop_front() else {
            return;
        };
        let ms = ms(now).saturating_sub(ms(asked));
        self.latencies.add(ms);
        // Not the numbers of pings and the like: the client's last own operation is told.
        if cxid >= 0 {
            stats.last_cxid = cxid;
        }
        stats.last_operation = letters(op);
        stats.last_zxid = zxid;
        stats.last_response = now;
        stats.last_latency = ms;
        stats.latencies.add(ms);
    }
}

fn ms(time: LocalTime) -> u64 {
    time.0 / 1_000_000
}

/// What `FinalRequestProcessor` calls an operation.
fn letters(op: &Op) -> &'static str {
    match op {
        Op::Create { .. } => "CREA",
        Op::Delete { .. } | Op::DeleteContainer { .. } => "DELE",
        Op::SetData { .. } => "SETD",
        Op::SetAcl { .. } => "SETA",
        Op::Check { .. } => "CHEC",
        Op::Multi(_) => "MULT",
        Op::MultiRead(_) => "MLTR",
        Op::Reconfig => "RECO",
        Op::GetData { .. } => "GETD",
        Op::Exists { .. } => "EXIS",
        Op::GetChildren { .. } | Op::GetChildren2 { .. } => "GETC",
        Op::GetAcl { .. } => "GETA",
        Op::GetEphemerals { .. } => "GETE",
        Op::GetAllChildrenNumber { .. } => "GETACN",
        Op::SetWatches(_) => "SETW",
        Op::AddWatch { .. } => "ADDW",
        Op::RemoveWatches { .. } => "REMW",
        Op::CheckWatches { .. } => "CHKW",
        Op::Sync { .. } => "SYNC",
        Op::Ping => "PING",
        Op::CreateSession { .. } => "SESS",
        Op::CloseSession => "CLOS",
        Op::WhoAmI => "HOMI",
        Op::Auth { .. } | Op::Unknown { .. } => "NA",
    }
}

/// A client's connection as `cons` and `dump` tell it.
#[derive(Clone, Copy, Debug)]
pub struct ClientConn<'s> {
    /// Which.
    pub conn: Conn,
    /// Its session, if it has one.
    pub session: Option<SessionId>,
    /// The negotiated timeout in ms.
    pub timeout_ms: u32,
    /// What was counted.
    pub stats: &'s ConnStats,
}
