//! Counts files that equal and names those that do not.

use crate::mask::{Masks, mask, mask_zxids};

/// How a set of files compared.
#[derive(Default)]
pub struct Tally {
    equal: Vec<String>,
    differ: Vec<String>,
    masks: Masks,
    masks_zxids: bool,
}

impl Tally {
    /// A tally that masks zxids too.
    pub fn without_zxids() -> Self {
        Self {
            masks_zxids: true,
            ..Self::default()
        }
    }

    /// Compares a file; answers whether it equals.
    pub fn compare(&mut self, file: &str, recorded: &str, simulated: &str) -> bool {
        let mask = if self.masks_zxids { mask_zxids } else { mask };
        let recorded = mask(recorded, &mut self.masks);
        let simulated = mask(simulated, &mut Masks::default());
        let equal = recorded == simulated;
        match equal {
            true => self.equal.push(file.to_owned()),
            false => {
                println!("--- {file}\nrecorded:  {recorded:?}\nsimulated: {simulated:?}");
                self.differ.push(file.to_owned());
            }
        }
        equal
    }

    /// Prints the numbers and holds those that differ against the known ones.
    pub fn finish(self, set: &str, known: &[&str]) {
        let all = self.equal.len() + self.differ.len();
        println!(
            "{set}: {} of {all} files equal byte for byte",
            self.equal.len()
        );
        println!("{set}: masked on the recorded side: {:?}", self.masks);
        let mut differ = self.differ;
        differ.sort();
        assert_eq!(differ, known, "{set}: files that differ");
    }
}
