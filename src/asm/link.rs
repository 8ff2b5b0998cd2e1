// SPDX-License-Identifier: MIT OR Apache-2.0
//! The linker: modules to memory. Relocatable parts go one behind the other, names from other modules get their
//! values.
//!
//! Not covered: moving a module out of the way of another's absolute code; that is reported instead.

use super::module::{ALL, Chunk, Content, Module};
use crate::source::{Base, Value};
use std::collections::BTreeMap;
use thiserror::Error;

/// Addresses that the Editor/Assembler's loader knows by name, because the console fixes them (its manual, section
/// 24.4): the scratchpad, GPL's workspace, KSCAN, and the memory-mapped chips, from [`PORTS`] on.
pub(crate) const KNOWN: &[(&str, u16)] = &[
    ("SCAN", 0x000E),
    ("PAD", 0x8300),
    ("GPLWS", 0x83E0),
    ("SOUND", PORTS),
    ("VDPRD", 0x8800),
    ("VDPSTA", 0x8802),
    ("VDPWD", 0x8C00),
    ("VDPWA", 0x8C02),
    ("SPCHRD", 0x9000),
    ("SPCHWT", 0x9400),
    ("GRMRD", 0x9800),
    ("GRMRA", 0x9802),
    ("GRMWD", 0x9C00),
    ("GRMWA", 0x9C02),
];
/// The first of the chips' ports, which have eight data lines.
pub(crate) const PORTS: u16 = 0x8400;

/// Why modules can't be linked, or written in the wanted form.
#[derive(Debug, Error)]
pub enum LinkError {
    /// Nobody exports a name.
    #[error("`{0}` is not defined in any module{1}: link the one that exports it with DEF")]
    Unresolved(String, String),
    /// Two modules export the same name.
    #[error("`{0}` is exported by two modules: {1} and {2}")]
    Twice(String, String, String),
    /// The relocatable parts are too long.
    #[error(
        "the program runs beyond address >FFFF: its relocatable part starts at >{0:04X} and has {1} bytes"
    )]
    TooLong(u16, u32),
    /// No bytes.
    #[error("the program has no bytes: nothing to write")]
    Empty,
    /// Banks in a program image.
    #[error("a program image has no banks: write a binary or a cartridge")]
    BankedImage,
    /// A program image is entered at its first byte.
    #[error(
        "the entry >{0:04X} is not the start of a piece of the program: option 5 enters the first file at its first byte"
    )]
    Entry(u16),
    /// Code outside of a cartridge's ROM.
    #[error("code at >{0:04X}: a cartridge's ROM is at >6000 to >7FFF")]
    NotACartridge(u32),
    /// A made header would overwrite code.
    #[error(
        "no room for the header: >6000 to >602F hold code; leave them free (AORG >6030) or write a header"
    )]
    HeaderInUse,
    /// Banks without header.
    #[error("no bank has a header (>AA at >6000): a paged cartridge needs one in the bank it starts with")]
    NoHeader,
    /// A name with characters that the menu can't show.
    #[error("the name `{0}` has characters that the menu can't show")]
    Name(String),
    /// The zip library failed.
    #[error("can't make the RPK: {0}")]
    Zip(#[from] zip::result::ZipError),
}

/// Memory as the program fills it.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    cells: Vec<Option<u8>>,
    /// First address, and the one behind the last, of bytes and room.
    pub(crate) extent: Option<(u32, u32)>,
}

impl Memory {
    fn new() -> Self {
        Self { cells: vec![None; 0x1_0000], extent: None }
    }

    fn cover(&mut self, start: u32, length: u32) {
        let (low, high) = self.extent.unwrap_or((start, start));
        self.extent = Some((low.min(start), high.max(start + length)));
    }

    /// The bytes of an area; what nothing was placed at is 0.
    pub(crate) fn bytes(&self, from: u32, to: u32) -> Vec<u8> {
        let area = self.cells.get(from as usize..to as usize).unwrap_or_default();
        area.iter().map(|cell| cell.unwrap_or(0)).collect()
    }

    /// What was placed, by address.
    pub(crate) fn cells(&self) -> &[Option<u8>] {
        &self.cells
    }
}

/// A linked program.
#[derive(Clone, Debug)]
pub struct Program {
    /// Memory by bank; a program without banks has one of them, without a number.
    pub(crate) banks: BTreeMap<Option<u8>, Memory>,
    /// Where the program starts.
    pub(crate) entry: Option<u16>,
    /// First address of each chunk, in the order of the modules.
    pub(crate) chunks: Vec<(u32, u32)>,
    /// Exported names.
    pub(crate) symbols: BTreeMap<String, u16>,
    /// First and last addresses of pieces that stand where others do; the later ones are in memory.
    pub overlaps: Vec<(u16, u16)>,
}

