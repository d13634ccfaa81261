//! The chain of why: from a fact back to the facts and faults that led to it.
//!
//! Two links lead back. `because` names the steps that told the values a fact compared; `cause`
//! names the step that made this one happen. Steps that only carry something (a thread hand-over, a
//! delivery, a timer) are passed over, so that each hop is one telling sentence. What links alone
//! cannot show (why a voter was not heard) is in `rules`. Nothing is decided again: the chain only
//! reads records.

use crate::base::{NodeId, SimTime, StepIndex};
use crate::explain::rules::{self, Link};
use crate::explain::{Lang, Names, Sentence, Tell, Weight, sentence};
use crate::trace::{Record, RecordLog, What};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where records are read by step.
pub trait Records<F> {
    /// The records of a step in order; none if there is no such step.
    fn at(&self, step: StepIndex) -> Vec<Record<F>>;

    /// The last record at or before `step` that is wanted.
    fn latest(
        &self,
        step: StepIndex,
        wanted: &mut dyn FnMut(&Record<F>) -> bool,
    ) -> Option<Record<F>> {
        (1..=step.0).rev().find_map(|step| {
            let records = self.at(StepIndex(step));
            records.into_iter().rev().find(|record| wanted(record))
        })
    }
}

/// Records in memory, in the order of their steps.
impl<F: Clone> Records<F> for [Record<F>] {
    fn at(&self, step: StepIndex) -> Vec<Record<F>> {
        let start = self.partition_point(|record| record.step < step);
        let end = start + self[start..].partition_point(|record| record.step == step);
        self[start..end].to_vec()
    }

    fn latest(
        &self,
        step: StepIndex,
        wanted: &mut dyn FnMut(&Record<F>) -> bool,
    ) -> Option<Record<F>> {
        let end = self.partition_point(|record| record.step <= step);
        self[..end]
            .iter()
            .rev()
            .find(|record| wanted(record))
            .cloned()
    }
}

/// Records as a timeline keeps them. Decodes stretches from the end, so that a search back costs
/// about as much as what lies between.
impl<F: Serialize + DeserializeOwned> Records<F> for RecordLog<F> {
    fn at(&self, step: StepIndex) -> Vec<Record<F>> {
        self.step(step).collect()
    }

    fn latest(
        &self,
        step: StepIndex,
        wanted: &mut dyn FnMut(&Record<F>) -> bool,
    ) -> Option<Record<F>> {
        let (mut to, mut width) = (step.0, 1024);
        while to > 0 {
            let from = to.saturating_sub(width);
            let stretch = self.since(StepIndex(from + 1));
            let stretch = stretch.take_while(|record| record.step.0 <= to);
            let found = stretch.filter(|record| wanted(record)).last();
            if found.is_some() {
                return found;
            }
            (to, width) = (from, width * 2);
        }
        None
    }
}

/// How much of a chain is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many hops from the fact asked about.
    pub depth: u32,
    /// How many reasons of one fact.
    pub breadth: usize,
    /// How many hops in all.
    pub total: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 12,
            breadth: 12,
            total: 200,
        }
    }
}

/// A hop of the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The step it happened in.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// Whose step.
    pub node: NodeId,
    /// What happened.
    pub sentence: Sentence,
    /// Whether it stands further up already, with its own reasons.
    pub again: bool,
    /// Whether reasons were left out because of the limits.
    pub cut: bool,
    /// What led to it.
    pub reasons: Vec<Reason>,
}

impl Reason {
    /// All hops from here, each with its distance, parents before children.
    pub fn walk(&self) -> Vec<(u32, &Reason)> {
        let mut out = Vec::new();
        self.collect(0, &mut out);
        out
    }

    fn collect<'a>(&'a self, depth: u32, out: &mut Vec<(u32, &'a Reason)>) {
        out.push((depth, self));
        self.reasons
            .iter()
            .for_each(|reason| reason.collect(depth + 1, out));
    }

    /// One line a hop, indented by distance.
    pub fn render(&self, lang: Lang) -> String {
        let line = |(depth, reason): (u32, &Reason)| {
            let indent = "  ".repeat(depth as usize);
            format!("{indent}{}\n", reason.sentence.render(lang))
        };
        self.walk().into_iter().map(line).collect()
    }
}

