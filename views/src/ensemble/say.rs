//! The words of cards, and what a screen reader says of them.

use super::card::Card;
use super::face::{Board, Face, Follows, Leads, Live, LogMark};
use crate::draw::spot;
use crate::glyph;
use crate::history::State;
use crate::mark::Mark;
use crate::picture::Picture;
use crate::words::{text as word, with};
use sim_core::explain::Lang;
use sim_core::zookeeper::{LeaderStage, LearnerStage, Phase, ServerState, Sid, SyncKind, Vote};

impl Card<'_> {
    // ---- what is said ----

    pub(super) fn say(&self, picture: &mut Picture) {
        let face = self.face;
        let mut name = format!(
            "{}, {}",
            self.name,
            word(self.lang, glyph::key(face.look.state))
        );
        if face.look.paused {
            name = format!("{name}, {}", word(self.lang, "state.paused"));
        }
        let mut value = Vec::new();
        match &face.live {
            Some(live) => self.values(live, &mut value),
            None => {
                if let (State::NotStarted, Some(at)) = (face.look.state, face.starts) {
                    value.push(with(
                        self.lang,
                        "view.starts_at",
                        &[("time", &seconds(at.0))],
                    ));
                }
                if let Some(code) = face.exit_code {
                    value.push(with(self.lang, "view.exited", &[("code", &code)]));
                }
            }
        }
        if let Some(last) = face.log.last() {
            let key = "view.log_ends";
            value.push(with(self.lang, key, &[("zxid", &last.zxid)]));
        }
        spot(
            picture,
            Mark::Node(face.node),
            self.rect,
            name,
            value.join(self.comma()),
        );
    }

    fn comma(&self) -> &'static str {
        match self.lang {
            Lang::En => ", ",
            Lang::Zh => "，",
        }
    }

    fn values(&self, live: &Live, value: &mut Vec<String>) {
        value.push(phase_word(self.lang, self.face, live));
        value.push(epochs(self.lang, live, true));
        value.push(with(self.lang, "view.last_zxid", &[("zxid", &live.zxid)]));
        if let Some(vote) = &live.vote {
            let vote = vote_in_full(self.lang, vote);
            value.push(format!("{} {vote}", word(self.lang, "view.vote")));
        }
        match &live.board {
            Board::Busy => value.push(word(self.lang, "view.busy").into_owned()),
            Board::Votes(votes) => {
                let key = match votes.by_groups {
                    true => "view.groups_of",
                    false => "view.votes_of",
                };
                let says = [
                    ("count", &votes.count as &dyn core::fmt::Display),
                    ("needed", &votes.needed),
                ];
                value.push(with(self.lang, key, &says));
            }
            Board::Leads(leads) => value.push(leader_words(self.lang, leads)),
            Board::Follows(follows) => value.push(learner_words(self.lang, follows)),
        }
    }
}

/// A span since the start in seconds, without zeros that say nothing.
pub fn seconds(nanos: u64) -> String {
    let text = format!("{}.{:03}", nanos / 1_000_000_000, nanos / 1_000_000 % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} s")
}

/// A server's id; nobody is a dash.
pub fn sid_text(sid: Sid) -> String {
    match sid {
        Sid::NONE => "-".into(),
        sid => sid.to_string(),
    }
}

pub(super) fn vote_text(lang: Lang, vote: &Vote) -> String {
    match vote.leader {
        Sid::NONE => word(lang, "view.nobody").into_owned(),
        leader => format!("{leader} ({}, {})", vote.peer_epoch, vote.zxid),
    }
}

/// A vote with all that is compared in it.
pub fn vote_in_full(lang: Lang, vote: &Vote) -> String {
    if vote.leader == Sid::NONE {
        return word(lang, "view.nobody").into_owned();
    }
    with(
        lang,
        "view.vote_full",
        &[
            ("leader", &vote.leader),
            ("epoch", &vote.peer_epoch),
            ("zxid", &vote.zxid),
            ("round", &vote.round),
        ],
    )
}

