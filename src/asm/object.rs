// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tagged object code, as the Editor/Assembler's option 3 loads it: written plain or compressed, and read.
//!
//! A file is records of 80 characters. A record holds items: a tag and a field of four hexadecimal digits (compressed:
//! two bytes), with some tags a name. `F` ends a record, `7` with a checksum before it; `:` ends the file. Uses of an
//! external name are chained: each word holds the address of the use before it, the name's item that of the last.
//!
//! Covered: tags 0 to 9, A, B, C, F, G, H, I. Not covered: the tags of other systems (D, E, J to X), which the
//! Editor/Assembler's loader refuses too.
//!
//! Source: Editor/Assembler manual, section 15.5 (tagged object code).

use super::module::{Content, Module};
use crate::source::{Base, Value};
use std::collections::BTreeMap;
use thiserror::Error;

/// Characters of a record.
const RECORD: usize = 80;
/// Characters of a plain record that items may fill: behind them stand checksum, end tag and line number.
const PLAIN_ITEMS: usize = 64;
/// Bytes of a compressed record that items may fill.
const COMPRESSED_ITEMS: usize = 78;
/// Characters of an exported or imported name.
const NAME: usize = 6;
/// What a file of DIS/FIX 80 records starts with outside of a disk (TIFILES header), and its length.
const TIFILES: &[u8] = b"\x07TIFILES";
const TIFILES_LENGTH: usize = 128;

/// Why there is no object code.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// The loader compares six characters.
    #[error("`{0}` and `{1}` are the same name in object code, which keeps 6 characters")]
    SameName(String, String),
    /// An external name with something added.
    #[error("object code can't express `{0}` plus a number: use the name alone")]
    Sum(String),
    /// Banks.
    #[error("object code has no banks: write a binary or a cartridge")]
    Banks,
}

/// Words by base and address, as the loader places them.
type Words = BTreeMap<(Base, u16), (u16, Base)>;

/// Records in the making.
struct Writer {
    compressed: bool,
    records: Vec<u8>,
    line: Vec<u8>,
    number: usize,
}

impl Writer {
    /// Adds an item: tag, field, name.
    fn item(&mut self, tag: char, field: u16, name: &str, width: usize) {
        let mut item = Vec::new();
        if self.compressed {
            item.push(if tag == '0' { 1 } else { tag as u8 });
            item.extend(field.to_be_bytes());
        } else {
            item.extend(format!("{tag}{field:04X}").bytes());
        }
        let padded = format!("{name:<width$}");
        item.extend(padded.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')));
        let room = if self.compressed { COMPRESSED_ITEMS } else { PLAIN_ITEMS };
        if self.line.len() + item.len() > room {
            self.end_record();
        }
        self.line.extend(item);
    }

    fn end_record(&mut self) {
        if self.line.is_empty() {
            return;
        }
        self.number += 1;
        if !self.compressed {
            self.line.push(b'7');
            let sum = self.line.iter().fold(0u16, |sum, &c| sum.wrapping_add(u16::from(c)));
            self.line.extend(format!("{:04X}", sum.wrapping_neg()).bytes());
        }
        self.line.push(b'F');
        let text = if self.compressed { String::new() } else { format!("{:04}", self.number) };
        self.line.resize(RECORD - text.len(), b' ');
        self.line.extend(text.bytes());
        self.records.append(&mut self.line);
    }

    fn finish(mut self) -> Vec<u8> {
        self.end_record();
        self.number += 1;
        let last = format!("{:<76}{:04}", ":       LUBBOCK", self.number);
        self.records.extend(last.bytes());
        self.records
    }
}

impl Module {
    /// Object code.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub(crate) fn object_code(&self, compressed: bool) -> Result<Vec<u8>, ObjectError> {
        let mut names: BTreeMap<String, &String> = BTreeMap::new();
        for name in self.defs.iter().map(|def| &def.0).chain(&self.externals) {
            if let Some(other) = names.insert(short(name), name).filter(|other| *other != name) {
                return Err(ObjectError::SameName(other.clone(), name.clone()));
            }
        }
        let words = self.words()?;
        let mut writer = Writer { compressed, records: Vec::new(), line: Vec::new(), number: 0 };
        let title: String = self.name.chars().take(8).collect();
        writer.item('0', self.length, &title, 8);
        let mut next = None;
        // Where the last use of each external name stands.
        let mut chains: Vec<Option<(Base, u16)>> = vec![None; self.externals.len()];
        for (&(base, at), &(word, kind)) in &words {
            if next != Some((base, at)) {
                writer.item(if base == Base::Absolute { '9' } else { 'A' }, at, "", 0);
            }
            next = Some((base, at.wrapping_add(2)));
            let (tag, field) = match kind {
                Base::Absolute => ('B', word),
                Base::Program => ('C', word),
                Base::External(number) => {
                    let before = chains[usize::from(number)].replace((base, at));
                    before.map_or(('B', 0), |(base, at)| (if base == Base::Absolute { 'B' } else { 'C' }, at))
                }
            };
            writer.item(tag, field, "", 0);
        }
        if let Some(entry) = self.entry {
            writer.item(if entry.base == Base::Absolute { '1' } else { '2' }, entry.word, "", 0);
        }
        for (name, value) in &self.defs {
            writer.item(if value.base == Base::Absolute { '6' } else { '5' }, value.word, &short(name), NAME);
        }
        for (name, last) in self.externals.iter().zip(chains) {
            let (base, at) = last.unwrap_or((Base::Absolute, 0));
            writer.item(if base == Base::Absolute { '4' } else { '3' }, at, &short(name), NAME);
        }
        Ok(writer.finish())
    }

