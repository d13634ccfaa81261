//! The process of a server while it starts: its system properties, its log, its standard error.

use super::machine::Machine;
use super::remark::{Gravity, Remark};
use super::thrown::Thrown;
use std::collections::BTreeMap;

/// The releases whose start is known; what differs between them is asked of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// 3.5.7.
    V3_5,
    /// 3.8.0.
    V3_8,
}

/// A level of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// INFO.
    Info,
    /// WARN.
    Warn,
    /// ERROR.
    Error,
    /// Belongs to the line before: an exception.
    More,
}

impl Level {
    /// As the log writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
            Level::More => "",
        }
    }
}

/// A line of the server's log: every warning and error, and the INFO lines that tell a setting or a
/// state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Its level.
    pub level: Level,
    /// The thread, as its name is in the log.
    pub thread: String,
    /// The class.
    pub class: &'static str,
    /// What it says.
    pub text: String,
    /// Whether it comes again and again as long as the server runs.
    pub repeats: bool,
}

/// The process.
pub struct Jvm<'a> {
    /// Where it runs.
    pub machine: &'a dyn Machine,
    /// The release.
    pub form: Form,
    /// System properties.
    pub props: BTreeMap<String, String>,
    /// `standaloneEnabled`, a static of the class.
    pub standalone_enabled: bool,
    /// `reconfigEnabled`, likewise.
    pub reconfig_enabled: bool,
    /// What the file `myid` is taken to hold, whatever is on disk.
    pub myid: Option<i64>,
    /// The log.
    pub log: Vec<LogLine>,
    /// Standard error.
    pub stderr: Vec<String>,
    /// Our remarks.
    pub remarks: Vec<Remark>,
    /// The thread that logs.
    pub thread: String,
}

impl<'a> Jvm<'a> {
    /// A process that has just begun.
    pub fn new(machine: &'a dyn Machine, form: Form) -> Self {
        Self {
            machine,
            form,
            props: BTreeMap::new(),
            standalone_enabled: true,
            reconfig_enabled: false,
            myid: None,
            log: Vec::new(),
            stderr: Vec::new(),
            remarks: Vec::new(),
            thread: "main".into(),
        }
    }

    /// Logs a line.
    pub fn log(&mut self, level: Level, class: &'static str, text: impl Into<String>) {
        self.log.push(LogLine {
            level,
            thread: self.thread.clone(),
            class,
            text: text.into(),
            repeats: false,
        });
    }

    /// Logs an INFO line.
    pub fn info(&mut self, class: &'static str, text: impl Into<String>) {
        self.log(Level::Info, class, text);
    }

    /// Logs a WARN line.
    pub fn warn(&mut self, class: &'static str, text: impl Into<String>) {
        self.log(Level::Warn, class, text);
    }

    /// Logs a line with an exception.
    pub fn failed(&mut self, level: Level, class: &'static str, text: &str, thrown: &Thrown) {
        self.log(level, class, text);
        for text in thrown.lines() {
            self.log.push(LogLine {
                level: Level::More,
                thread: String::new(),
                class: "",
                text,
                repeats: false,
            });
        }
    }

    /// Marks the lines from this one on as coming again and again.
    pub fn repeats_from(&mut self, first: usize) {
        for line in &mut self.log[first..] {
            line.repeats = true;
        }
    }

    /// Keeps a remark, once.
    pub fn remark(&mut self, remark: Remark) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// Keeps the remark that an exception carries: it is why the server does not start.
    pub fn blame(&mut self, thrown: &Thrown) {
        if let Some(remark) = &thrown.remark {
            let mut remark = (**remark).clone();
            remark.gravity = Gravity::Refused;
            self.remark(remark);
        }
    }

    /// A system property as a truth value (`Boolean.getBoolean`, or with a default).
    pub fn flag(&self, key: &str, default: bool) -> bool {
        let value = self.props.get(key);
        value.map_or(default, |value| super::java::parse_boolean(value))
    }

    /// A system property as a number (`Integer.getInteger`).
    pub fn number(&self, key: &str, default: i32) -> i32 {
        let value = self.props.get(key);
        let number = value.and_then(|value| super::java::parse_int(value).ok());
        number.unwrap_or(default)
    }
}