pub(super) fn tally(lang: Lang, count: u32, needed: u32, by_groups: bool) -> String {
    match by_groups {
        true => with(
            lang,
            "view.groups",
            &[("count", &count), ("needed", &needed)],
        ),
        false => format!("{count} / {needed}"),
    }
}

/// The epochs, in full or as short as a card needs them.
pub(super) fn epochs(lang: Lang, live: &Live, in_full: bool) -> String {
    let key = match (live.accepted == live.current, in_full) {
        (true, _) => "view.epoch",
        (false, true) => "view.epochs",
        (false, false) => "view.epochs_short",
    };
    let values = [
        ("accepted", &live.accepted as &dyn core::fmt::Display),
        ("current", &live.current),
    ];
    with(lang, key, &values)
}

pub(super) fn phase_word(lang: Lang, face: &Face, live: &Live) -> String {
    let key = match live.phase {
        Phase::Election => "view.phase_election",
        Phase::Discovery => "view.phase_discovery",
        Phase::Synchronization => "view.phase_synchronization",
        Phase::Broadcast => "view.phase_broadcast",
    };
    let phase = word(lang, key);
    match (face.look.state, face.look.serving) {
        (State::Server(ServerState::Looking), _) => {
            format!(
                "{phase} · {}",
                with(lang, "view.round", &[("round", &live.round)])
            )
        }
        (_, true) => format!("{phase} · {}", word(lang, "view.serves")),
        (_, false) => phase.into_owned(),
    }
}

pub(super) fn leader_words(lang: Lang, leads: &Leads) -> String {
    let key = match leads.stage {
        LeaderStage::Opening => "view.leader_opens",
        LeaderStage::Loading => "view.leader_loads",
        LeaderStage::EpochWait => "view.leader_epochs",
        LeaderStage::AckEpochWait | LeaderStage::StoringEpoch(_) => "view.leader_acks",
        LeaderStage::NewLeaderWait => "view.leader_quorum",
        LeaderStage::Serving => "view.leader_serves",
        LeaderStage::Stopping { .. } | LeaderStage::Stopped => "view.leader_stops",
    };
    let epoch = leads
        .epoch
        .map_or_else(|| "-".to_owned(), |it| it.to_string());
    with(
        lang,
        key,
        &[
            ("epoch", &epoch),
            ("count", &leads.count),
            ("needed", &leads.needed),
        ],
    )
}

pub(super) fn learner_words(lang: Lang, follows: &Follows) -> String {
    let key = match follows.stage {
        LearnerStage::Connecting | LearnerStage::Pausing => "view.learner_connects",
        LearnerStage::AwaitLeaderInfo(_) | LearnerStage::StoringAccepted { .. } => {
            "view.learner_epoch"
        }
        LearnerStage::AwaitSync => "view.learner_awaits",
        LearnerStage::Reloading => "view.learner_reloads",
        LearnerStage::Syncing => "view.learner_syncs",
        LearnerStage::StoringEntries
        | LearnerStage::StoringCurrent(_)
        | LearnerStage::Acknowledging => "view.learner_stores",
        LearnerStage::Serving => "view.learner_serves",
        LearnerStage::Failed | LearnerStage::Leaving { .. } => "view.learner_leaves",
    };
    let sync = follows.sync.map_or("", sync_name);
    with(
        lang,
        key,
        &[
            ("leader", &follows.leader),
            ("try", &(follows.tries + 1)),
            ("sync", &sync),
        ],
    )
}

/// As `Leader.java` spells it.
pub const fn sync_name(kind: SyncKind) -> &'static str {
    match kind {
        SyncKind::Diff => "DIFF",
        SyncKind::Trunc => "TRUNC",
        SyncKind::Snap => "SNAP",
    }
}

pub(super) const fn log_mark_key(mark: LogMark) -> &'static str {
    match mark {
        LogMark::Written => "view.entry_written",
        LogMark::Durable => "view.entry_durable",
        LogMark::Applied => "view.entry_applied",
        LogMark::Kept => "view.durable",
    }
}
