//! The app: commands in, elapsed time in, requests out. What panels read of it is in `read.rs`.

use crate::branches::Tree;
use crate::clock::{Clock, Led, PACES, Place};
use crate::command::{Answer, Command, Filter, Go, Hand, ImageKind, Sheet, View};
use crate::compare::Comparison;
use crate::failure::Failure;
use crate::hands;
use crate::lesson::{self, Answers, Given};
use crate::library::Library;
use crate::link::{self, Carried, Carrier};
use crate::read::Cache;
use crate::search::Search;
use crate::session::{Progress, Session, Source};
use crate::settings::{Settings, ZOOM};
use crate::show::{Request, Tick, Trouble};
use crate::work::Work;
use core::cell::RefCell;
use core::time::Duration;
use sim_core::base::{NodeId, SimTime, Span, StepIndex};
use sim_core::scenario::edit;
use std::collections::{BTreeSet, VecDeque};
use views::mark::Mark;
use views::scene::Window;

/// Steps of the simulation that a tick may take, so that it stays well below a frame of 16 ms (`examples/figures.rs`).
pub const BUDGET: u64 = 1_000;
/// How many commands wait for a branch that is being played.
const MOST_WAITING: usize = 64;
/// The size of exported pictures, in points.
const EXPORT: (f32, f32) = (1200.0, 750.0);
/// How much time the space-time view may show.
const STRETCHES: core::ops::RangeInclusive<u64> = 100_000..=3_600_000_000_000;

/// Everything that a window shows and does, without the window.
///
/// Panels read accessors and hand commands to [`App::apply`]; the shell calls [`App::tick`] once a frame. Neither ever
/// works longer than the steps that a tick is allowed; what opens a file reads its text at once.
#[derive(Debug)]
pub struct App {
    pub(crate) settings: Settings,
    pub(crate) tree: Tree,
    pub(crate) session: Session,
    pub(crate) here: Place,
    pub(crate) clock: Clock,
    pub(crate) answers: Answers,
    pub(crate) revealed: bool,
    pub(crate) view: View,
    pub(crate) beside: Option<View>,
    pub(crate) inside: Option<NodeId>,
    pub(crate) selection: Option<Mark>,
    pub(crate) filter: Filter,
    pub(crate) bands: Option<Window>,
    pub(crate) stretch: Span,
    pub(crate) sheets: BTreeSet<Sheet>,
    pub(crate) pending: Option<Pending>,
    pub(crate) comparison: Option<Comparison>,
    /// The step that one went back over last, until one moves otherwise.
    pub(crate) went_back: Option<StepIndex>,
    pub(crate) work: Work,
    waiting: VecDeque<Command>,
    outbox: Vec<Request>,
    pub(crate) search: Search,
    pub(crate) library: Library,
    failure: Option<Failure>,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) cache: RefCell<Cache>,
}

/// A play that takes the place of the one that is shown once it is far enough.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub session: Session,
    goal: Goal,
}

/// Where one shall stand in another play.
#[derive(Clone, Copy, Debug)]
enum Goal {
    /// At this place.
    Place(Place),
    /// At this time, after all of its steps.
    Time(SimTime),
}

impl Goal {
    fn is_reached(self, session: &Session) -> bool {
        session.progress() != Progress::Playing
            || match self {
                Goal::Place(place) => session.last() > place.step,
                Goal::Time(time) => session.time_of(session.last()) > time,
            }
    }

    /// The place meant in a play that is far enough.
    fn place(self, session: &Session) -> Place {
        let (step, time) = match self {
            Goal::Place(place) => (Some(place.step), place.time),
            Goal::Time(time) => (None, time),
        };
        let time = time.min(session.end());
        let fits = |step: &StepIndex| {
            let next = StepIndex(step.0 + 1);
            (session.start()..=session.last()).contains(step)
                && session.time_of(*step) <= time
                && (next > session.last() || session.time_of(next) >= time)
        };
        Place {
            step: step.filter(fits).unwrap_or_else(|| session.step_at(time)),
            time,
        }
    }
}

