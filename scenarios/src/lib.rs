//! The scenario files that ship with quorumscope, embedded, and the claims they stand for.
//!
//! A file is a lesson, a test and a saved session at once. This crate holds their text; `sim_core::scenario` reads it.
//! It never parses and never runs them. Files lie beside `src/`, in a folder per topic.

mod claims;

pub use claims::{Claim, TaughtBy, Verdict, claims};

/// One embedded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below `scenarios/`, with forward slashes (`zookeeper/elections/one-after-another.json`).
    pub path: &'static str,
    /// What is in it.
    pub text: &'static str,
}

impl File {
    /// Its path without the ending: the name by which `quorumscope run` finds it (`zookeeper/elections/one-after-another`).
    pub fn name(&self) -> &'static str {
        self.path.strip_suffix(".json").unwrap_or(self.path)
    }
}

macro_rules! files {
    ($($path:literal)*) => {
        [$(File { path: $path, text: include_str!(concat!("../", $path)) }),*]
    };
}

/// Every file, ordered by path. A test compares this list with the folders.
static FILES: &[File] = &files! {
    "zookeeper/elections/all-at-once.json"
    "zookeeper/elections/blocked-ports.json"
    "zookeeper/elections/cold-start-8-8-7.json"
    "zookeeper/elections/descending.json"
    "zookeeper/elections/election-fraud.json"
    "zookeeper/elections/epoch-beats-zxid.json"
    "zookeeper/elections/even-number.json"
    "zookeeper/elections/first-leader-never-serves.json"
    "zookeeper/elections/follower-decides-before-port-open.json"
    "zookeeper/elections/fourth-within-200ms.json"
    "zookeeper/elections/greater-id-dials.json"
    "zookeeper/elections/heard-all-agreed-with-none.json"
    "zookeeper/elections/hierarchical-groups.json"
    "zookeeper/elections/joiner-that-wants-equal-votes.json"
    "zookeeper/elections/joins-despite-a-strange-vote.json"
    "zookeeper/elections/kill-freeze-cut.json"
    "zookeeper/elections/leader-kill-after-writes.json"
    "zookeeper/elections/leader-kill-idle.json"
    "zookeeper/elections/leader-kill-late-joiners.json"
    "zookeeper/elections/leader-out-of-view.json"
    "zookeeper/elections/leader-paused.json"
    "zookeeper/elections/leader-with-only-an-observer.json"
    "zookeeper/elections/lost-proposal-8-8-8-7-7.json"
    "zookeeper/elections/majority-arithmetic.json"
    "zookeeper/elections/mute-leader-while-4-starts.json"
    "zookeeper/elections/myid-missing.json"
    "zookeeper/elections/myid-not-in-the-list.json"
    "zookeeper/elections/new-epoch.json"
    "zookeeper/elections/observer-restart.json"
    "zookeeper/elections/observer-serves-and-forwards.json"
    "zookeeper/elections/observers.json"
    "zookeeper/elections/one-after-another.json"
    "zookeeper/elections/paused-is-no-lag.json"
    "zookeeper/elections/quorum-loss-leader-killed.json"
    "zookeeper/elections/quorum-loss-leader-stays.json"
    "zookeeper/elections/restart-right-after-the-election.json"
    "zookeeper/elections/round-never-wins.json"
    "zookeeper/elections/round-steps-back.json"
    "zookeeper/elections/seven-lose-three-winners.json"
    "zookeeper/elections/three-servers.json"
    "zookeeper/elections/voter-changes-its-mind-majority-stays.json"
    "zookeeper/elections/voter-changes-its-mind.json"
    "zookeeper/elections/zero-weight.json"
    "zookeeper/leader-crash-and-return.json"
    "zookeeper/replication/accepted-epoch-not-written.json"
    "zookeeper/replication/acknowledged-before-logged.json"
    "zookeeper/replication/ahead-after-new-write.json"
    "zookeeper/replication/ahead-no-new-write.json"
    "zookeeper/replication/ahead-of-wiped-ensemble.json"
    "zookeeper/replication/behind-few-cold.json"
    "zookeeper/replication/behind-few-live.json"
    "zookeeper/replication/brand-new-follower-at-once.json"
    "zookeeper/replication/brand-new-follower.json"
    "zookeeper/replication/commit-between-new-leader-and-up-to-date.json"
    "zookeeper/replication/counter-runs-out.json"
    "zookeeper/replication/cut-off-follower-reads.json"
    "zookeeper/replication/diff-with-a-hole-from-memory.json"
    "zookeeper/replication/diff-without-a-cut.json"
    "zookeeper/replication/election-outlasts-init-limit.json"
    "zookeeper/replication/ephemeral-outlives-its-session-in-a-gap.json"
    "zookeeper/replication/epoch-above-the-greatest-accepted.json"
    "zookeeper/replication/epoch-numbers.json"
    "zookeeper/replication/epoch-written-before-the-log.json"
    "zookeeper/replication/failed-candidate-snapshots-its-tail.json"
    "zookeeper/replication/far-behind-log-purged.json"
    "zookeeper/replication/far-behind-one-log.json"
    "zookeeper/replication/far-behind-several-logs-large-snapshot.json"
    "zookeeper/replication/far-behind-several-logs-small-snapshot.json"
    "zookeeper/replication/follower-that-never-acknowledges.json"
    "zookeeper/replication/gap-between-log-and-memory.json"
    "zookeeper/replication/gap-in-leader-history.json"
    "zookeeper/replication/highest-zxid-joins-late.json"
    "zookeeper/replication/hole-behind-a-snapshot.json"
    "zookeeper/replication/idle-leader.json"
    "zookeeper/replication/in-its-log-but-not-in-its-memory.json"
    "zookeeper/replication/lagging-follower-two-epochs-later.json"
    "zookeeper/replication/leader-alone-create-lost.json"
    "zookeeper/replication/log-queue-drains-late.json"
    "zookeeper/replication/log-that-a-snapshot-left-behind.json"
    "zookeeper/replication/memory-kept-after-snap.json"
    "zookeeper/replication/newer-epoch-tail.json"
    "zookeeper/replication/older-epoch-longer-history.json"
    "zookeeper/replication/older-value-over-a-newer-snapshot.json"
    "zookeeper/replication/one-leader-only-commits.json"
    "zookeeper/replication/peer-at-epoch-marker.json"
    "zookeeper/replication/power-loss-or-kill.json"
    "zookeeper/replication/serves-before-it-applied.json"
    "zookeeper/replication/session-timeout-is-clamped.json"
    "zookeeper/replication/slow-disk-of-one-of-three.json"
    "zookeeper/replication/snapshot-for-who-has-all.json"
    "zookeeper/replication/stale-read.json"
    "zookeeper/replication/sync-slower-than-init-limit.json"
    "zookeeper/replication/tail-holder-late-after-write.json"
    "zookeeper/replication/tail-holder-late.json"
    "zookeeper/replication/tail-holder-wins.json"
    "zookeeper/replication/tail-on-leader-to-be-cold.json"
    "zookeeper/replication/truncate-fifty-extra.json"
    "zookeeper/replication/two-of-five-cut-off-for-an-hour.json"
    "zookeeper/replication/what-takes-a-zxid.json"
    "zookeeper/replication/write-via-follower.json"
    "zookeeper/serves/client-ahead-refused.json"
    "zookeeper/serves/ephemeral-outlives-its-client.json"
    "zookeeper/serves/lock-and-paused-holder.json"
    "zookeeper/serves/membership.json"
    "zookeeper/serves/session-and-server-restart.json"
    "zookeeper/serves/session-moved.json"
    "zookeeper/serves/session-survives-leader-change.json"
    "zookeeper/serves/soft-load-balancing.json"
    "zookeeper/serves/standalone.json"
    "zookeeper/serves/three-servers-three-trees.json"
    "zookeeper/serves/watch-missed-between-two-changes.json"
    "zookeeper/serves/watches-over-a-reconnection.json"
    "zookeeper/serves/write-from-disk-to-watch.json"
    "zookeeper/tree/acl-digest.json"
    "zookeeper/tree/acl-read-only-child.json"
    "zookeeper/tree/configuration.json"
    "zookeeper/tree/container-and-ttl.json"
    "zookeeper/tree/multi.json"
    "zookeeper/tree/naming-service.json"
    "zookeeper/tree/quota.json"
    "zookeeper/tree/sequential-nodes.json"
};

