//! The inside of a node: queues, timers, disk, log, tables of votes.
//!
//! Rows of what the process and its disk really hold, each section only where there is something to say. Nothing here
//! is worked out: it is what the server's read accessors answer, and what the engine keeps about the node.

use crate::draw::{at_right, bold, fitted, line, mono, panel, spot, text, width, words as plain};
use crate::ensemble::{epoch_ink, vote_in_full};
use crate::glyph;
use crate::history::Look;
use crate::mark::Mark;
use crate::picture::{Picture, Rect, at, stroke};
use crate::scene::{Scene, Style};
use crate::theme::Ink;
use crate::words::{text as word, with};
use sim_core::base::{Lane, NodeId, SimTime};
use sim_core::cluster::{self, Timer};
use sim_core::explain::Lang;
use sim_core::zookeeper::{
    self as zk, BallotTable, Client, ClientState, ClientTimer, ElectionTimer, HandlerStage,
    HandlerTimer, Notification, PeerTimer, Server, Txn, TxnBody, ZkDisk, Zxid, lane,
};

const PAD: f32 = 14.0;
const ROW: f32 = 17.0;
const HEAD: f32 = 48.0;
/// Rows of one section beyond these are counted.
const ROWS: usize = 10;

/// Some rows under a heading.
struct Section {
    title: String,
    rows: Vec<Row>,
    /// How many more there are.
    more: usize,
}

struct Row {
    mark: Option<Mark>,
    left: String,
    right: String,
    ground: Option<Ink>,
}

impl Section {
    fn new(lang: Lang, key: &str) -> Self {
        Self {
            title: word(lang, key).into_owned(),
            rows: Vec::new(),
            more: 0,
        }
    }

    fn row(&mut self, left: impl Into<String>, right: impl Into<String>) {
        self.marked(None, None, left, right);
    }

    fn marked(
        &mut self,
        mark: Option<Mark>,
        ground: Option<Ink>,
        left: impl Into<String>,
        right: impl Into<String>,
    ) {
        if self.rows.len() == ROWS {
            self.more += 1;
            return;
        }
        self.rows.push(Row {
            mark,
            left: left.into(),
            right: right.into(),
            ground,
        });
    }

    fn height(&self) -> f32 {
        let more = usize::from(self.more > 0);
        26.0 + (self.rows.len() + more) as f32 * ROW + 10.0
    }
}

/// Draws the inside of a node. The picture is as wide as the style says and as high as it needs.
pub fn picture(scene: &Scene<'_>, node: NodeId, style: &Style) -> Picture {
    let reader = Reader {
        scene,
        node,
        lang: style.lang,
    };
    let sections = reader.sections();
    let columns = if style.width >= 520.0 { 2 } else { 1 };
    let wide = (style.width - PAD * (columns as f32 + 1.0)) / columns as f32;
    let mut heights = [HEAD; 2];
    let mut places = Vec::new();
    for section in &sections {
        let column = usize::from(columns == 2 && heights[1] < heights[0]);
        let x = PAD + column as f32 * (wide + PAD);
        places.push(Rect::new(x, heights[column], wide, section.height()));
        heights[column] += section.height();
    }
    let high = heights[0].max(heights[1]) + PAD;
    let mut picture = Picture::new(style.width, style.height.max(high));
    head(&reader, style, &mut picture);
    for (section, rect) in sections.iter().zip(places) {
        draw(section, rect, style.lang, &mut picture);
    }
    picture
}

fn head(reader: &Reader<'_>, style: &Style, picture: &mut Picture) {
    let (scene, node) = (reader.scene, reader.node);
    let before = scene.history.look_at(node, scene.step());
    let look = Look::of(scene.world, node, before.state);
    let mark = Mark::Node(node);
    glyph::draw(picture, Some(mark), at(PAD + 12.0, 24.0), 11.0, look.state);
    let name = scene.name(node);
    text(
        picture,
        Some(mark),
        at(PAD + 32.0, 24.0),
        bold(plain(16.0)),
        Ink::Text,
        name,
    );
    let state = word(style.lang, glyph::key(look.state));
    let place = at(style.width - PAD, 24.0);
    at_right(picture, Some(mark), place, plain(13.0), Ink::Dim, &*state);
    let rect = Rect::new(0.0, 0.0, style.width, HEAD);
    spot(picture, mark, rect, name, &*state);
}

