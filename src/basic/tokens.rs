// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tokens of TI BASIC and Extended BASIC in one table: byte, spelling, dialect, and how LIST sets them.
//!
//! Encoding looks words up here, listing prints from here, and nothing else in the crate states a token byte.
//!
//! Sources: the published token lists collected in the reference page on TI BASIC, section 3. The TI BASIC rows and
//! their spacing were confirmed on the genuine console, seen from outside: every word was typed between names,
//! numbers, strings and brackets, and stored bytes and LIST output compared (tests/data/basic/genuine.txt).

/// Which BASIC a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// The console's own BASIC.
    TiBasic,
    /// TI Extended BASIC.
    Extended,
}

/// How LIST sets a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// A statement word: always followed by one blank.
    Statement,
    /// Any other word: set off from neighbouring words, names and numbers, not from brackets and strings.
    Word,
    /// An operator or a separator: no blanks of its own.
    Mark,
    /// `::`: a blank behind it, and one in front where a word would need it.
    Separator,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The byte that stands for the word in a program.
    pub code: u8,
    /// The word.
    pub text: &'static str,
    /// The earliest dialect that knows it.
    pub since: Dialect,
    /// How LIST sets it.
    pub spacing: Spacing,
}

/// `ELSE`: what follows may be a line number.
pub const ELSE: u8 = 0x81;
/// `::` of Extended BASIC.
pub const DOUBLE_COLON: u8 = 0x82;
/// `!` of Extended BASIC: the rest of the line is a remark.
pub const TAIL_REMARK: u8 = 0x83;
/// `GO`, to be followed by `TO` or `SUB`.
pub const GO: u8 = 0x85;
/// `GOTO`.
pub const GOTO: u8 = 0x86;
/// `GOSUB`.
pub const GOSUB: u8 = 0x87;
/// `RETURN`: in Extended BASIC a line number may follow.
pub const RETURN: u8 = 0x88;
/// `BREAK`.
pub const BREAK: u8 = 0x8E;
/// `UNBREAK`.
pub const UNBREAK: u8 = 0x8F;
/// `DATA`: items to the end of the line.
pub const DATA: u8 = 0x93;
/// `RESTORE`.
pub const RESTORE: u8 = 0x94;
/// `REM`: text to the end of the line.
pub const REM: u8 = 0x9A;
/// `CALL`, followed by a name stored as an unquoted string.
pub const CALL: u8 = 0x9D;
/// `SUB`: behind `GO` a jump, at a statement's start a subprogram of Extended BASIC.
pub const SUB: u8 = 0xA1;
/// `IMAGE` of Extended BASIC: text to the end of the line.
pub const IMAGE: u8 = 0xA3;
/// `ERROR` of Extended BASIC (`ON ERROR 100`).
pub const ERROR: u8 = 0xA5;
/// `RUN` of Extended BASIC as a statement.
pub const RUN: u8 = 0xA9;
/// `THEN`.
pub const THEN: u8 = 0xB0;
/// `TO`: behind `GO` a jump.
pub const TO: u8 = 0xB1;
/// The comma.
pub const COMMA: u8 = 0xB3;
/// The colon.
pub const COLON: u8 = 0xB5;
/// The closing bracket.
pub const CLOSE_BRACKET: u8 = 0xB6;
/// The opening bracket.
pub const OPEN_BRACKET: u8 = 0xB7;
/// A string in quotes: length and text follow.
pub const QUOTED: u8 = 0xC7;
/// A number, a name behind CALL or a bare DATA item: length and text follow.
pub const UNQUOTED: u8 = 0xC8;
/// A line number: two bytes follow.
pub const LINE_NUMBER: u8 = 0xC9;
/// `USING` of Extended BASIC: a line number may follow.
pub const USING: u8 = 0xED;
/// `#`.
pub const HASH: u8 = 0xFD;

const fn statement(code: u8, text: &'static str, since: Dialect) -> Token {
    Token { code, text, since, spacing: Spacing::Statement }
}

const fn word(code: u8, text: &'static str, since: Dialect) -> Token {
    Token { code, text, since, spacing: Spacing::Word }
}

const fn mark(code: u8, text: &'static str, since: Dialect) -> Token {
    Token { code, text, since, spacing: Spacing::Mark }
}

use Dialect::{Extended as XB, TiBasic as TI};

