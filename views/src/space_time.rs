//! Space and time: a line a node, time downwards, an arrow a message.
//!
//! An arrow begins where and when its message was sent and ends where and when it was taken; a lost one ends in a cross.
//! The lines have the looks of the states (dashes for LOOKING, none while down), with the state's shape where it
//! changes; acts and decisions stand beside their lines. What is later than the time shown is paler, or absent while a
//! question stands. Wide windows have words only at what was lost, wider ones merge arrows that share their pixels, very
//! wide ones leave them out and say how many there are.

use crate::bands::{clock, seconds_to, tick_step};
use crate::draw::{
    around, arrow, at_right, between, bold, centred, cross, dashed, faint, fitted, grown, inside,
    line, mono, overlap, panel, spot, text, width, words as plain,
};
use crate::event::{self, Sort};
use crate::glyph;
use crate::history::{Event, Gist, Message, Span, State};
use crate::mark::Mark;
use crate::picture::{Dash, Picture, Point, Rect, Stroke, at, stroke};
use crate::scene::{Scene, Style, Window};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::base::{NodeId, SimTime};
use sim_core::cluster::Msg;
use sim_core::engine::Message as _;
use sim_core::zookeeper::{PacketKind, ServerState, port};
use std::collections::BTreeSet;

/// Room for the names of nodes.
const TOP: f32 = 46.0;
const BOTTOM: f32 = 12.0;
/// Room for times.
const GUTTER: f32 = 78.0;
const RIGHT: f32 = 24.0;
/// More messages than these are merged where they share pixels.
const MERGED_ABOVE: usize = 1_200;
/// Of more arrows than these only lost and selected ones have words and can be pointed at.
const WORDED: usize = 400;
/// More messages than these are left out.
const LEFT_OUT_ABOVE: usize = 8_000;
/// Messages sent before the window that may still arrive in it are looked for among so many.
const SENT_BEFORE: usize = 512;
/// How pale the future is.
const FUTURE: f32 = 0.4;

/// What is shown of a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// From when to when.
    pub window: Window,
    /// Nodes that are left out.
    pub hidden_nodes: &'a [NodeId],
    /// Kinds of messages that are left out, by number.
    pub hidden_kinds: &'a [u8],
}

/// Draws the play in a window of time.
pub fn picture(scene: &Scene<'_>, shown: &Shown<'_>, style: &Style) -> Picture {
    let mut picture = Picture::new(style.width, style.height);
    let nodes = (0..scene.world.spec().nodes.len() as u16).map(NodeId);
    let columns = nodes
        .filter(|it| !shown.hidden_nodes.contains(it))
        .collect();
    let mut view = View {
        scene,
        shown,
        style,
        columns,
        taken: Vec::new(),
        changes: Vec::new(),
    };
    view.parting(&mut picture);
    view.axis(&mut picture);
    view.lines(&mut picture);
    view.now(&mut picture);
    view.messages(&mut picture);
    view.changes(&mut picture);
    view.events(&mut picture);
    view.heads(&mut picture);
    picture
}

/// The time at a height of the picture.
pub fn time_at(shown: &Shown<'_>, style: &Style, y: f32) -> SimTime {
    shown.window.at((y - TOP) / span_of(style))
}

/// The height of a time.
pub fn y_of(shown: &Shown<'_>, style: &Style, at: SimTime) -> f32 {
    TOP + shown.window.fraction(at) * span_of(style)
}

fn span_of(style: &Style) -> f32 {
    (style.height - TOP - BOTTOM).max(1.0)
}

struct View<'a> {
    scene: &'a Scene<'a>,
    shown: &'a Shown<'a>,
    style: &'a Style,
    columns: Vec<NodeId>,
    /// Where texts lie.
    taken: Vec<Rect>,
    /// Where states begin.
    changes: Vec<(Point, Span)>,
}

