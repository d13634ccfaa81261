//! What all pictures draw with: texts that fit, pills, cells, lines with their ends.
//!
//! A picture knows no font. Widths are estimated from the advances of the faces that the window ships (Inter, JetBrains
//! Mono, Noto Sans CJK), so what fits there fits in an SVG with these faces too.

use crate::mark::Mark;
use crate::picture::{
    Align, Dash, Item, Picture, Point, Rect, Shape, Spot, Stroke, Type, at, stroke,
};
use crate::theme::Ink;

/// Advances of Inter in thousandths of the size, from the space to the tilde.
#[rustfmt::skip]
const ADVANCES: [u16; 95] = [
    281, 278, 403, 631, 638, 812, 639, 222, 362, 362, 500, 659, 280, 460, 276, 357, 648, 648, 648, 648, 648, 648, 648,
    648, 648, 648, 276, 280, 659, 659, 659, 507, 936, 676, 651, 727, 719, 598, 587, 743, 740, 264, 543, 652, 562, 889,
    753, 761, 635, 761, 639, 638, 642, 741, 676, 949, 642, 665, 625, 362, 357, 362, 469, 452, 497, 564, 621, 558, 621,
    582, 361, 609, 591, 237, 237, 544, 237, 869, 585, 597, 609, 609, 372, 523, 364, 581, 557, 812, 540, 557, 541, 362,
    327, 362, 659,
];

/// How much wider than the regular face the bold one is, in thousandths.
const BOLD: f32 = 1040.0;

/// A face for words.
pub const fn words(size: f32) -> Type {
    Type {
        size,
        mono: false,
        bold: false,
    }
}

/// A face for what is copied from a system.
pub const fn mono(size: f32) -> Type {
    Type {
        size,
        mono: true,
        bold: false,
    }
}

/// A face in bold.
pub const fn bold(face: Type) -> Type {
    Type { bold: true, ..face }
}

/// The width of a text in a face.
pub fn width(text: &str, face: Type) -> f32 {
    let all: f32 = text.chars().map(|it| advance(it, face)).sum();
    all * face.size / 1000.0
}

fn advance(letter: char, face: Type) -> f32 {
    match letter {
        _ if letter >= '\u{2e80}' => 1000.0,
        _ if face.mono => 600.0,
        ' '..='~' => {
            let regular = f32::from(ADVANCES[letter as usize - 32]);
            match face.bold {
                true => regular * BOLD / 1000.0,
                false => regular,
            }
        }
        '\u{b7}' => 290.0,
        _ => 960.0,
    }
}

