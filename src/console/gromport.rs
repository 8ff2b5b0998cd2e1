// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cartridge port: ROM and RAM at >6000-7FFF, the GROMs on the GROM bus, and the CRU bits that some boards use.
//!
//! One cartridge answers at every GROM base. Several are wired as TI's multi-cartridge extender does it: base n of
//! the GROM ports (address bits A10-A13) belongs to slot n, and an access to a base also switches that slot's ROM in.
//! The images never change; what does (latches, RAM, GRAM) is one [`State`].
//!
//! Not covered: the reset pin, GROM ready timing (the port's chips answer at once; the console's GROMs hold READY).
//!
//! Sources: MAME 0.251 `bus/ti99/gromport/cartridges.cpp` and `multiconn.cpp`; FinalGROM 99 `vhdl/src/basic.vhdl`.

use crate::media::cartridge::{BANK, Banking, Cartridge, GROM_SLOT};
use serde::{Deserialize, Serialize};

/// The window is mapped in pages of 1K, the size of the smallest area with a memory of its own (the MBX's RAM).
const PAGE: usize = 0x400;
/// Half a bank, what most mixed boards switch.
const HALF: usize = 0x1000;
/// An offset behind any memory: reads as 0, as the console's undriven bus does in MAME.
const NOTHING: usize = usize::MAX >> 1;

/// A cartridge's bank latches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Latch {
    /// Bank of 8K, or page of 4K.
    bank: u32,
    /// RAM half-bank of the FinalGROM's RAM mode.
    ram: u32,
}

/// All that changes in the port, without the images: goes into save states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "PortState")]
pub struct State {
    active: u8,
    latches: Vec<Latch>,
    /// RAM and GRAM of all slots, one behind the other.
    ram: Vec<u8>,
}

/// Why a saved [`State`] does not fit the cartridges in the port.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "the saved cartridge state is of {saved}, the port holds {present}: insert the cartridges it was saved with"
)]
pub struct StateError {
    saved: String,
    present: String,
}

/// A cartridge's place in the port's memory. Offsets count through the images first, then through the RAM.
#[derive(Clone, Debug)]
struct Slot {
    name: String,
    banking: Banking,
    rom: usize,
    rom_len: usize,
    /// Highest bank number of a ROM rounded up to a power of two.
    bank_mask: u32,
    ram: usize,
    ram_len: usize,
    battery: bool,
    groms: [usize; 8],
    power_on: Latch,
}

impl Slot {
    fn rom(&self, at: usize) -> usize {
        if at < self.rom_len { self.rom + at } else { NOTHING }
    }

    fn ram(&self, at: usize) -> usize {
        if at < self.ram_len { self.ram + at } else { NOTHING }
    }

    /// Where page `n` (0-7) of the window lies.
    fn page(&self, n: usize, latch: Latch) -> usize {
        let (at, bank) = (n * PAGE, latch.bank as usize);
        let lower = at < HALF;
        match self.banking {
            Banking::Standard => self.rom(at),
            Banking::Paged12k if lower => self.rom(at),
            Banking::Paged12k => self.rom(BANK + bank * HALF + at - HALF),
            Banking::MiniMemory if lower => self.rom(at),
            Banking::MiniMemory => self.ram(at - HALF),
            Banking::SuperSpace => self.ram(bank * BANK + at),
            Banking::Mbx if n == 3 && self.ram_len > 0 => self.ram(0),
            Banking::Mbx | Banking::Paged7 if lower => self.rom(at),
            Banking::Mbx | Banking::Paged7 => self.rom(bank * HALF + at - HALF),
            Banking::GromEmulator if self.ram_len > 0 && !lower => self.ram(at - HALF),
            Banking::FinalGromRam if !lower => self.ram(latch.ram as usize * HALF + at - HALF),
            Banking::Paged16k
            | Banking::PagedCru
            | Banking::Paged379i
            | Banking::Paged378
            | Banking::Paged377
            | Banking::GromEmulator
            | Banking::Gigacart { .. }
            | Banking::FinalGromRam => self.rom(bank * BANK + at),
        }
    }

