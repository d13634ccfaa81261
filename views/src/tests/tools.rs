//! SVG files and what an operator would see.

use super::stage::{LOST_PROPOSAL, ONE_AFTER_ANOTHER, Stage, centre};
use crate::draw::{aligned, words};
use crate::picture::{Align, Picture, Shape, at};
use crate::theme::{Ink, Theme};
use crate::{ensemble, operator, svg};
use quick_xml::events::Event;
use sim_core::base::NodeId;
use sim_core::explain::Lang;

/// Reads a file to its end: names of elements, and the texts in them.
fn read(file: &str) -> (Vec<String>, Vec<String>) {
    let mut reader = quick_xml::Reader::from_str(file);
    reader.config_mut().check_end_names = true;
    let (mut names, mut texts, mut letters) = (Vec::new(), Vec::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(it) => {
                names.push(String::from_utf8_lossy(it.name().as_ref()).into_owned());
                letters.clear();
            }
            Event::Empty(it) => {
                names.push(String::from_utf8_lossy(it.name().as_ref()).into_owned());
            }
            Event::Text(it) => letters.push_str(&it.decode().expect("text")),
            Event::GeneralRef(it) => {
                let name = it.decode().expect("a name");
                letters.push_str(match &*name {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    "apos" => "'",
                    other => panic!("{other} is no entity of XML"),
                });
            }
            Event::End(_) => texts.push(core::mem::take(&mut letters)),
            Event::Eof => return (names, texts),
            _ => {}
        }
    }
}

#[test]
fn an_svg_has_every_shape_and_every_letter() {
    let mut stage = Stage::new(ONE_AFTER_ANOTHER);
    let scene = stage.at("5.0105s");
    let picture = ensemble::picture(&scene, &centre(Lang::Zh));
    for theme in [Theme::Light, Theme::Dark] {
        let (names, texts) = read(&svg::write(&picture, theme));
        let shapes =
            |sort: fn(&Shape) -> bool| picture.items.iter().filter(|it| sort(&it.shape)).count();
        let written = |name: &str| names.iter().filter(|it| *it == name).count();
        assert_eq!(names[0], "svg");
        assert_eq!(
            written("text"),
            shapes(|it| matches!(it, Shape::Text { .. }))
        );
        assert_eq!(
            written("circle"),
            shapes(|it| matches!(it, Shape::Disc { .. }))
        );
        assert_eq!(
            written("polyline"),
            shapes(|it| matches!(it, Shape::Line { .. }))
        );
        // One more for the ground.
        assert_eq!(
            written("rect"),
            shapes(|it| matches!(it, Shape::Box { .. })) + 1
        );
        assert!(texts.iter().any(|it| it == "zk1"));
    }
}

#[test]
fn letters_that_mean_something_to_xml_are_escaped() {
    let mut picture = Picture::new(100.0, 20.0);
    let evil = "</text><script>&\"'\u{1}\u{ffff}]]>";
    aligned(
        &mut picture,
        None,
        at(0.0, 10.0),
        Align::Left,
        words(11.0),
        Ink::Text,
        evil,
    );
    let file = svg::write(&picture, Theme::Light);
    let (names, texts) = read(&file);
    assert_eq!(names, ["svg", "rect", "text"]);
    let shown = evil.replace(['\u{1}', '\u{ffff}'], "\u{fffd}");
    assert_eq!(texts[0], shown);
}

fn lines(all: &[operator::Line]) -> Vec<&str> {
    all.iter().map(|it| &*it.text).collect()
}

/// Recording zookeeper-3.5.7/outputs/4lw/srvr-leader-fresh and zkServer/status-leader, status-looking,
/// status-not-running: the lines as they are, with dashes where the simulation knows nothing. A fresh ensemble has five
/// nodes, and the asking connection counts itself.
#[test]
fn an_operator_sees_what_was_recorded() {
    let mut stage = Stage::new(ONE_AFTER_ANOTHER);
    let (zk1, zk3, zk5) = (NodeId(0), NodeId(2), NodeId(4));
    let world = stage.at("2s").world;
    let looking = [
        "ZooKeeper JMX enabled by default",
        "Using config: —",
        "Client port found: 2181. Client address: localhost.",
        "Error contacting service. It is probably not running.",
    ];
    assert_eq!(lines(&operator::status(world, zk1)), looking);
    assert_eq!(
        lines(&operator::status(world, zk5)),
        looking,
        "not started: the same"
    );
    assert_eq!(
        lines(&operator::srvr(world, zk1)),
        ["This ZooKeeper instance is not currently serving requests"]
    );
    assert!(operator::srvr(world, zk5).is_empty(), "nobody listens");
    let world = stage.at("9s").world;
    assert_eq!(lines(&operator::status(world, zk3))[3], "Mode: leader");
    assert_eq!(lines(&operator::status(world, zk1))[3], "Mode: follower");
    assert_eq!(
        lines(&operator::srvr(world, zk3)),
        [
            "Zookeeper version: 3.5.7-f0fdd52973d373ffd9c86b81d99842dc2c7f660e, built on 02/10/2020 11:30 GMT",
            "Latency min/avg/max: —/—/—",
            "Received: —",
            "Sent: —",
            "Connections: 1",
            "Outstanding: 0",
            "Zxid: 0x100000000",
            "Mode: leader",
            "Node count: 5",
            "Proposal sizes last/min/max: —/—/—",
        ]
    );
    let with_dash = |it: &operator::Line| it.text.contains('—');
    let srvr = operator::srvr(world, zk3);
    assert!(srvr.iter().all(|it| it.simulated != with_dash(it)));
}

/// The recording of this story: `srvr` of 1 to 5 shows 8, 8, 8, 7, 7.
#[test]
fn srvr_after_the_lost_proposal() {
    let mut stage = Stage::new(LOST_PROPOSAL);
    let world = stage.at("5.6s").world;
    for (index, counter) in [8, 8, 8, 7, 7].into_iter().enumerate() {
        let srvr = operator::srvr(world, NodeId(index as u16));
        let zxid = format!("Zxid: 0x10000000{counter}");
        assert!(srvr.iter().any(|it| *it.text == zxid), "{srvr:?}");
    }
}
