// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rig that runs routines of a console ROM as a black box: keys or memory in, scratchpad and clocks out.
//!
//! It knows a console by its documented interface only (console-contract.md, sections 2, 6 and 7). The recorder
//! (`tests/tools/rom_record.rs`) uses it with the genuine console, the tests with ours.

use lubbock::chips::tms9900::Registers;
use lubbock::clock::Cycles;
use lubbock::console::{Config, ConsoleImages, Key, Machine};
use lubbock::media::cartridge::{Banking, Cartridge};

/// Where routines return to: `JMP $` in expansion RAM.
pub(crate) const HOME: u16 = 0xA002;
/// A routine that takes longer (two seconds) hangs.
pub(crate) const PATIENCE: u64 = 6_000_000;

/// A console at its title screen whose own code is stopped and whose interrupts are off.
pub(crate) struct Rig {
    ready: Machine,
}

impl Rig {
    /// Boots the images (ROM, and GROMs 0 to 2 at 8 KiB each), with `grom` as cartridge GROM at >6000.
    pub(crate) fn new(rom: &[u8], grom: &[u8], cartridge_grom: &[u8]) -> Self {
        let mut cartridge = Cartridge::empty("rig", Banking::Standard);
        if !cartridge_grom.is_empty() {
            cartridge.insert_groms(3, cartridge_grom);
        }
        Self::with(rom, grom, vec![cartridge])
    }

    /// Boots the images with these cartridges.
    pub(crate) fn with(rom: &[u8], grom: &[u8], cartridges: Vec<Cartridge>) -> Self {
        let slot = |n: usize| grom.get(n * 0x2000..).map_or(&[][..], |rest| &rest[..rest.len().min(0x2000)]);
        let images = ConsoleImages { rom, groms: [slot(0), slot(1), slot(2)] };
        let mut machine = Machine::new(Config::default(), images, cartridges);
        machine.run_until(Cycles(9_000_000));
        // LIMI 0; a byte read from the GROMs, which ends what half of an address they may have got; VDP register 1 := >C0, which
        // asks for no interrupts; JMP $.
        let code =
            [0x0300, 0, 0xD020, 0x9800, 0x0200, 0xC081, 0xD800, 0x8C02, 0x06C0, 0xD800, 0x8C02, 0x10FF];
        for (at, &word) in (0xA100..).step_by(2).zip(&code) {
            machine.poke(at, word);
        }
        machine.poke(HOME - 2, HOME); // XML >B0
        machine.poke(HOME, 0x10FF);
        machine.set_registers(Registers { pc: 0xA100, wp: 0xA200, st: 0 });
        machine.run_until(Cycles(9_004_000));
        assert_eq!(machine.registers().pc, 0xA116, "the rig's own code ends in its endless jump");
        Self { ready: machine }
    }

    /// A copy of the machine to call routines on.
    pub(crate) fn machine(&self) -> Machine {
        self.ready.clone()
    }
}

/// Stores a byte in the scratchpad or expansion RAM.
pub(crate) fn put(m: &mut Machine, at: u16, byte: u8) {
    let mut word = m.peek(at).to_be_bytes();
    word[usize::from(at & 1)] = byte;
    m.poke(at, u16::from_be_bytes(word));
}

/// Calls `pc` with BL from workspace >83E0; the clocks it took, or where it was when it hung.
pub(crate) fn call(m: &mut Machine, pc: u16) -> Result<u64, Registers> {
    m.poke(0x83E0 + 2 * 11, HOME);
    call_at(m, pc)
}

/// Enters at `pc` in workspace >83E0 and runs until home is reached.
pub(crate) fn call_at(m: &mut Machine, pc: u16) -> Result<u64, Registers> {
    m.set_registers(Registers { pc, wp: 0x83E0, st: 0 });
    run_home(m)
}

/// Runs until home is reached; the clocks it took, or where it was when it hung.
pub(crate) fn run_home(m: &mut Machine) -> Result<u64, Registers> {
    let start = m.now();
    while m.registers().pc != HOME {
        m.step();
        if m.now() - start > PATIENCE {
            return Err(m.registers());
        }
    }
    Ok(m.now() - start)
}

/// What KSCAN leaves, as one row of hexadecimal bytes.
const KSCAN_CELLS: [u16; 13] =
    [0x8374, 0x8375, 0x8376, 0x8377, 0x837C, 0x83C6, 0x83C7, 0x83C8, 0x83C9, 0x83CA, 0x83D4, 0x83D6, 0x83D7];

/// Runs a KSCAN case, `mode:keys mode:keys …`, from released keys and a fixed state, and gives the cells after each scan
/// and the clocks of each. The genuine scan leaves chance values in >83C7 with a fire button: they become dots here and 0 there. Keys are joined by `+`; `ALPHA` is the lock; `xxxx=xx` instead of a scan stores a byte.
pub(crate) fn kscan(rig: &Rig, case: &str) -> (String, Vec<u64>) {
    let mut m = rig.machine();
    for (at, byte) in [0x02, 0x00, 0xFF, 0xFF, 0xFF].into_iter().enumerate() {
        put(&mut m, 0x83C6 + at as u16, byte);
    }
    for (at, byte) in [(0x8375, 0xAA), (0x8376, 0xAA), (0x8377, 0xAA), (0x837C, 0), (0x83D4, 0x82)] {
        put(&mut m, at, byte);
    }
    let (mut rows, mut clocks) = (Vec::new(), Vec::new());
    for step in case.split_whitespace() {
        if let Some((cell, byte)) = step.split_once('=').filter(|_| !step.contains(':')) {
            put(&mut m, u16::from_str_radix(cell, 16).unwrap(), u8::from_str_radix(byte, 16).unwrap());
            continue;
        }
        let (mode, keys) = step.split_once(':').unwrap();
        m.release_all_keys();
        m.set_alpha_lock(false);
        for key in keys.split('+').filter(|key| !key.is_empty()) {
            match Key::by_name(key) {
                Some(key) => m.set_key(key, true),
                None => m.set_alpha_lock(true),
            }
        }
        if mode != "-" {
            put(&mut m, 0x8374, mode.parse().unwrap());
        }
        m.poke(0x83D6, 0x1234);
        match call(&mut m, 0x000E) {
            Ok(taken) => clocks.push(taken),
            Err(at) => return (format!("hangs at {at:?}"), clocks),
        }
        let fire = matches!(m.peek_byte(0x8374), 1 | 2) && m.peek_byte(0x8375) == 18;
        let cells = KSCAN_CELLS.map(|at| match at {
            0x83C7 if fire => "..".to_string(),
            at => format!("{:02x}", m.peek_byte(at)),
        });
        if fire {
            put(&mut m, 0x83C7, 0);
        }
        rows.push(format!("{}{:02x}", cells.concat(), m.vdp_registers()[1]));
    }
    (rows.join(" "), clocks)
}
