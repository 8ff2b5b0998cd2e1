// SPDX-License-Identifier: MIT OR Apache-2.0
//! The assembler: location counters, segments, banks, constants that make themselves. Directives and instructions
//! are in `directives` and `encode`.
//!
//! The data segment and the common segments are placed behind the program segment, because neither binaries nor the
//! Editor/Assembler's loader know of them.

use super::encode::Clocks;
use super::module::{ALL, Module};
use crate::diag::{Diagnostic, Fault, Severity};
use crate::source::{Base, Core, Dialect, Files, Program, Statement, Style, Value, View};
use crate::source::{operands, run};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// How to assemble.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where operand fields end.
    pub style: Style,
    /// Whether `*` binds closer than `+`.
    pub precedence: bool,
    /// Symbols in capitals from the command line.
    pub defines: Vec<(String, u16)>,
    /// Whether references from one bank to another are errors; else they are warnings.
    pub strict_banks: bool,
    /// Whether to name symbols that nothing uses.
    pub unused: bool,
    /// Whether unknown symbols are 0 and values are not judged: for the symbols of programs that name each other.
    pub tolerant: bool,
}

/// One line of the listing.
#[derive(Clone, Debug)]
pub struct Line {
    /// File and line from 1.
    pub place: (Rc<str>, usize),
    /// The line.
    pub text: Rc<str>,
    /// Address of the first byte, where one applies.
    pub address: Option<u16>,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Offsets of words that are relocatable (or external: `true`).
    pub open: Vec<(u16, bool)>,
    /// Clocks of the instruction.
    pub clocks: Option<Clocks>,
}

/// What came out.
#[derive(Debug, Default)]
pub struct Assembly {
    pub(crate) module: Module,
    /// All symbols in order of their names: value, whether it is relocatable.
    pub symbols: BTreeMap<String, (u16, bool)>,
    /// Areas that SAVE names: first address and the one behind the last, where given.
    pub saves: Vec<(Option<u16>, Option<u16>)>,
    /// Warnings, in the order of the sources.
    pub warnings: Vec<Diagnostic>,
    /// The listing.
    pub listing: Vec<Line>,
}

/// A part of the program with a location counter of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    Absolute,
    Program,
    Data,
    Common(usize),
}

/// Where the next byte goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) bank: Option<u8>,
    pub(super) segment: Segment,
    pub(super) at: u16,
}

impl Place {
    const START: Self = Self { bank: None, segment: Segment::Program, at: 0 };

    pub(super) fn base(self) -> Base {
        if self.segment == Segment::Absolute { Base::Absolute } else { Base::Program }
    }
}

/// Names of the registers.
const REGISTERS: &[(&str, u16)] = &[
    ("R0", 0),
    ("R1", 1),
    ("R2", 2),
    ("R3", 3),
    ("R4", 4),
    ("R5", 5),
    ("R6", 6),
    ("R7", 7),
    ("R8", 8),
    ("R9", 9),
    ("R10", 10),
    ("R11", 11),
    ("R12", 12),
    ("R13", 13),
    ("R14", 14),
    ("R15", 15),
];

/// The state of an assembly.
pub(super) struct Assembler<'a> {
    pub(super) core: Core<'a>,
    pub(super) options: &'a Options,
    pub(super) place: Place,
    /// What XORG adds to the place for the value of labels.
    pub(super) shift: u16,
    /// How far the current item of DATA or BYTE is from the statement's start: `$` is its address.
    pub(super) item: u16,
    /// Whether DORG stopped the output.
    pub(super) dummy: bool,
    /// The first address behind all that was placed, by bank and segment.
    pub(super) ends: BTreeMap<(Option<u8>, Segment), u16>,
    /// Where the segments behind the program segment start, by the lengths of the last pass.
    pub(super) starts: BTreeMap<Segment, u16>,
    /// Where banks start whose directive has no address.
    pub(super) bank_start: u16,
    /// Names of common segments.
    pub(super) commons: Vec<String>,
    /// Extended operations that DXOP names.
    pub(super) extended: BTreeMap<String, u16>,
    /// Names that DEF exports: statement, operand.
    pub(super) exported: Vec<(Rc<Statement>, Range<usize>)>,
    /// Symbols by WEQU in this pass, which may change.
    pub(super) weak: BTreeSet<String>,
    /// Constants by bank that operands asked for in the last pass and in this one: whether a word, value.
    autos: BTreeSet<(Option<u8>, bool, u16)>,
    next_autos: BTreeSet<(Option<u8>, bool, u16)>,
    /// Labels of bytes and words in order, and where their content ends: what `S#` asks for.
    pub(super) sizes: BTreeMap<String, u16>,
    pub(super) sized: Option<(String, u16)>,
    pub(super) out: Assembly,
}

