//! Everything that a hand can ask for. Panels and keys make commands; only `App::apply` acts on them.
//!
//! Commands are plain data without egui types, so that a test can drive the window without one and a list of them can
//! be kept and played again.

use sim_core::base::{NodeId, SimTime, Span, StepIndex};
use views::mark::{Mark, MessageId};
use views::theme::Theme;

/// What a hand asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Moves in time.
    Go(Go),
    /// Plays, or stops playing.
    PlayOrPause,
    /// Sets the pace: simulated seconds per second of the wall, from 1/100 to 100.
    Pace(f64),
    /// Whether playing leaps over quiet spans to the next interesting moment.
    SkipQuiet(bool),
    /// Selects something; the right side explains it.
    Select(Option<Mark>),
    /// Shows a view in the centre.
    View(View),
    /// Shows a second view beside the first, or none.
    Beside(Option<View>),
    /// Shows the inside of a node, or closes it.
    Inside(Option<NodeId>),
    /// Does something to the simulated world at this moment, in a new branch.
    Hand(Hand),
    /// Takes back what a hand did last in this branch.
    Undo,
    /// Does again what was taken back.
    Redo,
    /// Goes to another branch.
    Branch(usize),
    /// Answers the question that stands.
    Answer(Answer),
    /// Goes on without an answer.
    SkipQuestion,
    /// Whether questions are asked before what they ask about is shown.
    Predict(bool),
    /// Whether answers and narration are hidden until they are asked for.
    HideAnswers(bool),
    /// Opens a shipped scenario by name.
    OpenShipped(Box<str>),
    /// Opens the text of a file.
    OpenText {
        /// Its name.
        name: Box<str>,
        /// What is in it.
        text: Box<str>,
    },
    /// Opens what a link's fragment carries.
    OpenLink(Box<str>),
    /// Plays another variant of the scenario.
    Variant(Option<Box<str>>),
    /// Plays it from another seed.
    Seed(u64),
    /// Puts another play beside the one that is shown, or takes it away.
    Compare(Option<Against>),
    /// Stops long work: what is being played, a search. What was done so far stays.
    Stop,
    /// Goes on with a play that was stopped.
    GoOn,
    /// Opens a file that was opened before, by its place.
    OpenRecent(Box<str>),
    /// Tells that a file could not be read.
    Unreadable {
        /// Its name or place.
        name: Box<str>,
        /// Why not.
        why: Unreadable,
    },
    /// Asks for a file by a dialog.
    OpenDialog,
    /// Saves the branch as a scenario file.
    Save,
    /// Puts a link to this scenario and moment on the clipboard.
    CopyLink,
    /// Exports the picture of the centre.
    Export(ImageKind),
    /// Another language.
    Language(Language),
    /// Another theme.
    Theme(Theme),
    /// Another zoom, in percent from 100 to 250.
    Zoom(u16),
    /// Whether nothing moves by itself.
    ReducedMotion(bool),
    /// Opens or closes something beside the lesson.
    Show(Sheet, bool),
    /// Which nodes and messages the space-time view shows.
    Filter(Filter),
    /// The stretch of time that the bands show; all of it if none is given.
    Bands(Option<(SimTime, SimTime)>),
    /// How much time the space-time view shows.
    Stretch(Span),
    /// Finds facts that contain these letters; none end the search.
    Search(Box<str>),
    /// Shows what is hidden by the teacher's switch, until time moves.
    Reveal,
    /// Puts away what went wrong with a file or a link.
    Dismiss,
}

/// A move in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// To the start.
    Start,
    /// To the end.
    End,
    /// One step on.
    StepOn,
    /// One step back.
    StepBack,
    /// To the next beat of the lesson.
    BeatOn,
    /// To the beat before.
    BeatBack,
    /// To the next interesting moment.
    MomentOn,
    /// To the interesting moment before.
    MomentBack,
    /// Right after a step.
    Step(StepIndex),
    /// To a time.
    Time(SimTime),
    /// To a beat by its position.
    Beat(usize),
}

/// What fills the centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    /// Servers, votes, messages.
    #[default]
    Ensemble,
    /// A line a node, an arrow a message.
    SpaceTime,
}

/// What lies over or beside the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sheet {
    /// The table of contents of shipped scenarios.
    Library,
    /// The keys.
    Keys,
    /// The tree of branches.
    Branches,
    /// The search for facts.
    Search,
    /// The left side.
    Left,
    /// The right side.
    Right,
    /// The scenario's text with what hands added.
    Source,
    /// What can be put beside the play that is shown.
    Compare,
}

/// What a hand does to the simulated world.
#[derive(Clone, Debug, PartialEq)]
pub enum Hand {
    /// Kills a process.
    Crash(NodeId),
    /// Cuts the power of its host.
    PowerLoss(NodeId),
    /// Starts it.
    Start(NodeId),
    /// Kills and starts it.
    Restart(NodeId),
    /// Stops the process where it stands.
    Pause(NodeId),
    /// Lets it go on.
    Resume(NodeId),
    /// Removes what is on its disk, if it is down.
    Wipe(NodeId),
    /// Moves its wall clock by so many nanoseconds.
    WallJump(NodeId, i64),
    /// Makes its clocks run fast or slow, in parts per million.
    Drift(NodeId, i32),
    /// Cuts a direction.
    Cut(NodeId, NodeId),
    /// Cuts both directions.
    CutBoth(NodeId, NodeId),
    /// Makes both directions whole again.
    Heal(NodeId, NodeId),
    /// Does something to a message on its way.
    Message(MessageId, MessageHand),
    /// Lets a client create a node.
    Create {
        /// Which client.
        client: NodeId,
        /// Path.
        path: Box<str>,
        /// Data.
        data: Box<str>,
    },
    /// Lets a client set a node's data.
    Set {
        /// Which client.
        client: NodeId,
        /// Path.
        path: Box<str>,
        /// Data.
        data: Box<str>,
    },
    /// Does nothing for so long: lets a play that was at its end go on.
    Wait(Span),
}

/// What a hand does to a message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageHand {
    /// It arrives now.
    Deliver,
    /// It waits until it is delivered by hand.
    Hold,
    /// It is lost.
    Drop,
    /// It arrives twice.
    Duplicate,
}

/// What is put beside the play that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// Another branch, by its number in the tree.
    Branch(usize),
    /// Another variant, with what hands did in this branch.
    Variant(Box<str>),
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// There is none.
    Absent,
    /// This person may not read it.
    Forbidden,
    /// It is longer than a window opens.
    TooLong,
    /// It is no text in UTF-8.
    NotText,
    /// As the system says.
    Told(Box<str>),
}

/// An answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This server.
    Node(NodeId),
    /// Nobody.
    Nobody,
    /// The choice of this position.
    Choice(usize),
}

/// A format of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// Scalable, with text.
    Svg,
    /// Pixels.
    Png,
}

/// A language of the window.
pub type Language = sim_core::explain::Lang;

/// What the space-time view shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Nodes that are left out.
    pub hidden_nodes: Vec<NodeId>,
    /// Numbers of message kinds that are left out.
    pub hidden_kinds: Vec<u8>,
}
