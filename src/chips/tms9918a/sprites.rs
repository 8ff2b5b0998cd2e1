// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sprites: which of the 32 show on a line, what they cover, and what the status register learns from it.
//!
//! Not emulated: that the chip looks for the next line's sprites during the line before; here a line's sprites are those of
//! the moment at which it is drawn.
//!
//! Sources: TMS9918A data manual; duplication in mixed bitmap modes by js99er's rule (reference page tms9918a.md
//! section 4).

use super::background::Source;
use serde::{Deserialize, Serialize};

/// Sprites that one line can show.
const PER_LINE: usize = 4;
/// A vertical position that ends the list.
const END: u8 = 0xD0;
/// The first sprite that duplication concerns.
const FIRST_CLONED: u8 = 8;

/// What a line's sprites leave in the status register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LineStatus {
    /// The last sprite looked at: the fifth on the line, the one that ends the list, or 31.
    pub(super) number: u8,
    /// There was a fifth sprite.
    pub(super) fifth: bool,
    /// Two sprites share a dot.
    pub(super) coincidence: bool,
}

/// A sprite's dots on one line.
#[derive(Clone, Copy, Default)]
struct Strip {
    /// Position of the leftmost dot; negative with the early clock.
    x: i32,
    /// The dots, leftmost in bit 31.
    pattern: u32,
    color: u8,
}

impl Source<'_> {
    /// Draws the sprites of line `y` over `row`.
    pub(super) fn draw_sprites(&self, y: usize, cloning: bool, row: &mut [u8; 256]) -> LineStatus {
        let mut strips = [Strip::default(); PER_LINE];
        let mut count = 0;
        let mut status = LineStatus { number: 31, ..LineStatus::default() };
        for number in 0..32 {
            let entry = self.regs.sprite_attributes() + usize::from(number) * 4;
            let top = self.byte(entry);
            if top == END {
                status.number = number;
                break;
            }
            let Some(line) = self.line_of(number, top, y as u8, cloning) else { continue };
            if count == PER_LINE {
                status.number = number;
                status.fifth = true;
                break;
            }
            strips[count] = self.strip(entry, line);
            count += 1;
        }
        status.coincidence = overlay(&strips[..count], row);
        status
    }

    /// Which of its lines sprite `number` shows on line `y`.
    fn line_of(&self, number: u8, top: u8, y: u8, cloning: bool) -> Option<u8> {
        let shift = u8::from(self.regs.magnified());
        let height = if self.regs.large_sprites() { 16 } else { 8 } << shift;
        let before = y.wrapping_sub(1);
        let line = Some(before.wrapping_sub(top)).filter(|&line| line < height);
        let thirds = self.regs.pattern_thirds();
        let cloned = || {
            let masked = before & (thirds << 6 | 0x3F);
            let applies = cloning && self.regs.bitmap() && thirds != 3 && number >= FIRST_CLONED;
            Some(masked.wrapping_sub(top)).filter(|&line| applies && line < height)
        };
        line.or_else(cloned).map(|line| line >> shift)
    }

    fn strip(&self, entry: usize, line: u8) -> Strip {
        let (left, name, flags) = (self.byte(entry + 1), self.byte(entry + 2), self.byte(entry + 3));
        let line = usize::from(line);
        let bits = if self.regs.large_sprites() {
            let start = self.regs.sprite_patterns() + usize::from(name & 0xFC) * 8 + line;
            u16::from_be_bytes([self.byte(start), self.byte(start + 16)])
        } else {
            u16::from(self.byte(self.regs.sprite_patterns() + usize::from(name) * 8 + line)) << 8
        };
        let pattern = if self.regs.magnified() { doubled(bits) } else { u32::from(bits) << 16 };
        let early = if flags & 0x80 != 0 { 32 } else { 0 };
        Strip { x: i32::from(left) - early, pattern, color: flags & 0x0F }
    }
}

/// Each bit twice.
fn doubled(bits: u16) -> u32 {
    (0..16).fold(0, |wide, i| wide | (u32::from(bits >> i & 1) * 3) << (2 * i))
}

/// Puts strips over a row, the first on top. True when two of them share a dot of the row; transparent ones count.
fn overlay(strips: &[Strip], row: &mut [u8; 256]) -> bool {
    /// A dot's pattern bit is set in some strip; a strip's colour shows there.
    const TAKEN: u8 = 1;
    const COLORED: u8 = 2;
    let mut dots = [0u8; 256];
    let mut coincidence = false;
    for strip in strips {
        let mut pattern = strip.pattern;
        while pattern != 0 {
            let offset = pattern.leading_zeros();
            pattern &= !(0x8000_0000 >> offset);
            let Ok(x) = u8::try_from(strip.x + offset as i32) else { continue };
            let dot = &mut dots[usize::from(x)];
            coincidence |= *dot & TAKEN != 0;
            if strip.color != 0 && *dot & COLORED == 0 {
                row[usize::from(x)] = strip.color;
                *dot |= COLORED;
            }
            *dot |= TAKEN;
        }
    }
    coincidence
}
