//! A play told in the terminal: what was done, what each server decided and why, what was expected.
//!
//! Lines are written as they happen; nothing is kept but the last table shown and a count of what was passed over.

use std::io::{self, Write};

use sim_core::base::{NodeId, SimTime, Span, StepIndex};
use sim_core::cluster::{Fact, World};
use sim_core::engine::{Fault, Violation};
use sim_core::explain::{self, Names};
use sim_core::scenario::format::{Ask, Step};
use sim_core::scenario::{Audience, Checked, Scenario, Verdict};
use sim_core::trace::{Record, What};
use views::narration::{Level, level};
use views::table::{self, Row};

use crate::style::{self, Styled, pad};
use crate::{Lang, play, state};

/// How wide lines run.
const COLUMNS: usize = 100;

/// A table is not shown again within this time.
const TABLE_PAUSE: Span = Span::from_millis(200);

/// So many facts about transactions and clients are told in a row; of more only the number.
const TRAFFIC_TOLD: usize = 24;

/// Tells a play.
pub struct Narrator<'a> {
    out: &'a mut dyn Write,
    lang: Lang,
    /// Tells everything that is at most so fine.
    finest: Level,
    names: Names,
    nodes: Vec<Box<str>>,
    node_columns: usize,
    traffic: usize,
    scenario: &'a Scenario,
    table: Vec<Row>,
    table_at: Option<SimTime>,
    /// The first failure to write; after it nothing is written.
    failed: Option<io::Error>,
}

impl<'a> Narrator<'a> {
    /// Tells plays of a scenario to `out`, with all detail or without.
    pub fn new(scenario: &'a Scenario, out: &'a mut dyn Write, lang: Lang, all: bool) -> Self {
        Self {
            scenario,
            out,
            lang,
            finest: if all { Level::Detail } else { Level::Traffic },
            names: Names::default(),
            nodes: Vec::new(),
            node_columns: 0,
            traffic: 0,
            table: Vec::new(),
            table_at: None,
            failed: None,
        }
    }

    /// Whether all could be written.
    pub fn finish(self) -> io::Result<()> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn write(&mut self, work: impl FnOnce(&mut Self) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = work(self).err();
        }
    }

    /// A line with its time and node in columns of their own.
    fn line(
        &mut self,
        at: SimTime,
        node: &str,
        style: anstyle::Style,
        text: &str,
    ) -> io::Result<()> {
        let indent = 13 + self.node_columns;
        let node = pad(node, self.node_columns);
        let mut lines = style::wrap(text, COLUMNS - indent).into_iter();
        let first = lines.next().unwrap_or_default();
        let at = Styled(style::DIM, format!("{:>9}", play::seconds(at)));
        writeln!(self.out, "{at}  {node}  {}", Styled(style, first))?;
        lines.try_for_each(|line| {
            writeln!(self.out, "{}{}", " ".repeat(indent), Styled(style, line))
        })
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        for line in style::wrap(text, COLUMNS - 4) {
            writeln!(self.out, "    {}", Styled(style::SAY, line))?;
        }
        Ok(())
    }

    fn node(&self, node: NodeId) -> Box<str> {
        self.nodes.get(node.index()).cloned().unwrap_or_default()
    }

    /// Tells how many facts were passed over, before something else is told.
    fn passed_over(&mut self) -> io::Result<()> {
        let over = self.traffic.saturating_sub(TRAFFIC_TOLD);
        self.traffic = 0;
        if over == 0 {
            return Ok(());
        }
        let text = match self.lang {
            Lang::En => format!(
                "… and {} of clients and transactions",
                style::count(over, "fact")
            ),
            Lang::Zh => format!(
                "……另有 {} 条关于客户端和事务的事实",
                style::thousands(over as u64)
            ),
        };
        let indent = " ".repeat(13 + self.node_columns);
        writeln!(self.out, "{indent}{}", Styled(style::DIM, text))
    }

    fn fact(&mut self, record: &Record<Fact>, fact: &Fact) -> io::Result<()> {
        let level = level(fact);
        if level > self.finest {
            return Ok(());
        }
        if level == Level::Traffic && self.finest < Level::Detail {
            self.traffic += 1;
            if self.traffic > TRAFFIC_TOLD {
                return Ok(());
            }
        } else {
            self.passed_over()?;
        }
        self.record_line(record)
    }

    fn record_line(&mut self, record: &Record<Fact>) -> io::Result<()> {
        let text = explain::sentence(record, &self.names).render_short(self.lang.of());
        self.line(
            record.at,
            &self.node(record.node),
            anstyle::Style::new(),
            &text,
        )
    }

    /// The table of states, unless it is the one shown last.
    fn show_table(&mut self, world: &World) -> io::Result<()> {
        let rows = table::rows(world);
        if rows == self.table {
            return Ok(());
        }
        state::print(&rows, self.lang, self.out)?;
        self.table = rows;
        self.table_at = Some(world.now());
        Ok(())
    }

    /// The table of states, where some time has passed since it was shown.
    fn show_table_sometimes(&mut self, world: &World) -> io::Result<()> {
        let again_at = self.table_at.map_or(SimTime(0), |at| at + TABLE_PAUSE);
        if world.now() < again_at {
            Ok(())
        } else {
            self.show_table(world)
        }
    }

    /// An answer: what is right, why, and what many believe instead.
    fn answer(&mut self, checked: &Checked, ask: &Ask) -> io::Result<()> {
        let (answer, belief) = match self.lang {
            Lang::En => ("! answer:", "many believe:"),
            Lang::Zh => ("! 答案：", "常见误解："),
        };
        let text = format!("{answer} {}", plain(&checked.expected));
        self.line(checked.at, "", style::SAY, &text)?;
        let indent = 15 + self.node_columns;
        let why = ask.why.iter().map(|why| ("", why));
        for (word, text) in why.chain(ask.misconception.iter().map(|text| (belief, text))) {
            let text = format!("{word} {}", text.get(self.lang.key()));
            for line in style::wrap(text.trim(), COLUMNS - indent) {
                writeln!(self.out, "{:indent$}{}", "", Styled(style::SAY, line))?;
            }
        }
        Ok(())
    }
}

