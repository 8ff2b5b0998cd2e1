// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TMS9901 programmable systems interface: interrupt masks, interval timer, I/O ports, all behind 32 CRU bits.
//!
//! Pins emulated: S0-S4 with CRUIN/CRUOUT/CRUCLK (as bit numbers), INT1*-INT15*, P0-P15 (P7-P15 share their pins with
//! INT15*-INT7*), INTREQ*. Not emulated: IC0-IC3, which the TI-99/4A leaves open; RST1*.
//!
//! The decrementer runs lazily: [`Tms9901::advance`] applies all 64-clock ticks up to a moment, and
//! [`Tms9901::next_event`] tells when INTREQ* may change next without anybody touching the chip.
//!
//! Sources: TMS9901 data manual and the implementations compared in the reference page (bit map, timer, soft reset);
//! golden traces in-* (tick phase, the read register's S0 effect, MAME's 64-clock grid).

use crate::clock::Cycles;
use serde::{Deserialize, Serialize};

/// CPU clocks in one step of the decrementer.
const TICK: u64 = 64;
/// Values the 14-bit decrementer can take.
const TIMER_RANGE: u64 = 0x4000;
/// The timer's interrupt shares level 3 with INT3*.
const TIMER_LEVEL: u16 = 1 << 3;

/// When a change of the chip's inputs shows on INTREQ*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestTiming {
    /// At the clock at which it happens: the chip samples at each clock.
    EachClock,
    /// At the next multiple of 64 clocks since power-on, and only from INT1*, INT2* and the timer: MAME 0.251, which shows
    /// the other pins to CRU reads alone.
    EachTick,
}

/// The chip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tms9901 {
    timing: RequestTiming,
    /// Clock mode: bits 1-15 are the timer's.
    clock_mode: bool,
    /// Enabled interrupts, bit n for level n (1-15).
    mask: u16,
    /// Levels on INT1*-INT15*, bit n for INTn*: 0 asks for an interrupt.
    int_pins: u16,
    /// Levels that the board puts on P0-P15 as inputs.
    port_pins: u16,
    /// Output latches of P0-P15.
    outputs: u16,
    /// Ports that a write has made outputs.
    directions: u16,
    /// The clock register: what the decrementer starts from; 0 keeps the timer from interrupting.
    load: u16,
    /// The decrementer, after `ticks` ticks.
    count: u16,
    /// Number of 64-clock ticks since power-on that have been applied.
    ticks: u64,
    /// What bits 1-14 read in clock mode.
    read_register: u16,
    /// The timer's interrupt latch.
    timer_interrupt: bool,
    /// INTREQ* is low.
    request: bool,
    /// What bits 0-31 read in interrupt mode. This and `asking` follow from the pins and the ports.
    #[serde(skip)]
    levels: u32,
    /// Interrupts whose pins ask for one, bit n for level n.
    #[serde(skip)]
    asking: u16,
}

impl Tms9901 {
    /// A chip after power-on reset: all ports inputs, all interrupts masked, timer off.
    pub fn new(timing: RequestTiming) -> Self {
        let mut chip = Self {
            timing,
            clock_mode: false,
            mask: 0,
            int_pins: 0xFFFF,
            port_pins: 0,
            outputs: 0,
            directions: 0,
            load: 0,
            count: 0,
            ticks: 0,
            read_register: 0,
            timer_interrupt: false,
            request: false,
            levels: 0,
            asking: 0,
        };
        chip.update_levels();
        chip
    }

    /// The RESET pin: ports, masks and timer as after power-on; the decrementer's phase goes on.
    pub fn reset(&mut self, now: Cycles) {
        self.advance(now);
        self.soft_reset();
        self.update_levels();
        self.clock_mode = false;
        self.load = 0;
        self.timer_interrupt = false;
        self.update_request();
    }

    /// Makes a chip from a save state whole, if it is one that fits a machine at clock `now`.
    pub fn validate(&mut self, now: Cycles) -> bool {
        self.update_levels();
        self.ticks <= now.0 / TICK && u64::from(self.load.max(self.count)) < TIMER_RANGE
    }

    /// Applies all ticks up to and including `now`.
    #[inline]
    pub fn advance(&mut self, now: Cycles) {
        let due = now.0 / TICK;
        if due > self.ticks {
            self.tick_to(due);
        }
    }

    fn tick_to(&mut self, due: u64) {
        while self.ticks + self.ticks_to_zero() <= due {
            self.ticks += self.ticks_to_zero();
            self.timer_interrupt |= self.load != 0;
            self.count = self.load;
        }
        self.count =
            ((u64::from(self.count) + TIMER_RANGE - (due - self.ticks) % TIMER_RANGE) % TIMER_RANGE) as u16;
        self.ticks = due;
        self.request = self.pending();
    }

