//! How a play ends: as the scenario says, because nothing is left, or because a step waited in vain.

use super::{AskState, Director, Open, StepRef, Track, TrackState, path_of};
use crate::base::SimTime;
use crate::cluster::Node;
use crate::engine::{Monitors, Run};
use crate::scenario::format::{Deadline, Moment, Place, Step, Until};
use crate::scenario::outcome::{Checked, Verdict};
use crate::scenario::print_predicate::predicate_json;
use std::sync::Arc;

impl Director {
    /// A step has waited in vain: it fails, and the play ends.
    pub(super) fn waited_in_vain<Mon: Monitors<Node>>(
        &mut self,
        track: usize,
        run: &Run<Node, Mon>,
    ) {
        let script = Arc::clone(&self.script);
        let it = &self.tracks[track];
        let step = &script.track(&it.path)[it.next];
        let waited = run.world().now() - it.since;
        let stuck = StepRef {
            track: it.path.clone(),
            index: it.next,
        };
        let path = path_of(&stuck);
        self.stuck = Some(stuck);
        let (expected, found) = match &step.moment {
            Moment::When { condition, .. } => {
                let found = self.view(run).found(condition);
                (predicate_json(condition).compact(), found)
            }
            _ => (
                "the event that it waits for".to_owned(),
                "it did not come".to_owned(),
            ),
        };
        let found = format!("{found} (waited {waited} in vain)");
        self.failed(step.place, path, &expected, &found, run);
        self.tracks[track].state = TrackState::Done;
        self.end(run, false);
    }

    /// A step comes too late for its time, because the one before it waited: it fails, and the play ends.
    pub(super) fn too_late<Mon: Monitors<Node>>(&mut self, track: usize, run: &Run<Node, Mon>) {
        let script = Arc::clone(&self.script);
        let it = &self.tracks[track];
        let step = &script.track(&it.path)[it.next];
        let stuck = StepRef {
            track: it.path.clone(),
            index: it.next,
        };
        let path = path_of(&stuck);
        self.stuck = Some(stuck);
        let Moment::At(at) = step.moment else {
            unreachable!("only absolute times can be missed");
        };
        let now = run.world().now();
        let expected = format!("the step at {at}");
        let found = format!("the step before it was done at {now} only");
        self.failed(step.place, path, &expected, &found, run);
        self.tracks[track].state = TrackState::Done;
        self.end(run, false);
    }

    /// Whether everything was done and judged, in a scenario that does not say when it ends.
    pub(super) fn nothing_left<Mon: Monitors<Node>>(&self, run: &Run<Node, Mon>) -> bool {
        let judged_later = |open: &Open| open.until < SimTime(u64::MAX);
        self.tracks
            .iter()
            .all(|track| track.state == TrackState::Done)
            && !self.open.iter().any(judged_later)
            && self.by_itself.is_empty()
            && self.asks.iter().all(|ask| *ask == AskState::Over)
            && self.loads_are_over(run)
    }

    /// Loads that end by themselves are waited for.
    pub(super) fn loads_are_over<Mon: Monitors<Node>>(&self, run: &Run<Node, Mon>) -> bool {
        let script = &self.script;
        let finite = script.scenario.loads.iter();
        let finite = finite.filter(|load| load.operations.is_some() || load.lasts.is_some());
        let mut clients = finite.flat_map(|load| &load.clients);
        clients.all(|name| {
            let node = script.compiled.cast.node(name);
            let client = node.and_then(|node| run.world().node(node)?.zk_client());
            client.is_some_and(|client| client.load_done().is_some_and(|(_, over)| over))
        })
    }

    /// Ends the play. What is open is judged if the scenario ended as it says, else it was not reached.
    pub(super) fn end<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>, proper: bool) {
        let script = Arc::clone(&self.script);
        self.ended = true;
        self.todo.clear();
        let now = run.world().now();
        for open in core::mem::take(&mut self.open) {
            let expectation = Self::expectation(&script, &open);
            let path = format!("{}.expect[{}]", path_of(&open.step), open.index);
            let mut found = self.view(run).found(&expectation.predicate);
            let holds = self.view(run).holds(&expectation.predicate);
            let verdict = match (proper, expectation.by) {
                (false, _) => Verdict::NotReached,
                (true, Deadline::Throughout(_)) => {
                    found = format!("the scenario ended {} after the step", now - open.since);
                    Verdict::Failed
                }
                (true, _) if holds => Verdict::Held,
                (true, _) => Verdict::Failed,
            };
            self.check(
                expectation.place,
                path,
                verdict,
                &expectation.predicate,
                found,
                run,
            );
        }
        for index in 0..self.asks.len() {
            if self.asks[index] != AskState::Over {
                let ask = &script.scenario.ask[index];
                let verdict = if proper {
                    Verdict::Failed
                } else {
                    Verdict::NotReached
                };
                let found = "the scenario ended before the answer".to_owned();
                let path = format!("ask[{index}].answer");
                self.check(ask.place, path, verdict, &ask.answer, found, run);
            }
        }
        for track in self.tracks.clone() {
            if let (TrackState::Waiting | TrackState::Delayed(_), Some(step)) =
                (track.state, script.track(&track.path).get(track.next))
            {
                self.not_reached(&track, step, proper, run);
            }
        }
        if proper && script.ends_at().is_none() && !self.loads_are_over(run) {
            let found = "there are clients that still have more to do";
            self.failed(
                Place::default(),
                "loads".into(),
                "the loads end",
                found,
                run,
            );
        }
        if let (true, Some(Until::Condition(condition, _))) = (proper, &script.scenario.until) {
            let view = self.view(run);
            let (holds, found) = (view.holds(condition), view.found(condition));
            let verdict = if holds {
                Verdict::Held
            } else {
                Verdict::Failed
            };
            let path = "until.when".to_owned();
            self.check(Place::default(), path, verdict, condition, found, run);
        }
    }

    fn not_reached<Mon: Monitors<Node>>(
        &mut self,
        track: &Track,
        step: &Step,
        proper: bool,
        run: &Run<Node, Mon>,
    ) {
        let path = path_of(&StepRef {
            track: track.path.clone(),
            index: track.next,
        });
        let found = match &step.moment {
            Moment::When { condition, .. } => self.view(run).found(condition),
            _ => "the scenario ended before it".to_owned(),
        };
        self.note(Checked {
            place: step.place,
            path: path.into(),
            at: run.world().now(),
            step: run.world().steps(),
            verdict: if proper {
                Verdict::Failed
            } else {
                Verdict::NotReached
            },
            expected: "the step happens".into(),
            found: found.into(),
        });
    }
}
