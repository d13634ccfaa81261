//! `serve` and `open`: what a browser gets, what nobody gets, and what to do where there is nothing.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use crate::{folder, quorumscope, run, shipped, write};

/// A folder with the two files that make it a page, and something above it that nobody may read.
fn page(test: &str) -> PathBuf {
    let above = folder(test);
    write(&above.join("secret.txt"), "secret");
    let page = above.join("page");
    fs::create_dir_all(page.join("more")).expect("a folder for the test");
    write(
        &page.join("index.html"),
        "<!doctype html><title>page</title>",
    );
    write(&page.join("quorumscope.wasm"), "\0asm plain");
    write(&page.join("quorumscope.wasm.gz"), "packed");
    write(&page.join("more/notes.txt"), "notes");
    page
}

/// A server that ends with the test.
struct Serving {
    child: Child,
    address: String,
    /// Kept open: a program whose output nobody takes any more ends.
    _out: BufReader<ChildStdout>,
}

impl Serving {
    fn start(page: &Path) -> Self {
        let mut child = quorumscope(["serve", "--port", "0"])
            .arg(page)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        out.read_line(&mut first).expect("a line");
        let address = first
            .trim()
            .strip_prefix("http://")
            .expect("a URL")
            .trim_end_matches('/');
        Serving {
            address: address.to_owned(),
            child,
            _out: out,
        }
    }

