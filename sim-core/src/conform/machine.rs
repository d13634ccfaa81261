//! The one machine that all recorded runs are played on: how long things take, and how they were measured.
//!
//! The recordings were made on one 2-core machine that had other work too, all servers on its loopback interface,
//! each in a Java process whose code was still cold. What takes time there is therefore not the network but threads
//! that wait for a core, code that runs for the first time, and log lines that are written in between. So every
//! delay here is log-normal, and its tail is long.
//!
//! The numbers are medians over **all** randomised cases of both recordings together (188 votes of run 1, 54 cases),
//! never of one case:
//!
//! | what | 5 % | median | 95 % | stands for |
//! |---|---|---|---|---|
//! | a changed vote until its sender's own receiver logs it | 1 ms | 7 ms | 45 ms | two hand-overs |
//! | the same until another server's receiver logs it, connection up | 3 ms | 16 ms | 130 ms | five |
//! | a logged vote until the vote that it changes | 0 ms | 1 ms | 11 ms | one, both threads warm |
//! | both servers up until one hears the other | 7 ms | 30 ms | 200 ms | dial, greeting, vote |
//! | own decision until the learner's first attempt to connect | 3 ms | 10 ms | 50 ms | one, code cold |
//! | the leader's decision until its quorum port is open | 5 ms | 8 ms | 20 ms | bound by attempts refused and not |
//!
//! The same quantities differ by a factor of three to five between runs (two servers against five at once, and the
//! later recording against the earlier one): the machine's load differs, and within one run it concerns all
//! threads. So there are three machines instead of one, quiet, usual and busy, and every case is played on all
//! three in equal parts: seed modulo three says on which.

use crate::base::{Span, ZoneId};
use crate::engine::{HostSpec, Latency, Timing};
use crate::zookeeper::EnsembleConfig;

/// How busy the machine is: all delays in percent of the usual ones.
pub const LOADS: [u64; 3] = [100, 35, 300];

/// The usual median of one hand-over between threads.
const LANE_US: u64 = 1_500;
/// The usual median of one message: what is left of five hand-overs when one is a lane's.
const MESSAGE_US: u64 = 6_000;
/// The usual median of connecting.
const DIAL_US: u64 = 4_000;
/// The usual median of one sync of a disk.
const SYNC_US: u64 = 2_000;

/// How long things take on a machine as busy as that.
pub fn timing(load_percent: u64) -> Timing {
    let delay = |median_us: u64, sigma_milli| Latency::LogNormal {
        min: Span::from_micros(median_us * load_percent / 1_000),
        median: Span::from_micros(median_us * load_percent / 100),
        sigma_milli,
    };
    let message = delay(MESSAGE_US, 1_100);
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
    ensemble.open_port_time = Span::from_micros(60 * load_percent);
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
