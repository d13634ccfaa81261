//! A play as JSON, an object a line: for programs.
//!
//! Each line has a `kind`: `scenario`, `step`, `fault`, `ask`, `record` (as in a trace), `checked`, `violation`, `end`.
//! Times are nanoseconds of the simulation; `says` is the sentence for people.

use std::io::{self, Write};

use serde_json::{Value, json};
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::{Fact, Msg, World};
use sim_core::engine::{Fault, Message, Violation};
use sim_core::explain::{self, Names};
use sim_core::scenario::format::{Ask, Step};
use sim_core::scenario::{Audience, Checked, Outcome, PlayOptions, Scenario, Verdict};
use sim_core::trace::{self, Record, What};

use crate::exit::Stop;
use crate::{Lang, play};

/// Plays and tells; someone else watches too.
pub fn tell(
    scenario: &Scenario,
    options: &PlayOptions,
    lang: Lang,
    all: bool,
    other: &mut impl Audience,
    out: &mut dyn Write,
) -> Result<Outcome, Stop> {
    let mut teller = Teller {
        out,
        lang,
        all,
        names: Names::default(),
        nodes: Vec::new(),
        failed: None,
    };
    teller.write(&json!({
        "kind": "scenario",
        "title": scenario.title.get(lang.key()),
        "seed": options.seed.unwrap_or(scenario.seed),
        "variant": options.variant,
    }));
    let outcome = play::play(scenario, options, &mut (&mut teller, other));
    teller.write(&json!({
        "kind": "end",
        "at_ns": outcome.end.0,
        "steps": outcome.steps,
        "trace_hash": format!("{:016x}", outcome.trace_hash),
        "passed": outcome.passed(),
        "exit_code": play::exit(&outcome) as u8,
    }));
    match teller.failed {
        Some(error) => Err(error.into()),
        None => Ok(outcome),
    }
}

struct Teller<'a> {
    out: &'a mut dyn Write,
    lang: Lang,
    /// Whether every record is told, not only what was decided.
    all: bool,
    names: Names,
    nodes: Vec<String>,
    failed: Option<io::Error>,
}

impl Teller<'_> {
    fn write(&mut self, line: &Value) {
        if self.failed.is_none() {
            self.failed = writeln!(self.out, "{line}").err();
        }
    }

    fn node(&self, node: NodeId) -> Option<&str> {
        self.nodes.get(node.index()).map(String::as_str)
    }

    fn says(&self, record: &Record<Fact>) -> String {
        explain::sentence(record, &self.names).render(self.lang.of())
    }
}

impl Audience for Teller<'_> {
    fn wants_all(&self) -> bool {
        self.all
    }

    fn begin(&mut self, world: &World) {
        self.names = Names::of(world.spec());
        self.nodes = world
            .spec()
            .nodes
            .iter()
            .map(|node| node.name.to_string())
            .collect();
    }

    fn step(&mut self, at: SimTime, step: &Step, _: &World) {
        let say = step.say.as_ref().map(|say| say.get(self.lang.key()));
        self.write(&json!({
            "kind": "step", "at_ns": at.0, "line": step.place.line, "id": step.id, "says": say,
        }));
    }

    fn faulted(&mut self, at: SimTime, step: StepIndex, fault: &Fault, _: &World) {
        let says = explain::fault(fault, &self.names).render(self.lang.of());
        let node = fault.node().and_then(|node| self.node(node));
        self.write(&json!({
            "kind": "fault", "at_ns": at.0, "step": step, "node": node, "says": says,
        }));
    }

    fn asked(&mut self, at: SimTime, ask: &Ask, _: &World) {
        let question = ask.question.get(self.lang.key());
        self.write(&json!({ "kind": "ask", "at_ns": at.0, "says": question }));
    }

    fn record(&mut self, record: &Record<Fact>, _: &World) {
        if !self.all && !matches!(record.what, What::Fact(_) | What::Exited { .. }) {
            return;
        }
        let names = trace::Names {
            nodes: &self.nodes,
            kind: Msg::kind_name,
        };
        let mut line = trace::json_object(record, &names);
        line.insert("kind".to_owned(), "record".into());
        line.insert("says".to_owned(), self.says(record).into());
        self.write(&Value::Object(line));
    }

    fn checked(&mut self, checked: &Checked, _: &World) {
        let verdict = match checked.verdict {
            Verdict::Held => "held",
            Verdict::Failed => "failed",
            Verdict::NotReached => "not_reached",
        };
        self.write(&json!({
            "kind": "checked",
            "at_ns": checked.at.0,
            "step": checked.step,
            "line": checked.place.line,
            "path": checked.path,
            "verdict": verdict,
            "expected": checked.expected,
            "found": checked.found,
        }));
    }

    fn violated(&mut self, violation: &Violation, _: &World) {
        self.write(&json!({
            "kind": "violation",
            "at_ns": violation.at.0,
            "step": violation.step,
            "node": self.node(violation.node),
            "property": violation.property,
            "promised": violation.promised,
            "because": violation.because,
            "says": violation.says,
        }));
    }
}
