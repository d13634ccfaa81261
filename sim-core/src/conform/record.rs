//! The records of `elections.jsonl` and `runs.jsonl` as they are written.
//!
//! Only what is replayed is read; fields that nobody compares (notifications, notes, modes) are
//! skipped without being looked at. Values are checked as they are read, so that a mistake is
//! reported where it stands.

use super::case::{Decision, Outcome};
use crate::zookeeper::{Epoch, Round, ServerState, Sid, Vote, Zxid};
use core::fmt;
use core::ops::RangeInclusive;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use std::collections::BTreeMap;

/// What a line is taken for, told by the keys that are there.
#[derive(Deserialize)]
pub(super) struct Probe {
    #[serde(default)]
    pub pattern: Option<IgnoredAny>,
    #[serde(default)]
    pub votes_sequence: Option<IgnoredAny>,
    #[serde(default)]
    pub scenario: Option<String>,
    #[serde(default)]
    pub servers: Option<IgnoredAny>,
    #[serde(default)]
    pub kind: Option<String>,
}

/// A whole number within bounds, so that no recording can ask for absurd disks or waits.
fn bounded<'de, D: Deserializer<'de>>(
    from: D,
    range: RangeInclusive<i64>,
    what: &'static str,
) -> Result<i64, D::Error> {
    let value = i64::deserialize(from)?;
    if range.contains(&value) {
        Ok(value)
    } else {
        let expected = format!("{what} from {} to {}", range.start(), range.end());
        Err(D::Error::invalid_value(
            Unexpected::Signed(value),
            &expected.as_str(),
        ))
    }
}

macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $range:expr, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) struct $name(pub i64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                bounded(from, $range, $what).map($name)
            }
        }
    };
}

checked!(
    /// A server id of a recording.
    SidNumber, 1..=255, "a server id"
);
checked!(
    /// Milliseconds since the first server of the run was started.
    Millis, 0..=600_000, "milliseconds"
);
checked!(
    /// An epoch. Disks are built with three transactions for every epoch below it.
    EpochNumber, 0..=1_000, "an epoch"
);
checked!(
    /// How many transactions the last epoch has.
    Counter, 0..=100_000, "a counter"
);
checked!(
    /// An election round.
    RoundNumber, 0..=1_000_000, "an election round"
);
checked!(
    /// How many servers are configured.
    Size, 1..=64, "a number of servers"
);

/// `"0x100000008"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ZxidText(pub Zxid);

impl<'de> Deserialize<'de> for ZxidText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.strip_prefix("0x")
            .and_then(|digits| i64::from_str_radix(digits, 16).ok())
            .map(|number| ZxidText(Zxid(number)))
            .ok_or_else(|| {
                let expected = "a zxid such as \"0x100000008\"";
                D::Error::invalid_value(Unexpected::Str(&text), &expected)
            })
    }
}

/// `"LOOKING"` and so on.
#[derive(Clone, Copy, Debug)]
pub(super) struct StateName(pub ServerState);

impl<'de> Deserialize<'de> for StateName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        ServerState::deserialize(from).map(StateName)
    }
}

/// An object whose keys are server ids. The same id twice is a mistake.
#[derive(Clone, Debug)]
pub(super) struct BySid<T>(pub BTreeMap<Sid, T>);

impl<T> Default for BySid<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for BySid<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Keys<T>(core::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Keys<T> {
            type Value = BySid<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a server id as each key")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    let sid = key
                        .parse()
                        .ok()
                        .filter(|sid| (1..=255).contains(sid))
                        .map(Sid)
                        .ok_or_else(|| {
                            let expected = "a server id from 1 to 255 as key";
                            A::Error::invalid_value(Unexpected::Str(&key), &expected)
                        })?;
                    if all.insert(sid, map.next_value()?).is_some() {
                        return Err(A::Error::custom(format!(
                            "server {sid} stands here twice, expected each server once"
                        )));
                    }
                }
                Ok(BySid(all))
            }
        }
        from.deserialize_map(Keys(core::marker::PhantomData))
    }
}

/// One server of a randomised case.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "ServerFields")]
pub(super) struct ServerRecord {
    pub sid: Sid,
    pub last_zxid: Zxid,
    pub current_epoch: Epoch,
    pub started_at_ms: Option<u64>,
    pub looking_at_ms: Option<u64>,
}

#[derive(Deserialize)]
struct ServerFields {
    sid: SidNumber,
    epoch: EpochNumber,
    counter: Counter,
    zxid: ZxidText,
    current_epoch: EpochNumber,
    started_at_ms: Option<Millis>,
    looking_at_ms: Option<Millis>,
}

impl TryFrom<ServerFields> for ServerRecord {
    type Error = String;

    fn try_from(fields: ServerFields) -> Result<Self, String> {
        let sid = fields.sid.0;
        let last_zxid = Zxid::new(Epoch(fields.epoch.0), fields.counter.0 as u32);
        if last_zxid != fields.zxid.0 {
            return Err(format!(
                "server {sid} has zxid {}, expected {last_zxid} by its epoch and counter",
                fields.zxid.0
            ));
        }
        if fields.current_epoch.0 < fields.epoch.0 {
            return Err(format!(
                "server {sid} has current_epoch {}, expected at least its zxid's epoch {}",
                fields.current_epoch.0, fields.epoch.0
            ));
        }
        if fields.started_at_ms.is_some() != fields.looking_at_ms.is_some() {
            return Err(format!(
                "server {sid}: one of started_at_ms and looking_at_ms, expected both or neither"
            ));
        }
        Ok(Self {
            sid: Sid(sid),
            last_zxid,
            current_epoch: Epoch(fields.current_epoch.0),
            started_at_ms: fields.started_at_ms.map(|ms| ms.0 as u64),
            looking_at_ms: fields.looking_at_ms.map(|ms| ms.0 as u64),
        })
    }
}

