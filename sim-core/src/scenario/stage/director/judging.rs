//! What a director judges: expectations at steps and deadlines, conditions that always hold, answers to questions.

use super::{AskState, Asked, Director, Open, StepRef, path_of};
use crate::base::SimTime;
use crate::cluster::Node;
use crate::engine::{Monitors, Run};
use crate::scenario::format::{Always, Deadline, Expectation, Json, Place};
use crate::scenario::outcome::{Checked, Verdict};
use crate::scenario::predicate::Predicate;
use crate::scenario::print_predicate::predicate_json;
use crate::scenario::stage::play::Notice;
use crate::scenario::stage::script::{EVENTUALLY, Script};
use std::sync::Arc;

impl Director {
    /// Judges an expectation now, or opens it.
    pub(super) fn expect<Mon: Monitors<Node>>(
        &mut self,
        step: &StepRef,
        index: usize,
        expectation: &Expectation,
        run: &Run<Node, Mon>,
    ) {
        let now = run.world().now();
        let holds = self.view(run).holds(&expectation.predicate);
        let until = match expectation.by {
            Deadline::Now => return self.judge(step, index, holds, None, run),
            Deadline::Within(_) | Deadline::Eventually if holds => {
                return self.judge(step, index, true, None, run);
            }
            Deadline::Throughout(_) if !holds => return self.judge(step, index, false, None, run),
            Deadline::Within(span) | Deadline::Throughout(span) => now + span,
            Deadline::Eventually => self.script.ends_at().unwrap_or(now + EVENTUALLY),
            Deadline::AtEnd => SimTime(u64::MAX),
        };
        self.open.push(Open {
            step: step.clone(),
            index,
            since: now,
            until,
        });
    }

    pub(super) fn expectation(script: &Script, open: &Open) -> Expectation {
        script.track(&open.step.track)[open.step.index].expect[open.index].clone()
    }

    /// Judges open expectations that are decided by what is so now.
    pub(super) fn look_at_open<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) {
        let mut index = 0;
        while index < self.open.len() {
            let expectation = Self::expectation(&self.script, &self.open[index]);
            let decided = match expectation.by {
                Deadline::Within(_) | Deadline::Eventually => true,
                Deadline::Throughout(_) => false,
                Deadline::Now | Deadline::AtEnd => {
                    index += 1;
                    continue;
                }
            };
            if self.view(run).holds(&expectation.predicate) == decided {
                let open = self.open.remove(index);
                self.judge(&open.step, open.index, decided, Some(open.since), run);
            } else {
                index += 1;
            }
        }
    }

    /// Judges open expectations whose time is over.
    pub(super) fn close_open<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) {
        let now = run.world().now();
        while let Some(index) = self.open.iter().position(|open| open.until <= now) {
            let open = self.open.remove(index);
            let expectation = Self::expectation(&self.script, &open);
            let held = matches!(expectation.by, Deadline::Throughout(_));
            self.judge(&open.step, open.index, held, Some(open.since), run);
        }
    }

    fn judge<Mon: Monitors<Node>>(
        &mut self,
        step: &StepRef,
        index: usize,
        held: bool,
        since: Option<SimTime>,
        run: &Run<Node, Mon>,
    ) {
        let script = Arc::clone(&self.script);
        let expectation = &script.track(&step.track)[step.index].expect[index];
        let path = format!("{}.expect[{index}]", path_of(step));
        let mut found = self.view(run).found(&expectation.predicate);
        if let (Some(since), false) = (since, held) {
            found = match expectation.by {
                Deadline::Throughout(_) => {
                    format!("{found} ({} after the step)", run.world().now() - since)
                }
                _ => format!(
                    "{found} (still, {} after the step)",
                    run.world().now() - since
                ),
            };
        }
        let verdict = if held { Verdict::Held } else { Verdict::Failed };
        self.check(
            expectation.place,
            path,
            verdict,
            &expectation.predicate,
            found,
            run,
        );
    }

    pub(super) fn look_at_always<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) {
        let script = Arc::clone(&self.script);
        let broken = |director: &Self, index: &usize| match &script.scenario.always[*index] {
            Always::Condition(_, condition) => !director.view(run).holds(condition),
            Always::Property(_) => false,
        };
        let (failed, kept): (Vec<usize>, Vec<usize>) = {
            let all = core::mem::take(&mut self.always);
            all.into_iter().partition(|index| broken(self, index))
        };
        self.always = kept;
        for index in failed {
            if let Always::Condition(place, condition) = &script.scenario.always[index] {
                let found = self.view(run).found(condition);
                let path = format!("always[{index}]");
                self.check(*place, path, Verdict::Failed, condition, found, run);
            }
        }
    }

    /// Poses questions and judges answers whose time has come.
    pub(super) fn ask<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) {
        let script = Arc::clone(&self.script);
        let now = run.world().now();
        for (index, ask) in script.scenario.ask.iter().enumerate() {
            if self.asks[index] == AskState::Coming && ask.at <= now {
                self.asks[index] = AskState::Asked;
                self.asked.push(Asked {
                    index,
                    asked: run.world().steps(),
                    answered: None,
                });
                self.tell(|| Notice::Asked(now, Box::new(ask.clone())));
            }
            let answer_at = ask.answer_at.unwrap_or(ask.at);
            if self.asks[index] == AskState::Asked && answer_at <= now {
                self.asks[index] = AskState::Over;
                let asked = self.asked.iter_mut().rfind(|it| it.index == index);
                asked.expect("it was asked").answered = Some(run.world().steps());
                self.judge_answer(index, run);
            }
        }
    }

    fn judge_answer<Mon: Monitors<Node>>(&mut self, index: usize, run: &Run<Node, Mon>) {
        let script = Arc::clone(&self.script);
        let ask = &script.scenario.ask[index];
        let view = self.view(run);
        let (holds, found) = (view.holds(&ask.answer), view.found(&ask.answer));
        let verdict = if holds {
            Verdict::Held
        } else {
            Verdict::Failed
        };
        let path = format!("ask[{index}].answer");
        self.check(ask.place, path, verdict, &ask.answer, found, run);
    }

    pub(super) fn check<Mon: Monitors<Node>>(
        &mut self,
        place: Place,
        path: String,
        verdict: Verdict,
        expected: &Predicate,
        found: String,
        run: &Run<Node, Mon>,
    ) {
        let expected: Json = predicate_json(expected);
        self.note(Checked {
            place,
            path: path.into(),
            at: run.world().now(),
            step: run.world().steps(),
            verdict,
            expected: expected.compact().into(),
            found: found.into(),
        });
    }

    pub(super) fn failed<Mon: Monitors<Node>>(
        &mut self,
        place: Place,
        path: String,
        expected: &str,
        found: &str,
        run: &Run<Node, Mon>,
    ) {
        self.note(Checked {
            place,
            path: path.into(),
            at: run.world().now(),
            step: run.world().steps(),
            verdict: Verdict::Failed,
            expected: expected.into(),
            found: found.into(),
        });
    }

    pub(super) fn note(&mut self, checked: Checked) {
        self.tell(|| Notice::Checked(Box::new(checked.clone())));
        self.checked.push(checked);
    }

    pub(super) fn tell(&mut self, notice: impl FnOnce() -> Notice) {
        if let Some(notices) = &mut self.notices {
            notices.push(notice());
        }
    }
}
