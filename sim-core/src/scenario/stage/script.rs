//! What is played: a scenario in one of its variants, with everything that does not change while it plays.

use super::ledger::{Counted, messages_of};
use crate::base::{SimTime, Span};
use crate::scenario::compile::Compiled;
use crate::scenario::format::{Always, Event, Expectation, Moment, Name, Scenario, Step, Until};
use crate::scenario::predicate::Predicate;

/// How long a scenario without `until` goes on waiting for conditions that never come true.
pub const LONGEST_WAIT: Span = Span::from_secs(600);
/// How long an expectation with `eventually` is waited for if the scenario has no `until`.
pub const EVENTUALLY: Span = Span::from_secs(60);

/// A scenario in one of its variants, ready to be played.
#[derive(Clone, Debug)]
pub struct Script {
    pub(super) scenario: Scenario,
    pub(super) variant: Option<Name>,
    pub(super) compiled: Compiled,
    pub(super) counted: Vec<Counted>,
    /// Whether single messages are counted.
    pub(super) counts_messages: bool,
}

impl Script {
    /// Prepares a variant, or the scenario as it stands; `None` if there is no such variant.
    pub fn new(scenario: &Scenario, variant: Option<&str>) -> Option<Self> {
        let compiled = scenario.compile(variant)?;
        let mut counted = Vec::new();
        steps(&scenario.steps, &mut counted);
        scenario
            .ask
            .iter()
            .for_each(|ask| predicate(&ask.answer, &mut counted));
        for always in &scenario.always {
            if let Always::Condition(_, condition) = always {
                predicate(condition, &mut counted);
            }
        }
        if let Some(Until::Condition(condition, _)) = &scenario.until {
            predicate(condition, &mut counted);
        }
        let message = |it: &Counted| !matches!(it, Counted::Fact(_));
        Some(Self {
            counts_messages: counted.iter().any(message),
            scenario: scenario.clone(),
            variant: variant.map(Into::into),
            compiled,
            counted,
        })
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The world to be built, and who is who in it.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// Whether something that names variants belongs to this one.
    pub fn includes(&self, only_in: &[Name]) -> bool {
        only_in.is_empty() || self.variant.as_ref().is_some_and(|it| only_in.contains(it))
    }

    /// When the scenario ends at the latest, if it says so.
    pub(super) fn ends_at(&self) -> Option<SimTime> {
        match &self.scenario.until {
            Some(Until::Time(time) | Until::Condition(_, time)) => Some(*time),
            None => None,
        }
    }

    /// The steps of a track: the main one, or those that go on meanwhile.
    pub(super) fn track(&self, path: &[usize]) -> &[Step] {
        let mut steps = &self.scenario.steps;
        for index in path {
            steps = &steps[*index].meanwhile;
        }
        steps
    }
}

fn steps(list: &[Step], counted: &mut Vec<Counted>) {
    for step in list {
        match &step.moment {
            Moment::When { condition, .. } => predicate(condition, counted),
            Moment::After { event, .. } => {
                if let Some(one) = event_count(event) {
                    add(one, counted);
                }
            }
            Moment::Next | Moment::At(_) | Moment::Later(_) => {}
        }
        let expected = |it: &Expectation, counted: &mut _| predicate(&it.predicate, counted);
        step.expect.iter().for_each(|it| expected(it, counted));
        steps(&step.meanwhile, counted);
    }
}

/// What is counted to know whether an event has happened; the world itself counts steps.
pub(super) fn event_count(event: &Event) -> Option<Counted> {
    Some(match event {
        Event::Fact { fact, .. } => Counted::Fact(fact.clone()),
        Event::Message(message) => Counted::Delivered(messages_of(message)),
        Event::Sent(message) => Counted::Sent(messages_of(message)),
        Event::Step(_) => return None,
    })
}

/// Which one of its kind an event is.
pub(super) fn event_nth(event: &Event) -> u64 {
    match event {
        Event::Fact { nth, .. } => u64::from(*nth),
        Event::Message(message) | Event::Sent(message) => u64::from(message.nth),
        Event::Step(step) => *step,
    }
}

fn predicate(condition: &Predicate, counted: &mut Vec<Counted>) {
    match condition {
        Predicate::All(those) | Predicate::Any(those) => {
            for one in those {
                predicate(one, counted);
            }
        }
        Predicate::Not(one) => predicate(one, counted),
        Predicate::Fact(fact, _) => add(Counted::Fact(fact.clone()), counted),
        Predicate::Message(message, _) => add(Counted::Delivered(message.clone()), counted),
        _ => {}
    }
}

fn add(one: Counted, counted: &mut Vec<Counted>) {
    if !counted.contains(&one) {
        counted.push(one);
    }
}
