// SPDX-License-Identifier: MIT OR Apache-2.0
//! The console's firmware: 8K of ROM and three GROMs, from the file layouts in use, recognised by their contents.
//!
//! Covered: an 8K ROM file with an 18K, 22K or 24K GROM file; MAME's set (ROM split in even and odd bytes, three
//! GROMs of 6K) as a zip or as loose files; any of these in one listing of a folder.
//! Images of which the CRC32 is not known are taken for what their size, first bytes and name say.
//!
//! Sources: MAME 0.251 `ti99_4x.cpp`, the sets `ti99_4a`, `ti99_4qi` and `ti99_4` (names and CRC32s); TMC0430: a GROM
//! holds 6K in 8K of addresses.

use super::archive::{self, Member};
use super::cartridge::{GROM_CHIP, GROM_SLOT, grom_slot};
use super::error::MediaError;
use std::fmt;

/// Bytes of the console ROM.
pub const ROM_SIZE: usize = 0x2000;
/// Nothing of use in a firmware archive is larger than the GROMs in one file.
const MAX_MEMBER: u64 = 0x6000;
/// All parts in all layouts at once stay far below this.
const MAX_UNPACKED: u64 = 1 << 20;

/// The chips that hold the firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chip {
    /// Even bytes (D0-D7) of the console ROM, U610.
    RomHigh,
    /// Odd bytes (D8-D15) of the console ROM, U611.
    RomLow,
    /// GROM 0, U500: the operating system's GPL part.
    Grom0,
    /// GROM 1, U501: TI BASIC.
    Grom1,
    /// GROM 2, U502: TI BASIC.
    Grom2,
}

impl Chip {
    /// All chips, in the order of [`Firmware::parts`].
    pub const ALL: [Self; 5] = [Self::RomHigh, Self::RomLow, Self::Grom0, Self::Grom1, Self::Grom2];

    const fn label(self) -> &'static str {
        match self {
            Self::RomHigh => "console ROM (even bytes)",
            Self::RomLow => "console ROM (odd bytes)",
            Self::Grom0 => "console GROM 0",
            Self::Grom1 => "console GROM 1",
            Self::Grom2 => "console GROM 2",
        }
    }

    const fn size(self) -> usize {
        match self {
            Self::RomHigh | Self::RomLow => ROM_SIZE / 2,
            _ => GROM_CHIP,
        }
    }

    /// The parts of a file name by which MAME's and other sets mark the chip.
    const fn marks(self) -> &'static [&'static str] {
        match self {
            Self::RomHigh => &["rom_hb", "u610"],
            Self::RomLow => &["rom_lb", "u611"],
            Self::Grom0 => &["grom0", "grom_0", "u500"],
            Self::Grom1 => &["grom1", "grom_1", "u501"],
            Self::Grom2 => &["grom2", "grom_2", "u502"],
        }
    }
}

impl fmt::Display for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The consoles whose chips are known, the preferred one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    Ti994a,
    Ti994aV22,
    Ti994,
}

impl Model {
    const ALL: [Self; 3] = [Self::Ti994a, Self::Ti994aV22, Self::Ti994];

    const fn label(self) -> &'static str {
        match self {
            Self::Ti994a => "TI-99/4A",
            Self::Ti994aV22 => "TI-99/4A v2.2",
            Self::Ti994 => "TI-99/4",
        }
    }
}

/// CRC32 of each chip of known consoles (the v2.2 console differs from the first 99/4A in GROM 0 alone).
const KNOWN: &[(u32, Chip, &[Model])] = &[
    (0xee85_9c5f, Chip::RomHigh, &[Model::Ti994a, Model::Ti994aV22]),
    (0x3785_9301, Chip::RomLow, &[Model::Ti994a, Model::Ti994aV22]),
    (0x2445_a5e8, Chip::Grom0, &[Model::Ti994a]),
    (0x8b07_772d, Chip::Grom0, &[Model::Ti994aV22]),
    (0xb8f3_67ab, Chip::Grom1, &[Model::Ti994a, Model::Ti994aV22]),
    (0xe0bb_5341, Chip::Grom2, &[Model::Ti994a, Model::Ti994aV22]),
    (0x6fcf_4b15, Chip::RomHigh, &[Model::Ti994]),
    (0x491c_21d1, Chip::RomLow, &[Model::Ti994]),
    (0xaa75_7e13, Chip::Grom0, &[Model::Ti994]),
    (0xc863_e460, Chip::Grom1, &[Model::Ti994]),
    (0xb0ed_a548, Chip::Grom2, &[Model::Ti994]),
];

fn known(crc32: u32) -> Option<(Chip, &'static [Model])> {
    KNOWN.iter().find(|&&(crc, ..)| crc == crc32).map(|&(_, chip, models)| (chip, models))
}

/// One chip's contents and where they came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The chip.
    pub chip: Chip,
    /// The file, with its archive before a colon.
    pub source: String,
    /// CRC32 of the chip's 4K or 6K.
    pub crc32: u32,
    /// The console it is known from, if it is.
    pub known: Option<&'static str>,
    bytes: Vec<u8>,
}

