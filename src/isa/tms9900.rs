// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TMS9900's 69 instructions in one table: mnemonic, opcode, format, clocks, accesses, status bits.
//!
//! The processor decodes by it, the assembler encodes by it, the disassembler and the listings print from it, and
//! the tests hold the processor's clocks against it. Nothing else in the crate states an opcode.
//!
//! Not here: what address modification adds (see [`Mode::clocks`]) and the durations that depend on data (shifts,
//! LDCR, STCR, DIV, ABS, X; the base value stands in the row, the rule in `chips::tms9900`).
//!
//! Sources: TMS9900 data manual, instruction formats and execution-time table, as collected in the project's
//! reference pages; the golden traces confirm every row (see `docs/cpu-suite.md`).

use bitflags::bitflags;
use serde::{Deserialize, Serialize};

bitflags! {
    /// The status register's bits, by the data manual's names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Status: u16 {
        /// ST0: logical greater than.
        const LGT = 0x8000;
        /// ST1: arithmetic greater than.
        const AGT = 0x4000;
        /// ST2: equal.
        const EQ = 0x2000;
        /// ST3: carry.
        const C = 0x1000;
        /// ST4: overflow.
        const OV = 0x0800;
        /// ST5: odd parity.
        const OP = 0x0400;
        /// ST6: extended operation in progress.
        const X = 0x0200;
        /// ST12-ST15: the interrupt mask.
        const MASK = 0x000F;
    }
}

/// Instruction formats: the data manual's I to IX, with II and VIII split by what their fields mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// I: `OP src,dst`, two general operands; bit 3 of the word tells byte (1) from word (0).
    TwoOperand,
    /// II: `OP disp`, a signed displacement in words.
    Jump,
    /// II: `OP disp`, a signed displacement in CRU bits.
    CruBit,
    /// III and IX: `OP src,Rd`, general source, register destination (COC CZC XOR MPY DIV).
    Register,
    /// IX: `XOP src,n`, general source, extended operation number.
    Extended,
    /// IV: `OP src,count`, general operand and bit count (0 stands for 16).
    CruMulti,
    /// V: `OP Rw,count` (0: count in R0).
    Shift,
    /// VI: `OP src`, one general operand.
    OneOperand,
    /// VII: no operand.
    Control,
    /// VIII: `OP Rw,imm`.
    Immediate,
    /// VIII: `OP Rw` (STWP STST).
    StoreInternal,
    /// VIII: `OP imm` (LWPI LIMI).
    LoadInternal,
}

impl Format {
    /// The bits of the instruction word that hold the opcode. Unused bits (bit 11 of VIII, bits 11-15 of VII) are
    /// not among them: the chip ignores them.
    pub const fn mask(self) -> u16 {
        match self {
            Self::TwoOperand => 0xF000,
            Self::Register | Self::Extended | Self::CruMulti => 0xFC00,
            Self::Jump | Self::CruBit | Self::Shift => 0xFF00,
            Self::OneOperand => 0xFFC0,
            Self::Control | Self::Immediate | Self::StoreInternal | Self::LoadInternal => 0xFFE0,
        }
    }

    /// The bits the chip ignores in an instruction of this format.
    pub const fn unused(self) -> u16 {
        match self {
            Self::Control | Self::LoadInternal => 0x001F,
            Self::Immediate | Self::StoreInternal => 0x0010,
            _ => 0,
        }
    }
}

/// Addressing modes of a general operand: the T field and, for T = 2, whether the register field is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// T = 0: `Rn`.
    Register,
    /// T = 1: `*Rn`.
    Indirect,
    /// T = 2, register field 0: `@addr`.
    Symbolic,
    /// T = 2: `@addr(Rn)`.
    Indexed,
    /// T = 3: `*Rn+`.
    AutoIncrement,
}

impl Mode {
    /// The mode that a 6-bit operand field (T and register) selects.
    pub const fn of(field: u16) -> Self {
        match (field >> 4 & 3, field & 15) {
            (0, _) => Self::Register,
            (1, _) => Self::Indirect,
            (2, 0) => Self::Symbolic,
            (2, _) => Self::Indexed,
            _ => Self::AutoIncrement,
        }
    }

    /// Clocks that this mode adds to an instruction's base figure; `byte` for byte operands.
    pub const fn clocks(self, byte: bool) -> u16 {
        match self {
            Self::Register => 0,
            Self::Indirect => 4,
            Self::AutoIncrement => {
                if byte {
                    6
                } else {
                    8
                }
            }
            Self::Symbolic | Self::Indexed => 8,
        }
    }

    /// Memory accesses that this mode adds.
    pub const fn accesses(self) -> u16 {
        match self {
            Self::Register => 0,
            Self::Indirect | Self::Symbolic => 1,
            Self::Indexed | Self::AutoIncrement => 2,
        }
    }

