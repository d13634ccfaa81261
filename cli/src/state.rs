//! The table of states in the terminal.

use std::io::{self, Write};

use anstyle::Style;
use sim_core::engine::NodeStatus;
use sim_core::zookeeper::{ServerState, Zxid};
use views::table::{Live, Row};

use crate::Lang;
use crate::style::{self, Styled};

/// A cell: a text and how it looks.
type Cell = (String, Style);

const PLAIN: Style = Style::new();

/// Prints a row for every server below a heading.
pub fn print(rows: &[Row], lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let heading = match lang {
        Lang::En => [
            "server", "state", "leader", "round", "vote", "epochs", "zxid", "on disk",
        ],
        Lang::Zh => [
            "服务器",
            "状态",
            "Leader",
            "轮次",
            "选票",
            "epoch",
            "zxid",
            "已落盘",
        ],
    };
    let heading = heading.map(|word| (word.to_owned(), style::DIM));
    let lines: Vec<[Cell; 8]> = std::iter::once(heading)
        .chain(rows.iter().map(|row| cells(row, lang)))
        .collect();
    let mut wide = [0; 8];
    for line in &lines {
        for (wide, (text, _)) in wide.iter_mut().zip(line) {
            *wide = style::width(text).max(*wide);
        }
    }
    writeln!(out)?;
    for line in &lines {
        write!(out, "  ")?;
        let mut blanks = 2;
        for ((text, style), wide) in line.iter().zip(wide) {
            if !text.is_empty() {
                write!(out, "{:blanks$}{}", "", Styled(*style, text))?;
                blanks = 0;
            }
            blanks += wide - style::width(text) + 2;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn cells(row: &Row, lang: Lang) -> [Cell; 8] {
    let empty = || (String::new(), PLAIN);
    let name = (row.name.to_string(), style::TITLE);
    let durable = (zxid(row.durable), PLAIN);
    let Some(live) = &row.live else {
        return [
            name,
            (down(row, lang), style::DIM),
            empty(),
            empty(),
            empty(),
            empty(),
            empty(),
            durable,
        ];
    };
    let number = |it: Option<String>| (it.unwrap_or_default(), PLAIN);
    [
        name,
        state(row, live, lang),
        number(live.leader().map(|leader| leader.to_string())),
        number(live.round.map(|round| round.to_string())),
        number(
            live.vote
                .map(|vote| format!("{} {} e{}", vote.leader, vote.zxid, vote.peer_epoch)),
        ),
        (
            format!("{}/{}", live.current_epoch, live.accepted_epoch),
            PLAIN,
        ),
        (live.zxid.to_string(), PLAIN),
        durable,
    ]
}

fn zxid(zxid: Option<Zxid>) -> String {
    zxid.map_or_else(|| "–".to_owned(), |zxid| zxid.to_string())
}

fn down(row: &Row, lang: Lang) -> String {
    match (row.exit_code, lang) {
        (Some(code), Lang::En) => format!("ended ({code})"),
        (Some(code), Lang::Zh) => format!("已退出（{code}）"),
        (None, Lang::En) => "down".to_owned(),
        (None, Lang::Zh) => "未运行".to_owned(),
    }
}

fn state(row: &Row, live: &Live, lang: Lang) -> Cell {
    let (name, style) = match live.state {
        ServerState::Looking => ("LOOKING", style::LOOKING),
        ServerState::Following => ("FOLLOWING", style::FOLLOWING),
        ServerState::Leading => ("LEADING", style::LEADING),
        ServerState::Observing => ("OBSERVING", style::OBSERVING),
        ServerState::Standalone => ("STANDALONE", style::LEADING),
    };
    let remark = match (row.status, live.state, live.serving, lang) {
        (NodeStatus::Paused, _, _, Lang::En) => ", stopped",
        (NodeStatus::Paused, _, _, Lang::Zh) => "，暂停",
        (_, ServerState::Looking, _, _) | (_, _, true, _) => "",
        (_, _, false, Lang::En) => ", not serving",
        (_, _, false, Lang::Zh) => "，未服务",
    };
    (format!("{name}{remark}"), style)
}
