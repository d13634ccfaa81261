//! The window of quorumscope: an election or a replication that a hand can step, take back, ask and break.
//!
//! Above, without egui: commands, the session with its branches, the control of time, the state of the app. Below: panels
//! that read the app and answer commands, a painter of pictures from `views`, thin native and web shells. Nothing here
//! decides what a server does, and no panel changes anything.

pub mod command;
