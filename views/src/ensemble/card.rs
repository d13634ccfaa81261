//! One server's card. Read `board.rs` for what its server is busy with, `log.rs` for its last row.

use super::face::{Board, Face, Live};
use super::layout::Level;
use super::say::{epochs, phase_word, seconds, sid_text, vote_text};
use crate::change::News;
use crate::draw::{
    around, at_right, bold, cross, dashed, fitted, halo, letters_at, line, mono, panel, struck,
    text, width, words as plain,
};
use crate::glyph;
use crate::history::State;
use crate::mark::Mark;
use crate::picture::{Align, Dash, Picture, Point, Rect, at, stroke};
use crate::scene::Scene;
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::explain::Lang;
use sim_core::zookeeper::{Epoch, Sid, Vote};

const PAD: f32 = 12.0;

/// A card to be drawn.
pub struct Card<'a> {
    /// What stands on it.
    pub face: &'a Face,
    /// What of that is new.
    pub news: &'a News,
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
    pub(super) fn mark(&self) -> Option<Mark> {
        Some(Mark::Node(self.face.node))
    }

    pub(super) fn left(&self) -> f32 {
        self.rect.x + PAD
    }

    pub(super) fn right(&self) -> f32 {
        self.rect.x + self.rect.w - PAD
    }

    pub(super) fn room(&self) -> f32 {
        self.rect.w - 2.0 * PAD
    }

    /// Draws it.
    pub fn draw(&self, scene: &Scene<'_>, picture: &mut Picture) {
        self.frame(picture);
        self.say(picture);
        self.head(picture);
        let top = self.rect.y;
        match &self.face.live {
            Some(live) => self.live(live, scene, picture),
            None => self.absent(picture),
        }
        let with_log = matches!(self.level, Level::Full | Level::Medium);
        if with_log && !self.shows_outside() {
            let y = top + self.rect.h - 16.0;
            self.log(y, picture);
        }
    }

    fn ground(&self) -> Ink {
        match self.face.look.state {
            State::NotStarted | State::Down => Ink::Ground,
            _ => Ink::Panel,
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
        panel(
            picture,
            self.mark(),
            self.rect,
            12.0,
            Some(self.ground()),
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
        let room = around(centre, 2.0 * radius, 2.0 * radius);
        halo(picture, self.mark(), room, self.news.state);
        if self.news.state > 0.0 {
            // Letters in the ink of a state stand on the card's own ground.
            panel(
                picture,
                self.mark(),
                room,
                radius,
                Some(self.ground()),
                None,
            );
        }
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
        let zxid = zxid.filter(|_| self.level < Level::Small);
        let taken = zxid
            .as_deref()
            .map_or(0.0, |it| width(it, mono(11.0)) + 6.0);
        // On small cards the count of votes stands there.
        let taken = if self.level == Level::Small {
            40.0
        } else {
            taken
        };
        let room = self.right() - x - taken;
        let name = fitted(self.name, letters, room);
        let after = x + width(&name, letters) + 6.0;
        text(picture, self.mark(), at(x, y), letters, ink, name);
        if let Some(zxid) = zxid {
            let place = at(self.right(), y);
            let letters = letters_at(place, Align::Right, mono(11.0), &zxid);
            halo(picture, self.mark(), letters, self.news.zxid);
            at_right(picture, self.mark(), place, mono(11.0), Ink::Dim, zxid);
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

    fn live(&self, live: &Live, scene: &Scene<'_>, picture: &mut Picture) {
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
            Board::Votes(votes) => self.votes(votes, board, high, picture),
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
            let place = at(self.left(), y);
            let letters = letters_at(place, Align::Left, plain(11.0), &says);
            halo(picture, self.mark(), letters, self.news.vote.0);
            text(picture, self.mark(), place, plain(11.0), Ink::Text, says);
        }
        if let Some((count, needed)) = count {
            let says = format!("{count} / {needed}");
            let place = at(self.right(), y);
            at_right(picture, self.mark(), place, plain(11.0), Ink::Text, says);
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
        let epochs = epochs(self.lang, live, false);
        if width(&says, small) + width(&epochs, small) + 8.0 <= room {
            room -= width(&epochs, small) + 8.0;
            let place = at(self.right(), y);
            at_right(picture, self.mark(), place, small, Ink::Dim, epochs);
        }
        let says = fitted(&says, plain(11.0), room);
        let place = at(self.left(), y);
        let letters = letters_at(place, Align::Left, small, &says);
        halo(picture, self.mark(), letters, self.news.phase);
        text(picture, self.mark(), place, small, ink, says);
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
        let (glows, was) = self.news.vote;
        let place = letters_at(at(x, y), Align::Left, letters, &says);
        halo(picture, self.mark(), place, glows);
        text(picture, self.mark(), at(x, y), letters, Ink::Text, says);
        // The vote that was overtaken is crossed out, then goes.
        let was = was.filter(|was| *was != vote.leader).map(sid_text);
        let end = place.x + place.w + 12.0;
        if let Some(was) = was.filter(|was| end + width(was, letters) <= self.right()) {
            struck(picture, self.mark(), at(end, y), letters, &was);
        }
    }
}

/// Which of the six inks of epochs.
pub fn epoch_ink(epoch: Epoch) -> u8 {
    epoch.0.rem_euclid(6) as u8
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
