//! Long work and how it is stopped; two plays side by side and where they part.

use app::App;
use app::command::{Against, Command, Go};
use app::show::{Busy, Difference};
use core::time::Duration;
use egui::Ui;

use super::beats::time;
use crate::look::{bold, system, words};
use crate::widget::{Look, button, heading, link, rule};

/// Work that takes no longer than this is not worth a word.
const WORTH_A_WORD: Duration = Duration::from_millis(400);

/// Long work that is worth a word, if there is any.
pub fn long(app: &App) -> Option<Busy> {
    app.busy().filter(|it| it.since >= WORTH_A_WORD)
}

/// What is being done, how far, how fast, how long it still takes, and a way to stop it.
pub fn busy(ui: &mut Ui, look: Look, it: &Busy, out: &mut Vec<Command>) {
    ui.set_width(320.0);
    ui.horizontal(|ui| {
        ui.label(words(&it.text, 14.0, look.text()));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let stop = format!("{} (Esc)", look.t("work.stop"));
            if button(ui, look, &stop, 0.0, None).clicked() {
                out.push(Command::Stop);
            }
        });
    });
    if let Some(share) = it.share {
        ui.add(egui::ProgressBar::new(share).desired_width(320.0));
    }
    let mut says = look.with("work.rate", &[("rate", &it.rate)]);
    if let Some(left) = it.left {
        let left = look.with("work.left", &[("seconds", &left.as_secs().max(1))]);
        says = format!("{says} · {left}");
    }
    ui.label(words(says, 11.0, look.dim()));
}

/// What can be put beside the play that is shown.
pub fn choices(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    ui.label(words(look.t("compare.about"), 13.0, look.dim()));
    let rows = app.comparable();
    if rows.is_empty() {
        ui.label(words(look.t("compare.nothing_there"), 14.0, look.text()));
    }
    let scroll = egui::ScrollArea::vertical().id_salt("comparable");
    scroll.show(ui, |ui| {
        for row in rows {
            if link(ui, look, &row.label, 14.0, false).clicked() {
                out.push(Command::Compare(Some(row.against)));
            }
        }
    });
}

/// What `d` does: ends a comparison, begins the only one there is, or asks which.
pub fn toggle(app: &App) -> Command {
    let rows = app.comparable();
    match (app.compared(), &rows[..]) {
        (Some(_), _) => Command::Compare(None),
        (None, [only]) => Command::Compare(Some(only.against.clone())),
        (None, _) => Command::Show(app::command::Sheet::Compare, true),
    }
}

/// Puts a branch beside the one that is shown.
pub fn beside(ui: &mut Ui, look: Look, branch: usize, out: &mut Vec<Command>) {
    if link(ui, look, &look.t("compare.title"), 11.0, false).clicked() {
        out.push(Command::Compare(Some(Against::Branch(branch))));
        out.push(Command::Show(app::command::Sheet::Branches, false));
    }
}

/// On the right side: where the two plays part, and what each decides there.
pub fn parting(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let Some(compared) = app.compared() else {
        return;
    };
    heading(ui, look, &look.t("compare.first"));
    match &compared.difference {
        Some(it) => difference(ui, look, it, &compared.names, out),
        None => {
            let key = match compared.done {
                true => "compare.same",
                false => "compare.searching",
            };
            ui.label(words(look.t(key), 13.0, look.text()));
        }
    }
    rule(ui, look);
}

fn difference(
    ui: &mut Ui,
    look: Look,
    it: &Difference,
    names: &[String; 2],
    out: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        ui.label(system(time(it.at), 11.0, look.dim()));
        if link(ui, look, &look.t("compare.go"), 13.0, false).clicked() {
            out.push(Command::Go(Go::Time(it.at)));
        }
    });
    for (name, told) in names.iter().zip(&it.told) {
        ui.label(words(name, 11.0, look.dim()));
        ui.label(bold(told, 13.0, look.text()));
    }
}
