//! The app: commands in, elapsed time in, rows and pictures out.

use crate::command::{Command, Filter, Go, Language, Sheet, View};
use crate::session::{Progress, Session};
use crate::settings::{Settings, ZOOM};
use crate::show::{
    BeatRow, BranchRow, Busy, Found, HandRow, LibraryRow, Narration, OperatorText, Position,
    PropertyRow, Question, Request, Tick, Trouble, Why,
};
use core::time::Duration;
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::World;
use sim_core::explain::Names;
use std::collections::BTreeSet;
use views::mark::Mark;
use views::picture::Picture;

/// The slowest and the fastest pace: simulated seconds per second of the wall.
pub const PACES: core::ops::RangeInclusive<f64> = 0.01..=100.0;

/// Everything that a window shows and does, without the window.
///
/// Panels read accessors and hand commands to [`App::apply`]; the shell calls [`App::tick`] once a frame. Neither ever
/// works longer than the steps that a tick is allowed.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    session: Session,
    shown: SimTime,
    playing: bool,
    pace: f64,
    skip_quiet: bool,
    view: View,
    beside: Option<View>,
    inside: Option<NodeId>,
    selection: Option<Mark>,
    filter: Filter,
    sheets: BTreeSet<Sheet>,
    trouble: Option<Trouble>,
}

impl App {
    /// An app that shows the first front story at its start, with the table of contents open over it.
    pub fn new(settings: Settings) -> Self {
        let file = scenarios::find(scenarios::FRONT[0]).expect("the front stories are shipped");
        let session = Session::open(file.name(), file.text, None, None);
        Self {
            settings,
            session: session.expect("shipped scenarios are read"),
            shown: SimTime(0),
            playing: false,
            pace: 1.0,
            skip_quiet: true,
            view: View::Ensemble,
            beside: None,
            inside: None,
            selection: None,
            filter: Filter::default(),
            sheets: [Sheet::Library, Sheet::Left, Sheet::Right].into(),
            trouble: None,
        }
    }

    /// Does what a hand asks for. What takes long is begun here and goes on in [`App::tick`].
    pub fn apply(&mut self, command: Command) -> Vec<Request> {
        match command {
            Command::Go(go) => self.go(go),
            Command::PlayOrPause => self.playing = !self.playing,
            Command::Pace(pace) => self.pace = pace.clamp(*PACES.start(), *PACES.end()),
            Command::SkipQuiet(on) => self.skip_quiet = on,
            Command::Select(mark) => self.selection = mark,
            Command::View(view) => self.view = view,
            Command::Beside(view) => self.beside = view,
            Command::Inside(node) => self.inside = node,
            Command::OpenShipped(name) => self.open_shipped(&name),
            Command::OpenText { name, text } => self.open(&name, &text),
            Command::OpenDialog => return vec![Request::OpenDialog],
            Command::Language(language) => self.settings.language = language,
            Command::Theme(theme) => self.settings.theme = theme,
            Command::Zoom(zoom) => {
                self.settings.zoom = zoom.clamp(*ZOOM.start(), *ZOOM.end());
            }
            Command::ReducedMotion(on) => self.settings.reduced_motion = on,
            Command::Predict(on) => self.settings.predict = on,
            Command::HideAnswers(on) => self.settings.hide_answers = on,
            Command::Show(sheet, true) => drop(self.sheets.insert(sheet)),
            Command::Show(sheet, false) => drop(self.sheets.remove(&sheet)),
            Command::Filter(filter) => self.filter = filter,
            Command::Dismiss => self.trouble = None,
            _ => {}
        }
        Vec::new()
    }

    /// Lets time go by: plays ahead, moves the time shown if it is playing. Takes at most `max_steps` of the simulation.
    pub fn tick(&mut self, elapsed: Duration, max_steps: u64) -> Tick {
        let busy = self.session.play_on(max_steps);
        if self.playing {
            let span = elapsed.as_nanos() as f64 * self.pace;
            let time = SimTime(self.shown.0.saturating_add(span as u64));
            self.go(Go::Time(time));
            self.playing = self.shown < self.session.end() || busy;
        }
        Tick {
            repaint_after: (self.playing || busy).then_some(Duration::ZERO),
            busy,
        }
    }

