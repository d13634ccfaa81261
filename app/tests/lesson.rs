//! The lesson: what stands on the screen while a story is played, held to the scenario file and the trace.

mod common;

use common::*;
use core::time::Duration;
use quorumscope_app::command::{Answer, Command, Go, Hand, Language};
use quorumscope_app::show::{QuestionState, Standing};
use quorumscope_app::{App, Request, Settings};
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::cluster::Fact;
use sim_core::scenario::Scenario;
use sim_core::scenario::format::Ask;
use sim_core::trace::What;
use sim_core::zookeeper::{Fact as Zk, ServerState};
use views::mark::Mark;

const STORY: &str = "one-after-another";
const FRAME: Duration = Duration::from_millis(16);

fn file(name: &str) -> Scenario {
    let file = scenarios::find(name).expect("a shipped file");
    Scenario::parse(file.text).expect("a good file")
}

/// Plays frame by frame until it stops by itself; answers how many frames that took.
fn play(app: &mut App) -> u64 {
    app.apply(Command::PlayOrPause);
    assert!(app.playing());
    let mut frames = 0;
    while app.playing() {
        app.tick(FRAME, 2_000);
        frames += 1;
        assert!(frames < 1_000_000, "it never stops");
    }
    frames
}

#[test]
fn beats_are_the_steps_of_the_file_at_their_times() {
    let mut app = shipped(STORY);
    let scenario = file(STORY);
    let beats = app.beats();
    assert_eq!(
        beats.len(),
        scenario.steps.len(),
        "each of its steps does or says something"
    );
    let times: Vec<f64> = beats
        .iter()
        .map(|it| it.at.expect("reached").0 as f64 / 1e9)
        .collect();
    // As the file says; the sixth comes 1 ms after zk3 has decided.
    let decided = app.session().records().into_iter().find(|record| {
        matches!(
            &record.what,
            What::Fact(Fact::Zk(Zk::Decided {
                state: ServerState::Leading,
                ..
            }))
        )
    });
    let decided = decided.expect("zk3 leads").at.0 as f64 / 1e9;
    let expected = [
        0.0,
        2.4,
        2.5,
        4.9,
        5.0,
        decided + 0.001,
        7.4,
        7.5,
        9.9,
        10.0,
        12.5,
    ];
    assert_eq!(times.len(), expected.len());
    for (time, expected) in times.iter().zip(expected) {
        assert!((time - expected).abs() < 1e-6, "{time} {expected}");
    }
    assert_eq!(beats[0].title, "start zk1");
    app.apply(Command::Language(Language::Zh));
    assert_eq!(app.beats()[0].title, "启动 zk1");
    for index in 0..beats.len() {
        go(&mut app, Go::Beat(index));
        let now = app.beats();
        let current = now.iter().position(|it| it.current);
        assert_eq!(current, Some(index));
        assert_eq!(Some(app.position().time), now[index].at);
    }
}

/// From beat to beat and back: the same picture either way, the sentence of the file at each.
#[test]
fn beats_on_and_back_show_the_same() {
    let mut app = shipped(STORY);
    app.apply(Command::Predict(false));
    let said: Vec<String> = file(STORY)
        .steps
        .iter()
        .filter_map(|it| it.say.clone())
        .map(|it| it.get("en").to_owned())
        .collect();
    let mut there = Vec::new();
    let mut heard = Vec::new();
    loop {
        let before = app.position();
        go(&mut app, Go::BeatOn);
        if app.position() == before {
            break;
        }
        heard.push(app.narration().large);
        there.push(seen(&app));
    }
    for sentence in &said {
        assert!(heard.contains(sentence), "never said: {sentence}");
    }
    for expected in there.iter().rev().skip(1) {
        go(&mut app, Go::BeatBack);
        assert_eq!(&seen(&app), expected);
    }
}

