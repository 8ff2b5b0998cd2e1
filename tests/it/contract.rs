// SPDX-License-Identifier: MIT OR Apache-2.0
//! What cartridges see of the console beyond its documents: each row was recorded from a genuine console, run as a black box with the
//! same program.

use super::grom0::{cartridge, console, program, seconds, started};
use lubbock::chips::tms9900::Registers;

/// The indirect operand through the status, `*>837C`, is the top of the data stack, and pops one byte of it (BRKFREE's programs do so).
/// Before each: 8372 = A4, 83A0.. = 10 to 13, 18, 15 to 1F, 8300.. = 0 but 8305.. = 02 12 34 and 8310.. = 20 to 2F, VDP >3000 = 7172.
#[test]
fn the_status_as_an_indirect_operand_pops_the_data_stack() {
    const ROWS: [(&str, &str); 28] = [
        ("CZ   @>8300", "8372=A4"),
        ("ST   *>837C,@>8302", "8302=18 8372=A3"),
        ("DST  *>837C,@>8302", "8302=18 8303=15 8372=A3"),
        ("ST   >77,*>837C", "8372=A3 83A4=77"),
        ("DST  >7788,*>837C", "8372=A3 83A4=77 83A5=88"),
        ("ADD  *>837C,@>8302", "8302=18 8372=A3"),
        ("DADD *>837C,@>8302", "8302=18 8303=15 8372=A3"),
        ("CZ   *>837C", "8372=A3"),
        ("DCZ  *>837C", "8372=A3"),
        ("INC  *>837C", "8372=A3 83A4=19"),
        ("DINC *>837C", "8372=A3 83A5=16"),
        ("CLR  *>837C", "8372=A3 83A4=00"),
        ("ST   V*>837C,@>8302", "8302=20 8372=A4"),
        ("MOVE 2,*>837C,@>8302", "8302=18 8303=15 8372=A3"),
        ("MOVE 2,@>8306,*>837C", "8372=A3 83A4=12 83A5=34"),
        ("MOVE 2,V*>837C,@>8302", "8302=20 8303=20 8372=A4"),
        ("CEQ  *>837C,@>8302", "8372=A3"),
        ("ST   *>837C,*>837C", "8372=A2 83A4=13"),
        ("DST  *>837C,*>837C", "8372=A2 83A4=13 83A5=18"),
        ("EX   *>837C,@>8302", "8302=18 8372=A3 83A4=00"),
        ("PUSH *>837C", "8372=A4"),
        ("PUSH @>8306", "8372=A5 83A5=12"),
        ("ST   *>8372,@>8302", "8302=18 8372=A4"),
        ("SLL  *>837C,@>8302", "8372=A3"),
        ("MUL  *>837C,@>8306", "8306=01 8307=B0 8372=A3"),
        ("DIV  *>837C,@>8306", "8306=C2 8307=04 8372=A3"),
        ("ST   *>837C,V@>3000", "8372=A3"),
        ("ST   V@>3001,*>837C", "8372=A3 83A4=72"),
    ];
    let mut code = String::from("START\n");
    for (n, (instruction, _)) in ROWS.iter().enumerate() {
        let to = 0x1000 + 0x100 * n;
        code += &format!(
            "        CALL INIT\n        {instruction}\n        MOVE >30,@>8300,V@>{to:04X}\n        MOVE >10,@>8370,V@>{:04X}\n        \
             MOVE >10,@>83A0,V@>{:04X}\n",
            to + 0x70,
            to + 0xA0
        );
    }
    code += "        BR   STOP\n\
             VAL     BYTE 0,0,0,0,0,2,>12,>34,0,0,0,0,0,0,0,0\n        \
             BYTE >20,>21,>22,>23,>24,>25,>26,>27,>28,>29,>2A,>2B,>2C,>2D,>2E,>2F\n\
             STACK   BYTE >10,>11,>12,>13,>18,>15,>16,>17,>18,>19,>1A,>1B,>1C,>1D,>1E,>1F\n\
             INIT    MOVE 32,G@VAL,@>8300\n        MOVE 16,G@VAL,@>8320\n        MOVE 16,G@STACK,@>83A0\n        \
             ST   >A4,@>8372\n        DST  >7172,V@>3000\n        ST   0,@>837C\n        RTN\n";
    let mut before = [0; 0x100];
    before[5..8].copy_from_slice(&[2, 0x12, 0x34]);
    before.copy_within(0..0x10, 0x20);
    for (n, cell) in before[0x10..0x20].iter_mut().enumerate() {
        *cell = 0x20 + n as u8;
    }
    for (n, cell) in before[0xA0..0xB0].iter_mut().enumerate() {
        *cell = if n == 4 { 0x18 } else { 0x10 + n as u8 };
    }
    let machine = started(&program(&code));
    for (n, (instruction, expected)) in ROWS.iter().enumerate() {
        let after = &machine.vram()[0x1000 + 0x100 * n..][..0x100];
        let kept = |at: usize| at < 0x30 || at == 0x72 || (0xA0..0xB0).contains(&at);
        let changed: Vec<String> = (0..0x100)
            .filter(|&at| kept(at) && (after[at] != before[at] || at == 0x72))
            .map(|at| format!("83{at:02X}={:02X}", after[at]))
            .collect();
        assert_eq!(changed.join(" "), *expected, "{instruction}");
    }
}

