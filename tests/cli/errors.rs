//! What a user's mistake looks like: exit code 2, a place, a remedy, never a panic.

use crate::{Said, folder, run, shipped, write};
use std::fs;

fn bad(said: &Said, needles: &[&str]) {
    assert_eq!(said.code, 2, "{said:?}");
    let all = format!("{}{}", said.out, said.err);
    for needle in needles {
        assert!(all.contains(needle), "`{needle}` is missing in: {all}");
    }
    assert!(
        !all.contains("panicked") && !all.contains("defect"),
        "{all}"
    );
}

#[test]
fn a_path_that_is_not_there() {
    for verb in ["run", "check", "show", "replay", "conform"] {
        bad(
            &run([verb, "/no/such/file.json"]),
            &["/no/such/file.json", "no such file", "help: "],
        );
    }
    bad(
        &run(["diff", "/no/such/file", "/nor/this"]),
        &["/no/such/file"],
    );
}

#[test]
fn a_slip_of_the_pen_gets_the_nearest_name() {
    bad(
        &run(["run", "one-aftre-another"]),
        &["did you mean", "one-after-another"],
    );
    bad(&run(["chekc"]), &["check"]);
}

#[test]
fn folders_where_a_file_belongs_and_without_scenarios() {
    let empty = folder("empty");
    let empty = empty.to_str().expect("UTF-8");
    bad(&run(["run", empty]), &["this is a folder"]);
    bad(&run(["check", empty]), &["no scenario file in this folder"]);
}

#[test]
fn bytes_that_are_no_text() {
    let folder = folder("bytes");
    let path = folder.join("latin1.json");
    write(&path, b"{\n  \"title\": \"caf\xe9\"\n}");
    let path = path.to_str().expect("UTF-8");
    bad(&run(["run", path]), &["line 2", "not UTF-8"]);
    bad(&run(["check", path]), &["line 2", "not UTF-8"]);
}

#[test]
fn files_that_are_far_too_long_are_not_read() {
    let folder = folder("huge");
    let path = folder.join("huge.json");
    // A hole: 100 MB long, next to nothing on disk.
    fs::File::create(&path)
        .and_then(|file| file.set_len(100 << 20))
        .expect("a sparse file");
    for verb in ["run", "check", "show"] {
        bad(
            &run([verb, path.to_str().expect("UTF-8")]),
            &["longer than 4 MiB"],
        );
    }
    #[cfg(unix)]
    bad(&run(["check", "/dev/zero"]), &["longer than 4 MiB"]);
}

#[test]
fn a_mistake_is_shown_where_it_stands() {
    let folder = folder("mistake");
    let path = folder.join("typo.json");
    let file = scenarios::find("one-after-another").expect("it ships");
    let text = file.text.replacen("\"steps\"", "\"stepps\"", 1);
    let line = 1 + text[..text.find("stepps").expect("replaced")]
        .matches('\n')
        .count();
    write(&path, text);
    let name = path.to_str().expect("UTF-8");
    let said = run(["run", name]);
    bad(
        &said,
        &["stepps", "did you mean", &format!("{name}:{line}:")],
    );
    assert!(said.out.is_empty(), "nothing is played");
}

#[test]
fn several_files_are_checked_although_one_is_bad() {
    let folder = folder("several");
    write(&folder.join("bad.json"), "{");
    let good = shipped().join(scenarios::find("one-after-another").expect("it ships").path);
    fs::copy(good, folder.join("good.json")).expect("a copy");
    let said = run(["check", folder.to_str().expect("UTF-8")]);
    bad(
        &said,
        &["✗", "bad.json", "✓", "good.json", "1 passed, 1 failed"],
    );
}

#[test]
fn arguments_that_cannot_be() {
    bad(&run(["check", "x", "--seeds", "0"]), &["--seeds"]);
    bad(&run(["check"]), &["PATH"]);
    bad(
        &run(["run", "one-after-another", "--variant", "no-such"]),
        &["no-such"],
    );
    bad(
        &run(["run", "one-after-another", "--until", "8"]),
        &["until"],
    );
    bad(
        &run(["run", "one-after-another", "--trace", "/no/such/folder/t"]),
        &["cannot be written"],
    );
}
