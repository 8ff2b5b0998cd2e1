// SPDX-License-Identifier: MIT OR Apache-2.0
//! The assembler: symbols, passes, labels, directives. Instructions are encoded in `emit`.
//!
//! How long an address is depends on its value, so that one pass can't place the labels. The first pass expands
//! macros, conditionals and files (`source`) and assembles with unknown symbols as 0; then passes follow until no
//! symbol changes. Errors are those of the last pass.

use super::Files;
use super::expression::{Cursor, Scope, expression};
use super::line::{self, Fields, Style};
use crate::diag::{Diagnostic, Fault, Severity};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Bytes that a GROM's address space has; real GROMs hold the first >1800 of them.
pub(super) const SLOT: u32 = 0x2000;
/// More passes than any sensible program needs: then the symbols never settle.
const MOST_PASSES: usize = 32;

/// How to assemble.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Address where code starts without GROM and AORG.
    pub origin: u16,
    /// Where operand fields end.
    pub style: Style,
    /// Symbols in capitals from the command line.
    pub defines: Vec<(String, u16)>,
}

/// One line of the listing: its place, its text and the bytes it made at an address.
#[derive(Clone, Debug)]
pub struct Listed {
    /// File and line from 1.
    pub place: (Rc<str>, usize),
    /// The line.
    pub text: String,
    /// Address of the first byte.
    pub address: u16,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    /// Contents by GROM number (0 to 7): bytes by offset, `None` where nothing was placed.
    pub groms: BTreeMap<u8, Vec<Option<u8>>>,
    /// All symbols of the sources with their values, by name.
    pub symbols: BTreeMap<String, u16>,
    /// Address that END names.
    pub entry: Option<u16>,
    /// What TITLE says.
    pub title: Option<String>,
    /// Warnings, in the order of the sources.
    pub warnings: Vec<Diagnostic>,
    /// The listing.
    pub listing: Vec<Listed>,
}

/// A line to be assembled in each pass.
pub(super) struct Statement {
    pub(super) file: Rc<str>,
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) fields: Fields,
}

#[derive(Clone, Copy)]
struct Symbol {
    value: u16,
    /// Index of the statement that defines it.
    definer: usize,
}

/// Scratchpad cells that every GPL program may name (GPL Programmer's Guide; names of the Ryte Data and RAG
/// assemblers).
const PREDEFINED: &[(&str, u16)] = &[
    ("ARG", 0x835C),
    ("CB", 0x837D),
    ("DATSTK", 0x8372),
    ("ERCODE", 0x8354),
    ("EXP", 0x8376),
    ("FAC", 0x834A),
    ("FPERAD", 0x836C),
    ("JOYX", 0x8377),
    ("JOYY", 0x8376),
    ("KEY", 0x8375),
    ("KEYBRD", 0x8374),
    ("MAXMEM", 0x8370),
    ("MOTION", 0x837A),
    ("RANDOM", 0x8378),
    ("SGN", 0x8375),
    ("STATUS", 0x837C),
    ("SUBSTK", 0x8373),
    ("TIMER", 0x8379),
    ("VDPSTT", 0x837B),
    ("VPAB", 0x8356),
    ("VSPTR", 0x836E),
    ("VSTACK", 0x836E),
    ("XPT", 0x837F),
    ("YPT", 0x837E),
];

/// The state of an assembly.
pub(super) struct Assembler<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) options: &'a Options,
    pub(super) statements: Vec<Rc<Statement>>,
    symbols: BTreeMap<String, Symbol>,
    /// Addresses of local labels by name and statement.
    locals: BTreeMap<String, BTreeMap<usize, u16>>,
    /// 0 while sources are read.
    pass: usize,
    changed: bool,
    /// Index of the current statement.
    pub(super) index: usize,
    /// Where the next byte goes.
    pub(super) here: u32,
    grom: u8,
    pending: Option<(usize, String)>,
    pub(super) in_fmt: bool,
    /// Addresses of the bodies of the FMT loops that are open.
    pub(super) loops: Vec<u16>,
    out: Assembly,
    pub(super) problems: Vec<Diagnostic>,
}

