// SPDX-License-Identifier: MIT OR Apache-2.0
//! BASIC programs between text and tokens.
//!
//! Expected values: `genuine.txt` and `listed.txt` hold what a TI-99/4A (US console, no peripherals) stored and
//! listed when the lines were typed into it, run as a black box in MAME 0.251; Extended BASIC's bytes were made by
//! xbas99 3.5.5.

use lubbock::basic::container::{self, Form};
use lubbock::basic::encode::{self, Options};
use lubbock::basic::list::{self, SCREEN_WIDTH};
use lubbock::basic::program::{Line, Program, TOP_WITH_DISK};
use lubbock::basic::{Dialect, tokens};
use proptest::prelude::*;

const GENUINE: &str = include_str!("../data/basic/genuine.txt");
const LISTED: &str = include_str!("../data/basic/listed.txt");
const XBAS99: &str = include_str!("../data/basic/xbas99.txt");
const TI: Options = Options { dialect: Dialect::TiBasic, escapes: true };
const XB: Options = Options { dialect: Dialect::Extended, escapes: true };

/// The first line of a listing as tokens, or the first error's message.
fn crunch(source: &str, options: Options) -> Result<Vec<u8>, String> {
    match encode::program(source, options) {
        Ok(encoded) => Ok(encoded.program.lines()[0].tokens.clone()),
        Err(problems) => Err(problems.into_iter().find(|p| p.error).unwrap().message),
    }
}

fn shielded(program: &Program, protected: bool) -> Program {
    let mut program = program.clone();
    program.protected = protected;
    program
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// Rows of `genuine.txt`: what was typed, the stored bytes (`!` if refused), the listing or the message.
fn genuine() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    GENUINE.lines().map(|row| {
        let mut cells = row.split('\t');
        (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap())
    })
}

#[test]
fn stores_what_the_genuine_console_stores() {
    let mut rows = 0;
    for (typed, stored, shown) in genuine() {
        match (stored, crunch(typed, TI)) {
            ("!", Err(message)) => {
                assert!(message.starts_with(shown), "{typed}: {message}, console: {shown}")
            }
            (_, Ok(tokens)) => {
                // The console's line editor hands over a blank behind the line, which REM keeps.
                let genuine = stored.strip_suffix("00").unwrap();
                let genuine =
                    if tokens.contains(&tokens::REM) { genuine.strip_suffix("20").unwrap() } else { genuine };
                assert_eq!(hex(&tokens), genuine, "{typed}");
            }
            (_, outcome) => panic!("{typed}: {outcome:?}, console: {stored} {shown}"),
        }
        rows += 1;
    }
    assert!(rows > 200, "only {rows} rows");
}

#[test]
fn lists_what_the_genuine_console_lists() {
    for (typed, stored, shown) in genuine().filter(|row| row.1 != "!") {
        let number = typed.split(' ').next().unwrap().parse().unwrap();
        let tokens = unhex(stored.strip_suffix("00").unwrap());
        let listed = list::screen_line(&Line { number, tokens }, Dialect::TiBasic);
        assert_eq!(String::from_utf8(listed).unwrap().trim_end(), shown.trim_end(), "{typed}");
    }
}

#[test]
fn listings_of_the_conformance_cases_come_out_row_for_row() {
    let mut cases = 0;
    for case in LISTED.split("case ").skip(1) {
        let field = |key: &'static str| case.lines().filter_map(move |l| l.strip_prefix(key));
        let mut program = Program::default();
        for typed in field("typed ") {
            // The console refuses a line and goes on, so each is encoded by itself.
            if let Ok(encoded) = encode::program(typed, TI) {
                encoded.program.lines().into_iter().for_each(|l| program.store(l.clone()));
            }
        }
        let mut rows: Vec<String> = Vec::new();
        for line in program.lines() {
            let text = list::screen_line(line, Dialect::TiBasic);
            rows.extend(
                list::rows(&text, SCREEN_WIDTH).iter().map(|r| String::from_utf8_lossy(r).trim_end().into()),
            );
        }
        let shown: Vec<_> =
            if program.is_empty() { vec!["* CAN'T DO THAT"] } else { rows.iter().map(|r| &**r).collect() };
        assert_eq!(shown, field("shows ").collect::<Vec<_>>(), "{case}");
        cases += 1;
    }
    assert!(cases >= 25, "only {cases} cases");
}

