// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs the GPL test programs (`tests/data/gpl`) on a console: memory from a seed in, the bytes that changed out.
//!
//! A program `Cn_s_m` is entered at >0060 with R6 = its address and left by `XML >B0`, whose vector at >A000 leads to a `JMP $`.
//! Before it, these places get pseudo-random bytes from the seed s, half of them edge values: >8300 to >836F, >837C (five
//! flags), >837D, >8380 to >83BF, >83C0, >A200 to >A2FF, VDP RAM >0000 to >0FFF. Fixed are the pointers listed in `FIXED`.
//! What they leave was recorded with this rig on a genuine console's images (`cargo run --example rom-record gpl`).

use super::rig::{Rig, call_at, put};
use lubbock::clock::Cycles;
use lubbock::console::Machine;

/// Cells that programs address through, stack pointers, the cursor and interpreter cells.
const FIXED: [(u16, u16); 18] = [
    (0x8340, 0x152B), // pointers to >8315 and >832B
    (0x8342, 0x0123), // VDP addresses
    (0x8344, 0x0205),
    (0x8346, 0x0003), // indexes
    (0x8348, 0xFFF0),
    (0x8370, 0x3FFF),
    (0x8372, 0xA182), // stacks: data to >83A1, subroutines to >8383
    (0x8374, 0x05FF),
    (0x8376, 0x0000),
    (0x8378, 0x0000),
    (0x837A, 0x0000),
    (0x83C2, 0x0000),
    (0x83C4, 0x0000),
    (0x83CC, 0x0000),
    (0x83CE, 0x0000),
    (0x83D4, 0xC000),
    (0x83D6, 0x1234),
    (0x83FA, 0x9800),
];
const EDGES: [u8; 16] = [0, 1, 2, 4, 7, 8, 0x10, 0x20, 0x7F, 0x80, 0x81, 0xC0, 0xEF, 0xF0, 0xFE, 0xFF];

/// The bytes of a seed, one after the other.
struct Bytes(u32);

impl Iterator for Bytes {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let byte = (self.0 >> 24) as u8;
        Some(if self.0 >> 16 & 1 == 1 { EDGES[usize::from(byte & 15)] } else { byte })
    }
}

fn prepare(m: &mut Machine, seed: u32) {
    let mut bytes = Bytes(seed);
    let mut next = || bytes.next().unwrap();
    for at in (0x8300..0x8370).chain(0x8380..0x83C2) {
        put(m, at, next());
    }
    put(m, 0x837C, next() & 0xF8);
    put(m, 0x837D, next());
    put(m, 0x837E, next() % 24);
    put(m, 0x837F, next() % 32);
    for at in 0xA200..0xA300 {
        put(m, at, next());
    }
    for at in 0..0x1000 {
        m.poke_vram(at, next());
    }
    for (at, word) in FIXED {
        m.poke(at, word);
    }
    put(m, 0x83FD, 0x08);
}

/// What a program can change: scratchpad but for the interpreter's registers, some RAM, VDP RAM, VDP registers. Without
/// meaning, and 0 here, are the low bits of the status and what lies above the top of the subroutine stack.
fn state(m: &Machine, flags: u8) -> Vec<(String, u8)> {
    let top = 0x8301 + u16::from(m.peek_byte(0x8373));
    let cpu = (0x8300..0x83E0).chain(0x83FA..0x8400).chain(0xA200..0xA300);
    let value = |at| match at {
        0x837C => m.peek_byte(at) & flags,
        0x8380..0x83A0 if at > top => 0,
        _ => m.peek_byte(at),
    };
    let mut all: Vec<(String, u8)> = cpu.map(|at| (format!("{at:04X}"), value(at))).collect();
    all.extend(m.vram()[..0x1000].iter().enumerate().map(|(at, &byte)| (format!("V{at:03X}"), byte)));
    all.extend(m.vdp_registers().iter().enumerate().map(|(n, &byte)| (format!("R{n}"), byte)));
    all
}

/// Runs the program at `address` from the memory of `seed` and gives the bytes it changed, `place=byte` joined by blanks, and its clocks.
/// A row of equal changes in VDP RAM is shown as `first-last=byte`.
pub(crate) fn run(rig: &Rig, address: u16, seed: u32, flags: u8) -> (String, u64) {
    let mut m = rig.machine();
    prepare(&mut m, seed);
    m.poke(0x83E0 + 2 * 6, address);
    let before = state(&m, flags);
    let clocks = match call_at(&mut m, 0x0060) {
        Ok(clocks) => clocks,
        Err(at) => return (format!("hangs at {:04X}", at.pc), 0),
    };
    // The last access to VDP RAM may still wait for its slot.
    let later = m.now().0 + 200;
    m.run_until(Cycles(later));
    m.take_audio(&mut Vec::new());
    let changed: Vec<(usize, String, u8)> = before
        .into_iter()
        .zip(state(&m, flags))
        .enumerate()
        .filter(|(_, (old, new))| old.1 != new.1)
        .map(|(n, (_, new))| (n, new.0, new.1))
        .collect();
    let rows =
        changed.chunk_by(|a, b| a.0 + 1 == b.0 && a.2 == b.2 && a.1.starts_with('V') && b.1.starts_with('V'));
    let text = rows.map(|row| match row {
        [one] => format!("{}={:02X}", one.1, one.2),
        row => format!("{}-{}={:02X}", row[0].1, row[row.len() - 1].1, row[0].2),
    });
    (text.collect::<Vec<_>>().join(" "), clocks)
}
