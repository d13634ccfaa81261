//! One server's card.

use super::face::{Board, Face, Follows, Heard, Leads, Live, LogMark, Votes};
use super::layout::Level;
use crate::draw::{
    aligned, bold, cross, dashed, fitted, line, mono, panel, spot, text, tick, width,
    words as plain,
};
use crate::glyph;
use crate::history::State;
use crate::mark::Mark;
use crate::picture::{Align, Dash, Picture, Point, Rect, at, stroke};
use crate::scene::{Scene, Style};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::explain::Lang;
use sim_core::zookeeper::{
    Epoch, LeaderStage, LearnerStage, Phase, ServerState, Sid, SyncKind, Vote, Zxid,
};

const PAD: f32 = 12.0;

/// A card to be drawn.
pub struct Card<'a> {
    /// What stands on it.
    pub face: &'a Face,
    /// Its name.
    pub name: &'a str,
    /// Where.
    pub rect: Rect,
    /// How much of it.
    pub level: Level,
    /// The language.
    pub lang: Lang,
}

impl Card<'_> {
    fn mark(&self) -> Option<Mark> {
        Some(Mark::Node(self.face.node))
    }

    fn left(&self) -> f32 {
        self.rect.x + PAD
    }

    fn right(&self) -> f32 {
        self.rect.x + self.rect.w - PAD
    }

    fn room(&self) -> f32 {
        self.rect.w - 2.0 * PAD
    }

    /// Draws it.
    pub fn draw(&self, scene: &Scene<'_>, style: &Style, picture: &mut Picture) {
        self.frame(picture);
        self.say(picture);
        self.head(picture);
        let top = self.rect.y;
        match &self.face.live {
            Some(live) => self.live(live, scene, style, picture),
            None => self.absent(picture),
        }
        let with_log = matches!(self.level, Level::Full | Level::Medium);
        if with_log && !self.shows_outside() {
            let y = top + self.rect.h - 16.0;
            self.log(y, picture);
        }
    }

    fn frame(&self, picture: &mut Picture) {
        let look = self.face.look;
        let ink = glyph::ink(look.state);
        let edge = match look.state {
            State::NotStarted => dashed(Ink::Down, 1.0, Dash::Dotted),
            State::Down => dashed(Ink::Down, 1.0, Dash::Dashed),
            _ if look.paused => dashed(ink, 2.0, Dash::Dashed),
            _ => stroke(ink, 2.0),
        };
        let fill = match look.state {
            State::NotStarted | State::Down => Ink::Ground,
            _ => Ink::Panel,
        };
        panel(
            picture,
            self.mark(),
            self.rect,
            12.0,
            Some(fill),
            Some(edge),
        );
    }

    fn head(&self, picture: &mut Picture) {
        let (face, look) = (self.face, self.face.look);
        let y = self.rect.y
            + if self.level == Level::Tiny {
                15.0
            } else {
                23.0
            };
        let radius = if self.level == Level::Tiny { 8.0 } else { 11.0 };
        let centre = at(self.left() + radius - 1.0, y);
        glyph::draw(picture, self.mark(), centre, radius, look.state);
        let x = self.left() + 2.0 * radius + 8.0;
        let ink = if face.live.is_some() {
            Ink::Text
        } else {
            Ink::Dim
        };
        let letters = bold(plain(if self.level == Level::Tiny {
            13.0
        } else {
            16.0
        }));
        let zxid = face.live.as_ref().map(|live| live.zxid.to_string());
        let zxid = zxid.filter(|_| self.level != Level::Tiny);
        let taken = zxid
            .as_deref()
            .map_or(0.0, |it| width(it, mono(11.0)) + 6.0);
        let room = self.right() - x - taken;
        let name = fitted(self.name, letters, room);
        let after = x + width(&name, letters) + 6.0;
        text(picture, self.mark(), at(x, y), letters, ink, name);
        if let Some(zxid) = zxid {
            let place = at(self.right(), y);
            aligned(
                picture,
                self.mark(),
                place,
                Align::Right,
                mono(11.0),
                Ink::Dim,
                zxid,
            );
        }
        if look.paused {
            pause_sign(picture, self.mark(), at(after + 4.0, y));
        }
    }

    fn absent(&self, picture: &mut Picture) {
        let face = self.face;
        let says = match (face.look.state, face.starts, face.exit_code) {
            (State::NotStarted, Some(at), _) => {
                with(self.lang, "view.starts_at", &[("time", &seconds(at.0))])
            }
            (State::NotStarted, None, _) => word(self.lang, "view.starts_later").into_owned(),
            (_, _, Some(code)) => with(self.lang, "view.exited", &[("code", &code)]),
            _ => word(self.lang, "state.down").into_owned(),
        };
        let tiny = self.level == Level::Tiny;
        let place = at(
            self.left() + if tiny { 0.0 } else { 30.0 },
            self.rect.y + if tiny { 34.0 } else { 44.0 },
        );
        let letters = plain(if tiny { 11.0 } else { 13.0 });
        let room = self.right() - place.x;
        text(
            picture,
            self.mark(),
            place,
            letters,
            Ink::Dim,
            fitted(&says, letters, room),
        );
    }

    fn live(&self, live: &Live, scene: &Scene<'_>, style: &Style, picture: &mut Picture) {
        let top = self.rect.y;
        let (vote, board) = match self.level {
            Level::Full => (top + 66.0, top + 79.0),
            Level::Medium => (top + 46.0, top + 59.0),
            Level::Small => (top + 44.0, top + 54.0),
            Level::Tiny => {
                self.tiny(live, picture);
                return;
            }
        };
        if self.level == Level::Full {
            self.phase(live, scene, top + 46.0, picture);
        }
        self.vote(live.vote, vote, picture);
        let high = if self.level == Level::Small {
            26.0
        } else {
            30.0
        };
        match &live.board {
            Board::Busy => {
                let says = word(self.lang, "view.busy");
                let place = at(self.left(), board + high / 2.0);
                text(picture, self.mark(), place, plain(11.0), Ink::Dim, &*says);
            }
            Board::Votes(votes) => self.votes(votes, board, high, style, picture),
            Board::Leads(leads) => self.leads(leads, board, high, picture),
            Board::Follows(follows) => self.follows(follows, board, high, picture),
        }
    }

    fn tiny(&self, live: &Live, picture: &mut Picture) {
        let count = match &live.board {
            Board::Votes(votes) => Some((votes.count, votes.needed)),
            Board::Leads(leads) => Some((leads.count, leads.needed)),
            _ => None,
        };
        let y = self.rect.y + 34.0;
        if let Some(vote) = live.vote.filter(|vote| vote.leader != Sid::NONE) {
            let says = with(self.lang, "view.vote_short", &[("leader", &vote.leader)]);
            text(
                picture,
                self.mark(),
                at(self.left(), y),
                plain(11.0),
                Ink::Text,
                says,
            );
        }
        if let Some((count, needed)) = count {
            let says = format!("{count} / {needed}");
            let place = at(self.right(), y);
            aligned(
                picture,
                self.mark(),
                place,
                Align::Right,
                plain(11.0),
                Ink::Text,
                says,
            );
        }
    }

    /// The phase, what it waits for, and the epochs.
    fn phase(&self, live: &Live, scene: &Scene<'_>, y: f32, picture: &mut Picture) {
        let deciding = match &live.board {
            Board::Votes(votes) => votes.decides_at,
            _ => None,
        };
        let mut room = self.room();
        let (says, ink) = match deciding {
            Some(then) => {
                let left_ms = (then - scene.time).0.div_ceil(1_000_000);
                let says = with(self.lang, "view.finalising", &[("ms", &left_ms)]);
                (says, Ink::Text)
            }
            None => (phase_word(self.lang, self.face, live), Ink::Dim),
        };
        let small = plain(11.0);
        let epochs = epochs(self.lang, live);
        if width(&says, small) + width(&epochs, small) + 8.0 <= room {
            room -= width(&epochs, small) + 8.0;
            let place = at(self.right(), y);
            aligned(
                picture,
                self.mark(),
                place,
                Align::Right,
                small,
                Ink::Dim,
                epochs,
            );
        }
        let says = fitted(&says, plain(11.0), room);
        text(
            picture,
            self.mark(),
            at(self.left(), y),
            plain(11.0),
            ink,
            says,
        );
    }

    fn vote(&self, vote: Option<Vote>, y: f32, picture: &mut Picture) {
        let label = word(self.lang, "view.vote");
        text(
            picture,
            self.mark(),
            at(self.left(), y),
            plain(11.0),
            Ink::Dim,
            &*label,
        );
        let Some(vote) = vote else {
            return;
        };
        let letters = bold(mono(if self.level == Level::Small {
            11.0
        } else {
            13.0
        }));
        let x = self.left() + width(&label, plain(11.0)) + 8.0;
        let says = fitted(&vote_text(self.lang, &vote), letters, self.right() - x);
        text(picture, self.mark(), at(x, y), letters, Ink::Text, says);
    }

    // ---- votes ----

    fn votes(&self, votes: &Votes, y: f32, high: f32, style: &Style, picture: &mut Picture) {
        let _ = style;
        let tally = tally(self.lang, votes.count, votes.needed, votes.by_groups);
        self.tally(&tally, y + high / 2.0, picture);
        let room = self.room() - width(&tally, bold(plain(13.0))) - 10.0;
        let step = (room / votes.cells.len().max(1) as f32).min(36.0);
        for (index, cell) in votes.cells.iter().enumerate() {
            let rect = Rect::new(self.left() + index as f32 * step, y, step - 3.0, high);
            let mark = Mark::Vote {
                at: self.face.node,
                of: cell.of,
            };
            let (fill, edge) = match (cell.ballot, cell.counted) {
                (None, _) => (None, dashed(Ink::Line, 1.0, Dash::Dotted)),
                (Some(_), true) => (Some(Ink::Soft), stroke(Ink::Leading, 2.0)),
                (Some(_), false) => (Some(Ink::Panel), stroke(Ink::Line, 1.0)),
            };
            panel(picture, Some(mark), rect, 4.0, fill, Some(edge));
            let of = match votes.by_groups {
                true => format!("{}×{}", cell.of, cell.weight),
                false => cell.of.to_string(),
            };
            let small = plain(11.0);
            let of = fitted(&of, small, rect.w);
            let middle = rect.x + rect.w / 2.0;
            aligned(
                picture,
                Some(mark),
                at(middle, y + high * 0.27),
                Align::Centre,
                small,
                Ink::Dim,
                of,
            );
            if let Some((ballot, _)) = cell.ballot {
                let leader = sid_text(ballot.vote.leader);
                let letters = bold(plain(if high < 30.0 { 11.0 } else { 13.0 }));
                let leader = fitted(&leader, letters, rect.w);
                let place = at(middle, y + high * 0.7);
                aligned(
                    picture,
                    Some(mark),
                    place,
                    Align::Centre,
                    letters,
                    Ink::Text,
                    leader,
                );
            }
            let value = match cell.ballot {
                None => word(self.lang, "view.no_vote").into_owned(),
                Some((ballot, _)) => {
                    let vote = vote_in_full(self.lang, &ballot.vote);
                    let key = match cell.counted {
                        true => "view.counted",
                        false => "view.not_counted",
                    };
                    format!("{vote}, {}", word(self.lang, key))
                }
            };
            let name = with(
                self.lang,
                "view.vote_of",
                &[("of", &cell.of), ("at", &self.name)],
            );
            spot(picture, mark, rect, name, value);
        }
        if self.shows_outside() {
            self.outside(votes, picture);
        }
    }

    /// Whether there are votes of servers that follow or lead already, and room for them.
    fn shows_outside(&self) -> bool {
        let live = self.face.live.as_ref();
        live.is_some_and(|live| match &live.board {
            Board::Votes(votes) => {
                !votes.outside.is_empty() && matches!(self.level, Level::Full | Level::Medium)
            }
            _ => false,
        })
    }

    /// Those who follow or lead already: sender, state, whom.
    fn outside(&self, votes: &Votes, picture: &mut Picture) {
        let y = self.rect.y + self.rect.h - 16.0;
        let label = word(self.lang, "view.outside");
        text(
            picture,
            self.mark(),
            at(self.left(), y),
            plain(11.0),
            Ink::Dim,
            &*label,
        );
        let mut x = self.left() + width(&label, plain(11.0)) + 6.0;
        for (of, ballot) in &votes.outside {
            let says = format!("{of}→{}", sid_text(ballot.vote.leader));
            let wide = 15.0 + width(&says, mono(11.0)) + 6.0;
            if x + wide > self.right() + 6.0 {
                break;
            }
            let state = State::Server(ballot.state);
            glyph::draw(picture, self.mark(), at(x + 6.0, y), 6.5, state);
            text(
                picture,
                self.mark(),
                at(x + 15.0, y),
                mono(11.0),
                Ink::Text,
                says,
            );
            x += wide;
        }
    }

    fn tally(&self, says: &str, y: f32, picture: &mut Picture) {
        let place = at(self.right(), y);
        aligned(
            picture,
            self.mark(),
            place,
            Align::Right,
            bold(plain(13.0)),
            Ink::Text,
            says,
        );
    }

    // ---- leading and following ----

    fn leads(&self, leads: &Leads, y: f32, high: f32, picture: &mut Picture) {
        let tally = format!("{} / {}", leads.count, leads.needed);
        self.tally(&tally, y + high / 2.0, picture);
        let room = self.room() - width(&tally, bold(plain(13.0))) - 10.0;
        let step = (room / leads.cells.len().max(1) as f32).min(36.0);
        for (index, (sid, heard)) in leads.cells.iter().enumerate() {
            let rect = Rect::new(self.left() + index as f32 * step, y, step - 3.0, high);
            let edge = match heard {
                Heard::Yes => stroke(Ink::Leading, 2.0),
                Heard::No => dashed(Ink::Line, 1.0, Dash::Dotted),
                Heard::Syncs(_) | Heard::Connected => stroke(Ink::Line, 1.0),
            };
            let fill = (*heard == Heard::Yes).then_some(Ink::Soft);
            panel(picture, self.mark(), rect, 4.0, fill, Some(edge));
            let middle = rect.x + rect.w / 2.0;
            let of = fitted(&sid.to_string(), plain(11.0), rect.w);
            let place = at(middle, y + high * 0.27);
            aligned(
                picture,
                self.mark(),
                place,
                Align::Centre,
                plain(11.0),
                Ink::Dim,
                of,
            );
            let below = at(middle, y + high * 0.7);
            match heard {
                Heard::Yes => tick(picture, self.mark(), below, 4.5, stroke(Ink::Leading, 2.0)),
                Heard::Syncs(kind) => {
                    let says = fitted(sync_letters(*kind, rect.w), bold(plain(11.0)), rect.w);
                    aligned(
                        picture,
                        self.mark(),
                        below,
                        Align::Centre,
                        bold(plain(11.0)),
                        Ink::Text,
                        says,
                    );
                }
                Heard::Connected => {
                    aligned(
                        picture,
                        self.mark(),
                        below,
                        Align::Centre,
                        plain(11.0),
                        Ink::Dim,
                        "…",
                    );
                }
                Heard::No => {}
            }
        }
    }

    fn follows(&self, follows: &Follows, y: f32, high: f32, picture: &mut Picture) {
        let says = learner_words(self.lang, follows);
        let letters = plain(13.0);
        let says = fitted(&says, letters, self.room());
        text(
            picture,
            self.mark(),
            at(self.left(), y + high / 2.0),
            letters,
            Ink::Text,
            says,
        );
    }

    // ---- the log ----

    fn log(&self, y: f32, picture: &mut Picture) {
        let face = self.face;
        let small = plain(11.0);
        let mut x = self.left();
        if face.log.is_empty() {
            if face.live.is_some() {
                let says = word(self.lang, "view.log_empty");
                text(picture, self.mark(), at(x, y), small, Ink::Dim, &*says);
            }
            return;
        }
        let acks = face.oldest_proposal;
        let acks = acks.map(|(acks, needed)| {
            with(
                self.lang,
                "view.acks",
                &[("acks", &acks), ("needed", &needed)],
            )
        });
        let taken = acks
            .as_deref()
            .map_or(0.0, |it| width(it, bold(small)) + 8.0);
        let end = self.right() - taken;
        // The newest entries that fit.
        let mut first = face.log.len();
        let mut used = if face.log_goes_back { 10.0 } else { 0.0 };
        while first > 0 {
            let newer = face.log.get(first).map(|it| it.zxid.epoch());
            let more = log_cell_width(face.log[first - 1].zxid, newer);
            if used + more + EPOCH_LABEL > end - x {
                break;
            }
            used += more;
            first -= 1;
        }
        if first > 0 || face.log_goes_back {
            text(picture, self.mark(), at(x, y), small, Ink::Dim, "…");
            x += 11.0;
        }
        let mut epoch = None;
        for cell in &face.log[first..] {
            if epoch != Some(cell.zxid.epoch()) {
                epoch = Some(cell.zxid.epoch());
                let says = format!("e{}", cell.zxid.epoch());
                text(picture, self.mark(), at(x, y), small, Ink::Dim, says);
                x += EPOCH_LABEL;
            }
            let says = cell.zxid.counter().to_string();
            let rect = Rect::new(x, y - 8.5, cell_width(&says), 17.0);
            let mark = Mark::Entry {
                at: face.node,
                zxid: cell.zxid,
            };
            let edge = match cell.mark {
                LogMark::Written => Some(dashed(Ink::Text, 1.0, Dash::Dotted)),
                LogMark::Durable => Some(stroke(Ink::Text, 1.0)),
                LogMark::Applied => None,
            };
            let fill = Ink::Epoch(epoch_ink(cell.zxid.epoch()));
            panel(picture, Some(mark), rect, 3.0, Some(fill), edge);
            aligned(
                picture,
                Some(mark),
                rect.centre(),
                Align::Centre,
                mono(11.0),
                Ink::Text,
                says,
            );
            let value = word(self.lang, log_mark_key(cell.mark));
            let name = with(
                self.lang,
                "view.entry",
                &[("zxid", &cell.zxid), ("at", &self.name)],
            );
            spot(picture, mark, rect, name, &*value);
            x += rect.w + 2.0;
        }
        if let Some(acks) = acks {
            let place = at(self.right(), y);
            aligned(
                picture,
                self.mark(),
                place,
                Align::Right,
                bold(small),
                Ink::Text,
                acks,
            );
        }
    }

    // ---- what is said ----

    fn say(&self, picture: &mut Picture) {
        let face = self.face;
        let mut name = format!(
            "{}, {}",
            self.name,
            word(self.lang, glyph::key(face.look.state))
        );
        if face.look.paused {
            name = format!("{name}, {}", word(self.lang, "state.paused"));
        }
        let mut value = Vec::new();
        match &face.live {
            Some(live) => self.values(live, &mut value),
            None => {
                if let (State::NotStarted, Some(at)) = (face.look.state, face.starts) {
                    value.push(with(
                        self.lang,
                        "view.starts_at",
                        &[("time", &seconds(at.0))],
                    ));
                }
                if let Some(code) = face.exit_code {
                    value.push(with(self.lang, "view.exited", &[("code", &code)]));
                }
            }
        }
        if let Some(last) = face.log.last() {
            let key = "view.log_ends";
            value.push(with(self.lang, key, &[("zxid", &last.zxid)]));
        }
        spot(
            picture,
            Mark::Node(face.node),
            self.rect,
            name,
            value.join(self.comma()),
        );
    }

    fn comma(&self) -> &'static str {
        match self.lang {
            Lang::En => ", ",
            Lang::Zh => "，",
        }
    }

    fn values(&self, live: &Live, value: &mut Vec<String>) {
        value.push(phase_word(self.lang, self.face, live));
        value.push(epochs(self.lang, live));
        value.push(with(self.lang, "view.last_zxid", &[("zxid", &live.zxid)]));
        if let Some(vote) = &live.vote {
            let vote = vote_in_full(self.lang, vote);
            value.push(format!("{} {vote}", word(self.lang, "view.vote")));
        }
        match &live.board {
            Board::Busy => value.push(word(self.lang, "view.busy").into_owned()),
            Board::Votes(votes) => {
                let key = match votes.by_groups {
                    true => "view.groups_of",
                    false => "view.votes_of",
                };
                let says = [
                    ("count", &votes.count as &dyn core::fmt::Display),
                    ("needed", &votes.needed),
                ];
                value.push(with(self.lang, key, &says));
            }
            Board::Leads(leads) => value.push(leader_words(self.lang, leads)),
            Board::Follows(follows) => value.push(learner_words(self.lang, follows)),
        }
    }
}

