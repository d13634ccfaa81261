//! What a server is busy with, on its card: the table of votes, a leader's servers, a learner's leader.

use super::card::Card;
use super::face::{Board, Follows, Heard, Leads, Votes};
use super::layout::Level;
use super::say::{learner_words, sid_text, sync_name, tally, vote_in_full};
use crate::draw::{
    at_right, bold, centred, dashed, fitted, halo, letters_at, mono, panel, spot, struck, text,
    tick, width, words as plain,
};
use crate::glyph;
use crate::history::State;
use crate::mark::Mark;
use crate::picture::{Align, Dash, Picture, Rect, at, stroke};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::zookeeper::SyncKind;

impl Card<'_> {
    // ---- votes ----

    pub(super) fn votes(&self, votes: &Votes, y: f32, high: f32, picture: &mut Picture) {
        let by_groups = votes.by_groups && self.level == Level::Full;
        let tally = tally(self.lang, votes.count, votes.needed, by_groups);
        let (step, gap) = self.cells(&tally, votes.cells.len(), y + high / 2.0, picture);
        for (index, cell) in votes.cells.iter().enumerate() {
            let rect = Rect::new(self.left() + index as f32 * step, y, step - gap, high);
            let mark = Mark::Vote {
                at: self.face.node,
                of: cell.of,
            };
            let (fill, edge) = match (cell.ballot, cell.counted) {
                (None, _) => (None, dashed(Ink::Line, 1.0, Dash::Dotted)),
                (Some(_), true) => (Some(Ink::Soft), stroke(Ink::Leading, 2.0)),
                (Some(_), false) => (Some(Ink::Panel), stroke(Ink::Line, 1.0)),
            };
            let news = self.news.ballot(cell.of);
            halo(picture, Some(mark), rect, news.map_or(0.0, |it| it.0));
            panel(picture, Some(mark), rect, 4.0, fill, Some(edge));
            let small = plain(11.0);
            let weighed = format!("{}×{}", cell.of, cell.weight);
            let of = match votes.by_groups && width(&weighed, small) <= rect.w {
                true => weighed.into(),
                false => fitted(&cell.of.to_string(), small, rect.w),
            };
            let middle = rect.x + rect.w / 2.0;
            centred(
                picture,
                Some(mark),
                at(middle, y + high * 0.27),
                small,
                Ink::Dim,
                of,
            );
            if let Some((ballot, _)) = cell.ballot {
                let leader = sid_text(ballot.vote.leader);
                let letters = bold(plain(if high < 30.0 { 11.0 } else { 13.0 }));
                let leader = fitted(&leader, letters, rect.w);
                let place = at(middle, y + high * 0.7);
                let left = letters_at(place, Align::Centre, letters, &leader).x;
                centred(picture, Some(mark), place, letters, Ink::Text, leader);
                // The ballot that was overtaken is crossed out beside it.
                let was = news.and_then(|it| it.1).map(sid_text);
                let begins = at(rect.x + 3.0, place.y);
                let room = left - begins.x - 1.0;
                if let Some(was) = was.filter(|was| width(was, small) <= room) {
                    struck(picture, Some(mark), begins, small, &was);
                }
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
    pub(super) fn shows_outside(&self) -> bool {
        let live = self.face.live.as_ref();
        live.is_some_and(|live| match &live.board {
            Board::Votes(votes) => {
                !votes.outside.is_empty() && matches!(self.level, Level::Full | Level::Medium)
            }
            _ => false,
        })
    }

    /// Those who follow or lead already: sender, state, whom.
    pub(super) fn outside(&self, votes: &Votes, picture: &mut Picture) {
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

    /// Writes how many count, and answers how far apart the cells beside that are and how much of it is a gap.
    fn cells(&self, tally: &str, count: usize, y: f32, picture: &mut Picture) -> (f32, f32) {
        let small = self.level == Level::Small;
        let y = if small { self.rect.y + 23.0 } else { y };
        let letters = bold(plain(13.0));
        let place = at(self.right(), y);
        at_right(picture, self.mark(), place, letters, Ink::Text, tally);
        let room = match small {
            true => self.room(),
            false => self.room() - width(tally, letters) - 10.0,
        };
        let step = (room / count.max(1) as f32).min(36.0);
        (step, if step > 18.0 { 3.0 } else { 1.5 })
    }

    // ---- leading and following ----

    pub(super) fn leads(&self, leads: &Leads, y: f32, high: f32, picture: &mut Picture) {
        let tally = format!("{} / {}", leads.count, leads.needed);
        let (step, gap) = self.cells(&tally, leads.cells.len(), y + high / 2.0, picture);
        for (index, (sid, heard)) in leads.cells.iter().enumerate() {
            let rect = Rect::new(self.left() + index as f32 * step, y, step - gap, high);
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
            centred(picture, self.mark(), place, plain(11.0), Ink::Dim, of);
            let below = at(middle, y + high * 0.7);
            match heard {
                Heard::Yes => tick(picture, self.mark(), below, 4.5, stroke(Ink::Leading, 2.0)),
                Heard::Syncs(kind) => {
                    let says = fitted(sync_letters(*kind, rect.w), bold(plain(11.0)), rect.w);
                    centred(
                        picture,
                        self.mark(),
                        below,
                        bold(plain(11.0)),
                        Ink::Text,
                        says,
                    );
                }
                Heard::Connected => {
                    centred(picture, self.mark(), below, plain(11.0), Ink::Dim, "…");
                }
                Heard::No => {}
            }
        }
    }

    pub(super) fn follows(&self, follows: &Follows, y: f32, high: f32, picture: &mut Picture) {
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
}

fn sync_letters(kind: SyncKind, room: f32) -> &'static str {
    let name = sync_name(kind);
    match width(name, bold(plain(11.0))) <= room {
        true => name,
        false => &name[..1],
    }
}
