//! The bands under the picture: the states of every node over time, marks, and the clock's hand.
//!
//! A band has the colour and the look of its node's state: LOOKING an outline in dashes, FOLLOWING, LEADING (higher) and
//! OBSERVING filled, paler as long as they do not serve, down a dotted line, paused an outline. Marks stand under them:
//! triangles for acts, hexagons for leaders, rings for those that give up, squares for synchronisation, crosses for
//! broken properties; diamonds above are beats. What is narrower than a pixel is drawn as one pixel of what came last,
//! and marks that would hide each other are one with a count, so dense plays cost no more than their width.

use crate::draw::{
    around, bold, centred, dashed, faint, fitted, line, panel, spot, text, width, words as plain,
};
use crate::ensemble::seconds;
use crate::event::{self, Sort};
use crate::glyph;
use crate::history::{Event, EventKind, Look, Span, State};
use crate::mark::Mark;
use crate::picture::{Dash, Picture, Point, Rect, Shape, at, stroke};
use crate::scene::{Scene, Style, Window};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::base::{NodeId, SimTime};
use sim_core::zookeeper::ServerState;

/// Room for the names of nodes.
const GUTTER: f32 = 46.0;
/// Room behind the end.
const MARGIN: f32 = 14.0;
/// Where the first band begins.
const TOP: f32 = 20.0;
/// Room under the bands: marks, their words, the axis.
const BOTTOM: f32 = 48.0;

/// A beat of the lesson on the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat<'a> {
    /// When it comes.
    pub at: SimTime,
    /// What it is called.
    pub name: &'a str,
    /// Whether it is a question.
    pub asks: bool,
}

/// Draws the bands of a window of time. Beats are in the order of the lesson.
pub fn picture(scene: &Scene<'_>, window: Window, beats: &[Beat<'_>], style: &Style) -> Picture {
    let mut picture = Picture::new(style.width, style.height);
    let bands = Bands {
        scene,
        window,
        style,
    };
    bands.clock(&mut picture);
    bands.axis(&mut picture);
    bands.rows(&mut picture);
    bands.parting(&mut picture);
    bands.hand(&mut picture);
    bands.events(&mut picture);
    bands.beats(beats, &mut picture);
    picture
}

/// The time at a place of the picture, counted from its left edge.
pub fn time_at(window: Window, style: &Style, x: f32) -> SimTime {
    window.at((x - GUTTER) / span_of(style))
}

/// The place of a time.
pub fn x_of(window: Window, style: &Style, at: SimTime) -> f32 {
    GUTTER + window.fraction(at) * span_of(style)
}

fn span_of(style: &Style) -> f32 {
    (style.width - GUTTER - MARGIN).max(1.0)
}

struct Bands<'a> {
    scene: &'a Scene<'a>,
    window: Window,
    style: &'a Style,
}

