//! The left side: where one is in the story. Beats with their times, ticks for what is done.

use app::App;
use app::command::{Command, Go};
use app::show::BeatRow;
use egui::{Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::base::SimTime;
use views::mark::Mark;
use views::theme::Ink;

use crate::fonts::font;
use crate::icon::{self, Icon};
use crate::look::RADIUS;
use crate::widget::{Look, button, focus_ring, heading};

/// Shows the beats.
pub fn show(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    heading(ui, look, &look.t("beat.title"));
    let beats = app.beats();
    let scroll = egui::ScrollArea::vertical()
        .id_salt("beats")
        .auto_shrink([false, false]);
    scroll.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for row in &beats {
            beat(ui, look, row, out);
        }
        if beats.is_empty() {
            ui.label(crate::look::words(look.t("beat.none"), 13.0, look.dim()));
        }
        for remark in app.remarks() {
            ui.add_space(8.0);
            ui.label(crate::look::words(remark, 13.0, look.dim()));
        }
        if app.stopped() && button(ui, look, &look.t("work.go_on"), 0.0, None).clicked() {
            out.push(Command::GoOn);
        }
    });
}

/// A time as beats show it.
pub fn time(at: SimTime) -> String {
    let micros = at.0 / 1_000;
    format!("{}.{:03} s", micros / 1_000_000, micros / 1_000 % 1_000)
}

/// Keeps the current beat in sight, but only when it has changed: a hand may look elsewhere.
fn follow(ui: &Ui, nth: usize, response: &egui::Response) {
    let key = egui::Id::unique("current beat");
    let before = ui.data_mut(|data| data.get_temp::<usize>(key));
    if before != Some(nth) {
        ui.data_mut(|data| data.insert_temp(key, nth));
        response.scroll_to_me(None);
    }
}

fn beat(ui: &mut Ui, look: Look, row: &BeatRow, out: &mut Vec<Command>) {
    let ink = if row.done || row.current {
        look.text()
    } else {
        look.dim()
    };
    let width = ui.available_width();
    let galley = ui.painter().layout(
        row.title.clone(),
        font(14.0, false, row.current),
        ink,
        width - 44.0,
    );
    let height = galley.size().y + 30.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let Mark::Beat(nth) = row.mark else {
        return;
    };
    let when = row.at.map(time).unwrap_or_default();
    let state = match (row.current, row.done) {
        (true, _) => "beat.current",
        (_, true) => "beat.done",
        _ => "beat.open",
    };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, row.current, &row.title));
    let value = format!("{when} {}", look.t(state));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_value(value));
    let painter = ui.painter();
    if row.current || response.hovered() {
        painter.rect_filled(rect, RADIUS, look.ink(Ink::Soft));
    }
    if row.current {
        let bar = egui::Rect::from_min_size(rect.min, vec2(3.0, height));
        painter.rect_filled(bar, 1.0, look.text());
        follow(ui, nth, &response);
    }
    let left = rect.left() + 14.0;
    let below = rect.top() + 8.0 + galley.size().y;
    painter.galley(pos2(left, rect.top() + 7.0), galley, ink);
    let small = font(11.0, true, false);
    painter.text(pos2(left, below), Align2::LEFT_TOP, when, small, look.dim());
    let sign =
        egui::Rect::from_center_size(pos2(rect.right() - 14.0, rect.center().y), vec2(12.0, 12.0));
    if row.by_hand {
        icon::draw(painter, sign, Icon::Hand, 10.0, look.ink(Ink::Observing));
    } else if row.done {
        icon::draw(painter, sign, Icon::Tick, 10.0, look.ink(Ink::Leading));
    }
    focus_ring(ui, look, &response);
    if response.clicked() {
        out.push(Command::Go(Go::Beat(nth)));
    }
}
