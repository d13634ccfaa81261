//! Runs of five messages: five nodes start, each connects to the next and sends it one message;
//! then `World::reset`.

use crate::{Figure, timed};
use sim_core::base::{HostId, NodeId, Port, SimTime, Span, ZoneId};
use sim_core::engine::{
    DiskImage, Fault, Fx, HostSpec, Input, Latency, Machine, Message, NodeSpec, Now, Timing, World,
    WorldSpec,
};

const NODES: u16 = 5;
const PORT: Port = Port(1);
const RUNS: u64 = 1_000_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Hello(u16);

impl Message for Hello {
    fn kind(&self) -> u8 {
        0
    }
    fn kind_name(_: u8) -> &'static str {
        "HELLO"
    }
    fn size(&self) -> u32 {
        2
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct NoDisk;

impl DiskImage for NoDisk {
    type Change = ();
    fn apply(&mut self, (): &()) {}
    fn apply_torn(&mut self, (): &()) {}
    fn weight((): &()) -> u64 {
        0
    }
}

/// Greets its neighbour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Greeter {
    me: u16,
    heard: u16,
}

impl Machine for Greeter {
    type Config = u16;
    type Msg = Hello;
    type Timer = ();
    type Work = ();
    type Disk = NoDisk;
    type Op = ();
    type Outcome = ();
    type Fact = ();

    fn boot(me: &u16, _: Now, _: &NoDisk, fx: &mut dyn Fx<Self>) -> Self {
        fx.listen(PORT);
        fx.dial(NodeId((me + 1) % NODES), PORT);
        Self { me: *me, heard: 0 }
    }

    fn step(&mut self, _: Now, _: &NoDisk, input: Input<Self>, fx: &mut dyn Fx<Self>) {
        match input {
            Input::Opened(conn) => fx.send(conn, Hello(self.me)),
            Input::Deliver(_, Hello(_)) => self.heard += 1,
            _ => {}
        }
    }
}

fn world() -> World<Greeter> {
    let host = |_| HostSpec {
        name: "host".into(),
        zone: ZoneId(0),
        mono_start: Span::ZERO,
        wall_start: 0,
        drift_ppm: 0,
    };
    let node = |id| NodeSpec {
        name: "node".into(),
        host: HostId(id),
        config: id,
        disk: NoDisk,
    };
    let millis = Span::from_millis;
    let spec = WorldSpec {
        nodes: (0..NODES).map(node).collect(),
        hosts: (0..NODES).map(host).collect(),
        zones: vec!["zone".into()],
        timing: Timing {
            latency: Latency::Uniform {
                min: millis(1),
                max: millis(5),
            },
            local_latency: Latency::default(),
            dial: Latency::Fixed(millis(2)),
            sync: Latency::default(),
            lane: Latency::default(),
            break_after: Span::from_secs(60),
        },
    };
    World::new(spec, 0)
}

/// Runs a second.
pub fn runs() -> Figure {
    let mut world = world();
    let (steps, took) = timed(|| {
        for seed in 0..RUNS {
            world.reset(seed);
            for node in 0..NODES {
                world.inject(&Fault::Start(NodeId(node)), &mut ());
            }
            while world.step(SimTime(1_000_000_000), &mut ()).is_some() {}
            let heard = (0..NODES).filter_map(|node| world.node(NodeId(node)));
            assert_eq!(heard.map(|node| node.heard).sum::<u16>(), NODES);
        }
        world.steps().0 * RUNS
    });
    Figure {
        note: format!("{:.1} M events/s", steps as f64 / took.as_secs_f64() / 1e6),
        ..Figure::rate(RUNS, took, "runs/s")
    }
}
