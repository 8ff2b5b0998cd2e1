// SPDX-License-Identifier: MIT OR Apache-2.0
//! The peripheral expansion box: cards that answer on the side port.

pub mod ram32k;
pub mod rom_card;