impl Part {
    fn new(chip: Chip, source: &str, bytes: Vec<u8>) -> Self {
        let crc32 = crc32fast::hash(&bytes[..chip.size().min(bytes.len())]);
        let known = known(crc32).map(|(_, models)| models[0].label());
        Self { chip, source: source.to_owned(), crc32, known, bytes }
    }

    fn is_of(&self, model: Model) -> bool {
        known(self.crc32).is_some_and(|(chip, models)| chip == self.chip && models.contains(&model))
    }
}

/// The firmware of a console, complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firmware {
    /// Console ROM, >0000-1FFF.
    pub rom: Box<[u8; ROM_SIZE]>,
    /// GROM 0, 1 and 2: 8K of addresses each.
    pub groms: [Vec<u8>; 3],
    /// The five chips in the order of [`Chip::ALL`], for the user to see what is used.
    pub parts: Vec<Part>,
    /// What is worth knowing about them, one sentence each.
    pub notes: Vec<String>,
}

impl Firmware {
    /// From a ROM and a GROM file that the user named as such: only their sizes are checked.
    pub fn from_images(rom: (&str, &[u8]), grom: (&str, &[u8])) -> Result<Self, MediaError> {
        let wrong = |file: &str, len, what| MediaError::FirmwareSize { file: file.to_owned(), len, what };
        if is_console_grom(rom.1) {
            return Err(MediaError::FirmwareSwapped { file: rom.0.to_owned(), is: "GROM", wanted: "ROM" });
        }
        let Some(mut parts) = split_rom(rom.0, rom.1) else {
            let what = "a console ROM has 8192: for a split set give its zip or its folder with --roms";
            return Err(wrong(rom.0, rom.1.len(), what));
        };
        let Some(groms) = split_groms(grom.0, grom.1) else {
            let what =
                "the console's GROMs have 18432 (6K each) or 24576 (8K each): give a file of that size";
            return Err(wrong(grom.0, grom.1.len(), what));
        };
        parts.extend(groms);
        Ok(Self::assemble(parts))
    }

    /// From the files of a folder, or a single archive: `place` is its name for messages.
    ///
    /// Files that are no firmware are passed over; a complete known set is preferred to unknown images.
    pub fn from_files(place: &str, files: &[(&str, &[u8])]) -> Result<Self, MediaError> {
        let mut parts = Vec::new();
        for &(name, bytes) in files {
            if archive::is_zip(bytes) {
                let wanted = |_: &str, size| size <= MAX_MEMBER;
                match archive::unpack(name, bytes, MAX_UNPACKED, wanted) {
                    Ok(members) => {
                        parts.extend(members.iter().flat_map(|m| classify(&format!("{name}:{}", m.name), m)));
                    }
                    // A broken archive among other files is no reason to refuse them; alone it is the error.
                    Err(error) if files.len() == 1 => return Err(error),
                    Err(_) => {}
                }
            } else {
                parts.extend(classify(name, &Member { name: name.to_owned(), bytes: bytes.to_vec() }));
            }
        }
        Self::choose(place, parts)
    }

    /// Whether a file of that name and length may matter to [`Self::from_files`], so that a caller need not read others.
    pub fn is_candidate(name: &str, len: u64) -> bool {
        let zip = name.to_ascii_lowercase().ends_with(".zip");
        (zip && len <= MAX_UNPACKED) || matches!(len, 0x1000 | 0x1800 | 0x2000 | 0x4800 | 0x5800 | 0x6000)
    }

    fn choose(place: &str, parts: Vec<Part>) -> Result<Self, MediaError> {
        for model in Model::ALL {
            let of_model = |chip| parts.iter().find(|part| part.chip == chip && part.is_of(model)).cloned();
            if let Some(set) = Chip::ALL.into_iter().map(of_model).collect() {
                return Ok(Self::assemble(set));
            }
        }
        let mut set = Vec::new();
        let mut missing = Vec::new();
        for chip in Chip::ALL {
            let mut found = parts.iter().filter(|part| part.chip == chip);
            let Some(first) = found.next() else {
                missing.push(chip.label());
                continue;
            };
            if let Some(other) = found.find(|other| other.crc32 != first.crc32) {
                return Err(MediaError::FirmwareAmbiguous {
                    place: place.to_owned(),
                    part: chip.label(),
                    first: first.source.clone(),
                    second: other.source.clone(),
                });
            }
            set.push(first.clone());
        }
        if !missing.is_empty() {
            let hint = "it takes an 8K ROM file and a 24K GROM file, or MAME's ti99_4a.zip";
            let missing = missing.join(", ");
            return Err(MediaError::FirmwareMissing { missing, place: place.to_owned(), hint });
        }
        Ok(Self::assemble(set))
    }

