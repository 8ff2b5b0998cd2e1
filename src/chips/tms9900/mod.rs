// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TMS9900 microprocessor, bus cycle by bus cycle.
//!
//! Pins emulated, as methods of [`Bus`]: A0-A14, D0-D15, MEMEN*, DBIN, WE*, IAQ, READY (inside an access), CRUIN,
//! CRUOUT, CRUCLK, INTREQ* with IC0-IC3, LOAD*, RESET*, and the external-instruction codes. Not emulated: HOLD*/HOLDA
//! and WAIT, which nothing on a TI-99/4A's board uses.
//!
//! No instruction has a cycle count here. Each method of [`Bus`] is one machine cycle (or a run of internal ones), and
//! the instructions issue them in the chip's order, so that an instruction's duration and the moment of each of its
//! accesses fall out of the sequence. Where the data manual and MAME 0.251 disagree, [`Timing`] holds both figures.
//!
//! Sources: TMS9900 data manual as collected in the reference pages (execution times, status rules); the order of the
//! accesses is MAME's, confirmed by golden traces (`docs/cpu-suite.md`, `docs/accuracy.md`).

mod cru;
mod immediate;
mod jump;
mod operand;
mod shift;
mod single;
mod status;
mod timing;
mod two;

pub use timing::{DivRule, Timing};

use crate::isa::tms9900::{Id, OPS, Status, decode_id};
use serde::{Deserialize, Serialize};

/// The instructions that only put a code on A0-A2 and pulse CRUCLK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum External {
    /// Code 2.
    Idle,
    /// Code 3.
    Reset,
    /// Code 5.
    ClockOn,
    /// Code 6.
    ClockOff,
    /// Code 7.
    Restart,
}

/// What the processor's pins are wired to: one method per machine cycle. When a call returns, the cycle and its wait
/// states have passed for the whole board.
pub trait Bus {
    /// A memory read cycle. `addr` is even: the processor has no A15 and moves whole words.
    fn read(&mut self, addr: u16) -> u16;
    /// A memory read cycle with IAQ: the fetch of an instruction word.
    fn fetch(&mut self, addr: u16) -> u16 {
        self.read(addr)
    }
    /// A memory write cycle. `addr` is even.
    fn write(&mut self, addr: u16, data: u16);
    /// One CRU input cycle. `addr` is the bit's R12 address: even, below >2000.
    fn cru_in(&mut self, addr: u16) -> bool;
    /// One CRU output cycle.
    fn cru_out(&mut self, addr: u16, bit: bool);
    /// `clocks` clocks of internal cycles: the processor works, the bus rests.
    fn idle(&mut self, clocks: u32);
    /// Announces that the next `clocks` clocks are one inner operation. Only a bus that imitates an emulator which
    /// looks at its devices between operations cares.
    fn uninterrupted(&mut self, _clocks: u32) {}
    /// An external instruction's code on A0-A2 with CRUCLK; takes no time beyond the surrounding [`Self::idle`].
    fn external(&mut self, _code: External) {}
    /// The level on IC0-IC3 while INTREQ* is low.
    fn interrupt(&mut self) -> Option<u8>;
    /// LOAD* is low.
    fn load(&mut self) -> bool {
        false
    }
}

/// The registers inside the chip. The workspace registers are in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registers {
    /// Program counter; even.
    pub pc: u16,
    /// Workspace pointer; even.
    pub wp: u16,
    /// Status register; the bits of [`Status`], and bits 7-11 as loaded.
    pub st: u16,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Next {
    /// A look at the interrupt pins, then an instruction.
    Any,
    /// An instruction without that look: after BLWP, XOP and RESET.
    Shielded,
    /// The X reached by a chain of X instructions, which goes on.
    Chained(u16),
    /// Nothing until an interrupt: IDLE was executed.
    Idle,
}

/// The processor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tms9900 {
    regs: Registers,
    next: Next,
    timing: Timing,
}

impl Tms9900 {
    /// A processor before its first RESET. PC, WP and ST are undefined on the chip; here they are 0.
    pub fn new(timing: Timing) -> Self {
        Self { regs: Registers::default(), next: Next::Any, timing }
    }

    /// PC, WP and ST.
    pub fn registers(&self) -> Registers {
        self.regs
    }

    /// Sets PC, WP and ST between two instructions, as a debugger does; the lowest bit of PC and WP is dropped.
    pub fn set_registers(&mut self, regs: Registers) {
        self.regs = Registers { pc: regs.pc & !1, wp: regs.wp & !1, st: regs.st };
        if self.next != Next::Shielded {
            self.next = Next::Any;
        }
    }

