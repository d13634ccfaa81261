//! How long pictures take to be drawn: `cargo bench -p quorumscope-views`. A line each: name, the middle one and the
//! longest of a whole play in microseconds, shapes of the largest.

use quorumscope_views::history::History;
use quorumscope_views::picture::Picture;
use quorumscope_views::scene::{Plan, Scene, Style, Window};
use quorumscope_views::space_time::Shown;
use quorumscope_views::theme::Theme;
use quorumscope_views::{bands, ensemble, inside, space_time, svg};
use sim_core::base::{NodeId, SimTime, Span, StepIndex};
use sim_core::engine::{Run, Timeline, World};
use sim_core::explain::Lang;
use sim_core::invariant::ZkMonitors;
use sim_core::scenario::{Director, Scenario, Script};
use std::sync::Arc;

#[allow(clippy::disallowed_types, reason = "a benchmark measures time")]
type Clock = std::time::Instant;

/// Pictures drawn of one play.
const MOMENTS: u64 = 400;

fn main() {
    for name in [
        "elections/lost-proposal-8-8-8-7-7",
        "elections/seven-lose-three-winners",
        "replication/two-of-five-cut-off-for-an-hour",
    ] {
        measure(name);
    }
}

fn measure(name: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/zookeeper");
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("a shipped file");
    let scenario = Scenario::parse(&text).expect("a scenario");
    let script = Script::new(&scenario, scenario.plays()[0]).expect("its first variant");
    let script = Arc::new(script);
    let compiled = script.compiled();
    let spec = compiled.world.clone();
    let mut history = History::new(spec.nodes.len());
    let world = World::pinned(spec, scenario.seed, compiled.pins.clone());
    let plan = Plan::of(&script);
    let director = Director::new(Arc::clone(&script), None);
    let mut timeline = Timeline::new(Run::new(world, ZkMonitors::default()), director);
    let limit = plan.ends + Span::from_millis(100);
    let began = Clock::now();
    timeline.advance_watched(limit, u64::MAX, |stepped, records, play| {
        let run = play.run();
        history.step(stepped, records.iter(), run.world(), run.broken());
    });
    let steps = timeline.end().0;
    let each = began.elapsed().as_secs_f64() * 1e6 / steps as f64;
    println!("{name}: {steps} steps, {each:.2} us each with history");
    let drawings: [(&str, fn(&Scene<'_>) -> Picture); 6] = [
        ("ensemble", |scene| ensemble::picture(scene, &style())),
        ("bands", |scene| {
            bands::picture(scene, bands::whole(scene), &[], &strip())
        }),
        ("space-time, 20 ms", |scene| {
            space_time::picture(scene, &shown(scene, 10_000_000), &style())
        }),
        ("space-time, all", |scene| {
            space_time::picture(scene, &shown(scene, u64::MAX / 4), &style())
        }),
        ("inside", |scene| {
            inside::picture(scene, NodeId(2), &style())
        }),
        ("ensemble as svg", |scene| {
            let picture = ensemble::picture(scene, &style());
            assert!(!svg::write(&picture, Theme::Dark).is_empty());
            picture
        }),
    ];
    for (what, draw) in drawings {
        let (mut all, mut shapes) = (Vec::new(), 0);
        for part in 1..=MOMENTS {
            timeline.seek(StepIndex(steps * part / MOMENTS));
            let world = timeline.run().world();
            let scene = Scene {
                world,
                history: &history,
                plan: &plan,
                time: world.now(),
                pace: 1.0,
                parts_at: None,
                selection: None,
                until: None,
            };
            let began = Clock::now();
            let picture = draw(&scene);
            let took = began.elapsed().as_secs_f64() * 1e6;
            all.push(took);
            shapes = shapes.max(picture.items.len());
        }
        all.sort_by(f64::total_cmp);
        let (middle, longest) = (all[all.len() / 2], all[all.len() - 1]);
        println!("  {what:18} {middle:8.0} us  longest {longest:8.0}  shapes {shapes}");
    }
}

fn style() -> Style {
    Style {
        width: 850.0,
        height: 590.0,
        lang: Lang::En,
        reduced_motion: false,
    }
}

fn strip() -> Style {
    Style {
        width: 1200.0,
        height: 150.0,
        ..style()
    }
}

fn shown(scene: &Scene<'_>, around: u64) -> Shown<'static> {
    let now = scene.time.0;
    let whole = bands::whole(scene);
    let window = Window {
        from: SimTime(now.saturating_sub(around)).max(whole.from),
        to: SimTime(now.saturating_add(around)).min(whole.to),
    };
    Shown {
        window,
        hidden_nodes: &[],
        hidden_kinds: &[],
    }
}