    /// Puts the five chips, one of each and in order, together.
    fn assemble(parts: Vec<Part>) -> Self {
        let mut rom = Box::new([0; ROM_SIZE]);
        for (pair, (high, low)) in rom.chunks_exact_mut(2).zip(parts[0].bytes.iter().zip(&parts[1].bytes)) {
            pair.copy_from_slice(&[*high, *low]);
        }
        let groms = std::array::from_fn(|n| console_grom(&parts[2 + n].bytes));
        let notes = notes(&parts);
        Self { rom, groms, parts, notes }
    }
}

/// What the user should know about a set.
fn notes(parts: &[Part]) -> Vec<String> {
    let mut notes: Vec<String> = parts
        .iter()
        .filter(|part| part.known.is_none())
        .map(|part| {
            format!("{}: {} with CRC32 {:08x}, which is not a known one", part.source, part.chip, part.crc32)
        })
        .collect();
    if notes.is_empty() {
        match Model::ALL.into_iter().find(|&model| parts.iter().all(|part| part.is_of(model))) {
            Some(Model::Ti994a) => {}
            Some(Model::Ti994aV22) => {
                notes.push("v2.2 firmware: its menu does not show ROM-only cartridges".to_owned())
            }
            Some(Model::Ti994) => {
                notes.push("firmware of the TI-99/4 of 1979, whose keyboard differs".to_owned())
            }
            None => notes.push("the ROM and GROMs are of different consoles".to_owned()),
        }
    }
    notes
}

/// A console GROM in its 8K of addresses. Dumps padded to 8K with zeros or ones get the chip's OR pattern as well.
fn console_grom(dump: &[u8]) -> Vec<u8> {
    match dump.get(GROM_CHIP..) {
        Some(top) if top.iter().all(|&b| b == 0) || top.iter().all(|&b| b == 0xFF) => {
            grom_slot(&dump[..GROM_CHIP])
        }
        _ => grom_slot(dump),
    }
}

fn split_rom(source: &str, bytes: &[u8]) -> Option<Vec<Part>> {
    (bytes.len() == ROM_SIZE).then(|| {
        let lane = |first: usize| bytes.iter().skip(first).step_by(2).copied().collect();
        vec![Part::new(Chip::RomHigh, source, lane(0)), Part::new(Chip::RomLow, source, lane(1))]
    })
}

/// Three GROMs in one file: packed at 6K each, or in 8K slots of which the last may be short.
fn split_groms(source: &str, bytes: &[u8]) -> Option<Vec<Part>> {
    let slot = match bytes.len() {
        0x4800 => GROM_CHIP,
        0x5800 | 0x6000 => GROM_SLOT,
        _ => return None,
    };
    let chips = [Chip::Grom0, Chip::Grom1, Chip::Grom2].into_iter().zip(bytes.chunks(slot));
    Some(chips.map(|(chip, dump)| Part::new(chip, source, dump.to_vec())).collect())
}

/// The parts a file holds, none if it is no firmware.
fn classify(source: &str, file: &Member) -> Vec<Part> {
    let bytes = &file.bytes;
    let by_crc =
        |len: usize| bytes.get(..len).and_then(|chip| known(crc32fast::hash(chip))).map(|(chip, _)| chip);
    let lower = file.name.to_ascii_lowercase();
    let by_name = |chip: &Chip| chip.marks().iter().any(|mark| lower.contains(mark));
    let single = |chip: Chip| vec![Part::new(chip, source, bytes.clone())];
    let named = Chip::ALL.into_iter().find(by_name);
    match bytes.len() {
        0x1000 => by_crc(0x1000).or(named.filter(|chip| *chip <= Chip::RomLow)).map(single),
        0x1800 => by_crc(GROM_CHIP).or(named.filter(|chip| *chip >= Chip::Grom0)).map(single),
        0x2000 if is_console_rom(bytes) => split_rom(source, bytes),
        0x2000 => by_crc(GROM_CHIP).or(named.filter(|chip| *chip >= Chip::Grom0)).map(single),
        0x4800 | 0x5800 | 0x6000 if is_console_grom(bytes) => split_groms(source, bytes),
        _ => None,
    }
    .unwrap_or_default()
}

/// A console ROM opens with the reset vector: a workspace in the scratchpad, and code within the ROM.
pub fn is_console_rom(bytes: &[u8]) -> bool {
    let word = |at: usize| bytes.get(at..at + 2).map_or(0, |b| u16::from_be_bytes([b[0], b[1]]));
    let (wp, pc) = (word(0), word(2));
    bytes.len() == ROM_SIZE
        && (0x8300..=0x83E0).contains(&wp)
        && (4..0x2000).contains(&pc)
        && (wp | pc) & 1 == 0
}

/// GROM 0 opens with a header whose lists lie in the console's own GROMs; a cartridge's lie at >6000 and up.
pub(super) fn is_console_grom(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..16) else { return false };
    let lists = header[4..12].chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]]));
    matches!(bytes.len(), 0x1800 | 0x2000 | 0x4800 | 0x5800 | 0x6000)
        && header[0] == 0xAA
        && lists.clone().any(|list| list != 0)
        && lists.clone().all(|list| list < 0x6000)
}
