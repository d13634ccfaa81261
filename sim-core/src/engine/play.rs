//! A play: a run, and what acts on it from outside.

use crate::base::{CallId, NodeId, SimTime, StableHasher, StepIndex};
use crate::engine::{Fault, Machine, Monitors, Observer, Run, Stepped};
use crate::trace::{Record, What};
use core::hash::Hasher;
use std::sync::Arc;

/// One act from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act<M: Machine> {
    /// A fault, with the text that its record shall have.
    Fault(Fault, Option<Box<str>>),
    /// A request to a node.
    Call(NodeId, M::Op),
}

/// What acts on a run: a scenario's steps, a load, a search. It is part of every checkpoint, so it
/// decides by what it is told and by the run alone.
pub trait Director<M: Machine, Mon: Monitors<M>>: Clone {
    /// When it wants to be asked next, if that is known. If that is now or earlier, it is asked
    /// once more when nothing else is due now.
    fn wakes_at(&self) -> Option<SimTime>;
    /// The next act that is due now, if there is one. Asked before every step and until there is
    /// none.
    fn act(&mut self, run: &Run<M, Mon>) -> Option<Act<M>>;
    /// Whether the play is over: then it takes no further step. Asked after [`Director::act`] found nothing to do.
    fn is_over(&self) -> bool {
        false
    }
    /// Its last act was a call, and this is its number.
    fn called(&mut self, call: CallId) {
        let _ = call;
    }
    /// Whether it looks at facts.
    fn wants_facts(&self) -> bool {
        false
    }
    /// Whether it looks at all records.
    fn wants_all(&self) -> bool {
        false
    }
    /// One record of the step that was taken. Other records than facts come only if they are
    /// wanted.
    fn saw(&mut self, record: &Record<M::Fact>) {
        let _ = record;
    }
    /// A number for all that decides what it will do.
    fn fingerprint(&self) -> u64 {
        0
    }
}

/// Nobody acts.
impl<M: Machine, Mon: Monitors<M>> Director<M, Mon> for () {
    fn wakes_at(&self) -> Option<SimTime> {
        None
    }
    fn act(&mut self, _: &Run<M, Mon>) -> Option<Act<M>> {
        None
    }
}

/// What a hand did, and where: after this step, at this time.
#[derive(Clone, Debug)]
struct ByHand<M: Machine> {
    after: StepIndex,
    at: SimTime,
    act: Act<M>,
}

/// A run with its director. Cheap to clone; the same from the same start.
#[derive(Clone, Debug)]
pub struct Play<M: Machine, Mon, D> {
    run: Run<M, Mon>,
    director: D,
    by_hand: Arc<Vec<ByHand<M>>>,
    hand_next: usize,
}

impl<M: Machine, Mon: Monitors<M>, D: Director<M, Mon>> Play<M, Mon, D> {
    /// A play that goes on from the state of `run`.
    pub fn new(run: Run<M, Mon>, director: D) -> Self {
        Self {
            run,
            director,
            by_hand: Arc::default(),
            hand_next: 0,
        }
    }

    /// The run after the last step.
    pub fn run(&self) -> &Run<M, Mon> {
        &self.run
    }

    /// The director after the last step.
    pub fn director(&self) -> &D {
        &self.director
    }

    /// The last step taken.
    pub fn steps(&self) -> StepIndex {
        self.run.world().steps()
    }

