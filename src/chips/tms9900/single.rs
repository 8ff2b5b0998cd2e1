// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instructions with one general operand: format VI.

use super::{Bus, Next, Tms9900};
use crate::isa::tms9900::{Id, Status, decode_id};

/// X instructions in a row that one step executes at most.
const MAX_CHAIN: u32 = 64;

impl Tms9900 {
    /// CLR SETO SWPB INV NEG INC INCT DEC DECT: read, change, write; CLR and SETO read too.
    #[inline(always)]
    pub(super) fn modify<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        bus.idle(2);
        let operand = self.operand(bus, word & 0x3F, false);
        let result = match id {
            Id::CLR => 0,
            Id::SETO => 0xFFFF,
            Id::SWPB => operand.word.rotate_left(8),
            Id::INV => {
                self.describe(!operand.word);
                !operand.word
            }
            Id::NEG => {
                bus.idle(self.timing.neg_extra);
                self.subtract(0, operand.word)
            }
            Id::INC => self.add(operand.word, 1),
            Id::INCT => self.add(operand.word, 2),
            Id::DEC => self.add(operand.word, 0xFFFF),
            _ => self.add(operand.word, 0xFFFE),
        };
        bus.idle(2);
        self.store(bus, operand, result);
    }

    /// ABS: L>, A> and EQ describe the operand as it was; C is cleared; written back only when it was negative.
    pub(super) fn absolute<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let operand = self.operand(bus, word & 0x3F, false);
        self.describe(operand.word);
        self.flag(Status::OV, operand.word == 0x8000);
        self.flag(Status::C, false);
        if operand.word & 0x8000 == 0 {
            bus.uninterrupted(2);
            bus.idle(self.timing.abs_positive_tail);
        } else {
            bus.uninterrupted(4);
            bus.idle(4);
            self.store(bus, operand, operand.word.wrapping_neg());
            bus.idle(2);
        }
    }

    /// B: the word at the target is read as an operand and dropped.
    #[inline]
    pub(super) fn branch<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        self.regs.pc = self.operand(bus, word & 0x3F, false).addr & !1;
        bus.idle(2);
    }

    /// BL: the return address goes to R11.
    #[inline]
    pub(super) fn branch_and_link<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let target = self.operand(bus, word & 0x3F, false).addr & !1;
        bus.idle(4);
        let link = self.regs.pc;
        self.regs.pc = target;
        bus.write(self.register(11), link);
    }

    /// BLWP: a context switch through the vector that the operand names.
    pub(super) fn branch_and_load_workspace<B: Bus>(&mut self, bus: &mut B, word: u16) {
        bus.idle(2);
        let vector = self.operand(bus, word & 0x3F, false);
        bus.idle(4);
        self.save_context(bus, vector.word);
        self.regs.pc = bus.read(vector.addr.wrapping_add(2) & !1) & !1;
        bus.idle(2);
        self.next = Next::Shielded;
    }

    /// X: executes the operand as if it had been fetched at PC; no interrupt comes in between.
    ///
    /// An X that executes itself never ends on the chip, either; a step ends after a while so that its caller goes on.
    #[inline(never)]
    pub(super) fn execute_operand<B: Bus>(&mut self, bus: &mut B, mut word: u16) {
        for _ in 0..MAX_CHAIN {
            bus.idle(2);
            let instruction = self.operand(bus, word & 0x3F, false).word;
            bus.idle(self.timing.x_tail);
            if decode_id(instruction) != Some(Id::X) {
                return self.perform(bus, instruction);
            }
            word = instruction;
        }
        self.next = Next::Chained(word);
    }
}
