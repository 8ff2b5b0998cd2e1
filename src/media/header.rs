// SPDX-License-Identifier: MIT OR Apache-2.0
//! The header that opens a cartridge's ROM banks and GROMs, and what can be told from it about an image.
//!
//! A header is >AA, version, count, a reserved byte, then pointers to lists: power-up (+4), programs (+6), DSRs (+8),
//! subprograms (+A). A list entry is: link to the next, address, and for programs a name with its length before it.
//! Sources: ninerpedia "GROM header"; FinalGROM 99 `loader.c` and manual (validity, byte 3); TMS9900 data manual and
//! TI's GPL interface specification for the first opcodes of programs.

use super::cartridge::{BANK, Cartridge, GROM_CHIP, GROM_SLOT};

/// Lists that a header points to: power-up, programs, DSRs, subprograms.
const LISTS: [usize; 4] = [4, 6, 8, 0xA];
const POWER_UP: usize = 4;
const PROGRAMS: usize = 6;
/// More programs than fit in the console's menu: ends a list that loops.
const MAX_PROGRAMS: usize = 32;

/// What an image with a header at its start holds, as far as its contents tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rom,
    Grom,
    /// Could be either.
    Unclear,
}

/// An image of which byte 0 stands at address `base`.
#[derive(Clone, Copy)]
pub(super) struct Image<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) base: u16,
}

impl<'a> Image<'a> {
    /// The window >6000-7FFF with this bank in it.
    pub(super) fn bank(rom: &'a [u8], bank: usize) -> Self {
        let bytes = rom.get(bank * BANK..).unwrap_or_default();
        Self { bytes: &bytes[..bytes.len().min(BANK)], base: 0x6000 }
    }

    /// The word at `addr`, if the image has it.
    pub(super) fn word(self, addr: u16) -> Option<u16> {
        let at = usize::from(addr.checked_sub(self.base)?);
        self.bytes.get(at..at + 2).map(|b| u16::from_be_bytes([b[0], b[1]]))
    }

    /// Whether a header stands at `addr` with at least one list within the image.
    pub(super) fn has_header(self, addr: u16) -> bool {
        let at = usize::from(addr - self.base);
        self.bytes.get(at) == Some(&0xAA)
            && LISTS
                .iter()
                .any(|&list| self.word(addr + list as u16).is_some_and(|first| self.word(first).is_some()))
    }

    /// Address and name of each program in the list of the header at `addr`.
    fn programs(self, addr: u16) -> Vec<(u16, String)> {
        let mut programs = Vec::new();
        let mut entry = self.word(addr + PROGRAMS as u16).unwrap_or(0);
        while programs.len() < MAX_PROGRAMS && entry >= self.base {
            let at = usize::from(entry - self.base);
            let Some(start) = self.word(entry.saturating_add(2)) else { break };
            let Some(name) =
                self.bytes.get(at + 4).and_then(|&len| self.bytes.get(at + 5..at + 5 + usize::from(len)))
            else {
                break;
            };
            programs.push((
                start,
                name.iter().map(|&b| if (32..127).contains(&b) { b as char } else { '.' }).collect(),
            ));
            entry = self.word(entry).unwrap_or(0);
        }
        programs
    }

    /// Where the first program starts, or else the first power-up routine.
    pub(super) fn entry(self, addr: u16) -> Option<u16> {
        let program = self.programs(addr).first().map(|&(start, _)| start);
        program.or_else(|| self.word(self.word(addr + POWER_UP as u16)?.saturating_add(2)))
    }
}

/// Whether ROM bank `bank` has a header.
pub(super) fn bank_has_header(rom: &[u8], bank: usize) -> bool {
    Image::bank(rom, bank).has_header(0x6000)
}

/// Whether any 8K slot of a GROM image (from G>6000) opens with a header's mark.
pub(super) fn grom_has_header(grom: &[u8]) -> bool {
    grom.chunks(GROM_SLOT).any(|slot| slot.first() == Some(&0xAA))
}

