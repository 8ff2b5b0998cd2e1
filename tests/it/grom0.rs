// SPDX-License-Identifier: MIT OR Apache-2.0
//! GROM 0: start, menu, a program's first state, links to devices, small services, the cassette's dialogue.
//!
//! Where a row says *genuine*, the same program was run on a genuine console as a black box and gave the value.

use super::firmware::{GROM0, ROM};
use super::gpl::Memory;
use lubbock::chips::tms9900::Registers;
use lubbock::clock::Cycles;
use lubbock::console::{Config, ConsoleImages, Key, Machine, Profile, Region};
use lubbock::firmware::GROMS;
use lubbock::gpl::{Options, assemble};
use lubbock::media::cartridge::{Banking, Cartridge};

/// A cartridge whose GROMs hold what the GPL source gives.
pub(crate) fn cartridge(source: &str) -> Cartridge {
    let built =
        assemble(&Memory(&[("test.gpl", source.as_bytes())]), &["test.gpl"], &Options::default()).unwrap();
    let (start, image) = built.image(true).unwrap();
    let mut cartridge = Cartridge::empty("test", Banking::Standard);
    cartridge.insert_groms(usize::from(start) / 0x2000, &image);
    cartridge
}

/// A console with these cartridges, at its title.
pub(crate) fn console(cartridges: Vec<Cartridge>) -> Machine {
    let config = Config { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: true };
    // Without TI BASIC, but with GROM 2, where the search of GROMs has its room.
    let images = ConsoleImages { rom: ROM, groms: [GROM0, &[], GROMS[2]] };
    let mut machine = Machine::new(config, images, cartridges);
    seconds(&mut machine, 2.0);
    machine
}

pub(crate) fn seconds(machine: &mut Machine, time: f64) {
    let end = machine.now().0 + (time * 3_000_000.0) as u64;
    machine.run_until(Cycles(end));
}

pub(crate) fn press(machine: &mut Machine, keys: &[Key]) {
    for down in [true, false] {
        for &key in keys {
            machine.set_key(key, down);
        }
        seconds(machine, 0.3);
    }
}

/// The rows of the screen from `first` on that hold text, without blanks at their ends; other characters are dots.
pub(crate) fn rows(machine: &Machine, first: usize) -> Vec<String> {
    let text = |&c: &u8| if (0x20..0x7F).contains(&c) { char::from(c) } else { '.' };
    let row = |cells: &[u8]| cells.iter().map(text).collect::<String>().trim_end().to_owned();
    machine.vram()[32 * first..0x300].chunks(32).map(row).filter(|r| !r.is_empty()).collect()
}

/// The menu's rows with entries.
pub(crate) fn menu(machine: &mut Machine) -> Vec<String> {
    press(machine, &[Key::Space]);
    seconds(machine, 1.0);
    rows(machine, 8)
}

/// GPL of a header with a program list of these names, all starting at an endless loop; `grom` is its number.
pub(crate) fn programs(grom: usize, names: &[&str]) -> String {
    let mut source =
        format!("        GROM {grom}\n        AORG 0\n        DATA >AA01,>0100,0,P0,0,0\nSTOP    BR STOP\n");
    for (n, name) in names.iter().enumerate() {
        let next = if n + 1 < names.len() { format!("P{}", n + 1) } else { "0".to_owned() };
        source += &format!("P{n}      DATA {next},STOP\n        STRI '{name}'\n");
    }
    source
}

/// Starts the first program of the cartridge and gives it time.
pub(crate) fn started(source: &str) -> Machine {
    let mut machine = console(vec![cartridge(source)]);
    menu(&mut machine);
    press(&mut machine, &[Key::Num1]);
    seconds(&mut machine, 3.0);
    machine
}

/// A program for `started`: what comes before, the header, the code from START on.
pub(crate) fn program(code: &str) -> String {
    format!(
        "        GROM 3\n        AORG 0\n        DATA >AA01,>0100,0,PROG,0,SUBS\nPROG    DATA 0,START\n        STRI 'TEST'\n\
         SUBS    DATA 0,TWICE\n        STRI 'TWICE'\nTWICE   ADD @>8300,@>8300\n        CALL >0012\n{code}\nSTOP    BR STOP\n"
    )
}

