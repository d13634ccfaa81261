//! Paints a picture of `views` with egui: the same data that is written as SVG.
//!
//! Lengths of a picture are points; egui multiplies them by the zoom, so letters stay sharp at any size.

use egui::{Color32, Pos2, Rect, Shape as Paint, Vec2, pos2, vec2};
use views::picture::{Align, Dash, Picture, Point, Shape, Stroke, Type};
use views::theme::{Ink, Theme};

use crate::fonts;

/// The colour of an ink.
pub fn colour(theme: Theme, ink: Ink) -> Color32 {
    let [r, g, b] = theme.colour(ink);
    Color32::from_rgb(r, g, b)
}

/// A picture's rectangle at an origin.
pub fn place(origin: Pos2, it: views::picture::Rect) -> Rect {
    Rect::from_min_size(origin + vec2(it.x, it.y), vec2(it.w, it.h))
}

/// Paints a picture with its top left corner at a place.
pub fn paint(painter: &egui::Painter, origin: Pos2, theme: Theme, picture: &Picture) {
    paint_scaled(painter, origin, 1.0, theme, picture);
}

/// Paints a picture smaller or larger: a thumbnail.
pub fn paint_scaled(
    painter: &egui::Painter,
    origin: Pos2,
    scale: f32,
    theme: Theme,
    picture: &Picture,
) {
    let brush = Brush {
        painter,
        origin,
        scale,
        theme,
    };
    for item in &picture.items {
        if item.opacity > 0.0 {
            brush.shape(&item.shape, item.opacity.min(1.0));
        }
    }
}

struct Brush<'a> {
    painter: &'a egui::Painter,
    origin: Pos2,
    scale: f32,
    theme: Theme,
}

