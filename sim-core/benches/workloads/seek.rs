//! A million records with their checkpoints in memory: how long it takes to stand anywhere in them.

use crate::Figure;
use crate::heartbeat::{Watching, world};
use cpu_time::ProcessTime;
use sim_core::base::{Keys, NodeId, Point, Purpose, SimTime, StepIndex};
use sim_core::engine::{Act, Fault, Run, Timeline};

const RECORDS: u64 = 1_000_000;
const SEEKS: u32 = 400;

/// The longest of many seeks to drawn positions, in milliseconds.
pub fn anywhere() -> Figure {
    let mut timeline = Timeline::new(Run::new(world(), Watching::default()), ());
    for node in 0..5 {
        timeline.by_hand(Act::Fault(Fault::Start(NodeId(node)), None));
    }
    while timeline.records().len() < RECORDS {
        timeline.advance(SimTime(u64::MAX), 1_000, |_| {});
    }
    let keys = Keys::new(1);
    let mut took = Vec::new();
    for nth in 0..SEEKS {
        let draw = keys.at(Point {
            purpose: Purpose::Campaign,
            subject: 0,
            nth,
        });
        let start = ProcessTime::now();
        timeline.seek(StepIndex(draw % timeline.end().0));
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    Figure {
        value: took[took.len() - 1],
        unit: "ms at most",
        note: format!(
            "median {:.2} ms; {} records of {} steps, {} checkpoints, {} MiB of coded records",
            took[took.len() / 2],
            timeline.records().len(),
            timeline.end().0,
            timeline.checkpoints(),
            timeline.records().size() >> 20,
        ),
    }
}
