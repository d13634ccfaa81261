//! The keys: one table that the keyboard is read by and that the sheet of keys shows.
//!
//! Keys go by what is written on them, not by where they lie, so `/` is `/` on every keyboard. While letters are typed
//! into a field they are letters.

use app::App;
use app::command::{Command, Go, Sheet, View};
use egui::{Context, Key, Modifiers};
use sim_core::base::NodeId;
use sim_core::explain::Lang;
use views::mark::Mark;
use views::theme::Theme;

use crate::panels::work;

/// A line of the sheet of keys: what is pressed, and the key of the text that says what it does.
pub struct Line {
    /// What is pressed.
    pub keys: &'static str,
    /// The key of its text.
    pub text: &'static str,
}

macro_rules! lines {
    ($($keys:literal => $text:literal)*) => { &[$(Line { keys: $keys, text: $text }),*] };
}

/// What the sheet of keys shows.
pub const LINES: &[Line] = lines! {
    "Space" => "key.play"
    "← →" => "key.step"
    "Shift ← →" => "key.beat"
    "Home End" => "key.ends"
    ". ," => "key.moment"
    "[ ]" => "key.pace"
    "k" => "key.kill"
    "p" => "key.power"
    "r" => "key.restart"
    "z" => "key.pause"
    "Ctrl+Z Ctrl+Shift+Z" => "key.undo"
    "i" => "key.inside"
    "Esc" => "key.escape"
    "1 2 3" => "key.view"
    "d" => "key.compare"
    "/" => "key.search"
    "?" => "key.keys"
    "b" => "key.branches"
    "l" => "key.library"
    "e" => "key.source"
    "a" => "key.answers"
    "s" => "key.link"
    "n" => "key.language"
    "t" => "key.theme"
    "Ctrl+O Ctrl+S" => "key.files"
    "Ctrl + − 0" => "key.zoom"
    "Tab Shift+Tab" => "key.focus"
};

/// The paces that `[` and `]` go through.
pub const PACES: [f64; 13] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0,
];

/// The steps of the zoom, in percent.
pub const ZOOMS: [u16; 7] = [100, 125, 150, 175, 200, 225, 250];

/// Reads the keyboard. Arrow keys never wander over the controls: they are time's.
pub fn read(ctx: &Context, app: &App, out: &mut Vec<Command>) {
    let focused = ctx.memory(egui::Memory::focused);
    let typing = focused.is_some_and(|id| egui::TextEdit::load_state(ctx, id).is_some());
    if let Some(id) = focused.filter(|_| !typing) {
        let ours = egui::EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..egui::EventFilter::default()
        };
        ctx.memory_mut(|memory| memory.set_focus_lock_filter(id, ours));
    }
    let pressed = |modifiers, key| ctx.input_mut(|input| input.consume_key(modifiers, key));
    commanded(app, pressed, out);
    // A menu that is open closes itself.
    if !egui::Popup::is_any_open(ctx) && pressed(Modifiers::NONE, Key::Escape) {
        escape(ctx, app, out);
    }
    if typing {
        return;
    }
    // A control that has the focus is pressed by Space itself.
    if focused.is_none() && pressed(Modifiers::NONE, Key::Space) {
        out.push(Command::PlayOrPause);
    }
    moves(pressed, out);
    letters(app, pressed, out);
    hands(app, pressed, out);
}

/// With Ctrl, or the command key of a Mac; also while letters are typed.
fn commanded(app: &App, mut pressed: impl FnMut(Modifiers, Key) -> bool, out: &mut Vec<Command>) {
    let zoom = app.settings().zoom;
    let mut on = |modifiers, key, command| {
        if pressed(modifiers, key) {
            out.push(command);
        }
    };
    let ctrl = Modifiers::COMMAND;
    on(ctrl | Modifiers::SHIFT, Key::Z, Command::Redo);
    on(ctrl, Key::Z, Command::Undo);
    on(ctrl, Key::Y, Command::Redo);
    on(ctrl, Key::O, Command::OpenDialog);
    on(ctrl, Key::S, Command::Save);
    on(ctrl, Key::Plus, Command::Zoom(greater(zoom)));
    on(ctrl, Key::Equals, Command::Zoom(greater(zoom)));
    on(ctrl, Key::Minus, Command::Zoom(smaller(zoom)));
    on(ctrl, Key::Num0, Command::Zoom(100));
}

/// Closes what is open, from the top: a sheet, an error, long work, the inside of a node, the selection.
fn escape(ctx: &Context, app: &App, out: &mut Vec<Command>) {
    let open = SHEETS.into_iter().find(|sheet| app.shows(*sheet));
    if let Some(sheet) = open {
        out.push(Command::Show(sheet, false));
    } else if app.trouble().is_some() {
        out.push(Command::Dismiss);
    } else if work::long(app).is_some() {
        out.push(Command::Stop);
    } else if app.inside().is_some() {
        out.push(Command::Inside(None));
    } else {
        out.push(Command::Select(None));
        ctx.memory_mut(egui::Memory::stop_text_input);
    }
}

