//! States as shapes with letters: every state is a shape, a letter and a colour at once.
//!
//! LOOKING is a dashed ring with a question mark, FOLLOWING a disc with F, LEADING a hexagon with L, OBSERVING a
//! rounded square with O, a server that runs alone a rounded square with S; what is down is a ring with a cross, what was never started a dotted ring; a client is a
//! diamond.

use crate::draw::{around, bold, cross, dashed, words};
use crate::history::State;
use crate::mark::Mark;
use crate::picture::{Align, Dash, Picture, Point, Shape, at, stroke};
use crate::theme::Ink;
use sim_core::zookeeper::ServerState;

/// The ink of a state.
pub const fn ink(state: State) -> Ink {
    match state {
        State::NotStarted | State::Down => Ink::Down,
        State::Server(ServerState::Looking) => Ink::Looking,
        State::Server(ServerState::Following) => Ink::Following,
        State::Server(ServerState::Leading | ServerState::Standalone) => Ink::Leading,
        State::Server(ServerState::Observing) => Ink::Observing,
        State::Client => Ink::Dim,
    }
}

/// The letter of a state; none for what does not run.
pub const fn letter(state: State) -> Option<&'static str> {
    match state {
        State::NotStarted | State::Down | State::Client => None,
        State::Server(ServerState::Looking) => Some("?"),
        State::Server(ServerState::Following) => Some("F"),
        State::Server(ServerState::Leading) => Some("L"),
        State::Server(ServerState::Observing) => Some("O"),
        State::Server(ServerState::Standalone) => Some("S"),
    }
}

/// The key of a state's word; the states of servers keep the names that servers log.
pub const fn key(state: State) -> &'static str {
    match state {
        State::NotStarted => "state.not_started",
        State::Down => "state.down",
        State::Server(ServerState::Looking) => "state.looking",
        State::Server(ServerState::Following) => "state.following",
        State::Server(ServerState::Leading) => "state.leading",
        State::Server(ServerState::Observing) => "state.observing",
        State::Server(ServerState::Standalone) => "state.standalone",
        State::Client => "state.client",
    }
}

/// Corners of a hexagon that stands on a corner, for a radius of 1.
const HEXAGON: [(f32, f32); 6] = [
    (0.0, -1.0),
    (0.866, -0.5),
    (0.866, 0.5),
    (0.0, 1.0),
    (-0.866, 0.5),
    (-0.866, -0.5),
];

/// Draws a state.
pub fn draw(picture: &mut Picture, mark: Option<Mark>, centre: Point, radius: f32, state: State) {
    let ink = ink(state);
    let ring = |dash| Shape::Disc {
        centre,
        radius: radius - 1.0,
        fill: None,
        stroke: Some(dashed(ink, 2.0, dash)),
    };
    let shape = match state {
        State::NotStarted => ring(Dash::Dotted),
        State::Down => ring(Dash::Whole),
        State::Server(ServerState::Looking) => ring(Dash::Dashed),
        State::Server(ServerState::Following) => Shape::Disc {
            centre,
            radius,
            fill: Some(ink),
            stroke: None,
        },
        State::Server(ServerState::Leading) => Shape::Polygon {
            points: HEXAGON
                .iter()
                .map(|(x, y)| at(centre.x + x * radius * 1.1, centre.y + y * radius * 1.1))
                .collect(),
            fill: Some(ink),
            stroke: None,
        },
        State::Server(ServerState::Observing | ServerState::Standalone) => Shape::Box {
            rect: around(centre, radius * 1.8, radius * 1.8),
            radius: radius * 0.4,
            fill: Some(ink),
            stroke: None,
        },
        State::Client => Shape::Polygon {
            points: [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]
                .iter()
                .map(|(x, y)| at(centre.x + x * radius, centre.y + y * radius))
                .collect(),
            fill: None,
            stroke: Some(stroke(ink, 2.0)),
        },
    };
    picture.draw(mark, shape);
    if state == State::Down {
        cross(picture, mark, centre, radius * 0.42, stroke(ink, 2.0));
    }
    if let Some(letter) = letter(state) {
        let outlined = state == State::Server(ServerState::Looking);
        let text = Shape::Text {
            at: centre,
            align: Align::Centre,
            face: bold(words((radius * 1.2).max(11.0))),
            ink: if outlined { ink } else { Ink::Panel },
            text: letter.into(),
        };
        picture.draw(mark, text);
    }
}
