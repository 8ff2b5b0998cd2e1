// SPDX-License-Identifier: MIT OR Apache-2.0
//! The services of GROM 0: CNS, INT and the transcendental functions.

use super::rig::{Case, Outcome, Rig, SERVICES};
use super::{hex, our_rig, recorded};

fn service(name: &str) -> usize {
    SERVICES.iter().position(|&(n, _)| n == name).unwrap()
}

/// The text that CNS gives for FAC with the bytes >8355 to >8357.
fn text(rig: &Rig, fac: [u8; 8], options: [u8; 3]) -> String {
    let mut case = Case::with(fac, [0; 8]);
    case.pad[11..14].copy_from_slice(&options);
    let outcome: Outcome = rig.call(service("CNS"), &case).expect("CNS returns");
    let at = outcome.bytes(0x55, 2);
    outcome.bytes(at[0].into(), at[1].into()).iter().map(|&b| char::from(b)).collect()
}

#[test]
fn numbers_print_as_on_the_genuine_console() {
    let rig = our_rig();
    let (mut plain, mut fixed) = (0, 0);
    for line in recorded("cns") {
        let mut columns = line.splitn(3, ' ');
        let mut column = || columns.next().unwrap();
        let (fac, options, expected) = (hex::<8>(column()), hex::<3>(column()), column());
        if options[0] == 0 {
            assert_eq!(text(&rig, fac, options), expected, "{line}");
            plain += 1;
        } else if fac[0] < 0x80 {
            fixed += usize::from(text(&rig, fac, options) == expected);
        }
    }
    // The fixed format: 558 of the 590 positive numbers. In most of the others 13 or 14 digits are asked for, of which the
    // genuine console shows one. For negative numbers it is unusable (number-text.gpl).
    assert_eq!((plain, fixed), (5000, 558));
}

/// A number's value. 14 digits fit a double, whose own error is a hundredth of the last one.
fn value(number: [u8; 8]) -> f64 {
    let word = i16::from_be_bytes([number[0], number[1]]);
    let [power, first] = word.unsigned_abs().to_be_bytes();
    if word == 0 {
        return 0.0;
    }
    let digits = number[2..].iter().fold(f64::from(first), |m, &d| m * 100.0 + f64::from(d));
    f64::from(word.signum()) * digits * 100f64.powi(i32::from(power) - 64 - 6)
}

/// Function, its recorded calls, how many answers are equal to the byte, and the greatest relative difference of the others
/// in units of 1E-14 (LOG, which is small next to 1: difference from the value or 1). A number has 13 or 14 decimal digits,
/// so that one unit in its last place is 1 to 100 of these; PWR's exponent is a factor of its errors.
const FUNCTIONS: [(&str, usize, usize, f64); 9] = [
    ("INT", 5500, 5500, 0.0),
    ("PWR", 5200, 5197, 66.0),
    ("SQR", 5200, 5200, 0.0),
    ("EXP", 5200, 5200, 0.0),
    ("LOG", 5200, 5177, 100.0),
    ("COS", 5200, 5187, 100.0),
    ("SIN", 5200, 5196, 74.0),
    ("TAN", 5200, 5178, 132.0),
    ("ATN", 5200, 5184, 5.0),
];

#[test]
fn functions_give_what_the_genuine_console_gives() {
    let rig = our_rig();
    for (name, calls, equal, unit) in FUNCTIONS {
        let (mut same, mut lines, mut worst) = (0, 0, 0.0_f64);
        for line in recorded(&name.to_lowercase()) {
            let columns: Vec<&str> = line.split(' ').collect();
            let [.., fac, expected, error] = columns[..] else { panic!("{line}") };
            let arg = if name == "PWR" { hex(columns[0]) } else { [0; 8] };
            let outcome = rig.call(service(name), &Case::with(hex(fac), arg)).expect("it returns");
            let (ours, theirs): ([u8; 8], [u8; 8]) =
                (outcome.bytes(0x4A, 8).try_into().unwrap(), hex(expected));
            assert_eq!(outcome.bytes(0x54, 1)[0], hex::<1>(&format!("0{error}"))[0], "{name} {line}");
            // Of the number 0 only the first word counts.
            if ours == theirs || ours[..2] == [0, 0] && theirs[..2] == [0, 0] {
                same += 1;
            } else {
                let scale = value(theirs).abs().max(if name == "LOG" { 1.0 } else { 0.0 });
                worst = worst.max((value(ours) - value(theirs)).abs() / scale);
            }
            lines += 1;
        }
        let worst = (worst * 1e14).round();
        assert_eq!((lines, same, worst), (calls, equal, unit), "{name}");
    }
}
