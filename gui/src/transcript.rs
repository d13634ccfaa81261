//! What is shown, as text: for a page that tells it beside the canvas, because a canvas says nothing to a screen reader.
//!
//! Read from the app alone, in the language that is set; the shell only puts it into its page. What the teacher's switch
//! hides in the window is hidden here too.

use app::App;
use sim_core::base::SimTime;
use sim_core::engine::NodeStatus;
use sim_core::explain::Lang;
use sim_core::zookeeper::ServerState;
use views::table::{self, Live, Row};
use views::words;

/// The window in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The title of the lesson.
    pub title: String,
    /// Where one stands in time.
    pub place: String,
    /// The step, for whoever compares two moments.
    pub step: u64,
    /// The time shown, in nanoseconds, for the same.
    pub time_ns: u64,
    /// What just happened.
    pub large: String,
    /// What led to it or what comes next.
    pub small: String,
    /// The question that stands, with its choices.
    pub question: Vec<String>,
    /// What is wrong with a file or a link.
    pub trouble: Vec<String>,
    /// The heading of the table of servers.
    pub head: Vec<String>,
    /// A row for every server.
    pub rows: Vec<Vec<String>>,
    /// What is explained.
    pub about: String,
    /// The chain of why.
    pub why: Vec<String>,
    /// Everything that happened in this step.
    pub happened: Vec<String>,
}

impl Transcript {
    /// What the app shows now.
    pub fn of(app: &App) -> Self {
        let lang = app.language();
        let position = app.position();
        let narration = app.narration();
        let (about, why) = match narration.hidden {
            true => Default::default(),
            false => chain(app),
        };
        Self {
            title: app.title().to_owned(),
            place: place(app, lang),
            step: position.step.0,
            time_ns: position.time.0,
            large: narration.large,
            small: narration.small,
            question: question(app),
            trouble: trouble(app),
            head: HEAD
                .iter()
                .map(|key| words::text(lang, key).into_owned())
                .collect(),
            rows: table::rows(app.world())
                .iter()
                .map(|it| cells(it, lang))
                .collect(),
            about,
            why,
            happened: match narration.hidden {
                true => Vec::new(),
                false => app.transcript(),
            },
        }
    }
}

const HEAD: [&str; 5] = [
    "web.server",
    "web.state",
    "web.vote",
    "web.epoch",
    "web.zxid",
];

fn place(app: &App, lang: Lang) -> String {
    let it = app.position();
    let (time, end) = (seconds(it.time), seconds(it.end));
    let values: [(&str, &dyn core::fmt::Display); 4] = [
        ("time", &time),
        ("end", &end),
        ("step", &it.step.0),
        ("last", &it.last.0),
    ];
    words::with(lang, "web.place", &values)
}

fn seconds(at: SimTime) -> String {
    let millis = at.0 / 1_000_000;
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

fn question(app: &App) -> Vec<String> {
    let Some(it) = app.question() else {
        return Vec::new();
    };
    let revealed = [it.answer, it.misconception, it.why];
    core::iter::once(it.text)
        .chain(it.choices)
        .chain(revealed.into_iter().flatten())
        .collect()
}

fn trouble(app: &App) -> Vec<String> {
    let Some(it) = app.trouble() else {
        return Vec::new();
    };
    let places = it
        .places
        .iter()
        .map(|at| format!("{}:{}: {}", at.line, at.column, at.message));
    core::iter::once(it.title.clone())
        .chain(places)
        .chain(it.remedy.clone())
        .collect()
}

fn chain(app: &App) -> (String, Vec<String>) {
    let why = app.why();
    let hops = why
        .hops
        .iter()
        .map(|hop| format!("{} s: {}", seconds(hop.at), hop.text));
    (why.about, hops.chain(why.nothing).collect())
}

fn cells(row: &Row, lang: Lang) -> Vec<String> {
    let Some(live) = &row.live else {
        let zxid = row.durable.map(|it| it.to_string()).unwrap_or_default();
        let down = words::text(lang, "state.down").into_owned();
        return vec![
            row.name.to_string(),
            down,
            String::new(),
            String::new(),
            zxid,
        ];
    };
    let vote = live
        .vote
        .map(|it| format!("{} {} e{}", it.leader, it.zxid, it.peer_epoch));
    vec![
        row.name.to_string(),
        state(row, live, lang),
        vote.unwrap_or_default(),
        live.current_epoch.to_string(),
        live.zxid.to_string(),
    ]
}

fn state(row: &Row, live: &Live, lang: Lang) -> String {
    let key = match live.state {
        ServerState::Looking => "state.looking",
        ServerState::Following => "state.following",
        ServerState::Leading => "state.leading",
        ServerState::Observing => "state.observing",
        ServerState::Standalone => "state.standalone",
    };
    let mut text = words::text(lang, key).into_owned();
    if row.status == NodeStatus::Paused {
        text.push_str(" · ");
        text.push_str(&words::text(lang, "state.paused"));
    }
    text
}
