// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records floating-point services of a console as a black box; `tests/tools/float_cases.py` feeds it.
//!
//! `cargo run --release --no-default-features --example float-record ROM GROM < cases > outcomes`
//!
//! A case is 88 bytes: service number + 1 (byte), 0, >834A->836D (36), sign, 0, exponent (2), stack (8), text (32),
//! status, 5 zeros. An outcome is 134 bytes: clocks (4, big-endian), 2 unused, >8300->837F (128); clocks 0 mean that the
//! service did not return.

#[path = "../it/rom/rig.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use more of it")]
mod console_rig;
#[path = "../it/float/rig.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod rig;

use std::io::{Read, Write};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(rom), Some(grom)) = (args.next(), args.next()) else {
        eprintln!("usage: float-record ROM GROM < cases > outcomes");
        std::process::exit(2);
    };
    let rig = rig::Rig::new(&std::fs::read(rom)?, &std::fs::read(grom)?);
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for record in input.chunks_exact(88) {
        let mut case = rig::Case { sign: record[38], status: record[82], ..rig::Case::default() };
        case.pad.copy_from_slice(&record[2..38]);
        case.exponent = u16::from_be_bytes([record[40], record[41]]);
        case.stack.copy_from_slice(&record[42..50]);
        case.text = record[50..82].to_vec();
        let (clocks, pad) = match rig.call(usize::from(record[0]) - 1, &case) {
            Ok(outcome) => (outcome.clocks as u32, outcome.pad),
            Err(_) => (0, [0; 128]),
        };
        out.write_all(&clocks.to_be_bytes())?;
        out.write_all(&[0, 0])?;
        out.write_all(&pad)?;
    }
    out.flush()
}
