//! The right side: why it is so, what holds, what the real tools would print, what can be tried.

use app::App;
use app::command::{Command, Go};
use app::show::{Hop, PropertyRow, Standing};
use egui::{Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use views::mark::Mark;
use views::theme::Ink;

use super::beats::time;
use super::work;
use crate::fonts::font;
use crate::icon::{self, Icon};
use crate::look::{bold, system, words};
use crate::widget::{Look, focus_ring, heading, link, rule};

/// How many reasons, and how many properties that hold, are shown at first: so that each group stays in its place.
const FEW: usize = 5;

/// Shows all of it.
pub fn show(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let scroll = egui::ScrollArea::vertical()
        .id_salt("right")
        .auto_shrink([false, false]);
    scroll.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        work::parting(ui, app, look, out);
        why(ui, app, look, out);
        rule(ui, look);
        properties(ui, app, look, out);
        rule(ui, look);
        // What the tools print may be what is asked.
        match app.stands_question() {
            true => drop(ui.label(words(look.t("why.after_answer"), 13.0, look.dim()))),
            false => operator(ui, app, look),
        }
        attempts(ui, app, look, out);
    });
}

fn why(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    heading(ui, look, &look.t("why.title"));
    let why = app.why();
    ui.label(bold(&why.about, 16.0, look.text()));
    if app.stands_question() {
        ui.label(words(look.t("why.after_reasons"), 13.0, look.dim()));
    }
    if let Some(nothing) = &why.nothing {
        ui.label(words(nothing, 13.0, look.dim()));
    }
    ui.add_space(2.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let key = egui::Id::unique("all hops");
    let all = ui.data(|data| data.get_temp(key)).unwrap_or(false);
    let many = why.hops.len() > FEW;
    let shown = if all || !many { why.hops.len() } else { FEW };
    for (nth, row) in why.hops.iter().take(shown).enumerate() {
        hop(ui, look, row, nth == 0, nth + 1 == shown, out);
    }
    ui.spacing_mut().item_spacing.y = 6.0;
    if many {
        let more = why.hops.len() - FEW;
        let text = match all {
            true => look.t("inv.fewer").into_owned(),
            false => look.with("why.more_hops", &[("count", &more)]),
        };
        if link(ui, look, &text, 11.0, false).clicked() {
            ui.data_mut(|data| data.insert_temp(key, !all));
        }
    }
}

/// A hop of the chain: a ring on a line, the time as a link, the sentence.
fn hop(ui: &mut Ui, look: Look, row: &Hop, first: bool, last: bool, out: &mut Vec<Command>) {
    let ink = if first { look.text() } else { look.dim() };
    let mut text = row.text.clone();
    if row.again {
        text = look.with("why.again", &[("text", &text)]);
    }
    let width = ui.available_width() - 28.0;
    let sentence = ui
        .painter()
        .layout(text, font(13.0, false, false), ink, width);
    let height = sentence.size().y + 26.0;
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let when = time(row.at);
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, format!("{when} {}", row.text)));
    let painter = ui.painter();
    let centre = pos2(rect.left() + 9.0, rect.top() + 9.0);
    let line = egui::Stroke::new(1.0, look.ink(Ink::Line));
    if !last || row.cut {
        painter.vline(centre.x, centre.y + 5.0..=rect.bottom() + 4.0, line);
    }
    match first {
        true => painter.circle_filled(centre, 4.5, look.text()),
        false => painter.circle_stroke(centre, 4.0, egui::Stroke::new(1.5, look.text())),
    };
    let left = rect.left() + 26.0;
    let blue = look.ink(Ink::Following);
    let under = painter.text(
        pos2(left, rect.top() + 2.0),
        Align2::LEFT_TOP,
        when,
        font(11.0, true, false),
        blue,
    );
    if response.hovered() {
        painter.hline(
            under.x_range(),
            under.bottom(),
            egui::Stroke::new(1.0, blue),
        );
    }
    painter.galley(pos2(left, rect.top() + 18.0), sentence, ink);
    focus_ring(ui, look, &response);
    if response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .clicked()
    {
        out.push(Command::Go(Go::Step(row.step)));
        out.push(Command::Select(Some(row.mark)));
    }
}

