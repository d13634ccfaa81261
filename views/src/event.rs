//! Marks of events: which shape, which ink, which few words.

use crate::draw::{cross, dashed};
use crate::ensemble::sync_name;
use crate::history::{Event, EventKind};
use crate::mark::Mark;
use crate::picture::{Dash, Picture, Point, Shape, at, stroke};
use crate::scene::Scene;
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::base::NodeId;
use sim_core::explain::Lang;

/// What an event is for the eye: each has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// An act that takes something away: a triangle, red.
    Harm,
    /// An act that gives something back, or neither: a triangle.
    Act,
    /// A server decided to lead, or its epoch was established: a hexagon.
    Leads,
    /// A leader or learner gave up: a ring.
    GivesUp,
    /// How histories are brought into line: a square.
    Sync,
    /// A promised property broke: a cross, red.
    Violation,
    /// A property that nothing promised here does not hold: a cross, dim.
    Unpromised,
}

/// Acts by their verbs in scenario files that take something away.
const HARM: &[&str] = &[
    "crash",
    "power_loss",
    "pause",
    "partition",
    "cut",
    "swallow",
    "reject",
    "reset",
    "drop",
    "hold",
    "duplicate",
    "reorder",
    "slow_disk",
    "stall_disk",
    "fill_disk",
    "fail_disk",
    "tear_disk",
    "wipe",
];

/// The verb of an act's text, and all names in it.
fn act(text: &str) -> (&str, Vec<&str>) {
    let mut quoted = text.split('"').skip(1).step_by(2);
    let verb = quoted.next().unwrap_or("");
    (verb, quoted.collect())
}

/// What an event is for the eye.
pub fn sort(event: &Event) -> Sort {
    match &event.kind {
        EventKind::Fault(text) if HARM.contains(&act(text).0) => Sort::Harm,
        EventKind::Fault(_) => Sort::Act,
        EventKind::Leads | EventKind::Established(_) => Sort::Leads,
        EventKind::SteppedDown(_) => Sort::GivesUp,
        EventKind::SyncChosen(..) | EventKind::Truncated(_) => Sort::Sync,
        EventKind::Exited(_) => Sort::Harm,
        EventKind::Violated(_, true) => Sort::Violation,
        EventKind::Violated(_, false) => Sort::Unpromised,
    }
}

/// Draws the mark of a sort of event.
pub fn draw(picture: &mut Picture, mark: Option<Mark>, centre: Point, sort: Sort) {
    let polygon = |points: &[(f32, f32)], ink| Shape::Polygon {
        points: points
            .iter()
            .map(|(x, y)| at(centre.x + x, centre.y + y))
            .collect(),
        fill: Some(ink),
        stroke: None,
    };
    let triangle = [(0.0, -5.0), (5.0, 4.0), (-5.0, 4.0)];
    let shape = match sort {
        Sort::Harm => polygon(&triangle, Ink::Broken),
        Sort::Act => polygon(&triangle, Ink::Text),
        Sort::Leads => {
            let hexagon = [
                (0.0, -5.5),
                (4.8, -2.7),
                (4.8, 2.7),
                (0.0, 5.5),
                (-4.8, 2.7),
                (-4.8, -2.7),
            ];
            polygon(&hexagon, Ink::Leading)
        }
        Sort::GivesUp => Shape::Disc {
            centre,
            radius: 4.0,
            fill: None,
            stroke: Some(dashed(Ink::Looking, 2.0, Dash::Whole)),
        },
        Sort::Sync => polygon(
            &[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)],
            Ink::Following,
        ),
        Sort::Violation => {
            cross(picture, mark, centre, 5.0, stroke(Ink::Broken, 3.0));
            return;
        }
        Sort::Unpromised => {
            cross(picture, mark, centre, 4.0, stroke(Ink::Dim, 2.0));
            return;
        }
    };
    picture.draw(mark, shape);
}

/// What happened, in as few words as name it: a verb, and whom it is about.
pub fn label(scene: &Scene<'_>, event: &Event, lang: Lang) -> (String, String) {
    let name = |node: NodeId| scene.name(node).to_owned();
    let whose = name(event.node);
    match &event.kind {
        EventKind::Fault(text) => {
            let (verb, names) = act(text);
            let known = |it: &&str| {
                scene
                    .world
                    .spec()
                    .nodes
                    .iter()
                    .any(|node| it.contains(&*node.name))
            };
            let whom: Vec<&str> = names.into_iter().filter(known).collect();
            (act_word(lang, verb), whom.join(", "))
        }
        EventKind::Leads => (word(lang, "view.event_leads").into_owned(), whose),
        EventKind::Established(epoch) => (
            with(lang, "view.event_established", &[("epoch", epoch)]),
            whose,
        ),
        EventKind::SteppedDown(_) => (word(lang, "view.event_gives_up").into_owned(), whose),
        EventKind::SyncChosen(learner, kind) => {
            (format!("{} → {learner}", sync_name(*kind)), whose)
        }
        EventKind::Truncated(zxid) => {
            (with(lang, "view.event_truncated", &[("zxid", zxid)]), whose)
        }
        EventKind::Exited(code) => (with(lang, "view.exited", &[("code", code)]), whose),
        EventKind::Violated(property, promised) => {
            let key = match promised {
                true => "view.event_broken",
                false => "view.event_not_promised",
            };
            (with(lang, key, &[("property", property)]), whose)
        }
    }
}

/// A verb of scenario files in words.
fn act_word(lang: Lang, verb: &str) -> String {
    let key = match verb {
        "start" => "view.act_start",
        "crash" => "view.act_crash",
        "restart" => "view.act_restart",
        "power_loss" => "view.act_power_loss",
        "pause" => "view.act_pause",
        "resume" => "view.act_resume",
        "partition" => "view.act_partition",
        "cut" => "view.act_cut",
        "swallow" => "view.act_swallow",
        "reject" => "view.act_reject",
        "heal" => "view.act_heal",
        "reset" => "view.act_reset",
        "latency" => "view.act_latency",
        "mend_disk" => "view.act_mend_disk",
        "slow_disk" => "view.act_slow_disk",
        "stall_disk" => "view.act_stall_disk",
        "fill_disk" => "view.act_fill_disk",
        "fail_disk" => "view.act_fail_disk",
        "tear_disk" => "view.act_tear_disk",
        "slow_thread" => "view.act_slow_thread",
        "wipe" => "view.act_wipe",
        "hold" => "view.act_hold",
        "deliver" => "view.act_deliver",
        "drop" => "view.act_drop",
        "duplicate" => "view.act_duplicate",
        "reorder" => "view.act_reorder",
        "wall_jump" | "drift" => "view.act_clock",
        _ => return verb.replace('_', " "),
    };
    word(lang, key).into_owned()
}

/// What happened, as one text: whoever leads comes first, whom an act is about comes last.
pub fn sentence(scene: &Scene<'_>, event: &Event, lang: Lang) -> String {
    let (what, whom) = label(scene, event, lang);
    match &event.kind {
        _ if whom.is_empty() || whom == "?" => what,
        EventKind::Fault(_) => format!("{what} {whom}"),
        _ => format!("{whom} {what}"),
    }
}