impl App {
    /// An app that shows the first front story at its start, with the table of contents open over it.
    pub fn new(settings: Settings) -> Self {
        let file = scenarios::find(scenarios::FRONT[0]).expect("the front stories are shipped");
        let session = Session::open(file.name(), file.text, None, None);
        let session = session.expect("shipped scenarios are read");
        Self {
            settings,
            tree: Tree::new(session.source().clone()),
            here: Place::default(),
            clock: Clock::default(),
            answers: Answers::new(),
            revealed: false,
            view: View::Ensemble,
            beside: None,
            inside: None,
            selection: None,
            filter: Filter::default(),
            bands: None,
            stretch: Span::from_millis(50),
            sheets: [Sheet::Library, Sheet::Left, Sheet::Right].into(),
            pending: None,
            comparison: None,
            went_back: None,
            work: Work::default(),
            waiting: VecDeque::new(),
            outbox: Vec::new(),
            search: Search::default(),
            library: Library::default(),
            failure: None,
            trouble: None,
            cache: RefCell::default(),
            session,
        }
    }

    /// Does what a hand asks for. What takes long is begun here and goes on in [`App::tick`].
    pub fn apply(&mut self, command: Command) -> Vec<Request> {
        let kept = self.settings.clone();
        match self.pending.is_some() && moves(&command) {
            true if self.waiting.len() < MOST_WAITING => self.waiting.push_back(command),
            true => {}
            false => self.act(command),
        }
        self.follow();
        if self.settings != kept {
            let text = self.settings.to_text().into();
            self.outbox.push(Request::KeepSettings(text));
            self.trouble = self
                .failure
                .as_ref()
                .map(|it| it.told(self.settings.language));
        }
        core::mem::take(&mut self.outbox)
    }

    /// Lets time go by: plays ahead, moves the time shown if it is playing. Takes at most `max_steps` of the simulation,
    /// beside those that were played before and are taken again.
    pub fn tick(&mut self, elapsed: Duration, max_steps: u64) -> Tick {
        let mut busy = match &mut self.pending {
            Some(pending) => {
                pending.session.play_on(max_steps);
                self.swap_in();
                true
            }
            None => self.session.play_on(max_steps),
        };
        if self.here.step < self.start().step {
            // The settings of the scenario were not played yet when it was opened.
            self.go_to(self.start());
        }
        if self.clock.playing && self.pending.is_none() {
            self.run(elapsed);
        }
        if let Some(comparison) = &mut self.comparison {
            busy |= comparison.go_on(&self.session, max_steps);
        }
        self.follow();
        let lang = self.settings.language;
        // To tell what a step left takes longer than to play it.
        let steps = (max_steps / 8).max(1);
        busy |= self.search.go_on(&self.session, lang, steps);
        if self.sheets.contains(&Sheet::Library) {
            busy |= self.library.read_one();
        }
        let working = self.working().map(|(session, _)| session);
        let session = working.unwrap_or(&self.session);
        let mut work = self.work;
        work.tick(elapsed, working.is_some(), session);
        self.work = work;
        let repaint_after = match (busy, self.clock.playing) {
            (true, _) => Some(Duration::ZERO),
            (false, true) => Some(self.clock.next()),
            (false, false) => None,
        };
        Tick {
            repaint_after,
            busy,
        }
    }

    /// Requests of commands that had to wait: a shell takes them after each tick.
    pub fn take_requests(&mut self) -> Vec<Request> {
        core::mem::take(&mut self.outbox)
    }

