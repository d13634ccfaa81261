//! Every letter that can come onto the screen is in the fonts that ship.

use quorumscope_gui::fonts;
use std::collections::BTreeSet;
use std::path::Path;

fn files(folder: &Path, endings: &[&str], found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let ending = path
            .extension()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            files(&path, endings, found);
        } else if endings.contains(&ending) {
            found.push(path);
        }
    }
}

/// What is in the translations, the scenarios, and the strings and comments of all that makes sentences.
fn shown() -> BTreeSet<char> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let mut found = Vec::new();
    for (folder, endings) in [
        ("views/locales", ["yml"].as_slice()),
        ("scenarios", &["json", "tsv"]),
        ("sim-core/src", &["rs"]),
        ("views/src", &["rs"]),
        ("app/src", &["rs"]),
        ("gui/src", &["rs"]),
    ] {
        files(&root.join(folder), endings, &mut found);
    }
    let texts = found
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("text"));
    let all: BTreeSet<char> = texts
        .flat_map(|text| text.chars().collect::<Vec<_>>())
        .collect();
    all.into_iter().filter(|it| !it.is_control()).collect()
}

#[test]
fn every_letter_has_a_glyph() {
    let ctx = egui::Context::default();
    ctx.set_fonts(fonts::definitions());
    ctx.run_ui(egui::RawInput::default(), |_| {})
        .textures_delta
        .clear();
    let shown = shown();
    assert!(shown.len() > 700, "the files were found");
    for (mono, bold) in [(false, false), (false, true), (true, false), (true, true)] {
        let font = fonts::font(13.0, mono, bold);
        let missing: String = ctx.fonts_mut(|fonts| {
            shown
                .iter()
                .filter(|it| !fonts.has_glyph(&font, **it))
                .collect()
        });
        assert_eq!(
            missing, "",
            "run gui/assets/fonts/subset.py: {font:?} lacks these"
        );
    }
}

#[test]
fn figures_are_of_one_width() {
    let ctx = egui::Context::default();
    ctx.set_fonts(fonts::definitions());
    ctx.run_ui(egui::RawInput::default(), |_| {})
        .textures_delta
        .clear();
    for (mono, bold) in [(false, false), (false, true), (true, false), (true, true)] {
        let font = fonts::font(19.0, mono, bold);
        let widths = ctx.fonts_mut(|fonts| {
            ('0'..='9')
                .map(|it| fonts.glyph_width(&font, it))
                .collect::<Vec<_>>()
        });
        assert!(
            widths.iter().all(|it| (it - widths[0]).abs() < 0.05),
            "{font:?}: {widths:?}"
        );
    }
}
