// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records what routines of a console ROM do, as a black box; one case a line in, one outcome a line out.
//!
//! `cargo run --release --no-default-features --example rom-record kscan ROM GROM < cases > outcomes`
//!
//! With `kscan-clocks` the outcomes are the clocks of each scan.

#[path = "../it/rom/rig.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use more of it; cases are checked there")]
mod rig;

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(area), Some(rom), Some(grom)) = (args.next(), args.next(), args.next()) else {
        eprintln!("usage: rom-record kscan|kscan-clocks ROM GROM < cases > outcomes");
        std::process::exit(2);
    };
    let rig = rig::Rig::new(&std::fs::read(rom)?, &std::fs::read(grom)?, &[]);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for case in std::io::stdin().lock().lines() {
        let case = case?;
        let (rows, clocks) = rig::kscan(&rig, &case);
        match area.as_str() {
            "kscan" => writeln!(out, "{rows}")?,
            _ => writeln!(out, "{clocks:?}")?,
        }
    }
    out.flush()
}
