//! A zkCli in front of a simulated client: what it asks becomes calls, what comes back goes in.
//!
//! It changes nothing itself. Whoever plays the world calls what [`Console::line`] and [`Console::look`] hand out, says the
//! number of the call ([`Console::called`]) and shows it the records ([`Console::saw`]); [`Console::run_line`] does all that
//! at once for a run that nobody else plays.

use crate::base::{CallId, NodeId, SimTime, Span};
use crate::cluster::{self, Fact, Node, World};
use crate::engine::{Fault, Monitors, NodeStatus, Observer, Run};
use crate::operator::printed::Printed;
use crate::operator::zkcli::{Happened, Next, Shown, ZkCli};
use crate::trace::{Record, What};
use crate::zookeeper::{self as zk, ClientOp, ClientOutcome, ErrorCode, Release};

/// A shell at a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Console {
    cli: ZkCli,
    client: NodeId,
    wants: Option<Want>,
    printed: Printed,
    ended: Option<i32>,
}

/// What was asked of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Want {
    what: Wanted,
    call: Option<CallId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wanted {
    Answer,
    Closed,
    /// The old session is closed before a new one.
    ClosedFirst,
}

impl Console {
    /// A shell of this release at a client of the world, started with `-server host`.
    pub fn new(release: Release, host: &str, client: NodeId) -> Self {
        Self {
            cli: ZkCli::new(release, host),
            client,
            wants: None,
            printed: Printed::default(),
            ended: None,
        }
    }

    /// The client that it asks.
    pub fn client(&self) -> NodeId {
        self.client
    }

    /// The shell itself.
    pub fn cli(&self) -> &ZkCli {
        &self.cli
    }

    /// What stands before the next line.
    pub fn prompt(&self) -> String {
        self.cli.prompt()
    }

    /// Whether its last line is not done.
    pub fn is_busy(&self) -> bool {
        self.wants.is_some()
    }

    /// The status with which it has ended, if it has.
    pub fn ended(&self) -> Option<i32> {
        self.ended
    }

    /// What it has printed since this was asked last.
    pub fn take_printed(&mut self) -> Printed {
        core::mem::take(&mut self.printed)
    }

    /// The first lines of an interactive shell.
    pub fn greet(&mut self) {
        self.cli.greet(&mut self.printed);
    }

    /// Takes a line; what is handed out is to be called at the client.
    pub fn line(&mut self, line: &str) -> Option<ClientOp> {
        if self.ended.is_some() {
            return None;
        }
        let next = self.cli.line(line, &mut self.printed);
        self.wanted(next)
    }

    /// Takes one command as its whole life, words as the caller's shell has cut them.
    pub fn one_shot(&mut self, command: &[String]) -> Option<ClientOp> {
        let next = self.cli.one_shot(command, &mut self.printed);
        self.wanted(next)
    }

    fn wanted(&mut self, next: Next) -> Option<ClientOp> {
        let (what, op) = match next {
            Next::Line => return None,
            Next::Ended(code) => {
                self.ended = Some(code);
                return None;
            }
            Next::Ask(op) => (Wanted::Answer, ClientOp::Do(op)),
            Next::Close => (Wanted::Closed, ClientOp::Close),
            Next::Connect(_) => match self.cli.shown() {
                Shown::Closed => {
                    let next = self.cli.connecting(&mut self.printed);
                    debug_assert_eq!(next, Next::Line);
                    return Some(ClientOp::Connect);
                }
                _ => (Wanted::ClosedFirst, ClientOp::Close),
            },
        };
        self.wants = Some(Want { what, call: None });
        Some(op)
    }

    /// What it handed out was called under this number.
    pub fn called(&mut self, call: CallId) {
        if let Some(wants) = &mut self.wants {
            wants.call.get_or_insert(call);
        }
    }

