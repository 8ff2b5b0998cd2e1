// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tokens to text: as LIST shows a line, and as a listing that encodes to the same bytes.
//!
//! LIST's blanks depend on the token and the one before; the rules were derived from the genuine console's listings
//! of every word between names, numbers, strings and brackets (tests/data/basic/genuine.txt). The two forms differ
//! only in REM, behind which TI BASIC prints a blank that it did not store, and in characters that text files
//! cannot hold.

use super::program::Line;
use super::text::push_escaped;
use super::tokens::{self, Dialect, Spacing, by_code};

/// Characters to a row of the console's BASIC screen.
pub const SCREEN_WIDTH: usize = 28;

/// What was printed last, as far as the next token's blanks depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A word, a name or a number.
    Word,
    /// A string in quotes.
    Quote,
    /// A closing bracket.
    Bracket,
    /// Anything that needs no blank behind it.
    Clear,
}

/// The line as LIST prints it, unwrapped, in TI character codes.
pub fn screen_line(line: &Line, dialect: Dialect) -> Vec<u8> {
    let mut lister = Lister::new(line);
    lister.remark_blank = dialect == Dialect::TiBasic;
    lister.run();
    lister.out
}

/// The line as it is typed: encoding it gives the same bytes.
///
/// `escapes` writes bytes that are not printable ASCII as `\xNN`; without it they are lost (shown as `?`).
pub fn source_line(line: &Line, escapes: bool) -> String {
    let mut lister = Lister::new(line);
    lister.escapes = escapes;
    lister.run();
    lister.out.iter().map(|&c| if (0x20..0x7F).contains(&c) { c as char } else { '?' }).collect()
}

/// `text` in rows of `width` characters, as the screen shows it. `width` 0 means one row.
pub fn rows(text: &[u8], width: usize) -> Vec<&[u8]> {
    if width == 0 || text.is_empty() { vec![text] } else { text.chunks(width).collect() }
}

struct Lister<'a> {
    rest: &'a [u8],
    out: Vec<u8>,
    last: Last,
    escapes: bool,
    remark_blank: bool,
}

impl<'a> Lister<'a> {
    fn new(line: &'a Line) -> Self {
        let out = format!("{} ", line.number).into_bytes();
        let rest = &line.tokens[..];
        Self { rest, out, last: Last::Clear, escapes: false, remark_blank: false }
    }

    fn run(&mut self) {
        while let Some((&code, rest)) = self.rest.split_first() {
            self.rest = rest;
            match code {
                tokens::QUOTED => self.quoted(),
                tokens::UNQUOTED => {
                    let text = self.counted();
                    self.operand(text);
                }
                tokens::LINE_NUMBER => {
                    let (bytes, rest) = self.rest.split_at(self.rest.len().min(2));
                    self.rest = rest;
                    let number = bytes.iter().fold(0u16, |n, &b| n << 8 | u16::from(b));
                    self.operand(number.to_string().as_bytes());
                }
                0x80.. => self.word(code),
                _ => self.name(code),
            }
        }
    }

    /// The text behind a length byte, as much of it as is there.
    fn counted(&mut self) -> &'a [u8] {
        let Some((&length, rest)) = self.rest.split_first() else { return &[] };
        let (text, rest) = rest.split_at(rest.len().min(length.into()));
        self.rest = rest;
        text
    }

    fn quoted(&mut self) {
        let text = self.counted();
        self.out.push(b'"');
        for part in text.split_inclusive(|&c| c == b'"') {
            self.text(part);
            if part.ends_with(b"\"") {
                self.out.push(b'"');
            }
        }
        self.out.push(b'"');
        self.last = Last::Quote;
    }

    fn operand(&mut self, text: &[u8]) {
        self.set_off();
        self.text(text);
        self.last = Last::Word;
    }

    /// A blank, if the token before needs one behind it.
    fn set_off(&mut self) {
        if matches!(self.last, Last::Word | Last::Quote) {
            self.out.push(b' ');
        }
    }

    /// A variable's name: all bytes up to the next token.
    fn name(&mut self, first: u8) {
        let length = self.rest.iter().position(|&c| c >= 0x80).unwrap_or(self.rest.len());
        let (more, rest) = self.rest.split_at(length);
        self.rest = rest;
        let name: Vec<u8> = std::iter::once(first).chain(more.iter().copied()).collect();
        self.set_off();
        self.out.extend_from_slice(&name);
        self.last = Last::Word;
    }

    fn word(&mut self, code: u8) {
        let Some(token) = by_code(code) else {
            // No dialect has such a token: shown as the byte, so that nothing disappears from a listing.
            self.text(&[code]);
            self.last = Last::Clear;
            return;
        };
        let touches = matches!(self.last, Last::Word | Last::Quote);
        let blank = match token.spacing {
            Spacing::Statement | Spacing::Word | Spacing::Separator => touches,
            Spacing::Mark => {
                code == tokens::HASH && touches || code == tokens::TAIL_REMARK && self.last != Last::Clear
            }
        };
        if blank {
            self.out.push(b' ');
        }
        self.out.extend_from_slice(token.text.as_bytes());
        self.last = match token.spacing {
            Spacing::Word => Last::Word,
            Spacing::Mark if code == tokens::CLOSE_BRACKET => Last::Bracket,
            _ => Last::Clear,
        };
        match (token.spacing, code) {
            (_, tokens::REM) => self.remark(),
            (_, tokens::TAIL_REMARK) => self.rest_as_text(),
            (Spacing::Statement | Spacing::Separator, _) => self.out.push(b' '),
            _ => {}
        }
    }

    /// The text behind REM: TI BASIC's LIST sets a blank in front of it; typed text brings its own.
    fn remark(&mut self) {
        let glued = self.rest.first().is_some_and(|c| c.is_ascii_alphanumeric() || b"@[]\\_$".contains(c));
        if self.remark_blank || glued {
            self.out.push(b' ');
        }
        self.rest_as_text();
    }

    fn rest_as_text(&mut self) {
        let text = std::mem::take(&mut self.rest);
        self.text(text);
    }

    fn text(&mut self, text: &[u8]) {
        if self.escapes {
            let mut escaped = String::new();
            push_escaped(&mut escaped, text);
            self.out.extend_from_slice(escaped.as_bytes());
        } else {
            self.out.extend_from_slice(text);
        }
    }
}
