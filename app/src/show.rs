//! What panels read: rows and sentences in the language that is set, each with the mark that it stands for.
//!
//! Plain data, made anew when it is asked for; nothing here is kept. A panel paints it and answers commands.

use crate::command::Hand;
use sim_core::base::{NodeId, SimTime, StepIndex};
use views::mark::Mark;
use views::picture::Picture;
use views::theme::Theme;

/// What the shell must do outside the window: files, clipboard, the address line.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Save these bytes under a name that a person may change.
    SaveFile {
        /// The proposed name.
        name: Box<str>,
        /// What to save.
        bytes: Vec<u8>,
    },
    /// Open a file that was opened before, by its place; its text comes back as
    /// [`OpenText`](crate::command::Command::OpenText).
    OpenPlace(Box<str>),
    /// Ask for a scenario file; its text comes back as [`OpenText`](crate::command::Command::OpenText).
    OpenDialog,
    /// Put a text on the clipboard.
    Clipboard(Box<str>),
    /// Put a fragment (without `#`) behind the address of the page, and the whole link on the clipboard.
    SetLink(Box<str>),
    /// Write a picture in a format and save it.
    Export {
        /// The proposed name, with its ending.
        name: Box<str>,
        /// As what.
        kind: crate::command::ImageKind,
        /// What.
        picture: Picture,
        /// In these colours.
        theme: Theme,
    },
    /// The settings changed: keep their text ([`Settings::to_text`](crate::settings::Settings::to_text)).
    KeepSettings(Box<str>),
}

/// What came of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When the next tick is wanted; `None`: not before the next command.
    pub repaint_after: Option<core::time::Duration>,
    /// Whether work is left that a tick would go on with.
    pub busy: bool,
}

/// Where one stands in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The last step at or before the time shown.
    pub step: StepIndex,
    /// The time shown: at the step or between it and the next one.
    pub time: SimTime,
    /// The last step played so far.
    pub last: StepIndex,
    /// The time of the end: of what was played so far, then of the play.
    pub end: SimTime,
    /// Whether the end of the play is known.
    pub whole: bool,
}

/// A beat of the lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeatRow {
    /// [`Mark::Beat`].
    pub mark: Mark,
    /// When it happened; `None` if the play has not come to it yet.
    pub at: Option<SimTime>,
    /// Right after which step it is shown.
    pub step: Option<StepIndex>,
    /// What is done, or the first words of what is said.
    pub title: String,
    /// Whether it lies before the position.
    pub done: bool,
    /// Whether it is the last one at or before the position.
    pub current: bool,
    /// Whether a hand did it.
    pub by_hand: bool,
}

/// The text under the centre.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narration {
    /// One sentence large: what just happened.
    pub large: String,
    /// One small: what led to it or what comes next.
    pub small: String,
    /// Whether the teacher's switch hides it; then both are empty.
    pub hidden: bool,
    /// The step that the large sentence is about, as a link.
    pub mark: Option<Mark>,
}

/// One hop of the chain of why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Its distance from what was asked about.
    pub depth: u32,
    /// The step that it leads to.
    pub step: StepIndex,
    /// When that was.
    pub at: SimTime,
    /// Whose step.
    pub node: NodeId,
    /// The sentence.
    pub text: String,
    /// Whether it stands further up already.
    pub again: bool,
    /// Whether reasons behind it were left out.
    pub cut: bool,
    /// [`Mark::Step`] of the step: selecting it moves the time there.
    pub mark: Mark,
}

/// Why something is so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// What is explained: the selection in words.
    pub about: String,
    /// The chain, what was asked about first.
    pub hops: Vec<Hop>,
    /// Why there is no chain, if there is none.
    pub nothing: Option<String>,
}

/// How a watched property stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It was promised and broke: a defect.
    Broken,
    /// It broke, and nothing promised it in this run.
    BrokenNotPromised,
    /// It held so far.
    Green,
    /// It held so far, though nothing promises it here.
    GreenNotPromised,
    /// The scenario does not watch it.
    NotWatched,
}

/// A watched property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyRow {
    /// [`Mark::Property`].
    pub mark: Mark,
    /// Its name in scenario files.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub says: String,
    /// How it stands at the position.
    pub standing: Standing,
    /// The values that contradict each other, or what promises it.
    pub reason: String,
    /// The step at which it broke.
    pub step: Option<StepIndex>,
    /// When that was.
    pub at: Option<SimTime>,
}

