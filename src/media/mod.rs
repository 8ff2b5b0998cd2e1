// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the user brings, as bytes: cartridges, console images, cassettes; turned into plain values and back.

pub mod cartridge;