/// How wide a cell of the log is with its gap, and the label of its epoch if the next entry is of another.
fn log_cell_width(zxid: Zxid, newer: Option<Epoch>) -> f32 {
    let label = match newer.is_some_and(|newer| newer != zxid.epoch()) {
        true => EPOCH_LABEL,
        false => 0.0,
    };
    cell_width(&zxid.counter().to_string()) + 2.0 + label
}

const EPOCH_LABEL: f32 = 19.0;

fn cell_width(says: &str) -> f32 {
    (width(says, mono(11.0)) + 6.0).max(18.0)
}

/// Which of the six inks of epochs.
pub fn epoch_ink(epoch: Epoch) -> u8 {
    epoch.0.rem_euclid(6) as u8
}

/// A span since the start in seconds, without zeros that say nothing.
pub fn seconds(nanos: u64) -> String {
    let text = format!("{}.{:03}", nanos / 1_000_000_000, nanos / 1_000_000 % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} s")
}

/// A server's id; nobody is a dash.
pub fn sid_text(sid: Sid) -> String {
    match sid {
        Sid::NONE => "-".into(),
        sid => sid.to_string(),
    }
}

fn vote_text(lang: Lang, vote: &Vote) -> String {
    match vote.leader {
        Sid::NONE => word(lang, "view.nobody").into_owned(),
        leader => format!("{leader} ({}, {})", vote.peer_epoch, vote.zxid),
    }
}