/// A branch in the tree of branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchRow {
    /// [`Mark::Branch`].
    pub mark: Mark,
    /// The branch it left, and when.
    pub from: Option<(usize, SimTime)>,
    /// Its distance from the root.
    pub depth: u32,
    /// What was done and when.
    pub label: String,
    /// Whether it is shown.
    pub current: bool,
    /// The first step that is not the same as in the branch it left.
    pub differs_at: Option<StepIndex>,
}

/// How a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionState {
    /// It waits for an answer; the play waits too.
    Stands,
    /// It was answered; the right answer shows at this time.
    Answered(SimTime),
    /// The answer shows.
    Revealed,
}

/// A question and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// [`Mark::Ask`].
    pub mark: Mark,
    /// The question.
    pub text: String,
    /// How it stands.
    pub state: QuestionState,
    /// Answers to choose from; empty if the answer is a server on the picture.
    pub choices: Vec<String>,
    /// Whether the answer is given by pointing at a server (or at nobody).
    pub on_picture: bool,
    /// What was answered.
    pub given: Option<crate::command::Answer>,
    /// Whether that was right, once the answer shows.
    pub right: Option<bool>,
    /// The right answer in words, once it shows.
    pub answer: Option<String>,
    /// What many believe instead, once the answer shows and a wrong one was given.
    pub misconception: Option<String>,
    /// Why the answer is right, once it shows.
    pub why: Option<String>,
}

/// Something that went wrong with a file or a link. The picture stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What went wrong, in one sentence.
    pub title: String,
    /// The file, if it was one.
    pub file: Option<Box<str>>,
    /// The places, if there are any.
    pub places: Vec<TroublePlace>,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// A place of a file that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TroublePlace {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The text of that line.
    pub source: Box<str>,
    /// How many characters of it are wrong.
    pub len: u32,
    /// What is wrong.
    pub message: Box<str>,
    /// What would have been right.
    pub expected: Option<Box<str>>,
    /// What to do about it.
    pub remedy: Option<Box<str>>,
}

/// Long work and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Busy {
    /// What is being done.
    pub text: String,
    /// How much is done, from 0 to 1, if that is known.
    pub share: Option<f32>,
    /// For how long it has been done.
    pub since: core::time::Duration,
    /// Steps a second.
    pub rate: u64,
    /// How long it takes from here on, if that can be told.
    pub left: Option<core::time::Duration>,
}

/// A shipped scenario in the table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryRow {
    /// The name that opens it.
    pub name: &'static str,
    /// The folder it stands in.
    pub topic: &'static str,
    /// Its title; its name until it was read.
    pub title: String,
    /// Whether it is one of the front stories.
    pub front: bool,
}

/// A play that can be put beside the one that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareRow {
    /// What asks for it.
    pub against: crate::command::Against,
    /// Its name.
    pub label: String,
    /// Whether it is beside it now.
    pub current: bool,
}

/// Two plays side by side: first the one that is shown, then the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Their names.
    pub names: [String; 2],
    /// Where they part, as far as both were read.
    pub difference: Option<Difference>,
    /// Whether both were read to their ends.
    pub done: bool,
}

/// The first decision that two plays do not share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// When the earlier of the two was taken.
    pub at: SimTime,
    /// By whom.
    pub node: NodeId,
    /// The decision in each play; none where there is nothing like it.
    pub sides: [Option<ComparedSide>; 2],
    /// Both in a sentence.
    pub told: [String; 2],
}

/// A decision of one of two plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedSide {
    /// Its step, in its own play.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// By whom.
    pub node: NodeId,
    /// In a sentence.
    pub text: String,
}

/// A fact that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// [`Mark::Step`].
    pub mark: Mark,
    /// Its step.
    pub step: StepIndex,
    /// When.
    pub at: SimTime,
    /// Its sentence.
    pub text: String,
}

/// A search and what it found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What is looked for.
    pub needle: Box<str>,
    /// In the order of steps.
    pub hits: Vec<Hit>,
    /// The last step that was looked at.
    pub step: StepIndex,
    /// Whether everything was looked at.
    pub done: bool,
    /// Whether there were more than are kept.
    pub more: bool,
}

/// A hand that fits a selection.
#[derive(Clone, Debug, PartialEq)]
pub struct HandRow {
    /// What it does.
    pub hand: Hand,
    /// In words.
    pub label: String,
    /// The key that does it to the selection.
    pub key: Option<char>,
}

/// What an operator's tools would print at one server now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorText {
    /// Whose.
    pub node: Option<NodeId>,
    /// `zkServer.sh status`.
    pub status: String,
    /// The four-letter word `srvr`.
    pub srvr: String,
}
