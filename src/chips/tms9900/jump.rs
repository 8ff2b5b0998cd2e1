// SPDX-License-Identifier: MIT OR Apache-2.0
//! Jumps: format II.

use super::{Bus, Tms9900};
use crate::isa::tms9900::{Id, Status};

impl Tms9900 {
    /// JMP and the conditional jumps; a jump that is taken lasts one internal cycle longer.
    #[inline]
    pub(super) fn jump<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        bus.idle(4);
        if self.jumps(id) {
            bus.idle(2);
            self.regs.pc = self.regs.pc.wrapping_add_signed(2 * i16::from(word as i8));
        }
        bus.idle(2);
    }

    fn jumps(&self, id: Id) -> bool {
        // MAME's JLE and JH ignore EQ; it matters only when L> and EQ are both set.
        let equal = self.has(Status::EQ) && self.timing.jle_jh_test_eq;
        match id {
            Id::JLT => !self.has(Status::AGT | Status::EQ),
            Id::JLE => !self.has(Status::LGT) || equal,
            Id::JEQ => self.has(Status::EQ),
            Id::JHE => self.has(Status::LGT | Status::EQ),
            Id::JGT => self.has(Status::AGT),
            Id::JNE => !self.has(Status::EQ),
            Id::JNC => !self.has(Status::C),
            Id::JOC => self.has(Status::C),
            Id::JNO => !self.has(Status::OV),
            Id::JL => !self.has(Status::LGT | Status::EQ),
            Id::JH => self.has(Status::LGT) && !equal,
            Id::JOP => self.has(Status::OP),
            _ => true,
        }
    }
}
