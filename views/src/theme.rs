//! The inks of all pictures and panels, and the colours that a light and a dark theme give them.
//!
//! A colour never stands alone: a state has a shape and a letter too, so that a grey print and a colour-blind eye lose
//! nothing. Red is only for what is broken or lost.
//!
//! Text on its ground has a contrast of at least 4.5 ([`contrast`], as WCAG 2 computes it; a test goes through all texts
//! of the pictures). For that LOOKING in the light theme is `#9E5E00` instead of the `#B36B00` that it was designed with
//! (3.9 on the ground). [`Ink::Down`], [`Ink::Line`] and [`Ink::New`] are for shapes only, and only [`Ink::Text`] stands on epochs.

/// What a line or a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ink {
    /// LOOKING.
    Looking,
    /// FOLLOWING, a follower.
    Following,
    /// LEADING, a leader.
    Leading,
    /// OBSERVING.
    Observing,
    /// A process that is down or was never started.
    Down,
    /// Broken or lost. Nothing else.
    Broken,
    /// Behind everything.
    Ground,
    /// Panels, the inside of servers.
    Panel,
    /// Quiet surfaces on a panel.
    Soft,
    /// Words.
    Text,
    /// Quiet words.
    Dim,
    /// Separators, idle connections.
    Line,
    /// Behind what is new: it glows.
    New,
    /// What is written by a leader of this epoch: six colours, then the first again.
    Epoch(u8),
}

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// A set of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark letters on light ground.
    #[default]
    Light,
    /// Light letters on dark ground.
    Dark,
}

impl Theme {
    /// The colour of an ink.
    pub const fn colour(self, ink: Ink) -> Rgb {
        match self {
            Theme::Light => light(ink),
            Theme::Dark => dark(ink),
        }
    }
}

/// The contrast of two colours, from 1 to 21: (lighter + 0.05) / (darker + 0.05) of their relative luminances (WCAG 2.2).
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance([r, g, b]: Rgb) -> f64 {
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn linear(channel: u8) -> f64 {
    let part = f64::from(channel) / 255.0;
    match part <= 0.04045 {
        true => part / 12.92,
        false => libm::pow((part + 0.055) / 1.055, 2.4),
    }
}

const fn rgb(hex: u32) -> Rgb {
    [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8]
}

const fn light(ink: Ink) -> Rgb {
    rgb(match ink {
        Ink::Looking => 0x9E_5E_00,
        Ink::Following => 0x1F_6F_B2,
        Ink::Leading => 0x00_79_5B,
        Ink::Observing => 0x8A_4F_9E,
        Ink::Down => 0x8A_92_9B,
        Ink::Broken => 0xC2_33_0F,
        Ink::Ground => 0xF6_F7_F4,
        Ink::Panel => 0xFF_FF_FF,
        Ink::Soft => 0xEE_F1_EE,
        Ink::Text => 0x1B_1F_24,
        Ink::Dim => 0x5A_64_70,
        Ink::Line => 0xD8_DD_E1,
        Ink::New => 0xFF_E0_8A,
        Ink::Epoch(epoch) => [
            0xBF_D9_F2, 0xFF_E3_A8, 0xCD_E8_C9, 0xE9_CF_EF, 0xF6_CD_BB, 0xCF_E9_EA,
        ][(epoch % 6) as usize],
    })
}

const fn dark(ink: Ink) -> Rgb {
    rgb(match ink {
        Ink::Looking => 0xF2_B1_34,
        Ink::Following => 0x6F_B6_F0,
        Ink::Leading => 0x3D_CF_9F,
        Ink::Observing => 0xD1_9C_E3,
        Ink::Down => 0x77_81_8C,
        Ink::Broken => 0xFF_7A_55,
        Ink::Ground => 0x14_17_1B,
        Ink::Panel => 0x1C_21_27,
        Ink::Soft => 0x23_2A_31,
        Ink::Text => 0xE9_EC_EF,
        Ink::Dim => 0x9D_A8_B3,
        Ink::Line => 0x34_3C_45,
        Ink::New => 0x48_3A_10,
        Ink::Epoch(epoch) => [
            0x27_4A_68, 0x6B_53_15, 0x2D_5A_38, 0x5A_3A_66, 0x6E_3A_26, 0x24_5A_5E,
        ][(epoch % 6) as usize],
    })
}