/// GROMs have no reset pin: after power-on they may wait for the second half of an address, and so after a RESET between the two.
#[test]
fn the_console_starts_where_the_groms_hold_half_an_address() {
    let mut machine = console(vec![]);
    let title = machine.vram().to_vec();
    machine.reset();
    // To GOTO, which the start jumps to, behind the first of its two writes to the GROMs' address.
    while machine.registers().pc != 0x0064 {
        machine.step();
    }
    machine.poke_vram(0x0300, !title[0x0300]);
    machine.reset();
    seconds(&mut machine, 2.0);
    assert!(machine.vram()[..] == title, "the title differs");
}

/// Genuine: GROMs in the order of their addresses, in each header the last program first; then the cartridge's ROM.
#[test]
fn the_menu_lists_what_a_genuine_console_lists() {
    let mut grom = cartridge(&programs(3, &["GROM A", "GROM B"]));
    let high = cartridge(&programs(5, &["HIGH"]));
    grom.groms[5] = high.groms[5].clone();
    // ROM: header, items ROM ONE and ROM TWO, entry >6100 with JMP $.
    let mut rom = vec![0; 0x2000];
    rom[..8].copy_from_slice(&[0xAA, 1, 2, 0, 0, 0, 0x60, 0x10]);
    rom[0x10..0x1C].copy_from_slice(b"\x60\x20\x61\x00\x07ROM ONE");
    rom[0x20..0x2C].copy_from_slice(b"\x00\x00\x61\x00\x07ROM TWO");
    rom[0x100..0x102].copy_from_slice(&[0x10, 0xFF]);
    grom.rom = rom;
    let mut machine = console(vec![grom]);
    let expected = ["    1  GROM B", "    2  GROM A", "    3  HIGH", "    4  ROM TWO", "    5  ROM ONE"];
    assert_eq!(menu(&mut machine), expected);
    press(&mut machine, &[Key::Num5]);
    seconds(&mut machine, 3.0);
    assert_eq!(machine.registers().pc, 0x6100, "the ROM's program runs");
    assert_eq!(machine.registers().wp, 0x83E0);
}

