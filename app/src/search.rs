//! The search for facts by the letters of their sentences, a stretch of steps at a time.

use crate::command::Language;
use crate::session::Session;
use crate::show::{Found, Hit};
use sim_core::base::StepIndex;
use sim_core::explain::sentence;
use sim_core::trace::What;
use views::mark::Mark;

/// The most facts that are kept.
pub const MOST: usize = 500;

/// A search that goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    needle: Box<str>,
    lowered: String,
    next: u64,
    found: Found,
}

impl Search {
    /// A search for these letters; none find nothing.
    pub fn new(needle: &str) -> Self {
        Self {
            needle: needle.into(),
            lowered: needle.to_lowercase(),
            next: 1,
            found: Found {
                needle: needle.into(),
                ..Found::default()
            },
        }
    }

    /// Looks no further.
    pub fn stop(&mut self) {
        if !self.found.done {
            self.found.more = true;
        }
    }

    /// What it found so far.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The letters.
    pub fn needle(&self) -> &str {
        &self.needle
    }

    /// Looks at so many more steps; says whether more is left that was played already.
    pub fn go_on(&mut self, session: &Session, lang: Language, steps: u64) -> bool {
        let last = session.last().0;
        if self.lowered.is_empty() || self.found.more || self.next > last {
            self.found.done = session.progress() != crate::session::Progress::Playing;
            self.found.done |= self.found.more || self.lowered.is_empty();
            return false;
        }
        let end = (self.next + steps).min(last + 1);
        let records = session.records().since(StepIndex(self.next));
        for record in records.take_while(|it| it.step.0 < end) {
            if !matches!(record.what, What::Fact(_) | What::Faulted(_)) {
                continue;
            }
            let text = sentence(&record, session.names()).render(lang);
            if !text.to_lowercase().contains(&self.lowered) {
                continue;
            }
            if self.found.hits.len() == MOST {
                self.found.more = true;
                break;
            }
            self.found.hits.push(Hit {
                mark: Mark::Step(record.step),
                step: record.step,
                at: record.at,
                text,
            });
        }
        self.next = end;
        self.found.step = StepIndex(end - 1);
        true
    }
}
