// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TMS9900 assembler: encodings, addresses, directives, macros, messages, outputs.

use super::gpl::Memory;
use lubbock::asm::{Assembly, Options, assemble};

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
        (" LDCR R1,16\n LDCR R1,0", "30013001"),
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
    // Here xas99 takes the last value everywhere, against its manual.
    assert_eq!(code("A WEQU 1\n DATA A\nA WEQU 2\n DATA A"), "00010002");
}
