//! The two front stories, driven from their start to their end by clicks and keys. What stands on the screen is held
//! against a play of the same file that no window had a part in.

use app::command::{Answer, View};
use app::session::Session;
use app::show::QuestionState;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use sim_core::base::{NodeId, StepIndex};
use sim_core::explain::Lang;
use sim_core::zookeeper::ServerState;
use views::mark::Mark;

use crate::support::{Opening, Shell};

/// The same file, played by itself.
fn alone(story: &str) -> Session {
    let file = scenarios::find(story).expect("a shipped story");
    let mut session = Session::open(file.name(), file.text, None, None).expect("it is read");
    while session.play_on(1_000_000) {}
    session
}

/// The state of every server of a world, in words of the protocol; `None` if it is down.
fn states(session: &Session) -> Vec<(NodeId, Option<ServerState>)> {
    let cast = &session.script().compiled().cast;
    let state = |node| Some(session.world().node(node)?.zk_server()?.state());
    cast.servers().map(|node| (node, state(node))).collect()
}

/// Position, world and letters on the screen are those of the play at that step.
fn holds(shell: &Shell, session: &mut Session) {
    let app = shell.app();
    let here = app.position();
    session.seek(here.step);
    assert_eq!(app.world().steps(), here.step);
    assert_eq!(
        app.world().fingerprint(),
        session.world().fingerprint(),
        "at {here:?}"
    );
    for (node, state) in states(session) {
        let word = match state {
            Some(state) => format!("{state:?}").to_uppercase(),
            None => continue,
        };
        let name = session.node_name(node);
        let picture = app.picture(View::Ensemble, 884.0, 550.0);
        let spot = picture
            .spots
            .iter()
            .find(|it| it.mark == Mark::Node(node))
            .expect("a card");
        assert!(spot.name.contains(name), "{} names {name}", spot.name);
        let said = shell.values(&spot.name);
        assert!(
            said.iter().any(|it| it.contains(&word)) || spot.name.contains(&word),
            "{name} is {word} at {here:?}; the screen says {said:?}"
        );
    }
    let narration = app.narration();
    if app.question().is_none() && !narration.large.is_empty() {
        assert!(shell.sees(&narration.large), "{}", narration.large);
    }
}

fn leader(session: &Session) -> Vec<String> {
    let all = states(session);
    let leads = all
        .iter()
        .filter(|(_, state)| *state == Some(ServerState::Leading));
    leads
        .map(|(node, _)| session.node_name(*node).to_owned())
        .collect()
}

/// Whom the stories end with: what real servers did, recorded (FIDELITY.md), and what the README tells.
const ENDS: [(&str, &str); 2] = [
    ("one-after-another", "zk3"),
    ("lost-proposal-8-8-8-7-7", "zk2"),
];

#[test]
fn beat_by_beat_with_the_keyboard() {
    for lang in [Lang::En, Lang::Zh] {
        for (story, last) in ENDS {
            let mut session = alone(story);
            let mut shell = Opening {
                lang,
                story: Some(story),
                ..Opening::default()
            }
            .open();
            shell.press(Key::Home);
            assert_eq!(shell.app().position().step, StepIndex(0));
            let beats = shell.app().beats().len();
            for _ in 0..beats {
                shell.press_with(Modifiers::SHIFT, Key::ArrowRight);
                holds(&shell, &mut session);
            }
            shell.press(Key::End);
            holds(&shell, &mut session);
            assert_eq!(leader(&session), [last], "{story}");
            assert!(shell.app().beats().iter().all(|it| it.done || it.current));
            for _ in 0..3 {
                shell.press_with(Modifiers::SHIFT, Key::ArrowLeft);
                holds(&shell, &mut session);
            }
        }
    }
}

#[test]
fn step_by_step_with_clicks() {
    let (story, _) = ENDS[0];
    let mut session = alone(story);
    let mut shell = Opening {
        story: Some(story),
        ..Opening::default()
    }
    .open();
    let (on, back) = (
        shell.t("bar.step").into_owned(),
        shell.t("bar.back").into_owned(),
    );
    for step in 1..=60 {
        shell.click(&on);
        assert_eq!(shell.app().position().step, StepIndex(step));
        if step % 10 == 0 {
            holds(&shell, &mut session);
        }
    }
    shell.click(&back);
    assert_eq!(shell.app().position().step, StepIndex(59));
    holds(&shell, &mut session);
    let moment = shell.t("bar.moment").into_owned();
    let mut places = Vec::new();
    loop {
        let before = shell.app().position();
        shell.click(&moment);
        let here = shell.app().position();
        if here == before {
            break;
        }
        places.push(here.step);
        if places.len() % 5 == 0 {
            holds(&shell, &mut session);
        }
    }
    assert!(places.len() > 10, "interesting moments: {}", places.len());
    assert!(places.is_sorted());
}

#[test]
fn it_plays_by_itself_to_the_end() {
    let mut shell = Opening::default().open();
    for _ in 0..6 {
        shell.harness.key_press(Key::CloseBracket);
    }
    shell.harness.key_press(Key::Space);
    shell.harness.run_steps(2);
    assert!(shell.app().playing());
    for _ in 0..4_000 {
        shell.harness.step();
        if !shell.app().playing() {
            break;
        }
    }
    let here = shell.app().position();
    assert_eq!(here.time, here.end, "the end was reached");
}

