//! The engine under a toy machine that does what it is told and writes down what happens to it.

mod connections;
mod faults;
mod fingerprint;
mod order;
mod random;
mod timeline;
mod toy;