fn draw(section: &Section, rect: Rect, lang: Lang, picture: &mut Picture) {
    let y = rect.y + 12.0;
    text(
        picture,
        None,
        at(rect.x, y),
        bold(plain(13.0)),
        Ink::Text,
        &*section.title,
    );
    let under = rect.y + 23.0;
    line(
        picture,
        None,
        at(rect.x, under),
        at(rect.x + rect.w, under),
        stroke(Ink::Line, 1.0),
    );
    for (index, row) in section.rows.iter().enumerate() {
        let y = rect.y + 26.0 + (index as f32 + 0.5) * ROW;
        let place = Rect::new(rect.x, y - ROW / 2.0, rect.w, ROW);
        if let Some(ground) = row.ground {
            let wide = width(&row.left, mono(11.0)) + 8.0;
            let place = Rect::new(rect.x - 4.0, y - 8.0, wide, 16.0);
            panel(picture, row.mark, place, 3.0, Some(ground), None);
        }
        let left = fitted(&row.left, mono(11.0), rect.w);
        let used = width(&left, mono(11.0));
        let ink = if row.ground.is_some() {
            Ink::Text
        } else {
            Ink::Dim
        };
        text(picture, row.mark, at(rect.x, y), mono(11.0), ink, left);
        let right = fitted(&row.right, mono(11.0), rect.w - used - 10.0);
        let end = at(rect.x + rect.w, y);
        at_right(picture, row.mark, end, mono(11.0), Ink::Text, right);
        if let Some(mark) = row.mark {
            spot(picture, mark, place, &*row.left, &*row.right);
        }
    }
    if section.more > 0 {
        let y = rect.y + 26.0 + (section.rows.len() as f32 + 0.5) * ROW;
        let says = with(lang, "view.more", &[("count", &section.more)]);
        text(picture, None, at(rect.x, y), plain(11.0), Ink::Dim, says);
    }
}

struct Reader<'a> {
    scene: &'a Scene<'a>,
    node: NodeId,
    lang: Lang,
}

