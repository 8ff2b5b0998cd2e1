// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TMS9900 assembler: encodings, addresses, directives, macros, messages, outputs.

use super::gpl::Memory;
use lubbock::asm::{Assembly, Object, Options, assemble, link_objects};

fn build_with(source: &str, options: &Options) -> Result<Assembly, String> {
    let files = Memory(&[("t.a99", source.as_bytes())]);
    assemble(&files, &["t.a99"], options)
        .map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn build(source: &str) -> Result<Assembly, String> {
    build_with(source, &Options::default())
}

/// The bytes of the one binary.
fn code(source: &str) -> String {
    let built = build(source).unwrap();
    let binaries = built.program(0).unwrap().binaries(&built.saves);
    binaries[0].bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Source and bytes, as xas99 3.6.5 (`-b -R`) makes them.
#[test]
fn statements_have_the_reference_bytes() {
    let rows = [
        // Words stand at even addresses, and so do their labels; a label alone doesn't wait for them.
        (" BYTE 1\nL DATA L", "01000002"),
        (" BYTE 1\nL\n DATA L", "01000001"),
        (" BYTE 1\nL CLR @L", "010004e00002"),
        (" BYTE 1\nL EVEN\n DATA L", "01000002"),
        (" BYTE 1\nL BSS 3\n DATA L,$", "0100000000010006"),
        (" DATA 1\nA BES 4\n DATA A\n BYTE 1", "000100000000000601"),
        ("L:\n DATA L\nL2: DATA L2", "00000002"),
        // Data.
        (" TEXT -'ABC'", "4142bd"),
        (" TEXT 'It''s'", "49742773"),
        (" TEXT 'A',>42,'C'\n TEXT >123", "4142431230"),
        (" TEXT ''\n DATA 1", "00000001"),
        (" DATA 'A','AB',-1,''", "00414142ffff0000"),
        (" BYTE >123,-1,'A','AB'", "23ff4142"),
        (" STRI 'AB',>41\n FLOA 1.5", "034142414001320000000000"),
        // Expressions, from left to right.
        (" DATA 2+3*4,(2+3)*4,~0,-(3)", "00140014fffffffd"),
        (" DATA 7%3,-7%3,-7%-3,7%-3", "00010001ffffffff"),
        (" DATA -7/2,-7//2,-7%%2,2**3,2**17", "fffd7ffc000100080000"),
        (" DATA 1<<4,>8000>>3,-1>>4,1<<16,5&4|1^8", "001010000fff0000000d"),
        (" DATA -300*300/7,>8000/2,- -5", "f25ac0000005"),
        // Operands.
        (" CLR 5\n CLR R5\n CLR *5+\n CLR @5(5)", "04c504c504f504e50005"),
        (" MOV @A-2(R1),R2\nA DATA 1", "c0a100020001"),
        (" MOV @-2(R1),R2\n MOV R1,*R2 +\n MOV * R1,@ 4 ( R2 )", "c0a1fffecc81c8910004"),
        (" SLA R1,R0\n SLA R1,0\n SLA R1,15", "0a010a010af1"),
        (" LDCR R1,15\n LDCR R1,0", "33c13001"),
        (" SBO -1\n SBO 127\n SBO 128", "1dff1d7f1d80"),
        (" JMP $\n JMP $+2\n JEQ $+3", "10ff10001300"),
        (" XOP R1,2\n MPY R1,R2\n DIV *R1+,R2\n COC @1,R3", "2c8138813cb120e00001"),
        (" STST R1\n STWP R2\n LWPI >8300\n LIMI 2\n IDLE\n RTWP", "02c102a202e083000300000203400380"),
        (" RT comment\n NOP   comment\n B R1", "045b10000441"),
        (" DXOP FOO,3\n FOO R1\n FOO @>1234", "2cc12ce01234"),
        // Registers may have other names, or names may be registers' numbers.
        ("A REQU 3\n CLR A\n CLR *A\nR1X EQU 4\n CLR R1X", "04c304d304c4"),
        // Places.
        (" AORG 4\n DATA 1\n RORG\n DATA 2", "000200000001"),
        (" DORG >100\nA BSS 2\nB DATA 5\n RORG\n DATA A,B", "01000102"),
        (" RORG 6\n DATA 1\n RORG\n DATA 2", "00010002"),
        (" AORG >10\nA BSS 4\n DATA 1", "000000000001"),
        (" AORG >10\n DATA 1\n BSS 8", "00010000000000000000"),
        (
            " AORG >6000\n DATA 0\n BL @F\nL XORG >8380\nF INC @F\n RT\nM AORG\n DATA L,M",
            "000006a0838005a08380045b6006600c",
        ),
        (" SAVE >10,>20\n AORG >12\n DATA 1", "00000001000000000000000000000000"),
        // Local labels: the one of the same line is before it.
        ("! B @!\n! B @-!\n B @-!!", "046000040460000404600000"),
        ("!A\n JMP -!A\n JMP !A\n!A RT", "10ff1000045b"),
        // Macros, repetition, conditions.
        (" .DEFM X\n DATA #1,#2\n TEXT '#1'\n .ENDM\n .X 1,2", "000100022331"),
        (" .REPT 2\n DATA 1\n .ENDR", "00010001"),
        ("N EQU 1\n .IFEQ N,1\n DATA 1\n .ELSE\n DATA 2\n .ENDIF\n .IFDEF M\n DATA 3\n .ENDIF", "0001"),
        // Repetitions inside macros and each other.
        (" .DEFM M\n .REPT 2\n DATA #1\n .ENDR\n .ENDM\n .M 7", "00070007"),
        (" .REPT 2\n BYTE 1\n .REPT 2\n BYTE 2\n .ENDR\n .ENDR", "010202010202"),
        // Constants that make themselves: bytes in order, then words.
        (
            " MOV w#9,R1\n MOV w#5,R1\n MOVB b#7,R1\n MOVB b#3,R1\n MOV w#4,R2\n AUTO",
            "c060001ac0600018d0600015d0600014c0a000160307000400050009",
        ),
        (" LI R1,s#T\nT TEXT 'ABC'\nU DATA 1", "02010003414243000001"),
    ];
    for (source, expected) in rows {
        assert_eq!(code(source), expected, "{source}");
    }
    // EQU may say the same again, as headers do that are copied twice.
    assert_eq!(code("A EQU 1\nA EQU B\nB EQU 1\n DATA A"), "0001");
    // A count of 16 is written as 0 (data manual); xas99 spoils the opcode.
    assert_eq!(code(" STCR R1,16"), "3401");
    // Here xas99 takes the last value everywhere, against its manual.
    assert_eq!(code("A WEQU 1\n DATA A\nA WEQU 2\n DATA A"), "00010002");
}

/// Every message: source, first line of the message, line and column.
#[test]
fn messages_name_their_place() {
    let rows = [
        // Symbols and expressions.
        (" CLR @NIX", "unknown symbol `NIX`", "1:7"),
        (" DATA 1/0", "division by zero", "1:8"),
        (" DATA (1", "expected `)`", "1:9"),
        (" DATA 1 2", "unexpected `2` after the operand", "1:9"),
        (" DATA >G", "expected hexadecimal digits after `>`", "1:7"),
        (" DATA :2", "expected binary digits after `:`", "1:7"),
        (" DATA 70000", "70000 does not fit into 16 bits", "1:7"),
        (" DATA 12A", "`12A` is not a number", "1:7"),
        (" DATA 'ABC'", "a text in an expression has at most two characters", "1:7"),
        (" DATA 1,", "expected a value", "1:9"),
        (" DATA !X", "no local label `!X` after this line", "1:7"),
        (" DATA -!X", "no local label `!X` before this line", "1:8"),
        ("L DATA L*2", "`*` can't work on relocatable addresses", "1:8"),
        ("L DATA L+L", "`+` can't work on relocatable addresses", "1:8"),
        ("L DATA -L", "a relocatable address can't have a sign", "1:8"),
        ("A EQU B\nB EQU A+1", "the symbols don't settle: an address depends on its own length", "2:1"),
        ("A DATA 1\nA DATA 2", "`A` is already defined in t.a99:1", "2:1"),
        ("A EQU 1\nA EQU 2", "`A` is already defined in t.a99:1", "2:1"),
        ("1A DATA 1", "`1A` is not a name", "1:1"),
        ("A+B DATA 1", "`A+B` is not a name", "1:1"),
        // Operands.
        (" FOO 1", "unknown instruction or directive `FOO`", "1:2"),
        (" MOV R1", "MOV takes 2 operands, found 1", "1:6"),
        (" CLR", "CLR takes 1 operand, found 0", "1:2"),
        (" MOV R16,R1", "unknown symbol `R16`", "1:6"),
        (" MOV 16,R1", "`16` is not a register: it is >0010", "1:6"),
        (" CLR @5(R0)", "R0 can't be an index", "1:9"),
        (" CLR @5(R1", "the index has no closing `)`", "1:8"),
        (" SLA R1,16", "a shift's count is at most 15, found 16", "1:9"),
        (" LDCR R1,17", "a count of bits is at most 16, found 17", "1:10"),
        (" XOP R1,16", "XOP's number is at most 15, found 16", "1:9"),
        (" SBO 256", "CRU bit 256 is out of reach", "1:6"),
        ("L BSS 2\n SBO L", "expected a number, found a relocatable address", "2:6"),
        (" JMP >1000", "a jump can't leave its segment", "1:6"),
        (" AORG >1000\n JMP $+258", "the jump is too far by 1 word", "2:6"),
        (" AORG >1000\n JMP $-256", "the jump is too far by 1 word", "2:6"),
        (" AORG >1000\n JMP >2000", "the jump is too far by 1920 words", "2:6"),
        // Directives.
        (" EQU 1", "EQU needs a label", "1:2"),
        (" DATA", "DATA needs an operand", "1:2"),
        (" TEXT X", "expected a text in quotes or >hex digits, found `X`", "1:7"),
        (" FLOA 1E5", "not a decimal number of the range of TI BASIC", "1:7"),
        (" COPY \"X\"", "file not found: X", "1:7"),
        (" COPY X", "expected a file name in quotes", "1:7"),
        (" BCOPY \"X\"", "file not found: X", "1:8"),
        ("X DATA 1\n REF X", "`X` is already defined in t.a99:1", "2:6"),
        (" AORG >FFFE\n DATA 1,2", "the program runs beyond address >FFFF", "2:2"),
        (" AORG >FFF0\n BSS 17", "the room goes beyond address >FFFF", "2:6"),
        (" BANK", "BANK takes a number or ALL, and perhaps an address", "1:2"),
        (" BANK 128", "there is no bank 128: they count from 0 to 127", "1:7"),
        (" MOVB B#1,R1", "no AUTO says where this constant goes", "1:7"),
        (" MOVB B#1,R1\n AUTO\n AUTO", "AUTO has placed the constants of this bank already", "3:2"),
        (" LI R1,S#X\nX EQU 1", "`X` has no size", "1:10"),
        // The preprocessor.
        (" .FOO", "unknown macro or directive `.FOO`", "1:2"),
        (" .DEFM A", "no .ENDM follows", "1:1"),
        (" .REPT 2", "no .ENDR follows", "1:1"),
        (" .IFEQ 1", "no .ENDIF follows", "1:1"),
        (" .ERROR 'no disk'", "no disk", "1:2"),
    ];
    for (source, message, place) in rows {
        let found = build(source).map(|_| ()).unwrap_err();
        assert!(
            found.starts_with(&format!("error: {message}\n")) && found.contains(&format!(" t.a99:{place}\n")),
            "{source}: {found}"
        );
    }
}

#[test]
fn advice_and_several_errors() {
    let found = build("START CLR @STRAT\n JMP >100\n FOO\n").unwrap_err();
    assert_eq!(
        found,
        "error: unknown symbol `STRAT`\n --> t.a99:1:12\n  |\n1 | START CLR @STRAT\n  |            ^^^^^\n  = help: did you mean \
         `START`?\nerror: a jump can't leave its segment\n --> t.a99:2:6\n  |\n2 |  JMP >100\n  |      ^^^^\n  = help: use B @address\n\
         error: unknown instruction or directive `FOO`\n --> t.a99:3:2\n  |\n3 |  FOO\n  |  ^^^"
    );
}

/// Source and warning; what has no row here has none.
#[test]
fn warnings_name_their_place() {
    let rows = [
        (" AORG 1\nX BYTE 0\n MOV @X,R1", "a word at the odd address >0001"),
        (" INC @>8C01", "a word for the byte port VDPWD (>8C00)"),
        (" MOV R0,@>8C02", "a word for the byte port VDPWA (>8C02)"),
        (" MOVB R0,@>8C03", ">8C03 is no port: VDPWA is at >8C02"),
        (" CLR 5", "5 is taken for register R5"),
        (" LI R1,R2", "register R2 is taken for the value 2"),
        (" SBO 128", "CRU bit 128 is taken for -128"),
        (" JEQ $+3", "the jump's target >0003 is odd"),
        (" DEF X", "DEF of the unknown symbol `X`"),
        ("A WEQU 1\nA WEQU 2", "`A` has another value from here on"),
        (" BANK 0,>6000\nA RT\n BANK 1\n B @A", "this address is in bank 0, the code in bank 1"),
    ];
    for (source, message) in rows {
        let warnings = build(source).unwrap().warnings;
        let texts: Vec<_> = warnings.iter().map(|w| w.fault.message.as_str()).collect();
        assert_eq!(texts, [message], "{source}");
    }
    for quiet in [" BANK 0,>6000\nA RT\n BANK 1\n B @X#A", " MOVB R0,@>8C02\n MOV @1(R1),R2", "A EQU 1"] {
        assert!(build(quiet).unwrap().warnings.is_empty(), "{quiet}");
    }
    let options = Options { unused: true, ..Options::default() };
    let warnings = build_with("A EQU 1\nB EQU 2\n DATA A", &options).unwrap().warnings;
    assert_eq!(warnings[0].fault.message, "`B` is never used");
    let options = Options { strict_banks: true, ..Options::default() };
    let error = build_with(" BANK 0,>6000\nA RT\n BANK 1\n B @A", &options).unwrap_err();
    assert!(error.starts_with("error: this address is in bank 0, the code in bank 1\n"), "{error}");
}

/// Notes have the values of the last pass, and the arguments of the macro around them.
#[test]
fn print_shows_values() {
    let source =
        " .PRINT 'size',E-S\n .DEFM M\n .PRINT #1,'it''s'\n .ENDM\n AORG >100\nS BSS 6\nE\n .M S\n DATA 1";
    let notes: Vec<_> = build(source).unwrap().warnings.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["note: t.a99:1: size 6", "note: t.a99:3: 256 it's"]);
    let error = build(" .PRINT NIX").unwrap_err();
    assert!(error.starts_with("error: unknown symbol `NIX`\n --> t.a99:1:9\n"), "{error}");
}

/// Several sources are one program, with their macros.
#[test]
fn sources_follow_each_other() {
    let files =
        Memory(&[("a", b" .DEFM M\n DATA #1,B\n .ENDM\n .M A\nA DATA 1\n END\n DATA 9"), ("b", b"B .M A\n")]);
    let built = assemble(&files, &["a", "b"], &Options::default()).unwrap();
    assert_eq!(built.program(0).unwrap().binaries(&[])[0].bytes, [0, 4, 0, 6, 0, 1, 0, 4, 0, 6]);
}

#[test]
fn precedence_on_request() {
    let options = Options { precedence: true, ..Options::default() };
    let built = build_with(" DATA 2+3*4,2*3**2+1,1|2&3^1,16>>1+1,10-2-3,-2*3", &options).unwrap();
    // 2+12; 2*9+1; 1|((2&3)^1); 16>>(1+1); (10-2)-3; (-2)*3: C's order, ** above *.
    assert_eq!(
        built.program(0).unwrap().binaries(&[])[0].bytes,
        [0, 14, 0, 19, 0, 3, 0, 4, 0, 5, 0xFF, 0xFA]
    );
}

/// Banks: those after code that is in all of them follow it.
#[test]
fn banks_are_separate_files() {
    let source =
        " BANK ALL,>6000\nS DATA >AA01\n BANK 0\nA B @B2\n BANK 1\n DATA 1,A\n BANK ALL\nB2 DATA S\n";
    let built = build(source).unwrap();
    let binaries = built.program(0).unwrap().binaries(&[]);
    // As xas99 3.6.5 -b writes them.
    let expected: [(Option<u8>, &[u8]); 2] = [
        (Some(0), &[0xAA, 1, 0x04, 0x60, 0x60, 0x06, 0x60, 0x00]),
        (Some(1), &[0xAA, 1, 0, 1, 0x60, 0x02, 0x60, 0x00]),
    ];
    for (binary, (bank, bytes)) in binaries.iter().zip(expected) {
        assert_eq!((binary.bank, binary.start, &binary.bytes[..]), (bank, 0x6000, bytes));
    }
    assert_eq!(binaries.len(), 2);
    let rom = built.program(0).unwrap().cartridge("").unwrap();
    assert_eq!((rom.len(), rom[0], rom[0x2003]), (0x4000, 0xAA, 1));
}

const FIRST: &str = " IDT 'HELLO'\n DEF A\n REF SUB\nA DATA 1,A\n BL @SUB\n BYTE 1\n DATA 2\n BL @SUB\n BSS 4\n \
                     TEXT 'ABCD'\n AORG >B000\n DATA 5,SUB\n END A\n";
const SECOND: &str = " DEF SUB\n RORG >10\nSUB RT\n DATA SUB\n";
/// What xas99 3.6.5 makes of them, without line numbers.
const FIRST_OBJECT: &[&str] = &[
    "00018HELLO   A0000B0001C0000B06A0B0000B0100B0002B06A0C00067F3B1F",
    "A0010A0014B4142B43449B000B0005C000E7F879F",
    "200007FED7F",
    "50000A     4B002SUB   7FBA1F",
    ":       xdt99 xas",
];
const SECOND_OBJECT: &[&str] =
    &["00014        A0010B045BC00107FAB1F", "50010SUB   7FD89F", ":       xdt99 xas"];

fn object(lines: &[&str]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line:<80}")).collect::<String>().into_bytes()
}