impl Bands<'_> {
    fn x(&self, at: SimTime) -> f32 {
        x_of(self.window, self.style, at)
    }

    fn right(&self) -> f32 {
        self.style.width - MARGIN
    }

    /// The clock as one place that can be moved.
    fn clock(&self, picture: &mut Picture) {
        let rect = Rect::new(GUTTER, 0.0, span_of(self.style), self.style.height);
        let now = self.scene.time;
        let name = word(self.style.lang, "view.clock");
        spot(picture, Mark::Time(now), rect, &*name, clock(now));
    }

    /// A line down, where the play parts from the one beside it.
    fn parting(&self, picture: &mut Picture) {
        let Some(at_time) = self.scene.parts_at.filter(|it| *it <= self.scene.known()) else {
            return;
        };
        let x = self.x(at_time);
        if !(GUTTER..=self.right()).contains(&x) {
            return;
        }
        let mark = Mark::Time(at_time);
        let (from, to) = (at(x, TOP - 6.0), at(x, self.style.height - BOTTOM));
        let edge = dashed(Ink::Looking, 2.0, Dash::Dashed);
        line(picture, Some(mark), from, to, edge);
        let says = word(self.style.lang, "compare.first");
        let rect = around(at(x, f32::midpoint(from.y, to.y)), 10.0, to.y - from.y);
        spot(picture, mark, rect, &*says, clock(at_time));
    }

    // ---- bands ----

    fn rows(&self, picture: &mut Picture) {
        let nodes = self.scene.world.spec().nodes.len();
        let room = (self.style.height - TOP - BOTTOM).max(8.0);
        let pitch = (room / nodes.max(1) as f32).min(17.0);
        for index in 0..nodes {
            let node = NodeId(index as u16);
            let y = TOP + (index as f32 + 0.5) * pitch;
            self.row(node, y, pitch, picture);
        }
    }

    fn row(&self, node: NodeId, y: f32, pitch: f32, picture: &mut Picture) {
        let mark = Mark::Node(node);
        let spans = self.scene.history.spans(node);
        if pitch >= 10.0 {
            let name = fitted(self.scene.name(node), bold(plain(11.0)), GUTTER - 12.0);
            text(
                picture,
                Some(mark),
                at(6.0, y),
                bold(plain(11.0)),
                Ink::Dim,
                name,
            );
        }
        let mut index = spans.partition_point(|it| it.at <= self.window.from);
        index = index.saturating_sub(1);
        let known = self.scene.known();
        while let Some(span) = spans.get(index).filter(|it| it.at <= known) {
            if span.at > self.window.to {
                break;
            }
            let x = self.x(span.at).max(GUTTER);
            // All that begins within this pixel is one; what came last is what is seen.
            let pixel = self.window.at((x + 1.0 - GUTTER) / span_of(self.style));
            let next = spans
                .partition_point(|it| it.at < pixel.min(known))
                .max(index + 1);
            let look = spans[next - 1].look;
            let until = spans.get(next).map_or(known, |it: &Span| it.at.min(known));
            let end = self.x(until).clamp(x, self.right());
            band(
                picture,
                mark,
                Rect::new(x, y, (end - x).max(1.0), pitch),
                look,
            );
            index = next;
        }
        let look = self.scene.history.look_at(node, self.scene.step());
        let rect = Rect::new(0.0, y - pitch / 2.0, GUTTER - 4.0, pitch);
        let value = word(self.style.lang, glyph::key(look.state));
        spot(picture, mark, rect, self.scene.name(node), &*value);
    }

    // ---- marks ----

    fn marks_y(&self) -> f32 {
        self.style.height - BOTTOM + 9.0
    }

    fn events(&self, picture: &mut Picture) {
        let known = self.scene.known();
        let all = self.scene.history.events();
        let from = all.partition_point(|it| it.at < self.window.from);
        let to = all.partition_point(|it| it.at <= self.window.to.min(known));
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut index = from;
        while index < to {
            let x = self.x(all[index].at);
            let until = self.window.at((x + 9.0 - GUTTER) / span_of(self.style));
            let next = all.partition_point(|it| it.at < until).clamp(index + 1, to);
            groups.push(Group {
                x,
                events: &all[index..next],
            });
            index = next;
        }
        for group in &groups {
            self.sign(group, picture);
        }
        let x = |index: Option<usize>| index.and_then(|it| groups.get(it)).map(|it| it.x);
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|index| rank(groups[*index].chief()));
        let mut taken: Vec<(f32, f32)> = Vec::new();
        for index in order.into_iter().take(LABELS_TRIED) {
            let beside = (x(index.checked_sub(1)), x(index.checked_add(1)));
            self.words(&groups[index], beside, &mut taken, picture);
        }
    }

    /// The mark of what happened at about one moment.
    fn sign(&self, group: &Group<'_>, picture: &mut Picture) {
        let chief = group.chief();
        let mark = Mark::Step(chief.step);
        let centre = at(group.x, self.marks_y());
        event::draw(picture, Some(mark), centre, event::sort(chief));
        let all: Vec<String> = group
            .events
            .iter()
            .take(12)
            .map(|it| event::sentence(self.scene, it, self.style.lang))
            .collect();
        let rect = around(at(group.x, self.marks_y() + 6.0), 12.0, 26.0);
        spot(picture, mark, rect, clock(chief.at), all.join("; "));
    }

    /// What it is called, if there is room under it or beside that.
    fn words(
        &self,
        group: &Group<'_>,
        (before, after): (Option<f32>, Option<f32>),
        taken: &mut Vec<(f32, f32)>,
        picture: &mut Picture,
    ) {
        let chief = group.chief();
        let letters = plain(11.0);
        let says = group.says(self.scene, self.style.lang);
        // Under the mark if it can be, or beside that; shorter if that is what it takes.
        let place = |room: f32| {
            let says = fitted(&says, letters, room);
            let wide = width(&says, letters);
            let close = |other: Option<f32>| {
                other.is_some_and(|it| (it - group.x).abs() < wide / 2.0 + 24.0)
            };
            let (under, right, left) = (-wide / 2.0, -6.0, 6.0 - wide);
            // Neighbours make room for each other.
            let lefts = match (close(before), close(after)) {
                (false, true) => [left, under, -4.0 - wide, right, 4.0, 12.0],
                (true, false) => [right, 4.0, under, left, -4.0 - wide, 12.0],
                _ => [under, right, left, 4.0, -4.0 - wide, 12.0],
            };
            let free = |left: &f32| {
                let (from, to) = (left - 5.0, left + wide + 5.0);
                let inside = *left >= 2.0 && left + wide <= self.style.width - 2.0;
                inside && !taken.iter().any(|it| from < it.1 && it.0 < to)
            };
            let left = lefts.map(|it| group.x + it).into_iter().find(free)?;
            Some((left, wide, says))
        };
        let Some((left, wide, says)) = [112.0, 72.0].into_iter().find_map(place) else {
            return;
        };
        taken.push((left, left + wide));
        let ink = match event::sort(chief) {
            Sort::Violation => Ink::Broken,
            _ => Ink::Dim,
        };
        let place = at(left, self.marks_y() + 14.0);
        let mark = Some(Mark::Step(chief.step));
        let behind = Rect::new(left - 1.0, place.y - 7.0, wide + 2.0, 14.0);
        panel(picture, mark, behind, 2.0, Some(Ink::Ground), None);
        text(picture, mark, place, letters, ink, says);
    }

    fn beats(&self, beats: &[Beat<'_>], picture: &mut Picture) {
        let inside =
            |beat: &&(usize, &Beat<'_>)| (self.window.from..=self.window.to).contains(&beat.1.at);
        let all: Vec<(usize, &Beat<'_>)> = beats.iter().enumerate().collect();
        for (index, beat) in all.iter().filter(inside) {
            let centre = at(self.x(beat.at), 9.0);
            let mark = Mark::Beat(*index);
            let past = beat.at <= self.scene.time;
            let points = [(0.0, -4.5), (4.5, 0.0), (0.0, 4.5), (-4.5, 0.0)];
            let shape = Shape::Polygon {
                points: points
                    .iter()
                    .map(|(x, y)| at(centre.x + x, centre.y + y))
                    .collect(),
                fill: Some(if past { Ink::Text } else { Ink::Panel }),
                stroke: Some(stroke(Ink::Dim, 1.0)),
            };
            picture.draw(Some(mark), shape);
            if beat.asks {
                let place = at(centre.x + 8.0, centre.y);
                text(picture, Some(mark), place, bold(plain(11.0)), Ink::Dim, "?");
            }
            let rect = around(centre, 14.0, 18.0);
            spot(picture, mark, rect, beat.name, clock(beat.at));
        }
    }

    // ---- time ----

    fn axis(&self, picture: &mut Picture) {
        let y = self.style.height - 9.0;
        let length = (self.window.to - self.window.from).0;
        let step = tick_step(length, span_of(self.style) / 90.0);
        let first = self.window.from.0.div_ceil(step) * step;
        let mut at_ns = first;
        while at_ns <= self.window.to.0 {
            let x = self.x(SimTime(at_ns));
            line(
                picture,
                None,
                at(x, TOP - 2.0),
                at(x, y - 30.0),
                stroke(Ink::Line, 1.0),
            );
            let says = seconds_to(at_ns, step);
            let half = width(&says, plain(11.0)) / 2.0;
            if x - half >= 0.0 && x + half <= self.style.width {
                centred(picture, None, at(x, y), plain(11.0), Ink::Dim, says);
            }
            at_ns += step;
        }
    }

    fn hand(&self, picture: &mut Picture) {
        let now = self.scene.time;
        if !(self.window.from..=self.window.to).contains(&now) {
            return;
        }
        let x = self.x(now);
        let mark = Some(Mark::Time(now));
        line(
            picture,
            mark,
            at(x, 6.0),
            at(x, self.style.height - 2.0),
            stroke(Ink::Text, 2.0),
        );
        let knob = Shape::Disc {
            centre: at(x, 6.0),
            radius: 6.0,
            fill: Some(Ink::Text),
            stroke: None,
        };
        picture.draw(mark, knob);
    }
}

/// More labels than these are not even tried.
const LABELS_TRIED: usize = 64;

/// Whose mark and words come first where there is no room for all: what broke, who ended, who leads.
fn rank(event: &Event) -> u8 {
    let ends = match &event.kind {
        EventKind::Fault(text) => text.contains("crash") || text.contains("power_loss"),
        EventKind::Exited(_) => true,
        _ => false,
    };
    match (event::sort(event), &event.kind) {
        (Sort::Violation, _) => 0,
        (Sort::Harm, _) if ends => 1,
        (Sort::Leads, EventKind::Leads) => 2,
        (Sort::Harm, _) => 3,
        (Sort::Act, _) => 4,
        (Sort::GivesUp, _) => 5,
        (Sort::Leads, _) => 6,
        (Sort::Unpromised, _) => 7,
        (Sort::Sync, _) => 8,
    }
}

/// Events that would hide each other.
struct Group<'a> {
    x: f32,
    events: &'a [Event],
}

impl Group<'_> {
    /// The one whose mark stands for all.
    fn chief(&self) -> &Event {
        let chief = self.events.iter().min_by_key(|event| rank(event));
        chief.expect("a group has an event")
    }

    /// What the chief is called, with all whom the same was done to, and how many others there are.
    fn says(&self, scene: &Scene<'_>, lang: sim_core::explain::Lang) -> String {
        let chief = self.chief();
        let (what, whom) = event::label(scene, chief, lang);
        let mut all = vec![whom];
        let mut others = 0;
        for event in self
            .events
            .iter()
            .filter(|it| !core::ptr::eq(*it, chief))
            .take(40)
        {
            match event::label(scene, event, lang) {
                (same, whom) if same == what && event::sort(event) == event::sort(chief) => {
                    if !all.contains(&whom) {
                        all.push(whom);
                    }
                }
                _ if rank(event) == rank(chief) => others += 1,
                _ => {}
            }
        }
        all.retain(|it| !it.is_empty() && it != "?");
        let all = all.join(", ");
        let more = match others {
            0 => String::new(),
            others => format!(" +{others}"),
        };
        match event::sort(chief) {
            _ if all.is_empty() => format!("{what}{more}"),
            Sort::Harm | Sort::Act => format!("{what} {all}{more}"),
            _ => format!("{all} {what}{more}"),
        }
    }
}

