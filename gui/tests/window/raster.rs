//! Draws what egui would hand to a graphics card, without one: the same pixels on every machine.
//!
//! egui smooths edges by feathering its triangles, so one sample a pixel is enough. Colours are blended as egui's own
//! painters do: premultiplied, in gamma space.

use egui::epaint::{ImageData, Mesh, Primitive, Vertex};
use egui::{Color32, ColorImage, Rect, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use image::RgbaImage;
use std::collections::BTreeMap;

/// Draws with the processor.
#[derive(Default)]
pub struct Raster {
    textures: BTreeMap<TextureId, ColorImage>,
}

impl TestRenderer for Raster {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in changes {
                let ImageData::Color(image) = change.image;
                match change.pos {
                    None => drop(self.textures.insert(id, (*image).clone())),
                    Some(at) => patch(self.textures.get_mut(&id).expect("a texture"), at, &image),
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(
        &mut self,
        ctx: &egui::Context,
        output: &egui::FullOutput,
    ) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let mut page = Page::new(size.x.round() as usize, size.y.round() as usize);
        for part in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = part.primitive else {
                return Err("a paint callback needs a graphics card".to_owned());
            };
            let texture = self
                .textures
                .get(&mesh.texture_id)
                .ok_or("an unknown texture")?;
            page.mesh(&mesh, texture, part.clip_rect * scale, scale);
        }
        Ok(page.image())
    }
}

fn patch(texture: &mut ColorImage, [x, y]: [usize; 2], part: &ColorImage) {
    let [width, height] = part.size;
    for row in 0..height {
        let to = (y + row) * texture.size[0] + x;
        let from = &part.pixels[row * width..(row + 1) * width];
        texture.pixels[to..to + width].copy_from_slice(from);
    }
}

struct Page {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 4]>,
}

impl Page {
    fn new(width: usize, height: usize) -> Self {
        let pixels = vec![[0.0, 0.0, 0.0, 255.0]; width * height];
        Self {
            width,
            height,
            pixels,
        }
    }

    fn mesh(&mut self, mesh: &Mesh, texture: &ColorImage, clip: Rect, scale: f32) {
        let left = clip.left().round().max(0.0) as usize;
        let right = (clip.right().round().max(0.0) as usize).min(self.width);
        let top = clip.top().round().max(0.0) as usize;
        let bottom = (clip.bottom().round().max(0.0) as usize).min(self.height);
        for corners in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|nth| {
                let mut vertex = mesh.vertices[corners[nth] as usize];
                vertex.pos *= scale;
                vertex
            });
            self.triangle(corners, texture, [left, right, top, bottom]);
        }
    }

    fn triangle(&mut self, corners: [Vertex; 3], texture: &ColorImage, clip: [usize; 4]) {
        let [a, mut b, mut c] = corners;
        let mut area = side(a.pos, b.pos, c.pos.x, c.pos.y);
        if area == 0.0 {
            return;
        }
        if area < 0.0 {
            std::mem::swap(&mut b, &mut c);
            area = -area;
        }
        let [left, right, top, bottom] = clip;
        let least = |f: fn(&Vertex) -> f32| f(&a).min(f(&b)).min(f(&c)).floor().max(0.0) as usize;
        let most = |f: fn(&Vertex) -> f32| f(&a).max(f(&b)).max(f(&c)).ceil().max(0.0) as usize;
        for y in least(|it| it.pos.y).max(top)..most(|it| it.pos.y).min(bottom) {
            for x in least(|it| it.pos.x).max(left)..most(|it| it.pos.x).min(right) {
                let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
                let weights = [(b, c), (c, a), (a, b)].map(|(from, to)| {
                    let it = side(from.pos, to.pos, px, py);
                    (it, it > 0.0 || it == 0.0 && owns(from.pos, to.pos))
                });
                if weights.iter().all(|(_, inside)| *inside) {
                    let weights = weights.map(|(it, _)| it / area);
                    self.blend(x, y, shade([a, b, c], weights, texture));
                }
            }
        }
    }

    fn blend(&mut self, x: usize, y: usize, above: [f32; 4]) {
        let below = &mut self.pixels[y * self.width + x];
        let through = 1.0 - above[3] / 255.0;
        for (below, above) in below.iter_mut().zip(above) {
            // A graphics card rounds after every layer.
            *below = (above + *below * through).clamp(0.0, 255.0).round();
        }
    }

    fn image(&self) -> RgbaImage {
        let bytes = self
            .pixels
            .iter()
            .flat_map(|it| it.map(|part| part as u8))
            .collect();
        RgbaImage::from_raw(self.width as u32, self.height as u32, bytes).expect("as many pixels")
    }
}

/// Positive on the inner side of an edge, for corners that go clockwise on the screen.
fn side(from: egui::Pos2, to: egui::Pos2, x: f32, y: f32) -> f32 {
    (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x)
}

/// Whether a pixel right on an edge belongs to this triangle and not to its neighbour.
fn owns(from: egui::Pos2, to: egui::Pos2) -> bool {
    match to.y.total_cmp(&from.y) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => to.x > from.x,
        std::cmp::Ordering::Greater => false,
    }
}

fn shade(corners: [Vertex; 3], weights: [f32; 3], texture: &ColorImage) -> [f32; 4] {
    let mix = |f: &dyn Fn(&Vertex) -> f32| -> f32 {
        corners
            .iter()
            .zip(weights)
            .map(|(it, weight)| f(it) * weight)
            .sum()
    };
    let texel = sample(texture, mix(&|it| it.uv.x), mix(&|it| it.uv.y));
    let mut colour = [0.0; 4];
    for (nth, part) in colour.iter_mut().enumerate() {
        *part = mix(&|it| f32::from(it.color.to_array()[nth])) * texel[nth] / 255.0;
    }
    colour
}

/// Between the four texels around a place.
fn sample(texture: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.size;
    let (x, y) = (u * width as f32 - 0.5, v * height as f32 - 0.5);
    let (fx, fy) = (x - x.floor(), y - y.floor());
    let at = |x: f32, y: f32| -> Color32 {
        let x = (x.max(0.0) as usize).min(width - 1);
        let y = (y.max(0.0) as usize).min(height - 1);
        texture.pixels[y * width + x]
    };
    let (x, y) = (x.floor(), y.floor());
    let four = [
        at(x, y),
        at(x + 1.0, y),
        at(x, y + 1.0),
        at(x + 1.0, y + 1.0),
    ];
    let parts = [
        (1.0 - fx) * (1.0 - fy),
        fx * (1.0 - fy),
        (1.0 - fx) * fy,
        fx * fy,
    ];
    let mut colour = [0.0; 4];
    for (texel, part) in four.iter().zip(parts) {
        for (sum, value) in colour.iter_mut().zip(texel.to_array()) {
            *sum += f32::from(value) * part;
        }
    }
    colour
}
