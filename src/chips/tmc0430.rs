// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TMC0430 GROM: a 6 KiB ROM with its own address counter, read byte by byte through one port.
//!
//! Pins emulated: M and MO (as methods), D0-D7, GREADY as a count of GROM clock edges. All GROMs on a bus hear each
//! address and count in step, and only the one whose number stands in the address fetches and drives the data lines; so one
//! value of this type stands for all of them, and the board says what each address holds.
//!
//! Not emulated: what happens to a prefetch when the chip is selected again before it is over. Only an instruction does that
//! which reads and then writes a port in the read area, such as CLR @>9800.
//!
//! Sources: MAME's description of the chip and Bunyard's manual as quoted in the reference page; golden traces dv-grom*;
//! partial addresses, the chips' own buffers and writes of data: programs run in MAME 0.251.

use serde::{Deserialize, Serialize};

/// Bytes in one GROM.
pub const GROM_SIZE: usize = 0x1800;
/// Bytes in one GROM's slot of the 64 KiB address space.
pub const SLOT_SIZE: usize = 0x2000;

/// The counter and latch that all GROMs on a bus share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tmc0430 {
    /// The address register: three bits of chip number above a 13-bit counter.
    address: u16,
    /// The chip number of the last address write, in bits 0-2; counting never changes it.
    ident: u16,
    /// Address of the byte in each chip's prefetch buffer; none before its first prefetch, when the buffer holds 0.
    prefetched: [Option<u16>; 8],
    /// The next address byte is the second one.
    second: bool,
}

impl Tmc0430 {
    /// The bus after power-on; the chips have no reset pin. Undefined on hardware, here 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the data port: gives the address of the byte in the prefetch buffer (none: the byte is 0), and fetches the
    /// next.
    #[inline]
    pub fn read_data(&mut self) -> Option<u16> {
        let address = self.prefetched[self.chip()];
        self.prefetch();
        self.second = false;
        address
    }

    /// Reads the address port: the high byte, then the low byte. Destroys the address.
    pub fn read_address(&mut self) -> u8 {
        let [high, low] = self.address.to_be_bytes();
        self.address = u16::from_be_bytes([low, low]);
        self.second = false;
        high
    }

    /// Writes the address port. True when this was the second byte, which starts a prefetch.
    pub fn write_address(&mut self, byte: u8) -> bool {
        self.address = self.address << 8 | u16::from(byte);
        self.ident = self.address & 0xE000;
        self.second = !self.second;
        if !self.second {
            self.prefetch();
        }
        !self.second
    }

    /// Writes the data port: gives the address at which a GRAM stores the byte. A GRAM then moves on
    /// ([`Self::skip`]); a GROM ignores the write, and an address that has come by half waits for its second byte.
    pub fn write_data(&self) -> u16 {
        self.ident | self.address.wrapping_sub(1) & 0x1FFF
    }

    /// Moves on to the next byte, as a GRAM does after it was written.
    pub fn skip(&mut self) {
        self.prefetch();
    }

    /// The address register as the address port would give it, without the side effects: one ahead of the byte that
    /// the data port delivers next.
    pub fn address(&self) -> u16 {
        self.address
    }

    /// The address of the byte that the data port delivers next.
    pub fn next_address(&self) -> u16 {
        self.prefetched[self.chip()].unwrap_or(0)
    }

    fn chip(&self) -> usize {
        usize::from(self.ident >> 13)
    }

    fn prefetch(&mut self) {
        self.prefetched[self.chip()] = Some(self.ident | self.address & 0x1FFF);
        self.address = self.ident | self.address.wrapping_add(1) & 0x1FFF;
    }
}

/// Spreads a GROM's 6 KiB over its 8 KiB slot. The last 2 KiB of the slot read as the second and third 2 KiB ORed, which
/// is what the chip's address decoder gives. Shorter images are padded with zeros, 8 KiB images (GRAM dumps) are kept.
pub fn slot_image(bytes: &[u8]) -> Vec<u8> {
    let mut slot = bytes[..bytes.len().min(SLOT_SIZE)].to_vec();
    if slot.len() <= GROM_SIZE {
        slot.resize(SLOT_SIZE, 0);
        for i in GROM_SIZE..SLOT_SIZE {
            slot[i] = slot[i - 0x1000] | slot[i - 0x0800];
        }
    } else {
        slot.resize(SLOT_SIZE, 0);
    }
    slot
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: u16) -> Tmc0430 {
        let mut grom = Tmc0430::new();
        assert!(!grom.write_address((address >> 8) as u8));
        assert!(grom.write_address(address as u8));
        grom
    }

    #[test]
    fn the_address_reads_back_one_ahead() {
        // FORMAT.md section 2: the address of the next byte to deliver + 1, high byte first.
        for (address, read) in [(0x0000, 0x0001), (0x5FFF, 0x4000), (0x1FFF, 0x0000), (0xE123, 0xE124)] {
            let mut grom = at(address);
            assert_eq!(grom.next_address(), address);
            assert_eq!([grom.read_address(), grom.read_address()], u16::to_be_bytes(read), "{address:04X}");
        }
    }

    #[test]
    fn reading_wraps_inside_the_slot() {
        let mut grom = at(0x3FFE);
        assert_eq!(
            [grom.read_data(), grom.read_data(), grom.read_data()],
            [0x3FFE, 0x3FFF, 0x2000].map(Some)
        );
    }

    #[test]
    fn each_chip_has_a_buffer_of_its_own() {
        // As GROM programs show in MAME 0.251: a first address byte moves the address to another chip, whose buffer is as
        // it was left; a write of data changes nothing.
        let mut grom = at(0x0123);
        assert!(!grom.write_address(0x05));
        assert_eq!(grom.read_data(), None, "the address is >2405, where nothing has been fetched");
        assert_eq!(grom.read_data(), Some(0x2405));
        assert!(!grom.write_address(0x06));
        assert_eq!((grom.address(), grom.read_data()), (0x0706, Some(0x0123)));
        assert!(!grom.write_address(0x04));
        grom.write_data();
        assert!(grom.write_address(0x25));
        assert_eq!(grom.read_data(), Some(0x0425));
    }

    #[test]
    fn the_last_2k_are_the_or_of_the_second_and_third() {
        let image: Vec<u8> = (0..GROM_SIZE).map(|i| ((i * 7) >> 3) as u8).collect();
        let slot = slot_image(&image);
        assert_eq!(slot.len(), SLOT_SIZE);
        assert_eq!(slot[0x1801], image[0x0801] | image[0x1001]);
    }
}
