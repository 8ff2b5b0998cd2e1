// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program is written as: binaries, program images, cartridges; listing, symbol file.
//!
//! Sources: Editor/Assembler manual, section 24.5 (program image files); the project's reference page on cartridges.

use super::assembler::Assembly;
use super::cartridge::{self, HEADER, HEADER_MARK};
use super::encode::Clocks;
use super::link::{LinkError, Program, link};
use super::module::Module;
use super::object::ObjectError;
use std::fmt::{self, Write as _};

/// Bytes at an address, from a bank if the program has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// Bank.
    pub bank: Option<u8>,
    /// Address of the first byte.
    pub start: u16,
    /// The bytes; gaps are 0.
    pub bytes: Vec<u8>,
}

impl Program {
    /// What was placed at each address of the first bank, or of a program without banks.
    pub fn cells(&self) -> Vec<Option<u8>> {
        self.banks.values().next().map_or_else(Vec::new, |memory| memory.cells().to_vec())
    }

    /// The memory's contents: one binary per bank and area of `saves`; without any, from the first address that the
    /// program uses to the last.
    pub fn binaries(&self, saves: &[(Option<u16>, Option<u16>)]) -> Vec<Binary> {
        let whole = [(None, None)];
        let saves = if saves.is_empty() { &whole } else { saves };
        let mut binaries = Vec::new();
        for (&bank, memory) in &self.banks {
            let Some((low, high)) = memory.extent else { continue };
            for &(from, to) in saves {
                let from = from.map_or(low, u32::from);
                let to = to.map_or(high, u32::from).max(from);
                binaries.push(Binary { bank, start: from as u16, bytes: memory.bytes(from, to) });
            }
        }
        binaries
    }
}

/// Where a cartridge's ROM is.
const CARTRIDGE: std::ops::Range<u32> = 0x6000..0x8000;
/// Bytes of a program image's file, and of its header: whether another follows, length, address.
const IMAGE: usize = 0x2000;
const IMAGE_HEADER: usize = 6;

impl Program {
    /// The program as files for the Editor/Assembler's option 5, of the areas `from` to `to` (not included), or of all
    /// its pieces. The first file is the one that is entered.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn images(&self, areas: &[(u16, u16)]) -> Result<Vec<Vec<u8>>, LinkError> {
        let Some(memory) = self.banks.get(&None) else { return Err(LinkError::BankedImage) };
        let mut pieces: Vec<(u32, u32)> = areas.iter().map(|&(from, to)| (from.into(), to.into())).collect();
        if pieces.is_empty() {
            pieces = self.pieces();
        }
        if let Some(entry) = self.entry.map(u32::from) {
            let at = pieces.iter().position(|&(from, _)| from == entry);
            let first = at.ok_or(LinkError::Entry(entry as u16))?;
            pieces[..=first].rotate_right(1);
        }
        let mut parts: Vec<(u32, Vec<u8>)> = Vec::new();
        for (from, to) in pieces {
            let bytes = memory.bytes(from, to);
            let chunks = bytes.chunks(IMAGE - IMAGE_HEADER).enumerate();
            parts.extend(chunks.map(|(i, part)| (from + (i * (IMAGE - IMAGE_HEADER)) as u32, part.to_vec())));
        }
        if parts.is_empty() {
            return Err(LinkError::Empty);
        }
        let last = parts.len() - 1;
        let file = |(i, (at, bytes)): (usize, (u32, Vec<u8>))| {
            let more: u16 = if i == last { 0 } else { 0xFFFF };
            let header = [more, (bytes.len() + IMAGE_HEADER) as u16, at as u16];
            [header.map(u16::to_be_bytes).concat(), bytes].concat()
        };
        Ok(parts.into_iter().enumerate().map(file).collect())
    }

    /// Connected pieces of the program in the order of the sources: first address, and the one behind the last. A
    /// single byte that only aligns what follows doesn't part them.
    fn pieces(&self) -> Vec<(u32, u32)> {
        let mut pieces: Vec<(u32, u32)> = Vec::new();
        for &(start, length) in &self.chunks {
            let end = start + length;
            match pieces.iter_mut().find(|(from, to)| start <= *to + 1 && end + 1 >= *from) {
                Some(piece) => *piece = (piece.0.min(start), piece.1.max(end)),
                None => pieces.push((start, end)),
            }
        }
        pieces
    }

    /// The ROM of a cartridge: 8 KiB per bank. A program without banks gets a header with a menu entry if it has none;
    /// that leads to END's label, or to the program's first byte.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn cartridge(&self, name: &str) -> Result<Vec<u8>, LinkError> {
        let mut rom = Vec::new();
        let numbered = self.banks.keys().filter_map(|bank| *bank).max();
        let last = numbered.unwrap_or(0);
        for bank in 0..=last {
            let number = numbered.map(|_| bank);
            let Some(memory) = self.banks.get(&number) else {
                rom.resize(rom.len() + CARTRIDGE.len(), 0);
                continue;
            };
            let Some((low, high)) = memory.extent else { return Err(LinkError::Empty) };
            if let Some(&lost) = [low, high - 1].iter().find(|at| !CARTRIDGE.contains(at)) {
                return Err(LinkError::NotACartridge(lost));
            }
            let mut bytes = memory.bytes(CARTRIDGE.start, CARTRIDGE.end);
            if number.is_none() && bytes[0] != HEADER_MARK {
                if low < CARTRIDGE.start + HEADER as u32 {
                    return Err(LinkError::HeaderInUse);
                }
                let entry = self.entry.unwrap_or(self.chunks.first().map_or(low as u16, |c| c.0 as u16));
                let header = cartridge::header(CARTRIDGE.start as u16, entry, name);
                bytes[..HEADER].copy_from_slice(&header.ok_or_else(|| LinkError::Name(name.to_string()))?);
            }
            rom.extend(bytes);
        }
        if last > 0 && !rom.chunks(CARTRIDGE.len()).any(|bank| bank[0] == HEADER_MARK) {
            return Err(LinkError::NoHeader);
        }
        Ok(rom)
    }

    /// The cartridge as RPK.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn rpk(&self, name: &str) -> Result<Vec<u8>, LinkError> {
        let rom = self.cartridge(name)?;
        let board = if rom.len() > CARTRIDGE.len() { "paged378" } else { "standard" };
        Ok(cartridge::rpk(name, board, "rom", &rom)?)
    }

    /// The names that the modules exported, as EQU lines.
    pub fn symbols_text(&self) -> String {
        self.symbols.iter().fold(String::new(), |mut text, (name, value)| {
            let _ = writeln!(text, "{name:<8} EQU  >{value:04X}");
            text
        })
    }
}