    /// Ticks until the decrementer reaches 0; from 0 it goes all the way round.
    fn ticks_to_zero(&self) -> u64 {
        if self.count == 0 { TIMER_RANGE } else { u64::from(self.count) }
    }

    /// The clock at which INTREQ* may change next by itself.
    pub fn next_event(&self) -> Cycles {
        let fires = self.load != 0 && !self.timer_interrupt && self.mask & TIMER_LEVEL != 0;
        let next = match self.timing {
            RequestTiming::EachTick if self.request != self.pending() => 1,
            _ if fires => self.ticks_to_zero(),
            _ => return Cycles(u64::MAX),
        };
        Cycles((self.ticks + next) * TICK)
    }

    /// Whether INTREQ* is low.
    #[inline]
    pub fn request(&self) -> bool {
        self.request
    }

    /// Whether the chip is in clock mode, where address line S0 matters ([`Self::touch`]).
    #[inline]
    pub fn in_clock_mode(&self) -> bool {
        self.clock_mode
    }

    /// S0 goes high in a memory cycle. S0 is not gated by chip enable: the chip leaves clock mode for a moment, and the
    /// read register follows the decrementer.
    pub fn touch(&mut self, now: Cycles) {
        self.advance(now);
        self.read_register = self.count;
    }

    /// The board drives INT1*-INT15* (bit n for INTn*; bits outside `pins` keep their levels).
    pub fn set_int_pins(&mut self, now: Cycles, pins: u16, levels: u16) {
        if (self.int_pins ^ levels) & pins == 0 {
            return;
        }
        self.advance(now);
        self.int_pins = self.int_pins & !pins | levels & pins;
        self.update_levels();
        self.update_request();
    }

    /// The board drives P0-P15 where they are inputs.
    pub fn set_port_pins(&mut self, pins: u16, levels: u16) {
        self.port_pins = self.port_pins & !pins | levels & pins;
        self.update_levels();
    }

    /// The levels of P0-P15 on the board, which pulls up those that are inputs.
    #[inline]
    pub fn ports(&self) -> u16 {
        self.outputs | !self.directions
    }

    /// The level that port pin `n` (0-15) puts on the board: its latch when it is an output, else `None`.
    pub fn port(&self, n: u16) -> Option<bool> {
        (self.directions >> n & 1 != 0).then_some(self.outputs >> n & 1 != 0)
    }

    /// The CPU writes CRU bit `n` (0-31). True when a port pin may have changed.
    pub fn write(&mut self, now: Cycles, n: u16, bit: bool) -> bool {
        self.advance(now);
        let ports = (self.directions, self.outputs);
        match n {
            0 => {
                self.clock_mode = bit;
                self.read_register = self.count;
            }
            1..=14 if self.clock_mode => {
                self.load = with_bit(self.load, n - 1, bit);
                self.count = self.load;
            }
            15 if self.clock_mode => {
                if !bit {
                    self.soft_reset();
                }
            }
            1..=15 => {
                self.mask = with_bit(self.mask, n, bit);
                self.timer_interrupt &= n != 3;
            }
            _ => {
                self.directions |= 1 << (n - 16);
                self.outputs = with_bit(self.outputs, n - 16, bit);
            }
        }
        let changed = ports != (self.directions, self.outputs);
        if changed {
            self.update_levels();
        }
        self.update_request();
        changed
    }

    /// The CPU reads CRU bit `n` (0-31).
    #[inline]
    pub fn read(&mut self, now: Cycles, n: u16) -> bool {
        if self.clock_mode && n < 16 { self.read_timer(now, n) } else { self.levels >> n & 1 != 0 }
    }

    /// Bits 0-15 in clock mode.
    fn read_timer(&mut self, now: Cycles, n: u16) -> bool {
        self.advance(now);
        match n {
            0 => true,
            15 => !self.pending(),
            _ => self.read_register >> (n - 1) & 1 != 0,
        }
    }

    /// Levels of INT1*-INT15* and P0-P15 as the CPU sees them: a port that is an output shows its latch, also on the
    /// interrupt pin that it shares (P15-P7 with INT7*-INT15*).
    fn update_levels(&mut self) {
        let mirrored = self.int_pins.reverse_bits() << 7;
        let ports = self.outputs & self.directions | (mirrored | self.port_pins & 0x007F) & !self.directions;
        let pins = (ports >> 7).reverse_bits() | self.int_pins & 0x007E;
        self.levels = u32::from(ports) << 16 | u32::from(pins);
        // A pin that serves as an output interrupts no more.
        let heard = if self.timing == RequestTiming::EachTick { 0x0006 } else { 0xFFFE };
        self.asking = !self.int_pins & !(self.directions >> 7).reverse_bits() & heard;
    }

