//! Draws for plans: each question has a name of its own, so that a plan changes as little as possible when a question
//! is added or dropped.

use crate::base::{Counters, Keys, Purpose, Span, stable_hash};

/// Answers questions about one numbered plan.
#[derive(Clone, Debug)]
pub struct Dice {
    keys: Keys,
    counters: Counters,
}

impl Dice {
    /// The dice of one seed.
    pub fn new(seed: u64) -> Self {
        Self {
            keys: Keys::new(seed),
            counters: Counters::default(),
        }
    }

    /// A number below `options` (at least 1).
    pub fn below(&mut self, question: &str, options: u32) -> u32 {
        assert!(options > 0, "a question needs at least one answer");
        let point = self.counters.next(Purpose::Campaign, stable_hash(question));
        ((u128::from(self.keys.at(point)) * u128::from(options)) >> 64) as u32
    }

    /// A number in `least..=greatest`.
    pub fn between(&mut self, question: &str, least: u32, greatest: u32) -> u32 {
        least + self.below(question, greatest - least + 1)
    }

    /// Yes in `part` of `whole` cases.
    pub fn chance(&mut self, question: &str, part: u32, whole: u32) -> bool {
        self.below(question, whole) < part
    }

    /// A span of whole milliseconds in `least..=greatest`.
    pub fn span_ms(&mut self, question: &str, least: u32, greatest: u32) -> Span {
        Span::from_millis(u64::from(self.between(question, least, greatest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_question_leaves_the_answers_to_the_others_alone() {
        let (mut plain, mut asked_more) = (Dice::new(7), Dice::new(7));
        for _ in 0..20 {
            asked_more.below("something new", 1000);
            assert_eq!(
                plain.below("servers", 1000),
                asked_more.below("servers", 1000)
            );
        }
    }

    #[test]
    fn every_answer_occurs() {
        let mut dice = Dice::new(1);
        let mut seen = [0u32; 5];
        (0..1000).for_each(|_| seen[dice.below("one of five", 5) as usize] += 1);
        assert!(seen.iter().all(|n| (150..250).contains(n)), "{seen:?}");
    }
}
