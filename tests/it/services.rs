// SPDX-License-Identifier: MIT OR Apache-2.0
//! Services of TI BASIC that a cartridge's subprogram calls, and the ROM's entry for FCTN-4.
//!
//! Each row was recorded from a genuine console, run as a black box with the same program; where a row comes from a document, it
//! says so.

use super::grom0::{cartridge, program, seconds, started};
use lubbock::chips::tms9900::Registers;
use lubbock::console::{Config, ConsoleImages, Key, Machine, Profile, Region};
use lubbock::firmware::{GROMS, ROM};
use lubbock::headless::{Session, basic};

/// TI BASIC after `A$="HI"` and `CALL T(7)`: a cartridge's subprogram T runs the code, copies >8300 to >836F to VDP >1100, and stops.
fn subprogram(code: &str) -> Machine {
    let source = format!(
        "        GROM 3\n        AORG 0\n        DATA >AA01,>0100,0,0,0,SUBS\nSUBS    DATA 0,START\n        STRI 'T'\n\
         START   {}\n        MOVE >70,@>8300,V@>1100\n        ST   >55,V@>1200\nSTOP    BR   STOP\n",
        code.replace(';', "\n        ")
    );
    let config = Config { profile: Profile::DOCUMENTED, region: Region::Ntsc, ram32k: false };
    let [grom0, grom1, grom2] = GROMS.map(|grom| grom.as_slice());
    let images = ConsoleImages { rom: ROM, groms: [grom0, grom1, grom2] };
    let mut session = Session::new(Machine::new(config, images, vec![cartridge(&source)]));
    basic::enter(&mut session).unwrap();
    session.typist.type_text("A$=\"HI\"\nCALL T(7)\n");
    while !session.typist.is_idle() {
        let frame = session.machine.now() + 60_000;
        session.frame(frame).unwrap();
    }
    seconds(&mut session.machine, 2.0);
    session.machine
}

/// GROM >0038: @>830C bytes of string space, >831C where; >003F: space for a PAB of @>834A bytes between strings and symbols; >0042: the
/// text pointer behind the name of the subprogram, `>8342` the token there; `>0044` to `>0049`: nothing.
#[test]
fn subprograms_get_space_and_tokens_from_basic() {
    for (code, cells) in [
        ("DST 20,@>830C;CALL >0038", "8318=3FF5 831A=3FD7 831C=3FDB"),
        ("DST 0,@>830C;CALL >0038", "8318=3FF5 831A=3FEB 831C=3FEF"),
        ("DST 20,@>830C;CALL >0038;DST 5,@>830C;CALL >0038", "8318=3FF5 831A=3FCE 831C=3FD2"),
        ("DST 20,@>834A;CALL >003F", "8318=3FE1 831A=3FDB 834C=3FDB"),
        ("DST 33,@>834A;CALL >003F;DST 20,@>830C;CALL >0038", "8318=3FD4 831A=3FB6 831C=3FBA"),
        ("CALL >0042", "832C=0325 8342=B700"),
        ("CALL >0042;CALL >0042", "832C=0325 8342=B700"),
        ("DST >1305,@>8356;DST >C841,V@>1304;CALL >0042", "832C=1306 8342=4100"),
        ("XML >1B;XML >1B", "832C=0324 8342=5400"),
        ("CALL >0044", "832C=0322 8342=C800"),
        ("CALL >0045", "832C=0322 8342=C800"),
        ("CALL >0047", "832C=0322 8342=C800"),
        ("CALL >0049", "832C=0322 8342=C800"),
    ] {
        let machine = subprogram(code);
        let ram = machine.vram();
        assert_eq!(ram[0x1200], 0x55, "{code} comes back");
        for cell in cells.split(' ') {
            let (at, value) = cell.split_once('=').unwrap();
            let at = 0x1100 + (usize::from_str_radix(at, 16).unwrap() & 0xFF);
            assert_eq!(format!("{:02X}{:02X}", ram[at], ram[at + 1]), value, "{code}: {cell}");
        }
    }
}

