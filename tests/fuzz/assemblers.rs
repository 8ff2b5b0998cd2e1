// SPDX-License-Identifier: MIT OR Apache-2.0
//! Targets: sources of both assemblers, object code, bytes to disassemble, BASIC texts and programs.

use crate::Target;
use lubbock::asm::{self, Object, flow, link_objects};
use lubbock::source::{Files, Style};
use lubbock::{basic, gpl};

pub(crate) const ASM: Target =
    Target { name: "asm", seeds: asm_seeds, words: WORDS, run: run_asm, inputs: 400 };
pub(crate) const GPL: Target =
    Target { name: "gpl", seeds: gpl_seeds, words: WORDS, run: run_gpl, inputs: 400 };
pub(crate) const OBJECT: Target = Target {
    name: "object",
    seeds: object_seeds,
    words: &["0000", "7", "F", ":", "3", "B", "C"],
    run: run_object,
    inputs: 400,
};
pub(crate) const BASIC: Target = Target {
    name: "basic",
    seeds: basic_seeds,
    words: &["PRINT", "\"", "10 ", "REM", "::", "DATA"],
    run: run_basic,
    inputs: 400,
};

pub(crate) const DIS: Target = Target {
    name: "dis",
    seeds: dis_seeds,
    words: &["\x08", "\u{5}", "\x06", "\x04\x60", "\x06\u{20}", "TEXT", "\x10\x01"],
    run: run_dis,
    inputs: 400,
};

const WORDS: &[&str] = &[
    " EQU ",
    " DATA ",
    " BYTE ",
    " TEXT '",
    " BSS ",
    " AORG ",
    " RORG ",
    " XORG ",
    " DSEG",
    " BANK ",
    " SAVE ",
    " AUTO",
    " END ",
    " .PRINT ",
    " .DEFM A\n",
    " .ENDM\n",
    " .REPT 9\n",
    " .ENDR\n",
    " .IFDEF ",
    " .ELSE\n",
    " .ENDIF\n",
    " COPY \"c\"\n",
    " BCOPY \"c\"\n",
    "B#",
    "W#",
    "S#",
    "X#",
    "!",
    "-!",
    "$",
    "@",
    "*R1+",
    "(R2)",
    ">FFFF",
    ":1",
    "''",
    "**",
    "//",
    " FMT\n",
    " FEND\n",
    " GROM ",
    " MOVE ",
    "G@",
    "V*",
    "\t",
    ";",
    "(",
    ")",
];

/// The only file there is includes a byte that is no character, and a line of each kind.
struct One<'a>(&'a [u8]);

impl Files for One<'_> {
    fn read(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        match (from, name) {
            ("", name) => Ok((name.to_string(), self.0.to_vec())),
            (_, "c") => Ok(("c".into(), b"C EQU 1\n TEXT '\xFF'\n".to_vec())),
            _ => Err(format!("file not found: {name}")),
        }
    }
}

fn seeds_of(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn asm_seeds() -> Vec<Vec<u8>> {
    seeds_of(&[
        "A EQU 1+2*3\n AORG >6000\nL MOV @A(R1),*R2+\n JNE L\n! DEC R1\n JNE -!\n TEXT 'It''s',>0D\n BSS 3\nE EVEN\n",
        " .DEFM M\n LI #1,#2\n .ENDM\n .M R1,5\n .REPT 3\n NOP\n .ENDR\n .IFEQ A,1\n CLR 1\n .ELSE\n RT\n .ENDIF\nA EQU 1\n",
        " BANK ALL,>6000\n BANK 0\nX B @X\n BANK 1\n MOVB B#1,@W\nW DATA W#2,X\n AUTO\n SAVE >6000,>7000\n",
        " DEF S\n REF V\nS BL @V\n DSEG\nD BSS 2\n DEND\n CSEG 'C'\n DATA D\n XORG >8300\n LI R1,S#T\n AORG\nT DATA 1\nU END S\n",
    ])
}

fn gpl_seeds() -> Vec<Vec<u8>> {
    seeds_of(&[
        " GROM 3\n AORG >30\nS ALL ' '\n FMT\n ROW 1\n HTEXT 'A'\n FOR 3\n HCHAR 2,1\n FEND\n FEND\n BR S\n END S\n",
        " MOVE 8,G@T(@>8302),V@1\nT DATA T,-1\n STRI 'A'\n FLOAT 1.5\n CLR @>9400\n .DEFM A\n ST $1,@>8300\n .ENDM\n .A 5\n",
    ])
}

fn object_seeds() -> Vec<Vec<u8>> {
    let object = |compressed| {
        let source = b" DEF S\n REF V\nS BL @V\n DATA S,V\n AORG >A000\n DATA 1\n END S\n";
        let built = asm::assemble(&One(source), &["t"], &asm::Options::default()).unwrap();
        built.object_code(compressed).unwrap()
    };
    vec![object(false), object(true)]
}

fn dis_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for source in asm_seeds() {
        let built = asm::assemble(&One(&source), &["t"], &asm::Options::default()).ok();
        let binaries = built.and_then(|built| Some(built.program(0x6000).ok()?.binaries(&[])));
        seeds.extend(binaries.into_iter().flatten().map(|binary| binary.bytes));
    }
    for source in gpl_seeds() {
        let built = gpl::assemble(&One(&source), &["t"], &gpl::Options::default());
        seeds.extend(built.ok().and_then(|built| built.image(false).ok()).map(|image| image.1));
    }
    // A header with one program.
    seeds.push([&[0xAA, 1, 0, 0, 0, 0, 0x60, 0x10][..], &[0; 10], &[0x60, 0x16, 1, b'A', 4, 0x5B]].concat());
    seeds
}

