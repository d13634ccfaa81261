//! A picture as data: lines, boxes, discs, polygons and texts with marks. The same data is painted in the window,
//! written as SVG and rendered as PNG.
//!
//! Lengths are points at 100 % zoom, from the top left corner. A picture names inks, never colours: a theme gives the
//! colours ([`crate::theme`]). Later items lie over earlier ones.

use crate::mark::Mark;
use crate::theme::Ink;

/// A place, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

/// A place.
pub const fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A rectangle, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl Rect {
    /// A rectangle.
    pub const fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w, h }
    }

    /// Its middle.
    pub fn centre(self) -> Point {
        at(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether a place lies in it.
    pub fn holds(self, it: Point) -> bool {
        (self.x..=self.x + self.w).contains(&it.x) && (self.y..=self.y + self.h).contains(&it.y)
    }
}

/// A line's look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its ink.
    pub ink: Ink,
    /// Its width in points: 2 for nodes, 1 for the rest.
    pub width: f32,
    /// Whole, or in dashes.
    pub dash: Dash,
}

/// Whether a line is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    /// Whole.
    #[default]
    Whole,
    /// Dashes.
    Dashed,
    /// Dots.
    Dotted,
}

/// A whole line of a width.
pub const fn stroke(ink: Ink, width: f32) -> Stroke {
    Stroke {
        ink,
        width,
        dash: Dash::Whole,
    }
}

/// Where a text stands to its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// It begins there.
    #[default]
    Left,
    /// Its middle is there.
    Centre,
    /// It ends there.
    Right,
}

/// A text's face and size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Type {
    /// In points: 11, 13, 14, 16, 19 or 22.
    pub size: f32,
    /// Whether every letter is as wide as the others: for what is copied from a system.
    pub mono: bool,
    /// Whether it is bold.
    pub bold: bool,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line through points.
    Line {
        /// At least two.
        points: Vec<Point>,
        /// Its look.
        stroke: Stroke,
        /// Whether its end has an arrow head.
        arrow: bool,
    },
    /// A rectangle with round corners.
    Box {
        /// Where.
        rect: Rect,
        /// Radius of the corners.
        radius: f32,
        /// Inside.
        fill: Option<Ink>,
        /// Edge.
        stroke: Option<Stroke>,
    },
    /// A disc or a ring.
    Disc {
        /// Middle.
        centre: Point,
        /// Radius.
        radius: f32,
        /// Inside.
        fill: Option<Ink>,
        /// Edge.
        stroke: Option<Stroke>,
    },
    /// A convex polygon.
    Polygon {
        /// Its corners.
        points: Vec<Point>,
        /// Inside.
        fill: Option<Ink>,
        /// Edge.
        stroke: Option<Stroke>,
    },
    /// One line of text; `at` is on its vertical middle.
    Text {
        /// Where.
        at: Point,
        /// How it stands to that place.
        align: Align,
        /// Face and size.
        face: Type,
        /// Its ink.
        ink: Ink,
        /// The letters.
        text: Box<str>,
    },
}

/// A thing in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it stands for, if a hand can point at it.
    pub mark: Option<Mark>,
    /// What it is drawn as.
    pub shape: Shape,
    /// From 0 (not there) to 1 (as it is).
    pub opacity: f32,
}

/// A place of a picture that can be pointed at.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// What it stands for.
    pub mark: Mark,
    /// Where it is pointed at.
    pub rect: Rect,
    /// What a screen reader says, in the picture's language.
    pub name: Box<str>,
    /// What it says beside that: state, values.
    pub value: Box<str>,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// What is drawn, in order.
    pub items: Vec<Item>,
    /// What can be pointed at, in reading order. Later spots lie over earlier ones.
    pub spots: Vec<Spot>,
}

impl Picture {
    /// An empty picture.
    pub fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            ..Self::default()
        }
    }

    /// What lies on top at a place.
    pub fn hit(&self, it: Point) -> Option<&Spot> {
        self.spots.iter().rev().find(|spot| spot.rect.holds(it))
    }

    /// Adds a shape.
    pub fn draw(&mut self, mark: Option<Mark>, shape: Shape) {
        self.items.push(Item {
            mark,
            shape,
            opacity: 1.0,
        });
    }
}
