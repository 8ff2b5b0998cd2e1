// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TI-99/4A itself: the chips wired into a board, and the machine around it.

mod board;
mod cassette;
mod datamux;
pub mod gromport;
pub mod keyboard;
mod lockstep;
mod machine;
mod profile;
mod snapshot;
pub mod typing;

pub use board::ConsoleImages;
pub use cassette::Cassette;
pub use keyboard::Key;
pub use machine::{Config, Machine, Region, TracePoint};
pub use profile::{GromReady, Profile};
pub use snapshot::RestoreError;