/// A vote with all that is compared in it.
pub fn vote_in_full(lang: Lang, vote: &Vote) -> String {
    if vote.leader == Sid::NONE {
        return word(lang, "view.nobody").into_owned();
    }
    with(
        lang,
        "view.vote_full",
        &[
            ("leader", &vote.leader),
            ("epoch", &vote.peer_epoch),
            ("zxid", &vote.zxid),
            ("round", &vote.round),
        ],
    )
}

fn tally(lang: Lang, count: u32, needed: u32, by_groups: bool) -> String {
    match by_groups {
        true => with(
            lang,
            "view.groups",
            &[("count", &count), ("needed", &needed)],
        ),
        false => format!("{count} / {needed}"),
    }
}

fn epochs(lang: Lang, live: &Live) -> String {
    let key = match live.accepted == live.current {
        true => "view.epoch",
        false => "view.epochs",
    };
    with(
        lang,
        key,
        &[("accepted", &live.accepted), ("current", &live.current)],
    )
}

fn phase_word(lang: Lang, face: &Face, live: &Live) -> String {
    let key = match live.phase {
        Phase::Election => "view.phase_election",
        Phase::Discovery => "view.phase_discovery",
        Phase::Synchronization => "view.phase_synchronization",
        Phase::Broadcast => "view.phase_broadcast",
    };
    let phase = word(lang, key);
    match (face.look.state, face.look.serving) {
        (State::Server(ServerState::Looking), _) => {
            format!(
                "{phase} · {}",
                with(lang, "view.round", &[("round", &live.round)])
            )
        }
        (_, true) => format!("{phase} · {}", word(lang, "view.serves")),
        (_, false) => phase.into_owned(),
    }
}

