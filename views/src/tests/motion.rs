//! What is new glows, what was overtaken is crossed out, what left a log burns; and all of it is a function of the
//! place, so that it is the same whichever way one came (`pictures.rs` goes back and forth over all of it).

use super::stage::{LOST_PROPOSAL, ONE_AFTER_ANOTHER, Stage, centre};
use crate::change::{Changed, GLOWS_MS, LOG_CELLS};
use crate::ensemble;
use crate::mark::Mark;
use crate::picture::{Item, Picture, Shape};
use crate::scene::{Scene, Style};
use crate::theme::Ink;
use sim_core::base::{NodeId, SimTime, StepIndex};
use sim_core::explain::Lang;
use sim_core::trace::What;
use sim_core::zookeeper::{Fact, ServerState, Sid};

/// A server comes back with transactions that no leader knows.
const CUT: &str = "zookeeper/replication/ahead-no-new-write";

fn glowing(picture: &Picture) -> Vec<&Item> {
    let new = |it: &&Item| match &it.shape {
        Shape::Box { fill, .. } => *fill == Some(Ink::New),
        _ => false,
    };
    picture.items.iter().filter(new).collect()
}

fn draw(scene: &Scene<'_>, style: &Style) -> Picture {
    ensemble::picture(scene, style)
}

fn still() -> Style {
    Style {
        reduced_motion: true,
        ..centre(Lang::En)
    }
}

/// Every vote that facts tell of is noted as a change in its step, with the vote that the fact says it was before.
#[test]
fn votes_change_when_facts_say_so() {
    let stage = Stage::new(LOST_PROPOSAL);
    let mut seen = 0;
    for record in &stage.records {
        let What::Fact(fact) = &record.what else {
            continue;
        };
        let Some(Fact::Voted {
            from: Some(from),
            to,
            heard: Some(_),
            ..
        }) = fact.zookeeper()
        else {
            continue;
        };
        let mut changes = stage.history.changes().of_step(record.step);
        let expected = Changed::Vote(Some(from.leader));
        let noted = changes.any(|(node, it)| node == record.node && it.what == expected);
        assert!(noted || from == to, "{record:?}");
        seen += 1;
    }
    assert!(seen > 3, "votes were overtaken");
}

/// Entries leave a log in the steps that say it was cut, as many as they say.
#[test]
fn entries_leave_a_log_when_it_is_cut() {
    let stage = Stage::new(CUT);
    let mut cuts = 0;
    for record in &stage.records {
        let What::Fact(fact) = &record.what else {
            continue;
        };
        if let Some(Fact::Truncated { removed, .. }) = fact.zookeeper() {
            let changes = stage.history.changes().of_step(record.step);
            let gone = changes.filter(|(_, it)| matches!(it.what, Changed::Gone(_)));
            assert_eq!(gone.count() as u32, (*removed).min(LOG_CELLS as u32));
            cuts += 1;
        }
    }
    assert!(cuts > 0, "a log was cut");
}

/// A step in which a server that goes on looking gave up its vote for another.
fn overtaken(stage: &Stage) -> (StepIndex, NodeId, Sid) {
    let steps = (1..=stage.end()).map(StepIndex);
    let mut all = steps.flat_map(|step| {
        let changes = stage.history.changes().of_step(step);
        changes.map(move |(node, it)| (step, node, it.what))
    });
    let found = all.find_map(|(step, node, what)| match what {
        Changed::Vote(Some(was)) => {
            let state = stage.history.look_at(node, step).state;
            let looks = state == crate::history::State::Server(ServerState::Looking);
            (looks && was.0 > 0).then_some((step, node, was))
        }
        _ => None,
    });
    found.expect("a vote is overtaken")
}

