//! The lines between cards: who has a connection to whom, and which directions faults have cut.

use super::layout::keep_right;
use crate::draw::{between, cross, dashed, direction, grown, line, spot, way_out};
use crate::mark::Mark;
use crate::picture::{Dash, Picture, Point, Rect, at, stroke};
use crate::scene::{Scene, Style};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::base::{NodeId, Port};
use sim_core::engine::Path;
use sim_core::zookeeper::port;
use std::collections::BTreeMap;

/// How far a lane lies to the right of the line between the middles.
const LANE: f32 = 5.0;

/// Where every node stands.
pub type Places = BTreeMap<NodeId, Rect>;

/// The way of messages from one node to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lane {
    /// Where it leaves the sender.
    pub from: Point,
    /// Where it meets the receiver.
    pub to: Point,
}

/// The lane from one node to another, if both stand somewhere.
pub fn lane(places: &Places, from: NodeId, to: NodeId) -> Option<Lane> {
    let (a, b) = (*places.get(&from)?, *places.get(&to)?);
    let (out, into) = (way_out(a, b.centre()), way_out(b, a.centre()));
    let aside = keep_right(a.centre(), b.centre(), LANE);
    Some(Lane {
        from: at(out.x + aside.x, out.y + aside.y),
        to: at(into.x + aside.x, into.y + aside.y),
    })
}

/// What rules say about a direction, and on which port alone if not on all.
type Cut = (Path, Option<Port>);

/// What lies between two nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Between {
    /// On some port.
    connected: bool,
    /// A learner to its leader, or a client to its server.
    serves: bool,
}

/// Draws the lines, and under which marks they can be pointed at.
pub fn draw(scene: &Scene<'_>, places: &Places, style: &Style, picture: &mut Picture) {
    for ((a, b), it) in connections(scene) {
        let (Some(one), Some(other)) = (places.get(&a), places.get(&b)) else {
            continue;
        };
        let ends = (way_out(*one, other.centre()), way_out(*other, one.centre()));
        let ink = if it.serves { Ink::Dim } else { Ink::Line };
        let mark = Some(Mark::Link { from: a, to: b });
        line(picture, mark, ends.0, ends.1, stroke(ink, 1.0));
    }
    let nodes: Vec<NodeId> = places.keys().copied().collect();
    for (index, &one) in nodes.iter().enumerate() {
        for &other in &nodes[index + 1..] {
            let (there, back) = (cut(scene, one, other), cut(scene, other, one));
            match (there, back) {
                (Some(there), Some(back)) if there == back && there.0.cut => {
                    draw_cut_both(scene, places, (one, other), there, style, picture);
                }
                _ => {
                    for (way, it) in [((one, other), there), ((other, one), back)] {
                        if let Some(it) = it {
                            draw_cut(scene, places, way, it, style, picture);
                        }
                    }
                }
            }
        }
    }
}

/// Nothing goes either way: one line, one cross.
fn draw_cut_both(
    scene: &Scene<'_>,
    places: &Places,
    (one, other): (NodeId, NodeId),
    it: Cut,
    style: &Style,
    picture: &mut Picture,
) {
    let (a, b) = (places[&one], places[&other]);
    let ends = (way_out(a, b.centre()), way_out(b, a.centre()));
    let mark = Mark::Link {
        from: one,
        to: other,
    };
    let look = dashed(Ink::Broken, 1.0, Dash::Dashed);
    line(picture, Some(mark), ends.0, ends.1, look);
    let middle = between(ends.0, ends.1, 0.5);
    cross(picture, Some(mark), middle, 6.0, stroke(Ink::Broken, 2.0));
    for (from, to, part) in [(one, other, 0.42), (other, one, 0.58)] {
        let near = between(ends.0, ends.1, part);
        say_cut(scene, (from, to), it, "view.cut", near, style, picture);
    }
}