/// Every token, by rising code.
#[rustfmt::skip]
pub const TOKENS: &[Token] = &[
    statement(ELSE, "ELSE", TI), Token { code: DOUBLE_COLON, text: "::", since: XB, spacing: Spacing::Separator },
    mark(TAIL_REMARK, "!", XB),
    statement(0x84, "IF", TI), statement(GO, "GO", TI), statement(GOTO, "GOTO", TI), statement(GOSUB, "GOSUB", TI),
    statement(RETURN, "RETURN", TI), statement(0x89, "DEF", TI), statement(0x8A, "DIM", TI), statement(0x8B, "END", TI),
    statement(0x8C, "FOR", TI), statement(0x8D, "LET", TI), statement(BREAK, "BREAK", TI),
    statement(UNBREAK, "UNBREAK", TI), statement(0x90, "TRACE", TI), statement(0x91, "UNTRACE", TI),
    statement(0x92, "INPUT", TI), statement(DATA, "DATA", TI), statement(RESTORE, "RESTORE", TI),
    statement(0x95, "RANDOMIZE", TI), statement(0x96, "NEXT", TI), statement(0x97, "READ", TI),
    statement(0x98, "STOP", TI), statement(0x99, "DELETE", TI), statement(REM, "REM", TI), statement(0x9B, "ON", TI),
    statement(0x9C, "PRINT", TI), statement(CALL, "CALL", TI), statement(0x9E, "OPTION", TI),
    statement(0x9F, "OPEN", TI), statement(0xA0, "CLOSE", TI), statement(SUB, "SUB", TI),
    statement(0xA2, "DISPLAY", TI), statement(IMAGE, "IMAGE", XB), statement(0xA4, "ACCEPT", XB),
    statement(ERROR, "ERROR", XB), statement(0xA6, "WARNING", XB), statement(0xA7, "SUBEXIT", XB),
    statement(0xA8, "SUBEND", XB), statement(RUN, "RUN", XB), statement(0xAA, "LINPUT", XB),
    statement(THEN, "THEN", TI), statement(TO, "TO", TI), statement(0xB2, "STEP", TI),
    mark(COMMA, ",", TI), mark(0xB4, ";", TI), mark(COLON, ":", TI), mark(CLOSE_BRACKET, ")", TI),
    mark(OPEN_BRACKET, "(", TI), mark(0xB8, "&", TI),
    word(0xBA, "OR", XB), word(0xBB, "AND", XB), word(0xBC, "XOR", XB), word(0xBD, "NOT", XB),
    mark(0xBE, "=", TI), mark(0xBF, "<", TI), mark(0xC0, ">", TI), mark(0xC1, "+", TI), mark(0xC2, "-", TI),
    mark(0xC3, "*", TI), mark(0xC4, "/", TI), mark(0xC5, "^", TI),
    word(0xCA, "EOF", TI), word(0xCB, "ABS", TI), word(0xCC, "ATN", TI), word(0xCD, "COS", TI), word(0xCE, "EXP", TI),
    word(0xCF, "INT", TI), word(0xD0, "LOG", TI), word(0xD1, "SGN", TI), word(0xD2, "SIN", TI), word(0xD3, "SQR", TI),
    word(0xD4, "TAN", TI), word(0xD5, "LEN", TI), word(0xD6, "CHR$", TI), word(0xD7, "RND", TI),
    word(0xD8, "SEG$", TI), word(0xD9, "POS", TI), word(0xDA, "VAL", TI), word(0xDB, "STR$", TI),
    word(0xDC, "ASC", TI), word(0xDD, "PI", XB), word(0xDE, "REC", TI), word(0xDF, "MAX", XB), word(0xE0, "MIN", XB),
    word(0xE1, "RPT$", XB), word(0xE8, "NUMERIC", XB), word(0xE9, "DIGIT", XB), word(0xEA, "UALPHA", XB),
    word(0xEB, "SIZE", XB), word(0xEC, "ALL", XB), statement(USING, "USING", XB), word(0xEE, "BEEP", XB),
    word(0xEF, "ERASE", XB), word(0xF0, "AT", XB), word(0xF1, "BASE", TI), word(0xF3, "VARIABLE", TI),
    word(0xF4, "RELATIVE", TI), word(0xF5, "INTERNAL", TI), word(0xF6, "SEQUENTIAL", TI), word(0xF7, "OUTPUT", TI),
    word(0xF8, "UPDATE", TI), word(0xF9, "APPEND", TI), word(0xFA, "FIXED", TI), word(0xFB, "PERMANENT", TI),
    word(0xFC, "TAB", TI), mark(HASH, "#", TI), word(0xFE, "VALIDATE", XB),
];

/// Commands of the line editor: words, but without a token, so no program line may hold them.
pub const COMMANDS: &[&str] = &[
    "BYE",
    "CON",
    "CONTINUE",
    "EDIT",
    "LIST",
    "MERGE",
    "NEW",
    "NUM",
    "NUMBER",
    "OLD",
    "RES",
    "RESEQUENCE",
    "RUN",
    "SAVE",
];

/// The row of a code, or `None` if no dialect uses it as a word.
pub fn by_code(code: u8) -> Option<&'static Token> {
    TOKENS.binary_search_by_key(&code, |t| t.code).ok().map(|i| &TOKENS[i])
}

/// The row of a word (in capitals) that `dialect` knows.
pub fn by_text(text: &str, dialect: Dialect) -> Option<&'static Token> {
    TOKENS.iter().find(|t| t.text == text && t.since <= dialect)
}
