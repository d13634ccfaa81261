//! Pictures as SVG: one file that a browser, an editor or a printer can open.
//!
//! The first names of the families are the window's own faces; generic ones follow for those who do not have them. With
//! the feature `png` the same text becomes pixels, in faces that are given as bytes.

use crate::picture::{Align, Dash, Picture, Point, Shape, Stroke};
use crate::theme::{Ink, Theme};
use std::fmt::Write;

const WORDS: &str = "Inter, 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";
const MONO: &str = "'JetBrains Mono', 'Noto Sans CJK SC', 'Noto Sans SC', monospace";

/// Writes a picture as SVG in the colours of a theme, on that theme's ground.
pub fn write(picture: &Picture, theme: Theme) -> String {
    let mut svg = String::with_capacity(picture.items.len() * 120);
    let (w, h) = (picture.width, picture.height);
    _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">"#
    );
    let ground = hex(theme, Ink::Ground);
    _ = writeln!(svg, r#"<rect width="100%" height="100%" fill="{ground}"/>"#);
    let mut pen = Pen {
        svg: &mut svg,
        theme,
    };
    for item in picture.items.iter().filter(|item| item.opacity > 0.0) {
        pen.shape(&item.shape, item.opacity.min(1.0));
    }
    svg.push_str("</svg>\n");
    svg
}

fn hex(theme: Theme, ink: Ink) -> String {
    let [r, g, b] = theme.colour(ink);
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A number with at most two decimals.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "-0" | "" => "0".into(),
        text => text.into(),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            // No XML file may hold these, escaped or not.
            '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                safe.push('\u{fffd}');
            }
            letter => safe.push(letter),
        }
    }
    safe
}

struct Pen<'a> {
    svg: &'a mut String,
    theme: Theme,
}

impl Pen<'_> {
    fn shape(&mut self, shape: &Shape, opacity: f32) {
        let faint = match opacity < 1.0 {
            true => format!(r#" opacity="{}""#, number(opacity)),
            false => String::new(),
        };
        match shape {
            Shape::Line {
                points,
                stroke,
                arrow,
            } => self.line(points, *stroke, *arrow, &faint),
            Shape::Box {
                rect,
                radius,
                fill,
                stroke,
            } => {
                let paint = self.paint(*fill, *stroke);
                let (x, y, w, h) = (rect.x, rect.y, rect.w.max(0.0), rect.h.max(0.0));
                let (x, y, w, h) = (number(x), number(y), number(w), number(h));
                let rx = number(*radius);
                _ = writeln!(
                    self.svg,
                    r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{rx}"{paint}{faint}/>"#
                );
            }
            Shape::Disc {
                centre,
                radius,
                fill,
                stroke,
            } => {
                let paint = self.paint(*fill, *stroke);
                let (x, y, r) = (number(centre.x), number(centre.y), number(*radius));
                _ = writeln!(
                    self.svg,
                    r#"<circle cx="{x}" cy="{y}" r="{r}"{paint}{faint}/>"#
                );
            }
            Shape::Polygon {
                points,
                fill,
                stroke,
            } => {
                let paint = self.paint(*fill, *stroke);
                let points = places(points);
                _ = writeln!(self.svg, r#"<polygon points="{points}"{paint}{faint}/>"#);
            }
            Shape::Text {
                at,
                align,
                face,
                ink,
                text,
            } => {
                let anchor = match align {
                    Align::Left => "start",
                    Align::Centre => "middle",
                    Align::Right => "end",
                };
                let family = if face.mono { MONO } else { WORDS };
                let weight = if face.bold { "600" } else { "400" };
                let (x, y) = (number(at.x), number(at.y + face.size * 0.36));
                let (size, fill) = (number(face.size), hex(self.theme, *ink));
                let text = escaped(text);
                _ = writeln!(
                    self.svg,
                    r#"<text x="{x}" y="{y}" font-family="{family}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{fill}" xml:space="preserve"{faint}>{text}</text>"#
                );
            }
        }
    }

    fn line(&mut self, points: &[Point], stroke: Stroke, arrow: bool, faint: &str) {
        let paint = self.paint(None, Some(stroke));
        let all = places(points);
        _ = writeln!(
            self.svg,
            r#"<polyline points="{all}"{paint} stroke-linejoin="round"{faint}/>"#
        );
        let [.., before, end] = points else {
            return;
        };
        if !arrow {
            return;
        }
        let along = crate::draw::direction(*before, *end);
        let corner = |back: f32, side: f32| Point {
            x: end.x - along.x * back - along.y * side,
            y: end.y - along.y * back + along.x * side,
        };
        let head = places(&[*end, corner(8.0, 4.0), corner(8.0, -4.0)]);
        let fill = hex(self.theme, stroke.ink);
        _ = writeln!(
            self.svg,
            r#"<polygon points="{head}" fill="{fill}"{faint}/>"#
        );
    }

    fn paint(&self, fill: Option<Ink>, stroke: Option<Stroke>) -> String {
        let fill = fill.map_or_else(|| "none".into(), |ink| hex(self.theme, ink));
        let mut paint = format!(r#" fill="{fill}""#);
        if let Some(Stroke { ink, width, dash }) = stroke {
            let ink = hex(self.theme, ink);
            _ = write!(paint, r#" stroke="{ink}" stroke-width="{}""#, number(width));
            match dash {
                Dash::Whole => {}
                Dash::Dashed => paint.push_str(r#" stroke-dasharray="4 3""#),
                Dash::Dotted => {
                    paint.push_str(r#" stroke-dasharray="1 3" stroke-linecap="round""#);
                }
            }
        }
        paint
    }
}

fn places(points: &[Point]) -> String {
    let mut all = String::new();
    for (index, point) in points.iter().enumerate() {
        let gap = if index == 0 { "" } else { " " };
        _ = write!(all, "{gap}{},{}", number(point.x), number(point.y));
    }
    all
}
