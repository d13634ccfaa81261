//! Decides what comes next: steps at their moments, expectations at their deadlines, what is undone, when it ends.
//!
//! Steps of a track happen one after another. A step at a time happens when everything due at that time is done; a step
//! that waits for a condition or an event happens right after the step of the world that brought it. What a step does is
//! handed out act by act; then its expectations are judged. The director changes nothing itself and asks only what it is
//! told and shown, so a play with it can be cloned, taken back and played again.

#![allow(
    clippy::option_option,
    reason = "outer: whether a call is under way; inner: its name"
)]

mod ending;
mod judging;

use super::enact::{Deed, enact, fault_text};
use super::ledger::Ledger;
use super::play::Notice;
use super::script::{LONGEST_WAIT, Script, event_count, event_nth};
use super::view::View;
use crate::base::{CallId, SimTime, Span, StableHasher, StepIndex};
use crate::cluster::{Fact, Node};
use crate::engine::{self, Fault, Monitors, Run};
use crate::scenario::format::{Always, Event, Moment, Name, Place, Until};
use crate::scenario::outcome::Checked;
use crate::trace::Record;
use core::hash::{Hash, Hasher};
use std::collections::VecDeque;
use std::sync::Arc;

/// A step by its track and its position there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StepRef {
    track: Vec<usize>,
    index: usize,
}

impl StepRef {
    /// Positions in the file: of the step itself last, before it those of the steps in whose `meanwhile` it stands.
    pub fn positions(&self) -> Vec<usize> {
        self.track.iter().copied().chain([self.index]).collect()
    }
}

/// A step of the file that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which.
    pub step_ref: StepRef,
    /// When.
    pub at: SimTime,
    /// After which step of the simulation.
    pub begun: StepIndex,
    /// The step of the simulation after which its acts were done; `None` until then.
    pub done: Option<StepIndex>,
}

/// A question of the file that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its position in the file.
    pub index: usize,
    /// After which step of the simulation it was asked.
    pub asked: StepIndex,
    /// After which step of the simulation its answer showed; `None` until then.
    pub answered: Option<StepIndex>,
}

/// What is left to do at this moment, in order.
#[derive(Clone, Debug, PartialEq)]
enum Todo {
    Fault(Fault),
    Call(crate::base::NodeId, crate::cluster::Op, Option<Name>),
    /// The acts of a step are done: judge what it expects, and go on.
    Finish(StepRef),
}

impl Todo {
    fn is_start(&self) -> bool {
        matches!(self, Todo::Fault(Fault::Start(_)))
    }
}

/// Where a list of steps stands.
#[derive(Clone, Debug, Hash)]
struct Track {
    path: Vec<usize>,
    next: usize,
    /// When the step before was done.
    since: SimTime,
    state: TrackState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum TrackState {
    /// The next step's moment has not come.
    Waiting,
    /// Its condition came true; it happens at this time.
    Delayed(SimTime),
    /// It is being done.
    Busy,
    /// There is none.
    Done,
}

/// An expectation that is not judged yet.
#[derive(Clone, Debug, Hash)]
struct Open {
    step: StepRef,
    index: usize,
    since: SimTime,
    until: SimTime,
}

/// A question on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum AskState {
    Coming,
    Asked,
    Over,
}

/// What acts on a run as a script says.
#[derive(Clone, Debug)]
pub struct Director {
    script: Arc<Script>,
    ledger: Ledger,
    todo: VecDeque<Todo>,
    calling: Option<Option<Name>>,
    tracks: Vec<Track>,
    open: Vec<Open>,
    /// Conditions that must always hold and did so far, by their position.
    always: Vec<usize>,
    asks: Vec<AskState>,
    /// What happens by itself, and when: loads that begin, acts that are undone after a while.
    by_itself: Vec<(SimTime, Vec<Fault>)>,
    /// What undoes the named steps.
    undo: Vec<(Name, Vec<Fault>)>,
    checked: Vec<Checked>,
    reached: Vec<Reached>,
    asked: Vec<Asked>,
    /// The step that waited in vain or came too late, which ended the play.
    stuck: Option<StepRef>,
    /// Conditions were judged after this step, at this time.
    looked: Option<(StepIndex, SimTime)>,
    cut_at: Option<SimTime>,
    ended: bool,
    notices: Option<Vec<Notice>>,
}

