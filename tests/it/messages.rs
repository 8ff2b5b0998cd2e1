// SPDX-License-Identifier: MIT OR Apache-2.0
//! The messages of the tools: the advice that comes with errors and warnings of sources, and that no message is without a
//! test. Their first lines and places stand beside the areas' other tests.

use super::gpl::Memory;
use lubbock::{asm, basic, gpl};
use std::fs;
use std::path::{Path, PathBuf};

/// Where messages of the tools stand.
const SOURCES: [&str; 4] = ["src/source", "src/asm", "src/gpl", "src/basic"];
/// The commands of the tools; others have suites of their own.
const COMMANDS: [&str; 9] = ["asm", "basic", "build", "dis", "files", "gpl", "link", "sources", "mod"];

/// The texts of all string literals in Rust source, without its unit tests, comments and raw strings' contents.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("\n#[cfg(test)]\nmod").next().unwrap();
    let mut found = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => drop(chars.by_ref().find(|&c| c == '\n')),
            '\'' => {
                // A character in quotes; else it is a lifetime.
                let mut ahead = chars.clone();
                let first = ahead.next();
                if first == Some('\\') {
                    chars.nth(1);
                    chars.by_ref().find(|&c| c == '\'');
                } else if ahead.next() == Some('\'') {
                    chars.nth(1);
                }
            }
            '"' => found.push(literal(&mut chars)),
            _ => {}
        }
    }
    found
}

/// The rest of a string literal whose opening quote is read.
fn literal(chars: &mut std::iter::Peekable<std::str::Chars>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next().filter(|&c| c != '"') {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}

/// A literal that a user reads: it has words. Layouts of other files, and of reports that tests compare whole, have not.
fn is_message(literal: &str) -> bool {
    let word = |w: &str| w.len() > 1 && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'');
    let words = literal.split([' ', ',', ':']).filter(|w| word(w)).count();
    words >= 2 && !literal.contains("<rom") && !literal.contains("<socket")
}

/// The parts of a format string between its arguments.
fn parts(template: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in template.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                parts.push(String::new());
            }
            _ if depth == 0 => parts.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    parts
}

/// Whether a text has the parts in their order.
fn has(text: &str, parts: &[String]) -> bool {
    let mut rest = Some(text);
    for part in parts {
        rest = rest.and_then(|rest| rest.find(part.as_str()).map(|at| &rest[at + part.len()..]));
    }
    rest.is_some()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(rust_files(&path)),
            false => files.push(path),
        }
    }
    files
}

#[test]
fn every_message_is_in_a_test_with_its_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &PathBuf| literals(&fs::read_to_string(path).unwrap());
    let expected: Vec<String> = rust_files(&root.join("tests/it")).iter().flat_map(read).collect();
    let mut sources: Vec<PathBuf> =
        SOURCES.iter().flat_map(|folder| rust_files(&root.join(folder))).collect();
    sources.extend(COMMANDS.map(|name| root.join(format!("src/cli/{name}.rs"))));
    let (mut untested, mut messages) = (Vec::new(), 0);
    for path in &sources {
        for message in read(path).into_iter().filter(|literal| is_message(literal)) {
            messages += 1;
            let parts = parts(&message);
            if !expected.iter().any(|text| has(text, &parts)) {
                untested.push(format!("{}: {message}", path.display()));
            }
        }
    }
    assert!(messages > 180, "only {messages} messages found");
    assert!(untested.is_empty(), "{} of {messages}:\n{}", untested.len(), untested.join("\n"));
}

/// Errors and warnings of a TMS9900 source, in GPL if it starts with a `g`.
fn diagnose(source: &str) -> Vec<(String, Option<String>)> {
    let (language, source) = source.split_at(1);
    let files = [("t", source.as_bytes())];
    let files = Memory(&files);
    let all = match language {
        "g" => {
            let options = gpl::Options { origin: 0x6000, ..gpl::Options::default() };
            gpl::assemble(&files, &["t"], &options).map_or_else(|all| all, |built| built.warnings)
        }
        _ => asm::assemble(&files, &["t"], &asm::Options::default())
            .map_or_else(|all| all, |built| built.warnings),
    };
    all.into_iter().map(|d| (d.fault.message, d.fault.help)).collect()
}

