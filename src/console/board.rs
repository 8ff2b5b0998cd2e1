// SPDX-License-Identifier: MIT OR Apache-2.0
//! The main board: the chips, and the wires between them.
//!
//! ```text
//!            16-bit bus                     8-bit bus (multiplexer, odd byte first)
//!  TMS9900 ---+--- console ROM >0000        +--- 32K >2000, >A000    +--- TMS9918A >8800/>8C00 --- INT2*
//!    |  |     +--- scratchpad  >8000 -------+--- card >4000          +--- GROMs    >9800/>9C00
//!    |  +-- INTREQ* -- TMS9901              +--- cartridge >6000     +--- SN76489  >8400
//!    +-- CRU: >0000 TMS9901 (keyboard, joysticks, alpha lock, cassette), >0800 cartridge port
//! ```
//!
//! Time passes only in the methods of [`Bus`]: each adds its clocks to `now`, and the chips are run up to `now` when one
//! of their ports is touched, when INTREQ* may have changed (`event_at`), or when a picture is asked for.
//!
//! Not emulated yet: cards other than memory and ROM, the speech synthesizer; their addresses answer as an empty bus, which
//! reads as 0.
//!
//! Sources: reference pages console.md and tms9901.md; golden traces for every wait state.

use super::cassette::Cassette;
use super::datamux::{Area, CLOCKS, READ_STROBE, WRITE_STROBE, area, grom_base, mode_line};
use super::gromport::Gromport;
use super::keyboard::Keyboard;
use super::profile::{GromAccess, Profile};
use crate::chips::sn76489::Sn76489;
use crate::chips::tmc0430::{SLOT_SIZE, Tmc0430, slot_image};
use crate::chips::tms9900::Bus;
use crate::chips::tms9901::Tms9901;
use crate::chips::tms9918a::{Tms9918a, Variant};
use crate::clock::{Cycles, Dots};
use crate::peb::ram32k::Ram32k;
use crate::peb::rom_card::RomCard;

/// First GROM address outside the console's own three GROMs.
const CONSOLE_GROM_END: u16 = 0x6000;
/// INT2*, where the VDP's interrupt arrives.
const VDP_PIN: u16 = 1 << 2;
/// INT3*-INT10*, the keyboard's rows.
const ROW_PINS: u16 = 0xFF << 3;
/// P2-P4 select the keyboard column, P5 strobes alpha lock.
const FIRST_COLUMN_PORT: u16 = 2;
const ALPHA_PORT: u16 = 5;
/// P0-P6, whose pins serve nothing else.
const OPEN_PORTS: u16 = 0x7F;
/// P11, on INT11*: the cassette's signal; low without a tape, in a dump of a console (Classic99) as in MAME.
const TAPE_PIN: u16 = 1 << 11;

/// A0-A5 of the scratchpad, and a value that no address has there.
const PAD_TAG: u16 = 0x8000;
const NO_TAG: u16 = 0xFFFF;
/// First address behind the console ROM.
const ROM_END: u16 = 0x2000;

/// The contents of the console's ROM and GROMs.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleImages<'a> {
    /// 8 KiB at CPU address >0000; shorter images are padded with zeros.
    pub rom: &'a [u8],
    /// GROMs 0 to 2 at GROM addresses >0000, >2000, >4000; 6 KiB each (8 KiB for boards with GRAMs).
    pub groms: [&'a [u8]; 3],
}