/// The sheets that lie over the lesson.
pub const SHEETS: [Sheet; 6] = [
    Sheet::Keys,
    Sheet::Search,
    Sheet::Branches,
    Sheet::Source,
    Sheet::Compare,
    Sheet::Library,
];

fn moves(mut pressed: impl FnMut(Modifiers, Key) -> bool, out: &mut Vec<Command>) {
    let mut on = |modifiers, key, go| {
        if pressed(modifiers, key) {
            out.push(Command::Go(go));
        }
    };
    on(Modifiers::SHIFT, Key::ArrowRight, Go::BeatOn);
    on(Modifiers::SHIFT, Key::ArrowLeft, Go::BeatBack);
    on(Modifiers::NONE, Key::ArrowRight, Go::StepOn);
    on(Modifiers::NONE, Key::ArrowLeft, Go::StepBack);
    on(Modifiers::NONE, Key::Home, Go::Start);
    on(Modifiers::NONE, Key::End, Go::End);
    on(Modifiers::NONE, Key::Period, Go::MomentOn);
    on(Modifiers::NONE, Key::Comma, Go::MomentBack);
}

fn letters(app: &App, mut pressed: impl FnMut(Modifiers, Key) -> bool, out: &mut Vec<Command>) {
    let settings = app.settings();
    let sheet = |sheet| Command::Show(sheet, !app.shows(sheet));
    let mut on = |key, command| {
        if pressed(Modifiers::NONE, key) {
            out.push(command);
        }
    };
    on(Key::Questionmark, sheet(Sheet::Keys));
    on(Key::B, sheet(Sheet::Branches));
    on(Key::L, sheet(Sheet::Library));
    on(Key::E, sheet(Sheet::Source));
    on(Key::D, work::toggle(app));
    on(Key::I, Command::Inside(inside(app)));
    on(Key::S, Command::CopyLink);
    on(Key::A, Command::HideAnswers(!settings.hide_answers));
    on(Key::N, Command::Language(other_language(settings.language)));
    on(Key::T, Command::Theme(other_theme(settings.theme)));
    on(Key::OpenBracket, Command::Pace(slower(app.pace())));
    on(Key::CloseBracket, Command::Pace(faster(app.pace())));
    on(Key::Num1, Command::View(View::Ensemble));
    on(Key::Num2, Command::View(View::SpaceTime));
    on(Key::Num3, both(app));
    if pressed(Modifiers::SHIFT, Key::Slash) {
        out.push(sheet(Sheet::Keys));
    } else if pressed(Modifiers::NONE, Key::Slash) {
        out.push(sheet(Sheet::Search));
    }
}

/// The hands that fit what is selected, by their keys.
fn hands(app: &App, mut pressed: impl FnMut(Modifiers, Key) -> bool, out: &mut Vec<Command>) {
    let Some(mark) = app.selection() else {
        return;
    };
    for row in app.hands(mark) {
        let key = row
            .key
            .and_then(|it| Key::from_name(&it.to_ascii_uppercase().to_string()));
        if key.is_some_and(|key| pressed(Modifiers::NONE, key)) {
            out.push(Command::Hand(row.hand));
        }
    }
}

/// The node that is selected, unless its inside is shown already.
fn inside(app: &App) -> Option<NodeId> {
    match (app.selection(), app.inside()) {
        (Some(Mark::Node(node)), None) => Some(node),
        _ => None,
    }
}

/// Shows the other view beside the first, or only one again.
pub fn both(app: &App) -> Command {
    Command::Beside(match (app.beside(), app.view()) {
        (Some(_), _) => None,
        (None, View::Ensemble) => Some(View::SpaceTime),
        (None, View::SpaceTime) => Some(View::Ensemble),
    })
}

/// The language that is not shown.
pub fn other_language(it: Lang) -> Lang {
    match it {
        Lang::En => Lang::Zh,
        Lang::Zh => Lang::En,
    }
}

/// The theme that is not shown.
pub fn other_theme(it: Theme) -> Theme {
    match it {
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::Light,
    }
}

fn greater(zoom: u16) -> u16 {
    ZOOMS.into_iter().find(|it| *it > zoom).unwrap_or(zoom)
}

fn smaller(zoom: u16) -> u16 {
    ZOOMS
        .into_iter()
        .rev()
        .find(|it| *it < zoom)
        .unwrap_or(zoom)
}

fn faster(pace: f64) -> f64 {
    PACES
        .into_iter()
        .find(|it| *it > pace * 1.001)
        .unwrap_or(pace)
}

fn slower(pace: f64) -> f64 {
    PACES
        .into_iter()
        .rev()
        .find(|it| *it < pace * 0.999)
        .unwrap_or(pace)
}
