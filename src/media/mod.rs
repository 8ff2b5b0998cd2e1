// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the user brings, as bytes: cartridges, console images, cassettes; turned into plain values and back.

mod archive;
pub mod cartridge;
mod error;
pub mod firmware;

pub use error::MediaError;
