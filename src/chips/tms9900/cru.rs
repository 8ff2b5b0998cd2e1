// SPDX-License-Identifier: MIT OR Apache-2.0
//! The communications register unit: SBO SBZ TB, LDCR STCR.
//!
//! CRU bits are addressed by A3-A14; A0-A2 are 0 in CRU cycles, so addresses wrap inside >0000->1FFE.

use super::{Bus, Tms9900, d_field};
use crate::isa::tms9900::Status;

/// R12 address of CRU bit number `bit` counted from `base`.
fn cru_address(base: u16, bit: i16) -> u16 {
    base.wrapping_add_signed(2 * bit) & 0x1FFE
}

impl Tms9900 {
    /// SBO SBZ.
    pub(super) fn set_cru_bit<B: Bus>(&mut self, bus: &mut B, word: u16, bit: bool) {
        bus.idle(4);
        let base = bus.read(self.register(12));
        bus.idle(2);
        bus.cru_out(cru_address(base, i16::from(word as i8)), bit);
    }

    /// TB: EQ becomes the bit.
    pub(super) fn test_cru_bit<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let base = bus.read(self.register(12));
        bus.idle(2);
        let bit = bus.cru_in(cru_address(base, i16::from(word as i8)));
        bus.idle(2);
        self.flag(Status::EQ, bit);
    }

    /// LDCR: 1 to 16 bits to the CRU, least significant first. Up to 8 bits come from a byte. The status describes
    /// the whole byte or word, whatever the count.
    pub(super) fn load_cru<B: Bus>(&mut self, bus: &mut B, word: u16) {
        let count = bit_count(word);
        bus.idle(2);
        let source = self.operand(bus, word & 0x3F, count <= 8);
        bus.idle(8);
        let base = bus.read(self.register(12));
        let bits = if count <= 8 {
            self.parity(source.byte());
            self.describe(source.byte());
            source.byte() >> 8
        } else {
            self.describe(source.word);
            source.word
        };
        bus.idle(2);
        bus.uninterrupted(2 * u32::from(count));
        for i in 0..count {
            bus.cru_out(cru_address(base, i as i16), bits >> i & 1 != 0);
        }
        bus.idle(2);
    }

    /// STCR: 1 to 16 bits from the CRU, least significant first, zeros above. Up to 8 bits go to a byte.
    pub(super) fn store_cru<B: Bus>(&mut self, bus: &mut B, word: u16) {
        let count = bit_count(word);
        bus.idle(2);
        let dest = self.operand(bus, word & 0x3F, count <= 8);
        bus.idle(2);
        let base = bus.read(self.register(12));
        bus.idle(4);
        bus.uninterrupted(2 * u32::from(count));
        let bits =
            (0..count).fold(0, |bits, i| bits | u16::from(bus.cru_in(cru_address(base, i as i16))) << i);
        let value = if count <= 8 {
            self.parity(bits << 8);
            self.describe(bits << 8);
            dest.with_byte(bits << 8)
        } else {
            self.describe(bits);
            bits
        };
        let tail = self.timing.stcr(count) - 2 * u32::from(count);
        bus.uninterrupted(tail.saturating_sub(6));
        bus.idle(tail);
        self.store(bus, dest, value);
    }
}

/// The bit count of LDCR and STCR: 0 stands for 16.
fn bit_count(word: u16) -> u16 {
    match d_field(word) {
        0 => 16,
        count => count,
    }
}