fn properties(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    heading(ui, look, &look.t("inv.title"));
    let rows = app.properties();
    let (watched, rest): (Vec<_>, Vec<_>) = rows
        .iter()
        .partition(|row| row.standing != Standing::NotWatched);
    // Broken ones come first; of the others a few stand for all until they are asked for.
    let key = egui::Id::unique("all properties");
    let all = ui.data(|data| data.get_temp(key)).unwrap_or(false);
    let broken = watched.iter().filter(|row| is_broken(row)).count();
    let shown = if all { watched.len() } else { broken.max(FEW) };
    ui.spacing_mut().item_spacing.y = 2.0;
    for row in watched.iter().take(shown) {
        property(ui, look, row, out);
    }
    ui.spacing_mut().item_spacing.y = 6.0;
    if watched.len() > FEW {
        let more = watched.len().saturating_sub(broken.max(FEW));
        let text = match all {
            true => look.t("inv.fewer").into_owned(),
            false => look.with("inv.more", &[("count", &more)]),
        };
        if link(ui, look, &text, 11.0, false).clicked() {
            ui.data_mut(|data| data.insert_temp(key, !all));
        }
    }
    if !rest.is_empty() {
        let title = look.with("inv.unwatched", &[("count", &rest.len())]);
        ui.label(words(title, 11.0, look.dim()));
    }
}

fn is_broken(row: &PropertyRow) -> bool {
    matches!(row.standing, Standing::Broken | Standing::BrokenNotPromised)
}

fn property(ui: &mut Ui, look: Look, row: &PropertyRow, out: &mut Vec<Command>) {
    let broken = is_broken(row);
    let (icon, sign, ink) = match row.standing {
        Standing::Broken | Standing::BrokenNotPromised => {
            (Icon::Cross, Ink::Broken, look.ink(Ink::Broken))
        }
        Standing::Green => (Icon::Tick, Ink::Leading, look.text()),
        Standing::GreenNotPromised => (Icon::Tick, Ink::Leading, look.dim()),
        Standing::NotWatched => (Icon::Dash, Ink::Down, look.dim()),
    };
    let promised = !matches!(
        row.standing,
        Standing::BrokenNotPromised | Standing::GreenNotPromised
    );
    let name = match promised {
        true => row.name.to_owned(),
        false => look.with("inv.not_promised", &[("name", &row.name)]),
    };
    let galley = ui.painter().layout(
        name.clone(),
        font(13.0, false, broken),
        ink,
        ui.available_width() - 24.0,
    );
    let size = vec2(ui.available_width(), galley.size().y + 6.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &name));
    let key = if broken { "inv.broken" } else { "inv.holds" };
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_value(look.t(key).into_owned()));
    let sign_rect =
        egui::Rect::from_center_size(pos2(rect.left() + 8.0, rect.top() + 11.0), vec2(12.0, 12.0));
    icon::draw(ui.painter(), sign_rect, icon, 10.0, look.ink(sign));
    ui.painter()
        .galley(pos2(rect.left() + 22.0, rect.top() + 3.0), galley, ink);
    focus_ring(ui, look, &response);
    let response = response.on_hover_ui(|ui| {
        ui.set_max_width(320.0);
        ui.label(words(&row.says, 13.0, look.text()));
        ui.label(words(&row.reason, 13.0, look.dim()));
    });
    if response.clicked() {
        if let Some(step) = row.step {
            out.push(Command::Go(Go::Step(step)));
        }
        out.push(Command::Select(Some(row.mark)));
    }
    if broken && !row.reason.is_empty() {
        ui.label(words(&row.reason, 13.0, look.dim()));
    }
}

fn operator(ui: &mut Ui, app: &App, look: Look) {
    let text = app.operator();
    let nodes = app.nodes();
    let found = nodes.iter().find(|(node, _)| Some(*node) == text.node);
    let name = found.map_or("", |(_, name)| name);
    heading(ui, look, &look.with("why.operator", &[("name", &name)]));
    for (command, output) in [
        ("zkServer.sh status", &text.status),
        ("echo srvr | nc", &text.srvr),
    ] {
        if output.is_empty() {
            continue;
        }
        ui.label(system(format!("$ {command}"), 11.0, look.dim()));
        let printed = egui::Label::new(system(output, 11.0, look.text()))
            .selectable(true)
            .wrap();
        ui.add(printed);
    }
}

/// What can be tried with what is selected: the same hands as in its menu, as links.
fn attempts(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let Some(mark) = app.selection() else {
        return;
    };
    let hands = app.hands(mark);
    if hands.is_empty() {
        return;
    }
    rule(ui, look);
    heading(ui, look, &look.t("why.try"));
    if let Mark::Node(node) = mark {
        if link(ui, look, &look.t("menu.inside"), 13.0, false).clicked() {
            out.push(Command::Inside(Some(node)));
        }
    }
    for row in hands {
        let text = match row.key {
            Some(key) => format!("{} ({key})", row.label),
            None => row.label.clone(),
        };
        if link(ui, look, &text, 13.0, false).clicked() {
            out.push(Command::Hand(row.hand));
        }
    }
}
