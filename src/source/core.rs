// SPDX-License-Identifier: MIT OR Apache-2.0
//! What every assembler needs: statements, symbols, passes, problems; and the driver of the passes.
//!
//! An address may depend on what comes behind it, so that one pass can't place the labels. The first pass reads the
//! sources (`reader`) and assembles with unknown symbols as 0; then passes follow until no symbol changes. Errors
//! are those of the last pass.

use super::Files;
use super::expression::{Cursor, Scope, Value, expression};
use super::line::{self, Dialect, Fields};
use super::reader;
use super::symbols::{Symbol, Symbols};
use crate::diag::{Diagnostic, Fault, Severity};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// More passes than any sensible program needs: then the symbols never settle.
const MOST_PASSES: usize = 32;

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

/// A line to be assembled in each pass.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) file: Rc<str>,
    pub(crate) line: usize,
    pub(crate) text: Rc<str>,
    pub(crate) fields: Fields,
}

impl Statement {
    /// The operands if there are so many.
    pub(crate) fn exactly<const N: usize>(
        &self,
        operands: &[Range<usize>],
    ) -> Result<[Range<usize>; N], Fault> {
        <[Range<usize>; N]>::try_from(operands.to_vec()).map_err(|_| {
            let Fields { mnemonic, operands: field, mnemonic_at, .. } = &self.fields;
            let span = if operands.is_empty() { mnemonic_at.clone() } else { field.clone() };
            let plural = if N == 1 { "" } else { "s" };
            Fault::new(span, format!("{mnemonic} takes {N} operand{plural}, found {}", operands.len()))
        })
    }

    /// STRI's bytes: the text with its length before it.
    pub(crate) fn counted(&self, mut bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let length = u8::try_from(bytes.len()).map_err(|_| {
            let message = format!("the text has {} characters, a string at most 255", bytes.len());
            Fault::new(self.fields.operands.clone(), message)
        })?;
        bytes.insert(0, length);
        Ok(bytes)
    }
}

/// The state that all assemblers have.
pub(crate) struct Core<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) dialect: Dialect,
    pub(crate) statements: Vec<Rc<Statement>>,
    pub(crate) symbols: Symbols,
    /// Symbols from outside, in capitals; and those the assembler knows.
    given: BTreeMap<String, u16>,
    pub(crate) predefined: &'static [(&'static str, u16)],
    /// 0 while sources are read.
    pub(crate) pass: usize,
    /// Index of the current statement.
    pub(crate) index: usize,
    /// A label alone in its line, with a colon: it belongs to the next statement, unless that has one of its own.
    pub(crate) pending: Option<String>,
    pub(crate) problems: Vec<Diagnostic>,
    /// Whether all passes are like the first: unknown symbols are 0, and values are not judged.
    pub(crate) tolerant: bool,
}

impl<'a> Core<'a> {
    pub(crate) fn new(files: &'a dyn Files, dialect: Dialect, given: &[(String, u16)]) -> Self {
        Self {
            files,
            dialect,
            statements: Vec::new(),
            symbols: Symbols::default(),
            given: given.iter().cloned().collect(),
            predefined: &[],
            pass: 0,
            index: 0,
            pending: None,
            problems: Vec::new(),
            tolerant: false,
        }
    }

    /// Whether values may be unknown yet.
    pub(crate) fn is_first_pass(&self) -> bool {
        self.pass == 0 || self.tolerant
    }

    pub(crate) fn report(&mut self, statement: &Statement, severity: Severity, fault: Fault) {
        let Statement { file, line, text, .. } = statement;
        let (file, line, text) = (file.to_string(), *line, text.to_string());
        self.problems.push(Diagnostic { severity, file, line, text, fault });
    }

    /// Reports a warning about the statement; in the first pass values are not yet known, so it says nothing.
    pub(crate) fn warn(&mut self, statement: &Statement, fault: Fault) {
        if !self.is_first_pass() {
            self.report(statement, Severity::Warning, fault);
        }
    }

