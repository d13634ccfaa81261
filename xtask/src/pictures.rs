//! The pictures of the README: real output of the program, rendered as SVG, and the window, drawn without a screen.

use std::fs;
use std::path::Path;
use std::process::Command;

use anstyle::RgbColor;
use anstyle_svg::Palette;

use crate::{Done, Failed, binary, cargo, root, step};

/// A picture: the file below `docs/`, and the command whose output it shows.
const PICTURES: &[(&str, &[&str])] = &[
    (
        "one-after-another.svg",
        &["run", "one-after-another", "--until", "7.45s"],
    ),
    (
        "why.svg",
        &[
            "run",
            "lost-proposal-8-8-8-7-7",
            "--why",
            "2-leads",
            "--depth",
            "3",
        ],
    ),
];

/// The sixteen colours of the terminal in the pictures: those of the window's dark theme, so that every word can be read.
const COLOURS: [(u8, u8, u8); 16] = {
    const GROUND: (u8, u8, u8) = (0x14, 0x17, 0x1B);
    const RED: (u8, u8, u8) = (0xFF, 0x7A, 0x55);
    const GREEN: (u8, u8, u8) = (0x3D, 0xCF, 0x9F);
    const YELLOW: (u8, u8, u8) = (0xF2, 0xB1, 0x34);
    const BLUE: (u8, u8, u8) = (0x6F, 0xB6, 0xF0);
    const PURPLE: (u8, u8, u8) = (0xD1, 0x9C, 0xE3);
    const CYAN: (u8, u8, u8) = (0x7F, 0xD6, 0xDF);
    const GREY: (u8, u8, u8) = (0x9D, 0xA8, 0xB3);
    const WHITE: (u8, u8, u8) = (0xE9, 0xEC, 0xEF);
    [
        GROUND, RED, GREEN, YELLOW, BLUE, PURPLE, CYAN, WHITE, GREY, RED, GREEN, YELLOW, BLUE,
        PURPLE, CYAN, WHITE,
    ]
};

/// Renders every picture into `docs/`.
pub fn render() -> Done {
    let tests = ["test", "--workspace", "--profile", "ci", "--locked"];
    step("build", cargo(&tests).arg("--no-run"))?;
    let program = binary("ci", "quorumscope");
    for (file, args) in PICTURES {
        let path = root().join("docs").join(file);
        fs::write(&path, picture(&program, args)?)
            .map_err(|error| Failed(format!("{}: {error}", path.display())))?;
        println!("{}", path.display());
    }
    let window = [
        "run",
        "--profile",
        "ci",
        "--locked",
        "-p",
        "quorumscope-gui",
    ];
    step("window", cargo(&window).args(["--example", "readme"]))
}

/// Whether every picture still shows what the program prints, as built for the tests.
pub fn check() -> Done {
    let program = binary("ci", "quorumscope");
    for (file, args) in PICTURES {
        let path = root().join("docs").join(file);
        let kept = fs::read_to_string(&path).unwrap_or_default();
        if kept != picture(&program, args)? {
            let what = "no longer shows what the program prints; `cargo xtask pictures` renders it";
            return Err(Failed(format!("docs/{file} {what}")));
        }
    }
    Ok(())
}

/// What the program prints, below the command line that made it print it.
fn picture(program: &Path, args: &[&str]) -> Result<String, Failed> {
    let command = format!("quorumscope {}", args.join(" "));
    let output = Command::new(program)
        .current_dir(root())
        .args(["--color", "always"])
        .args(args)
        .output()
        .map_err(|error| Failed(format!("{command}: cannot be run: {error}")))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let shown = format!("\x1b[2m$\x1b[0m \x1b[1m{command}\x1b[0m\n{printed}");
    let [black, .., white] = COLOURS;
    Ok(anstyle_svg::Term::new()
        .palette(Palette(COLOURS.map(|(r, g, b)| RgbColor(r, g, b))))
        .bg_color(RgbColor(black.0, black.1, black.2).into())
        .fg_color(RgbColor(white.0, white.1, white.2).into())
        .min_width_px(920)
        .render_svg(&shown))
}
