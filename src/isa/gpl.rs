// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Graphics Programming Language in one table: opcodes, operand forms, MOVE's flags, the FMT sub-language.
//!
//! The GPL assembler encodes by it and the disassembler decodes by it; nothing else in the crate states an opcode.
//!
//! Not here: what the instructions do (the interpreter is firmware) and the codes that consoles pass on to a card
//! (>14->1F, >98->9F, >F0->F3, >FC->FF).
//!
//! Sources: the project's reference page on GPL, sections 3 to 8 and 11; GPL Programmer's Guide (operand order of
//! the published assemblers: source first; in memory the destination comes first).

/// What follows an opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Nothing.
    Alone,
    /// One byte.
    Byte,
    /// A 16-bit GROM address.
    Address,
    /// BR BS: a 13-bit address in the same GROM; its high bits are the opcode's low ones.
    Branch,
    /// One general address; bit 0 of the opcode tells word (1) from byte (0).
    One,
    /// General address of the destination, then the source; bit 0 as in `One`, bit 1: the source is immediate.
    Two,
    /// I/O: general address, then a function byte; only the form with bit 1 has a name.
    Io,
    /// MOVE: see [`Move`].
    Move,
    /// FMT: see [`FMT_OPS`], until FEND.
    Fmt,
}

impl Format {
    /// How many opcodes in a row belong to one instruction of this format.
    pub const fn codes(self) -> u8 {
        match self {
            Self::Alone | Self::Byte | Self::Address | Self::Fmt => 1,
            Self::One => 2,
            Self::Two | Self::Io => 4,
            Self::Branch | Self::Move => 0x20,
        }
    }
}

/// Which forms of an instruction have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Widths {
    /// The name for bytes; with D before it for words.
    Both,
    /// Only one: the opcode as it stands in the table.
    One,
}

/// Where an instruction leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// To the next one.
    Next,
    /// To its target or to the next one (BR BS CALL).
    Both,
    /// To its target (B).
    Jump,
    /// Elsewhere.
    End,
}

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// Name in assembly language, without the D of the word form.
    pub mnemonic: &'static str,
    /// Opcode with all flags zero.
    pub opcode: u8,
    /// What follows.
    pub format: Format,
    /// Which forms have a name.
    pub widths: Widths,
    /// Where it leads.
    pub flow: Flow,
    /// What it does, in a few words.
    pub title: &'static str,
}

macro_rules! instructions {
    ($($mnemonic:literal $opcode:literal $format:ident $widths:ident $flow:ident $title:literal)*) => {
        /// All instructions by opcode.
        pub const OPS: &[Op] = &[$(Op {
            mnemonic: $mnemonic,
            opcode: $opcode,
            format: Format::$format,
            widths: Widths::$widths,
            flow: Flow::$flow,
            title: $title,
        }),*];
    };
}

