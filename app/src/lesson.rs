//! The lesson: beats, questions and what came of them, what is said.
//!
//! Beats are the steps of the scenario that do or say something, at the times at which they happened. A question is asked
//! before what it asks about is shown; its answer is the file's, never worked out here. Where hands changed the story,
//! the file's answer may no longer hold: then the lesson says so and judges nobody.

use crate::act;
use crate::clock::Place;
use crate::command::{Answer, Language};
use crate::session::Session;
use crate::show::{BeatRow, Narration, Question, QuestionState};
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::Fact;
use sim_core::explain::{Limits, sentence, why_record};
use sim_core::scenario::act::{NodeRef, Nodes};
use sim_core::scenario::edit::BY_HAND;
use sim_core::scenario::format::{Ask, AskKind, Right, Step, Text};
use sim_core::scenario::predicate::{ClientIs, Compare, Predicate};
use sim_core::scenario::stage::{Asked, Reached, StepRef};
use sim_core::scenario::{Cast, Verdict};
use sim_core::trace::{Record, What};
use std::collections::BTreeMap;
use views::mark::Mark;
use views::narration::{Level, level};
use views::words::{text, with};

/// A beat: a step of the scenario that does or says something.
#[derive(Clone, Copy, Debug)]
pub struct Beat<'a> {
    /// The step of the scenario.
    pub step: &'a Step,
    /// When it happened and after which step of the simulation its acts were done; `None` if it has not.
    pub place: Option<Place>,
    /// Whether a hand did it.
    pub by_hand: bool,
}

/// The most beats that are told; a file from anywhere may have more steps than anybody reads.
const MOST_BEATS: usize = 2_000;

/// The key of a language in texts of scenarios.
pub fn key(lang: Language) -> &'static str {
    match lang {
        Language::En => "en",
        Language::Zh => "zh",
    }
}

/// The beats in the order in which they happened, then those that have not.
pub fn beats(session: &Session) -> Vec<Beat<'_>> {
    let steps = &session.scenario().steps;
    let reached = session.director().reached();
    let happened = reached.iter().filter_map(|it| {
        let (step, by_hand) = find(steps, &it.step_ref)?;
        Some(Beat {
            step,
            place: Some(place(it)),
            by_hand,
        })
    });
    let main = |it: &Reached| match it.step_ref.positions()[..] {
        [index] => Some(index + 1),
        _ => None,
    };
    let next = reached.iter().filter_map(main).max().unwrap_or(0);
    let to_come = steps[next.min(steps.len())..].iter();
    let to_come = to_come.filter(|step| session.script().includes(&step.only_in));
    let to_come = to_come.map(|step| Beat {
        step,
        place: None,
        by_hand: false,
    });
    let is_beat =
        |it: &Beat<'_>| !it.step.acts.is_empty() || it.step.undo.is_some() || it.step.say.is_some();
    let all = happened.chain(to_come).filter(is_beat);
    all.take(MOST_BEATS).collect()
}

fn place(reached: &Reached) -> Place {
    Place {
        step: reached.done.unwrap_or(reached.begun),
        time: reached.at,
    }
}

/// The step at a place of the file, and whether it stands among what was done by hand.
fn find<'a>(steps: &'a [Step], step_ref: &StepRef) -> Option<(&'a Step, bool)> {
    let positions = step_ref.positions();
    let (last, above) = positions.split_last()?;
    let (mut list, mut by_hand) = (steps, false);
    for index in above {
        let step = list.get(*index)?;
        by_hand |= step.id.as_deref().is_some_and(|id| id.starts_with(BY_HAND));
        list = &step.meanwhile;
    }
    Some((list.get(*last)?, by_hand))
}

/// The beats in rows. What is said later than `until` may give an answer away; then it is not a title yet.
pub fn rows(
    session: &Session,
    here: Place,
    until: Option<SimTime>,
    lang: Language,
) -> Vec<BeatRow> {
    let beats = beats(session);
    let reached = |it: &Beat<'_>| it.place.is_some_and(|place| place <= here);
    let current = beats.iter().rposition(reached);
    let later =
        |it: &Beat<'_>| until.is_some_and(|until| it.place.is_none_or(|place| place.time > until));
    let row = |(index, beat): (usize, &Beat<'_>)| BeatRow {
        mark: Mark::Beat(index),
        at: beat.place.map(|it| it.time),
        step: beat.place.map(|it| it.step),
        title: match later(beat) && beat.step.acts.is_empty() && !reached(beat) {
            true => text(lang, "lesson.to_come").into_owned(),
            false => title(beat.step, lang),
        },
        done: reached(beat),
        current: current == Some(index),
        by_hand: beat.by_hand,
    };
    beats.iter().enumerate().map(row).collect()
}

