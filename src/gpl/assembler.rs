// SPDX-License-Identifier: MIT OR Apache-2.0
//! The assembler: symbols, passes, labels, directives. Instructions are encoded in `emit`.
//!
//! How long an address is depends on its value: that is why the passes (`source`) repeat until no symbol changes.

use crate::diag::{Diagnostic, Fault, Severity};
use crate::source::{Core, Cursor, Dialect, Files, Listed, Program, Statement, Style, Value, View};
use crate::source::{expression, operands, run};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Bytes that a GROM's address space has; real GROMs hold the first >1800 of them.
pub(super) const SLOT: u32 = 0x2000;
/// How to assemble.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Address where code starts without GROM and AORG.
    pub origin: u16,
    /// Where operand fields end.
    pub style: Style,
    /// Whether `*` binds closer than `+`.
    pub precedence: bool,
    /// Whether to name symbols that nothing uses.
    pub unused: bool,
    /// Symbols in capitals from the command line.
    pub defines: Vec<(String, u16)>,
    /// Whether unknown symbols are 0 and values are not judged: for the symbols of programs that name each other.
    pub tolerant: bool,
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

/// Other assemblers' names of directives and instructions.
const ALIASES: &[(&str, &str)] = &[
    ("HMOVE", "HSTR"),
    ("ORG", "AORG"),
    ("TITL", "TITLE"),
    ("IDT", "TITLE"),
    ("HTEX", "HTEXT"),
    ("VTEX", "VTEXT"),
    ("HCHA", "HCHAR"),
    ("VCHA", "VCHAR"),
    ("SCRO", "BIAS"),
    ("CARR", "CARRY"),
    ("IO", "I/O"),
    ("IROW", "ROW+"),
    ("ICOL", "COL+"),
];

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
    pub(super) core: Core<'a>,
    options: &'a Options,
    /// Where the next byte goes.
    pub(super) here: u32,
    grom: u8,
    pub(super) in_fmt: bool,
    /// Addresses of the bodies of the FMT loops that are open.
    pub(super) loops: Vec<u16>,
    out: Assembly,
}

/// Assembles the files `names` one after the other, with all that they copy.
///
/// # Errors
/// All errors found, with the warnings before them; there is at least one error.
pub fn assemble(files: &dyn Files, names: &[&str], options: &Options) -> Result<Assembly, Vec<Diagnostic>> {
    let mut assembler = Assembler::new(files, options);
    let mut problems = run(&mut assembler, names);
    if problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(problems);
    }
    if options.unused {
        problems.extend(assembler.core.unused());
    }
    let symbols = assembler.core.symbols.iter().map(|(name, s)| (name.clone(), s.value.word)).collect();
    Ok(Assembly { symbols, warnings: problems, ..assembler.out })
}

impl<'a> Program<'a> for Assembler<'a> {
    fn core(&self) -> &Core<'a> {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core<'a> {
        &mut self.core
    }

    fn here(&self) -> Value {
        Value::from(self.here as u16)
    }

    fn start_pass(&mut self) {
        self.here = u32::from(self.options.origin);
        self.grom = (self.options.origin >> 13) as u8;
        self.in_fmt = false;
        self.loops.clear();
        self.out = Assembly::default();
    }

    fn end_pass(&mut self) {
        let Some(last) = self.core.statements.last().map(Rc::clone) else { return };
        let open = if !self.loops.is_empty() { "a FOR" } else { "an FMT" };
        if self.in_fmt {
            let fault =
                Fault::new(last.fields.mnemonic_at.clone(), format!("the source ends inside {open} block"));
            self.core.report(&last, Severity::Warning, fault.help("close it with FEND"));
        }
        let here = self.here();
        if let Err(fault) = self.core.define_pending(here) {
            self.core.report(&last, Severity::Error, fault);
        }
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Fault> {
        let fields = &statement.fields;
        let here = self.here();
        let Some(label) = self.core.label(statement, here)? else { return Ok(()) };
        let operands = operands(&statement.text, fields.operands.clone());
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
}

impl<'a> Assembler<'a> {
    fn new(files: &'a dyn Files, options: &'a Options) -> Self {
        let Options { style, precedence, .. } = *options;
        let dialect = Dialect { style, aliases: ALIASES, parameter: b'$', precedence };
        let mut core = Core::new(files, dialect, &options.defines);
        core.predefined = PREDEFINED;
        core.tolerant = options.tolerant;
        Self { core, options, here: 0, grom: 0, in_fmt: false, loops: Vec::new(), out: Assembly::default() }
    }

    /// The symbols for the operands of a statement.
    pub(super) fn scope(&self) -> View<'_, 'a> {
        self.core.scope(self.here())
    }

    pub(super) fn is_first_pass(&self) -> bool {
        self.core.is_first_pass()
    }

    pub(super) fn warn(&mut self, statement: &Statement, fault: Fault) {
        self.core.warn(statement, fault);
    }

    /// Gives a label its value.
    fn define(&mut self, label: &str, value: u16, span: Range<usize>) -> Result<(), Fault> {
        self.core.define(label, Value::from(value), span)
    }

    /// Directives whose label is not simply the current address.
    fn placing(
        &mut self,
        statement: &Statement,
        label: &str,
        operands: &[Range<usize>],
    ) -> Result<(), Fault> {
        let fields = &statement.fields;
        let [operand] = statement.exactly(operands)?;
        let value = self.word(statement, operand.clone())?;
        match fields.mnemonic.as_str() {
            "EQU" => {
                if label.is_empty() {
                    return Err(Fault::new(fields.mnemonic_at.clone(), "EQU needs a label"));
                }
                self.core.equate(label, Value::from(value), fields.label.clone())?;
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
        self.out.listing.push(Listed {
            place,
            text: statement.text.to_string(),
            address,
            bytes: bytes.to_vec(),
        });
    }

    pub(super) fn set_entry(&mut self, entry: u16) {
        self.out.entry = Some(entry);
    }

    pub(super) fn set_title(&mut self, title: String) {
        self.out.title = Some(title);
    }

    /// The value of an expression that fills an operand.
    pub(super) fn word(&self, statement: &Statement, operand: Range<usize>) -> Result<u16, Fault> {
        let mut cursor = Cursor::new(&statement.text, operand);
        let value = expression(&mut cursor, &self.scope())?;
        cursor.finish()?;
        Ok(value.word)
    }
}