fn leader_words(lang: Lang, leads: &Leads) -> String {
    let key = match leads.stage {
        LeaderStage::Opening => "view.leader_opens",
        LeaderStage::Loading => "view.leader_loads",
        LeaderStage::EpochWait => "view.leader_epochs",
        LeaderStage::AckEpochWait | LeaderStage::StoringEpoch(_) => "view.leader_acks",
        LeaderStage::NewLeaderWait => "view.leader_quorum",
        LeaderStage::Serving => "view.leader_serves",
        LeaderStage::Stopping { .. } | LeaderStage::Stopped => "view.leader_stops",
    };
    let epoch = leads
        .epoch
        .map_or_else(|| "-".to_owned(), |it| it.to_string());
    with(
        lang,
        key,
        &[
            ("epoch", &epoch),
            ("count", &leads.count),
            ("needed", &leads.needed),
        ],
    )
}

fn learner_words(lang: Lang, follows: &Follows) -> String {
    let key = match follows.stage {
        LearnerStage::Connecting | LearnerStage::Pausing => "view.learner_connects",
        LearnerStage::AwaitLeaderInfo(_) | LearnerStage::StoringAccepted { .. } => {
            "view.learner_epoch"
        }
        LearnerStage::AwaitSync => "view.learner_awaits",
        LearnerStage::Reloading => "view.learner_reloads",
        LearnerStage::Syncing => "view.learner_syncs",
        LearnerStage::StoringEntries
        | LearnerStage::StoringCurrent(_)
        | LearnerStage::Acknowledging => "view.learner_stores",
        LearnerStage::Serving => "view.learner_serves",
        LearnerStage::Failed | LearnerStage::Leaving { .. } => "view.learner_leaves",
    };
    let sync = follows.sync.map_or("", sync_name);
    with(
        lang,
        key,
        &[
            ("leader", &follows.leader),
            ("try", &(follows.tries + 1)),
            ("sync", &sync),
        ],
    )
}

