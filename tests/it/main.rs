// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one integration test binary: a module for each area.
mod media_firmware;
mod psg;
mod sound;
mod zipped;
