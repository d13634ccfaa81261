//! What lies over the lesson: keys, branches, the search for facts, the scenario's text.

use app::App;
use app::command::{Command, Go, Sheet};
use egui::{Id, Ui, vec2};
use views::mark::Mark;

use super::beats::time;
use super::work;
use crate::icon::Icon;
use crate::keys::LINES;
use crate::look::{bold, system, words};
use crate::widget::{Look, icon_button};

/// What is typed into sheets; the app hears of it as commands.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The letters that are searched for.
    pub needle: String,
    /// Whether the search field has had the focus since the sheet was opened.
    focused: bool,
}

/// Shows the sheets that are open.
pub fn show(ctx: &egui::Context, app: &App, look: Look, typed: &mut Typed, out: &mut Vec<Command>) {
    if app.shows(Sheet::Keys) {
        sheet(ctx, look, Sheet::Keys, "key.title", out, |ui, _| {
            keys(ui, look);
        });
    }
    if app.shows(Sheet::Branches) {
        sheet(
            ctx,
            look,
            Sheet::Branches,
            "branch.title",
            out,
            |ui, out| {
                branches(ui, app, look, out);
            },
        );
    }
    if app.shows(Sheet::Compare) {
        let title = "compare.title";
        sheet(ctx, look, Sheet::Compare, title, out, |ui, out| {
            work::choices(ui, app, look, out);
        });
    }
    if app.shows(Sheet::Source) {
        sheet(ctx, look, Sheet::Source, "source.title", out, |ui, out| {
            source(ui, app, look, out);
        });
    }
    if app.shows(Sheet::Search) {
        sheet(ctx, look, Sheet::Search, "search.title", out, |ui, out| {
            search(ui, app, look, typed, out);
        });
    } else {
        typed.focused = false;
    }
}

/// A sheet over the lesson with its title and a button that closes it.
fn sheet(
    ctx: &egui::Context,
    look: Look,
    which: Sheet,
    title: &str,
    out: &mut Vec<Command>,
    contents: impl FnOnce(&mut Ui, &mut Vec<Command>),
) {
    let screen = ctx.content_rect();
    let modal = egui::Modal::new(Id::unique(("sheet", which))).show(ctx, |ui| {
        ui.set_width((screen.width() - 48.0).clamp(240.0, 720.0));
        ui.set_max_height((screen.height() - 96.0).max(120.0));
        ui.horizontal(|ui| {
            ui.label(bold(look.t(title), 19.0, look.text()));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let close = look.t("bar.close");
                if icon_button(ui, look, Icon::Close, vec2(28.0, 28.0), &close, false).clicked() {
                    out.push(Command::Show(which, false));
                }
            });
        });
        contents(ui, out);
    });
    if modal.backdrop_response.clicked() {
        out.push(Command::Show(which, false));
    }
}

fn keys(ui: &mut Ui, look: Look) {
    let scroll = egui::ScrollArea::vertical().id_salt("keys");
    scroll.show(ui, |ui| {
        let grid = egui::Grid::new("keys")
            .num_columns(2)
            .min_row_height(20.0)
            .spacing(vec2(24.0, 6.0));
        grid.show(ui, |ui| {
            for line in LINES {
                ui.label(system(line.keys, 13.0, look.text()));
                ui.add(egui::Label::new(words(look.t(line.text), 13.0, look.text())).wrap());
                ui.end_row();
            }
        });
        ui.add_space(8.0);
        ui.label(words(look.t("key.mouse"), 13.0, look.dim()));
    });
}

fn branches(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    ui.label(words(look.t("branch.about"), 13.0, look.dim()));
    let scroll = egui::ScrollArea::vertical().id_salt("branches");
    scroll.show(ui, |ui| {
        for row in app.branches() {
            let Mark::Branch(number) = row.mark else {
                continue;
            };
            ui.horizontal(|ui| {
                ui.add_space(row.depth as f32 * 20.0);
                let text = match row.current {
                    true => bold(&row.label, 14.0, look.text()),
                    false => words(&row.label, 14.0, look.text()),
                };
                if ui.selectable_label(row.current, text).clicked() {
                    out.push(Command::Branch(number));
                }
                if let Some((_, at)) = row.from {
                    ui.label(system(time(at), 11.0, look.dim()));
                }
                if !row.current {
                    work::beside(ui, look, number, out);
                }
            });
        }
    });
}

fn source(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(words(app.name(), 13.0, look.dim()));
        if crate::widget::button(ui, look, &look.t("bar.save"), 0.0, None).clicked() {
            out.push(Command::Save);
        }
    });
    let scroll = egui::ScrollArea::both().id_salt("source");
    scroll.show(ui, |ui| {
        let text = system(app.source(), 13.0, look.text());
        let label = egui::Label::new(text).selectable(true).extend();
        ui.add(label);
    });
}

fn search(ui: &mut Ui, app: &App, look: Look, typed: &mut Typed, out: &mut Vec<Command>) {
    let hint = look.t("search.hint");
    let field = egui::TextEdit::singleline(&mut typed.needle).hint_text(hint.clone());
    let response = ui
        .add(field.desired_width(f32::INFINITY))
        .accessible_name(hint);
    if !typed.focused {
        typed.focused = true;
        response.request_focus();
    }
    if response.changed() {
        out.push(Command::Search(typed.needle.as_str().into()));
    }
    let found = app.found();
    if found.done && found.hits.is_empty() && !found.needle.is_empty() {
        ui.label(words(look.t("search.none"), 13.0, look.dim()));
    }
    if !found.done && !found.needle.is_empty() {
        let last = app.position().last.0;
        ui.horizontal(|ui| {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("step", &found.step.0), ("last", &last)];
            let says = look.with("work.searching", &values);
            ui.label(words(says, 13.0, look.dim()));
            if crate::widget::button(ui, look, &look.t("work.stop"), 0.0, None).clicked() {
                out.push(Command::Stop);
            }
        });
    }
    let scroll = egui::ScrollArea::vertical().id_salt("hits");
    scroll.show(ui, |ui| {
        for hit in &found.hits {
            ui.horizontal(|ui| {
                ui.label(system(time(hit.at), 11.0, look.dim()));
                if crate::widget::link(ui, look, &hit.text, 13.0, false).clicked() {
                    out.push(Command::Go(Go::Step(hit.step)));
                    out.push(Command::Select(Some(hit.mark)));
                    out.push(Command::Show(Sheet::Search, false));
                }
            });
        }
    });
    if found.more {
        ui.label(words(look.t("search.more"), 13.0, look.dim()));
    }
}
