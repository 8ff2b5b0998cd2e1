// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs GPL's tape instructions, I/O 4, 5 and 6, on a console (`tests/data/tape`): memory and a tape in, a tape or memory out.
//!
//! A case is a row of words. `V1000:200:7` puts 200 bytes of seed 7 into VDP RAM. `io:4:100:1000` executes I/O 4 with 100 bytes at
//! VDP >1000, the list at >8358. Before it, the tape in recorder CS1 is described from its begin, by words that are appended:
//!
//! * `z768` zero bytes, `xFF0202` bytes, `r7` a record: 8 zeros, >FF, the first 64 bytes of seed 7, their sum; `b7` the same with
//!   one wrong bit, `c7` cut off after half of it
//! * `q100` a silence of 100 cells, `n100` 100 edges at odd distances
//! * `again` puts in what has been recorded
//! * `speed:90` in hundredths, of what follows; `jitter:10` moves edges by up to so many hundredths of half a cell; `upside` turns the
//!   polarity of all of it
//!
//! The format is that of the reference page peripherals.md section 9: a cell of 34 ticks of 64 clocks; an edge begins each cell, a
//! second one in its middle stands for 1.

use super::rig::{HOME, Rig, put};
use lubbock::chips::tms9900::Registers;
use lubbock::clock::Cycles;
use lubbock::console::Machine;

/// Clocks of half a cell: 17 ticks of the 9901's timer.
const HALF: u64 = 17 * 64;
/// A call that takes longer than two minutes hangs.
const PATIENCE: u64 = 360_000_000;
/// GPL in the cartridge: for each function `I/O n,@>8358`, `BS` to the second end; ends: `ST`, `XML >B0`.
const STUBS: u16 = 0x6100;

/// The cartridge GROM with the stubs.
pub(crate) fn cartridge() -> Vec<u8> {
    let mut image = vec![0; 0x200];
    for n in 4..7_u8 {
        let code = [0xF6, 0x58, n, 0x61, 0x80, 0xBE, 0x47, 0x55, 0x0F, 0xB0];
        image[0x100 + 16 * usize::from(n)..][..code.len()].copy_from_slice(&code);
    }
    image[0x180..0x185].copy_from_slice(&[0xBE, 0x47, 0x77, 0x0F, 0xB0]);
    image
}

/// The bytes of a seed.
fn bytes(seed: u32) -> impl Iterator<Item = u8> {
    let mut x = seed.wrapping_mul(2_654_435_761) | 1;
    std::iter::repeat_with(move || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (x >> 24) as u8
    })
}

fn record(seed: u32) -> Vec<u8> {
    let data: Vec<u8> = bytes(seed).take(64).collect();
    let sum = data.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    [&[0; 8][..], &[0xFF], &data, &[sum]].concat()
}

/// A tape under construction: positions of the signal's edges.
struct Tape {
    edges: Vec<u64>,
    at: u64,
    half: u64,
    jitter: u64,
    chance: Box<dyn Iterator<Item = u8>>,
}

impl Tape {
    fn edge(&mut self) {
        let off = u64::from(self.chance.next().unwrap()) * 2 * self.half * self.jitter / 25_500;
        self.edges.push(self.at + off);
    }

    fn bytes(&mut self, all: &[u8]) {
        for bit in all.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1)) {
            self.edge();
            self.at += self.half;
            if bit == 1 {
                self.edge();
            }
            self.at += self.half;
        }
    }

    /// Appends what a word says; false if it says nothing about the tape.
    fn word(&mut self, word: &str) -> bool {
        if let Some((kind, number)) = word.split_once(':') {
            let number = || number.parse::<u64>().unwrap();
            match kind {
                "speed" => self.half = HALF * 100 / number(),
                "jitter" => self.jitter = number(),
                _ => return false,
            }
            return true;
        }
        let (kind, rest) = word.split_at(1);
        let number = || rest.parse::<u32>().unwrap();
        match kind {
            "u" if word == "upside" => self.edges.insert(0, 1),
            "z" => self.bytes(&vec![0; number() as usize]),
            "x" => {
                let hex = |i| u8::from_str_radix(&rest[2 * i..2 * i + 2], 16).unwrap();
                self.bytes(&(0..rest.len() / 2).map(hex).collect::<Vec<_>>());
            }
            "r" => self.bytes(&record(number())),
            "b" => {
                let mut all = record(number());
                all[40] ^= 0x10;
                self.bytes(&all);
            }
            "c" => self.bytes(&record(number())[..40]),
            "q" => self.at += 2 * self.half * u64::from(number()),
            "n" => {
                for _ in 0..number() {
                    self.edge();
                    self.at += 300 + 20 * u64::from(self.chance.next().unwrap());
                }
            }
            _ => return false,
        }
        true
    }
}