    fn act(&mut self, command: Command) {
        match command {
            Command::Go(go) => self.go(go),
            Command::PlayOrPause => self.play_or_pause(),
            Command::Pace(pace) if pace.is_finite() => {
                self.clock.pace = pace.clamp(*PACES.start(), *PACES.end());
            }
            Command::Pace(_) => {}
            Command::SkipQuiet(on) => self.clock.skip_quiet = on,
            Command::Select(mark) => self.selection = mark.filter(|it| self.is_there(*it)),
            Command::View(view) => self.view = view,
            Command::Beside(view) => self.beside = view,
            Command::Inside(node) => {
                self.inside = node.filter(|it| self.is_there(Mark::Node(*it)));
            }
            Command::Hand(hand) => self.hand(&hand),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Branch(index) => self.branch(index),
            Command::Answer(answer) => self.answer(answer),
            Command::SkipQuestion => self.skip_question(),
            Command::Predict(on) => self.settings.predict = on,
            Command::HideAnswers(on) => self.settings.hide_answers = on,
            Command::Reveal => self.revealed = true,
            Command::OpenShipped(name) => match scenarios::find(&name) {
                Some(file) => self.open(file.name(), file.text, None, None, None),
                None => self.fail(Failure::NotShipped(name)),
            },
            Command::OpenText { name, text } => self.open(&name, &text, None, None, None),
            Command::OpenLink(fragment) => self.open_link(&fragment),
            Command::Variant(variant) => {
                let root = self.tree.root().clone();
                let seed = Some(root.seed);
                let goal = Some(Goal::Time(self.here.time));
                self.open(&root.name, &root.text, variant.as_deref(), seed, goal);
            }
            Command::Seed(seed) => {
                let root = self.tree.root().clone();
                let seed = Some(seed & i64::MAX as u64);
                let goal = Some(Goal::Time(self.here.time));
                self.open(&root.name, &root.text, root.variant.as_deref(), seed, goal);
            }
            Command::Compare(against) => {
                self.sheets.remove(&Sheet::Compare);
                self.compare(against);
            }
            Command::Stop => self.stop(),
            Command::GoOn => self.resume(),
            Command::OpenRecent(place) => self.outbox.push(Request::OpenPlace(place)),
            Command::Unreadable { name, why } => self.fail(Failure::Unreadable(name, why)),
            Command::OpenDialog => self.outbox.push(Request::OpenDialog),
            Command::Save => self.save(),
            Command::CopyLink => self.copy_link(),
            Command::Export(kind) => self.export(kind),
            Command::Language(language) => self.settings.language = language,
            Command::Theme(theme) => self.settings.theme = theme,
            Command::Zoom(zoom) => {
                self.settings.zoom = zoom.clamp(*ZOOM.start(), *ZOOM.end());
            }
            Command::ReducedMotion(on) => self.settings.reduced_motion = on,
            Command::Show(sheet, true) => drop(self.sheets.insert(sheet)),
            Command::Show(sheet, false) => drop(self.sheets.remove(&sheet)),
            Command::Filter(filter) => self.filter = filter,
            Command::Bands(window) => {
                let window = window.filter(|(from, to)| from < to);
                self.bands = window.map(|(from, to)| Window { from, to });
            }
            Command::Stretch(span) => {
                self.stretch = Span(span.0.clamp(*STRETCHES.start(), *STRETCHES.end()));
            }
            Command::Search(needle) => self.search = Search::new(&needle),
            Command::Dismiss => (self.failure, self.trouble) = (None, None),
        }
    }

    /// What stands beside the play that is shown looks at the same time.
    fn follow(&mut self) {
        if let Some(comparison) = &mut self.comparison {
            comparison.follow(self.here.time);
        }
    }

    pub(crate) fn fail(&mut self, failure: Failure) {
        self.trouble = Some(failure.told(self.settings.language));
        self.failure = Some(failure);
    }

    // ---- time ----

    fn play_or_pause(&mut self) {
        if self.clock.playing {
            self.clock.playing = false;
            return;
        }
        if self.stands().is_some() {
            return;
        }
        let at_end = self.here == self.end() && self.session.progress() != Progress::Playing;
        if at_end {
            self.go_to(self.start());
        }
        self.clock.playing = true;
    }

