// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes that a text file cannot show: `\xNN` (hexadecimal) and `\dNNN` (decimal) stand for one byte.
//!
//! The notation is that of xbas99, so listings go between the tools. `\\x` and `\\d` stand for a backslash and the
//! letter; any other backslash is itself.

/// What a backslash in a listing begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// One byte, written with so many characters.
    Byte(u8, usize),
    /// A backslash and a letter, written with three characters.
    Verbatim,
    /// `\x` or `\d` without its digits, or a value above 255.
    Malformed,
    /// A plain backslash.
    Plain,
}

/// Reads the escape at the start of `text`, which begins with a backslash.
pub fn escape(text: &[u8]) -> Escape {
    if let Some([b'\\', b'x' | b'd']) = text.get(1..3) {
        return Escape::Verbatim;
    }
    let (digits, radix) = match text.get(1) {
        Some(b'x') => (2, 16),
        Some(b'd') => (3, 10),
        _ => return Escape::Plain,
    };
    text.get(2..2 + digits)
        .filter(|d| d.iter().all(|&c| (c as char).is_digit(radix)))
        .and_then(|d| std::str::from_utf8(d).ok())
        .and_then(|d| u8::from_str_radix(d, radix).ok())
        .map_or(Escape::Malformed, |byte| Escape::Byte(byte, 2 + digits))
}

/// Appends `bytes` to `out` so that [`escape`] reads them back.
pub fn push_escaped(out: &mut String, bytes: &[u8]) {
    for (i, &byte) in bytes.iter().enumerate() {
        // A backslash is written out when what follows could make an escape of it.
        let ambiguous = byte == b'\\'
            && bytes.get(i + 1).is_some_and(|&next| matches!(next, b'x' | b'd' | b'\\') || !shown(next));
        if shown(byte) && !ambiguous {
            out.push(byte as char);
        } else {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
}

const fn shown(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E)
}
