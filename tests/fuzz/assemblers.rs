// SPDX-License-Identifier: MIT OR Apache-2.0
//! Targets: sources of both assemblers, object code, BASIC texts and programs.

use crate::Target;
use lubbock::asm::{self, Object, link_objects};
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