    fn run(&mut self, elapsed: Duration) {
        if self.stands().is_some() {
            self.clock.playing = false;
            return;
        }
        let stop = self.next_question();
        let led = self.clock.run(elapsed, self.here, stop, &self.session);
        let (place, stopped) = match led {
            Led::On(place) => (place, false),
            Led::Stopped(place) => (place, true),
        };
        if place != self.here {
            self.session.seek(place.step);
            self.here = place;
            (self.revealed, self.went_back) = (false, None);
        }
        if stopped {
            self.clock.playing = false;
        }
    }

    fn start(&self) -> Place {
        Place {
            step: self.session.start().min(self.session.last()),
            time: SimTime(0),
        }
    }

    fn end(&self) -> Place {
        Place {
            step: self.session.last(),
            time: self.session.end(),
        }
    }

    fn after(&self, step: StepIndex) -> Place {
        let step = step.max(self.session.start()).min(self.session.last());
        Place {
            step,
            time: self.session.time_of(step),
        }
    }

    /// The question that stands here and now.
    pub(crate) fn stands(&self) -> Option<usize> {
        let asks = self.settings.predict;
        asks.then(|| lesson::standing(&self.session, &self.answers, self.here))?
    }

    pub(crate) fn next_question(&self) -> Option<Place> {
        let asks = self.settings.predict;
        asks.then(|| lesson::next_question(&self.session, &self.answers, self.here))?
    }

    fn go(&mut self, go: Go) {
        let here = self.here;
        let place = match go {
            Go::Start => Some(self.start()),
            Go::End => Some(self.end()),
            Go::StepOn => return self.on_to(Some(self.after(StepIndex(here.step.0 + 1)))),
            Go::StepBack if here.time > self.session.time_of(here.step) => {
                Some(self.after(here.step))
            }
            Go::StepBack => Some(self.after(StepIndex(here.step.0.saturating_sub(1)))),
            Go::BeatOn => {
                let places = lesson::places(&self.session).into_iter();
                return self.on_to(places.filter(|it| *it > here).min());
            }
            Go::BeatBack => {
                let places = lesson::places(&self.session).into_iter();
                places.filter(|it| *it < here).max()
            }
            Go::MomentOn => {
                let next = self.session.moment_after(here.step);
                return self.on_to(next.map(|step| self.after(step)));
            }
            Go::MomentBack => {
                let before = self.session.moment_before(here.step);
                before.map(|step| self.after(step))
            }
            Go::Step(step) => Some(self.after(step)),
            Go::Time(time) => Some(Goal::Time(time).place(&self.session)),
            Go::Beat(index) => {
                let beats = lesson::beats(&self.session);
                beats.get(index).and_then(|it| it.place)
            }
        };
        if let Some(place) = place {
            self.go_to(place);
        }
        if go == Go::StepBack && self.here.step < here.step {
            self.went_back = Some(here.step);
        }
    }

    /// Goes on to a place, but not past a question that nobody answered.
    fn on_to(&mut self, place: Option<Place>) {
        let Some(place) = place.filter(|it| *it > self.here) else {
            return;
        };
        if self.stands().is_none() {
            let question = self.next_question().filter(|it| *it < place);
            self.go_to(question.unwrap_or(place));
        }
    }

    fn go_to(&mut self, place: Place) {
        self.session.seek(place.step);
        self.here = Place {
            step: self.session.position(),
            ..place
        };
        (self.revealed, self.went_back) = (false, None);
        self.clock.moved();
    }

    // ---- questions ----

    fn answer(&mut self, answer: Answer) {
        if let Some(index) = self.stands()
            && lesson::fits(&self.session, index, answer)
        {
            self.answers.insert(index, Given::Answer(answer));
        }
    }