/// Language (`a` or `g`) and source, message, advice (empty: none).
#[test]
fn advice_comes_with_the_message() {
    let long = "x".repeat(256);
    let stri = format!("a STRI '{long}'");
    let brackets = format!("a DATA {}1", "(".repeat(101));
    let rows = [
        // The front end of both.
        (stri.as_str(), "the text has 256 characters, a string at most 255", ""),
        (brackets.as_str(), "brackets nested too deep", ""),
        ("a1A DATA 1", "`1A` is not a name", "names start with a letter and hold no operators"),
        ("a DATA 1 2", "unexpected `2` after the operand", "a comment is set off by `;` or two blanks"),
        (
            "aL DATA L*2",
            "`*` can't work on relocatable addresses",
            "relocatable: address + number, address - number, address - address",
        ),
        ("g BYTE 1F", "`1F` is not a number", "hexadecimal numbers start with >"),
        ("a TEXT '\u{20AC}'", "`\u{20AC}` has no code of one byte", "write characters of your own as >hex"),
        ("aSTART CLR @STRAT", "unknown symbol `STRAT`", "did you mean `START`?"),
        (
            "g .FOO",
            "unknown macro or directive `.FOO`",
            "macros are defined before their first use, with .DEFM",
        ),
        ("a .IFEQ 1,2,3\n .ENDIF", ".IFEQ takes 1 or 2 operands", ""),
        ("a .REPT 1,2\n .ENDR", ".REPT takes 1 operand", ""),
        (
            "g .IFXX 1\n .ENDIF",
            "unknown conditional `.IFXX`",
            "there are .IFDEF .IFNDEF .IFEQ .IFNE .IFGT .IFGE .IFLT .IFLE",
        ),
        ("a .REPT N\n .ENDR\nN EQU 1", "unknown symbol `N`", "it must be known above this line"),
        ("a .REPT 2\n .DEFM X\n .ENDR", ".ENDR inside a macro", ""),
        ("a .DEFM X\n .REPT 2\n .ENDM", ".ENDM inside a repetition", ""),
        ("a .ERROR", ".ERROR reached", ""),
        // TMS9900.
        (
            "a MOVB B#1,R1",
            "no AUTO says where this constant goes",
            "put AUTO where data of this bank may stand",
        ),
        (
            "a BANK 0,>6000\nA RT\n BANK 1\n B @A",
            "this address is in bank 0, the code in bank 1",
            "switch banks in code that is in all of them; X# before the address says that it is meant",
        ),
        ("a DEF X", "DEF of the unknown symbol `X`", "other modules will not find it"),
        (
            "a LI R1,S#X\nX EQU 1",
            "`X` has no size",
            "S# takes the label of bytes or words, behind which another label stands",
        ),
        ("a LI R1,R2", "register R2 is taken for the value 2", "the instruction takes a value here"),
        ("a SBO 256", "CRU bit 256 is out of reach", "bits are -128 to 127 from the base in R12"),
        (
            "a AORG >100\n JMP $-256",
            "the jump is too far by 1 word",
            "the target is -129 words away, a jump reaches -128 to 127: use B @address",
        ),
        ("a JMP >1000", "a jump can't leave its segment", "use B @address"),
        (
            "a INC @>8C01",
            "a word for the byte port VDPWD (>8C00)",
            "the port has eight data lines: the instruction would reach it twice; use one on bytes",
        ),
        (
            "a AORG 1\nX BYTE 0\n MOV @X,R1",
            "a word at the odd address >0001",
            "the processor ignores the last bit: it uses the word before; EVEN may be missing",
        ),
        (
            "a CLR @5(R0)",
            "R0 can't be an index",
            "an index of 0 in the instruction means none: use R1 to R15",
        ),
        (
            "a MOV 16,R1",
            "`16` is not a register: it is >0010",
            "registers are R0 to R15; for memory, write @ before the address",
        ),
        ("a CLR 5", "5 is taken for register R5", "write R5, or @5 for memory"),
        // GPL.
        ("g FMT\n ROW 1", "the source ends inside an FMT block", "close it with FEND"),
        (
            "g AORG >2000",
            "AORG >2000 is not inside a GROM",
            "AORG counts from the start of the GROM: >0000 to >1FFF; choose the GROM with GROM",
        ),
        (
            "g AORG >1FFF\n DATA 1",
            "GROM 3 is full: this line ends at >8000",
            "GROM addresses wrap at 8 KiB: go on in the next GROM with a GROM directive",
        ),
        ("g RB 8,@1", "a byte has no bit 8", "bits count from 0 to 7"),
        (
            "g BR >8000",
            "target >8000 is in another GROM; this branch stays in its own",
            "use B, or a branch to a B",
        ),
        ("g ST >1234,@>8300", ">1234 is cut to the byte >34", "for words, put a D before the instruction"),
        ("g FMT\n HSTR 2,V@0\n FEND", "HSTR reads plain processor memory only", "write @address"),
        (
            "g FMT\n CLR @>8300",
            "`CLR` is not an instruction of FMT",
            "an FMT block is still open: close it with FEND",
        ),
        ("g HCHAR 1,2", "`HCHAR` outside of FMT", "open a block with FMT"),
        ("g MOVE 1,@1,#8", "there is no VDP register 8", "they are #0 to #7"),
        ("g ST @1(@>9000),@1", "index >9000 is not in the scratchpad", "indexes are words at >8300 to >83FF"),
        ("g ST 1,2", "expected an address", "write @address, *address, V@address or V*address"),
        (
            "g MOVE 1,@1,5",
            "the destination is not an address",
            "write @, V@ or G@ before it, or # for a VDP register",
        ),
        (
            "g MOVE 1,L,@1\nL BYTE 1",
            "the source is not an address",
            "labels are in GROM: write G@ before it; for memory, @ or V@",
        ),
    ];
    for (source, message, help) in rows {
        let found = diagnose(source);
        let help = Some(help.to_string()).filter(|help| !help.is_empty());
        assert!(found.contains(&(message.to_string(), help)), "{source:.60}: {found:?}");
    }
}

