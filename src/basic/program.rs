// SPDX-License-Identifier: MIT OR Apache-2.0
//! A BASIC program as lines of tokens, and the three forms it is stored in.
//!
//! * The *image* (PROGRAM files, and the console's memory): four words (check, end and start of the line number
//!   table, top of memory), the table from the highest line number down, then the lines, each a length byte, tokens
//!   and a 0. Lines pile down from the top in the order of entry. The check word is the exclusive or of the next
//!   two, negated if Extended BASIC protected the program.
//! * The *long form* (INT/VAR 254): a record `ABCD`, start, end, check, top, then table and lines in records.
//! * The *merge form* (DIS/VAR 163): a record a line, number, tokens, 0, closed by a record `FFFF`.
//!
//! Sources: reference page on TI BASIC, section 4; the long form's order of words compared with xbas99's output.

use thiserror::Error;

/// The top of program memory with a disk system for three files: what TI's own programs on disk were saved with.
pub const TOP_WITH_DISK: u16 = 0x37D7;
/// The top of program memory in the memory expansion, where long programs live.
pub const TOP_LONG: u16 = 0xFFE7;
/// The lowest address a PROGRAM image can reach down to: behind the screen, colours and character patterns.
const BOTTOM: u16 = 0x0700;
/// The lowest address of the memory expansion's upper part.
const BOTTOM_LONG: u16 = 0xA000;
const LONG_MARK: [u8; 2] = [0xAB, 0xCD];
/// Data bytes to a record of the long form.
const LONG_RECORD: usize = 254;

/// One line: its number and its tokens, without length byte and final 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// 1 to 32767.
    pub number: u16,
    /// What is stored between the length byte and the final 0.
    pub tokens: Vec<u8>,
}

/// A program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// In the order of entry, which is the order in memory from the top down.
    lines: Vec<Line>,
    /// Extended BASIC must neither list nor change it.
    pub protected: bool,
}

/// Why bytes are no program, or a program no image.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProgramError {
    /// Shorter than its own header says.
    #[error("not a whole BASIC program: it says that it has {expected} bytes, there are {actual}")]
    Short {
        /// Bytes the header asks for.
        expected: usize,
        /// Bytes there are.
        actual: usize,
    },
    /// The check word fits neither an open nor a protected program.
    #[error(
        "not a BASIC program: check word >{check:04X} does not fit the line table >{start:04X} to >{end:04X}"
    )]
    Check {
        /// The check word.
        check: u16,
        /// Start of the line number table.
        start: u16,
        /// Its last byte.
        end: u16,
    },
    /// The table of line numbers has no possible size.
    #[error("not a BASIC program: the line table >{start:04X} to >{end:04X} does not fit below >{top:04X}")]
    Table {
        /// Start of the line number table.
        start: u16,
        /// Its last byte.
        end: u16,
        /// Top of memory.
        top: u16,
    },
    /// A line's pointer leaves the program.
    #[error("line {number} points to >{pointer:04X}, outside of the program")]
    Pointer {
        /// The line.
        number: u16,
        /// Where its tokens should be.
        pointer: u16,
    },
    /// A merge file's record is too short.
    #[error("record {record} is no line of a merge file")]
    Merge {
        /// The record, from 1.
        record: usize,
    },
    /// The program does not fit memory.
    #[error("the program needs {needed} bytes, {room} fit{hint}")]
    TooBig {
        /// Bytes of table and lines.
        needed: usize,
        /// Bytes there are for them.
        room: usize,
        /// What may help.
        hint: &'static str,
    },
    /// A line is longer than its length byte can say.
    #[error("line {number} is too long to store")]
    Line {
        /// The line.
        number: u16,
    },
}

impl Program {
    /// Stores a line, in place of one with the same number.
    pub fn store(&mut self, line: Line) {
        self.lines.retain(|l| l.number != line.number);
        self.lines.push(line);
    }

