//! Histories as ghosts: what every server has applied, logged or delivered, without a copy for
//! each.
//!
//! All histories of a run share one tree of segments. Where two servers agree they point into the
//! same segment; where they part, a new segment begins. So a history is two numbers, extending one
//! is an index and a comparison, and "is a prefix of" is constant time as long as nothing has
//! parted. It decides nothing; it remembers.

use crate::base::{ChunkedLog, StepIndex};
use crate::zookeeper::{Txn, Zxid};
use core::hash::{Hash, Hasher};

/// One transaction of a history.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its zxid.
    pub zxid: Zxid,
    /// [`Txn::digest`]; of a base, the digest of the tree.
    pub digest: u64,
    /// The step that brought it into the run. Says where it came from, not what it is.
    pub step: StepIndex,
    /// Whether it stands for a snapshot whose transactions nobody has: for all up to its zxid.
    pub base: bool,
}

impl Entry {
    /// A transaction, seen at a step.
    pub fn of(txn: &Txn, step: StepIndex) -> Self {
        Self {
            zxid: txn.zxid,
            digest: txn.digest,
            step,
            base: false,
        }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.zxid == other.zxid && self.digest == other.digest
    }
}

impl Eq for Entry {}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.zxid.hash(state);
        state.write_u64(self.digest);
    }
}

/// A sequence of transactions: a position in the tree of histories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct History {
    segment: u32,
    len: u32,
}

impl History {
    /// The one that holds nothing.
    pub const EMPTY: History = History { segment: 0, len: 0 };

    /// How many entries it holds.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

#[derive(Clone, Debug, Default)]
struct Segment {
    /// The history that it extends.
    parent: History,
    entries: ChunkedLog<Entry>,
}

/// All histories of a run.
#[derive(Clone, Debug)]
pub struct Histories {
    segments: Vec<Segment>,
}

impl Default for Histories {
    fn default() -> Self {
        Self {
            segments: vec![Segment::default()],
        }
    }
}

impl Histories {
    /// Forgets all.
    pub fn reset(&mut self) {
        self.segments.truncate(1);
        self.segments[0] = Segment::default();
    }

    fn segment(&self, h: History) -> &Segment {
        &self.segments[h.segment as usize]
    }

    /// The entry at a place, from 0.
    pub fn get(&self, h: History, index: usize) -> Option<&Entry> {
        if index >= h.len() {
            return None;
        }
        let mut segment = self.segment(h);
        while index < segment.parent.len() {
            segment = self.segment(segment.parent);
        }
        segment.entries.get(index - segment.parent.len())
    }

    /// The last entry.
    pub fn last(&self, h: History) -> Option<&Entry> {
        self.get(h, h.len().checked_sub(1)?)
    }

    /// The last zxid; zero if empty.
    pub fn last_zxid(&self, h: History) -> Zxid {
        self.last(h).map_or(Zxid::ZERO, |entry| entry.zxid)
    }

    /// The entries from a place on.
    pub fn from(&self, h: History, index: usize) -> impl Iterator<Item = &Entry> {
        (index..h.len()).map(move |i| self.get(h, i).expect("below its length"))
    }

    /// The history with one entry more.
    pub fn push(&mut self, h: History, entry: Entry) -> History {
        let segment = &mut self.segments[h.segment as usize];
        let at = h.len() - segment.parent.len();
        let longer = History {
            len: h.len + 1,
            ..h
        };
        match segment.entries.get(at) {
            Some(next) if *next == entry => return longer,
            Some(_) => {}
            None if at == segment.entries.len() => {
                segment.entries.push(entry);
                return longer;
            }
            None => unreachable!("a history ends within its segment"),
        }
        let siblings = self.segments.iter().enumerate().skip(1);
        let known = siblings
            .filter(|(_, s)| s.parent == h && s.entries.first() == Some(&entry))
            .map(|(i, _)| i)
            .next();
        let segment = known.unwrap_or_else(|| {
            let mut entries = ChunkedLog::default();
            entries.push(entry);
            self.segments.push(Segment { parent: h, entries });
            self.segments.len() - 1
        });
        History {
            segment: segment as u32,
            len: h.len + 1,
        }
    }

    /// The first `len` entries.
    pub fn cut(&self, h: History, len: usize) -> History {
        let mut cut = h;
        cut.len = cut.len.min(len as u32);
        while cut.segment != 0 && cut.len <= self.segment(cut).parent.len {
            cut.segment = self.segment(cut).parent.segment;
        }
        cut
    }

    /// Without the entries at the end that are above a zxid.
    pub fn cut_above(&self, h: History, zxid: Zxid) -> History {
        let mut len = h.len();
        while len > 0 && self.get(h, len - 1).is_some_and(|e| e.zxid > zxid) {
            len -= 1;
        }
        self.cut(h, len)
    }

