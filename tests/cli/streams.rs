//! Colours, closed pipes, languages.

use crate::{quorumscope, run};
use std::io::Read;
use std::process::Stdio;

const ESCAPE: char = '\x1b';

#[test]
fn colours_are_off_outside_a_terminal_and_on_when_asked() {
    assert!(!run(["list"]).out.contains(ESCAPE));
    assert!(run(["list", "--color", "always"]).out.contains(ESCAPE));
    assert!(!run(["show", "nothing"]).err.contains(ESCAPE));
    assert!(
        run(["show", "nothing", "--color=always"])
            .err
            .contains(ESCAPE)
    );
}

#[test]
fn the_environment_can_forbid_colours() {
    let output = quorumscope(["list"])
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    assert!(!output.stdout.contains(&(ESCAPE as u8)));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for verb in [
        &["list", "claims"][..],
        &["run", "one-after-another"],
        &["schema"],
        &[],
    ] {
        let mut child = quorumscope(verb)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let status = child.wait().expect("the program ends");
        let mut err = String::new();
        let mut stderr = child.stderr.take().expect("a stream");
        stderr.read_to_string(&mut err).expect("UTF-8");
        assert_eq!((status.code(), err.as_str()), (Some(0), ""), "{verb:?}");
    }
}

#[test]
fn the_language_is_a_choice() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let english = run(["run", "one-after-another"]);
    assert!(!english.out.contains(is_chinese), "{}", english.out);
    let chinese = run(["run", "one-after-another", "--lang", "zh"]);
    assert_eq!((english.code, chinese.code), (0, 0));
    assert!(chinese.out.contains(is_chinese));
    assert!(
        chinese.out.contains("FOLLOWING"),
        "names of the protocol stay"
    );
    assert_eq!(run(["list", "--lang", "fr"]).code, 2);
}
