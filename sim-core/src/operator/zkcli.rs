//! The shell `zkCli.sh`: a machine that takes lines and answers, and prints.
//!
//! Follows `ZooKeeperMain.java` of releases 3.5.7 and 3.8.0. It has no connection: [`Next`] says what it wants of its client
//! library, and whoever drives it comes back with [`ZkCli::answer`] or [`ZkCli::closed`]. What the library tells on its own
//! (watches, the state of the session) comes in by [`ZkCli::happened`], at any time.

use crate::operator::commands::{self, Call};
use crate::operator::keeper::{Answer, Keeper, Stop};
use crate::operator::line::words;
use crate::operator::printed::Printed;
use crate::operator::release::{ToolRow, row};
use crate::zookeeper::{Op, Release};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What zkCli wants before it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// The answer to an operation: [`ZkCli::answer`].
    Ask(Op),
    /// The end of the session: [`ZkCli::closed`].
    Close,
    /// A new session with these servers (`host:port,…`); the old one, if any, is to be closed first. It does not wait for it:
    /// [`ZkCli::connecting`].
    Connect(Box<str>),
    /// The next line.
    Line,
    /// Nothing: it has ended, with this status.
    Ended(i32),
}

/// What the prompt says about the session (`ZooKeeper.States`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// Has no connection at the moment.
    Connecting,
    /// Has one.
    Connected,
    /// Closed or expired.
    Closed,
    /// An identity was refused.
    AuthFailed,
}

impl Shown {
    /// As the prompt writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Shown::Connecting => "CONNECTING",
            Shown::Connected => "CONNECTED",
            Shown::Closed => "CLOSED",
            Shown::AuthFailed => "AUTH_FAILED",
        }
    }

    const fn is_alive(self) -> bool {
        matches!(self, Shown::Connecting | Shown::Connected)
    }
}

/// What the client library tells on its own (`Watcher.Event`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Happened {
    /// The session has a connection.
    Connected,
    /// The connection is gone.
    Disconnected,
    /// The session has expired.
    Expired,
    /// An identity was refused.
    AuthFailed,
    /// A watch fired.
    Watch {
        /// `NodeCreated`, `NodeDataChanged` …
        kind: &'static str,
        /// Where.
        path: Arc<str>,
        /// The zxid of the change, which releases from 3.9 tell.
        zxid: Option<i64>,
    },
}

/// The shell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ZkCli {
    release: Release,
    row: &'static ToolRow,
    host: Box<str>,
    shown: Shown,
    /// The words of the last line that had any: a line without words repeats it.
    words: Vec<String>,
    history: BTreeMap<i32, String>,
    count: i32,
    print_watches: bool,
    exit_code: i32,
    one_shot: bool,
    running: Option<Running>,
}

/// A command under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Running {
    answers: Vec<Answer>,
    /// It is `quit`: the process ends behind it.
    ends: bool,
    /// It is repeated by `redo`, whose own end follows.
    again: bool,
}

impl ZkCli {
    /// A shell that was started with `-server host`.
    pub fn new(release: Release, host: &str) -> Self {
        Self {
            release,
            row: row(release),
            host: host.into(),
            shown: Shown::Connecting,
            words: Vec::new(),
            history: BTreeMap::new(),
            count: 0,
            print_watches: true,
            exit_code: 0,
            one_shot: false,
            running: None,
        }
    }

    /// The first lines of an interactive shell.
    pub fn greet(&self, print: &mut Printed) {
        print.line(format!("Connecting to {}", self.host));
        print.line("Welcome to ZooKeeper!");
        print.line("JLine support is enabled");
    }

    /// What stands before each line.
    pub fn prompt(&self) -> String {
        format!("[zk: {}({}) {}] ", self.host, self.shown.name(), self.count)
    }

    /// How many lines it has done.
    pub fn count(&self) -> i32 {
        self.count
    }

    /// What the prompt says about the session.
    pub fn shown(&self) -> Shown {
        self.shown
    }

    /// The servers it was told to connect to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The status with which the process ends when its lines do.
    pub fn exit_code(&self) -> i32 {
        self.exit_code
    }

    /// Whether it waits for an answer.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Runs one command given on the command line, whose end is that of the process. Words are as the caller's shell cut
    /// them.
    pub fn one_shot(&mut self, command: &[String], print: &mut Printed) -> Next {
        print.line(format!("Connecting to {}", self.host));
        self.words = command.to_vec();
        self.one_shot = true;
        self.begin(false, print)
    }

