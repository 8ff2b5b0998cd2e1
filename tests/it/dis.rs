// SPDX-License-Identifier: MIT OR Apache-2.0
//! The disassemblers: every instruction's text, the way back to the same bytes, what flow mode takes for code.

use crate::gpl::build;
use lubbock::asm;
use lubbock::asm::dis::Tms9900;
use lubbock::asm::flow::{Decoder, Image, Options, disassemble};
use lubbock::gpl::dis::Gpl;
use lubbock::isa::{gpl, tms9900};
use proptest::prelude::*;

/// Assembles what was disassembled from GROM at `base`.
fn again(bytes: &[u8], base: u16, options: &Options) -> Result<Vec<u8>, String> {
    let listing = disassemble::<Gpl>(&Image { base, bytes }, options);
    let built = build(&listing.text).map_err(|why| format!("{}\n{why}", listing.text))?;
    Ok(built.image(false).map_err(|why| why.to_string())?.1)
}

/// All opcodes, each with operands of all kinds, with both widths of immediate values.
#[test]
fn gpl_comes_back_for_all_opcodes_and_operands() {
    let operands: &[&[u8]] = &[
        &[0x00],
        &[0x7F],
        &[0x80, 0x80],
        &[0x8F, 0x9F, 0x40],
        &[0x90, 0x42],
        &[0x9F, 0x12, 0x34],
        &[0xA1, 0x23],
        &[0xAF, 0x12, 0x34],
        &[0xB0, 0x44],
        &[0xC0, 0x05, 0x42],
        &[0xD0, 0x05, 0x42],
        &[0xE1, 0x00, 0x42],
        &[0xEF, 0x12, 0x34, 0x56],
        &[0xF0, 0x44, 0x01],
    ];
    for opcode in 0..=255u8 {
        for to in operands {
            for from in operands {
                let bytes = [&[opcode], *to, *from, *to, &[0xFB, 0xFB, 0xFB]].concat();
                let back = again(&bytes, 0x6000, &Options::default());
                assert_eq!(back.as_deref(), Ok(&bytes[..]), "{opcode:02X}");
            }
        }
    }
}

/// Each opcode with a name comes out under that name, not as data.
#[test]
fn gpl_instructions_have_names() {
    for opcode in 0..=255u8 {
        // As FMT: three texts of one character, then FEND.
        let bytes = [opcode, 0, 0, 0, 0, 0, 0, 0xFB, 0xFB];
        let image = Image { base: 0x6000, bytes: &bytes };
        let piece = Gpl::decode(&image, 0x6000, &|at| format!(">{at:04X}"));
        // MOVE from GROM with both source flags set is no instruction.
        let illegal = matches!(opcode, 0x26 | 0x27 | 0x2E | 0x2F | 0x36 | 0x37 | 0x3E | 0x3F);
        match gpl::name(opcode).filter(|_| !illegal) {
            Some(name) => {
                let text = &piece.unwrap().lines[0].1;
                assert_eq!(text.split(' ').next(), Some(&name[..]), "{opcode:02X}");
            }
            None => assert!(piece.is_none(), "{opcode:02X}"),
        }
    }
}

proptest! {
    #[test]
    fn gpl_comes_back_for_any_bytes(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(0x08), Just(0xFB), 0x20u8..0x7F], 1..300),
        base in prop_oneof![Just(0x6000u16), Just(0x7FF0)],
        flow in any::<bool>(),
        entry in 0u16..300,
    ) {
        let options = Options { flow, entries: vec![base, base + entry], ..Options::default() };
        let back = again(&bytes, base, &options);
        prop_assert_eq!(back.as_deref(), Ok(&bytes[..]));
    }
}

/// One line of each format, as the Editor/Assembler manual writes them: words, text. xas99 3.6.5 assembles the
/// disassembly of all 65,536 words to the same words (docs/gpl.md says how to repeat that).
#[test]
fn tms9900_lines() {
    let rows: &[(&[u16], &str)] = &[
        (&[0xC801, 0x8300], "MOV  R1,@>8300"),
        (&[0xD87F, 0x0004], "MOVB *R15+,@>0004(R1)"),
        (&[0xC0A0, 0x6000], "MOV  @L6000,R2"),
        (&[0x2893], "XOR  *R3,R2"),
        (&[0x2C40], "XOP  R0,1"),
        (&[0x3201], "LDCR R1,8"),
        (&[0x0A12], "SLA  R2,1"),
        (&[0x0201, 0xABCD], "LI   R1,>ABCD"),
        (&[0x02E0, 0x83E0], "LWPI >83E0"),
        (&[0x02C5], "STST R5"),
        (&[0x045B], "B    *R11"),
        (&[0x10FF], "JMP  L6000"),
        (&[0x1DFE], "SBO  -2"),
        (&[0x0380], "RTWP"),
        (&[0x0211, 0xABCD], "DATA >0211"),
        (&[0x0C00], "DATA >0C00"),
    ];
    for (words, expected) in rows {
        let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
        let text = disassemble::<Tms9900>(&Image { base: 0x6000, bytes: &bytes }, &Options::default()).text;
        let found = text.lines().find(|line| line.contains("; 6000 ")).unwrap();
        assert_eq!(found.get(8..48).unwrap().trim_end(), *expected);
    }
}

