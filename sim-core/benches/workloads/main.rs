//! How fast things are: `cargo bench --bench workloads [-- NAME…]`.
//!
//! A line per workload: name, figure, unit, peak memory. Figures are per second of processor time
//! of one core; each workload runs in a process of its own, so that its peak memory is its own.
//! Always the `World`, network and draws that scenarios use. An event is one input to one machine.

mod ensemble;
mod heartbeat;
mod seek;
mod tiny;
mod trace;
mod tree;

use cpu_time::ProcessTime;
use std::process::Command;
use std::time::Duration;

/// What a workload found.
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// What it counts.
    pub unit: &'static str,
    /// What else is worth knowing.
    pub note: String,
}

impl Figure {
    /// So many things in this time.
    pub fn rate(count: u64, took: Duration, unit: &'static str) -> Self {
        Self {
            value: count as f64 / took.as_secs_f64(),
            unit,
            note: String::new(),
        }
    }
}

/// One workload: its name, what it aims at, and how it is run.
struct Workload {
    name: &'static str,
    aim: &'static str,
    run: fn() -> Figure,
}

const WORKLOADS: &[Workload] = &[
    Workload {
        name: "heartbeat",
        aim: ">= 8.6 M deliveries/s",
        run: heartbeat::watched,
    },
    Workload {
        name: "heartbeat-bare",
        aim: "(nobody looks)",
        run: heartbeat::bare,
    },
    Workload {
        name: "heartbeat-traced",
        aim: "(as heartbeat, all records into a trace)",
        run: heartbeat::traced,
    },
    Workload {
        name: "tiny",
        aim: ">= 0.93 M runs/s",
        run: tiny::runs,
    },
    Workload {
        name: "elections-bare",
        aim: ">= 20 k elections/s",
        run: ensemble::elections_bare,
    },
    Workload {
        name: "elections",
        aim: ">= 15 k elections/s",
        run: ensemble::elections_watched,
    },
    Workload {
        name: "clients",
        aim: ">= 200 k operations/s",
        run: ensemble::clients_watched,
    },
    Workload {
        name: "clients-bare",
        aim: "(no monitors)",
        run: ensemble::clients_bare,
    },
    Workload {
        name: "znodes",
        aim: "(10^5 nodes at each of five servers)",
        run: ensemble::znodes,
    },
    Workload {
        name: "tree",
        aim: "(one tree of 10^5 nodes)",
        run: tree::grow,
    },
    Workload {
        name: "trace",
        aim: "<= 30 ns/record",
        run: trace::encode,
    },
    Workload {
        name: "trace-read",
        aim: "(no aim)",
        run: trace::decode,
    },
    Workload {
        name: "seek",
        aim: "<= 4 ms, <= 128 MiB",
        run: seek::anywhere,
    },
];

/// Processor time that `work` takes, after it ran once to warm up.
pub fn timed<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    work();
    let start = ProcessTime::now();
    let result = work();
    (result, start.elapsed())
}

/// The most memory this process had, in MiB; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = &arguments[..]
        && flag == "--alone"
    {
        let workload = WORKLOADS.iter().find(|workload| workload.name == name);
        print(workload.expect("a workload of this name"));
        return;
    }
    // Cargo passes `--bench`; everything else names workloads.
    let names: Vec<&String> = arguments.iter().filter(|it| !it.starts_with('-')).collect();
    for workload in WORKLOADS {
        if names.is_empty()
            || names
                .iter()
                .any(|name| workload.name.contains(name.as_str()))
        {
            let program = std::env::current_exe().expect("this program");
            let status = Command::new(program)
                .args(["--alone", workload.name])
                .status();
            assert!(
                status.is_ok_and(|status| status.success()),
                "{} failed",
                workload.name
            );
        }
    }
}

fn print(workload: &Workload) {
    let figure = (workload.run)();
    let value = match figure.value {
        value if value >= 1e6 => format!("{:.2} M", value / 1e6),
        value if value >= 1e4 => format!("{:.1} k", value / 1e3),
        value => format!("{value:.2} "),
    };
    println!(
        "{:<18} {:>22}  {:>5} MiB  aim {}{}{}",
        workload.name,
        format!("{value}{}", figure.unit),
        peak_mib(),
        workload.aim,
        if figure.note.is_empty() { "" } else { "; " },
        figure.note,
    );
}