/// The linker reads xas99's object code and ours, plain and compressed, and gives the bytes of xas99 -l -b -a >A000.
#[test]
fn object_code_is_written_read_and_linked() {
    let ours = |source: &str, compressed| build(source).unwrap().object_code(compressed).unwrap();
    let pairs = [
        (object(FIRST_OBJECT), object(SECOND_OBJECT)),
        (ours(FIRST, false), ours(SECOND, false)),
        (ours(FIRST, true), ours(SECOND, true)),
        (FIRST_OBJECT.join("\r\n").into_bytes(), object(SECOND_OBJECT)),
    ];
    let expected = "0001a00006a0a0280100000206a0a0280000000041424344";
    for (first, second) in pairs {
        let objects = [("a", Object::read(&first).unwrap()), ("b", Object::read(&second).unwrap())];
        let program = link_objects(&objects, 0xA000).unwrap();
        let bytes = &program.binaries(&[])[0].bytes;
        let hex: String = bytes[..24].iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, expected);
        assert_eq!(
            (&bytes[0x28..0x2C], &bytes[0x1000..]),
            (&[4, 0x5B, 0xA0, 0x28][..], &[0, 5, 0xA0, 0x28][..])
        );
        assert_eq!(program.symbols_text(), "A        EQU  >A000\nSUB      EQU  >A028\n");
        // Option 5: the relocatable part with its gap is one file, the rest another; it is entered at A.
        let images = program.images(&[]).unwrap();
        assert_eq!(images.len(), 2);
        assert_eq!((&images[0][..8], images[0].len()), (&[0xFF, 0xFF, 0, 50, 0xA0, 0, 0, 1][..], 50));
        assert_eq!(images[1], [0, 0, 0, 10, 0xB0, 0, 0, 5, 0xA0, 0x28]);
    }
    // Records have 80 characters; the first is the header with the length.
    let plain = ours(FIRST, false);
    assert!(plain.len() % 80 == 0 && plain.starts_with(b"00018HELLO   "));
    assert!(ours(FIRST, true).starts_with(&[1, 0, 0x18]));
}