/// The symbols as an expression sees them.
pub(super) struct View<'a, 'b> {
    assembler: &'a Assembler<'b>,
    lenient: bool,
}

impl Scope for View<'_, '_> {
    fn symbol(&self, name: &str) -> Option<u16> {
        self.assembler.value(name)
    }

    fn local(&self, name: &str, distance: i32) -> Option<u16> {
        let targets = self.assembler.locals.get(name)?;
        let index = self.assembler.index;
        let nth = usize::try_from(distance.unsigned_abs()).ok()?.checked_sub(1)?;
        if distance > 0 {
            targets.range(index + 1..).nth(nth).map(|(_, &at)| at)
        } else {
            targets.range(..index).rev().nth(nth).map(|(_, &at)| at)
        }
    }

    fn here(&self) -> u16 {
        self.assembler.here as u16
    }

    fn lenient(&self) -> bool {
        self.lenient
    }
}

/// Assembles the file `name` and all that it copies.
///
/// # Errors
/// All errors found, with the warnings before them; there is at least one error.
pub fn assemble(files: &dyn Files, name: &str, options: &Options) -> Result<Assembly, Vec<Diagnostic>> {
    let mut assembler = Assembler::new(files, options);
    assembler.start_pass();
    assembler.read(name);
    let unread = std::mem::take(&mut assembler.problems);
    // Syntax errors of statements come back in the next pass; those of the reading don't.
    let mut problems = unread;
    loop {
        assembler.pass += 1;
        assembler.start_pass();
        for index in 0..assembler.statements.len() {
            let statement = Rc::clone(&assembler.statements[index]);
            assembler.index = index;
            if let Err(fault) = assembler.statement(&statement) {
                assembler.report(&statement, Severity::Error, fault);
            }
        }
        assembler.end_pass();
        if !assembler.changed {
            break;
        }
        if assembler.pass == MOST_PASSES {
            let last = assembler.statements.last().map(Rc::clone);
            if let Some(last) = last {
                let fault =
                    Fault::new(0..0, "the symbols don't settle: an address depends on its own length");
                assembler.report(&last, Severity::Error, fault);
            }
            break;
        }
    }
    problems.append(&mut assembler.problems);
    if problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(problems);
    }
    let symbols = assembler.symbols.iter().map(|(name, s)| (name.clone(), s.value)).collect();
    Ok(Assembly { symbols, warnings: problems, ..assembler.out })
}

impl<'a> Assembler<'a> {
    fn new(files: &'a dyn Files, options: &'a Options) -> Self {
        Self {
            files,
            options,
            statements: Vec::new(),
            symbols: BTreeMap::new(),
            locals: BTreeMap::new(),
            pass: 0,
            changed: false,
            index: 0,
            here: 0,
            grom: 0,
            pending: None,
            in_fmt: false,
            loops: Vec::new(),
            out: Assembly::default(),
            problems: Vec::new(),
        }
    }

    fn start_pass(&mut self) {
        self.changed = false;
        self.here = u32::from(self.options.origin);
        self.grom = (self.options.origin >> 13) as u8;
        self.pending = None;
        self.in_fmt = false;
        self.loops.clear();
        self.out = Assembly::default();
        self.problems.clear();
    }

    fn end_pass(&mut self) {
        let Some(last) = self.statements.last().map(Rc::clone) else { return };
        let open = if !self.loops.is_empty() { "a FOR" } else { "an FMT" };
        if self.in_fmt {
            let fault =
                Fault::new(last.fields.mnemonic_at.clone(), format!("the source ends inside {open} block"));
            self.report(&last, Severity::Warning, fault.help("close it with FEND"));
        }
        if let Some((_, label)) = self.pending.take()
            && let Err(fault) = self.define(&label, self.here as u16, 0..0)
        {
            self.report(&last, Severity::Error, fault);
        }
    }

