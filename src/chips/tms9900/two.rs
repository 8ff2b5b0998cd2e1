// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instructions with a source and a destination: formats I, III and IX.

use super::{Bus, Next, Tms9900, d_field};
use crate::isa::tms9900::{Id, Status};

impl Tms9900 {
    /// SZC S C A MOV SOC. The destination is read before it is written, by MOV too.
    #[inline(always)]
    pub(super) fn two_words<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        bus.idle(2);
        let source = self.operand(bus, word & 0x3F, false).word;
        bus.idle(2);
        let dest = self.operand(bus, word >> 6 & 0x3F, false);
        bus.idle(2);
        if id == Id::C {
            self.compare(source, dest.word);
            bus.idle(2);
        } else {
            let result = self.combine(id, source, dest.word);
            self.store(bus, dest, result);
        }
    }

    /// SZCB SB CB AB MOVB SOCB. The other byte of the destination word is written back as it was read.
    #[inline(always)]
    pub(super) fn two_bytes<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        bus.idle(2);
        let source = self.operand(bus, word & 0x3F, true).byte();
        bus.idle(2);
        let dest = self.operand(bus, word >> 6 & 0x3F, true);
        bus.idle(2);
        if id == Id::CB {
            self.parity(source);
            self.compare(source, dest.byte());
            bus.idle(2);
        } else {
            let result = self.combine(id, source, dest.byte());
            self.parity(result);
            self.store(bus, dest, dest.with_byte(result));
        }
    }

    /// The result of a format I instruction and its L>, A>, EQ, C, OV.
    #[inline(always)]
    fn combine(&mut self, id: Id, source: u16, dest: u16) -> u16 {
        let result = match id {
            Id::A | Id::AB => return self.add(dest, source),
            Id::S | Id::SB => return self.subtract(dest, source),
            Id::SZC | Id::SZCB => dest & !source,
            Id::SOC | Id::SOCB => dest | source,
            _ => source,
        };
        self.describe(result);
        result
    }

    /// COC CZC: EQ tells whether all ones of the source are ones (zeros) in the register.
    pub(super) fn compare_corresponding<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        bus.idle(2);
        let source = self.operand(bus, word & 0x3F, false).word;
        bus.idle(2);
        let register = bus.read(self.register(d_field(word)));
        let others = if id == Id::COC { source & !register } else { source & register };
        self.flag(Status::EQ, others == 0);
        bus.idle(4);
    }

    /// XOR.
    pub(super) fn exclusive_or<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let source = self.operand(bus, word & 0x3F, false).word;
        bus.idle(2);
        let register = self.register(d_field(word));
        let result = bus.read(register) ^ source;
        self.describe(result);
        bus.idle(2);
        bus.write(register, result);
    }

    /// MPY: 16 x 16 to 32 bits, unsigned; no status. With R15 the low half goes behind the workspace.
    pub(super) fn multiply<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let source = self.operand(bus, word & 0x3F, false).word;
        bus.idle(2);
        let high = d_field(word);
        let product = u32::from(bus.read(self.register(high))) * u32::from(source);
        bus.uninterrupted(36);
        bus.idle(36);
        bus.write(self.register(high), (product >> 16) as u16);
        bus.idle(2);
        bus.write(self.register(high + 1), product as u16);
    }

    /// DIV: 32 by 16 bits, unsigned; OV and nothing written when the quotient needs more than 16 bits.
    pub(super) fn divide<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let divisor = self.operand(bus, word & 0x3F, false).word;
        bus.idle(2);
        let (high, low) = (self.register(d_field(word)), self.register(d_field(word) + 1));
        let upper = bus.read(high);
        bus.idle(2);
        self.flag(Status::OV, divisor <= upper);
        if divisor <= upper {
            bus.idle(self.timing.div_overflow_tail);
            return;
        }
        let dividend = u32::from(upper) << 16 | u32::from(bus.read(low));
        let (quotient, remainder) =
            ((dividend / u32::from(divisor)) as u16, (dividend % u32::from(divisor)) as u16);
        let clocks = self.timing.div.clocks(quotient, remainder);
        bus.uninterrupted(clocks);
        bus.idle(clocks);
        bus.write(high, quotient);
        bus.idle(2);
        bus.write(low, remainder);
    }

    /// XOP: a software trap through the vector at >0040 + 4n, with the operand's address in the new R11.
    pub(super) fn extended_operation<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let source = self.operand(bus, word & 0x3F, false);
        bus.uninterrupted(6);
        bus.idle(6);
        let vector = 0x0040 + 4 * d_field(word);
        let wp = bus.read(vector) & !1;
        bus.idle(2);
        bus.write(wp.wrapping_add(2 * 11), source.addr);
        bus.idle(2);
        self.save_context(bus, wp);
        self.flag(Status::X, true);
        self.regs.pc = bus.read(vector + 2) & !1;
        bus.idle(2);
        self.next = Next::Shielded;
    }
}
