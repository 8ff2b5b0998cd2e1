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