/// A macro that calls itself, a file that copies itself, repetitions beyond every program.
#[test]
fn endless_sources_are_refused() {
    let deep = "files and macros nested too deep: does one call itself?";
    let many = "more than 262144 lines";
    let repeated = format!("a{}", " .REPT 65535\n NOP\n .ENDR\n".repeat(5));
    for (source, message) in [
        ("a .DEFM A\n .A\n .ENDM\n .A", deep),
        ("g .DEFM A\n .B\n .ENDM\n .DEFM B\n .A\n .ENDM\n .A", deep),
        ("a COPY \"t\"", deep),
        (repeated.as_str(), many),
        ("a .REPT 999\n .REPT 999\n NOP\n .ENDR\n .ENDR", many),
        ("a .DEFM A\n .REPT 65535\n NOP\n .ENDR\n .ENDM\n .A\n .A\n .A\n .A\n .A", many),
    ] {
        let found = diagnose(source);
        assert!(found.iter().any(|(found, _)| found == message), "{source:.60}: {found:.3?}");
    }
}

/// What can't be linked or written.
#[test]
fn linker_and_outputs_say_what_is_wrong() {
    let build = |source: &str| {
        asm::assemble(&Memory(&[("t", source.as_bytes())]), &["t"], &asm::Options::default()).unwrap()
    };
    assert_eq!(
        build(" BSS 2").program(0xFFFF).unwrap_err().to_string(),
        "the program runs beyond address >FFFF: its relocatable part starts at >FFFF and has 3 bytes"
    );
    let objects = [("a.obj", " REF NIX\n DATA NIX"), ("b.obj", " NOP")];
    let objects = objects.map(|(name, source)| (name, asm::Object::from(&build(source))));
    assert_eq!(
        asm::link_objects(&objects, 0).unwrap_err().to_string(),
        "`NIX` is not defined in any module (a.obj needs it): link the one that exports it with DEF"
    );
    let broken: [(&[u8], &str); 3] = [
        (b"00000HELLOF", "record 1: tag 0: the name is cut off"),
        (b"00000        B12", "record 1: tag B: the field is cut off"),
        (b"B1234F", "record 1: a word before the program's name"),
    ];
    for (object, message) in broken {
        assert_eq!(asm::Object::read(object).unwrap_err(), message);
    }
    let zip = || zip::result::ZipError::FileNotFound;
    let shown = "can't make the RPK: specified file not found in archive";
    assert_eq!(asm::LinkError::from(zip()).to_string(), shown);
    assert_eq!(gpl::OutputError::from(zip()).to_string(), shown);
    let options = gpl::Options::default();
    let low = gpl::assemble(&Memory(&[("t", b" GROM 0\n RTN")]), &["t"], &options).unwrap();
    assert_eq!(
        low.cartridge("A").unwrap_err().to_string(),
        "code at >0000: a cartridge's GROMs are 3 to 7; start with GROM 3"
    );
}