/// The questions of both election stories, asked before their moments, answered right or wrong as the file says.
#[test]
fn play_stops_at_questions_and_reveals_what_the_file_says() {
    let right = [
        Answer::Choice(2),
        Answer::Choice(1),
        Answer::Choice(0),
        Answer::Node(NodeId(2)),
        Answer::Choice(1),
        Answer::Node(NodeId(2)),
        Answer::Choice(1),
    ];
    let wrong = [
        Answer::Choice(0),
        Answer::Choice(0),
        Answer::Choice(1),
        Answer::Node(NodeId(4)),
        Answer::Choice(0),
        Answer::Nobody,
        Answer::Choice(4),
    ];
    for (answers, is_right) in [(right, true), (wrong, false)] {
        let mut app = shipped(STORY);
        let scenario = file(STORY);
        for (nth, (ask, given)) in scenario.ask.iter().zip(answers).enumerate() {
            play(&mut app);
            let question = app.question().expect("it was asked");
            assert_eq!(question.state, QuestionState::Stands);
            assert_eq!(question.text, ask.question.get("en"));
            assert_eq!(
                (question.answer, question.right),
                (None, None),
                "nothing is given away"
            );
            assert_eq!(app.position().time, ask.at);
            assert_eq!(app.why().hops, [], "nothing is given away");
            let later = app.beats().into_iter().filter(|it| !it.done);
            let mut titles = later.map(|it| it.title);
            assert!(titles.all(|it| it == "to come" || it.starts_with("start ")));
            // Nothing goes on before there is an answer, and nothing but an answer that fits is one.
            app.apply(Command::PlayOrPause);
            app.apply(Command::Go(Go::StepOn));
            app.apply(Command::Answer(Answer::Choice(99)));
            assert!(!app.playing());
            assert_eq!(app.question().expect("still").state, QuestionState::Stands);
            app.apply(Command::Answer(given));
            let shows_at = ask.answer_at.unwrap_or(ask.at);
            // Up to the moment of the answer; later questions are in the way.
            app.apply(Command::Predict(false));
            let next = scenario.ask.get(nth + 1).map_or(shows_at, |it| it.at);
            go(
                &mut app,
                Go::Time(SimTime(shows_at.min(next).0 - 1).max(ask.at)),
            );
            if shows_at > ask.at {
                let question = app.question();
                let state = question.map(|it| (it.state, it.right));
                assert_eq!(state, Some((QuestionState::Answered(shows_at), None)));
            }
            app.apply(Command::Predict(true));
        }
        // Two answers wait for one moment: both show then, until the next beat.
        app.apply(Command::Predict(false));
        let shown = |app: &App| -> Vec<_> {
            let shown = app.revealed().into_iter();
            shown.map(|it| (it.mark, it.right)).collect()
        };
        go(&mut app, Go::Time(SimTime(7_399 * MS)));
        assert_eq!(shown(&app), []);
        go(&mut app, Go::Time(SimTime(7_400 * MS)));
        let then = |ask: &&Ask| ask.answer_at == Some(SimTime(7_400 * MS));
        assert_eq!(scenario.ask.iter().filter(then).count(), 2);
        let both = scenario.ask.iter().enumerate();
        let both = both.filter(|(_, ask)| then(ask));
        let both: Vec<_> = both
            .map(|(nth, _)| (Mark::Ask(nth), Some(is_right)))
            .collect();
        assert_eq!(shown(&app), both);
        go(&mut app, Go::Time(SimTime(7_500 * MS)));
        assert_eq!(shown(&app), []);
        go(&mut app, Go::Time(SimTime(12_500 * MS)));
        let last = app.question().expect("the last one");
        assert_eq!(
            (last.state, last.right),
            (QuestionState::Revealed, Some(is_right))
        );
        let ask = scenario.ask.last().expect("seven");
        let misconception = ask.misconception.as_ref().map(|it| it.get("en").to_owned());
        assert_eq!(last.misconception, misconception.filter(|_| !is_right));
        assert_eq!(
            last.why.as_deref(),
            Some(ask.why.as_ref().expect("it is there").get("en"))
        );
        assert_eq!(last.answer.as_deref(), Some("1"));
        // The teacher's switch takes it away, and gives it back when asked.
        app.apply(Command::HideAnswers(true));
        assert!(app.narration().hidden);
        assert_eq!(app.question().expect("still").answer, None);
        app.apply(Command::Reveal);
        assert_eq!(app.question().expect("still").answer.as_deref(), Some("1"));
    }
}

/// Each question of each shipped file can be judged: the file tells which answer is right.
#[test]
fn every_shipped_question_has_a_right_answer() {
    for shipped in scenarios::list() {
        let scenario = Scenario::parse(shipped.text).expect("a good file");
        for variant in scenario.plays() {
            let session = quorumscope_app::session::Session::open(
                shipped.name(),
                shipped.text,
                variant,
                None,
            );
            let session = session.expect("a good file");
            for (index, ask) in scenario.ask.iter().enumerate() {
                if session.script().includes(&ask.only_in) {
                    let right = quorumscope_app::lesson::right_answers(&session, index);
                    assert!(!right.is_empty(), "{} ask[{index}]", shipped.path);
                }
            }
        }
    }
}

