// SPDX-License-Identifier: MIT OR Apache-2.0
//! The VDP's eight write-only registers, and the table addresses that follow from them.
//!
//! Source: TMS9918A data manual, register tables; masks of the bitmap mode from MAME and js99er as compared in the reference
//! page tms9918a.md section 3.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Bytes of the tables: names of the text modes, which have most; eight bytes for each of 256 patterns, or of the 768 of the
/// bitmap modes; a colour byte for eight characters; four bytes for each sprite.
const NAME_TABLE: usize = 40 * 24;
const PATTERN_TABLE: usize = 256 * 8;
const BITMAP_TABLE: usize = 768 * 8;
const COLOR_TABLE: usize = 32;
const ATTRIBUTE_TABLE: usize = 32 * 4;

/// Which bits of each register exist.
const EXISTING: [u8; 8] = [0x03, 0xFB, 0x0F, 0xFF, 0x07, 0x7F, 0x07, 0xFF];

/// The display modes that the mode bits M1, M2 and M3 select, the undocumented mixtures included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// No bit: 32 x 24 characters, colours by groups of eight characters.
    Graphics1,
    /// M3: bitmap.
    Graphics2,
    /// M2: 64 x 48 blocks.
    Multicolor,
    /// M1: 40 x 24 characters.
    Text,
    /// M1 and M3: text with the bitmap mode's pattern table.
    TextBitmap,
    /// M2 and M3: multicolor with the bitmap mode's pattern table.
    MulticolorBitmap,
    /// M1 and M2: no table is read, stripes.
    Stripes,
}

/// Registers 0 to 7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "VdpRegisters")]
pub(super) struct Registers([u8; 8]);

impl Registers {
    /// Loads register `n` (only three bits count); true when it changed.
    pub(super) fn set(&mut self, n: u8, value: u8) -> bool {
        let n = usize::from(n & 7);
        let value = value & EXISTING[n];
        std::mem::replace(&mut self.0[n], value) != value
    }

    /// The RESET pin clears R0 and R1.
    pub(super) fn reset(&mut self) {
        self.0[0] = 0;
        self.0[1] = 0;
    }

    /// No bit is set that doesn't exist.
    pub(super) fn is_valid(&self) -> bool {
        self.0.iter().zip(EXISTING).all(|(&value, existing)| value & !existing == 0)
    }

    pub(super) fn values(&self) -> [u8; 8] {
        self.0
    }

    pub(super) fn mode(&self) -> Mode {
        let (m1, m2, m3) = (self.0[1] & 0x10 != 0, self.0[1] & 0x08 != 0, self.0[0] & 0x02 != 0);
        match (m1, m2, m3) {
            (false, false, false) => Mode::Graphics1,
            (false, false, true) => Mode::Graphics2,
            (false, true, false) => Mode::Multicolor,
            (false, true, true) => Mode::MulticolorBitmap,
            (true, false, false) => Mode::Text,
            (true, false, true) => Mode::TextBitmap,
            (true, true, _) => Mode::Stripes,
        }
    }

    /// R1: 16K addressing.
    pub(super) fn sixteen_k(&self) -> bool {
        self.0[1] & 0x80 != 0
    }

    /// R1: the picture is on.
    pub(super) fn display_on(&self) -> bool {
        self.0[1] & 0x40 != 0
    }

    /// R1: the flag reaches INT*.
    pub(super) fn interrupt_enabled(&self) -> bool {
        self.0[1] & 0x20 != 0
    }

    /// R1: sprites of 16 x 16 dots.
    pub(super) fn large_sprites(&self) -> bool {
        self.0[1] & 0x02 != 0
    }

    /// R1: sprites magnified twice.
    pub(super) fn magnified(&self) -> bool {
        self.0[1] & 0x01 != 0
    }

    /// M3, which alone or in a mixture makes the mode a bitmap mode.
    pub(super) fn bitmap(&self) -> bool {
        self.0[0] & 0x02 != 0
    }

    pub(super) fn name_table(&self) -> usize {
        usize::from(self.0[2]) << 10
    }

    pub(super) fn color_table(&self) -> usize {
        usize::from(self.0[3]) << 6
    }

    pub(super) fn pattern_table(&self) -> usize {
        usize::from(self.0[4]) << 11
    }

    pub(super) fn sprite_attributes(&self) -> usize {
        usize::from(self.0[5]) << 7
    }

    pub(super) fn sprite_patterns(&self) -> usize {
        usize::from(self.0[6]) << 11
    }

    /// Bitmap mode: base of the colour table, and which bits of the character number (0-767) address it.
    pub(super) fn bitmap_colors(&self) -> (usize, usize) {
        (usize::from(self.0[3] & 0x80) << 6, usize::from(self.0[3] & 0x7F) << 3 | 7)
    }

    /// Bitmap mode: base of the pattern table, and which bits of the character number address it. The low eight bits leak
    /// in from R3 on the 99xx chips.
    pub(super) fn bitmap_patterns(&self) -> (usize, usize) {
        let leak = self.bitmap_colors().1 & 0xFF;
        (usize::from(self.0[4] & 0x04) << 11, usize::from(self.0[4] & 0x03) << 8 | leak)
    }

    /// Where names, patterns, colours, sprites and their patterns may be, in any mode that M3 leaves open.
    pub(super) fn tables(&self) -> [Range<usize>; 5] {
        let (patterns, colors) = if self.bitmap() {
            ((self.bitmap_patterns().0, BITMAP_TABLE), (self.bitmap_colors().0, BITMAP_TABLE))
        } else {
            ((self.pattern_table(), PATTERN_TABLE), (self.color_table(), COLOR_TABLE))
        };
        let names = (self.name_table(), NAME_TABLE);
        let sprites = (self.sprite_attributes(), ATTRIBUTE_TABLE);
        let sprite_patterns = (self.sprite_patterns(), PATTERN_TABLE);
        [names, patterns, colors, sprites, sprite_patterns].map(|(start, length)| start..start + length)
    }

    /// The two bits of R4 that select the thirds which a bitmap mode's patterns differ in.
    pub(super) fn pattern_thirds(&self) -> u8 {
        self.0[4] & 0x03
    }

    /// R7: text colour and backdrop.
    pub(super) fn text_color(&self) -> u8 {
        self.0[7] >> 4
    }

    pub(super) fn backdrop(&self) -> u8 {
        self.0[7] & 0x0F
    }
}