    fn skip_question(&mut self) {
        if let Some(index) = self.stands() {
            self.answers.insert(index, Given::Skipped);
        }
    }

    // ---- files and links ----

    fn open(
        &mut self,
        name: &str,
        text: &str,
        variant: Option<&str>,
        seed: Option<u64>,
        goal: Option<Goal>,
    ) {
        match Session::open(name, text, variant, seed) {
            Ok(session) => {
                self.tree = Tree::new(session.source().clone());
                self.answers.clear();
                self.comparison = None;
                self.clock.playing = false;
                (self.failure, self.trouble) = (None, None);
                self.sheets.remove(&Sheet::Library);
                self.waiting.clear();
                let goal = goal.unwrap_or(Goal::Place(Place::default()));
                self.begin(session, goal);
            }
            Err(failure) => self.fail(failure),
        }
    }

    fn open_link(&mut self, fragment: &str) {
        let carried = match link::read(fragment) {
            Ok(carried) => carried,
            Err(failure) => return self.fail(Failure::Link(failure)),
        };
        let (name, text) = match carried.scenario {
            Carrier::Text(name, text) => (name, text),
            Carrier::Shipped(name) => match scenarios::find(&name) {
                Some(file) => (file.name().into(), file.text.into()),
                None => return self.fail(Failure::NotShipped(name)),
            },
        };
        let goal = Goal::Place(Place {
            step: carried.step,
            time: carried.time,
        });
        let variant = carried.variant.as_deref();
        self.open(&name, &text, variant, Some(carried.seed), Some(goal));
    }

    /// The text of this branch as a scenario file that plays the same by itself.
    pub(crate) fn saved(&self) -> Result<String, Failure> {
        let source = self.session.source();
        let scenario = self.session.scenario();
        let same = scenario.seed == source.seed && scenario.plays()[0] == source.variant.as_deref();
        if same {
            return Ok(source.text.to_string());
        }
        let change = edit::Session {
            seed: Some(source.seed),
            variant: source.variant.as_deref(),
            ..edit::Session::default()
        };
        edit::session(&source.text, &change).map_err(Failure::Hand)
    }

    fn save(&mut self) {
        match self.saved() {
            Ok(text) => self.outbox.push(Request::SaveFile {
                name: format!("{}.json", self.short_name()).into(),
                bytes: text.into_bytes(),
            }),
            Err(failure) => self.fail(failure),
        }
    }

    /// The last part of the name, without its ending.
    fn short_name(&self) -> &str {
        let name = &self.session.source().name;
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        last.strip_suffix(".json").unwrap_or(last)
    }

    fn copy_link(&mut self) {
        let source = self.session.source();
        let shipped = scenarios::find(&source.name);
        let scenario = match shipped.filter(|file| *file.text == *source.text) {
            Some(file) => Carrier::Shipped(file.name().into()),
            None => Carrier::Text(source.name.clone(), (&*source.text).into()),
        };
        let carried = Carried {
            scenario,
            variant: source.variant.clone(),
            seed: source.seed,
            step: self.here.step,
            time: self.here.time,
            language: self.settings.language,
        };
        match link::write(&carried) {
            Ok(fragment) => self.outbox.push(Request::SetLink(fragment.into())),
            Err(failure) => self.fail(Failure::Link(failure)),
        }
    }

    fn export(&mut self, kind: ImageKind) {
        let ending = match kind {
            ImageKind::Svg => "svg",
            ImageKind::Png => "png",
        };
        let request = Request::Export {
            name: format!("{}.{ending}", self.short_name()).into(),
            kind,
            picture: self.still_picture(self.view, EXPORT.0, EXPORT.1),
            theme: self.settings.theme,
        };
        self.outbox.push(request);
    }

    // ---- hands and branches ----