#[test]
fn a_new_vote_glows_for_300_ms_of_the_wall_and_the_old_one_is_crossed_out() {
    let mut stage = Stage::new(ONE_AFTER_ANOTHER);
    let (step, node, was) = overtaken(&stage);
    let at = stage.history.time_of(step).expect("it was taken");
    let strength = |pace: f64, later_ms: f64, stage: &mut Stage| {
        let mut scene = stage.at_step(step.0);
        scene.pace = pace;
        scene.time = SimTime(at.0 + (later_ms * pace * 1e6) as u64);
        let picture = draw(&scene, &centre(Lang::En));
        let of_node = glowing(&picture).into_iter();
        let of_node = of_node.filter(|it| it.mark == Some(Mark::Node(node)));
        let struck = picture.items.iter().any(|it| match &it.shape {
            Shape::Text { text, ink, .. } => {
                it.mark == Some(Mark::Node(node)) && *ink == Ink::Dim && **text == *was.to_string()
            }
            _ => false,
        });
        let strongest = of_node.map(|it| it.opacity).fold(0.0, f32::max);
        (strongest, struck)
    };
    for pace in [1.0, 0.05, 20.0] {
        assert_eq!(strength(pace, 0.0, &mut stage), (1.0, true));
        let (half, struck) = strength(pace, f64::from(GLOWS_MS / 2.0), &mut stage);
        assert!((half - 0.5).abs() < 0.01 && struck, "{half}");
        let over = f64::from(GLOWS_MS) + 1.0;
        assert_eq!(strength(pace, over, &mut stage), (0.0, false));
    }
}

/// Where nothing moves, the last step's changes are marked for as long as one stands there, and no others.
#[test]
fn a_still_picture_marks_what_the_last_step_changed() {
    let mut stage = Stage::new(ONE_AFTER_ANOTHER);
    let (step, ..) = overtaken(&stage);
    let mut scene = stage.at_step(step.0);
    let picture = draw(&scene, &still());
    assert!(!glowing(&picture).is_empty());
    assert!(glowing(&picture).iter().all(|it| it.opacity >= 1.0));
    scene.time = SimTime(scene.time.0 + 1_000);
    scene.pace = 100.0;
    assert_eq!(
        glowing(&draw(&scene, &still())).len(),
        glowing(&picture).len()
    );
    let quiet = (step.0 + 1..stage.end()).find(|step| {
        let mut changes = stage.history.changes().of_step(StepIndex(*step));
        changes.next().is_none()
    });
    let scene = stage.at_step(quiet.expect("a step that changes nothing"));
    assert!(glowing(&draw(&scene, &still())).is_empty());
}

/// What was cut burns for 500 ms and stays as an outline until the next step.
#[test]
fn what_left_a_log_burns_and_stays_as_an_outline() {
    let mut stage = Stage::new(CUT);
    let gone = |it: &(NodeId, &crate::change::Change)| matches!(it.1.what, Changed::Gone(_));
    let steps = (1..=stage.end()).map(StepIndex);
    let mut cut = steps.filter(|step| stage.history.changes().of_step(*step).any(|it| gone(&it)));
    let step = cut.next().expect("a log is cut");
    let outlines = |scene: &Scene<'_>, style: &Style| {
        let picture = draw(scene, style);
        let broken = picture.items.iter().filter(|it| match &it.shape {
            Shape::Box {
                stroke: Some(edge),
                fill: None,
                ..
            } => edge.ink == Ink::Broken,
            _ => false,
        });
        broken.count()
    };
    let mut scene = stage.at_step(step.0);
    let expected = scene.history.changes().of_step(step).filter(gone).count();
    for style in [centre(Lang::En), still()] {
        assert_eq!(outlines(&scene, &style), expected);
        let then = scene.time;
        scene.time = SimTime(then.0 + 600_000_000);
        assert_eq!(outlines(&scene, &style), expected, "until the next step");
        scene.time = then;
    }
    let mut scene = stage.at_step(step.0 + 1);
    assert_eq!(outlines(&scene, &still()), 0);
    scene.time = SimTime(scene.time.0 + 600_000_000);
    assert_eq!(outlines(&scene, &centre(Lang::En)), 0);
}
