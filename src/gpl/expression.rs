// SPDX-License-Identifier: MIT OR Apache-2.0
//! Expressions of 16-bit words, evaluated from left to right without precedence; text literals.
//!
//! Terms: decimal, `>hex`, `:binary` or `&binary`, `'c'`, `'cc'`, `$`, symbols, `!local`; signs `-`, `+`, `~`;
//! brackets. Operators: `+ - * / % ** & | ^ << >>`, and `// %%` (without sign). `/` truncates; `%` takes the sign
//! of its divisor, as xga99 does.

use crate::diag::Fault;
use std::ops::Range;

/// What an expression may ask for.
pub(super) trait Scope {
    /// The value of a symbol in capitals.
    fn symbol(&self, name: &str) -> Option<u16>;
    /// The value of the local label so many places forward (positive) or back (negative).
    fn local(&self, name: &str, distance: i32) -> Option<u16>;
    /// The address of the current instruction.
    fn here(&self) -> u16;
    /// Whether unknown symbols count as 0, because a later pass will know them.
    fn lenient(&self) -> bool;
}

/// A place in an operand.
pub(super) struct Cursor<'a> {
    line: &'a str,
    pub(super) at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a str, span: Range<usize>) -> Self {
        Self { line, at: span.start, end: span.end }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.line[self.at..self.end]
    }

    /// Skips `prefix` (in any case) if it comes next.
    pub(super) fn take(&mut self, prefix: &str) -> bool {
        let rest = self.rest().as_bytes();
        let found =
            rest.len() >= prefix.len() && rest[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes());
        if found {
            self.at += prefix.len();
        }
        found
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Skips and returns the characters that `wanted` takes.
    fn run(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Refuses anything that is left.
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return Ok(());
        }
        Err(Fault::new(self.at..self.end, format!("unexpected `{}` after the operand", self.rest()))
            .help("a comment is set off by `;` or two blanks"))
    }

    fn missing(&self, what: &str) -> Fault {
        let found = self.rest();
        let message = if found.is_empty() {
            format!("expected {what}")
        } else {
            format!("expected {what}, found `{found}`")
        };
        Fault::new(self.at..self.end, message)
    }

    /// A text literal in single or double quotes (a doubled single quote stands for one), if one comes next.
    pub(super) fn quoted(&mut self) -> Option<Vec<u8>> {
        let quote = self.rest().chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut text = Vec::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            if c != quote {
                text.push(u8::try_from(u32::from(c)).unwrap_or(b'?'));
            } else if quote == '\'' && chars.peek().is_some_and(|&(_, c)| c == quote) {
                text.push(b'\'');
                chars.next();
            } else {
                self.at += i + 1;
                return Some(text);
            }
        }
        None
    }

    /// A text: a literal, or `>` with pairs of hexadecimal digits.
    pub(super) fn text(&mut self) -> Result<Vec<u8>, Fault> {
        if self.take(">") {
            let digits = self.run(|c| c.is_ascii_hexdigit());
            if digits.is_empty() {
                return Err(self.missing("hexadecimal digits"));
            }
            let digit = |c: &u8| char::from(*c).to_digit(16).unwrap_or_default() as u8;
            return Ok(digits
                .as_bytes()
                .chunks(2)
                .map(|pair| digit(&pair[0]) << 4 | pair.get(1).map_or(0, digit))
                .collect());
        }
        self.quoted().ok_or_else(|| self.missing("a text in quotes or >hex digits"))
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '?')
}

/// The operators; the longer ones first.
const OPERATORS: &[&str] = &["**", "//", "%%", "<<", ">>", "+", "-", "*", "/", "%", "&", "|", "^"];

/// Evaluates an expression as far as it goes.
pub(super) fn expression(cursor: &mut Cursor, scope: &dyn Scope) -> Result<u16, Fault> {
    let mut value = unary(cursor, scope)?;
    loop {
        cursor.skip_blanks();
        let at = cursor.at;
        let Some(operator) = OPERATORS.iter().find(|op| cursor.take(op)) else {
            return Ok(value);
        };
        let right = unary(cursor, scope)?;
        value = match apply(operator, value, right) {
            Some(value) => value,
            None if scope.lenient() => 0,
            None => return Err(Fault::new(at..cursor.at, "division by zero")),
        };
    }
}

