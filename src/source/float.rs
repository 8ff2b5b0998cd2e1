// SPDX-License-Identifier: MIT OR Apache-2.0
//! TI's floating point numbers in sources (FLOAT, FLOA).
//!
//! Source: the Editor/Assembler manual, the format of numbers.

/// A decimal number as TI's 8-byte floating point: exponent of 100 plus 64, seven digits of base 100, the first
/// two bytes together negated for negative numbers; further digits are dropped.
pub(crate) fn radix100(text: &str) -> Option<[u8; 8]> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    // An even number of digits before the point, so that pairs don't straddle it.
    let padded = if whole.len() % 2 == 1 { format!("0{whole}") } else { whole.to_string() };
    let mantissa = format!("{padded}{fraction}");
    let Some(first) = mantissa.bytes().position(|b| b != b'0') else { return Some([0; 8]) };
    let pair = first / 2;
    let exponent = padded.len() as i64 / 2 - 1 - pair as i64;
    let mut number = [0; 8];
    number[0] = u8::try_from(exponent + 0x40).ok().filter(|e| *e < 0x80)?;
    for (i, digit) in mantissa.bytes().skip(pair * 2).take(14).enumerate() {
        number[1 + i / 2] += (digit - b'0') * if i % 2 == 0 { 10 } else { 1 };
    }
    if negative {
        number[1] = number[1].wrapping_neg();
        number[0] = !number[0];
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::radix100;

    /// Values by the format's definition in the Editor/Assembler manual.
    #[test]
    fn numbers_have_base_100() {
        let rows = [
            ("0", Some([0, 0, 0, 0, 0, 0, 0, 0])),
            ("1", Some([0x40, 1, 0, 0, 0, 0, 0, 0])),
            ("-1", Some([0xBF, 0xFF, 0, 0, 0, 0, 0, 0])),
            ("123.456", Some([0x41, 1, 23, 45, 60, 0, 0, 0])),
            ("0.005", Some([0x3E, 50, 0, 0, 0, 0, 0, 0])),
            ("12345678901234567", Some([0x48, 1, 23, 45, 67, 89, 1, 23])),
            ("1E5", None),
            (".", None),
        ];
        for (text, expected) in rows {
            assert_eq!(radix100(text), expected, "{text}");
        }
    }
}
