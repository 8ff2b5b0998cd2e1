// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pattern plane: one line of 256 dots in each of the display modes.
//!
//! Eight dots are made at a time: a pattern byte spreads to a mask of eight bytes, which picks foreground or backdrop.
//!
//! Sources: TMS9918A data manual; the mixed modes as MAME and js99er draw them (reference page tms9918a.md section 3).

use super::registers::{Mode, Registers};

/// Dots of the text modes' left margin; 240 dots of text follow.
const TEXT_MARGIN: usize = 6;
const TEXT_COLUMNS: usize = 40;

/// For each pattern byte a mask of eight bytes, the leftmost dot in the lowest: 0xFF where the pattern is 1.
static SPREAD: [u64; 256] = {
    let mut table = [0; 256];
    let mut pattern = 0;
    while pattern < 256 {
        let mut dot = 0;
        while dot < 8 {
            if pattern >> (7 - dot) & 1 != 0 {
                table[pattern] |= 0xFF << (8 * dot);
            }
            dot += 1;
        }
        pattern += 1;
    }
    table
};

/// The colour in all eight bytes.
fn fill(color: u8) -> u64 {
    u64::from(color) * 0x0101_0101_0101_0101
}

/// Eight dots of a pattern in two colours.
fn dots(pattern: u8, foreground: u64, background: u64) -> [u8; 8] {
    let mask = SPREAD[usize::from(pattern)];
    (foreground & mask | background & !mask).to_le_bytes()
}

/// What a line is drawn from.
pub(super) struct Source<'a> {
    pub(super) vram: &'a [u8; 0x4000],
    pub(super) regs: Registers,
    /// See [`super::Habits::row_in_name`].
    pub(super) row_in_name: bool,
}

impl Source<'_> {
    /// Draws line `y` (0-191) of the picture: the pattern plane without sprites.
    pub(super) fn draw(&self, y: usize, row: &mut [u8; 256]) {
        match self.regs.mode() {
            Mode::Graphics1 => self.graphics1(y, row),
            Mode::Graphics2 => self.graphics2(y, row),
            Mode::Multicolor => {
                self.blocks(y, row, |name| self.regs.pattern_table() + name * 8 + (y >> 2 & 7))
            }
            Mode::MulticolorBitmap => self.masked_blocks(y, row),
            Mode::Text => self.text(y, row, |name| self.regs.pattern_table() + name * 8),
            Mode::TextBitmap => {
                let (base, mask) = self.regs.bitmap_patterns();
                self.text(y, row, |name| base + ((name + third(y)) & mask) * 8);
            }
            Mode::Stripes => self.stripes(row),
        }
    }

    pub(super) fn byte(&self, addr: usize) -> u8 {
        self.vram[addr & 0x3FFF]
    }

    /// A colour, with the backdrop for transparent, in all eight bytes.
    fn opaque(&self, color: u8) -> u64 {
        fill(if color == 0 { self.regs.backdrop() } else { color })
    }

    /// The 32 names of a row of characters.
    fn names(&self, y: usize) -> impl Iterator<Item = usize> {
        let start = self.regs.name_table() + (y >> 3) * 32;
        (start..start + 32).map(|addr| usize::from(self.byte(addr)))
    }

    fn graphics1(&self, y: usize, row: &mut [u8; 256]) {
        let (patterns, colors) = (self.regs.pattern_table() + (y & 7), self.regs.color_table());
        for (name, cell) in self.names(y).zip(row.chunks_exact_mut(8)) {
            let color = self.byte(colors + (name >> 3));
            let pattern = self.byte(patterns + name * 8);
            cell.copy_from_slice(&dots(pattern, self.opaque(color >> 4), self.opaque(color & 15)));
        }
    }

    fn graphics2(&self, y: usize, row: &mut [u8; 256]) {
        let (patterns, pattern_mask) = self.regs.bitmap_patterns();
        let (colors, color_mask) = self.regs.bitmap_colors();
        for (name, cell) in self.names(y).zip(row.chunks_exact_mut(8)) {
            let character = name + third(y);
            let pattern = self.byte(patterns + (character & pattern_mask) * 8 + (y & 7));
            let color = self.byte(colors + (character & color_mask) * 8 + (y & 7));
            cell.copy_from_slice(&dots(pattern, self.opaque(color >> 4), self.opaque(color & 15)));
        }
    }

    /// Multicolor: a pattern byte gives two blocks of four dots; `pattern` tells where a name's byte is.
    fn blocks(&self, y: usize, row: &mut [u8; 256], pattern: impl Fn(usize) -> usize) {
        for (name, cell) in self.names(y).zip(row.chunks_exact_mut(8)) {
            let colors = self.byte(pattern(name));
            cell.copy_from_slice(&dots(0xF0, self.opaque(colors >> 4), self.opaque(colors & 15)));
        }
    }

    /// Multicolor with the bitmap mode's pattern table.
    fn masked_blocks(&self, y: usize, row: &mut [u8; 256]) {
        let (base, mask) = self.regs.bitmap_patterns();
        let block_row = y >> 2 & 7;
        if self.row_in_name {
            self.blocks(y, row, |name| base + ((name + block_row + third(y)) & mask) * 8);
        } else {
            self.blocks(y, row, |name| base + ((name + third(y)) & mask) * 8 + block_row);
        }
    }

    /// Text: six dots a character, 240 in all, between margins in the backdrop colour.
    fn text(&self, y: usize, row: &mut [u8; 256], pattern: impl Fn(usize) -> usize) {
        let (foreground, background) = (self.opaque(self.regs.text_color()), self.opaque(0));
        let start = self.regs.name_table() + (y >> 3) * TEXT_COLUMNS;
        row.fill(self.regs.backdrop());
        for column in 0..TEXT_COLUMNS {
            let name = usize::from(self.byte(start + column));
            let pattern = self.byte(pattern(name) + (y & 7)) & 0xFC;
            let x = TEXT_MARGIN + 6 * column;
            // The two dots too many are backdrop, and the next character's.
            row[x..x + 8].copy_from_slice(&dots(pattern, foreground, background));
        }
    }

    /// M1 with M2: four dots of text colour and two of backdrop, forty times.
    fn stripes(&self, row: &mut [u8; 256]) {
        row.fill(self.regs.backdrop());
        for column in 0..TEXT_COLUMNS {
            let x = TEXT_MARGIN + 6 * column;
            row[x..x + 8].copy_from_slice(&dots(0xF0, self.opaque(self.regs.text_color()), self.opaque(0)));
        }
    }
}

/// Number of the first character in the third of the screen that line `y` lies in.
fn third(y: usize) -> usize {
    (y >> 6) << 8
}