/// The story ends at its last step; quiet spans are leapt over, so that it takes less than its 12.5 s.
#[test]
fn a_story_plays_to_its_end_faster_than_it_lasts() {
    let mut app = shipped(STORY);
    app.apply(Command::Predict(false));
    let frames = play(&mut app);
    assert_eq!(app.position().time, app.position().end);
    assert_eq!(app.position().step, app.position().last);
    let seconds = frames as f64 * FRAME.as_secs_f64();
    assert!(seconds < 12.5, "{seconds}");
    go(&mut app, Go::Start);
    app.apply(Command::SkipQuiet(false));
    let seconds = play(&mut app) as f64 * FRAME.as_secs_f64();
    assert!(seconds >= 12.4, "{seconds}");
}

/// Playing shows every step that is told, in order, and steps of one instant stand 120 ms apart.
#[test]
fn steps_of_one_instant_are_played_apart() {
    let mut app = shipped(STORY);
    app.apply(Command::Predict(false));
    app.apply(Command::Pace(0.05));
    go(&mut app, Go::Time(SimTime(5_199 * MS)));
    app.apply(Command::PlayOrPause);
    let (mut last, mut stood) = (app.position(), 0);
    let mut apart = Vec::new();
    for _ in 0..3_000 {
        app.tick(FRAME, 2_000);
        let now = app.position();
        if now.step != last.step {
            let told = app.session().kind_of(last.step).is_telling();
            if now.time == last.time && told && app.session().kind_of(now.step).is_telling() {
                apart.push(stood);
            }
            stood = 0;
        }
        stood += 1;
        last = now;
    }
    assert!(
        apart.iter().all(|frames| *frames >= 7),
        "{apart:?} frames of 16 ms"
    );
}

#[test]
fn why_leads_back_to_a_start() {
    let mut app = shipped("three-servers");
    go(&mut app, Go::End);
    let leads = |record: &sim_core::trace::Record<Fact>| {
        matches!(
            &record.what,
            What::Fact(Fact::Zk(Zk::Decided {
                state: ServerState::Leading,
                ..
            }))
        )
    };
    let decided = app
        .session()
        .records()
        .into_iter()
        .find(leads)
        .expect("2 leads");
    app.apply(Command::Select(Some(Mark::Step(decided.step))));
    let why = app.why();
    assert!(why.hops.len() > 2, "{why:?}");
    let sentences: Vec<&str> = why.hops.iter().map(|it| &*it.text).collect();
    assert!(
        sentences.iter().any(|it| it.contains("is started")),
        "{sentences:?}"
    );
    // Each hop is a link: the step is there, with this time.
    for hop in &why.hops {
        assert_eq!(app.session().time_of(hop.step), hop.at);
        assert_eq!(hop.mark, Mark::Step(hop.step));
    }
    app.apply(Command::Language(Language::Zh));
    let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    assert!(app.why().hops.iter().all(|it| chinese(&it.text)));
    // A message leads to its sending.
    let message = app.session().history().messages()[5];
    app.apply(Command::Select(Some(Mark::Message(message.id))));
    assert_eq!(app.why().hops[0].step, message.sent);
}

#[test]
fn a_broken_property_is_shown_with_its_step() {
    // The file announces it: `violates`.
    let name = "zookeeper/replication/acknowledged-before-logged";
    let mut app = shipped(name);
    assert!(
        app.properties().iter().all(|it| it.step.is_none()),
        "at the start all hold"
    );
    go(&mut app, Go::End);
    let rows = app.properties();
    let broken = rows[0].clone();
    assert!(
        matches!(
            broken.standing,
            Standing::Broken | Standing::BrokenNotPromised
        ),
        "{broken:?}"
    );
    let step = broken.step.expect("it broke at a step");
    go(&mut app, Go::Step(StepIndex(step.0 - 1)));
    let before = app.properties();
    let same = before
        .iter()
        .find(|it| it.name == broken.name)
        .expect("watched");
    assert_eq!(same.step, None, "one step before it held");
    go(&mut app, Go::Step(step));
    let after = app.properties();
    let same = after
        .iter()
        .find(|it| it.name == broken.name)
        .expect("watched");
    assert_eq!(same.step, Some(step));
    app.apply(Command::Select(Some(same.mark)));
    assert_eq!(app.why().hops[0].step, step);
}