/// Enters the interpreter at an address of the ROM, the GROM's counter at a `BS`: at >0070 only COND is kept.
#[test]
fn the_interpreter_is_entered_with_or_without_cond() {
    let code = "START   BR   STOP\n        AORG >100\n        BS   SET\n        ST   1,@>8302\n        BR   KEEP\nSET     ST   2,@>8302\n\
                KEEP    ST   @>837C,@>8303\n";
    let ready = started(&program(code));
    for (at, status, branch, kept) in [
        (0x0060, 0x00, 1, 0x00),
        (0x0060, 0x20, 1, 0x00),
        (0x0060, 0xFF, 1, 0xDF),
        (0x006A, 0x20, 1, 0x00),
        (0x006A, 0xFF, 1, 0xDF),
        (0x0070, 0x00, 1, 0x00),
        (0x0070, 0x20, 2, 0x00),
        (0x0070, 0xFF, 2, 0xDF),
    ] {
        let mut machine = ready.clone();
        // LIMI 0; LI R6,>6100; R6 to the GROMs' address; B @at
        let code = [0x0300, 0, 0x0206, 0x6100, 0xD806, 0x9C02, 0x06C6, 0xD806, 0x9C02, 0x06C6, 0x0460, at];
        for (place, word) in (0xA100..).step_by(2).zip(code) {
            machine.poke(place, word);
        }
        machine.poke(0x837C, status << 8);
        machine.set_registers(Registers { pc: 0xA100, wp: 0x83E0, st: 0 });
        seconds(&mut machine, 0.1);
        assert_eq!([0x8302, 0x8303].map(|a| machine.peek_byte(a)), [branch, kept], "{at:04X} {status:02X}");
    }
}

/// The counter of a GROM wraps at its end, a MOVE goes on in the next one (BRKFREE's patterns lie across).
#[test]
fn a_move_goes_on_in_the_next_grom() {
    let code = "START   MOVE 16,G@>7FF8,@>8302\n        MOVE 16,G@>7FF8,V@>1000\n        DST  4,@>8320\n        \
                MOVE 16,G@>7FF4(@>8320),V@>1010\n        BR   STOP\n        AORG >1FF8\n        \
                BYTE >F8,>F9,>FA,>FB,>FC,>FD,>FE,>FF\n        GROM 4\n        AORG 0\n        \
                BYTE >00,>81,>82,>83,>84,>85,>86,>87\n        GROM 3\n        AORG >800\n";
    let machine = started(&program(code));
    let expected =
        [0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF, 0x00, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87];
    assert_eq!((0x8302..0x8312).map(|a| machine.peek_byte(a)).collect::<Vec<u8>>(), expected);
    assert_eq!(machine.vram()[0x1000..0x1010], expected);
    assert_eq!(machine.vram()[0x1010..0x1020], expected);
}

