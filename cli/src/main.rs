//! `quorumscope`: plays, checks and explains ZooKeeper ensembles from scenario files.
//!
//! This crate holds what the core never does: files, threads, clocks, terminals. One file per verb; [`exit`] says how
//! a command ends, [`files`] finds and reads what the user names, [`picture`] draws mistakes. It decides nothing about
//! the simulated servers: that is `sim_core`.

mod check;
mod completions;
mod conform;
mod diff;
mod exit;
mod files;
mod import;
mod json;
mod junit;
mod lint;
mod list;
mod narrate;
mod open;
mod panics;
mod picture;
mod play;
mod replay;
mod report;
mod run;
mod schema;
mod serve;
mod shell;
mod show;
mod state;
mod style;
mod tour;
mod traces;
mod why;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum};
use exit::{Done, Exit, Stop};

/// Plays, checks and explains ZooKeeper ensembles from scenario files.
///
/// Every server is the released one's state machine; every message, disk and clock comes from one seed. The same file
/// and seed always give the same run, so whatever happens can be replayed, compared and explained.
///
/// Without a verb it plays two stories of elections and says what to try next.
#[derive(Debug, Parser)]
#[command(name = "quorumscope", version, styles = style::HELP, max_term_width = 100)]
#[command(subcommand_required = false, after_help = AFTER_HELP)]
struct Cli {
    /// When to colour the output.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// The language of titles, sentences and lessons.
    #[arg(long, global = true, value_enum, default_value = "en")]
    lang: Lang,
    #[command(subcommand)]
    verb: Option<Verb>,
}

const AFTER_HELP: &str = "\
Examples:
  quorumscope                                     two elections, told step by step
  quorumscope list                                what ships with the program
  quorumscope run one-after-another --lang zh           play one of them, in Chinese
  quorumscope check scenarios --seeds 100         play every file with 100 seeds
";

/// The languages of sentences and lessons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 中文.
    Zh,
}

impl Lang {
    /// The core's name for it.
    pub fn of(self) -> sim_core::explain::Lang {
        match self {
            Lang::En => sim_core::explain::Lang::En,
            Lang::Zh => sim_core::explain::Lang::Zh,
        }
    }

    /// The language's key in scenario files.
    pub fn key(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    Run(run::Args),
    Check(check::Args),
    Replay(replay::Args),
    Diff(diff::Args),
    Conform(conform::Args),
    List(list::Args),
    Show(show::Args),
    Shell(shell::Args),
    Open(open::Args),
    Serve(serve::Args),
    Lint(lint::Args),
    Import(import::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

fn main() -> ExitCode {
    panics::install_hook();
    let cli = Cli::parse();
    choice(cli.color).write_global();
    let code = panics::caught(|| settle(act(cli))).unwrap_or(Exit::Defect);
    code.into()
}

fn choice(color: ColorChoice) -> anstream::ColorChoice {
    match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
}

fn act(cli: Cli) -> Done {
    let mut out = BufWriter::new(anstream::stdout().lock());
    let lang = cli.lang;
    let exit = match cli.verb {
        None => tour::tour(lang, &mut out),
        Some(Verb::Run(args)) => run::run(&args, lang, &mut out),
        Some(Verb::Check(args)) => check::check(&args, &mut out),
        Some(Verb::Replay(args)) => replay::replay(&args, lang, &mut out),
        Some(Verb::Diff(args)) => diff::diff(&args, lang, &mut out),
        Some(Verb::List(args)) => list::list(&args, lang, &mut out),
        Some(Verb::Show(args)) => show::show(&args, lang, &mut out),
        Some(Verb::Shell(args)) => shell::shell(&args, lang, &mut out),
        Some(Verb::Open(args)) => open::open(&args),
        Some(Verb::Serve(args)) => serve::serve(&args, cli.lang, &mut out),
        Some(Verb::Conform(args)) => conform::conform(&args, &mut out),
        Some(Verb::Lint(args)) => lint::lint(&args, lang, &mut out),
        Some(Verb::Import(args)) => import::import_files(&args, lang, &mut out),
        Some(Verb::Schema(args)) => schema::schema(&args, &mut out),
        Some(Verb::Completions(args)) => completions::completions(&args, Cli::command(), &mut out),
    };
    // What was found out before a mistake is shown before the mistake.
    let flushed = out.flush();
    let exit = exit?;
    flushed?;
    Ok(exit)
}

/// Turns the end of a verb into an exit code, telling what stopped it.
fn settle(done: Done) -> Exit {
    let mut err = anstream::stderr().lock();
    match done {
        Ok(exit) => exit,
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Passed,
        Err(Stop::Output(error)) => {
            // If even this cannot be written, the exit code has to do.
            let _ = writeln!(
                err,
                "quorumscope: standard output cannot be written: {error}"
            );
            Exit::BadInput
        }
        Err(Stop::Input(trouble)) => {
            let _ = picture::show(&mut err, &trouble);
            Exit::BadInput
        }
    }
}