/// What ends the subprogram with an error: no space, and >001C with a message's address behind the CALL; >001A is a warning.
#[test]
fn errors_of_subprograms_are_those_of_basic() {
    for (code, message, back) in [
        ("DST >3E00,@>830C;CALL >0038", "* MEMORY FULL", 0),
        ("DST >3E00,@>834A;CALL >003F", "* MEMORY FULL", 0),
        ("CALL >001C;DATA >207D", "* STRING-NUMBER MISMATCH", 0),
        ("CALL >001A;DATA >202C", "* WARNING:", 0x55),
    ] {
        let machine = subprogram(code);
        // TI BASIC's characters stand >60 higher on its screen.
        let screen: String =
            machine.vram()[..0x300].iter().map(|c| char::from(c.wrapping_sub(0x60))).collect();
        assert!(screen.contains(message), "{code}: {screen}");
        assert_eq!(machine.vram()[0x1200], back, "{code}");
    }
}

/// XML 11, CSNGR: the text at >8356 lies in GROM if >8389 is not 0, else in VDP RAM; XML 10 never looks. The value, and how many
/// characters it took (console-contract.md, section 3; the genuine console does not come back from a text in GROM).
#[test]
fn numbers_are_read_from_grom() {
    let in_vdp = "        MOVE 4,G@TEXT,V@>1000\n        DST  >1000,@>8356\n";
    let in_grom = "        DST  TEXT,@>8356\n";
    for (text, place, flag, xml, value, end) in [
        ("45,", in_grom, 1, 0x11, [0x40, 45, 0], 2),
        ("-7 ", in_grom, 0x80, 0x11, [0xBF, 0xF9, 0], 2),
        ("12.5", in_grom, 1, 0x11, [0x40, 12, 50], 4),
        ("45,", in_vdp, 0, 0x11, [0x40, 45, 0], 2),
        ("45,", in_vdp, 1, 0x10, [0x40, 45, 0], 2),
    ] {
        let code = format!(
            "TEXT    TEXT '{text}'\n        BYTE >20\nSTART\n{place}        DST  @>8356,@>8310\n        ST   {flag},@>8389\n        \
             XML  >{xml:X}\n        CLR  @>8389\n        ST   >66,@>8312"
        );
        let machine = started(&program(&code));
        assert_eq!([0x834A, 0x834B, 0x834C].map(|at| machine.peek_byte(at)), value, "{text} {xml:X}");
        assert_eq!(machine.peek(0x8356) - machine.peek(0x8310), end, "{text} {xml:X}");
        assert_eq!(machine.peek_byte(0x8312), 0x66, "GPL goes on");
    }
}

/// BL @>0020: EQ while FCTN and 4 are held, whatever else is, too. Only R12 of the caller's workspace changes.
#[test]
fn fctn_4_is_seen_by_machine_code() {
    use Key::{Ctrl, Fctn, Num3, Num4, Shift, Space};
    let ready = started(&program("START"));
    for (keys, held) in [
        (&[][..], false),
        (&[Fctn], false),
        (&[Num4], false),
        (&[Fctn, Num4], true),
        (&[Fctn, Num4, Shift], true),
        (&[Fctn, Num4, Key::A, Space], true),
        (&[Fctn, Num3], false),
        (&[Ctrl, Num4], false),
        (&[Shift, Num4], false),
    ] {
        let mut machine = ready.clone();
        keys.iter().for_each(|&key| machine.set_key(key, true));
        // LIMI 0; BL @>0020; STST R0; JMP $
        for (at, word) in (0xA100..).step_by(2).zip([0x0300, 0, 0x06A0, 0x0020, 0x02C0, 0x10FF]) {
            machine.poke(at, word);
        }
        for at in (0xA022..0xA040).step_by(2) {
            machine.poke(at, at);
        }
        machine.set_registers(Registers { pc: 0xA100, wp: 0xA020, st: 0 });
        seconds(&mut machine, 0.01);
        assert_eq!(machine.peek(0xA020) & 0x2000 != 0, held, "{keys:?}");
        for at in (0xA022..0xA040).step_by(2).filter(|&at| at != 0xA036 && at != 0xA038) {
            assert_eq!(machine.peek(at), at, "register {}", (at - 0xA020) / 2);
        }
    }
}

