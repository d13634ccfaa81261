//! Has the crate compiled anew when a translation changes: the macro that reads the files does not tell cargo.

fn main() {
    println!("cargo:rerun-if-changed=locales");
}
