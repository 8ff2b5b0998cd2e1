// SPDX-License-Identifier: MIT OR Apache-2.0
//! TMS9900 instructions to words, with their clocks.
//!
//! Clocks are those of the data manual; where they depend on data, the smallest figure. The console's wait states stand
//! apart: those of the instruction's words and of operands at known addresses, if the workspace is in the scratchpad.
//! Where a register leads is not known, so that indirect and indexed operands may wait for more.
//!
//! Sources: `isa::tms9900`; the project's reference page on the console for what waits.

use super::assembler::Assembler;
use super::operand::General;
use crate::diag::Fault;
use crate::isa::tms9900::{self, Format, Id, Mode, Op};
use crate::source::{Base, Program as _, Statement, Value};
use std::ops::Range;

/// NOP: a jump to the next instruction.
const NOP: u16 = 0x1000;
/// RT: `B *R11`.
const RT: u16 = 0x045B;

/// Wait states of an access that goes through the console's 16-to-8-bit multiplexer.
const WAITS: u16 = 4;

/// Clocks of an instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Without wait states.
    pub base: u16,
    /// Wait states in the console, as far as the addresses tell.
    pub waits: u16,
}

/// Whether an access to an address waits: all but those to console ROM and scratchpad do. What is relocatable or comes
/// from other modules is taken for memory that waits, as there is no other to load it into.
fn is_slow(address: Value) -> bool {
    address.base != Base::Absolute || !matches!(address.word, 0x0000..=0x1FFF | 0x8000..=0x83FF)
}

/// An instruction in the making: words with their bases.
#[derive(Default)]
struct Words {
    words: Vec<Value>,
    clocks: u16,
    waits: u16,
}

impl Words {
    fn new(word: u16, clocks: u16) -> Self {
        Self { words: vec![Value::from(word)], clocks, waits: 0 }
    }

    /// Adds an operand that the instruction reaches so many times.
    fn general(&mut self, operand: General, byte: bool, accesses: u16) {
        self.words.extend(operand.word);
        self.clocks += operand.mode().clocks(byte);
        if operand.mode() == Mode::Symbolic && operand.word.is_some_and(is_slow) {
            self.waits += WAITS * accesses;
        }
    }
}