    /// Whether a word with the address follows the instruction word.
    pub const fn has_word(self) -> bool {
        matches!(self, Self::Symbolic | Self::Indexed)
    }
}

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// Which row this is.
    pub id: Id,
    /// Name in assembly language.
    pub mnemonic: &'static str,
    /// Instruction word with all operand fields zero.
    pub opcode: u16,
    /// Layout of the operand fields.
    pub format: Format,
    /// Clocks without wait states for register operands; the smallest figure where it depends on data.
    pub clocks: u16,
    /// Memory accesses for register operands, the opcode fetch included.
    pub accesses: u16,
    /// Status bits that the instruction may change.
    pub status: Status,
    /// What it does, in a few words.
    pub title: &'static str,
}

impl Op {
    /// Whether a two-operand instruction works on bytes.
    pub const fn is_byte(&self) -> bool {
        matches!(self.format, Format::TwoOperand) && self.opcode & 0x1000 != 0
    }
}

/// Turns the letters of a table row (`LAECVPXM`) into status bits.
const fn status(letters: &str) -> Status {
    let bytes = letters.as_bytes();
    let mut bits = 0;
    let mut i = 0;
    while i < bytes.len() {
        bits |= match bytes[i] {
            b'L' => Status::LGT.bits(),
            b'A' => Status::AGT.bits(),
            b'E' => Status::EQ.bits(),
            b'C' => Status::C.bits(),
            b'V' => Status::OV.bits(),
            b'P' => Status::OP.bits(),
            b'X' => Status::X.bits(),
            b'M' => Status::MASK.bits(),
            b'-' => 0,
            _ => panic!("unknown status letter"),
        };
        i += 1;
    }
    Status::from_bits_retain(bits)
}

macro_rules! instructions {
    ($($id:ident $opcode:literal $format:ident $clocks:literal $accesses:literal $status:literal $title:literal)*) => {
        /// Names of the rows of [`OPS`]: what the processor's dispatch matches on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs, clippy::upper_case_acronyms)] // the names are the mnemonics; titles stand in the table
        pub enum Id { $($id),* }

        /// All instructions, in the order of the data manual's table.
        pub const OPS: &[Op] = &[$(Op {
            id: Id::$id,
            mnemonic: stringify!($id),
            opcode: $opcode,
            format: Format::$format,
            clocks: $clocks,
            accesses: $accesses,
            status: status($status),
            title: $title,
        }),*];
    };
}