    pub(super) fn report(&mut self, statement: &Statement, severity: Severity, fault: Fault) {
        let Statement { file, line, text, .. } = statement;
        let (file, line, text) = (file.to_string(), *line, text.clone());
        self.problems.push(Diagnostic { severity, file, line, text, fault });
    }

    /// Reports a warning about the statement; in the first pass values are not yet known, so it says nothing.
    pub(super) fn warn(&mut self, statement: &Statement, fault: Fault) {
        if self.pass > 0 {
            self.report(statement, Severity::Warning, fault);
        }
    }

    /// The value of a symbol in capitals: of the sources, of the command line, or predefined.
    pub(super) fn value(&self, name: &str) -> Option<u16> {
        let defined = self.symbols.get(name).map(|symbol| symbol.value);
        defined
            .or_else(|| self.options.defines.iter().rev().find(|(n, _)| n == name).map(|d| d.1))
            .or_else(|| PREDEFINED.iter().find(|(n, _)| *n == name).map(|d| d.1))
    }

    /// The symbols for the operands of a statement.
    pub(super) fn scope(&self) -> View<'_, 'a> {
        View { assembler: self, lenient: self.pass == 0 }
    }

    /// The symbols for what must be known while sources are read.
    pub(super) fn strict_scope(&self) -> View<'_, 'a> {
        View { assembler: self, lenient: false }
    }

    pub(super) fn is_first_pass(&self) -> bool {
        self.pass == 0
    }

    /// Assembles one statement.
    pub(super) fn statement(&mut self, statement: &Statement) -> Result<(), Fault> {
        let fields = &statement.fields;
        let mut label = statement.text[fields.label.clone()].to_uppercase();
        if label.ends_with(':') {
            label.pop();
            if fields.mnemonic.is_empty() {
                self.flush_pending()?;
                self.pending = Some((self.index, label));
                return Ok(());
            }
        }
        if label.is_empty() {
            label = self.pending.take().map_or(label, |(_, pending)| pending);
        } else {
            self.flush_pending()?;
        }
        let operands = line::operands(&statement.text, fields.operands.clone());
        if matches!(fields.mnemonic.as_str(), "EQU" | "GROM" | "AORG") {
            return self.placing(statement, &label, &operands);
        }
        if !label.is_empty() {
            self.define(&label, self.here as u16, fields.label.clone())?;
        }
        let start = self.here;
        let listed = self.out.listing.len();
        let result = self.body(statement, &operands);
        if self.out.listing.len() == listed {
            self.list(statement, start as u16, &[]);
        }
        result
    }

    /// A label alone in its line belongs to the next statement, unless that has one of its own.
    fn flush_pending(&mut self) -> Result<(), Fault> {
        match self.pending.take() {
            Some((_, pending)) => self.define(&pending, self.here as u16, 0..0),
            None => Ok(()),
        }
    }

    /// Directives whose label is not simply the current address.
    fn placing(
        &mut self,
        statement: &Statement,
        label: &str,
        operands: &[Range<usize>],
    ) -> Result<(), Fault> {
        let fields = &statement.fields;
        let [operand] = self.exactly(statement, operands)?;
        let value = self.word(statement, operand.clone())?;
        match fields.mnemonic.as_str() {
            "EQU" => {
                if label.is_empty() {
                    return Err(Fault::new(fields.mnemonic_at.clone(), "EQU needs a label"));
                }
                self.define(label, value, fields.label.clone())?;
                self.list(statement, value, &[]);
                return Ok(());
            }
            "GROM" => {
                // A number of 0 to 7, or an address inside the GROM.
                self.grom = if value < 8 { value as u8 } else { (value >> 13) as u8 };
                self.here = u32::from(self.grom) * SLOT;
            }
            _ => {
                if u32::from(value) >= SLOT {
                    let message = format!("AORG >{value:04X} is not inside a GROM");
                    return Err(Fault::new(operand, message).help(
                        "AORG counts from the start of the GROM: >0000 to >1FFF; choose the GROM with GROM",
                    ));
                }
                self.here = u32::from(self.grom) * SLOT + u32::from(value);
            }
        }
        if !label.is_empty() {
            self.define(label, self.here as u16, fields.label.clone())?;
        }
        self.list(statement, self.here as u16, &[]);
        Ok(())
    }

