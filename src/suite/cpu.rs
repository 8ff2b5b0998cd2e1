// SPDX-License-Identifier: MIT OR Apache-2.0
//! Golden CPU traces: reading the cases, running them, and saying where a run departs.
//!
//! A case is a console ROM image with the trace of every instruction that MAME 0.251 executed from power-up: clock, PC,
//! WP, ST, and the memory at the end. The format is explained in `docs/cpu-suite.md`. A run is compared on every line,
//! with the machine in MAME's profile.
//!
//! Sources: the format's description; the cases themselves.

use crate::chips::tms9900::Registers;
use crate::clock::Cycles;
pub use crate::console::TracePoint;
use crate::console::{Config, ConsoleImages, Machine, Profile, Region};
use std::collections::BTreeMap;
use std::fmt;
use std::str::SplitWhitespace;

/// Bytes of the file with the three GROMs that all cases share.
pub const GROM_SIZE: usize = 3 * 0x1800;
/// Instructions before the first differing one that a [`Failure`] shows.
const CONTEXT: usize = 5;
/// Steps without an instruction after which a run counts as hung in IDLE.
const IDLE_LIMIT: u32 = 2_000_000;

/// Why a case or trace file could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {problem}")]
pub struct FormatError {
    line: usize,
    problem: String,
}

/// One case: what to run, and what memory must hold at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The case's name.
    pub name: String,
    /// `core`, `device`, `phase` or `quirk`.
    pub group: String,
    /// What it exercises.
    pub description: String,
    /// Whether the machine has the 32K expansion.
    pub ram32k: bool,
    /// Where the program ends.
    pub done: u16,
    /// Lines in the trace.
    pub lines: usize,
    /// The console ROM: 8192 bytes.
    pub rom: Vec<u8>,
    /// Final memory: address and word.
    pub memory: BTreeMap<u16, u16>,
}

impl Case {
    /// Reads a case from the text of its `.case` file.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let mut case = Self {
            name: String::new(),
            group: String::new(),
            description: String::new(),
            ram32k: false,
            done: 0,
            lines: 0,
            rom: vec![0; 0x2000],
            memory: BTreeMap::new(),
        };
        let mut section = String::new();
        for (number, line) in text.lines().enumerate() {
            case.parse_line(line, &mut section)
                .map_err(|problem| FormatError { line: number + 1, problem })?;
        }
        match (case.name.is_empty(), section.as_str()) {
            (true, _) => Err(FormatError { line: 1, problem: "no case name".into() }),
            (_, "end") => Ok(case),
            _ => {
                Err(FormatError { line: text.lines().count(), problem: "the file has no `end` line".into() })
            }
        }
    }

    fn parse_line(&mut self, line: &str, section: &mut String) -> Result<(), String> {
        if let Some((address, words)) = line.split_once(": ").filter(|_| !section.is_empty()) {
            return self.parse_row(section, address, words);
        }
        let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
        match key {
            "tms9900-golden" if rest != "1" => return Err(format!("format version {rest}, expected 1")),
            "name" => self.name = rest.into(),
            "group" => self.group = rest.into(),
            "desc" => self.description = rest.into(),
            "config" => self.ram32k = rest == "32k",
            "done" => self.done = hex(rest)?,
            "lines" => self.lines = rest.parse().map_err(|_| format!("`{rest}` is not a number"))?,
            "ram" => self.expect_fresh_ram(),
            _ => {}
        }
        if rest.is_empty() {
            *section = key.into();
        }
        Ok(())
    }

    /// RAM rows list only what differs from the power-up pattern.
    fn expect_fresh_ram(&mut self) {
        for addr in (0x2000..=0x3FFFu16).chain(0xA000..=0xFFFF).step_by(2) {
            self.memory.insert(addr, Profile::MAME.ram_pattern);
        }
    }

    fn parse_row(&mut self, section: &str, address: &str, words: &str) -> Result<(), String> {
        let mut address = hex(address)?;
        for word in words.split_whitespace() {
            let word = hex(word)?;
            if section == "rom" {
                let place = usize::from(address);
                let bytes = self.rom.get_mut(place..place + 2).ok_or("ROM row beyond 8 KiB")?;
                bytes.copy_from_slice(&word.to_be_bytes());
            } else {
                self.memory.insert(address, word);
            }
            address = address.wrapping_add(2);
        }
        Ok(())
    }
}