/// Draws a band. The rectangle's `y` is its middle, its height the room for it.
fn band(picture: &mut Picture, mark: Mark, room: Rect, look: Look) {
    let high = |part: f32| (room.h * part).max(3.0);
    let of = |h: f32| Rect::new(room.x, room.y - h / 2.0, room.w, h);
    let ink = glyph::ink(look.state);
    let narrow = room.w < 4.0;
    match look.state {
        State::NotStarted => {}
        State::Down => {
            let (from, to) = (at(room.x, room.y), at(room.x + room.w, room.y));
            line(
                picture,
                Some(mark),
                from,
                to,
                dashed(ink, 1.0, Dash::Dotted),
            );
        }
        _ if look.paused => {
            let edge = stroke(ink, 1.0);
            panel(
                picture,
                Some(mark),
                inset(of(high(0.62))),
                2.0,
                Some(Ink::Soft),
                Some(edge),
            );
            if room.w > 14.0 {
                pause(picture, mark, at(room.x + 7.0, room.y));
            }
        }
        State::Server(ServerState::Looking) if !narrow => {
            let edge = dashed(ink, 1.0, Dash::Dashed);
            panel(
                picture,
                Some(mark),
                inset(of(high(0.62))),
                2.0,
                None,
                Some(edge),
            );
        }
        State::Client => {
            let part = if look.serving { 0.3 } else { 0.12 };
            panel(picture, Some(mark), of(high(part)), 1.0, Some(ink), None);
        }
        State::Server(_) => {
            let leads = look.state == State::Server(ServerState::Leading);
            let part = if leads { 0.82 } else { 0.62 };
            let opacity = if look.serving || narrow { 1.0 } else { 0.5 };
            faint(picture, opacity, |picture| {
                panel(picture, Some(mark), of(high(part)), 2.0, Some(ink), None);
            });
        }
    }
}