/// The chips and the state of their wires.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) profile: Profile,
    pub(super) now: Cycles,
    /// The clock at which INTREQ* may change next without an access.
    event_at: Cycles,
    /// The same, but 0 while INTREQ* is low: before it the processor need not look at its interrupt pins.
    look_at: Cycles,
    /// The clock at which the board lets the VDP set its next interrupt flag.
    pub(super) vdp_event_at: Cycles,
    /// [`PAD_TAG`] and [`ROM_END`] while the short way of a memory cycle is open, else values that match nothing.
    pad_tag: u16,
    rom_end: u16,
    rom: Box<[u16; 0x1000]>,
    console_groms: Box<[u8; 3 * SLOT_SIZE]>,
    pub(super) pad: [u16; 0x80],
    pub(super) ram: Option<Ram32k>,
    pub(super) cards: Vec<RomCard>,
    pub(super) vdp: Tms9918a,
    pub(super) psg: Sn76489,
    pub(super) psi: Tms9901,
    pub(super) grom: Tmc0430,
    pub(super) port: Gromport,
    pub(super) keyboard: Keyboard,
    pub(super) cassette: Cassette,
    /// Bytes written to the sound chip, while somebody wants to know.
    pub(super) sound_log: Option<Vec<u8>>,
}

impl Board {
    /// A board at power-on.
    pub(super) fn new(
        profile: Profile,
        variant: Variant,
        ram32k: bool,
        images: ConsoleImages<'_>,
        port: Gromport,
    ) -> Self {
        let mut rom = Box::new([0; 0x1000]);
        for (word, bytes) in rom.iter_mut().zip(images.rom.chunks(2)) {
            *word = u16::from_be_bytes([bytes[0], bytes.get(1).copied().unwrap_or(0)]);
        }
        let mut console_groms = Box::new([0; 3 * SLOT_SIZE]);
        for (slot, image) in console_groms.chunks_mut(SLOT_SIZE).zip(images.groms) {
            slot.copy_from_slice(&slot_image(image));
        }
        let mut board = Self {
            profile,
            now: Cycles(0),
            event_at: Cycles(0),
            look_at: Cycles(0),
            vdp_event_at: Cycles(0),
            pad_tag: PAD_TAG,
            rom_end: ROM_END,
            rom,
            console_groms,
            pad: [0; 0x80],
            ram: ram32k.then(|| Ram32k::new(profile.ram_pattern)),
            cards: Vec::new(),
            vdp: Tms9918a::new(variant, profile.vdp),
            psg: Sn76489::new(),
            psi: Tms9901::new(profile.request),
            grom: Tmc0430::new(),
            port,
            keyboard: Keyboard::new(),
            cassette: Cassette::new(),
            sound_log: None,
        };
        board.vdp_event_at = board.next_vdp_event();
        board.psi.set_port_pins(OPEN_PORTS, profile.open_ports);
        board.psi.set_int_pins(board.now, TAPE_PIN, 0);
        board.drive_keyboard();
        board
    }