    /// Looks whether the answer has come. What is handed out is to be called next.
    pub fn look(&mut self, world: &World) -> Option<ClientOp> {
        let Want { what, call } = self.wants?;
        let cluster::Outcome::ZkClient(outcome) = world.answer(call?)? else {
            return None;
        };
        self.wants = None;
        let print = &mut self.printed;
        let next = match what {
            Wanted::Answer => {
                let answer = match outcome {
                    ClientOutcome::Answered { result, .. } => result.clone(),
                    ClientOutcome::Connected { .. } => Ok(zk::OpResult::Done),
                    ClientOutcome::Lost => Err(ErrorCode::ConnectionLoss),
                    ClientOutcome::Expired => Err(ErrorCode::SessionExpired),
                };
                self.cli.answer(answer, print)
            }
            Wanted::Closed => self.cli.closed(print),
            Wanted::ClosedFirst => {
                self.cli.replaced(print);
                let next = self.cli.connecting(print);
                debug_assert_eq!(next, Next::Line);
                return Some(ClientOp::Connect);
            }
        };
        self.wanted(next)
    }

    /// A record of the world: events of its client are printed.
    pub fn saw(&mut self, record: &Record<Fact>) {
        if record.node != self.client || self.ended.is_some() {
            return;
        }
        let What::Fact(Fact::Zk(fact)) = &record.what else {
            return;
        };
        let what = match fact {
            zk::Fact::ClientConnected { .. } => Happened::Connected,
            zk::Fact::ClientDisconnected { .. } => Happened::Disconnected,
            zk::Fact::ClientExpired { .. } => Happened::Expired,
            zk::Fact::ClientAuthFailed { .. } => Happened::AuthFailed,
            zk::Fact::EventHeard { kind, path, .. } => Happened::Watch {
                kind: kind.name(),
                path: path.clone(),
                zxid: None,
            },
            _ => return,
        };
        self.cli.happened(&what, &mut self.printed);
    }

    /// Starts its client if it does not run.
    pub fn start<Mon: Monitors<Node>>(&mut self, run: &mut Run<Node, Mon>) {
        if run.world().status(self.client) == NodeStatus::Down {
            run.inject(&Fault::Start(self.client), None, &mut Ear(self));
        }
    }

    /// Plays a line to its end: until the prompt is back or the shell has ended. A line that is not done after `patience`
    /// is left as it is; the answer says whether it is done.
    pub fn run_line<Mon: Monitors<Node>>(
        &mut self,
        run: &mut Run<Node, Mon>,
        line: &str,
        patience: Span,
    ) -> bool {
        let op = self.line(line);
        self.play(run, op, patience)
    }

    /// As [`run_line`](Self::run_line), for one command as the shell's whole life.
    pub fn run_one_shot<Mon: Monitors<Node>>(
        &mut self,
        run: &mut Run<Node, Mon>,
        command: &[String],
        patience: Span,
    ) -> bool {
        let op = self.one_shot(command);
        self.play(run, op, patience)
    }

    fn play<Mon: Monitors<Node>>(
        &mut self,
        run: &mut Run<Node, Mon>,
        mut op: Option<ClientOp>,
        patience: Span,
    ) -> bool {
        let limit = run.world().now() + patience;
        loop {
            while let Some(asked) = op {
                let call = run.call(self.client, cluster::Op::ZkClient(asked));
                self.called(call);
                op = self.look(run.world());
            }
            if !self.is_busy() {
                return true;
            }
            if run.step(limit, &mut Ear(self)).is_none() {
                return false;
            }
            op = self.look(run.world());
        }
    }

    /// Lets time pass, printing what happens meanwhile.
    pub fn run_until<Mon: Monitors<Node>>(&mut self, run: &mut Run<Node, Mon>, until: SimTime) {
        while run.step(until, &mut Ear(self)).is_some() {}
    }
}

/// Hears what happens at a console's client.
struct Ear<'c>(&'c mut Console);

impl Observer<Node> for Ear<'_> {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        false
    }
    fn record(&mut self, record: Record<Fact>) {
        self.0.saw(&record);
    }
}
