//! Pictures of the whole window: every place, view and sheet, light in English and dark in Chinese.
//!
//! Drawn by the processor, so they are the same on every machine. `UPDATE_SNAPSHOTS=1 cargo test -p quorumscope-gui`
//! draws them anew; look at them before they are kept.

use app::command::{Against, Command, Go, Hand, Sheet, View};
use app::show::QuestionState;
use egui_kittest::{SnapshotOptions, SnapshotResults};
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::explain::Lang;
use sim_core::zookeeper::Sid;
use views::change::Changed;
use views::mark::Mark;
use views::theme::Theme;

use crate::support::{Opening, Shell};

/// The moment of the design sheets: the third of five servers has just started.
const ELECTION: SimTime = SimTime(5_010_000_000);

/// Light in English and dark in Chinese, as they are opened, then brought to the moment.
fn both(name: &str, opening: Opening, bring: impl Fn(&mut Shell)) {
    keep(&mut SnapshotResults::new(), name, opening, bring);
}

fn keep(kept: &mut SnapshotResults, name: &str, opening: Opening, bring: impl Fn(&mut Shell)) {
    for (lang, theme, ending) in [
        (Lang::En, Theme::Light, "light"),
        (Lang::Zh, Theme::Dark, "dark-zh"),
    ] {
        let opening = Opening {
            lang,
            theme,
            ..opening
        };
        let mut shell = opening.open();
        bring(&mut shell);
        let options = SnapshotOptions::new()
            .threshold(1.0)
            .max_failed_pixels(40)
            .output_path("tests/window/pictures");
        let name = format!("{name}-{ending}");
        shell.harness.snapshot_options(&name, &options);
        kept.extend_harness(&mut shell.harness);
    }
}

fn to_election(shell: &mut Shell) {
    shell.apply(Command::Go(Go::Time(ELECTION)));
}

const SMALL: [f32; 2] = [1100.0, 700.0];

#[test]
fn the_ensemble() {
    both("ensemble", Opening::default(), to_election);
}

/// What is new glows, the vote that was overtaken is crossed out.
#[test]
fn what_is_new() {
    let opening = Opening {
        still: false,
        ..Opening::default()
    };
    both("motion", opening, |shell| {
        // Server 2, LOOKING since long ago, has just heard of 3.
        let history = shell.app().session().history();
        let first = history.step_at(SimTime(5_000_000_000));
        let mut steps = (first.0..history.last().0).map(StepIndex);
        let overtaken = steps.find(|step| {
            let mut changes = history.changes().of_step(*step);
            changes.any(|(_, it)| it.what == Changed::Vote(Some(Sid(2))))
        });
        let step = overtaken.expect("its vote is overtaken");
        shell.apply(Command::Go(Go::Step(step)));
        shell.apply(Command::Go(Go::StepOn));
    });
}

/// Two entries that no other server has are cut off a log.
#[test]
fn what_was_cut() {
    let opening = Opening {
        still: false,
        size: SMALL,
        story: Some("ahead-no-new-write"),
        ..Opening::default()
    };
    both("cut", opening, |shell| {
        let events = shell.app().session().history().events().to_vec();
        let cut = |kind: &_| matches!(kind, views::history::EventKind::Truncated(_));
        let cut = events.iter().find(|it| cut(&it.kind)).expect("a cut");
        shell.apply(Command::Go(Go::Step(cut.step)));
        shell.apply(Command::Select(Some(Mark::Node(cut.node))));
    });
}

#[test]
fn space_and_time() {
    both("space-time", Opening::default(), |shell| {
        to_election(shell);
        shell.apply(Command::View(View::SpaceTime));
    });
}

#[test]
fn both_views() {
    both("both", Opening::default(), |shell| {
        to_election(shell);
        shell.apply(Command::Beside(Some(View::SpaceTime)));
    });
}

