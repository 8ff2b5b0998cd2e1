// SPDX-License-Identifier: MIT OR Apache-2.0
//! The status register: how results set its bits (data manual, status register description).

use super::Tms9900;
use crate::isa::tms9900::Status;

const LAE: u16 = Status::LGT.bits() | Status::AGT.bits() | Status::EQ.bits();

impl Tms9900 {
    /// Sets or clears the bits of `mask`.
    #[inline]
    pub(super) fn flag(&mut self, mask: Status, on: bool) {
        self.regs.st = if on { self.regs.st | mask.bits() } else { self.regs.st & !mask.bits() };
    }

    /// L>, A> and EQ from `a` against `b`.
    #[inline]
    pub(super) fn compare(&mut self, a: u16, b: u16) {
        let lgt = u16::from(a > b) * Status::LGT.bits();
        let agt = u16::from(a as i16 > b as i16) * Status::AGT.bits();
        let eq = u16::from(a == b) * Status::EQ.bits();
        self.regs.st = self.regs.st & !LAE | lgt | agt | eq;
    }

    /// L>, A> and EQ from a result against zero.
    #[inline]
    pub(super) fn describe(&mut self, result: u16) {
        let lae = match result as i16 {
            0 => Status::EQ,
            1.. => Status::LGT.union(Status::AGT),
            _ => Status::LGT,
        };
        self.regs.st = self.regs.st & !LAE | lae.bits();
    }

    /// OP from a byte in the high half of `value`.
    #[inline]
    pub(super) fn parity(&mut self, value: u16) {
        self.flag(Status::OP, (value & 0xFF00).count_ones() & 1 != 0);
    }

    /// `a + b` with L>, A>, EQ, C and OV; for bytes both stand in the high halves.
    #[inline]
    pub(super) fn add(&mut self, a: u16, b: u16) -> u16 {
        let (sum, carry) = a.overflowing_add(b);
        self.flag(Status::C, carry);
        self.flag(Status::OV, !(a ^ b) & (a ^ sum) & 0x8000 != 0);
        self.describe(sum);
        sum
    }

    /// `a - b` with L>, A>, EQ, C (no borrow) and OV.
    #[inline]
    pub(super) fn subtract(&mut self, a: u16, b: u16) -> u16 {
        let (difference, borrow) = a.overflowing_sub(b);
        self.flag(Status::C, !borrow);
        self.flag(Status::OV, (a ^ b) & (a ^ difference) & 0x8000 != 0);
        self.describe(difference);
        difference
    }
}
