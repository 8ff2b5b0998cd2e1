// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading sources: files, macros, repetition, conditionals. What is left are statements.
//!
//! Statements are assembled as they are read (with unknown symbols as 0), because conditionals may ask for symbols
//! defined above them.

use super::core::{Program, Statement};
use super::expression::{Cursor, expression};
use super::line::{self, Fields, fill_in};
use crate::diag::{Fault, Severity};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Files and macros nested deeper than this call themselves.
const DEEPEST: usize = 100;
/// More lines than any program has: a repetition gone wild.
const MOST_LINES: usize = 1 << 18;

/// A line with its origin.
#[derive(Clone)]
struct Raw {
    file: Rc<str>,
    line: usize,
    text: Rc<str>,
}

/// Lines being read: a file's or a macro's.
struct Frame {
    lines: Rc<Vec<Raw>>,
    next: usize,
    /// How often the lines still come after this time.
    again: u16,
    /// Arguments if it is a macro.
    arguments: Option<Vec<String>>,
}

/// Lines being collected up to .ENDM or .ENDR.
struct Collected {
    /// The macro's name, or how often to repeat.
    purpose: Result<String, u16>,
    opened: Raw,
    lines: Vec<Raw>,
    /// Ends of the macros and repetitions inside it that are open.
    inner: Vec<&'static str>,
}

impl Collected {
    fn new(purpose: Result<String, u16>, opened: &Raw) -> Self {
        Self { purpose, opened: opened.clone(), lines: Vec::new(), inner: Vec::new() }
    }
}

/// A conditional: whether its lines count, whether the lines around it do, whether .ELSE was seen.
struct Branch {
    active: bool,
    around: bool,
    other: bool,
    opened: Raw,
}

/// Macros by name: what sources of one program have in common.
type Macros = BTreeMap<String, Rc<Vec<Raw>>>;

#[derive(Default)]
struct Reader {
    frames: Vec<Frame>,
    macros: Macros,
    collecting: Option<Collected>,
    branches: Vec<Branch>,
}

/// Reads the files with all that they copy, and assembles them for the first time.
pub(super) fn read<'a>(program: &mut impl Program<'a>, names: &[&str]) {
    let mut macros = Macros::new();
    for name in names {
        let mut reader = Reader { macros, ..Reader::default() };
        read_file(program, &mut reader, name);
        macros = reader.macros;
    }
}

fn read_file<'a>(program: &mut impl Program<'a>, reader: &mut Reader, name: &str) {
    let start = Raw { file: name.into(), line: 0, text: name.into() };
    let mut lines = 0;
    if let Err(fault) = open(program, reader, "", name, 0..0) {
        return complain(program, &start, fault);
    }
    while let Some(frame) = reader.frames.last_mut() {
        let Some(raw) = frame.lines.get(frame.next).cloned() else {
            if frame.again > 0 {
                frame.again -= 1;
                frame.next = 0;
            } else {
                let last = frame.lines.last().cloned();
                reader.frames.pop();
                // A label that waits doesn't wait for another file's statement.
                if let (Some(last), true) = (last, program.core().pending.is_some()) {
                    let nothing =
                        Fields { label: 0..0, mnemonic: String::new(), mnemonic_at: 0..0, operands: 0..0 };
                    add(program, &Raw { text: "".into(), ..last }, nothing);
                }
            }
            continue;
        };
        frame.next += 1;
        if let Err(fault) = raw_line(program, reader, &raw) {
            complain(program, &raw, fault);
        }
        // Counted as read: macros can also call each other without end and make no statement.
        lines += 1;
        if lines > MOST_LINES {
            return complain(program, &raw, Fault::new(0..0, format!("more than {MOST_LINES} lines")));
        }
    }
    if let Some(Collected { opened, purpose, .. }) = reader.collecting.take() {
        let end = if purpose.is_ok() { ".ENDM" } else { ".ENDR" };
        complain(program, &opened, Fault::new(0..opened.text.len(), format!("no {end} follows")));
    }
    for Branch { opened, .. } in reader.branches.drain(..) {
        complain(program, &opened, Fault::new(0..opened.text.len(), "no .ENDIF follows"));
    }
}

fn complain<'a>(program: &mut impl Program<'a>, raw: &Raw, fault: Fault) {
    let fields = Fields { label: 0..0, mnemonic: String::new(), mnemonic_at: 0..0, operands: 0..0 };
    let Raw { file, line, text } = raw.clone();
    program.core_mut().report(&Statement { file, line, text, fields }, Severity::Error, fault);
}

/// Starts reading a file.
fn open<'a>(
    program: &mut impl Program<'a>,
    reader: &mut Reader,
    from: &str,
    name: &str,
    span: Range<usize>,
) -> Result<(), Fault> {
    if reader.frames.len() >= DEEPEST {
        return Err(Fault::new(span, "files and macros nested too deep: does one call itself?"));
    }
    let (shown, bytes) = program.core().files.read(from, name).map_err(|why| Fault::new(span, why))?;
    let file: Rc<str> = shown.into();
    // What is not UTF-8 has a byte for each character, as old sources have.
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|old| old.into_bytes().iter().map(|&byte| char::from(byte)).collect());
    let lines = text.lines().enumerate().map(|(i, text)| Raw {
        file: Rc::clone(&file),
        line: i + 1,
        text: text.trim_end().into(),
    });
    reader.frames.push(Frame { lines: Rc::new(lines.collect()), next: 0, again: 0, arguments: None });
    Ok(())
}

