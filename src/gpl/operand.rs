// SPDX-License-Identifier: MIT OR Apache-2.0
//! Operands: general addresses, GROM addresses, VDP registers, immediate values.

use crate::diag::Fault;
use crate::isa::gpl::{Address, Move};
use crate::source::{Cursor, Scope, expression};
use std::ops::Range;

/// An operand as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// A value.
    Immediate(u16),
    /// `@a *a V@a V*a`, perhaps with an index.
    Memory(Address),
    /// `G@a`, perhaps with an index: MOVE only.
    Grom { address: u16, index: Option<u8> },
    /// `#n`: destination of MOVE only.
    Register(u8),
}

/// Prefixes with what they mean: video memory, indirect.
const MEMORY: &[(&str, bool, bool)] =
    &[("V@", true, false), ("V*", true, true), ("@", false, false), ("*", false, true)];

/// Parses one operand, which must fill `span`.
pub(super) fn operand(line: &str, span: Range<usize>, scope: &dyn Scope) -> Result<Operand, Fault> {
    let mut cursor = Cursor::new(line, span.clone());
    let parsed = if let Some(&(_, vdp, indirect)) = MEMORY.iter().find(|(prefix, ..)| cursor.take(prefix)) {
        let value = expression(&mut cursor, scope)?.word;
        let index = index(&mut cursor, scope)?;
        Operand::Memory(Address { vdp, indirect, index, value })
    } else if cursor.take("G@") {
        let address = expression(&mut cursor, scope)?.word;
        Operand::Grom { address, index: index(&mut cursor, scope)? }
    } else if cursor.take("#") || cursor.take("R@") {
        let register = expression(&mut cursor, scope)?.word;
        if register > 7 && !scope.lenient() {
            return Err(
                Fault::new(span, format!("there is no VDP register {register}")).help("they are #0 to #7")
            );
        }
        Operand::Register(register as u8)
    } else {
        Operand::Immediate(expression(&mut cursor, scope)?.word)
    };
    cursor.finish()?;
    Ok(parsed)
}

/// `(@a)` after an address: a word in the scratchpad.
fn index(cursor: &mut Cursor, scope: &dyn Scope) -> Result<Option<u8>, Fault> {
    cursor.skip_blanks();
    let start = cursor.at;
    if !cursor.take("(") {
        return Ok(None);
    }
    cursor.skip_blanks();
    cursor.take("@");
    let value = expression(cursor, scope)?.word;
    cursor.skip_blanks();
    if !cursor.take(")") {
        return Err(Fault::new(start..cursor.at.max(start + 1), "the index has no closing `)`"));
    }
    if !matches!(value >> 8, 0x00 | 0x83) && !scope.lenient() {
        return Err(Fault::new(start..cursor.at, format!("index >{value:04X} is not in the scratchpad"))
            .help("indexes are words at >8300 to >83FF"));
    }
    Ok(Some(value as u8))
}

/// A GROM address as target of a branch: `G@` may stand before it.
pub(super) fn target(line: &str, span: Range<usize>, scope: &dyn Scope) -> Result<u16, Fault> {
    let mut cursor = Cursor::new(line, span);
    cursor.take("G@");
    let value = expression(&mut cursor, scope)?.word;
    cursor.finish()?;
    Ok(value)
}

/// A general address; anything else is refused.
pub(super) fn memory(line: &str, span: Range<usize>, scope: &dyn Scope) -> Result<Address, Fault> {
    match operand(line, span.clone(), scope)? {
        Operand::Memory(address) => Ok(address),
        Operand::Immediate(_) => {
            Err(Fault::new(span, "expected an address")
                .help("write @address, *address, V@address or V*address"))
        }
        Operand::Grom { .. } => Err(Fault::new(span, "only MOVE can reach GROM")),
        Operand::Register(_) => Err(Fault::new(span, "only MOVE can write VDP registers")),
    }
}

/// The bytes of MOVE: opcode, length, destination, source. Operands are written length, source, destination.
pub(super) fn encode_move(
    line: &str,
    [length, source, destination]: [Range<usize>; 3],
    opcode: u8,
    scope: &dyn Scope,
) -> Result<Vec<u8>, Fault> {
    let mut opcode = opcode;
    let mut bytes = match operand(line, length.clone(), scope)? {
        Operand::Immediate(value) => {
            opcode |= Move::IMMEDIATE_LENGTH;
            value.to_be_bytes().to_vec()
        }
        Operand::Memory(address) => address.encode(),
        _ => return Err(Fault::new(length, "the length is a value or the address of a word in memory")),
    };
    match operand(line, destination.clone(), scope)? {
        Operand::Memory(address) => {
            opcode |= Move::NOT_TO_GROM;
            bytes.extend(address.encode());
        }
        Operand::Register(register) => {
            opcode |= Move::NOT_TO_GROM | Move::REGISTER_OR_INDEXED;
            bytes.push(register);
        }
        Operand::Grom { address, index } => {
            if index.is_some() {
                opcode |= Move::REGISTER_OR_INDEXED;
            }
            bytes.extend(address.to_be_bytes());
            bytes.extend(index);
        }
        Operand::Immediate(_) => {
            return Err(Fault::new(destination, "the destination is not an address")
                .help("write @, V@ or G@ before it, or # for a VDP register"));
        }
    }
    match operand(line, source.clone(), scope)? {
        Operand::Memory(address) => {
            opcode |= Move::FROM_MEMORY;
            bytes.extend(address.encode());
        }
        Operand::Grom { address, index } => {
            if index.is_some() {
                opcode |= Move::FROM_INDEXED;
            }
            bytes.extend(address.to_be_bytes());
            bytes.extend(index);
        }
        Operand::Register(_) => return Err(Fault::new(source, "VDP registers can't be read")),
        Operand::Immediate(_) => {
            return Err(Fault::new(source, "the source is not an address")
                .help("labels are in GROM: write G@ before it; for memory, @ or V@"));
        }
    }
    bytes.insert(0, opcode);
    Ok(bytes)
}
