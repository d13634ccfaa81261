//! Signs that are drawn, not set: they look the same in every font and at every size.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// To the start.
    Start,
    /// One step back.
    Back,
    /// Play.
    Play,
    /// Stop playing.
    Pause,
    /// One step on.
    On,
    /// To the next interesting moment.
    Next,
    /// The sun: the theme is dark and can be light.
    Sun,
    /// The moon: the theme is light and can be dark.
    Moon,
    /// Done, holds.
    Tick,
    /// Broken.
    Cross,
    /// Neither.
    Dash,
    /// Three lines: a menu.
    Menu,
    /// Closes.
    Close,
    /// A hand did it.
    Hand,
}

/// Draws a sign in the middle of a rectangle; `size` is its height in points.
pub fn draw(painter: &Painter, rect: Rect, icon: Icon, size: f32, ink: Color32) {
    let at = Pen {
        painter,
        centre: rect.center(),
        half: size / 2.0,
        ink,
    };
    match icon {
        Icon::Start => {
            at.bar(-0.75);
            at.wedge(0.75, -0.5);
        }
        Icon::Back => at.wedge(0.6, -0.6),
        Icon::Play => at.wedge(-0.6, 0.8),
        Icon::Pause => {
            at.bar(-0.4);
            at.bar(0.4);
        }
        Icon::On => {
            at.wedge(-0.75, 0.5);
            at.bar(0.75);
        }
        Icon::Next => {
            at.wedge(-1.0, 0.0);
            at.wedge(0.0, 1.0);
        }
        Icon::Sun => at.sun(),
        Icon::Moon => at.moon(),
        Icon::Tick => at.strokes(&[&[(-0.8, 0.0), (-0.2, 0.6), (0.8, -0.6)]]),
        Icon::Cross | Icon::Close => {
            at.strokes(&[&[(-0.6, -0.6), (0.6, 0.6)], &[(-0.6, 0.6), (0.6, -0.6)]]);
        }
        Icon::Dash => at.strokes(&[&[(-0.6, 0.0), (0.6, 0.0)]]),
        Icon::Menu => at.strokes(&[
            &[(-0.8, -0.6), (0.8, -0.6)],
            &[(-0.8, 0.0), (0.8, 0.0)],
            &[(-0.8, 0.6), (0.8, 0.6)],
        ]),
        Icon::Hand => at.strokes(&[&[(-0.7, 0.8), (0.6, -0.5)], &[(0.2, -0.9), (0.9, -0.2)]]),
    }
}

struct Pen<'a> {
    painter: &'a Painter,
    centre: Pos2,
    half: f32,
    ink: Color32,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.centre + vec2(x, y) * self.half
    }

    /// A triangle from a base at one side to a tip at another.
    fn wedge(&self, base: f32, tip: f32) {
        let points = vec![self.at(base, -0.8), self.at(base, 0.8), self.at(tip, 0.0)];
        self.painter
            .add(Shape::convex_polygon(points, self.ink, Stroke::NONE));
    }

    fn bar(&self, x: f32) {
        let rect = Rect::from_center_size(self.at(x, 0.0), vec2(0.24, 1.6) * self.half);
        self.painter.rect_filled(rect, 0.0, self.ink);
    }

    fn strokes(&self, lines: &[&[(f32, f32)]]) {
        for line in lines {
            let points = line.iter().map(|&(x, y)| self.at(x, y)).collect();
            self.painter.line(points, Stroke::new(1.5, self.ink));
        }
    }

    fn sun(&self) {
        self.painter
            .circle_filled(self.centre, 0.45 * self.half, self.ink);
        for nth in 0..8_u8 {
            let way = Vec2::angled(f32::from(nth) * std::f32::consts::FRAC_PI_4) * self.half;
            let ray = [self.centre + way * 0.68, self.centre + way];
            self.painter.line_segment(ray, Stroke::new(1.2, self.ink));
        }
    }

    /// The outline of a crescent: an outer arc and an inner one back.
    fn moon(&self) {
        let outer = (40..=320_u16).step_by(10).map(|turn| {
            let turn = f32::from(turn).to_radians();
            pos2(0.85 * turn.cos(), 0.85 * turn.sin())
        });
        let inner = (70..=290_u16).rev().step_by(10).map(|turn| {
            let turn = f32::from(turn).to_radians();
            pos2(0.42 + 0.6 * turn.cos(), 0.6 * turn.sin())
        });
        let mut points: Vec<Pos2> = outer.chain(inner).map(|it| self.at(it.x, it.y)).collect();
        points.push(points[0]);
        self.painter.line(points, Stroke::new(1.2, self.ink));
    }
}