/// Assembles the files `names` one after the other, with all that they copy.
///
/// # Errors
/// All errors found, with the warnings; there is at least one error.
pub fn assemble(files: &dyn Files, names: &[&str], options: &Options) -> Result<Assembly, Vec<Diagnostic>> {
    let mut assembler = Assembler::new(files, options);
    let mut problems = run(&mut assembler, names);
    if problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(problems);
    }
    if options.unused {
        problems.extend(assembler.core.unused());
    }
    let mut out = assembler.out;
    let symbols = assembler.core.symbols.iter().filter(|(name, _)| !name.contains('#'));
    out.symbols =
        symbols.map(|(name, s)| (name.clone(), (s.value.word, s.value.base != Base::Absolute))).collect();
    Ok(Assembly { warnings: problems, ..out })
}

impl<'a> Program<'a> for Assembler<'a> {
    fn core(&self) -> &Core<'a> {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core<'a> {
        &mut self.core
    }

    fn here(&self) -> Value {
        let Place { bank, at, .. } = self.place;
        if self.dummy || self.shift != 0 {
            return Value { word: at.wrapping_add(self.shift), base: Base::Absolute, bank: None };
        }
        Value { word: at, base: self.place.base(), bank: bank.filter(|&bank| bank != ALL) }
    }

    fn start_pass(&mut self) {
        self.place = Place::START;
        self.shift = 0;
        self.dummy = false;
        self.bank_start = 0;
        self.ends.clear();
        self.extended.clear();
        self.exported.clear();
        self.weak.clear();
        self.sized = None;
        self.autos = std::mem::take(&mut self.next_autos);
        self.out = Assembly::default();
    }

    fn end_pass(&mut self) {
        let here = self.here();
        let Some(last) = self.core.statements.last().map(Rc::clone) else { return };
        if let Err(fault) = self.core.define_pending(here) {
            self.core.report(&last, Severity::Error, fault);
        }
        self.close_sized();
        self.core.symbols.changed |= self.autos != self.next_autos;
        self.place_segments();
        self.export();
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Fault> {
        let here = self.here();
        let Some(label) = self.core.label(statement, here)? else { return Ok(()) };
        self.item = 0;
        let lines = self.out.listing.len();
        let operands = operands(&statement.text, statement.fields.operands.clone());
        let result = self.body(statement, &label, &operands);
        if self.out.listing.len() == lines {
            self.list(statement, None, &[], &[], None);
        }
        result
    }
}

impl<'a> Assembler<'a> {
    fn new(files: &'a dyn Files, options: &'a Options) -> Self {
        let dialect = Dialect {
            style: options.style,
            aliases: super::directives::ALIASES,
            parameter: b'#',
            precedence: options.precedence,
        };
        let mut core = Core::new(files, dialect, &options.defines);
        core.predefined = REGISTERS;
        core.tolerant = options.tolerant;
        Self {
            core,
            options,
            place: Place::START,
            shift: 0,
            item: 0,
            dummy: false,
            ends: BTreeMap::new(),
            starts: BTreeMap::new(),
            bank_start: 0,
            commons: Vec::new(),
            extended: BTreeMap::new(),
            exported: Vec::new(),
            weak: BTreeSet::new(),
            autos: BTreeSet::new(),
            next_autos: BTreeSet::new(),
            sizes: BTreeMap::new(),
            sized: None,
            out: Assembly::default(),
        }
    }

    /// The symbols for the operands of a statement.
    pub(super) fn scope(&self) -> View<'_, 'a> {
        let here = self.here();
        self.core.scope(Value { word: here.word.wrapping_add(self.item), ..here })
    }

    /// Gives a statement's label the current address.
    pub(super) fn label(&mut self, statement: &Statement, label: &str) -> Result<(), Fault> {
        if label.is_empty() {
            return Ok(());
        }
        self.close_sized();
        self.sized = Some((label.to_string(), self.place.at));
        let here = self.here();
        self.core.define(label, here, statement.fields.label.clone())
    }

    /// Ends the content whose size `S#` may ask for.
    pub(super) fn close_sized(&mut self) {
        if let Some((name, start)) = self.sized.take() {
            self.sizes.insert(name, self.place.at.wrapping_sub(start));
        }
    }

    /// Words stand at even addresses.
    pub(super) fn align(&mut self) {
        self.align_with(false);
    }

    /// Goes on at an even address; the byte before it may be part of the program.
    pub(super) fn align_with(&mut self, keep: bool) {
        if self.place.at % 2 == 1 {
            self.close_sized();
            if keep && !self.dummy {
                self.out.module.reserve(self.place.bank, self.place.base(), self.place.at, 1);
            }
            self.advance(1);
        }
    }

    /// Moves the location counter over what was placed.
    pub(super) fn advance(&mut self, bytes: u16) {
        self.place.at = self.place.at.wrapping_add(bytes);
        let Place { bank, segment, at } = self.place;
        if !self.dummy {
            let end = self.ends.entry((bank, segment)).or_insert(at);
            *end = (*end).max(at);
        }
    }

