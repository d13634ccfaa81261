//! Space and time: a line a node, time downwards, an arrow a message.

use crate::picture::Picture;
use crate::scene::{Scene, Style, Window};
use sim_core::base::{NodeId, SimTime};

/// What is shown of a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// From when to when.
    pub window: Window,
    /// Nodes that are left out.
    pub hidden_nodes: &'a [NodeId],
    /// Kinds of messages that are left out, by number.
    pub hidden_kinds: &'a [u8],
}

/// Draws the play in a window of time.
pub fn picture(scene: &Scene<'_>, shown: &Shown<'_>, style: &Style) -> Picture {
    let _ = (scene, shown);
    Picture::new(style.width, style.height)
}

/// The time at a height of the picture.
pub fn time_at(shown: &Shown<'_>, style: &Style, y: f32) -> SimTime {
    shown.window.at(y / style.height)
}
