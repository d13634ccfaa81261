//! Texts can be read: they have contrast, they do not lie on each other, and they stay in the picture.

use super::stage::{LOST_PROPOSAL, ONE_AFTER_ANOTHER, Stage, centre, strip};
use crate::draw::{inside, overlap, width};
use crate::picture::{Align, Picture, Point, Rect, Shape};
use crate::scene::{Scene, Window};
use crate::space_time::{self, Shown};
use crate::theme::{Ink, Rgb, Theme, contrast};
use crate::{bands, ensemble, inside as inside_view};
use sim_core::base::{NodeId, SimTime};
use sim_core::explain::Lang;

/// What lies under a place, before an item: the last filled shape.
fn ground(picture: &Picture, before: usize, place: Point, theme: Theme) -> Rgb {
    let under = picture.items[..before].iter().rev().find_map(|item| {
        let (fill, holds) = match &item.shape {
            Shape::Box { rect, fill, .. } => (*fill, rect.holds(place)),
            Shape::Disc {
                centre,
                radius,
                fill,
                ..
            } => {
                let (dx, dy) = (centre.x - place.x, centre.y - place.y);
                (*fill, dx * dx + dy * dy <= radius * radius)
            }
            Shape::Polygon { points, fill, .. } => (*fill, in_polygon(points, place)),
            _ => (None, false),
        };
        fill.filter(|_| holds && item.opacity >= 1.0)
    });
    theme.colour(under.unwrap_or(Ink::Ground))
}

fn in_polygon(points: &[Point], place: Point) -> bool {
    let edges = points.iter().zip(points.iter().cycle().skip(1));
    let crossed = edges.filter(|(a, b)| {
        (a.y > place.y) != (b.y > place.y)
            && place.x < (b.x - a.x) * (place.y - a.y) / (b.y - a.y) + a.x
    });
    crossed.count() % 2 == 1
}

/// Each text with its place in the order of items and the rectangle of its letters.
fn texts(picture: &Picture) -> Vec<(usize, Rect, &str, Ink)> {
    let items = picture.items.iter().enumerate();
    items
        .filter_map(|(index, item)| match &item.shape {
            Shape::Text {
                at,
                align,
                face,
                ink,
                text,
            } => {
                assert!(item.opacity >= 1.0, "paler letters cannot be read: {text}");
                assert!(face.size >= 11.0, "too small: {text}");
                let wide = width(text, *face);
                let x = match align {
                    Align::Left => at.x,
                    Align::Centre => at.x - wide / 2.0,
                    Align::Right => at.x - wide,
                };
                // Letters without what hangs below the line.
                let high = face.size * 0.74;
                let rect = Rect::new(x, at.y - high / 2.0, wide, high);
                Some((index, rect, &**text, *ink))
            }
            _ => None,
        })
        .collect()
}

fn pictures(scene: &Scene<'_>, lang: Lang) -> [(&'static str, Picture); 4] {
    let window = Window {
        from: SimTime(scene.time.0.saturating_sub(4_000_000)),
        to: SimTime(scene.time.0 + 4_000_000),
    };
    let shown = Shown {
        window,
        hidden_nodes: &[],
        hidden_kinds: &[],
    };
    [
        ("ensemble", ensemble::picture(scene, &centre(lang))),
        (
            "bands",
            bands::picture(scene, bands::whole(scene), &[], &strip(lang)),
        ),
        (
            "space-time",
            space_time::picture(scene, &shown, &centre(lang)),
        ),
        (
            "inside",
            inside_view::picture(scene, NodeId(2), &centre(lang)),
        ),
    ]
}