    /// The value of a symbol in capitals: of the sources, of the command line, or predefined.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        if let Some(symbol) = self.symbols.get(name) {
            symbol.used.set(true);
            return Some(symbol.value);
        }
        let known = || self.predefined.iter().find(|(n, _)| *n == name).map(|d| d.1);
        self.given.get(name).copied().or_else(known).map(Value::from)
    }

    /// The symbols for the operands of a statement.
    pub(crate) fn scope(&self, here: Value) -> View<'_, 'a> {
        View { core: self, here, lenient: self.is_first_pass() }
    }

    /// The symbols for what must be known while sources are read.
    pub(crate) fn strict_scope(&self, here: Value) -> View<'_, 'a> {
        View { core: self, here, lenient: false }
    }

    /// The label of a statement (empty if it has none), or `None` if the statement is a label that waits for the next.
    pub(crate) fn label(&mut self, statement: &Statement, here: Value) -> Result<Option<String>, Fault> {
        let fields = &statement.fields;
        let mut label = statement.text[fields.label.clone()].to_uppercase();
        let colon = label.ends_with(':');
        if colon {
            label.pop();
        }
        if label.is_empty() {
            return Ok(Some(self.pending.take().unwrap_or_default()));
        }
        self.define_pending(here)?;
        if colon && fields.mnemonic.is_empty() {
            self.pending = Some(label);
            return Ok(None);
        }
        Ok(Some(label))
    }

    /// Defines a label that waits.
    pub(crate) fn define_pending(&mut self, here: Value) -> Result<(), Fault> {
        match self.pending.take() {
            Some(pending) => self.define(&pending, here, 0..0),
            None => Ok(()),
        }
    }

    /// Gives a label or local label its value.
    pub(crate) fn define(&mut self, label: &str, value: Value, span: Range<usize>) -> Result<(), Fault> {
        if let Some(local) = label.strip_prefix('!') {
            self.symbols.define_local(local, value, self.index);
            return Ok(());
        }
        self.named(label, value, span, false)
    }

    /// EQU's: a name for a value. Headers that are copied twice may say the same again.
    pub(crate) fn equate(&mut self, label: &str, value: Value, span: Range<usize>) -> Result<(), Fault> {
        self.named(label, value, span, true)
    }

    fn named(&mut self, name: &str, value: Value, span: Range<usize>, again: bool) -> Result<(), Fault> {
        check_name(name, span.clone())?;
        self.symbols.define(name, value, self.index, again).map_err(|definer| {
            let first = &self.statements[definer];
            Fault::new(span, format!("`{name}` is already defined in {}:{}", first.file, first.line))
        })
    }

    /// Warnings about symbols that nothing uses, in the order of the sources. `#` is in names that an assembler makes.
    pub(crate) fn unused(&self) -> Vec<Diagnostic> {
        let unused = |(name, symbol): &(&String, &Symbol)| !symbol.used.get() && !name.contains('#');
        let mut idle: Vec<_> = self.symbols.iter().filter(unused).collect();
        idle.sort_by_key(|(_, symbol)| symbol.definer);
        let warning = |(name, symbol): (&String, &Symbol)| {
            let Statement { file, line, text, fields } = &**self.statements.get(symbol.definer)?;
            let fault = Fault::new(fields.label.clone(), format!("`{name}` is never used"));
            let (file, text) = (file.to_string(), text.to_string());
            Some(Diagnostic { severity: Severity::Warning, file, line: *line, text, fault })
        };
        idle.into_iter().filter_map(warning).collect()
    }

    /// .PRINT's: texts and values as a note.
    fn print(&mut self, statement: &Statement, here: Value) -> Result<(), Fault> {
        let mut shown = Vec::new();
        for span in line::operands(&statement.text, statement.fields.operands.clone()) {
            let mut cursor = Cursor::new(&statement.text, span);
            shown.push(match cursor.quoted() {
                Some(text) => text,
                None => expression(&mut cursor, &self.scope(here))?.word.to_string(),
            });
            cursor.finish()?;
        }
        let fault = Fault::new(statement.fields.mnemonic_at.clone(), shown.join(" "));
        self.report(statement, Severity::Note, fault);
        Ok(())
    }
}

