// SPDX-License-Identifier: MIT OR Apache-2.0
//! Operand derivation: the address of a general operand, and the word there.
//!
//! The processor reads the word at the operand's address in every instruction with a general operand, also in those
//! that only write it or only want its address (data manual, access counts; golden traces). An auto-increment
//! register is written before the operand is read.

use super::{Bus, Tms9900};

/// A general operand: its address, and the word that the derivation read there.
#[derive(Clone, Copy)]
pub(super) struct Operand {
    /// Effective address; odd for the low byte of a word, and kept odd by XOP and `*R+`.
    pub(super) addr: u16,
    pub(super) word: u16,
}

impl Operand {
    /// The byte that the address names, in the high half.
    #[inline]
    pub(super) fn byte(self) -> u16 {
        if self.addr & 1 == 0 { self.word & 0xFF00 } else { self.word << 8 }
    }

    /// The word with the named byte replaced by the high half of `value`.
    #[inline]
    pub(super) fn with_byte(self, value: u16) -> u16 {
        if self.addr & 1 == 0 { value & 0xFF00 | self.word & 0x00FF } else { self.word & 0xFF00 | value >> 8 }
    }
}

impl Tms9900 {
    /// Derives the operand of the 6-bit `field` (T, then register): from the first register access to the operand's
    /// read.
    #[inline(always)]
    pub(super) fn operand<B: Bus>(&mut self, bus: &mut B, field: u16, byte: bool) -> Operand {
        let addr =
            if field & 0x30 == 0 { self.register(field & 15) } else { self.memory_operand(bus, field, byte) };
        Operand { addr, word: bus.read(addr & !1) }
    }

    /// The effective address in the modes that are not a register.
    #[inline(never)]
    fn memory_operand<B: Bus>(&mut self, bus: &mut B, field: u16, byte: bool) -> u16 {
        let register = self.register(field & 15);
        match field >> 4 & 3 {
            1 => {
                let addr = bus.read(register);
                bus.idle(2);
                addr
            }
            2 => self.displaced(bus, field & 15),
            _ => {
                let addr = bus.read(register);
                bus.idle(if byte { 2 } else { 4 });
                bus.write(register, addr.wrapping_add(if byte { 1 } else { 2 }));
                addr
            }
        }
    }

    /// The address of `@addr` (register 0) or `@addr(Rn)`.
    fn displaced<B: Bus>(&mut self, bus: &mut B, register: u16) -> u16 {
        let base = if register == 0 {
            bus.idle(2);
            0
        } else {
            bus.read(self.register(register))
        };
        bus.idle(2);
        let addr = self.next_word(bus).wrapping_add(base);
        bus.idle(2);
        addr
    }

    /// Writes the word at an operand's address.
    #[inline]
    pub(super) fn store<B: Bus>(&mut self, bus: &mut B, operand: Operand, word: u16) {
        bus.write(operand.addr & !1, word);
    }
}