/// Links modules; the first one's relocatable part starts at `base`.
///
/// # Errors
/// See [`LinkError`].
pub(crate) fn link(modules: &[(&str, &Module)], base: u16) -> Result<Program, LinkError> {
    let bases = layout(modules, base)?;
    let mut symbols: BTreeMap<String, (u16, &str)> = BTreeMap::new();
    for ((file, module), &base) in modules.iter().zip(&bases) {
        for (name, value) in &module.defs {
            let address = relocated(*value, base);
            if let Some((_, other)) = symbols.insert(name.clone(), (address, file)) {
                return Err(LinkError::Twice(name.clone(), other.to_string(), (*file).to_string()));
            }
        }
    }
    let mut program = Program {
        banks: banks(modules),
        entry: None,
        chunks: Vec::new(),
        overlaps: Vec::new(),
        symbols: symbols.iter().map(|(name, &(value, _))| (name.clone(), value)).collect(),
    };
    for ((file, module), &base) in modules.iter().zip(&bases) {
        let mut externals = Vec::new();
        for name in &module.externals {
            let known = || KNOWN.iter().find(|(known, _)| known == name).map(|known| known.1);
            let value = program.symbols.get(name).copied().or_else(known);
            let place = if modules.len() > 1 { format!(" ({file} needs it)") } else { String::new() };
            externals.push(value.ok_or_else(|| LinkError::Unresolved(name.clone(), place))?);
        }
        for chunk in &module.chunks {
            program.place(chunk, base, &externals)?;
        }
        program.entry = program.entry.or(module.entry.map(|entry| relocated(entry, base)));
    }
    Ok(program)
}

fn relocated(value: Value, base: u16) -> u16 {
    if value.base == Base::Absolute { value.word } else { value.word.wrapping_add(base) }
}

/// Where each module's relocatable part goes: at even addresses, one behind the other.
fn layout(modules: &[(&str, &Module)], base: u16) -> Result<Vec<u16>, LinkError> {
    let mut next = u32::from(base);
    let mut bases = Vec::new();
    for (_, module) in modules {
        let start = next.next_multiple_of(2);
        next = start + u32::from(module.length);
        if next > 0x1_0000 {
            return Err(LinkError::TooLong(base, next - u32::from(base)));
        }
        bases.push(start as u16);
    }
    Ok(bases)
}

/// Empty memory for each bank that code names, and for code outside of banks.
fn banks(modules: &[(&str, &Module)]) -> BTreeMap<Option<u8>, Memory> {
    let chunks = || modules.iter().flat_map(|(_, module)| &module.chunks);
    let named = chunks().filter(|chunk| chunk.bank != Some(ALL)).map(|chunk| (chunk.bank, Memory::new()));
    let mut banks: BTreeMap<Option<u8>, Memory> = named.collect();
    if banks.is_empty() {
        banks.insert(if chunks().next().is_some() { Some(0) } else { None }, Memory::new());
    }
    banks
}

impl Program {
    /// Puts a chunk into its bank, or into all.
    fn place(&mut self, chunk: &Chunk, base: u16, externals: &[u16]) -> Result<(), LinkError> {
        let start = match chunk.base {
            Base::Absolute => u32::from(chunk.start),
            _ => u32::from(chunk.start) + u32::from(base),
        };
        let length = u32::from(chunk.len());
        self.chunks.push((start, length));
        for (&bank, memory) in &mut self.banks {
            let shared = chunk.bank == Some(ALL) && bank.is_some();
            if !shared && chunk.bank != bank {
                continue;
            }
            memory.cover(start, length);
            if let Content::Bytes { bytes, open } = &chunk.content {
                let last = start + length - 1;
                let Some(cells) = memory.cells.get_mut(start as usize..=last as usize) else {
                    return Err(LinkError::TooLong(start as u16, length));
                };
                if cells.iter().any(Option::is_some) {
                    self.overlaps.push((start as u16, last as u16));
                }
                for (cell, &byte) in cells.iter_mut().zip(bytes) {
                    *cell = Some(byte);
                }
                for &(at, kind) in open {
                    let at = usize::from(at);
                    let add = match kind {
                        Base::Absolute => 0,
                        Base::Program => base,
                        Base::External(number) => externals.get(usize::from(number)).copied().unwrap_or(0),
                    };
                    let word = u16::from_be_bytes([bytes[at], bytes[at + 1]]).wrapping_add(add);
                    let [high, low] = word.to_be_bytes();
                    (cells[at], cells[at + 1]) = (Some(high), Some(low));
                }
            }
        }
        Ok(())
    }
}