impl Director {
    /// A director at the beginning of a script. `cut_at` ends the play there, whatever the scenario says.
    pub fn new(script: Arc<Script>, cut_at: Option<SimTime>) -> Self {
        let settings = script.compiled.settings.iter().cloned().map(Todo::Fault);
        let always = script.scenario.always.iter().enumerate();
        let always = always.filter(|(_, it)| matches!(it, Always::Condition(..)));
        let asks = script.scenario.ask.iter();
        let asks = asks.map(|ask| match script.includes(&ask.only_in) {
            true => AskState::Coming,
            false => AskState::Over,
        });
        let cast = &script.compiled.cast;
        let loads = script.scenario.loads.iter().map(|load| {
            let nodes = load.clients.iter().filter_map(|name| cast.node(name));
            (load.from, nodes.map(Fault::Start).collect())
        });
        let mut director = Self {
            by_itself: loads.collect(),
            ledger: Ledger::new(&script.compiled.cast, &script.counted),
            todo: settings.collect(),
            calling: None,
            tracks: Vec::new(),
            open: Vec::new(),
            always: always.map(|(index, _)| index).collect(),
            asks: asks.collect(),
            undo: Vec::new(),
            checked: Vec::new(),
            reached: Vec::new(),
            asked: Vec::new(),
            stuck: None,
            looked: None,
            cut_at,
            ended: false,
            notices: None,
            script,
        };
        director.start_track(Vec::new(), SimTime(0));
        director
    }

    /// From now on, what happens is noted for an audience.
    pub(super) fn take_notes(&mut self) {
        self.notices = Some(Vec::new());
    }

    /// What happened since this was asked last.
    pub(super) fn notices(&mut self) -> Vec<Notice> {
        match &mut self.notices {
            Some(notices) => core::mem::take(notices),
            None => Vec::new(),
        }
    }

    /// What was told since the start.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The script.
    pub fn script(&self) -> &Arc<Script> {
        &self.script
    }

