//! The centre: what the state is. One view, two beside each other, or the inside of a node.

use app::App;
use app::command::{Answer, Command, Hand, View};
use app::show::QuestionState;
use egui::{Rect, Response, Ui, UiBuilder, vec2};
use sim_core::base::{NodeId, Span};
use sim_core::zookeeper::port;
use views::mark::Mark;
use views::picture::Picture;
use views::theme::Ink;

use crate::canvas::{self, Done};
use crate::icon::Icon;
use crate::look::{bold, words};
use crate::menu;
use crate::stretch;
use crate::widget::{Look, button, icon_button};

/// The least width and height in which a view can be read; below it scrolls.
const LEAST: egui::Vec2 = vec2(400.0, 340.0);

/// Height of the strip over the views.
const STRIP: f32 = 40.0;

/// Height of a play's name over its picture.
const NAME: f32 = 24.0;

/// From this width on, the strip has room beside the legend of the ensemble.
const BESIDE_LEGEND: f32 = 800.0;

/// Shows the centre.
pub fn show(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let whole = ui.available_rect_before_wrap();
    let (strip, below) = whole.split_top_bottom_at_y(whole.top() + STRIP);
    if let Some(node) = app.inside() {
        inside_strip(
            &mut part(ui, strip.shrink(6.0), "strip"),
            app,
            look,
            node,
            out,
        );
        inside(&mut part(ui, below, "inside"), app, look, out);
        return;
    }
    let alone = app.beside().is_none() && app.compared().is_none();
    let beside_legend = alone && app.view() == View::Ensemble && whole.width() >= BESIDE_LEGEND;
    let below = if beside_legend { whole } else { below };
    if let Some(compared) = app.compared() {
        plays(ui, app, look, below, &compared.names, out);
        switch(&mut part(ui, strip.shrink(6.0), "strip"), app, look, out);
        return;
    }
    match app.beside() {
        None => view(&mut part(ui, below, "first"), app, look, app.view(), out),
        Some(second) => {
            // The tables of votes need more room than arrows.
            let share = match app.view() {
                View::Ensemble => 0.55,
                View::SpaceTime => 0.45,
            };
            let (left, right) = below.split_left_right_at_fraction(share);
            view(&mut part(ui, left, "first"), app, look, app.view(), out);
            view(&mut part(ui, right, "second"), app, look, second, out);
            let line = egui::Stroke::new(1.0, look.ink(Ink::Line));
            ui.painter().vline(right.left(), below.y_range(), line);
        }
    }
    // Last, so that it lies over the picture.
    switch(&mut part(ui, strip.shrink(6.0), "strip"), app, look, out);
}

/// Two plays beside each other, each under its name.
fn plays(
    ui: &mut Ui,
    app: &App,
    look: Look,
    whole: Rect,
    names: &[String; 2],
    out: &mut Vec<Command>,
) {
    let (left, right) = whole.split_left_right_at_fraction(0.5);
    let line = egui::Stroke::new(1.0, look.ink(Ink::Line));
    ui.painter().vline(right.left(), whole.y_range(), line);
    let sides = [
        (left, "first", "first name"),
        (right, "other", "other name"),
    ];
    for ((place, salt, named), name) in sides.into_iter().zip(names) {
        let (head, below) = place.split_top_bottom_at_y(place.top() + NAME);
        let mut head = part(ui, head.shrink2(vec2(16.0, 0.0)), named);
        head.add(egui::Label::new(bold(name, 14.0, look.text())).truncate());
        let mut below = part(ui, below, salt);
        match salt {
            "first" => view(&mut below, app, look, app.view(), out),
            _ => other(&mut below, app, look, out),
        }
    }
}

/// The play beside the one that is shown: to look at and to select in, not to touch.
fn other(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    scrolled(ui, "other", |ui, size| {
        let Some(picture) = app.other_picture(size.x, size.y) else {
            return;
        };
        let shown = canvas::show(ui, look, "other", &picture, &[], |ui, _| {
            ui.set_width(220.0);
            ui.label(words(look.t("menu.none"), 13.0, look.dim()));
        });
        match shown.done {
            Some(Done::Click(mark) | Done::Twice(mark)) => out.push(Command::Select(Some(mark))),
            Some(Done::Nothing) => out.push(Command::Select(None)),
            Some(Done::Drag(..)) | None => {}
        }
        if app.view() == View::SpaceTime {
            along(app, &shown.response, out);
        }
    });
}

/// A part of the screen of its own.
fn part(ui: &mut Ui, rect: Rect, salt: &str) -> Ui {
    let mut part = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(salt));
    part.set_clip_rect(rect.intersect(ui.clip_rect()));
    part
}

