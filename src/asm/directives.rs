// SPDX-License-Identifier: MIT OR Apache-2.0
//! Directives: places, data, symbols. Instructions go on to `encode`.
//!
//! Sources: TI's Editor/Assembler manual, chapter 14; the manual of xdt99 for BCOPY, STRI, FLOA, WEQU, REQU, XORG,
//! BANK, SAVE and AUTO.

use super::assembler::{Assembler, Place, Segment};
use super::module::ALL;
use crate::diag::Fault;
use crate::source::{Base, Cursor, Program as _, Statement, Value, expression, file_name, radix100};
use std::ops::Range;
use std::rc::Rc;

/// Other names of directives.
pub(super) const ALIASES: &[(&str, &str)] = &[("FLOAT", "FLOA")];

/// More banks than any cartridge board has.
const MOST_BANKS: u16 = 128;

impl Assembler<'_> {
    /// Assembles a statement with its label.
    pub(super) fn body(
        &mut self,
        statement: &Statement,
        label: &str,
        operands: &[Range<usize>],
    ) -> Result<(), Fault> {
        match statement.fields.mnemonic.as_str() {
            "EQU" | "WEQU" | "REQU" => self.equate(statement, label, operands),
            "AORG" | "RORG" | "DORG" | "XORG" | "PSEG" | "PEND" | "DSEG" | "DEND" | "CSEG" | "CEND"
            | "BANK" => {
                self.close_sized();
                let old = self.here();
                let is_xorg = statement.fields.mnemonic == "XORG";
                self.origin(statement, operands)?;
                if is_xorg && !label.is_empty() {
                    return self.core.define(label, old, statement.fields.label.clone());
                }
                self.label(statement, label)?;
                let here = self.here().word;
                self.list(statement, Some(here), &[], &[], None);
                Ok(())
            }
            "BSS" | "BES" => {
                let [size] = statement.exactly(operands)?;
                let size = self.absolute(statement, size)?;
                self.room(statement, label, size)
            }
            "EVEN" => {
                self.align_with(true);
                self.label(statement, label)
            }
            "DATA" => {
                self.align();
                self.label(statement, label)?;
                self.words(statement, operands)
            }
            "BYTE" | "TEXT" | "STRI" | "FLOA" | "BCOPY" => {
                self.label(statement, label)?;
                self.bytes(statement, operands)
            }
            "AUTO" => {
                self.label(statement, label)?;
                self.place_autos(statement)
            }
            "DEF" | "REF" | "SREF" | "LOAD" | "IDT" | "DXOP" | "SAVE" | "END" => {
                self.label(statement, label)?;
                self.about(statement, operands)
            }
            // COPY and conditionals were obeyed while the sources were read; the listing has no pages.
            "" | "COPY" | "TITL" | "PAGE" | "LIST" | "UNL" => self.label(statement, label),
            _ => {
                self.align();
                self.label(statement, label)?;
                self.instruction(statement, operands)
            }
        }
    }

    fn equate(&mut self, statement: &Statement, label: &str, operands: &[Range<usize>]) -> Result<(), Fault> {
        let fields = &statement.fields;
        let mnemonic = fields.mnemonic.as_str();
        if label.is_empty() {
            return Err(Fault::new(fields.mnemonic_at.clone(), format!("{mnemonic} needs a label")));
        }
        let [operand] = statement.exactly(operands)?;
        let value = if mnemonic == "REQU" {
            Value::from(self.register(statement, operand)?)
        } else {
            self.value(statement, operand)?
        };
        let index = self.core.index;
        match mnemonic {
            "WEQU" if self.weak.contains(label) => {
                if self.core.symbols.get(label).is_some_and(|old| old.value != value) {
                    let message = format!("`{label}` has another value from here on");
                    self.core.warn(statement, Fault::new(fields.label.clone(), message));
                }
                self.core.symbols.redefine(label, value, index);
            }
            "WEQU" => {
                self.weak.insert(label.to_string());
                self.core.symbols.redefine(label, value, index);
            }
            _ => self.core.equate(label, value, fields.label.clone())?,
        }
        self.list(statement, Some(value.word), &[], &[], None);
        Ok(())
    }

    /// The directives that move the location counter.
    fn origin(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        let mnemonic = statement.fields.mnemonic.as_str();
        if mnemonic == "BANK" {
            return self.bank(statement, operands);
        }
        let bank = self.place.bank;
        let target = match (mnemonic, operands) {
            ("AORG" | "RORG" | "DORG" | "XORG", [operand]) => Some(self.value(statement, operand.clone())?),
            ("AORG" | "RORG" | "DORG" | "XORG", [_, ..]) => {
                let [operand] = statement.exactly(operands)?;
                Some(self.value(statement, operand)?)
            }
            _ => None,
        };
        let at = |value: Value| value.word;
        if mnemonic == "XORG" {
            let [_] = statement.exactly(operands)?;
            self.shift = target.map_or(0, at).wrapping_sub(self.place.at);
            return Ok(());
        }
        let was_dummy = std::mem::replace(&mut self.dummy, mnemonic == "DORG");
        let was_shifted = std::mem::replace(&mut self.shift, 0) != 0;
        // Without an address these end XORG's code where it stands.
        if was_shifted && target.is_none() && matches!(mnemonic, "AORG" | "RORG") {
            return Ok(());
        }
        let segment = match mnemonic {
            "AORG" | "DORG" => Segment::Absolute,
            "DSEG" => Segment::Data,
            "CSEG" => Segment::Common(self.common(statement, operands)),
            _ => Segment::Program,
        };
        let resumed = || self.ends.get(&(bank, segment)).or(self.starts.get(&segment)).copied().unwrap_or(0);
        let stays = target.is_none() && segment == self.place.segment && !was_dummy;
        let at = if stays { self.place.at } else { target.map_or_else(resumed, at) };
        self.place = Place { bank, segment, at };
        Ok(())
    }

    /// The number of a common segment.
    fn common(&mut self, statement: &Statement, operands: &[Range<usize>]) -> usize {
        let name = operands.first().and_then(|o| Cursor::new(&statement.text, o.clone()).quoted());
        let name = name.unwrap_or_default();
        self.commons.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.commons.push(name);
            self.commons.len() - 1
        })
    }

    /// `BANK n` and `BANK ALL`, perhaps with an address.
    fn bank(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        let (number, address) = match operands {
            [number] => (number.clone(), None),
            [number, address] => (number.clone(), Some(self.absolute(statement, address.clone())?)),
            _ => {
                let at = statement.fields.mnemonic_at.clone();
                return Err(Fault::new(at, "BANK takes a number or ALL, and perhaps an address"));
            }
        };
        let bank = if statement.text[number.clone()].eq_ignore_ascii_case("ALL") {
            Some(ALL)
        } else {
            let value = self.absolute(statement, number.clone())?;
            let refused = || {
                Fault::new(
                    number,
                    format!("there is no bank {value}: they count from 0 to {}", MOST_BANKS - 1),
                )
            };
            Some(u8::try_from(value).ok().filter(|&b| u16::from(b) < MOST_BANKS).ok_or_else(refused)?)
        };
        let end_of = |bank| self.ends.get(&(bank, Segment::Absolute)).copied();
        let at = match (address, bank) {
            (Some(address), _) => address,
            // Code in all banks starts behind the longest of them; a bank behind that.
            (None, Some(ALL)) => self.ends.values().copied().max().unwrap_or(self.bank_start),
            (None, _) => end_of(bank).into_iter().chain(end_of(Some(ALL))).max().unwrap_or(self.bank_start),
        };
        if let Some(address) = address {
            self.bank_start = address;
        }
        self.dummy = false;
        self.shift = 0;
        self.place = Place { bank, segment: Segment::Absolute, at };
        Ok(())
    }

    /// BSS and BES: the label names the start or the end.
    fn room(&mut self, statement: &Statement, label: &str, size: u16) -> Result<(), Fault> {
        let at_end = statement.fields.mnemonic == "BES";
        if !at_end {
            self.label(statement, label)?;
        }
        let start = self.place.at;
        if usize::from(start) + usize::from(size) > 0x1_0000 && !self.core.is_first_pass() {
            let fault = Fault::new(statement.fields.operands.clone(), "the room goes beyond address >FFFF");
            return Err(fault);
        }
        let here = self.here();
        self.list(statement, Some(here.word), &[], &[], None);
        if !self.dummy && size > 0 {
            self.out.module.reserve(self.place.bank, self.place.base(), start, size);
        }
        self.advance(size);
        if at_end {
            self.label(statement, label)?;
        }
        Ok(())
    }

    fn words(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        needs_operand(statement, operands)?;
        let mut bytes = Vec::with_capacity(2 * operands.len());
        let mut open = Vec::new();
        for span in operands {
            self.item = bytes.len() as u16;
            let value = self.value(statement, span.clone())?;
            if value.base != Base::Absolute {
                open.push((bytes.len() as u16, value.base));
            }
            bytes.extend(value.word.to_be_bytes());
        }
        self.emit(statement, &bytes, &open, None)
    }

    fn bytes(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        needs_operand(statement, operands)?;
        let mnemonic = statement.fields.mnemonic.as_str();
        let mut bytes = Vec::new();
        for span in operands.iter().cloned() {
            match mnemonic {
                "BYTE" => {
                    self.item = bytes.len() as u16;
                    bytes.push(self.absolute(statement, span)? as u8);
                }
                "FLOA" => bytes.extend(
                    radix100(&statement.text[span.clone()])
                        .ok_or_else(|| Fault::new(span, "not a decimal number of the range of TI BASIC"))?,
                ),
                "BCOPY" => {
                    let name = file_name(&statement.text, span.clone())?;
                    let read = self.core.files.read(&statement.file, &name);
                    bytes.extend(read.map_err(|why| Fault::new(span, why))?.1);
                }
                _ => bytes.extend(text(&statement.text, span)?),
            }
        }
        if mnemonic == "STRI" {
            bytes = statement.counted(bytes)?;
        }
        self.emit(statement, &bytes, &[], None)
    }

    /// Directives that say something about the program and place nothing.
    fn about(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        let text = &statement.text;
        match statement.fields.mnemonic.as_str() {
            "DEF" => {
                needs_operand(statement, operands)?;
                let statement = Rc::new(statement.clone());
                self.exported.extend(operands.iter().map(|span| (Rc::clone(&statement), span.clone())));
            }
            "REF" | "SREF" => {
                needs_operand(statement, operands)?;
                for span in operands.iter().cloned() {
                    self.import(text, span)?;
                }
            }
            "IDT" => {
                let name = operands.first().and_then(|o| Cursor::new(text, o.clone()).quoted());
                self.out.module.name = name.unwrap_or_default();
            }
            "DXOP" => {
                let [name, number] = statement.exactly(operands)?;
                let number = self.absolute(statement, number)?;
                self.extended.insert(text[name].to_uppercase(), number & 15);
            }
            "SAVE" => self.save(statement, operands)?,
            // Blanks make it a comment, which E/A sources often have there.
            "END" => {
                if let [entry] = operands
                    && !text[entry.clone()].contains(' ')
                {
                    self.out.module.entry = Some(self.value(statement, entry.clone())?);
                }
            }
            // LOAD names what the loader should also load: the linker has all it gets on its command line.
            _ => {}
        }
        Ok(())
    }

    /// A name from another module.
    fn import(&mut self, text: &str, span: Range<usize>) -> Result<(), Fault> {
        let name = text[span.clone()].to_uppercase();
        let externals = &mut self.out.module.externals;
        let number = externals.iter().position(|known| *known == name).unwrap_or_else(|| {
            externals.push(name.clone());
            externals.len() - 1
        });
        let value = Value { word: 0, base: Base::External(number as u16), bank: None };
        // A second REF of the same name is harmless.
        if self.core.symbols.get(&name).is_some_and(|old| old.value == value) {
            return Ok(());
        }
        self.core.define(&name, value, span)
    }

    /// `SAVE from,to`, each of which may be missing.
    fn save(&mut self, statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
        let [from, to] = statement.exactly(operands)?;
        let mut bound = |span: Range<usize>| {
            if span.is_empty() { Ok(None) } else { self.value(statement, span).map(|v| Some(v.word)) }
        };
        let save = (bound(from)?, bound(to)?);
        self.out.saves.push(save);
        Ok(())
    }

    /// The size of what stands at a label, for `S#`.
    pub(super) fn size_of(&mut self, statement: &Statement, span: Range<usize>) -> Result<u16, Fault> {
        let name = statement.text[span.clone()].trim().to_uppercase();
        let mut cursor = Cursor::new(&statement.text, span.clone());
        expression(&mut cursor, &self.scope())?;
        cursor.finish()?;
        match self.sizes.get(&name) {
            Some(&size) => Ok(size),
            None if self.core.is_first_pass() => Ok(0),
            None => Err(Fault::new(span, format!("`{name}` has no size"))
                .help("S# takes the label of bytes or words, behind which another label stands")),
        }
    }
}

fn needs_operand(statement: &Statement, operands: &[Range<usize>]) -> Result<(), Fault> {
    if operands.is_empty() {
        let at = statement.fields.mnemonic_at.clone();
        return Err(Fault::new(at, format!("{} needs an operand", statement.fields.mnemonic)));
    }
    Ok(())
}

/// A text; a `-` before it negates its last byte, as the end of a list. An empty one is a byte 0.
fn text(line: &str, span: Range<usize>) -> Result<Vec<u8>, Fault> {
    let mut cursor = Cursor::new(line, span);
    let negated = cursor.take("-");
    let mut text = cursor.text()?;
    cursor.finish()?;
    if text.is_empty() {
        text.push(0);
    }
    if let (true, Some(last)) = (negated, text.last_mut()) {
        *last = last.wrapping_neg();
    }
    Ok(text)
}
