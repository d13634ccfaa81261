//! A machine that does what its calls say and leaves a line for every input.

use crate::base::{Conn, HostId, Lane, NodeId, Port, SimTime, Span, ZoneId};
use crate::engine::{
    DiskImage, Fault, Fx, HostSpec, Input, Latency, LinkSet, Machine, Message, NodeSpec, Now,
    Timing, World, WorldSpec,
};
use crate::trace::{Record, What};

pub const PORT: Port = Port(7);
pub const LANE: Lane = Lane(1);

/// What a toy is told to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Do {
    Dial(u16),
    /// On its nth connection, dialled or accepted.
    Send(usize, &'static str),
    /// The same on whichever connection that is, if there is any.
    SendNext(usize),
    Close(usize),
    Arm(u8, Span),
    Disarm(u8),
    Hand(Lane, &'static str, Span),
    Write(&'static str),
    Sync,
    Unlisten,
    Exit(i32),
    Choose(u32),
    Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text(pub &'static str);

impl Message for Text {
    fn kind(&self) -> u8 {
        1
    }
    fn kind_name(_: u8) -> &'static str {
        "TEXT"
    }
    fn size(&self) -> u32 {
        self.0.len() as u32
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lines(pub Vec<String>);

impl DiskImage for Lines {
    type Change = &'static str;
    fn apply(&mut self, change: &&'static str) {
        self.0.push((*change).to_owned());
    }
    fn apply_torn(&mut self, change: &&'static str) {
        self.0.push(format!("torn {change}"));
    }
    fn weight(change: &&'static str) -> u64 {
        change.len() as u64
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Toy {
    pub conns: Vec<Conn>,
    pub chosen: Vec<u32>,
}

impl Machine for Toy {
    type Config = ();
    type Msg = Text;
    type Timer = u8;
    type Work = &'static str;
    type Disk = Lines;
    type Op = Do;
    type Outcome = usize;
    type Fact = String;

    fn boot((): &(), now: Now, disk: &Lines, fx: &mut dyn Fx<Self>) -> Self {
        fx.listen(PORT);
        let line = format!("boot {} with {:?}", ms(now), disk.0);
        fx.fact(line, &[]);
        Self {
            conns: Vec::new(),
            chosen: Vec::new(),
        }
    }

    fn step(&mut self, now: Now, disk: &Lines, input: Input<Self>, fx: &mut dyn Fx<Self>) {
        let at = ms(now);
        let line = match input {
            Input::Accepted(conn, from, _) => {
                self.conns.push(conn);
                format!("{at} accepted {from:?}")
            }
            Input::Opened(_) => format!("{at} opened"),
            Input::Refused(_) => format!("{at} refused"),
            Input::Deliver(_, Text(text)) => format!("{at} got {text}"),
            Input::Closed(_, why) => format!("{at} closed {why:?}"),
            Input::Timer(timer) => format!("{at} timer {timer}"),
            Input::Lane(lane, work) => format!("{at} {lane:?} {work}"),
            Input::Written(write, result) => format!("{at} {write:?} {result:?}"),
            Input::Call(call, what) => {
                if what == Do::Answer {
                    fx.reply(call, disk.0.len());
                }
                return self.obey(what, fx);
            }
        };
        let step = fx.step();
        fx.fact(line, &[step]);
    }
}

impl Toy {
    fn obey(&mut self, what: Do, fx: &mut dyn Fx<Self>) {
        match what {
            Do::Dial(to) => self.conns.push(fx.dial(NodeId(to), PORT)),
            Do::Send(nth, text) => fx.send(self.conns[nth], Text(text)),
            Do::SendNext(nth) => {
                if let Some(conn) = self.conns.iter().rev().nth(nth) {
                    fx.send(*conn, Text("next"));
                }
            }
            Do::Close(nth) => {
                if let Some(conn) = self.conns.get(nth) {
                    fx.close(*conn);
                }
            }
            Do::Arm(timer, after) => fx.arm(timer, after),
            Do::Disarm(timer) => fx.disarm(timer),
            Do::Hand(lane, work, extra) => fx.hand_after(lane, work, extra),
            Do::Write(text) => fx.write(text),
            Do::Sync => {
                fx.sync();
            }
            Do::Unlisten => fx.unlisten(PORT),
            Do::Exit(code) => fx.exit(code),
            Do::Choose(options) => self.chosen.push(fx.choose(5, options)),
            Do::Answer => {}
        }
    }
}

fn ms(now: Now) -> String {
    Span(now.mono.0).to_string()
}

/// A world under test with the lines that its toys wrote.
pub struct Bench {
    pub world: World<Toy>,
    pub seen: Vec<Record<String>>,
    told: usize,
}

pub const MS: Span = Span::from_millis(1);

pub fn millis(ms: u64) -> Span {
    Span::from_millis(ms)
}

pub fn spec(nodes: u16) -> WorldSpec<Toy> {
    let fixed = |ms| Latency::Fixed(millis(ms));
    let host = |_| HostSpec {
        name: "h".into(),
        zone: ZoneId(0),
        mono_start: Span::ZERO,
        wall_start: 1_000_000_000,
        drift_ppm: 0,
    };
    let node = |id| NodeSpec {
        name: format!("n{id}").into(),
        host: HostId(id),
        config: (),
        disk: Lines::default(),
    };
    WorldSpec {
        nodes: (0..nodes).map(node).collect(),
        hosts: (0..nodes).map(host).collect(),
        zones: vec!["z".into()],
        timing: Timing {
            latency: fixed(1),
            local_latency: fixed(0),
            dial: fixed(2),
            sync: fixed(5),
            lane: fixed(0),
            break_after: millis(100),
        },
    }
}

impl Bench {
    /// `nodes` toys, all started at time zero.
    pub fn new(nodes: u16) -> Self {
        Self::of(spec(nodes), 1)
    }

    pub fn of(spec: WorldSpec<Toy>, seed: u64) -> Self {
        Self::on(World::new(spec, seed))
    }

    pub fn on(world: World<Toy>) -> Self {
        let nodes = world.spec().nodes.len() as u16;
        let mut bench = Self {
            world,
            seen: Vec::new(),
            told: 0,
        };
        for node in 0..nodes {
            bench.fault(Fault::Start(NodeId(node)));
        }
        bench.run(Span::ZERO);
        bench.told = bench.seen.len();
        bench
    }

    /// Two toys, the first connected to the second.
    pub fn pair() -> Self {
        let mut bench = Self::new(2);
        bench.tell(0, Do::Dial(1));
        bench.run(millis(10));
        assert_eq!(bench.news(), ["n0: 2ms opened", "n1: 2ms accepted n0"]);
        bench
    }

    pub fn fault(&mut self, fault: Fault) {
        self.world.inject(&fault, &mut self.seen);
    }

    pub fn tell(&mut self, node: u16, what: Do) {
        self.world.call(NodeId(node), what);
        self.run(Span::ZERO);
    }

    /// Lets this much time pass.
    pub fn run(&mut self, span: Span) {
        self.run_to(self.world.now() + span);
    }

    pub fn run_to(&mut self, limit: SimTime) {
        while self.world.step(limit, &mut self.seen).is_some() {}
        assert_eq!(self.world.now(), limit);
    }

    pub fn forget(&mut self) {
        self.seen.clear();
        self.told = 0;
    }

    /// The lines written since the last time.
    pub fn news(&mut self) -> Vec<String> {
        let new = self.seen[self.told..].iter();
        self.told = self.seen.len();
        new.filter_map(|record| match &record.what {
            What::Fact(line) => Some(format!("{:?}: {line}", record.node)),
            _ => None,
        })
        .collect()
    }

    /// The lines that this much time brings.
    pub fn after(&mut self, span: Span) -> Vec<String> {
        self.run(span);
        self.news()
    }
}

pub fn link(from: u16, to: u16) -> LinkSet {
    LinkSet {
        from: Some(NodeId(from)),
        to: Some(NodeId(to)),
        port: None,
    }
}
