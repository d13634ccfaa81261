//! How measurements are told: median, nearly all, longest.

use std::time::Duration;

/// Prints how long something took each time.
pub fn tell(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100];
    println!(
        "{what}: median {:.2?}, 99 of 100 within {:.2?}, longest {:.2?}",
        at(50),
        at(99),
        at(100),
    );
}