impl View<'_> {
    fn y(&self, at: SimTime) -> f32 {
        y_of(self.shown, self.style, at)
    }

    fn bottom(&self) -> f32 {
        self.style.height - BOTTOM
    }

    fn stage(&self) -> Rect {
        Rect::new(2.0, TOP, self.style.width - 4.0, span_of(self.style))
    }

    fn x(&self, node: NodeId) -> Option<f32> {
        let index = self.columns.iter().position(|it| *it == node)?;
        let room = (self.style.width - GUTTER - RIGHT).max(1.0);
        let part = (index as f32 + 0.5) / self.columns.len() as f32;
        Some(GUTTER + room * part)
    }

    fn opacity(&self, at: SimTime) -> f32 {
        if at > self.scene.time { FUTURE } else { 1.0 }
    }

    // ---- the frame ----

    /// A band across, where the play parts from the one beside it.
    fn parting(&mut self, picture: &mut Picture) {
        let window = self.shown.window;
        let shown = window.from..=window.to.min(self.scene.known());
        let Some(at_time) = self.scene.parts_at.filter(|it| shown.contains(it)) else {
            return;
        };
        let y = self.y(at_time);
        let band = Rect::new(4.0, y - 11.0, self.style.width - 8.0, 22.0);
        panel(picture, None, band, 6.0, Some(Ink::New), None);
        let says = word(self.style.lang, "compare.first");
        let letters = bold(plain(11.0));
        let wide = width(&says, letters);
        let rect = Rect::new(self.style.width - 12.0 - wide, y - 7.0, wide, 14.0);
        text(picture, None, at(rect.x, y), letters, Ink::Text, &*says);
        self.taken.push(rect);
        spot(picture, Mark::Time(at_time), band, &*says, clock(at_time));
    }

    fn axis(&self, picture: &mut Picture) {
        let window = self.shown.window;
        let length = (window.to - window.from).0;
        let step = tick_step(length, span_of(self.style) / 56.0);
        let mut at_ns = window.from.0.div_ceil(step) * step;
        while at_ns <= window.to.0 {
            let y = self.y(SimTime(at_ns));
            let right = at(self.style.width - 8.0, y);
            line(
                picture,
                None,
                at(GUTTER - 8.0, y),
                right,
                dashed(Ink::Line, 1.0, Dash::Dotted),
            );
            let place = at(GUTTER - 12.0, y);
            let says = fitted(&seconds_to(at_ns, step), mono(11.0), GUTTER - 16.0);
            at_right(picture, None, place, mono(11.0), Ink::Dim, says);
            at_ns += step;
        }
        let name = word(self.style.lang, "view.clock");
        let now = self.scene.time;
        let rect = Rect::new(0.0, TOP, GUTTER - 8.0, span_of(self.style));
        spot(picture, Mark::Time(now), rect, &*name, clock(now));
    }

    fn heads(&self, picture: &mut Picture) {
        let room = (self.style.width - GUTTER - RIGHT) / self.columns.len().max(1) as f32;
        for &node in &self.columns {
            let x = self.x(node).expect("a column");
            let mark = Mark::Node(node);
            let look = self.scene.history.look_at(node, self.scene.step());
            let letters = bold(plain(13.0));
            let whole = width(self.scene.name(node), letters);
            // With the shape of its state beside the name, or closer together where lines stand close.
            let before = if whole + 44.0 <= room { 31.0 } else { 22.0 };
            let name = fitted(self.scene.name(node), letters, room - before - 6.0);
            let wide = width(&name, letters) + before + if before > 30.0 { 9.0 } else { 4.0 };
            let rect = around(at(x, 22.0), wide, 28.0);
            let chosen = self.scene.selection == Some(mark);
            let edge = match chosen {
                true => stroke(Ink::Text, 2.0),
                false => stroke(Ink::Line, 1.0),
            };
            panel(picture, Some(mark), rect, 6.0, Some(Ink::Panel), Some(edge));
            glyph::draw(
                picture,
                Some(mark),
                at(rect.x + before / 2.0 + 0.5, 22.0),
                8.5,
                look.state,
            );
            text(
                picture,
                Some(mark),
                at(rect.x + before, 22.0),
                letters,
                Ink::Text,
                name,
            );
            let value = word(self.style.lang, glyph::key(look.state));
            spot(picture, mark, rect, self.scene.name(node), &*value);
        }
    }

    fn now(&mut self, picture: &mut Picture) {
        let now = self.scene.time;
        let window = self.shown.window;
        if !(window.from..=window.to).contains(&now) {
            return;
        }
        let y = self.y(now);
        let mark = Some(Mark::Time(now));
        let right = at(self.style.width - 4.0, y);
        line(picture, mark, at(4.0, y), right, stroke(Ink::Text, 1.0));
        let says = clock(now);
        let wide = width(&says, bold(mono(11.0))) + 8.0;
        let rect = Rect::new(2.0, y - 9.0, wide, 18.0);
        self.taken.push(rect);
        panel(
            picture,
            mark,
            rect,
            4.0,
            Some(Ink::Ground),
            Some(stroke(Ink::Text, 1.0)),
        );
        centred(
            picture,
            mark,
            rect.centre(),
            bold(mono(11.0)),
            Ink::Text,
            says,
        );
    }

    // ---- lines ----

    fn lines(&mut self, picture: &mut Picture) {
        for node in self.columns.clone() {
            let x = self.x(node).expect("a column");
            let spans = self.scene.history.spans(node);
            let window = self.shown.window;
            let known = self.scene.known().min(window.to);
            let mut index = spans.partition_point(|it| it.at <= window.from);
            index = index.saturating_sub(1);
            let mut last_glyph = f32::NEG_INFINITY;
            while let Some(span) = spans.get(index).filter(|it| it.at <= known) {
                let y = self.y(span.at).max(TOP);
                let pixel = window.at((y + 1.0 - TOP) / span_of(self.style));
                let next = spans
                    .partition_point(|it| it.at < pixel.min(known))
                    .max(index + 1);
                let span = spans[next - 1];
                let until = spans.get(next).map_or(known, |it: &Span| it.at.min(known));
                let end = self.y(until).clamp(y, self.bottom());
                self.segment(node, x, (y, end), span, picture);
                let changed = index > 0 && span.at >= window.from;
                let before = index.checked_sub(1).map(|it| spans[it].look.state);
                // What is down has its box, and the mark of what ended it.
                let begins = before != Some(span.look.state) && span.look.state != State::Down;
                if changed && begins && y - last_glyph > 19.0 {
                    last_glyph = y;
                    self.taken.push(around(at(x, y), 18.0, 18.0));
                    self.changes.push((at(x, y), span));
                }
                index = next;
            }
        }
    }

    /// A stretch of a node's line, paler where it is later than the time shown.
    fn segment(
        &self,
        node: NodeId,
        x: f32,
        (y, end): (f32, f32),
        span: Span,
        picture: &mut Picture,
    ) {
        let now = self.y(self.scene.time).clamp(y, end);
        let look = segment_look(span);
        let mark = Some(Mark::Node(node));
        for (from, to, opacity) in [(y, now, 1.0), (now, end, FUTURE)] {
            if to - from < 0.5 {
                continue;
            }
            faint(picture, opacity, |picture| match span.look.state {
                State::NotStarted => {}
                State::Down => {
                    let edge = dashed(Ink::Down, 1.0, Dash::Dashed);
                    let rect = Rect::new(x - 5.0, from, 10.0, to - from);
                    panel(picture, mark, rect, 3.0, None, Some(edge));
                }
                _ => line(picture, mark, at(x, from), at(x, to), look),
            });
        }
    }

    /// Where states begin: their shapes.
    fn changes(&self, picture: &mut Picture) {
        for (place, span) in &self.changes {
            let mark = Mark::Step(span.step);
            glyph::draw(picture, Some(mark), *place, 8.0, span.look.state);
            let name = word(self.style.lang, glyph::key(span.look.state));
            let rect = around(*place, 18.0, 18.0);
            spot(picture, mark, rect, &*name, clock(span.at));
        }
    }

    // ---- messages ----

    fn messages(&mut self, picture: &mut Picture) {
        let window = self.shown.window;
        let all = self.scene.history.messages();
        let known = self.scene.known();
        let first = all.partition_point(|it| it.sent_at < window.from);
        let last = all.partition_point(|it| it.sent_at <= window.to.min(known));
        if last - first > LEFT_OUT_ABOVE {
            self.too_many(last - first, picture);
            return;
        }
        let earlier = &all[first.saturating_sub(SENT_BEFORE)..first];
        let reaches = |it: &&Message| it.end.is_some_and(|end| end.at >= window.from);
        let wanted = |it: &&Message| !self.shown.hidden_kinds.contains(&it.id.kind);
        let those = earlier.iter().filter(reaches).chain(&all[first..last]);
        let those: Vec<&Message> = those.filter(wanted).collect();
        let mut seen = BTreeSet::new();
        let merge = those.len() > MERGED_ABOVE;
        let mut arrows = Vec::new();
        for message in those {
            let Some(path) = self.path(message, known) else {
                continue;
            };
            let key = (
                message.id.from,
                message.id.to,
                (path.from.y / 2.0) as i32,
                (path.to.y / 2.0) as i32,
            );
            if !merge || seen.insert(key) {
                arrows.push((message, path));
            }
        }
        for (message, path) in &arrows {
            self.arrow(message, path, picture);
        }
        // What tells most is labelled first: lost ones, then packets and votes, then the rest.
        arrows.sort_by_key(|(message, path)| match (path.end, message.gist) {
            (Ends::Lost, _) => 0,
            (_, Gist::Zxid(_) | Gist::Vote(_)) => 1,
            _ => 2,
        });
        let dense = arrows.len() > WORDED;
        for (message, path) in arrows {
            let chosen = self.scene.selection == Some(Mark::Message(message.id));
            if !dense || chosen || path.end == Ends::Lost {
                self.label(message, &path, picture);
            }
        }
    }

    fn too_many(&mut self, count: usize, picture: &mut Picture) {
        let says = with(self.style.lang, "view.too_many", &[("count", &count)]);
        let place = at(self.style.width / 2.0, self.bottom() - 14.0);
        let rect = around(place, width(&says, plain(13.0)) + 20.0, 24.0);
        panel(
            picture,
            None,
            rect,
            6.0,
            Some(Ink::Panel),
            Some(stroke(Ink::Line, 1.0)),
        );
        centred(picture, None, place, plain(13.0), Ink::Text, says);
        self.taken.push(rect);
    }

    fn path(&self, message: &Message, known: SimTime) -> Option<Path> {
        let (a, b) = (self.x(message.id.from)?, self.x(message.id.to)?);
        let from = at(a, self.y(message.sent_at));
        let end = message.end.filter(|end| end.at <= known);
        let (to, ends) = match end {
            Some(end) if end.delivered => (at(b, self.y(end.at)), Ends::There),
            Some(end) => {
                let y = self.y(end.at).max(from.y + 8.0);
                (at(a + (b - a) * 0.6, y), Ends::Lost)
            }
            None => {
                let y = self.y(known).max(from.y + 4.0);
                (at(a + (b - a) * 0.5, y), Ends::OnItsWay)
            }
        };
        let stage = self.stage();
        let (from, end) = clip(from, to, stage.y, stage.y + stage.h)?;
        Some(Path {
            from,
            to: end,
            end: if end == to { ends } else { Ends::Beyond },
        })
    }

    fn arrow(&self, message: &Message, path: &Path, picture: &mut Picture) {
        let mark = Mark::Message(message.id);
        let chosen = self.scene.selection == Some(mark);
        let quiet = is_quiet(message.id.kind);
        let ink = match (path.end, quiet) {
            (Ends::Lost, _) => Ink::Broken,
            (_, true) => Ink::Line,
            _ => glyph::ink(message.state),
        };
        let look = |width| match path.end {
            Ends::OnItsWay => dashed(ink, width, Dash::Dashed),
            _ => stroke(ink, width),
        };
        let look: Stroke = look(if chosen { 2.0 } else { 1.0 });
        let done = message.end.map_or(SimTime(u64::MAX), |end| end.at);
        let opacity = match (message.sent_at > self.scene.time, done > self.scene.time) {
            (true, _) => FUTURE,
            (false, true) => 0.8,
            (false, false) => 1.0,
        };
        faint(picture, opacity, |picture| match path.end {
            Ends::There => arrow(picture, Some(mark), path.from, path.to, look),
            Ends::OnItsWay | Ends::Beyond => {
                line(picture, Some(mark), path.from, path.to, look);
            }
            Ends::Lost => {
                line(picture, Some(mark), path.from, path.to, look);
                cross(picture, Some(mark), path.to, 5.0, stroke(Ink::Broken, 2.0));
            }
        });
    }

    /// What a message says, above the middle of its arrow if there is room.
    fn label(&mut self, message: &Message, path: &Path, picture: &mut Picture) {
        let says = label_of(message);
        let middle = between(path.from, path.to, 0.5);
        let mark = Mark::Message(message.id);
        let name = with(
            self.style.lang,
            "view.message",
            &[
                ("kind", &Msg::kind_name(message.id.kind)),
                ("from", &self.scene.name(message.id.from)),
                ("to", &self.scene.name(message.id.to)),
            ],
        );
        let letters = mono(11.0);
        // In full, or the kind alone.
        let short = says
            .split(' ')
            .next()
            .filter(|_| says.starts_with(char::is_uppercase));
        let places = [Some(&*says), short].into_iter().flatten();
        let rect = places
            .filter(|says| !says.is_empty())
            .find_map(|says| Some((says, self.place_of(path, width(says, letters))?)));
        let shown = rect.map_or("", |it| it.0);
        let rect = rect.map(|it| it.1);
        if let Some(rect) = rect {
            self.taken.push(rect);
            // Paler letters could not be read: what is later has quiet ones.
            let ink = match path.end {
                _ if message.sent_at > self.scene.time => Ink::Dim,
                Ends::Lost => Ink::Broken,
                _ if message.state == State::Client => Ink::Dim,
                _ => glyph::ink(message.state),
            };
            panel(picture, Some(mark), rect, 2.0, Some(Ink::Ground), None);
            let place = rect.centre();
            centred(picture, Some(mark), place, letters, ink, shown);
        }
        let rect = rect.unwrap_or_else(|| around(middle, 16.0, 10.0));
        let ended = match (path.end, message.end) {
            (Ends::There, Some(end)) => format!(" → {}", clock(end.at)),
            (Ends::Lost, _) => format!(", {}", word(self.style.lang, "view.lost")),
            _ => String::new(),
        };
        let value = format!("{says} {}{ended}", clock(message.sent_at));
        spot(picture, mark, rect, name, value.trim_start());
    }

    /// A free place above an arrow for a text of this width, if the arrow is long enough for it.
    fn place_of(&self, path: &Path, wide: f32) -> Option<Rect> {
        let far = (path.to.x - path.from.x).abs();
        if far <= wide * 0.8 {
            return None;
        }
        // As high above its middle as the arrow climbs over the width of the text.
        let climb = ((path.to.y - path.from.y).abs() / far * wide / 2.0).min(12.0);
        let middles = [0.5, 0.3, 0.7].map(|part| between(path.from, path.to, part));
        let rect = |it: Point| around(at(it.x, it.y - 8.0 - climb), wide, 13.0);
        let mut rects = middles.into_iter().map(rect);
        rects.find(|rect| self.is_free(*rect))
    }

    fn is_free(&self, rect: Rect) -> bool {
        let rect = grown(rect, 1.0);
        inside(rect, self.stage()) && !self.taken.iter().any(|it| overlap(*it, rect))
    }

    // ---- events ----

    fn events(&mut self, picture: &mut Picture) {
        let window = self.shown.window;
        let all = self.scene.history.events();
        let from = all.partition_point(|it| it.at < window.from);
        let to = all.partition_point(|it| it.at <= window.to.min(self.scene.known()));
        let mut last: Option<(NodeId, i32, Sort)> = None;
        for event in &all[from..to] {
            let y = self.y(event.at);
            let key = (event.node, y as i32, event::sort(event));
            if last.replace(key) != Some(key) {
                self.event(event, y, picture);
            }
        }
    }

    fn event(&mut self, event: &Event, y: f32, picture: &mut Picture) {
        let mark = Mark::Step(event.step);
        let sort = event::sort(event);
        let lang = self.style.lang;
        let x = self.x(event.node).unwrap_or(GUTTER - 2.0);
        let aside = match sort {
            Sort::Harm | Sort::Violation => 0.0,
            _ => 19.0,
        };
        let centre = at(x + aside, y);
        let opacity = self.opacity(event.at);
        let harm = matches!(sort, Sort::Harm) && self.x(event.node).is_some();
        faint(picture, opacity, |picture| match harm {
            true => cross(picture, Some(mark), centre, 8.0, stroke(Ink::Broken, 2.0)),
            false => event::draw(picture, Some(mark), centre, sort),
        });
        self.taken.push(around(centre, 12.0, 12.0));
        let (what, whom) = event::label(self.scene, event, lang);
        let says = match self.x(event.node) {
            Some(_) => what,
            None => format!("{what} {whom}"),
        };
        let letters = if harm { bold(plain(11.0)) } else { plain(11.0) };
        let wide = width(&says, letters);
        let right = Rect::new(centre.x + 10.0, y - 7.0, wide, 14.0);
        let left = Rect::new(x - 12.0 - wide, y - 7.0, wide, 14.0);
        let (below, above) = (
            Rect::new(centre.x + 10.0, y + 7.0, wide, 14.0),
            Rect::new(centre.x + 10.0, y - 21.0, wide, 14.0),
        );
        let places = if harm {
            [left, right, below, above]
        } else {
            [right, left, below, above]
        };
        let free = places.into_iter().find(|rect| self.is_free(*rect));
        if let Some(rect) = free {
            self.taken.push(rect);
            let ink = match sort {
                _ if event.at > self.scene.time => Ink::Dim,
                Sort::Harm | Sort::Violation => Ink::Broken,
                _ => Ink::Text,
            };
            panel(
                picture,
                Some(mark),
                grown(rect, 1.0),
                3.0,
                Some(Ink::Ground),
                None,
            );
            let place = at(rect.x, rect.y + rect.h / 2.0);
            text(picture, Some(mark), place, letters, ink, &*says);
        }
        let rect = around(centre, 18.0, 18.0);
        spot(
            picture,
            mark,
            rect,
            event::sentence(self.scene, event, lang),
            clock(event.at),
        );
    }
}

