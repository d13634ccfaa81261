//! Writes the pictures of a moment of a scenario as SVG, to look at them: `cargo run -p quorumscope-views --example
//! moments -- FILE TIME FOLDER [light|dark] [en|zh] [still]`. A time is `5.7s`, or `#12` for the twelfth moment worth
//! going to, from 0.

use quorumscope_views as views;
use sim_core::base::{SimTime, Span};
use sim_core::engine::{Advanced, Run, Timeline, World};
use sim_core::explain::Lang;
use sim_core::invariant::ZkMonitors;
use sim_core::scenario::{Director, Scenario, Script};
use std::sync::Arc;
use views::history::History;
use views::scene::{Plan, Scene, Style};
use views::theme::Theme;
use views::{bands, ensemble, inside, operator, space_time, svg};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, time, folder, rest @ ..] = &args[..] else {
        panic!("FILE TIME FOLDER [light|dark] [en|zh]");
    };
    let theme = match rest.iter().any(|it| it == "dark") {
        true => Theme::Dark,
        false => Theme::Light,
    };
    let lang = match rest.iter().any(|it| it == "zh") {
        true => Lang::Zh,
        false => Lang::En,
    };
    let text = std::fs::read_to_string(file).expect("a file");
    let scenario = Scenario::parse(&text).expect("a scenario");
    let variant = scenario.plays()[0].map(str::to_owned);
    let script = Arc::new(Script::new(&scenario, variant.as_deref()).expect("a variant"));
    let compiled = script.compiled();
    let world = World::pinned(compiled.world.clone(), scenario.seed, compiled.pins.clone());
    let nodes = compiled.world.nodes.len();
    let run = Run::new(world, ZkMonitors::default());
    let mut timeline = Timeline::new(run, Director::new(Arc::clone(&script), None));
    let mut history = History::new(nodes);
    let plan = Plan::of(&script);
    let limit = plan.ends + Span::from_millis(100);
    let advanced = timeline.advance_watched(limit, 1_000_000, |stepped, records, play| {
        let run = play.run();
        history.step(stepped, records.iter(), run.world(), run.broken());
    });
    assert_eq!(advanced, Advanced::ToLimit);
    let (step, time) = match time.strip_prefix('#') {
        Some(nth) => {
            let moment = history.moments()[nth.parse::<usize>().expect("a number")];
            (moment.step, moment.at)
        }
        None => {
            let time = SimTime(Span::parse(time).expect("a time").0);
            (history.step_at(time), time)
        }
    };
    timeline.seek(step);
    let scene = Scene {
        world: timeline.run().world(),
        history: &history,
        plan: &plan,
        time,
        pace: 1.0,
        parts_at: None,
        selection: None,
        until: None,
    };
    let style = |width, height| Style {
        width,
        height,
        lang,
        reduced_motion: rest.iter().any(|it| it == "still"),
    };
    let write = |name: &str, picture: &views::picture::Picture| {
        let path = format!("{folder}/{name}.svg");
        std::fs::write(path, svg::write(picture, theme)).expect("a folder");
    };
    write("ensemble", &ensemble::picture(&scene, &style(850.0, 590.0)));
    let window = bands::whole(&scene);
    write(
        "bands",
        &bands::picture(&scene, window, &[], &style(1200.0, 150.0)),
    );
    let around = views::scene::Window {
        from: SimTime(time.0.saturating_sub(6_000_000)),
        to: SimTime(time.0 + 6_000_000),
    };
    let shown = space_time::Shown {
        window: around,
        hidden_nodes: &[],
        hidden_kinds: &[],
    };
    write(
        "space-time",
        &space_time::picture(&scene, &shown, &style(850.0, 590.0)),
    );
    let node = sim_core::base::NodeId(2);
    write(
        "inside",
        &inside::picture(&scene, node, &style(600.0, 560.0)),
    );
    for line in operator::status(scene.world, node)
        .iter()
        .chain(&operator::srvr(scene.world, node))
    {
        println!("{}", line.text);
    }
}
