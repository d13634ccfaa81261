//! Recorded against simulated: counts, verdicts, and the line that sums them up.

use super::case::{Case, Outcome};
use crate::zookeeper::Sid;
use core::fmt::{self, Write as _};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many seeds led one server through exactly what was recorded of it, whatever the others did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerAgreement {
    /// Seeds with the same decisions in order.
    pub decisions: u32,
    /// Seeds with the same own votes in order.
    pub votes: u32,
}

/// One recorded run against its seeds. Reports of other seeds of the same run can be merged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RepeatReport {
    /// The run's number in the recording.
    pub run: u32,
    /// How many seeds were played.
    pub seeds: u32,
    /// What was recorded.
    pub recorded: Outcome,
    /// In how many seeds each server won; 0 stands for seeds that found no leader in time.
    pub winners: BTreeMap<i64, u32>,
    /// Seeds in which winner, round, new epoch and all servers' decisions were the recorded ones.
    pub same_decisions: u32,
    /// The least of those seeds.
    pub decisions_seed: Option<u64>,
    /// Seeds in which all servers' own votes were the recorded ones.
    pub same_votes: u32,
    /// The least of those seeds.
    pub votes_seed: Option<u64>,
    /// Seeds in which some server first decided for another leader than the final one.
    pub premature: u32,
    /// Seeds in which the first leader of a quorum never served.
    pub failed_leaders: u32,
    /// Each server for itself.
    pub servers: BTreeMap<Sid, ServerAgreement>,
}

impl RepeatReport {
    pub(super) fn new(run: u32, recorded: &Outcome) -> Self {
        Self {
            run,
            seeds: 0,
            recorded: recorded.clone(),
            winners: BTreeMap::new(),
            same_decisions: 0,
            decisions_seed: None,
            same_votes: 0,
            votes_seed: None,
            premature: 0,
            failed_leaders: 0,
            servers: (recorded.votes.keys())
                .map(|sid| (*sid, ServerAgreement::default()))
                .collect(),
        }
    }

    pub(super) fn add(&mut self, seed: u64, played: &Outcome, n: u32) {
        self.seeds += 1;
        let winner = played.winner.map_or(0, |sid| sid.0);
        *self.winners.entry(winner).or_default() += 1;
        if played.same_decisions(&self.recorded) {
            self.same_decisions += 1;
            self.decisions_seed = Some(self.decisions_seed.unwrap_or(seed).min(seed));
        }
        if played.same_votes(&self.recorded) {
            self.same_votes += 1;
            self.votes_seed = Some(self.votes_seed.unwrap_or(seed).min(seed));
        }
        self.premature += u32::from(played.premature());
        self.failed_leaders += u32::from(played.failed_leader(n));
        for (sid, agreement) in &mut self.servers {
            let same_decisions = played.decisions.get(sid) == self.recorded.decisions.get(sid);
            let same_votes = played.votes.get(sid) == self.recorded.votes.get(sid);
            agreement.decisions += u32::from(same_decisions);
            agreement.votes += u32::from(same_votes);
        }
    }

    /// Adds the counts of other seeds of the same run.
    pub fn merge(&mut self, other: &RepeatReport) {
        let least = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
        self.seeds += other.seeds;
        for (winner, count) in &other.winners {
            *self.winners.entry(*winner).or_default() += count;
        }
        self.same_decisions += other.same_decisions;
        self.decisions_seed = least(self.decisions_seed, other.decisions_seed);
        self.same_votes += other.same_votes;
        self.votes_seed = least(self.votes_seed, other.votes_seed);
        self.premature += other.premature;
        self.failed_leaders += other.failed_leaders;
        for (sid, theirs) in &other.servers {
            let ours = self.servers.entry(*sid).or_default();
            ours.decisions += theirs.decisions;
            ours.votes += theirs.votes;
        }
    }

    /// Whether the recorded winner is that of more than half of the seeds.
    pub fn winner_agrees(&self) -> bool {
        let winner = self.recorded.winner.map_or(0, |sid| sid.0);
        self.winners
            .get(&winner)
            .is_some_and(|n| 2 * n > self.seeds)
    }

