//! How egui's own widgets look: the inks of a theme, six sizes of letters, a grid of eight, no shadow and no gradient.

use egui::{Color32, CornerRadius, Margin, RichText, Stroke, TextStyle, Visuals, vec2};
use views::theme::{Ink, Theme};

use crate::fonts::font;
use crate::painter::colour;

/// Radius of controls.
pub const RADIUS: u8 = 6;

/// Makes egui's widgets look like the rest.
pub fn apply(ctx: &egui::Context, theme: Theme, reduced_motion: bool) {
    let base = match theme {
        Theme::Light => egui::Theme::Light,
        Theme::Dark => egui::Theme::Dark,
    };
    ctx.set_theme(base);
    let mut style = egui::Style {
        visuals: visuals(theme),
        animation_time: if reduced_motion { 0.0 } else { 0.12 },
        ..egui::Style::default()
    };
    style.text_styles = [
        (TextStyle::Small, font(11.0, false, false)),
        (TextStyle::Body, font(13.0, false, false)),
        (TextStyle::Button, font(13.0, false, false)),
        (TextStyle::Heading, font(16.0, false, true)),
        (TextStyle::Monospace, font(13.0, true, false)),
    ]
    .into();
    style.spacing.item_spacing = vec2(8.0, 8.0);
    style.spacing.button_padding = vec2(8.0, 4.0);
    style.spacing.interact_size = vec2(28.0, 28.0);
    style.spacing.menu_margin = Margin::same(8);
    style.spacing.menu_width = 240.0;
    style.spacing.scroll = egui::style::ScrollStyle::floating();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.3;
    style.url_in_tooltip = false;
    ctx.set_style_of(base, style);
}

fn visuals(theme: Theme) -> Visuals {
    let ink = |it| colour(theme, it);
    let mut look = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    let radius = CornerRadius::same(RADIUS);
    let line = Stroke::new(1.0, ink(Ink::Line));
    look.panel_fill = ink(Ink::Panel);
    look.window_fill = ink(Ink::Panel);
    look.window_stroke = line;
    look.window_corner_radius = radius;
    look.menu_corner_radius = radius;
    look.window_shadow = egui::Shadow::NONE;
    look.popup_shadow = egui::Shadow::NONE;
    look.extreme_bg_color = ink(Ink::Ground);
    look.text_edit_bg_color = Some(ink(Ink::Ground));
    look.faint_bg_color = ink(Ink::Soft);
    look.code_bg_color = ink(Ink::Soft);
    look.hyperlink_color = ink(Ink::Following);
    look.warn_fg_color = ink(Ink::Looking);
    look.error_fg_color = ink(Ink::Broken);
    look.weak_text_color = Some(ink(Ink::Dim));
    look.selection.bg_fill = ink(Ink::Following).gamma_multiply(0.3);
    look.selection.stroke = Stroke::new(2.0, ink(Ink::Following));
    for (state, fill, edge) in [
        (&mut look.widgets.noninteractive, Ink::Panel, Ink::Line),
        (&mut look.widgets.inactive, Ink::Soft, Ink::Line),
        (&mut look.widgets.hovered, Ink::Soft, Ink::Dim),
        (&mut look.widgets.active, Ink::Line, Ink::Text),
        (&mut look.widgets.open, Ink::Soft, Ink::Dim),
    ] {
        state.bg_fill = ink(fill);
        state.weak_bg_fill = ink(fill);
        state.bg_stroke = Stroke::new(1.0, ink(edge));
        state.fg_stroke = Stroke::new(1.0, ink(Ink::Text));
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    look
}

/// Words of a size.
pub fn words(text: impl Into<String>, size: f32, ink: Color32) -> RichText {
    RichText::new(text)
        .font(font(size, false, false))
        .color(ink)
}

/// Bold words of a size.
pub fn bold(text: impl Into<String>, size: f32, ink: Color32) -> RichText {
    RichText::new(text).font(font(size, false, true)).color(ink)
}

/// What is copied from a system, in a size.
pub fn system(text: impl Into<String>, size: f32, ink: Color32) -> RichText {
    RichText::new(text).font(font(size, true, false)).color(ink)
}
