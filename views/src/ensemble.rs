//! The ensemble: servers as cards on an ellipse, clients outside, messages on their way.

use crate::picture::Picture;
use crate::scene::{Scene, Style};

/// Draws the ensemble at the time shown.
pub fn picture(scene: &Scene<'_>, style: &Style) -> Picture {
    let _ = scene;
    Picture::new(style.width, style.height)
}