/// One operation on words; `None` for a division by zero.
fn apply(operator: &str, left: u16, right: u16) -> Option<u16> {
    let signed = |word: u16| i32::from(word as i16);
    Some(match operator {
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        "/" => signed(left).checked_div(signed(right))? as u16,
        "%" => {
            let rest = signed(left).abs().checked_rem(signed(right).abs())?;
            (rest * signed(right).signum()) as u16
        }
        "**" => left.wrapping_pow(u32::from(right)),
        "//" => left.checked_div(right)?,
        "%%" => left.checked_rem(right)?,
        "<<" => left.checked_shl(u32::from(right)).unwrap_or(0),
        ">>" => left.checked_shr(u32::from(right)).unwrap_or(0),
        "&" => left & right,
        "|" => left | right,
        _ => left ^ right,
    })
}

/// Brackets and signs nested deeper than this are refused, so that no source can exhaust the stack.
const DEEPEST: usize = 100;

fn unary(cursor: &mut Cursor, scope: &dyn Scope) -> Result<u16, Fault> {
    let mut signs = Vec::new();
    loop {
        cursor.skip_blanks();
        match cursor.rest().chars().next() {
            Some(sign @ ('+' | '-' | '~')) => {
                signs.push(sign);
                cursor.at += 1;
            }
            _ => break,
        }
    }
    let mut value = if cursor.rest().starts_with('!') {
        let back = signs.iter().filter(|&&s| s == '-').count() % 2 == 1;
        signs.retain(|&s| s == '~');
        local(cursor, scope, back)?
    } else if cursor.take("(") {
        if cursor.line[..cursor.at].matches('(').count() > DEEPEST {
            return Err(Fault::new(cursor.at - 1..cursor.at, "brackets nested too deep"));
        }
        let value = expression(cursor, scope)?;
        cursor.skip_blanks();
        if !cursor.take(")") {
            return Err(cursor.missing("`)`"));
        }
        value
    } else {
        term(cursor, scope)?
    };
    for sign in signs.iter().rev() {
        value = match sign {
            '-' => value.wrapping_neg(),
            '~' => !value,
            _ => value,
        };
    }
    Ok(value)
}

fn local(cursor: &mut Cursor, scope: &dyn Scope, back: bool) -> Result<u16, Fault> {
    let start = cursor.at;
    let distance = i32::try_from(cursor.run(|c| c == '!').len()).unwrap_or(i32::MAX);
    let name = cursor.run(is_name).to_uppercase();
    match scope.local(&name, if back { -distance } else { distance }) {
        Some(value) => Ok(value),
        None if scope.lenient() => Ok(0),
        None => {
            let whither = if back { "before" } else { "after" };
            Err(Fault::new(start..cursor.at, format!("no local label `!{name}` {whither} this line")))
        }
    }
}

fn term(cursor: &mut Cursor, scope: &dyn Scope) -> Result<u16, Fault> {
    let start = cursor.at;
    if let Some(text) = cursor.quoted() {
        return match text[..] {
            [] => Ok(0),
            [one] => Ok(u16::from(one)),
            [one, two] => Ok(u16::from_be_bytes([one, two])),
            _ => Err(Fault::new(start..cursor.at, "a text in an expression has at most two characters")),
        };
    }
    for (prefix, radix, what) in
        [(">", 16, "hexadecimal digits"), (":", 2, "binary digits"), ("&", 2, "binary digits")]
    {
        if cursor.take(prefix) {
            let digits = cursor.run(|c| c.is_ascii_alphanumeric());
            let value = u32::from_str_radix(digits, radix).map_err(|_| {
                Fault::new(start..cursor.at.max(start + 1), format!("expected {what} after `{prefix}`"))
            })?;
            return Ok(value as u16);
        }
    }
    let word = cursor.run(is_name);
    let span = start..cursor.at;
    if word == "$" {
        return Ok(scope.here());
    }
    match word.chars().next() {
        Some(c) if c.is_ascii_digit() => match word.parse::<u32>() {
            Ok(value) if value <= 0xFFFF => Ok(value as u16),
            Ok(_) => Err(Fault::new(span, format!("{word} does not fit into 16 bits"))),
            Err(_) => Err(Fault::new(span, format!("`{word}` is not a number"))
                .help("hexadecimal numbers start with >")),
        },
        Some(_) => match scope.symbol(&word.to_uppercase()) {
            Some(value) => Ok(value),
            None if scope.lenient() => Ok(0),
            None => Err(Fault::new(span, format!("unknown symbol `{word}`"))),
        },
        None => Err(cursor.missing("a value")),
    }
}
