// SPDX-License-Identifier: MIT OR Apache-2.0
//! The memory map and the 16-to-8-bit multiplexer.
//!
//! Console ROM and scratchpad sit on the processor's 16-bit bus without wait states. Everything else is 8 bits wide: the
//! multiplexer moves a word as two bytes, the one at the odd address first, and four wait states pass.
//!
//! Sources: the decode tables of the reference page console.md (schematics, Classic99, MAME); wait states confirmed by the
//! golden traces ws-*, dv-*.

/// Clocks of a word access through the multiplexer, two of the access itself and four wait states.
pub(super) const CLOCKS: u32 = 6;
/// Clocks from the start of a read through the multiplexer to its even byte's strobe.
pub(super) const READ_STROBE: u64 = 5;
/// The same for a write.
pub(super) const WRITE_STROBE: u64 = 3;

/// What answers at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    /// `>0000-1FFF`, 16 bits wide.
    ConsoleRom,
    /// `>2000-3FFF` and `>A000-FFFF`: the memory expansion.
    Expansion,
    /// `>4000-5FFF`: the card that the CRU has switched on.
    Card,
    /// `>6000-7FFF`: the cartridge port.
    Cartridge,
    /// `>8000-83FF`, 16 bits wide: 256 bytes in four images.
    Scratchpad,
    /// `>8400-87FF`.
    Sound,
    /// `>8800-8BFF`.
    VdpRead,
    /// `>8C00-8FFF`.
    VdpWrite,
    /// `>9000-97FF`.
    Speech,
    /// `>9800-9BFF`.
    GromRead,
    /// `>9C00-9FFF`.
    GromWrite,
}

/// Decodes A0-A5.
#[inline]
pub(super) fn area(addr: u16) -> Area {
    match addr >> 10 {
        0x00..=0x07 => Area::ConsoleRom,
        0x08..=0x0F => Area::Expansion,
        0x10..=0x17 => Area::Card,
        0x18..=0x1F => Area::Cartridge,
        0x20 => Area::Scratchpad,
        0x21 => Area::Sound,
        0x22 => Area::VdpRead,
        0x23 => Area::VdpWrite,
        0x24..=0x25 => Area::Speech,
        0x26 => Area::GromRead,
        0x27 => Area::GromWrite,
        _ => Area::Expansion,
    }
}

/// A14: on the VDP's and the GROMs' ports 0 selects data, 1 status or address.
#[inline]
pub(super) fn mode_line(addr: u16) -> bool {
    addr & 2 != 0
}

/// A10-A13: the GROM base (0-15) of a GROM port address.
#[inline]
pub(super) fn grom_base(addr: u16) -> u8 {
    (addr >> 2 & 15) as u8
}