impl Reader<'_> {
    fn word(&self, key: &str) -> String {
        word(self.lang, key).into_owned()
    }

    fn section(&self, key: &str) -> Section {
        Section::new(self.lang, key)
    }

    fn sections(&self) -> Vec<Section> {
        let mut all = Vec::new();
        match self.scene.world.node(self.node) {
            Some(cluster::Node::ZkServer(server)) => self.server(server, &mut all),
            Some(cluster::Node::ZkClient(client)) => all.push(self.client(client)),
            None => {}
        }
        all.push(self.timers());
        all.push(self.threads());
        let disk = self.scene.world.disk(self.node).zookeeper();
        let durable = self.scene.world.durable(self.node).zookeeper();
        if let (Some(disk), Some(durable)) = (disk, durable) {
            all.push(self.disk(disk, durable));
            all.push(self.log(disk, durable));
        }
        all.retain(|section| !section.rows.is_empty());
        all
    }

    // ---- election ----

    fn server(&self, server: &Server, all: &mut Vec<Section>) {
        if let Some(election) = server.election() {
            let tables = [
                ("view.recvset", election.recvset()),
                ("view.outofelection", election.out_of_election()),
            ];
            for (key, table) in tables {
                all.extend(table.map(|table| self.table(key, table)));
            }
            let mut heard = self.section("view.waiting_votes");
            for (from, notification) in election.waiting() {
                heard.row(from.to_string(), self.notification(&notification));
            }
            all.push(heard);
            let mut queues = self.section("view.send_queues");
            for (to, connected, waiting) in election.send_queues() {
                let key = match connected {
                    true => "view.connected",
                    false => "view.not_connected",
                };
                let left = format!("→ {to} {}", self.word(key));
                queues.row(
                    left,
                    waiting.map_or(String::new(), |it| self.notification(&it)),
                );
            }
            all.push(queues);
        }
        self.leader(server, all);
        self.writes(server, all);
    }

    fn table(&self, key: &str, table: &BallotTable) -> Section {
        let mut section = self.section(key);
        for (of, by) in table.iter() {
            let mark = Mark::Vote { at: self.node, of };
            let letter = by.value.state.name();
            let vote = vote_in_full(self.lang, &by.value.vote);
            section.marked(Some(mark), None, format!("{of} {letter}"), vote);
        }
        section
    }

    fn notification(&self, it: &Notification) -> String {
        format!(
            "{} {}",
            it.state.name(),
            vote_in_full(self.lang, &it.vote())
        )
    }

    // ---- leading ----

    fn leader(&self, server: &Server, all: &mut Vec<Section>) {
        let Some(leader) = server.leader() else {
            return;
        };
        let mut learners = self.section("view.learners");
        for handler in leader.handlers() {
            let queued = with(
                self.lang,
                "view.queued",
                &[("count", &handler.queued().len())],
            );
            let left = format!(
                "{} {}",
                handler.sid(),
                self.word(handler_key(handler.stage()))
            );
            let tick = with(
                self.lang,
                "view.deadline",
                &[("tick", &leader.tick()), ("deadline", &handler.deadline())],
            );
            learners.row(left, format!("{queued} · {tick}"));
        }
        all.push(learners);
        let mut proposals = self.section("view.proposals");
        for proposal in leader.outstanding() {
            let acks: Vec<String> = proposal
                .acks
                .sids()
                .iter()
                .map(ToString::to_string)
                .collect();
            let zxid = proposal.txn.zxid;
            let mark = Mark::Entry {
                at: self.node,
                zxid,
            };
            let acks = with(self.lang, "view.acks_of", &[("acks", &acks.join(", "))]);
            proposals.marked(Some(mark), ground(zxid), zxid.to_string(), acks);
        }
        all.push(proposals);
    }

    // ---- what is being written ----

    fn writes(&self, server: &Server, all: &mut Vec<Section>) {
        let mut section = self.section("view.being_written");
        let logger = server.logger();
        let pending = server.learner().into_iter().flat_map(zk::Learner::pending);
        let lists: [(&str, Vec<Zxid>); 4] = [
            ("view.to_append", logger.waiting().collect()),
            ("view.to_sync", logger.syncing().collect()),
            ("view.to_commit", pending.collect()),
            ("view.to_apply", server.applier().waiting().collect()),
        ];
        for (key, zxids) in lists {
            for zxid in zxids {
                let mark = Mark::Entry {
                    at: self.node,
                    zxid,
                };
                section.marked(Some(mark), ground(zxid), zxid.to_string(), self.word(key));
            }
        }
        all.push(section);
    }

    fn client(&self, client: &Client) -> Section {
        let mut section = self.section("view.session");
        let session = client.session();
        section.row(
            self.word(client_key(client.state())),
            session.map_or(String::new(), |it| format!("0x{:x}", it.0)),
        );
        let server = client.server().map_or(String::new(), |it| it.to_string());
        section.row(self.word("view.server"), server);
        let timeout = client.timeout_ms();
        section.row(self.word("view.timeout"), format!("{timeout} ms"));
        section.row(self.word("view.seen"), client.last_zxid().to_string());
        if let Some((done, more)) = client.load_done() {
            let key = if more {
                "view.load_runs"
            } else {
                "view.load_over"
            };
            section.row(
                with(self.lang, "view.load", &[("count", &done)]),
                self.word(key),
            );
        }
        section
    }

    // ---- the engine ----

    fn timers(&self) -> Section {
        let mut section = self.section("view.timers");
        let mut timers: Vec<_> = self.scene.world.timers(self.node).collect();
        timers.sort_by_key(|it| (it.1, it.0));
        for (timer, due) in timers {
            section.row(self.timer(timer), self.in_time(due));
        }
        section
    }

    fn in_time(&self, due: SimTime) -> String {
        let left = (due - self.scene.time).0;
        let ms = format!("{}.{:03}", left / 1_000_000, left / 1_000 % 1_000);
        with(self.lang, "view.in_ms", &[("ms", &ms)])
    }

    fn timer(&self, timer: Timer) -> String {
        let key = match timer {
            Timer::ZkServer(zk::Timer::Election(timer)) => match timer {
                ElectionTimer::Poll => "view.timer_poll",
                ElectionTimer::Greeting => "view.timer_greeting",
                ElectionTimer::Connect(to) => {
                    return with(self.lang, "view.timer_dial", &[("to", &to)]);
                }
            },
            Timer::ZkServer(zk::Timer::Peer(timer)) => match timer {
                PeerTimer::OpenPort => "view.timer_open_port",
                PeerTimer::Wait => "view.timer_wait",
                PeerTimer::HalfTick => "view.timer_half_tick",
                PeerTimer::Retry => "view.timer_retry",
                PeerTimer::Connect => "view.timer_connect",
                PeerTimer::Read => "view.timer_read",
                PeerTimer::ElectionDelay => "view.timer_election_delay",
            },
            Timer::ZkServer(zk::Timer::Handler(id, timer)) => {
                let key = match timer {
                    HandlerTimer::Wait => "view.timer_handler_wait",
                    HandlerTimer::Read => "view.timer_handler_read",
                };
                let sid = self.learner_of(id);
                return with(self.lang, key, &[("learner", &sid)]);
            }
            Timer::ZkServer(zk::Timer::Session) => "view.timer_session",
            Timer::ZkServer(zk::Timer::Containers) => "view.timer_containers",
            Timer::ZkClient(timer) => match timer {
                ClientTimer::Ping => "view.timer_ping",
                ClientTimer::Dead => "view.timer_dead",
                ClientTimer::Retry => "view.timer_redial",
                ClientTimer::Think => "view.timer_think",
            },
        };
        self.word(key)
    }

    fn learner_of(&self, id: zk::HandlerId) -> String {
        let server = self
            .scene
            .world
            .node(self.node)
            .and_then(|it| it.zk_server());
        let leader = server.and_then(Server::leader);
        let handler = leader.and_then(|it| it.handlers().iter().find(|it| it.id() == id));
        handler.map_or_else(|| "?".to_owned(), |it| it.sid().to_string())
    }

    /// What one thread handed to another, and what a stopped process has not taken.
    fn threads(&self) -> Section {
        let mut section = self.section("view.threads");
        let mut handed: Vec<_> = self.scene.world.handed(self.node).collect();
        handed.sort_by_key(|it| (it.1, it.0.0));
        for (to, due) in handed {
            section.row(self.thread(to), self.in_time(due));
        }
        let waiting = self.scene.world.backlog(self.node);
        if waiting > 0 {
            section.row(self.word("view.backlog"), waiting.to_string());
        }
        section
    }

    fn thread(&self, it: Lane) -> String {
        let key = match it {
            lane::PEER | lane::GOES_ON => "view.thread_peer",
            lane::ELECTION => "view.thread_election",
            lane::LOG => "view.thread_log",
            lane::COMMIT => "view.thread_commit",
            lane::PREP => "view.thread_prep",
            lane::SESSION => "view.thread_session",
            lane::SNAPSHOT => "view.thread_snapshot",
            _ => "view.thread_handler",
        };
        self.word(key)
    }

    // ---- the disk ----

    fn disk(&self, disk: &ZkDisk, durable: &ZkDisk) -> Section {
        let mut section = self.section("view.disk");
        let on_disk = |same: bool| {
            self.word(match same {
                true => "view.durable",
                false => "view.not_durable",
            })
        };
        let epochs = [
            ("acceptedEpoch", disk.accepted_epoch, durable.accepted_epoch),
            ("currentEpoch", disk.current_epoch, durable.current_epoch),
        ];
        for (name, epoch, lasting) in epochs {
            if let Some(epoch) = epoch {
                let state = on_disk(lasting == Some(epoch));
                section.row(name, format!("{epoch} · {state}"));
            }
        }
        if disk.updating_epoch {
            section.row("updatingEpoch", on_disk(durable.updating_epoch));
        }
        for snapshot in &disk.snapshots {
            let lasts = durable.snapshots.iter().any(|it| it.name == snapshot.name);
            section.row(format!("snapshot.{:x}", snapshot.name.0), on_disk(lasts));
        }
        for log in &disk.logs {
            let lasting = durable.logs.iter().find(|it| it.name == log.name);
            let lasts = lasting.is_some_and(|it| it.txns.len() == log.txns.len());
            let count = with(
                self.lang,
                "view.log_file",
                &[("count", &log.txns.len()), ("bytes", &log.bytes)],
            );
            let state = on_disk(lasts);
            section.row(
                format!("log.{:x}", log.name.0),
                format!("{count} · {state}"),
            );
        }
        section
    }

    /// The newest entries first.
    fn log(&self, disk: &ZkDisk, durable: &ZkDisk) -> Section {
        let mut section = self.section("view.log");
        let lasting = durable.last_logged();
        let newest = disk.logs.iter().rev().flat_map(|log| log.txns.iter().rev());
        for txn in newest.take(ROWS + 1) {
            let mark = Mark::Entry {
                at: self.node,
                zxid: txn.zxid,
            };
            let mut says = what(txn);
            if lasting.is_none_or(|lasting| txn.zxid > lasting) {
                says = format!("{says} · {}", self.word("view.not_durable"));
            }
            section.marked(Some(mark), ground(txn.zxid), txn.zxid.to_string(), says);
        }
        // How many more there are is not counted: a log may be very long.
        section.more = 0;
        section
    }
}

