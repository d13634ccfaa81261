//! The few controls that egui has not: a sign as a button, a row that can be chosen, letters that lead somewhere.
//!
//! Every one of them has an accessible name, takes the focus by Tab and shows that it has it.

use egui::{Color32, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2};
use sim_core::explain::Lang;
use std::borrow::Cow;
use std::fmt::Display;
use views::theme::{Ink, Theme};
use views::words;

use crate::fonts::font;
use crate::icon::{self, Icon};
use crate::look::RADIUS;
use crate::painter::colour;

/// The colours and the language that a panel is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Light or dark.
    pub theme: Theme,
    /// The language.
    pub lang: Lang,
}

impl Look {
    /// The colour of an ink.
    pub fn ink(self, ink: Ink) -> Color32 {
        colour(self.theme, ink)
    }

    /// The colour of words.
    pub fn text(self) -> Color32 {
        self.ink(Ink::Text)
    }

    /// The colour of quiet words.
    pub fn dim(self) -> Color32 {
        self.ink(Ink::Dim)
    }

    /// The text of a key.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        words::text(self.lang, key)
    }

    /// The text of a key with values.
    pub fn with(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        words::with(self.lang, key, values)
    }
}

/// A ring around what has the focus.
pub fn focus_ring(ui: &Ui, look: Look, response: &Response) {
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, look.ink(Ink::Following));
        let rect = response.rect.expand(1.0);
        ui.painter()
            .rect_stroke(rect, RADIUS, stroke, egui::StrokeKind::Outside);
    }
}

/// The ground of a button; `strong` has the colour of words. Answers what is written on it with.
fn surface(ui: &Ui, look: Look, response: &Response, strong: bool) -> Color32 {
    let (fill, ink) = match strong {
        true => (look.text(), look.ink(Ink::Panel)),
        false => (look.ink(Ink::Soft), look.text()),
    };
    let edge = if response.hovered() {
        Ink::Dim
    } else {
        Ink::Line
    };
    let stroke = egui::Stroke::new(1.0, look.ink(edge));
    let (rect, inside) = (response.rect, egui::StrokeKind::Inside);
    ui.painter().rect(rect, RADIUS, fill, stroke, inside);
    ink
}

/// A sign as a button of a size; `strong` fills it with the colour of words.
pub fn icon_button(
    ui: &mut Ui,
    look: Look,
    icon: Icon,
    size: Vec2,
    name: &str,
    strong: bool,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let ink = surface(ui, look, &response, strong);
    icon::draw(ui.painter(), rect, icon, 13.0, ink);
    focus_ring(ui, look, &response);
    response.on_hover_text(name)
}

/// A button with words; `on` shows that what it switches is on.
pub fn button(ui: &mut Ui, look: Look, text: &str, least: f32, on: Option<bool>) -> Response {
    let face = font(13.0, false, on == Some(true));
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), face, look.text());
    let size = vec2((galley.size().x + 16.0).max(least), 28.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| match on {
        Some(on) => WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), on, text),
        None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), text),
    });
    let ink = surface(ui, look, &response, on == Some(true));
    let at = rect.center() - galley.size() / 2.0;
    ui.painter()
        .galley_with_override_text_color(at, galley, ink);
    focus_ring(ui, look, &response);
    response
}

/// Words that lead somewhere, over the width that is left.
pub fn link(ui: &mut Ui, look: Look, text: &str, size: f32, mono: bool) -> Response {
    let ink = look.ink(Ink::Following);
    let galley = ui.painter().layout(
        text.to_owned(),
        font(size, mono, false),
        ink,
        ui.available_width(),
    );
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), text));
    ui.painter().galley(rect.min, galley, ink);
    if response.hovered() {
        let line = egui::Stroke::new(1.0, ink);
        ui.painter().hline(rect.x_range(), rect.bottom(), line);
    }
    focus_ring(ui, look, &response);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A small heading over a group.
pub fn heading(ui: &mut Ui, look: Look, text: &str) {
    ui.label(crate::look::bold(text, 11.0, look.dim()));
}

/// A line across, with room around it.
pub fn rule(ui: &mut Ui, look: Look) {
    ui.add_space(8.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    let line = egui::Stroke::new(1.0, look.ink(Ink::Line));
    ui.painter().hline(rect.x_range(), rect.center().y, line);
    ui.add_space(8.0);
}