fn basic_seeds() -> Vec<Vec<u8>> {
    seeds_of(&[
        "10 PRINT \"HELLO\"::A=1\n20 REM X\n30 DATA 1,A\n",
        "100 CALL CLEAR\n110 FOR I=1 TO 9\n120 NEXT I\n",
    ])
}

fn run_asm(input: &[u8]) {
    for style in [Style::Modern, Style::Strict] {
        let options = asm::Options { style, unused: true, ..asm::Options::default() };
        let Ok(built) = asm::assemble(&One(input), &["t"], &options) else { continue };
        let _ = (built.listing_text(), built.symbols_text(), built.object_code(true));
        if let Ok(program) = built.program(0xA000) {
            let _ = (
                program.binaries(&built.saves),
                program.images(&built.areas(0xA000)),
                program.cartridge("A"),
            );
        }
    }
}

fn run_gpl(input: &[u8]) {
    for style in [Style::Modern, Style::Relaxed] {
        let options = gpl::Options { style, ..gpl::Options::default() };
        let Ok(built) = gpl::assemble(&One(input), &["t"], &options) else { continue };
        let _ = (built.listing_text(), built.symbols_text(), built.image(true), built.cartridge("A"));
    }
}

/// Whatever the bytes are: the disassembly assembles to them again, linear and by flow, with names and without.
fn run_dis(input: &[u8]) {
    let bytes = &input[..input.len().min(0x2000)];
    if bytes.is_empty() {
        return;
    }
    let image = flow::Image { base: 0x6000, bytes };
    for flow in [false, true] {
        let entries = if flow { vec![0x6000, 0x6000 + u16::from(bytes[0])] } else { Vec::new() };
        let names = ["NAME", "name", "R5", "L6010", "A_LONG_NAME", "1X"];
        let places = [0x6002, 0x6004, 0x6006, 0x6008, 0x8300, 0x8302];
        let symbols = places.into_iter().zip(names.map(str::to_string)).collect();
        let options = flow::Options { flow, entries, symbols };
        let text = flow::disassemble::<asm::dis::Tms9900>(&image, &options).text;
        let built = asm::assemble(&One(text.as_bytes()), &["t"], &asm::Options::default()).unwrap();
        assert!(built.program(0).unwrap().binaries(&[])[0].bytes == bytes, "TMS9900");
        let text = flow::disassemble::<gpl::dis::Gpl>(&image, &options).text;
        let built = gpl::assemble(&One(text.as_bytes()), &["t"], &gpl::Options::default()).unwrap();
        assert!(built.image(false).unwrap().1 == bytes, "GPL");
    }
}

fn run_object(input: &[u8]) {
    match Object::read(input) {
        Ok(object) => {
            if let Ok(program) = link_objects(&[("t", object)], 0xA000) {
                let _ = (program.binaries(&[]), program.images(&[]));
            }
        }
        Err(why) => assert!(!why.contains('\n'), "{why}"),
    }
}

fn run_basic(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    for dialect in [basic::Dialect::TiBasic, basic::Dialect::Extended] {
        let _ = basic::encode::program(&text, basic::encode::Options { dialect, escapes: true });
    }
    if let Ok((program, _)) = basic::container::read(input, false) {
        for line in program.lines() {
            let _ = basic::list::source_line(line, true);
        }
    }
}