/// Two power-up routines at 16 bases: base, subroutine stack at the call (a routine may leave it lower, as that of Ghostbusters).
#[test]
fn power_up_routines_find_the_stacks_as_they_shall_be() {
    for leave in ["", "        INCT @>8373\n"] {
        let source = format!(
            "        GROM 3\n        AORG 0\n        DATA >AA01,>0100,U1,0,0,0\nU1      DATA U2,E1\nU2      DATA 0,E2\n\
             E1      ST   >11,@>8320\n        B    E\nE2      ST   >22,@>8320\nE       CLR  @>8324\n        ST   V@>3F00,@>8325\n        \
             ST   @>8320,V@>3000(@>8324)\n        ST   @>8373,V@>3100(@>8324)\n        ST   @>8372,V@>3200(@>8324)\n        \
             ST   @>83FB,V@>3300(@>8324)\n        INC  V@>3F00\n{leave}        DST  *>8372,*>8373\n        \
             DECT @>8372\n        RTN\n"
        );
        let machine = console(vec![cartridge(&source)]);
        let ram = machine.vram();
        assert_eq!(ram[0x3F00], 32);
        for call in 0..32 {
            let found = [0x3000, 0x3100, 0x3200, 0x3300].map(|at| ram[at + call]);
            assert_eq!(found, [0x11 * (1 + call % 2) as u8, 0x7E, 0x00, 4 * (call / 2) as u8], "call {call}");
        }
    }
}