/// All words in context: an instruction of the table's name with its length, or data where the chip ignores bits.
#[test]
fn tms9900_decodes_every_word() {
    for word in 0..=0xFFFFu16 {
        let bytes = [&word.to_be_bytes()[..], &[0x12, 0x34, 0x56, 0x78]].concat();
        let image = Image { base: 0x8000, bytes: &bytes };
        let piece = Tms9900::decode(&image, 0x8000, &|at| format!(">{at:04X}"));
        match tms9900::decode(word).filter(|op| word & op.format.unused() == 0) {
            Some(op) => {
                let (length, text) = piece.unwrap().lines.remove(0);
                assert_eq!(text.split(' ').next(), Some(op.mnemonic), "{word:04X}");
                let words = text.matches('@').count()
                    + usize::from(matches!(
                        op.format,
                        tms9900::Format::Immediate | tms9900::Format::LoadInternal
                    ));
                assert_eq!(length, 2 + 2 * words, "{word:04X} {text}");
            }
            None => assert!(piece.is_none(), "{word:04X}"),
        }
    }
}

#[test]
fn flow_mode_tells_code_from_data() {
    let source = " DATA >AA01,0,0,MENU,0,0,0,0\nMENU DATA 0,START\n STRI 'DEMO'\nTABLE TEXT 'MESSAGE'\n BYTE 1,2\nSTART \
                  MOVE 7,G@TABLE,V@0\n CALL SUB\n B START\nSUB CLR @>8300\n RTN\n TEXT 'THE END'";
    let bytes = build(source).unwrap().image(false).unwrap().1;
    let symbols = [(0x8300, "COUNTER".to_string())].into();
    let options = Options { flow: true, symbols, ..Options::default() };
    let listing = disassemble::<Gpl>(&Image { base: 0x6000, bytes: &bytes }, &options);
    let shown: Vec<&str> =
        listing.text.lines().map(|line| line.split("  ;").next().unwrap().trim_end()).collect();
    assert_eq!(
        shown,
        [
            "        GROM >6000",
            "        AORG >0000",
            "        BYTE >AA,>01,>00,>00,>00,>00,>60,>10",
            "        BYTE >00,>00,>00,>00,>00,>00,>00,>00",
            "        BYTE >00,>00,>60,>22,>04",
            "        TEXT 'DEMO'",
            "L6019   TEXT 'MESSAGE'",
            "        BYTE >01,>02",
            "L6022   MOVE  >0007,G@L6019,V@>0000",
            "        CALL  G@L602F",
            "        B     G@L6022",
            "L602F   CLR   @>8300",
            "        RTN",
            "        TEXT 'THE END'",
        ]
    );
    assert_eq!(again(&bytes, 0x6000, &options).as_deref(), Ok(&bytes[..]));
}

/// Names of a symbol file label the code and the cells that it uses; those that an assembler would take for something else,
/// or that another address has, don't.
#[test]
fn symbols_name_code_and_cells() {
    let names =
        [(0xA000, "START"), (0xA008, "R5"), (0x8300, "A_LONG_COUNTER"), (0x8302, "start"), (0xA00A, "L_8")];
    let symbols = names.map(|(at, name)| (at, name.to_string())).into();
    let options = Options { flow: true, entries: vec![0xA000], symbols };
    let bytes: Vec<u8> = [0x05A0, 0x8300, 0x04E0, 0x8302, 0x1000, 0x10FA, 0x4142]
        .iter()
        .flat_map(|w: &u16| w.to_be_bytes())
        .collect();
    let text = disassemble::<Tms9900>(&Image { base: 0xA000, bytes: &bytes }, &options).text;
    let shown: Vec<&str> = text.lines().map(|line| line.split("  ;").next().unwrap().trim_end()).collect();
    assert_eq!(
        shown,
        [
            "        AORG >A000",
            "A_LONG_COUNTER EQU  >8300",
            "start   EQU  >8302",
            "LA000   INC  @A_LONG_COUNTER",
            "        CLR  @start",
            "        JMP  L_8",
            "L_8     JMP  LA000",
            "        BYTE >41,>42",
        ]
    );
    assert_eq!(assembled_again(&bytes, 0xA000, &options).as_deref(), Ok(&bytes[..]));
}

/// Assembles what was disassembled from memory at `base`.
fn assembled_again(bytes: &[u8], base: u16, options: &Options) -> Result<Vec<u8>, String> {
    let listing = disassemble::<Tms9900>(&Image { base, bytes }, options);
    let files = crate::gpl::Memory(&[("t.a99", listing.text.as_bytes())]);
    let built = asm::assemble(&files, &["t.a99"], &asm::Options::default())
        .map_err(|all| format!("{}\n{}", listing.text, all[0]))?;
    let mut binaries = built.program(0).map_err(|why| why.to_string())?.binaries(&[]);
    Ok(binaries.remove(0).bytes)
}

/// All 65,536 instruction words, each with two words behind it that may be its operands.
#[test]
fn tms9900_comes_back_for_all_words() {
    let words: Vec<u16> = (0..=0xFFFF).collect();
    for chunk in words.chunks(0x400) {
        let bytes: Vec<u8> =
            chunk.iter().flat_map(|&w| [w, 0x1234, 0x8765]).flat_map(u16::to_be_bytes).collect();
        let back = assembled_again(&bytes, 0x6000, &Options::default());
        assert!(back.as_deref() == Ok(&bytes[..]), "{:04X}: {}", chunk[0], back.err().unwrap_or_default());
    }
}
