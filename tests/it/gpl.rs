// SPDX-License-Identifier: MIT OR Apache-2.0
//! The GPL assembler: encodings, addresses, directives, macros, messages, outputs.

use lubbock::gpl::{Assembly, Files, Options, assemble};

/// Sources in memory: the first is the main file.
pub(crate) struct Memory<'a>(pub(crate) &'a [(&'a str, &'a [u8])]);

impl Files for Memory<'_> {
    fn read(&self, _from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let found = self.0.iter().find(|(n, _)| *n == name);
        found.map(|(n, b)| (n.to_string(), b.to_vec())).ok_or_else(|| format!("file not found: {name}"))
    }
}

pub(crate) fn build(source: &str) -> Result<Assembly, String> {
    let options = Options { origin: 0x6000, ..Options::default() };
    assemble(&Memory(&[("t.gpl", source.as_bytes())]), &["t.gpl"], &options)
        .map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(" ")
}

fn code(source: &str) -> String {
    hex(&build(source).unwrap().image(false).unwrap().1)
}

/// The test vectors of the project's GPL reference, section 11 (made with xga99 3.6.5), and forms it leaves out.
#[test]
fn instructions_have_the_reference_encodings() {
    let rows = [
        ("ST >12,@>8300", "BE 00 12"),
        ("ST @>837F,@>8300", "BC 00 7F"),
        ("ST @>8380,@>8300", "BC 00 80 80"),
        ("ST @>9400,@>8300", "BC 00 8F 11 00"),
        ("ST @>2240,@>8300", "BC 00 8F 9F 40"),
        ("ST >41,V@>0005", "BE A0 05 41"),
        ("ST >41,V@>0F00", "BE AF 0F 00 41"),
        ("ST *>8342,@>8300", "BC 00 90 42"),
        ("ST V*>8342,@>8300", "BC 00 B0 42"),
        ("ST @>8305(@>8342),@>8300", "BC 00 C0 05 42"),
        ("ST V@>0100(@>8342),@>8300", "BC 00 E1 00 42"),
        ("ST V*>8344(@>8301),@>8300", "BC 00 F0 44 01"),
        ("ST *>8305(@>8342),@>8300", "BC 00 D0 05 42"),
        ("DST >1234,@>834A", "BF 4A 12 34"),
        ("DST @>834A,@>835C", "BD 5C 4A"),
        ("DADD 1,@>834A", "A3 4A 00 01"),
        ("CEQ >0D,@>8375", "D6 75 0D"),
        ("MUL 10,@>8300", "AA 00 0A"),
        ("DDIV >0016,@>8300", "AF 00 00 16"),
        ("CLOG >41,@>8300", "DA 00 41"),
        ("EX @>8300,@>8301", "C0 01 00"),
        ("SRL 4,@>8300", "E6 00 04"),
        ("DSRL 4,@>8300", "E7 00 00 04"),
        ("DCLR V@>0000", "87 A0 00"),
        ("MOVE >0300,V@>0000,V@>0001", "35 03 00 A0 01 A0 00"),
        ("MOVE 8,@>834A,@>835C", "35 00 08 5C 4A"),
        ("MOVE @>8300,G@>6100,V@>0000", "30 00 A0 00 61 00"),
        ("MOVE 8,G@>6100(@>8302),@>834A", "33 00 08 4A 61 00 02"),
        ("MOVE 8,G@>6100,#0", "39 00 08 00 61 00"),
        ("MOVE 1,@>8300,#1", "3D 00 01 01 00"),
        ("MOVE 4,V@>0100,G@>6200", "25 00 04 62 00 A1 00"),
        ("MOVE 4,V@>0100,G@>6200(@>8304)", "2D 00 04 62 00 04 A1 00"),
        ("I/O 0,@>8300", "F6 00 00"),
        ("COINC @>8302,@>8300", "ED 00 02"),
        ("DSWGR >9804,@>8300", "FB 00 98 04"),
        ("BR G@>6030", "40 30"),
        ("BS G@>6030", "60 30"),
        ("CALL G@>6030", "06 60 30"),
        // Pseudo-instructions and defaults, as xga99 3.6.5 makes them.
        ("RAND", "02 FF"),
        ("RB 3,@>8300", "B2 00 F7"),
        ("SB 3,@>8300", "B6 00 08"),
        ("TBR 3,@>8300", "DA 00 08"),
        ("HOME", "87 7E"),
        ("POP @>8300", "BC 00 90 7C"),
    ];
    for (source, expected) in rows {
        assert_eq!(code(&format!("       {source}")), expected, "{source}");
    }
    assert_eq!(
        code(" FMT\n COL 3\n ROW 5\n HTEXT 'AB'\n FOR 8\n HCHAR 8,' '\n NEXT\n FEND"),
        "08 FF 03 FE 05 01 41 42 C7 47 20 FB 60 09 FB"
    );
}

