//! `quorumscope shell`: zkCli and four-letter words at a moment of a scenario.
//!
//! The scenario is played up to that moment; from there on only the lines and the clock go on. Every server has a client of
//! its own beside the scenario's, which is started when it is first used, so that a shell that is never typed into changes
//! nothing. What is printed is [`sim_core::operator`]'s; here are lines, terminals and the words around them.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use sim_core::base::{NodeId, SimTime, Span};
use sim_core::cluster::{Node, World};
use sim_core::engine::{NodeStatus, Play, Run};
use sim_core::operator::{self, Console, Stream, Surroundings};
use sim_core::scenario::format::{Client, Cluster};
use sim_core::scenario::{Director, Scenario, Script};
use sim_core::zookeeper::{Server, ServerState};

use crate::exit::{Done, Exit, Stop, Trouble};
use crate::{Lang, files, play};

const EXAMPLES: &str = "\
Examples:
  quorumscope shell one-after-another                   zkCli at the end of a story
  quorumscope shell one-after-another --at 8s --server zk2
  printf 'srvr\\ncreate /app hello\\nuse zk1\\nget -s /app\\n' | quorumscope shell one-after-another
  quorumscope shell one-after-another --do 'create -e /lock me' --do 'advance 3s' --do stat

Exit codes:
   0  the last line of zkCli succeeded
   1  it did not, or did not end
   2  a file or an argument is wrong";

/// Types into zkCli and asks four-letter words at a moment of a scenario.
///
/// `help` in the shell says what else can be typed: another server, time that passes, who has a session.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A scenario file, or a name that `quorumscope list` prints.
    #[arg(value_name = "FILE")]
    file: String,
    /// Plays up to this moment; to the end of the scenario unless said.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<SimTime>,
    /// The server that is asked first; the first one that serves unless said.
    #[arg(long, value_name = "SERVER")]
    server: Option<String>,
    /// Plays with this seed instead of the file's.
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Plays this variant of the file; the first one unless said.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Lines to be typed, in order, instead of those of the standard input.
    #[arg(long = "do", value_name = "LINE")]
    lines: Vec<String>,
}

fn time(text: &str) -> Result<SimTime, String> {
    let span = Span::parse(text).map_err(|error| error.to_string())?;
    Ok(SimTime(span.0))
}

/// A line that is not done after this is given up: zkCli would go on waiting.
const PATIENCE: Span = Span::from_secs(60);

/// After a line time passes, so that what it set off (a watch, the others' answers) is seen.
const BREATH: Span = Span::from_millis(200);

/// Opens the shell.
pub fn shell(args: &Args, lang: Lang, out: &mut dyn Write) -> Done {
    let scenario = play::parse(&files::scenario(&args.file)?)?;
    let variant = match &args.variant {
        Some(name) => Some(name.as_str().into()),
        None => play::variants(&scenario).into_iter().next().flatten(),
    };
    let mut desk = Desk::new(scenario, variant.as_deref(), args, lang)?;
    if let Some(name) = &args.server {
        desk.select(name)?;
    }
    if !args.lines.is_empty() {
        for line in &args.lines {
            if desk.line(line, out)? {
                break;
            }
        }
    } else if io::stdin().is_terminal() {
        desk.talk(out)?;
    } else {
        for line in io::stdin().lock().lines() {
            if desk.line(&line?, out)? {
                break;
            }
        }
    }
    Ok(desk.exit())
}

/// A server and the shell at it.
struct Seat {
    name: Box<str>,
    server: NodeId,
    console: Console,
    /// How many words it was asked since it began to serve.
    asked: u64,
}

/// The run, and a seat at each server.
struct Desk {
    run: Run<Node, ()>,
    seats: Vec<Seat>,
    /// The seat that is used.
    at: usize,
    around: Surroundings,
    lang: Lang,
    failed: bool,
}

/// The name of the client that is this shell's at a server: no scenario can have it.
fn client_of(server: &str) -> Box<str> {
    format!("shell@{server}").into()
}

