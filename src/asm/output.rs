// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an assembly is written as: binaries, listing, symbol file.

use super::assembler::Assembly;
use super::link::{LinkError, Program, link};
use std::fmt::Write as _;

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

impl Assembly {
    /// The program in memory, its relocatable part at `base`.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn program(&self, base: u16) -> Result<Program, LinkError> {
        link(&[("", &self.module)], base)
    }

    /// The listing: line number, address, words, clocks, text. `r` marks relocatable words, `e` external ones.
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
            let head = format!("{:5} {address} {word:<5} {clocks:>3} {}", line.place.1, line.text);
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
