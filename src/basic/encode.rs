// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text to tokens: what the console does with a line that is typed.
//!
//! Like the console this checks little more than what it needs to store a line: line numbers, names, numbers and
//! strings. Its messages (BAD NAME, LINE TOO LONG, …) open ours. Several errors are reported per run, one a line.
//!
//! TI BASIC's odd rules are kept, since programs depend on what is stored: after GOTO and its kin numbers are line
//! numbers only as long as commas follow them directly; CALL takes all up to the bracket as a name.
//!
//! Sources: observation of the genuine console (tests/data/basic/genuine.txt); for Extended BASIC the token list
//! and comparison with xbas99.

use super::program::{Line, Program};
use super::text::{Escape, escape};
use super::tokens::{self, COMMANDS, Dialect, by_text};

/// The longest line TI BASIC stores, its final 0 included (observed: 159 bytes go in, 160 do not).
pub const LONGEST_TI_BASIC: usize = 159;
/// The longest line that a length byte can describe, its final 0 included.
pub const LONGEST: usize = 255;
/// The highest line number.
pub const LAST_LINE_NUMBER: u16 = 32767;
/// Characters of the longest name, `$` included.
const LONGEST_NAME: usize = 15;

/// How to read a listing.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which BASIC it is in.
    pub dialect: Dialect,
    /// Whether `\xNN` and `\dNNN` stand for bytes.
    pub escapes: bool,
}

/// Something wrong, or odd, at a place in the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line of the text, from 1.
    pub line: usize,
    /// Column of the first character meant, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub length: usize,
    /// Whether the program cannot be encoded because of it.
    pub error: bool,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A program and what was odd about its text.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The program.
    pub program: Program,
    /// Warnings, in the order of the text.
    pub warnings: Vec<Problem>,
}

/// Encodes a listing: one program line on each line of the text; empty lines are skipped.
///
/// # Errors
/// All problems found, warnings among them, if at least one is an error.
pub fn program(source: &str, options: Options) -> Result<Encoded, Vec<Problem>> {
    let mut program = Program::default();
    let mut problems = Vec::new();
    let mut seen = std::collections::BTreeMap::new();
    for (index, text) in source.lines().enumerate() {
        if text.trim().is_empty() {
            continue;
        }
        let mut cruncher = Cruncher::new(text, options);
        let outcome = cruncher.line();
        let mut at = |fault: Fault, error| {
            problems.push(Problem {
                line: index + 1,
                column: fault.at + 1,
                length: fault.length.max(1),
                error,
                message: fault.message,
            });
        };
        cruncher.warnings.drain(..).for_each(|fault| at(fault, false));
        match outcome {
            Err(fault) => at(fault, true),
            Ok(line) => {
                if let Some(first) = seen.insert(line.number, index + 1) {
                    let message =
                        format!("line {} replaces the one on line {first} of the text", line.number);
                    at(Fault { at: cruncher.indent(), length: 1, message }, false);
                }
                program.store(line);
            }
        }
    }
    if problems.iter().any(|p| p.error) { Err(problems) } else { Ok(Encoded { program, warnings: problems }) }
}

/// A problem within a line: byte offset and length.
#[derive(Debug)]
struct Fault {
    at: usize,
    length: usize,
    message: String,
}

/// The kind of the token before: two operands side by side are refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Operand,
    Go,
    Other,
}

struct Cruncher<'a> {
    text: &'a [u8],
    pos: usize,
    out: Vec<u8>,
    before: Before,
    options: Options,
    warnings: Vec<Fault>,
}

impl<'a> Cruncher<'a> {
    fn new(text: &'a str, options: Options) -> Self {
        let text = text.trim_end_matches('\r').as_bytes();
        Self { text, pos: 0, out: Vec::new(), before: Before::Other, options, warnings: Vec::new() }
    }

    fn extended(&self) -> bool {
        self.options.dialect == Dialect::Extended
    }