    /// Ends the play here; what is left is not reached.
    pub(super) fn stop<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) {
        self.end(run, false);
        let found = "the steps that it was allowed are used up, or nothing happens any more";
        self.failed(
            Place::default(),
            "steps".into(),
            "the scenario ends",
            found,
            run,
        );
    }

    /// Whether the play is over.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// All that was judged, in the order of judgement.
    pub fn checked(&self) -> &[Checked] {
        &self.checked
    }

    /// The steps of the file that were begun, in the order in which that happened.
    pub fn reached(&self) -> &[Reached] {
        &self.reached
    }

    /// The step of the file that waited in vain or came too late, which ended the play.
    pub fn stuck(&self) -> Option<&StepRef> {
        self.stuck.as_ref()
    }

    /// The questions that were asked, in the order in which that happened.
    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// The next thing to do, if it is due: asked until there is none.
    fn next<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) -> Option<Todo> {
        loop {
            if self.ended {
                return None;
            }
            self.begin_by_step(run);
            match self.todo.pop_front() {
                Some(Todo::Finish(step)) => self.finish(step, run),
                Some(todo) => return Some(todo),
                None => {
                    if !self.decide(run) {
                        return None;
                    }
                }
            }
        }
    }

    /// Begins what waits for the step that was taken last, before anything else, even before the
    /// next act of a step that is being done: that is where a hand was.
    fn begin_by_step<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) {
        let now = run.world().steps();
        let waits = |track: &Track| {
            let steps = self.script.track(&track.path);
            let moment = steps.get(track.next).map(|step| &step.moment);
            track.state == TrackState::Waiting
                && matches!(moment, Some(Moment::After { event: Event::Step(step), delay: Span::ZERO, .. })
                    if *step == now.0)
        };
        if let Some(track) = self.tracks.iter().position(waits) {
            let rest = core::mem::take(&mut self.todo);
            self.begin(track, run);
            self.todo.extend(rest);
        }
    }

    /// Judges what can be judged now and begins what is due. Answers whether something was begun or ended.
    fn decide<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) -> bool {
        let world = run.world();
        let now = world.now();
        let look = (world.steps(), now);
        if self.looked != Some(look) {
            self.looked = Some(look);
            if self.look(run) {
                return true;
            }
        }
        let settled = world.next_at().is_none_or(|at| at > now);
        settled && self.due(run)
    }

    /// Judges conditions after a step.
    fn look<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) -> bool {
        self.look_at_open(run);
        self.look_at_always(run);
        if let Some(Until::Condition(condition, _)) = &self.script.clone().scenario.until
            && self.view(run).holds(condition)
        {
            self.end(run, true);
            return true;
        }
        let waiting: Vec<usize> = (0..self.tracks.len())
            .filter(|track| self.tracks[*track].state == TrackState::Waiting)
            .collect();
        for track in waiting {
            if self.look_at_track(track, run) {
                // What it does may change what the others wait for.
                self.looked = None;
                return true;
            }
        }
        false
    }

    /// Begins the next step of a track if what it waits for has come.
    fn look_at_track<Mon: Monitors<Node>>(&mut self, track: usize, run: &Run<Node, Mon>) -> bool {
        let script = Arc::clone(&self.script);
        let it = &self.tracks[track];
        let step = &script.track(&it.path)[it.next];
        let (came, delay) = match &step.moment {
            Moment::Next => (true, Span::ZERO),
            Moment::When {
                condition, delay, ..
            } => (self.view(run).holds(condition), *delay),
            Moment::After { event, delay, .. } => {
                let count = event_count(event)
                    .map_or(run.world().steps().0, |counted| self.ledger.count(&counted));
                (count >= event_nth(event), *delay)
            }
            Moment::At(_) | Moment::Later(_) => (false, Span::ZERO),
        };
        if !came {
            return false;
        }
        if delay == Span::ZERO {
            self.begin(track, run);
            return true;
        }
        self.tracks[track].state = TrackState::Delayed(run.world().now() + delay);
        false
    }

    /// Does one thing that is due at this time, when the world has nothing more to do at it. The order is: judgements,
    /// questions, what is undone by itself, steps, the end.
    fn due<Mon: Monitors<Node>>(&mut self, run: &Run<Node, Mon>) -> bool {
        let now = run.world().now();
        if self.cut_at.is_some_and(|at| at <= now) {
            self.end(run, false);
            return true;
        }
        self.close_open(run);
        self.ask(run);
        if let Some(index) = self.by_itself.iter().position(|(at, _)| *at <= now) {
            let (_, faults) = self.by_itself.remove(index);
            self.todo.extend(faults.into_iter().map(Todo::Fault));
            self.looked = None;
            return true;
        }
        for track in 0..self.tracks.len() {
            let at = match self.tracks[track].state {
                TrackState::Delayed(at) => Some(at),
                TrackState::Waiting => self.moment_of(track),
                TrackState::Busy | TrackState::Done => None,
            };
            if at.is_some_and(|at| at <= now) {
                if at.is_some_and(|at| at < now) && self.is_absolute(track) {
                    self.too_late(track, run);
                    return true;
                }
                self.begin(track, run);
                return true;
            }
        }
        if let Some(track) = self.gives_up(now) {
            self.waited_in_vain(track, run);
            return true;
        }
        let over = match self.script.ends_at() {
            Some(at) => at <= now,
            None => self.nothing_left(run) || self.loads_give_up().is_some_and(|at| at <= now),
        };
        if over {
            self.end(run, true);
        }
        over
    }

    /// When a scenario without an end of its own does not wait for its loads any longer.
    fn loads_give_up(&self) -> Option<SimTime> {
        let done = |track: &Track| track.state == TrackState::Done;
        if self.script.ends_at().is_some() || !self.tracks.iter().all(done) {
            return None;
        }
        let last = self.tracks.iter().map(|track| track.since).max()?;
        Some(last + LONGEST_WAIT)
    }

    /// When the next step of a track happens, if its moment is a time.
    fn moment_of(&self, track: usize) -> Option<SimTime> {
        let it = &self.tracks[track];
        let step = self.script.track(&it.path).get(it.next)?;
        match &step.moment {
            Moment::At(at) => Some(*at),
            Moment::Later(span) => Some(it.since + *span),
            Moment::Next => Some(it.since),
            Moment::When { .. } | Moment::After { .. } => None,
        }
    }

    fn is_absolute(&self, track: usize) -> bool {
        let it = &self.tracks[track];
        let step = self.script.track(&it.path).get(it.next);
        step.is_some_and(|step| matches!(step.moment, Moment::At(_)))
    }

    /// When a track that waits for a condition or an event gives up.
    fn patience(&self, track: &Track) -> Option<SimTime> {
        if track.state != TrackState::Waiting {
            return None;
        }
        let steps = self.script.track(&track.path);
        let within = match &steps.get(track.next)?.moment {
            Moment::When { within, .. } | Moment::After { within, .. } => *within,
            _ => return None,
        };
        let own = within.map(|within| track.since + within);
        // The next step of the track with a time of its own cannot wait any longer.
        let rest = steps[track.next + 1..].iter();
        let next = rest.filter(|step| self.script.includes(&step.only_in));
        let next = next.map(|step| match &step.moment {
            Moment::At(at) => Some(*at),
            _ => None,
        });
        let latest = next.flatten().next();
        let last = self.script.ends_at().unwrap_or(track.since + LONGEST_WAIT);
        Some(
            [own, latest, Some(last)]
                .into_iter()
                .flatten()
                .min()
                .expect("one is there"),
        )
    }

    fn gives_up(&self, now: SimTime) -> Option<usize> {
        let ends = self.script.ends_at();
        self.tracks.iter().position(|track| {
            let patience = self.patience(track);
            // What waits when the scenario ends is told then.
            patience.is_some_and(|at| at <= now) && ends.is_none_or(|end| end > now)
        })
    }

    /// Begins the next step of a track.
    fn begin<Mon: Monitors<Node>>(&mut self, track: usize, run: &Run<Node, Mon>) {
        let script = Arc::clone(&self.script);
        let it = &mut self.tracks[track];
        let step_ref = StepRef {
            track: it.path.clone(),
            index: it.next,
        };
        it.state = TrackState::Busy;
        let step = &script.track(&step_ref.track)[step_ref.index];
        let now = run.world().now();
        self.tell(|| Notice::Step(now, Box::new(step.clone())));
        self.reached.push(Reached {
            step_ref: step_ref.clone(),
            at: now,
            begun: run.world().steps(),
            done: None,
        });
        let mut undo = Vec::new();
        for (index, act) in step.acts.iter().enumerate() {
            match enact(act, &self.view(run), &script.compiled) {
                Ok(deeds) => {
                    let deed = |deed| match deed {
                        Deed::Fault(fault) => Todo::Fault(fault),
                        Deed::Call(node, op, name) => Todo::Call(node, op, name),
                    };
                    for todo in deeds.deeds.into_iter().map(deed) {
                        // Several calls of one step start their client once.
                        if !(todo.is_start() && self.todo.contains(&todo)) {
                            self.todo.push_back(todo);
                        }
                    }
                    undo.extend(deeds.undo);
                }
                Err(why) => {
                    let path = format!("{}.do[{index}]", path_of(&step_ref));
                    self.failed(step.place, path, act.verb(), &why, run);
                }
            }
        }
        undo.reverse();
        if let Some(name) = &step.undo {
            let known = self.undo.iter().find(|(known, _)| known == name);
            let faults = known.map(|(_, faults)| faults.clone()).unwrap_or_default();
            self.todo.extend(faults.into_iter().map(Todo::Fault));
        }
        if let Some(lasts) = step.lasts {
            self.by_itself.push((now + lasts, undo.clone()));
        }
        if let Some(id) = &step.id {
            self.undo.push((id.clone(), undo));
        }
        self.todo.push_back(Todo::Finish(step_ref));
    }

    /// The acts of a step are done: judges what it expects and goes on to the next one.
    fn finish<Mon: Monitors<Node>>(&mut self, step_ref: StepRef, run: &Run<Node, Mon>) {
        let script = Arc::clone(&self.script);
        let now = run.world().now();
        let step = &script.track(&step_ref.track)[step_ref.index];
        let reached = self.reached.iter_mut().rev();
        for it in reached.filter(|it| it.step_ref == step_ref) {
            it.done = Some(run.world().steps());
        }
        for (index, expectation) in step.expect.iter().enumerate() {
            if script.includes(&expectation.only_in) {
                self.expect(&step_ref, index, expectation, run);
            }
        }
        if !step.meanwhile.is_empty() {
            let mut path = step_ref.track.clone();
            path.push(step_ref.index);
            self.start_track(path, now);
        }
        let track = self
            .tracks
            .iter()
            .position(|track| track.path == step_ref.track);
        let track = track.expect("a step belongs to a track");
        self.tracks[track].next += 1;
        self.skip(track, now);
        self.looked = None;
        let it = &self.tracks[track];
        let next = script.track(&it.path).get(it.next);
        if it.state != TrackState::Done && next.is_some_and(|next| next.moment == Moment::Next) {
            self.begin(track, run);
        }
    }

    fn start_track(&mut self, path: Vec<usize>, now: SimTime) {
        self.tracks.push(Track {
            path,
            next: 0,
            since: now,
            state: TrackState::Waiting,
        });
        self.skip(self.tracks.len() - 1, now);
    }

    /// Goes over steps of other variants; what follows waits from now on.
    fn skip(&mut self, track: usize, now: SimTime) {
        let it = &mut self.tracks[track];
        let steps = self.script.track(&it.path);
        let rest = steps[it.next..].iter();
        it.next += rest
            .take_while(|step| !self.script.includes(&step.only_in))
            .count();
        it.since = now;
        it.state = match it.next < steps.len() {
            true => TrackState::Waiting,
            false => TrackState::Done,
        };
    }

    fn view<'a, Mon: Monitors<Node>>(&'a self, run: &'a Run<Node, Mon>) -> View<'a> {
        View {
            world: run.world(),
            cast: &self.script.compiled.cast,
            ledger: &self.ledger,
            broken: run.broken(),
        }
    }
}