    /// The module's bytes as words; a byte without a partner has a 0.
    fn words(&self) -> Result<Words, ObjectError> {
        let mut words = Words::new();
        for chunk in &self.chunks {
            if chunk.bank.is_some() {
                return Err(ObjectError::Banks);
            }
            let Content::Bytes { bytes, open } = &chunk.content else { continue };
            for (i, &byte) in bytes.iter().enumerate() {
                let at = chunk.start.wrapping_add(i as u16);
                let entry = words.entry((chunk.base, at & !1)).or_insert((0, Base::Absolute));
                entry.0 = if at % 2 == 0 {
                    entry.0 & 0x00FF | u16::from(byte) << 8
                } else {
                    entry.0 & 0xFF00 | u16::from(byte)
                };
            }
            for &(offset, kind) in open {
                // Words stand at even addresses.
                let at = chunk.start.wrapping_add(offset);
                if let Some(word) = words.get_mut(&(chunk.base, at)) {
                    if let (Base::External(number), true) = (kind, word.0 != 0) {
                        return Err(ObjectError::Sum(self.externals[usize::from(number)].clone()));
                    }
                    word.1 = kind;
                }
            }
        }
        Ok(words)
    }

    /// Reads object code.
    ///
    /// # Errors
    /// One line that says what is wrong in which record.
    pub(crate) fn from_object_code(file: &[u8]) -> Result<Self, String> {
        let bytes =
            if file.starts_with(TIFILES) { file.get(TIFILES_LENGTH..).unwrap_or_default() } else { file };
        let mut reader = Reader::default();
        let mut number = 0;
        for record in records(bytes) {
            number += 1;
            if record.first() == Some(&b':') {
                return Ok(reader.finish());
            }
            reader.record(record).map_err(|why| format!("record {number}: {why}"))?;
        }
        Err(format!("no end record (`:`) after {number} records: not object code, or cut off"))
    }
}

fn short(name: &str) -> String {
    name.chars().take(NAME).collect()
}