/// Words and bytes of the ROM that programs read or branch by (console-contract.md, section 2), and the tables of XML (section 3).
#[test]
fn fixed_words_of_the_rom_stand_at_their_addresses() {
    let word = |at: usize| u16::from_be_bytes([ROM[at], ROM[at + 1]]);
    assert_eq!([word(0), word(4), word(8)], [0x83E0, 0x83C0, 0x83C0], "workspaces of reset and interrupts");
    assert_eq!(
        [ROM[0x000C], ROM[0x0012] & 7, ROM[0x0041], ROM[0x004C], ROM[0x0073]],
        [0x30, 0, 0x0A, 0x11, 2]
    );
    let vectors = [0x0044, 0x0046, 0x0048, 0x004A].map(word);
    assert_eq!(vectors, [0xFFD8, 0xFFF8, 0x83A0, 0x8300]);
    let tables: Vec<u16> = (0x0CFA..0x0D1A).step_by(2).map(word).collect();
    let expected = [
        0x0D1A, 0x12A0, 0x2000, 0x3FC0, 0x3FE0, 0x4010, 0x4030, 0x6010, 0x6030, 0x7000, 0x8000, 0xA000,
        0xB000, 0xC000, 0xD000, 0x8300,
    ];
    assert_eq!(tables, expected);
}

/// A machine that has run BL @`at` from the interpreter's workspace, R6 = >1234, R1 = >1013, R3 = >1001 and the word `data` behind
/// it. VDP RAM from >1000 on holds 10 to 1F, >8310 and >834E point there, >836E to >1008.
fn called(ready: &Machine, at: u16, data: u16) -> Machine {
    let mut machine = ready.clone();
    for n in 0..16 {
        machine.poke_vram(0x1000 + n, 0x10 + n as u8);
    }
    for (cell, word) in
        [(0x8310, 0x1000), (0x834E, 0x1000), (0x836E, 0x1008), (0x8342, 0xC891), (0x8372, 0x9F84)]
    {
        machine.poke(cell, word);
    }
    for (register, word) in [(1, 0x1013), (3, 0x1001), (6, 0x1234), (8, 0x5555), (9, 0x6666)] {
        machine.poke(0x83E0 + 2 * register, word);
    }
    // LIMI 0; BL @at, whose return goes on at JMP $ with or without the word of data
    for (place, word) in (0xA100..).step_by(2).zip([0x0300, 0, 0x06A0, at, data, 0x10FF]) {
        machine.poke(place, word);
    }
    machine.set_registers(Registers { pc: 0xA100, wp: 0x83E0, st: 0 });
    seconds(&mut machine, 0.01);
    machine
}

/// Routines that Extended BASIC and the public GPLLNK call by their addresses (console-contract.md, section 2).
#[test]
fn machine_code_calls_the_roms_helpers() {
    let ready = started(&program("START"));
    let register = |machine: &Machine, n: u16| machine.peek(0x83E0 + 2 * n);
    const STAY: u16 = 0x10FF; // JMP $ instead of data
    assert_eq!(register(&called(&ready, 0x187C, 0x8310), 1) >> 8, 0x10, "byte at the address in a cell");
    assert_eq!(register(&called(&ready, 0x1880, STAY), 1) >> 8, 0x11, "byte at R3");
    let machine = called(&ready, 0x1890, STAY);
    assert_eq!([0x834A, 0x834C, 0x834E, 0x8350].map(|at| machine.peek(at)), [0x1011, 0x1213, 0x1415, 0x1617]);
    let machine = called(&ready, 0x18AA, STAY);
    assert_eq!(machine.vram()[0x100F..0x1013], [0x1F, 0x12, 0x34, 0], "R6 at R1 - 3");
    assert_eq!(register(&machine, 1), 0x5010);
    assert_eq!(called(&ready, 0x18AE, STAY).vram()[0x1013..0x1015], [0x12, 0x34], "R6 at R1");
    let machine = called(&ready, 0x1FA8, STAY);
    assert_eq!([0x835C, 0x835E, 0x8360, 0x8362].map(|at| machine.peek(at)), [0x1819, 0x1A1B, 0x1C1D, 0x1E1F]);
    assert_eq!(machine.peek(0x836E), 0x1000, "the value is popped");
    let saved = called(&ready, 0x1E7A, STAY);
    assert_eq!(
        [register(&saved, 8) >> 8, register(&saved, 9)],
        [0xC8, 0x8384],
        "token, top of the subroutine stack"
    );
    let restored = called(&ready, 0x1E8C, STAY);
    assert_eq!([restored.peek_byte(0x8342), restored.peek_byte(0x8373)], [0x55, 0x66]);
}