/// The flags after an instruction, from >F8, >20, >00 and >D8 before it (the low bits have no meaning): those without a result keep
/// COND, so that a program can compare, store and then branch.
#[test]
fn instructions_without_a_result_keep_cond() {
    const BEFORE: [u8; 4] = [0xF8, 0x20, 0x00, 0xD8];
    const ROWS: [(&str, [u8; 4]); 52] = [
        ("MOVE 1,@>8300,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("MOVE 1,G@>6000,V@>3000", [0xF8, 0x20, 0x00, 0xD8]),
        ("MOVE 1,@>8300,#7", [0xF8, 0x20, 0x00, 0xD8]),
        ("ST   1,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("CLR  @>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("ABS  @>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("NEG  @>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("INV  @>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("EX   @>8310,@>8312", [0xF8, 0x20, 0x00, 0xD8]),
        ("MUL  3,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("DIV  3,@>8310", [0x00, 0x00, 0x00, 0x00]),
        ("DMUL 3,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("PUSH @>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("SLL  1,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("SRL  1,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("SRA  1,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("SRC  1,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("RAND 5", [0xF8, 0x20, 0x00, 0xD8]),
        ("BACK 7", [0xF8, 0x20, 0x00, 0xD8]),
        ("ALL  32", [0xF8, 0x20, 0x00, 0xD8]),
        ("DST  1,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("INC  @>8310", [0xC0, 0xC0, 0xC0, 0xC0]),
        ("DEC  @>8310", [0x80, 0x80, 0x80, 0x80]),
        ("INCT @>8310", [0xC0, 0xC0, 0xC0, 0xC0]),
        ("ADD  1,@>8310", [0xC0, 0xC0, 0xC0, 0xC0]),
        ("SUB  1,@>8310", [0x80, 0x80, 0x80, 0x80]),
        ("AND  1,@>8310", [0x20, 0x20, 0x20, 0x20]),
        ("OR   1,@>8310", [0xC0, 0xC0, 0xC0, 0xC0]),
        ("XOR  1,@>8310", [0xC0, 0xC0, 0xC0, 0xC0]),
        ("CZ   @>8310", [0x20, 0x20, 0x20, 0x20]),
        ("CH   1,@>8310", [0xD8, 0x00, 0x00, 0xD8]),
        ("CHE  1,@>8310", [0xD8, 0x00, 0x00, 0xD8]),
        ("CGT  1,@>8310", [0xD8, 0x00, 0x00, 0xD8]),
        ("CGE  1,@>8310", [0xD8, 0x00, 0x00, 0xD8]),
        ("CEQ  1,@>8310", [0x00, 0x00, 0x00, 0x00]),
        ("CLOG 1,@>8310", [0xF8, 0x20, 0x20, 0xF8]),
        ("I/O  0,@>8314", [0xF8, 0x20, 0x00, 0xD8]),
        ("I/O  1,@>8314", [0xF8, 0x20, 0x00, 0xD8]),
        ("I/O  2,@>8318", [0xF8, 0x20, 0x00, 0xD8]),
        ("I/O  3,@>8318", [0xF8, 0x20, 0x00, 0xD8]),
        ("H", [0xF8, 0x00, 0x00, 0xF8]),
        ("GT", [0xF8, 0x00, 0x00, 0xF8]),
        ("CARRY", [0xF8, 0x00, 0x00, 0xF8]),
        ("OVF", [0xF8, 0x00, 0x00, 0xF8]),
        ("SCAN", [0x00, 0x00, 0x00, 0x00]),
        ("DST  @>837C,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("MOVE 2,@>837B,@>8310", [0xF8, 0x20, 0x00, 0xD8]),
        ("ST   2,V@>3000", [0xF8, 0x20, 0x00, 0xD8]),
        ("ST   2,@>837D", [0xF8, 0x20, 0x00, 0xD8]),
        ("DIV  0,@>8310", [0x08, 0x08, 0x08, 0x08]),
        ("CALL BACK", [0xD8, 0x00, 0x00, 0xD8]),
        ("XML  >F0", [0xF8, 0x20, 0x00, 0xD8]),
    ];
    for (n, flags) in BEFORE.into_iter().enumerate() {
        let mut code = String::from("START\n");
        for (row, (instruction, _)) in ROWS.iter().enumerate() {
            code += &format!(
                "        CALL INIT\n        {instruction}\n        MOVE 1,@>837C,V@>{:04X}\n        BR   N{row}\nN{row}\n",
                0x1000 + row
            );
        }
        code += &format!(
            "        BR   STOP\nINIT    DST  >0020,@>8310\n        DST  >8400,@>8312\n        DST  SLIST,@>8314\n        \
             DST  >1000,@>8318\n        DST  >0109,@>831A\n        DST  >A000,@>8300\n        DST  >045B,@>A000\n        \
             ST   >{flags:02X},@>837C\nBACK    RTNC\nSLIST   BYTE 1,>9F,1,0\n"
        );
        let machine = started(&program(&code));
        for (row, (instruction, after)) in ROWS.iter().enumerate() {
            assert_eq!(machine.vram()[0x1000 + row] & 0xF8, after[n], "{instruction} from {flags:02X}");
        }
    }
}

/// A MOVE whose first VDP register is 1 notes the byte in >83D4, with >80 for 16K of VDP RAM if >83FD has >08 (Yahtzee writes >60).
#[test]
fn register_1_keeps_16k() {
    for (code, noted, register) in [
        ("MOVE 1,@>8310,#1", 0xE1, 0xE1),
        ("MOVE 2,@>8310,#1", 0xE1, 0xE1),
        ("MOVE 1,G@BYTES,#1", 0xE2, 0xE2),
        ("MOVE 2,@>8311,#0", 0xE0, 0x61),
        ("AND  >F7,@>83FD\n        MOVE 1,@>8310,#1\n        OR   8,@>83FD", 0x61, 0x61),
    ] {
        let code = format!(
            "START   DST  >6102,@>8310\n        ST   >61,@>8312\n        {code}\n        BR   STOP\nBYTES   BYTE >62,>63\n"
        );
        let machine = started(&program(&code));
        assert_eq!((machine.peek_byte(0x83D4), machine.vdp_registers()[1]), (noted, register), "{code}");
    }
}

/// What power-up routines and the hooks of title and menu find: no picture and no interrupts, backdrop and colours of a program.
#[test]
fn cartridges_that_start_by_themselves_find_a_plain_screen() {
    let routine = "        DATA >AA01,>0100,UP,0,0,0\nUP      DATA 0,LOOP\nLOOP    BR   LOOP\n";
    let hook = "        DATA >AA80,>0100,0,0,0,0\n        AORG >10\nLOOP    BR   LOOP\n";
    for source in [routine, hook] {
        let machine = console(vec![cartridge(&format!("        GROM 3\n        AORG 0\n{source}"))]);
        assert_eq!(machine.vdp_registers(), [0x00, 0x80, 0x00, 0x0E, 0x01, 0x06, 0x00, 0xF7]);
        assert_eq!(machine.peek_byte(0x83D4), 0x80);
        assert_eq!(machine.vram()[0x384..0x38C], [0x17; 8]);
    }
}

/// The interrupt service works in GPLWS, in which programs wait for it, too: it keeps R0, R9, R10 and R11, and R4 and R7 unless sprites
/// move (Tic Tac waits in a subroutine of one level). Bit n of the mask: Rn keeps its word.
#[test]
fn interrupts_keep_what_they_keep_on_the_genuine_console() {
    type Row = (&'static str, &'static [(u16, u16)], u16);
    const ROWS: [Row; 4] = [
        ("nothing to do", &[], 0x0E91),
        ("a list in VDP RAM", &[(0x83CC, 0x3000), (0x83CE, 0x0100), (0x83FC, 0x0109)], 0x0E91),
        ("a list in GROM", &[(0x83CC, 0x6200), (0x83CE, 0x0100)], 0x0E81),
        ("two sprites", &[(0x837A, 0x0200)], 0x0E01),
    ];
    let list = "START   ST   1,V@>3000\n        ST   >9F,V@>3001\n        BR   STOP\n        AORG >200\n        BYTE 1,>9F,9\n";
    let ready = started(&program(list));
    for (what, cells, kept) in ROWS {
        let mut machine = ready.clone();
        // LIMI 2; JMP $
        for (place, word) in (0xA100..).step_by(2).zip([0x0300, 2, 0x10FF]) {
            machine.poke(place, word);
        }
        for n in 0..13 {
            machine.poke(0x83E0 + 2 * n, 0x1151 * n);
        }
        for &(cell, word) in cells {
            machine.poke(cell, word);
        }
        machine.set_registers(Registers { pc: 0xA100, wp: 0x83E0, st: 0 });
        let before = machine.peek_byte(0x8379);
        seconds(&mut machine, 0.02);
        assert_ne!(machine.peek_byte(0x8379), before, "{what}: an interrupt came");
        assert_eq!(machine.registers().pc, 0xA104, "{what}");
        for n in (0..13).filter(|n| kept >> n & 1 == 1) {
            assert_eq!(machine.peek(0x83E0 + 2 * n), 0x1151 * n, "{what}: R{n}");
        }
    }
}

/// Ways to a GROM address in R0: >005C (fig FORTH), and the first jump from the reset's routine on (Space Patrol looks for it).
#[test]
fn the_rom_has_ways_to_a_grom_address_in_r0() {
    let ready = started(&program("START   BR   STOP\n        AORG >100\n        ST   >55,@>8302\n"));
    let mut jump = ready.peek(0x0002);
    while ready.peek(jump) >> 8 != 0x10 {
        jump += 2;
    }
    for at in [0x005C, jump] {
        let mut machine = ready.clone();
        machine.poke(0x83E0, 0x6100);
        machine.set_registers(Registers { pc: at, wp: 0x83E0, st: 0 });
        seconds(&mut machine, 0.1);
        assert_eq!(machine.peek_byte(0x8302), 0x55, "{at:04X}");
    }
}