/// What is done, or the first clause of what is said.
pub fn title(step: &Step, lang: Language) -> String {
    if !step.acts.is_empty() {
        return act::titles(lang, &step.acts);
    }
    if let Some(name) = &step.undo {
        return with(lang, "act.undo", &[("step", name)]);
    }
    let said = step.say.as_ref().map_or("", |say| say.get(key(lang)));
    first_clause(said).to_owned()
}

/// The first clause, at a mark of punctuation if there is one soon.
fn first_clause(said: &str) -> &str {
    const LONGEST: usize = 64;
    let ends = |c: char| matches!(c, '.' | ':' | ';' | '。' | '：' | '；');
    let mut chars = said.char_indices().peekable();
    let mut count = 0;
    while let Some((at, c)) = chars.next() {
        let wide = !c.is_ascii();
        let followed = chars.peek().is_none_or(|(_, next)| *next == ' ');
        if ends(c) && (wide || followed) {
            return &said[..at];
        }
        count += 1 + usize::from(wide);
        if count >= LONGEST {
            let cut = said[..at].rfind(' ').unwrap_or(at);
            return &said[..cut];
        }
    }
    said
}

// ---- questions ----

/// What was answered to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// This.
    Answer(Answer),
    /// Nothing: it was passed over.
    Skipped,
}

/// What was answered, by the positions of questions in the file.
pub type Answers = BTreeMap<usize, Given>;

/// The place at which a question is asked: before the steps of its moment.
fn place_of(asked: &Asked, session: &Session) -> Place {
    Place {
        step: asked.asked.max(session.start()),
        time: session.scenario().ask[asked.index].at,
    }
}

/// The question that stands at a place.
pub fn standing(session: &Session, answers: &Answers, here: Place) -> Option<usize> {
    let mut all = session.director().asked().iter();
    let stands = |it: &&Asked| place_of(it, session) == here && !answers.contains_key(&it.index);
    all.find(stands).map(|it| it.index)
}

/// The next place after `here` at which an unanswered question is asked.
pub fn next_question(session: &Session, answers: &Answers, here: Place) -> Option<Place> {
    let all = session.director().asked().iter();
    let open = all.filter(|it| !answers.contains_key(&it.index));
    let places = open.map(|it| place_of(it, session));
    places.filter(|place| *place > here).min()
}

/// The question to show: one that stands, or the last one that was answered.
pub fn question(
    session: &Session,
    answers: &Answers,
    here: Place,
    predict: bool,
    lang: Language,
) -> Option<Question> {
    if predict && let Some(index) = standing(session, answers, here) {
        return Some(row(session, index, QuestionState::Stands, None, lang));
    }
    let all = session.director().asked().iter();
    let mut before = all.filter(|it| place_of(it, session) <= here);
    let last = before.next_back()?;
    let Some(Given::Answer(given)) = answers.get(&last.index) else {
        return None;
    };
    let state = match shows(last, session, here) {
        true => QuestionState::Revealed,
        false => QuestionState::Answered(shows_at(&session.scenario().ask[last.index])),
    };
    Some(row(session, last.index, state, Some(*given), lang))
}

/// The questions whose answers show now: each from the moment that the file names until the next beat of the lesson.
/// Several may wait for one moment.
pub fn revealed(
    session: &Session,
    answers: &Answers,
    here: Place,
    lang: Language,
) -> Vec<Question> {
    let asks = &session.scenario().ask;
    let times: Vec<SimTime> = beats(session)
        .iter()
        .filter_map(|beat| beat.place.map(|place| place.time))
        .collect();
    let over = |asked: &Asked| {
        let since = shows_at(&asks[asked.index]);
        let next = times.iter().copied().filter(|at| *at > since).min();
        next.is_some_and(|at| at <= here.time)
    };
    let given = |asked: &Asked| match answers.get(&asked.index) {
        Some(Given::Answer(given)) => Some(*given),
        _ => None,
    };
    let all = session.director().asked().iter();
    let now = all.filter(|it| place_of(it, session) <= here);
    let now = now.filter(|it| shows(it, session, here) && !over(it));
    let revealed = |it: &Asked| {
        let given = Some(given(it)?);
        Some(row(session, it.index, QuestionState::Revealed, given, lang))
    };
    now.filter_map(revealed).collect()
}

/// When the answer to a question shows.
fn shows_at(ask: &Ask) -> SimTime {
    ask.answer_at.unwrap_or(ask.at)
}