/// Object code that is refused: the message.
#[test]
fn broken_object_code_is_refused() {
    let rows: [(&[&str], &str); 7] = [
        (&["00000        F"], "no end record (`:`) after 1 records: not object code, or cut off"),
        (&["00000        "], "record 1: no end of record (F)"),
        (&["0000G        F", ":"], "record 1: tag 0: `000G` are not hexadecimal digits"),
        (&["00000        Z0000F", ":"], "record 1: unknown tag `Z`"),
        (&["00000        7FFFFF", ":"], "record 1: checksum is FFFF, the record's sum says FDD9"),
        (&["00000        30002SUB   F", ":"], "record 1: a chain of uses leads to >0002, where nothing is"),
        (&["00002        A0000C000030000SUB   F", ":"], "record 1: a chain of uses leads back to itself"),
    ];
    for (lines, message) in rows {
        let found = Object::read(lines.join("\n").as_bytes()).unwrap_err();
        assert_eq!(found, message, "{lines:?}");
    }
    let link = |source: &str| {
        link_objects(&[("a", Object::from(&build(source).unwrap()))], 0).unwrap_err().to_string()
    };
    assert_eq!(
        link(" REF X\n DATA X"),
        "`X` is not defined in any module: link the one that exports it with DEF"
    );
    let twice = Object::from(&build(" DEF X\nX DATA 1").unwrap());
    let error = link_objects(&[("a", twice.clone()), ("b", twice)], 0).unwrap_err();
    assert_eq!(error.to_string(), "`X` is exported by two modules: a and b");
    let object = |source: &str| build(source).unwrap().object_code(false).unwrap_err().to_string();
    assert_eq!(
        object(" REF X\n DATA X+1"),
        "object code can't express `X` plus a number: use the name alone"
    );
    assert_eq!(object(" BANK 0\n RT"), "object code has no banks: write a binary or a cartridge");
    assert_eq!(
        object(" DEF LONGNAME,LONGNAMES\nLONGNAME RT\nLONGNAMES RT"),
        "`LONGNAME` and `LONGNAMES` are the same name in object code, which keeps 6 characters"
    );
}

