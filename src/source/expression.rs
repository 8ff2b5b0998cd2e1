// SPDX-License-Identifier: MIT OR Apache-2.0
//! Expressions of 16-bit words, evaluated from left to right without precedence (or with it, on request); text
//! literals.
//!
//! Terms: decimal, `>hex`, `:binary` or `&binary`, `'c'`, `'cc'`, `$`, symbols, `!local`; signs `-`, `+`, `~`;
//! brackets. Operators: `+ - * / % ** & | ^ << >>`, and `// %%` (without sign). `/` truncates; `%` takes the sign
//! of its divisor, as xga99 and xas99 do.
//!
//! A value knows what it is relative to: sums and differences may hold relocatable terms, other operators not.

use crate::diag::Fault;
use std::ops::Range;

/// What a value is relative to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Base {
    /// Nothing: the value is final.
    #[default]
    Absolute,
    /// The start of the module's relocatable part.
    Program,
    /// The value of the external symbol of that number.
    External(u16),
}

/// A word with what it is relative to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) word: u16,
    pub(crate) base: Base,
    /// The bank of a paged cartridge that this is an address in.
    pub(crate) bank: Option<u8>,
}

impl From<u16> for Value {
    fn from(word: u16) -> Self {
        Self { word, ..Self::default() }
    }
}

/// What an expression may ask for.
pub(crate) trait Scope {
    /// The value of a symbol in capitals.
    fn symbol(&self, name: &str) -> Option<Value>;
    /// The value of the local label so many places forward (positive) or back (negative).
    fn local(&self, name: &str, distance: i32) -> Option<Value>;
    /// The address of the current instruction.
    fn here(&self) -> Value;
    /// Whether unknown symbols count as 0, because a later pass will know them.
    fn lenient(&self) -> bool;
    /// Whether `*` binds closer than `+` and so on; else operators apply from left to right.
    fn precedence(&self) -> bool;
    /// A name like the unknown one, for the advice.
    fn similar(&self, name: &str) -> Option<String>;
}

/// A place in an operand.
pub(crate) struct Cursor<'a> {
    line: &'a str,
    pub(crate) at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(line: &'a str, span: Range<usize>) -> Self {
        Self { line, at: span.start, end: span.end }
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.line[self.at..self.end]
    }

    /// Skips `prefix` (in any case) if it comes next.
    pub(crate) fn take(&mut self, prefix: &str) -> bool {
        let rest = self.rest().as_bytes();
        let found =
            rest.len() >= prefix.len() && rest[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes());
        if found {
            self.at += prefix.len();
        }
        found
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Skips and returns the characters that `wanted` takes.
    fn run(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// Refuses anything that is left.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
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

    /// The bytes of a text literal, if one comes next: characters up to >FF have their code.
    fn literal(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let start = self.at;
        let Some(text) = self.quoted() else { return Ok(None) };
        let byte = |c: char| {
            u8::try_from(u32::from(c)).map_err(|_| {
                Fault::new(start..self.at, format!("`{c}` has no code of one byte"))
                    .help("write characters of your own as >hex")
            })
        };
        text.chars().map(byte).collect::<Result<_, _>>().map(Some)
    }

    /// A text literal in single or double quotes (a doubled single quote stands for one), if one comes next.
    pub(crate) fn quoted(&mut self) -> Option<String> {
        let quote = self.rest().chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            if c != quote {
                text.push(c);
            } else if quote == '\'' && chars.peek().is_some_and(|&(_, c)| c == quote) {
                text.push('\'');
                chars.next();
            } else {
                self.at += i + 1;
                return Some(text);
            }
        }
        None
    }

    /// A text: a literal, or `>` with pairs of hexadecimal digits.
    pub(crate) fn text(&mut self) -> Result<Vec<u8>, Fault> {
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
        self.literal()?.ok_or_else(|| self.missing("a text in quotes or >hex digits"))
    }
}

fn is_name(c: char) -> bool {
    !c.is_whitespace() && !"+-*/%|&^~#!@'\"(),;<>=:".contains(c)
}

/// The operators with their precedence where it is asked for; the longer ones first.
const OPERATORS: &[(&str, u8)] = &[
    ("**", 7),
    ("//", 6),
    ("%%", 6),
    ("<<", 4),
    (">>", 4),
    ("+", 5),
    ("-", 5),
    ("*", 6),
    ("/", 6),
    ("%", 6),
    ("&", 3),
    ("|", 1),
    ("^", 2),
];

/// Evaluates an expression as far as it goes.
pub(crate) fn expression(cursor: &mut Cursor, scope: &dyn Scope) -> Result<Value, Fault> {
    binary(cursor, scope, 0)
}