/// Whether the answer shows at a place or has shown before it.
fn shows(asked: &Asked, session: &Session, here: Place) -> bool {
    let at = shows_at(&session.scenario().ask[asked.index]);
    let known = |step| (here.step, here.time) >= (step, at) || here.time > at;
    asked.answered.is_some_and(known)
}

fn row(
    session: &Session,
    index: usize,
    state: QuestionState,
    given: Option<Answer>,
    lang: Language,
) -> Question {
    let ask = &session.scenario().ask[index];
    let shows = state == QuestionState::Revealed;
    let holds = held(session, index);
    let right = given.filter(|_| shows && holds);
    let right = right.and_then(|given| is_right(ask, given, session));
    let say = |text: &Option<Text>| text.as_ref().map(|text| text.get(key(lang)).to_owned());
    let answer = match holds {
        true => answer(ask, session, lang),
        false => Some(text(lang, "lesson.other_story").into_owned()),
    };
    Question {
        mark: Mark::Ask(index),
        text: ask.question.get(key(lang)).to_owned(),
        state,
        choices: choices(ask, lang),
        on_picture: on_picture(ask),
        given,
        right,
        answer: answer.filter(|_| shows),
        misconception: say(&ask.misconception).filter(|_| shows && holds && right == Some(false)),
        why: say(&ask.why).filter(|_| shows && holds),
    }
}

/// Whether what the file calls the right answer held in this play.
fn held(session: &Session, index: usize) -> bool {
    let path = format!("ask[{index}].answer");
    let mut checked = session.director().checked().iter();
    let found = checked.find(|it| *it.path == *path);
    found.is_none_or(|it| it.verdict == Verdict::Held)
}

/// Whether the answer is a server.
fn on_picture(ask: &Ask) -> bool {
    ask.choices.is_empty() && ask.right.is_none()
}

/// The numbers offered where a number is asked for.
fn numbers(right: i64) -> core::ops::RangeInclusive<i64> {
    let from = (right - 2).max(0);
    from..=from + 4
}

fn choices(ask: &Ask, lang: Language) -> Vec<String> {
    match ask.right {
        _ if !ask.choices.is_empty() => {
            let said = |choice: &Text| choice.get(key(lang)).to_owned();
            ask.choices.iter().map(said).collect()
        }
        Some(Right::Yes(_)) => {
            let both = ["lesson.yes", "lesson.no"];
            both.map(|key| text(lang, key).into_owned()).into()
        }
        Some(Right::Number(right)) => numbers(right).map(|it| it.to_string()).collect(),
        _ => Vec::new(),
    }
}

/// The position of the right choice.
fn right_choice(ask: &Ask) -> Option<usize> {
    match ask.right? {
        Right::Yes(yes) => Some(usize::from(!yes)),
        Right::Number(right) => numbers(right).position(|it| it == right),
        Right::Choice(index) => Some(index),
    }
}