/// `[t_ms, leader, zxid, peer_epoch, round]`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct VoteTuple(Millis, SidNumber, ZxidText, EpochNumber, RoundNumber);

impl From<VoteTuple> for (Millis, Vote) {
    fn from(tuple: VoteTuple) -> Self {
        let vote = Vote {
            leader: Sid(tuple.1.0),
            zxid: tuple.2.0,
            peer_epoch: Epoch(tuple.3.0),
            round: Round(tuple.4.0),
        };
        (tuple.0, vote)
    }
}

/// `[t_ms, state, leader, zxid, round, joined_existing]`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct DecisionTuple(Millis, StateName, SidNumber, ZxidText, RoundNumber, bool);

impl From<DecisionTuple> for (Millis, Decision) {
    fn from(tuple: DecisionTuple) -> Self {
        let decision = Decision {
            state: tuple.1.0,
            leader: Sid(tuple.2.0),
            zxid: tuple.3.0,
            round: Round(tuple.4.0),
            joined_existing: tuple.5,
        };
        (tuple.0, decision)
    }
}

/// A line of `elections.jsonl`: run 1 at the top level, the other runs under `repeats`.
#[derive(Deserialize)]
pub(super) struct ElectionRecord {
    pub id: String,
    pub n: Size,
    pub servers: Vec<ServerRecord>,
    pub winner: Option<SidNumber>,
    pub election_epoch: Option<RoundNumber>,
    pub new_epoch: Option<EpochNumber>,
    pub votes_sequence: BySid<Vec<VoteTuple>>,
    pub decisions: BySid<Vec<DecisionTuple>>,
    pub winner_stable: bool,
    pub repeats: Vec<RepeatRecord>,
}

/// One of `repeats`.
#[derive(Deserialize)]
pub(super) struct RepeatRecord {
    pub run: u32,
    pub winner: Option<SidNumber>,
    pub election_epoch: Option<RoundNumber>,
    pub new_epoch: Option<EpochNumber>,
    pub started_at_ms: BySid<Millis>,
    pub looking_at_ms: BySid<Millis>,
    pub votes_sequence: BySid<Vec<VoteTuple>>,
    pub decisions: BySid<Vec<DecisionTuple>>,
}

/// A line of `runs.jsonl` that is nothing but a cold start: C, G and the cold start of B.
#[derive(Deserialize)]
pub(super) struct RunRecord {
    pub scenario: String,
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub n: Option<Size>,
    #[serde(default)]
    pub data: Option<String>,
    pub run: u32,
    pub winner: Option<SidNumber>,
    pub election_epoch: Option<RoundNumber>,
    pub new_epoch: Option<EpochNumber>,
    pub servers: BySid<RunServer>,
}

/// A server of such a run.
#[derive(Deserialize)]
pub(super) struct RunServer {
    pub started_at_ms: Millis,
    pub looking_at_ms: Millis,
    pub votes_proposed: Vec<VoteFields>,
    pub decisions: Vec<DecisionFields>,
}

/// A vote in `runs.jsonl`.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct VoteFields {
    t_ms: Millis,
    leader: SidNumber,
    zxid: ZxidText,
    peer_epoch: EpochNumber,
    round: RoundNumber,
}

impl From<VoteFields> for (Millis, Vote) {
    fn from(fields: VoteFields) -> Self {
        let vote = Vote {
            leader: Sid(fields.leader.0),
            zxid: fields.zxid.0,
            peer_epoch: Epoch(fields.peer_epoch.0),
            round: Round(fields.round.0),
        };
        (fields.t_ms, vote)
    }
}

/// A decision in `runs.jsonl`.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct DecisionFields {
    t_ms: Millis,
    state: StateName,
    leader: SidNumber,
    zxid: ZxidText,
    round: RoundNumber,
    joined_existing: bool,
}

impl From<DecisionFields> for (Millis, Decision) {
    fn from(fields: DecisionFields) -> Self {
        let decision = Decision {
            state: fields.state.0,
            leader: Sid(fields.leader.0),
            zxid: fields.zxid.0,
            round: Round(fields.round.0),
            joined_existing: fields.joined_existing,
        };
        (fields.t_ms, decision)
    }
}

/// What one run ended with, from its fields in any of the forms above.
pub(super) fn outcome<V: Into<(Millis, Vote)>, D: Into<(Millis, Decision)>>(
    ending: (Option<SidNumber>, Option<RoundNumber>, Option<EpochNumber>),
    votes: BTreeMap<Sid, Vec<V>>,
    decisions: BTreeMap<Sid, Vec<D>>,
) -> Outcome {
    let (winner, round, new_epoch) = ending;
    let (voted_ms, votes) = apart(votes);
    let (decided_ms, decisions) = apart(decisions);
    Outcome {
        winner: winner.map(|sid| Sid(sid.0)),
        round: round.map(|round| Round(round.0)),
        new_epoch: new_epoch.map(|epoch| Epoch(epoch.0)),
        decisions,
        votes,
        decided_ms,
        voted_ms,
    }
}

/// Times and what happened then, each in lists of their own.
fn apart<A: Into<(Millis, B)>, B>(
    lists: BTreeMap<Sid, Vec<A>>,
) -> (BTreeMap<Sid, Vec<u64>>, BTreeMap<Sid, Vec<B>>) {
    let (mut times, mut all) = (BTreeMap::new(), BTreeMap::new());
    for (sid, list) in lists {
        let list = list.into_iter().map(Into::into);
        let (at, what): (Vec<u64>, Vec<B>) = list.map(|(ms, what)| (ms.0 as u64, what)).unzip();
        times.insert(sid, at);
        all.insert(sid, what);
    }
    (times, all)
}
