//! The ensemble and the other pictures show what their worlds hold, and the same whichever way one came.

use super::stage::{LOST_PROPOSAL, ONE_AFTER_ANOTHER, Stage, centre, strip};
use crate::ensemble::{self, Board, Heard};
use crate::mark::Mark;
use crate::picture::{Picture, Shape};
use crate::scene::{Scene, Window};
use crate::space_time::{self, Shown};
use crate::{bands, inside};
use sim_core::base::{NodeId, SimTime};
use sim_core::cluster::World;
use sim_core::engine::Stage as Way;
use sim_core::explain::Lang;
use sim_core::zookeeper::{Server, ServerState, Sid};

fn servers(world: &World) -> Vec<(NodeId, &Server)> {
    let nodes = (0..world.spec().nodes.len() as u16).map(NodeId);
    nodes
        .filter_map(|node| Some((node, world.node(node)?.zk_server()?)))
        .collect()
}

/// The texts under a mark, in the order in which they are drawn.
fn texts(picture: &Picture, mark: Mark) -> Vec<&str> {
    let of_mark = picture.items.iter().filter(|it| it.mark == Some(mark));
    of_mark
        .filter_map(|it| match &it.shape {
            Shape::Text { text, .. } => Some(&**text),
            _ => None,
        })
        .collect()
}

/// Every cell of every table is the server's own `recvset`; a cell counts if the vote in it is the server's proposal
/// (`Vote.equals` of two LOOKING votes: all fields), and of five servers more than half, three, are needed
/// (`QuorumMaj`).
fn votes_are_the_servers_own(name: &str, every: usize) {
    let mut stage = Stage::new(name);
    let mut tables = 0;
    for step in (1..=stage.end()).step_by(every) {
        let scene = stage.at_step(step);
        let looking: Vec<_> = servers(scene.world)
            .into_iter()
            .filter_map(|(node, server)| {
                Some((node, server.election()?, server.election()?.recvset()?))
            })
            .collect();
        if looking.is_empty() {
            continue;
        }
        let picture = ensemble::picture(&scene, &centre(Lang::En));
        for (node, election, table) in looking {
            tables += 1;
            let proposal = election.proposal();
            let mut equal = 0;
            for voter in (1..=5).map(Sid) {
                let mark = Mark::Vote {
                    at: node,
                    of: voter,
                };
                let shown = texts(&picture, mark);
                let kept = table.get(voter).map(|by| by.value);
                match kept {
                    None => assert_eq!(shown, [voter.to_string()], "step {step}, {mark:?}"),
                    Some(ballot) => {
                        let leader = ballot.vote.leader.to_string();
                        assert_eq!(shown, [voter.to_string(), leader], "step {step}, {mark:?}");
                        equal += u32::from(ballot.vote == proposal);
                    }
                }
            }
            let tally = format!("{equal} / 3");
            let card = texts(&picture, Mark::Node(node));
            assert!(card.contains(&&*tally), "step {step}: {tally} in {card:?}");
        }
    }
    assert!(tables > 20, "the story has an election: {tables}");
}

#[test]
fn votes_of_a_first_start() {
    votes_are_the_servers_own(ONE_AFTER_ANOTHER, 1);
}

#[test]
fn votes_after_a_lost_proposal() {
    votes_are_the_servers_own(LOST_PROPOSAL, 3);
}

/// What stands on the cards is what `srvr` and the epoch files say: state, zxid, epochs, vote.
#[test]
fn cards_say_what_servers_know() {
    let mut stage = Stage::new(LOST_PROPOSAL);
    for step in (1..=stage.end()).step_by(17) {
        let scene = stage.at_step(step);
        for (node, server) in servers(scene.world) {
            let face = ensemble::face(&scene, node).expect("a server");
            let live = face.live.as_ref().expect("it runs");
            assert_eq!(live.zxid, server.last_zxid());
            assert_eq!(live.accepted, server.accepted_epoch());
            assert_eq!(live.current, server.current_epoch());
            assert_eq!(live.phase, server.phase());
            if server.state() != ServerState::Looking {
                assert_eq!(live.vote, server.current_vote());
            }
            let disk = scene.world.disk(node).zookeeper().expect("a disk");
            assert_eq!(face.log.last().map(|it| it.zxid), disk.last_logged());
        }
    }
}

