// SPDX-License-Identifier: MIT OR Apache-2.0
//! The GPL disassembler: bytes to instructions by the one table, FMT blocks included.
//!
//! An instruction that no assembler would write this way (a near address in its long form, an opcode without a
//! name) is left as data, so that the output always assembles to the same bytes.
//!
//! Source: `isa::gpl`.

use crate::asm::flow::{Decoder, Image, Namer, Piece, quoted};
use crate::isa::gpl::{self, Address, Flow, FmtFormat, Format, IMMEDIATE, Move, WORD};

/// The Graphics Programming Language.
#[derive(Clone, Copy, Debug)]
pub struct Gpl;

/// Bytes being read.
struct Reader<'a> {
    rest: &'a [u8],
    read: usize,
    name: &'a Namer<'a>,
    piece: Piece,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        self.read += 1;
        Some(first)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        self.read += count;
        Some(taken)
    }

    /// A general address if it has its shortest form.
    fn address(&mut self) -> Option<String> {
        let (address, length) = Address::decode(self.rest)?;
        let shortest = address.encode().len() == length;
        self.skip(length)?;
        let prefix = match (address.vdp, address.indirect) {
            (false, false) => "@",
            (false, true) => "*",
            (true, false) => "V@",
            (true, true) => "V*",
        };
        // GROM addresses have names; the scratchpad's only if somebody gave them.
        let value = match address.value {
            pad @ 0x8300..=0x83FF if !address.vdp || address.indirect => (self.name)(pad),
            value => format!(">{value:04X}"),
        };
        shortest.then(|| format!("{prefix}{value}{}", index(address.index)))
    }

    fn grom(&mut self, indexed: bool) -> Option<String> {
        let address = self.word()?;
        let index = if indexed { Some(self.byte()?) } else { None };
        self.piece.references.push(address);
        Some(format!("G@{}{}", (self.name)(address), self::index(index)))
    }

    /// Ends a line at what was read since the last one.
    fn line(&mut self, text: String) {
        let done: usize = self.piece.lines.iter().map(|line| line.0).sum();
        self.piece.lines.push((self.read - done, text));
    }

    fn instruction(&mut self, at: u16) -> Option<()> {
        let opcode = self.byte()?;
        let (op, mnemonic) = (gpl::decode(opcode)?, gpl::name(opcode)?);
        let operands = match op.format {
            Format::Alone | Format::Fmt => String::new(),
            Format::Byte => format!(">{:02X}", self.byte()?),
            Format::Address => {
                let target = self.word()?;
                self.target(target)
            }
            Format::Branch => {
                let low = self.byte()?;
                self.target(at & 0xE000 | u16::from_be_bytes([opcode & 0x1F, low]))
            }
            Format::One => self.address()?,
            Format::Two => {
                let to = self.address()?;
                let from = match (opcode & IMMEDIATE != 0, opcode & WORD != 0) {
                    (false, _) => self.address()?,
                    (true, false) => format!(">{:02X}", self.byte()?),
                    (true, true) => format!(">{:04X}", self.word()?),
                };
                format!("{from},{to}")
            }
            Format::Io => {
                let list = self.address()?;
                format!("{},{list}", self.byte()?)
            }
            Format::Move => self.block(opcode)?,
        };
        self.piece.ends = matches!(op.flow, Flow::Jump | Flow::End);
        self.line(format!("{mnemonic:<5} {operands}").trim_end().to_string());
        match op.mnemonic {
            "FMT" => self.format(at),
            "COINC" => {
                let grain = self.byte()?;
                self.line(format!("BYTE  >{grain:02X}"));
                let table = self.word()?;
                self.piece.references.push(table);
                let table = (self.name)(table);
                self.line(format!("DATA  {table}"));
                Some(())
            }
            _ => Some(()),
        }
    }

    fn target(&mut self, target: u16) -> String {
        self.piece.targets.push(target);
        format!("G@{}", (self.name)(target))
    }

    /// MOVE's operands, as written: length, source, destination.
    fn block(&mut self, opcode: u8) -> Option<String> {
        let has = |flag: u8| opcode & flag != 0;
        let length =
            if has(Move::IMMEDIATE_LENGTH) { format!(">{:04X}", self.word()?) } else { self.address()? };
        let to = match (has(Move::NOT_TO_GROM), has(Move::REGISTER_OR_INDEXED)) {
            (true, true) => format!("#{}", self.byte().filter(|&register| register < 8)?),
            (true, false) => self.address()?,
            (false, indexed) => self.grom(indexed)?,
        };
        let from = match (has(Move::FROM_MEMORY), has(Move::FROM_INDEXED)) {
            (true, true) => return None,
            (true, false) => self.address()?,
            (false, indexed) => self.grom(indexed)?,
        };
        Some(format!("{length},{from},{to}"))
    }

    /// The FMT sub-language up to the FEND that closes the block.
    fn format(&mut self, at: u16) -> Option<()> {
        let mut loops = Vec::new();
        loop {
            let code = self.byte()?;
            let op = gpl::decode_fmt(code);
            let count = code - op.first + 1;
            let operands = match op.format {
                FmtFormat::Text => {
                    let text = self.skip(usize::from(count))?;
                    let hex = || text.iter().fold(">".to_string(), |hex, byte| format!("{hex}{byte:02X}"));
                    quoted(text).unwrap_or_else(hex)
                }
                FmtFormat::Repeat => format!("{count},>{:02X}", self.byte()?),
                FmtFormat::Skip => count.to_string(),
                FmtFormat::Loop => {
                    loops.push(at.wrapping_add(self.read as u16));
                    count.to_string()
                }
                FmtFormat::Copy => {
                    let plain = |first: u8| first < 0x80 || first & 0x70 == 0;
                    let address = self.rest.first().is_some_and(|&first| plain(first));
                    format!("{count},{}", address.then(|| self.address())??)
                }
                FmtFormat::Value => format!(">{:02X}", self.byte()?),
                FmtFormat::Address => self.address()?,
                FmtFormat::End => match loops.pop() {
                    Some(body) => {
                        let target = self.word()?;
                        if target == body { String::new() } else { format!("G@>{target:04X}") }
                    }
                    None => {
                        self.line("FEND".to_string());
                        return Some(());
                    }
                },
            };
            self.line(format!("{:<5} {operands}", op.mnemonic).trim_end().to_string());
        }
    }
}

fn index(index: Option<u8>) -> String {
    index.map_or_else(String::new, |low| format!("(@>83{low:02X})"))
}

impl Decoder for Gpl {
    const UNIT: usize = 1;
    const SLOT: usize = 0x2000;

    fn origin(base: u16) -> String {
        format!("        GROM >{:04X}\n        AORG >{:04X}\n", base & 0xE000, base & 0x1FFF)
    }

    fn decode(image: &Image, address: u16, name: &Namer) -> Option<Piece> {
        // An instruction does not go on in the next GROM.
        let slot_end = 0x2000 - usize::from(address & 0x1FFF);
        let rest = image.from(address);
        let rest = &rest[..rest.len().min(slot_end)];
        let mut reader = Reader { rest, read: 0, name, piece: Piece::default() };
        reader.instruction(address)?;
        Some(reader.piece)
    }
}
