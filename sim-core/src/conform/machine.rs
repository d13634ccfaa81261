//! The one machine that all recorded runs are played on: how long things take, and how they were
//! measured.
//!
//! The recordings were made on one 2-core machine that had other work too, all servers on its
//! loopback interface, each in a Java process whose code was still cold. What takes time there is
//! therefore not the network but threads that wait for a core, code that runs for the first time,
//! and log lines that are written in between. So every delay here is log-normal, and its tail is
//! long.
//!
//! The numbers come from **all** randomised cases of both recordings together (54 cases, 230 runs,
//! 299 votes of others adopted), never from one case:
//!
//! | from … to … | 5 % | median | 95 % | stands for |
//! |---|---|---|---|---|
//! | vote changed, own receiver logs it | 1 ms | 7 ms | 50 ms | two hand-overs |
//! | vote changed, another's receiver logs it | 3 ms | 16 ms | 164 ms | five |
//! | vote logged, own vote changed by it | 0 ms | 1 ms | 16 ms | one, threads warm |
//! | both up, one hears the other | 8 ms | 30 ms | 185 ms | dial, greeting, vote |
//! | decided, first attempt to connect refused | 4 ms | 14 ms | 57 ms | one, code cold |
//!
//! How busy the machine was differs from run to run, and every run tells: the same work that a
//! server does between its start and its first vote took 11 to 178 ms on average. Over the 228 runs
//! in which somebody adopted the winner's vote the logarithms of that time and of the time to adopt
//! correlate by 0.8, and one is nearly proportional to the other:
//!
//! | start to first vote, run's mean | runs | to adopt the winner's vote, median |
//! |---|---|---|
//! | below 16 ms | 21 | 10 ms |
//! | 16-31 ms | 112 | 18 ms |
//! | 32-63 ms | 68 | 37 ms |
//! | 64-127 ms | 22 | 86 ms |
//! | from 128 ms | 5 | 125 ms |
//!
//! So all delays of a run are scaled by its starting time over that of the usual run; what is left
//! of the spread is covered by three machines, a bit quieter, as told, and a bit busier, on which
//! the seeds are played in turn.

use crate::base::{Span, ZoneId};
use crate::engine::{HostSpec, Latency, Timing};
use crate::zookeeper::EnsembleConfig;

/// How long a server takes on the usual machine from its start to its first vote.
const USUAL_START_US: u64 = 28_000;

/// How busy the machine was in a run whose servers took so long to start, on the three machines
/// that its seeds are played on: all delays in percent of the usual ones.
pub fn loads(starting: Span) -> [u64; 3] {
    let percent = (starting.0 / 1_000 * 100 / USUAL_START_US).clamp(25, 800);
    [70, 100, 145].map(|spread| percent * spread / 100)
}

/// On which of the three machines a seed is played.
pub fn of_seed(seed: u64) -> usize {
    (seed % 3) as usize
}

/// The usual median of one hand-over between threads.
const LANE_US: u64 = 1_500;
/// The usual median of one message: what is left of five hand-overs when one is a lane's.
const MESSAGE_US: u64 = 5_500;
/// The usual median of connecting.
const DIAL_US: u64 = 4_000;
/// The usual median of one sync of a disk.
const SYNC_US: u64 = 2_000;

/// The usual median of what keeps a running thread from going on.
const PREEMPTED_US: u64 = 400;

/// From the leader's decision to its open quorum port, with nothing else in the way.
const OPEN_PORT_US: u64 = 6_000;
/// What a learner needs to end its threads: it was LOOKING 13 to 16 ms (3.5.7) and 10 to 36 ms
/// (3.8.0) after its leader was killed.
const SHUTDOWN_US: u64 = 15_000;

/// What keeps a thread that needs no waking from going on: mostly next to nothing, now and then the
/// other threads of a busy machine. In 6 of 164 recorded synchronisations with entries on 3.8.0 the
/// log thread, which has to be woken and to sync, was faster than the thread that only went on
/// (ZOOKEEPER-4685); with this delay it is in 234 of 6,246.
pub fn preempted(load_percent: u64) -> Latency {
    Latency::LogNormal {
        min: Span::ZERO,
        median: Span::from_micros(PREEMPTED_US * load_percent / 100),
        sigma_milli: 1_500,
    }
}

/// How long things take on a machine as busy as that.
pub fn timing(load_percent: u64) -> Timing {
    let delay = |median_us: u64, sigma_milli| Latency::LogNormal {
        min: Span::from_micros(median_us * load_percent / 1_000),
        median: Span::from_micros(median_us * load_percent / 100),
        sigma_milli,
    };
    let message = delay(MESSAGE_US, 1_000);
    Timing {
        latency: message,
        local_latency: message,
        dial: delay(DIAL_US, 900),
        sync: delay(SYNC_US, 900),
        lane: delay(LANE_US, 1_300),
        break_after: Span::from_secs(60),
    }
}

/// What the recorded servers were configured with, beside their members.
pub fn configure(mut ensemble: EnsembleConfig, load_percent: u64) -> EnsembleConfig {
    ensemble.tick_time_ms = 500;
    ensemble.init_limit = 10;
    ensemble.sync_limit = 5;
    ensemble.min_session_timeout_ms = 1_000;
    ensemble.max_session_timeout_ms = 10_000;
    ensemble.open_port_time = Span::from_micros(OPEN_PORT_US * load_percent / 100);
    ensemble.shutdown_time = Span::from_micros(SHUTDOWN_US * load_percent / 100);
    ensemble
}

/// The machine itself.
pub fn host() -> HostSpec {
    HostSpec {
        name: "machine".into(),
        zone: ZoneId(0),
        mono_start: Span::from_secs(1_000),
        wall_start: 1_763_900_000_000_000_000,
        drift_ppm: 0,
    }
}
