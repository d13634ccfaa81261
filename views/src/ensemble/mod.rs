//! The ensemble: servers as cards on an ellipse, clients in a row under them, messages on their way.
//!
//! A card says what its server itself knows: state, last zxid, phase, epochs, vote, and what it is busy with. While it
//! is LOOKING that is the table of votes which it really keeps: a cell a sender, counted ones outlined, against what a
//! quorum needs. Nothing is counted here by rules of our own: the tables, the verifier of quorums and the comparison of
//! votes are the server's. Read `face.rs` for what is read from the world, `layout.rs` for where things stand, `card.rs`,
//! `link.rs` and `flight.rs` for how they are drawn. Where there are many servers, cards leave out rows; where there are
//! many messages, labels give way first, then messages of one kind and direction become one with a count.

mod board;
mod card;
mod face;
mod flight;
mod layout;
mod link;
mod log;
mod say;

pub use card::epoch_ink;
pub use face::{Board, Face, Follows, Heard, Leads, Live, LogCell, LogMark, VoteCell, Votes, face};
pub use layout::{Layout, Level, layout};
pub use say::{seconds, sid_text, sync_name, vote_in_full};

use crate::change::News;
use crate::draw::{at_right, bold, fitted, grown, mono, panel, spot, text, width, words as plain};
use crate::glyph;
use crate::history::{Look, State};
use crate::mark::Mark;
use crate::picture::{Picture, Rect, at, stroke};
use crate::scene::{Scene, Style};
use crate::theme::Ink;
use crate::words::{text as word, with};
use card::Card;
use link::Places;
use sim_core::base::NodeId;
use sim_core::zookeeper::{Client, ServerState};

/// Draws the ensemble at the time shown.
pub fn picture(scene: &Scene<'_>, style: &Style) -> Picture {
    let mut picture = Picture::new(style.width, style.height);
    let nodes = || (0..scene.world.spec().nodes.len() as u16).map(NodeId);
    let faces: Vec<Face> = nodes().filter_map(|node| face(scene, node)).collect();
    let is_client = |node: &NodeId| {
        scene.world.spec().nodes[node.index()]
            .config
            .zk_server()
            .is_none()
    };
    let clients: Vec<NodeId> = nodes().filter(is_client).collect();
    let layout = layout(style.width, style.height, faces.len(), clients.len());
    let mut places = Places::new();
    for (face, rect) in faces.iter().zip(&layout.cards) {
        places.insert(face.node, *rect);
    }
    for (client, rect) in clients.iter().zip(&layout.clients) {
        places.insert(*client, *rect);
    }
    legend(style, &mut picture);
    link::draw(scene, &places, style, &mut picture);
    for (face, rect) in faces.iter().zip(&layout.cards) {
        let card = Card {
            face,
            news: &News::of(scene, face.node, style),
            name: scene.name(face.node),
            rect: *rect,
            level: layout.level,
            lang: style.lang,
        };
        card.draw(scene, &mut picture);
    }
    for (client, rect) in clients.iter().zip(&layout.clients) {
        draw_client(scene, *client, *rect, style, &mut picture);
    }
    if layout.more_clients > 0 {
        let says = with(
            style.lang,
            "view.more_clients",
            &[("count", &layout.more_clients)],
        );
        let place = at(style.width - 20.0, style.height - 30.0);
        at_right(&mut picture, None, place, plain(11.0), Ink::Dim, says);
    }
    let taken: Vec<Rect> = places.values().copied().collect();
    flight::draw(scene, &places, layout.stage, &taken, style, &mut picture);
    flight::lost(scene, &places, &mut picture);
    select(scene, &mut picture);
    picture
}

/// What the shapes mean.
fn legend(style: &Style, picture: &mut Picture) {
    use ServerState::{Following, Leading, Looking, Observing};
    let states = [Looking, Following, Leading, Observing].map(State::Server);
    let says = |state| word(style.lang, glyph::key(state));
    let states = states.into_iter().chain([State::Down]);
    let all: Vec<_> = states.map(|state| (state, says(state))).collect();
    // Large letters with room between them, or small ones close together.
    let wide = |size, gap: f32| {
        let each = all.iter().map(|(_, says)| width(says, plain(size)) + gap);
        18.0 + each.sum::<f32>()
    };
    let (size, sign, gap) = match wide(13.0, 46.0) <= style.width {
        true => (13.0, 24.0, 46.0),
        false => (11.0, 23.0, 34.0),
    };
    let mut x = 18.0;
    for (state, says) in &all {
        let end = x + sign + width(says, plain(size));
        if end > style.width {
            break;
        }
        glyph::draw(picture, None, at(x + 9.0, 22.0), size - 3.0, *state);
        let place = at(x + sign, 22.0);
        text(picture, None, place, plain(size), Ink::Dim, &**says);
        x = end + gap - sign;
    }
}

fn draw_client(scene: &Scene<'_>, node: NodeId, rect: Rect, style: &Style, picture: &mut Picture) {
    let world = scene.world;
    let before = scene.history.look_at(node, scene.step());
    let look = Look::of(world, node, before.state);
    let client = world.node(node).and_then(|it| it.zk_client());
    let mark = Some(Mark::Node(node));
    let edge = stroke(if look.serving { Ink::Dim } else { Ink::Line }, 1.0);
    panel(picture, mark, rect, 6.0, Some(Ink::Panel), Some(edge));
    let state = if client.is_some() {
        State::Client
    } else {
        look.state
    };
    glyph::draw(picture, mark, at(rect.x + 18.0, rect.y + 20.0), 8.0, state);
    let room = rect.w - 42.0;
    let name = fitted(scene.name(node), bold(plain(13.0)), room);
    text(
        picture,
        mark,
        at(rect.x + 34.0, rect.y + 13.0),
        bold(plain(13.0)),
        Ink::Text,
        name,
    );
    let says = match client.and_then(Client::server) {
        Some(server) if look.serving => format!("→ {server}"),
        Some(server) => with(style.lang, "view.client_connects", &[("server", &server)]),
        None => word(style.lang, glyph::key(look.state)).into_owned(),
    };
    let below = at(rect.x + 34.0, rect.y + 28.0);
    text(
        picture,
        mark,
        below,
        mono(11.0),
        Ink::Dim,
        fitted(&says, mono(11.0), room),
    );
    let name = format!(
        "{}, {}",
        scene.name(node),
        word(style.lang, glyph::key(state))
    );
    spot(picture, Mark::Node(node), rect, name, says);
}

/// An outline around what is selected.
fn select(scene: &Scene<'_>, picture: &mut Picture) {
    let Some(mark) = scene.selection else {
        return;
    };
    let chosen = picture.spots.iter().find(|spot| spot.mark == mark);
    if let Some(rect) = chosen.map(|spot| spot.rect) {
        let around = grown(
            rect,
            if matches!(mark, Mark::Node(_)) {
                5.0
            } else {
                2.5
            },
        );
        let radius = if matches!(mark, Mark::Node(_)) {
            16.0
        } else {
            6.0
        };
        panel(
            picture,
            Some(mark),
            around,
            radius,
            None,
            Some(stroke(Ink::Text, 2.0)),
        );
    }
}