    /// Puts bytes at the current address; `open` are the offsets of words that aren't final.
    pub(super) fn emit(
        &mut self,
        statement: &Statement,
        bytes: &[u8],
        open: &[(u16, Base)],
        clocks: Option<Clocks>,
    ) -> Result<(), Fault> {
        let at = statement.fields.mnemonic_at.clone();
        let Place { bank, at: start, .. } = self.place;
        if usize::from(start) + bytes.len() > 0x1_0000 && !self.core.is_first_pass() {
            return Err(Fault::new(at, "the program runs beyond address >FFFF"));
        }
        let here = self.here();
        self.list(statement, Some(here.word), bytes, open, clocks);
        if !self.dummy {
            self.out.module.put(bank, self.place.base(), start, bytes, open);
        }
        self.advance(bytes.len() as u16);
        Ok(())
    }

    pub(super) fn list(
        &mut self,
        statement: &Statement,
        address: Option<u16>,
        bytes: &[u8],
        open: &[(u16, Base)],
        clocks: Option<Clocks>,
    ) {
        if self.core.is_first_pass() {
            return;
        }
        let place = (Rc::clone(&statement.file), statement.line);
        let open = open.iter().map(|&(at, base)| (at, matches!(base, Base::External(_)))).collect();
        let text = Rc::clone(&statement.text);
        self.out.listing.push(Line { place, text, address, bytes: bytes.to_vec(), open, clocks });
    }

    /// The address of the constant that AUTO is to place.
    pub(super) fn auto(&mut self, byte: bool, value: u16, span: Range<usize>) -> Result<Value, Fault> {
        let bank = self.place.bank;
        self.next_autos.insert((bank, !byte, value));
        match self.core.value(&auto_name(bank, !byte, value)) {
            Some(address) => Ok(address),
            None if self.core.is_first_pass() => Ok(Value::default()),
            None => Err(Fault::new(span, "no AUTO says where this constant goes")
                .help("put AUTO where data of this bank may stand")),
        }
    }

    /// Places this bank's constants: bytes, then words.
    pub(super) fn place_autos(&mut self, statement: &Statement) -> Result<(), Fault> {
        let bank = self.place.bank;
        let all: Vec<_> = self.autos.union(&self.next_autos).copied().filter(|auto| auto.0 == bank).collect();
        for (_, word, value) in all {
            if word {
                self.align();
            }
            let here = self.here();
            let index = self.core.index;
            self.core.symbols.define(&auto_name(bank, word, value), here, index, false).map_err(|_| {
                let at = statement.fields.mnemonic_at.clone();
                Fault::new(at, "AUTO has placed the constants of this bank already")
            })?;
            let bytes = value.to_be_bytes();
            self.emit(statement, if word { &bytes } else { &bytes[1..] }, &[], None)?;
        }
        Ok(())
    }

    /// Refuses an address in another bank, or warns of it.
    pub(super) fn check_bank(
        &mut self,
        statement: &Statement,
        span: Range<usize>,
        value: Value,
    ) -> Result<(), Fault> {
        let (Some(own), Some(other)) = (self.place.bank, value.bank) else { return Ok(()) };
        if own == ALL || own == other || self.core.is_first_pass() {
            return Ok(());
        }
        let fault = Fault::new(span, format!("this address is in bank {other}, the code in bank {own}"))
            .help("switch banks in code that is in all of them; X# before the address says that it is meant");
        if self.options.strict_banks {
            return Err(fault);
        }
        self.core.warn(statement, fault);
        Ok(())
    }

    /// Puts the segments behind each other; where that differs from the last pass, another one must follow.
    fn place_segments(&mut self) {
        let mut end = self.ends.get(&(None, Segment::Program)).copied().unwrap_or(0);
        let commons = (0..self.commons.len()).map(Segment::Common);
        for segment in std::iter::once(Segment::Data).chain(commons) {
            let start = end.next_multiple_of(2);
            let before = self.starts.insert(segment, start);
            self.core.symbols.changed |=
                before.is_some_and(|before| before != start) || (before.is_none() && start != 0);
            let own = self.ends.get(&(None, segment)).map(|&end| end.wrapping_sub(before.unwrap_or(0)));
            if let Some(length) = own {
                end = start.wrapping_add(length);
            }
        }
        self.out.module.length = end;
    }

    /// Takes down what DEF exports.
    fn export(&mut self) {
        for (statement, span) in std::mem::take(&mut self.exported) {
            let name = statement.text[span.clone()].to_uppercase();
            match self.core.value(&name) {
                Some(value) => self.out.module.defs.push((name, value)),
                None => {
                    let fault = Fault::new(span, format!("DEF of the unknown symbol `{name}`"));
                    self.core.warn(&statement, fault.help("other modules will not find it"));
                }
            }
        }
    }
}

/// The symbol for a constant that makes itself; `#` keeps it apart from the sources' names.
fn auto_name(bank: Option<u8>, word: bool, value: u16) -> String {
    let kind = if word { 'W' } else { 'B' };
    let bank = bank.map_or_else(String::new, |bank| bank.to_string());
    format!("{kind}#{value:04X}#{bank}")
}
