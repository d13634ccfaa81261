//! `quorumscope import`: a scenario from the zoo.cfg of an ensemble.

use std::io::Write;
use std::path::PathBuf;

use sim_core::lint::{Both, Config, Settings, import, mend};

use crate::Lang;
use crate::exit::{Done, Exit, Trouble};
use crate::lint::{Disk, check, release};
use crate::picture::Place;

/// Writes a scenario of the zoo.cfg of an ensemble, ready for `run`.
///
/// Members, roles, groups, weights, tick, limits and session timeouts are taken over, and who shares a
/// machine. The first file's list counts; of further files, the settings in which they differ. What
/// is left out is told on standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope import conf/zoo.cfg > mine.json && quorumscope run mine.json
  quorumscope import zk1/zoo.cfg zk2/zoo.cfg zk3/zoo.cfg --release 3.8.0 -o mine.json")]
pub struct Args {
    /// A zoo.cfg; several of one ensemble.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The release of the servers: 3.5.7 or 3.8.0.
    #[arg(long, value_name = "RELEASE", default_value = "3.5.7")]
    release: String,
    /// Where to write the scenario, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Imports.
pub fn import_files(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let (release, form) = release(&args.release)?;
    let mut machine = Disk::new(&[]);
    let mut checked = check(&args.files, &machine, form, &Settings::default())?;
    let mut err = anstream::stderr().lock();
    let said = |both: &Both| match lang {
        Lang::En => both.en.clone(),
        Lang::Zh => both.zh.clone(),
    };
    for it in checked.iter().filter(|it| !has_list(it)) {
        let (mended, done) = mend(&std::fs::read(&it.path).unwrap_or_default());
        machine.instead(&it.path, mended);
        for both in &done {
            writeln!(err, "{}: {}", it.name, said(both))?;
        }
    }
    if !checked.iter().all(has_list) {
        checked = check(&args.files, &machine, form, &Settings::default())?;
    }
    for it in &checked {
        if !has_list(it) {
            return Err(unreadable(it, lang).into());
        }
    }
    let configs: Vec<&Config> = checked
        .iter()
        .filter_map(|it| it.verdict.config.as_ref())
        .collect();
    let imported = import(&configs, release);
    match &args.output {
        None => out.write_all(imported.scenario.as_bytes())?,
        Some(path) => std::fs::write(path, &imported.scenario).map_err(|error| {
            let what = format!("it cannot be written: {error}");
            Trouble::file(path, what, "name another file, or leave -o out")
        })?,
    }
    for left in &imported.left_out {
        writeln!(err, "{}", said(left))?;
    }
    Ok(Exit::Passed)
}

/// Whether its member list was read.
fn has_list(it: &crate::lint::Checked) -> bool {
    let read = it.verdict.config.as_ref();
    read.is_some_and(|config| config.quorum.is_some())
}

/// What keeps a file from being taken over: the server's own first complaint about it.
fn unreadable(it: &crate::lint::Checked, lang: Lang) -> Trouble {
    let remark = it.verdict.remarks.first();
    let said = |both: &sim_core::lint::Both| match lang {
        Lang::En => both.en.clone(),
        Lang::Zh => both.zh.clone(),
    };
    let what = remark.map_or("its member list cannot be read".to_owned(), |r| {
        said(&r.says)
    });
    let remedy = remark.and_then(|r| r.remedy.as_ref()).map(said);
    let remedy = remedy.unwrap_or_else(|| format!("quorumscope lint {}", it.name));
    let span = remark.and_then(|remark| remark.span);
    let bytes = std::fs::read(&it.path).unwrap_or_default();
    let Some(span) = span else {
        return Trouble::file(it.name.as_ref(), what, remedy);
    };
    let upto = |at: usize| String::from_utf8_lossy(&bytes[..at.min(bytes.len())]).len();
    let place = Place::default().says(what).remedy(remedy);
    Trouble::Text {
        path: it.name.clone().into(),
        places: vec![place.spans(upto(span.start)..upto(span.end))],
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}
