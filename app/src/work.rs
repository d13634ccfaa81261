//! Long work: how far it is, how fast, how long it still takes, and how it is stopped.
//!
//! Whatever takes long goes on a little in each tick; stopping it keeps what was done so far.

use crate::App;
use crate::session::{Progress, Session};
use crate::show::Busy;
use core::time::Duration;
use sim_core::base::StepIndex;
use views::words::text;

/// How long the work that is being done has lasted, and from which step on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    since: Duration,
    began: Option<StepIndex>,
    share: f32,
}

impl Work {
    /// Lets time go by; work that is over is forgotten.
    pub fn tick(&mut self, elapsed: Duration, busy: bool, session: &Session) {
        if !busy {
            *self = Self::default();
        } else if self.began.is_none_or(|began| began > session.last()) {
            *self = Self {
                since: Duration::ZERO,
                began: Some(session.last()),
                share: share(session).unwrap_or(0.0),
            };
        } else {
            self.since += elapsed;
        }
    }

    fn rate(self, session: &Session) -> u64 {
        let steps = session.last().0 - self.began.map_or(0, |it| it.0).min(session.last().0);
        match self.since.is_zero() {
            true => 0,
            false => (steps as f64 / self.since.as_secs_f64()) as u64,
        }
    }

    fn left(self, session: &Session) -> Option<Duration> {
        let now = share(session)?;
        let done = now - self.share;
        let known = done > 0.0 && self.since >= Duration::from_millis(500);
        let left = f64::from((1.0 - now).max(0.0) / done.max(f32::EPSILON));
        let seconds = (self.since.as_secs_f64() * left).min(1e6);
        known.then(|| Duration::from_secs_f64(seconds))
    }
}

/// How much of a play was played, if the scenario says when it ends.
fn share(session: &Session) -> Option<f32> {
    let whole = session.plan().ends.0;
    (whole > 0).then(|| (session.end().0 as f32 / whole as f32).min(1.0))
}

impl App {
    /// Long work that is being done: what is shown waits for it, or it goes on behind.
    pub fn busy(&self) -> Option<Busy> {
        let (session, key) = self.working()?;
        Some(Busy {
            text: text(self.language(), key).into_owned(),
            share: share(session),
            since: self.work.since,
            rate: self.work.rate(session),
            left: self.work.left(session),
        })
    }

    /// What is being played, and what for.
    pub(crate) fn working(&self) -> Option<(&Session, &'static str)> {
        let playing = |it: &Session| it.progress() == Progress::Playing;
        if let Some(pending) = &self.pending {
            return Some((&pending.session, "lesson.plays_branch"));
        }
        if playing(&self.session) {
            return Some((&self.session, "lesson.plays_ahead"));
        }
        let other = self.comparison.as_ref().map(|it| &it.other);
        let other = other.filter(|it| playing(it));
        other.map(|it| (it, "lesson.plays_other"))
    }

    /// Stops what is being played and searched; what there is so far stays.
    pub(crate) fn stop(&mut self) {
        if let Some(pending) = &mut self.pending {
            pending.session.stop();
            self.swap_in();
        }
        self.session.stop();
        if let Some(comparison) = &mut self.comparison {
            comparison.other.stop();
        }
        self.search.stop();
    }

    /// Goes on with what was stopped.
    pub(crate) fn resume(&mut self) {
        self.session.resume();
        if let Some(comparison) = &mut self.comparison {
            comparison.other.resume();
        }
    }
}
