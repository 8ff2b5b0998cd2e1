// SPDX-License-Identifier: MIT OR Apache-2.0
//! The services of the console ROM: arithmetic, comparison, rounding, text to number, number to integer. All answers must
//! be equal to the byte.

use super::rig::{Case, Outcome, Rig, SERVICES};
use super::{hex, our_rig, recorded};

fn call(rig: &Rig, service: &str, case: &Case) -> Outcome {
    let number = SERVICES.iter().position(|&(n, _)| n == service).unwrap();
    rig.call(number, case).unwrap_or_else(|at| panic!("{service} hangs at {at:?}: {case:?}"))
}

/// Error digit and status of an answer.
fn tail(outcome: &Outcome) -> String {
    format!("{:x}{:02x}", outcome.bytes(0x54, 1)[0], outcome.bytes(0x7C, 1)[0] & 0xE0)
}

/// FAC of an answer, in hexadecimal digits.
fn fac(outcome: &Outcome) -> String {
    outcome.bytes(0x4A, 8).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn arithmetic_is_exact() {
    let rig = our_rig();
    let mut lines = 0;
    for line in recorded("arithmetic") {
        let columns: Vec<&str> = line.split(' ').collect();
        let case = Case::with(hex(columns[1]), hex(columns[0]));
        for (n, [register, stack]) in
            [["FADD", "SADD"], ["FSUB", "SSUB"], ["FMUL", "SMUL"], ["FDIV", "SDIV"]].into_iter().enumerate()
        {
            for service in [register, stack] {
                let outcome = call(&rig, service, &case);
                let answer = format!("{} {}", fac(&outcome), tail(&outcome));
                assert_eq!(answer, columns[2 + 2 * n..4 + 2 * n].join(" "), "{service} {line}");
            }
        }
        for service in ["FCOMP", "SCOMP"] {
            assert_eq!(tail(&call(&rig, service, &case)), columns[10], "{service} {line}");
        }
        lines += 1;
    }
    assert_eq!(lines, 6000);
}

#[test]
fn rounding_is_exact() {
    let rig = our_rig();
    let mut lines = 0;
    for line in recorded("rounding") {
        let c: Vec<&str> = line.split(' ').collect();
        let mut case = Case { sign: hex::<1>(c[4])[0], ..Case::with(hex(c[1]), [0; 8]) };
        case.pad[8] = hex::<1>(c[2])[0];
        case.pad[10] = c[3].parse().unwrap();
        case.exponent = u16::from_be_bytes(hex(c[5]));
        let outcome = call(&rig, c[0], &case);
        assert_eq!(format!("{} {}", fac(&outcome), tail(&outcome)), c[6..].join(" "), "{line}");
        lines += 1;
    }
    assert_eq!(lines, 2800);
}

#[test]
fn text_becomes_numbers() {
    let rig = our_rig();
    let mut lines = 0;
    for line in recorded("csn") {
        let (text, answer) = line.split_once('\t').unwrap();
        let mut case = Case { text: text.bytes().collect(), ..Case::default() };
        case.pad[12] = 0x11;
        let outcome = call(&rig, "CSN", &case);
        let used = u16::from_be_bytes(outcome.bytes(0x56, 2).try_into().unwrap()) - 0x1100;
        assert_eq!(format!("{} {} {used}", fac(&outcome), tail(&outcome)), answer, "{text:?}");
        lines += 1;
    }
    assert_eq!(lines, 6000);
}

#[test]
fn numbers_become_integers() {
    let rig = our_rig();
    let mut lines = 0;
    for line in recorded("cfi") {
        let (number, answer) = line.split_once(' ').unwrap();
        let outcome = call(&rig, "CFI", &Case::with(hex(number), [0; 8]));
        assert_eq!(format!("{} {}", &fac(&outcome)[..4], tail(&outcome)), answer, "{number}");
        lines += 1;
    }
    assert_eq!(lines, 5500);
}
