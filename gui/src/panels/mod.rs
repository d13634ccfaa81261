//! The five fixed places of the window and the sheets over them: each reads the app and answers commands.

pub mod beats;
pub mod bottom;
pub mod centre;
pub mod filter;
pub mod library;
pub mod right;
pub mod sentence;
pub mod sheets;
pub mod top;
pub mod trouble;
pub mod work;
