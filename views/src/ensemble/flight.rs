//! Messages on their way: each where it is at the time shown, with what it says where there is room.

use super::card::broken_sign;
use super::link::{Lane, Places, lane};
use super::say::sid_text;
use crate::draw::{
    around, arrow, between, bold, centred, dashed, grown, inside, line, mono, overlap, panel, spot,
    width,
};
use crate::glyph;
use crate::history::{Gist, State, id_of};
use crate::mark::{Mark, MessageId};
use crate::picture::{Dash, Picture, Point, Rect, Shape, at, stroke};
use crate::scene::{Scene, Style};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::base::{NodeId, SimTime};
use sim_core::cluster::Msg;
use sim_core::engine::{Flight, Message as _, Stage};
use sim_core::zookeeper::{
    self as zk, ElectionMsg, Notification, Packet, PacketKind, ServerState, Zxid,
};
use std::collections::BTreeMap;

/// More messages than these are counted instead of drawn one by one.
const DRAWN: usize = 160;
/// More labels than these would be read by nobody.
const LABELLED: usize = 24;

/// A message as it is drawn.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    id: MessageId,
    /// From 0 (just sent) to 1 (there).
    part: f32,
    stage: Stage,
    state: State,
    /// What it says, long and short; nothing for what only keeps connections alive.
    says: Option<(String, String)>,
    /// How many there are of it at this place.
    count: u32,
    /// When it arrives (what stands still comes first), and the how manieth sent it was.
    arrives: (SimTime, usize),
}

/// Draws all messages under way. `taken` is where no label may lie.
pub fn draw(
    scene: &Scene<'_>,
    places: &Places,
    stage: Rect,
    taken: &[Rect],
    style: &Style,
    picture: &mut Picture,
) {
    let messages = messages(scene, style);
    let mut labels = Labels {
        taken: taken.to_vec(),
        stage,
    };
    let mut ways: Vec<(Drawn, Lane, Point)> = Vec::new();
    for message in messages {
        if let Some(way) = lane(places, message.id.from, message.id.to) {
            let place = between(way.from, way.to, message.part);
            labels.taken.push(around(place, 9.0, 9.0));
            ways.push((message, way, place));
        }
    }
    // Lines and dots first: no label lies under them.
    for (message, way, place) in &ways {
        dot(message, *way, *place, style, picture);
    }
    let mut labelled = 0;
    let near = |a: &(Drawn, Lane, Point), b: &(Drawn, Lane, Point)| {
        a.1 == b.1 && (a.0.part - b.0.part).abs() < 0.05 && a.0.says.is_some() && b.0.says.is_some()
    };
    for together in ways.chunk_by(near) {
        let (first, _, place) = &together[0];
        let rect = says_of(together)
            .filter(|_| labelled < LABELLED)
            .and_then(|says| label(first, &says, *place, &mut labels, picture));
        labelled += usize::from(rect.is_some());
        for (message, _, place) in together {
            let rect = rect.filter(|_| message.id == first.id);
            let rect = rect.unwrap_or_else(|| around(*place, 14.0, 14.0));
            let (name, value) = said(scene, message, style);
            spot(picture, Mark::Message(message.id), rect, name, value);
        }
    }
}

/// What messages that are close together say: the first in full, or all in short.
fn says_of(together: &[(Drawn, Lane, Point)]) -> Option<(String, String)> {
    let counted = |says: &str, count: u32| match count {
        1 => says.to_owned(),
        count => format!("{says} ×{count}"),
    };
    let all = together.iter();
    let all = all.filter_map(|(it, _, _)| Some((it.says.as_ref()?, it.count)));
    let all: Vec<_> = all.collect();
    match &all[..] {
        [] => None,
        [(says, count)] => Some((counted(&says.0, *count), counted(&says.1, *count))),
        [first, ..] => {
            let short = all
                .iter()
                .take(3)
                .map(|(says, count)| counted(&says.1, *count));
            let short: Vec<String> = short.collect();
            let more = all.len() - short.len();
            let more = if more > 0 {
                format!(" +{more}")
            } else {
                String::new()
            };
            let one = format!("{} +{}", counted(&first.0.1, first.1), all.len() - 1);
            Some((format!("{}{more}", short.join(", ")), one))
        }
    }
}

// ---- which messages, and where ----