    /// Takes a line.
    pub fn line(&mut self, line: &str, print: &mut Printed) -> Next {
        assert!(!self.is_busy(), "a line while the last one is not done");
        if line.is_empty() {
            return Next::Line;
        }
        let found = words(line);
        if !found.is_empty() {
            self.words = found;
        }
        self.history.insert(self.count, line.to_owned());
        self.begin(false, print)
    }

    /// Takes the answer to [`Next::Ask`].
    pub fn answer(&mut self, answer: Answer, print: &mut Printed) -> Next {
        let running = self.running.as_mut().expect("it has asked");
        running.answers.push(answer);
        self.go_on(print)
    }

    /// The session that it wanted closed is closed.
    pub fn closed(&mut self, print: &mut Printed) -> Next {
        let ends = self.running.as_ref().is_some_and(|running| running.ends);
        self.replaced(print);
        if ends {
            return self.end(self.exit_code);
        }
        self.done(0, print)
    }

    /// The session that a new one replaces is closed.
    pub fn replaced(&mut self, print: &mut Printed) {
        if self.shown.is_alive() {
            self.event("Closed", "None", "null", None, print);
            self.shown = Shown::Closed;
        }
    }

    /// The new session that it wanted is on its way.
    pub fn connecting(&mut self, print: &mut Printed) -> Next {
        self.shown = Shown::Connecting;
        self.done(0, print)
    }

    /// The library tells something.
    pub fn happened(&mut self, what: &Happened, print: &mut Printed) {
        let (state, kind, path, zxid, shown) = match what {
            Happened::Connected => ("SyncConnected", "None", "null", None, Shown::Connected),
            Happened::Disconnected => ("Disconnected", "None", "null", None, Shown::Connecting),
            Happened::Expired => ("Expired", "None", "null", None, Shown::Closed),
            Happened::AuthFailed => ("AuthFailed", "None", "null", None, Shown::AuthFailed),
            Happened::Watch { kind, path, zxid } => {
                ("SyncConnected", *kind, &**path, *zxid, self.shown)
            }
        };
        self.shown = shown;
        self.event(state, kind, path, zxid, print);
    }

    fn event(&self, state: &str, kind: &str, path: &str, zxid: Option<i64>, print: &mut Printed) {
        if !self.print_watches {
            return;
        }
        let zxid = match self.release >= TELLS_ZXIDS {
            true => format!(" zxid: {}", zxid.unwrap_or(-1)),
            false => String::new(),
        };
        print.line("\nWATCHER::");
        print.line(format!(
            "\nWatchedEvent state:{state} type:{kind} path:{path}{zxid}"
        ));
    }

    /// Begins the command in `words` (`processZKCmd`).
    fn begin(&mut self, again: bool, print: &mut Printed) -> Next {
        self.running = Some(Running {
            again,
            ..Running::default()
        });
        let Some(name) = self.words.first().cloned() else {
            return self.crash(
                "Exception in thread \"main\" java.lang.NullPointerException",
                print,
            );
        };
        if self.usage_of(&name).is_none() {
            self.print_usage(print);
            print.complain(format!("Command not found: Command not found {name}"));
            return self.done(127, print);
        }
        match name.as_str() {
            "quit" => {
                let running = self.running.as_mut().expect("just begun");
                running.ends = true;
                match self.shown.is_alive() {
                    true => return Next::Close,
                    false => return self.end(self.exit_code),
                }
            }
            "redo" if self.words.len() >= 2 => return self.redo(print),
            "history" => self.print_history(print),
            "printwatches" => match self.words.get(1) {
                Some(word) => self.print_watches = word == "on",
                None => print.line(format!(
                    "printwatches is {}",
                    if self.print_watches { "on" } else { "off" }
                )),
            },
            "connect" => {
                if let Some(host) = self.words.get(1) {
                    self.host = host.as_str().into();
                }
                return Next::Connect(self.host.clone());
            }
            _ => {}
        }
        self.go_on(print)
    }

    /// Plays the command with the answers that are there.
    fn go_on(&mut self, print: &mut Printed) -> Next {
        if !self.shown.is_alive() && self.asks_nothing_yet() {
            print.line("Not connected");
            return self.done(0, print);
        }
        let running = self.running.as_ref().expect("a command is under way");
        let call = Call {
            words: &self.words,
            usage: self.usage_of(&self.words[0]).unwrap_or_default(),
            release: self.release,
            row: self.row,
        };
        let mut printed = Printed::default();
        let mut keeper = Keeper::new(&running.answers, self.row);
        let played = commands::play(&call, &mut keeper, &mut printed);
        match played {
            Err(Stop::Ask(op)) => return Next::Ask(op),
            Err(Stop::Close) => return Next::Close,
            _ => print.append(printed),
        }
        match played {
            Err(Stop::Crash(trace)) => self.crash(&trace, print),
            Err(stop) => {
                let words = commands::complaint(&stop, self.row).expect("what is no error is told");
                print.complain(words);
                self.done(1, print)
            }
            Ok(()) => self.done(0, print),
        }
    }

