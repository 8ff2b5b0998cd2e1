// SPDX-License-Identifier: MIT OR Apache-2.0
//! A cartridge as a plain value: its ROM, GROM and RAM, and the scheme by which banks are switched.
//!
//! Covered: every board type of MAME's RPK files, the gigacart latch, and the RAM and GRAM modes of the FinalGROM 99.
//! Not covered: the MBX's external box, UberGROM's EEPROM, timers and UART, the GRAM Kracker's switches.
//!
//! Sources: MAME 0.251 `bus/ti99/gromport/cartridges.cpp` (board types and their layouts); FinalGROM 99 manual,
//! "Advanced Modes"; ninerpedia, "GROM header".

use std::fmt;

/// Bytes of one ROM bank: the whole window >6000-7FFF.
pub const BANK: usize = 0x2000;
/// Bytes of address space of one GROM.
pub const GROM_SLOT: usize = 0x2000;
/// Bytes a real GROM chip holds.
pub const GROM_CHIP: usize = 0x1800;

/// How the window >6000-7FFF is filled and what switches it. `a` is the CPU address of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Banking {
    /// ROM of up to 8K, never switched.
    Standard,
    /// Extended BASIC: 4K fixed at >6000; at >7000 one of two 4K pages, (a >> 1) & 1, stored at offset >2000.
    Paged12k,
    /// Two 8K banks, (a >> 1) & 1.
    Paged16k,
    /// Mini Memory: 4K ROM at >6000, 4K RAM at >7000.
    MiniMemory,
    /// SuperSpace II: four 8K banks of RAM, chosen by CRU bits at >0802, >0806, >080A and >080E.
    SuperSpace,
    /// Up to eight 8K banks, chosen by CRU bits at >0802, >0806, ... >081E.
    PagedCru,
    /// Milton Bradley MBX: 4K page 0 at >6000, 1K RAM at >6C00, 4K page at >7000 chosen by the data written to >6FFE.
    Mbx,
    /// 4K page 0 at >6000; 4K page at >7000 chosen by a write to >7000, >7002, >7004 or >7006.
    Paged7,
    /// 74LS379 with inverted outputs: bank ~(a >> 1); the last bank at power-on.
    Paged379i,
    /// 74LS378: bank (a >> 1) & >3F.
    Paged378,
    /// 74LS377: bank (a >> 1) & >FF.
    Paged377,
    /// Boards whose EPROM stands in for GROMs: bank (a >> 1); with RAM, 4K of it at >7000 and no switching.
    GromEmulator,
    /// Address and data latched: bank ((data & (2^data_bits - 1)) << 12) + ((a >> 1) & >FFF).
    Gigacart {
        /// Data bits that extend the twelve address bits, 0 to 8.
        data_bits: u8,
    },
    /// FinalGROM 99 in RAM mode: ROM half-bank at >6000 (set by >6000-67FF), RAM half-bank at >7000 (set by >6800-6FFF).
    FinalGromRam,
}

/// The board types by the names that RPK files and MAME's software list use.
const PCB_TYPES: &[(&str, Banking)] = &[
    ("standard", Banking::Standard),
    ("paged12k", Banking::Paged12k),
    ("paged", Banking::Paged16k),
    ("paged16k", Banking::Paged16k),
    ("minimem", Banking::MiniMemory),
    ("super", Banking::SuperSpace),
    ("pagedcru", Banking::PagedCru),
    ("mbx", Banking::Mbx),
    ("paged7", Banking::Paged7),
    ("paged379i", Banking::Paged379i),
    ("paged378", Banking::Paged378),
    ("paged377", Banking::Paged377),
    ("gromemu", Banking::GromEmulator),
];

impl Banking {
    /// The scheme of a board type as named in RPK files, e.g. `paged379i`.
    pub fn from_pcb(name: &str) -> Option<Self> {
        PCB_TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, banking)| banking)
    }

    /// All board types that [`Self::from_pcb`] knows.
    pub fn pcb_names() -> impl Iterator<Item = &'static str> {
        PCB_TYPES.iter().map(|&(name, _)| name)
    }

    /// The largest ROM the scheme can address, in bytes.
    pub fn max_rom(self) -> u64 {
        let bank = BANK as u64;
        match self {
            Self::Standard => bank,
            Self::MiniMemory => 0x1000,
            Self::SuperSpace => 0,
            Self::Paged12k | Self::Paged16k | Self::Mbx | Self::Paged7 => 2 * bank,
            Self::PagedCru => 8 * bank,
            Self::Paged378 => 64 * bank,
            Self::FinalGromRam => 128 * bank,
            Self::Paged377 => 256 * bank,
            Self::Paged379i | Self::GromEmulator => 4096 * bank,
            Self::Gigacart { data_bits } => (4096 * bank) << data_bits,
        }
    }
}