/// Why the step's most telling fact came about.
pub fn why<F: Tell + Clone + PartialEq>(
    step: StepIndex,
    records: &(impl Records<F> + ?Sized),
    names: &Names,
    limits: Limits,
) -> Option<Reason> {
    let record = rules::main(&records.at(step))?;
    Some(why_record(&record, records, names, limits))
}

/// Why this record came about.
pub fn why_record<F: Tell + Clone + PartialEq>(
    record: &Record<F>,
    records: &(impl Records<F> + ?Sized),
    names: &Names,
    limits: Limits,
) -> Reason {
    let mut chain = Chain {
        records,
        names,
        limits,
        told: Vec::new(),
        facts: core::marker::PhantomData,
    };
    chain.hop(record, 0)
}

struct Chain<'a, F, R: ?Sized> {
    records: &'a R,
    names: &'a Names,
    limits: Limits,
    told: Vec<(StepIndex, Sentence)>,
    facts: core::marker::PhantomData<F>,
}

impl<F: Tell + Clone + PartialEq, R: Records<F> + ?Sized> Chain<'_, F, R> {
    fn hop(&mut self, record: &Record<F>, depth: u32) -> Reason {
        let sentence = sentence(record, self.names);
        let told = (record.step, sentence.clone());
        let again = self.told.contains(&told);
        let mut reason = Reason {
            step: record.step,
            at: record.at,
            node: record.node,
            sentence,
            again,
            cut: false,
            reasons: Vec::new(),
        };
        if again {
            return reason;
        }
        self.told.push(told);
        let behind = self.behind(record, depth == 0);
        if depth == self.limits.depth {
            reason.cut = !behind.is_empty();
            return reason;
        }
        for next in &behind {
            if reason.reasons.len() == self.limits.breadth || self.told.len() >= self.limits.total {
                reason.cut = true;
                break;
            }
            reason.reasons.push(self.hop(next, depth + 1));
        }
        reason
    }

    /// The telling records directly behind one, in the order in which the fact names them. An
    /// origin ends a chain, unless it is what was asked about.
    fn behind(&self, record: &Record<F>, asked: bool) -> Vec<Record<F>> {
        let mut out: Vec<Record<F>> = Vec::new();
        let mut add = |found: Option<Record<F>>| {
            if let Some(found) = found
                && found != *record
                && !out.contains(&found)
            {
                out.push(found);
            }
        };
        if let What::Fact(fact) = &record.what
            && fact.weight() == Weight::Origin
            && !asked
        {
            return Vec::new();
        }
        for link in rules::links(record) {
            add(match link {
                Link::Vote(step) => self.vote(step),
                Link::Own(step) => self.own(record, step),
                Link::Cause(step) => self.telling(record, step),
            });
        }
        for extra in rules::extra(record, self.records, self.names) {
            add(Some(extra));
        }
        out
    }

    /// Whose vote arrived at `step`: what set it.
    fn vote(&self, step: StepIndex) -> Option<Record<F>> {
        let sent = rules::cause_of(&self.records.at(step))?;
        let sender = self.records.at(sent).first()?.node;
        self.records
            .latest(sent, &mut |r| r.node == sender && rules::sets_vote(r))
    }

    /// What the node itself decided or read at `step`.
    fn own(&self, record: &Record<F>, step: StepIndex) -> Option<Record<F>> {
        let here = self.records.at(step);
        let told = here
            .iter()
            .filter(|r| r.node == record.node && step != record.step && *r != record)
            .rfind(|r| rules::is_telling(r));
        told.cloned().or_else(|| self.telling(record, step))
    }

    /// The first telling record on the way back from `step`, passing over what only carries.
    fn telling(&self, record: &Record<F>, step: StepIndex) -> Option<Record<F>> {
        const PASSING: usize = 32;
        let mut step = step;
        for _ in 0..PASSING {
            if step == StepIndex(0) {
                return None;
            }
            let here = self.records.at(step);
            let told = here.iter().filter(|r| step != record.step && *r != record);
            if let Some(found) = told.clone().rfind(|r| rules::is_telling(r)) {
                return Some(found.clone());
            }
            let cause = rules::cause_of(&here)?;
            if cause >= step {
                return None;
            }
            step = cause;
        }
        None
    }
}