/// What a recording holds: how many bytes of 0 it begins with, bytes in hexadecimal, rows of one byte as `byte*count`; or an edge
/// out of place.
fn decode(edges: &[u64]) -> String {
    let (mut bits, mut halves) = (Vec::new(), 0);
    for pair in edges.windows(2) {
        let length = pair[1] - pair[0];
        match (length + HALF / 2) / HALF {
            _ if length.abs_diff((length + HALF / 2) / HALF * HALF) > HALF / 8 => {
                return format!("edge after {length} clocks");
            }
            1 if halves == 1 => {
                bits.push(1_u8);
                halves = 0;
            }
            1 => halves = 1,
            2 if halves == 0 => bits.push(0),
            _ => return format!("edge after {length} clocks at bit {}", bits.len()),
        }
    }
    // The level before the first edge is chance, so that it may be seen or not.
    let leader = bits.iter().take_while(|&&bit| bit == 0).count();
    let rest = bits[leader..].chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit));
    let all: Vec<u8> = rest.collect();
    let rows = all.chunk_by(|a, b| a == b).map(|row| match row {
        [one] => format!("{one:02x}"),
        row if row.len() < 4 => format!("{:02x}", row[0]).repeat(row.len()),
        row => format!(" {:02x}*{} ", row[0], row.len()),
    });
    format!("{} zeros: {}", (leader + 1) / 8, rows.collect::<String>())
}

/// Rows of changed bytes of VDP RAM: first address, number, CRC-32.
fn changes(before: &[u8], after: &[u8]) -> Vec<String> {
    let at: Vec<usize> = (0..before.len()).filter(|&at| before[at] != after[at]).collect();
    // Some bytes happen to be equal: rows are joined over gaps of up to eight bytes.
    let rows = at.chunk_by(|a, b| b - a <= 8);
    rows.map(|row| {
        let (first, last) = (row[0], row[row.len() - 1]);
        format!("V{first:04X}+{}:{:08x}", last + 1 - first, crc32fast::hash(&after[first..=last]))
    })
    .collect()
}

/// What the instructions can change in the scratchpad. Without meaning are work cells, which the genuine console does not need
/// (>8364 to >836B, >83D0 to >83D3), and flags but the one that tells of wrong data; COND is told by >8347.
fn cells(m: &Machine) -> Vec<(u16, u8)> {
    let value = |at| match at {
        0x8364..0x836C | 0x83D0..0x83D4 => 0,
        0x837C => m.peek_byte(at) & 0x01,
        _ => m.peek_byte(at),
    };
    (0x8300..0x8380).chain(0x83C0..0x83D8).chain(0x83FA..0x8400).map(|at| (at, value(at))).collect()
}

fn io(m: &mut Machine, function: u16) -> Result<u64, Registers> {
    m.poke(0x83E0 + 2 * 6, STUBS + 16 * function);
    m.set_registers(Registers { pc: 0x0060, wp: 0x83E0, st: 0 });
    let start = m.now();
    while m.registers().pc != HOME {
        let later = Cycles(m.now().0 + 100);
        m.run_until(later);
        if m.now() - start > PATIENCE {
            return Err(m.registers());
        }
    }
    Ok(m.now() - start)
}

/// Runs a case and gives what changed, and the clocks of each call.
pub(crate) fn run(rig: &Rig, case: &str) -> (String, Vec<u64>) {
    let mut m = rig.machine();
    let mut tape = Tape { edges: Vec::new(), at: 10_000, half: HALF, jitter: 0, chance: Box::new(bytes(99)) };
    for at in (0x8300..0x8370).chain(0x8380..0x83C0) {
        put(&mut m, at, 0);
    }
    for at in 0..0x4000 {
        m.poke_vram(at, 0xC3);
    }
    for (at, word) in [(0x8372, 0xA182), (0x837C, 0), (0x83D0, 0), (0x83D2, 0)] {
        m.poke(at, word);
    }
    let (mut rows, mut clocks, mut recorded) = (Vec::new(), Vec::new(), Vec::new());
    for word in case.split_whitespace() {
        if word == "again" {
            tape.edges = recorded.clone();
            continue;
        }
        if tape.word(word) {
            continue;
        }
        let parts: Vec<&str> = word.split(':').collect();
        let number = |n: usize, radix| u16::from_str_radix(parts[n], radix).unwrap();
        if parts[0] != "io" {
            let first = u16::from_str_radix(&parts[0][1..], 16).unwrap();
            let data = bytes(u32::from(number(2, 10))).take(usize::from(number(1, 10)));
            (first..).zip(data).for_each(|(at, byte)| m.poke_vram(at, byte));
            continue;
        }
        put(&mut m, 0x8347, 0);
        m.poke(0x8358, number(2, 10));
        m.poke(0x835A, number(3, 16));
        let (before, vram) = (cells(&m), *m.vram());
        let now = m.now();
        m.cassette().insert(now, tape.edges.clone());
        m.cassette().take_recording();
        match io(&mut m, number(1, 10)) {
            Ok(taken) => clocks.push(taken),
            Err(at) => return (format!("hangs at {:04X}", at.pc), clocks),
        }
        recorded = m.cassette().take_recording();
        let mut row: Vec<String> = if recorded.is_empty() { Vec::new() } else { vec![decode(&recorded)] };
        row.extend(changes(&vram, m.vram()));
        let changed = before.iter().zip(cells(&m)).filter(|(old, new)| old.1 != new.1);
        row.extend(changed.map(|(_, (at, byte))| format!("{at:04X}={byte:02X}")));
        rows.push(row.join(" "));
    }
    (rows.join(" | "), clocks)
}
