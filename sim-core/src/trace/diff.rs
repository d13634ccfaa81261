//! The first difference of two traces.
//!
//! Within one version every record counts, with its step and its time. Between versions only facts
//! do: those of each node in their order, whatever the steps and times.

use crate::base::NodeId;
use crate::trace::{Record, Source, TraceError, TraceReader, What};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, VecDeque};

/// Where two traces part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<F> {
    /// How many records (exact) or facts of that node (aligned) are the same before it.
    pub nth: u64,
    /// The last ones of these.
    pub before: Vec<Record<F>>,
    /// What the first trace has there and after; empty at its end.
    pub first: Vec<Record<F>>,
    /// What the second trace has.
    pub second: Vec<Record<F>>,
}

/// Compares record by record. `context` is how many records to show before and after.
pub fn first_difference<F, A, B>(
    first: TraceReader<A, F>,
    second: TraceReader<B, F>,
    context: usize,
) -> Result<Option<Difference<F>>, TraceError>
where
    F: DeserializeOwned + PartialEq,
    A: Source,
    B: Source,
{
    let (mut first, mut second) = (first, second);
    let (mut before, mut nth) = (VecDeque::new(), 0);
    loop {
        let (a, b) = (first.next().transpose()?, second.next().transpose()?);
        match (a, b) {
            (None, None) => return Ok(None),
            (Some(a), Some(b)) if a == b => {
                before.push_back(a);
                if before.len() > context {
                    before.pop_front();
                }
                nth += 1;
            }
            (a, b) => {
                return Ok(Some(Difference {
                    nth,
                    before: before.into(),
                    first: with_following(a, first, context)?,
                    second: with_following(b, second, context)?,
                }));
            }
        }
    }
}

fn with_following<F: DeserializeOwned, S: Source>(
    record: Option<Record<F>>,
    rest: TraceReader<S, F>,
    context: usize,
) -> Result<Vec<Record<F>>, TraceError> {
    record
        .map(Ok)
        .into_iter()
        .chain(rest.take(context))
        .collect()
}

/// The facts of one node that one trace has and the other has not shown yet.
struct Stream<F> {
    waiting: [VecDeque<Record<F>>; 2],
    before: VecDeque<Record<F>>,
    same: u64,
    parted: bool,
}

/// Compares the facts of each node in their order. Of several differences, the earliest is
/// reported.
pub fn first_difference_of_facts<F, A, B>(
    first: TraceReader<A, F>,
    second: TraceReader<B, F>,
    context: usize,
) -> Result<Option<Difference<F>>, TraceError>
where
    F: DeserializeOwned + PartialEq,
    A: Source,
    B: Source,
{
    let mut nodes: BTreeMap<NodeId, Stream<F>> = BTreeMap::new();
    let mut first = facts(first);
    let mut second = facts(second);
    loop {
        let (a, b) = (first.next().transpose()?, second.next().transpose()?);
        if a.is_none() && b.is_none() {
            break;
        }
        for (side, record) in [a, b].into_iter().enumerate() {
            let Some(record) = record else { continue };
            let stream = nodes.entry(record.node).or_insert_with(Stream::new);
            stream.add(side, record, context);
        }
    }
    let parted = nodes
        .into_values()
        .filter_map(|stream| stream.difference(context));
    Ok(parted.min_by_key(|difference| {
        let heads = difference
            .first
            .first()
            .into_iter()
            .chain(difference.second.first());
        heads.map(|record| (record.at, record.step)).min()
    }))
}

fn facts<F: DeserializeOwned, S: Source>(
    reader: TraceReader<S, F>,
) -> impl Iterator<Item = Result<Record<F>, TraceError>> {
    reader.filter(|record| match record {
        Ok(record) => matches!(record.what, What::Fact(_)),
        Err(_) => true,
    })
}

impl<F: PartialEq> Stream<F> {
    fn new() -> Self {
        Self {
            waiting: [VecDeque::new(), VecDeque::new()],
            before: VecDeque::new(),
            same: 0,
            parted: false,
        }
    }

    fn add(&mut self, side: usize, record: Record<F>, context: usize) {
        let enough = self.parted && self.waiting[side].len() > context;
        if enough {
            return;
        }
        self.waiting[side].push_back(record);
        while !self.parted
            && let [Some(a), Some(b)] = self.waiting.each_ref().map(VecDeque::front)
        {
            if a.what != b.what {
                self.parted = true;
                return;
            }
            self.before.extend(self.waiting[0].pop_front());
            self.waiting[1].pop_front();
            if self.before.len() > context {
                self.before.pop_front();
            }
            self.same += 1;
        }
    }

    fn difference(self, context: usize) -> Option<Difference<F>> {
        if self.waiting.iter().all(VecDeque::is_empty) {
            return None;
        }
        let [first, second] = self.waiting.map(|mut side| {
            side.truncate(context + 1);
            side.into()
        });
        Some(Difference {
            nth: self.same,
            before: self.before.into(),
            first,
            second,
        })
    }
}
