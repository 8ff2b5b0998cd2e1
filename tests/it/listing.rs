// SPDX-License-Identifier: MIT OR Apache-2.0
//! The listing of the TMS9900 assembler: its columns, and its clocks against the processor, which the golden traces hold to
//! the clock (`tests/it/cpu.rs`).

use super::gpl::Memory;
use lubbock::asm::{Assembly, Options, assemble};
use lubbock::chips::tms9900::{Bus, Registers, Timing, Tms9900};

fn build(source: &str) -> Assembly {
    let built = assemble(&Memory(&[("t.a99", source.as_bytes())]), &["t.a99"], &Options::default());
    built.unwrap_or_else(|all| panic!("{source}: {}", all[0]))
}

/// Memory with the console's wait states: four for each word beyond console ROM and scratchpad.
struct Console {
    memory: Vec<u8>,
    clocks: u32,
}

impl Console {
    fn cycle(&mut self, addr: u16) {
        let fast = matches!(addr, 0x0000..=0x1FFF | 0x8000..=0x83FF);
        self.clocks += if fast { 2 } else { 6 };
    }
}

impl Bus for Console {
    fn read(&mut self, addr: u16) -> u16 {
        self.cycle(addr);
        let at = usize::from(addr);
        u16::from_be_bytes([self.memory[at], self.memory[at + 1]])
    }

    fn write(&mut self, addr: u16, data: u16) {
        self.cycle(addr);
        let at = usize::from(addr);
        self.memory[at..at + 2].copy_from_slice(&data.to_be_bytes());
    }

    fn cru_in(&mut self, _addr: u16) -> bool {
        self.clocks += 2;
        false
    }

    fn cru_out(&mut self, _addr: u16, _bit: bool) {
        self.clocks += 2;
    }

    fn idle(&mut self, clocks: u32) {
        self.clocks += clocks;
    }

    fn interrupt(&mut self) -> Option<u8> {
        None
    }
}

/// Clocks of the last instruction of a program by the listing, and as the processor takes them.
fn clocks(instruction: &str, at: u16) -> (u32, u32) {
    let built = build(&format!(" AORG >{at:04X}\n {instruction}"));
    let mut bus = Console { memory: vec![0; 0x1_0000], clocks: 0 };
    let binary = &built.program(0).unwrap().binaries(&[])[0];
    bus.memory[usize::from(at)..][..binary.bytes.len()].copy_from_slice(&binary.bytes);
    // Registers hold addresses in the scratchpad, so that nothing they lead to waits; conditions of jumps don't hold.
    for register in 0..16 {
        bus.memory[0x8300 + 2 * register..][..2].copy_from_slice(&[0x83, 0x40]);
    }
    let mut chip = Tms9900::new(Timing::MANUAL);
    let st = if instruction.starts_with("JNE") { 0x2000 } else { 0 };
    chip.set_registers(Registers { pc: at, wp: 0x8300, st });
    chip.step(&mut bus);
    let listed = built.listing.last().unwrap().clocks.unwrap();
    (u32::from(listed.base + listed.waits), bus.clocks)
}

/// All formats with all kinds of operands, in memory that waits and in memory that doesn't.
#[test]
fn clocks_are_those_of_the_processor() {
    let two = ["MOV", "MOVB", "A", "AB", "C", "CB", "S", "SB", "SOC", "SOCB", "SZC", "SZCB"];
    let one = ["CLR", "SETO", "INC", "INCT", "DEC", "DECT", "INV", "NEG", "SWPB", "B", "BL", "BLWP"];
    let operands = ["R1", "*R2", "*R3+", "@>8340", "@>A100", "@>8340(R4)"];
    let mut rows = Vec::new();
    for operand in operands {
        for from in operands {
            rows.extend(two.map(|name| format!("{name} {from},{operand}")));
        }
        rows.extend(one.map(|name| format!("{name} {operand}")));
        rows.extend(["COC", "CZC", "XOR", "MPY"].map(|name| format!("{name} {operand},R5")));
        rows.extend((1..=15).flat_map(|n| [format!("LDCR {operand},{n}"), format!("STCR {operand},{n}")]));
        rows.extend([format!("XOP {operand},1"), format!("LDCR {operand},0"), format!("STCR {operand},0")]);
    }
    // ABS takes two clocks more where the word is negative, as the registers are here.
    rows.extend(operands[1..].iter().map(|operand| format!("ABS {operand}")));
    rows.extend(["SLA", "SRA", "SRL", "SRC"].map(|name| format!("{name} R1,5")));
    rows.extend(
        ["LI R1,5", "AI R1,5", "ANDI R1,5", "ORI R1,5", "CI R1,5", "LWPI >8320", "LIMI 2", "STWP R1"]
            .map(str::to_string),
    );
    rows.extend(
        ["STST R1", "RTWP", "SBO 1", "SBZ 1", "TB 1", "JMP $+2", "JNE $+4", "NOP"].map(str::to_string),
    );
    for row in &rows {
        for at in [0x0100, 0x8380, 0x6000, 0xA000] {
            let (listed, taken) = clocks(row, at);
            assert_eq!(listed, taken, "{row} at >{at:04X}");
        }
    }
    assert!(rows.len() > 700);
}

/// Line number, address, words, clocks with waits behind a `+`, text; `r` marks relocatable words, `e` external ones.
#[test]
fn columns() {
    let source =
        " REF X\n* comment\nA MOV @>8C00,R1\n BL @X\n DATA A\n BYTE 1,2,3\n AORG >100\n B @>8300\nE EQU 5\n";
    assert_eq!(
        build(source).listing_text(),
        "      t.a99\n    1                    REF X\n    3 0000 C060   22+12 A MOV @>8C00,R1\n      0002 8C00\n    \
         4 0004 06A0   20+12  BL @X\n      0006 0000e\n    5 0008 0000r         DATA A\n    6 000A 0102          BYTE 1,2,3\n      \
         000C 03\n    7 0100               AORG >100\n    8 0100 0460   16     B @>8300\n      0102 8300\n    \
         9 0005              E EQU 5\n"
    );
}