/// The entries of the floating point that Extended BASIC 110 calls, as seen when it runs on a genuine console: ARG or the value stack's
/// top, both 7, and FAC, 2. R12 is kept.
#[test]
fn machine_code_calls_the_floating_point() {
    let mut ready = started(&program("START"));
    let rows: [(&str, u16, u16, [u16; 2]); 8] = [
        ("SSUB", 0x0D74, 0x0FF8, [0x4005, 0]),
        ("FSUB", 0x0D7C, 0x1000, [0x4005, 0]),
        ("FADD", 0x0D80, 0x1000, [0x4009, 0]),
        ("SADD", 0x0D84, 0x0FF8, [0x4009, 0]),
        ("FMUL", 0x0E88, 0x1000, [0x400E, 0]),
        ("SMUL", 0x0E8C, 0x0FF8, [0x400E, 0]),
        ("FDIV", 0x0FF4, 0x1000, [0x4003, 0x3200]),
        ("SDIV", 0x0FF8, 0x0FF8, [0x4003, 0x3200]),
    ];
    let number = |digit: u8| [0x40, digit, 0, 0, 0, 0, 0, 0];
    for (name, at, stack, result) in rows {
        for (n, byte) in (0..).zip(number(7)) {
            ready.poke_vram(0x1000 + n, byte);
        }
        for (cell, word) in [(0x834A, 0x4002), (0x835C, 0x4007), (0x836E, 0x1000), (0x83F8, 0x7777)] {
            ready.poke(cell, word);
        }
        for cell in (0x834C..0x8352).chain(0x835E..0x8364).step_by(2) {
            ready.poke(cell, 0);
        }
        let mut machine = ready.clone();
        for (place, word) in (0xA100..).step_by(2).zip([0x0300, 0, 0x06A0, at, 0x10FF]) {
            machine.poke(place, word);
        }
        machine.set_registers(Registers { pc: 0xA100, wp: 0x83E0, st: 0 });
        seconds(&mut machine, 0.02);
        let found = [machine.peek(0x834A), machine.peek(0x834C)];
        assert_eq!((found, machine.peek(0x836E), machine.peek(0x83F8)), (result, stack, 0x7777), "{name}");
    }
}

/// The words at >0050 and >166C hold routines that push the GROM's address on the subroutine stack and pop it, for GPLLNK.
#[test]
fn the_groms_address_is_pushed_and_popped() {
    let mut machine = started(&program("START"));
    let [push, pop] = [0x0050, 0x166C].map(|at| u16::from_be_bytes([ROM[at], ROM[at + 1]]));
    machine.poke(0x8372, 0x9F84);
    machine.poke(0x8384, 0x6123);
    // LIMI 0; BL @pop; MOVB @>8373,@>8310; CLR @>8384; BL @push; JMP $
    let code = [0x0300, 0, 0x06A0, pop, 0xD820, 0x8373, 0x8310, 0x04E0, 0x8384, 0x06A0, push, 0x10FF];
    for (place, word) in (0xA100..).step_by(2).zip(code) {
        machine.poke(place, word);
    }
    machine.set_registers(Registers { pc: 0xA100, wp: 0x83E0, st: 0 });
    seconds(&mut machine, 0.01);
    assert_eq!([machine.peek_byte(0x8310), machine.peek_byte(0x8373)], [0x82, 0x84]);
    assert_eq!(machine.peek(0x8384), 0x6123);
}
