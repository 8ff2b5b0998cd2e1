// SPDX-License-Identifier: MIT OR Apache-2.0
//! Shifts: format V. One internal cycle for each place.

use super::{Bus, Tms9900, w_field};
use crate::isa::tms9900::{Id, Status};

impl Tms9900 {
    /// SRA SRL SLA SRC. A count field of 0 takes the last four bits of R0, and these being 0 means 16. C is the last
    /// bit shifted out; only SLA touches OV, which tells that the sign changed on the way.
    #[inline(always)]
    pub(super) fn shift<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        let register = self.register(w_field(word));
        bus.idle(2);
        let value = bus.read(register);
        bus.idle(2);
        let mut count = u32::from(word >> 4 & 15);
        if count == 0 {
            bus.idle(2);
            count = u32::from(bus.read(self.register(0)) & 15);
            count = if count == 0 { 16 } else { count };
            bus.idle(4);
        }
        let result = self.shifted(id, value, count);
        bus.uninterrupted(2 * count);
        bus.idle(2 * count);
        self.describe(result);
        bus.write(register, result);
        bus.idle(2);
    }

    /// `value` shifted by 1 to 16 places, with C and OV set.
    #[inline(always)]
    fn shifted(&mut self, id: Id, value: u16, count: u32) -> u16 {
        let wide = u32::from(value);
        let (result, carry) = match id {
            Id::SLA => {
                // The sign held still when the bits that passed through it were all alike.
                let passed = (wide << 16) as i32 >> (31 - count);
                self.flag(Status::OV, passed != 0 && passed != -1);
                (wide << count, wide << count >> 16)
            }
            Id::SRA => {
                let signed = i32::from(value as i16);
                ((signed >> count) as u32, (signed >> (count - 1)) as u32)
            }
            Id::SRL => (wide >> count, wide >> (count - 1)),
            _ => {
                let turned = u32::from(value.rotate_right(count));
                (turned, turned >> 15)
            }
        };
        self.flag(Status::C, carry & 1 != 0);
        result as u16
    }
}