    /// Whether one seed at least led to the whole of the recorded decisions.
    pub fn decisions_agree(&self) -> bool {
        self.same_decisions > 0
    }

    /// Whether one seed at least led to the whole of the recorded votes.
    pub fn votes_agree(&self) -> bool {
        self.same_votes > 0
    }
}

/// One case: all its recorded runs against their seeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseReport {
    /// The case's name.
    pub id: String,
    /// The release that was recorded.
    pub release: String,
    /// How many servers were configured.
    pub servers: u32,
    /// Whether the recording calls the winner stable: only then can the case disagree.
    pub stable: bool,
    /// The recorded winner is that of most seeds, in every run.
    pub winner_agrees: bool,
    /// The whole of every run's decisions occurs.
    pub decisions_agree: bool,
    /// The whole of every run's votes occurs.
    pub votes_agree: bool,
    /// The runs.
    pub runs: Vec<RepeatReport>,
}

impl CaseReport {
    /// Sums up the runs of a case.
    pub fn new(case: &Case, runs: Vec<RepeatReport>) -> Self {
        Self {
            id: case.id.clone(),
            release: case.release.to_string(),
            servers: case.size(),
            stable: case.stable,
            winner_agrees: runs.iter().all(RepeatReport::winner_agrees),
            decisions_agree: runs.iter().all(RepeatReport::decisions_agree),
            votes_agree: runs.iter().all(RepeatReport::votes_agree),
            runs,
        }
    }

    /// Whether a winner that the recording calls stable, or decisions that go with it, did not come
    /// out.
    pub fn disagrees(&self) -> bool {
        self.stable && !(self.winner_agrees && self.decisions_agree)
    }

    /// One line for the case, and one more for each run of it that some comparison misses.
    pub fn lines(&self) -> String {
        let verdict = match (self.disagrees(), self.stable) {
            (true, _) => "DISAGREES",
            (false, true) => "agrees",
            (false, false) => "unstable",
        };
        let count = |agree: fn(&RepeatReport) -> bool| {
            let agreeing = self.runs.iter().filter(|run| agree(run)).count();
            format!("{agreeing}/{}", self.runs.len())
        };
        let mut text = format!(
            "{:<8} {:<6} {:<9} winner {} decisions {} votes {}",
            self.id,
            self.release,
            verdict,
            count(RepeatReport::winner_agrees),
            count(RepeatReport::decisions_agree),
            count(RepeatReport::votes_agree),
        );
        for run in &self.runs {
            if run.winner_agrees() && run.decisions_agree() && run.votes_agree() {
                continue;
            }
            let _ = write!(text, "\n  {}", run_line(run));
        }
        text
    }
}

fn run_line(run: &RepeatReport) -> String {
    let winners: Vec<String> = (run.winners.iter())
        .map(|(sid, count)| match sid {
            0 => format!("nobody {count}"),
            _ => format!("{sid} in {count}"),
        })
        .collect();
    let mut text = format!(
        "run {}: recorded winner {}, simulated {}; of {} seeds the whole of the decisions in {}, \
         of the votes in {}",
        run.run,
        run.recorded.winner.map_or(0, |sid| sid.0),
        winners.join(", "),
        run.seeds,
        run.same_decisions,
        run.same_votes,
    );
    for (sid, agreement) in &run.servers {
        let votes: Vec<String> = (run.recorded.votes.get(sid).into_iter().flatten())
            .map(|vote| vote.leader.to_string())
            .collect();
        let _ = write!(
            text,
            "; server {sid}: decisions in {}, votes {} in {}",
            agreement.decisions,
            votes.join(","),
            agreement.votes,
        );
    }
    text
}

/// All cases of one or more recordings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many seeds each recorded run was played with.
    pub seeds: u32,
    /// Stable cases, and how many of them agree in winner, decisions and votes.
    pub stable_cases: Totals,
    /// The same over the runs of the stable cases.
    pub stable_runs: Totals,
    /// How often the first decisions were not the last word.
    pub rates: Rates,
    /// Case by case.
    pub cases: Vec<CaseReport>,
}