/// The recording that this story follows (lost-proposal, both releases): `srvr` shows 8, 8, 8, 7, 7, and three
/// acknowledgements of transaction 8 commit it, with the leader's own among them.
#[test]
fn eight_eight_eight_seven_seven() {
    let mut stage = Stage::new(LOST_PROPOSAL);
    let scene = stage.at("5.6s");
    let picture = ensemble::picture(&scene, &centre(Lang::En));
    let last = [8, 8, 8, 7, 7].map(|counter| format!("0x10000000{counter}"));
    for (index, zxid) in last.iter().enumerate() {
        let card = texts(&picture, Mark::Node(NodeId(index as u16)));
        assert!(card.contains(&&**zxid), "{card:?}");
    }
    let face = ensemble::face(&scene, NodeId(2)).expect("server 3");
    let Board::Leads(leads) = face.live.expect("it runs").board else {
        panic!("3 leads");
    };
    assert_eq!(leads.needed, 3);
    assert!(leads.cells.iter().all(|(_, heard)| *heard == Heard::Yes));
    assert_eq!(face.oldest_proposal, None, "transaction 8 has its quorum");
    // What 3 sends to 4 and 5 is lost from 5 s on: the directions are marked, and no other is.
    let links = picture.spots.iter().filter_map(|spot| match spot.mark {
        Mark::Link { from, to } => Some((from.0, to.0)),
        _ => None,
    });
    assert_eq!(links.collect::<Vec<_>>(), [(2, 3), (2, 4)]);
}

fn all_pictures(scene: &Scene<'_>) -> Vec<Picture> {
    let window = Window {
        from: SimTime(5_000_000_000),
        to: SimTime(6_000_000_000),
    };
    let shown = Shown {
        window,
        hidden_nodes: &[],
        hidden_kinds: &[],
    };
    vec![
        ensemble::picture(scene, &centre(Lang::En)),
        space_time::picture(scene, &shown, &centre(Lang::Zh)),
        bands::picture(scene, bands::whole(scene), &[], &strip(Lang::En)),
        inside::picture(scene, NodeId(2), &centre(Lang::En)),
    ]
}

#[test]
fn the_same_pictures_whichever_way_one_came() {
    let mut stage = Stage::new(LOST_PROPOSAL);
    let end = stage.end();
    let steps: Vec<u64> = (1..=12).map(|part| end * part / 12).collect();
    let forward: Vec<_> = steps
        .iter()
        .map(|step| all_pictures(&stage.at_step(*step)))
        .collect();
    for (step, before) in steps.iter().zip(&forward).rev() {
        assert!(
            all_pictures(&stage.at_step(*step)) == *before,
            "step {step}, coming back"
        );
    }
    // Forgotten from the middle on and played again.
    let middle = steps[5];
    stage.at_step(middle);
    stage.timeline.forget_later();
    let middle = sim_core::base::StepIndex(middle);
    let world = stage.timeline.run().world();
    stage.history.truncate(middle, world);
    stage.play_on();
    assert_eq!(stage.end(), end);
    for (step, before) in steps.iter().zip(&forward) {
        assert!(
            all_pictures(&stage.at_step(*step)) == *before,
            "step {step}, played again"
        );
    }
}

