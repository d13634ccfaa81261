//! What panels read of the app: every accessor answers plain data in the language that is set.
//!
//! Cheap enough to be asked for once a frame; what needs records (the chain of why, the sentence) is kept until the
//! place, the selection or the language changes.

use crate::App;
use crate::clock::Place;
use crate::command::{Filter, Language, Sheet, View};
use crate::hands;
use crate::lesson;
use crate::properties;
use crate::reasons;
use crate::session::{Progress, Session};
use crate::settings::Settings;
use crate::show::{
    BeatRow, BranchRow, Found, HandRow, LibraryRow, Narration, OperatorText, Position, PropertyRow,
    Question, QuestionState, Trouble, Why,
};
use sim_core::base::{NodeId, SimTime};
use sim_core::cluster::World;
use sim_core::explain::Names;
use views::mark::Mark;
use views::picture::Picture;
use views::scene::{Scene, Style, Window};
use views::words::{text, with};
use views::{bands, ensemble, inside, operator, space_time};

/// What was asked for last and is expensive to make.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    why: Option<(Place, Option<Mark>, Language, Why)>,
    narration: Option<((Place, bool, Language), Narration)>,
}

impl Cache {
    /// Another play is shown.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

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
        title.get(lesson::key(self.language()))
    }

    /// What the lesson shows, in a paragraph; empty if the file does not say.
    pub fn description(&self) -> &str {
        let description = &self.session.scenario().description;
        let key = lesson::key(self.language());
        description.as_ref().map_or("", |text| text.get(key))
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

    /// The variant that is played, and all there are in the order of the file.
    pub fn variants(&self) -> (Option<&str>, Vec<&str>) {
        let all = self.session.scenario().plays();
        let variant = self.session.source().variant.as_deref();
        (variant, all.into_iter().flatten().collect())
    }

    /// Where one stands in time.
    pub fn position(&self) -> Position {
        Position {
            step: self.here.step,
            time: self.here.time,
            last: self.session.last(),
            end: self.session.end(),
            whole: self.session.progress() != Progress::Playing,
        }
    }

    /// Whether it plays.
    pub fn playing(&self) -> bool {
        self.clock.playing
    }

    /// Simulated seconds per second of the wall.
    pub fn pace(&self) -> f64 {
        self.clock.pace
    }

    /// Whether playing leaps over quiet spans.
    pub fn skip_quiet(&self) -> bool {
        self.clock.skip_quiet
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

    /// The beats of the lesson in the order in which they happened, then those to come; those of hands among them.
    pub fn beats(&self) -> Vec<BeatRow> {
        let until = match self.hides_answers() {
            true => Some(self.here.time),
            false => self.until(),
        };
        lesson::rows(&self.session, self.here, until, self.language())
    }

    /// The text under the centre.
    pub fn narration(&self) -> Narration {
        if self.hides_answers() {
            return Narration {
                hidden: true,
                ..Narration::default()
            };
        }
        let (here, asks, lang) = (self.here, self.until().is_some(), self.language());
        let cache = &mut self.cache.borrow_mut().narration;
        match cache {
            Some((key, told)) if *key == (here, asks, lang) => told.clone(),
            _ => {
                let told = lesson::narration(&self.session, here, asks, lang);
                *cache = Some(((here, asks, lang), told.clone()));
                told
            }
        }
    }

    /// Everything that happened in the step at the position, a line each: the live transcript beside a canvas.
    pub fn transcript(&self) -> Vec<String> {
        reasons::transcript(&self.session, self.here.step, self.language())
    }

    /// Why what is selected is so; of the last telling step if nothing is selected. Nothing while a question stands or
    /// the teacher's switch hides answers.
    pub fn why(&self) -> Why {
        if self.hides_answers() || self.stands().is_some() {
            return Why::default();
        }
        let (here, mark, lang) = (self.here, self.selection, self.language());
        let cache = &mut self.cache.borrow_mut().why;
        match cache {
            Some((place, selection, language, why))
                if (*place, *selection, *language) == (here, mark, lang) =>
            {
                why.clone()
            }
            _ => {
                let why = reasons::why(&self.session, mark, lang);
                *cache = Some((here, mark, lang, why.clone()));
                why
            }
        }
    }

    /// The watched properties and how they stand at the position, broken ones first.
    pub fn properties(&self) -> Vec<PropertyRow> {
        properties::rows(&self.session, self.language())
    }

    /// What an operator's tools would print now at the server that is selected, or at the first one.
    pub fn operator(&self) -> OperatorText {
        let selected = match self.selection {
            Some(Mark::Node(node) | Mark::Vote { at: node, .. } | Mark::Entry { at: node, .. }) => {
                Some(node)
            }
            _ => self.inside,
        };
        let mut servers = self.session.script().compiled().cast.servers();
        let node = selected
            .filter(|node| self.is_server(*node))
            .or(servers.next());
        let Some(node) = node else {
            return OperatorText::default();
        };
        let join = |lines: Vec<operator::Line>| {
            let lines: Vec<&str> = lines.iter().map(|it| &*it.text).collect();
            lines.join("\n")
        };
        OperatorText {
            node: Some(node),
            status: join(operator::status(self.world(), node)),
            srvr: join(operator::srvr(self.world(), node)),
        }
    }

    /// The branches as a tree, parents before children.
    pub fn branches(&self) -> Vec<BranchRow> {
        self.tree.rows(self.language())
    }

    /// Whether there is something to undo, to redo.
    pub fn can_undo_redo(&self) -> (bool, bool) {
        self.tree.can()
    }

    /// The question that stands, or the one answered last as long as it is the last one that was asked.
    pub fn question(&self) -> Option<Question> {
        let predict = self.settings.predict;
        let lang = self.language();
        let shown = lesson::question(&self.session, &self.answers, self.here, predict, lang)?;
        Some(
            match self.hides_answers() && shown.state == QuestionState::Revealed {
                true => Question {
                    right: None,
                    answer: None,
                    misconception: None,
                    why: None,
                    ..shown
                },
                false => shown,
            },
        )
    }

    /// Whether a question stands: what would give its answer away waits.
    pub fn stands_question(&self) -> bool {
        self.stands().is_some()
    }

    /// The questions whose answers show now, until the next beat; none while answers are hidden.
    pub fn revealed(&self) -> Vec<Question> {
        match self.hides_answers() {
            true => Vec::new(),
            false => lesson::revealed(&self.session, &self.answers, self.here, self.language()),
        }
    }

    /// The hands that fit a mark: what a menu of it offers.
    pub fn hands(&self, mark: Mark) -> Vec<HandRow> {
        hands::fitting(mark, &self.session, self.language())
    }

    /// The picture of a view, of this size in points.
    pub fn picture(&self, view: View, width: f32, height: f32) -> Picture {
        self.picture_of(&self.scene(), view, width, height)
    }

    /// The picture of a view of a scene.
    pub(crate) fn picture_of(
        &self,
        scene: &Scene<'_>,
        view: View,
        width: f32,
        height: f32,
    ) -> Picture {
        self.drawn(scene, view, &self.style(width, height))
    }

    /// The picture of a view as it is exported: with all that moves as a still.
    pub(crate) fn still_picture(&self, view: View, width: f32, height: f32) -> Picture {
        let style = Style {
            reduced_motion: true,
            ..self.style(width, height)
        };
        self.drawn(&self.scene(), view, &style)
    }

    fn drawn(&self, scene: &Scene<'_>, view: View, style: &Style) -> Picture {
        match view {
            View::Ensemble => ensemble::picture(scene, style),
            View::SpaceTime => {
                let shown = space_time::Shown {
                    window: self.stretch(),
                    hidden_nodes: &self.filter.hidden_nodes,
                    hidden_kinds: &self.filter.hidden_kinds,
                };
                space_time::picture(scene, &shown, style)
            }
        }
    }

    /// The bands: states per node over time, marks of faults and decisions, the place of the hand.
    pub fn bands(&self, width: f32, height: f32) -> Picture {
        let lang = self.language();
        let rows = self.beats();
        let asks = self.session.scenario().ask.iter().enumerate();
        let asks = asks.filter(|(_, ask)| self.session.script().includes(&ask.only_in));
        let question = text(lang, "lesson.question");
        let beats = rows.iter().filter_map(|row| {
            Some(bands::Beat {
                at: row.at?,
                name: &row.title,
                asks: false,
            })
        });
        let asks = asks.map(|(_, ask)| bands::Beat {
            at: ask.at,
            name: &question,
            asks: true,
        });
        let mut beats: Vec<bands::Beat<'_>> = beats.collect();
        if self.settings.predict {
            beats.extend(asks);
        }
        let style = self.style(width, height);
        bands::picture(&self.scene(), self.bands_window(), &beats, &style)
    }

    /// The stretch of time that the bands show.
    pub fn bands_window(&self) -> Window {
        self.bands.unwrap_or_else(|| {
            let end = self.session.end();
            let to = match self.session.progress() {
                Progress::Playing => end.max(self.session.plan().ends),
                Progress::Ended | Progress::Capped | Progress::Stopped => end,
            };
            Window {
                from: SimTime(0),
                to: to.max(SimTime(1)),
            }
        })
    }

    /// The stretch of time that the space-time view shows, with the time shown in it.
    pub fn stretch(&self) -> Window {
        let from = SimTime(self.here.time.0.saturating_sub(self.stretch.0 / 4 * 3));
        Window {
            from,
            to: from + self.stretch,
        }
    }

    /// The inside of the node that is shown, if one is.
    pub fn inside_picture(&self, width: f32, height: f32) -> Option<Picture> {
        let node = self.inside?;
        let style = self.style(width, height);
        Some(inside::picture(&self.scene(), node, &style))
    }

    /// What pictures are drawn from.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            world: self.session.world(),
            history: self.session.history(),
            plan: self.session.plan(),
            time: self.here.time,
            pace: self.clock.pace,
            parts_at: self.parts_at(),
            selection: self.selection,
            until: self.until(),
        }
    }

    /// Up to when anything may be seen: the place of a question that stands or that is asked next.
    pub(crate) fn until(&self) -> Option<SimTime> {
        let next = || self.next_question().map(|it| it.time);
        self.stands().map(|_| self.here.time).or_else(next)
    }

    fn style(&self, width: f32, height: f32) -> Style {
        Style {
            width,
            height,
            lang: self.language(),
            reduced_motion: self.settings.reduced_motion,
        }
    }

    /// The shipped scenarios.
    pub fn library(&self) -> Vec<LibraryRow> {
        self.library.rows(self.language())
    }

    /// What a search found so far.
    pub fn found(&self) -> Found {
        self.search.found().clone()
    }

    /// What went wrong with a file or a link; the picture is still the one from before.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Whether another play is about to take the place of the one that is shown: what a hand did is being played.
    pub fn waits(&self) -> bool {
        self.pending.is_some()
    }

    /// What the play says about itself: that it was cut, that it ended because a step waited in vain.
    pub fn remarks(&self) -> Vec<String> {
        let lang = self.language();
        let mut remarks = Vec::new();
        if self.session.progress() == Progress::Capped {
            let steps = self.session.last().0;
            remarks.push(with(
                lang,
                "lesson.capped",
                &[("steps", &steps), ("at", &self.session.end())],
            ));
        }
        if self.stopped() {
            let at = self.session.end();
            remarks.push(with(lang, "lesson.stopped", &[("at", &at)]));
        }
        if self.session.director().stuck().is_some() {
            let at = self.session.end();
            remarks.push(with(lang, "lesson.in_vain", &[("at", &at)]));
        }
        remarks
    }

    /// Whether somebody stopped the play before its end, so that it can go on.
    pub fn stopped(&self) -> bool {
        self.session.progress() == Progress::Stopped
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

    /// Whether answers and narration are hidden now.
    pub fn hides_answers(&self) -> bool {
        self.settings.hide_answers && !self.revealed
    }
}