instructions! {
//  name    op   format  widths flow title
    "RTN"   0x00 Alone   One  End  "return"
    "RTNC"  0x01 Alone   One  End  "return, keeping the condition"
    "RAND"  0x02 Byte    One  Next "random number"
    "SCAN"  0x03 Alone   One  Next "scan the keyboard"
    "BACK"  0x04 Byte    One  Next "set the backdrop colour"
    "B"     0x05 Address One  Jump "branch anywhere"
    "CALL"  0x06 Address One  Both "call a subroutine"
    "ALL"   0x07 Byte    One  Next "fill the screen"
    "FMT"   0x08 Fmt     One  Next "formatted screen output"
    "H"     0x09 Alone   One  Next "test logical greater"
    "GT"    0x0A Alone   One  Next "test arithmetic greater"
    "EXIT"  0x0B Alone   One  End  "back to the title screen"
    "CARRY" 0x0C Alone   One  Next "test carry"
    "OVF"   0x0D Alone   One  Next "test overflow"
    "PARSE" 0x0E Byte    One  Next "evaluate a BASIC expression"
    "XML"   0x0F Byte    One  Next "call machine code"
    "CONT"  0x10 Alone   One  End  "go on in BASIC"
    "EXEC"  0x11 Alone   One  End  "run a BASIC program"
    "RTNB"  0x12 Alone   One  End  "return to BASIC"
    "RTGR"  0x13 Alone   One  End  "return to another GROM base"
    "MOVE"  0x20 Move    One  Next "copy a block"
    "BR"    0x40 Branch  One  Both "branch if the condition is reset"
    "BS"    0x60 Branch  One  Both "branch if the condition is set"
    "ABS"   0x80 One     Both Next "absolute value"
    "NEG"   0x82 One     Both Next "two's complement"
    "INV"   0x84 One     Both Next "one's complement"
    "CLR"   0x86 One     Both Next "clear"
    "FETCH" 0x88 One     One  Next "fetch a parameter after CALL"
    "CASE"  0x8A One     Both Next "skip so many branches"
    "PUSH"  0x8C One     One  Next "push on the data stack"
    "CZ"    0x8E One     Both Next "compare with zero"
    "INC"   0x90 One     Both Next "add 1"
    "DEC"   0x92 One     Both Next "subtract 1"
    "INCT"  0x94 One     Both Next "add 2"
    "DECT"  0x96 One     Both Next "subtract 2"
    "ADD"   0xA0 Two     Both Next "add"
    "SUB"   0xA4 Two     Both Next "subtract"
    "MUL"   0xA8 Two     Both Next "multiply, unsigned"
    "DIV"   0xAC Two     Both Next "divide, unsigned"
    "AND"   0xB0 Two     Both Next "and"
    "OR"    0xB4 Two     Both Next "or"
    "XOR"   0xB8 Two     Both Next "exclusive or"
    "ST"    0xBC Two     Both Next "store"
    "EX"    0xC0 Two     Both Next "exchange"
    "CH"    0xC4 Two     Both Next "compare higher, unsigned"
    "CHE"   0xC8 Two     Both Next "compare higher or equal, unsigned"
    "CGT"   0xCC Two     Both Next "compare greater, signed"
    "CGE"   0xD0 Two     Both Next "compare greater or equal, signed"
    "CEQ"   0xD4 Two     Both Next "compare equal"
    "CLOG"  0xD8 Two     Both Next "test bits: set if all are 0"
    "SRA"   0xDC Two     Both Next "shift right arithmetic"
    "SLL"   0xE0 Two     Both Next "shift left"
    "SRL"   0xE4 Two     Both Next "shift right logical"
    "SRC"   0xE8 Two     Both Next "rotate right"
    "COINC" 0xEC Two     One  Next "coincidence of two objects; mapping byte and table follow"
    "I/O"   0xF4 Io      One  Next "sound list, CRU, cassette"
    "SWGR"  0xF8 Two     Both End  "call into another GROM base"
}

/// Bit 0 of the opcodes of formats `One` and `Two`: words, not bytes.
pub const WORD: u8 = 0x01;
/// Bit 1 of the opcodes of formats `Two` and `Io`: the source is immediate.
pub const IMMEDIATE: u8 = 0x02;

/// Row of each opcode. Filling it proves at compile time that no two rows claim the same code.
static ROWS: [Option<u8>; 256] = {
    let mut rows = [None; 256];
    let mut row = 0;
    while row < OPS.len() {
        let mut code = 0;
        while code < OPS[row].format.codes() {
            let at = (OPS[row].opcode + code) as usize;
            assert!(rows[at].is_none(), "two instructions claim one opcode");
            rows[at] = Some(row as u8);
            code += 1;
        }
        row += 1;
    }
    rows
};

/// The instruction that an opcode belongs to, or `None` for the codes that consoles pass on to a card.
pub fn decode(opcode: u8) -> Option<&'static Op> {
    ROWS[usize::from(opcode)].map(|row| &OPS[usize::from(row)])
}

/// The instruction of a name in capitals, and its opcode with the word flag.
pub fn find(mnemonic: &str) -> Option<(&'static Op, u8)> {
    let named = |name: &str| OPS.iter().find(|op| op.mnemonic == name);
    match mnemonic {
        // These two work on words and bytes only, whatever their plain opcode says.
        "COINC" => named("COINC").map(|op| (op, op.opcode | WORD)),
        "I/O" => named("I/O").map(|op| (op, op.opcode | IMMEDIATE)),
        _ => named(mnemonic).map(|op| (op, op.opcode)).or_else(|| {
            let op = named(mnemonic.strip_prefix('D')?)?;
            (op.widths == Widths::Both).then_some((op, op.opcode | WORD))
        }),
    }
}

