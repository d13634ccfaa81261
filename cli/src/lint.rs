//! `quorumscope lint`: what a real server does with a zoo.cfg, and what to do about it.
//!
//! Hands this machine's files to the lint room of the core and draws what comes back. It starts
//! nothing, writes nothing and looks no name up.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;
use sim_core::lint::{
    self, Both, Config, Gravity, Kind, Level, LogLine, Machine, Outcome, Remark, Settings, Verdict,
    cross_check, form_of, place, troubles,
};
use sim_core::zookeeper::Release;

use crate::Lang;
use crate::exit::{Done, Exit, Trouble};
use crate::picture::{self, Place};
use crate::style::{self, Styled};

/// Says what a real server would do with its zoo.cfg: does it start, with which exit code, in which words.
///
/// The dynamic file, `myid` and the data directories are looked at where the file says they are. Several
/// files are one ensemble: their member lists, ids and ports are compared too. Nothing is started or
/// written.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope lint conf/zoo.cfg                       does it start, and if not, why
  quorumscope lint zoo.cfg --myid 1                   a file that is meant for another machine
  quorumscope lint zk1/zoo.cfg zk2/zoo.cfg zk3/zoo.cfg
  quorumscope lint zoo.cfg --release 3.8.0 --format json

Exit codes:
   0  every server starts, and there is nothing to say about it
   1  one does not start, or there are remarks
   2  a file cannot be read, or an argument is wrong")]
pub struct Args {
    /// A zoo.cfg; several of one ensemble.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The release whose start is followed: 3.5.7 or 3.8.0.
    #[arg(long, value_name = "RELEASE", default_value = "3.5.7")]
    release: String,
    /// What `myid` is taken to hold, whatever is on this machine.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    myid: Option<i64>,
    /// A system property of the server's JVM, as `-Dkey=value`.
    #[arg(short = 'D', value_name = "KEY=VALUE")]
    properties: Vec<String>,
    /// A TCP port on which another process listens.
    #[arg(long, value_name = "PORT")]
    taken: Vec<i32>,
    /// Shows the INFO lines too, those that tell a setting or a state.
    #[arg(long)]
    log: bool,
    /// How to tell it.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Ways to tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// This machine, only looked at.
pub struct Disk {
    work_dir: String,
    taken: Vec<i32>,
    /// Files that are read otherwise than they are.
    instead: BTreeMap<String, Vec<u8>>,
}

impl Disk {
    /// This machine, with these ports taken.
    pub fn new(taken: &[i32]) -> Self {
        let work_dir = std::env::current_dir().unwrap_or_else(|_| "/".into());
        Self {
            work_dir: work_dir.to_string_lossy().into_owned(),
            taken: taken.to_vec(),
            instead: BTreeMap::new(),
        }
    }

    /// Reads a file as if this were in it.
    pub fn instead(&mut self, path: &str, bytes: Vec<u8>) {
        self.instead.insert(path.to_owned(), bytes);
    }
}

impl Machine for Disk {
    fn kind(&self, path: &str) -> Kind {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Kind::Dir,
            Ok(_) => Kind::File,
            Err(_) => Kind::Missing,
        }
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let instead = self.instead.get(path).cloned();
        instead.or_else(|| fs::read(path).ok())
    }