    /// The longest history that both begin with.
    pub fn common(&self, a: History, b: History) -> History {
        let (mut a, mut b) = (a, b);
        // A segment is made after the one it extends, so the higher number climbs.
        while a.segment != b.segment {
            if a.segment > b.segment {
                a = self.segment(a).parent;
            } else {
                b = self.segment(b).parent;
            }
        }
        let len = a.len().min(b.len());
        self.cut(if a.len <= b.len { a } else { b }, len)
    }

    /// Whether `a` is a prefix of `b`. What a base stands for is taken to agree.
    pub fn is_prefix(&self, a: History, b: History) -> bool {
        if a.segment == b.segment {
            return a.len <= b.len;
        }
        self.common(a, b) == a || (self.is_below_base(a, b) && self.common(a, b).is_empty())
    }

    /// Whether `b` begins with a base that covers all of `a`.
    fn is_below_base(&self, a: History, b: History) -> bool {
        let base = self.get(b, 0).filter(|entry| entry.base);
        base.is_some_and(|base| self.last_zxid(a) <= base.zxid)
    }

    /// Whether one is a prefix of the other.
    pub fn comparable(&self, a: History, b: History) -> bool {
        if a.segment == b.segment {
            return true;
        }
        self.is_prefix(a, b) || self.is_prefix(b, a)
    }

    /// Where an entry stands in a history sorted by zxid.
    pub fn position(&self, h: History, entry: &Entry) -> Option<usize> {
        let (mut low, mut high) = (0, h.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(h, middle)?.zxid < entry.zxid {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // Histories that broke the order of zxids are searched from the end.
        if self.get(h, low) == Some(entry) {
            return Some(low);
        }
        (0..h.len())
            .rev()
            .take(64)
            .find(|i| self.get(h, *i) == Some(entry))
    }

    /// Whether a history holds an entry, or a base that stands for it.
    pub fn contains(&self, h: History, entry: &Entry) -> bool {
        let base = self.get(h, 0).filter(|first| first.base);
        base.is_some_and(|base| entry.zxid <= base.zxid) || self.position(h, entry).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(zxid: i64, digest: u64) -> Entry {
        Entry {
            zxid: Zxid(zxid),
            digest,
            step: StepIndex(0),
            base: false,
        }
    }

    fn history(all: &mut Histories, entries: &[(i64, u64)]) -> History {
        let push = |h, &(zxid, digest): &(i64, u64)| all.push(h, entry(zxid, digest));
        entries.iter().fold(History::EMPTY, push)
    }

    /// Against plain vectors: any two of a set of small histories.
    #[test]
    fn relations_agree_with_plain_sequences() {
        let mut plain: Vec<Vec<(i64, u64)>> = vec![vec![]];
        for length in 0..4 {
            for shape in 0..27u64 {
                let digit = |i: u32| shape / 3u64.pow(i) % 3;
                plain.push((0..length).map(|i| (i64::from(i) + 1, digit(i))).collect());
            }
        }
        let mut all = Histories::default();
        let built: Vec<History> = plain.iter().map(|p| history(&mut all, p)).collect();
        for (i, a) in plain.iter().enumerate() {
            for (j, b) in plain.iter().enumerate() {
                let (x, y) = (built[i], built[j]);
                assert_eq!(a == b, x == y, "{a:?} {b:?}");
                assert_eq!(b.starts_with(a), all.is_prefix(x, y), "{a:?} {b:?}");
                let common = a.iter().zip(b).take_while(|(x, y)| x == y).count();
                assert_eq!(all.common(x, y), all.cut(x, common));
                assert_eq!(all.common(x, y).len(), common);
            }
            let read: Vec<_> = all
                .from(built[i], 0)
                .map(|e| (e.zxid.0, e.digest))
                .collect();
            assert_eq!(*a, read);
        }
    }

    #[test]
    fn long_histories_share_and_part() {
        let mut all = Histories::default();
        let long: Vec<(i64, u64)> = (1..=300).map(|i| (i, 0)).collect();
        let a = history(&mut all, &long);
        let b = all.cut_above(a, Zxid(200));
        assert_eq!(b.len(), 200);
        let c = all.push(b, entry(900, 1));
        assert!(all.is_prefix(b, a) && all.is_prefix(b, c) && !all.comparable(a, c));
        assert_eq!(all.common(a, c), b);
        assert_eq!(all.position(c, &entry(900, 1)), Some(200));
        assert!(!all.contains(c, &entry(201, 0)) && all.contains(a, &entry(201, 0)));
        assert_eq!(all.push(b, entry(900, 1)), c);
    }

    #[test]
    fn a_base_stands_for_all_below_it() {
        let mut all = Histories::default();
        let short = history(&mut all, &[(1, 0), (2, 0)]);
        let base = all.push(
            History::EMPTY,
            Entry {
                base: true,
                ..entry(5, 77)
            },
        );
        let longer = all.push(base, entry(6, 0));
        assert!(all.is_prefix(short, longer) && !all.is_prefix(longer, short));
        assert!(all.contains(longer, &entry(2, 9)) && !all.contains(longer, &entry(7, 0)));
        let past = history(&mut all, &[(1, 0), (2, 0), (7, 0)]);
        assert!(!all.comparable(past, longer));
    }
}
