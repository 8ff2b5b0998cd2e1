// SPDX-License-Identifier: MIT OR Apache-2.0
//! Time in the machine: CPU clocks, video dots, and the exact ratio between them.
//!
//! Two crystals drive a TI-99/4A. A 12 MHz oscillator divided by four gives the CPU its 3 MHz clock; a
//! 945/88 MHz crystal (three times the NTSC colour burst) gives the VDP its dots (crystal / 2), and through the VDP
//! the GROM clock (one per 12 dots) and the sound chip's counter step (one per 24 dots). So 315 dots pass in 176 CPU
//! clocks. All time is kept in integers; nothing here drifts or rounds.
//!
//! Sources: TMS9918A data manual (crystal and frame); MAME 0.251's rounding of the same clocks as described in
//! the golden traces' format (`docs/cpu-suite.md`).

use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign, Sub};

/// CPU clocks per second.
pub const CPU_HZ: u64 = 3_000_000;
/// Dots in one scan line, borders, blanking and sync included (TMS9918A data manual, screen display parameters).
pub const DOTS_PER_LINE: u64 = 342;
/// Dots between two edges of the GROM clock that the VDP puts out (crystal / 24).
pub const DOTS_PER_GROM_CLOCK: u64 = 12;
/// Dots in one step of the sound chip's counters (crystal / 3 / 16).
pub const DOTS_PER_SOUND_STEP: u64 = 24;

macro_rules! time_unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u64);

        impl Add<u64> for $name {
            type Output = Self;
            fn add(self, n: u64) -> Self {
                Self(self.0 + n)
            }
        }

        impl AddAssign<u64> for $name {
            fn add_assign(&mut self, n: u64) {
                self.0 += n;
            }
        }

        impl Sub for $name {
            type Output = u64;
            fn sub(self, earlier: Self) -> u64 {
                self.0 - earlier.0
            }
        }
    };
}

time_unit!(
    /// Periods of the 3 MHz CPU clock since power-on: the core's own notion of time.
    Cycles
);
time_unit!(
    /// Periods of the VDP's dot clock (5,369,318 and 2/11 Hz) since power-on.
    Dots
);

/// How many CPU clocks a dot lasts, as an exact fraction; converts between the two units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DotClock {
    num: u64,
    den: u64,
}

impl DotClock {
    /// The crystals as specified: 176 CPU clocks for 315 dots.
    pub const EXACT: Self = Self { num: 176, den: 315 };
    /// MAME 0.251's periods, each rounded down to whole attoseconds: 10^18 / 5,369,317 and 10^18 / 3,000,000.
    pub const MAME: Self = Self { num: 1_000_000_000_000_000_000 / 5_369_317, den: 333_333_333_333 };

    /// The CPU clock in which dot `dot` begins.
    pub fn cycle_of(self, dot: Dots) -> Cycles {
        match self {
            Self::EXACT => Cycles(dot.0 * 176 / 315),
            _ => Cycles((u128::from(dot.0) * u128::from(self.num) / u128::from(self.den)) as u64),
        }
    }

    /// The last dot that has begun by the end of CPU clock `cycle`: the inverse of [`Self::cycle_of`].
    pub fn dot_at(self, cycle: Cycles) -> Dots {
        match self {
            Self::EXACT => Dots(((cycle.0 + 1) * 315).div_ceil(176) - 1),
            _ => {
                let (num, den) = (u128::from(self.num), u128::from(self.den));
                Dots(((u128::from(cycle.0 + 1) * den).div_ceil(num) - 1) as u64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ntsc_frame_lasts_50064_and_a_half_clocks() {
        // 342 x 262 dots (TMS9918A data manual): 50,064.457 clocks.
        let frame = DOTS_PER_LINE * 262;
        assert_eq!(DotClock::EXACT.cycle_of(Dots(frame)), Cycles(50_064));
        assert_eq!(DotClock::EXACT.cycle_of(Dots(frame * 1000)), Cycles(50_064_457));
    }

    #[test]
    fn conversions_are_inverse() {
        for clock in [DotClock::EXACT, DotClock::MAME] {
            for cycle in (0..2000).chain(50_064_000..50_065_000) {
                let dot = clock.dot_at(Cycles(cycle));
                assert!(clock.cycle_of(dot) <= Cycles(cycle), "{cycle}");
                assert!(clock.cycle_of(dot + 1) > Cycles(cycle), "{cycle}");
            }
        }
    }
}