/// Directives, expressions, labels, macros: source and bytes, worked out by the manual's rules (docs/gpl.md).
#[test]
fn directives_and_expressions() {
    let rows = [
        (" DATA 2+3*4,-1,'A','AB',$", "00 14 FF FF 00 41 41 42 60 00"),
        (" BYTE >100,:101,&11,7/2,-7/2,2**5,~0", "00 05 03 03 FD 20 FF"),
        (" TEXT 'It''s',>0102\n STRI 'AB'", "49 74 27 73 01 02 02 41 42"),
        ("A EQU B+1\nB EQU 5\n BYTE A", "06"),
        ("X:\n EQU >1234\n DATA X", "12 34"),
        ("!L BYTE 1\n DATA -!L,!L\n!L BYTE 2", "01 60 00 60 05 02"),
        (" .DEFM TWICE\n BYTE $1,$1\n .ENDM\n .TWICE 7", "07 07"),
        (" .REPT 3\n BYTE 1\n .ENDR", "01 01 01"),
        ("N EQU 1\n .IFEQ N,1\n BYTE 1\n .ELSE\n BYTE 2\n .ENDIF\n .IFDEF M\n BYTE 3\n .ENDIF", "01"),
        (" BYTE 1\n AORG 4\n BYTE 2", "01 00 00 00 02"),
        // FWD is at >8300: the short form, although its address is not known before the second pass.
        (" CLR @FWD\n BYTE 9\nFWD EQU >8300", "86 00 09"),
    ];
    for (source, expected) in rows {
        assert_eq!(code(source), expected, "{source}");
    }
}

#[test]
fn files_are_copied_in() {
    let files: &[(&str, &[u8])] = &[
        ("m.gpl", b" COPY \"c.gpl\"\n BCOPY \"b.bin\"\n BYTE C"),
        ("c.gpl", b"C EQU 7\n BYTE 1"),
        ("b.bin", &[8, 9]),
    ];
    let built = assemble(&Memory(files), &["m.gpl"], &Options::default()).unwrap();
    assert_eq!(built.image(false).unwrap(), (0, vec![1, 8, 9, 7]));
    assert_eq!(built.symbols_text(), "C        EQU  >0007\n");
}

#[test]
fn several_groms_and_outputs() {
    let built = build(" GROM 4\n AORG 2\nB BYTE 4\n GROM 3\nA BYTE 3\n").unwrap();
    let split: Vec<_> = built.split().into_iter().collect();
    assert_eq!(split, [(3, (0x6000, vec![3])), (4, (0x8002, vec![4]))]);
    let (start, image) = built.image(false).unwrap();
    assert_eq!((start, image.len(), image[0x2002]), (0x6000, 0x2003, 4));
    assert_eq!(built.image(true).unwrap().1.len(), 0x4000);
    assert_eq!(
        built.listing_text(),
        "      t.gpl\n    1 8000                           GROM 4\n    2 8002                           AORG 2\n    \
         3 8002 04                       B BYTE 4\n    4 6000                           GROM 3\n    \
         5 6000 03                       A BYTE 3\n"
    );
}

/// The header as the reference on GROM describes it.
#[test]
fn cartridges_get_a_header() {
    let built = build(" AORG >30\nSTART B START").unwrap();
    let image = built.cartridge("HI").unwrap();
    assert_eq!(
        hex(&image[..0x18]),
        "AA 01 00 00 00 00 60 10 00 00 00 00 00 00 00 00 00 00 60 30 02 48 49 00"
    );
    assert_eq!(hex(&image[0x30..]), "05 60 30");
    let rpk = built.rpk("HI").unwrap();
    let cartridges = lubbock::media::detect(&[("hi.rpk", &rpk)]);
    assert!(cartridges.is_ok());
    let full = build(" CLR @>8300").unwrap();
    assert_eq!(
        full.cartridge("HI").unwrap_err().to_string(),
        "no room for the header: >6000 to >602F hold code; leave them free (AORG >30) or write a header"
    );
}

