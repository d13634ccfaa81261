//! From text to a checked scenario.

use crate::scenario::{Code, Diagnostic, Scenario};

impl Scenario {
    /// Reads a scenario file.
    pub fn parse(text: &str) -> Result<Scenario, Vec<Diagnostic>> {
        Scenario::parse_bytes(text.as_bytes())
    }

    /// Reads a scenario file from bytes that may be anything.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Scenario, Vec<Diagnostic>> {
        let _ = bytes;
        Err(vec![Diagnostic {
            code: Code::Syntax,
            line: 1,
            column: 1,
            offset: 0,
            len: 0,
            message: "scenario files cannot be read yet".into(),
            expected: None,
            found: None,
            remedy: None,
            path: "".into(),
        }])
    }
}
