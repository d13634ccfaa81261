//! Links: a scenario and a moment of it in the fragment of an address.
//!
//! `q1.` and base64url (RFC 4648 § 5, no padding) of a raw deflate stream (RFC 1951) of a few lines `key=value`, an empty
//! line, and the text of the scenario; of a shipped scenario as it is, only the name. Links come from anywhere: both
//! lengths are bounded, a stream that would unfold to more is refused while it unfolds, and whatever cannot be read is
//! told, never dropped.

use crate::command::Language;
use crate::failure::LinkFailure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use sim_core::base::{SimTime, StepIndex};

/// The longest fragment, in letters.
pub const MAX_FRAGMENT: usize = 32 << 10;
/// The longest text that a link holds, in bytes.
pub const MAX_TEXT: usize = 256 << 10;

const MARK: &str = "q";
const VERSION: &str = "1";
const LEVEL: u8 = 9;

/// What a link carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Which scenario.
    pub scenario: Carrier,
    /// Which variant.
    pub variant: Option<Box<str>>,
    /// From which seed.
    pub seed: u64,
    /// After which step of the simulation.
    pub step: StepIndex,
    /// The time shown.
    pub time: SimTime,
    /// The language it was written in.
    pub language: Language,
}

/// The scenario of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A shipped one by name.
    Shipped(Box<str>),
    /// A text, with the name of its file.
    Text(Box<str>, Box<str>),
}

/// The fragment (without `#`) of a link.
pub fn write(carried: &Carried) -> Result<String, LinkFailure> {
    let language = match carried.language {
        Language::En => "en",
        Language::Zh => "zh",
    };
    let mut lines = match &carried.scenario {
        Carrier::Shipped(name) => format!("shipped={name}\n"),
        Carrier::Text(name, _) => format!("name={}\n", name.replace(['\n', '\r'], " ")),
    };
    if let Some(variant) = &carried.variant {
        lines.push_str(&format!("variant={variant}\n"));
    }
    let (seed, step, time) = (carried.seed, carried.step.0, carried.time.0);
    lines.push_str(&format!(
        "seed={seed}\nstep={step}\ntime={time}\nlang={language}\n\n"
    ));
    if let Carrier::Text(_, text) = &carried.scenario {
        lines.push_str(text);
    }
    if lines.len() > MAX_TEXT {
        return Err(LinkFailure::DoesNotFit);
    }
    let packed = compress_to_vec(lines.as_bytes(), LEVEL);
    let fragment = format!("{MARK}{VERSION}.{}", URL_SAFE_NO_PAD.encode(packed));
    match fragment.len() > MAX_FRAGMENT {
        true => Err(LinkFailure::DoesNotFit),
        false => Ok(fragment),
    }
}

/// What a fragment carries, with or without `#`.
pub fn read(fragment: &str) -> Result<Carried, LinkFailure> {
    let fragment = fragment.trim();
    let fragment = fragment.rsplit_once('#').map_or(fragment, |(_, it)| it);
    if fragment.len() > MAX_FRAGMENT {
        return Err(LinkFailure::TooLong);
    }
    let (head, packed) = fragment.split_once('.').ok_or(LinkFailure::NotOurs)?;
    match head.strip_prefix(MARK) {
        Some(VERSION) => {}
        Some(version) if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) => {
            return Err(LinkFailure::Version);
        }
        _ => return Err(LinkFailure::NotOurs),
    }
    let packed = URL_SAFE_NO_PAD.decode(packed);
    let packed = packed.map_err(|_| LinkFailure::Damaged)?;
    let bytes = decompress_to_vec_with_limit(&packed, MAX_TEXT);
    let bytes = bytes.map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => LinkFailure::TooLarge,
        _ => LinkFailure::Damaged,
    })?;
    let all = String::from_utf8(bytes).map_err(|_| LinkFailure::Damaged)?;
    let (lines, text) = all.split_once("\n\n").ok_or(LinkFailure::Damaged)?;
    carried(lines, text).ok_or(LinkFailure::Damaged)
}

