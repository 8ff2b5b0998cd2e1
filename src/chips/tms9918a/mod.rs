// SPDX-License-Identifier: MIT OR Apache-2.0
//! The video display processor TMS9918A (NTSC) and TMS9929A (50 Hz).
//!
//! The chip's time is counted in dots. Nothing happens by itself but four things, which [`Tms9918a::run_to`] does in their
//! order: a line is drawn, the interrupt flag is set, and a CPU access that waits for a free moment of the video RAM
//! takes place. A line is drawn in one go when its picture begins, so that what a program changes shows from the next
//! line on. A line for which nothing has changed since it was last drawn keeps its dots.
//!
//! Covered: all modes and their mixtures, borders, sprites with their status, 4K addressing, read-ahead, access windows.
//! Not covered: changes within a line, external video (its plane is black), the sprites' look-ahead by one line.
//!
//! Sources: TMS9918A data manual; reference page tms9918a.md (openMSX's measurements, Classic99 on 4K addressing);
//! docs/hardware/tms9918a.md explains every choice.

mod background;
mod registers;
mod sprites;
mod timing;

use crate::clock::{DOTS_PER_LINE, Dots};
use background::Source;
use registers::{Mode, Registers};
use serde::{Deserialize, Serialize};
use sprites::LineStatus;
use timing::{ACTIVE_LINES, ACTIVE_START, BORDER_START, Fetches, TOP_BLANKING, access_slot};
pub use timing::{Habits, Variant};

/// Bytes of video RAM.
const VRAM: usize = 0x4000;
/// Bytes in a page of it, in which [`Cache::shown`] is kept.
const PAGE: usize = 64;
/// Status: interrupt flag, fifth sprite, coincidence, sprite number.
const FLAG: u8 = 0x80;
const FIFTH: u8 = 0x40;
const COINCIDENCE: u8 = 0x20;
const NUMBER: u8 = 0x1F;
/// Dots of left border, and of the picture, in a row of a [`Frame`].
const LEFT_BORDER: usize = (ACTIVE_START - BORDER_START) as usize;
const PICTURE: std::ops::Range<usize> = LEFT_BORDER..LEFT_BORDER + 256;

/// A picture with its border: palette indexes (0-15), row by row, the dot at the upper left first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pixels: Vec<u8>,
}

impl Frame {
    /// Dots in a row: 13 of border, 256 of picture, 15 of border.
    pub const WIDTH: usize = 284;

    /// Rows: 243 (27 border, 192 picture, 24 border) or, at 50 Hz, 294 (51, 192, 51).
    pub fn height(&self) -> usize {
        self.pixels.len() / Self::WIDTH
    }

    /// [`Self::WIDTH`] x [`Self::height`] palette indexes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    fn row(&mut self, row: usize) -> &mut [u8] {
        &mut self.pixels[row * Self::WIDTH..][..Self::WIDTH]
    }
}

/// A CPU access that waits for its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pending {
    at: Dots,
    write: bool,
}

/// What is known of a row since it was drawn.
#[derive(Clone, Copy, Debug, Default)]
struct Drawn {
    /// State of the contents it was drawn from; 0 for none.
    generation: u32,
    status: Option<LineStatus>,
}

/// What saves work; no part of the state.
#[derive(Clone, Debug, Default)]
struct Cache {
    /// Changes with each change of the registers, or of video RAM that the picture depends on.
    generation: u32,
    rows: Vec<Drawn>,
    /// The pages of video RAM that the picture depends on, given the registers.
    shown: Vec<bool>,
}

/// The chip with its video RAM.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tms9918a {
    variant: Variant,
    habits: Habits,
    vram: Vec<u8>,
    regs: Registers,
    status: u8,
    /// The last sprite looked at, which a held number in the status may differ from.
    number: u8,
    address: u16,
    /// The read-ahead buffer, which a byte to be written passes through as well.
    buffer: u8,
    /// The first of two bytes for the control port has come.
    latch: bool,
    pending: Option<Pending>,
    /// The next line to draw, in lines of the frame, and when.
    line: u64,
    line_at: Dots,
    flag_at: Dots,
    frame: Frame,
    #[serde(skip)]
    cache: Cache,
}