    /// The latches after byte `v` has been written to `addr` in the window.
    fn written(&self, addr: u16, v: u8, old: Latch) -> Latch {
        let word = u32::from(addr >> 1 & 0xFFF);
        let bank = |bank: u32| Latch { bank, ..old };
        match self.banking {
            Banking::Standard | Banking::MiniMemory | Banking::SuperSpace | Banking::PagedCru => old,
            Banking::Paged12k | Banking::Paged16k => bank(word & 1),
            // The board does not decode A15, so the odd byte sets the page too; the even one comes last and wins.
            Banking::Mbx if addr & 0x1FFE == 0x0FFE => bank(u32::from(v & 3)),
            Banking::Paged7 if addr & 0x1FF9 == 0x1000 => bank(word & 3),
            Banking::Mbx | Banking::Paged7 => old,
            Banking::Paged379i => bank(!word & self.bank_mask),
            Banking::Paged378 => bank(word & 0x3F & self.bank_mask),
            Banking::Paged377 => bank(word & 0xFF & self.bank_mask),
            Banking::GromEmulator if self.ram_len > 0 => old,
            Banking::GromEmulator => bank(word & self.bank_mask),
            Banking::Gigacart { data_bits } => {
                let high = u32::from(v) & ((1 << data_bits) - 1);
                bank((high << 12 | word) & self.bank_mask)
            }
            // The latches clock at the end of the first byte's cycle, which is the odd one.
            Banking::FinalGromRam if addr & 1 == 1 => match addr & 0x1800 {
                0x0000 => bank(word & 0x7F & self.bank_mask),
                0x0800 => Latch { ram: word & 0x7F & self.bank_mask, ..old },
                _ => old,
            },
            Banking::FinalGromRam => old,
        }
    }

    /// The board's CRU bit at `addr` (as in R12), if it decodes that address: bit 2n+1 stands for bank n.
    fn cru_bit(&self, addr: u16) -> Option<u16> {
        match (self.banking, addr) {
            (Banking::SuperSpace, 0x0800..=0x080F) => Some(addr >> 1 & 7),
            (Banking::PagedCru, 0x0800..=0x0FFF) => Some(addr >> 1 & 15),
            _ => None,
        }
    }
}

/// The port with its cartridges.
#[derive(Clone, Debug)]
pub struct Gromport {
    slots: Vec<Slot>,
    /// ROM and GROM of all slots.
    image: Vec<u8>,
    state: State,
    /// Where each page of the window lies now: makes a read one indexed load.
    pages: [usize; 8],
    hash: u32,
}

impl Gromport {
    /// The port with `cartridges` in slots 0, 1, ... (none leaves it empty).
    pub fn new(cartridges: Vec<Cartridge>) -> Self {
        let mut layout = Layout::default();
        // RAM lies behind all images, so their total length must be known first.
        let image_len: usize = cartridges.iter().map(Layout::image_len).sum();
        let mut hash = 0;
        let mut slots = Vec::new();
        for cartridge in &cartridges {
            hash = u32::rotate_left(hash, 1) ^ cartridge.crc32();
            slots.push(layout.place(cartridge, image_len));
        }
        let state =
            State { active: 0, latches: slots.iter().map(|slot| slot.power_on).collect(), ram: layout.ram };
        let mut port = Self { slots, image: layout.image, state, pages: [NOTHING; 8], hash };
        port.remap();
        port
    }

    /// The byte at `addr` (only its low 13 bits count) of the window >6000-7FFF.
    #[inline]
    pub fn read(&self, addr: u16) -> u8 {
        let page = usize::from(addr >> 10 & 7);
        self.byte(self.pages[page] + usize::from(addr) % PAGE)
    }

    /// As [`Self::read`], for the debugger: a read has no side effect on any board.
    pub fn peek(&self, addr: u16) -> u8 {
        self.read(addr)
    }

    /// Writes a byte into the window: to RAM where there is some, and to the bank latches.
    pub fn write(&mut self, addr: u16, v: u8) {
        let active = usize::from(self.state.active);
        let Some(slot) = self.slots.get(active) else { return };
        let old = self.state.latches[active];
        let new = slot.written(addr, v, old);
        let at = self.pages[usize::from(addr >> 10 & 7)] + usize::from(addr) % PAGE;
        if let Some(byte) = self.state.ram.get_mut(at.wrapping_sub(self.image.len())) {
            *byte = v;
        }
        if new != old {
            self.state.latches[active] = new;
            self.remap();
        }
    }

    /// Tells the port which GROM base an access uses: with several cartridges, switches that slot's ROM in.
    #[inline]
    pub fn select_base(&mut self, base: u8) {
        if self.slots.len() > 1 && base != self.state.active {
            self.state.active = base;
            self.remap();
        }
    }

    /// The byte at GROM address `addr` in `base`, or `None` where no GROM of a cartridge answers.
    #[inline]
    pub fn grom(&self, base: u8, addr: u16) -> Option<u8> {
        Some(self.byte(self.grom_offset(base, addr)?))
    }

    /// Writes to GRAM at GROM address `addr` in `base`; GROMs ignore it.
    pub fn write_grom(&mut self, base: u8, addr: u16, v: u8) {
        let Some(at) = self.grom_offset(base, addr) else { return };
        if let Some(byte) = self.state.ram.get_mut(at.wrapping_sub(self.image.len())) {
            *byte = v;
        }
    }

    /// The CRU bit at `addr` (as in R12: twice the bit number), or `None` where the cartridge does not answer.
    pub fn cru_in(&self, addr: u16) -> Option<bool> {
        let active = usize::from(self.state.active);
        let bit = self.slots.get(active)?.cru_bit(addr)?;
        Some(u32::from(bit) == 2 * self.state.latches[active].bank + 1)
    }

