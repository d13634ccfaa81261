//! The claims that lessons examine: what introductory courses say about ZooKeeper, each with a verdict.
//!
//! The verdicts come from recordings of real servers, not from this simulator. A scenario names the claims it stands
//! for (`"stands_for": ["claim:Z43"]`); `quorumscope list --claims` compares both lists.

/// How a claim compares with what real servers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// As claimed.
    True,
    /// True within a limit that the claim does not name.
    Limit,
    /// Right in outline, not in the mechanism.
    Simplified,
    /// Not so.
    Wrong,
    /// So in some releases only.
    Version,
}

impl Verdict {
    /// The word for it, as in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::True => "true",
            Verdict::Limit => "limit",
            Verdict::Simplified => "simplified",
            Verdict::Wrong => "wrong",
            Verdict::Version => "version",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [
            Verdict::True,
            Verdict::Limit,
            Verdict::Simplified,
            Verdict::Wrong,
            Verdict::Version,
        ]
        .into_iter()
        .find(|verdict| verdict.word() == word)
    }
}

/// What can teach a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaughtBy {
    /// A scenario can show it.
    Scenario,
    /// There is nothing to simulate: a sentence says it.
    Card,
    /// A check of configuration files.
    Configuration,
}

/// One claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Its id (`Z43`).
    pub id: &'static str,
    /// How it compares with real servers.
    pub verdict: Verdict,
    /// What can teach it.
    pub taught_by: TaughtBy,
    /// What is claimed, in short.
    pub says: &'static str,
}

/// Every claim, in the order of the table.
pub fn claims() -> Vec<Claim> {
    include_str!("../claims.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| parse(line).unwrap_or_else(|| panic!("claims.tsv has a bad line: {line:?}")))
        .collect()
}

fn parse(line: &'static str) -> Option<Claim> {
    let mut columns = line.split('\t');
    let claim = Claim {
        id: columns.next()?,
        verdict: Verdict::from_word(columns.next()?)?,
        taught_by: match columns.next()? {
            "scenario" => TaughtBy::Scenario,
            "card" => TaughtBy::Card,
            "configuration" => TaughtBy::Configuration,
            _ => return None,
        },
        says: columns.next()?,
    };
    columns.next().is_none().then_some(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let claims = claims();
        assert_eq!(claims.len(), 68);
        for (at, claim) in claims.iter().enumerate() {
            assert_eq!(claim.id, format!("Z{}", at + 1));
            assert!(!claim.says.is_empty());
        }
    }
}
