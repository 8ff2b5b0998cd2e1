// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instructions with an immediate operand, and those with none: formats VIII and VII.

use super::{Bus, External, Next, Tms9900, w_field};
use crate::isa::tms9900::{Id, Status};

impl Tms9900 {
    /// LI AI ANDI ORI CI. LI does not read its register first; the others read it before the immediate.
    #[inline(always)]
    pub(super) fn immediate<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        let register = self.register(w_field(word));
        bus.idle(2);
        if id == Id::LI {
            let value = self.next_word(bus);
            self.describe(value);
            bus.idle(4);
            bus.write(register, value);
            return;
        }
        let value = bus.read(register);
        bus.idle(2);
        let operand = self.next_word(bus);
        bus.idle(2);
        let result = match id {
            Id::CI => {
                self.compare(value, operand);
                bus.idle(2);
                return;
            }
            Id::AI => self.add(value, operand),
            Id::ANDI => value & operand,
            _ => value | operand,
        };
        if id != Id::AI {
            self.describe(result);
        }
        bus.write(register, result);
    }

    /// STWP STST.
    pub(super) fn store_internal<B: Bus>(&mut self, bus: &mut B, word: u16, value: u16) {
        bus.idle(4);
        bus.write(self.register(w_field(word)), value);
    }

    /// LWPI.
    pub(super) fn load_workspace_pointer<B: Bus>(&mut self, bus: &mut B) {
        bus.idle(2);
        self.regs.wp = self.next_word(bus) & !1;
        bus.idle(4);
    }

    /// LIMI.
    pub(super) fn load_interrupt_mask<B: Bus>(&mut self, bus: &mut B) {
        bus.idle(2);
        let mask = self.next_word(bus);
        bus.idle(self.timing.limi_tail);
        self.regs.st = self.regs.st & !Status::MASK.bits() | mask & Status::MASK.bits();
    }

    /// RTWP: ST, PC and WP from R15, R14 and R13; all sixteen bits of ST are loaded.
    pub(super) fn return_with_workspace<B: Bus>(&mut self, bus: &mut B) {
        bus.idle(4);
        let old = self.regs.wp;
        self.regs.st = bus.read(old.wrapping_add(2 * 15));
        self.regs.pc = bus.read(old.wrapping_add(2 * 14)) & !1;
        self.regs.wp = bus.read(old.wrapping_add(2 * 13)) & !1;
        bus.idle(2);
    }

    /// IDLE RSET CKON CKOF LREX.
    pub(super) fn control<B: Bus>(&mut self, bus: &mut B, id: Id) {
        bus.idle(4);
        bus.external(match id {
            Id::IDLE => External::Idle,
            Id::RSET => External::Reset,
            Id::CKON => External::ClockOn,
            Id::CKOF => External::ClockOff,
            _ => External::Restart,
        });
        bus.idle(6);
        match id {
            Id::IDLE => self.next = Next::Idle,
            Id::RSET if self.timing.rset_clears_mask => self.regs.st &= !Status::MASK.bits(),
            _ => {}
        }
    }
}
