// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs the interrupt service of a console (`tests/data/isr`): settings in, the bytes that changed out.
//!
//! A case is a row of words: `83C2=40` stores bytes at a CPU address, `V0780=10F0` in VDP RAM, `keys:FCTN+=` holds keys,
//! `ticks:5` lets five VDP interrupts be served, each raised by the VDP itself. The service is entered as the processor
//! does it: workspace and program counter from >0004, R13 to R15 set. It returns to a `JMP $`.

use super::rig::{HOME, Rig, put, run_home};
use lubbock::chips::tms9900::Registers;
use lubbock::clock::Cycles;
use lubbock::console::{Key, Machine};

/// Sound lists for the cartridge GROM at >6000, by offset: two blocks and a jump to >6010; a block, a silence, and a jump to
/// VDP >0200; a block that repeats itself; silence at once.
const LISTS: [(usize, &str); 4] = [
    (0x00, "038E0F950402E3F002006010"),
    (0x10, "028A1003019F02FF0200"),
    (0x20, "02830505006020"),
    (0x30, "029FBF00"),
];

/// The cartridge GROM that cases expect.
pub(crate) fn cartridge() -> Vec<u8> {
    let mut image = vec![0; 0x40];
    for (at, list) in LISTS {
        let list = bytes(list);
        image[at..at + list.len()].copy_from_slice(&list);
    }
    image
}

/// Cells set before every case: no key, no sprites, no sound, no hook, flags of the interpreter.
const CELLS: [(u16, u16); 10] = [
    (0x8374, 0x05FF),
    (0x8378, 0x0000),
    (0x837A, 0x0000),
    (0x837C, 0x0000),
    (0x83C2, 0x0000),
    (0x83C4, 0x0000),
    (0x83CC, 0x0000),
    (0x83CE, 0x0000),
    (0x83D4, 0xE000),
    (0x83D6, 0x1234),
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// Serves one VDP interrupt; the clocks, or where it hung.
fn tick(m: &mut Machine) -> Result<u64, Registers> {
    // LIMI 0; VDP register 1 := >E0; JMP $: until the flag is set.
    let code = [0x0300, 0, 0x0200, 0xE081, 0xD800, 0x8C02, 0x06C0, 0xD800, 0x8C02, 0x10FF];
    for (at, &word) in (0xA100..).step_by(2).zip(&code) {
        m.poke(at, word);
    }
    m.set_registers(Registers { pc: 0xA100, wp: 0xA200, st: 0 });
    while m.vdp_status() & 0x80 == 0 {
        let later = m.now().0 + 500;
        m.run_until(Cycles(later));
        m.take_audio(&mut Vec::new());
    }
    for (at, word) in [(0x83DA, 0xA200), (0x83DC, HOME), (0x83DE, 0x0000)] {
        m.poke(at, word);
    }
    m.set_registers(Registers { pc: m.peek(6), wp: m.peek(4), st: 0 });
    run_home(m)
}

/// What the service can change: scratchpad but for the interpreter's registers, stacks and the interrupt workspace's end, VDP RAM, VDP registers 1 and 7, sound.
fn state(m: &Machine) -> Vec<(String, u16)> {
    let cells = (0x8300..0x8380).chain(0x83A0..0x83D8).chain(0x83FA..0x8400).chain(0xA400..0xA410);
    let mut all: Vec<(String, u16)> =
        cells.map(|at| (format!("{at:04X}"), u16::from(m.peek_byte(at)))).collect();
    all.extend(m.vram()[..0x1000].iter().enumerate().map(|(at, &b)| (format!("V{at:03X}"), u16::from(b))));
    all.extend([1, 7].map(|n| (format!("R{n}"), u16::from(m.vdp_registers()[n]))));
    all.extend(m.sound_registers().iter().enumerate().map(|(n, &value)| (format!("S{n}"), value)));
    all
}

/// Runs a case and gives the changes, `place=value`, and the clocks of all services together.
pub(crate) fn run(rig: &Rig, case: &str) -> (String, u64) {
    let mut m = rig.machine();
    for (at, word) in CELLS {
        m.poke(at, word);
    }
    for at in 0x8300..0x8370 {
        put(&mut m, at, 0);
    }
    for at in 0..0x1000 {
        m.poke_vram(at, 0);
    }
    // A hook for >83C4: INC @>A400, return; it needs no register.
    for (at, word) in [(0xA3F0, 0x05A0), (0xA3F2, 0xA400), (0xA3F4, 0x045B), (0xA400, 0)] {
        m.poke(at, word);
    }
    let (mut before, mut clocks) = (None, 0);
    for word in case.split_whitespace() {
        if let Some(keys) = word.strip_prefix("keys:") {
            m.release_all_keys();
            keys.split('+').filter_map(Key::by_name).for_each(|key| m.set_key(key, true));
        } else if let Some(ticks) = word.strip_prefix("ticks:") {
            before.get_or_insert_with(|| state(&m));
            for _ in 0..ticks.parse().unwrap() {
                match tick(&mut m) {
                    Ok(taken) => clocks += taken,
                    Err(_) => return ("does not return".to_string(), clocks),
                }
            }
        } else {
            let (at, hex) = word.split_once('=').unwrap();
            let in_vram = at.strip_prefix('V');
            let first = u16::from_str_radix(in_vram.unwrap_or(at), 16).unwrap();
            for (at, byte) in (first..).zip(bytes(hex)) {
                match in_vram {
                    Some(_) => m.poke_vram(at, byte),
                    None => put(&mut m, at, byte),
                }
            }
        }
    }
    let later = m.now().0 + 200;
    m.run_until(Cycles(later));
    m.take_audio(&mut Vec::new());
    let changed = before.unwrap_or_default().into_iter().zip(state(&m)).filter(|(old, new)| old.1 != new.1);
    (changed.map(|(_, (place, value))| format!("{place}={value:02X}")).collect::<Vec<_>>().join(" "), clocks)
}
