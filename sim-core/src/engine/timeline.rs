//! A play that can be taken back: checkpoints, records kept coded, seeking either way, branches.
//!
//! Positions are steps. Everything up to [`Timeline::end`] was played and is kept; a seek takes the
//! nearest checkpoint and the same steps again. A checkpoint shares with its neighbours what did
//! not change between them.

use crate::base::{SimTime, StepIndex};
use crate::engine::{Act, Advanced, Director, Machine, Monitors, Observer, Play, Run, Stepped};
use crate::trace::{Record, RecordLog};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Steps between two checkpoints.
const CHECKPOINT_EVERY: u64 = 8_192;

/// A play with its past.
#[derive(Clone, Debug)]
pub struct Timeline<M: Machine, Mon, D> {
    /// Where the play stands that goes on.
    end: Play<M, Mon, D>,
    /// Where one looks, if not at the end.
    view: Option<Play<M, Mon, D>>,
    /// In the order of steps; the first is the start.
    checkpoints: Vec<Play<M, Mon, D>>,
    log: RecordLog<M::Fact>,
}

impl<M, Mon, D> Timeline<M, Mon, D>
where
    M: Machine<Fact: Serialize + DeserializeOwned>,
    Mon: Monitors<M>,
    D: Director<M, Mon>,
{
    /// A timeline that starts at the state of `run`.
    pub fn new(run: Run<M, Mon>, director: D) -> Self {
        let start = Play::new(run, director);
        Self {
            end: start.clone(),
            view: None,
            checkpoints: vec![start],
            log: RecordLog::default(),
        }
    }

    /// The step after which one looks.
    pub fn position(&self) -> StepIndex {
        self.now().steps()
    }

    /// The last step that was played.
    pub fn end(&self) -> StepIndex {
        self.end.steps()
    }

    /// The play at the position.
    pub fn now(&self) -> &Play<M, Mon, D> {
        self.view.as_ref().unwrap_or(&self.end)
    }

    /// The run at the position.
    pub fn run(&self) -> &Run<M, Mon> {
        self.now().run()
    }

    /// The records of everything that was played.
    pub fn records(&self) -> &RecordLog<M::Fact> {
        &self.log
    }

    /// Goes to the end and plays on up to `limit` of time, but not more than `max_steps`. `each`
    /// sees every step.
    pub fn advance(
        &mut self,
        limit: SimTime,
        max_steps: u64,
        mut each: impl FnMut(Stepped),
    ) -> Advanced {
        self.view = None;
        for _ in 0..max_steps {
            let mut keeper = Keeper(&mut self.log, None);
            let Some(stepped) = self.end.step(limit, &mut keeper) else {
                return Advanced::ToLimit;
            };
            self.keep_checkpoint();
            each(stepped);
        }
        Advanced::ToBudget
    }

    /// As [`Timeline::advance`]; `each` sees every step with all that it left, and the play after it.
    pub fn advance_watched(
        &mut self,
        limit: SimTime,
        max_steps: u64,
        each: impl FnMut(Stepped, &[Record<M::Fact>], &Play<M, Mon, D>),
    ) -> Advanced {
        self.view = None;
        self.extend(limit, max_steps, each)
    }

    /// As [`Timeline::advance_watched`], but goes on looking where one looks.
    pub fn play_on(
        &mut self,
        limit: SimTime,
        max_steps: u64,
        each: impl FnMut(Stepped, &[Record<M::Fact>], &Play<M, Mon, D>),
    ) -> Advanced {
        self.view.get_or_insert_with(|| self.end.clone());
        self.extend(limit, max_steps, each)
    }

    fn extend(
        &mut self,
        limit: SimTime,
        max_steps: u64,
        mut each: impl FnMut(Stepped, &[Record<M::Fact>], &Play<M, Mon, D>),
    ) -> Advanced {
        let mut left = Vec::new();
        for _ in 0..max_steps {
            left.clear();
            let mut keeper = Keeper(&mut self.log, Some(&mut left));
            let Some(stepped) = self.end.step(limit, &mut keeper) else {
                return Advanced::ToLimit;
            };
            self.keep_checkpoint();
            each(stepped, &left, &self.end);
        }
        Advanced::ToBudget
    }

    /// Keeps the state at the end if the last one kept lies far enough back.
    fn keep_checkpoint(&mut self) {
        let last = self.checkpoints.last().expect("the start").steps();
        if self.end.steps().0 >= last.0 + CHECKPOINT_EVERY {
            self.checkpoints.push(self.end.clone());
        }
    }

    /// The play at its end.
    pub fn last(&self) -> &Play<M, Mon, D> {
        &self.end
    }

    /// Looks at the state after `step`, or at the end if that is later.
    pub fn seek(&mut self, step: StepIndex) {
        if step >= self.end() {
            self.view = None;
            return;
        }
        let later = self.checkpoints.partition_point(|it| it.steps() <= step);
        let nearest = &self.checkpoints[later.saturating_sub(1)];
        let view = self.view.take();
        let mut view = match view {
            Some(view) if (nearest.steps()..=step).contains(&view.steps()) => view,
            _ => nearest.clone(),
        };
        view.take_hands(&self.end);
        while view.steps() < step {
            let stepped = view.step(SimTime(u64::MAX), &mut ());
            assert!(stepped.is_some(), "what was played once is played again");
        }
        self.view = Some(view);
    }

    /// The last step at or before a time, as far as it was played.
    pub fn step_at(&self, time: SimTime) -> StepIndex {
        let later = self
            .checkpoints
            .partition_point(|it| it.run().world().now() <= time);
        let Some(before) = later.checked_sub(1) else {
            return StepIndex(0);
        };
        let from = self.checkpoints[before].steps();
        let records = self.log.since(from).take_while(|record| record.at <= time);
        records.last().map_or(from, |record| record.step.max(from))
    }

    /// Does something by hand at the position. What was played after it is forgotten.
    pub fn by_hand(&mut self, act: Act<M>) {
        self.forget_later();
        self.end.by_hand(act, &mut Keeper(&mut self.log, None));
    }

    /// Forgets what was played after the position: the same start goes on from here, maybe
    /// otherwise.
    pub fn forget_later(&mut self) {
        let Some(view) = self.view.take() else {
            return;
        };
        let step = view.steps();
        self.end = view;
        self.end.forget_later_hands();
        let later = self.checkpoints.partition_point(|it| it.steps() <= step);
        self.checkpoints.truncate(later.max(1));
        self.log.truncate(step);
    }

    /// A timeline with the same past up to the position and a future of its own. What they share is
    /// held once.
    pub fn branch(&self) -> Self {
        let mut branch = self.clone();
        branch.forget_later();
        branch
    }

    /// How many checkpoints it holds.
    pub fn checkpoints(&self) -> usize {
        self.checkpoints.len()
    }
}

/// Keeps every record, and those of the running step at hand if somebody wants them.
struct Keeper<'a, F>(&'a mut RecordLog<F>, Option<&'a mut Vec<Record<F>>>);

impl<M> Observer<M> for Keeper<'_, M::Fact>
where
    M: Machine<Fact: Serialize + DeserializeOwned>,
{
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        true
    }
    fn record(&mut self, record: Record<M::Fact>) {
        self.0.push(&record);
        if let Some(step) = &mut self.1 {
            step.push(record);
        }
    }
}
