// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TMS9900 disassembler: words to instructions by the one table.
//!
//! Words with bits that the chip ignores (`LI` with bit 11 set, say) run, but no assembler makes them: they come
//! out as DATA.
//!
//! Source: `isa::tms9900`.

use super::flow::{Decoder, Image, Namer, Piece};
use crate::isa::tms9900::{self, Format, Id, Mode};

/// The TMS9900.
#[derive(Clone, Copy, Debug)]
pub struct Tms9900;

/// What the operands of an instruction add to its piece.
struct Operands<'a> {
    image: &'a Image<'a>,
    next: u16,
    name: &'a Namer<'a>,
    piece: Piece,
}

impl Operands<'_> {
    /// The next word of the instruction.
    fn word(&mut self) -> Option<u16> {
        let word = self.image.word(self.next)?;
        self.next = self.next.checked_add(2)?;
        Some(word)
    }

    /// The operand of a 6-bit field, and the address if it is a plain one.
    fn general(&mut self, field: u16) -> Option<(String, Option<u16>)> {
        let register = field & 15;
        Some(match Mode::of(field) {
            Mode::Register => (format!("R{register}"), None),
            Mode::Indirect => (format!("*R{register}"), None),
            Mode::AutoIncrement => (format!("*R{register}+"), None),
            Mode::Symbolic => {
                let address = self.word()?;
                self.piece.references.push(address);
                (format!("@{}", (self.name)(address)), Some(address))
            }
            Mode::Indexed => (format!("@>{:04X}(R{register})", self.word()?), None),
        })
    }

    fn jump(&mut self, word: u16) -> Option<String> {
        let target = i32::from(self.next) + 2 * i32::from(word as u8 as i8);
        let target = u16::try_from(target).ok()?;
        self.piece.targets.push(target);
        Some((self.name)(target))
    }
}

impl Decoder for Tms9900 {
    const UNIT: usize = 2;
    const SLOT: usize = 0x1_0000;

    fn origin(base: u16) -> String {
        format!("        AORG >{base:04X}\n")
    }

    fn decode(image: &Image, address: u16, name: &Namer) -> Option<Piece> {
        let word = image.word(address)?;
        let op = tms9900::decode(word).filter(|op| word & op.format.unused() == 0)?;
        let next = address.checked_add(2).or((image.from(address).len() == 2).then_some(0))?;
        let mut operands = Operands { image, next, name, piece: Piece::default() };
        let (source, register) = (word & 0x3F, word >> 6 & 15);
        let mut target = None;
        let text = match op.format {
            Format::TwoOperand => {
                let (from, _) = operands.general(source)?;
                format!("{from},{}", operands.general(word >> 6 & 0x3F)?.0)
            }
            Format::Register => format!("{},R{register}", operands.general(source)?.0),
            Format::Extended | Format::CruMulti => format!("{},{register}", operands.general(source)?.0),
            Format::OneOperand => {
                let (text, address) = operands.general(source)?;
                target = address;
                text
            }
            Format::Jump => operands.jump(word)?,
            Format::CruBit => (word as u8 as i8).to_string(),
            Format::Shift => format!("R{},{}", word & 15, word >> 4 & 15),
            Format::Control => String::new(),
            Format::Immediate => format!("R{},>{:04X}", word & 15, operands.word()?),
            Format::StoreInternal => format!("R{}", word & 15),
            Format::LoadInternal => format!(">{:04X}", operands.word()?),
        };
        let Operands { next, mut piece, .. } = operands;
        match op.id {
            Id::B | Id::BL => piece.targets.extend(target),
            // The word after the new workspace is the new program counter.
            Id::BLWP => piece.targets.extend(target.and_then(|at| image.word(at.wrapping_add(2)))),
            _ => {}
        }
        piece.ends = matches!(op.id, Id::B | Id::JMP | Id::RTWP | Id::LREX);
        let length = usize::from(next.wrapping_sub(address));
        piece.lines = vec![(length, format!("{:<4} {text}", op.mnemonic).trim_end().to_string())];
        Some(piece)
    }
}