/// Where a step stands in the file: `steps[3].meanwhile[0]`.
fn path_of(step: &StepRef) -> String {
    let mut path = String::from("steps");
    for index in &step.track {
        path.push_str(&format!("[{index}].meanwhile"));
    }
    format!("{path}[{}]", step.index)
}

impl<Mon: Monitors<Node>> engine::Director<Node, Mon> for Director {
    /// What was told since the start, and how far the script is.
    fn fingerprint(&self) -> u64 {
        let mut hasher = StableHasher::default();
        self.ledger.hash(&mut hasher);
        (&self.tracks, &self.open, &self.always, &self.asks).hash(&mut hasher);
        for (at, faults) in &self.by_itself {
            (at, faults.len() as u64).hash(&mut hasher);
        }
        (self.todo.len() as u64, self.checked.len() as u64).hash(&mut hasher);
        (&self.stuck, self.cut_at, self.ended).hash(&mut hasher);
        hasher.finish()
    }

    fn wakes_at(&self) -> Option<SimTime> {
        if self.ended {
            return None;
        }
        let tracks = (0..self.tracks.len()).filter_map(|index| match self.tracks[index].state {
            TrackState::Delayed(at) => Some(at),
            TrackState::Waiting => {
                let patience = self.patience(&self.tracks[index]);
                self.moment_of(index).into_iter().chain(patience).min()
            }
            TrackState::Busy | TrackState::Done => None,
        });
        let open = self.open.iter().map(|open| open.until);
        let undo = self.by_itself.iter().map(|(at, _)| *at);
        let asks = self.script.scenario.ask.iter().zip(&self.asks);
        let asks = asks.filter_map(|(ask, state)| match state {
            AskState::Coming => Some(ask.at),
            AskState::Asked => Some(ask.answer_at.unwrap_or(ask.at)),
            AskState::Over => None,
        });
        let ends = [self.script.ends_at(), self.loads_give_up(), self.cut_at];
        let ends = ends.into_iter().flatten();
        let all = tracks.chain(open).chain(undo).chain(asks).chain(ends);
        all.filter(|at| *at < SimTime(u64::MAX)).min()
    }

    fn act(&mut self, run: &Run<Node, Mon>) -> Option<engine::Act<Node>> {
        Some(match self.next(run)? {
            Todo::Fault(fault) => {
                let text = fault_text(&fault, &self.script.compiled.cast);
                engine::Act::Fault(fault, Some(text))
            }
            Todo::Call(node, op, name) => {
                self.calling = Some(name);
                engine::Act::Call(node, op)
            }
            Todo::Finish(_) => unreachable!("handled above"),
        })
    }

    fn is_over(&self) -> bool {
        self.ended
    }

    fn called(&mut self, call: CallId) {
        if let Some(Some(name)) = self.calling.take() {
            self.ledger.asked(name, call);
        }
    }

    fn wants_facts(&self) -> bool {
        true
    }

    fn wants_all(&self) -> bool {
        self.script.counts_messages
    }

    fn saw(&mut self, record: &Record<Fact>) {
        self.ledger.saw(record, &self.script.compiled.cast);
    }
}
