// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold of TI BASIC's memory whenever it waits for a command.
//!
//! Checked: line number table and lines, the chain of symbols, each string and its owner, the string space from end to end, files,
//! value stack, VDP registers. Names may lie in the program or beside their symbols; a function's parameter is in no
//! chain and is not followed.
//!
//! Sources: reference page ti-basic.md sections 4 (program), 8 (variables), 9 (memory); docs/basic-firmware.md.

use lubbock::console::Machine;

const TABLE: u16 = 0x8330;
const TABLE_END: u16 = 0x8332;
const STRINGS: u16 = 0x8318;
const STRINGS_END: u16 = 0x831A;
const STACK: u16 = 0x8324;
const STACK_TOP: u16 = 0x836E;
const FILES: u16 = 0x833C;
const SYMBOLS: u16 = 0x833E;
const OPTION_BASE: u16 = 0x8343;
const TOP: u16 = 0x8370;
/// The value stack's place when no character above 127 has been defined, and when all have.
const STACK_BASE: std::ops::RangeInclusive<u16> = 0x06F8..=0x07F8;
/// Entries of a chain beyond which it is a ring.
const LONGEST: usize = 2_000;
/// Bytes that a symbol, a string and a line have beside their contents.
const SYMBOL_HEAD: u16 = 6;
const STRING_HEAD: u16 = 3;
/// Flags of a symbol.
const STRING: u8 = 0x80;
const FUNCTION: u8 = 0x40;
const DIMENSIONS: u8 = 0x07;

/// A view of the machine's memory.
struct Memory<'m>(&'m Machine);

impl Memory<'_> {
    fn cell(&self, addr: u16) -> u16 {
        self.0.peek(addr)
    }

    fn byte(&self, addr: u16) -> u8 {
        self.0.vram()[usize::from(addr & 0x3FFF)]
    }

    fn word(&self, addr: u16) -> u16 {
        u16::from_be_bytes([self.byte(addr), self.byte(addr.wrapping_add(1))])
    }
}

/// The first thing that does not hold.
pub(crate) fn check(machine: &Machine) -> Result<(), String> {
    let memory = Memory(machine);
    let lowest = program(&memory)?;
    let (top, end) = (memory.cell(STRINGS), memory.cell(STRINGS_END));
    if !(memory.cell(STACK_TOP) < end && end <= top && top < lowest) {
        return Err(format!(
            "strings from >{end:04X} to >{top:04X}, symbols and program above >{lowest:04X}"
        ));
    }
    stack(&memory)?;
    let owned = symbols(&memory, lowest)?;
    strings(&memory, owned)?;
    files(&memory, lowest)?;
    registers(machine)
}

/// Nothing is left of a program: what NEW promises.
pub(crate) fn check_empty(machine: &Machine) -> Result<(), String> {
    let memory = Memory(machine);
    let top = memory.cell(TOP);
    let expected = [
        ("line number table", TABLE, 0),
        ("files", FILES, 0),
        ("symbols", SYMBOLS, 0),
        ("top of the strings", STRINGS, top),
        ("free end of the strings", STRINGS_END, top),
        ("value stack", STACK_TOP, memory.cell(STACK)),
    ];
    for (what, addr, wanted) in expected {
        let found = memory.cell(addr);
        if found != wanted {
            return Err(format!(
                "after NEW the word at >{addr:04X} ({what}) is >{found:04X}, not >{wanted:04X}"
            ));
        }
    }
    check(machine)
}

/// Line number table and lines; the lowest address they take, above which nothing else may lie.
fn program(memory: &Memory<'_>) -> Result<u16, String> {
    let (start, end, top) = (memory.cell(TABLE), memory.cell(TABLE_END), memory.cell(TOP));
    if start == 0 && end == 0 {
        return Ok(top + 1);
    }
    if !(start < end && end < top && (end - start) % 4 == 3) {
        return Err(format!("line number table from >{start:04X} to >{end:04X}, top of memory >{top:04X}"));
    }
    let (mut lines, mut last) = (Vec::new(), 0x8000);
    for entry in (start..end).step_by(4) {
        // The high bit is a breakpoint.
        let (number, text) = (memory.word(entry) & 0x7FFF, memory.word(entry + 2));
        if number == 0 || number >= last {
            return Err(format!("line {number} lies behind line {last} in the table"));
        }
        if text <= end + 1 || text > top {
            return Err(format!("line {number} is said to be at >{text:04X}"));
        }
        lines.push((text - 1, number));
        last = number;
    }
    lines.sort_unstable();
    let mut at = end + 1;
    for (place, number) in lines {
        let length = u16::from(memory.byte(place));
        if place != at || memory.byte(place + length) != 0 {
            return Err(format!(
                "line {number} of {length} bytes at >{place:04X}, where >{at:04X} was due, or its end is not 0"
            ));
        }
        at = place + length + 1;
    }
    if at == top + 1 { Ok(start) } else { Err(format!("lines end at >{at:04X}, memory at >{top:04X}")) }
}