instructions! {
//  id   opcode format        clk acc status    title
    SZC  0x4000 TwoOperand    14  4   "LAE"     "set zeros corresponding"
    SZCB 0x5000 TwoOperand    14  4   "LAEP"    "set zeros corresponding, byte"
    S    0x6000 TwoOperand    14  4   "LAECV"   "subtract"
    SB   0x7000 TwoOperand    14  4   "LAECVP"  "subtract bytes"
    C    0x8000 TwoOperand    14  3   "LAE"     "compare"
    CB   0x9000 TwoOperand    14  3   "LAEP"    "compare bytes"
    A    0xA000 TwoOperand    14  4   "LAECV"   "add"
    AB   0xB000 TwoOperand    14  4   "LAECVP"  "add bytes"
    MOV  0xC000 TwoOperand    14  4   "LAE"     "move"
    MOVB 0xD000 TwoOperand    14  4   "LAEP"    "move byte"
    SOC  0xE000 TwoOperand    14  4   "LAE"     "set ones corresponding"
    SOCB 0xF000 TwoOperand    14  4   "LAEP"    "set ones corresponding, byte"
    COC  0x2000 Register      14  3   "E"       "compare ones corresponding"
    CZC  0x2400 Register      14  3   "E"       "compare zeros corresponding"
    XOR  0x2800 Register      14  4   "LAE"     "exclusive or"
    XOP  0x2C00 Extended      36  8   "X"       "extended operation"
    LDCR 0x3000 CruMulti      22  3   "LAEP"    "load CRU"
    STCR 0x3400 CruMulti      42  4   "LAEP"    "store CRU"
    MPY  0x3800 Register      52  5   "-"       "multiply"
    DIV  0x3C00 Register      16  3   "V"       "divide"
    LI   0x0200 Immediate     12  3   "LAE"     "load immediate"
    AI   0x0220 Immediate     14  4   "LAECV"   "add immediate"
    ANDI 0x0240 Immediate     14  4   "LAE"     "and immediate"
    ORI  0x0260 Immediate     14  4   "LAE"     "or immediate"
    CI   0x0280 Immediate     14  3   "LAE"     "compare immediate"
    STWP 0x02A0 StoreInternal 8   2   "-"       "store workspace pointer"
    STST 0x02C0 StoreInternal 8   2   "-"       "store status"
    LWPI 0x02E0 LoadInternal  10  2   "-"       "load workspace pointer immediate"
    LIMI 0x0300 LoadInternal  16  2   "M"       "load interrupt mask immediate"
    IDLE 0x0340 Control       12  1   "-"       "idle until an interrupt"
    RSET 0x0360 Control       12  1   "M"       "reset"
    RTWP 0x0380 Control       14  4   "LAECVPXM" "return with workspace pointer"
    CKON 0x03A0 Control       12  1   "-"       "user-defined: clock on"
    CKOF 0x03C0 Control       12  1   "-"       "user-defined: clock off"
    LREX 0x03E0 Control       12  1   "-"       "user-defined: load or restart execution"
    BLWP 0x0400 OneOperand    26  6   "-"       "branch and load workspace pointer"
    B    0x0440 OneOperand    8   2   "-"       "branch"
    X    0x0480 OneOperand    8   2   "-"       "execute"
    CLR  0x04C0 OneOperand    10  3   "-"       "clear"
    NEG  0x0500 OneOperand    12  3   "LAECV"   "negate"
    INV  0x0540 OneOperand    10  3   "LAE"     "invert"
    INC  0x0580 OneOperand    10  3   "LAECV"   "increment"
    INCT 0x05C0 OneOperand    10  3   "LAECV"   "increment by two"
    DEC  0x0600 OneOperand    10  3   "LAECV"   "decrement"
    DECT 0x0640 OneOperand    10  3   "LAECV"   "decrement by two"
    BL   0x0680 OneOperand    12  3   "-"       "branch and link"
    SWPB 0x06C0 OneOperand    10  3   "-"       "swap bytes"
    SETO 0x0700 OneOperand    10  3   "-"       "set to ones"
    ABS  0x0740 OneOperand    12  2   "LAECV"   "absolute value"
    SRA  0x0800 Shift         14  3   "LAEC"    "shift right arithmetic"
    SRL  0x0900 Shift         14  3   "LAEC"    "shift right logical"
    SLA  0x0A00 Shift         14  3   "LAECV"   "shift left arithmetic"
    SRC  0x0B00 Shift         14  3   "LAEC"    "shift right circular"
    JMP  0x1000 Jump          10  1   "-"       "jump"
    JLT  0x1100 Jump          8   1   "-"       "jump if less than"
    JLE  0x1200 Jump          8   1   "-"       "jump if low or equal"
    JEQ  0x1300 Jump          8   1   "-"       "jump if equal"
    JHE  0x1400 Jump          8   1   "-"       "jump if high or equal"
    JGT  0x1500 Jump          8   1   "-"       "jump if greater than"
    JNE  0x1600 Jump          8   1   "-"       "jump if not equal"
    JNC  0x1700 Jump          8   1   "-"       "jump if no carry"
    JOC  0x1800 Jump          8   1   "-"       "jump on carry"
    JNO  0x1900 Jump          8   1   "-"       "jump if no overflow"
    JL   0x1A00 Jump          8   1   "-"       "jump if low"
    JH   0x1B00 Jump          8   1   "-"       "jump if high"
    JOP  0x1C00 Jump          8   1   "-"       "jump if odd parity"
    SBO  0x1D00 CruBit        12  2   "-"       "set CRU bit to one"
    SBZ  0x1E00 CruBit        12  2   "-"       "set CRU bit to zero"
    TB   0x1F00 CruBit        12  2   "E"       "test CRU bit"
}

/// What each of the 65,536 instruction words encodes. Filling it proves at compile time that no two rows claim the
/// same word.
static IDS: [Option<Id>; 0x1_0000] = {
    let mut ids = [None; 0x1_0000];
    let mut row = 0;
    while row < OPS.len() {
        let first = OPS[row].opcode as usize;
        let last = first | !OPS[row].format.mask() as usize;
        let mut word = first;
        while word <= last {
            assert!(ids[word].is_none(), "two instructions claim one word");
            ids[word] = Some(OPS[row].id);
            word += 1;
        }
        row += 1;
    }
    ids
};

/// The name of the instruction that `word` encodes, or `None` for the undefined words (`>0000-01FF`, `>0320-033F`,
/// `>0780-07FF`, `>0C00-0FFF`). Unused bits are ignored, as the chip does.
#[inline]
pub fn decode_id(word: u16) -> Option<Id> {
    IDS[usize::from(word)]
}

/// The instruction that `word` encodes, or `None` as in [`decode_id`].
pub fn decode(word: u16) -> Option<&'static Op> {
    decode_id(word).map(|id| &OPS[id as usize])
}

/// The instruction of that name, in capitals.
pub fn find(mnemonic: &str) -> Option<&'static Op> {
    OPS.iter().find(|op| op.mnemonic == mnemonic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_69_instructions_and_the_manuals_undefined_words() {
        assert_eq!(OPS.len(), 69);
        for word in 0..=0xFFFFu16 {
            let undefined =
                matches!(word, 0x0000..=0x01FF | 0x0320..=0x033F | 0x0780..=0x07FF | 0x0C00..=0x0FFF);
            assert_eq!(decode(word).is_none(), undefined, "{word:04X}");
        }
    }

    #[test]
    fn rows_stand_in_the_order_of_their_names() {
        for (i, op) in OPS.iter().enumerate() {
            assert_eq!(op.id as usize, i, "{}", op.mnemonic);
        }
    }
}
