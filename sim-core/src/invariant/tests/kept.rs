//! Streams that look like trouble and are none.

use super::stream::{Stream, z};
use crate::zookeeper::{StepDown, Zxid};

/// What must break nothing.
pub const STREAMS: [(&str, fn() -> Vec<&'static str>); 5] = [
    ("a leader, writes, and the next leader", next_leader),
    ("a tail that nobody committed is cut", cut_tail),
    (
        "a server without data takes the whole database",
        whole_database,
    ),
    ("a restart replays what was applied before", restart),
    ("a deposed leader still serves old data", deposed),
];

fn next_leader() -> Vec<&'static str> {
    let mut s = Stream::new();
    s.formed();
    s.write(3, z(1, 1), &[1, 2, 3])
        .write(3, z(1, 2), &[1, 2, 3]);
    s.crash(3);
    s.down(1, StepDown::ConnectionLost)
        .down(2, StepDown::ConnectionLost);
    s.leads(2, 2).joins(1, 2, 2).established(2, 2).serves(1);
    s.write(2, z(2, 1), &[1, 2]).write(2, z(2, 2), &[1, 2]);
    s.names()
}

/// 3 alone logs (1, 2) and dies; 1 and 2 go on; 3 comes back and is cut.
fn cut_tail() -> Vec<&'static str> {
    let mut s = Stream::new();
    s.formed().write(3, z(1, 1), &[1, 2, 3]);
    s.proposes(3, z(1, 2)).logs(3, z(1, 2)).crash(3);
    s.down(1, StepDown::ConnectionLost)
        .down(2, StepDown::ConnectionLost);
    s.leads(2, 2).joins(1, 2, 2).established(2, 2).serves(1);
    s.boot(3);
    s.decides(3, 2, 3, &[1, 2, 3]).accepts(3, 2);
    s.truncates(3, z(1, 1))
        .snapshots(3)
        .joins(3, 2, 2)
        .serves(3);
    s.write(2, z(2, 1), &[1, 2, 3]);
    s.names()
}

fn whole_database() -> Vec<&'static str> {
    let mut s = Stream::new();
    s.leads(3, 1).joins(2, 3, 1).established(3, 1).serves(2);
    s.write(3, z(1, 1), &[2, 3]).write(3, z(1, 2), &[2, 3]);
    s.decides(1, 3, 1, &[1, 2, 3]).accepts(1, 1);
    s.snap(3, 1).snapshots(1).joins(1, 3, 1).serves(1);
    s.write(3, z(1, 3), &[1, 2, 3]);
    s.names()
}

fn restart() -> Vec<&'static str> {
    let mut s = Stream::new();
    s.formed()
        .write(3, z(1, 1), &[1, 2, 3])
        .write(3, z(1, 2), &[1, 2, 3]);
    s.crash(1).boot(1);
    s.joins(1, 3, 1).serves(1).write(3, z(1, 3), &[1, 2, 3]);
    s.names()
}

/// 3 is stopped for a while, 2 takes over, 3 applies what was under way: others have it too.
fn deposed() -> Vec<&'static str> {
    let mut s = Stream::new();
    s.formed().write(3, z(1, 1), &[1, 2, 3]);
    s.proposes(3, z(1, 2)).logs(1, z(1, 2)).logs(2, z(1, 2));
    s.down(1, StepDown::ReadTimeout)
        .down(2, StepDown::ReadTimeout);
    s.read(1);
    s.read(2);
    s.leads(2, 2).joins(1, 2, 2).established(2, 2).serves(1);
    s.write(2, z(2, 1), &[1, 2]);
    s.commits(3, z(1, 2)).applies(3, z(1, 2));
    assert_ne!(s.view.disks[0].last_logged(), Some(Zxid::ZERO));
    s.names()
}
