//! Under the centre: what just happened, or the question that stands. The only text a class must read.

use app::App;
use app::command::{Answer, Command};
use app::show::{Question, QuestionState};
use egui::Ui;
use views::theme::Ink;

use crate::icon::{self, Icon};
use crate::look::{bold, words};
use crate::widget::{Look, button};

/// Narrower than this, in points, the letters are smaller and the place is higher: most sentences then still fit.
const NARROW: f32 = 600.0;

/// How high the place is, by the width within its margins.
pub fn height(width: f32, low: bool) -> f32 {
    match (low, width < NARROW) {
        (true, _) => 74.0,
        (false, true) => 112.0,
        (false, false) => 88.0,
    }
}

/// The sizes of large and small letters.
fn sizes(ui: &Ui) -> (f32, f32) {
    match ui.available_width() < NARROW {
        true => (16.0, 13.0),
        false => (19.0, 14.0),
    }
}

/// Shows the sentence, large and small.
pub fn show(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let scroll = egui::ScrollArea::vertical()
        .id_salt("sentence")
        .auto_shrink([false, false]);
    scroll.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let question = app.question();
        if let Some(question) = &question
            && question.state == QuestionState::Stands
        {
            return stands(ui, look, question, out);
        }
        // The story goes on while an answer waits for its moment.
        let shown = app.revealed();
        shown.iter().for_each(|it| revealed(ui, look, it));
        tell(ui, app, look, out);
        if let Some(question) = question
            && matches!(question.state, QuestionState::Answered(_))
        {
            ui.horizontal_wrapped(|ui| {
                ui.label(words(&question.text, 13.0, look.dim()));
                ui.label(words(look.t("ask.wait"), 13.0, look.dim()));
            });
        }
    });
}

fn tell(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let narration = app.narration();
    if narration.hidden {
        ui.horizontal(|ui| {
            ui.label(words(look.t("say.hidden"), 16.0, look.dim()));
            if button(ui, look, &look.t("say.reveal"), 0.0, None).clicked() {
                out.push(Command::Reveal);
            }
        });
        return;
    }
    let (large, small) = sizes(ui);
    ui.label(bold(narration.large, large, look.text()));
    ui.label(words(narration.small, small, look.dim()));
}

fn stands(ui: &mut Ui, look: Look, question: &Question, out: &mut Vec<Command>) {
    ui.label(bold(&question.text, sizes(ui).0, look.text()));
    ui.horizontal_wrapped(|ui| {
        if question.on_picture {
            ui.label(words(look.t("ask.point"), 14.0, look.dim()));
            if button(ui, look, &look.t("ask.nobody"), 0.0, None).clicked() {
                out.push(Command::Answer(Answer::Nobody));
            }
        }
        for (nth, choice) in question.choices.iter().enumerate() {
            if button(ui, look, choice, 0.0, None).clicked() {
                out.push(Command::Answer(Answer::Choice(nth)));
            }
        }
        if button(ui, look, &look.t("ask.skip"), 0.0, None).clicked() {
            out.push(Command::SkipQuestion);
        }
    });
}

fn revealed(ui: &mut Ui, look: Look, question: &Question) {
    let answer = question.answer.as_deref().unwrap_or_default();
    let (large, small) = sizes(ui);
    ui.horizontal_wrapped(|ui| {
        if let Some(right) = question.right {
            let (icon, ink, key) = match right {
                true => (Icon::Tick, Ink::Leading, "ask.right"),
                false => (Icon::Cross, Ink::Broken, "ask.wrong"),
            };
            let (rect, _) = ui.allocate_exact_size(egui::vec2(18.0, 22.0), egui::Sense::hover());
            icon::draw(ui.painter(), rect, icon, 14.0, look.ink(ink));
            ui.label(bold(look.t(key), large, look.ink(ink)));
        }
        ui.label(bold(answer, large, look.text()));
    });
    for more in [&question.misconception, &question.why]
        .into_iter()
        .flatten()
    {
        ui.label(words(more, small, look.dim()));
    }
}