impl Assembler<'_> {
    pub(super) fn instruction(
        &mut self,
        statement: &Statement,
        operands: &[Range<usize>],
    ) -> Result<(), Fault> {
        let mnemonic = statement.fields.mnemonic.as_str();
        // A label behind the instruction must not be where a wrong one was left out: that would cause more errors.
        let start = self.place.at;
        let result = match mnemonic {
            "NOP" => Ok(Words::new(NOP, 10)),
            "RT" => Ok(Words::new(RT, 12)),
            _ => match (tms9900::find(mnemonic), self.extended.get(mnemonic)) {
                (_, Some(&number)) => self.extended_operation(statement, operands, number),
                (Some(op), None) => self.encode(statement, operands, op),
                (None, None) => Err(unknown(statement)),
            },
        };
        let words = match result {
            Ok(words) => words,
            Err(fault) => {
                self.place.at = start.wrapping_add(2);
                return Err(fault);
            }
        };
        let fetches = if is_slow(self.here()) { WAITS * words.words.len() as u16 } else { 0 };
        let clocks = Clocks { base: words.clocks, waits: words.waits + fetches };
        let mut open = Vec::new();
        let mut bytes = Vec::with_capacity(6);
        for value in words.words {
            if value.base != Base::Absolute {
                open.push((bytes.len() as u16, value.base));
            }
            bytes.extend(value.word.to_be_bytes());
        }
        self.emit(statement, &bytes, &open, Some(clocks))
    }

    fn encode(&mut self, statement: &Statement, operands: &[Range<usize>], op: &Op) -> Result<Words, Fault> {
        let opcode = op.opcode;
        let mut words = Words::new(opcode, op.clocks);
        match op.format {
            Format::TwoOperand => {
                let [from, to] = statement.exactly(operands)?;
                let from = self.operand(statement, from, op.is_byte())?;
                let to = self.operand(statement, to, op.is_byte())?;
                words.words[0].word |= to.field << 6 | from.field;
                words.general(from, op.is_byte(), 1);
                // Apart from fetch and source: a read, and but for comparisons a write.
                words.general(to, op.is_byte(), op.accesses - 2);
            }
            Format::Register => {
                let [from, register] = statement.exactly(operands)?;
                let from = self.operand(statement, from, false)?;
                words.words[0].word |= self.register(statement, register)? << 6 | from.field;
                words.general(from, false, 1);
            }
            Format::Extended => {
                let [from, number] = statement.exactly(operands)?;
                let number = self.small(statement, number, 15, "XOP's number")?;
                return self.extended_operation(statement, &[from], number);
            }
            Format::CruMulti => {
                let [from, count] = statement.exactly(operands)?;
                let count = self.small(statement, count, 16, "a count of bits")? & 15;
                let from = self.operand(statement, from, (1..=8).contains(&count))?;
                words.words[0].word |= count << 6 | from.field;
                // LDCR reads it; STCR reads and writes it.
                words.general(from, (1..=8).contains(&count), op.accesses - 2);
                words.clocks = words.clocks - op.clocks + cru_clocks(op.id, count);
            }
            Format::Shift => {
                let [register, count] = statement.exactly(operands)?;
                let register = self.register(statement, register)?;
                let count = self.small(statement, count, 15, "a shift's count")?;
                words.words[0].word |= count << 4 | register;
                // The data manual: 12 + 2 × count, or 20 + 2 × the count in R0, which is 1 to 16.
                words.clocks = if count == 0 { 22 } else { 12 + 2 * count };
            }
            Format::OneOperand => {
                let [operand] = statement.exactly(operands)?;
                let operand = self.operand(statement, operand, false)?;
                words.words[0].word |= operand.field;
                words.general(operand, false, alone(op));
            }
            Format::Jump => {
                let [target] = statement.exactly(operands)?;
                words.words[0].word |= self.displacement(statement, target)?;
            }
            Format::CruBit => {
                let [bit] = statement.exactly(operands)?;
                words.words[0].word |= self.cru_bit(statement, bit)?;
            }
            Format::Control => {}
            Format::Immediate => {
                let [register, value] = statement.exactly(operands)?;
                words.words[0].word |= self.register(statement, register)?;
                words.words.push(self.immediate(statement, value)?);
            }
            Format::StoreInternal => {
                let [register] = statement.exactly(operands)?;
                words.words[0].word |= self.register(statement, register)?;
            }
            Format::LoadInternal => {
                let [value] = statement.exactly(operands)?;
                words.words.push(self.immediate(statement, value)?);
            }
        }
        Ok(words)
    }

    /// `XOP src,n`, or the name that DXOP gave n.
    fn extended_operation(
        &mut self,
        statement: &Statement,
        operands: &[Range<usize>],
        number: u16,
    ) -> Result<Words, Fault> {
        let [from] = statement.exactly(operands)?;
        let from = self.general(statement, from)?;
        let op = &tms9900::OPS[Id::XOP as usize];
        let mut words = Words::new(op.opcode | number << 6 | from.field, op.clocks);
        words.general(from, false, 1);
        Ok(words)
    }

    /// A value in the instruction; a register's name there is more likely a mistake.
    fn immediate(&mut self, statement: &Statement, span: Range<usize>) -> Result<Value, Fault> {
        let written = statement.text[span.clone()].trim();
        let digits = written.strip_prefix(['R', 'r']).unwrap_or("");
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            let fault =
                Fault::new(span.clone(), format!("register {written} is taken for the value {digits}"));
            self.core.warn(statement, fault.help("the instruction takes a value here"));
        }
        self.value(statement, span)
    }

    /// A number up to `most`.
    fn small(
        &mut self,
        statement: &Statement,
        span: Range<usize>,
        most: u16,
        what: &str,
    ) -> Result<u16, Fault> {
        let value = self.absolute(statement, span.clone())?;
        if value > most && !self.core.is_first_pass() {
            return Err(Fault::new(span, format!("{what} is at most {most}, found {value}")));
        }
        Ok(value)
    }

    /// The bit's distance from the CRU base.
    fn cru_bit(&mut self, statement: &Statement, span: Range<usize>) -> Result<u16, Fault> {
        let value = self.absolute(statement, span.clone())? as i16;
        if !(-128..=255).contains(&value) && !self.core.is_first_pass() {
            return Err(Fault::new(span, format!("CRU bit {value} is out of reach"))
                .help("bits are -128 to 127 from the base in R12"));
        }
        if value > 127 {
            let message = format!("CRU bit {value} is taken for {}", value - 256);
            self.core.warn(statement, Fault::new(span, message));
        }
        Ok(value as u16 & 0xFF)
    }

    /// A jump's distance in words from the next instruction.
    fn displacement(&mut self, statement: &Statement, span: Range<usize>) -> Result<u16, Fault> {
        let target = self.value(statement, span.clone())?;
        if self.core.is_first_pass() {
            return Ok(0);
        }
        self.check_bank(statement, span.clone(), target)?;
        let here = self.here();
        if target.base != here.base {
            return Err(Fault::new(span, "a jump can't leave its segment").help("use B @address"));
        }
        let distance = i32::from(target.word.wrapping_sub(here.word).wrapping_sub(2) as i16);
        if target.word % 2 == 1 {
            let message = format!("the jump's target >{:04X} is odd", target.word);
            self.core.warn(statement, Fault::new(span.clone(), message));
        }
        let words = distance.div_euclid(2);
        if !(-128..=127).contains(&words) {
            let beyond = if words < 0 { -128 - words } else { words - 127 };
            let message =
                format!("the jump is too far by {beyond} word{}", if beyond == 1 { "" } else { "s" });
            return Err(Fault::new(span, message).help(format!(
                "the target is {words} words away, a jump reaches -128 to 127: use B @address"
            )));
        }
        Ok(words as u16 & 0xFF)
    }
}

/// How often an instruction with one operand reaches it: all accesses but the fetch and those to registers, which are BL's
/// write of R11, and BLWP's three into the new workspace.
fn alone(op: &Op) -> u16 {
    let registers = match op.id {
        Id::BL => 1,
        Id::BLWP => 3,
        _ => 0,
    };
    op.accesses - 1 - registers
}

/// Clocks of LDCR and STCR, by the data manual's table.
fn cru_clocks(id: Id, count: u16) -> u16 {
    let bits = if count == 0 { 16 } else { count };
    match (id, bits) {
        (Id::LDCR, _) => 20 + 2 * bits,
        (_, 1..=7) => 42,
        (_, 8) => 44,
        (_, 9..=15) => 58,
        _ => 60,
    }
}

fn unknown(statement: &Statement) -> Fault {
    let name = &statement.fields.mnemonic;
    let at = statement.fields.mnemonic_at.clone();
    Fault::new(at, format!("unknown instruction or directive `{name}`"))
}