/// The two stories that the program tells when it is asked for nothing else.
pub const FRONT: [&str; 2] = ["one-after-another", "lost-proposal-8-8-8-7-7"];

/// Every file that ships with the program, ordered by path.
pub fn list() -> &'static [File] {
    FILES
}

/// The file of that name (`zookeeper/elections/one-after-another`), of that path, or the only one whose last part is that name.
pub fn find(name: &str) -> Option<&'static File> {
    let exact = FILES
        .iter()
        .find(|file| file.path == name || file.name() == name);
    exact.or_else(|| {
        let mut ends = FILES.iter().filter(|file| {
            let last = file.name().rsplit('/').next();
            last == Some(name)
        });
        let first = ends.next();
        first.filter(|_| ends.next().is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn on_disk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                on_disk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let below = path
                    .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                    .expect("below the crate");
                found.push(below.to_string_lossy().replace('\\', "/"));
            }
        }
    }

    #[test]
    fn the_list_names_every_file_in_order() {
        let mut found = Vec::new();
        on_disk(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
        found.sort();
        let listed: Vec<_> = FILES.iter().map(|file| file.path.to_owned()).collect();
        assert_eq!(
            listed, found,
            "FILES in scenarios/src/lib.rs names every file, in order"
        );
    }

    #[test]
    fn a_file_is_found_by_path_name_and_last_part() {
        for file in FILES {
            assert_eq!(find(file.path), Some(file));
            assert_eq!(find(file.name()), Some(file));
        }
        assert_eq!(find("no such file"), None);
    }
}