/// How a message's line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    There,
    Lost,
    OnItsWay,
    /// Below the picture.
    Beyond,
}

/// A message's line.
struct Path {
    from: Point,
    to: Point,
    end: Ends,
}

/// The part of a line between two heights.
fn clip(from: Point, to: Point, top: f32, bottom: f32) -> Option<(Point, Point)> {
    if to.y < top || from.y > bottom {
        return None;
    }
    let part = |y: f32| (y - from.y) / (to.y - from.y).max(0.001);
    let begin = if from.y < top {
        between(from, to, part(top))
    } else {
        from
    };
    let end = if to.y > bottom {
        between(from, to, part(bottom))
    } else {
        to
    };
    Some((begin, end))
}

fn segment_look(span: Span) -> Stroke {
    let ink = glyph::ink(span.look.state);
    match span.look.state {
        _ if span.look.paused => dashed(Ink::Down, 2.0, Dash::Dotted),
        State::Server(ServerState::Looking) => dashed(ink, 2.0, Dash::Dashed),
        State::Client => stroke(Ink::Line, 2.0),
        _ => stroke(ink, 2.0),
    }
}

/// What only keeps a connection alive or opens it.
fn is_quiet(kind: u8) -> bool {
    const GREETING: u8 = 65;
    kind == PacketKind::Ping as u8 || kind == GREETING
}

/// What a message says in few words.
fn label_of(message: &Message) -> String {
    let name = Msg::kind_name(message.id.kind);
    match message.gist {
        Gist::Vote(leader) => format!("vote {}", crate::ensemble::sid_text(leader)),
        Gist::Zxid(zxid) if zxid.0 > 0 => format!("{name} {zxid}"),
        Gist::Zxid(_) => name.to_owned(),
        Gist::None if is_quiet(message.id.kind) => String::new(),
        Gist::None if message.id.port == port::CLIENT => {
            let short = name.strip_prefix("CLIENT_").unwrap_or(name);
            short.to_lowercase()
        }
        Gist::None => name.to_owned(),
    }
}