    fn asks_nothing_yet(&self) -> bool {
        let running = self.running.as_ref();
        running.is_none_or(|running| running.answers.is_empty())
    }

    /// The command is done with this status.
    fn done(&mut self, exit_code: i32, print: &mut Printed) -> Next {
        let running = self.running.take().expect("a command was under way");
        self.exit_code = exit_code;
        if running.again {
            // `redo` itself ends here, and well.
            self.exit_code = 0;
            if !self.shown.is_alive() {
                print.line("Not connected");
            }
        }
        if self.one_shot {
            return self.end(self.exit_code);
        }
        self.count += 1;
        Next::Line
    }

    fn end(&mut self, exit_code: i32) -> Next {
        self.running = None;
        Next::Ended(exit_code)
    }

    /// An exception that nobody catches.
    fn crash(&mut self, trace: &str, print: &mut Printed) -> Next {
        print.complain(trace);
        self.end(1)
    }

    fn redo(&mut self, print: &mut Printed) -> Next {
        let Some(index) = decode(&self.words[1]) else {
            let trace = not_a_number(&self.words[1], self.release);
            return self.crash(&trace, print);
        };
        let again = match index {
            0.. if index < self.count => self.history.get(&index).cloned(),
            _ => None,
        };
        let Some(again) = again else {
            print.complain("Command index out of range");
            return self.done(1, print);
        };
        let found = words(&again);
        if !found.is_empty() {
            self.words = found;
        }
        if self.words[0] == "redo" {
            print.complain("No redoing redos");
            return self.done(1, print);
        }
        self.history.insert(self.count, again);
        self.begin(true, print)
    }

    fn print_history(&self, print: &mut Printed) {
        for number in (self.count - 10).max(0)..=self.count {
            let line = self.history.get(&number).map_or("null", String::as_str);
            print.line(format!("{number} - {line}"));
        }
    }

    fn usage_of(&self, name: &str) -> Option<String> {
        let mut commands = self.row.commands.iter();
        let (name, options) = commands.find(|(known, _)| *known == name)?;
        Some(format!("{name} {options}"))
    }

    fn print_usage(&self, print: &mut Printed) {
        print.complain(self.row.usage);
        for (name, options) in self.row.commands {
            print.complain(format!("\t{name} {options}"));
        }
    }
}

/// Events tell the zxid of the change since ZOOKEEPER-4655.
const TELLS_ZXIDS: Release = Release {
    major: 3,
    minor: 9,
    patch: 0,
};

/// `Integer.decode`: decimal, `0x`, `#` and a leading zero for octal.
fn decode(text: &str) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = ["0x", "0X", "#"]
        .iter()
        .find_map(|mark| digits.strip_prefix(mark));
    let (digits, radix) = match (hex, digits.strip_prefix('0')) {
        (Some(hex), _) => (hex, 16),
        (None, Some(octal)) if !octal.is_empty() => (octal, 8),
        _ => (digits, 10),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let value = i64::from_str_radix(digits, radix).ok()?;
    i32::try_from(if negative { -value } else { value }).ok()
}

/// The exception, and where it came from in the release that was recorded (Java 17).
fn not_a_number(text: &str, release: Release) -> String {
    const FRAMES_3_5_7: &str = "
\tat java.base/java.lang.NumberFormatException.forInputString(NumberFormatException.java:67)
\tat java.base/java.lang.Integer.parseInt(Integer.java:668)
\tat java.base/java.lang.Integer.valueOf(Integer.java:973)
\tat java.base/java.lang.Integer.decode(Integer.java:1458)
\tat org.apache.zookeeper.ZooKeeperMain.processZKCmd(ZooKeeperMain.java:618)
\tat org.apache.zookeeper.ZooKeeperMain.processCmd(ZooKeeperMain.java:588)
\tat org.apache.zookeeper.ZooKeeperMain.executeLine(ZooKeeperMain.java:372)
\tat org.apache.zookeeper.ZooKeeperMain.run(ZooKeeperMain.java:332)
\tat org.apache.zookeeper.ZooKeeperMain.main(ZooKeeperMain.java:294)";
    let frames = if release == Release::V3_5_7 {
        FRAMES_3_5_7
    } else {
        ""
    };
    format!(
        "Exception in thread \"main\" java.lang.NumberFormatException: For input string: \"{text}\"{frames}"
    )
}