/// Which view, and whether two.
fn switch(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if app.compared().is_some() {
            let stop = look.t("compare.stop");
            if button(ui, look, &stop, 0.0, None).clicked() {
                out.push(Command::Compare(None));
            }
        }
        let split = button(
            ui,
            look,
            &look.t("centre.both"),
            0.0,
            Some(app.beside().is_some()),
        );
        if split.clicked() {
            out.push(crate::keys::both(app));
            out.push(Command::Compare(None));
        }
        for (it, key) in [
            (View::SpaceTime, "centre.space_time"),
            (View::Ensemble, "centre.ensemble"),
        ] {
            if button(ui, look, &look.t(key), 0.0, Some(app.view() == it)).clicked() {
                out.push(Command::View(it));
            }
        }
        if app.view() == View::SpaceTime || app.beside() == Some(View::SpaceTime) {
            super::filter::show(ui, app, look, out);
        }
    });
}

fn view(ui: &mut Ui, app: &App, look: Look, view: View, out: &mut Vec<Command>) {
    let salt = match view {
        View::Ensemble => "ensemble",
        View::SpaceTime => "space-time",
    };
    scrolled(ui, salt, |ui, size| {
        let picture = app.picture(view, size.x, size.y);
        let response = canvas_of(ui, app, look, salt, &picture, out);
        if view == View::SpaceTime {
            along(app, &response, out);
        }
    });
}

fn inside(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    scrolled(ui, "inside", |ui, size| {
        if let Some(picture) = app.inside_picture(size.x, size.y) {
            canvas_of(ui, app, look, "inside", &picture, out);
        }
    });
}

fn inside_strip(ui: &mut Ui, app: &App, look: Look, node: NodeId, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let close = look.t("centre.close_inside");
        if icon_button(ui, look, Icon::Close, vec2(28.0, 28.0), &close, false).clicked() {
            out.push(Command::Inside(None));
        }
        let nodes = app.nodes();
        let found = nodes.iter().find(|(it, _)| *it == node);
        let name = found.map_or("", |(_, name)| name);
        let title = look.with("centre.inside", &[("name", &name)]);
        ui.label(bold(title, 16.0, look.text()));
    });
}

/// A picture that fills what there is, or scrolls if that is less than can be read.
fn scrolled(ui: &mut Ui, salt: &str, contents: impl FnOnce(&mut Ui, egui::Vec2)) {
    let size = ui.available_size().max(LEAST);
    let scroll = egui::ScrollArea::both()
        .id_salt(salt)
        .auto_shrink([false, false]);
    scroll.show(ui, |ui| contents(ui, size));
}

fn canvas_of(
    ui: &mut Ui,
    app: &App,
    look: Look,
    salt: &str,
    picture: &Picture,
    out: &mut Vec<Command>,
) -> Response {
    let outlined = app.about_to_change();
    let shown = canvas::show(ui, look, salt, picture, &outlined, |ui, mark| {
        menu::fill(ui, app, look, mark, out);
    });
    if let Some(done) = shown.done {
        out.push(meaning(app, done));
    }
    shown.response
}

/// The wheel shows more time or less. The time shown stays where it is.
fn along(app: &App, response: &Response, out: &mut Vec<Command>) {
    if let Some(window) = stretch::by_wheel(response, app.stretch(), |_| 0.75) {
        out.push(Command::Stretch(Span(window.to.0 - window.from.0)));
    }
}

/// What something done with a picture means.
fn meaning(app: &App, done: Done) -> Command {
    let asked = app
        .question()
        .is_some_and(|it| it.on_picture && it.state == QuestionState::Stands);
    match done {
        Done::Click(Mark::Node(node)) if asked && app.is_server(node) => {
            Command::Answer(Answer::Node(node))
        }
        Done::Click(mark) => Command::Select(Some(mark)),
        Done::Twice(Mark::Node(node)) => Command::Inside(Some(node)),
        Done::Twice(mark) => Command::Select(Some(mark)),
        Done::Nothing => Command::Select(None),
        Done::Drag(Mark::Node(from), Mark::Node(to)) => Command::Hand(drag(app, from, to)),
        Done::Drag(from, _) => Command::Select(Some(from)),
    }
}

/// A drag from node to node cuts that direction; again: both; again: heals.
fn drag(app: &App, from: NodeId, to: NodeId) -> Hand {
    let cut = |from, to| {
        let mut ports = [port::QUORUM, port::CLIENT].into_iter();
        ports.any(|port| app.world().path(from, to, port).cut)
    };
    match (cut(from, to), cut(to, from)) {
        (false, _) => Hand::Cut(from, to),
        (true, false) => Hand::CutBoth(from, to),
        (true, true) => Hand::Heal(from, to),
    }
}