impl Tms9918a {
    /// A chip at power-on: video RAM and registers zero.
    pub fn new(variant: Variant, habits: Habits) -> Self {
        let first_dot = habits.first_dot(variant);
        let line = first_dot.saturating_sub(ACTIVE_START).div_ceil(DOTS_PER_LINE).max(TOP_BLANKING);
        let flag_at = (habits.flag_dot(variant) + variant.frame_dots() - first_dot) % variant.frame_dots();
        let mut vdp = Self {
            variant,
            habits,
            vram: vec![0; VRAM],
            regs: Registers::default(),
            status: 0,
            number: 31,
            address: 0,
            buffer: 0,
            latch: false,
            pending: None,
            line,
            line_at: Dots(line * DOTS_PER_LINE + ACTIVE_START - first_dot),
            flag_at: Dots(flag_at),
            frame: Frame { pixels: vec![0; Frame::WIDTH * variant.visible_lines()] },
            cache: Cache::default(),
        };
        vdp.forget_rows();
        vdp
    }

    /// The RESET pin.
    pub fn reset(&mut self) {
        self.regs.reset();
        self.latch = false;
        self.note_tables();
    }

    /// Reads the data port (MODE low) at dot `now`: the read-ahead buffer.
    pub fn read_data(&mut self, now: Dots) -> u8 {
        self.run_to(now);
        self.latch = false;
        let byte = self.buffer;
        self.request(now, false);
        byte
    }

    /// Reads the status port (MODE high): clears the flags and releases INT*.
    pub fn read_status(&mut self, now: Dots) -> u8 {
        self.run_to(now);
        self.latch = false;
        let status = self.status;
        let number = if self.habits.flag_holds_number { status & NUMBER } else { self.number };
        self.status = number;
        status
    }

    /// Writes the data port.
    pub fn write_data(&mut self, now: Dots, byte: u8) {
        self.run_to(now);
        self.latch = false;
        self.buffer = byte;
        self.request(now, true);
    }

    /// Writes the control port: the low byte of an address or a register's value, then what to do with it.
    pub fn write_control(&mut self, now: Dots, byte: u8) {
        self.run_to(now);
        self.latch = !self.latch;
        let [high, low] = self.address.to_be_bytes();
        if self.latch {
            self.address = u16::from_be_bytes([high, byte]);
            return;
        }
        self.address = u16::from_be_bytes([byte & 0x3F, low]);
        if byte & 0x80 != 0 {
            if self.regs.set(byte, low) {
                self.note_tables();
            }
        } else if byte & 0x40 == 0 {
            self.request(now, false);
        }
    }

    /// Does everything that is due up to dot `now`, included.
    pub fn run_to(&mut self, now: Dots) {
        loop {
            let slot = self.pending.map_or(Dots(u64::MAX), |pending| pending.at);
            let next = slot.min(self.line_at).min(self.flag_at);
            if next > now {
                return;
            }
            if next == slot {
                self.access();
            } else if next == self.line_at {
                self.draw_line();
            } else {
                self.status |= FLAG;
                self.flag_at += self.variant.frame_dots();
            }
        }
    }

    /// Whether INT* is low.
    pub fn interrupt(&self) -> bool {
        self.status & FLAG != 0 && self.regs.interrupt_enabled()
    }

    /// When the interrupt flag is set next.
    pub fn next_interrupt(&self) -> Dots {
        self.flag_at
    }

