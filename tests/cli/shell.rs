//! `quorumscope shell`: zkCli and four-letter words at a moment of a scenario. What is printed is held to recordings in
//! `sim-core/tests/operator`; here, that lines reach it and that its end is told.

use super::run;

#[test]
fn lines_of_zkcli_and_words_are_answered() {
    let lines = [
        "create /app hello",
        "get /app",
        "srvr zk3",
        "zkServer.sh status",
    ];
    let mut args = vec!["shell", "one-after-another", "--server", "zk1"];
    for line in lines {
        args.extend(["--do", line]);
    }
    let ran = run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // The streams are zkCli's: zkCli/create-with-data.txt of the recordings is on standard error.
    assert!(ran.err.ends_with("Created /app\n"), "{}", ran.err);
    assert!(ran.out.contains("\nhello\n"), "{}", ran.out);
    assert!(
        ran.out.contains("\nMode: leader\nNode count: 6\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("Mode: follower\n"), "{}", ran.out);
}

#[test]
fn its_end_tells_whether_the_last_line_succeeded() {
    let ran = run(["shell", "one-after-another", "--do", "delete /none"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.ends_with("Node does not exist: /none\n"),
        "{}",
        ran.err
    );
    let ran = run(["shell", "one-after-another", "--server", "zk9"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("no server is called \"zk9\""),
        "{}",
        ran.err
    );
}

#[test]
fn without_a_quorum_nobody_serves() {
    let ran = run(["shell", "one-after-another", "--at", "2s", "--do", "srvr"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let says = "This ZooKeeper instance is not currently serving requests\n";
    assert_eq!(ran.out, says);
}