    /// Sets the CRU bit at `addr` (as in R12): a 1 selects the bank that the bit stands for.
    pub fn cru_out(&mut self, addr: u16, value: bool) {
        let active = usize::from(self.state.active);
        match self.slots.get(active).and_then(|slot| slot.cru_bit(addr)) {
            Some(bit) if value && bit % 2 == 1 => {
                self.state.latches[active].bank = u32::from(bit / 2);
                self.remap();
            }
            _ => {}
        }
    }

    /// All that changes in the port.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes up a saved state; refuses one of other cartridges.
    pub fn restore(&mut self, state: State) -> Result<(), StateError> {
        let shape =
            |state: &State| format!("{} slots with {} bytes of RAM", state.latches.len(), state.ram.len());
        let (saved, present) = (shape(&state), shape(&self.state));
        if saved != present {
            return Err(StateError { saved, present });
        }
        self.state = state;
        for (slot, latch) in self.slots.iter().zip(&mut self.state.latches) {
            // Eight banks are what CRU bits can name on a board whose ROM is smaller.
            latch.bank &= slot.bank_mask.max(7);
            latch.ram &= slot.bank_mask;
        }
        self.remap();
        Ok(())
    }

    /// A checksum over all images and boards, to name in a save state what it was made with.
    pub fn media_hash(&self) -> u32 {
        self.hash
    }

    /// Battery-backed RAM: slot, cartridge name and contents of each.
    pub fn nvram(&self) -> impl Iterator<Item = (usize, &str, &[u8])> {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.battery).map(|(n, slot)| {
            let start = slot.ram - self.image.len();
            (n, slot.name.as_str(), &self.state.ram[start..start + slot.ram_len])
        })
    }

    /// Puts saved contents back into the battery-backed RAM of `slot`; false if that slot has none of this size.
    pub fn load_nvram(&mut self, slot: usize, contents: &[u8]) -> bool {
        match self.slots.get(slot) {
            Some(slot) if slot.battery && slot.ram_len == contents.len() => {
                let start = slot.ram - self.image.len();
                self.state.ram[start..start + contents.len()].copy_from_slice(contents);
                true
            }
            _ => false,
        }
    }

    fn byte(&self, at: usize) -> u8 {
        match self.image.get(at) {
            Some(&byte) => byte,
            None => self.state.ram.get(at - self.image.len()).copied().unwrap_or(0),
        }
    }

    fn grom_offset(&self, base: u8, addr: u16) -> Option<usize> {
        let slot = if self.slots.len() == 1 { 0 } else { usize::from(base) };
        let start = self.slots.get(slot)?.groms[usize::from(addr >> 13)];
        (start != NOTHING).then(|| start + usize::from(addr) % GROM_SLOT)
    }

    fn remap(&mut self) {
        let active = usize::from(self.state.active);
        self.pages = match (self.slots.get(active), self.state.latches.get(active)) {
            (Some(slot), Some(&latch)) => std::array::from_fn(|n| slot.page(n, latch)),
            _ => [NOTHING; 8],
        };
    }
}

/// Collects the memories of all cartridges in two vectors.
#[derive(Default)]
struct Layout {
    image: Vec<u8>,
    ram: Vec<u8>,
}

impl Layout {
    /// Bytes that `cartridge` takes in the image: ROM in whole pages, so that a page never runs into its neighbour.
    fn image_len(cartridge: &Cartridge) -> usize {
        let groms = if cartridge.gram { 0 } else { cartridge.groms.iter().flatten().count() };
        cartridge.rom.len().next_multiple_of(PAGE) + groms * GROM_SLOT
    }

    fn place(&mut self, cartridge: &Cartridge, image_len: usize) -> Slot {
        let rom = self.image.len();
        self.image.extend(&cartridge.rom);
        self.image.resize(rom + cartridge.rom.len().next_multiple_of(PAGE), 0);
        let rom_len = self.image.len() - rom;
        let groms = std::array::from_fn(|id| match &cartridge.groms[id] {
            None => NOTHING,
            Some(contents) => {
                let memory = if cartridge.gram { &mut self.ram } else { &mut self.image };
                let start = memory.len();
                memory.extend(contents);
                memory.resize(start + GROM_SLOT, 0);
                if cartridge.gram { image_len + start } else { start }
            }
        });
        let ram = image_len + self.ram.len();
        if let Some(contents) = &cartridge.ram {
            self.ram.extend(&contents.initial);
            self.ram.resize(self.ram.len().next_multiple_of(PAGE), 0);
        }
        Slot {
            name: cartridge.name.clone(),
            banking: cartridge.banking,
            rom,
            rom_len,
            bank_mask: cartridge.banks() as u32 - 1,
            ram,
            ram_len: image_len + self.ram.len() - ram,
            battery: cartridge.ram.as_ref().is_some_and(|ram| ram.battery),
            groms,
            power_on: Latch { bank: cartridge.power_on_bank() as u32, ram: 0 },
        }
    }
}
