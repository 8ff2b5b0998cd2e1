// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where references about the hardware disagree: one profile with two instances, the documented machine's and MAME's.
//!
//! Lubbock runs as the documents and hardware measurements have it. The golden traces and the lockstep runs, which come
//! from MAME 0.251, are held against MAME's profile, so that everything else is proved to the clock. Each row is
//! explained in `docs/accuracy.md`.

use crate::chips::tms9900::Timing;
use crate::chips::tms9901::RequestTiming;
use crate::chips::tms9918a::Habits;
use crate::clock::{Cycles, DotClock};
use serde::{Deserialize, Serialize};

/// How long the GROMs hold READY low, beyond the multiplexer's own wait states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GromReady {
    /// A fixed number of clocks for each kind of access, as measured on consoles (averages over the phase).
    Fixed {
        /// Reading a data byte.
        read_data: u8,
        /// Reading an address byte.
        read_address: u8,
        /// Writing a data byte.
        write_data: u8,
        /// Writing the first and the second address byte.
        write_address: [u8; 2],
    },
    /// Until the n-th edge of the GROM clock; edge k comes at CPU clock floor(k * num / den).
    Edges {
        /// Period of the GROM clock in attoseconds.
        num: u64,
        /// Period of the CPU clock in attoseconds.
        den: u64,
    },
}

/// The accesses that the GROMs answer with different delays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GromAccess {
    ReadData,
    ReadAddress,
    WriteData,
    WriteAddress { second: bool },
}

impl GromReady {
    /// Clocks that an access beginning at `start` lasts in all.
    pub(super) fn clocks(self, start: Cycles, access: GromAccess) -> u32 {
        match self {
            Self::Fixed { read_data, read_address, write_data, write_address } => {
                let extra = match access {
                    GromAccess::ReadData => read_data,
                    GromAccess::ReadAddress => read_address,
                    GromAccess::WriteData => write_data,
                    GromAccess::WriteAddress { second } => write_address[usize::from(second)],
                };
                super::datamux::CLOCKS + u32::from(extra)
            }
            Self::Edges { num, den } => {
                let edges = if access == (GromAccess::WriteAddress { second: true }) { 3 } else { 4 };
                let (num, den) = (u128::from(num), u128::from(den));
                // The chip is selected three clocks into the access; the cycle ends two clocks after READY.
                let first = (u128::from(start.0 + 3) * den).div_ceil(num);
                let ready = ((first + edges - 1) * num / den) as u64;
                (ready + 2 - start.0) as u32
            }
        }
    }
}

/// The two answers to every open question about the board, as one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The processor's durations and decisions.
    pub cpu: Timing,
    /// When the 9901's inputs show on INTREQ*.
    pub request: RequestTiming,
    /// CPU clocks per dot.
    pub dot_clock: DotClock,
    /// The VDP's raster and status.
    pub vdp: Habits,
    /// GROM delays.
    pub grom: GromReady,
    /// Clocks of a write to the sound chip.
    pub sound_write: u32,
    /// CRU addresses (R12) below this reach the 9901.
    pub psi_end: u16,
    /// Levels of the 9901's P0-P6 while they are inputs, bit n for Pn.
    pub open_ports: u16,
    /// The GROMs' write ports answer in their read area too (>9800), as MAME's multiplexer has it.
    pub loose_grom_writes: bool,
    /// Device events wait for the end of the processor's inner operation.
    pub events_between_operations: bool,
    /// What a word of expansion RAM holds at power-on.
    pub ram_pattern: u16,
}

impl Profile {
    /// The machine as its documents and measurements on hardware have it.
    pub const DOCUMENTED: Self = Self {
        cpu: Timing::MANUAL,
        request: RequestTiming::EachClock,
        dot_clock: DotClock::EXACT,
        vdp: Habits::DOCUMENTED,
        grom: GromReady::Fixed { read_data: 19, read_address: 13, write_data: 22, write_address: [15, 21] },
        sound_write: 34,
        psi_end: 0x0400,
        open_ports: 0x7C,
        loose_grom_writes: false,
        events_between_operations: false,
        ram_pattern: 0x0000,
    };

    /// The machine as MAME 0.251's `ti99_4a` driver has it.
    pub const MAME: Self = Self {
        cpu: Timing::MAME,
        request: RequestTiming::EachTick,
        dot_clock: DotClock::MAME,
        vdp: Habits::MAME,
        grom: GromReady::Edges { num: 24 * (1_000_000_000_000_000_000 / 10_738_635), den: 333_333_333_333 },
        sound_write: 30,
        psi_end: 0x0800,
        open_ports: 0x7F,
        loose_grom_writes: true,
        events_between_operations: true,
        ram_pattern: 0xFF00,
    };
}
