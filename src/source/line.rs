// SPDX-License-Identifier: MIT OR Apache-2.0
//! A source line cut into label, mnemonic and operand field; the comment is dropped.
//!
//! Three styles differ in where the operand field ends: by default at `;`, two blanks or a tab; relaxed only at
//! `;`; strict at the first blank, as TI's assemblers do.

use std::ops::Range;

/// Where the operand field ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// At `;`, a tab or two blanks.
    #[default]
    Modern,
    /// At `;` only.
    Relaxed,
    /// At the first blank.
    Strict,
}

/// Byte ranges of a line's fields; the mnemonic is in capitals and by its one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) label: Range<usize>,
    pub(crate) mnemonic: String,
    pub(crate) mnemonic_at: Range<usize>,
    pub(crate) operands: Range<usize>,
}

/// What differs between the assemblers' lines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    /// Where operand fields end.
    pub(crate) style: Style,
    /// Other assemblers' names of directives and instructions, with the name here.
    pub(crate) aliases: &'static [(&'static str, &'static str)],
    /// What stands before the number of a macro's argument.
    pub(crate) parameter: u8,
    /// Whether operators have precedence.
    pub(crate) precedence: bool,
}

/// The position of each byte, and whether it is outside text literals.
fn bare(text: &str, from: usize) -> impl Iterator<Item = (usize, u8)> {
    let mut quote = None;
    text.bytes().enumerate().skip(from).filter(move |&(_, byte)| match quote {
        Some(open) => {
            if byte == open {
                quote = None;
            }
            false
        }
        None => {
            if matches!(byte, b'\'' | b'"') {
                quote = Some(byte);
            }
            true
        }
    })
}

/// Cuts a line into fields; `None` for empty lines and comments.
pub(crate) fn split(text: &str, dialect: &Dialect) -> Option<Fields> {
    let style = dialect.style;
    let blank = |byte: u8| byte == b' ' || byte == b'\t';
    let strict_comment = style == Style::Strict && text.trim_start().starts_with('*');
    if text.trim().is_empty() || text.starts_with('*') || strict_comment {
        return None;
    }
    let limit = match style {
        Style::Strict => text.len(),
        _ => bare(text, 0).find(|&(_, b)| b == b';').map_or(text.len(), |(i, _)| i),
    };
    let bytes = &text.as_bytes()[..limit];
    let word_end = |from: usize| bytes[from..].iter().position(|&b| blank(b)).map_or(limit, |i| from + i);
    let word_start = |from: usize| bytes[from..].iter().position(|&b| !blank(b)).map_or(limit, |i| from + i);

    let label = 0..word_end(0);
    let start = word_start(label.end);
    let mnemonic_at = start..word_end(start);
    let written = text[mnemonic_at.clone()].to_ascii_uppercase();
    let mnemonic = dialect
        .aliases
        .iter()
        .find(|(alias, _)| *alias == written)
        .map_or(written, |(_, name)| (*name).into());

    let start = word_start(mnemonic_at.end);
    let field_end = |(i, byte): (usize, u8)| match style {
        Style::Modern => byte == b'\t' || bytes[i..].starts_with(b"  "),
        Style::Relaxed => false,
        Style::Strict => blank(byte),
    };
    let mut end =
        bare(text, start).take_while(|&(i, _)| i < limit).find(|&at| field_end(at)).map_or(limit, |(i, _)| i);
    while end > start && blank(bytes[end - 1]) {
        end -= 1;
    }
    // In the strict style a lone star after the mnemonic opens a comment.
    if style == Style::Strict && &text[start..end] == "*" {
        end = start;
    }
    if text[label.clone()].is_empty() && mnemonic.is_empty() {
        return None;
    }
    Some(Fields { label, mnemonic, mnemonic_at, operands: start..end })
}

/// The ranges between the commas of an operand field, trimmed.
pub(crate) fn operands(text: &str, field: Range<usize>) -> Vec<Range<usize>> {
    if field.is_empty() {
        return Vec::new();
    }
    let mut cuts: Vec<usize> =
        bare(text, field.start).filter(|&(i, b)| i < field.end && b == b',').map(|(i, _)| i).collect();
    cuts.push(field.end);
    let mut start = field.start;
    cuts.into_iter()
        .map(|cut| {
            let part = &text[start..cut];
            let left = start + (part.len() - part.trim_start().len());
            let range = left..(left + part.trim().len());
            start = cut + 1;
            range
        })
        .collect()
}

/// The line with the parameters (`$1`, say) of the operand field and beyond replaced by a macro's arguments; text
/// literals stay.
pub(crate) fn fill_in(text: &str, from: usize, sign: u8, arguments: &[String]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut done = 0;
    for (i, byte) in bare(text, from) {
        if byte != sign || i < done {
            continue;
        }
        let digits = text[i + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let number: Option<usize> = text[i + 1..i + 1 + digits].parse().ok();
        if let Some(argument) = number.and_then(|n| n.checked_sub(1)).and_then(|n| arguments.get(n)) {
            filled.push_str(&text[done..i]);
            filled.push_str(argument);
            done = i + 1 + digits;
        }
    }
    filled.push_str(&text[done..]);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(style: Style) -> Dialect {
        Dialect { style, aliases: &[("HTEX", "HTEXT")], parameter: b'$', precedence: false }
    }

    #[test]
    fn lines_are_cut_by_style() {
        let rows = [
            ("loop  ST 1,@X  store", Style::Modern, ("loop", "ST", "1,@X")),
            ("\thtex 'a  b',>12 ; note", Style::Modern, ("", "HTEXT", "'a  b',>12")),
            (" ST 1, @X   ; c", Style::Relaxed, ("", "ST", "1, @X")),
            ("L ST 'A B',@X comment; more", Style::Strict, ("L", "ST", "'A B',@X")),
            ("L RTN * comment", Style::Strict, ("L", "RTN", "")),
            ("L:", Style::Modern, ("L:", "", "")),
        ];
        for (text, style, expected) in rows {
            let fields = split(text, &dialect(style)).unwrap();
            let found = (&text[fields.label], fields.mnemonic.as_str(), &text[fields.operands]);
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(split("* comment", &dialect(Style::Modern)), None);
        assert_eq!(split("   ; comment", &dialect(Style::Modern)), None);
    }

    #[test]
    fn macro_arguments_are_filled_in_outside_of_texts() {
        let arguments = ["7".to_string(), "@X".to_string()];
        assert_eq!(fill_in(" ST $1,$2 '$1' $3", 0, b'$', &arguments), " ST 7,@X '$1' $3");
    }
}