    fn indent(&self) -> usize {
        self.text.iter().take_while(|&&c| c == b' ').count()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.pos).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.pos += 1;
        }
    }

    /// Moves over the characters that `belongs` accepts and returns them.
    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> &'a [u8] {
        let text = &self.text[self.pos..];
        let length = text.iter().position(|&c| !belongs(c)).unwrap_or(text.len());
        self.pos += length;
        &text[..length]
    }

    fn fault<T>(&self, from: usize, message: impl Into<String>) -> Result<T, Fault> {
        Err(Fault { at: from, length: self.pos.saturating_sub(from), message: message.into() })
    }

    fn line(&mut self) -> Result<Line, Fault> {
        self.skip_blanks();
        let start = self.pos;
        if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.pos += 1;
            return self.fault(start, "a line number is expected here, 1 to 32767");
        }
        let number = self.line_number()?;
        self.skip_blanks();
        let statement = self.pos;
        if self.peek().is_none() {
            return self
                .fault(start, format!("line {number} holds no statement; on the console this deletes it"));
        }
        while self.peek().is_some() {
            self.token(statement)?;
            self.skip_blanks();
        }
        let longest = if self.extended() { LONGEST } else { LONGEST_TI_BASIC };
        if self.out.len() + 1 > longest {
            let stored = self.out.len() + 1;
            let message = format!(
                "LINE TOO LONG: {stored} bytes to store, at most {longest} are possible; split the line"
            );
            return self.fault(statement, message);
        }
        Ok(Line { number, tokens: std::mem::take(&mut self.out) })
    }

    /// Digits as a line number.
    fn line_number(&mut self) -> Result<u16, Fault> {
        let start = self.pos;
        let digits = self.take_while(|c| c.is_ascii_digit());
        let value = digits.iter().fold(0u32, |v, d| (v * 10 + u32::from(d - b'0')).min(1 << 16));
        match u16::try_from(value) {
            Ok(number @ 1..=LAST_LINE_NUMBER) => Ok(number),
            _ => self.fault(start, "BAD LINE NUMBER: line numbers go from 1 to 32767"),
        }
    }

    fn token(&mut self, statement: usize) -> Result<(), Fault> {
        let start = self.pos;
        match self.text[start] {
            b'"' => {
                let string = self.quoted()?;
                self.string(tokens::QUOTED, &string, start)?;
                self.before = Before::Other;
                Ok(())
            }
            b'0'..=b'9' | b'.' => self.number(),
            c if begins_name(c) => self.word(start == statement),
            b'!' if self.extended() => {
                self.pos += 1;
                self.out.push(tokens::TAIL_REMARK);
                self.rest_of_line()
            }
            _ => self.mark(),
        }
    }

    fn mark(&mut self) -> Result<(), Fault> {
        let start = self.pos;
        let double = self.extended() && self.text[start..].starts_with(b"::");
        self.pos += 1 + usize::from(double);
        let Some(mark) = std::str::from_utf8(&self.text[start..self.pos])
            .ok()
            .and_then(|text| by_text(text, self.options.dialect))
        else {
            let hint = match self.text[start] {
                b'!' => "; a remark with ! needs Extended BASIC (--extended)",
                b'?' => "; there is no short form of PRINT",
                0x80.. => "; in strings write such characters as \\xNN",
                _ => "",
            };
            return self.fault(start, format!("BAD NAME: no statement holds this character{hint}"));
        };
        self.out.push(mark.code);
        self.before = Before::Other;
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.pos;
        self.take_while(|c| c.is_ascii_digit());
        if self.peek() == Some(b'.') {
            self.pos += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        if self.peek() == Some(b'E') {
            self.pos += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.pos += 1;
            }
            self.take_while(|c| c.is_ascii_digit());
        }
        self.operand(start)?;
        let digits = self.text[start..self.pos].to_vec();
        self.string(tokens::UNQUOTED, &digits, start)
    }

    /// Notes a name or number, and refuses it directly behind another.
    fn operand(&mut self, start: usize) -> Result<(), Fault> {
        if self.before == Before::Operand {
            let hint = if self.extended() { "" } else { " (is it meant for Extended BASIC, --extended?)" };
            let message =
                format!("INCORRECT STATEMENT: something must stand between two names or numbers{hint}");
            return self.fault(start, message);
        }
        self.before = Before::Operand;
        Ok(())
    }

    fn word(&mut self, first: bool) -> Result<(), Fault> {
        let start = self.pos;
        self.take_while(continues_name);
        if self.peek() == Some(b'$') {
            self.pos += 1;
        }
        let word = String::from_utf8_lossy(&self.text[start..self.pos]).to_ascii_uppercase();
        if let Some(token) = by_text(&word, self.options.dialect) {
            return self.keyword(token.code, start);
        }
        if COMMANDS.contains(&word.as_str()) && (self.extended() || word != "MERGE") {
            let name = if first { "CAN'T DO THAT" } else { "INCORRECT STATEMENT" };
            return self.fault(start, format!("{name}: {word} is a command and cannot stand in a program"));
        }
        self.operand(start)?;
        if word.len() > LONGEST_NAME {
            let message = format!("BAD NAME: {} characters, names have at most {LONGEST_NAME}", word.len());
            return self.fault(start, message);
        }
        self.out.extend_from_slice(word.as_bytes());
        Ok(())
    }

    fn keyword(&mut self, code: u8, start: usize) -> Result<(), Fault> {
        let go = self.before == Before::Go;
        self.out.push(code);
        self.before = if code == tokens::GO { Before::Go } else { Before::Other };
        match code {
            tokens::REM => self.rest_of_line(),
            tokens::IMAGE => self.image(),
            tokens::DATA => self.data(),
            tokens::CALL => self.subprogram(start),
            tokens::SUB if self.extended() && !go => self.subprogram(start),
            tokens::ELSE
            | tokens::THEN
            | tokens::GOTO
            | tokens::GOSUB
            | tokens::BREAK
            | tokens::UNBREAK
            | tokens::RESTORE
            | tokens::SUB => self.line_numbers(),
            tokens::TO if go => self.line_numbers(),
            tokens::RETURN | tokens::ERROR | tokens::RUN | tokens::USING if self.extended() => {
                self.line_numbers()
            }
            _ => Ok(()),
        }
    }

    /// Line numbers behind a word that takes them.
    ///
    /// TI BASIC goes on after a comma only if it stands right behind the digits; with a blank between, the next
    /// number is stored as an ordinary one (observed), which RESEQUENCE and the statement itself then miss.
    fn line_numbers(&mut self) -> Result<(), Fault> {
        loop {
            self.skip_blanks();
            if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
                return Ok(());
            }
            let number = self.line_number()?;
            self.out.push(tokens::LINE_NUMBER);
            self.out.extend_from_slice(&number.to_be_bytes());
            let end = self.pos;
            self.skip_blanks();
            if self.peek() != Some(b',') {
                return Ok(());
            }
            if self.pos > end && !self.extended() {
                let message =
                    "because of this blank the console stores the next number as an ordinary number";
                self.warnings.push(Fault { at: end, length: 1, message: message.into() });
                return Ok(());
            }
            self.pos += 1;
            self.out.push(tokens::COMMA);
        }
    }

    /// The name behind CALL (in Extended BASIC also SUB), stored as an unquoted string.
    fn subprogram(&mut self, keyword: usize) -> Result<(), Fault> {
        self.skip_blanks();
        let start = self.pos;
        let name = if self.extended() {
            self.take_while(continues_name)
        } else {
            self.take_while(|c| c != b'(').trim_ascii_end()
        };
        if name.is_empty() && self.extended() {
            return self.fault(keyword, "INCORRECT STATEMENT: the name of a subprogram is expected");
        }
        let name = name.to_ascii_uppercase();
        self.string(tokens::UNQUOTED, &name, start)
    }

    /// DATA items: quoted, bare (without blanks around) or nothing, between commas.
    fn data(&mut self) -> Result<(), Fault> {
        loop {
            self.skip_blanks();
            let start = self.pos;
            match self.peek() {
                None => return Ok(()),
                Some(b',') => {
                    self.pos += 1;
                    self.out.push(tokens::COMMA);
                }
                Some(b'"') => {
                    let string = self.quoted()?;
                    self.string(tokens::QUOTED, &string, start)?;
                }
                Some(_) => {
                    let item = self.take_while(|c| c != b',').trim_ascii_end();
                    let item = self.unescape(item, start)?;
                    self.string(tokens::UNQUOTED, &item, start)?;
                }
            }
        }
    }

    /// The format behind IMAGE: one string, quoted or bare.
    fn image(&mut self) -> Result<(), Fault> {
        self.skip_blanks();
        let start = self.pos;
        match self.peek() {
            None => Ok(()),
            Some(b'"') if self.text.trim_ascii_end().ends_with(b"\"") => {
                let string = self.quoted()?;
                self.string(tokens::QUOTED, &string, start)
            }
            Some(_) => {
                let format = self.take_while(|_| true);
                let format = self.unescape(format, start)?;
                self.string(tokens::UNQUOTED, &format, start)
            }
        }
    }

    /// Text to the end of the line, as it stands.
    fn rest_of_line(&mut self) -> Result<(), Fault> {
        let start = self.pos;
        let text = self.take_while(|_| true);
        let text = self.unescape(text, start)?;
        self.out.extend_from_slice(&text);
        Ok(())
    }

    /// A string in quotes; two quotes stand for one.
    fn quoted(&mut self) -> Result<Vec<u8>, Fault> {
        let start = self.pos;
        let mut string = Vec::new();
        self.pos += 1;
        loop {
            let from = self.pos;
            let part = self.take_while(|c| c != b'"');
            string.extend(self.unescape(part, from)?);
            if self.peek().is_none() {
                return self.fault(start, "INCORRECT STATEMENT: this string has no closing quote");
            }
            self.pos += 1;
            if self.peek() != Some(b'"') {
                return Ok(string);
            }
            self.pos += 1;
            string.push(b'"');
        }
    }

    fn string(&mut self, code: u8, text: &[u8], start: usize) -> Result<(), Fault> {
        let Ok(length) = u8::try_from(text.len()) else {
            return self.fault(
                start,
                format!("LINE TOO LONG: {} characters, at most 255 can be stored", text.len()),
            );
        };
        self.out.extend_from_slice(&[code, length]);
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// Text with its escapes replaced by the bytes they stand for; `start` is where it stands in the line.
    fn unescape(&self, text: &[u8], start: usize) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut i = 0;
        while let Some(&c) = text.get(i) {
            let (byte, length) = match c {
                0x80.. | 0 => {
                    let message = "a TI character is expected; write other bytes as \\xNN";
                    return Err(Fault { at: start + i, length: 1, message: message.into() });
                }
                b'\\' if self.options.escapes => match escape(&text[i..]) {
                    Escape::Byte(byte, length) => (byte, length),
                    Escape::Plain => (c, 1),
                    Escape::Verbatim => {
                        bytes.push(b'\\');
                        (text[i + 2], 3)
                    }
                    Escape::Malformed => {
                        let message = "\\x needs two hexadecimal digits, \\d three decimal ones up to 255";
                        return Err(Fault { at: start + i, length: 2, message: message.into() });
                    }
                },
                _ => (c, 1),
            };
            bytes.push(byte);
            i += length;
        }
        Ok(bytes)
    }
}

/// Letters of names: beside A-Z the console takes `@ [ ] \ _`.
const fn begins_name(c: u8) -> bool {
    c.is_ascii_alphabetic() || matches!(c, b'@' | b'[' | b']' | b'\\' | b'_')
}

const fn continues_name(c: u8) -> bool {
    begins_name(c) || c.is_ascii_digit()
}