    /// Whether this processor runs with the given answers to the open questions.
    pub fn has_timing(&self, timing: Timing) -> bool {
        self.timing == timing
    }

    /// Whether the processor waits in IDLE.
    pub fn idling(&self) -> bool {
        self.next == Next::Idle
    }

    /// RESET* released: context switch through vector 0, interrupt mask 0.
    pub fn reset<B: Bus>(&mut self, bus: &mut B) {
        bus.idle(self.timing.reset_lead - self.timing.interrupt_lead);
        self.context_switch(bus, 0x0000, 0);
        self.next = Next::Shielded;
    }

    /// Serves the pins and, unless the processor idles, executes one instruction.
    #[inline(always)]
    pub fn step<B: Bus>(&mut self, bus: &mut B) {
        if self.begin(bus) {
            self.execute(bus);
        }
    }

    /// What happens between two instructions: LOAD and interrupts are taken, IDLE waits. True when an instruction is
    /// due; false when time passed in IDLE or in a chain of X instructions.
    #[inline(always)]
    pub fn begin<B: Bus>(&mut self, bus: &mut B) -> bool {
        if self.next != Next::Any {
            return self.begin_otherwise(bus);
        }
        self.look_at_pins(bus);
        true
    }

    #[inline(never)]
    fn begin_otherwise<B: Bus>(&mut self, bus: &mut B) -> bool {
        match std::mem::replace(&mut self.next, Next::Any) {
            Next::Any | Next::Shielded => true,
            Next::Chained(word) => {
                self.execute_operand(bus, word);
                false
            }
            Next::Idle if self.look_at_pins(bus) => true,
            Next::Idle => {
                self.next = Next::Idle;
                bus.idle(self.timing.idle_step);
                false
            }
        }
    }

    /// Takes LOAD or an interrupt; true if there was one.
    #[inline(always)]
    fn look_at_pins<B: Bus>(&mut self, bus: &mut B) -> bool {
        if bus.load() {
            self.context_switch(bus, 0xFFFC, 0);
        } else if let Some(level) = bus.interrupt()
            && u16::from(level) <= self.regs.st & Status::MASK.bits()
        {
            self.context_switch(bus, u16::from(level) * 4, level.saturating_sub(1));
        } else {
            return false;
        }
        true
    }

    /// Fetches and executes the instruction at PC.
    #[inline(always)]
    pub fn execute<B: Bus>(&mut self, bus: &mut B) {
        let word = bus.fetch(self.regs.pc);
        self.advance_pc();
        self.perform(bus, word);
    }