impl Desk {
    fn new(
        mut scenario: Scenario,
        variant: Option<&str>,
        args: &Args,
        lang: Lang,
    ) -> Result<Self, Stop> {
        let clusters = scenario
            .variants
            .iter_mut()
            .map(|variant| &mut variant.cluster);
        for cluster in clusters.chain([&mut scenario.cluster]) {
            add_clients(cluster);
        }
        let no_variant = || {
            let names = scenario.variants.iter().map(|variant| &*variant.name);
            let names: Vec<&str> = names.collect();
            let what = format_args!("the file has no variant of that name");
            Trouble::argument(what, format_args!("it has these: {}", names.join(", ")))
        };
        let script = Arc::new(Script::new(&scenario, variant).ok_or_else(no_variant)?);
        let compiled = script.compiled();
        let seed = args.seed.unwrap_or(scenario.seed);
        let world = World::pinned(compiled.world.clone(), seed, compiled.pins.clone());
        let director = Director::new(Arc::clone(&script), args.at);
        let mut play = Play::new(Run::new(world, ()), director);
        let limit = args.at.unwrap_or(SimTime(u64::MAX));
        let mut ignored = Vec::new();
        while play.step(limit, &mut ignored).is_some() {
            ignored.clear();
        }
        let run = play.run().clone();
        let seats = seats(run.world());
        if seats.is_empty() {
            let what = format_args!("the scenario has no servers of ZooKeeper");
            return Err(Trouble::argument(what, "take one that has: `quorumscope list`").into());
        }
        let serving = |seat: &Seat| {
            let world = run.world();
            world.status(seat.server) == NodeStatus::Up
                && world
                    .node(seat.server)
                    .and_then(Node::zk_server)
                    .is_some_and(Server::is_serving)
        };
        Ok(Self {
            at: seats.iter().position(serving).unwrap_or(0),
            seats,
            run,
            around: Surroundings::default(),
            lang,
            failed: false,
        })
    }

    fn exit(&self) -> Exit {
        if self.failed {
            Exit::Failed
        } else {
            Exit::Passed
        }
    }

    fn seat(&mut self) -> &mut Seat {
        &mut self.seats[self.at]
    }

    /// Takes the seat at another server.
    fn select(&mut self, name: &str) -> Result<(), Trouble> {
        let name = name.split(':').next().unwrap_or(name);
        let names = || self.seats.iter().map(|seat| &*seat.name);
        match names().position(|known| known == name) {
            Some(at) => {
                self.at = at;
                Ok(())
            }
            None => {
                let near = files::nearest(name, names());
                let all = names().collect::<Vec<_>>().join(", ");
                let remedy = near.map_or_else(
                    || format!("its servers are {all}"),
                    |near| format!("did you mean {near}?"),
                );
                let what = format_args!("no server is called \"{name}\"");
                Err(Trouble::argument(what, remedy))
            }
        }
    }

