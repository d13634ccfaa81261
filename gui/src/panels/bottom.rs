//! The bottom: when. Transport, clock, pace; beside them the bands of states, where any instant can be dragged to.

use app::App;
use app::command::{Command, Go};
use egui::{Ui, vec2};
use sim_core::base::SimTime;
use views::mark::Mark;
use views::scene::Style;

use crate::canvas::{self, Done};
use crate::icon::Icon;
use crate::keys::PACES;
use crate::look::{system, words};
use crate::menu;
use crate::stretch;
use crate::widget::{Look, icon_button};

/// The five buttons of time.
pub fn transport(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let size = vec2(36.0, 32.0);
    ui.spacing_mut().item_spacing.x = 6.0;
    let play = match app.playing() {
        true => (Icon::Pause, "bar.pause"),
        false => (Icon::Play, "bar.play"),
    };
    let buttons = [
        (Icon::Start, "bar.start", Command::Go(Go::Start)),
        (Icon::Back, "bar.back", Command::Go(Go::StepBack)),
        (play.0, play.1, Command::PlayOrPause),
        (Icon::On, "bar.step", Command::Go(Go::StepOn)),
        (Icon::Next, "bar.moment", Command::Go(Go::MomentOn)),
    ];
    ui.horizontal(|ui| {
        for (icon, key, command) in buttons {
            let strong = command == Command::PlayOrPause;
            if icon_button(ui, look, icon, size, &look.t(key), strong).clicked() {
                out.push(command);
            }
        }
    });
}

/// The clock, the pace and where in the play one is.
pub fn clock(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let position = app.position();
    ui.label(system(clock_text(position.time), 19.0, look.text()).strong());
    let at = [
        ("step", &grouped(position.step.0) as _),
        ("of", &grouped(position.last.0) as _),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        pace(ui, app, look, out);
        ui.label(words(look.with("bar.position", &at), 11.0, look.dim()));
    });
    if ui.available_height() > 12.0 {
        ui.label(words(look.t("bar.hint"), 11.0, look.dim()));
    }
}

/// Minutes, seconds, milliseconds, microseconds.
pub fn clock_text(at: SimTime) -> String {
    let micros = at.0 / 1_000;
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!(
        "{minutes:02}:{seconds:02}.{:03} {:03}",
        rest / 1_000,
        rest % 1_000
    )
}

/// A number in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A pace as people write it: 1/20 or 5.
pub fn pace_text(pace: f64) -> String {
    match pace < 1.0 {
        true => format!("1/{}", (1.0 / pace).round()),
        false => format!("{pace}"),
    }
}

fn pace(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let text = look.with("bar.pace", &[("pace", &pace_text(app.pace()))]);
    let button = egui::Button::new(words(&text, 11.0, look.dim())).small();
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        for pace in PACES {
            let text = look.with("bar.pace", &[("pace", &pace_text(pace))]);
            let on = (app.pace() - pace).abs() < f64::EPSILON;
            if ui
                .selectable_label(on, words(text, 13.0, look.text()))
                .clicked()
            {
                out.push(Command::Pace(pace));
                ui.close();
            }
        }
        let mut skips = app.skip_quiet();
        let text = words(look.t("bar.skip_quiet"), 13.0, look.text());
        if ui.checkbox(&mut skips, text).changed() {
            out.push(Command::SkipQuiet(skips));
        }
    });
    response.on_hover_text(look.t("bar.pace_hint"));
}

/// The bands: all nodes over time. A click or a drag anywhere moves the clock, but a click on a mark goes to what it stands
/// for; the wheel zooms in time, a double click shows all of it again.
pub fn bands(ui: &mut Ui, app: &App, look: Look, out: &mut Vec<Command>) {
    let size = ui.available_size();
    let picture = app.bands(size.x, size.y);
    let shown = canvas::show(ui, look, "bands", &picture, &[], |ui, mark| {
        menu::fill(ui, app, look, mark, out);
    });
    let style = Style {
        width: size.x,
        height: size.y,
        lang: look.lang,
        reduced_motion: app.settings().reduced_motion,
    };
    let time_at = |x| views::bands::time_at(app.bands_window(), &style, x);
    // Two fingers show more or less time; they do not drag the clock.
    let pinched = ui.input(|input| input.multi_touch().is_some());
    let mut moves = shown.response.dragged() && !pinched;
    // The clock's own spot lies over all of the bands; another moment is one of the marks.
    let is_clock = |time| time == app.position().time;
    match shown.done {
        Some(Done::Click(Mark::Time(time))) if is_clock(time) => moves = true,
        Some(Done::Nothing) => moves = true,
        Some(Done::Click(mark)) => {
            match mark {
                Mark::Step(step) => out.push(Command::Go(Go::Step(step))),
                Mark::Beat(beat) => out.push(Command::Go(Go::Beat(beat))),
                Mark::Time(time) => out.push(Command::Go(Go::Time(time))),
                _ => {}
            }
            out.push(Command::Select(Some(mark)));
        }
        Some(Done::Twice(Mark::Time(time))) if is_clock(time) => out.push(Command::Bands(None)),
        _ => {}
    }
    if let Some(pointer) = shown.at.filter(|_| moves) {
        let time = time_at(pointer.x - shown.origin.x);
        out.push(Command::Go(Go::Time(time)));
    }
    let window = app.bands_window();
    let share = |at: egui::Vec2| window.fraction(time_at(at.x));
    if let Some(window) = stretch::by_wheel(&shown.response, window, share) {
        out.push(Command::Bands(Some((window.from, window.to))));
    }
}