/// How many of how many agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Out of these.
    pub all: u32,
    /// The winner agrees.
    pub winner: u32,
    /// The decisions agree.
    pub decisions: u32,
    /// The votes agree.
    pub votes: u32,
}

impl Totals {
    fn add(&mut self, winner: bool, decisions: bool, votes: bool) {
        self.all += 1;
        self.winner += u32::from(winner);
        self.decisions += u32::from(decisions);
        self.votes += u32::from(votes);
    }
}

/// How often something happened among the recorded and among the simulated runs, over all cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rates {
    /// Recorded runs.
    pub recorded_runs: u32,
    /// Those in which some server first decided for another leader than the final one.
    pub recorded_premature: u32,
    /// Those in which the first leader of a quorum never served.
    pub recorded_failed_leaders: u32,
    /// Simulated runs.
    pub simulated_runs: u64,
    /// As above.
    pub simulated_premature: u64,
    /// As above.
    pub simulated_failed_leaders: u64,
}

impl Report {
    /// Sums up cases.
    pub fn new(cases: Vec<CaseReport>) -> Self {
        let mut stable_cases = Totals::default();
        let mut stable_runs = Totals::default();
        let mut rates = Rates::default();
        for case in &cases {
            if case.stable {
                stable_cases.add(case.winner_agrees, case.decisions_agree, case.votes_agree);
            }
            for run in &case.runs {
                if case.stable {
                    stable_runs.add(
                        run.winner_agrees(),
                        run.decisions_agree(),
                        run.votes_agree(),
                    );
                }
                rates.recorded_runs += 1;
                rates.recorded_premature += u32::from(run.recorded.premature());
                rates.recorded_failed_leaders +=
                    u32::from(run.recorded.failed_leader(case.servers));
                rates.simulated_runs += u64::from(run.seeds);
                rates.simulated_premature += u64::from(run.premature);
                rates.simulated_failed_leaders += u64::from(run.failed_leaders);
            }
        }
        let seeds = (cases.iter().flat_map(|case| &case.runs))
            .map(|run| run.seeds)
            .max();
        Self {
            seeds: seeds.unwrap_or(0),
            stable_cases,
            stable_runs,
            rates,
            cases,
        }
    }

    /// Whether a stable case disagrees.
    pub fn disagrees(&self) -> bool {
        self.cases.iter().any(CaseReport::disagrees)
    }

    /// `winner a/b decisions c/d votes e/f`, over the stable cases.
    pub fn last_line(&self) -> String {
        let Totals {
            all,
            winner,
            decisions,
            votes,
        } = self.stable_cases;
        format!("winner {winner}/{all} decisions {decisions}/{all} votes {votes}/{all}")
    }
}

impl fmt::Display for Report {
    /// What stands below the cases; the last line is [`Report::last_line`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = &self.stable_runs;
        writeln!(
            f,
            "{} runs of stable cases, {} seeds each: winner {} decisions {} votes {}",
            runs.all, self.seeds, runs.winner, runs.decisions, runs.votes
        )?;
        let rates = &self.rates;
        let per_cent = |part: u64, of: u64| {
            let tenths = (part * 2000 + of) / (2 * of.max(1));
            format!("{}.{} %", tenths / 10, tenths % 10)
        };
        for (what, recorded, simulated) in [
            (
                "a decision for another leader than the final one",
                rates.recorded_premature,
                rates.simulated_premature,
            ),
            (
                "a first leader of a quorum that never served",
                rates.recorded_failed_leaders,
                rates.simulated_failed_leaders,
            ),
        ] {
            writeln!(
                f,
                "{what}: recorded {recorded} of {} ({}), simulated {simulated} of {} ({})",
                rates.recorded_runs,
                per_cent(u64::from(recorded), u64::from(rates.recorded_runs)),
                rates.simulated_runs,
                per_cent(simulated, rates.simulated_runs),
            )?;
        }
        f.write_str(&self.last_line())
    }
}
