// SPDX-License-Identifier: MIT OR Apache-2.0
//! The console's own firmware (roms/system): boots to its title, shows the menu at a key, starts a program from a GROM.

use lubbock::clock::Cycles;
use lubbock::console::{Config, ConsoleImages, Key, Machine, Profile, Region};

/// Our images, as docs/firmware.md says how to build them.
pub(crate) static ROM: &[u8] = include_bytes!("../../roms/system/rom.bin");
pub(crate) static GROM0: &[u8] = include_bytes!("../../roms/system/grom0.bin");

/// A program "HELLO" in GROM 1 that fills the screen with `*` and stops: header, list item, GPL code `07 2A` (ALL) and an
/// endless `05 20 22` (B >2022).
fn hello() -> Vec<u8> {
    let mut grom = vec![0; 0x1800];
    grom[..8].copy_from_slice(&[0xAA, 1, 1, 0, 0, 0, 0x20, 0x10]);
    grom[0x10..0x1A].copy_from_slice(&[0, 0, 0x20, 0x20, 5, b'H', b'E', b'L', b'L', b'O']);
    grom[0x20..0x25].copy_from_slice(&[0x07, b'*', 0x05, 0x20, 0x22]);
    grom
}

fn console() -> Machine {
    let (hello, empty) = (hello(), vec![0; 0x1800]);
    let config = Config { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: false };
    Machine::new(config, ConsoleImages { rom: ROM, groms: [GROM0, &hello, &empty] }, Vec::new())
}

/// The row of the screen as text, where its characters are printable.
fn row(machine: &Machine, row: usize) -> String {
    let cells = &machine.vram()[row * 32..][..32];
    cells.iter().map(|&c| if (0x20..0x60).contains(&c) { char::from(c) } else { '.' }).collect()
}

fn press(machine: &mut Machine, key: Key) {
    machine.set_key(key, true);
    run(machine, 150_000);
    machine.set_key(key, false);
    run(machine, 600_000);
}

fn run(machine: &mut Machine, clocks: u64) {
    let end = machine.now().0 + clocks;
    machine.run_until(Cycles(end));
}

#[test]
fn the_title_stands_within_one_and_a_half_seconds() {
    let mut machine = console();
    run(&mut machine, 4_500_000);
    assert_eq!(row(&machine, 8), "         HOME  COMPUTER         ");
    assert_eq!(row(&machine, 21), "         PRESS ANY KEY          ");
    assert_eq!(machine.vdp_registers()[1] & 0x60, 0x60, "picture and interrupt are on");
}

#[test]
fn a_key_brings_the_menu_and_a_digit_starts_the_program() {
    let mut machine = console();
    run(&mut machine, 4_500_000);
    press(&mut machine, Key::Space);
    assert_eq!(row(&machine, 9), "    1  HELLO                    ");
    press(&mut machine, Key::Num1);
    run(&mut machine, 9_000_000);
    assert_eq!(row(&machine, 11), "*".repeat(32));
}

/// XML 06 to 09 with ARG = 10 and FAC = 4 (results: arithmetic; FSUB and FDIV are ARG - FAC and ARG / FAC).
#[test]
fn gpl_reaches_the_floating_point_routines() {
    for (xml, expected) in
        [(0x06, [0x40, 14, 0]), (0x07, [0x40, 6, 0]), (0x08, [0x40, 40, 0]), (0x09, [0x40, 2, 50])]
    {
        let mut grom = hello();
        // DST >4004,@>834A; DST >400A,@>835C; XML; B to itself.
        let code = [0xBF, 0x4A, 0x40, 0x04, 0xBF, 0x5C, 0x40, 0x0A, 0x0F, xml, 0x05, 0x20, 0x2A];
        grom[0x20..][..code.len()].copy_from_slice(&code);
        let empty = vec![0; 0x1800];
        let config = Config { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: false };
        let mut machine =
            Machine::new(config, ConsoleImages { rom: ROM, groms: [GROM0, &grom, &empty] }, Vec::new());
        run(&mut machine, 4_500_000);
        press(&mut machine, Key::Space);
        press(&mut machine, Key::Num1);
        run(&mut machine, 9_000_000);
        assert_eq!([0x834A, 0x834B, 0x834C].map(|a| machine.peek_byte(a)), expected, "XML {xml:02X}");
    }
}