fn stack(memory: &Memory<'_>) -> Result<(), String> {
    let (base, top) = (memory.cell(STACK), memory.cell(STACK_TOP));
    if STACK_BASE.contains(&base) && base % 8 == 0 && top >= base && (top - base) % 8 == 0 {
        return Ok(());
    }
    Err(format!("value stack from >{base:04X} to >{top:04X}"))
}

/// The chain of symbols; the strings that variables own, as cell and text.
fn symbols(memory: &Memory<'_>, lowest: u16) -> Result<Vec<(u16, u16)>, String> {
    let (strings, mut symbol, mut before) = (memory.cell(STRINGS), memory.cell(SYMBOLS), 0);
    let mut owned = Vec::new();
    for _ in 0..LONGEST {
        if symbol == 0 {
            return Ok(owned);
        }
        // The newest has the lowest address.
        if symbol <= strings.max(before) || symbol + SYMBOL_HEAD > lowest {
            return Err(format!(
                "symbol at >{symbol:04X} behind one at >{before:04X}, strings up to >{strings:04X}"
            ));
        }
        let (flags, length, name) = (memory.byte(symbol), memory.byte(symbol + 1), memory.word(symbol + 4));
        if !(1..=15).contains(&length)
            || name <= strings
            || name.checked_add(length.into()).is_none_or(|end| end > memory.cell(TOP) + 1)
        {
            return Err(format!("symbol at >{symbol:04X} has a name of {length} bytes at >{name:04X}"));
        }
        if flags & FUNCTION == 0 {
            let cells = values(memory, symbol, flags & DIMENSIONS)?;
            let size = if flags & STRING == 0 { 8 } else { 2 };
            if cells.start + cells.count * size > u32::from(lowest) {
                return Err(format!("symbol at >{symbol:04X} reaches into the program"));
            }
            if flags & STRING != 0 {
                let places = (0..cells.count).map(|n| (cells.start + n * 2) as u16);
                owned.extend(places.map(|cell| (cell, memory.word(cell))).filter(|&(_, text)| text != 0));
            }
        }
        (before, symbol) = (symbol, memory.word(symbol + 2));
    }
    Err("the chain of symbols does not end".into())
}

/// Where a symbol's values begin, and how many there are.
struct Values {
    start: u32,
    count: u32,
}

fn values(memory: &Memory<'_>, symbol: u16, dimensions: u8) -> Result<Values, String> {
    let base = u32::from(memory.0.peek_byte(OPTION_BASE));
    if dimensions > 3 || base > 1 {
        return Err(format!("symbol at >{symbol:04X} has {dimensions} dimensions from {base}"));
    }
    let mut values = Values { start: u32::from(symbol + SYMBOL_HEAD), count: 1 };
    for _ in 0..dimensions {
        values.count = values.count.saturating_mul(u32::from(memory.word(values.start as u16)) + 1 - base);
        values.start += 2;
    }
    if values.count > 0x4000 {
        return Err(format!("symbol at >{symbol:04X} has {} values", values.count));
    }
    Ok(values)
}

/// The string space from end to end: each text has an owner that knows it, or none, and no owner knows another one.
fn strings(memory: &Memory<'_>, mut owned: Vec<(u16, u16)>) -> Result<(), String> {
    let (mut at, end) = (memory.cell(STRINGS), memory.cell(STRINGS_END));
    while at > end {
        let length = u16::from(memory.byte(at));
        let text = at.wrapping_sub(length);
        let head = text.wrapping_sub(STRING_HEAD);
        if head > at || head <= end || u16::from(memory.byte(text - 1)) != length {
            return Err(format!(
                "string that ends at >{at:04X}: {length} bytes, the other end says {}",
                memory.byte(text.wrapping_sub(1))
            ));
        }
        let owner = memory.word(head);
        if owner != 0 {
            let Some(known) = owned.iter().position(|&pair| pair == (owner, text)) else {
                return Err(format!(
                    "string at >{text:04X} belongs to >{owner:04X}, which holds >{:04X}",
                    memory.word(owner)
                ));
            };
            owned.swap_remove(known);
        }
        at = head - 1;
    }
    match owned.first() {
        None if at == end => Ok(()),
        None => Err(format!("the string space ends at >{at:04X}, not at >{end:04X}")),
        Some((cell, text)) => {
            Err(format!("the variable at >{cell:04X} holds >{text:04X}, which is no string of its own"))
        }
    }
}

fn files(memory: &Memory<'_>, lowest: u16) -> Result<(), String> {
    let mut file = memory.cell(FILES);
    for _ in 0..LONGEST {
        if file == 0 {
            return Ok(());
        }
        if file <= memory.cell(STRINGS) || file >= lowest {
            return Err(format!("file block at >{file:04X}"));
        }
        file = memory.word(file);
    }
    Err("the chain of files does not end".into())
}

/// Graphics mode with interrupts, name table >0000, colours >0300, patterns >0000, black on cyan (reference page section 9).
fn registers(machine: &Machine) -> Result<(), String> {
    let found = machine.vdp_registers();
    let expected = [0x00, 0xE0, 0x00, 0x0C, 0x00, 0x06, 0x00];
    if found[..7] == expected && found[7] & 0x0F == 7 {
        return Ok(());
    }
    Err(format!("VDP registers {found:02X?}"))
}
