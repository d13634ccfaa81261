//! The last row of a card: the end of its server's log, and for a moment what has left it.

use super::card::{Card, epoch_ink};
use super::face::LogMark;
use super::say::log_mark_key;
use crate::draw::{
    at_right, bold, centred, dashed, faint, halo, line, mono, panel, spot, text, width,
    words as plain,
};
use crate::mark::Mark;
use crate::picture::{Dash, Picture, Rect, at, stroke};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::zookeeper::{Epoch, Zxid};

const EPOCH_LABEL: f32 = 19.0;
const GAP: f32 = 2.0;

/// An entry as it is drawn.
#[derive(Clone, Copy)]
struct Cell {
    zxid: Zxid,
    stands: Stands,
}

#[derive(Clone, Copy)]
enum Stands {
    /// In the log, so far and so new.
    In(LogMark, f32),
    /// It left the log; so much of it still burns.
    Gone(f32),
}

impl Card<'_> {
    pub(super) fn log(&self, y: f32, picture: &mut Picture) {
        let (face, news) = (self.face, self.news);
        let there = face.log.iter().map(|it| Cell {
            zxid: it.zxid,
            stands: Stands::In(it.mark, news.entry(it.zxid)),
        });
        let gone = news.gone.iter().map(|(zxid, burns)| Cell {
            zxid: *zxid,
            stands: Stands::Gone(*burns),
        });
        let cells: Vec<Cell> = there.chain(gone).collect();
        if cells.is_empty() {
            if face.live.is_some() {
                let says = word(self.lang, "view.log_empty");
                let place = at(self.left(), y);
                text(picture, self.mark(), place, plain(11.0), Ink::Dim, &*says);
            }
            return;
        }
        let end = self.acks(y, picture);
        let first = first_that_fits(&cells, face.log_goes_back, end - self.left());
        let goes_back = first > 0 || face.log_goes_back;
        self.row(&cells[first..], goes_back, y, picture);
    }

    /// Says how many acknowledged the oldest proposal; answers where the row must end.
    fn acks(&self, y: f32, picture: &mut Picture) -> f32 {
        let Some((acks, needed)) = self.face.oldest_proposal else {
            return self.right();
        };
        let letters = bold(plain(11.0));
        let says = with(
            self.lang,
            "view.acks",
            &[("acks", &acks), ("needed", &needed)],
        );
        let (wide, place) = (width(&says, letters), at(self.right(), y));
        at_right(picture, self.mark(), place, letters, Ink::Text, says);
        self.right() - wide - 8.0
    }

    fn row(&self, cells: &[Cell], goes_back: bool, y: f32, picture: &mut Picture) {
        let mut x = self.left();
        let small = plain(11.0);
        if goes_back {
            text(picture, self.mark(), at(x, y), small, Ink::Dim, "…");
            x += 11.0;
        }
        let mut epoch = None;
        for cell in cells {
            if epoch != Some(cell.zxid.epoch()) {
                epoch = Some(cell.zxid.epoch());
                let says = format!("e{}", cell.zxid.epoch());
                text(picture, self.mark(), at(x, y), small, Ink::Dim, says);
                x += EPOCH_LABEL;
            }
            let wide = cell_width(cell.zxid);
            self.cell(cell, Rect::new(x, y - 8.5, wide, 17.0), picture);
            x += wide + GAP;
        }
    }

    fn cell(&self, cell: &Cell, rect: Rect, picture: &mut Picture) {
        let mark = Mark::Entry {
            at: self.face.node,
            zxid: cell.zxid,
        };
        let fill = Some(Ink::Epoch(epoch_ink(cell.zxid.epoch())));
        let says = cell.zxid.counter().to_string();
        let value = match cell.stands {
            Stands::In(stands, glows) => {
                halo(picture, Some(mark), rect, glows);
                let edge = match stands {
                    LogMark::Written => Some(dashed(Ink::Text, 1.0, Dash::Dotted)),
                    LogMark::Durable => Some(stroke(Ink::Text, 1.0)),
                    LogMark::Applied | LogMark::Kept => None,
                };
                panel(picture, Some(mark), rect, 3.0, fill, edge);
                log_mark_key(stands)
            }
            Stands::Gone(burns) => {
                faint(picture, burns, |picture| {
                    panel(picture, Some(mark), rect, 3.0, fill, None);
                });
                let edge = dashed(Ink::Broken, 1.0, Dash::Dashed);
                panel(picture, Some(mark), rect, 3.0, None, Some(edge));
                "view.entry_gone"
            }
        };
        let (middle, letters) = (rect.centre(), mono(11.0));
        centred(picture, Some(mark), middle, letters, Ink::Text, says);
        if matches!(cell.stands, Stands::Gone(_)) {
            let (from, to) = (at(rect.x, rect.y + rect.h), at(rect.x + rect.w, rect.y));
            line(picture, Some(mark), from, to, stroke(Ink::Broken, 1.0));
        }
        let name = with(
            self.lang,
            "view.entry",
            &[("zxid", &cell.zxid), ("at", &self.name)],
        );
        spot(picture, mark, rect, name, &*word(self.lang, value));
    }
}

/// The first of the newest cells that fit.
fn first_that_fits(cells: &[Cell], goes_back: bool, room: f32) -> usize {
    let mut first = cells.len();
    let mut used = if goes_back { 10.0 } else { 0.0 };
    while first > 0 {
        let newer = cells.get(first).map(|it| it.zxid.epoch());
        let more = cell_width(cells[first - 1].zxid) + GAP + label_width(cells[first - 1], newer);
        if used + more + EPOCH_LABEL > room {
            break;
        }
        used += more;
        first -= 1;
    }
    first
}

/// How wide the label of the next epoch is, if the next entry is of another.
fn label_width(cell: Cell, newer: Option<Epoch>) -> f32 {
    match newer.is_some_and(|newer| newer != cell.zxid.epoch()) {
        true => EPOCH_LABEL,
        false => 0.0,
    }
}

fn cell_width(zxid: Zxid) -> f32 {
    (width(&zxid.counter().to_string(), mono(11.0)) + 6.0).max(18.0)
}