    /// Executes `word` as an instruction; its operand words follow at PC. X enters here too.
    ///
    /// Where instructions share a method it is compiled for each of them, with the name as a constant: one branch on
    /// the instruction is all there is, and the processor's cycles that follow each other without an access become one
    /// addition.
    #[inline(always)]
    fn perform<B: Bus>(&mut self, bus: &mut B, word: u16) {
        let Some(id) = self.decode(word) else {
            bus.idle(self.timing.undefined_tail);
            return;
        };
        match id {
            Id::SZC => self.two_words(bus, Id::SZC, word),
            Id::SZCB => self.two_bytes(bus, Id::SZCB, word),
            Id::S => self.two_words(bus, Id::S, word),
            Id::SB => self.two_bytes(bus, Id::SB, word),
            Id::C => self.two_words(bus, Id::C, word),
            Id::CB => self.two_bytes(bus, Id::CB, word),
            Id::A => self.two_words(bus, Id::A, word),
            Id::AB => self.two_bytes(bus, Id::AB, word),
            Id::MOV => self.two_words(bus, Id::MOV, word),
            Id::MOVB => self.two_bytes(bus, Id::MOVB, word),
            Id::SOC => self.two_words(bus, Id::SOC, word),
            Id::SOCB => self.two_bytes(bus, Id::SOCB, word),
            Id::COC | Id::CZC => self.compare_corresponding(bus, id, word),
            Id::XOR => self.exclusive_or(bus, word),
            Id::XOP => self.extended_operation(bus, word),
            Id::MPY => self.multiply(bus, word),
            Id::DIV => self.divide(bus, word),
            Id::LDCR => self.load_cru(bus, word),
            Id::STCR => self.store_cru(bus, word),
            Id::SBO => self.set_cru_bit(bus, word, true),
            Id::SBZ => self.set_cru_bit(bus, word, false),
            Id::TB => self.test_cru_bit(bus, word),
            Id::SRA => self.shift(bus, Id::SRA, word),
            Id::SRL => self.shift(bus, Id::SRL, word),
            Id::SLA => self.shift(bus, Id::SLA, word),
            Id::SRC => self.shift(bus, Id::SRC, word),
            Id::BLWP => self.branch_and_load_workspace(bus, word),
            Id::B => self.branch(bus, word),
            Id::BL => self.branch_and_link(bus, word),
            Id::X => self.execute_operand(bus, word),
            Id::ABS => self.absolute(bus, word),
            Id::CLR => self.modify(bus, Id::CLR, word),
            Id::SETO => self.modify(bus, Id::SETO, word),
            Id::SWPB => self.modify(bus, Id::SWPB, word),
            Id::INV => self.modify(bus, Id::INV, word),
            Id::NEG => self.modify(bus, Id::NEG, word),
            Id::INC => self.modify(bus, Id::INC, word),
            Id::INCT => self.modify(bus, Id::INCT, word),
            Id::DEC => self.modify(bus, Id::DEC, word),
            Id::DECT => self.modify(bus, Id::DECT, word),
            Id::LI => self.immediate(bus, Id::LI, word),
            Id::AI => self.immediate(bus, Id::AI, word),
            Id::ANDI => self.immediate(bus, Id::ANDI, word),
            Id::ORI => self.immediate(bus, Id::ORI, word),
            Id::CI => self.immediate(bus, Id::CI, word),
            Id::STWP => self.store_internal(bus, word, self.regs.wp),
            Id::STST => self.store_internal(bus, word, self.regs.st),
            Id::LWPI => self.load_workspace_pointer(bus),
            Id::LIMI => self.load_interrupt_mask(bus),
            Id::RTWP => self.return_with_workspace(bus),
            Id::IDLE | Id::RSET | Id::CKON | Id::CKOF | Id::LREX => self.control(bus, id),
            // JMP and the twelve conditional jumps.
            _ => self.jump(bus, id, word),
        }
    }

    /// The instruction that `word` stands for.
    #[inline]
    fn decode(&self, word: u16) -> Option<Id> {
        let id = decode_id(word)?;
        (!self.timing.unused_bits_must_be_zero || word & checked_bits(id) == 0).then_some(id)
    }

    /// Loads WP and PC from the vector at `vector`, saving the old context in the new R13-R15.
    #[inline(never)]
    fn context_switch<B: Bus>(&mut self, bus: &mut B, vector: u16, mask: u8) {
        bus.idle(self.timing.interrupt_lead);
        let wp = bus.read(vector);
        bus.idle(2);
        self.save_context(bus, wp);
        self.regs.pc = bus.read(vector.wrapping_add(2)) & !1;
        bus.idle(2);
        self.regs.st = self.regs.st & !Status::MASK.bits() | u16::from(mask);
    }

    /// Makes `wp` the workspace and stores the old ST, PC and WP in its R15, R14 and R13.
    fn save_context<B: Bus>(&mut self, bus: &mut B, wp: u16) {
        let old = self.regs;
        self.regs.wp = wp & !1;
        for (register, value) in [(15, old.st), (14, old.pc), (13, old.wp)] {
            bus.write(self.register(register), value);
            bus.idle(2);
        }
    }

    fn advance_pc(&mut self) {
        self.regs.pc = self.regs.pc.wrapping_add(2);
    }

    /// Reads the word at PC, an immediate or an address, and moves on.
    fn next_word<B: Bus>(&mut self, bus: &mut B) -> u16 {
        let word = bus.read(self.regs.pc);
        self.advance_pc();
        word
    }

    /// Address of workspace register `n` (0-15, and 16 for the second half of R15's products).
    #[inline]
    fn register(&self, n: u16) -> u16 {
        self.regs.wp.wrapping_add(2 * n)
    }
}

/// The unused bits that MAME's decoder wants to be zero: of LWPI and LIMI only bit 11.
fn checked_bits(id: Id) -> u16 {
    let unused = OPS[id as usize].format.unused();
    if matches!(id, Id::LWPI | Id::LIMI) { unused & 0x0010 } else { unused }
}

/// The register field of a word whose last four bits hold it.
fn w_field(word: u16) -> u16 {
    word & 15
}

/// The destination register, XOP number or bit count in bits 6-9.
fn d_field(word: u16) -> u16 {
    word >> 6 & 15
}
