//! Where the cards stand: on an ellipse, from the top clockwise, as large as they fit.

use crate::draw::{around, overlap};
use crate::picture::{Point, Rect, at};

/// How much a card shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything.
    Full,
    /// No phase and epochs.
    Medium,
    /// No log either.
    Small,
    /// State, name and vote.
    Tiny,
}

impl Level {
    const ALL: [Level; 4] = [Level::Full, Level::Medium, Level::Small, Level::Tiny];

    /// How far cards must stand apart: small ones, that two plays may stand beside each other, less.
    const fn gap(self) -> f32 {
        match self {
            Level::Full | Level::Medium => 12.0,
            Level::Small | Level::Tiny => 6.0,
        }
    }

    /// Width and height of a card.
    pub const fn size(self) -> (f32, f32) {
        match self {
            Level::Full => (216.0, 138.0),
            Level::Medium => (188.0, 118.0),
            Level::Small => (148.0, 88.0),
            Level::Tiny => (92.0, 46.0),
        }
    }
}

/// Where everything stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// How much cards show.
    pub level: Level,
    /// The servers' cards, in the order of the scenario.
    pub cards: Vec<Rect>,
    /// The clients' boxes.
    pub clients: Vec<Rect>,
    /// Clients for which there is no room.
    pub more_clients: usize,
    /// Where cards and messages may be.
    pub stage: Rect,
}

/// The height of the row that says what the shapes mean.
pub const LEGEND: f32 = 44.0;
const MARGIN: f32 = 10.0;
const CLIENT: (f32, f32) = (118.0, 40.0);

/// Places servers and clients.
pub fn layout(width: f32, height: f32, servers: usize, clients: usize) -> Layout {
    let (boxes, bottom) = place_clients(width, height, clients);
    let stage = Rect::new(
        MARGIN,
        LEGEND,
        (width - 2.0 * MARGIN).max(1.0),
        (bottom - LEGEND - MARGIN).max(1.0),
    );
    let fits = |level: &&Level| {
        let cards = on_ellipse(stage, servers, level.size());
        let apart = |(index, card): (usize, &Rect)| {
            let mut later = cards[index + 1..].iter();
            let around = crate::draw::grown(*card, level.gap());
            !later.any(|other| overlap(around, *other))
        };
        cards.iter().enumerate().all(apart)
    };
    let level = Level::ALL.iter().find(fits).copied().unwrap_or(Level::Tiny);
    Layout {
        level,
        cards: on_ellipse(stage, servers, level.size()),
        more_clients: clients - boxes.len(),
        clients: boxes,
        stage,
    }
}

/// Clients stand in a row under the servers.
fn place_clients(width: f32, height: f32, clients: usize) -> (Vec<Rect>, f32) {
    if clients == 0 {
        return (Vec::new(), height);
    }
    let room = ((width - 2.0 * MARGIN) / (CLIENT.0 + 12.0)) as usize;
    let shown = clients.min(room.max(1));
    // The last place says how many more there are.
    let shown = if shown < clients {
        shown.saturating_sub(1).max(1)
    } else {
        shown
    };
    let y = height - MARGIN - CLIENT.1;
    let places = if shown < clients { shown + 1 } else { shown };
    let gap = (width - 2.0 * MARGIN - places as f32 * CLIENT.0) / (places as f32 + 1.0);
    let x = |index: usize| MARGIN + gap + index as f32 * (CLIENT.0 + gap);
    let boxes = (0..shown).map(|index| Rect::new(x(index), y, CLIENT.0, CLIENT.1));
    (boxes.collect(), y - 6.0)
}

fn on_ellipse(stage: Rect, servers: usize, (w, h): (f32, f32)) -> Vec<Rect> {
    let middle = stage.centre();
    let (across, down) = ((stage.w - w) / 2.0, (stage.h - h) / 2.0);
    let place = |index: usize| {
        if servers == 1 {
            return middle;
        }
        let turn = index as f32 / servers as f32 - if servers == 2 { 0.5 } else { 0.25 };
        let (sin, cos) = (turn * core::f32::consts::TAU).sin_cos();
        at(middle.x + cos * across * 0.97, middle.y + sin * down)
    };
    let mut cards: Vec<Rect> = (0..servers)
        .map(|index| around(place(index), w, h))
        .collect();
    fill_height(stage, &mut cards);
    cards
}

/// An odd number of places leaves room below: cards move down in proportion until the lowest stands at the bottom.
fn fill_height(stage: Rect, cards: &mut [Rect]) {
    let top = cards.iter().map(|it| it.y).fold(f32::INFINITY, f32::min);
    let lowest = cards.iter().map(|it| it.y + it.h).fold(0.0, f32::max);
    let height = cards.first().map_or(0.0, |it| it.h);
    let (used, room) = (lowest - top - height, stage.h - height);
    if cards.len() < 3 || used <= 0.0 || room <= used {
        return;
    }
    for card in cards {
        card.y = stage.y + (card.y - top) * room / used;
    }
}

/// The middle of a rectangle moved to the right of the way towards another: those who come keep right, so that two
/// messages that meet do not hide each other.
pub fn keep_right(from: Point, to: Point, by: f32) -> Point {
    let along = crate::draw::direction(from, to);
    at(-along.y * by, along.x * by)
}