/// Refuses what can't be the name of a symbol.
pub(crate) fn check_name(label: &str, span: Range<usize>) -> Result<(), Fault> {
    let start = label.chars().next().is_none_or(|c| c.is_ascii_digit() || c == '$');
    if start || label.contains(|c| "-+*/&|^~()#\"'!,;:<>=@%".contains(c)) {
        return Err(Fault::new(span, format!("`{label}` is not a name"))
            .help("names start with a letter and hold no operators"));
    }
    Ok(())
}

/// The symbols as an expression sees them.
pub(crate) struct View<'a, 'b> {
    core: &'a Core<'b>,
    here: Value,
    lenient: bool,
}

impl Scope for View<'_, '_> {
    fn symbol(&self, name: &str) -> Option<Value> {
        self.core.value(name)
    }

    fn local(&self, name: &str, distance: i32) -> Option<Value> {
        self.core.symbols.local(name, distance, self.core.index)
    }

    fn here(&self) -> Value {
        self.here
    }

    fn lenient(&self) -> bool {
        self.lenient
    }

    fn precedence(&self) -> bool {
        self.core.dialect.precedence
    }

    fn similar(&self, name: &str) -> Option<String> {
        let near = |known: &&String| one_apart(known, name);
        self.core.symbols.iter().map(|(known, _)| known).find(near).cloned()
    }
}

/// Whether two names differ by one letter more, less, or other, or by two neighbours in the wrong order.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > 1 || a.len().min(b.len()) < 3 {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[same..], &b[same..]);
    match x.len().cmp(&y.len()) {
        std::cmp::Ordering::Greater => &x[1..] == y,
        std::cmp::Ordering::Less => x == &y[1..],
        std::cmp::Ordering::Equal => {
            x.get(1..) == y.get(1..) || (x.len() >= 2 && x[0] == y[1] && x[1] == y[0] && x[2..] == y[2..])
        }
    }
}

/// An assembler.
pub(crate) trait Program<'a> {
    fn core(&self) -> &Core<'a>;
    fn core_mut(&mut self) -> &mut Core<'a>;
    /// Forgets all but the symbols.
    fn start_pass(&mut self);
    /// Assembles one statement.
    ///
    /// # Errors
    /// What is wrong with it.
    fn statement(&mut self, statement: &Statement) -> Result<(), Fault>;
    /// Looks at what may be open at the end of the sources.
    fn end_pass(&mut self);
    /// The address of the next byte.
    fn here(&self) -> Value;
}

/// Reads the sources and assembles them until the symbols settle. Returns all errors and warnings.
pub(crate) fn run<'a>(program: &mut impl Program<'a>, names: &[&str]) -> Vec<Diagnostic> {
    program.start_pass();
    reader::read(program, names);
    program.end_pass();
    // Errors of statements come back in the next pass; those of the reading don't.
    let mut problems = std::mem::take(&mut program.core_mut().problems);
    problems.retain(|p| p.severity == Severity::Error);
    let reading = problems;
    loop {
        let core = program.core_mut();
        core.pass += 1;
        core.symbols.changed = false;
        core.problems.clear();
        core.pending = None;
        let statements = core.statements.len();
        program.start_pass();
        for index in 0..statements {
            let core = program.core_mut();
            core.index = index;
            let statement = Rc::clone(&core.statements[index]);
            let here = program.here();
            let done = match statement.fields.mnemonic.as_str() {
                ".PRINT" => program.core_mut().print(&statement, here),
                _ => program.statement(&statement),
            };
            if let Err(fault) = done {
                program.core_mut().report(&statement, Severity::Error, fault);
            }
        }
        program.end_pass();
        let core = program.core_mut();
        if !core.symbols.changed {
            break;
        }
        if core.pass == MOST_PASSES {
            if let Some(last) = core.statements.last().map(Rc::clone) {
                let fault =
                    Fault::new(0..0, "the symbols don't settle: an address depends on its own length");
                core.report(&last, Severity::Error, fault);
            }
            break;
        }
    }
    let mut all = reading;
    all.append(&mut program.core_mut().problems);
    all
}