/// The right answers that a condition names: nodes, or nobody.
fn named(condition: &Predicate, cast: &Cast) -> Vec<Answer> {
    let node = |name: &str| cast.node(name).map(Answer::Node);
    match condition {
        Predicate::Leader(None) => vec![Answer::Nobody],
        Predicate::Leader(Some(name)) => node(name).into_iter().collect(),
        Predicate::Leaders(names) if names.is_empty() => vec![Answer::Nobody],
        Predicate::Leaders(names) => names.iter().filter_map(|name| node(name)).collect(),
        Predicate::Server(nodes, _) => {
            let named = nodes.named().filter_map(|it| match it {
                NodeRef::Named(name) => node(name),
                NodeRef::Leader => None,
            });
            let all = matches!(nodes, Nodes::All).then(|| cast.servers().map(Answer::Node));
            named.chain(all.into_iter().flatten()).collect()
        }
        Predicate::Client(_, those) => {
            let server = |it: &ClientIs| match it {
                ClientIs::Connected(Compare::Is(Some(name))) => node(name),
                ClientIs::Connected(Compare::Is(None)) => Some(Answer::Nobody),
                _ => None,
            };
            those.iter().filter_map(server).collect()
        }
        Predicate::Fact(fact, _) => fact.at.iter().filter_map(|name| node(name)).collect(),
        Predicate::All(those) | Predicate::Any(those) => {
            let mut each = those.iter().map(|one| named(one, cast));
            each.find(|it| !it.is_empty()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Whether an answer is right; `None` if the file does not tell.
fn is_right(ask: &Ask, given: Answer, session: &Session) -> Option<bool> {
    if let Some(right) = right_choice(ask) {
        return Some(given == Answer::Choice(right));
    }
    let right = named(&ask.answer, &session.script().compiled().cast);
    (!right.is_empty()).then(|| right.contains(&given))
}

/// The right answer in words.
fn answer(ask: &Ask, session: &Session, lang: Language) -> Option<String> {
    if let Some(right) = right_choice(ask) {
        return choices(ask, lang).get(right).cloned();
    }
    let name = |it: Answer| match it {
        Answer::Node(node) => session.node_name(node).to_owned(),
        _ => text(lang, "lesson.nobody").into_owned(),
    };
    let right = named(&ask.answer, &session.script().compiled().cast);
    let right: Vec<String> = right.into_iter().map(name).collect();
    (!right.is_empty()).then(|| right.join(&text(lang, "act.between")))
}

/// The answers to a question that its file calls right.
pub fn right_answers(session: &Session, index: usize) -> Vec<Answer> {
    let ask = &session.scenario().ask[index];
    match right_choice(ask) {
        Some(right) => vec![Answer::Choice(right)],
        None => named(&ask.answer, &session.script().compiled().cast),
    }
}

/// Whether an answer fits the kind of question.
pub fn fits(session: &Session, index: usize, answer: Answer) -> bool {
    let ask = &session.scenario().ask[index];
    match answer {
        Answer::Choice(choice) => choice < choices(ask, Language::En).len(),
        Answer::Node(node) => on_picture(ask) && session.names().who(node).is_some(),
        Answer::Nobody => on_picture(ask) && ask.kind != AskKind::Whether,
    }
}

// ---- narration ----

/// The record of a step that tells most.
pub fn telling(session: &Session, step: StepIndex) -> Option<Record<Fact>> {
    let weight = |record: &Record<Fact>| match &record.what {
        What::Fact(fact) => match level(fact) {
            Level::Turn => 3,
            Level::Traffic => 2,
            Level::Detail => 0,
        },
        What::Faulted(_) | What::Exited { .. } => 3,
        What::Booted => 1,
        _ => 0,
    };
    let records = session.records().step(step);
    // Of several that tell as much, the last one says what came of it.
    records.max_by_key(weight)
}

/// The text under the centre. Before anything happened a description says what the lesson shows; while questions are to
/// come it may give their answers away, and the title stands there.
pub fn narration(session: &Session, here: Place, asks: bool, lang: Language) -> Narration {
    let names = session.names();
    let told = session.telling_at(here.step, None);
    let fact = told.and_then(|step| telling(session, step));
    let beats = beats(session);
    let said = beats.iter().rev().find_map(|beat| {
        let place = beat.place.filter(|place| *place <= here)?;
        Some((place, beat.step.say.as_ref()?.get(key(lang))))
    });
    let intro = session.scenario().say.as_ref();
    let description = session.scenario().description.as_ref();
    let intro = intro.or(description.filter(|_| !asks));
    let intro = intro.or(asks.then_some(&session.scenario().title));
    let sentence_of = |record: &Record<Fact>| capital(&sentence(record, names).render(lang));
    match (fact, said) {
        (None, None) => Narration {
            large: intro.map_or("", |text| text.get(key(lang))).to_owned(),
            ..Narration::default()
        },
        (None, Some((place, said))) => Narration {
            large: said.to_owned(),
            mark: Some(Mark::Step(place.step)),
            ..Narration::default()
        },
        (Some(fact), Some((place, said))) if place.step >= fact.step => Narration {
            large: said.to_owned(),
            small: sentence_of(&fact),
            hidden: false,
            mark: Some(Mark::Step(fact.step)),
        },
        (Some(fact), said) => {
            let limits = Limits {
                depth: 1,
                breadth: 1,
                total: 2,
            };
            let why = why_record(&fact, session.records(), names, limits);
            let first = why.reasons.first().map(|it| it.sentence.render(lang));
            let small = match (first, said) {
                (Some(first), _) => with(lang, "lesson.because", &[("reason", &first)]),
                (None, Some((_, said))) => said.to_owned(),
                (None, None) => String::new(),
            };
            Narration {
                large: sentence_of(&fact),
                small,
                hidden: false,
                mark: Some(Mark::Step(fact.step)),
            }
        }
    }
}

/// With a capital at its beginning.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The places of beats for moves from beat to beat, in order.
pub fn places(session: &Session) -> Vec<Place> {
    let mut places: Vec<Place> = beats(session).iter().filter_map(|it| it.place).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// A node's name and a moment, for labels.
pub fn at(session: &Session, node: NodeId, at: SimTime) -> String {
    match node {
        NodeId::OUTSIDE => at.to_string(),
        node => format!("{} · {at}", session.node_name(node)),
    }
}