/// A module from an object file.
#[derive(Clone, Debug)]
pub struct Object(Module);

impl Object {
    /// Reads object code, plain or compressed.
    ///
    /// # Errors
    /// One line that says what is wrong in which record.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        Module::from_object_code(file).map(Self)
    }
}

impl From<&Assembly> for Object {
    fn from(assembly: &Assembly) -> Self {
        Self(assembly.module.clone())
    }
}

/// Links modules with their file names; the first one's relocatable part starts at `base`.
///
/// # Errors
/// See [`LinkError`].
pub fn link_objects(objects: &[(&str, Object)], base: u16) -> Result<Program, LinkError> {
    let modules: Vec<(&str, &Module)> = objects.iter().map(|(name, object)| (*name, &object.0)).collect();
    link(&modules, base)
}

impl Assembly {
    /// What IDT says.
    pub fn name(&self) -> &str {
        &self.module.name
    }

    /// Whether the relocatable part starts with a cartridge's header.
    pub fn has_header(&self) -> bool {
        self.module.starts_with(HEADER_MARK)
    }

    /// The module as tagged object code.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub fn object_code(&self, compressed: bool) -> Result<Vec<u8>, ObjectError> {
        self.module.object_code(compressed)
    }

    /// What SAVE or the symbols SFIRST and SLAST name as the area of a program image.
    pub fn areas(&self, base: u16) -> Vec<(u16, u16)> {
        let symbol = |name: &str| {
            let (value, relocatable) = self.symbols.get(name)?;
            Some(value.wrapping_add(if *relocatable { base } else { 0 }))
        };
        if self.saves.is_empty() {
            return symbol("SFIRST").zip(symbol("SLAST")).into_iter().collect();
        }
        self.saves.iter().filter_map(|&(from, to)| from.zip(to)).collect()
    }

    /// The program in memory, its relocatable part at `base`.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn program(&self, base: u16) -> Result<Program, LinkError> {
        link(&[("", &self.module)], base)
    }

    /// The listing: line number, address, words, clocks (`+` wait states), text. `r` marks relocatable words, `e` external
    /// ones.
    pub fn listing_text(&self) -> String {
        let mut text = String::new();
        let mut file = "";
        for line in &self.listing {
            if &*line.place.0 != file {
                file = &line.place.0;
                let _ = writeln!(text, "      {file}");
            }
            let mut rows = line.rows().into_iter();
            let (address, word) = rows.next().unwrap_or_else(|| {
                (line.address.map_or_else(|| "    ".into(), |at| format!("{at:04X}")), String::new())
            });
            let clocks = line.clocks.map_or_else(String::new, |clocks| clocks.to_string());
            let head = format!("{:5} {address} {word:<5} {clocks:<6} {}", line.place.1, line.text);
            text.push_str(head.trim_end());
            text.push('\n');
            for (address, word) in rows {
                let _ = writeln!(text, "      {address} {word}");
            }
        }
        text
    }

    /// The symbols as EQU lines that both assemblers, the disassembler and the debugger read.
    pub fn symbols_text(&self) -> String {
        let mut text = String::new();
        for (name, (value, relocatable)) in &self.symbols {
            let note = if *relocatable { "  ; relocatable" } else { "" };
            let _ = writeln!(text, "{name:<8} EQU  >{value:04X}{note}");
        }
        text
    }
}

impl fmt::Display for Clocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>3}", self.base)?;
        if self.waits > 0 { write!(f, "+{}", self.waits) } else { Ok(()) }
    }
}

impl super::Line {
    /// Address and content of each word; a lone byte stands alone.
    fn rows(&self) -> Vec<(String, String)> {
        let Some(start) = self.address else { return Vec::new() };
        let mut rows = Vec::new();
        let mut at = 0;
        while at < self.bytes.len() {
            let address = start.wrapping_add(at as u16);
            let whole = address % 2 == 0 && at + 1 < self.bytes.len();
            let length = if whole { 2 } else { 1 };
            let mut word: String = self.bytes[at..at + length].iter().map(|b| format!("{b:02X}")).collect();
            if let Some((_, external)) = self.open.iter().find(|(open, _)| usize::from(*open) == at) {
                word.push(if *external { 'e' } else { 'r' });
            }
            rows.push((format!("{address:04X}"), word));
            at += length;
        }
        rows
    }
}
