//! Two plays side by side: the branch that is shown, and another branch or variant of the same scenario.
//!
//! Both stand at the same time. They part at the first decision that one node takes and does not take in the other, in
//! the order of its own decisions, whatever the steps and times: the rule that `quorumscope diff` has for two versions
//! ([`first_difference_of_facts`](sim_core::trace::first_difference_of_facts)). What a hand did is no decision; what
//! servers make of it is. The plays are read a stretch at a time, so that no frame waits.

use crate::App;
use crate::command::{Against, Language};
use crate::session::{Progress, Session};
use crate::show::{CompareRow, Compared, ComparedSide, Difference};
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::Fact;
use sim_core::explain::sentence;
use sim_core::trace::{Record, What};
use std::collections::{BTreeMap, VecDeque};
use views::change::Changed;
use views::mark::Mark;
use views::narration::{Level, level};
use views::picture::Picture;
use views::scene::Scene;
use views::words::{text, with};

/// The other play, and how far both were read.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    pub against: Against,
    pub other: Session,
    /// The next step to read of each.
    next: [StepIndex; 2],
    nodes: BTreeMap<NodeId, Stream>,
}

/// The decisions of one node that one play has and the other has not shown yet.
#[derive(Clone, Debug, Default)]
struct Stream {
    waiting: [VecDeque<Record<Fact>>; 2],
    parted: bool,
}

impl Stream {
    fn add(&mut self, side: usize, record: Record<Fact>) {
        if self.parted && !self.waiting[side].is_empty() {
            return;
        }
        self.waiting[side].push_back(record);
        while !self.parted
            && let [Some(a), Some(b)] = self.waiting.each_ref().map(VecDeque::front)
        {
            self.parted = a.what != b.what;
            if !self.parted {
                self.waiting.iter_mut().for_each(|it| drop(it.pop_front()));
            }
        }
    }

    /// Where the two part, if they do; one that is over may have nothing there.
    fn heads(&self, over: bool) -> Option<[Option<&Record<Fact>>; 2]> {
        let heads = self.waiting.each_ref().map(VecDeque::front);
        let any = heads.iter().any(Option::is_some);
        ((self.parted || over) && any).then_some(heads)
    }
}

impl Comparison {
    fn new(against: Against, other: Session) -> Self {
        Self {
            against,
            other,
            next: [StepIndex(1); 2],
            nodes: BTreeMap::new(),
        }
    }

    /// The play that is shown is another one now.
    pub fn read_anew(&mut self) {
        self.next = [StepIndex(1); 2];
        self.nodes.clear();
    }

    /// Plays the other one on and reads both, so many steps at most. Answers whether more is left.
    pub fn go_on(&mut self, shown: &Session, steps: u64) -> bool {
        let plays = self.other.play_on(steps);
        let sides = [shown, &self.other];
        let behind = |side: usize| sides[side].time_of(self.next[side]);
        let left = |side: usize| self.next[side] <= sides[side].last();
        // The one that is behind in time first, so that little waits for the other.
        let side = match (left(0), left(1)) {
            (true, true) => usize::from(behind(1) < behind(0)),
            (true, false) => 0,
            (false, true) => 1,
            (false, false) => return plays,
        };
        let (from, end) = (self.next[side], StepIndex(self.next[side].0 + steps.max(1)));
        for record in sides[side].records().since(from) {
            if record.step >= end {
                break;
            }
            if is_decision(&record) {
                self.nodes.entry(record.node).or_default().add(side, record);
            }
        }
        self.next[side] = end.min(StepIndex(sides[side].last().0 + 1));
        true
    }

    /// Whether both were read to their ends.
    fn is_over(&self, shown: &Session) -> bool {
        let sides = [shown, &self.other];
        let over = |(session, next): (&Session, StepIndex)| {
            session.progress() != Progress::Playing && next > session.last()
        };
        sides.into_iter().zip(self.next).all(over)
    }

    /// The earliest decision at which they part, as far as both were read.
    fn parts(&self, shown: &Session) -> Option<[Option<&Record<Fact>>; 2]> {
        let over = self.is_over(shown);
        let all = self.nodes.values().filter_map(|it| it.heads(over));
        all.min_by_key(|heads| moment(heads))
    }

    /// Looks at the other play at the same time.
    pub fn follow(&mut self, time: SimTime) {
        let step = self.other.step_at(time);
        if self.other.position() != step {
            self.other.seek(step);
        }
    }
}

fn is_decision(record: &Record<Fact>) -> bool {
    matches!(&record.what, What::Fact(fact) if level(fact) != Level::Detail)
}

fn moment(heads: &[Option<&Record<Fact>>; 2]) -> Option<(SimTime, StepIndex)> {
    let both = heads.iter().flatten();
    both.map(|record| (record.at, record.step)).min()
}

