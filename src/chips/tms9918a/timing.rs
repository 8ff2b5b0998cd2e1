// SPDX-License-Identifier: MIT OR Apache-2.0
//! The VDP's raster: what lies where in a frame, and when the CPU gets at the video RAM.
//!
//! A frame is counted in dots from its first line of top blanking; a line from the end of its sync pulse. So the picture's
//! 256 dots are dots 37 to 292 of lines 40 to 231 (NTSC).
//!
//! Sources: TMS9918A data manual, screen display parameters; MAME 0.251 for the vertical split of the 50 Hz borders; access
//! windows: openMSX's measurements on MSX machines, as collected in the reference page tms9918a.md section 6.

use crate::clock::{DOTS_PER_LINE, Dots};
use serde::{Deserialize, Serialize};

/// Dots from the end of sync to the left border (blanking, colour burst, blanking), and to the picture.
pub(super) const BORDER_START: u64 = 24;
pub(super) const ACTIVE_START: u64 = 37;
/// Dots of the sync pulse, which the sources of the access windows count a line from.
const SYNC: u64 = 26;
/// Lines of blanking above the top border.
pub(super) const TOP_BLANKING: u64 = 13;
/// Lines of the picture.
pub(super) const ACTIVE_LINES: u64 = 192;

/// Which chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Variant {
    /// 262 lines, for NTSC.
    Tms9918A,
    /// 313 lines, for 50 Hz.
    Tms9929A,
}

impl Variant {
    /// Lines of top border, bottom border, and all.
    const fn lines(self) -> (u64, u64, u64) {
        match self {
            Self::Tms9918A => (27, 24, 262),
            Self::Tms9929A => (51, 51, 313),
        }
    }

    /// Dots in a frame.
    pub const fn frame_dots(self) -> u64 {
        self.lines().2 * DOTS_PER_LINE
    }

    /// First line of the picture.
    pub(super) const fn first_active(self) -> u64 {
        TOP_BLANKING + self.lines().0
    }

    /// The line after the last one of the bottom border.
    pub(super) const fn visible_end(self) -> u64 {
        self.first_active() + ACTIVE_LINES + self.lines().1
    }

    /// Lines with border or picture.
    pub(super) const fn visible_lines(self) -> usize {
        (self.visible_end() - TOP_BLANKING) as usize
    }
}

/// Where references about the chip's timing and status disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habits {
    /// Line after the picture, and dot in it, at which the interrupt flag is set.
    pub flag: (u64, u64),
    /// Line after the picture at whose start the power-on finds the beam; `None`: at the start of a frame.
    pub power_on: Option<u64>,
    /// CPU accesses wait for a free slot, and one that comes too early displaces the one before.
    pub access_windows: bool,
    /// The interrupt flag holds the sprite number in the status, as a fifth sprite does, and the number stays after a
    /// read; else only a fifth sprite holds it, and after a read it is that of the last line.
    pub flag_holds_number: bool,
    /// Lines in text modes leave 31 as sprite number; else they leave it alone.
    pub text_number: bool,
    /// In multicolor with M3 the block's row is added to the name; else it is the pattern's row, as without M3.
    pub row_in_name: bool,
    /// Sprites 8 to 31 are duplicated in mixed bitmap modes.
    pub cloning: bool,
    /// With 4K addressing the CPU's addresses reach other cells of 16K memory chips.
    pub scrambled_4k: bool,
}

impl Habits {
    /// The chip as documents and measurements have it: the flag comes with the left border of the first line below the
    /// picture.
    pub const DOCUMENTED: Self = Self {
        flag: (0, BORDER_START),
        power_on: None,
        access_windows: true,
        flag_holds_number: true,
        text_number: false,
        row_in_name: false,
        cloning: true,
        scrambled_4k: true,
    };
    /// The chip as MAME 0.251 has it.
    pub const MAME: Self = Self {
        flag: (1, ACTIVE_START),
        power_on: Some(12),
        access_windows: false,
        flag_holds_number: false,
        text_number: true,
        row_in_name: true,
        cloning: false,
        scrambled_4k: false,
    };

    /// Position in the frame at power-on.
    pub(super) const fn first_dot(self, variant: Variant) -> u64 {
        match self.power_on {
            Some(line) => (variant.first_active() + ACTIVE_LINES + line) * DOTS_PER_LINE,
            None => 0,
        }
    }

    /// Position in the frame at which the interrupt flag is set.
    pub(super) const fn flag_dot(self, variant: Variant) -> u64 {
        (variant.first_active() + ACTIVE_LINES + self.flag.0) * DOTS_PER_LINE + self.flag.1
    }
}

