//! What is shown, as text: for a page that tells it beside the canvas, because a canvas says nothing to a screen reader.
//!
//! Read from the app alone, in the language that is set; the shell only puts it into its page. What the teacher's switch
//! hides in the window is hidden here too.

use app::App;
use app::show::{Narration, Question, QuestionState};
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
    /// The question that stands with its choices, or that waits; before it the answers that show now.
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
        let stands = app
            .question()
            .is_some_and(|it| it.state == QuestionState::Stands);
        // As in the window, a question stands in the place of the sentence.
        let narration = match stands {
            true => Narration::default(),
            false => app.narration(),
        };
        let hides = narration.hidden || stands;
        let (about, why) = match hides {
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
            question: question(app, lang),
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
            happened: match hides {
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

fn question(app: &App, lang: Lang) -> Vec<String> {
    let word = |key| words::text(lang, key).into_owned();
    let asked = match app.question() {
        Some(it) if it.state == QuestionState::Stands => {
            let point = it.on_picture.then(|| word("ask.point"));
            core::iter::once(it.text)
                .chain(point)
                .chain(it.choices)
                .collect()
        }
        Some(it) if matches!(it.state, QuestionState::Answered(_)) => {
            vec![it.text, word("ask.wait")]
        }
        _ => Vec::new(),
    };
    let shown = app.revealed();
    let shown = shown.into_iter().flat_map(|it| revealed(it, lang));
    shown.chain(asked).collect()
}

/// An answer that shows, after whether it was given, with the belief behind a wrong one.
fn revealed(it: Question, lang: Lang) -> impl Iterator<Item = String> {
    let answer = it.answer.unwrap_or_default();
    let first = match it.right {
        Some(right) => {
            let key = if right { "ask.right" } else { "ask.wrong" };
            format!("{} {answer}", words::text(lang, key))
        }
        None => answer,
    };
    core::iter::once(first)
        .chain(it.misconception)
        .chain(it.why)
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

#[cfg(test)]
mod tests {
    use super::*;
    use app::command::{Answer, Command, Go, Language};
    use app::{Settings, command::Hand};
    use core::time::Duration;
    use sim_core::base::NodeId;
    use views::mark::Mark;

    fn app(predict: bool) -> App {
        let mut app = App::new(Settings {
            predict,
            reduced_motion: true,
            ..Settings::default()
        });
        app.apply(Command::OpenShipped("one-after-another".into()));
        while app.tick(Duration::ZERO, 100_000).busy {}
        app
    }

    fn at(app: &mut App, go: Go) -> Transcript {
        app.apply(Command::Go(go));
        while app.tick(Duration::ZERO, 100_000).busy {}
        Transcript::of(app)
    }

    /// The lesson and the course it is from: the third of five servers is the first to have a quorum, and leads.
    #[test]
    fn the_table_tells_who_leads_in_both_languages() {
        let mut app = app(false);
        let end = at(&mut app, Go::End);
        let names: Vec<&str> = end.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["zk1", "zk2", "zk3", "zk4", "zk5"]);
        let leads = |text: &Transcript| -> Vec<String> {
            let leading = |row: &&Vec<String>| row[1].contains("LEADING");
            let rows = text.rows.iter().filter(leading);
            rows.map(|row| row[0].clone()).collect()
        };
        assert_eq!(leads(&end), ["zk3"]);
        assert!(end.rows.iter().all(|row| row.len() == end.head.len()));
        app.apply(Command::Language(Language::Zh));
        let chinese = Transcript::of(&app);
        assert_eq!(leads(&chinese), ["zk3"]);
        assert_eq!((chinese.step, chinese.time_ns), (end.step, end.time_ns));
        assert_ne!(chinese.head, end.head);
        assert_ne!(chinese.large, end.large);
    }

    #[test]
    fn the_same_moment_reads_the_same_whichever_way_one_comes() {
        let mut app = app(false);
        at(&mut app, Go::End);
        let last = at(&mut app, Go::StepBack);
        let before = at(&mut app, Go::StepBack);
        assert_eq!(before.step + 1, last.step);
        assert_ne!(before.happened, last.happened);
        assert_eq!(at(&mut app, Go::StepOn), last);
        at(&mut app, Go::Start);
        at(&mut app, Go::End);
        assert_eq!(at(&mut app, Go::StepBack), last);
    }

    #[test]
    fn a_server_that_was_killed_is_down_and_its_disk_is_told() {
        let mut app = app(false);
        let before = at(&mut app, Go::End);
        app.apply(Command::Hand(Hand::Crash(NodeId(0))));
        while app.tick(Duration::ZERO, 100_000).busy {}
        let after = Transcript::of(&app);
        assert_ne!(before.rows[0], after.rows[0]);
        assert_eq!(after.rows[0][1], words::text(Lang::En, "state.down"));
        assert_eq!(after.rows[0][2], "", "nobody votes who is down");
    }

    #[test]
    fn what_is_asked_about_is_not_told_before_the_answer() {
        let mut app = app(true);
        let question = loop {
            at(&mut app, Go::BeatOn);
            match app.question() {
                Some(it) if it.state == QuestionState::Stands => break it,
                _ => {}
            }
        };
        let text = Transcript::of(&app);
        assert_eq!(text.question[0], question.text);
        for choice in &question.choices {
            assert!(text.question.contains(choice), "{choice}");
        }
        let hidden = [&text.large, &text.small, &text.about];
        assert!(hidden.into_iter().all(String::is_empty), "{text:?}");
        assert!(text.why.is_empty() && text.happened.is_empty(), "{text:?}");
        app.apply(Command::Answer(match question.on_picture {
            true => Answer::Nobody,
            false => Answer::Choice(0),
        }));
        // Then the story tells it, sooner or later.
        for _ in 0..40 {
            let told = app
                .revealed()
                .into_iter()
                .find(|it| it.mark == question.mark);
            if let Some(answer) = told.and_then(|it| it.answer) {
                let lines = Transcript::of(&app).question;
                assert!(lines.iter().any(|it| it.ends_with(&answer)), "{lines:?}");
                return;
            }
            app.apply(Command::Go(Go::MomentOn));
            while app.tick(Duration::ZERO, 100_000).busy {}
        }
        panic!("the answer never came");
    }

    #[test]
    fn the_teachers_switch_hides_what_it_hides_in_the_window() {
        let mut app = app(false);
        at(&mut app, Go::End);
        app.apply(Command::Select(Some(Mark::Node(NodeId(2)))));
        assert!(!Transcript::of(&app).large.is_empty());
        app.apply(Command::HideAnswers(true));
        let text = Transcript::of(&app);
        assert!(text.large.is_empty() && text.small.is_empty(), "{text:?}");
        assert!(text.why.is_empty() && text.happened.is_empty(), "{text:?}");
        assert_eq!(
            text.rows.len(),
            5,
            "the picture stays, and so does its table"
        );
    }

    #[test]
    fn a_bad_link_is_told_with_its_remedy() {
        let mut app = app(false);
        app.apply(Command::OpenLink("#q1.broken".into()));
        let trouble = app.trouble().expect("it is bad").clone();
        let told = Transcript::of(&app).trouble;
        assert_eq!(told.first(), Some(&trouble.title));
        assert_eq!(told.last().cloned(), trouble.remedy.or(Some(trouble.title)));
    }
}