    /// A checksum over the console's ROM and GROMs and the cards' ROMs, to name in a save state what it was made with.
    pub(super) fn image_checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        for word in self.rom.iter().copied().chain(self.cards.iter().flat_map(RomCard::words)) {
            hasher.update(&word.to_be_bytes());
        }
        hasher.update(&self.console_groms[..]);
        hasher.finalize()
    }

    /// The RESET line: 9901 and VDP. GROMs and sound chip have no reset pin.
    pub(super) fn reset(&mut self) {
        self.psi.reset(self.now);
        self.catch_up(self.now);
        self.vdp.reset();
        self.wire_vdp_interrupt(self.now);
    }

    /// Runs the chips that make pictures and sound up to `now`.
    pub(super) fn run_output(&mut self) {
        self.catch_up(self.now);
        let dot = self.dot(self.now);
        self.vdp.run_to(dot);
        self.psg.run_to(dot);
    }

    /// Puts the keyboard's rows and the alpha lock on the 9901's pins; to be called when a contact or a port changes.
    pub(super) fn drive_keyboard(&mut self) {
        let ports = self.psi.ports();
        let column = usize::from(ports >> FIRST_COLUMN_PORT & 7);
        let rows = self.keyboard.rows(column, ports >> ALPHA_PORT & 1 != 0);
        self.psi.set_int_pins(self.now, ROW_PINS, !(u16::from(rows) << 3));
        self.refresh_event();
    }

    /// The word at `addr` for the debugger: no time passes, no port is touched (ports read as 0).
    pub(super) fn peek(&self, addr: u16) -> u16 {
        match area(addr) {
            Area::ConsoleRom => self.rom[usize::from(addr >> 1)],
            Area::Scratchpad => self.pad[usize::from(addr >> 1 & 0x7F)],
            Area::Expansion => self.ram.as_ref().map_or(0, |ram| ram.read(addr)),
            Area::Card => self.card_word(addr),
            Area::Cartridge => u16::from_be_bytes([self.port.peek(addr & !1), self.port.peek(addr | 1)]),
            _ => 0,
        }
    }

    /// Stores a word for the debugger: RAM only. False where there is none.
    pub(super) fn poke(&mut self, addr: u16, word: u16) -> bool {
        match (area(addr), &mut self.ram) {
            (Area::Scratchpad, _) => self.pad[usize::from(addr >> 1 & 0x7F)] = word,
            (Area::Expansion, Some(ram)) => ram.write(addr, word),
            _ => return false,
        }
        true
    }

    /// The word at `addr` of the cards that are switched on; they pull lines high together.
    fn card_word(&self, addr: u16) -> u16 {
        self.cards.iter().filter_map(|card| card.read(addr)).fold(0, |bus, word| bus | word)
    }

    /// The byte at a GROM address, as base `base` shows it; 0 where no chip answers.
    #[inline]
    pub(super) fn grom_byte(&self, base: u8, addr: u16) -> u8 {
        if addr < CONSOLE_GROM_END {
            self.console_groms[usize::from(addr)]
        } else {
            self.port.grom(base, addr).unwrap_or(0)
        }
    }

    pub(super) fn dot(&self, at: Cycles) -> Dots {
        self.profile.dot_clock.dot_at(at)
    }

    fn next_vdp_event(&self) -> Cycles {
        self.profile.dot_clock.cycle_of(self.vdp.next_interrupt())
    }

    /// Applies everything that happens by itself up to `until`: VDP interrupt flags and the 9901's ticks, in order.
    #[inline]
    fn catch_up(&mut self, until: Cycles) {
        if until >= self.event_at {
            self.apply_events(until);
        }
    }

    fn apply_events(&mut self, until: Cycles) {
        while self.vdp_event_at <= until {
            let at = self.vdp_event_at;
            self.vdp.run_to(self.dot(at));
            self.vdp_event_at = self.next_vdp_event();
            self.wire_vdp_interrupt(at);
        }
        self.psi.advance(until);
        self.refresh_event();
    }

    /// Puts the VDP's INT* on INT2*.
    fn wire_vdp_interrupt(&mut self, at: Cycles) {
        let level = if self.vdp.interrupt() { 0 } else { VDP_PIN };
        self.psi.set_int_pins(at, VDP_PIN, level);
        self.refresh_event();
    }

    /// Finds the next clocks at which something happens by itself, and at which the processor must look.
    pub(super) fn refresh_event(&mut self) {
        self.event_at = self.vdp_event_at.min(self.psi.next_event());
        self.look_at = if self.psi.request() { Cycles(0) } else { self.event_at };
    }

    /// Brings INTREQ* up to date. IC0-IC3 are wired to level 1.
    #[inline(never)]
    fn sample_interrupt(&mut self) -> Option<u8> {
        self.catch_up(self.now);
        self.psi.request().then_some(1)
    }

    /// Lets the short way to ROM and scratchpad be taken only while nobody watches A10: in clock mode the 9901 does,
    /// whose S0 it is.
    pub(super) fn refresh_short_way(&mut self) {
        let open = !self.psi.in_clock_mode();
        self.pad_tag = if open { PAD_TAG } else { NO_TAG };
        self.rom_end = if open { ROM_END } else { 0 };
    }

    /// A memory cycle with A10 (the 9901's S0) high while the 9901 is in clock mode.
    fn watch_s0(&mut self, addr: u16) {
        if self.psi.in_clock_mode() && addr & 0x20 != 0 {
            self.psi.touch(self.now);
        }
    }

    #[inline(never)]
    fn read_elsewhere(&mut self, addr: u16) -> u16 {
        self.watch_s0(addr);
        match area(addr) {
            Area::ConsoleRom => {
                self.now += 2;
                self.rom[usize::from(addr >> 1)]
            }
            Area::Scratchpad => {
                self.now += 2;
                self.pad[usize::from(addr >> 1 & 0x7F)]
            }
            area => self.read_multiplexed(area, addr),
        }
    }

    #[inline(never)]
    fn write_elsewhere(&mut self, addr: u16, data: u16) {
        self.watch_s0(addr);
        match area(addr) {
            Area::ConsoleRom => self.now += 2,
            Area::Scratchpad => {
                self.now += 2;
                self.pad[usize::from(addr >> 1 & 0x7F)] = data;
            }
            area => self.write_multiplexed(area, addr, data),
        }
    }

    fn read_multiplexed(&mut self, area: Area, addr: u16) -> u16 {
        let start = self.now;
        let mut clocks = CLOCKS;
        let word = match area {
            Area::Expansion => self.ram.as_ref().map_or(0, |ram| ram.read(addr)),
            Area::Card => self.card_word(addr),
            Area::Cartridge => {
                let odd = self.port.read(addr | 1);
                u16::from_be_bytes([self.port.read(addr), odd])
            }
            Area::VdpRead => u16::from(self.read_vdp(addr)) << 8,
            Area::GromRead => {
                let byte;
                (byte, clocks) = self.read_grom(addr);
                u16::from(byte) << 8
            }
            _ => 0,
        };
        self.now = start + u64::from(clocks);
        word
    }

    fn write_multiplexed(&mut self, area: Area, addr: u16, word: u16) {
        let start = self.now;
        let [even, odd] = word.to_be_bytes();
        let mut clocks = CLOCKS;
        match area {
            Area::Expansion => {
                if let Some(ram) = &mut self.ram {
                    ram.write(addr, word);
                }
            }
            Area::Cartridge => {
                self.port.write(addr | 1, odd);
                self.port.write(addr, even);
            }
            Area::Sound => {
                if let Some(log) = &mut self.sound_log {
                    log.push(even);
                }
                self.psg.write(self.profile.dot_clock.dot_at(start + WRITE_STROBE), even);
                clocks = self.profile.sound_write;
            }
            Area::VdpWrite => self.write_vdp(addr, even),
            Area::GromWrite => clocks = self.write_grom(addr, even),
            Area::GromRead if self.profile.loose_grom_writes => clocks = self.write_grom(addr, even),
            _ => {}
        }
        self.now = start + u64::from(clocks);
    }

    fn read_vdp(&mut self, addr: u16) -> u8 {
        let strobe = self.now + READ_STROBE;
        self.catch_up(strobe);
        let dot = self.dot(strobe);
        if mode_line(addr) {
            let status = self.vdp.read_status(dot);
            self.wire_vdp_interrupt(strobe);
            status
        } else {
            self.vdp.read_data(dot)
        }
    }

    fn write_vdp(&mut self, addr: u16, byte: u8) {
        let strobe = self.now + WRITE_STROBE;
        self.catch_up(strobe);
        let dot = self.dot(strobe);
        if mode_line(addr) {
            self.vdp.write_control(dot, byte);
            self.wire_vdp_interrupt(strobe);
        } else {
            self.vdp.write_data(dot, byte);
        }
    }

    fn read_grom(&mut self, addr: u16) -> (u8, u32) {
        let base = grom_base(addr);
        self.port.select_base(base);
        if mode_line(addr) {
            (self.grom.read_address(), self.profile.grom.clocks(self.now, GromAccess::ReadAddress))
        } else {
            let byte = self.grom.read_data().map_or(0, |addr| self.grom_byte(base, addr));
            (byte, self.profile.grom.clocks(self.now, GromAccess::ReadData))
        }
    }

    fn write_grom(&mut self, addr: u16, byte: u8) -> u32 {
        let base = grom_base(addr);
        self.port.select_base(base);
        let access = if mode_line(addr) {
            GromAccess::WriteAddress { second: self.grom.write_address(byte) }
        } else {
            let to = self.grom.write_data();
            if self.port.grom(base, to).is_some() {
                self.port.write_grom(base, to, byte);
                self.grom.skip();
            }
            GromAccess::WriteData
        };
        self.profile.grom.clocks(self.now, access)
    }

    /// The 9901 bit (0-31) at a CRU address, where the 9901 answers.
    fn psi_bit(&self, addr: u16) -> Option<u16> {
        (addr < self.profile.psi_end).then_some(addr >> 1 & 0x1F)
    }

    fn write_psi(&mut self, bit: u16, value: bool) {
        self.catch_up(self.now);
        let changed = self.psi.write(self.now, bit, value);
        if bit == 0 {
            self.refresh_short_way();
        }
        if changed {
            self.drive_keyboard();
            self.cassette.drive(self.now, |port| self.psi.port(port));
            if !self.cassette.plays() {
                self.psi.set_int_pins(self.now, TAPE_PIN, 0);
            }
        }
        self.refresh_event();
    }

    fn read_psi(&mut self, bit: u16) -> bool {
        self.catch_up(self.now);
        if self.cassette.plays() {
            let tape = if self.cassette.level(self.now) { TAPE_PIN } else { 0 };
            self.psi.set_int_pins(self.now, TAPE_PIN, tape);
            self.refresh_event();
        }
        self.psi.read(self.now, bit)
    }
}