/// Every message: source, first line of the message, line and column.
#[test]
fn messages_name_their_place() {
    let rows = [
        (" CLR @NIX", "unknown symbol `NIX`", "1:7"),
        (" NOP", "unknown instruction or directive `NOP`", "1:2"),
        (" HCHAR 1,2", "`HCHAR` outside of FMT", "1:2"),
        (" FMT\n CLR @>8300", "`CLR` is not an instruction of FMT", "2:2"),
        (" FMT\n FMT", "FMT inside FMT", "2:2"),
        (" FMT\n HCHAR 33,1\n FEND", "HCHAR counts from 1 to 32, found 33", "2:8"),
        (" FMT\n HTEXT ''\n FEND", "HTEXT takes 1 to 32 characters, found 0", "2:8"),
        (" FMT\n HSTR 2,V@0\n FEND", "HSTR reads plain processor memory only", "2:9"),
        (" ST 1", "ST takes 2 operands, found 1", "1:5"),
        (" ST 1,2", "expected an address", "1:7"),
        (" ST G@1,@2", "only MOVE can reach GROM", "1:5"),
        (" ST 1,#2", "only MOVE can write VDP registers", "1:7"),
        (" MOVE 1,L,@1\nL BYTE 1", "the source is not an address", "1:9"),
        (" MOVE 1,#1,@1", "VDP registers can't be read", "1:9"),
        (" MOVE 1,@1,5", "the destination is not an address", "1:12"),
        (" MOVE #1,@1,@5", "the length is a value or the address of a word in memory", "1:7"),
        (" MOVE 1,@1,#8", "there is no VDP register 8", "1:12"),
        (" ST @1(@>9000),@1", "index >9000 is not in the scratchpad", "1:7"),
        (" ST @1(@1,@1", "the index has no closing `)`", "1:7"),
        (" BYTE 1/0", "division by zero", "1:8"),
        (" BYTE (1", "expected `)`", "1:9"),
        (" BYTE 1 2", "unexpected `2` after the operand", "1:9"),
        (" BYTE", "BYTE needs an operand", "1:2"),
        (" BYTE >G", "expected hexadecimal digits after `>`", "1:7"),
        (" BYTE 70000", "70000 does not fit into 16 bits", "1:7"),
        (" BYTE 12A", "`12A` is not a number", "1:7"),
        (" DATA 'ABC'", "a text in an expression has at most two characters", "1:7"),
        (" BYTE !X", "no local label `!X` after this line", "1:7"),
        (" TEXT X", "expected a text in quotes or >hex digits, found `X`", "1:7"),
        (" FLOAT 1E5", "not a decimal number of the range of TI BASIC", "1:8"),
        (" BSS >3000", "BSS 12288 is more than a GROM holds", "1:6"),
        (" RB 8,@1", "a byte has no bit 8", "1:5"),
        (" EQU 1", "EQU needs a label", "1:2"),
        (" AORG >2000", "AORG >2000 is not inside a GROM", "1:7"),
        ("A BYTE 1\nA BYTE 2", "`A` is already defined in t.gpl:1", "2:1"),
        ("1A BYTE 1", "`1A` is not a name", "1:1"),
        (" AORG >1FFF\n DATA 1", "GROM 3 is full: this line ends at >8000", "2:2"),
        (" COPY \"X\"", "file not found: X", "1:7"),
        (" COPY X", "expected a file name in quotes", "1:7"),
        (" COPY \"t.gpl\"", "files and macros nested too deep: does one call itself?", "1:7"),
        (" .FOO", "unknown macro or directive `.FOO`", "1:2"),
        (" .ENDM", ".ENDM without its beginning", "1:2"),
        (" .ELSE", ".ELSE without its beginning", "1:2"),
        (" .DEFM A", "no .ENDM follows", "1:1"),
        (" .REPT 2", "no .ENDR follows", "1:1"),
        (" .IFEQ 1", "no .ENDIF follows", "1:1"),
        (" .IFXX 1", "unknown conditional `.IFXX`", "1:2"),
        (" .REPT N\n .ENDR", "unknown symbol `N`", "1:8"),
        (" .ERROR 'no disk'", "no disk", "1:2"),
        (" .DEFM A\n .ENDM\n .DEFM A\n .ENDM", "macro `A` is already defined", "3:8"),
        ("A EQU B\nB EQU A+1", "the symbols don't settle: an address depends on its own length", "2:1"),
    ];
    for (source, message, place) in rows {
        let found = build(source).map(|_| ()).unwrap_err();
        assert!(
            found.starts_with(&format!("error: {message}\n")) && found.contains(&format!(" t.gpl:{place}\n")),
            "{source}: {found}"
        );
    }
}

/// What the front end gives both assemblers: precedence, unused symbols, .PRINT, sources behind each other.
#[test]
fn options_of_both_assemblers() {
    let files = Memory(&[
        ("a", b"A EQU 1\nB EQU 2\n .DEFM M\n BYTE $1,B\n .ENDM\n"),
        ("b", b" .M 2+3*4\n .PRINT B,'done'\n"),
    ]);
    let options = Options { precedence: true, unused: true, ..Options::default() };
    let built = assemble(&files, &["a", "b"], &options).unwrap();
    assert_eq!(built.image(false).unwrap().1, [14, 2]);
    let said: Vec<_> = built.warnings.iter().map(|w| w.fault.message.as_str()).collect();
    assert_eq!(said, ["2 done", "`A` is never used"]);
}

#[test]
fn warnings_name_their_place() {
    let rows = [
        (" ST >1234,@>8300", ">1234 is cut to the byte >34"),
        (" BR >8000", "target >8000 is in another GROM; this branch stays in its own"),
        (" FMT\n ROW 1", "the source ends inside an FMT block"),
        (" FMT\n FOR 1", "the source ends inside a FOR block"),
    ];
    for (source, message) in rows {
        let found = build(source).unwrap().warnings;
        assert_eq!(found.iter().map(|w| w.fault.message.as_str()).collect::<Vec<_>>(), [message], "{source}");
    }
}

proptest::proptest! {
    /// Wrong input never panics.
    #[test]
    fn garbage_is_refused_politely(lines in proptest::collection::vec("[ A-Z]{0,3} [.A-Z/]{1,5} [-+@V*G#(),'\">$!~0-9A-F]{0,12}", 0..8)) {
        let _ = build(&lines.join("\n"));
    }
}