/// The records: lines if there are line ends, else pieces of 80 bytes.
fn records(bytes: &[u8]) -> Vec<&[u8]> {
    if bytes.first() != Some(&1) && bytes.contains(&b'\n') {
        let text = bytes.split(|&b| b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        return text.filter(|line| !line.is_empty()).collect();
    }
    bytes.chunks(RECORD).collect()
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    module: Module,
    compressed: bool,
    at: Option<(Base, u16)>,
    words: Words,
    order: Vec<(Base, u16)>,
}

impl Reader {
    fn record(&mut self, record: &[u8]) -> Result<(), String> {
        let mut rest = record;
        let mut sum = 0u16;
        while let Some((&tag, tail)) = rest.split_first() {
            if tag == 1 {
                self.compressed = true;
            }
            let tag = if tag == 1 { '0' } else { char::from(tag) };
            if tag == 'F' {
                return Ok(());
            }
            let (field, tail) = self.field(tag, tail)?;
            let width = match tag {
                '0' | 'I' => 8,
                '3'..='6' | 'G' | 'H' => NAME,
                _ => 0,
            };
            let name = tail
                .get(..width)
                .ok_or_else(|| format!("tag {}: the name is cut off", tag.escape_default()))?;
            let name = String::from_utf8_lossy(name).trim_end().to_string();
            let whole = rest.len() - tail.len() + width;
            if tag == '7' {
                let expected = sum.wrapping_add(u16::from(b'7')).wrapping_neg();
                if expected != field {
                    return Err(format!("checksum is {field:04X}, the record's sum says {expected:04X}"));
                }
            }
            sum = rest[..whole].iter().fold(sum, |sum, &c| sum.wrapping_add(u16::from(c)));
            self.item(tag, field, name)?;
            rest = &rest[whole..];
        }
        Err("no end of record (F)".into())
    }

    /// The field behind a tag, and what follows it.
    fn field<'a>(&self, tag: char, tail: &'a [u8]) -> Result<(u16, &'a [u8]), String> {
        let cut = || format!("tag {}: the field is cut off", tag.escape_default());
        if self.compressed {
            let (field, tail) = tail.split_first_chunk::<2>().ok_or_else(cut)?;
            return Ok((u16::from_be_bytes(*field), tail));
        }
        let (digits, tail) = tail.split_first_chunk::<4>().ok_or_else(cut)?;
        let digits = String::from_utf8_lossy(digits).into_owned();
        let field = u16::from_str_radix(&digits, 16)
            .map_err(|_| format!("tag {}: `{digits}` are not hexadecimal digits", tag.escape_default()))?;
        Ok((field, tail))
    }

    fn item(&mut self, tag: char, field: u16, name: String) -> Result<(), String> {
        let value = |relocatable: bool| Value {
            word: field,
            base: if relocatable { Base::Program } else { Base::Absolute },
            bank: None,
        };
        match tag {
            '0' => {
                self.module.length = field;
                self.module.name = name;
                self.at = Some((Base::Program, 0));
            }
            '1' | '2' => self.module.entry = Some(value(tag == '2')),
            '3' | '4' => self.chain(value(tag == '3'), name)?,
            '5' | '6' => self.module.defs.push((name, value(tag == '5'))),
            '9' | 'A' => self.at = Some((value(tag == 'A').base, field)),
            'B' | 'C' => {
                let Some((base, at)) = self.at else { return Err("a word before the program's name".into()) };
                self.words.insert((base, at), (field, value(tag == 'C').base));
                self.order.push((base, at));
                self.at = Some((base, at.wrapping_add(2)));
            }
            // Checksums, symbol tables for the debugger, the program's name once more.
            '7' | '8' | 'G' | 'H' | 'I' => {}
            _ => return Err(format!("unknown tag `{}`", tag.escape_default())),
        }
        Ok(())
    }

    /// Follows the chain of an external name's uses.
    fn chain(&mut self, last: Value, name: String) -> Result<(), String> {
        let number = Base::External(self.module.externals.len() as u16);
        self.module.externals.push(name);
        let mut link = (last.word, last.base);
        while link != (0, Base::Absolute) {
            let place = (link.1, link.0);
            let Some(word) = self.words.get_mut(&place) else {
                return Err(format!("a chain of uses leads to >{:04X}, where nothing is", link.0));
            };
            if matches!(word.1, Base::External(_)) {
                return Err("a chain of uses leads back to itself".into());
            }
            link = std::mem::replace(word, (0, number));
        }
        Ok(())
    }

    fn finish(mut self) -> Module {
        // Room without bytes belongs to the module too.
        if self.module.length > 0 {
            self.module.reserve(None, Base::Program, 0, self.module.length);
        }
        for (base, at) in std::mem::take(&mut self.order) {
            if let Some((word, kind)) = self.words.remove(&(base, at)) {
                let open = [(0, kind)];
                let open = if kind == Base::Absolute { &open[..0] } else { &open[..] };
                self.module.put(None, base, at, &word.to_be_bytes(), open);
            }
        }
        self.module
    }
}