impl Bus for Board {
    #[inline(always)]
    fn read(&mut self, addr: u16) -> u16 {
        if addr & 0xFC00 == self.pad_tag {
            self.now += 2;
            self.pad[usize::from(addr >> 1 & 0x7F)]
        } else if addr < self.rom_end {
            self.now += 2;
            self.rom[usize::from(addr >> 1 & 0x0FFF)]
        } else {
            self.read_elsewhere(addr)
        }
    }

    /// As [`Self::read`], with the question first that is mostly answered by yes.
    #[inline(always)]
    fn fetch(&mut self, addr: u16) -> u16 {
        if addr < self.rom_end {
            self.now += 2;
            self.rom[usize::from(addr >> 1 & 0x0FFF)]
        } else {
            self.read(addr)
        }
    }

    #[inline(always)]
    fn write(&mut self, addr: u16, data: u16) {
        if addr & 0xFC00 == self.pad_tag {
            self.now += 2;
            self.pad[usize::from(addr >> 1 & 0x7F)] = data;
        } else {
            self.write_elsewhere(addr, data);
        }
    }

    fn cru_in(&mut self, addr: u16) -> bool {
        let bit = match self.psi_bit(addr) {
            Some(bit) => self.read_psi(bit),
            None => self.port.cru_in(addr).unwrap_or(false),
        };
        self.now += 2;
        bit
    }

    fn cru_out(&mut self, addr: u16, value: bool) {
        match self.psi_bit(addr) {
            Some(bit) => self.write_psi(bit, value),
            None => {
                self.port.cru_out(addr, value);
                self.cards.iter_mut().for_each(|card| card.cru_out(addr, value));
            }
        }
        self.now += 2;
    }

    #[inline(always)]
    fn idle(&mut self, clocks: u32) {
        self.now += u64::from(clocks);
    }

    #[inline(always)]
    fn interrupt(&mut self) -> Option<u8> {
        if self.now < self.look_at { None } else { self.sample_interrupt() }
    }
}
