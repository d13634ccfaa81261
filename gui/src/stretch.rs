//! Stretches of time under a hand: the wheel zooms around the pointer and moves along.

use egui::Response;
use sim_core::base::SimTime;
use views::scene::Window;

/// The least stretch that is shown, in nanoseconds.
const LEAST: f64 = 20_000.0;

/// The greatest: a day.
const MOST: f64 = 86_400e9;

/// What a wheel over a picture makes of the stretch that it shows. `share` tells where in the stretch the pointer is, from
/// 0 to 1. `None`: the wheel stands still, or is not over the picture.
pub fn by_wheel(
    response: &Response,
    window: Window,
    share: impl FnOnce(egui::Vec2) -> f32,
) -> Option<Window> {
    let pointer = response.hover_pos()?;
    let (wheel, pinch) = response
        .ctx
        .input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
    let (zoom, along) = (pinch * (wheel.y / 240.0).exp(), wheel.x);
    if (zoom - 1.0).abs() < 1e-4 && along.abs() < 1e-3 {
        return None;
    }
    let share = f64::from(share(pointer - response.rect.min).clamp(0.0, 1.0));
    let (from, to) = (window.from.0 as f64, window.to.0 as f64);
    let length = ((to - from) / f64::from(zoom)).clamp(LEAST, MOST);
    let fixed = from + (to - from) * share;
    let moved = f64::from(along) / f64::from(response.rect.width().max(1.0)) * length;
    let from = (fixed - length * share - moved).max(0.0);
    Some(Window {
        from: SimTime(from as u64),
        to: SimTime((from + length) as u64),
    })
}
