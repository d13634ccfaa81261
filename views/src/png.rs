//! Pictures as pixels: the SVG of a picture, rendered with faces that are given as bytes.
//!
//! For native programs. It reads no file and asks the system for no font; on the web the browser draws the SVG.

use crate::picture::Picture;
use crate::svg;
use crate::theme::Theme;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Renders a picture `scale` times as large. The first face serves for words, the first monospaced one for what is
/// copied from a system, the others where these lack a letter. The error says in English what went wrong.
pub fn render(
    picture: &Picture,
    theme: Theme,
    faces: &[&[u8]],
    scale: f32,
) -> Result<Vec<u8>, String> {
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    faces
        .iter()
        .for_each(|face| fonts.load_font_data(face.to_vec()));
    let first = |mono: bool| {
        let mut all = fonts.faces();
        let found = all.find(|face| !mono || face.monospaced);
        found.and_then(|face| Some(face.families.first()?.0.clone()))
    };
    let (words, mono) = (first(false), first(true));
    if let Some(family) = words {
        fonts.set_sans_serif_family(family);
    }
    if let Some(family) = mono {
        fonts.set_monospace_family(family);
    }
    let text = svg::write(picture, theme);
    let tree = Tree::from_str(&text, &options).map_err(|error| error.to_string())?;
    let size = |length: f32| (length * scale).ceil().clamp(1.0, 16_384.0) as u32;
    let (width, height) = (size(picture.width), size(picture.height));
    let mut pixels = Pixmap::new(width, height).ok_or("too large a picture")?;
    let larger = Transform::from_scale(scale, scale);
    resvg::render(&tree, larger, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{aligned, panel, words};
    use crate::picture::{Align, Rect, at};
    use crate::theme::Ink;

    /// A box of one ink has that ink's colour in the middle, and the ground's beside it (PNG: eight bytes of signature).
    #[test]
    fn pixels_have_the_colours_of_the_theme() {
        let mut picture = Picture::new(40.0, 20.0);
        let half = Rect::new(0.0, 0.0, 20.0, 20.0);
        panel(&mut picture, None, half, 0.0, Some(Ink::Leading), None);
        let place = at(2.0, 10.0);
        aligned(
            &mut picture,
            None,
            place,
            Align::Left,
            words(11.0),
            Ink::Text,
            "zk1",
        );
        let bytes = render(&picture, Theme::Dark, &[], 2.0).expect("it renders");
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        let pixels = Pixmap::decode_png(&bytes).expect("it can be read");
        assert_eq!((pixels.width(), pixels.height()), (80, 40));
        let colour = |x, y| {
            let it = pixels.pixel(x, y).expect("inside");
            [it.red(), it.green(), it.blue()]
        };
        assert_eq!(colour(36, 4), Theme::Dark.colour(Ink::Leading));
        assert_eq!(colour(60, 20), Theme::Dark.colour(Ink::Ground));
    }
}
