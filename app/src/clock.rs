//! Time control: how the time shown moves while it plays. No clock inside; elapsed time comes in.
//!
//! The time shown runs at a pace and lies between steps most of the while. Steps that share an instant and tell
//! something are played one after another, [`APART`] of the wall apart, so that never more than one thing asks for the
//! eye. Quiet spans are leapt over, up to a little before the next thing that a story tells.

use crate::session::{Progress, Session};
use core::time::Duration;
use sim_core::base::{SimTime, StepIndex};

/// The slowest and the fastest pace: simulated seconds per second of the wall.
pub const PACES: core::ops::RangeInclusive<f64> = 0.01..=100.0;
/// How far apart steps of one instant are played.
pub const APART: Duration = Duration::from_millis(120);
/// A span is quiet if it lasts at least so long on the wall.
const QUIET: Duration = Duration::from_millis(900);
/// How much of a quiet span is played after what began it: what is new glows, what was cut burns.
const TRAIL: Duration = Duration::from_millis(500);
/// How much of it is played before what ends it.
const LEAD: Duration = Duration::from_millis(350);

/// A place in a play: after a step, at a time not before it and before the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// After this step.
    pub step: StepIndex,
    /// At this time.
    pub time: SimTime,
}

/// How time moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// Whether it does.
    pub playing: bool,
    /// Simulated seconds per second of the wall.
    pub pace: f64,
    /// Whether it leaps over quiet spans.
    pub skip_quiet: bool,
    /// How long the place is kept still for the eye.
    hold: Duration,
    /// Less than a nanosecond of the simulation that is left from before.
    rest: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            playing: false,
            pace: 1.0,
            skip_quiet: true,
            hold: Duration::ZERO,
            rest: 0.0,
        }
    }
}

/// Where playing led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Led {
    /// Here, and on with it.
    On(Place),
    /// Here, where it stops: at the place given or at the end.
    Stopped(Place),
}

impl Clock {
    /// Forgets what is left of holds: somebody moved.
    pub fn moved(&mut self) {
        self.hold = Duration::ZERO;
        self.rest = 0.0;
    }

    /// When something changes next on the wall, if it plays.
    pub fn next(&self) -> Duration {
        self.hold
    }

    /// Lets time go by from a place, but not beyond `stop`.
    pub fn run(
        &mut self,
        elapsed: Duration,
        from: Place,
        stop: Option<Place>,
        session: &Session,
    ) -> Led {
        let mut left = elapsed;
        let mut here = from;
        loop {
            if stop == Some(here) {
                return Led::Stopped(here);
            }
            let waits = left.min(self.hold);
            self.hold -= waits;
            left -= waits;
            if left.is_zero() {
                return Led::On(here);
            }
            let next = StepIndex(here.step.0 + 1);
            let known = next <= session.last();
            if known && session.time_of(next) <= here.time {
                if stop.is_some_and(|stop| stop.step < next) {
                    return Led::Stopped(stop.expect("it is there"));
                }
                here.step = next;
                let told = session.telling_after(next);
                let shares = told.is_some_and(|it| session.time_of(it) == session.time_of(next));
                if shares && session.kind_of(next).is_telling() {
                    self.hold = APART;
                }
                continue;
            }
            let whole = session.progress() != Progress::Playing;
            let mut bound = match (known, whole) {
                (true, _) => session.time_of(next),
                (false, true) => session.end(),
                // Not played so far: wait here.
                (false, false) => return Led::On(here),
            };
            if let Some(stop) = stop.filter(|stop| stop.step == here.step) {
                bound = bound.min(stop.time);
            }
            if bound <= here.time {
                return match stop.filter(|stop| stop.step == here.step) {
                    Some(stop) if stop.time <= here.time => Led::Stopped(stop),
                    _ => Led::Stopped(here),
                };
            }
            if let Some(leaps_at) = self.leap(&mut here, stop, session) {
                bound = bound.min(leaps_at);
            }
            self.flow(&mut left, &mut here, bound);
        }
    }

    /// Moves over what is quiet, up to a little before the next thing that is told; or answers when it will.
    fn leap(
        &mut self,
        here: &mut Place,
        stop: Option<Place>,
        session: &Session,
    ) -> Option<SimTime> {
        if !self.skip_quiet {
            return None;
        }
        let told = session.telling_after(here.step);
        let told = told.map(|step| session.time_of(step));
        let ends = (session.progress() != Progress::Playing).then(|| session.end());
        let next = told
            .or(ends)
            .into_iter()
            .chain(stop.map(|it| it.time))
            .min();
        let next = next?;
        let before = session.telling_at(here.step, None);
        let since = before.map_or(SimTime(0), |step| session.time_of(step));
        let simulated = |wall: Duration| (wall.as_nanos() as f64 * self.pace) as u64;
        if (next - since.min(next)).0 < simulated(QUIET) {
            return None;
        }
        let leaps_at = SimTime(since.0 + simulated(TRAIL));
        if here.time < leaps_at {
            return Some(leaps_at);
        }
        let time = SimTime(next.0.saturating_sub(simulated(LEAD)));
        if time > here.time {
            *here = Place {
                step: session.step_at(time).max(here.step),
                time,
            };
            if let Some(stop) = stop.filter(|stop| *stop < *here) {
                *here = stop;
            }
        }
        None
    }

    /// Lets the time shown flow towards a bound for as long as there is time of the wall.
    fn flow(&mut self, left: &mut Duration, here: &mut Place, bound: SimTime) {
        let needs = (bound - here.time).0 as f64 - self.rest;
        let has = left.as_nanos() as f64 * self.pace;
        if bound <= here.time {
            return;
        }
        if has < needs {
            let moves = has + self.rest;
            self.rest = moves - libm::floor(moves);
            here.time = SimTime((here.time.0 + libm::floor(moves) as u64).min(bound.0));
            *left = Duration::ZERO;
        } else {
            self.rest = 0.0;
            here.time = bound;
            let used = (needs.max(0.0) / self.pace) as u64;
            *left = left.saturating_sub(Duration::from_nanos(used));
        }
    }
}
