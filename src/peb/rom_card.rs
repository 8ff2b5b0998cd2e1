// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card with nothing but a ROM: device routines, subprograms, power-up and interrupt routines at >4000-5FFF.
//!
//! CRU bit 0 of the card's base switches the ROM on; the card's other 127 bits are not connected and read as 0.
//!
//! Not emulated: the ready line, the LED, interrupts that the card could ask for.
//!
//! Source: reference page console.md section 1; console-contract.md sections 1 and 5.

/// Words of the window at >4000.
const WORDS: usize = 0x1000;
/// Bits of a CRU base that choose the card: >1000, >1100, ... >1F00.
const BASE_MASK: u16 = 0xFF00;

/// The card.
#[derive(Clone, Debug)]
pub struct RomCard {
    base: u16,
    on: bool,
    rom: Box<[u16; WORDS]>,
}

impl RomCard {
    /// A card at CRU base `base` (its low byte is ignored) with an image for >4000; shorter images are padded with zeros.
    pub fn new(base: u16, image: &[u8]) -> Self {
        let mut rom = Box::new([0; WORDS]);
        for (word, bytes) in rom.iter_mut().zip(image.chunks(2)) {
            *word = u16::from_be_bytes([bytes[0], bytes.get(1).copied().unwrap_or(0)]);
        }
        Self { base: base & BASE_MASK, on: false, rom }
    }

    /// An output to CRU address `addr`.
    pub fn cru_out(&mut self, addr: u16, value: bool) {
        if addr == self.base {
            self.on = value;
        }
    }

    /// The word at `addr` in >4000-5FFF, while the card is switched on.
    pub fn read(&self, addr: u16) -> Option<u16> {
        self.on.then(|| self.rom[usize::from(addr >> 1) & (WORDS - 1)])
    }

    /// Whether the card is switched on.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Switches the card, as a save state has it.
    pub fn set_on(&mut self, on: bool) {
        self.on = on;
    }

    /// The card's base and ROM, for a checksum.
    pub fn words(&self) -> impl Iterator<Item = u16> {
        std::iter::once(self.base).chain(self.rom.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rom_answers_while_the_first_bit_of_the_base_is_set() {
        let mut card = RomCard::new(0x1300, &[0xAA, 0x01, 0x12]);
        assert_eq!(card.read(0x4000), None);
        card.cru_out(0x1302, true);
        card.cru_out(0x1200, true);
        assert_eq!(card.read(0x4000), None);
        card.cru_out(0x1300, true);
        assert_eq!([0x4000, 0x4002, 0x4004].map(|at| card.read(at)), [Some(0xAA01), Some(0x1200), Some(0)]);
        card.cru_out(0x1300, false);
        assert_eq!(card.read(0x4000), None);
    }
}