    fn open_shipped(&mut self, name: &str) {
        if let Some(file) = scenarios::find(name) {
            self.open(file.name(), file.text);
        }
    }

    fn open(&mut self, name: &str, text: &str) {
        match Session::open(name, text, None, None) {
            Ok(session) => {
                self.session = session;
                self.shown = SimTime(0);
                self.playing = false;
                self.selection = None;
                self.trouble = None;
                self.sheets.remove(&Sheet::Library);
            }
            Err(trouble) => self.trouble = Some(*trouble),
        }
    }

    fn go(&mut self, go: Go) {
        let here = self.session.position();
        let step = match go {
            Go::Start => StepIndex(0),
            Go::End => self.session.last(),
            Go::StepOn => StepIndex(here.0 + 1),
            Go::StepBack => StepIndex(here.0.saturating_sub(1)),
            Go::MomentOn => self.session.interesting_after(here).unwrap_or(here),
            Go::MomentBack => self.session.interesting_before(here).unwrap_or(here),
            Go::Step(step) => step,
            Go::Time(time) => {
                self.shown = time.min(self.session.end());
                return self.session.seek(self.session.step_at(self.shown));
            }
            Go::BeatOn | Go::BeatBack | Go::Beat(_) => here,
        };
        self.session.seek(step);
        self.shown = self.session.time_of(self.session.position());
    }
}

/// What panels read.
impl App {
    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The language of all texts.
    pub fn language(&self) -> Language {
        self.settings.language
    }

    /// The title of the lesson.
    pub fn title(&self) -> &str {
        let title = &self.session.scenario().title;
        title.get(self.lang_key())
    }

    /// What the lesson shows, in a paragraph; empty if the file does not say.
    pub fn description(&self) -> &str {
        let description = &self.session.scenario().description;
        description
            .as_ref()
            .map_or("", |text| text.get(self.lang_key()))
    }

    /// The name of the file or of the shipped scenario.
    pub fn name(&self) -> &str {
        &self.session.source().name
    }

    /// The text of the scenario, with what hands added in this branch.
    pub fn source(&self) -> &str {
        &self.session.source().text
    }

    /// The seed that is played.
    pub fn seed(&self) -> u64 {
        self.session.source().seed
    }

    /// The variant that is played, and all there are.
    pub fn variants(&self) -> (Option<&str>, Vec<&str>) {
        let all = self.session.scenario().plays();
        let variant = self.session.source().variant.as_deref();
        (variant, all.into_iter().flatten().collect())
    }

    /// Where one stands in time.
    pub fn position(&self) -> Position {
        Position {
            step: self.session.position(),
            time: self.shown,
            last: self.session.last(),
            end: self.session.end(),
            whole: self.session.progress() != Progress::Playing,
        }
    }

    /// Whether it plays.
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// Simulated seconds per second of the wall.
    pub fn pace(&self) -> f64 {
        self.pace
    }

    /// Whether playing leaps over quiet spans.
    pub fn skip_quiet(&self) -> bool {
        self.skip_quiet
    }

    /// The view in the centre.
    pub fn view(&self) -> View {
        self.view
    }

    /// The view beside it.
    pub fn beside(&self) -> Option<View> {
        self.beside
    }

    /// The node whose inside is shown.
    pub fn inside(&self) -> Option<NodeId> {
        self.inside
    }

    /// What is selected.
    pub fn selection(&self) -> Option<Mark> {
        self.selection
    }

    /// What the space-time view leaves out.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether a sheet is open.
    pub fn shows(&self, sheet: Sheet) -> bool {
        self.sheets.contains(&sheet)
    }

    /// The beats of the lesson, in the order of the file; those that hands added stand among them.
    pub fn beats(&self) -> Vec<BeatRow> {
        Vec::new()
    }

    /// The text under the centre.
    pub fn narration(&self) -> Narration {
        Narration::default()
    }