    /// Whether an enabled interrupt waits.
    #[inline]
    fn pending(&self) -> bool {
        let timer = if self.timer_interrupt && self.load != 0 { TIMER_LEVEL } else { 0 };
        (self.asking | timer) & self.mask != 0
    }

    fn update_request(&mut self) {
        if self.timing == RequestTiming::EachClock {
            self.request = self.pending();
        }
    }

    /// RST2: ports become inputs, latches and masks are cleared; timer and mode stay.
    fn soft_reset(&mut self) {
        self.directions = 0;
        self.outputs = 0;
        self.mask = 0;
    }
}

fn with_bit(value: u16, n: u16, bit: bool) -> u16 {
    value & !(1 << n) | u16::from(bit) << n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chip in interrupt mode whose timer was loaded with `n` at clock 0.
    fn with_timer(timing: RequestTiming, n: u16) -> Tms9901 {
        let mut chip = Tms9901::new(timing);
        chip.write(Cycles(0), 0, true);
        for bit in 0..14 {
            chip.write(Cycles(0), bit + 1, n >> bit & 1 != 0);
        }
        chip.write(Cycles(0), 0, false);
        chip.write(Cycles(0), 3, true);
        chip
    }

    #[test]
    fn the_timer_interrupts_every_n_ticks() {
        // FORMAT.md section 5: with value n the first interrupt comes at the n-th tick, then every n ticks.
        for (n, ticks) in [(1, 1), (7, 7), (17, 17), (16383, 16383)] {
            let mut chip = with_timer(RequestTiming::EachClock, n);
            for round in 1..4u64 {
                assert_eq!(chip.next_event(), Cycles(64 * ticks * round), "{n}");
                chip.advance(Cycles(64 * ticks * round - 1));
                assert!(!chip.request(), "{n}");
                chip.advance(Cycles(64 * ticks * round));
                assert!(chip.request(), "{n}");
                chip.write(Cycles(64 * ticks * round), 3, true);
                assert!(!chip.request(), "{n}");
            }
        }
    }

    #[test]
    fn a_load_of_zero_counts_but_never_interrupts() {
        let mut chip = with_timer(RequestTiming::EachClock, 0);
        chip.advance(Cycles(64 * 40_000));
        assert!(!chip.request());
        chip.write(Cycles(64 * 40_000), 0, true);
        let value = (1..=14).fold(0, |v, n| v | u32::from(chip.read(Cycles(64 * 40_000), n)) << (n - 1));
        assert_eq!(value, (0x4000 - 40_000 % 0x4000) & 0x3FFF);
    }

    #[test]
    fn mames_request_waits_for_the_grid() {
        let mut chip = Tms9901::new(RequestTiming::EachTick);
        chip.write(Cycles(10), 2, true);
        chip.set_int_pins(Cycles(100), 1 << 2, 0);
        assert!(!chip.request());
        assert_eq!(chip.next_event(), Cycles(128));
        chip.advance(Cycles(128));
        assert!(chip.request());
        chip.set_int_pins(Cycles(130), 1 << 2, 1 << 2);
        chip.advance(Cycles(191));
        assert!(chip.request());
        chip.advance(Cycles(192));
        assert!(!chip.request());
    }

    #[test]
    fn ports_7_to_15_share_their_pins_with_interrupts_15_to_7() {
        // Reference page tms9901.md section 2: P15 is INT7*, ... P7 is INT15*.
        for port in 7..16u16 {
            let mut chip = Tms9901::new(RequestTiming::EachClock);
            chip.set_int_pins(Cycles(0), 1 << (22 - port), 0);
            let low: Vec<u16> =
                (1..32).filter(|&n| !chip.read(Cycles(0), n)).filter(|n| !(16..23).contains(n)).collect();
            assert_eq!(low, [22 - port, 16 + port]);
        }
    }

    #[test]
    fn an_output_port_reads_back_and_silences_its_interrupt() {
        let mut chip = Tms9901::new(RequestTiming::EachClock);
        chip.write(Cycles(0), 15, true);
        chip.set_int_pins(Cycles(0), 1 << 15, 0);
        assert!(chip.request());
        chip.write(Cycles(0), 16 + 7, true);
        assert!(!chip.request());
        assert!(chip.read(Cycles(0), 23) && chip.read(Cycles(0), 15));
    }
}