#[test]
fn more_than_seven_programs_stand_on_pages() {
    let names: Vec<String> = (1..=17).map(|n| format!("P {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut machine = console(vec![cartridge(&programs(3, &names))]);
    let first = menu(&mut machine);
    assert_eq!(
        (first[0].as_str(), first[6].as_str(), first[7].as_str()),
        ("    1  P 17", "    7  P 11", "    SPACE FOR MORE")
    );
    press(&mut machine, &[Key::Space]);
    seconds(&mut machine, 1.0);
    assert_eq!(rows(&machine, 8)[0], "    1  P 10");
    press(&mut machine, &[Key::Space]);
    seconds(&mut machine, 1.0);
    assert_eq!(rows(&machine, 8), ["    1  P 3", "    2  P 2", "    3  P 1"]);
    press(&mut machine, &[Key::Space]);
    seconds(&mut machine, 1.0);
    assert_eq!(rows(&machine, 8), first);
}

#[test]
fn several_modules_are_reviewed_one_after_the_other() {
    let module = |name| cartridge(&programs(3, &[name]));
    let mut machine = console(vec![module("ALPHA"), module("BETA")]);
    assert_eq!(menu(&mut machine), ["    1  ALPHA", "    2  REVIEW MODULE LIBRARY"]);
    press(&mut machine, &[Key::Num2]);
    seconds(&mut machine, 1.0);
    assert_eq!(rows(&machine, 8), ["    1  BETA", "    2  REVIEW MODULE LIBRARY"]);
}

#[test]
fn bad_headers_do_not_hang_the_menu() {
    // A list that never ends, a name without length, a name beyond any, an item at >FFFF.
    for (items, expected) in [
        ("P0      DATA P0,STOP\n        STRI 'LOOP'", "    1  LOOP"),
        ("P0      DATA 0,STOP\n        BYTE 0", "    1  ."),
        ("P0      DATA 0,STOP\n        BYTE 200", "    1  ........................."),
        ("P0      DATA >FFFF,STOP\n        STRI 'ODD'", "    1  ."),
    ] {
        let source = format!(
            "        GROM 3\n        AORG 0\n        DATA >AA01,>0100,0,P0,0,0\nSTOP    BR STOP\n{items}\n"
        );
        let rows = menu(&mut console(vec![cartridge(&source)]));
        assert_eq!(rows[0], expected, "{items}");
    }
    let mut rom = Cartridge::empty("rom", Banking::Standard);
    rom.rom = vec![0; 0x2000];
    // The item lies in the ports of the GROMs.
    rom.rom[..8].copy_from_slice(&[0xAA, 1, 1, 0, 0, 0, 0x98, 0x00]);
    assert_eq!(menu(&mut console(vec![rom])), ["      INSERT A CARTRIDGE"]);
}

/// Genuine, for a cartridge that answers at all 16 bases: 48 calls, the last three in this order.
#[test]
fn power_up_routines_run_in_the_genuine_order() {
    let routine = |label: &str, n: u8| {
        format!(
            "{label}      INC  V@>3F00\n        ST   V@>3F00,V@>3F1{n}\n        INCT @>8373\n        MOVE 2,*>8372,*>8373\n        \
             DECT @>8372\n        RTN\n"
        )
    };
    let source = format!(
        "        GROM 3\n        AORG 0\n        DATA >AA01,>0100,U1,0,0,0\nU1      DATA U2,E1\nU2      DATA 0,E2\n{}{}        \
         GROM 5\n        AORG 0\n        DATA >AA01,>0100,U5,0,0,0\nU5      DATA 0,E5\n{}",
        routine("E1", 1),
        routine("E2", 2),
        routine("E5", 5)
    );
    let machine = console(vec![cartridge(&source)]);
    let ram = machine.vram();
    assert_eq!((ram[0x3F00], ram[0x3F11], ram[0x3F12], ram[0x3F15]), (48, 47, 48, 46));
    assert_eq!(rows(&machine, 21)[0], "         PRESS ANY KEY");
}

/// Hooks at >6010 (title) and >6013 (menu) of a cartridge whose version is negative.
#[test]
fn cartridges_are_called_at_title_and_menu() {
    let source = "        GROM 3\n        AORG 0\n        DATA >AA80,>0100,0,PROG,0,0\n        AORG >10\n        BR   HK1\n        \
                  BYTE 0\n        BR   HK2\n        BYTE 0\nHK1     ST   'T',V@>3F00\n        RTN\nHK2     ST   'M',V@>3F01\n        \
                  RTN\nPROG    DATA 0,START\n        STRI 'HOOK'\nSTART   BR   START\n";
    let mut machine = console(vec![cartridge(source)]);
    assert_eq!(machine.vram()[0x3F00..0x3F02], *b"T\0");
    menu(&mut machine);
    assert_eq!(machine.vram()[0x3F00..0x3F02], *b"TM");
}

/// Genuine: registers, cleared cells, stacks; patterns from >60 on are blank, colours >17.
#[test]
fn a_program_finds_the_genuine_first_state() {
    let machine = started(&programs(3, &["LOOP"]));
    assert_eq!(machine.vdp_registers(), [0x00, 0xE0, 0x00, 0x0E, 0x01, 0x06, 0x00, 0xF7]);
    let cells = |from: u16, to: u16| (from..=to).map(|a| machine.peek_byte(a)).collect::<Vec<u8>>();
    assert_eq!(cells(0x8300, 0x836F), vec![0; 0x70]);
    assert_eq!(cells(0x8370, 0x8374), [0x3F, 0xFF, 0x9E, 0x7E, 0x00]);
    assert_eq!(cells(0x8380, 0x8381), [0x60, 0x0C], "the entry, where RTN took it from");
    assert_eq!(cells(0x8382, 0x83BF), vec![0; 0x3E]);
    assert_eq!(cells(0x83FC, 0x83FF), [0x01, 0x08, 0x8C, 0x02]);
    let ram = machine.vram();
    assert_eq!(ram[..0x300], [0x20; 0x300]);
    assert_eq!(ram[0x300..0x380], [0; 0x80]);
    assert_eq!(ram[0x380..0x3A0], [0x17; 0x20]);
    assert!(ram[0x3A0..0x800].iter().all(|&b| b == 0));
    assert_eq!(ram[0x850..0x858], [0x38, 0x44, 0xBA, 0xA2, 0xBA, 0x44, 0x38, 0x00], "the copyright sign");
    assert_eq!(ram[0x900..0xB00], GROM0[0x4B4..0x6B4]);
    assert!(ram[0xB00..].iter().all(|&b| b == 0));
}

#[test]
fn link_runs_a_subprogram_of_a_cartridge_and_return_comes_back() {
    // Name at VDP >1000; the answers: >8300 doubled, COND after the call in >8302, base and stack as before.
    for (name, doubled, condition) in
        [("TWICE", 0x46, 0), ("TWICE.ABC", 0x46, 0), ("TWICES", 0x23, 1), ("TOOLONGNAME", 0x23, 1)]
    {
        let code = format!(
            "NAME    STRI '{name}'\nSTART   MOVE 12,G@NAME,V@>1000\n        DST  >1000,@>8356\n        ST   >23,@>8300\n        \
             CALL >0010\n        BYTE >0A\n        BS   NONE\n        ST   >10,@>8302\n        BR   STOP\nNONE    ST   >11,@>8302\n"
        );
        let machine = started(&program(&code));
        let found = [0x8300, 0x8302, 0x8373, 0x83FB].map(|a| machine.peek_byte(a));
        assert_eq!(found, [doubled, 0x10 + condition, 0x7E, 0x00], "{name}");
    }
}

#[test]
fn bits_are_mirrored() {
    let code = "BITS    BYTE >01,>80,>F0,>12,>A5,>00\nSTART   MOVE 6,G@BITS,V@>1000\n        DST  >1000,@>834A\n        DST  5,@>834C\n        \
                CALL >003B\n";
    let machine = started(&program(code));
    assert_eq!(machine.vram()[0x1000..0x1006], [0x80, 0x01, 0x0F, 0x48, 0xA5, 0x00]);
    // Genuine: address and number are kept.
    assert_eq!([machine.peek(0x834A), machine.peek(0x834C)], [0x1000, 5]);
}

#[test]
fn characters_are_loaded_from_the_tables_at_their_addresses() {
    let code =
        "START   DST  >1000,@>834A\n        CALL >0018\n        DST  >1800,@>834A\n        CALL >004A\n";
    let machine = started(&program(code));
    for (table, at, count) in [(0x6B4, 0x1000, 64), (0x874, 0x1800, 31)] {
        for n in 0..count {
            let cell = &machine.vram()[at + 8 * n..][..8];
            assert_eq!(cell[0], 0);
            assert_eq!(cell[1..], GROM0[table + 7 * n..][..7]);
        }
    }
    // libti99 takes the tables' addresses from the first instruction: DST address,@>83D0.
    for (vector, table) in [(0x18, 0x06B4_u16), (0x4A, 0x0874)] {
        let [high, low] = [GROM0[vector], GROM0[vector + 1]];
        assert_eq!(high & 0xE0, 0x40, "BR");
        let target = usize::from(high & 0x1F) << 8 | usize::from(low);
        assert_eq!(GROM0[target..target + 5], [0xBF, 0x80, 0xD0, (table >> 8) as u8, table as u8]);
    }
}

/// Bytes that published programs rely on (console-contract.md, sections 2 and 4).
#[test]
fn fixed_bytes_stand_at_their_addresses() {
    assert_eq!(GROM0[0x0003], 0x00);
    assert_eq!(GROM0[0x0010], 0x43, "BR >03xx");
    let link = 0x300 + usize::from(GROM0[0x0011]);
    assert_eq!(GROM0[link..link + 2], [0x88, 0x6D], "FETCH @>836D");
    assert_eq!(GROM0[0x0017], 0x96, "Moon Patrol and Ms. Pac-Man tell by it where the characters are");
    for vector in [0x16, 0x18, 0x4A] {
        assert_eq!(GROM0[vector] & 0xF0, 0x40, "Boxer and Break Thru take twelve bits of these addresses");
    }
    assert_eq!(GROM0[0x176C..0x176E], [0x0F, 0x27]);
    assert_eq!(GROM0[0x1675..0x1677], [0x0F, 0xFE]);
    assert!(GROM0.windows(2).any(|pair| pair == [0x0F, 0xFF]), "XML >FF, for which Moon Base looks");
    assert_eq!(GROM0[0x4C..0x52], [0x04, 0xB4, 0x06, 0xB4, 0x08, 0x74]);
}

/// OLD CS1 without a tape, as case old_cs1_no_data of the BASIC corpus shows it.
#[test]
fn the_cassette_asks_and_reports_as_the_genuine_console() {
    let code = "PAB     BYTE 5,0,>11,0,64,0,1,0,0,3\n        TEXT 'CS1'\nSTART   MOVE 13,G@PAB,V@>1000\n        DST  >1009,@>8356\n        \
                CALL >0010\n        BYTE 8\n        ST   V@>1001,@>8300\n";
    let mut machine = started(&program(code));
    let rewind = ["  * REWIND CASSETTE TAPE   CS1", "    THEN PRESS ENTER"];
    assert_eq!(rows(&machine, 0), rewind);
    press(&mut machine, &[Key::Enter]);
    let play = ["  * PRESS CASSETTE PLAY    CS1", "    THEN PRESS ENTER"];
    assert_eq!(rows(&machine, 0), [rewind, play].concat());
    press(&mut machine, &[Key::Enter]);
    seconds(&mut machine, 30.0);
    let error = [
        "  * ERROR - NO DATA FOUND",
        "    PRESS R TO READ        CS1",
        "    PRESS C TO CHECK",
        "    PRESS E TO EXIT",
    ];
    assert_eq!(rows(&machine, 0)[5..], error);
    press(&mut machine, &[Key::Shift, Key::E]);
    let stop = ["  * PRESS CASSETTE STOP    CS1", "    THEN PRESS ENTER"];
    assert_eq!(rows(&machine, 0)[9..], stop);
    press(&mut machine, &[Key::Enter]);
    assert_eq!(machine.peek_byte(0x8300), 0xC0, "device error");
}

/// Two or three services whose sound list is heard: divider and attenuation (genuine, cases input_beep and error_beep).
#[test]
fn tones_start_a_sound_list() {
    for (vector, list) in [
        (0x34, [6, 0xBF, 0xDF, 0xFF, 0x80, 0x05, 0x92, 10, 1, 0x9F, 0]),
        (0x36, [6, 0xBF, 0xDF, 0xFF, 0x80, 0x20, 0x90, 10, 1, 0x9F, 0]),
    ] {
        let mut machine = console(Vec::new());
        // LIMI 0, then the interpreter at the vector, with an XML that comes home.
        machine.poke(0xA000, 0x10FF);
        machine.poke(0x83E0 + 12, vector);
        machine.poke(0x83CC, 0);
        machine.set_registers(Registers { pc: 0x0060, wp: 0x83E0, st: 0 });
        seconds(&mut machine, 0.01);
        let at = usize::from(machine.peek(0x83CC));
        // The list may have begun to play: its pointer then stands behind the first block.
        assert!(GROM0[at..].starts_with(&list) || GROM0[at - 8..].starts_with(&list), "{vector:X}");
    }
}
