//! Files by the browser's own means: a hidden field that asks for one, a link that downloads one.

use app::command::Unreadable;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, File, HtmlAnchorElement, HtmlCanvasElement,
    HtmlImageElement, HtmlInputElement, Url,
};

use super::{Arrived, text_of, window};
use crate::platform::Opened;

/// No scenario is longer.
const LIMIT_BYTES: f64 = 4_194_304.0;

/// Pixels for each unit of a picture.
const PNG_SCALE: f64 = 2.0;

/// Asks for a scenario file; the text arrives later, or never if the person changes their mind.
pub fn ask(arrived: &Arrived, ctx: &egui::Context) {
    let Ok(field) = element::<HtmlInputElement>("input") else {
        return;
    };
    field.set_type("file");
    field.set_accept(".json,.jsonc,application/json");
    let (arrived, ctx, chosen) = (arrived.clone(), ctx.clone(), field.clone());
    let change = Closure::once_into_js(move || {
        if let Some(file) = chosen.files().and_then(|files| files.get(0)) {
            read(file, &arrived, &ctx);
        }
    });
    field.set_onchange(Some(change.unchecked_ref()));
    field.click();
}

/// Reads a file; its text arrives later.
pub fn read(file: File, arrived: &Arrived, ctx: &egui::Context) {
    let (arrived, ctx) = (arrived.clone(), ctx.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let text = match file.size() > LIMIT_BYTES {
            true => Err(Unreadable::TooLong),
            false => text(&file).await,
        };
        arrived.borrow_mut().push(Opened {
            name: file.name(),
            place: None,
            text,
        });
        ctx.request_repaint();
    });
}

async fn text(file: &File) -> Result<String, Unreadable> {
    let bytes = wasm_bindgen_futures::JsFuture::from(file.array_buffer()).await;
    let bytes = bytes.map_err(|why| Unreadable::Told(text_of(&why).into()))?;
    let bytes = Uint8Array::new(&bytes).to_vec();
    String::from_utf8(bytes).map_err(|_| Unreadable::NotText)
}

/// Hands bytes over as a download. Where they go is the browser's and the person's affair.
pub fn download(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let kind = BlobPropertyBag::new();
    kind.set_type("application/octet-stream");
    hand_over(
        name,
        &Blob::new_with_u8_array_sequence_and_options(&parts, &kind)?,
    )
}

fn hand_over(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link = element::<HtmlAnchorElement>("a")?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The download has its own hold on the bytes by now.
    Url::revoke_object_url(&url)
}

/// Has the browser paint a picture, and hands the pixels over as a download. Its letters are the browser's own: a picture
/// in a page may not reach for others.
pub async fn download_png(name: &str, svg: &str, size: (f32, f32)) -> Result<(), JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("image/svg+xml");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&svg.into()), &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&url);
    wasm_bindgen_futures::JsFuture::from(image.decode()).await?;
    let canvas = element::<HtmlCanvasElement>("canvas")?;
    let (wide, high) = (f64::from(size.0) * PNG_SCALE, f64::from(size.1) * PNG_SCALE);
    canvas.set_width(wide as u32);
    canvas.set_height(high as u32);
    let context = canvas.get_context("2d")?.ok_or("no canvas")?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, wide, high)?;
    Url::revoke_object_url(&url)?;
    let name = name.to_owned();
    let painted = Closure::once_into_js(move |blob: Option<Blob>| {
        // There is no blob only if the picture has no size at all.
        blob.map_or(Ok(()), |blob| hand_over(&name, &blob))
    });
    canvas.to_blob(painted.unchecked_ref())
}

fn element<T: JsCast>(name: &str) -> Result<T, JsValue> {
    let document = window().document().ok_or("no document")?;
    Ok(document.create_element(name)?.unchecked_into())
}