#[test]
fn ti_basic_lines_end_at_159_bytes() {
    // 150 bytes and `;`s: the console stored the line with eight of them and refused nine.
    let line = |n: usize| format!("1 ON A GOTO {}{}", ["1"; 37].join(","), ";".repeat(n));
    assert_eq!(crunch(&line(8), TI).map(|t| t.len() + 1), Ok(159));
    assert!(crunch(&line(9), TI).unwrap_err().starts_with("LINE TOO LONG: 160 bytes"));
    assert_eq!(crunch(&line(9), XB).map(|t| t.len() + 1), Ok(160));
}

#[test]
fn extended_basic_agrees_with_xbas99() {
    for row in XBAS99.lines() {
        let [typed, stored, shown] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let tokens = crunch(typed, XB);
        assert_eq!(tokens.as_deref().map(hex), Ok(stored.strip_suffix("00").unwrap().into()), "{typed}");
        let number = typed.split(' ').next().unwrap().parse().unwrap();
        let line = Line { number, tokens: tokens.unwrap() };
        let listed = String::from_utf8(list::screen_line(&line, Dialect::Extended)).unwrap();
        assert_eq!(listed.trim_end(), shown.trim_end(), "{typed}");
        assert_eq!(list::source_line(&line, true).trim_end(), shown.trim_end(), "{typed}");
    }
}

/// Listings of which every line encodes and prints as it stands.
const PROGRAM: &str = r#"100 REM a \x05 COUNT
110 FOR I=1 TO 10 STEP 2
120 PRINT "SAY ""HI""";I,A$&"\x5c\x80"
130 NEXT I
140 DATA 1,two words,"A,B",,-3
150 ON X GOTO 100,110
160 IF (A<>B)*(C>=1.5E-10)THEN 100 ELSE 130
170 OPEN #1:"DSK1.X",INPUT ,FIXED 80
180 CALL HCHAR(1,2,65,10)
"#;

#[test]
fn text_survives_every_form() {
    let program = encode::program(PROGRAM, TI).unwrap().program;
    let listing =
        |p: &Program| p.lines().iter().map(|l| list::source_line(l, true) + "\n").collect::<String>();
    assert_eq!(listing(&program), PROGRAM);
    for protected in [false, true] {
        let program = shielded(&program, protected);
        for form in [Form::Image(TOP_WITH_DISK), Form::Image(0x3FFF), Form::Long, Form::Merge] {
            for name in [None, Some("prog")] {
                let file = container::write(&program, form, name).unwrap();
                let (read, found) = container::read(&file, form == Form::Merge).unwrap();
                assert_eq!(found, form);
                assert_eq!(read.protected, protected && form != Form::Merge, "{form:?}");
                assert_eq!(listing(&read), PROGRAM, "{form:?} {name:?}");
            }
        }
    }
}

/// What xbas99 3.5.5 writes: PROGRAM files as they are, long ones by size and checksum.
#[test]
fn files_agree_with_xbas99() {
    let short = encode::program("10 REM HI\n20 DATA A,\"B\"\n", XB).unwrap().program;
    let numbers: String = (100..200).map(|n| format!("{n} PRINT {n}\n")).collect();
    let numbers = encode::program(&numbers, XB).unwrap().program;
    for (protected, image, long_crc) in [
        (false, "000737c737c037d7001437c9000a37d30993c80141b3c7014200059a20484900", 0xD89898E5),
        (true, "fff937c737c037d7001437c9000a37d30993c80141b3c7014200059a20484900", 0xC37E6A7C),
    ] {
        let short = shielded(&short, protected);
        assert_eq!(hex(&container::write(&short, Form::Image(TOP_WITH_DISK), None).unwrap()), image);
        let long = container::write(&shielded(&numbers, protected), Form::Long, None).unwrap();
        assert_eq!((long.len(), crc32fast::hash(&long)), (1216, long_crc));
    }
}

