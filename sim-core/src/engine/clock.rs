//! The two clocks of a host. Both run on the same crystal, so drift moves both; a jump moves the
//! wall clock alone.

use crate::base::{LocalTime, SimTime, Span, WallTime};
use crate::engine::{HostSpec, Now};

const MILLION: i128 = 1_000_000;
/// A clock that ran 99 % slow or fast is no clock any more.
const DRIFT_LIMIT_PPM: i32 = 990_000;

/// What a host's clocks show as a function of simulated time.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    since: SimTime,
    mono_then: LocalTime,
    /// Wall minus monotonic, in nanoseconds.
    wall_ahead: i64,
    drift_ppm: i32,
}

impl Clock {
    pub fn new(spec: &HostSpec) -> Self {
        Self {
            since: SimTime(0),
            mono_then: LocalTime(spec.mono_start.0),
            wall_ahead: spec.wall_start.saturating_sub_unsigned(spec.mono_start.0),
            drift_ppm: spec.drift_ppm.clamp(-DRIFT_LIMIT_PPM, DRIFT_LIMIT_PPM),
        }
    }

    /// By how much it runs fast.
    pub fn drift_ppm(&self) -> i32 {
        self.drift_ppm
    }

    #[inline]
    pub fn mono(&self, at: SimTime) -> LocalTime {
        let passed = at - self.since;
        if self.drift_ppm == 0 {
            return self.mono_then + passed;
        }
        let local = i128::from(passed.0) * (MILLION + i128::from(self.drift_ppm)) / MILLION;
        self.mono_then + Span(local as u64)
    }

    #[inline]
    pub fn read(&self, at: SimTime) -> Now {
        let mono = self.mono(at);
        let wall = WallTime(self.wall_ahead.saturating_add_unsigned(mono.0));
        Now { mono, wall }
    }

    /// The first instant at which the monotonic clock shows `local` or more.
    #[inline]
    pub fn when(&self, local: LocalTime) -> SimTime {
        let passed = local - self.mono_then;
        if self.drift_ppm == 0 {
            return self.since + passed;
        }
        let rate = MILLION + i128::from(self.drift_ppm);
        let sim = (i128::from(passed.0) * MILLION + rate - 1) / rate;
        self.since + Span(u64::try_from(sim).unwrap_or(u64::MAX))
    }

    pub fn jump(&mut self, nanos: i64) {
        self.wall_ahead = self.wall_ahead.saturating_add(nanos);
    }

    pub fn drift(&mut self, at: SimTime, ppm: i32) {
        self.mono_then = self.mono(at);
        self.since = at;
        self.drift_ppm = ppm.clamp(-DRIFT_LIMIT_PPM, DRIFT_LIMIT_PPM);
    }
}