    /// Sends a request exactly as given, which no client library would do, and hands back the whole answer.
    fn ask(&self, method: &str, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let limit = Some(Duration::from_mins(1));
        stream.set_read_timeout(limit).expect("a limit");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tag(answer: &str) -> &str {
    let line = answer.lines().find_map(|line| line.strip_prefix("ETag: "));
    line.expect("a tag").trim()
}

#[test]
fn a_browser_gets_the_page_with_its_kinds() {
    let serving = Serving::start(&page("serve-kinds"));
    let root = serving.ask("GET", "/", "");
    assert!(root.starts_with("HTTP/1.1 200"), "{root}");
    assert!(
        root.contains("Content-Type: text/html; charset=utf-8"),
        "{root}"
    );
    assert!(root.ends_with("<title>page</title>"), "{root}");
    let module = serving.ask("GET", "/quorumscope.wasm?x=1", "");
    assert!(
        module.contains("Content-Type: application/wasm"),
        "{module}"
    );
    assert!(
        module.ends_with("\0asm plain") && !module.contains("gzip"),
        "{module}"
    );
    assert!(serving.ask("GET", "/more/notes.txt", "").ends_with("notes"));
    let head = serving.ask("HEAD", "/", "");
    assert!(
        head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
}

#[test]
fn packed_files_go_to_those_who_can_unpack() {
    let serving = Serving::start(&page("serve-packed"));
    let module = serving.ask("GET", "/quorumscope.wasm", "Accept-Encoding: br, gzip\r\n");
    assert!(module.contains("Content-Encoding: gzip"), "{module}");
    assert!(
        module.contains("Content-Type: application/wasm"),
        "{module}"
    );
    assert!(module.ends_with("packed"), "{module}");
    let refused = serving.ask("GET", "/quorumscope.wasm", "Accept-Encoding: gzip;q=0\r\n");
    assert!(refused.ends_with("plain"), "{refused}");
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let serving = Serving::start(&page("serve-tags"));
    let first = serving.ask("GET", "/", "");
    let again = serving.ask("GET", "/", &format!("If-None-Match: {}\r\n", tag(&first)));
    assert!(again.starts_with("HTTP/1.1 304"), "{again}");
    assert!(!again.contains("<title>"), "{again}");
}

#[test]
fn nothing_outside_the_folder_is_served() {
    let page = page("serve-outside");
    #[cfg(unix)]
    std::os::unix::fs::symlink(page.join("../secret.txt"), page.join("link.txt")).expect("a link");
    let serving = Serving::start(&page);
    for path in [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/more/../../secret.txt",
        "//secret.txt",
        "/..\\secret.txt",
        "../secret.txt",
        "/link.txt",
        "/more",
        "/more/",
    ] {
        let answer = serving.ask("GET", path, "");
        assert!(!answer.contains("secret"), "{path}: {answer}");
        let refused = ["HTTP/1.1 404", "HTTP/1.1 400"];
        assert!(
            refused.iter().any(|code| answer.starts_with(code)),
            "{path}: {answer}"
        );
    }
    let sent = serving.ask("POST", "/", "Content-Length: 0\r\n");
    assert!(sent.starts_with("HTTP/1.1 405"), "{sent}");
}

#[test]
fn where_there_is_no_page_it_says_how_to_get_one() {
    let empty = folder("serve-empty");
    let said = run(["serve".as_ref(), empty.as_os_str()]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("cargo xtask web"), "{}", said.err);
}

#[test]
fn a_link_carries_the_scenario() {
    let page = page("serve-link");
    let own = shipped().join("zookeeper/elections/one-after-another.json");
    let own = fs::read_to_string(own)
        .expect("it ships")
        .replacen("\"seed\": 1", "\"seed\": 7", 1);
    let file = page.join("../mine.json");
    write(&file, own);
    for (name, least) in [
        ("one-after-another", 40),
        (file.to_str().expect("UTF-8"), 400),
    ] {
        let mut child = quorumscope(["serve", "--port", "0", "--open", name])
            .arg(&page)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let link = out.lines().nth(1).expect("a second line").expect("UTF-8");
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        let (address, fragment) = link.split_once("#q1.").expect("a link");
        assert!(address.starts_with("http://127.0.0.1:"), "{link}");
        assert!(fragment.len() > least, "{link}");
    }
    let said = run(["serve", "--open", "no-such-scenario"]);
    assert_eq!(said.code, 2, "{said:?}");
}

#[test]
fn a_port_that_is_taken_is_told_with_a_way_out() {
    let page = page("serve-taken");
    let serving = Serving::start(&page);
    let port = serving.address.rsplit(':').next().expect("a port");
    let said = run(["serve", "--port", port, page.to_str().expect("UTF-8")]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.contains(port) && said.err.contains("--port 0"),
        "{}",
        said.err
    );
}

/// The program alone in a folder, so that no window lies beside it, and that folder for the window on its path.
#[cfg(unix)]
fn alone(test: &str) -> (Command, PathBuf) {
    let folder = folder(test);
    let (program, path) = (folder.join("quorumscope"), folder.join("bin"));
    fs::create_dir_all(&path).expect("a folder for the test");
    fs::hard_link(env!("CARGO_BIN_EXE_quorumscope"), &program).expect("another name for it");
    let mut command = Command::new(program);
    command
        .args(["open", "one-after-another"])
        .env("PATH", &path);
    (command, path)
}

/// A program in the window's place.
#[cfg(unix)]
fn window(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let program = path.join("quorumscope-gui");
    write(&program, format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its own file");
}

#[cfg(unix)]
#[test]
fn open_starts_the_window_with_the_scenario() {
    let (mut open, path) = alone("open-on-path");
    window(&path, "echo \"opened $1\"");
    let output = open.output().expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"opened one-after-another\n");

    let (mut open, path) = alone("open-beside");
    window(&path, "echo wrong");
    window(path.parent().expect("its folder"), "echo \"beside $1\"");
    let output = open.output().expect("the program starts");
    assert_eq!(output.stdout, b"beside one-after-another\n");
}

#[cfg(unix)]
#[test]
fn a_window_that_fails_leaves_a_way_out() {
    let (mut open, path) = alone("open-fails");
    window(&path, "exit 3");
    let output = open.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("quorumscope serve"));
}

#[cfg(unix)]
#[test]
fn open_without_a_window_says_how_to_get_it() {
    let (mut open, _) = alone("open-nothing");
    let output = open.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("cargo install --path gui"), "{said}");
}

#[test]
fn open_tells_a_mistake_before_any_window() {
    let said = run(["open", "one-aftre-another"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("did you mean"), "{}", said.err);
}