fn carried(lines: &str, text: &str) -> Option<Carried> {
    let (mut shipped, mut name, mut variant) = (None, None, None);
    let (mut seed, mut step, mut time, mut language) = (None, None, None, None);
    for line in lines.lines() {
        let (key, value) = line.split_once('=')?;
        match key {
            "shipped" => shipped = Some(value),
            "name" => name = Some(value),
            "variant" => variant = Some(value.into()),
            "seed" => seed = Some(value.parse().ok()?),
            "step" => step = Some(StepIndex(value.parse().ok()?)),
            "time" => time = Some(SimTime(value.parse().ok()?)),
            "lang" => {
                language = Some(match value {
                    "en" => Language::En,
                    "zh" => Language::Zh,
                    _ => return None,
                });
            }
            _ => return None,
        }
    }
    let scenario = match (shipped, name) {
        (Some(name), None) if text.is_empty() => Carrier::Shipped(name.into()),
        (None, Some(name)) => Carrier::Text(name.into(), text.into()),
        _ => return None,
    };
    Some(Carried {
        scenario,
        variant,
        seed: seed?,
        step: step?,
        time: time?,
        language: language?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scenario: Carrier) -> Carried {
        Carried {
            scenario,
            variant: Some("3.8.0".into()),
            seed: 7,
            step: StepIndex(412),
            time: SimTime(2_711_000_001),
            language: Language::Zh,
        }
    }

    #[test]
    fn links_come_back_as_they_were() {
        let text = Carrier::Text("a file.json".into(), "{ \"title\": \"一\" }\n\n".into());
        let shipped = Carrier::Shipped("zookeeper/elections/three-servers".into());
        for carried in [of(text), of(shipped)] {
            let fragment = write(&carried).expect("short");
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            assert!(fragment.chars().all(plain), "{fragment}");
            assert_eq!(read(&fragment), Ok(carried.clone()));
            let whole = format!("https://example.org/quorumscope/#{fragment}");
            assert_eq!(read(&whole), Ok(carried));
        }
    }

    #[test]
    fn every_shipped_scenario_fits_into_a_link() {
        for file in scenarios::list() {
            let carried = of(Carrier::Text(file.name().into(), file.text.into()));
            let fragment = write(&carried).unwrap_or_else(|it| panic!("{}: {it:?}", file.path));
            assert_eq!(read(&fragment), Ok(carried), "{}", file.path);
        }
    }

    #[test]
    fn a_bad_link_is_told_apart() {
        let good = write(&of(Carrier::Shipped("x".into()))).expect("short");
        for cut in 0..good.len() {
            assert!(read(&good[..cut]).is_err(), "cut after {cut}");
        }
        assert_eq!(read(""), Err(LinkFailure::NotOurs));
        assert_eq!(read("section-3"), Err(LinkFailure::NotOurs));
        assert_eq!(read("quorum.abc"), Err(LinkFailure::NotOurs));
        assert_eq!(read(&good.replace("q1.", "q2.")), Err(LinkFailure::Version));
        assert_eq!(read("q1.!!!"), Err(LinkFailure::Damaged));
        assert_eq!(
            read(&format!("q1.{}", "A".repeat(MAX_FRAGMENT))),
            Err(LinkFailure::TooLong)
        );
    }

    /// 200 MiB of zeros pack to some 200 KiB, 20 MiB to what a fragment can hold: they never unfold here.
    #[test]
    fn a_stream_that_unfolds_to_more_is_refused() {
        let bomb = compress_to_vec(&vec![0; 20 << 20], LEVEL);
        let fragment = format!("q1.{}", URL_SAFE_NO_PAD.encode(&bomb));
        assert!(fragment.len() <= MAX_FRAGMENT, "{}", fragment.len());
        assert_eq!(read(&fragment), Err(LinkFailure::TooLarge));
    }

    /// Every single letter changed: an answer or an error, never a panic.
    #[test]
    fn a_damaged_link_never_panics() {
        let text = "steps ".repeat(50);
        let good = write(&of(Carrier::Text("x".into(), text.into()))).expect("short");
        for place in 0..good.len() {
            for letter in ["A", "_", "9", ".", "%"] {
                let mut bad = good.clone();
                bad.replace_range(place..=place, letter);
                let _ = read(&bad);
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let noise: String = (0..60_000_u64)
            .map(|i| char::from(b'!' + (sim_core::base::mix(i) % 90) as u8))
            .collect();
        let carried = of(Carrier::Text("x".into(), noise.into()));
        assert_eq!(write(&carried), Err(LinkFailure::DoesNotFit));
    }
}