fn hex(text: &str) -> Result<u16, String> {
    u16::from_str_radix(text, 16).map_err(|_| format!("`{text}` is not a hexadecimal word"))
}

/// Reads a trace: lines of `cycle pc wp st`.
pub fn parse_trace(text: &str) -> Result<Vec<TracePoint>, FormatError> {
    text.lines()
        .enumerate()
        .map(|(number, line)| {
            parse_point(line.split_whitespace()).ok_or_else(|| FormatError {
                line: number + 1,
                problem: format!("`{line}` is not `cycle pc wp st`"),
            })
        })
        .collect()
}

fn parse_point(mut fields: SplitWhitespace<'_>) -> Option<TracePoint> {
    let cycle = Cycles(fields.next()?.parse().ok()?);
    let mut word = || hex(fields.next()?).ok();
    Some(TracePoint { cycle, regs: Registers { pc: word()?, wp: word()?, st: word()? } })
}

impl fmt::Display for TracePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Registers { pc, wp, st } = self.regs;
        write!(f, "{} {pc:04X} {wp:04X} {st:04X}", self.cycle.0)
    }
}

/// Where a run departed from its trace, or what it left wrong in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One line.
    pub summary: String,
    /// The lines before the first differing one, then the expected and the actual one; or the differing words.
    pub context: Vec<String>,
}

/// Runs a case in MAME's profile and compares every line and the final memory. `grom` holds three GROMs of 6144 bytes.
pub fn run(case: &Case, golden: &[TracePoint], grom: &[u8]) -> Result<(), Failure> {
    let config = Config { profile: Profile::MAME, region: Region::Ntsc, ram32k: case.ram32k };
    let third = grom.len() / 3;
    let groms = [0, 1, 2].map(|n| &grom[n * third..(n + 1) * third]);
    let mut machine = Machine::new(config, ConsoleImages { rom: &case.rom, groms }, Vec::new());
    if golden.len() != case.lines {
        let summary = format!("the trace has {} lines, the case says {}", golden.len(), case.lines);
        return Err(Failure { summary, context: Vec::new() });
    }
    for (line, expected) in golden.iter().enumerate() {
        match next_instruction(&mut machine) {
            Some(actual) if actual == *expected => {}
            actual => return Err(departure(golden, line, actual)),
        }
        if line + 1 < golden.len() {
            machine.execute();
        }
    }
    compare_memory(case, &machine)
}

/// The next instruction's line, or `None` when the processor idles for good.
fn next_instruction(machine: &mut Machine) -> Option<TracePoint> {
    (0..IDLE_LIMIT).find_map(|_| machine.boundary())
}

fn departure(golden: &[TracePoint], line: usize, actual: Option<TracePoint>) -> Failure {
    let actual =
        actual.map_or("no instruction: IDLE without an interrupt".to_string(), |point| point.to_string());
    let before = golden[line.saturating_sub(CONTEXT)..line].iter().map(|point| format!("  {point}"));
    let context = before.chain([format!("- {}", golden[line]), format!("+ {actual}")]).collect();
    Failure { summary: format!("line {}: expected `{}`, got `{actual}`", line + 1, golden[line]), context }
}

fn compare_memory(case: &Case, machine: &Machine) -> Result<(), Failure> {
    let context: Vec<String> = case
        .memory
        .iter()
        .filter(|&(&addr, &word)| machine.peek(addr) != word)
        .map(|(&addr, &word)| format!("  {addr:04X}: expected {word:04X}, got {:04X}", machine.peek(addr)))
        .collect();
    match context.len() {
        0 => Ok(()),
        n => Err(Failure { summary: format!("final memory differs in {n} words"), context }),
    }
}