/// A text, or as much of it as fits with an ellipsis.
pub fn fitted(text: &str, face: Type, room: f32) -> Box<str> {
    if width(text, face) <= room {
        return text.into();
    }
    let mut kept = String::new();
    let mut used = width("…", face);
    for letter in text.chars() {
        used += advance(letter, face) * face.size / 1000.0;
        if used > room {
            break;
        }
        kept.push(letter);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept.into()
}

/// Draws a text.
pub fn text(
    picture: &mut Picture,
    mark: Option<Mark>,
    place: Point,
    face: Type,
    ink: Ink,
    words: impl Into<Box<str>>,
) {
    aligned(picture, mark, place, Align::Left, face, ink, words);
}

/// Draws a text that begins, ends or is centred at its place.
pub fn aligned(
    picture: &mut Picture,
    mark: Option<Mark>,
    place: Point,
    align: Align,
    face: Type,
    ink: Ink,
    words: impl Into<Box<str>>,
) {
    let shape = Shape::Text {
        at: place,
        align,
        face,
        ink,
        text: words.into(),
    };
    picture.draw(mark, shape);
}

/// Draws a text around its place.
pub fn centred(
    picture: &mut Picture,
    mark: Option<Mark>,
    place: Point,
    face: Type,
    ink: Ink,
    words: impl Into<Box<str>>,
) {
    aligned(picture, mark, place, Align::Centre, face, ink, words);
}

/// Draws a text that ends at its place.
pub fn at_right(
    picture: &mut Picture,
    mark: Option<Mark>,
    place: Point,
    face: Type,
    ink: Ink,
    words: impl Into<Box<str>>,
) {
    aligned(picture, mark, place, Align::Right, face, ink, words);
}

/// Draws a line.
pub fn line(picture: &mut Picture, mark: Option<Mark>, from: Point, to: Point, look: Stroke) {
    let shape = Shape::Line {
        points: vec![from, to],
        stroke: look,
        arrow: false,
    };
    picture.draw(mark, shape);
}

/// Draws a line with a head at its end.
pub fn arrow(picture: &mut Picture, mark: Option<Mark>, from: Point, to: Point, look: Stroke) {
    let shape = Shape::Line {
        points: vec![from, to],
        stroke: look,
        arrow: true,
    };
    picture.draw(mark, shape);
}

/// Draws a rectangle.
pub fn panel(
    picture: &mut Picture,
    mark: Option<Mark>,
    rect: Rect,
    radius: f32,
    fill: Option<Ink>,
    edge: Option<Stroke>,
) {
    let shape = Shape::Box {
        rect,
        radius,
        fill,
        stroke: edge,
    };
    picture.draw(mark, shape);
}

/// Draws a cross of two strokes.
pub fn cross(picture: &mut Picture, mark: Option<Mark>, centre: Point, reach: f32, look: Stroke) {
    let (x, y) = (centre.x, centre.y);
    let corner = |dx: f32, dy: f32| at(x + dx * reach, y + dy * reach);
    line(picture, mark, corner(-1.0, -1.0), corner(1.0, 1.0), look);
    line(picture, mark, corner(-1.0, 1.0), corner(1.0, -1.0), look);
}

/// The rectangle that a text fills.
pub fn letters_at(place: Point, align: Align, face: Type, words: &str) -> Rect {
    let wide = width(words, face);
    let x = match align {
        Align::Left => place.x,
        Align::Centre => place.x - wide / 2.0,
        Align::Right => place.x - wide,
    };
    Rect::new(x, place.y - face.size * 0.6, wide, face.size * 1.2)
}

/// Draws what glows behind something new: all of it at 1, nothing at 0.
pub fn halo(picture: &mut Picture, mark: Option<Mark>, rect: Rect, glows: f32) {
    if glows > 0.0 {
        faint(picture, glows, |picture| {
            panel(picture, mark, grown(rect, 3.0), 5.0, Some(Ink::New), None);
        });
    }
}

/// Draws a text that no longer holds: crossed out. It begins at its place.
pub fn struck(picture: &mut Picture, mark: Option<Mark>, place: Point, face: Type, words: &str) {
    text(picture, mark, place, face, Ink::Dim, words);
    let (from, to) = (
        at(place.x - 2.0, place.y),
        at(place.x + width(words, face) + 2.0, place.y),
    );
    line(picture, mark, from, to, stroke(Ink::Text, 1.0));
}

/// Draws a tick.
pub fn tick(picture: &mut Picture, mark: Option<Mark>, centre: Point, reach: f32, look: Stroke) {
    let (x, y) = (centre.x, centre.y);
    let shape = Shape::Line {
        points: vec![
            at(x - reach, y),
            at(x - reach * 0.3, y + reach * 0.7),
            at(x + reach, y - reach * 0.7),
        ],
        stroke: look,
        arrow: false,
    };
    picture.draw(mark, shape);
}

/// A line that is not whole.
pub const fn dashed(ink: Ink, width: f32, dash: Dash) -> Stroke {
    Stroke {
        dash,
        ..stroke(ink, width)
    }
}

/// Makes a place of the picture known.
pub fn spot(
    picture: &mut Picture,
    mark: Mark,
    rect: Rect,
    name: impl Into<Box<str>>,
    value: impl Into<Box<str>>,
) {
    picture.spots.push(Spot {
        mark,
        rect,
        name: name.into(),
        value: value.into(),
    });
}

/// Draws what is drawn by `draw` paler.
pub fn faint(picture: &mut Picture, opacity: f32, draw: impl FnOnce(&mut Picture)) {
    let first = picture.items.len();
    draw(picture);
    for Item { opacity: it, .. } in &mut picture.items[first..] {
        *it *= opacity;
    }
}

/// The rectangle around a centre.
pub fn around(centre: Point, w: f32, h: f32) -> Rect {
    Rect::new(centre.x - w / 2.0, centre.y - h / 2.0, w, h)
}

/// A rectangle that is larger on every side.
pub fn grown(rect: Rect, by: f32) -> Rect {
    Rect::new(
        rect.x - by,
        rect.y - by,
        rect.w + 2.0 * by,
        rect.h + 2.0 * by,
    )
}

/// Whether two rectangles share more than an edge.
pub fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

/// Whether one rectangle lies in another.
pub fn inside(inner: Rect, outer: Rect) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.x + inner.w <= outer.x + outer.w
        && inner.y + inner.h <= outer.y + outer.h
}

/// The place that lies at a part of the way from one to another.
pub fn between(from: Point, to: Point, part: f32) -> Point {
    at(
        from.x + (to.x - from.x) * part,
        from.y + (to.y - from.y) * part,
    )
}

/// The direction from one place to another, of length 1 (or none).
pub fn direction(from: Point, to: Point) -> Point {
    let (x, y) = (to.x - from.x, to.y - from.y);
    let length = (x * x + y * y).sqrt();
    match length > 0.0 {
        true => at(x / length, y / length),
        false => at(0.0, 0.0),
    }
}

/// Where the way from the middle of a rectangle towards a place leaves it.
pub fn way_out(rect: Rect, towards: Point) -> Point {
    let middle = rect.centre();
    let (dx, dy) = (towards.x - middle.x, towards.y - middle.y);
    let across = if dx == 0.0 {
        f32::INFINITY
    } else {
        rect.w / 2.0 / dx.abs()
    };
    let down = if dy == 0.0 {
        f32::INFINITY
    } else {
        rect.h / 2.0 / dy.abs()
    };
    let part = across.min(down);
    match part.is_finite() {
        true => at(middle.x + dx * part, middle.y + dy * part),
        false => middle,
    }
}
