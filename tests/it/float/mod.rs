// SPDX-License-Identifier: MIT OR Apache-2.0
//! Floating point of our firmware against the answers of the genuine console (`tests/data/float/README.md`).

mod grom;
mod rig;
mod rom;

use super::rom::rig as console_rig;
use super::support::{data_dir, gunzip};
use rig::Rig;

/// Our console, ready to be called.
fn our_rig() -> Rig {
    let rom = include_bytes!("../../../roms/system/rom.bin");
    let grom = include_bytes!("../../../roms/system/grom0.bin");
    Rig::new(rom, grom)
}

/// The lines of a file of recorded answers. They are Latin-1: the genuine console prints a few odd characters.
fn recorded(name: &str) -> Vec<String> {
    let bytes = gunzip(&data_dir().join("float").join(name).with_extension("txt.gz"));
    let text: String = bytes.into_iter().map(char::from).collect();
    text.lines().map(str::to_owned).collect()
}

/// The bytes of a number in hexadecimal digits.
fn hex<const N: usize>(text: &str) -> [u8; N] {
    std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}
