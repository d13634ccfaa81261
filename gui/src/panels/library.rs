//! The library: the front stories as pictures to click, then everything that ships, by topic.

use app::command::{Command, Go, Sheet, View};
use app::show::LibraryRow;
use app::{App, Settings};
use core::time::Duration;
use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::explain::Lang;
use std::collections::BTreeMap;
use views::picture::Picture;
use views::theme::Ink;

use super::top::topic_name;
use crate::fonts::font;
use crate::icon::Icon;
use crate::look::{RADIUS, bold, system, words};
use crate::painter;
use crate::recent::Recent;
use crate::widget::{Look, button, focus_ring, icon_button, link};

/// The size that a front story's picture is drawn in, before it is made smaller.
const DRAWN: egui::Vec2 = vec2(760.0, 480.0);

/// Pictures of the front stories, made when they are first shown.
#[derive(Debug, Default)]
pub struct Thumbnails(BTreeMap<(&'static str, Lang), Picture>);

impl Thumbnails {
    /// The picture of a story, from a play of its own, at the beat in its middle.
    fn of(&mut self, name: &'static str, lang: Lang) -> &Picture {
        self.0.entry((name, lang)).or_insert_with(|| {
            let language = Settings {
                language: lang,
                predict: false,
                ..Settings::default()
            };
            let mut app = App::new(language);
            app.apply(Command::OpenShipped(name.into()));
            while app.tick(Duration::ZERO, 100_000).busy {}
            let middle = app.beats().len() / 2;
            app.apply(Command::Go(Go::Beat(middle)));
            app.apply(Command::Go(Go::MomentOn));
            app.picture(View::Ensemble, DRAWN.x, DRAWN.y)
        })
    }
}

/// Shows the library.
pub fn show(
    ui: &mut Ui,
    app: &App,
    look: Look,
    pictures: &mut Thumbnails,
    recent: &Recent,
    out: &mut Vec<Command>,
) {
    let scroll = egui::ScrollArea::vertical()
        .id_salt("library")
        .auto_shrink([false, false]);
    scroll.show(ui, |ui| {
        let margin = egui::Margin::symmetric(32, 24);
        egui::Frame::new().inner_margin(margin).show(ui, |ui| {
            ui.set_width(ui.available_width());
            head(ui, look, out);
            let library = app.library();
            ui.add_space(8.0);
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(24.0, 24.0);
                for name in scenarios::FRONT {
                    let last = |row: &&LibraryRow| row.name.rsplit('/').next() == Some(name);
                    if let Some(row) = library.iter().find(last) {
                        card(ui, look, row, pictures, out);
                    }
                }
            });
            recent_files(ui, look, recent, out);
            ui.add_space(16.0);
            contents(ui, look, &library, out);
        });
    });
}

fn head(ui: &mut Ui, look: Look, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(bold(look.t("library.title"), 22.0, look.text()));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let close = look.t("bar.close");
            if icon_button(ui, look, Icon::Close, vec2(28.0, 28.0), &close, false).clicked() {
                out.push(Command::Show(Sheet::Library, false));
            }
            if button(ui, look, &look.t("bar.open"), 0.0, None).clicked() {
                out.push(Command::OpenDialog);
            }
        });
    });
    ui.label(words(look.t("library.about"), 14.0, look.dim()));
}

/// A story as a picture to click.
fn card(
    ui: &mut Ui,
    look: Look,
    row: &LibraryRow,
    pictures: &mut Thumbnails,
    out: &mut Vec<Command>,
) {
    let width = ((ui.max_rect().width() - 24.0) / 2.0).clamp(280.0, 480.0);
    let scale = (width - 24.0) / DRAWN.x;
    let picture_height = DRAWN.y * scale;
    let title = ui.painter().layout(
        row.title.clone(),
        font(16.0, false, true),
        look.text(),
        width - 24.0,
    );
    let size = vec2(width, picture_height + title.size().y + 36.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &row.title));
    let edge = if response.hovered() {
        Ink::Dim
    } else {
        Ink::Line
    };
    let stroke = egui::Stroke::new(1.0, look.ink(edge));
    ui.painter().rect(
        rect,
        12.0,
        look.ink(Ink::Panel),
        stroke,
        egui::StrokeKind::Inside,
    );
    let inner = Rect::from_min_size(
        rect.min + vec2(12.0, 12.0),
        vec2(width - 24.0, picture_height),
    );
    ui.painter()
        .rect_filled(inner, RADIUS, look.ink(Ink::Ground));
    if ui.is_rect_visible(rect) {
        let picture = pictures.of(row.name, look.lang);
        let painter = ui.painter_at(inner);
        painter::paint_scaled(&painter, inner.min, scale, look.theme, picture);
    }
    let at = pos2(rect.left() + 12.0, inner.bottom() + 12.0);
    ui.painter().galley(at, title, look.text());
    focus_ring(ui, look, &response);
    if response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .clicked()
    {
        out.push(Command::OpenShipped(row.name.into()));
    }
}

/// The files that were opened last, on a desktop.
fn recent_files(ui: &mut Ui, look: Look, recent: &Recent, out: &mut Vec<Command>) {
    if recent.places().is_empty() {
        return;
    }
    ui.add_space(16.0);
    ui.label(bold(look.t("library.recent"), 16.0, look.text()));
    for place in recent.places() {
        let cut = place.rfind(['/', '\\']).map_or(0, |at| at + 1);
        let (folder, name) = place.split_at(cut);
        ui.horizontal(|ui| {
            if link(ui, look, name, 14.0, false).clicked() {
                out.push(Command::OpenRecent(place.as_str().into()));
            }
            ui.add(egui::Label::new(system(folder, 11.0, look.dim())).truncate());
        });
    }
}

/// Everything that ships, by topic.
fn contents(ui: &mut Ui, look: Look, library: &[LibraryRow], out: &mut Vec<Command>) {
    let mut topics: Vec<&str> = Vec::new();
    for row in library {
        if !topics.contains(&row.topic) {
            topics.push(row.topic);
        }
    }
    for topic in topics {
        ui.add_space(8.0);
        ui.label(bold(topic_name(look, topic), 16.0, look.text()));
        let rows: Vec<_> = library.iter().filter(|row| row.topic == topic).collect();
        let wide = ui.available_width() > 900.0;
        let columns = if wide { 2 } else { 1 };
        ui.columns(columns, |parts| {
            let each = rows.len().div_ceil(columns);
            for (part, rows) in parts.iter_mut().zip(rows.chunks(each.max(1))) {
                for row in rows {
                    if link(part, look, &row.title, 14.0, false).clicked() {
                        out.push(Command::OpenShipped(row.name.into()));
                    }
                }
            }
        });
    }
}