fn raw_line<'a>(program: &mut impl Program<'a>, reader: &mut Reader, raw: &Raw) -> Result<(), Fault> {
    let dialect = program.core().dialect;
    let Some(fields) = line::split(&raw.text, &dialect) else { return Ok(()) };
    if reader.collecting.is_some() {
        return collect(reader, raw, &fields);
    }
    let active = reader.branches.last().is_none_or(|branch| branch.active);
    let mut raw = raw.clone();
    let mut fields = fields;
    let arguments = reader.frames.last().and_then(|frame| frame.arguments.as_deref());
    if let (true, Some(arguments)) = (active, arguments) {
        raw.text = fill_in(&raw.text, fields.operands.start, dialect.parameter, arguments).into();
        fields = line::split(&raw.text, &dialect).unwrap_or(fields);
    }
    if let Some(name) = fields.mnemonic.strip_prefix('.') {
        let name = name.to_string();
        return preprocess(program, reader, &raw, &fields, &name, active);
    }
    if !active {
        return Ok(());
    }
    let (mnemonic, operands) = (fields.mnemonic.clone(), fields.operands.clone());
    add(program, &raw, fields);
    match mnemonic.as_str() {
        "COPY" => {
            let name = file_name(&raw.text, operands.clone())?;
            open(program, reader, &raw.file, &name, operands)
        }
        "END" => {
            reader.frames.clear();
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Keeps a statement and assembles it for the first time; its errors are those of the next pass.
fn add<'a>(program: &mut impl Program<'a>, raw: &Raw, fields: Fields) {
    let Raw { file, line, text } = raw.clone();
    let statement = Rc::new(Statement { file, line, text, fields });
    let core = program.core_mut();
    core.index = core.statements.len();
    core.statements.push(Rc::clone(&statement));
    let known = core.problems.len();
    let _ = program.statement(&statement);
    program.core_mut().problems.truncate(known);
}

/// A directive that starts with a dot, or a macro's call.
fn preprocess<'a>(
    program: &mut impl Program<'a>,
    reader: &mut Reader,
    raw: &Raw,
    fields: &Fields,
    name: &str,
    active: bool,
) -> Result<(), Fault> {
    let at = fields.mnemonic_at.clone();
    let operands = line::operands(&raw.text, fields.operands.clone());
    match name {
        "ELSE" => match reader.branches.last_mut() {
            Some(branch) if !branch.other => {
                branch.other = true;
                branch.active = branch.around && !branch.active;
                return Ok(());
            }
            _ => return stray(&at, name),
        },
        "ENDIF" => return if reader.branches.pop().is_some() { Ok(()) } else { stray(&at, name) },
        _ if name.starts_with("IF") => {
            let holds = active && condition(program, raw, fields, name, &operands)?;
            reader.branches.push(Branch { active: holds, around: active, other: false, opened: raw.clone() });
            return Ok(());
        }
        _ if !active => return Ok(()),
        _ => {}
    }
    if !fields.label.is_empty() {
        let label = Fields { mnemonic: String::new(), operands: 0..0, ..fields.clone() };
        add(program, raw, label);
    }
    match name {
        "DEFM" => {
            let [macro_name] = exactly(&operands, &at, name)?;
            let macro_name = raw.text[macro_name].to_uppercase();
            if reader.macros.contains_key(&macro_name) {
                let message = format!("macro `{macro_name}` is already defined");
                return Err(Fault::new(fields.operands.clone(), message));
            }
            reader.collecting = Some(Collected::new(Ok(macro_name), raw));
            Ok(())
        }
        "REPT" => {
            let [count] = exactly(&operands, &at, name)?;
            let count = known(program, raw, count)?;
            reader.collecting = Some(Collected::new(Err(count), raw));
            Ok(())
        }
        "ENDM" | "ENDR" => stray(&at, name),
        // Its values are those of the last pass.
        "PRINT" => {
            let core = program.core_mut();
            let Raw { file, line, text } = raw.clone();
            let fields = Fields { label: 0..0, ..fields.clone() };
            core.statements.push(Rc::new(Statement { file, line, text, fields }));
            Ok(())
        }
        "ERROR" => {
            let text = operands.first().and_then(|o| Cursor::new(&raw.text, o.clone()).quoted());
            let text = text.filter(|text| !text.is_empty());
            Err(Fault::new(at, text.unwrap_or_else(|| ".ERROR reached".into())))
        }
        _ => call(reader, raw, name, &at, &operands),
    }
}

fn stray(at: &Range<usize>, name: &str) -> Result<(), Fault> {
    Err(Fault::new(at.clone(), format!(".{name} without its beginning")))
}

/// Starts reading a macro's lines.
fn call(
    reader: &mut Reader,
    raw: &Raw,
    name: &str,
    at: &Range<usize>,
    operands: &[Range<usize>],
) -> Result<(), Fault> {
    let Some(lines) = reader.macros.get(name).cloned() else {
        return Err(Fault::new(at.clone(), format!("unknown macro or directive `.{name}`"))
            .help("macros are defined before their first use, with .DEFM"));
    };
    if reader.frames.len() >= DEEPEST {
        return Err(Fault::new(at.clone(), "files and macros nested too deep: does one call itself?"));
    }
    let arguments = operands.iter().map(|o| raw.text[o.clone()].to_string()).collect();
    reader.frames.push(Frame { lines, next: 0, again: 0, arguments: Some(arguments) });
    Ok(())
}

fn condition<'a>(
    program: &impl Program<'a>,
    raw: &Raw,
    fields: &Fields,
    name: &str,
    operands: &[Range<usize>],
) -> Result<bool, Fault> {
    let at = &fields.mnemonic_at;
    if matches!(name, "IFDEF" | "IFNDEF") {
        let [symbol] = exactly(operands, at, name)?;
        let defined = program.core().value(&raw.text[symbol].to_uppercase()).is_some();
        return Ok(defined == (name == "IFDEF"));
    }
    // A second operand that is missing counts as 0.
    let (left, right) = match operands {
        [left] => (known(program, raw, left.clone())?, 0),
        [left, right] => (known(program, raw, left.clone())?, known(program, raw, right.clone())?),
        _ => return Err(Fault::new(at.clone(), format!(".{name} takes 1 or 2 operands"))),
    };
    match name {
        "IFEQ" => Ok(left == right),
        "IFNE" => Ok(left != right),
        "IFGT" => Ok(left > right),
        "IFGE" => Ok(left >= right),
        "IFLT" => Ok(left < right),
        "IFLE" => Ok(left <= right),
        _ => Err(Fault::new(at.clone(), format!("unknown conditional `.{name}`"))
            .help("there are .IFDEF .IFNDEF .IFEQ .IFNE .IFGT .IFGE .IFLT .IFLE")),
    }
}

