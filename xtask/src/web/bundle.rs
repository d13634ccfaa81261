//! The files of the page: a folder, and one file with everything in it.
//!
//! Both carry a policy that forbids whatever they do not need: no inline script but those of the single file, named by
//! their hashes; no evaluation of text; no address but their own.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use sim_core::explain::Lang;
use views::words;

use super::write as save;
use crate::{Done, Failed};

/// What a visitor may have to wait for, packed.
const LIMIT_BYTES: usize = 3_000_000;

/// The name of the single file.
const SINGLE: &str = "quorumscope.html";

const FOLDER_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// What a page is made of.
pub struct Parts {
    /// The module.
    pub module: Vec<u8>,
    /// What ties it to a browser.
    pub bindings: String,
    /// The page with gaps.
    pub template: String,
    /// Its style.
    pub style: String,
    /// What loads the module.
    pub script: String,
    /// Its icon.
    pub icon: String,
    /// The licences of what is shipped in the module.
    pub licences: String,
}

/// A written page and its sizes.
pub struct Page {
    rows: Vec<Row>,
    single: Row,
    place: String,
}

struct Row {
    name: &'static str,
    bytes: usize,
    packed: usize,
}

impl Row {
    fn of(name: &'static str, bytes: &[u8]) -> Result<Self, Failed> {
        Ok(Self {
            name,
            bytes: bytes.len(),
            packed: gzip(bytes)?.len(),
        })
    }
}

/// Writes the folder with the single file in it. Files that are not ours are left alone.
pub fn write(parts: &Parts, out: &Path) -> Result<Page, Failed> {
    fs::create_dir_all(out).map_err(|error| Failed(format!("{}: {error}", out.display())))?;
    let page = filled(parts, &Gaps::of_folder())?;
    let files: [(&'static str, &[u8]); 7] = [
        ("index.html", page.as_bytes()),
        ("page.css", parts.style.as_bytes()),
        ("page.js", parts.script.as_bytes()),
        ("quorumscope.js", parts.bindings.as_bytes()),
        ("quorumscope.wasm", &parts.module),
        ("icon.svg", parts.icon.as_bytes()),
        ("licences.txt", parts.licences.as_bytes()),
    ];
    let mut rows = Vec::new();
    for (name, bytes) in files {
        save(&out.join(name), bytes)?;
        rows.push(Row::of(name, bytes)?);
    }
    // A server that can hand out packed files finds them beside the others.
    for (name, bytes) in files
        .iter()
        .filter(|(name, _)| name.contains("quorumscope"))
    {
        save(&out.join(format!("{name}.gz")), gzip(bytes)?)?;
    }
    let single = filled(parts, &Gaps::of_single(parts)?)?;
    save(&out.join(SINGLE), &single)?;
    let single = Row::of(SINGLE, single.as_bytes())?;
    Ok(Page {
        rows,
        single,
        place: out.display().to_string(),
    })
}

impl Page {
    /// Refuses a page that takes too long to load.
    pub fn judge(&self) -> Done {
        let all: usize = self.rows.iter().map(|row| row.packed).sum();
        match all.max(self.single.packed) {
            packed if packed > LIMIT_BYTES => Err(Failed(format!(
                "the page takes {packed} bytes packed, and may take {LIMIT_BYTES}: what has grown?"
            ))),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<18} {:>10} {:>10}", "file", "bytes", "gzip")?;
        let line = |f: &mut fmt::Formatter<'_>, row: &Row| {
            writeln!(f, "{:<18} {:>10} {:>10}", row.name, row.bytes, row.packed)
        };
        self.rows.iter().try_for_each(|row| line(f, row))?;
        let sum = |of: fn(&Row) -> usize| self.rows.iter().map(of).sum();
        let all = Row {
            name: "together",
            bytes: sum(|row| row.bytes),
            packed: sum(|row| row.packed),
        };
        line(f, &all)?;
        line(f, &self.single)?;
        writeln!(
            f,
            "in {} (packed, at most {LIMIT_BYTES} bytes each)",
            self.place
        )
    }
}

/// What fills the gaps of the template.
struct Gaps {
    policy: String,
    head: String,
    foot: String,
}

impl Gaps {
    fn of_folder() -> Self {
        Self {
            policy: FOLDER_POLICY.to_owned(),
            head:
                "<link rel=\"icon\" href=\"icon.svg\">\n<link rel=\"stylesheet\" href=\"page.css\">"
                    .into(),
            foot: "<script src=\"quorumscope.js\"></script>\n<script src=\"page.js\"></script>"
                .into(),
        }
    }

    fn of_single(parts: &Parts) -> Result<Self, Failed> {
        for (name, text) in [("bindings", &parts.bindings), ("script", &parts.script)] {
            if text.to_ascii_lowercase().contains("</script") {
                return Err(Failed(format!("the {name} would end their own element")));
            }
        }
        let icon = STANDARD.encode(&parts.icon);
        let module = STANDARD.encode(gzip(&parts.module)?);
        let scripts = [&parts.bindings, &parts.script];
        let hashes = scripts.map(|text| hash(text));
        let policy = format!(
            "default-src 'none'; script-src {} {} 'wasm-unsafe-eval'; style-src {}; img-src data: blob:; \
             base-uri 'none'; form-action 'none'",
            hashes[0],
            hashes[1],
            hash(&parts.style),
        );
        let head = format!(
            "<link rel=\"icon\" href=\"data:image/svg+xml;base64,{icon}\">\n<style>{}</style>",
            parts.style
        );
        // Elements of these types hold data; a browser never runs them.
        let foot = format!(
            "<script type=\"text/plain\">{}</script>\n\
             <script type=\"application/gzip\" id=\"module\">{module}</script>\n\
             <script>{}</script>\n<script>{}</script>",
            parts.licences, parts.bindings, parts.script
        );
        Ok(Self { policy, head, foot })
    }
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// The template with its gaps filled, in one pass: what fills one is not searched for others.
fn filled(parts: &Parts, gaps: &Gaps) -> Result<String, Failed> {
    let mut page = String::new();
    let mut rest = parts.template.as_str();
    while let Some((before, after)) = rest.split_once("{{") {
        let (gap, after) = after
            .split_once("}}")
            .ok_or_else(|| Failed("gui/web/index.html: a gap has no end".into()))?;
        page.push_str(before);
        match gap {
            "policy" => page.push_str(&gaps.policy),
            "head" => page.push_str(&gaps.head),
            "foot" => page.push_str(&gaps.foot),
            _ => page.push_str(&both(gap)?),
        }
        rest = after;
    }
    page.push_str(rest);
    Ok(page)
}

/// A text in both languages, for what is shown before the window knows which one is wanted.
fn both(gap: &str) -> Result<String, Failed> {
    let Some(key) = gap.strip_prefix("both:") else {
        return Err(Failed(format!("gui/web/index.html: nothing fills `{gap}`")));
    };
    let line = |lang, name| format!("<p lang=\"{name}\">{}</p>", words::text(lang, key));
    Ok(line(Lang::En, "en") + &line(Lang::Zh, "zh-CN"))
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Failed> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map_err(|error| Failed(format!("packing: {error}")))
}
