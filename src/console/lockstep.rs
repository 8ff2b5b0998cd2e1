// SPDX-License-Identifier: MIT OR Apache-2.0
//! MAME's way of letting device events in: only between two inner operations of the processor.
//!
//! MAME 0.251 runs the TMS9900 in steps of two clocks, longer inside multiplications, divisions, shifts and CRU transfers,
//! and looks at its timers in between. A vertical-blank flag that is due inside such a step shows at its end. On hardware
//! the video chip does not care. [`BetweenOperations`] puts this on the board for lockstep runs.
//!
//! Source: FORMAT.md of the golden traces, section 5; golden traces in-*.

use super::board::Board;
use crate::chips::tms9900::Bus;
use crate::clock::Cycles;

/// The board as MAME's scheduler shows it to the processor.
pub(super) struct BetweenOperations<'a>(pub(super) &'a mut Board);

impl BetweenOperations<'_> {
    /// Moves a due event inside the next `clocks` clocks to a moment after its own that `settle` names, given the start of
    /// the operation and the event.
    #[inline(always)]
    fn hold_event(&mut self, clocks: u32, settle: impl Fn(Cycles, Cycles) -> Cycles) {
        let (start, event) = (self.0.now, self.0.vdp_event_at);
        if start < event && event < start + u64::from(clocks) {
            self.0.vdp_event_at = settle(start, event);
            self.0.refresh_event();
        }
    }
}

impl Bus for BetweenOperations<'_> {
    #[inline(always)]
    fn read(&mut self, addr: u16) -> u16 {
        self.0.read(addr)
    }

    #[inline(always)]
    fn write(&mut self, addr: u16, data: u16) {
        self.0.write(addr, data);
    }

    fn cru_in(&mut self, addr: u16) -> bool {
        self.hold_event(2, |start, event| event + ((event - start) & 1));
        self.0.cru_in(addr)
    }

    fn cru_out(&mut self, addr: u16, bit: bool) {
        self.hold_event(2, |start, event| event + ((event - start) & 1));
        self.0.cru_out(addr, bit);
    }

    fn idle(&mut self, clocks: u32) {
        self.hold_event(clocks, |start, event| event + ((event - start) & 1));
        self.0.idle(clocks);
    }

    fn uninterrupted(&mut self, clocks: u32) {
        self.hold_event(clocks, |start, _| start + u64::from(clocks));
    }

    #[inline(always)]
    fn interrupt(&mut self) -> Option<u8> {
        self.0.interrupt()
    }
}