/// The header as the project's reference on cartridges describes it; the machine's own reader takes the package.
#[test]
fn cartridges_get_a_header() {
    let built = build(" AORG >6030\nS RT\n END S").unwrap();
    let program = built.program(0).unwrap();
    let rom = program.cartridge("HI").unwrap();
    let header: String = rom[..0x18].iter().map(|b| format!("{b:02X}")).collect();
    assert_eq!((header.as_str(), rom.len()), ("AA0100000000601000000000000000000000603002484900", 0x2000));
    assert_eq!(lubbock::media::detect(&[("hi.rpk", &program.rpk("HI").unwrap())]).unwrap().len(), 1);
    let rows = [
        (
            " AORG >6000\n RT",
            "no room for the header: >6000 to >602F hold code; leave them free (AORG >6030) or write a header",
        ),
        (" AORG >8000\n RT", "code at >8000: a cartridge's ROM is at >6000 to >7FFF"),
        (
            " BANK 0,>6000\n RT\n BANK 1\n RT",
            "no bank has a header (>AA at >6000): a paged cartridge needs one in the bank it starts with",
        ),
        ("", "the program has no bytes: nothing to write"),
    ];
    for (source, message) in rows {
        assert_eq!(
            build(source).unwrap().program(0).unwrap().cartridge("HI").unwrap_err().to_string(),
            message
        );
    }
    assert_eq!(
        program.cartridge("\u{e9}").unwrap_err().to_string(),
        "the name `\u{e9}` has characters that the menu can't show"
    );
    let banked = build(" BANK 0,>6000\n RT").unwrap().program(0).unwrap();
    assert_eq!(
        banked.images(&[]).unwrap_err().to_string(),
        "a program image has no banks: write a binary or a cartridge"
    );
    let late = build(" RT\nS RT\n END S").unwrap().program(0xA000).unwrap();
    assert_eq!(
        late.images(&[]).unwrap_err().to_string(),
        "the entry >A002 is not the start of a piece of the program: option 5 enters the first file at its first byte"
    );
}