/// What the display logic is doing with the video RAM in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetches {
    /// Nothing: borders, blanking, or the display is off.
    None,
    /// Graphics I and II: name, pattern and colour in each group of eight dots, and sprites.
    Graphics,
    /// Multicolor: name and pattern, and sprites.
    Multicolor,
    /// Text: name and pattern, no sprites.
    Text,
}

/// Dots from a CPU access to the earliest slot that can serve it.
const ACCESS_DELAY: u64 = 7;

/// Free slots of a graphics line, in dots from the start of sync.
const GRAPHICS_SLOTS: [u64; 19] =
    [1, 3, 5, 7, 29, 31, 33, 35, 55, 87, 119, 151, 183, 215, 247, 279, 309, 311, 341];

/// Free slots of a multicolor line.
const MULTICOLOR_SLOTS: [u64; 51] = [
    1, 3, 5, 7, 29, 31, 33, 35, 55, 57, 65, 73, 81, 87, 89, 97, 105, 113, 119, 121, 129, 137, 145, 151, 153,
    161, 169, 177, 183, 185, 193, 201, 209, 215, 217, 225, 233, 241, 247, 249, 257, 265, 273, 279, 281, 289,
    297, 305, 309, 311, 341,
];

/// The dot at which a CPU access that is asked for at `now` takes place. `fetches` tells what a line does, by its number
/// from the first line of the picture (`None` outside the picture); `line_dot` is the dot of the frame's position.
pub(super) fn access_slot(now: Dots, beam: u64, fetches: Fetches) -> Dots {
    let mut dot = now + ACCESS_DELAY;
    let mut place = (beam + ACCESS_DELAY + SYNC) % DOTS_PER_LINE;
    loop {
        let wait = match fetches {
            Fetches::None => idle_wait(place),
            Fetches::Graphics => wait_for(&GRAPHICS_SLOTS, place),
            Fetches::Multicolor => wait_for(&MULTICOLOR_SLOTS, place),
            Fetches::Text => text_wait(place),
        };
        if place + wait < DOTS_PER_LINE {
            return dot + wait;
        }
        // The next line's first slot, at dot 1 in every mode.
        dot += DOTS_PER_LINE - place;
        place = 0;
    }
}

/// Dots from `place` to the next of `slots`; beyond the line's end when there is none.
fn wait_for(slots: &[u64], place: u64) -> u64 {
    slots.get(slots.partition_point(|&slot| slot < place)).map_or(DOTS_PER_LINE, |slot| slot - place)
}

/// Slots while nothing is displayed: odd dots up to 51, then each fourth from 55 to 307 for refresh, then odd dots.
fn idle_wait(place: u64) -> u64 {
    match place {
        0..=51 | 308.. => place & 1 ^ 1,
        52..=55 => 55 - place,
        _ => (place - 55).next_multiple_of(4) - (place - 55),
    }
}

/// Slots of a text line: odd dots up to 57, then each sixth from 61 to 295, then odd dots from 299.
fn text_wait(place: u64) -> u64 {
    match place {
        0..=57 | 299.. => place & 1 ^ 1,
        58..=61 => 61 - place,
        62..=295 => (place - 61).next_multiple_of(6) - (place - 61),
        _ => 299 - place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_manuals_size() {
        assert_eq!(Variant::Tms9918A.frame_dots(), 89_604);
        assert_eq!(Variant::Tms9929A.frame_dots(), 107_046);
        assert_eq!(Variant::Tms9918A.visible_lines(), 243);
        assert_eq!(Variant::Tms9929A.visible_lines(), 294);
    }

    #[test]
    fn mames_first_flag_comes_after_85879_dots() {
        // FORMAT.md of the golden traces, section 5.
        let (habits, variant) = (Habits::MAME, Variant::Tms9918A);
        let dots = habits.flag_dot(variant) + variant.frame_dots() - habits.first_dot(variant);
        assert_eq!(dots, 85_879);
    }

    #[test]
    fn the_worst_wait_is_under_39_dots_in_graphics_lines() {
        // Reference page section 6: up to 32 dots between slots (4 in blanking, 6 in text lines), and 7 for the request.
        let worst =
            |fetches| (0..DOTS_PER_LINE).map(|at| access_slot(Dots(at), at, fetches) - Dots(at)).max();
        assert_eq!(worst(Fetches::Graphics), Some(38));
        assert_eq!(worst(Fetches::None), Some(10));
        assert_eq!(worst(Fetches::Text), Some(12));
    }
}