/// As `Leader.java` spells it.
pub const fn sync_name(kind: SyncKind) -> &'static str {
    match kind {
        SyncKind::Diff => "DIFF",
        SyncKind::Trunc => "TRUNC",
        SyncKind::Snap => "SNAP",
    }
}

fn sync_letters(kind: SyncKind, room: f32) -> &'static str {
    let name = sync_name(kind);
    match width(name, bold(plain(11.0))) <= room {
        true => name,
        false => &name[..1],
    }
}

const fn log_mark_key(mark: LogMark) -> &'static str {
    match mark {
        LogMark::Written => "view.entry_written",
        LogMark::Durable => "view.entry_durable",
        LogMark::Applied => "view.entry_applied",
    }
}

/// Two bars: the process is stopped.
pub fn pause_sign(picture: &mut Picture, mark: Option<Mark>, centre: Point) {
    let look = stroke(Ink::Text, 2.0);
    for dx in [-2.5, 2.5] {
        let (from, to) = (
            at(centre.x + dx, centre.y - 5.0),
            at(centre.x + dx, centre.y + 5.0),
        );
        line(picture, mark, from, to, look);
    }
}

/// What is lost or broken: a red cross.
pub fn broken_sign(picture: &mut Picture, mark: Option<Mark>, centre: Point, reach: f32) {
    cross(picture, mark, centre, reach, stroke(Ink::Broken, 2.0));
}
