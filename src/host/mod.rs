// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine on a host computer: its sound as samples, its files, and the desktop program.
//!
//! `blip`, `wav` and `files` are plain computation and files and are always built, so that headless runs share them.

pub mod blip;
pub mod files;
pub mod wav;