impl Brush<'_> {
    fn at(&self, it: Point) -> Pos2 {
        self.origin + vec2(it.x, it.y) * self.scale
    }

    fn ink(&self, ink: Ink, opacity: f32) -> Color32 {
        colour(self.theme, ink).gamma_multiply(opacity)
    }

    fn fill(&self, ink: Option<Ink>, opacity: f32) -> Color32 {
        ink.map_or(Color32::TRANSPARENT, |ink| self.ink(ink, opacity))
    }

    /// Nothing outside what can be seen is tessellated.
    fn seen(&self, it: Rect) -> bool {
        self.painter.clip_rect().intersects(it.expand(2.0))
    }

    fn shape(&self, shape: &Shape, opacity: f32) {
        match shape {
            Shape::Line {
                points,
                stroke,
                arrow,
            } => self.line(points, *stroke, *arrow, opacity),
            Shape::Box {
                rect,
                radius,
                fill,
                stroke,
            } => {
                let size = vec2(rect.w, rect.h) * self.scale;
                let rect = Rect::from_min_size(
                    self.at(Point {
                        x: rect.x,
                        y: rect.y,
                    }),
                    size,
                );
                if self.seen(rect) {
                    self.rectangle(rect, radius * self.scale, *fill, *stroke, opacity);
                }
            }
            Shape::Disc {
                centre,
                radius,
                fill,
                stroke,
            } => {
                let (centre, radius) = (self.at(*centre), radius * self.scale);
                if self.seen(Rect::from_center_size(centre, Vec2::splat(radius * 2.0))) {
                    self.disc(centre, radius, *fill, *stroke, opacity);
                }
            }
            Shape::Polygon {
                points,
                fill,
                stroke,
            } => {
                let points: Vec<Pos2> = points.iter().map(|it| self.at(*it)).collect();
                if self.seen(Rect::from_points(&points)) {
                    self.polygon(points, *fill, *stroke, opacity);
                }
            }
            Shape::Text {
                at,
                align,
                face,
                ink,
                text,
            } => {
                self.text(self.at(*at), *align, *face, self.ink(*ink, opacity), text);
            }
        }
    }

    fn line(&self, points: &[Point], stroke: Stroke, arrow: bool, opacity: f32) {
        let points: Vec<Pos2> = points.iter().map(|it| self.at(*it)).collect();
        if !self.seen(Rect::from_points(&points)) {
            return;
        }
        let head = match points[..] {
            [.., before, end] if arrow => Some((before, end)),
            _ => None,
        };
        self.edge(points, stroke, opacity);
        if let Some((before, end)) = head {
            let along = (end - before).normalized();
            let (back, side) = (
                end - along * 8.0 * self.scale,
                along.rot90() * 4.0 * self.scale,
            );
            let colour = self.ink(stroke.ink, opacity);
            let head = vec![end, back + side, back - side];
            self.painter
                .add(Paint::convex_polygon(head, colour, egui::Stroke::NONE));
        }
    }

    fn rectangle(
        &self,
        rect: Rect,
        radius: f32,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
        opacity: f32,
    ) {
        let fill = self.fill(fill, opacity);
        match stroke {
            Some(it) if it.dash != Dash::Whole => {
                self.painter.rect_filled(rect, radius, fill);
                self.edge(round(rect.shrink(it.width / 2.0), radius), it, opacity);
            }
            other => {
                let edge = other.map_or(egui::Stroke::NONE, |it| {
                    egui::Stroke::new(it.width * self.scale, self.ink(it.ink, opacity))
                });
                self.painter
                    .rect(rect, radius, fill, edge, egui::StrokeKind::Inside);
            }
        }
    }

    fn disc(
        &self,
        centre: Pos2,
        radius: f32,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
        opacity: f32,
    ) {
        if fill.is_some() {
            self.painter
                .circle_filled(centre, radius, self.fill(fill, opacity));
        }
        match stroke {
            None => {}
            Some(it) if it.dash == Dash::Whole => {
                let edge = egui::Stroke::new(it.width * self.scale, self.ink(it.ink, opacity));
                self.painter.circle_stroke(centre, radius, edge);
            }
            Some(it) => self.edge(arc(centre, radius, 0.0, std::f32::consts::TAU), it, opacity),
        }
    }

    fn polygon(
        &self,
        mut points: Vec<Pos2>,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
        opacity: f32,
    ) {
        if fill.is_some() {
            let fill = self.fill(fill, opacity);
            self.painter.add(Paint::convex_polygon(
                points.clone(),
                fill,
                egui::Stroke::NONE,
            ));
        }
        if let (Some(stroke), Some(first)) = (stroke, points.first().copied()) {
            points.push(first);
            self.edge(points, stroke, opacity);
        }
    }

    /// A line through points, whole, in dashes or in dots.
    fn edge(&self, points: Vec<Pos2>, stroke: Stroke, opacity: f32) {
        let line = egui::Stroke::new(stroke.width * self.scale, self.ink(stroke.ink, opacity));
        match stroke.dash {
            Dash::Whole => {
                self.painter.add(Paint::line(points, line));
            }
            Dash::Dashed => self.painter.extend(Paint::dashed_line(
                &points,
                line,
                4.0 * self.scale,
                3.0 * self.scale,
            )),
            Dash::Dotted => self.painter.extend(Paint::dashed_line(
                &points,
                line,
                1.5 * self.scale,
                3.0 * self.scale,
            )),
        }
    }

    fn text(&self, at: Pos2, align: Align, face: Type, ink: Color32, text: &str) {
        let font = fonts::font(face.size * self.scale, face.mono, face.bold);
        // What lies far outside is not even laid out.
        let clip = self.painter.clip_rect();
        if at.y + face.size < clip.top() || at.y - face.size > clip.bottom() {
            return;
        }
        let galley = self.painter.layout_no_wrap(text.to_owned(), font, ink);
        let size = galley.size();
        let x = match align {
            Align::Left => at.x,
            Align::Centre => at.x - size.x / 2.0,
            Align::Right => at.x - size.x,
        };
        self.painter
            .galley(pos2(x, at.y - size.y / 2.0), galley, ink);
    }
}

/// The outline of a rectangle with round corners, closed.
fn round(rect: Rect, radius: f32) -> Vec<Pos2> {
    let radius = radius.min(rect.width() / 2.0).min(rect.height() / 2.0);
    let inner = rect.shrink(radius);
    let quarter = std::f32::consts::FRAC_PI_2;
    let corners = [
        inner.left_top(),
        inner.right_top(),
        inner.right_bottom(),
        inner.left_bottom(),
    ];
    let mut points = Vec::new();
    for (nth, corner) in corners.into_iter().enumerate() {
        let from = quarter * (nth as f32 + 2.0);
        points.extend(arc(corner, radius, from, from + quarter));
    }
    points.push(points[0]);
    points
}

/// Points of an arc, clockwise on the screen.
fn arc(centre: Pos2, radius: f32, from: f32, to: f32) -> Vec<Pos2> {
    let pieces = ((to - from) * radius.max(1.0) / 2.0)
        .ceil()
        .clamp(4.0, 64.0);
    (0..=pieces as usize)
        .map(|nth| from + (to - from) * nth as f32 / pieces)
        .map(|angle| centre + radius * Vec2::angled(angle))
        .collect()
}