    fn hand(&mut self, hand: &Hand) {
        let Some(done) = hands::done(hand, &self.session, self.here.time) else {
            return;
        };
        let before = self.tree.clone();
        let goal = goal_after(&done);
        if let Err(failure) = self.tree.add(done) {
            return self.fail(failure);
        }
        self.play_branch(goal, before);
    }

    fn undo(&mut self) {
        let before = self.tree.clone();
        if let Some(done) = self.tree.undo() {
            let place = Place {
                step: done.after,
                time: done.at,
            };
            self.play_branch(Goal::Place(place), before);
        }
    }

    fn redo(&mut self) {
        let before = self.tree.clone();
        if let Some(done) = self.tree.redo() {
            self.play_branch(goal_after(&done), before);
        }
    }

    fn branch(&mut self, index: usize) {
        let before = self.tree.clone();
        if index != self.tree.current() && self.tree.show(index) {
            self.play_branch(Goal::Time(self.here.time), before);
        }
    }

    /// Plays the branch that the tree shows up to a goal; if it cannot be played, the tree is as it was.
    fn play_branch(&mut self, goal: Goal, before: Tree) {
        match self.tree.source().and_then(play) {
            Ok(session) => {
                self.clock.playing = false;
                self.begin(session, goal);
            }
            Err(failure) => {
                self.tree = before;
                self.fail(failure);
            }
        }
    }

    fn begin(&mut self, session: Session, goal: Goal) {
        self.pending = Some(Pending { session, goal });
        let at_once = |goal: Goal| matches!(goal, Goal::Place(place) if place == Place::default());
        if at_once(goal) {
            self.swap_in_now();
        }
    }

    /// Shows the play that is pending if it is far enough.
    pub(crate) fn swap_in(&mut self) {
        let ready = |it: &Pending| it.goal.is_reached(&it.session);
        if self.pending.as_ref().is_some_and(ready) {
            self.swap_in_now();
        }
    }

    fn swap_in_now(&mut self) {
        let Some(Pending { session, goal }) = self.pending.take() else {
            return;
        };
        let place = goal.place(&session);
        self.session = session;
        self.cache.borrow_mut().forget();
        let needle = self.search.needle().to_owned();
        self.search = Search::new(&needle);
        self.bands = None;
        if let Some(comparison) = &mut self.comparison {
            comparison.read_anew();
        }
        self.go_to(place);
        self.selection = self.selection.filter(|it| self.is_there(*it));
        self.inside = self.inside.filter(|it| self.is_there(Mark::Node(*it)));
        while self.pending.is_none() {
            let Some(command) = self.waiting.pop_front() else {
                return;
            };
            self.act(command);
        }
    }

    /// Whether the nodes that a mark names are there.
    fn is_there(&self, mark: Mark) -> bool {
        let count = self.session.world().spec().nodes.len();
        let node = |node: NodeId| node.index() < count;
        match mark {
            Mark::Node(it) | Mark::Vote { at: it, .. } | Mark::Entry { at: it, .. } => node(it),
            Mark::Message(id) => node(id.from) && node(id.to),
            Mark::Link { from, to } => node(from) && node(to),
            _ => true,
        }
    }
}

fn play(source: Source) -> Result<Session, Failure> {
    Session::play(source)
}

/// Where one stands right after a hand acted.
fn goal_after(done: &hands::Done) -> Goal {
    match done.steps {
        Some(steps) => Goal::Place(Place {
            step: StepIndex(done.after.0 + steps),
            time: done.at,
        }),
        None => Goal::Time(done.at),
    }
}

/// Whether a command is about a place in the play, so that it waits for one that is being played.
fn moves(command: &Command) -> bool {
    matches!(
        command,
        Command::Go(_)
            | Command::PlayOrPause
            | Command::Hand(_)
            | Command::Undo
            | Command::Redo
            | Command::Branch(_)
            | Command::Answer(_)
            | Command::SkipQuestion
            | Command::Save
            | Command::CopyLink
            | Command::Variant(_)
            | Command::Seed(_)
    )
}
