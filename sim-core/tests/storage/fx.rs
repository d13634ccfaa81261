//! Effects that are only written down.

use sim_core::base::{CallId, Conn, Lane, NodeId, Port, Span, StepIndex, WriteId};
use sim_core::engine::{DiskImage, Fx, Machine};

/// What a machine asked for.
pub struct Recorded<M: Machine> {
    pub sent: Vec<(Conn, M::Msg)>,
    pub closed: Vec<Conn>,
    pub dialled: Vec<(Conn, NodeId)>,
    pub armed: Vec<(M::Timer, Span)>,
    pub replies: Vec<(CallId, M::Outcome)>,
    pub facts: Vec<M::Fact>,
    /// What every choice answers, as far as there are so many options.
    pub choice: u32,
    conns: u64,
}

impl<M: Machine> Recorded<M> {
    pub fn new() -> Self {
        Self {
            sent: Vec::new(),
            closed: Vec::new(),
            dialled: Vec::new(),
            armed: Vec::new(),
            replies: Vec::new(),
            facts: Vec::new(),
            choice: 0,
            conns: 1000,
        }
    }

    /// Forgets what was asked for so far.
    pub fn clear(&mut self) {
        let (choice, conns) = (self.choice, self.conns);
        *self = Self {
            choice,
            conns,
            ..Self::new()
        };
    }

    /// When a timer fires, if it is armed.
    pub fn armed(&self, timer: M::Timer) -> Option<Span> {
        let last = self.armed.iter().rev().find(|(t, _)| *t == timer);
        last.map(|(_, after)| *after)
    }
}

impl<M: Machine> Fx<M> for Recorded<M> {
    fn step(&self) -> StepIndex {
        StepIndex(1)
    }
    fn listen(&mut self, _: Port) {}
    fn unlisten(&mut self, _: Port) {}
    fn dial(&mut self, to: NodeId, _: Port) -> Conn {
        self.conns += 1;
        self.dialled.push((Conn(self.conns), to));
        Conn(self.conns)
    }
    fn send(&mut self, conn: Conn, msg: M::Msg) {
        self.sent.push((conn, msg));
    }
    fn close(&mut self, conn: Conn) {
        self.closed.push(conn);
    }
    fn arm(&mut self, timer: M::Timer, after: Span) {
        self.armed.push((timer, after));
    }
    fn disarm(&mut self, timer: M::Timer) {
        self.armed.retain(|(armed, _)| *armed != timer);
    }
    fn hand_after(&mut self, _: Lane, _: M::Work, _: Span) {}
    fn write(&mut self, _: <M::Disk as DiskImage>::Change) {}
    fn sync(&mut self) -> WriteId {
        WriteId(0)
    }
    fn reply(&mut self, call: CallId, outcome: M::Outcome) {
        self.replies.push((call, outcome));
    }
    fn exit(&mut self, _: i32) {}
    fn choose(&mut self, _: u64, options: u32) -> u32 {
        self.choice.min(options - 1)
    }
    fn wants_facts(&self) -> bool {
        true
    }
    fn fact(&mut self, fact: M::Fact, _: &[StepIndex]) {
        self.facts.push(fact);
    }
}