/// A branch beside the one it left, where they part.
#[test]
fn two_plays() {
    let mut kept = SnapshotResults::new();
    for (name, view) in [
        ("compare", View::Ensemble),
        ("compare-space-time", View::SpaceTime),
    ] {
        keep(&mut kept, name, Opening::default(), |shell| {
            shell.apply(Command::Go(Go::Time(SimTime(6_300_000_000))));
            shell.apply(Command::Hand(Hand::Crash(NodeId(2))));
            shell.apply(Command::Compare(Some(Against::Branch(0))));
            let parts = shell.app().compared().and_then(|it| it.difference);
            let at = parts.expect("they part").at;
            shell.apply(Command::View(view));
            shell.apply(Command::Go(Go::Time(at)));
        });
    }
}

#[test]
fn the_inside_of_a_server() {
    let opening = Opening {
        size: SMALL,
        ..Opening::default()
    };
    both("inside", opening, |shell| {
        to_election(shell);
        shell.apply(Command::Inside(Some(NodeId(1))));
    });
}

/// The question in the sentence's place; nothing gives its answer away.
#[test]
fn a_question_stands() {
    let opening = Opening {
        predict: true,
        ..Opening::default()
    };
    both("question", opening, |shell| {
        while shell.app().question().is_none_or(|it| !it.on_picture) {
            shell.apply(Command::SkipQuestion);
            shell.apply(Command::Go(Go::BeatOn));
        }
        let question = shell.app().question().expect("a question");
        assert_eq!(question.state, QuestionState::Stands);
    });
}

/// An answer at its moment: what is right, and the belief behind the wrong one.
#[test]
fn an_answer_shows() {
    let opening = Opening {
        predict: true,
        size: SMALL,
        ..Opening::default()
    };
    both("answer", opening, |shell| {
        while shell.app().question().is_none() {
            shell.apply(Command::Go(Go::BeatOn));
        }
        shell.apply(Command::Answer(app::command::Answer::Choice(1)));
    });
}

#[test]
fn the_library() {
    let opening = Opening {
        story: None,
        recent: Some("/home/me/lessons/two-leaders.json\n/home/me/three.json\n"),
        ..Opening::default()
    };
    both("library", opening, |_| {});
}

#[test]
fn sheets_over_the_lesson() {
    let mut kept = SnapshotResults::new();
    let opening = Opening {
        size: SMALL,
        ..Opening::default()
    };
    for (name, sheet) in [
        ("keys", Sheet::Keys),
        ("branches", Sheet::Branches),
        ("source", Sheet::Source),
        ("search", Sheet::Search),
        ("compare-sheet", Sheet::Compare),
    ] {
        keep(&mut kept, name, opening, |shell| {
            to_election(shell);
            shell.apply(Command::Hand(Hand::Pause(NodeId(2))));
            shell.apply(Command::Show(sheet, true));
            if sheet == Sheet::Search {
                shell.apply(Command::Search("zxid 0x0".into()));
            }
        });
    }
}

#[test]
fn twice_as_large() {
    let opening = Opening {
        zoom: 200,
        ..Opening::default()
    };
    both("zoom-200", opening, to_election);
}

#[test]
fn narrow() {
    let opening = Opening {
        size: [800.0, 700.0],
        ..Opening::default()
    };
    both("narrow", opening, to_election);
}

#[test]
fn a_bad_file_beside_the_last_good_picture() {
    let opening = Opening {
        size: SMALL,
        ..Opening::default()
    };
    both("bad-file", opening, |shell| {
        to_election(shell);
        shell.apply(Command::OpenText {
            name: "bad.json".into(),
            text: BAD.into(),
        });
    });
}

/// A number as a text, a duration without a unit, a name of nobody, a word that is nearly right.
const BAD: &str = r#"{
  "title": "x",
  "cluster": { "zookeeper": { "servers": 3, "config": { "tikcTime": "500" } } },
  "steps": [
    { "at": 5, "do": { "start": "al" } },
    { "at": "6s", "do": { "crash": "zk9" } }
  ]
}
"#;