fn messages(scene: &Scene<'_>, style: &Style) -> Vec<Drawn> {
    let mut all: Vec<Drawn> = Vec::new();
    for flight in scene.world.in_flight() {
        let id = id_of(&flight);
        let known = scene.history.message(id, flight.sent_by);
        let place = known.map_or(0, |it| it.0);
        let known = known.map(|it| it.1);
        let state = known.map_or(State::Client, |it| it.state);
        let part = match (flight.stage, known) {
            (Stage::Received, _) => 1.0,
            (Stage::Waits, _) => 0.3,
            (Stage::Travels(_), None) => 0.5,
            (Stage::Travels(arrives), Some(it)) => travelled(it.sent_at, arrives, scene.time),
        };
        all.push(Drawn {
            id,
            part,
            stage: flight.stage,
            state,
            says: says(scene, &flight, style),
            count: 1,
            arrives: match flight.stage {
                Stage::Travels(at) => (at, place),
                Stage::Waits | Stage::Received => (SimTime(0), place),
            },
        });
    }
    // Those of one direction in the order in which they arrive.
    all.sort_by_key(|it| (it.id.from, it.id.to, it.arrives));
    let all = match all.len() > DRAWN {
        true => gathered(all),
        false => merged(all),
    };
    spread(all)
}

/// How much of its way a message has behind it.
fn travelled(sent: SimTime, arrives: SimTime, now: SimTime) -> f32 {
    let all = (arrives - sent).0.max(1) as f64;
    ((now - sent).0 as f64 / all).clamp(0.0, 1.0) as f32
}

/// What says the same at the same place is one, counted.
fn merged(all: Vec<Drawn>) -> Vec<Drawn> {
    let mut kept: Vec<Drawn> = Vec::new();
    for message in all {
        let there = message.stage == Stage::Received;
        let same = |it: &&mut Drawn| {
            (it.id.from, it.id.to, it.id.kind) == (message.id.from, message.id.to, message.id.kind)
                && it.stage == message.stage
                && (there || it.says == message.says)
                && (it.part - message.part).abs() < 0.04
        };
        match kept.iter_mut().rev().take(8).find(same) {
            // In a socket the last one speaks for all.
            Some(it) if there => (it.count, it.says) = (it.count + 1, message.says),
            Some(it) => it.count += 1,
            None => kept.push(message),
        }
    }
    kept
}

/// Where there are very many, each direction and kind is one.
fn gathered(all: Vec<Drawn>) -> Vec<Drawn> {
    let mut groups: BTreeMap<(NodeId, NodeId, u8), Drawn> = BTreeMap::new();
    for message in all {
        let key = (message.id.from, message.id.to, message.id.kind);
        match groups.get_mut(&key) {
            Some(it) => {
                it.count += 1;
                it.part = it.part.max(message.part);
            }
            None => _ = groups.insert(key, message),
        }
    }
    groups.into_values().collect()
}

/// What waits or lies in a socket stands in a row instead of on one spot.
fn spread(mut all: Vec<Drawn>) -> Vec<Drawn> {
    let mut standing: BTreeMap<(NodeId, NodeId, bool), u32> = BTreeMap::new();
    for message in &mut all {
        let there = message.stage == Stage::Received;
        if !there && message.stage != Stage::Waits {
            continue;
        }
        let before = standing
            .entry((message.id.from, message.id.to, there))
            .or_default();
        let back = (*before).min(6) as f32 * 0.08;
        message.part = (message.part - back).max(0.04);
        *before += 1;
    }
    all
}

// ---- what they say ----

fn says(scene: &Scene<'_>, flight: &Flight<'_, Msg>, style: &Style) -> Option<(String, String)> {
    let Msg::Zk(msg) = flight.msg;
    match msg {
        zk::Msg::Election(ElectionMsg::Notification(it)) => {
            let to = scene.world.spec().nodes[flight.to.index()]
                .config
                .zk_server();
            let to = to.map_or_else(String::new, |it| it.sid.to_string());
            Some(vote_label(it, &to, style))
        }
        zk::Msg::Election(ElectionMsg::Greeting(_)) => None,
        zk::Msg::Quorum(packet) => packet_label(packet),
        zk::Msg::Client(it) => client_label(it),
    }
}