    /// Everything that happened in the step at the position, a line each: the live transcript beside a canvas.
    pub fn transcript(&self) -> Vec<String> {
        Vec::new()
    }

    /// Why what is selected is so; of the last telling step if nothing is selected.
    pub fn why(&self) -> Why {
        Why::default()
    }

    /// The watched properties and how they stand at the position, broken ones first.
    pub fn properties(&self) -> Vec<PropertyRow> {
        Vec::new()
    }

    /// What an operator's tools would print now at the server that is selected, or at the first one.
    pub fn operator(&self) -> OperatorText {
        OperatorText::default()
    }

    /// The branches as a tree, parents before children.
    pub fn branches(&self) -> Vec<BranchRow> {
        Vec::new()
    }

    /// Whether there is something to undo, to redo.
    pub fn can_undo_redo(&self) -> (bool, bool) {
        (false, false)
    }

    /// The question that stands, or the one answered last as long as its answer matters.
    pub fn question(&self) -> Option<Question> {
        None
    }

    /// The hands that fit a mark: what a menu of it offers.
    pub fn hands(&self, mark: Mark) -> Vec<HandRow> {
        let _ = mark;
        Vec::new()
    }

    /// The picture of a view, of this size in points.
    pub fn picture(&self, view: View, width: f32, height: f32) -> Picture {
        let _ = view;
        Picture::new(width, height)
    }

    /// The bands: states per node over time, marks of faults and decisions, the place of the hand.
    pub fn bands(&self, width: f32, height: f32) -> Picture {
        Picture::new(width, height)
    }

    /// The inside of the node that is shown, if one is.
    pub fn inside_picture(&self, width: f32, height: f32) -> Option<Picture> {
        self.inside.map(|_| Picture::new(width, height))
    }

    /// The shipped scenarios.
    pub fn library(&self) -> Vec<LibraryRow> {
        Vec::new()
    }

    /// What a search found so far.
    pub fn found(&self) -> Found {
        Found::default()
    }

    /// What went wrong with a file or a link; the picture is still the one from before.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Long work that is being done.
    pub fn busy(&self) -> Option<Busy> {
        None
    }

    /// What the play says about itself: that it was cut, that it ended because a step waited in vain.
    pub fn remarks(&self) -> Vec<String> {
        Vec::new()
    }

    /// The nodes with their names in the scenario, servers first.
    pub fn nodes(&self) -> Vec<(NodeId, &str)> {
        let cast = &self.session.script().compiled().cast;
        let all = cast.servers().chain(cast.clients());
        all.map(|node| (node, cast.name(node))).collect()
    }

    /// Whether a node is a server.
    pub fn is_server(&self, node: NodeId) -> bool {
        self.session.names().sid(node).is_some()
    }

    /// The world at the position, for what no row tells.
    pub fn world(&self) -> &World {
        self.session.world()
    }

    /// Who is who, for sentences.
    pub fn names(&self) -> &Names {
        self.session.names()
    }

    /// The play that is shown.
    pub fn session(&self) -> &Session {
        &self.session
    }

    fn lang_key(&self) -> &'static str {
        match self.settings.language {
            Language::En => "en",
            Language::Zh => "zh",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_played_ahead_and_looked_at_anywhere() {
        let mut app = App::new(Settings::default());
        while app.tick(Duration::ZERO, 10_000).busy {}
        assert_eq!(
            app.position().step,
            StepIndex(0),
            "playing ahead moves nothing"
        );
        let end = app.position().end;
        assert_eq!(end, SimTime(12_500_000_000), "the last step of the file");
        app.apply(Command::Go(Go::End));
        let last = app.world().fingerprint();
        app.apply(Command::Go(Go::Time(SimTime(5_000_000_000))));
        let then = app.world().fingerprint();
        app.apply(Command::Go(Go::StepOn));
        app.apply(Command::Go(Go::StepBack));
        assert_eq!(app.world().fingerprint(), then);
        app.apply(Command::Go(Go::End));
        assert_eq!(app.world().fingerprint(), last);
    }
}
