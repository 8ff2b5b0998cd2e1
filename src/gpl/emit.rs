// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instructions and data directives to bytes.

use super::assembler::{Assembler, SLOT};
use super::operand::{self, Operand};
use crate::diag::Fault;
use crate::isa::gpl::{self, FmtFormat, Format, IMMEDIATE, WORD};
use crate::source::{Cursor, Statement, file_name, radix100};
use std::ops::Range;

/// Where POP reads: published assemblers take a source of `*>837C` for the data stack.
const STACK: u16 = 0x837C;
/// The cursor's row and column, which HOME clears.
const CURSOR: u16 = 0x837E;

impl Assembler<'_> {
    /// What a statement other than EQU, GROM and AORG puts into GROM.
    pub(super) fn body(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        match statement.fields.mnemonic.as_str() {
            // COPY and conditionals were obeyed while the sources were read.
            "" | "COPY" | "PAGE" | "LIST" | "UNL" | "LISTM" | "UNLM" => Ok(()),
            "DATA" | "BYTE" | "TEXT" | "STRI" | "FLOAT" | "BSS" | "BCOPY" => self.data(statement, operands),
            "TITLE" => {
                let [title] = statement.exactly(operands)?;
                let text = Cursor::new(&statement.text, title).text()?;
                self.set_title(text.iter().map(|&b| char::from(b)).collect());
                Ok(())
            }
            "END" => {
                if let Some(entry) = operands.first() {
                    let entry = self.word(statement, entry.clone())?;
                    self.set_entry(entry);
                }
                Ok(())
            }
            "FMT" => {
                if self.in_fmt {
                    return Err(Fault::new(statement.fields.mnemonic_at.clone(), "FMT inside FMT"));
                }
                self.in_fmt = true;
                self.emit(statement, &[0x08])
            }
            _ if self.in_fmt => self.format(statement, operands),
            _ => {
                let bytes = self.instruction(statement, operands)?;
                self.emit(statement, &bytes)
            }
        }
    }

    fn data(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        let mnemonic = statement.fields.mnemonic.as_str();
        if operands.is_empty() {
            let at = statement.fields.mnemonic_at.clone();
            return Err(Fault::new(at, format!("{mnemonic} needs an operand")));
        }
        let mut bytes = Vec::new();
        for span in operands.iter().cloned() {
            match mnemonic {
                "DATA" => bytes.extend(self.word(statement, span)?.to_be_bytes()),
                "BYTE" => bytes.push(self.word(statement, span)? as u8),
                "FLOAT" => bytes.extend(
                    radix100(&statement.text[span.clone()])
                        .ok_or_else(|| Fault::new(span, "not a decimal number of the range of TI BASIC"))?,
                ),
                "BSS" => {
                    let size = usize::from(self.word(statement, span.clone())?);
                    if size > SLOT as usize {
                        return Err(Fault::new(span, format!("BSS {size} is more than a GROM holds")));
                    }
                    bytes.resize(bytes.len() + size, 0);
                }
                "BCOPY" => {
                    let name = file_name(&statement.text, span.clone())?;
                    let (_, content) =
                        self.core.files.read(&statement.file, &name).map_err(|why| Fault::new(span, why))?;
                    bytes.extend(content);
                }
                _ => {
                    let mut cursor = Cursor::new(&statement.text, span);
                    bytes.extend(cursor.text()?);
                    cursor.finish()?;
                }
            }
        }
        if mnemonic == "STRI" {
            bytes = statement.counted(bytes)?;
        }
        self.emit(statement, &bytes)
    }

    /// The bytes of an instruction outside of FMT.
    fn instruction(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<Vec<u8>, Fault> {
        let line = &statement.text;
        let mnemonic = statement.fields.mnemonic.as_str();
        let pad =
            |value: u16, indirect: bool| gpl::Address { vdp: false, indirect, index: None, value }.encode();
        match mnemonic {
            "HOME" => {
                let [] = statement.exactly(operands)?;
                return Ok([vec![0x87], pad(CURSOR, false)].concat());
            }
            "POP" => {
                let [to] = statement.exactly(operands)?;
                let to = operand::memory(line, to, &self.scope())?.encode();
                return Ok([vec![0xBC], to, pad(STACK, true)].concat());
            }
            "RB" | "SB" | "TBR" => return self.bit(statement, operands),
            _ => {}
        }
        let Some((op, opcode)) = gpl::find(mnemonic) else { return Err(unknown(statement, false)) };
        Ok(match op.format {
            Format::Alone | Format::Fmt => vec![opcode],
            // RAND alone draws from all bytes.
            Format::Byte if mnemonic == "RAND" && operands.is_empty() => vec![opcode, 0xFF],
            Format::Byte => {
                let [value] = statement.exactly(operands)?;
                vec![opcode, self.byte(statement, value)?]
            }
            Format::Address | Format::Branch => {
                let [target] = statement.exactly(operands)?;
                self.branch(statement, target, opcode, op.format)?
            }
            Format::One => {
                let [address] = statement.exactly(operands)?;
                [vec![opcode], operand::memory(line, address, &self.scope())?.encode()].concat()
            }
            Format::Two => {
                let [source, destination] = statement.exactly(operands)?;
                let to = operand::memory(line, destination, &self.scope())?.encode();
                let (flag, from) = self.source(statement, source, opcode & WORD != 0)?;
                [vec![opcode | flag], to, from].concat()
            }
            Format::Io => {
                let [function, list] = statement.exactly(operands)?;
                let list = operand::memory(line, list, &self.scope())?.encode();
                [vec![opcode], list, vec![self.byte(statement, function)?]].concat()
            }
            Format::Move => {
                let parts = statement.exactly(operands)?;
                operand::encode_move(line, parts, opcode, &self.scope())?
            }
        })
    }

    /// RB SB TBR n,address: AND, OR or CLOG with the mask of bit n, which counts from the least significant.
    fn bit(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<Vec<u8>, Fault> {
        let [bit, address] = statement.exactly(operands)?;
        let number = self.word(statement, bit.clone())?;
        if number > 7 && !self.is_first_pass() {
            return Err(Fault::new(bit, format!("a byte has no bit {number}")).help("bits count from 0 to 7"));
        }
        let mask = 1u8.wrapping_shl(u32::from(number));
        let (opcode, mask) = match statement.fields.mnemonic.as_str() {
            "RB" => (0xB0, !mask),
            "SB" => (0xB4, mask),
            _ => (0xD8, mask),
        };
        let address = operand::memory(&statement.text, address, &self.scope())?.encode();
        Ok([vec![opcode | IMMEDIATE], address, vec![mask]].concat())
    }

    fn branch(
        &mut self,
        statement: &Statement,
        operand: Range<usize>,
        opcode: u8,
        format: Format,
    ) -> Result<Vec<u8>, Fault> {
        let target = operand::target(&statement.text, operand.clone(), &self.scope())?;
        let [high, low] = target.to_be_bytes();
        if format == Format::Address {
            return Ok(vec![opcode, high, low]);
        }
        if u32::from(target) / SLOT != self.here / SLOT {
            let message = format!("target >{target:04X} is in another GROM; this branch stays in its own");
            self.warn(statement, Fault::new(operand, message).help("use B, or a branch to a B"));
        }
        Ok(vec![opcode | high & 0x1F, low])
    }

    /// The flag for the opcode and the bytes of a source operand.
    fn source(
        &mut self,
        statement: &Statement,
        span: Range<usize>,
        word: bool,
    ) -> Result<(u8, Vec<u8>), Fault> {
        let parsed = operand::operand(&statement.text, span.clone(), &self.scope())?;
        match parsed {
            Operand::Immediate(value) if word => Ok((IMMEDIATE, value.to_be_bytes().to_vec())),
            Operand::Immediate(_) => Ok((IMMEDIATE, vec![self.byte(statement, span)?])),
            _ => Ok((0, operand::memory(&statement.text, span, &self.scope())?.encode())),
        }
    }

    /// A value that should fit into a byte, with or without a sign.
    fn byte(&mut self, statement: &Statement, span: Range<usize>) -> Result<u8, Fault> {
        let value = self.word(statement, span.clone())?;
        if !matches!(value, 0..=0xFF | 0xFF80..=0xFFFF) {
            let message = format!(">{value:04X} is cut to the byte >{:02X}", value & 0xFF);
            self.warn(statement, Fault::new(span, message).help("for words, put a D before the instruction"));
        }
        Ok(value as u8)
    }

    /// An instruction of the FMT sub-language.
    fn format(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        let mnemonic = match statement.fields.mnemonic.as_str() {
            "NEXT" if !self.loops.is_empty() => "FEND",
            name => name,
        };
        let Some(op) = gpl::find_fmt(mnemonic) else { return Err(unknown(statement, true)) };
        let bytes = match op.format {
            FmtFormat::Text => self.format_text(statement, operands, op)?,
            FmtFormat::Repeat => {
                let [count, character] = statement.exactly(operands)?;
                vec![self.count(statement, count, op)?, self.byte(statement, character)?]
            }
            FmtFormat::Skip | FmtFormat::Loop => {
                let [count] = statement.exactly(operands)?;
                if op.format == FmtFormat::Loop {
                    self.loops.push(self.here as u16 + 1);
                }
                vec![self.count(statement, count, op)?]
            }
            FmtFormat::Copy => {
                let [count, from] = statement.exactly(operands)?;
                let address = operand::memory(&statement.text, from.clone(), &self.scope())?;
                if address.vdp || address.indirect || address.index.is_some() {
                    return Err(
                        Fault::new(from, "HSTR reads plain processor memory only").help("write @address")
                    );
                }
                [vec![self.count(statement, count, op)?], address.encode()].concat()
            }
            FmtFormat::End => return self.format_end(statement, operands, op.first),
            FmtFormat::Value | FmtFormat::Address => {
                let [value] = statement.exactly(operands)?;
                match operand::operand(&statement.text, value.clone(), &self.scope())? {
                    Operand::Memory(address) if mnemonic == "BIAS" => {
                        // The code after the immediate form.
                        [vec![op.first + 1], address.encode()].concat()
                    }
                    _ => vec![op.first, self.byte(statement, value)?],
                }
            }
        };
        self.emit(statement, &bytes)
    }

    fn format_text(
        &mut self,
        statement: &Statement,
        operands: &[Range<usize>],
        op: &gpl::FmtOp,
    ) -> Result<Vec<u8>, Fault> {
        let mut text = Vec::new();
        for span in operands.iter().cloned() {
            let mut cursor = Cursor::new(&statement.text, span);
            text.extend(cursor.text()?);
            cursor.finish()?;
        }
        if text.is_empty() || text.len() > usize::from(op.most()) {
            let message =
                format!("{} takes 1 to {} characters, found {}", op.mnemonic, op.most(), text.len());
            return Err(Fault::new(statement.fields.operands.clone(), message));
        }
        text.insert(0, op.first + (text.len() - 1) as u8);
        Ok(text)
    }

    /// FEND closes the innermost loop (at its body or a given address), and then the block.
    fn format_end(
        &mut self,
        statement: &Statement,
        operands: &[Range<usize>],
        code: u8,
    ) -> Result<(), Fault> {
        let Some(body) = self.loops.pop() else {
            self.in_fmt = false;
            return self.emit(statement, &[code]);
        };
        let body = match operands.first() {
            Some(label) => operand::target(&statement.text, label.clone(), &self.scope())?,
            None => body,
        };
        let [high, low] = body.to_be_bytes();
        self.emit(statement, &[code, high, low])
    }

    /// The code that counts so many.
    fn count(&mut self, statement: &Statement, span: Range<usize>, op: &gpl::FmtOp) -> Result<u8, Fault> {
        let count = self.word(statement, span.clone())?;
        if (1..=op.most()).contains(&count) {
            return Ok(op.first + (count - 1) as u8);
        }
        if self.is_first_pass() {
            return Ok(op.first);
        }
        Err(Fault::new(span, format!("{} counts from 1 to {}, found {count}", op.mnemonic, op.most())))
    }
}

fn unknown(statement: &Statement, in_fmt: bool) -> Fault {
    let name = &statement.fields.mnemonic;
    let fault = Fault::new(
        statement.fields.mnemonic_at.clone(),
        format!("unknown instruction or directive `{name}`"),
    );
    if in_fmt && gpl::find(name).is_some() {
        return Fault { message: format!("`{name}` is not an instruction of FMT"), ..fault }
            .help("an FMT block is still open: close it with FEND");
    }
    if !in_fmt && (gpl::find_fmt(name).is_some() || name == "NEXT") {
        return Fault { message: format!("`{name}` outside of FMT"), ..fault }.help("open a block with FMT");
    }
    fault
}