    /// Gives a label or local label its value.
    pub(super) fn define(&mut self, label: &str, value: u16, span: Range<usize>) -> Result<(), Fault> {
        if let Some(local) = label.strip_prefix('!') {
            let places = self.locals.entry(local.to_string()).or_default();
            self.changed |= places.insert(self.index, value) != Some(value);
            return Ok(());
        }
        let start = label.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if !start || label.contains(|c| "-+*/&|^~()#\"'!,;:<>=@%".contains(c)) {
            return Err(Fault::new(span, format!("`{label}` is not a name"))
                .help("names start with a letter or _ and hold no operators"));
        }
        let definer = self.index;
        match self.symbols.get(label) {
            Some(old) if old.definer != definer => {
                let first = &self.statements[old.definer];
                let message = format!("`{label}` is already defined in {}:{}", first.file, first.line);
                return Err(Fault::new(span, message));
            }
            Some(old) => self.changed |= old.value != value,
            None => self.changed = true,
        }
        self.symbols.insert(label.to_string(), Symbol { value, definer });
        Ok(())
    }

    /// Puts bytes at the current address.
    pub(super) fn emit(&mut self, statement: &Statement, bytes: &[u8]) -> Result<(), Fault> {
        let base = u32::from(self.grom) * SLOT;
        let start = self.here;
        self.here += bytes.len() as u32;
        self.list(statement, start as u16, bytes);
        if self.here > base + SLOT && !self.is_first_pass() {
            let message = format!("GROM {} is full: this line ends at >{:04X}", self.grom, self.here - 1);
            return Err(Fault::new(statement.fields.mnemonic_at.clone(), message)
                .help("GROM addresses wrap at 8 KiB: go on in the next GROM with a GROM directive"));
        }
        let slot = self.out.groms.entry(self.grom).or_insert_with(|| vec![None; SLOT as usize]);
        for (i, &byte) in bytes.iter().enumerate() {
            if let Some(cell) = slot.get_mut((start - base) as usize + i) {
                *cell = Some(byte);
            }
        }
        Ok(())
    }

    fn list(&mut self, statement: &Statement, address: u16, bytes: &[u8]) {
        let place = (Rc::clone(&statement.file), statement.line);
        self.out.listing.push(Listed { place, text: statement.text.clone(), address, bytes: bytes.to_vec() });
    }

    pub(super) fn set_entry(&mut self, entry: u16) {
        self.out.entry = Some(entry);
    }

    pub(super) fn set_title(&mut self, title: String) {
        self.out.title = Some(title);
    }

    /// The operands if there are so many.
    pub(super) fn exactly<const N: usize>(
        &self,
        statement: &Statement,
        operands: &[Range<usize>],
    ) -> Result<[Range<usize>; N], Fault> {
        <[Range<usize>; N]>::try_from(operands.to_vec()).map_err(|_| {
            let Fields { mnemonic, operands: field, mnemonic_at, .. } = &statement.fields;
            let span = if operands.is_empty() { mnemonic_at.clone() } else { field.clone() };
            let plural = if N == 1 { "" } else { "s" };
            Fault::new(span, format!("{mnemonic} takes {N} operand{plural}, found {}", operands.len()))
        })
    }

    /// The value of an expression that fills an operand.
    pub(super) fn word(&self, statement: &Statement, operand: Range<usize>) -> Result<u16, Fault> {
        let mut cursor = Cursor::new(&statement.text, operand);
        let value = expression(&mut cursor, &self.scope())?;
        cursor.finish()?;
        Ok(value)
    }
}