    /// The lines by rising number.
    pub fn lines(&self) -> Vec<&Line> {
        let mut lines: Vec<_> = self.lines.iter().collect();
        lines.sort_by_key(|l| l.number);
        lines
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The PROGRAM image for a memory that ends at `top`.
    ///
    /// # Errors
    /// [`ProgramError::TooBig`] and [`ProgramError::Line`].
    pub fn to_image(&self, top: u16) -> Result<Vec<u8>, ProgramError> {
        let room = usize::from(top.saturating_sub(BOTTOM)) + 1;
        let (start, end, body) =
            self.body(top, room, "; Extended BASIC can hold it in the long form (--long)")?;
        let words = [self.check(start, end), end, start, top];
        Ok(words.iter().flat_map(|w| w.to_be_bytes()).chain(body).collect())
    }

    /// The records of the long form.
    ///
    /// # Errors
    /// [`ProgramError::TooBig`] and [`ProgramError::Line`].
    pub fn to_long(&self) -> Result<Vec<Vec<u8>>, ProgramError> {
        let room = usize::from(TOP_LONG - BOTTOM_LONG) + 1;
        let (start, end, body) = self.body(TOP_LONG, room, "")?;
        let words = [start, end, self.check(start, end), TOP_LONG];
        let header = LONG_MARK.into_iter().chain(words.iter().flat_map(|w| w.to_be_bytes())).collect();
        Ok(std::iter::once(header).chain(body.chunks(LONG_RECORD).map(<[u8]>::to_vec)).collect())
    }

    /// The records of the merge form.
    pub fn to_merge(&self) -> Vec<Vec<u8>> {
        let record = |l: &&Line| [&l.number.to_be_bytes()[..], &l.tokens, &[0]].concat();
        self.lines().iter().map(record).chain([vec![0xFF, 0xFF]]).collect()
    }

    fn check(&self, start: u16, end: u16) -> u16 {
        if self.protected { (start ^ end).wrapping_neg() } else { start ^ end }
    }

    /// Line number table and lines for a memory that ends at `top`: start and last byte of the table, and the bytes.
    fn body(&self, top: u16, room: usize, hint: &'static str) -> Result<(u16, u16, Vec<u8>), ProgramError> {
        let needed = self.lines.iter().map(|l| l.tokens.len() + 2 + 4).sum();
        if needed > room {
            return Err(ProgramError::TooBig { needed, room, hint });
        }
        let mut lines = Vec::new();
        let mut table = Vec::new();
        let mut free = usize::from(top) + 1;
        for line in &self.lines {
            let length = u8::try_from(line.tokens.len() + 1)
                .map_err(|_| ProgramError::Line { number: line.number })?;
            free -= line.tokens.len() + 2;
            table.push((line.number, (free + 1) as u16));
            lines.push([&[length], &line.tokens[..], &[0]].concat());
        }
        table.sort_by_key(|&(number, _)| std::cmp::Reverse(number));
        let end = (free - 1) as u16;
        let start = (free - 4 * table.len()) as u16;
        let table = table.iter().flat_map(|&(n, p)| [n.to_be_bytes(), p.to_be_bytes()].concat());
        Ok((start, end, table.chain(lines.into_iter().rev().flatten()).collect()))
    }

    /// Reads a PROGRAM image; bytes behind it (a sector's rest) are ignored.
    ///
    /// # Errors
    /// All but [`ProgramError::TooBig`].
    pub fn from_image(image: &[u8]) -> Result<Self, ProgramError> {
        let [check, end, start, top] = words(image)?;
        Self::from_body(check, start, end, top, &image[8..])
    }

    /// Reads the records of the long form.
    ///
    /// # Errors
    /// As [`Self::from_image`].
    pub fn from_long(records: &[Vec<u8>]) -> Result<Self, ProgramError> {
        let header = records.first().map_or(&[][..], |r| r.strip_prefix(&LONG_MARK).unwrap_or_default());
        let [start, end, check, top] = words(header)?;
        Self::from_body(check, start, end, top, &records[1..].concat())
    }

    /// Whether records are a program in the long form.
    pub fn is_long(records: &[Vec<u8>]) -> bool {
        records.first().is_some_and(|r| r.starts_with(&LONG_MARK))
    }

    /// Reads the records of the merge form.
    ///
    /// # Errors
    /// [`ProgramError::Merge`].
    pub fn from_merge(records: &[Vec<u8>]) -> Result<Self, ProgramError> {
        let mut program = Self::default();
        for (index, record) in records.iter().enumerate() {
            match record.as_slice() {
                [0xFF, 0xFF, ..] => break,
                [high, low, tokens @ .., 0] if high | low != 0 => {
                    let number = u16::from_be_bytes([*high, *low]);
                    program.store(Line { number, tokens: tokens.to_vec() });
                }
                _ => return Err(ProgramError::Merge { record: index + 1 }),
            }
        }
        Ok(program)
    }

    fn from_body(check: u16, start: u16, end: u16, top: u16, body: &[u8]) -> Result<Self, ProgramError> {
        let protected = check == (start ^ end).wrapping_neg() && check != start ^ end;
        if check != start ^ end && !protected {
            return Err(ProgramError::Check { check, start, end });
        }
        let size = usize::from(end.wrapping_sub(start).wrapping_add(1));
        if end > top || start > end.wrapping_add(1) || size % 4 != 0 {
            return Err(ProgramError::Table { start, end, top });
        }
        let expected = usize::from(top - start) + 1;
        let body = body.get(..expected).ok_or(ProgramError::Short { expected, actual: body.len() })?;
        let mut lines = Vec::new();
        for entry in body[..size].chunks_exact(4) {
            // The highest bit of a line number is a breakpoint.
            let number = u16::from_be_bytes([entry[0] & 0x7F, entry[1]]);
            let pointer = u16::from_be_bytes([entry[2], entry[3]]);
            let outside = ProgramError::Pointer { number, pointer };
            let at = usize::from(pointer)
                .checked_sub(usize::from(start))
                .filter(|&at| at > 0)
                .ok_or(outside.clone())?;
            let length = usize::from(*body.get(at - 1).ok_or(outside.clone())?);
            let line = body.get(at..at + length).ok_or(outside)?;
            lines.push((pointer, Line { number, tokens: line.strip_suffix(&[0]).unwrap_or(line).to_vec() }));
        }
        lines.sort_by_key(|&(pointer, _)| std::cmp::Reverse(pointer));
        Ok(Self { lines: lines.into_iter().map(|(_, line)| line).collect(), protected })
    }
}

/// The first four words.
fn words(bytes: &[u8]) -> Result<[u16; 4], ProgramError> {
    let short = ProgramError::Short { expected: 8, actual: bytes.len() };
    let bytes = bytes.get(..8).ok_or(short)?;
    Ok(std::array::from_fn(|i| u16::from_be_bytes([bytes[2 * i], bytes[2 * i + 1]])))
}