fn moments(name: &str, mut look: impl FnMut(&Scene<'_>, u64)) {
    let mut stage = Stage::new(name);
    let turns: Vec<u64> = stage.history.moments().iter().map(|it| it.step.0).collect();
    for step in turns.iter().copied().chain((1..stage.end()).step_by(211)) {
        look(&stage.at_step(step), step);
    }
}

/// WCAG 2.2, success criterion 1.4.3: at least 4.5, whichever theme.
#[test]
fn letters_have_contrast() {
    for name in [ONE_AFTER_ANOTHER, LOST_PROPOSAL] {
        moments(name, |scene, step| {
            for (what, picture) in pictures(scene, Lang::En) {
                for (index, rect, text, ink) in texts(&picture) {
                    for theme in [Theme::Light, Theme::Dark] {
                        let under = ground(&picture, index, rect.centre(), theme);
                        let it = contrast(theme.colour(ink), under);
                        assert!(
                            it >= 4.5,
                            "{what}, step {step}: {text:?} in {ink:?}: {it:.2}"
                        );
                    }
                }
            }
        });
    }
}

/// Every ink of letters on every ground that it may lie on, whether a story shows it or not.
#[test]
fn inks_have_contrast() {
    use Ink::*;
    let words = [Text, Dim, Looking, Following, Leading, Observing, Broken];
    for theme in [Theme::Light, Theme::Dark] {
        let check = |ink: Ink, ground: Ink| {
            let it = contrast(theme.colour(ink), theme.colour(ground));
            assert!(it >= 4.5, "{theme:?}: {ink:?} on {ground:?}: {it:.2}");
        };
        for ink in words {
            [Ground, Panel, Soft]
                .into_iter()
                .for_each(|ground| check(ink, ground));
        }
        (0..6).for_each(|epoch| check(Text, Epoch(epoch)));
        [Following, Leading, Observing]
            .into_iter()
            .for_each(|state| check(Panel, state));
    }
}

/// The examples of WCAG's definition: black on white is 21, equal colours are 1, #777777 on white is 4.48.
#[test]
fn contrast_as_defined() {
    let (black, white, grey) = ([0; 3], [255; 3], [0x77; 3]);
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!((contrast(grey, grey) - 1.0).abs() < 1e-9);
    assert!((contrast(white, grey) - 4.478).abs() < 0.001);
}

#[test]
fn letters_do_not_lie_on_each_other() {
    for (name, lang) in [
        (ONE_AFTER_ANOTHER, Lang::En),
        (LOST_PROPOSAL, Lang::Zh),
        (LOST_PROPOSAL, Lang::En),
    ] {
        moments(name, |scene, step| {
            for (what, picture) in pictures(scene, lang) {
                let frame = Rect::new(-0.5, -0.5, picture.width + 1.0, picture.height + 1.0);
                let all = texts(&picture);
                for (index, (item, rect, text, _)) in all.iter().enumerate() {
                    assert!(
                        inside(*rect, frame),
                        "{what}, step {step}: {text:?} at {rect:?}"
                    );
                    for (later, other, again, _) in &all[index + 1..] {
                        let covered = covered(&picture, *item, *later, *rect);
                        let clash = overlap(*rect, *other) && !covered;
                        assert!(!clash, "{what}, step {step}: {text:?} and {again:?}");
                    }
                }
            }
        });
    }
}

/// Whether a text lies under a filled shape that was drawn before the later one: then nobody sees it.
fn covered(picture: &Picture, item: usize, later: usize, rect: Rect) -> bool {
    picture.items[item..later].iter().any(|it| match &it.shape {
        Shape::Box {
            rect: over,
            fill: Some(_),
            ..
        } => overlap(*over, rect),
        _ => false,
    })
}

/// Names and values for screen readers stand at everything that can be pointed at.
#[test]
fn spots_have_names() {
    moments(LOST_PROPOSAL, |scene, step| {
        for lang in [Lang::En, Lang::Zh] {
            for (what, picture) in pictures(scene, lang) {
                for spot in &picture.spots {
                    assert!(
                        !spot.name.is_empty(),
                        "{what}, step {step}: {:?}",
                        spot.mark
                    );
                    assert!(spot.rect.w > 0.0 && spot.rect.h > 0.0);
                }
            }
        }
    });
}
