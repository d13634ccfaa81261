//! Random commands over random shipped scenarios: never a panic, never a view that does not fit, every branch saved and
//! reloaded to the same picture.
//!
//! `QUORUMSCOPE_HANDS` says how many commands (2,000), `QUORUMSCOPE_HANDS_SEED` from which seed (1); a failure prints the
//! seed and the number of the command. `cargo xtask soak` plays more.

mod common;

use common::*;
use core::time::Duration;
use quorumscope_app::command::{
    Against, Answer, Command, Filter, Go, Hand, ImageKind, Language, MessageHand, Sheet, View,
};
use quorumscope_app::{App, Request, Settings};
use sim_core::base::{NodeId, Port, SimTime, Span, StepIndex, mix};
use views::history::id_of;
use views::mark::{Mark, MessageId};
use views::theme::Theme;

/// Commands between two comparisons.
const LOOK_EVERY: u64 = 10;
/// Commands between two reloads of a branch.
const RELOAD_EVERY: u64 = 25;
/// Commands between two scenarios.
const OPEN_EVERY: u64 = 50;

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0) % end.max(1)
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one_of<T: Copy>(&mut self, those: &[T]) -> T {
        those[self.below(those.len() as u64) as usize]
    }
}

fn node(app: &App, dice: &mut Dice) -> NodeId {
    // One of twenty is not there.
    let count = app.nodes().len() as u64;
    match dice.below(20) {
        0 => NodeId(dice.below(70_000) as u16),
        _ => NodeId(dice.below(count) as u16),
    }
}

fn message(app: &App, dice: &mut Dice) -> MessageId {
    let flights = app.world().in_flight();
    match flights.is_empty() || dice.below(10) == 0 {
        true => MessageId {
            from: node(app, dice),
            to: node(app, dice),
            port: Port(dice.below(5) as u16),
            kind: dice.below(256) as u8,
            nth: dice.one_of(&[0, 1, u32::MAX]),
        },
        false => id_of(&flights[dice.below(flights.len() as u64) as usize]),
    }
}

fn mark(app: &App, dice: &mut Dice) -> Mark {
    let spots = app.picture(View::Ensemble, 900.0, 600.0).spots;
    if !spots.is_empty() && dice.below(4) != 0 {
        return spots[dice.below(spots.len() as u64) as usize].mark;
    }
    let any = dice.below(40) as usize;
    match dice.below(10) {
        0 => Mark::Node(node(app, dice)),
        1 => Mark::Message(message(app, dice)),
        2 => Mark::Step(StepIndex(dice.below(app.position().last.0 + 10))),
        3 => Mark::Beat(any),
        4 => Mark::Ask(any),
        5 => Mark::Property(any),
        6 => Mark::Branch(any),
        7 => Mark::Time(time(app, dice)),
        8 => Mark::Vote {
            at: node(app, dice),
            of: sim_core::zookeeper::Sid(any as i64),
        },
        _ => Mark::Link {
            from: node(app, dice),
            to: node(app, dice),
        },
    }
}

fn time(app: &App, dice: &mut Dice) -> SimTime {
    SimTime(dice.below(app.position().end.0 + 1_000_000_000))
}

fn hand(app: &App, dice: &mut Dice) -> Hand {
    let it = node(app, dice);
    let other = node(app, dice);
    match dice.below(20) {
        0 => Hand::Crash(it),
        1 => Hand::PowerLoss(it),
        2 => Hand::Start(it),
        3 => Hand::Restart(it),
        4 => Hand::Pause(it),
        5 => Hand::Resume(it),
        6 => Hand::Wipe(it),
        7 => Hand::WallJump(
            it,
            dice.one_of(&[1, -1, 3_600_000_000_000, i64::MIN, i64::MAX]),
        ),
        8 => Hand::Drift(it, dice.one_of(&[0, 100, -100_000, i32::MIN, i32::MAX])),
        9 => Hand::Cut(it, other),
        10 => Hand::CutBoth(it, other),
        11 => Hand::Heal(it, other),
        12 => Hand::Create {
            client: other,
            path: dice.one_of(&["/a", "/b", "", "a", "//", "/a/b"]).into(),
            data: "x".into(),
        },
        13 => Hand::Set {
            client: other,
            path: dice.one_of(&["/a", "/", "/zookeeper"]).into(),
            data: dice.one_of(&["", "值", "\"\\\n"]).into(),
        },
        14 => Hand::Wait(Span(dice.one_of(&[0, 1, 1_000_000_000, u64::MAX]))),
        _ => {
            let what = [
                MessageHand::Deliver,
                MessageHand::Hold,
                MessageHand::Drop,
                MessageHand::Duplicate,
            ];
            Hand::Message(message(app, dice), dice.one_of(&what))
        }
    }
}

