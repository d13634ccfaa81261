//! `quorumscope serve`: the window in every browser of a classroom.
//!
//! Serves the folder that `cargo xtask web` builds, and nothing else: the files are listed when it starts, a request
//! names one of them or gets nothing, so that no path can lead outside. It keeps no log of who asked and writes nothing.
//! HTTP itself is the crate `tiny_http`.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::UNIX_EPOCH;

use app::link::{self, Carried, Carrier};
use sim_core::base::{SimTime, StepIndex};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::exit::{Done, Exit, Trouble};
use crate::style::{self, Styled};
use crate::{Lang, files, play};

/// Shows the window in browsers: serves the folder that `cargo xtask web` builds.
///
/// Only this machine can see it unless another address is bound. Nothing leaves the page: each browser plays by itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  quorumscope serve                                   for this machine
  quorumscope serve --bind 0.0.0.0                    for the classroom
  quorumscope serve --open my-case.json               with a link to a lesson of one's own
  quorumscope serve --port 9000 /srv/quorumscope")]
pub struct Args {
    /// The folder; without it, the one beside this program, `web`, or `target/web`.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The port; 0 takes any that is free.
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,
    /// Prints the link that opens this scenario, a file or a name that `quorumscope list` prints.
    #[arg(long, value_name = "FILE")]
    open: Vec<String>,
    /// The address to be reached at; 0.0.0.0 or :: for every one that this machine has.
    #[arg(long, value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
}

/// The page that makes a folder ours.
const PAGE: &str = "index.html";
const MODULE: &str = "quorumscope.wasm";

/// How many answers are sent at the same time: a slow reader holds up one of them only.
const HANDS: usize = 16;

/// Serves until it is stopped.
pub fn serve(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let links = args
        .open
        .iter()
        .map(|file| fragment(file, lang))
        .collect::<Result<Vec<_>, _>>()?;
    let site = Arc::new(Site::of(&folder(args.folder.as_deref())?)?);
    let server =
        Server::http((args.bind, args.port)).map_err(|error| unbound(args, error.as_ref()))?;
    let Some(at) = server.server_addr().to_ip() else {
        unreachable!("a server bound to an address has one");
    };
    greet(at, &links, out)?;
    out.flush()?;
    let server = Arc::new(server);
    let hands: Vec<_> = (0..HANDS)
        .map(|_| {
            let (server, site) = (Arc::clone(&server), Arc::clone(&site));
            thread::spawn(move || answer_all(&server, &site))
        })
        .collect();
    for hand in hands {
        // A hand ends when the socket does.
        let _ = hand.join();
    }
    Ok(Exit::Passed)
}

fn unbound(args: &Args, error: &dyn std::error::Error) -> Trouble {
    let what = format_args!(
        "cannot serve at {}: {error}",
        SocketAddr::new(args.bind, args.port)
    );
    let remedy = "another port may be free: `--port 0` takes any; `--bind` must be an address of this machine";
    Trouble::argument(what, remedy)
}

fn greet(at: SocketAddr, links: &[String], out: &mut dyn Write) -> io::Result<()> {
    for address in reachable(at.ip()) {
        let url = format!("http://{}/", SocketAddr::new(address, at.port()));
        writeln!(out, "{}", Styled(style::CODE, &url))?;
        for link in links {
            writeln!(out, "{}", Styled(style::CODE, format_args!("{url}#{link}")))?;
        }
    }
    let more = if at.ip().is_loopback() {
        "for this machine only; `--bind 0.0.0.0` lets a class in; "
    } else {
        ""
    };
    writeln!(
        out,
        "{}",
        Styled(style::DIM, format_args!("{more}Ctrl-C stops it"))
    )
}

/// What carries a scenario behind the address of the page: all of it, so that the class needs nothing else.
fn fragment(file: &str, lang: Lang) -> Result<String, Trouble> {
    let source = files::scenario(file)?;
    let scenario = play::parse(&source)?;
    let name = source
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let shipped = scenarios::list().iter().find(|it| it.text == source.text);
    let carried = Carried {
        scenario: match shipped {
            Some(it) => Carrier::Shipped(it.name().into()),
            None => Carrier::Text(name.into(), source.text.as_str().into()),
        },
        variant: None,
        seed: scenario.seed,
        step: StepIndex(0),
        time: SimTime(0),
        language: lang.of(),
    };
    link::write(&carried).map_err(|_| {
        let remedy = "have the class open the file itself: drop it onto the page";
        Trouble::file(&source.path, "too long for a link", remedy)
    })
}

/// The addresses under which others reach what is bound to this one.
fn reachable(bound: IpAddr) -> Vec<IpAddr> {
    if !bound.is_unspecified() {
        return vec![bound];
    }
    let (here, local) = match bound {
        IpAddr::V4(_) => (outward_v4(), IpAddr::V4(Ipv4Addr::LOCALHOST)),
        IpAddr::V6(_) => (outward_v6(), IpAddr::V6(Ipv6Addr::LOCALHOST)),
    };
    here.into_iter().chain(Some(local)).collect()
}

/// The own address on the way to others. Connecting a datagram socket only chooses a route; nothing is sent, and the
/// addresses are those kept for documentation.
fn outward_v4() -> Option<IpAddr> {
    outward(
        (Ipv4Addr::UNSPECIFIED, 0).into(),
        (Ipv4Addr::new(192, 0, 2, 1), 9).into(),
    )
}