/// An edge of one point is drawn on the middle of its line.
fn inset(rect: Rect) -> Rect {
    Rect::new(rect.x + 0.5, rect.y, (rect.w - 1.0).max(1.0), rect.h)
}

fn pause(picture: &mut Picture, mark: Mark, centre: Point) {
    for dx in [-1.5, 1.5] {
        let (from, to) = (
            at(centre.x + dx, centre.y - 3.0),
            at(centre.x + dx, centre.y + 3.0),
        );
        line(picture, Some(mark), from, to, stroke(Ink::Text, 1.0));
    }
}

/// A round distance between ticks, in nanoseconds, so that at most so many fit.
pub(crate) fn tick_step(length: u64, at_most: f32) -> u64 {
    let least = (length as f64 / f64::from(at_most.max(1.0))).max(1.0) as u64;
    let mut step = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            if step.saturating_mul(factor) >= least {
                return step.saturating_mul(factor);
            }
        }
        step = step.saturating_mul(10);
    }
}

/// A time in seconds with as many decimals as a distance between ticks needs.
pub(crate) fn seconds_to(nanos: u64, step: u64) -> String {
    if step >= 1_000_000 {
        return seconds(nanos);
    }
    let decimals = if step >= 1_000 { 6 } else { 9 };
    format!("{:.decimals$} s", nanos as f64 / 1e9)
}

/// A time as the clock shows it: `00:05.014 211`.
pub fn clock(at: SimTime) -> String {
    let micros = at.0 / 1_000;
    let (minutes, seconds) = (micros / 60_000_000, micros / 1_000_000 % 60);
    let (milli, micro) = (micros / 1_000 % 1_000, micros % 1_000);
    format!("{minutes:02}:{seconds:02}.{milli:03} {micro:03}")
}

/// A window around all that was played, with a little room behind.
pub fn whole(scene: &Scene<'_>) -> Window {
    let end = scene.plan.ends.max(scene.history.ends()).max(scene.time);
    let room = (end.0 / 40).max(1_000_000);
    Window {
        from: SimTime(0),
        to: SimTime(end.0 + room),
    }
}

/// What a beat's place says beside its name.
pub fn says_when(lang: sim_core::explain::Lang, at: SimTime) -> String {
    with(lang, "view.at", &[("time", &clock(at))])
}
