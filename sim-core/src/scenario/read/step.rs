//! Steps, expectations, questions, loads.

use super::{Fields, Reader};
use crate::base::{SimTime, Span};
use crate::scenario::Code;
use crate::scenario::format::{
    Ask, AskKind, Deadline, Expectation, Load, LoadKind, Moment, Name, Right, Step, Text,
};
use crate::scenario::shapes;
use crate::scenario::source::{Node, Range, Value};
use crate::scenario::words::{Word, nearest};

/// What is known of the steps before one while steps are read in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    /// The step before this one happens at this time or later.
    not_before: SimTime,
    /// Whether it happens at exactly that time.
    exact: bool,
}

/// The steps read so far: names and what they do.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Name, and the verb that cannot be undone or `None`, of each step that does something.
    steps: Vec<(Name, Result<(), &'static str>)>,
}

impl Reader<'_> {
    /// `steps`.
    pub(super) fn steps(&mut self, node: &Node) -> Option<Vec<Step>> {
        let mut seen = Seen::default();
        self.track(node, Track::default(), &mut seen)
    }

    fn track(&mut self, node: &Node, mut track: Track, seen: &mut Seen) -> Option<Vec<Step>> {
        self.list(node, "steps", |reader, node| {
            reader.step(node, &mut track, seen)
        })
    }

    fn step(&mut self, node: &Node, track: &mut Track, seen: &mut Seen) -> Option<Step> {
        let fields = self.open(node, &shapes::STEP)?;
        let only_in = self.only_in(&fields);
        if self.left_out(&only_in) {
            return None;
        }
        let mut step = Step {
            place: self.place(node.range),
            id: self.field(&fields, "id", Self::new_name),
            moment: self.moment(&fields, track)?,
            only_in,
            ..Step::default()
        };
        let acts = self.field(&fields, "do", |r, node| {
            r.one_or_many(node, "acts", Self::act)
        });
        step.acts = acts.unwrap_or_default();
        step.lasts = self.field(&fields, "for", Self::duration);
        step.undo = self.field(&fields, "undo", |r, node| r.undo(node, seen));
        let expect =
            |r: &mut Self, node: &Node| r.one_or_many(node, "expectations", Self::expectation);
        step.expect = self.field(&fields, "expect", expect).unwrap_or_default();
        step.say = self.field(&fields, "say", Self::text);
        self.check_step(&step, &fields);
        self.remember(&step, &fields, seen);
        let start = track.clone();
        let meanwhile = |r: &mut Self, node: &Node| r.track(node, start, seen);
        step.meanwhile = self
            .field(&fields, "meanwhile", meanwhile)
            .unwrap_or_default();
        Some(step)
    }

    fn check_step(&mut self, step: &Step, fields: &Fields<'_>) {
        const CONTENT: [&str; 5] = ["do", "undo", "expect", "say", "meanwhile"];
        if CONTENT.iter().all(|key| fields.get(key).is_none()) {
            self.error(
                Code::Empty,
                fields.range,
                "a step that does and expects nothing",
            )
            .expected("\"do\", \"undo\", \"expect\", \"say\" or \"meanwhile\"");
        }
        let Some(lasts) = fields.get("for") else {
            return;
        };
        if fields.get("do").is_none() {
            self.error(Code::Conflict, lasts.key_range, "\"for\" without \"do\"")
                .remedy("\"for\" undoes what \"do\" did");
        } else if let Some(verb) = step.acts.iter().find_map(|act| act.lasting().err()) {
            let message = format!("\"{verb}\" cannot be undone, so \"for\" means nothing here");
            self.error(Code::Impossible, lasts.key_range, &message)
                .remedy("leave \"for\" out");
        }
    }

    /// Notes the step's name for `undo`.
    fn remember(&mut self, step: &Step, fields: &Fields<'_>, seen: &mut Seen) {
        let (Some(id), Some(member)) = (&step.id, fields.get("id")) else {
            return;
        };
        if seen.steps.iter().any(|(name, _)| name == id) {
            let message = format!("two steps have the id \"{id}\"");
            self.error(Code::BadName, member.node.range, &message);
            return;
        }
        let undone = match &step.acts[..] {
            [] => Err("nothing"),
            acts => acts.iter().try_for_each(crate::scenario::act::Act::lasting),
        };
        seen.steps.push((id.clone(), undone));
    }

    fn undo(&mut self, node: &Node, seen: &Seen) -> Option<Name> {
        let name = self.plain(node)?;
        let Some((_, undone)) = seen.steps.iter().find(|(step, _)| *step == name) else {
            let names: Vec<&str> = seen.steps.iter().map(|(step, _)| &**step).collect();
            let near = nearest(&name, names.iter().copied()).map(str::to_owned);
            let message = format!("no step before this one has the id \"{name}\"");
            let expected = match names.is_empty() {
                true => "the id of an earlier step".to_owned(),
                false => super::quoted_list(&names),
            };
            let error = self.error(Code::UnknownName, node.range, &message);
            error.expected(&expected);
            if let Some(near) = near {
                error.remedy(&format!("did you mean \"{near}\"?"));
            }
            return None;
        };
        if let Err(verb) = *undone {
            let message = match verb {
                "nothing" => format!("step \"{name}\" does nothing that could be undone"),
                _ => format!("step \"{name}\" does \"{verb}\", which cannot be undone"),
            };
            self.error(Code::Impossible, node.range, &message);
        }
        Some(name)
    }

    /// When a step happens; notes it for the steps behind it.
    fn moment(&mut self, fields: &Fields<'_>, track: &mut Track) -> Option<Moment> {
        let given: Vec<_> = ["at", "when", "after"]
            .into_iter()
            .filter_map(|key| fields.get(key).map(|member| (key, member.key_range)))
            .collect();
        if let [(first, _), (second, range), ..] = given[..] {
            let message = format!("a step has one moment, and \"{first}\" is there");
            self.error(Code::Conflict, range, &message).remedy(&format!(
                "leave \"{second}\" out, or make it a step of its own"
            ));
            return None;
        }
        let waits = given.iter().any(|(key, _)| *key != "at");
        for key in ["delay", "within"] {
            if let Some(member) = fields.get(key)
                && !waits
            {
                let message = format!("\"{key}\" without \"when\" or \"after\"");
                let remedy = match key {
                    "delay" => "write \"at\": \"+1s\" for a time after the step before",
                    _ => "\"within\" of an expectation stands inside \"expect\"",
                };
                self.error(Code::Conflict, member.key_range, &message)
                    .remedy(remedy);
            }
        }
        if fields.get("at").is_some() {
            return self.field(fields, "at", |reader, node| reader.at(node, track));
        }
        if !waits {
            return Some(Moment::Next);
        }
        let delay = self
            .field(fields, "delay", Self::duration)
            .unwrap_or_default();
        let within = self.field(fields, "within", Self::duration);
        let moment = match fields.get("when") {
            Some(_) => Moment::When {
                condition: self.field(fields, "when", Self::predicate)?,
                delay,
                within,
            },
            None => Moment::After {
                event: self.field(fields, "after", Self::event)?,
                delay,
                within,
            },
        };
        track.exact = false;
        track.not_before += delay;
        Some(moment)
    }

    /// `"3s"` since the start, `"+3s"` since the step before.
    fn at(&mut self, node: &Node, track: &mut Track) -> Option<Moment> {
        if let Value::Text(text) = &node.value
            && let Some(rest) = text.strip_prefix('+')
        {
            let rest = Node {
                range: node.range,
                value: Value::Text(rest.into()),
            };
            let span = self.duration(&rest)?;
            track.not_before += span;
            return Some(Moment::Later(span));
        }
        let time = self.instant(node)?;
        if time < track.not_before {
            let before = match track.exact {
                true => format!("the step before it is at {}", track.not_before),
                false => format!("the step before it is not before {}", track.not_before),
            };
            let message = format!("time goes back: this step is at {time}, {before}");
            let remedy = "put the steps in the order in which they happen, or use \"meanwhile\"";
            self.error(Code::TimeGoesBack, node.range, &message)
                .remedy(remedy);
            return None;
        }
        *track = Track {
            not_before: time,
            exact: true,
        };
        Some(Moment::At(time))
    }

    /// A condition with the time by which it must hold.
    fn expectation(&mut self, node: &Node) -> Option<Expectation> {
        let fields = self.open_condition(node, shapes::EXPECTATION_KEYS)?;
        let only_in = self.only_in(&fields);
        if self.left_out(&only_in) {
            return None;
        }
        let predicate = self.condition(&fields);
        let by = self.deadline(&fields);
        let say = self.field(&fields, "say", Self::text);
        Some(Expectation {
            place: self.place(node.range),
            predicate: predicate?,
            by: by?,
            only_in,
            say,
        })
    }

    fn deadline(&mut self, fields: &Fields<'_>) -> Option<Deadline> {
        let given: Vec<_> = ["within", "eventually", "throughout", "at_end"]
            .into_iter()
            .filter_map(|key| fields.get(key).map(|member| (key, member)))
            .collect();
        let (key, member) = match given[..] {
            [] => return Some(Deadline::Now),
            [only] => only,
            [(first, _), (_, second), ..] => {
                let message = format!("an expectation has one deadline, and \"{first}\" is there");
                self.error(Code::Conflict, second.key_range, &message);
                return None;
            }
        };
        self.inside(key, |reader| match key {
            "within" => reader.duration(&member.node).map(Deadline::Within),
            "throughout" => reader.duration(&member.node).map(Deadline::Throughout),
            _ => {
                if !reader.boolean(&member.node)? {
                    let message = format!("\"{key}\": false says nothing");
                    reader
                        .error(Code::Empty, member.node.range, &message)
                        .remedy("leave it out");
                    return None;
                }
                Some(match key {
                    "eventually" => Deadline::Eventually,
                    _ => Deadline::AtEnd,
                })
            }
        })
    }

    pub(super) fn ask(&mut self, node: &Node) -> Option<Ask> {
        let fields = self.open(node, &shapes::ASK)?;
        let only_in = self.only_in(&fields);
        if self.left_out(&only_in) {
            return None;
        }
        let at = self.field(&fields, "at", Self::instant);
        let question = self.question(&fields, node.range);
        let choices = self.field(&fields, "choices", |r, n| r.list(n, "choices", Self::text));
        let given = choices.clone().unwrap_or_default();
        let right = self.field(&fields, "right", |r, node| r.right(node, &given));
        let answer = self.field(&fields, "answer", Self::predicate);
        let answer_at = self.field(&fields, "answer_at", Self::instant);
        if let (Some(asked), Some(answered), Some(member)) =
            (at, answer_at, fields.get("answer_at"))
            && answered < asked
        {
            let message = "the answer shows before the question is asked";
            self.error(Code::TimeGoesBack, member.node.range, message);
        }
        let misconception = self.field(&fields, "misconception", Self::text);
        let why = self.field(&fields, "why", Self::text);
        let (kind, question) = question?;
        Some(Ask {
            place: self.place(node.range),
            at: at?,
            kind,
            question,
            choices: choices.unwrap_or_default(),
            right,
            answer: answer?,
            answer_at,
            misconception,
            why,
            only_in,
        })
    }

    /// The right answer: yes or no, a number, or the words of a choice.
    fn right(&mut self, node: &Node, choices: &[Text]) -> Option<Right> {
        if choices.is_empty() {
            return match &node.value {
                Value::Bool(yes) => Some(Right::Yes(*yes)),
                _ => {
                    let number = self.integer(node, i64::MIN, i64::MAX)?;
                    Some(Right::Number(number))
                }
            };
        }
        let words = self.plain(node)?;
        let said = |text: &Text| [&text.en, &text.zh].contains(&&Some(words.clone()));
        let found = choices.iter().position(said);
        if found.is_none() {
            let all: Vec<&str> = choices.iter().map(|choice| choice.get("en")).collect();
            let message = format!("\"{words}\" is none of the choices");
            self.error(Code::UnknownWord, node.range, &message)
                .expected(&super::quoted_list(&all));
        }
        found.map(Right::Choice)
    }

    fn question(&mut self, fields: &Fields<'_>, range: Range) -> Option<(AskKind, Text)> {
        let mut found = None;
        for kind in AskKind::ALL {
            let Some(member) = fields.get(kind.word()) else {
                continue;
            };
            let text = self.inside(kind.word(), |reader| reader.text(&member.node))?;
            if found.is_some() {
                self.error(
                    Code::Conflict,
                    member.key_range,
                    "a question has one question word",
                );
            }
            found = Some((*kind, text));
        }
        if found.is_none() {
            self.error(
                Code::MissingKey,
                range,
                "a question without a question word",
            )
            .expected(&super::quoted_list(&AskKind::words()));
        }
        found
    }

    pub(super) fn load(&mut self, node: &Node) -> Option<Load> {
        let fields = self.open(node, &shapes::LOAD)?;
        let name = self.field(&fields, "id", Self::new_name);
        let clients = self.field(&fields, "clients", |r, node| {
            r.one_or_many(node, "clients", Self::client_name)
        });
        let mix = self.field(&fields, "mix", Self::mix);
        let number = |r: &mut Self, key, min, max| {
            r.field(&fields, key, |r, node| r.integer(node, min, max))
        };
        let operations = number(self, "operations", 1, 1_000_000_000);
        let keys = number(self, "keys", 1, 1_000_000);
        let data_size = number(self, "data_size", 0, 1_048_575);
        let from = self.field(&fields, "from", Self::instant);
        let lasts = self.field(&fields, "for", Self::duration);
        let think = self.field(&fields, "think", Self::duration);
        Some(Load {
            place: self.place(node.range),
            name,
            clients: clients?,
            from: from.unwrap_or_default(),
            lasts,
            operations: operations.map(|n| n as u32),
            mix: mix?,
            keys: keys.unwrap_or(10) as u32,
            data_size: data_size.unwrap_or(100) as u32,
            think: think.unwrap_or(Span::ZERO),
        })
    }

    fn mix(&mut self, node: &Node) -> Option<Vec<(LoadKind, u32)>> {
        let mix = self.map(node, "kinds of operations", |reader, member| {
            let Some(kind) = LoadKind::from_word(&member.key) else {
                reader.unknown_key(member, "mix", &LoadKind::words());
                return None;
            };
            let share = reader.integer(&member.node, 0, 1_000_000)?;
            Some((kind, share as u32))
        })?;
        if mix.iter().all(|(_, share)| *share == 0) {
            self.error(Code::Empty, node.range, "a mix without any operation")
                .expected("shares like { \"read\": 50, \"write\": 50 }");
        }
        Some(mix)
    }
}
