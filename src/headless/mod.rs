// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs without a window: as fast as the host can, exact, and the same on every host.
//!
//! A [`Session`] is a machine with what a run needs beside it: fingers, a recording, a trace. The screen is read as text
//! by [`Screen`]. `docs/headless.md` is the user's view.

pub mod basic;
mod dump;
mod player;
mod screen;
mod script;
mod session;
mod trace;

pub use dump::{Area, Space};
pub use player::{PlayError, Player};
pub use screen::Screen;
pub use script::{Script, SyntaxError};
pub use session::{Session, SessionError, picture};
pub use trace::{Trace, TraceError};