/// Program files that are none: bytes, message.
#[test]
fn broken_basic_programs_are_refused() {
    let tifiles = |flags: u8, length: u8| {
        let mut header = b"\x07TIFILES\x00\x01".to_vec();
        header.extend([flags, 1, 0, length, 1, 0]);
        header.resize(128, 0);
        header
    };
    let merge = [&tifiles(0x80, 163)[..], &[2, 0, 10, 0xFF]].concat();
    let cut = [&tifiles(0x80, 163)[..], &[9, 0, 10]].concat();
    let rows: [(&[u8], &str); 8] = [
        (&[0; 4], "not a whole BASIC program: it says that it has 8 bytes, there are 4"),
        (
            &[0, 0, 0x37, 0xD6, 0x37, 0xD3, 0x37, 0xD7],
            "not a BASIC program: check word >0000 does not fit the line table >37D3 to >37D6",
        ),
        (
            &[0, 1, 0x37, 0xD2, 0x37, 0xD3, 0x37, 0xD1],
            "not a BASIC program: the line table >37D3 to >37D2 does not fit below >37D1",
        ),
        (
            &[0, 7, 0x37, 0xD7, 0x37, 0xD0, 0x37, 0xD7],
            "not a whole BASIC program: it says that it has 8 bytes, there are 0",
        ),
        (
            &[0, 7, 0x37, 0xD7, 0x37, 0xD4, 0x37, 0xD7, 0, 10, 1, 1],
            "not a BASIC program: check word >0007 does not fit the line table >37D4 to >37D7",
        ),
        (
            &[0, 3, 0x37, 0xD7, 0x37, 0xD4, 0x37, 0xD7, 0, 10, 1, 1],
            "line 10 points to >0101, outside of the program",
        ),
        (&merge, "record 1 is no line of a merge file"),
        (&cut, "the record at byte 0 is longer than the file"),
    ];
    for (file, message) in rows {
        assert_eq!(basic::container::read(file, false).unwrap_err().to_string(), message);
    }
    assert_eq!(
        basic::container::read(&tifiles(0x00, 80), false).unwrap_err().to_string(),
        "the TIFILES header says DIS/FIX 80, not PROGRAM, INT/VAR 254 or DIS/VAR 163"
    );
}

/// Listings that no memory and no line holds.
#[test]
fn basic_programs_can_be_too_long() {
    let text: String = (1..400).map(|n| format!("{n} REM {}\n", "X".repeat(60))).collect();
    let options = |dialect| basic::encode::Options { dialect, escapes: true };
    let program = basic::encode::program(&text, options(basic::Dialect::Extended)).unwrap().program;
    assert_eq!(
        program.to_image(basic::program::TOP_WITH_DISK).unwrap_err().to_string(),
        "the program needs 27132 bytes, 12504 fit; Extended BASIC can hold it in the long form (--long)"
    );
    let line = basic::program::Line { number: 10, tokens: vec![0x9A; 300] };
    let mut long = basic::program::Program::default();
    long.store(line);
    assert_eq!(long.to_long().unwrap_err().to_string(), "line 10 is too long to store");
    let rows = [
        (
            format!("10 PRINT {}", "A;".repeat(100)),
            basic::Dialect::TiBasic,
            "LINE TOO LONG: 202 bytes to store, at most 159 are possible; split the line",
        ),
        (
            format!("10 PRINT \"{}\"", "A".repeat(256)),
            basic::Dialect::Extended,
            "LINE TOO LONG: 256 characters, at most 255 can be stored",
        ),
        (
            "10 PRINT A B".into(),
            basic::Dialect::TiBasic,
            "INCORRECT STATEMENT: something must stand between two names or numbers (is it meant for Extended BASIC, \
             --extended?)",
        ),
    ];
    for (text, dialect, message) in rows {
        assert_eq!(basic::encode::program(&text, options(dialect)).unwrap_err()[0].message, message);
    }
}
