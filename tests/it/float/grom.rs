// SPDX-License-Identifier: MIT OR Apache-2.0
//! The services of GROM 0: CNS.

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
