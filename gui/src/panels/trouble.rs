//! A bad file or link: the text with the place marked, what was expected, the nearest name. The last good picture stays.

use app::command::Command;
use app::show::{Trouble, TroublePlace};
use egui::Ui;
use egui::text::{LayoutJob, TextFormat};
use views::theme::Ink;

use crate::fonts::font;
use crate::look::{bold, system, words};
use crate::widget::{Look, button};

/// Shows what went wrong.
pub fn show(ui: &mut Ui, trouble: &Trouble, look: Look, out: &mut Vec<Command>) {
    ui.label(bold(&trouble.title, 19.0, look.ink(Ink::Broken)));
    if let Some(file) = &trouble.file {
        ui.label(system(&**file, 13.0, look.dim()));
    }
    let scroll = egui::ScrollArea::both().id_salt("places").max_height(360.0);
    scroll.show(ui, |ui| {
        for it in &trouble.places {
            place(ui, look, it);
        }
    });
    if let Some(remedy) = &trouble.remedy {
        ui.label(words(remedy, 14.0, look.text()));
    }
    ui.label(words(look.t("trouble.kept"), 13.0, look.dim()));
    ui.horizontal(|ui| {
        if button(ui, look, &look.t("bar.open"), 0.0, None).clicked() {
            out.push(Command::OpenDialog);
        }
        if button(ui, look, &look.t("trouble.close"), 0.0, None).clicked() {
            out.push(Command::Dismiss);
        }
    });
}

/// A line of the file with the wrong letters underlined.
fn place(ui: &mut Ui, look: Look, it: &TroublePlace) {
    ui.add_space(6.0);
    ui.label(bold(&*it.message, 14.0, look.text()));
    let number = format!("{:>4} │ ", it.line);
    let format = |ink| TextFormat::simple(font(13.0, true, false), ink);
    let mut wrong = format(look.ink(Ink::Broken));
    wrong.underline = egui::Stroke::new(2.0, look.ink(Ink::Broken));
    let letters: Vec<char> = it.source.chars().collect();
    let from = (it.column as usize).saturating_sub(1).min(letters.len());
    let to = (from + it.len.max(1) as usize).min(letters.len());
    let part = |range: std::ops::Range<usize>| letters[range].iter().collect::<String>();
    let mut job = LayoutJob::default();
    job.append(&number, 0.0, format(look.dim()));
    job.append(&part(0..from), 0.0, format(look.text()));
    job.append(&part(from..to), 0.0, wrong);
    job.append(&part(to..letters.len()), 0.0, format(look.text()));
    job.wrap.max_width = f32::INFINITY;
    ui.add(egui::Label::new(job).selectable(true));
    for (key, text) in [
        ("trouble.expected", &it.expected),
        ("trouble.remedy", &it.remedy),
    ] {
        if let Some(text) = text {
            ui.label(words(look.with(key, &[("text", text)]), 13.0, look.dim()));
        }
    }
}
