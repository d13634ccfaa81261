//! The bands under the picture: the states of every node over time, marks, and the clock's hand.

use crate::picture::Picture;
use crate::scene::{Scene, Style, Window};
use sim_core::base::SimTime;

/// A beat of the lesson on the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat<'a> {
    /// When it comes.
    pub at: SimTime,
    /// What it is called.
    pub name: &'a str,
    /// Whether it is a question.
    pub asks: bool,
}

/// Draws the bands of a window of time. Beats are in the order of the lesson.
pub fn picture(scene: &Scene<'_>, window: Window, beats: &[Beat<'_>], style: &Style) -> Picture {
    let _ = (scene, window, beats);
    Picture::new(style.width, style.height)
}

/// The time at a place of the picture, counted from its left edge.
pub fn time_at(window: Window, style: &Style, x: f32) -> SimTime {
    window.at(x / style.width)
}

/// The place of a time.
pub fn x_of(window: Window, style: &Style, at: SimTime) -> f32 {
    window.fraction(at) * style.width
}