#[test]
fn tifiles_headers_say_what_is_inside() {
    let program = encode::program("10 REM HI\n", XB).unwrap().program;
    // Sectors, flags, records per sector, bytes in the last sector, record length, records (low byte first).
    for (form, header, size) in [
        (Form::Image(TOP_WITH_DISK), "0001010012000000", 256 + 128),
        (Form::Long, "0001820116fe0100", 256 + 128),
        (Form::Merge, "000180010ba30100", 256 + 128),
    ] {
        let file = container::write(&program, form, Some("hi")).unwrap();
        assert_eq!(&file[..8], b"\x07TIFILES");
        assert_eq!(hex(&file[8..16]), header, "{form:?}");
        assert_eq!(&file[16..26], b"HI        ");
        assert_eq!(file.len(), size);
    }
}

/// Every message of the encoder: dialect, text, line, column, and the message's start.
#[test]
fn errors_name_their_place() {
    #[rustfmt::skip]
    let cases = [
        (TI, "10 PRINT A B", 1, 12, "INCORRECT STATEMENT: something must stand between two names or numbers (is"),
        (XB, "\n10 PRINT 5A", 2, 11, "INCORRECT STATEMENT: something must stand between two names or numbers"),
        (TI, "PRINT 1", 1, 1, "a line number is expected here, 1 to 32767"),
        (TI, "0 PRINT 1", 1, 1, "BAD LINE NUMBER: line numbers go from 1 to 32767"),
        (TI, "10 GOTO 32768", 1, 9, "BAD LINE NUMBER: line numbers go from 1 to 32767"),
        (TI, "10 A=5 !X", 1, 8, "BAD NAME: no statement holds this character; a remark with ! needs Extended BASIC (--extended)"),
        (TI, "10 ?5", 1, 4, "BAD NAME: no statement holds this character; there is no short form of PRINT"),
        (TI, "10 A=%", 1, 6, "BAD NAME: no statement holds this character"),
        (TI, "10 é=1", 1, 4, "BAD NAME: no statement holds this character; in strings write such characters as \\xNN"),
        (TI, "10 ABCDEFGHIJKLMNOP=1", 1, 4, "BAD NAME: 16 characters, names have at most 15"),
        (TI, "10 LIST", 1, 4, "CAN'T DO THAT: LIST is a command and cannot stand in a program"),
        (TI, "10 PRINT RUN", 1, 10, "INCORRECT STATEMENT: RUN is a command and cannot stand in a program"),
        (TI, "10 PRINT \"X", 1, 10, "INCORRECT STATEMENT: this string has no closing quote"),
        (TI, "10 PRINT \"é\"", 1, 11, "a TI character is expected; write other bytes as \\xNN"),
        (TI, "10 PRINT \"\\xq1\"", 1, 11, "\\x needs two hexadecimal digits, \\d three decimal ones up to 255"),
        (XB, "10 CALL (1)", 1, 4, "INCORRECT STATEMENT: the name of a subprogram is expected"),
        (TI, "10", 1, 1, "line 10 holds no statement; on the console this deletes it"),
    ];
    for (options, source, line, column, message) in cases {
        let problems = encode::program(source, options).unwrap_err();
        let first = &problems[0];
        assert!(first.message.starts_with(message), "{source}: {}", first.message);
        assert_eq!((first.line, first.column), (line, column), "{source}");
    }
    let both = encode::program("10 PRINT A B\n20 ?\n30 PRINT 1\n", TI).unwrap_err();
    assert_eq!(both.iter().map(|p| p.line).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn oddities_are_warnings() {
    let encoded = encode::program("10 ON A GOTO 10 ,20\n10 END\n", TI).unwrap();
    let warnings: Vec<_> = encoded.warnings.iter().map(|w| (w.line, w.column, w.message.as_str())).collect();
    assert_eq!(
        warnings,
        [
            (1, 16, "because of this blank the console stores the next number as an ordinary number"),
            (2, 1, "line 10 replaces the one on line 1 of the text"),
        ]
    );
    assert_eq!(encoded.program.lines().len(), 1);
}

/// A statement made of words, names, numbers, strings and marks of the dialect.
fn statement(dialect: Dialect) -> impl Strategy<Value = Vec<u8>> {
    let raw = [tokens::REM, tokens::DATA, tokens::IMAGE, tokens::TAIL_REMARK, tokens::CALL];
    let known = |t: &&tokens::Token| t.since <= dialect && !raw.contains(&t.code);
    let words: Vec<u8> = tokens::TOKENS.iter().filter(known).map(|t| t.code).collect();
    let counted = |code: u8, text: &[u8]| [&[code, text.len() as u8], text].concat();
    let piece = prop_oneof![
        4 => prop::sample::select(words).prop_map(|code| vec![code]),
        1 => "[A-Z]{1,5}".prop_map(move |n| [&[tokens::CALL][..], &counted(tokens::UNQUOTED, n.as_bytes()), &[tokens::OPEN_BRACKET]].concat()),
        2 => "[A-Z@_][A-Z0-9@_]{0,3}[$]?".prop_map(|name| [&[tokens::COMMA], name.as_bytes()].concat()),
        2 => "[0-9]{1,3}([.][0-9]{1,3})?(E[+-]?[0-9]{1,2})?"
            .prop_map(move |n| [&[tokens::COMMA][..], &counted(tokens::UNQUOTED, n.as_bytes())].concat()),
        2 => prop::collection::vec(any::<u8>(), 0..6).prop_map(move |s| counted(tokens::QUOTED, &s)),
    ];
    prop::collection::vec(piece, 1..12).prop_map(|p| p.concat())
}

proptest! {
    /// What encoding understood of a listing it understands again, to the byte: text, tokens, text, tokens.
    #[test]
    fn text_to_tokens_to_text(raw in statement(Dialect::TiBasic), xb in statement(Dialect::Extended)) {
        for (tokens, options) in [(raw, TI), (xb, XB)] {
            let shown = |tokens: Vec<u8>| list::source_line(&Line { number: 10, tokens }, true);
            if let Ok(understood) = crunch(&shown(tokens), options) {
                let text = shown(understood.clone());
                let again = crunch(&text, options);
                prop_assert_eq!(again.as_ref(), Ok(&understood), "{}", text);
                prop_assert_eq!(shown(understood), text);
            }
        }
    }

    /// Strings and remarks keep every byte through text.
    #[test]
    fn text_keeps_all_bytes(
        bytes in prop::collection::vec(prop_oneof![Just(b'\\'), Just(b'x'), Just(b'"'), any::<u8>()], 0..40),
    ) {
        let tokens = [&[0x9C, 0xC7, bytes.len() as u8], &bytes[..], &[0x9A, b' '], &bytes[..]].concat();
        let text = list::source_line(&Line { number: 1, tokens: tokens.clone() }, true);
        prop_assert_eq!(crunch(&text, TI), Ok(tokens));
    }

    /// No text and no file makes a panic.
    #[test]
    fn garbage_is_refused_politely(text in "\\PC{0,60}", file in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = encode::program(&format!("10 {text}\n{text}"), XB);
        let _ = container::read(&file, false);
        let _ = container::read(&[b"\x07TIFILES\x00\x01\x82\x01", &file[..]].concat(), true);
        if let Ok((program, _)) = container::read(&file, true) {
            program.lines().iter().for_each(|l| drop(list::screen_line(l, Dialect::TiBasic)));
        }
    }
}