const fn handler_key(stage: HandlerStage) -> &'static str {
    match stage {
        HandlerStage::Backlog => "view.handler_backlog",
        HandlerStage::AwaitInfo => "view.handler_info",
        HandlerStage::EpochWait => "view.handler_epoch",
        HandlerStage::AwaitAckEpoch => "view.handler_ack_epoch",
        HandlerStage::AckEpochWait(_) => "view.handler_ack_epochs",
        HandlerStage::Sending => "view.handler_sending",
        HandlerStage::AwaitNewLeaderAck => "view.handler_new_leader",
        HandlerStage::NewLeaderWait => "view.handler_new_leaders",
        HandlerStage::AwaitStartup => "view.handler_startup",
        HandlerStage::Serving => "view.handler_serving",
    }
}

const fn client_key(state: ClientState) -> &'static str {
    match state {
        ClientState::Waiting => "view.client_waiting",
        ClientState::Connecting => "view.client_connecting",
        ClientState::Connected => "view.connected",
        ClientState::Closed => "view.client_closed",
    }
}

fn ground(zxid: Zxid) -> Option<Ink> {
    Some(Ink::Epoch(epoch_ink(zxid.epoch())))
}

/// What a transaction does, as the log's own tools name it.
fn what(txn: &Txn) -> String {
    match &txn.body {
        TxnBody::Create { path, .. } => format!("create {path}"),
        TxnBody::Delete { path } => format!("delete {path}"),
        TxnBody::DeleteContainer { path } => format!("deleteContainer {path}"),
        TxnBody::SetAcl { path, .. } => format!("setACL {path}"),
        TxnBody::SetData { path, .. } => format!("setData {path}"),
        TxnBody::Check { path, .. } => format!("check {path}"),
        TxnBody::Multi(parts) => format!("multi {}", parts.len()),
        TxnBody::CreateSession { .. } => "createSession".to_owned(),
        TxnBody::CloseSession => "closeSession".to_owned(),
        TxnBody::Error(_) => "error".to_owned(),
    }
}
