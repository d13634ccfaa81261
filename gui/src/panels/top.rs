//! The top bar: which lesson, and what a person sets: questions first, language, zoom, theme, keys.

use app::App;
use app::command::{Command, ImageKind, Sheet};
use egui::{Ui, vec2};
use sim_core::explain::Lang;
use views::theme::Theme;

use crate::icon::Icon;
use crate::keys::{ZOOMS, other_language, other_theme};
use crate::look::{bold, words};
use crate::widget::{Look, button, icon_button, rule};

/// Shows the bar. `tabs` stands in the place of the title where the window is narrow.
pub fn show(
    ui: &mut Ui,
    app: &App,
    look: Look,
    tabs: Option<&mut dyn FnMut(&mut Ui)>,
    out: &mut Vec<Command>,
) {
    ui.horizontal_centered(|ui| {
        let library = look.t("bar.library");
        if icon_button(ui, look, Icon::Menu, vec2(28.0, 28.0), &library, false).clicked() {
            out.push(Command::Show(Sheet::Library, true));
        }
        let narrow = tabs.is_some();
        if let Some(tabs) = tabs {
            tabs(ui);
        } else {
            ui.add_space(4.0);
            ui.label(bold("quorumscope", 16.0, look.text()));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            switches(ui, app, look, narrow, out);
            if !narrow {
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let title = format!("{} › {}", topic(app, look), app.title());
                    ui.add(egui::Label::new(words(title, 14.0, look.dim())).truncate());
                });
            }
        });
    });
}

/// The topic of what is open.
fn topic(app: &App, look: Look) -> String {
    let name = app.name();
    let library = app.library();
    let row = library.iter().find(|row| row.name == name);
    row.map_or_else(|| name.to_owned(), |row| topic_name(look, row.topic))
}

/// A topic in words.
pub fn topic_name(look: Look, topic: &str) -> String {
    look.t(&format!("topic.{}", topic.replace('/', "_")))
        .into_owned()
}

/// From right to left.
fn switches(ui: &mut Ui, app: &App, look: Look, narrow: bool, out: &mut Vec<Command>) {
    let settings = app.settings();
    if button(ui, look, "?", 28.0, None)
        .on_hover_text(look.t("bar.keys"))
        .clicked()
    {
        out.push(Command::Show(Sheet::Keys, true));
    }
    let (icon, key) = match settings.theme {
        Theme::Light => (Icon::Moon, "bar.dark"),
        Theme::Dark => (Icon::Sun, "bar.light"),
    };
    if icon_button(ui, look, icon, vec2(28.0, 28.0), &look.t(key), false).clicked() {
        out.push(Command::Theme(other_theme(settings.theme)));
    }
    zoom(ui, app, look, out);
    // Each language is named in itself: whoever cannot read the one that is shown finds the other.
    let other = match settings.language {
        Lang::En => "中文",
        Lang::Zh => "EN",
    };
    if button(ui, look, other, 0.0, None).clicked() {
        out.push(Command::Language(other_language(settings.language)));
    }
    if !narrow {
        let predict = button(
            ui,
            look,
            &look.t("bar.predict"),
            0.0,
            Some(settings.predict),
        );
        if predict.on_hover_text(look.t("bar.predict_hint")).clicked() {
            out.push(Command::Predict(!settings.predict));
        }
    }
    file(ui, app, look, out);
}

fn zoom(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let zoom = app.settings().zoom;
    let text = words(format!("{zoom} %"), 13.0, look.text());
    let menu = ui.menu_button(text, |ui| {
        ui.set_min_width(80.0);
        for it in ZOOMS {
            let text = words(format!("{it} %"), 13.0, look.text());
            if ui.selectable_label(it == zoom, text).clicked() {
                out.push(Command::Zoom(it));
                ui.close();
            }
        }
    });
    menu.response.on_hover_text(look.t("bar.zoom"));
}

/// Files, links, exports and the switches that are seldom used.
fn file(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let settings = app.settings();
    let label = words(look.t("bar.menu"), 13.0, look.text());
    ui.menu_button(label, |ui| {
        ui.set_min_width(260.0);
        let mut item = |ui: &mut Ui, key: &str, keys: &str, command: Command| {
            let text = words(look.t(key), 13.0, look.text());
            let button = egui::Button::new(text).shortcut_text(words(keys, 11.0, look.dim()));
            if ui.add(button).clicked() {
                out.push(command);
                ui.close();
            }
        };
        let show = |sheet| Command::Show(sheet, true);
        item(ui, "bar.library", "l", show(Sheet::Library));
        item(ui, "bar.open", "Ctrl+O", Command::OpenDialog);
        item(ui, "bar.save", "Ctrl+S", Command::Save);
        item(ui, "bar.link", "", Command::CopyLink);
        item(ui, "bar.svg", "", Command::Export(ImageKind::Svg));
        item(ui, "bar.png", "", Command::Export(ImageKind::Png));
        rule(ui, look);
        item(ui, "bar.search", "/", show(Sheet::Search));
        item(ui, "bar.branches", "b", show(Sheet::Branches));
        item(ui, "bar.compare", "d", super::work::toggle(app));
        item(ui, "bar.source", "e", show(Sheet::Source));
        rule(ui, look);
        let (undo, redo) = app.can_undo_redo();
        ui.add_enabled_ui(undo, |ui| item(ui, "bar.undo", "Ctrl+Z", Command::Undo));
        ui.add_enabled_ui(redo, |ui| {
            item(ui, "bar.redo", "Ctrl+Shift+Z", Command::Redo);
        });
        rule(ui, look);
        let mut check =
            |ui: &mut Ui, key: &str, mut on: bool, command: &dyn Fn(bool) -> Command| {
                if ui
                    .checkbox(&mut on, words(look.t(key), 13.0, look.text()))
                    .changed()
                {
                    out.push(command(on));
                }
            };
        check(ui, "bar.predict", settings.predict, &Command::Predict);
        check(ui, "bar.hide", settings.hide_answers, &Command::HideAnswers);
        check(
            ui,
            "bar.still",
            settings.reduced_motion,
            &Command::ReducedMotion,
        );
        check(ui, "bar.left", app.shows(Sheet::Left), &|on| {
            Command::Show(Sheet::Left, on)
        });
        check(ui, "bar.right", app.shows(Sheet::Right), &|on| {
            Command::Show(Sheet::Right, on)
        });
        play(ui, app, look, out);
    });
}

/// Other variants and seeds of the same scenario.
fn play(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    rule(ui, look);
    let (current, all) = app.variants();
    for name in &all {
        let text = look.with("bar.variant", &[("name", name)]);
        if ui
            .selectable_label(current == Some(*name), words(text, 13.0, look.text()))
            .clicked()
        {
            out.push(Command::Variant(Some((*name).into())));
            ui.close();
        }
    }
    ui.horizontal(|ui| {
        let label = ui.label(words(look.t("bar.seed"), 13.0, look.text()));
        let mut seed = app.seed();
        let field = egui::DragValue::new(&mut seed).update_while_editing(false);
        if ui.add(field).labelled_by(label.id).changed() {
            out.push(Command::Seed(seed));
        }
    });
}