    /// Lines from a terminal, with their history, until `quit` or the end of input.
    fn talk(&mut self, out: &mut dyn Write) -> Result<(), Stop> {
        let cannot = |error: ReadlineError| Stop::Output(io::Error::other(error));
        let mut editor = DefaultEditor::new().map_err(cannot)?;
        writeln!(out, "{}", self.hello())?;
        self.open(out)?;
        loop {
            out.flush()?;
            let prompt = self.seat().console.prompt();
            match editor.readline(&prompt) {
                Ok(line) => {
                    // What cannot be remembered can still be typed again.
                    let _ = editor.add_history_entry(line.as_str());
                    if self.line(&line, out)? {
                        return Ok(());
                    }
                }
                Err(ReadlineError::Interrupted | ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(cannot(error)),
            }
        }
    }

    fn hello(&self) -> String {
        let at = play::time(self.run.world().now());
        match self.lang {
            Lang::En => format!("The simulation stands at {at}. `help` says what can be typed."),
            Lang::Zh => format!("仿真停在 {at}。输入 help 查看可用的命令。"),
        }
    }

    /// Starts the client of this seat, if it does not run, and waits for its session.
    fn open(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Self { run, seats, at, .. } = self;
        let seat = &mut seats[*at];
        if run.world().status(seat.console.client()) == NodeStatus::Down {
            seat.console.start(run);
            self.pass(BREATH);
        }
        self.print(out)
    }

    /// Lets time pass; all seats hear what happens to them.
    fn pass(&mut self, span: Span) {
        let until = self.run.world().now() + span;
        let Self { run, seats, .. } = self;
        let mut ears = Ears(seats);
        while run.step(until, &mut ears).is_some() {}
    }

    /// Prints what the seats' shells printed.
    fn print(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let at = self.at;
        for (index, seat) in self.seats.iter_mut().enumerate() {
            let printed = seat.console.take_printed();
            if index != at && !printed.is_empty() {
                writeln!(out, "({})", seat.name)?;
            }
            for (stream, piece) in printed.pieces() {
                match stream {
                    Stream::Out => out.write_all(piece)?,
                    Stream::Err => {
                        // In the order in which a terminal would show both.
                        out.flush()?;
                        anstream::stderr().lock().write_all(piece)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Does a line; whether it was the last.
    fn line(&mut self, line: &str, out: &mut dyn Write) -> Result<bool, Stop> {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        match (first, rest.as_slice()) {
            ("" | "#", _) => {}
            ("exit", []) => return Ok(true),
            ("help", []) => write!(out, "{}", self.help())?,
            ("use" | "connect", [name]) => match self.select(name) {
                Ok(()) => self.open(out)?,
                Err(trouble) => self.complain(&trouble)?,
            },
            ("advance", [span]) => match Span::parse(span) {
                Ok(span) => {
                    self.pass(span);
                    self.print(out)?;
                }
                Err(error) => {
                    let what = format_args!("\"{span}\" is no time: {error}");
                    self.complain(&Trouble::argument(
                        what,
                        "write `advance 3s` or `advance 500ms`",
                    ))?;
                }
            },
            ("servers", []) => self.servers(out)?,
            ("sessions", []) => self.sessions(out)?,
            ("zkServer.sh", ["status"]) => self.status(out)?,
            (word, []) if operator::is_word(word) => self.word(word, out)?,
            (word, [server]) if operator::is_word(word) && !server.starts_with('/') => {
                let before = self.at;
                match self.select(server) {
                    Ok(()) => self.word(word, out)?,
                    Err(trouble) => self.complain(&trouble)?,
                }
                self.at = before;
            }
            _ => return self.typed(line, out),
        }
        Ok(false)
    }

    /// A line of zkCli.
    fn typed(&mut self, line: &str, out: &mut dyn Write) -> Result<bool, Stop> {
        self.open(out)?;
        let Self { run, seats, at, .. } = self;
        let console = &mut seats[*at].console;
        let done = console.run_line(run, line, PATIENCE);
        let ended = console.ended();
        self.failed = !done || ended.unwrap_or_else(|| console.cli().exit_code()) != 0;
        if done && ended.is_none() {
            self.pass(BREATH);
        }
        self.print(out)?;
        if !done {
            let what = format_args!("no answer within {} s", PATIENCE.0 / 1_000_000_000);
            let remedy = "ask another server (`use`), or see who leads (`servers`)";
            self.complain(&Trouble::argument(what, remedy))?;
            return Ok(true);
        }
        Ok(ended.is_some())
    }

    /// A four-letter word to the server of this seat.
    fn word(&mut self, word: &str, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            run,
            seats,
            at,
            around,
            ..
        } = self;
        let seat = &mut seats[*at];
        match operator::ask(run.world(), seat.server, word, seat.asked, around) {
            Some(answer) => {
                seat.asked += 1;
                out.write_all(answer.as_bytes())?;
                if !answer.is_empty() && !answer.ends_with('\n') {
                    writeln!(out)?;
                }
                Ok(())
            }
            None => {
                let nobody = match self.lang {
                    Lang::En => "(nobody answers)",
                    Lang::Zh => "（无应答）",
                };
                writeln!(out, "{nobody}")
            }
        }
    }

    fn status(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let server = self.seats[self.at].server;
        let ran = operator::status(self.run.world(), server, None, &self.around);
        match ran {
            Some(ran) => out.write_all(&ran.printed.terminal()),
            None => Ok(()),
        }
    }

    /// Every server with its mode.
    fn servers(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let world = self.run.world();
        for (index, seat) in self.seats.iter().enumerate() {
            let here = if index == self.at { "*" } else { " " };
            let up = world.status(seat.server);
            let server = world.node(seat.server).and_then(Node::zk_server);
            let state = match (up, server) {
                (NodeStatus::Up, Some(server)) => server.state().name().to_owned(),
                (NodeStatus::Paused, Some(server)) => {
                    format!("{} (stopped)", server.state().name())
                }
                _ => "down".to_owned(),
            };
            let serving = server.is_some_and(|server| {
                server.is_serving() && server.state() != ServerState::Looking
            });
            let serving = if serving { "" } else { "  not serving" };
            writeln!(out, "{here} {:<8} {state}{serving}", seat.name)?;
        }
        Ok(())
    }

    /// The sessions that the servers' databases hold, from the one that has applied most.
    fn sessions(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let world = self.run.world();
        let servers = self
            .seats
            .iter()
            .filter(|seat| world.status(seat.server) == NodeStatus::Up);
        let servers = servers.filter_map(|seat| world.node(seat.server)?.zk_server());
        let Some(newest) = servers.max_by_key(|server| server.last_zxid()) else {
            return Ok(());
        };
        let tree = newest.database().tree();
        for (session, timeout_ms) in &tree.sessions {
            let owned = tree.ephemerals.get(session).into_iter().flatten();
            let owned: Vec<&str> = owned.map(|path| &**path).collect();
            writeln!(
                out,
                "0x{:x}\t{timeout_ms}ms\t{}",
                session.0,
                owned.join(" ")
            )?;
        }
        Ok(())
    }

    fn complain(&mut self, trouble: &Trouble) -> io::Result<()> {
        self.failed = true;
        let mut err = anstream::stderr().lock();
        crate::picture::show(&mut err, trouble)
    }

    fn help(&self) -> &'static str {
        match self.lang {
            Lang::En => {
                "\
ls / · get -s /a · create -e /a x …   zkCli of the server's release; `help` of its own: a word it does not know
srvr · stat · mntr · ruok · conf …    a four-letter word, also to another server: `srvr zk2`
zkServer.sh status                    the script on this server's machine
use zk2                               another server, another client
advance 3s                            time passes
servers · sessions                    who serves; who has a session, and its ephemeral nodes
quit · exit                           closes the session and ends; only ends (the session stays)
"
            }
            Lang::Zh => {
                "\
ls / · get -s /a · create -e /a x …   该服务器版本的 zkCli；输入它不认识的词可看它自己的帮助
srvr · stat · mntr · ruok · conf …    四字命令，也可以问另一台服务器：srvr zk2
zkServer.sh status                    在这台服务器的机器上运行脚本
use zk2                               换一台服务器（换一个客户端）
advance 3s                            让时间前进
servers · sessions                    谁在服务；有哪些会话及其临时节点
quit · exit                           关闭会话并结束；只结束（会话仍在）
"
            }
        }
    }
}

/// A client beside the scenario's for every server. Nobody starts it but this shell.
fn add_clients(cluster: &mut Cluster) {
    let servers = cluster.zookeeper.iter().flat_map(|zk| &zk.servers);
    let names: Vec<_> = servers.map(|server| server.name.clone()).collect();
    for name in names {
        cluster.clients.push(Client {
            name: client_of(&name),
            servers: Some(vec![name]),
            session_timeout: Some(Span::from_secs(30)),
        });
    }
}

/// A seat at each server of the world.
fn seats(world: &World) -> Vec<Seat> {
    let nodes = || world.spec().nodes.iter().enumerate();
    let client = |server: &str| {
        let name = client_of(server);
        nodes()
            .find(|(_, node)| node.name == name)
            .map(|(at, _)| NodeId(at as u16))
    };
    nodes()
        .filter_map(|(at, node)| {
            let release = node.config.zk_server()?.release;
            let host = format!("{}:2181", node.name);
            Some(Seat {
                name: node.name.clone(),
                server: NodeId(at as u16),
                console: Console::new(release, &host, client(&node.name)?),
                asked: 0,
            })
        })
        .collect()
}

/// All seats hear what happens to their clients.
struct Ears<'s>(&'s mut Vec<Seat>);

impl sim_core::engine::Observer<Node> for Ears<'_> {
    fn wants_facts(&self) -> bool {
        true
    }
    fn wants_all(&self) -> bool {
        false
    }
    fn record(&mut self, record: sim_core::trace::Record<sim_core::cluster::Fact>) {
        for seat in self.0.iter_mut() {
            seat.console.saw(&record);
        }
    }
}
