//! The window of quorumscope: an election or a replication that a hand can step, take back, ask and break.
//!
//! Panels that read the app of the crate `app` and answer commands, a painter of pictures from `views`, thin native and
//! web shells. Nothing here decides what a server does, and no panel changes anything.