fn go_somewhere(app: &App, dice: &mut Dice) -> Go {
    match dice.below(14) {
        0 => Go::Start,
        1 => Go::End,
        2 | 3 => Go::StepOn,
        4 => Go::StepBack,
        5 => Go::BeatOn,
        6 => Go::BeatBack,
        7 => Go::MomentOn,
        8 => Go::MomentBack,
        9 => Go::Step(StepIndex(dice.below(app.position().last.0 + 3))),
        10 => Go::Beat(dice.below(20) as usize),
        _ => Go::Time(time(app, dice)),
    }
}

fn command(app: &App, dice: &mut Dice) -> Command {
    match dice.below(68) {
        0..14 => Command::Go(go_somewhere(app, dice)),
        14..20 => Command::PlayOrPause,
        20 => Command::Pace(dice.one_of(&[0.0, 0.01, 0.05, 1.0, 20.0, 1e9, f64::NAN, -1.0])),
        21 => Command::SkipQuiet(dice.yes()),
        22..27 => Command::Select(Some(mark(app, dice))),
        27 => Command::Select(None),
        28 => Command::View(dice.one_of(&[View::Ensemble, View::SpaceTime])),
        29 => Command::Beside(dice.one_of(&[None, Some(View::SpaceTime)])),
        30 => Command::Inside(Some(node(app, dice))),
        31..44 => Command::Hand(hand(app, dice)),
        44..46 => Command::Undo,
        46 => Command::Redo,
        47 | 48 => Command::Branch(dice.below(app.branches().len() as u64 + 1) as usize),
        49 => Command::Answer(Answer::Node(node(app, dice))),
        50 => Command::Answer(Answer::Choice(dice.below(6) as usize)),
        51 => Command::SkipQuestion,
        52 => Command::Predict(dice.yes()),
        53 => Command::HideAnswers(dice.yes()),
        54 => {
            let variants = app.variants().1;
            let count = variants.len() as u64;
            let name = variants.get(dice.below(count + 1) as usize);
            Command::Variant(name.map(|it| (*it).into()))
        }
        55 => Command::Seed(dice.below(u64::MAX)),
        56 => Command::Language(dice.one_of(&[Language::En, Language::Zh])),
        57 => Command::Theme(dice.one_of(&[Theme::Light, Theme::Dark])),
        58 => Command::Zoom(dice.below(70_000) as u16),
        59 => Command::Filter(Filter {
            hidden_nodes: vec![node(app, dice)],
            hidden_kinds: vec![dice.below(256) as u8],
        }),
        60 => Command::Search(dice.one_of(&["", "leads", "zxid", "号"]).into()),
        61 => Command::Show(dice.one_of(&[Sheet::Library, Sheet::Search]), dice.yes()),
        62 => dice.one_of(&[0_u8, 1, 2]).pick(),
        63 => Command::Compare(against(app, dice)),
        64 => Command::Stop,
        65 | 66 => Command::GoOn,
        _ => {
            let stretch = Span(dice.below(u64::MAX));
            match dice.yes() {
                true => Command::Stretch(stretch),
                false => Command::Bands(Some((time(app, dice), time(app, dice)))),
            }
        }
    }
}

/// A play to put beside, one that there is not, or none.
fn against(app: &App, dice: &mut Dice) -> Option<Against> {
    let rows = app.comparable();
    let nth = dice.below(rows.len() as u64 + 2) as usize;
    match rows.get(nth) {
        Some(row) => Some(row.against.clone()),
        None => dice
            .yes()
            .then(|| Against::Variant("no such variant".into())),
    }
}

/// Commands that ask for something outside.
trait Pick {
    fn pick(self) -> Command;
}

impl Pick for u8 {
    fn pick(self) -> Command {
        match self {
            0 => Command::Export(ImageKind::Svg),
            1 => Command::Dismiss,
            _ => Command::OpenDialog,
        }
    }
}

fn open(app: &mut App, dice: &mut Dice) {
    let files = scenarios::list();
    let file = &files[dice.below(files.len() as u64) as usize];
    app.apply(Command::OpenShipped(file.name().into()));
    settle(app);
    for _ in 0..dice.below(40) {
        app.tick(Duration::ZERO, 500);
    }
}

/// Everything that panels read.
fn read_all(app: &App) {
    let beats = app.beats();
    assert!(beats.iter().filter(|it| it.current).count() <= 1);
    assert!(app.branches().iter().filter(|it| it.current).count() == 1);
    let _ = (app.narration(), app.why(), app.properties(), app.operator());
    let _ = (app.question(), app.transcript(), app.remarks(), app.busy());
    let _ = (app.bands(900.0, 150.0), app.found(), app.library().len());
    let _ = app.inside_picture(600.0, 400.0);
    let _ = (app.compared(), app.comparable(), app.about_to_change());
    let _ = app.other_picture(600.0, 400.0);
    if let Some(mark) = app.selection() {
        let _ = app.hands(mark);
    }
}