/// A value that must be known by now.
fn known<'a>(program: &impl Program<'a>, raw: &Raw, span: Range<usize>) -> Result<u16, Fault> {
    let mut cursor = Cursor::new(&raw.text, span);
    let scope = program.core().strict_scope(program.here());
    let value = expression(&mut cursor, &scope).map_err(|fault| {
        if fault.help.is_none() { fault.help("it must be known above this line") } else { fault }
    })?;
    cursor.finish()?;
    Ok(value.word)
}

/// A file's name in quotes.
pub(crate) fn file_name(line: &str, span: Range<usize>) -> Result<String, Fault> {
    let name = Cursor::new(line, span.clone()).quoted().unwrap_or_default();
    if name.is_empty() {
        return Err(Fault::new(span, "expected a file name in quotes"));
    }
    Ok(name)
}

fn exactly<const N: usize>(
    operands: &[Range<usize>],
    at: &Range<usize>,
    name: &str,
) -> Result<[Range<usize>; N], Fault> {
    let message = || format!(".{name} takes {N} operand{}", if N == 1 { "" } else { "s" });
    <[_; N]>::try_from(operands.to_vec()).map_err(|_| Fault::new(at.clone(), message()))
}

/// Collects a line of a macro or repetition, or ends it.
fn collect(reader: &mut Reader, raw: &Raw, fields: &Fields) -> Result<(), Fault> {
    let Some(mut collected) = reader.collecting.take() else { return Ok(()) };
    let mnemonic = fields.mnemonic.as_str();
    match (mnemonic, &collected.purpose) {
        (".DEFM", _) => collected.inner.push(".ENDM"),
        (".REPT", _) => collected.inner.push(".ENDR"),
        (".ENDM" | ".ENDR", _) if collected.inner.last() == Some(&mnemonic) => drop(collected.inner.pop()),
        (".ENDM", Ok(name)) if collected.inner.is_empty() => {
            reader.macros.insert(name.clone(), Rc::new(collected.lines));
            return Ok(());
        }
        (".ENDR", Err(0)) if collected.inner.is_empty() => return Ok(()),
        (".ENDR", Err(count)) if collected.inner.is_empty() => {
            let arguments = reader.frames.last().and_then(|frame| frame.arguments.clone());
            reader.frames.push(Frame {
                lines: Rc::new(collected.lines),
                next: 0,
                again: count - 1,
                arguments,
            });
            return Ok(());
        }
        (".ENDM" | ".ENDR", _) => {
            let (open, end) = (if mnemonic == ".ENDM" { "a repetition" } else { "a macro" }, mnemonic);
            reader.collecting = Some(collected);
            return Err(Fault::new(fields.mnemonic_at.clone(), format!("{end} inside {open}")));
        }
        _ => {}
    }
    collected.lines.push(raw.clone());
    reader.collecting = Some(collected);
    Ok(())
}