/// As many messages are drawn as are under way, each between its ends, and further on as time goes by.
#[test]
fn messages_move_along_their_lines() {
    let mut stage = Stage::new(ONE_AFTER_ANOTHER);
    let mut moved = 0;
    for step in (1..stage.end()).step_by(5) {
        let mut scene = stage.at_step(step);
        let flights = scene.world.in_flight();
        let arrives = flights.iter().filter_map(|it| match it.stage {
            Way::Travels(at) => Some(at),
            _ => None,
        });
        let Some(next) = arrives.min() else {
            continue;
        };
        let drawn = |scene: &Scene<'_>| {
            let picture = ensemble::picture(scene, &centre(Lang::En));
            let dots = picture
                .items
                .iter()
                .filter_map(|it| match (it.mark, &it.shape) {
                    (Some(Mark::Message(id)), Shape::Disc { centre, .. }) => Some((id, *centre)),
                    _ => None,
                });
            dots.collect::<Vec<_>>()
        };
        let before = drawn(&scene);
        assert!(!before.is_empty() && before.len() <= flights.len());
        let now = scene.time;
        scene.time = SimTime(now.0 + (next.0 - now.0) / 2);
        let after = drawn(&scene);
        for (id, place) in &before {
            let later = after.iter().find(|it| it.0 == *id);
            moved += usize::from(later.is_some_and(|later| later.1 != *place));
        }
    }
    assert!(moved > 50, "{moved}");
}

/// Between one server and nine, with and without clients, no card lies on another or leaves the picture.
#[test]
fn cards_keep_apart() {
    for servers in 1..=9 {
        for clients in [0, 1, 3, 12] {
            let layout = ensemble::layout(850.0, 590.0, servers, clients);
            assert_eq!(layout.cards.len(), servers);
            assert_eq!(layout.clients.len() + layout.more_clients, clients);
            let all: Vec<_> = layout.cards.iter().chain(&layout.clients).collect();
            for (index, one) in all.iter().enumerate() {
                assert!(crate::draw::inside(
                    **one,
                    crate::picture::Rect::new(0.0, 0.0, 850.0, 590.0)
                ));
                for other in &all[index + 1..] {
                    assert!(
                        !crate::draw::overlap(**one, **other),
                        "{servers} servers, {clients} clients"
                    );
                }
            }
        }
    }
    assert_eq!(
        ensemble::layout(850.0, 590.0, 5, 2).level,
        ensemble::Level::Full
    );
}

#[test]
fn nothing_later_is_shown_while_a_question_stands() {
    let mut stage = Stage::new(LOST_PROPOSAL);
    let mut scene = stage.at("5.65s");
    scene.until = Some(scene.time);
    let window = bands::whole(&scene);
    let style = strip(Lang::En);
    let picture = bands::picture(&scene, window, &[], &style);
    let limit = bands::x_of(window, &style, scene.time) + 7.0;
    for item in picture
        .items
        .iter()
        .filter(|it| matches!(it.mark, Some(Mark::Node(_))))
    {
        if let Shape::Box { rect, .. } = &item.shape {
            assert!(rect.x + rect.w <= limit);
        }
    }
    let later = |mark: &Mark| matches!(mark, Mark::Step(step) if *step > scene.step());
    assert!(!picture.spots.iter().any(|spot| later(&spot.mark)));
    let shown = Shown {
        window,
        hidden_nodes: &[],
        hidden_kinds: &[],
    };
    let picture = space_time::picture(&scene, &shown, &centre(Lang::En));
    assert!(!picture.spots.iter().any(|spot| later(&spot.mark)));
}

/// Time and place answer each other.
#[test]
fn times_and_places() {
    let style = strip(Lang::En);
    let window = Window {
        from: SimTime(1_000_000_000),
        to: SimTime(3_000_000_000),
    };
    for nanos in [1_000_000_000, 1_700_000_000, 3_000_000_000] {
        let x = bands::x_of(window, &style, SimTime(nanos));
        let back = bands::time_at(window, &style, x);
        assert!(back.0.abs_diff(nanos) < 2_000_000, "{back}");
    }
    assert_eq!(bands::time_at(window, &style, -5.0), window.from);
    assert_eq!(bands::time_at(window, &style, 5_000.0), window.to);
}
