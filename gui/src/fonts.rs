//! The letters of the window: a face for words, one for whatever is copied from a system, and Chinese behind both.
//!
//! The files lie in `assets/fonts/` with their licence and the script that cuts them. The same bytes are there for whoever
//! draws pictures without a window, so that an exported picture has the letters of the screen.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId};

/// A font file by the name that the families use.
struct File {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! file {
    ($name:literal) => {
        File {
            name: $name,
            bytes: include_bytes!(concat!("../assets/fonts/", $name)),
        }
    };
}

const WORDS: File = file!("Inter-Regular.otf");
const WORDS_BOLD: File = file!("Inter-SemiBold.otf");
const SYSTEM: File = file!("JetBrainsMono-Regular.ttf");
const SYSTEM_BOLD: File = file!("JetBrainsMono-Bold.ttf");
const CHINESE: File = file!("NotoSansSC-Regular.otf");
const CHINESE_BOLD: File = file!("NotoSansSC-Bold.otf");

const BOLD: &str = "bold";
const MONO_BOLD: &str = "mono-bold";

/// The bytes of every font file that is shipped.
pub fn files() -> [&'static [u8]; 6] {
    [
        WORDS.bytes,
        WORDS_BOLD.bytes,
        SYSTEM.bytes,
        SYSTEM_BOLD.bytes,
        CHINESE.bytes,
        CHINESE_BOLD.bytes,
    ]
}

/// What egui needs to know of them.
pub fn definitions() -> FontDefinitions {
    let mut all = FontDefinitions::empty();
    for it in [
        WORDS,
        WORDS_BOLD,
        SYSTEM,
        SYSTEM_BOLD,
        CHINESE,
        CHINESE_BOLD,
    ] {
        let data = Arc::new(FontData::from_static(it.bytes));
        all.font_data.insert(it.name.to_owned(), data);
    }
    let mut family = |family, files: &[&File]| {
        let names = files.iter().map(|it| it.name.to_owned()).collect();
        all.families.insert(family, names);
    };
    // Each face looks in the others before a letter is missing: an arrow in a command, a sign in a sentence.
    family(FontFamily::Proportional, &[&WORDS, &CHINESE, &SYSTEM]);
    family(FontFamily::Monospace, &[&SYSTEM, &CHINESE, &WORDS]);
    family(
        named(BOLD),
        &[&WORDS_BOLD, &CHINESE_BOLD, &CHINESE, &SYSTEM],
    );
    family(
        named(MONO_BOLD),
        &[&SYSTEM_BOLD, &CHINESE_BOLD, &CHINESE, &WORDS],
    );
    all
}

fn named(name: &'static str) -> FontFamily {
    FontFamily::Name(name.into())
}

/// The font of a size in points, for words or for what is copied from a system, regular or bold.
pub fn font(size: f32, mono: bool, bold: bool) -> FontId {
    let family = match (mono, bold) {
        (false, false) => FontFamily::Proportional,
        (false, true) => named(BOLD),
        (true, false) => FontFamily::Monospace,
        (true, true) => named(MONO_BOLD),
    };
    FontId::new(size, family)
}