/// Tells a ROM from a GROM image, of which the first byte is a header's.
pub(super) fn kind(bytes: &[u8]) -> Kind {
    let image = Image { bytes: &bytes[..bytes.len().min(0xA000)], base: 0x6000 };
    // Chips of 6K, the last slot not filled up.
    if bytes.len() % GROM_SLOT == GROM_CHIP {
        return Kind::Grom;
    }
    // The lists of a second GROM lie at >8000 and up; those of a second ROM bank at >6000.
    if bytes.len() > BANK {
        let second = image.word(0x8000 + PROGRAMS as u16).unwrap_or(0);
        match (bytes[BANK], second) {
            (0xAA, 0x6000..=0x7FFF) => return Kind::Rom,
            (0xAA, 0x8000..=0x9FFF) => return Kind::Grom,
            _ => {}
        }
    }
    let Some(entry) = image.entry(0x6000) else { return Kind::Unclear };
    let code = |addr: u16| image.word(addr).unwrap_or(0);
    let (first, second) = (code(entry), code(entry.wrapping_add(2)));
    match entry % 2 {
        1 => Kind::Grom,
        _ if opens_machine_code(first, second) || !opens_gpl(first.to_be_bytes()[0]) => Kind::Rom,
        _ => Kind::Unclear,
    }
}

/// Whether two words look like the first ones of a machine program.
fn opens_machine_code(first: u16, second: u16) -> bool {
    match first {
        // LWPI takes a workspace in RAM, LIMI an interrupt level.
        0x02E0 => second & 1 == 0 && second >= 0x2000,
        0x0300 => second < 16,
        // LI Rn; CLR Rn, SETO Rn; NOP and JMP.
        0x0200..=0x020F | 0x04C0..=0x04CF | 0x0700..=0x070F | 0x1000..=0x10FF => true,
        // BLWP, B, CLR, BL of an even address.
        0x0420 | 0x0460 | 0x04E0 | 0x06A0 => second & 1 == 0,
        // MOV and MOVB.
        0xC000..=0xDFFF => true,
        _ => false,
    }
}

/// Whether a byte is an opcode that GPL programs begin with.
fn opens_gpl(opcode: u8) -> bool {
    match opcode {
        // RTN, RTNC, RAND, SCAN, BACK, B, CALL, ALL, FMT, H, GT, EXIT, CARRY, OVF, PARSE, XML.
        0x00..=0x0F => true,
        // MOVE; BR and BS; CLR, DCLR and their neighbours; ST, DST.
        0x20..=0x3F | 0x40..=0x7F | 0x80..=0x9F | 0xBC..=0xBF => true,
        _ => false,
    }
}

/// Follows the first steps of a program that is in every bank: it writes to the window, then goes on in the bank this
/// selects. Tells whether that is blank when the bank number counts from the first bank, and from the last.
pub(super) fn continuation_blank(rom: &[u8]) -> Option<[bool; 2]> {
    let banks = rom.len().div_ceil(BANK).next_power_of_two();
    let image = Image::bank(rom, 0);
    let mut at = image.entry(0x6000)?;
    // LIMI and LWPI often come first.
    while matches!(image.word(at)?, 0x0300 | 0x02E0) {
        at = at.checked_add(4)?;
    }
    // CLR or SETO of a symbolic address, or MOV Rn to one: the usual ways to switch.
    let switches = matches!(image.word(at)?, 0x04E0 | 0x0720 | 0xC800..=0xC80F);
    let latch = image.word(at.checked_add(2)?)?;
    if !switches || !(0x6000..0x8000).contains(&latch) {
        return None;
    }
    at = at.checked_add(4)?;
    if image.word(at)? == 0x0460 {
        at = image.word(at + 2)?;
    }
    let number = usize::from(latch >> 1 & 0xFFF) & (banks - 1);
    let blank = |bank: usize| {
        let code =
            Image::bank(rom, bank).bytes.get(usize::from(at.wrapping_sub(0x6000))..).unwrap_or_default();
        let code = &code[..code.len().min(16)];
        code.iter().all(|&b| b == 0) || code.iter().all(|&b| b == 0xFF)
    };
    Some([blank(number), blank(banks - 1 - number)])
}

impl Cartridge {
    /// The names under which the console's menu lists the cartridge's programs.
    pub fn titles(&self) -> Vec<String> {
        let mut space = vec![0; 5 * GROM_SLOT];
        for (slot, grom) in space.chunks_mut(GROM_SLOT).zip(&self.groms[3..]) {
            slot.iter_mut().zip(grom.iter().flatten()).for_each(|(to, from)| *to = *from);
        }
        let groms = Image { bytes: &space, base: 0x6000 };
        let starts = space.chunks(GROM_SLOT).zip((0x6000..).step_by(GROM_SLOT));
        let headers = starts.filter(|(slot, _)| slot[0] == 0xAA);
        let mut titles: Vec<String> =
            headers.flat_map(|(_, start)| groms.programs(start)).map(|(_, name)| name).collect();
        let rom = Image::bank(&self.rom, self.power_on_bank());
        if rom.bytes.first() == Some(&0xAA) {
            titles.extend(rom.programs(0x6000).into_iter().map(|(_, name)| name));
        }
        titles
    }
}