fn say_cut(
    scene: &Scene<'_>,
    (from, to): (NodeId, NodeId),
    (_, only): Cut,
    key: &str,
    place: Point,
    style: &Style,
    picture: &mut Picture,
) {
    let values = [
        ("from", &scene.name(from) as &dyn core::fmt::Display),
        ("to", &scene.name(to)),
    ];
    let name = with(style.lang, key, &values);
    let value = only.map_or_else(
        || word(style.lang, "view.all_ports").into_owned(),
        |it| with(style.lang, "view.one_port", &[("port", &port::name(it))]),
    );
    let rect = grown(Rect::new(place.x, place.y, 0.0, 0.0), 10.0);
    spot(picture, Mark::Link { from, to }, rect, name, value);
}

fn connections(scene: &Scene<'_>) -> BTreeMap<(NodeId, NodeId), Between> {
    let mut pairs: BTreeMap<(NodeId, NodeId), Between> = BTreeMap::new();
    let all = scene.world.connections();
    for link in all.filter(|it| it.open && it.held_by_dialler && it.held_by_acceptor) {
        let pair = (link.from.min(link.to), link.from.max(link.to));
        let it = pairs.entry(pair).or_default();
        it.connected = true;
        it.serves |= link.port != port::ELECTION;
    }
    pairs
}

/// What rules say about a direction, and on which port if not on all that two servers use.
fn cut(scene: &Scene<'_>, from: NodeId, to: NodeId) -> Option<Cut> {
    let server = |node| {
        scene
            .world
            .spec()
            .nodes
            .get(usize::from(node))
            .is_some_and(|it| it.config.zk_server().is_some())
    };
    let ports: &[Port] = match server(from.0) && server(to.0) {
        true => &[port::QUORUM, port::ELECTION],
        false => &[port::CLIENT],
    };
    let path = |port: &Port| scene.world.path(from, to, *port);
    let touched: Vec<Port> = ports
        .iter()
        .copied()
        .filter(|it| !path(it).is_whole())
        .collect();
    let first = touched.first()?;
    let only = (touched.len() < ports.len()).then_some(*first);
    Some((path(first), only))
}

fn draw_cut(
    scene: &Scene<'_>,
    places: &Places,
    (from, to): (NodeId, NodeId),
    it: Cut,
    style: &Style,
    picture: &mut Picture,
) {
    let path = it.0;
    let Some(way) = lane(places, from, to) else {
        return;
    };
    let mark = Mark::Link { from, to };
    let along = direction(way.from, way.to);
    let end = between(way.from, way.to, 0.36);
    let dash = if path.cut { Dash::Dashed } else { Dash::Dotted };
    line(
        picture,
        Some(mark),
        way.from,
        way.to,
        dashed(Ink::Broken, 1.0, dash),
    );
    let key = if path.cut {
        bar(picture, mark, end, along);
        "view.cut"
    } else if path.swallows {
        let lost = between(way.from, way.to, 0.64);
        cross(picture, Some(mark), lost, 5.0, stroke(Ink::Broken, 2.0));
        "view.swallows"
    } else {
        bar(picture, mark, end, along);
        bar(
            picture,
            mark,
            at(end.x - along.x * 5.0, end.y - along.y * 5.0),
            along,
        );
        "view.rejects"
    };
    say_cut(scene, (from, to), it, key, end, style, picture);
}

/// A stroke across the way: nothing goes past it.
fn bar(picture: &mut Picture, mark: Mark, place: Point, along: Point) {
    let side = at(-along.y * 7.0, along.x * 7.0);
    let (from, to) = (
        at(place.x - side.x, place.y - side.y),
        at(place.x + side.x, place.y + side.y),
    );
    line(picture, Some(mark), from, to, stroke(Ink::Broken, 2.0));
    let back = at(place.x - along.x * 9.0, place.y - along.y * 9.0);
    let head = |turn: f32| at(back.x + side.x * 0.5 * turn, back.y + side.y * 0.5 * turn);
    for turn in [-1.0, 1.0] {
        let tip = at(place.x - along.x * 2.5, place.y - along.y * 2.5);
        line(
            picture,
            Some(mark),
            head(turn),
            tip,
            stroke(Ink::Broken, 1.0),
        );
    }
}