/// The board's name in RPK files; boards that only raw images have are named by what they are.
impl fmt::Display for Banking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = PCB_TYPES.iter().find(|(_, banking)| banking == self).map(|&(name, _)| name);
        f.write_str(named.unwrap_or(match self {
            Self::FinalGromRam => "FinalGROM 99 in RAM mode",
            _ => "gigacart",
        }))
    }
}

/// RAM on the cartridge, as it is at power-on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ram {
    /// Contents at power-on; its length is the size.
    pub initial: Vec<u8>,
    /// Kept by a battery, so worth saving between runs.
    pub battery: bool,
}

/// One cartridge, ready to be plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cartridge {
    /// What to call it: the file's name without its extension, or the title its package gives.
    pub name: String,
    /// How its ROM is switched.
    pub banking: Banking,
    /// ROM contents, bank after bank; may end in the middle of one.
    pub rom: Vec<u8>,
    /// GROM contents by GROM number (0 to 7; cartridges use 3 to 7), 8K each.
    pub groms: [Option<Vec<u8>>; 8],
    /// Whether the GROMs can be written (GRAM).
    pub gram: bool,
    /// RAM in the window >6000-7FFF.
    pub ram: Option<Ram>,
    /// What the loader had to assume, one sentence each, for the user to read.
    pub notes: Vec<String>,
}

impl Cartridge {
    /// A cartridge without any memory.
    pub fn empty(name: &str, banking: Banking) -> Self {
        Self {
            name: name.to_owned(),
            banking,
            rom: Vec::new(),
            groms: Default::default(),
            gram: false,
            ram: None,
            notes: Vec::new(),
        }
    }

    /// Puts a GROM image, 8K a chip (the last may be shorter), at GROM `first` and up; what lies beyond GROM 7 is dropped.
    pub fn insert_groms(&mut self, first: usize, image: &[u8]) {
        for (slot, chip) in self.groms.iter_mut().skip(first).zip(image.chunks(GROM_SLOT)) {
            *slot = Some(grom_slot(chip));
        }
    }

    /// How many bank numbers the ROM answers to: its banks, rounded up to a power of two.
    pub fn banks(&self) -> usize {
        self.rom.len().div_ceil(BANK).next_power_of_two()
    }

    /// The bank in the window at power-on. Latches come up undefined; emulators agree on bank 0, and on the last
    /// one where the outputs are inverted, which is the latch at 0 in either case.
    pub fn power_on_bank(&self) -> usize {
        if self.banking == Banking::Paged379i { self.banks() - 1 } else { 0 }
    }

    /// A checksum over everything that decides how the cartridge behaves; identifies it in save states.
    pub fn crc32(&self) -> u32 {
        let mut hash = crc32fast::Hasher::new();
        hash.update(format!("{:?} {} {}", self.banking, self.gram, self.rom.len()).as_bytes());
        hash.update(&self.rom);
        for (id, grom) in self.groms.iter().enumerate() {
            if let Some(bytes) = grom {
                hash.update(&[id as u8]);
                hash.update(bytes);
            }
        }
        if let Some(ram) = &self.ram {
            hash.update(&ram.initial);
        }
        hash.finalize()
    }
}

/// A GROM's 8K of address space from a dump of it.
///
/// A chip holds 6K in three banks; above them (>1800-1FFF) banks 1 and 2 answer together, so that their bits are ORed.
pub fn grom_slot(dump: &[u8]) -> Vec<u8> {
    let mut slot = dump.to_vec();
    if slot.len() <= GROM_CHIP {
        slot.resize(GROM_CHIP, 0);
        slot.extend((0x800..0x1000).map(|at| slot[at] | slot[at + 0x800]).collect::<Vec<_>>());
    }
    slot.resize(GROM_SLOT, 0);
    slot
}