    /// When the picture that is being drawn at `now` will be complete: at the end of the bottom border.
    pub fn next_frame(&self, now: Dots) -> Dots {
        let (period, end) = (self.variant.frame_dots(), self.variant.visible_end() * DOTS_PER_LINE);
        let first_dot = self.habits.first_dot(self.variant);
        let to_end = (2 * period + end - (now.0 + first_dot) % period - 1) % period + 1;
        now + to_end
    }

    /// Pictures completed up to `now`, since power-on.
    pub fn frames(&self, now: Dots) -> u64 {
        let first = self.next_frame(Dots(0)).0;
        (now.0 + self.variant.frame_dots()).saturating_sub(first) / self.variant.frame_dots()
    }

    /// The picture; rows below the beam are those of the picture before.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Asks for an access to the video RAM, now or at the next slot. One that still waits is lost.
    fn request(&mut self, now: Dots, write: bool) {
        if self.habits.access_windows {
            let beam = (now.0 + self.habits.first_dot(self.variant)) % self.variant.frame_dots();
            self.pending = Some(Pending { at: access_slot(now, beam, self.fetches(beam)), write });
        } else {
            self.pending = Some(Pending { at: now, write });
            self.access();
        }
    }

    /// What the display logic fetches in the line that the beam is in.
    fn fetches(&self, beam: u64) -> Fetches {
        let first = self.variant.first_active();
        let active = (first..first + ACTIVE_LINES).contains(&(beam / DOTS_PER_LINE));
        if !active || !self.regs.display_on() {
            return Fetches::None;
        }
        match self.regs.mode() {
            Mode::Graphics1 | Mode::Graphics2 => Fetches::Graphics,
            Mode::Multicolor | Mode::MulticolorBitmap => Fetches::Multicolor,
            Mode::Text | Mode::TextBitmap | Mode::Stripes => Fetches::Text,
        }
    }

    /// The access that waits takes place: the buffer goes to the RAM or comes from it, and the address advances.
    fn access(&mut self) {
        let Some(Pending { write, .. }) = self.pending.take() else { return };
        let cell = self.cell(self.address);
        if !write {
            self.buffer = self.vram[cell];
        } else if self.vram[cell] != self.buffer {
            self.vram[cell] = self.buffer;
            self.change(cell);
        }
        self.address = (self.address + 1) & 0x3FFF;
    }

    /// Where an address of the CPU lies in the RAM: with R1's 4K addressing, rows and columns are cut otherwise.
    fn cell(&self, address: u16) -> usize {
        let a = usize::from(address);
        if self.regs.sixteen_k() || !self.habits.scrambled_4k {
            a
        } else {
            a & 0x203F | (a & 0x0FC0) << 1 | (a & 0x1000) >> 6
        }
    }

    /// A byte of video RAM has changed. Programs keep data of their own there, which the picture does not depend on.
    fn change(&mut self, cell: usize) {
        if self.cache.shown[cell / PAGE] {
            self.cache.generation = self.cache.generation.wrapping_add(1).max(1);
        }
    }

    /// A register has changed, and with it perhaps what is drawn from where.
    fn note_tables(&mut self) {
        self.cache.generation = self.cache.generation.wrapping_add(1).max(1);
        self.cache.shown.fill(false);
        for table in self.regs.tables() {
            self.cache.shown[table.start / PAGE..table.end.div_ceil(PAGE)].fill(true);
        }
    }

    fn forget_rows(&mut self) {
        let rows = vec![Drawn::default(); self.variant.visible_lines()];
        self.cache = Cache { generation: 0, rows, shown: vec![false; VRAM / PAGE] };
        self.note_tables();
    }