    /// A number for all that decides how the play goes on, and for what it broke.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = StableHasher::from_seed(self.run.fingerprint());
        hasher.write_u64(self.director.fingerprint());
        hasher.write_u64(self.hand_next as u64);
        hasher.finish()
    }

    /// Takes the next step, of a node or from outside, if it is due at or before `limit`; otherwise
    /// moves the clock to `limit` and says `None`. A play that is over takes none.
    pub fn step(&mut self, limit: SimTime, observer: &mut impl Observer<M>) -> Option<Stepped> {
        let mut settled = false;
        loop {
            if let Some(act) = self.director.act(&self.run) {
                if let Some(stepped) = self.perform(&act, true, observer) {
                    return Some(stepped);
                }
                settled = false;
                continue;
            }
            if self.director.is_over() {
                return None;
            }
            let hand = self.by_hand.get(self.hand_next);
            let hand = hand.filter(|it| it.after == self.steps());
            let now = self.run.world().now();
            if let Some(hand) = hand.filter(|it| it.at <= now) {
                let act = hand.act.clone();
                self.hand_next += 1;
                if let Some(stepped) = self.perform(&act, false, observer) {
                    return Some(stepped);
                }
                settled = false;
                continue;
            }
            let wakes_at = self.director.wakes_at().map(|at| at.max(now));
            let wakes_at = wakes_at.filter(|at| *at > now || !settled);
            let hand_at = hand.map(|it| it.at);
            let wakes = wakes_at.into_iter().chain(hand_at).min();
            let until = wakes.map_or(limit, |at| at.min(limit));
            let mut tee = Tee {
                director: &mut self.director,
                observer,
                machine: core::marker::PhantomData,
            };
            if let Some(stepped) = self.run.step(until, &mut tee) {
                return Some(stepped);
            }
            settled = until == now;
            if wakes.is_none_or(|at| at > limit) {
                return None;
            }
        }
    }

    /// Does something by hand, now. A play that is taken back and goes on does it again at the same
    /// place.
    pub fn by_hand(&mut self, act: Act<M>, observer: &mut impl Observer<M>) {
        // The director's acts of this instant come first, as they will when this is played again.
        while let Some(due) = self.director.act(&self.run) {
            self.perform(&due, true, observer);
        }
        let hand = Arc::make_mut(&mut self.by_hand);
        hand.truncate(self.hand_next);
        hand.push(ByHand {
            after: self.run.world().steps(),
            at: self.run.world().now(),
            act: act.clone(),
        });
        self.hand_next += 1;
        self.perform(&act, false, observer);
    }

    /// Takes over what was done by hand later than here.
    pub(super) fn take_hands(&mut self, later: &Self) {
        self.by_hand = Arc::clone(&later.by_hand);
    }

    /// Forgets what was done by hand later than here.
    pub(super) fn forget_later_hands(&mut self) {
        if self.by_hand.len() > self.hand_next {
            Arc::make_mut(&mut self.by_hand).truncate(self.hand_next);
        }
    }

    fn perform(
        &mut self,
        act: &Act<M>,
        of_director: bool,
        observer: &mut impl Observer<M>,
    ) -> Option<Stepped> {
        match act {
            Act::Fault(fault, text) => {
                let mut tee = Tee {
                    director: &mut self.director,
                    observer,
                    machine: core::marker::PhantomData,
                };
                let step = self.run.inject(fault, text.as_deref(), &mut tee);
                Some(Stepped {
                    step,
                    at: self.run.world().now(),
                    node: fault.node().unwrap_or(NodeId::OUTSIDE),
                })
            }
            Act::Call(node, op) => {
                let call = self.run.call(*node, op.clone());
                if of_director {
                    self.director.called(call);
                }
                None
            }
        }
    }
}

/// Shows records to the director, then to the observer.
struct Tee<'a, M, Mon, D, O> {
    director: &'a mut D,
    observer: &'a mut O,
    machine: core::marker::PhantomData<fn() -> (M, Mon)>,
}

impl<M, Mon, D, O> Observer<M> for Tee<'_, M, Mon, D, O>
where
    M: Machine,
    Mon: Monitors<M>,
    D: Director<M, Mon>,
    O: Observer<M>,
{
    fn wants_facts(&self) -> bool {
        self.director.wants_facts() || self.observer.wants_facts()
    }
    fn wants_details(&self) -> bool {
        self.director.wants_facts() || self.observer.wants_details()
    }
    fn wants_all(&self) -> bool {
        self.director.wants_all() || self.observer.wants_all()
    }
    fn record(&mut self, record: Record<M::Fact>) {
        self.director.saw(&record);
        let fact = matches!(record.what, What::Fact(_));
        if self.observer.wants_all() || fact && self.observer.wants_facts() {
            self.observer.record(record);
        }
    }
    fn lifecycle(&mut self, node: NodeId, up: bool) {
        self.observer.lifecycle(node, up);
    }
}
