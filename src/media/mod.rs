// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the user brings, as bytes: cartridges, console images, cassettes; turned into plain values and back.

mod archive;
mod bin;
pub mod cartridge;
mod error;
pub mod firmware;
mod gram_file;
mod header;
mod rpk;

pub use bin::{companions, detect};
pub use error::MediaError;