#[test]
fn a_hop_of_the_chain_leads_there() {
    let mut session = alone(ENDS[1].0);
    let mut shell = Opening {
        story: Some(ENDS[1].0),
        ..Opening::default()
    }
    .open();
    shell.press(Key::End);
    let leader = states(&session_at_end(&mut session));
    let leader = leader
        .iter()
        .find(|it| it.1 == Some(ServerState::Leading))
        .expect("a leader")
        .0;
    click_node(&mut shell, leader);
    assert_eq!(shell.app().selection(), Some(Mark::Node(leader)));
    let why = shell.app().why();
    let hop = why
        .hops
        .get(1)
        .or(why.hops.first())
        .expect("a chain")
        .clone();
    let part = hop.text.clone();
    let link = shell
        .harness
        .get_all_by_label_contains(&part)
        .next()
        .expect("the hop");
    link.click();
    shell.settle();
    assert_eq!(shell.app().position().step, hop.step);
    holds(&shell, &mut session);
}

fn session_at_end(session: &mut Session) -> Session {
    session.seek(session.last());
    session.clone()
}

fn click_node(shell: &mut Shell, node: NodeId) {
    let picture = shell.app().picture(View::Ensemble, 884.0, 550.0);
    let spot = picture
        .spots
        .iter()
        .find(|it| it.mark == Mark::Node(node))
        .expect("a card");
    let name = spot.name.to_string();
    shell
        .harness
        .get_all_by_label(&name)
        .next()
        .expect("its card")
        .click();
    shell.settle();
}

#[test]
fn a_kill_by_key_is_a_branch_and_can_be_undone() {
    for lang in [Lang::En, Lang::Zh] {
        let mut shell = Opening {
            lang,
            ..Opening::default()
        }
        .open();
        shell.press(Key::End);
        let before = (
            shell.app().world().fingerprint(),
            shell.app().source().to_owned(),
        );
        click_node(&mut shell, NodeId(2));
        shell.press(Key::K);
        assert!(
            shell.app().world().node(NodeId(2)).is_none(),
            "the process is gone"
        );
        assert!(shell.app().branches().len() > 1);
        assert!(
            shell.app().source().contains("crash"),
            "it stands in the scenario"
        );
        shell.press_with(Modifiers::COMMAND, Key::Z);
        let after = (
            shell.app().world().fingerprint(),
            shell.app().source().to_owned(),
        );
        assert_eq!(after, before);
    }
}

#[test]
fn a_drag_from_server_to_server_cuts_cuts_both_and_heals() {
    let mut shell = Opening::default().open();
    shell.press(Key::End);
    let cut = |shell: &Shell| {
        let world = shell.app().world();
        let port = sim_core::zookeeper::port::QUORUM;
        let path = |from, to| world.path(NodeId(from), NodeId(to), port).cut;
        (path(0, 1), path(1, 0))
    };
    for expected in [(true, false), (true, true), (false, false)] {
        let picture = shell.app().picture(View::Ensemble, 884.0, 550.0);
        let name = |node| {
            let mut spots = picture.spots.iter();
            let spot = spots
                .find(|it| it.mark == Mark::Node(NodeId(node)))
                .expect("a card");
            spot.name.to_string()
        };
        let at = |node: u16| {
            let name = name(node);
            let card = shell
                .harness
                .get_all_by_label(&name)
                .next()
                .expect("its card");
            // Beside what lies on the card itself.
            card.rect().left_top() + egui::vec2(6.0, 6.0)
        };
        let (from, to) = (at(0), at(1));
        shell.harness.drag_at(from);
        shell.harness.step();
        shell.harness.hover_at(from.lerp(to, 0.5));
        shell.harness.step();
        shell.harness.hover_at(to);
        shell.harness.step();
        shell.harness.drop_at(to);
        shell.settle();
        assert_eq!(cut(&shell), expected);
    }
}

#[test]
fn a_question_is_answered_on_the_picture() {
    for (lang, given) in [(Lang::En, 2), (Lang::Zh, 4)] {
        let mut shell = Opening {
            lang,
            predict: true,
            ..Opening::default()
        }
        .open();
        // The questions before the first that asks for a server are passed over.
        let question = loop {
            shell.press_with(Modifiers::SHIFT, Key::ArrowRight);
            let Some(question) = shell.app().question() else {
                continue;
            };
            match question.state {
                QuestionState::Stands if question.on_picture => break question,
                QuestionState::Stands => {
                    let skip = shell.t("ask.skip").into_owned();
                    shell.click(&skip);
                }
                _ => {}
            }
        };
        assert!(shell.sees(&question.text), "{}", question.text);
        assert_eq!(shell.app().why().hops.len(), 0, "nothing gives it away");
        click_node(&mut shell, NodeId(given));
        let question = shell.app().question().expect("the question");
        assert_eq!(question.given, Some(Answer::Node(NodeId(given))));
        let wait = shell.t("ask.wait").into_owned();
        assert!(shell.sees(&wait), "the answer shows later");
    }
}

#[test]
fn a_wrong_answer_is_told_with_the_belief_behind_it() {
    for lang in [Lang::En, Lang::Zh] {
        for (choice, right) in [(1, false), (2, true)] {
            let mut shell = Opening {
                lang,
                predict: true,
                ..Opening::default()
            }
            .open();
            let question = loop {
                shell.press_with(Modifiers::SHIFT, Key::ArrowRight);
                if let Some(question) = shell.app().question() {
                    break question;
                }
            };
            shell.click(&question.choices[choice].clone());
            let question = shell.app().question().expect("the question");
            assert_eq!(
                (question.state, question.right),
                (QuestionState::Revealed, Some(right))
            );
            let word = shell
                .t(if right { "ask.right" } else { "ask.wrong" })
                .into_owned();
            assert!(shell.sees(&word), "{word}");
            let belief = question.misconception;
            assert_eq!(belief.is_some(), !right);
            assert!(belief.is_none_or(|it| shell.sees(&it)));
        }
    }
}
