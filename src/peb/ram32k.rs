// SPDX-License-Identifier: MIT OR Apache-2.0
//! The 32K memory expansion: 8 KiB at >2000, 24 KiB at >A000, behind the multiplexer.

use serde::{Deserialize, Serialize};

/// Words of RAM on the card.
const WORDS: usize = 0x4000;

/// The card's RAM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ram32k {
    words: Vec<u16>,
}

impl Ram32k {
    /// A card each of whose words holds `pattern`.
    pub fn new(pattern: u16) -> Self {
        Self { words: vec![pattern; WORDS] }
    }

    /// The word at CPU address `addr` in >2000-3FFF or >A000-FFFF.
    #[inline]
    pub fn read(&self, addr: u16) -> u16 {
        self.words[index(addr)]
    }

    /// Stores the word at CPU address `addr`.
    #[inline]
    pub fn write(&mut self, addr: u16, word: u16) {
        self.words[index(addr)] = word;
    }

    /// Whether the RAM has its full size, which a restored state must show.
    pub fn is_whole(&self) -> bool {
        self.words.len() == WORDS
    }
}

/// `>2000-3FFF` to the first 4096 words, `>A000-FFFF` to the rest.
#[inline]
fn index(addr: u16) -> usize {
    usize::from(if addr < 0x8000 { addr & 0x1FFF } else { addr - 0x8000 }) >> 1
}