/// A chain of operators that bind at least as close as `level`.
fn binary(cursor: &mut Cursor, scope: &dyn Scope, level: u8) -> Result<Value, Fault> {
    let start = cursor.at;
    let mut value = unary(cursor, scope)?;
    loop {
        cursor.skip_blanks();
        let at = cursor.at;
        let Some(&(operator, own)) = OPERATORS.iter().find(|(op, _)| cursor.take(op)) else {
            return Ok(value);
        };
        let right = if !scope.precedence() {
            unary(cursor, scope)?
        } else if own >= level {
            binary(cursor, scope, own + 1)?
        } else {
            cursor.at = at;
            return Ok(value);
        };
        value = match combine(operator, value, right) {
            Ok(value) => value,
            Err(_) if scope.lenient() => Value::default(),
            Err(Refused::DivisionByZero) => return Err(Fault::new(at..cursor.at, "division by zero")),
            Err(Refused::Relocatable) => {
                let message = format!("`{operator}` can't work on relocatable addresses");
                return Err(Fault::new(start..cursor.at, message)
                    .help("relocatable: address + number, address - number, address - address"));
            }
        };
    }
}

/// Why an operation has no value.
enum Refused {
    DivisionByZero,
    Relocatable,
}

/// One operation on values.
fn combine(operator: &str, left: Value, right: Value) -> Result<Value, Refused> {
    let word = apply(operator, left.word, right.word).ok_or(Refused::DivisionByZero)?;
    let (base, bank) = match (operator, left.base, right.base) {
        (_, Base::Absolute, Base::Absolute) if !matches!(operator, "+" | "-") => (Base::Absolute, None),
        ("+", base, Base::Absolute) | ("-", base, Base::Absolute) if right.bank.is_none() => {
            (base, left.bank)
        }
        ("+", Base::Absolute, base) => (base, right.bank.or(left.bank)),
        ("-", left, right) if left == right && !matches!(left, Base::External(_)) => (Base::Absolute, None),
        _ => return Err(Refused::Relocatable),
    };
    Ok(Value { word, base, bank })
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

fn unary(cursor: &mut Cursor, scope: &dyn Scope) -> Result<Value, Fault> {
    let start = cursor.at;
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
    signs.retain(|&sign| sign != '+');
    if !signs.is_empty() && value.base != Base::Absolute && !scope.lenient() {
        return Err(Fault::new(start..cursor.at, "a relocatable address can't have a sign"));
    }
    for sign in signs.iter().rev() {
        let word = if *sign == '-' { value.word.wrapping_neg() } else { !value.word };
        value = Value::from(word);
    }
    Ok(value)
}

fn local(cursor: &mut Cursor, scope: &dyn Scope, back: bool) -> Result<Value, Fault> {
    let start = cursor.at;
    let distance = i32::try_from(cursor.run(|c| c == '!').len()).unwrap_or(i32::MAX);
    let name = cursor.run(is_name).to_uppercase();
    match scope.local(&name, if back { -distance } else { distance }) {
        Some(value) => Ok(value),
        None if scope.lenient() => Ok(Value::default()),
        None => {
            let whither = if back { "before" } else { "after" };
            Err(Fault::new(start..cursor.at, format!("no local label `!{name}` {whither} this line")))
        }
    }
}

fn term(cursor: &mut Cursor, scope: &dyn Scope) -> Result<Value, Fault> {
    let start = cursor.at;
    if let Some(text) = cursor.literal()? {
        return match text[..] {
            [] => Ok(Value::default()),
            [one] => Ok(u16::from(one).into()),
            [one, two] => Ok(u16::from_be_bytes([one, two]).into()),
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
            return Ok((value as u16).into());
        }
    }
    let word = cursor.run(is_name);
    let span = start..cursor.at;
    if word == "$" {
        return Ok(scope.here());
    }
    match word.chars().next() {
        Some(c) if c.is_ascii_digit() => match word.parse::<u32>() {
            Ok(value) if value <= 0xFFFF => Ok((value as u16).into()),
            Ok(_) => Err(Fault::new(span, format!("{word} does not fit into 16 bits"))),
            Err(_) => Err(Fault::new(span, format!("`{word}` is not a number"))
                .help("hexadecimal numbers start with >")),
        },
        Some(_) => match scope.symbol(&word.to_uppercase()) {
            Some(value) => Ok(value),
            None if scope.lenient() => Ok(Value::default()),
            None => {
                let fault = Fault::new(span, format!("unknown symbol `{word}`"));
                Err(match scope.similar(&word.to_uppercase()) {
                    Some(name) => fault.help(format!("did you mean `{name}`?")),
                    None => fault,
                })
            }
        },
        None => Err(cursor.missing("a value")),
    }
}
