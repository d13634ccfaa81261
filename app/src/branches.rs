//! The tree of branches: what hands did, from which scenario, and the text that this makes.
//!
//! A branch is a list of what hands did in it; its text is made anew from the scenario that was opened. A hand at the
//! end of a branch's own hands lengthens the branch; one before them, or in the branch that was opened, begins another.
//! Nothing is ever lost: what is undone can be done again, and branches stay.

use crate::command::Language;
use crate::failure::Failure;
use crate::hands::Done;
use crate::session::Source;
use crate::show::BranchRow;
use sim_core::base::{SimTime, StepIndex};
use sim_core::scenario::edit;
use sim_core::scenario::format::Step;
use std::sync::Arc;
use views::mark::Mark;
use views::words::{text, with};

/// The most branches of a tree, and the most hands of a branch.
pub const MOST: usize = 256;

/// A branch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Branch {
    /// The branch it left, when, and after which step.
    pub from: Option<(usize, SimTime, StepIndex)>,
    /// What hands did in it, in order, its part of the branch it left included.
    pub done: Vec<Done>,
    /// What was taken back, the last one last.
    pub undone: Vec<Done>,
    /// How many of its hands are those of the branch it left.
    pub inherited: usize,
}

/// All branches of a scenario.
#[derive(Clone, Debug)]
pub struct Tree {
    root: Source,
    branches: Vec<Branch>,
    current: usize,
}

impl Tree {
    /// The tree of a scenario in which no hand did anything.
    pub fn new(root: Source) -> Self {
        Self {
            root,
            branches: vec![Branch::default()],
            current: 0,
        }
    }

    /// The scenario that was opened.
    pub fn root(&self) -> &Source {
        &self.root
    }

    /// The branch that is shown.
    pub fn current(&self) -> usize {
        self.current
    }

    /// The branch that is shown.
    pub fn branch(&self) -> &Branch {
        &self.branches[self.current]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.branches.len()
    }

    /// Never: there is always the one that was opened.
    pub fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// Takes note of what a hand did in the branch that is shown.
    pub fn add(&mut self, done: Done) -> Result<(), Failure> {
        let branch = self.branch();
        let own = branch.done.len() > branch.inherited || self.current != 0;
        let later = branch
            .done
            .iter()
            .position(|it| it.after > done.after || it.at > done.at);
        if own && later.is_none() {
            if branch.done.len() >= MOST {
                return Err(Failure::TooMany(MOST));
            }
            let branch = &mut self.branches[self.current];
            branch.done.push(done);
            branch.undone.clear();
            return Ok(());
        }
        if self.branches.len() >= MOST {
            return Err(Failure::TooMany(MOST));
        }
        let inherited = later.unwrap_or(branch.done.len());
        let mut all = branch.done[..inherited].to_vec();
        let from = Some((self.current, done.at, done.after));
        all.push(done);
        self.branches.push(Branch {
            from,
            done: all,
            undone: Vec::new(),
            inherited,
        });
        self.current = self.branches.len() - 1;
        Ok(())
    }

    /// Takes back what a hand did last in this branch.
    pub fn undo(&mut self) -> Option<Done> {
        let branch = &mut self.branches[self.current];
        if branch.done.len() <= branch.inherited {
            return None;
        }
        let done = branch.done.pop()?;
        branch.undone.push(done.clone());
        Some(done)
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> Option<Done> {
        let branch = &mut self.branches[self.current];
        let done = branch.undone.pop()?;
        branch.done.push(done.clone());
        Some(done)
    }

    /// Whether there is something to undo, to redo.
    pub fn can(&self) -> (bool, bool) {
        let branch = self.branch();
        (
            branch.done.len() > branch.inherited,
            !branch.undone.is_empty(),
        )
    }

    /// Goes to another branch; says whether there is such a branch.
    pub fn show(&mut self, index: usize) -> bool {
        let there = index < self.branches.len();
        if there {
            self.current = index;
        }
        there
    }

    /// What is played in the branch that is shown.
    pub fn source(&self) -> Result<Source, Failure> {
        self.source_of(self.current, self.root.variant.as_deref())
    }

    /// What is played in a branch if it is this variant of the scenario.
    pub fn source_of(&self, index: usize, variant: Option<&str>) -> Result<Source, Failure> {
        let branch = &self.branches[index];
        let root = Source {
            variant: variant.map(Into::into),
            ..self.root.clone()
        };
        if branch.done.is_empty() {
            return Ok(root);
        }
        let hands: Vec<Step> = branch.done.iter().filter_map(Done::step).collect();
        let mut left_out = Vec::new();
        let mut shifted = 0;
        for done in &branch.done {
            if let Some(mut positions) = done.left_out.clone() {
                // The hands stand in a step before all others.
                positions[0] = positions[0].saturating_sub(shifted);
                left_out.push(positions);
            }
            shifted = shifted.max(usize::from(!done.acts.is_empty()));
        }
        let change = edit::Session {
            seed: Some(self.root.seed),
            variant,
            until: branch.done.iter().map(|it| it.until).max(),
            client: branch.done.iter().any(|it| it.client),
            left_out: &left_out,
            hands: &hands,
        };
        let text = edit::session(&self.root.text, &change).map_err(Failure::Hand)?;
        Ok(Source {
            text: Arc::from(text),
            ..root
        })
    }

    /// The tree in rows, parents before children.
    pub fn rows(&self, lang: Language) -> Vec<BranchRow> {
        let mut rows = Vec::new();
        self.rows_below(0, 0, lang, &mut rows);
        rows
    }

    fn rows_below(&self, index: usize, depth: u32, lang: Language, rows: &mut Vec<BranchRow>) {
        let branch = &self.branches[index];
        let own = &branch.done[branch.inherited.min(branch.done.len())..];
        let label = match (index, own) {
            (0, _) => text(lang, "act.root").into_owned(),
            (_, []) => text(lang, "act.undone").into_owned(),
            (_, [first, rest @ ..]) => {
                let last = rest.last().unwrap_or(first);
                let more = rest.len().saturating_sub(1);
                let titles = match rest.len() {
                    0 => first.title(lang),
                    1 => with(
                        lang,
                        "act.two",
                        &[("first", &first.title(lang)), ("last", &last.title(lang))],
                    ),
                    _ => with(
                        lang,
                        "act.more",
                        &[
                            ("first", &first.title(lang)),
                            ("more", &more),
                            ("last", &last.title(lang)),
                        ],
                    ),
                };
                with(lang, "act.branch", &[("what", &titles), ("at", &first.at)])
            }
        };
        rows.push(BranchRow {
            mark: Mark::Branch(index),
            from: branch.from.map(|(from, at, _)| (from, at)),
            depth,
            label,
            current: index == self.current,
            differs_at: branch.from.map(|(_, _, after)| StepIndex(after.0 + 1)),
        });
        for (child, it) in self.branches.iter().enumerate() {
            if it.from.is_some_and(|(from, _, _)| from == index) {
                self.rows_below(child, depth + 1, lang, rows);
            }
        }
    }
}