fn vote_label(it: &Notification, to: &str, style: &Style) -> (String, String) {
    let leader = sid_text(it.leader);
    let state = match it.state {
        ServerState::Looking => "",
        state => glyph::letter(State::Server(state)).unwrap_or(""),
    };
    let values = [
        ("to", &to as &dyn core::fmt::Display),
        ("leader", &leader),
        ("state", &state),
    ];
    let says = with(style.lang, "view.msg_vote", &values);
    let says = says.trim_end().to_owned();
    (says.clone(), says)
}

fn packet_label(packet: &Packet) -> Option<(String, String)> {
    let name = packet.kind.name();
    let zxid = || match packet.zxid {
        Zxid::NONE => name.to_owned(),
        zxid => format!("{name} {zxid}"),
    };
    match packet.kind {
        PacketKind::Ping => None,
        PacketKind::Request | PacketKind::Sync | PacketKind::Revalidate => {
            Some((name.to_owned(), name.to_owned()))
        }
        _ => Some((zxid(), name.to_owned())),
    }
}

fn client_label(msg: &zk::ClientMsg) -> Option<(String, String)> {
    let says = match msg {
        zk::ClientMsg::Connect { .. } => "connect".to_owned(),
        zk::ClientMsg::Event(event) => format!("event {}", event.path),
        zk::ClientMsg::Connected { .. } => "session".to_owned(),
        zk::ClientMsg::Request(request) if request.cxid == -2 => return None,
        zk::ClientMsg::Request(request) => match &*request.op {
            zk::Op::Create { path, .. } => format!("create {path}"),
            zk::Op::SetData { path, .. } => format!("set {path}"),
            zk::Op::Delete { path, .. } => format!("delete {path}"),
            zk::Op::GetData { path, .. } => format!("get {path}"),
            _ => "request".to_owned(),
        },
        zk::ClientMsg::Response(response) if response.cxid == -2 => return None,
        zk::ClientMsg::Response(response) => match response.error {
            Some(_) => "error".to_owned(),
            None => format!("ok {}", response.zxid),
        },
    };
    let short = says.split(' ').next().unwrap_or("").to_owned();
    Some((says, short))
}

/// What a screen reader says of it.
fn said(scene: &Scene<'_>, message: &Drawn, style: &Style) -> (String, String) {
    let kind = Msg::kind_name(message.id.kind);
    let values = [
        ("kind", &kind as &dyn core::fmt::Display),
        ("from", &scene.name(message.id.from)),
        ("to", &scene.name(message.id.to)),
    ];
    let name = with(style.lang, "view.message", &values);
    let percent = (message.part * 100.0).round() as u32;
    let way = match message.stage {
        Stage::Travels(_) => with(style.lang, "view.travels", &[("percent", &percent)]),
        Stage::Waits => word(style.lang, "view.waits").into_owned(),
        Stage::Received => word(style.lang, "view.received").into_owned(),
    };
    let says = message.says.as_ref().map_or("", |says| &says.0);
    let count = match message.count {
        1 => String::new(),
        count => format!(" ×{count}"),
    };
    let value = format!("{says}{count} {way}");
    (name, value.trim_start().to_owned())
}

// ---- drawing ----

fn dot(message: &Drawn, way: Lane, place: Point, style: &Style, picture: &mut Picture) {
    let mark = Some(Mark::Message(message.id));
    let ink = glyph::ink(message.state);
    let quiet = message.says.is_none();
    if style.reduced_motion && !quiet {
        arrow(
            picture,
            mark,
            way.from,
            way.to,
            dashed(ink, 1.0, Dash::Dashed),
        );
        line(picture, mark, way.from, place, stroke(ink, 2.0));
    }
    let radius = if quiet { 2.5 } else { 4.0 };
    let (fill, edge) = match message.stage {
        Stage::Waits => (Some(Ink::Panel), Some(stroke(ink, 2.0))),
        _ => (Some(if quiet { Ink::Dim } else { ink }), None),
    };
    let shape = Shape::Disc {
        centre: place,
        radius,
        fill,
        stroke: edge,
    };
    picture.draw(mark, shape);
    if message.stage == Stage::Waits {
        // It is held: a bar before it.
        let along = crate::draw::direction(way.from, way.to);
        let before = at(place.x + along.x * 7.0, place.y + along.y * 7.0);
        let side = at(-along.y * 5.0, along.x * 5.0);
        let (from, to) = (
            at(before.x - side.x, before.y - side.y),
            at(before.x + side.x, before.y + side.y),
        );
        line(picture, mark, from, to, stroke(ink, 2.0));
    }
}