impl App {
    /// Puts another play beside the one that is shown, or takes it away.
    pub(crate) fn compare(&mut self, against: Option<Against>) {
        self.comparison = None;
        let Some(against) = against else {
            return;
        };
        let variant = match &against {
            Against::Branch(_) => self.tree.root().variant.clone(),
            Against::Variant(name) => Some(name.clone()),
        };
        let index = match &against {
            Against::Branch(index) if *index < self.tree.len() => *index,
            Against::Branch(_) => return,
            Against::Variant(_) => self.tree.current(),
        };
        let source = self.tree.source_of(index, variant.as_deref());
        match source.and_then(Session::play) {
            Ok(other) => self.comparison = Some(Comparison::new(against, other)),
            Err(failure) => self.fail(failure),
        }
    }

    /// What can be put beside the play that is shown: other branches, then other variants.
    pub fn comparable(&self) -> Vec<CompareRow> {
        let rows = self.branches();
        let branches = rows.iter().filter(|row| !row.current);
        let branches = branches.filter_map(|row| match row.mark {
            Mark::Branch(index) => Some((Against::Branch(index), row.label.clone())),
            _ => None,
        });
        let (current, all) = self.variants();
        let variants = all.into_iter().filter(|name| Some(*name) != current);
        let variants = variants.map(|name| (Against::Variant(name.into()), name.to_owned()));
        let shown = self.comparison.as_ref().map(|it| &it.against);
        let row = |(against, label)| CompareRow {
            current: shown == Some(&against),
            against,
            label,
        };
        branches.chain(variants).map(row).collect()
    }

    /// The two plays that stand side by side, and where they part; nothing if only one is shown.
    pub fn compared(&self) -> Option<Compared> {
        let comparison = self.comparison.as_ref()?;
        let lang = self.language();
        let rows = self.branches();
        let branch = |index: usize| {
            let found = rows.iter().find(|row| row.mark == Mark::Branch(index));
            found.map_or_else(String::new, |row| row.label.clone())
        };
        let (variant, _) = self.variants();
        let names = match &comparison.against {
            Against::Branch(index) => [branch(self.tree.current()), branch(*index)],
            Against::Variant(name) => [
                variant.map_or_else(|| text(lang, "act.root").into_owned(), str::to_owned),
                name.to_string(),
            ],
        };
        Some(Compared {
            names,
            difference: self.difference(comparison, lang),
            done: comparison.is_over(&self.session),
        })
    }

    /// Where the two plays part. What lies ahead of a question is not told.
    fn difference(&self, comparison: &Comparison, lang: Language) -> Option<Difference> {
        let heads = comparison.parts(&self.session)?;
        let (at, _) = moment(&heads)?;
        if self.until().is_some_and(|until| at > until) {
            return None;
        }
        let sessions = [&self.session, &comparison.other];
        let side = |side: usize| {
            let record = heads[side]?;
            let says = sentence(record, sessions[side].names()).render(lang);
            Some(ComparedSide {
                step: record.step,
                at: record.at,
                node: record.node,
                text: says,
            })
        };
        let sides = [side(0), side(1)];
        let node = sides.iter().flatten().next()?.node;
        let told = |it: &Option<ComparedSide>| match it {
            Some(it) => it.text.clone(),
            None => with(
                lang,
                "compare.nothing",
                &[("name", &self.session.node_name(node))],
            ),
        };
        let told = [told(&sides[0]), told(&sides[1])];
        Some(Difference {
            at,
            node,
            sides,
            told,
        })
    }

    /// When the two plays part, for pictures.
    pub(crate) fn parts_at(&self) -> Option<SimTime> {
        let comparison = self.comparison.as_ref()?;
        let (at, _) = moment(&comparison.parts(&self.session)?)?;
        self.until().is_none_or(|until| at <= until).then_some(at)
    }

    /// The picture of a view of the other play, at the same time.
    pub fn other_picture(&self, width: f32, height: f32) -> Option<Picture> {
        let comparison = self.comparison.as_ref()?;
        let other = &comparison.other;
        let scene = Scene {
            world: other.world(),
            history: other.history(),
            plan: other.plan(),
            ..self.scene()
        };
        Some(self.picture_of(&scene, self.view, width, height))
    }

    /// What the step that one went back over is about to change: to be outlined.
    pub fn about_to_change(&self) -> Vec<Mark> {
        let Some(step) = self.went_back.filter(|_| self.stands().is_none()) else {
            return Vec::new();
        };
        let changes = self.session.history().changes().of_step(step);
        let mark = |(node, what)| match what {
            Changed::Ballot(of, _) => Mark::Vote { at: node, of },
            Changed::Gone(zxid) => Mark::Entry { at: node, zxid },
            _ => Mark::Node(node),
        };
        changes.map(|(node, it)| mark((node, it.what))).collect()
    }
}
