// SPDX-License-Identifier: MIT OR Apache-2.0
//! Jumps: format II.

use super::{Bus, Tms9900};
use crate::isa::tms9900::{Id, OPS, Status};

/// ST0-ST5 are all that a condition looks at.
const CONDITION_BITS: u32 = 6;

/// For each instruction the states of ST0-ST5 in which it jumps, bit n for ST0-ST5 = n: one lookup instead of a second
/// branch on the instruction.
type Conditions = [u64; OPS.len()];

/// The conditions of the data manual.
static MANUAL: Conditions = conditions(true);
/// MAME's: its JLE and JH ignore EQ, which matters only when L> and EQ are both set.
static MAME: Conditions = conditions(false);

const fn conditions(jle_jh_test_eq: bool) -> Conditions {
    let mut table = [0; OPS.len()];
    let mut row = 0;
    while row < OPS.len() {
        let mut state = 0;
        while state < 1 << CONDITION_BITS {
            if jumps(OPS[row].id, state << (16 - CONDITION_BITS), jle_jh_test_eq) {
                table[row] |= 1 << state;
            }
            state += 1;
        }
        row += 1;
    }
    table
}

/// Whether the jump `id` is taken with status `st`.
const fn jumps(id: Id, st: u16, jle_jh_test_eq: bool) -> bool {
    let (lgt, agt, eq) = (has(st, Status::LGT), has(st, Status::AGT), has(st, Status::EQ));
    let equal = eq && jle_jh_test_eq;
    match id {
        Id::JLT => !agt && !eq,
        Id::JLE => !lgt || equal,
        Id::JEQ => eq,
        Id::JHE => lgt || eq,
        Id::JGT => agt,
        Id::JNE => !eq,
        Id::JNC => !has(st, Status::C),
        Id::JOC => has(st, Status::C),
        Id::JNO => !has(st, Status::OV),
        Id::JL => !lgt && !eq,
        Id::JH => lgt && !equal,
        Id::JOP => has(st, Status::OP),
        Id::JMP => true,
        _ => false,
    }
}

const fn has(st: u16, bit: Status) -> bool {
    st & bit.bits() != 0
}

impl Tms9900 {
    /// JMP and the conditional jumps; a jump that is taken lasts one internal cycle longer.
    #[inline(always)]
    pub(super) fn jump<B: Bus>(&mut self, bus: &mut B, id: Id, word: u16) {
        let conditions = if self.timing.jle_jh_test_eq { &MANUAL } else { &MAME };
        bus.idle(4);
        if conditions[id as usize] >> (self.regs.st >> (16 - CONDITION_BITS)) & 1 != 0 {
            bus.idle(2);
            self.regs.pc = self.regs.pc.wrapping_add_signed(2 * i16::from(word as i8));
        }
        bus.idle(2);
    }
}