/// The position, the time shown and the world fit each other.
fn fits(app: &App) {
    let (position, session) = (app.position(), app.session());
    assert_eq!(position.step, session.position());
    assert_eq!(position.step, app.world().steps());
    let next = StepIndex(position.step.0 + 1);
    assert!(
        session.time_of(position.step) <= position.time,
        "{position:?}"
    );
    if next <= position.last {
        assert!(position.time <= session.time_of(next), "{position:?}");
    }
    assert!(
        position.time <= position.end.max(session.time_of(position.step)),
        "{position:?}"
    );
}

/// The same picture from before, from behind, and after looking elsewhere.
fn same_either_way(app: &mut App, dice: &mut Dice) {
    let playing = app.playing();
    if playing {
        app.apply(Command::PlayOrPause);
    }
    let here = app.position();
    let there = match app.session().step_at(here.time) == here.step {
        true => Go::Time(here.time),
        false if app.session().time_of(here.step) == here.time => Go::Step(here.step),
        // At a question in the middle of an instant only playing leads.
        false => return,
    };
    go(app, there);
    let expected = seen(app);
    for way in [
        Go::Start,
        Go::End,
        Go::Step(StepIndex(dice.below(here.last.0 + 1))),
    ] {
        go(app, way);
        go(app, there);
        same(&seen(app), &expected);
    }
}

fn same_when_reloaded(app: &mut App) {
    // What was answered is no part of a scenario: questions hide what comes.
    app.apply(Command::Predict(false));
    // Nor is what stands beside it.
    app.apply(Command::Compare(None));
    let text = saved(app);
    let again = reopened(app, &text);
    let (mut there, mut here) = (seen(&again), seen(app));
    if again.position().last != app.position().last {
        // The future that pictures show is not known equally far.
        (there.ensemble, there.space_time) = Default::default();
        (here.ensemble, here.space_time) = Default::default();
    }
    same(&there, &here);
}

/// As `assert_eq`, but tells only what differs.
fn same(there: &Seen, here: &Seen) {
    let place = |it: &Seen| (it.step, it.time, it.fingerprint);
    assert_eq!(place(there), place(here));
    for (there, here) in [
        (&there.ensemble, &here.ensemble),
        (&there.space_time, &here.space_time),
    ] {
        let mut pairs = there.items.iter().zip(&here.items);
        assert_eq!(pairs.find(|(a, b)| a != b), None);
        let mut pairs = there.spots.iter().zip(&here.spots);
        assert_eq!(pairs.find(|(a, b)| a != b), None);
        assert!(there == here);
    }
}

fn number(key: &str, usual: u64) -> u64 {
    let value = std::env::var(key).ok();
    value.map_or(usual, |it| it.parse().expect("a number"))
}

#[test]
fn random_hands() {
    let commands = number("QUORUMSCOPE_HANDS", 2_000);
    let seed = number("QUORUMSCOPE_HANDS_SEED", 1);
    let mut app = App::new(Settings::default());
    let (mut hands, mut reloads) = (0_u64, 0_u64);
    let mut at = 0;
    let run = std::panic::AssertUnwindSafe(|| {
        for nth in 0..commands {
            at = nth;
            // Each round is a play of its own, so that a failure is played again from its round alone.
            let mut dice = Dice(mix(seed) ^ mix(nth));
            if nth % OPEN_EVERY == 0 {
                app = App::new(Settings::default());
                open(&mut app, &mut dice);
            }
            let command = command(&app, &mut dice);
            let is_hand = matches!(command, Command::Hand(_));
            for request in app.apply(command) {
                if let Request::SaveFile { bytes, .. } = request {
                    assert!(!bytes.is_empty());
                }
            }
            hands += u64::from(is_hand && app.trouble().is_none());
            app.tick(
                Duration::from_micros(dice.below(40_000)),
                dice.below(2_000) + 1,
            );
            fits(&app);
            if nth % LOOK_EVERY == 0 {
                settle(&mut app);
                read_all(&app);
                same_either_way(&mut app, &mut dice);
                fits(&app);
            }
            if nth % RELOAD_EVERY == RELOAD_EVERY - 1 {
                settle(&mut app);
                same_when_reloaded(&mut app);
                reloads += 1;
            }
        }
    });
    if let Err(panic) = std::panic::catch_unwind(run) {
        eprintln!("seed {seed}, command {at}: QUORUMSCOPE_HANDS_SEED={seed} plays it again");
        std::panic::resume_unwind(panic);
    }
    eprintln!("{commands} commands, {hands} hands, {reloads} branches saved and reloaded");
    assert!(
        hands * 10 > commands,
        "{hands} hands of {commands} commands"
    );
}
