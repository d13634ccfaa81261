//! One command per process.