fn outward_v6() -> Option<IpAddr> {
    let documentation = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    outward((Ipv6Addr::UNSPECIFIED, 0).into(), (documentation, 9).into())
}

fn outward(from: SocketAddr, to: SocketAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind(from).ok()?;
    socket.connect(to).ok()?;
    let own = socket.local_addr().ok()?.ip();
    (!own.is_unspecified() && !own.is_loopback()).then_some(own)
}

/// The folder to serve: the one named, or the first of the usual places that holds a page.
fn folder(named: Option<&Path>) -> Result<PathBuf, Trouble> {
    let remedy = "`cargo xtask web` in the project builds it, as target/web";
    let is_built = |folder: &Path| folder.join(PAGE).is_file() && folder.join(MODULE).is_file();
    match named {
        Some(folder) if is_built(folder) => Ok(folder.to_owned()),
        Some(folder) => {
            let what = format_args!("holds no {PAGE} and {MODULE}");
            Err(Trouble::file(folder, what, remedy))
        }
        None => usual_folders()
            .into_iter()
            .find(|folder| is_built(folder))
            .ok_or_else(|| Trouble::argument("there is no page to serve yet", remedy)),
    }
}

fn usual_folders() -> Vec<PathBuf> {
    let program = env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    // A program built by cargo lies in target/release, the page in target/web.
    let above = beside.and_then(Path::parent);
    let near = beside
        .into_iter()
        .chain(above)
        .map(|folder| folder.join("web"));
    near.chain(["web", "target/web"].map(PathBuf::from))
        .collect()
}

/// The files of the folder by the path that names them in a request.
struct Site {
    files: BTreeMap<String, PathBuf>,
}

impl Site {
    fn of(folder: &Path) -> Result<Self, Trouble> {
        let mut files = BTreeMap::new();
        list(folder, "/", &mut files).map_err(|error| {
            let what = format_args!("cannot be read: {error}");
            Trouble::file(folder, what, "check its permissions")
        })?;
        if let Some(page) = files.get(&format!("/{PAGE}")).cloned() {
            files.insert("/".to_owned(), page);
        }
        Ok(Site { files })
    }

    fn find(&self, url: &str) -> Option<&Path> {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        self.files.get(path).map(PathBuf::as_path)
    }
}

/// Lists plain files; links are left out, because they could lead anywhere.
fn list(folder: &Path, url: &str, files: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if kind.is_dir() {
            list(&entry.path(), &format!("{url}{name}/"), files)?;
        } else if kind.is_file() {
            files.insert(format!("{url}{name}"), entry.path());
        }
    }
    Ok(())
}

fn answer_all(server: &Server, site: &Site) {
    while let Ok(request) = server.recv() {
        // A reader that went away in the middle is no trouble of ours.
        let _ = answer(request, site);
    }
}

fn answer(request: Request, site: &Site) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        let allow = header("Allow", "GET, HEAD");
        return request.respond(Response::empty(405).with_header(allow));
    }
    let Some(path) = site.find(request.url()) else {
        return request.respond(Response::from_string("not here\n").with_status_code(404));
    };
    let packed = packed(path).filter(|_| accepts_gzip(&request));
    let file = fs::File::open(packed.as_deref().unwrap_or(path))?;
    let tag = tag(&file.metadata()?, packed.is_some());
    let mut headers = vec![
        header("Content-Type", kind(path)),
        header("ETag", &tag),
        // Asked again every time, answered with the file only if it changed.
        header("Cache-Control", "no-cache"),
        header("Vary", "Accept-Encoding"),
        header("X-Content-Type-Options", "nosniff"),
        header("Referrer-Policy", "no-referrer"),
    ];
    if value(&request, "If-None-Match").is_some_and(|known| known == tag) {
        let unchanged = Response::empty(304);
        return request.respond(headers.into_iter().fold(unchanged, Response::with_header));
    }
    if packed.is_some() {
        headers.push(header("Content-Encoding", "gzip"));
    }
    let whole = Response::from_file(file).with_chunked_threshold(usize::MAX);
    request.respond(headers.into_iter().fold(whole, Response::with_header))
}

/// The same file, packed beside it.
fn packed(path: &Path) -> Option<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    Some(PathBuf::from(name)).filter(|packed| packed.is_file())
}

fn accepts_gzip(request: &Request) -> bool {
    let refused = |coding: &str| coding.replace(' ', "").ends_with(";q=0");
    value(request, "Accept-Encoding").is_some_and(|codings| {
        codings
            .split(',')
            .any(|coding| coding.trim().starts_with("gzip") && !refused(coding))
    })
}

fn value<'a>(request: &'a Request, name: &'static str) -> Option<&'a str> {
    let header = request
        .headers()
        .iter()
        .find(|header| header.field.equiv(name))?;
    Some(header.value.as_str())
}

/// What tells one version of a file from the next.
fn tag(meta: &fs::Metadata, packed: bool) -> String {
    let changed = meta
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let changed = changed.unwrap_or_default().as_nanos();
    format!(
        "\"{:x}-{changed:x}{}\"",
        meta.len(),
        if packed { "z" } else { "" }
    )
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("our own headers are plain ASCII")
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
