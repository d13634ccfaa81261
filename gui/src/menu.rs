//! The faults that fit a mark, each with its key: the menu of a right click or a long press.

use app::App;
use app::command::Command;
use egui::Ui;
use sim_core::base::NodeId;
use views::mark::Mark;

use crate::look::{bold, words};
use crate::widget::{Look, rule};

/// Fills the menu of a mark.
pub fn fill(ui: &mut Ui, app: &App, look: Look, mark: Mark, out: &mut Vec<Command>) {
    ui.set_width(260.0);
    let hands = app.hands(mark);
    if let Mark::Node(node) = mark {
        ui.label(bold(name(app, node), 13.0, look.text()));
        if ui
            .button(words(look.t("menu.inside"), 13.0, look.text()))
            .clicked()
        {
            out.push(Command::Inside(Some(node)));
            ui.close();
        }
        rule(ui, look);
    }
    if hands.is_empty() {
        ui.label(words(look.t("menu.none"), 13.0, look.dim()));
    }
    for row in hands {
        let mut label = egui::Button::new(words(&row.label, 13.0, look.text()));
        if let Some(key) = row.key {
            label = label.shortcut_text(words(key.to_string(), 11.0, look.dim()));
        }
        if ui.add(label).clicked() {
            // What was pointed at stays selected, so that its keys go on working on it.
            out.push(Command::Select(Some(mark)));
            out.push(Command::Hand(row.hand));
            ui.close();
        }
    }
}

fn name(app: &App, node: NodeId) -> String {
    let nodes = app.nodes();
    let found = nodes.iter().find(|(it, _)| *it == node);
    found.map_or_else(String::new, |(_, name)| (*name).to_owned())
}