/// The name of an opcode as assemblers write it, or `None` if this form of the instruction has none.
pub fn name(opcode: u8) -> Option<String> {
    let op = decode(opcode)?;
    let flags = opcode - op.opcode;
    match (op.mnemonic, op.format, op.widths) {
        ("COINC", ..) => (flags & WORD != 0).then(|| op.mnemonic.to_string()),
        (_, Format::Io, _) => (flags == IMMEDIATE).then(|| op.mnemonic.to_string()),
        (_, Format::One | Format::Two, Widths::One) if flags & WORD != 0 => None,
        (_, Format::One | Format::Two, _) if flags & WORD != 0 => Some(format!("D{}", op.mnemonic)),
        _ => Some(op.mnemonic.to_string()),
    }
}

/// A general address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// Video memory, not the processor's (`V`).
    pub vdp: bool,
    /// What is addressed holds the address (`*`).
    pub indirect: bool,
    /// Low byte of the scratchpad word to be added.
    pub index: Option<u8>,
    /// The address as written: of the processor's memory, or of video memory when `vdp` without `indirect`.
    pub value: u16,
}

/// Scratchpad: where processor addresses count from.
const PAD: u16 = 0x8300;
/// From this offset on an address takes two bytes of its own.
const FAR: u16 = 0x0F00;

impl Address {
    /// Whether the value counts from the scratchpad on.
    const fn is_cpu(&self) -> bool {
        !self.vdp || self.indirect
    }

    /// The shortest bytes for this address, as assemblers make them.
    pub fn encode(&self) -> Vec<u8> {
        let offset = if self.is_cpu() { self.value.wrapping_sub(PAD) } else { self.value };
        let [high, low] = offset.to_be_bytes();
        if self.is_cpu() && !self.indirect && self.index.is_none() && offset < 0x80 {
            return vec![low];
        }
        let flags = 0x80
            | u8::from(self.index.is_some()) << 6
            | u8::from(self.vdp) << 5
            | u8::from(self.indirect) << 4;
        let mut bytes = if offset < FAR { vec![flags | high, low] } else { vec![flags | 0x0F, high, low] };
        bytes.extend(self.index);
        bytes
    }

    /// Reads an address and tells how many bytes it has; `None` if `bytes` end before.
    pub fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let first = *bytes.first()?;
        if first < 0x80 {
            let value = PAD + u16::from(first);
            return Some((Self { vdp: false, indirect: false, index: None, value }, 1));
        }
        let (offset, mut length) = if first & 0x0F == 0x0F {
            (u16::from_be_bytes([*bytes.get(1)?, *bytes.get(2)?]), 3)
        } else {
            (u16::from_be_bytes([first & 0x0F, *bytes.get(1)?]), 2)
        };
        let index = if first & 0x40 != 0 {
            length += 1;
            Some(*bytes.get(length - 1)?)
        } else {
            None
        };
        let mut address = Self { vdp: first & 0x20 != 0, indirect: first & 0x10 != 0, index, value: offset };
        if address.is_cpu() {
            address.value = offset.wrapping_add(PAD);
        }
        Some((address, length))
    }
}

/// Flags in MOVE's opcode. After it come the length, the destination, the source.
#[derive(Clone, Copy, Debug)]
pub struct Move;

impl Move {
    /// The destination is not GROM.
    pub const NOT_TO_GROM: u8 = 0x10;
    /// The destination is VDP registers, or with GROM: is indexed.
    pub const REGISTER_OR_INDEXED: u8 = 0x08;
    /// The source is a general address, not GROM.
    pub const FROM_MEMORY: u8 = 0x04;
    /// The GROM source is indexed.
    pub const FROM_INDEXED: u8 = 0x02;
    /// The length is an immediate word, not at a general address.
    pub const IMMEDIATE_LENGTH: u8 = 0x01;
}

