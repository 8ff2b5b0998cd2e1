// SPDX-License-Identifier: MIT OR Apache-2.0
//! Operands of TMS9900 instructions: registers, general operands, constants that make themselves.

use super::assembler::Assembler;
use super::link::{KNOWN, PORTS};
use crate::diag::Fault;
use crate::isa::tms9900::Mode;
use crate::source::{Base, Cursor, Statement, Value, expression};
use std::ops::Range;

/// A general operand: the six bits of its field, and the word behind the instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct General {
    pub(super) field: u16,
    pub(super) word: Option<Value>,
}

impl General {
    pub(super) fn mode(self) -> Mode {
        Mode::of(self.field)
    }
}

/// The fields of the modes: T in the upper two of six bits.
const INDIRECT: u16 = 0x10;
const SYMBOLIC: u16 = 0x20;
const AUTO_INCREMENT: u16 = 0x30;

impl Assembler<'_> {
    /// Parses the general operand of an instruction on bytes or words, and warns of addresses that don't suit it.
    pub(super) fn operand(
        &mut self,
        statement: &Statement,
        span: Range<usize>,
        byte: bool,
    ) -> Result<General, Fault> {
        let operand = self.general(statement, span.clone())?;
        let Some(Value { word: address, base, .. }) = operand.word else { return Ok(operand) };
        if operand.mode() != Mode::Symbolic || matches!(base, Base::External(_)) {
            return Ok(operand);
        }
        let port = KNOWN.iter().find(|(_, at)| base == Base::Absolute && *at == address & !1 && *at >= PORTS);
        let fault = match (port, byte, address % 2) {
            (Some((name, port)), false, _) => {
                Fault::new(span, format!("a word for the byte port {name} (>{port:04X})")).help(
                    "the port has eight data lines: the instruction would reach it twice; use one on bytes",
                )
            }
            (Some((name, port)), true, 1) => {
                Fault::new(span, format!(">{address:04X} is no port: {name} is at >{port:04X}"))
            }
            (_, false, 1) => Fault::new(span, format!("a word at the odd address >{address:04X}"))
                .help("the processor ignores the last bit: it uses the word before; EVEN may be missing"),
            _ => return Ok(operand),
        };
        self.core.warn(statement, fault);
        Ok(operand)
    }

    /// Parses a general operand: `R1 *R1 *R1+ @A @A(R1)`, and `B#1 W#1` for a constant's address.
    pub(super) fn general(&mut self, statement: &Statement, span: Range<usize>) -> Result<General, Fault> {
        let line = &statement.text;
        let mut cursor = Cursor::new(line, span.clone());
        if cursor.take("*") {
            let inner = line[cursor.at..span.end].trim_end();
            let (field, inner) = match inner.strip_suffix('+') {
                Some(inner) => (AUTO_INCREMENT, inner),
                None => (INDIRECT, inner),
            };
            let end = cursor.at + inner.len();
            let register = self.register(statement, cursor.at..end)?;
            return Ok(General { field: field | register, word: None });
        }
        if cursor.take("@") {
            return self.symbolic(statement, cursor);
        }
        if let Some(address) = self.constant(statement, span.clone())? {
            return Ok(General { field: SYMBOLIC, word: Some(address) });
        }
        Ok(General { field: self.register(statement, span)?, word: None })
    }

    /// What follows an `@`.
    fn symbolic(&mut self, statement: &Statement, mut cursor: Cursor) -> Result<General, Fault> {
        let start = cursor.at;
        cursor.skip_blanks();
        let unchecked = cursor.take("X#");
        let value = expression(&mut cursor, &self.scope())?;
        if !unchecked {
            self.check_bank(statement, start..cursor.at, value)?;
        }
        cursor.skip_blanks();
        let opened = cursor.at;
        if !cursor.take("(") {
            cursor.finish()?;
            return Ok(General { field: SYMBOLIC, word: Some(value) });
        }
        let Some(length) = cursor.rest().find(')') else {
            return Err(Fault::new(opened..cursor.end(), "the index has no closing `)`"));
        };
        let span = cursor.at..cursor.at + length;
        let register = self.register(statement, span.clone())?;
        cursor.at = span.end + 1;
        cursor.finish()?;
        if register == 0 && !self.core.is_first_pass() {
            return Err(Fault::new(span, "R0 can't be an index")
                .help("an index of 0 in the instruction means none: use R1 to R15"));
        }
        Ok(General { field: SYMBOLIC | register, word: Some(value) })
    }

    /// A register's number.
    pub(super) fn register(&mut self, statement: &Statement, span: Range<usize>) -> Result<u16, Fault> {
        let written = statement.text[span.clone()].trim();
        let value = self.absolute(statement, span.clone())?;
        if value > 15 {
            if self.core.is_first_pass() {
                return Ok(0);
            }
            let fault = Fault::new(span, format!("`{written}` is not a register: it is >{value:04X}"));
            return Err(fault.help("registers are R0 to R15; for memory, write @ before the address"));
        }
        if written.starts_with(|c: char| c.is_ascii_digit() || c == '>') {
            let fault = Fault::new(span, format!("{written} is taken for register R{value}"));
            self.core.warn(statement, fault.help(format!("write R{value}, or @{written} for memory")));
        }
        Ok(value)
    }

    /// The value of an expression that fills an operand, or `S#A`: how many bytes stand at a label.
    pub(super) fn value(&mut self, statement: &Statement, span: Range<usize>) -> Result<Value, Fault> {
        let mut cursor = Cursor::new(&statement.text, span.clone());
        if cursor.take("S#") {
            return self.size_of(statement, cursor.at..span.end).map(Value::from);
        }
        let value = expression(&mut cursor, &self.scope())?;
        cursor.finish()?;
        Ok(value)
    }

    /// A value that is relative to nothing.
    pub(super) fn absolute(&mut self, statement: &Statement, span: Range<usize>) -> Result<u16, Fault> {
        let value = self.value(statement, span.clone())?;
        if value.base != Base::Absolute && !self.core.is_first_pass() {
            return Err(Fault::new(span, "expected a number, found a relocatable address"));
        }
        Ok(value.word)
    }

    /// `B#1` and `W#1`: the address of a constant that AUTO places; for anything else nothing.
    fn constant(&mut self, statement: &Statement, span: Range<usize>) -> Result<Option<Value>, Fault> {
        let mut cursor = Cursor::new(&statement.text, span.clone());
        let byte = cursor.take("B#");
        if !byte && !cursor.take("W#") {
            return Ok(None);
        }
        let value = self.absolute(statement, cursor.at..span.end)?;
        self.auto(byte, if byte { value & 0xFF } else { value }, span).map(Some)
    }
}
