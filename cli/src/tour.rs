//! What the program does without a verb: two stories of elections, and what to try next.

use std::io::Write;

use sim_core::scenario::PlayOptions;

use crate::exit::{Done, Exit};
use crate::style::{self, Styled};
use crate::{Lang, files, play, run};

/// Plays the two stories.
pub fn tour(lang: Lang, out: &mut dyn Write) -> Done {
    let mut exit = Exit::Passed;
    for name in scenarios::FRONT {
        let scenario = play::parse(&files::scenario(name)?)?;
        let command = format!("quorumscope run {name}");
        writeln!(
            out,
            "{} {}\n",
            Styled(style::DIM, "$"),
            Styled(style::CODE, command)
        )?;
        let variant = play::variants(&scenario).into_iter().next().flatten();
        let options = PlayOptions {
            variant,
            ..PlayOptions::default()
        };
        let outcome = run::told(&scenario, &options, lang, false, &mut (), out)?;
        exit = exit.max(play::exit(&outcome));
        writeln!(out, "\n")?;
    }
    next(lang, out)?;
    Ok(exit)
}

fn next(lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let [first, second] = scenarios::FRONT;
    let (heading, lines) = match lang {
        Lang::En => (
            "Try next",
            [
                (
                    format!("quorumscope run {second} --why 2-leads"),
                    "why server 2 leads, back to the disks",
                ),
                (
                    format!("quorumscope run {first} --seed 7 --all"),
                    "other delays, every fact",
                ),
                (
                    format!("quorumscope run {first} --lang zh"),
                    "the same in Chinese",
                ),
                (
                    "quorumscope list".to_owned(),
                    "all scenarios; `show NAME` says what one teaches",
                ),
                (
                    "quorumscope list --claims".to_owned(),
                    "what courses claim, and how it compares with real servers",
                ),
                (
                    format!("quorumscope show {first} --source"),
                    "a scenario file, to change and run",
                ),
            ],
        ),
        Lang::Zh => (
            "接下来可以试试",
            [
                (
                    format!("quorumscope run {second} --why 2-leads --lang zh"),
                    "服务器 2 为何成为 Leader，一直追到磁盘",
                ),
                (
                    format!("quorumscope run {first} --seed 7 --all --lang zh"),
                    "换一组延迟，列出每个事实",
                ),
                (format!("quorumscope run {first}"), "同一个故事的英文版"),
                (
                    "quorumscope list --lang zh".to_owned(),
                    "全部场景；`show 名字` 说明它讲什么",
                ),
                (
                    "quorumscope list --claims".to_owned(),
                    "教程里的说法，与真实服务器对照",
                ),
                (
                    format!("quorumscope show {first} --source"),
                    "场景文件本身，可以改了再运行",
                ),
            ],
        ),
    };
    writeln!(out, "{}", Styled(style::TITLE, heading))?;
    let wide = lines
        .iter()
        .map(|(command, _)| style::width(command))
        .max()
        .unwrap_or(0);
    for (command, what) in lines {
        writeln!(
            out,
            "  {}  {what}",
            Styled(style::CODE, style::pad(&command, wide))
        )?;
    }
    Ok(())
}