    fn list(&self, dir: &str) -> Vec<String> {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// By the permission bits; the kernel's own file systems take nothing whatever they say.
    fn may_write(&self, dir: &str) -> bool {
        let kernels = ["/proc", "/sys"]
            .iter()
            .any(|it| Path::new(dir).starts_with(it));
        let writable = fs::metadata(dir).is_ok_and(|found| !found.permissions().readonly());
        !kernels && writable
    }

    fn work_dir(&self) -> String {
        self.work_dir.clone()
    }

    fn is_taken(&self, port: i32) -> bool {
        self.taken.contains(&port)
    }
}

/// The release of an argument, if its start is known.
pub fn release(name: &str) -> Result<(Release, lint::Form), Trouble> {
    let known = [Release::V3_5_7, Release::V3_8_0];
    let found = known
        .into_iter()
        .find(|release| release.to_string() == name);
    found
        .and_then(|release| Some((release, form_of(release)?)))
        .ok_or_else(|| {
            Trouble::argument(
                format!("the start of release {name} is not known"),
                "3.5.7 and 3.8.0 are",
            )
        })
}

/// One file and what a server does with it.
pub struct Checked {
    /// As the user named it.
    pub name: String,
    /// As the server would be given it.
    pub path: String,
    /// What came of it.
    pub verdict: Verdict,
}

/// Checks files, each of which must be there.
pub fn check(
    names: &[String],
    machine: &Disk,
    form: lint::Form,
    settings: &Settings,
) -> Result<Vec<Checked>, Trouble> {
    let mut checked = Vec::new();
    for name in names {
        let path = machine.absolute(name);
        if let Err(error) = fs::File::open(&path).and_then(|_| fs::read(&path)) {
            let what = format!("it cannot be read: {error}");
            return Err(Trouble::file(Path::new(name), what, "name a zoo.cfg"));
        }
        checked.push(Checked {
            name: name.clone(),
            verdict: lint::check(&[&path], machine, form, settings),
            path,
        });
    }
    Ok(checked)
}

/// Lints.
pub fn lint(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let (release, form) = release(&args.release)?;
    if args.myid.is_some() && args.files.len() > 1 {
        let what = "--myid names one server, and there are several files";
        return Err(Trouble::argument(what, "put a file `myid` into each dataDir").into());
    }
    let mut settings = Settings {
        myid: args.myid,
        ..Settings::default()
    };
    for property in &args.properties {
        let Some((key, value)) = property.split_once('=') else {
            let what = format!("`-D{property}` sets nothing");
            return Err(Trouble::argument(what, "write -Dkey=value").into());
        };
        settings.properties.push((key.into(), value.into()));
    }
    let machine = Disk::new(&args.taken);
    let checked = check(&args.files, &machine, form, &settings)?;
    let configs: Vec<&Config> = checked
        .iter()
        .filter_map(|it| it.verdict.config.as_ref())
        .collect();
    let across = if checked.len() > 1 {
        cross_check(&configs)
    } else {
        Vec::new()
    };
    let told = Told {
        release,
        lang,
        checked: &checked,
    };
    match args.format {
        Format::Text => told.text(&across, args.log, out)?,
        Format::Json => told.json(&across, out)?,
    }
    let quiet = |it: &Checked| {
        it.verdict.remarks.is_empty() && matches!(it.verdict.outcome, Outcome::Runs(_))
    };
    Ok(match across.is_empty() && checked.iter().all(quiet) {
        true => Exit::Passed,
        false => Exit::Failed,
    })
}

/// How it is told.
struct Told<'a> {
    release: Release,
    lang: Lang,
    checked: &'a [Checked],
}

