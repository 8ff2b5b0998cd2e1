// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine on a host computer: its sound as samples, its files, and the desktop program.
//!
//! What needs neither window nor sound card is always built: headless runs share samples, files and paths.

#[cfg(feature = "window")]
pub mod app;
#[cfg(feature = "audio")]
pub mod audio;
pub mod blip;
#[cfg(feature = "window")]
mod commands;
pub mod files;
pub mod font;
pub mod input;
pub mod keymap;
pub mod overlay;
pub mod pacing;
pub mod paths;
pub mod picture;
pub mod record;
pub mod settings;
#[cfg(feature = "window")]
mod sound;
pub mod tape;
pub mod wav;
#[cfg(feature = "window")]
mod window;
#[cfg(all(feature = "window", unix, not(target_os = "macos")))]
mod x11;
