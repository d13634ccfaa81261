//! Why a decision was made: the chain behind it, as a tree.

use std::io::{self, Write};
use std::str::FromStr;

use sim_core::base::StepIndex;
use sim_core::cluster::{Fact, World};
use sim_core::explain::{self, Limits, Names, Reason};
use sim_core::scenario::{Audience, Outcome, PlayOptions, Scenario};
use sim_core::trace::{Record, What};
use sim_core::zookeeper::{self, ServerState, Sid};

use crate::exit::{Stop, Trouble};
use crate::style::{self, Styled};
use crate::{Lang, play};

/// How wide lines run.
const COLUMNS: usize = 100;

/// Which decision is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The most telling fact of a step.
    Step(StepIndex),
    /// The last time a server did something.
    Did(Sid, Deed),
}

/// What a server did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Decided that it leads.
    Leads,
    /// Decided that it follows.
    Follows,
    /// Set its vote to someone.
    Votes(Sid),
    /// Gave up leading or following.
    StepsDown,
}

impl FromStr for Question {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(step) = text.parse() {
            return Ok(Question::Step(StepIndex(step)));
        }
        let wrong = || {
            "expected something like 3-leads, 1-follows, 4-votes-2, 2-steps-down or a step's number"
                .to_owned()
        };
        let server = |text: &str| {
            let id = text.strip_prefix("zk").unwrap_or(text);
            id.parse().map(Sid).map_err(|_| wrong())
        };
        let (who, deed) = text.split_once('-').ok_or_else(wrong)?;
        let deed = match deed {
            "leads" => Deed::Leads,
            "follows" => Deed::Follows,
            "steps-down" => Deed::StepsDown,
            _ => Deed::Votes(server(deed.strip_prefix("votes-").ok_or_else(wrong)?)?),
        };
        Ok(Question::Did(server(who)?, deed))
    }
}

impl Question {
    fn is_about(self, record: &Record<Fact>, names: &Names) -> bool {
        let (sid, deed) = match self {
            Question::Step(step) => return record.step == step,
            Question::Did(sid, deed) => (sid, deed),
        };
        let What::Fact(fact) = &record.what else {
            return false;
        };
        names.sid(record.node) == Some(sid) && fact.zookeeper().is_some_and(|fact| deed.is(fact))
    }
}

impl Deed {
    fn is(self, fact: &zookeeper::Fact) -> bool {
        match (self, fact) {
            (Deed::Leads, zookeeper::Fact::Decided { state, .. }) => *state == ServerState::Leading,
            (Deed::Follows, zookeeper::Fact::Decided { state, .. }) => {
                matches!(state, ServerState::Following | ServerState::Observing)
            }
            (Deed::Votes(whom), zookeeper::Fact::Voted { to, .. }) => to.leader == whom,
            (Deed::Votes(whom), zookeeper::Fact::RoundBegan { vote }) => vote.leader == whom,
            (Deed::StepsDown, zookeeper::Fact::SteppedDown { .. }) => true,
            _ => false,
        }
    }
}

/// Keeps every record of a play.
#[derive(Default)]
struct Keeper {
    names: Names,
    records: Vec<Record<Fact>>,
}

impl Audience for Keeper {
    fn wants_all(&self) -> bool {
        true
    }

    fn begin(&mut self, world: &World) {
        self.names = Names::of(world.spec());
    }

    fn record(&mut self, record: &Record<Fact>, _: &World) {
        self.records.push(record.clone());
    }
}

/// Plays, and tells the chain behind the decision; someone else watches too.
pub fn tell(
    question: &Question,
    depth: u32,
    scenario: &Scenario,
    options: &PlayOptions,
    lang: Lang,
    other: &mut impl Audience,
    out: &mut dyn Write,
) -> Result<Outcome, Stop> {
    let mut keeper = Keeper::default();
    let outcome = play::play(scenario, options, &mut (&mut keeper, other));
    let Keeper { names, records } = keeper;
    let limits = Limits {
        depth,
        ..Limits::default()
    };
    let reason = match question {
        Question::Step(step) => explain::why(*step, &records[..], &names, limits),
        Question::Did(..) => {
            let mut found = records
                .iter()
                .filter(|record| question.is_about(record, &names));
            let last = found.next_back();
            last.map(|record| explain::why_record(record, &records[..], &names, limits))
        }
    };
    let Some(reason) = reason else {
        let what = "this play has no such decision";
        return Err(
            Trouble::argument(what, "`quorumscope run FILE` tells what was decided").into(),
        );
    };
    writeln!(out)?;
    tree(&reason, lang, out)?;
    Ok(outcome)
}

fn tree(reason: &Reason, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    branch(reason, lang, &mut String::new(), "", "", out)
}

/// One hop and what is behind it. `indent` stands before its lines; `first` and `rest` lead to its text.
fn branch(
    reason: &Reason,
    lang: Lang,
    indent: &mut String,
    first: &str,
    rest: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = reason.sentence.render(lang.of());
    if reason.again {
        text += match lang {
            Lang::En => " (told above)",
            Lang::Zh => "（见上）",
        };
    }
    let width = COLUMNS
        .saturating_sub(12 + style::width(indent) + style::width(first))
        .max(40);
    for (nth, line) in style::wrap(&text, width).iter().enumerate() {
        let (at, lead) = match nth {
            0 => (play::seconds(reason.at), first),
            _ => (String::new(), rest),
        };
        let at = Styled(style::DIM, format!("{at:>9}"));
        writeln!(
            out,
            "{at}  {}{line}",
            Styled(style::DIM, format!("{indent}{lead}"))
        )?;
    }
    let length = indent.len();
    indent.push_str(rest);
    for (nth, next) in reason.reasons.iter().enumerate() {
        let last = nth + 1 == reason.reasons.len() && !reason.cut;
        let (first, rest) = if last {
            ("└ ", "  ")
        } else {
            ("├ ", "│ ")
        };
        branch(next, lang, indent, first, rest, out)?;
    }
    if reason.cut {
        writeln!(
            out,
            "{:11}{}",
            "",
            Styled(style::DIM, format!("{indent}└ …"))
        )?;
    }
    indent.truncate(length);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read() {
        let read = |text: &str| text.parse::<Question>();
        assert_eq!(read("2-leads"), Ok(Question::Did(Sid(2), Deed::Leads)));
        assert_eq!(
            read("zk4-votes-2"),
            Ok(Question::Did(Sid(4), Deed::Votes(Sid(2))))
        );
        assert_eq!(
            read("4-votes-zk2"),
            Ok(Question::Did(Sid(4), Deed::Votes(Sid(2))))
        );
        assert_eq!(
            read("1-steps-down"),
            Ok(Question::Did(Sid(1), Deed::StepsDown))
        );
        assert_eq!(read("812"), Ok(Question::Step(StepIndex(812))));
        assert!(read("leads").is_err());
        assert!(read("x-leads").is_err());
        assert!(read("2-wins").is_err());
    }
}