/// What follows a code of the FMT sub-language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FmtFormat {
    /// As many characters as the code counts.
    Text,
    /// The character to repeat.
    Repeat,
    /// Nothing; the code counts.
    Skip,
    /// Nothing; the code counts the rounds until FEND.
    Loop,
    /// A plain processor address of so many characters.
    Copy,
    /// The address of the loop's body if one is open, else nothing.
    End,
    /// One byte.
    Value,
    /// A general address.
    Address,
}

/// One code, or range of counting codes, of the FMT sub-language.
#[derive(Clone, Copy, Debug)]
pub struct FmtOp {
    /// Name in assembly language.
    pub mnemonic: &'static str,
    /// First code; in a counting range it counts 1.
    pub first: u8,
    /// Last code.
    pub last: u8,
    /// What follows.
    pub format: FmtFormat,
}

const fn fmt(mnemonic: &'static str, first: u8, last: u8, format: FmtFormat) -> FmtOp {
    FmtOp { mnemonic, first, last, format }
}

/// The FMT sub-language by code.
pub const FMT_OPS: &[FmtOp] = &[
    fmt("HTEXT", 0x00, 0x1F, FmtFormat::Text),
    fmt("VTEXT", 0x20, 0x3F, FmtFormat::Text),
    fmt("HCHAR", 0x40, 0x5F, FmtFormat::Repeat),
    fmt("VCHAR", 0x60, 0x7F, FmtFormat::Repeat),
    fmt("COL+", 0x80, 0x9F, FmtFormat::Skip),
    fmt("ROW+", 0xA0, 0xBF, FmtFormat::Skip),
    fmt("FOR", 0xC0, 0xDF, FmtFormat::Loop),
    fmt("HSTR", 0xE0, 0xFA, FmtFormat::Copy),
    fmt("FEND", 0xFB, 0xFB, FmtFormat::End),
    fmt("BIAS", 0xFC, 0xFC, FmtFormat::Value),
    fmt("BIAS", 0xFD, 0xFD, FmtFormat::Address),
    fmt("ROW", 0xFE, 0xFE, FmtFormat::Value),
    fmt("COL", 0xFF, 0xFF, FmtFormat::Value),
];

impl FmtOp {
    /// The highest count of this range.
    pub const fn most(&self) -> u16 {
        (self.last - self.first) as u16 + 1
    }
}

/// The FMT code's row; there is one for every byte.
pub fn decode_fmt(code: u8) -> &'static FmtOp {
    FMT_OPS.iter().find(|op| (op.first..=op.last).contains(&code)).expect("the table covers all bytes")
}

/// The first FMT row of a name in capitals.
pub fn find_fmt(mnemonic: &str) -> Option<&'static FmtOp> {
    FMT_OPS.iter().find(|op| op.mnemonic == mnemonic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserved_codes_are_those_of_the_reference() {
        for code in 0..=255u8 {
            let reserved = matches!(code, 0x14..=0x1F | 0x98..=0x9F | 0xF0..=0xF3 | 0xFC..=0xFF);
            assert_eq!(decode(code).is_none(), reserved, "{code:02X}");
            assert_eq!(
                FMT_OPS.iter().filter(|op| (op.first..=op.last).contains(&code)).count(),
                1,
                "{code:02X}"
            );
        }
    }

    #[test]
    fn names_and_opcodes_agree() {
        for code in 0..=255u8 {
            if let Some((op, base)) = name(code).as_deref().and_then(find) {
                let free = match op.format {
                    Format::Branch | Format::Move => 0x1F,
                    Format::Two => IMMEDIATE,
                    _ => 0,
                };
                assert_eq!(base & !free, code & !free, "{code:02X}");
            }
        }
    }

    #[test]
    fn addresses_come_back() {
        for value in 0..=0xFFFF {
            for flags in 0..8 {
                let index = (flags & 4 != 0).then_some(0x42);
                let address = Address { vdp: flags & 1 != 0, indirect: flags & 2 != 0, index, value };
                let bytes = address.encode();
                assert_eq!(Address::decode(&bytes), Some((address, bytes.len())));
            }
        }
    }
}
