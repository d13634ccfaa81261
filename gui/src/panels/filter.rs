//! Which nodes and which kinds of messages the space-time view shows.

use app::App;
use app::command::{Command, Filter};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{PopupCloseBehavior, Ui};
use sim_core::cluster::Msg;
use sim_core::engine::Message;

use crate::look::{bold, words};
use crate::widget::{Look, rule};

/// A menu with a switch for every node and for every kind of message that was sent.
pub fn show(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let label = words(look.t("centre.filter"), 13.0, look.text());
    // Several switches are set one after another, so the menu stays open.
    let stays = PopupCloseBehavior::CloseOnClickOutside;
    let menu = MenuButton::new(label).config(MenuConfig::new().close_behavior(stays));
    menu.ui(ui, |ui| {
        ui.set_width(220.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = 22.0;
        let scroll = egui::ScrollArea::vertical().max_height(480.0);
        scroll.show(ui, |ui| {
            let all = *app.filter() == Filter::default();
            let show_all = egui::Button::new(words(look.t("centre.filter_all"), 13.0, look.text()));
            if ui.add_enabled(!all, show_all).clicked() {
                out.push(Command::Filter(Filter::default()));
            }
            let mut filter = app.filter().clone();
            ui.label(bold(look.t("centre.filter_nodes"), 11.0, look.dim()));
            for (node, name) in app.nodes() {
                switch(ui, look, name, node, &mut filter.hidden_nodes);
            }
            rule(ui, look);
            ui.label(bold(look.t("centre.filter_kinds"), 11.0, look.dim()));
            for kind in kinds(app) {
                switch(
                    ui,
                    look,
                    Msg::kind_name(kind),
                    kind,
                    &mut filter.hidden_kinds,
                );
            }
            if filter != *app.filter() {
                out.push(Command::Filter(filter));
            }
        });
    });
}

/// A switch that is on unless the thing is hidden.
fn switch<T: PartialEq>(ui: &mut Ui, look: Look, name: &str, it: T, hidden: &mut Vec<T>) {
    let mut shown = !hidden.contains(&it);
    if ui
        .checkbox(&mut shown, words(name, 13.0, look.text()))
        .changed()
    {
        match shown {
            true => hidden.retain(|other| *other != it),
            false => hidden.push(it),
        }
    }
}

/// The kinds of the messages that were sent, each once.
fn kinds(app: &App) -> impl Iterator<Item = u8> {
    let mut sent = [false; 256];
    for message in app.session().history().messages() {
        sent[usize::from(message.id.kind)] = true;
    }
    (0..=255).filter(move |kind| sent[usize::from(*kind)])
}