    /// Draws the next line, keeps what it says about sprites, and goes on to the line after.
    fn draw_line(&mut self) {
        let row = (self.line - TOP_BLANKING) as usize;
        let generation = self.cache.generation;
        if self.cache.rows[row].generation != generation {
            let y = self.line.checked_sub(self.variant.first_active()).filter(|&y| y < ACTIVE_LINES);
            let status = self.draw_row(row, y);
            self.cache.rows[row] = Drawn { generation, status };
        }
        if let Some(status) = self.cache.rows[row].status {
            self.note_sprites(status);
        }
        self.line += 1;
        self.line_at += DOTS_PER_LINE;
        if self.line == self.variant.visible_end() {
            self.line = TOP_BLANKING;
            self.line_at += self.variant.frame_dots() - self.variant.visible_lines() as u64 * DOTS_PER_LINE;
        }
    }

    /// Draws a row of the frame, which is line `y` of the picture or all border.
    fn draw_row(&mut self, row: usize, y: Option<u64>) -> Option<LineStatus> {
        let pixels = self.frame.row(row);
        pixels.fill(self.regs.backdrop());
        let y = y.filter(|_| self.regs.display_on())? as usize;
        let vram = self.vram.as_slice().try_into().expect("the video RAM has 16 KiB");
        let picture: &mut [u8; 256] = (&mut pixels[PICTURE]).try_into().expect("the picture has 256 dots");
        let source = Source { vram, regs: self.regs, row_in_name: self.habits.row_in_name };
        source.draw(y, picture);
        match self.regs.mode() {
            Mode::Text | Mode::TextBitmap | Mode::Stripes => {
                self.habits.text_number.then_some(LineStatus { number: 31, ..LineStatus::default() })
            }
            _ => Some(source.draw_sprites(y, self.habits.cloning, picture)),
        }
    }

    /// Brings a line's sprites into the status, whose number a fifth sprite holds and, on hardware, the frame's end.
    fn note_sprites(&mut self, line: LineStatus) {
        if line.coincidence {
            self.status |= COINCIDENCE;
        }
        self.number = line.number;
        let frozen = if self.habits.flag_holds_number { FLAG | FIFTH } else { FIFTH };
        if self.status & frozen == 0 {
            self.status = self.status & !NUMBER | line.number;
            if line.fifth && self.status & FLAG == 0 {
                self.status |= FIFTH;
            }
        }
    }
}

/// The debugger's door, and save states.
impl Tms9918a {
    /// The video RAM, unscrambled.
    pub fn vram(&self) -> &[u8; VRAM] {
        self.vram.as_slice().try_into().expect("the video RAM has 16 KiB")
    }

    /// Stores a byte in the video RAM; the address wraps.
    pub fn poke_vram(&mut self, addr: u16, byte: u8) {
        let cell = usize::from(addr) % VRAM;
        self.vram[cell] = byte;
        self.change(cell);
    }

    /// Registers 0 to 7; bits that don't exist are 0.
    pub fn registers(&self) -> [u8; 8] {
        self.regs.values()
    }

    /// The status, not cleared.
    pub fn status(&self) -> u8 {
        self.status
    }

    /// The address counter.
    pub fn address(&self) -> u16 {
        self.address
    }

    /// Makes a chip from a save state whole, if it is one that a chip like `model` can be in at dot `now`.
    pub fn validate(&mut self, model: &Self, now: Dots) -> bool {
        let soon = |at: Dots| at > now && at - now <= self.variant.frame_dots();
        let beam = (self.line_at.0 + self.habits.first_dot(self.variant)) % self.variant.frame_dots();
        let valid = (self.variant, self.habits) == (model.variant, model.habits)
            && self.vram.len() == VRAM
            && self.regs.is_valid()
            && self.number <= NUMBER
            && self.address < VRAM as u16
            && self.frame.pixels.len() == model.frame.pixels.len()
            && self.frame.pixels.iter().all(|&index| index < 16)
            && (TOP_BLANKING..self.variant.visible_end()).contains(&self.line)
            && beam == self.line * DOTS_PER_LINE + ACTIVE_START
            && soon(self.line_at)
            && soon(self.flag_at)
            && self.pending.is_none_or(|pending| soon(pending.at));
        if valid {
            self.forget_rows();
        }
        valid
    }
}
