// SPDX-License-Identifier: MIT OR Apache-2.0
//! The linker: modules to memory. Relocatable parts go one behind the other, names from other modules get their
//! values.
//!
//! Not covered: moving a module out of the way of another's absolute code; that is reported instead.

use super::module::{Chunk, Content, Module};
use crate::source::{Base, Value};
use std::collections::BTreeMap;
use thiserror::Error;

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
    /// Two pieces at one address.
    #[error("two pieces of the program stand at >{0:04X} to >{1:04X}")]
    Overlap(u16, u16),
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
        symbols: symbols.iter().map(|(name, &(value, _))| (name.clone(), value)).collect(),
    };
    for ((file, module), &base) in modules.iter().zip(&bases) {
        let mut externals = Vec::new();
        for name in &module.externals {
            let value = program.symbols.get(name).copied();
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

/// Empty memory for each bank that code names, or for the program without banks.
fn banks(modules: &[(&str, &Module)]) -> BTreeMap<Option<u8>, Memory> {
    let chunks = modules.iter().flat_map(|(_, module)| &module.chunks);
    let mut banks: BTreeMap<Option<u8>, Memory> =
        chunks.filter(|chunk| chunk.bank.is_some()).map(|chunk| (chunk.bank, Memory::new())).collect();
    if banks.is_empty() {
        banks.insert(None, Memory::new());
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
            if chunk.bank.is_some() && chunk.bank != bank {
                continue;
            }
            memory.cover(start, length);
            if let Content::Bytes { bytes, open } = &chunk.content {
                let last = start + length - 1;
                let Some(cells) = memory.cells.get_mut(start as usize..=last as usize) else {
                    return Err(LinkError::TooLong(start as u16, length));
                };
                if cells.iter().any(Option::is_some) {
                    return Err(LinkError::Overlap(start as u16, last as u16));
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