impl Told<'_> {
    fn text(&self, across: &[Remark], all: bool, out: &mut dyn Write) -> io::Result<()> {
        for it in self.checked {
            self.outcome(it, out)?;
            for line in &it.verdict.stderr {
                writeln!(out, "  {} {line}", Styled(style::DIM, "stderr"))?;
            }
            let lines: Vec<&LogLine> = match all {
                true => it.verdict.log.iter().collect(),
                false => troubles(&it.verdict.log).collect(),
            };
            for line in lines {
                self.log_line(line, out)?;
            }
            writeln!(out)?;
            for remark in &it.verdict.remarks {
                self.remark(remark, out)?;
            }
        }
        for remark in across {
            self.remark(remark, out)?;
        }
        let remarks: usize = self.checked.iter().map(|it| it.verdict.remarks.len()).sum();
        let remarks = remarks + across.len();
        match (remarks, self.lang) {
            (0, Lang::En) => writeln!(out, "no remarks"),
            (0, Lang::Zh) => writeln!(out, "没有问题"),
            (_, Lang::En) => writeln!(out, "{}", style::count(remarks, "remark")),
            (_, Lang::Zh) => writeln!(out, "{remarks} 条提示"),
        }
    }

    fn outcome(&self, it: &Checked, out: &mut dyn Write) -> io::Result<()> {
        let release = self.release;
        let (style, text) = match (it.verdict.outcome, self.lang) {
            (Outcome::Runs(how), Lang::En) => (
                style::GOOD,
                format!("ZooKeeper {release} starts: {}", how.name()),
            ),
            (Outcome::Runs(how), Lang::Zh) => (
                style::GOOD,
                format!("ZooKeeper {release} 能启动：{}", how.name()),
            ),
            (Outcome::Exits(code), Lang::En) => (
                style::BAD,
                format!("ZooKeeper {release} does not start: exit code {code}"),
            ),
            (Outcome::Exits(code), Lang::Zh) => (
                style::BAD,
                format!("ZooKeeper {release} 启动不了：退出码 {code}"),
            ),
        };
        writeln!(out, "{}: {}", it.name, Styled(style, &text))
    }

    fn log_line(&self, line: &LogLine, out: &mut dyn Write) -> io::Result<()> {
        let again = match (line.repeats && line.level != Level::More, self.lang) {
            (true, Lang::En) => " (again and again)",
            (true, Lang::Zh) => "（反复出现）",
            (false, _) => "",
        };
        let level = format!("{:<6}", line.level.name());
        writeln!(out, "  {} {}{again}", Styled(style::DIM, &level), line.text)
    }

    /// A text, with the files as the user named them.
    fn said(&self, both: &Both) -> String {
        let text = match self.lang {
            Lang::En => &both.en,
            Lang::Zh => &both.zh,
        };
        let named = |text: String, it: &Checked| text.replace(&it.path, &it.name);
        self.checked.iter().fold(text.clone(), named)
    }

    /// The file of a remark as the user named it.
    fn shown<'b>(&'b self, path: &'b str) -> &'b str {
        let known = self.checked.iter().find(|it| it.path == path);
        known.map_or(path, |it| &it.name)
    }

    fn remark(&self, remark: &Remark, out: &mut dyn Write) -> io::Result<()> {
        let mut found = Place::default().says(self.said(&remark.says));
        if let Some(remedy) = &remark.remedy {
            found = found.remedy(self.said(remedy));
        }
        let grade = match remark.gravity {
            Gravity::Refused => picture::Grade::Error,
            Gravity::Warning => picture::Grade::Warning,
            Gravity::Note => picture::Grade::Note,
        };
        let found = found.grade(grade);
        let path = remark.file.as_deref().unwrap_or_default();
        let bytes = remark.span.and_then(|_| fs::read(path).ok());
        let (Some(bytes), Some(span)) = (bytes, remark.span) else {
            return picture::plain(out, self.shown(path), &found);
        };
        let upto = |at: usize| String::from_utf8_lossy(&bytes[..at.min(bytes.len())]).len();
        let found = found.spans(upto(span.start)..upto(span.end));
        let text = String::from_utf8_lossy(&bytes);
        picture::one(out, self.shown(path), &text, &found)
    }

    fn json(&self, across: &[Remark], out: &mut dyn Write) -> io::Result<()> {
        let files = self.checked.iter().map(|it| {
            let (how, code) = match it.verdict.outcome {
                Outcome::Runs(how) => (Some(how.name()), None),
                Outcome::Exits(code) => (None, Some(code)),
            };
            let log = it.verdict.log.iter().map(|line| {
                serde_json::json!({
                    "level": line.level.name(),
                    "thread": line.thread,
                    "class": line.class,
                    "text": line.text,
                    "repeats": line.repeats,
                })
            });
            serde_json::json!({
                "file": it.name,
                "starts": how.is_some(),
                "state": how,
                "exit_code": code,
                "stderr": it.verdict.stderr,
                "log": log.collect::<Vec<_>>(),
                "remarks": self.remarks(&it.verdict.remarks),
            })
        });
        let all = serde_json::json!({
            "release": self.release.to_string(),
            "files": files.collect::<Vec<_>>(),
            "across": self.remarks(across),
        });
        writeln!(out, "{all:#}")
    }

    fn remarks(&self, remarks: &[Remark]) -> Vec<serde_json::Value> {
        let remark = |remark: &Remark| {
            let path = remark.file.as_deref();
            let bytes = path.and_then(|path| fs::read(path).ok());
            let at = remark
                .span
                .zip(bytes)
                .map(|(span, bytes)| place(&bytes, span.start));
            serde_json::json!({
                "gravity": match remark.gravity {
                    Gravity::Refused => "refused",
                    Gravity::Warning => "warning",
                    Gravity::Note => "note",
                },
                "file": path.map(|path| self.shown(path)),
                "line": at.map(|(line, _)| line),
                "column": at.map(|(_, column)| column),
                "says": self.said(&remark.says),
                "remedy": remark.remedy.as_ref().map(|both| self.said(both)),
            })
        };
        remarks.iter().map(remark).collect()
    }
}