/// Where labels lie, and where they may not.
struct Labels {
    taken: Vec<Rect>,
    stage: Rect,
}

/// Offsets that are tried, from near to far: eight directions at growing distance.
const RINGS: [f32; 4] = [16.0, 26.0, 40.0, 56.0];
const EIGHT: [(f32, f32); 8] = [
    (0.0, -1.0),
    (0.0, 1.0),
    (0.7, -0.7),
    (-0.7, -0.7),
    (0.7, 0.7),
    (-0.7, 0.7),
    (1.0, 0.0),
    (-1.0, 0.0),
];

impl Labels {
    /// A free place for a label of this size near its message.
    fn place(&self, near: Point, w: f32, h: f32) -> Option<Rect> {
        let offsets = RINGS.iter().flat_map(|ring| {
            let one = move |(dx, dy): &(f32, f32)| {
                // A wide label beside a message stands further away than one above it.
                let x = near.x + dx * (ring + w / 2.0 - 10.0);
                at(x, near.y + dy * ring)
            };
            EIGHT.iter().map(one)
        });
        offsets
            .map(|centre| around(centre, w, h))
            .find(|rect| inside(*rect, self.stage) && self.is_free(*rect) && self.sees(near, *rect))
    }

    /// Whether nothing lies between a message and its label.
    fn sees(&self, near: Point, rect: Rect) -> bool {
        let mut way = on_the_way(near, rect).into_iter();
        way.all(|it| !self.taken.iter().any(|taken| overlap(*taken, it)))
    }

    fn is_free(&self, rect: Rect) -> bool {
        let rect = grown(rect, 1.5);
        !self.taken.iter().any(|it| overlap(*it, rect))
    }
}

/// The place of a rectangle that is nearest to another place.
fn nearest(rect: Rect, place: Point) -> Point {
    at(
        place.x.clamp(rect.x, rect.x + rect.w),
        place.y.clamp(rect.y, rect.y + rect.h),
    )
}

/// What the line from a message to its label covers, beyond the message itself.
fn on_the_way(place: Point, rect: Rect) -> Vec<Rect> {
    let end = nearest(rect, place);
    let (dx, dy) = (end.x - place.x, end.y - place.y);
    let length = (dx * dx + dy * dy).sqrt();
    let steps = ((length - 10.0) / 5.0).max(0.0) as usize;
    let part = |step: usize| (8.0 + step as f32 * 5.0) / length;
    (0..steps)
        .map(|step| around(between(place, end, part(step)), 2.0, 2.0))
        .collect()
}

/// Draws what a message says, if there is room.
fn label(
    message: &Drawn,
    says: &(String, String),
    place: Point,
    labels: &mut Labels,
    picture: &mut Picture,
) -> Option<Rect> {
    let letters = bold(mono(11.0));
    let (says, rect) = [&says.0, &says.1].into_iter().find_map(|says| {
        let rect = labels.place(place, width(says, letters) + 14.0, 19.0)?;
        Some((says.as_str(), rect))
    })?;
    labels.taken.extend(on_the_way(place, rect));
    labels.taken.push(rect);
    let mark = Some(Mark::Message(message.id));
    let ink = glyph::ink(message.state);
    line(picture, mark, place, nearest(rect, place), stroke(ink, 1.0));
    panel(
        picture,
        mark,
        rect,
        6.0,
        Some(Ink::Panel),
        Some(stroke(ink, 1.0)),
    );
    let ink = if message.state == State::Client {
        Ink::Text
    } else {
        ink
    };
    centred(picture, mark, rect.centre(), letters, ink, says);
    Some(rect)
}

/// A message that was lost in this step: a cross where it ended.
pub fn lost(scene: &Scene<'_>, places: &Places, picture: &mut Picture) {
    let step = scene.step();
    // Losses of this step are among what was sent not long before it.
    let recent = scene.history.messages();
    let upto = recent.partition_point(|it| it.sent <= step);
    for message in recent[..upto].iter().rev().take(256) {
        let Some(end) = message.end.filter(|end| end.step == step && !end.delivered) else {
            continue;
        };
        let _ = end;
        let matters = !matches!(message.gist, Gist::None);
        if let Some(way) = lane(places, message.id.from, message.id.to).filter(|_| matters) {
            let place = between(way.from, way.to, 0.64);
            broken_sign(picture, Some(Mark::Message(message.id)), place, 5.0);
        }
    }
}