/// A condition as a file has it, without the outermost braces and without quotes that only JSON needs.
fn plain(condition: &str) -> String {
    let inner = condition
        .strip_prefix("{ ")
        .and_then(|it| it.strip_suffix(" }"));
    let parts = inner.unwrap_or(condition).split("\"\"");
    let bare: Vec<String> = parts.map(|part| part.replace('"', "")).collect();
    bare.join("\"\"")
}

/// The position of the question that something judged belongs to.
fn asked(path: &str) -> Option<usize> {
    path.strip_prefix("ask[")?.split(']').next()?.parse().ok()
}

impl Audience for Narrator<'_> {
    fn begin(&mut self, world: &World) {
        self.names = Names::of(world.spec());
        self.nodes = world
            .spec()
            .nodes
            .iter()
            .map(|node| node.name.clone())
            .collect();
        self.node_columns = self
            .nodes
            .iter()
            .map(|name| style::width(name))
            .max()
            .unwrap_or(0);
        self.table = table::rows(world);
    }

    fn step(&mut self, _: SimTime, step: &Step, _: &World) {
        self.write(|it| {
            it.passed_over()?;
            match &step.say {
                Some(say) => {
                    writeln!(it.out)?;
                    it.say(say.get(it.lang.key()))
                }
                None => Ok(()),
            }
        });
    }

    fn faulted(&mut self, at: SimTime, _: StepIndex, fault: &Fault, _: &World) {
        self.write(|it| {
            it.passed_over()?;
            let text = explain::fault(fault, &it.names).render(it.lang.of());
            it.line(at, "", style::WARN, &format!("» {text}"))
        });
    }

    fn asked(&mut self, at: SimTime, ask: &Ask, _: &World) {
        self.write(|it| {
            it.passed_over()?;
            it.line(
                at,
                "",
                style::SAY,
                &format!("? {}", ask.question.get(it.lang.key())),
            )
        });
    }

    fn record(&mut self, record: &Record<Fact>, _: &World) {
        self.write(|it| match &record.what {
            What::Fact(fact) => it.fact(record, fact),
            What::Exited { .. } => it.record_line(record),
            _ => Ok(()),
        });
    }

    fn checked(&mut self, checked: &Checked, world: &World) {
        let scenario = self.scenario;
        let ask = asked(&checked.path).and_then(|index| scenario.ask.get(index));
        self.write(|it| {
            it.passed_over()?;
            it.show_table_sometimes(world)?;
            let expected = plain(&checked.expected);
            let (mark, style, text) = match (checked.verdict, ask) {
                (Verdict::Held, Some(ask)) => return it.answer(checked, ask),
                // What held is counted at the end; a story is not the place to read it.
                (Verdict::Held | Verdict::NotReached, _) if it.finest < Level::Detail => {
                    return Ok(());
                }
                (Verdict::Held, None) => ("✓", style::GOOD, expected),
                (Verdict::NotReached, _) => ("–", style::DIM, format!("{expected} (not reached)")),
                (Verdict::Failed, _) => (
                    "✗",
                    style::BAD,
                    format!("expected {expected}; found {}", checked.found),
                ),
            };
            it.line(checked.at, "", style, &format!("{mark} {text}"))
        });
    }

    fn violated(&mut self, violation: &Violation, _: &World) {
        self.write(|it| {
            it.passed_over()?;
            let (mark, style, promised) = match violation.promised {
                true => ("✗", style::BAD, ""),
                false => ("!", style::WARN, " (nothing promises it here)"),
            };
            let text = format!(
                "{mark} {}{promised}: {}",
                violation.property, violation.says
            );
            it.line(violation.at, &it.node(violation.node), style, &text)
        });
    }

    fn end(&mut self, world: &World) {
        self.write(|it| {
            it.passed_over()?;
            it.show_table(world)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_without_json() {
        let condition = r#"{ "server": "zk4", "tree": { "/n7": "" } }"#;
        assert_eq!(plain(condition), r#"server: zk4, tree: { /n7: "" }"#);
        assert_eq!(plain("{}"), "{}");
    }
}
