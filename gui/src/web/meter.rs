//! How long frames take, for whoever asks with `?measure` behind the address: one entry per frame in the browser's own
//! list of measures (`performance.getEntriesByType("measure")`). Nobody else pays for it.

use eframe::App;
use wasm_bindgen::JsCast;

use super::{now_ms, window};

/// A window whose frames are timed if somebody asked.
pub struct Metered<A> {
    inner: A,
    measures: bool,
}

impl<A: App> Metered<A> {
    /// Around a window.
    pub fn new(inner: A) -> Self {
        let query = window().location().search().unwrap_or_default();
        Self {
            inner,
            measures: query.contains("measure"),
        }
    }
}

impl<A: App> App for Metered<A> {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        if !self.measures {
            return self.inner.ui(ui, frame);
        }
        let began = now_ms();
        if let Some(whole) = frame.info().cpu_usage {
            // The frame before this one, with the making of triangles and the orders to the graphics.
            measure("frame", began - f64::from(whole) * 1000.0, began);
        }
        self.inner.ui(ui, frame);
        measure("update", began, now_ms());
    }
}

fn measure(name: &str, start: f64, end: f64) {
    let options = js_sys::Object::new();
    let set = |key: &str, value: f64| js_sys::Reflect::set(&options, &key.into(), &value.into());
    if set("start", start.max(0.0)).is_err() || set("end", end).is_err() {
        return;
    }
    // This form of the call is newer than the bindings; a browser without it leaves the list empty.
    let clock = js_sys::Reflect::get(&window(), &"performance".into());
    let act = clock.and_then(|clock| Ok((js_sys::Reflect::get(&clock, &"measure".into())?, clock)));
    if let Ok((act, clock)) = act {
        let _ = act
            .unchecked_into::<js_sys::Function>()
            .call2(&clock, &name.into(), &options);
    }
}