#[test]
fn a_bad_file_changes_nothing_that_is_shown() {
    let mut app = shipped(STORY);
    go(&mut app, Go::Time(SimTime(6_000 * MS)));
    let before = seen(&app);
    let bad = r#"{
  "title": "T",
  "cluster": { "zookeeper": { "servers": 3 } },
  "steps": [
    { "at": "0s", "do": { "strat": "zk1" } }
  ]
}"#;
    app.apply(Command::OpenText {
        name: "bad.json".into(),
        text: bad.into(),
    });
    let trouble = app.trouble().expect("told").clone();
    let place = &trouble.places[0];
    // The fifth line; the reader's own tests hold the column and the words.
    assert_eq!(place.line, 5);
    assert!(place.source.contains("strat"), "{place:?}");
    assert!(
        place.remedy.as_ref().is_some_and(|it| it.contains("start")),
        "{place:?}"
    );
    app.apply(Command::Language(Language::Zh));
    let told = app.trouble().expect("still").clone();
    assert_ne!(told.title, trouble.title);
    assert!(told.places[0].message.contains("未知"), "{told:?}");
    app.apply(Command::Language(Language::En));
    assert_eq!(seen(&app), before);
    let long = " ".repeat(quorumscope_app::session::MAX_TEXT + 1);
    app.apply(Command::OpenText {
        name: "long".into(),
        text: long.into(),
    });
    app.apply(Command::OpenLink("q1.AAAA".into()));
    app.apply(Command::OpenShipped("no-such".into()));
    app.apply(Command::Variant(Some("no-such".into())));
    assert_eq!(seen(&app), before);
    app.apply(Command::Dismiss);
    assert_eq!(app.trouble(), None);
}

/// A link of a shipped scenario as it is carries its name; after a hand it carries the text. Both lead to the moment.
#[test]
fn a_link_leads_to_the_same_moment() {
    let mut app = shipped(STORY);
    go(&mut app, Go::Time(SimTime(5_201_234_567)));
    let fragment = |app: &mut App| {
        let requests = app.apply(Command::CopyLink);
        let [Request::SetLink(fragment)] = &requests[..] else {
            panic!("{requests:?}");
        };
        fragment.clone()
    };
    let plain = fragment(&mut app);
    assert!(plain.len() < 200, "{plain}");
    app.apply(Command::Hand(Hand::Crash(NodeId(2))));
    settle(&mut app);
    play_out(&mut app);
    let with_hand = fragment(&mut app);
    assert!(with_hand.len() > plain.len());
    let expected = seen(&app);
    let mut other = App::new(Settings::default());
    other.apply(Command::OpenLink(format!("#{with_hand}").into()));
    settle(&mut other);
    play_out(&mut other);
    assert_eq!(seen(&other), expected);
    assert_eq!(other.name(), app.name());
}

/// A file that asks for more than a window holds is cut, and says so.
#[test]
fn a_play_without_end_is_cut() {
    let text = r#"{ "title": "T", "cluster": { "zookeeper": { "servers": 3 }, "clients": 20 },
        "steps": [{ "at": "0s", "do": { "start": "all" } }],
        "loads": [{ "clients": ["c1","c2","c3","c4","c5","c6","c7","c8","c9","c10"], "mix": { "write": 1 }, "data_size": 0 }],
        "until": "999999h" }"#;
    let session = quorumscope_app::session::Session::open("t", text, None, None);
    let mut session = session.expect("a good file");
    let limit = if cfg!(debug_assertions) {
        20_000
    } else {
        3_000_000
    };
    while session.play_on(20_000) && session.last().0 < limit {}
    assert!(session.last().0 <= quorumscope_app::session::MAX_STEPS + 20_000);
    assert!(session.records().size() <= quorumscope_app::session::MAX_RECORD_BYTES + (8 << 20));
}

#[test]
fn a_search_finds_the_sentences_of_facts() {
    let mut app = shipped(STORY);
    app.apply(Command::Search("server 3 leads".into()));
    while app.tick(Duration::ZERO, 500).busy {}
    let found = app.found();
    assert!(found.done);
    assert_eq!(found.hits.len(), 1, "3 is elected once: {found:?}");
    let decided = app.session().records().into_iter().find(|record| {
        matches!(
            &record.what,
            What::Fact(Fact::Zk(Zk::Decided {
                state: ServerState::Leading,
                ..
            }))
        )
    });
    assert_eq!(found.hits[0].step, decided.expect("it leads").step);
}
